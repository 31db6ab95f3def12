"""What a firm holds, what it has to do, and plans: portfolios of whole histories, companies, outlooks and plans."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

import attrs
from hypothesis import strategies as st

from teleprocedures.cases import ActivationState, Adhesion
from teleprocedures.deadlines import civil_day
from teleprocedures.forms import AdhesionForm
from teleprocedures.portfolio import (
    Company,
    Holding,
    LeadTimes,
    Outlook,
    Plan,
    PlanStep,
    Portfolio,
    Prospect,
    Repeat,
    StepGroup,
    plan,
)
from teleprocedures.rulebook import CATALOGUE, Service
from teleprocedures.testing._makers import ACCOUNTS, adhesion_form
from teleprocedures.testing._moves import Move
from teleprocedures.testing._play import Play
from teleprocedures.testing.strategies._arrivals import Arrival, arrivals, one_of
from teleprocedures.testing.strategies._histories import histories
from teleprocedures.testing.strategies._times import civil_days

__all__ = [
    "companies",
    "holdings",
    "lead_times",
    "outlooks",
    "plan_steps",
    "plans",
    "portfolios",
    "prospects",
    "repeats",
    "step_groups",
]

_T = TypeVar("_T")


def portfolios() -> st.SearchStrategy[Portfolio]:
    """Give portfolios: all the cases of some history, of several companies.

    >>> from hypothesis import Phase, find, settings
    >>> len(find(portfolios(), lambda _: True, settings=settings(phases=[Phase.generate])).cases)
    1
    """
    return histories().map(lambda play: Portfolio(play.cases.values()))


def _of_requests(find: Callable[[Play], Iterable[_T]]) -> st.SearchStrategy[_T]:
    """One of what is found in a play that has a request; those in which nothing is are left out."""
    return arrivals(Adhesion).map(lambda arrival: list(find(arrival.play))).filter(bool).flatmap(one_of)


def _companies(play: Play) -> list[Company]:
    return list(Portfolio(play.cases.values()).companies.values())


def companies() -> st.SearchStrategy[Company]:
    """Give companies of a portfolio, each with a request at least.

    >>> from hypothesis import Phase, find, settings
    >>> find(companies(), lambda _: True, settings=settings(phases=[Phase.generate])).organisation
    Siren('552100554')
    """
    return _of_requests(_companies)


def holdings() -> st.SearchStrategy[Holding]:
    """Give how companies stand with a service: held, awaited, lapsed, or never asked for.

    >>> from hypothesis import Phase, find, settings
    >>> found = find(holdings(), lambda _: True, settings=settings(phases=[Phase.generate]))
    >>> found.standing in {"held", "awaited", "lapsed", "never"}
    True
    """
    return _of_requests(lambda play: (it for one in _companies(play) for it in one.holdings(at=play.at).values()))


def step_groups() -> st.SearchStrategy[StepGroup]:
    """Give the next steps of a company, or of one case of it, with what a page shows of them.

    >>> from hypothesis import Phase, find, settings
    >>> found = find(step_groups(), lambda _: True, settings=settings(phases=[Phase.generate]))
    >>> found.steps[0].organisation == found.organisation
    True
    """
    return st.booleans().flatmap(
        lambda by_case: _of_requests(
            lambda play: Portfolio(play.cases.values()).grouped_steps(at=play.at, by_case=by_case)
        )
    )


@st.composite
def outlooks(draw: st.DrawFn) -> Outlook:
    """Give outlooks of a portfolio with a request at least, on days of any services up to a year ahead.

    >>> from hypothesis import Phase, find, settings
    >>> found = find(outlooks(), lambda it: it.to_request, settings=settings(phases=[Phase.generate]))
    >>> found.to_request[0].day <= found.wanted_by
    True
    """
    play, services = draw(arrivals(Adhesion)).play, draw(_services())
    paying = any(service.pays for service in services) and draw(st.booleans())
    # Each service may be wanted on a day that has just passed.
    goal = civil_day(play.at) + timedelta(days=draw(st.integers(-1, 365)))
    return Portfolio(play.cases.values()).outlook(
        services,
        at=play.at,
        pay_by=goal if paying else None,
        held_by=None if paying else goal,
        lead_times=draw(lead_times()),
    )


def prospects() -> st.SearchStrategy[Prospect]:
    """Give how companies stand before a day that comes, in any of the five groups of an outlook.

    >>> from hypothesis import Phase, find, settings
    >>> found = find(prospects(), lambda _: True, settings=settings(phases=[Phase.generate]))
    >>> found.plan.outcome in {"ready", "in_time", "too_late"}
    True
    """
    return outlooks().map(_prospects).filter(bool).flatmap(one_of)


def _prospects(found: Outlook) -> list[Prospect]:
    return [*found.ready, *found.under_way, *found.to_act, *found.to_request, *found.too_late]


def repeats() -> st.SearchStrategy[Repeat]:
    """Give services that are requested again while they are held or awaited (A18).

    >>> from hypothesis import Phase, find, settings
    >>> found = find(repeats(), lambda _: True, settings=settings(phases=[Phase.generate]))
    >>> found.adhesion.id, found.other.id
    ('adhesion-2', 'adhesion-1')
    """
    standing = st.sampled_from((ActivationState.AWAITING_CODE, ActivationState.ACTIVE))
    plays = standing.flatmap(lambda stage: arrivals(Adhesion, stage)).map(_ask_again)
    found = plays.map(lambda play: list(Portfolio(play.cases.values()).repeats(at=play.at)))
    return found.filter(bool).flatmap(one_of)


def _ask_again(arrival: Arrival[Adhesion]) -> Play:
    play, request = arrival.play, arrival.case
    form = request.origin.form
    if isinstance(form, AdhesionForm):
        same = attrs.evolve(form, bank_accounts=request.accounts)
    else:
        # What is asked for is known of what was taken over, and not all that a request needs (A19).
        accounts = request.accounts or ACCOUNTS[:1]
        same = adhesion_form(
            organisation=form.organisation, services=form.services, company_email="a@b.fr", bank_accounts=accounts
        )
    play.make(Move("request_adhesion", request.space_id, play.name(Adhesion), given={"form": same}))
    return play


def lead_times() -> st.SearchStrategy[LeadTimes]:
    """Give lead times of up to three weeks each, in civil days.

    >>> from hypothesis import find
    >>> find(lead_times(), lambda times: times.letter > 14).letter
    15
    """
    days = st.integers(0, 21)
    return st.builds(LeadTimes, letter=days, company=days, bank=days)


def _services() -> st.SearchStrategy[list[Service]]:
    return st.lists(st.sampled_from(list(CATALOGUE.values())), min_size=1, max_size=3, unique=True)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Give plans of any services, backwards from the day that matters, forwards from today, or both.

    >>> from hypothesis import Phase, find, settings
    >>> find(plans(), lambda _: True, settings=settings(phases=[Phase.generate])).services
    (Service(code='messagerie'),)
    """
    services = draw(_services())
    pays, day = any(service.pays for service in services), civil_days(2000, 2099)
    goal, start = draw(st.sampled_from(((True, False), (False, True), (True, True))))
    paying = goal and pays and draw(st.booleans())
    return plan(
        services,
        pay_by=draw(day) if paying else None,
        held_by=draw(day) if goal and not paying else None,
        start=draw(day) if start else None,
        lead_times=draw(lead_times()),
    )


def plan_steps() -> st.SearchStrategy[PlanStep]:
    """Give the steps of plans.

    >>> from hypothesis import Phase, find, settings
    >>> find(plan_steps(), lambda _: True, settings=settings(phases=[Phase.generate])).action
    <Action.REQUEST_SERVICES: 'request_services'>
    """
    return plans().filter(lambda found: found.steps).flatmap(lambda found: st.sampled_from(found.steps))
