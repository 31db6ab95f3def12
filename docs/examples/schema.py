"""The tables of the store, with the two indexes that keep a night cheap, and how to open a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

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
    TypeDecorator,
    create_engine,
    event,
)

from teleprocedures.deadlines import instant


class UtcInstant(TypeDecorator[datetime]):
    """An instant in UTC, to the microsecond (SQLite keeps no zone: all there is UTC). A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To the database."""
        return None if value is None else instant(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA: Final = MetaData()
CASES: Final = Table(
    "cases",
    METADATA,
    Column("id", String(200), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("due_at", UtcInstant),
    Column("payload", LargeBinary, nullable=False),
)
EVENTS: Final = Table(
    "events",
    METADATA,
    Column("case_id", String(200), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcInstant, nullable=False, index=True),
    Column("payload", LargeBinary, nullable=False),
)
OUTBOX: Final = Table(
    "outbox",
    METADATA,
    Column("id", String(300), primary_key=True),
    Column("payload", LargeBinary),
    Column("sent_at", UtcInstant),
)


def _index(name: str, *columns: Column[Any], where: Any) -> None:
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


# Most cases have nothing left to decide, and most messages are sent: neither is in its index.
_index("cases_due", CASES.c.due_at, CASES.c.id, where=CASES.c.due_at.is_not(None))
_index("outbox_unsent", OUTBOX.c.id, where=OUTBOX.c.sent_at.is_(None))


def engine_for(database: str) -> Engine:
    """An engine for a URL, or for the path of an SQLite file; PostgreSQL goes by psycopg."""
    scheme, is_url, rest = database.partition("://")
    if not is_url:
        database = f"sqlite:///{database}"
    elif scheme in {"postgres", "postgresql"}:
        database = f"postgresql+psycopg://{rest}"
    engine = create_engine(database)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _settle_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _settle_sqlite(connection: Any, _: object) -> None:
    # The driver's own transactions begin at the first write, when what was read may be stale already.
    connection.isolation_level = None
    # One writer at a time, the others wait for a minute; a commit survives a power cut; what is erased is overwritten.
    for pragma in ("busy_timeout = 60000", "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("only_reads", False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
