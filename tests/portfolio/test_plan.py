"""Plans: backwards from the day that matters, forwards, on from where a request stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from teleprocedures import catalogue
from tests.builders import DAY, FRENCH_IBAN, PARIS, held, linked, mandate_in, opened, paris, paying, requested

LEADS = tp.LeadTimes(letter=14, company=3, bank=5)


def days_of(found: tp.Plan) -> dict[str, date]:
    """The day of each action."""
    return {str(step.action): step.day for step in found.steps}


def noon(day: date) -> datetime:
    """Noon in Paris."""
    return datetime.combine(day, time(12), PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("services", "pay_by", "start_by"),
    [
        (["payer-cfe"], date(2024, 12, 15), date(2024, 11, 28)),
        (["payer-tva"], date(2024, 6, 19), date(2024, 6, 2)),
        (["payer-tva", "messagerie"], date(2024, 6, 19), date(2024, 5, 31)),
    ],
)
@pytest.mark.rule("A11", "2.18")
def test_worked_cases(services: list[str], pay_by: date, start_by: date) -> None:
    """The last safe day to begin is the day that matters less the longest way to it, weekends or not."""
    found = tp.plan(services, pay_by=pay_by, lead_times=LEADS)
    assert start_by == found.start_by
    assert pay_by == found.ready_on == found.wanted_by == days_of(found)["pay"]
    assert not found.too_late


@pytest.mark.rule("2.15", "2.16", "2.17", "2.19")
def test_the_mandate_runs_beside_the_letter() -> None:
    """A slow bank makes the mandate's way the longer one; CFE does not wait for it."""
    slow = tp.LeadTimes(letter=14, company=3, bank=30)
    found = tp.plan(["payer-tva", "payer-cfe"], pay_by=date(2024, 6, 30), lead_times=slow)
    assert date(2024, 6, 30) - 33 * DAY == found.start_by
    assert date(2024, 6, 30) == found.expected["payer-tva"]
    assert date(2024, 6, 30) - 16 * DAY == found.expected["payer-cfe"]


def test_each_step_has_its_actor_its_day_its_rule_and_whether_it_is_assumed() -> None:
    """Only what rests on a lead time is assumed."""
    found = tp.plan(["payer-tva", "messagerie"], start=date(2024, 5, 31), lead_times=LEADS)
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


def test_a_representative_of_the_company_asks_nobody_for_the_code() -> None:
    """Rule 3.2 is for third parties."""
    found = tp.plan(["payer-cfe"], start=date(2024, 6, 1), applicant="representative", lead_times=LEADS)
    assert "ask_for_code" not in days_of(found)
    assert "2.21" == found.steps[-1].rule


def test_services_are_held_without_any_mandate() -> None:
    """Held by a day is not paid by a day: neither mandate nor payment is planned."""
    found = tp.plan(["payer-tva"], held_by=date(2024, 6, 19), lead_times=LEADS)
    assert date(2024, 6, 2) == found.start_by
    assert ["request_services", "watch_letter", "ask_for_code", "pass_code_on", "enter_letter_code"] == list(
        days_of(found)
    )


def test_one_service_may_be_given_alone() -> None:
    """A code or a value will do, like a list of one."""
    assert tp.plan("payer-cfe", start=date(2024, 6, 1)) == tp.plan([catalogue.PAY_CFE], start=date(2024, 6, 1))


def test_a_link_has_the_days_that_the_rulebook_gives() -> None:
    """Under 72 hours, the link takes up to three days; whole days are counted as they are."""
    limit = tp.EXPERT_2024_04_03.link_use
    for duration, days in ((tp.Hours(72), 3), (tp.Hours(49), 3), (tp.CivilDays(4), 4)):
        book = attrs.evolve(
            tp.EXPERT_2024_04_03, version="other", link_use=attrs.evolve(limit, duration=duration, reminders=())
        )
        found = tp.plan(["messagerie"], start=date(2024, 6, 1), rulebook=book)
        assert date(2024, 6, 1) + days * DAY == days_of(found)["use_link"]


# --- Too late ---------------------------------------------------------------------------------------------------------


def test_too_late_says_what_is_still_possible_and_from_when() -> None:
    """The mandate cannot be there in time, the letter can: CFE is still possible, and TVA from its own day."""
    found = tp.plan(
        ["payer-tva", "payer-cfe"],
        pay_by=date(2024, 6, 30),
        start=date(2024, 6, 10),
        lead_times=tp.LeadTimes(letter=14, company=3, bank=30),
    )
    assert found.too_late
    assert (catalogue.PAY_VAT,) == found.late
    assert {"payer-tva": date(2024, 7, 13), "payer-cfe": date(2024, 6, 27)} == dict(found.expected)
    assert date(2024, 5, 28) == found.start_by
    assert date(2024, 7, 13) == days_of(found)["pay"]
    assert found.steps[-1].assumed


@pytest.mark.rule("3.4", "2.11")
def test_a_request_that_is_over_begins_again() -> None:
    """A lapsed request is renewed on the day of the plan, with its link where it has Messaging."""
    lost = requested("payer-cfe", code=tp.HELD_ELSEWHERE, bank_accounts=[FRENCH_IBAN]).case
    again = tp.plan(["payer-cfe"], start=date(2025, 6, 1), adhesion=lost, lead_times=LEADS)
    unconfirmed = linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case
    linked_again = tp.plan(["payer-cfe"], start=date(2025, 6, 1), adhesion=unconfirmed, lead_times=LEADS)
    assert (tp.Action.RENEW_ADHESION, "3.4") == (again.steps[0].action, again.steps[0].rule)
    assert (tp.Action.RENEW_ADHESION, "2.11") == (linked_again.steps[0].action, linked_again.steps[0].rule)
    assert date(2025, 6, 3) == days_of(linked_again)["use_link"]


def test_goes_on_from_where_a_request_stands() -> None:
    """The link by its last day; a letter by its announced day, or at once when it was seen; nothing once active."""
    first = date(2025, 1, 6)
    waiting = linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case
    on_its_way = requested("payer-cfe", code=tp.HELD_ELSEWHERE, bank_accounts=[FRENCH_IBAN]).case
    at = noon(first + 10 * DAY)
    seen = on_its_way.record_letter(first + 2 * DAY, at=at).case
    held = on_its_way.activate(tp.HELD_ELSEWHERE, space=opened(), at=at).case
    today: dict[str, Any] = {"lead_times": LEADS, "start": first + 10 * DAY}
    assert (
        first + 2 * DAY == days_of(tp.plan(["payer-cfe"], adhesion=waiting, start=first, lead_times=LEADS))["use_link"]
    )
    assert first + 17 * DAY == tp.plan(["payer-cfe"], adhesion=on_its_way, **today).ready_on
    assert first + 13 * DAY == tp.plan(["payer-cfe"], adhesion=seen, **today).ready_on
    assert "watch_letter" in days_of(tp.plan(["payer-cfe"], adhesion=on_its_way, **today))
    assert "watch_letter" not in days_of(tp.plan(["payer-cfe"], adhesion=seen, **today))
    assert first + 10 * DAY == tp.plan(["payer-cfe"], adhesion=held, **today).ready_on
    assert ["pay"] == list(days_of(tp.plan(["payer-cfe"], adhesion=held, **today)))


def test_what_the_request_does_not_have_is_requested_beside_it() -> None:
    """A service of another kind needs a request of its own."""
    held = requested("payer-cfe", code=tp.HELD_ELSEWHERE, bank_accounts=[FRENCH_IBAN]).case
    found = tp.plan(["payer-cfe", "payer-tf"], start=date(2025, 1, 16), adhesion=held, lead_times=LEADS)
    assert {"payer-cfe": date(2025, 1, 23), "payer-tf": date(2025, 2, 2)} == dict(found.expected)
    assert date(2025, 1, 16) == days_of(found)["request_services"]
    assert [date(2025, 1, 23), date(2025, 2, 2)] == [step.day for step in found.steps if step.rule == "3.1"]


@pytest.mark.rule("2.9", "2.11")
def test_the_days_of_a_request_are_those_of_paris() -> None:
    """A link that ends half an hour after midnight can be used on that day; a letter is awaited from a day on, too."""
    after_midnight = paris("2025-01-07T00:30")
    waiting = linked("payer-cfe", at=after_midnight, bank_accounts=[FRENCH_IBAN]).case
    posted = requested("payer-cfe", at=after_midnight, code=tp.HELD_ELSEWHERE, bank_accounts=[FRENCH_IBAN]).case

    def first(day: date, request: tp.Adhesion) -> tuple[tp.Actor, tp.Action, date]:
        step = tp.plan(["payer-cfe"], start=day, adhesion=request, lead_times=LEADS).steps[0]
        return step.actor, step.action, step.day

    assert (tp.Actor.COMPANY, tp.Action.USE_LINK, date(2025, 1, 9)) == first(date(2025, 1, 9), waiting)
    assert (tp.Actor.USER, tp.Action.RENEW_ADHESION, date(2025, 1, 10)) == first(date(2025, 1, 10), waiting)
    assert (tp.Actor.USER, tp.Action.WATCH_LETTER, date(2025, 1, 21)) == first(date(2025, 1, 8), posted)


@pytest.mark.rule("3.2")
def test_who_made_the_request_goes_on_with_it() -> None:
    """Its applicant is the one of the plan, unless the plan says another."""
    own = requested("payer-cfe", applicant="representative", code=tp.HELD_ELSEWHERE, bank_accounts=[FRENCH_IBAN]).case
    today: dict[str, Any] = {"adhesion": own, "start": date(2025, 1, 7), "lead_times": LEADS}
    assert "ask_for_code" not in days_of(tp.plan(["payer-cfe"], **today))
    assert "ask_for_code" in days_of(tp.plan(["payer-cfe"], applicant="third_party", **today))


def test_a_request_that_is_over_has_no_part_in_what_it_did_not_have() -> None:
    """What it had and what it had not are requested at once, not half of it in its place."""
    lost = requested("payer-cfe", code=tp.HELD_ELSEWHERE, bank_accounts=[FRENCH_IBAN]).case
    found = tp.plan(["payer-cfe", "payer-tf"], start=date(2025, 6, 1), adhesion=lost, lead_times=LEADS)
    assert (tp.Action.REQUEST_SERVICES, "2.5") == (found.steps[0].action, found.steps[0].rule)
    assert 1 == sum(step.action is tp.Action.WATCH_LETTER for step in found.steps)


def test_a_request_that_is_not_validated_yet_is_made_again() -> None:
    """A history that was read as far as its first event says neither of a link nor of a letter."""
    begun: tp.Adhesion = tp.replay(requested("payer-cfe", bank_accounts=[FRENCH_IBAN]).events[:1])
    found = tp.plan(["payer-cfe"], start=date(2025, 1, 7), adhesion=begun, lead_times=LEADS)
    assert (tp.Action.RENEW_ADHESION, date(2025, 1, 24)) == (found.steps[0].action, found.ready_on)


def test_a_code_that_would_come_too_late_is_asked_for_again() -> None:
    """What would be entered past the safe day of an estimate, or past the last day that is known, begins anew."""
    first = date(2025, 1, 6)
    unseen = requested("payer-cfe", code=tp.HELD_ELSEWHERE, bank_accounts=[FRENCH_IBAN]).case
    seen = unseen.record_letter(first, at=noon(first + DAY)).case
    assert (
        first + 59 * DAY == tp.plan(["payer-cfe"], start=first + 56 * DAY, adhesion=unseen, lead_times=LEADS).ready_on
    )
    assert (
        tp.Action.RENEW_ADHESION
        is tp.plan(["payer-cfe"], start=first + 57 * DAY, adhesion=unseen, lead_times=LEADS).steps[0].action
    )
    assert first + 60 * DAY == tp.plan(["payer-cfe"], start=first + 57 * DAY, adhesion=seen, lead_times=LEADS).ready_on
    assert (
        tp.Action.RENEW_ADHESION
        is tp.plan(["payer-cfe"], start=first + 58 * DAY, adhesion=seen, lead_times=LEADS).steps[0].action
    )


def with_its_mandate(first: date) -> tuple[tp.Adhesion, tuple[tp.Mandate, ...]]:
    """A request whose services are held from this day on, and its mandate issued, signed, sent and registered then."""
    request, at = requested("payer-tva", code=tp.HELD_ELSEWHERE, bank_accounts=[FRENCH_IBAN]).case, noon(first)
    issued = tp.Mandate.issue(request, FRENCH_IBAN, id="mandate-1", reference="RUM-1", at=at).case
    signed = issued.sign("representative", at=at).case
    sent = signed.send(at=at).case
    active = request.activate(tp.HELD_ELSEWHERE, space=opened(), at=at).case
    return active, (issued, signed, sent, sent.register(at=at).case)


def test_goes_on_from_where_the_mandate_stands() -> None:
    """Issued, signed, sent, registered: each has less before it; one that lapsed is issued anew."""
    first = date(2025, 1, 6)
    active, (issued, signed, sent, registered) = with_its_mandate(first)

    def ready(*mandates: tp.Mandate, start: date = first) -> date:
        return tp.plan(["payer-tva"], start=start, adhesion=active, mandates=mandates, lead_times=LEADS).ready_on

    assert first + 8 * DAY == ready()
    assert first + 8 * DAY == ready(issued)
    assert first + 5 * DAY == ready(issued, signed)
    assert first + 5 * DAY == ready(sent) == ready(sent, start=first + 2 * DAY)
    assert first == ready(registered)
    assert date(2028, 6, 9) == ready(registered, start=date(2028, 6, 1))


def test_what_a_mandate_has_behind_it_is_not_planned_again() -> None:
    """The steps to go, from where the mandate stands: none is asked for twice."""
    first = date(2025, 1, 6)
    active, stands = with_its_mandate(first)
    way = [tp.Action.ISSUE_MANDATE, tp.Action.SIGN_MANDATE, tp.Action.SEND_MANDATE, tp.Action.REGISTER_MANDATE]

    for done, mandates in enumerate(([], *([mandate] for mandate in stands))):
        found = tp.plan(["payer-tva"], start=first, adhesion=active, mandates=mandates)
        left = [*way[done:], tp.Action.CHECK_MANDATE] if done <= 3 else []
        assert [*left, tp.Action.PAY] == [step.action for step in found.steps]


def test_of_two_mandates_the_one_that_has_come_furthest_goes_on() -> None:
    """Wherever they stand; of two in one state, the one that was issued later, whichever was told later."""
    first = date(2025, 1, 6)
    active, (issued, signed, sent, _) = with_its_mandate(first)
    given = {"reference": "RUM-2", "id": "mandate-2"}
    later = tp.Mandate.issue(active, FRENCH_IBAN, at=noon(first + 2 * DAY), **given).case
    told = noon(first + 4 * DAY)
    told_last = tp.Mandate.issue(active, FRENCH_IBAN, at=noon(first + DAY), recorded_at=told, **given).case

    def ready(*mandates: tp.Mandate) -> date:
        start = first + 4 * DAY
        return tp.plan(["payer-tva"], start=start, adhesion=active, mandates=mandates, lead_times=LEADS).ready_on

    assert first + 5 * DAY == ready(sent, later) == ready(later, sent)
    assert first + 9 * DAY == ready(later, signed)
    assert first + 10 * DAY == ready(later, told_last) == ready(told_last, later)
    assert first + 9 * DAY == ready(issued)


def test_how_long_things_take_unless_the_host_says() -> None:
    """The letter's fortnight is announced (F2); the company and the bank take what is usual."""
    assert tp.LeadTimes() == LEADS
    assert tp.plan(["payer-tva"], start=date(2025, 1, 6)) == tp.plan(
        ["payer-tva"], start=date(2025, 1, 6), lead_times=LEADS
    )


def test_backwards_from_where_a_mandate_stands() -> None:
    """A mandate without a request of its own is gone on with too, and may be too late for the day that matters."""
    held = requested("payer-tva", code=tp.HELD_ELSEWHERE, bank_accounts=[FRENCH_IBAN]).case
    first = date(2025, 1, 6)
    issued = tp.Mandate.issue(held, FRENCH_IBAN, id="mandate-1", reference="RUM-1", at=noon(first)).case
    leads = tp.LeadTimes(letter=0, company=3, bank=5)

    def found(days: int) -> tp.Plan:
        return tp.plan(["payer-tva"], pay_by=first + days * DAY, start=first, mandates=[issued], lead_times=leads)

    assert (None, True) == (found(7).start_by, found(7).too_late)
    assert (first + 3 * DAY, False) == (found(8).start_by, found(8).too_late)
    assert first + 5 * DAY == found(10).start_by


def test_backwards_from_where_a_request_stands() -> None:
    """The last day on which what is left can begin; none when it is too late whatever is done."""
    first = date(2025, 1, 6)
    unseen = requested("payer-cfe", code=tp.HELD_ELSEWHERE, bank_accounts=[FRENCH_IBAN]).case
    seen = unseen.record_letter(first, at=noon(first + DAY)).case
    in_time = tp.plan(["payer-cfe"], pay_by=first + 20 * DAY, start=first + DAY, adhesion=seen, lead_times=LEADS)
    too_late = tp.plan(["payer-cfe"], pay_by=first + 3 * DAY, start=first + DAY, adhesion=seen, lead_times=LEADS)
    assert first + 17 * DAY == in_time.start_by
    assert (False, True) == (in_time.too_late, too_late.too_late)
    assert too_late.start_by is None


@pytest.mark.rule("F1", "A8")
def test_a_mandate_that_ends_before_the_services_are_held_is_followed_by_another() -> None:
    """It counts until its 36 idle months end; a new one is issued the day after, and takes its own way."""
    registered = mandate_in(tp.MandateState.REGISTERED, at=noon(date(2025, 1, 6)))

    def found(start: date) -> tp.Plan:
        return tp.plan(["payer-tva"], start=start, mandates=[registered], lead_times=LEADS)

    assert "issue_mandate" not in days_of(found(date(2027, 12, 20)))
    assert date(2028, 1, 6) == found(date(2027, 12, 20)).ready_on
    assert date(2028, 1, 7) == days_of(found(date(2027, 12, 21)))["issue_mandate"]
    assert date(2028, 1, 15) == days_of(found(date(2027, 12, 21)))["check_mandate"]
    assert date(2028, 1, 15) == found(date(2027, 12, 21)).ready_on


@pytest.mark.rule("F1")
def test_a_payment_comes_before_its_mandate_ends() -> None:
    """A day to pay by that is past the idle months is met before; where a rulebook sets none, on the day itself."""
    first, far = date(2025, 1, 6), date(2030, 1, 6)
    request, mandate = held(at=noon(first)), mandate_in(tp.MandateState.REGISTERED, at=noon(first))
    endless = attrs.evolve(tp.EXPERT_2024_04_03, version="endless", mandate_use=None)
    kept = mandate_in(tp.MandateState.REGISTERED, paying(at=noon(first), rulebook=endless).case, at=noon(first))

    def pay(*mandates: tp.Mandate, rulebook: tp.Rulebook = tp.EXPERT_2024_04_03) -> date:
        known: dict[str, Any] = {"adhesion": request, "mandates": mandates, "rulebook": rulebook}
        found = tp.plan(["payer-tva"], pay_by=far, start=first + DAY, lead_times=LEADS, **known)
        assert not found.too_late
        return days_of(found)["pay"]

    assert date(2028, 1, 6) == pay(mandate)
    assert date(2028, 1, 15) == pay()
    assert far == pay(kept) == pay(rulebook=endless)


# --- Bad values -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "services", "changes"),
    [
        ("services.missing", [], {"start": date(2024, 6, 1)}),
        ("service.unknown", ["payer-rien"], {"start": date(2024, 6, 1)}),
        ("plan.not_a_payment", ["messagerie"], {"pay_by": date(2024, 6, 1)}),
        ("plan.days_missing", ["payer-cfe"], {}),
        ("plan.days_not_allowed", ["payer-cfe"], {"pay_by": date(2024, 6, 1), "held_by": date(2024, 6, 1)}),
        ("plan.day_malformed", ["payer-cfe"], {"pay_by": "2024-06-01"}),
        ("plan.day_malformed", ["payer-cfe"], {"start": datetime(2024, 6, 1, tzinfo=UTC)}),
        ("limit.out_of_range", ["payer-cfe"], {"pay_by": date(1, 1, 2)}),
        ("plan.day_malformed", ["payer-cfe"], {"pay_by": date(1, 1, 10)}),
        ("plan.start_missing", ["payer-cfe"], {"pay_by": date(2024, 6, 1), "adhesion": requested().case}),
        ("applicant.unknown", ["payer-cfe"], {"start": date(2024, 6, 1), "applicant": "somebody"}),
        (
            "plan.lead_times_not_allowed",
            ["payer-cfe"],
            {"start": date(2024, 6, 1), "lead_times": tp.LeadTimes(letter=50, company=10)},
        ),
    ],
)
def test_what_cannot_be_planned_is_told(code: str, services: list[str], changes: dict[str, Any]) -> None:
    """Each bad argument has its code."""
    with pytest.raises(tp.InvalidValueError) as error:
        tp.plan(services, **changes)
    assert code == error.value.code


def test_what_cannot_be_planned_is_told_to_the_letter() -> None:
    """What was given, by its name, and what is expected."""
    first, expected = date(2024, 6, 1), "is not a day to plan with: expected a date, such as date(2024, 12, 15)"

    for changes, told in (
        ({"pay_by": "2024-06-01"}, f"pay_by '2024-06-01' {expected}"),
        ({"held_by": 7}, f"held_by 7 {expected}"),
        ({"start": "x" * 100}, f"start '{'x' * 79} {expected}"),
        ({"pay_by": date(1, 1, 10)}, f"wanted_by 0001-01-10 {expected}"),
        (
            {"start": first, "lead_times": tp.LeadTimes(letter=50, company=10)},
            (
                "with 60 civil days for the letter and the company, the code of the letter would end first (rule 3.1):"
                " expected shorter lead times"
            ),
        ),
        (
            {"start": first, "applicant": "nobody"},
            f"unknown applicant 'nobody': expected one of {', '.join(tp.Applicant)}",
        ),
        (
            {"pay_by": first, "services": ["messagerie", "consulter-avis-tf"]},
            "messagerie, consulter-avis-tf cannot be paid with: expected a service that pays, or held_by=",
        ),
    ):
        with pytest.raises(tp.InvalidValueError) as error:
            tp.plan(**{"services": ["payer-cfe"], **changes})
        assert told == str(error.value)


def test_a_plan_may_begin_in_the_first_days_there_are() -> None:
    """The calendar begins in year 1: a last safe day to begin that lies in it is found."""
    assert date(1, 1, 18) == tp.plan(["payer-cfe"], pay_by=date(1, 2, 4), lead_times=LEADS).start_by


@pytest.mark.rule("3.1")
def test_the_longest_lead_times_end_with_the_last_safe_day() -> None:
    """The code of the letter is entered on the 59th day at the latest."""
    longest = tp.LeadTimes(letter=49, company=10)
    assert date(2024, 6, 1) + 59 * DAY == tp.plan(["payer-cfe"], start=date(2024, 6, 1), lead_times=longest).ready_on


@pytest.mark.parametrize("value", [-1, 1_001, 1.5, "3", True, None])
def test_a_lead_time_is_a_number_of_days(value: Any) -> None:
    """Whole civil days, and not absurdly many."""
    with pytest.raises(tp.InvalidValueError) as error:
        tp.LeadTimes(company=value)
    assert f"company {value!r} is no lead time: expected whole civil days, 0 to 1000" == str(error.value)
    assert (0, 1_000) == (tp.LeadTimes(company=0).company, tp.LeadTimes(company=1_000).company)
