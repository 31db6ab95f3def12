"""A time limit passes (A15): final where the code is held here, presumed elsewhere, until a fact corrects it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from tests.builders import (
    DAY,
    EMAILED,
    ESTIMATED_LAST,
    FRENCH_IBAN,
    HOUR,
    LAST,
    POSTED,
    START,
    TICK,
    TOKEN,
    TWO_DAYS,
    asked,
    held,
    linked,
    mandate_history,
    mandate_in,
    opened,
    paris,
    requested,
)

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}
TOLD = START + 100 * DAY

HERE = {
    "space": (asked().case, "activate", {"code": EMAILED}, START + TWO_DAYS, "1.11"),
    "link": (linked().case, "confirm_company_email", {"token": TOKEN}, START + TWO_DAYS, "2.11"),
    "code": (requested().case, "activate", {"code": POSTED, "space": opened()}, LAST, "3.4"),
    "letter": (requested().case, "record_letter", {"edited": START.date()}, LAST, "3.4"),
}
THERE: dict[str, tuple[tp.Case, str, dict[str, Any], datetime, type]] = {
    "space": (
        asked(code=tp.HELD_ELSEWHERE).case,
        "activate",
        {"code": tp.HELD_ELSEWHERE},
        START + TWO_DAYS,
        tp.SpaceActivated,
    ),
    "link": (
        linked(**ELSEWHERE).case,
        "confirm_company_email",
        {"token": tp.HELD_ELSEWHERE},
        START + TWO_DAYS,
        tp.CompanyEmailConfirmed,
    ),
    "code": (
        requested(**ELSEWHERE).case.record_letter(START.date(), at=START).case,
        "activate",
        {"code": tp.HELD_ELSEWHERE, "space": opened()},
        LAST,
        tp.ServicesActivated,
    ),
    "mandate": (
        mandate_in(tp.MandateState.REGISTERED),
        "record_collection",
        {},
        paris("2028-01-06T23:59:59.999999"),
        tp.CollectionRecorded,
    ),
}


def lapsed(case: tp.Case) -> tp.Case:
    """The case once its time limit was recorded as missed, at the first instant at which it can be."""
    assert case.deadline is not None
    return case.lapse(at=case.deadline.lapses_at).case


# --- Codes held here --------------------------------------------------------------------------------------------------


@pytest.mark.rule("A15", "1.11", "2.11", "3.4")
@pytest.mark.parametrize("name", HERE)
def test_a_lapse_of_codes_held_here_is_final(name: str) -> None:
    """Once it is recorded, not even a fact that happened in time changes it."""
    case, trigger, given, last, rule = HERE[name]
    over = lapsed(case)
    assert (True, False) == (over.has_lapsed, over.is_presumed)
    assert case.refusal(trigger, at=last, recorded_at=TOLD, **given) is None
    with pytest.raises(tp.TransitionRefusedError) as caught:
        getattr(over, trigger)(**given, at=last, recorded_at=TOLD)
    assert rule == caught.value.rule


# --- Codes held elsewhere ---------------------------------------------------------------------------------------------


@pytest.mark.rule("A15")
@pytest.mark.parametrize("name", THERE)
def test_a_fact_that_happened_in_time_corrects_a_lapse(name: str) -> None:
    """At the last instant it corrects; one microsecond later it is too late, whenever it is told."""
    case, trigger, given, last, made = THERE[name]
    over, told_at = lapsed(case), last + 100 * DAY
    assert (True, True) == (over.has_lapsed, over.is_presumed)
    decision = getattr(over, trigger)(**given, at=last, recorded_at=told_at)
    assert [made] == [type(event) for event in decision.events]
    assert (False, False, told_at) == (decision.case.has_lapsed, decision.case.is_presumed, decision.case.recorded_at)
    with pytest.raises(tp.DeadlinePassedError) as caught:
        getattr(over, trigger)(**given, at=last + TICK, recorded_at=told_at)
    assert (last, last + TICK) == (caught.value.closes, caught.value.at)


@pytest.mark.rule("A15", "A14")
@pytest.mark.parametrize("name", THERE)
def test_a_correction_is_told_after_the_lapse(name: str) -> None:
    """The history stays in the order of its tellings: what corrects a lapse is told then or later."""
    case, trigger, given, last, _ = THERE[name]
    over = lapsed(case)
    early = over.refusal(trigger, at=last, recorded_at=last, **given)
    assert isinstance(early, tp.OutOfOrderError)
    assert ("order.before_telling", over.recorded_at) == (early.code, early.last)
    assert over.refusal(trigger, at=last, recorded_at=over.recorded_at, **given) is None


@pytest.mark.rule("A15")
@pytest.mark.parametrize("name", THERE)
def test_a_corrected_history_replays(name: str) -> None:
    """The lapse stays in the history, and the correction after it: the fold of both is the case as it is now."""
    case, trigger, given, last, _ = THERE[name]
    assert case.deadline is not None
    lapsing = case.lapse(at=case.deadline.lapses_at)
    corrected = getattr(lapsing.case, trigger)(**given, at=last, recorded_at=TOLD if name != "mandate" else last + DAY)
    assert isinstance(lapsing.events[0], tp.Lapse)
    assert corrected.case == lapsing.case.apply(corrected.events[0])
    assert case.version + 2 == corrected.case.version


@pytest.mark.rule("A15", "2.10", "F2")
def test_a_link_used_in_time_has_the_letter_waited_for_again() -> None:
    """The portal knows that the link was used: the request waits for its letter, estimated from that use on."""
    over = lapsed(linked(**ELSEWHERE).case)
    again = over.confirm_company_email(tp.HELD_ELSEWHERE, at=START + HOUR, recorded_at=TOLD).case  # type: ignore[attr-defined]
    assert (tp.AdhesionState.VALIDATED, tp.ActivationState.AWAITING_CODE) == (again.state, again.stage)
    assert (START + HOUR, True) == (again.deadline.opened, again.deadline.estimated)
    assert again.is_due(TOLD)  # its own time limit is over by then, as far as is known: it lapses at once
    assert again.activate(tp.HELD_ELSEWHERE, space=opened(), at=LAST, recorded_at=TOLD).case.holds("messagerie")


@pytest.mark.rule("A15", "1.8")
def test_a_corrected_space_makes_requests_from_its_activation_on() -> None:
    """A space that was active all along can have made requests before its lapse was recorded."""
    over = lapsed(asked(code=tp.HELD_ELSEWHERE).case)
    space = over.activate(tp.HELD_ELSEWHERE, at=START + HOUR, recorded_at=TOLD).case  # type: ignore[attr-defined]
    assert (tp.SpaceState.ACTIVE, START + HOUR) == (space.state, space.since)
    request = requested(space=space, at=START + DAY, recorded_at=TOLD, **ELSEWHERE).case
    assert START + DAY == request.since


@pytest.mark.rule("A15", "1.8", "2.8", "3.3")
def test_a_correction_has_the_code_checked_like_any_other() -> None:
    """Where the portal holds the code all that can be said is that it took it."""
    for case, trigger, wrong in (
        (lapsed(THERE["space"][0]), "activate", {"code": EMAILED}),
        (lapsed(THERE["link"][0]), "confirm_company_email", {"token": TOKEN}),
        (lapsed(THERE["code"][0]), "activate", {"code": POSTED, "space": opened()}),
    ):
        with pytest.raises(tp.WrongCodeError) as caught:
            getattr(case, trigger)(**wrong, at=START + HOUR, recorded_at=TOLD)
        assert caught.value.code.endswith(".held_elsewhere")


@pytest.mark.rule("A15")
@pytest.mark.parametrize("name", THERE)
def test_a_lapsed_case_says_what_corrects_it(name: str) -> None:
    """At an instant at which it would have been in time, a refusal offers the verb that corrects; later it does not."""
    case, trigger, _, last, _ = THERE[name]
    over = lapsed(case)
    in_time = over.refusal("remind", at=last, recorded_at=over.recorded_at)
    late = over.refusal("remind", at=over.recorded_at)
    assert isinstance(in_time, tp.TransitionRefusedError)
    assert isinstance(late, tp.TransitionRefusedError)
    assert trigger in in_time.allowed
    assert trigger not in late.allowed


# --- Who is told ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("A15", "1.11", "2.11", "3.4", "F1")
@pytest.mark.parametrize(
    ("case", "rule", "action", "presumed"),
    [
        (asked().case, "1.11", "submit_space_again", False),
        (asked(code=tp.HELD_ELSEWHERE).case, "1.11", "submit_space_again", True),
        (linked().case, "2.11", "renew_adhesion", False),
        (linked(**ELSEWHERE).case, "2.11", "renew_adhesion", True),
        (requested().case, "3.4", "renew_adhesion", False),
        (requested(**ELSEWHERE).case, "3.4", "renew_adhesion", True),
        (mandate_in(tp.MandateState.REGISTERED), "F1", "issue_mandate_again", True),
    ],
)
def test_every_lapse_is_told_to_the_user(case: tp.Case, rule: str, action: str, presumed: bool) -> None:  # noqa: FBT001
    """Of every kind, presumed or not: one notice to the address of the space, with the rule and what to do now."""
    assert case.deadline is not None
    decision = case.lapse(at=case.deadline.lapses_at)
    (notice,) = decision.messages
    assert isinstance(notice, tp.LapseNotice)
    assert ("camille@cabinet-durand.fr", rule, presumed) == (str(notice.to), str(notice.rule), notice.presumed)
    assert (action, case.organisation, case.services) == (notice.action, notice.organisation, notice.services)
    assert (case.deadline, decision.case.version) == (notice.deadline, notice.version)
    assert decision.case.is_presumed is presumed
    assert [action] == [step.action for step in decision.case.next_steps(at=decision.case.recorded_at)]


# --- Mandates (F1) ----------------------------------------------------------------------------------------------------

REGISTERED = mandate_in(tp.MandateState.REGISTERED)
IDLE = paris("2028-01-06T23:59:59.999999")  # 36 months after the registration


@pytest.mark.rule("F1", "A15")
def test_collections_may_be_told_out_of_order() -> None:
    """A collection told late, older than one that is known, is accepted: the months run from the latest."""
    known = REGISTERED.record_collection(at=START + 90 * DAY).case
    older = known.record_collection(at=START + 40 * DAY, recorded_at=START + 95 * DAY).case
    newer = older.record_collection(at=START + 91 * DAY, recorded_at=START + 96 * DAY).case
    assert known.deadline == older.deadline
    assert (known.version + 1, START + 95 * DAY) == (older.version, older.recorded_at)
    assert newer.deadline is not None
    assert paris("2028-04-07T23:59:59.999999") == newer.deadline.closes
    assert (START, START) == (older.registered_at, newer.registered_at)


@pytest.mark.rule("F1", "A14")
def test_an_older_collection_drops_a_reminder_that_was_past() -> None:
    """It moves no time limit, and is told all the same: the next reminder ahead is due, or the lapse."""
    known = REGISTERED.record_collection(at=START + 90 * DAY).case
    assert known.due_at is not None
    assert known.deadline is not None
    told_at = known.due_at
    just_before = known.record_collection(at=START + 40 * DAY, recorded_at=told_at - TICK).case
    told = known.record_collection(at=START + 40 * DAY, recorded_at=told_at).case
    assert known.due_at == just_before.due_at
    assert [*known.deadline.reminders, known.deadline.lapses_at][1] == told.due_at
    assert known.deadline == told.deadline


@pytest.mark.rule("F1", "A15")
def test_a_collection_told_late_counts_from_its_own_day() -> None:
    """A mandate taken for lapsed that had collected in time counts for 36 months from that collection."""
    over = lapsed(REGISTERED)
    again = over.record_collection(at=IDLE, recorded_at=IDLE + DAY).case  # type: ignore[attr-defined]
    assert (tp.MandateState.REGISTERED, START) == (again.state, again.registered_at)
    assert paris("2031-01-06T23:59:59.999999") == again.deadline.closes
    assert again.is_registered(IDLE + DAY)
    request = held("payer-tva")
    with pytest.raises(tp.PaymentRefusedError, match="F1"):
        tp.check_payment(request, "payer-tva", FRENCH_IBAN, [over], at=IDLE + DAY)  # type: ignore[list-item]
    tp.check_payment(request, "payer-tva", FRENCH_IBAN, [again], at=IDLE + DAY)


@pytest.mark.rule("F1", "A14")
def test_a_collection_follows_the_registration() -> None:
    """Nothing was collected before the bank had the mandate."""
    with pytest.raises(tp.OutOfOrderError) as caught:
        REGISTERED.record_collection(at=START - TICK, recorded_at=START + DAY)
    assert ("order.before_fact", START) == (caught.value.code, caught.value.last)


@pytest.mark.rule("F1")
def test_the_whole_life_of_a_mandate_replays() -> None:
    """Registered, idle for too long, found to have collected, idle again: the fold of its events all along."""
    events = [event for decision in mandate_history(tp.MandateState.LAPSED) for event in decision.events]
    case = tp.replay(events)
    for verb in (
        lambda it: it.record_collection(at=IDLE, recorded_at=IDLE + DAY),
        lambda it: it.remind(at=it.due_at),
        lambda it: it.lapse(at=it.deadline.lapses_at),
    ):
        decision = verb(case)
        events += decision.events
        case = tp.replay(events)
        assert decision.case == case
    assert tp.MandateState.LAPSED is case.state


@pytest.mark.rule("A15", "F1")
def test_a_mandate_that_never_lapses_presumes_nothing() -> None:
    """Where the rulebook sets no time limit, nothing lapses and nothing is to be corrected."""
    never = attrs.evolve(tp.EXPERT_2024_04_03, version="never", mandate_use=None)
    case = mandate_in(
        tp.MandateState.REGISTERED, requested("payer-tva", bank_accounts=[FRENCH_IBAN], rulebook=never).case
    )
    assert (False, False) == (case.is_over(START + 9999 * DAY), case.is_presumed)
    assert isinstance(case.refusal("lapse", at=START + 9999 * DAY), tp.TransitionRefusedError)


@pytest.mark.rule("A15")
def test_an_estimate_is_presumed_to_have_lapsed_only() -> None:
    """Where the letter's day is unknown the lapse says so: its time limit was an estimate."""
    over = requested(**ELSEWHERE).case.lapse(at=ESTIMATED_LAST + TICK)
    (notice,) = over.messages
    assert isinstance(notice, tp.LapseNotice)
    assert (True, True) == (notice.presumed, notice.deadline.estimated)
