"""What no parser was made for: only documented errors come out, each in a bounded time, and none tells a secret.

    python -m tests.heavy.fuzz full       1,000,000 inputs (make fuzz)
    python -m tests.heavy.fuzz short      20,000 of them (make fuzz FUZZ=short)

Random bytes steer Hypothesis's strategies, whose texts are made of what each parser looks at, and documents that were
valid are broken in places: cut, swapped, doubled, with strange values in them. Each target has a source of randomness
and a process of its own; the same seed gives the same inputs.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import attrs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from teleprocedures import (
    CATALOGUE,
    EXPERT_2024_04_03,
    ActivationCode,
    AdhesionForm,
    Argon2Hasher,
    BankAccount,
    Case,
    CivilDays,
    CodecError,
    CreditorIdentifier,
    EmailAddress,
    FileNumber,
    InvalidFormError,
    InvalidValueError,
    KnownForm,
    LinkToken,
    MandateReference,
    PersonName,
    RefusedError,
    ScryptHasher,
    Siren,
    Space,
    SpaceForm,
    Sweep,
)
from teleprocedures.codec import dumps, load, loads, peek_due_at
from teleprocedures.core import case_id
from teleprocedures.forms import read_account, read_answer, read_password, read_question
from teleprocedures.testing import Play, space_form, strategies
from teleprocedures.values import (
    Digest,
    organisation,
    read_city,
    read_country,
    read_phone,
    read_postal_code,
    read_street,
)

SEED = 20240403
INPUTS = {"full": 1_000_000, "short": 20_000}
# How much of each kind: documents say most, forms are the slowest to draw.
SHARES = {"values": 70, "documents": 25, "forms": 5}
# Past this, something is wrong with a parser: it takes a thousand times what it should.
LONGEST = 2.0
DOCUMENTED = (InvalidValueError, InvalidFormError, CodecError, RefusedError)
SHORTEST_SECRET = 6

ODD = st.sampled_from(
    "\x00\t\n \u00a0\u202f\u200b\u202e\ud800\uff10\u0660éÉß\u0131\u017f\u212a@.-_/+():'\"\\{}[]<>&;,=#%*!?~"
)
HASHES = (
    r"scrypt\$(16384|1024|[0-9]{1,9})\$(8|[0-9]{1,4})\$(1|[0-9]{1,3})\$([A-Za-z0-9+/]{22}==|[a-z=]{0,24})\$[A-Za-z0-9+/]{43}="
    r"|\$argon2(id|i|d|x)\$v=(19|[0-9]{1,3})\$m=[0-9]{1,9},t=[0-9]{1,4},p=[0-9]{1,3}(\$[A-Za-z0-9+/]{0,44}){1,3}"
)
TEXTS = {
    "numbers": st.text(st.sampled_from("0123456789 .-") | ODD, max_size=40)
    | strategies.siren_texts()
    | strategies.phones()
    | st.text("0123456789 ", max_size=6),
    "words": st.text(st.sampled_from("abcdefXYZ0129 @.-_+") | ODD, max_size=60) | strategies.email_addresses().map(str),
    "codes": st.text(st.sampled_from("ABCDEFGHJKMNPQRSTUVWXYZ23456789- ") | ODD, max_size=300)
    | st.text("0123456789abcdef", min_size=63, max_size=65)
    | strategies.creditor_identifiers().map(str),
    "accounts": strategies.ibans()
    | strategies.invalid_ibans()
    | st.text(st.sampled_from("FR760123456789DEBE ") | ODD, max_size=40),
    "hashes": st.from_regex(HASHES, fullmatch=True)
    | st.text(st.sampled_from("scrypt$argon2id=,vmp0189+/") | ODD, max_size=60),
    "names": st.sampled_from(
        (*CATALOGUE, "FR", " be", "Europe/Paris", "UTC", "../../etc/localtime", "posix/UTC", "Europe", "/")
    )
    | st.text(st.sampled_from("aEFRU/._- ") | ODD, max_size=40),
    "anything": st.text(max_size=1_200) | st.integers() | st.none() | st.binary(max_size=8) | st.floats(),
}


@attrs.define
class Figures:
    """What one target did."""

    inputs: int = 0
    refused: int = 0
    longest: float = 0.0
    errors: Counter[str] = attrs.field(factory=Counter)


AT = datetime(2024, 3, 1, 9, tzinfo=UTC)
OTHER = attrs.evolve(EXPERT_2024_04_03, version="other")
BOOKS = (EXPERT_2024_04_03, OTHER)
IBAN = "FR7630006000011234567890189"
LIKE_AN_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII | re.IGNORECASE)


def pending() -> Space:
    """A space that waits for its code."""
    code = ActivationCode("K7MQ2XW9HD4T")
    hashes = {"password_hash": "plain:password", "answer_hash": "plain:answer"}
    return Space.create(space_form(), id="space-1", **hashes, code=code, at=AT).case


def parsers() -> dict[str, tuple[Callable[[Any], object], str, bool]]:
    """Every parser of a value: what it is called, the texts that suit it, and whether what it reads is a secret."""
    space = pending()
    return {
        "Siren": (Siren, "numbers", False),
        "FileNumber": (FileNumber, "codes", False),
        "organisation": (organisation, "numbers", False),
        "EmailAddress": (EmailAddress, "words", True),
        "PersonName": (PersonName, "words", False),
        "ActivationCode": (ActivationCode, "codes", True),
        "LinkToken": (LinkToken, "codes", True),
        "Digest.from_hex": (Digest.from_hex, "codes", True),
        "BankAccount": (BankAccount, "accounts", True),
        "BankAccount bic": (partial(BankAccount, IBAN), "codes", False),
        "CreditorIdentifier": (CreditorIdentifier, "codes", False),
        "MandateReference": (MandateReference, "codes", False),
        "CivilDays zone": (partial(CivilDays, 1), "names", False),
        "Catalogue.find": (CATALOGUE.find, "names", False),
        "case_id": (case_id, "words", False),
        "read_phone": (partial(read_phone, country="FR"), "numbers", True),
        "read_postal_code": (partial(read_postal_code, country="FR"), "numbers", False),
        "read_country": (read_country, "names", False),
        "read_city": (read_city, "words", False),
        "read_street": (read_street, "words", True),
        "read_password": (read_password, "words", True),
        "read_answer": (read_answer, "words", True),
        "read_question": (read_question, "words", False),
        "read_account": (lambda text: read_account({"iban": text}), "accounts", True),
        "Space.activate": (lambda text: space.activate(text, at=AT), "codes", True),
        # What `verify` reads first; hashing itself takes long on purpose.
        "ScryptHasher.needs_rehash": (ScryptHasher().needs_rehash, "hashes", True),
        "Argon2Hasher.needs_rehash": (Argon2Hasher().needs_rehash, "hashes", True),
        "Siren.from_canonical": (Siren.from_canonical, "numbers", False),
        "FileNumber.from_canonical": (FileNumber.from_canonical, "codes", False),
        "EmailAddress.from_canonical": (EmailAddress.from_canonical, "words", True),
        "PersonName.from_canonical": (PersonName.from_canonical, "words", False),
        "ActivationCode.from_canonical": (ActivationCode.from_canonical, "codes", True),
        "LinkToken.from_canonical": (LinkToken.from_canonical, "codes", True),
        "CreditorIdentifier.from_canonical": (CreditorIdentifier.from_canonical, "codes", False),
        "MandateReference.from_canonical": (MandateReference.from_canonical, "codes", False),
        "BankAccount.from_canonical": (lambda text: BankAccount.from_canonical(text, None), "accounts", True),
        "BankAccount.from_canonical bic": (partial(BankAccount.from_canonical, IBAN), "codes", False),
    }


def attempt(figures: Figures, parse: Callable[[Any], object], given: Any, secrets: tuple[str, ...] = ()) -> None:
    """Parse one input; raises when it takes too long, when another error comes out, or when an error tells a secret."""
    # The time that this process used: what else the machine does is no fault of a parser.
    began = time.process_time()
    try:
        parse(given)
    except DOCUMENTED as error:
        took = time.process_time() - began
        figures.refused += 1
        figures.errors[type(error).__name__] += 1
        told = f"{error} {error!r} {dict(error.facts)!r} {error.__cause__!r} {error.__context__!r}"
        leaked = [secret for secret in secrets if secret in told]
        if leaked:
            raise AssertionError(f"{type(error).__name__} tells what it should not: {told!r} for {given!r}") from error
    else:
        took = time.process_time() - began
    figures.inputs += 1
    figures.longest = max(figures.longest, took)
    if took > LONGEST:
        raise AssertionError(f"{took:.1f} s for {given!r:.200}")


def steered(strategy: st.SearchStrategy[Any], check: Callable[[Any], None], source: random.Random, count: int) -> None:
    """Check what Hypothesis draws from a strategy, steered by random bytes, this many times."""

    @settings(database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def one(value: Any) -> None:
        nonlocal done
        done += 1
        check(value)

    done = 0
    while done < count:
        one.hypothesis.fuzz_one_input(source.randbytes(source.choice((16, 64, 256, 1024))))


def hidden(text: str) -> tuple[str, ...]:
    """What no error may tell of this text: all of it, or what stands before an @-sign, unless it is too short."""
    secret = (text.rpartition("@")[0] if "@" in text else text).strip()
    return (secret,) if len(secret) >= SHORTEST_SECRET else ()


def fuzz_value(name: str, figures: Figures, source: random.Random, count: int) -> None:
    """A parser of a value, with texts that look like what it reads."""
    parse, texts, secret = parsers()[name]
    # The first call imports what the parser needs, and is not measured.
    attempt(Figures(), parse, "")

    def check(value: Any) -> None:
        attempt(figures, parse, value, hidden(value) if secret and isinstance(value, str) else ())

    steered(TEXTS[texts] | TEXTS["anything"], check, source, count)


FORMS: dict[str, tuple[Any, Any, Any]] = {
    "SpaceForm.from_mapping": (SpaceForm, strategies.space_mappings, strategies.invalid_space_mappings),
    "KnownForm.from_mapping": (KnownForm, strategies.adhesion_mappings, strategies.invalid_adhesion_mappings),
    "AdhesionForm.from_mapping": (AdhesionForm, strategies.adhesion_mappings, strategies.invalid_adhesion_mappings),
}


def fuzz_form(name: str, figures: Figures, source: random.Random, count: int) -> None:
    """A form from mappings: right, wrong in some fields, or with any text in each of them."""
    form, right, wrong = FORMS[name]
    fields = st.sampled_from([field.name for field in attrs.fields(form)])
    strange = st.dictionaries(fields, st.one_of(*TEXTS.values()), max_size=8)

    def check(value: Any) -> None:
        attempt(figures, form.from_mapping, value, secrets_of(value))

    steered(right() | wrong() | strange | TEXTS["anything"], check, source, count)


def secrets_of(data: object) -> tuple[str, ...]:
    """What no error may tell of a form: its password and its answer, and an IBAN wherever it stands."""
    if not isinstance(data, dict):
        return ()
    texts = {name: list(texts_in(value)) for name, value in data.items()}
    ibans = [text for found in texts.values() for text in found if LIKE_AN_IBAN.fullmatch("".join(text.split()))]
    typed = [text for name in ("password", "security_answer") for text in texts.get(name, ())]
    # What is typed into another field as well is that field's text, and no secret there.
    open_ = [text for name, found in texts.items() if name not in {"password", "security_answer"} for text in found]
    secret = [text for text in typed if not any(text in other for other in open_)]
    return tuple(text for text in (*secret, *ibans) if len(text.strip()) >= SHORTEST_SECRET)


def texts_in(value: object) -> Iterator[str]:
    """Every text in a value of a mapping."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


OLDER = tuple(Path(__file__).parents[1] / "codec" / f"documents-{schema}.jsonl" for schema in ("1", "2", "3-first"))
HIDDEN_IN_A_DOCUMENT = re.compile(r'"(?:iban|password_hash|answer_hash)":"([^"\\]*)"')
HIDDEN_IN_A_MESSAGE = re.compile(r'"to":.*"(?:code|token)":"([^"\\]*)"')


def hidden_in(line: bytes) -> tuple[str, ...]:
    """What no error may tell of a document: its accounts, its hashes, and the code or token that a message sends."""
    text = line.decode()
    found = (*HIDDEN_IN_A_DOCUMENT.findall(text), *HIDDEN_IN_A_MESSAGE.findall(text))
    return tuple(secret for secret in dict.fromkeys(found) if len(secret) >= SHORTEST_SECRET)


def corpus(source: random.Random, histories: int = 60) -> list[tuple[bytes, tuple[str, ...]]]:
    """Valid documents of every kind, of this schema and of the older ones, with the secrets that each one carries."""
    found: dict[tuple[str, int], bytes] = {}

    def keep(play: Play) -> None:
        records = [
            *play.cases.values(),
            *(event for events in play.events.values() for event in events),
            *play.messages,
        ]
        for record in records:
            found.setdefault((record.kind, len(found) // 10), dumps(record, secrets=True))

    steered(strategies.histories() | strategies.histories(rulebook=OTHER), keep, source, histories)
    older = (line for path in OLDER for line in path.read_bytes().splitlines())
    return [(line, hidden_in(line)) for line in (*found.values(), *older)]


STRANGE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    "x",
    "\u202e",
    [],
    {},
    [[]],
    "2024-13-01T00:00:00Z",
    "FR76",
)


def broken(data: Any, source: random.Random) -> Any:
    """The same data with one thing wrong in it, somewhere."""
    if isinstance(data, dict) and data and source.random() < 0.9:
        key = source.choice(list(data))
        chance = source.random()
        if chance < 0.1:
            return {name: value for name, value in data.items() if name != key}
        if chance < 0.2:
            return {**data, source.choice(("", "extra", "kind", "schema")): source.choice(STRANGE)}
        return {**data, key: broken(data[key], source)}
    if isinstance(data, list) and data and source.random() < 0.8:
        place = source.randrange(len(data))
        return [*data[:place], broken(data[place], source), *data[place + 1 :]]
    if isinstance(data, str) and data and source.random() < 0.5:
        place = source.randrange(len(data))
        return data[:place] + source.choice(("", "\x00", "é", "9", "Z", data)) + data[place + source.randrange(3) :]
    return source.choice(STRANGE)


def mangled(line: bytes, source: random.Random) -> bytes:
    """The same bytes with some cut, changed or doubled."""
    first, last = sorted((source.randrange(len(line)), source.randrange(len(line))))
    return source.choice(
        (
            line[:last],
            line[first:],
            line[:first] + source.randbytes(source.randrange(1, 5)) + line[first + 1 :],
            line[:last] + line[first:],
            line[:first] + b"[" * source.randrange(1, 3_000) + line[last:],
            b"\xef\xbb\xbf" + line,
        )
    )


def swept(line: bytes) -> None:
    """Sweep one line: it is given back as it was, unless it is a case that the clock decides on."""
    sweep = Sweep(at=datetime(2100, 1, 1, tzinfo=UTC), rulebooks=BOOKS)
    (given,) = sweep.lines([line])
    assert given == line or isinstance(loads(given, rulebooks=BOOKS), Case)
    assert given != line or sweep.report.rejected or not sweep.report.due


DOCUMENTS: dict[str, tuple[Callable[[Any], object], bool]] = {
    "load": (partial(load, rulebooks=BOOKS), True),
    "loads": (partial(loads, rulebooks=BOOKS), False),
    "peek_due_at": (peek_due_at, False),
    "Sweep.lines": (swept, False),
}


def fuzz_document(name: str, figures: Figures, source: random.Random, count: int) -> None:
    """A reader of documents, with some that were valid and no longer are."""
    read, as_data = DOCUMENTS[name]
    documents = corpus(source)
    for _ in range(count):
        line, secrets = source.choice(documents)
        attempt(figures, read, broken(json.loads(line), source) if as_data else mangled(line, source), secrets)


KINDS: dict[str, tuple[Callable[[str, Figures, random.Random, int], None], tuple[str, ...]]] = {
    "values": (fuzz_value, tuple(parsers())),
    "documents": (fuzz_document, tuple(DOCUMENTS)),
    "forms": (fuzz_form, tuple(FORMS)),
}


def fuzzed(target: tuple[str, str], total: int) -> tuple[str, Figures]:
    """The figures of one target, which has its part of all the inputs."""
    kind, name = target
    fuzz, names = KINDS[kind]
    figures = Figures()
    share, rest = divmod(total * SHARES[kind] // 100, len(names))
    # What does not divide goes to the first ones.
    fuzz(name, figures, random.Random(f"{SEED} {name}"), share + (names.index(name) < rest))
    return name, figures


def main(form: str) -> None:
    """Fuzz everything, and print what came of it."""
    everything, began = Figures(), time.perf_counter()
    targets = [(kind, name) for kind, (_, names) in KINDS.items() for name in names]
    print(f"seed {SEED}\n{'target':<36}{'inputs':>10}{'refused':>10}{'longest':>12}  errors")
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for target, figures in pool.map(partial(fuzzed, total=INPUTS[form]), targets):
            kinds = ", ".join(f"{kind} {count:,}" for kind, count in figures.errors.most_common())
            print(f"{target:<36}{figures.inputs:>10,}{figures.refused:>10,}{figures.longest * 1000:>9.1f} ms  {kinds}")
            everything.inputs += figures.inputs
            everything.refused += figures.refused
            everything.longest = max(everything.longest, figures.longest)
    print(
        f"{len(targets)} targets, {everything.inputs:,} inputs, {everything.refused:,} refused, the longest"
        f" {everything.longest * 1000:.1f} ms, none told a secret, {time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    main(*sys.argv[1:] or ("full",))
