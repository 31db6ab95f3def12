"""The guards that lifecycles share, so that the boundary instant and the check of a code are each decided in one place.

The last instant of a deadline is still in time, and one microsecond later is too late (A2, A3). Hence, at any instant,
exactly one is possible of a verb guarded by `in_time` and of one guarded by `time_is_up`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from teleprocedures.errors import DeadlineNotReachedError, DeadlinePassedError, WrongCodeError
from teleprocedures.values import Held, SealedCode, opens

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from teleprocedures.core._lifecycle import Given
    from teleprocedures.deadlines import Deadline
    from teleprocedures.errors import Rule
    from teleprocedures.rulebook import TimeLimit


def first_due(deadline: Deadline, reminders: Iterable[datetime], *, after: datetime) -> datetime:
    """The first instant (UTC) later than `after` at which the clock decides: the next reminder, or else the lapse."""
    return min((instant for instant in reminders if instant > after), default=deadline.lapses_at)


def check_code(sealed: SealedCode, given: object, *, salt: str, what: str, rule: Rule) -> None:
    """Refuse a code that does not open what was sealed; `what` names it (`"the code of the letter"`).

    Raises `WrongCodeError`, and `InvalidValueError` for something that is no code at all.
    """
    if opens(sealed, given, salt=salt):  # type: ignore[arg-type] # `opens` judges the type itself
        return
    if isinstance(sealed, Held):
        expected = f"{what} is held elsewhere and cannot be checked here: expected HELD_ELSEWHERE"
    elif isinstance(given, Held):
        expected = f"{what} is checked here: expected the code itself, not HELD_ELSEWHERE"
    else:
        expected = f"this is not {what}: expected the one that was sent for this request"
    raise WrongCodeError(expected, rule=rule)


class Limited(Protocol):
    """What these guards ask of a snapshot, or of a part of one."""

    @property
    def deadline(self) -> Deadline | None:
        """The time limit now running, or None."""
        ...

    @property
    def due_at(self) -> datetime | None:
        """The first instant (UTC) at which the clock has something to decide, or None."""
        ...

    @property
    def limit(self) -> TimeLimit:
        """The rulebook's time limit that the deadline comes from."""
        ...

    def in_time(self, at: datetime, _: Given) -> bool:
        """Whether the time limit has not passed."""
        ...


class Timed:
    """A snapshot part with a time limit. The table names these guards only in states where the limit runs."""

    __slots__ = ()

    def in_time(self: Limited, at: datetime, _: Given) -> bool:
        """Guard: the time limit has not passed. `DeadlinePassedError` from one microsecond after its last instant."""
        deadline: Deadline = self.deadline  # type: ignore[assignment] # the limit runs
        if at > deadline.closes:
            limit = self.limit
            last = deadline.closes.isoformat()
            message = f"too late at {at.isoformat()}: rule {limit.rule} left until {last} included"
            raise DeadlinePassedError(message, closes=deadline.closes, at=at, rule=limit.past)
        return True

    def time_is_up(self: Limited, at: datetime, _: Given) -> bool:
        """Guard: the time limit has passed. Raises `DeadlineNotReachedError` up to its last instant."""
        deadline: Deadline = self.deadline  # type: ignore[assignment] # the limit runs
        if at <= deadline.closes:
            message = f"too early at {at.isoformat()}: the time limit runs until {deadline.closes.isoformat()} included"
            raise DeadlineNotReachedError(message, expected=deadline.lapses_at, at=at, rule=self.limit.rule)
        return True

    def reminder_is_due(self: Limited, at: datetime, given: Given) -> bool:
        """Guard: in time, and a reminder is due. Raises `DeadlinePassedError` or `DeadlineNotReachedError`."""
        self.in_time(at, given)
        due_at: datetime = self.due_at  # type: ignore[assignment] # the limit runs
        if at < due_at:
            message = f"nothing to remind of at {at.isoformat()}: the clock's next word is at {due_at.isoformat()}"
            raise DeadlineNotReachedError(message, expected=due_at, at=at, rule=self.limit.rule)
        return True
