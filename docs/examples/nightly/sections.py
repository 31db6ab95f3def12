"""A night in the words of one language: sections of rows, which every face shows in its way.

A cell has a text, and the value that it says where there is one: by it a page sorts and a workbook counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final, TypeAlias

import attrs
from coming import Coming, Owed
from portfolio import PARIS
from report import Case_, Lapsed, Night, Task
from rows import BadRow
from words import explained, rules_of, said

from teleprocedures import (
    EXPERT_2024_04_03,
    RULES,
    Action,
    ActivationState,
    AdhesionState,
    Mandate,
    MandateState,
    NextStep,
    Rule,
)
from teleprocedures.wording import Wording

Value: TypeAlias = date | datetime | int | None
NAMED: Final = 2
"""How many companies are named where there are many, in short."""
LINES: Final = 6
"""How many lines of one mistake are told, in short."""
CODE: Final = frozenset({Action.ASK_FOR_CODE, Action.PASS_CODE_ON, Action.ENTER_LETTER_CODE})
"""What a third party's code of a letter takes: said together, because most of what is at risk is that."""


@attrs.frozen
class Cell:
    """A text, and the value that it says, if that is more than a text."""

    text: str
    value: Value = None

    @property
    def sortable(self) -> str:
        """What a page sorts by."""
        return self.value.isoformat() if isinstance(self.value, date) else str(self.value)


@attrs.frozen(kw_only=True)
class Section:
    """A part of the report: a title, perhaps lines, a table, and notes under it.

    Where there is little room, `brief` is said in the place of the table, if it is not None; else `most` is how many
    rows are shown (None is all of them), and the columns of `details`, by their places, are left out. Each row is one
    line where it `is_cut`. A section that `is_detail` is left out as a whole.
    """

    name: str
    title: str
    columns: Sequence[str] = ()
    lines: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    notes: Sequence[str] = ()
    brief: Sequence[str] | None = None
    most: int | None = 4
    details: frozenset[int] = frozenset()
    is_detail: bool = False
    is_cut: bool = False


def sections(night: Night, wording: Wording) -> list[Section]:
    """The whole report, in the order in which it is read."""
    teller = Teller(wording, night)
    return [section for part in teller.parts() for section in part]


@attrs.define
class Teller:
    """Tells a night in one language; `cited` are the rules that it cites."""

    wording: Wording
    night: Night
    cited: dict[str, Rule] = attrs.field(factory=dict, init=False)

    def parts(self) -> Iterator[Iterable[Section]]:
        """The sections of each part."""
        yield self.now()
        yield self.letters()
        yield self.needed()
        yield self.lapses()
        yield self.unsure()
        yield self.ahead()
        yield self.taxes()
        yield self.besides()
        yield self.standing()
        yield self.wrong()
        yield self.judged()
        yield self.rules()
        yield self.end()

    def say(self, key: str, /, **facts: object) -> str:
        """The words of a key with the facts in them."""
        return said(self.wording, key, **facts)

    def columns(self, keys: str) -> list[str]:
        """The headings of a table."""
        return [self.say(f"column.{key}") for key in keys.split()]

    # --- What ends, and when ------------------------------------------------------------------------------------------

    def now(self) -> Iterator[Section]:
        """What ends today and tomorrow, all of it."""
        tasks = self.night.to_do.now
        if not tasks:
            yield Section(name="now", title=self.say("now.none"))
            return
        notes = [self.say("risk.note", rule=self.cite("A3"))] if any(it.steps[0].estimated for it in tasks) else []
        yield Section(
            name="now",
            title=self.say("now.title", count=len(tasks)),
            columns=self.columns("by company who_does rule"),
            rows=[self.row(task) for task in tasks],
            notes=notes,
            most=None,
            details=frozenset({3}),
        )

    def letters(self) -> Iterator[Section]:
        """The letters that are overdue: whom to call."""
        found = self.night.to_do.letters
        if not found:
            return
        yield Section(
            name="letters",
            title=self.say("letters.title", count=len(found)),
            columns=self.columns("company services announced lost"),
            rows=[
                [
                    Cell(it.company),
                    Cell(self.services(it.request)),
                    self.day(it.announced),
                    self.day(it.safe),
                ]
                for it in found
            ],
            notes=[self.say("letters.note", rule=self.cite("F2"))],
            most=10,
            details=frozenset({1}),
        )

    def ahead(self) -> Iterator[Section]:
        """What ends within days, and what ends later."""
        to_do = self.night.to_do
        day = to_do.until.astimezone(PARIS).date()
        columns = self.columns("by company who_does rule")
        is_estimated = any(task.steps[0].estimated for task in to_do.at_risk)
        later = self.say("later.count", count=len(to_do.later))
        if to_do.at_risk:
            yield Section(
                name="risk",
                title=self.say("risk.title", day=day, count=len(to_do.at_risk)),
                columns=columns,
                rows=[self.row(task) for task in to_do.at_risk],
                notes=[self.say("risk.note", rule=self.cite("A3"))] if is_estimated else [],
                most=3,
                details=frozenset({3}),
            )
        else:
            yield Section(name="risk", title=self.say("risk.none", day=day))
        if to_do.later:
            yield Section(
                name="later",
                title=self.say("later.title", count=len(to_do.later)),
                columns=columns,
                rows=[self.row(task) for task in to_do.later],
                brief=[later],
            )

    def unsure(self) -> Iterator[Section]:
        """The mandates that may have lapsed, because nobody knows when they were used last."""
        found = self.night.to_do.unsure
        if found:
            names = ", ".join(task.company for task in found[:NAMED])
            if len(found) > NAMED:
                names = self.say("names.more", names=names, count=len(found) - NAMED)
            yield Section(
                name="unsure",
                title=self.say("unsure.title", count=len(found)),
                columns=self.columns("company account since"),
                rows=[
                    [
                        Cell(task.company),
                        Cell(str(task.steps[0].account).replace(" ", "\N{NO-BREAK SPACE}")),
                        self.day(task.deadline.safe_until.astimezone(PARIS).date()),
                    ]
                    for task in found
                    if task.deadline is not None
                ],
                brief=[names],
                notes=[self.say("unsure.note", rule=self.cite("A19"))],
            )

    def row(self, task: Task) -> list[Cell]:
        """The day of a task, its company, who does what, and the rules."""
        return [
            Cell(self.by(task), task.by),
            Cell(task.company),
            Cell(self.wording.language.between.join(acts(self, task.steps))),
            self.rules_cell([step.rule for step in task.steps]),
        ]

    def by(self, task: Task) -> str:
        """The day or the hour of a task, and how sure it is."""
        by, first, deadline = self.instant(task.by), task.steps[0], task.deadline
        if first.estimated and deadline is not None and deadline.safe_until < self.night.at:
            return self.say("by.at_once", by=by, since=self.short(deadline.safe_until.astimezone(PARIS).date()))
        if task.is_last_day:
            return self.say("by.last_estimated" if first.estimated else "by.last", by=by)
        return self.say("by.estimated", by=by) if first.estimated else by

    # --- What a coming tax needs --------------------------------------------------------------------------------------

    def needed(self) -> Iterator[Section]:
        """Whom a coming tax needs to renew a request, or to have a mandate."""
        rows, brief = list[list[Cell]](), list[str]()
        for coming in self.night.coming:
            tax = Cell(self.wording.service(coming.tax.service)), self.day(coming.tax.day)
            for key, owed in (("renew", coming.renew), ("mandate", coming.without_mandate)):
                if owed:
                    rows += [[*tax, Cell(self.say(f"needed.{key}")), self.day(it.day), Cell(it.company)] for it in owed]
                    brief.append(
                        self.say(
                            f"needed.brief_{key}",
                            count=len(owed),
                            service=coming.tax.service,
                            day=coming.tax.day,
                            start=owed[0].day,
                            names=self.names(owed),
                        )
                    )
        if rows:
            yield Section(
                name="needed",
                title=self.say("needed.title", count=len(rows)),
                columns=self.columns("tax to_pay needed start company"),
                rows=rows,
                brief=brief,
            )

    def taxes(self) -> Iterator[Section]:
        """Where all companies stand with each tax, by groups."""
        night = self.night
        if not night.coming:
            yield Section(name="taxes", title=self.say("coming.none", example="payer-cfe=2026-12-15"))
            return
        leads = night.leads
        lines = list[str]()
        rows = list[list[Cell]]()
        for coming in night.coming:
            tax = Cell(self.wording.service(coming.tax.service)), self.day(coming.tax.day)
            if coming.is_past:
                lines.append(self.say("coming.past", service=coming.tax.service, day=coming.tax.day))
                continue
            key = "coming.ahead" if coming.start_by >= night.firm.today else "coming.behind"
            lines.append(self.say(key, service=coming.tax.service, day=coming.tax.day, start=coming.start_by))
            lines += [f"  - {line}" for line in owed(self, coming)]
            for group in ("late", "renew", "without_mandate", "missing", "awaited"):
                rows += [
                    [*tax, Cell(self.say(f"group.{group}")), self.day(it.day), Cell(it.company)]
                    for it in getattr(coming, group)
                ]
        yield Section(
            name="taxes",
            title=self.say("coming.title", letter=leads.letter, company=leads.company, bank=leads.bank),
            columns=self.columns("tax to_pay group day company"),
            lines=lines,
            rows=rows,
            brief=[],
        )

    def names(self, found: Sequence[Owed]) -> str:
        """The first of these companies, and how many more there are."""
        names = ", ".join(it.company for it in found[:NAMED])
        more = len(found) - NAMED
        return self.say("names.more", names=names, count=more) if more > 0 else names

    # --- What lapsed --------------------------------------------------------------------------------------------------

    def lapses(self) -> Iterator[Section]:
        """What lapsed, when its time limit ended, how sure that is, and whether it was asked for again."""
        found = self.night.lapsed
        if not found:
            yield Section(name="lapses", title=self.say("lapses.none"))
            return
        again = sum(it.renewed is not None for it in found)
        notes = [self.say("lapses.note", rule=self.cite("A15"))] if any(it.case.is_presumed for it in found) else []
        yield Section(
            name="lapses",
            title=self.say("lapses.title_again" if again else "lapses.title", count=len(found), again=again),
            columns=self.columns("company lapsed ended sure rule"),
            rows=[self.lapsed(it) for it in found],
            notes=notes,
            details=frozenset({4}),
        )

    def lapsed(self, it: Lapsed) -> list[Cell]:
        """The row of what lapsed."""
        sure = self.say("lapses.presumed" if it.case.is_presumed else "lapses.final")
        if it.renewed is not None:
            kind = "mandate" if isinstance(it.case, Mandate) else "request"
            sure = self.say(f"lapses.again_{kind}", sure=sure, day=self.short(it.renewed))
        return [
            Cell(it.company),
            Cell(self.services(it.case)),
            Cell(self.instant(it.ended), it.ended),
            Cell(sure),
            self.rules_cell([it.case.rulebook.rule(it.case.limit.past)]),
        ]

    def services(self, case: Case_) -> str:
        """The account of a mandate, or the services of a request."""
        if isinstance(case, Mandate):
            return self.say("lapses.mandate", account=str(case.account).replace(" ", "\N{NO-BREAK SPACE}"))
        return ", ".join(map(self.wording.service, case.services))

    # --- The rest -----------------------------------------------------------------------------------------------------

    def besides(self) -> Iterator[Section]:
        """What presses nobody: each thing once, with the companies that it is asked of."""
        found = self.night.to_do.besides
        if not found:
            yield Section(name="besides", title=self.say("besides.none"))
            return
        count = sum(len(it.companies) for it in found)
        yield Section(
            name="besides",
            title=self.say("besides.title", count=count),
            columns=self.columns("who what count companies rule"),
            rows=[
                [
                    Cell(self.wording.actor(it.step.actor)),
                    Cell(what(self, it.step)),
                    Cell(self.wording.language.number(len(it.companies)), len(it.companies)),
                    Cell(", ".join(it.companies)),
                    self.rules_cell(it.rules),
                ]
                for it in found
            ],
            brief=[
                self.say(
                    "besides.line",
                    actor=self.wording.actor(it.step.actor),
                    action=what(self, it.step),
                    companies=self.few(it.companies),
                )
                for it in found
            ],
        )

    def few(self, companies: Sequence[str]) -> str:
        """How many companies, and which where there are few."""
        if len(companies) <= NAMED:
            return ", ".join(companies)
        return self.say("besides.companies", count=len(companies))

    def standing(self) -> Iterator[Section]:
        """How many requests, and how many mandates, stand at each stage."""
        firm = self.night.firm
        renewed = {request.origin.renews for request in firm.requests}
        requests = Counter("renewed" if it.id in renewed and it.has_lapsed else str(it.stage) for it in firm.requests)
        mandates = Counter(str(mandate.state) for mandate in firm.mandates)
        stages = (AdhesionState.AWAITING_EMAIL, *ActivationState, "renewed")
        yield Section(
            name="standing",
            title=self.say("stand.title"),
            lines=[
                self.say("stand.requests", **{str(stage): requests[str(stage)] for stage in stages}),
                self.say("stand.mandates", **{str(state): mandates[str(state)] for state in MandateState}),
            ],
            is_detail=True,
        )

    def wrong(self) -> Iterator[Section]:
        """What was wrong, and where: each mistake once."""
        found = self.night.wrong
        if self.night.unread:
            names = [f"'{name}'" for name in self.night.unread]
            yield Section(name="unread", title=self.say("wrong.unread", columns=names))
        if not found:
            return
        rows = list[list[Cell]]()
        for it in found:
            place = f"place.{it.column}"
            column = self.say(place) if place in self.wording.words else it.column
            reason = it.why.said(self.wording) if isinstance(it.why, BadRow) else explained(self.wording, it.why)
            for rule in rules_of(it.why.why if isinstance(it.why, BadRow) else it.why):
                self.cited.setdefault(rule.id, rule)
            lines = ", ".join(map(str, it.lines[:LINES])) + (" …" if len(it.lines) > LINES else "")
            names = ", ".join(it.companies[:NAMED])
            if len(it.companies) > NAMED:
                names = self.say("names.more", names=names, count=len(it.companies) - NAMED)
            rows.append([Cell(lines, it.lines[0] if it.lines else None), Cell(column), Cell(names), Cell(reason)])
        yield Section(
            name="wrong",
            title=self.say("wrong.title", count=sum(max(1, len(it.lines)) for it in found)),
            columns=self.columns("line column company reason"),
            rows=rows,
            most=5,
            is_cut=True,
        )

    def judged(self) -> Iterator[Section]:
        """What today's rules would not have let pass of what is stored, if that was asked."""
        found = self.night.judged
        if found is None:
            return
        firm = self.night.firm
        cases = (*firm.requests, *firm.mandates)
        companies = {case.id: firm.company(case.organisation) for case in cases}
        yield Section(
            name="judged",
            title=self.say("judged.title" if found else "judged.none", count=len(found)),
            columns=self.columns("company reason"),
            rows=[[Cell(companies.get(it.event.case_id, "")), Cell(it.render(self.wording))] for it in found],
            most=None,
        )

    def rules(self) -> Iterator[Section]:
        """What the rules say that were cited."""
        order = {rule.id: place for place, rule in enumerate(RULES)}
        cited = sorted(self.cited.values(), key=lambda it: order.get(it.id, len(order)))
        if cited:
            yield Section(
                name="rules",
                title=self.say("legend.title"),
                columns=self.columns("rule says"),
                rows=[[Cell(rule.id), Cell(self.wording.rule(rule))] for rule in cited],
                is_detail=True,
            )

    def end(self) -> Iterator[Section]:
        """What waits, what others did, what was recorded, and whether something is to be looked at."""
        night = self.night
        lines = [self.say("end.messages", count=night.messages)]
        if not night.is_theirs:
            lines.append(self.say("firm.missing", name="teleprocedures.toml", file=night.file))
        if night.closed:
            lines.append(self.say("end.closed", count=night.closed))
        if night.to_come:
            lines.append(self.say("end.to_come", count=night.to_come))
        if night.ahead:
            lines.append(self.say("end.ahead", at=night.ahead))
        if night.left:
            lines.append(self.say("end.left", count=night.left))
        if night.by_others:
            lines.append(self.say("end.by_others", count=night.by_others))
        if night.recorded or night.decided:
            lines.append(self.say("end.recorded", recorded=night.recorded, decided=night.decided))
        else:
            lines.append(self.say("end.done_by_others" if night.by_others else "end.done_before"))
        lines.append(self.say("end.well" if night.is_well else "end.look"))
        yield Section(name="end", title="", lines=lines)

    # --- Words of cells -----------------------------------------------------------------------------------------------

    def instant(self, at: datetime) -> str:
        """An instant, for a cell: with its year only if that is another than the night's."""
        return self._of_this_year(self.wording.instant(at), at.astimezone(PARIS).year)

    def short(self, day: date) -> str:
        """A day, for a cell, in the same way."""
        return self._of_this_year(self.wording.day(day), day.year)

    def _of_this_year(self, text: str, year: int) -> str:
        text = text.replace(f" {year}", "", 1) if year == self.night.firm.today.year else text
        for days, key in enumerate(("day.today", "day.tomorrow")):
            near = self.night.firm.today + timedelta(days=days)
            named = self.wording.day(near).replace(f" {near.year}", "", 1) if year == near.year else ""
            if named and (text == named or text.startswith(f"{named} ")):
                return self.say(key) + text.removeprefix(named)
        return text

    def day(self, day: date) -> Cell:
        """A civil day."""
        return Cell(self.short(day), day)

    def cite(self, id_: str) -> str:
        """The id of a rule, which is explained in the end."""
        return self.cited.setdefault(id_, EXPERT_2024_04_03.rule(id_)).id

    def rules_cell(self, rules: Iterable[Rule]) -> Cell:
        """The ids of rules, each once."""
        return Cell(", ".join(dict.fromkeys(self.cited.setdefault(rule.id, rule).id for rule in rules)))


def acts(teller: Teller, steps: Iterable[NextStep]) -> Iterator[str]:
    """Who does what, in the order in which things are done; each is named once for what comes together."""
    order: dict[str, int] = {action: place for place, action in enumerate(Action)}
    in_order = sorted(steps, key=lambda step: order.get(step.action, len(order)))
    has_code = {step.action for step in in_order} >= CODE
    apart = [step for step in in_order if not (has_code and step.action in CODE)]
    for actor, of_actor in groupby(apart, key=lambda step: step.actor):
        actions = ", ".join(what(teller, step) for step in of_actor)
        yield teller.say("acts", actor=teller.wording.actor(actor), actions=actions)
    if has_code:
        yield teller.say("acts.code")


def what(teller: Teller, step: NextStep) -> str:
    """What there is to do, in words."""
    return teller.wording.action(step.action, services=step.services, account=step.account, other=step.other)


def owed(teller: Teller, it: Coming) -> Iterator[str]:
    """Who has something to do for a tax date, by when, and for whom it is too late; what was said already is not."""
    if it.missing:
        # Who has a mandate already may have more time than who has nothing yet.
        start = it.missing[0].day
        key = "coming.missing" if start == it.start_by else "coming.missing_by"
        yield teller.say(key, count=len(it.missing), start=start)
    if it.awaited:
        first, last = it.awaited[0].day, it.awaited[-1].day
        key = "coming.awaited" if first == last else "coming.awaited_each"
        yield teller.say(key, count=len(it.awaited), start=first)
    if it.late:
        first, last = it.late[0].day, it.late[-1].day
        key = "coming.late" if first == last else "coming.late_between"
        yield teller.say(key, count=len(it.late), first=first, last=last, names=teller.names(it.late))
    if it.unsure:
        yield teller.say("coming.unsure", count=it.unsure)
    if it.ready:
        yield teller.say("coming.ready", count=it.ready)
