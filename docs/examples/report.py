"""What a night says to people: civil days and times in Paris, companies by their names, the soonest first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Final

import attrs
from portfolio import PARIS
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from store import Store

from teleprocedures import Actor, Adhesion, Deadline, Mandate, NextStep, next_steps

WHO: Final = {
    Actor.USER: "firm",
    Actor.COMPANY: "company",
    Actor.LEGAL_REPRESENTATIVE: "legal representative",
    Actor.BANK: "bank",
}
STAGES: Final = {
    "awaiting_email": "waiting for the company to use its link",
    "awaiting_code": "waiting for the code of the letter",
    "active": "active: the services are held",
    "lapsed": "lapsed: to be requested again",
    "renewed": "lapsed, and requested again since",
}


def civil(at: datetime) -> str:
    """An instant as people in Paris say it; the last instant of a day is that day."""
    here = at.astimezone(PARIS)
    day = f"{here:%a} {here.day} {here:%b %Y}"
    return day if here.time() == time.max else f"{day} {here:%H:%M}"


@attrs.frozen(kw_only=True)
class Portfolio:
    """The cases of a store as of one night, and the companies' names, by SIREN or file number."""

    at: datetime
    names: Mapping[str, str]
    requests: Sequence[Adhesion]
    mandates: Sequence[Mandate]
    renewed: frozenset[str | None]

    @classmethod
    def of(cls, store: Store, at: datetime, names: Mapping[str, str]) -> Portfolio:
        """The portfolio as the store has it."""
        cases = store.cases()
        requests = [case for case in cases if isinstance(case, Adhesion)]
        return cls(
            at=at,
            names=names,
            requests=requests,
            mandates=[case for case in cases if isinstance(case, Mandate)],
            renewed=frozenset(request.origin.renews for request in requests),
        )

    def company(self, case: Adhesion | Mandate) -> str:
        """The name of a case's company, or its number when the file does not name it."""
        return self.names.get(str(case.organisation), str(case.organisation))


def stages(portfolio: Portfolio) -> Table:
    """How many requests, and how many mandates, stand at each stage."""
    renewed = portfolio.renewed
    requests = Counter("renewed" if it.id in renewed else str(it.stage) for it in portfolio.requests)
    mandates = Counter(str(mandate.state) for mandate in portfolio.mandates)
    table = Table("stage", title="Where they stand", title_justify="left")
    table.add_column("how many", justify="right")
    for stage, said in STAGES.items():
        table.add_row(f"request {said}", str(requests[stage]))
    table.add_section()
    for state, count in mandates.items():
        table.add_row(f"mandate {state}", str(count))
    return table


def lapses(portfolio: Portfolio, store: Store) -> list[tuple[str, ...]]:
    """What lapsed on this night: the company, what, when its time limit ended, under which rule."""
    by_id = {case.id: case for case in (*portfolio.requests, *portfolio.mandates)}
    rows = []
    for event in store.events_at(portfolio.at):
        if event.trigger == "lapse" and event.case_id in by_id:
            case = by_id[event.case_id]
            limits = [getattr(past, "deadline", None) for past in store.events(case.id)]
            (*_, limit) = (limit for limit in limits if isinstance(limit, Deadline))
            what = f"mandate {case.account}" if isinstance(case, Mandate) else " ".join(map(str, case.services))
            rule = next(it.past for it in case.rulebook.limits if it.rule == limit.rule)
            rows.append((limit.closes, portfolio.company(case), what, f"{rule.id}: {rule.title}"))
    return [(company, what, civil(closes), rule) for closes, company, what, rule in sorted(rows)]


def steps(portfolio: Portfolio) -> list[tuple[str, ...]]:
    """What to do next: by when, who, for which company, what, under which rule; what has a time limit comes first."""
    mandates = defaultdict(list)
    for mandate in portfolio.mandates:
        mandates[mandate.organisation].append(mandate)
    # Two requests of one company ask for the same mandate once.
    found: set[tuple[NextStep, str]] = {
        (step, portfolio.company(request))
        for request in portfolio.requests
        if request.id not in portfolio.renewed
        for step in next_steps(request, at=portfolio.at, mandates=mandates[request.organisation])
    }
    soonest = sorted(found, key=lambda it: (it[0].by is None, it[0].by or portfolio.at, it[1], it[0].action, it[0].actor))
    return [
        (civil(step.by) if step.by else "", WHO[step.actor], company, step.action.value, f"{step.rule.id}: {step.rule.title}")
        for step, company in soonest
    ]


def listed(
    console: Console,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    shown: int | None = None,
    hint: str = "",
) -> None:
    """Print a table of these rows, the first `shown` of them, and say how many more there are."""
    if not rows:
        console.print(f"{title}: nothing.\n")
        return
    table = Table(*columns, title=f"{title}: {len(rows)}", title_justify="left")
    for row in rows[:shown]:
        table.add_row(*map(escape, row))
    console.print(table)
    if shown is not None and len(rows) > shown:
        console.print(f"… and {len(rows) - shown} more: {hint}")
    console.print()
