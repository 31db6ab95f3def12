"""Step 1: a space is created, then activated with the code received by e-mail; missed, it all starts again.

The boundary (rules 1.9, A2): exactly 48 elapsed hours after the sending is still in time, one microsecond more is not.
Rules 1.1 to 1.11.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

import attrs

from teleprocedures.building import builder
from teleprocedures.core import (
    UNSAID,
    Action,
    ActivationCodeEmail,
    Actor,
    Case,
    Decision,
    Event,
    Given,
    Lifecycle,
    NextStep,
    Opening,
    PasswordHasher,
    case_id,
    check_code,
    first_due,
    followed,
)
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.forms import SpaceForm
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook, TimeLimit
from teleprocedures.values import (
    HELD_ELSEWHERE,
    ActivationCode,
    ContactDetails,
    EmailAddress,
    Held,
    Organisation,
    PersonName,
    SealedCode,
    seal,
)


class SpaceState(StrEnum):
    """Where a space stands (A1)."""

    PENDING = "pending"
    ACTIVE = "active"
    LAPSED = "lapsed"


SPACE: Final = Lifecycle(
    "space",
    SpaceState,
    initial=SpaceState.PENDING,
    terminal=frozenset({SpaceState.ACTIVE, SpaceState.LAPSED}),
    rows=(
        {"trigger": "activate", "source": "pending", "dest": "active", "conditions": ["in_time", "code_opens"]},
        {"trigger": "remind", "source": "pending", "dest": "=", "conditions": ["reminder_is_due"]},
        {"trigger": "lapse", "source": "pending", "dest": "lapsed", "conditions": ["time_is_up"]},
    ),
    cites={SpaceState.PENDING: "1.8", SpaceState.ACTIVE: "1.8", SpaceState.LAPSED: "1.11"},
)


@attrs.frozen(kw_only=True, weakref_slot=False)
class SpaceRequested(Opening):
    """A space was asked for; its code was sent, and 48 hours began (rules 1.1 to 1.7)."""

    kind: ClassVar[str] = "space-requested"
    lifecycle: ClassVar[str] = "space"

    email: EmailAddress
    password_hash: str = attrs.field(repr=False)
    first_name: PersonName
    last_name: PersonName
    organisation: Organisation
    contact: ContactDetails
    security_question: str
    answer_hash: str = attrs.field(repr=False)
    code: SealedCode
    deadline: Deadline


class SpaceReminded(Event):
    """The user was reminded of the code (the instant says when)."""

    __slots__ = ()
    kind: ClassVar[str] = "space-reminded"
    lifecycle: ClassVar[str] = "space"
    trigger: ClassVar[str] = "remind"


class SpaceActivated(Event):
    """The code was entered in time: the space exists (rule 1.8)."""

    __slots__ = ()
    kind: ClassVar[str] = "space-activated"
    lifecycle: ClassVar[str] = "space"
    trigger: ClassVar[str] = "activate"


class SpaceLapsed(Event):
    """The 48 hours passed without the code (rules 1.10 and 1.11)."""

    __slots__ = ()
    kind: ClassVar[str] = "space-lapsed"
    lifecycle: ClassVar[str] = "space"
    trigger: ClassVar[str] = "lapse"


@attrs.frozen(kw_only=True, weakref_slot=False)
class Space(Case):
    """The space of a user, from its request on; any number of companies can be followed from it (rule 0.1)."""

    kind: ClassVar[str] = "space"
    lifecycle: ClassVar[Lifecycle] = SPACE

    origin: SpaceRequested
    state: SpaceState

    @classmethod
    def opened_by(cls, event: SpaceRequested) -> Self:  # type: ignore[override] # the codec and `replay` pair them
        """The pending space that its first event makes."""
        deadline = event.deadline
        return cls(
            origin=event,
            version=event.version,
            state=SpaceState.PENDING,
            changed_at=event.at,
            deadline=deadline,
            due_at=first_due(deadline, event.rulebook.space_activation.reminders_of(deadline), after=event.at),
        )

    @classmethod
    def create(
        cls,
        form: SpaceForm,
        *,
        id: str,
        hasher: PasswordHasher,
        at: datetime,
        code: ActivationCode | Held = HELD_ELSEWHERE,
        rulebook: Rulebook = EXPERT_2024_04_03,
    ) -> Decision[Self]:
        """Ask for a space: an e-mail with its code, which works for 48 elapsed hours from `at` (rules 1.1 to 1.9).

        Raises `InvalidValueError` for a naive instant, or an id that is not a text.
        """
        at = instant(at)
        deadline = rulebook.space_activation.starting(at)
        event = SpaceRequested(
            case_id=case_id(id),
            version=1,
            at=at,
            rulebook=rulebook,
            email=form.email,
            password_hash=hasher.hash(form.password),
            first_name=form.first_name,
            last_name=form.last_name,
            organisation=form.organisation,
            contact=form.contact,
            security_question=form.security_question,
            answer_hash=hasher.hash(form.security_answer),
            code=seal(code, salt=id),
            deadline=deadline,
        )
        if isinstance(code, Held):
            return cls._opening(event)
        email = ActivationCodeEmail(case_id=id, version=1, to=form.email, code=code, deadline=deadline)
        return cls._opening(event, messages=(email,))

    @property
    def email(self) -> EmailAddress:
        """The user's e-mail address (rule 1.1)."""
        return self.origin.email

    @property
    def organisation(self) -> Organisation:
        """The organisation that the user belongs to (rule 1.4)."""
        return self.origin.organisation

    @property
    def limit(self) -> TimeLimit:
        """The time limit of the activation (rule 1.9)."""
        return self.rulebook.space_activation

    def code_opens(self, _: datetime, given: Given) -> bool:
        """Guard: the code given is the one that was sent (rule 1.8). Raises `WrongCodeError`."""
        if given.code is not UNSAID:
            rule = self.rulebook.rule("1.8")
            check_code(self.origin.code, given.code, salt=self.id, what="the code sent by e-mail", rule=rule)
        return True

    def activate(self, code: ActivationCode | Held | str, *, at: datetime) -> Decision[Self]:
        """Activate the space with the code received by e-mail, within 48 elapsed hours (rules 1.8 to 1.10).

        Raises `DeadlinePassedError` past them, whatever the code, `WrongCodeError`, `TransitionRefusedError`,
        `OutOfOrderError`, and `InvalidValueError` for a naive instant or a code that is not one.
        """
        at = self._step("activate", at, Given.said(code=code))
        return self._decided(SpaceActivated(case_id=self.id, version=self.version + 1, at=at))

    def remind(self, *, at: datetime) -> Decision[Self]:
        """Remind the user of the code, once a reminder is due (rule 1.9); missed nights give one reminder.

        Raises `DeadlineNotReachedError`, `DeadlinePassedError`, `TransitionRefusedError`, `OutOfOrderError`.
        """
        at = self._step("remind", at)
        return self._reminded(SpaceReminded(case_id=self.id, version=self.version + 1, at=at), self.email)

    def lapse(self, *, at: datetime) -> Decision[Self]:
        """End a space that was not activated within its 48 elapsed hours (rules 1.10 and 1.11).

        Raises `DeadlineNotReachedError` up to the last instant, `TransitionRefusedError`, `OutOfOrderError`.
        """
        at = self._step("lapse", at)
        return self._decided(_lapsed(case_id=self.origin.case_id, version=self.version + 1, at=at))

    def next_steps(self, *, at: datetime) -> tuple[NextStep, ...]:
        """Who must do what by when (UTC); `NextStep.by` is None where no time limit runs."""
        if self.state is SpaceState.ACTIVE:
            return (NextStep(Actor.USER, Action.REQUEST_SERVICES, None, self.rulebook.rule("2.12")),)
        if self.deadline is None or self.deadline.has_passed(at):
            return (NextStep(Actor.USER, Action.SUBMIT_SPACE_AGAIN, None, self.rulebook.rule("1.11")),)
        return (NextStep(Actor.USER, Action.ENTER_EMAILED_CODE, self.deadline.safe_until, self.limit.rule),)

    def apply(self, event: Event) -> Self:
        """The space after this event; raises `InvalidValueError` when the event cannot follow."""
        state: SpaceState = followed(SPACE, self.state, event)
        running = state is SpaceState.PENDING
        deadline = self.origin.deadline
        made: Self = _space(
            origin=self.origin,
            version=event.version,
            state=state,
            changed_at=event.at,
            deadline=deadline if running else None,
            due_at=first_due(deadline, self.limit.reminders_of(deadline), after=event.at) if running else None,
        )
        return made


_space: Final = builder(Space)
_lapsed: Final = builder(SpaceLapsed)
