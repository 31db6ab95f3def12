"""What a night says to people: days and times in Paris, companies by their names, the soonest first.

What is computed is a `Night`, of plain values; how it is told, in which words and with which signs, begins at `tell`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Final, TypeAlias

import attrs
from portfolio import PARIS, Wrong
from printable import printable
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rows import BadRow, BadRowError
from store import Store

from teleprocedures import Action, Actor, Adhesion, Deadline, Mandate, MandateState, NextStep, Rule, next_steps

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
    """The cases of a store as of one night, its bad rows, and the companies' names, by SIREN or file number."""

    at: datetime
    names: Mapping[str, str]
    requests: Sequence[Adhesion]
    mandates: Sequence[Mandate]
    renewed: frozenset[str | None]
    rejected: Sequence[BadRow]

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
            rejected=cases.rejected,
        )

    def company(self, case: Adhesion | Mandate) -> str:
        """The name of a case's company, or its number when the file does not name it."""
        return self.names.get(str(case.organisation), str(case.organisation))


@attrs.frozen(kw_only=True)
class Lapsed:
    """A request or a mandate that lapsed this night, the time limit that ended, and its rule; None if unreadable."""

    case: Adhesion | Mandate
    limit: Deadline | None
    rule: Rule | None


@attrs.frozen(kw_only=True)
class Steps:
    """What to do next: what has a time limit, the soonest first, with its company; the rest, with all the companies."""

    dated: Sequence[tuple[NextStep, str]]
    others: Sequence[tuple[NextStep, Sequence[str]]]


@attrs.frozen(kw_only=True)
class Night:
    """What one night came to; `recorded` and `decided` count this job's decisions, `by_others` the events of others."""

    at: datetime
    file: str
    requests: int
    portfolio: Portfolio
    lapsed: Sequence[Lapsed]
    steps: Steps
    wrong: Sequence[Wrong]
    reminders: int
    to_come: int
    recorded: int
    decided: int
    by_others: int
    left: int
    ahead: datetime | None
    is_well: bool


def lapses(portfolio: Portfolio, store: Store) -> list[Lapsed]:
    """What lapsed on this night, the time limit that ended first before the others."""
    both: list[Adhesion | Mandate] = [*portfolio.requests, *portfolio.mandates]
    by_id = {case.id: case for case in both}
    found = []
    for event in store.events_at(portfolio.at):
        if event.trigger == "lapse" and event.case_id in by_id:
            case = by_id[event.case_id]
            try:
                limits = [getattr(past, "deadline", None) for past in store.events(case.id)]
            except BadRowError:
                limits = []
            limit = next((limit for limit in reversed(limits) if limit is not None), None)
            rule = next((it.past for it in case.rulebook.limits if limit and it.rule == limit.rule), None)
            found.append(Lapsed(case=case, limit=limit, rule=rule))
    ends = {it.case.id: it.limit.closes if it.limit else portfolio.at for it in found}
    return sorted(found, key=lambda it: (ends[it.case.id], portfolio.company(it.case)))


def steps(portfolio: Portfolio) -> Steps:
    """What to do next; two requests of one company ask for the same mandate once."""
    mandates = defaultdict(list)
    for mandate in portfolio.mandates:
        mandates[mandate.organisation].append(mandate)
    found = {
        (step, portfolio.company(request))
        for request in portfolio.requests
        if request.id not in portfolio.renewed
        for step in next_steps(request, at=portfolio.at, mandates=mandates[request.organisation])
    }
    dated = sorted((it for it in found if it[0].by), key=lambda it: (it[0].by, it[1], it[0].actor, it[0].action))
    others: dict[tuple[Actor, Action, Rule], tuple[NextStep, list[str]]] = {}
    for step, company in sorted(found - set(dated), key=lambda it: it[1]):
        others.setdefault((step.actor, step.action, step.rule), (step, []))[1].append(company)
    return Steps(dated=dated, others=sorted(others.values(), key=lambda it: list(Action).index(it[0].action)))


# --- Telling ----------------------------------------------------------------------------------------------------------


def tell(console: Console, night: Night, shown: int | None) -> None:
    """Print a night, the first `shown` of the things to do, or all of them."""
    portfolio = night.portfolio
    console.print(
        f"\n[bold]The night of {civil(night.at)}[/bold] (Paris time): "
        f"{night.requests} requests of {escape(printable(night.file))}\n"
    )
    console.print(stages(portfolio), "")
    lapsed: list[Row] = [
        (portfolio.company(it.case), what_lapsed(it.case), civil(it.limit.closes) if it.limit else "?", it.rule or "?")
        for it in night.lapsed
    ]
    dated: list[Row] = [
        (civil(step.by or night.at), WHO[step.actor], company, step.action.value, step.rule)
        for step, company in night.steps.dated
    ]
    others: list[Row] = [
        (WHO[step.actor], step.action.value, list(companies), step.rule) for step, companies in night.steps.others
    ]
    listed(console, "Lapsed this night", "company, what, time limit ended, rule", lapsed)
    listed(console, "To do before a time limit", "by, who, company, what, rule", dated, shown)
    listed(console, "To do without a time limit", "who, what, companies, rule", others, shown)
    listed(
        console,
        "Wrong, and left out",
        "line, column, reason",
        [(str(it.line or ""), it.column, it.reason) for it in night.wrong],
    )
    console.print(f"Reminders in the outbox, for the sender: {night.reminders}.")
    if night.to_come:
        console.print(f"Dates of the file that are later than this night, and wait for theirs: {night.to_come}.")
    if night.ahead:
        console.print(
            f"The clock was set back, or another's is ahead: the database has seen {civil(night.ahead)} already. "
            "What changed after this night waits for a later one."
        )
    if night.left:
        console.print(f"Due, and left to others who are at it or to the next night: {night.left}.")
    if night.by_others:
        console.print(f"Recorded by others meanwhile: {night.by_others} events.")
    if night.recorded or night.decided:
        console.print(f"Recorded now: {night.recorded} decisions on what happened, {night.decided} of the clock.")
    elif night.by_others:
        console.print("Nothing was left to do here: others did it.")
    else:
        console.print("Nothing has changed: this night was done already.")


def what_lapsed(case: Adhesion | Mandate) -> str:
    """The account of a mandate, or the services of a request."""
    return f"mandate {case.account}" if isinstance(case, Mandate) else " ".join(map(str, case.services))


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
        table.add_row(*(escape(printable(_cell(cell, shown))) for cell in row))
    console.print(table)
    if shown is not None and len(rows) > shown:
        console.print(f"… and {len(rows) - shown} more: --all shows them.")
    for rule in sorted({cell for row in rows[:shown] for cell in row if isinstance(cell, Rule)}, key=str):
        console.print(f"  [dim]{escape(printable(f'{rule.id}: {rule.title}'))}[/dim]")
    console.print()


def _cell(cell: Cell, shown: int | None) -> str:
    if isinstance(cell, Rule):
        return cell.id
    if isinstance(cell, str):
        return cell
    few = cell if shown is None else cell[:NAMED]
    more = f", and {len(cell) - len(few)} more" if len(cell) > len(few) else ""
    return f"{len(cell)}: {', '.join(few)}{more}"
