"""What things are called: actors, actions, services, states, rules, fields; and a host's own, which have no words."""

import pickle
from enum import StrEnum

import attrs
import pytest

import teleprocedures as tp
from teleprocedures import CATALOGUE, EXPERT_2024_04_03, Action, Actor, CivilDays, Hours, Rule, Service
from teleprocedures.wording import ENGLISH, FRENCH
from tests.builders import FRENCH_IBAN, each, failure, plain

OWN = Service(code="remboursement-tva-ue", title="Remboursement de TVA UE")


# --- What things are called -------------------------------------------------------------------------------------------


def test_actors_and_actions():
    """Who does what, as the site says it; a masked account where there is one."""
    account = {"account": tp.BankAccount(FRENCH_IBAN)}
    repeated = {"services": [CATALOGUE["payer-cfe"], CATALOGUE["payer-tva"]], "other": "a-1"}

    assert "établissement bancaire" == FRENCH.actor(Actor.BANK)
    assert "saisir le code d'activation du courrier" == FRENCH.action(Action.ENTER_LETTER_CODE)
    assert "signer le mandat imprimé du compte FR76 **** 0189" == FRENCH.action(Action.SIGN_MANDATE, **account)
    assert "signer le mandat imprimé du compte concerné" == FRENCH.action(Action.SIGN_MANDATE)
    assert "noter que la demande a-1 porte déjà sur «_Payer CFE_» et «_Payer TVA_»".replace("_", "\u00a0") == (
        FRENCH.action(Action.KNOW_REPEATED, **repeated)
    )
    assert "sign the printed mandate of the account concerned" == ENGLISH.action(Action.SIGN_MANDATE)


@each(
    "subject name",
    *(("name", "nom"), ("street", "voie"), ("city", "ville"), ("country", "pays")),
    *(("iban", "IBAN"), ("bic", "BIC"), ("salt", "sel")),
)
def test_values_are_called_by_one_word_where_there_is_one(subject, name):
    """What is wrong with a value starts with its name, in capitals where it is said in capitals."""
    assert f"{name} non valable : rien n'est saisi ;" == plain(FRENCH.words[f"{subject}.missing"]).partition(" att")[0]


def test_what_a_host_names_itself():
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


def test_a_service_is_its_code():
    """The label of the site, whatever title a host gave the same code."""
    assert "Payer TVA" == FRENCH.service("payer-tva") == FRENCH.service(Service(code="payer-tva", title="TVA"))
    assert "Payer TVA (pay VAT)" == ENGLISH.service(CATALOGUE["payer-tva"])


@each(
    "expected state",
    *(("créé, à activer", tp.SpaceState.PENDING), ("activé", tp.SpaceState.ACTIVE), ("caduc", tp.SpaceState.LAPSED)),
    *(("caduque", tp.AdhesionState.LAPSED), ("services activés", tp.ActivationState.ACTIVE)),
    *(("transmis à la banque", tp.MandateState.SENT), ("caduc", tp.MandateState.LAPSED)),
)
def test_states_agree_with_what_they_are_of(expected, state):
    """A space is `caduc`, a request `caduque`: the same name is another state in another lifecycle."""
    assert expected == FRENCH.state(state)


# --- Rules ------------------------------------------------------------------------------------------------------------


BOOK = attrs.evolve(
    EXPERT_2024_04_03,
    version="simplified",
    space_activation=attrs.evolve(EXPERT_2024_04_03.space_activation, duration=Hours(72), reminders=()),
    link_use=attrs.evolve(EXPERT_2024_04_03.link_use, duration=Hours(1), reminders=()),
    services_activation=attrs.evolve(EXPERT_2024_04_03.services_activation, duration=CivilDays(1), reminders=()),
    mandate_use=None,
    letter_announced=None,
)
"""A rulebook with other time limits, and without some."""


@pytest.mark.rule("1.9", "2.9", "3.1", "3.4", "F1", "F2")
@each(
    "id expected",
    ("1.9", "l'espace s'active sous 72 heures, dernier instant compris"),
    ("1.10", "passé le délai de 72 heures, le code est inopérant"),
    ("2.9", "le lien est utilisable pendant 1 heure, dernier instant compris"),
    ("3.1", "le code du courrier est valable 1 jour"),
    ("F1", "un mandat sans prélèvement pendant le délai prévu est caduc"),
    ("F2", "le courrier est annoncé sous le délai prévu"),
)
def test_a_rule_has_the_limits_of_its_rulebook(id, expected):
    """Under 72 hours nothing says 48; a limit that is not set is called by what it is; English is the title."""
    assert expected == plain(FRENCH.rule(BOOK.rule(id)))
    for book in (BOOK, EXPERT_2024_04_03):
        assert [rule.title for rule in book.rules] == [ENGLISH.rule(rule) for rule in book.rules]


def test_a_rule_that_a_host_rewords_is_reworded_everywhere():
    """The host's line counts, in both languages, unless it gave words of the language for it."""
    reworded = attrs.evolve(EXPERT_2024_04_03.rule("1.9"), line="activez l'espace sous {space_activation}")
    own = FRENCH.with_words({"rule.1.9": "activer sous {space_activation} au plus"})

    assert "activez l'espace sous 48\u00a0heures" == FRENCH.rule(reworded)
    assert "activez l'espace sous 48 hours" == ENGLISH.rule(reworded)
    assert "activer sous 48\u00a0heures au plus" == own.rule(reworded) == own.rule(EXPERT_2024_04_03.rule("1.9"))


# --- Fields -----------------------------------------------------------------------------------------------------------


@each(
    "expected path",
    *(
        ("adresse électronique", "email"),
        ("coordonnées, téléphone", "contact.phone"),
        ("services, n° 2", "services[1]"),
    ),
    *(("coordonnées bancaires, n° 1", "bank_accounts[0]"), ("ensemble du formulaire", "$")),
    *(("colonne", "colonne"), ("p***", "p***")),
)
def test_a_field_is_named_by_its_path(expected, path):
    """The label of each part; a place in a list is counted from one."""
    assert expected == plain(FRENCH.field(path))
    assert "contact details, phone number" == ENGLISH.field("contact.phone")


# --- Words of a host's own --------------------------------------------------------------------------------------------


def test_a_host_changes_some_words():
    """Another wording, the first one as it was; what is added is typeset like the rest."""
    own = FRENCH.with_words({"service.payer-tva": "TVA", "service.remboursement-tva-ue": "TVA : UE"})

    assert "TVA" == own.service("payer-tva")
    assert "TVA\u00a0: UE" == own.service(OWN)
    assert "Payer TVA" == FRENCH.service("payer-tva")
    assert "Payer CFE" == own.service("payer-cfe")
    assert own.with_words({"service.payer-tva": "la TVA"}).service("payer-tva") == "la TVA"


@each("words", ENGLISH, FRENCH)
@each(
    "code key template",
    *(("words.malformed", "payment.not_held", template) for template in ("{service", "{service.code}")),
    ("words.malformed", "host.own", "{0}"),
    ("words.unknown_placeholder", "payment.not_held", "{services} n'est pas à vous"),
    ("words.unknown_placeholder", "service.payer-tva", "{service}"),
)
def test_words_that_could_not_be_said_are_refused_at_once(words, code, key, template):
    """When they are given, not on the night when the error is to be printed."""
    error = failure(words.with_words, {key: template})

    assert (code, key) == (error.code, error.facts["key"])
    assert FRENCH.refusal(error)


def test_the_placeholders_that_words_may_have_are_told():
    """Which one is not known, of which key, and which ones are."""
    error = failure(FRENCH.with_words, {"requester.named": "{name} <{address}>"})

    assert "the words of requester.named name address; expected email, name" == str(error)
    assert "les mots de requester.named citent address ; attendu : email ou name" == plain(FRENCH.refusal(error))


def test_a_wording_goes_between_processes():
    """A wording is a value: equal to its copies, and short in a log line."""
    assert FRENCH == pickle.loads(pickle.dumps(FRENCH)) != ENGLISH
    assert hash(FRENCH) == hash(pickle.loads(pickle.dumps(FRENCH)))
    assert "Wording(language=French())" == repr(FRENCH)
