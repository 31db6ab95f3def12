"""When must we start so that this tax can be paid in time? Backwards from the day that matters, or forwards from today.

A plan is two chains of steps in whole civil days. The letter's way has the request, the company's link if there is one
(2.9), the letter (F2), the company's answer and the code (3.1). The mandate's way runs beside it from the request on. A
mandate is printed, signed, sent and registered (2.14 to 2.19). A payment needs both. Weekends count like other days
(A11), and the host's dates are taken as given. No rule says how long a letter, a company or a bank takes: that is the
host's to say, and a day that rests on it is `assumed`.

How the last day is found. The chains are gone through forwards only: `_Course.expected` says when each service is there
if one begins on a day. Whoever begins later is ready later or on the same day. So `_latest` steps back from the day
that matters, by one day, two, four and so on, until a day is early enough. Then it halves the days in between. Counting
back along the chains would need each rule a second time, in reverse, and the two could differ.

Going on. A plan goes on from all that a company has. Each service comes by the request that brings it soonest, or by a
new one if that is sooner still. So no plan that goes on is later than one that begins anew. What is new is asked for in
one request, which renews the one that has all of it, if there is one. A renewal asks for what is wanted and no more
(A16). Each account goes by the mandate that pays from it soonest, and the account that pays soonest is taken.

What is asked of many. An `Inquiry` has what is the same for every company: what is wanted, by when, and how long things
take. What follows from that alone is counted once and kept with it, such as the day on which a new link ends. A course
is one company under a question. It reads each case once, and counts each day of the search once.

The hour. What a plan has on a day can be done until noon in Paris at least. A link that ends earlier on a day is not
counted on that day (2.9). A night on which clocks go back takes an hour from it, and sometimes a day.

The doubt. Plans count on the safe day, whether the day of a letter is known or estimated (A3). What would come later is
asked for anew. The same holds of a mandate that collects nothing (F1). But while it lives, no other one is issued (A8).

>>> from datetime import date
>>> from teleprocedures import LeadTimes, plan
>>> found = plan(["payer-cfe"], pay_by=date(2024, 12, 15), lead_times=LeadTimes(letter=14, company=3, bank=5))
>>> found.start_by
datetime.date(2024, 11, 28)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import attrs

from teleprocedures.building import builder
from teleprocedures.cases import MANDATE, Action, ActivationState, Actor, Adhesion, Mandate, MandateState
from teleprocedures.core import Advice
from teleprocedures.deadlines import PARIS, civil_day, last_instant, plain_day, time_zone
from teleprocedures.errors import InvalidValueError, Rule, check_kind, english, show, shows_half_built
from teleprocedures.forms import Applicant
from teleprocedures.portfolio._leads import LeadTimes
from teleprocedures.portfolio._model import Record, found_in, to_register
from teleprocedures.portfolio._renewals import begun_at
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook, Service, TimeLimit
from teleprocedures.values import BankAccount, read_as

if TYPE_CHECKING:
    from teleprocedures.words import Phrasebook

T = TypeVar("T")
_ONE_DAY: Final = timedelta(days=1)
_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)


class Outcome(StrEnum):
    """How a plan comes out."""

    READY = "ready"
    IN_TIME = "in_time"
    TOO_LATE = "too_late"


@shows_half_built
@attrs.frozen(kw_only=True)
class PlanStep:
    """One thing to do by a civil day, which its text tells whole.

    The day rests on a lead time rather than on a rule where it is `assumed`. The case that the step is about is
    `case_id`: a request or a mandate, or the space that asks. It is None for one that does not exist yet. The
    `services` are those that the step leads to, and the `account` is the one that they are paid from, if one is known.
    """

    actor: str
    action: str
    day: date
    rule: Rule
    assumed: bool = False
    case_id: str | None = None
    services: tuple[Service, ...] = ()
    account: BankAccount | None = None

    def __str__(self) -> str:
        return self.render(english())

    def render(self, words: Phrasebook) -> str:
        """The step as a sentence in the language of these words. A `Wording` has all of its language."""
        return words.sentence(
            "step.assumed" if self.assumed else "step.planned",
            day=self.day,
            actor=words.name("actor", self.actor),
            action=words.name("action", self.action, account=self.account),
            about=words.sentence("step.of_services", services=self.services) if self.services else "",
            cited=words.sentence("step.rule", rule=self.rule.id),
        )


@shows_half_built
@attrs.frozen(kw_only=True)
class Plan:
    """The steps to services in order, each with its day, and whether the day that matters can be met.

    The `outcome` is ready where all is there on the first day, in time, or too late. The last safe civil day to begin
    or to go on is `start_by`. Where it is too late, that is the day on which one would have had to begin with nothing.
    Each service is expected on the day that `expected` has under its code: to be held, or to be payable where it is to
    be paid. All are ready on `ready_on`. The day that matters is `wanted_by`, None when it was not said.

    Where the plan is too late, that day can be met only with better luck than the lead times. The services that this is
    true of are `late`, and the others are still possible on the days of `expected`.
    """

    services: tuple[Service, ...]
    outcome: Outcome
    start_by: date
    steps: tuple[PlanStep, ...]
    ready_on: date
    expected: Mapping[str, date]
    late: tuple[Service, ...] = ()
    wanted_by: date | None = None

    @property
    def too_late(self) -> bool:
        """Whether the day that matters cannot be met as things stand."""
        return self.outcome is Outcome.TOO_LATE


def plan(
    services: Iterable[Service | str] | Service | str,
    *,
    pay_by: date | None = None,
    held_by: date | None = None,
    start: date | None = None,
    lead_times: LeadTimes | None = None,
    account: BankAccount | str | None = None,
    applicant: Applicant | str | None = None,
    rulebook: Rulebook = EXPERT_2024_04_03,
) -> Plan:
    """Plan backwards from the civil day by which services are to be paid with or held, or forwards from `start`.

    It is for whoever begins with nothing: `Company.plan` goes on from what a company has. Given both days, the plan
    says whether the one that matters can still be met. The `applicant` is who asks, a third party unless said
    otherwise. The `account` is the one to pay from, if it is known.

    Raises `InvalidValueError` for no service, for one that the catalogue does not have, and for services of which none
    pays in a plan to pay. Raises `InvalidValueError` for no day or two days that matter. Raises `InvalidValueError` for
    what is not a civil day or leads out of the years 1 to 9999. Raises `InvalidValueError` for lead times so long that
    the code of the letter would end first, and for an argument of another type.
    """
    return plan_of(
        None,
        services,
        pay_by=pay_by,
        held_by=held_by,
        start=start,
        lead_times=lead_times,
        account=account,
        applicant=applicant,
        rulebook=rulebook,
    )


def plan_of(
    record: Record | None,
    services: Iterable[Service | str] | Service | str,
    *,
    pay_by: date | None = None,
    held_by: date | None = None,
    start: date | None = None,
    lead_times: LeadTimes | None = None,
    account: BankAccount | str | None = None,
    applicant: Applicant | str | None = None,
    rulebook: Rulebook | None = None,
) -> Plan:
    """The plan of a company with all that it has, or of nobody yet; raises what `plan` raises."""
    if rulebook is None:
        rulebook = record.adhesions[-1].rulebook if record is not None and record.adhesions else EXPERT_2024_04_03
    inquiry = inquiry_of(
        services,
        record=record,
        pay_by=pay_by,
        held_by=held_by,
        start=start,
        lead_times=lead_times,
        account=account,
        applicant=applicant,
        rulebook=rulebook,
    )
    return inquiry.plan(record)


def inquiry_of(
    services: Iterable[Service | str] | Service | str,
    *,
    rulebook: Rulebook,
    record: Record | None = None,
    pay_by: date | None = None,
    held_by: date | None = None,
    start: date | None = None,
    lead_times: LeadTimes | None = None,
    account: BankAccount | str | None = None,
    applicant: Applicant | str | None = None,
) -> Inquiry:
    """What is asked of every company alike, or of this one; raises what `plan` raises of its arguments."""
    check_kind(rulebook, Rulebook, what="rulebook")
    wanted = _wanted(services, rulebook, record, paying=pay_by is not None)
    for name, day in (("pay_by", pay_by), ("held_by", held_by), ("start", start)):
        if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
            raise InvalidValueError("plan.day_malformed", name=name, value=show(day))
    pay_by, held_by, start = (day if day is None else plain_day(day) for day in (pay_by, held_by, start))
    goal = held_by if pay_by is None else pay_by
    if (pay_by is not None and held_by is not None) or (goal is None and start is None):
        raise InvalidValueError("plan.days_missing" if goal is None else "plan.days_not_allowed")
    return Inquiry(
        services=wanted,
        paying=held_by is None and any(service.pays for service in wanted),
        goal=goal,
        start=start,
        named="start" if goal is None else "held_by" if pay_by is None else "pay_by",
        leads=LeadTimes() if lead_times is None else check_kind(lead_times, LeadTimes, what="lead_times"),
        rulebook=rulebook,
        account=None if account is None else read_as(BankAccount, account),
        applicant=_applicant(applicant),
    )


def _wanted(
    services: Iterable[Service | str] | Service | str, rulebook: Rulebook, record: Record | None, *, paying: bool
) -> tuple[Service, ...]:
    wanted = found_in(rulebook.catalogue, services)
    if not wanted:
        raise InvalidValueError("services.missing")
    closed = tuple(it.code for it in wanted if record is not None and not record.can_ask_for(it))
    if closed:
        raise InvalidValueError("plan.not_open", value=closed)
    if paying and not any(service.pays for service in wanted):
        raise InvalidValueError("plan.not_a_payment", value=tuple(service.code for service in wanted))
    return wanted


def _applicant(given: Applicant | str | None) -> Applicant | None:
    if given is None:
        return None
    try:
        return Applicant(given)
    except ValueError:
        raise InvalidValueError("applicant.unknown", value=show(given), expected=tuple(Applicant)) from None


_Left: TypeAlias = tuple[timedelta, "tuple[Advice[Mandate], ...]"]


def registered_on(begun: date, since: date, left: Iterable[_Left]) -> date:
    """The day on which a mandate is registered, when somebody begins on a day with the steps that are `left`.

    The first of these steps could have begun at `since`. Each takes the time that stands with it.
    """
    day = since
    for takes, _ in left:
        day = max(begun, day + takes)
    return day


# --- What is asked ----------------------------------------------------------------------------------------------------


class ToDo(IntEnum):
    """What is to be done for a service: nothing, what is under way, something to begin, or something to ask for."""

    NOTHING = 0
    GO_ON = 1
    BEGIN = 2
    ASK = 3


class _ByDay(dict[date, date]):
    """What follows from a day, counted once for each day that is asked about."""

    def __init__(self, count: Callable[[date], date]) -> None:
        super().__init__()
        self._count = count

    def __missing__(self, day: date) -> date:
        self[day] = found = self._count(day)
        return found


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Inquiry:
    """What is asked of every company alike, and what follows from that alone, which is counted once.

    The services are to be paid with, where it is `paying`, or else held. The day that matters is the `goal`, and the
    first one is the `start`. A day that leads out of the calendar is told as the argument that it is `named` by.
    """

    services: tuple[Service, ...]
    paying: bool
    goal: date | None
    start: date | None
    named: str
    leads: LeadTimes
    rulebook: Rulebook
    account: BankAccount | None
    applicant: Applicant | None

    def plan(self, record: Record | None, start_by: date | None = None) -> Plan:
        """The plan of a company with all that it has, or of nobody yet; raises what `plan` raises of days.

        Where its `start_by` is known already, from looking ahead, it is not looked for again.
        """
        return self._answered(lambda: _Course.of(self, record).plan(start_by))

    def ahead(self, record: Record) -> Ahead:
        """How the plan of a company comes out, without its steps; raises what `plan` raises of days."""
        return self._answered(lambda: _Course.of(self, record).ahead(None))

    def _answered(self, answer: Callable[[], T]) -> T:
        try:
            return answer()
        except OverflowError:
            pass
        # Some day of the plan would be of year 0, or of year 10000.
        day = self.start if self.goal is None else self.goal
        raise InvalidValueError("plan.day_malformed", name=self.named, value=f"{day}")

    def is_there(self, case: Adhesion | Mandate) -> bool:
        """Whether a case is there on the first day, and is not closed (A21)."""
        return case.closing is None and begun_at(case) <= self._known_until

    @cached_property
    def _known_until(self) -> datetime:
        return _END_OF_TIME if self.start is None else last_instant(self.start, time_zone(PARIS))

    def anew(self, begun: date, *, linked: bool) -> date:
        """The day on which a new request is activated, with the company's link or without one (2.8)."""
        return (self.links[begun] if linked else begun) + self.letter + self.company

    @cached_property
    def linked(self) -> bool:
        """Whether a new request of all that is asked for has a link."""
        return any(service.needs_company_email for service in self.services)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each service stands among those that are asked for, by its code."""
        return {service.code: place for place, service in enumerate(self.services)}

    @cached_property
    def letter(self) -> timedelta:
        """How long a letter takes."""
        return timedelta(days=self.leads.letter)

    @cached_property
    def company(self) -> timedelta:
        """How long a company takes."""
        return timedelta(days=self.leads.company)

    @cached_property
    def left(self) -> Mapping[MandateState, tuple[_Left, ...]]:
        """What is left of a mandate in a state until it is registered: how long each step takes, and what it advises.

        Of two who have to act, a bank and whoever checks it, the slower one counts.
        """
        takes = {str(Actor.BANK): self.leads.bank, str(Actor.USER): 0}

        def of(advice: tuple[Advice[Mandate], ...]) -> _Left:
            return timedelta(days=max(takes.get(it.actor, self.leads.company) for it in advice)), advice

        return {state: tuple(of(MANDATE.advice(row.source)) for row in to_register(state)) for state in MandateState}

    @cached_property
    def left_anew(self) -> tuple[_Left, ...]:
        """The same of a new mandate."""
        return self.left[MANDATE.initial]

    @cached_property
    def registered(self) -> _ByDay:
        """The day on which a new mandate is registered, by the day on which it is issued."""
        return _ByDay(lambda day: registered_on(day, day, self.left_anew))

    @cached_property
    def links(self) -> _ByDay:
        """The last day to count on a link, by the day of which noon it was sent on (2.9)."""
        duration = self.rulebook.link_use.duration

        def until(day: date) -> date:
            noon = datetime.combine(day, _NOON, time_zone(PARIS)).astimezone(UTC)
            return _last_noon(duration.starting(noon).closes)

        return _ByDay(until)

    @cached_property
    def codes(self) -> _ByDay:
        """The safe last day of a letter's code, by the day of the validation (3.1)."""
        return _ByDay(partial(self._safe_day, self.rulebook.services_activation))

    @cached_property
    def collecting(self) -> _ByDay:
        """The safe last day of a mandate that collects nothing, by the day of its registration (F1)."""
        limit = self.rulebook.mandate_use
        return _ByDay(lambda day: date.max if limit is None else self._safe_day(limit, day))

    def _safe_day(self, limit: TimeLimit, opened: date) -> date:
        return civil_day(self.rulebook.starting(limit, opened).safe_until)

    @cached_property
    def latest_anew(self) -> date:
        """The last day on which whoever has nothing begins in time."""
        latest = _Course.of(self, None).latest(None)
        assert latest is not None, "with nothing to go on from, there is always a day early enough"
        return latest


# --- What there is, in days -------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True, eq=False)
class _Source:
    """A request that brings services, in the days that count of it; it may have ended before.

    The `places` are those of its services among the ones that are asked for.
    """

    request: Adhesion
    places: tuple[int, ...]
    held_on: date | None = None
    link_until: date | None = None
    validated_on: date | None = None
    safe_until: date | None = None
    is_seen: bool = False

    @classmethod
    def of(cls, request: Adhesion, places: tuple[int, ...]) -> _Source | None:
        """Read the days of a request, each in Paris; None where it cannot be gone on with."""
        activation = request.activation
        if activation is not None and activation.state is ActivationState.ACTIVE:
            return _source(request=request, places=places, held_on=civil_day(request.since))
        deadline = request.deadline
        if deadline is None:
            return None
        if activation is None:
            return _source(request=request, places=places, link_until=_last_noon(deadline.closes))
        return _source(
            request=request,
            places=places,
            validated_on=civil_day(request.since),
            safe_until=civil_day(deadline.safe_until),
            # Our own letter has its day as soon as it is posted, and may still be on its way.
            is_seen=activation.letter is not None and request.held_elsewhere,
        )


@attrs.frozen(kw_only=True, eq=False)
class _Paying:
    """A mandate that pays from an account or will, in the days that count of it."""

    mandate: Mandate
    left: tuple[_Left, ...]
    since: date
    safe_until: date
    closes: date

    @property
    def rank(self) -> tuple[int, datetime, str]:
        """As the model has it: the one that has come furthest counts, and of equals the last one issued."""
        return -len(self.left), self.mandate.origin.at, self.mandate.id

    @classmethod
    def of(cls, mandate: Mandate, left: tuple[_Left, ...]) -> _Paying:
        """Read the days of a mandate, each in Paris; one that is not registered yet has no end.

        Of an estimate the last day counts: while it may live, no other mandate is issued for its account (A8, A19).
        """
        idle, since = mandate.idle, civil_day(mandate.since)
        if idle is None:
            return _paying(mandate=mandate, left=left, since=since, safe_until=date.max, closes=date.max)
        closes = civil_day(idle.closes)
        safe_until = closes if idle.estimated else civil_day(idle.safe_until)
        return _paying(mandate=mandate, left=left, since=since, safe_until=safe_until, closes=closes)


@attrs.frozen(eq=False)
class _Way:
    """How a service comes: the day on which it is held, and by which request, None for a new one."""

    held_on: date
    source: _Source | None


@attrs.frozen(kw_only=True, eq=False)
class _Funding:
    """From which account a service is paid by mandate, and from which day; `mandate` is None for a new one."""

    account: BankAccount | None
    payable_on: date
    registered_on: date
    mandate: _Paying | None
    issued_on: date
    is_declaring: bool
    left: tuple[_Left, ...]
    """What is to be done until the mandate is registered."""


@attrs.frozen(kw_only=True, eq=False)
class _Part:
    """When one service is there, which may be in the past: how it comes, what pays for it by mandate, if anything does.

    Where it pays without one, it may be that the account is to be declared first (A17).
    """

    service: Service
    way: _Way
    funding: _Funding | None
    is_declaring: bool
    on: date

    @property
    def to_do(self) -> ToDo:
        """The most that is to be done for this service."""
        source, funding = self.way.source, self.funding
        if source is None:
            return ToDo.ASK
        if self.is_declaring or (funding is not None and (funding.is_declaring or funding.mandate is None)):
            return ToDo.BEGIN
        return ToDo.NOTHING if source.held_on and not (funding and funding.left) else ToDo.GO_ON


@attrs.frozen(eq=False)
class _Answer:
    """When all is there if one begins on a day, and how each of the services comes."""

    begun: date
    parts: tuple[_Part, ...]
    ready_on: date


@attrs.frozen(eq=False)
class Ahead:
    """How a plan comes out: the last safe day to begin or to go on, and what is so of each service on the first day."""

    start_by: date
    answer: _Answer
    goal: date | None

    def day_of(self, on: date) -> date:
        """The day that is told of something: its own where the day that matters has passed, else none before today."""
        return on if self.goal is not None and self.goal < self.answer.begun else max(on, self.answer.begun)

    @property
    def ready_on(self) -> date:
        """The day on which all are there."""
        return self.day_of(self.answer.ready_on)

    @property
    def late(self) -> tuple[Service, ...]:
        """The services that are not there on the day that matters."""
        return tuple([it.service for it in self.answer.parts if self.goal is not None and it.on > self.goal])

    @property
    def to_do(self) -> ToDo:
        """The most that is to be done for any of the services."""
        return max([part.to_do for part in self.answer.parts])

    @property
    def outcome(self) -> Outcome:
        """Whether all is there on the first day, in time, or too late."""
        if self.late:
            return Outcome.TOO_LATE
        is_done = self.to_do is ToDo.NOTHING and self.answer.ready_on <= self.answer.begun
        return Outcome.READY if is_done else Outcome.IN_TIME

    @property
    def go_on_by(self) -> date:
        """The last safe day, before the time limits of the requests too: past these, all is to be asked for again."""
        sources = [part.way.source for part in self.answer.parts]
        running = [it.request.deadline for it in sources if it is not None and it.held_on is None]
        return min([self.start_by, *(civil_day(it.safe_until) for it in running if it is not None)])


@attrs.frozen(eq=False)
class _About:
    """What a step is about."""

    services: tuple[Service, ...]
    case_id: str | None = None
    account: BankAccount | None = None


# One company in a portfolio has some ten of them, and has them made without the checks of a class.
_source, _paying, _way = builder(_Source), builder(_Paying), builder(_Way)
_funding, _part, _answer, _about = builder(_Funding), builder(_Part), builder(_Answer), builder(_About)
_ahead, _step, _plan = builder(Ahead), builder(PlanStep), builder(Plan)


@attrs.frozen(kw_only=True, eq=False)
class _Course:
    """The two ways to services from a day on: the letter's, and the mandate's for what pays by mandate."""

    inquiry: Inquiry
    record: Record | None
    requests: tuple[Adhesion, ...]
    """Those that are known on the first day, the oldest first."""
    sources: tuple[_Source, ...]
    """Those of them that have a service which is asked for, and can be gone on with."""
    mandates: Mapping[BankAccount, tuple[_Paying, ...]]
    declared: Mapping[BankAccount, set[str]]
    """The accounts of the company, each with the spaces in which it is declared (A17)."""
    accounts: tuple[BankAccount | None, ...]
    _answers: dict[date, _Answer] = attrs.field(factory=dict)

    @classmethod
    def of(cls, inquiry: Inquiry, record: Record | None) -> _Course:
        """Read what a company has on the first day, or nothing."""
        requests = () if record is None else tuple(it for it in record.adhesions if inquiry.is_there(it))
        mandates = _mandates_of(inquiry, record)
        declared = _declared_by(requests, mandates)
        accounts: tuple[BankAccount, ...] = tuple(sorted(declared, key=lambda it: it.iban))
        return cls(
            inquiry=inquiry,
            record=record,
            requests=requests,
            sources=tuple(_sources_of(inquiry, requests)),
            mandates=mandates,
            declared=declared,
            accounts=accounts or (None,),
        )

    def ahead(self, start_by: date | None) -> Ahead:
        """How the plan comes out, begun as late as is safe, or on the day that is asked about."""
        goal, start = self.inquiry.goal, self.inquiry.start
        earliest = self._told_on if start is None else start
        latest = start_by or (earliest if goal is None else self.latest(earliest))
        begun = start or latest or earliest
        assert begun is not None, "with nothing to go on from, there is always a day early enough"
        if latest is None:
            # Where a mandate that ends is in the way (A8), beginning anew would have been in time even today.
            latest = min(self.inquiry.latest_anew, begun - _ONE_DAY)
        return _ahead(latest, self._begun_on(begun), goal)

    def plan(self, start_by: date | None) -> Plan:
        """The plan, with its steps."""
        ahead = self.ahead(start_by)
        expected = {part.service.code: ahead.day_of(part.on) for part in ahead.answer.parts}
        return _plan(
            services=self.inquiry.services,
            outcome=ahead.outcome,
            start_by=ahead.start_by,
            steps=tuple(sorted(self._steps(ahead.answer), key=lambda step: step.day)),
            ready_on=ahead.ready_on,
            expected=MappingProxyType(expected),
            late=ahead.late,
            wanted_by=self.inquiry.goal,
        )

    def latest(self, earliest: date | None) -> date | None:
        """The last day to begin for all to be there by the goal; None when even the earliest day is too late."""
        goal = self.inquiry.goal
        assert goal is not None, "only a day that matters can be met"

        def in_time(day: date) -> bool:
            return self._begun_on(day).ready_on <= goal

        if earliest is not None and not in_time(earliest):
            return None
        # Between a day in time and a late one lies the last day in time. Whoever begins on the goal is late by some
        # days, and mostly has to begin as many before it: from there on, the pair is looked for in growing steps.
        behind = 0 if earliest is not None and goal < earliest else (self._begun_on(goal).ready_on - goal).days
        if behind <= 0:
            return goal
        day, late, step = goal, goal, behind
        while not in_time(day):
            before = _before(day, step, goal)
            day, late, step = before if earliest is None else max(before, earliest), day, step * 2
        step = 1
        while late - day > _ONE_DAY:
            next_day = min(day + timedelta(days=step), late - _ONE_DAY)
            day, late, step = (next_day, late, step * 2) if in_time(next_day) else (day, next_day, 1)
        return day

    @property
    def _told_on(self) -> date | None:
        """The day on which the last fact of the company was told, before which its cases do not stand as they do."""
        cases = () if self.record is None else (*self.record.adhesions, *self.record.mandates)
        return max((civil_day(case.recorded_at) for case in cases), default=None)

    def _begun_on(self, begun: date) -> _Answer:
        """How each service comes if one begins on this day."""
        found = self._answers.get(begun)
        if found is None:
            found = self._answers[begun] = self._answer(begun)
        return found

    def _answer(self, begun: date) -> _Answer:
        paying, ways = self.inquiry.paying, self._ways(begun)
        fundings: dict[_Way, _Funding] = {}
        parts: list[_Part] = []
        for service, way in zip(self.inquiry.services, ways, strict=True):
            on, funding, is_declaring = way.held_on, None, False
            if paying and service.needs_mandate:
                funding = fundings.get(way) or fundings.setdefault(way, self._funded(begun, way))
                on = funding.payable_on
            elif paying and service.pays and way.source is not None:
                # What is paid without a mandate needs an account all the same, which may have to be declared (A9).
                is_declaring = self._is_to_be_declared(self._account_beside(way.source), way)
                on = max(on, begun) if is_declaring else on
            parts.append(_part(service=service, way=way, funding=funding, is_declaring=is_declaring, on=on))
        return _answer(begun, tuple(parts), max([part.on for part in parts]))

    # --- The letter's way ---

    def _ways(self, begun: date) -> list[_Way]:
        """Each service by the request that brings it soonest, the last one made of several.

        All that is new comes by one request, with one link or none. What comes no later than a new request of all of
        them is gone on with.
        """
        inquiry = self.inquiry
        anew = inquiry.anew(begun, linked=inquiry.linked)
        found: list[_Way | None] = [None] * len(inquiry.services)
        for source in self.sources:
            held_on = self._held_on(begun, source)
            if held_on is not None and held_on <= anew:
                way = _way(held_on, source)
                for place in source.places:
                    best = found[place]
                    if best is None or held_on <= best.held_on:
                        found[place] = way
        new = [service for service, way in zip(inquiry.services, found, strict=True) if way is None]
        anew_way = _way(inquiry.anew(begun, linked=any(it.needs_company_email for it in new)), None)
        return [anew_way if way is None else way for way in found]

    def _held_on(self, begun: date, source: _Source) -> date | None:
        """The day on which a request's services are held, None where its time limit ends too soon."""
        if source.held_on is not None:
            return source.held_on
        if source.validated_on is None:
            used = self._link_used(begun, source)
            return None if used is None else used + self.inquiry.letter + self.inquiry.company
        entered = self._arrived(begun, source) + self.inquiry.company
        return None if source.safe_until is None or entered > source.safe_until else entered

    def _link_used(self, begun: date, source: _Source) -> date | None:
        """The worst day that is still in time, and no worse than that of a new link."""
        if source.link_until is None or begun > source.link_until:
            return None
        return min(source.link_until, self.inquiry.links[begun])

    def _arrived(self, begun: date, source: _Source) -> date:
        assert source.validated_on is not None, "a letter follows the validation"
        return begun if source.is_seen else max(begun, source.validated_on + self.inquiry.letter)

    # --- The mandate's way ---

    def _funded(self, begun: date, way: _Way) -> _Funding:
        """The account that pays soonest for a service that comes this way; of two, the one with less to be done."""
        accounts = self.accounts if self.inquiry.account is None else (self.inquiry.account,)
        every = [self._paid_from(account, begun, way) for account in accounts]
        if len(every) == 1:
            return every[0]
        # A past day is no sooner than today.
        return min(every, key=lambda it: (max(it.payable_on, begun), it.mandate is None, len(it.left), it.is_declaring))

    def _is_to_be_declared(self, account: BankAccount | None, way: _Way) -> bool:
        """Whether the account is not declared yet in the space that has the service; a new request names it (A17)."""
        if way.source is None:
            return False
        request = way.source.request
        if account is None:
            return not request.accounts
        return request.space_id not in self.declared.get(account, ())

    def _paid_from(self, account: BankAccount | None, begun: date, way: _Way) -> _Funding:
        """From which day the account pays: by a mandate that lasts until the service is held, or by a new one.

        A mandate whose idle months end before the service is held counts until they end (A8), and a new one comes after
        it.
        """
        is_declaring = self._is_to_be_declared(account, way)
        held_on = max(way.held_on, begun) if is_declaring else way.held_on
        mandates = () if account is None else self.mandates.get(account, ())
        live = [it for it in mandates if it.closes >= begun]
        best: _Funding | None = None
        for it in live:
            registered = registered_on(begun, it.since, it.left)
            payable = max(held_on, registered)
            if max(payable, begun) <= it.safe_until and (
                best is None or best.mandate is None or it.rank > best.mandate.rank
            ):
                best = _funding(
                    account=account,
                    payable_on=payable,
                    registered_on=registered,
                    mandate=it,
                    issued_on=begun,
                    is_declaring=is_declaring,
                    left=it.left,
                )
        if best is not None:
            return best
        issued_on = max([begun, *(it.closes + _ONE_DAY for it in live)]) if live else begun
        registered = self.inquiry.registered[issued_on]
        return _funding(
            account=account,
            payable_on=max(held_on, registered),
            registered_on=registered,
            mandate=None,
            issued_on=issued_on,
            is_declaring=is_declaring,
            left=self.inquiry.left_anew,
        )

    # --- The steps ---

    def _steps(self, found: _Answer) -> Iterator[PlanStep]:
        going_on: dict[_Source, list[Service]] = {}
        new: list[Service] = []
        for part in found.parts:
            source = part.way.source
            if source is None:
                new.append(part.service)
            elif source.held_on is None:
                going_on.setdefault(source, []).append(part.service)
        for source, services in going_on.items():
            yield from self._steps_on(found.begun, source, tuple(services))
        if new:
            yield from self._steps_anew(found, tuple(new))
        if self.inquiry.paying:
            yield from self._steps_to_pay(found)

    def _steps_on(self, begun: date, source: _Source, services: tuple[Service, ...]) -> Iterator[PlanStep]:
        """What is left of a request that goes on."""
        about = _about(case_id=source.request.id, services=services)
        applicant = self.inquiry.applicant or source.request.applicant or Applicant.THIRD_PARTY
        if source.validated_on is None:
            used = self._link_used(begun, source)
            assert used is not None, "a link that has ended is not gone on with"
            yield self._step(about, Actor.COMPANY, Action.USE_LINK, used, "2.9")
            yield from self._letter_steps(about, applicant, used)
            return
        watch, *steps = self._code_steps(about, applicant, self._arrived(begun, source))
        yield from steps if source.is_seen else (watch, *steps)

    def _steps_anew(self, found: _Answer, services: tuple[Service, ...]) -> Iterator[PlanStep]:
        """A new request of these services, which renews the one that has all of them, if there is one (A16)."""
        renewed = next((it for it in reversed(self.requests) if self._can_renew(it, services)), None)
        before = renewed or (self.requests[-1] if self.requests else None)
        account = self._account_of(found, services)
        if renewed is None:
            asking = _about(case_id=None if before is None else before.space_id, services=services, account=account)
            yield self._step(asking, Actor.USER, Action.REQUEST_SERVICES, found.begun, "2.5")
        else:
            asking = _about(case_id=renewed.id, services=services, account=account)
            rule = "2.11" if renewed.activation is None else "3.4"
            yield self._step(asking, Actor.USER, Action.RENEW_ADHESION, found.begun, rule)
        about, validated = _about(services=services), found.begun
        if any(service.needs_company_email for service in services):
            validated = self.inquiry.links[found.begun]
            yield self._step(about, Actor.COMPANY, Action.USE_LINK, validated, "2.9")
        known = None if before is None else before.applicant
        yield from self._letter_steps(about, self.inquiry.applicant or known or Applicant.THIRD_PARTY, validated)

    @staticmethod
    def _can_renew(request: Adhesion, services: tuple[Service, ...]) -> bool:
        return request.stage is not ActivationState.ACTIVE and all(it in request.services for it in services)

    def _letter_steps(self, about: _About, applicant: Applicant, validated: date) -> Iterator[PlanStep]:
        arrived = validated + self.inquiry.letter
        if arrived + self.inquiry.company > self.inquiry.codes[validated]:
            leads, limit = self.inquiry.leads, self.inquiry.rulebook.services_activation
            raise InvalidValueError("plan.lead_times_not_allowed", value=leads.letter + leads.company, limit=limit.rule)
        yield from self._code_steps(about, applicant, arrived)

    def _code_steps(self, about: _About, applicant: Applicant, arrived: date) -> Iterator[PlanStep]:
        entered = arrived + self.inquiry.company
        yield self._step(about, Actor.USER, Action.WATCH_LETTER, arrived, "F2", assumed=True)
        if applicant is Applicant.THIRD_PARTY:
            yield self._step(about, Actor.USER, Action.ASK_FOR_CODE, arrived, "3.2", assumed=True)
            yield self._step(about, Actor.COMPANY, Action.PASS_CODE_ON, entered, "3.2", assumed=True)
        yield self._step(about, Actor.USER, Action.ENTER_LETTER_CODE, entered, "3.1", assumed=True)

    def _steps_to_pay(self, found: _Answer) -> Iterator[PlanStep]:
        """What has the accounts declared, brings their mandates to the bank, and pays, the payments last of all."""
        goal = self.inquiry.goal
        target = max(found.ready_on, found.begun) if goal is None else goal
        mandates: dict[BankAccount | None, tuple[_Funding, list[Service], list[_Way]]] = {}
        payments: dict[tuple[date, BankAccount | None, bool], list[Service]] = {}
        to_declare: list[tuple[BankAccount | None, _Way]] = []
        for part in found.parts:
            service, way, funding = part.service, part.way, part.funding
            if not service.pays:
                continue
            account = self._account_without_mandate(found, way) if funding is None else funding.account
            until = date.max if funding is None else self._pays_until(funding)
            if funding is not None:
                _, services, ways = mandates.setdefault(account, (funding, [], []))
                services.append(service)
                ways.append(way)
            elif part.is_declaring:
                to_declare.append((account, way))
            # Paid on the day that matters, and not as soon as possible: but not after the mandate ends (F1).
            day = max(part.on, min(target, until))
            payments.setdefault((day, account, service.needs_mandate), []).append(service)
        declared: set[tuple[BankAccount | None, str]] = set()
        for funding, services, ways in mandates.values():
            for way in self._to_declare(funding, ways):
                yield from self._declaring(found.begun, funding.account, way)
                declared.add((funding.account, _space_of(way)))
            yield from self._mandate_steps(found.begun, funding, tuple(services), ways)
        for account, way in to_declare:
            # Once in a space is enough (A17).
            if (account, _space_of(way)) not in declared:
                yield from self._declaring(found.begun, account, way)
                declared.add((account, _space_of(way)))
        for (day, account, by_mandate), services in payments.items():
            about = _about(services=tuple(services), account=account)
            rule = "2.18" if by_mandate else "2.21"
            yield self._step(about, Actor.USER, Action.PAY, day, rule, assumed=day != goal)

    def _account_of(self, found: _Answer, services: tuple[Service, ...]) -> BankAccount | None:
        """The account that a new request names: the one that is paid from, else the last that is known."""
        if not any(service.pays for service in services):
            return None
        paid_from = (it.funding.account for it in found.parts if it.funding is not None and it.service in services)
        known = (account for request in reversed(self.requests) for account in reversed(request.accounts))
        return next((it for it in (self.inquiry.account, *paid_from, *known) if it is not None), None)

    def _account_without_mandate(self, found: _Answer, way: _Way) -> BankAccount | None:
        """The account that pays for what needs no mandate: one that is declared where the service is, if any is."""
        if way.source is None:
            return self._account_of(found, tuple(it.service for it in found.parts if it.way.source is None))
        return self._account_beside(way.source)

    def _account_beside(self, source: _Source) -> BankAccount | None:
        """The account that pays without a mandate where a request is: its own, or one declared in its space, or any."""
        own = reversed(source.request.accounts)
        beside = (it for it in self.accounts if it is not None and source.request.space_id in self.declared[it])
        return next((it for it in (self.inquiry.account, *own, *beside, *self.accounts) if it is not None), None)

    def _pays_until(self, funding: _Funding) -> date:
        """The last safe day of a mandate that collects nothing from now on (F1)."""
        mandate = funding.mandate
        # The months that run go on, whatever is still to be done; those of one on its way begin with its registration.
        if mandate is not None and (not funding.left or mandate.safe_until < date.max):
            return mandate.safe_until
        return self.inquiry.collecting[funding.registered_on]

    def _declaring(self, begun: date, account: BankAccount | None, way: _Way) -> Iterator[PlanStep]:
        assert way.source is not None, "a new request names its account"
        about = _about(case_id=way.source.request.id, services=way.source.request.services, account=account)
        yield self._step(about, Actor.USER, Action.DECLARE_ACCOUNT, begun, "A17")

    @staticmethod
    def _issuing(account: BankAccount | None, ways: Iterable[_Way]) -> _Way:
        """The way whose request a mandate is issued from (A8).

        One that has the account comes first, then a new one, which names it. Then the account is declared by the first.
        """
        has = (it for it in ways if it.source and account is not None and it.source.request.declares(account))
        return next(has, None) or next((it for it in ways if it.source is None), None) or next(iter(ways))

    def _to_declare(self, funding: _Funding, ways: list[_Way]) -> Iterable[_Way]:
        """The ways whose requests declare the account: one in each space that has it not, and the one that issues."""
        account = funding.account
        found = {_space_of(it): it for it in reversed(ways) if self._is_to_be_declared(account, it)}
        issuing = self._issuing(account, ways)
        request = None if issuing.source is None else issuing.source.request
        if funding.mandate is None and request is not None and (account is None or not request.declares(account)):
            found[request.space_id] = issuing
        return found.values()

    def _mandate_steps(
        self, begun: date, funding: _Funding, services: tuple[Service, ...], ways: Iterable[_Way]
    ) -> Iterator[PlanStep]:
        """The steps to a registered mandate, from where it stands on."""
        account, mandate = funding.account, funding.mandate
        day = funding.issued_on if mandate is None else mandate.since
        if mandate is None:
            issuing = self._issuing(account, ways)
            case_id = None if issuing.source is None else issuing.source.request.id
            about = _about(case_id=case_id, services=services, account=account)
            yield self._step(about, Actor.USER, Action.ISSUE_MANDATE, day, "2.15")
        about = _about(case_id=None if mandate is None else mandate.mandate.id, services=services, account=account)
        assumed, begins = False, max(begun, day) if mandate is None else begun
        for takes, advised in funding.left:
            day, assumed = max(begins, day + takes), assumed or bool(takes)
            for advice in advised:
                yield self._step(about, advice.actor, advice.action, day, advice.rule, assumed=assumed)

    def _step(self, about: _About, actor: str, action: str, day: date, rule: str, *, assumed: bool = False) -> PlanStep:
        return _step(
            actor=actor,
            action=action,
            day=day,
            rule=self.inquiry.rulebook.rule(rule),
            assumed=assumed,
            case_id=about.case_id,
            services=about.services,
            account=about.account,
        )


def _mandates_of(inquiry: Inquiry, record: Record | None) -> Mapping[BankAccount, tuple[_Paying, ...]]:
    """The mandates of each account that may pay; of those that need none, nobody asks."""
    found: defaultdict[BankAccount, list[_Paying]] = defaultdict(list)
    for mandate in () if record is None else record.mandates:
        if not mandate.has_lapsed and inquiry.is_there(mandate):
            found[mandate.account].append(_Paying.of(mandate, inquiry.left[mandate.state]))
    return {account: tuple(mandates) for account, mandates in found.items()}


def _declared_by(requests: Iterable[Adhesion], known: Iterable[BankAccount]) -> Mapping[BankAccount, set[str]]:
    """The accounts that requests declare, each with their spaces, and those that are known besides."""
    found: dict[BankAccount, set[str]] = {account: set() for account in known}
    for request in requests:
        for account in request.accounts:
            found.setdefault(account, set()).add(request.space_id)
    return found


def _sources_of(inquiry: Inquiry, requests: Iterable[Adhesion]) -> Iterator[_Source]:
    wanted = inquiry.places
    for request in requests:
        places = tuple([wanted[it.code] for it in request.services if it.code in wanted])
        source = _Source.of(request, places) if places else None
        if source is not None:
            yield source


def _space_of(way: _Way) -> str:
    assert way.source is not None, "a new request names its account"
    return way.source.request.space_id


_NOON: Final = time(12)


def _last_noon(at: datetime) -> date:
    """The last day in Paris of which noon is not after this instant."""
    local = at.astimezone(time_zone(PARIS))
    return local.date() if local.time() >= _NOON else local.date() - _ONE_DAY


def _before(day: date, days: int, goal: date) -> date:
    try:
        return day - timedelta(days=days)
    except OverflowError:
        raise InvalidValueError("plan.day_malformed", name="wanted_by", value=goal.isoformat()) from None
