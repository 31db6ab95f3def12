"""What is to be done next, for one case or for many: the soonest first, each with its company.

How. The table of a case says what it needs, as if it were alone. Among many cases that is too much or too little, and
this module knows what only the others can tell. It goes through the cases in the order in which they are given.

- A request leaves out the services that a live request asks for in its place (A16). One that is over asks for nothing
  once it was renewed, or once all its services are asked for elsewhere. So nobody is told to renew what was renewed.
- A request that asks for what another one has is told so, in one step for each of the others (A18).
- A space tells for its companies what they neither hold nor await (2.12). A space alone says that services can be
  requested, since nothing is known of its companies.
- An account needs one mandate, however many requests declare it (A8). So the account is asked about and not the
  request: its mandate says what to do, and where it has none, one is to be issued (2.15). A mandate of such an account
  says nothing at its own place.

Two cases may have the same thing to do, and it stands once. The order is by the date to show, without a date last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

import attrs

from teleprocedures.cases import (
    Action,
    Actor,
    Adhesion,
    Case,
    Mandate,
    NextStep,
    Space,
    SpaceState,
    mandate_for,
)
from teleprocedures.core import oldest_first
from teleprocedures.deadlines import instant
from teleprocedures.errors import check_kinds
from teleprocedures.portfolio._renewals import Renewals, repeated
from teleprocedures.portfolio._standing import missing
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount, Organisation

_Account: TypeAlias = tuple[Organisation, BankAccount]


def next_steps(cases: Case | Iterable[Case], *, at: datetime, mandates: Iterable[Mandate] = ()) -> tuple[NextStep, ...]:
    """Who must do what by when (UTC), under which rule: steps with a time limit first, the soonest at the head.

    The `cases` are one or many, of any number of companies: spaces, requests, mandates, a host's own. Others that are
    known may be given as `mandates`. Of two snapshots of one case, the higher version counts.

    An account of a request with a service that needs a mandate is to be given one, before the first payment (2.18).
    Of many cases, a request asks for nothing of what a live one asks for in its place (A16). A lapsed one asks for
    nothing once it was renewed, or once its services are all held or awaited. A request of what another one has already
    is told so, once a service (A18). An active space is advised to ask for what its companies neither hold nor await
    (2.12).

    Raises `InvalidValueError` for a naive instant.
    """
    at = instant(at)
    known = (cases,) if isinstance(cases, Case) else latest(check_kinds(cases, Case, what="case"))
    others = check_kinds(mandates, Mandate, what="mandate")
    every = [case for case in latest((*known, *others)) if isinstance(case, Mandate)]
    needing = _needing(known, at)
    steps = [*_of_cases(known, needing, at), *_of_accounts(needing, every, at)]
    # A stable sort: steps of the same time limit keep the order in which they are to be done.
    return tuple(sorted(dict.fromkeys(steps), key=lambda step: (step.by is None, step.by or at)))


def _of_cases(cases: tuple[Case, ...], needing: Mapping[_Account, Adhesion], at: datetime) -> Iterator[NextStep]:
    by_company = requests_by_company(cases)
    renewals = Renewals.of(request for requests in by_company.values() for request in requests)
    of_requests: dict[str, list[NextStep]] = {}
    companies_of: defaultdict[str, dict[Organisation, None]] = defaultdict(dict)
    for company, requests in by_company.items():
        of_requests |= _of_requests(requests, renewals, at)
        for request in requests:
            companies_of[request.space_id].setdefault(company)
    for case in cases:
        match case:
            case Space() if by_company and case.state is SpaceState.ACTIVE:
                yield from _useful(case, {company: by_company[company] for company in companies_of[case.id]}, at)
            case Mandate() if (case.organisation, case.account) in needing:
                continue  # said once, with the accounts that need one
            case Adhesion():
                yield from of_requests[case.id]
            case _:
                yield from case.next_steps(at=at)


def latest(cases: Iterable[Case]) -> tuple[Case, ...]:
    """The cases, each once; of two snapshots of one case, the one of the higher version is the case (A18)."""
    by_id: dict[str, Case] = {}
    for case in cases:
        known = by_id.setdefault(case.id, case)
        if case.version > known.version:
            by_id[case.id] = case
    return tuple(by_id.values())


def requests_by_company(cases: Iterable[Case]) -> dict[Organisation, tuple[Adhesion, ...]]:
    """The requests among these cases, by the company concerned, the oldest first."""
    by_company: defaultdict[Organisation, list[Adhesion]] = defaultdict(list)
    for case in cases:
        if isinstance(case, Adhesion):
            by_company[case.organisation].append(case)
    return {company: oldest_first(requests) for company, requests in by_company.items()}


def _of_requests(requests: tuple[Adhesion, ...], renewals: Renewals, at: datetime) -> dict[str, list[NextStep]]:
    """What each request of one company asks for, by its id, and what it repeats.

    A request asks for nothing of what a live one asks for in its place. One that is over asks for nothing once it was
    renewed, or once all of its services are asked for elsewhere.
    """
    again, renewed = renewals.asked_again(requests, at), set(renewals.before.values())
    live = {service for request in requests if not request.is_over(at) for service in request.services}
    steps: dict[str, list[NextStep]] = {}
    for request in requests:
        silent = live if request.is_over(at) else again.get(request.id, frozenset())
        left = tuple(service for service in request.services if service not in silent)
        asks = left and not (request.is_over(at) and request.id in renewed)
        own = request.next_steps(at=at) if asks else ()
        # What is over is renewed whole: its step names every service, of which some may be asked for elsewhere.
        some = not request.is_over(at) and left != request.services
        steps[request.id] = [attrs.evolve(step, services=left) if some else step for step in own]
    named: defaultdict[tuple[str, str], list[Service]] = defaultdict(list)
    pairs: dict[tuple[str, str], Adhesion] = {}
    for request, service, other in repeated(requests, again, at):
        pairs[request.id, other.id] = request
        named[request.id, other.id].append(service)
    for (id, other_id), services in named.items():
        request = pairs[id, other_id]
        steps[id].append(
            NextStep(
                actor=Actor.USER,
                action=Action.KNOW_REPEATED,
                rule=request.rulebook.rule("A18"),
                case_id=id,
                organisation=request.organisation,
                services=tuple(services),
                other=other_id,
            )
        )
    return steps


def _useful(space: Space, requests: Mapping[Organisation, tuple[Adhesion, ...]], at: datetime) -> Iterator[NextStep]:
    """What a space is advised to request for the companies that it has requested something for (2.12)."""
    for company, of_company in requests.items():
        useful = missing(of_company, None, company, at)
        if useful:
            yield NextStep(
                actor=Actor.USER,
                action=Action.REQUEST_SERVICES,
                rule=space.rulebook.rule("2.12"),
                case_id=space.id,
                organisation=company,
                services=useful,
            )


def _needing(cases: tuple[Case, ...], at: datetime) -> dict[_Account, Adhesion]:
    """The accounts that need a mandate, each with the latest live request that declares it (2.14)."""
    needing: dict[_Account, Adhesion] = {}
    for company, requests in requests_by_company(cases).items():
        # The latest first: an account is counted for the first request that is met.
        for request in reversed(requests):
            if not request.is_over(at) and any(service.needs_mandate for service in request.services):
                for account in request.accounts:
                    needing.setdefault((company, account), request)
    return needing


def _of_accounts(needing: Mapping[_Account, Adhesion], mandates: Iterable[Mandate], at: datetime) -> Iterator[NextStep]:
    by_account: defaultdict[_Account, list[Mandate]] = defaultdict(list)
    for it in mandates:
        by_account[it.organisation, it.account].append(it)
    for (company, account), request in needing.items():
        mandate = mandate_for(company, account, by_account[company, account], at=at)
        if mandate is not None:
            yield from mandate.next_steps(at=at)
            continue
        yield NextStep(
            actor=Actor.USER,
            action=Action.ISSUE_MANDATE,
            rule=request.rulebook.rule("2.15"),
            case_id=request.id,
            organisation=company,
            account=account,
        )
