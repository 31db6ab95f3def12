"""Cases, events and messages to and from JSON: as data that JSON can carry (`dump`, `load`) or as bytes (`dumps`, `loads`).

Every document is an object that starts with `schema`, 1, and `kind`: a case's (`"adhesion"`), an event's
(`"adhesion-requested"`) or a message's (`"activation-code-letter"`). The one of a case goes on with `due_at`, so that all
encoded cases start alike:

    {"schema":1,"kind":"adhesion","due_at":"2024-03-02T09:30:00.000000Z",

and `peek_due_at` finds there whether the clock has something to decide, without decoding the rest. Instants are in UTC and
always 27 characters long, so they compare as texts. A rulebook is written as its version, a service as its code, a rule as
its id, and all are found again when they are read: a host that has rulebooks of its own hands them over. What an encoded case
has of codes is their digests.

>>> from datetime import UTC, datetime
>>> from teleprocedures.codec import dumps, loads
>>> from teleprocedures.space import SpaceLapsed
>>> event = SpaceLapsed(case_id="space-1", version=2, at=datetime(2024, 3, 3, 10, 30, tzinfo=UTC))
>>> dumps(event)
b'{"schema":1,"kind":"space-lapsed","case_id":"space-1","version":2,"at":"2024-03-03T10:30:00.000000Z"}'
>>> loads(dumps(event)) == event
True
>>> loads(b'{"schema":1,"kind":"space-lapsed","case_id":"space-1","version":2,"at":"yesterday"}')
Traceback (most recent call last):
    ...
teleprocedures.errors.CodecError: $.at: expected an instant such as 2024-03-02T09:30:00.000000Z, not 'yesterday'
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias, get_type_hints

import msgspec

from teleprocedures.cases import CASES, EVENTS
from teleprocedures.catalogue import Service
from teleprocedures.codec.parts import Books, Part, Repeated, built, wrong
from teleprocedures.codec.snapshots import case_part, event_part
from teleprocedures.codec.values import VALUES, parts_of, written_instant
from teleprocedures.codes import ActivationCode, LinkToken
from teleprocedures.decisions import Case, Event
from teleprocedures.errors import CodecError, InvalidValueError
from teleprocedures.messages import (
    ActivationCodeEmail,
    ActivationCodeLetter,
    ConfirmationLinkEmail,
    Message,
    ReminderEmail,
)
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook

Record: TypeAlias = Case | Event | Message
"""What can be encoded: it has a kind."""

SCHEMA: Final = 1
"""The number of the form that documents have; another form will have another."""

MESSAGES: Final[Mapping[str, type[Message]]] = MappingProxyType({
    message.kind: message for message in (ActivationCodeEmail, ConfirmationLinkEmail, ActivationCodeLetter, ReminderEmail)
})
"""Every kind of message, by name."""

# A message has no rulebook to find its services in, and whoever sends it may have none: they are written in full. A rule is
# its id wherever it stands.
_IN_MESSAGES: Final = {**VALUES, Service: built(Service, parts_of(Service, VALUES))}

_PARTS: Final[Mapping[str, Part]] = MappingProxyType({
    **{kind: case_part(case) for kind, case in CASES.items()},
    **{kind: event_part(event) for kind, event in EVENTS.items()},
    **{kind: built(message, parts_of(message, _IN_MESSAGES)) for kind, message in MESSAGES.items()},
})
_KINDS: Final = {record: kind for kind, record in {**CASES, **EVENTS, **MESSAGES}.items()}
_SECRET: Final = frozenset(
    record for record in _KINDS if {ActivationCode, LinkToken} & set(get_type_hints(record).values())
)

_MALFORMED: Final = {
    TypeError: "expected bytes or text",
    RecursionError: "expected objects within objects to a reasonable depth",
    UnicodeDecodeError: "expected UTF-8",
    UnicodeEncodeError: "expected text that UTF-8 can say",
}

_INSTANT: Final = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_HEAD: Final = re.compile(
    rb'\{"schema":%d,"kind":"(?:%s)","due_at":("%s"|null),' % (SCHEMA, "|".join(CASES).encode(), _INSTANT)
)


def dump(record: Record, *, secrets: bool = False) -> dict[str, object]:
    """The record as data that JSON can carry: dicts, lists, texts, whole numbers, booleans and None.

    A message that carries a code or a token (for the outbox of a host, say) is written only with `secrets=True`, and then
    whole: without it, it could not be sent. Raises `InvalidValueError` otherwise, and for what is no case, event or message.
    """
    kind = _KINDS.get(type(record))
    if kind is None:
        message = f"expected a case, an event or a message of the library, not {type(record).__name__}"
        raise InvalidValueError(message)
    if type(record) in _SECRET and not secrets:
        message = f"a {kind} carries a code or a token: to write it all the same, pass secrets=True"
        raise InvalidValueError(message)
    return {"schema": SCHEMA, "kind": kind, **_PARTS[kind].write(record)}


def dumps(record: Record, *, secrets: bool = False) -> bytes:
    """The record as one line of JSON in UTF-8, without spaces; raises what `dump` raises.

    Also raises `InvalidValueError` for a text that UTF-8 cannot say.
    """
    data = dump(record, secrets=secrets)
    try:
        return msgspec.json.encode(data)
    except UnicodeEncodeError:
        pass
    message = f"a text of this {data['kind']} has half a surrogate pair: expected text that UTF-8 can say"
    raise InvalidValueError(message)


def load(data: object, *, rulebooks: Iterable[Rulebook] = (EXPERT_2024_04_03,)) -> Record:
    """The record that `dump` gave this data for. What it cites is found among the `rulebooks`, the first that has it.

    Raises `CodecError`, with the path (`$.origin.organisation`), for data that is anything else.
    """
    try:
        return _read(data, tuple(rulebooks))
    except CodecError as error:
        problem = CodecError(f"${error.path}", error.message)
    raise problem


def _read(data: Any, books: Books) -> Record:
    if not isinstance(data, dict):
        raise wrong("an object", data)
    fields = dict(data)
    schema, kind = fields.pop("schema", None), fields.pop("kind", None)
    if schema != SCHEMA or type(schema) is not int:
        raise wrong(f"the schema {SCHEMA}", schema, ".schema")
    part = _PARTS.get(kind) if isinstance(kind, str) else None
    if part is None:
        raise wrong("the kind of a case, an event or a message", kind, ".kind")
    record: Record = part.read(fields, books)
    return record


def loads(data: bytes | str, *, rulebooks: Iterable[Rulebook] = (EXPERT_2024_04_03,)) -> Record:
    """The record that `dumps` gave these bytes for, however they are spaced and ordered now; otherwise as `load`."""
    return load(_decoded(data), rulebooks=rulebooks)


def _decoded(data: bytes | str) -> object:
    """What the JSON says, a field that stands twice in an object included."""
    try:
        decoded: object = msgspec.json.decode(data)
        # What this library wrote comes back the same, so no field stands twice. Other writers are read more slowly.
        if msgspec.json.encode(decoded) != data:
            text = data if isinstance(data, str) else bytes(data).decode()
            return json.loads(text, object_pairs_hook=_object)
    except (ValueError, TypeError, RecursionError) as error:
        # The error of a text that is no UTF-8 keeps the whole of it: neither it nor its message goes any further.
        problem = CodecError("$", _MALFORMED.get(type(error), "expected one JSON document, complete and well formed"))
    else:
        return decoded
    raise problem


def _object(fields: list[tuple[str, object]]) -> object:
    found = dict(fields)
    return found if len(found) == len(fields) else Repeated()


def peek_due_at(line: bytes) -> bytes | None:
    """The `due_at` at the head of an encoded case as it is written, quotes and all, or `null`, without decoding the case.

    None when the line does not start as encoded cases do, though it may well be one: decode it. What is given compares as
    instants do with `due_mark(at)`, and `null`, when nothing is left to decide, is after all of them.
    """
    head = _HEAD.match(line)
    return None if head is None else head[1]


def due_mark(at: datetime) -> bytes:
    """The instant as `peek_due_at` gives it: a case is due when its own is no later. `InvalidValueError` for a naive one."""
    return f'"{written_instant(at)}"'.encode()
