"""Row on Dask: the sweep of the example `cluster.py` by two worker processes, against the same by one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count as numbers
from pathlib import Path
from time import perf_counter
from typing import Any

from paired import Row, Timed, compared, ratio
from portfolios import NIGHT, documents, use_examples

use_examples()
import cluster  # noqa: E402
from distributed import Client, LocalCluster  # noqa: E402

PARTITIONS = 16


def write_partitions(source: Path, count: int) -> None:
    """As many requests, a hundredth of them due, in partitions of the same size."""
    lines, size = documents(count, every=100), count // PARTITIONS
    for place in range(PARTITIONS):
        directory = source / f"part-{place:02}"
        directory.mkdir(parents=True)
        with (directory / cluster.CASES).open("wb", buffering=2**20) as file:
            file.writelines(next(lines) + b"\n" for _ in range(size))


def swept(client: Any, source: Path, targets: Iterator[Path]) -> Timed:
    """What measures one sweep; the target, which is new each time, is thrown away afterwards."""

    def once() -> float:
        target = next(targets)
        start = perf_counter()
        report = cluster.sweep_on(client, source, target, at=NIGHT)
        seconds = perf_counter() - start
        assert report.due == report.seen // 100
        shutil.rmtree(target)
        return seconds

    return once


def shared(processes: int, steps: int) -> Timed:
    """What measures a plain loop of as many steps in all, shared by as many processes at once."""
    command = [sys.executable, "-c", f"for _ in range({steps // processes}): pass"]

    def once() -> float:
        start = perf_counter()
        started = [subprocess.Popen(command) for _ in range(processes)]
        assert not any(process.wait() for process in started)
        return perf_counter() - start

    return once


def rows(*, short: bool) -> Iterator[Row]:
    """The workers of both are started before, and wait while the others work."""
    count = 64_000 if short else 1_000_000
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_partitions(place / "source", count)
        targets = (place / f"target-{number}" for number in numbers())
        two, one = (
            swept(stack.enter_context(Client(started)), place / "source", targets)
            for started in (
                stack.enter_context(LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0"))
                for workers in (2, 1)
            )
        )
        found = ratio(two, one, repeat=5 if short else 9)
    what = f"Dask with 2 workers against 1, {count:,} cases in {PARTITIONS} partitions, read and written"
    yield compared(what, found, reach=0.6)
    what = "what this machine gives at that time: a plain loop shared by 2 processes against 1"
    steps = 10_000_000 if short else 100_000_000
    yield compared(what, ratio(shared(2, steps), shared(1, steps), repeat=5), reach=None)
