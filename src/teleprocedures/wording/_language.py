"""French as it is printed: days, hours and numbers as people write them, no-break spaces where a line must not end.

Templates are typed with plain spaces, and typeset here: a no-break space stands before a colon and inside « », a narrow
one before `;`, `!` and `?`, a no-break one between a number and what it counts. Apostrophes stay as they are typed:
`'`, as in what people and hosts type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar, Final

import attrs

from teleprocedures.errors import MICROSECONDS, MINUTES, Language

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
NARROW: Final = "\N{NARROW NO-BREAK SPACE}"

_WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_COUNTED: Final = "heures?|jours?|mois|caractères?|chiffres?|lettres?|octets?|services?|comptes?|problèmes?|messages?"
# `{count} {count:problème|problèmes}` is a number and what it counts, too.
_NUMBER_AND_UNIT: Final = re.compile(rf"(?<=[0-9}}]) (?=(?:{_COUNTED})\b|\{{\w+:[^{{}}|]*\|)")
_QUOTES: Final = "'\""
_SPACES: Final = (
    (re.compile("«[ \N{NO-BREAK SPACE}]?"), f"«{NO_BREAK}"),
    (re.compile("[ \N{NO-BREAK SPACE}]?»"), f"{NO_BREAK}»"),
    (re.compile(r" (?=:(?:\s|$))"), NO_BREAK),
    (re.compile(r" (?=[;!?](?:\s|$))"), NARROW),
    (re.compile(r"(?<=n°) |(?<=[0-9]) (?=[0-9])"), NO_BREAK),
)


@attrs.frozen
class French(Language):
    """French, as people read it: errors name services, states, verbs and fields by their words."""

    code: ClassVar[str] = "fr"
    joins: ClassVar[Mapping[str, str]] = MappingProxyType({"and": " et ", "or": " ou "})
    between: ClassVar[str] = f"{NARROW}; "

    def day(self, day: date) -> str:
        """`samedi 1er juin 2024`; no line ends between the number and the month."""
        number = f"{day.day}{'er' if day.day == 1 else ''}"
        return f"{_WEEKDAYS[day.weekday()]} {number}{NO_BREAK}{_MONTHS[day.month - 1]} {day.year}"

    def hour(self, local: datetime, precision: int) -> str:
        """`10 h`, `10 h 30`, `10 h 30 min 5 s`, `10 h 30 min 5,000001 s`."""
        second = "" if precision == MINUTES or not local.second else str(local.second)
        if precision == MICROSECONDS and local.microsecond:
            second = f"{local.second},{local.microsecond:06}"
        parts = [str(local.hour), "h"]
        if second:
            parts += [f"{local.minute:02}", "min", second, "s"]
        elif local.minute:
            parts.append(f"{local.minute:02}")
        return NO_BREAK.join(parts)

    def on(self, day: str, hour: str, *, summer: bool | None) -> str:
        """`dimanche 3 mars 2024 à 10 h 30`."""
        season = "" if summer is None else f" (heure d'{'été' if summer else 'hiver'})"
        return f"{day} à {hour}{season}"

    def until_the(self, said: str, *, end: bool) -> str:
        """`jusqu'au samedi 1er juin 2024 inclus`, `jusqu'au dimanche 3 mars 2024 à 10 h 30`."""
        return f"jusqu'au {said}{' inclus' if end else ''}"

    def number(self, count: int) -> str:
        """In digits, in groups of three: `1 000`."""
        return f"{count:,}".replace(",", NARROW)

    def is_plural(self, count: int) -> bool:
        """Whether it is two or more."""
        return abs(count) > 1

    def quoted(self, text: str) -> str:
        """`« Messagerie »`."""
        return f"«{NO_BREAK}{text}{NO_BREAK}»"

    def text(self, text: str) -> str:
        """A text as it is; in « », if it comes in the quotes of a program."""
        quoted = len(text) > 1 and text[0] == text[-1] and text[0] in _QUOTES and text[0] not in text[1:-1]
        return self.quoted(text[1:-1]) if quoted else text

    def typeset(self, template: str) -> str:
        """A template with its no-break spaces."""
        for amiss, printed in _SPACES:
            template = amiss.sub(printed, template)
        return _NUMBER_AND_UNIT.sub(NO_BREAK, template)
