"""What to request for a coming tax date: who can pay by then, who must do something by when, for whom it is too late.

Each company has a plan of its own, on from all that it has: the library's outlook says in which group it is, by when to
go on, and whom to leave out. Here, whoever asked for the service once and lost it is told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

import attrs
from portfolio import PARIS

from teleprocedures import Holding, LeadTimes, Organisation, Outcome, Portfolio, Prospect, Service, Standing


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
    time. `unsure` counts those that pay with a mandate whose last collection nobody knows: it may be alive.
    """

    tax: Tax
    is_past: bool
    start_by: date
    ready: int
    unsure: int
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
    outlook = portfolio.outlook(tax.service, pay_by=tax.day, at=at, lead_times=leads)

    def holding(prospect: Prospect) -> Holding:
        return portfolio.company(prospect.organisation).holdings(at=at)[tax.service.code]

    def is_unsure(prospect: Prospect) -> bool:
        mandates = portfolio.company(prospect.organisation).mandates
        return any(it.deadline is not None and it.deadline.estimated and not it.is_over(at) for it in mandates)

    def owed(prospects: Sequence[Prospect], *standings: Standing) -> list[Owed]:
        wanted = [it for it in prospects if not standings or holding(it).standing in standings]
        found = [Owed(company=name(it.organisation), day=_day(it, holding(it), at)) for it in wanted]
        return sorted(found, key=lambda it: (it.day, it.company))

    under_way = [*outlook.under_way, *outlook.to_act]
    late = [it for it in outlook.too_late if not is_unsure(it)]
    return Coming(
        tax=tax,
        is_past=tax.day < at.astimezone(PARIS).date(),
        start_by=outlook.start_by,
        ready=len(outlook.ready),
        unsure=len(outlook.too_late) - len(late),
        renew=owed(outlook.to_request, Standing.LAPSED),
        missing=owed(outlook.to_request, Standing.NEVER),
        without_mandate=owed(under_way, Standing.HELD),
        awaited=owed([*under_way, *outlook.to_request], Standing.AWAITED),
        late=owed(late),
    )


def _day(prospect: Prospect, holding: Holding, at: datetime) -> date:
    """The day of a prospect, or the earlier one on which its request ends: what can still be done is done by then."""
    deadline = holding.deadline if holding.standing is Standing.AWAITED else None
    if deadline is None or prospect.plan.outcome is not Outcome.IN_TIME:
        return prospect.day
    last = deadline.safe_until if at <= deadline.safe_until else deadline.closes
    return min(prospect.day, last.astimezone(PARIS).date())
