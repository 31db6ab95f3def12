"""A table of words in one language, and how facts come into its sentences.

A template is a `str.format` text with facts in braces. What follows a colon says how a fact is to be said:

- `{at}` is an instant in Paris, a date, a list with commas, or a text as it is. The last instant of a day is said as
  the day alone. Seconds are said only where two instants of the sentence would else read alike.
- `{closes:until}` is until an instant, or until a day with that day included. `{closes:end}` is the instant at which
  something ends: midnight is then the end of a day. With `paris`, an hour is said to be that of Paris.
- `{first:day}` is a day that comes as an ISO 8601 text.
- `{expected:or}` and `{services:and}` are a list with that word before its last item. `{services:lines}` is one in
  lines, and `{steps:apart}` one of sentences.
- `{count:problem|problems}` is the word that agrees with a number, or with how many a list has.
- `{value:siren}` is a SIREN in threes.
- `{services:service}` and `{state:state.space}` are what the table calls so, under `service.payer-tva` say. What has no
  words there stays as it is. Such hints go with those above: `{expected:service or}`. With `code`, a service has its
  code too, for whoever has to type it.

How it works: Python reads the templates, so that nested braces come for nothing. `str.format_map` asks a `_Sentence`
for each fact and gets a `_Fact`. `format` then asks that one for its text, with what stands after the colon. A template
reaches into no fact, for a fact may hold a secret: `{fact.attribute}` is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from string import Formatter
from types import MappingProxyType
from typing import Final

import attrs

from teleprocedures.words._language import MICROSECONDS, MINUTES, NO_BREAK, Language

_NINE_DIGITS: Final = re.compile(r"[0-9]{9}")
_LISTS: Final = (tuple, list, frozenset)


def placeholders(template: str) -> Iterator[str]:
    """The names in braces of a template, also within specifications. A name is one word, or several joined by dashes.

    Raises `ValueError` for braces amiss.
    """
    for _, name, spec, conversion in Formatter().parse(template):
        if name is not None:
            if not name.replace("-", "_").isidentifier() or conversion is not None:
                message = f"{{{name}}} is no placeholder"
                raise ValueError(message)
            yield name
            if spec:
                yield from placeholders(spec)


def _frozen(words: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(words))


@attrs.frozen
class Phrasebook:
    """The words of one language: a table of templates by their keys, and how days and lists are said."""

    language: Language
    words: Mapping[str, str] = attrs.field(converter=_frozen, repr=False, hash=False)

    def sentence(self, code: str, /, **facts: object) -> str:
        """The words of a code with the facts in them.

        A host's own code may have no words, or not the facts that they name: it is given with those that it has. Words
        under `same.` and the code are for a `first` and a `last` that are one, and those under `opened.` and the code
        for a version `expected` that no case has: it is opened.
        """
        if facts.get("first") == facts.get("last") and f"same.{code}" in self.words:
            code = f"same.{code}"
        elif facts.get("expected") == 0 and f"opened.{code}" in self.words:
            code = f"opened.{code}"
        template = self.words.get(code)
        names = frozenset(() if template is None else placeholders(template))
        if template is None or not names <= facts.keys():
            known = ", ".join(f"{name}={_plain(fact)}" for name, fact in facts.items())
            return f"{code} ({known})" if known else code
        sentence = _Sentence(self, facts)
        instants = {fact for name in names if isinstance(fact := facts[name], datetime)}
        while sentence.precision < MICROSECONDS and sentence.reads_alike(instants):
            sentence.precision += 1
        return self.language.tidied(template.format_map(sentence))

    def name(self, kind: str, name: str, /, **facts: object) -> str:
        """The words of a name of this kind, `actor.user` say. A name without words stands for itself."""
        key = f"{kind}.{name}"
        return self.sentence(key, **facts) if key in self.words else name.replace("_", " ")

    def verb(self, verb: str, *, of: str | None = None) -> str:
        """What a verb of a case does; `of` names the lifecycle where the same verb does something else."""
        key = f"verb.{of}.{verb}"
        return self.words[key] if key in self.words else self.name("verb", verb)

    def line(self, template: str, limits: Mapping[str, tuple[int, str]]) -> str:
        """The line of a rule with its time limits, each a count and its unit.

        A time limit that is not set has no count: the words `unit.unset` stand in its place.
        """
        durations = dict.fromkeys(placeholders(template), self.words["unit.unset"])
        durations |= {name: self.sentence(f"unit.{unit}", count=count) for name, (count, unit) in limits.items()}
        return template.format_map(durations)


@attrs.define
class _Sentence:
    """The facts of one sentence, and how exactly it says instants."""

    book: Phrasebook
    facts: Mapping[str, object]
    precision: int = MINUTES

    def __getitem__(self, name: str) -> _Fact:
        return _Fact(self, name)

    def reads_alike(self, instants: set[datetime]) -> bool:
        """Whether two of these instants would be said in the same words."""
        return len({self.book.language.instant(it, self.precision) for it in instants}) < len(instants)

    def text(self, name: str, spec: str) -> str:
        """A fact as its specification wants it."""
        fact = self.facts[name]
        if fact is None:
            return self.book.words.get(f"unknown.{name}", "…")
        if "|" in spec:
            one, many = spec.split("|", 1)
            count = len(fact) if isinstance(fact, _LISTS) else fact
            return many if isinstance(count, int) and self.book.language.is_plural(count) else one
        hints = spec.split()
        if isinstance(fact, _LISTS):
            return self._list([self._item(it, hints) for it in fact], hints)
        return self._item(fact, hints)

    def _list(self, items: list[str], hints: list[str]) -> str:
        if not items:
            return self.book.words.get("unknown.list", "…")
        if "lines" in hints:
            return "\n".join(f"- {item}" for item in items)
        if "apart" in hints:
            return self.book.language.between.join(items)
        joins = self.book.language.joins
        last = next((joins[hint] for hint in hints if hint in joins), ", ")
        return last.join(part for part in (", ".join(items[:-1]), items[-1]) if part)

    def _item(self, fact: object, hints: list[str]) -> str:
        language, words = self.book.language, self.book.words
        if "day" in hints:
            fact = _day(fact)
        if isinstance(fact, date):
            return self._moment(fact, hints)
        if isinstance(fact, int) and not isinstance(fact, bool):
            return language.number(fact)
        text = str(fact)
        if "siren" in hints and _NINE_DIGITS.fullmatch(text):
            return NO_BREAK.join((text[:3], text[3:6], text[6:]))
        # A name comes in the quotes of a program where it is shown as it is elsewhere.
        name = text[1:-1] if text[:1] == text[-1:] == "'" else text
        found = next((words[f"{kind}.{name}"] for kind in hints if f"{kind}.{name}" in words), None)
        if "service" in hints and "lines" not in hints:
            # A service without words, a host's own, is called by its title.
            title = text if isinstance(fact, str) else getattr(fact, "title", text)
            label = language.quote(title if found is None else found)
            return f"{label} ({name})" if "code" in hints else label
        return language.text(text) if found is None else found

    def _moment(self, fact: date, hints: list[str]) -> str:
        language, until, named = self.book.language, "until" in hints, "paris" in hints
        if isinstance(fact, datetime):
            if until:
                return language.until(fact, self.precision, named=named)
            return language.instant(fact, self.precision, ends="end" in hints, named=named)
        return language.until_the(language.day(fact), end=True) if until else language.day(fact)


@attrs.frozen
class _Fact:
    """One fact in a template: `format` asks it for its text."""

    sentence: _Sentence
    name: str

    def __format__(self, spec: str) -> str:
        return self.sentence.text(self.name, spec)


def _plain(fact: object) -> str:
    """A fact as programs write it: an instant or a day in ISO 8601, a list with commas."""
    if isinstance(fact, date):
        return fact.isoformat()
    return ", ".join(map(_plain, fact)) if isinstance(fact, _LISTS) else str(fact)


def _day(fact: object) -> object:
    """The day that an ISO 8601 text stands for; anything else as it is."""
    with suppress(ValueError):
        return date.fromisoformat(fact) if isinstance(fact, str) else fact
    return fact
