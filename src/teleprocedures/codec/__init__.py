"""Cases, events and messages to and from JSON, as data (`dump`, `load`) or as bytes (`dumps`, `loads`).

Every document is an object. It starts with the `kind` of a case (`"adhesion"`), of an event (`"adhesion-requested"`) or
of a message (`"activation-code-letter"`), and with its `schema`, which is 3. The document of a case goes on with its
`due_at`, always 27 characters long, so that `peek_due_at` finds it without decoding the rest. A rulebook is written as
its version, a service as its code, a rule as its id. All three are found again when they are read, in the rulebooks
that the host hands over. Codes of a case are digests. What older releases wrote is read for ever. What a host registers
is stored too. The manual is `docs/storage.md`.

Two ways in. Most documents were written by this release and hold nothing wrong. They go the fast way: msgspec decodes
the bytes into structs of the document's own shape (`_parts`), and one generated function makes the record of them.
Whatever fails there goes the slow way. It is decoded again into plain dicts, brought to the schema of today if it is
older (`_upgrades`), and converted. If a value in it is refused, its parts are read one by one until the part that
refuses is found. So an error has the path of what is wrong, and only documents that are older or wrong pay for it.

What errors may say. The words of msgspec quote the value that it refuses, and that may be a secret. So they are matched
against patterns, and only names of fields, types and bounds are kept (`_problems`). For the same reason `load` and
`dumps` raise their errors once no other error is being handled: it would be kept as their context, with its text.

>>> from datetime import UTC, datetime
>>> from teleprocedures.codec import dumps, loads
>>> from teleprocedures.cases import SpaceLapsed
>>> event = SpaceLapsed(case_id="space-1", version=2, at=datetime(2024, 3, 3, 10, 30, tzinfo=UTC))
>>> dumps(event)[:80]
b'{"kind":"space-lapsed","schema":3,"case_id":"space-1","version":2,"at":"2024-03-'
>>> loads(dumps(event)) == event
True
>>> loads(b'{"kind":"space-lapsed","schema":3,"case_id":"space-1","version":2,"at":"yesterday"}')
Traceback (most recent call last):
    ...
teleprocedures.errors.CodecError: $.at: not a date or an instant; expected one such as 2024-03-02T09:30:00Z
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Final, TypeAlias, TypeVar

import msgspec

from teleprocedures.cases import EVENTS, KINDS, MESSAGES, Case
from teleprocedures.codec._parts import MOST_VERSIONS as MOST_VERSIONS
from teleprocedures.codec._parts import SCHEMA, Books, Part, Plain, books_of, documents, instant_text, locate, says_kind
from teleprocedures.codec._parts import no_version as no_version
from teleprocedures.codec._problems import WRONG, explain, quote, repeated
from teleprocedures.codec._upgrades import UPGRADES, Document
from teleprocedures.core import Event, Message
from teleprocedures.deadlines import instant, plain_day
from teleprocedures.errors import CodecError, InvalidValueError, built
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.values import plain

Record: TypeAlias = Case | Event | Message
"""What can be encoded: each has a kind."""

_NOT_READ: Final = (msgspec.MsgspecError, ValueError, TypeError, ArithmeticError, RecursionError)
"""What msgspec raises for bad UTF-8, for what is nested too deep, and for what is no text at all."""


def _make_plain(value: object) -> object:
    """The plain form of a text, an instant or a day of a subclass, in what a host made by hand.

    Raises `TypeError` for anything else.
    """
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return plain_day(value)
    message = f"{type(value).__name__} has no stored form: expected a plain value"
    raise TypeError(message)


_ENCODE: Final = msgspec.json.Encoder(enc_hook=_make_plain).encode
_INSTANT: Final = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"


def _documents() -> tuple[Mapping[object, Part], Callable[[bytes | str], Plain]]:
    # The registry only grows, by a kind of case at a time: how many there are says whether it is as it was.
    return _documents_of(len(KINDS))


@lru_cache(maxsize=1)
def _documents_of(_: int) -> tuple[Mapping[object, Part], Callable[[bytes | str], Plain]]:
    """The part of every document, by the name of its kind, its class and its plain form; with the decoder of all."""
    _head.cache_clear()
    parts = documents((*KINDS.values(), *EVENTS.values()), MESSAGES.values())
    # One decoder for all: the struct is chosen by `kind`, so a document need not be decoded to know what it is.
    decoder = msgspec.json.Decoder(reduce(or_, (part.plain for part in parts.values())))
    return {key: part for kind, part in parts.items() for key in (kind.kind, kind, part.plain)}, decoder.decode


@lru_cache(maxsize=1)
def _head() -> re.Pattern[bytes]:
    kinds = "|".join(map(re.escape, KINDS)).encode()
    return re.compile(rb'\{"kind":"(?:%b)","schema":%d,"due_at":("%b"|null),' % (kinds, SCHEMA, _INSTANT))


def dump(record: Record, *, secrets: bool = False) -> dict[str, object]:
    """The record as data that JSON can carry: dicts, lists, texts, whole numbers, booleans and None.

    A message that carries a code or a token is written only with `secrets=True`. It is then written whole, for the
    outbox of a host say, since it could not be sent without its code.

    Raises `InvalidValueError` for such a message otherwise. Raises `InvalidValueError` for what is no case, event or
    message of a kind that is registered.
    """
    data: dict[str, object] = msgspec.to_builtins(_plain(record, secrets=secrets), enc_hook=_make_plain)
    return data


def dumps(record: Record, *, secrets: bool = False) -> bytes:
    """The record as one line of JSON in UTF-8, without spaces and without a line's end.

    Raises what `dump` raises. Raises `InvalidValueError` for a text that UTF-8 cannot say.
    """
    try:
        return _ENCODE(_plain(record, secrets=secrets))
    except UnicodeEncodeError:
        pass
    except AttributeError:
        built(record)
        raise
    # Raised out of the handler: the encoder's own error, which keeps the text, is not kept as its context.
    raise InvalidValueError("codec.not_utf_8", record=type(record).__name__)


def _plain(record: Record, *, secrets: bool) -> Plain:
    part = _documents()[0].get(type(record))
    if part is None or (part.secret and not secrets):
        raise InvalidValueError("codec.no_record" if part is None else "codec.secret", record=type(record).__name__)
    return part.writer(record)


def load(data: object, *, rulebooks: Iterable[Rulebook] = (EXPERT_2024_04_03,)) -> Record:
    """The record that `dump` gave this data for, in this release or an older one.

    What the data cites is found in the first of the `rulebooks` that has it. A case is under the rulebook that it pins
    and under no other. Raises `CodecError`, with the path (`$.origin.organisation`), for data that is anything else.
    """
    try:
        return _read(data, tuple(rulebooks))
    except CodecError as error:
        problem = error
    # Raised out of the handler: errors of other libraries quote the data, and are not kept as context.
    raise problem.under("$")


def loads(data: bytes | str, *, rulebooks: Iterable[Rulebook] = (EXPERT_2024_04_03,)) -> Record:
    """The record that `dumps` gave these bytes for, however they are spaced and ordered now.

    What it cites is found as `load` finds it. Raises what `load` raises. Raises `CodecError` for an object in which a
    field stands twice, with the path of the second: another program might obey the other one.
    """
    books, (parts, decode), document, again = tuple(rulebooks), _documents(), None, None
    try:
        plain = decode(data)
        record: Record = parts[type(plain)].reader(plain, books_of(plain, books))
    except _NOT_READ:
        # An older document, or none: which of them, and what is wrong where, is found more slowly.
        with suppress(*_NOT_READ):
            document = msgspec.json.decode(data)
            again = repeated(data)
    else:
        if _is_as_written(data, plain) or (again := repeated(data)) is None:
            return record
    if again is not None:
        raise CodecError("codec.repeated_field", path=f"${again}")
    # What could not be decoded at all is None here, which `load` refuses as no document.
    return load(document, rulebooks=books)


def _is_as_written(data: bytes | str, plain: Plain) -> bool:
    """Whether a document stands as `dumps` writes it, in which no field stands twice.

    To write its plain form again takes a tenth of what reading it took. To look for what stands twice takes as long.
    """
    line = data.encode() if isinstance(data, str) else bytes(data)
    written, head = _ENCODE(plain), _head().match(line)
    # In the plain form `due_at` is an instant, whose text may be shorter: the head has been looked at instead.
    return written.endswith(line[head.end() :].rstrip()) if head else written == line.rstrip()


def load_case(data: object, *, rulebooks: Iterable[Rulebook] = (EXPERT_2024_04_03,)) -> Case:
    """The case of this document, as data or as bytes.

    Raises what `load` and `loads` raise. Raises `CodecError` for an event or a message.
    """
    return _only(Case, data, rulebooks)


def load_event(data: object, *, rulebooks: Iterable[Rulebook] = (EXPERT_2024_04_03,)) -> Event:
    """The event of this document, as data or as bytes.

    Raises what `load` and `loads` raise. Raises `CodecError` for a case or a message.
    """
    return _only(Event, data, rulebooks)


def load_message(data: object, *, rulebooks: Iterable[Rulebook] = (EXPERT_2024_04_03,)) -> Message:
    """The message of this document, as data or as bytes.

    Raises what `load` and `loads` raise. Raises `CodecError` for a case or an event.
    """
    return _only(Message, data, rulebooks)


RecordT = TypeVar("RecordT", Case, Event, Message)


def _only(kind: type[RecordT], data: object, rulebooks: Iterable[Rulebook]) -> RecordT:
    as_bytes = isinstance(data, (bytes, bytearray, memoryview, str))
    record = loads(data, rulebooks=rulebooks) if as_bytes else load(data, rulebooks=rulebooks)  # type: ignore[arg-type] # it judges the type
    if isinstance(record, kind):
        return record
    raise CodecError("codec.other_record", path="$.kind", value=record.kind, expected=kind.__name__.lower())


def _read(data: object, books: Books) -> Record:
    document = _upgrade(data, books)
    kind = document["kind"]
    part = _documents()[0].get(kind) if isinstance(kind, str) else None
    if part is None:
        raise CodecError("codec.unknown_kind", path=".kind", value=quote(kind if isinstance(kind, str) else ""))
    try:
        plain = msgspec.convert(document, part.plain)
    except msgspec.ValidationError as error:
        raise explain(error) from None
    except _NOT_READ:
        raise CodecError("codec.no_document") from None
    books = books_of(plain, books)
    try:
        record: Record = part.reader(plain, books)
    except WRONG as error:
        raise locate(error, part, plain, books) from None
    return record


def _upgrade(data: object, books: Books) -> Document:
    """The document in the form of today, whatever release wrote it."""
    if not isinstance(data, dict):
        raise CodecError("codec.no_document")
    for name in ("kind", "schema"):
        if name not in data:
            raise CodecError("codec.missing", path=f".{name}")
    schema = data["schema"]
    if type(schema) is not int or schema not in (*UPGRADES, SCHEMA):
        raise CodecError("codec.unknown_schema", path=".schema", expected=(*UPGRADES, SCHEMA))
    try:
        for older in range(schema, SCHEMA):
            data = UPGRADES[older](data, books)
    except (*_NOT_READ, LookupError, AttributeError):
        raise CodecError("codec.not_upgraded", schema=schema) from None
    return _with_kind_of_origin(data)


def _with_kind_of_origin(case: Document) -> Document:
    """The document of a case whose origin says its kind: it says none where only one event opened such cases."""
    origin, kind = case.get("origin"), case["kind"]
    opens = KINDS[kind].lifecycle.opens if isinstance(kind, str) and kind in KINDS else None
    if not isinstance(origin, dict) or "kind" in origin or opens is None or not says_kind(KINDS[kind]):
        return case
    return {**case, "origin": {"kind": opens.kind, **origin}}


def peek_due_at(line: bytes) -> bytes | None:
    """The `due_at` at the head of an encoded case, as it is written there: an instant in quotes, or `null`.

    None when the line does not start as encoded cases do. None when another `due_at` may stand in it: the word itself,
    or a backslash, since a name can be written with escapes. Such a line may be a case all the same and has to be
    decoded. Whatever is given compares with `due_mark(at)` as instants do, and `null` is after all of them.

    Raises `InvalidValueError` for a line that is not bytes.
    """
    if not isinstance(line, bytes):
        raise InvalidValueError("line.wrong_type", type=type(line).__name__)
    head = _head().match(line)
    # From the end, which takes half as long.
    if head is None or line.rfind(b"due_at", head.end()) > 0 or b"\\" in line:
        return None
    return head[1]


def due_mark(at: datetime) -> bytes:
    """An instant (UTC) as `peek_due_at` gives it; a case is due when its own mark is no later.

    Raises `InvalidValueError` for a naive instant.
    """
    return f'"{instant_text(instant(at))}"'.encode()


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of every document that is written, of the kinds that are registered now.

    It says the shape of documents. What is more than shape, such as check digits, is judged when they are read.
    """
    plain = dict.fromkeys(part.plain for part in _documents()[0].values())
    kinds, components = msgspec.json.schema_components(plain, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "oneOf": list(kinds),
        "$defs": components,
    }
