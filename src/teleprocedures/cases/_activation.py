"""Step 3: the code posted to the company activates the requested services; missed, they are requested again.

The boundary (rules 3.1, A3, A11): the code works to the last microsecond, in Paris, of the 60th civil day after the
day the letter bears; day 59 is the safe one, shown to people. Rules 3.1 to 3.5.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

import attrs

from teleprocedures.building import builder
from teleprocedures.cases._requester import Requested, check_active, check_same
from teleprocedures.cases._space import Space
from teleprocedures.core import (
    UNSAID,
    Action,
    Actor,
    Event,
    Given,
    Lifecycle,
    NextStep,
    Timed,
    check_code,
    first_due,
    followed,
)
from teleprocedures.deadlines import Deadline
from teleprocedures.rulebook import Rulebook, TimeLimit
from teleprocedures.values import SealedCode


class ActivationState(StrEnum):
    """Where the activation of a request's services stands."""

    AWAITING_CODE = "awaiting_code"
    ACTIVE = "active"
    LAPSED = "lapsed"


ACTIVATION: Final = Lifecycle(
    "activation",
    ActivationState,
    initial=ActivationState.AWAITING_CODE,
    terminal=frozenset({ActivationState.ACTIVE, ActivationState.LAPSED}),
    rows=(
        {"trigger": "record_letter", "source": "awaiting_code", "dest": "=", "conditions": ["in_time"]},
        {
            "trigger": "activate",
            "source": "awaiting_code",
            "dest": "active",
            "conditions": ["in_time", "from_the_space_that_asked", "code_opens"],
        },
        {"trigger": "remind", "source": "awaiting_code", "dest": "=", "conditions": ["reminder_is_due"]},
        {"trigger": "lapse", "source": "awaiting_code", "dest": "lapsed", "conditions": ["time_is_up"]},
    ),
    cites={
        ActivationState.AWAITING_CODE: "3.1",
        ActivationState.ACTIVE: "3.5",
        ActivationState.LAPSED: "3.4",
    },
)


@attrs.frozen(kw_only=True)
class LetterPosted(Event):
    """A request was validated and its letter posted: 60 days began, counted from now until its day is known."""

    code: SealedCode
    deadline: Deadline


@attrs.frozen(kw_only=True)
class LetterRecorded(Event):
    """The letter was seen, and bears the civil day `edited`, from which the 60 days are counted (A3)."""

    kind: ClassVar[str] = "letter-recorded"
    lifecycle: ClassVar[str] = "activation"
    trigger: ClassVar[str] = "record_letter"

    edited: date
    deadline: Deadline


class ActivationReminded(Event):
    """The user was reminded of the code, or of a letter not seen yet."""

    __slots__ = ()
    kind: ClassVar[str] = "activation-reminded"
    lifecycle: ClassVar[str] = "activation"
    trigger: ClassVar[str] = "remind"


class ServicesActivated(Event):
    """The code was entered in time, from the space that asked: the services are held (rules 3.3 and 3.5)."""

    __slots__ = ()
    kind: ClassVar[str] = "services-activated"
    lifecycle: ClassVar[str] = "activation"
    trigger: ClassVar[str] = "activate"


class ActivationLapsed(Event):
    """The 60 days passed without the code (rule 3.4)."""

    __slots__ = ()
    kind: ClassVar[str] = "activation-lapsed"
    lifecycle: ClassVar[str] = "activation"
    trigger: ClassVar[str] = "lapse"


@attrs.frozen(kw_only=True, weakref_slot=False)
class Activation(Timed):
    """The part of a request that waits for the code of the letter. `deadline` is the last known, also once it is over.

    `due_at` is the first instant (UTC) at which the clock has something to decide, None when nothing is left.
    """

    lifecycle: ClassVar[Lifecycle] = ACTIVATION

    origin: Requested = attrs.field(repr=False)
    state: ActivationState
    code: SealedCode
    validated_at: datetime
    deadline: Deadline
    due_at: datetime | None

    @classmethod
    def opened_by(cls, event: LetterPosted, request: Requested) -> Activation:
        """The activation that begins when a letter is posted (rule 2.5)."""
        return cls(
            origin=request,
            state=ActivationState.AWAITING_CODE,
            code=event.code,
            validated_at=event.at,
            deadline=event.deadline,
            due_at=_first_due(event.deadline, request.rulebook, after=event.at),
        )

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook of the request."""
        return self.origin.rulebook

    @property
    def limit(self) -> TimeLimit:
        """The time limit of the activation (rule 3.1)."""
        return self.rulebook.services_activation

    def from_the_space_that_asked(self, at: datetime, given: Given) -> bool:
        """Guard: the verb comes from the space that asked, active (rules 1.12 and 3.3).

        Raises `SpaceNotActiveError`, `WrongSpaceError`, `OutOfOrderError` before the space's last event.
        """
        if given.space is not UNSAID:
            space: Space = given.space  # type: ignore[assignment] # judged by `check_active`
            check_active(space, at)
            check_same(space, self.origin)
        return True

    def code_opens(self, _: datetime, given: Given) -> bool:
        """Guard: the code given is the one of the letter (rule 3.3). Raises `WrongCodeError`."""
        if given.code is not UNSAID:
            rule = self.rulebook.rule("3.3")
            check_code(self.code, given.code, salt=self.origin.case_id, what="the code of the letter", rule=rule)
        return True

    def after(self, event: Event) -> Self:
        """The activation after this event; raises `InvalidValueError` when the event cannot follow."""
        state: ActivationState = followed(ACTIVATION, self.state, event)
        deadline = event.deadline if isinstance(event, LetterRecorded) else self.deadline
        waits = state is ActivationState.AWAITING_CODE
        made: Self = _activation(
            origin=self.origin,
            state=state,
            code=self.code,
            validated_at=self.validated_at,
            deadline=deadline,
            due_at=_first_due(deadline, self.rulebook, after=event.at) if waits else None,
        )
        return made

    def letter_is_late(self, at: datetime) -> bool:
        """Whether the letter should have been seen by this instant and was not reported (F2)."""
        late_from = _letter_due(self.deadline, self.rulebook)
        return late_from is not None and at >= late_from

    def next_steps(self, at: datetime, *, third_party: bool) -> tuple[NextStep, ...]:
        """Who must do what by the end of the safe day (UTC): the company first, if a third party asked (rule 3.2)."""
        steps = (
            (self.letter_is_late(at), Actor.USER, Action.WATCH_LETTER, "F2"),
            (third_party, Actor.COMPANY, Action.PASS_CODE_ON, "3.2"),
            (True, Actor.USER, Action.ENTER_LETTER_CODE, "3.1"),
        )
        by, rule = self.deadline.safe_until, self.rulebook.rule
        return tuple(NextStep(actor, action, by, rule(cited)) for wanted, actor, action, cited in steps if wanted)


def _letter_due(deadline: Deadline, rulebook: Rulebook) -> datetime | None:
    """The first instant (UTC) at which a letter is late; a deadline still estimated has none reported."""
    if rulebook.letter_announced is None or not deadline.estimated:
        return None
    return rulebook.letter_announced.starting(deadline.opened).lapses_at


def _first_due(deadline: Deadline, rulebook: Rulebook, *, after: datetime) -> datetime:
    reminders = rulebook.services_activation.reminders_of(deadline)
    letter = _letter_due(deadline, rulebook)
    return first_due(deadline, reminders if letter is None else (*reminders, letter), after=after)


_activation: Final = builder(Activation)
