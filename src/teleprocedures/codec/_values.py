"""The parts of the procedure's values, and of any class that is made of them, found by the annotations of its fields.

Values are made through their `from_canonical`, which checks their shape: no library that validates is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import reduce
from operator import or_
from types import MappingProxyType, NoneType
from typing import Annotated, Final, TypeAlias, cast, get_args, get_origin, get_type_hints

import attrs
from msgspec import Meta, to_builtins

from teleprocedures import values
from teleprocedures.cases import Action, Actor
from teleprocedures.codec._parts import Books, Part, Plain, fields_of, listed, optional, text
from teleprocedures.codec._problems import shown
from teleprocedures.core import LONGEST_ID, Case, Event, Message, case_id
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.errors import CodecError, InvalidValueError, Rule
from teleprocedures.rulebook import Rulebook, Service

LARGEST: Final = 2**63 - 1
"""The largest version: what a database's whole numbers hold."""
HELD: Final = "held-elsewhere"
_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)
_CODES: Final = {member.value: member for kind in (Actor, Action) for member in kind}


def written_instant(at: datetime) -> str:
    """An instant as text, in UTC and always 27 characters, so that texts compare as instants do.

    Raises `InvalidValueError` for a naive one.
    """
    # msgspec writes ten times faster than `isoformat`, but leaves out microseconds that are zero. What has 27
    # characters is in UTC: another offset would take six, and a naive datetime has none.
    text: str = to_builtins(at)
    if len(text) == 27:
        return text
    return text[:19] + ".000000Z" if at.tzinfo is UTC else written_instant(instant(at))


def _not_utc(_: datetime) -> datetime:
    raise CodecError("codec.not_utc")


def _check_deadline(it: Deadline) -> None:
    sound = it.opened <= it.closes >= it.safe_until and it.closes < _END_OF_TIME
    if not sound or (it.reminders and max(it.reminders) > it.closes):
        # The class checks the same, a good deal more slowly: it is left to say what is wrong.
        attrs.evolve(it)


def _read_sealed(text: str) -> values.SealedCode:
    return values.HELD_ELSEWHERE if text == HELD else values.Digest.from_hex(text)


def _write_sealed(sealed: values.SealedCode) -> str:
    return HELD if isinstance(sealed, values.Held) else sealed.hex()


def _read_organisation(text: str) -> values.Organisation:
    kind, _, number = text.partition(":")
    if kind == "siren":
        return values.Siren.from_canonical(number)
    if kind == "file":
        return values.FileNumber.from_canonical(number)
    raise CodecError("codec.no_organisation")


def _write_organisation(organisation: values.Organisation) -> str:
    return f"{'siren' if isinstance(organisation, values.Siren) else 'file'}:{organisation.number}"


def _version(book: Rulebook, version: str) -> Rulebook:
    if book.version != version:
        raise KeyError(version)
    return book


def _cited(what: str, find: Callable[[Rulebook, str], object], attribute: str) -> Part:
    """What is a text here, and is found again in the first of the rulebooks that has it."""

    def read(code: str, books: Books) -> object:
        for book in books:
            try:
                return find(book, code)
            except (InvalidValueError, KeyError):
                continue
        versions = tuple(book.version for book in books)
        raise CodecError(f"codec.unknown_{what}", value=shown(code), expected=versions)

    return text(read, f"{{it}}.{attribute}", cites=True)


_INSTANT: Final = Part(
    plain=Annotated[datetime, Meta(tz=True)],
    read="{it} if {it}.tzinfo is UTC else not_utc({it})",
    write="{it} if {it}.tzinfo is UTC else instant({it})",
    names={"UTC": UTC, "not_utc": _not_utc, "instant": instant, "written_instant": written_instant},
)
_ID: Final = attrs.evolve(
    text(case_id, "{it}"), plain=Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_ID})]
)
_CODE: Final = text(lambda code: _CODES.get(code, code), "{it}")
_NAMED: Final[Mapping[tuple[str, object], Part]] = MappingProxyType(
    {
        ("version", int): Part(plain=Annotated[int, Meta(ge=1, le=LARGEST)]),
        **{(name, str): _ID for name in ("case_id", "space_id", "adhesion_id")},
        ("renews", str | None): optional(_ID),
        **{(name, str): _CODE for name in ("actor", "action")},
    }
)
"""The parts of fields of which the name says more than the type."""

_HEAD: Final = ("due_at", "version", "state", "recorded_at", "since", "origin")
Kind: TypeAlias = type[Case] | type[Event] | type[Message]

_KNOWN: Final[Mapping[object, Part]] = MappingProxyType(
    {
        **{kind: Part(plain=kind) for kind in (str, bool, int, float, date)},
        datetime: _INSTANT,
        values.Organisation: text(_read_organisation, _write_organisation),
        values.SealedCode: text(_read_sealed, _write_sealed),
        Rulebook: _cited("rulebook", _version, "version"),
        Service: _cited("service", lambda book, code: book.catalogue[code], "code"),
        Rule: _cited("rule", Rulebook.rule, "id"),
    }
)
"""The parts of values, by type; those of classes join them, when they are met."""


def part_of(annotation: Plain, known: dict[object, Part]) -> Part:
    """The part of what an annotation allows: one known, an enumeration, an attrs class, a tuple of one kind, or null.

    Raises `TypeError` for anything else.
    """
    kinds, origin = get_args(annotation), cast("object", get_origin(annotation))
    if annotation in known:
        return known[annotation]
    if NoneType in kinds:
        return optional(part_of(reduce(or_, (kind for kind in kinds if kind is not NoneType)), known))
    if origin is tuple and kinds[1:] == (...,):
        return listed(part_of(kinds[0], known))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Part(plain=annotation)
    if isinstance(annotation, type) and attrs.has(annotation):
        return known.setdefault(annotation, class_part(annotation, known))
    message = f"{annotation!r} has no stored form: expected a value of this library, a plain one, or a class of attrs"
    raise TypeError(message)


def class_part(kind: type[attrs.AttrsInstance], known: dict[object, Part]) -> Part:
    """The part of a class: the text that its `from_canonical` reads, if it has one field, else an object of them."""
    parts, make = parts_of(kind, known), getattr(kind, "from_canonical", None)
    if make is None or len(parts) > 1:
        return fields_of(kind, parts, make=make, check=_check_deadline if kind is Deadline else None)
    secret = kind in {values.ActivationCode, values.LinkToken}
    return text(make, f"{{it}}.{attrs.fields(kind)[0].name}", secret=secret)


def parts_of(kind: type[attrs.AttrsInstance], known: dict[object, Part]) -> dict[str, Part]:
    """The part of each field of a class, in the fields' order."""
    hints = get_type_hints(kind)
    named = {field.alias: hints[field.name] for field in attrs.fields(kind) if field.init}
    return {name: _NAMED.get((name, hint)) or part_of(hint, known) for name, hint in named.items()}


def documents(kinds: Iterable[type[Case | Event]], messages: Iterable[type[Message]]) -> Iterator[tuple[Kind, Part]]:
    """The part of each kind of whole document."""
    known = dict(_KNOWN)
    for kind in kinds:
        parts = parts_of(kind, known)
        if issubclass(kind, Case):
            # Whoever reads many cases looks at nothing but `due_at` of most, which is always of the same length.
            parts = {name: parts[name] for name in dict.fromkeys((*_HEAD, *parts))}
            parts["due_at"] = attrs.evolve(parts["due_at"], write="None if {it} is None else written_instant({it})")
        yield kind, fields_of(kind, parts, tag=kind.kind)
    # A message has no rulebook to find its services in, and whoever sends it may have none: they stand in full.
    known[Service] = class_part(Service, known)
    for message in messages:
        yield message, fields_of(message, parts_of(message, known), tag=message.kind)
