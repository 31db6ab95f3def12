"""Cases, events and messages to and from JSON, as data (`dump`, `load`) or as bytes (`dumps`, `loads`).

Every document is an object that starts with `kind`, a case's (`"adhesion"`), an event's (`"adhesion-requested"`) or a
message's (`"activation-code-letter"`), and `schema`, 1. The one of a case goes on with `due_at`, always 27 characters
long, so that all encoded cases start alike:

    {"kind":"adhesion","schema":1,"due_at":"2024-03-02T09:30:00.000000Z",

and `peek_due_at` finds there whether the clock has something to decide, without decoding the rest. Other instants, in
UTC too, are written without microseconds where they have none. A rulebook is written as its version, a service as its
code, a rule as its id, and all are found again when they are read: a host that has rulebooks of its own hands them
over. What an encoded case has of codes is their digests.

>>> from datetime import UTC, datetime
>>> from teleprocedures.codec import dumps, loads
>>> from teleprocedures.cases import SpaceLapsed
>>> event = SpaceLapsed(case_id="space-1", version=2, at=datetime(2024, 3, 3, 10, 30, tzinfo=UTC))
>>> dumps(event)
b'{"kind":"space-lapsed","schema":1,"case_id":"space-1","version":2,"at":"2024-03-03T10:30:00Z"}'
>>> loads(dumps(event)) == event
True
>>> loads(b'{"kind":"space-lapsed","schema":1,"case_id":"space-1","version":2,"at":"yesterday"}')
Traceback (most recent call last):
    ...
teleprocedures.errors.CodecError: $.at: invalid RFC3339 encoded datetime
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Any, Final, TypeAlias, get_type_hints

import msgspec

from teleprocedures.cases import CASES, EVENTS
from teleprocedures.codec._parts import SCHEMA, Part, fields_of
from teleprocedures.codec._problems import explained
from teleprocedures.codec._snapshots import case_part, event_part
from teleprocedures.codec._values import VALUES, parts_of, written_instant
from teleprocedures.core import (
    ActivationCodeEmail,
    ActivationCodeLetter,
    Case,
    ConfirmationLinkEmail,
    Event,
    Message,
    ReminderEmail,
)
from teleprocedures.errors import CodecError, InvalidValueError
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook, Service
from teleprocedures.values import ActivationCode, LinkToken

Record: TypeAlias = Case | Event | Message
"""What can be encoded: each has a kind."""

MESSAGES: Final[Mapping[str, type[Message]]] = MappingProxyType(
    {
        message.kind: message
        for message in (ActivationCodeEmail, ConfirmationLinkEmail, ActivationCodeLetter, ReminderEmail)
    }
)
"""Every kind of message, by name."""

# A message has no rulebook to find its services in, and whoever sends it may have none: they are written in full. A
# rule is its id wherever it stands.
_IN_MESSAGES: Final = {**VALUES, Service: fields_of(parts_of(Service, VALUES), Service)}

_PARTS: Final[Mapping[type[Record], Part]] = MappingProxyType(
    {
        **{case: case_part(case) for case in CASES.values()},
        **{event: event_part(event) for event in EVENTS.values()},
        **{
            message: fields_of(parts_of(message, _IN_MESSAGES), message, kind=message.kind)
            for message in MESSAGES.values()
        },
    }
)
_SECRET: Final = frozenset(
    message for message in MESSAGES.values() if {ActivationCode, LinkToken} & set(get_type_hints(message).values())
)

_BY_KIND: Final[Mapping[Any, Any]] = MappingProxyType({record.kind: part.plain for record, part in _PARTS.items()})
_BY_PLAIN: Final[Mapping[type, Part]] = MappingProxyType({part.plain: part for part in _PARTS.values()})
_ANY_KIND: Final[Any] = reduce(or_, _BY_PLAIN)
_DECODER: Final = msgspec.json.Decoder(_ANY_KIND)
_ENCODER: Final = msgspec.json.Encoder()

_MALFORMED: Final[Mapping[type[Exception], str]] = MappingProxyType(
    {
        UnicodeDecodeError: "expected text in UTF-8",
        UnicodeEncodeError: "expected text that UTF-8 can say, without half of a surrogate pair",
        RecursionError: "expected lists and objects within one another to a reasonable depth",
        TypeError: "expected bytes or text",
    }
)

_INSTANT: Final = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_HEAD: Final = re.compile(
    rb'\{"kind":"(?:%b)","schema":%d,"due_at":("%b"|null),' % ("|".join(CASES).encode(), SCHEMA, _INSTANT)
)


def dump(record: Record, *, secrets: bool = False) -> dict[str, object]:
    """The record as data that JSON can carry: dicts, lists, texts, whole numbers, booleans and None.

    A message that carries a code or a token (for the outbox of a host, say) is written only with `secrets=True`, and
    then whole: without it, it could not be sent. Raises `InvalidValueError` otherwise, and for what is no case, event
    or message.
    """
    data: dict[str, object] = msgspec.to_builtins(_plain(record, secrets=secrets))
    return data


def dumps(record: Record, *, secrets: bool = False) -> bytes:
    """The record as one line of JSON in UTF-8, without spaces and without its end; raises what `dump` raises.

    Also raises `InvalidValueError` for a text that UTF-8 cannot say.
    """
    plain = _plain(record, secrets=secrets)
    try:
        return _ENCODER.encode(plain)
    except UnicodeEncodeError:
        message = f"a text of this {type(record).__name__} has half a surrogate pair: expected text that UTF-8 can say"
    # Raised out of the handler: the encoder's own error, which keeps the text, is not kept as its context.
    raise InvalidValueError(message)


def _plain(record: Record, *, secrets: bool) -> Any:
    kind = type(record)
    part = _PARTS.get(kind)
    if part is None:
        message = f"expected a case, an event or a message of this library, not {kind.__name__}"
        raise InvalidValueError(message)
    if kind in _SECRET and not secrets:
        message = f"{kind.__name__} carries a code or a token: expected secrets=True, to write it all the same"
        raise InvalidValueError(message)
    return part.write(record)


def load(data: object, *, rulebooks: Iterable[Rulebook] = (EXPERT_2024_04_03,)) -> Record:
    """The record that `dump` gave this data for; what it cites is found in the first of the `rulebooks` that has it.

    A case is under the one that it pins, and no other. Raises `CodecError`, with the path (`$.origin.organisation`),
    for data that is anything else.
    """
    return _read(_converted, data, rulebooks)


def loads(data: bytes | str, *, rulebooks: Iterable[Rulebook] = (EXPERT_2024_04_03,)) -> Record:
    """The record that `dumps` gave these bytes for, however they are spaced and ordered now; otherwise as `load`.

    Of a field that stands twice in an object, the last is read.
    """
    return _read(_DECODER.decode, data, rulebooks)


def _converted(data: object) -> object:
    # A decoder looks at the union of all kinds once, but this would each time: the kind is looked up first.
    kind = data.get("kind") if isinstance(data, dict) else None
    return msgspec.convert(data, _BY_KIND.get(kind, _ANY_KIND) if isinstance(kind, str) else _ANY_KIND)


def _read(decode: Callable[[Any], Any], data: object, rulebooks: Iterable[Rulebook]) -> Record:
    books = tuple(rulebooks)
    # Errors are raised out of the handlers: those of other libraries, which may keep the data, are not kept as context.
    problem: CodecError | None
    try:
        plain = decode(data)
        part: Any = _BY_PLAIN[type(plain)]
        try:
            record: Record = part.read(plain, books)
        except (CodecError, InvalidValueError):
            problem = part.problem(plain, books)
        else:
            return record
    except msgspec.DecodeError as error:
        problem = explained(str(error))
    except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
        problem = CodecError("", _MALFORMED.get(type(error), "expected one JSON document"))
    assert problem is not None, "what could not be read has a problem"
    raise CodecError(f"${problem.path}", problem.message)


def peek_due_at(line: bytes) -> bytes | None:
    """The `due_at` at the head of an encoded case, as it is written there: an instant in quotes, or `null`.

    The rest of the line is not looked at. None when it does not start as encoded cases do: it may be a case all the
    same, and has to be decoded. What is given compares with `due_mark(at)` as instants do, and `null` is after all of
    them.
    """
    head = _HEAD.match(line)
    return None if head is None else head[1]


def due_mark(at: datetime) -> bytes:
    """An instant (UTC) as `peek_due_at` gives it: a case is due when its own is no later.

    Raises `InvalidValueError` for a naive one.
    """
    return f'"{written_instant(at)}"'.encode()
