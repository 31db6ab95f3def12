"""Who can pay by a day that comes; steps in groups and of some services only; how long things really took."""

from __future__ import annotations

import copy
from datetime import date, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

import teleprocedures as tp
from tests.builders import FRENCH_IBAN, GERMAN_IBAN, failure, issued, mandate_in, opened
from tests.instants import DAY, START
from tests.portfolio.test_defects import BAKER, FILED, GROCER, active, asks
from tests.portfolio.worlds import SERVICES, World, civil, lead_times, worlds

FIRST = date(2025, 1, 6)
LEADS = tp.LeadTimes(letter=14, company=3, bank=5)
NOW = START + DAY


def siren(number: int) -> str:
    """The SIREN of the company of this number."""
    digits = f"{10_000_000 + number:08}"
    return digits + luhn.calc_check_digit(digits)


@pytest.mark.rule("2.3", "2.18", "2.20", "3.1", "A8")
def test_every_company_is_in_one_of_five_groups_with_its_day() -> None:
    """Ready, under way, something to begin, something to ask for, too late; the soonest day first."""
    ready, held, way, late, new, sooner = (siren(it) for it in range(1, 7))
    requests = {
        company: active(asks("payer-tva", id=f"a-{company}", organisation=company)) for company in (ready, held, late)
    }
    cases = [
        mandate_in(tp.MandateState.REGISTERED, requests[ready], id="m-1"),
        *requests.values(),
        asks("payer-tva", id="a-way", organisation=way, day=-3, space=opened(at=START - 4 * DAY), company_name="Way"),
        issued(asks("payer-tva", id="a-way2", organisation=way), id="m-2").case,
        asks("payer-cfe", id="a-new", organisation=new),
        asks("payer-tva", id="a-sooner", organisation=sooner, day=-2, space=opened(at=START - 3 * DAY)),
        asks("consulter-avis-tf", organisation=FILED),
        asks("consulter-avis-tf", id="a-first", organisation="AB1"),
    ]
    cases.remove(requests[late])
    outlook = tp.Portfolio(cases).outlook("payer-tva", pay_by=FIRST + 30 * DAY, at=NOW, lead_times=LEADS)
    assert [
        (ready, FIRST + DAY),
    ] == [(it.organisation.number, it.day) for it in outlook.ready]
    assert [(way, FIRST + 25 * DAY, "Way")] == [
        (it.organisation.number, it.day, it.company_name) for it in outlook.under_way
    ]
    assert [(held, FIRST + 22 * DAY), (sooner, FIRST + 22 * DAY)] == [
        (it.organisation.number, it.day) for it in outlook.to_act
    ]
    assert [(new, FIRST + 13 * DAY)] == [(it.organisation.number, it.day) for it in outlook.to_request]
    assert ((), FIRST + 13 * DAY) == (outlook.too_late, outlook.start_by)
    assert (tp.FileNumber("AB1"), tp.FileNumber(FILED)) == outlook.not_open
    soon = tp.Portfolio(cases).outlook(["payer-tva"], pay_by=FIRST + 4 * DAY, at=NOW, lead_times=LEADS)
    assert [held, way, sooner, new] == [it.organisation.number for it in soon.too_late]
    assert [9, 14, 15, 18] == [(it.day - FIRST).days for it in soon.too_late]
    by_hold = tp.Portfolio(cases).outlook("payer-tva", held_by=FIRST + 80 * DAY, at=NOW, lead_times=LEADS)
    # All is to be asked for again past the safe day of the letter, though there is time.
    assert FIRST + (59 - 3) * DAY == by_hold.under_way[0].day


def one_prospect() -> tp.Prospect:
    """The prospect of a company that has asked for VAT, of which nobody has read the plan yet."""
    cases = [asks("payer-tva", company_name="Boulangerie Martin")]
    (found,) = tp.Portfolio(cases).outlook("payer-tva", pay_by=FIRST + 30 * DAY, at=NOW, lead_times=LEADS).to_act
    return found


def test_a_prospect_is_a_value_though_its_plan_is_made_when_it_is_read() -> None:
    """It is equal, shown and copied as if it had its plan from the beginning, which is made once."""
    found = one_prospect()
    plan = (
        tp.Portfolio([asks("payer-tva")])
        .company(BAKER)
        .plan("payer-tva", pay_by=FIRST + 30 * DAY, start=FIRST + DAY, lead_times=LEADS)
    )
    built = tp.Prospect(
        organisation=tp.Siren(BAKER), company_name="Boulangerie Martin", day=FIRST + 22 * DAY, plan=plan
    )
    assert (built, plan) == (found, copy.copy(one_prospect()).plan)
    assert found.plan is found.plan
    assert (repr(built), hash(built)) == (repr(one_prospect()), hash(one_prospect()))
    assert f"day=datetime.date(2025, 1, 28), plan={plan!r})" in repr(built)
    for changes in ({"day": FIRST}, {"company_name": None}, {"organisation": tp.Siren(GROCER)}):
        assert attrs.evolve(built, **changes) != found
    assert attrs.evolve(built, plan=attrs.evolve(plan, start_by=FIRST)) != found
    assert built != plan


ASKING = {"request_services", "renew_adhesion"}
GROUPS = ("ready", "under_way", "to_act", "to_request", "too_late")


def group_of(plan: tp.Plan) -> str:
    """The group of a company whose plan this is, by its steps alone."""
    actions = {str(step.action) for step in plan.steps}
    if plan.outcome is not tp.Outcome.IN_TIME:
        return str(plan.outcome)
    if actions & ASKING:
        return "to_request"
    return "to_act" if actions & {"issue_mandate", "declare_account"} else "under_way"


def go_on_by(company: tp.Company, plan: tp.Plan) -> date:
    """The last safe day to begin, before the safe days of the requests that the plan goes on with."""
    going_on = {step.case_id for step in plan.steps if step.action not in ASKING}
    running = [it.deadline for it in company.adhesions if it.id in going_on and it.deadline is not None]
    return min([plan.start_by, *(civil(deadline.safe_until) for deadline in running)])


@given(
    world=worlds,
    services=SERVICES,
    leads=lead_times,
    days=st.integers(-5, 150),
    by=st.sampled_from(["pay_by", "pay_by", "held_by"]),
)
@pytest.mark.rule("A3", "A8", "A16", "A21", "2.3")
def test_an_outlook_says_of_each_company_what_its_own_plan_says(
    world: World, services: list[str], leads: tp.LeadTimes, days: int, by: str
) -> None:
    """What is counted once for all companies changes the plan of none; its steps say in which group the company is."""
    pays = any(it.startswith("payer") for it in services)
    goal: dict[str, Any] = {by if pays else "held_by": world.today + days * DAY}
    portfolio, at = world.portfolio, world.clock.now()
    outlook = portfolio.outlook(services, at=at, lead_times=leads, **goal)
    said = {it.organisation: (name, it) for name in GROUPS for it in getattr(outlook, name)}
    assert portfolio.companies.keys() == {*said, *outlook.not_open, *outlook.closed}
    for organisation, (name, found) in said.items():
        company = portfolio.company(organisation)
        plan = company.plan(services, start=world.today, lead_times=leads, **goal)
        assert (plan, name) == (found.plan, group_of(plan))
        assert {"ready": world.today, "too_late": plan.ready_on}.get(name, go_on_by(company, plan)) == found.day


@pytest.mark.rule("A18", "3.5")
def test_what_is_held_does_not_wait_for_a_request_that_asks_again() -> None:
    """The request that has it counts, and not the later one, of which the letter is on its way."""
    cases = [active(asks("payer-cfe")), asks("payer-cfe", id="a-2", day=1)]
    (found,) = tp.Portfolio(cases).outlook("payer-cfe", pay_by=FIRST + 30 * DAY, at=NOW, lead_times=LEADS).ready
    assert (FIRST + DAY, ["pay"]) == (found.day, [str(step.action) for step in found.plan.steps])


def test_steps_come_in_groups_with_the_name_and_the_day_and_of_some_services_only() -> None:
    """By company and by case; what is about other services is left out, and what can be chosen is narrowed."""
    first = asks("payer-cfe", "payer-tf", company_name="Boulangerie Martin")
    again = asks("payer-cfe", "payer-tf", id="a-2", day=1)
    vat = asks("payer-tva", id="b-1", organisation=GROCER)
    space = opened()
    portfolio = tp.Portfolio([space, first, again, vat])
    groups = portfolio.grouped_steps(at=NOW)
    assert [(BAKER, "Boulangerie Martin", None, date(2025, 3, 6)), (GROCER, None, None, date(2025, 3, 6))] == [
        (it.organisation.number, it.company_name, it.case_id, it.day) for it in groups if it.organisation
    ]
    assert portfolio.next_steps(at=NOW) == tuple(
        sorted((step for it in groups for step in it.steps), key=lambda it: portfolio.next_steps(at=NOW).index(it))
    )
    by_case = portfolio.company(BAKER).grouped_steps(at=NOW, wanted=["payer-tf", "payer-is"])
    assert [
        ("a-1", ["enter_letter_code"]),
        ("a-2", ["enter_letter_code", "know_repeated"]),
        ("space-1", ["request_services"]),
    ] == [(it.case_id, [str(step.action) for step in it.steps]) for it in by_case]
    chosen = {step.action: [str(it) for it in step.services] for it in by_case for step in it.steps}
    assert {
        "enter_letter_code": ["payer-cfe", "payer-tf"],
        "know_repeated": ["payer-tf"],
        "request_services": ["payer-is"],
    } == chosen
    wanted = portfolio.next_steps(at=NOW, wanted="payer-cfe")
    assert {*wanted} == {step for it in portfolio.grouped_steps(at=NOW, wanted="payer-cfe") for step in it.steps}
    assert not [step for step in wanted if step.account is not None or step.organisation == tp.Siren(GROCER)][1:]
    assert {"issue_mandate"} <= {step.action for step in portfolio.next_steps(at=NOW, wanted="payer-is")}
    alone = tp.Portfolio([space]).grouped_steps(at=NOW)
    assert [((), None)] == [(it.steps[0].services, it.day) for it in alone]
    assert 1 == len(tp.Portfolio([space]).next_steps(at=NOW, wanted=["payer-is"]))
    assert () == tp.Portfolio([space]).next_steps(at=START - DAY)
    assert "service.unknown" == failure(portfolio.next_steps, at=NOW, wanted=["payer-rien"]).code


def test_rows_have_mandates_and_a_service_a_column_where_they_are_asked_for() -> None:
    """All rows have the same columns, and say where each request stands with the service."""
    held = active(asks("payer-tva", "payer-cfe"))
    mandate = mandate_in(tp.MandateState.REGISTERED, held)
    awaits = asks("payer-tf", id="a-2", day=1)
    rows = tp.Portfolio([mandate, awaits, held]).rows(at=NOW, mandates=True, services=["payer-cfe", "payer-tf"])
    request, second, other = rows
    assert list(request) == list(other)
    assert ("adhesion", "held", None) == (request["kind"], request["payer-cfe"], request["payer-tf"])
    assert ("a-2", None, "awaited") == (second["case_id"], second["payer-cfe"], second["payer-tf"])
    assert ("mandate", "FR76 **** 0189", "RUM-1", FIRST, "registered", None) == tuple(
        other[it] for it in ("kind", "account", "reference", "registered_on", "stage", "payer-cfe")
    )
    assert [] == tp.Portfolio([mandate]).rows(at=START - DAY, mandates=True)


def test_a_company_has_its_own_cases_alone() -> None:
    """A case of another one, or of another kind, is told."""
    company = tp.Portfolio([]).company(BAKER)
    several = failure(attrs.evolve, company, adhesions=[asks("payer-cfe", organisation=GROCER)])
    assert ("company.several", (BAKER, GROCER)) == (several.code, several.facts["value"])
    assert "argument.wrong_type" == failure(attrs.evolve, company, adhesions=[opened()]).code


# --- How long things really took --------------------------------------------------------------------------------------


def history(place: int, letter: int, company: int, sign: int, bank: int) -> list[tp.Event]:
    """The events of a request and of its mandate, each thing so many days after the one before it.

    Each is told later than it happened, and by how much differs.
    """
    space, at = opened(), START

    def after(days: int, late: int) -> dict[str, datetime]:
        return {"at": at + days * DAY, "recorded_at": at + late * DAY}

    asked = tp.Adhesion.request(space, asks("payer-tva").origin.form, id=f"a-{place}", at=at)  # type: ignore[arg-type]
    seen = asked.case.record_letter((at + letter * DAY).date(), **after(letter, 40))
    again = seen.case.record_letter((at + letter * DAY).date(), **after(letter + 1, 44))
    entered = again.case.activate(tp.HELD_ELSEWHERE, space=space, **after(letter + company, 55))
    made = tp.Mandate.issue(asked.case, FRENCH_IBAN, id=f"m-{place}", reference="RUM-1", at=at)
    signed = made.case.sign("representative", **after(sign, 40))
    sent = signed.case.send(**after(sign, 43))
    registered = sent.case.register(**after(sign + bank, 50))
    decisions: tuple[Any, ...] = (asked, seen, again, entered, made, signed, sent, registered)
    return [event for decision in decisions for event in decision.events]


def test_lead_times_are_learned_from_what_really_happened() -> None:
    """Nine in ten took no longer; of each it is said how often it was seen, and whether that is too rare."""
    events = [event for place in range(10) for event in history(place, place + 1, 2 + place, 3, 20 - place)]
    learned = tp.LeadTimes.learned(reversed(events))
    assert (9, 9, 19) == (learned.letter, learned.company, learned.bank)
    assert {"letter": 10, "company": 20, "bank": 10} == dict(learned.observations)
    assert ("letter", "company", "bank") == learned.too_few
    assert (10, 11, 20) == attrs.astuple(tp.LeadTimes.learned(events, quantile=1))[:3]
    assert (5, 3, 15) == attrs.astuple(tp.LeadTimes.learned(events, quantile=0.5))[:3]
    assert tp.LeadTimes() == tp.LeadTimes.learned([])
    assert () == tp.LeadTimes().too_few
    many = [event for place in range(30) for event in history(place, 4, 1, 1, 1)]
    assert () == tp.LeadTimes.learned(many).too_few


@pytest.mark.rule("A20")
def test_a_fact_that_was_withdrawn_is_no_observation() -> None:
    """A letter's day that was a mistake says nothing of letters."""
    events = history(1, 4, 1, 1, 1)[:3]
    withdrawn = tp.withdraw(events[:3], 3, reason="another letter", at=START + 59 * DAY)
    assert {"letter": 1, "company": 0, "bank": 0} == dict(tp.LeadTimes.learned(events).observations)
    assert 0 == tp.LeadTimes.learned([*events, *withdrawn.events]).observations["letter"]


@pytest.mark.parametrize("quantile", [0, -0.1, 1.1, True, "0.9", None])
def test_a_quantile_is_a_share(quantile: Any) -> None:
    """Above 0 and at most 1; what is no event is told too."""
    error = failure(tp.LeadTimes.learned, [], quantile)
    assert "quantile.not_allowed" == error.code
    assert "is not a share: expected a number above 0 and at most 1, such as 0.9" in str(error)
    assert "argument.wrong_type" == failure(tp.LeadTimes.learned, ["two"]).code


@pytest.mark.rule("A17")
def test_an_account_is_declared_once_in_a_space() -> None:
    """For what needs a mandate and for what does not, by one request of the space."""
    vat, cfe = active(asks("payer-tva")), active(asks("payer-cfe", id="a-2"))
    company = tp.Portfolio([vat, cfe]).company(BAKER)
    found = company.plan(["payer-tva", "payer-cfe"], start=FIRST, lead_times=LEADS, account=GERMAN_IBAN)
    assert ["declare_account", "issue_mandate"] == [step.action for step in found.steps][:2]
    assert {"a-1"} == {step.case_id for step in found.steps[:2]}
    only = company.plan("payer-cfe", start=FIRST, account=GERMAN_IBAN)
    assert [("declare_account", "a-2"), ("pay", None)] == [(step.action, step.case_id) for step in only.steps]
    assert company.plan("payer-cfe", pay_by=FIRST - DAY, start=FIRST, account=GERMAN_IBAN).too_late
