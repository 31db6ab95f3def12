"""Civil days and months against two independent oracles, in every zone of zoneinfo, from 1900 to 2200.

    python -m tests.heavy.oracles full      every day of every zone, and longer limits from one in five (make oracles)
    python -m tests.heavy.oracles short     the days around every change of clocks, and some at random, as the tests do

The first oracle is in this file, and knows neither datetimes with folds nor gaps: for each zone it finds, by scanning
instants and asking for the offset only, the stretches of time during which the offset stays the same; the rest is whole
seconds since 1970. The second is python-dateutil.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache, partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import perf_counter
from typing import NamedTuple
from zoneinfo import TZPATH, ZoneInfo, available_timezones

from dateutil import tz
from dateutil.relativedelta import relativedelta

from teleprocedures.deadlines import CivilDays, CivilMonths

TICK = timedelta(microseconds=1)
ONE = timedelta(days=1)
DAY = 86_400
FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)
# Clocks never changed twice in less than 3 days and 23 hours (Freetown, 1939); the full form looks for it.
STEPS = {"full": DAY // 4, "short": 3 * DAY}
# The limits tried end after LAST.
MARGIN = 4000 * DAY
ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH = ORIGIN.toordinal()
SAME_EVERY_YEAR = (date(2040, 1, 1).toordinal() - EPOCH) * DAY


def midnight(day: date) -> int:
    """The second at which the day begins in UTC."""
    return (day.toordinal() - EPOCH) * DAY


def moment(second: int) -> datetime:
    """The instant of a second."""
    return ORIGIN + timedelta(seconds=second)


def second_of(at: datetime) -> int:
    """The second in which an instant is."""
    return (at - ORIGIN) // timedelta(seconds=1)


def day_of(second: int) -> date:
    """The day in UTC in which a second is."""
    return date.fromordinal(second // DAY + EPOCH)


@cache
def month_after(first: date, count: int) -> date:
    """The first day of a month, found by walking from month to month; each walk is made once."""
    for _ in range(count):
        first = (first + timedelta(days=31)).replace(day=1)
    return first


def months_after(day: date, count: int) -> date:
    """The same day of the month, or the last of a shorter month, found by walking back by days."""
    first = month_after(day.replace(day=1), count)
    found = first + timedelta(days=day.day - 1)
    while found.month != first.month:
        found -= ONE
    return found


@cache
def grid(step: int) -> list[datetime]:
    """The instants at which offsets are asked for first."""
    return [moment(second) for second in range(midnight(FIRST) - MARGIN, midnight(LAST) + MARGIN, step)]


class Stretch(NamedTuple):
    """A time during which a zone's offset stays the same, in seconds since 1970 (the end left out)."""

    start: int
    end: int
    offset: int


class Clocks:
    """What the clocks of a zone read, as stretches of one offset each: the first oracle."""

    def __init__(self, key: str, step: int = STEPS["short"]) -> None:
        self.key, self.zone = key, ZoneInfo(key)
        self.stretches = tuple(self._stretches(step))
        # The days of one limit are asked for again and again.
        self.end_of = lru_cache(16)(self._end_of)

    def offset(self, second: int) -> int:
        """The zone's offset, in seconds."""
        return int(moment(second).astimezone(self.zone).utcoffset().total_seconds())

    def _stretches(self, step: int) -> Iterator[Stretch]:
        """The offset is asked for at each step; where it differs, the change is closed in on."""
        first = midnight(FIRST) - MARGIN
        offsets = [at.astimezone(self.zone).utcoffset() for at in grid(step)]
        begins = [first]
        for index, (old, new) in enumerate(pairwise(offsets)):
            if old != new:
                before, after = first + index * step, first + (index + 1) * step
                while after - before > 1:
                    middle = (before + after) // 2
                    same = moment(middle).astimezone(self.zone).utcoffset() == old
                    before, after = (middle, after) if same else (before, middle)
                begins.append(after)
        for start, end in pairwise([*begins, midnight(LAST) + MARGIN]):
            yield Stretch(start, end, self.offset(start))

    def _around(self, second: int) -> Iterator[Stretch]:
        """The stretches that touch the three days before and after."""
        index = max(bisect_right(self.stretches, second - 3 * DAY, key=lambda stretch: stretch.start) - 1, 0)
        while index < len(self.stretches) and self.stretches[index].start < second + 3 * DAY:
            yield self.stretches[index]
            index += 1

    def _end_of(self, day: date) -> datetime:
        """The instant after the last at which clocks read the day, or a day before it when they never do."""
        begin = midnight(day)
        reading: list[int] = []
        earlier: list[int] = []
        for start, end, shift in self._around(begin):
            if max(start, begin - shift) < min(end, begin + DAY - shift):
                reading.append(min(end, begin + DAY - shift))
            if start < begin - shift:
                earlier.append(min(end, begin - shift))
        return moment(max(reading or earlier))

    def day_at(self, second: int) -> date:
        """The date that clocks read."""
        (shift,) = (stretch.offset for stretch in self._around(second) if stretch.start <= second < stretch.end)
        return day_of(second + shift)

    @property
    def changes(self) -> list[int]:
        """The seconds at which clocks change."""
        return [one.start for one in self.stretches[1:] if midnight(FIRST) <= one.start < midnight(LAST)]


# --- What is compared: each check gives the number of deadlines that it compared --------------------------------------


def civil_days(clocks: Clocks, days: Sequence[date]) -> int:
    """A day limit opens, is safe and closes where the offsets of its zone say, whatever clocks do around."""
    unit = CivilDays(1, clocks.key)
    for day in days:
        deadline = unit.starting(day)
        expected = (clocks.end_of(day - ONE), clocks.end_of(day) - TICK, clocks.end_of(day + ONE) - TICK)

        assert expected == (deadline.opened, deadline.safe_until, deadline.closes), (clocks.key, day)
    return len(days)


def sixty_days_from_an_instant(clocks: Clocks, _: Sequence[date]) -> int:
    """Around each change of clocks, 60 days count from the date that the offset of that very instant gives."""
    unit = CivilDays(60, clocks.key)
    seconds = [change + away for change in clocks.changes for away in (-1, 0, 1, 3599, 3600)]
    for second in seconds:
        expected = clocks.end_of(clocks.day_at(second) + timedelta(days=60))

        assert expected == unit.starting(moment(second)).lapses_at, (clocks.key, moment(second))
    return len(seconds)


def reminders(clocks: Clocks, _: Sequence[date]) -> int:
    """Days ahead of the safe day are the first instants of civil days, counted back from it in days."""
    unit = CivilDays(2, clocks.key)
    starts = [(day_of(change) + timedelta(days=ahead), ahead) for change in clocks.changes for ahead in (0, 1, 15)]
    for start, ahead in starts:
        deadline = unit.starting(start)
        safe = clocks.day_at(second_of(deadline.safe_until))
        expected = clocks.end_of(safe - timedelta(days=ahead + 1))

        assert expected == unit.ahead(deadline, ahead), (clocks.key, start, ahead)
    return len(starts)


def civil_months(clocks: Clocks, days: Sequence[date]) -> int:
    """A month limit ends with the day that walking from month to month finds, in any zone."""
    random = Random(clocks.key)
    for day in days:
        count = random.choice((1, 2, 11, 12, 36, 100))
        deadline = CivilMonths(count, clocks.key).starting(day)
        last = months_after(day, count)
        expected = (clocks.end_of(last - ONE) - TICK, clocks.end_of(last) - TICK)

        assert expected == (deadline.safe_until, deadline.closes), (clocks.key, day, count)
    return len(days)


def against_dateutil(clocks: Clocks, days: Sequence[date]) -> int:
    """Where dateutil says that the last wall time of a day exists, the day ends at its second occurrence."""
    random = Random(clocks.key)
    for day in days:
        count = random.choice((1, 59, 60, 365))
        closes = CivilDays(count, clocks.key).starting(day).closes
        wall = datetime.combine(day + relativedelta(days=count), time.max, clocks.zone)
        if tz.datetime_exists(wall):
            assert tz.enfold(wall, 1).astimezone(UTC) == closes, (clocks.key, day, count)
        else:
            # dateutil's own answer is past the jump by its length; what must hold is that the jump is right there.
            after = (closes + TICK).astimezone(clocks.zone)
            assert closes.astimezone(clocks.zone).date() <= wall.date() < after.date(), (clocks.key, day, count)
    return len(days)


CHECKS: dict[str, Callable[[Clocks, Sequence[date]], int]] = {
    "civil days, and where they begin": civil_days,
    "60 days from an instant": sixty_days_from_an_instant,
    "reminders, days ahead": reminders,
    "civil months": civil_months,
    "civil days, against dateutil": against_dateutil,
}


# --- How much is compared ---------------------------------------------------------------------------------------------


def zones(form: str) -> list[str]:
    """All zones; in the short form, of those that zoneinfo reads from equal files, one."""
    found: dict[str | bytes, str] = {}
    # What Debian has besides zones is this machine's own, under no name that another machine knows.
    for key in sorted(available_timezones() - {"localtime", "posixrules"}):
        files = (Path(root, key) for root in TZPATH)
        content = key if form == "full" else next((file.read_bytes() for file in files if file.is_file()), key)
        found.setdefault(content, key)
    return list(found.values())


def days_of(clocks: Clocks, form: str) -> list[date]:
    """The days to try in a zone: all of them, or the neighbourhood of each change of clocks and some at random."""
    span = (LAST - FIRST).days
    if form == "full":
        return [FIRST + timedelta(days=number) for number in range(span + 1)]
    random = Random(clocks.key)
    # From 2038 on, zones say the same of every year: those days are among the ones at random.
    changes = (second for second in clocks.changes if second < SAME_EVERY_YEAR)
    near = {day_of(second) + timedelta(days=away) for second in changes for away in (-1, 0, 1)}
    return sorted(near | {FIRST + timedelta(days=random.randint(0, span)) for _ in range(50)})


def compared(key: str, form: str) -> Counter[str]:
    """How many deadlines of a zone were compared, by check; raises `AssertionError` for one that differs."""
    clocks = Clocks(key, STEPS[form])
    days = days_of(clocks, form)
    # All days where each is compared by itself; one in five where it is the start of a longer limit.
    some = days[:: 5 if form == "full" else 1]
    return Counter({name: check(clocks, days if check is civil_days else some) for name, check in CHECKS.items()})


def main(form: str) -> None:
    """Compare everything, and print how much that was."""
    keys, total, began = zones(form), Counter[str](), perf_counter()
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for counted in pool.map(partial(compared, form=form), keys, chunksize=4):
            total += counted
    for name, count in total.items():
        print(f"{name:<36}{count:>14,} deadlines")
    print(f"{len(keys)} zones, {FIRST.year} to {LAST.year}: {total.total():,} deadlines, all of them the same")
    print(f"{perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:] or ("full",))
