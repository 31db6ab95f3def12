"""The store under what goes wrong, all of it real: killed processes, rivals, failing post, full disks, dead databases."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("sqlalchemy", reason="the store of the examples is tested with SQLAlchemy only")
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "docs" / "examples")]

from fault_worker import STEPS, Post
from postgres import postgres  # noqa: F401 - a fixture
from schema import CASES, EVENTS, OUTBOX
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from store import Store

from teleprocedures import HELD_ELSEWHERE, Adhesion, ReminderEmail, Space, Sweep, replay
from teleprocedures.codec import dumps
from teleprocedures.testing import PlainHasher, adhesion_form, space_form

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LINK = {"services": ["messagerie"], "company_email": "contact@garage.example"}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path) -> str:
    """An empty database, of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "cases.sqlite")
    return request.getfixturevalue("postgres").new_database()


def active_space() -> Space:
    """A space from which to ask."""
    pending = Space.create(space_form(), id="space", hasher=PlainHasher(), at=NOON - timedelta(days=9)).case
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


def opened(database: str) -> Store:
    """A store of this database, its tables made, closed at the end of the test."""
    OPEN.append(store := Store(database))
    store.create()
    return store


def filled(database: str, *instants: datetime) -> Store:
    """A store with a request made at each of these instants."""
    store = opened(database)
    store.record(*(asked(number, at) for number, at in enumerate(instants)))
    return store


def fifty_and_fifty(database: str) -> Store:
    """A store with fifty requests that lapse at noon, and fifty to remind of, in turns."""
    hours = (49, 25) * 50
    return filled(database, *(NOON - timedelta(hours=count, seconds=place) for place, count in enumerate(hours)))


def worker(database: str, post: Path, at: datetime = NOON, *options: str) -> subprocess.Popen[str]:
    """A process that sweeps and sends."""
    command = [sys.executable, str(HERE / "fault_worker.py"), database, str(post), at.isoformat(), *options]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kinds(store: Store) -> Counter[str]:
    """How many events of each kind there are; each case is found to be what its events make of it."""
    found = Counter()
    for case in store.cases():
        history = store.events(case.id)
        found.update(past.kind for past in history)
        assert replay(history) == case
        assert 1 >= sum(past.trigger == "lapse" for past in history)
    return found


def check_all_done(store: Store, post: Post, *, lapsed: int, reminded: int) -> None:
    """Each case lapsed or was reminded of once, each message came, counted once, and is erased where it was kept."""
    with store.engine.connect() as connection:
        left = connection.execute(select(OUTBOX).where(OUTBOX.c.sent_at.is_(None) | OUTBOX.c.payload.is_not(None))).all()

    assert {"adhesion-requested": lapsed + reminded, "adhesion-lapsed": lapsed, "adhesion-reminded": reminded} == kinds(store)
    assert 0 == store.due(NOON)
    assert [] == left
    assert reminded == len(set(post.arrivals())) == len(list((post.place / "letters").iterdir()))


def test_a_worker_killed_at_every_step_loses_nothing(database, tmp_path):
    """Workers die at each step in turn, and the last one finishes: nothing is lost, nothing is done twice."""
    store = fifty_and_fifty(database)
    post = Post(tmp_path)
    deaths = []
    for step in STEPS:
        dying = worker(database, tmp_path, NOON, "--batch", "8", "--die", step)
        dying.communicate(timeout=60)
        deaths.append((step, dying.returncode))
        kinds(store)
    said, errors = worker(database, tmp_path, NOON, "--batch", "8").communicate(timeout=60)
    assert "" == errors
    assert [(step, -9) for step in STEPS] == deaths
    check_all_done(store, post, lapsed=50, reminded=50)


def test_four_workers_decide_each_case_once(database, tmp_path):
    """Four processes sweep the same 20,000 rows at the same time, and each row is decided by one of them."""
    count = 20_000
    store = opened(database)
    case = asked(0, NOON - timedelta(hours=49)).case
    document = dumps(case)
    row = {"kind": case.kind, "version": case.version, "state": str(case.state), "due_at": case.due_at}
    with store.engine.begin() as connection:
        rows = [
            {"id": f"case-{number:05}", "payload": document.replace(b"case-00000", b"case-%05d" % number), **row}
            for number in range(count)
        ]
        connection.execute(insert(CASES), rows)

    workers = [worker(database, tmp_path, NOON, "--together") for _ in range(4)]
    for each in workers:
        assert "ready\n" == each.stdout.readline()
    for each in workers:
        each.stdin.write("\n")
        each.stdin.flush()
    said = [each.communicate(timeout=120) for each in workers]
    with store.engine.connect() as connection:
        events = connection.execute(select(func.count(), func.count(EVENTS.c.case_id.distinct())).select_from(EVENTS)).one()
        states = connection.execute(select(CASES.c.state, CASES.c.version, func.count()).group_by(CASES.c.state, CASES.c.version)).all()

    assert [""] * 4 == [errors for _, errors in said]
    assert count == sum(int(out) for out, _ in said)
    assert (count, count) == tuple(events)
    assert [("lapsed", 2, count)] == [tuple(state) for state in states]


def test_a_post_that_fails_at_random_gets_everything(database, tmp_path):
    """Messages that could not be sent stay, those that were sent without an answer come again, and all count once."""
    store, post, draw = fifty_and_fifty(database), Post(tmp_path), Random(7)
    list(store.sweep(Sweep(at=NOON)))

    class Failing:
        def notify(self, message: ReminderEmail) -> None:
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

    assert 50 == sum(sent.count for sent in rounds)
    assert 50 < len(post.arrivals())
    assert {"ConnectionError: no answer", "TimeoutError: it went, and nobody knows"} == {why for _, why in rounds[0].failed}
    check_all_done(store, post, lapsed=50, reminded=50)


def test_a_full_disk_leaves_what_was_there(tmp_path):
    """On a disk that fills up, a batch is recorded whole or not at all; with room again, the next pass does the rest."""
    database = str(tmp_path / "cases.sqlite")
    before = fifty_and_fifty(database)
    before.engine.dispose()
    OPEN.append(full := Store(database))

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
    assert found["adhesion-reminded"] == len(before.unsent())

    post = Post(tmp_path)
    list(before.sweep(Sweep(at=NOON)))
    before.send(post, at=NOON)
    check_all_done(before, post, lapsed=50, reminded=50)


def test_a_file_that_cannot_grow_leaves_what_was_there(tmp_path):
    """The system refuses to write more, as it does on a real full disk or over a quota: nothing is half there."""
    pytest.importorskip("resource", reason="this system has no limits to set")
    database = str(tmp_path / "cases.sqlite")
    store = fifty_and_fifty(database)
    store.engine.dispose()
    code = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000));"
        "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-c", code, str(HERE / "fault_worker.py"), database, str(tmp_path), NOON.isoformat()]
    refused = subprocess.run([*command, "--batch", "10"], capture_output=True, text=True, check=False, timeout=60)
    found = kinds(store)

    assert 1 == refused.returncode
    assert "OperationalError" in refused.stderr
    assert 100 > found["adhesion-lapsed"] + found["adhesion-reminded"]
    assert found["adhesion-reminded"] == len(store.unsent())

    worker(database, tmp_path).communicate(timeout=60)
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
        def notify(self, message: ReminderEmail) -> None:
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


def test_a_clock_five_minutes_off_does_nothing_twice(database, tmp_path):
    """Workers five minutes ahead and behind share a night: each case lapses once, never before that worker's own time."""
    skew = timedelta(minutes=5)
    # Limits that end from ten minutes before noon to ten minutes after, and reminders that fall due then.
    hours = (48, 24)
    store = filled(
        database,
        *(
            NOON - timedelta(hours=hours[place % 2]) + timedelta(seconds=10 * (place - 60))
            for place in range(121)
        ),
    )
    clocks = [NOON - skew, NOON, NOON + skew]
    workers = [worker(database, tmp_path, at, "--together", "--batch", "5") for at in clocks]
    for each in workers:
        assert "ready\n" == each.stdout.readline()
    for each in workers:
        each.stdin.write("\n")
        each.stdin.flush()
    assert [""] * 3 == [each.communicate(timeout=60)[1] for each in workers]
    kinds(store)

    for case in store.cases():
        history = store.events(case.id)
        closes = history[0].deadline.closes
        assert all(past.at in clocks for past in history[1:])
        assert all(past.at > closes for past in history if past.trigger == "lapse")
        assert all(past.at <= closes for past in history if past.trigger == "remind")
        # Early by the fast clock at most; nothing that is due by the right one is left.
        assert (case.deadline is None) is (closes < NOON + skew)
        assert len(history) <= 3
    assert 0 == store.due(NOON)
    assert len(Post(tmp_path).arrivals()) >= len(set(Post(tmp_path).arrivals()))
