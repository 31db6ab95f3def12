"""When a fact counts (A14): when it happened, by which time limits judge; when it was told, which orders a history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

import teleprocedures as tp
from tests.builders import EMAILED, POSTED, TOKEN, asked, linked, requested
from tests.instants import DAY, ESTIMATED_LAST, HOUR, START, TICK, TWO_DAYS, end_of, paris

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}


# --- Reminders are tellings of ours: they order nothing ---------------------------------------------------------------


@pytest.mark.rule("A14")
@pytest.mark.parametrize(
    ("case", "verb", "given"),
    [
        (asked().case, "activate", {"code": EMAILED}),
        (linked().case, "confirm_company_email", {"token": TOKEN}),
        (linked(**ELSEWHERE).case, "confirm_company_email", {"token": tp.HELD_ELSEWHERE}),
    ],
)
def test_a_reminder_orders_nothing(case: Any, verb: str, given: dict[str, Any]) -> None:
    """After a reminder, a fact that was told before it is still in order, wherever the code is held."""
    reminding = case.remind(at=START + DAY)
    reminded = reminding.case
    assert (START, START, 2) == (case.recorded_at, reminded.recorded_at, reminded.version)
    for told_at in (START + HOUR, START + 2 * DAY):
        done = getattr(reminded, verb)(**given, at=START + HOUR, recorded_at=told_at)
        assert (START + HOUR, told_at) == (done.case.since, done.case.recorded_at)
        assert done.case == tp.replay([case.origin, *reminding.events, *done.events])


@pytest.mark.rule("A14")
@pytest.mark.parametrize(
    ("opens", "told_at", "due"),
    [
        (asked, START, START + DAY),
        (asked, START + DAY - TICK, START + DAY),
        (asked, START + DAY, START + TWO_DAYS + TICK),
        (asked, START + TWO_DAYS, START + TWO_DAYS + TICK),
        (asked, START + 30 * DAY, START + TWO_DAYS + TICK),
        (requested, paris("2025-02-25T12:00"), paris("2025-03-01T00:00")),
        (requested, paris("2025-03-05T00:00"), ESTIMATED_LAST + TICK),
    ],
)
def test_reminders_already_past_are_dropped(opens: Any, told_at: datetime, due: datetime) -> None:
    """When a fact is told late, the next reminder ahead of its telling is due, or the lapse, at once if it is past."""
    given = {"code": tp.HELD_ELSEWHERE} if opens is asked else ELSEWHERE
    case = opens(at=START, recorded_at=told_at, **given).case
    assert due == case.due_at
    if due < told_at:
        assert case.tick(at=told_at).case.has_lapsed


@pytest.mark.rule("A14", "A17")
@pytest.mark.parametrize("late", [False, True], ids=["told at once", "told late"])
@pytest.mark.parametrize("code", [POSTED, tp.HELD_ELSEWHERE], ids=["held here", "held elsewhere"])
@pytest.mark.parametrize("fact", ["an account is declared", "the letter's day is told again"])
def test_whatever_is_told_drops_the_reminders_before(fact: str, code: Any, late: object) -> None:
    """A fact that moves no time limit does so too, by its telling: the next reminder ahead is due, or the lapse."""
    asked_for = requested("payer-cfe", code=code, bank_accounts=["FR76 3000 6000 0112 3456 7890 189"]).case
    request = asked_for.record_letter(START.date(), at=START).case
    assert request.due_at is not None
    assert request.deadline is not None

    def told(recorded_at: datetime) -> tp.Adhesion:
        at = START if late else recorded_at
        if fact == "an account is declared":
            return request.declare_account("DE89 3704 0044 0532 0130 00", at=at, recorded_at=recorded_at).case
        return request.record_letter(START.date(), at=at, recorded_at=recorded_at).case

    due, following, *_ = request.deadline.reminders
    assert (due, due) == (request.due_at, told(due - TICK).due_at)
    assert (following, request.deadline) == (told(due).due_at, told(due).deadline)
    assert request.deadline.lapses_at == told(request.deadline.closes).due_at


# --- What we send is dated by its telling (A2, A3) --------------------------------------------------------------------


@pytest.mark.rule("A3", "3.1", "A14")
@pytest.mark.parametrize("told_at", ["2025-01-20T00:00:00.000001", "2025-01-20T23:59:59.999999"])
def test_a_letter_posted_by_us_bears_the_day_of_its_posting(told_at: str) -> None:
    """Validated earlier and told now, we post the letter now: its day is today's in Paris, and nothing is estimated."""
    for decision in (
        requested(recorded_at=paris(told_at)),
        linked().case.confirm_company_email(TOKEN, code=POSTED, at=START + HOUR, recorded_at=paris(told_at)),
    ):
        activation, (letter,) = decision.case.activation, decision.messages
        assert activation is not None
        limit = activation.deadline
        assert (date(2025, 1, 20), False) == (activation.letter, limit.estimated)
        assert (end_of("2025-03-20"), end_of("2025-03-21")) == (limit.safe_until, limit.closes)
        assert isinstance(letter, tp.ActivationCodeLetter)
        assert limit == letter.deadline
