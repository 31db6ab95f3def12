"""One case of one lifecycle, played by Hypothesis: what the machines of all four share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from teleprocedures.core import Lifecycle
from teleprocedures.testing._moves import Move, Step, stage
from teleprocedures.testing._play import Play
from teleprocedures.testing.invariants import BrokenPromiseError, check_case
from teleprocedures.testing.strategies._histories import jumps
from teleprocedures.testing.strategies._times import starts


class LifecycleMachine(RuleBasedStateMachine):
    """One case of one lifecycle, and all that can be tried on it; a subclass says when each verb is possible."""

    lifecycle: ClassVar[Lifecycle]
    verbs: ClassVar[Mapping[str, str]]
    """The play's verb for each trigger."""
    secret: ClassVar[str]
    """The trigger that a wrong code, token or signatory prevents."""
    waiting: ClassVar[str]
    """The state in which a time limit runs."""
    limit: ClassVar[str]
    """The rule that sets it."""
    left: ClassVar[str] = ""
    """The state in which another lifecycle takes over, if there is one."""

    play: Play
    state: str
    changed: datetime

    @initialize(at=starts(), held=st.booleans())
    def begin(self, at: datetime, *, held: bool = False) -> None:
        """The case is opened, its codes held here or elsewhere."""
        self.play = Play(at=at, held=held)
        opening = self.opening()
        for move in opening:
            self.play.make(move)
        self.name = opening[-1].about
        self.state, self.changed = str(self.lifecycle.initial), at
        self.passed("")

    @rule(data=st.data())
    def wait(self, data: st.DataObject) -> None:
        """Time passes."""
        self.play.wait(data.draw(jumps(self.play)))

    @precondition(lambda self: self.state != self.left)
    @rule(data=st.data(), right=st.booleans())
    def verb(self, data: st.DataObject, *, right: bool) -> None:
        """Somebody tries a verb; it passes exactly when the plain words say so; raises `BrokenPromiseError` if not."""
        trigger = data.draw(st.sampled_from(tuple(self.verbs)))
        verb, right = self.verbs[trigger], right or trigger != self.secret
        expected = self.allows(trigger) and right
        space = "space-1" if verb == "activate_services" else None
        step = self.play.make(Move(verb, self.name, space=space, right=right))
        if step.accepted is not expected:
            raise BrokenPromiseError(self.limit, f"{step}; expected it to be {'accepted' if expected else 'refused'}")
        if step.accepted:
            self.state, self.changed = str(self.lifecycle.next(self.state, trigger)), self.play.at
            self.passed(trigger)
        self.made(step)

    def opening(self) -> tuple[Move, ...]:
        """The moves that open the case; the last one names it."""
        return (Move("create_space", "space-1", "space-1"), Move("activate_space", "space-1"))

    def allows(self, trigger: str) -> bool:
        """Whether a trigger is possible now: the lapse once the time limit has passed, everything else until then."""
        at, ends = self.play.at, self.ends()
        if self.state != self.waiting or trigger == "lapse":
            return self.state == self.waiting and at > ends
        reminded = trigger != "remind" or any(self.changed < reminder <= at for reminder in self.reminders())
        return at <= ends and reminded

    def passed(self, trigger: str) -> None:
        """What else changes with a trigger that passed, or with the opening (no trigger)."""
        if not trigger:
            self.opened = self.play.at

    def ends(self) -> datetime:
        """The last usable instant (UTC): 48 hours of 3,600 seconds after the opening."""
        return self.opened + timedelta(seconds=48 * 3_600)

    def reminders(self) -> list[datetime]:
        """The instants of the reminders (UTC): a day of 24 hours before the end."""
        return [self.ends() - timedelta(hours=24)]

    def made(self, step: Step) -> None:
        """What a host does with each step that was made, accepted or refused: nothing here."""

    @invariant()
    def keeps_its_promises(self) -> None:
        """The case is in the expected state, and all promises hold of it; raises `BrokenPromiseError` if not."""
        case = self.play.cases[self.name]
        if stage(case) != self.state:
            raise BrokenPromiseError(self.limit, f"{self.name} is '{stage(case)}': expected '{self.state}'")
        check_case(case, self.play.events[self.name], at=self.play.at)
