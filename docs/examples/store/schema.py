"""The tables of the store, with the indexes that keep a night cheap, and how to open a database.

A database is looked at before anything in it is changed, and one that is another program's is left as it is. A file of
SQLite is the store's by the application id in its header, a table of PostgreSQL by its comment.
"""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from printable import without_password
from sqlalchemy import (
    URL,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    cast,
    create_engine,
    event,
    func,
    inspect,
    literal,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.schema import CreateColumn
from sqlalchemy.types import NullType, TypeEngine, UserDefinedType

CREATING: Final = 0x7E1E
"""The number of the lock under which PostgreSQL makes the tables: two jobs may come to an empty database at once."""
BUSY: Final = 60.0
"""How many seconds a writer waits for the others on SQLite."""
PATIENCE: Final = 1.0
"""How many seconds whoever empties SQLite's log waits for those who read it: nobody writes meanwhile."""
APPLICATION: Final = 0x7E1E_5702
"""The application id of a file of SQLite that is a store."""
OURS: Final = "a table of the store of teleprocedures"
"""The comment of a table of PostgreSQL that is a store's."""
MAGIC: Final = b"SQLite format 3\0"
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class ForeignError(SQLAlchemyError):
    """The database is another program's, or its tables are: nothing in it was changed."""


class UtcInstant(TypeDecorator[datetime]):
    """An instant in UTC, to the microsecond. A naive one is refused.

    SQLite keeps it as text, `2026-03-04 05:00:00.000000`. What somebody else put there reads as None where it is no
    instant that Python has: another text, an infinity, a year before 1 or after 9999.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite."""
        kind = String(26) if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} is naive; expected an aware datetime")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None).isoformat(" ", "microseconds") if dialect.name == "sqlite" else at

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database."""
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        try:
            return datetime.fromisoformat(value).replace(tzinfo=UTC) if dialect.name == "sqlite" else None
        except (TypeError, ValueError):
            return None


def instant_for(dialect: Dialect) -> Callable[[datetime | None], Any]:
    """What makes an instant what the driver keeps of it; those of a night are nearly all the same."""
    return lru_cache(maxsize=64)(partial(UtcInstant().process_bind_param, dialect=dialect))


def instant_of(dialect: Dialect) -> Callable[[Any], datetime | None]:
    """What makes an instant of what the driver keeps of one; None of anything else."""
    return partial(UtcInstant().process_result_value, dialect=dialect)


def as_it_is(value: Any) -> ColumnElement[Any]:
    """A value that a column had, to compare the column with; of SQLite also a text that is not UTF-8."""
    if isinstance(value, str) and not is_utf_8(value):
        return cast(literal(value.encode("utf-8", "surrogateescape"), LargeBinary), Text)
    return literal(value, NullType())


def is_utf_8(value: str) -> bool:
    """Whether a text can be handed to a database."""
    return not any("\ud800" <= char <= "\udfff" for char in value)


class AsItIs(UserDefinedType[Any]):
    """Bytes on SQLite, where a column may hold a text or a number all the same, which is given as it is."""

    cache_ok = True

    def get_col_spec(self) -> str:
        """The column's type."""
        return "BLOB"


PAYLOAD: Final = LargeBinary().with_variant(AsItIs(), "sqlite")
METADATA: Final = MetaData()
CASES: Final = Table(
    "cases",
    METADATA,
    Column("id", String(200), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("due_at", UtcInstant),
    Column("payload", PAYLOAD, nullable=False),
    # Why the row could not be read or decided, from then on until it can be again.
    Column("rejected", Text),
    comment=OURS,
)
EVENTS: Final = Table(
    "events",
    METADATA,
    Column("case_id", String(200), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcInstant, nullable=False),
    # When it was told, by which a night is found again; a table of an earlier time has events told as they happened.
    Column("recorded_at", UtcInstant, index=True),
    Column("payload", PAYLOAD, nullable=False),
    comment=OURS,
)
OUTBOX: Final = Table(
    "outbox",
    METADATA,
    Column("id", String(300), primary_key=True),
    Column("payload", PAYLOAD),
    Column("sent_at", UtcInstant),
    Column("rejected", Text),
    comment=OURS,
)
CLAIMS: Final = Table(
    "claims",
    METADATA,
    # What may stand once among live cases: whoever comes second is told by this key.
    Column("claim", String(200), primary_key=True),
    Column("case_id", String(200), nullable=False, index=True),
    comment=OURS,
)
"""What live cases claim: an account has one mandate, whoever opens another at the same time."""


def _index(name: str, *columns: Column[Any], where: Any) -> None:
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


# Most cases have nothing left to decide, most messages are sent, and most rows are sound: they are in no index.
_index("cases_due", CASES.c.due_at, CASES.c.id, where=CASES.c.due_at.is_not(None))
_index("cases_rejected", CASES.c.id, where=CASES.c.rejected.is_not(None))
_index("outbox_unsent", OUTBOX.c.id, where=OUTBOX.c.sent_at.is_(None))
_index("outbox_rejected", OUTBOX.c.id, where=OUTBOX.c.rejected.is_not(None))


def create(engine: Engine) -> None:
    """Make the tables, columns and indexes that are not there yet; any number of processes may do so at once.

    Raises `ForeignError`, and changes nothing, where tables of these names are another program's.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(CREATING)))
            _look_at_tables(connection)
        METADATA.create_all(connection)
        for table in METADATA.sorted_tables:
            _complete(connection, table)
    truncate(engine)


def _look_at_tables(connection: Connection) -> None:
    looked_at = text("SELECT to_regclass(:name), obj_description(to_regclass(:name), 'pg_class')")
    for table in METADATA.sorted_tables:
        there, comment = connection.execute(looked_at, {"name": table.name}).one()
        if there is not None and comment != OURS:
            raise ForeignError(f"its table {table.name} is another program's")


def _complete(connection: Connection, table: Table) -> None:
    """Add what a database of an earlier time lacks."""
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            definition = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {definition}")
            if column is EVENTS.c.recorded_at:
                connection.execute(update(EVENTS).values(recorded_at=EVENTS.c.at))
    for index in table.indexes:
        index.create(connection, checkfirst=True)


def engine_for(database: str) -> Engine:
    """An engine for a URL, or for the path of an SQLite file; PostgreSQL goes by psycopg.

    A path is one as it is, whatever signs are in it. Raises `ArgumentError` for what is no such URL or path, and
    ImportError where its driver is missing; neither shows the password that is in it.
    """
    scheme, _, rest = database.partition("://")
    url: URL | str = database
    if scheme in {"postgres", "postgresql"}:
        url = f"postgresql+psycopg://{rest}"
    elif database and not _URL.match(database):
        # By its whole path: to SQLite, some names are those of databases in memory.
        url = URL.create("sqlite", database=str(Path(database).absolute()))
    try:
        asked = make_url(url)
        engine = None if "memory" in asked.query.get("mode", "") else create_engine(asked)
    except (ArgumentError, ValueError):
        engine = None
    if engine is None or (engine.dialect.name == "sqlite" and not _names_a_file(engine.url.database or "")):
        # Raised out of the handler: the other library's error, which may show the URL, is not kept as its context.
        raise ArgumentError(f"{without_password(database)} is no URL of a database that can be opened")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _look_at_file)
        event.listen(engine, "connect", _settle_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name == "postgresql":
        # Before SQLAlchemy itself asks the server anything.
        event.listen(engine, "connect", _settle_postgresql, insert=True)
        event.listen(engine, "do_executemany", _copy)
    return engine


def _names_a_file(name: str) -> bool:
    return name not in {"", ":memory:"} and "\0" not in name


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _look_at_file(_dialect: object, _record: object, given: list[Any], options: dict[str, Any]) -> None:
    """Look at a file before SQLite opens it, which may change it already; make a new one that its owner alone reads."""
    place = place_of(given[0], options)
    asked = dict(parse_qsl(urlsplit(given[0]).query)) if is_uri(given[0], options) else {}
    # What keeps nothing, or opens only what is there, leaves no file.
    if place not in {"", ":memory:"} and asked.get("mode", "rwc") == "rwc" and asked.get("vfs") != "memdb":
        keep(place)
    with suppress(OSError), Path(place).open("rb") as file:  # what cannot be read, SQLite says itself
        head = file.read(100)
        if head and not head.startswith(MAGIC):  # SQLite would take one of a letter or two for an empty one
            error = sqlite3.DatabaseError("file is not a database")
            error.sqlite_errorname = "SQLITE_NOTADB"
            raise error
        if head and int.from_bytes(head[68:72]) != APPLICATION:
            raise ForeignError("its file is another program's")


def place_of(name: str, options: Mapping[str, Any]) -> str:
    """The path of the file that SQLite opens for a name, or for the URI that the options of the driver say it is."""
    # As SQLite reads one: in small letters, and to the first NUL.
    return unquote(urlsplit(name).path).partition("\0")[0] if is_uri(name, options) else name


def is_uri(name: str, options: Mapping[str, Any]) -> bool:
    """Whether SQLite takes a name for a URI."""
    return bool(options.get("uri")) and name.startswith("file:")


def keep(place: str) -> None:
    """Make a file that its owner alone can read and write, unless it is there; raises `ForeignError` for a device."""
    with suppress(OSError):  # what cannot be made, SQLite says itself
        with suppress(FileExistsError):
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        mode = Path(place).stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise ForeignError("it is no file")


def _settle_sqlite(connection: Any, _: object) -> None:
    # The driver's own transactions begin at the first write, when what was read may be stale already.
    connection.isolation_level = None
    # A text that is not UTF-8 is for whoever reads the row, and not the end of all that is read with it.
    connection.text_factory = _text
    connection.execute(f"PRAGMA busy_timeout = {BUSY * 1000:.0f}")
    # Before there is a log beside it, so that it is in the file's own header from the beginning.
    if not connection.execute("PRAGMA application_id").fetchone()[0]:
        patiently(connection, f"PRAGMA application_id = {APPLICATION}")
    # One writer at a time, the others wait for a minute; a commit survives a power cut; what is erased is overwritten.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        patiently(connection, f"PRAGMA {pragma}")
    # However a URL asks for one: what is kept in memory has no name of a file, or no other log than memory.
    name = connection.execute("PRAGMA database_list").fetchone()[2]
    if not name or connection.execute("PRAGMA journal_mode").fetchone()[0] == "memory":
        connection.close()
        raise ArgumentError("a database in memory keeps nothing")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def truncate(engine: Engine) -> None:
    """Empty SQLite's log, in which what was erased still stands; what cannot be done now is left to a later time.

    So it is while others read it, or where the disk is full: all is recorded already.
    """
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as pooled:
        connection: Any = pooled.driver_connection
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}")
        try:
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.execute(f"PRAGMA busy_timeout = {BUSY * 1000:.0f}")


def patiently(connection: Any, statement: str, *, wait: float = BUSY) -> None:
    """Have SQLite do what it refuses while others are busy, even where it does not wait of its own accord."""
    end = time.monotonic() + wait
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("only_reads", False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


# Of parameters and nothing else: what also says what to do with a conflict is left to the server.
_INSERT: Final = re.compile(r"INSERT INTO (\w+) \(([^)]+)\) VALUES \((?:%\(\w+\)s(?:::[A-Z ]+)?(?:, )?)+\)")
_COPIED: Final = {String: "text", Text: "text", Integer: "int4", UtcInstant: "timestamptz", LargeBinary: "bytea"}


def _settle_postgresql(connection: Any, _: object) -> None:
    # Whatever the server, the database or the user is set to: what is written and read here is the same.
    for setting in ("datestyle TO ISO, YMD", "timezone TO 'UTC'", "client_encoding TO 'UTF8'"):
        connection.execute(f"SET {setting}")
    connection.commit()
    _read_instants_softly(connection)


def _copy(cursor: Any, statement: str, rows: Sequence[Mapping[str, Any]], _: object) -> bool:
    """Add many rows to one of the tables by COPY, in a third of the time of as many INSERTs; say whether it was one.

    It is as strict: where one of the rows cannot be added, it raises, and none is.
    """
    found = _INSERT.fullmatch(statement)
    if found is None or found[1] not in METADATA.tables:
        return False
    columns, names = METADATA.tables[found[1]].columns, found[2].split(", ")
    with cursor.copy(f"COPY {found[1]} ({found[2]}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([_COPIED[type(columns[name].type)] for name in names])
        for row in map(itemgetter(*names), rows):
            copy.write_row(row)
    return True


def storable(connection: Connection, words: str) -> str:
    """The words as a column of text takes them, whatever letters a server of PostgreSQL knows."""
    if connection.dialect.name != "postgresql":
        return words
    driver: Any = connection.connection.driver_connection
    if driver.info.parameter_status("server_encoding") == "UTF8":
        return words
    return words.encode("ascii", "backslashreplace").decode()


def _read_instants_softly(connection: Any) -> None:
    """Have an instant that Python has not (an infinity, a year before 1 or after 9999) read as the text that it is."""
    from psycopg import DataError  # noqa: PLC0415 - who has no server may not have it
    from psycopg.adapt import Loader  # noqa: PLC0415
    from psycopg.pq import Format  # noqa: PLC0415

    strict = connection.adapters.get_loader(connection.adapters.types["timestamptz"].oid, Format.TEXT)

    class Softly(Loader):
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._strict = strict(oid, context)

        def load(self, data: Any) -> Any:
            try:
                return self._strict.load(data)
            except DataError:
                return bytes(data).decode()

    connection.adapters.register_loader("timestamptz", Softly)
