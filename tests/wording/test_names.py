"""What things are called: actors, actions, services, states, rules, fields; and a host's own, which have no words."""

import pickle
from datetime import date
from enum import StrEnum

import attrs
import pytest

import teleprocedures as tp
from teleprocedures import CATALOGUE, EXPERT_2024_04_03, Action, Actor, CivilDays, Hours, Rule, Service
from teleprocedures.wording import ENGLISH, FRENCH, Wording
from tests.builders import FRENCH_IBAN, asked, each, failure, issued, opened, paying, plain
from tests.instants import DAY, START

OWN = Service(code="remboursement-tva-ue", title="Remboursement de TVA UE")


# --- What things are called -------------------------------------------------------------------------------------------


def test_actors_and_actions():
    """Who does what, as the site says it; a masked account where there is one."""
    account = {"account": tp.BankAccount(FRENCH_IBAN)}
    repeated = {"services": [CATALOGUE["payer-cfe"], CATALOGUE["payer-tva"]], "other": "a-1"}

    assert "établissement bancaire" == FRENCH.actor(Actor.BANK)
    assert "saisir le code d'activation du courrier dans l'espace d'où vient la demande" == (
        FRENCH.action(Action.ENTER_LETTER_CODE)
    )
    assert "signer le mandat imprimé du compte FR76 **** 0189" == FRENCH.action(Action.SIGN_MANDATE, **account)
    assert "signer le mandat imprimé du compte concerné" == FRENCH.action(Action.SIGN_MANDATE)
    assert "noter qu'une autre demande porte déjà sur «_Payer CFE_» et «_Payer TVA_»".replace("_", "\u00a0") == (
        FRENCH.action(Action.KNOW_REPEATED, **repeated)
    )
    assert "sign the printed mandate of the account concerned" == ENGLISH.action(Action.SIGN_MANDATE)


@each(
    "subject name",
    *(("name", "nom"), ("street", "voie"), ("city", "ville"), ("country", "pays")),
    *(("iban", "IBAN"), ("bic", "BIC"), ("salt", "sel")),
)
def test_a_value_is_called_by_its_name_once(subject, name):
    """Of a value alone, what is wrong begins with its name; in a form, with the label of its field, and no other."""
    error = tp.InvalidValueError(f"{subject}.missing")

    assert plain(FRENCH.refusal(error)).startswith(f"{name[0].upper()}{name[1:]} : rien n'est saisi. ")
    assert plain(FRENCH.problem(tp.Problem.of(error, "city"))).startswith("Ville : rien n'est saisi. ")
    assert plain(FRENCH.problem(tp.Problem.of(error, "city"), label=False)).startswith("Rien n'est saisi. ")


@each(
    "method given",
    *((name, {}) for name in ("refusal", "problem", "step", "rule", "event", "message", "mandate", "story", "day")),
    *((name, {}) for name in ("actor", "action", "service", "state", "standing", "verb")),
    ("status", {"at": START}),
)
def test_what_is_no_such_thing_has_no_words(method, given):
    """Whatever is worded, something else is the library's own error, which says what was given and what is expected."""
    for words in (ENGLISH, FRENCH):
        for wrong in (None, 3, [], object()):
            error = failure(getattr(words, method), wrong, **given)

            assert ("argument.wrong_type", type(wrong).__name__) == (error.code, error.facts["value"])


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
    *(("à activer", tp.SpaceState.PENDING), ("activé", tp.SpaceState.ACTIVE), ("caduc", tp.SpaceState.LAPSED)),
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
    assert "Les mots de requester.named citent address. Les faits possibles sont email et name." == plain(
        FRENCH.refusal(error)
    )


def test_a_wording_goes_between_processes():
    """A wording is a value: equal to its copies, and short in a log line."""
    assert FRENCH == pickle.loads(pickle.dumps(FRENCH)) != ENGLISH
    assert hash(FRENCH) == hash(pickle.loads(pickle.dumps(FRENCH)))
    assert "Wording(language=French())" == repr(FRENCH)


# --- Where things stand, and what can be done -------------------------------------------------------------------------


@each(
    "expected state of",
    *(("en attente du code du courrier", "awaiting_code", None), ("caduque", "lapsed", None)),
    *(("services activés", "active", None), ("activé", "active", "space"), ("caduc", "lapsed", "mandate")),
    *(("à activer", "pending", None), ("to be stamped", "to_be_stamped", None), ("active", "active", "nothing")),
)
def test_a_state_as_rows_have_it(expected, state, of):
    """A text is a state of a request, unless somebody says of what it is."""
    assert expected == FRENCH.state(state, of=of)


@each(
    "french english standing",
    ("activé", "held", tp.Standing.HELD),
    ("demandé, pas encore activé", "awaited", "awaited"),
    ("demande caduque", "lapsed", tp.Standing.LAPSED),
    ("jamais demandé", "never asked for", tp.Standing.NEVER),
    ("mis de côté", "mis de côté", "mis_de_côté"),
)
def test_where_a_company_stands_with_a_service(french, english, standing):
    """Each standing, as such or as text, and a host's own by its name."""
    assert (french, english) == (FRENCH.standing(standing), ENGLISH.standing(standing))


def test_what_a_verb_does():
    """The same verb does another thing to a space; a host's own is called by its name, or by its words."""
    own = FRENCH.with_words({"verb.delegation.accept": "accepter la délégation"})

    assert ("activer les services", "activer l'espace") == (
        FRENCH.verb("activate"),
        FRENCH.verb("activate", of="space"),
    )
    assert "indiquer le nom du représentant légal" == FRENCH.verb("name_representative", of="mandate")
    assert "give the legal representative's name" == ENGLISH.verb("name_representative")
    assert ("accepter la délégation", "hand back") == (own.verb("accept", of="delegation"), own.verb("hand_back"))


def test_a_company_in_words():
    """By its number, in threes in French, and by its name where that is known."""
    siren, file = tp.Siren("552100554"), tp.FileNumber("TF2024A17")

    assert "Boulangerie Martin (SIREN 552 100 554)" == plain(FRENCH.organisation("552 100 554", "Boulangerie Martin"))
    assert "l'entreprise (SIREN 552 100 554)" == plain(FRENCH.organisation(siren))
    assert "the company (SIREN 552 100 554)" == ENGLISH.organisation(siren)
    assert "l'entreprise (identifiant de dossier TF2024A17)" == FRENCH.organisation(file)
    assert "siren.check_digit" == failure(FRENCH.organisation, "552100555").code


FIRM = paying("payer-tva", code=tp.HELD_ELSEWHERE).case
"""A request that the portal holds, up to the end of 21 March 2025."""


@pytest.mark.rule("A15")
@each(
    "french english case at",
    ("espace professionnel activé", "space active", opened(), START + 999 * DAY),
    ("espace professionnel à activer", "space to be activated", asked().case, asked().case.deadline.closes),
    ("espace professionnel caduc", "space lapsed", asked().case, asked().case.deadline.lapses_at),
    ("demande d'adhésion en attente du code du courrier", "request waiting for the code of the letter", FIRM, START),
    ("demande d'adhésion présumée caduque", "request presumed lapsed", FIRM, FIRM.deadline.lapses_at),
    (
        "demande d'adhésion présumée caduque",
        "request presumed lapsed",
        FIRM.lapse(at=FIRM.deadline.lapses_at).case,
        FIRM.deadline.lapses_at,
    ),
    ("mandat édité", "mandate issued", issued(FIRM).case, START),
    ids=range(7),
)
def test_what_a_case_is_though_nobody_swept_it(french, english, case, at):
    """Up to its last instant as its state says; then lapsed, and presumed to be where the portal holds the code."""
    assert (french, english) == (FRENCH.status(case, at=at), ENGLISH.status(case, at=at))
    assert "instant.naive" == failure(FRENCH.status, case, at=at.replace(tzinfo=None)).code


@pytest.mark.rule("A21", "A22")
@each(
    "french english at",
    (
        "demande d'adhésion en attente du code du courrier, suivi clos le mardi 7 janvier 2025 (le client est parti)",
        "request waiting for the code of the letter, closed on Tuesday 7 January 2025 (the client left)",
        START + DAY,
    ),
    (
        "demande d'adhésion en attente du code du courrier, suivi clos le lundi 6 janvier 2025 (le client est parti)",
        "request waiting for the code of the letter, closed on Monday 6 January 2025 (the client left)",
        date(2025, 1, 6),
    ),
)
def test_the_status_of_what_is_followed_no_more(french, english, at):
    """What it is, since when it is closed, and why."""
    closed = FIRM.close("client_left", at=at, recorded_at=START + 2 * DAY).case

    assert (french, english) == (
        plain(FRENCH.status(closed, at=START + 2 * DAY)),
        ENGLISH.status(closed, at=START + 2 * DAY),
    )


def test_the_status_of_a_host_s_own_case():
    """Without words for what it is, its state is said; without a lapsed state, what is over stays what it is."""
    less = Wording(FRENCH.language, {key: text for key, text in FRENCH.words.items() if not key.startswith("stage.")})

    assert "caduque" == less.status(FIRM, at=FIRM.deadline.lapses_at)
    assert "services activés" == less.status(FIRM.activate(tp.HELD_ELSEWHERE, space=opened(), at=START).case, at=START)
