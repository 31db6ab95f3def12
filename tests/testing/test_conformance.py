"""The conformance suite: each way to differ is told, and what was tried is counted; `test_conforming` has the rest."""

from __future__ import annotations

import re
from collections import Counter
from inspect import getmembers, isfunction

import pytest
from hypothesis import Phase, settings

from teleprocedures import (
    EXPERT_2024_04_03,
    KINDS,
    RefusedError,
)
from teleprocedures.testing._askable import rules_to_ask
from teleprocedures.testing._hosts import _ANYWHERE, CITES, EYES, QUESTIONS, named, takes
from teleprocedures.testing._makers import company_forms
from teleprocedures.testing._openers import openers_of
from teleprocedures.testing._trials import try_everything
from teleprocedures.testing._walk import verbs_of
from teleprocedures.testing.conformance import (
    Conformance,
    ConformanceMachine,
    Host,
    NonConformanceError,
    check_conformance,
    check_tried,
    conformance,
)
from tests.testing.hosts import (
    SEARCH,
    SOME,
    TOLD,
    LibraryHost,
    blind,
)


@pytest.mark.parametrize(
    ("host", "told"),
    [
        (blind("deadline", lambda self, case, *, at: self.play.cases[case].due_at), "the deadline of space-1 is"),
        (blind("due_at", lambda self, case, *, at: None), "the due_at of space-1 is None: expected 20"),
        (
            blind("next_steps", lambda self, case, *, at: []),
            "the next_steps of space-1 is []: expected [('user', 'enter_emailed_code')]",
        ),
        (
            blind("recipients", lambda self, case, *, at: ["camille@cabinet-durand.fr"] * len(self.sent(case))),
            "the recipients of adhesion-1 is ['camille@cabinet-durand.fr'",
        ),
        (blind("rule_of", lambda self, refusal: "1.8"), "under rule 1.8: expected "),
    ],
    ids=["deadline", "due_at", "next_steps", "recipients", "rule_of"],
)
def test_what_a_host_shows_is_compared(host: type, told: str) -> None:
    """Time limits, due instants, next steps, recipients and cited rules are compared where the host shows them."""
    with pytest.raises(NonConformanceError, match=re.escape(told)):
        try_everything(host, EXPERT_2024_04_03, Conformance())


def having(*verbs: str) -> type[Host]:
    """The library as a host that has these verbs only."""
    kept = ("state", "sent", "new", "move", "refusals", "rulebook", "__init__", *verbs)
    return type("Partial", (Host,), {name: vars(LibraryHost)[name] for name in kept})


@pytest.mark.parametrize(
    ("verbs", "never"),
    [
        (("create_space", "activate_space"), {"1.9", "1.11", "2.8", "3.3", "A17", "A20", "A21", "F1"}),
        (("take_over_space", "take_over_mandate", "lapse"), {"1.9", "1.10", "2.8", "3.3", "A17", "A20", "A21"}),
        (("create_space", "activate_space", "lapse", "withdraw_fact", "close_case", "reopen_case"), {"2.8", "3.3"}),
    ],
)
def test_what_a_host_leaves_out_is_told(verbs: tuple[str, ...], never: set[str]) -> None:
    """A host with some verbs conforms in them; the others are left out, and with them the rules that they ask."""
    told = check_conformance(having(*verbs), settings=settings(SOME, max_examples=1))

    assert {*verbs} == {*told.accepted}
    assert {*CITES, *EYES} - {*verbs} == {*told.left_out}
    assert never <= {*told.never_asked}
    assert told.left_out[0] in str(told)


def test_rules_of_forms_openings_and_payments_are_counted() -> None:
    """A host that has none of them is told so; one that has them is told which of their rules were never tried."""
    steps = ("create_space", "activate_space", "request_adhesion", "activate_services")
    without = rules_to_ask(steps.__contains__, EXPERT_2024_04_03)
    every = rules_to_ask({*steps, "issue_mandate", *QUESTIONS}.__contains__, EXPERT_2024_04_03)

    assert {"1.12", "2.4"} <= without
    assert {"2.2", "2.3", "2.7", "2.13", "2.14", "2.18", "2.20", "2.21", "A8"} <= every - without
    assert set() == {"2.2", "2.3", "2.7"} & rules_to_ask({*CITES}.__contains__, EXPERT_2024_04_03)


def test_a_rule_that_is_never_tried_is_told() -> None:
    """A verb was accepted, and still what it asks of a case that has lapsed was not: that is no conformance."""
    tried = Conformance(accepted=Counter({"create_space": 1, "activate_space": 1, "lapse": 1}))
    tried.asked.update(("1.8", "1.9", "1.10", "A14", "A15"))

    with pytest.raises(NonConformanceError, match=r"what the host has of the rules 1\.11 was never tried") as caught:
        check_tried(tried, ("create_space", "activate_space", "lapse"), EXPERT_2024_04_03)

    assert "1.11" == caught.value.rule.id


def test_a_verb_that_nothing_leads_to_is_told() -> None:
    """A host that activates services and requests none was never asked to: that is no conformance."""

    class Lost(Host):
        create_space = LibraryHost.create_space
        activate_services = LibraryHost.activate_services
        state, sent, new, move = LibraryHost.state, LibraryHost.sent, LibraryHost.new, LibraryHost.move
        rulebook, __init__ = EXPERT_2024_04_03, LibraryHost.__init__

    with pytest.raises(NonConformanceError, match="nothing that activate_services could do was ever accepted"):
        check_conformance(Lost, settings=settings(SOME, max_examples=1))


@pytest.mark.parametrize("host", TOLD, ids=lambda host: host.__name__)
def test_planted_bugs_are_found(host: type) -> None:
    """Each is found without drawing anything, and the error cites the rule, tells the difference and the story."""
    rules, told = TOLD[host]
    with pytest.raises(NonConformanceError) as caught:
        try_everything(host, EXPERT_2024_04_03, Conformance())

    assert str(caught.value.rule) in rules
    assert told in str(caught.value)
    assert "create_space space-1: pending" in str(caught.value)


def test_a_verb_refused_in_time_cites_its_rule() -> None:
    """A host that refuses what is possible is told under which rule it is, though it cites none itself."""

    class Closed(blind("rule_of", lambda self, refusal: None)):
        def activate_space(self, space, code, *, at):
            super().activate_space(space, "", at=at)

    with pytest.raises(NonConformanceError, match=r"rule 1\.9: the space is activated within 48 hours"):
        check_conformance(Closed, settings=SEARCH)


def test_the_machine_needs_a_host() -> None:
    """The machine by itself has no host to compare."""
    with pytest.raises(NotImplementedError):
        ConformanceMachine().new_host()


def test_faults_are_not_refusals() -> None:
    """An error of the host's that is no refusal comes out as it is, with the story."""

    class Broken(LibraryHost):
        def create_space(self, *, at):
            raise KeyError("no such table")

    with pytest.raises(KeyError) as caught:
        check_conformance(Broken, settings=SEARCH)

    assert any("the host failed in create_space space-1" in note for note in caught.value.__notes__)


def test_what_a_host_lacks_is_not_tried() -> None:
    """An adapter with the least that there is: a space that is asked for, and that is all."""

    class Least(Host):
        refusals = (RefusedError,)

        def create_space(self, *, at):
            return "space"

        def state(self, case, *, at):
            return "pending"

        def sent(self, case):
            return ["CODE"]

    check_conformance(Least, settings=settings(SOME, max_examples=10))


@pytest.mark.parametrize("verb", [*CITES, "state", "sent", *EYES])
def test_every_method_is_the_adapters(verb: str) -> None:
    """What an adapter leaves out says so when it is called all the same."""
    given = {
        "create_space": (),
        "activate_space": (1, "CODE"),
        "request_adhesion": (1, company_forms()[0]),
        "confirm_company_email": (1, "token"),
        "record_letter": (1, None),
        "activate_services": (1, "CODE"),
        "issue_mandate": (1, "iban"),
        "declare_account": (1, "iban"),
        "name_representative": (1, "Louise Petit"),
        "sign_mandate": (1, "representative"),
        "may_request": (1, {}),
        "may_pay": (1, "payer-tva", "iban"),
        "take_over_space": (),
        "take_over_services": (1, company_forms()[0]),
        "take_over_request": (1, company_forms()[0]),
        "take_over_mandate": (1, "552100554", "iban"),
        "withdraw_fact": (1, 2),
        "close_case": (1, "client_left"),
    }.get(verb, (1,))
    more = {
        "activate_services": {"space": 1},
        "renew_adhesion": {"space": 1},
        "take_over_space": {"seen": None},
        "take_over_services": {"seen": None, "since": None},
        "take_over_request": {"seen": None, "requested": None, "letter": None},
        "take_over_mandate": {"seen": None, "registered": None, "last_collected": None},
    }.get(verb, {})
    at = {} if verb in {"sent", "rule_of"} else {"at": None}

    with pytest.raises(NotImplementedError):
        getattr(Host(), verb)(*given, **more, **at)


def test_an_adapter_is_closed_after_each_history() -> None:
    """What an adapter opens for a history, it can close."""
    opened, closed = [], []

    class Opening(LibraryHost):
        def __init__(self):
            super().__init__()
            opened.append(self)

        def close(self):
            closed.append(self)

    check_conformance(Opening, settings=settings(SOME, max_examples=5, phases=[Phase.generate]), everything=False)

    assert opened
    assert set(opened) == set(closed)
    assert len(opened) == len(closed)


def test_the_machine_is_a_test_case() -> None:
    """A test runner finds the comparison as a test case."""
    machine = conformance(LibraryHost)

    assert "LibraryHostConformance" == machine.__name__
    assert issubclass(machine.TestCase, __import__("unittest").TestCase)


# --- Nothing of the tables is forgotten -------------------------------------------------------------------------------


def test_what_the_tables_let_do_is_tried_on_a_host() -> None:
    """Every verb and every opening of the shipped kinds is a verb of hosts; but reminders, sent as each host likes."""
    shipped = [kind for kind in KINDS.values() if kind.__module__.startswith("teleprocedures.")]
    verbs = {named(kind.kind, verb) for kind in shipped for verb in verbs_of(kind)} - {"remind"}
    openers = [opener for kind in shipped for opener in openers_of(kind)]
    opened = {named("" if opener.of is None else opener.of.kind, opener.verb) for opener in openers}
    methods = {name for name, method in getmembers(Host, isfunction) if "at" in takes(method)}

    assert {*CITES} == verbs | opened | {*_ANYWHERE.values()}, (
        "write the verb into CITES of testing/_hosts.py with the rule by which it is possible, as the portal calls it"
    )
    assert {*CITES} == methods - {"state", *EYES}, "write its method of Host in testing/_hosts.py, with what it takes"
