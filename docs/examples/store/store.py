"""A store that loses nothing: cases with their due instant indexed, events, and an outbox, on SQLite or PostgreSQL.

One decision is one transaction: its case, its events and its messages are all there, or none is. A version that
somebody else made in the meantime is never overwritten. What a case claims stands once among live ones, so that two who
open the same mandate at once do not open two. A sweep reads what is due, by the index, and nothing else. A
sender empties the outbox, each message at least once, and its id makes that once.

A row that cannot be read, decided or written, whatever it raises, is marked with the reason and left as it is; the
others go on. Each sweep looks at the marked rows once, tells those that are still bad, and goes on with those that are
not. A case is compared with its events before it is changed: one that is not what they make is such a row.

A message that carries a code stays in the outbox, code included, until it is sent. Then it is overwritten: on SQLite
in the file and, as soon as nobody reads, in its log. PostgreSQL keeps it in its own log and in dead rows for a while.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, TypeVar

import attrs
from failures import has_lost, is_of_the_database
from rows import BadRow, BadRowError, Found, Reader, apart, raised, sound, untrue
from schema import (
    CASES,
    CLAIMS,
    EVENTS,
    OUTBOX,
    as_it_is,
    create,
    engine_for,
    instant_for,
    instant_of,
    is_utf_8,
    keep,
    patiently,
    place_of,
    storable,
    truncate,
)
from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Row,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.types import NullType
from words import Reason, SaidError

from teleprocedures import (
    EXPERT_2024_04_03,
    Case,
    Clock,
    ConflictError,
    Decision,
    Event,
    InvalidValueError,
    Message,
    Notifier,
    RefusedError,
    Rejection,
    Rulebook,
    Sweep,
    replay,
)
from teleprocedures.codec import dumps

CHANGING: Final = ("version", "state", "due_at", "payload")
# Compare and swap: the row of the version that the decision was made on, or none. What was bad is not any more.
MOVE: Final = (
    update(CASES)
    .where(CASES.c.id == bindparam("of"), CASES.c.version == bindparam("made_on"))
    .values({name: bindparam(f"new_{name}") for name in CHANGING} | {"rejected": null()})
)
MOVED: Final = (*(f"new_{name}" for name in CHANGING), "of", "made_on")
# The columns that are written of each table, in its own order.
ADDED: Final = {
    CASES: ("id", "kind", *CHANGING),
    EVENTS: ("case_id", "version", "at", "recorded_at", "payload"),
    OUTBOX: ("id", "payload"),
    CLAIMS: ("claim", "case_id"),
}
ADD: Final = {table: insert(table) for table in ADDED}
# What was sent is wanted no longer, least of all the code that it carried.
SENT: Final = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("of"))
    .values(sent_at=bindparam("now"), payload=bindparam("kept"), rejected=None)
)
MARK: Final = {
    table: update(table).where(table.c.id == bindparam("of")).values(rejected=bindparam("why"))
    for table in (CASES, OUTBOX)
}
# The column as the database has it: one that holds no instant has its place in the order all the same.
PLACE: Final = type_coerce(CASES.c.due_at, NullType()).label("place")
SWEPT: Final = select(CASES.c.id, CASES.c.kind, CASES.c.version, CASES.c.payload, CASES.c.rejected, PLACE)
DUE: Final = SWEPT.where(CASES.c.rejected.is_(None)).order_by(CASES.c.due_at, CASES.c.id)
REJECTED: Final = SWEPT.where(CASES.c.rejected.is_not(None)).order_by(CASES.c.id)
GIVE_UP: Final = delete(CLAIMS).where(CLAIMS.c.case_id == bindparam("of"))
HISTORIES: Final = select(EVENTS).order_by(EVENTS.c.case_id, EVENTS.c.version)
KEPT: Final = select(OUTBOX).where(OUTBOX.c.payload.is_not(None)).order_by(OUTBOX.c.id)
UNSENT: Final = select(OUTBOX).where(OUTBOX.c.sent_at.is_(None)).order_by(OUTBOX.c.id)
Done = TypeVar("Done")

TRIES: Final = 100
"""How often a decision is made again that others were quicker than: somebody got on each time."""


class FutureNightError(SaidError):
    """The night has not come yet by the clock of the database, `now`: nothing was decided."""

    def __init__(self, at: datetime, now: datetime) -> None:
        super().__init__("night.to_come", at=at, now=now)


class _NotMovedError(Exception):
    """A row to move was not at its version."""


class _NotWrittenError(Exception):
    """One of the decisions of a batch cannot be written."""


@attrs.frozen
class Sent:
    """What a sender did: how many messages went, the id of each that did not and why, and the rows that are bad."""

    count: int
    failed: tuple[tuple[str, str], ...] = ()
    rejected: tuple[BadRow, ...] = ()


class Store:
    """Cases, events and messages in one database; `create` makes its tables.

    Its clock is that of the database, one for all who work on it: the server's, or this machine's for SQLite. Another
    one can be given, to rehearse. Raises what SQLAlchemy raises when the database cannot be used: then nothing of the
    transaction is recorded. `ForeignError` is one of these, for a database that is another program's.
    """

    def __init__(
        self,
        database: Engine | str,
        *,
        rulebooks: Sequence[Rulebook] = (EXPERT_2024_04_03,),
        clock: Clock | None = None,
    ) -> None:
        engine = engine_for(database) if isinstance(database, str) else database
        if engine.dialect.name == "postgresql":
            # Who comes second waits and reads again; a stricter server would end its transaction instead.
            engine = engine.execution_options(isolation_level="READ COMMITTED")
        self.engine = engine
        self.rulebooks = tuple(rulebooks)
        self._clock = clock
        self._reader = Reader(self.rulebooks)
        self._sending = threading.Lock()

    def create(self) -> None:
        """Make the tables and the indexes that are not there yet; erase what one that was killed left in the log."""
        create(self.engine)

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()

    def now(self) -> datetime:
        """The instant (UTC) by the store's clock."""
        if self._clock is not None:
            return self._clock.now()
        if self.engine.dialect.name == "sqlite":
            return datetime.now(UTC)
        now: datetime = self._read(select(func.clock_timestamp()))[0][0]
        return now.astimezone(UTC)

    # --- Writing ------------------------------------------------------------------------------------------------------

    def record(self, *decisions: Decision[Any]) -> None:
        """Record decisions, all in one transaction: a `Journal` for `Portal`, which gives them one by one.

        Several decisions on one case come in their order. Raises `ConflictError` when a case is not at the version that
        its decision expects, and when one claims what another live case has. Raises `BadRowError` when its events
        already go on after that version. Then nothing is recorded.
        """
        try:
            rows = _rows(self.engine.dialect, decisions)
            self._do(lambda connection: _write(connection, rows))
        except (IntegrityError, _NotMovedError) as error:
            self._refuse(decisions, error)
            raise

    def settle(self, decide: Callable[[], Sequence[Decision[Any]]]) -> Sequence[Decision[Any]]:
        """Record what `decide` gives, and have it decide again for as long as others are quicker: it reads the cases.

        Gives what was recorded. Raises what `decide` and `record` raise, the conflict of a version only after many
        tries, and `BadRowError` for a case to be changed that is in a bad row, or is not what its events make.
        """
        for tried in range(1, TRIES + 1):
            decisions = decide()
            try:
                self._verify(decisions)
                self.record(*decisions)
            except ConflictError as error:
                if error.code != "conflict.version" or tried == TRIES:
                    raise
            else:
                return decisions
        raise AssertionError("the last try returns or raises")

    def _verify(self, decisions: Iterable[Decision[Any]]) -> None:
        """Raise `BadRowError` for a case that they change and that is not what its events make."""
        for case_id, version in _made_on(decisions).items():
            rows = self._read(select(CASES).where(CASES.c.id == case_id, CASES.c.version == version))
            for case in map(self._reader.case, rows):  # of a stale version there is none, and nothing is recorded
                history = sound(self._read(HISTORIES.where(EVENTS.c.case_id == case_id)), self._reader.event)
                if row := untrue(case, history):
                    raise BadRowError(row)

    def change(self, case_id: str, verb: Callable[[Any], Decision[Any] | None]) -> Decision[Any] | None:
        """Record what the verb makes of a case, read again and decided again for as long as others are quicker.

            store.change("space-1", lambda space: space.activate(code, at=clock.now()))

        Gives the decision that was recorded, or None where the verb gave None. Raises what the verb raises, `KeyError`
        when there is no such case, and `BadRowError` for a bad row.
        """

        def decide() -> list[Decision[Any]]:
            case = self.get(case_id)
            if case is None:
                raise KeyError(case_id)
            decision = verb(case)
            return [] if decision is None else [decision]

        return next(iter(self.settle(decide)), None)

    def sweep(
        self,
        sweep: Sweep,
        *,
        batch: int = 500,
        verify: bool = True,
        reject: Callable[[BadRow], object] | None = None,
    ) -> Iterator[list[Decision[Any]]]:
        """Decide and record what is due, one transaction a batch, and give the decisions of each batch once recorded.

        Several workers can sweep at once: on PostgreSQL each skips the rows that another one holds, on SQLite they take
        turns. The batch of a worker that is killed is due again. A row that cannot be read, decided or written stays as
        it is, marked, and is noted in `sweep.report`; so are those marked earlier that still cannot. Whatever it raises
        is isolated, an error of the program too. `reject` is handed each of them, with the code and the facts of its
        reason. A case that is not what its events make is one of these rows; without `verify`, where nobody else writes
        to the database, that is not asked. A case that has changed after the sweep's instant is left to a later one.
        Raises `FutureNightError` for an instant after the clock's, and what is raised by a database that fails.
        """
        if sweep.at > (now := self.now()):
            raise FutureNightError(sweep.at, now)
        due = DUE.where(CASES.c.due_at <= sweep.at)
        # First what was bad before: what turns out to be bad now is not met again.
        for query, after in ((REJECTED, _after_id), (due, _after_place)):
            page = query
            while rows := (yield from self._swept(page.limit(batch), sweep, reject, verify=verify)):
                # Past the last row seen: what others hold is theirs, and the dead entries of what was decided are dead.
                page = query.where(after(rows[-1]))

    def _swept(
        self, query: Select[Any], sweep: Sweep, reject: Callable[[BadRow], object] | None, *, verify: bool
    ) -> Iterator[list[Decision[Any]]]:
        """Decide and record one batch, give its decisions, and return its rows."""
        rows: Sequence[Row[Any]] = ()
        decisions: list[Decision[Any]] = []
        bad: dict[str, BadRow] = {}
        is_decided = False

        def decide(connection: Connection) -> None:
            nonlocal rows, is_decided
            # What can fail because of others comes first: from here on the sweep has counted what it saw.
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            histories = self._histories(connection, rows) if verify else None
            is_decided = True
            mark = instant_for(connection.dialect)(sweep.at)
            cases = self._to_decide(rows, sweep, bad, mark=mark)
            if histories is not None:
                cases = _true(cases, histories, sweep, bad)
            decisions.extend(_decided(cases, sweep, bad))
            made = None
            try:
                made = _rows(connection.dialect, decisions)
                _write(connection, made)
            except Exception as error:
                if made is not None and is_of_the_database(error):
                    raise
                raise _NotWrittenError from error
            _mark(connection, CASES, _others(rows, decisions), bad)

        try:
            self._do(decide, unless=lambda: is_decided)
        except (IntegrityError, OperationalError, _NotWrittenError) as error:
            if isinstance(error, OperationalError) and not (has_lost(error) and is_decided):
                raise
            # One of them cannot be written, or others were quicker, and the whole batch is not: each alone, as decided.
            decisions = self._recorded_alone(decisions, sweep, bad)
            self._do(lambda connection: _mark(connection, CASES, _others(rows, decisions), bad))
        if reject is not None:
            for row in bad.values():
                reject(row)
        if decisions:
            yield decisions
        return rows

    def _recorded_alone(
        self, decisions: Iterable[Decision[Any]], sweep: Sweep, bad: dict[str, BadRow]
    ) -> list[Decision[Any]]:
        """Record each decision by itself, and reject those that cannot be; give those that were."""
        recorded = []
        for decision in decisions:
            case = decision.case
            made = None
            try:
                made = _rows(self.engine.dialect, [decision])
                self.record(decision)
            except ConflictError:
                continue  # somebody else decided on it since the batch was given up
            except BadRowError as error:
                row = error.row
            except Exception as error:
                if made is not None and is_of_the_database(error):
                    raise
                row = raised("cases", case.id, error)
            else:
                recorded.append(decision)
                continue
            _reject(row, sweep, bad, case)
        return recorded

    def _to_decide(self, rows: Iterable[Row[Any]], sweep: Sweep, bad: dict[str, BadRow], *, mark: Any) -> list[Case]:
        """The cases that are due; rows that are not what they should be are rejected.

        `mark` is the sweep's instant as the database has it: what comes no later in its order should be due.
        """
        cases = []
        for row in rows:
            try:
                case = self._reader.case(row)
                is_due = case.is_due(sweep.at)
            except BadRowError as error:
                _reject(error.row, sweep, bad, row.payload)
                continue
            except Exception as error:  # noqa: BLE001 - of a kind of the host's: the others are decided
                _reject(raised("cases", row.id, error), sweep, bad, row.payload)
                continue
            if is_due:
                if case.recorded_at <= sweep.at:
                    cases.append(case)
            elif row.place is not None and (not isinstance(row.place, type(mark)) or row.place <= mark):
                row_due_at = instant_of(self.engine.dialect)(row.place) or repr(row.place)
                why = Reason("row.other_due", {"due_at": case.due_at, "row_due_at": row_due_at})
                _reject(BadRow("cases", case.id, why), sweep, bad, row.payload)
        return cases

    def _histories(self, connection: Connection, rows: Iterable[Row[Any]]) -> dict[str, Found[Event]]:
        """The events of the cases in these rows, by the id of the case."""
        ids = [row.id for row in rows if isinstance(row.id, str) and is_utf_8(row.id)]
        found = connection.execute(HISTORIES.where(EVENTS.c.case_id.in_(ids)))
        return {of: sound(some, self._reader.event) for of, some in _by_case(found)}

    def send(self, notifier: Notifier, *, at: datetime, batch: int = 100) -> Sent:
        """Hand the notifier every message not sent yet, each at least once, and mark it as sent at this instant.

        Several senders can do so at once: on PostgreSQL each skips the messages that another one holds, on SQLite they
        take turns. A message that cannot be sent, whatever the notifier raises, stays, with what was wrong
        in `Sent.failed`; a row that cannot be read stays, marked, and is in `Sent.rejected`; the others go on. Who is
        killed between sending and marking sends up to a batch again: the receiver knows a message by its id. A message
        that carries a code is then erased, from SQLite's log as well, unless others read just then: the next sender
        does it. Others stay, to show who was told what (`messages`).
        """
        sent, failed, rejected = 0, [], []
        # First what was bad before, as in a sweep.
        for query in (UNSENT.where(OUTBOX.c.rejected.is_not(None)), UNSENT.where(OUTBOX.c.rejected.is_(None))):
            page = query.limit(batch)
            while True:
                with self._turn(), self.engine.connect() as connection:
                    rows = self._taken(connection, page)
                    if self.engine.dialect.name == "sqlite":
                        connection.commit()  # its one lock is on the whole database: others write while messages go
                    if not rows:
                        break
                    gone: list[dict[str, Any]] = []
                    messages = sound(rows, self._reader.message)
                    try:
                        for message in messages:
                            try:
                                notifier.notify(message)
                            except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others go on
                                failed.append((message.id, f"{type(error).__name__}: {error}"))
                            else:
                                gone.append({"of": message.id, "now": at, "kept": _kept(message)})
                    finally:
                        self._mark_sent(connection, rows, gone, messages.rejected)
                sent, rejected = sent + len(gone), [*rejected, *messages.rejected]
                page = query.where(OUTBOX.c.id > as_it_is(rows[-1].id)).limit(batch)
        truncate(self.engine)
        return Sent(sent, tuple(failed), tuple(rejected))

    def _taken(self, connection: Connection, page: Select[Any]) -> Sequence[Row[Any]]:
        """The next messages to send, which no other sender takes meanwhile."""

        def take() -> Sequence[Row[Any]]:
            connection.rollback()  # where others were quicker
            return connection.execute(page.with_for_update(skip_locked=True)).all()

        return _again(take)

    def _mark_sent(
        self, connection: Connection, rows: Iterable[Row[Any]], gone: list[dict[str, Any]], bad: Iterable[BadRow]
    ) -> None:
        """Mark what has gone as sent, and the bad ones of the others, and end the turn of this sender with them."""

        def mark(connection: Connection) -> None:
            if gone:
                connection.execute(SENT, gone)
            left = {row["of"] for row in gone}
            _mark(connection, OUTBOX, [row for row in rows if row.id not in left], {row.id: row for row in bad})

        try:
            mark(connection)
            connection.commit()
        except OperationalError as error:
            if not has_lost(error):
                raise
            # They have gone, whatever others did: they are marked in a transaction of their own.
            connection.rollback()
            self._do(mark)

    def _do(self, work: Callable[[Connection], object], *, unless: Callable[[], bool] = lambda: False) -> None:
        """Do the work in one transaction, in another where others were quicker, `unless` it cannot be done again."""

        def done() -> None:
            with self.engine.begin() as connection:
                work(connection)

        _again(done, unless=unless)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """On SQLite, which locks no rows: the turn of one sender, until it is done or dead."""
        if self.engine.dialect.name != "sqlite":
            yield
            return
        (name,), options = self.engine.dialect.create_connect_args(self.engine.url)
        place = place_of(name, options)
        with self._sending:
            if place in {"", ":memory:"}:
                yield
                return
            # The lock is another file's: the system takes it back from who dies, and readers and writers go on.
            keep(f"{place}.sending")
            with closing(sqlite3.connect(f"{place}.sending", timeout=0, isolation_level=None)) as turns:
                patiently(turns, "BEGIN EXCLUSIVE", wait=float("inf"))
                yield

    def _refuse(self, decisions: Sequence[Decision[Any]], error: Exception) -> None:
        """Say why these could not be recorded, if that can be explained."""
        made_on = _made_on(decisions)
        ids = list(made_on)
        found: dict[str, int] = {}
        for first in range(0, len(ids), 500):
            query = select(CASES.c.id, CASES.c.version).where(CASES.c.id.in_(ids[first : first + 500]))
            found |= {row.id: row.version for row in self._read(query)}
        for case_id, version in made_on.items():
            if found.get(case_id, 0) != version:
                raise ConflictError.version(case_id, expected=version, found=found.get(case_id, 0)) from None
        if isinstance(error, _NotMovedError):  # it was not there then, and is now
            raise ConflictError.version(ids[0], expected=made_on[ids[0]], found=found.get(ids[0], 0)) from None
        claims = {claim: decision.case.id for decision in decisions for claim in decision.claims}
        for row in self._read(select(CLAIMS).where(CLAIMS.c.claim.in_(claims))) if claims else ():
            raise ConflictError.claim(claims[row.claim], holder=row.case_id) from None
        with self.engine.connect().execution_options(only_reads=True) as connection:
            for decision in decisions:
                if row := _explained(connection, decision):
                    raise BadRowError(row) from None

    # --- Reading ------------------------------------------------------------------------------------------------------

    def get(self, case_id: str) -> Case | None:
        """The case of this id, or None; raises `BadRowError` for a bad row."""
        rows = self._read(select(CASES).where(CASES.c.id == case_id))
        return self._reader.case(rows[0]) if rows else None

    def cases(self) -> Found[Case]:
        """All the cases, by id; those in bad rows are in `rejected`, with those that no night would find."""
        return sound(self._read(select(CASES).order_by(CASES.c.id)), self._reader.filed_case)

    def events(self, case_id: str) -> list[Event]:
        """The events of a case, in order: `replay` makes the case of them; raises `BadRowError` for a bad row."""
        rows = self._read(HISTORIES.where(EVENTS.c.case_id == case_id))
        return [self._reader.event(row) for row in rows]

    def journal(self) -> Found[Event]:
        """All the events, history by history; those that make no case are left out, with why in `rejected`."""
        events, bad = list[Event](), list[BadRow]()
        for case_id, rows in _by_case(self._read(HISTORIES)):
            history = sound(rows, self._reader.event)
            if history.rejected:
                bad += history.rejected
                continue
            try:
                replay(history)
            except Exception as error:  # noqa: BLE001 - whatever one raises, the others are read
                bad.append(raised("cases", case_id, error))
            else:
                events += history
        return Found(events, bad)

    def recorded_at(self, at: datetime) -> Found[Event]:
        """The events recorded at one instant, such as a night's; those in bad rows are in `rejected`."""
        query = select(EVENTS).where(EVENTS.c.recorded_at == at).order_by(EVENTS.c.case_id, EVENTS.c.version)
        return sound(self._read(query), self._reader.event)

    def count_events(self) -> int:
        """How many events there are: how many more there are later is what everybody has recorded since."""
        return int(self._read(select(func.count()).select_from(EVENTS))[0][0])

    def due(self, at: datetime) -> int:
        """How many cases have something due at this instant, those in bad rows too."""
        return int(self._read(select(func.count()).where(CASES.c.due_at <= at))[0][0])

    def last_recorded_at(self) -> datetime | None:
        """The latest instant (UTC) at which an event was recorded, or None; what bad rows say of it does not count."""
        query = select(EVENTS).order_by(EVENTS.c.recorded_at.desc()).execution_options(yield_per=100)
        with (
            self.engine.connect().execution_options(only_reads=True) as connection,
            connection.execute(query) as rows,
        ):
            for row in rows:
                for event in sound([row], self._reader.event):
                    return event.recorded_at
        return None

    def unsent(self) -> Found[Message]:
        """The messages that wait in the outbox, by id; those in bad rows are in `rejected`."""
        return sound(self._read(UNSENT), self._reader.message)

    def messages(self) -> Found[Message]:
        """The messages that are kept, sent or not, by id; those in bad rows are in `rejected`."""
        return sound(self._read(KEPT), self._reader.message)

    def sent(self) -> dict[str, datetime]:
        """The instant (UTC) at which each message was sent, by id; those that wait are left out."""
        rows = self._read(select(OUTBOX.c.id, OUTBOX.c.sent_at).where(OUTBOX.c.sent_at.is_not(None)))
        return {row.id: row.sent_at for row in rows if row.sent_at is not None}

    def undecided(self, at: datetime) -> int:
        """How many cases have something due at this instant, without those in rows that were found bad."""
        query = select(func.count()).where(CASES.c.due_at <= at, CASES.c.rejected.is_(None))
        return int(self._read(query)[0][0])

    def check_events(self) -> list[BadRow]:
        """Read all the events, and tell their bad rows, and those of cases that are not at their last event.

        Told too are messages of which nobody can say whether they were sent, and claims of cases that are not there.
        """
        return self._checked(())

    def check_histories(self) -> list[BadRow]:
        """What `check_events` tells, and the cases that are not what their events make: it costs as much again."""
        return self._checked(self.cases())  # read before their events: what others record meanwhile does not count

    def _checked(self, cases: Iterable[Case]) -> list[BadRow]:
        found, left = list[BadRow](), {case.id: case for case in cases}
        for case_id, rows in _by_case(self._read(HISTORIES)):
            history = sound(rows, self._reader.event)
            found += history.rejected
            if case_id in left and (row := untrue(left.pop(case_id), history)):
                found.append(row)
        found += filter(None, (untrue(case, Found()) for case in left.values()))
        last = func.max(EVENTS.c.version).label("last")
        ends = select(EVENTS.c.case_id, last).group_by(EVENTS.c.case_id).subquery()
        query = (
            select(ends.c.case_id, ends.c.last, CASES.c.version)
            .outerjoin(CASES, CASES.c.id == ends.c.case_id)
            .where(CASES.c.version.is_distinct_from(ends.c.last))
            .order_by(ends.c.case_id)
        )
        found = [*(apart(row.case_id, last=row.last, version=row.version) for row in self._read(query)), *found]
        return [*found, *self._never_sent(), *self._of_nobody()]

    def _never_sent(self) -> Iterator[BadRow]:
        """The messages whose column says neither that they wait nor when they were sent: no sender takes them."""
        query = select(OUTBOX.c.id, OUTBOX.c.sent_at).where(OUTBOX.c.sent_at.is_not(None)).order_by(OUTBOX.c.id)
        with (
            self.engine.connect().execution_options(only_reads=True, yield_per=1000) as connection,
            connection.execute(query) as rows,
        ):
            for row in rows:
                if row.sent_at is None:
                    yield BadRow("outbox", str(row.id), Reason("row.sent_at_none"))

    def _of_nobody(self) -> Iterator[BadRow]:
        """The claims of no case: whoever claims the same is refused for ever."""
        query = select(CLAIMS).outerjoin(CASES, CASES.c.id == CLAIMS.c.case_id).where(CASES.c.id.is_(None))
        for row in self._read(query.order_by(CLAIMS.c.claim)):
            yield BadRow("claims", str(row.claim), Reason("row.of_nobody", {"id": repr(row.case_id)}))

    def _read(self, query: Select[Any]) -> Sequence[Row[Any]]:
        def read() -> Sequence[Row[Any]]:
            with self.engine.connect().execution_options(only_reads=True) as connection:
                return connection.execute(query).all()

        return _again(read)


class LeftToTheSender:
    """The notifier for a `Portal` whose journal is a store: messages are in the outbox, and `Store.send` sends them."""

    def notify(self, message: Message) -> None:
        """Leave the message where it is."""


def _again(work: Callable[[], Done], *, unless: Callable[[], bool] = lambda: False) -> Done:
    """What the work gives, done again for as long as the server ends its transaction because others were quicker.

    A server may do so at any isolation, for a deadlock say.
    """
    for tried in range(1, TRIES + 1):
        try:
            return work()
        except OperationalError as error:
            if tried == TRIES or not has_lost(error) or unless():
                raise
    raise AssertionError("the last try returns or raises")


def _made_on(decisions: Iterable[Decision[Any]]) -> dict[str, int]:
    """The version that each case has to be at, by its id: 0 for one that is opened."""
    made_on: dict[str, int] = {}
    for decision in decisions:
        made_on.setdefault(decision.case.id, decision.events[0].version - 1)
    return made_on


def _by_case(rows: Iterable[Row[Any]]) -> Iterator[tuple[Any, Iterator[Row[Any]]]]:
    return groupby(rows, key=attrgetter("case_id"))


def _after_id(row: Row[Any]) -> Any:
    return CASES.c.id > as_it_is(row.id)


def _after_place(row: Row[Any]) -> Any:
    return tuple_(CASES.c.due_at, CASES.c.id) > tuple_(as_it_is(row.place), as_it_is(row.id))


@attrs.frozen(kw_only=True)
class _Rows:
    """What decisions make of the tables: rows in the order of `MOVED` and `ADDED`, and the claims that are given up."""

    moved: list[tuple[Any, ...]]
    opened: list[tuple[Any, ...]]
    events: list[tuple[Any, ...]]
    messages: list[tuple[Any, ...]]
    claimed: list[tuple[str, str]]
    told: list[tuple[str, str]]
    given_up: list[dict[str, str]]


def _rows(dialect: Dialect, decisions: Iterable[Decision[Any]]) -> _Rows:
    """What these decisions make of the tables, each case as its last decision left it.

    The database is not asked: what is raised here is of a decision, a kind of the host's say, and of nothing else.
    """
    last: dict[str, Case] = {}
    made_on: dict[str, int] = {}
    events, messages, claimed, told = [], [], [], []
    instant = instant_for(dialect)
    for decision in decisions:
        case = decision.case
        id_, before = case.id, decision.expects
        made_on.setdefault(id_, before)
        if id_ in last and last[id_].version != before:
            raise ConflictError.version(id_, expected=before, found=last[id_].version)
        last[id_] = case
        for event in decision.events:
            at, told_at = instant(event.at), instant(event.recorded_at)
            events.append((id_, event.version, at, told_at, dumps(event)))
        messages += [(message.id, dumps(message, secrets=True)) for message in decision.messages]
        if claims := decision.claims:
            (told if decision.is_a_fact else claimed).extend((claim, id_) for claim in claims)
    # In the order of `CHANGING`.
    rows = {id_: (it.version, str(it.stage), instant(it.due_at), dumps(it)) for id_, it in sorted(last.items())}
    return _Rows(
        moved=[(*row, id_, made_on[id_]) for id_, row in rows.items() if made_on[id_]],
        opened=[(id_, last[id_].kind, *row) for id_, row in rows.items() if not made_on[id_]],
        events=events,
        messages=messages,
        claimed=claimed,
        told=told,
        given_up=_given_up(last, claimed_by={case_id for _, case_id in (*claimed, *told)}),
    )


def _write(connection: Connection, rows: _Rows) -> None:
    """Write cases, events and messages, within the transaction of the caller.

    Cases go first, by id: who comes second waits there, and never in a circle.
    """
    if _for_each(connection, MOVE, MOVED, rows.moved) != len(rows.moved):
        raise _NotMovedError
    if rows.given_up:
        connection.execute(GIVE_UP, rows.given_up)
    # How many rows an INSERT adds, not every driver says; of those who open a case at once, the others fail.
    for table, added in ((CASES, rows.opened), (EVENTS, rows.events), (OUTBOX, rows.messages), (CLAIMS, rows.claimed)):
        _for_each(connection, ADD[table], ADDED[table], added)
    # What happened is recorded whatever else is known: it claims what nobody has.
    for claim, case_id in rows.told:
        taken = exists().where(CLAIMS.c.claim == claim)
        connection.execute(
            insert(CLAIMS).from_select(["claim", "case_id"], select(literal(claim), literal(case_id)).where(~taken))
        )


def _kept(message: Message) -> bytes | None:
    """What is kept of a message that was sent: nothing of one that carries a code, which the codec does not write."""
    try:
        return dumps(message)
    except InvalidValueError:
        return None


def _claims(case: Case) -> bool:
    """Whether cases of its kind claim anything at all."""
    return type(case).claims is not Case.claims


def _given_up(last: Mapping[str, Case], *, claimed_by: set[str]) -> list[dict[str, str]]:
    """The cases that give up what they claimed: those that claim nothing any more, being over or closed.

    One that is brought back claims anew what it may have still, and gives up what it had.
    """
    return [
        {"of": id_}
        for id_, case in last.items()
        if case.version > 1 and _claims(case) and (id_ in claimed_by or not case.claims)
    ]


def _for_each(connection: Connection, statement: Any, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> int:
    """Execute for each of these rows, which have the parameters of these names; give how many rows that changed.

    By the driver itself: SQLAlchemy would find out anew for each row what its parameters are, a tenth of a night.
    """
    if not rows:
        return 0
    text, is_by_place = _compiled(statement, connection.dialect, names)
    given = rows if is_by_place else [dict(zip(names, row, strict=True)) for row in rows]
    return connection.exec_driver_sql(text, given).rowcount


@lru_cache(maxsize=64)
def _compiled(statement: Any, dialect: Dialect, names: tuple[str, ...]) -> tuple[str, bool]:
    """The text of a statement, and whether the driver takes its parameters by place, which is then in this order."""
    compiled = statement.compile(dialect=dialect, column_keys=names)
    by_place = compiled.positiontup
    assert by_place in (None, list(names)), "the rows are in another order"
    return str(compiled), by_place is not None


def _true(
    cases: Iterable[Case], histories: Mapping[str, Found[Event]], sweep: Sweep, bad: dict[str, BadRow]
) -> list[Case]:
    """Those of the cases that are what their events make; the others are rejected."""
    due = {case.id: case for case in cases}
    for case in list(due.values()):
        if row := untrue(case, histories.get(case.id, Found())):
            _reject(row, sweep, bad, due.pop(case.id))
    return list(due.values())


def _others(rows: Iterable[Row[Any]], decisions: Iterable[Decision[Any]]) -> list[Row[Any]]:
    """The rows that no decision was recorded on."""
    moved = {decision.case.id for decision in decisions}
    return [row for row in rows if row.id not in moved]


def _decided(cases: Iterable[Case], sweep: Sweep, bad: dict[str, BadRow]) -> list[Decision[Any]]:
    """What the sweep decides on each case; those on which it cannot are rejected, whatever they raise."""
    told = len(sweep.report.rejected)
    decisions: list[Decision[Any]] = []
    failed = []
    for case in cases:
        try:
            decisions += sweep.over([case])
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others go on
            failed.append((raised("cases", case.id, error), case))
    bad |= {str(it.id): _rejected(it) for it in sweep.report.rejected[told:]}
    for row, case in failed:
        _reject(row, sweep, bad, case)
    return decisions


def _reject(row: BadRow, sweep: Sweep, bad: dict[str, BadRow], given: object) -> None:
    """Note a bad row, in the report of the sweep too."""
    bad[row.id] = row
    sweep.reject(row.id, row.reason, given)


def _rejected(rejection: Rejection) -> BadRow:
    """The row of a case that a sweep set aside, with the refusal itself where that is why."""
    why: Reason | RefusedError = Reason("row.set_aside", {"words": rejection.reason})
    if isinstance(rejection.error, RefusedError):
        why = rejection.error
    return BadRow("cases", str(rejection.id), why)


def _explained(connection: Connection, decision: Decision[Any]) -> BadRow | None:
    """The row of a case whose events or messages are there before its decision, or None when they are not."""
    case_id, before = decision.case.id, decision.events[0].version - 1
    last = connection.execute(select(func.max(EVENTS.c.version)).where(EVENTS.c.case_id == case_id)).scalar_one()
    if last is not None and last > before:
        return apart(case_id, last=last, version=before)
    there = connection.execute(
        select(func.min(OUTBOX.c.id)).where(OUTBOX.c.id.in_([message.id for message in decision.messages]))
    ).scalar_one()
    return None if there is None else BadRow("cases", case_id, Reason("row.message_before_it", {"id": repr(there)}))


def _mark(connection: Connection, table: Any, rows: Sequence[Row[Any]], bad: dict[str, BadRow]) -> None:
    """Mark the bad ones of these rows, and take the mark from those that are not bad any more."""
    reasons = {id_: storable(connection, row.reason) for id_, row in bad.items()}
    marks = [{"of": row.id, "why": reasons.get(str(row.id))} for row in rows]
    marks = [mark for mark, row in zip(marks, rows, strict=True) if mark["why"] != row.rejected]
    for is_plain, some in groupby(marks, key=lambda mark: not isinstance(mark["of"], str) or is_utf_8(mark["of"])):
        if is_plain:
            connection.execute(MARK[table], list(some))
            continue
        for mark in some:  # SQLite alone has such a row, and no parameter is such a text
            odd = update(table).where(table.c.id == as_it_is(mark["of"])).values(rejected=mark["why"])
            connection.execute(odd)
