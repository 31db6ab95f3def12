"""What a night says to people: days and times in Paris, companies by their names, the soonest first.

What is computed is a `Night`, of plain values; how it is told, in which words and with which signs, begins at `tell`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Final, TypeAlias

import attrs
from portfolio import PARIS, Wrong
from printable import printable
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rows import BadRow
from store import Store

from teleprocedures import (
    Action,
    Actor,
    Adhesion,
    Lapse,
    Mandate,
    MandateState,
    NextStep,
    Organisation,
    Rule,
    next_steps,
)
from teleprocedures.errors import ENGLISH, ENGLISH_LANGUAGE, named

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
TOGETHER: Final = {
    Action.ISSUE_MANDATE: "issue a mandate, and print it",
    Action.SIGN_MANDATE: "sign the printed mandate",
    Action.SEND_MANDATE: "send the signed mandate to the bank that holds the account",
    Action.REGISTER_MANDATE: "register the mandate",
    Action.CHECK_MANDATE: "check that the bank has registered the mandate",
    Action.ISSUE_MANDATE_AGAIN: "issue a new mandate",
}
"""What there is to do for the accounts of several companies."""
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
class Firm:
    """The cases of a firm as of one night, the bad rows of its store, and the names of companies by number."""

    at: datetime
    names: Mapping[str, str]
    requests: Sequence[Adhesion]
    mandates: Sequence[Mandate]
    renewed: frozenset[str | None]
    rejected: Sequence[BadRow]

    @classmethod
    def of(cls, store: Store, at: datetime, names: Mapping[str, str]) -> Firm:
        """The firm's cases as the store has them."""
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

    def company(self, organisation: Organisation) -> str:
        """The name of a company, or its number when the file does not name it."""
        return self.names.get(str(organisation), str(organisation))


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
    firm: Firm
    lapsed: Sequence[Adhesion | Mandate]
    steps: Steps
    wrong: Sequence[Wrong]
    messages: int
    to_come: int
    recorded: int
    decided: int
    by_others: int
    left: int
    ahead: datetime | None
    is_well: bool


def lapses(firm: Firm, store: Store) -> list[Adhesion | Mandate]:
    """What lapsed on this night and has not come back since, the time limit that ended first before the others."""
    lapsed = {event.case_id for event in store.recorded_at(firm.at) if isinstance(event, Lapse)}
    both: list[Adhesion | Mandate] = [*firm.requests, *firm.mandates]
    found = [case for case in both if case.id in lapsed and case.has_lapsed]
    return sorted(found, key=lambda case: (closed(case), firm.company(case.organisation)))


def closed(case: Adhesion | Mandate) -> datetime:
    """When the time limit of what has lapsed ended."""
    assert case.time_limit is not None, "what has lapsed had a time limit"
    return case.time_limit.closes


def steps(firm: Firm) -> Steps:
    """What to do next; a request that was renewed asks for nothing."""
    found = [
        (step, firm.company(step.organisation)) for step in next_steps([*firm.requests, *firm.mandates], at=firm.at)
    ]
    dated = [it for it in found if it[0].by is not None]
    others: dict[tuple[str, str, Rule], tuple[NextStep, list[str]]] = {}
    for step, company in sorted((it for it in found if it[0].by is None), key=lambda it: it[1]):
        others.setdefault((step.actor, step.action, step.rule), (step, []))[1].append(company)
    order = {action: place for place, action in enumerate(Action)}
    return Steps(
        dated=sorted(dated, key=lambda it: (it[0].by, it[1], it[0].actor, it[0].action)),
        others=sorted(others.values(), key=lambda it: order.get(it[0].action, len(order))),
    )


# --- Telling ----------------------------------------------------------------------------------------------------------


def tell(console: Console, night: Night, shown: int | None) -> None:
    """Print a night, the first `shown` of the things to do, or all of them."""
    firm = night.firm
    console.print(
        f"\n[bold]The night of {civil(night.at)}[/bold] (Paris time): "
        f"{night.requests} requests of {escape(printable(night.file))}\n"
    )
    console.print(stages(firm), "")
    lapsed: list[Row] = [
        (
            firm.company(case.organisation),
            what_lapsed(case),
            civil(closed(case)),
            "presumed" if case.is_presumed else "final",
            case.rulebook.rule(case.limit.past),
        )
        for case in night.lapsed
    ]
    dated: list[Row] = [
        (f"{civil(step.by)}{' (estimated)' if step.estimated else ''}", WHO[step.actor], company, what(step), step.rule)
        for step, company in night.steps.dated
        if step.by is not None
    ]
    others: list[Row] = [
        (WHO[step.actor], TOGETHER.get(step.action) or what(step), list(companies), step.rule)
        for step, companies in night.steps.others
    ]
    listed(console, "Lapsed this night", "company, what, time limit ended, how sure, rule", lapsed)
    listed(console, "To do before a time limit", "by, who, company, what, rule", dated, shown)
    listed(console, "To do without a time limit", "who, what, companies, rule", others, shown)
    listed(
        console,
        "Wrong, and left out",
        "line, column, reason",
        [(str(it.line or ""), it.column, it.reason) for it in night.wrong],
    )
    console.print(f"Messages in the outbox, for the sender: {night.messages}.")
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


def what(step: NextStep) -> str:
    """What there is to do, in words."""
    facts = {"services": [service.code for service in step.services], "account": step.account, "other": step.other}
    return named(ENGLISH_LANGUAGE, ENGLISH, "action", step.action, facts)


def what_lapsed(case: Adhesion | Mandate) -> str:
    """The account of a mandate, or the services of a request."""
    return f"mandate {case.account}" if isinstance(case, Mandate) else " ".join(map(str, case.services))


def stages(firm: Firm) -> Table:
    """How many requests, and how many mandates, stand at each stage."""
    requests = Counter("renewed" if it.id in firm.renewed else str(it.stage) for it in firm.requests)
    mandates = Counter(mandate.state for mandate in firm.mandates)
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
