"""A sweep over partitions on a Dask cluster, in which a worker may be killed at any moment.

A partition is a directory with encoded cases in `cases.jsonl`, one JSON document a line. Its sweep makes a directory
of the same name under the target: the cases as they now stand, the events and the messages of what was decided, and the
report. It is written aside and takes its name when it is complete, so a partition is there whole or not at all, and one
that is there is not swept again. A sweep gives the same for the same input: whoever runs it, and however often, each
decision stands once in the target. The next night's source is this night's target.

    python docs/examples/cluster.py nights/2026-03-01 nights/2026-03-02 --at 2026-03-02T02:00+01:00
    python docs/examples/cluster.py … --scheduler tcp://scheduler:8786

Workers need the library and the two directories (a shared file system, where there are several machines), and not this
file.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from teleprocedures import Decision, Rejection, Report, Sweep
from teleprocedures.codec import dumps

CASES: Final = "cases.jsonl"
REPORT: Final = "report.json"


def partitions(source: Path) -> list[str]:
    """The names of the partitions of a directory, in order."""
    return sorted(path.parent.name for path in source.glob(f"[!.]*/{CASES}"))


def sweep_partition(source: Path, target: Path, *, at: datetime) -> Report:
    """Sweep one partition into a new directory, unless it is there already; its report."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own: the same partition may be swept twice at once, when a worker only seemed to be dead.
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            _sweep_into(aside, source / CASES, at)
            aside.rename(target)
        except OSError:
            # Another worker was sooner, with the same result.
            if not target.exists():
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return _report(json.loads((target / REPORT).read_bytes()))


def _sweep_into(directory: Path, cases: Path, at: datetime) -> None:
    sweep = Sweep(at=at)
    with (
        cases.open("rb", buffering=2**20) as lines,
        (directory / CASES).open("wb", buffering=2**20) as swept,
        (directory / "events.jsonl").open("wb") as events,
        (directory / "messages.jsonl").open("wb") as messages,
        (directory / REPORT).open("wb") as report,
    ):

        def record(decision: Decision[Any]) -> None:
            events.writelines(dumps(event) + b"\n" for event in decision.events)
            messages.writelines(dumps(message) + b"\n" for message in decision.messages)

        swept.writelines(sweep.lines(lines, record=record))
        report.write(_document(sweep.report))
        for file in (swept, events, messages, report):
            # On the disk before it takes its name: what is there is whole, even after a power cut.
            file.flush()
            os.fsync(file.fileno())


def _document(report: Report) -> bytes:
    rejected = [{"id": one.id, "reason": one.reason, "line": one.input.decode("latin-1")} for one in report.rejected]
    counts = {"seen": report.seen, "due": report.due, "lapsed": report.lapsed, "reminded": report.reminded}
    return json.dumps({**counts, "rejected": rejected}).encode()


def _report(document: dict[str, Any]) -> Report:
    return Report(
        seen=document["seen"],
        due=document["due"],
        lapsed=Counter(document["lapsed"]),
        reminded=Counter(document["reminded"]),
        rejected=tuple(
            Rejection(one["id"], one["reason"], one["line"].encode("latin-1")) for one in document["rejected"]
        ),
    )


def merged(reports: Iterable[Report]) -> Report:
    """The report of the whole."""
    return sum(reports, Report())


def sweep_here(source: Path, target: Path, *, at: datetime) -> Report:
    """Sweep every partition in this process, one after the other."""
    return merged(sweep_partition(source / name, target / name, at=at) for name in partitions(source))


def sweep_on(client: Any, source: Path, target: Path, *, at: datetime) -> Report:
    """Sweep every partition on the workers of a `distributed.Client`; what a dead worker had, others do.

    Raises what a partition's sweep raises, and `KilledWorker` when one partition has cost four workers.
    """
    import cloudpickle  # noqa: PLC0415 - `sweep_here` needs neither this nor Dask

    # The function itself goes to the workers: they need not have this file.
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    source, target, names = source.resolve(), target.resolve(), partitions(source)
    futures = client.map(
        lambda name: sweep_partition(source / name, target / name, at=at),
        names,
        key=[f"{target}/{name}/{at.isoformat()}" for name in names],
    )
    report = merged(client.gather(futures))
    for aside in target.glob(".*"):
        # What killed workers had begun.
        shutil.rmtree(aside, ignore_errors=True)
    return report


def main(arguments: list[str] | None = None) -> int:
    """Sweep a directory of partitions and print the report."""
    from distributed import Client, LocalCluster  # noqa: PLC0415 - as above

    parser = argparse.ArgumentParser(description="Sweep partitions of encoded cases on a Dask cluster.")
    parser.add_argument("source", type=Path, help=f"a directory of partitions, each with a {CASES}")
    parser.add_argument("target", type=Path, help="the directory to make them anew in")
    parser.add_argument(
        "--at", type=datetime.fromisoformat, required=True, help="the instant, such as 2026-03-02T02:00+01:00"
    )
    parser.add_argument(
        "--scheduler", help="the address of a scheduler; without it, workers are started on this machine"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="how many to start on this machine")
    given = parser.parse_args(arguments)
    if given.scheduler:
        with Client(given.scheduler) as client:
            report = sweep_on(client, given.source, given.target, at=given.at)
    else:
        with (
            LocalCluster(n_workers=given.workers, threads_per_worker=1, dashboard_address=":0") as cluster,
            Client(cluster) as client,
        ):
            report = sweep_on(client, given.source, given.target, at=given.at)
    print(f"seen {report.seen}, due {report.due}, rejected {len(report.rejected)}")
    for kind, count in sorted((report.lapsed + report.reminded).items()):
        print(f"{count:>9} {kind}")
    return 1 if report.rejected else 0


if __name__ == "__main__":
    sys.exit(main())
