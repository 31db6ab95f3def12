"""The parts of events and cases. A snapshot says what its events made, and is refused when it contradicts itself.

An event that opens a case says under which rulebook, and what that case cites is found in that one. The deadline that runs
stands at the head of the case, where hosts look for it, and in what set it: both must be the same, and become one value.
An activation is written without what its request says already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias, get_type_hints

from teleprocedures.activation import Activation
from teleprocedures.adhesion import Adhesion
from teleprocedures.adhesion_events import AdhesionState
from teleprocedures.building import builder
from teleprocedures.codec.parts import Books, Fields, Part, built, optional
from teleprocedures.codec.values import VALUES, parts_of
from teleprocedures.decisions import Case, Event, Opening
from teleprocedures.errors import CodecError
from teleprocedures.mandate import Mandate
from teleprocedures.mandate_events import MandateState
from teleprocedures.space import Space

RUNNING: Final[Mapping[type[Case], Mapping[str, str]]] = MappingProxyType({
    Space: MappingProxyType({"pending": "origin"}),
    Adhesion: MappingProxyType({"awaiting_email": "origin", "awaiting_code": "activation"}),
})
"""Which field set the deadline that runs, by the state of the case, or of its activation once it has one.

A mandate's is in the event of its registration or of its last collection, which the snapshot does not have.
"""

Check: TypeAlias = tuple[str, Callable[[Any], bool], str]
"""A field, whether it agrees with the others, and what is expected if not."""

_EVERY_CASE: Final[tuple[Check, ...]] = (
    (".origin.version", lambda case: case.origin.version == 1, "expected 1 for the event that opens a case"),
    (".changed_at", lambda case: case.changed_at >= case.origin.at, "expected no instant before that of the origin"),
    (
        ".due_at",
        lambda case: (case.due_at is None) is (case.deadline is None),
        "expected an instant while a deadline runs, else null",
    ),
)

_CHECKS: Final[Mapping[type[Case], tuple[Check, ...]]] = MappingProxyType({
    Space: _EVERY_CASE,
    Adhesion: (
        (
            ".activation",
            lambda case: (case.activation is not None) is (case.state is AdhesionState.VALIDATED),
            "expected an activation once the request is validated, else null",
        ),
        (
            ".origin.deadline",
            lambda case: (case.origin.deadline is None) is (case.origin.token is None),
            "expected a deadline with a token, else null",
        ),
        *_EVERY_CASE,
    ),
    Mandate: (
        (
            ".registered_at",
            lambda case: (case.registered_at is None)
            is (case.state not in {MandateState.REGISTERED, MandateState.LAPSED}),
            "expected an instant once the mandate is registered, null before",
        ),
        (
            ".deadline",
            lambda case: (case.deadline is not None)
            is (case.state is MandateState.REGISTERED and case.rulebook.mandate_use is not None),
            "expected a deadline while the mandate is registered, unless its rulebook has none, else null",
        ),
        *_EVERY_CASE,
    ),
})


def _pinned(opening: Any, books: Books) -> Books:
    """The rulebook that an opening event says, alone; all of them if it says none of these, which is an error later on."""
    version = opening.get("rulebook") if isinstance(opening, dict) else None
    for book in books:
        if book.version == version:
            return (book,)
    return books


def event_part(kind: type[Event]) -> Part:
    """The part of an event."""
    part = built(builder(kind), parts_of(kind, VALUES))
    if not issubclass(kind, Opening):
        return part
    read = part.read
    return Part(lambda data, books: read(data, _pinned(data, books)), part.write)


def case_part(kind: type[Case]) -> Part:
    """The part of a case, `due_at` first: whoever reads many looks at nothing else of most."""
    opening = get_type_hints(kind)["origin"]
    activation = Fields(parts_of(Activation, VALUES, without={"origin", "due_at"}))
    known = {**VALUES, opening: event_part(opening), Activation: Part(activation.read, activation.write)}
    parts = parts_of(kind, known)
    running = RUNNING.get(kind)
    if running is not None:
        # It becomes the one that set it, so it is only compared.
        parts["deadline"] = Part(lambda data, _: data, parts["deadline"].write)
    order = dict.fromkeys(("due_at", "version", "state", "changed_at", "deadline", *parts))
    fields = Fields({name: parts[name] for name in order})
    make, make_activation, checks = builder(kind), builder(Activation), _CHECKS[kind]

    def read(data: Any, books: Books) -> Case:
        values = fields.read(data, _pinned(data.get("origin"), books))
        origin, activation = values["origin"], values.get("activation")
        if activation is not None:
            activation = make_activation(origin=origin, due_at=values["due_at"], **activation)
            values["activation"] = activation
        if running is not None:
            field = running.get((data if activation is None else data["activation"])["state"])
            if values["deadline"] != (None if field is None else data[field]["deadline"]):
                raise CodecError(".deadline", f"expected {'null' if field is None else f'the same as $.{field}.deadline'}")
            values["deadline"] = None if field is None else values[field].deadline
        case: Case = make(**values)
        for path, agrees, expected in checks:
            if not agrees(case):
                raise CodecError(path, expected)
        return case

    return Part(read, fields.write)
