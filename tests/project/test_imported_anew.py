"""What runs when the library is imported, run again inside a test: tables, parsers and builders come out the same.

Coverage sees such code run, but no test waits for what it does; here the library is imported a second time, beside the
first, and must write, read and refuse the same things in the same words.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.codec import records as before

AGAIN = ("teleprocedures", "tests.builders", "tests.codec.records")
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
WRONG_SPACE = {"email": "nobody", "contact": {"phone": "12", "city": ""}, "password": " ", "colour": "red"}
WRONG_ADHESION = {"organisation": "123", "services": ["payer-tva", "payer-rien"], "bank_accounts": ["FR76"], "x": 1}


@contextmanager
def imported_anew() -> Iterator[ModuleType]:
    """The records of the codec's tests, of a library imported anew; what was imported before is put back."""

    def known() -> dict[str, ModuleType]:
        return {name: module for name, module in sys.modules.items() if name.startswith(AGAIN)}

    first = known()
    for name in first:
        del sys.modules[name]
    try:
        yield importlib.import_module("tests.codec.records")
    finally:
        for name in known():
            del sys.modules[name]
        sys.modules.update(first)


def facts(codec_tests: ModuleType) -> Iterator[object]:
    """What a library says, as text and bytes only, so that two of them can be compared."""
    library: Any = importlib.import_module("teleprocedures") if codec_tests is not before else FIRST
    yield [(rule.id, rule.title, rule.source, rule.sheet) for rule in library.EXPERT_2024_04_03.rules]
    # Those that are shipped: other tests may have registered more with the library that was imported first.
    for name in ("space", "adhesion", "activation", "mandate"):
        lifecycle = library.LIFECYCLES[name]
        yield name, lifecycle.to_mermaid(), [event.kind for event in lifecycle.events], lifecycle.verbs
        yield [(row.trigger, row.source, row.dest, row.corrects) for row in lifecycle.rows]
        yield [
            (lifecycle.cites(state), [step.action for step in lifecycle.advice(state)]) for state in lifecycle.states
        ]
    yield from upstairs(library)
    for form, wrong in ((library.SpaceForm, WRONG_SPACE), (library.AdhesionForm, WRONG_ADHESION)):
        try:
            form.from_mapping(wrong)
        except ValueError as error:
            yield str(error), [getattr(problem.rule, "id", None) for problem in error.problems]  # type: ignore[attr-defined]
    for record, document in zip(codec_tests.RECORDS, codec_tests.DOCUMENTS, strict=True):
        data = json.loads(document)
        assert record == codec_tests.loads(document, rulebooks=codec_tests.BOOKS)
        assert record == codec_tests.load(data, rulebooks=codec_tests.BOOKS)
        yield document, codec_tests.dump(record, secrets=True), repr(record)
    yield codec_tests.titles_read_back()
    seen = set()
    for record, document in zip(codec_tests.RECORDS, codec_tests.DOCUMENTS, strict=True):
        kind = (record.kind, getattr(record, "state", None))
        if kind in seen:
            continue
        seen.add(kind)
        data = json.loads(document)
        for path in codec_tests.steps_of(data):
            for value in (None, 7, "x", [], ..., "2000-01-01T00:00:00Z"):
                yield path, outcome(codec_tests, codec_tests.changed(data, path, value))
            # A field that nothing knows, next to this one.
            if isinstance(path[-1], str):
                yield path, outcome(codec_tests, codec_tests.changed(data, (*path[:-1], "colour"), "red"))


def upstairs(library: Any) -> Iterator[object]:
    """The same, of the rooms that the codec does not need: plans, words, strategies."""
    yield library.__all__
    for wording in (library.wording.ENGLISH, library.wording.FRENCH):
        yield dict(wording.words)
        yield [wording.step(step) for step in library.plan(["payer-tva"], pay_by=date(2024, 6, 19)).steps]
    for portal in (library.Portal, library.AsyncPortal):
        verbs = {name: getattr(portal, name) for name in dir(portal) if not name.startswith("_")}
        for name, verb in verbs.items():
            if inspect.isfunction(verb):
                yield name, verb.__name__, verb.__doc__, str(inspect.signature(verb)), verb.__annotations__
        yield carried_out(library, portal)
    drawn = importlib.import_module("teleprocedures.testing._registration").known()
    yield sorted(kind.__name__ for kind in drawn if kind.__module__.startswith("teleprocedures."))


def carried_out(library: Any, kind: Any) -> object:
    """What a portal gives, records and sends for a space that is asked for."""
    fakes, sent, recorded = library.testing, [], []

    class Ports:
        def record(self, decision: Any) -> Any:
            recorded.append(repr(decision))
            return asyncio.sleep(0) if awaits else None

        def notify(self, message: Any) -> Any:
            sent.append(repr(message))
            return asyncio.sleep(0) if awaits else None

    awaits, ports = kind is library.AsyncPortal, Ports()
    portal = kind(
        clock=library.FixedClock(NOON),
        codes=fakes.ScriptedCodes(),
        hasher=fakes.PlainHasher(),
        notifier=ports,
        journal=ports,
    )
    given = portal.create_space(fakes.space_form(), at=NOON - timedelta(hours=1))
    return repr(asyncio.run(given) if awaits else given), recorded, sent


def outcome(codec_tests: ModuleType, data: object) -> str:
    """What became of a document: the error's text, or what it reads as."""
    try:
        return repr(codec_tests.load(data, rulebooks=codec_tests.BOOKS))
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


FIRST = importlib.import_module("teleprocedures")


@pytest.mark.parametrize("face", ["teleprocedures", "teleprocedures.cases"])
def test_a_name_that_a_face_does_not_have(face: str) -> None:
    """The error has the name; and who probes for a private one, as debuggers do, loads no room."""
    with imported_anew():
        for name in [name for name in sys.modules if name.startswith("teleprocedures.")]:
            del sys.modules[name]
        library = importlib.import_module(face)
        loaded = set(sys.modules)
        assert not hasattr(library, "_private")
        assert loaded == set(sys.modules)
        with pytest.raises(AttributeError) as caught:
            _ = library.Nothing
    assert (f"module {face!r} has no attribute 'Nothing'", "Nothing") == (str(caught.value), caught.value.name)


def test_the_library_imported_anew_says_the_same() -> None:
    """Rules, tables, documents, and the words of every refusal of a damaged document: nothing differs."""
    said = list(facts(before))
    with imported_anew() as anew:
        found = facts(anew)
        for expected in said:
            assert expected == next(found)

        assert anew.loads is not before.loads
    assert sys.modules["teleprocedures"] is FIRST


def test_the_codec_knows_what_is_registered_later(project: Path) -> None:
    """A kind of case of a host, which the codec did not know when it was used first."""
    document = b'{"kind":"delegation-accepted","schema":2,"case_id":"d-1","version":2,"at":"2025-01-06T10:00:00Z"}'
    with imported_anew() as anew:
        with pytest.raises(ValueError, match="is no kind of case"):
            anew.loads(document)
        # Under a name that is put away with the library's own.
        spec = spec_from_file_location(
            "teleprocedures_delegation", project / "docs" / "examples" / "delegation" / "delegation.py"
        )
        assert spec is not None
        assert spec.loader is not None
        host = sys.modules[spec.name] = module_from_spec(spec)
        spec.loader.exec_module(host)

        assert "delegation-accepted" == anew.loads(document).kind
