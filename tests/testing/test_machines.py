"""The state machines for Hypothesis: the library passes all of them, and each one finds what is planted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from teleprocedures.testing.invariants import BrokenPromiseError
from teleprocedures.testing.machines import (
    ActivationMachine,
    AdhesionMachine,
    LifecycleMachine,
    MandateMachine,
    ProcedureMachine,
    SpaceMachine,
)

SOME = settings(max_examples=60, stateful_step_count=12)
SEARCH = settings(max_examples=400, stateful_step_count=12, phases=[Phase.generate], database=None)
START = datetime(2025, 1, 6, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "machine", [SpaceMachine, AdhesionMachine, ActivationMachine, MandateMachine, ProcedureMachine]
)
def test_the_library_passes(machine: type) -> None:
    """Every lifecycle, and the whole procedure, keep what they promise under any history."""
    run_state_machine_as_test(machine, settings=SOME)


@pytest.mark.rule("1.9")
def test_a_wrong_end_is_found() -> None:
    """A machine that expects 47 hours is contradicted, under the rule of the time limit."""

    class Impatient(SpaceMachine):
        def ends(self) -> datetime:
            return super().ends() - timedelta(hours=1)

    with pytest.raises(BrokenPromiseError, match=r"\(rule 1\.9\)"):
        run_state_machine_as_test(Impatient, settings=SEARCH)


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


@pytest.mark.rule("F1")
def test_a_leap_day_is_rounded_down() -> None:
    """A mandate registered on a 29 February is good until the 28th, three years later."""
    machine = MandateMachine()
    machine.begin(datetime(2024, 2, 29, 12, tzinfo=UTC))

    assert datetime(2027, 2, 28, 22, 59, 59, 999999, tzinfo=UTC) == machine.ends()
    assert [] == machine.reminders()


@pytest.mark.parametrize("base", [SpaceMachine, ProcedureMachine])
def test_a_host_is_told_each_step(base: type) -> None:
    """What a host does in `made` is done with every step."""
    told = []

    class Telling(base):
        def made(self, step: object) -> None:
            super().made(step)
            told.append(step)

    run_state_machine_as_test(Telling, settings=settings(SOME, max_examples=5))

    assert told
    assert all(step.move.about == "space-1" or base is ProcedureMachine for step in told)


def test_the_base_is_for_subclasses() -> None:
    """Only a subclass says what its verbs are."""
    assert not hasattr(LifecycleMachine, "verbs")
