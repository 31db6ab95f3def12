"""Every fact of every history, withdrawn: as if all the others had been told again without it (A20)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from teleprocedures import (
    Case,
    Event,
    FactWithdrawn,
    RefusedError,
    WithdrawalRefusedError,
    explain_withdrawal,
    replay,
    withdraw,
)
from teleprocedures.core import Lapse, Reminder
from teleprocedures.testing import Play, Step, strategies
from teleprocedures.testing.invariants import standing


def facts_of(play: Play, name: str) -> tuple[Case, list[tuple[Event, Step]]]:
    """The case as it was opened, and each fact that stands with the step that told it."""
    made = [step for step in play.steps if step.accepted and step.move.about == name]
    opening, *others = made
    stand = standing(play.events[name])
    told = [(step.outcome.events[-1], step) for step in others]
    return opening.outcome.case, [(event, step) for event, step in told if event in stand]


def again(case: Any, step: Step) -> Any:
    """What comes of a step for this case, None where it is refused."""
    try:
        return getattr(case, step.move.verb)(**step.given, at=step.when, recorded_at=step.at)
    except RefusedError:
        return None


def retold(case: Any, facts: list[tuple[Event, Step]], without: int) -> tuple[Any, list[int], list[int]]:
    """The case when all but one fact are told again, the versions that fall, and those that relied on it."""
    fallen, relying = [], []
    for event, step in facts:
        if event.version == without:
            continue
        made = again(case, step)
        if made is not None and type(made.events[-1]) is type(event):
            case = made.case
        else:
            (fallen if isinstance(event, (Lapse, Reminder)) else relying).append(event.version)
    return case, fallen, relying


def taken_back(play: Play, name: str, version: int) -> Any:
    """The decision that withdraws a fact now, or why it is refused, which is what its explanation comes to."""
    told = explain_withdrawal(play.events[name], version, at=play.at).refusal
    try:
        outcome: Any = withdraw(play.events[name], version, reason="a mistake", at=play.at)
    except WithdrawalRefusedError as refusal:
        outcome = refusal
    refused = isinstance(outcome, WithdrawalRefusedError) and (outcome.code, outcome.facts)
    assert refused == (told is not None and (told.code, told.facts)), (version, repr(play))
    return outcome


@pytest.mark.rule("A20")
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(strategies.histories(longest=14))
def test_every_fact_of_every_history(play: Play) -> None:
    """What falls, what relied on it, and what is left are those of a history in which it was never told."""
    for name, events in play.events.items():
        opened, facts = facts_of(play, name)
        versions = [fact.version for fact, _ in facts if not isinstance(fact, (Lapse, Reminder, FactWithdrawn))]
        for event in events[1:]:
            outcome, case, fallen, relying = (
                taken_back(play, name, event.version),
                *retold(opened, facts, event.version),
            )
            if isinstance(outcome, WithdrawalRefusedError) and outcome.code != "withdrawal.relied_on":
                assert event.version not in versions, (event, repr(play))
            elif isinstance(outcome, WithdrawalRefusedError):
                assert relying == list(outcome.facts["versions"]), (event, repr(play))
            else:
                assert event.version in versions
                assert ([], fallen) == (relying, list(outcome.events[0].fallen)), (event, repr(play))
                assert replay((*events, *outcome.events)) == outcome.case
                expected = attrs.evolve(case, version=outcome.case.version, recorded_at=play.at)
                # A closing that was told again has another version, and the case keeps its event.
                if expected.closing is not None and outcome.case.closing is not None:
                    closing = attrs.evolve(expected.closing, version=outcome.case.closing.version)
                    expected = attrs.evolve(expected, closing=closing)
                # A fact of a day counts from the first instant that was possible when it was told.
                if all(isinstance(step.when, datetime) for _, step in facts):
                    assert expected == outcome.case, (event, repr(play))
