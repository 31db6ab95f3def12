"""Nights over a table of cases on a Dask cluster, in which any process may be killed at any moment.

    python docs/examples/cluster/cluster.py create cases < cases.jsonl
    python docs/examples/cluster/cluster.py night cases --at 2026-03-02T02:00+01:00
    python docs/examples/cluster/cluster.py night cases --scheduler tcp://scheduler:8786
    python docs/examples/cluster/cluster.py tidy cases

`due_table.py` has the table. Workers decide what is due, some thousand cases at a time, and write it into files. What
they hand back names these files, and the one commit of the night makes them count, all or none. A worker that is killed
leaves files that nobody names, and another one does its task again. A night that is killed has not been. Of two nights
at once one commits first; the other one sees that, reads again, and finds nothing left to decide.

Workers need the library, `deltalake`, Polars and the table (on a shared file system, where there are several machines),
and not these files.
"""

# ruff: noqa: E402 - what the examples share is found from the middle on

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("shared",)]
import due_table
from deltalake.exceptions import DeltaError
from due_table import Run, Task
from polars.exceptions import PolarsError
from printable import printable

from teleprocedures import Case, Report
from teleprocedures.codec import loads
from teleprocedures.errors import CodecError

ONE_THREAD: Final = {"POLARS_MAX_THREADS": "1"}
"""Polars would start as many threads as there are processors, in each worker."""

STOPPED: Final = (OSError, DeltaError, PolarsError)


def on(client: Any) -> Run:
    """Have tasks decided by the workers of a `distributed.Client`; what a dead worker had, others do.

    It raises `KilledWorker` when one task has cost four workers, and whatever a task raises.
    """
    return lambda tasks: client.gather(submitted(client, tasks))


def submitted(client: Any, tasks: Sequence[Task]) -> list[Any]:
    """The futures of what tasks decide. The same task of the same night is decided once, whoever asks for it."""
    import cloudpickle  # noqa: PLC0415 - a night in this process needs neither this nor Dask

    # The functions themselves go to the workers: they need not have this file.
    cloudpickle.register_pickle_by_value(due_table)
    return client.map(due_table.decide, tasks, key=[task.key for task in tasks])  # type: ignore[no-any-return]


def rows(
    lines: Iterable[bytes], reject: Callable[[int, str], object]
) -> Iterator[tuple[str, int, datetime | None, bytes]]:
    """The rows of a table, of encoded cases, one a line; `reject` is told the number and the reason of what is none."""
    for number, line in enumerate(lines, start=1):
        try:
            case = loads(line)
        except CodecError as error:
            reject(number, str(error))
            continue
        if isinstance(case, Case):
            yield case.id, case.version, case.due_at, line.rstrip()
        else:
            reject(number, f"not a case: {type(case).__name__}")


def _night(given: argparse.Namespace) -> int:
    with ExitStack() as stack:
        run = due_table.here
        if given.scheduler or given.workers:
            from distributed import Client, LocalCluster  # noqa: PLC0415 - as above

            address = given.scheduler or stack.enter_context(
                LocalCluster(n_workers=given.workers, threads_per_worker=1, dashboard_address=":0", env=ONE_THREAD)
            )
            run = on(stack.enter_context(Client(address)))
        report = due_table.night(given.table, at=given.at, run=run)
    _print(report)
    return 1 if report.rejected else 0


def _print(report: Report) -> None:
    print(f"seen {report.seen}, due {report.due}, rejected {len(report.rejected)}")
    for kind, count in sorted((report.lapsed + report.reminded).items()):
        presumed = f", {report.presumed[kind]} of them presumed" if report.presumed[kind] else ""
        print(f"{count:>9} {kind}{presumed}")
    for one in report.rejected:
        print(f"rejected {printable(one.id)}: {printable(one.reason)}", file=sys.stderr)


def _create(given: argparse.Namespace) -> int:
    bad: list[int] = []

    def reject(number: int, reason: str) -> None:
        bad.append(number)
        print(f"rejected line {number}: {printable(reason)}", file=sys.stderr)

    due_table.create(given.table, rows(sys.stdin.buffer, reject))
    return 1 if bad else 0


def _tidy(given: argparse.Namespace) -> int:
    removed = due_table.tidy(given.table, keep=timedelta(days=given.keep))
    print(f"removed {len(removed)} files")
    return 0


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("expected a time zone, as in 2026-03-02T02:00+01:00")
    if at > datetime.now(UTC):
        raise argparse.ArgumentTypeError("it has not come yet, and what lapses early has lapsed for good")
    return at


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says: 1 when something was rejected, 2 when nothing was done, and why on stderr."""
    parser = argparse.ArgumentParser(description="Nights over a table of cases, on a Dask cluster.")
    commands = parser.add_subparsers(required=True)
    create = commands.add_parser("create", help="make a table of the encoded cases on standard input, one a line")
    night = commands.add_parser("night", help="decide what is due")
    tidy = commands.add_parser("tidy", help="remove files of earlier versions, and of killed processes")
    for command, does in ((create, _create), (night, _night), (tidy, _tidy)):
        command.add_argument("table", type=Path, help="the directory of the table")
        command.set_defaults(does=does)
    night.add_argument("--at", type=_instant, default=datetime.now(UTC), help="the instant, now if not given")
    night.add_argument("--scheduler", help="its address; without it, workers are started on this machine")
    night.add_argument("--workers", type=int, default=os.cpu_count(), help="how many; 0 for this process alone")
    tidy.add_argument("--keep", type=int, default=7, help="for how many days; longer than any night takes")
    given = parser.parse_args(arguments)
    try:
        return given.does(given)  # type: ignore[no-any-return]
    except STOPPED as error:
        # A full disk, a table that is not there: a night that ends so has decided nothing.
        print(f"{type(error).__name__}: {printable(error)}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
