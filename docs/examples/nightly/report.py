"""What a night says to people, in French or in English: what matters first, and two screens of it unless all is asked.

What is computed is a `Night`, of plain values; how it is told, in which words and with which signs, begins at `told`.
The words are in `words.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Final, TypeAlias

import attrs
from coming import Coming, Owed
from portfolio import PARIS, Wrong
from printable import printable
from rich.box import MINIMAL
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rows import BadRow
from words import explained, rules_of, said

from teleprocedures import (
    EXPERT_2024_04_03,
    Action,
    ActivationState,
    Adhesion,
    AdhesionState,
    Case,
    Event,
    Lapse,
    LeadTimes,
    Mandate,
    MandateState,
    NextStep,
    Organisation,
    Portfolio,
    Rule,
    Siren,
)
from teleprocedures.rulebook import RULES
from teleprocedures.wording import Wording

Case_: TypeAlias = Adhesion | Mandate
Row: TypeAlias = tuple[str | Rule | tuple[Rule, ...], ...]
AHEAD: Final = timedelta(days=15)
"""How soon what is at risk ends."""
SHOWN: Final = 5
"""How many rows of a table are shown, unless all are asked for."""
NAMED: Final = 2
"""How many companies are named where there are many, unless all are asked for."""
CODE: Final = frozenset({Action.ASK_FOR_CODE, Action.PASS_CODE_ON, Action.ENTER_LETTER_CODE})
"""What a third party's code of a letter takes: said together, because most of what is at risk is that."""
# A console breaks its lines at no-break spaces too: letters of nobody's stand for them until it has.
NO_BREAK: Final = {0xA0: "\ue000", 0x202F: "\ue001"}
BACK: Final = {ord(letter): chr(space) for space, letter in NO_BREAK.items()}


@attrs.frozen(kw_only=True)
class Firm:
    """The cases of a firm as of one night, and the names of companies by number."""

    at: datetime
    names: Mapping[str, str]
    portfolio: Portfolio
    requests: Sequence[Adhesion]
    mandates: Sequence[Mandate]
    shared: Counter[str] = attrs.field(
        init=False, default=attrs.Factory(lambda firm: Counter(firm.names.values()), takes_self=True)
    )

    @classmethod
    def of(cls, cases: Iterable[Case], at: datetime, names: Mapping[str, str]) -> Firm:
        """The firm of these cases."""
        cases = list(cases)
        requests = [case for case in cases if isinstance(case, Adhesion)]
        mandates = [case for case in cases if isinstance(case, Mandate)]
        # Without its space: what each company could ask for besides is what tax dates are asked about.
        portfolio = Portfolio([*requests, *mandates])
        return cls(at=at, names=names, portfolio=portfolio, requests=requests, mandates=mandates)

    def company(self, organisation: Organisation | None) -> str:
        """The name of a company, with its number where another has the same; or its number alone, if it has no name."""
        number = organisation.grouped if isinstance(organisation, Siren) else str(organisation)
        name = self.names.get(str(organisation))
        if name is None:
            return number
        return f"{name} ({number})" if self.shared[name] > 1 else name


@attrs.frozen(kw_only=True)
class Task:
    """What a case asks for by one day or hour: steps of one company, all with the same time limit."""

    company: str
    steps: Sequence[NextStep]

    @property
    def is_last_day(self) -> bool:
        """Whether the day shown is the last one, the safe day being over."""
        first = self.steps[0]
        return first.by == first.closes and first.by is not None and first.by.astimezone(PARIS).time() == time.max


@attrs.frozen(kw_only=True)
class Besides:
    """What presses nobody: one step, and all the companies that it is asked of."""

    step: NextStep
    companies: Sequence[str]


@attrs.frozen(kw_only=True)
class ToDo:
    """What is to be done next: what is at risk until a day, what can wait, and what ends later; the soonest first."""

    until: datetime
    at_risk: Sequence[Task]
    besides: Sequence[Besides]
    later: Sequence[Task]


@attrs.frozen(kw_only=True)
class Night:
    """What one night came to; `recorded` and `decided` count this job's decisions, `by_others` the events of others."""

    at: datetime
    file: str
    requests: int
    firm: Firm
    lapsed: Sequence[Case_]
    to_do: ToDo
    coming: Sequence[Coming]
    leads: LeadTimes
    wrong: Sequence[Wrong]
    messages: int
    to_come: int
    recorded: int
    decided: int
    by_others: int
    left: int
    ahead: datetime | None
    is_well: bool


def lapses(firm: Firm, events: Iterable[Event]) -> list[Case_]:
    """What lapsed by the events of this night and has not come back since, the time limit that ended last first."""
    lapsed = {event.case_id for event in events if isinstance(event, Lapse)}
    both: list[Case_] = [*firm.requests, *firm.mandates]
    found = [case for case in both if case.id in lapsed and case.has_lapsed]
    found.sort(key=lambda case: firm.company(case.organisation))
    return sorted(found, key=closed, reverse=True)


def closed(case: Case_) -> datetime:
    """When the time limit of what has lapsed ended."""
    assert case.time_limit is not None, "what has lapsed had a time limit"
    return case.time_limit.closes


def to_do(firm: Firm) -> ToDo:
    """What is to be done next; a request that was renewed asks for nothing."""
    at, until = firm.at, firm.at + AHEAD
    steps = firm.portfolio.next_steps(at=at)
    # An estimated time limit may be the shortest that it can be: it is at risk as soon as that one is.
    early = {it.id for it in firm.requests if it.deadline and it.deadline.estimated and it.deadline.safe_until <= until}
    at_risk = set(firm.portfolio.at_risk(at=at, within=AHEAD))
    risks: list[NextStep] = []
    besides: list[NextStep] = []
    later: list[NextStep] = []
    for step in steps:
        if step in at_risk or (step.by and step.case_id in early):
            risks.append(step)
        # A letter that should have come is looked for now, however far its code is from its end.
        elif step.by is None or step.by <= until:
            besides.append(step)
        else:
            later.append(step)
    return ToDo(until=until, at_risk=tasks(firm, risks), besides=together(firm, besides), later=tasks(firm, later))


def tasks(firm: Firm, steps: Iterable[NextStep]) -> list[Task]:
    """The steps of each case, the soonest first, then by company."""

    def place(step: NextStep) -> tuple[datetime, str, str]:
        assert step.by is not None, "what has a time limit has a day"
        return step.by, firm.company(step.organisation), step.case_id

    groups = groupby(sorted(steps, key=place), key=place)
    return [Task(company=company, steps=list(found)) for (_, company, _), found in groups]


def together(firm: Firm, steps: Iterable[NextStep]) -> list[Besides]:
    """The same steps of several companies as one, in the order in which things are done."""
    found: dict[tuple[str, str, Rule], tuple[NextStep, dict[Organisation | None, str]]] = {}
    for step in steps:
        companies = found.setdefault((step.actor, step.action, step.rule), (step, {}))[1]
        companies[step.organisation] = firm.company(step.organisation)
    order: dict[str, int] = {action: place for place, action in enumerate(Action)}
    several = sorted(found.values(), key=lambda it: order.get(it[0].action, len(order)))
    return [Besides(step=step, companies=sorted(companies.values())) for step, companies in several]


# --- Telling ----------------------------------------------------------------------------------------------------------


def told(console: Console, night: Night, wording: Wording, *, everything: bool) -> str:
    """A night as this console would print it: what matters, or all of it."""
    page = Page(console, wording, everything=everything, year=night.at.astimezone(PARIS).year)
    with console.capture() as captured:
        page.line("night.title", "bold", at=night.at, requests=night.requests, file=night.file)
        page.blank()
        tell_lapses(page, night)
        tell_risks(page, night.to_do)
        tell_coming(page, night)
        tell_standing(page, night.firm)
        tell_besides(page, night.to_do)
        tell_wrong(page, night.wrong)
        page.legend()
        tell_end(page, night)
    return "\n".join(map(str.rstrip, captured.get().translate(BACK).split("\n")))


@attrs.define
class Page:
    """What is printed, in the words of one language; `cited` are the rules that it cites, `year` is the night's."""

    console: Console
    wording: Wording
    everything: bool = attrs.field(kw_only=True)
    year: int = attrs.field(kw_only=True)
    cited: dict[str, Rule] = attrs.field(factory=dict, init=False)

    def say(self, key: str, /, **facts: object) -> str:
        """The words of a key with the facts in them."""
        return said(self.wording, key, **facts)

    def line(self, key: str, style: str = "", /, **facts: object) -> None:
        """Print the words of a key."""
        self.console.print(shown(self.say(key, **facts)), style=style or None)

    def instant(self, at: datetime) -> str:
        """An instant, for a cell: with its year only if that is another than the night's."""
        said, year = self.wording.instant(at), at.astimezone(PARIS).year
        return said.replace(f" {year}", "", 1) if year == self.year else said

    def blank(self) -> None:
        """Print an empty line."""
        self.console.print()

    def rule(self, id_: str) -> Rule:
        """A rule of the procedure, to be cited."""
        return self.cite(EXPERT_2024_04_03.rule(id_))

    def cite(self, rule: Rule) -> Rule:
        """The rule, which is explained in the end."""
        return self.cited.setdefault(rule.id, rule)

    def names(self, companies: Sequence[str]) -> str:
        """The first of these companies, and how many more there are; or all of them."""
        few = companies if self.everything else companies[:NAMED]
        names = ", ".join(few)
        more = len(companies) - len(few)
        return self.say("names.more", names=names, count=more) if more else names

    def list(self, texts: Iterable[str]) -> None:
        """Print texts with a dash each."""
        grid = Table.grid("", "", padding=(0, 1))
        for text in texts:
            grid.add_row("  -", shown(text))
        if grid.row_count:
            self.console.print(grid)

    def table(self, title: str, columns: str, rows: Sequence[Row], most: int = SHOWN) -> None:
        """Print a table of these rows, the first ones or all, and say how many more there are.

        `columns` are the keys of their titles. A rule is its id, and is said in full in the end.
        """
        count = len(rows)
        self.console.print(shown(title), style="bold")
        table = Table(*(shown(self.say(f"column.{key}")) for key in columns.split()), box=MINIMAL, show_edge=False)
        for row in rows if self.everything else rows[:most]:
            table.add_row(*(shown(self.cell(cell)) for cell in row))
        self.console.print(table)
        if table.row_count < count:
            self.line("more", count=count - table.row_count)

    def cell(self, cell: str | Rule | tuple[Rule, ...]) -> str:
        """What stands in a cell: a text, or the ids of rules."""
        if isinstance(cell, str):
            return cell
        rules = cell if isinstance(cell, tuple) else (cell,)
        return ", ".join(dict.fromkeys(self.cite(rule).id for rule in rules))

    def legend(self) -> None:
        """Print what the rules say that were cited."""
        if not self.cited:
            return
        order = {rule.id: place for place, rule in enumerate(RULES)}
        self.line("legend.title", "bold")
        grid = Table.grid("", "", padding=(0, 2))
        for rule in sorted(self.cited.values(), key=lambda it: order.get(it.id, len(order))):
            grid.add_row(shown(f"  {rule.id}"), shown(self.wording.rule(rule)), style="dim")
        self.console.print(grid)
        self.blank()


def shown(text: str) -> str:
    """A text as the console takes it: harmless, no markup, and broken only where a line may end."""
    return escape(printable(text)).translate(NO_BREAK)


def tell_lapses(page: Page, night: Night) -> None:
    """What lapsed, when its time limit ended, and how sure that is."""
    if not night.lapsed:
        page.line("lapses.none")
        page.blank()
        return
    rows: list[Row] = [
        (
            night.firm.company(case.organisation),
            what_lapsed(page, case),
            page.instant(closed(case)),
            page.say("lapses.presumed" if case.is_presumed else "lapses.final"),
            case.rulebook.rule(case.limit.past),
        )
        for case in night.lapsed
    ]
    page.table(page.say("lapses.title", count=len(rows)), "company lapsed ended sure rule", rows)
    if any(case.is_presumed for case in night.lapsed):
        page.line("lapses.note", "dim", rule=page.rule("A15").id)
    page.blank()


def what_lapsed(page: Page, case: Case_) -> str:
    """The account of a mandate, or the services of a request."""
    if isinstance(case, Mandate):
        return page.say("lapses.mandate", account=str(case.account).replace(" ", "\N{NO-BREAK SPACE}"))
    return ", ".join(map(page.wording.service, case.services))


def tell_risks(page: Page, to_do: ToDo) -> None:
    """What ends within days and who must act, and how much ends later."""
    day = to_do.until.astimezone(PARIS).date()
    if to_do.at_risk:
        title = page.say("risk.title", day=day, count=len(to_do.at_risk))
        page.table(title, "by company who_does rule", [row_of(page, task) for task in to_do.at_risk])
        if any(task.steps[0].estimated for task in to_do.at_risk):
            page.line("risk.note", "dim", rule=page.rule("A3").id)
    else:
        page.line("risk.none", day=day)
    if to_do.later and page.everything:
        page.blank()
        title = page.say("later.title", count=len(to_do.later))
        page.table(title, "by company who_does rule", [row_of(page, task) for task in to_do.later])
    elif to_do.later:
        page.line("later.count", count=len(to_do.later))
    page.blank()


def row_of(page: Page, task: Task) -> Row:
    """The day of a task, its company, who does what, and the rules."""
    first = task.steps[0]
    assert first.by is not None, "what has a time limit has a day"
    by = page.instant(first.by)
    if task.is_last_day:
        by = page.say("by.last_estimated" if first.estimated else "by.last", by=by)
    elif first.estimated:
        by = page.say("by.estimated", by=by)
    return (
        by,
        task.company,
        page.wording.language.between.join(acts(page, task.steps)),
        tuple(step.rule for step in task.steps),
    )


def acts(page: Page, steps: Iterable[NextStep]) -> Iterator[str]:
    """Who does what, in the order in which things are done; each is named once for what comes together."""
    order: dict[str, int] = {action: place for place, action in enumerate(Action)}
    in_order = sorted(steps, key=lambda step: order.get(step.action, len(order)))
    has_code = {step.action for step in in_order} >= CODE
    apart = [step for step in in_order if not (has_code and step.action in CODE)]
    for actor, of_actor in groupby(apart, key=lambda step: step.actor):
        actions = ", ".join(what(page, step) for step in of_actor)
        yield page.say("acts", actor=page.wording.actor(actor), actions=actions)
    if has_code:
        yield page.say("acts.code")


def what(page: Page, step: NextStep) -> str:
    """What there is to do, in words."""
    return page.wording.action(step.action, services=step.services, account=step.account, other=step.other)


def tell_coming(page: Page, night: Night) -> None:
    """What to request for each coming tax date, by when; who cannot pay by then, and from when it is possible."""
    if not night.coming:
        page.line("coming.none", example="payer-cfe=2026-12-15")
        page.blank()
        return
    leads = night.leads
    page.line("coming.title", "bold", letter=leads.letter, company=leads.company, bank=leads.bank)
    today = night.at.astimezone(PARIS).date()
    for it in night.coming:
        if it.is_past:
            page.line("coming.past", service=it.tax.service, day=it.tax.day)
            continue
        key = "coming.ahead" if it.start_by >= today else "coming.behind"
        page.line(key, service=it.tax.service, day=it.tax.day, start=it.start_by)
        page.list(owed(page, it))
    page.blank()


def owed(page: Page, it: Coming) -> Iterator[str]:
    """Who has something to do for a tax date, by when, and for whom it is too late."""

    def companies(owed: Sequence[Owed]) -> str:
        """Their names; where all are asked for, with each day, if they have not all the same."""
        if not page.everything or owed[0].day == owed[-1].day:
            return page.names([one.company for one in owed])
        days = groupby(owed, key=lambda one: one.day)
        dated = (page.say("coming.dated", day=day, names=page.names([it.company for it in of])) for day, of in days)
        return page.wording.language.between.join(dated)

    if it.missing:
        # Who has a mandate already may have more time than who has nothing yet.
        start = it.missing[0].day
        key = "coming.missing" if start == it.start_by else "coming.missing_by"
        yield page.say(key, count=len(it.missing), start=start, names=companies(it.missing))
    if it.without_mandate:
        yield page.say(
            "coming.mandate",
            count=len(it.without_mandate),
            start=it.without_mandate[0].day,
            names=companies(it.without_mandate),
            rule=page.rule("2.20").id,
        )
    if it.awaited:
        first, last = it.awaited[0].day, it.awaited[-1].day
        key = "coming.awaited" if first == last else "coming.awaited_each"
        yield page.say(key, count=len(it.awaited), start=first, names=companies(it.awaited))
    if it.late:
        first, last = it.late[0].day, it.late[-1].day
        key = "coming.late" if first == last else "coming.late_between"
        yield page.say(key, count=len(it.late), first=first, last=last, names=companies(it.late))
    if it.ready:
        yield page.say("coming.ready", count=it.ready)


def tell_standing(page: Page, firm: Firm) -> None:
    """How many requests, and how many mandates, stand at each stage."""
    renewed = {request.origin.renews for request in firm.requests}
    requests = Counter("renewed" if it.id in renewed else str(it.stage) for it in firm.requests)
    mandates = Counter(str(mandate.state) for mandate in firm.mandates)
    stages = (AdhesionState.AWAITING_EMAIL, *ActivationState, "renewed")
    page.line("stand.requests", **{str(stage): requests[str(stage)] for stage in stages})
    page.line("stand.mandates", **{str(state): mandates[str(state)] for state in MandateState})
    page.blank()


def tell_besides(page: Page, to_do: ToDo) -> None:
    """What presses nobody: each thing once, with how many companies it is asked of."""
    rows: list[Row] = [
        (
            page.wording.actor(it.step.actor),
            what(page, it.step),
            asked_of(page, it.companies),
            it.step.rule,
        )
        for it in to_do.besides
    ]
    if rows:
        page.table(page.say("besides.title", count=len(rows)), "who what companies rule", rows, most=len(rows))
        if not page.everything and any(len(it.companies) > NAMED for it in to_do.besides):
            page.line("besides.note")
    else:
        page.line("besides.none")
    page.blank()


def asked_of(page: Page, companies: Sequence[str]) -> str:
    """How many companies, and which: all of them, or none where there are many and not all is asked for."""
    count = len(companies)
    if page.everything or count <= NAMED:
        return page.say("names.counted", count=count, names=page.names(companies))
    return page.wording.language.number(count)


def tell_wrong(page: Page, wrong: Sequence[Wrong]) -> None:
    """What was wrong, and where."""
    if not wrong:
        return
    rows: list[Row] = []
    for it in wrong:
        place = f"place.{it.column}"
        column = page.say(place) if place in page.wording.words else it.column
        why = it.why.said(page.wording) if isinstance(it.why, BadRow) else explained(page.wording, it.why)
        rows.append((str(it.line or ""), column, why))
    page.table(page.say("wrong.title", count=len(rows)), "line column reason", rows)
    for it in wrong if page.everything else wrong[:SHOWN]:
        for rule in rules_of(it.why.why if isinstance(it.why, BadRow) else it.why):
            page.cite(rule)
    page.blank()


def tell_end(page: Page, night: Night) -> None:
    """What waits, what others did, and what was recorded."""
    page.line("end.messages", count=night.messages)
    if night.to_come:
        page.line("end.to_come", count=night.to_come)
    if night.ahead:
        page.line("end.ahead", at=night.ahead)
    if night.left:
        page.line("end.left", count=night.left)
    if night.by_others:
        page.line("end.by_others", count=night.by_others)
    if night.recorded or night.decided:
        page.line("end.recorded", recorded=night.recorded, decided=night.decided)
    else:
        page.line("end.done_by_others" if night.by_others else "end.done_before")
