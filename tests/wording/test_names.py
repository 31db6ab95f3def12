"""What things are called: actors, actions, services, states, rules, fields; and a host's own, which have no words."""

from __future__ import annotations

import pickle
from datetime import datetime
from enum import StrEnum

import attrs
import pytest

from teleprocedures import (
    CATALOGUE,
    EXPERT_2024_04_03,
    Action,
    ActivationState,
    Actor,
    AdhesionState,
    BankAccount,
    CivilDays,
    Hours,
    InvalidValueError,
    MandateState,
    Rule,
    Service,
    SpaceState,
)
from teleprocedures.rulebook import Rulebook
from teleprocedures.wording import ENGLISH, FRENCH, Wording
from tests.builders import FRENCH_IBAN

OWN = Service(code="remboursement-tva-ue", title="Remboursement de TVA UE")
NO_BREAK = "\N{NO-BREAK SPACE}"


# --- Days and hours ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [ENGLISH, FRENCH])
def test_a_naive_instant_is_an_error(words: Wording) -> None:
    """An instant without its zone is nobody's."""
    for method, name in ((words.instant, "at"), (words.until, "at"), (words.day, "day")):
        with pytest.raises(InvalidValueError) as refused:
            method(datetime(2024, 3, 3, 10, 30))
        assert ("instant.naive", name) == (refused.value.code, refused.value.facts["name"])


# --- What things are called -------------------------------------------------------------------------------------------


def test_actors_and_actions() -> None:
    """Who does what, as the site says it; a masked account where there is one."""
    account = BankAccount(FRENCH_IBAN)

    assert "établissement bancaire" == FRENCH.actor(Actor.BANK)
    assert "saisir le code d'activation du courrier" == FRENCH.action(Action.ENTER_LETTER_CODE)
    assert "signer le mandat imprimé du compte FR76 **** 0189" == FRENCH.action(Action.SIGN_MANDATE, account=account)
    assert "signer le mandat imprimé du compte concerné" == FRENCH.action(Action.SIGN_MANDATE)
    assert "noter que la demande a-1 porte déjà sur « Payer CFE »".replace("« ", f"«{NO_BREAK}").replace(
        " »", f"{NO_BREAK}»"
    ) == FRENCH.action(Action.KNOW_REPEATED, services=[CATALOGUE["payer-cfe"]], other="a-1")
    assert "sign the printed mandate of the account concerned" == ENGLISH.action(Action.SIGN_MANDATE)


def test_values_are_called_by_one_word_where_there_is_one() -> None:
    """What is wrong with a value starts with its name, in capitals where it is said in capitals."""
    called = {
        "name": "nom",
        "street": "voie",
        "city": "ville",
        "country": "pays",
        "iban": "IBAN",
        "bic": "BIC",
        "salt": "sel",
    }

    for subject, name in called.items():
        assert (
            f"{name} non valable{NO_BREAK}: rien n'est saisi"
            == FRENCH.words[f"{subject}.missing"].partition("\u202f")[0]
        )


def test_what_a_host_names_itself() -> None:
    """An actor, an action, a service, a state, a rule without words are called by their name or their title."""

    class Stamped(StrEnum):
        TO_BE_STAMPED = "to_be_stamped"

    for words in (ENGLISH, FRENCH):
        assert "tax office" == words.actor("tax_office")
        assert "stamp it" == words.action("stamp_it")
        assert "Remboursement de TVA UE" == words.service(OWN)
        assert "remboursement-tva-ue" == words.service("remboursement-tva-ue")
        assert "to be stamped" == words.state(Stamped.TO_BE_STAMPED)
        assert "a rule of the firm's own" == words.rule(Rule("H1", "a rule of the firm's own"))


def test_a_service_is_its_code() -> None:
    """The label of the site, whatever title a host gave the same code."""
    assert "Payer TVA" == FRENCH.service("payer-tva") == FRENCH.service(Service(code="payer-tva", title="TVA"))
    assert "Payer TVA (pay VAT)" == ENGLISH.service(CATALOGUE["payer-tva"])


@pytest.mark.parametrize(
    ("expected", "state"),
    [
        ("créé, à activer", SpaceState.PENDING),
        ("caduc", SpaceState.LAPSED),
        ("caduque", AdhesionState.LAPSED),
        ("services activés", ActivationState.ACTIVE),
        ("activé", SpaceState.ACTIVE),
        ("transmis à la banque", MandateState.SENT),
        ("caduc", MandateState.LAPSED),
    ],
)
def test_states_agree_with_what_they_are_of(expected: str, state: StrEnum) -> None:
    """A space is `caduc`, a request `caduque`: the same name is another state in another lifecycle."""
    assert expected == FRENCH.state(state)


# --- Rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", [rule.id for rule in EXPERT_2024_04_03.rules])
def test_the_english_of_a_rule_is_its_title(id: str) -> None:
    """One text, in one place, with the limits of the rulebook."""
    rule = EXPERT_2024_04_03.rule(id)

    assert rule.title == ENGLISH.rule(rule)


def simplified() -> Rulebook:
    """A rulebook with other time limits, and without some."""
    book = EXPERT_2024_04_03
    return attrs.evolve(
        book,
        version="simplified",
        space_activation=attrs.evolve(book.space_activation, duration=Hours(72), reminders=()),
        link_use=attrs.evolve(book.link_use, duration=Hours(1), reminders=()),
        services_activation=attrs.evolve(book.services_activation, duration=CivilDays(1), reminders=()),
        mandate_use=None,
        letter_announced=None,
    )


@pytest.mark.rule("1.9", "2.9", "3.1", "3.4", "F1", "F2")
@pytest.mark.parametrize(
    ("expected", "id"),
    [
        ("l'espace s'active sous 72 heures, dernier instant compris", "1.9"),
        ("passé le délai de 72 heures, le code est inopérant", "1.10"),
        ("le lien est utilisable pendant 1 heure, dernier instant compris", "2.9"),
        ("le code du courrier est valable 1 jour", "3.1"),
        ("un mandat sans prélèvement pendant le délai prévu est caduc", "F1"),
        ("le courrier est annoncé sous le délai prévu", "F2"),
    ],
)
def test_a_rule_has_the_limits_of_its_rulebook(expected: str, id: str) -> None:
    """Under 72 hours nothing says 48; a limit that is not set is called by what it is."""
    text = FRENCH.rule(simplified().rule(id)).replace(NO_BREAK, " ")

    assert expected == text
    assert ENGLISH.rule(simplified().rule(id)) == simplified().rule(id).title


def test_a_rule_that_a_host_rewords_is_reworded_everywhere() -> None:
    """The host's line counts, in both languages, unless it gave words of the language for it."""
    reworded = attrs.evolve(EXPERT_2024_04_03.rule("1.9"), line="activez l'espace sous {space_activation}")
    own = FRENCH.with_words({"rule.1.9": "activer sous {space_activation} au plus"})

    assert f"activez l'espace sous 48{NO_BREAK}heures" == FRENCH.rule(reworded)
    assert "activez l'espace sous 48 hours" == ENGLISH.rule(reworded)
    assert f"activer sous 48{NO_BREAK}heures au plus" == own.rule(reworded) == own.rule(EXPERT_2024_04_03.rule("1.9"))


# --- Fields -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        ("adresse électronique", "email"),
        ("coordonnées, téléphone", "contact.phone"),
        ("services, n° 2", "services[1]"),
        ("coordonnées bancaires, n° 1", "bank_accounts[0]"),
        ("ensemble du formulaire", "$"),
        ("colonne", "colonne"),
        ("p***", "p***"),
    ],
)
def test_a_field_is_named_by_its_path(expected: str, path: str) -> None:
    """The label of each part; a place in a list is counted from one."""
    assert expected == FRENCH.field(path).replace(NO_BREAK, " ")


def test_a_field_in_english() -> None:
    """The same labels, for forms that are shown in English."""
    assert "contact details, phone number" == ENGLISH.field("contact.phone")


# --- Words of a host's own --------------------------------------------------------------------------------------------


def test_a_host_changes_some_words() -> None:
    """Another wording, the first one as it was; what is added is typeset like the rest."""
    own = FRENCH.with_words({"service.payer-tva": "TVA", "service.remboursement-tva-ue": "TVA : UE"})

    assert "TVA" == own.service("payer-tva")
    assert f"TVA{NO_BREAK}: UE" == own.service(OWN)
    assert "Payer TVA" == FRENCH.service("payer-tva")
    assert "Payer CFE" == own.service("payer-cfe")
    assert own.with_words({"service.payer-tva": "la TVA"}).service("payer-tva") == "la TVA"


@pytest.mark.parametrize(
    ("code", "key", "template"),
    [
        ("words.malformed", "payment.not_held", "{service"),
        ("words.malformed", "payment.not_held", "{service.code}"),
        ("words.malformed", "host.own", "{0}"),
        ("words.unknown_placeholder", "payment.not_held", "{services} n'est pas à vous"),
        ("words.unknown_placeholder", "service.payer-tva", "{service}"),
    ],
)
@pytest.mark.parametrize("words", [ENGLISH, FRENCH])
def test_words_that_could_not_be_said_are_refused_at_once(words: Wording, code: str, key: str, template: str) -> None:
    """When they are given, not on the night when the error is to be printed."""
    with pytest.raises(InvalidValueError) as refused:
        words.with_words({key: template})

    assert code == refused.value.code
    assert key == refused.value.facts["key"]
    assert FRENCH.refusal(refused.value)


def test_the_placeholders_that_words_may_have_are_told() -> None:
    """Which one is not known, of which key, and which ones are."""
    with pytest.raises(InvalidValueError) as refused:
        FRENCH.with_words({"requester.named": "{name} <{address}>"})

    assert "the words of requester.named name address; expected email, name" == str(refused.value)
    assert "les mots de requester.named citent address ; attendu : email ou name" == (
        FRENCH.refusal(refused.value).replace(NO_BREAK, " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    )


def test_a_wording_goes_between_processes() -> None:
    """A wording is a value: equal to its copies, and short in a log line."""
    assert FRENCH == pickle.loads(pickle.dumps(FRENCH))
    assert FRENCH != ENGLISH
    assert {FRENCH} == {pickle.loads(pickle.dumps(FRENCH))}
    assert "Wording(language=French())" == repr(FRENCH)
