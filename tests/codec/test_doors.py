"""What `loads` refuses, `dumps` does not write; what no form takes, `loads` does not; each field stands once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from teleprocedures import (
    HELD_ELSEWHERE,
    CodecError,
    InvalidValueError,
    SpaceLapsed,
    Sweep,
    WrongCodeError,
)
from teleprocedures.cases._forget import _VALUES, IMPERSONAL
from teleprocedures.codec import dump, dumps, load, loads
from teleprocedures.codec._parts import _KNOWN, _LINES, parts_of
from tests.builders import EMAILED, asked, failure, requested, stored_texts
from tests.codec.records import BOOKS, DOCUMENTS, HERE, changed, the
from tests.instants import HOUR, START, TWO_DAYS

SPACE = asked(code=HELD_ELSEWHERE).case
LINE = dumps(SPACE)
DUE = b'"due_at":"2025-01-07T09:00:00.000000Z"'
LATER = b'"due_at":"9999-01-07T09:00:00.000000Z"'


# --- Each field once --------------------------------------------------------------------------------------------------


def twice(field: bytes, again: bytes) -> bytes:
    """The line of a pending space in which a field stands twice."""
    assert 1 == LINE.count(field)
    return LINE.replace(field, again, 1)


TWICE: dict[str, bytes] = {
    "later first": twice(DUE, LATER + b"," + DUE),
    "later last": twice(DUE, DUE + b"," + LATER),
    "the same": twice(DUE, DUE + b"," + DUE),
    "none first": twice(DUE, b'"due_at":null,' + DUE),
    "of a wrong type": twice(DUE, DUE + b',"due_at":7'),
    "at the end": LINE.removesuffix(b"}") + b"," + LATER + b"}",
    "none, at the end": LINE.removesuffix(b"}") + b',"due_at":null}',
    "spaced": twice(DUE, LATER + b', "due_at" : null'),
    "escaped": twice(DUE, LATER + b',"due\\u005fat":null'),
    "amidst": twice(b'"since":', LATER + b',"since":'),
    "amidst, escaped": twice(b'"since":', LATER.replace(b"_", b"\\u005F") + b',"since":'),
}
EARLY, PAST = START + HOUR, START + TWO_DAYS + HOUR


@pytest.mark.parametrize("line", TWICE.values(), ids=TWICE.keys())
def test_a_case_that_is_due_twice_is_not_read(line: bytes) -> None:
    """Which of the two would count is anybody's guess: bytes and text are refused alike."""
    for document in (line, line + b"\n", line.decode(), bytearray(line)):
        with pytest.raises(CodecError) as caught:
            loads(document)  # type: ignore[arg-type] # any bytes will do

        assert ("codec.repeated_field", "$.due_at") == (caught.value.code, caught.value.path)
        assert "$.due_at: this field stands twice in one object: expected it once" == str(caught.value)


@pytest.mark.parametrize(("line", "at"), [(line, at) for line in TWICE.values() for at in (EARLY, PAST)])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_sweep_refuses_what_is_not_read(line: bytes, at: datetime, end: bytes) -> None:
    """A line with two `due_at` is neither passed by nor decided, whichever comes first."""
    sweep = Sweep(at=at)

    assert [line + end] == list(sweep.lines([line + end]))
    assert (1, 0) == (sweep.report.seen, sweep.report.due)
    assert ["codec.repeated_field"] == [one.error.code for one in sweep.report.rejected]  # type: ignore[union-attr] # an error


@pytest.mark.parametrize(
    ("field", "again", "path"),
    [
        ('"kind":"space"', '"kind":"adhesion"', "$.kind"),
        ('"schema":3', '"schema":2', "$.schema"),
        ('"state":"pending"', '"state":"active"', "$.state"),
        ('"email":"camille@cabinet-durand.fr"', '"\\u0065mail":"colette@cabinet-martin.fr"', "$.origin.email"),
        ('"city":"Paris"', '"city":"Paris"', "$.origin.contact.city"),
        ('"estimated":false', '"estimated":true', "$.origin.deadline.estimated"),
        ('"version":1', '"FR76 3000 6000":[{"a":1,"a":2}]', "$.…[0].a"),
        ('"version":1', '"FR76 3000 6000":1,"FR76 3000 6000":2', "$.…"),
    ],
)
def test_no_field_stands_twice(field: str, again: str, path: str) -> None:
    """Whatever the field, its values and its depth, however it is written: the path is that of the second."""
    line = LINE.decode()
    assert field in line
    for fields in (f"{field},{again}", f"{again},{field}", f"{field} , {again}"):
        document = line.replace(field, fields, 1)
        for given in (document, document.encode()):
            with pytest.raises(CodecError) as caught:
                loads(given)

            assert ("codec.repeated_field", path) == (caught.value.code, caught.value.path)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document[:60].decode())
def test_what_is_spaced_otherwise_is_due_once(document: bytes) -> None:
    """A document that another program wrote is read as before, and a case with two `due_at` is refused."""
    turned = json.dumps(json.loads(document), indent=1)

    assert loads(document, rulebooks=BOOKS) == loads(turned, rulebooks=BOOKS) == loads(turned.encode(), rulebooks=BOOKS)
    if '"due_at"' in turned:
        with pytest.raises(CodecError) as caught:
            loads(turned.replace('"due_at":', '"due_at": null,\n "due_at":', 1), rulebooks=BOOKS)
        assert "codec.repeated_field" == caught.value.code


def test_an_older_document_is_due_once_too() -> None:
    """One of schema 1 is refused alike."""
    stored = (HERE / "documents-1.jsonl").read_bytes().splitlines()
    line = next(line for line in stored if line.startswith(b'{"kind":"space","'))
    with pytest.raises(CodecError) as caught:
        loads(line.replace(b'"due_at":', b'"due_at":null,"due_at":', 1), rulebooks=BOOKS)

    assert "codec.repeated_field" == caught.value.code
    assert "pending" == loads(line, rulebooks=BOOKS).state  # type: ignore[union-attr] # a case


def test_a_text_that_is_the_name_of_a_field_is_no_field() -> None:
    """A company called so, or with a quote in its name, is read as what it is."""
    for name in ("due_at", 'A "due_at" of ours', "A\\B"):
        request = requested("messagerie", company_email="a@example.fr", company_name=name).case
        sweep = Sweep(at=START)

        assert request == loads(dumps(request)) == loads(dumps(request).decode())
        assert [dumps(request)] == list(sweep.lines([dumps(request)]))
        assert () == sweep.report.rejected


# --- Versions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [0, -1, 2**63, 2**64, 10**400, True, 1.0, "1", None])
def test_no_version_is_written_that_is_not_read(version: Any) -> None:
    """Of a case, of an event: 1 to what whole numbers of databases hold."""
    for record in (SPACE, SpaceLapsed(case_id="space-1", version=2, at=START)):
        odd = attrs.evolve(record, version=version)  # type: ignore[misc] # either
        for write in (dump, dumps):
            with pytest.raises(InvalidValueError) as caught:
                write(odd)
            assert "codec.version" == caught.value.code
            assert {"record": type(record).__name__, "most": 2**63 - 1} == {
                name: fact for name, fact in caught.value.facts.items() if name != "version"
            }
    most = attrs.evolve(SPACE, version=2**63 - 1)
    assert most == loads(dumps(most))


def test_a_case_that_can_have_no_more_events_stops_no_sweep() -> None:
    """A row whose version is the last one is set aside where it is due, and the others go on."""
    last = dumps(attrs.evolve(SPACE, version=2**63 - 1))
    early, late = Sweep(at=START), Sweep(at=START + TWO_DAYS + HOUR)
    given_back = list(late.lines([last, LINE]))

    assert [last] == list(early.lines([last]))
    assert () == early.report.rejected
    assert (last, "lapsed") == (given_back[0], loads(given_back[1]).state)  # type: ignore[union-attr] # a case
    (rejection,) = late.report.rejected
    assert ("space-1", "codec.version") == (rejection.id, rejection.error.code)  # type: ignore[union-attr] # an error


# --- What no form takes -----------------------------------------------------------------------------------------------

ODD = [
    "",
    " ",
    "A\x1b[2JB",
    "A\nB",
    "A\x00B",
    "A\x85B",
    "A\u2028B",
    "A\u202eB",
    "A\u200bB",
    "x" * 1_001,
    "x" * 10_000_000,
]
LINES = [
    (("space", "pending"), ("origin", "security_question")),
    (("space", "pending"), ("origin", "password_hash")),
    (("space", "pending"), ("origin", "answer_hash")),
    (("space", "pending"), ("origin", "first_name")),
    (("space", "pending"), ("origin", "last_name")),
    (("space", "pending"), ("origin", "email")),
    (("space", "pending"), ("origin", "contact", "street")),
    (("space", "pending"), ("origin", "contact", "city")),
    (("space", "pending"), ("origin", "contact", "postal_code")),
    (("adhesion", "awaiting_code"), ("origin", "requester_name")),
    (("adhesion", "awaiting_code"), ("origin", "form", "company_name")),
    (("adhesion", "awaiting_code"), ("origin", "form", "company_address")),
    (("mandate", "registered"), ("origin", "creditor_name")),
    (("mandate", "registered"), ("origin", "debtor_name")),
    (("mandate", "registered"), ("origin", "debtor_address")),
    (("mandate", "registered"), ("origin", "account_holder")),
    (("mandate", "registered"), ("origin", "managing_office")),
]


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:9]))
@pytest.mark.parametrize(("record", "path"), LINES, ids=str)
def test_what_no_form_takes_is_not_read(record: Any, path: tuple[str, ...], text: str) -> None:
    """A name with characters that control a terminal, on two lines, blank or endless, is refused with its path."""
    data = changed(the(*record), path, text)
    for read in (lambda: load(data, rulebooks=BOOKS), lambda: loads(json.dumps(data), rulebooks=BOOKS)):
        with pytest.raises(CodecError) as caught:
            read()
        assert "stored.malformed" == caught.value.code
        # Contact details are read as a whole.
        assert f"$.{'.'.join(path[:2] if 'contact' in path else path)}" == caught.value.path


@pytest.mark.parametrize("text", ["Zoé & Fils", "נועה", "A\u200dB", "山田", "\U0001fae8", "Ünï\u0301", "\U0003ffff"])
def test_what_forms_take_is_read(text: str) -> None:
    """Names of any script, with joiners, and with characters that this version of Python does not know yet."""
    for record, path in LINES:
        if path[-1] != "email":
            data = changed(the(*record), path, text)
            assert data == dump(load(data, rulebooks=BOOKS))


# --- What was made by hand --------------------------------------------------------------------------------------------


class Text(str):
    """A host's own text."""

    __slots__ = ()


class Day(date):
    """A host's own day."""


class Stamp(datetime):
    """A host's own instant."""


def test_an_event_made_by_hand_of_a_hosts_own_texts_is_stored() -> None:
    """It is written like all others, and reads back equal."""
    event = SpaceLapsed(case_id=Text("space-1"), version=2, at=Stamp(2025, 1, 9, 9, tzinfo=UTC))
    case = attrs.evolve(SPACE, due_at=Stamp(2025, 1, 7, 9, tzinfo=UTC), recorded_at=Stamp(2025, 1, 6, 9, tzinfo=UTC))

    for record in (event, case):
        assert record == loads(dumps(record)) == load(dump(record))
    letter = requested(code=HELD_ELSEWHERE).case.record_letter(date(2025, 1, 6), at=START).events[0]
    by_hand = attrs.evolve(letter, edited=Day(2025, 1, 6))  # type: ignore[call-arg] # a letter's event

    assert letter == loads(dumps(by_hand)) == load(dump(by_hand))
    assert dumps(SPACE) == dumps(case)
    assert "2025-01-09T09:00:00Z" == dump(event)["at"]
    with pytest.raises(TypeError, match="object has no stored form: expected a plain value"):
        dumps(attrs.evolve(event, case_id=object()))


def test_what_was_sealed_with_the_id_alone_opens() -> None:
    """What early releases stored, whose salt is the id, is opened by its code, and by no other."""
    stored = (HERE / "documents-2.jsonl").read_bytes().splitlines()
    spaces: list[Any] = [loads(line, rulebooks=BOOKS) for line in stored if line.startswith(b'{"kind":"space","')]
    pending = next(space for space in spaces if space.state == "pending" and not space.held_elsewhere)

    assert asked().case.origin.code != pending.origin.code
    assert "active" == pending.activate(EMAILED, at=START + HOUR).case.state
    with pytest.raises(WrongCodeError):
        pending.activate("SPACE-4712", at=START + HOUR)


# --- Each plain text is read in its own way ---------------------------------------------------------------------------


def test_every_stored_text_is_read_in_its_own_way() -> None:
    """A text that is added is checked when it is read, as it was when it was typed; or it is said why it is not."""
    closed = (*IMPERSONAL, *_VALUES)
    names, classes = stored_texts(closed)
    bare = {
        f"{kind.__name__}.{name}"
        for kind in classes - {*closed}
        for name, part in parts_of(kind, dict(_KNOWN)).items()
        if part.read in {_KNOWN[str].read, f"None if {{it}} is None else {_KNOWN[str].read}"}
    }

    assert set() == bare, "annotate the field with Line or Remark, or name it in _LINES of codec/_parts.py"
    assert {*_LINES} <= names, "take the name out of _LINES: nothing is stored under it"


REMARKS = {
    "space-taken-over": "source",
    "services-taken-over": "source",
    "request-taken-over": "source",
    "mandate-taken-over": "source",
    "fact-withdrawn": "reason",
    "case-closed": "text",
}
IN_MESSAGES = [
    ("reminder-email", ("steps", 0, "actor")),
    ("reminder-email", ("steps", 0, "action")),
    ("reminder-email", ("steps", 0, "other")),
    ("lapse-notice", ("action",)),
    ("fact-withdrawn", ("messages",)),
    ("activation-code-letter", ("form", "services", 0, "code")),
    ("activation-code-letter", ("form", "services", 0, "title")),
]
NO_LINE = ["", " ", "\x1b[2J", "two\nlines", "\u202eback", "half \ud800", "x" * 1_001]


@pytest.mark.parametrize("text", [*NO_LINE, "x" * 201], ids=lambda it: repr(it[:9]))
@pytest.mark.parametrize(("kind", "name"), REMARKS.items(), ids=REMARKS)
def test_a_remark_that_no_verb_takes_is_not_read(kind: str, name: str, text: str) -> None:
    """Reasons and sources are 1 to 200 characters on one line, as data and as bytes."""
    _refused(the(kind, None), (name,), text)
    longest = changed(the(kind, None), (name,), "x" * 200)
    assert longest == dump(load(longest)) == dump(loads(json.dumps(longest)))


@pytest.mark.parametrize("text", NO_LINE, ids=lambda it: repr(it[:9]))
@pytest.mark.parametrize(("kind", "path"), IN_MESSAGES, ids=str)
def test_what_is_no_line_is_not_read(kind: str, path: tuple[Any, ...], text: str) -> None:
    """Steps, services and the ids of messages are texts of at most 1,000 characters on one line."""
    _refused(the(kind, None), path, text)


def _refused(document: dict[str, Any], path: tuple[Any, ...], text: str) -> None:
    forged = changed(document, path, [text] if path == ("messages",) else text)
    for read, given in ((load, forged), (loads, json.dumps(forged))):
        with pytest.raises(CodecError):
            read(given)


def test_half_a_character_in_a_hosts_own_text_is_not_read() -> None:
    """What `dumps` would refuse, `load` refuses; all else that a host keeps is read, lines and emptiness included."""
    read = _KNOWN[str].reader

    assert ["", "two\nlines", "é"] == [read(text, ()) for text in ("", "two\nlines", "é")]
    for half in ("\ud800", "é\udfff"):
        assert "stored.malformed" == failure(read, half, ()).code
