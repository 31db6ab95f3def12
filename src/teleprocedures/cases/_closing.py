"""A company leaves: all that is followed for it is closed at once (A21)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from teleprocedures.cases._case import Case, each_once
from teleprocedures.cases._space import Space
from teleprocedures.core import Decision, Reason, oldest_first
from teleprocedures.values import Organisation
from teleprocedures.values import organisation as to_organisation


def close_company(
    cases: Iterable[Case],
    organisation: Organisation | str,
    reason: Reason | str,
    *,
    at: datetime | date,
    recorded_at: datetime | None = None,
    text: str | None = None,
) -> tuple[Decision[Case], ...]:
    """Close all that a company has among these cases, oldest first: its requests and its mandates, one decision each.

    A space is the user's and not the company's, so it stays as it is. What is closed already stays so too. Of two
    snapshots of one case, the higher version counts (A18).

    Raises `InvalidValueError` for an organisation, a reason or a text that is none, for what is no case, for two cases
    of one id, and for a naive instant. Raises `OutOfOrderError` for instants that contradict what is known. Then
    nothing is closed.
    """
    company = to_organisation(organisation)
    known = each_once(cases, Case, what="case")
    its = (case for case in known if not isinstance(case, Space) and case.organisation == company)
    return tuple(
        case.close(reason, at=at, recorded_at=recorded_at, text=text)
        for case in oldest_first(its)
        if not case.is_closed
    )
