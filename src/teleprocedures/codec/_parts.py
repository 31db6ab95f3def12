"""How values stand in JSON: one `Part` for each kind, and what larger parts are made of.

Reading has two halves. msgspec reads JSON into *plain* structs, which have the fields of our classes with types that
JSON has: it refuses a wrong type, a missing field, an unknown one. Then each part makes its value of its plain form.
Writing is the way back: each part gives the plain form of its value, and msgspec writes structs. All of it comes from
one table of parts for each class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from types import GenericAlias
from typing import Any, Final, Literal, TypeAlias

import attrs
import msgspec

from teleprocedures.building import function
from teleprocedures.errors import CodecError, InvalidValueError
from teleprocedures.rulebook import Rulebook

SCHEMA: Final = 1
"""The number of the form that documents have; another form will have another."""

Books: TypeAlias = tuple[Rulebook, ...]
"""The rulebooks to find things in: the one that a case pins, or else all those that the host gave."""


@attrs.frozen(kw_only=True)
class Part:
    """How one kind of value stands in JSON.

    `plain` is the type that msgspec reads and writes. `read` makes the value of that, and is given the rulebooks as
    well when it `cites` something of them; `write` goes back to it, by a function or by the `attribute` of this name;
    nothing is done where there is none, nor where `as_is`, a condition on `{it}`, holds. `inside` are the parts that it
    is made of, each with the step of its path, and `books` which rulebooks are theirs.
    """

    plain: Any
    read: Any = None
    write: Any = None
    attribute: str | None = None
    as_is: str | None = None
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
    names, reading, writing = _ways({"": part}), _reading(part, "plain", ""), _writing(part, "value", "")
    return Part(
        plain=GenericAlias(tuple, (part.plain, ...)),
        read=function("plains, books", (f"return tuple([{reading} for plain in plains])",), names),
        write=function("values", (f"return [{writing} for value in values]",), names),
        cites=True,
        inside=lambda plains: ((f"[{place}]", part, plain) for place, plain in enumerate(plains)),
    )


def fields_of(
    parts: Mapping[str, Part], make: Callable[..., Any], *, kind: str | None = None, given: tuple[str, ...] = ()
) -> Part:
    """An object with these fields and no other, of which `make` makes the value; with a `kind`, a whole document.

    `read` is handed the fields that are `given`, of these or more, and reads the others.
    """
    envelope, head = ([], "") if kind is None else ([("schema", Literal[SCHEMA])], f"{SCHEMA}, ")
    plain: Any = msgspec.defstruct(
        "Plain",
        [*envelope, *((name, part.plain) for name, part in parts.items())],
        forbid_unknown_fields=True,
        gc=False,
        tag_field=None if kind is None else "kind",
        tag=kind,
    )
    names = {**_ways(parts), "make": make, "plain_form": plain}
    sources = {name: _reading(part, f"plain.{name}", name) for name, part in parts.items()}
    sources |= {name: name for name in given}
    reads = ", ".join(f"{name}={source}" for name, source in sources.items())
    writes = ", ".join(_writing(part, f"value.{name}", name) for name, part in parts.items())
    return Part(
        plain=plain,
        read=function(
            ", ".join(("plain, books", *(f"{name}=None" for name in given))), (f"return make({reads})",), names
        ),
        write=function("value", (f"return plain_form({head}{writes})",), names),
        cites=True,
        inside=lambda plain: ((f".{name}", part, getattr(plain, name)) for name, part in parts.items()),
    )


def _reading(part: Part, it: str, name: str) -> str:
    """The source of what reads `it`, the part of this name."""
    return _made(part, it, None if part.read is None else f"read_{name}({it}{', books' if part.cites else ''})")


def _writing(part: Part, it: str, name: str) -> str:
    """The source of what writes `it`, the part of this name."""
    attribute = None if part.attribute is None else f"{it}.{part.attribute}"
    return _made(part, it, attribute if part.write is None else f"write_{name}({it})")


def _made(part: Part, it: str, source: str | None) -> str:
    """The source of what is made of `it`, unless nothing is."""
    if source is None:
        return it
    if part.as_is is not None:
        source = f"{it} if {part.as_is.format(it=it)} else {source}"
    return f"None if {it} is None else {source}" if part.nullable else source


def _ways(parts: Mapping[str, Part]) -> dict[str, Any]:
    """What the sources of these parts refer to."""
    ways = {f"{way}_{name}": getattr(part, way) for name, part in parts.items() for way in ("read", "write")}
    return {**ways, "UTC": UTC}
