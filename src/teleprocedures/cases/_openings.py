"""What every case begins with: from when its hours run, and what is looked at before it is taken over.

What is taken over was there before anybody began to follow it (A19). An opening says what is known of it, by what
source, and on which civil day it was seen so. What is not known is None: nothing is invented to fill a field.
"""

from __future__ import annotations

from datetime import date, datetime

from teleprocedures.core import latest
from teleprocedures.deadlines import Deadline, civil_day, plain_day
from teleprocedures.errors import InvalidValueError, show
from teleprocedures.rulebook import Rulebook, TimeLimit
from teleprocedures.values import Held


def since_sending(
    limit: TimeLimit, rulebook: Rulebook, sent: object, *, at: datetime, recorded_at: datetime, day: date | None
) -> Deadline:
    """The deadline of a limit that runs from the sending of a code or a link (A2).

    We send ours when the request is told. The portal sent its own when the request happened, and where only the day of
    that is known, the deadline is estimated at both ends (A22).
    """
    if not isinstance(sent, Held):
        return rulebook.starting(limit, recorded_at)
    return rulebook.starting(limit, at, until=latest(at, recorded_at, day))


def day_known(name: str, day: object, last: date) -> date:
    """A civil day that is no later than the last that it can be.

    Raises `InvalidValueError` for what is no day, and for a later one.
    """
    if isinstance(day, date) and not isinstance(day, datetime):
        day = plain_day(day)
        # The day before the first that Python has would be looked at too.
        if date.min < day <= last:
            return day
    raise InvalidValueError("day.not_allowed", name=name, value=show(day), last=last.isoformat())


def day_seen(seen: object, recorded_at: datetime) -> date:
    """The civil day on which something was seen, which is no later than the one on which that is told."""
    return day_known("seen", seen, civil_day(recorded_at))
