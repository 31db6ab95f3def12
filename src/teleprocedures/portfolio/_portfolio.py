"""Many companies at once: what is to be done, at risk, asked for twice, and who can pay by a day that comes.

Every answer is counted from the cases at the instant asked about, because a portfolio keeps no state of its own. It
comes in an order of its own, whatever the order of the cases: two nights can be compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

import attrs

from teleprocedures.cases import Adhesion, Case, Mandate, NextStep, RequestTakenOver, Space, SpaceState, each_once
from teleprocedures.core import TakenOver, oldest_first
from teleprocedures.deadlines import Deadline, civil_day, instant
from teleprocedures.errors import InvalidValueError, check_kinds, show, shows_half_built
from teleprocedures.portfolio._agenda import StepGroup, grouped, place_of, soonest_first, steps_of
from teleprocedures.portfolio._company import Company
from teleprocedures.portfolio._leads import LeadTimes
from teleprocedures.portfolio._model import found_in
from teleprocedures.portfolio._outlook import Outlook, outlook_of
from teleprocedures.portfolio._plan import inquiry_of
from teleprocedures.portfolio._renewals import Renewals, begun_at
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, Catalogue, Rulebook, Service
from teleprocedures.values import FileNumber, Organisation, organisation

Plain: TypeAlias = str | int | bool | date | datetime | None
"""What stands in a cell of a data frame or a sheet."""


@shows_half_built
@attrs.frozen(kw_only=True)
class Repeat:
    """A service that `adhesion` requested again while the request `other` held it or awaited it (A18)."""

    service: Service
    adhesion: Adhesion
    other: Adhesion


def next_steps(cases: Case | Iterable[Case], *, at: datetime, mandates: Iterable[Mandate] = ()) -> tuple[NextStep, ...]:
    """Who must do what by when (UTC), under which rule: steps with a time limit first, the soonest at the head.

    The `cases` are one or many, of any number of companies: spaces, requests, mandates, a host's own. Others that are
    known of these companies may be given as `mandates`. Of two snapshots of one case, the higher version counts.

    An account of a request with a service that needs a mandate is to be given one, before the first payment (2.18).
    Of many cases, a request asks for nothing of what a live one asks for in its place (A16). A lapsed one asks for
    nothing of what the company holds or awaits elsewhere, nor of what its renewal asked for. A request of what another
    one has already is told so, once a service (A18). An active space is advised to ask for what its companies neither
    hold nor await (2.12).

    Raises `InvalidValueError` for a naive instant, for what is no case, and for two cases of one id.
    """
    known = check_kinds((cases,) if isinstance(cases, Case) else cases, Case, what="case")
    companies = {case.organisation for case in known}
    besides = (it for it in check_kinds(mandates, Mandate, what="mandate") if it.organisation in companies)
    return Portfolio((*known, *besides)).next_steps(at=at)


def _latest(cases: Iterable[Case]) -> tuple[Case, ...]:
    return each_once(cases, Case, what="case")


@attrs.define
class _Gathered:
    """What is known of one company while the cases are gone through."""

    adhesions: list[Adhesion] = attrs.field(factory=list)
    mandates: list[Mandate] = attrs.field(factory=list)
    others: list[Case] = attrs.field(factory=list)
    is_about: bool = False


def _by_organisation(portfolio: Portfolio) -> dict[Organisation, Company]:
    found: defaultdict[Organisation, _Gathered] = defaultdict(_Gathered)
    spaces: dict[str, Space] = {}
    follows = any(isinstance(case, Adhesion) for case in portfolio.cases)
    for case in portfolio.cases:
        match case:
            case Adhesion():
                found[case.organisation].adhesions.append(case)
            case Mandate():
                found[case.organisation].mandates.append(case)
            case Space() if follows and case.state is SpaceState.ACTIVE:
                # It speaks for the companies that it follows, and not for whom it belongs to.
                spaces[case.id] = case
            case _:
                found[case.organisation].others.append(case)
    return {
        company: Company(
            organisation=company,
            adhesions=gathered.adhesions,
            mandates=gathered.mandates,
            spaces=[spaces[it] for it in dict.fromkeys(it.space_id for it in gathered.adhesions) if it in spaces],
            others=gathered.others,
        )
        for company, gathered in sorted(found.items(), key=lambda it: place_of(it[0]))
    }


@shows_half_built
@attrs.frozen(repr=False)
class Portfolio:
    """The cases of any number of companies, in any order: spaces, requests, mandates and a host's own kinds.

    Each question costs a pass over the cases at most. Of two snapshots of one case, the higher version counts. Raises
    `InvalidValueError` for what is no case, and for two cases of one id.
    """

    cases: tuple[Case, ...] = attrs.field(converter=_latest)
    _every: dict[Organisation, Company] = attrs.field(
        init=False, eq=False, default=attrs.Factory(_by_organisation, takes_self=True)
    )
    _by_company: dict[Organisation, Company] = attrs.field(init=False, eq=False)

    @_by_company.default  # pyright: ignore[reportAttributeAccessIssue] # attrs gives a field it
    def _concerned(self) -> dict[Organisation, Company]:
        # Whoever owns a space is no company of the portfolio for that.
        return {it: company for it, company in self._every.items() if company.adhesions or company.mandates}

    @property
    def closed(self) -> tuple[Case, ...]:
        """The cases that are followed no more, the oldest first: every answer leaves them out (A21)."""
        return oldest_first(case for case in self.cases if case.is_closed)

    def __repr__(self) -> str:
        return f"Portfolio({len(self.cases)} cases, {len(self._by_company)} companies)"

    @property
    def companies(self) -> Mapping[Organisation, Company]:
        """Every company that a request or a mandate is about, by SIREN and then by file number."""
        return MappingProxyType(self._by_company)

    def company(self, siren: Organisation | str) -> Company:
        """The company of this SIREN or file number; one that no case is about has nothing and lacks everything.

        Raises `InvalidValueError` for what is neither.
        """
        wanted = organisation(siren)
        return self._every.get(wanted) or Company(organisation=wanted)

    def next_steps(self, *, at: datetime, wanted: Iterable[Service | str] | None = None) -> tuple[NextStep, ...]:
        """Who must do what, for all companies, soonest first; about the `wanted` services only, if they are given.

        A renewed request asks for nothing of what its renewal asks for (A16). Steps of one date come by company. Raises
        `InvalidValueError` for a naive instant, and for a service that no catalogue of these companies has.
        """
        at = instant(at)
        services = None if wanted is None else frozenset(self._found(wanted))
        return soonest_first(step for company in self._every.values() for step in steps_of(company, at, services))

    def grouped_steps(
        self, *, at: datetime, by_case: bool = False, wanted: Iterable[Service | str] | None = None
    ) -> tuple[StepGroup, ...]:
        """The next steps by company, or by case; each group with its day, the one with the soonest step first.

        Raises what `next_steps` raises.
        """
        names = {company.organisation: company.name for company in self._every.values()}
        return grouped(self.next_steps(at=at, wanted=wanted), names, by_case=by_case)

    def _found(self, wanted: Iterable[Service | str] | Service | str) -> tuple[Service, ...]:
        """These services, as the catalogue of any of the companies has them."""
        every = {it.code: it for company in self._every.values() for it in company.catalogue.services}
        return found_in(Catalogue((every | dict(CATALOGUE)).values()), wanted)

    def at_risk(self, *, at: datetime, within: timedelta = timedelta(days=15)) -> tuple[NextStep, ...]:
        """The steps whose last usable civil day (in Paris) comes within this time, the day of grace included.

        Where that day is only estimated, the safe day counts, because the code may have ended by then (A3). What may
        have ended already is at risk above all. Raises `InvalidValueError` for a naive instant. Raises
        `InvalidValueError` for a time that is none or leads out of the years 1 to 9999.
        """
        at = instant(at)
        try:
            last = civil_day(at + within)
        except (OverflowError, TypeError):
            last = None
        if last is None:
            raise InvalidValueError("at_risk.not_allowed", value=show(within), at=at)
        limits = {case.id: case.deadline for case in self.cases}
        steps = ((step, limits[step.case_id]) for step in self.next_steps(at=at) if step.closes is not None)
        return tuple(step for step, limit in steps if limit is not None and _ends(limit) <= last)

    def repeats(self, *, at: datetime) -> tuple[Repeat, ...]:
        """The services requested again while held or awaited (A18), with the first request that has each.

        Not where one renews the other, nor once both are held.

        Raises `InvalidValueError` for a naive instant.
        """
        at = instant(at)
        return tuple(
            Repeat(service=service, adhesion=request, other=other)
            for company in self._by_company.values()
            for request, service, other in company.at(at).repeated()
        )

    def outlook(
        self,
        services: Iterable[Service | str] | Service | str,
        *,
        at: datetime,
        pay_by: date | None = None,
        held_by: date | None = None,
        lead_times: LeadTimes | None = None,
        rulebook: Rulebook = EXPERT_2024_04_03,
    ) -> Outlook:
        """Every company in one of five groups before the day by which services are to be paid with or held.

        Each has its day and its plan, on from all that it has at this instant; what is new is asked for under the
        `rulebook`. Raises what `plan` raises. Raises `InvalidValueError` for a naive instant.
        """
        at = instant(at)
        inquiry = inquiry_of(services, pay_by=pay_by, held_by=held_by, lead_times=lead_times, rulebook=rulebook)
        return outlook_of(self._by_company.values(), inquiry, at=at)

    @property
    def wrong_renewals(self) -> tuple[Adhesion, ...]:
        """The requests that name one which they cannot renew, the oldest first: these take the place of nothing (A16).

        It is of another company or another space, was made later, or is the same request.
        """
        return Renewals.of(it for it in self.cases if isinstance(it, Adhesion)).wrong

    def rows(
        self, *, at: datetime, mandates: bool = False, services: Iterable[Service | str] = ()
    ) -> list[dict[str, Plain]]:
        """One plain dict a request, for a data frame, a CSV file or a sheet: texts, booleans, dates and instants (UTC).

        With `mandates`, there is one for each mandate too, and all have the same columns: which `kind` of case it is,
        and the `account` (masked), the `reference` and the day of registration of a mandate. Each of the `services`
        given is a column of its own, by its code. It says where the request stands with it, None where it has it not.

        Days are civil days in Paris. Rows come by company, the oldest first. Raises `InvalidValueError` for a naive
        instant, and for a service that no catalogue of these companies has.
        """
        at = instant(at)
        columns = self._found(services)
        rows: list[dict[str, Plain]] = []
        for company in self._by_company.values():
            # Once for all its requests, which are all looked at for it.
            now, name = company.at(at), company.name
            renewed = {earlier: later for later, earlier in company.renewals.before.items()}
            for request in now.requests:
                row = _row(request, name, at) | {"renewed_by": renewed.get(request.id)}
                if mandates:
                    row |= {"kind": request.kind, "account": None, "reference": None, "registered_on": None}
                standing = now.standing(request)
                rows.append(row | {it.code: str(standing) if it in request.services else None for it in columns})
            known = (it for it in company.mandates if mandates and not it.is_closed and begun_at(it) <= at)
            rows += [_mandate_row(it, name, at) | dict.fromkeys(map(str, columns)) for it in known]
        return rows


def _case_row(case: Adhesion | Mandate, name: str | None, at: datetime) -> dict[str, Plain]:
    over = case.is_over(at)
    running = None if over else case.deadline
    return {
        "case_id": case.id,
        "organisation": case.organisation.number,
        "organisation_kind": "file_number" if isinstance(case.organisation, FileNumber) else "siren",
        "company_name": name,
        "services": " ".join(service.code for service in case.services),
        "stage": str(case.stage),
        "over": over,
        "presumed": over and case.held_elsewhere,
        "requested_on": None if isinstance(case.origin, TakenOver) else civil_day(case.origin.at),
        "letter_of": None,
        "safe_until": None if running is None else civil_day(running.safe_until),
        "last_day": None if running is None else civil_day(running.closes),
        "estimated": running is not None and running.estimated,
        "due_at": case.due_at,
        "applicant": None,
        "renews": None,
        "renewed_by": None,
    }


def _row(request: Adhesion, name: str | None, at: datetime) -> dict[str, Plain]:
    return _case_row(request, name, at) | {
        "letter_of": None if request.activation is None else request.activation.letter,
        **_day_of_old(request),
        "applicant": None if request.applicant is None else str(request.applicant),
        "renews": request.origin.renews,
    }


def _day_of_old(request: Adhesion) -> dict[str, Plain]:
    """The day on which a request was made that was taken over under way, if anybody knows it (A19)."""
    origin = request.origin
    return {"requested_on": origin.requested} if isinstance(origin, RequestTakenOver) else {}


def _mandate_row(mandate: Mandate, name: str | None, at: datetime) -> dict[str, Plain]:
    registered_at = mandate.registered_at
    return _case_row(mandate, name, at) | {
        "kind": mandate.kind,
        "account": str(mandate.account),
        "reference": None if mandate.origin.reference is None else str(mandate.origin.reference),
        "registered_on": None if registered_at is None else civil_day(registered_at),
    }


def _ends(limit: Deadline) -> date:
    """The civil day by which something is lost: the safe one of an estimate, and the last one of what is known (A3)."""
    return civil_day(limit.safe_until if limit.estimated else limit.closes)
