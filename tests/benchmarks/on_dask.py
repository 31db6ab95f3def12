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
from time import perf_counter

from distributed import Client
from nights import Measured, by_day, filled, instants, on_nights, workers
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


def of_nights(two: Measured, one: Measured) -> Timed:
    """What measures how long a night takes with two workers, against another one with one."""
    return lambda: two() / one()


def of_loops(steps: int) -> Timed:
    """What measures how long a plain loop takes shared by two processes, against one that does all of it."""
    two, one = shared(2, steps), shared(1, steps)
    return lambda: two() / one()


def rows(*, short: bool) -> Iterator[Row]:
    """The workers of both are started before, and wait while the others work."""
    due, repeat, steps = (10_000, 3, 10_000_000) if short else (100_000, 5, 100_000_000)
    nights = on_nights(2 * (repeat + 1))
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        root = filled(place / "table", due * (len(nights) + 1), due=due, nights=nights)
        at = instants(nights)
        clients = [stack.enter_context(Client(stack.enter_context(workers(count)))) for count in (2, 1)]
        two, one = (by_day(client, root, due, at) for client in clients)
        found = ratio(of_nights(two, one), of_loops(steps), repeat=repeat)
    made_of = f"{found.a:.3g} / {found.b:.3g}; nights of {shown(min(two.took))} / {shown(min(one.took))} at the best"
    what = f"Dask with 2 workers against 1, a night with {due:,} due, against a plain loop shared by 2 processes"
    yield compared(what, found, reach=1.1, made_of=made_of)
