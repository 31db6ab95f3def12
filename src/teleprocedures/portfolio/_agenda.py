"""What is to be done next, for one case or for many: the soonest first, each with its company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

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
from teleprocedures.portfolio._standing import missing
from teleprocedures.values import BankAccount, Organisation

_Account: TypeAlias = tuple[Organisation, BankAccount]


def next_steps(cases: Case | Iterable[Case], *, at: datetime, mandates: Iterable[Mandate] = ()) -> tuple[NextStep, ...]:
    """Who must do what by when (UTC), under which rule: steps with a time limit first, the soonest at the head.

    `cases` is one case or many, of any number of companies: spaces, requests, mandates, a host's own. `mandates` are
    others that are known. An account of a request with a service that needs a mandate is to be given one, before the
    first payment (2.18). Of many cases, a request that another one renews asks for nothing (A16), nor does a lapsed one
    whose services are all held or awaited since; a request of what another one has already is told so (A18), and an
    active space is advised to ask for what its companies neither hold nor await (2.12). Raises `InvalidValueError` for
    a naive instant.
    """
    at = instant(at)
    known: tuple[Case, ...] = (cases,) if isinstance(cases, Case) else tuple(cases)
    own = tuple(case for case in known if isinstance(case, Mandate))
    every = (*own, *(mandate for mandate in mandates if mandate not in own))
    needing = _needing(known, at)
    steps = [*_of_cases(known, needing, at), *_of_accounts(needing, every, at)]
    # A stable sort: steps of the same time limit keep the order in which they are to be done.
    return tuple(sorted(dict.fromkeys(steps), key=lambda step: (step.by is None, step.by or at)))


def _of_cases(cases: tuple[Case, ...], needing: Mapping[_Account, Adhesion], at: datetime) -> Iterator[NextStep]:
    requests = requests_by_company(cases)
    renewed = {request.origin.renews for every in requests.values() for request in every}
    for case in cases:
        match case:
            case Space() if requests and case.state is SpaceState.ACTIVE:
                yield from _useful(case, requests, at)
            case Mandate() if (case.organisation, case.account) in needing:
                continue  # said once, with the accounts that need one
            case Adhesion():
                others = [it for it in requests[case.organisation] if it is not case and not it.is_over(at)]
                if case.id not in renewed and not (case.is_over(at) and _covered(case, others)):
                    yield from case.next_steps(at=at)
                    yield from _repeated(case, others, at)
            case _:
                yield from case.next_steps(at=at)


def requests_by_company(cases: Iterable[Case]) -> dict[Organisation, tuple[Adhesion, ...]]:
    """The requests among these cases, by the company concerned, the oldest first."""
    found: defaultdict[Organisation, list[Adhesion]] = defaultdict(list)
    for case in cases:
        if isinstance(case, Adhesion):
            found[case.organisation].append(case)
    return {company: oldest_first(requests) for company, requests in found.items()}


def _covered(lapsed: Adhesion, others: list[Adhesion]) -> bool:
    since = {service for other in others for service in other.services}
    return all(service in since for service in lapsed.services)


def _repeated(request: Adhesion, others: list[Adhesion], at: datetime) -> Iterator[NextStep]:
    if request.is_over(at):
        return
    for other in others:
        again = tuple(service for service in request.services if service in other.services)
        earlier = (other.origin.at, other.id) < (request.origin.at, request.id)
        if again and earlier and request.origin.renews != other.id:
            yield NextStep(
                actor=Actor.USER,
                action=Action.KNOW_REPEATED,
                rule=request.rulebook.rule("A18"),
                case_id=request.id,
                organisation=request.organisation,
                services=again,
                other=other.id,
            )


def _useful(space: Space, requests: Mapping[Organisation, tuple[Adhesion, ...]], at: datetime) -> Iterator[NextStep]:
    for company, asked in requests.items():
        if any(request.space_id == space.id for request in asked):
            useful = missing(asked, None, company, at)
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
    found: dict[_Account, Adhesion] = {}
    for company, requests in requests_by_company(cases).items():
        for request in reversed(requests):
            if not request.is_over(at) and any(service.needs_mandate for service in request.services):
                for account in request.accounts:
                    found.setdefault((company, account), request)
    return found


def _of_accounts(needing: Mapping[_Account, Adhesion], mandates: Iterable[Mandate], at: datetime) -> Iterator[NextStep]:
    by_account: defaultdict[_Account, list[Mandate]] = defaultdict(list)
    for mandate in mandates:
        by_account[mandate.organisation, mandate.account].append(mandate)
    for (company, account), request in needing.items():
        found = mandate_for(company, account, by_account[company, account], at=at)
        if found is not None:
            yield from found.next_steps(at=at)
            continue
        yield NextStep(
            actor=Actor.USER,
            action=Action.ISSUE_MANDATE,
            rule=request.rulebook.rule("2.15"),
            case_id=request.id,
            organisation=company,
            account=account,
        )
