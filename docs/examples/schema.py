"""The tables of the store, with the indexes that keep a night cheap, and how to open a database."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from printable import without_password
from sqlalchemy import (
    Column,
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
    create_engine,
    event,
    func,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.schema import CreateColumn
from sqlalchemy.types import TypeEngine, UserDefinedType

from teleprocedures.deadlines import instant

CREATING: Final = 0x7E1E
"""The number of the lock under which PostgreSQL makes the tables: two jobs may come to an empty database at once."""
BUSY: Final = 60.0
"""How many seconds a writer waits for the others on SQLite."""


class UtcInstant(TypeDecorator[datetime]):
    """An instant in UTC, to the microsecond. A naive one is refused.

    SQLite keeps it as text, `2026-03-04 05:00:00.000000`. What somebody else put there and is no instant reads as None.
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
        at = instant(value)
        return at.replace(tzinfo=None).isoformat(" ", "microseconds") if dialect.name == "sqlite" else at

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None or dialect.name != "sqlite":
            return None if value is None else value.astimezone(UTC)
        try:
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        except (TypeError, ValueError):
            return None


def instant_for(dialect: Dialect) -> Callable[[datetime | None], Any]:
    """What makes an instant what the driver keeps of it."""
    return partial(UtcInstant().process_bind_param, dialect=dialect)


def instant_of(dialect: Dialect) -> Callable[[Any], datetime | None]:
    """What makes an instant of what the driver keeps of one; None of anything else."""
    return partial(UtcInstant().process_result_value, dialect=dialect)


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
)
OUTBOX: Final = Table(
    "outbox",
    METADATA,
    Column("id", String(300), primary_key=True),
    Column("payload", PAYLOAD),
    Column("sent_at", UtcInstant),
    Column("rejected", Text),
)


def _index(name: str, *columns: Column[Any], where: Any) -> None:
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


# Most cases have nothing left to decide, most messages are sent, and most rows are sound: they are in no index.
_index("cases_due", CASES.c.due_at, CASES.c.id, where=CASES.c.due_at.is_not(None))
_index("cases_rejected", CASES.c.id, where=CASES.c.rejected.is_not(None))
_index("outbox_unsent", OUTBOX.c.id, where=OUTBOX.c.sent_at.is_(None))
_index("outbox_rejected", OUTBOX.c.id, where=OUTBOX.c.rejected.is_not(None))


def create(engine: Engine) -> None:
    """Make the tables, columns and indexes that are not there yet; any number of processes may do so at once."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(CREATING)))
        METADATA.create_all(connection)
        for table in METADATA.sorted_tables:
            _complete(connection, table)


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

    Raises `ArgumentError` for what is no such URL, and ImportError where its driver is missing; neither shows the
    password that is in it.
    """
    scheme, is_url, rest = database.partition("://")
    url = database
    if not is_url:
        url = f"sqlite:///{database}"
    elif scheme in {"postgres", "postgresql"}:
        url = f"postgresql+psycopg://{rest}"
    try:
        engine = create_engine(url)
    except (ArgumentError, ValueError):
        engine = None
    if engine is None:
        # Raised out of the handler: the other library's error, which may show the URL, is not kept as its context.
        raise ArgumentError(f"{without_password(database)} is no URL of a database that can be opened")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _settle_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _settle_sqlite(connection: Any, _: object) -> None:
    # The driver's own transactions begin at the first write, when what was read may be stale already.
    connection.isolation_level = None
    # A text that is not UTF-8 is for whoever reads the row, and not the end of all that is read with it.
    connection.text_factory = _text
    # One writer at a time, the others wait for a minute; a commit survives a power cut; what is erased is overwritten.
    connection.execute(f"PRAGMA busy_timeout = {BUSY * 1000:.0f}")
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        patiently(connection, f"PRAGMA {pragma}")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


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
