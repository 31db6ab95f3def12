"""One case of one lifecycle, played by Hypothesis: when each verb is possible, in plain words and plain arithmetic.

How it works. A machine says again, without a look at the tables, the guards or the rulebook, when each verb is possible
and until when. Whatever is tried then, the library has to agree. So a row, a guard or a duration that is wrong is
contradicted here, though the tables, the codec and the promises would all follow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from teleprocedures.cases import ACTIVATION, ADHESION, MANDATE, SPACE
from teleprocedures.core import Lifecycle
from teleprocedures.deadlines import RESOLUTION
from teleprocedures.forms import Applicant
from teleprocedures.testing import Move, Play, Step
from teleprocedures.testing._makers import ACCOUNTS, IBAN, WRONG, company_forms
from teleprocedures.testing.invariants import BrokenPromiseError, check_case
from teleprocedures.testing.strategies import jumps, starts
from teleprocedures.values import BankAccount

_ANYWHERE = ("close", "reopen")
_STANDS = ("state", "since", "opened", "told", "closed", "letter", "accounts", "proved")
"""What a fact that is withdrawn takes back."""
DECLARED: Final = 2
"""Accounts of each request that is played."""
_HOURS: tuple[timedelta, ...] = tuple(timedelta(hours=hours) for hours in (0, 0, 1, 24, 49))


class LifecycleMachine(RuleBasedStateMachine):
    """One case of one lifecycle, and all that can be tried on it; a subclass says when each verb is possible.

    Each fact is told at once, late, or by its day, and what was told last may be withdrawn. The case may be closed and
    reopened. Codes are held here or elsewhere.
    """

    lifecycle: ClassVar[Lifecycle[Any, Any]]
    wrong: ClassVar[Mapping[str, Mapping[str, Any]]]
    """Each of its triggers, with what it must not be given."""
    waiting: ClassVar[str]
    """The state in which a time limit runs."""
    limit: ClassVar[str]
    """The rule that sets it."""
    left: ClassVar[str] = ""
    """The state in which another lifecycle takes over, if there is one."""

    ahead: ClassVar[tuple[str, ...]] = ()
    """The triggers that lead to the state in which a time limit runs, where it does not run from the first."""

    play: Play
    name: str
    """What the play calls the case."""
    state: str
    asked: datetime
    """When the case was asked for."""
    since: datetime
    """When what brought the case where it is happened: no fact comes before it."""
    opened: datetime
    """From when its time limit runs."""
    told: datetime
    """When the last fact, or reminder, was told: the reminders before are dropped (A14)."""
    closed: datetime | None
    """When the case was closed, None for one that is followed (A21)."""
    happened: datetime
    """When what is told now happened."""
    before: dict[str, Any] | None
    """What stood here before the fact that was told last, None where that cannot be withdrawn (A20)."""

    @initialize(at=starts(), held=st.booleans(), late=st.sampled_from(_HOURS), steps=st.sampled_from((0, 3)))
    def begin(self, at: datetime, *, held: bool = False, late: timedelta = _HOURS[0], steps: int = 0) -> None:
        """The case is opened, at once or told so late, its codes held here or elsewhere, and some steps are made."""
        self.play = Play(at=at, held=held)
        *before, last = self.opening()
        for move in before:
            self.play.make(move)
        self.play.wait(late)
        self.play.make(Move(last.verb, last.case, last.makes, given=last.given, at=at if late else None))
        self.name = last.about
        self.state, self.asked, self.told = str(self.lifecycle.initial), at, self.play.at
        # What we send is dated by its telling, what the portal sends by when it happened.
        self.since = self.opened = at if held else self.play.at
        self.closed, self.happened, self.before = None, at, None
        self.passed("", at, {})
        self.began = self.since
        for trigger in self.ahead[:steps]:
            self.tries(trigger, self.play.at, {})

    @rule(data=st.data())
    def wait(self, data: st.DataObject) -> None:
        """Time passes."""
        self.play.wait(data.draw(jumps(self.play)))

    @precondition(lambda self: self.state != self.left)
    @rule(data=st.data(), right=st.sampled_from((True, True, False)), how=st.sampled_from(("now", "late", "day")))
    def verb(self, data: st.DataObject, *, right: bool, how: str) -> None:
        """Time passes, then somebody tries a verb, which passes exactly when the plain words say so.

        Raises `BrokenPromiseError` if not.
        """
        self.play.wait(data.draw(jumps(self.play)))
        verbs = tuple(verb for verb in self.wrong if self.can_be_tried(verb))
        # What the state allows comes up more often than what it does not.
        allowed = tuple(verb for verb in self.lifecycle.triggers(self.state) if verb in verbs)
        trigger = data.draw(st.sampled_from((*allowed * 3, *verbs, *_ANYWHERE)))
        wrong = self.wrong.get(trigger, {})
        right = right or not wrong
        given = data.draw(self.given(trigger)) if right else wrong
        at = self.play.at if how == "now" else data.draw(st.sampled_from(self.instants()))
        self.tries(trigger, _day(at) if how == "day" else at, given, right=right)

    def tries(self, trigger: str, at: datetime | date, given: Mapping[str, Any], *, right: bool = True) -> None:
        """Try a verb that happened then; raises `BrokenPromiseError` unless it passes as the plain words say.

        What is told by its day passes if it would at an instant of that day, and counts from the first one.
        """
        possible = [it for it in self.instants_of(at) if right and self.can_happen(trigger, it, given)]
        told = None if at == self.play.at else at
        before = {name: vars(self)[name] for name in _STANDS if name in vars(self)}
        step = self.play.make(Move(trigger, self.name, given=given, right=right, at=told))
        if step.accepted is not bool(possible):
            raise BrokenPromiseError(self.limit, f"{step}; expected it to be {'accepted' if possible else 'refused'}")
        if step.accepted:
            self.happened = possible[0]
            self.before = None if trigger in _CLOCK else before
            if trigger in _ANYWHERE:
                self.closed = self.happened if trigger == "close" else None
            else:
                self.state = self.goes_to(trigger, given)
                self.passed(trigger, self.happened, given)
            self.told = self.play.at
        self.on_step(step)

    @precondition(lambda self: self.before is not None)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        """Time passes, and what was told last is withdrawn: the case is what it was before (A20)."""
        self.play.wait(data.draw(jumps(self.play)))
        version = self.play.cases[self.name].version
        step = self.play.make(Move("withdraw", self.name, given={"version": version}))
        if not step.accepted:
            raise BrokenPromiseError("A20", f"{step}; expected it to be withdrawn")
        vars(self).update(self.before or {})
        self.before = None
        self.on_step(step)

    def can_happen(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> bool:
        """Whether what happened at this instant is accepted now: nothing that the clock decides of a closed case."""
        if trigger == "close":
            return self.closed is None and at >= self.began
        if trigger == "reopen":
            return self.closed is not None and at >= self.closed
        return not (self.closed is not None and trigger in _CLOCK) and self.allows(trigger, at, given)

    def instants_of(self, at: datetime | date) -> list[datetime]:
        """The instant, or those of a day, until now, at which anything may change, soonest first."""
        if isinstance(at, datetime):
            return [at]
        past = (*self.instants(), self.ends(), self.ends() + RESOLUTION, *self.reminders(), self.since, *self.more())
        first, last = _midnight(at, 0), min(_midnight(at, 1) - RESOLUTION, self.play.at)
        return sorted({first, last, *(it for it in past if first <= it <= last)})

    def more(self) -> tuple[datetime, ...]:
        """Instants besides that decide something."""
        return () if self.closed is None else (self.closed,)

    def instants(self) -> list[datetime]:
        """When a fact may have happened that is told now: around what has changed since the case was opened."""
        past = (*self.play.past(self.name), self.asked, *self.more())
        around = {at + ticks * RESOLUTION for at in past for ticks in (-1, 0, 1)}
        return sorted(at for at in around if at <= self.play.at) or [self.play.at]

    def opening(self) -> tuple[Move, ...]:
        """The moves that open the case; the last one names it."""
        return (Move("create_space", makes="space-1"), Move("activate", "space-1"))

    def can_be_tried(self, trigger: str) -> bool:
        """Whether there is something left to give to this trigger."""
        del trigger
        return True

    def given(self, trigger: str) -> st.SearchStrategy[Mapping[str, Any]]:
        """What this trigger is rightly given, besides what the play knows."""
        del trigger
        return st.just({})

    def allows(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> bool:
        """Whether what happened at this instant is accepted now, were it rightly given.

        A reminder once it is due and in time, the lapse once the time limit has passed, and what is awaited until then:
        also after the lapse, where the code is held elsewhere (A15). Nothing comes before what it follows (A14).
        """
        del given
        runs, in_time = self.state == self.waiting, at <= self.ends()
        if at < self.since:
            return False
        if trigger == "lapse":
            return runs and not in_time
        if trigger == "remind":
            return runs and in_time and any(self.told < reminder <= at for reminder in self.reminders())
        return in_time and (runs or (self.state == "lapsed" and self.corrects()))

    def corrects(self) -> bool:
        """Whether a lapse is only presumed."""
        return self.play.held

    def goes_to(self, trigger: str, given: Mapping[str, Any]) -> str:
        """The state that a trigger that passed has led to."""
        del given
        return str(self.lifecycle.next(self.state, trigger))

    def passed(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> None:
        """What else changes with a trigger that passed, or with the opening (no trigger)."""
        del given
        if trigger not in {"", "lapse", "remind"}:
            self.since = at

    def ends(self) -> datetime:
        """The last usable instant (UTC): 48 hours of 3,600 seconds after the opening."""
        return self.opened + timedelta(seconds=48 * 3_600)

    def reminders(self) -> list[datetime]:
        """The instants of the reminders (UTC): a day of 24 hours before the end."""
        return [self.ends() - timedelta(hours=24)]

    def on_step(self, step: Step) -> None:
        """What a host does with each step that was made, accepted or refused: nothing here."""

    @invariant()
    def keeps_its_promises(self) -> None:
        """The case is in the expected state, and all promises hold of it; raises `BrokenPromiseError` if not."""
        case = self.play.cases[self.name]
        if str(case.stage) != self.state:
            raise BrokenPromiseError(self.limit, f"{self.name} is '{case.stage}': expected '{self.state}'")
        check_case(case, self.play.events[self.name], at=self.play.at)


_PARIS: Final = ZoneInfo("Europe/Paris")
_TICK: Final = timedelta(microseconds=1)
_CLOCK: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType({"remind": {}, "lapse": {}})


class SpaceMachine(LifecycleMachine):
    """A space: activated with its code within 48 elapsed hours, or lapsed (rules 1.8 to 1.11, A15)."""

    lifecycle = SPACE
    wrong: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType({"activate": {"code": WRONG}, **_CLOCK})
    waiting = "pending"
    limit = "1.9"

    def opening(self) -> tuple[Move, ...]:
        """The space is asked for."""
        return super().opening()[:1]


class _Request(LifecycleMachine):
    """A request: accounts can be declared until it has lapsed, whenever they were, from the request on (A17)."""

    accounts: int
    """How many are declared."""
    declaring: ClassVar[frozenset[str]]

    def can_be_tried(self, trigger: str) -> bool:
        """A few accounts are played, and none is declared twice."""
        return trigger != "declare_account" or self.accounts < len(ACCOUNTS)

    def allows(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> bool:
        """An account in some states, at any instant from the request on."""
        if trigger == "declare_account":
            return self.state in self.declaring and at >= self.asked
        return super().allows(trigger, at, given)

    def passed(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> None:
        """An account declared changes nothing else."""
        if trigger == "declare_account":
            self.accounts += 1
        else:
            super().passed(trigger, at, given)
        if not trigger:
            self.accounts = DECLARED


class AdhesionMachine(_Request):
    """A request with Messaging: its link used within 48 elapsed hours, or lapsed (rules 2.8 to 2.11, A15)."""

    lifecycle = ADHESION
    wrong: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
        {
            "confirm_company_email": {"token": WRONG},
            "record_letter": {},
            "activate": {"code": WRONG},
            "declare_account": {"account": BankAccount(IBAN)},
            **_CLOCK,
        }
    )
    waiting = "awaiting_email"
    limit = "2.9"
    left = "validated"
    declaring: ClassVar[frozenset[str]] = frozenset({"awaiting_email"})

    def opening(self) -> tuple[Move, ...]:
        """Messaging is requested, from an active space."""
        _, messaging, _ = company_forms()
        return (*super().opening(), Move("request_adhesion", "space-1", "adhesion-1", given={"form": messaging}))

    def given(self, trigger: str) -> st.SearchStrategy[Mapping[str, Any]]:
        """The letter bears any day from the request's to today's."""
        if trigger != "record_letter":
            return super().given(trigger)
        return st.dates(_day(self.asked), _day(self.play.at)).map(lambda edited: {"edited": edited})

    def allows(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> bool:
        """Where the portal holds the link, a letter or a code proves that it was used, at any time (A23)."""
        if trigger in {"record_letter", "activate"}:
            return self.play.held and at >= self.asked
        return super().allows(trigger, at, given)

    def passed(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> None:
        """What has led on is known, since a code leads further than a letter."""
        super().passed(trigger, at, given)
        self.proved = trigger

    @invariant()
    def keeps_its_promises(self) -> None:
        """The same, as long as the request has no activation; then, that it has one, or `BrokenPromiseError`."""
        stage = str(self.play.cases[self.name].stage)
        if self.state != self.left:
            super().keeps_its_promises()
        elif stage != ("active" if self.proved == "activate" else "awaiting_code"):
            raise BrokenPromiseError("2.10", f"{self.name} was validated and awaits no code")


class ActivationMachine(_Request):
    """A request without Messaging: its code entered by the end of the 60th civil day, or lapsed (3.1 to 3.5, A3, A15).

    The day is that of the letter: ours, that of its posting; the portal's, unknown until it is reported.
    """

    lifecycle = ACTIVATION
    wrong: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
        {
            "record_letter": {},
            "activate": {"code": WRONG},
            "declare_account": {"account": BankAccount(IBAN)},
            **_CLOCK,
        }
    )
    waiting = "awaiting_code"
    limit = "3.1"
    declaring: ClassVar[frozenset[str]] = frozenset({"awaiting_code", "active"})

    letter: date | None
    """The day that the letter bears, None while it is not known."""

    def opening(self) -> tuple[Move, ...]:
        """Taxes are to be paid, from an active space."""
        *_, paying = company_forms()
        return (*super().opening(), Move("request_adhesion", "space-1", "adhesion-1", given={"form": paying}))

    def given(self, trigger: str) -> st.SearchStrategy[Mapping[str, Any]]:
        """The letter bears any day from the request's to today's."""
        if trigger != "record_letter":
            return super().given(trigger)
        days = st.dates(_day(self.asked if self.play.held else self.since), _day(self.play.at))
        return days.map(lambda edited: {"edited": edited})

    def allows(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> bool:
        """A code, not before its letter's day; while that is unknown, whenever. A day that is reported, whenever."""
        pending = self.state == self.waiting or (self.state == "lapsed" and self.corrects())
        if trigger == "record_letter" and self.play.held:
            return pending and at >= self.since
        if trigger == "activate" and self.letter is not None and at < _midnight(self.letter, 0):
            return False
        if trigger == "activate" and self.letter is None:
            return pending and at >= self.since
        return super().allows(trigger, at, given)

    def goes_to(self, trigger: str, given: Mapping[str, Any]) -> str:
        """A letter reported after the lapse corrects it if its code still works."""
        if trigger == "record_letter" and self.state == "lapsed":
            still_works = _midnight(given["edited"], 61) > self.play.at
            return self.waiting if still_works else self.state
        return super().goes_to(trigger, given)

    def passed(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> None:
        """The days are counted from the validation, then from the day that the letter bears."""
        if trigger == "record_letter":
            self.letter = given["edited"]
            return
        super().passed(trigger, at, given)
        if not trigger:
            self.since: datetime = self.asked
            self.letter = None if self.play.held else _day(self.opened)

    def ends(self) -> datetime:
        """The last microsecond, in Paris, of the 60th day after the letter's, or after the last one announced."""
        first, days = (_day(self.opened), 14 + 61) if self.letter is None else (self.letter, 61)
        return _midnight(first, days) - _TICK

    def reminders(self) -> list[datetime]:
        """The midnights, in Paris, that begin 15, 5 and 1 days before day 59, and the 15th day without a letter."""
        first = _day(self.opened) if self.letter is None else self.letter
        days = [59 - 15, 59 - 5, 59 - 1, *([15] if self.letter is None else [])]
        return [_midnight(first, day) for day in days]


class MandateMachine(LifecycleMachine):
    """A mandate: issued, signed, sent, registered; idle for 36 months, it lapses (rules 2.15 to 2.19, F1 and A15)."""

    lifecycle = MANDATE
    wrong: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
        {
            "name_representative": {},
            "sign": {"signatory": Applicant.THIRD_PARTY},
            "send": {},
            "register": {},
            "record_collection": {},
            **_CLOCK,
        }
    )
    waiting = "registered"
    limit = "F1"
    ahead: ClassVar[tuple[str, ...]] = ("sign", "send", "register")

    def opening(self) -> tuple[Move, ...]:
        """A tax paid by mandate is requested, from an active space, and the mandate issued."""
        *_, paying = company_forms()
        requested = Move("request_adhesion", "space-1", "adhesion-1", given={"form": paying})
        return (*super().opening(), requested, Move("issue_mandate", "adhesion-1", "mandate-1"))

    def allows(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> bool:
        """One step after another, then collections until the idle months have passed."""
        steps = {"name_representative": "issued", "sign": "issued", "send": "signed", "register": "sent"}
        if trigger in steps:
            return self.state == steps[trigger] and at >= self.since
        if trigger == "record_collection" and (self.state == self.waiting or self.corrects()):
            # What the bank collected, it had a mandate for, whatever was known of earlier collections.
            return self.state in {self.waiting, "lapsed"} and at >= self.since
        return super().allows(trigger, at, given)

    def goes_to(self, trigger: str, given: Mapping[str, Any]) -> str:
        """A collection told after the lapse brings the mandate back, unless its own months are over too."""
        if trigger == "record_collection":
            still = self._end_after(max(self.opened, self.happened)) >= self.play.at
            return self.waiting if still or self.state == self.waiting else self.state
        return super().goes_to(trigger, given)

    def corrects(self) -> bool:
        """A mandate's lapse is always presumed: the bank knows."""
        return True

    def passed(self, trigger: str, at: datetime, given: Mapping[str, Any]) -> None:
        """The months are counted from the registration, then from the latest collection, in whatever order told."""
        del given
        if trigger in {"sign", "send", "register"}:
            self.since: datetime = at
        if trigger == "register":
            self.opened: datetime = at
        if trigger == "record_collection":
            self.opened = max(self.opened, at)
        if not trigger:
            self.since = self.opened = self.asked

    def ends(self) -> datetime:
        """The last microsecond, in Paris, of the same day three years later, or of 28 February for a 29th."""
        return self._end_after(self.opened)

    def _end_after(self, at: datetime) -> datetime:
        return _midnight(self._last_day(at), 1) - _TICK

    def _last_day(self, at: datetime) -> date:
        day = _day(at)
        leap = (day.month, day.day) == (2, 29)
        return date(day.year + 3, day.month, 28 if leap else day.day)

    def reminders(self) -> list[datetime]:
        """The midnights, in Paris, that begin 90 and 30 days before the day before the last."""
        return [_midnight(self._last_day(self.opened), -1 - days) for days in (90, 30)]


def _day(at: datetime) -> date:
    """The day that clocks in Paris read at an instant."""
    return at.astimezone(_PARIS).date()


def _midnight(day: date, days: int) -> datetime:
    """The midnight (UTC) that begins, in Paris, this many days after a day."""
    return datetime.combine(day + timedelta(days=days), time.min, _PARIS).astimezone(UTC)
