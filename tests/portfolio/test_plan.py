"""Plans: backwards from the day that matters, forwards, on from where a request stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from teleprocedures import catalogue
from tests.builders import FRENCH_IBAN, held, linked, mandate_in, opened, paying, requested
from tests.instants import DAY, PARIS, paris

LEADS = tp.LeadTimes(letter=14, company=3, bank=5)
SLOW = tp.LeadTimes(letter=14, company=3, bank=30)
FIRST = date(2025, 1, 6)
COMPANY = "552100554"
JUNE = date(2024, 6, 1)
PAYS: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "bank_accounts": [FRENCH_IBAN]}


def planned(*services: str, has: Sequence[tp.Case] = (), **given: Any) -> tp.Plan:
    """The plan of these services on from these cases, by default to pay CFE with the lead times of most tests."""
    given = {"lead_times": LEADS, **given}
    wanted = services or ("payer-cfe",)
    return tp.Portfolio(has).company(COMPANY).plan(wanted, **given) if has else tp.plan(wanted, **given)


def days_of(found: tp.Plan) -> dict[str, date]:
    """The day of each action."""
    return {str(step.action): step.day for step in found.steps}


def begins(**given: Any) -> tuple[str, str, date]:
    """The first step of the plan: what, under which rule, when."""
    step = planned(**given).steps[0]
    return step.action, str(step.rule), step.day


def noon(day: date) -> datetime:
    """Noon in Paris."""
    return datetime.combine(day, time(12), PARIS).astimezone(UTC)


UNSEEN: tp.Adhesion = requested("payer-cfe", **PAYS).case  # asked for on the first day
SEEN: tp.Adhesion = UNSEEN.record_letter(FIRST, at=noon(FIRST + DAY)).case
LINKED: tp.Adhesion = linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case


@pytest.mark.parametrize(
    ("services", "pay_by", "start_by"),
    [
        (["payer-cfe"], date(2024, 12, 15), date(2024, 11, 28)),
        (["payer-tva"], date(2024, 6, 19), date(2024, 6, 2)),
        (["payer-tva", "messagerie"], date(2024, 6, 19), date(2024, 5, 31)),
        (["payer-cfe"], date(1, 2, 4), date(1, 1, 18)),  # the calendar begins in year 1
    ],
)
@pytest.mark.rule("A11", "2.18")
def test_worked_cases(services: list[str], pay_by: date, start_by: date) -> None:
    """The last safe day to begin is the day that matters less the longest way to it, weekends or not."""
    found = planned(*services, pay_by=pay_by)
    assert (start_by, False) == (found.start_by, found.too_late)
    assert pay_by == found.ready_on == found.wanted_by == days_of(found)["pay"]


@pytest.mark.rule("2.15", "2.16", "2.17", "2.19")
def test_the_mandate_runs_beside_the_letter() -> None:
    """A slow bank makes the mandate's way the longer one; CFE does not wait for it."""
    end = date(2024, 6, 30)
    found = planned("payer-tva", "payer-cfe", pay_by=end, lead_times=SLOW)
    assert (end - 33 * DAY, end, end - 16 * DAY) == (
        found.start_by,
        found.expected["payer-tva"],
        found.expected["payer-cfe"],
    )


def test_each_step_has_its_actor_its_day_its_rule_and_whether_it_is_assumed() -> None:
    """Only what rests on a lead time is assumed."""
    found = planned("payer-tva", "messagerie", start=date(2024, 5, 31))
    told = [(step.day, step.actor, step.action, step.rule.id, step.assumed) for step in found.steps]
    assert [
        (date(2024, 5, 31), tp.Actor.USER, tp.Action.REQUEST_SERVICES, "2.5", False),
        (date(2024, 5, 31), tp.Actor.USER, tp.Action.ISSUE_MANDATE, "2.15", False),
        (date(2024, 6, 2), tp.Actor.COMPANY, tp.Action.USE_LINK, "2.9", False),
        (date(2024, 6, 3), tp.Actor.LEGAL_REPRESENTATIVE, tp.Action.SIGN_MANDATE, "2.16", True),
        (date(2024, 6, 3), tp.Actor.USER, tp.Action.SEND_MANDATE, "2.17", True),
        (date(2024, 6, 8), tp.Actor.BANK, tp.Action.REGISTER_MANDATE, "2.19", True),
        (date(2024, 6, 8), tp.Actor.USER, tp.Action.CHECK_MANDATE, "2.19", True),
        (date(2024, 6, 16), tp.Actor.USER, tp.Action.WATCH_LETTER, "F2", True),
        (date(2024, 6, 16), tp.Actor.USER, tp.Action.ASK_FOR_CODE, "3.2", True),
        (date(2024, 6, 19), tp.Actor.COMPANY, tp.Action.PASS_CODE_ON, "3.2", True),
        (date(2024, 6, 19), tp.Actor.USER, tp.Action.ENTER_LETTER_CODE, "3.1", True),
        (date(2024, 6, 19), tp.Actor.USER, tp.Action.PAY, "2.18", True),
    ] == told


@pytest.mark.rule("3.2")
def test_a_representative_of_the_company_asks_nobody_for_the_code() -> None:
    """Rule 3.2 is for third parties; who made a request goes on with it, unless the plan says another."""
    own = requested("payer-cfe", applicant="representative", **PAYS).case
    found = planned(start=JUNE, applicant="representative")
    assert ("2.21", False) == (found.steps[-1].rule, "ask_for_code" in days_of(found))
    for applicant, asks in ((None, False), ("third_party", True)):
        given = {} if applicant is None else {"applicant": applicant}
        assert asks is ("ask_for_code" in days_of(planned(has=[own], start=FIRST + DAY, **given)))


def test_services_are_held_without_any_mandate() -> None:
    """Held by a day is not paid by a day: neither mandate nor payment is planned."""
    found = planned("payer-tva", held_by=date(2024, 6, 19))
    assert date(2024, 6, 2) == found.start_by
    way = ["request_services", "watch_letter", "ask_for_code", "pass_code_on", "enter_letter_code"]
    assert way == list(days_of(found))


def test_a_link_has_the_days_that_the_rulebook_gives() -> None:
    """From noon on, 72 hours lead to noon three days later, and 71 to the day before; days are counted as they are."""
    limit = tp.EXPERT_2024_04_03.link_use
    for duration, days in ((tp.Hours(72), 3), (tp.Hours(49), 2), (tp.Hours(71), 2), (tp.CivilDays(4), 4)):
        own = attrs.evolve(limit, duration=duration, reminders=())
        book = attrs.evolve(tp.EXPERT_2024_04_03, version="other", link_use=own)
        assert JUNE + days * DAY == days_of(planned("messagerie", start=JUNE, rulebook=book))["use_link"]


def test_how_long_things_take_and_what_is_asked_for_unless_the_host_says() -> None:
    """The letter's fortnight is announced (F2); the company and the bank take what is usual; one service is a list."""
    assert tp.LeadTimes() == LEADS
    assert tp.plan("payer-tva", start=FIRST) == tp.plan([catalogue.PAY_VAT], start=FIRST, lead_times=LEADS)


def test_too_late_says_what_is_still_possible_and_from_when() -> None:
    """The mandate cannot be there in time, the letter can: CFE is still possible, and TVA from its own day."""
    found = planned("payer-tva", "payer-cfe", pay_by=date(2024, 6, 30), start=date(2024, 6, 10), lead_times=SLOW)
    assert (True, (catalogue.PAY_VAT,), date(2024, 5, 28)) == (found.too_late, found.late, found.start_by)
    assert {"payer-tva": date(2024, 7, 13), "payer-cfe": date(2024, 6, 27)} == dict(found.expected)
    assert (date(2024, 7, 13), True) == (days_of(found)["pay"], found.steps[-1].assumed)


# --- On from where a request stands -----------------------------------------------------------------------------------


@pytest.mark.rule("3.4", "2.11", "A16")
def test_a_request_that_is_over_begins_again() -> None:
    """It is renewed on the day of the plan for what is wanted, without the link of an unwanted Messaging (A16)."""
    late = date(2025, 6, 1)
    assert ("renew_adhesion", "3.4", late) == begins(start=late, has=[UNSEEN])
    assert ("renew_adhesion", "2.11", late) == begins(start=late, has=[LINKED])
    assert (date(2025, 6, 18), False) == (
        planned(start=late, has=[LINKED]).ready_on,
        "use_link" in days_of(planned(start=late, has=[LINKED])),
    )
    messaging = planned("messagerie", start=late, has=[LINKED])
    assert ("renew_adhesion", date(2025, 6, 3)) == (messaging.steps[0].action, days_of(messaging)["use_link"])
    # Nobody is told to ask for one service more, because that would come sooner.
    both_at_once = planned("payer-cfe", "messagerie", start=late, has=[LINKED])
    assert date(2025, 6, 20) == both_at_once.ready_on == messaging.ready_on
    # What it had and what it had not are requested at once, not half of it in its place.
    both = planned("payer-cfe", "payer-tf", start=late, has=[UNSEEN])
    assert ("request_services", "2.5") == (both.steps[0].action, both.steps[0].rule)
    assert 1 == sum(step.action is tp.Action.WATCH_LETTER for step in both.steps)
    # A history that was read as far as its first event says neither of a link nor of a letter.
    begun: tp.Adhesion = tp.replay(requested("payer-cfe", bank_accounts=[FRENCH_IBAN]).events[:1])
    found = planned(start=FIRST + DAY, has=[begun])
    assert ("renew_adhesion", date(2025, 1, 24)) == (found.steps[0].action, found.ready_on)


def test_goes_on_from_where_a_request_stands() -> None:
    """The link by its last day; a letter by its announced day, or at once when it was seen; nothing once active."""
    today = FIRST + 10 * DAY
    seen = UNSEEN.record_letter(FIRST + 2 * DAY, at=noon(today)).case
    active = UNSEEN.activate(tp.HELD_ELSEWHERE, space=opened(), at=noon(today)).case
    assert FIRST + DAY == days_of(planned("payer-cfe", "messagerie", has=[LINKED], start=FIRST))["use_link"]
    for request, ready, watched in ((UNSEEN, 17, True), (seen, 13, False), (active, 10, False)):
        found = planned(has=[request], start=today)
        assert (FIRST + ready * DAY, watched) == (found.ready_on, "watch_letter" in days_of(found))
    assert ["pay"] == list(days_of(planned(has=[active], start=today)))


def test_what_the_request_does_not_have_is_requested_beside_it() -> None:
    """A service of another kind needs a request of its own."""
    found = planned("payer-cfe", "payer-tf", start=date(2025, 1, 16), has=[UNSEEN])
    assert {"payer-cfe": date(2025, 1, 23), "payer-tf": date(2025, 2, 2)} == dict(found.expected)
    assert date(2025, 1, 16) == days_of(found)["request_services"]
    assert [date(2025, 1, 23), date(2025, 2, 2)] == [step.day for step in found.steps if step.rule == "3.1"]


@pytest.mark.rule("2.9", "2.11", "A2")
def test_plans_know_the_hours_of_what_runs() -> None:
    """What a plan has on a day can be done until noon: a link that ends in the night before is not counted on."""
    after_midnight = paris("2025-01-07T00:30")
    waiting = linked(at=after_midnight).case
    posted = requested("payer-cfe", at=after_midnight, **PAYS).case
    for day, used in ((8, ("use_link", "2.9", 8)), (9, ("renew_adhesion", "2.11", 9))):
        step = planned("messagerie", start=date(2025, 1, day), has=[waiting]).steps[0]
        assert used == (step.action, step.rule.id, step.day.day)
    assert tp.Actor.COMPANY is planned("messagerie", start=date(2025, 1, 8), has=[waiting]).steps[0].actor
    assert (
        date(2025, 1, 8) == planned("messagerie", held_by=date(2025, 1, 25), start=FIRST + DAY, has=[waiting]).start_by
    )
    assert ("watch_letter", "F2", date(2025, 1, 21)) == begins(start=date(2025, 1, 8), has=[posted])
    # A link of noon works until noon.
    at_noon = linked(at=noon(FIRST)).case
    assert FIRST + 2 * DAY == planned("messagerie", start=FIRST + 2 * DAY, has=[at_noon]).steps[0].day
    assert "use_link" == planned("messagerie", start=FIRST + 2 * DAY, has=[at_noon]).steps[0].action


@pytest.mark.rule("2.9", "A2")
def test_a_night_on_which_clocks_go_back_takes_a_day_from_a_link() -> None:
    """48 hours from noon end at eleven, on the second day after: so the link is counted on until the day before."""
    spring, autumn = date(2025, 3, 29), date(2025, 10, 25)
    for start, days in ((spring, 2), (autumn - DAY, 1), (autumn, 1), (autumn + DAY, 2)):
        assert start + days * DAY == days_of(planned("messagerie", start=start))["use_link"]


@pytest.mark.rule("3.1", "A3")
def test_a_code_that_would_come_too_late_is_asked_for_again() -> None:
    """What would be entered past the safe day begins anew, whether the letter's day is known or estimated (A3)."""
    for request in (UNSEEN, SEEN):
        assert FIRST + 59 * DAY == planned(start=FIRST + 56 * DAY, has=[request]).ready_on
        assert "renew_adhesion" == begins(start=FIRST + 57 * DAY, has=[request])[0]
    # With the longest lead times, the code of a new letter is entered on the 59th day.
    assert JUNE + 59 * DAY == planned(start=JUNE, lead_times=tp.LeadTimes(letter=49, company=10)).ready_on


def test_backwards_from_where_a_request_stands() -> None:
    """The last day on which what is left can begin; too late, the one on which all would have had to begin."""
    for days, start_by, outcome in ((20, 17, tp.Outcome.IN_TIME), (3, -14, tp.Outcome.TOO_LATE)):
        found = planned(pay_by=FIRST + days * DAY, start=FIRST + DAY, has=[SEEN])
        assert (FIRST + start_by * DAY, outcome) == (found.start_by, found.outcome)


# --- On from where a mandate stands -----------------------------------------------------------------------------------

WAITS: tp.Adhesion = requested("payer-tva", **PAYS).case
ACTIVE: tp.Adhesion = WAITS.activate(tp.HELD_ELSEWHERE, space=opened(), at=noon(FIRST)).case
ISSUED: tp.Mandate = tp.Mandate.issue(WAITS, FRENCH_IBAN, id="mandate-1", reference="RUM-1", at=noon(FIRST)).case
SIGNED: tp.Mandate = ISSUED.sign("representative", at=noon(FIRST)).case
SENT: tp.Mandate = SIGNED.send(at=noon(FIRST)).case
REGISTERED: tp.Mandate = SENT.register(at=noon(FIRST)).case


def ready(*mandates: tp.Mandate, start: date = FIRST) -> date:
    """When the tax can be paid of the request whose services are held."""
    return planned("payer-tva", start=start, has=[ACTIVE, *mandates]).ready_on


def test_goes_on_from_where_the_mandate_stands() -> None:
    """Each has less before it, and no step that is behind it; one that lapsed is issued anew."""
    assert FIRST + 8 * DAY == ready() == ready(ISSUED)
    assert FIRST + 5 * DAY == ready(ISSUED, SIGNED) == ready(SENT) == ready(SENT, start=FIRST + 2 * DAY)
    assert (FIRST, date(2028, 6, 9)) == (ready(REGISTERED), ready(REGISTERED, start=date(2028, 6, 1)))
    way = [tp.Action.ISSUE_MANDATE, tp.Action.SIGN_MANDATE, tp.Action.SEND_MANDATE, tp.Action.REGISTER_MANDATE]
    for done, mandates in enumerate(([], [ISSUED], [SIGNED], [SENT], [REGISTERED])):
        found = planned("payer-tva", start=FIRST, has=[ACTIVE, *mandates])
        left = [*way[done:], tp.Action.CHECK_MANDATE] if done <= 3 else []
        assert [*left, tp.Action.PAY] == [step.action for step in found.steps]


def test_of_two_mandates_the_one_that_has_come_furthest_goes_on() -> None:
    """Wherever they stand; of two in one state, the one that was issued later, whichever was told later."""
    start = FIRST + 4 * DAY
    later, told_last = (
        tp.Mandate.issue(ACTIVE, FRENCH_IBAN, at=noon(at), recorded_at=noon(told), id=id, reference="RUM-2").case
        for id, at, told in (("mandate-2", FIRST + 2 * DAY, FIRST + 2 * DAY), ("mandate-3", FIRST + DAY, start))
    )
    for mandates, days in (([SENT, later], 5), ([later, SIGNED], 9), ([later, told_last], 10), ([ISSUED], 9)):
        assert FIRST + days * DAY == ready(*mandates, start=start) == ready(*mandates[::-1], start=start)


def test_backwards_from_where_a_mandate_stands() -> None:
    """A mandate without a request of its own is gone on with too, and may be too late for the day that matters."""
    leads = tp.LeadTimes(letter=0, company=3, bank=5)
    for days, start_by, too_late in ((7, -1, True), (8, 3, False), (10, 5, False)):
        by = FIRST + days * DAY
        found = planned("payer-tva", pay_by=by, start=FIRST, has=[ISSUED], lead_times=leads)
        assert (FIRST + start_by * DAY, too_late) == (found.start_by, found.too_late)


@pytest.mark.rule("F1", "A8")
def test_a_mandate_that_ends_before_the_services_are_held_is_followed_by_another() -> None:
    """It is counted on until the safe day; a new one is issued once it has ended, and takes its own way."""
    before, after = (planned("payer-tva", start=date(2027, 12, it), has=[REGISTERED]) for it in (19, 20))
    assert (date(2028, 1, 5), False) == (before.ready_on, "issue_mandate" in days_of(before))
    assert (date(2028, 1, 15), date(2028, 1, 7), date(2028, 1, 15)) == (
        after.ready_on,
        days_of(after)["issue_mandate"],
        days_of(after)["check_mandate"],
    )


@pytest.mark.rule("F1")
def test_a_payment_comes_before_its_mandate_ends() -> None:
    """A day to pay by that is past the idle months is met before; where a rulebook sets none, on the day itself."""
    far = date(2030, 1, 6)
    request = held(at=noon(FIRST))
    endless = attrs.evolve(tp.EXPERT_2024_04_03, version="endless", mandate_use=None)
    kept = mandate_in(tp.MandateState.REGISTERED, paying(at=noon(FIRST), rulebook=endless).case, at=noon(FIRST))
    for mandates, given, day in (
        ([REGISTERED], {}, date(2028, 1, 5)),
        ([SENT], {}, date(2028, 1, 10)),
        ([], {}, date(2028, 1, 14)),
        ([kept], {}, far),
        ([], {"rulebook": endless}, far),
    ):
        found = planned("payer-tva", pay_by=far, start=FIRST + DAY, has=[request, *mandates], **given)
        assert (day, False) == (days_of(found)["pay"], found.too_late)


# --- Bad values -------------------------------------------------------------------------------------------------------

DAYS = "is not a day to plan with: expected a date, such as date(2024, 12, 15)"
LONG = tp.LeadTimes(letter=50, company=10)


LETTER = (
    "with 60 civil days for the letter and the company, the code of the letter would end first (rule 3.1): expected "
)
NO_PAYMENT = "messagerie, consulter-avis-tf cannot be paid with: expected a service that pays, or held_by="


@pytest.mark.parametrize(
    ("code", "services", "changes", "told"),
    [
        ("services.missing", "", {"start": JUNE}, "empty: expected one service or more"),
        ("service.unknown", "payer-rien", {"start": JUNE}, "unknown service 'payer-rien'"),
        ("plan.not_a_payment", "messagerie consulter-avis-tf", {"pay_by": JUNE}, NO_PAYMENT),
        ("plan.days_missing", "payer-cfe", {}, "a plan has a day that matters, or one to start on: expected "),
        (
            "plan.days_not_allowed",
            "payer-cfe",
            {"pay_by": JUNE, "held_by": JUNE},
            "a plan has one day that matters: expected ",
        ),
        ("plan.day_malformed", "payer-cfe", {"pay_by": "2024-06-01"}, f"pay_by '2024-06-01' {DAYS}"),
        ("plan.day_malformed", "payer-cfe", {"held_by": 7}, f"held_by 7 {DAYS}"),
        ("plan.day_malformed", "payer-cfe", {"start": "x" * 100}, f"start '{'x' * 39}…' {DAYS}"),
        ("plan.day_malformed", "payer-cfe", {"start": noon(JUNE)}, "start 2024-06-01T10:00:00+00:00 is not"),
        ("plan.day_malformed", "payer-cfe", {"pay_by": date(1, 1, 10)}, f"wanted_by 0001-01-10 {DAYS}"),
        ("plan.day_malformed", "payer-cfe", {"pay_by": date(1, 1, 2)}, f"wanted_by 0001-01-02 {DAYS}"),
        ("applicant.unknown", "payer-cfe", {"start": JUNE, "applicant": "nobody"}, "unknown applicant 'nobody'"),
        (
            "plan.lead_times_not_allowed",
            "payer-cfe",
            {"start": JUNE, "lead_times": LONG},
            f"{LETTER}shorter lead times",
        ),
    ],
)
def test_what_cannot_be_planned_is_told(code: str, services: str, changes: dict[str, Any], told: str) -> None:
    """Each bad argument has its code; what was given, by its name, and what is expected."""
    with pytest.raises(tp.InvalidValueError) as error:
        tp.plan(services.split(), **changes)
    assert code == error.value.code
    assert str(error.value).startswith(told)


@pytest.mark.parametrize("value", [-1, 1_001, 1.5, "3", True, None])
def test_a_lead_time_is_a_number_of_days(value: Any) -> None:
    """Whole civil days, and not absurdly many."""
    with pytest.raises(tp.InvalidValueError) as error:
        tp.LeadTimes(company=value)
    assert f"company {value!r} is no lead time: expected whole civil days, 0 to 1000" == str(error.value)
    assert (0, 1_000) == (tp.LeadTimes(company=0).company, tp.LeadTimes(company=1_000).company)
