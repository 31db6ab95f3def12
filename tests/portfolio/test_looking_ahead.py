"""Whatever became of several companies, what is advised of them can be followed, and all answers agree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import teleprocedures as tp
from tests.builders import FRENCH_IBAN, GERMAN_IBAN
from tests.instants import DAY, START
from tests.portfolio.worlds import ACCOUNTS, BAKER, SERVICES, World, lead_times, worlds

PAYS = [it.code for it in tp.CATALOGUE.values() if it.pays]


@given(world=worlds)
@pytest.mark.rule("A5", "A8", "A16", "A17", "2.12", "2.15", "3.4")
def test_every_step_is_accepted_by_the_portal(world: World) -> None:
    """Each one alone, at the instant at which it is advised."""
    portfolio = world.portfolio
    for step in portfolio.next_steps(at=world.clock.now()):
        if step.action == "issue_mandate_again" and isinstance(world.cases[step.case_id], tp.Mandate):
            # It can be told, but issued only from a request, and of this company none is known (A8).
            assert step.organisation is not None
            assert () == portfolio.company(step.organisation).adhesions
        else:
            world.copy().follow(step)


@pytest.mark.rule("A8", "F1")
def test_a_mandate_of_which_no_request_is_known_says_itself_that_it_is_over() -> None:
    """The step names the mandate; once there is a request that can have another one issued, it names that one."""
    world = World(tp.HeldElsewhere, START)
    mandate = world.take_mandate_over(world.spaces[0], BAKER, FRENCH_IBAN, 1_080)
    world.clock.advance(1_200 * DAY)  # nobody knows when it was used last: 36 months from the day it was seen (A19)
    (alone,) = (it for it in world.portfolio.next_steps(at=world.clock.now()) if it.account is not None)
    request = world.ask(world.spaces[0], BAKER, ["payer-tva"], [FRENCH_IBAN])
    (again,) = (it for it in world.portfolio.next_steps(at=world.clock.now()) if it.account is not None)
    assert ("issue_mandate_again", mandate.id) == (alone.action, alone.case_id)
    assert ("issue_mandate_again", request.id) == (again.action, again.case_id)
    world.follow(again)


@given(world=worlds)
@pytest.mark.rule("A5", "A16", "2.10", "3.1")
def test_every_awaited_service_has_a_step_that_leads_to_it(world: World) -> None:
    """And so has each of the next steps a service, an account or a company that it is about."""
    at = world.clock.now()
    for organisation, company in world.portfolio.companies.items():
        led_to = {
            service
            for step in company.next_steps(at=at)
            if step.action in {"use_link", "enter_letter_code"}
            for service in step.services
        }
        awaited = {it.service for it in company.holdings(at=at).values() if it.standing == "awaited"}
        assert awaited <= led_to, organisation


@given(world=worlds, service=st.sampled_from(PAYS), account=st.sampled_from(ACCOUNTS))
@pytest.mark.rule("2.13", "2.16", "2.17", "2.19", "2.20", "3.5", "A8", "A17", "F1")
def test_a_remedy_that_is_followed_ends_with_the_payment(world: World, service: str, account: str) -> None:
    """Each step in its turn, for every company that can have the service; its first step is possible now."""
    at = world.clock.now()
    for organisation, company in world.portfolio.companies.items():
        if not company.adhesions or company.has_left or tp.CATALOGUE[service] in company.at(at).left_to_others:
            continue  # nothing was ever asked for, or nobody here asks for it any more
        try:
            company.check_payment(service, account, at=at)
        except tp.PaymentRefusedError as refusal:
            remedy = refusal.remedy
        else:
            continue
        if not company.can_ask_for(tp.CATALOGUE[service]):
            assert () == remedy, organisation
            continue
        twin = world.copy()
        twin.account = account
        for step in remedy:
            twin.follow(step)
        twin.portfolio.company(organisation).check_payment(service, account, at=at)


@given(
    world=worlds,
    services=SERVICES,
    leads=lead_times,
    goal=st.none() | st.integers(0, 120) | st.integers(1_000, 1_300),
    account=st.sampled_from([None, FRENCH_IBAN, GERMAN_IBAN]),
)
@pytest.mark.rule("2.9", "2.11", "2.18", "2.20", "3.1", "3.4", "A3", "A8", "A16", "A17", "F1")
def test_a_plan_that_is_played_succeeds(
    *, world: World, services: list[str], leads: tp.LeadTimes, goal: int | None, account: str | None
) -> None:
    """Begun on its day, with its own days, no step is refused, and all is held or paid with by the day it says."""
    today = world.today
    pays = any(it.startswith("payer") for it in services)
    by = {} if goal is None else {"pay_by" if pays else "held_by": today + goal * DAY}
    given: dict[str, Any] = {"lead_times": leads, "account": account, **by}
    for organisation, company in world.portfolio.companies.items():
        if not all(company.can_ask_for(tp.CATALOGUE[it]) for it in services):
            with pytest.raises(tp.InvalidValueError):
                company.plan(services, start=today, **given)
            continue
        found = company.plan(services, start=today, **given)
        starts = {today} if goal is None or found.too_late else {today, found.start_by}
        for start in starts:
            from_then = company.plan(services, start=start, **given)
            assert from_then.outcome is not tp.Outcome.TOO_LATE or found.too_late
            twin = world.copy()
            twin.company = organisation
            twin.play(from_then)
            held = twin.portfolio.company(organisation).holdings(at=max(twin.clock.now(), world.clock.now()))
            assert {"held"} == {held[it].standing for it in services}
        at_last = company.plan(services, **{**given, "start": found.start_by})
        if goal is not None and not found.too_late and at_last.outcome is tp.Outcome.IN_TIME:
            assert company.plan(services, start=found.start_by + DAY, **given).too_late


@given(world=worlds, services=SERVICES, more=SERVICES, leads=lead_times)
@pytest.mark.rule("A3", "A5", "A16")
def test_going_on_is_never_later_and_asking_for_more_never_earlier(
    world: World, services: list[str], more: list[str], leads: tp.LeadTimes
) -> None:
    """Than beginning anew, and than asking for less; and knowing one request more is never worse."""
    today = world.today
    every = list(dict.fromkeys([*services, *more]))
    for company in world.portfolio.companies.values():
        if not all(company.can_ask_for(tp.CATALOGUE[it]) for it in every):
            continue
        known: dict[str, Any] = {"start": today, "held_by": today, "lead_times": leads}
        found = company.plan(services, **known)
        assert found.ready_on <= tp.plan(services, **known).ready_on
        larger = company.plan(every, **known)
        assert all(found.expected[code] <= larger.expected[code] for code in services)
        fewer = tp.Portfolio([*company.adhesions[1:], *company.mandates]).company(company.organisation)
        assert found.ready_on <= fewer.plan(services, **known).ready_on


@given(world=worlds, service=st.sampled_from(PAYS), account=st.sampled_from(ACCOUNTS))
@pytest.mark.rule("2.18", "2.20", "3.5", "A8", "A17")
def test_payments_plans_steps_and_holdings_agree(world: World, service: str, account: str) -> None:
    """What can be paid now is ready in a plan of today, and nothing is ready that cannot be paid."""
    at, today = world.clock.now(), world.today
    for company in world.portfolio.companies.values():
        if not company.adhesions or not company.can_ask_for(tp.CATALOGUE[service]):
            continue
        try:
            company.check_payment(service, account, at=at)
        except tp.PaymentRefusedError as refusal:
            refused = str(refusal.code)
        else:
            refused = ""
        mandate = company.at(at).mandates.get(tp.BankAccount(account))
        if mandate is not None and mandate.idle is not None and mandate.idle.safe_until < at:
            continue  # on its last day, and in doubt: it pays, and is not planned with (A3)
        found = company.plan(service, start=today, account=account)
        assert (found.outcome is tp.Outcome.READY) is (refused == ""), refused
        held = company.holdings(at=at)[service].standing is tp.Standing.HELD
        assert held is (refused != "payment.not_held")
        assert (tp.CATALOGUE[service] in company.missing(at=at)) <= (refused == "payment.not_held")
