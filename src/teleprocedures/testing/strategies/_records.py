"""What comes of cases: decisions, events and messages of every kind, what is to be done next, the printed mandate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, TypeAlias, TypeVar

from hypothesis import strategies as st

from teleprocedures.cases import EVENTS, KINDS, MESSAGES, Case, Mandate, MandateDocument, NextStep
from teleprocedures.core import Decision, Event, Message, Row, annotated
from teleprocedures.testing._openers import openers_of
from teleprocedures.testing._play import Play
from teleprocedures.testing.strategies._arrivals import Arrival, arrivals, beginnings, one_of
from teleprocedures.testing.strategies._cases import cases, mandates
from teleprocedures.testing.strategies._histories import histories

__all__ = [
    "decisions",
    "events",
    "mandate_documents",
    "messages",
    "next_steps",
]

EventT = TypeVar("EventT", bound=Event)
MessageT = TypeVar("MessageT", bound=Message)
_T = TypeVar("_T")

Place: TypeAlias = tuple[type[Case], Row[Any] | None]
"""A kind of case, and a row of one of its tables, or None for what makes one."""


def _rows() -> Iterator[Place]:
    """What makes events, and what sends messages, of all the kinds of case that something opens."""
    for kind in KINDS.values():
        if openers_of(kind):
            yield kind, None
            for lifecycle in kind.lifecycles:
                yield from ((kind, row) for row in lifecycle.rows)


def _in_plays(plays: st.SearchStrategy[Arrival[Any]], find: Callable[[Play], Iterable[_T]]) -> st.SearchStrategy[_T]:
    """One of what is found in a play; those in which nothing is are left out."""
    return plays.map(lambda arrival: list(find(arrival.play))).filter(bool).flatmap(one_of)


def _kinds(kind: type[_T], known: Mapping[str, type[Any]], places: Callable[[Any], list[Place]]) -> list[type[_T]]:
    """Those of the known kinds that are of this one, and that come of kinds of case that something opens."""
    found = [one for one in known.values() if issubclass(one, kind)]
    if not found:
        message = f"{kind.__name__} is none of {', '.join(one.__name__ for one in known.values())}"
        raise LookupError(message)
    drawable = [one for one in found if places(one)]
    if not drawable:
        message = f"{kind.__name__} comes of no kind of case that something opens: expected add_opener(...) of its kind"
        raise LookupError(message)
    return drawable


def _to(place: Place, *, held: bool | None = None) -> st.SearchStrategy[Arrival[Any]]:
    """Plays that go through this row, or just make a case of this kind."""
    kind, row = place
    if row is None or not hasattr(kind, row.trigger):
        # What no verb does is done where a case is made.
        return arrivals(kind, None if row is None else row.dest, begin=beginnings(held=held))
    corrects = True if row.corrects is not None and held is None else held
    return arrivals(kind, begin=beginnings(held=corrects), by=row)


def decisions() -> st.SearchStrategy[Decision[Any]]:
    """Give decisions of every kind, each of some history.

    >>> from hypothesis import Phase, find, settings
    >>> find(decisions(), lambda _: True, settings=settings(phases=[Phase.generate])).events[0].kind
    'space-requested'
    """
    return histories().map(_outcomes).flatmap(one_of)


def _outcomes(play: Play) -> list[Decision[Any]]:
    return [step.outcome for step in reversed(play.steps) if isinstance(step.outcome, Decision)]


def events(kind: type[EventT] = Event) -> st.SearchStrategy[EventT]:  # type: ignore[assignment] # of any kind
    """Give events of this kind (`LetterRecorded`, say), or of any, each of a case that has it in its history.

    >>> from hypothesis import Phase, find, settings
    >>> find(events(), lambda _: True, settings=settings(phases=[Phase.generate])).kind
    'space-requested'
    """
    return st.sampled_from(_kinds(kind, EVENTS, _makers)).flatmap(_events)


def _makers(kind: type[Event]) -> list[Place]:
    return [(one, row) for one, row in _rows() if kind is (one.lifecycle.opens if row is None else row.makes)]


def _events(kind: type[EventT]) -> st.SearchStrategy[EventT]:
    paths = st.sampled_from(_makers(kind)).flatmap(_to)
    return _in_plays(paths, lambda play: (event for event in chain(*play.events.values()) if type(event) is kind))


def messages(kind: type[MessageT] = Message) -> st.SearchStrategy[MessageT]:  # type: ignore[assignment] # of any kind
    """Give messages of this kind (`ReminderEmail`, say), or of any, each sent in some history.

    >>> from hypothesis import Phase, find, settings
    >>> find(messages(), lambda _: True, settings=settings(phases=[Phase.generate])).id
    'space-1/1/activation-code-email'
    """
    return st.sampled_from(_kinds(kind, MESSAGES, _senders)).flatmap(_messages)


def _senders(kind: type[Message]) -> list[Place]:
    return [(one, row) for one, row in _rows() if _sends(one.lifecycle.sends if row is None else row.sends, kind)]


def _messages(kind: type[MessageT]) -> st.SearchStrategy[MessageT]:
    # Codes held elsewhere are in no message.
    paths = st.sampled_from(_senders(kind)).flatmap(lambda place: _to(place, held=False))
    return _in_plays(paths, lambda play: (message for message in play.messages if type(message) is kind))


def _sends(sender: Callable[..., Any] | None, kind: type[Message]) -> bool:
    """Whether a function says that it returns messages of this kind."""
    return sender is not None and kind in _parts(annotated(sender, "return"))


def _parts(returned: Any) -> Iterator[Any]:
    yield returned
    for part in getattr(returned, "__args__", ()):
        yield from _parts(part)


def next_steps() -> st.SearchStrategy[NextStep]:
    """Give what is to be done next, by whom, before what, under which rule: the advice of some case.

    >>> from hypothesis import Phase, find, settings
    >>> str(find(next_steps(), lambda _: True, settings=settings(phases=[Phase.generate])))
    'user: enter the code received by e-mail by Monday 3 January 2000 at 01:00 in Paris (rule 1.9)'
    """
    every: st.SearchStrategy[Case] = cases()
    return every.map(lambda case: list(case.next_steps(at=case.recorded_at))).filter(bool).flatmap(one_of)


def mandate_documents() -> st.SearchStrategy[MandateDocument]:
    """Give the contents of printed mandates (rule 2.15).

    >>> from hypothesis import Phase, find, settings
    >>> find(mandate_documents(), lambda _: True, settings=settings(phases=[Phase.generate])).reference
    MandateReference('RUM-mandate-1')
    """
    return mandates().map(Mandate.document)
