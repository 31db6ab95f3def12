"""Nothing else is taken for a document: every error says where, with a code, and never shows the wrong value."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures import CodecError, Event, InvalidValueError
from teleprocedures.cases import EVENTS, KINDS, MESSAGES
from teleprocedures.codec import Record, dump, dumps, load, loads
from tests.builders import services_taken_over
from tests.codec.records import DOCUMENTS, IBAN, RECORDS, SECRETS, changed, read, steps_of, the

ADHESION = ("adhesion", "awaiting_code")
LINKED = ("adhesion", "awaiting_email")
SPACE = ("space", "pending")
MANDATE = ("mandate", "registered")
LETTER = ("activation-code-letter", None)


@pytest.mark.parametrize(
    ("record", "place", "value", "code"),
    [
        (ADHESION, "schema", 4, "codec.unknown_schema"),
        (ADHESION, "schema", 0, "codec.unknown_schema"),
        (ADHESION, "schema", True, "codec.unknown_schema"),
        (ADHESION, "schema", "2", "codec.unknown_schema"),
        (ADHESION, "schema", ..., "codec.missing"),
        (ADHESION, "kind", "invoice", "codec.unknown_kind"),
        (ADHESION, "kind", None, "codec.unknown_kind"),
        (ADHESION, "kind", ..., "codec.missing"),
        (ADHESION, "colour", "red", "codec.unknown_field"),
        (ADHESION, "deadline", None, "codec.unknown_field"),
        (ADHESION, "origin.colour", "red", "codec.unknown_field"),
        (ADHESION, "origin.form.organisation", ..., "codec.missing"),
        (ADHESION, "origin.form.organisation", 732829320, "codec.wrong_type"),
        (ADHESION, "origin.form.organisation", "siren:732829321", "stored.malformed"),
        (ADHESION, "origin.form.organisation", "file:", "stored.malformed"),
        (ADHESION, "origin.form.organisation", "732829320", "codec.no_organisation"),
        (ADHESION, "origin.form.organisation", "siren:1:732829320", "stored.malformed"),
        (ADHESION, "origin.form.organisation", "siret:73282932000074", "codec.no_organisation"),
        (ADHESION, "origin.rulebook", "of-another-host", "codec.unknown_rulebook"),
        (ADHESION, "origin.form.services[0]", "payer-rien", "codec.unknown_service"),
        (ADHESION, "origin.form.services[0]", "payer-autre", "codec.unknown_service"),
        (ADHESION, "origin.form.services[0]", 1, "codec.wrong_type"),
        (ADHESION, "origin.form.services", "payer-tva", "codec.wrong_type"),
        (LINKED, "origin.form.bank_accounts[0].iban -> origin.form.bank_accounts[0]", "FR76", "stored.malformed"),
        (LINKED, "origin.form.bank_accounts[0].bic -> origin.form.bank_accounts[0]", "BIC", "stored.malformed"),
        (LINKED, "origin.form.applicant", "accountant", "codec.unknown_value"),
        (ADHESION, "origin.version", 2, "codec.contradiction"),
        (ADHESION, "origin.case_id", "", "codec.not_allowed"),
        (ADHESION, "origin.case_id", "with a space", "codec.not_allowed"),
        (ADHESION, "origin.case_id", "with\ta tab", "codec.not_allowed"),
        (ADHESION, "origin.space_id", "x" * 201, "codec.not_allowed"),
        (ADHESION, "origin.renews", " ", "codec.not_allowed"),
        (MANDATE, "origin.adhesion_id", "no id", "codec.not_allowed"),
        (LETTER, "case_id", "no id", "codec.not_allowed"),
        (("mandate-sent", None), "case_id", "\n", "codec.not_allowed"),
        (("mandate-sent", None), "recorded_at", "2025-01-06T08:59:59Z", "codec.contradiction"),
        (ADHESION, "origin.recorded_at", "2020-01-01T00:00:00Z", "codec.contradiction"),
        (ADHESION, "activation", None, "codec.contradiction"),
        (ADHESION, "activation.code", "ABC", "stored.malformed"),
        (ADHESION, "activation.letter", "2024-02-30", "codec.malformed"),
        (ADHESION, "activation.deadline.rule", "9.9", "codec.unknown_rule"),
        (ADHESION, "activation.deadline.closes", "tomorrow", "codec.malformed"),
        (ADHESION, "activation.deadline.closes -> activation.deadline", "2020-01-01T00:00:00Z", "codec.not_allowed"),
        (
            ADHESION,
            "activation.deadline.closes -> activation.deadline",
            "9999-12-31T23:59:59.999999Z",
            "codec.not_allowed",
        ),
        (ADHESION, "activation.deadline.opened", "2024-03-01T10:30:00+01:00", "codec.not_utc"),
        (ADHESION, "activation.deadline.opened -> activation.deadline", "2099-03-01T10:30:00Z", "codec.not_allowed"),
        (
            ADHESION,
            "activation.deadline.reminders[2] -> activation.deadline",
            "2099-01-01T00:00:00Z",
            "codec.not_allowed",
        ),
        (ADHESION, "activation.deadline.reminders[0]", "2024-03-01T10:30:00+01:00", "codec.not_utc"),
        (ADHESION, "activation.deadline.estimated", 1, "codec.wrong_type"),
        (ADHESION, "activation.state -> due_at", "lapsed", "codec.contradiction"),
        (ADHESION, "state -> activation", "lapsed", "codec.contradiction"),
        (ADHESION, "state", "issued", "codec.unknown_value"),
        (ADHESION, "due_at", None, "codec.contradiction"),
        (ADHESION, "due_at", ..., "codec.missing"),
        (ADHESION, "version", 0, "codec.out_of_bounds"),
        (ADHESION, "version", 2**63, "codec.out_of_bounds"),
        (ADHESION, "version", 1.5, "codec.wrong_type"),
        (ADHESION, "recorded_at", "2020-02-29T00:00:00.000000Z", "codec.contradiction"),
        (ADHESION, "recorded_at", "2024-03-05T00:00:00", "codec.malformed"),
        (LINKED, "origin.token -> origin.deadline", None, "codec.contradiction"),
        (SPACE, "due_at", None, "codec.contradiction"),
        (SPACE, "due_at", ..., "codec.missing"),
        (("space", "active"), "due_at", "2025-01-07T09:00:00.000000Z", "codec.contradiction"),
        (SPACE, "origin.contact.phone -> origin.contact", "0123456789", "stored.malformed"),
        (SPACE, "origin.contact.phone", None, "codec.wrong_type"),
        (SPACE, "origin.deadline", None, "codec.wrong_type"),
        (SPACE, "state -> due_at", "active", "codec.contradiction"),
        (MANDATE, "idle -> due_at", None, "codec.contradiction"),
        (MANDATE, "state -> idle", "sent", "codec.contradiction"),
        (MANDATE, "origin.rulebook -> idle", "idle", "codec.contradiction"),
        (MANDATE, "idle.safe_until -> idle", "2099-01-01T00:00:00.000000Z", "codec.not_allowed"),
        (LETTER, "form.services[0].code -> form.services[0]", " ", "codec.not_allowed"),
        (LETTER, "code", "not a code", "stored.malformed"),
        (LETTER, "deadline.rule", "9.9", "codec.unknown_rule"),
        (("letter-recorded", None), "edited", "2024-02-30", "codec.malformed"),
        (("reminder-email", None), "steps[0].actor", 1, "codec.wrong_type"),
        (("reminder-email", None), "steps[0].rule", "9.9", "codec.unknown_rule"),
    ],
    ids=lambda given_: " ".join(str(given_).split()),  # the same of line ends
)
def test_what_is_wrong_is_said_with_its_path(
    record: tuple[str, str | None], place: str, value: object, code: str
) -> None:
    """The error names the place, or the one behind the arrow, and has a code, for documents in bytes and as data."""
    put, _, told = place.partition(" -> ")
    path = tuple(int(step) if step.isdecimal() else step for step in re.findall(r"\w+", put))
    data, expected = changed(the(*record), path, value), f"$.{told or put}"
    found = [error for error in (read(load, data), read(loads, json.dumps(data))) if isinstance(error, CodecError)]

    assert [(expected, code)] * 2 == [(error.path, error.code) for error in found]
    assert str(found[0]) == str(found[1])
    assert str(found[0]).startswith(f"{expected}: ")


def test_errors_are_told_to_the_letter() -> None:
    """What is expected is said whole, and a text that is not one of the library's own names is not repeated."""
    pending = the("space", "pending")
    unknown = (
        "is no version of the rulebooks given (expert-2024-04-03, reminding, idle): expected others, as rulebooks=(…,)"
    )
    of_utc = "not an instant in UTC; expected one such as 2024-03-02T09:30:00Z"

    for path, value, expected in (
        (("recorded_at",), "2024-03-01T10:30:00+01:00", of_utc),
        (("origin", "rulebook"), "A text of my own", f"'…' {unknown}"),
        (("origin", "rulebook"), "of-another-host", f"'of-another-host' {unknown}"),
        (("version",), "one", "expected `int`, not `str`"),
        (("version",), 0, "expected `int` >= 1"),
        (("due_at",), None, "expected an instant while a time limit runs, else null"),
        (("schema",), 4, "not a schema that this version reads: expected one of 1, 2, 3"),
        (("kind",), "spaces", "'spaces' is no kind of case, event or message here: expected a registered one"),
        (("kind",), "camille@cabinet.fr", "'…' is no kind of case, event or message here"),
        (("kind",), 7, "'…' is no kind of case, event or message here"),
        (
            ("origin", "case_id"),
            "a b",
            "not a value that this field can have (case_id.malformed); expected one that it",
        ),
        (("origin", "organisation"), "siren:1", "not the stored form of Siren; expected what Siren keeps"),
    ):
        told = str(read(load, changed(pending, path, value)))

        assert told.startswith(f"$.{'.'.join(path)}: {expected}")


@pytest.mark.parametrize(
    "given_",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b"[" * 100_000,
        b"1" * 5_000,
        b"\xff",
        b'{"schema":3,"kind":"\xff"}',
        b'{"schema":NaN}',
        b'{"schema":1e999}',
        b'{"kind":"\\ud800"}',
        DOCUMENTS[0][:-1],
        DOCUMENTS[0] + b"{}",
        b"\xef\xbb\xbf" + DOCUMENTS[0],
        "\ud800",
        None,
        1,
    ],
    ids=lambda given_: re.sub(r"\W+", " ", repr(given_))[:30],  # a test is asked for by its id: no bracket in it
)
def test_what_is_no_document_is_refused(given_: Any) -> None:
    """Truncated, trailing, badly encoded, too deep, not JSON, no text at all: it is one error, and it says where."""
    error = read(loads, given_)

    assert isinstance(error, CodecError)
    assert error.code.startswith("codec.")
    assert str(error)


@pytest.mark.parametrize(
    "given_",
    [
        *(None, 1, float("nan"), "text", b"bytes", [], {}, {1: 2}, {"kind": []}, {"kind": "space", 1: 2}, object()),
        {"kind": [], "schema": 3},
        {"kind": "space-lapsed", "schema": 3, 1: 2},
        {"kind": "space-lapsed", "schema": 3, "case_id": object()},
        {"kind": "space-lapsed", "schema": 3, "at": "\ud800"},
        {"kind": "space-lapsed", "schema": 3, "version": "\ud800"},
    ],
)
def test_data_that_is_no_document_is_refused(given_: object) -> None:
    """Whatever a host hands over; what is wrong has a code that has words."""
    error = read(load, given_)

    assert isinstance(error, CodecError)
    assert error.code.startswith("codec.")
    assert str(error)


def test_data_that_holds_itself_is_refused() -> None:
    """Data goes no deeper than documents do."""
    data = the("space")
    data["origin"]["deadline"] = data

    assert isinstance(read(load, data), CodecError)


@pytest.mark.parametrize("kind", [*KINDS, *EVENTS, *MESSAGES])
def test_a_document_is_of_its_kind_only(kind: str) -> None:
    """Called by the name of another kind, it lacks fields or has too many, unless both have the same ones."""
    for document in DOCUMENTS:
        found = read(loads, json.dumps(json.loads(document) | {"kind": kind}))

        assert isinstance(found, CodecError) or found.kind == kind


# --- Whatever is done to a document -----------------------------------------------------------------------------------

NODES: tuple[tuple[dict[str, Any], tuple[tuple[str | int, ...], ...]], ...] = tuple(
    (json.loads(document), tuple(steps_of(json.loads(document)))) for document in dict.fromkeys(DOCUMENTS)
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.datetimes().map(datetime.isoformat),
    st.sampled_from([2**63, 2**64, 10**30, -1, 1e300, "", [], {}, [[]], IBAN, "9999-12-31T23:59:59.999999Z"]),
)


@given(st.data())
def test_a_document_with_another_node_is_refused_or_good(data: st.DataObject) -> None:
    """A node dropped, renamed or replaced is refused with a path, or is a record that is written and read again."""
    document, paths = data.draw(st.sampled_from(NODES))
    path = data.draw(st.sampled_from(paths))
    change = data.draw(st.sampled_from(("drop", "rename", "replace", "copy")))
    if change == "replace" or (change == "rename" and isinstance(path[-1], int)):
        other = changed(document, path, data.draw(VALUES))
    elif change == "rename":
        other = changed(document, path, None, name=data.draw(st.text()))
    elif change == "copy":
        source: Any = document
        for step in data.draw(st.sampled_from(paths)):
            source = source[step]
        other = changed(document, path, source)
    else:
        other = changed(document, path, ...)

    by_data, by_bytes = read(load, other), read(loads, json.dumps(other))

    assert type(by_data) is type(by_bytes)
    assert str(by_data) == str(by_bytes) if isinstance(by_data, CodecError) else by_data == by_bytes


@given(st.data())
def test_a_damaged_document_is_refused_or_good(data: st.DataObject) -> None:
    """Cut short, or with any byte changed, it is refused with a path, or is a record that is written and read again."""
    document = data.draw(st.sampled_from(DOCUMENTS))
    place = data.draw(st.integers(0, len(document) - 1))
    byte = data.draw(st.integers(0, 255))

    assert isinstance(read(loads, document[:place]), CodecError)
    read(loads, document[:place] + bytes([byte]) + document[place + 1 :])


def test_no_error_shows_a_secret() -> None:
    """Wherever a secret stands by mistake, as a value or as a name, the error does not show it."""
    places = {(it["kind"], it.get("state"), path): (it, path) for it, paths in NODES for path in paths}
    for document, path in places.values():
        for secret in SECRETS:
            placed = [changed(document, path, secret)]
            if isinstance(path[-1], str):
                placed += [changed(document, path, None, name=secret), changed(document, (*path[:-1], secret), 1)]
            for other in placed:
                told = read(load, other)
                if isinstance(told, CodecError):
                    shown = f"{told} {told.path} {dict(told.facts)} {told!r}"
                    assert not any(each in shown for each in SECRETS)


@given(st.text())
def test_no_field_is_shown_that_is_not_a_plain_name(name: str) -> None:
    """The name of an unknown field is shown when it looks like a name, and whatever it is the error has a path."""
    told = read(loads, json.dumps(the("space") | {f"{IBAN}{name}": 1, "schema": 3}))

    assert isinstance(told, CodecError)
    assert IBAN not in str(told)


def test_an_unknown_field_cannot_pass_for_a_path() -> None:
    """A name made to look like the end of an error of the decoder is still only a name."""
    told = read(loads, json.dumps(the("space") | {f"x` - at `${IBAN}": 1}))

    assert isinstance(told, CodecError)
    assert "$.…" == told.path
    for path, name in (("$.…", "two\nlines"), ("$.origin.…", "x` - at `$.y"), ("$.origin.…", "two\nlines")):
        where = ("origin", name) if "origin" in path else (name,)
        found = read(loads, json.dumps(changed(the("space"), where, 1)))
        assert isinstance(found, CodecError)
        assert (path, "codec.unknown_field") == (found.path, found.code)


@pytest.mark.parametrize(("kind", "id"), [("adhesion-requested", "space_id"), ("mandate-issued", "adhesion_id")])
@pytest.mark.parametrize(("text", "accepted"), [("x", True), ("x" * 200, True), ("", False), ("x" * 201, False)])
def test_ids_have_a_length(kind: str, id: str, text: str, accepted: object) -> None:
    """The id of a case, and of the one that it comes from, has 1 to 200 characters."""
    for name in ("case_id", id):
        assert accepted is isinstance(read(load, changed(the(kind), (name,), text)), Event)


def test_versions_have_a_range() -> None:
    """The version of an event is 1 to what a database's whole numbers hold."""
    for version, accepted in ((0, False), (1, True), (2**63 - 1, True), (2**63, False)):
        found = read(load, changed(the("space-lapsed"), ("version",), version))
        assert accepted is isinstance(found, Event)


def test_what_is_written_is_judged_by_who_reads_it() -> None:
    """A snapshot made by hand that contradicts itself is written, and refused when it is read."""
    case = next(record for record in RECORDS if record.kind == "space")
    by_hand: Record = attrs.evolve(case, due_at=None)
    line = dumps(by_hand)

    with pytest.raises(CodecError, match=r"^\$\.due_at: expected an instant while a time limit runs") as caught:
        loads(line)
    assert ("codec.contradiction", "due_while_running") == (caught.value.code, caught.value.facts["expected"])
    assert isinstance(caught.value, ValueError)
    assert not isinstance(caught.value, InvalidValueError)


@pytest.mark.rule("2.3", "2.4")
@pytest.mark.parametrize(
    ("path", "value", "found", "code"),
    [
        (("form", "services"), [], "$.form.services", "services.missing"),
        (("form", "organisation"), "file:A", "$.form.services", "services.not_allowed"),
    ],
)
def test_what_no_form_takes_is_no_document(path: tuple[str, ...], value: object, found: str, code: str) -> None:
    """Of services that were taken over, whose form is judged when it is read: the path is that of the problem."""
    event = dump(services_taken_over().events[0])
    inner = event[path[0]]
    assert isinstance(inner, dict)
    inner[path[1]] = value
    for read_ in (lambda: load(event), lambda: loads(json.dumps(event))):
        with pytest.raises(CodecError) as caught:
            read_()

        assert (found, "codec.not_allowed", code) == (
            caught.value.path,
            caught.value.code,
            caught.value.facts["reason"],
        )
