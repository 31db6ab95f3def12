"""The example of a cluster: partitions on worker processes, one of them killed, and the result of a single process."""
# ruff: noqa: E402 - the examples can be imported from the middle on

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

pytest.importorskip("distributed", reason="the cluster is not tested: distributed is not installed (group cluster)")
EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
sys.path.insert(0, str(EXAMPLES))

import cluster
from distributed import Client, LocalCluster

from teleprocedures import HELD_ELSEWHERE, Adhesion, Case, Report, Space, Sweep
from teleprocedures.codec import dumps
from teleprocedures.testing import PlainHasher, adhesion_form, space_form

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
NIGHT = START + timedelta(days=61)
PARTITIONS = 8


def portfolio(count: int) -> Iterator[Case]:
    """Spaces and requests of the 100 days before the night: some to lapse, some to be reminded, some neither."""
    space, request = (
        space_form(),
        adhesion_form(services=["messagerie", "consulter-avis-tf"], company_email="a@exemple.fr"),
    )
    for place in range(count):
        at = NIGHT - timedelta(minutes=144 * (place % 1000), seconds=place)
        asked = Space.create(space, id=f"space-{place:06}", hasher=PlainHasher(), at=at).case
        if place % 3 == 0:
            yield asked
            continue
        active = asked.activate(HELD_ELSEWHERE, at=at).case
        adhesion = Adhesion.request(active, request, id=f"adhesion-{place:06}", at=at).case
        yield adhesion if place % 3 == 1 else adhesion.confirm_company_email(HELD_ELSEWHERE, at=at).case


def write_partitions(source: Path, lines: list[bytes]) -> None:
    """The lines dealt out to the partitions."""
    for place in range(PARTITIONS):
        directory = source / f"part-{place:02}"
        directory.mkdir(parents=True)
        (directory / "cases.jsonl").write_bytes(b"".join(line + b"\n" for line in lines[place::PARTITIONS]))


def contents(target: Path) -> dict[str, bytes]:
    """Every file under a directory, by its path from there."""
    return {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}


def wait_until(happens: Callable[[], bool]) -> None:
    """Wait until it answers yes, a minute at most."""
    end = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.002)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """The cases of all the partitions."""
    return list(portfolio(8_000))


@pytest.fixture(scope="module")
def source(cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Partitions of those cases, and in the first one a line that is none."""
    place = tmp_path_factory.mktemp("nights") / "before"
    write_partitions(place, [b'{"schema":1,"kind":"adhesion","torn', *(dumps(case) for case in cases)])
    return place


def is_gone(process: int) -> bool:
    """Whether the process is dead and buried."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def opened_to_write(pipe: Path) -> BinaryIO:
    """A named pipe, once somebody reads it."""
    opened: list[int] = []

    def is_read() -> bool:
        try:
            opened.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return False
        return True

    wait_until(is_read)
    os.set_blocking(opened[0], True)
    return os.fdopen(opened[0], "wb")


@pytest.mark.filterwarnings("default")  # what Dask, its event loop and a killed process leave behind is theirs
def test_a_worker_killed_in_the_middle_changes_nothing(source: Path, tmp_path: Path) -> None:
    """Two workers, one of them killed at work, give file for file and in the report what one process gives."""
    alone = cluster.sweep_here(source, tmp_path / "alone", at=NIGHT)
    # One partition is a pipe: its worker can read half of it, and then no more until it is killed.
    piped, target = tmp_path / "piped", tmp_path / "together"
    shutil.copytree(source, piped)
    pipe = piped / "part-03" / "cases.jsonl"
    whole = pipe.read_bytes()
    pipe.unlink()
    os.mkfifo(pipe)

    with (
        ThreadPoolExecutor() as threads,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as workers,
        Client(workers) as client,
    ):
        processes = client.run(os.getpid)
        sweeping = threads.submit(cluster.sweep_on, client, piped, target, at=NIGHT)
        with opened_to_write(pipe) as half:
            # Several times what a pipe holds: once it is written, most of it has been swept.
            half.write(whole[: len(whole) // 2])
            half.flush()
            (victim,) = (
                processes[worker]
                for worker, keys in client.processing().items()
                if any("part-03" in key for key in keys)
            )
            begun = list(target.glob(".part-03.*"))
            os.kill(victim, signal.SIGKILL)
        wait_until(lambda: is_gone(victim))
        with opened_to_write(pipe) as again:
            again.write(whole)
        together = sweeping.result(timeout=60)
        after = client.run(os.getpid)

    assert 1 == len(begun)
    assert victim not in after.values()
    assert alone == together
    assert contents(tmp_path / "alone") == contents(target)


def test_each_decision_stands_once(source: Path, cases: list[Case], tmp_path: Path) -> None:
    """The target's cases, events and messages are those of one `Sweep` over the cases; what is no case is set aside."""
    sweep = Sweep(at=NIGHT)
    decisions = list(sweep.over(cases))
    decided = {decision.case.id: decision.case for decision in decisions}

    report = cluster.sweep_here(source, tmp_path, at=NIGHT)
    swept = {name: [] for name in ("cases", "events", "messages")}
    for path in tmp_path.glob("*/*.jsonl"):
        swept[path.stem] += path.read_bytes().splitlines()
    torn = [line for line in swept["cases"] if line.endswith(b"torn")]

    assert (len(cases) + 1, 1) == (report.seen, len(report.rejected))
    assert (sweep.report.lapsed, sweep.report.reminded) == (report.lapsed, report.reminded)
    assert torn == [one.input.rstrip() for one in report.rejected]
    assert sorted(dumps(decided.get(case.id, case)) for case in cases) == sorted(set(swept["cases"]) - set(torn))
    assert sorted(dumps(event) for decision in decisions for event in decision.events) == sorted(swept["events"])
    assert sorted(dumps(message) for decision in decisions for message in decision.messages) == sorted(
        swept["messages"]
    )


def test_what_is_there_is_not_swept_again(source: Path, tmp_path: Path) -> None:
    """A sweep into a complete target gives the same report and touches no file; the next one finds nothing due."""
    first = cluster.sweep_here(source, tmp_path / "first", at=NIGHT)
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "first").rglob("*")}

    assert first == cluster.sweep_here(source, tmp_path / "first", at=NIGHT)
    assert made == {path: path.stat().st_mtime_ns for path in (tmp_path / "first").rglob("*")}

    second = cluster.sweep_here(tmp_path / "first", tmp_path / "second", at=NIGHT)

    assert Report(seen=first.seen, due=0, rejected=first.rejected) == second


def test_a_partition_that_cannot_be_written_leaves_nothing(source: Path, tmp_path: Path) -> None:
    """When writing fails in the middle, the target has neither the partition nor what was begun."""
    (tmp_path / "night").mkdir()
    missing = tmp_path / "nowhere"

    with pytest.raises(FileNotFoundError):
        cluster.sweep_partition(missing, tmp_path / "night" / "part-00", at=NIGHT)

    assert [] == list((tmp_path / "night").iterdir())


@pytest.mark.filterwarnings("default")  # as above
def test_it_runs_from_the_command_line(source: Path, tmp_path: Path) -> None:
    """The program starts its own workers, prints the report, and says by its status that a line was rejected."""
    command = [sys.executable, str(EXAMPLES / "cluster.py"), str(source), str(tmp_path / "night")]

    done = subprocess.run(
        [*command, "--at", NIGHT.isoformat(), "--workers", "2"], capture_output=True, text=True, timeout=60, check=False
    )

    assert 1 == done.returncode, done.stderr
    assert done.stdout.startswith("seen 8001, due ")
    assert ", rejected 1\n" in done.stdout
