"""Every kind of case, known in one place: whoever handles them all starts from here.

A host's own kind of case is registered in one line, `register(Delegation)`. Replay, codec, sweeps and next steps then
know it as they know those that are shipped, and so do strategies and invariants. This is the one mutable thing of the
library. What it hands out is read-only, and it only grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import signature
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from teleprocedures.cases._activation import ActivationEvent
from teleprocedures.cases._adhesion import Adhesion, AdhesionEvent
from teleprocedures.cases._case import Case, LapseNotice, ReminderEmail
from teleprocedures.cases._mandate import Mandate, MandateEvent
from teleprocedures.cases._messages import ActivationCodeLetter, ConfirmationLinkEmail
from teleprocedures.cases._space import ActivationCodeEmail, Space, SpaceEvent
from teleprocedures.core import (
    AnyTable,
    CaseClosed,
    CaseReopened,
    Event,
    FactWithdrawn,
    Lapse,
    Message,
    Opening,
    Reminder,
    RulebookChanged,
    annotated,
)
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook

CaseT = TypeVar("CaseT", bound=Case)

AnyCase: TypeAlias = Space | Adhesion | Mandate
"""The kinds of case that are shipped: a `match` over them is checked for exhaustiveness."""

AnyEvent: TypeAlias = (
    SpaceEvent
    | AdhesionEvent
    | ActivationEvent
    | MandateEvent
    | CaseClosed
    | CaseReopened
    | FactWithdrawn
    | RulebookChanged
)
"""The kinds of event that are shipped."""

AnyMessage: TypeAlias = ActivationCodeEmail | ConfirmationLinkEmail | ActivationCodeLetter | ReminderEmail | LapseNotice
"""The kinds of message that are shipped."""

_kinds: Final[dict[str, type[Case]]] = {}
_lifecycles: Final[dict[str, AnyTable]] = {}
# Every case can be closed and reopened, and have a fact withdrawn, whatever its table.
_events: Final[dict[str, type[Event]]] = {
    it.kind: it for it in (CaseClosed, CaseReopened, FactWithdrawn, RulebookChanged)
}
_messages: Final[dict[str, type[Message]]] = {}
_openings: Final[dict[type[Event], type[Case]]] = {}
_rulebooks: Final[dict[str, tuple[Rulebook, ...]]] = {}
_watchers: Final[list[Callable[[type[Case]], object]]] = []

KINDS: Final[Mapping[str, type[Case]]] = MappingProxyType(_kinds)
"""Every kind of case, by name; an activation is a part of its adhesion."""
LIFECYCLES: Final[Mapping[str, AnyTable]] = MappingProxyType(_lifecycles)
"""Every lifecycle, by name."""
EVENTS: Final[Mapping[str, type[Event]]] = MappingProxyType(_events)
"""Every kind of event, by name: what the tables make, and what every case can have done to it (A20, A21)."""
MESSAGES: Final[Mapping[str, type[Message]]] = MappingProxyType(_messages)
"""Every kind of message, by name: what the tables send."""
RULEBOOKS: Final[Mapping[str, tuple[Rulebook, ...]]] = MappingProxyType(_rulebooks)
"""The rulebooks that each kind of case was registered with, by its name."""


def register(kind: type[CaseT], *, rulebooks: Iterable[Rulebook] = (EXPERT_2024_04_03,)) -> type[CaseT]:
    """Have a kind of case known everywhere, with its lifecycles, their events and their messages, and give it back.

    The `rulebooks` are those that its cases are made under, and what its tables cite is in one of them. Registering the
    same kind again changes nothing. A kind that is refused leaves nothing registered.

    Raises `ValueError` for a name that another kind, lifecycle, event or message has. Raises `ValueError` for a
    lifecycle that no event opens, or that another kind's event opens. Raises `ValueError` for a rule or a time limit
    that no rulebook has. Raises `ValueError` for a state in which a time limit runs that has no name or never ends, or
    that has reminders and no row that makes one. Raises `ValueError` for an event that sets a time limit of which the
    kind does not tell, and for a field of the kind without a default. Raises `TypeError` for a guard, or another
    function of a table, that asks something of another kind of case.
    """
    openings = kind.lifecycle.openings
    if not openings:
        message = f"the lifecycle of {kind.kind!r} does not say which event opens a case"
        raise ValueError(message)
    own = set(attrs.fields(kind)) - set(attrs.fields(Case))
    bare = sorted(field.name for field in own if field.default is attrs.NOTHING and not hasattr(Case, field.name))
    if bare:
        message = f"{', '.join(bare)} of {kind.__name__}: expected a default, which stands before the first event"
        raise ValueError(message)
    books = tuple(rulebooks)
    for lifecycle in kind.lifecycles:
        _check_functions(kind, lifecycle)
        _check_time_limits(kind, lifecycle, books)
        _check_citations(lifecycle, books)
    # Everything is looked at before anything is written: a kind that is refused leaves nothing behind.
    named = tuple(_named(kind))
    beside: dict[tuple[int, str], object] = {}
    for taken, name, value in named:
        # A name may be taken by another kind, or stand twice in this one: `beside` has those of this one.
        if taken.get(name, beside.setdefault((id(taken), name), value)) is not value:
            message = f"{name!r} is the name of something else already: expected another name than {', '.join(taken)}"
            raise ValueError(message)
    for opening in openings:
        if _openings.get(opening, kind) is not kind:
            message = (
                f"{opening.kind!r} opens cases of {_openings[opening].kind!r} already: expected an event of its own"
            )
            raise ValueError(message)
    _openings.update(dict.fromkeys(openings, kind))
    for taken, name, value in named:
        taken[name] = value
    _rulebooks.setdefault(kind.kind, books)
    for tell in _watchers:
        tell(kind)
    return kind


def opened_by(event: Event) -> type[Case] | None:
    """The kind of case that an event of this class opens, None where it opens none."""
    return _openings.get(type(event))


def watch(tell: Callable[[type[Case]], object]) -> None:
    """Have a function told of each kind of case that is registered from now on; telling it twice is the same."""
    if tell not in _watchers:
        _watchers.append(tell)


def _check_citations(lifecycle: AnyTable, books: tuple[Rulebook, ...]) -> None:
    """Raise `ValueError` for a rule or a time limit that a table cites and none of these rulebooks has."""
    advised = (one.rule for state in lifecycle.states for one in lifecycle.advice(state))
    cited = (
        *(lifecycle.cites(state) for state in lifecycle.states),
        *advised,
        *(row.corrects for row in lifecycle.rows),
    )
    rules = {rule.id for book in books for rule in book.rules}
    limits = {name for book in books for name in book.limits}
    for what, names, known in (("rule", cited, rules), ("time limit", (lifecycle.limit,), limits)):
        unknown = dict.fromkeys(name for name in names if name is not None and name not in known)
        if unknown:
            versions = ", ".join(repr(book.version) for book in books)
            message = (
                f"the table of {lifecycle.name!r} cites the {what} {', '.join(unknown)}, which none of its rulebooks"
                f" has: expected a {what} of {versions}"
            )
            raise ValueError(message)


def _check_time_limits(kind: type[Case], lifecycle: AnyTable, books: tuple[Rulebook, ...]) -> None:
    """Raise `ValueError` for a time limit that our clock cannot carry out, or of which the kind does not tell."""
    lapsing, reminding = (
        {row.source for row in lifecycle.rows if row.makes is not None and issubclass(row.makes, decided)}
        for decided in (Lapse, Reminder)
    )
    endless = {state for state in lifecycle.running if lifecycle.limit is None or state not in lapsing}
    # A night would find such a case due, and be refused, night after night.
    limits = [book.limits.get(lifecycle.limit or "") for book in books]
    silent = lifecycle.running - reminding if any(limit and limit.reminders for limit in limits) else frozenset()
    for states, said, expected in (
        (endless, "runs", "its name (`limit`), and a row from there that makes a lapse"),
        (silent, "with reminders runs", "a row from there that makes a reminder"),
    ):
        if states:
            where = ", ".join(sorted(map(str, states)))
            message = f"a time limit {said} in {where} of {lifecycle.name!r}: expected {expected}"
            raise ValueError(message)
    later = (event for event in lifecycle.events if not issubclass(event, Opening))
    setting = [event.__name__ for event in later if "deadline" in attrs.fields_dict(event)]
    if setting and kind.time_limit is Case.time_limit:
        message = (
            f"{', '.join(setting)} of {kind.kind!r} set a time limit: expected a `time_limit` that gives the last one"
        )
        raise ValueError(message)


def _named(kind: type[Case]) -> Iterator[tuple[dict[str, Any], str, object]]:
    """Everything of a kind of case that has a name, and the registry that it is known in."""
    yield _kinds, kind.kind, kind
    for lifecycle in kind.lifecycles:
        yield _lifecycles, lifecycle.name, lifecycle
        yield from ((_events, event.kind, event) for event in lifecycle.events)
        yield from ((_messages, message.kind, message) for message in lifecycle.messages)


def _check_functions(kind: type[Case], lifecycle: AnyTable) -> None:
    of_rows = (it for row in lifecycle.rows for it in (*row.guards, row.sends, row.after))
    of_states = (it for state in lifecycle.states for one in lifecycle.advice(state) for it in (one.if_, one.by))
    functions: tuple[Callable[..., object] | None, ...] = (lifecycle.sends, *of_rows, *of_states)
    for function in filter(None, dict.fromkeys(functions)):
        first = next(iter(signature(function).parameters))
        if first not in function.__annotations__:
            continue
        # A table stands above its kind in a module, so its functions name the kind for type checkers only.
        wanted = annotated(function, first, **{kind.__name__: kind})
        if isinstance(wanted, type) and not issubclass(kind, wanted):
            message = f"{function.__name__} asks something of {wanted.__name__}: expected a function of {kind.__name__}"
            raise TypeError(message)


for _kind in (Space, Adhesion, Mandate):
    register(_kind)
