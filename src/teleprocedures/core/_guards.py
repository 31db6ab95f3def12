"""The guards that lifecycles share, so that the boundary instant is decided in one place.

The last instant of a deadline is still in time, and one microsecond later is too late (A2, A3). Hence at any instant
exactly one of two verbs is possible: the one that `in_time` guards, or the one that `time_is_up` guards.
"""

from __future__ import annotations

from datetime import datetime

from teleprocedures.core._explain import LIMIT, PAST, stands_for
from teleprocedures.core._snapshot import Snapshot
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import DeadlineNotReachedError, DeadlinePassedError, Rule, WrongCodeError
from teleprocedures.values import Held, SealedCode, Secret, opens, salt_of


def _limited(case: Snapshot) -> Deadline:
    # A table names these guards only where a time limit runs, or did.
    deadline = case.time_limit
    assert deadline is not None, f"no time limit was ever set for {case!r}"
    return deadline


@stands_for(PAST, looks_at="time_limit.closes")
def in_time(case: Snapshot, at: datetime) -> bool:
    """Guard: the time limit has not passed.

    Raises `DeadlinePassedError` from one microsecond after its last instant.
    """
    deadline = case.time_limit
    if deadline is None or at > deadline.closes:
        deadline = _limited(case)
        limit = case.limit
        raise DeadlinePassedError(closes=deadline.closes, at=at, limit=limit.rule, rule=case.rulebook.rule(limit.past))
    return True


@stands_for(LIMIT, looks_at="time_limit.closes")
def time_is_up(case: Snapshot, at: datetime) -> bool:
    """Guard: the time limit has passed. Raises `DeadlineNotReachedError` up to its last instant."""
    deadline = case.time_limit
    if deadline is None or at <= deadline.closes:
        deadline = _limited(case)
        raise DeadlineNotReachedError(
            "deadline.not_reached",
            expected=deadline.lapses_at,
            at=at,
            rule=case.rulebook.rule(case.limit.rule),
            closes=deadline.closes,
        )
    return True


def _next_reminder(case: Snapshot, _: datetime) -> datetime | None:
    limit = case.time_limit
    return None if limit is None or case.due_at == limit.lapses_at else case.due_at


@stands_for(LIMIT, looks_at="time_limit.closes", due_at=_next_reminder)
def reminder_is_due(case: Snapshot, at: datetime) -> bool:
    """Guard: in time, and a reminder is due.

    Raises `DeadlinePassedError` once the time limit has passed. Raises `DeadlineNotReachedError` before the reminder.
    """
    in_time(case, at)
    due_at = case.due_at
    if due_at is not None and at < due_at:
        raise DeadlineNotReachedError(
            "reminder.not_due", expected=due_at, at=at, rule=case.rulebook.rule(case.limit.rule)
        )
    return True


@stands_for("A15", looks_at="held_elsewhere")
def held_elsewhere(case: Snapshot, _: datetime) -> bool:
    """Guard: what is awaited is held elsewhere, so that a lapse is presumed and facts correct it (A15)."""
    return case.held_elsewhere


def check_code(sealed: SealedCode, given: object, *, salt: str, what: str, rule: Rule) -> None:
    """Refuse a code that does not open what was sealed.

    The kind of code is `what`, which the refusal's code begins with (`"letter_code"`). The case's id is the `salt`. No
    try is counted, because how many there are is the host's to say (A12).

    Raises `WrongCodeError` for another code. Raises `InvalidValueError` for something that is no code at all.
    """
    given = Secret.of(given)
    # Early releases sealed codes with the id alone, and what they stored still opens.
    if any(opens(sealed, given, salt=it) for it in (salt_of(what, salt), salt)):  # type: ignore[arg-type] # it judges the type
        return
    if isinstance(sealed, Held):
        raise WrongCodeError(f"{what}.held_elsewhere", rule=rule)
    raise WrongCodeError(f"{what}.{'held_here' if isinstance(given, Held) else 'wrong'}", rule=rule)
