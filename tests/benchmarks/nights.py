"""Rows on nights over a table partitioned by due day, as in the examples: they must cost what is due.

The night that it is compared with reads and writes every line: each line of some files is swept and written to new
ones, what was decided is written beside it, and all of it waits for the disk. The same two workers do both. The ratio
is of how long they take; the time of the processor, which all three processes spend, is said beside it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import attrs
import polars as pl
from lines import peak_megabytes
from paired import Row, compared, ratio, shown
from portfolios import NIGHT, PLACE, requested, use_examples

from teleprocedures import Case, Sweep
from teleprocedures.codec import dumps

use_examples()
import cluster  # noqa: E402
import due_table  # noqa: E402
from distributed import Client, LocalCluster  # noqa: E402
from due_table import SCHEMA  # noqa: E402

FILES = 16
"""The lines are in as many files."""

DAYS = 100
"""Those that are due after all the nights are due on as many days."""

MOST_MEMORY = 1_000


def to_lapse(at: datetime) -> Case:
    """A request from this instant that was reminded as often as it could be: it is due when it lapses."""
    case = requested(at)
    while (after := case.tick(at=case.due_at).case).due_at is not None:
        case = after
    return case


def on_nights(count: int) -> list[Case]:
    """For each of as many nights in a row, a request that lapses in it."""
    return [to_lapse(NIGHT + timedelta(days=place)) for place in range(count)]


def instants(cases: list[Case]) -> Iterator[datetime]:
    """The instant of each night."""
    return (case.due_at + timedelta(hours=1) for case in cases)


def waiting(after: list[Case]) -> list[Case]:
    """Requests that are due after all of these, on different days."""
    return [requested(after[-1].due_at + timedelta(days=day)) for day in range(DAYS)]


def filled(root: Path, count: int, *, due: int, nights: list[Case]) -> Path:
    """A table of as many requests, of which so many lapse in each of the nights; the others are due later."""
    rest, writer, place = count - due * len(nights), due_table.Writer(root), 0
    shares = [due] * len(nights) + [rest * (day + 1) // DAYS - rest * day // DAYS for day in range(DAYS)]
    for case, share in zip([*nights, *waiting(nights)], shares, strict=True):
        for end in range(place + due_table.ROWS, place + share + due_table.ROWS, due_table.ROWS):
            rows = numbered(case, range(end - due_table.ROWS, min(end, place + share)))
            writer.write("case", case.due_at.date(), rows)
        place += share
    due_table.begin(root, writer.finished())
    return root


def numbered(case: Case, places: range) -> pl.DataFrame:
    """The rows of as many requests like this one, each with an id of its own."""
    ids = pl.Series("id", [f"adhesion-{place:08}" for place in places])
    pieces = [pl.lit(piece) for piece in dumps(case).decode().split(PLACE)]
    between = [part for piece in pieces for part in (pl.col("id"), piece)][1:]
    rows = pl.DataFrame(ids).with_columns(
        version=pl.lit(case.version),
        due_at=pl.lit(case.due_at),
        was_due_at=pl.lit(None),
        payload=pl.concat_str(between),
    )
    return rows.cast(SCHEMA)


def written(place: Path, count: int, *, nights: list[Case]) -> Path:
    """The same requests as lines in files, those of the first night spread over all of them: one line in a hundred."""
    others = [dumps(case) for case in waiting(nights)]
    place.mkdir()
    for number in range(FILES):
        with (place / f"{number:02}.jsonl").open("wb", buffering=2**20) as file:
            for line in range(number * count // FILES, (number + 1) * count // FILES):
                document = others[line // 100 % DAYS] if line % 100 else dumps(nights[0])
                file.write(document.replace(PLACE.encode(), f"adhesion-{line:08}".encode()) + b"\n")
    return place


def swept(lines: Path, at: datetime) -> int:
    """A file of lines read and written, and what was decided beside it; how many were due."""
    sweep = Sweep(at=at)
    paths = [lines.with_suffix(f".{name}") for name in ("swept", "events", "messages")]
    with ExitStack() as stack:
        source = stack.enter_context(lines.open("rb", buffering=2**20))
        target, events, messages = files = [stack.enter_context(path.open("wb", buffering=2**20)) for path in paths]

        def record(decision: Any) -> None:
            events.writelines(dumps(event) + b"\n" for event in decision.events)
            messages.writelines(dumps(message) + b"\n" for message in decision.messages)

        target.writelines(sweep.lines(source, record=record))
        for file in files:
            file.flush()
            os.fsync(file.fileno())
    for path in paths:
        path.unlink()
    return sweep.report.due


@attrs.frozen(eq=False)
class Measured:
    """Measures how long a run takes; keeps that, and the time of the processor in all processes of the cluster."""

    client: Any
    run: Callable[[], object]
    took: list[float] = attrs.field(factory=list, init=False)
    spent: list[float] = attrs.field(factory=list, init=False)

    def __call__(self) -> float:
        """How long one run takes."""
        os.sync()  # what was written before is not waited for
        before, start = self._spent(), perf_counter()
        self.run()
        self.took.append(perf_counter() - start)
        self.spent.append(self._spent() - before)
        return self.took[-1]

    def _spent(self) -> float:
        return process_time() + sum(self.client.run(process_time).values())


def by_lines(client: Any, lines: Path, count: int, at: datetime) -> Measured:
    """What measures a night that reads and writes every line."""

    def run() -> None:
        due = sum(client.gather(client.map(swept, sorted(lines.glob("*.jsonl")), at=at, pure=False)))
        assert due == count // 100, due

    return Measured(client, run)


def by_day(client: Any, root: Path, due: int, nights: Iterator[datetime]) -> Measured:
    """What measures the next night over a table."""

    def run() -> None:
        report = due_table.night(root, at=next(nights), run=cluster.on(client))
        assert (report.due, report.rejected) == (due, ()), report

    return Measured(client, run)


def row(what: str, a: Measured, b: Measured, *, repeat: int, reach: float, more: str = "") -> Row:
    """The row of two; the time of the processor is that of the runs that others disturbed least."""
    found = ratio(a, b, repeat=repeat)
    made_of = f"{{a}} / {{b}}, 2 workers each; of the processor {shown(min(a.spent))} / {shown(min(b.spent))}{more}"
    return compared(what, found, reach=reach, made_of=made_of)


def peak_of_a_night(root: Path, at: datetime) -> float:
    """The most memory, in MB, of a night's process and of its two workers together."""
    said = subprocess.run([sys.executable, __file__, str(root), at.isoformat()], check=True, stdout=subprocess.PIPE)
    return float(said.stdout)


def workers(count: int) -> LocalCluster:
    """Workers on this machine, as the example starts them."""
    return LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=":0", env=cluster.ONE_THREAD)


def rows(*, short: bool) -> Iterator[Row]:
    """Of each table a hundredth is due each night; of another small one, as many as of the large one."""
    large, small, repeat = (200_000, 50_000, 1) if short else (10_000_000, 1_000_000, 3)
    # One night to warm up and some to measure, one for the memory, and the same again.
    nights = on_nights(2 * (repeat + 1) + 1)
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        client = stack.enter_context(Client(stack.enter_context(workers(2))))
        client.run(sys.path.extend, [str(Path(__file__).parent), *sys.path])
        for count, reach in ((small, 0.2), (large, 0.1)):
            started = perf_counter()
            root = filled(place / f"{count}", count, due=count // 100, nights=nights)
            made, size = perf_counter() - started, sum(path.stat().st_size for path in root.rglob("*.parquet"))
            lines = written(place / f"{count}-lines", count, nights=nights)
            at = instants(nights)
            what = f"a night over {count:,} encoded requests, 1 % due, against reading and writing every line"
            made_in = f"; the table was made in {made:.0f} s and has {size / 1e6:,.0f} MB"
            a, b = by_day(client, root, count // 100, at), by_lines(client, lines, count, next(instants(nights)))
            yield row(what, a, b, repeat=repeat, reach=reach, more=made_in)
            for path in lines.iterdir():
                path.unlink()
        what, whose = f"its peak memory at {large:,}", "the night's process and its two workers together"
        yield Row(what=what, measured=peak_of_a_night(root, next(at)), unit=" MB", reach=MOST_MEMORY, made_of=whose)
        due, again = large // 100, nights[repeat + 2 :]
        other = filled(place / "other", small, due=due, nights=again)
        a, b = (by_day(client, table, due, instants(again)) for table in (root, other))
        what = f"a night over {large:,} requests against one over {small:,}, each with {due:,} due"
        yield row(what, a, b, repeat=repeat, reach=1.3)


def main(root: str, at: str) -> None:
    """One night, and the most memory that its processes have had."""
    with workers(2) as two, Client(two) as client:
        due_table.night(Path(root), at=datetime.fromisoformat(at), run=cluster.on(client))
        client.run(sys.path.extend, [str(Path(__file__).parent), *sys.path])
        print(peak_megabytes() + sum(client.run(peak_megabytes).values()))


if __name__ == "__main__":
    main(*sys.argv[1:])
