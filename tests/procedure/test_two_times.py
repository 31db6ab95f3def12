"""When a fact counts (A14): when it happened, by which time limits judge; when it was told, which orders a history."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import teleprocedures as tp
from tests.builders import (
    DAY,
    EMAILED,
    HOUR,
    LAST,
    POSTED,
    SAFE,
    START,
    TICK,
    TOKEN,
    TWO_DAYS,
    asked,
    end_of,
    issued,
    linked,
    mandate_in,
    opened,
    paris,
    requested,
)

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}
LATE = START + 30 * DAY


def out_of_order(
    case: tp.Case, trigger: str, *, at: datetime, recorded_at: datetime, **given: object
) -> tp.OutOfOrderError:
    """The refusal of an instant that is out of order; fails when it is another, or none."""
    refusal = case.refusal(trigger, at=at, recorded_at=recorded_at, **given)
    assert isinstance(refusal, tp.OutOfOrderError)
    assert "A14" == refusal.rule
    return refusal


# --- Time limits judge when it happened -------------------------------------------------------------------------------


@pytest.mark.rule("A14", "1.9", "A2")
def test_a_code_entered_in_time_counts_whenever_it_is_told() -> None:
    """A space activated at the last instant is active, told a month later; a microsecond after it, it is refused."""
    for space, code in ((asked().case, EMAILED), (asked(code=tp.HELD_ELSEWHERE).case, tp.HELD_ELSEWHERE)):
        decision = space.activate(code, at=START + TWO_DAYS, recorded_at=LATE)
        assert tp.SpaceState.ACTIVE is decision.case.state
        assert (START + TWO_DAYS, LATE) == (decision.case.since, decision.case.recorded_at)
        with pytest.raises(tp.DeadlinePassedError) as caught:
            space.activate(code, at=START + TWO_DAYS + TICK, recorded_at=LATE)
        assert ("1.10", START + TWO_DAYS + TICK) == (str(caught.value.rule), caught.value.at)


@pytest.mark.rule("A14", "2.9")
def test_a_link_used_in_time_counts_whenever_it_is_told() -> None:
    """The company's link used at its last instant validates, told a month later; a microsecond after it is refused."""
    for request, token in ((linked().case, TOKEN), (linked(**ELSEWHERE).case, tp.HELD_ELSEWHERE)):
        used = request.confirm_company_email(token, at=START + TWO_DAYS, recorded_at=LATE).case
        assert (tp.AdhesionState.VALIDATED, START + TWO_DAYS, LATE) == (used.state, used.since, used.recorded_at)
        with pytest.raises(tp.DeadlinePassedError) as caught:
            request.confirm_company_email(token, at=START + TWO_DAYS + TICK, recorded_at=LATE)
        assert "2.11" == caught.value.rule


@pytest.mark.rule("A14", "3.1")
def test_a_letters_code_entered_in_time_counts_whenever_it_is_told() -> None:
    """The code entered at the last instant of day 60 opens the services, told months later."""
    request, told_at = requested().case, LAST + 90 * DAY
    active = request.activate(POSTED, space=opened(), at=LAST, recorded_at=told_at).case
    assert (tp.ActivationState.ACTIVE, LAST, told_at) == (active.stage, active.since, active.recorded_at)
    with pytest.raises(tp.DeadlinePassedError):
        request.activate(POSTED, space=opened(), at=LAST + TICK, recorded_at=told_at)


@pytest.mark.rule("A14", "A15")
def test_until_a_lapse_is_recorded_the_instant_of_the_fact_judges() -> None:
    """Codes held here: past the end, a code entered in time and told late passes, until the lapse is recorded."""
    space = asked().case
    lapsed = space.lapse(at=LATE).case
    assert tp.SpaceState.ACTIVE is space.activate(EMAILED, at=START + HOUR, recorded_at=LATE + TICK).case.state
    with pytest.raises(tp.TransitionRefusedError):
        lapsed.activate(EMAILED, at=START + HOUR, recorded_at=LATE + TICK)


# --- Out of order, with both instants ---------------------------------------------------------------------------------


@pytest.mark.rule("A14")
@pytest.mark.parametrize(
    ("case", "trigger", "given", "follows"),
    [
        (asked().case, "activate", {"code": EMAILED}, START),
        (linked().case, "confirm_company_email", {"token": TOKEN}, START),
        (requested().case, "activate", {"code": POSTED}, paris("2025-01-06T10:00")),
        (requested().case, "record_letter", {"edited": START.date()}, START),
        (requested(**ELSEWHERE).case, "activate", {"code": tp.HELD_ELSEWHERE}, START),
        (issued().case, "sign", {"signatory": tp.Applicant.REPRESENTATIVE}, START),
        (issued().case.sign("representative", at=START + HOUR).case, "send", {}, START + HOUR),
        (mandate_in(tp.MandateState.SENT), "register", {}, START),
        (mandate_in(tp.MandateState.REGISTERED), "record_collection", {}, START),
    ],
)
def test_a_fact_comes_after_the_one_that_it_follows(
    case: tp.Case, trigger: str, given: dict[str, Any], follows: datetime
) -> None:
    """At its instant it is in order, a microsecond before it is not, and one after its own telling is not either."""
    assert case.refusal(trigger, at=follows, recorded_at=LATE, **given) is None

    early = out_of_order(case, trigger, at=follows - TICK, recorded_at=LATE, **given)
    future = out_of_order(case, trigger, at=LATE + TICK, recorded_at=LATE, **given)
    assert ("order.before_fact", follows - TICK, follows) == (early.code, early.at, early.last)
    assert ("order.future", LATE + TICK, LATE) == (future.code, future.at, future.last)


@pytest.mark.rule("A14")
def test_nothing_is_told_before_the_last_thing_told() -> None:
    """A history never goes back: what was told at an instant is followed by what is told then or later."""
    space = asked().case.activate(EMAILED, at=START + HOUR, recorded_at=LATE).case
    request = requested(space=space, at=LATE).case
    recorded = request.record_letter(LATE.date(), at=LATE, recorded_at=LATE + DAY).case

    refusal = out_of_order(recorded, "activate", at=LATE, recorded_at=LATE + DAY - TICK, code=POSTED)
    assert ("order.before_telling", LATE + DAY - TICK, LATE + DAY) == (refusal.code, refusal.at, refusal.last)
    assert recorded.refusal("activate", at=LATE, recorded_at=LATE + DAY, code=POSTED, space=space) is None


@pytest.mark.rule("A14", "1.12")
def test_a_request_follows_the_activation_of_its_space_by_both_times() -> None:
    """A request made once the space was active, but told before the activation was, is out of order."""
    space = asked().case.activate(EMAILED, at=START + HOUR, recorded_at=LATE).case

    for at, told_at, code, last in (
        (START + HOUR - TICK, LATE, "order.before_fact", START + HOUR),
        (START + HOUR, LATE - TICK, "order.before_telling", LATE),
    ):
        with pytest.raises(tp.OutOfOrderError) as caught:
            requested(space=space, at=at, recorded_at=told_at)
        assert (code, last, "A14") == (caught.value.code, caught.value.last, str(caught.value.rule))
    assert START + HOUR == requested(space=space, at=START + HOUR, recorded_at=LATE).case.origin.at


@pytest.mark.rule("A14", "A17")
def test_an_account_follows_the_request() -> None:
    """The declaration of an account follows the request, not the use of its link, which may have been told first."""
    waits = linked("payer-cfe", bank_accounts=["FR76 3000 6000 0112 3456 7890 189"]).case
    used = waits.confirm_company_email(TOKEN, code=POSTED, at=START + DAY).case
    account = "DE89 3704 0044 0532 0130 00"
    assert 1 == len(used.declare_account(account, at=START, recorded_at=LATE).case.later_accounts)
    refusal = out_of_order(used, "declare_account", at=START - TICK, recorded_at=LATE)
    assert START == refusal.last


# --- Reminders are tellings of ours: they order nothing ---------------------------------------------------------------


@pytest.mark.rule("A14")
def test_a_reminder_orders_nothing() -> None:
    """After a reminder, a fact that was told before it is still in order; the case's telling has not moved."""
    space = asked().case
    reminded = space.remind(at=START + DAY).case
    assert (START, START) == (space.recorded_at, reminded.recorded_at)
    assert (2, START) == (reminded.version, reminded.since)
    activated = reminded.activate(EMAILED, at=START + HOUR)
    assert (tp.SpaceState.ACTIVE, START + HOUR) == (activated.case.state, activated.case.recorded_at)
    events = [*asked().events, *space.remind(at=START + DAY).events, *activated.events]
    assert activated.case == tp.replay(events)


@pytest.mark.rule("A14")
@pytest.mark.parametrize("given", [{}, ELSEWHERE])
def test_a_link_used_before_our_reminder_is_told_after_it(given: dict[str, Any]) -> None:
    """What the company did before we reminded is no contradiction, whoever holds the link."""
    reminded = linked(**given).case.remind(at=START + DAY).case
    token = given.get("token", TOKEN)
    used = reminded.confirm_company_email(token, at=START + HOUR, recorded_at=START + 2 * DAY).case
    assert (tp.AdhesionState.VALIDATED, START + HOUR) == (used.state, used.since)


@pytest.mark.rule("A14")
def test_reminders_already_past_are_dropped() -> None:
    """When a fact is told late, reminders before its telling are dropped: the next one ahead is due, or the lapse."""
    told_at = paris("2025-02-25T12:00")
    waits = requested(at=START, recorded_at=told_at, **ELSEWHERE).case
    last_one = requested(at=START, recorded_at=paris("2025-03-05T00:00"), **ELSEWHERE).case
    assert waits.deadline is not None
    assert [paris("2025-03-01T00:00")] == [due for due in waits.deadline.reminders if due > told_at][:1]
    assert paris("2025-03-01T00:00") == waits.due_at
    assert last_one.deadline is not None
    assert last_one.deadline.lapses_at == last_one.due_at


@pytest.mark.rule("A14")
@pytest.mark.parametrize(
    ("told_after", "due_after"),
    [(timedelta(0), DAY), (DAY - TICK, DAY), (DAY, TWO_DAYS + TICK), (TWO_DAYS, TWO_DAYS + TICK)],
)
def test_a_space_told_late_is_reminded_of_only_ahead(told_after: timedelta, due_after: timedelta) -> None:
    """A space of the portal, told later: its reminder is due only if it lies ahead of the telling."""
    space = asked(at=START, recorded_at=START + told_after, code=tp.HELD_ELSEWHERE).case
    assert START + due_after == space.due_at


@pytest.mark.rule("A14")
def test_told_after_the_end_the_lapse_is_due_at_once() -> None:
    """What is told after its time limit is over is due to lapse, and to nothing else."""
    space = asked(at=START, recorded_at=LATE, code=tp.HELD_ELSEWHERE).case
    assert START + TWO_DAYS + TICK == space.due_at
    decision = space.tick(at=LATE)
    assert [tp.LapseNotice] == [type(message) for message in decision.messages]
    assert tp.SpaceState.LAPSED is decision.case.state


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


@pytest.mark.rule("A2", "1.9", "A14")
def test_a_code_sent_by_us_works_from_its_sending_on() -> None:
    """A space asked for earlier and told now: we send the code now, so its 48 hours run from now."""
    here = asked(at=START, recorded_at=LATE).case
    elsewhere = asked(at=START, recorded_at=LATE, code=tp.HELD_ELSEWHERE).case
    assert here.deadline is not None
    assert (LATE, LATE + TWO_DAYS) == (here.deadline.opened, here.deadline.closes)
    assert tp.SpaceState.ACTIVE is here.activate(EMAILED, at=LATE + TWO_DAYS).case.state
    assert LATE == out_of_order(here, "activate", at=LATE - TICK, recorded_at=LATE).last
    assert elsewhere.deadline is not None
    assert (START, START + TWO_DAYS) == (elsewhere.deadline.opened, elsewhere.deadline.closes)
    assert tp.SpaceState.ACTIVE is elsewhere.activate(tp.HELD_ELSEWHERE, at=START, recorded_at=LATE).case.state


@pytest.mark.rule("A2", "2.9", "A14")
def test_a_link_sent_by_us_works_from_its_sending_on() -> None:
    """A request made earlier and told now: we send the link now, so its 48 hours run from now."""
    here, elsewhere = linked(recorded_at=LATE), linked(recorded_at=LATE, **ELSEWHERE)
    assert here.case.deadline is not None
    assert (LATE, LATE + TWO_DAYS) == (here.case.deadline.opened, here.case.deadline.closes)
    (email,) = here.messages
    assert isinstance(email, tp.ConfirmationLinkEmail)
    assert LATE + TWO_DAYS == email.deadline.closes
    assert LATE == out_of_order(here.case, "confirm_company_email", at=LATE - TICK, recorded_at=LATE).last
    assert elsewhere.case.deadline is not None
    assert START + TWO_DAYS == elsewhere.case.deadline.closes


@pytest.mark.rule("A3", "3.1", "A14")
def test_a_letter_posted_by_us_bears_the_day_of_its_posting() -> None:
    """Validated earlier and told now, we post the letter now: its day is today's in Paris, and nothing is estimated."""
    late_evening = paris("2025-01-20T23:59:59.999999")
    for decision in (
        requested(recorded_at=late_evening),
        linked().case.confirm_company_email(TOKEN, code=POSTED, at=START + HOUR, recorded_at=late_evening),
    ):
        activation = decision.case.activation
        (letter,) = decision.messages
        assert activation is not None
        assert ("2025-01-20", False) == (str(activation.letter), activation.deadline.estimated)
        assert (end_of("2025-03-20"), end_of("2025-03-21")) == (
            activation.deadline.safe_until,
            activation.deadline.closes,
        )
        assert isinstance(letter, tp.ActivationCodeLetter)
        assert activation.deadline == letter.deadline


@pytest.mark.rule("A3", "3.1")
def test_a_letter_posted_by_us_is_not_estimated() -> None:
    """Where we post the letter its day is known, and the 60 days are those of rule 3.1."""
    for request in (requested().case, linked().case.confirm_company_email(TOKEN, code=POSTED, at=START).case):
        assert request.activation is not None
        assert request.deadline is not None
        assert ("2025-01-06", False) == (str(request.activation.letter), request.deadline.estimated)
        assert (SAFE, LAST) == (request.deadline.safe_until, request.deadline.closes)


@pytest.mark.rule("A14")
@pytest.mark.parametrize("name", ["at", "recorded_at"])
def test_both_instants_are_aware(name: str) -> None:
    """Neither may be naive: the error says which one is."""
    instants = {"at": START, "recorded_at": START} | {name: datetime(2025, 1, 6, 9)}
    verbs = (
        lambda: asked(**instants),
        lambda: requested(space=opened(), **instants),
        lambda: asked().case.activate(EMAILED, **instants),
        lambda: asked().case.lapse(**instants),
    )
    for verb in verbs:
        with pytest.raises(tp.InvalidValueError) as caught:
            verb()
        assert ("instant.naive", name) == (caught.value.code, caught.value.facts["name"])
