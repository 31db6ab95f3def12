"""The score of a run of mutmut, module by module, and what survived: what docs/trust.md explains, and what it does not.

python -m tests.heavy.mutation        after mutmut (a part of make mutants)
python -m tests.heavy.mutation short  has mutmut run on one room in a copy of the tree, by the tests of that room alone
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

PROJECT = Path(__file__).parents[2]
REACHED = 95.0
SURVIVED = (0, 33)  # the tests passed; no test runs the code
ROW = re.compile(r"^\| `([\w.]+)` \| ([0-9, ]+) \| .+ \|$", re.MULTILINE)
"""A row of the page's table of survivors: a function, the numbers of its mutants, and why they change nothing."""
SELECTION = re.compile(r"^(pytest_add_cli_args_test_selection = )\[.*?\]", re.MULTILINE | re.DOTALL)
"""Which tests mutmut runs."""


def explained(page: str) -> dict[str, set[int]]:
    """The survivors that the page explains: the numbers of each function's mutants."""
    found: dict[str, set[int]] = defaultdict(set)
    for function, numbers in ROW.findall(page):
        found[function] |= set(map(int, numbers.split(",")))
    return found


def numbered(mutants: Iterable[str]) -> dict[str, set[int]]:
    """The same of mutmut's names, such as `teleprocedures.values._codes.xǁDigestǁhex__mutmut_4`: a method's, 4."""
    found: dict[str, set[int]] = defaultdict(set)
    for mutant in mutants:
        path, _, number = mutant.partition("__mutmut_")
        module, _, name = path.removeprefix("teleprocedures.").rpartition(".x")
        found[f"{module}.{name[1:].replace('ǁ', '.')}"].add(int(number))
    return found


def main(folder: Path, page: str) -> int:
    """Print the score and the survivors; the status says whether enough were killed and all others are explained."""
    killed: Counter[str] = Counter()
    checked: Counter[str] = Counter()
    survivors: list[str] = []
    for path in sorted(folder.rglob("*.meta")):
        for mutant, code in json.loads(path.read_text("utf-8"))["exit_code_by_key"].items():
            if code is None:
                continue
            module = mutant.rpartition(".x")[0]
            checked[module] += 1
            killed[module] += code not in SURVIVED
            survivors += [mutant] if code in SURVIVED else []
    for module, count in sorted(checked.items()):
        print(f"{module:45} {killed[module]:5} of {count:5} killed")
    total = sum(checked.values())
    score = 100 * sum(killed.values()) / max(total, 1)
    print(f"{'mutation score':45} {score:5.1f} % of {total} mutants; {len(survivors)} survived:")
    known, strange = explained(page), 0
    for function, numbers in numbered(survivors).items():
        unknown = numbers - known.get(function, set())
        strange += len(unknown)
        told = ", ".join(f"{number}{'?' if number in unknown else ''}" for number in sorted(numbers))
        print(f"  {function}: {told}")
    print(f"docs/trust.md explains {len(survivors) - strange} of them, and not the {strange} with a question mark")
    return int(score < REACHED or strange > 0)


def short(page: str, *, room: str = "deadlines") -> int:
    """The same of a run of mutmut on one room only, with its tests, in a copy of the tree."""
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place)
        for name in ("src", "tests", "docs"):
            shutil.copytree(PROJECT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "_build"))
        shutil.copy(PROJECT / "conftest.py", tree)
        settings = (PROJECT / "pyproject.toml").read_text("utf-8")
        chosen, found = SELECTION.subn(f'only_mutate = ["src/teleprocedures/{room}/*"]\n\\1["tests/{room}"]', settings)
        assert found == 1, "pyproject.toml says which tests mutmut runs"
        (tree / "pyproject.toml").write_text(chosen, "utf-8")
        told = tree / "told.txt"
        with told.open("w") as output:
            ran = subprocess.run(
                [sys.executable, "-m", "mutmut", "run"],
                cwd=tree,
                env=os.environ | {"DRAWS": "mutants"},
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if ran.returncode:
            print(told.read_text("utf-8")[-2_000:])
            return ran.returncode
        return main(tree / "mutants", page)


if __name__ == "__main__":
    PAGE = (PROJECT / "docs" / "trust.md").read_text("utf-8")
    raise SystemExit(short(PAGE) if sys.argv[1:] == ["short"] else main(PROJECT / "mutants", PAGE))
