"""When must we start so that this tax can be paid in time? Backwards from the day that matters, or forwards from today.

A plan is two chains of steps in whole civil days. The letter's way has the request, the company's link if there is one
(2.9), the letter (F2), the company's answer and the code (3.1). The mandate's way runs beside it from the request on. A
mandate is printed, signed, sent and registered (2.14 to 2.19). A payment needs both. Weekends count like other days
(A11), and the host's dates are taken as given. No rule says how long a letter, a company or a bank takes: that is the
host's to say, and a day that rests on it is `assumed`.

How the last day is found. The chains are gone through forwards only: `_Course._from` says what is to be done from a day
on, and when each service is to be expected. Whoever begins later is ready later or on the same day. So `_latest` steps
back from the day that matters, by one day, two, four and so on, until a day is early enough. Then it halves the days in
between. Counting back along the chains would need each rule a second time, in reverse, and the two could differ.

Going on. A plan for a company that has begun starts where its request and its mandate stand, and not before today. If
even today is too late, the plan is forwards from today, and says so: `start_by` is None.

The estimate. Where the letter's day is not known, the code is counted on up to its safe day only (A3). A code that
would be entered later is not waited for: the request is made anew.

>>> from datetime import date
>>> from teleprocedures import LeadTimes, plan
>>> found = plan(["payer-cfe"], pay_by=date(2024, 12, 15), lead_times=LeadTimes(letter=14, company=3, bank=5))
>>> found.start_by
datetime.date(2024, 11, 28)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from math import ceil
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import attrs

from teleprocedures.cases import MANDATE, Action, ActivationState, Actor, Adhesion, Mandate, MandateState
from teleprocedures.core import Row
from teleprocedures.deadlines import PARIS, CivilMonths, Hours, first_instant, plain_day, time_zone
from teleprocedures.errors import InvalidValueError, Rule, check_kind, english, show, shows_half_built
from teleprocedures.forms import Applicant
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook, Service

if TYPE_CHECKING:
    from teleprocedures.words import Phrasebook

LONGEST_LEAD: Final = 1_000
"""The most civil days that a lead time can have."""


def _days(_: object, field: attrs.Attribute[int], value: object) -> None:
    # True is a whole number in Python, and no number of days.
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST_LEAD:
        raise InvalidValueError("lead_time.malformed", name=field.name, value=f"{value!r:.80}", most=LONGEST_LEAD)


@shows_half_built
@attrs.frozen(kw_only=True)
class LeadTimes:
    """How long what no rule limits takes, in whole civil days from 0 to 1,000.

    The `letter` takes from the validation until it is at the company (14 days, as announced: F2). The `company` takes
    until it passes the code on, and until its legal representative has signed a mandate. The `bank` takes from the
    sending of a mandate to its registration. Raises `InvalidValueError` for anything else than such a number.
    """

    letter: int = attrs.field(default=14, validator=_days)
    company: int = attrs.field(default=3, validator=_days)
    bank: int = attrs.field(default=5, validator=_days)


@shows_half_built
@attrs.frozen(kw_only=True)
class PlanStep:
    """One thing to do by a civil day, which its text tells whole.

    The day rests on a lead time rather than on a rule where it is `assumed`.
    """

    actor: str
    action: str
    day: date
    rule: Rule
    assumed: bool = False

    def __str__(self) -> str:
        return self.render(english())

    def render(self, words: Phrasebook) -> str:
        """The step as a sentence of these words, which are those of a `Wording` in its language."""
        key = "step.assumed" if self.assumed else "step.planned"
        actor, action = words.name("actor", self.actor), words.name("action", self.action, account=None)
        return words.sentence(key, day=self.day, actor=actor, action=action, rule=self.rule.id)


@shows_half_built
@attrs.frozen(kw_only=True)
class Plan:
    """The steps to services in order, each with its day, and whether the day that matters can be met.

    The last safe civil day to begin is `start_by`, None where to go on from `start` is too late already. Each service
    is expected on the day that `expected` has under its code: to be held, or to be payable where it is to be paid. All
    are ready on `ready_on`. The day that matters is `wanted_by`, None when it was not said.

    Where the plan is `too_late`, that day can be met only with better luck than the lead times. The services that this
    is true of are `late`, and the others are still possible on the days of `expected`.
    """

    services: tuple[Service, ...]
    start_by: date | None
    steps: tuple[PlanStep, ...]
    ready_on: date
    expected: Mapping[str, date]
    wanted_by: date | None = None

    @property
    def late(self) -> tuple[Service, ...]:
        """The services that are not to be expected by the day that matters."""
        wanted = self.wanted_by
        return tuple(it for it in self.services if wanted is not None and self.expected[it.code] > wanted)

    @property
    def too_late(self) -> bool:
        """Whether the day that matters cannot be met as things stand."""
        return bool(self.late)


def plan(
    services: Iterable[Service | str],
    *,
    pay_by: date | None = None,
    held_by: date | None = None,
    start: date | None = None,
    lead_times: LeadTimes | None = None,
    adhesion: Adhesion | None = None,
    mandates: Iterable[Mandate] = (),
    applicant: Applicant | str | None = None,
    rulebook: Rulebook = EXPERT_2024_04_03,
) -> Plan:
    """Plan backwards from the civil day by which services are to be paid with or held, or forwards from `start`.

    Given both days, the plan says whether the one that matters can still be met. It goes on from where an `adhesion`
    and `mandates` stand at `start`, which must be given with them: today. The `applicant` is who asks, a third party
    unless said otherwise.

    Raises `InvalidValueError` for no service, for one that the catalogue does not have, and for services of which none
    pays in a plan to pay. Raises `InvalidValueError` for no day or two days that matter. Raises `InvalidValueError` for
    what is not a civil day or leads out of the years 1 to 9999. Raises `InvalidValueError` for lead times so long that
    the code of the letter would end first.
    """
    wanted = _wanted(services, rulebook, paying=pay_by is not None)
    for name, day in (("pay_by", pay_by), ("held_by", held_by), ("start", start)):
        if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
            raise InvalidValueError("plan.day_malformed", name=name, value=f"{day!r:.80}")
    pay_by, held_by, start = (day if day is None else plain_day(day) for day in (pay_by, held_by, start))
    goal = held_by if pay_by is None else pay_by
    if (pay_by is not None and held_by is not None) or (goal is None and start is None):
        raise InvalidValueError("plan.days_missing" if goal is None else "plan.days_not_allowed")
    if start is None and (adhesion is not None or mandates):
        raise InvalidValueError("plan.start_missing")
    course = _Course(
        services=wanted,
        paying=held_by is None and any(service.pays for service in wanted),
        leads=LeadTimes() if lead_times is None else check_kind(lead_times, LeadTimes, what="lead_times"),
        rulebook=rulebook,
        applicant=_applicant(applicant, adhesion),
        adhesion=adhesion,
        mandates=tuple(mandates),
    )
    try:
        return course.plan(goal, start)
    except OverflowError:
        pass
    # Some day of the plan would be of year 0, or of year 10000.
    name, day = ("start", start) if goal is None else ("held_by" if pay_by is None else "pay_by", goal)
    raise InvalidValueError("plan.day_malformed", name=name, value=f"{day}")


def _wanted(services: Iterable[Service | str], rulebook: Rulebook, *, paying: bool) -> tuple[Service, ...]:
    if isinstance(services, (str, Service)):
        services = (services,)
    wanted = tuple(dict.fromkeys(rulebook.catalogue.find(service) for service in services))
    if not wanted:
        raise InvalidValueError("services.missing")
    if paying and not any(service.pays for service in wanted):
        raise InvalidValueError("plan.not_a_payment", value=tuple(service.code for service in wanted))
    return wanted


def _applicant(given: Applicant | str | None, adhesion: Adhesion | None) -> Applicant:
    if given is None:
        return (None if adhesion is None else adhesion.applicant) or Applicant.THIRD_PARTY
    try:
        return Applicant(given)
    except ValueError:
        raise InvalidValueError("applicant.unknown", value=show(given), expected=tuple(Applicant)) from None


@attrs.frozen(kw_only=True)
class _Course:
    """The two ways to services from a day on: the letter's, and the mandate's for what pays by mandate."""

    services: tuple[Service, ...]
    paying: bool
    leads: LeadTimes
    rulebook: Rulebook
    applicant: Applicant
    adhesion: Adhesion | None
    mandates: tuple[Mandate, ...]

    def plan(self, goal: date | None, start: date | None) -> Plan:
        """The plan, begun as late as is safe, or at `start`."""
        # A way that goes on has begun: it cannot go on from where things stand before they stand there.
        goes_on = self.adhesion is not None or self.mandates
        latest = start if goal is None else self._latest(goal, start if goes_on else None)
        begun = latest if start is None else start
        assert begun is not None, "with nothing to go on from, there is always a day early enough"
        steps, expected, payable_until = self._from(begun)
        ready = max(expected.values())
        if self.paying:
            # Paid on the day that matters, and not as soon as possible: but not after the mandate ends (F1).
            day = ready if goal is None else max(ready, min(goal, payable_until))
            rule = "2.18" if self._needs_mandate else "2.21"
            steps = [*steps, self._step(Actor.USER, Action.PAY, day, rule, assumed=day != goal)]
        return Plan(
            services=self.services,
            start_by=latest,
            steps=tuple(sorted(steps, key=lambda step: step.day)),
            ready_on=ready,
            expected=MappingProxyType(expected),
            wanted_by=goal,
        )

    def _latest(self, goal: date, earliest: date | None) -> date | None:
        """The last day to begin for all to be ready by the goal; None when even the earliest day is too late."""

        def in_time(day: date) -> bool:
            return max(self._from(day)[1].values()) <= goal

        # Between a day in time and a late one lies the last day in time: first such a pair is found, then it is halved.
        day, late, step = goal, goal, 1
        while not in_time(day):
            if earliest is not None and day <= earliest:
                return None
            before = _before(day, step, goal)
            day, late, step = before if earliest is None else max(before, earliest), day, step * 2
        while late - day > _ONE_DAY:
            middle = day + (late - day) // 2
            day, late = (middle, late) if in_time(middle) else (day, middle)
        return day

    def _from(self, begun: date) -> tuple[list[PlanStep], dict[str, date], date]:
        """The steps from a day on, the day to expect each service, and the last day of a mandate to pay with (F1)."""
        requested = self._requested_services(begun)
        others = tuple(service for service in self.services if service not in requested)
        steps: list[PlanStep] = []
        expected: dict[str, date] = {}
        for services, way in ((requested, self._go_on), (others, self._ask_anew)):
            if services:
                its_steps, held_on = way(begun, services)
                steps += its_steps
                expected |= dict.fromkeys((service.code for service in services), held_on)
        # Last, because a mandate has to live until the services are held.
        payable_until = date.max
        if self.paying and self._needs_mandate:
            its_steps, registered_on, payable_until = self._mandate_way(begun, max(expected.values()))
            steps += its_steps
            for service in self.services:
                if service.needs_mandate:
                    expected[service.code] = max(expected[service.code], registered_on)
        return steps, expected, payable_until

    # --- The letter's way ---

    def _requested_services(self, begun: date) -> tuple[Service, ...]:
        """Those of the services that the request has, while it is on its way or once it is activated."""
        request = self.adhesion
        if request is None or request.is_over(_morning(begun)):
            return ()
        return tuple(service for service in self.services if service in request.services)

    def _ask_anew(self, begun: date, services: tuple[Service, ...]) -> tuple[list[PlanStep], date]:
        """The way from a new request on, which renews the request there was if that had all of the services."""
        request = self.adhesion
        renews = request is not None and all(service in request.services for service in services)
        over_under = "2.11" if request is None or request.activation is None else "3.4"
        action, rule = (Action.RENEW_ADHESION, over_under) if renews else (Action.REQUEST_SERVICES, "2.5")
        steps = [self._step(Actor.USER, action, begun, rule)]
        # A renewal asks for all again: one service with Messaging beside it waits for the link too (2.11).
        asked_again = request.services if request is not None and renews else services
        if any(service.needs_company_email for service in asked_again):
            validated = begun + self._link_time
            steps.append(self._step(Actor.COMPANY, Action.USE_LINK, validated, "2.9"))
        else:
            validated = begun
        rest, held_on = self._with_letter(validated + timedelta(days=self.leads.letter), validated)
        return [*steps, *rest], held_on

    def _go_on(self, begun: date, services: tuple[Service, ...]) -> tuple[list[PlanStep], date]:
        """The way from where the request stands on that day."""
        request = self.adhesion
        assert request is not None, "only a request is gone on with"
        if request.stage is ActivationState.ACTIVE:
            return [], begun
        deadline = request.deadline
        if deadline is None:
            return self._ask_anew(begun, services)
        if request.activation is None:
            # The worst that is still in time: the link is used on its last day.
            used = self._civil(deadline.closes)
            link = self._step(Actor.COMPANY, Action.USE_LINK, used, "2.9")
            rest, held_on = self._with_letter(used + timedelta(days=self.leads.letter), used)
            return [link, *rest], held_on
        posted = self._civil(request.since)
        # Our own letter has its day as soon as it is posted, and may still be on its way.
        seen = request.activation.letter is not None and request.held_elsewhere
        arrived = begun if seen else max(begun, posted + timedelta(days=self.leads.letter))
        entered = arrived + timedelta(days=self.leads.company)
        if entered > self._civil(deadline.safe_until if deadline.estimated else deadline.closes):
            return self._ask_anew(begun, services)
        watch, *steps = self._code_steps(arrived, entered)
        return steps if seen else [watch, *steps], entered

    def _with_letter(self, arrived: date, validated: date) -> tuple[list[PlanStep], date]:
        entered = arrived + timedelta(days=self.leads.company)
        deadline = self.rulebook.starting(self.rulebook.services_activation, validated)
        if entered > self._civil(deadline.safe_until):
            raise InvalidValueError(
                "plan.lead_times_not_allowed",
                value=self.leads.letter + self.leads.company,
                limit=self.rulebook.services_activation.rule,
            )
        return self._code_steps(arrived, entered), entered

    def _code_steps(self, arrived: date, entered: date) -> list[PlanStep]:
        steps = [self._step(Actor.USER, Action.WATCH_LETTER, arrived, "F2", assumed=True)]
        if self.applicant is Applicant.THIRD_PARTY:
            steps.append(self._step(Actor.USER, Action.ASK_FOR_CODE, arrived, "3.2", assumed=True))
            steps.append(self._step(Actor.COMPANY, Action.PASS_CODE_ON, entered, "3.2", assumed=True))
        return [*steps, self._step(Actor.USER, Action.ENTER_LETTER_CODE, entered, "3.1", assumed=True)]

    @property
    def _link_time(self) -> timedelta:
        duration = self.rulebook.link_use.duration
        days = ceil(duration.count / 24) if isinstance(duration, Hours) else duration.count
        assert not isinstance(duration, CivilMonths), "nobody waits months for a link"
        return timedelta(days=days)

    # --- The mandate's way ---

    @property
    def _needs_mandate(self) -> bool:
        return any(service.needs_mandate for service in self.services)

    def _mandate_way(self, begun: date, held_on: date) -> tuple[list[PlanStep], date, date]:
        """The steps to a mandate from that day on, the day on which it is registered, and its last day (F1).

        The way goes on from the mandate that has come furthest, or begins with a new one. A mandate whose idle months
        end before the services are held counts until they end (A8), and a new one comes after it.
        """
        live = [it for it in self.mandates if not it.is_over(_morning(begun))]
        counting = [it for it in live if self._lasts(it) >= held_on]
        mandate = max(counting, key=lambda it: (-len(_to_register(it.state)), it.origin.at), default=None)
        steps: list[PlanStep] = []
        if mandate is None:
            day = begun = max((begun, *(self._lasts(it) + _ONE_DAY for it in live)))
            steps.append(self._step(Actor.USER, Action.ISSUE_MANDATE, begun, "2.15"))
            path = _to_register(MANDATE.initial)
        else:
            day, path = self._civil(mandate.since), _to_register(mandate.state)
            if not path:
                return [], max(begun, day), self._lasts(mandate)
        assumed = False
        for row in path:
            # A step takes as long as whoever has to act. Of two, a bank and whoever checks it, the slower one counts.
            takes = max(self._takes(advice.actor) for advice in MANDATE.advice(row.source))
            day, assumed = max(begun, day + timedelta(days=takes)), assumed or takes > 0
            advised = MANDATE.advice(row.source)
            steps += [self._step(it.actor, it.action, day, it.rule, assumed=assumed) for it in advised]
        limit = self.rulebook.mandate_use
        lasts = date.max if limit is None else self._civil(self.rulebook.starting(limit, _morning(day)).closes)
        return steps, day, lasts

    def _takes(self, actor: str) -> int:
        """The civil days that somebody takes to do what is his to do."""
        return {"bank": self.leads.bank, "user": 0}.get(actor, self.leads.company)

    def _lasts(self, mandate: Mandate) -> date:
        """The last day of a mandate that collects nothing from now on (F1)."""
        return date.max if mandate.idle is None else self._civil(mandate.idle.closes)

    def _step(self, actor: str, action: str, day: date, rule: str, *, assumed: bool = False) -> PlanStep:
        return PlanStep(actor=actor, action=action, day=day, rule=self.rulebook.rule(rule), assumed=assumed)

    def _civil(self, at: datetime) -> date:
        return at.astimezone(time_zone(PARIS)).date()


_ONE_DAY: Final = timedelta(days=1)


def _to_register(state: MandateState) -> tuple[Row[Mandate], ...]:
    """What is left to be done from this state until a mandate is registered."""
    path = MANDATE.path(state, MandateState.REGISTERED)
    assert path is not None, "a mandate that has not lapsed can be registered"
    return path


def _morning(day: date) -> datetime:
    return first_instant(day, time_zone(PARIS))


def _before(day: date, days: int, goal: date) -> date:
    try:
        return day - timedelta(days=days)
    except OverflowError:
        raise InvalidValueError("plan.day_malformed", name="wanted_by", value=goal.isoformat()) from None
