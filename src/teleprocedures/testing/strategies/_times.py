"""Time: instants, civil days, the clock changes of any zone, and both sides of every edge of a deadline."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from teleprocedures.deadlines import NOT_IANA, RESOLUTION, CivilDays, CivilMonths, Deadline, Hours, TimeUnit

__all__ = [
    "around",
    "around_clock_changes",
    "civil_days",
    "clock_changes",
    "days",
    "deadline_edges",
    "deadlines",
    "hours",
    "instants",
    "months",
    "starts",
    "time_units",
    "zones",
]

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
_ROUND: Final = datetime(2000, 1, 1, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


_AWAY: Final = st.sampled_from((timedelta(0), RESOLUTION, _HOUR)) | st.timedeltas(timedelta(0), 72 * _HOUR)


def instants(first_year: int = 1970, last_year: int = LAST_YEAR) -> st.SearchStrategy[datetime]:
    """Give instants (UTC) of these years; they shrink to the beginning of 2000.

    >>> from hypothesis import find
    >>> find(instants(), lambda _: True).isoformat()
    '2000-01-01T00:00:00+00:00'
    """
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (first_year, last_year + 1))
    # One number for each instant, so that it shrinks at once, and before other ways to draw one.
    return st.integers((first - _ROUND) // RESOLUTION, (last - _ROUND) // RESOLUTION - 1).map(_instant)


def _instant(ticks: int) -> datetime:
    return _ROUND + ticks * RESOLUTION


def civil_days(first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> st.SearchStrategy[date]:
    """Give civil days of these years.

    >>> from hypothesis import find
    >>> find(civil_days(), lambda day: day.year < 2000)
    datetime.date(1999, 1, 1)
    """
    return st.dates(date(first_year, 1, 1), date(last_year, 12, 31))


@cache
def _keys() -> tuple[str, ...]:
    known = (key for key in available_timezones() if not key.startswith(NOT_IANA))
    return tuple(dict.fromkeys(("Europe/Paris", *sorted(known))))


def zones() -> st.SearchStrategy[str]:
    """Give the keys of all IANA time zones that this machine knows, Paris first.

    >>> from hypothesis import find
    >>> find(zones(), lambda _: True)
    'Europe/Paris'
    """
    return st.sampled_from(_keys())


@cache
def _changes(key: str, year: int) -> tuple[datetime, ...]:
    """The instants (UTC) of a year at which a zone's clocks change, to the second."""
    zone, found = ZoneInfo(key), []
    day = datetime(year, 1, 1, tzinfo=UTC)
    while day.year == year:
        offset = day.astimezone(zone).utcoffset()
        if offset != (day + _DAY).astimezone(zone).utcoffset():
            first, last = 0, _DAY // _SECOND
            while last - first > 1:
                middle = (first + last) // 2
                same = (day + middle * _SECOND).astimezone(zone).utcoffset() == offset
                first, last = (middle, last) if same else (first, middle)
            found.append(day + last * _SECOND)
        day += _DAY
    return tuple(found)


@cache
def _nearest(key: str, year: int) -> tuple[datetime, ...]:
    by_distance = sorted(range(FIRST_YEAR, LAST_YEAR + 1), key=lambda other: (abs(other - year), other))
    return next(
        (changes for other in by_distance if (changes := _changes(key, other))), (datetime(year, 1, 1, tzinfo=UTC),)
    )


@st.composite
def clock_changes(draw: st.DrawFn, zone: str | None = None) -> datetime:
    """Give instants (UTC) at which the clocks of a zone, or of any, change, forwards or back, between 1900 and 2199.

    They are the first instants with the new offset. For a zone whose clocks never change, a new year's.

    >>> from hypothesis import find
    >>> find(clock_changes("Europe/Paris"), lambda at: at.year >= 2000).isoformat()
    '2000-03-26T01:00:00+00:00'
    """
    key = draw(zones()) if zone is None else zone
    # Counted from 2000, the year to which they shrink.
    year = 2000 + draw(st.integers(FIRST_YEAR - 2000, LAST_YEAR - 2000))
    return draw(st.sampled_from(_nearest(key, year)))


@st.composite
def around_clock_changes(draw: st.DrawFn, zone: str | None = None) -> datetime:
    """Give instants (UTC) around clock changes: at them, a microsecond, an hour or some hours away, on both sides.

    >>> from hypothesis import find
    >>> find(around_clock_changes("Europe/Paris"), lambda at: at.year > 2000).month in (3, 4, 10, 11)
    True
    """
    side = draw(st.sampled_from((-1, 1)))
    return draw(clock_changes(zone)) + side * draw(_AWAY)


def starts() -> st.SearchStrategy[datetime]:
    """Give instants (UTC) at which a history may start: any, and, more often, hours before the clocks change in Paris.

    >>> from hypothesis import find
    >>> find(starts(), lambda _: True).isoformat()
    '2000-01-01T00:00:00+00:00'
    """
    hours_before = st.builds(lambda change, away: change - away, clock_changes("Europe/Paris"), _AWAY)
    return st.one_of(instants(), around_clock_changes("Europe/Paris"), hours_before)


def around(*edges: datetime) -> st.SearchStrategy[datetime]:
    """Give each of these instants, and the microseconds before and after it, in UTC.

    >>> from hypothesis import find
    >>> find(around(datetime(2024, 3, 3, tzinfo=UTC)), lambda at: at.day == 2).isoformat()
    '2024-03-02T23:59:59.999999+00:00'
    """
    return st.builds(lambda edge, ticks: edge + ticks * RESOLUTION, st.sampled_from(edges), st.sampled_from((0, -1, 1)))


def deadline_edges(deadline: Deadline) -> st.SearchStrategy[datetime]:
    """Give instants (UTC) a microsecond around all edges of a deadline: its opening, its safe end and its end.

    >>> from hypothesis import find
    >>> deadline = Hours(48).starting(datetime(2024, 3, 1, tzinfo=UTC))
    >>> find(deadline_edges(deadline), deadline.has_passed).isoformat()
    '2024-03-03T00:00:00.000001+00:00'
    """
    return around(deadline.opened, deadline.closes, deadline.safe_until)


def time_units() -> st.SearchStrategy[TimeUnit]:
    """Give units of time limits: elapsed hours, civil days and civil months, of any zone.

    >>> from hypothesis import find
    >>> find(time_units(), lambda _: True)
    Hours(count=1)
    """
    return st.one_of(hours(), days(), months())


def hours() -> st.SearchStrategy[Hours]:
    """Give numbers of elapsed hours (A2).

    >>> from hypothesis import find
    >>> find(hours(), lambda unit: unit.count > 24)
    Hours(count=25)
    """
    return st.builds(Hours, st.integers(1, 1_000))


def days() -> st.SearchStrategy[CivilDays]:
    """Give numbers of civil days, in any zone (A3).

    >>> from hypothesis import find
    >>> find(days(), lambda unit: unit.count > 30)
    CivilDays(count=31, zone='Europe/Paris')
    """
    return st.builds(CivilDays, st.integers(1, 400), zones())


def months() -> st.SearchStrategy[CivilMonths]:
    """Give numbers of calendar months, in any zone (F1).

    >>> from hypothesis import find
    >>> find(months(), lambda unit: unit.count > 12)
    CivilMonths(count=13, zone='Europe/Paris')
    """
    return st.builds(CivilMonths, st.integers(1, 60), zones())


@st.composite
def deadlines(draw: st.DrawFn, zone: str | None = None) -> Deadline:
    """Give deadlines of any unit that start anywhere, near a clock change too, some of them estimated.

    >>> from hypothesis import Phase, find, settings
    >>> find(deadlines(), lambda _: True, settings=settings(phases=[Phase.generate])).closes.isoformat()
    '2000-01-01T01:00:00+00:00'
    """
    unit = draw(time_units())
    opened = draw(instants(FIRST_YEAR) | around_clock_changes(zone))
    return unit.starting(opened, estimated=draw(st.booleans()))
