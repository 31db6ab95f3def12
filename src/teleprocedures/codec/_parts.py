"""How values stand in JSON: one `Part` for each kind, and what larger parts are made of.

Reading has two halves. msgspec reads JSON into *plain* structs, which have the fields of our classes with types that
JSON has: it refuses a wrong type, a missing field, an unknown one. Then each part makes its value of its plain form.
Writing is the way back. What a part does is the source of an expression, so that what reads or writes a class is one
function, made of the sources of its fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter, or_
from types import GenericAlias, MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import attrs
import msgspec

from teleprocedures.building import builder, function
from teleprocedures.core import Case, Event, Opening
from teleprocedures.rulebook import Rulebook

SCHEMA: Final = 2
"""The form in which documents are written; `_upgrades` has what leads here from the older ones."""

Books: TypeAlias = tuple[Rulebook, ...]
"""The rulebooks to find things in: the one that a case pins, or else all those that the host gave."""

Plain: TypeAlias = Any
"""A type that msgspec reads and writes: a class, or a form such as `Annotated[str, …] | None`, which has no type."""

_NO_NAMES: Final[Mapping[str, object]] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class Part:
    """How one kind of value stands in JSON.

    `plain` is the type that msgspec reads and writes. `read` is the source of what makes the value of that, `{it}`, with
    the rulebooks at hand as `books`; `write` is the source of the way back; both refer to `names`. `inside` are the
    parts that it is made of, each with the step of its path; `pins` is where it says the version of the rulebook that
    they are under, if it does. `secret` says whether a code or a token is among them.
    """

    plain: Plain
    read: str = "{it}"
    write: str = "{it}"
    names: Mapping[str, object] = _NO_NAMES
    inside: Callable[[Any], Iterable[tuple[str, Part, object]]] = lambda _: ()  # of a plain form, whatever its type
    pins: str | None = None
    secret: bool = False

    def reads(self) -> Callable[[object, Books], Any]:  # values are of any type
        """What makes the value of its plain form."""
        return function("it, books", (f"return {_of(self.read, 'it')}",), self.names)

    def writes(self) -> Callable[[object], object]:
        """What gives the plain form of its value."""
        return function("it", (f"return {_of(self.write, 'it')}",), self.names)

    def books_of(self, plain: object, books: Books) -> Books:
        """The rulebooks that the parts inside of this plain form are under."""
        return books if self.pins is None else _pinned(attrgetter(self.pins)(plain), books)


def _of(source: str, it: str) -> str:
    return source.replace("{it}", it)


def _pinned(version: str, books: Books) -> Books:
    """The rulebook of this version, alone; all of them where it is not among them, and will be refused for it."""
    for book in books:
        if book.version == version:
            return (book,)
    return books


def text(
    read: Callable[..., object], write: Callable[..., str] | str, *, cites: bool = False, secret: bool = False
) -> Part:
    """A text that a function reads, given the rulebooks too where it `cites` them; a function or a source writes it."""
    reading, writing = f"read_{id(read)}", f"write_{id(write)}"
    return Part(
        plain=str,
        read=f"{reading}({{it}}{', books' if cites else ''})",
        write=write if isinstance(write, str) else f"{writing}({{it}})",
        names={reading: read, writing: write},
        secret=secret,
    )


def optional(part: Part) -> Part:
    """The same part, or null."""
    read, write = (
        source if source == "{it}" else f"None if {{it}} is None else {source}" for source in (part.read, part.write)
    )
    return attrs.evolve(part, plain=or_(part.plain, None), read=read, write=write)


def listed(part: Part) -> Part:
    """A tuple of the same part, as a list."""
    read, write = (
        source if source == "{it}" else f"[{_of(source, 'each')} for each in {{it}}]"
        for source in (part.read, part.write)
    )
    return attrs.evolve(
        part,
        plain=GenericAlias(tuple, (part.plain, ...)),
        read=read if read == "{it}" else f"tuple({read})",
        write=write,
        inside=lambda plains: ((f"[{place}]", part, plain) for place, plain in enumerate(plains)),
    )


def fields_of(
    kind: type[attrs.AttrsInstance],
    parts: Mapping[str, Part],
    *,
    make: Callable[..., object] | None = None,
    tag: str | None = None,
) -> Part:
    """An object with these fields of a class, and no other; with a `tag`, its kind, a whole document.

    A field with a default may be missing. `make` makes the value of its fields; else the class itself does, or what is
    as sure and quicker. A case or an event is asked whether it contradicts itself.
    """
    fields = {field.alias: field for field in attrs.fields(kind)}
    own = [_field(name, part, fields[name].default) for name, part in parts.items()]
    head, first = ([], []) if tag is None else ([("schema", Literal[SCHEMA], msgspec.field())], [str(SCHEMA)])
    tag_field = None if tag is None else "kind"
    plain = msgspec.defstruct(
        tag or kind.__name__,
        [*head, *own],
        module=kind.__module__,
        tag_field=tag_field,
        tag=tag,
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
    )
    # What is written has no defaults, so that it is filled by place, which is quicker.
    written = msgspec.defstruct("Written", [name for name, *_ in (*head, *own)], tag_field=tag_field, tag=tag, gc=False)
    pins = "origin.rulebook" if issubclass(kind, Case) else "rulebook" if issubclass(kind, Opening) else None
    reading = (
        *([] if pins is None else [f"books = pinned(plain.{pins}, books)"]),
        f"it = {_making(parts, late=[name for name, _, default in own if default is msgspec.UNSET])}",
        *(["it.check()"] if issubclass(kind, (Case, Event)) else []),
        "return it",
    )
    values = (_of(part.write, f"it.{fields[name].name}") for name, part in parts.items())
    writing = (f"return written({', '.join([*first, *values])})",)
    names = {name: value for part in parts.values() for name, value in part.names.items()}
    names |= {"make": make or _maker(kind), "kind": kind, "written": written, "pinned": _pinned, "UNSET": msgspec.UNSET}
    read, write = f"read_{id(plain)}", f"write_{id(plain)}"
    return Part(
        plain=plain,
        read=f"{read}({{it}}, books)",
        write=f"{write}({{it}})",
        names={read: function("plain, books", reading, names), write: function("it", writing, names)},
        inside=lambda plain: (
            (f".{name}", part, value)
            for name, part in parts.items()
            if (value := getattr(plain, name)) is not msgspec.UNSET
        ),
        pins=pins,
        secret=any(part.secret for part in parts.values()),
    )


def _field(name: str, part: Part, default: object) -> tuple[str, Plain, object]:
    """The plain field: its name, its type and what stands there when it is missing, its default if that is plain."""
    if default is attrs.NOTHING:
        return name, part.plain, msgspec.field()
    if hasattr(default, "takes_self"):  # made by a factory, when the value is
        return name, part.plain | msgspec.UnsetType, msgspec.UNSET
    stored = part.writes()(default)
    return name, part.plain, msgspec.field(default_factory=lambda: stored)


def _making(parts: Mapping[str, Part], *, late: list[str]) -> str:
    """The source of the value of plain fields, of which those that are `late` may be missing."""
    sources = {name: _of(part.read, f"plain.{name}") for name, part in parts.items()}
    making = f"make({', '.join(f'{name}={source}' for name, source in sources.items())})"
    if not late:
        return making
    # Where one is missing, the class itself knows what comes in its place.
    given = (f"{name}={source}" for name, source in sources.items() if name not in late)
    found = (f"**({{}} if plain.{name} is UNSET else {{{name!r}: {sources[name]}}})" for name in late)
    whole = " and ".join(f"plain.{name} is not UNSET" for name in late)
    return f"{making} if {whole} else kind({', '.join((*given, *found))})"


def _maker(kind: type[attrs.AttrsInstance]) -> Callable[..., object]:
    """The class, or a builder of it where it checks and changes nothing itself."""
    plainly = all(field.init and field.validator is None is field.converter for field in attrs.fields(kind))
    return builder(kind) if plainly and not hasattr(kind, "__attrs_post_init__") else kind
