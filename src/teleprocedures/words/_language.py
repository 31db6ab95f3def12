"""What a language does with days, hours, numbers and lists.

Instants are said as clocks in Paris read them, whatever the zone that they come in. A time limit in days ends with the
last microsecond of a day. Nobody says so: that instant is said as the day alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MINUTES: Final = 0
SECONDS: Final = 1
MICROSECONDS: Final = 2
NO_BREAK: Final = "\N{NO-BREAK SPACE}"


class Language(ABC):
    """How a language says days, hours, numbers and lists. It knows no table of words."""

    code: ClassVar[str]
    by_code: ClassVar[bool] = False
    """Whether errors name services, states, verbs and fields by their codes, for who reads programs."""
    joins: ClassVar[Mapping[str, str]]
    """What stands before the last item of a list, by the word that a template has for it: `and`, `or`."""
    between: ClassVar[str] = "; "
    """What stands between sentences that are listed."""
    midnight: ClassVar[str] = "24:00"
    """The hour at which a day ends."""

    @abstractmethod
    def day(self, day: date) -> str:
        """A civil day, with the day of the week."""

    @abstractmethod
    def hour(self, local: datetime, precision: int) -> str:
        """What clocks read, to the minute, the second or the microsecond."""

    @abstractmethod
    def on(self, day: str, hour: str, *, summer: bool | None, named: bool = False) -> str:
        """A day with an hour; `summer` says which one is meant of an hour that clocks read twice.

        Where it is `named`, the reader may be overseas, and is told that the clocks are those of Paris.
        """

    @abstractmethod
    def until_the(self, moment: str, *, end: bool) -> str:
        """Until an instant, or until the `end` of a day, that day included."""

    @abstractmethod
    def number(self, count: int) -> str:
        """A whole number."""

    @abstractmethod
    def is_plural(self, count: int) -> bool:
        """Whether a word that goes with this number is in the plural."""

    def quote(self, text: str) -> str:
        """A name in the quotes of the language."""
        return f"'{text}'"

    def text(self, text: str) -> str:
        """A fact that is a text."""
        return text

    def typeset(self, template: str) -> str:
        """A template as the language prints it."""
        return template

    def tidied(self, sentence: str) -> str:
        """A sentence whose facts have come together, as the language prints it."""
        return sentence

    # --- What follows from these ---

    def instant(self, at: datetime, precision: int = MINUTES, *, ends: bool = False, named: bool = False) -> str:
        """An aware instant as clocks in Paris read it; the day alone where it is the last instant of that day.

        Where something `ends` then, midnight is the end of a day and not the beginning of the next one.
        """
        local = in_paris(at)
        if local is None:
            return at.isoformat()
        if _ends_its_day(local):
            return self.day(local.date())
        if ends and local.time() == time.min and local.date() > date.min:
            return self.on(self.day(local.date() - timedelta(days=1)), self.midnight, summer=None, named=named)
        return self.on(self.day(local.date()), self.hour(local, precision), summer=_season(local), named=named)

    def until(self, at: datetime, precision: int = MINUTES, *, named: bool = False) -> str:
        """Until an aware instant: until the end of a day, that day included, or until an hour."""
        local = in_paris(at)
        moment = self.instant(at, precision, ends=True, named=named)
        return self.until_the(moment, end=local is not None and _ends_its_day(local))


@lru_cache(maxsize=1)
def _paris() -> ZoneInfo | None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - of no use before an instant is said

    try:
        return ZoneInfo("Europe/Paris")
    except (KeyError, OSError):
        return None  # this system has no time zones: an error that says so has to be printed all the same


def in_paris(at: datetime) -> datetime | None:
    """The instant on clocks in Paris; None where they cannot be known, or show no year from 1 to 9999."""
    zone = _paris()
    try:
        return None if zone is None or at.utcoffset() is None else at.astimezone(zone)
    except OverflowError:
        return None


def _ends_its_day(local: datetime) -> bool:
    return local.time() == time.max


def _season(local: datetime) -> bool | None:
    """Of an hour that clocks read twice, whether it is the first, that of summer; None for any other hour."""
    other = local.replace(fold=1 - local.fold)
    return None if other.utcoffset() == local.utcoffset() else local.dst() != timedelta(0)
