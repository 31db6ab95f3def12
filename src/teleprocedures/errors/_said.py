"""How facts stand in a sentence, whatever its language: days and hours in Paris, lists, numbers, what agrees with them.

A template is a `str.format` text, with facts in braces. What follows a colon says how a fact is to be said:

- `{at}`: an instant in Paris, or the day alone where it is the last instant of one; a date; a list with commas; a text
  as it is. Seconds are said only where two instants of the sentence would else read alike.
- `{closes:until}`: until an instant, or until a day, that day included. `{first:day}`: a day given as an ISO 8601 text.
- `{expected:or}`, `{services:and}`, `{services:lines}`: a list with that word before its last item, or in lines.
- `{count:problem|problems}`: the word that agrees with a number, or with how many a list has.
- `{value:siren}`: a SIREN in threes.
- `{services:service}`, `{state:state.space}`: what is called so, by its words in the table (`service.payer-tva`), if it
  has any there. Such words go with those above: `{expected:service or}`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from string import Formatter
from typing import TYPE_CHECKING, ClassVar, Final

import attrs

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MINUTES: Final = 0
SECONDS: Final = 1
MICROSECONDS: Final = 2
_PARSER: Final = Formatter()
_NINE_DIGITS: Final = re.compile(r"[0-9]{9}")
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_LISTS: Final = (tuple, list, frozenset)


class Language(ABC):
    """What a language does with days, hours, numbers and lists. It knows no table of words."""

    code: ClassVar[str]
    by_code: ClassVar[bool] = False
    """Whether errors name services, states, verbs and fields by their codes, for who reads programs."""
    joins: ClassVar[Mapping[str, str]]
    between: ClassVar[str] = "; "
    """What stands between sentences that are listed."""

    @abstractmethod
    def day(self, day: date) -> str:
        """A civil day, with the day of the week."""

    @abstractmethod
    def hour(self, local: datetime, precision: int) -> str:
        """What clocks read, to the minute, the second or the microsecond."""

    @abstractmethod
    def on(self, day: str, hour: str, *, summer: bool | None) -> str:
        """A day with an hour; `summer` says which one is meant of an hour that clocks read twice."""

    @abstractmethod
    def until_the(self, said: str, *, end: bool) -> str:
        """Until an instant, or until the `end` of a day, that day included."""

    @abstractmethod
    def number(self, count: int) -> str:
        """A whole number."""

    @abstractmethod
    def is_plural(self, count: int) -> bool:
        """Whether a word that goes with this number is in the plural."""

    def quoted(self, text: str) -> str:
        """A name in the quotes of the language."""
        return f"'{text}'"

    def text(self, text: str) -> str:
        """A fact that is a text."""
        return text

    def typeset(self, template: str) -> str:
        """A template as the language prints it."""
        return template

    # --- What follows from these ---

    def instant(self, at: datetime, precision: int = MINUTES) -> str:
        """An aware instant as clocks in Paris read it; the day alone where it is the last instant of that day."""
        local = in_paris(at)
        if local is None:
            return at.isoformat()
        day = self.day(local.date())
        if _ends_its_day(local):
            return day
        return self.on(day, self.hour(local, precision), summer=_which(local))

    def until(self, at: datetime, precision: int = MINUTES) -> str:
        """Until an aware instant: until the end of a day, that day included, or until an hour."""
        local = in_paris(at)
        return self.until_the(self.instant(at, precision), end=local is not None and _ends_its_day(local))


@lru_cache(maxsize=1)
def _paris() -> ZoneInfo | None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - of no use before something is said

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


def _which(local: datetime) -> bool | None:
    """Of an hour that clocks read twice, whether it is the first, that of summer; None for any other hour."""
    other = local.replace(fold=1 - local.fold)
    return None if other.utcoffset() == local.utcoffset() else local.dst() != timedelta(0)


def placeholders(template: str) -> Iterator[str]:
    """The names in braces of a template, those within a specification included; `ValueError` for braces amiss."""
    for _, name, spec, conversion in _PARSER.parse(template):
        if name is not None:
            if not name.isidentifier() or conversion is not None:
                message = f"{{{name}}} is no placeholder"
                raise ValueError(message)
            yield name
            if spec:
                yield from placeholders(spec)


def say(language: Language, words: Mapping[str, str], code: str, facts: Mapping[str, object]) -> str:
    """The words of a code with the facts in them.

    A code without words, a host's own, and one without the facts that its words ask for, is told with those it has.
    """
    sentence = _Sentence(language, words, facts)
    template = words.get(code)
    asked = frozenset(() if template is None else placeholders(template))
    if template is None or not asked <= facts.keys():
        known = ", ".join(f"{name}={_plain(fact)}" for name, fact in facts.items())
        return f"{code} ({known})" if known else code
    instants = {fact for name in asked if isinstance(fact := facts[name], datetime)}
    while sentence.precision < MICROSECONDS and sentence.reads_alike(instants):
        sentence.precision += 1
    return template.format_map(sentence)


def named(
    language: Language, words: Mapping[str, str], kind: str, name: str, facts: Mapping[str, object] | None = None
) -> str:
    """The words of a name of this kind, `actor.user` say; of one without words, a host's own, the name itself."""
    key = f"{kind}.{name}"
    return say(language, words, key, facts or {}) if key in words else name.replace("_", " ")


@attrs.define
class _Sentence:
    """The facts of one sentence, each of which knows how it is said there."""

    language: Language
    words: Mapping[str, str]
    facts: Mapping[str, object]
    precision: int = MINUTES

    def __getitem__(self, name: str) -> _Fact:
        return _Fact(self, name)

    def reads_alike(self, instants: set[datetime]) -> bool:
        """Whether two of these instants would be said in the same words."""
        return len({self.language.instant(it, self.precision) for it in instants}) < len(instants)

    def said(self, name: str, spec: str) -> str:
        """A fact as its specification asks for it."""
        fact = self.facts[name]
        if fact is None:
            return self.words.get(f"unknown.{name}", "…")
        if "|" in spec:
            one, many = spec.split("|", 1)
            count = len(fact) if isinstance(fact, _LISTS) else fact
            return many if isinstance(count, int) and self.language.is_plural(count) else one
        asked = spec.split()
        if isinstance(fact, _LISTS):
            return self._listed([self._item(it, asked) for it in fact], asked)
        return self._item(fact, asked)

    def _listed(self, items: list[str], asked: list[str]) -> str:
        if not items:
            return self.words.get("unknown.list", "…")
        if "lines" in asked:
            return "\n".join(f"- {item}" for item in items)
        last = next((self.language.joins[word] for word in asked if word in self.language.joins), ", ")
        return last.join(part for part in (", ".join(items[:-1]), items[-1]) if part)

    def _item(self, fact: object, asked: list[str]) -> str:
        language = self.language
        if "day" in asked:
            fact = _dated(fact)
        if isinstance(fact, datetime):
            return (language.until if "until" in asked else language.instant)(fact, self.precision)
        if isinstance(fact, date):
            return language.until_the(language.day(fact), end=True) if "until" in asked else language.day(fact)
        if isinstance(fact, int) and not isinstance(fact, bool):
            return language.number(fact)
        text = str(fact)
        if "siren" in asked and _NINE_DIGITS.fullmatch(text):
            return _NO_BREAK.join((text[:3], text[3:6], text[6:]))
        found = next((self.words[f"{kind}.{text}"] for kind in asked if f"{kind}.{text}" in self.words), None)
        if "service" in asked and "lines" not in asked:
            # A service without words, a host's own, is called by its title.
            title = text if isinstance(fact, str) else getattr(fact, "title", text)
            return language.quoted(title if found is None else found)
        return language.text(text) if found is None else found


@attrs.frozen
class _Fact:
    """One fact in a template: `format` asks it for its words."""

    sentence: _Sentence
    name: str

    def __format__(self, spec: str) -> str:
        return self.sentence.said(self.name, spec)


def _plain(fact: object) -> str:
    """A fact as programs write it: an instant or a day in ISO 8601, a list with commas."""
    if isinstance(fact, date):
        return fact.isoformat()
    return ", ".join(map(_plain, fact)) if isinstance(fact, _LISTS) else str(fact)


def _dated(fact: object) -> object:
    """The day that an ISO 8601 text stands for; anything else as it is."""
    if isinstance(fact, str):
        try:
            return date.fromisoformat(fact)
        except ValueError:
            pass
    return fact
