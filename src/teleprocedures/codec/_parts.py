"""How values stand in JSON: one `Part` for each kind, and what larger parts are made of.

Reading has two halves. msgspec reads JSON into *plain* structs, which have the fields of our classes with types that
JSON has: it refuses a wrong type, a missing field, an unknown one. Then each part makes its value of its plain form.
Writing is the way back. What a part does is the source of an expression, so that what reads or writes a class is one
function, made of the sources of its fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter, or_
from types import GenericAlias
from typing import Any, Final, Literal, TypeAlias

import attrs
import msgspec

from teleprocedures.building import draft_of, function
from teleprocedures.core import Case, Event, Opening
from teleprocedures.rulebook import Rulebook

SCHEMA: Final = 2
"""The form in which documents are written; `_upgrades` has what leads here from the older ones."""

Books: TypeAlias = tuple[Rulebook, ...]
"""The rulebooks to find things in: the one that a case pins, or else all those that the host gave."""

Plain: TypeAlias = Any
"""What msgspec reads and writes, or its type: a class, or a form such as `Annotated[str, …] | None`, of no type."""


@attrs.frozen(kw_only=True)
class Part:
    """How one kind of value stands in JSON.

    `plain` is the type that msgspec reads and writes. `read` is the source of what makes the value of that, `{it}`,
    with the rulebooks at hand as `books`; `write` is the source of the way back; both refer to `names`. `inside` are
    the parts that it is made of, each with the step of its path; `pins` is where it says the version of the rulebook
    that they are under, if it does. `secret` says whether a code or a token is among them.
    """

    plain: Plain
    read: str = "{it}"
    write: str = "{it}"
    names: Mapping[str, object] = attrs.field(factory=dict)
    inside: Callable[[Plain], Iterable[tuple[str, Part, Plain]]] = lambda _: ()
    pins: str | None = None
    secret: bool = False
    reader: Callable[[Plain, Books], Plain] = attrs.field(
        init=False, default=attrs.Factory(lambda part: _compiled("it, books", part.read, part.names), takes_self=True)
    )
    writer: Callable[[Plain], Plain] = attrs.field(
        init=False, default=attrs.Factory(lambda part: _compiled("it", part.write, part.names), takes_self=True)
    )

    def books_of(self, plain: Plain, books: Books) -> Books:
        """The rulebooks that the parts inside of this plain form are under."""
        return books if self.pins is None else pinned(attrgetter(self.pins)(plain), books)


def _compiled(arguments: str, source: str, names: Mapping[str, object]) -> Callable[..., Plain]:
    return function(arguments, (f"return {_of(source, 'it')}",), names)


def _of(source: str, it: str) -> str:
    return source.replace("{it}", it)


def pinned(version: str, books: Books) -> Books:
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
        names={reading: read} if isinstance(write, str) else {reading: read, writing: write},
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
    read, write = (f"[{_of(source, 'each')} for each in {{it}}] if {{it}} else " for source in (part.read, part.write))
    return attrs.evolve(
        part,
        plain=GenericAlias(tuple, (part.plain, ...)),
        read=f"tuple({read}())",
        write=f"{write}[]",
        inside=lambda plains: ((f"[{place}]", part, plain) for place, plain in enumerate(plains)),
    )


def fields_of(
    kind: type[attrs.AttrsInstance],
    parts: Mapping[str, Part],
    *,
    make: Callable[..., object] | None = None,
    check: Callable[[Plain], None] | None = None,
    tag: str | None = None,
) -> Part:
    """An object with these fields of a class, and no other; with a `tag`, its kind, a whole document.

    A field with a default may be missing. `make` makes the value of its fields; else it is filled, if `check` judges
    it or the class itself checks nothing, or the class is called. A case or an event is asked if it contradicts itself.
    """
    fields = {field.alias: field for field in attrs.fields(kind)}
    late = {name: field.default for name, field in fields.items() if field.default is not attrs.NOTHING}
    own: list[tuple[str, Plain, object]] = [
        (name, part.plain | msgspec.UnsetType, msgspec.UNSET) if name in late else (name, part.plain, msgspec.field())
        for name, part in parts.items()
    ]
    values, pins = [_of(part.write, f"it.{fields[name].name}") for name, part in parts.items()], None
    if tag is not None:
        own, values = [("schema", Literal[SCHEMA], msgspec.field()), *own], [str(SCHEMA), *values]
        pins = "origin.rulebook" if issubclass(kind, Case) else "rulebook" if issubclass(kind, Opening) else None
    tag_field = None if tag is None else "kind"
    of_kind: dict[str, Plain] = {"tag_field": tag_field, "tag": tag, "gc": False, "module": kind.__module__}
    plain = msgspec.defstruct(tag or kind.__name__, own, kw_only=True, forbid_unknown_fields=True, **of_kind)
    # What is written has no defaults, so that it is filled by place, which is quicker.
    written = msgspec.defstruct(plain.__name__, [name for name, *_ in own], **of_kind)
    if make is None and check is None and not _checks_nothing(kind):
        make = kind
    if issubclass(kind, Case | Event):
        check = kind.check
    reading = (
        *([] if pins is None else [f"books = pinned(plain.{pins}, books)"]),
        *_making({fields[name]: part for name, part in parts.items()}, called=make is not None),
        *([] if check is None else ["check(it)"]),
        "return it",
    )
    names = {name: value for part in parts.values() for name, value in part.names.items()}
    names |= {f"late_{name}": _maker(default) for name, default in late.items()}
    names |= {"make": make, "check": check, "kind": kind, "draft": draft_of(kind), "written": written}
    names |= {"pinned": pinned, "UNSET": msgspec.UNSET}
    reader, writer = f"read_{id(plain)}", f"write_{id(plain)}"
    return Part(
        plain=plain,
        read=f"{reader}({{it}}, books)",
        write=f"{writer}({{it}})",
        names={
            reader: function("plain, books", reading, names),
            writer: function("it", (f"return written({', '.join(values)})",), names),
        },
        inside=lambda plain: ((f".{name}", part, getattr(plain, name)) for name, part in parts.items()),
        pins=pins,
        secret=any(part.secret for part in parts.values()),
    )


def _making(parts: Mapping[attrs.Attribute[Plain], Part], *, called: bool) -> Iterator[str]:
    """The lines that make a value of its plain form: by a call, or by filling it, which spares the call."""
    reads = {field: _of(part.read, f"plain.{field.alias}") for field, part in parts.items()}
    for field, read in reads.items():
        if field.default is not attrs.NOTHING:
            # What is made of the others is made of the value as far as that is filled, or of its plain form.
            default = f"late_{field.alias}({'plain' if called else 'it'})"
            reads[field] = f"({read}) if plain.{field.alias} is not UNSET else {default}"
    if called:
        yield f"it = make({', '.join(f'{field.alias}={read}' for field, read in reads.items())})"
    else:
        yield "it = draft()"
        yield from (f"it.{field.name} = {read}" for field, read in reads.items())
        yield "it.__class__ = kind"


def _maker(default: Plain) -> Callable[[Plain], Plain]:
    """What makes the default of a field of the value that has it."""
    if not hasattr(default, "takes_self"):
        return lambda _: default
    made: Callable[[Plain], Plain] = default.factory if default.takes_self else lambda _: default.factory()
    return made


def _checks_nothing(kind: type[attrs.AttrsInstance]) -> bool:
    """Whether a class takes its fields as they are."""
    plainly = all(field.init and field.validator is None is field.converter for field in attrs.fields(kind))
    return plainly and not hasattr(kind, "__attrs_post_init__")
