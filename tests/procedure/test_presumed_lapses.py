"""A time limit passes (A15): final where the code is held here, presumed elsewhere, until a fact corrects it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

import teleprocedures as tp
from tests.builders import EMAILED, FRENCH_IBAN, POSTED, TOKEN, asked, held, linked, mandate_in, opened, requested
from tests.instants import DAY, HOUR, LAST, START, TICK, TWO_DAYS, paris

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}
TOLD = START + 100 * DAY
REGISTERED = mandate_in(tp.MandateState.REGISTERED)
IDLE = paris("2028-01-06T23:59:59.999999")  # 36 months after the registration
SPACE, LINK = asked(code=tp.HELD_ELSEWHERE).case, linked(**ELSEWHERE).case
SEEN = requested(**ELSEWHERE).case.record_letter(START.date(), at=START).case


def lapsed(case: tp.Case) -> Any:
    """The case once its time limit was recorded as missed, at the first instant at which it can be."""
    assert case.deadline is not None
    return case.lapse(at=case.deadline.lapses_at).case


@pytest.mark.rule("A14", "A15", "1.8", "2.8", "3.3")
@pytest.mark.parametrize(
    ("case", "verb", "wrong", "last", "made"),
    [
        (SPACE, "activate", {"code": EMAILED}, START + TWO_DAYS, tp.SpaceActivated),
        (LINK, "confirm_company_email", {"token": TOKEN}, START + TWO_DAYS, tp.CompanyEmailConfirmed),
        (SEEN, "activate", {"code": POSTED, "space": opened()}, LAST, tp.ServicesActivated),
    ],
    ids=["space", "link", "code"],
)
def test_a_fact_that_happened_in_time_corrects_a_lapse(
    case: tp.Case, verb: str, wrong: dict[str, Any], last: datetime, made: type
) -> None:
    """At the last instant it corrects, told after the lapse was; one microsecond later it is too late."""
    given = wrong | {name: tp.HELD_ELSEWHERE for name in wrong if name != "space"}
    over, told_at = lapsed(case), last + 100 * DAY
    assert (True, True) == (over.has_lapsed, over.is_presumed)
    decision = getattr(over, verb)(**given, at=last, recorded_at=told_at)
    assert [made] == [type(event) for event in decision.events]
    assert (False, False, told_at) == (decision.case.has_lapsed, decision.case.is_presumed, decision.case.recorded_at)
    assert (case.version + 2, over.apply(decision.events[0])) == (decision.case.version, decision.case)
    with pytest.raises(tp.DeadlinePassedError) as late:
        getattr(over, verb)(**given, at=last + TICK, recorded_at=told_at)
    assert (last, last + TICK) == (late.value.closes, late.value.at)
    early = over.refusal(verb, at=last, recorded_at=last, **given)
    assert ("order.before_telling", over.recorded_at) == (early.code, early.last)
    assert over.refusal(verb, at=last, recorded_at=over.recorded_at, **given) is None
    if wrong:  # where the portal holds the code all that can be said is that it took it
        with pytest.raises(tp.WrongCodeError) as checked:
            getattr(over, verb)(**wrong, at=START, recorded_at=told_at)
        assert checked.value.code.endswith(".held_elsewhere")
    # A refusal offers the verb that corrects for an instant at which it would have been in time.
    assert verb in over.refusal("remind", at=last, recorded_at=over.recorded_at).allowed
    assert verb not in over.refusal("remind", at=over.recorded_at).allowed


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


# --- Who is told ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("A15", "3.4", "F1")
@pytest.mark.parametrize(
    ("case", "rule", "action"),
    [(requested(**ELSEWHERE).case, "3.4", "renew_adhesion"), (REGISTERED, "F1", "issue_mandate_again")],
    ids=["estimated", "mandate"],
)
def test_a_presumed_lapse_is_told_to_the_user(case: tp.Case, rule: str, action: str) -> None:
    """Of an estimate, or of what the bank knows: one notice to the address of the space, and what to do now."""
    assert case.deadline is not None
    decision = case.lapse(at=case.deadline.lapses_at)
    (notice,) = decision.messages
    assert isinstance(notice, tp.LapseNotice)
    assert ("camille@cabinet-durand.fr", rule, True) == (str(notice.to), notice.rule, notice.presumed)
    assert (action, tp.Siren("552100554"), case.services) == (notice.action, notice.organisation, notice.services)
    assert (case.account, case.deadline, decision.case.version) == (notice.account, notice.deadline, notice.version)
    assert ((None, True) if rule == "3.4" else (tp.BankAccount(FRENCH_IBAN), False)) == (
        notice.account,
        notice.deadline.estimated,
    )
    assert (True, True) == (decision.case.is_presumed, decision.case.held_elsewhere)
    assert [action] == [step.action for step in decision.case.next_steps(at=decision.case.recorded_at)]


# --- Mandates (F1) ----------------------------------------------------------------------------------------------------

REGISTERED = mandate_in(tp.MandateState.REGISTERED)
IDLE = paris("2028-01-06T23:59:59.999999")  # 36 months after the registration


@pytest.mark.rule("F1", "A15")
def test_collections_may_be_told_out_of_order() -> None:
    """An older one is accepted: the months run from the latest, and of two of one day, from the one told last."""
    known = REGISTERED.record_collection(at=START + 90 * DAY).case
    older = known.record_collection(at=START + 40 * DAY, recorded_at=START + 95 * DAY).case
    newer = older.record_collection(at=START + 91 * DAY, recorded_at=START + 96 * DAY).case
    again = known.record_collection(at=START + 90 * DAY + HOUR).case
    assert known.deadline == older.deadline
    assert (known.version + 1, START + 95 * DAY) == (older.version, older.recorded_at)
    assert paris("2028-04-07T23:59:59.999999") == newer.deadline.closes
    assert START + 90 * DAY + HOUR == again.deadline.opened
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


# --- What one fact proves of another (A23) ----------------------------------------------------------------------------


either_link = pytest.mark.parametrize("link", [LINK, lapsed(LINK)], ids=["link awaited", "link lapsed"])


@pytest.mark.rule("A23", "2.10", "A3")
@either_link
def test_the_day_of_a_letter_proves_that_the_link_was_used(link: Any) -> None:
    """Though nobody noted when, and whether the lapse was recorded or not: by that day, and after the request."""
    made = link.record_letter(date(2025, 1, 8), at=START + 9 * DAY)
    case = made.case

    assert [tp.LinkProvedByLetter] == [type(event) for event in made.events]
    assert (tp.AdhesionState.VALIDATED, tp.ActivationState.AWAITING_CODE) == (case.state, case.stage)
    assert (date(2025, 1, 8), False) == (case.activation.letter, case.deadline.estimated)
    assert (paris("2025-03-09T23:59:59.999999"), START) == (case.deadline.closes, case.since)
    # The code was entered before the letter's day was told: on the day of the letter, at the earliest.
    when = {"at": paris("2025-01-08T00:00"), "recorded_at": START + 10 * DAY}
    entered = case.activate(tp.HELD_ELSEWHERE, space=opened(), **when)
    assert tp.ActivationState.ACTIVE is entered.case.stage
    early = case.refusal("activate", at=paris("2025-01-08T00:00") - TICK, recorded_at=START + 10 * DAY)
    assert "order.before_fact" == early.code
    for day in (date(2025, 1, 5), date(2025, 1, 16)):
        with pytest.raises(tp.InvalidValueError, match="the letter cannot bear"):
            link.record_letter(day, at=START + 9 * DAY)


@pytest.mark.rule("A23", "3.3", "A15")
@either_link
def test_a_code_that_was_entered_proves_that_the_link_was_used(link: Any) -> None:
    """The portal took it, so the services are held, whenever that was; from the request on, and from its space."""
    given = {"space": opened(), "recorded_at": START + 300 * DAY}
    made = link.activate(tp.HELD_ELSEWHERE, at=START + 200 * DAY, **given)

    assert [tp.LinkProvedByCode] == [type(event) for event in made.events]
    assert (tp.ActivationState.ACTIVE, START + 200 * DAY) == (made.case.stage, made.case.since)
    assert (None, None, None) == (made.case.due_at, made.case.deadline, made.case.activation.letter)
    assert START == link.activate(tp.HELD_ELSEWHERE, at=START, **given).case.since
    assert "order.before_fact" == link.refusal("activate", at=START - TICK, **given).code
    assert "letter_code.held_elsewhere" == link.refusal("activate", code=POSTED, at=START, **given).code
    wrong = given | {"space": opened(id="space-2")}
    assert "space.wrong" == link.refusal("activate", at=START, **wrong).code


@pytest.mark.rule("A23", "2.10")
def test_where_codes_are_held_here_nothing_is_proved() -> None:
    """The letter is posted once the link was used, and we know whether it was."""
    link = linked().case
    asked_of: dict[str, Any] = {"record_letter": {"edited": date(2025, 1, 8)}, "activate": {"code": POSTED}}
    for verb, given in asked_of.items():
        assert isinstance(link.refusal(verb, at=START + 3 * DAY, **given), tp.TransitionRefusedError)
