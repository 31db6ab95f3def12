"""The library itself passes as a host and in every machine, and what was tried on it is counted: nothing watches."""

# ruff: noqa: D102 - what each verb is, `Host` says

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from teleprocedures import LIFECYCLES, explain
from teleprocedures.core import Answer
from teleprocedures.testing._hosts import CITES, QUESTIONS, may_be_late
from teleprocedures.testing.conformance import Host, check_conformance
from teleprocedures.testing.machines import ProcedureMachine
from tests.lifecycle_machines import ActivationMachine, AdhesionMachine, MandateMachine, SpaceMachine
from tests.testing.hosts import SOME, LateHost, LibraryHost, SeeingHost, blind, told_late


class AskedHost(SeeingHost):
    """The library as a host that also notes which guard said what."""

    answers: ClassVar[set[tuple[str, Answer]]] = set()

    def move(self, at, verb, case="", makes=None, **given):
        of = self.play.cases[case].lifecycles if case else ()
        takes = [names for it in of if (names := it.takes(verb)) is not None]
        if takes:
            named = {name: given[name] for name in given if any(name in names for names in takes)}
            told = explain(self.play.cases[case], verb, at=at, recorded_at=self.told or at, **named)
            self.answers.update((it.question, it.answer) for it in told.asked)
        return super().move(at, verb, case, makes, **given)


def test_what_was_tried_is_counted() -> None:
    """Each verb is accepted and refused, under so many rules; every guard of the tables says yes, and says no."""
    host = told_late(AskedHost)
    told = check_conformance(host, settings=settings(SOME, max_examples=1))

    assert {*CITES, *QUESTIONS} == set(told.accepted)
    assert {*CITES, *QUESTIONS} - {"create_space", "take_over_space"} == set(told.refused)
    assert set(RULES.split()) == set(told.rules)
    assert {"2.21", "A15", "A16", "A19"} == set(told.asked) - set(told.rules)
    assert ((), ()) == (told.left_out, told.never_asked)
    assert f"lapse: {told.accepted['lapse']} accepted, {told.refused['lapse']} refused" in str(told)
    assert "left out by the host: nothing" in str(told)
    assert "rules that it never asks: none" in str(told)
    rows = [row for table in LIFECYCLES.values() for row in table.rows if row.trigger not in {"validate", "remind"}]
    guards = {guard.__name__ for row in rows for guard in row.guards}
    # A link is sent here, so that nothing proves it; and mandates end here.
    assert guards - {"entered_elsewhere"} == {name for name, answer in host.answers if answer is Answer.YES} & guards
    assert (
        guards - {"entered_elsewhere", "can_lapse"}
        == {name for name, answer in host.answers if answer is Answer.NO} & guards
    )


RULES = (
    "1.8 1.9 1.10 1.11 1.12 2.2 2.3 2.4 2.7 2.8 2.9 2.10 2.11 2.13 2.14 2.16 2.17 2.18 2.19 2.20 3.1 3.3 3.4 3.5"
    " A3 A8 A14 A17 A20 A21 F1"
)
"""The rules under which hosts are seen to refuse."""


@pytest.mark.parametrize("host", [LibraryHost, LateHost, blind("rule_of", lambda self, refusal: None)])
def test_the_library_conforms_to_itself(host: type[Host]) -> None:
    """The library, seen as a host that is told at once, or late too, or cites no rules, differs in nothing."""
    assert may_be_late(host(), "activate_space") is (host is LateHost)

    check_conformance(host, settings=settings(SOME, max_examples=30), everything=False)


@pytest.mark.parametrize(
    "machine", [SpaceMachine, AdhesionMachine, ActivationMachine, MandateMachine, ProcedureMachine]
)
def test_the_library_passes(machine: type) -> None:
    """Every lifecycle, and the whole procedure, keep what they promise under any history."""
    run_state_machine_as_test(machine, settings=settings(max_examples=30, stateful_step_count=12))
