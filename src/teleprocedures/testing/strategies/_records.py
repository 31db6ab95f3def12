"""What comes of cases: decisions, events and messages of every kind, what is to be done next, the printed mandate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, TypeAlias, TypeVar

from hypothesis import strategies as st

from teleprocedures.cases import EVENTS, KINDS, MESSAGES, Case, Mandate, MandateDocument, NextStep
from teleprocedures.core import Decision, Event, Message, Row, annotated
from teleprocedures.testing._play import Play
from teleprocedures.testing._played import opens_of
from teleprocedures.testing.strategies._cases import cases, mandates
from teleprocedures.testing.strategies._histories import histories
from teleprocedures.testing.strategies._paths import Led, beginnings, led, one_told

EventT = TypeVar("EventT", bound=Event)
MessageT = TypeVar("MessageT", bound=Message)
T = TypeVar("T")

Place: TypeAlias = tuple[type[Case], Row[Any] | None]
"""A kind of case, and a row of one of its tables, or None for what makes one."""


def _rows() -> Iterator[Place]:
    """What makes events, and what sends messages, of all the kinds of case that are played."""
    for kind in KINDS.values():
        if any(opens_of(kind)):
            yield kind, None
            for lifecycle in kind.lifecycles:
                yield from ((kind, row) for row in lifecycle.rows)


def _told(plays: st.SearchStrategy[Led], tell: Callable[[Play], Iterable[T]]) -> st.SearchStrategy[T]:
    """One of what a play tells; those that tell nothing are left out."""
    return plays.map(lambda found: list(tell(found.play))).filter(bool).flatmap(one_told)


def _kinds(kind: type[T], known: Mapping[str, type[Any]], places: Callable[[Any], list[Place]]) -> list[type[T]]:
    """Those of the known kinds that are of this one, and that come of the kinds of case that are played."""
    found = [one for one in known.values() if issubclass(one, kind)]
    if not found:
        message = f"{kind.__name__} is none of {', '.join(one.__name__ for one in known.values())}"
        raise LookupError(message)
    made = [one for one in found if places(one)]
    if not made:
        message = f"{kind.__name__} comes of no kind of case that is played: expected played(...) of its kind"
        raise LookupError(message)
    return made


def _to(place: Place, *, held: bool | None = None) -> st.SearchStrategy[Led]:
    """Plays that go through this row, or just make a case of this kind."""
    kind, row = place
    if row is None or not hasattr(kind, row.trigger):
        # What no verb does is done where a case is made.
        return led(kind, None if row is None else row.dest, begin=beginnings(held=held))
    corrects = True if row.corrects is not None and held is None else held
    return led(kind, begin=beginnings(held=corrects), by=row)


def decisions() -> st.SearchStrategy[Decision[Any]]:
    """Give decisions of every kind, each of some history.

    >>> from hypothesis import Phase, find, settings
    >>> find(decisions(), lambda _: True, settings=settings(phases=[Phase.generate])).events[0].kind
    'space-requested'
    """
    return _of_history(
        lambda play: (step.outcome for step in reversed(play.steps) if isinstance(step.outcome, Decision))
    )


def _of_history(tell: Callable[[Play], Iterable[T]]) -> st.SearchStrategy[T]:
    return histories().map(lambda play: list(tell(play))).flatmap(one_told)


def events(kind: type[EventT] = Event) -> st.SearchStrategy[EventT]:  # type: ignore[assignment] # of any kind
    """Give events of this kind (`LetterRecorded`, say), or of any, each of a case that has it in its history.

    >>> from hypothesis import Phase, find, settings
    >>> find(events(), lambda _: True, settings=settings(phases=[Phase.generate])).kind
    'space-requested'
    """
    return st.sampled_from(_kinds(kind, EVENTS, _made)).flatmap(_events)


def _made(kind: type[Event]) -> list[Place]:
    return [(one, row) for one, row in _rows() if kind is (one.lifecycle.opens if row is None else row.makes)]


def _events(kind: type[EventT]) -> st.SearchStrategy[EventT]:
    paths = st.sampled_from(_made(kind)).flatmap(_to)
    return _told(paths, lambda play: (event for event in chain(*play.events.values()) if type(event) is kind))


def messages(kind: type[MessageT] = Message) -> st.SearchStrategy[MessageT]:  # type: ignore[assignment] # of any kind
    """Give messages of this kind (`ReminderEmail`, say), or of any, each sent in some history.

    >>> from hypothesis import Phase, find, settings
    >>> find(messages(), lambda _: True, settings=settings(phases=[Phase.generate])).id
    'space-1/1/activation-code-email'
    """
    return st.sampled_from(_kinds(kind, MESSAGES, _sent)).flatmap(_messages)


def _sent(kind: type[Message]) -> list[Place]:
    return [(one, row) for one, row in _rows() if _sends(one.lifecycle.sends if row is None else row.sends, kind)]


def _messages(kind: type[MessageT]) -> st.SearchStrategy[MessageT]:
    # Codes held elsewhere are in no message.
    paths = st.sampled_from(_sent(kind)).flatmap(lambda place: _to(place, held=False))
    return _told(paths, lambda play: (message for message in play.messages if type(message) is kind))


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
    given: st.SearchStrategy[Case] = cases()
    advice = given.map(lambda case: list(case.next_steps(at=case.recorded_at)))
    return advice.filter(bool).flatmap(one_told)


def mandate_documents() -> st.SearchStrategy[MandateDocument]:
    """Give the contents of printed mandates (rule 2.15).

    >>> from hypothesis import Phase, find, settings
    >>> find(mandate_documents(), lambda _: True, settings=settings(phases=[Phase.generate])).reference
    MandateReference('RUM-mandate-1')
    """
    return mandates().map(Mandate.document)
