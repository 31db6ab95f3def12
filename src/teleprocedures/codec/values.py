"""The parts of the procedure's values, and of the classes whose fields they are, found by the fields' annotations.

Values are read back through their `from_canonical`, which checks their shape: no library that validates is imported.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import reduce
from operator import attrgetter, or_
from types import MappingProxyType, NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

import attrs
from msgspec import to_builtins

from teleprocedures.banking import BankAccount, CreditorIdentifier, MandateReference
from teleprocedures.catalogue import Service
from teleprocedures.codec.parts import Books, Part, built, checked, listed, one_of, optional, plain, wrong
from teleprocedures.codes import HELD_ELSEWHERE, ActivationCode, Digest, Held, LinkToken, SealedCode
from teleprocedures.contact import ContactDetails
from teleprocedures.deadlines import instant
from teleprocedures.errors import InvalidValueError
from teleprocedures.identity import EmailAddress, FileNumber, Organisation, PersonName, Siren
from teleprocedures.rulebook import Rulebook
from teleprocedures.rules import Rule

LARGEST: Final = 2**63 - 1
"""The largest whole number that databases keep."""

HELD: Final = "held-elsewhere"
_ORGANISATIONS: Final = {"siren": Siren, "file": FileNumber}
_TAGS: Final = {kind: tag for tag, kind in _ORGANISATIONS.items()}


def written_instant(at: datetime) -> str:
    """An instant as text, UTC, always 27 characters, so that texts compare as instants do.

    Raises `InvalidValueError` for a naive one.
    """
    # msgspec writes ten times faster than `isoformat`, without the microseconds when they are zero.
    text: str = to_builtins(at if at.tzinfo is UTC else instant(at))
    return text if len(text) == 27 else f"{text[:19]}.000000Z"


def _read_instant(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    raise CodecError("", "expected an instant in UTC, such as 2024-03-02T09:30:00.000000Z")


def _read_deadline(
    *, opened: datetime, safe_until: datetime, closes: datetime, estimated: bool, rule: Rule | None
) -> Deadline:
    in_utc = opened.tzinfo is UTC and safe_until.tzinfo is UTC and closes.tzinfo is UTC
    make = _deadline if in_utc and opened <= closes and safe_until <= closes < LAST else Deadline
    return make(opened=opened, safe_until=safe_until, closes=closes, estimated=estimated, rule=rule)


def _read_sealed(value: str) -> SealedCode:
    return HELD_ELSEWHERE if value == HELD else Digest.from_hex(value)


def _written_sealed(sealed: SealedCode) -> str:
    return HELD if isinstance(sealed, Held) else sealed.hex()


def _read_organisation(value: str) -> Organisation:
    tag, _, number = value.partition(":")
    kind = _ORGANISATIONS.get(tag)
    if kind is None:
        raise wrong("siren: or file:, followed by the number", value)
    return kind.from_canonical(number)


def _written_organisation(organisation: Organisation) -> str:
    return f"{_TAGS[type(organisation)]}:{organisation.number}"


def _named(books: Books) -> str:
    return f"rulebook {' or '.join(book.version for book in books) or 'none'}"


def _read_rulebook(value: str, books: Books) -> Rulebook:
    for book in books:
        if book.version == value:
            return book
    raise wrong(f"{_named(books)}; pass other rulebooks with rulebooks=(…,)", value)


def _read_rule(value: str, books: Books) -> Rule:
    for book in books:
        try:
            return book.rule(value)
        except InvalidValueError:
            continue
    raise wrong(f"a rule of {_named(books)}; pass other rulebooks with rulebooks=(…,)", value)


def _read_service(value: str, books: Books) -> Service:
    for book in books:
        if value in book.catalogue:
            return book.catalogue[value]
    raise wrong(f"a service of {_named(books)}", value)


_SIMPLE: Final[dict[Any, Part]] = {
    str: plain(str, "text"),
    bool: plain(bool, "true or false"),
    int: Part(_read_version),
    date: Part(_read_day, date.isoformat),
    datetime: Part(_read_instant, written_instant),
    EmailAddress: checked(EmailAddress.from_canonical, attrgetter("address")),
    PersonName: checked(PersonName.from_canonical, attrgetter("name")),
    MandateReference: checked(MandateReference.from_canonical, attrgetter("reference")),
    CreditorIdentifier: checked(CreditorIdentifier.from_canonical, attrgetter("identifier")),
    ActivationCode: checked(ActivationCode.from_canonical, ActivationCode.reveal),
    LinkToken: checked(LinkToken.from_canonical, LinkToken.reveal),
    Organisation: Part(_read_organisation, _written_organisation),
    SealedCode: Part(_read_sealed, _written_sealed),
    Rulebook: Part(_read_rulebook, attrgetter("version")),
    Rule: Part(_read_rule, attrgetter("id")),
    Service: Part(_read_service, attrgetter("code")),
}


def part_of(annotation: Any, known: Mapping[Any, Part]) -> Part:
    """The part of what an annotation allows: one of those known, an enumeration, a class with fields, or several of one."""
    if annotation in known:
        return known[annotation]
    kinds = get_args(annotation)
    if NoneType in kinds:
        return optional(part_of(reduce(or_, (kind for kind in kinds if kind is not NoneType)), known))
    if get_origin(annotation) is tuple:
        return listed(part_of(kinds[0], known))
    if issubclass(annotation, StrEnum):
        return one_of(annotation)
    return built(annotation, parts_of(annotation, known))


def parts_of(kind: type, known: Mapping[Any, Part], *, without: Container[str] = ()) -> dict[str, Part]:
    """The part of each field of an attrs class, in the fields' order."""
    annotations = get_type_hints(kind)
    names = (field.name for field in attrs.fields(kind) if field.name not in without)
    return {name: part_of(annotations[name], known) for name in names}


VALUES: Final[Mapping[Any, Part]] = MappingProxyType({
    **_SIMPLE,
    ContactDetails: built(ContactDetails.from_canonical, parts_of(ContactDetails, _SIMPLE)),
    BankAccount: built(BankAccount.from_canonical, parts_of(BankAccount, _SIMPLE)),
})
"""The parts of values, by type."""
