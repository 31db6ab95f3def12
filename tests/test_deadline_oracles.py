"""Civil days and months against two independent oracles, in every zone of zoneinfo, from 1900 to 2200.

The first oracle is in this file, and knows neither datetimes, nor folds, nor gaps: for each zone it finds, by scanning
instants and asking for the offset only, the stretches of time during which the offset stays the same; the rest is whole
seconds since 1970. The second is python-dateutil.

Days around every change of clocks of every zone are tried, and others at random. `ORACLES=full` tries every day of
every zone and scans more finely.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import TZPATH, ZoneInfo, available_timezones

import pytest
from dateutil import tz
from dateutil.relativedelta import relativedelta

from teleprocedures.deadlines import CivilDays, CivilMonths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FULL = os.environ.get("ORACLES") == "full"
DAY = 86_400
FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)
# Clocks never changed twice in less than 3 days and 23 hours (Freetown, 1939); the full form looks for it.
STEP = DAY // 4 if FULL else 3 * DAY
# The limits tried end after LAST.
MARGIN = 4000 * DAY
ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH = ORIGIN.toordinal()


class Stretch(NamedTuple):
    """A time during which a zone's offset stays the same, in seconds since 1970 (the end left out)."""

    start: int
    end: int
    offset: int


def midnight(day: date) -> int:
    """The second at which the day begins in UTC."""
    return (day.toordinal() - EPOCH) * DAY


def moment(second: int) -> datetime:
    """The instant of a second."""
    return ORIGIN + timedelta(seconds=second)


def second_of(at: datetime) -> int:
    """The second in which an instant is."""
    return (at - ORIGIN) // timedelta(seconds=1)


def offset(zone: ZoneInfo, second: int) -> int:
    """The zone's offset, in seconds."""
    return int(moment(second).astimezone(zone).utcoffset().total_seconds())


@cache
def grid() -> list[datetime]:
    """The instants at which offsets are asked for first."""
    return [moment(second) for second in range(midnight(FIRST) - MARGIN, midnight(LAST) + MARGIN, STEP)]


@cache
def stretches(key: str) -> tuple[Stretch, ...]:
    """All stretches of a zone: its offset is asked for at each step; where it differs, the change is closed in on."""
    zone = ZoneInfo(key)
    offsets = [at.astimezone(zone).utcoffset() for at in grid()]
    start = midnight(FIRST) - MARGIN
    begins = [start]
    for index, (old, new) in enumerate(pairwise(offsets)):
        if old != new:
            before, after = start + index * STEP, start + (index + 1) * STEP
            while after - before > 1:
                middle = (before + after) // 2
                if moment(middle).astimezone(zone).utcoffset() == old:
                    before = middle
                else:
                    after = middle
            begins.append(after)
    begins.append(midnight(LAST) + MARGIN)
    return tuple(Stretch(start, end, offset(zone, start)) for start, end in pairwise(begins))


def around(key: str, second: int) -> Iterator[Stretch]:
    """The stretches of a zone that touch the three days before and after."""
    all_of_them = stretches(key)
    index = max(bisect_right(all_of_them, second - 3 * DAY, key=lambda stretch: stretch.start) - 1, 0)
    while index < len(all_of_them) and all_of_them[index].start < second + 3 * DAY:
        yield all_of_them[index]
        index += 1


@lru_cache(16)
def end_of(key: str, day: date) -> datetime:
    """The instant after the last at which clocks read the day, or a day before it when they never do."""
    begin = midnight(day)
    reading: list[int] = []
    earlier: list[int] = []
    for start, end, shift in around(key, begin):
        if max(start, begin - shift) < min(end, begin + DAY - shift):
            reading.append(min(end, begin + DAY - shift))
        if start < begin - shift:
            earlier.append(min(end, begin - shift))
    return moment(max(reading or earlier))


def day_at(key: str, second: int) -> date:
    """The date that clocks read."""
    (shift,) = (stretch.offset for stretch in around(key, second) if stretch.start <= second < stretch.end)
    return date.fromordinal((second + shift) // DAY + EPOCH)


def months_after(day: date, count: int) -> date:
    """The same day of the month, or the last of a shorter month, found by walking month by month and back by days."""
    first = day.replace(day=1)
    for _ in range(count):
        first = (first + timedelta(days=31)).replace(day=1)
    found = first + timedelta(days=day.day - 1)
    while found.month != first.month:
        found -= timedelta(days=1)
    return found


def changes(key: str) -> list[int]:
    """The seconds with which the stretches of a zone begin."""
    return [stretch.start for stretch in stretches(key)[1:] if midnight(FIRST) <= stretch.start < midnight(LAST)]


def days_of(key: str) -> Iterable[date]:
    """The days to try in a zone: the neighbourhood of each change of clocks and some at random, or all of them."""
    span = (LAST - FIRST).days
    if FULL:
        return (FIRST + timedelta(days=number) for number in range(span + 1))
    near = {date.fromordinal(second // DAY + EPOCH) + timedelta(days=n) for second in changes(key) for n in (-1, 0, 1)}
    random = Random(key)
    return sorted(near | {FIRST + timedelta(days=random.randint(0, span)) for _ in range(50)})


def regions() -> dict[str, list[str]]:
    """All zones by region; of those that zoneinfo reads from equal files, one, unless everything is asked for."""
    found: dict[str, list[str]] = {}
    seen: set[str | bytes] = set()
    for key in sorted(available_timezones()):
        files = (Path(root, key) for root in TZPATH)
        content = key if FULL else next((file.read_bytes() for file in files if file.is_file()), key)
        if content not in seen:
            seen.add(content)
            found.setdefault(key.partition("/")[0] if "/" in key else "other", []).append(key)
    return found


REGIONS = regions()
every_region = pytest.mark.parametrize("region", REGIONS)


@pytest.mark.rule("3.1", "A3")
@every_region
def test_civil_days_are_those_of_the_offsets(region: str) -> None:
    """A day limit opens, is safe and closes where the offsets of its zone say, whatever clocks do around."""
    tick = timedelta(microseconds=1)
    for key in REGIONS[region]:
        unit = CivilDays(1, key)
        for day in days_of(key):
            deadline = unit.starting(day)
            expected = (
                end_of(key, day - timedelta(days=1)),
                end_of(key, day) - tick,
                end_of(key, day + timedelta(days=1)) - tick,
            )

            assert expected == (deadline.opened, deadline.safe_until, deadline.closes), (key, day)


@pytest.mark.rule("3.1", "A3")
@every_region
def test_a_limit_that_starts_at_an_instant_counts_from_the_date_clocks_read(region: str) -> None:
    """Around each change of clocks, 60 days count from the date that the offset of that very instant gives."""
    for key in REGIONS[region]:
        unit = CivilDays(60, key)
        for change in changes(key):
            for second in (change - 1, change, change + 1, change + 3599, change + 3600):
                expected = end_of(key, day_at(key, second) + timedelta(days=60))

                assert expected == unit.starting(moment(second)).lapses_at, (key, moment(second))


@every_region
def test_reminders_come_with_the_first_instant_of_a_civil_day(region: str) -> None:
    """15 days ahead of the safe day is the first instant of a civil day, counted back from it in days."""
    for key in REGIONS[region]:
        unit = CivilDays(2, key)
        for change in changes(key):
            for ahead in (0, 1, 15):
                start = date.fromordinal(change // DAY + EPOCH) + timedelta(days=ahead)
                deadline = unit.starting(start)
                safe = day_at(key, second_of(deadline.safe_until))
                expected = end_of(key, safe - timedelta(days=ahead + 1))

                assert expected == unit.ahead(deadline, ahead), (key, start, ahead)


@pytest.mark.rule("F1")
@every_region
def test_civil_months_are_those_of_the_offsets(region: str) -> None:
    """A month limit ends with the day that walking from month to month finds, in any zone."""
    for key in REGIONS[region]:
        random = Random(key)
        for day in random.sample(list(days_of(key)), 50):
            count = random.choice((1, 2, 11, 12, 36, 100))
            deadline = CivilMonths(count, key).starting(day)
            last = months_after(day, count)

            assert end_of(key, last) == deadline.lapses_at, (key, day, count)
            assert end_of(key, last - timedelta(days=1)) == deadline.safe_until + timedelta(microseconds=1)


@pytest.mark.rule("3.1", "A3")
@every_region
def test_civil_days_agree_with_dateutil(region: str) -> None:
    """Where dateutil says that the last wall time of a day exists, the day ends at its second occurrence."""
    for key in REGIONS[region]:
        zone = ZoneInfo(key)
        random = Random(key)
        for day in random.sample(list(days_of(key)), 50):
            count = random.choice((1, 59, 60, 365))
            closes = CivilDays(count, key).starting(day).closes
            wall = datetime.combine(day + relativedelta(days=count), time.max, zone)
            if tz.datetime_exists(wall):
                assert tz.enfold(wall, 1).astimezone(UTC) == closes, (key, day, count)
            else:
                # dateutil's own answer is past the jump by its length; what must hold is that the jump is right there.
                after = (closes + timedelta(microseconds=1)).astimezone(zone)
                assert closes.astimezone(zone).date() <= wall.date() < after.date(), (key, day, count)


@pytest.mark.rule("F1")
def test_months_agree_with_dateutil() -> None:
    """Every day of four years, and the same days over centuries, plus 1 to 60 months: as `relativedelta` says."""
    starts = [date(year, 1, 1) + timedelta(days=n) for year in (1899, 1999, 2024, 2099) for n in range(0, 1461, 3)]
    for start in starts:
        for count in (1, 2, 3, 11, 12, 13, 36, 48, 60):
            deadline = CivilMonths(count, "UTC").starting(start)

            assert start + relativedelta(months=count) == deadline.closes.date(), (start, count)
            assert months_after(start, count) == deadline.closes.date(), (start, count)


@pytest.mark.parametrize(
    ("key", "day", "expected"),
    [
        ("Europe/Paris", date(2025, 3, 30), "2025-03-30T22:00:00"),
        ("Africa/Cairo", date(2024, 4, 25), "2024-04-25T22:00:00"),
        ("America/St_Johns", date(2010, 11, 6), "2010-11-07T03:30:00"),
        ("America/Toronto", date(1919, 3, 30), "1919-03-31T04:30:00"),
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-30T10:00:00"),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00:00"),
    ],
)
def test_the_oracle_itself(key: str, day: date, expected: str) -> None:
    """The oracle of this file gives known answers for each kind of day, or it would prove nothing."""
    assert expected + "+00:00" == end_of(key, day).isoformat()


def test_the_changes_tried_are_of_every_kind() -> None:
    """Among the changes tried are jumps over midnight, returns across it, and days that never were."""
    kinds = {"jump over midnight": 0, "return across midnight": 0, "day that never was": 0, "other": 0}
    for key in ("Africa/Cairo", "America/St_Johns", "Pacific/Apia", "Europe/Paris"):
        for change in changes(key):
            days = (day_at(key, change) - day_at(key, change - 1)).days
            late = day_at(key, change) < day_at(key, change + 3 * 3600)
            kind = {2: "day that never was", 1: "jump over midnight"}.get(days, "other")
            kinds["return across midnight" if days < 0 or (days == 0 and late) else kind] += 1

    assert all(kinds.values()), kinds
