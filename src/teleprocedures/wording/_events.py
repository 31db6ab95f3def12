"""What an event says: a history in sentences, each with what happened, when, and when it was told.

A template names facts as that of a message does (`_messages`), here those of the event. What an event says of itself is
true whoever holds the code: a lapse is the word of our clock for a fact that nobody told. So it is noted on a day, and
that is not the day on which the time limit ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

import attrs

from teleprocedures.cases import EVENTS, LetterRecorded, LinkProvedByLetter
from teleprocedures.core import Event, Lapse
from teleprocedures.deadlines import Deadline
from teleprocedures.wording._messages import Facts, attributes, known_facts
from teleprocedures.wording._names import Names
from teleprocedures.words import in_paris

_OF_A_LETTER: Final = (LetterRecorded, LinkProvedByLetter)
"""Facts that are the telling of a day, and have no other instant than that of the telling."""


def say_event(names: Names, event: Event, missed: Deadline | None, withdrawn: Event | None = None) -> str:
    """The sentence of an event, with the time limit that was missed or ran, and the fact that it withdraws, if given.

    One of a host's own without words says its kind.
    """
    facts = _EventFacts(names, event, limit=missed, withdrawn=withdrawn)
    # Where the day of a letter is not known, that is what nobody reported (F2).
    unseen = facts.say(f"fact.{event.kind}.unseen") if missed is not None and missed.estimated else ""
    what = unseen or facts.say(f"fact.{event.kind}") or event.kind.replace("-", " ")
    key = _when(event, missed)
    at = event.at if event.day is None else event.day
    ended = None if missed is None else missed.closes
    text = names.sentence(key, at=at, what=what, told=event.recorded_at, closes=ended)
    return f"{text[0].upper()}{text[1:]}."


def _when(event: Event, missed: Deadline | None) -> str:
    """The words that say when it happened, and when it was told."""
    if isinstance(event, Lapse):
        return "told.lapse" if missed is None else "told.missed"
    if isinstance(event, _OF_A_LETTER):
        return "told.letter"
    late = event.recorded_at > event.at if event.day is None else _day(event.recorded_at) > event.day
    return "told.late" if late else "told.at_once"


def known_event_facts(key: str) -> set[str]:
    """What the words of an event may name; nothing for another key."""
    of, _, kind = key.partition(".")
    if of != "fact":
        return set()
    return {*_DERIVED, *known_facts("message.any.body"), *_OF_A_MANDATE, *attributes(EVENTS.get(kind, Event))}


def _day(at: datetime) -> date:
    return (in_paris(at) or at).date()


@attrs.frozen
class _EventFacts(Facts):
    """What a template may name of an event."""

    limit: Deadline | None = None
    """The time limit that ran before it."""
    withdrawn: Event | None = None
    """The fact that it withdraws (A20)."""

    def fact(self, name: str) -> object:
        """What stands in the place of this name."""
        return _DERIVED[name](self) if name in _DERIVED else super().fact(name)

    def own(self, name: str, default: object = None, /) -> object:
        """An attribute of the event; whom a mandate is about is its debtor."""
        found = super().own(name, default)
        return super().own(_OF_A_MANDATE[name], default) if found is default and name in _OF_A_MANDATE else found

    def note(self, name: str, key: str) -> str:
        """These words about an attribute, if the event has it."""
        value = self.own(name)
        return "" if value is None else self.names.sentence(f"note.{key}", value=value)

    def limit_note(self) -> str:
        """By when something is to be done, if that is given."""
        limit = self.limit
        return "" if limit is None else self.names.sentence("note.limit", value=limit.safe_until)

    def withdrawn_fact(self) -> str:
        """Which fact was withdrawn: what it was and its day, or its number in the case where it is not given."""
        fact = self.withdrawn
        if fact is None:
            return self.names.sentence("withdrawn.number", version=self.own("withdrawn"))
        return self.names.sentence("withdrawn.fact", event=fact.kind, day=fact.day or _day(fact.at))

    def link_note(self) -> str:
        """By when a link is to be used, and where it was sent, if there is one (2.8)."""
        to = None if self.own("token") is None else self.own("company_email")
        return "" if to is None else self.names.sentence("note.link", to=to, due=self.due_date())


_OF_A_MANDATE: Final[Mapping[str, str]] = MappingProxyType({"organisation": "debtor", "company_name": "debtor_name"})
_DERIVED: Final[Mapping[str, Callable[[_EventFacts], object]]] = MappingProxyType(
    {
        "renewal-note": lambda facts: facts.note("renews", "renewal"),
        "since-note": lambda facts: facts.note("since", "since"),
        "requested-note": lambda facts: facts.note("requested", "requested"),
        "letter-note": lambda facts: facts.note("edited", "letter"),
        "reference-note": lambda facts: facts.note("reference", "reference"),
        "registered-note": lambda facts: facts.note("registered", "registered"),
        "collected-note": lambda facts: facts.note("last_collected", "collected"),
        "text-note": lambda facts: facts.note("text", "text"),
        "signatory-note": lambda facts: facts.note("signatory", "signatory"),
        "rulebook-version": lambda facts: getattr(facts.own("rulebook"), "version", ""),
        "link-note": _EventFacts.link_note,
        "limit-note": _EventFacts.limit_note,
        "withdrawn-fact": _EventFacts.withdrawn_fact,
    }
)
"""What is derived of an event beside what is derived of a message."""
