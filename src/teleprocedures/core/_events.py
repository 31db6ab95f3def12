"""What an event is: a fact about a case, with when it happened and when it was told (A14)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import ClassVar, TypedDict

import attrs

from teleprocedures.errors import InvalidValueError, shows_half_built
from teleprocedures.rulebook import Rulebook


def kind_of(name: str) -> str:
    """What a class of this name is stored under: `SpaceActivated` is `space-activated`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


class Head(TypedDict):
    """What every event begins with."""

    case_id: str
    version: int
    at: datetime
    recorded_at: datetime


@shows_half_built
@attrs.frozen(kw_only=True, weakref_slot=False)
class Event:
    """A fact about a case, and the version of the case that it makes.

    It happened `at` an instant and was told at `recorded_at`. Both are UTC, and the same unless the fact was told late.
    It is stored under its `kind`, which is made of the name of its class. Which trigger makes it, and where it leads,
    stands in the table of its lifecycle and nowhere else. A kind of event that says nothing more is a plain subclass.
    """

    kind: ClassVar[str] = "event"

    case_id: str
    version: int
    at: datetime
    recorded_at: datetime = attrs.field(default=attrs.Factory(lambda event: event.at, takes_self=True))

    def __init_subclass__(cls) -> None:
        """Name the kind of event after its class, unless it says another name itself."""
        if "kind" not in vars(cls):
            cls.kind = kind_of(cls.__name__)
        # attrs makes a slotted class anew, and this is then called with all that it wrote.
        shows_half_built(cls)

    def check(self) -> None:
        """Raise `InvalidValueError` for an event that contradicts itself: told before it happened (A14)."""
        if self.at > self.recorded_at:
            raise InvalidValueError("case.contradiction", path=".recorded_at", expected="after_it_happened")


@attrs.frozen(kw_only=True, weakref_slot=False)
class Opening(Event):
    """The first event of a case: what was asked, and the rulebook it is under."""

    rulebook: Rulebook


class Reminder(Event):
    """We reminded of a time limit: a telling of ours, which orders nothing (A14)."""

    __slots__ = ()


class Lapse(Event):
    """A time limit was missed, as far as is known; that is presumed where the code is held elsewhere (A15)."""

    __slots__ = ()
