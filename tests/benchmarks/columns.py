"""Rows on a column of `due_at` beside cases in memory, as in the example `due_column.py`: passing by, and upkeep."""

from __future__ import annotations

from collections.abc import Iterator

from paired import Row, compared, ratio, timed
from passing import compared_only, passed_by
from portfolios import use_examples
from samples import START, spaces

from teleprocedures import Space

use_examples()
from due_column import DueColumn  # noqa: E402


def found(column: DueColumn) -> None:
    """A look for what is due, when nothing is; a hundred times, because once is too short to time."""
    for _ in range(100):
        assert [] == column.due(START)


def put(column: DueColumn, cases: list[Space]) -> None:
    """A new snapshot for each place."""
    for place, case in enumerate(cases):
        column.put(place, case)


def replaced(before: list[Space], cases: list[Space]) -> None:
    """The same in a list alone."""
    for place, case in enumerate(cases):
        before[place] = case


def rows(*, short: bool) -> Iterator[Row]:
    """Nothing is due, and then every case has changed."""
    cases = spaces(20_000 if short else 100_000)
    count, repeat = len(cases), 9 if short else 21
    column, instants = DueColumn(cases), [case.due_at for case in cases]
    by_column = timed(found, lambda: column, units=100 * count)
    against = ratio(by_column, timed(passed_by, lambda: cases, units=count), repeat=repeat)
    yield compared("finding what is due by a column of `due_at`, against `Sweep.over`", against, reach=0.1)
    against = ratio(by_column, timed(compared_only, lambda: instants, units=count), repeat=repeat)
    yield compared("the same, against `for x in xs: x < y`", against, reach=None)
    upkeep = timed(lambda given: put(column, given), lambda: cases, units=count)
    alone = timed(lambda given: replaced(given, cases), lambda: list(cases), units=count)
    against = ratio(upkeep, alone, repeat=repeat)
    yield compared("its upkeep: a new snapshot put into column and list, against the list alone", against, reach=None)
