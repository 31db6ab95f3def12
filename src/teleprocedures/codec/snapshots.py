"""The parts of events and cases. A snapshot says what its events made, and is refused when it contradicts itself.

An event that opens a case says under which rulebook, and what that case cites is found in that one. The deadline that runs
stands at the head of the case, where hosts look for it, and in what set it: both must be the same, and become one value.
An activation is written without what its request says already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, get_type_hints

import attrs

from teleprocedures.activation import Activation
from teleprocedures.adhesion import Adhesion
from teleprocedures.adhesion_events import AdhesionState
from teleprocedures.building import builder
from teleprocedures.codec.parts import Books, Part, fields_of
from teleprocedures.codec.values import VALUES, parts_of
from teleprocedures.decisions import Case, Event, Opening
from teleprocedures.errors import CodecError
from teleprocedures.mandate import Mandate
from teleprocedures.mandate_events import MandateState
from teleprocedures.space import Space

RUNNING: Final[Mapping[type[Case], Mapping[str, str]]] = MappingProxyType({
    Space: MappingProxyType({"pending": "origin"}),
    Adhesion: MappingProxyType({"awaiting_email": "origin", "awaiting_code": "activation"}),
    Mandate: MappingProxyType({}),
})
"""Which field set the deadline that runs, by the state of the case, or of its activation once it has one.

A mandate's is in the event of its registration or of its last collection, which the snapshot does not have.
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
_CHECKS: Final[Mapping[type[Case], tuple[Callable[[Any], tuple[bool, ...]], tuple[tuple[str, str], ...]]]] = MappingProxyType({
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
            (".deadline", "expected a deadline while the mandate is registered, if its rulebook sets one, else null"),
        ),
    ),
})
"""What must agree in a snapshot, as the verbs rely on it, and what is expected where it does not."""

_assign: Final = object.__setattr__


def event_part(kind: type[Event], *, document: bool = True) -> Part:
    """The part of an event, as a document or as the origin of a case, which narrows the rulebooks for it."""
    part = fields_of(parts_of(kind, VALUES), builder(kind), kind=kind.kind if document else None)
    return _under_its_rulebook(part, attrgetter("rulebook")) if document and issubclass(kind, Opening) else part


def _under_its_rulebook(part: Part, version_of: Callable[[Any], str]) -> Part:
    """The same part, all of which is under one rulebook: the one of its version, if it is there."""
    read: Any = part.read

    def books_of(plain: Any, books: Books) -> Books:
        version = version_of(plain)
        for book in books:
            if book.version == version:
                return (book,)
        return books

    return attrs.evolve(part, read=lambda plain, books: read(plain, books_of(plain, books)), books=books_of)


def case_part(kind: type[Case]) -> Part:
    """The part of a case, `due_at` first: whoever reads many looks at nothing else of most."""
    opening = get_type_hints(kind)["origin"]
    known = {
        **VALUES,
        opening: event_part(opening, document=False),
        Activation: fields_of(
            parts_of(Activation, VALUES, without={"origin", "due_at"}), partial(builder(Activation), origin=None, due_at=None)
        ),
    }
    parts = parts_of(kind, known)
    order = dict.fromkeys(("due_at", "version", "state", "changed_at", "deadline", *parts))
    running, (facts, expected) = RUNNING[kind], _CHECKS[kind]
    if running:
        # It is the very one that stands elsewhere, and is only compared with it.
        parts["deadline"] = attrs.evolve(parts["deadline"], read=None)
    part = fields_of({name: parts[name] for name in order}, builder(kind), kind=kind.kind)
    read_fields: Any = part.read

    def read(plain: Any, books: Books) -> Any:
        case = read_fields(plain, books)
        activation = getattr(case, "activation", None)
        if activation is not None:
            _assign(activation, "origin", case.origin)
            _assign(activation, "due_at", case.due_at)
        if running:
            field = running.get(plain.state if activation is None else plain.activation.state)
            if plain.deadline != (None if field is None else getattr(plain, field).deadline):
                raise CodecError(".deadline", f"expected {'null' if field is None else f'the same as in {field}'}")
            _assign(case, "deadline", None if field is None else getattr(case, field).deadline)
        found = facts(case)
        if False in found:
            raise CodecError(*expected[found.index(False)])
        return case

    return _under_its_rulebook(attrs.evolve(part, read=read), attrgetter("origin.rulebook"))
