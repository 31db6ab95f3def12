"""What comes of cases: decisions, events and messages of every kind, what is to be done next, the printed mandate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from itertools import chain, islice
from typing import Any, Final, NamedTuple, TypeVar

from hypothesis import strategies as st

from teleprocedures.cases import EVENTS, KINDS, MESSAGES, Case, Mandate, MandateDocument, NextStep
from teleprocedures.core import (
    CaseClosed,
    CaseReopened,
    Decision,
    Event,
    FactWithdrawn,
    Message,
    Row,
    annotated,
    held_elsewhere,
)
from teleprocedures.testing._openers import openers_of
from teleprocedures.testing._play import WITHDRAW, Play
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


class Place(NamedTuple):
    """A kind of case, and what makes an event in it.

    It is a row of one of its tables, or what opens a case, or what every case can have done to it: these moves.
    """

    kind: type[Case]
    makes: type[Event] | None
    row: Row[object] | None = None
    beside: tuple[str, ...] = ()


_BESIDE: Final = {CaseClosed: ("close",), CaseReopened: ("close", "reopen"), FactWithdrawn: ("close", WITHDRAW)}
"""The moves that make the events of no table; what is closed has a fact at least that can be withdrawn."""


def _places() -> Iterator[Place]:
    """What makes events, and what sends messages, of all the kinds of case that something opens."""
    for kind in KINDS.values():
        if openers_of(kind):
            yield from (Place(kind, opening) for opening in kind.lifecycle.openings)
            for lifecycle in kind.lifecycles:
                yield from (Place(kind, row.makes, row) for row in lifecycle.rows)
            yield from (Place(kind, event, beside=moves) for event, moves in _BESIDE.items())


def _in_plays(plays: st.SearchStrategy[Arrival[Any]], find: Callable[[Play], Iterable[_T]]) -> st.SearchStrategy[_T]:
    """One of what is found in a play; those in which nothing is are left out."""
    return plays.map(lambda arrival: list(find(arrival.play))).filter(bool).flatmap(one_of)


def _kinds(kind: type[_T], known: Mapping[str, type[object]], places: Callable[[Any], list[Place]]) -> list[type[_T]]:
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
    """Plays that go through this row, make a case of this kind, or have done to it what every case can."""
    kind, makes, row, beside = place
    if beside:
        return arrivals(kind, begin=beginnings(held=held)).map(partial(_done_to, beside))
    if row is None:
        return arrivals(kind, begin=beginnings(held=held), opened=_first(kind, makes))
    if not hasattr(kind, row.trigger):
        # What no verb does is done where a case is made.
        return arrivals(kind, row.dest, begin=beginnings(held=held), opened=kind.lifecycle.initial)
    elsewhere = row.corrects is not None or held_elsewhere in row.guards
    return arrivals(kind, begin=beginnings(held=True if elsewhere and held is None else held), by=row)


def _first(kind: type[Case], opening: type[Event] | None) -> StrEnum:
    """The stage at which a case begins that an event of this class opens."""
    assert opening is not None, "what opens a case is an event"
    first, on = kind.lifecycle.enters(opening), kind.lifecycle.then(kind.lifecycle.enters(opening))
    stage: StrEnum = first if on is None else on.enters(opening)
    return stage


def _done_to(beside: Iterable[str], arrival: Arrival[Any]) -> Arrival[Any]:
    """The play goes on with these moves; of the facts of the case, the first that can be is withdrawn."""
    play, name = arrival.play, arrival.case.id
    for verb in beside:
        every = [move for move in play.moves() if (move.verb, move.case) == (verb, name)]
        for move, _ in islice(play.decisions(every), 1):
            play.make(move)
    return Arrival(play, play.cases[name])


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
    'case-closed'
    """
    return st.sampled_from(_kinds(kind, EVENTS, _makers)).flatmap(_events)


def _makers(kind: type[Event]) -> list[Place]:
    return [place for place in _places() if place.makes is kind]


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
    return [place for place in _places() if _sends(_sender(place), kind)]


def _sender(place: Place) -> Callable[..., object] | None:
    """What sends messages there: where a case is taken over, or closed, nothing does."""
    table = place.kind.lifecycle
    sender: Callable[..., object] | None = (
        place.row.sends if place.row is not None else table.sends if place.makes is table.opens else None
    )
    return sender


def _messages(kind: type[MessageT]) -> st.SearchStrategy[MessageT]:
    # Codes held elsewhere are in no message.
    paths = st.sampled_from(_senders(kind)).flatmap(lambda place: _to(place, held=False))
    return _in_plays(paths, lambda play: (message for message in play.messages if type(message) is kind))


def _sends(sender: Callable[..., object] | None, kind: type[Message]) -> bool:
    """Whether a function says that it returns messages of this kind."""
    return sender is not None and kind in _parts(annotated(sender, "return"))


def _parts(returned: object) -> Iterator[object]:
    yield returned
    for part in getattr(returned, "__args__", ()):
        yield from _parts(part)


def next_steps() -> st.SearchStrategy[NextStep]:
    """Give what is to be done next, by whom, before what, under which rule: the advice of some case.

    >>> from hypothesis import Phase, find, settings
    >>> find(next_steps(), lambda _: True, settings=settings(phases=[Phase.generate])).action
    <Action.ENTER_EMAILED_CODE: 'enter_emailed_code'>
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
