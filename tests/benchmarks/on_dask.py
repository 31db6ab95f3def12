"""Row on Dask: a night of the example `cluster.py` by two worker processes against the same by one.

What two processes can gain depends on what else the machine does, so the same repetition measures that as well: a plain
loop shared by two processes against the whole of it in one.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter

from distributed import Client
from nights import by_day, filled, instants, on_nights, workers
from paired import Row, Timed, compared, ratio, shown


def shared(processes: int, steps: int) -> Timed:
    """What measures a plain loop of as many steps in all, shared by as many processes at once."""
    command = [sys.executable, "-c", f"for _ in range({steps // processes}): pass"]

    def once() -> float:
        start = perf_counter()
        started = [subprocess.Popen(command) for _ in range(processes)]
        assert not any(process.wait() for process in started)
        return perf_counter() - start

    return once


def of_both(two: Timed, one: Timed, spent: list[tuple[float, float]]) -> Timed:
    """What measures the first against the second, one after the other, and keeps what each took."""

    def once() -> float:
        spent.append((two(), one()))
        return spent[-1][0] / spent[-1][1]

    return once


def rows(*, short: bool) -> Iterator[Row]:
    """The workers of both are started before, and wait while the others work."""
    due, repeat, steps = (10_000, 3, 10_000_000) if short else (100_000, 5, 100_000_000)
    nights = on_nights(2 * (repeat + 1))
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        root = filled(place / "table", due * (len(nights) + 1), due=due, nights=nights)
        at = instants(nights)
        clients = [stack.enter_context(Client(stack.enter_context(workers(count)))) for count in (2, 1)]
        by_dask: list[tuple[float, float]] = []
        by_loop: list[tuple[float, float]] = []
        found = ratio(
            of_both(*(by_day(client, root, due, at) for client in clients), by_dask),
            of_both(shared(2, steps), shared(1, steps), by_loop),
            repeat=repeat,
        )
    took = " and ".join(
        " / ".join(shown(median(of_one)) for of_one in zip(*of, strict=True)) for of in (by_dask, by_loop)
    )
    made_of = f"{found.a:.3g} / {found.b:.3g}, of {took}"
    what = f"Dask with 2 workers against 1, a night with {due:,} due, against a plain loop shared by 2 processes"
    yield compared(what, found, reach=1.1, made_of=made_of)
