"""The parts of events and cases. A snapshot says what its events made, and is refused when it contradicts itself.

An event that opens a case says under which rulebook, and what that case cites is found in that one. The deadline that
runs stands at the head of the case, where hosts look for it, and in what set it: both must be the same, and become one
value. An activation is written without what its request says already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final, get_type_hints

import attrs

from teleprocedures.activation import Activation, ActivationState
from teleprocedures.adhesion import Adhesion
from teleprocedures.adhesion_events import AdhesionState
from teleprocedures.building import builder
from teleprocedures.codec.parts import Books, Part, fields_of
from teleprocedures.codec.values import VALUES, parts_of
from teleprocedures.decisions import Case, Event, Opening
from teleprocedures.errors import CodecError
from teleprocedures.mandate import Mandate
from teleprocedures.mandate_events import MandateState
from teleprocedures.space import Space, SpaceState

_RUNNING: Final = (SpaceState.PENDING, AdhesionState.AWAITING_EMAIL, ActivationState.AWAITING_CODE)
"""The states in which a deadline runs that the origin, or the activation, of the same snapshot has set.

A mandate's was set by its registration or its last collection, and stands nowhere else in the snapshot.
"""


def _space_facts(case: Space) -> tuple[bool, ...]:
    return (
        case.origin.version == 1,
        case.changed_at >= case.origin.at,
        (case.due_at is None) is (case.deadline is None),
    )


def _adhesion_facts(case: Adhesion) -> tuple[bool, ...]:
    origin = case.origin
    return (
        origin.version == 1,
        case.changed_at >= origin.at,
        (case.due_at is None) is (case.deadline is None),
        (case.activation is not None) is (case.state is AdhesionState.VALIDATED),
        (origin.deadline is None) is (origin.token is None),
    )


def _mandate_facts(case: Mandate) -> tuple[bool, ...]:
    registered = case.state is MandateState.REGISTERED
    return (
        case.origin.version == 1,
        case.changed_at >= case.origin.at,
        (case.due_at is None) is (case.deadline is None),
        (case.registered_at is not None) is (registered or case.state is MandateState.LAPSED),
        (case.deadline is not None) is (registered and case.rulebook.mandate_use is not None),
    )


_EXPECTED: Final = (
    (".origin.version", "expected 1 for the event that opens a case"),
    (".changed_at", "expected no instant before the origin's"),
    (".due_at", "expected an instant while a deadline runs, else null"),
)
_CHECKS: Final[Mapping[type[Case], tuple[Callable[[Any], tuple[bool, ...]], tuple[tuple[str, str], ...]]]] = (
    MappingProxyType(
        {
            Space: (_space_facts, _EXPECTED),
            Adhesion: (
                _adhesion_facts,
                (
                    *_EXPECTED,
                    (".activation", "expected an activation once the request is validated, else null"),
                    (".origin.deadline", "expected a deadline with a token, else null"),
                ),
            ),
            Mandate: (
                _mandate_facts,
                (
                    *_EXPECTED,
                    (".registered_at", "expected an instant once the mandate is registered, null before"),
                    (
                        ".deadline",
                        "expected a deadline while the mandate is registered, if its rulebook sets one, else null",
                    ),
                ),
            ),
        }
    )
)
"""What must agree in a snapshot, as the verbs rely on it, and what is expected where it does not."""

_assign: Final = object.__setattr__


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


def case_part(kind: type[Case]) -> Part:
    """The part of a case, `due_at` first: whoever reads many looks at nothing else of most."""
    opening = get_type_hints(kind)["origin"]
    activation = fields_of(
        parts_of(Activation, VALUES, without={"origin", "due_at"}),
        partial(builder(Activation), origin=None, due_at=None),
    )
    parts = parts_of(kind, {**VALUES, opening: event_part(opening, document=False), Activation: activation})
    order = dict.fromkeys(("due_at", "version", "state", "changed_at", "deadline", *parts))
    shares, write_deadline = kind is not Mandate, parts["deadline"].write
    if shares:
        # The very deadline that the origin or the activation has: it is neither read nor written twice.
        parts["deadline"] = attrs.evolve(parts["deadline"], read=None, write=None)
    part = fields_of({name: parts[name] for name in order}, builder(kind), kind=kind.kind)
    read_fields, write_fields, (facts, expected) = part.read, part.write, _CHECKS[kind]

    def read(plain: Any, books: Books) -> Any:
        case = read_fields(plain, _pinned(plain.origin, books))
        found = facts(case)
        if False in found:
            raise CodecError(*expected[found.index(False)])
        field, state = "origin", plain.state
        activation = getattr(case, "activation", None)
        if activation is not None:
            field, state = "activation", activation.state
            _assign(activation, "origin", case.origin)
            _assign(activation, "due_at", case.due_at)
        if shares:
            runs = state in _RUNNING
            if plain.deadline != (getattr(plain, field).deadline if runs else None):
                raise CodecError(".deadline", f"expected {f'the same as in {field}' if runs else 'null'}")
            _assign(case, "deadline", getattr(case, field).deadline if runs else None)
        return case

    def write(case: Any) -> Any:
        data = write_fields(case)
        if shares and case.deadline is not None:
            field = "origin" if getattr(case, "activation", None) is None else "activation"
            same = getattr(case, field).deadline is case.deadline
            data["deadline"] = data[field]["deadline"] if same else write_deadline(case.deadline)
        return data

    return attrs.evolve(part, read=read, write=write, books=lambda plain, books: _pinned(plain.origin, books))
