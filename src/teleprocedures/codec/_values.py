"""The parts of the procedure's values, and of any class that is made of them, found by the annotations of its fields.

Values are made through their `from_canonical`, which checks their shape: no library that validates is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import reduce
from operator import or_
from types import MappingProxyType, NoneType
from typing import Annotated, Final, cast, get_args, get_origin, get_type_hints

import attrs
from msgspec import Meta, to_builtins

from teleprocedures.building import builder
from teleprocedures.cases import Action, Actor
from teleprocedures.codec._parts import Books, Part, Plain, fields_of, listed, optional, text
from teleprocedures.codec._problems import shown
from teleprocedures.core import LONGEST_ID, Case, Event, Message, NextStep, case_id
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.errors import CodecError, InvalidValueError, Rule
from teleprocedures.rulebook import Rulebook, Service
from teleprocedures.values import (
    HELD_ELSEWHERE,
    ActivationCode,
    BankAccount,
    ContactDetails,
    CreditorIdentifier,
    Digest,
    EmailAddress,
    FileNumber,
    Held,
    LinkToken,
    MandateReference,
    Organisation,
    PersonName,
    SealedCode,
    Siren,
)

LARGEST: Final = 2**63 - 1
"""The largest version: what a database's whole numbers hold."""

HELD: Final = "held-elsewhere"
_SIREN: Final = "siren:"
_FILE: Final = "file:"
_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)
_quick_deadline: Final = builder(Deadline)


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


def _deadline(
    *,
    opened: datetime,
    safe_until: datetime,
    closes: datetime,
    estimated: bool,
    rule: Rule | None,
    reminders: tuple[datetime, ...],
) -> Deadline:
    # The class checks the same, a good deal more slowly: it is left to say what is wrong.
    sound = opened <= closes >= safe_until and closes < _END_OF_TIME and not (reminders and max(reminders) > closes)
    make = _quick_deadline if sound else Deadline
    return make(
        opened=opened, safe_until=safe_until, closes=closes, estimated=estimated, rule=rule, reminders=reminders
    )


def _sealed(text: str) -> SealedCode:
    return HELD_ELSEWHERE if text == HELD else Digest.from_hex(text)


def _written_sealed(sealed: SealedCode) -> str:
    return HELD if isinstance(sealed, Held) else sealed.hex()


def _organisation(text: str) -> Organisation:
    if text.startswith(_SIREN):
        return Siren.from_canonical(text[len(_SIREN) :])
    if text.startswith(_FILE):
        return FileNumber.from_canonical(text[len(_FILE) :])
    raise CodecError("codec.no_organisation")


def _written_organisation(organisation: Organisation) -> str:
    return (_SIREN if isinstance(organisation, Siren) else _FILE) + organisation.number


def _actor(text: str) -> str:
    return _ACTORS.get(text, text)


def _action(text: str) -> str:
    return _ACTIONS.get(text, text)


_ACTORS: Final[Mapping[str, str]] = MappingProxyType({actor.value: actor for actor in Actor})
_ACTIONS: Final[Mapping[str, str]] = MappingProxyType({action.value: action for action in Action})


def _rulebook(version: str, books: Books) -> Rulebook:
    for book in books:
        if book.version == version:
            return book
    raise _unknown("codec.unknown_rulebook", version, books)


def _service(code: str, books: Books) -> Service:
    for book in books:
        if code in book.catalogue:
            return book.catalogue[code]
    raise _unknown("codec.unknown_service", code, books)


def _rule(id: str, books: Books) -> Rule:
    for book in books:
        try:
            return book.rule(id)
        except InvalidValueError:
            continue
    raise _unknown("codec.unknown_rule", id, books)


def _unknown(code: str, name: str, books: Books) -> CodecError:
    return CodecError(code, value=shown(name), expected=tuple(book.version for book in books) or "none")


_ID: Final = attrs.evolve(
    text(case_id, "{it}"), plain=Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_ID})]
)
_VERSION: Final = Part(plain=Annotated[int, Meta(ge=1, le=LARGEST)])
_INSTANT: Final = Part(
    plain=Annotated[datetime, Meta(tz=True)],
    read="{it} if {it}.tzinfo is UTC else not_utc({it})",
    write="{it} if {it}.tzinfo is UTC else instant({it})",
    names={"UTC": UTC, "not_utc": _not_utc, "instant": instant},
)
_DUE_AT: Final = optional(
    # Always of the same length, so that the heads of documents are too.
    attrs.evolve(
        _INSTANT,
        write="written_instant({it})",
        names={**_INSTANT.names, "written_instant": written_instant},
    )
)
_WHOLE_SERVICE: Final = "a service in full"
_HEAD: Final = ("due_at", "version", "state", "recorded_at", "since")
"""What a case begins with; its origin comes last."""

_NAMED: Final[Mapping[tuple[str, object], Part]] = MappingProxyType(
    {
        ("version", int): _VERSION,
        ("case_id", str): _ID,
        ("space_id", str): _ID,
        ("adhesion_id", str): _ID,
        ("renews", str | None): optional(_ID),
        ("actor", str): text(_actor, "{it}"),
        ("action", str): text(_action, "{it}"),
    }
)
"""The parts of fields that are more than their type says."""

_SIMPLE: Final[Mapping[object, Part]] = MappingProxyType(
    {
        str: Part(plain=str),
        bool: Part(plain=bool),
        int: Part(plain=int),
        float: Part(plain=float),
        date: Part(plain=date),
        datetime: _INSTANT,
        EmailAddress: text(EmailAddress.from_canonical, "{it}.address"),
        PersonName: text(PersonName.from_canonical, "{it}.name"),
        MandateReference: text(MandateReference.from_canonical, "{it}.reference"),
        CreditorIdentifier: text(CreditorIdentifier.from_canonical, "{it}.identifier"),
        ActivationCode: text(ActivationCode.from_canonical, "{it}.reveal()", secret=True),
        LinkToken: text(LinkToken.from_canonical, "{it}.reveal()", secret=True),
        Organisation: text(_organisation, _written_organisation),
        SealedCode: text(_sealed, _written_sealed),
        Rulebook: text(_rulebook, "{it}.version", cites=True),
        Service: text(_service, "{it}.code", cites=True),
        Rule: text(_rule, "{it}.id", cites=True),
    }
)


def part_of(annotation: Plain, known: dict[object, Part], *, whole: bool = False) -> Part:
    """The part of what an annotation allows: one known, an enumeration, an attrs class, a tuple of one kind, or null.

    Services are codes, or `whole`. Raises `TypeError` for anything else.
    """
    if annotation is Service and whole:
        annotation = _WHOLE_SERVICE
    if annotation in known:
        return known[annotation]
    kinds, origin = get_args(annotation), cast(object, get_origin(annotation))
    if NoneType in kinds:
        rest = reduce(or_, (kind for kind in kinds if kind is not NoneType))
        return optional(part_of(rest, known, whole=whole))
    if origin is tuple and kinds[1:] == (...,):
        return listed(part_of(kinds[0], known, whole=whole))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Part(plain=annotation)
    if isinstance(annotation, type) and attrs.has(annotation):
        known[annotation] = fields_of(annotation, parts_of(annotation, known))
        return known[annotation]
    message = f"{annotation!r} has no stored form: expected a value of this library, a plain one, or a class of attrs"
    raise TypeError(message)


def parts_of(kind: type[attrs.AttrsInstance], known: dict[object, Part]) -> dict[str, Part]:
    """The part of each field of an attrs class, in the fields' order."""
    hints = get_type_hints(kind)
    # A message has no rulebook to find its services in, and whoever sends it may have none: they are written in full.
    whole = issubclass(kind, (Message, NextStep))
    return {
        field.alias: _NAMED.get((field.alias, hints[field.name])) or part_of(hints[field.name], known, whole=whole)
        for field in attrs.fields(kind)
    }


def document(kind: type[Case | Event | Message], known: dict[object, Part]) -> Part:
    """The part of a whole document. The `due_at` of a case comes first: whoever reads many looks at nothing else."""
    parts = parts_of(kind, known)
    if issubclass(kind, Case):
        order = dict.fromkeys((*_HEAD, *(name for name in parts if name != "origin"), "origin"))
        parts = {name: parts[name] for name in order} | {"due_at": _DUE_AT}
    return fields_of(kind, parts, tag=kind.kind)


def known_values() -> dict[object, Part]:
    """The parts of values, by type; those of other classes join them when they are met."""
    known = dict(_SIMPLE)
    known[_WHOLE_SERVICE] = fields_of(Service, parts_of(Service, known))
    for kind, make in (
        (Deadline, _deadline),
        (ContactDetails, ContactDetails.from_canonical),
        (BankAccount, BankAccount.from_canonical),
    ):
        known[kind] = fields_of(kind, parts_of(kind, known), make=make)
    return known
