"""The parts of the procedure's values, and of any class of them, found by the annotations of its fields.

Values are made through their `from_canonical`, which checks their shape: no library that validates is imported.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import reduce
from operator import or_
from types import MappingProxyType, NoneType
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import attrs
from msgspec import Meta, to_builtins

from teleprocedures.building import builder
from teleprocedures.codec._parts import Books, Part, fields_of, listed, optional
from teleprocedures.codec._problems import shown
from teleprocedures.core import LONGEST_ID
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

# A case's id salts its codes, so it cannot be empty.
_IDS: Final = ("case_id", "space_id", "adhesion_id")
_ID: Final = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]

_AWARE: Final = Annotated[datetime, Meta(tz=True)]
_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)
_deadline: Final = builder(Deadline)


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


def _read_instant(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    raise CodecError("", "expected an instant in UTC, such as 2024-03-02T09:30:00Z")


def _read_deadline(plain: Any, books: Books) -> Deadline:
    opened, safe_until, closes, rule = plain.opened, plain.safe_until, plain.closes, plain.rule
    in_utc = opened.tzinfo is safe_until.tzinfo is closes.tzinfo is UTC
    # The class checks the same, a good deal more slowly: it is left to say what is wrong.
    make = _deadline if in_utc and opened <= closes >= safe_until and closes < _END_OF_TIME else Deadline
    rule = None if rule is None else _read_rule(rule, books)
    return make(opened=opened, safe_until=safe_until, closes=closes, estimated=plain.estimated, rule=rule)


def _read_sealed(text: str) -> SealedCode:
    return HELD_ELSEWHERE if text == HELD else Digest.from_hex(text)


def _written_sealed(sealed: SealedCode) -> str:
    return HELD if sealed is HELD_ELSEWHERE else sealed.hex()


def _read_organisation(text: str) -> Organisation:
    if text.startswith(_SIREN):
        return Siren.from_canonical(text[len(_SIREN) :])
    if text.startswith(_FILE):
        return FileNumber.from_canonical(text[len(_FILE) :])
    raise CodecError("", "expected siren: or file:, followed by the number")


def _written_organisation(organisation: Organisation) -> str:
    return (_SIREN if isinstance(organisation, Siren) else _FILE) + organisation.number


def _read_rulebook(version: str, books: Books) -> Rulebook:
    for book in books:
        if book.version == version:
            return book
    raise _unknown("version", version, books)


def _read_service(code: str, books: Books) -> Service:
    for book in books:
        try:
            return book.catalogue[code]
        except KeyError:
            continue
    raise _unknown("service", code, books)


def _read_rule(id: str, books: Books) -> Rule:
    for book in books:
        try:
            return book.rule(id)
        except InvalidValueError:
            continue
    raise _unknown("rule", id, books)


def _unknown(what: str, name: str, books: Books) -> CodecError:
    versions = ", ".join(book.version for book in books) or "none"
    return CodecError(
        "", f"{shown(name)} is no {what} of the rulebooks given ({versions}): pass others as rulebooks=(…,)"
    )


_SIMPLE: Final[Mapping[Any, Part]] = MappingProxyType(
    {
        str: Part(plain=str),
        _ID: Part(plain=_ID),
        bool: Part(plain=bool),
        int: Part(plain=Annotated[int, Meta(ge=1, le=LARGEST)]),
        date: Part(plain=date),
        datetime: Part(plain=_AWARE, read=_read_instant, write=instant, as_is="{it}.tzinfo is UTC"),
        EmailAddress: Part(plain=str, read=EmailAddress.from_canonical, attribute="address"),
        PersonName: Part(plain=str, read=PersonName.from_canonical, attribute="name"),
        MandateReference: Part(plain=str, read=MandateReference.from_canonical, attribute="reference"),
        CreditorIdentifier: Part(plain=str, read=CreditorIdentifier.from_canonical, attribute="identifier"),
        ActivationCode: Part(plain=str, read=ActivationCode.from_canonical, write=ActivationCode.reveal),
        LinkToken: Part(plain=str, read=LinkToken.from_canonical, write=LinkToken.reveal),
        Organisation: Part(plain=str, read=_read_organisation, write=_written_organisation),
        SealedCode: Part(plain=str, read=_read_sealed, write=_written_sealed),
        Rulebook: Part(plain=str, read=_read_rulebook, attribute="version", cites=True),
        Service: Part(plain=str, read=_read_service, attribute="code", cites=True),
        Rule: Part(plain=str, read=_read_rule, attribute="id", cites=True),
    }
)


def part_of(annotation: Any, known: Mapping[Any, Part]) -> Part:
    """The part of what an annotation allows: one of those known, an enumeration, a class, null or a tuple of one."""
    if annotation in known:
        return known[annotation]
    kinds = get_args(annotation)
    if NoneType in kinds:
        return optional(part_of(reduce(or_, (kind for kind in kinds if kind is not NoneType)), known))
    if get_origin(annotation) is tuple:
        return listed(part_of(kinds[0], known))
    if issubclass(annotation, StrEnum):
        return Part(plain=annotation)
    return fields_of(parts_of(annotation, known), annotation)


def parts_of(kind: type, known: Mapping[Any, Part], *, without: Container[str] = ()) -> dict[str, Part]:
    """The part of each field of an attrs class, in the fields' order."""
    annotations = {**get_type_hints(kind), **dict.fromkeys(_IDS, _ID)}
    names = (field.name for field in attrs.fields(kind) if field.name not in without)
    return {name: part_of(annotations[name], known) for name in names}


VALUES: Final[Mapping[Any, Part]] = MappingProxyType(
    {
        **_SIMPLE,
        Deadline: attrs.evolve(fields_of(parts_of(Deadline, _SIMPLE), Deadline), read=_read_deadline),
        ContactDetails: fields_of(parts_of(ContactDetails, _SIMPLE), ContactDetails.from_canonical),
        BankAccount: fields_of(parts_of(BankAccount, _SIMPLE), BankAccount.from_canonical),
    }
)
"""The parts of values, by type."""
