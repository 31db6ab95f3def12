"""A store that loses nothing: cases with their due instant indexed, events, and an outbox, on SQLite or PostgreSQL.

One decision is one transaction: its case, its events and its messages are all there, or none is. A version that somebody
else made in the meantime is never overwritten. A sweep reads what is due by the index, and nothing else, in batches that
several workers share; a sender empties the outbox, each message at least once: its id makes that once.

A message that carries a code stays in the outbox until it is sent, code included; sending it erases it there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import attrs
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
    bindparam,
    create_engine,
    event,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeDecorator

from teleprocedures import EXPERT_2024_04_03, Case, CodecError, Decision, Event, Message, Notifier, Rulebook, Sweep
from teleprocedures.codec import dumps, loads
from teleprocedures.deadlines import UTC, instant

WAIT: Final = 60.0
"""Seconds for which a worker waits for another one's transaction on SQLite, where there is one writer at a time."""


class UtcInstant(TypeDecorator[datetime]):
    """An instant in UTC, to the microsecond; SQLite keeps no zone, so everything there is UTC. Naive ones are refused."""

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
# Most cases have nothing left to decide: they are not in the index at all.
Index(
    "cases_due",
    CASES.c.due_at,
    CASES.c.id,
    sqlite_where=CASES.c.due_at.is_not(None),
    postgresql_where=CASES.c.due_at.is_not(None),
)
EVENTS: Final = Table(
    "events",
    METADATA,
    Column("case_id", String(200), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("at", UtcInstant, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
Index("events_at", EVENTS.c.at)
OUTBOX: Final = Table(
    "outbox",
    METADATA,
    Column("id", String(300), primary_key=True),
    Column("payload", LargeBinary),
    Column("sent_at", UtcInstant),
)
Index("outbox_unsent", OUTBOX.c.id, sqlite_where=OUTBOX.c.sent_at.is_(None), postgresql_where=OUTBOX.c.sent_at.is_(None))

MOVE: Final = (
    update(CASES)
    .where(CASES.c.id == bindparam("of"), CASES.c.version == bindparam("expected"))
    .values({name: bindparam(f"new_{name}") for name in ("version", "state", "due_at", "payload")})
)


class StaleVersionError(Exception):
    """The case has moved on since the decision was made: nothing of it was recorded. Read the case, and decide again."""

    def __init__(self, case_id: str, *, expected: int, found: int) -> None:
        self.case_id = case_id
        self.expected = expected
        self.found = found
        super().__init__(case_id, expected, found)

    def __str__(self) -> str:
        return (
            f"case {self.case_id!r} is at version {self.found}, and the decision was made on version {self.expected}:"
            " read the case and decide again"
        )


@attrs.frozen
class Sent:
    """What a sender did: how many messages went, and for each one that did not, its id and why."""

    count: int
    failed: tuple[tuple[str, str], ...]


def engine_for(database: str) -> Engine:
    """An engine for a URL, or for the path of an SQLite file; `postgresql://` goes by psycopg."""
    if "://" not in database:
        database = f"sqlite:///{Path(database)}"
    scheme, _, rest = database.partition("://")
    if scheme in {"postgres", "postgresql"}:
        database = f"postgresql+psycopg://{rest}"
    engine = create_engine(database)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _settle_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _settle_sqlite(connection: Any, _: object) -> None:
    # The driver's own transactions begin too late, at the first write, when what was read may be stale already.
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {WAIT * 1000:.0f}", "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


class Store:
    """Cases, events and messages of one database. Raises what SQLAlchemy raises when the database cannot be used."""

    def __init__(self, engine: Engine | str, *, rulebooks: Sequence[Rulebook] = (EXPERT_2024_04_03,)) -> None:
        self.engine = engine_for(engine) if isinstance(engine, str) else engine
        self.rulebooks = tuple(rulebooks)

    def create(self) -> None:
        """Make the tables and indexes that are not there yet."""
        METADATA.create_all(self.engine)

    # --- Writing ------------------------------------------------------------------------------------------------------

    def record(self, *decisions: Decision[Any]) -> None:
        """Record decisions, all in one transaction: a `Journal` for `Portal`, which gives them one by one.

        Several decisions on one case come in their order. Raises `StaleVersionError` when a case is not at the version
        that its decision was made on; then nothing is recorded.
        """
        with self._refusing_stale(decisions), self.engine.begin() as connection:
            _write(connection, decisions)

    def sweep(self, sweep: Sweep, *, batch: int = 500) -> Iterator[list[Decision[Any]]]:
        """Decide and record what is due, one transaction a batch, and give the decisions of each batch once recorded.

        Any number of workers can sweep at once: on PostgreSQL each skips the rows that another one holds, on SQLite they
        take turns. The batch of a worker that is killed is due again. A case that cannot be read or decided stays as it is,
        and is in `sweep.report`; past its batch the others go on.
        """
        due = select(CASES.c.id, CASES.c.due_at, CASES.c.payload).where(CASES.c.due_at <= sweep.at)
        query = due = due.order_by(CASES.c.due_at, CASES.c.id).limit(batch).with_for_update(skip_locked=True)
        while True:
            with self.engine.begin() as connection:
                rows = connection.execute(query).all()
                decisions = list(sweep.over(self._readable(rows, sweep)))
                _write(connection, decisions)
            if not rows:
                return
            yield decisions
            # Past the last row seen: what was rejected is not met again, nor the index's entries of what was decided.
            query = due.where(tuple_(CASES.c.due_at, CASES.c.id) > tuple_(rows[-1].due_at, rows[-1].id))

    def send(self, notifier: Notifier, *, at: datetime, batch: int = 100) -> Sent:
        """Hand the notifier every message not sent yet, each at least once, and mark it as sent at this instant.

        A message that could not be sent stays, with what was wrong in `Sent.failed`, and the others go on. Whoever is
        killed between sending and marking sends up to a batch again: the receiver knows a message by its id.
        """
        count, failed, after = 0, [], ""
        unsent = select(OUTBOX.c.id, OUTBOX.c.payload).where(OUTBOX.c.sent_at.is_(None)).order_by(OUTBOX.c.id)
        unsent = unsent.limit(batch).with_for_update(skip_locked=True)
        while True:
            with self.engine.connect() as connection:
                rows = connection.execute(unsent.where(OUTBOX.c.id > after)).all()
                if self.engine.dialect.name == "sqlite":
                    connection.commit()  # what is locked there is the whole database: others write while this one sends
                if not rows:
                    return Sent(count, tuple(failed))
                gone = []
                try:
                    for row in rows:
                        try:
                            notifier.notify(self._load(row.payload))
                        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others go on
                            failed.append((row.id, f"{type(error).__name__}: {error}"))
                        else:
                            gone.append({"of": row.id})
                finally:
                    if gone:
                        # Sent: the code that the message carried is wanted no longer.
                        connection.execute(MARK, [{**row, "now": at} for row in gone])
                        connection.commit()
            count, after = count + len(gone), rows[-1].id

    @contextmanager
    def _refusing_stale(self, decisions: Sequence[Decision[Any]]) -> Iterator[None]:
        try:
            yield
        except (IntegrityError, _NotThereError):
            made_on: dict[str, int] = {}
            for decision in decisions:
                made_on.setdefault(decision.case.id, decision.events[0].version - 1)
            found = self.versions(made_on)
            for case_id, expected in made_on.items():
                if found.get(case_id, 0) != expected:
                    raise StaleVersionError(case_id, expected=expected, found=found.get(case_id, 0)) from None
            raise

    # --- Reading ------------------------------------------------------------------------------------------------------

    def _read(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self.engine.execution_options(reads=True).connect() as connection:
            return connection.execute(query).all()

    def _load(self, payload: bytes) -> Any:
        return loads(payload, rulebooks=self.rulebooks)

    def _readable(self, rows: Iterable[Row[Any]], sweep: Sweep) -> Iterator[Case]:
        for row in rows:
            try:
                case = self._load(row.payload)
            except CodecError as error:
                sweep.reject(row.id, str(error), row.payload)
            else:
                yield case

    def get(self, case_id: str) -> Case | None:
        """The case of this id, or None."""
        rows = self._read(select(CASES.c.payload).where(CASES.c.id == case_id))
        return self._load(rows[0].payload) if rows else None

    def cases(self) -> list[Case]:
        """All the cases, by id."""
        return [self._load(row.payload) for row in self._read(select(CASES.c.payload).order_by(CASES.c.id))]

    def versions(self, ids: Iterable[str]) -> dict[str, int]:
        """The version of each of these cases that is there."""
        return {row.id: row.version for row in self._read(select(CASES.c.id, CASES.c.version).where(CASES.c.id.in_(ids)))}

    def events(self, case_id: str) -> list[Event]:
        """The events of a case, in order: `replay` makes the case of them."""
        query = select(EVENTS.c.payload).where(EVENTS.c.case_id == case_id).order_by(EVENTS.c.version)
        return [self._load(row.payload) for row in self._read(query)]

    def events_at(self, at: datetime) -> list[Event]:
        """The events of one instant, such as a night's."""
        query = select(EVENTS.c.payload).where(EVENTS.c.at == at).order_by(EVENTS.c.case_id, EVENTS.c.version)
        return [self._load(row.payload) for row in self._read(query)]

    def last_event_at(self) -> datetime | None:
        """The instant (UTC) of the latest event of all, or None."""
        (row,) = self._read(select(func.max(EVENTS.c.at).label("at")))
        return row.at

    def unsent(self) -> list[Message]:
        """The messages that wait in the outbox."""
        query = select(OUTBOX.c.payload).where(OUTBOX.c.sent_at.is_(None)).order_by(OUTBOX.c.id)
        return [self._load(row.payload) for row in self._read(query)]


class LeftToTheSender:
    """The notifier for a `Portal` whose journal is a store: messages are in the outbox already, and `Store.send` sends them."""

    def notify(self, message: Message) -> None:
        """Leave the message where it is."""


def _row(case: Case) -> dict[str, Any]:
    # The stage of a request is that of its activation, once it has one.
    state = case.stage if isinstance(case, Adhesion) else case.state
    return {"version": case.version, "state": str(state), "due_at": case.due_at, "payload": dumps(case)}


def _write(connection: Connection, decisions: Iterable[Decision[Any]]) -> None:
    rows: dict[Any, list[dict[str, Any]]] = {NEW: [], MOVE: [], insert(EVENTS): [], insert(OUTBOX): []}
