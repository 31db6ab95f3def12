"""Step 3: the letter's code opens the services within 60 civil days of the letter, counted in Paris."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import teleprocedures as tp
from tests.builders import (
    DAY,
    EMAILED,
    FRENCH_IBAN,
    GERMAN_IBAN,
    HOUR,
    LAST,
    PARIS,
    POSTED,
    SAFE,
    SECRETS,
    START,
    TICK,
    TOKEN,
    TWO_DAYS,
    WRONG,
    asked,
    end_of,
    linked,
    opened,
    paris,
    paying,
    requested,
    requested_in,
)


def entered(
    request: tp.Adhesion, *, at: datetime, code: Any = POSTED, recorded_at: datetime | None = None
) -> tp.Adhesion:
    """The request once the code was entered from the space that asked."""
    return request.activate(code, space=opened(), at=at, recorded_at=recorded_at).case


# --- The 60 days (3.1, A3, A11) ---------------------------------------------------------------------------------------


@pytest.mark.rule("3.1", "A3")
def test_the_code_works_to_the_end_of_day_60_and_day_59_is_shown() -> None:
    """From the validation on: civil days in Paris, the first one not counted, the last one to its last microsecond."""
    request = requested().case
    assert request.deadline is not None
    assert (START, SAFE, LAST) == (request.deadline.opened, request.deadline.safe_until, request.deadline.closes)
    assert "3.1" == request.deadline.rule
    assert tp.ActivationState.ACTIVE is entered(request, at=LAST).stage
    with pytest.raises(tp.DeadlinePassedError):
        entered(request, at=LAST + TICK)


@pytest.mark.rule("3.1", "A3", "A11")
@pytest.mark.parametrize(
    ("edited", "safe", "last"),
    [
        ("2024-03-01", "2024-04-29", "2024-04-30"),
        ("2025-03-02", "2025-04-30", "2025-05-01"),  # a holiday
        ("2025-09-12", "2025-11-10", "2025-11-11"),  # a holiday
        ("2025-01-07", "2025-03-07", "2025-03-08"),  # a Saturday
        ("2025-01-08", "2025-03-08", "2025-03-09"),  # a Sunday
        ("2025-02-01", "2025-04-01", "2025-04-02"),  # clocks go forward in between
        ("2025-09-01", "2025-10-30", "2025-10-31"),  # clocks go back in between
        ("2025-01-29", "2025-03-29", "2025-03-30"),  # ends on the day of 23 hours
        ("2025-08-27", "2025-10-25", "2025-10-26"),  # ends on the day of 25 hours
    ],
)
def test_60_civil_days_from_the_letters_day(edited: str, safe: str, last: str) -> None:
    """The day that the letter bears starts the 60 days; neither clocks, nor weekends, nor holidays move their end."""
    request = requested(at=paris(f"{edited}T11:00")).case
    request = request.record_letter(date.fromisoformat(edited), at=paris(f"{edited}T12:00")).case
    assert request.deadline is not None
    assert (end_of(safe), end_of(last)) == (request.deadline.safe_until, request.deadline.closes)
    assert paris(f"{edited}T00:00") == request.deadline.opened
    space = opened(at=START - 1000 * DAY)
    assert tp.ActivationState.ACTIVE is request.activate(POSTED, space=space, at=end_of(last)).case.stage
    with pytest.raises(tp.DeadlinePassedError):
        request.activate(POSTED, space=space, at=end_of(last) + TICK)


@pytest.mark.rule("3.1", "A3")
@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_60_days_whenever_they_start(at: datetime) -> None:
    """At any instant of any day, the last day is the civil day 60 days later, in Paris, to its end."""
    request = requested(at=at).case
    day = at.astimezone(PARIS).date() + timedelta(days=60)
    assert request.deadline is not None
    assert datetime.combine(day, time.max, PARIS).astimezone(UTC) == request.deadline.closes
    assert request.activate(POSTED, space=opened(at=at), at=request.deadline.closes).case.holds("consulter-avis-tf")
    assert request.lapse(at=request.deadline.lapses_at).case.has_lapsed


@pytest.mark.rule("3.1", "2.10")
def test_the_60_days_begin_when_the_link_is_used() -> None:
    """With Messaging, the days are counted from the use of the link, even late in the evening in Paris."""
    at = paris("2025-01-07T23:59:59.999999")
    request = linked().case.confirm_company_email(TOKEN, code=POSTED, at=at).case
    assert request.deadline is not None
    assert (at, end_of("2025-03-08")) == (request.deadline.opened, request.deadline.closes)


# --- Entering the code (3.3, 3.5, 0.2, A4) ----------------------------------------------------------------------------


@pytest.mark.rule("3.3", "3.5", "A4", "0.2")
def test_one_code_opens_all_the_services_of_the_request_at_once() -> None:
    """Before the code nothing is held; from its instant on, all the request's services are, and no other."""
    request = linked("payer-tva", "payer-cfe", bank_accounts=[FRENCH_IBAN]).case
    request = request.confirm_company_email(TOKEN, code=POSTED, at=START).case
    assert [] == [code for code in tp.CATALOGUE if request.holds(code)]

    decision = request.activate("letter-0815", space=opened(), at=START + DAY)
    assert (tp.ServicesActivated(case_id="request-1", version=3, at=START + DAY),) == decision.events
    assert ["messagerie", "payer-tva", "payer-cfe"] == [code for code in tp.CATALOGUE if decision.case.holds(code)]
    assert all(decision.case.holds(service) for service in decision.case.services)
    assert (None, None, ()) == (decision.case.deadline, decision.case.due_at, decision.messages)
    assert (tp.AdhesionState.VALIDATED, tp.ActivationState.ACTIVE, 3) == (
        decision.case.state,
        decision.case.stage,
        decision.case.version,
    )


@pytest.mark.rule("0.2")
def test_services_are_held_only_once_the_three_steps_are_done() -> None:
    """Neither the space, nor the request, nor the link gives a service: only the letter's code does."""
    request = linked().case
    confirmed = request.confirm_company_email(TOKEN, code=POSTED, at=START).case
    assert [False, False, True] == [
        case.holds("messagerie") for case in (request, confirmed, entered(confirmed, at=START))
    ]


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


@pytest.mark.rule("3.3")
def test_the_code_is_entered_from_the_space_that_asked() -> None:
    """From another space, active and with the right code, the refusal names both spaces and nothing changes."""
    request = requested().case
    with pytest.raises(
        tp.WrongSpaceError, match=r"'space-2' did not make request 'request-1': expected space 'space-1'"
    ) as caught:
        request.activate(POSTED, space=opened(id="space-2"), at=START + DAY)
    assert "3.3" == caught.value.rule
    assert requested_in(tp.ActivationState.AWAITING_CODE) == request


@pytest.mark.rule("1.12", "3.3")
@pytest.mark.parametrize("space", [asked().case, asked().case.lapse(at=START + TWO_DAYS + TICK).case])
def test_the_code_is_entered_from_an_active_space(space) -> None:
    """A space that is pending or lapsed, of the same id though it be, activates nothing."""
    with pytest.raises(tp.SpaceNotActiveError) as caught:
        requested().case.activate(POSTED, space=space, at=START + 3 * DAY)
    assert ("1.12", {"space": "'space-1'", "state": str(space.state)}) == (caught.value.rule, dict(caught.value.facts))
    assert str(caught.value).startswith(f"the space 'space-1' is '{space.state}': expected an active one (rule 1.12: ")


def test_the_code_is_entered_after_the_last_event_of_the_space() -> None:
    """An instant before the space was activated is out of order, for the verb and for whoever asks first."""
    request = requested().case
    space = asked().case.activate(EMAILED, at=START + DAY).case
    with pytest.raises(tp.OutOfOrderError) as caught:
        request.activate(POSTED, space=space, at=START + HOUR)
    assert START + DAY == caught.value.last
    assert isinstance(request.refusal("activate", at=START + HOUR, space=space), tp.OutOfOrderError)
    assert request.refusal("activate", at=START + DAY, space=space) is None


@pytest.mark.rule("3.1", "A3")
def test_our_letter_bears_the_day_of_its_posting_in_paris() -> None:
    """A letter that we post bears the civil day in Paris, which has begun there while it has not in UTC."""
    activation = requested(at=paris("2025-01-07T00:30")).case.activation
    assert activation is not None
    assert date(2025, 1, 7) == activation.letter


@pytest.mark.rule("A14")
def test_no_code_is_entered_before_the_day_of_its_letter() -> None:
    """A code is out of order before the first instant of its letter's day, in Paris, once that day is known."""
    request = requested(code=tp.HELD_ELSEWHERE).case.record_letter(date(2025, 1, 10), at=START + 9 * DAY).case
    first = paris("2025-01-10")
    with pytest.raises(tp.OutOfOrderError) as caught:
        request.activate(tp.HELD_ELSEWHERE, space=opened(), at=first - TICK, recorded_at=START + 9 * DAY)
    assert ("order.before_fact", first) == (caught.value.code, caught.value.last)
    active = request.activate(tp.HELD_ELSEWHERE, space=opened(), at=first, recorded_at=START + 9 * DAY).case
    assert (tp.ActivationState.ACTIVE, first) == (active.stage, active.since)


@pytest.mark.rule("A14", "A17")
def test_an_account_may_have_been_declared_before_the_code_was_entered() -> None:
    """The declaration of an account follows the request: told after the activation, it may have come before it."""
    active = entered(paying().case, at=START + 5 * DAY)
    told = {"recorded_at": START + 6 * DAY}
    assert active.declare_account(GERMAN_IBAN, at=START, **told).case.declares(tp.BankAccount(GERMAN_IBAN))
    with pytest.raises(tp.OutOfOrderError) as caught:
        active.declare_account(GERMAN_IBAN, at=START - TICK, **told)
    assert ("order.before_fact", START) == (caught.value.code, caught.value.last)


@pytest.mark.parametrize(("space", "kind"), [(None, "NoneType"), ("space-1", "str"), (requested().case, "Adhesion")])
def test_what_is_no_space_is_a_bad_value(space: object, kind: str) -> None:
    """Something that is no space at all is an error of whoever gives it, and activates nothing."""
    with pytest.raises(tp.InvalidValueError, match=f"^{kind} is not a space: expected Space$"):
        requested().case.activate(POSTED, space=space, at=START)  # type: ignore[arg-type]


@pytest.mark.rule("3.3", "A12")
def test_a_wrong_code_is_refused_and_can_be_tried_again() -> None:
    """A wrong code changes nothing, however often it is tried, to the last instant."""
    request = requested().case

    for code in (WRONG, "LETTER-0816", "", EMAILED, tp.LinkToken("LETTER0815"), TOKEN):
        with pytest.raises(tp.WrongCodeError, match=r"this is not the code of the letter: .*\(rule 3\.3: ") as caught:
            entered(request, code=code, at=LAST)
        assert "3.3" == caught.value.rule
    assert requested().case == request
    assert tp.ActivationState.ACTIVE is entered(request, at=LAST).stage


@pytest.mark.rule("A4")
def test_the_code_of_another_request_opens_nothing() -> None:
    """Each request has its own code, and the same code in two requests is kept differently."""
    other = requested(id="request-2", code=tp.ActivationCode("OTHER")).case
    same = requested(id="request-3").case
    with pytest.raises(tp.WrongCodeError):
        entered(other, at=START)
    assert same.activation is not None
    assert requested().case.activation is not None
    assert requested().case.activation.code != same.activation.code  # type: ignore[union-attr]


@pytest.mark.rule("3.3", "A13")
def test_a_code_is_held_here_or_elsewhere() -> None:
    """A code held here must be given; one held elsewhere cannot be: the portal took it, or nothing."""
    here, elsewhere = requested().case, requested(code=tp.HELD_ELSEWHERE).case
    with pytest.raises(tp.WrongCodeError, match="the code of the letter is checked here"):
        entered(here, code=tp.HELD_ELSEWHERE, at=START)
    with pytest.raises(tp.WrongCodeError, match="the code of the letter is held elsewhere"):
        entered(elsewhere, code=POSTED, at=START)
    assert entered(elsewhere, code=tp.HELD_ELSEWHERE, at=LAST).holds("consulter-avis-tf")
    known = elsewhere.record_letter(START.date(), at=START).case
    assert entered(known, code=tp.HELD_ELSEWHERE, at=LAST).holds("consulter-avis-tf")
    with pytest.raises(tp.DeadlinePassedError):
        entered(known, code=tp.HELD_ELSEWHERE, at=LAST + TICK)


@pytest.mark.rule("3.1", "3.4")
@pytest.mark.parametrize("after", [TICK, 300 * DAY])
@pytest.mark.parametrize("code", [POSTED, WRONG, tp.HELD_ELSEWHERE, "", "no code!"])
@pytest.mark.parametrize("space", [opened(), opened(id="space-2")])
def test_past_60_days_no_code_works(after: timedelta, code: Any, space) -> None:
    """From one microsecond past day 60, the refusal is the same whatever the code, and from whichever space."""
    request = requested().case
    with pytest.raises(tp.DeadlinePassedError) as caught:
        request.activate(code, space=space, at=LAST + after)
    assert "3.4" == caught.value.rule
    assert (LAST, LAST + after) == (caught.value.closes, caught.value.at)
    assert requested().case == request


# --- Lapsing (3.4) ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("3.4")
def test_a_request_lapses_past_60_days() -> None:
    """From one microsecond past day 60, the activation ends, for all the services of the request."""
    decision = requested().case.lapse(at=LAST + TICK)
    request = decision.case
    assert (tp.ActivationLapsed(case_id="request-1", version=3, at=LAST + TICK),) == decision.events
    assert (tp.AdhesionState.VALIDATED, tp.ActivationState.LAPSED, True) == (
        request.state,
        request.stage,
        request.has_lapsed,
    )
    assert (None, None) == (request.deadline, request.due_at)
    (notice,) = decision.messages
    assert isinstance(notice, tp.LapseNotice)
    assert (opened().email, "3.4", False) == (notice.to, str(notice.rule), notice.presumed)
    assert (request.services, request.organisation) == (notice.services, notice.organisation)
    assert not request.holds("consulter-avis-tf")
    with pytest.raises(tp.TransitionRefusedError) as caught:
        entered(request, at=LAST + TICK)
    assert ("3.4", "lapsed") == (str(caught.value.rule), caught.value.state)


@pytest.mark.rule("3.1")
@pytest.mark.parametrize("at", [START, SAFE + TICK, LAST])
def test_a_request_does_not_lapse_in_time(at: datetime) -> None:
    """Up to the last microsecond of day 60, ending the request is refused, and the refusal says from when it can be."""
    with pytest.raises(tp.DeadlineNotReachedError) as caught:
        requested().case.lapse(at=at)
    assert ("3.1", LAST + TICK) == (str(caught.value.rule), caught.value.expected)


@pytest.mark.rule("3.1", "3.4")
@pytest.mark.parametrize("at", [START, SAFE, LAST, LAST + TICK, LAST + 99 * DAY])
def test_one_of_activate_and_lapse_is_possible(at: datetime) -> None:
    """At any instant, a request that awaits its code can be activated or ended, and never both."""
    request = requested().case
    possible = [trigger for trigger in ("activate", "lapse") if request.refusal(trigger, at=at) is None]
    assert ["activate" if at <= LAST else "lapse"] == possible


@pytest.mark.rule("3.4")
def test_a_request_not_activated_is_renewed() -> None:
    """A new request names the old one, has a letter and a code of its own, and 60 new days."""
    lapsed = requested_in(tp.ActivationState.LAPSED)
    decision = lapsed.renew(opened(), id="request-2", at=LAST + DAY, code=tp.ActivationCode("SECOND"))
    renewed = decision.case
    assert ("request-2", "request-1", lapsed.services) == (renewed.id, renewed.origin.renews, renewed.services)
    assert ["request-2/2/activation-code-letter"] == [message.id for message in decision.messages]
    with pytest.raises(tp.WrongCodeError):
        entered(renewed, at=LAST + DAY)
    assert entered(renewed, code="second", at=end_of("2025-05-07")).holds("consulter-avis-tf")
    assert requested_in(tp.ActivationState.LAPSED) == lapsed


# --- The letter's day (A3, F2) ----------------------------------------------------------------------------------------


@pytest.mark.rule("A3")
def test_the_letters_day_replaces_the_estimate() -> None:
    """Until the portal's letter is seen the deadline is an estimate; then it counts from the day the letter bears."""
    request = requested(code=tp.HELD_ELSEWHERE).case
    decision = request.record_letter(date(2025, 1, 9), at=START + 5 * DAY)
    known = decision.case
    assert request.deadline is not None
    assert known.deadline is not None
    assert (True, False) == (request.deadline.estimated, known.deadline.estimated)
    assert (paris("2025-01-09T00:00"), end_of("2025-03-10")) == (known.deadline.opened, known.deadline.closes)
    assert "3.1" == known.deadline.rule
    assert (
        tp.LetterRecorded(
            case_id="request-1", version=3, at=START + 5 * DAY, edited=date(2025, 1, 9), deadline=known.deadline
        ),
    ) == decision.events
    assert ((), tp.ActivationState.AWAITING_CODE) == (decision.messages, known.stage)
    assert entered(known, code=tp.HELD_ELSEWHERE, at=end_of("2025-03-10")).holds("consulter-avis-tf")
    assert known.lapse(at=end_of("2025-03-10") + TICK).case.has_lapsed


@pytest.mark.rule("A3")
def test_the_letters_day_can_be_corrected() -> None:
    """A day that was misread is recorded again: the last one stands, earlier or later."""
    request = requested().case.record_letter(date(2025, 1, 10), at=START + 5 * DAY).case
    earlier = request.record_letter(date(2025, 1, 7), at=START + 6 * DAY).case
    later = earlier.record_letter(date(2025, 1, 11), at=START + 7 * DAY).case
    assert [end_of("2025-03-11"), end_of("2025-03-08"), end_of("2025-03-12")] == [
        case.deadline.closes if case.deadline else None for case in (request, earlier, later)
    ]


@pytest.mark.rule("A3")
def test_a_correction_can_show_that_time_was_up_already() -> None:
    """A correction to an earlier day may put the end behind: the request is due to lapse at once, and no more."""
    at = end_of("2025-03-10")
    request = requested().case.record_letter(date(2025, 1, 10), at=START + 5 * DAY).case
    corrected = request.record_letter(date(2025, 1, 6), at=at).case
    assert corrected.is_due(at)
    with pytest.raises(tp.DeadlinePassedError):
        entered(corrected, at=at)
    with pytest.raises(tp.DeadlinePassedError):
        corrected.remind(at=at)
    assert corrected.tick(at=at).case.has_lapsed


@pytest.mark.rule("A3")
@pytest.mark.parametrize(
    "edited",
    [
        date(2025, 1, 5),
        date(2025, 1, 8),
        date(1, 1, 1),
        date.max,
        datetime(2025, 1, 7, tzinfo=UTC),
        "2025-01-07",
        None,
        7,
    ],
)
def test_a_letter_bears_a_day_between_the_validation_and_now(edited: Any) -> None:
    """A day before the request was validated, one still to come, or what is no day at all, is a bad value."""
    request = requested().case
    with pytest.raises(tp.InvalidValueError) as caught:
        request.record_letter(edited, at=START + DAY)
    assert "letter.not_allowed" == caught.value.code
    assert ("2025-01-06", "2025-01-07") == (str(caught.value.facts["first"]), str(caught.value.facts["last"]))
    assert requested().case == request


@pytest.mark.rule("A3")
@pytest.mark.parametrize(
    ("validated", "seen", "edited"),
    [
        ("2025-01-07T00:30", "2025-01-08T00:30", date(2025, 1, 7)),  # still the 6th in UTC
        ("2025-01-07T00:30", "2025-01-08T00:30", date(2025, 1, 8)),  # still the 7th in UTC
    ],
)
def test_days_are_those_of_paris(validated: str, seen: str, edited: date) -> None:
    """The days of the validation and of today are read on clocks in Paris, not in UTC."""
    request = requested(at=paris(validated)).case
    assert request.record_letter(edited, at=paris(seen)).case.deadline is not None
    with pytest.raises(tp.InvalidValueError):
        request.record_letter(date(2025, 1, 6), at=paris(seen))


@pytest.mark.rule("A3", "3.1")
def test_a_letter_is_recorded_in_time() -> None:
    """To the last instant the letter's day can be recorded, which gives time; one microsecond later it is too late."""
    request = requested().case
    late = request.record_letter(date(2025, 1, 20), at=LAST).case
    assert late.deadline is not None
    assert end_of("2025-03-21") == late.deadline.closes
    with pytest.raises(tp.DeadlinePassedError) as caught:
        request.record_letter(date(2025, 1, 20), at=LAST + TICK)
    assert "3.4" == caught.value.rule


@pytest.mark.rule("F2")
def test_a_letter_not_reported_within_14_days_is_reminded_of() -> None:
    """From the 15th day on a letter that nobody reported is worth a reminder."""
    request, due = requested(code=tp.HELD_ELSEWHERE).case, paris("2025-01-21T00:00")
    assert (due, False, True) == (request.due_at, request.is_due(due - TICK), request.is_due(due))
    with pytest.raises(tp.DeadlineNotReachedError, match="nothing to remind of"):
        request.remind(at=due - TICK)

    decision = request.remind(at=due)
    (email,) = decision.messages
    assert (tp.ActivationReminded(case_id="request-1", version=3, at=due),) == decision.events
    assert isinstance(email, tp.ReminderEmail)
    assert ["F2", "3.1"] == [str(step.rule) for step in email.steps]
    assert (opened().email, request.deadline, "request-1/3/reminder-email") == (email.to, email.deadline, email.id)
    assert paris("2025-02-19T00:00") == decision.case.due_at


@pytest.mark.rule("F2")
def test_a_letter_that_was_reported_is_not_watched_for() -> None:
    """Once the letter's day is recorded, or where we post it, only the end of the 60 days is reminded of."""
    waiting = requested(code=tp.HELD_ELSEWHERE).case

    for request in (waiting.record_letter(date(2025, 1, 6), at=START + 14 * DAY).case, requested().case):
        assert paris("2025-02-19T00:00") == request.due_at
        assert ["3.1"] == [str(step.rule) for step in request.next_steps(at=START + 20 * DAY)]


@pytest.mark.rule("3.1", "A3", "F2")
def test_the_date_of_a_step_is_the_next_one_ahead() -> None:
    """A letter is watched for up to the day announced, then up to the safe day, then up to the last one."""
    request = requested(code=tp.HELD_ELSEWHERE).case
    assert request.deadline is not None
    assert request.due_at is not None
    announced, closes = request.due_at - TICK, request.deadline.closes

    dates = {at: [step.by for step in request.next_steps(at=at)] for at in (announced, announced + TICK, SAFE, closes)}
    assert {
        announced: [announced, SAFE],
        announced + TICK: [SAFE, SAFE],
        SAFE: [SAFE, SAFE],
        closes: [closes, closes],
    } == dates
    steps = request.next_steps(at=START)
    assert [(True, closes, request.services)] * 2 == [(step.estimated, step.closes, step.services) for step in steps]


@pytest.mark.rule("F2")
def test_a_rulebook_need_not_announce_letters() -> None:
    """Without an announcement, no letter is ever late, and the estimate counts from the validation at both ends."""
    silent = attrs.evolve(tp.EXPERT_2024_04_03, version="silent", letter_announced=None)
    request = requested(rulebook=silent, code=tp.HELD_ELSEWHERE).case
    watch, enter = request.next_steps(at=START + 40 * DAY)
    assert request.deadline is not None
    assert (True, SAFE, LAST) == (request.deadline.estimated, request.deadline.safe_until, request.deadline.closes)
    assert paris("2025-02-19T00:00") == request.due_at
    assert ("F2", SAFE, "3.1", SAFE) == (str(watch.rule), watch.by, str(enter.rule), enter.by)


# --- Reminding --------------------------------------------------------------------------------------------------------


def test_reminders_come_15_5_and_1_days_ahead_of_the_safe_day() -> None:
    """Each reminder is due at the first instant of its day in Paris; after the last one, only the lapse is."""
    request = requested().case.record_letter(date(2025, 1, 6), at=START + 8 * DAY).case
    dues = []
    while request.deadline is not None and request.due_at is not None and request.due_at <= LAST:
        dues.append(request.due_at)
        assert not request.is_due(request.due_at - TICK)
        with pytest.raises(tp.DeadlineNotReachedError):
            request.tick(at=request.due_at - TICK)
        request = request.tick(at=request.due_at).case
    assert [paris("2025-02-19T00:00"), paris("2025-03-01T00:00"), paris("2025-03-05T00:00")] == dues
    assert LAST + TICK == request.due_at
    assert request.tick(at=LAST + TICK).case.has_lapsed


@pytest.mark.parametrize(
    ("edited", "dues"),
    [
        ("2025-02-01", ["2025-03-17T00:00", "2025-03-27T00:00", "2025-03-31T00:00"]),  # clocks go forward on the 30th
        ("2025-09-01", ["2025-10-15T00:00", "2025-10-25T00:00", "2025-10-29T00:00"]),  # clocks go back on the 26th
    ],
)
def test_reminders_are_at_midnight_whatever_clocks_do(edited: str, dues: list[str]) -> None:
    """Reminders are counted in civil days in Paris, over changes of clocks too."""
    request = requested(at=paris(f"{edited}T11:00")).case
    request = request.record_letter(date.fromisoformat(edited), at=paris(f"{edited}T12:00")).case
    found = []
    for _ in dues:
        assert request.due_at is not None
        found.append(request.due_at)
        request = request.remind(at=request.due_at).case
    assert [paris(due) for due in dues] == found


def test_missed_nights_give_one_reminder() -> None:
    """A batch that did not run for weeks sends one reminder, not three, and goes on with the next one."""
    decision = requested().case.tick(at=paris("2025-03-01T08:00"))
    assert 1 == len(decision.messages)
    assert paris("2025-03-05T00:00") == decision.case.due_at
    assert LAST + TICK == requested().case.tick(at=LAST).case.due_at


def test_nobody_is_reminded_too_late_or_of_nothing() -> None:
    """Past the time limit, and once services are held, there is nothing to remind of."""
    with pytest.raises(tp.DeadlinePassedError):
        requested().case.remind(at=LAST + TICK)
    for state in (tp.ActivationState.ACTIVE, tp.ActivationState.LAPSED):
        request = requested_in(state)
        assert not request.is_due(LAST + 999 * DAY)
        for verb in (request.remind, request.lapse, request.tick):
            with pytest.raises(tp.TransitionRefusedError):
                verb(at=LAST + 999 * DAY)


# --- Rulebooks, the table, replay -------------------------------------------------------------------------------------


@pytest.mark.rule("3.1")
def test_a_request_keeps_the_60_days_of_its_rulebook() -> None:
    """A host's own 90 days hold for its requests, their letters and their reminders, in its own time zone."""
    limit = attrs.evolve(
        tp.EXPERT_2024_04_03.services_activation, duration=tp.CivilDays(90, "Indian/Reunion"), reminders=()
    )
    rulebook = attrs.evolve(tp.EXPERT_2024_04_03, version="overseas", services_activation=limit, letter_announced=None)
    request = requested(rulebook=rulebook).case
    last = datetime(2025, 4, 6, 19, 59, 59, 999999, tzinfo=UTC)
    assert request.deadline is not None
    assert (last, last + TICK) == (request.deadline.closes, request.due_at)
    recorded = request.record_letter(date(2025, 1, 7), at=datetime(2025, 1, 6, 20, tzinfo=UTC)).case
    assert recorded.deadline is not None
    assert last + DAY == recorded.deadline.closes


@pytest.mark.rule("A3", "F2")
def test_the_last_day_of_a_letter_is_announced_in_the_rulebooks_zone() -> None:
    """West of Greenwich the last microsecond of a day is in the next one of UTC, and of most machines."""
    zone = "America/Cayenne"
    limit = attrs.evolve(tp.EXPERT_2024_04_03.services_activation, duration=tp.CivilDays(60, zone))
    west = attrs.evolve(
        tp.EXPERT_2024_04_03, version="west", services_activation=limit, letter_announced=tp.CivilDays(14, zone)
    )
    request = requested(rulebook=west, code=tp.HELD_ELSEWHERE).case
    assert request.deadline is not None
    assert datetime(2025, 3, 22, 2, 59, 59, 999999, tzinfo=UTC) == request.deadline.closes


@pytest.mark.parametrize("state", [tp.ActivationState.ACTIVE, tp.ActivationState.LAPSED])
def test_what_is_over_stays_over(state: tp.ActivationState) -> None:
    """Every verb of a request that is active or lapsed is refused, but the renewal of one that lapsed."""
    request, at = requested_in(state), LAST + 2 * DAY
    allowed = {tp.ActivationState.ACTIVE: (), tp.ActivationState.LAPSED: ("renew",)}
    verbs = (
        lambda: entered(request, at=at),
        lambda: request.record_letter(date(2025, 1, 7), at=at),
        lambda: request.confirm_company_email(TOKEN, at=at),
        lambda: request.remind(at=at),
        lambda: request.lapse(at=at),
        lambda: request.tick(at=at),
    )

    for verb in verbs:
        with pytest.raises(tp.TransitionRefusedError) as caught:
            verb()
        assert allowed[state] == caught.value.allowed
    assert requested_in(state) == request


def test_replay_gives_the_request_back() -> None:
    """A request is the fold of its events, to its end."""
    first = requested()
    recorded = first.case.record_letter(date(2025, 1, 7), at=START + 2 * DAY)
    reminded = recorded.case.remind(at=paris("2025-02-20T00:00"))
    active = reminded.case.activate(POSTED, space=opened(), at=end_of("2025-03-08"))
    lapsed = reminded.case.lapse(at=end_of("2025-03-08") + TICK)
    so_far = [*first.events, *recorded.events, *reminded.events]
    assert reminded.case == tp.replay(so_far)
    assert active.case == tp.replay([*so_far, *active.events])
    assert lapsed.case == tp.replay([*so_far, *lapsed.events])
    assert active.case.activation is not None
    assert active.case.activation.deadline.closes == end_of("2025-03-08")


@pytest.mark.parametrize("state", tp.ActivationState)
def test_an_activation_shows_no_secret(state: tp.ActivationState) -> None:
    """An activation keeps a digest of the code, and shows nothing of it."""
    activation = requested_in(state).activation
    assert [] == [secret for secret in SECRETS if secret in repr(activation) + str(activation)]
