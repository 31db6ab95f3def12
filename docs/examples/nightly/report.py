"""What a night came to, as plain values: the one model that the console, the page, the calendar and the workbook show.

First what ends today and tomorrow, then the rows of which nothing is followed, the letters that are overdue, what a
coming tax needs, what lapsed tonight, and the rest. In which words it is told, and with which signs, begins in
`sections.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final, TypeAlias

import attrs
from coming import MANDATE, Coming
from portfolio import PARIS, Wrong

from teleprocedures import (
    Action,
    Actor,
    Adhesion,
    Case,
    Deadline,
    Event,
    JudgedEvent,
    Lapse,
    LeadTimes,
    Mandate,
    NextStep,
    Organisation,
    Portfolio,
    Rule,
    Siren,
)
from teleprocedures.deadlines import civil_day
from teleprocedures.words import in_paris

Case_: TypeAlias = Adhesion | Mandate
MANDATES: Final = frozenset(MANDATE)
"""The steps to a mandate that is registered."""
OFF: Final = timedelta(minutes=15)
"""How far the clocks of those who work on one database may be apart before it is a mistake."""
AHEAD: Final = timedelta(days=15)
"""How soon what is at risk ends, to the end of that day."""


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

    @property
    def today(self) -> date:
        """The civil day of the night, in Paris."""
        return civil_day(self.at)

    def company(self, organisation: Organisation | None, *besides: str) -> str:
        """The name of a company, with its number where another has the same; or its number alone, if it has no name.

        What else there is to be said of it stands in the same brackets.
        """
        name = self.names.get(str(organisation))
        number = self.number(organisation)
        beside = ", ".join([number, *besides] if name is not None and self.shared[name] > 1 else besides)
        return f"{name or number} ({beside})" if beside else name or number

    def number(self, organisation: Organisation | None) -> str:
        """The number of a company, as people write it."""
        return organisation.grouped if isinstance(organisation, Siren) else str(organisation)

    def name(self, organisation: Organisation | None) -> str:
        """The name of a company alone, or an empty text."""
        return self.names.get(str(organisation), "")


@attrs.frozen(kw_only=True)
class Task:
    """What a case asks for by one day or hour: steps of one company, all with the same time limit."""

    company: str
    steps: Sequence[NextStep]
    case: Case_ | None = None

    @property
    def organisation(self) -> Organisation | None:
        """Whose they are."""
        return self.steps[0].organisation

    @property
    def link(self) -> Adhesion | None:
        """The request of which the link is to be used, if that is what there is to do."""
        is_link = isinstance(self.case, Adhesion) and any(it.action == Action.USE_LINK for it in self.steps)
        return self.case if is_link and isinstance(self.case, Adhesion) else None

    @property
    def of_the_representative(self) -> NextStep | None:
        """The step that is the legal representative's own: the code of what he asked for himself."""
        his = Actor.LEGAL_REPRESENTATIVE
        return next((it for it in self.steps if it.action == Action.ENTER_LETTER_CODE and it.doer == his), None)

    @property
    def representative(self) -> str:
        """The name of the representative who enters the code himself, if it is known; else an empty text."""
        step = self.of_the_representative
        return "" if step is None or step.representative is None else str(step.representative)

    @property
    def is_of_a_request(self) -> bool:
        """Whether they are of a request, and not of a mandate."""
        return isinstance(self.case, Adhesion)

    def may_have_ended(self, at: datetime) -> bool:
        """Whether its end is a guess, and the shortest time limit that it can have is over."""
        return self.steps[0].estimated and self.deadline is not None and self.deadline.safe_until < at

    def certainty(self, at: datetime) -> str:
        """How sure the date to show is, as the words of both languages name it; an empty text for one that is sure."""
        estimated = self.steps[0].estimated
        if self.may_have_ended(at):
            return "at_once" if self.link is None else "link_at_once"
        if estimated and self.link is not None:
            return "link"
        if self.is_last_day:
            return "last_estimated" if estimated else "last"
        return "estimated" if estimated else ""

    @property
    def by(self) -> datetime:
        """The date to show."""
        by = self.steps[0].by
        assert by is not None, "what has a time limit has a day"
        return by

    @property
    def deadline(self) -> Deadline | None:
        """The time limit that runs."""
        return None if self.case is None else self.case.deadline

    @property
    def is_last_day(self) -> bool:
        """Whether the day shown is the last one, the safe day being over."""
        local = in_paris(self.by)
        return self.by == self.steps[0].closes and local is not None and local.time() == time.max

    def ends_by(self, at: datetime) -> bool:
        """Whether it may have ended by an instant: an estimated time limit, as soon as the shortest one has."""
        return self.by <= at or (self.deadline is not None and self.deadline.safe_until <= at)

    def is_unsure(self, at: datetime) -> bool:
        """Whether it is a mandate whose end is a guess, the safe one of which is past (A19)."""
        return isinstance(self.case, Mandate) and self.may_have_ended(at)


@attrs.frozen(kw_only=True)
class Letter:
    """A letter that was announced for a day, that day included, and of which no date is known: whom to call."""

    company: str
    request: Adhesion
    announced: date
    safe: date


@attrs.frozen(kw_only=True)
class Lapsed:
    """What lapsed this night, and when it was asked for again, if it was."""

    company: str
    case: Case_
    renewed: date | None

    @property
    def ended(self) -> datetime:
        """When its time limit ended."""
        assert self.case.time_limit is not None, "what has lapsed had a time limit"
        return self.case.time_limit.closes


@attrs.frozen(kw_only=True)
class Besides:
    """What presses nobody: one step, and all the companies that it is asked of."""

    step: NextStep
    rules: Sequence[Rule]
    companies: Sequence[str]


@attrs.frozen(kw_only=True)
class ToDo:
    """What is to be done next: today and tomorrow, at risk until a day, later, and what presses nobody.

    Each has the soonest first, `now` what may have ended already before that. `letters` are those that are overdue, but
    for the ones of `now`, of which there are `letters_now`; `expected` are those that come today or tomorrow. `unsure`
    are the mandates that may have lapsed long ago, because nobody knows when they were used last.
    """

    until: datetime
    now: Sequence[Task]
    letters: Sequence[Letter]
    letters_now: int
    expected: Sequence[Letter]
    at_risk: Sequence[Task]
    later: Sequence[Task]
    unsure: Sequence[Task]
    besides: Sequence[Besides]

    @property
    def dated(self) -> list[Task]:
        """All that ends some day, the soonest first."""
        return [*self.now, *self.at_risk, *self.later]


@attrs.frozen(kw_only=True)
class Fault:
    """The same mistake, with the lines on which it stands, the companies that it is of, its column and its heading."""

    lines: Sequence[int]
    companies: Sequence[str]
    column: str
    heading: str
    why: object


@attrs.frozen(kw_only=True)
class Unfollowed:
    """A row of which nothing is followed, or a case that cannot be read: why, by columns and their headings."""

    line: int
    company: str
    faults: Sequence[Fault]


@attrs.frozen(kw_only=True)
class Night:
    """What one night came to; `recorded` and `decided` count this job's decisions, `by_others` the events of others.

    Of the `rows` of the file, `requests` are followed. Of the `messages` that wait, `new_messages` are of this job.
    The lines that do not say who made a request are `assumed`, by the company's number: a third party is. What today's
    rules would not have let pass is in `judged`, or None where nobody asked. Something `is_wrong` where a
    row, a stored fact or the clock is.
    """

    at: datetime
    name: str
    file: str
    rows: int
    requests: int
    taken_over: int
    closed: int
    firm: Firm
    lapsed: Sequence[Lapsed]
    unchecked: Sequence[Lapsed]
    to_do: ToDo
    coming: Sequence[Coming]
    leads: LeadTimes
    unfollowed: Sequence[Unfollowed]
    wrong: Sequence[Fault]
    unread: Sequence[str]
    assumed: Mapping[str, Sequence[str]]
    judged: Sequence[JudgedEvent] | None
    is_theirs: bool
    messages: int
    new_messages: int
    to_come: int
    recorded: int
    decided: int
    by_others: int
    left: int
    ahead: datetime | None
    is_wrong: bool

    @property
    def pressing(self) -> dict[str, int]:
        """How much there is of each thing that is to be done or checked now."""
        found = {
            "now": len(self.to_do.now),
            "letters": len(self.to_do.letters) + self.to_do.letters_now + len(self.to_do.expected),
            "needed": sum(len(it.needed) + len(it.overdue) + len(it.doubtful) for it in self.coming),
            "lapses": sum(it.renewed is None for it in self.lapsed) + len(self.unchecked),
            "unsure": len(self.to_do.unsure),
        }
        return {name: count for name, count in found.items() if count}

    @property
    def is_off(self) -> bool:
        """Whether the clock is so far behind that it is a mistake."""
        return self.ahead is not None and self.ahead - self.at > OFF

    @property
    def to_mend(self) -> dict[str, int]:
        """How much there is of each thing that is to be mended: in the file, in the database, of the clock."""
        found = {
            "unfollowed": sum(it.line > 0 for it in self.unfollowed),
            "wrong": sum(len(it.lines) for it in self.wrong),
            "stored": sum(not it.line for it in self.unfollowed) + sum(not it.lines for it in self.wrong),
            "judged": len(self.judged or ()),
            "clock": int(self.is_off),
        }
        return {name: count for name, count in found.items() if count}

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do soon, and nothing to look at."""
        return not self.pressing and not self.is_wrong


def lapses(firm: Firm, events: Iterable[Event]) -> tuple[list[Lapsed], list[Lapsed]]:
    """What lapsed by the events of this night and has not come back, and what waits to be checked of earlier ones.

    Of this night what was not renewed comes first, then what was.
    """
    lapsed = {event.case_id for event in events if isinstance(event, Lapse)}
    both: list[Case_] = [*firm.requests, *firm.mandates]
    renewed = _renewed(firm)
    found = [
        Lapsed(company=firm.company(case.organisation), case=case, renewed=renewed.get(case.id))
        for case in both
        if case.id in lapsed and case.has_lapsed
    ]
    before = [
        Lapsed(company=firm.company(case.organisation), case=case, renewed=None)
        for case in both
        if case.is_presumed and not case.is_closed and case.id not in lapsed and case.id not in renewed
    ]
    return sorted(_latest(found), key=lambda it: it.renewed is not None), _latest(before)


def _latest(found: Iterable[Lapsed]) -> list[Lapsed]:
    by_company = sorted(found, key=lambda it: (it.company, it.case.id))
    return sorted(by_company, key=lambda it: it.ended, reverse=True)


def _renewed(firm: Firm) -> dict[str, date]:
    """When each request was asked for again, and each mandate issued anew, by the id of the earlier one."""
    found = {it.origin.renews: it.origin.at for it in firm.requests if it.origin.renews is not None}
    accounts: dict[object, Mandate] = {}
    for mandate in sorted(firm.mandates, key=lambda it: it.origin.at):
        account = mandate.organisation, mandate.account
        if account in accounts:
            found[accounts[account].id] = mandate.origin.at
        accounts[account] = mandate
    return {id_: civil_day(at) for id_, at in found.items()}


def to_do(firm: Firm, coming: Iterable[Coming] = (), lapsed: Iterable[Lapsed] = ()) -> ToDo:
    """What is to be done next; a request that was renewed asks for nothing.

    What a coming tax needs has its day there, and what lapsed is to be checked first: neither is told again among what
    presses nobody.
    """
    at = firm.at
    until = datetime.combine(firm.today + AHEAD, time.max, PARIS)
    tomorrow = datetime.combine(firm.today + timedelta(days=1), time.max, PARIS)
    steps = firm.portfolio.next_steps(at=at)
    cases = {case.id: case for case in (*firm.requests, *firm.mandates)}
    dated = tasks(firm, (step for step in steps if step.by is not None and _is_of_its_limit(step, cases)), cases)
    besides = [step for step in steps if step.by is None or not _is_of_its_limit(step, cases)]
    expected = [it for it in besides if it.action == Action.WATCH_LETTER and it.by is not None and it.by <= tomorrow]
    # What the bank does, the firm asks it about: that is one thing to do.
    checked_by_the_firm = {it.case_id for it in besides if it.action == Action.CHECK_MANDATE}
    told = {
        id(step) for step in besides if step.action == Action.REGISTER_MANDATE and step.case_id in checked_by_the_firm
    }
    told |= {id(step) for step in expected} | {id(step) for step in _of_taxes(besides, coming)}
    checked = [it.case for it in lapsed]
    requests = {case.id for case in checked}
    accounts = {(case.organisation, case.account) for case in checked if isinstance(case, Mandate)}
    told |= {
        id(step)
        for step in besides
        if step.case_id in requests
        or (step.action == Action.ISSUE_MANDATE_AGAIN and (step.organisation, step.account) in accounts)
    }
    unsure = [task for task in dated if task.is_unsure(at)]
    dated = [task for task in dated if not task.is_unsure(at)]
    now = [task for task in dated if task.ends_by(tomorrow)]
    later = [task for task in dated if not task.ends_by(tomorrow)]
    return ToDo(
        until=until,
        now=sorted(now, key=lambda it: (not it.may_have_ended(at), it.by, not it.is_last_day)),
        letters=_soonest(letters(later)),
        letters_now=len(list(letters(now))),
        expected=_soonest(_letter(firm.company(it.organisation), cases[it.case_id]) for it in expected),
        at_risk=[task for task in later if task.ends_by(until)],
        later=[task for task in later if not task.ends_by(until)],
        unsure=unsure,
        besides=together(firm, (step for step in besides if id(step) not in told)),
    )


def _soonest(found: Iterable[Letter]) -> list[Letter]:
    return sorted(found, key=lambda it: (it.announced, it.company))


def _of_taxes(steps: Iterable[NextStep], coming: Iterable[Coming]) -> Iterator[NextStep]:
    """The steps that a coming tax needs, and that are told with it."""
    mandates: set[tuple[object, object]] = set()
    requests: set[tuple[object, object]] = set()
    for tax in coming:
        for owed in (*tax.needed, *tax.overdue):
            (requests if owed.need == "renew" else mandates).add((owed.organisation, owed.account))
    for step in steps:
        place = step.organisation, step.account
        if place in {Action.RENEW_ADHESION: requests}.get(step.action, mandates if step.action in MANDATES else ()):
            yield step


def _is_of_its_limit(step: NextStep, cases: Mapping[str, Case_]) -> bool:
    """Whether the day of a step is the one on which its case ends; a letter is looked for much earlier."""
    return not (step.action == Action.WATCH_LETTER and step.by is not None and step.by < _ends(cases[step.case_id]))


def _ends(case: Case_) -> datetime:
    assert case.deadline is not None, "a letter is awaited while a time limit runs"
    return case.deadline.safe_until


def letters(dated: Iterable[Task]) -> Iterator[Letter]:
    """The letters that were to come before this night, and of which nobody has said the day."""
    for task in dated:
        if any(step.action == Action.CHASE_LETTER for step in task.steps):
            assert task.case is not None, "what has a time limit is a case"
            yield _letter(task.company, task.case)


def _letter(company: str, request: Case_) -> Letter:
    assert isinstance(request, Adhesion), "only the letter of a request is looked for"
    assert request.deadline is not None, "a letter is awaited while a time limit runs"
    announced = request.rulebook.letter_announced
    assert announced is not None, "what is looked for was announced"
    return Letter(
        company=company,
        request=request,
        announced=civil_day(announced.starting(request.deadline.opened).closes),
        safe=civil_day(request.deadline.safe_until),
    )


def tasks(firm: Firm, steps: Iterable[NextStep], cases: Mapping[str, Case_]) -> list[Task]:
    """The steps of each case, the soonest first, then by company."""

    def place(step: NextStep) -> tuple[datetime, str, str]:
        assert step.by is not None, "what has a time limit has a day"
        return step.by, firm.company(step.organisation), step.case_id

    groups = groupby(sorted(steps, key=place), key=place)
    return [Task(company=company, steps=list(found), case=cases.get(id_)) for (_, company, id_), found in groups]


def together(firm: Firm, steps: Iterable[NextStep]) -> list[Besides]:
    """The same steps of several companies as one, in the order in which things are done."""
    found: dict[tuple[str, str], tuple[NextStep, dict[str, Rule], dict[Organisation | None, str]]] = {}
    for step in steps:
        _, rules, companies = found.setdefault((step.actor, step.action), (step, {}, {}))
        rules[step.rule.id] = step.rule
        companies[step.organisation] = firm.company(step.organisation)
    order: dict[str, int] = {action: place for place, action in enumerate(Action)}
    several = sorted(found.values(), key=lambda it: order.get(it[0].action, len(order)))
    return [
        Besides(step=step, rules=list(rules.values()), companies=sorted(companies.values()))
        for step, rules, companies in several
    ]


def faults(wrong: Iterable[Wrong], headings: Mapping[str, str], said: Callable[[object], str]) -> list[Fault]:
    """What is wrong, each mistake once with all its lines; two are the same where as much `is said` of them."""
    found: dict[tuple[str, str], list[Wrong]] = {}
    for it in wrong:
        found.setdefault((it.column, said(it.why)), []).append(it)
    return [
        Fault(
            lines=[it.line for it in several if it.line],
            companies=list(dict.fromkeys(it.company for it in several if it.company)),
            column=column,
            heading=headings.get(column, column),
            why=several[0].why,
        )
        for (column, _), several in found.items()
    ]


def unfollowed(wrong: Iterable[Wrong], headings: Mapping[str, str], said: Callable[[object], str]) -> list[Unfollowed]:
    """The rows of which nothing is followed, each with all that is wrong in it."""
    found: dict[object, list[Wrong]] = {}
    for it in wrong:
        # What is in no row of the file is a row of the database: each by itself.
        found.setdefault(it.line or id(it), []).append(it)
    return [
        Unfollowed(line=several[0].line, company=several[0].company, faults=faults(several, headings, said))
        for several in found.values()
    ]
