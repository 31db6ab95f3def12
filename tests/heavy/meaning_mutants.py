"""The library and its examples, broken as somebody would break them: the wrong one of two things that look the same.

    python -m tests.heavy.meaning_mutants                   all of them (a part of make mutants)
    python -m tests.heavy.meaning_mutants short             ten of them, of as many files
    python -m tests.heavy.meaning_mutants _sweep report     those of these modules and examples only

Two instants, spaces, accounts, names, rules or facts of a sentence change places; one kind, or the last of several, is
left out; something is counted twice, or put in another order. Some are written by hand, in `meanings.py`: a file, the
text that is replaced there, the one put in its place. Others follow from the code, by three operators: another rule of
the same module is cited, two arguments of one type change places, and so do two facts of a sentence.

A mutant is tried in a copy of the tree: by the tests that are named after what it changes, then by all others. All die.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import accumulate, combinations
from pathlib import Path
from queue import SimpleQueue
from typing import Final, NamedTuple

PROJECT: Final = Path(__file__).parents[2]
PACKAGE: Final = Path("src") / "teleprocedures"
EXAMPLES: Final = Path("docs") / "examples"
COPIED: Final = ("src", "tests", "docs", "conftest.py", "pyproject.toml", "README.md")
LONGEST: Final = 900
"""Seconds, after which tests that wait for ever have noticed."""
SHORT: Final = 10
"""How many mutants the short form tries."""


class Mutant(NamedTuple):
    """One change: what it means, in which file, which text becomes which, and the tests to try first."""

    what: str
    file: str
    before: str
    after: str
    first: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"

    @property
    def path(self) -> Path:
        """Its file, within the project."""
        if "/" in self.file:
            return PACKAGE / self.file
        return next((PROJECT / EXAMPLES).glob(f"*/{self.file}")).relative_to(PROJECT)

    def applied(self, text: str) -> str:
        """The text of the file with the change; raises ValueError unless what is replaced stands there once."""
        if text.count(self.before) != 1:
            raise ValueError(
                f"{self}: the text that it replaces stands there {text.count(self.before)} times, not once"
            )
        return text.replace(self.before, self.after)


# --- Made by operators ------------------------------------------------------------------------------------------------

RULE: Final = re.compile(r"[0-3]\.\d{1,2}|[AF]\d{1,2}")
PLACEHOLDER: Final = re.compile(r"\{(\w+)([^{}]*)\}")
ALIKE: Final = (
    ("at", "recorded_at", "since", "opened", "safe_until", "closes", "last", "expected"),
    ("case_id", "space_id", "adhesion_id", "id", "renews", "other"),
    ("rule", "past"),
    ("company_name", "company_address", "debtor_name", "debtor_address", "account_holder", "managing_office"),
    ("first_name", "last_name", "legal_representative", "signatory"),
    ("to", "requester", "email", "company_email"),
    ("password_hash", "answer_hash"),
)
"""Arguments of one type, that a hurried hand takes one for the other."""
OF_RULES: Final = "_rules.py"
"""The module that has all rules, and cites none."""


class Source:
    """The text of a file of the project, in which expressions are replaced where they stand."""

    def __init__(self, path: Path) -> None:
        self.file = path.name if path.is_relative_to(EXAMPLES) else str(path.relative_to(PACKAGE))
        self.text = (PROJECT / path).read_text("utf-8")
        self.nodes = list(ast.walk(ast.parse(self.text)))
        self.starts = [0, *accumulate(len(line) for line in self.text.encode().splitlines(keepends=True))]

    def texts(self) -> Iterator[ast.Constant]:
        """Where a text stands, but for pieces of one that is put together."""
        pieces = {id(piece) for node in self.nodes if isinstance(node, ast.JoinedStr) for piece in node.values}
        constants = (node for node in self.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
        return (node for node in constants if id(node) not in pieces)

    def said(self, node: ast.expr) -> str:
        """The source of an expression."""
        return ast.get_source_segment(self.text, node) or ""

    def mutant(self, node: ast.expr, what: str, *changes: tuple[ast.expr, str]) -> Mutant:
        """The mutant in which these expressions are others."""
        source = self.text.encode()
        for it, new in sorted(changes, key=lambda change: (change[0].lineno, change[0].col_offset), reverse=True):
            first, last = self.starts[it.lineno - 1] + it.col_offset, self.starts[it.end_lineno - 1] + it.end_col_offset
            source = source[:first] + new.encode() + source[last:]
        return Mutant(f"line {node.lineno}: {what}", self.file, self.text, source.decode())


def cited(source: Source) -> Iterator[Mutant]:
    """Another rule of the same module is cited, or asked for."""
    found = [node for node in source.texts() if RULE.fullmatch(node.value)]
    ids = list(dict.fromkeys(node.value for node in found))
    if len(ids) > 1 and not source.file.endswith(OF_RULES):
        for node in found:
            other = ids[(ids.index(node.value) + 1) % len(ids)]
            yield source.mutant(node, f"{other} for {node.value}", (node, repr(other)))


def exchanged(source: Source) -> Iterator[Mutant]:
    """Two arguments of one call that are alike change places."""
    pairs = [pair for family in ALIKE for pair in combinations(family, 2)]
    for node in source.nodes:
        given = {word.arg: word.value for word in node.keywords} if isinstance(node, ast.Call) else {}
        for one, other in (pair for pair in pairs if given.keys() >= set(pair)):
            first, second = given[one], given[other]
            if source.said(first) != source.said(second):
                changes = (first, source.said(second)), (second, source.said(first))
                yield source.mutant(node, f"{one} and {other} change places", *changes)


def misplaced(source: Source) -> Iterator[Mutant]:
    """The first two facts of a sentence change places."""
    for node in source.texts():
        one, other, *_ = (*dict.fromkeys(it[1] for it in PLACEHOLDER.finditer(node.value)), "", "")
        if other and " " in node.value:
            names = {one: other, other: one}
            turned = PLACEHOLDER.sub(lambda it, names=names: f"{{{names.get(it[1], it[1])}{it[2]}}}", node.value)
            yield source.mutant(node, f"{{{one}}} and {{{other}}} change places", (node, repr(turned)))


def mutants() -> tuple[Mutant, ...]:
    """All of them: those by hand, then those that follow from the code."""
    from tests.heavy.meanings import MEANINGS  # noqa: PLC0415 - made of what is above

    paths = (path.relative_to(PROJECT) for path in sorted((PROJECT / PACKAGE).rglob("*.py")))
    ours = [path for path in paths if "testing" not in path.parts]
    sources = [Source(path) for path in (*ours, EXAMPLES / "shared" / "words.py")]
    return (*MEANINGS, *(one for source in sources for by in (cited, exchanged, misplaced) for one in by(source)))


# --- Trying them ------------------------------------------------------------------------------------------------------


def rounds(mutant: Mutant) -> Iterator[list[str]]:
    """The tests to run, round after round: those to try first, those of its room, all others of the library or not."""
    told = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    if mutant.path.is_relative_to(EXAMPLES):
        named = f"tests/examples/test_{mutant.path.stem}.py"
        yield mutant.first.split() or ([named] if (PROJECT / named).exists() else ["tests/examples/test_nightly.py"])
        yield ["tests/examples", "--ignore=tests/examples/test_cluster.py", "--ignore=tests/examples/test_durable.py"]
        return
    room = f"tests/{mutant.path.parent.name}"
    if mutant.first:
        yield mutant.first.split()
    yield [room]
    others = [path for path in told["pytest_add_cli_args_test_selection"] if path != room]
    yield [*others, "-k", told["pytest_add_cli_args"][-1]]


def passes(tree: Path, tests: list[str]) -> bool:
    """Whether these tests of a copy pass."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:xdist",
        "-p",
        "no:cacheprovider",
    ]
    environment = os.environ | {
        "DRAWS": "mutants",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}",
    }
    try:
        ran = subprocess.run(
            [*command, *tests], cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        return False
    # A mutant that cannot even be imported is noticed by whoever collects the tests, or by the plugin of Hypothesis.
    if ran.returncode not in {0, 1, 2} and f"{tree / PACKAGE}{os.sep}" not in ran.stdout + ran.stderr:
        raise RuntimeError(f"pytest ended with {ran.returncode}: {ran.stdout[-2_000:]}{ran.stderr[-2_000:]}")
    return ran.returncode == 0


@contextmanager
def copies(count: int) -> Iterator[SimpleQueue[Path]]:
    """So many copies of the tree, to be taken and given back."""
    with tempfile.TemporaryDirectory() as place:
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(count):
            tree = Path(place) / str(number)
            tree.mkdir()
            for name in COPIED:
                source = PROJECT / name
                if source.is_dir():
                    ignored = shutil.ignore_patterns("__pycache__", "_build", "*.sqlite*")
                    shutil.copytree(source, tree / name, ignore=ignored)
                else:
                    shutil.copy(source, tree)
            free.put(tree)
        yield free


def survives(mutant: Mutant, free: SimpleQueue[Path]) -> bool:
    """Whether all tests pass on a mutant."""
    tree = free.get()
    path = tree / mutant.path
    kept = path.read_text("utf-8")
    try:
        path.write_text(mutant.applied(kept), "utf-8")
        return all(passes(tree, tests) for tests in rounds(mutant))
    finally:
        path.write_text(kept, "utf-8")
        free.put(tree)


def chosen(names: tuple[str, ...], every: tuple[Mutant, ...]) -> list[Mutant]:
    """The mutants that are asked for: all, those of some modules, or a few by hand, each of another file."""
    if names != ("short",):
        return [mutant for mutant in every if not names or mutant.path.stem in names]
    # The nightly example is tried for a minute: in short, its mutants are those of `tests/examples/example_mutants.py`.
    files = {mutant.file: mutant for mutant in every if mutant.first and "test_nightly" not in mutant.first}
    apart = max(1, len(files) // SHORT)
    return list(files.values())[::apart][:SHORT]


def main(*names: str) -> int:
    """Print what survives; the status says whether anything does."""
    tried, began, survivors = chosen(names, mutants()), time.perf_counter(), []
    workers = min(2, os.cpu_count() or 1)
    with copies(workers) as free, ThreadPoolExecutor(workers) as threads:
        tree = free.get()
        if not passes(tree, sorted({test for mutant in tried for test in next(rounds(mutant))})):
            print("the tests fail without any change")
            return 1
        free.put(tree)
        for mutant, survived in zip(tried, threads.map(lambda it: survives(it, free), tried), strict=True):
            if survived:
                survivors.append(mutant)
                print(f"  survives: {mutant}", flush=True)
    took = time.perf_counter() - began
    print(f"{len(tried) - len(survivors)} of {len(tried)} mutants of meaning killed, in {took:.0f} s")
    return int(bool(survivors))


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
