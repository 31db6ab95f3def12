"""The machines of the four lifecycles: when each verb is possible, said again in plain words and plain arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis.stateful import invariant

from teleprocedures.cases import ACTIVATION, ADHESION, MANDATE, SPACE
from teleprocedures.testing._moves import Move, company_forms, stage
from teleprocedures.testing.invariants import BrokenPromiseError
from teleprocedures.testing.machines._base import LifecycleMachine

_PARIS: Final = ZoneInfo("Europe/Paris")
_TICK: Final = timedelta(microseconds=1)


class SpaceMachine(LifecycleMachine):
    """A space: activated with its code within 48 elapsed hours, or lapsed (rules 1.8 to 1.11)."""

    lifecycle = SPACE
    verbs = MappingProxyType({"activate": "activate_space", "remind": "remind", "lapse": "lapse"})
    secret, waiting, limit = "activate", "pending", "1.9"

    def opening(self) -> tuple[Move, ...]:
        """The space is asked for."""
        return super().opening()[:1]


class AdhesionMachine(LifecycleMachine):
    """A request with Messaging: its link used within 48 elapsed hours, or lapsed (rules 2.8 to 2.11)."""

    lifecycle = ADHESION
    verbs = MappingProxyType({"confirm_company_email": "confirm_company_email", "remind": "remind", "lapse": "lapse"})
    secret, waiting, limit, left = "confirm_company_email", "awaiting_email", "2.9", "validated"

    def opening(self) -> tuple[Move, ...]:
        """Messaging is requested, from an active space."""
        _, messaging, _ = company_forms()
        return (*super().opening(), Move("request_adhesion", "space-1", "adhesion-1", form=messaging))

    @invariant()
    def keeps_its_promises(self) -> None:
        """The same, as long as the request has no activation; then, that it has one, or `BrokenPromiseError`."""
        if self.state != self.left:
            super().keeps_its_promises()
        elif stage(self.play.cases[self.name]) != "awaiting_code":
            raise BrokenPromiseError("2.10", f"{self.name} was validated and awaits no code")


class ActivationMachine(LifecycleMachine):
    """A request without Messaging: its code entered by the end of the 60th civil day, or lapsed (rules 3.1 to 3.5)."""

    lifecycle = ACTIVATION
    verbs = MappingProxyType(
        {"record_letter": "record_letter", "activate": "activate_services", "remind": "remind", "lapse": "lapse"}
    )
    secret, waiting, limit = "activate", "awaiting_code", "3.1"

    def opening(self) -> tuple[Move, ...]:
        """A service that asks for nothing more is requested, from an active space."""
        plain, *_ = company_forms()
        return (*super().opening(), Move("request_adhesion", "space-1", "adhesion-1", form=plain))

    def passed(self, trigger: str) -> None:
        """The days are counted from the opening, then from the day that the letter bears: today's, in this play."""
        if trigger in {"", "record_letter"}:
            self.opened, self.estimated = self.play.at, not trigger

    def ends(self) -> datetime:
        """The last microsecond, in Paris, of the 60th day after the first."""
        return _midnight(self.opened, 61) - _TICK

    def reminders(self) -> list[datetime]:
        """The midnights, in Paris, that begin 15, 5 and 1 days before day 59, and the 15th day without a letter."""
        days = [59 - 15, 59 - 5, 59 - 1, *([15] if self.estimated else [])]
        return [_midnight(self.opened, day) for day in days]


class MandateMachine(LifecycleMachine):
    """A mandate: issued, signed, sent, registered; idle for 36 months, it lapses (rules 2.15 to 2.19 and F1)."""

    lifecycle = MANDATE
    verbs = MappingProxyType(
        {
            "sign": "sign_mandate",
            "send": "send_mandate",
            "register": "register_mandate",
            "record_collection": "record_collection",
            "remind": "remind",
            "lapse": "lapse",
        }
    )
    secret, waiting, limit = "sign", "registered", "F1"

    def opening(self) -> tuple[Move, ...]:
        """A tax paid by mandate is requested, from an active space, and the mandate issued."""
        *_, paying = company_forms()
        requested = Move("request_adhesion", "space-1", "adhesion-1", form=paying)
        return (*super().opening(), requested, Move("issue_mandate", "adhesion-1", "mandate-1"))

    def allows(self, trigger: str) -> bool:
        """One step after another, then collections until the idle months have passed."""
        steps = {"sign": "issued", "send": "signed", "register": "sent"}
        return self.state == steps[trigger] if trigger in steps else super().allows(trigger)

    def passed(self, trigger: str) -> None:
        """The months are counted from the registration, then from the last collection."""
        if trigger in {"", "register", "record_collection"}:
            self.opened = self.play.at

    def ends(self) -> datetime:
        """The last microsecond, in Paris, of the same day three years later, or of 28 February for a 29th."""
        day = self.opened.astimezone(_PARIS).date()
        leap = (day.month, day.day) == (2, 29)
        last = date(day.year + 3, day.month, 28 if leap else day.day)
        return _midnight(datetime.combine(last, time(12), _PARIS), 1) - _TICK

    def reminders(self) -> list[datetime]:
        """None: the rulebook has none for mandates."""
        return []


def _midnight(at: datetime, days: int) -> datetime:
    """The midnight (UTC) that begins, in Paris, this many days after the day of an instant."""
    day = at.astimezone(_PARIS).date() + timedelta(days=days)
    return datetime.combine(day, time.min, _PARIS).astimezone(UTC)
