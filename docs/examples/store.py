"""A store that loses nothing: cases with their due instant indexed, events, and an outbox, on SQLite or PostgreSQL.

One decision is one transaction: its case, its events and its messages are all there, or none is. A version that
somebody else made in the meantime is never overwritten. A sweep reads what is due, by the index, and nothing else. A
sender empties the outbox, each message at least once, and its id makes that once.

A message that carries a code stays in the outbox, code included, until it is sent; then it is erased there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import attrs
from schema import CASES, EVENTS, METADATA, OUTBOX, engine_for
from sqlalchemy import Connection, Engine, Row, Select, bindparam, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from teleprocedures import (
    EXPERT_2024_04_03,
    Adhesion,
    Case,
    CodecError,
    Decision,
    Event,
    Message,
    Notifier,
    Rulebook,
    Sweep,
)
from teleprocedures.codec import dumps, loads

CHANGING: Final = ("version", "state", "due_at", "payload")
# Compare and swap: the row of the version that the decision was made on, or none.
MOVE: Final = (
    update(CASES)
    .where(CASES.c.id == bindparam("of"), CASES.c.version == bindparam("made_on"))
    .values({name: bindparam(f"new_{name}") for name in CHANGING})
)
# What was sent is wanted no longer, least of all the code that it carried.
MARK: Final = update(OUTBOX).where(OUTBOX.c.id == bindparam("of")).values(sent_at=bindparam("now"), payload=None)


class StaleVersionError(Exception):
    """The case has moved on since the decision was made, and nothing of it was recorded: read it and decide again."""

    def __init__(self, case_id: str, *, made_on: int, found: int) -> None:
        self.case_id = case_id
        self.made_on = made_on
        self.found = found
        super().__init__(case_id, made_on, found)

    def __str__(self) -> str:
        stands = f"is at version {self.found}" if self.found else "is not there"
        return (
            f"case {self.case_id!r} {stands}, the decision was made on version {self.made_on}: read it and decide again"
        )


class _NotMovedError(Exception):
    """A row to move was not at its version."""


@attrs.frozen
class Sent:
    """What a sender did: how many messages went, and for each one that did not, its id and why."""

    count: int
    failed: tuple[tuple[str, str], ...] = ()


class Store:
    """Cases, events and messages in one database; `create` makes its tables.

    Raises what SQLAlchemy raises when the database cannot be used: then nothing of the transaction is recorded.
    """

    def __init__(self, database: Engine | str, *, rulebooks: Sequence[Rulebook] = (EXPERT_2024_04_03,)) -> None:
        self.engine = engine_for(database) if isinstance(database, str) else database
        self.rulebooks = tuple(rulebooks)

    def create(self) -> None:
        """Make the tables and the indexes that are not there yet."""
        METADATA.create_all(self.engine)

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()

    # --- Writing ------------------------------------------------------------------------------------------------------

    def record(self, *decisions: Decision[Any]) -> None:
        """Record decisions, all in one transaction: a `Journal` for `Portal`, which gives them one by one.

        Several decisions on one case come in their order. Raises `StaleVersionError` when a case is not at the version
        that its decision was made on; then nothing is recorded.
        """
        try:
            with self.engine.begin() as connection:
                _write(connection, decisions)
        except (IntegrityError, _NotMovedError):
            self._refuse_stale(decisions)
            raise

    def sweep(self, sweep: Sweep, *, batch: int = 500) -> Iterator[list[Decision[Any]]]:
        """Decide and record what is due, one transaction a batch, and give the decisions of each batch once recorded.

        Any number of workers can sweep at once: on PostgreSQL each skips the rows that another one holds, on SQLite
        they take turns. The batch of a worker that is killed is due again. A case that cannot be read or decided stays
        as it is, noted in `sweep.report`, and the others go on. A worker whose clock is off decides as of its own
        instant: no case twice, and none earlier than that clock says.
        """
        due = select(CASES).where(CASES.c.due_at <= sweep.at).order_by(CASES.c.due_at, CASES.c.id).limit(batch)
        query = due = due.with_for_update(skip_locked=True)
        while True:
            with self.engine.begin() as connection:
                rows = connection.execute(query).all()
                decisions = list(sweep.over(self._readable(rows, sweep)))
                _write(connection, decisions)
            if not rows:
                return
            yield decisions
            # Past the last row seen: what was rejected is not met again, nor the dead entries of what was decided.
            query = due.where(tuple_(CASES.c.due_at, CASES.c.id) > tuple_(rows[-1].due_at, rows[-1].id))

    def send(self, notifier: Notifier, *, at: datetime, batch: int = 100) -> Sent:
        """Hand the notifier every message not sent yet, each at least once, and mark it as sent at this instant.

        A message that cannot be sent stays, with what was wrong in `Sent.failed`, and the others go on. Who is killed
        between sending and marking sends up to a batch again: the receiver knows a message by its id.
        """
        failed: list[tuple[str, str]] = []
        sent, last = 0, ""
        unsent = select(OUTBOX).where(OUTBOX.c.sent_at.is_(None)).order_by(OUTBOX.c.id).limit(batch)
        unsent = unsent.with_for_update(skip_locked=True)
        while True:
            with self.engine.connect() as connection:
                rows = connection.execute(unsent.where(OUTBOX.c.id > last)).all()
                if not rows:
                    return Sent(sent, tuple(failed))
                if self.engine.dialect.name == "sqlite":
                    connection.commit()  # its one lock is on the whole database: others write while messages go
                gone = []
                try:
                    for row in rows:
                        try:
                            notifier.notify(self._load(row.payload))
                            gone.append({"of": row.id, "now": at})
                        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others go on
                            failed.append((row.id, f"{type(error).__name__}: {error}"))
                finally:
                    if gone:
                        connection.execute(MARK, gone)
                        connection.commit()
            sent, last = sent + len(gone), rows[-1].id

    def _refuse_stale(self, decisions: Iterable[Decision[Any]]) -> None:
        made_on: dict[str, int] = {}
        for decision in decisions:
            made_on.setdefault(decision.case.id, decision.events[0].version - 1)
        rows = self._read(select(CASES.c.id, CASES.c.version).where(CASES.c.id.in_(made_on)))
        found = {row.id: row.version for row in rows}
        for case_id, version in made_on.items():
            if found.get(case_id, 0) != version:
                raise StaleVersionError(case_id, made_on=version, found=found.get(case_id, 0)) from None

    # --- Reading ------------------------------------------------------------------------------------------------------

    def get(self, case_id: str) -> Case | None:
        """The case of this id, or None."""
        found: list[Case] = self._all(select(CASES.c.payload).where(CASES.c.id == case_id))
        return found[0] if found else None

    def cases(self) -> list[Case]:
        """All the cases, by id."""
        return self._all(select(CASES.c.payload).order_by(CASES.c.id))

    def events(self, case_id: str) -> list[Event]:
        """The events of a case, in order: `replay` makes the case of them."""
        return self._all(select(EVENTS.c.payload).where(EVENTS.c.case_id == case_id).order_by(EVENTS.c.version))

    def events_at(self, at: datetime) -> list[Event]:
        """The events of one instant, such as a night's."""
        return self._all(select(EVENTS.c.payload).where(EVENTS.c.at == at).order_by(EVENTS.c.case_id, EVENTS.c.version))

    def due(self, at: datetime) -> int:
        """How many cases have something due at this instant."""
        return int(self._read(select(func.count()).where(CASES.c.due_at <= at))[0][0])

    def last_event_at(self) -> datetime | None:
        """The instant (UTC) of the latest event of all, or None."""
        latest: datetime | None = self._read(select(func.max(EVENTS.c.at)))[0][0]
        return latest

    def unsent(self) -> list[Message]:
        """The messages that wait in the outbox, by id."""
        return self._all(select(OUTBOX.c.payload).where(OUTBOX.c.sent_at.is_(None)).order_by(OUTBOX.c.id))

    def _read(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self.engine.connect().execution_options(only_reads=True) as connection:
            return connection.execute(query).all()

    def _all(self, query: Select[Any]) -> list[Any]:
        return [self._load(row.payload) for row in self._read(query)]

    def _load(self, payload: bytes) -> Any:
        return loads(payload, rulebooks=self.rulebooks)

    def _readable(self, rows: Iterable[Row[Any]], sweep: Sweep) -> Iterator[Case]:
        for row in rows:
            try:
                yield self._load(row.payload)
            except CodecError as error:
                sweep.reject(row.id, str(error), row.payload)


class LeftToTheSender:
    """The notifier for a `Portal` whose journal is a store: messages are in the outbox, and `Store.send` sends them."""

    def notify(self, message: Message) -> None:
        """Leave the message where it is."""


def _write(connection: Connection, decisions: Iterable[Decision[Any]]) -> None:
    opened, moved, events, messages = [], [], [], []
    for decision in decisions:
        case = decision.case
        # The state of a request as a whole is that of its activation, once it has one.
        state = case.stage if isinstance(case, Adhesion) else case.state
        row = {"version": case.version, "state": str(state), "due_at": case.due_at, "payload": dumps(case)}
        if made_on := decision.events[0].version - 1:
            moved.append({"of": case.id, "made_on": made_on, **{f"new_{name}": row[name] for name in CHANGING}})
        else:
            opened.append({"id": case.id, "kind": case.kind, **row})
        events += [{"case_id": case.id, "version": e.version, "at": e.at, "payload": dumps(e)} for e in decision.events]
        messages += [{"id": m.id, "payload": dumps(m, secrets=True)} for m in decision.messages]
    for table, rows in ((CASES, opened), (EVENTS, events), (OUTBOX, messages)):
        if rows:
            connection.execute(insert(table), rows)
    if moved and connection.execute(MOVE, moved).rowcount != len(moved):
        raise _NotMovedError
