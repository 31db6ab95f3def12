"""The mutants of meaning are still those of the code: what each replaces is there, and so are the tests it names."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.heavy.meaning_mutants import (
    PROJECT,
    SHORT,
    Source,
    chosen,
    cited,
    exchanged,
    misplaced,
    mutants,
    rounds,
)
from tests.heavy.meanings import MEANINGS

ONE = '''
"""A module: {one} before {two}."""
WORDS = {"a": "from {opened} to {closes:%d}", "b": "{a}", "c": f"{WORDS} {{x}} {{y}}"}
told = event(at=at, recorded_at=now, id=x, case_id=x)
rules = ("1.9", rule("2.9"), "1.9")
'''


def of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> Source:
    """The source of a module with this text."""
    (tmp_path / "module.py").write_text(text, "utf-8")
    monkeypatch.setattr("tests.heavy.meaning_mutants.PROJECT", tmp_path)
    monkeypatch.setattr("tests.heavy.meaning_mutants.PACKAGE", Path())
    return Source(Path("module.py"))


def test_what_the_operators_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules, arguments and facts that look the same change; what is the same text is left alone, or is put together."""
    source = of(tmp_path, monkeypatch, ONE)
    made = [mutant for by in (cited, exchanged, misplaced) for mutant in by(source)]
    lines = [
        next(new for new, old in zip(it.after.split("\n"), ONE.split("\n"), strict=True) if new != old) for it in made
    ]

    assert [
        'rules = (\'2.9\', rule("2.9"), "1.9")',
        'rules = ("1.9", rule("2.9"), \'2.9\')',
        'rules = ("1.9", rule(\'1.9\'), "1.9")',
        "told = event(at=now, recorded_at=at, id=x, case_id=x)",
        "'A module: {two} before {one}.'",
        'WORDS = {"a": \'from {closes} to {opened:%d}\', "b": "{a}", "c": f"{WORDS} {{x}} {{y}}"}',
    ] == lines
    assert "module.py: line 4: at and recorded_at change places" == str(made[3])


def test_every_mutant_can_be_made() -> None:
    """Its text stands once in its file, which is Python afterwards too; the tests to try first are there."""
    if not (PROJECT / "src").exists():
        pytest.skip("the library is tested as it is installed, without its source")
    for mutant in MEANINGS:
        assert ast.parse(mutant.applied((PROJECT / mutant.path).read_text("utf-8"))), str(mutant)
        named = [test for tests in rounds(mutant) for test in tests if test.startswith("tests/")]
        assert all((PROJECT / test).exists() for test in named), str(mutant)


def test_a_text_that_has_gone_is_an_error() -> None:
    """Nothing is taken for killed that could not be made."""
    with pytest.raises(ValueError, match=f"{MEANINGS[0].what}: the text that it replaces stands there 0 times"):
        MEANINGS[0].applied("another text")


def test_no_mutant_is_made_twice() -> None:
    """No two are called the same, or change the same text in the same way."""
    assert {1} == set(Counter(map(str, MEANINGS)).values())
    assert {1} == set(Counter((mutant.file, mutant.before, mutant.after) for mutant in MEANINGS).values())


def test_the_short_form_is_ten_of_as_many_files() -> None:
    """Those that name the tests to try first, of ten files."""
    few = chosen(("short",), MEANINGS)

    assert SHORT == len(few) == len({mutant.file for mutant in few})
    assert len(MEANINGS) > 200


def test_a_module_is_asked_for_by_its_name() -> None:
    """One name or several; without any, all."""
    assert {"shells/_sweep.py", "report.py"} == {mutant.file for mutant in chosen(("_sweep", "report"), MEANINGS)}
    assert list(MEANINGS) == chosen((), MEANINGS)


def test_operators_reach_all_rooms() -> None:
    """Those that cite rules, those with arguments that look the same, and the words of both languages."""
    if not (PROJECT / "src").exists():
        pytest.skip("the library is tested as it is installed, without its source")
    made = Counter(mutant.file.partition("/")[0] for mutant in mutants()[len(MEANINGS) :])

    assert {"cases", "core", "errors", "forms", "portfolio", "rulebook", "words.py"} <= made.keys()
