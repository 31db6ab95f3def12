"""Who can pay by a day that comes, who has to do something until when, and for whom it is too late.

Every company has a plan of its own, on from all that it has. The plan says in which of five groups the company is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import partial
from typing import Final

import attrs

from teleprocedures.building import builder
from teleprocedures.deadlines import civil_day
from teleprocedures.errors import shows_half_built
from teleprocedures.portfolio._agenda import place_of
from teleprocedures.portfolio._company import Company
from teleprocedures.portfolio._plan import Ahead, Inquiry, Outcome, Plan, ToDo
from teleprocedures.rulebook import Service
from teleprocedures.values import Organisation

_GROUPS: Final = {
    ToDo.NOTHING: "under_way",
    ToDo.GO_ON: "under_way",
    ToDo.BEGIN: "to_act",
    ToDo.ASK: "to_request",
}
"""The group of a company that will be in time, by the most that it has to do; of nothing, only a day is waited for."""


@shows_half_built
@attrs.frozen(kw_only=True, eq=False, repr=False)
class Prospect:
    """How a company stands before a day that comes: its plan, and the civil day that its group is about.

    An outlook makes the plan when it is first read, and keeps it: of thousands of companies, few plans are shown.
    """

    organisation: Organisation
    company_name: str | None
    day: date
    _plan: Plan | Callable[[], Plan] = attrs.field(alias="plan")

    @property
    def plan(self) -> Plan:
        """The plan of the company, on from all that it has."""
        made = self._plan
        if not isinstance(made, Plan):
            made = made()
            # Round the guard of a frozen class: it is what the function would make again.
            object.__setattr__(self, "_plan", made)
        return made

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Prospect):
            return NotImplemented
        alike = self.organisation == other.organisation and self.company_name == other.company_name
        # Plans last, since they may have to be made first.
        return alike and self.day == other.day and self.plan == other.plan

    def __hash__(self) -> int:
        return hash((self.organisation, self.day))

    def __repr__(self) -> str:
        fields = f"organisation={self.organisation!r}, company_name={self.company_name!r}, day={self.day!r}"
        return f"Prospect({fields}, plan={self.plan!r})"


_prospect: Final = builder(Prospect)


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


def outlook_of(companies: Iterable[Company], inquiry: Inquiry, *, at: datetime) -> Outlook:
    """The outlook of these companies at an instant (UTC), which asks the question of each of them from that day on."""
    today, found = civil_day(at), defaultdict[str, list[Prospect]](list)
    new, inquiry = inquiry.plan(None), attrs.evolve(inquiry, start=today)
    assert new.wanted_by is not None, "a plan without a start has a day that matters"
    not_open: list[Organisation] = []
    closed: list[Organisation] = []
    for company in companies:
        if not all(map(company.can_ask_for, new.services)):
            not_open.append(company.organisation)
            continue
        if company.has_left or not company.at(at).left_to_others.isdisjoint(new.services):
            closed.append(company.organisation)
            continue
        ahead = inquiry.ahead(company)
        group, day = _group_and_day(ahead, today)
        plan = partial(inquiry.plan, company, ahead.start_by)
        found[group].append(_prospect(organisation=company.organisation, company_name=company.name, day=day, plan=plan))
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


def _group_and_day(ahead: Ahead, today: date) -> tuple[str, date]:
    if ahead.outcome is Outcome.READY:
        return "ready", today
    if ahead.outcome is Outcome.TOO_LATE:
        return "too_late", ahead.ready_on
    return _GROUPS[ahead.to_do], ahead.go_on_by
