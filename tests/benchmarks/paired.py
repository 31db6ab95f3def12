"""Ratios of two times, measured so that the machine's moods hit both alike.

What happens in one process is measured in time of the processor: what others do at the same time does not count.

One repetition times both, in the order A B, and the next one in the order B A. Each gives one ratio, and the median of
them is the figure; the quartiles say how far to trust it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from statistics import median, quantiles
from time import process_time
from typing import Any

import attrs

Timed = Callable[[], float]


@attrs.frozen(kw_only=True)
class Ratio:
    """How many times as long A takes as B: the median, its quartiles, and what each took (median, seconds a unit)."""

    value: float
    low: float
    high: float
    a: float
    b: float


def timed(run: Callable[[Any], object], prepare: Callable[[], Any] = lambda: None, *, units: int = 1) -> Timed:
    """What measures one run, in seconds of the processor a unit; what `prepare` makes is handed over, and not timed."""

    def once() -> float:
        given = prepare()
        gc.collect()
        start = process_time()
        run(given)
        return (process_time() - start) / units

    return once


def ratio(a: Timed, b: Timed, *, repeat: int) -> Ratio:
    """Time A against B, in pairs, after one pair that is thrown away."""
    a(), b()
    pairs = []
    for turn in range(repeat):
        if turn % 2:
            of_b, of_a = b(), a()
        else:
            of_a, of_b = a(), b()
        pairs.append((of_a, of_b))
    found = [of_a / of_b for of_a, of_b in pairs]
    low, _, high = quantiles(found, n=4) if len(found) > 1 else (found[0],) * 3
    return Ratio(
        value=median(found),
        low=low,
        high=high,
        a=median(of_a for of_a, _ in pairs),
        b=median(of_b for _, of_b in pairs),
    )


UNITS = ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def shown(seconds: float) -> str:
    """A time with three significant digits, in the unit that suits it."""
    size, unit = next((row for row in UNITS if seconds >= row[0]), UNITS[-1])
    return f"{seconds / size:.3g} {unit}"


@attrs.frozen(kw_only=True)
class Row:
    """One line of the table: what is measured against what, the figure, what is to be reached, and what it is made of.

    A row without `reach` is there to be read, and has no verdict.
    """

    what: str
    measured: float
    spread: str = ""
    reach: float | None
    made_of: str
    unit: str = ""

    @property
    def verdict(self) -> str:
        """Whether the figure is what was to be reached."""
        if self.reach is None:
            return "-"
        return "ok" if self.measured <= self.reach else f"out of reach: {self.measured / self.reach:.2f} times that"

    def __str__(self) -> str:
        reach = "-" if self.reach is None else f"{self.reach:g}{self.unit}"
        cells = (self.what, f"{self.measured:.3g}{self.unit}", self.spread, reach, self.verdict, self.made_of)
        return f"| {' | '.join(cells)} |"


HEADER = """\
| Measured | Ratio | Quartiles | To reach | | Made of |
|---|---|---|---|---|---|"""


def compared(what: str, found: Ratio, *, reach: float | None, made_of: str = "{a} / {b}") -> Row:
    """The row of a ratio."""
    return Row(
        what=what,
        measured=found.value,
        spread=f"{found.low:.3g} to {found.high:.3g}",
        reach=reach,
        made_of=made_of.format(a=shown(found.a), b=shown(found.b)),
    )
