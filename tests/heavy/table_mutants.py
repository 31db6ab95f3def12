"""What mutmut leaves as it is, broken too: tables and other data of modules and classes, and properties.

    python -m tests.heavy.table_mutants                    all of the package but `testing` (a part of make mutants)
    python -m tests.heavy.table_mutants _rulebook _space   these modules only; another name is refused
    python -m tests.heavy.table_mutants short              two small modules, by the tests of their rooms alone

mutmut changes what functions do; the rows of a lifecycle, the rulebook and the catalogue are data, and it passes over
properties. Here, one number, flag, name or member of an enumeration at a time is another, one element is missing, one
condition is reversed. Each mutant is a process that imports the changed module in place of its own and runs the tests
of the package until one fails. Prose is left alone: a text with a space in it, and the words of a code.
"""

from __future__ import annotations

import ast
import importlib
import os
import re
import signal
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, spec_from_loader
from pathlib import Path
from typing import Any, NamedTuple

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGE = Path(find_spec("teleprocedures").submodule_search_locations[0])
SHARED = (
    "dateutil.relativedelta",
    "email_validator",
    "hypothesis.stateful",
    "msgspec",
    "phonenumbers",
    "schwifty",
    "stdnum.eu.at_02",
    "sybil",
    "transitions.extensions",
)
"""What is imported once, for all the processes that are forked from this one."""

SHORT = ("_limits", "_standing")
LONG = "test_differential"
REACHED = 95.0
LONGEST = 3  # times as long as the tests take without a change, a mutant that goes on for ever is killed
MUTATED_BY_MUTMUT = ([], ["classmethod"], ["staticmethod"])
SWAPPED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.And: ast.Or, ast.Or: ast.And}


class Mutant(NamedTuple):
    """One change of one module: where it is, what it is, and the source that it makes."""

    module: str
    line: int
    change: str
    source: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.change}"


CODE = re.compile(r"[a-z_]+\.[a-z]")

ROW = re.compile(r"^\| `([\w.]+)` \| `(.+?)` \| .+ \|$", re.MULTILINE)
"""A row of the page's table of survivors: a module, the change, and why it changes nothing."""


def explained(page: str) -> set[tuple[str, str]]:
    """The survivors that the page explains: modules and changes."""
    return {(f"teleprocedures.{module}", change) for module, change in ROW.findall(page)}


# --- Making mutants ---------------------------------------------------------------------------------------------------


def left_out(node: ast.AST) -> Iterator[ast.AST]:
    """What is in a module and in no function that mutmut changes: no imports, docstrings, annotations or words."""
    words = worded(node)
    for child in ast.iter_child_nodes(node):
        if child in words:
            continue
        if isinstance(child, ast.FunctionDef):
            if [ast.unparse(one) for one in child.decorator_list] not in MUTATED_BY_MUTMUT:
                yield from left_out(ast.Module(child.body, []))
        elif isinstance(child, ast.AnnAssign):
            # A name for a type says nothing when the code runs.
            if child.value is not None and ast.unparse(child.annotation) != "TypeAlias":
                yield from left_out(ast.Module([ast.Expr(child.value)], []))
        elif not says_nothing(child):
            yield child
            yield from left_out(child)


def worded(node: ast.AST) -> set[ast.AST]:
    """The words in a table of them: what stands under a code, `"state.space.active"` say."""
    if not isinstance(node, ast.Dict):
        return set()
    found = set()
    for key, value in zip(node.keys, node.values, strict=True):
        match key, value:
            case ast.Constant(value=str(code)), ast.Constant(value=str()) if CODE.match(code):
                found.add(value)
    return found


def says_nothing(node: ast.AST) -> bool:
    """Whether a change here would be none, or say nothing of the rules: imports, docstrings, types, layout."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()) | ast.Subscript(slice=ast.Tuple()):
            return True
        case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar" | "ParamSpec"))):
            return True
        case ast.keyword(arg="kw_only" | "weakref_slot"):
            return True
        case _:
            return False


def enumerations() -> dict[str, list[str]]:
    """The members of every enumeration of the package."""
    classes = (
        node
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "StrEnum" for base in node.bases)
    )
    return {
        one.name: [ast.unparse(line.targets[0]) for line in one.body if isinstance(line, ast.Assign)] for one in classes
    }


MEMBERS = enumerations()


def unpacked(tree: ast.Module) -> dict[str, list[str]]:
    """The names that a module gives to the members of an enumeration, all in one line, each with all of them."""
    found: dict[str, list[str]] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=elements)], value=ast.Name(id=name)) if name in MEMBERS:
                names = [ast.unparse(element) for element in elements]
                found |= dict.fromkeys(names, names)
    return found


def changes(node: ast.AST, named: Mapping[str, list[str]]) -> Iterator[tuple[str, Any]]:
    """The fields of this node that can have another value, each with that value; `named` are names of members."""
    match node:
        case ast.Name(id=name, ctx=ast.Load()) if name in named:
            names = named[name]
            yield "id", names[(names.index(name) + 1) % len(names)]
        case ast.Constant(value=bool() as value):
            yield "value", not value
        case ast.Constant(value=int() as value):
            yield "value", value + 1
        case ast.Constant(value=str() as value) if value and " " not in value:
            yield "value", f"XX{value}"
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            yield from (("elts", elements[:place] + elements[place + 1 :]) for place in range(len(elements)))
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if attr in MEMBERS.get(name, ()):
            members = MEMBERS[name]
            yield "attr", members[(members.index(attr) + 1) % len(members)]
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in SWAPPED:
            yield "op", SWAPPED[type(op)]()
        case ast.IfExp(test=test):
            yield "test", ast.UnaryOp(ast.Not(), test)


def module_of(path: Path) -> str:
    """The name of the module in a file."""
    return ".".join(("teleprocedures", *path.relative_to(PACKAGE).with_suffix("").parts))


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    tree = ast.parse(path.read_text("utf-8"))
    module = module_of(path)
    named = unpacked(tree)
    for node in list(left_out(tree)):
        before = ast.unparse(node) if isinstance(node, ast.expr) else ""
        for field, value in list(changes(node, named)):
            kept = getattr(node, field)
            setattr(node, field, value)
            change = f"{before:.60} -> {ast.unparse(node):.60}"
            yield Mutant(module, node.lineno, change, ast.unparse(ast.fix_missing_locations(tree)))
            setattr(node, field, kept)
        if isinstance(node, ast.Dict):
            for place in range(len(node.keys)):
                keys, values = node.keys, node.values
                node.keys, node.values = keys[:place] + keys[place + 1 :], values[:place] + values[place + 1 :]
                yield Mutant(module, node.lineno, f"without {ast.unparse(values[place]):.60}", ast.unparse(tree))
                node.keys, node.values = keys, values


# --- Running tests on them --------------------------------------------------------------------------------------------


class Changed(Loader, MetaPathFinder):
    """Has one module imported with the source of a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """The spec of that module only."""
        path = PACKAGE.joinpath(*name.split(".")[1:]).with_suffix(".py")
        return spec_from_loader(name, self, origin=str(path)) if name == self.mutant.module else None

    def exec_module(self, module: Any) -> None:
        """Run the source of the mutant."""
        exec(compile(self.mutant.source, module.__spec__.origin, "exec"), module.__dict__)


def selections(module: str) -> list[list[str]]:
    """The arguments of pytest, run after run: the tests named like the module, then its room's, then all others."""
    told = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    *rooms, name = module.split(".")[1:]
    paths = [PROJECT / path for path in told["pytest_add_cli_args_test_selection"]]
    files = [file for path in paths for file in (sorted(path.glob("test_*.py")) if path.is_dir() else [path])]
    files.sort(key=lambda file: file.stem == LONG)  # longer than all others, and last
    runs: tuple[list[str], ...] = ([], [], [])
    for file in files:
        inside = file.parent.name in rooms
        run = runs[0 if inside and file.stem == f"test_{name.removeprefix('_')}" else 1 if inside else 2]
        run.append(str(file.relative_to(PROJECT)))
    # What is shared was imported before pytest could rewrite its assertions, and has none to rewrite.
    options = [*told["pytest_add_cli_args"], "-W", "ignore::pytest.PytestAssertRewriteWarning", "-x", "-q"]
    return [[*options, *run] for run in runs if run]


def survives(mutant: Mutant, *, by_its_room: bool = False) -> bool:
    """Whether all tests pass on a mutant, or those of its room; in a process that is forked for it."""
    sys.meta_path.insert(0, Changed(mutant))
    # What the plugin of Hypothesis does, once the module is changed.
    importlib.import_module("teleprocedures.testing._registration").register()
    *of_room, others = selections(mutant.module)
    # To collect all tests takes longer than to run the few that kill most mutants.
    return all(pytest.main(run) == pytest.ExitCode.OK for run in (of_room if by_its_room else (*of_room, others)))


def forked(call: Callable[[], bool], longest: float = 0) -> int:
    """Call in a process of its own, quietly: its exit code says no (1), yes (0), or that it was stopped.

    `longest` is for how many seconds it may go on; for ever, if none are given.
    """
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            signal.setitimer(signal.ITIMER_REAL, longest)
            code = 0 if call() else 1
        finally:
            os._exit(code)
    return pid


def run(mutants: list[Mutant], longest: float, tried_by: Callable[[Mutant], bool] = survives) -> list[Mutant]:
    """The mutants that survive, as many of them tried at a time as there are processors, each for so many seconds."""
    running: dict[int, Mutant] = {}
    survivors: list[Mutant] = []
    waiting = iter(mutants)
    tried, total, began = 0, len(mutants), time.perf_counter()
    while True:
        for mutant in waiting:
            running[forked(lambda mutant=mutant: tried_by(mutant), longest)] = mutant
            if len(running) >= (os.cpu_count() or 1):
                break
        if not running:
            return survivors
        pid, status = os.wait()
        mutant = running.pop(pid)
        tried += 1
        if status == 0:
            survivors.append(mutant)
            print(f"  survives: {mutant}", flush=True)
        if tried % 100 == 0:
            took = time.perf_counter() - began
            print(f"  {tried:,} of {total:,} tried, {len(survivors)} survive, {took:.0f} s", flush=True)


def unchanged(path: Path) -> Mutant:
    """A module as it is: its tests pass, or those of the mutants would say nothing."""
    return Mutant(module_of(path), 0, "no change", path.read_text("utf-8"))


def main(*names: str) -> int:
    """Print the score, module by module, and what survives.

    The status says whether enough were killed, or that a name is of no module (2).
    """
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if "testing" not in path.parts and path.stem != "__init__"]
    short = names == ("short",)
    wanted = set(SHORT if short else names)
    if unknown := wanted - {path.stem for path in paths}:
        print(f"no module is called {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    chosen = [path for path in paths if not wanted or path.stem in wanted]
    # What the first process compiles, the others find: whatever the environment says, it saves them a second each.
    sys.dont_write_bytecode = False
    # The plugin of Hypothesis would import the package before its module is changed.
    os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"
    for name in SHARED:
        importlib.import_module(name)
    tried_by = partial(survives, by_its_room=short)
    began = time.perf_counter()
    for path in chosen if short else [PACKAGE / "rulebook" / "_rulebook.py"]:
        _, status = os.waitpid(forked(lambda path=path: tried_by(unchanged(path))), 0)
        if status != 0:
            print("the tests fail without any change")
            return 1
    longest = LONGEST * (time.perf_counter() - began)
    mutants = [mutant for path in chosen for mutant in mutants_of(path)]
    survivors = run(mutants, longest, tried_by)
    checked, survived = (Counter(mutant.module for mutant in some) for some in (mutants, survivors))
    for module, count in checked.items():
        print(f"{module:45} {count - survived[module]:5} of {count:5} killed")
    score = 100 * (1 - len(survivors) / max(len(mutants), 1))
    print(f"{'mutation score, tables':45} {score:5.1f} % of {len(mutants)} mutants; {len(survivors)} survived:")
    known = explained((PROJECT / "docs" / "trust.md").read_text("utf-8"))
    strange = {mutant for mutant in survivors if (mutant.module, mutant.change) not in known}
    for mutant in sorted(survivors):
        print(f"  {mutant}{' ?' if mutant in strange else ''}")
    print(
        f"docs/trust.md explains {len(survivors) - len(strange)} of them, not the {len(strange)} with a question mark"
    )
    return int(score < REACHED or bool(strange))


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
