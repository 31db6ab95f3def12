"""What refusals, problems and steps say: English as `str` says it, French to the letter, each with its rule."""

import re
from datetime import UTC, date, datetime

from hypothesis import given

import teleprocedures as tp
from teleprocedures import HELD_ELSEWHERE, CodecError, InvalidValueError, RefusedError
from teleprocedures.testing import strategies as a
from teleprocedures.wording import ENGLISH, FRENCH
from teleprocedures.words import ERROR_CODES, placeholders
from tests.builders import EMAILED, FRENCH_IBAN, GERMAN_IBAN, POSTED, each, failure, issued, opened, paying, plain
from tests.instants import DAY, START, TICK
from tests.wording.drawn import without_none

AT = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
FIRM = paying("payer-tva", "payer-cfe", code=HELD_ELSEWHERE).case
HELD = FIRM.activate(HELD_ELSEWHERE, space=opened(), at=START).case
MANDATE = issued(HELD).case
SIMULATED = paying("payer-cfe").case

REFUSED = {
    "too late": (
        lambda: SIMULATED.activate(POSTED, space=opened(), at=SIMULATED.deadline.closes + TICK),
        "trop tard le samedi 8 mars 2025 à 0 h : le délai de la règle 3.1 courait jusqu'au vendredi 7 mars 2025 \
inclus (règle 3.4 : les services qui ne sont pas activés sous 60 jours sont à demander de nouveau)",
    ),
    "too early": (
        lambda: SIMULATED.lapse(at=START),
        "trop tôt le lundi 6 janvier 2025 à 10 h : le délai court jusqu'au vendredi 7 mars 2025 inclus (règle 3.1 \
: le code du courrier est valable 60 jours)",
    ),
    "wrong code": (
        lambda: SIMULATED.activate("WR0NG", space=opened(), at=START),
        "ce n'est pas le code d'activation du courrier ; attendu : celui qui a été envoyé pour cette demande \
(règle 3.3 : le code active les services demandés dans l'espace d'où vient la demande)",
    ),
    "wrong state": (
        lambda: opened().activate(EMAILED, at=START),
        "activer l'espace n'est plus possible (espace professionnel : activé) : plus rien ne peut changer (règle \
1.8 : la saisie du code active l'espace, qui n'existe qu'à partir de là)",
    ),
    "wrong verb": (
        lambda: MANDATE.send(at=START),
        "constater la transmission à la banque n'est pas possible (mandat : édité) ; sont possibles : nommer le \
représentant légal et constater la signature (règle 2.16 : le mandat est signé par le représentant \
légal de l'entreprise)",
    ),
    "order": (
        lambda: SIMULATED.activate(POSTED, space=opened(), at=START - DAY, recorded_at=START),
        "le fait est daté du dimanche 5 janvier 2025 à 10 h, avant celui qu'il suit, daté du lundi 6 janvier 2025 \
à 10 h ; attendu : cet instant, ou un instant postérieur (règle A14 : les délais s'apprécient au jour \
du fait ; un historique suit l'ordre dans lequel les faits ont été rapportés)",
    ),
    "third party signs": (
        lambda: MANDATE.sign("third_party", at=START),
        "signature refusée : un tiers ne peut pas signer, seul le représentant légal de l'entreprise le peut ; \
attendu : le représentant légal (règle 2.16 : le mandat est signé par le représentant légal de \
l'entreprise)",
    ),
    "payment without a mandate": (
        lambda: tp.check_payment(HELD, "payer-tva", FRENCH_IBAN, at=START),
        "« Payer TVA » exige un mandat enregistré pour le compte FR76 **** 0189, et aucun n'a été édité (règle \
2.20 : un paiement sans mandat enregistré est rejeté) ; à faire : utilisateur : éditer et imprimer le \
mandat du compte FR76 **** 0189 (règle 2.15) ; représentant légal : signer le mandat imprimé du compte \
FR76 **** 0189 (règle 2.16) ; utilisateur : transmettre le mandat signé à l'établissement bancaire \
teneur du compte FR76 **** 0189 (règle 2.17) ; établissement bancaire : enregistrer le mandat du compte \
FR76 **** 0189 (règle 2.19) ; utilisateur : vérifier que la banque a enregistré le mandat du compte \
FR76 **** 0189 (règle 2.19)",
    ),
    "payment that pays nothing": (
        lambda: tp.check_payment(HELD, "messagerie", FRENCH_IBAN, at=START),
        "« Messagerie » ne sert pas à payer ; attendu : un service « Payer », par exemple « Payer TVA » (règle \
2.13 : un service « Payer » exige les coordonnées bancaires de l'entreprise)",
    ),
    "account declared by nobody": (
        lambda: issued(HELD, GERMAN_IBAN),
        "la demande ne déclare pas le compte DE89 **** 3000 ; attendu : FR76 **** 0189 (règle 2.13 : un service « \
Payer » exige les coordonnées bancaires de l'entreprise)",
    ),
    "services of a file number": (
        lambda: tp.AdhesionForm(organisation="TF2024A17", services=["messagerie", "payer-is"]),
        "formulaire de la demande d'adhésion, 3 problèmes : services : « Messagerie » et « Déclarer / Payer \
l'Impôt sur les sociétés » ne peuvent pas être demandés avec un identifiant de dossier ; attendu : un \
numéro SIREN ; adresse électronique de l'entreprise : champ non rempli : « Messagerie » exige l'adresse \
électronique de l'entreprise ; coordonnées bancaires : champ non rempli : « Déclarer / Payer l'Impôt \
sur les sociétés » exige les coordonnées bancaires de l'entreprise, par exemple un IBAN (règle 2.3 : un \
identifiant de dossier ne remplace le numéro SIREN que pour consulter les avis de taxes foncières)",
    ),
}


@each("name", *REFUSED)
def test_a_refusal_in_both_languages(name):
    """French to the letter, with what to do; English as `str` says it; each with its rule, and with the same facts."""
    raised, french = REFUSED[name]
    error = failure(raised)
    said = FRENCH.refusal(error)

    assert french == plain(said)
    assert f"(règle {error.rule.id}\N{NO-BREAK SPACE}:" in said
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
        "formulaire de la demande d'adhésion, 1 problème : numéro SIREN ou identifiant de dossier : numéro SIREN non"
        " valable : la clé de contrôle de « 552100555 » est fausse ; attendu : neuf chiffres, par exemple 552 008 443"
    ) == plain(FRENCH.refusal(one))
    assert plain(FRENCH.refusal(many)).startswith(f"formulaire de l'espace, {len(many.problems)} problèmes : ")
    assert "; coordonnées, voie : champ non rempli" in plain(FRENCH.refusal(many))
    for error in (one, many):
        assert str(error) == ENGLISH.refusal(error)
        for problem in error.problems:
            assert str(problem) == ENGLISH.problem(problem)
            assert plain(FRENCH.problem(problem)).startswith(f"{plain(FRENCH.field(problem.path))} : ")


@each(
    "expected error",
    ("host.own (value=3)", InvalidValueError("host.own", value=3)),
    ("$.at : ce champ manque", CodecError("codec.missing", path="$.at")),
    ("payment.not_held", InvalidValueError("payment.not_held")),
    (
        "le courrier ne peut pas porter la date indiquée (samedi 2 mars 2024) ; attendu : un jour compris \
entre le jeudi 29 février 2024 et le vendredi 1er mars 2024",
        InvalidValueError("letter.not_allowed", value="2024-03-02", first="2024-02-29", last="2024-03-01"),
    ),
    (
        "service inconnu : « x » ; attendu : payer-tva ou payer-cfe",
        InvalidValueError("service.unknown", value="'x'", expected=("payer-tva", "payer-cfe")),
    ),
    (
        "la décision est enregistrée, et 1 message reste à envoyer : LapseNotice",
        InvalidValueError("notification.failed", count=1, messages=("LapseNotice",)),
    ),
    (
        "{x} ; attendu : 1 pour l'événement qui ouvre un dossier",
        InvalidValueError("case.contradiction", path="{x}", expected="opening_version"),
    ),
    # One microsecond late is told from the last instant.
    (
        "trop tard le vendredi 1er mars 2024 à 10 h 30 min 0,000001 s : le délai de la règle 1.9 courait jusqu'au \
vendredi 1er mars 2024 à 10 h 30 (règle 1.10 : passé le délai de 48 heures, le code est inopérant)",
        tp.DeadlinePassedError(closes=AT, at=AT + TICK, limit="1.9", rule=FIRM.rulebook.rule("1.10")),
    ),
    ids=range(8),
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

    assert "le quota est dépassé (1 200 demandes) (règle 2.12 : " in plain(own.refusal(error))
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
        "utilisateur : vérifier que le courrier est arrivé, et indiquer le jour qu'il porte (« édité le »), jusqu'au \
lundi 20 janvier 2025 inclus (date estimée, tant que le jour que porte le courrier n'est pas connu ; règle \
F2)",
        "2025 (estimated, until the day that the letter bears is known; rule F2)",
        WATCH,
    ),
    (
        "utilisateur : saisir le code d'activation du courrier, jusqu'au jeudi 6 mars 2025 inclus (date estimée, tant \
que le jour que porte le courrier n'est pas connu ; règle 3.1)",
        "(estimated, until the day that the letter bears is known; rule 3.1)",
        ENTER,
    ),
    (
        "utilisateur : saisir le code d'activation du courrier, jusqu'au jeudi 6 mars 2025 inclus (règle 3.1)",
        "(rule 3.1)",
        KNOWN,
    ),
    (
        "représentant légal : signer le mandat imprimé du compte FR76 **** 0189 (règle 2.16)",
        "(rule 2.16)",
        MANDATE.next_steps(at=START)[0],
    ),
    (
        "dimanche 2 juin 2024, utilisateur : éditer et imprimer le mandat du compte concerné (règle 2.15)",
        "(rule 2.15)",
        PRINT,
    ),
    (
        "mercredi 5 juin 2024 (date supposée), représentant légal : signer le mandat imprimé du compte concerné \
(règle 2.16)",
        "Wednesday 5 June 2024 (assumed), legal representative: sign the printed mandate of the account concerned \
(rule 2.16)",
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
