"""A state that nobody told the kit of: its module alone says so, in a process of its own, which nothing watches."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

A_NEW_STATE = """
import os, sys
os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"  # it would import the library before it is changed
from tests.heavy.table_mutants import PACKAGE, Changed, Mutant

source = (PACKAGE / "cases" / "_mandate.py").read_text("utf-8")
for old, new in (
    ('    LAPSED = "lapsed"\\n', '    LAPSED = "lapsed"\\n    SUSPENDED = "suspended"\\n'),
    (" = MandateState\\n", ", _SUSPENDED = MandateState\\n"),
    ("class MandateReminded(Reminder):", '''class MandateSuspended(Event):
    __slots__ = ()


class MandateResumed(Event):
    __slots__ = ()


class MandateReminded(Reminder):'''),
    ("        State(_LAPSED,", '''        State(_SUSPENDED, "2.18", runs=True),
        State(_LAPSED,'''),
    ('        Row("remind", _REGISTERED', '''        Row("suspend", _REGISTERED, _SUSPENDED, MandateSuspended),
        Row("resume", _SUSPENDED, _REGISTERED, MandateResumed),
        Row("record_collection", _SUSPENDED, _SUSPENDED, CollectionRecorded, after=the_registration),
        Row("remind", _SUSPENDED, _SUSPENDED, MandateReminded, (can_lapse, reminder_is_due), sends=remind),
        Row("lapse", _SUSPENDED, _LAPSED, MandateLapsed, (can_lapse, time_is_up), sends=give_notice),
        Row("remind", _REGISTERED'''),
    ("    def record_collection(", '''    def suspend(self, *, at, recorded_at=None):
        return self.decide("suspend", at, recorded_at)

    def resume(self, *, at, recorded_at=None):
        return self.decide("resume", at, recorded_at)

    def record_collection('''),
):
    assert source.count(old) == 1, old
    source = source.replace(old, new)
sys.meta_path.insert(0, Changed(Mutant("teleprocedures.cases._mandate", 0, "a new state", source)))

from datetime import UTC, datetime, timedelta
from hypothesis import find, given, settings, strategies as st
from hypothesis.stateful import run_state_machine_as_test
from teleprocedures import Adhesion, Mandate, MandateState, PaymentRefusedError, check_payment
from teleprocedures.cases import EVENTS
from teleprocedures.codec import dumps, loads
from teleprocedures.testing import Move, Play, strategies
from teleprocedures.testing._registration import register
from teleprocedures.testing._shipped import straight_on
from teleprocedures.testing.invariants import check_case
from teleprocedures.testing.machines import ProcedureMachine

register()
FEW = settings(max_examples=200, stateful_step_count=12, database=None, deadline=None, derandomize=True)
SUSPENDED, RESUMED = EVENTS["mandate-suspended"], EVENTS["mandate-resumed"]
seen = set()

@FEW
@given(
    strategies.mandates(), strategies.mandates(MandateState.SUSPENDED), st.from_type(SUSPENDED), st.from_type(RESUMED)
)
def check(any_mandate, suspended, suspension, resumption):
    seen.add(any_mandate.state)
    assert suspended.state is MandateState.SUSPENDED and suspended.deadline is not None
    assert type(suspension) is SUSPENDED and type(resumption) is RESUMED

check()
assert seen == set(MandateState), seen

play = Play(at=datetime(2025, 1, 6, 9, tzinfo=UTC))
for move in straight_on():
    assert play.make(move).accepted
def pay():
    (adhesion,), (mandate,) = play.of(Adhesion), play.of(Mandate)
    check_payment(adhesion, "payer-tva", mandate.account, [mandate], at=play.at)

def registration():
    (mandate,) = play.of(Mandate)
    return mandate.registered_at

pay()
registered, before = registration(), play.at
for verb in ("suspend", "resume"):
    assert verb in {move.verb for move in play.possible()}
    play.at += timedelta(days=40)
    assert play.make(Move(verb, "mandate-1")).accepted
    check_case(play.cases["mandate-1"], play.events["mandate-1"], at=play.at)
    mandate = loads(dumps(play.cases["mandate-1"]))
    assert mandate == play.cases["mandate-1"]
    assert registered == mandate.registered_at < mandate.since
    collected = mandate.record_collection(at=before, recorded_at=play.at).case
    assert (mandate.state, registered) == (collected.state, collected.registered_at)
    assert registered == collected.lapse(at=collected.idle.lapses_at).case.registered_at
    if verb == "suspend":
        try:
            pay()
        except PaymentRefusedError as refused:
            assert (refused.code, refused.rule) == ("payment.mandate_on_its_way", "2.18"), refused
        else:
            raise AssertionError("a suspended mandate pays")
pay()
(adhesion,), (mandate,) = play.of(Adhesion), play.of(Mandate)
check_payment(adhesion, "payer-tva", mandate.account, [mandate], at=before)

class Seeing(ProcedureMachine):
    def on_step(self, step):
        seen.add(step.move.verb)

run_state_machine_as_test(Seeing, settings=FEW)
assert {"suspend", "resume"} <= seen, seen
print("drawn")
"""


@pytest.mark.rule("2.19")
def test_a_new_state_of_a_shipped_lifecycle_is_drawn_without_being_told(project: Path) -> None:
    """A mandate that the bank suspends and resumes: only its module says so, and all of the kit follows.

    Strategies draw the state, its events and what follows; plays and the machine try its verbs; its limit runs. A
    payment is refused under the rule that the state cites. The mandate was registered when the bank had it, whatever
    came between, and a collection from before the suspension is taken.
    """
    done = subprocess.run([sys.executable, "-c", A_NEW_STATE], cwd=project, check=False, capture_output=True, text=True)

    assert "drawn\n" == done.stdout, done.stderr[-2_000:]
