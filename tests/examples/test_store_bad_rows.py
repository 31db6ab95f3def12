"""Rows of the store that somebody else has put something into: the others go on, and each is told with its reason."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import attrs
import pytest

pytest.importorskip("sqlalchemy", reason="the store of the examples is tested with SQLAlchemy only")

from rows import BadRow, BadRowError
from schema import CASES, CLAIMS, EVENTS, OUTBOX
from sqlalchemy import delete, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from store import Sent, Store
from words import Reason

from teleprocedures import EXPERT_2024_04_03, HELD_ELSEWHERE, ConflictError, Space, Sweep
from teleprocedures.codec import dumps
from teleprocedures.testing import RecordingNotifier, space_form

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = START + timedelta(hours=24)
LATE = START + timedelta(hours=48, microseconds=1)
GOOD = [f"space-{number}" for number in (1, 2, 4, 5, 6, 7)]


def pending(number, at=START):
    """The decision to create a space, its code held elsewhere."""
    return Space.create(space_form(), id=f"space-{number}", password_hash="x", answer_hash="x", at=at)


@pytest.fixture
def store(database):
    """A store with seven spaces."""
    store = Store(database)
    store.create()
    store.record(*(pending(number) for number in range(1, 8)))
    yield store
    store.close()


def put(store, table, of, **values):
    """Put something into a row."""
    key = table.c.case_id if table is EVENTS else table.c.id
    with store.engine.begin() as connection:
        assert 1 == connection.execute(update(table).where(key == of).values(values)).rowcount


def swept(store, at=LATE, *, batch=2, sweep=None):
    """The ids that a sweep decides on, and its rejections, by id."""
    sweep = sweep or Sweep(at=at)
    decided = [decision.case.id for found in store.sweep(sweep, batch=batch) for decision in found]
    return sorted(decided), {rejected.id: rejected.reason for rejected in sweep.report.rejected}


def marks(store, table=CASES):
    """The rows that are marked, and why."""
    with store.engine.connect() as connection:
        rows = connection.execute(select(table.c.id, table.c.rejected).where(table.c.rejected.is_not(None)))
        return {row.id: row.rejected for row in rows}


GOOD_ONE = dumps(pending(3).case)
REMINDED = dumps(pending(3).case.remind(at=DAY).case)
CASE_ROWS = {
    "not JSON": ({"payload": b"nonsense"}, "not a document"),
    "nothing": ({"payload": b""}, "not a document"),
    "truncated": ({"payload": GOOD_ONE[:100]}, "not a document"),
    "not UTF-8": ({"payload": GOOD_ONE.replace(b"Camille", b"\xff\xfe")}, ""),
    "an unknown schema": ({"payload": GOOD_ONE.replace(b'"schema":', b'"schema":9')}, "schema"),
    "an unknown kind": ({"payload": GOOD_ONE.replace(b'"kind":"space"', b'"kind":"spacecraft"')}, "kind"),
    "an unknown rulebook": ({"payload": GOOD_ONE.replace(b"expert-2024", b"expert-1924")}, "rulebook"),
    "a number": ({"payload": b"17"}, ""),
    "an event": ({"payload": dumps(pending(3).events[0])}, "its document is of kind space-requested: expected a case"),
    "another case's document": ({"payload": dumps(pending(4).case)}, "its document is that of space 'space-4'"),
    "another kind's document": ({"kind": "mandate"}, "its document is that of space 'space-3', its row says mandate"),
    "a version ahead of its row": ({"payload": REMINDED}, "its document is at version 2, its row at version 1"),
    "a version behind its row": ({"version": 2}, "its document is at version 1, its row at version 2"),
    "not due after all": (
        {"payload": dumps(pending(3, START + timedelta(days=9)).case)},
        "due by its document: Thursday 12 March 2026 at 13:00 in Paris; by its row: Tuesday 3 March 2026 at 13:00 in",
    ),
}


@pytest.mark.parametrize(("values", "reason"), CASE_ROWS.values(), ids=CASE_ROWS)
def test_a_bad_case_is_told_every_night_until_it_is_repaired(store, values, reason):
    """The others are decided; it stays as it is, marked; each sweep tells it once; repaired, it is decided."""
    put(store, CASES, "space-3", **values)
    nights = [swept(store), swept(store)]
    told = nights[0][1]
    mark = marks(store)

    assert [(GOOD, told), ([], told)] == nights
    assert ["space-3"] == list(told)
    assert mark == told
    assert re.search(reason, told["space-3"])

    put(store, CASES, "space-3", kind="space", version=1, payload=GOOD_ONE)

    assert (["space-3"], {}) == swept(store)
    assert {} == marks(store)
    assert 0 == store.due(LATE)


def test_each_bad_row_is_handed_over_with_the_code_of_its_reason(store):
    """Beside the report, which has words alone: what cannot be read, decided or recorded, each once, whatever it is."""
    put(store, CASES, "space-2", payload=b"?")
    put(store, CASES, "space-3", version=2)
    with store.engine.begin() as connection:
        connection.execute(insert(OUTBOX), {"id": "space-5/2/lapse-notice", "payload": b"?"})

    class Wary(Sweep):
        """Finds one case told of later than its own instant, and does not like another."""

        def over(self, cases):
            for case in cases:
                if case.id == "space-7":
                    self.reject(case.id, "not tonight", case)
                else:
                    later = timedelta(hours=1 if case.id == "space-6" else -1)
                    yield from super().over([attrs.evolve(case, recorded_at=self.at + later)])

    handed = []
    sweep = Wary(at=LATE)
    decided = [decision.case.id for found in store.sweep(sweep, reject=handed.append) for decision in found]

    assert ["space-1", "space-4"] == decided
    assert {
        "space-2": "codec.no_document",
        "space-3": "row.other_version",
        "space-5": "row.message_before_it",
        "space-6": "order.before_telling",
        "space-7": "row.set_aside",
    } == {row.id: row.why.code for row in handed}
    assert 5 == len(handed) == len(sweep.report.rejected)
    assert {row.id: row.reason for row in handed} == marks(store)
    assert "set aside: not tonight" == marks(store)["space-7"]


def test_a_bad_case_is_left_out_of_what_is_read(store):
    """Of all the cases it is told beside the others; asked for by itself, it is an error with its id and its reason."""
    put(store, CASES, "space-3", payload=b"[17")
    cases = store.cases()
    with pytest.raises(BadRowError, match=r"space-3 \(cases\): ") as asked:
        store.get("space-3")

    assert GOOD == [case.id for case in cases]
    assert (asked.value.row,) == cases.rejected
    assert ("cases", "space-3") == (asked.value.row.table, asked.value.row.id)


@pytest.mark.parametrize(
    ("due_at", "told"), [(None, "never"), (LATE + timedelta(days=1), "Thursday 5 March 2026 at 13:00 in Paris")]
)
def test_a_case_that_no_night_would_find_is_told(store, due_at, told):
    """A row that is due later than its document is none that the index finds in time: reading all tells it."""
    put(store, CASES, "space-3", due_at=due_at)
    cases = store.cases()

    assert GOOD == [case.id for case in cases]
    reason = f"due by its document: Tuesday 3 March 2026 at 13:00 in Paris; by its row: {told}"
    assert [("cases", "space-3", reason)] == [(row.table, row.id, row.reason) for row in cases.rejected]
    assert (GOOD, {}) == swept(store)


@pytest.mark.parametrize("bad", [(1, 2, 3, 4), (3, 4), (1, 2, 3, 4, 5, 6, 7), (7,)])
def test_a_batch_of_bad_rows_does_not_end_the_sweep(store, bad):
    """Whole batches of them are told, and what is behind them is decided."""
    for number in bad:
        put(store, CASES, f"space-{number}", payload=b"?")
    ids = [f"space-{number}" for number in bad]

    decided, told = swept(store)

    assert [f"space-{number}" for number in range(1, 8) if number not in bad] == decided
    assert ids == sorted(told)
    assert ids == sorted(marks(store)) == sorted(swept(store)[1])


def test_what_was_bad_is_read_once_a_sweep(store):
    """The query of what is due does not give what is marked: only the one of marked rows does, once."""
    for number in range(1, 7):
        put(store, CASES, f"space-{number}", payload=b"?")
    swept(store)
    read = []

    @event.listens_for(store.engine, "after_cursor_execute")
    def note(_connection, _cursor, statement, *_):
        if statement.startswith("SELECT cases.id"):
            read.append(statement)

    night = swept(store, batch=100)

    assert ([], 6) == (night[0], len(night[1]))
    # What is marked, and nothing after it; and nothing else that is due.
    assert [True, True, False] == ["rejected IS NOT NULL" in statement for statement in read]


def test_what_a_night_has_left_does_not_count_what_is_bad(store):
    """A row that cannot be read is due as long as it says so, and no night has left it to another one."""
    for of in ("space-3", "space-4"):
        put(store, CASES, of, payload=b"nonsense")
    before = (store.due(LATE), store.undecided(LATE))
    decided, _ = swept(store)

    assert (7, 7) == before
    assert (5, 2, 0) == (len(decided), store.due(LATE), store.undecided(LATE))


def test_a_case_whose_events_go_on_after_it_is_told(store):
    """A row set back behind its events is no reason to stop: its batch is recorded without it, and it is told."""
    reminded = pending(3).case.remind(at=DAY)
    with store.engine.begin() as connection:
        row = {"case_id": "space-3", "version": 2, "at": DAY, "recorded_at": DAY, "payload": dumps(reminded.events[0])}
        connection.execute(insert(EVENTS), row)
    reason = "its events go to version 2, its row is at version 1"

    assert [BadRow("cases", "space-3", Reason("row.apart", {"last": "2", "version": "1"}))] == store.check_histories()
    assert (GOOD, {"space-3": reason}) == swept(store, batch=100)
    assert (GOOD, 6) == ([case.id for case in store.cases() if case.has_lapsed], len(store.recorded_at(LATE)))
    assert {"space-3": reason} == swept(store)[1] == marks(store)
    with pytest.raises(BadRowError, match=reason):
        store.record(pending(3).case.activate(HELD_ELSEWHERE, at=START))


def test_a_case_whose_next_message_is_there_before_it_is_told(store):
    """The same, of the outbox."""
    with store.engine.begin() as connection:
        connection.execute(insert(OUTBOX), {"id": "space-3/2/reminder-email", "payload": b"?"})
    decided, told = swept(store, DAY)

    assert GOOD == decided
    assert {"space-3": "its next message, 'space-3/2/reminder-email', is in the outbox before it"} == told


def test_an_integrity_error_that_nothing_explains_is_raised_by_who_records_and_isolated_by_a_sweep(store):
    """A rule of the host's own is broken: that is no stale version; a sweep tells the cases that break it."""
    with store.engine.begin() as connection:
        connection.execute(text("CREATE UNIQUE INDEX one_at_a_time ON events (at) WHERE version > 1"))
    activated = [pending(number).case.activate(HELD_ELSEWHERE, at=START) for number in (5, 6)]
    with pytest.raises(IntegrityError):
        store.record(*activated)

    assert [1, 1] == [store.get(f"space-{number}").version for number in (5, 6)]

    decided, told = swept(store, batch=100)

    assert ["space-1"] == decided
    assert [f"space-{number}" for number in range(2, 8)] == sorted(told)
    assert all("an error stopped it: " in reason for reason in told.values())
    assert told == marks(store)
    assert [] == store.check_histories()


@pytest.mark.parametrize("table", ["cases", "events", "outbox"])
def test_a_decision_is_one_transaction(store, table):
    """Whichever of its three writings fails, nothing of the others is there: of a sweep, and of what is recorded."""
    statement = "UPDATE cases" if table == "cases" else f"INSERT INTO {table}"

    @event.listens_for(store.engine, "before_cursor_execute")
    def fail(_connection, _cursor, asked, *_):
        if asked.startswith(statement):
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        list(store.sweep(Sweep(at=DAY)))
    with pytest.raises(OSError, match="full"):
        store.record(pending(5).case.remind(at=DAY))
    event.remove(store.engine, "before_cursor_execute", fail)

    assert {1} == {case.version for case in store.cases()}
    assert ([], []) == (store.recorded_at(DAY), store.unsent())
    assert [] == store.check_histories()


def test_a_decision_is_committed_once(store):
    """The case, its event and its message are there together, for whoever looks in between."""
    commits = []

    @event.listens_for(store.engine, "commit")
    def commit(_):
        commits.append(True)

    store.record(pending(5).case.remind(at=DAY))

    assert [True] == commits


def test_a_mistake_of_the_host_is_no_bad_row(store):
    """Rulebooks that are none are the host's mistake, not something wrong with every row: none is taken."""
    with pytest.raises(TypeError, match="Rulebook"):
        Store(store.engine, rulebooks=(object(),))

    assert {} == marks(store)


def test_rows_under_a_rulebook_that_is_found_again_go_on(store):
    """Nothing has to be done to a row whose reason is gone: the next sweep finds out."""
    other = attrs.evolve(EXPERT_2024_04_03, version="expert-2031-01-01")
    theirs = Space.create(space_form(), id="space-8", password_hash="x", answer_hash="x", at=START, rulebook=other)
    store.record(theirs)
    without = swept(store)
    again = swept(Store(store.engine, rulebooks=(EXPERT_2024_04_03, other)))

    assert [f"space-{number}" for number in range(1, 8)] == without[0]
    assert ["space-8"] == list(without[1])
    assert (["space-8"], {}) == again
    assert {} == marks(store)


def test_a_change_takes_the_mark_away(store):
    """A case that is recorded anew is in a good row."""
    put(store, CASES, "space-3", rejected="it was bad once")
    store.record(pending(3).case.remind(at=DAY))

    assert {} == marks(store)


OUTBOX_ROWS = {
    "not JSON": (b"?", "not a document"),
    "truncated": (b'{"kind":"reminder-email","schema":1,', "not a document"),
    "no document": (None, "not a document"),
    "a case": (GOOD_ONE, "its document is of kind space: expected a message"),
    "another message": (
        dumps(pending(9).case.remind(at=DAY).messages[0]),
        "its document is the message 'space-9/2/reminder-email'",
    ),
}


@pytest.mark.parametrize(("payload", "reason"), OUTBOX_ROWS.values(), ids=OUTBOX_ROWS)
def test_a_bad_message_is_told_by_every_sender_until_it_is_repaired(store, payload, reason):
    """The others are sent; it stays, marked, and is told each time; repaired, it is sent."""
    swept(store, DAY)
    bad = "space-3/2/reminder-email"
    with store.engine.connect() as connection:
        good = connection.execute(select(OUTBOX.c.payload).where(OUTBOX.c.id == bad)).scalar_one()
    put(store, OUTBOX, bad, payload=payload)
    waiting, post = store.unsent(), RecordingNotifier()
    first, second = store.send(post, at=DAY, batch=2), store.send(post, at=DAY, batch=2)

    assert [f"{id_}/2/reminder-email" for id_ in GOOD] == [message.id for message in waiting]
    assert [f"{id_}/2/reminder-email" for id_ in GOOD] == [message.id for message in post.messages]
    assert (Sent(6, (), waiting.rejected), Sent(0, (), waiting.rejected)) == (first, second)
    assert [("outbox", bad)] == [(row.table, row.id) for row in waiting.rejected]
    assert re.search(reason, waiting.rejected[0].reason)
    assert {bad: waiting.rejected[0].reason} == marks(store, OUTBOX)

    put(store, OUTBOX, bad, payload=good)

    assert Sent(1) == store.send(post, at=DAY)
    assert ({}, []) == (marks(store, OUTBOX), store.unsent())


def test_a_whole_batch_of_bad_messages_does_not_end_the_sending(store):
    """What is behind them is sent."""
    swept(store, DAY)
    for number in range(1, 5):
        put(store, OUTBOX, f"space-{number}/2/reminder-email", payload=b"?")
    sent = store.send(RecordingNotifier(), at=DAY, batch=2)

    assert (3, 4) == (sent.count, len(sent.rejected))


EVENT_ROWS = {
    "not JSON": (b"?", "not a document"),
    "a case": (GOOD_ONE, "its document is of kind space: expected an event"),
    "another case's event": (dumps(pending(4).events[0]), "its document is event 1 of 'space-4'"),
    "an event that was told another day": (
        dumps(attrs.evolve(pending(3).events[0], recorded_at=DAY)),
        "of Monday 2 March 2026 at 13:00 in Paris, recorded on Tuesday 3 March 2026 at 13:00 in Paris; its row says",
    ),
}


@pytest.mark.parametrize(("payload", "reason"), EVENT_ROWS.values(), ids=EVENT_ROWS)
def test_a_bad_event_is_told(store, payload, reason):
    """A history with a hole is none; of many histories, the others are read; no sweep decides on its case."""
    put(store, EVENTS, "space-3", payload=payload)
    at = store.recorded_at(START)
    with pytest.raises(BadRowError, match=reason) as asked:
        store.events("space-3")

    assert GOOD == [event.case_id for event in at]
    assert (asked.value.row,) == at.rejected
    assert [asked.value.row] == store.check_events() == store.check_histories()[:1]
    assert ("events", "space-3/1") == (asked.value.row.table, asked.value.row.id)
    assert (GOOD, {"space-3": "its event space-3/1 cannot be read"}) == swept(store)


def test_a_case_that_is_gone_is_told(store):
    """Its events are left: they go further than the case, and what is decided on them is refused as stale."""
    with store.engine.begin() as connection:
        connection.execute(delete(CASES).where(CASES.c.id == "space-3"))

    (row,) = store.check_histories()

    assert "space-3 (cases): its events go to version 1, and its row is not there" == str(row)
    with pytest.raises(ConflictError):
        store.settle(lambda: [pending(3).case.remind(at=DAY)])


@pytest.mark.parametrize(
    "change",
    [
        "payload = 'a text'",
        "payload = 17",
        "payload = CAST(x'ff00fe' AS TEXT)",
        "payload = 9223372036854775807",
        "version = 'first'",
        "version = 1.5",
        "due_at = 'at noon'",
        "kind = x'00'",
        "due_at = x'00'",
    ],
)
def test_whatever_sqlite_lets_into_a_column_stops_nothing(tmp_path, change):
    """Columns of SQLite hold what they are given, of any type: the others are decided, and the row is told."""
    store = Store(str(tmp_path / "cases.sqlite"))
    store.create()
    store.record(*(pending(number) for number in range(1, 8)))
    with store.engine.begin() as connection:
        connection.execute(text(f"UPDATE cases SET {change} WHERE id = 'space-3'"))
    decided, told = swept(store)
    found = store.cases()
    store.close()

    assert GOOD == decided == [case.id for case in found]
    assert ["space-3"] == [row.id for row in found.rejected]
    assert {"space-3"} >= set(told)


@pytest.mark.parametrize("due_at", ["2026-02-31 99:99", "17", ""])
def test_a_due_instant_that_is_none_is_no_place_to_stop_at(tmp_path, due_at):
    """What is no instant has its place in the index all the same; the case that is due is decided."""
    store = Store(str(tmp_path / "cases.sqlite"))
    store.create()
    store.record(*(pending(number) for number in range(1, 8)))
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET due_at = :due_at WHERE id < 'space-4'"), {"due_at": due_at})
    early = swept(store, START, batch=2)
    night = swept(store, batch=2)
    found = store.cases()
    store.close()

    assert ([], ["space-1", "space-2", "space-3"]) == (early[0], sorted(early[1]))
    assert ([f"space-{number}" for number in range(1, 8)], {}) == night
    assert (7, ()) == (len(found), found.rejected)


def test_a_due_instant_of_another_type_stays_bad(tmp_path):
    """A marked row whose column holds bytes is told again, and stops nothing."""
    store = Store(str(tmp_path / "cases.sqlite"))
    store.create()
    store.record(*(pending(number) for number in range(1, 8)))
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET due_at = x'00', rejected = 'bad' WHERE id = 'space-3'"))
    early = swept(store, START)
    store.close()

    assert ([], ["space-3"]) == (early[0], list(early[1]))


def test_a_reason_can_be_shown_and_kept(store):
    """What a row quotes of what is in it has no sign that a terminal obeys or PostgreSQL refuses, and an end."""
    evil = GOOD_ONE.replace(b'"kind":"space"', b'"kind":"\\u001b[2J\\u0000' + b"x" * 5000 + b'"')
    put(store, CASES, "space-3", payload=evil)
    _, told = swept(store)

    assert told["space-3"].isprintable()
    assert 500 >= len(told["space-3"])
    assert marks(store) == told


def test_a_database_of_an_earlier_time_is_completed(tmp_path):
    """Tables without the marks get them, and their rows stay."""
    store = Store(str(tmp_path / "cases.sqlite"))
    store.create()
    store.record(pending(1))
    with store.engine.begin() as connection:
        for table in ("cases", "outbox"):
            connection.execute(text(f"DROP INDEX {table}_rejected"))
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN rejected"))
    store.create()
    decided = swept(store)
    store.close()

    assert (["space-1"], {}) == decided


def test_a_claim_of_no_case_is_told(store):
    """Whoever claims the same is refused for ever: each check says so."""
    with store.engine.begin() as connection:
        connection.execute(insert(CLAIMS), [{"claim": "space-1", "case_id": "ghost"}])
    (row,) = store.check_events()

    assert ("claims", "space-1") == (row.table, row.id)
    assert row.reason.endswith("for a case 'ghost' that is not there")
    assert [row] == store.check_histories()
