"""A person's data in a case that is over, replaced by marks: what remains replays, reads, sweeps and counts.

What a mark is. It stands for a value, and the same value has the same mark wherever it stands, so that what was counted
by it still is. It is made with a key that the host holds: without the key nobody finds the value that a mark stands
for, and once the key is thrown away nobody makes the same marks again. A mark is of the value's own kind and is well
formed, and is one that nobody has: an address of `example.invalid`, a SIREN that begins with 000, a phone number that
is kept for films. So a mark is known by its form, and stays as it is when its case is forgotten again.

What is replaced. Each class of value is in one of two tables here, and so is each plain text by the name of its field.
A field that is in neither, a host's own, is replaced. The ids of cases stay: a host puts nobody's name in them.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeVar

import attrs

from teleprocedures.cases._case import Case
from teleprocedures.cases._history import replay
from teleprocedures.core import Event, Message
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.errors import InvalidValueError, Rule, check_kinds, shows_half_built
from teleprocedures.rulebook import Rulebook, Service
from teleprocedures.values import (
    ActivationCode,
    BankAccount,
    ContactDetails,
    CreditorIdentifier,
    Digest,
    EmailAddress,
    FileNumber,
    LinkToken,
    MandateReference,
    PersonName,
    Secret,
    Siren,
)

T = TypeVar("T")

SHORTEST_KEY: Final = 16

PERSONAL_TEXTS: Final = frozenset(
    {
        *("account_holder", "company_address", "company_name", "debtor_address", "debtor_name", "requester_name"),
        *("password_hash", "answer_hash", "security_question", "source", "reason", "text"),
    }
)
"""The plain texts that say something of a person or a company, by the names of their fields."""

OTHER_TEXTS: Final = frozenset(
    {
        *("case_id", "space_id", "adhesion_id", "renews", "other", "messages"),  # ids, which are a host's
        *("actor", "action"),  # codes
        *("creditor_name", "managing_office"),  # the administration's
    }
)
"""The plain texts that say nothing of anybody."""

IMPERSONAL: Final[tuple[type, ...]] = (Rulebook, Service, Rule, Deadline, CreditorIdentifier, Digest)
"""The classes in which nothing is of anybody: rules, time limits, the creditor, and the digests of codes."""


@shows_half_built
@attrs.frozen
class Forgotten:
    """What remains of a case: its snapshot, events and messages, with marks in the place of what was personal."""

    case: Case
    events: tuple[Event, ...]
    messages: tuple[Message, ...]


def forget(events: Iterable[Event], messages: Iterable[Message] = (), *, key: Secret | str, at: datetime) -> Forgotten:
    """Replace the personal data of a case that is over by marks, in all its events and messages, and so in the case.

    The `events` are all those of the case, in order. The `key` makes the marks: with the same one, equal values have
    equal marks in all cases. A case is over where it has lapsed, or its time limit has passed at this instant, or it is
    closed (A21). What is a mark already stays, whatever the key: to forget a case again changes nothing.

    Raises `InvalidValueError` for a case that is not over, and for a message of another case. Raises
    `InvalidValueError` for a key that is no text or has less than 16 characters, for a naive instant, and what `replay`
    raises.
    """
    key, at = key if isinstance(key, Secret) else Secret(key), instant(at)
    if len(key.reveal()) < SHORTEST_KEY:
        raise InvalidValueError("forget.key_too_short", least=SHORTEST_KEY)
    history = tuple(check_kinds(events, Event, what="event"))
    case = replay(history)
    if not (case.is_closed or case.is_over(at)):
        where = {"company": str(case.organisation), "case": case.table.name, "state": str(case.stage)}
        raise InvalidValueError("forget.not_over", case_id=repr(case.id), **where)
    messages = tuple(check_kinds(messages, Message, what="message"))
    for message in messages:
        if message.case_id != case.id:
            raise InvalidValueError("forget.other_case", value=repr(message.case_id), expected=repr(case.id))
    marks = _Marks(key)
    marked = tuple(map(marks.of, history))
    # The snapshot is what the marked events make: nothing of it can have been forgotten to be forgotten.
    return Forgotten(replay(marked), marked, tuple(map(marks.of, messages)))


class _Marks:
    """The marks that are made with one key."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def of(self, value: T, name: str = "") -> T:
        """A value with marks in the place of what is personal in it; a plain text by the name of its field."""
        made: Any = value
        kind: Any = type(value)
        if is_mark(value):
            pass
        elif kind in _VALUES:
            made = _VALUES[kind](self, value)
        elif kind is str:
            made = value if name in OTHER_TEXTS else self.text(value)
        elif kind is tuple:
            made = tuple(self.of(each, name) for each in made)
        elif attrs.has(kind) and kind not in IMPERSONAL:
            fields = {it.alias: getattr(value, it.name) for it in attrs.fields(kind) if it.init}
            made = attrs.evolve(made, **{alias: self.of(it, alias) for alias, it in fields.items()})
        result: T = made
        return result

    def hexadecimal(self, kind: str, value: object, length: int = 12) -> str:
        """What stands for a value of this kind: so many hexadecimal digits."""
        text = f"{kind}:{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key.reveal().encode(), text, sha256).hexdigest()[:length]

    def digits(self, kind: str, value: object, length: int) -> str:
        """The same in decimal digits."""
        return str(int(self.hexadecimal(kind, value, 15), 16))[-length:].zfill(length)

    def letters(self, kind: str, value: object, length: int = 12) -> str:
        """The same in small letters."""
        return self.hexadecimal(kind, value, length).translate(_LETTERS)

    def text(self, text: object) -> str:
        """The mark of a text on one line."""
        return f"oublié-{self.hexadecimal('text', text)}"


_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")


def _siren(marks: _Marks, siren: Siren) -> Siren:
    body = "000" + marks.digits("siren", siren.number, 5)
    luhn = sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(body))
    return Siren.from_canonical(f"{body}{-luhn % 10}")


def _account(marks: _Marks, account: BankAccount) -> BankAccount:
    body = f"0000000000{marks.digits('account', account.iban, 11)}00"
    # F is 15 and R is 27, and 00 stands where the check digits go.
    return BankAccount.from_canonical(f"FR{98 - int(f'{body}152700') % 97:02}{body}", None)


def _contact(marks: _Marks, contact: ContactDetails) -> ContactDetails:
    return ContactDetails.from_canonical(
        phone=contact.phone
        if _FILMS.fullmatch(contact.phone)
        else f"+3319900{marks.digits('phone', contact.phone, 4)}",
        street=marks.of(contact.street),
        postal_code="00000",
        city=marks.of(contact.city),
        country=contact.country,
    )


_VALUES: Final[Mapping[type, Callable[[_Marks, Any], object]]] = {
    Siren: _siren,
    FileNumber: lambda marks, it: FileNumber.from_canonical(f"OUBLIE{marks.hexadecimal('file', it.number).upper()}"),
    EmailAddress: lambda marks, it: EmailAddress.from_canonical(
        f"oublie-{marks.hexadecimal('email', it.address.lower())}@example.invalid"
    ),
    # Names are compared whatever their case, and so are their marks.
    PersonName: lambda marks, it: PersonName.from_canonical(f"Personne {marks.letters('name', it.name.casefold())}"),
    BankAccount: _account,
    ContactDetails: _contact,
    MandateReference: lambda marks, it: MandateReference.from_canonical(
        f"OUBLIE{marks.hexadecimal('reference', it.reference).upper()}"
    ),
    ActivationCode: lambda *_: ActivationCode.from_canonical("OUBLIE"),
    LinkToken: lambda *_: LinkToken.from_canonical("oublie"),
}
"""The mark of each class of value that is personal, or secret."""

_FILMS: Final = re.compile(r"\+3319900\d{4}")
_OTHER: Final = re.compile(r"OUBLIE[0-9A-F]{12}")
_MARKED: Final[Mapping[type, tuple[str, re.Pattern[str]]]] = {
    Siren: ("number", re.compile(r"000\d{6}")),
    FileNumber: ("number", _OTHER),
    EmailAddress: ("address", re.compile(r"oublie-[0-9a-f]{12}@example\.invalid")),
    PersonName: ("name", re.compile(r"Personne [a-p]{12}")),
    BankAccount: ("iban", re.compile(r"FR\d{2}0{10}\d{11}00")),
    MandateReference: ("reference", _OTHER),
    str: ("", re.compile(r"oublié-[0-9a-f]{12}")),
}
"""The field of each class of value in which a mark is known, and the form that it has there."""


def is_mark(value: object) -> bool:
    """Whether a value stands for one that was forgotten: nobody's is written so."""
    if type(value) not in _MARKED:
        return False
    field, form = _MARKED[type(value)]
    return form.fullmatch(getattr(value, field) if field else str(value)) is not None
