"""The two halves of `make mutants`: what is broken, and that breaking it is noticed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests import mutation
from tests.table_mutants import PACKAGE, Mutant, changes, forked, left_out, mutants_of, selection

TABLE = '''
"""A module."""
import enum
LIMITS: Final = (48, "hours", True)
"""A text about it."""
CITES = {Actor.USER: "1.9", Actor.BANK: "two words"}


@attrs.frozen(kw_only=True, eq=False)
class Case:
    at: datetime = attrs.field(repr=False)

    @property
    def late(self) -> bool:
        """Whether it is late."""
        self.at if self.open else None
        return self.open and self.late

    def verb(self) -> int:
        return 1
'''


def test_what_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers, flags, names, members, elements and conditions; no prose, no layout, and nothing that mutmut changes."""
    monkeypatch.setattr("tests.table_mutants.PACKAGE", tmp_path)
    (tmp_path / "module.py").write_text(TABLE, "utf-8")
    told = [str(mutant) for mutant in mutants_of(tmp_path / "module.py")]

    assert [
        "teleprocedures.module:4: (48, 'hours', True) -> ('hours', True)",
        "teleprocedures.module:4: (48, 'hours', True) -> (48, True)",
        "teleprocedures.module:4: (48, 'hours', True) -> (48, 'hours')",
        "teleprocedures.module:4: 48 -> 49",
        "teleprocedures.module:4: 'hours' -> 'XXhours'",
        "teleprocedures.module:4: True -> False",
        "teleprocedures.module:6: without '1.9'",
        "teleprocedures.module:6: without 'two words'",
        "teleprocedures.module:6: Actor.USER -> Actor.COMPANY",
        "teleprocedures.module:6: Actor.BANK -> Actor.USER",
        "teleprocedures.module:6: '1.9' -> 'XX1.9'",
        "teleprocedures.module:11: False -> True",
        "teleprocedures.module:16: self.at if self.open else None -> self.at if not self.open else None",
        "teleprocedures.module:17: self.open and self.late -> self.open or self.late",
        "teleprocedures.module:9: False -> True",
    ] == told


def test_a_mutant_is_imported() -> None:
    """The source of a mutant is the module's own, but for what it changes, and a source of Python."""
    mutants = list(mutants_of(PACKAGE / "rulebook.py"))
    changed = [mutant for mutant in mutants if mutant.change == "48 -> 49"]

    assert 2 == len(changed)
    assert all(mutant.source.count("Hours(49)") == 1 for mutant in changed)
    for mutant in mutants:
        compile(mutant.source, mutant.module, "exec")


def test_tests_named_like_the_module_come_first() -> None:
    """A mutant of a mandate's events is first shown to the tests of mandates."""
    files = [argument for argument in selection("teleprocedures.mandate_events") if argument.startswith("tests/")]

    assert "tests/test_mandate.py" == files[0]
    assert "tests/test_space.py" in files


@pytest.mark.parametrize("passes", [True, False])
def test_a_process_says_whether_tests_pass(passes: object) -> None:
    """The exit code of the process that is forked is 0 when a mutant survives."""
    pid = forked(lambda: bool(passes))

    assert (pid, 0 if passes else 256) == os.waitpid(pid, 0)


def test_the_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The score of mutmut's run counts what no test runs as surviving, and what was not tried not at all."""
    codes = {"library.rules.x_f__mutmut_1": 1, "library.rules.x_f__mutmut_2": 0, "library.rules.x_g__mutmut_1": 33}
    (tmp_path / "rules.py.meta").write_text(
        json.dumps({"exit_code_by_key": {**codes, "library.rules.x_g__mutmut_2": None}}), "utf-8"
    )

    assert 1 == mutation.main(tmp_path)
    told = capsys.readouterr().out
    assert "33.3 % of 3 mutants; 2 survived:" in told
    assert "library.rules.x_g__mutmut_1" in told
    assert not list(left_out(compile("x: int", "", "exec", 1024)))
    assert not list(changes(compile("x", "", "eval", 1024).body))
    assert isinstance(Mutant("m", 1, "c", "s"), tuple)
