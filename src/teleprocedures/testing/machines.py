"""The whole procedure, played by Hypothesis: a state machine that a host extends.

It plays several spaces, companies and mandates, and cases of a host's kinds, under a clock that jumps to every edge. It
checks all promises after each step. A host does in `on_step` with each step what it does with a decision, and has its
`TestCase` found by a test runner.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from teleprocedures.cases import Mandate
from teleprocedures.core import Decision
from teleprocedures.errors import RefusedFormError
from teleprocedures.rulebook import Rulebook
from teleprocedures.testing._makers import IBAN
from teleprocedures.testing._moves import Move, Step
from teleprocedures.testing._play import Play
from teleprocedures.testing._shipped import OTHER_SPACE, straight_on
from teleprocedures.testing.invariants import BrokenPromiseError, check_case, check_refusal, check_silence
from teleprocedures.testing.strategies._histories import how_far, jumps, moves, tellings
from teleprocedures.testing.strategies._times import starts

__all__ = ["ProcedureMachine"]


class ProcedureMachine(RuleBasedStateMachine):
    """The whole procedure: up to three cases of each kind at a time, and time that jumps.

    Facts are told at once, late and by their day, and withdrawn. Cases are taken over, closed and reopened.
    """

    rulebook: ClassVar[Rulebook | None] = None

    play: Play

    @initialize(at=starts(), held=st.booleans(), steps=how_far(), other=st.booleans())
    def begin(self, at: datetime, *, held: bool, steps: int, other: bool = False) -> None:
        """The procedure is gone through up to some step; its codes are held here or elsewhere.

        There may be another space as well.
        """
        self.play = Play(at=at, rulebook=self.rulebook, held=held)
        for move in (*straight_on()[:steps], *(OTHER_SPACE if other else ())):
            self._make(move)

    @rule(data=st.data())
    def wait(self, data: st.DataObject) -> None:
        """Time passes."""
        self.play.wait(data.draw(jumps(self.play)))

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """Somebody tries something."""
        self._make(data.draw(tellings(self.play, data.draw(moves(self.play)))))

    def _make(self, move: Move) -> None:
        first = self.play.judge(move)
        step = self.play.make(move)
        # The same arguments give the same decision: a verb is a pure function.
        if isinstance(step.outcome, Decision) and step.outcome != first:
            raise BrokenPromiseError("0.2", f"{move} gives another decision the second time")
        if step.before is not None:
            _check_agreement(step)
        self.on_step(step)

    def on_step(self, step: Step) -> None:
        """What a host does with each step that was made, accepted or refused: nothing here."""

    @invariant()
    def keeps_its_promises(self) -> None:
        """All promises hold of all cases, and no secret shows."""
        mandates = self.play.of(Mandate)
        for name, case in self.play.cases.items():
            check_case(case, self.play.events[name], at=self.play.at, mandates=mandates)
        sent = [secret for secrets in self.play.sent.values() for secret in secrets]
        check_silence((*self.play.cases.values(), *(step.outcome for step in self.play.steps[-1:])), (*sent, IBAN))


def _check_agreement(step: Step) -> None:
    """What `refusal` says of the case before, the verb has done."""
    case, verb = step.before, step.move.verb
    assert case is not None, "only a case can be asked"
    # The form of a renewal is judged as it is read, and by no guard.
    if any(it.takes(verb) is not None for it in case.lifecycles) and not isinstance(step.outcome, RefusedFormError):
        check_refusal(case, verb, step.outcome, at=step.when, recorded_at=step.at, **step.given)
