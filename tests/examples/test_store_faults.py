"""The store under what goes wrong, all of it real: killed processes, rivals, a bad post, full disks, dead servers."""
# ruff: noqa: E402 - the examples can be imported from the middle on, and fixtures are imported

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from signal import SIGKILL

import pytest

pytest.importorskip("sqlalchemy", reason="the store of the examples is tested with SQLAlchemy only")
HERE = Path(__file__).parent

from fault_worker import STEPS, Post
from paths import environment
from schema import CASES, EVENTS, OUTBOX
from sqlalchemy import event, func, insert, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from store import Store

from teleprocedures import HELD_ELSEWHERE, Adhesion, Lapse, Message, Reminder, Space, Sweep, replay
from teleprocedures.codec import dumps
from teleprocedures.testing import adhesion_form, space_form

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LINK = {"services": ["messagerie"], "company_email": "contact@garage.example"}


def active_space() -> Space:
    """A space from which to ask."""
    pending = Space.create(
        space_form(), id="space", password_hash="x", answer_hash="x", at=NOON - timedelta(days=9)
    ).case
    return pending.activate(HELD_ELSEWHERE, at=NOON - timedelta(days=8)).case


def asked(number: int, at: datetime) -> object:
    """The decision to ask for Messaging at this instant: its link works for 48 hours."""
    return Adhesion.request(active_space(), adhesion_form(**LINK), id=f"case-{number:05}", at=at)


OPEN: list[Store] = []


@pytest.fixture(autouse=True)
def _closed():
    """Close the stores that a test opened."""
    yield
    while OPEN:
        OPEN.pop().engine.dispose()


def opened(place: str) -> Store:
    """A store of this database, its tables made, closed at the end of the test."""
    OPEN.append(store := Store(place))
    store.create()
    return store


def filled(place: str, *instants: datetime) -> Store:
    """A store with a request made at each of these instants."""
    store = opened(place)
    store.record(*(asked(number, at) for number, at in enumerate(instants)))
    return store


def fifty_and_fifty(place: str) -> Store:
    """A store with fifty requests that lapse at noon, and fifty to remind of, in turns."""
    hours = (49, 25) * 50
    return filled(place, *(NOON - timedelta(hours=count, seconds=place) for place, count in enumerate(hours)))


def command(place: str, post: Path, at: datetime, *options: str) -> list[str]:
    """The command of a process that sweeps and sends."""
    return [sys.executable, str(HERE / "fault_worker.py"), place, str(post), at.isoformat(), *options]


def work(place: str, post: Path, *options: str) -> int:
    """Have one process do the night, in batches of eight; give its exit status."""
    night = command(place, post, NOON, "--batch", "8", *options)
    done = subprocess.run(night, env=environment(), capture_output=True, text=True, check=False, timeout=60)

    assert "" == done.stderr
    return done.returncode


def work_together(*commands: list[str]) -> list[int]:
    """Have several processes begin at the same time; give how many decisions each recorded."""
    pipes = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        "env": environment(),
    }
    with ExitStack() as stack:
        workers = [stack.enter_context(subprocess.Popen([*each, "--together"], **pipes)) for each in commands]
        for each in workers:
            stack.callback(each.kill)
        for each in workers:
            assert "ready\n" == each.stdout.readline(), each.stderr.read()
        for each in workers:
            each.stdin.write("\n")
            each.stdin.flush()
        said = [each.communicate(timeout=120) for each in workers]

    assert [""] * len(workers) == [errors for _, errors in said]
    return [int(out) for out, _ in said]


def kinds(store: Store) -> Counter[str]:
    """How many events of each kind there are; each case is found to be what its events make of it."""
    found = Counter()
    for case in store.cases():
        history = store.events(case.id)
        found.update(past.kind for past in history)
        assert replay(history) == case
        assert 1 >= sum(isinstance(past, Lapse) for past in history)
    return found


def check_all_done(store: Store, post: Post, *, lapsed: int, reminded: int) -> None:
    """Each case lapsed or was reminded of once, each message came, counted once, and is marked as sent."""
    with store.engine.connect() as connection:
        left = connection.execute(select(OUTBOX).where(OUTBOX.c.sent_at.is_(None))).all()

    assert {"adhesion-requested": lapsed + reminded, "adhesion-lapsed": lapsed, "adhesion-reminded": reminded} == kinds(
        store
    )
    assert 0 == store.due(NOON)
    assert [] == left
    assert lapsed + reminded == len(set(post.arrivals())) == len(list((post.place / "letters").iterdir()))


def test_a_worker_killed_at_every_step_loses_nothing(database, tmp_path):
    """Workers die at each step in turn, and the last one finishes: nothing is lost, nothing is done twice."""
    store = fifty_and_fifty(database)
    post = Post(tmp_path)
    deaths = []
    for step in STEPS:
        deaths.append((step, work(database, tmp_path, "--die", step)))
        kinds(store)

    assert [(step, -SIGKILL) for step in STEPS] == deaths
    assert 0 == work(database, tmp_path)
    check_all_done(store, post, lapsed=50, reminded=50)


@pytest.mark.rule("A8", "A19", "A20", "A21")
def test_a_teller_killed_at_every_write_has_told_all_or_nothing(database):
    """What is taken over, withdrawn, closed, reopened or moved is there as a whole or not at all, claims included."""
    opened(database)
    run = [sys.executable, str(HERE / "tell_worker.py"), database]
    done = subprocess.run(run, env=environment(), capture_output=True, text=True, check=False, timeout=120)

    assert "" == done.stderr
    # The cases, their events, and the commit; the mandate's claim is made with it, and given up when it is closed.
    # What is withdrawn of one that lives, or moved, changes nothing of what it claims.
    assert [3, 4, 5, 3, 4, 5, 3] == [*map(int, done.stdout.split())]


def test_four_workers_decide_each_case_once(database, tmp_path):
    """Four processes sweep the same 20,000 rows at the same time, and each row is decided by one of them."""
    count = 20_000
    store = opened(database)
    request = asked(0, NOON - timedelta(hours=49))
    case, at = request.case, request.events[0].at
    document, opening = dumps(case), dumps(request.events[0])
    row = {"kind": case.kind, "version": case.version, "state": str(case.state), "due_at": case.due_at}
    with store.engine.begin() as connection:
        rows = [
            {"id": f"case-{number:05}", "payload": document.replace(b"case-00000", b"case-%05d" % number), **row}
            for number in range(count)
        ]
        connection.execute(insert(CASES), rows)
        rows = [
            {
                "case_id": f"case-{number:05}",
                "version": 1,
                "at": at,
                "recorded_at": at,
                "payload": opening.replace(b"case-00000", b"case-%05d" % number),
            }
            for number in range(count)
        ]
        connection.execute(insert(EVENTS), rows)

    decided = work_together(*[command(database, tmp_path, NOON)] * 4)
    with store.engine.connect() as connection:
        decisions = EVENTS.c.case_id.distinct()
        query = select(func.count(), func.count(decisions)).where(EVENTS.c.version > 1)
        events = connection.execute(query).one()
        states = connection.execute(
            select(CASES.c.state, CASES.c.version, func.count()).group_by(CASES.c.state, CASES.c.version)
        ).all()

    assert count == sum(decided)
    assert (count, count) == tuple(events)
    assert [("lapsed", 2, count)] == [tuple(state) for state in states]


def test_a_post_that_fails_at_random_gets_everything(database, tmp_path):
    """Messages that could not be sent stay, those that were sent without an answer come again, and all count once."""
    store, post, draw = fifty_and_fifty(database), Post(tmp_path), Random(7)
    list(store.sweep(Sweep(at=NOON)))

    class Failing:
        def notify(self, message: Message) -> None:
            if draw.random() < 0.3:
                raise ConnectionError("no answer")
            post.notify(message)
            if draw.random() < 0.3:
                raise TimeoutError("it went, and nobody knows")

    rounds = []
    while True:
        sent = store.send(Failing(), at=NOON, batch=7)
        rounds.append(sent)
        assert len(sent.failed) == len(store.unsent())
        if not sent.failed:
            break

    assert 100 == sum(sent.count for sent in rounds)
    assert 100 < len(post.arrivals())
    assert {"ConnectionError: no answer", "TimeoutError: it went, and nobody knows"} == {
        why for _, why in rounds[0].failed
    }
    check_all_done(store, post, lapsed=50, reminded=50)


def test_a_full_disk_leaves_what_was_there(tmp_path):
    """On a disk that fills up, a batch is recorded whole or not at all; with room again, the next pass goes on."""
    place = str(tmp_path / "cases.sqlite")
    before = fifty_and_fifty(place)
    before.engine.dispose()
    OPEN.append(full := Store(place))

    @event.listens_for(full.engine, "connect")
    def allow(connection, _) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 6}")

    recorded = []
    with pytest.raises(OperationalError, match="disk is full"):
        recorded.extend(store_batch for store_batch in full.sweep(Sweep(at=NOON), batch=10))
    full.engine.dispose()
    found = kinds(before)

    assert 0 < sum(map(len, recorded)) < 100
    assert sum(map(len, recorded)) == found["adhesion-lapsed"] + found["adhesion-reminded"]
    assert sum(map(len, recorded)) == len(before.unsent())

    post = Post(tmp_path)
    list(before.sweep(Sweep(at=NOON)))
    before.send(post, at=NOON)
    check_all_done(before, post, lapsed=50, reminded=50)


def test_a_file_that_cannot_grow_leaves_what_was_there(tmp_path):
    """The system refuses to write more, as it does on a real full disk or over a quota: nothing is half there."""
    pytest.importorskip("resource", reason="this system has no limits to set")
    place = str(tmp_path / "cases.sqlite")
    store = fifty_and_fifty(place)
    store.engine.dispose()
    code = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000));"
        "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    python, *rest = command(place, tmp_path, NOON, "--batch", "10")
    refused = subprocess.run(
        [python, "-c", code, *rest], env=environment(), capture_output=True, text=True, check=False, timeout=60
    )
    found = kinds(store)

    assert 1 == refused.returncode
    assert "OperationalError" in refused.stderr
    assert 100 > found["adhesion-lapsed"] + found["adhesion-reminded"]
    assert found["adhesion-lapsed"] + found["adhesion-reminded"] == len(store.unsent())

    assert 0 == work(place, tmp_path)
    check_all_done(store, Post(tmp_path), lapsed=50, reminded=50)


@pytest.mark.parametrize("when", ["before the commit", "between two batches", "while sending"])
def test_a_database_that_goes_away_loses_nothing(request, tmp_path, when):
    """PostgreSQL stops in the middle, as in a crash, and starts again: what was not committed is done again."""
    server = request.getfixturevalue("postgres")
    store = fifty_and_fifty(server.new_database())
    post = Post(tmp_path)
    commits = 0

    def crash() -> None:
        server.stop("immediate")

    @event.listens_for(store.engine, "commit")
    def committing(_) -> None:
        nonlocal commits
        commits += 1
        if when == "before the commit" and commits == 3:
            crash()

    class Unlucky:
        def notify(self, message: Message) -> None:
            post.notify(message)
            if when == "while sending" and len(post.arrivals()) == 5:
                crash()

    def night() -> None:
        for batch, _ in enumerate(store.sweep(Sweep(at=NOON), batch=10)):
            if when == "between two batches" and batch == 2:
                crash()
        store.send(Unlucky(), at=NOON, batch=10)

    with pytest.raises(OperationalError):
        night()
    with pytest.raises(SQLAlchemyError):
        store.due(NOON)
    server.start()
    when = "it is over"
    kinds(store)
    night()

    check_all_done(store, post, lapsed=50, reminded=50)


def test_a_connection_that_is_cut_loses_nothing(request, tmp_path):
    """PostgreSQL ends a worker's connection in the middle of a batch: the next pass, on a new one, does it again."""
    server = request.getfixturevalue("postgres")
    store = fifty_and_fifty(server.new_database())
    post = Post(tmp_path)
    seen = 0

    @event.listens_for(store.engine, "before_cursor_execute")
    def cut(connection, _cursor, statement, *_) -> None:
        nonlocal seen
        if statement.startswith("UPDATE cases"):
            seen += 1
            if seen == 2:
                pid = connection.connection.dbapi_connection.info.backend_pid
                server.query(f"SELECT pg_terminate_backend({pid}, 5000)")

    with pytest.raises(OperationalError):
        list(store.sweep(Sweep(at=NOON), batch=10))
    assert 10 == sum(kinds(store)[kind] for kind in ("adhesion-lapsed", "adhesion-reminded"))
    list(store.sweep(Sweep(at=NOON), batch=10))
    store.send(post, at=NOON)

    check_all_done(store, post, lapsed=50, reminded=50)


def test_clocks_five_minutes_off_change_nothing(database, tmp_path):
    """Workers whose clocks are five minutes ahead and behind share a night: all is as by the database's clock."""
    # Limits that end from ten minutes ago to ten minutes from now, and reminders that fall due then.
    begun, hours = datetime.now(UTC), (48, 24)
    store = filled(
        database,
        *(begun - timedelta(hours=hours[place % 2]) + timedelta(seconds=10 * (place - 60)) for place in range(121)),
    )
    work_together(*(command(database, tmp_path, NOON, "--batch", "5", "--off", off) for off in ("-300", "0", "300")))
    done = datetime.now(UTC)
    kinds(store)

    for case in store.cases():
        history = store.events(case.id)
        closes, (reminder,) = history[0].deadline.closes, history[0].deadline.reminders
        assert all(closes < past.recorded_at <= done for past in history if isinstance(past, Lapse))
        assert all(reminder <= past.recorded_at <= min(closes, done) for past in history if isinstance(past, Reminder))
        # What was due when they began is done, and nothing of what was still to come.
        assert case.has_lapsed or closes >= begun
        assert len(history) > 1 or reminder > begun
        assert len(history) <= 3
    assert 0 == store.due(begun)
    assert sorted(set(Post(tmp_path).arrivals())) == sorted(Post(tmp_path).arrivals())
