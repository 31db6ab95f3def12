"""The store of the examples, on SQLite and on PostgreSQL: one decision is one transaction, and messages go once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the store of the examples is tested with SQLAlchemy only")

from schema import CASES, OUTBOX
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import StatementError
from store import LeftToTheSender, Sent, Store

from teleprocedures import HELD_ELSEWHERE, Adhesion, CodecError, ConflictError, Portal, Space, SpaceState, Sweep, replay
from teleprocedures.codec import dumps
from teleprocedures.testing import (
    ManualClock,
    PlainHasher,
    RecordingNotifier,
    ScriptedCodes,
    adhesion_form,
    space_form,
)

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = START + timedelta(hours=24)
LATE = START + timedelta(hours=48, microseconds=1)


@pytest.fixture
def store(database):
    """An empty store."""
    store = Store(database)
    store.create()
    yield store
    store.engine.dispose()


@pytest.fixture
def portal(store):
    """A portal that issues codes, and leaves its messages to the sender of the store."""
    return Portal(
        clock=ManualClock(START),
        codes=ScriptedCodes(),
        notifier=LeftToTheSender(),
        hasher=PlainHasher(),
        journal=store,
    )


def pending(number=1, at=START):
    """The decision to create a space, its code held elsewhere."""
    return Space.create(space_form(), id=f"space-{number}", password_hash="x", answer_hash="x", at=at)


def test_what_a_portal_decides_is_there_again(store, portal):
    """Cases, events and messages are read back as they were recorded, and the events make the case."""
    space = portal.create_space(space_form())
    space = portal.activate_space(space, "CODE0001")
    adhesion = portal.request_adhesion(space, adhesion_form())

    assert [adhesion, space] == sorted(store.cases(), key=lambda case: case.kind)
    assert space == store.get(space.id) == replay(store.events(space.id))
    assert adhesion == store.get(adhesion.id) == replay(store.events(adhesion.id))
    assert [1, 2] == [event.version for event in store.events(space.id)]
    assert ["activation-code-email", "activation-code-letter"] == sorted(message.kind for message in store.unsent())
    assert START == store.last_recorded_at()
    assert store.get("nobody's") is None


def test_what_a_database_is_asked_about_a_request_is_the_state_of_its_activation(store, portal):
    """The column of the state says where a request stands as a whole."""
    space = portal.activate_space(portal.create_space(space_form()), "CODE0001")
    portal.request_adhesion(space, adhesion_form())
    with store.engine.connect() as connection:
        rows = connection.execute(select(CASES.c.kind, CASES.c.state).order_by(CASES.c.kind)).all()

    assert [("adhesion", "awaiting_code"), ("space", "active")] == [tuple(row) for row in rows]


def test_a_stale_decision_is_refused(store):
    """Of two decisions made on one version, the second to be recorded is refused, and leaves nothing."""
    first = pending()
    store.record(first)
    reminded = first.case.remind(at=START + timedelta(hours=24))
    activated = first.case.activate(HELD_ELSEWHERE, at=START + timedelta(hours=25))
    store.record(activated)
    with pytest.raises(ConflictError) as refused:
        store.record(reminded)

    assert "conflict.version" == refused.value.code
    assert {"case_id": "space-1", "expected": 1, "found": 2} == dict(refused.value.facts)
    assert activated.case == store.get("space-1")
    assert [*first.events, *activated.events] == store.events("space-1")
    assert [] == store.unsent()


def test_a_decision_that_skips_a_version_is_refused(store):
    """A decision made on one that was not recorded leaves nothing: neither alone, nor after its elder in one go."""
    first = pending()
    reminded = first.case.remind(at=START + timedelta(hours=24))
    activated = reminded.case.activate(HELD_ELSEWHERE, at=START + timedelta(hours=25))
    store.record(first)
    with pytest.raises(ConflictError, match="case space-1 is of version 1, and the decision expects 2"):
        store.record(activated)
    with pytest.raises(ConflictError):
        store.record(activated, reminded)
    second = pending(2)
    with pytest.raises(ConflictError, match="case space-2 is of version 1, and the decision expects 2"):
        store.record(second, second.case.remind(at=START + timedelta(hours=24)).case.activate(HELD_ELSEWHERE, at=DAY))
    before = store.get("space-1")
    store.record(reminded, activated)

    assert first.case == before
    assert activated.case == store.get("space-1")


def test_a_case_is_opened_once(store):
    """A second case of the same id is refused, and the first one stays."""
    store.record(pending())
    other = pending(at=START + timedelta(hours=1))
    with pytest.raises(ConflictError, match="case space-1 was recorded already"):
        store.record(other)

    assert pending().case == store.get("space-1")


def test_a_decision_on_a_case_that_is_not_there_is_refused(store):
    """A decision that nothing came before is refused."""
    activated = pending().case.activate(HELD_ELSEWHERE, at=START)
    with pytest.raises(ConflictError, match="case space-1 is of version 0, and the decision expects 1"):
        store.record(activated)

    assert [] == store.cases() == store.events("space-1")


def test_decisions_recorded_together_are_all_there_or_none(store):
    """One stale decision among several leaves none of them; without it, they are one transaction."""
    first, second = pending(1), pending(2)
    activated = second.case.activate(HELD_ELSEWHERE, at=START)
    store.record(first)
    with pytest.raises(ConflictError):
        store.record(second, activated, first)
    before = store.cases()
    store.record(second, activated)

    assert [first.case] == before
    assert [first.case, activated.case] == store.cases()


def test_a_sweep_decides_what_is_due_and_no_more(store):
    """At the last instant in time nothing lapses; a microsecond later what is late does, and what is not stays."""
    early, late = pending(1), pending(2, at=START + timedelta(hours=12))
    store.record(early, late)
    in_time, over, again = Sweep(at=LATE - timedelta(microseconds=1)), Sweep(at=LATE), Sweep(at=LATE)
    batches = [list(store.sweep(sweep, batch=1)) for sweep in (in_time, over, again)]

    assert [["space-reminded", "space-reminded"], ["space-lapsed"], []] == [
        [decision.events[-1].kind for batch in sweep for decision in batch] for sweep in batches
    ]
    assert [2, 1, 0] == [sweep.report.due for sweep in (in_time, over, again)]
    assert [SpaceState.LAPSED, SpaceState.PENDING] == [case.state for case in store.cases()]
    assert ["space-1/2/reminder-email", "space-1/3/lapse-notice", "space-2/2/reminder-email"] == [
        message.id for message in store.unsent()
    ]
    assert [store.get("space-1").recorded_at] == [event.at for event in store.recorded_at(LATE)]


def test_a_row_that_cannot_be_read_is_set_aside(store):
    """A damaged row is rejected with its id and stays as it is; the others of its batch and of the next are decided."""
    store.record(*(pending(number) for number in range(1, 8)))
    with store.engine.begin() as connection:
        connection.execute(update(CASES).where(CASES.c.id == "space-3").values(payload=b'{"schema":1,"kind":"space"'))
    sweep = Sweep(at=LATE)
    decided = [decision for batch in store.sweep(sweep, batch=2) for decision in batch]

    assert [f"space-{number}" for number in (1, 2, 4, 5, 6, 7)] == [decision.case.id for decision in decided]
    assert ["space-3"] == [rejection.id for rejection in sweep.report.rejected]
    assert 1 == store.due(LATE)


def test_what_is_due_is_found_by_the_index(store):
    """The query of the sweep does not read the table, on either database."""
    rows = [
        {"id": f"case-{number}", "kind": "space", "version": 1, "state": "active", "due_at": None, "payload": b""}
        for number in range(2_000)
    ]
    with store.engine.begin() as connection:
        connection.execute(insert(CASES), rows)
    store.record(pending())
    explain = "EXPLAIN QUERY PLAN" if store.engine.dialect.name == "sqlite" else "EXPLAIN"
    query = "SELECT * FROM cases WHERE due_at <= '2026-03-09 12:00:00.000000' ORDER BY due_at, id LIMIT 500"
    with store.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
        plan = "\n".join(" ".join(map(str, row)) for row in connection.execute(text(f"{explain} {query}")))

    assert "cases_due" in plan
    assert "Seq Scan" not in plan
    assert "TEMP B-TREE" not in plan


def test_an_instant_without_a_zone_is_refused(store):
    """A naive datetime is no instant for the database either."""
    with pytest.raises(StatementError, match=r"naive|aware"):
        store.due(datetime(2026, 3, 2, 12))


def test_a_message_is_sent_and_its_code_erased(store, portal):
    """The sender hands over the whole message, code included, and then neither it nor the database's file has it."""
    portal.create_space(space_form())
    post = RecordingNotifier()
    sent = store.send(post, at=START), store.send(post, at=START)
    with store.engine.connect() as connection:
        kept = [tuple(row) for row in connection.execute(select(OUTBOX.c.id, OUTBOX.c.payload, OUTBOX.c.sent_at))]
    store.engine.dispose()

    assert (Sent(1), Sent(0)) == sent
    assert ["CODE0001"] == [message.code.reveal() for message in post.messages]
    assert [("case-0002/1/activation-code-email", None, START)] == kept
    if store.engine.dialect.name == "sqlite":
        left = Path(store.engine.url.database)
        assert b"case-0002" in left.read_bytes()
        assert b"CODE0001" not in b"".join(path.read_bytes() for path in left.parent.glob(f"{left.name}*"))


def test_a_message_without_a_code_is_kept_for_the_file_of_diligence(store):
    """Who was told what can be shown after it was sent; nobody sends it again."""
    store.record(pending())
    list(store.sweep(Sweep(at=START + timedelta(hours=24))))
    post = RecordingNotifier()
    waits = store.sent()
    sent = store.send(post, at=START), store.send(post, at=START)

    assert (Sent(1), Sent(0), []) == (*sent, store.unsent())
    assert ({}, {message.id: START for message in post.messages}) == (waits, store.sent())
    assert ["reminder-email"] == [message.kind for message in store.messages()]
    assert post.messages == store.messages()


def test_a_message_that_cannot_be_sent_stays_and_holds_up_no_other(store):
    """The others go; the one that failed says why, and goes the next time."""
    store.record(*(pending(number) for number in range(1, 6)))
    list(store.sweep(Sweep(at=START + timedelta(hours=24))))
    post = RecordingNotifier()

    class Picky:
        def notify(self, message):
            if message.case_id == "space-2":
                raise ConnectionError("no such mailbox")
            post.notify(message)

    failing = store.send(Picky(), at=START, batch=2)
    left = [message.case_id for message in store.unsent()]
    again = store.send(post, at=START)

    assert Sent(4, (("space-2/2/reminder-email", "ConnectionError: no such mailbox"),)) == failing
    assert ["space-2"] == left
    assert Sent(1) == again
    assert ["space-1", "space-3", "space-4", "space-5", "space-2"] == [message.case_id for message in post.messages]


@pytest.mark.parametrize("error", [OSError, ValueError, AttributeError, CodecError, RuntimeError])
def test_whatever_a_notifier_raises_is_a_failed_sending(store, error):
    """Mail libraries raise what they like: the message stays with its error, the others go, and no row is marked."""
    store.record(*(pending(number) for number in range(1, 4)))
    list(store.sweep(Sweep(at=START + timedelta(hours=24))))
    post = RecordingNotifier()

    class Picky:
        def notify(self, message):
            if message.case_id == "space-2":
                raise error("codec.no_document") if error is CodecError else error("no such mailbox")
            post.notify(message)

    sent = store.send(Picky(), at=START)

    assert (2, ()) == (sent.count, sent.rejected)
    assert [("space-2/2/reminder-email", error.__name__)] == [(id_, why.partition(":")[0]) for id_, why in sent.failed]
    assert Sent(1) == store.send(post, at=START)


def test_a_reminder_says_what_there_is_to_do_on_the_night_it_is_sent(store):
    """On the 60th day a code can still be entered: the reminder has that day, though it was due before the safe one."""
    space = pending().case.activate(HELD_ELSEWHERE, at=START).case
    request = Adhesion.request(space, adhesion_form(), id="request-1", at=START)
    letter = request.case.record_letter(START.date(), at=START)
    store.record(request, letter)
    deadline = letter.case.deadline
    night = deadline.safe_until + timedelta(hours=6)
    list(store.sweep(Sweep(at=night)))
    (reminder,) = store.unsent()

    assert deadline.reminders[-1] < deadline.safe_until < night < deadline.closes
    assert {deadline.closes} == {step.by for step in reminder.steps}


def test_a_sender_that_is_interrupted_marks_what_went(store):
    """What was sent before the interruption is not sent again."""
    store.record(*(pending(number) for number in range(1, 4)))
    list(store.sweep(Sweep(at=START + timedelta(hours=24))))
    post = RecordingNotifier()

    class Interrupted:
        def notify(self, message):
            if message.case_id == "space-2":
                raise KeyboardInterrupt
            post.notify(message)

    with pytest.raises(KeyboardInterrupt):
        store.send(Interrupted(), at=START)
    store.send(post, at=START)

    assert ["space-1", "space-2", "space-3"] == [message.case_id for message in post.messages]


def test_others_record_while_a_message_is_being_sent(store):
    """A slow post holds up nobody: the store is written to while a message goes."""
    store.record(pending(1))
    list(store.sweep(Sweep(at=START + timedelta(hours=24))))

    class Slow:
        def notify(self, _):
            store.record(pending(2))

    assert Sent(1) == store.send(Slow(), at=START)
    assert ["space-1", "space-2"] == [case.id for case in store.cases()]


def test_a_lapsed_request_and_the_one_that_renews_it_are_two_cases(store):
    """A renewal is a new row that names the old one, which stays as it was."""
    space = pending().case.activate(HELD_ELSEWHERE, at=START).case
    request = Adhesion.request(space, adhesion_form(), id="request-1", at=START)
    over = START + timedelta(days=80)
    lapsed = request.case.lapse(at=over)
    again = lapsed.case.renew(space, id="request-2", at=over)
    store.record(request, lapsed, again)

    assert [lapsed.case, again.case] == store.cases()
    assert "request-1" == store.get("request-2").origin.renews


def test_a_payload_is_the_library_s_own_encoding(store):
    """Whoever reads the table without this store has the codec's bytes."""
    store.record(pending())
    with store.engine.connect() as connection:
        (payload,) = connection.execute(select(CASES.c.payload)).scalars()

    assert dumps(pending().case) == payload
