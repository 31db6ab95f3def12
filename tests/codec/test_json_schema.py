"""The JSON Schema of documents, asked by a validator of its own: real documents pass, others do not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from teleprocedures.codec import json_schema
from tests.codec.records import DOCUMENTS, KINDS, changed, one_of_each, the

SCHEMA: Any = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def test_it_is_a_schema() -> None:
    """Of the draft that it says, in plain data, with one definition for each kind of document."""
    Draft202012Validator.check_schema(SCHEMA)

    assert "https://json-schema.org/draft/2020-12/schema" == SCHEMA["$schema"]
    assert SCHEMA == json.loads(json.dumps(json_schema()))
    assert {f"#/$defs/{kind}" for kind in KINDS} <= {kind["$ref"] for kind in SCHEMA["oneOf"]}
    assert set(KINDS) <= set(SCHEMA["$defs"])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document[:60].decode())
def test_documents_are_valid(document: bytes) -> None:
    """Every document that is written, in its own kind's definition and no other's."""
    VALIDATOR.validate(json.loads(document))


def test_a_definition_says_what_a_document_has() -> None:
    """Its kind, its schema, what must be there and what may be missing."""
    event = SCHEMA["$defs"]["mandate-signed"]

    assert "mandate-signed" in json.dumps(event["properties"]["kind"])
    assert "3" in json.dumps(event["properties"]["schema"])
    assert ["kind", "schema", "case_id", "version", "at"] == event["required"]
    assert ["recorded_at", "day", "signatory"] == [
        name for name in event["properties"] if name not in event["required"]
    ]
    assert event["additionalProperties"] is False
    assert {"type": "string", "minLength": 1, "maxLength": 200} == event["properties"]["case_id"]
    assert "date-time" == event["properties"]["at"]["format"]


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("adhesion", ("schema",), 1),
        ("adhesion", ("kind",), "castle"),
        ("adhesion", ("colour",), "red"),
        ("adhesion", ("origin", "form", "organisation"), ...),
        ("adhesion", ("origin", "form", "organisation"), 552100554),
        ("adhesion", ("origin", "applicant"), "accountant"),
        ("adhesion", ("origin", "case_id"), ""),
        ("adhesion", ("state",), "issued"),
        ("adhesion", ("version",), 0),
        ("space", ("due_at",), ...),
        ("space", ("origin", "deadline"), None),
        ("reminder-email", ("steps", 0, "organisation"), 1),
    ],
    ids=str,
)
def test_others_are_not(kind: str, path: tuple[str | int, ...], value: object) -> None:
    """A wrong type, a missing field, an unknown one."""
    assert not VALIDATOR.is_valid(changed(the(kind), path, value))


def test_each_document_is_of_one_definition() -> None:
    """No kind's definition takes another kind's document."""
    for document in one_of_each():
        data = json.loads(document)
        taken = [
            kind
            for kind in SCHEMA["$defs"]
            if Draft202012Validator({**SCHEMA, "oneOf": [{"$ref": f"#/$defs/{kind}"}]}).is_valid(data)
        ]

        assert [data["kind"]] == taken


def test_each_shape_has_one_name() -> None:
    """What cases and messages hold alike is one definition; the form whose services stand in full is another."""
    names = set(SCHEMA["$defs"])

    assert {"Deadline", "BankAccount", "AdhesionForm", "AdhesionFormInFull"} <= names
    assert not [name for name in names if "." in name or name.endswith("_2")]
