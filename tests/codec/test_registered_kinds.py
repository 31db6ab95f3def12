"""A kind of case that a host registers is stored like those that are shipped, without a change in the library."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

import attrs
import msgspec
import pytest

from teleprocedures import (
    ActivationCodeEmail,
    ActivationCodeLetter,
    ConfirmationLinkEmail,
    EmailAddress,
    Event,
    ReminderEmail,
)
from teleprocedures.codec._parts import Part, documents, part_of
from tests.codec.records import changed

BY_ITSELF = """
import sys
from datetime import UTC, datetime, timedelta

sys.path.insert(0, "docs/examples/delegation")
from teleprocedures import ActivationCode, CodecError, EmailAddress, FileNumber, Siren, replay
from teleprocedures.codec import dumps, json_schema, load, dump, loads, peek_due_at
from teleprocedures.rulebook import CATALOGUE

# Looked at before the kind is registered: the codec finds it all the same, later.
unknown = b'{"kind":"delegation-accepted","schema":3,"case_id":"d-1","version":2,"at":"2025-01-06T10:00:00Z"}'
try:
    loads(unknown)
except CodecError as error:
    assert "codec.unknown_kind" == error.code
before = set(json_schema()["$defs"])

import delegation
from delegation import RULEBOOK, Delegation

START, HOUR = datetime(2025, 1, 6, 9, tzinfo=UTC), timedelta(hours=1)
CODE = ActivationCode("K7MQ2XW9")
asked = Delegation.offer(
    EmailAddress("a@cabinet.fr"), Siren("552100554"), CATALOGUE["payer-tva"], id="d-1", code=CODE, at=START
)
books = (RULEBOOK,)
assert "delegation-accepted" == loads(unknown).kind
reminded = asked.case.remind(at=START + 24 * HOUR)
accepted = reminded.case.accept(CODE, at=START + 25 * HOUR)
revoked = accepted.case.revoke("left", at=START + 26 * HOUR)
lapsed = asked.case.lapse(at=START + 49 * HOUR)
for decision in (asked, reminded, accepted, revoked, lapsed):
    for record in (decision.case, *decision.events, *decision.messages):
        line = dumps(record, secrets=True)
        assert record == loads(line, rulebooks=books) == load(dump(record, secrets=True), rulebooks=books)
assert b'"2025-01-07T09:00:00.000000Z"' == peek_due_at(dumps(asked.case))
events = [*asked.events, *reminded.events, *accepted.events, *revoked.events]
assert revoked.case == replay([loads(dumps(event), rulebooks=books) for event in events])
try:
    dumps(asked.messages[0])
except ValueError as error:
    assert "codec.secret" == error.code
contradicted = dumps(asked.case).replace(b'"state":"offered"', b'"state":"revoked"')
try:
    loads(contradicted, rulebooks=books)
except CodecError as error:
    assert "$.due_at" == error.path
assert {"delegation", "delegation-offered", "delegation-code"} <= set(json_schema()["$defs"]) - before
print("stored")
"""


def test_a_lifecycle_of_a_host_is_stored(project: Any) -> None:
    """Cases, events and messages of the example, registered after the codec was used; in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-c", BY_ITSELF], cwd=project, capture_output=True, text=True, check=False, timeout=120
    )

    assert ("stored", "") == (run.stdout.strip(), run.stderr)


class Colour(StrEnum):
    """Something to choose from."""

    RED = "red"


@attrs.frozen
class Line:
    """A class of a host's own, which checks what it is made of."""

    count: int = attrs.field(validator=attrs.validators.ge(1))
    _note: str | None = None


@attrs.frozen
class Span:
    """Another one, which checks itself as a whole."""

    first: int
    last: int

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            message = "a span does not end before it begins"
            raise ValueError(message)


@attrs.frozen(kw_only=True)
class Marked(Event):
    """An event of a host's own, with all that can stand in one."""

    kind: ClassVar[str] = "marked"

    colour: Colour
    lines: tuple[Line, ...]
    share: float
    sure: bool
    by: EmailAddress | None = None
    tags: tuple[str, ...] = ("new",)
    nested: tuple[tuple[int, ...], ...] = ()
    words: tuple[str, ...] = attrs.field(factory=tuple)
    whole: bool = attrs.field(init=False, default=True)
    seen: datetime | None = None
    span: Span = Span(1, 2)


MARKED = Marked(
    case_id="c-1",
    version=1,
    at=datetime(2025, 1, 6, 9, tzinfo=UTC),
    colour=Colour.RED,
    lines=(Line(1, "first"), Line(2)),
    share=0.5,
    sure=True,
    by=EmailAddress("a@cabinet.fr"),
    nested=((1, 2), ()),
)
PART: Part = documents([Marked], [])[Marked]


def marked(data: object) -> object:
    """The event that this data is read as."""
    return PART.reader(msgspec.convert(data, PART.plain), ())


def test_a_class_is_stored_by_its_annotations() -> None:
    """Enumerations, numbers, texts, classes in classes, tuples of tuples, private names, fields that are derived."""
    data = msgspec.to_builtins(PART.writer(MARKED))

    assert MARKED == marked(data)
    assert {"count": 1, "note": "first"} == data["lines"][0]
    assert (["new"], [[1, 2], []], "red") == (data["tags"], data["nested"], data["colour"])
    assert "whole" not in data


def test_what_is_missing_is_what_the_class_says() -> None:
    """Defaults that are values, or that a factory makes, with or without the rest."""
    data = msgspec.to_builtins(PART.writer(MARKED))
    for name in ("recorded_at", "by", "tags", "nested", "words", "seen"):
        del data[name]

    assert attrs.evolve(MARKED, by=None, nested=()) == marked(data)
    assert ("new",) == marked(data).tags  # type: ignore[attr-defined] # an event


def test_a_class_that_checks_itself_does() -> None:
    """Its validators are asked when it is read, and what it does once it is made is done."""
    part: Part = documents([Marked], [])[Marked]
    for path, message in ((("lines", 1, "count"), "'count' must be >= 1"), (("span", "last"), "a span does not end")):
        data = changed(msgspec.to_builtins(PART.writer(MARKED)), path, 0)

        with pytest.raises(ValueError, match=message):
            part.reader(msgspec.convert(data, part.plain), ())


def test_what_carries_a_code_or_a_token_is_secret() -> None:
    """Each kind is judged by its fields, those within other classes too."""
    kinds = (ActivationCodeEmail, ConfirmationLinkEmail, ActivationCodeLetter, ReminderEmail)

    assert [True, True, True, False] == [part.secret for part in documents((), kinds).values()]


@pytest.mark.parametrize("annotation", [dict[str, int], tuple[int, str], list[str], object, int | str, bytes])
def test_what_has_no_stored_form_is_told(annotation: object) -> None:
    """To who writes the class, when the kind is first stored."""
    with pytest.raises(TypeError, match="has no stored form: expected"):
        part_of(annotation, {int: Part(int), str: Part(str)})
