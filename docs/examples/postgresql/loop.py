"""The clock's pass over requests in PostgreSQL, in SQL and one loop: any number of workers, each row once.

    python docs/examples/postgresql/loop.py postgresql://user@host/name 2026-03-04T06:00+01:00

A batch is one transaction: what is decided, its events and its messages are all there, or the batch is due again. Rows
that another worker holds are passed by. The store of `docs/examples/store` does more: it compares a case with its
events before it changes it, tells bad rows, and sends.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg

from teleprocedures import Case, CodecError, Decision, Sweep
from teleprocedures.codec import dumps, loads

TABLES: Final = Path(__file__).with_name("tables.sql")
TAKE: Final = """
    SELECT id, document FROM requests
    WHERE due_at <= %s AND set_aside IS NULL
    ORDER BY due_at, id LIMIT %s
    FOR UPDATE SKIP LOCKED
"""
MOVE: Final = "UPDATE requests SET version = %s, due_at = %s, document = %s WHERE id = %s AND version = %s"
TOLD: Final = "INSERT INTO events (request_id, version, document) VALUES (%s, %s, %s)"
SEND: Final = "INSERT INTO outbox (id, document) VALUES (%s, %s)"
ASIDE: Final = "UPDATE requests SET set_aside = %s WHERE id = %s"


def night(connection: psycopg.Connection, at: datetime, *, batch: int = 500) -> int:
    """Decide on all that is due at an instant, and record it; gives how many decisions that took."""
    count = 0
    while True:
        with connection.transaction(), connection.cursor() as cursor:
            rows = cursor.execute(TAKE, (at, batch)).fetchall()
            if not rows:
                return count
            sweep = Sweep(at=at)
            decided = list(sweep.over(decoded(document) for _, document in rows))
            record(cursor, decided)
            # What is not decided on now would be taken again, and again.
            left = {id_ for id_, _ in rows} - {decision.case.id for decision in decided}
            why = {rejection.id: rejection.reason for rejection in sweep.report.rejected}
            cursor.executemany(ASIDE, [(why.get(id_, "it cannot be read, or is not due"), id_) for id_ in left])
        count += len(decided)


def record(cursor: psycopg.Cursor, decided: Iterable[Decision[Any]]) -> None:
    """Write decisions, within the transaction of the caller."""
    decided = list(decided)
    moved = [(it.case.version, it.case.due_at, dumps(it.case), it.case.id, it.expects) for it in decided]
    cursor.executemany(MOVE, moved)
    cursor.executemany(TOLD, [(it.case.id, event.version, dumps(event)) for it in decided for event in it.events])
    messages = [message for it in decided for message in it.messages]
    cursor.executemany(SEND, [(message.id, dumps(message, secrets=True)) for message in messages])


def decoded(document: bytes) -> Case | str:
    """The case of a document, or why it is none, on which a sweep decides nothing."""
    try:
        case = loads(document)
    except CodecError as error:
        return str(error)
    return case if isinstance(case, Case) else "no case"


def load(connection: psycopg.Connection, cases: Iterable[Case]) -> None:
    """Load cases in bulk, without the round trip of a row each: COPY takes some ten thousand a second and more."""
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy("COPY requests (id, version, due_at, document) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["text", "int4", "timestamptz", "bytea"])
            for case in cases:
                copy.write_row((case.id, case.version, case.due_at, dumps(case)))
        cursor.execute("ANALYZE requests")


def create(connection: psycopg.Connection) -> None:
    """Make the tables and the indexes that are not there yet."""
    connection.execute(TABLES.read_text("utf-8"))


def main(database: str, at: str) -> None:
    """Run one night."""
    with psycopg.connect(database, autocommit=True) as connection:
        create(connection)
        print(night(connection, datetime.fromisoformat(at)))


if __name__ == "__main__":
    main(*sys.argv[1:])
