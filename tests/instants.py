"""The instants of the tests: one to start from, those at which its time limits end, and how clocks in Paris read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TWO_DAYS = timedelta(hours=48)

# A Monday in winter, ten o'clock in Paris; no change of clocks for 80 days.
START = datetime(2025, 1, 6, 9, tzinfo=UTC)


def paris(text: str, *, fold: int = 0) -> datetime:
    """The instant at which clocks in Paris read this; `fold=1` is the second time they do."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold).astimezone(UTC)


def end_of(day: str) -> datetime:
    """The last microsecond of a civil day in Paris, in UTC."""
    return paris(f"{day}T23:59:59.999999")


# The 60th civil day after the day of START in Paris, and the safe day before it.
LAST = end_of("2025-03-07")
SAFE = end_of("2025-03-06")
# The same for a letter edited on the last day announced (F2): 14 days after the day of START.
ESTIMATED_LAST = end_of("2025-03-21")
