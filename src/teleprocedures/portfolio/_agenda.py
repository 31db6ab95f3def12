"""What is to be done next for a company: the soonest first, one step each.

How. The table of a case says what it needs, as if it were alone. Among all that a company has, that is too much or too
little. This module goes through the company in the order of the model and asks it what only the others can tell.

- A request leaves out the services that others ask for in its place (A16). One that is over leaves out what the company
  has elsewhere too. A request of which nothing is left asks for nothing.
- A request that asks for what another one has is told so, in one step for each of the others (A18).
- A space tells what the company neither holds nor awaits (2.12). A space alone says that services can be requested,
  since nothing is known of its companies.
- An account needs one mandate, however many requests declare it (A8). So the account is asked about and not the
  request. The mandate that it goes by says what to do. Where it has none, or a lapsed one, another is to be issued from
  a request that the verb accepts (2.15). Where no request could have it issued, nobody is told to.

The order is by the date to show, without a date last. Steps of one date come by company, then in the order of the
model. So the order of what was given changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

import attrs

from teleprocedures.cases import Action, Actor, Adhesion, Mandate, NextStep
from teleprocedures.core import NEVER
from teleprocedures.deadlines import civil_day
from teleprocedures.errors import shows_half_built
from teleprocedures.portfolio._model import Record, Situation
from teleprocedures.portfolio._renewals import begun_at
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount, FileNumber, Organisation

_CHOSEN: Final = frozenset((Action.REQUEST_SERVICES, Action.RENEW_ADHESION, Action.KNOW_REPEATED))
"""What can be done for some of its services only (A16); a code or a link is used for all of them or for none (A4)."""


@shows_half_built
@attrs.frozen(kw_only=True)
class StepGroup:
    """The next steps of one company, or of one case of it, the soonest first.

    The `day` is the civil day in Paris to show for them all, which is the soonest; it is None where no time limit runs.
    The `case_id` is None in a group of a whole company.
    """

    organisation: Organisation | None
    company_name: str | None
    case_id: str | None
    day: date | None
    steps: tuple[NextStep, ...]


def steps_of(record: Record, at: datetime, wanted: frozenset[Service] | None = None) -> tuple[NextStep, ...]:
    """Who must do what for a company at an instant (UTC), soonest first; for these services only, if any are given."""
    now = record.at(at)
    every = (*_of_requests(now), *_of_accounts(now), *_of_spaces(now), *_of_others(record, at))
    return soonest_first(every if wanted is None else _about(every, wanted))


def soonest_first(steps: Iterable[NextStep]) -> tuple[NextStep, ...]:
    """The steps, each once, by the date to show; those of one date by company, and else as they come."""
    return tuple(sorted(dict.fromkeys(steps), key=lambda it: (it.by or NEVER, place_of(it.organisation))))


def place_of(organisation: Organisation | None) -> tuple[int, str]:
    """Where a company stands among others: SIRENs first, then file numbers, each in their own order."""
    if organisation is None:
        return 2, ""
    return int(isinstance(organisation, FileNumber)), organisation.number


def grouped(
    steps: Iterable[NextStep], names: dict[Organisation, str | None], *, by_case: bool
) -> tuple[StepGroup, ...]:
    """These steps, which come soonest first, by case or by company; the group with the soonest step first."""
    found: defaultdict[tuple[Organisation | None, str | None], list[NextStep]] = defaultdict(list)
    for step in steps:
        found[step.organisation, step.case_id if by_case else None].append(step)
    return tuple(
        StepGroup(
            organisation=organisation,
            company_name=None if organisation is None else names.get(organisation),
            case_id=case_id,
            day=None if of_it[0].by is None else civil_day(of_it[0].by),
            steps=tuple(of_it),
        )
        for (organisation, case_id), of_it in found.items()
    )


def _about(steps: Iterable[NextStep], wanted: frozenset[Service]) -> Iterator[NextStep]:
    by_mandate = any(service.needs_mandate for service in wanted)
    for step in steps:
        left = tuple(service for service in step.services if service in wanted)
        if step.account is not None:
            if by_mandate:
                yield step
        elif not step.services:
            yield step
        elif left:
            yield attrs.evolve(step, services=left) if step.action in _CHOSEN else step


def _of_requests(now: Situation) -> Iterator[NextStep]:
    repeats: defaultdict[str, dict[str, list[Service]]] = defaultdict(dict)
    for request, service, other in now.repeated():
        repeats[request.id].setdefault(other.id, []).append(service)
    for request in now.requests:
        left = now.left(request)
        if left:
            for step in request.next_steps(at=now.at):
                yield step if left == step.services else attrs.evolve(step, services=left)
        for other_id, services in repeats[request.id].items():
            yield NextStep(
                actor=Actor.USER,
                action=Action.KNOW_REPEATED,
                rule=request.rulebook.rule("A18"),
                case_id=request.id,
                organisation=request.organisation,
                services=tuple(services),
                other=other_id,
            )


def _of_accounts(now: Situation) -> Iterator[NextStep]:
    for account in sorted({*now.issuing, *now.mandates}, key=lambda it: it.iban):
        mandate, request = now.mandates.get(account), now.issuing.get(account)
        if mandate is not None and not mandate.is_over(now.at):
            yield from mandate.next_steps(at=now.at)
        elif request is not None:
            yield _issue(mandate, request, account)
        elif mandate is not None and not (now.record.adhesions or now.record.spaces):
            # Nothing is known of spaces and requests: the mandate says itself what follows.
            yield from mandate.next_steps(at=now.at)


def _issue(mandate: Mandate | None, request: Adhesion, account: BankAccount) -> NextStep:
    action, rule = (Action.ISSUE_MANDATE, "2.15") if mandate is None else (Action.ISSUE_MANDATE_AGAIN, "F1")
    return NextStep(
        actor=Actor.USER,
        action=action,
        rule=request.rulebook.rule(rule),
        case_id=request.id,
        organisation=request.organisation,
        account=account,
        # A mandate's lapse is the bank's to know (A15).
        presumed=action == Action.ISSUE_MANDATE_AGAIN,
    )


def _of_spaces(now: Situation) -> Iterator[NextStep]:
    """What each space that follows the company is advised to request for it (2.12)."""
    useful = now.missing()
    for space in now.spaces if useful else ():
        yield NextStep(
            actor=Actor.USER,
            action=Action.REQUEST_SERVICES,
            rule=space.rulebook.rule("2.12"),
            case_id=space.id,
            organisation=now.record.organisation,
            services=useful,
        )


def _of_others(record: Record, at: datetime) -> Iterator[NextStep]:
    for case in record.others:
        if begun_at(case) <= at:
            yield from case.next_steps(at=at)
