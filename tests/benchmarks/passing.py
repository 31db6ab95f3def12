"""Row on passing by: a case that is not due, against a comparison in a plain loop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from paired import Row, compared, ratio, timed
from samples import START, spaces

from teleprocedures import Space, Sweep


def passed_by(cases: list[Space]) -> None:
    """A sweep in which nothing is due."""
    for _ in Sweep(at=START).over(cases):
        raise AssertionError


def compared_only(instants: list[datetime]) -> None:
    """The loop that everything is measured by."""
    y = START
    for x in instants:
        x < y  # noqa: B015 - the comparison is what is timed


def rows(*, short: bool) -> Iterator[Row]:
    """As many cases, one by one in memory, as instants."""
    cases = spaces(20_000 if short else 100_000)
    # One second later than the sweep at least: nothing is due.
    instants = [case.due_at for case in cases if case.due_at is not None]
    found = ratio(
        timed(passed_by, lambda: cases, units=len(cases)),
        timed(compared_only, lambda: instants, units=len(instants)),
        repeat=15 if short else 41,
    )
    name = "`Sweep.over` on cases in memory that are not due, against `for x in xs: x < y` on their instants alone"
    yield compared(name, found, reach=2.2)
