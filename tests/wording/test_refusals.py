"""What refusals, problems and steps say: English as `str` says it, French to the letter, each with its rule."""

import re
from datetime import UTC, date, datetime

import attrs
import pytest
from hypothesis import given

import teleprocedures as tp
from teleprocedures import HELD_ELSEWHERE, CodecError, InvalidValueError, RefusedError
from teleprocedures.testing import strategies as a
from teleprocedures.wording import ENGLISH, FRENCH, Reader
from teleprocedures.words import ERROR_CODES, placeholders
from tests.builders import (
    EMAILED,
    FRENCH_IBAN,
    GERMAN_IBAN,
    POSTED,
    asked,
    each,
    failure,
    issued,
    linked,
    mandate_in,
    opened,
    paying,
    plain,
)
from tests.instants import DAY, START, TICK
from tests.wording.drawn import without_none

AT = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
FIRM = paying("payer-tva", "payer-cfe", code=HELD_ELSEWHERE).case
HELD = FIRM.activate(HELD_ELSEWHERE, space=opened(), at=START).case
MANDATE = issued(HELD).case
SENT = mandate_in(tp.MandateState.SENT, HELD)
SIMULATED = paying("payer-cfe").case
OVER = asked().case.deadline.lapses_at
LAPSED = asked().case.lapse(at=OVER).case

REFUSED = {
    "too late": (
        lambda: SIMULATED.activate(POSTED, space=opened(), at=SIMULATED.deadline.closes + TICK),
        "Trop tard le samedi 8 mars 2025 à 0 h : le délai de la règle 3.1 courait jusqu'au vendredi 7 mars 2025 \
inclus. La démarche est à reprendre (règle 3.4 : les services qui ne sont pas activés sous 60 jours sont à demander \
de nouveau).",
    ),
    "too early": (
        lambda: SIMULATED.lapse(at=START),
        "Trop tôt le lundi 6 janvier 2025 à 10 h : le délai court jusqu'au vendredi 7 mars 2025 inclus (règle 3.1 \
: le code du courrier est valable 60 jours).",
    ),
    "wrong code": (
        lambda: SIMULATED.activate("WR0NG", space=opened(), at=START),
        "Ce n'est pas le code d'activation du courrier. Saisissez celui qui a été envoyé pour cette demande \
(règle 3.3 : le code active les services demandés dans l'espace d'où vient la demande).",
    ),
    "done already": (
        lambda: opened().activate(EMAILED, at=START),
        "Action impossible : activer l'espace (espace professionnel activé) ; l'activation est déjà faite (règle \
1.8 : la saisie du code active l'espace, qui n'existe qu'à partir de là).",
    ),
    "ended": (
        lambda: LAPSED.activate(EMAILED, at=OVER),
        "Action impossible : activer l'espace (espace professionnel caduc) ; le délai est passé : la démarche est à \
reprendre (règle 1.11 : toute la procédure est à reprendre si l'espace n'est pas activé sous 48 heures).",
    ),
    "wrong verb": (
        lambda: MANDATE.send(at=START),
        "Action impossible : signaler la transmission du mandat à la banque (mandat édité) ; possible : indiquer le \
nom du représentant légal ou signaler la signature du mandat (règle 2.16 : le mandat est signé par le représentant \
légal de l'entreprise).",
    ),
    "verb of another stage": (
        lambda: linked().case.record_letter(date(2025, 1, 6), at=START),
        "Action impossible : signaler la date du courrier (« édité le ») (demande d'adhésion en attente de validation \
de l'adresse électronique) ; possible : valider l'adresse électronique de l'entreprise ou renouveler la demande (règle \
2.10 : le courrier ne part qu'une fois le lien utilisé).",
    ),
    "order": (
        lambda: SIMULATED.activate(POSTED, space=opened(), at=START - DAY, recorded_at=START),
        "Le fait est daté du dimanche 5 janvier 2025 à 10 h, avant la validation de la demande, qui date du lundi 6 \
janvier 2025 à 10 h. Vérifiez les deux dates (règle A14 : les délais s'apprécient au jour du fait ; un historique suit \
l'ordre dans lequel les faits ont été signalés).",
    ),
    "third party signs": (
        lambda: MANDATE.sign("third_party", at=START),
        "Signature refusée : un tiers ne peut pas signer. Seul le représentant légal de l'entreprise, dont le nom \
n'est pas indiqué, le peut (règle 2.16 : le mandat est signé par le représentant légal de l'entreprise).",
    ),
    "payment without a mandate": (
        lambda: tp.check_payment(HELD, "payer-tva", FRENCH_IBAN, at=START),
        """\
« Payer TVA » exige un mandat enregistré pour le compte FR76 **** 0189, et aucun n'a été édité (règle 2.20 : un \
paiement sans mandat enregistré est rejeté).
À faire, dans l'ordre :
- demandeur : éditer, dans « Gérer les comptes bancaires », le mandat du compte FR76 **** 0189, et l'imprimer (règle \
2.15)
- représentant légal : signer le mandat imprimé du compte FR76 **** 0189 (règle 2.16)
- demandeur : transmettre le mandat signé à l'établissement bancaire teneur du compte FR76 **** 0189 (règle 2.17)
- établissement bancaire : enregistrer le mandat du compte FR76 **** 0189 (règle 2.19)
- demandeur : vérifier que la banque a enregistré le mandat du compte FR76 **** 0189 (règle 2.19)""",
    ),
    # Wherever the mandate stands: no word supposes that it is still on its way to the bank.
    "payment with a mandate that the bank has not registered": (
        lambda: tp.check_payment(HELD, "payer-tva", FRENCH_IBAN, [SENT], at=START),
        """\
« Payer TVA » exige un mandat enregistré pour le compte FR76 **** 0189, or le mandat RUM-1 est seulement transmis à la \
banque (règle 2.20 : un paiement sans mandat enregistré est rejeté).
À faire, dans l'ordre :
- établissement bancaire : enregistrer le mandat du compte FR76 **** 0189 (règle 2.19)
- demandeur : vérifier que la banque a enregistré le mandat du compte FR76 **** 0189 (règle 2.19)""",
    ),
    "payment that pays nothing": (
        lambda: tp.check_payment(HELD, "messagerie", FRENCH_IBAN, at=START),
        "« Messagerie » ne sert pas à payer. Choisissez un service « Payer », par exemple « Payer TVA » (règle \
2.13 : un service « Payer » exige les coordonnées bancaires de l'entreprise).",
    ),
    "account declared by nobody": (
        lambda: issued(HELD, GERMAN_IBAN),
        (
            "La demande ne déclare pas le compte DE89 **** 3000 (comptes déclarés : FR76 **** 0189). Déclarez-le \
d'abord dans « Gérer les comptes bancaires » (règle 2.13 : un service « Payer » exige les coordonnées bancaires de"
            " l'entreprise)."
        ),
    ),
    "services of a file number": (
        lambda: tp.AdhesionForm(organisation="TF2024A17", services=["messagerie", "payer-is"]),
        """\
Formulaire de la demande d'adhésion, 3 problèmes :
- Services : « Messagerie » et « Déclarer / Payer l'Impôt sur les sociétés » ne peuvent pas être demandés avec un \
identifiant de dossier. Indiquez le numéro SIREN.
- Adresse électronique de l'entreprise : champ non rempli, alors que « Messagerie » exige l'adresse électronique de \
l'entreprise.
- Coordonnées bancaires : champ non rempli, alors que « Déclarer / Payer l'Impôt sur les sociétés » exige les \
coordonnées bancaires de l'entreprise, par exemple un IBAN.
Règle 2.3 : un identifiant de dossier ne remplace le numéro SIREN que pour consulter les avis de taxes foncières.""",
    ),
}


@each("name", *REFUSED)
def test_a_refusal_in_both_languages(name):
    """French to the letter, with what to do; English as `str` says it; each with its rule, and with the same facts."""
    raised, french = REFUSED[name]
    error = failure(raised)
    said = FRENCH.refusal(error)

    assert french == plain(said)
    assert f"ègle {error.rule.id}\N{NO-BREAK SPACE}:" in said
    assert str(error) == ENGLISH.refusal(error)
    assert f"(rule {error.rule.id}: " in str(error)
    # What has no words of its own is found in both: years, masked accounts.
    assert set(re.findall(r"\b20\d\d\b", str(error))) == set(re.findall(r"\b20\d\d\b", said))
    assert ("****" in str(error)) is ("****" in said)


def test_every_problem_of_a_form():
    """One problem, several problems; each with the label of its field, in English with its path."""
    typed = {"organisation": "552100555", "services": ["payer-pas"], "bank_accounts": [FRENCH_IBAN]}
    one = failure(tp.AdhesionForm.from_mapping, typed)
    many = failure(
        tp.SpaceForm.from_mapping,
        {"email": "camille@cabinet", "contact": {"phone": "01", "country": "FR"}, "telephone": 1},
    )

    assert (
        "Formulaire de la demande d'adhésion, 1 problème :\n- Numéro SIREN ou identifiant de dossier : la clé de"
        " contrôle de « 552100555 » est fausse. Vérifiez le numéro."
    ) == plain(FRENCH.refusal(one))
    assert plain(FRENCH.refusal(many)).startswith(f"Formulaire de l'espace, {len(many.problems)} problèmes :\n- ")
    assert "\n- Coordonnées, voie : champ non rempli.\n" in plain(FRENCH.refusal(many))
    for error in (one, many):
        assert str(error) == ENGLISH.refusal(error)
        for problem in error.problems:
            assert str(problem) == ENGLISH.problem(problem)
            label = plain(FRENCH.field(problem.path))
            assert plain(FRENCH.problem(problem)).startswith(f"{label[0].upper()}{label[1:]} : ")


@each(
    "expected error",
    ("host.own (value=3)", InvalidValueError("host.own", value=3)),
    ("$.at : ce champ manque.", CodecError("codec.missing", path="$.at")),
    ("payment.not_held", InvalidValueError("payment.not_held")),
    (
        "Un courrier ne peut pas être daté du samedi 2 mars 2024. Vérifiez sa date « édité le », comprise entre le \
jeudi 29 février 2024 et le vendredi 1er mars 2024.",
        InvalidValueError("letter.not_allowed", value="2024-03-02", first="2024-02-29", last="2024-03-01"),
    ),
    # One day is not said as two.
    (
        "Un courrier ne peut pas être daté du samedi 2 mars 2024. Vérifiez sa date « édité le », qui ne peut être que \
le vendredi 1er mars 2024.",
        InvalidValueError("letter.not_allowed", value="2024-03-02", first="2024-03-01", last="2024-03-01"),
    ),
    (
        "« x » n'est pas un service connu. Les services possibles sont « Payer TVA » (payer-tva) et « Payer CFE » \
(payer-cfe).",
        InvalidValueError("service.unknown", value="'x'", expected=("payer-tva", "payer-cfe")),
    ),
    (
        "La décision est enregistrée, et 1 message reste à envoyer : avis de caducité.",
        InvalidValueError("notification.failed", count=1, messages=("LapseNotice",)),
    ),
    (
        "{x} : il faudrait 1 pour l'événement qui ouvre un dossier.",
        InvalidValueError("case.contradiction", path="{x}", expected="opening_version"),
    ),
    # One microsecond late is told from the last instant.
    (
        "Trop tard le vendredi 1er mars 2024 à 10 h 30 min 0,000001 s : le délai de la règle 1.9 courait jusqu'au \
vendredi 1er mars 2024 à 10 h 30. La démarche est à reprendre (règle 1.10 : passé le délai de 48 heures, le code est \
inopérant).",
        tp.DeadlinePassedError(closes=AT, at=AT + TICK, limit="1.9", rule=FIRM.rulebook.rule("1.10")),
    ),
    ids=range(9),
)
def test_bad_values_in_french(expected, error):
    """What is wrong and what is expected; a host's own code with its facts; braces in a fact are its own."""
    assert expected == plain(FRENCH.refusal(error))
    assert str(error) == ENGLISH.refusal(error)


def test_a_host_s_own_refusal():
    """A code of a host's own has the words that it gave, with the rule."""
    rule = FIRM.rulebook.rule("2.12")
    error = RefusedError("firm.quota", count=1_200, rule=rule)
    own = FRENCH.with_words({"firm.quota": "le quota est dépassé ({count} {count:demande|demandes})"})

    assert "Le quota est dépassé (1 200 demandes) (règle 2.12 : " in plain(own.refusal(error))
    assert "host.other (règle 2.12 : " in plain(own.refusal(RefusedError("host.other", rule=rule)))


@each("fact", "x", ("x", "y"), (), 2, AT, "2024-03-01", None)
def test_every_error_has_its_words(fact):
    """Whatever its facts are: no placeholder is left, and nothing is called None."""
    for code in sorted(ERROR_CODES):
        error = InvalidValueError(code, **dict.fromkeys(placeholders(ENGLISH.words[code]), fact))
        text = FRENCH.refusal(error)

        assert not {"{", "}"} & set(text.replace("{nom}", "")), code
        assert "None" not in text, code
        assert ENGLISH.refusal(error) == str(error)


# --- Steps ------------------------------------------------------------------------------------------------------------


WATCH, ENTER = FIRM.next_steps(at=START)
KNOWN = FIRM.record_letter(date(2025, 1, 6), at=START).case.next_steps(at=START)[-1]
PRINT, SIGN, *_ = tp.plan(["payer-tva"], pay_by=date(2024, 6, 19)).steps[1:]


@each(
    "french english step",
    (
        "demandeur : vérifier que le courrier est arrivé à l'entreprise, et signaler sa date (« édité le »), pour \
l'entreprise (SIREN 552 100 554), « Payer TVA » et « Payer CFE », au plus tard le lundi 20 janvier 2025, date estimée, \
car la date du courrier n'est pas encore connue (règle F2)",
        (
            "user: by Monday 20 January 2025 (estimated, until the day that the letter bears is known), check that the"
            " letter has come, and report the day it bears, for the company (SIREN 552 100 554), 'Payer TVA (pay VAT)'"
            " and 'Payer CFE (companies' property contribution)' (rule F2)"
        ),
        WATCH,
    ),
    (
        "représentant légal : saisir, dans l'espace d'où vient la demande, le code d'activation du courrier que reçoit \
son entreprise, pour l'entreprise (SIREN 552 100 554), « Payer TVA » et « Payer CFE », au plus tard le jeudi 6 mars \
2025, date estimée, car la date du courrier n'est pas encore connue (règle 3.1)",
        (
            "legal representative: by Thursday 6 March 2025 (estimated, until the day that the letter bears is known),"
            " enter, in the space that asked, the code of the letter that his company receives, for the company (SIREN"
            " 552 100 554), 'Payer TVA (pay VAT)' and 'Payer CFE (companies' property contribution)' (rule 3.1)"
        ),
        ENTER,
    ),
    (
        "demandeur : saisir le code d'activation du courrier dans l'espace d'où vient la demande, pour l'entreprise \
(SIREN 552 100 554), « Payer TVA » et « Payer CFE », au plus tard le jeudi 6 mars 2025 (règle 3.1)",
        (
            "user: by Thursday 6 March 2025, enter, in the space that asked, the code of the letter, for the company"
            " (SIREN 552 100 554), 'Payer TVA (pay VAT)' and 'Payer CFE (companies' property contribution)' (rule 3.1)"
        ),
        attrs.evolve(KNOWN, applicant=tp.Applicant.THIRD_PARTY),
    ),
    (
        "représentant légal : signer le mandat imprimé du compte FR76 **** 0189, pour l'entreprise (SIREN 552 100 554) \
(règle 2.16)",
        ", for the company (SIREN 552 100 554) (rule 2.16)",
        MANDATE.next_steps(at=START)[0],
    ),
    (
        "dimanche 2 juin 2024, demandeur : éditer, dans « Gérer les comptes bancaires », le mandat du compte concerné, \
et l'imprimer, pour « Payer TVA » (règle 2.15)",
        "and print it, for 'Payer TVA (pay VAT)' (rule 2.15)",
        PRINT,
    ),
    (
        "mercredi 5 juin 2024 (date prévisionnelle), représentant légal : signer le mandat imprimé du compte concerné, \
pour « Payer TVA » (règle 2.16)",
        "Wednesday 5 June 2024 (assumed), legal representative: sign the printed mandate of the account concerned, \
for 'Payer TVA (pay VAT)' (rule 2.16)",
        SIGN,
    ),
    ids=range(6),
)
def test_a_step_in_both_languages(french, english, step):
    """A day that is estimated or assumed is said to be, a known one plainly; where no time limit runs, none is."""
    assert french == plain(FRENCH.step(step))
    assert str(step) == ENGLISH.step(step)
    assert str(step).endswith(english)


@given((a.next_steps() | a.plan_steps()).filter(without_none))
def test_every_step_has_its_words(step):
    """Who, what, by when, which rule, without anything left over; in English as its `str`."""
    assert str(step) == ENGLISH.step(step)
    for words in (ENGLISH, FRENCH):
        text = words.step(step)

        assert step.rule.id in text
        assert "None" not in text
        assert not {"{", "}"} & set(text)


@each(
    "reader french english",
    (
        Reader.FIRM,
        "l'entreprise : vous communiquer le code d'activation du courrier",
        "give you the code of the letter",
    ),
    (
        Reader.CLIENT,
        "vous : communiquer au cabinet le code d'activation du courrier",
        "give the code of the letter to the firm",
    ),
    (
        Reader.BANK,
        "votre client : communiquer le code d'activation du courrier au tiers qui a demandé les services",
        "give the code of the letter to the third party who asked for the services",
    ),
    (
        "colleague",
        "entreprise : communiquer le code d'activation du courrier au tiers qui a demandé les services",
        "give the code of the letter to the third party who asked for the services",
    ),
)
@pytest.mark.rule("3.2")
def test_a_step_in_the_words_of_who_reads_it(reader, french, english):
    """Whoever has to act is called you by himself; others are called as he knows them. A client is told no rule."""
    third = paying("payer-tva", applicant="third_party").case
    step = next(it for it in third.next_steps(at=START) if it.action is tp.Action.PASS_CODE_ON)
    cited = ("", "") if reader is Reader.CLIENT else (" (règle 3.2)", " (rule 3.2)")
    rest = f", pour Boulangerie Martin (SIREN 552 100 554), « Payer TVA », au plus tard le jeudi 6 mars 2025{cited[0]}"
    own = FRENCH.with_words({"reader.client.company": "M. Martin"})

    assert f"{french}{rest}" == plain(FRENCH.step(step, reader=reader, name="Boulangerie Martin"))
    told = (
        f": by Thursday 6 March 2025, {english}, for the company (SIREN 552 100 554), 'Payer TVA (pay VAT)'{cited[1]}"
    )
    assert ENGLISH.step(step, reader=reader).endswith(told)
    assert (reader == Reader.CLIENT) is own.step(step, reader=reader).startswith("M. Martin")


def test_a_problem_beside_its_field_and_a_refusal_without_its_rule():
    """A sentence each, in both languages, which says nothing that stands beside it already."""
    form = failure(tp.SpaceForm.from_mapping, {"contact": {"phone": "01 23 45 67"}})
    phone, street = (next(it for it in form.problems if it.path == f"contact.{name}") for name in ("phone", "street"))
    late = failure(REFUSED["too late"][0])
    unpaid = failure(REFUSED["payment without a mandate"][0])

    assert "Champ non rempli." == FRENCH.problem(street, label=False)
    assert "Missing." == ENGLISH.problem(street, label=False)
    assert plain(FRENCH.problem(phone, label=False)).startswith(
        "« 01 ** ** 67 » (8 chiffres) n'est pas attribué dans ce pays (FR). Saisissez"
    )
    assert ("contact", "phone") == phone.loc
    assert plain(FRENCH.refusal(late, rule=False)).endswith(
        "jusqu'au vendredi 7 mars 2025 inclus. La démarche est à reprendre."
    )
    assert ENGLISH.refusal(late, rule=False).startswith(
        "Too late on Saturday 8 March 2025 at 00:00 in Paris: rule 3.1 "
    )
    assert plain(FRENCH.refusal(unpaid, rule=False, remedy=False)) == (
        "« Payer TVA » exige un mandat enregistré pour le compte FR76 **** 0189, et aucun n'a été édité."
    )
    assert "payer-tva needs a registered mandate for the account FR76 **** 0189, and none was issued." == (
        ENGLISH.refusal(unpaid, rule=False, remedy=False)
    )
    # What a program wrote stays as it is.
    assert "host.own (value=3)" == FRENCH.refusal(InvalidValueError("host.own", value=3), rule=False)
