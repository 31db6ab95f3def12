"""The day that a letter of the portal bears (A3, F2): estimated on the safe side at both ends until it is reported."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from tests.builders import POSTED, TOKEN, linked, opened, requested
from tests.instants import DAY, ESTIMATED_LAST, LAST, SAFE, START, TICK, TWO_DAYS, end_of, paris

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}
WAITING: tp.Adhesion = requested(**ELSEWHERE).case  # a request of the portal whose letter nobody has seen yet
LAPSED: tp.Adhesion = WAITING.lapse(at=ESTIMATED_LAST + TICK).case


def entered(request: tp.Adhesion, *, at: datetime, recorded_at: datetime | None = None) -> tp.Adhesion:
    """The request once the portal took the code."""
    return request.activate(tp.HELD_ELSEWHERE, space=opened(), at=at, recorded_at=recorded_at).case


def used(told_at: datetime, *, at: datetime = START + DAY) -> tp.Adhesion:
    """A request of the portal whose link was used then, which was told then."""
    return linked(**ELSEWHERE).case.confirm_company_email(tp.HELD_ELSEWHERE, at=at, recorded_at=told_at).case


def announcing(days: tp.CivilDays) -> tp.Adhesion:
    """A request under a rulebook that announces letters within these days."""
    book = attrs.evolve(tp.EXPERT_2024_04_03, version="announced", letter_announced=days)
    return requested(rulebook=book, **ELSEWHERE).case


# --- The estimate -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("A3", "F2", "2.10")
@pytest.mark.parametrize(
    ("request_", "opened_at", "safe", "closes"),
    [
        (WAITING, START, "2025-03-06", "2025-03-21"),
        # Read on clocks in Paris, over a change of them too.
        (
            requested(at=paris("2025-03-01T00:30"), **ELSEWHERE).case,
            paris("2025-03-01T00:30"),
            "2025-04-29",
            "2025-05-14",
        ),
        (used(START + DAY), START + DAY, "2025-03-07", "2025-03-22"),
        (used(START + 20 * DAY), START + DAY, "2025-03-07", "2025-03-22"),
        (announcing(tp.CivilDays(1)), START, "2025-03-06", "2025-03-08"),
        (announcing(tp.CivilDays(30)), START, "2025-03-06", "2025-04-06"),
        (announcing(tp.CivilDays(1, "Pacific/Kiritimati")), START, "2025-03-06", "2025-03-08"),
    ],
)
def test_an_estimate_is_safe_at_both_ends(request_: tp.Adhesion, opened_at: datetime, safe: str, closes: str) -> None:
    """The safe day counts from the validation, told late or not; the end from the last day announced, which is data."""
    limit = request_.deadline
    assert limit is not None
    assert (True, opened_at, "3.1") == (limit.estimated, limit.opened, limit.rule)
    assert (end_of(safe), end_of(closes)) == (limit.safe_until, limit.closes)


@pytest.mark.rule("A3", "F2")
def test_nothing_lapses_before_the_estimate_has_ended() -> None:
    """On day 61 of the earliest letter nothing is over; one microsecond past the latest letter's day 60 it is."""
    for at in (LAST, LAST + TICK, ESTIMATED_LAST):
        assert not WAITING.is_over(at)
        with pytest.raises(tp.DeadlineNotReachedError) as caught:
            WAITING.lapse(at=at)
        assert ESTIMATED_LAST + TICK == caught.value.expected
    assert WAITING.is_over(ESTIMATED_LAST + TICK)
    assert LAPSED.has_lapsed


# --- A reported day settles both ends ---------------------------------------------------------------------------------


@pytest.mark.rule("A3")
@pytest.mark.parametrize("told_at", [START + 5 * DAY, SAFE + TICK, LAST + TICK, ESTIMATED_LAST, ESTIMATED_LAST + TICK])
def test_a_reported_day_settles_both_ends_whenever_it_is_reported(told_at: datetime) -> None:
    """From the letter's day on the deadline is that of its own 60 days, reported in time or after any estimate."""
    decision = WAITING.record_letter(date(2025, 1, 8), at=told_at)
    known, part = decision.case, decision.case.activation
    assert [tp.LetterRecorded] == [type(event) for event in decision.events]
    assert part is not None
    assert (date(2025, 1, 8), False) == (part.letter, part.deadline.estimated)
    assert (end_of("2025-03-08"), end_of("2025-03-09")) == (part.deadline.safe_until, part.deadline.closes)
    assert tp.ActivationState.AWAITING_CODE is known.stage
    assert known.is_over(told_at) is (told_at > end_of("2025-03-09"))


LINKED = used(START + TWO_DAYS, at=START + TWO_DAYS)
OURS = linked().case.confirm_company_email(TOKEN, code=POSTED, at=START + TWO_DAYS).case
MIDNIGHT = paris("2025-01-07T00:00")


@pytest.mark.rule("A3", "A14", "A15")
@pytest.mark.parametrize(
    ("request_", "seen", "told_at", "days"),
    [
        (WAITING, START + DAY, START + DAY, "2025-01-06 2025-01-07"),
        # Days are those of Paris.
        (WAITING, START, MIDNIGHT, "2025-01-06 2025-01-07"),
        (WAITING, START, MIDNIGHT - TICK, "2025-01-06 2025-01-06"),
        (requested(at=MIDNIGHT + TICK).case, MIDNIGHT + DAY, MIDNIGHT + DAY, "2025-01-07 2025-01-08"),
        # A letter seen then and told now bears no day after now, though it may bear one after it was seen.
        (WAITING, START + 8 * DAY, START + 9 * DAY, "2025-01-06 2025-01-15"),
        # The link's use may have been told late where the portal posts; where we do, we know when it was.
        (LINKED, START + 3 * DAY, START + 3 * DAY, "2025-01-06 2025-01-09"),
        (OURS, START + 3 * DAY, START + 3 * DAY, "2025-01-08 2025-01-09"),
        (LAPSED, ESTIMATED_LAST + DAY, ESTIMATED_LAST + DAY, "2025-01-06 2025-03-22"),
    ],
)
def test_a_letter_bears_any_day_from_the_requests_to_the_tellings(
    request_: tp.Adhesion, seen: datetime, told_at: datetime, days: str
) -> None:
    """Both are possible; a day before, a day after and what is no day are bad values, and change nothing."""
    when = {"at": seen, "recorded_at": told_at}
    first, last = map(date.fromisoformat, days.split())
    for edited in (first, last):
        assert edited == request_.record_letter(edited, **when).case.activation.letter  # type: ignore[union-attr]
    before = attrs.evolve(request_)
    nothing: tuple[Any, ...] = (date(1, 1, 1), date.max, datetime(2025, 1, 6, tzinfo=UTC), "2025-01-06", None, 7)
    for wrong in (first - DAY, last + DAY, *nothing):
        with pytest.raises(tp.InvalidValueError) as caught:
            request_.record_letter(wrong, **when)
        facts = dict(zip(("first", "last"), days.split(), strict=True))
        shown = wrong.isoformat() if isinstance(wrong, date) else repr(wrong)
        assert ("letter.not_allowed", {"value": shown} | facts) == (caught.value.code, dict(caught.value.facts))
    assert before == request_


@pytest.mark.rule("A3")
def test_our_own_letters_day_can_be_corrected_in_time() -> None:
    """The day of our letter is corrected in time, by the instant of the fact; once the lapse is told, no more."""
    request = requested().case
    limit = request.record_letter(date(2025, 1, 9), at=LAST, recorded_at=LAST + 9 * DAY).case.deadline
    assert limit is not None
    assert (end_of("2025-03-10"), False) == (limit.closes, limit.estimated)
    with pytest.raises(tp.DeadlinePassedError) as caught:
        request.record_letter(date(2025, 1, 9), at=LAST + TICK)
    assert "3.4" == caught.value.rule
    with pytest.raises(tp.TransitionRefusedError):
        request.lapse(at=LAST + TICK).case.record_letter(date(2025, 1, 9), at=LAST, recorded_at=LAST + DAY)


# --- A lapsed request, and its letter ---------------------------------------------------------------------------------


@pytest.mark.rule("A15", "A3")
def test_a_later_day_corrects_a_lapse() -> None:
    """A letter found late whose own 60 days still run when that is told: the request waits for its code again."""
    edited, last = date(2025, 1, 25), end_of("2025-03-26")  # later than announced, and its day 60
    decision = LAPSED.record_letter(edited, at=last)
    again, limit = decision.case, decision.case.deadline
    assert [tp.LetterRecorded] == [type(event) for event in decision.events]
    assert (tp.ActivationState.AWAITING_CODE, False) == (again.stage, again.has_lapsed)
    assert limit is not None
    assert (False, last, last + TICK) == (limit.estimated, limit.closes, again.due_at)
    assert entered(again, at=last).holds("consulter-avis-tf")
    assert again.lapse(at=last + TICK).case.has_lapsed


@pytest.mark.rule("A3", "A15")
def test_an_overdue_letter_leaves_the_lapse_standing() -> None:
    """Told one microsecond after its own day 60, the day is recorded: the lapse stands, and is no longer estimated.

    A day that was misread is recorded again: a later one corrects the lapse.
    """
    told_at = end_of("2025-03-26") + TICK
    decision = LAPSED.record_letter(date(2025, 1, 25), at=told_at)
    settled, limit = decision.case, decision.case.time_limit
    assert ([tp.OverdueLetterRecorded], ()) == ([type(event) for event in decision.events], decision.messages)
    assert (tp.ActivationState.LAPSED, True, None) == (settled.stage, settled.has_lapsed, settled.due_at)
    assert limit is not None
    assert (False, end_of("2025-03-26")) == (limit.estimated, limit.closes)
    corrected = settled.record_letter(date(2025, 2, 6), at=told_at + DAY).case
    assert corrected.deadline is not None
    assert (tp.ActivationState.AWAITING_CODE, end_of("2025-04-07")) == (corrected.stage, corrected.deadline.closes)


@pytest.mark.rule("A3", "A15")
@pytest.mark.parametrize(
    ("request_", "edited", "told_at", "last"),
    [
        (WAITING, START.date(), LAST + 3 * DAY, LAST),
        (LAPSED, date(2025, 1, 25), end_of("2025-05-01"), end_of("2025-03-26")),
    ],
    ids=["waiting", "lapsed"],
)
def test_a_known_day_settles_which_code_is_believed(
    request_: tp.Adhesion, edited: date, told_at: datetime, last: datetime
) -> None:
    """While the day is unknown a late code is believed; once it is known only one entered by its day 60 is."""
    settled = request_.record_letter(edited, at=told_at).case
    assert entered(request_, at=told_at).holds("consulter-avis-tf")
    assert entered(settled, at=last, recorded_at=told_at).holds("consulter-avis-tf")
    with pytest.raises(tp.DeadlinePassedError) as caught:
        entered(settled, at=last + TICK, recorded_at=told_at)
    assert ("3.4", last) == (caught.value.rule, caught.value.closes)


@pytest.mark.rule("A15")
@pytest.mark.parametrize("at", [START, LAST + TICK, ESTIMATED_LAST, ESTIMATED_LAST + TICK, START + 400 * DAY])
def test_a_code_that_the_portal_took_is_believed_whenever_it_took_it(at: datetime) -> None:
    """While the letter's day is not known our deadline was an estimate: the portal knew better, lapsed or not."""
    assert entered(WAITING, at=at).holds("consulter-avis-tf")
    corrected = entered(LAPSED, at=at, recorded_at=START + 400 * DAY)
    assert (tp.ActivationState.ACTIVE, False, at) == (corrected.stage, corrected.has_lapsed, corrected.since)
