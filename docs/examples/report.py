"""What a night says to people: days and times in Paris, companies by their names, the soonest first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Final, TypeAlias

import attrs
from portfolio import PARIS
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from store import Store

from teleprocedures import Action, Actor, Adhesion, Mandate, MandateState, Rule, next_steps

Cell: TypeAlias = str | Rule | list[str]
Row: TypeAlias = tuple[Cell, ...]
NAMED: Final = 3
"""How many companies are named where there are many, unless all are asked for."""
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
    requests = Counter("renewed" if it.id in portfolio.renewed else str(it.stage) for it in portfolio.requests)
    mandates = Counter(mandate.state for mandate in portfolio.mandates)
    table = Table("stage", title="Where they stand", title_justify="left")
    table.add_column("how many", justify="right")
    for stage, said in STAGES.items():
        table.add_row(f"request {said}", str(requests[stage]))
    table.add_section()
    for state in MandateState:
        table.add_row(f"mandate {state}", str(mandates[state]))
    return table


def lapses(portfolio: Portfolio, store: Store) -> list[Row]:
    """What lapsed on this night: the company, what, when its time limit ended, under which rule."""
    both: list[Adhesion | Mandate] = [*portfolio.requests, *portfolio.mandates]
    by_id = {case.id: case for case in both}
    found = []
    for event in store.events_at(portfolio.at):
        if event.trigger == "lapse" and event.case_id in by_id:
            case = by_id[event.case_id]
            limits = (getattr(past, "deadline", None) for past in store.events(case.id))
            (*_, limit) = (limit for limit in limits if limit is not None)
            rule = next(it.past for it in case.rulebook.limits if it.rule == limit.rule)
            what = f"mandate {case.account}" if isinstance(case, Mandate) else " ".join(map(str, case.services))
            found.append((limit.closes, (portfolio.company(case), what, civil(limit.closes), rule)))
    return [row for _, row in sorted(found, key=lambda it: (it[0], it[1][0]))]


def steps(portfolio: Portfolio) -> tuple[list[Row], list[Row]]:
    """What to do next: what has a time limit, the soonest first, then the rest, by what there is to do.

    The first say by when, who, for which company, what, and the rule; the others who, what, for which companies, and
    the rule.
    """
    mandates = defaultdict(list)
    for mandate in portfolio.mandates:
        mandates[mandate.organisation].append(mandate)
    # Two requests of one company ask for the same mandate once.
    found = {
        (step, portfolio.company(request))
        for request in portfolio.requests
        if request.id not in portfolio.renewed
        for step in next_steps(request, at=portfolio.at, mandates=mandates[request.organisation])
    }
    dated = sorted((it for it in found if it[0].by), key=lambda it: (it[0].by, it[1], it[0].actor, it[0].action))
    others = defaultdict(list)
    for step, company in sorted(found - set(dated), key=lambda it: it[1]):
        others[step.actor, step.action, step.rule].append(company)
    in_order = sorted(others.items(), key=lambda it: list(Action).index(it[0][1]))
    return (
        [
            (civil(step.by or portfolio.at), WHO[step.actor], company, step.action.value, step.rule)
            for step, company in dated
        ],
        [(WHO[actor], action.value, companies, rule) for (actor, action, rule), companies in in_order],
    )


def listed(console: Console, title: str, columns: str, rows: Sequence[Row], shown: int | None = None) -> None:
    """Print a table of these rows, the first `shown` of them, and say how many more there are.

    `columns` are their titles, with commas. A cell that lists companies then names its first ones. A rule is its id,
    and is said in full below.
    """
    if not rows:
        console.print(f"{title}: nothing.\n")
        return
    table = Table(*columns.split(", "), title=f"{title}: {len(rows)}", title_justify="left")
    for row in rows[:shown]:
        table.add_row(*(escape(_cell(cell, shown)) for cell in row))
    console.print(table)
    if shown is not None and len(rows) > shown:
        console.print(f"… and {len(rows) - shown} more: --all shows them.")
    for rule in sorted({cell for row in rows[:shown] for cell in row if isinstance(cell, Rule)}, key=str):
        console.print(f"  [dim]{rule.id}: {escape(rule.title)}[/dim]")
    console.print()


def _cell(cell: Cell, shown: int | None) -> str:
    if isinstance(cell, Rule):
        return cell.id
    if isinstance(cell, str):
        return cell
    few = cell if shown is None else cell[:NAMED]
    more = f", and {len(cell) - len(few)} more" if len(cell) > len(few) else ""
    return f"{len(cell)}: {', '.join(few)}{more}"
