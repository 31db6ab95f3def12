"""Any value that a column can hold, on both databases: it is in a good row or in a bad one, and stops nobody."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("sqlalchemy", reason="the store of the examples is tested with SQLAlchemy only")

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from store import Store

from teleprocedures import Space, Sweep
from teleprocedures.codec import dumps
from teleprocedures.testing import RecordingNotifier, space_form

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = START + timedelta(hours=24)
LATE = START + timedelta(hours=48, microseconds=1)
BIGGEST = {"sqlite": 2**63 - 1, "postgresql": 2**31 - 1}
OTHERS = {f"space-{number}" for number in (1, 2, 4, 5, 6, 7)}


def pending(number):
    """The decision to create a space."""
    id_ = f"space-{number}" if isinstance(number, int) else number
    return Space.create(space_form(), id=id_, password_hash="x", answer_hash="x", at=START)


@pytest.fixture
def store(database):
    """A store with seven spaces, each reminded."""
    store = Store(database)
    store.create()
    store.record(*(pending(number) for number in range(1, 8)))
    list(store.sweep(Sweep(at=DAY)))
    yield store
    store.close()


def put(store, statement, **values):
    """Change something by the database's own language."""
    with store.engine.begin() as connection:
        assert 1 == connection.execute(text(statement), values).rowcount


def everybody(store, **options):
    """All that is done with a store: the ids that its night decides on, those it tells, and the others sent."""
    nights = []
    for _ in range(2):
        sweep, handed = Sweep(at=LATE), []
        batches = store.sweep(sweep, batch=2, reject=handed.append, **options)
        decided = {decision.case.id for found in batches for decision in found}
        assert len(handed) == len(sweep.report.rejected)
        nights.append((decided, handed))
    found, unsent, latest = store.cases(), store.unsent(), store.last_recorded_at()
    histories, at = store.check_histories(), store.recorded_at(LATE)
    post = RecordingNotifier()
    sent = store.send(post, at=LATE, batch=2)
    assert (len(unsent), ()) == (sent.count, sent.failed)
    assert OTHERS <= {case.id for case in found if case.has_lapsed}
    assert OTHERS <= {event.case_id for event in at}
    assert latest == LATE
    told = [*nights[0][1], *nights[1][1], *found.rejected, *unsent.rejected, *histories, *sent.rejected]
    assert all(row.reason.isprintable() for row in told)
    return nights[0][0], {row.id for row in told}


@pytest.mark.parametrize("verify", [True, False])
def test_the_last_version_there_is_stops_nobody(store, verify):
    """A case, its document and its events at the highest number that the column has: what follows cannot be kept."""
    biggest = BIGGEST[store.engine.dialect.name]
    document = json.loads(dumps(store.get("space-3"))) | {"version": biggest}
    happened = json.loads(dumps(store.events("space-3")[-1])) | {"version": biggest}
    payload = json.dumps(document).encode()
    put(store, "UPDATE cases SET version = :v, payload = :p WHERE id = 'space-3'", v=biggest, p=payload)
    put(
        store,
        "UPDATE events SET version = :v, payload = :p WHERE case_id = 'space-3' AND version = 2",
        v=biggest,
        p=json.dumps(happened).encode(),
    )
    decided, told = everybody(store, verify=verify)

    assert OTHERS == decided
    assert "space-3" in told


CASES_OF_POSTGRESQL = {
    "-infinity": "timestamptz '-infinity'",
    "infinity": "timestamptz 'infinity'",
    "before Christ": "timestamptz '0044-03-15 12:00:00 BC'",
    "the year 10000": "timestamptz '10000-01-01'",
    "the last one": "timestamptz '294276-12-31 23:59:59.999999'",
    "the first one": "timestamptz '4714-11-24 00:00:00+00 BC'",
}


@pytest.mark.parametrize("of", ["cases.due_at", "events.at", "events.recorded_at", "outbox.sent_at"])
def test_an_instant_that_python_has_not_stops_nobody(request, postgres, of):
    """PostgreSQL has infinities, years before Christ and after 9999: the others are decided, and each row is told."""
    store = Store(postgres.new_database())
    request.addfinalizer(store.close)
    attacked(store, of, CASES_OF_POSTGRESQL.values())
    decided, told = everybody(store)

    assert OTHERS <= decided
    if of.startswith("events"):
        assert {f"bad-{number}{of}" for number in range(len(CASES_OF_POSTGRESQL)) for of in ("", "/2")} == told
    if of == "outbox.sent_at":
        assert {f"bad-{number}" for number in range(len(CASES_OF_POSTGRESQL))} == {id_.split("/")[0] for id_ in told}
    if of == "cases.due_at":  # whoever is found when it is due is decided, and its row is right again
        assert {f"bad-{number}" for number in range(len(CASES_OF_POSTGRESQL))} == (decided ^ told) - OTHERS - {
            "space-3"
        }


def attacked(store, of, values):
    """Fill a store, each case reminded, and put each of these values into a row's column; those that it takes."""
    table, _, column = of.partition(".")
    key = "case_id" if table == "events" else "id"
    store.create()
    store.record(*(pending(number) for number in range(1, 8)), *(pending(f"bad-{it}") for it in range(len(values))))
    list(store.sweep(Sweep(at=DAY)))
    taken = 0
    for number, value in enumerate(values):
        row = f"{key} LIKE 'bad-{number}/%'" if table == "outbox" else f"{key} = 'bad-{number}'"
        version = " AND version = 2" if table == "events" else ""
        with suppress(DBAPIError):
            put(store, f"UPDATE {table} SET {column} = {value} WHERE {row}{version}")
            taken += 1
    return taken


VALUES = {
    "nothing": "NULL",
    "bytes": "x'00ff'",
    "no bytes": "x''",
    "no UTF-8": "CAST(x'ff00fe' AS TEXT)",
    "late letters": "CAST(x'7affff' AS TEXT)",
    "a text": "'zzz'",
    "no text": "''",
    "a number": "17",
    "a fraction": "1.5",
    "the biggest": "9223372036854775807",
    "infinity": "9e999",
    "signs": "char(27, 10, 0, 8238)",
    "a megabyte": "printf('%.1000000c', 'x')",
    "a year": "'9999-12-31 23:59:59.999999'",
    "an offset": "'2026-03-02 12:00:00+14:00'",
}
COLUMNS = {
    "cases": ("id", "kind", "version", "state", "due_at", "payload", "rejected"),
    "events": ("case_id", "version", "at", "recorded_at", "payload"),
    "outbox": ("id", "payload", "sent_at", "rejected"),
}


@pytest.mark.parametrize("of", [f"{table}.{column}" for table, columns in COLUMNS.items() for column in columns])
def test_whatever_sqlite_lets_into_a_column_stops_nobody(tmp_path, of):
    """A column of SQLite holds what it is given, of any type: in each of them, each kind of value there is."""
    store = Store(str(tmp_path / "cases.sqlite"))
    taken = attacked(store, of, VALUES.values())
    decided, told = everybody(store)
    store.close()

    assert len(VALUES) - 1 <= taken
    assert OTHERS <= decided
    if of == "outbox.sent_at":
        good = {"nothing", "a year", "an offset"}
        assert {f"bad-{number}" for number, value in enumerate(VALUES) if value not in good} == {
            id_.split("/")[0] for id_ in told
        }


@pytest.mark.parametrize("value", ["x'00ff'", "CAST(x'ff00fe' AS TEXT)"])
def test_a_row_whose_id_is_no_text_is_marked_once_and_passed_by(tmp_path, value):
    """It is told each time, and what is behind it, in the order of the index, is reached."""
    store = Store(str(tmp_path / "cases.sqlite"))
    store.create()
    store.record(*(pending(number) for number in range(1, 8)))
    put(store, f"UPDATE cases SET id = {value} WHERE id = 'space-1'")
    put(store, "UPDATE cases SET rejected = 'once' WHERE id = 'space-7'")
    decided = [
        {decision.case.id for found in store.sweep(Sweep(at=LATE), batch=1) for decision in found} for _ in range(2)
    ]
    with store.engine.connect() as connection:
        marks = connection.execute(text("SELECT rejected FROM cases WHERE rejected IS NOT NULL")).scalars().all()
    store.close()

    assert [{f"space-{number}" for number in range(2, 8)}, set()] == decided
    assert 1 == len(marks)


def test_a_case_that_raises_whatever_it_likes_stops_nobody(store):
    """A lifecycle of the host's may raise anything: it is told with the error's name, and the others are decided."""

    class Broken(Sweep):
        def over(self, cases):
            for case in cases:
                if case.id == "space-3":
                    raise ZeroDivisionError("by three")
                yield from super().over([case])

    sweep = Broken(at=LATE)
    decided = {decision.case.id for found in store.sweep(sweep) for decision in found}

    assert OTHERS == decided
    assert {"space-3": "an error stopped it: ZeroDivisionError: by three"} == {
        it.id: it.reason for it in sweep.report.rejected
    }


class Wordless(Exception):
    """An error that cannot say itself."""

    def __str__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("asked", "error", "told"),
    [
        ("claims", OSError("no such file"), "an error stopped it: OSError: no such file"),
        ("claims", MemoryError(), "an error stopped it: MemoryError: "),
        ("claims", Wordless(), "an error stopped it: Wordless"),
        ("is_due", OSError("no such file"), "an error stopped it: OSError: no such file"),
        ("apply", Wordless(), "an error stopped it: Wordless"),
    ],
)
def test_a_kind_that_raises_what_a_machine_does_stops_nobody(store, monkeypatch, asked, error, told):
    """Of a kind of the host's, what looks like a failing disk is of one case as well: the database was not asked."""
    own = getattr(Space, asked)

    def judge(case):
        if case.id == "space-3":
            raise error

    def verb(case, *given):
        judge(case)
        return own(case, *given)

    def value(case):
        judge(case)
        return own.fget(case)

    monkeypatch.setattr(Space, asked, property(value) if isinstance(own, property) else verb)
    sweep = Sweep(at=LATE)
    decided = {decision.case.id for found in store.sweep(sweep) for decision in found}
    monkeypatch.undo()

    assert OTHERS == decided
    assert {"space-3": told.rstrip()} == {it.id: it.reason.rstrip() for it in sweep.report.rejected}
    assert ["space-3"] == [case.id for case in store.cases() if not case.has_lapsed]


def test_a_batch_is_recorded_but_for_the_row_that_the_database_does_not_take(store):
    """A rule of the host's own, a constraint say, is told of the case that breaks it."""
    if store.engine.dialect.name == "postgresql":
        rule = (
            "CREATE FUNCTION no() RETURNS trigger AS $$ BEGIN IF NEW.case_id = 'space-3' THEN"
            " RAISE EXCEPTION 'not on a Monday'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql;"
            " CREATE TRIGGER no BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION no()"
        )
    else:
        rule = (
            "CREATE TRIGGER no BEFORE INSERT ON events WHEN NEW.case_id = 'space-3'"
            " BEGIN SELECT RAISE(ABORT, 'not on a Monday'); END"
        )
    with store.engine.begin() as connection:
        connection.exec_driver_sql(rule)
    sweep = Sweep(at=LATE)
    decided = {decision.case.id for found in store.sweep(sweep) for decision in found}

    assert OTHERS == decided
    (told,) = sweep.report.rejected
    assert "space-3" == told.id
    assert told.reason.endswith(": not on a Monday")
