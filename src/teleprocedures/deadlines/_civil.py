"""The civil calendar: at which UTC instants a day begins and ends in a time zone, and which day comes months later.

A civil day ends at the last instant at which clocks read its date. That is 23:59:59.999999. Where clocks fall back
across midnight, it is the second 23:59:59.999999. Where they jump over midnight, it is the last instant before the
jump. A day that never was (Pacific/Apia skipped 2011-12-30) ends where the day before it does.

A civil day begins one microsecond after the day before it ended, so days follow each other without hole or overlap.
Where clocks reach midnight twice, the day begins at the second one. St. John's went back from 00:01 to 23:01, and that
minute came before an evening that was not over. A limit that starts within that minute still counts from the date that
clocks read then, which is the later one: nobody loses a day to a clock.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from teleprocedures.errors import InvalidValueError, show

RESOLUTION: Final = timedelta(microseconds=1)
ONE_DAY: Final = timedelta(days=1)
_ONE_SECOND: Final = timedelta(seconds=1)
_MONTHS: Final = 12
# The later of the two, where clocks read 23:59:59.999999 twice.
_LAST_WALL_TIME: Final = time.max.replace(fold=1)
# zoneinfo opens these too, but they count leap seconds, or mean another zone on another machine.
NOT_IANA: Final = ("posix/", "right/", "localtime", "posixrules")


def time_zone(key: object) -> ZoneInfo:
    """Return the time zone of an IANA key, such as `Europe/Paris`.

    Raises `InvalidValueError` for any other key. Where the system has no time zones at all, the error says what to
    install.
    """
    try:
        if isinstance(key, str) and not key.startswith(NOT_IANA):
            return ZoneInfo(key)
    except (KeyError, ValueError, OSError):
        # Which of the three depends on how the key is wrong, and on the version of Python.
        pass
    # Looking through all of them takes a while, and only who is wrong waits for it.
    code = "time_zone.unknown" if available_timezones() else "time_zone.missing"
    raise InvalidValueError(code, value=show(key))


# A batch asks for the same few days thousands of times; its cases then share the instants too.
_remembered = lru_cache(maxsize=4096)


@_remembered
def last_instant(day: date, zone: ZoneInfo) -> datetime:
    """Return the last instant of a civil day of `zone`, in UTC, to the microsecond.

    Raises `OverflowError` when that instant is outside the years 1 to 9999 in UTC.

    >>> last_instant(date(2025, 10, 26), ZoneInfo("Europe/Paris")).isoformat()
    '2025-10-26T22:59:59.999999+00:00'
    """
    wall = datetime.combine(day, _LAST_WALL_TIME, zone)
    last = wall.astimezone(UTC)
    # In one and the same zone, == compares what the clocks read, and nothing else.
    if last.astimezone(zone) == wall:
        return last
    # Clocks never read it: they jumped over it. fold=1 puts `last` before the jump, and fold=0 after it; clocks jump at
    # a whole second, so one of these steps ends at the last microsecond before that.
    steps = range((wall.replace(fold=0).astimezone(UTC) - last) // _ONE_SECOND)
    late = bisect_right(steps, day, key=lambda step: (last + step * _ONE_SECOND).astimezone(zone).date())
    return last + (late - 1) * _ONE_SECOND


@_remembered
def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a civil day of `zone`, in UTC, which follows the last one of the day before.

    Raises `OverflowError` when that instant is outside the years 1 to 9999 in UTC.

    >>> first_instant(date(2024, 4, 26), ZoneInfo("Africa/Cairo")).astimezone(ZoneInfo("Africa/Cairo")).isoformat()
    '2024-04-26T01:00:00+03:00'
    """
    return last_instant(day - ONE_DAY, zone) + RESOLUTION


def months_later(day: date, count: int) -> date:
    """Return the same day of the month `count` calendar months later, or that month's last day when it has no such day.

    Article 641 of the French code of civil procedure rounds down so. Raises `OverflowError` past year 9999.

    >>> months_later(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(day.year * _MONTHS + day.month - 1 + count, _MONTHS)
    if year > date.max.year:
        raise OverflowError(f"year {year} is past 9999")
    # December is apart: the month after it is of another year, which may be 10000.
    days = 31 if month == _MONTHS - 1 else (date(year, month + 2, 1) - ONE_DAY).day
    return date(year, month + 1, min(day.day, days))
