"""Row on the store: the nightly pass must cost what is due, and not what is there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from paired import Row, Timed, compared, ratio
from portfolios import NIGHT, PLACE, requested, use_examples

from teleprocedures import Sweep
from teleprocedures.codec import dumps

use_examples()
from schema import CASES  # noqa: E402
from sqlalchemy import insert  # noqa: E402
from store import Store  # noqa: E402

NIGHTS = 5
"""One to warm up, and four to measure: each has as many due as the others."""


def filled(path: Path, count: int, *, due: int) -> Store:
    """A store with as many cases, of which as many are to lapse on each of the nights; all others, much later."""
    store = Store(str(path))
    store.create()
    nights = [requested(NIGHT - timedelta(days=70 - night)) for night in range(NIGHTS)]
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

    for first in range(0, count, 10_000):
        with store.engine.begin() as connection:
            connection.execute(insert(CASES), [row(place) for place in range(first, min(first + 10_000, count))])
    return store


def nightly(store: Store, *, due: int) -> Timed:
    """What measures the next night's pass over a store."""
    nights = iter(range(NIGHTS))

    def once() -> float:
        at = NIGHT + timedelta(days=next(nights), hours=1)
        sweep, start = Sweep(at=at), perf_counter()
        decided = sum(len(batch) for batch in store.sweep(sweep))
        seconds = perf_counter() - start
        assert decided == due, (decided, sweep.report)
        return seconds

    return once


def rows(*, short: bool) -> Iterator[Row]:
    """The same number due in a large store and in a small one, on SQLite."""
    large, small, due = (50_000, 5_000, 1_000) if short else (1_000_000, 50_000, 10_000)
    with tempfile.TemporaryDirectory() as place:
        stores = [filled(Path(place) / f"{count}.sqlite", count, due=due) for count in (large, small)]
        found = ratio(*(nightly(store, due=due) for store in stores), repeat=NIGHTS - 1)
        for store in stores:
            store.engine.dispose()
    what = f"nightly pass over a store of {large:,} cases with {due:,} due, against one of {small:,} with {due:,} due"
    yield compared(what, found, reach=1.2, made_of="{a} / {b}, SQLite")
