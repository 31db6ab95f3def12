"""What was known of a case on a day, which is what had been told by the end of it (A14).

A fact that happened on Monday and was told on Wednesday is no part of what anybody could act on upon Tuesday. So what
somebody should have done is judged by this, and not by what is known today.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import takewhile

from teleprocedures.cases._case import Case
from teleprocedures.cases._history import replay
from teleprocedures.core import Event
from teleprocedures.deadlines import PARIS, last_instant, plain_day, time_zone
from teleprocedures.errors import InvalidValueError, check_kinds, show


def as_known(events: Iterable[Event], *, on: date) -> Case | None:
    """The snapshot of a case as it was known at the end of a civil day in Paris: None if nothing had been told.

    The `events` are those of one case in order. Whether it is over by then is asked of the snapshot: nobody may have
    swept it. Raises `InvalidValueError` for what is no civil day, and what `replay` raises for events that make no
    snapshot.
    """
    known = told_by(events, on)
    return replay(known) if known else None


def told_by(events: Iterable[Event], on: date) -> tuple[Event, ...]:
    """The events of one case, in order, up to the last that was told by the end of a civil day in Paris."""
    end = end_of_day(on)
    return tuple(takewhile(lambda event: event.recorded_at <= end, check_kinds(events, Event, what="event")))


def end_of_day(on: date) -> datetime:
    """The last instant (UTC) of a civil day in Paris; raises `InvalidValueError` for what is no civil day."""
    if not isinstance(on, date) or isinstance(on, datetime):
        raise InvalidValueError("plan.day_malformed", name="on", value=show(on))
    return last_instant(plain_day(on), time_zone(PARIS))
