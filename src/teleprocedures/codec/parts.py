"""How values stand in JSON: one `Part` for each kind, and what larger parts are made of.

Reading has two halves. msgspec reads JSON into *plain* structs, which have the fields of our classes with types that
JSON has: it refuses a wrong type, a missing field, an unknown one. Then each part makes its value of its plain form.
Both halves, and writing, come from one table of parts for each class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import GenericAlias
from typing import Any, Final, Literal, TypeAlias

import attrs
import msgspec

from teleprocedures.errors import CodecError, InvalidValueError
from teleprocedures.rulebook import Rulebook

SCHEMA: Final = 1
"""The number of the form that documents have; another form will have another."""

Books: TypeAlias = tuple[Rulebook, ...]
"""The rulebooks to find things in: the one that a case pins, or else all those that the host gave."""


@attrs.frozen(kw_only=True)
class Part:
    """How one kind of value stands in JSON.

    `plain` is the type that msgspec reads. `read` makes the value of that, and is given the rulebooks as well when it
    `cites` something of them; `write` goes back to what JSON has, by a function or by the `attribute` of this name;
    nothing is done where there is none. `inside` are the parts that it is made of, each with the step of its path, and
    `books` which rulebooks are theirs.
    """

    plain: Any
    read: Any = None
    write: Any = None
    attribute: str | None = None
    cites: bool = False
    nullable: bool = False
    inside: Callable[[Any], Iterable[tuple[str, Part, Any]]] = lambda _: ()
    books: Callable[[Any, Books], Books] = lambda _, books: books

    def problem(self, plain: Any, books: Books) -> CodecError | None:
        """Why no value can be made of this plain form, and where: inside first, then here."""
        if plain is None or self.read is None:
            return None
        for step, part, inner in self.inside(plain):
            found = part.problem(inner, self.books(plain, books))
            if found is not None:
                return CodecError(step + found.path, found.message)
        try:
            self.read(plain, books) if self.cites else self.read(plain)
        except CodecError as error:
            return error
        except InvalidValueError as error:
            # What a value says of its stored form does not show it.
            return CodecError("", str(error))
        return None


def optional(part: Part) -> Part:
    """The same part, or null."""
    return attrs.evolve(part, plain=part.plain | None, nullable=True)


def listed(part: Part) -> Part:
    """A tuple of the same part, as a list."""
    return Part(
        plain=GenericAlias(tuple, (part.plain, ...)),
        read=_function(
            "plains, books", f"tuple([{_reading(part, 'read', 'plain')} for plain in plains])", {"read": part.read}
        ),
        write=_function("values", f"[{_writing(part, 'write', 'value')} for value in values]", {"write": part.write}),
        cites=True,
        inside=lambda plains: ((f"[{place}]", part, plain) for place, plain in enumerate(plains)),
    )


def fields_of(parts: Mapping[str, Part], make: Callable[..., Any], *, kind: str | None = None) -> Part:
    """An object with these fields and no other, of which `make` makes the value; with a `kind`, a whole document."""
    envelope: list[Any] = [] if kind is None else [("schema", Literal[SCHEMA])]
    head = "" if kind is None else f"'schema': {SCHEMA}, 'kind': {kind!r}, "
    reads = ", ".join(f"{name}={_reading(part, f'read_{name}', f'plain.{name}')}" for name, part in parts.items())
    writes = ", ".join(f"{name!r}: {_writing(part, f'write_{name}', f'value.{name}')}" for name, part in parts.items())
    names = {f"{way}_{name}": getattr(part, way) for name, part in parts.items() for way in ("read", "write")}
    return Part(
        plain=msgspec.defstruct(
            "Plain",
            [*envelope, *((name, part.plain) for name, part in parts.items())],
            forbid_unknown_fields=True,
            tag_field=None if kind is None else "kind",
            tag=kind,
        ),
        read=_function("plain, books", f"make({reads})", {**names, "make": make}),
        write=_function("value", f"{{{head}{writes}}}", names),
        cites=True,
        inside=lambda plain: ((f".{name}", part, getattr(plain, name)) for name, part in parts.items()),
    )


def _reading(part: Part, function: str, it: str) -> str:
    """The source of what reads `it`, with the function of this name."""
    if part.read is None:
        return it
    call = f"{function}({it}, books)" if part.cites else f"{function}({it})"
    return f"None if {it} is None else {call}" if part.nullable else call


def _writing(part: Part, function: str, it: str) -> str:
    """The source of what writes `it`, with the function of this name."""
    if part.write is None and part.attribute is None:
        return it
    call = f"{it}.{part.attribute}" if part.write is None else f"{function}({it})"
    return f"None if {it} is None else {call}" if part.nullable else call


def _function(arguments: str, source: str, names: Mapping[str, Any]) -> Callable[..., Any]:
    """A function of these arguments: field by field, as attrs writes `__init__`, it is twice as fast as a loop."""
    scope: dict[str, Any] = dict(names)
    exec(f"def it({arguments}): return {source}", scope)  # noqa: S102 - made of the names of fields of this package
    function: Callable[..., Any] = scope["it"]
    return function
