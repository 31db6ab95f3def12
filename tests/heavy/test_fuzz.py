"""The fuzzer: it runs, tells its figures, and finds what is planted; `make fuzz` gives it a million inputs."""

from __future__ import annotations

import random
import time

import attrs
import pytest

import teleprocedures
from teleprocedures import CodecError, InvalidValueError
from teleprocedures.codec import Record
from tests.heavy import fuzz
from tests.heavy.fuzz import INPUTS, Figures, attempt, broken, corpus, hidden, main, mangled

SCHEMAS = (b'"schema":1', b'"schema":2', b'"schema":3')


def test_some_inputs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every parser, both forms and the readers of documents are fuzzed, and the figures add up."""
    monkeypatch.setitem(INPUTS, "short", 2_000)
    main("short")
    told = capsys.readouterr().out

    assert all(name in told for name in (*fuzz.parsers(), *fuzz.DOCUMENTS, *fuzz.FORMS))
    assert f"{len(fuzz.parsers()) + 7} targets, 2,000 inputs" in told
    assert "none told a secret" in told


def test_every_parser_of_a_value_is_fuzzed() -> None:
    """Each public value that reads a text, and each way back from storage, is among the targets."""
    named = {name.partition(" ")[0] for name in fuzz.parsers()}
    values = (getattr(teleprocedures, name) for name in teleprocedures.__all__)
    texts = {one.__name__ for one in values if hasattr(one, "from_canonical")} - {"ContactDetails", "AdhesionForm"}

    assert {"Siren", "EmailAddress", "BankAccount", "ActivationCode"} <= texts
    assert texts <= named
    assert {f"{name}.from_canonical" for name in texts} <= named
    assert {f"read_{field.name}" for field in attrs.fields(teleprocedures.ContactDetails)} <= named


def test_what_a_form_hides() -> None:
    """A form's password and answer are its secrets, and an IBAN in any field; what stands openly is none."""
    spaced = "FR76 3000 6000 0112 3456 7890 189"
    data = {"password": "correct horse", "security_answer": "five", "bank_accounts": [fuzz.IBAN, {"iban": spaced}, 7]}

    assert ("correct horse", fuzz.IBAN, spaced) == fuzz.secrets_of(data)
    assert ("FR7630006000011234567890189",) == fuzz.secrets_of({"organisation": fuzz.IBAN, "bank_accounts": "none"})
    assert () == fuzz.secrets_of({"password": "correct horse", "email": "it is correct horse"})
    assert () == fuzz.secrets_of("text")


def test_another_error_comes_out() -> None:
    """An error that is not documented is not kept."""
    with pytest.raises(ZeroDivisionError):
        attempt(Figures(), lambda _: 1 / 0, "text")


def test_a_secret_told_is_found() -> None:
    """An error that tells a secret is found, also when it hides in what caused it."""

    def tells(text: str) -> None:
        raise InvalidValueError("no") from KeyError(text)

    with pytest.raises(AssertionError, match="tells what it should not"):
        attempt(Figures(), tells, "K7MQ2XW9", ("K7MQ2XW9",))


def test_a_slow_parser_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser that takes too long is found."""
    monkeypatch.setattr(fuzz, "LONGEST", 0.01)

    def slow(_: str) -> None:
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass

    with pytest.raises(AssertionError, match=r"^0\.0 s for 'text'$"):
        attempt(Figures(), slow, "text")


def test_what_counts_as_secret() -> None:
    """All of a text is, but for what follows the @-sign of an address, and for what is too short."""
    assert ("K7MQ2XW9",) == hidden(" K7MQ2XW9 ")
    assert ("camille",) == hidden("camille@cabinet-durand.fr")
    assert () == hidden("short")


def test_what_a_document_hides() -> None:
    """Accounts and hashes anywhere in a document, and what a message sends; the code of a service is no secret."""
    event = b'{"password_hash":"plain:five words","services":[{"code":"messagerie"}],"accounts":[{"iban":"FR76300"}]}'
    message = b'{"kind":"activation-code-email","to":"camille@cabinet-durand.fr","code":"K7MQ2XW9"}'

    assert ("plain:five words", "FR76300") == fuzz.hidden_in(event)
    assert ("K7MQ2XW9",) == fuzz.hidden_in(message)


def test_documents_of_every_kind_are_broken() -> None:
    """The corpus has cases, events and messages of all schemas, and what is done to them is often refused."""
    source = random.Random(1)
    documents = corpus(source, 40)
    figures = Figures()
    for line, _ in documents:
        attempt(figures, fuzz.loads, mangled(line, source))
        attempt(figures, fuzz.load, broken(fuzz.json.loads(line), source))

    assert len({line.split(b'"kind":"')[1].split(b'"')[0] for line, _ in documents}) > 15
    assert set(SCHEMAS) == {schema for line, _ in documents for schema in SCHEMAS if schema in line}
    assert all(isinstance(fuzz.loads(line, rulebooks=fuzz.BOOKS), Record) for line, _ in documents)
    assert figures.refused > figures.inputs / 2
    assert {CodecError.__name__} == set(figures.errors)
