"""The example of a cluster: killed, raced, changed by day and corrupted, a real table gives what one sweep gives."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from signal import SIGCONT, SIGKILL, SIGSTOP

import attrs
import pytest

pytest.importorskip("distributed", reason="the cluster is not tested: distributed is not installed (group cluster)")
pytest.importorskip("deltalake", reason="the cluster is not tested: deltalake is not installed (group cluster)")

import cluster
import due_table
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from distributed import Client, LocalCluster
from due_table import Outcome, StaleError, Task, append, create, look_up, night, tidy, told
from paths import EXAMPLES, environment

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    AdhesionState,
    Case,
    Decision,
    HeldElsewhere,
    Portal,
    Report,
    Space,
    Sweep,
    TeleproceduresError,
)
from teleprocedures.codec import dumps, loads
from teleprocedures.testing import ManualClock, PlainHasher, RecordingNotifier, adhesion_form, space_form

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
NIGHT = START + timedelta(days=61)
MINUTE = timedelta(minutes=1)

NOTHING = (0, {}, {}, {})
"""What the report of a night says that had nothing to decide."""

Line = tuple[str, int, datetime | None, bytes]


def row(case: Case) -> Line:
    """The row of a case."""
    return case.id, case.version, case.due_at, dumps(case)


def named(case: Case, id_: str) -> Case:
    """The same case under another id."""
    return loads(dumps(case).replace(case.id.encode(), id_.encode()))


def made(at: datetime) -> tuple[Case, Case, Case]:
    """A pending space, a request whose link was sent, and one whose letter is on its way."""
    portal = Portal(clock=ManualClock(at), codes=HeldElsewhere(), notifier=RecordingNotifier(), hasher=PlainHasher())
    pending = portal.create_space(space_form())
    space = portal.activate_space(pending, HELD_ELSEWHERE)
    form = adhesion_form(services=["messagerie", "consulter-avis-tf"], company_email="a@exemple.fr")
    linked = portal.request_adhesion(space, form)
    return pending, linked, portal.confirm_company_email(linked, HELD_ELSEWHERE)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Cases of the 100 days before the night: some to lapse, some to be reminded, some neither."""
    kinds = [made(NIGHT - timedelta(hours=8 * place, seconds=place)) for place in range(300)]
    return [named(kinds[place % 300][place % 3], f"case-{place:05}") for place in range(6_001)]


@pytest.fixture
def table(cases: list[Case], tmp_path: Path) -> Path:
    """A table of those cases."""
    create(tmp_path / "table", map(row, cases))
    return tmp_path / "table"


class Expected:
    """What a single sweep over the same cases gives."""

    def __init__(self, cases: list[Case], at: datetime = NIGHT) -> None:
        sweep = Sweep(at=at)
        self.decisions = list(sweep.over(cases))
        self.report = sweep.report
        decided = {decision.case.id: decision.case for decision in self.decisions}
        self.cases = {case.id: dumps(decided.get(case.id, case)) for case in cases}
        self.events = sorted(dumps(event) for decision in self.decisions for event in decision.events)
        self.messages = sorted(dumps(message) for decision in self.decisions for message in decision.messages)

    def assert_stands(self, table: Path) -> None:
        """The table has these cases, and tells these events and messages once each."""
        assert self.cases == look_up(table)[1]
        assert self.events == sorted(told(table, "event")[1])
        assert self.messages == sorted(told(table, "message")[1])


@pytest.fixture(scope="module")
def expected(cases: list[Case]) -> Expected:
    """What a single sweep gives."""
    return Expected(cases)


def counted(report: Report) -> tuple[int, dict[str, int], dict[str, int], dict[str, int]]:
    """What a report says of decisions; how many were seen depends on what was read."""
    return report.due, dict(report.lapsed), dict(report.presumed), dict(report.reminded)


def version(table: Path) -> int:
    """The version of a table."""
    return DeltaTable(str(table)).version()


def files(table: Path) -> set[Path]:
    """Every file of rows that is there, whether it counts or not."""
    return set(table.glob("holds=*/*/*.parquet"))


def wait_until(happens: Callable[[], object]) -> None:
    """Wait until it answers yes, two minutes at most."""
    end = time.monotonic() + 120
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.002)


# --- A night ----------------------------------------------------------------------------------------------------------


def test_a_night_gives_what_one_sweep_gives(table: Path, cases: list[Case], expected: Expected) -> None:
    """Cases, events, messages and counts are those of one `Sweep` over all, and the next night has nothing to do."""
    first = night(table, at=NIGHT)
    after = version(table)

    assert counted(expected.report) == counted(first)
    expected.assert_stands(table)
    assert NOTHING == counted(night(table, at=NIGHT))
    assert after == version(table)


def test_a_night_reads_only_what_is_due(table: Path) -> None:
    """Files of later days, and of cases that wait for nothing, are not opened: they could as well be gone."""
    later = [path for path in files(table) if path.parent.name > f"day={NIGHT.date()}"]
    for path in later:
        path.unlink()

    assert later
    assert () == night(table, at=NIGHT).rejected


def test_cases_are_in_the_day_on_which_they_are_due(table: Path, cases: list[Case]) -> None:
    """Each case is in the partition of its `due_at`, in UTC; those that wait for nothing are in one of their own."""
    night(table, at=NIGHT)
    night(table, at=NIGHT + timedelta(days=90))
    found = DeltaTable(str(table)).scan(columns=["day", "due_at"], predicate="holds = 'case'")
    days = {
        (day, None if due is None else due.date())
        for batch in found
        for day, due in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    }

    assert all(day == due for day, due in days)
    assert (None, None) in days


def test_nights_one_after_the_other_are_those_of_one_process(table: Path, cases: list[Case]) -> None:
    """Reminders become due anew: forty nights give, one by one, what forty sweeps give."""
    standing = {case.id: case for case in cases}
    for place in range(0, 40, 4):
        sweep = Sweep(at=NIGHT + timedelta(days=place))
        standing.update({decision.case.id: decision.case for decision in list(sweep.over(standing.values()))})

        assert counted(sweep.report) == counted(night(table, at=sweep.at))

    assert {id_: dumps(case) for id_, case in standing.items()} == look_up(table)[1]


# --- On a cluster -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Two workers, each a process."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as workers, Client(workers) as client:
        yield client


def is_gone(process: int) -> bool:
    """Whether the process is dead and buried."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def stopped_at_work(client: Client, processes: dict[str, int]) -> int | None:
    """A worker's process, stopped while it has a task of which the scheduler has not heard again."""
    for worker, keys in client.processing().items():
        if keys and worker in processes:
            os.kill(processes[worker], SIGSTOP)
            time.sleep(0.05)  # by then, what it had said before has arrived
            if client.processing()[worker]:
                return processes[worker]
            os.kill(processes[worker], SIGCONT)
    return None


@pytest.mark.filterwarnings("default")  # what Dask, its event loop and a killed process leave behind is theirs
def test_a_worker_killed_at_work_changes_nothing(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers, one of them killed in the middle of a task, give what one process gives."""
    monkeypatch.setattr(due_table, "ROWS", 3_000)
    (_, linked, _), table = made(NIGHT - timedelta(days=2, seconds=1)), tmp_path / "table"
    cases = [named(linked, f"case-{place:05}") for place in range(12_000)]
    create(table, map(row, cases))
    processes = client.run(os.getpid)
    victim = None

    with ThreadPoolExecutor() as threads:
        deciding = threads.submit(night, table, at=NIGHT, run=cluster.on(client))
        while victim is None and not deciding.done():
            victim = stopped_at_work(client, processes)
        assert victim is not None
        os.kill(victim, SIGKILL)
        report = deciding.result(timeout=120)
    wait_until(lambda: is_gone(victim))
    expected = Expected(cases)

    assert counted(expected.report) == counted(report)
    expected.assert_stands(table)


@pytest.mark.filterwarnings("default")  # as above
def test_each_night_has_its_own_outcomes(client: Client, tmp_path: Path) -> None:
    """A scheduler that still has what one night decided does not give it to a night at another instant."""
    pending, _, _ = made(NIGHT - timedelta(hours=30))
    create(tmp_path / "table", [row(pending)])
    root, seen = tmp_path / "table", []

    def both(tasks: list[Task]) -> list[Outcome]:
        """The outcomes of these tasks, got while those of a much later night are held."""
        later = [attrs.evolve(task, at=NIGHT + timedelta(days=30)) for task in tasks]
        held = cluster.submitted(client, later)
        seen.extend(client.gather(held))
        return client.gather(cluster.submitted(client, tasks))

    report = night(root, at=NIGHT, run=both)

    assert (1, {}, 1) == (report.due, dict(report.lapsed), sum(report.reminded.values()))
    assert (1, 1) == (sum(seen[0].report.lapsed.values()), len(seen))
    assert 1 == night(root, at=NIGHT + timedelta(days=30), run=cluster.on(client)).due


@pytest.mark.filterwarnings("default")  # as above
def test_workers_of_a_scheduler_elsewhere_need_no_file_of_the_example(table: Path, expected: Expected) -> None:
    """A scheduler and a worker that somebody started, elsewhere, decide the night by the scheduler's address."""
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as workers:
        command = ["night", str(table), "--at", NIGHT.isoformat(), "--scheduler", workers.scheduler_address]
        done = run(*command)

    assert (0, f"due {expected.report.due}, rejected 0") == (
        done.returncode,
        done.stdout.splitlines()[0].split(", ", 1)[1],
    )
    expected.assert_stands(table)


# --- Killed, and raced ------------------------------------------------------------------------------------------------


def started(*arguments: str, **options: object) -> subprocess.Popen[str]:
    """The program, under way."""
    command = [sys.executable, str(EXAMPLES / "cluster" / "cluster.py"), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """The program, run to its end."""
    process = started(*arguments, stdin=subprocess.PIPE)
    out, error = process.communicate(stdin.decode(), timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, out, error)


def test_a_night_killed_at_any_moment_has_been_or_has_not(table: Path, expected: Expected) -> None:
    """A night killed again and again, each time later, has decided nothing, or all; the next one decides the rest."""
    before, killed = version(table), 0
    for place in range(6):
        there = files(table)
        process = started("night", str(table), "--at", NIGHT.isoformat(), "--workers", "0")
        wait_until(lambda: process.poll() is not None or files(table) != there)  # noqa: B023 - it is over in this turn
        time.sleep(0.03 * place)
        process.kill()
        process.communicate()
        killed += process.returncode == -SIGKILL

        assert (0 if version(table) == before else len(expected.events)) == len(told(table, "event")[1])

    night(table, at=NIGHT)

    assert killed
    expected.assert_stands(table)


def test_two_nights_at_once_decide_once(table: Path, expected: Expected) -> None:
    """Two processes at once both end well; one has decided everything, the other one nothing."""
    command = ["night", str(table), "--at", NIGHT.isoformat(), "--workers", "0"]
    rivals = [started(*command), started(*command)]
    said = sorted(rival.communicate(timeout=120)[0].split(", ")[1] for rival in rivals)

    assert ["due 0", f"due {expected.report.due}"] == said
    assert [0, 0] == [rival.returncode for rival in rivals]
    expected.assert_stands(table)


def test_a_night_that_another_one_overtakes_finds_nothing_left(table: Path, expected: Expected) -> None:
    """Another night commits when this one has decided and not yet committed: this one reads again, and reports none."""
    others: list[Report] = []

    def overtaken(tasks: list[Task]) -> list[Outcome]:
        outcomes = list(due_table.here(tasks))
        if not others:
            others.append(night(table, at=NIGHT))
        return outcomes

    report = night(table, at=NIGHT, run=overtaken)

    assert (counted(expected.report), NOTHING) == (counted(others[0]), counted(report))
    expected.assert_stands(table)


def test_two_tables_cannot_be_made_in_one_place(table: Path, cases: list[Case], expected: Expected) -> None:
    """Making one where there is one is an error, and leaves what is there."""
    with pytest.raises(DeltaError):
        create(table, map(row, cases[:3]))
    night(table, at=NIGHT)

    expected.assert_stands(table)


def test_a_disk_that_is_full_leaves_the_table_as_it_was(table: Path, cases: list[Case], expected: Expected) -> None:
    """A night whose files cannot be written ends with the system's error, and has not been."""
    before, command = version(table), [sys.executable, str(EXAMPLES / "cluster" / "cluster.py"), "night", str(table)]
    # No file of this process may have more than 2,000 bytes: what a full disk is to a writer.
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (2_000, 2_000))
    done = subprocess.run(
        [*command, "--at", NIGHT.isoformat(), "--workers", "0"], preexec_fn=limit, capture_output=True, check=False
    )

    assert 2 == done.returncode
    assert b"Error: " in done.stderr
    assert before == version(table)

    night(table, at=NIGHT)

    expected.assert_stands(table)


# --- Changed by day ---------------------------------------------------------------------------------------------------


def confirmed(linked: Case, at: datetime) -> tuple[Case, Decision]:
    """A request whose link was used at this instant, after what it was before."""
    return linked, linked.confirm_company_email(HELD_ELSEWHERE, at=at)


def test_what_changed_by_day_overtakes_what_is_due(tmp_path: Path) -> None:
    """Of ten links that lapse tonight three were used: these wait for their letter, and are not decided on before."""
    _, linked, _ = made(NIGHT - timedelta(hours=40))
    root, cases = tmp_path / "table", [named(linked, f"case-{place}") for place in range(10)]
    create(root, map(row, cases))
    changes = [confirmed(case, NIGHT - timedelta(hours=2)) for case in cases[:3]]
    append(root, changes, since=look_up(root)[0])
    tonight = NIGHT + timedelta(hours=20)
    expected = Expected([*(decision.case for _, decision in changes), *cases[3:]], tonight)
    told_by_day = [dumps(event) for _, decision in changes for event in decision.events]

    assert 7 == night(root, at=tonight).due
    assert expected.cases == look_up(root)[1]
    assert sorted(expected.events + told_by_day) == sorted(told(root, "event")[1])
    assert 3 == night(root, at=NIGHT + timedelta(days=80)).due


def test_what_left_a_later_day_is_not_decided_there(tmp_path: Path) -> None:
    """A night puts a change away and leaves a note: when the old day comes the old row does not count, and both go."""
    _, linked, _ = made(NIGHT - timedelta(hours=1))
    root, days = tmp_path / "table", (1, 30, 100)
    create(root, [row(linked)])
    append(root, [confirmed(linked, NIGHT)], since=0)

    assert [0, 0, 0] == [night(root, at=NIGHT + timedelta(hours=hours)).due for hours in days]
    assert [2] == [loads(payload).version for payload in look_up(root)[1].values()]
    assert ["case"] == [holds for holds, _ in counting(root) if holds != "event"]


def test_of_several_changes_before_a_night_the_last_one_counts(tmp_path: Path) -> None:
    """A link is used and its letter comes on one day: no day on which the case was due before decides on it."""
    _, linked, _ = made(NIGHT - timedelta(hours=1))
    root, cases = tmp_path / "table", [linked]
    create(root, [row(linked)])
    for hours in (2, 3):
        decision = changed(cases[-1], NIGHT + timedelta(hours=hours))
        append(root, [(cases[-1], decision)], since=version(root))
        cases.append(decision.case)
    *overtaken, last = sorted({case.due_at for case in cases})

    assert last == cases[-1].due_at
    assert [0, 0, 0] == [night(root, at=at).due for at in (NIGHT + timedelta(hours=4), *overtaken)]
    assert dumps(cases[-1]) == look_up(root)[1][linked.id]
    assert 1 == night(root, at=last).due


def counting(root: Path) -> list[tuple[str, date | None]]:
    """What the files that count hold, and for which day."""
    found = DeltaTable(str(root)).get_add_actions(flatten=True)
    return sorted(
        zip(*(found[name].to_pylist() for name in ("partition.holds", "partition.day")), strict=True), key=str
    )


def test_days_and_nights_in_any_order_are_those_of_one_process(tmp_path: Path) -> None:
    """Forty days of changes drawn at random, in up to three commits each, and nights: as if it were a dictionary."""
    random, root, standing = Random(12), tmp_path / "table", dict[str, Case]()
    for place in range(60):
        pending, linked, _ = made(NIGHT - timedelta(hours=random.randrange(72), seconds=place))
        standing.update(
            {f"{kind}-{place}": named(case, f"{kind}-{place}") for kind, case in (("a", pending), ("b", linked))}
        )
    create(root, map(row, standing.values()))
    for day in range(40):
        for hour in range(random.randrange(4)):
            at, changes = NIGHT + timedelta(days=day, hours=hour), []
            for id_ in random.sample(sorted(standing), 9):
                try:
                    changes.append((standing[id_], changed(standing[id_], at)))
                except TeleproceduresError:
                    continue
            append(root, changes, since=version(root))
            standing.update({decision.case.id: decision.case for _, decision in changes})
        sweep = Sweep(at=NIGHT + timedelta(days=day, hours=random.randrange(5, 23)))
        standing.update({decision.case.id: decision.case for decision in list(sweep.over(standing.values()))})

        assert counted(sweep.report) == counted(night(root, at=sweep.at))
    assert {id_: dumps(case) for id_, case in standing.items()} == look_up(root)[1]


def changed(case: Case, at: datetime) -> Decision:
    """The next thing that somebody tells of a case."""
    if isinstance(case, Space):
        return case.activate(HELD_ELSEWHERE, at=at)
    if case.state is AdhesionState.AWAITING_EMAIL:
        return case.confirm_company_email(HELD_ELSEWHERE, at=at)
    return case.record_letter(at.date(), at=at)


def test_what_changes_while_a_night_decides_is_read_anew(tmp_path: Path) -> None:
    """A link is used when the night has decided on it: the night sees that it comes second, and leaves it alone."""
    _, linked, _ = made(NIGHT - timedelta(hours=40))
    root, used = tmp_path / "table", []
    create(root, map(row, [linked, named(linked, "other")]))

    def slowly(tasks: list[Task]) -> list[Outcome]:
        outcomes = list(due_table.here(tasks))
        if not used:
            used.append(confirmed(linked, NIGHT))
            append(root, used, since=version(root))
        return outcomes

    report = night(root, at=NIGHT + timedelta(hours=20), run=slowly)

    assert 1 == report.due
    assert dumps(used[0][1].case) == look_up(root)[1][linked.id]


def test_a_change_of_what_has_changed_is_stale(tmp_path: Path) -> None:
    """Whoever decides by day on what a night has decided on since then is told so, and nothing is appended."""
    _, linked, _ = made(NIGHT - timedelta(hours=40))
    root = tmp_path / "table"
    create(root, [row(linked)])
    read = version(root)
    night(root, at=NIGHT + timedelta(hours=20))
    after, events = version(root), told(root, "event")

    with pytest.raises(StaleError, match="1 changed since they were read") as caught:
        append(root, [confirmed(linked, NIGHT)], since=read)

    assert frozenset({linked.id}) == caught.value.ids
    assert (after, events) == (version(root), told(root, "event"))


def test_writers_by_day_do_not_hinder_each_other(tmp_path: Path) -> None:
    """Four threads append at once, each its own cases: all is there, once."""
    _, linked, _ = made(NIGHT - timedelta(hours=1))
    root, cases = tmp_path / "table", [named(linked, f"case-{place:02}") for place in range(40)]
    create(root, map(row, cases))

    def tell(place: int) -> None:
        for case in cases[place::4]:
            append(root, [confirmed(case, NIGHT)], since=0)

    with ThreadPoolExecutor() as threads:
        list(threads.map(tell, range(4)))

    assert {2} == {loads(payload).version for payload in look_up(root)[1].values()}
    assert 40 == len(told(root, "event")[1])


APPENDING = """
import sys
from pathlib import Path
from due_table import append, create
from teleprocedures import Decision
from teleprocedures.codec import loads
root, lines = Path(sys.argv[1]), sys.stdin.buffer.read().splitlines()
print("ready", flush=True)
for first in range(0, len(lines), 50):
    cases = [loads(line) for line in lines[first : first + 50]]
    append(root, [(None, Decision(case, (case.origin,), ())) for case in cases], since=0)
"""


def test_a_writer_killed_at_any_moment_leaves_whole_batches(tmp_path: Path) -> None:
    """Batches of fifty are there with their events, or are not there at all."""
    _, linked, _ = made(NIGHT - timedelta(hours=1))
    root = tmp_path / "table"
    create(root, [])
    line = dumps(linked) + b"\n"
    for place in range(5):
        ids = (f"case-{place}-{number:05}" for number in range(5_000))
        lines = b"".join(line.replace(linked.id.encode(), id_.encode()) for id_ in ids)
        writer = subprocess.Popen(
            [sys.executable, "-c", APPENDING, str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
        )
        writer.stdin.write(lines)
        writer.stdin.close()
        writer.stdout.readline()
        time.sleep(0.02 * place)
        writer.kill()
        writer.wait()
        writer.stdout.close()
        cases, events = look_up(root)[1], told(root, "event")[1]

        assert (0, len(events)) == (len(cases) % 50, len(cases))
        assert -SIGKILL == writer.returncode


# --- Corrupted --------------------------------------------------------------------------------------------------------


def test_a_bad_row_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    """Rows that are not what they say are told with their ids, every night anew, stay, and stop nothing."""
    _, linked, _ = made(NIGHT - timedelta(hours=50))
    good = [named(linked, f"good-{place}") for place in range(5)]
    due, payload = linked.due_at, dumps(linked)
    event = dumps(Expected([linked]).decisions[0].events[0])
    bad: dict[str, Line] = {
        "anothers": ("anothers", 1, due, payload),
        "an-event": ("an-event", 1, due, event),
        "empty": ("empty", 1, due, b""),
        "no-JSON": ("no-JSON", 1, due, b"\xff\x00\x1b]0;title\x07"),
        "none": ("none", 1, due, None),
        "not-due": ("not-due", 1, due, dumps(named(made(NIGHT)[1], "not-due"))),
        "ahead": ("ahead", 7, due, payload.replace(linked.id.encode(), b"ahead")),
        "torn": ("torn", 1, due, payload[:-20]),
        "unknown": ("unknown", 1, due, payload.replace(b'"kind":"adhesion"', b'"kind":"permit"')),
        "without-version": ("without-version", None, due, payload),
    }
    twice = row(named(linked, "twice"))
    root = tmp_path / "table"
    create(root, [*map(row, good), *bad.values(), twice, (*twice[:3], twice[3] + b" ")])
    (expected, first), second = (Expected(good), night(root, at=NIGHT)), night(root, at=NIGHT + MINUTE)

    assert counted(expected.report) == counted(first)
    assert sorted([*bad, "twice", "twice"]) == sorted(one.id for one in first.rejected)
    assert set(first.rejected) == set(second.rejected)
    assert 0 == second.due
    assert expected.events == told(root, "event")[1]
    assert all(
        payload == look_up(root, [id_])[1][id_] for id_, (_, known, _, payload) in bad.items() if known and payload
    )


def test_cases_under_a_rulebook_of_the_host_are_decided_when_it_is_named(tmp_path: Path) -> None:
    """Without its rulebook a row cannot be read, and is told; with it, it is decided."""
    mine = attrs.evolve(EXPERT_2024_04_03, version="mine")
    codes, clock = HeldElsewhere(), ManualClock(NIGHT - timedelta(days=3))
    portal = Portal(clock=clock, codes=codes, notifier=RecordingNotifier(), hasher=PlainHasher(), rulebook=mine)
    pending, root = portal.create_space(space_form()), tmp_path / "table"
    create(root, [row(pending)])
    without, named_ = night(root, at=NIGHT), night(root, at=NIGHT, rulebooks=[mine])

    assert ([pending.id], 0) == ([one.id for one in without.rejected], without.due)
    assert ((), 1) == (named_.rejected, named_.due)


def test_a_file_that_cannot_be_read_leaves_its_day(tmp_path: Path) -> None:
    """Of three days one has a torn file, and one a file that is gone: both are told, and the third day is decided."""
    root, cases = tmp_path / "table", [made(NIGHT - timedelta(days=days))[1] for days in (3, 4, 5)]
    create(root, map(row, cases))
    torn, gone, _ = sorted(files(root))
    whole = torn.read_bytes()
    gone.rename(tmp_path / "elsewhere")
    for damage in (whole[:-9], whole.replace(whole[40:400], bytes(360), 1), b""):
        torn.write_bytes(damage)
        report = night(root, at=NIGHT - timedelta(days=1))

        assert [str(path.relative_to(root)) for path in (torn, gone)] == [one.input for one in report.rejected]

    torn.write_bytes(whole)
    (tmp_path / "elsewhere").rename(gone)

    assert 2 == night(root, at=NIGHT - timedelta(days=1)).due
    assert Expected(cases, NIGHT - timedelta(days=1)).cases == look_up(root)[1]


def test_changes_that_cannot_be_read_leave_everything(tmp_path: Path) -> None:
    """What changed by day could overtake any row: while its file is torn, the night decides nothing, and says so."""
    _, linked, _ = made(NIGHT - timedelta(hours=50))
    root = tmp_path / "table"
    create(root, [row(linked), row(named(linked, "other"))])
    append(root, [confirmed(linked, NIGHT - timedelta(hours=3))], since=0)
    (torn,) = root.glob("holds=change/*/*.parquet")
    whole, before = torn.read_bytes(), version(root)
    torn.write_bytes(whole[:-9])

    assert [str(torn.relative_to(root))] == [one.input for one in night(root, at=NIGHT).rejected]
    assert before == version(root)

    torn.write_bytes(whole)

    assert 1 == night(root, at=NIGHT).due


# --- Kept tidy --------------------------------------------------------------------------------------------------------


def test_old_versions_and_files_of_the_killed_are_removed(table: Path, expected: Expected) -> None:
    """`tidy` removes what has not counted for long enough, and nothing of what counts."""
    begun = files(table)
    night(table, at=NIGHT)
    lost = table / "holds=case" / "day=2026-03-02" / "begun.parquet"
    lost.parent.mkdir(exist_ok=True)
    lost.write_bytes(b"half a file of a worker that was killed")
    removed = begun - counted_files(table)

    assert [] == tidy(table)
    assert {lost, *removed} <= files(table)
    assert {lost, *removed} == {table / path for path in tidy(table, keep=timedelta(0))}
    assert counted_files(table) == files(table)
    expected.assert_stands(table)


def counted_files(table: Path) -> set[Path]:
    """The files that count."""
    return {Path(path) for path in DeltaTable(str(table)).file_uris()}


def test_files_that_others_put_together_are_read_as_well(table: Path, cases: list[Case]) -> None:
    """Small files that were compacted by `deltalake` itself change no decision."""
    night(table, at=NIGHT)
    before = len(counted_files(table))
    DeltaTable(str(table)).optimize.compact()
    standing = {case.id: case for case in map(loads, look_up(table)[1].values())}
    expected = Sweep(at=NIGHT + timedelta(days=9))
    decided = list(expected.over(standing.values()))

    assert before > len(counted_files(table))
    assert counted(expected.report) == counted(night(table, at=expected.at))
    assert len(decided) == expected.report.due


# --- From the command line --------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("default")  # as above
def test_it_runs_from_the_command_line(tmp_path: Path, cases: list[Case], expected: Expected) -> None:
    """Lines become a table, a night has workers of its own, and what is wrong is told, and shown by the status."""
    lines = b"".join(dumps(case) + b"\n" for case in cases)
    bad = ("\x1b]0;title\x07", 1, NIGHT - timedelta(days=1), b"{}")
    made_ = run("create", str(tmp_path / "table"), stdin=lines + b"not a case\n")
    append_raw(tmp_path / "table", bad)
    done = run("night", str(tmp_path / "table"), "--at", NIGHT.isoformat(), "--workers", "2")
    tidied = run("tidy", str(tmp_path / "table"))

    assert (1, 1, 0) == (made_.returncode, done.returncode, tidied.returncode), done.stderr
    assert made_.stderr.startswith(f"rejected line {len(cases) + 1}: ")
    assert f", due {expected.report.due}, rejected 1\n" in done.stdout
    # Dask may have said something too.
    assert [True] == [
        line.startswith(r"rejected \x1b]0;title\x07: ") for line in done.stderr.splitlines() if "rej" in line
    ]
    assert "removed 0 files\n" == tidied.stdout


def append_raw(table: Path, line: Line) -> None:
    """A row as whoever writes to the table himself adds it."""
    id_, number, due, payload = line
    writer = due_table.Writer(table)
    at = (due - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    writer.add("case", due.date(), (id_, number, at, None, payload))
    known = DeltaTable(str(table))
    known.create_write_transaction(list(writer.finished()), "append", known.schema(), ["holds", "day"])


@pytest.mark.parametrize(
    ("at", "why"), [("2999-01-01T02:00+01:00", "has not come yet"), ("2026-03-02T02:00", "expected a time zone")]
)
def test_a_night_that_cannot_be_meant_is_refused(table: Path, at: str, why: str) -> None:
    """An instant that is still to come would end requests for good, and one without a time zone is none."""
    before, done = version(table), run("night", str(table), "--at", at)

    assert (2, before) == (done.returncode, version(table))
    assert why in done.stderr
