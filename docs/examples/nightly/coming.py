"""What to request for a coming tax date: who can pay by then, who must do something by when, for whom it is too late.

Each company has a plan of its own, on from where its request and its mandates stand; one that has neither begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

import attrs
from portfolio import PARIS

from teleprocedures import Deadline, LeadTimes, Organisation, Portfolio, Service, Standing, plan


@attrs.frozen(kw_only=True)
class Tax:
    """A tax to pay: the service that pays it, and the civil day by which it is to be paid."""

    service: Service
    day: date


@attrs.frozen(kw_only=True)
class Owed:
    """A company with something to do, and a day: by when to go on or, if it is late, when to expect the service."""

    company: str
    day: date


@attrs.frozen(kw_only=True)
class Coming:
    """Where a firm's companies stand with a tax: each company in one of the lists, or counted in `ready`.

    `start_by` is the last safe civil day to begin for a company that has nothing yet. `renew` asked for the service and
    lost it; `missing` never did; `without_mandate` hold it and cannot pay; `awaited` will have it; `late` will not in
    time.
    """

    tax: Tax
    is_past: bool
    start_by: date
    ready: int
    renew: Sequence[Owed]
    missing: Sequence[Owed]
    without_mandate: Sequence[Owed]
    awaited: Sequence[Owed]
    late: Sequence[Owed]


def coming(
    portfolio: Portfolio, tax: Tax, leads: LeadTimes, *, at: datetime, name: Callable[[Organisation], str]
) -> Coming:
    """Plan for every company that can have the service, as of this night; each list has the soonest first.

    Raises `InvalidValueError` for a service that does not pay, and for lead times too long for the letter's code.
    """
    service, today = tax.service, at.astimezone(PARIS).date()
    found: dict[str, list[Owed]] = {"renew": [], "missing": [], "without_mandate": [], "awaited": [], "late": []}
    ready = 0
    for organisation, company in portfolio.companies.items():
        holding = company.holdings(at=at)[service.code]
        has = holding.standing in {Standing.HELD, Standing.AWAITED}
        if not has and not company.missing([service], at=at):
            continue  # a file number cannot have it
        found_plan = company.plan([service], pay_by=tax.day, start=today, lead_times=leads)
        expected, company_name = found_plan.expected[service.code], name(organisation)
        if has and expected <= today:
            ready += 1
        elif found_plan.too_late:
            found["late"].append(Owed(company=company_name, day=expected))
        else:
            held = "without_mandate" if holding.standing is Standing.HELD else "awaited"
            day = _while_it_runs(found_plan.start_by, holding.deadline, at)
            asked = "renew" if holding.standing is Standing.LAPSED else "missing"
            found[held if has else asked].append(Owed(company=company_name, day=day))
    start_by = plan([service], pay_by=tax.day, lead_times=leads).start_by
    owed = {name: _sorted(companies) for name, companies in found.items()}
    return Coming(tax=tax, is_past=tax.day < today, start_by=start_by, ready=ready, **owed)


def _while_it_runs(day: date, deadline: Deadline | None, at: datetime) -> date:
    """The day, or an earlier one on which a time limit ends: past it all is to be asked for again, though in time."""
    if deadline is None:
        return day
    last = deadline.safe_until if at <= deadline.safe_until else deadline.closes
    return min(day, last.astimezone(PARIS).date())


def _sorted(owed: Iterable[Owed]) -> list[Owed]:
    return sorted(owed, key=lambda it: (it.day, it.company))
