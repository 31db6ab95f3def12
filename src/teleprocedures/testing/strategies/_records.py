"""What comes of cases: decisions, events and messages of every kind, what is to be done next, the printed mandate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, TypeVar

import attrs
from hypothesis import strategies as st

from teleprocedures.cases import (
    EVENTS,
    LIFECYCLES,
    ActivationState,
    AdhesionState,
    Mandate,
    MandateDocument,
    MandateState,
    MandateStep,
    SpaceState,
)
from teleprocedures.codec import MESSAGES
from teleprocedures.core import (
    ActivationCodeEmail,
    ActivationCodeLetter,
    Case,
    ConfirmationLinkEmail,
    Decision,
    Event,
    Message,
    NextStep,
    ReminderEmail,
)
from teleprocedures.errors import InvalidValueError
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.testing._play import Play
from teleprocedures.testing.strategies._cases import cases, mandates
from teleprocedures.testing.strategies._histories import histories
from teleprocedures.testing.strategies._paths import beginnings, to_a_mandate, to_a_space, to_an_adhesion

EventT = TypeVar("EventT", bound=Event)
MessageT = TypeVar("MessageT", bound=Message)
StepT = TypeVar("StepT", bound=NextStep)
T = TypeVar("T")

Path = Callable[..., st.SearchStrategy[Play]]
_PATHS: Final[Mapping[str, Path]] = MappingProxyType(
    {"space": to_a_space, "adhesion": to_an_adhesion, "activation": to_an_adhesion, "mandate": to_a_mandate}
)
_SENT: Final[Mapping[type[Message], tuple[tuple[Path, Any], ...]]] = MappingProxyType(
    {
        ActivationCodeEmail: ((to_a_space, None),),
        ConfirmationLinkEmail: ((to_an_adhesion, AdhesionState.AWAITING_EMAIL),),
        ActivationCodeLetter: ((to_an_adhesion, ActivationState.AWAITING_CODE),),
        ReminderEmail: (
            (to_a_space, SpaceState.PENDING),
            (to_an_adhesion, AdhesionState.AWAITING_EMAIL),
            (to_an_adhesion, ActivationState.AWAITING_CODE),
            (to_a_mandate, MandateState.REGISTERED),
        ),
    }
)
"""The paths on which each kind of message is sent, and the states that they lead to."""


def _reminding() -> Rulebook:
    """The shipped rulebook, with a reminder for idle mandates too."""
    shipped = EXPERT_2024_04_03
    assert shipped.mandate_use is not None
    return attrs.evolve(shipped, version="own-1", mandate_use=attrs.evolve(shipped.mandate_use, reminders=(30,)))


def _told(plays: st.SearchStrategy[Play], tell: Callable[[Play], Iterable[T]]) -> st.SearchStrategy[T]:
    """One of what a play tells; those that tell nothing are left out."""
    return plays.map(lambda play: list(tell(play))).filter(bool).flatmap(st.sampled_from)


def _kinds(kind: type[T], known: Mapping[str, type[Any]]) -> list[type[T]]:
    """Those of the known kinds that are of this one."""
    found = [one for one in known.values() if issubclass(one, kind)]
    if not found:
        message = f"{kind.__name__} is none of {', '.join(one.__name__ for one in known.values())}"
        raise InvalidValueError(message)
    return found


def decisions() -> st.SearchStrategy[Decision[Any]]:
    """Give decisions of every kind, each of some history.

    >>> from hypothesis import Phase, find, settings
    >>> find(decisions(), lambda _: True, settings=settings(phases=[Phase.generate])).events[0].kind
    'space-requested'
    """
    return _told(
        histories(),
        lambda play: (step.outcome for step in reversed(play.steps) if isinstance(step.outcome, Decision)),
    )


def events(kind: type[EventT] = Event) -> st.SearchStrategy[EventT]:  # type: ignore[assignment] # of any kind
    """Give events of this kind (`LetterRecorded`, say), or of any, each of a case that has it in its history.

    >>> from hypothesis import Phase, find, settings
    >>> find(events(), lambda _: True, settings=settings(phases=[Phase.generate])).kind
    'space-requested'
    """
    return st.sampled_from(_kinds(kind, EVENTS)).flatmap(_events)


def _events(kind: type[EventT]) -> st.SearchStrategy[EventT]:
    lifecycle = LIFECYCLES[kind.lifecycle]
    # The state that its row leads to; what opens a case has no row, and is in the history of all.
    states = (lifecycle.next(state, kind.trigger) for state in lifecycle.states)
    state = next((state for state in states if state is not None), None)
    begin = beginnings(_reminding() if kind.lifecycle == "mandate" else EXPERT_2024_04_03)
    path = _PATHS[kind.lifecycle](begin, state)
    return _told(path, lambda play: (event for event in chain(*play.events.values()) if type(event) is kind))


def messages(kind: type[MessageT] = Message) -> st.SearchStrategy[MessageT]:  # type: ignore[assignment] # of any kind
    """Give messages of this kind (`ReminderEmail`, say), or of any, each sent in some history.

    >>> from hypothesis import Phase, find, settings
    >>> find(messages(), lambda _: True, settings=settings(phases=[Phase.generate])).id
    'space-1/1/activation-code-email'
    """
    return st.sampled_from(_kinds(kind, MESSAGES)).flatmap(_messages)


def _messages(kind: type[MessageT]) -> st.SearchStrategy[MessageT]:
    # Codes held elsewhere are in no message.
    begin = beginnings(_reminding(), held=None if kind is ReminderEmail else False)
    paths = st.one_of([path(begin, state) for path, state in _SENT[kind]])
    return _told(paths, lambda play: (message for message in play.messages if type(message) is kind))


def next_steps(kind: type[StepT] = NextStep) -> st.SearchStrategy[StepT]:  # type: ignore[assignment] # of any kind
    """Give what is to be done next, by whom, before what, under which rule: the advice of some case, of this kind.

    >>> from hypothesis import Phase, find, settings
    >>> str(find(next_steps(), lambda _: True, settings=settings(phases=[Phase.generate])))
    'user: enter the code received by e-mail by 2000-01-03 00:00:00 UTC (rule 1.9)'
    """
    given: st.SearchStrategy[Case] = mandates() if kind is MandateStep else cases()
    advice = given.map(lambda case: [step for step in case.next_steps(at=case.changed_at) if isinstance(step, kind)])
    return advice.filter(bool).flatmap(st.sampled_from)


def mandate_documents() -> st.SearchStrategy[MandateDocument]:
    """Give the contents of printed mandates (rule 2.15).

    >>> from hypothesis import Phase, find, settings
    >>> find(mandate_documents(), lambda _: True, settings=settings(phases=[Phase.generate])).reference
    MandateReference('RUM-mandate-1')
    """
    return mandates().map(Mandate.document)
