"""The mutants of the examples are still those of the examples: what each replaces is there, and so is what kills it."""

from __future__ import annotations

import ast

import pytest
from example_mutants import MUTANTS, PROJECT, TESTS, applied, located, main


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_mutant_can_be_made_and_killed(mutant):
    """Its text stands once in its file, which is Python afterwards too, and the test that it names is there."""
    path = PROJECT / located(mutant)
    if not path.exists():
        pytest.skip("the library is tested as it is installed, without its source")
    file, _, name = mutant.test.partition("::")
    tests = ast.parse((PROJECT / TESTS / file).read_text("utf-8")).body

    assert ast.parse(applied(mutant, path.read_text("utf-8")))
    assert not name or name in {node.name for node in tests if isinstance(node, ast.FunctionDef)}


def test_a_mutant_is_said_once():
    """No two are called the same, or change the same text in the same way."""
    assert len(MUTANTS) == len({mutant.what for mutant in MUTANTS})
    assert len(MUTANTS) == len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS})


def test_a_mutant_whose_text_has_gone_is_an_error():
    """Nothing is taken for killed that could not be made."""
    with pytest.raises(ValueError, match="its text stands there 0 times"):
        applied(MUTANTS[0], "another text")


def test_a_name_of_no_mutant_is_refused(capsys):
    """Nothing is run for it, and the names that there are stand in the message."""
    assert 2 == main("rows", "reports")
    assert "no mutant of reports: expected some of _case, console, desk, durable, " in capsys.readouterr().err
