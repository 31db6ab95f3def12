"""Rows on the store: the nightly pass must cost what is due, and not what is there; and little more than raw SQL.

The raw SQL reads and writes the same bytes by the driver alone, in batches of the same size: its decisions are canned,
made and encoded beforehand, and it neither reads nor decides anything.
"""

from __future__ import annotations

import gc
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from paired import Row, Timed, compared, ratio
from portfolios import NIGHT, PLACE, asked, requested, use_examples

from teleprocedures import FixedClock, Sweep
from teleprocedures.codec import dumps

use_examples()
sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))
from postgres_server import NoServerError, served  # noqa: E402
from schema import CASES, EVENTS  # noqa: E402
from sqlalchemy import insert  # noqa: E402
from store import Store  # noqa: E402

BATCH = 500
NIGHTS = 5
"""One to warm up, and four to measure: each has as many due as the others."""


def filled(place: str, count: int, *, due: int) -> Store:
    """A store with as many cases, of which as many are to lapse on each of the nights; all others, much later."""
    store = Store(place, clock=FixedClock(NIGHT + timedelta(days=NIGHTS)))
    store.create()
    decisions = [asked(NIGHT - timedelta(days=70 - night)) for night in range(NIGHTS)]
    nights = [decision.case for decision in decisions]
    histories = [[(event, dumps(event)) for event in decision.events] for decision in decisions]
    never = requested(NIGHT + timedelta(days=400))
    # What reminds of a letter or of a time limit is behind these: on their night they lapse, one event each.
    due_at = [NIGHT + timedelta(days=night) for night in range(NIGHTS)]
    made = [(case, dumps(case), at) for case, at in zip(nights, due_at, strict=True)]
    far = (never, dumps(never), never.due_at)

    def row(place: int) -> dict[str, object]:
        # Spread over the table, as real ones are.
        spread = place * 7_919 % count
        case, document, at = made[spread // due] if spread < due * NIGHTS else far
        id_ = f"adhesion-{place:08}"
        payload = document.replace(PLACE.encode(), id_.encode())
        return {
            "id": id_,
            "kind": case.kind,
            "version": case.version,
            "state": str(case.stage),
            "due_at": at,
            "payload": payload,
        }

    def told(place: int) -> Iterator[dict[str, object]]:
        # Of those that are to lapse only: nobody reads the others.
        spread, id_ = place * 7_919 % count, f"adhesion-{place:08}"
        for event, document in histories[spread // due] if spread < due * NIGHTS else ():
            payload = document.replace(PLACE.encode(), id_.encode())
            at = {"at": event.at, "recorded_at": event.recorded_at}
            yield {"case_id": id_, "version": event.version, "payload": payload, **at}

    for first in range(0, count, 10_000):
        places = range(first, min(first + 10_000, count))
        with store.engine.begin() as connection:
            connection.execute(insert(CASES), [row(place) for place in places])
            if events := [event for place in places for event in told(place)]:
                connection.execute(insert(EVENTS), events)
    return store


def nightly(store: Store, *, due: int, verify: bool = False) -> Timed:
    """What measures the next night's pass over a store, each case compared with its events or not."""
    nights = iter(range(NIGHTS))

    def once() -> float:
        at = NIGHT + timedelta(days=next(nights), hours=1)
        gc.collect()
        sweep, start = Sweep(at=at), perf_counter()
        decided = sum(len(batch) for batch in store.sweep(sweep, verify=verify))
        seconds = perf_counter() - start
        assert decided == due, (decided, sweep.report)
        return seconds

    return once


def stamp(at: datetime, *, sqlite: bool) -> Any:
    """An instant as the driver keeps it."""
    return at.replace(tzinfo=None).isoformat(" ", "microseconds") if sqlite else at


def canned(database: str, *, due: int) -> Timed:
    """What measures the next night's pass by the driver alone: it writes what was decided before it was asked."""
    sqlite = "://" not in database
    nights = []
    for night in range(NIGHTS):
        at = NIGHT + timedelta(days=night, hours=1)
        decision = requested(NIGHT - timedelta(days=70 - night)).tick(at=at)
        documents = [dumps(decision.case), dumps(decision.events[0]), dumps(decision.messages[0], secrets=True)]
        ready = {}
        for place in range(due * NIGHTS):
            id_ = f"adhesion-{place:08}"
            # In tuples, which a collection of garbage looks at once: the store's nights run beside them.
            ready[id_] = tuple(document.replace(PLACE.encode(), id_.encode()) for document in documents)
        nights.append((at, str(decision.case.stage), decision.messages[0].kind, ready))
    waiting = iter(nights)
    connect: Callable[[], Any] = (
        (lambda: sqlite3.connect(database, isolation_level=None)) if sqlite else (lambda: _connected(database))
    )
    sign, lock = ("?", "") if sqlite else ("%s", "FOR UPDATE SKIP LOCKED")

    def said(text: str) -> str:
        return text.replace("?", sign)

    page = said(
        "SELECT id, kind, version, state, due_at, payload FROM cases WHERE due_at <= ? AND rejected IS NULL"
        f" AND (due_at, id) > (?, ?) ORDER BY due_at, id LIMIT {BATCH} {lock}"
    )
    move = said(
        "UPDATE cases SET version = ?, state = ?, due_at = NULL, payload = ?, rejected = NULL"
        " WHERE id = ? AND version = ?"
    )
    told = said("INSERT INTO events (case_id, version, at, recorded_at, payload) VALUES (?, ?, ?, ?, ?)")
    send = said("INSERT INTO outbox (id, payload) VALUES (?, ?)")

    def once() -> float:
        at, state, kind, ready = next(waiting)
        gc.collect()
        start, decided = perf_counter(), 0
        instant = stamp(at, sqlite=sqlite)
        last = (stamp(NIGHT - timedelta(days=999), sqlite=sqlite), "")
        with closing(connect()) as connection:
            if sqlite:
                for pragma in ("synchronous = FULL", "secure_delete = ON"):
                    connection.execute(f"PRAGMA {pragma}")
            cursor = connection.cursor()
            while True:
                cursor.execute("BEGIN IMMEDIATE" if sqlite else "BEGIN")
                found = cursor.execute(page, (instant, *last)).fetchall()
                ids = [(row[0], row[2]) for row in found]
                cases, events, messages = zip(*(ready[id_] for id_, _ in ids), strict=True) if ids else ((), (), ())
                if ids:
                    cursor.executemany(
                        move, [(v + 1, state, case, id_, v) for (id_, v), case in zip(ids, cases, strict=True)]
                    )
                    cursor.executemany(
                        told, [(id_, v + 1, instant, instant, e) for (id_, v), e in zip(ids, events, strict=True)]
                    )
                    cursor.executemany(
                        send, [(f"{id_}/{v + 1}/{kind}", m) for (id_, v), m in zip(ids, messages, strict=True)]
                    )
                cursor.execute("COMMIT")
                if not found:
                    break
                decided += len(found)
                last = (found[-1][4], found[-1][0])
        seconds = perf_counter() - start
        assert decided == due, decided
        return seconds

    return once


def _connected(database: str) -> Any:
    import psycopg  # noqa: PLC0415 - there may be none

    return psycopg.connect(database, autocommit=True)


def against_raw_sql(what: str, first: str, second: str, *, due: int, reach: float) -> Iterator[Row]:
    """The store against the raw SQL, each on its own database of one kind."""
    count = 5 * due
    stores = [filled(place, count, due=due) for place in (first, second)]
    try:
        found = ratio(nightly(stores[0], due=due), canned(second, due=due), repeat=NIGHTS - 1)
    finally:
        for store in stores:
            store.close()
    yield compared(
        f"{what}: the nightly pass over {count:,} cases with {due:,} due, against raw SQL with canned decisions",
        found,
        reach=reach,
        made_of="{a} / {b}",
    )


def rows(*, short: bool) -> Iterator[Row]:
    """The same number due in a large store and in a small one, on SQLite; and the store against raw SQL."""
    large, small, due = (50_000, 5_000, 1_000) if short else (1_000_000, 50_000, 10_000)
    with tempfile.TemporaryDirectory() as place:
        stores = [filled(str(Path(place) / f"{count}.sqlite"), count, due=due) for count in (large, small)]
        found = ratio(*(nightly(store, due=due) for store in stores), repeat=NIGHTS - 1)
        for store in stores:
            store.engine.dispose()
    what = f"nightly pass over a store of {large:,} cases with {due:,} due, against one of {small:,} with {due:,} due"
    yield compared(what, found, reach=1.2, made_of="{a} / {b}, SQLite")
    due = 1_000 if short else 5_000
    with tempfile.TemporaryDirectory() as place:
        sqlite = (str(Path(place) / "store.sqlite"), str(Path(place) / "raw.sqlite"))
        yield from against_raw_sql("SQLite", *sqlite, due=due, reach=2.2)
    with tempfile.TemporaryDirectory() as place:
        stores = [filled(str(Path(place) / f"{name}.sqlite"), 5 * due, due=due) for name in ("compared", "trusted")]
        found = ratio(nightly(stores[0], due=due, verify=True), nightly(stores[1], due=due), repeat=NIGHTS - 1)
        for store in stores:
            store.close()
    what = f"SQLite: the nightly pass over {5 * due:,} cases with {due:,} due, each compared with its events, or not"
    yield compared(what, found, reach=None)
    with ExitStack() as stack:
        try:
            server = stack.enter_context(served())
        except NoServerError as reason:
            print(f"no row on PostgreSQL: {reason}", file=sys.stderr)
            return
        yield from against_raw_sql("PostgreSQL", server.new_database(), server.new_database(), due=due, reach=1.4)
