"""The two halves of `make mutants`: what is broken, and that breaking it is noticed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.heavy import mutation, table_mutants
from tests.heavy.table_mutants import PACKAGE, explained, forked, mutants_of, selections

TABLE = '''
"""A module."""
import enum
T = TypeVar("T")
Row: TypeAlias = tuple[str, int]
LIMITS: Final = (48, "hours", True)
"""A text about it."""
CITES = {Actor.USER: "1.9", Actor.BANK: "two words"}
_USER, _COMPANY = Actor
FIRST = {"actor.user": "user", "user": _USER}


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
    monkeypatch.setattr("tests.heavy.table_mutants.PACKAGE", tmp_path)
    (tmp_path / "module.py").write_text(TABLE, "utf-8")
    told = [str(mutant) for mutant in mutants_of(tmp_path / "module.py")]

    assert [
        "teleprocedures.module:6: (48, 'hours', True) -> ('hours', True)",
        "teleprocedures.module:6: (48, 'hours', True) -> (48, True)",
        "teleprocedures.module:6: (48, 'hours', True) -> (48, 'hours')",
        "teleprocedures.module:6: 48 -> 49",
        "teleprocedures.module:6: 'hours' -> 'XXhours'",
        "teleprocedures.module:6: True -> False",
        "teleprocedures.module:8: without '1.9'",
        "teleprocedures.module:8: without 'two words'",
        "teleprocedures.module:8: Actor.USER -> Actor.COMPANY",
        "teleprocedures.module:8: Actor.BANK -> Actor.USER",
        "teleprocedures.module:8: '1.9' -> 'XX1.9'",
        "teleprocedures.module:9: (_USER, _COMPANY) -> (_COMPANY,)",
        "teleprocedures.module:9: (_USER, _COMPANY) -> (_USER,)",
        "teleprocedures.module:10: without 'user'",
        "teleprocedures.module:10: without _USER",
        "teleprocedures.module:10: 'actor.user' -> 'XXactor.user'",
        "teleprocedures.module:10: 'user' -> 'XXuser'",
        "teleprocedures.module:10: _USER -> _COMPANY",
        "teleprocedures.module:15: False -> True",
        "teleprocedures.module:20: self.at if self.open else None -> self.at if not self.open else None",
        "teleprocedures.module:21: self.open and self.late -> self.open or self.late",
        "teleprocedures.module:13: False -> True",
    ] == told


def test_a_mutant_is_imported() -> None:
    """The source of a mutant is the module's own, but for what it changes, and a source of Python."""
    mutants = list(mutants_of(PACKAGE / "rulebook" / "_rulebook.py"))
    changed = [mutant for mutant in mutants if mutant.change == "48 -> 49"]

    assert 2 == len(changed)
    assert all(mutant.source.count("Hours(49)") == 1 for mutant in changed)
    for mutant in mutants:
        compile(mutant.source, mutant.module, "exec")


def test_tests_named_like_the_module_come_first() -> None:
    """A mutant of mandates is first shown to the tests of mandates, then to those of all cases, then to all others."""
    own, room, others = (
        [argument for argument in run if argument.startswith("tests/")]
        for run in selections("teleprocedures.cases._mandate")
    )

    assert ["tests/cases/test_mandate.py"] == own
    assert "tests/cases/test_space.py" in room
    assert {"tests/cases"} == {str(Path(file).parent) for file in room}
    assert {"core", "procedure", "rulebook", "values"} <= {Path(file).parent.name for file in others}
    assert len(files := own + room + others) == len(set(files))


def test_a_name_of_no_module_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is run for it; the modules of the short form are there."""
    assert 2 == table_mutants.main("_rulebook", "_rulebooks")
    assert "no module is called _rulebooks\n" == capsys.readouterr().err
    assert all(any(path.stem == name for path in PACKAGE.rglob("*.py")) for name in table_mutants.SHORT)


@pytest.mark.parametrize("passes", [True, False])
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")  # the child does nothing but this
def test_a_process_says_whether_tests_pass(passes: object) -> None:
    """The exit code of the process that is forked is 0 when a mutant survives."""
    pid = forked(lambda: bool(passes))

    assert (pid, 0 if passes else 256) == os.waitpid(pid, 0)


PAGE = """
| Function | Mutants | Why |
|---|---|---|
| `rules.f` | 2, 3 | it is the same |
| `rules.Rule.g` | 1 | it is slower |
"""


@pytest.mark.parametrize(("more", "status"), [({}, 0), ({"xǁRuleǁg__mutmut_7": 0}, 1), ({"x_f__mutmut_4": 33}, 1)])
def test_the_score(tmp_path: Path, capsys: pytest.CaptureFixture[str], more: dict[str, int], status: int) -> None:
    """What survives is named as the page names it; one that the page does not explain has a question mark."""
    codes = {f"x_h__mutmut_{number}": 1 for number in range(200)} | {"x_h__mutmut_200": None}
    codes |= {"x_f__mutmut_1": 1, "x_f__mutmut_2": 0, "x_f__mutmut_3": 33, "xǁRuleǁg__mutmut_1": 0} | more
    named = {f"teleprocedures.rules.{name}": code for name, code in codes.items()}
    (tmp_path / "rules.py.meta").write_text(json.dumps({"exit_code_by_key": named}), "utf-8")

    assert status == mutation.main(tmp_path, PAGE)
    told = capsys.readouterr().out
    assert f"% of {204 + len(more)} mutants; {3 + len(more)} survived:\n" in told
    assert f"  rules.f: 2, 3{', 4?' if 'x_f__mutmut_4' in more else ''}\n" in told
    assert f"  rules.Rule.g: 1{', 7?' if 'xǁRuleǁg__mutmut_7' in more else ''}\n" in told
    assert f"explains 3 of them, and not the {len(more)} with a question mark" in told


def test_too_few_killed(tmp_path: Path) -> None:
    """Less than 95 % killed is a failure, even if each survivor is explained."""
    named = {"teleprocedures.rules.x_f__mutmut_1": 1, "teleprocedures.rules.x_f__mutmut_2": 0}
    (tmp_path / "rules.py.meta").write_text(json.dumps({"exit_code_by_key": named}), "utf-8")

    assert 1 == mutation.main(tmp_path, PAGE)


def test_explained_survivors() -> None:
    """A survivor is explained by a row that has its module and its change, and by no other row."""
    page = PAGE + "| `civil` | `4096 -> 4097` | it is remembered a little longer |\n| `rules.f` | 1 | no change |\n"

    assert {("teleprocedures.civil", "4096 -> 4097")} == explained(page)
