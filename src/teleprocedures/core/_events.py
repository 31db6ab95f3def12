"""What an event is: a fact about a case, with when it happened and when it was told (A14).

Where only the civil day of a fact is known, that is its `day` (A22). Its `at` is then the first instant of that day at
which it could have happened, so that nothing which follows is refused for an hour that nobody told.

Some kinds of event belong to no table, because every case can have them. A case is closed, or reopened (A21). A fact
that was recorded by mistake is withdrawn (A20). A case is moved to another rulebook. They change nothing
of what the portal knows.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import ClassVar, Final, Self, TypedDict

import attrs

from teleprocedures.core._explain import LIMIT, PAST
from teleprocedures.deadlines import PARIS, Deadline, first_instant, time_zone
from teleprocedures.errors import InvalidValueError, shows_half_built
from teleprocedures.rulebook import Rulebook
from teleprocedures.values import Line, Remark

EVER: Final = datetime.min.replace(tzinfo=UTC)
"""The instant that everything follows."""
NEVER: Final = datetime.max.replace(tzinfo=UTC)
"""The instant that follows everything."""


class Kinded:
    """What is stored under its `kind`, which is made of the name of its class: of `SpaceActivated`, `space-activated`.

    A class may say another `kind` itself.
    """

    __slots__ = ()

    kind: ClassVar[str]
    """What it is stored under."""

    def __init_subclass__(cls) -> None:
        """Name the kind after the class, unless it says another name itself."""
        if "kind" not in vars(cls):
            cls.kind = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()
        # attrs makes a slotted class anew, and this is then called with all that it wrote.
        shows_half_built(cls)


class Head(TypedDict):
    """What every event begins with."""

    case_id: str
    version: int
    at: datetime
    recorded_at: datetime
    day: date | None


@attrs.frozen(kw_only=True, weakref_slot=False)
class Event(Kinded):
    """A fact about a case, and the version of the case that it makes.

    It is about the case with this `case_id`. The `version` is that of the case once it has happened. It happened `at`
    an instant and was told at `recorded_at`. Both are UTC, and the same unless the fact was told late. Where only its
    civil day in Paris was told, that is the `day`, and no hour of `at` is to be shown (A22). It is stored under its
    `kind`, which is made of the name of its class. Which trigger makes it, and where it leads, stands in the table of
    its lifecycle and nowhere else. The rules that the fact itself falls under are those that its class `cites`, by
    their ids; a file of diligence says them. A kind of event that says nothing more is a plain subclass.
    """

    moves: ClassVar[bool] = True
    """Whether a case that this event leads elsewhere has moved at its instant: later facts then follow that."""
    cites: ClassVar[tuple[str, ...]] = ()
    """The rules that stand for the fact. `LIMIT` and `PAST` are those of the time limit that the case then has."""

    case_id: str
    version: int
    at: datetime
    recorded_at: datetime = attrs.field(default=attrs.Factory(lambda event: event.at, takes_self=True))
    day: date | None = None

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that stand for this very fact: those that its class `cites`, unless it says more itself."""
        return self.cites

    def check(self) -> None:
        """Raise `InvalidValueError` for an event that contradicts itself: told before it happened (A14)."""
        if self.at > self.recorded_at:
            raise InvalidValueError("case.contradiction", path=".recorded_at", expected="after_it_happened")


@attrs.frozen(kw_only=True, weakref_slot=False)
class Opening(Event):
    """The first event of a case: what was asked, and the `rulebook` that the case is under."""

    rulebook: Rulebook

    @property
    def began(self) -> datetime:
        """When the case came to where it begins (UTC)."""
        # What we send is dated by its telling, and so are the hours that run from it (A2).
        deadline: Deadline | None = getattr(self, "deadline", None)
        return self.at if deadline is None else deadline.opened

    @property
    def began_on(self) -> date | None:
        """The civil day of that, where its hour is not known (A22); of what we sent, it is known."""
        return self.day if self.began == self.at else None

    @property
    def followed(self) -> datetime:
        """The instant (UTC) that whatever follows the opening comes after."""
        return self.began

    def followed_by(self, since: datetime) -> datetime:
        """The instant (UTC) that a fact comes after which follows where the case was from an instant on.

        Where that is the opening of a case that was taken over, nobody may have said when it was (A19).
        """
        return self.followed if since == self.began else since


@attrs.frozen(kw_only=True, weakref_slot=False)
class TakenOver(Opening):
    """A case that was there before anybody began to follow it (A19): who says so, and the civil day it was seen on.

    Who says so is the `source`, such as a list of the firm's own. The civil day in Paris is that of `seen`. What is not
    known is None, and nothing is invented for it.
    """

    cites: ClassVar[tuple[str, ...]] = ("A19",)

    seen: date
    source: Remark

    @property
    def known_from(self) -> date | None:
        """The civil day from which the case is known to stand where it begins, None where nobody said."""
        return None

    @property
    def began(self) -> datetime:
        """The first instant (UTC) of the day from which it is known, or else of the day on which it was seen."""
        return first_instant(self.known_from or self.seen, time_zone(PARIS))

    @property
    def began_on(self) -> date:
        """That day."""
        return self.known_from or self.seen

    @property
    def followed(self) -> datetime:
        """The first instant (UTC) of the day from which it is known; without one, facts may be as old as they are."""
        return EVER if self.known_from is None else self.began


class Reminder(Event):
    """We reminded of a time limit: a telling of ours, which orders nothing (A14)."""

    cites: ClassVar[tuple[str, ...]] = (LIMIT,)

    __slots__ = ()


class Lapse(Event):
    """A time limit was missed, as far as is known; that is presumed where the code is held elsewhere (A15)."""

    moves: ClassVar[bool] = False  # our clock's word for a fact that is missing
    cites: ClassVar[tuple[str, ...]] = (PAST,)

    __slots__ = ()


class Reason(StrEnum):
    """Why a case is closed (A21)."""

    CLIENT_LEFT = "client_left"
    COMPANY_GONE = "company_gone"
    ANOTHER_HOLDER = "another_holder"
    REPEATED = "repeated"
    MISTAKE = "mistake"
    OTHER = "other"


@attrs.frozen(kw_only=True, weakref_slot=False)
class CaseClosed(Event):
    """The case is followed no more, for this reason; `text` says it in words, which `OTHER` needs (A21)."""

    moves: ClassVar[bool] = False
    cites: ClassVar[tuple[str, ...]] = ("A21",)

    reason: Reason
    text: Remark | None = None

    @classmethod
    def of(cls, head: Head, _: object, *, reason: Reason, text: str | None) -> Self:
        """The event with the reason as it was given."""
        return cls(**head, reason=reason, text=text)


class CaseReopened(Event):
    """The case is followed again (A21)."""

    moves: ClassVar[bool] = False
    cites: ClassVar[tuple[str, ...]] = ("A21",)

    __slots__ = ()


@attrs.frozen(kw_only=True, weakref_slot=False)
class RulebookChanged(Event):
    """The case was moved to another rulebook, which judges it from now on; time limits that were set stay as set."""

    moves: ClassVar[bool] = False

    rulebook: Rulebook

    @classmethod
    def of(cls, head: Head, _: object, *, rulebook: Rulebook) -> Self:
        """The event with the rulebook that it was moved to."""
        return cls(**head, rulebook=rulebook)


@attrs.frozen(kw_only=True, weakref_slot=False)
class FactWithdrawn(Event):
    """The fact of version `withdrawn` was recorded by mistake (A20), for the `reason` that is told in words.

    What the clock decided on the strength of it falls with it: these are the versions `fallen`. The ids of the messages
    that they made are `messages`, for whoever has to tell those to whom they went.
    """

    moves: ClassVar[bool] = False
    cites: ClassVar[tuple[str, ...]] = ("A20",)

    withdrawn: int
    reason: Remark
    fallen: tuple[int, ...] = ()
    messages: tuple[Line, ...] = ()
