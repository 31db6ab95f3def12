"""A fact of which only the civil day is known is possible if some instant of that day in Paris is (A22)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

import teleprocedures as tp
from tests.builders import EMAILED, POSTED, TOKEN, asked, each, failure, issued, linked, opened, paying, requested
from tests.instants import DAY, HOUR, LAST, START, TICK, TWO_DAYS, end_of, paris

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}
FIRST = date(2025, 1, 6)  # the civil day of START, in Paris
MUCH_LATER = START + 90 * DAY


# --- Which instant it may be ------------------------------------------------------------------------------------------


@pytest.mark.rule("A22", "1.9")
@each(
    "day possible",
    (date(2025, 1, 5), "order.before_fact"),
    (FIRST, paris("2025-01-06T10:00")),  # not before the code was sent
    (date(2025, 1, 7), paris("2025-01-07T00:00")),
    (date(2025, 1, 8), paris("2025-01-08T00:00")),  # the day on which the 48 hours end, at ten
    (date(2025, 1, 9), "deadline.passed"),
)
@each("code", EMAILED, tp.HELD_ELSEWHERE, ids=["here", "elsewhere"])
def test_a_code_is_entered_on_a_day(day, possible, code):
    """On any day of which some instant is in time, told at once or late; the event says the day."""
    space = asked(code=code).case
    for recorded_at in (None, MUCH_LATER):
        if isinstance(possible, str):
            error = failure(space.activate, code, at=day, recorded_at=recorded_at)
            early = recorded_at is None and day < FIRST  # told on that day, before the space was
            assert ("order.before_telling" if early else possible, day) == (error.code, error.at)
            continue
        made = space.activate(code, at=day, recorded_at=recorded_at)
        assert (day, possible, day) == (made.events[0].day, made.events[0].at, made.case.since_day)
        assert (recorded_at or end_of(day.isoformat()), possible) == (made.case.recorded_at, made.case.since)
        assert made.case == space.apply(made.events[0])


@pytest.mark.rule("A22", "1.9")
@each("sent possible", (paris("2025-01-04T00:00"), True), (paris("2025-01-04T00:00") - TICK, False))
def test_the_first_instant_of_a_day_is_in_time_or_late(sent, possible):
    """48 hours end exactly where the day begins, or one microsecond before."""
    refusal = asked(at=sent).case.refusal("activate", code=EMAILED, at=FIRST, recorded_at=START)

    assert possible is (refusal is None)


@pytest.mark.rule("A22", "1.10")
@each("sent possible", (end_of("2025-01-06") - TWO_DAYS - TICK, True), (end_of("2025-01-06") - TWO_DAYS, False))
def test_the_last_instant_of_a_day_is_late_or_in_time(sent, possible):
    """A lapse is possible on the day of which the last microsecond is the first one late."""
    space = asked(at=sent).case

    assert possible is (space.refusal("lapse", at=FIRST) is None)
    if possible:
        (lapse,) = space.lapse(at=FIRST).events
        assert (end_of("2025-01-06"), FIRST) == (lapse.at, lapse.day)


@pytest.mark.rule("A22", "3.3", "1.12")
def test_another_case_may_begin_on_that_day():
    """The space that asked was active in the evening only, and the code was entered on that day."""
    request = requested(**ELSEWHERE, space=opened(at=START)).case
    evening = opened(at=START + 10 * HOUR)
    held = request.activate(tp.HELD_ELSEWHERE, space=evening, at=FIRST, recorded_at=MUCH_LATER)

    assert (START + 10 * HOUR, FIRST) == (held.events[0].at, held.events[0].day)
    early = failure(request.activate, tp.HELD_ELSEWHERE, space=opened(at=START + DAY), at=FIRST, recorded_at=MUCH_LATER)
    assert ("order.before_fact", FIRST) == (early.code, early.at)


@pytest.mark.rule("A22", "A14")
def test_a_day_is_told_by_its_end_or_later():
    """Nobody can tell of a day that has not begun; within the day, what is told happened before its telling."""
    space = asked(code=tp.HELD_ELSEWHERE).case
    future = failure(space.activate, tp.HELD_ELSEWHERE, at=date(2025, 1, 7), recorded_at=paris("2025-01-06T23:59:59"))
    told = space.activate(tp.HELD_ELSEWHERE, at=date(2025, 1, 7), recorded_at=paris("2025-01-07T00:00"))

    assert ("order.future", date(2025, 1, 7)) == (future.code, future.at)
    assert paris("2025-01-07T00:00") == told.events[0].at
    late = failure(asked(at=START + HOUR).case.activate, EMAILED, at=FIRST, recorded_at=START)
    assert late.code in {"order.before_telling", "order.before_fact"}
    assert "day.out_of_range" == failure(space.activate, tp.HELD_ELSEWHERE, at=date.min).code
    assert "deadline.passed" == failure(space.activate, tp.HELD_ELSEWHERE, at=date.max).code


@pytest.mark.rule("A22")
def test_what_follows_on_the_same_day_is_possible():
    """Facts of one day, told by the day, in the order in which they are told."""
    mandate = issued(at=START).case
    mandate = mandate.sign("representative", at=FIRST).case.send(at=FIRST).case
    mandate = mandate.register(at=FIRST).case.record_collection(at=FIRST).case

    assert (START, FIRST, end_of("2028-01-06")) == (mandate.since, mandate.since_day, mandate.deadline.closes)
    assert (False, end_of("2025-01-06")) == (mandate.deadline.estimated, mandate.recorded_at)


@pytest.mark.rule("A22")
def test_a_refusal_shows_no_hour_that_nobody_told():
    """Neither of the fact that is refused, nor of the one that it would follow."""
    mandate = issued(at=START).case.sign("representative", at=date(2025, 1, 9)).case
    error = failure(mandate.send, at=date(2025, 1, 8), recorded_at=START + 9 * DAY)

    assert (date(2025, 1, 8), date(2025, 1, 9)) == (error.at, error.last)
    assert (
        "the fact is of Wednesday 8 January 2025, before the signature of the mandate, of Thursday 9 January 2025:"
        " expected that or a later instant" == error.message
    )
    assert date(2025, 1, 9) == failure(mandate.send, at=START + DAY, recorded_at=START + 9 * DAY).last


@pytest.mark.rule("A22")
@each("wrong", datetime(2025, 1, 6), "2025-01-06", None, 20250106)
def test_a_day_is_a_date_and_nothing_else(wrong):
    """A naive datetime is no day."""
    assert failure(asked().case.activate, EMAILED, at=wrong).code in {"instant.naive", "instant.malformed"}


class Day(date):
    """A subclass of dates, as other libraries have them."""


@pytest.mark.rule("A22")
def test_a_day_of_a_subclass_is_made_plain():
    """What is kept has to be stored."""
    assert date is type(asked().case.activate(EMAILED, at=Day(2025, 1, 7)).events[0].day)


# --- What starts from such a fact -------------------------------------------------------------------------------------


@pytest.mark.rule("A22", "A2", "1.9")
@each(
    "code recorded_at safe_until closes estimated",
    # The portal sent its code at some instant of the day: 48 hours from its first, and from its last one.
    (tp.HELD_ELSEWHERE, None, "2025-01-08T00:00:00", "2025-01-08T23:59:59.999999", True),
    (tp.HELD_ELSEWHERE, MUCH_LATER, "2025-01-08T00:00:00", "2025-01-08T23:59:59.999999", True),
    # Told at noon of that day: it had happened by then.
    (tp.HELD_ELSEWHERE, paris("2025-01-06T12:00"), "2025-01-08T00:00:00", "2025-01-08T12:00:00", True),
    # We send ours when the request is told, and know when that is.
    (EMAILED, paris("2025-01-06T12:00"), "2025-01-08T12:00:00", "2025-01-08T12:00:00", False),
)
def test_hours_that_run_from_a_day_are_estimated_at_both_ends(code, recorded_at, safe_until, closes, estimated):
    """People are shown the end of the earliest start, and nothing lapses before that of the latest one."""
    made = asked(at=FIRST, recorded_at=recorded_at, code=code)
    deadline = made.case.deadline

    assert (paris(safe_until), paris(closes), estimated) == (deadline.safe_until, deadline.closes, deadline.estimated)
    assert (FIRST, paris("2025-01-06T00:00")) == (made.events[0].day, made.events[0].at)
    assert made.case.lapse(at=deadline.lapses_at, recorded_at=MUCH_LATER).case.has_lapsed
    early = failure(made.case.lapse, at=deadline.closes, recorded_at=MUCH_LATER)
    assert ("deadline.not_reached", deadline.closes) == (early.code, early.facts["closes"])


@pytest.mark.rule("A22", "2.9", "A3")
def test_a_request_of_a_day_has_its_link_and_its_letter():
    """The link's hours are estimated; the letter's days are those of that civil day, as of any instant of it."""
    link = linked(at=FIRST, space=opened(), **ELSEWHERE).case
    letter = requested(at=FIRST, space=opened(), **ELSEWHERE)

    # It was not made before its space was active, at ten.
    assert (START, paris("2025-01-08T10:00")) == (link.origin.at, link.deadline.safe_until)
    assert (end_of("2025-01-08"), True) == (link.deadline.closes, link.deadline.estimated)
    assert [FIRST, FIRST] == [event.day for event in letter.events]
    assert (end_of("2025-03-06"), end_of("2025-03-21")) == (
        letter.case.deadline.safe_until,
        letter.case.deadline.closes,
    )
    confirmed = link.confirm_company_email(tp.HELD_ELSEWHERE, at=date(2025, 1, 7), recorded_at=MUCH_LATER).case
    assert end_of("2025-03-07") == confirmed.deadline.safe_until


@pytest.mark.rule("A22", "A14")
@each("name", "space", "link", "letter", "mandate")
def test_what_opens_a_case_may_be_of_a_day(name):
    """The opening says the day, and a day to come is refused."""
    when = {"at": FIRST, "recorded_at": MUCH_LATER}
    made = {
        "space": lambda: asked(**when),
        "link": lambda: linked(space=opened(), **when),
        "letter": lambda: requested(space=opened(), **when),
        "mandate": lambda: issued(paying(at=START).case, **when),
    }[name]()

    assert [FIRST] * len(made.events) == [event.day for event in made.events]
    future = failure(asked, at=date(2025, 1, 7), recorded_at=START)
    assert ("order.future", date(2025, 1, 7), START) == (future.code, future.at, future.last)


@pytest.mark.rule("A22", "2.11")
def test_a_link_used_on_the_day_of_its_end_is_in_time():
    """Where some instant of that day was."""
    link = linked().case
    used = link.confirm_company_email(TOKEN, at=date(2025, 1, 8), code=POSTED)

    assert (date(2025, 1, 8), "deadline.passed") == (
        used.events[0].day,
        failure(link.confirm_company_email, TOKEN, at=date(2025, 1, 9)).code,
    )
    assert LAST < used.case.deadline.closes
