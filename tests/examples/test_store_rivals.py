"""Several at the same store at the same time: sweeps, senders, writers by day. Each thing is done once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

pytest.importorskip("sqlalchemy", reason="the store of the examples is tested with SQLAlchemy only")

from paths import environment
from schema import METADATA
from sqlalchemy import event, inspect
from sqlalchemy.exc import OperationalError
from store import FutureNightError, Sent, Store

from teleprocedures import HELD_ELSEWHERE, ConflictError, RefusedError, Space, Sweep, replay
from teleprocedures.testing import ManualClock, RecordingNotifier, space_form

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = START + timedelta(hours=24)
LATE = START + timedelta(hours=48, microseconds=1)
AT_ONCE = 8
PATIENCE = 30


def pending(number, at=START):
    """The decision to create a space, its code held elsewhere."""
    return Space.create(space_form(), id=f"space-{number:03}", password_hash="x", answer_hash="x", at=at)


@pytest.fixture
def stores(database):
    """What opens stores of one database, with twenty spaces; each has connections of its own, as processes have."""
    opened = []

    def another(**options):
        opened.append(Store(database, **options))
        return opened[-1]

    another().create()
    opened[0].record(*(pending(number) for number in range(20)))
    yield another
    for store in opened:
        store.close()


def beside(work):
    """Begin the work on a thread of its own."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def all_at_once(*works):
    """Do these at the same time, and give what each gave."""
    barrier = threading.Barrier(len(works))

    def begin(work):
        barrier.wait(PATIENCE)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result() for future in [threads.submit(begin, work) for work in works]]


def test_the_tables_are_made_once_by_all_who_come_to_an_empty_database(database):
    """Eight processes at once make the tables of one empty database, and none of them fails."""
    code = (
        "import sys; from store import Store; store = Store(sys.argv[1]); print('ready', flush=True);"
        "sys.stdin.readline(); store.create(); store.create(); print(store.last_recorded_at())"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [
        subprocess.Popen([sys.executable, "-c", code, database], env=environment(), **pipes) for _ in range(AT_ONCE)
    ]
    assert ["ready\n"] * AT_ONCE == [each.stdout.readline() for each in processes]
    for each in processes:
        each.stdin.write("\n")
        each.stdin.flush()
    said = [each.communicate(timeout=PATIENCE) for each in processes]
    store = Store(database)
    tables = inspect(store.engine).get_table_names()
    store.close()

    assert [("None\n", "")] * AT_ONCE == said
    assert sorted(METADATA.tables) == sorted(tables)


def test_who_was_slower_reads_again_and_decides_again(stores):
    """A decision that others were quicker than is made anew on what they made of the case."""
    store, other = stores(), stores()
    seen = []

    def quicker(space):
        return space.remind(at=DAY) if space.version == 1 else space.activate(HELD_ELSEWHERE, at=DAY)

    def verb(space):
        seen.append(space.version)
        if len(seen) <= 2:
            other.change(
                "space-001", lambda it: it.remind(at=DAY) if it.version == 1 else it.activate(HELD_ELSEWHERE, at=DAY)
            )
        return space.activate(HELD_ELSEWHERE, at=DAY) if str(space.state) == "pending" else None

    decision = store.change("space-001", verb)

    assert [1, 2, 3] == seen
    assert decision is None
    assert [1, 2, 3] == [past.version for past in store.events("space-001")]


def test_a_transaction_that_a_server_gives_up_is_tried_again(request, postgres):
    """Another takes the same two rows the other way round: PostgreSQL ends one of the two, which writes again."""
    url = postgres.new_database()
    store, other = Store(url), Store(url)
    request.addfinalizer(store.close)
    request.addfinalizer(other.close)
    store.create()
    store.record(pending(1), pending(2))
    ids = [pending(number).case.id for number in (1, 2)]
    decided = []

    def decide():
        decided.append(True)
        return [store.get(id_).activate(HELD_ELSEWHERE, at=START) for id_ in ids]

    row = "SELECT 1 FROM cases WHERE id = '{}' FOR UPDATE"
    threads = ThreadPoolExecutor(1)
    with other.engine.begin() as connection:
        # It is the store's transaction that finds out first.
        connection.exec_driver_sql("SET LOCAL deadlock_timeout TO '30s'")
        connection.exec_driver_sql(row.format(ids[1]))
        settled = threads.submit(store.settle, decide)
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while not postgres.query(waiting):
            assert not settled.done(), settled.result()
        connection.exec_driver_sql(row.format(ids[0]))
    done = settled.result(timeout=60)

    assert (2, 1) == (len(done), len(decided))
    assert ["active", "active"] == [str(store.get(id_).state) for id_ in ids]


LOST = ("40001", "40P01")
"""What PostgreSQL says to who was slower: a serialization failure, a deadlock."""


def losing(store, statement, times, code="40001"):
    """Have a server end the transaction that does this, the first times; gives what was ended."""
    ended = []

    @event.listens_for(store.engine, "before_cursor_execute", retval=True)
    def end(_connection, _cursor, given, parameters, _context, many):
        if given.startswith(statement) and len(ended) < times:
            ended.append(given)
            fail = f"DO $$ BEGIN RAISE EXCEPTION 'could not go on' USING ERRCODE = '{code}'; END $$"
            return fail, [()] if many else ()
        return given, parameters

    return ended


@pytest.fixture
def served(postgres):
    """A store on PostgreSQL with twenty spaces."""
    store = Store(postgres.new_database())
    store.create()
    store.record(*(pending(number) for number in range(20)))
    yield store
    store.close()


@pytest.mark.parametrize("code", LOST)
@pytest.mark.parametrize(
    "statement", ["SELECT cases.id, cases.kind", "SELECT events.", "UPDATE cases", "INSERT INTO events"]
)
def test_a_sweep_that_others_were_quicker_than_goes_on(served, statement, code):
    """Whatever it was doing: each case is decided once, counted once and told once."""
    ended = losing(served, statement, 3, code)
    sweep = Sweep(at=LATE)
    decided = [decision.case.id for batch in served.sweep(sweep, batch=5) for decision in batch]

    assert 3 == len(ended)
    assert [f"space-{number:03}" for number in range(20)] == sorted(decided)
    assert (20, 20, ()) == (sweep.report.due, sweep.report.lapsed["space-lapsed"], sweep.report.rejected)
    assert [2] * 20 == [len(served.events(id_)) for id_ in sorted(decided)]
    assert 20 == len(served.unsent())


def test_a_sweep_that_others_were_quicker_than_when_it_was_to_end_goes_on(served):
    """The server says so only when it commits; the bad row of the batch is told once too."""
    with served.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cases SET payload = 'nonsense' WHERE id = 'space-003'")
        connection.exec_driver_sql("CREATE SEQUENCE tries")
        connection.exec_driver_sql(
            "CREATE FUNCTION lose() RETURNS trigger AS $$ BEGIN IF nextval('tries') <= 2 THEN"
            " RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END IF; RETURN NULL; END $$"
            " LANGUAGE plpgsql"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION lose()"
        )
    sweep, told = Sweep(at=LATE), []
    decided = [decision.case.id for batch in served.sweep(sweep, batch=5, reject=told.append) for decision in batch]

    assert (19, 19) == (len(decided), len(set(decided)))
    assert 19 == sweep.report.lapsed["space-lapsed"]
    assert ["space-003"] == [row.id for row in told] == [one.id for one in sweep.report.rejected]


@pytest.mark.parametrize("code", LOST)
@pytest.mark.parametrize("statement", ["SELECT outbox.", "UPDATE outbox"])
def test_a_sender_that_others_were_quicker_than_goes_on(served, statement, code):
    """Each message goes once, and is marked as sent."""
    for _ in served.sweep(Sweep(at=LATE)):
        pass
    ended, sent = losing(served, statement, 3, code), RecordingNotifier()

    assert Sent(20) == served.send(sent, at=LATE, batch=5)
    assert 3 == len(ended)
    assert (20, 20) == (len(sent.messages), len({message.id for message in sent.messages}))
    assert [] == served.unsent()


def test_a_server_that_always_ends_it_is_told(served):
    """After many tries it is said after all, whatever was to be done."""
    losing(served, "", 10**6)
    for work in (
        lambda: served.get("space-001"),
        lambda: list(served.sweep(Sweep(at=LATE))),
        lambda: served.send(RecordingNotifier(), at=LATE),
        lambda: served.record(pending(99)),
    ):
        with pytest.raises(OperationalError, match="could not go on"):
            work()


def test_a_verb_that_refuses_ends_the_change(stores):
    """What the procedure refuses on the case as others made it is refused."""
    store, other = stores(), stores()
    other.change("space-001", lambda space: space.activate(HELD_ELSEWHERE, at=DAY))
    with pytest.raises(RefusedError):
        store.change("space-001", lambda space: space.activate(HELD_ELSEWHERE, at=DAY))
    with pytest.raises(KeyError, match="nobody"):
        store.change("nobody", lambda space: space.activate(HELD_ELSEWHERE, at=DAY))


def test_a_decision_that_can_never_be_recorded_is_given_up(stores):
    """After many tries the stale version is raised after all: whoever decides reads nothing again."""
    store = stores()
    tries = []
    reminded = store.get("space-001").remind(at=DAY)
    store.record(reminded)

    def decide():
        tries.append(True)
        return [reminded]

    with pytest.raises(ConflictError):
        store.settle(decide)

    assert 100 == len(tries)


def test_a_case_is_opened_by_one_of_many(stores):
    """Of eight that open the same case at once one does, and the others see that it is there."""
    new = Space.create(space_form(), id="new", password_hash="x", answer_hash="x", at=START)

    def open_it(store):
        def decide():
            return [] if store.get("new") else [new]

        return lambda: len(store.settle(decide))

    opened = all_at_once(*(open_it(stores()) for _ in range(AT_ONCE)))

    assert [0] * (AT_ONCE - 1) + [1] == sorted(opened)
    assert 1 == len(stores().events("new"))


def test_a_sweep_skips_what_another_one_holds(stores):
    """In the middle of one's batch, another takes the rest: PostgreSQL does not let it wait, SQLite has it wait."""
    one, other = stores(), stores()
    waits = one.engine.dialect.name == "sqlite"
    taken, running = [], []

    def work():
        taken.extend(decision.case.id for batch in other.sweep(Sweep(at=LATE)) for decision in batch)

    @event.listens_for(one.engine, "before_cursor_execute")
    def in_the_middle(_connection, _cursor, statement, *_):
        if statement.startswith("UPDATE cases") and not running:
            running.append(beside(work))
            running[0].join(0.5 if waits else PATIENCE)
            assert waits is running[0].is_alive()

    mine = [decision.case.id for batch in one.sweep(Sweep(at=LATE), batch=5) for decision in batch]
    running[0].join(PATIENCE)

    assert sorted(store_id for store_id in (*mine, *taken)) == [f"space-{number:03}" for number in range(20)]
    assert waits or (5, 15) == (len(mine), len(taken))
    assert 20 == len(one.recorded_at(LATE))


def test_a_writer_waits_for_a_sweep_and_not_the_other_way_round(stores):
    """Who changes a case that a sweep holds waits for it, and is told that the case has moved on: no circle of two."""
    one, other = stores(), stores()
    mine, said = other.get("space-001").remind(at=DAY), []

    def write():
        try:
            other.record(mine)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at below
            said.append(type(error))

    running = []

    @event.listens_for(one.engine, "before_cursor_execute")
    def in_the_middle(_connection, _cursor, statement, *_):
        if statement.startswith(("UPDATE cases", "INSERT INTO events")) and not running:
            running.append(beside(write))
            running[0].join(0.5)

    decided = [decision.case.id for batch in one.sweep(Sweep(at=LATE)) for decision in batch]
    running[0].join(PATIENCE)

    assert 20 == len(decided)
    assert [ConflictError] == said


def test_a_sender_skips_what_another_one_holds(stores):
    """In the middle of one's batch, another sends the rest, and each message goes once; on SQLite they take turns."""
    one, other, posts = stores(), stores(), (RecordingNotifier(), RecordingNotifier())
    waits = one.engine.dialect.name == "sqlite"
    list(one.sweep(Sweep(at=DAY)))
    running = []

    class Slow:
        def notify(self, message):
            if not running:
                running.append(beside(lambda: other.send(posts[1], at=DAY)))
                running[0].join(0.5 if waits else PATIENCE)
                assert waits is running[0].is_alive()
            posts[0].notify(message)

    sent = one.send(Slow(), at=DAY, batch=5)
    running[0].join(PATIENCE)
    went = Counter(message.id for post in posts for message in post.messages)

    assert () == sent.failed == sent.rejected
    assert {f"space-{number:03}/2/reminder-email": 1 for number in range(20)} == went
    assert waits or (5, 15) == tuple(len(post.messages) for post in posts)
    assert [] == one.unsent()


def test_the_turn_of_a_sender_that_fails_is_over(stores):
    """Who is stopped in the middle holds up nobody."""
    store = stores()
    list(store.sweep(Sweep(at=DAY)))

    class Stopped:
        def notify(self, message):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.send(Stopped(), at=DAY)

    assert Sent(20) == stores().send(RecordingNotifier(), at=DAY)


def test_sweeps_senders_and_writers_do_each_thing_once(stores):
    """Four writers, three sweeps and three senders at once: no one fails, no event and no message is there twice."""
    post, lock = Counter(), threading.Lock()

    class Post:
        def notify(self, message):
            with lock:
                post[message.id] += 1

    def write(seed):
        store, draw = stores(), Random(seed)
        ids = [f"space-{number:03}" for number in range(20)]
        draw.shuffle(ids)

        def verb(space):
            return (
                space.activate(HELD_ELSEWHERE, at=DAY) if str(space.state) == "pending" and space.is_due(DAY) else None
            )

        def together():
            # Several cases in one transaction, in whatever order.
            cases = [store.get(id_) for id_ in draw.sample(ids, 5)]
            return [case.remind(at=DAY) for case in cases if case.is_due(DAY)]

        return lambda: [store.settle(together), *(store.change(id_, verb) for id_ in ids[:10])]

    def sweep(_):
        store = stores()
        return lambda: list(store.sweep(Sweep(at=DAY), batch=3))

    def send(_):
        store = stores()
        return lambda: [store.send(Post(), at=DAY, batch=3) for _ in range(5)]

    works = [*map(write, range(4)), *map(sweep, range(3)), *map(send, range(3))]
    all_at_once(*works)
    store = stores()
    list(store.sweep(Sweep(at=DAY)))
    store.send(Post(), at=DAY)

    for case in store.cases():
        history = store.events(case.id)
        assert replay(history) == case
        assert list(range(1, case.version + 1)) == [past.version for past in history]
    assert [] == store.check_histories()
    reminded = [past for past in store.recorded_at(DAY) if past.kind == "space-reminded"]
    assert {f"{past.case_id}/{past.version}/reminder-email": 1 for past in reminded} == post


# --- Clocks -----------------------------------------------------------------------------------------------------------


def test_a_night_in_the_future_is_refused(stores):
    """By the clock of the database, the same for all: nothing is decided a microsecond before its time."""
    clock = ManualClock(LATE)
    store = stores(clock=clock)
    latest = "has not come yet; expected Wednesday 4 March 2026 at 13:00:00.000001 in Paris at the latest"
    with pytest.raises(FutureNightError, match=latest):
        list(store.sweep(Sweep(at=LATE + timedelta(microseconds=1))))
    with pytest.raises(FutureNightError):
        list(stores().sweep(Sweep(at=datetime.now(UTC) + timedelta(minutes=5))))

    assert {1} == {case.version for case in store.cases()}
    assert 20 == sum(map(len, store.sweep(Sweep(at=store.now()))))


def test_all_have_the_clock_of_the_database(stores):
    """It is that of the server, or of this machine; what is given to one store is for that one."""
    before = datetime.now(UTC)
    first, second = stores().now(), stores().now()

    assert before - timedelta(seconds=5) <= first <= second <= datetime.now(UTC) + timedelta(seconds=5)
    assert timedelta(0) == first.utcoffset()
    assert LATE == stores(clock=ManualClock(LATE)).now()


def test_what_has_changed_after_the_night_is_left(stores):
    """A case that somebody changed after the sweep's instant is no bad row: a later sweep decides on it."""
    store = stores()
    told_late = Space.create(
        space_form(),
        id="told-late",
        password_hash="x",
        answer_hash="x",
        at=START - timedelta(days=1),
        recorded_at=LATE - timedelta(minutes=1),
    )
    store.record(told_late)
    early, night = Sweep(at=LATE - timedelta(minutes=5)), Sweep(at=LATE)
    decided = [[decision.case.id for batch in store.sweep(sweep) for decision in batch] for sweep in (early, night)]

    assert [(), ()] == [early.report.rejected, night.report.rejected]
    assert [False, True] == ["told-late" in ids for ids in decided]
    assert [20, 21] == [len(ids) for ids in decided]
