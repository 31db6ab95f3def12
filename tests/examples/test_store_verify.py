"""Cases that are not what their events make: forged, restored by half, changed by hand. Nobody decides on one."""

from __future__ import annotations

import pytest
from rows import BadRowError
from schema import CASES, EVENTS
from setting import DAY, START, active, asked, marks, pending, put, swept
from sqlalchemy import delete, event, insert, select

from teleprocedures import HELD_ELSEWHERE
from teleprocedures.codec import dumps

GOOD = ["space-1", "space-2", "space-4"]


@pytest.fixture
def store(store):
    """A store with four spaces to remind of, the third of which was reminded."""
    store.record(*(pending(number) for number in range(1, 5)))
    store.record(pending(3).case.remind(at=DAY))
    return store


def forged(before, after):
    """The document of the third space says something else."""

    def change(store):
        document = dumps(store.get("space-3"))
        assert before in document
        put(store, CASES, "space-3", payload=document.replace(before, after))

    return change


def without(*versions):
    """Some events of the third space are gone."""

    def change(store):
        with store.engine.begin() as connection:
            connection.execute(delete(EVENTS).where(EVENTS.c.case_id == "space-3", EVENTS.c.version.in_(versions)))

    return change


def event_with(**values):
    """Its second event is another one."""
    return lambda store: put(store, EVENTS, "space-3", version=2, **values)


FORGERIES = {
    "the user": (
        forged(b"camille@", b"mallory@"),
        "by its document, .origin.email is mallory@cabinet-durand.fr; by its events, camille@cabinet-durand.fr",
    ),
    "the company": (
        forged(b"siren:732829320", b"siren:552100554"),
        "by its document, .origin.organisation is 552100554; by its events, 732829320",
    ),
    "since when": (
        forged(b'"since":"2026-03-02T12:00:00Z"', b'"since":"2026-03-02T11:00:00Z"'),
        "by its document, .since is Monday 2 March 2026 at 12:00 in Paris; by its events, Monday 2 March 2026 at 13:00",
    ),
    "no opening": (without(1), "a history starts with the event that opens a case, version 1, not with "),
    "no event": (without(1, 2), "no event to replay: expected at least the one that opens the case"),
    "an event that is none": (event_with(payload=b"?"), "its event space-3/2 cannot be read"),
    "an event of another instant": (event_with(at=START), "its event space-3/2 cannot be read"),
}


@pytest.mark.parametrize(("forge", "reason"), FORGERIES.values(), ids=FORGERIES)
def test_a_case_that_is_not_what_its_events_make_is_a_bad_row(store, forge, reason):
    """No sweep and no verb decides on it: it is told with its first difference, as it was, and the others go on."""
    assert [] == store.check_histories()
    with store.engine.connect() as connection:
        keys = CASES.c.id, EVENTS.c.case_id
        sound_rows = [connection.execute(select(key.table).where(key == "space-3")).all() for key in keys]
    forge(store)
    row = next(it for it in store.check_histories() if it.table == "cases")
    with pytest.raises(BadRowError) as refused:
        store.change("space-3", lambda space: space.activate(HELD_ELSEWHERE, at=DAY))

    assert (reason, "space-3") == (row.reason[: len(reason)], row.id)
    assert reason in str(refused.value)
    assert [(GOOD, {"space-3": row.reason}), ([], {"space-3": row.reason})] == [swept(store), swept(store)]
    assert {"space-3": row.reason} == marks(store, CASES)
    assert row not in store.check_events()

    with store.engine.begin() as connection:
        for key, rows in zip(keys, sound_rows, strict=True):
            connection.execute(delete(key.table).where(key == "space-3"))
            connection.execute(insert(key.table), [row._asdict() for row in rows])

    assert (["space-3"], {}) == swept(store)


def test_who_asks_for_it_sweeps_without_comparing(store):
    """Where nobody else writes to the database, a sweep need not look at what it trusts."""
    forged(b"camille@", b"mallory@")(store)

    assert (sorted([*GOOD, "space-3"]), {}) == swept(store, verify=False)


def test_what_is_not_due_is_compared_by_who_checks_all(store):
    """Services that are forged to be held: the night has nothing to decide there, and `check_histories` tells them."""
    request = asked()
    held = request.case.activate(HELD_ELSEWHERE, space=active(), at=DAY)
    store.record(request)
    put(store, CASES, "request", payload=dumps(held.case).replace(b'"version":3', b'"version":2'), due_at=None)
    (row,) = store.check_histories()

    assert store.get("request").holds("consulter-avis-tf")
    assert ("request", "row.other_history") == (row.id, row.why.code)
    assert "request" not in swept(store)[0]
    assert [] == store.check_events()


def test_a_case_that_changes_while_all_are_compared_is_not_told(store, stores):
    """It is compared with the events that it had when it was read; what others record goes beyond."""
    other, recorded = stores(), []

    @event.listens_for(store.engine, "before_cursor_execute")
    def meanwhile(_connection, _cursor, statement, *_):
        if "FROM events" in statement and not recorded:
            recorded.append(other.change("space-1", lambda space: space.activate(HELD_ELSEWHERE, at=DAY)))

    assert [] == store.check_histories()
    assert [2] == [decision.case.version for decision in recorded]


def test_a_case_further_than_its_events_is_told_by_both(store):
    """Its last event is gone: it is apart from its history, and not what it makes."""
    without(2)(store)

    assert ["its events go to version 1, its row is at version 2"] == [row.reason for row in store.check_events()]
    assert ["row.apart", "row.other_history"] == [row.why.code for row in store.check_histories()]
