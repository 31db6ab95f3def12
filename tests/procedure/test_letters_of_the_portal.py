"""The day that a letter of the portal bears (A3, F2): estimated on the safe side at both ends until it is reported."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from tests.builders import (
    DAY,
    ESTIMATED_LAST,
    HOUR,
    LAST,
    POSTED,
    SAFE,
    START,
    TICK,
    TOKEN,
    TWO_DAYS,
    end_of,
    linked,
    opened,
    paris,
    requested,
)

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}


def waiting() -> tp.Adhesion:
    """A request of the portal whose letter nobody has seen yet."""
    return requested(**ELSEWHERE).case


def entered(request: tp.Adhesion, *, at: datetime, recorded_at: datetime | None = None) -> tp.Adhesion:
    """The request once the portal took the code."""
    return request.activate(tp.HELD_ELSEWHERE, space=opened(), at=at, recorded_at=recorded_at).case


# --- The estimate -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("A3", "F2")
def test_an_estimate_is_safe_at_both_ends() -> None:
    """The safe day counts from the validation; the end from the last day on which the letter is announced."""
    deadline = waiting().deadline
    assert deadline is not None
    assert (True, START, "3.1") == (deadline.estimated, deadline.opened, str(deadline.rule))
    assert (SAFE, ESTIMATED_LAST) == (deadline.safe_until, deadline.closes)
    # The code of a letter edited on the 14th day after the validation ends then.
    expected = requested(at=paris("2025-01-20T10:00")).case.deadline
    assert expected is not None
    assert deadline.closes == expected.closes


@pytest.mark.rule("A3")
def test_an_estimate_counts_days_in_paris() -> None:
    """The validation's day is read on clocks in Paris, over a change of clocks too."""
    deadline = requested(at=paris("2025-03-01T00:30"), **ELSEWHERE).case.deadline
    assert deadline is not None
    assert (end_of("2025-04-29"), end_of("2025-05-14")) == (deadline.safe_until, deadline.closes)


@pytest.mark.rule("A3", "F2")
def test_nothing_lapses_before_the_estimate_has_ended() -> None:
    """On day 61 of the earliest letter nothing is over; one microsecond past the latest letter's day 60 it is."""
    request = waiting()

    for at in (LAST, LAST + TICK, ESTIMATED_LAST):
        assert not request.is_over(at)
        with pytest.raises(tp.DeadlineNotReachedError) as caught:
            request.lapse(at=at)
        assert ESTIMATED_LAST + TICK == caught.value.expected
    assert request.is_over(ESTIMATED_LAST + TICK)
    assert request.lapse(at=ESTIMATED_LAST + TICK).case.has_lapsed


@pytest.mark.rule("A3", "2.10")
def test_after_the_link_the_estimate_counts_from_its_use() -> None:
    """With Messaging, the earliest day that the letter can bear is that of the link's use, told late or not."""
    for told_at in (START + DAY, START + 20 * DAY):
        request = linked(**ELSEWHERE).case
        request = request.confirm_company_email(tp.HELD_ELSEWHERE, at=START + DAY, recorded_at=told_at).case
        assert request.deadline is not None
        assert (START + DAY, True) == (request.deadline.opened, request.deadline.estimated)
        assert (end_of("2025-03-07"), end_of("2025-03-22")) == (request.deadline.safe_until, request.deadline.closes)


@pytest.mark.rule("F2")
@pytest.mark.parametrize(
    ("announced", "closes"),
    [
        (tp.CivilDays(1), "2025-03-08"),
        (tp.CivilDays(30), "2025-04-06"),
        (tp.CivilDays(1, "Pacific/Kiritimati"), "2025-03-08"),
    ],
)
def test_the_announced_days_are_data(announced: tp.CivilDays, closes: str) -> None:
    """A rulebook that announces letters later, or sooner, has its estimates end later, or sooner."""
    book = attrs.evolve(tp.EXPERT_2024_04_03, version="announced", letter_announced=announced)
    deadline = requested(rulebook=book, **ELSEWHERE).case.deadline
    assert deadline is not None
    assert (SAFE, end_of(closes)) == (deadline.safe_until, deadline.closes)


# --- A reported day settles both ends ---------------------------------------------------------------------------------


@pytest.mark.rule("A3")
@pytest.mark.parametrize("told_at", [START + 5 * DAY, SAFE + TICK, LAST + TICK, ESTIMATED_LAST, ESTIMATED_LAST + TICK])
def test_a_reported_day_settles_both_ends_whenever_it_is_reported(told_at: datetime) -> None:
    """From the letter's day on the deadline is that of its own 60 days, reported in time or after any estimate."""
    decision = waiting().record_letter(date(2025, 1, 8), at=told_at)
    known = decision.case
    assert known.activation is not None
    assert [tp.LetterRecorded] == [type(event) for event in decision.events]
    assert (date(2025, 1, 8), False) == (known.activation.letter, known.activation.deadline.estimated)
    assert (end_of("2025-03-08"), end_of("2025-03-09")) == (
        known.activation.deadline.safe_until,
        known.activation.deadline.closes,
    )
    assert tp.ActivationState.AWAITING_CODE is known.stage
    assert known.is_over(told_at) is (told_at > end_of("2025-03-09"))


@pytest.mark.rule("A3", "A15")
def test_a_reported_day_can_end_what_the_estimate_kept() -> None:
    """Once the day is known the code that was entered after its day 60 is no longer believed."""
    request, at = waiting(), LAST + 3 * DAY
    known = request.record_letter(START.date(), at=at).case
    assert request.refusal("activate", at=at, space=opened(), code=tp.HELD_ELSEWHERE) is None
    with pytest.raises(tp.DeadlinePassedError) as caught:
        entered(known, at=LAST + TICK, recorded_at=at)
    assert ("3.4", LAST) == (str(caught.value.rule), caught.value.closes)
    assert entered(known, at=LAST, recorded_at=at).holds("consulter-avis-tf")
    assert known.tick(at=at).case.has_lapsed


@pytest.mark.rule("A3")
@pytest.mark.parametrize(
    ("edited", "told_at", "allowed"),
    [
        (date(2025, 1, 5), START + DAY, False),  # the day before the request's
        (date(2025, 1, 6), START + DAY, True),  # the request's
        (date(2025, 1, 7), START + DAY, True),  # the telling's
        (date(2025, 1, 8), START + DAY, False),  # the day after it
        (date(2025, 1, 7), paris("2025-01-07T00:00"), True),  # the telling's, in Paris
        (date(2025, 1, 7), paris("2025-01-07T00:00") - TICK, False),
    ],
)
def test_a_letter_bears_any_day_from_the_requests_to_the_tellings(
    edited: date,
    told_at: datetime,
    allowed: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    """Days are those of Paris; the day of the request and that of the telling are both possible."""
    request = waiting()
    if allowed:
        assert request.record_letter(edited, at=told_at).case.activation.letter == edited  # type: ignore[union-attr]
        return
    with pytest.raises(tp.InvalidValueError) as caught:
        request.record_letter(edited, at=told_at)
    assert "letter.not_allowed" == caught.value.code


@pytest.mark.rule("A3", "A14")
def test_a_letter_may_be_dated_before_the_link_was_told_to_be_used() -> None:
    """Where the portal posts, any day from the request's on is possible: the link's use may have been told late."""
    elsewhere = linked(**ELSEWHERE).case.confirm_company_email(tp.HELD_ELSEWHERE, at=START + TWO_DAYS).case
    recorded = elsewhere.record_letter(date(2025, 1, 7), at=START + 3 * DAY).case
    assert recorded.deadline is not None
    assert end_of("2025-03-08") == recorded.deadline.closes
    with pytest.raises(tp.InvalidValueError):
        elsewhere.record_letter(date(2025, 1, 5), at=START + 3 * DAY)


@pytest.mark.rule("A3")
def test_our_letter_is_not_dated_before_the_link_was_used() -> None:
    """Where we post the letter we know when the link was used: it bears no day before that."""
    here = linked().case.confirm_company_email(TOKEN, code=POSTED, at=START + TWO_DAYS).case
    assert here.record_letter(date(2025, 1, 8), at=START + 3 * DAY).case.deadline is not None
    with pytest.raises(tp.InvalidValueError) as caught:
        here.record_letter(date(2025, 1, 7), at=START + 3 * DAY)
    assert "2025-01-08" == str(caught.value.facts["first"])


@pytest.mark.rule("A3", "A14")
def test_the_last_day_is_that_of_the_telling() -> None:
    """A letter seen then and told now bears no day after now, though it may bear one after it was seen."""
    request = waiting()
    told_at = START + 9 * DAY
    assert request.record_letter(date(2025, 1, 15), at=START + 8 * DAY, recorded_at=told_at).case.deadline is not None
    with pytest.raises(tp.InvalidValueError):
        request.record_letter(date(2025, 1, 16), at=START + 8 * DAY, recorded_at=told_at)


@pytest.mark.rule("A3")
def test_our_own_letters_day_can_be_corrected_in_time() -> None:
    """The day of our letter is corrected in time, by the instant of the fact; once the lapse is told, no more."""
    request = requested().case
    corrected = request.record_letter(date(2025, 1, 9), at=LAST, recorded_at=LAST + 9 * DAY).case
    assert corrected.deadline is not None
    assert (end_of("2025-03-10"), False) == (corrected.deadline.closes, corrected.deadline.estimated)
    with pytest.raises(tp.DeadlinePassedError):
        request.record_letter(date(2025, 1, 9), at=LAST + TICK)
    with pytest.raises(tp.TransitionRefusedError):
        request.lapse(at=LAST + TICK).case.record_letter(date(2025, 1, 9), at=LAST, recorded_at=LAST + DAY)


# --- A lapsed request, and its letter ---------------------------------------------------------------------------------


@pytest.mark.rule("A15", "A3")
def test_a_later_day_corrects_a_lapse() -> None:
    """A letter found late whose own 60 days still run when that is told: the request waits for its code again."""
    lapsed = waiting().lapse(at=ESTIMATED_LAST + TICK).case
    edited = date(2025, 1, 25)  # later than announced; its day 60 is 26 March
    last = end_of("2025-03-26")
    decision = lapsed.record_letter(edited, at=last)
    again = decision.case
    assert [tp.LetterRecorded] == [type(event) for event in decision.events]
    assert (tp.ActivationState.AWAITING_CODE, False) == (again.stage, again.has_lapsed)
    assert again.deadline is not None
    assert (False, last, last + TICK) == (again.deadline.estimated, again.deadline.closes, again.due_at)
    assert entered(again, at=last).holds("consulter-avis-tf")
    assert again.lapse(at=last + TICK).case.has_lapsed


@pytest.mark.rule("A3", "A15")
def test_an_overdue_letter_leaves_the_lapse_standing() -> None:
    """Told one microsecond after its own day 60, the day is recorded: the lapse stands, and is no longer estimated."""
    first = requested(**ELSEWHERE)
    lapsing = first.case.lapse(at=ESTIMATED_LAST + TICK)
    decision = lapsing.case.record_letter(date(2025, 1, 25), at=end_of("2025-03-26") + TICK)
    settled = decision.case
    assert [tp.OverdueLetterRecorded] == [type(event) for event in decision.events]
    assert (tp.ActivationState.LAPSED, True, None) == (settled.stage, settled.has_lapsed, settled.due_at)
    assert settled.time_limit is not None
    assert (False, end_of("2025-03-26")) == (settled.time_limit.estimated, settled.time_limit.closes)
    assert settled == tp.replay([*first.events, *lapsing.events, *decision.events])
    assert () == decision.messages


@pytest.mark.rule("A3", "A15")
def test_an_overdue_letter_settles_which_code_is_believed() -> None:
    """While the day is unknown a late code is believed; once it is known only one entered by its day 60 is."""
    lapsed = waiting().lapse(at=ESTIMATED_LAST + TICK).case
    told_at = end_of("2025-05-01")
    settled = lapsed.record_letter(date(2025, 1, 25), at=told_at).case
    assert entered(lapsed, at=told_at).holds("consulter-avis-tf")
    with pytest.raises(tp.DeadlinePassedError):
        entered(settled, at=end_of("2025-03-26") + TICK, recorded_at=told_at)
    assert entered(settled, at=end_of("2025-03-26"), recorded_at=told_at).holds("consulter-avis-tf")


@pytest.mark.rule("A3")
def test_a_misread_day_of_a_lapsed_request_is_recorded_again() -> None:
    """A day recorded as overdue that was misread is recorded again: the later day corrects the lapse."""
    lapsed = waiting().lapse(at=ESTIMATED_LAST + TICK).case
    overdue = lapsed.record_letter(date(2025, 1, 6), at=ESTIMATED_LAST + DAY).case
    corrected = overdue.record_letter(date(2025, 2, 6), at=ESTIMATED_LAST + 2 * DAY).case
    assert [tp.ActivationState.LAPSED, tp.ActivationState.AWAITING_CODE] == [overdue.stage, corrected.stage]
    assert corrected.deadline is not None
    assert end_of("2025-04-07") == corrected.deadline.closes


@pytest.mark.rule("A3", "A15")
def test_a_lapsed_requests_letter_bears_a_possible_day_too() -> None:
    """Neither a day before the request's nor one after the telling's corrects a lapse, or settles it."""
    lapsed = waiting().lapse(at=ESTIMATED_LAST + TICK).case
    told_at = ESTIMATED_LAST + DAY
    for edited in (date(2025, 1, 5), told_at.date() + DAY):
        with pytest.raises(tp.InvalidValueError) as caught:
            lapsed.record_letter(edited, at=told_at)
        assert "letter.not_allowed" == caught.value.code
    assert tp.ActivationState.AWAITING_CODE is lapsed.record_letter(told_at.date(), at=told_at).case.stage


# --- The code and the letter's day (A14, A15) -------------------------------------------------------------------------


@pytest.mark.rule("A14")
def test_a_code_is_not_entered_before_the_day_of_its_letter() -> None:
    """Once the letter's day is known no code was entered before its first instant in Paris."""
    known = waiting().record_letter(date(2025, 1, 9), at=START + 9 * DAY).case
    first = paris("2025-01-09T00:00")
    assert entered(known, at=first, recorded_at=START + 9 * DAY).holds("consulter-avis-tf")
    with pytest.raises(tp.OutOfOrderError) as caught:
        entered(known, at=first - TICK, recorded_at=START + 9 * DAY)
    assert ("order.before_fact", first - TICK, first) == (caught.value.code, caught.value.at, caught.value.last)


@pytest.mark.rule("A14")
def test_a_code_follows_the_validation() -> None:
    """While the letter's day is not known a code follows the validation, and nothing else."""
    used = linked(**ELSEWHERE).case.confirm_company_email(tp.HELD_ELSEWHERE, at=START + HOUR).case
    assert entered(used, at=START + HOUR).holds("messagerie")
    with pytest.raises(tp.OutOfOrderError) as caught:
        entered(used, at=START + HOUR - TICK, recorded_at=START + HOUR)
    assert START + HOUR == caught.value.last


@pytest.mark.rule("A15")
@pytest.mark.parametrize("at", [START, LAST + TICK, ESTIMATED_LAST, ESTIMATED_LAST + TICK, START + 400 * DAY])
def test_a_code_that_the_portal_took_is_believed_whenever_it_took_it(at: datetime) -> None:
    """While the letter's day is not known our deadline was an estimate: the portal knew better, lapsed or not."""
    request = waiting()
    lapsed = request.lapse(at=ESTIMATED_LAST + TICK).case
    assert entered(request, at=at).holds("consulter-avis-tf")
    corrected = entered(lapsed, at=at, recorded_at=START + 400 * DAY)
    assert (tp.ActivationState.ACTIVE, False, at) == (corrected.stage, corrected.has_lapsed, corrected.since)


@pytest.mark.rule("A15", "3.4")
def test_our_own_codes_are_believed_in_time_only() -> None:
    """A code of a letter that we posted is checked, in time, and its recorded lapse is final."""
    request = requested().case
    with pytest.raises(tp.DeadlinePassedError):
        request.activate(POSTED, space=opened(), at=LAST + TICK)
    with pytest.raises(tp.TransitionRefusedError) as caught:
        request.lapse(at=LAST + TICK).case.activate(POSTED, space=opened(), at=START, recorded_at=LAST + DAY)
    assert ("3.4", ("renew",)) == (str(caught.value.rule), caught.value.allowed)


@pytest.mark.rule("A3")
def test_the_letters_day_is_not_that_of_utc() -> None:
    """A letter posted by us just after midnight in Paris bears the day of Paris."""
    at = paris("2025-01-07T00:30")
    assert datetime(2025, 1, 6, 23, 30, tzinfo=UTC) == at
    activation = requested(at=at).case.activation
    assert activation is not None
    assert date(2025, 1, 7) == activation.letter
    assert timedelta(days=60) == activation.deadline.closes - end_of("2025-01-07")
