"""How a case changes: a verb makes events, one `apply` makes snapshots from them, and a decision carries both.

A snapshot is exactly the fold of its events: no verb builds one in any other way.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

import attrs

from teleprocedures.building import builder
from teleprocedures.core._guards import Timed
from teleprocedures.core._lifecycle import NOTHING_GIVEN, Given, Lifecycle
from teleprocedures.core._messages import Message, ReminderEmail
from teleprocedures.core._steps import NextStep
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.errors import InvalidValueError, OutOfOrderError, RefusedError, shown
from teleprocedures.rulebook import Rulebook
from teleprocedures.values import EmailAddress


@attrs.frozen(kw_only=True, weakref_slot=False)
class Event:
    """A fact about a case: its instant (UTC), and the version of the case that it makes.

    `trigger` is the row of its `lifecycle` that it went through: the table says which state it leads to. A kind of
    event that says nothing more is a plain subclass: it needs no machinery of its own, and the package imports
    sooner.
    """

    kind: ClassVar[str] = "event"
    lifecycle: ClassVar[str] = ""
    trigger: ClassVar[str] = ""

    case_id: str
    version: int
    at: datetime


@attrs.frozen(kw_only=True, weakref_slot=False)
class Opening(Event):
    """The first event of a case: what was asked, and the rulebook it is under."""

    rulebook: Rulebook


LONGEST_ID: Final = 200
CaseT_co = TypeVar("CaseT_co", bound="Case", covariant=True)


@attrs.frozen
class Decision(Generic[CaseT_co]):
    """What a verb decided: the new snapshot, the events that make it, and the messages to send."""

    case: CaseT_co
    events: tuple[Event, ...]
    messages: tuple[Message, ...] = ()


_decision: Final = builder(Decision)


@attrs.frozen(kw_only=True, weakref_slot=False)
class Case(Timed):
    """An immutable snapshot of one request, as its events made it: what every kind of case has.

    `version` counts its events; `changed_at` is the last one's instant; `deadline` is the time limit now running;
    `due_at` is the first instant at which the clock has something to decide, a reminder or a lapse, None when nothing
    is left. Instants are UTC. Snapshots are made by verbs, `replay` and the codec, never by hand.
    """

    kind: ClassVar[str] = "case"
    lifecycle: ClassVar[Lifecycle]

    origin: Opening
    version: int
    state: StrEnum
    changed_at: datetime
    deadline: Deadline | None
    due_at: datetime | None

    @property
    def id(self) -> str:
        """The case's id."""
        return self.origin.case_id

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that the case was made under, and keeps."""
        return self.origin.rulebook

    def is_due(self, at: datetime) -> bool:
        """Whether the clock has something to decide at this instant; raises `InvalidValueError` for a naive one."""
        return self.due_at is not None and instant(at) >= self.due_at

    def refusal(self, trigger: str, *, at: datetime, **given: object) -> RefusedError | None:
        """Why the verb would be refused at this instant, or None. The guards answer, nothing else does.

        `given` is what the verb would be given (`code`, `space`, `signatory`); what is left out is not judged.
        Raises `InvalidValueError` for a naive instant.
        """
        try:
            self._step(trigger, at, Given(**given))
        except RefusedError as refusal:
            return refusal
        return None

    def tick(self, *, at: datetime) -> Decision[Self]:
        """What the clock decides at this instant: the lapse once the time limit has passed, else a due reminder.

        Raises `DeadlineNotReachedError` when nothing is due, `TransitionRefusedError` when no time limit runs.
        """
        verb = self.lapse if self.deadline is None or self.deadline.has_passed(at) else self.remind
        return verb(at=at)

    def lapse(self, *, at: datetime) -> Decision[Self]:
        """End the case, its time limit having passed; raises `DeadlineNotReachedError` before that."""
        raise NotImplementedError

    def remind(self, *, at: datetime) -> Decision[Self]:
        """Remind of the time limit; raises `DeadlineNotReachedError` when no reminder is due."""
        raise NotImplementedError

    def next_steps(self, *, at: datetime) -> tuple[NextStep, ...]:
        """Who must do what by when (UTC), under which rule."""
        raise NotImplementedError

    @classmethod
    def opened_by(cls, event: Opening) -> Self:
        """The snapshot that the first event of a case makes."""
        raise NotImplementedError

    def apply(self, event: Event) -> Self:
        """The snapshot after this event; raises `InvalidValueError` when the event cannot follow."""
        raise NotImplementedError

    def _step(self, trigger: str, at: datetime, given: Given = NOTHING_GIVEN) -> datetime:
        """The instant in UTC, once the order of time and the lifecycle allow the trigger."""
        at = self.in_order(at)
        self.lifecycle.step(self, trigger, at, given)
        return at

    def in_order(self, at: datetime) -> datetime:
        """The instant in UTC; `OutOfOrderError` before the case's last event, `InvalidValueError` for a naive one."""
        at = instant(at)
        if at < self.changed_at:
            last = self.changed_at
            expected = f"expected {last.isoformat()} or later"
            message = f"{at.isoformat()} is before the last event of the {self.kind}: {expected}"
            raise OutOfOrderError(message, at=at, last=last, rule=self.rulebook.rule("0.2"))
        return at

    @classmethod
    def _opening(cls, event: Opening, *events: Event, messages: tuple[Message, ...] = ()) -> Decision[Self]:
        case = cls.opened_by(event)
        for following in events:
            case = case.apply(following)
        return Decision(case, (event, *events), messages)

    def _reminded(self, event: Event, to: EmailAddress) -> Decision[Self]:
        deadline: Deadline = self.deadline  # type: ignore[assignment] # a reminder is due only while a time limit runs
        steps = self.next_steps(at=event.at)
        email = ReminderEmail(case_id=self.id, version=event.version, to=to, steps=steps, deadline=deadline)
        return self._decided(event, messages=(email,))

    def _decided(self, *events: Event, messages: tuple[Message, ...] = ()) -> Decision[Self]:
        case = self
        for event in events:
            case = case.apply(event)
        made: Decision[Self] = _decision(case=case, events=events, messages=messages)
        return made


def followed(lifecycle: Lifecycle, state: StrEnum, event: Event) -> Any:
    """The state that an event leads to from this one; raises `InvalidValueError` when the table has no such row."""
    dest = lifecycle.next(state, event.trigger) if event.lifecycle == lifecycle.name else None
    if dest is None:
        message = f"event {event.kind!r}, version {event.version}, cannot follow: the {lifecycle.name} is '{state}'"
        raise InvalidValueError(message)
    return dest


def case_id(id: str) -> str:
    """The id of a case, as it is; `InvalidValueError` unless it is 1 to 200 printable characters and no space."""
    if isinstance(id, str) and 1 <= len(id) <= LONGEST_ID and id.isprintable() and " " not in id:
        return id
    message = f"a case's id is a text of 1 to {LONGEST_ID} printable characters without a space, not {shown(id)}"
    raise InvalidValueError(message)
