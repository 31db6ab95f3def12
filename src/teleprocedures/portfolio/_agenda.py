"""What is to be done next, for one case or for a whole portfolio: the soonest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from teleprocedures.cases import Adhesion, Mandate, is_over, mandate_for, mandate_steps
from teleprocedures.core import Case, NextStep
from teleprocedures.deadlines import instant


def next_steps(case: Case, *, at: datetime, mandates: Iterable[Mandate] = ()) -> tuple[NextStep, ...]:
    """Who must do what by when (UTC), under which rule: steps with a time limit first, the soonest at the head.

    `by` is the end of the safe day for limits in days (A3), None where no limit runs. For a request with a service that
    needs one, the `mandates` given are followed too, and an account of the request that has none is to be given one:
    all that comes before the first payment from the account (rule 2.18). A request that is over asks for no mandate.
    Raises `InvalidValueError` for a naive instant.
    """
    at = instant(at)
    steps = list(case.next_steps(at=at))
    if isinstance(case, Adhesion):
        steps += _mandate_steps(case, mandates, at)
    # A stable sort: steps of the same time limit keep the order in which they are to be done.
    return tuple(sorted(steps, key=lambda step: (step.by is None, step.by or at)))


def _mandate_steps(adhesion: Adhesion, mandates: Iterable[Mandate], at: datetime) -> Iterable[NextStep]:
    if is_over(adhesion, at) or not any(service.needs_mandate for service in adhesion.services):
        return
    known = tuple(mandates)
    for account in adhesion.origin.bank_accounts:
        mandate = mandate_for(adhesion, account, known, at=at)
        if mandate is None:
            yield from mandate_steps(None, account, adhesion.rulebook)
        else:
            yield from mandate.next_steps(at=at)
