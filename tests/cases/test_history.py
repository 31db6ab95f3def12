"""A fact recorded by mistake is withdrawn: the history keeps both, the snapshot is the fold of what stands (A20)."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from tests.builders import (
    FRENCH_IBAN,
    GERMAN_IBAN,
    POSTED,
    TOKEN,
    asked,
    each,
    failure,
    issued,
    linked,
    opened,
    paying,
    requested,
    services_taken_over,
)
from tests.instants import DAY, HOUR, START, TICK, end_of

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}
NOW = START + 200 * DAY


def told(opening: tp.Decision[Any], *facts: Any) -> tuple[tp.Event, ...]:
    """The history of a case: its opening, and then each fact of the case that it meets."""
    case, events = opening.case, opening.events
    for fact in facts:
        decision = fact(case)
        case, events = decision.case, (*events, *decision.events)
    return events


def withdrawn(events: tuple[tp.Event, ...], version: int, **changes: Any) -> tp.Decision[Any]:
    """The fact of this version is withdrawn, 200 days after the start."""
    return tp.withdraw(events, version, **{"reason": "another client's letter", "at": NOW} | changes)


# --- What is left -----------------------------------------------------------------------------------------------------

LETTER = told(requested(**ELSEWHERE), lambda it: it.record_letter(date(2025, 1, 7), at=START + 3 * DAY))


@pytest.mark.rule("A20", "A3")
def test_the_snapshot_is_what_stands_and_the_history_keeps_both():
    """The letter's day is not known any more, and the time limit is estimated as before, reminders included."""
    before, decision = tp.replay(LETTER[:2]), withdrawn(LETTER, 3)
    case, (event,) = decision.case, decision.events

    assert ("fact-withdrawn", 3, "another client's letter") == (event.kind, event.withdrawn, event.reason)
    assert (4, NOW, NOW, (), ()) == (event.version, event.at, event.recorded_at, event.fallen, event.messages)
    assert attrs.evolve(before, version=4, recorded_at=NOW) == case == tp.replay((*LETTER, event))
    assert (True, before.due_at, ()) == (case.deadline.estimated, case.due_at, decision.messages)
    assert (3, ()) == (decision.expects, decision.claims)
    assert 5 == case.record_letter(date(2025, 1, 9), at=NOW).case.version
    case.check()


@pytest.mark.rule("A20")
def test_facts_of_a_mandate_come_and_go():
    """An older collection counts again once the later one is withdrawn, whatever order they were told in."""
    issue = issued(paying("payer-tva").case)
    facts = (
        lambda it: it.sign("representative", at=START),
        lambda it: it.send(at=START),
        lambda it: it.register(at=START),
        lambda it: it.record_collection(at=START + 90 * DAY),
        lambda it: it.record_collection(at=START + 30 * DAY, recorded_at=START + 91 * DAY),
    )
    events = told(issue, *facts)

    assert end_of("2028-04-06") == tp.replay(events).deadline.closes
    assert end_of("2028-02-05") == withdrawn(events, 5).case.deadline.closes
    both = withdrawn((*events, *withdrawn(events, 5).events), 6)
    assert end_of("2028-01-06") == both.case.deadline.closes


@pytest.mark.rule("A20", "A21")
def test_a_closing_is_a_fact_like_another():
    """Closed by mistake: the case goes on as if nobody had closed it."""
    events = told(requested(), lambda it: it.close("client_left", at=START + DAY))

    assert tp.replay(events).is_closed
    case = withdrawn(events, 3).case
    assert (False, tp.replay(events[:2]).due_at) == (case.is_closed, case.due_at)


# --- What falls with it -----------------------------------------------------------------------------------------------


@pytest.mark.rule("A20", "A15")
def test_what_the_clock_decided_on_its_strength_falls():
    """The lapse that a wrong day brought about falls, and its notice is named; a reminder that was due stays."""
    wrong = told(
        requested(**ELSEWHERE),
        lambda it: it.record_letter(date(2025, 1, 6), at=START + DAY),
        lambda it: it.remind(at=START + 50 * DAY),
        lambda it: it.lapse(at=START + 61 * DAY),
    )
    decision = withdrawn(wrong, 3, at=START + 62 * DAY)

    assert ((5,), START + 62 * DAY) == (decision.events[0].fallen, decision.case.recorded_at)
    assert ("request-1/5/lapse-notice",) == decision.events[0].messages
    assert tp.ActivationState.AWAITING_CODE is decision.case.stage
    assert end_of("2025-03-21") == decision.case.deadline.closes


@pytest.mark.rule("A20", "3.4")
def test_what_the_clock_would_have_decided_all_the_same_stands():
    """An account that was declared has nothing to do with the lapse."""
    events = told(
        paying(),
        lambda it: it.declare_account(GERMAN_IBAN, at=START + DAY),
        lambda it: it.lapse(at=START + 61 * DAY),
    )
    decision = withdrawn(events, 3)

    assert ((), True) == (decision.events[0].fallen, decision.case.has_lapsed)
    assert (tp.BankAccount(FRENCH_IBAN),) == decision.case.accounts


@pytest.mark.rule("A20", "2.10")
@each("code sent", (POSTED, ("request-1/2/activation-code-letter",)), (tp.HELD_ELSEWHERE, ()))
def test_a_letter_that_was_posted_by_mistake_is_named(code, sent):
    """Where we post it, somebody can be told; where the portal does, no message was ours."""
    events = told(linked(), lambda it: it.confirm_company_email(TOKEN, at=START + HOUR, code=code))
    decision = withdrawn(events, 2)

    assert sent == decision.events[0].messages
    assert tp.AdhesionState.AWAITING_EMAIL is decision.case.state


# --- What cannot be withdrawn -----------------------------------------------------------------------------------------

SIGNED = told(
    issued(paying("payer-tva").case),
    lambda it: it.name_representative("Jeanne Martin", at=START),
    lambda it: it.sign("Jeanne Martin", at=START + DAY),
    lambda it: it.send(at=START + 2 * DAY),
)


@pytest.mark.rule("A20")
@each(
    "version kinds versions",
    (2, ("mandate-signed", "mandate-sent"), (3, 4)),  # signed by the name that would not be known
    (3, ("mandate-sent",), (4,)),
)
def test_it_is_refused_while_later_facts_rely_on_it(version, kinds, versions):
    """It names them all; withdrawn from the last one on, they all go."""
    error = failure(withdrawn, SIGNED, version)

    assert ("withdrawal.relied_on", "A20") == (error.code, error.rule)
    assert (kinds, versions) == (error.facts["relying"], error.facts["versions"])
    events = SIGNED
    for last in (4, 3, 2):
        events = (*events, *withdrawn(events, last).events)
    assert (tp.MandateState.ISSUED, None, 7) == (
        tp.replay(events).state,
        tp.replay(events).legal_representative,
        tp.replay(events).version,
    )


@pytest.mark.rule("A20")
def test_a_fact_that_was_in_time_by_it_alone_relies_on_it():
    """Our own letter was said to bear a later day, and its code was entered after the first end."""
    events = told(
        requested(),
        lambda it: it.record_letter(date(2025, 1, 8), at=START + 4 * DAY),
        lambda it: it.activate(POSTED, space=opened(), at=end_of("2025-03-08")),
    )

    assert ("services-activated",) == failure(withdrawn, events, 3).facts["relying"]
    in_time = (*events[:3], *tp.replay(events[:3]).activate(POSTED, space=opened(), at=end_of("2025-03-07")).events)  # type: ignore[attr-defined]
    assert tp.ActivationState.ACTIVE is withdrawn(in_time, 3).case.stage


@pytest.mark.rule("A20")
def test_what_was_told_against_the_rules_of_today_stands_where_it_can():
    """An old release may have let a fact pass: with the mistake or without it, unless it cannot follow at all."""
    early = [attrs.evolve(event, at=START - 9 * DAY) for event in SIGNED[3:]]
    account = told(paying(**ELSEWHERE), lambda it: it.declare_account(GERMAN_IBAN, at=START + DAY))
    letter = tp.replay(account).record_letter(date(2025, 1, 7), at=START + 2 * DAY).events[0]  # type: ignore[attr-defined]
    impossible = attrs.evolve(letter, edited=date(2025, 3, 3))

    assert date(2025, 3, 3) == withdrawn((*account, impossible), 3).case.activation.letter
    assert ("mandate-sent",) == failure(withdrawn, (*SIGNED[:3], *early), 3).facts["relying"]


REMINDED = told(asked(), lambda it: it.remind(at=START + DAY), lambda it: it.lapse(at=START + 3 * DAY))
CORRECTED = (*LETTER, *withdrawn(LETTER, 3).events)


@pytest.mark.rule("A20", "A21")
@each(
    "events version code",
    (LETTER, 1, "withdrawal.opening"),
    (LETTER, 2, "withdrawal.opening"),  # validated in the decision that opens it
    (services_taken_over().events, 1, "withdrawal.opening"),
    (REMINDED, 2, "withdrawal.clock"),
    (REMINDED, 3, "withdrawal.clock"),
    (CORRECTED, 3, "withdrawal.repeated"),
    (CORRECTED, 4, "withdrawal.withdrawal"),
    (LETTER, 0, "version.unknown"),
    (LETTER, 4, "version.unknown"),
    (LETTER, True, "version.unknown"),
    (LETTER, "3", "version.unknown"),
    ((), 1, "history.empty"),
    ("events", 1, "argument.wrong_type"),
)
def test_what_nobody_told_is_not_withdrawn(events, version, code):
    """An opening is closed instead; the clock's words fall by themselves; a withdrawal is undone by telling again."""
    assert code == failure(withdrawn, events, version).code


@pytest.mark.rule("A14", "A20")
@each(
    "changes code",
    ({"at": START + 3 * DAY - TICK}, "order.before_fact"),
    ({"at": date(2025, 1, 8)}, "order.before_fact"),
    ({"at": NOW, "recorded_at": NOW - TICK}, "order.future"),
    ({"reason": ""}, "remark.missing"),
    ({"reason": None}, "remark.wrong_type"),
)
def test_a_withdrawal_has_its_order_and_its_reason(changes, code):
    """It comes after the telling of the fact, is not told before it happens, and says why."""
    assert code == failure(withdrawn, LETTER, 3, **changes).code
    assert START + 3 * DAY == withdrawn(LETTER, 3, at=START + 3 * DAY).case.recorded_at
    on_a_day = withdrawn(LETTER, 3, at=date(2025, 1, 9)).events[0]
    assert (date(2025, 1, 9), START + 3 * DAY) == (on_a_day.day, on_a_day.at)


@pytest.mark.rule("A14", "A20")
def test_a_withdrawal_is_told_after_what_was_told_last():
    """The history is in the order of the tellings."""
    later = (*LETTER, *tp.replay(LETTER).record_letter(date(2025, 1, 8), at=START + 9 * DAY).events)  # type: ignore[attr-defined]
    error = failure(withdrawn, later, 3, at=START + 9 * DAY - TICK)

    assert ("order.before_telling", START + 9 * DAY) == (error.code, error.last)


# --- What replay refuses ----------------------------------------------------------------------------------------------


@pytest.mark.rule("A20")
@each("changes", {"withdrawn": 1}, {"withdrawn": 4}, {"fallen": (3,)}, {"fallen": (9,)}, {"withdrawn": 0})
def test_a_forged_withdrawal_does_not_read(changes):
    """It names facts between the opening and itself, each once."""
    forged = attrs.evolve(withdrawn(LETTER, 3).events[0], **changes)

    assert "history.withdrawal" == failure(tp.replay, (*LETTER, forged)).code


@pytest.mark.rule("A20")
def test_a_snapshot_alone_cannot_tell_what_a_withdrawal_leaves():
    """It is applied to a history and not to a case."""
    assert "event.needs_history" == failure(tp.replay(LETTER).apply, withdrawn(LETTER, 3).events[0]).code


@pytest.mark.rule("A20")
def test_a_stored_snapshot_is_verified_against_what_stands():
    """The case before the withdrawal is not what all its events make."""
    decision = withdrawn(LETTER, 3)

    assert () == tp.verify(decision.case, (*LETTER, *decision.events))
    paths = {it.path for it in tp.verify(tp.replay(LETTER), (*LETTER, *decision.events))}
    assert {".version", ".recorded_at", ".due_at"} < paths
