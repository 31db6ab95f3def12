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
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import attrs

from teleprocedures.cases import MANDATE, Action, ActivationState, Actor, Adhesion, Mandate, MandateState
from teleprocedures.deadlines import PARIS, TimeUnit, civil_day, plain_day, time_zone
from teleprocedures.errors import InvalidValueError, Rule, check_kind, english, show, shows_half_built
from teleprocedures.forms import Applicant
from teleprocedures.portfolio._leads import LeadTimes
from teleprocedures.portfolio._model import Record, found_in, to_register
from teleprocedures.portfolio._renewals import begun_at
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook, Service, TimeLimit
from teleprocedures.values import BankAccount

if TYPE_CHECKING:
    from teleprocedures.words import Phrasebook

_ONE_DAY: Final = timedelta(days=1)


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
        """The step as a sentence of these words, which are those of a `Wording` in its language."""
        return words.sentence(
            "step.assumed" if self.assumed else "step.planned",
            day=self.day,
            actor=words.name("actor", self.actor),
            action=words.name("action", self.action, account=self.account),
            about=words.sentence("step.of_services", services=self.services) if self.services else "",
            rule=self.rule.id,
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
    check_kind(rulebook, Rulebook, what="rulebook")
    wanted = _wanted(services, rulebook, record, paying=pay_by is not None)
    for name, day in (("pay_by", pay_by), ("held_by", held_by), ("start", start)):
        if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
            raise InvalidValueError("plan.day_malformed", name=name, value=show(day))
    pay_by, held_by, start = (day if day is None else plain_day(day) for day in (pay_by, held_by, start))
    goal = held_by if pay_by is None else pay_by
    if (pay_by is not None and held_by is not None) or (goal is None and start is None):
        raise InvalidValueError("plan.days_missing" if goal is None else "plan.days_not_allowed")
    course = _Course(
        record=record,
        services=wanted,
        paying=held_by is None and any(service.pays for service in wanted),
        leads=LeadTimes() if lead_times is None else check_kind(lead_times, LeadTimes, what="lead_times"),
        rulebook=rulebook,
        account=account if account is None or isinstance(account, BankAccount) else BankAccount(account),
        applicant=_applicant(applicant),
        known_by=start,
    )
    try:
        return course.plan(goal, start)
    except OverflowError:
        pass
    # Some day of the plan would be of year 0, or of year 10000.
    name, day = ("start", start) if goal is None else ("held_by" if pay_by is None else "pay_by", goal)
    raise InvalidValueError("plan.day_malformed", name=name, value=f"{day}")


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


# --- What there is, in days -------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class _Source:
    """A request that brings services, in the days that count of it; None where it cannot be gone on with."""

    request: Adhesion
    held_on: date | None = None
    link_until: date | None = None
    validated_on: date | None = None
    safe_until: date | None = None
    is_seen: bool = False

    @classmethod
    def of(cls, request: Adhesion) -> _Source:
        """Read the days of a request, each in Paris."""
        deadline, activation = request.deadline, request.activation
        if request.stage is ActivationState.ACTIVE:
            return cls(request=request, held_on=civil_day(request.since))
        if deadline is None:
            return cls(request=request)
        if activation is None:
            return cls(request=request, link_until=_last_noon(deadline.closes))
        return cls(
            request=request,
            validated_on=civil_day(request.since),
            safe_until=civil_day(deadline.safe_until),
            # Our own letter has its day as soon as it is posted, and may still be on its way.
            is_seen=activation.letter is not None and request.held_elsewhere,
        )


@attrs.frozen(kw_only=True)
class _Paying:
    """A mandate that pays from an account or will, in the days that count of it."""

    mandate: Mandate
    since: date
    safe_until: date
    closes: date

    @classmethod
    def of(cls, mandate: Mandate) -> _Paying:
        """Read the days of a mandate, each in Paris; one that is not registered yet has no end.

        Of an estimate the last day counts: while it may live, no other mandate is issued for its account (A8, A19).
        """
        idle = mandate.idle
        return cls(
            mandate=mandate,
            since=civil_day(mandate.since),
            safe_until=date.max if idle is None else civil_day(idle.closes if idle.estimated else idle.safe_until),
            closes=date.max if idle is None else civil_day(idle.closes),
        )


@attrs.frozen(kw_only=True)
class _Way:
    """How a service comes: the day on which it is held, and by which request, None for a new one."""

    held_on: date
    source: _Source | None


@attrs.frozen(kw_only=True)
class _Funding:
    """From which account a service is paid by mandate, and from which day; `mandate` is None for a new one."""

    account: BankAccount | None
    payable_on: date
    registered_on: date
    mandate: _Paying | None
    issued_on: date

    @property
    def state(self) -> MandateState:
        """Where the mandate stands on the first day."""
        return MANDATE.initial if self.mandate is None else self.mandate.mandate.state


@attrs.frozen(kw_only=True)
class _Answer:
    """When all is there if one begins on a day: how each service comes, and what pays for those that need a mandate."""

    begun: date
    ways: Mapping[Service, _Way]
    fundings: Mapping[Service, _Funding]
    declaring: frozenset[Service]

    def on(self, service: Service) -> date:
        """The day on which the service is there, which may be in the past."""
        funding, held_on = self.fundings.get(service), self.ways[service].held_on
        if funding is not None:
            return funding.payable_on
        return max(held_on, self.begun) if service in self.declaring else held_on

    @property
    def ready_on(self) -> date:
        """The day on which all are there."""
        return max(map(self.on, self.ways))


@attrs.frozen(kw_only=True, eq=False, slots=False)
class _Course:
    """The two ways to services from a day on: the letter's, and the mandate's for what pays by mandate."""

    record: Record | None
    services: tuple[Service, ...]
    paying: bool
    leads: LeadTimes
    rulebook: Rulebook
    account: BankAccount | None
    applicant: Applicant | None
    known_by: date | None

    def plan(self, goal: date | None, start: date | None) -> Plan:
        """The plan, begun as late as is safe, or at `start`."""
        earliest = self._told_on if start is None else start
        latest = earliest if goal is None else self._latest(goal, earliest)
        begun = start or latest or earliest
        assert begun is not None, "with nothing to go on from, there is always a day early enough"
        found = self._answer(begun)
        late = tuple(it for it in self.services if goal is not None and found.on(it) > goal)
        if latest is None:
            assert goal is not None, "only a day that matters can be missed"
            # Where a mandate that ends is in the way (A8), beginning anew would have been in time even today.
            anew = attrs.evolve(self, record=None)._latest(goal, None)  # noqa: SLF001 - its own
            assert anew is not None, "as above"
            latest = min(anew, begun - _ONE_DAY)
        # What was there in time is told by its own day, where that day has passed; else nothing is there before today.
        past = goal is not None and goal < begun
        expected = {it.code: found.on(it) if past else max(found.on(it), begun) for it in self.services}
        steps = tuple(self._steps(found, goal))
        ready = all(step.action == Action.PAY for step in steps) and found.ready_on <= begun
        return Plan(
            services=self.services,
            outcome=Outcome.TOO_LATE if late else Outcome.READY if ready else Outcome.IN_TIME,
            start_by=latest,
            steps=tuple(sorted(steps, key=lambda step: step.day)),
            ready_on=max(expected.values()),
            expected=MappingProxyType(expected),
            late=late,
            wanted_by=goal,
        )

    def _latest(self, goal: date, earliest: date | None) -> date | None:
        """The last day to begin for all to be there by the goal; None when even the earliest day is too late."""

        def in_time(day: date) -> bool:
            return self._answer(day).ready_on <= goal

        if earliest is not None and goal < earliest:
            return goal if in_time(earliest) else None
        # Between a day in time and a late one lies the last day in time. Whoever begins on the goal is late by some
        # days, and mostly has to begin as many before it: from there on, the pair is looked for in growing steps.
        behind = (self._answer(goal).ready_on - goal).days
        if behind <= 0:
            return goal
        day, late, step = goal, goal, behind
        while not in_time(day):
            if earliest is not None and day <= earliest:
                return None
            before = _before(day, step, goal)
            day, late, step = before if earliest is None else max(before, earliest), day, step * 2
        step = 1
        while late - day > _ONE_DAY:
            next_day = min(day + timedelta(days=step), late - _ONE_DAY)
            day, late, step = (next_day, late, step * 2) if in_time(next_day) else (day, next_day, 1)
        return day

    def _answer(self, begun: date) -> _Answer:
        """How each service comes if one begins on this day."""
        ways = self._ways(begun)
        fundings = {}
        if self.paying:
            fundings = {it: self._funded(begun, way) for it, way in ways.items() if it.needs_mandate}
        # What is paid without a mandate needs an account all the same, which may have to be declared first (A9, A17).
        declaring = frozenset(
            it
            for it, way in ways.items()
            if self.paying and it.pays and not it.needs_mandate and way.source
            if self._is_to_be_declared(self._account_beside(way.source), way)
        )
        return _Answer(begun=begun, ways=ways, fundings=fundings, declaring=declaring)

    # --- The letter's way ---

    @cached_property
    def _told_on(self) -> date | None:
        """The day on which the last fact of the company was told, before which its cases do not stand as they do."""
        cases = () if self.record is None else (*self.record.adhesions, *self.record.mandates)
        return max((civil_day(case.recorded_at) for case in cases), default=None)

    @cached_property
    def _requests(self) -> tuple[Adhesion, ...]:
        """The requests that are known on the first day, the oldest first."""
        requests = () if self.record is None else self.record.adhesions
        return tuple(it for it in requests if self._is_there(it))

    def _is_there(self, case: Adhesion | Mandate) -> bool:
        """Whether a case is there on the first day, and is not closed (A21)."""
        return case.closing is None and (self.known_by is None or civil_day(begun_at(case)) <= self.known_by)

    @cached_property
    def _sources(self) -> Mapping[Service, tuple[_Source, ...]]:
        """By each service that is wanted, the requests that have it and can be gone on with."""
        wanted, found = set(self.services), defaultdict[Service, list[_Source]](list)
        for request in self._requests:
            own = [it for it in request.services if it in wanted]
            source = _Source.of(request) if own else None
            if source is not None and (source.held_on or source.link_until or source.validated_on):
                for service in own:
                    found[service].append(source)
        return {service: tuple(sources) for service, sources in found.items()}

    def _ways(self, begun: date) -> dict[Service, _Way]:
        """Each service by the request that brings it soonest; all that is new by one request, with one link or none.

        What comes no later than a new request of all of them is gone on with.
        """
        anew = self._asked_anew(begun, self.services)
        going_on = {it: self._going_on(begun, it) for it in self.services}
        kept = {it: way for it, way in going_on.items() if way is not None and way.held_on <= anew}
        new = tuple(it for it in self.services if it not in kept)
        asked = _Way(held_on=self._asked_anew(begun, new), source=None)
        return {it: kept.get(it, asked) for it in self.services}

    def _going_on(self, begun: date, service: Service) -> _Way | None:
        """The way by the request that brings the service soonest, the last one made of several, or None."""
        best: _Way | None = None
        for source in self._sources.get(service, ()):
            held_on = self._held_on(begun, source)
            if held_on is not None and (best is None or held_on <= best.held_on):
                best = _Way(held_on=held_on, source=source)
        return best

    def _held_on(self, begun: date, source: _Source) -> date | None:
        """The day on which a request's services are held, None where its time limit ends too soon."""
        if source.held_on is not None:
            return source.held_on
        if source.validated_on is None:
            used = self._link_used(begun, source)
            return None if used is None else used + self._letter + self._company
        entered = self._arrived(begun, source) + self._company
        return None if source.safe_until is None or entered > source.safe_until else entered

    def _link_used(self, begun: date, source: _Source) -> date | None:
        """The worst day that is still in time, and no worse than that of a new link."""
        if source.link_until is None or begun > source.link_until:
            return None
        return min(source.link_until, self._new_link(begun))

    def _arrived(self, begun: date, source: _Source) -> date:
        assert source.validated_on is not None, "a letter follows the validation"
        return begun if source.is_seen else max(begun, source.validated_on + self._letter)

    def _asked_anew(self, begun: date, services: tuple[Service, ...]) -> date:
        linked = any(service.needs_company_email for service in services)
        return (self._new_link(begun) if linked else begun) + self._letter + self._company

    def _new_link(self, begun: date) -> date:
        return _last_day_of(self.rulebook.link_use.duration, begun)

    @cached_property
    def _letter(self) -> timedelta:
        return timedelta(days=self.leads.letter)

    @cached_property
    def _company(self) -> timedelta:
        return timedelta(days=self.leads.company)

    # --- The mandate's way ---

    @cached_property
    def _mandates(self) -> Mapping[BankAccount, tuple[_Paying, ...]]:
        found: defaultdict[BankAccount, list[_Paying]] = defaultdict(list)
        for mandate in () if self.record is None else self.record.mandates:
            if not mandate.has_lapsed and self._is_there(mandate):
                found[mandate.account].append(_Paying.of(mandate))
        return {account: tuple(mandates) for account, mandates in found.items()}

    @cached_property
    def _declared(self) -> Mapping[BankAccount, frozenset[str]]:
        """The accounts of the company, each with the spaces in which it is declared (A17)."""
        found: defaultdict[BankAccount, set[str]] = defaultdict(set)
        for request in self._requests:
            for account in request.accounts:
                found[account].add(request.space_id)
        for account in self._mandates:
            found[account].update(())
        return {account: frozenset(spaces) for account, spaces in found.items()}

    def _funded(self, begun: date, way: _Way) -> _Funding:
        """The account that pays soonest for a service that comes this way."""
        accounts: Iterable[BankAccount | None] = self._accounts if self.account is None else (self.account,)
        every = (self._paid_from(account, begun, way) for account in accounts)
        # A past day is no sooner than today.
        return min(every, key=lambda it: (max(it.payable_on, begun), *self._effort(it, way)))

    @cached_property
    def _accounts(self) -> tuple[BankAccount | None, ...]:
        declared = sorted(self._declared, key=lambda it: it.iban)
        return tuple(declared) or (None,)

    def _effort(self, funding: _Funding, way: _Way) -> tuple[bool, int, bool]:
        """What is left to be done for an account: of two that pay on one day, the lesser one is taken."""
        return (
            funding.mandate is None,
            len(to_register(funding.state)),
            self._is_to_be_declared(funding.account, way),
        )

    def _is_to_be_declared(self, account: BankAccount | None, way: _Way) -> bool:
        """Whether the account is not declared yet in the space that has the service; a new request names it (A17)."""
        if way.source is None:
            return False
        request = way.source.request
        if account is None:
            return not request.accounts
        return request.space_id not in self._declared.get(account, ())

    def _paid_from(self, account: BankAccount | None, begun: date, way: _Way) -> _Funding:
        """From which day the account pays: by a mandate that lasts until the service is held, or by a new one.

        A mandate whose idle months end before the service is held counts until they end (A8), and a new one comes after
        it.
        """
        mandates = () if account is None else self._mandates.get(account, ())
        live = [it for it in mandates if it.closes >= begun]
        declared_on = begun if self._is_to_be_declared(account, way) else date.min
        best: _Funding | None = None
        for it in live:
            registered = self._registered(begun, it.since, it.mandate.state)
            payable = max(way.held_on, registered, declared_on)
            if max(payable, begun) <= it.safe_until:
                found = _Funding(
                    account=account, payable_on=payable, registered_on=registered, mandate=it, issued_on=begun
                )
                if best is None or self._rank(found) > self._rank(best):
                    best = found
        if best is not None:
            return best
        issued_on = max((begun, *(it.closes + _ONE_DAY for it in live)))
        registered = self._registered(issued_on, issued_on, MANDATE.initial)
        payable = max(way.held_on, registered, declared_on)
        return _Funding(
            account=account, payable_on=payable, registered_on=registered, mandate=None, issued_on=issued_on
        )

    @staticmethod
    def _rank(funding: _Funding) -> tuple[int, datetime, str]:
        assert funding.mandate is not None, "only what there is has a rank"
        mandate = funding.mandate.mandate
        # As the model has it: the one that has come furthest, and of equals the last one issued.
        return -len(to_register(mandate.state)), mandate.origin.at, mandate.id

    def _registered(self, begun: date, since: date, state: MandateState) -> date:
        """The day on which a mandate is registered that stands in this state since then."""
        day = since
        for takes in self._times[state]:
            day = max(begun, day + takes)
        return day

    @property
    def _times(self) -> Mapping[MandateState, tuple[timedelta, ...]]:
        return _times_of(self.leads.company, self.leads.bank)

    # --- The steps ---

    def _steps(self, found: _Answer, goal: date | None) -> Iterator[PlanStep]:
        going_on: dict[str, tuple[_Source, list[Service]]] = {}
        new: list[Service] = []
        for service, way in found.ways.items():
            if way.source is None:
                new.append(service)
            elif way.source.held_on is None:
                going_on.setdefault(way.source.request.id, (way.source, []))[1].append(service)
        for source, services in going_on.values():
            yield from self._steps_on(found.begun, source, tuple(services))
        if new:
            yield from self._steps_anew(found, tuple(new))
        if self.paying:
            yield from self._steps_to_pay(found, goal)

    def _steps_on(self, begun: date, source: _Source, services: tuple[Service, ...]) -> Iterator[PlanStep]:
        """What is left of a request that goes on."""
        about = _About(case_id=source.request.id, services=services)
        applicant = self.applicant or source.request.applicant or Applicant.THIRD_PARTY
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
        renewed = next((it for it in reversed(self._requests) if self._can_renew(it, services)), None)
        before = renewed or (self._requests[-1] if self._requests else None)
        account = self._account_of(found, services)
        if renewed is None:
            asking = _About(case_id=None if before is None else before.space_id, services=services, account=account)
            yield self._step(asking, Actor.USER, Action.REQUEST_SERVICES, found.begun, "2.5")
        else:
            asking = _About(case_id=renewed.id, services=services, account=account)
            rule = "2.11" if renewed.activation is None else "3.4"
            yield self._step(asking, Actor.USER, Action.RENEW_ADHESION, found.begun, rule)
        about, validated = _About(services=services), found.begun
        if any(service.needs_company_email for service in services):
            validated = self._new_link(found.begun)
            yield self._step(about, Actor.COMPANY, Action.USE_LINK, validated, "2.9")
        asked_before = None if before is None else before.applicant
        yield from self._letter_steps(about, self.applicant or asked_before or Applicant.THIRD_PARTY, validated)

    @staticmethod
    def _can_renew(request: Adhesion, services: tuple[Service, ...]) -> bool:
        return request.stage is not ActivationState.ACTIVE and all(it in request.services for it in services)

    def _letter_steps(self, about: _About, applicant: Applicant, validated: date) -> Iterator[PlanStep]:
        limit, arrived = self.rulebook.services_activation, validated + self._letter
        if arrived + self._company > self._safe_day(limit, validated):
            raise InvalidValueError(
                "plan.lead_times_not_allowed", value=self.leads.letter + self.leads.company, limit=limit.rule
            )
        yield from self._code_steps(about, applicant, arrived)

    def _safe_day(self, limit: TimeLimit, opened: date) -> date:
        return civil_day(self.rulebook.starting(limit, opened).safe_until)

    def _code_steps(self, about: _About, applicant: Applicant, arrived: date) -> Iterator[PlanStep]:
        entered = arrived + self._company
        yield self._step(about, Actor.USER, Action.WATCH_LETTER, arrived, "F2", assumed=True)
        if applicant is Applicant.THIRD_PARTY:
            yield self._step(about, Actor.USER, Action.ASK_FOR_CODE, arrived, "3.2", assumed=True)
            yield self._step(about, Actor.COMPANY, Action.PASS_CODE_ON, entered, "3.2", assumed=True)
        yield self._step(about, Actor.USER, Action.ENTER_LETTER_CODE, entered, "3.1", assumed=True)

    def _steps_to_pay(self, found: _Answer, goal: date | None) -> Iterator[PlanStep]:
        """What has the accounts declared, brings their mandates to the bank, and pays, the payments last of all."""
        target = max(found.ready_on, found.begun) if goal is None else goal
        mandates: dict[BankAccount | None, tuple[_Funding, list[Service], list[_Way]]] = {}
        payments: dict[tuple[date, BankAccount | None, bool], list[Service]] = {}
        to_declare: list[tuple[BankAccount | None, _Way]] = []
        for service, way in found.ways.items():
            if not service.pays:
                continue
            funding = found.fundings.get(service)
            account = self._account_without_mandate(found, service) if funding is None else funding.account
            until = date.max if funding is None else self._pays_until(funding)
            if funding is not None:
                _, services, ways = mandates.setdefault(account, (funding, [], []))
                services.append(service)
                ways.append(way)
            elif service in found.declaring:
                to_declare.append((account, way))
            # Paid on the day that matters, and not as soon as possible: but not after the mandate ends (F1).
            day = max(found.on(service), min(target, until))
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
            about = _About(services=tuple(services), account=account)
            rule = "2.18" if by_mandate else "2.21"
            yield self._step(about, Actor.USER, Action.PAY, day, rule, assumed=day != goal)

    def _account_of(self, found: _Answer, services: tuple[Service, ...]) -> BankAccount | None:
        """The account that a new request names: the one that is paid from, else the last that is known."""
        if not any(service.pays for service in services):
            return None
        paid_from = (found.fundings[it].account for it in services if it in found.fundings)
        known = (account for request in reversed(self._requests) for account in reversed(request.accounts))
        return next((it for it in (self.account, *paid_from, *known) if it is not None), None)

    def _account_without_mandate(self, found: _Answer, service: Service) -> BankAccount | None:
        """The account that pays for what needs no mandate: one that is declared where the service is, if any is."""
        source = found.ways[service].source
        if source is None:
            return self._account_of(found, tuple(it for it, way in found.ways.items() if way.source is None))
        return self._account_beside(source)

    def _account_beside(self, source: _Source) -> BankAccount | None:
        """The account that pays without a mandate where a request is: its own, or one declared in its space, or any."""
        own = reversed(source.request.accounts)
        beside = (it for it in self._accounts if it is not None and source.request.space_id in self._declared[it])
        return next((it for it in (self.account, *own, *beside, *self._accounts) if it is not None), None)

    def _pays_until(self, funding: _Funding) -> date:
        """The last safe day of a mandate that collects nothing from now on (F1)."""
        if funding.mandate is not None and not to_register(funding.state):
            return funding.mandate.safe_until
        limit = self.rulebook.mandate_use
        return date.max if limit is None else self._safe_day(limit, funding.registered_on)

    def _declaring(self, begun: date, account: BankAccount | None, way: _Way) -> Iterator[PlanStep]:
        assert way.source is not None, "a new request names its account"
        about = _About(case_id=way.source.request.id, services=way.source.request.services, account=account)
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
            about = _About(case_id=case_id, services=services, account=account)
            yield self._step(about, Actor.USER, Action.ISSUE_MANDATE, day, "2.15")
        about = _About(case_id=None if mandate is None else mandate.mandate.id, services=services, account=account)
        assumed, begins = False, max(begun, day) if mandate is None else begun
        for row, takes in zip(to_register(funding.state), self._times[funding.state], strict=True):
            day, assumed = max(begins, day + takes), assumed or bool(takes)
            for advice in MANDATE.advice(row.source):
                yield self._step(about, advice.actor, advice.action, day, advice.rule, assumed=assumed)

    def _step(self, about: _About, actor: str, action: str, day: date, rule: str, *, assumed: bool = False) -> PlanStep:
        return PlanStep(
            actor=actor,
            action=action,
            day=day,
            rule=self.rulebook.rule(rule),
            assumed=assumed,
            case_id=about.case_id,
            services=about.services,
            account=about.account,
        )


def _space_of(way: _Way) -> str:
    assert way.source is not None, "a new request names its account"
    return way.source.request.space_id


@attrs.frozen(kw_only=True)
class _About:
    """What a step is about."""

    services: tuple[Service, ...]
    case_id: str | None = None
    account: BankAccount | None = None


_NOON: Final = time(12)


def _last_noon(at: datetime) -> date:
    """The last day in Paris of which noon is not after this instant."""
    local = at.astimezone(time_zone(PARIS))
    return local.date() if local.time() >= _NOON else local.date() - _ONE_DAY


@lru_cache(maxsize=4096)
def _last_day_of(duration: TimeUnit, begun: date) -> date:
    """The last day to count on a time limit that starts at noon in Paris."""
    noon = datetime.combine(begun, _NOON, time_zone(PARIS)).astimezone(UTC)
    return _last_noon(duration.starting(noon).closes)


@lru_cache(maxsize=64)
def _times_of(company: int, bank: int) -> Mapping[MandateState, tuple[timedelta, ...]]:
    """How long each step takes that is left in a state, by how long a company and a bank take.

    Of two who have to act, a bank and whoever checks it, the slower one counts.
    """
    takes = {str(Actor.BANK): bank, str(Actor.USER): 0}
    return {
        state: tuple(
            timedelta(days=max(takes.get(it.actor, company) for it in MANDATE.advice(row.source)))
            for row in to_register(state)
        )
        for state in MandateState
    }


def _before(day: date, days: int, goal: date) -> date:
    try:
        return day - timedelta(days=days)
    except OverflowError:
        raise InvalidValueError("plan.day_malformed", name="wanted_by", value=goal.isoformat()) from None
