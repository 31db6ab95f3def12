"""What companies have and lack, what is at risk, and the payments and steps of a whole company.

Every answer is counted from the cases at the instant asked about, because a portfolio keeps no state of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

import attrs

from teleprocedures.cases import Adhesion, Case, Mandate, NextStep, check_payment
from teleprocedures.core import oldest_first
from teleprocedures.deadlines import PARIS, instant, time_zone
from teleprocedures.errors import InvalidValueError, check_kinds, show, shows_half_built
from teleprocedures.portfolio._agenda import latest, next_steps, requests_by_company
from teleprocedures.portfolio._renewals import Renewals, repeated
from teleprocedures.portfolio._standing import Holding, holdings, missing
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount, FileNumber, Organisation, organisation

Plain: TypeAlias = str | int | bool | date | datetime | None
"""What stands in a cell of a data frame or a sheet."""


@shows_half_built
@attrs.frozen(kw_only=True)
class Repeat:
    """A service that `adhesion` requested again while the request `other` held it or awaited it (A18)."""

    service: Service
    adhesion: Adhesion
    other: Adhesion


@shows_half_built
@attrs.frozen(kw_only=True)
class Company:
    """One company of a portfolio: its requests, the oldest first, and its mandates."""

    organisation: Organisation
    adhesions: tuple[Adhesion, ...] = ()
    mandates: tuple[Mandate, ...] = ()

    @property
    def name(self) -> str | None:
        """The name that the latest request to say one gave it, or None."""
        return next((it.company_name for it in reversed(self.adhesions) if it.company_name is not None), None)

    def holdings(self, *, at: datetime) -> dict[str, Holding]:
        """Where each service of the catalogue stands at this instant, by its code.

        A service is held (3.5), awaited, lapsed when the last request for it is over, or was never asked for. Raises
        `InvalidValueError` for a naive instant.
        """
        return holdings(self.adhesions, instant(at))

    def missing(self, services: Iterable[Service | str] | None = None, *, at: datetime) -> tuple[Service, ...]:
        """Those of these services, of the whole catalogue by default, that are neither held nor awaited (2.12).

        Raises `InvalidValueError` for a naive instant, and for a service that the catalogue does not have.
        """
        return missing(self.adhesions, services, self.organisation, instant(at))

    def check_payment(self, service: Service | str, account: BankAccount | str, *, at: datetime) -> None:
        """Return None if a payment would pass at this instant, over all requests and mandates of the company, or raise.

        Raises what `teleprocedures.check_payment` raises. Raises `InvalidValueError` for a company without any request.
        """
        check_payment(self.adhesions, service, account, self.mandates, at=at)

    def next_steps(self, *, at: datetime) -> tuple[NextStep, ...]:
        """Who must do what for this company, soonest first.

        Raises `InvalidValueError` for a naive instant.
        """
        return next_steps((*self.adhesions, *self.mandates), at=at)


def _companies(portfolio: Portfolio) -> dict[Organisation, Company]:
    mandates: defaultdict[Organisation, list[Mandate]] = defaultdict(list)
    for case in portfolio.cases:
        if isinstance(case, Mandate):
            mandates[case.organisation].append(case)
    requests = requests_by_company(portfolio.cases)
    return {
        company: Company(
            organisation=company,
            adhesions=requests.get(company, ()),
            mandates=oldest_first(mandates.get(company, ())),
        )
        for company in dict.fromkeys((*requests, *mandates))
    }


def _cases(cases: Iterable[Case]) -> tuple[Case, ...]:
    # Looked at here: what is no case would fail far from here, at the first question.
    return latest(check_kinds(cases, Case, what="case"))


@shows_half_built
@attrs.frozen(repr=False)
class Portfolio:
    """The cases of any number of companies, in any order: spaces, requests, mandates and a host's own kinds.

    Each question costs a pass over the cases at most. Of two snapshots of one case, the higher version counts. Raises
    `InvalidValueError` for what is no case.
    """

    cases: tuple[Case, ...] = attrs.field(converter=_cases)
    _by_company: dict[Organisation, Company] = attrs.field(
        init=False, eq=False, default=attrs.Factory(_companies, takes_self=True)
    )

    def __repr__(self) -> str:
        return f"Portfolio({len(self.cases)} cases, {len(self._by_company)} companies)"

    @property
    def companies(self) -> Mapping[Organisation, Company]:
        """Every company that a request or a mandate is about, in the order in which they are met."""
        return MappingProxyType(self._by_company)

    def company(self, siren: Organisation | str) -> Company:
        """The company of this SIREN or file number; one that no case is about has nothing and lacks everything.

        Raises `InvalidValueError` for what is neither.
        """
        wanted = organisation(siren)
        return self._by_company.get(wanted) or Company(organisation=wanted)

    def next_steps(self, *, at: datetime) -> tuple[NextStep, ...]:
        """Who must do what, for all companies, soonest first; a renewed request asks for nothing (A16).

        Raises `InvalidValueError` for a naive instant.
        """
        return next_steps(self.cases, at=at)

    def at_risk(self, *, at: datetime, within: timedelta = timedelta(days=15)) -> tuple[NextStep, ...]:
        """The steps whose last usable civil day (in Paris) comes within this time, the day of grace included.

        Where that day is only estimated, the day to show counts, because the code may have ended by then (A3). Raises
        `InvalidValueError` for a naive instant. Raises `InvalidValueError` for a time that is none or leads out of the
        years 1 to 9999.
        """
        at = instant(at)
        try:
            last = _civil(at + within)
        except (OverflowError, TypeError):
            last = None
        if last is None:
            raise InvalidValueError("at_risk.not_allowed", value=show(within), at=at)
        steps = self.next_steps(at=at)
        # Steps come soonest first: of the dates of one request, the last one is its time limit's (F2 has its own).
        days = {step.case_id: step.by for step in steps if step.estimated and step.by is not None}
        ends = ((step, days.get(step.case_id, step.closes)) for step in steps if step.closes is not None)
        return tuple(step for step, end in ends if _civil(end) <= last)

    def repeats(self, *, at: datetime) -> tuple[Repeat, ...]:
        """The services requested again while held or awaited (A18), with the first request that has each.

        Not where one renews the other, nor once both are held.

        Raises `InvalidValueError` for a naive instant.
        """
        at, renewals = instant(at), self._renewals
        return tuple(
            Repeat(service=service, adhesion=request, other=other)
            for company in self._by_company.values()
            for request, service, other in repeated(company.adhesions, renewals.asked_again(company.adhesions, at), at)
        )

    @property
    def wrong_renewals(self) -> tuple[Adhesion, ...]:
        """The requests that name one which they cannot renew, the oldest first: these take the place of nothing (A16).

        It is of another company or another space, was made later, or is the same request.
        """
        return self._renewals.wrong

    @property
    def _renewals(self) -> Renewals:
        return Renewals.of(it for it in self.cases if isinstance(it, Adhesion))

    def rows(self, *, at: datetime) -> list[dict[str, Plain]]:
        """One plain dict a request, for a data frame, a CSV file or a sheet: texts, booleans, dates and instants (UTC).

        Days are civil days in Paris. Raises `InvalidValueError` for a naive instant.
        """
        at = instant(at)
        renewed = {earlier: later for later, earlier in self._renewals.before.items()}
        return [
            _row(request, name, renewed.get(request.id), at)
            for company in self._by_company.values()
            for name in (company.name,)
            for request in company.adhesions
        ]


def _civil(at: datetime) -> date:
    """The civil day of an instant in Paris; of one that clocks there do not show, the last day that there is."""
    try:
        return at.astimezone(time_zone(PARIS)).date()
    except OverflowError:
        return date.max


def _row(request: Adhesion, name: str | None, renewed_by: str | None, at: datetime) -> dict[str, Plain]:
    opening, deadline, over = request.origin, request.deadline, request.is_over(at)
    running = None if over else deadline
    return {
        "case_id": request.id,
        "organisation": request.organisation.number,
        "organisation_kind": "file_number" if isinstance(request.organisation, FileNumber) else "siren",
        "company_name": name,
        "services": " ".join(service.code for service in request.services),
        "stage": str(request.stage),
        "over": over,
        "presumed": over and request.held_elsewhere,
        "requested_on": _civil(opening.at),
        "letter_of": None if request.activation is None else request.activation.letter,
        "safe_until": None if running is None else _civil(running.safe_until),
        "last_day": None if running is None else _civil(running.closes),
        "estimated": running is not None and running.estimated,
        "due_at": request.due_at,
        "applicant": str(request.applicant),
        "renews": opening.renews,
        "renewed_by": renewed_by,
    }
