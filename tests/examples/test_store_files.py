"""What a store leaves on a disk, and what it leaves alone: names, modes, erased codes, and databases of others."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("sqlalchemy", reason="the store of the examples is tested with SQLAlchemy only")

from paths import environment
from schema import OUTBOX, ForeignError
from sqlalchemy import create_engine, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from store import LeftToTheSender, Store

from teleprocedures import Portal, Space, Sweep
from teleprocedures.testing import (
    ManualClock,
    PlainHasher,
    RecordingNotifier,
    ScriptedCodes,
    space_form,
)

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATE = START + timedelta(hours=48, microseconds=1)


def name_of(url):
    """The name of a new database on a server."""
    return url.partition("@/")[2].partition("?")[0]


def pending(number=1):
    """The decision to create a space."""
    return Space.create(space_form(), id=f"space-{number}", password_hash="x", answer_hash="x", at=START)


# --- Names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "nuit?.sqlite",
        "nuit?mode=memory",
        "b%41.sqlite",
        "a#b&c=d.sqlite",
        "file:nuit.sqlite?mode=memory",
        ":memory:",
        " ",
        "é\n\u202e.sqlite",
        "host=127.0.0.1 password=x",
        os.fsdecode(b"\xff\xfe.sqlite"),
        "~",
    ],
)
def test_a_file_s_name_is_a_file_s_name(tmp_path, monkeypatch, name):
    """Whatever signs are in it, what is recorded is in the file of that name, and a store opened anew has it."""
    monkeypatch.chdir(tmp_path)
    store = Store(name)
    store.create()
    store.record(pending())
    store.send(RecordingNotifier(), at=START)
    store.close()
    again = Store(str(tmp_path / name))
    found = again.get("space-1")
    again.close()

    assert found == pending().case
    assert {name, f"{name}.sending"} == {path.name for path in tmp_path.iterdir()}


def test_a_name_with_the_sign_of_a_url_is_a_path_from_its_directory(tmp_path, monkeypatch):
    """Only what begins as a URL does is one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a:").mkdir()
    store = Store("./a://b.sqlite")
    store.create()
    store.close()

    assert ["b.sqlite"] == [path.name for path in (tmp_path / "a:").iterdir()]


@pytest.mark.parametrize(
    "name", ["", "sqlite://", "sqlite:///", "sqlite:///:memory:", "a\0b", "sqlite:///file:a%00b?uri=true"]
)
def test_a_database_that_keeps_nothing_is_refused(name):
    """An empty name is a variable of a shell that was never set; SQLite would forget it all. No file has NUL."""
    with pytest.raises(ArgumentError, match="is no URL of a database that can be opened"):
        Store(name)


# --- Secrets ----------------------------------------------------------------------------------------------------------


def held(place):
    """All the bytes that stand beside a database."""
    return b"".join(path.read_bytes() for path in sorted(place.iterdir()))


@pytest.mark.parametrize("umask", [0o022, 0o000])
@pytest.mark.parametrize("url", ["{}", "sqlite:///file:{}?uri=true", "sqlite:///file://{}?mode=rwc&uri=true"])
def test_the_owner_alone_reads_the_files(tmp_path, umask, url):
    """The database, its log, the log's index and the sender's lock, whatever the umask lets through."""
    before = os.umask(umask)
    try:
        store = Store(url.format(tmp_path / "cases.sqlite"))
        store.create()
        store.record(pending())
        store.send(RecordingNotifier(), at=START)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        store.close()
    finally:
        os.umask(before)

    assert (
        dict.fromkeys(("cases.sqlite", "cases.sqlite-wal", "cases.sqlite-shm", "cases.sqlite.sending"), 0o600) == modes
    )


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:///FILE:cases.sqlite?uri=true", "FILE:cases.sqlite"),
        ("sqlite:///cases.sqlite?uri=true", "cases.sqlite"),
        ("sqlite:///file:cases%2500.sqlite?uri=true", "cases"),
    ],
)
def test_the_owner_alone_reads_the_file_that_sqlite_finds_in_a_name(tmp_path, monkeypatch, url, name):
    """It knows a URI in small letters alone, and reads it to a NUL; no other file is left."""
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o022)
    try:
        with closing(Store(url)) as store:
            store.create()
            store.record(pending())
    finally:
        os.umask(before)

    assert {name: 0o600} == {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}


def ordered(place):
    """A store in which a code waits to be sent, and the code."""
    store, codes, clock = Store(str(place / "cases.sqlite")), ScriptedCodes(), ManualClock(START)
    store.create()
    portal = Portal(clock=clock, codes=codes, notifier=LeftToTheSender(), journal=store, hasher=PlainHasher())
    portal.create_space(space_form())
    (message,) = store.unsent()
    return store, message.code.reveal().encode()


def test_a_code_that_was_sent_is_erased_from_the_log_too(tmp_path):
    """Neither the database nor what stands beside it holds it, while the store is still open."""
    store, code = ordered(tmp_path)
    before = held(tmp_path)
    sent = store.send(RecordingNotifier(), at=START)
    after = held(tmp_path)
    store.close()

    assert 1 == sent.count
    assert code in before
    assert code not in after


SEND_AND_DIE = """
import os, signal, sys
from datetime import UTC, datetime
from sqlalchemy import event
from store import Store

class Post:
    def notify(self, message):
        pass

store = Store(sys.argv[1])

@event.listens_for(store.engine, "checkin")
def die(connection, record):
    (left,) = connection.execute("SELECT count(*) FROM outbox WHERE sent_at IS NULL").fetchone()
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

store.send(Post(), at=datetime(2026, 3, 2, 12, tzinfo=UTC))
"""


@pytest.mark.parametrize("start", ["create", "send"])
def test_a_code_that_a_killed_sender_left_is_erased_at_the_next_start(tmp_path, start):
    """It was marked as sent, and the sender died before the log was emptied: whoever comes next does it."""
    store, code = ordered(tmp_path)
    killed = subprocess.run(
        [sys.executable, "-c", SEND_AND_DIE, str(tmp_path / "cases.sqlite")], env=environment(), check=False, timeout=60
    )
    before = held(tmp_path)
    again = Store(str(tmp_path / "cases.sqlite"))
    if start == "create":
        again.create()
    else:
        again.send(RecordingNotifier(), at=START)
    after = held(tmp_path)
    again.close()
    store.close()

    assert -signal.SIGKILL == killed.returncode
    assert code in before
    assert code not in after


def test_a_reader_holds_no_sender_up_for_long(tmp_path):
    """While somebody reads, the log stays, with what was erased; the next sender empties it."""
    store, code = ordered(tmp_path)
    with closing(sqlite3.connect(tmp_path / "cases.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM outbox").fetchall()
        sent = store.send(RecordingNotifier(), at=START)
        during = held(tmp_path)
        reader.execute("COMMIT")
    store.send(RecordingNotifier(), at=START)
    after = held(tmp_path)
    store.close()

    assert 1 == sent.count
    assert code in during
    assert code not in after


def test_a_log_that_cannot_be_emptied_is_left_to_a_later_time(tmp_path):
    """All is recorded by then: where the disk has no room for it in the database, that is no failure."""
    resource = pytest.importorskip("resource", reason="this system has no limits to set")
    place, log = tmp_path / "cases.sqlite", tmp_path / "cases.sqlite-wal"
    with closing(Store(str(place))) as store:
        store.create()
        for number in range(60):
            store.record(pending(number))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with closing(Store(str(place))) as store:
        # What is in the log so far has room in it, and not in the database itself.
        resource.setrlimit(resource.RLIMIT_FSIZE, (place.stat().st_size, limits[1]))
        try:
            for number in range(60, 64):
                store.record(pending(number))
            store.create()
            store.send(RecordingNotifier(), at=START)
            waiting = log.stat().st_size
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        store.create()

        assert waiting > 0 == log.stat().st_size
        assert 64 == len(store.cases())


# --- What is somebody else's ------------------------------------------------------------------------------------------


def tables(connection):
    """Tables of the names of a store's, which are somebody else's."""
    connection.execute("CREATE TABLE cases (id INTEGER PRIMARY KEY, whose TEXT)")
    connection.execute("INSERT INTO cases VALUES (1, 'theirs')")


def in_a_log(connection):
    """The same, most of it in a log."""
    connection.execute("PRAGMA journal_mode = WAL")
    tables(connection)


def numbered(connection):
    """One that has another program's application id."""
    connection.execute("PRAGMA application_id = 1")
    tables(connection)


def alike(connection):
    """One with the store's very tables, that no store has made."""
    for statement in ("CREATE TABLE cases (id TEXT)", "CREATE TABLE events (id TEXT)", "CREATE TABLE outbox (id TEXT)"):
        connection.execute(statement)


def empty(connection):
    """One that has no table yet, and a version of its own."""
    connection.execute("PRAGMA user_version = 7")


@pytest.mark.parametrize("theirs", [tables, in_a_log, numbered, alike, empty])
@pytest.mark.parametrize("url", ["{}", "sqlite:///{}", "sqlite:///file:{}?uri=true"])
def test_another_program_s_file_is_left_as_it_is(tmp_path, theirs, url):
    """It is refused before anything is changed: neither its bytes nor its directory are others than before."""
    place = tmp_path / "theirs.sqlite"
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        theirs(connection)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    store = Store(url.format(place))
    for use in (store.create, store.cases, lambda: store.record(pending())):
        with pytest.raises(ForeignError):
            use()
    store.close()

    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


@pytest.mark.parametrize("content", [b"\n", b"SQLite format 2\x00" + bytes(200), b"x" * 5000])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path, content):
    """SQLite says so itself."""
    place = tmp_path / "theirs"
    place.write_bytes(content)
    store = Store(str(place))
    with pytest.raises(SQLAlchemyError):
        store.create()
    store.close()

    assert content == place.read_bytes()
    assert ["theirs"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///file:y?mode=memory&uri=true",
        "sqlite:///file:y?mode=memory&cache=shared&uri=true",
        "sqlite:///file::memory:?uri=true",
        "sqlite:///file:?uri=true",
        "sqlite:///file:yy?vfs=memdb&uri=true",
        "sqlite:///file:/zz?vfs=memdb&uri=true",
    ],
)
def test_a_database_in_memory_is_refused(tmp_path, monkeypatch, url):
    """However its URL asks for one: what is recorded there is kept nowhere."""
    monkeypatch.chdir(tmp_path)
    for use in (Store.create, Store.cases, lambda store: store.record(pending())):
        with pytest.raises(ArgumentError), closing(Store(url)) as store:
            use(store)

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", ["ro", "rw"])
def test_a_database_that_is_opened_only_if_it_is_there_is_not_made(tmp_path, mode):
    """As its URL says: SQLite's own error comes out, and no empty file is left."""
    with (
        closing(Store(f"sqlite:///file:{tmp_path / 'none.sqlite'}?mode={mode}&uri=true")) as store,
        pytest.raises(SQLAlchemyError, match="unable to open database file"),
    ):
        store.create()

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/null")])
def test_a_database_is_a_file(tmp_path, make):
    """A pipe or a device is refused, and not waited for."""
    make(tmp_path / "none")
    store = Store(str(tmp_path / "none"))
    with pytest.raises(ForeignError):
        store.create()
    store.close()


def test_tables_of_another_program_on_postgresql_are_left_as_they_are(request, postgres):
    """None of the store's is made beside them, and they get no column."""
    url = postgres.new_database()
    name = name_of(url)
    postgres.query("CREATE TABLE events (id integer PRIMARY KEY, whose text)", name)
    shape = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
    before = postgres.query(shape, name)
    store = Store(url)
    request.addfinalizer(store.close)
    with pytest.raises(ForeignError, match="its table events is another program's"):
        store.create()

    assert before == postgres.query(shape, name)


def test_tables_of_other_names_are_no_hindrance_on_postgresql(request, postgres):
    """A server's database is shared by many."""
    url = postgres.new_database()
    postgres.query("CREATE TABLE theirs (id integer PRIMARY KEY)", name_of(url))
    store = Store(url)
    request.addfinalizer(store.close)
    store.create()
    store.create()
    store.record(pending())

    assert ["space-1"] == [case.id for case in store.cases()]


# --- Servers and drivers of all kinds ---------------------------------------------------------------------------------


def test_postgresql_copies_rows_and_nothing_else(request, postgres):
    """Many rows at once are added as strictly as one, and a statement that minds what is there still does."""
    store = Store(postgres.new_database())
    request.addfinalizer(store.close)
    store.create()
    rows = [{"id": f"message-{number}", "payload": b"\x00\n\\"} for number in range(3)]
    with store.engine.begin() as connection:
        connection.execute(insert(OUTBOX), rows)
        connection.execute(insert(OUTBOX).on_conflict_do_nothing(), [*rows, {"id": "message-3", "payload": b""}])
    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        connection.execute(insert(OUTBOX), [{"id": "message-4", "payload": b""}, rows[0]])
    with store.engine.connect() as connection:
        found = connection.execute(select(OUTBOX.c.id, OUTBOX.c.payload).order_by(OUTBOX.c.id)).all()

    assert [*((row["id"], row["payload"]) for row in rows), ("message-3", b"")] == [tuple(row) for row in found]


SETTINGS = {
    "serializable": "default_transaction_isolation TO 'serializable'",
    "repeatable read": "default_transaction_isolation TO 'repeatable read'",
    "German dates": "datestyle TO 'German'",
    "American dates": "datestyle TO 'SQL, MDY'",
    "old PostgreSQL's dates": "datestyle TO 'Postgres, DMY'",
    "another zone": "timezone TO 'Pacific/Kiritimati'",
    "Latin 1": "client_encoding TO 'LATIN1'",
    "escaped bytes": "bytea_output TO 'escape'",
}


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_a_server_s_settings_change_nothing(request, postgres, setting):
    """Dates, zones, encodings and isolation as somebody has set them: a night decides, and two rivals do not fail."""
    url = postgres.new_database()
    postgres.query(f"ALTER DATABASE {name_of(url)} SET {setting}")
    first, second = Store(url), Store(url)
    request.addfinalizer(first.close)
    request.addfinalizer(second.close)
    first.create()
    second.create()
    first.record(*(pending(number) for number in range(4)))
    one, other = (store.sweep(Sweep(at=LATE), batch=2) for store in (first, second))
    decided = [decision.case.id for batch in (next(one), next(other), *one, *other) for decision in batch]
    seen = first.get("space-1")

    def verb(_):
        second.change("space-1", lambda _: None)

    assert first.change("space-1", verb) is None
    assert [f"space-{number}" for number in range(4)] == sorted(decided)
    assert seen == second.get("space-1")
    assert LATE == first.last_recorded_at()
    assert [] == first.check_histories()


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_JP"])
def test_a_server_of_few_letters_takes_every_reason(request, postgres, encoding):
    """A reason quotes what is in a row: a server that has not these letters keeps their numbers."""
    postgres.query(
        f"CREATE DATABASE few_{encoding} ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    store = Store(f"postgresql://postgres@/few_{encoding.lower()}?host={postgres.place}")
    request.addfinalizer(store.close)
    store.create()
    store.record(pending(1), pending(2))
    with store.engine.begin() as connection:
        connection.execute(
            text("UPDATE cases SET payload = :payload WHERE id = 'space-1'"),
            {"payload": '{"kind":"\U0001f3f0…é","schema":2}'.encode()},
        )
    sweeps = [Sweep(at=LATE), Sweep(at=LATE)]
    decided = [[decision.case.id for found in store.sweep(sweep) for decision in found] for sweep in sweeps]

    assert [["space-2"], []] == decided
    assert [["space-1"]] * 2 == [[it.id for it in sweep.report.rejected] for sweep in sweeps]


def test_who_opens_a_case_needs_no_count_of_rows(tmp_path):
    """PEP 249 lets a driver say -1; that of Python 3.12 does of every INSERT where `I` has no dot, as in Turkish."""

    class Counting(sqlite3.Cursor):
        """Counts all but an INSERT."""

        said = ""

        def execute(self, statement, *given):
            self.said = statement
            return super().execute(statement, *given)

        @property
        def rowcount(self):
            return -1 if self.said.startswith("INSERT") else super().rowcount

    class Connection(sqlite3.Connection):
        def cursor(self, factory=Counting):
            return super().cursor(factory)

    engine = create_engine(f"sqlite:///{tmp_path / 'cases.sqlite'}", connect_args={"factory": Connection})
    store = Store(engine)
    store.create()
    store.record(pending())
    found = store.get("space-1")
    store.close()

    assert found == pending().case


@pytest.fixture(scope="module")
def turkish(tmp_path_factory):
    """A directory of locales that has Turkish; a test is skipped where none can be made."""
    place = tmp_path_factory.mktemp("locales")
    command = ["localedef", "-i", "tr_TR", "-f", "UTF-8", str(place / "tr_TR.UTF-8")]
    try:
        subprocess.run(command, check=False, capture_output=True, timeout=60)
    except OSError:
        pytest.skip("localedef is not installed")
    if not (place / "tr_TR.UTF-8").exists():
        pytest.skip("this system has no Turkish")
    return place


def test_a_store_is_the_same_in_turkish(tmp_path, turkish):
    """Where the small letter of `I` has no dot."""
    code = (
        "import locale, sys; from datetime import UTC, datetime; assert locale.setlocale(locale.LC_ALL, '');"
        "from store import Store; from teleprocedures import Space; from teleprocedures.testing import space_form;"
        "store = Store(sys.argv[1]); store.create();"
        "made = Space.create(space_form(), id='space', password_hash='x', answer_hash='x',"
        " at=datetime(2026, 3, 2, 12, tzinfo=UTC)); store.record(made); assert store.get('space') == made.case;"
        "print(locale.setlocale(locale.LC_ALL))"
    )
    turkey = environment() | {"LOCPATH": str(turkish), "LC_ALL": "tr_TR.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "cases.sqlite")],
        env=turkey,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ("tr_TR.UTF-8\n", "", 0) == (done.stdout, done.stderr, done.returncode)
