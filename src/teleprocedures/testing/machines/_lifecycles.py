"""The machines of the four lifecycles: when each verb is possible, said again in plain words and plain arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import invariant

from teleprocedures.cases import ACTIVATION, ADHESION, MANDATE, SPACE
from teleprocedures.forms import Applicant
from teleprocedures.testing._moves import IBAN, WRONG, Move, company_forms
from teleprocedures.testing._played import ACCOUNTS
from teleprocedures.testing.invariants import BrokenPromiseError
from teleprocedures.testing.machines._base import LifecycleMachine
from teleprocedures.values import BankAccount

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
            self.accounts = 1


class AdhesionMachine(_Request):
    """A request with Messaging: its link used within 48 elapsed hours, or lapsed (rules 2.8 to 2.11, A15)."""

    lifecycle = ADHESION
    wrong: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
        {"confirm_company_email": {"token": WRONG}, "declare_account": {"account": BankAccount(IBAN)}, **_CLOCK}
    )
    waiting = "awaiting_email"
    limit = "2.9"
    left = "validated"
    declaring: ClassVar[frozenset[str]] = frozenset({"awaiting_email"})

    def opening(self) -> tuple[Move, ...]:
        """Messaging is requested, from an active space."""
        _, messaging, _ = company_forms()
        return (*super().opening(), Move("request_adhesion", "space-1", "adhesion-1", given={"form": messaging}))

    @invariant()
    def keeps_its_promises(self) -> None:
        """The same, as long as the request has no activation; then, that it has one, or `BrokenPromiseError`."""
        if self.state != self.left:
            super().keeps_its_promises()
        elif str(self.play.cases[self.name].stage) != "awaiting_code":
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
        return super().allows(trigger, at, given)

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
