"""Step 3: the letter's code opens the services within 60 civil days of the letter, counted in Paris.

What every time limit has alike is in `test_time_limits`; the day of a letter of the portal, in `procedure`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from tests.builders import EMAILED, FRENCH_IBAN, POSTED, TOKEN, asked, linked, opened, requested
from tests.instants import DAY, LAST, SAFE, START, TICK, TWO_DAYS, end_of, paris


def entered(request: tp.Adhesion, *, at: datetime, code: Any = POSTED, recorded_at: datetime | None = None) -> Any:
    """The request once the code was entered from the space that asked."""
    return request.activate(code, space=opened(), at=at, recorded_at=recorded_at).case


# --- The 60 days (3.1, A3, A11) ---------------------------------------------------------------------------------------


@pytest.mark.rule("3.1", "A3", "A11")
@pytest.mark.parametrize(
    ("edited", "safe", "last"),
    [
        ("2024-03-01", "2024-04-29", "2024-04-30"),
        ("2025-03-02", "2025-04-30", "2025-05-01"),  # a holiday
        ("2025-01-07", "2025-03-07", "2025-03-08"),  # a Saturday
        ("2025-01-08", "2025-03-08", "2025-03-09"),  # a Sunday
        ("2025-02-01", "2025-04-01", "2025-04-02"),  # clocks go forward in between
        ("2025-09-01", "2025-10-30", "2025-10-31"),  # clocks go back in between
        ("2025-01-29", "2025-03-29", "2025-03-30"),  # ends on the day of 23 hours
        ("2025-08-27", "2025-10-25", "2025-10-26"),  # ends on the day of 25 hours
    ],
)
def test_60_civil_days_from_the_letters_day(edited: str, safe: str, last: str) -> None:
    """The first day is not counted, the last one to its end; neither clocks, nor weekends, nor holidays move it."""
    request = requested(at=paris(f"{edited}T11:00"), space=opened(at=START - 1000 * DAY)).case
    for at, case in (
        (paris(f"{edited}T11:00"), request),
        (paris(f"{edited}T00:00"), request.record_letter(date.fromisoformat(edited), at=paris(f"{edited}T12:00")).case),
    ):
        limit = case.deadline
        assert limit is not None
        assert (at, end_of(safe), end_of(last), "3.1") == (limit.opened, limit.safe_until, limit.closes, limit.rule)


@pytest.mark.rule("3.1", "2.10")
def test_the_60_days_begin_when_the_link_is_used() -> None:
    """With Messaging, the days are counted from the use of the link, even late in the evening in Paris."""
    at = paris("2025-01-07T23:59:59.999999")
    limit = linked().case.confirm_company_email(TOKEN, code=POSTED, at=at).case.deadline
    assert limit is not None
    assert (at, end_of("2025-03-08")) == (limit.opened, limit.closes)


@pytest.mark.rule("A3", "F2")
def test_the_last_day_of_a_letter_is_announced_in_the_rulebooks_zone() -> None:
    """West of Greenwich the last microsecond of a day is in the next one of UTC, and of most machines."""
    zone, book = "America/Cayenne", tp.EXPERT_2024_04_03
    limit = attrs.evolve(book.services_activation, duration=tp.CivilDays(60, zone))
    announced = tp.CivilDays(14, zone)
    west = attrs.evolve(book, version="west", services_activation=limit, letter_announced=announced)
    request = requested(rulebook=west, code=tp.HELD_ELSEWHERE).case
    assert datetime(2025, 3, 22, 2, 59, 59, 999999, tzinfo=UTC) == request.deadline.closes  # type: ignore[union-attr]


# --- Entering the code (3.3, 3.5, 0.2, A4) ----------------------------------------------------------------------------


@pytest.mark.rule("3.3", "3.5", "A4", "0.2")
def test_one_code_opens_all_the_services_of_the_request_at_once() -> None:
    """Neither the request nor the link gives a service; from the code's instant on all of them are held, no other."""
    waits = linked("payer-tva", "payer-cfe", bank_accounts=[FRENCH_IBAN]).case
    request = waits.confirm_company_email(TOKEN, code=POSTED, at=START).case
    assert [] == [code for code in tp.CATALOGUE for case in (waits, request) if case.holds(code)]
    decision = request.activate(POSTED, space=opened(), at=START + DAY)
    active = decision.case
    assert (tp.ServicesActivated(case_id="request-1", version=3, at=START + DAY),) == decision.events
    assert ["messagerie", "payer-tva", "payer-cfe"] == [code for code in tp.CATALOGUE if active.holds(code)]
    assert all(active.holds(service) for service in active.services)
    assert (None, None, ()) == (active.deadline, active.due_at, decision.messages)
    assert (tp.AdhesionState.VALIDATED, tp.ActivationState.ACTIVE, 3) == (active.state, active.stage, active.version)


@pytest.mark.rule("3.5", "A15")
@pytest.mark.parametrize("code", [POSTED, tp.HELD_ELSEWHERE])
def test_services_are_held_from_the_entering_of_the_code_on(code: Any) -> None:
    """Not a microsecond before, whenever it was told and wherever the code is held; a lapsed request holds nothing."""
    request = requested(code=code).case
    told_late = entered(request, code=code, at=START + DAY, recorded_at=LAST + DAY)
    for case in (entered(request, code=code, at=START + DAY), told_late):
        assert (False, True) == (case.is_held(START + DAY - TICK), case.is_held(START + DAY))
    assert not request.lapse(at=LAST + 30 * DAY).case.is_held(LAST + 30 * DAY)
    with pytest.raises(tp.InvalidValueError, match="naive"):
        told_late.is_held(datetime(2025, 1, 8, 9))


@pytest.mark.rule("1.12", "3.3")
@pytest.mark.parametrize(
    ("space", "error", "told"),
    [
        (
            opened(id="space-2"),
            tp.WrongSpaceError,
            "this space did not make the request of 552100554 (consulter-avis-tf): expected the space that did (",
        ),
        (
            asked().case,
            tp.SpaceNotActiveError,
            "the space of 732829320 is 'pending': expected an active one (rule 1.12: ",
        ),
        (
            asked().case.lapse(at=START + TWO_DAYS + TICK).case,
            tp.SpaceNotActiveError,
            "the space of 732829320 is 'lapsed': expected an active one (rule 1.12: ",
        ),
        (
            asked(at=START + 2 * DAY).case.activate(EMAILED, at=START + 4 * DAY).case,
            tp.OutOfOrderError,
            "Friday 10 January 2025",
        ),
        (None, tp.InvalidValueError, "NoneType is not a space: expected Space"),
        (requested().case, tp.InvalidValueError, "Adhesion is not a space: expected Space"),
    ],
    ids=["another", "pending", "lapsed", "active later", "none", "a request"],
)
def test_the_code_is_entered_from_the_space_that_asked(space: Any, error: type[Exception], told: str) -> None:
    """Active by then, and with the right code: another space is refused, and the refusal says which is expected."""
    request = requested().case
    with pytest.raises(error) as caught:
        request.activate(POSTED, space=space, at=START + 3 * DAY)
    assert told in str(caught.value)
    if error is not tp.InvalidValueError:
        assert str(caught.value) == str(request.refusal("activate", at=START + 3 * DAY, space=space))
        rule = {tp.WrongSpaceError: "3.3", tp.SpaceNotActiveError: "1.12", tp.OutOfOrderError: "A14"}[error]
        assert rule == caught.value.rule  # type: ignore[attr-defined]
        # Past the end, it is too late from whichever space.
        assert isinstance(request.refusal("activate", at=LAST + TICK, space=space), tp.DeadlinePassedError)
    assert requested().case == request


# --- The letter's day (A3, F2) ----------------------------------------------------------------------------------------


@pytest.mark.rule("A3")
def test_the_letters_day_replaces_the_estimate() -> None:
    """Until the portal's letter is seen the deadline is an estimate; then it counts from the day the letter bears."""
    request = requested(code=tp.HELD_ELSEWHERE).case
    when = {"at": START + 5 * DAY, "recorded_at": START + 6 * DAY}
    decision = request.record_letter(date(2025, 1, 9), **when)
    known, limit = decision.case, decision.case.deadline
    assert (True, False) == (request.deadline.estimated, limit.estimated)  # type: ignore[union-attr]
    assert (paris("2025-01-09T00:00"), end_of("2025-03-10"), "3.1") == (limit.opened, limit.closes, limit.rule)
    event = tp.LetterRecorded(case_id="request-1", version=3, edited=date(2025, 1, 9), deadline=limit, **when)
    assert ((event,), ()) == (decision.events, decision.messages)
    assert tp.ActivationState.AWAITING_CODE is known.stage
    assert entered(known, code=tp.HELD_ELSEWHERE, at=end_of("2025-03-10")).holds("consulter-avis-tf")
    assert known.lapse(at=end_of("2025-03-10") + TICK).case.has_lapsed


@pytest.mark.rule("A3")
def test_the_letters_day_can_be_corrected() -> None:
    """A day that was misread is recorded again, earlier or later; what it puts behind is due to lapse at once."""
    request = requested().case
    closes = []
    for place, edited in enumerate((10, 7, 11), start=5):
        request = request.record_letter(date(2025, 1, edited), at=START + place * DAY).case
        closes.append(request.deadline.closes)  # type: ignore[union-attr]
    assert [end_of("2025-03-11"), end_of("2025-03-08"), end_of("2025-03-12")] == closes
    at = end_of("2025-03-10")
    corrected = request.record_letter(date(2025, 1, 6), at=at).case
    assert corrected.is_due(at)
    for verb in (corrected.remind, lambda *, at: entered(corrected, at=at)):
        with pytest.raises(tp.DeadlinePassedError):
            verb(at=at)
    assert corrected.tick(at=at).case.has_lapsed


@pytest.mark.rule("F2")
def test_a_letter_not_reported_within_14_days_is_reminded_of() -> None:
    """From the 15th day on; one that was reported, or that we post, is not watched for."""
    request, due = requested(code=tp.HELD_ELSEWHERE).case, paris("2025-01-21T00:00")
    assert (due, False, True) == (request.due_at, request.is_due(due - TICK), request.is_due(due))
    with pytest.raises(tp.DeadlineNotReachedError, match="nothing to remind of"):
        request.remind(at=due - TICK)
    decision = request.remind(at=due)
    (email,) = decision.messages
    assert (tp.ActivationReminded(case_id="request-1", version=3, at=due),) == decision.events
    assert isinstance(email, tp.ReminderEmail)
    assert ["F2", "3.1"] == [step.rule for step in email.steps]
    assert (opened().email, request.deadline, "request-1/3/reminder-email") == (email.to, email.deadline, email.id)
    assert paris("2025-02-19T00:00") == decision.case.due_at
    for other in (request.record_letter(date(2025, 1, 6), at=START + 14 * DAY).case, requested().case):
        assert paris("2025-02-19T00:00") == other.due_at
        assert ["3.1"] == [step.rule for step in other.next_steps(at=START + 20 * DAY)]


@pytest.mark.rule("F2")
def test_a_rulebook_need_not_announce_letters() -> None:
    """Without an announcement, no letter is ever late, and the estimate counts from the validation at both ends."""
    silent = attrs.evolve(tp.EXPERT_2024_04_03, version="silent", letter_announced=None)
    request = requested(rulebook=silent, code=tp.HELD_ELSEWHERE).case
    limit = request.deadline
    watch, enter = request.next_steps(at=START + 40 * DAY)
    assert limit is not None
    assert (True, SAFE, LAST) == (limit.estimated, limit.safe_until, limit.closes)
    assert paris("2025-02-19T00:00") == request.due_at
    assert ("F2", SAFE, "3.1", SAFE) == (watch.rule, watch.by, enter.rule, enter.by)
