"""The engine of `transitions` and the frozen tables agree on everything, for every lifecycle that is registered.

The engine runs as it is meant to: a real `Machine` drives a model that it changes. First its conditions answer as they
are told, for every state, trigger and combination of answers; then they are the guards themselves, asked of the
library's own snapshots along whole stories. A host's lifecycle is compared too, if it was registered before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import product
from typing import Any

import attrs
import pytest
from hypothesis import event as note
from hypothesis import given
from transitions import Machine, MachineError

from teleprocedures.cases import LIFECYCLES, Case
from teleprocedures.core import ANYWHERE, Decision, Lifecycle, Opening
from teleprocedures.errors import ClosedError, OutOfOrderError, RefusedError, TransitionRefusedError
from teleprocedures.rulebook import EXPERT_2024_04_03
from teleprocedures.testing import Play, Step, strategies
from teleprocedures.testing._play import WITHDRAW

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
TRIGGERS = sorted({trigger for lifecycle in LIFECYCLES.values() for trigger in lifecycle.verbs} | {"fly"})
every_lifecycle = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda one: one.name)

Answer = bool | None
"""What a guard does: it answers, or (None) it raises."""


class GuardError(RefusedError):
    """What a guard of these tests raises, with its name."""

    def __init__(self, name: str) -> None:
        super().__init__("guard.raised", rule=EXPERT_2024_04_03.rule("0.2"), name=name)


# --- Guards that answer as they are told ------------------------------------------------------------------------------


@attrs.define
class Told:
    """What each guard answers, by its name, and the order in which they were asked."""

    answers: dict[str, Answer] = attrs.field(factory=dict)
    asked: list[str] = attrs.field(factory=list)

    def guard(self, name: str) -> Callable[..., bool]:
        """A guard of this name, which takes nothing besides the snapshot and the instant."""

        def answer(_case: object, _at: datetime) -> bool:
            self.asked.append(name)
            told = self.answers[name]
            if told is None:
                raise GuardError(name)
            return told

        answer.__name__ = name
        return answer


@attrs.frozen
class Twin:
    """The table of a lifecycle, row for row, with guards that answer as they are told."""

    lifecycle: Lifecycle[Any, Any]
    told: Told

    @classmethod
    def of(cls, lifecycle: Lifecycle[Any, Any]) -> Twin:
        """A twin of this lifecycle, read by an engine of its own, checked and frozen."""
        told = Told()
        rows = [
            row._replace(guards=tuple(told.guard(guard.__name__) for guard in row.guards), after=None)
            for row in lifecycle.rows
        ]
        # A host's rule is in a rulebook of its own.
        described = [lifecycle._described[state]._replace(cites="0.2") for state in lifecycle.states]
        states = type(lifecycle.initial)
        again = Lifecycle(
            lifecycle.name, states, initial=lifecycle.initial, described=described, rows=rows, limit=lifecycle.limit
        )
        return cls(again, told)


@attrs.frozen(kw_only=True)
class Snapshot(Case):
    """A case that is nowhere but in one state of one table."""

    twin: Lifecycle[Any, Any]

    @property
    def table(self) -> Lifecycle[Any, Any]:
        """The table that answers."""
        return self.twin


def snapshot(twin: Twin, state: Any) -> Snapshot:
    """A snapshot in this state of a twin's table."""
    origin = Opening(case_id="case-1", version=1, at=AT, rulebook=EXPERT_2024_04_03)
    return Snapshot(twin=twin.lifecycle, origin=origin, version=1, state=state, recorded_at=AT, since=AT, due_at=None)


class Model:
    """A model that the engine of `transitions` changes."""

    state: str


@cache
def engine(lifecycle: Lifecycle[Any, Any]) -> tuple[Machine, Model]:
    """A new engine made of the rows that the lifecycle's own engine understood, and the model that it drives."""
    rows = [
        {
            "trigger": trigger,
            "source": source,
            "dest": way.dest,
            "conditions": [condition.func for condition in way.conditions],
        }
        for trigger, event in lifecycle.machine.events.items()
        for source, ways in event.transitions.items()
        for way in ways
    ]
    model = Model()
    states = list(lifecycle.machine.states)
    return Machine(model, states=states, initial=states[0], transitions=rows, auto_transitions=False), model


def driven(lifecycle: Lifecycle[Any, Any], state: str) -> Model:
    """The model of a lifecycle's engine, in this state."""
    machine, model = engine(lifecycle)
    machine.set_state(state, model)
    return model


def by_the_engine(model: Any, trigger: str, *args: object, **given: object) -> str | None:
    """The state that the engine leads its model to, or None when it refuses; what a guard raises comes out."""
    try:
        passed = model.trigger(trigger, *args, **given)
    except MachineError:
        return None
    except AttributeError as error:
        # How the engine says that it has no such trigger at all.
        if "Do not know event" not in str(error):
            raise
        return None
    return model.state if passed else None


def by_the_table(case: Case, trigger: str) -> str | None:
    """The state that the frozen table leads a snapshot to, or None when it refuses."""
    try:
        *_, way = case._judge(trigger, AT, None, {})
    except TransitionRefusedError:
        return None
    return str(way.dest)


def outcome(call: Callable[..., str | None], *args: Any) -> tuple[str, str | None]:
    """How a trigger ended: the state that it led to, or the guard that raised."""
    try:
        return "led to", call(*args)
    except GuardError as error:
        return "raised by", str(error.facts["name"])


def guards_at(lifecycle: Lifecycle[Any, Any], state: str, trigger: str) -> tuple[str, ...]:
    """The guards that the engine may ask for this trigger in this state."""
    event = lifecycle.machine.events.get(trigger)
    ways = event.transitions.get(state, []) if event else []
    return tuple(dict.fromkeys(condition.func.name for way in ways for condition in way.conditions))


def combinations(lifecycle: Lifecycle[Any, Any]) -> Iterator[tuple[Any, str, dict[str, Answer]]]:
    """Every state, every trigger of any lifecycle, and everything that its guards may do."""
    for state, trigger in product(lifecycle.states, TRIGGERS):
        guards = guards_at(lifecycle, state, trigger)
        for answers in product((True, False, None), repeat=len(guards)):
            yield state, trigger, dict(zip(guards, answers, strict=True))


def compare(twin: Twin, state: Any, trigger: str, answers: Mapping[str, Answer]) -> str | None:
    """The state that both lead to, having asked the same guards in the same order, or None where both refuse."""
    twin.told.answers, twin.told.asked = dict(answers), []
    expected = outcome(by_the_engine, driven(twin.lifecycle, str(state)), trigger, snapshot(twin, state), AT)
    asked, twin.told.asked = twin.told.asked, []
    found = outcome(by_the_table, snapshot(twin, state), trigger)
    assert expected == found, (state, trigger, answers)
    # A refusal asks further guards, to say what is possible.
    assert asked == twin.told.asked[: len(asked)], (state, trigger, answers)
    assert expected == ("led to", None) or asked == twin.told.asked
    return expected[1] if expected[0] == "led to" else None


@every_lifecycle
def test_engine_and_table_agree_on_every_combination(lifecycle: Lifecycle[Any, Any]) -> None:
    """Both lead to the same state, ask the same guards in the same order, and let the same error through."""
    twin, tried = Twin.of(lifecycle), 0
    for state, trigger, answers in combinations(twin.lifecycle):
        led_to = compare(twin, state, trigger, {name: True for way in guards(twin) for name in way} | answers)
        if led_to is not None:
            assert led_to in {row.dest for row in lifecycle.rows if row.source is state and row.trigger == trigger}
            assert trigger in lifecycle.triggers(state)
            if all(answers.values()):
                assert lifecycle.next(state, trigger) == led_to
        tried += 1
    assert tried >= len(lifecycle.states) * len(TRIGGERS)


def guards(twin: Twin) -> Iterator[tuple[str, ...]]:
    """The names of the guards of each row."""
    return (tuple(guard.__name__ for guard in row.guards) for row in twin.lifecycle.rows)


@every_lifecycle
def test_what_a_lifecycle_says_of_itself_is_what_its_engine_knows(lifecycle: Lifecycle[Any, Any]) -> None:
    """States, triggers, dests, guards and ends are those of the engine that read the rows."""
    machine = lifecycle.machine
    assert list(machine.states) == [str(state) for state in lifecycle.states]
    assert machine.initial == lifecycle.initial
    for state in lifecycle.states:
        assert set(machine.get_triggers(str(state))) == set(lifecycle.triggers(state))
        for trigger in TRIGGERS:
            rows = machine.get_transitions(trigger, str(state)) if trigger in machine.events else []
            assert [row.dest for row in rows] == [str(way.dest) for way in lifecycle.turns(state, trigger)]
            asked = [[condition.func.function for condition in row.conditions] for row in rows]
            assert asked == [[guard.function for guard in way.guards] for way in lifecycle.turns(state, trigger)]
    correcting = {(row.source, row.dest, row.trigger) for row in lifecycle.rows if row.corrects is not None}
    leaving = {
        row.source
        for trigger, event in machine.events.items()
        for rows in event.transitions.values()
        for row in rows
        if row.source != row.dest and (row.source, row.dest, trigger) not in correcting
    }
    assert {state for state in lifecycle.states if state not in leaving} == lifecycle.terminal


@every_lifecycle
def test_the_diagram_agrees_with_the_engine(lifecycle: Lifecycle[Any, Any]) -> None:
    """Every row of the engine is drawn with its guards, and with the rule by which it corrects; nothing else is."""
    drawn = [line.strip().split(": ") for line in lifecycle.to_mermaid().splitlines() if "-->" in line and ": " in line]
    found = [(ends, label) for ends, labels in drawn for label in labels.split(" | ")]
    expected = [(f"[*] --> {entry.state}", entry.event.kind) for entry in lifecycle.entries]
    for trigger, event in lifecycle.machine.events.items():
        for source, ways in event.transitions.items():
            rows = [row for row in lifecycle.rows if row.source == source and row.trigger == trigger]
            for way, row in zip(ways, rows, strict=True):
                asked = " & ".join(condition.func.name for condition in way.conditions)
                named = trigger if row.corrects is None else f"{trigger} (corrects, {row.corrects})"
                expected.append((f"{source} --> {way.dest}", f"{named} [{asked}]" if asked else named))
    assert sorted(expected) == sorted(found)


# --- Real snapshots ---------------------------------------------------------------------------------------------------


def said(error: Exception | None) -> tuple[str, str] | None:
    """What an error is and says."""
    return None if error is None else (type(error).__name__, str(error))


def follow(step: Step, before: Case) -> None:
    """The engine, whose conditions are the guards themselves, ends a step as the library did."""
    lifecycle, verb = before.table, step.move.verb
    if verb == WITHDRAW or verb in ANYWHERE:
        # What every case can have done to it is in no table (A20, A21).
        return
    if isinstance(step.outcome, ClosedError) or not (step.accepted or isinstance(step.when, datetime)):
        # Of a closed case the clock decides nothing. A day is refused for all instants of it: the engine knows one.
        return
    takes = lifecycle.takes(verb) or frozenset()
    given = {name: value for name, value in step.given.items() if name in takes} | {"recorded_at": step.at}
    model = driven(lifecycle, str(before.stage))
    raised, led_to = None, None
    try:
        led_to = by_the_engine(model, verb, before, step.happened, **given)
    except RefusedError as error:
        raised = error
    if not isinstance(step.outcome, Decision):
        if isinstance(step.outcome, OutOfOrderError) and said(raised) != said(step.outcome):
            # The order of time is judged before any guard.
            return
        if raised is None:
            assert led_to is None
            assert isinstance(step.outcome, TransitionRefusedError)
            return
        assert said(raised) == said(step.outcome)
        return
    assert raised is None
    # A request that is validated is from then on in its activation's table.
    case = step.outcome.case
    assert led_to == (case.stage if case.table is lifecycle else case.state)
    note(f"the {lifecycle.name} became {led_to} by {verb}")


@given(play=strategies.histories())
def test_engine_and_library_agree_along_whole_stories(play: Play) -> None:
    """With conditions that are the guards, the engine passes, refuses and raises exactly when the library does."""
    for step in play.steps:
        if step.before is not None and step.move.makes is None:
            follow(step, step.before)
