"""PostgreSQL as it comes, with fsync on: the store of the examples and the loop in SQL, over millions of requests.

make bench BENCH=postgresql              5,000,000 requests, 50,000 due
make bench BENCH="short postgresql"      the same, of a hundredth
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from portfolios import NIGHT, PLACE, requested, use_examples

from teleprocedures import FixedClock, Sweep
from teleprocedures.codec import dumps

use_examples()
sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))
import loop  # noqa: E402
import psycopg  # noqa: E402
from postgres_server import NoServerError, served  # noqa: E402
from store import Store  # noqa: E402

BATCH = 500


def kinds() -> dict[str, tuple[Any, datetime]]:
    """Requests that lapse on the night, that remind on it, and that do nothing for long; and when each is due."""
    lapsing = requested(NIGHT - timedelta(days=75))
    lapsing_at = lapsing.deadline.lapses_at
    reminding, never = requested(NIGHT), requested(NIGHT + timedelta(days=400))
    return {"lapses": (lapsing, lapsing_at), "reminders": (reminding, reminding.due_at), "never": (never, never.due_at)}


def copied(database: str, table: str, count: int, due: int, kind: str) -> tuple[datetime, float]:
    """Fill the table of cases, or of requests, of which so many are due; the night, and how long it took to load."""
    known = kinds()
    (case, at), (later, never_at) = known[kind], known["never"]
    documents = dumps(case), dumps(later)
    step, start = count // due, perf_counter()
    extra = "kind, state, " if table == "cases" else ""
    names = (
        f"COPY {table} (id, version, due_at, {extra}{'payload' if extra else 'document'}) FROM STDIN (FORMAT BINARY)"
    )
    with psycopg.connect(database, autocommit=True) as connection, connection.cursor() as cursor:
        with cursor.copy(names) as copy:
            copy.set_types(["text", "int4", "timestamptz", *(["text", "text"] if extra else []), "bytea"])
            for number in range(count):
                is_due = number % step == 0
                id_ = f"adhesion-{number:08}"
                document = documents[0 if is_due else 1].replace(PLACE.encode(), id_.encode())
                middle = (case.kind, str(case.stage)) if extra else ()
                copy.write_row((id_, case.version, at if is_due else never_at, *middle, document))
        connection.execute(f"ANALYZE {table}")
    return at, perf_counter() - start


def rows(*, short: bool) -> Iterator[str]:
    """A line each: loading, a night of lapses and one of reminders, by the store and by the loop."""
    count, due = (50_000, 500) if short else (5_000_000, 50_000)
    try:
        with served(fsync=True) as server:
            for kind in ("lapses", "reminders"):
                yield from by_the_loop(server.new_database(), count, due, kind)
                yield from by_the_store(server.new_database(), count, due, kind)
    except NoServerError as reason:
        yield f"PostgreSQL was not measured: {reason}"


def by_the_loop(database: str, count: int, due: int, kind: str) -> Iterator[str]:
    """Load, and one night by the loop in SQL."""
    with psycopg.connect(database, autocommit=True) as connection:
        loop.create(connection)
        at, seconds = copied(database, "requests", count, due, kind)
        yield f"loading {count:,} requests by COPY, indexes there: {seconds:.1f} s"
        start = perf_counter()
        decided = loop.night(connection, at, batch=BATCH)
        assert decided == due, decided
        yield f"the loop, {due:,} {kind} of {count:,} requests: {perf_counter() - start:.1f} s"
        emptied(database, "requests")


def by_the_store(database: str, count: int, due: int, kind: str) -> Iterator[str]:
    """One night by the store, without its comparison with events, of which there are none."""
    with closing(Store(database, clock=FixedClock(NIGHT + timedelta(days=999)))) as store:
        store.create()
        at, _ = copied(database, "cases", count, due, kind)
        start = perf_counter()
        decided = sum(len(batch) for batch in store.sweep(Sweep(at=at), batch=BATCH, verify=False))
        assert decided == due, decided
        yield f"the store, {due:,} {kind} of {count:,} requests: {perf_counter() - start:.1f} s"
    emptied(database, "cases")


def emptied(database: str, table: str) -> None:
    """Give the disk back: the next one needs as much."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {table}, events, outbox")
