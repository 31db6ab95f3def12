"""One case of one lifecycle, played by Hypothesis: what the machines of all four share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from teleprocedures.core import Lifecycle
from teleprocedures.deadlines import RESOLUTION
from teleprocedures.testing._moves import Move, Step
from teleprocedures.testing._play import Play
from teleprocedures.testing.invariants import BrokenPromiseError, check_case
from teleprocedures.testing.strategies._histories import jumps
from teleprocedures.testing.strategies._times import starts

_HOURS: tuple[timedelta, ...] = tuple(timedelta(hours=hours) for hours in (0, 0, 1, 24, 49))


class LifecycleMachine(RuleBasedStateMachine):
    """One case of one lifecycle, and all that can be tried on it; a subclass says when each verb is possible.

    Each fact is told at once, or late; codes are held here or elsewhere.
    """

    lifecycle: ClassVar[Lifecycle[Any, Any]]
    wrong: ClassVar[Mapping[str, Mapping[str, Any]]]
    """Each of its triggers, with what it must not be given."""
    waiting: ClassVar[str]
    """The state in which a time limit runs."""
    limit: ClassVar[str]
    """The rule that sets it."""
    left: ClassVar[str] = ""
    """The state in which another lifecycle takes over, if there is one."""

    ahead: ClassVar[tuple[str, ...]] = ()
    """The triggers that lead to the state in which a time limit runs, where it does not run from the first."""

    play: Play
    name: str
    """What the play calls the case."""
    state: str
    asked: datetime
    """When the case was asked for."""
    since: datetime
    """When what brought the case where it is happened: no fact comes before it."""
    opened: datetime
    """From when its time limit runs."""
    told: datetime
    """When the last fact, or reminder, was told: the reminders before are dropped (A14)."""

    @initialize(at=starts(), held=st.booleans(), late=st.sampled_from(_HOURS), steps=st.sampled_from((0, 3)))
    def begin(self, at: datetime, *, held: bool = False, late: timedelta = _HOURS[0], steps: int = 0) -> None:
        """The case is opened, at once or told so late, its codes held here or elsewhere, and some steps are made."""
        self.play = Play(at=at, held=held)
        *before, last = self.opening()
        for move in before:
            self.play.make(move)
        self.play.wait(late)
        self.play.make(Move(last.verb, last.case, last.makes, given=last.given, at=at if late else None))
        self.name = last.about
        self.state, self.asked, self.told = str(self.lifecycle.initial), at, self.play.at
        # What we send is dated by its telling, what the portal sends by when it happened.
        self.since = self.opened = at if held else self.play.at
        self.passed("", at, {})
        for trigger in self.ahead[:steps]:
            self.tries(trigger, self.play.at, {})

    @rule(data=st.data())
    def wait(self, data: st.DataObject) -> None:
        """Time passes."""
        self.play.wait(data.draw(jumps(self.play)))

    @precondition(lambda self: self.state != self.left)
    @rule(data=st.data(), right=st.sampled_from((True, True, False)), late=st.booleans())
    def verb(self, data: st.DataObject, *, right: bool, late: bool) -> None:
        """Time passes, then somebody tries a verb, which passes exactly when the plain words say so.

        Raises `BrokenPromiseError` if not.
        """
        self.play.wait(data.draw(jumps(self.play)))
        verbs = tuple(verb for verb in self.wrong if self.can_be_tried(verb))
        # What the state allows comes up more often than what it does not.
        allowed = tuple(verb for verb in self.lifecycle.triggers(self.state) if verb in verbs)
        trigger = data.draw(st.sampled_from((*allowed * 3, *verbs)))
        wrong = self.wrong[trigger]
        right = right or not wrong
        given = data.draw(self.given(trigger)) if right else wrong
        at = data.draw(st.sampled_from(self.instants())) if late else self.play.at
        self.tries(trigger, at, given, right=right)

    def tries(self, trigger: str, at: datetime, given: Mapping[str, Any], *, right: bool = True) -> None:
        """Try a verb that happened then; raises `BrokenPromiseError` unless it passes as the plain words say."""
        expected = right and self.allows(trigger, at, given)
        told = None if at == self.play.at else at
        step = self.play.make(Move(trigger, self.name, given=given, right=right, at=told))
        if step.accepted is not expected:
            raise BrokenPromiseError(self.limit, f"{step}; expected it to be {'accepted' if expected else 'refused'}")
        if step.accepted:
            self.state, self.told = self.goes_to(trigger, given), self.play.at
            self.passed(trigger, at, given)
        self.made(step)

    def instants(self) -> list[datetime]:
        """When a fact may have happened that is told now: around what has changed since the case was opened."""
        past = (*self.play.past(self.name), self.asked)
        around = {at + ticks * RESOLUTION for at in past for ticks in (-1, 0, 1)}
        return sorted(at for at in around if at <= self.play.at) or [self.play.at]

    def opening(self) -> tuple[Move, ...]:
        """The moves that open the case; the last one names it."""
        return (Move("create_space", makes="space-1"), Move("activate", "space-1"))

    def can_be_tried(self, trigger: str) -> bool:
        """Whether there is something left to give to this trigger."""
        del trigger
        return True

    def given(self, trigger: str) -> st.SearchStrategy[Mapping[str, Any]]:
        """What this trigger is rightly given, besides what the play knows."""
        del trigger
        return st.just({})

    def allows(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> bool:
        """Whether what happened at this instant is accepted now, were it rightly given.

        A reminder once it is due and in time, the lapse once the time limit has passed, and what is awaited until then:
        also after the lapse, where the code is held elsewhere (A15). Nothing comes before what it follows (A14).
        """
        del given
        runs, in_time = self.state == self.waiting, at <= self.ends()
        if at < self.since:
            return False
        if trigger == "lapse":
            return runs and not in_time
        if trigger == "remind":
            return runs and in_time and any(self.told < reminder <= at for reminder in self.reminders())
        return in_time and (runs or (self.state == "lapsed" and self.corrects()))

    def corrects(self) -> bool:
        """Whether a lapse is only presumed."""
        return self.play.held

    def goes_to(self, trigger: str, given: Mapping[str, Any]) -> str:
        """The state that a trigger that passed has led to."""
        del given
        return str(self.lifecycle.next(self.state, trigger))

    def passed(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> None:
        """What else changes with a trigger that passed, or with the opening (no trigger)."""
        del given
        if trigger not in {"", "lapse", "remind"}:
            self.since = at

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
        if str(case.stage) != self.state:
            raise BrokenPromiseError(self.limit, f"{self.name} is '{case.stage}': expected '{self.state}'")
        check_case(case, self.play.events[self.name], at=self.play.at)
