"""What refusals, problems and steps say: English as `str` says it, French to the letter, each with its rule."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from teleprocedures import (
    HELD_ELSEWHERE,
    AdhesionForm,
    BankAccount,
    CodecError,
    DeadlinePassedError,
    InvalidFormError,
    InvalidValueError,
    Mandate,
    NextStep,
    PlanStep,
    RefusedError,
    Siren,
    SpaceForm,
    TeleproceduresError,
    check_payment,
    plan,
)
from teleprocedures.testing import strategies as a
from teleprocedures.wording import ENGLISH, FRENCH
from teleprocedures.words import ERROR_CODES, placeholders
from tests.builders import EMAILED, FRENCH_IBAN, GERMAN_IBAN, POSTED, START, opened, requested
from tests.wording.drawn import without_none

NO_BREAK = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
AT = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
FIRM = requested("payer-tva", "payer-cfe", bank_accounts=[FRENCH_IBAN], code=HELD_ELSEWHERE).case
HELD = FIRM.activate(HELD_ELSEWHERE, space=opened(), at=START).case
MANDATE = Mandate.issue(HELD, FRENCH_IBAN, id="mandate-1", reference="RUM-1", at=START).case
SIMULATED = requested("payer-cfe", bank_accounts=[FRENCH_IBAN]).case

REFUSED: dict[str, tuple[Any, str]] = {
    "too late": (
        lambda: SIMULATED.activate(POSTED, space=opened(), at=SIMULATED.deadline.closes + timedelta(microseconds=1)),
        (
            "trop tard le samedi 8 mars 2025 à 0 h : le délai de la règle 3.1 courait jusqu'au vendredi 7 mars 2025"
            " inclus (règle 3.4 : les services qui ne sont pas activés sous 60 jours sont à demander de nouveau)"
        ),
    ),
    "too early": (
        lambda: SIMULATED.lapse(at=START),
        (
            "trop tôt le lundi 6 janvier 2025 à 10 h : le délai court jusqu'au vendredi 7 mars 2025 inclus (règle 3.1"
            " : le code du courrier est valable 60 jours)"
        ),
    ),
    "wrong code": (
        lambda: SIMULATED.activate("WR0NG", space=opened(), at=START),
        (
            "ce n'est pas le code d'activation du courrier ; attendu : celui qui a été envoyé pour cette demande"
            " (règle 3.3 : le code active les services demandés dans l'espace d'où vient la demande)"
        ),
    ),
    "wrong state": (
        lambda: opened().activate(EMAILED, at=START),
        (
            "activer l'espace n'est plus possible (espace professionnel : activé) : plus rien ne peut changer (règle"
            " 1.8 : la saisie du code active l'espace, qui n'existe qu'à partir de là)"
        ),
    ),
    "wrong verb": (
        lambda: MANDATE.send(at=START),
        (
            "constater la transmission à la banque n'est pas possible (mandat : édité) ; sont possibles : nommer le"
            " représentant légal et constater la signature (règle 2.16 : le mandat est signé par le représentant"
            " légal de l'entreprise)"
        ),
    ),
    "order": (
        lambda: SIMULATED.activate(POSTED, space=opened(), at=START - timedelta(days=1), recorded_at=START),
        (
            "le fait est daté du dimanche 5 janvier 2025 à 10 h, avant celui qu'il suit, daté du lundi 6 janvier 2025"
            " à 10 h ; attendu : cet instant, ou un instant postérieur (règle A14 : les délais s'apprécient au jour"
            " du fait ; un historique suit l'ordre dans lequel les faits ont été rapportés)"
        ),
    ),
    "third party signs": (
        lambda: MANDATE.sign("third_party", at=START),
        (
            "signature refusée : un tiers ne peut pas signer, seul le représentant légal de l'entreprise le peut ;"
            " attendu : le représentant légal (règle 2.16 : le mandat est signé par le représentant légal de"
            " l'entreprise)"
        ),
    ),
    "payment without a mandate": (
        lambda: check_payment(HELD, "payer-tva", FRENCH_IBAN, at=START),
        (
            "« Payer TVA » exige un mandat enregistré pour le compte FR76 **** 0189, et aucun n'a été édité (règle"
            " 2.20 : un paiement sans mandat enregistré est rejeté) ; à faire : utilisateur : éditer et imprimer le"
            " mandat du compte FR76 **** 0189 (règle 2.15) ; représentant légal : signer le mandat imprimé du compte"
            " FR76 **** 0189 (règle 2.16) ; utilisateur : transmettre le mandat signé à l'établissement bancaire"
            " teneur du compte FR76 **** 0189 (règle 2.17) ; établissement bancaire : enregistrer le mandat du compte"
            " FR76 **** 0189 (règle 2.19) ; utilisateur : vérifier que la banque a enregistré le mandat du compte"
            " FR76 **** 0189 (règle 2.19)"
        ),
    ),
    "payment that pays nothing": (
        lambda: check_payment(HELD, "messagerie", FRENCH_IBAN, at=START),
        (
            "« Messagerie » ne sert pas à payer ; attendu : un service « Payer », par exemple « Payer TVA » (règle"
            " 2.13 : un service « Payer » exige les coordonnées bancaires de l'entreprise)"
        ),
    ),
    "account declared by nobody": (
        lambda: Mandate.issue(HELD, GERMAN_IBAN, id="mandate-2", reference="RUM-2", at=START),
        (
            "la demande ne déclare pas le compte DE89 **** 3000 ; attendu : FR76 **** 0189 (règle 2.13 : un service «"
            " Payer » exige les coordonnées bancaires de l'entreprise)"
        ),
    ),
    "services of a file number": (
        lambda: AdhesionForm(organisation="TF2024A17", services=["messagerie", "payer-is"]),
        (
            "formulaire de la demande d'adhésion, 3 problèmes : services : « Messagerie » et « Déclarer / Payer"
            " l'Impôt sur les sociétés » ne peuvent pas être demandés avec un identifiant de dossier ; attendu : un"
            " numéro SIREN ; adresse électronique de l'entreprise : champ non rempli : « Messagerie » exige l'adresse"
            " électronique de l'entreprise ; coordonnées bancaires : champ non rempli : « Déclarer / Payer l'Impôt"
            " sur les sociétés » exige les coordonnées bancaires de l'entreprise, par exemple un IBAN (règle 2.3 : un"
            " identifiant de dossier ne remplace le numéro SIREN que pour consulter les avis de taxes foncières)"
        ),
    ),
}


def refused(name: str) -> TeleproceduresError:
    """The error of this name, raised by the library itself."""
    with pytest.raises(TeleproceduresError) as caught:
        REFUSED[name][0]()
    return caught.value


def plain(text: str) -> str:
    """The text with plain spaces, as it is read aloud."""
    return text.replace(NO_BREAK, " ").replace(NARROW, " ")


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_in_french(name: str) -> None:
    """To the letter, with the id of its rule and what to do."""
    error = refused(name)

    assert REFUSED[name][1] == plain(FRENCH.refusal(error))
    assert f"(règle {error.rule.id}{NO_BREAK}:" in FRENCH.refusal(error)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", REFUSED)
def test_the_english_is_what_the_error_says(name: str) -> None:
    """`str(error)` and `ENGLISH.refusal(error)` are one sentence, which cites the rule too."""
    error = refused(name)

    assert str(error) == ENGLISH.refusal(error)
    assert f"(rule {error.rule.id}: " in str(error)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", REFUSED)
def test_the_two_say_the_same_facts(name: str) -> None:
    """What has no words of its own is found in both: amounts of days, years, accounts."""
    error = refused(name)

    assert set(re.findall(r"\b\d{2,4}\b|\*{4}", str(error))) >= {"****"} & set(
        re.findall(r"\*{4}", FRENCH.refusal(error))
    )
    assert set(re.findall(r"\b20\d\d\b", str(error))) == set(re.findall(r"\b20\d\d\b", FRENCH.refusal(error)))


def test_every_problem_of_a_form() -> None:
    """One problem, two problems; each with the label of its field, in English with its path."""
    with pytest.raises(InvalidFormError) as one:
        AdhesionForm.from_mapping(
            {"organisation": "552100555", "services": ["payer-pas"], "bank_accounts": [FRENCH_IBAN]}
        )
    with pytest.raises(InvalidFormError) as many:
        SpaceForm.from_mapping(
            {"email": "camille@cabinet", "contact": {"phone": "01", "country": "FR"}, "telephone": 1}
        )

    assert (
        "formulaire de la demande d'adhésion, 1 problème : numéro SIREN ou identifiant de dossier : numéro SIREN non"
        " valable : la clé de contrôle de « 552100555 » est fausse ; attendu : neuf chiffres, par exemple 552 008 443"
    ) == plain(FRENCH.refusal(one.value))
    assert "formulaire de l'espace, 12 problèmes : " in plain(FRENCH.refusal(many.value))
    assert "; coordonnées, voie : champ non rempli" in plain(FRENCH.refusal(many.value))
    for error in (one.value, many.value):
        assert str(error) == ENGLISH.refusal(error)
        for problem in error.problems:
            assert str(problem) == ENGLISH.problem(problem)
            assert plain(FRENCH.problem(problem)).startswith(f"{plain(FRENCH.field(problem.path))} : ")


@pytest.mark.parametrize(
    ("expected", "error"),
    [
        ("host.own (value=3)", InvalidValueError("host.own", value=3)),
        ("$.at : ce champ manque", CodecError("codec.missing", path="$.at")),
        ("payment.not_held", InvalidValueError("payment.not_held")),
        (
            (
                "le courrier ne peut pas porter la date indiquée (samedi 2 mars 2024) ; attendu : un jour compris"
                " entre le vendredi 1er mars 2024 et le vendredi 1er mars 2024"
            ),
            InvalidValueError("letter.not_allowed", value="2024-03-02", first="2024-03-01", last="2024-03-01"),
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
    ],
)
def test_bad_values_in_french(expected: str, error: TeleproceduresError) -> None:
    """What is wrong and what is expected; a host's own code with its facts; braces in a fact are its own."""
    assert expected == plain(FRENCH.refusal(error))
    assert str(error) == ENGLISH.refusal(error)


def test_a_host_s_own_refusal() -> None:
    """A code of a host's own has the words that it gave, with the rule."""
    rule = FIRM.rulebook.rule("2.12")
    error = RefusedError("firm.quota", count=1_200, rule=rule)
    own = FRENCH.with_words({"firm.quota": "le quota est dépassé ({count} {count:demande|demandes})"})

    assert "le quota est dépassé (1 200 demandes) (règle 2.12 : " in plain(own.refusal(error))
    assert f"host.other (règle 2.12{NO_BREAK}: " in own.refusal(RefusedError("host.other", rule=rule))


def test_the_boundary_is_said_to_the_microsecond() -> None:
    """One microsecond late is told from the last instant."""
    error = DeadlinePassedError(
        closes=AT, at=AT + timedelta(microseconds=1), limit="1.9", rule=FIRM.rulebook.rule("1.10")
    )

    assert (
        "trop tard le vendredi 1er mars 2024 à 10 h 30 min 0,000001 s : le délai de la règle 1.9 courait jusqu'au"
        " vendredi 1er mars 2024 à 10 h 30 (règle 1.10 : passé le délai de 48 heures, le code est inopérant)"
    ) == plain(FRENCH.refusal(error))
    assert AT == error.closes == error.facts["closes"]


FACTS: dict[str, object] = {
    "text": "x",
    "texts": ("x", "y"),
    "nothing": (),
    "number": 2,
    "instant": AT,
    "day": "2024-03-01",
    "none": None,
}


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_every_error_has_its_words(fact: object) -> None:
    """Whatever its facts are: no placeholder is left, and nothing is called None."""
    for code in sorted(ERROR_CODES):
        error = InvalidValueError(code, **dict.fromkeys(placeholders(ENGLISH.words[code]), fact))
        text = FRENCH.refusal(error)

        assert not {"{", "}"} & set(text.replace("{nom}", "")), code
        assert "None" not in text, code
        assert ENGLISH.refusal(error) == str(error)


# --- Steps ------------------------------------------------------------------------------------------------------------


def test_a_step_with_an_estimated_day() -> None:
    """An estimated day is said to be one, with what would settle it."""
    watch, enter = FIRM.next_steps(at=START)

    assert (
        "utilisateur : vérifier que le courrier est arrivé, et indiquer le jour qu'il porte (« édité le »), jusqu'au"
        " lundi 20 janvier 2025 inclus (date estimée, tant que le jour que porte le courrier n'est pas connu ; règle"
        " F2)"
    ) == plain(FRENCH.step(watch))
    assert str(enter) == ENGLISH.step(enter)
    assert "(estimated, until the day that the letter bears is known; rule 3.1)" in ENGLISH.step(enter)


def test_a_step_with_a_known_day_and_one_without() -> None:
    """A day that is known is said plainly; where no time limit runs, none is."""
    known = FIRM.record_letter(date(2025, 1, 6), at=START).case.next_steps(at=START)[-1]
    mandate = MANDATE.next_steps(at=START)[0]

    assert (
        "utilisateur : saisir le code d'activation du courrier, jusqu'au jeudi 6 mars 2025 inclus (règle 3.1)"
    ) == plain(FRENCH.step(known))
    assert "représentant légal : signer le mandat imprimé du compte FR76 **** 0189 (règle 2.16)" == plain(
        FRENCH.step(mandate)
    )
    assert [str(known), str(mandate)] == [ENGLISH.step(known), ENGLISH.step(mandate)]


def test_a_step_of_a_plan() -> None:
    """A day of a plan is said first, and said to be assumed where it rests on a lead time."""
    first, sign, *_ = plan(["payer-tva"], pay_by=date(2024, 6, 19)).steps[1:]

    assert "dimanche 2 juin 2024, utilisateur : éditer et imprimer le mandat du compte concerné (règle 2.15)" == plain(
        FRENCH.step(first)
    )
    assert (
        "mercredi 5 juin 2024 (date supposée), représentant légal : signer le mandat imprimé du compte concerné"
        " (règle 2.16)"
    ) == plain(FRENCH.step(sign))
    assert (
        "Wednesday 5 June 2024 (assumed), legal representative: sign the printed mandate of the account concerned"
        " (rule 2.16)"
    ) == str(sign)
    assert str(sign) == ENGLISH.step(sign)


@given((a.next_steps() | a.plan_steps()).filter(without_none))
def test_every_step_has_its_words(step: NextStep | PlanStep) -> None:
    """Who, what, by when, which rule, without anything left over; in English as its `str`."""
    assert str(step) == ENGLISH.step(step)
    for words in (ENGLISH, FRENCH):
        text = words.step(step)

        assert step.rule.id in text
        assert "None" not in text
        assert not {"{", "}"} & set(text)


def test_values_used_here() -> None:
    """The account and the company of these tests are what the sentences mask and name."""
    assert "FR76 **** 0189" == str(BankAccount(FRENCH_IBAN))
    assert Siren("552100554") == FIRM.organisation
