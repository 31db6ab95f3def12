"""A night in the words of one language: sections of rows, which every face shows in its way.

A cell has a text, and the value that it says where there is one: by it a page sorts and a workbook counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final, TypeAlias

import attrs
from coming import MANDATES, NEEDS, Coming, Owed, weekday_before
from portfolio import HEADINGS
from report import Besides, Case_, Fault, Lapsed, Night, Task, Unfollowed
from rows import BadRow
from words import explained, rules_of, said, sentence, stopped, uncapitalised

from teleprocedures import (
    EXPERT_2024_04_03,
    RULES,
    Action,
    ActivationState,
    Actor,
    Adhesion,
    AdhesionState,
    Mandate,
    MandateState,
    NextStep,
    Rule,
    Service,
)
from teleprocedures.deadlines import civil_day
from teleprocedures.wording import Wording

Value: TypeAlias = date | datetime | int | None
NAMED: Final = 2
"""How many companies are named where there are many, in short."""
PRESSING: Final = timedelta(days=7)
"""Who has to act within these days is named, however many there are."""
TO_CALL: Final = 20
"""How many clients are named in short who are to be asked something, or of whom something lapsed."""
FEW: Final = 6
"""How many companies are named in short where only the firm or the bank has something to do."""
ASKED_OF_CLIENTS: Final = frozenset({"renew", "sign"})
"""What a tax needs that a client has to be called for: a request to renew, a mandate to sign."""
LAPSES: Final = 4
"""How many lapses are told with what was lost and when, in short; of more of them the companies are."""
AHEAD_NAMED: Final = 8
"""How many companies are named of one thing that is to be done ahead, in short."""
ADVICE: Final = re.compile(r"\.\s(?=[A-ZÀ-Ý])|\s;\s|; |: (?=expected )")
"""What stands before what is to be done about a mistake."""
ASIDE: Final = re.compile(r"\s\([^()]*[,;][^()]*\)")
"""What is said aside of a value, in more than a word: in short it is left out."""
COLON: Final = re.compile(r"\s?: ")
WRONG: Final = 2
"""How many mistakes are told where the rest of the row is followed, in short."""
COSTLY: Final = ("services", "code_entered", "letter_dated", "link_used")
"""The columns whose mistakes can hide a service that is lost, or is held already: they are all told."""
LINES: Final = 6
"""How many lines of one mistake are told, in short."""
AT_ONCE: Final = frozenset({"at_once", "link_at_once"})
"""How sure the date is of what may have ended already."""
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

    Where there is little room, `brief` is said in the place of the table, if it is not None; a section that
    `is_detail` is left out as a whole. On a console, a column of `within`, by its place, goes into another one, as the
    text with a brace says.
    """

    name: str
    title: str
    columns: Sequence[str] = ()
    lines: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    notes: Sequence[str] = ()
    brief: Sequence[str] | None = None
    within: Mapping[int, tuple[int, str]] = attrs.field(factory=dict)
    is_detail: bool = False


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
        yield self.unfollowed()
        yield self.letters()
        yield self.needed()
        yield self.lapses()
        yield self.unchecked()
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
        tasks, taxes = self.night.to_do.now, list(self.taxes_now())
        if not tasks:
            yield Section(name="now", title=self.say("now.none_but" if taxes else "now.none"), lines=taxes)
            return
        section = self.of_tasks("now", self.say("now.title", count=len(tasks)), tasks)
        yield attrs.evolve(section, lines=taxes, brief=[*self.each(tasks), *taxes])

    def taxes_now(self) -> Iterator[str]:
        """What a coming tax needs today or tomorrow, in short: its companies are told with it."""
        today = self.night.firm.today
        tomorrow = today + timedelta(days=1)
        for coming in self.night.coming:
            last = (*coming.overdue, *coming.doubtful) if coming.tax.eve <= today else ()
            soon = [it for it in coming.needed if weekday_before(it.day) <= tomorrow]
            found = {it.organisation for it in (*last, *soon)}
            if found:
                yield self.say("now.tax", service=coming.tax.service, day=self.the(coming.tax.day), count=len(found))

    def of_tasks(self, name: str, title: str, tasks: Sequence[Task]) -> Section:
        """The section of tasks, whose notes are of the letters among them."""
        is_of_letters = name != "later" and any(
            task.steps[0].estimated and task.link is None and task.is_of_a_request for task in tasks
        )
        return Section(
            name=name,
            title=title,
            columns=self.columns("by company number services who_does rule"),
            rows=[self.row(task) for task in tasks],
            notes=[self.say("risk.note", rule=self.cite("A3"))] if is_of_letters else [],
            within={2: (1, "\n  {}"), 3: (1, ", {}")},
        )

    def each(self, tasks: Sequence[Task]) -> Iterator[str]:
        """Every one of these tasks in a line, under the day and what is to be done, which are said once."""
        alike: dict[tuple[str, str], list[Task]] = {}
        for task in tasks:
            alike.setdefault((self.when(task), self.doing(task)), []).append(task)
        for (when, doing), several in alike.items():
            asked = {self.asked(task) for task in several}
            common = asked.pop() if len(asked) == 1 < len(several) else ""
            title = "each.title_services" if common else "each.title"
            yield self.say(title, when=_capital(when), what=doing, services=common)
            for task in several:
                services = "" if common else self.asked(task)
                address = "" if task.link is None else str(task.link.link_sent_to or "")
                line = self.beside(self.called(task), task.representative, services, address)
                certainty, moment = task.certainty(self.night.at), self.moment(task)
                key = f".{certainty}" if certainty in AT_ONCE else "_at" if moment else ""
                yield self.say(f"each.line{key}", line=line, moment=moment, since=self.since(task, is_brief=True))

    def grouped(self, tasks: Sequence[Task]) -> Iterator[str]:
        """What is to be done, each thing once, and under it the first days with their companies."""
        alike: dict[str, list[Task]] = {}
        for task in tasks:
            alike.setdefault(self.doing(task), []).append(task)
        for doing, several in alike.items():
            most = len(several) if len(several) <= AHEAD_NAMED + 1 else AHEAD_NAMED
            days = [(self.brief_day(task.by, self.by(task)), self.of_whom(task)) for task in several[:most]]
            yield self.say("grouped.title", what=_capital(doing))
            more = len(several) - most
            yield self.say("grouped.line_more" if more else "grouped.line", days=self.by_day(days), count=more)

    def by_day(self, days: Sequence[tuple[str, str]]) -> str:
        """Companies by their days, on one line."""
        return self.wording.language.between.join(
            self.say("grouped.day", day=day, names=", ".join(name for _, name in several))
            for day, several in groupby(days, key=lambda it: it[0])
        )

    def beside(self, *parts: str) -> str:
        """Parts of a line side by side: within each there can be commas."""
        return self.say("each.beside").join(filter(None, parts))

    def doing(self, task: Task) -> str:
        """Who has to do what, in words that several companies can share."""
        return self.wording.language.between.join(acts(self, task))

    def of_whom(self, task: Task) -> str:
        """A company, with the representative who has to act himself."""
        return self.night.firm.company(task.organisation, *filter(None, [task.representative]))

    def asked(self, task: Task) -> str:
        """The services of a task, in short; of a mandate none."""
        return self.in_short(task.case.services) if isinstance(task.case, Adhesion) else ""

    def called(self, task: Task) -> str:
        """A company by its name and its number."""
        firm = self.night.firm
        name, number = firm.name(task.organisation), firm.number(task.organisation)
        return self.say("each.company", name=name, number=number) if name else task.company

    def unfollowed(self) -> Iterator[Section]:
        """The rows of which nothing is followed, all of them: nobody knows what ends there, and when."""
        found = self.night.unfollowed
        if not found:
            return
        yield Section(
            name="unfollowed",
            title=self.say("unfollowed.title", count=len(found)),
            columns=self.columns("line company reason"),
            rows=[
                [
                    Cell(str(it.line) if it.line else "", it.line or None),
                    Cell(it.company),
                    Cell(" ".join(self.fault(fault) for fault in it.faults)),
                ]
                for it in found
            ],
            brief=self.alike(found),
        )

    def alike(self, found: Iterable[Unfollowed]) -> list[str]:
        """What is wrong in these rows in short: what is the same in several once, with all of their lines and names."""
        several: dict[str, list[Unfollowed]] = {}
        for it in found:
            several.setdefault(self.in_a_line([], "", it.faults), []).append(it)
        return [
            self.in_a_line(
                [it.line for it in some if it.line],
                ", ".join(dict.fromkeys(it.company for it in some if it.company)),
                some[0].faults,
            )
            for some in several.values()
        ]

    def in_a_line(self, lines: Sequence[int], company: str, faults: Iterable[Fault]) -> str:
        """What is wrong in a row in short: without what is to be done about it."""
        whys = [self.of_column(it, ADVICE.split(ASIDE.sub("", self.why(it)))[0].rstrip(".")) for it in faults]
        return self.say("wrong.line", place=self.place(lines, company), what=self.wording.language.between.join(whys))

    def place(self, lines: Sequence[int], company: str) -> str:
        """Where in the file, and of whom; of what is in no line of it, only of whom."""
        if not lines:
            return company
        place = self.say("wrong.lines", lines=[*map(str, lines)])
        return self.say("wrong.place", place=place, company=company) if company else place

    def fault(self, it: Fault) -> str:
        """A column, and what is wrong there, as a sentence."""
        return self.of_column(it, self.sentence(it))

    def of_column(self, it: Fault, reason: str) -> str:
        """A column, and what is wrong there: after a colon no sentence begins, and there is no other one."""
        reason = COLON.sub(self.say("wrong.colon"), uncapitalised(reason))
        return self.say("wrong.of_column", column=self.heading(it), reason=reason)

    def heading(self, it: Fault) -> str:
        """A column as the file has it, or by its French name where that is a code and the report is in French."""
        place = f"place.{it.column}"
        if place in self.wording.words:
            return self.say(place)
        return self.say(f"heading.{it.column}") if it.heading == it.column in HEADINGS else it.heading

    def sentence(self, it: Fault) -> str:
        """What is wrong, as a sentence; a row of the database begins with its id."""
        return (stopped if isinstance(it.why, BadRow) else sentence)(self.reason(it))

    def reason(self, it: Fault) -> str:
        """What is wrong, in words; the rules that they cite are explained in the end."""
        for rule in rules_of(it.why.why if isinstance(it.why, BadRow) else it.why):
            self.cited.setdefault(rule.id, rule)
        return self.why(it, has_rules=True)

    def why(self, it: Fault, *, has_rules: bool = False) -> str:
        """What is wrong, in words, perhaps with its rules."""
        if isinstance(it.why, BadRow):
            return it.why.said(self.wording)
        return explained(self.wording, it.why, has_rules=has_rules)

    def letters(self) -> Iterator[Section]:
        """The letters that are overdue, and those that are expected today or tomorrow: whom to call."""
        to_do = self.night.to_do
        found = [*to_do.letters, *to_do.expected]
        if not found and not to_do.letters_now:
            return
        late, expected = len(to_do.letters) + to_do.letters_now, len(to_do.expected)
        title = self.say(
            "letters.title_above" if to_do.letters_now else "letters.title", count=late, above=to_do.letters_now
        )
        if not late:
            title = self.say("letters.expected", count=expected)
        elif expected:
            title = self.say("letters.and_expected", title=title, count=expected)
        yield Section(
            name="letters",
            title=title,
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
            brief=[
                self.say(
                    "letters.line",
                    days=self.by_day(
                        [(self.brief_day(it.announced, self.short(it.announced)), it.company) for it in found]
                    ),
                )
            ]
            if found
            else [],
            notes=[self.say("letters.note", rule=self.cite("F2"))],
        )

    def ahead(self) -> Iterator[Section]:
        """What ends within days, and what ends later."""
        to_do = self.night.to_do
        day = civil_day(to_do.until)
        count, later = len(to_do.at_risk), len(to_do.later)
        title = self.say("risk.title" if count else "risk.none", day=day, count=count)
        brief = [*self.grouped(to_do.at_risk), *([self.say("later.count", count=later)] if later else [])]
        yield attrs.evolve(self.of_tasks("risk", title, to_do.at_risk), brief=brief)
        if later:
            section = self.of_tasks("later", self.say("later.title", count=later), to_do.later)
            yield attrs.evolve(section, is_detail=True)

    def unsure(self) -> Iterator[Section]:
        """The mandates that may have lapsed, because nobody knows when they were used last."""
        found = self.night.to_do.unsure
        if found:
            names = self.few_of([task.company for task in found], most=TO_CALL)
            yield Section(
                name="unsure",
                title=self.say("unsure.title", count=len(found)),
                columns=self.columns("company account since"),
                rows=[
                    [
                        Cell(task.company),
                        Cell(str(task.steps[0].account).replace(" ", "\N{NO-BREAK SPACE}")),
                        self.day(civil_day(task.deadline.safe_until)),
                    ]
                    for task in found
                    if task.deadline is not None
                ],
                brief=[names],
                notes=[self.say("unsure.note", rule=self.cite("A19"))],
            )

    def row(self, task: Task) -> list[Cell]:
        """The day of a task, its company, its services, who does what, and the rules."""
        firm = self.night.firm
        services = () if task.case is None or not task.is_of_a_request else task.case.services
        return [
            Cell(self.by(task), task.by),
            Cell(firm.name(task.organisation) or task.company),
            Cell(firm.number(task.organisation) if firm.name(task.organisation) else ""),
            Cell(self.in_short(services)),
            Cell(self.wording.language.between.join(acts(self, task, has_names=True))),
            self.rules_cell([step.rule for step in task.steps]),
        ]

    def in_short(self, services: Iterable[Service]) -> str:
        """The names of services; what pays is named by its tax alone."""
        pays = self.wording.service("payer-tva").removesuffix("TVA")
        return ", ".join(self.wording.service(it).removeprefix(pays if it.pays else "") for it in services)

    def by(self, task: Task) -> str:
        """The day or the hour of a task, and how sure it is."""
        by = self.instant(task.by, ends=task.steps[0].estimated)
        certainty = task.certainty(self.night.at)
        return self.say(f"by.{certainty}", by=by, since=self.since(task)) if certainty else by

    def since(self, task: Task, *, is_brief: bool = False) -> str:
        """The last day that was safe, of what may have ended; an empty text of anything else."""
        if task.deadline is None:
            return ""
        day = civil_day(task.deadline.safe_until)
        return self.brief_day(day, self.short(day)) if is_brief else self.short(day)

    def when(self, task: Task) -> str:
        """The day of a task as the title of several, and how sure it is."""
        certainty = task.certainty(self.night.at)
        return self.say(f"when.{certainty}" if certainty else "when", day=self.short(self.day_of(task)))

    def moment(self, task: Task) -> str:
        """What the day of several tasks leaves open for one: its hour, or the last that is possible."""
        by, certainty = self.instant(task.by, ends=task.steps[0].estimated), task.certainty(self.night.at)
        if certainty in AT_ONCE:
            return self.brief_day(task.by, by)
        hour = by.removeprefix(self.short(self.day_of(task))).strip()
        return self.say("moment.link", hour=hour) if certainty == "link" else hour

    def day_of(self, task: Task) -> date:
        """The civil day of a task; of an estimate midnight is the end of a day."""
        return civil_day(task.by - timedelta.resolution * task.steps[0].estimated)

    def brief_day(self, at: date, text: str) -> str:
        """A text that begins with the day of the week, with that in short."""
        weekday = self.wording.day(civil_day(at) if isinstance(at, datetime) else at).partition(" ")[0]
        short = self.say("weekday", short=weekday[:3])
        return f"{short}\N{NO-BREAK SPACE}{text.removeprefix(weekday).lstrip()}" if text.startswith(weekday) else text

    # --- What a coming tax needs --------------------------------------------------------------------------------------

    def needed(self) -> Iterator[Section]:
        """What a coming tax needs: first what is later than was planned for, then requests, then mandates by stage."""
        night = self.night
        if not night.coming:
            yield Section(name="needed", title=self.say("coming.none", example="payer-cfe=2026-12-15"))
            return
        rows, brief = list[list[Cell]](), list[str]()
        for coming in night.coming:
            tax = Cell(self.wording.service(coming.tax.service)), self.day(coming.tax.day)
            facts = {"service": coming.tax.service, "day": coming.tax.day}
            brief.append(self.say("coming.past" if coming.is_past else "needed.tax", **facts))
            if coming.is_past:
                continue
            if coming.overdue:
                brief.append(self.say("needed.overdue", count=len(coming.overdue), day=self.of(coming.tax.day)))
            # What can still be hastened comes first: what is held, and lacks a step at the bank.
            late = sorted(coming.overdue, key=lambda it: -NEEDS.index(it.need or "code"))
            for need, group in groupby(late, key=lambda it: it.need or "code"):
                several = list(group)
                rows += [
                    [*tax, Cell(self.say("needed.late", need=self.need(it))), self.day(it.day), Cell(it.company)]
                    for it in several
                ]
                what = self.say(f"needed.{need}", count=len(several))
                days = [
                    self.say("needed.day_late", first=self.of(day), names=", ".join(it.company for it in some))
                    for day, some in groupby(several, key=attrgetter("day"))
                ]
                brief.append(self.say("needed.line_late", what=what, days=self.wording.language.between.join(days)))
            for need, group in groupby(coming.needed, key=lambda it: it.need):
                several = list(group)
                rows += [[*tax, Cell(self.need(it)), self.day(it.day), Cell(it.company)] for it in several]
                brief.append(self.in_brief(need, several))
            rows += [[*tax, Cell(self.need(it)), self.day(it.day), Cell(it.company)] for it in coming.doubtful]
            groups = self.wording.language.between.join(owed(self, coming, is_brief=True))
            brief += [self.say("needed.groups", groups=groups)] if groups else []
        leads = night.leads
        yield Section(
            name="needed",
            title=self.say(
                "needed.title" if rows else "needed.none",
                count=len(rows),
                letter=leads.letter,
                company=leads.company,
                bank=leads.bank,
            ),
            columns=self.columns("tax to_pay needed start company"),
            rows=rows,
            brief=brief,
        )

    def need(self, it: Owed) -> str:
        """What a company needs for a tax; what only takes time is a code."""
        return self.say(f"need.{it.need or 'code'}")

    def taxes(self) -> Iterator[Section]:
        """Where all companies stand with each tax, by groups."""
        night = self.night
        if not night.coming:
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
            for group in ("late", "renew", "held", "missing", "missing_late", "awaited"):
                rows += [
                    [*tax, Cell(self.group(group, it)), self.day(it.day), Cell(it.company)]
                    for it in getattr(coming, group)
                ]
        yield Section(
            name="taxes",
            title=self.say("coming.title", letter=leads.letter, company=leads.company, bank=leads.bank),
            columns=self.columns("tax to_pay group day company"),
            lines=lines,
            rows=rows,
            is_detail=True,
        )

    def group(self, group: str, it: Owed) -> str:
        """Where a company stands with a tax."""
        if group == "awaited":
            how = "without" if it.need in MANDATES else "doubt" if it.is_in_doubt else "in_time"
            return self.say(f"group.awaited_{how}")
        if group == "held":
            return self.need(it) if it.need else self.say("group.held")
        return self.say(f"group.{group}")

    def in_brief(self, need: str, found: Sequence[Owed]) -> str:
        """What several companies need, and which they are: as many as can be, and all that have to act within days."""
        facts = {"what": self.say(f"needed.{need}", count=len(found)), "start": self.working(found[0].day)}
        pressing = sum(it.day <= self.night.firm.today + PRESSING for it in found)
        is_over = found[0].day < self.night.firm.today
        most = TO_CALL if need in ASKED_OF_CLIENTS else FEW
        if not pressing and len(found) > most + 1:
            return self.say("needed.line_count", **facts)
        return self.say(
            "needed.line_over" if is_over else "needed.line",
            names=self.few_of([it.company for it in found], most=max(most, pressing)),
            **facts,
        )

    def working(self, day: date) -> str:
        """A day that was planned, with the last working day before it: no rule moves it, and banks are closed (A11)."""
        before = weekday_before(day)
        if before == day or before < self.night.firm.today:
            return self.the(day)
        return self.say("day.working", day=self.the(day), before=self.the(before))

    def days_of(self, found: Sequence[Owed]) -> list[str]:
        """The days of these companies, each once, with how many there are of it where there are several."""
        days = Counter(it.day for it in found)
        return [
            self.say("day.of_several", day=self.of(day), count=count) if len(days) > 1 else self.of(day)
            for day, count in sorted(days.items())
        ]

    # --- What lapsed --------------------------------------------------------------------------------------------------

    def lapses(self) -> Iterator[Section]:
        """What lapsed, when its time limit ended, how sure that is, and whether it was asked for again."""
        found = self.night.lapsed
        if not found:
            yield Section(name="lapses", title=self.say("lapses.none"))
            return
        again = sum(it.renewed is not None for it in found)
        note = [self.say("lapses.note", rule=self.cite("A15"))] if any(it.case.is_presumed for it in found) else []
        yield Section(
            name="lapses",
            title=self.say("lapses.title_again" if again else "lapses.title", count=len(found), again=again),
            columns=self.columns("company lapsed ended sure rule"),
            rows=[self.lapsed(it) for it in found],
            lines=note,
            brief=self.lapsed_companies(found),
        )

    def unchecked(self) -> Iterator[Section]:
        """What lapsed before this night and still waits to be checked: all of it, every night until it is corrected."""
        found = self.night.unchecked
        if found:
            yield Section(
                name="unchecked",
                title=self.say("unchecked.title", count=len(found)),
                columns=self.columns("company lapsed ended sure rule"),
                rows=[self.lapsed(it) for it in found],
                brief=self.lapsed_companies(found, most=len(found)),
            )

    def lapsed_companies(self, found: Sequence[Lapsed], *, most: int = TO_CALL) -> list[str]:
        """The companies of what lapsed: what is to be looked at, and what was asked for again."""
        groups: dict[str, list[Lapsed]] = {"lapses.requests": [], "lapses.mandates": [], "lapses.again": []}
        for it in found:
            kind = "mandates" if isinstance(it.case, Mandate) else "requests"
            groups[f"lapses.{kind if it.renewed is None else 'again'}"].append(it)
        named = self.lapsed_in_full if len(found) <= LAPSES else attrgetter("company")
        return [
            self.say(
                key,
                count=len(some),
                names=self.few_of([named(it) for it in some], most=NAMED if key == "lapses.again" else most),
            )
            for key, some in groups.items()
            if some
        ]

    def lapsed_in_full(self, it: Lapsed) -> str:
        """A company, what it lost, and when."""
        what = self.services(it.case) if isinstance(it.case, Mandate) else self.in_short(it.case.services)
        return self.say("lapses.detail", company=it.company, what=what, ended=self.instant(it.ended))

    def few_of(self, names: Sequence[str], *, most: int) -> str:
        """The first of these names, and how many more there are; a single one more is named."""
        most += most + 1 == len(names)
        few, more = ", ".join(names[:most]), len(names) - most
        return self.say("names.more", names=few, count=more) if more > 0 else few

    def lapsed(self, it: Lapsed) -> list[Cell]:
        """The row of what lapsed."""
        sure = self.say("lapses.presumed" if it.case.is_presumed else "lapses.final")
        if it.renewed is not None:
            kind = "mandate" if isinstance(it.case, Mandate) else "request"
            sure = self.say(f"lapses.again_{kind}", sure=sure, day=self.the(it.renewed))
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
            brief=list(self.by_actor(found)),
        )

    def by_actor(self, found: Iterable[Besides]) -> Iterator[str]:
        """What the firm has to do, then what others have, in the order in which things are done."""
        actions: dict[str, list[str]] = {}
        for it in found:
            action = self.say("besides.action", action=what(self, it.step), companies=self.few(it.companies))
            actions.setdefault(it.step.actor, []).append(action)
        join = self.wording.language.between.join
        said = {it: self.say("acts", actor=self.wording.actor(it), actions=join(of)) for it, of in actions.items()}
        for actors in ([it for it in said if it == Actor.USER], [it for it in said if it != Actor.USER]):
            if actors:
                yield self.say("besides.line", actions=join(said[it] for it in actors))

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
        """What was wrong and is left out, where the rest of the row is followed: each mistake once."""
        found = self.night.wrong
        if self.night.unread:
            names = [f"'{name}'" for name in self.night.unread]
            yield Section(name="unread", title=self.say("wrong.unread", columns=names))
        if not found:
            return
        rank = {column: place for place, column in enumerate(COSTLY)}
        ranked = sorted(found, key=lambda it: rank.get(it.column, len(rank)))
        also = [it for it in ranked[WRONG:] if it.column in rank]
        rows = list[list[Cell]]()
        for it in found:
            lines = ", ".join(map(str, it.lines[:LINES])) + (" …" if len(it.lines) > LINES else "")
            names = self.few_of(it.companies, most=NAMED)
            reason = self.sentence(it)
            rows.append(
                [Cell(lines, it.lines[0] if it.lines else None), Cell(self.heading(it)), Cell(names), Cell(reason)]
            )
        yield Section(
            name="wrong",
            title=self.say(
                "wrong.title",
                count=sum(max(1, len(it.lines)) for it in found),
                lines=len({line for it in found for line in it.lines}),
            ),
            columns=self.columns("line column company reason"),
            rows=rows,
            brief=[
                *(
                    self.in_a_line(it.lines[:LINES], self.few_of(it.companies, most=NAMED), [it])
                    for it in ranked[:WRONG]
                ),
                *([self.say("wrong.also", places=self.places(also))] if also else []),
                *([self.say("more", count=rest)] if (rest := len(found[WRONG:]) - len(also)) else []),
            ],
        )

    def places(self, found: Iterable[Fault]) -> str:
        """Where mistakes stand: each column, with its lines and its companies."""
        by_column: dict[str, list[str]] = {}
        for it in found:
            by_column.setdefault(self.heading(it), []).append(
                self.place(it.lines[:LINES], self.few_of(it.companies, most=LINES))
            )
        return self.wording.language.between.join(
            self.say("wrong.of_column", column=column, reason=", ".join(some)) for column, some in by_column.items()
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
        facts = {
            "firm.missing": {} if night.is_theirs else {"name": "teleprocedures.toml", "file": night.file},
            "end.closed": {"count": night.closed},
            "end.to_come": {"count": night.to_come},
            "end.ahead": {"at": night.ahead},
            "end.left": {"count": night.left},
            "end.by_others": {"count": night.by_others},
        }
        before = night.messages - night.new_messages
        messages = (
            "none" if not night.messages else "old" if not night.new_messages else "both" if before > 0 else "new"
        )
        lines = [self.say(f"end.messages_{messages}", count=night.messages, new=night.new_messages, before=before)]
        lines += [self.say(key, **of) for key, of in facts.items() if any(of.values())]
        counts = {"facts": night.recorded, "limits": night.decided}
        recorded = [self.say(f"end.recorded_{name}", count=count) for name, count in counts.items() if count]
        if recorded:
            lines[0] = f"{lines[0]} {self.say('end.recorded', found=recorded)}"
        else:
            lines.append(self.say("end.done_by_others" if night.by_others else "end.done_before"))
        if night.pressing:
            lines.append(" ".join(self.say(f"pressing.{name}", count=it) for name, it in night.pressing.items()))
        if night.to_mend:
            found = [self.say(f"mend.{name}", count=it) for name, it in night.to_mend.items()]
            lines.append(self.say("end.mend", found=found))
        elif night.is_well:
            lines.append(self.say("end.well"))
        yield Section(name="end", title="", lines=lines)

    # --- Words of cells -----------------------------------------------------------------------------------------------

    def instant(self, at: datetime, *, ends: bool = False) -> str:
        """An instant, for a cell: with its year only if that is another than the night's.

        Midnight is the end of a day where something `ends` then. That clocks are those of Paris stands in the heading.
        """
        text = self.wording.language.instant(at, ends=ends).removesuffix(self.say("hour.zone"))
        return self._of_this_year(text, civil_day(at - timedelta.resolution * ends).year)

    def short(self, day: date) -> str:
        """A day, for a cell, in the same way."""
        return self._of_this_year(self.wording.day(day), day.year)

    def the(self, day: date) -> str:
        """A day, as it stands after a word such as *before*: with its article, where the language has one."""
        return self.short(day) if self._is_near(day) else self.say("day.the", day=self.short(day))

    def of(self, day: date) -> str:
        """A day, as it stands after a word such as *from*: with its article, where the language has one."""
        near = {0: "day.of_today", 1: "day.of_tomorrow"}
        return self.say(near.get((day - self.night.firm.today).days, "day.of"), day=self.short(day))

    def _is_near(self, day: date) -> bool:
        return (day - self.night.firm.today).days in (0, 1)

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


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def acts(teller: Teller, task: Task, *, has_names: bool = False) -> Iterator[str]:
    """Who does what, in the order in which things are done; each is named once for what comes together.

    With names, that is said which is each company's own: the address that a link was sent to, and its representative.
    """
    order: dict[str, int] = {action: place for place, action in enumerate(Action)}
    in_order = sorted(task.steps, key=lambda step: order.get(step.action, len(order)))
    has_code = {step.action for step in in_order} >= CODE
    his = task.of_the_representative
    apart = [step for step in in_order if not (has_code and step.action in CODE) and step is not his]
    link = task.link if has_names else None
    before = ""
    for actor, of_actor in groupby(apart, key=lambda step: step.actor):
        actions = ", ".join(what(teller, step, link=link) for step in of_actor)
        if has_code and actor == Actor.USER and apart[-1].actor == actor:
            before = f"{actions}, "
        else:
            yield teller.say("acts", actor=teller.wording.actor(actor), actions=actions)
    if has_code:
        yield teller.say("acts.code", before=before)
    if his is not None:
        name = task.representative if has_names else ""
        yield teller.say("acts.code_named" if name else "acts.code_his", name=name)


def what(teller: Teller, step: NextStep, *, link: Adhesion | None = None) -> str:
    """What there is to do, in words."""
    if step.action == Action.USE_LINK and link is not None and link.link_sent_to is not None:
        return teller.say("acts.link", address=link.link_sent_to)
    return teller.wording.action(step.action, services=step.services, account=step.account, other=step.other)


def _awaited(teller: Teller, it: Coming) -> str:
    """How many await the service, with what, and the first day that is safe of those that are in no doubt."""
    count, registered = len(it.awaited), sum(owed.need not in MANDATES for owed in it.awaited)
    mandates = ("with" if registered else "without") if it.tax.service.needs_mandate else "none"
    text = teller.say(f"coming.awaited_{mandates}", count=count, registered=registered)
    safe = [owed.day for owed in it.awaited if not owed.is_in_doubt]
    return teller.say("coming.awaited_first", awaited=text, start=teller.short(safe[0])) if safe else text


def owed(teller: Teller, it: Coming, *, is_brief: bool = False) -> Iterator[str]:
    """Where companies stand with a tax date; in brief, what their needs have not said already."""
    if it.missing:
        # Who has a mandate already may have more time than who has nothing yet.
        start = it.missing[0].day
        key = "coming.missing" if start == it.start_by and not is_brief else "coming.missing_by"
        yield teller.say(key, count=len(it.missing), start=teller.working(start))
    if it.missing_late:
        yield teller.say("coming.missing_late", count=len(it.missing_late), days=teller.days_of(it.missing_late))
    if it.awaited:
        yield _awaited(teller, it)
    if it.late and not is_brief:
        yield teller.say("coming.late", count=len(it.late), days=teller.days_of(it.late))
    counts = {
        "doubt": sum(owed.is_in_doubt for owed in it.awaited),
        "held": len(it.held),
        "renew": 0 if is_brief else len(it.renew),
        "unread": it.unread,
        "ready": it.ready,
    }
    yield from (teller.say(f"coming.{key}", count=count) for key, count in counts.items() if count)
    if it.unsure:
        names = [doubtful.company for doubtful in it.unsure]
        most = len(names) if it.tax.day <= teller.night.firm.today + PRESSING else TO_CALL
        yield teller.say("coming.unsure", count=len(names), names=teller.few_of(names, most=most))
