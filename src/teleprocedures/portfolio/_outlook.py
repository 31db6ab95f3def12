"""Who can pay by a day that comes, who has to do something until when, and for whom it is too late.

Every company has a plan of its own, on from all that it has. The plan says in which of five groups the company is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

import attrs

from teleprocedures.cases import Action
from teleprocedures.deadlines import civil_day
from teleprocedures.errors import shows_half_built
from teleprocedures.portfolio._agenda import place_of
from teleprocedures.portfolio._company import Company
from teleprocedures.portfolio._leads import LeadTimes
from teleprocedures.portfolio._plan import Outcome, Plan
from teleprocedures.rulebook import Rulebook, Service
from teleprocedures.values import Organisation

_ASKING = frozenset((Action.REQUEST_SERVICES, Action.RENEW_ADHESION))
_BEGINNING = frozenset((Action.ISSUE_MANDATE, Action.DECLARE_ACCOUNT))


@shows_half_built
@attrs.frozen(kw_only=True)
class Prospect:
    """How a company stands before a day that comes: its plan, and the civil day that its group is about."""

    organisation: Organisation
    company_name: str | None
    day: date
    plan: Plan


@shows_half_built
@attrs.frozen(kw_only=True)
class Outlook:
    """Every company of a portfolio in one of five groups, the soonest day first, before a day that matters.

    - `ready` can pay already; the day is that of the question.
    - `under_way` will be in time if each acts in its own: all has been asked for. The day is the last one to go on.
    - `to_act` have asked for the services, but something has to be begun until the day, a mandate above all.
    - `to_request` have to ask for a service until the day.
    - `too_late` will not be in time; the day is the first one to expect all of it.

    The companies that cannot ask for these services are `not_open`, since they are known by a file number (2.3). Those
    in `closed` have left, or have left one of these services to others (A21). The last safe day for whoever begins with
    nothing is `start_by`.
    """

    services: tuple[Service, ...]
    wanted_by: date
    start_by: date
    ready: tuple[Prospect, ...]
    under_way: tuple[Prospect, ...]
    to_act: tuple[Prospect, ...]
    to_request: tuple[Prospect, ...]
    too_late: tuple[Prospect, ...]
    not_open: tuple[Organisation, ...]
    closed: tuple[Organisation, ...]


def outlook_of(
    companies: Iterable[Company],
    new: Plan,
    *,
    pay_by: date | None,
    lead_times: LeadTimes | None,
    rulebook: Rulebook,
    at: datetime,
) -> Outlook:
    """The outlook of these companies at an instant (UTC); `new` is the plan of whoever begins with nothing."""
    assert new.wanted_by is not None, "a plan without a start has a day that matters"
    today, found = civil_day(at), defaultdict[str, list[Prospect]](list)
    held_by = new.wanted_by if pay_by is None else None
    not_open: list[Organisation] = []
    closed: list[Organisation] = []
    for company in companies:
        if not all(map(company.can_ask_for, new.services)):
            not_open.append(company.organisation)
            continue
        if company.has_left or not company.at(at).left_to_others.isdisjoint(new.services):
            closed.append(company.organisation)
            continue
        plan = company.plan(
            new.services, pay_by=pay_by, held_by=held_by, start=today, lead_times=lead_times, rulebook=rulebook
        )
        group = _group(plan)
        prospect = Prospect(
            organisation=company.organisation,
            company_name=company.name,
            day=_day(company, plan, group, today),
            plan=plan,
        )
        found[group].append(prospect)
    groups = {
        name: tuple(sorted(found[name], key=lambda it: (it.day, place_of(it.organisation))))
        for name in ("ready", "under_way", "to_act", "to_request", "too_late")
    }
    return Outlook(
        services=new.services,
        wanted_by=new.wanted_by,
        start_by=new.start_by,
        not_open=tuple(sorted(not_open, key=place_of)),
        closed=tuple(sorted(closed, key=place_of)),
        **groups,
    )


def _group(plan: Plan) -> str:
    if plan.outcome is not Outcome.IN_TIME:
        return str(plan.outcome)
    actions = {step.action for step in plan.steps}
    return "to_request" if actions & _ASKING else "to_act" if actions & _BEGINNING else "under_way"


def _day(company: Company, plan: Plan, group: str, today: date) -> date:
    if group == "ready":
        return today
    return plan.ready_on if group == "too_late" else min((plan.start_by, *_running(company, plan)))


def _running(company: Company, plan: Plan) -> Iterator[date]:
    """The safe days of the requests that the plan goes on with: past these, all is to be asked for again."""
    going_on = {step.case_id for step in plan.steps if step.action not in _ASKING}
    for request in company.adhesions:
        deadline = request.deadline
        if request.id in going_on and deadline is not None:
            yield civil_day(deadline.safe_until)
