"""Every rule has a test that shows it, and no test shows a rule that does not exist.

The marks are read from the text of the tests: the answer is the same whichever tests are selected, on any worker.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from teleprocedures.rulebook import RULES

TESTS = Path(__file__).parent.parent
IDS = {rule.id for rule in RULES}


def is_rule_mark(node: ast.AST) -> bool:
    """Whether this is a call of `pytest.mark.rule`, under whatever name pytest has there."""
    match node:
        case ast.Call(func=ast.Attribute(attr="rule", value=ast.Attribute(attr="mark"))):
            return True
        case _:
            return False


def marks_in(source: str, name: str) -> dict[str, list[str]]:
    """Where each rule is named: `{"1.9": ["test_space.py:40", …]}`; a mark that is not plain text cannot be read."""
    found = defaultdict(list)
    for node in ast.walk(ast.parse(source, name)):
        if not is_rule_mark(node):
            continue
        where = f"{name}:{node.lineno}"
        plain = [value.value for value in node.args if isinstance(value, ast.Constant) and isinstance(value.value, str)]
        if len(plain) != len(node.args) or not plain:
            pytest.fail(f"{where}: a rule mark names its rules as plain text, such as rule('1.9')")
        for id in plain:
            found[id].append(where)
    return found


@pytest.fixture(scope="module")
def marks() -> dict[str, list[str]]:
    """All rule marks of all test files."""
    found = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for id, places in marks_in(path.read_text("utf-8"), str(path.relative_to(TESTS))).items():
            found[id] += places
    return found


def test_every_rule_has_a_test(marks: dict[str, list[str]]) -> None:
    """Each rule of the rulebook is shown by one test or more."""
    missing = [f"{rule.id}: {rule.title}" for rule in RULES if rule.id not in marks]

    assert [] == missing


def test_no_test_names_an_unknown_rule(marks: dict[str, list[str]]) -> None:
    """A mark names a rule that exists."""
    unknown = {id: places for id, places in marks.items() if id not in IDS}

    assert {} == unknown


def test_marks_are_found_wherever_they_stand() -> None:
    """Decorators, module marks and the marks of parameters all count, and one mark can name several rules."""
    source = """
pytestmark = pytest.mark.rule("0.1")
@pytest.mark.rule("1.9", "A2")
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.rule("1.8"))])
def test_something(x): ...
"""

    assert {"0.1": ["t:2"], "1.9": ["t:3"], "A2": ["t:3"], "1.8": ["t:4"]} == marks_in(source, "t")


def test_a_computed_mark_is_refused() -> None:
    """A mark whose rule is computed could name anything: it is refused with its place."""
    with pytest.raises(pytest.fail.Exception, match=r"^t:1: a rule mark names its rules as plain text"):
        marks_in("pytest.mark.rule(row['rule'])", "t")
