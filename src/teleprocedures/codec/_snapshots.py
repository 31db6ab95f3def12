"""The parts of events and cases. A snapshot says what its events made, and is refused when it contradicts itself.

An event that opens a case says under which rulebook, and what that case cites is found in that one. The deadline that
runs stands at the head of the case, where hosts look for it, and in what set it: both must be the same, and become one
value. An activation is written without what its request says already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, get_type_hints

import attrs

from teleprocedures.building import builder
from teleprocedures.cases import (
    Activation,
    ActivationState,
    Adhesion,
    AdhesionState,
    Mandate,
    MandateState,
    Space,
    SpaceState,
)
from teleprocedures.codec._parts import Books, Part, fields_of
from teleprocedures.codec._values import VALUES, parts_of, written_instant
from teleprocedures.core import Case, Event, Opening
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import CodecError

_RUNNING: Final = (ActivationState.AWAITING_CODE, AdhesionState.AWAITING_EMAIL, SpaceState.PENDING)
"""The states in which a deadline runs that the origin, or the activation, of the same snapshot has set.

A mandate's was set by its registration or its last collection, and stands nowhere else in the snapshot.
"""


def event_part(kind: type[Event], *, document: bool = True) -> Part:
    """The part of an event: of a whole document, or of the origin of a case, which finds the rulebook for it."""
    part = fields_of(parts_of(kind, VALUES), builder(kind), kind=kind.kind if document else None)
    if not (document and issubclass(kind, Opening)):
        return part
    read_fields = part.read
    return attrs.evolve(part, read=lambda plain, books: read_fields(plain, _pinned(plain, books)), books=_pinned)


def _pinned(opening: Any, books: Books) -> Books:
    """The rulebook that an opening event says, alone; all of them when it says none of these, and is refused for it."""
    version = opening.rulebook
    for book in books:
        if book.version == version:
            return (book,)
    return books


_ACTIVATION: Final = fields_of(
    parts_of(Activation, VALUES, without={"origin", "due_at"}), builder(Activation), given=("origin", "due_at")
)


def _space_facts(plain: Any, origin: Any) -> tuple[bool, ...]:
    return (
        origin.version == 1,
        plain.changed_at >= origin.at,
        (plain.due_at is None) is (plain.deadline is None),
    )


def _adhesion_facts(plain: Any, origin: Any) -> tuple[bool, ...]:
    return (
        origin.version == 1,
        plain.changed_at >= origin.at,
        (plain.due_at is None) is (plain.deadline is None),
        (plain.activation is not None) is (plain.state is AdhesionState.VALIDATED),
        (origin.deadline is None) is (origin.token is None),
    )


def _mandate_facts(plain: Any, origin: Any) -> tuple[bool, ...]:
    registered = plain.state is MandateState.REGISTERED
    return (
        origin.version == 1,
        plain.changed_at >= origin.at,
        (plain.due_at is None) is (plain.deadline is None),
        (plain.registered_at is not None) is (registered or plain.state is MandateState.LAPSED),
        (plain.deadline is not None) is (registered and origin.rulebook.mandate_use is not None),
    )


def _running(plain: Any, field: str, state: StrEnum, made: Any) -> Deadline | None:
    """The deadline that runs in this state: the very one that this field has, said twice and kept once."""
    runs = state in _RUNNING
    if plain.deadline != (getattr(plain, field).deadline if runs else None):
        raise CodecError(".deadline", f"expected {f'the same as in {field}' if runs else 'null'}")
    deadline: Deadline | None = made.deadline if runs else None
    return deadline


def _read_space(read: Callable[..., Any], plain: Any, books: Books, origin: Any) -> Any:
    return read(plain, books, origin, _running(plain, "origin", plain.state, origin))


def _read_adhesion(read: Callable[..., Any], plain: Any, books: Books, origin: Any) -> Any:
    if plain.activation is None:
        return read(plain, books, origin, _running(plain, "origin", plain.state, origin))
    activation = _ACTIVATION.read(plain.activation, books, origin, plain.due_at)
    return read(plain, books, origin, _running(plain, "activation", activation.state, activation), activation)


def _read_mandate(read: Callable[..., Any], plain: Any, books: Books, origin: Any) -> Any:
    return read(plain, books, origin)


@attrs.frozen(kw_only=True)
class _Snapshot:
    """How a kind of case is read: the `facts` that must hold, as the verbs rely on them, and what is `expected` if not.

    `read` makes the fields that are `given` to the reader of all others, its first argument.
    """

    facts: Callable[[Any, Any], tuple[bool, ...]]
    expected: tuple[tuple[str, str], ...]
    given: tuple[str, ...]
    read: Callable[..., Any]


_EXPECTED: Final = (
    (".origin.version", "expected 1 for the event that opens a case"),
    (".changed_at", "expected no instant before the origin's"),
    (".due_at", "expected an instant while a deadline runs, else null"),
)
_SNAPSHOTS: Final[Mapping[type[Case], _Snapshot]] = MappingProxyType(
    {
        Space: _Snapshot(facts=_space_facts, expected=_EXPECTED, given=("origin", "deadline"), read=_read_space),
        Adhesion: _Snapshot(
            facts=_adhesion_facts,
            expected=(
                *_EXPECTED,
                (".activation", "expected an activation once the request is validated, else null"),
                (".origin.deadline", "expected a deadline with a token, else null"),
            ),
            given=("origin", "deadline", "activation"),
            read=_read_adhesion,
        ),
        Mandate: _Snapshot(
            facts=_mandate_facts,
            expected=(
                *_EXPECTED,
                (".registered_at", "expected an instant once the mandate is registered, null before"),
                (
                    ".deadline",
                    "expected a deadline while the mandate is registered, if its rulebook sets one, else null",
                ),
            ),
            given=("origin",),
            read=_read_mandate,
        ),
    }
)


def case_part(kind: type[Case]) -> Part:
    """The part of a case, `due_at` first: whoever reads many looks at nothing else of most."""
    opening = get_type_hints(kind)["origin"]
    origin_part = event_part(opening, document=False)
    parts = parts_of(kind, {**VALUES, opening: origin_part, Activation: _ACTIVATION})
    # Always of the same length, so that the heads of documents are too.
    parts["due_at"] = attrs.evolve(parts["due_at"], write=written_instant, as_is=None)
    order = dict.fromkeys(("due_at", "version", "state", "changed_at", "deadline", *parts))
    snapshot = _SNAPSHOTS[kind]
    fields = {name: parts[name] for name in order}
    part = fields_of(fields, builder(kind), kind=kind.kind, given=snapshot.given)
    read_origin, read_others = origin_part.read, part.read
    facts, expected, read_case = snapshot.facts, snapshot.expected, snapshot.read

    def read(plain: Any, books: Books) -> Any:
        books = _pinned(plain.origin, books)
        origin = read_origin(plain.origin, books)
        found = facts(plain, origin)
        if False in found:
            raise CodecError(*expected[found.index(False)])
        return read_case(read_others, plain, books, origin)

    return attrs.evolve(part, read=read, books=lambda plain, books: _pinned(plain.origin, books))
