"""The state machines for Hypothesis: each finds what is planted; the library passes in `test_conforming`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from teleprocedures.testing import Move, Step
from teleprocedures.testing.invariants import BrokenPromiseError
from teleprocedures.testing.machines import ProcedureMachine
from tests.lifecycle_machines import (
    ActivationMachine,
    AdhesionMachine,
    LifecycleMachine,
    MandateMachine,
    SpaceMachine,
)

SOME = settings(max_examples=30, stateful_step_count=12)
# What is planted is found, or not, whatever else is drawn.
SEARCH = settings(max_examples=600, stateful_step_count=12, phases=[Phase.generate], derandomize=True, database=None)
START = datetime(2025, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.rule("1.9")
def test_a_wrong_end_is_found() -> None:
    """A machine that expects 47 hours is contradicted, under the rule of the time limit."""

    class Impatient(SpaceMachine):
        def ends(self) -> datetime:
            return super().ends() - timedelta(hours=1)

    with pytest.raises(BrokenPromiseError, match=r"\(rule 1\.9\)"):
        run_state_machine_as_test(Impatient, settings=SEARCH)


TOLD_LATE = (
    (SpaceMachine, "activate"),
    (AdhesionMachine, "confirm_company_email"),
    (ActivationMachine, "activate"),
    (MandateMachine, "record_collection"),
)
"""Each machine, and what happened in time and is told once its time limit has passed."""


def past_the_end(base: type[LifecycleMachine], *, allows: Any) -> LifecycleMachine:
    """A machine that believes something else, an hour after the end of what is held elsewhere."""
    machine = type(base.__name__, (base,), allows)()
    machine.begin(START, held=True, steps=3)
    machine.play.at = machine.ends() + HOUR
    return machine


@pytest.mark.rule("A15")
@pytest.mark.parametrize(("base", "verb"), TOLD_LATE)
def test_a_lapse_that_is_believed_final_is_found(base: type[LifecycleMachine], verb: str) -> None:
    """A machine that lets nothing correct a lapse is contradicted by a fact told late."""
    machine = past_the_end(base, allows={"corrects": lambda _: False})
    happened = machine.ends()
    machine.tries("lapse", machine.play.at, {})

    with pytest.raises(BrokenPromiseError, match="expected it to be refused"):
        machine.tries(verb, happened, {})


@pytest.mark.rule("A14")
@pytest.mark.parametrize(("base", "verb"), TOLD_LATE)
def test_a_machine_that_judges_by_the_telling_is_found(base: type[LifecycleMachine], verb: str) -> None:
    """A machine that dates a fact by when it is told is contradicted: by one in time, or older than what it follows."""

    def by_telling(self: LifecycleMachine, trigger: str, _: datetime, given: Any) -> bool:
        return base.allows(self, trigger, self.play.at, given)

    machine = past_the_end(base, allows={"allows": by_telling})
    # What the portal took is believed whenever it took it: there, what comes before it decides.
    unlimited = verb == "record_collection" or base is ActivationMachine
    happened = START - HOUR if unlimited else machine.ends()

    with pytest.raises(BrokenPromiseError, match="which happened at"):
        machine.tries(verb, happened, {})


def test_a_wrong_state_is_found() -> None:
    """A machine that believes in another state is contradicted."""
    machine = SpaceMachine()
    machine.begin(START)
    machine.state = "active"

    with pytest.raises(BrokenPromiseError, match="space-1 is 'pending': expected 'active'"):
        machine.keeps_its_promises()


@pytest.mark.rule("2.10")
def test_a_validated_request_awaits_its_code() -> None:
    """A request that was validated without a letter is found."""
    machine = AdhesionMachine()
    machine.begin(START)
    machine.state = "validated"

    with pytest.raises(BrokenPromiseError, match="adhesion-1 was validated and awaits no code"):
        machine.keeps_its_promises()


@pytest.mark.rule("2.8", "A20")
@pytest.mark.parametrize("held", [False, True])
def test_a_link_is_used_again_whose_use_was_withdrawn(held: bool) -> None:  # noqa: FBT001 - one of two
    """The letter's code was sent last, and the link is opened by its own token all the same."""
    machine = AdhesionMachine()
    machine.begin(START, held=held)
    machine.tries("confirm_company_email", START, {})
    assert machine.before is not None
    machine.play.make(Move("withdraw", "adhesion-1"))
    vars(machine).update(machine.before)
    machine.keeps_its_promises()

    machine.tries("confirm_company_email", START, {})
    assert "validated" == machine.state
    assert ([0] if held else [3]) == [len(machine.play.sent["adhesion-1"])]


@pytest.mark.rule("F1")
def test_a_leap_day_is_rounded_down() -> None:
    """A mandate registered on a 29 February is good until the 28th, three years later; it is reminded of before."""
    machine = MandateMachine()
    machine.begin(datetime(2024, 2, 29, 12, tzinfo=UTC), steps=3)

    assert "registered" == machine.state
    assert datetime(2027, 2, 28, 22, 59, 59, 999999, tzinfo=UTC) == machine.ends()
    assert ["2026-11-28T23:00:00+00:00", "2027-01-27T23:00:00+00:00"] == [at.isoformat() for at in machine.reminders()]


@pytest.mark.rule("F1", "A15")
def test_a_mandate_comes_back_by_a_collection_told_late() -> None:
    """Wherever codes are held, the bank knows what was collected in time: the lapse was presumed."""
    machine = MandateMachine()
    machine.begin(START, steps=3)
    end = machine.ends()
    machine.play.at = end + HOUR
    machine.tries("lapse", end + HOUR, {})
    # Its own months are over too.
    machine.tries("record_collection", START, {})
    assert "lapsed" == machine.state

    machine.tries("record_collection", end, {})
    assert "registered" == machine.state
    assert end == machine.opened
    machine.tries("record_collection", START, {})
    assert end == machine.opened
    machine.keeps_its_promises()


@pytest.mark.rule("A3", "A15")
def test_a_request_comes_back_by_a_letter_whose_code_still_works() -> None:
    """A letter reported after the lapse settles the estimate: one of the first day leaves it lapsed, another not."""
    machine = ActivationMachine()
    machine.begin(START, held=True)
    over = machine.play.at = machine.ends() + HOUR
    machine.tries("lapse", over, {})
    machine.tries("record_letter", over, {"edited": START.date()})
    assert "lapsed" == machine.state

    machine.tries("record_letter", over, {"edited": over.date()})
    assert "awaiting_code" == machine.state
    machine.keeps_its_promises()


@pytest.mark.rule("A14", "A15")
def test_a_code_is_entered_on_the_day_of_its_letter_or_later() -> None:
    """Once the day is known; while it is not, the portal is believed, whenever it took the code."""
    known, unknown = ActivationMachine(), ActivationMachine()
    for machine in (known, unknown):
        machine.begin(START, held=True)
        machine.play.at = START + timedelta(days=3)
    known.tries("record_letter", known.play.at, {"edited": (START + timedelta(days=2)).date()})
    known.tries("activate", START + HOUR, {})
    unknown.tries("activate", START + HOUR, {})

    assert ("awaiting_code", "active") == (known.state, unknown.state)


@pytest.mark.rule("A2", "A14")
@pytest.mark.parametrize(("held", "expected"), [(True, START), (False, START + HOUR)])
def test_an_opening_told_late(held: bool, expected: datetime) -> None:  # noqa: FBT001 - one of two
    """Hours run from what happened where the code is held elsewhere, and from the telling where we send it."""
    machine = SpaceMachine()
    machine.begin(START, held=held, late=HOUR)

    assert START == machine.play.cases["space-1"].origin.at
    assert expected == machine.opened == machine.play.cases["space-1"].origin.deadline.opened


@pytest.mark.rule("0.2")
def test_a_verb_that_decides_otherwise_the_second_time_is_found() -> None:
    """The same arguments give the same decision: a play whose judge tells something else is found."""
    machine = ProcedureMachine()
    machine.begin(START, held=False, steps=1)
    judge = type(machine.play)._judge
    told = iter(range(2))

    class Fickle(type(machine.play)):  # type: ignore[misc] # a class that is computed
        __slots__ = ()

        def _judge(self, move: Move, given: Mapping[str, Any]) -> Any:
            decision = judge(self, move, given)
            return attrs.evolve(decision, messages=()) if next(told) else decision

    machine.play.__class__ = Fickle
    with pytest.raises(BrokenPromiseError, match="create_space space-2 gives another decision the second time"):
        machine._make(Move("create_space", makes="space-2"))


@pytest.mark.parametrize("base", [SpaceMachine, ProcedureMachine])
def test_a_host_is_told_each_step(base: type) -> None:
    """What a host does in `on_step` is done with every step."""
    told: list[Step] = []

    class Telling(base):  # type: ignore[misc,valid-type] # a class that is given
        def on_step(self, step: Step) -> None:
            super().on_step(step)
            told.append(step)

    run_state_machine_as_test(Telling, settings=settings(SOME, max_examples=5))

    assert told
    assert all(step.move.about == "space-1" or base is ProcedureMachine for step in told)


def test_the_base_is_for_subclasses() -> None:
    """Only a subclass says what its verbs are."""
    assert not hasattr(LifecycleMachine, "wrong")


@pytest.mark.rule("A20", "A21", "A22")
def test_what_every_case_can_have_done_to_it_is_expected() -> None:
    """Closed, nothing is decided by the clock; a fact of a day counts from its first instant, and can be withdrawn."""
    machine = SpaceMachine()
    machine.begin(START, held=True)
    machine.play.at = START + 50 * HOUR
    machine.tries("close", START + HOUR, {})
    machine.tries("lapse", START + 50 * HOUR, {})
    assert (START + HOUR, "pending") == (machine.closed, machine.state)

    machine.tries("activate", (START + 24 * HOUR).date(), {})
    assert ("active", START + 14 * HOUR) == (machine.state, machine.since)
    assert machine.before is not None
    machine.play.make(Move("withdraw", "space-1", given={"version": 3}))
    vars(machine).update(machine.before)
    machine.keeps_its_promises()


@pytest.mark.rule("A21", "A22", "A23")
@pytest.mark.parametrize(
    ("base", "wrong", "verbs"),
    [
        (
            SpaceMachine,
            {"can_happen": lambda self, *it: self.allows(*it)},
            (("close", START), ("lapse", START + 50 * HOUR)),
        ),
        (SpaceMachine, {"instants_of": lambda _, __: []}, (("activate", START.date()),)),
        (AdhesionMachine, {"allows": LifecycleMachine.allows}, (("activate", START + 49 * HOUR),)),
    ],
    ids=["a closed case that lapses", "a day that no instant makes possible", "a code that proves nothing"],
)
def test_what_is_believed_of_it_wrongly_is_found(base: Any, wrong: dict[str, Any], verbs: Any) -> None:
    """A machine that lets the clock decide on closed cases, refuses days, or lets nothing prove a link."""
    believing = type(base.__name__, (base,), wrong)()
    believing.begin(START, held=True)
    believing.play.at = START + 50 * HOUR

    *before, (verb, at) = verbs
    for first, then in before:
        believing.tries(first, then, {})
    with pytest.raises(BrokenPromiseError, match="expected it to be "):
        believing.tries(verb, at, {})
