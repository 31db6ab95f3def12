"""What somebody pastes of a page: each example alone, after the set-up that it needs from the examples before it.

An example is a block of Python, with prompts or without. Its set-up is what earlier examples of the page bind or move
of the names that it uses. It is found in the code, shown under the example, and copied with it.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Sequence
from doctest import DocTestParser, Example
from pathlib import Path
from symtable import symtable
from typing import Final, NamedTuple

FENCE: Final = re.compile(r"^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_PARSER: Final = DocTestParser()


class Block(NamedTuple):
    """One example of a page."""

    setup: str
    """What it needs from before, as code; empty where it stands alone."""
    code: str
    """Its own code, without prompts and without what is printed."""
    examples: tuple[Example, ...]
    """What it types at prompts, with what it expects to see; nothing, if it has no prompts."""

    @property
    def pasted(self) -> str:
        """What is copied."""
        return f"{self.setup}{self.code}"


class Statement(NamedTuple):
    """One statement of an example: its code, the names that it binds, may move and uses, and what it hands to whom."""

    source: str
    binds: frozenset[str]
    moves: frozenset[str]
    uses: frozenset[str]
    hands: frozenset[tuple[str, str]]
    is_constant: bool


def _root(node: ast.AST) -> str | None:
    """The name that `a.b[c].d` begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _names(source: str, tree: ast.AST) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a statement binds, and those that it uses; what a function keeps to itself is neither."""
    top = symtable(source, "example", "exec")
    names = {it.get_name(): it for it in top.get_symbols()}
    binds = (name for name, it in names.items() if it.is_assigned() or it.is_imported() or it.is_namespace())
    uses = {name for name, it in names.items() if it.is_referenced()}
    inner = list(top.get_children())
    while inner:
        scope = inner.pop()
        uses |= {it.get_name() for it in scope.get_symbols() if it.is_global() and it.is_referenced()}
        inner += scope.get_children()
    parts = list(ast.walk(tree))
    # What is added to is used too. A caught error is gone when it was looked at, and an item comes from its loop.
    added = {_root(part.target) for part in parts if isinstance(part, ast.AugAssign)} & {*names}
    caught = {part.name for part in parts if isinstance(part, ast.ExceptHandler)}
    loops = (part.target for part in parts if isinstance(part, ast.For))
    items = {name.id for target in loops for name in ast.walk(target) if isinstance(name, ast.Name)}
    return frozenset({*binds} - caught), frozenset((uses | added) - caught - items)


def _moved(tree: ast.AST) -> Iterator[str]:
    """Names of objects that may be other than before: a method of theirs is called, or an item is set.

    A thread that is made and started in one go moves what it was handed.
    """
    for part in ast.walk(tree):
        match part:
            case ast.Call(func=ast.Attribute(value=holder)) | ast.Subscript(value=holder, ctx=ast.Store()):
                root = _root(holder)
                if root is not None:
                    yield root
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call() as made))):
                yield from _arguments(made)


def _arguments(call: ast.Call) -> Iterator[str]:
    """The names that the arguments of a call begin with."""
    yield from (name for it in (*call.args, *call.keywords) if (name := _root(getattr(it, "value", it))) is not None)


def _handed(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each function that is called by its name, with a name that it is handed."""
    for part in ast.walk(tree):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            yield from ((part.func.id, name) for name in _arguments(part))


def _dense(source: str, tree: ast.AST) -> str:
    """A statement without its empty lines, which would end a class at a prompt; those of a text are part of it."""
    texts = (part for part in ast.walk(tree) if isinstance(part, (ast.Constant, ast.JoinedStr)))
    kept = {line for text in texts for line in range(text.lineno, (text.end_lineno or 0) + 1)}
    lines = enumerate(source.splitlines(keepends=True), start=1)
    return "".join(line for number, line in lines if line.strip() or number in kept)


def _statement(source: str) -> Statement:
    """What a typed statement changes and uses; what only looks (an assertion) changes nothing."""
    tree = ast.parse(source)
    binds, uses = _names(source, tree)
    moves = frozenset() if isinstance(tree.body[0], ast.Assert) else (frozenset(_moved(tree)) & (binds | uses))
    source = _dense(source, tree)
    # A compound statement is closed by an empty line where somebody types.
    closed = source if len(source.splitlines()) == 1 or not source.splitlines()[-1].startswith(" ") else f"{source}\n"
    return Statement(closed, binds, moves, uses, frozenset(_handed(tree)), _is_constant(tree.body[0]))


def _is_constant(node: ast.stmt) -> bool:
    """Whether a name is given a text, a number or an instant, which nothing moves."""
    match node:
        case ast.Assign(value=ast.Constant() | ast.Call(func=ast.Name(id="date" | "datetime" | "timedelta"))):
            return True
    return False


def lacking(code: str) -> set[str]:
    """The names that some code uses and has from nowhere, neither built in nor bound before."""
    return _free([_statement(source) for source in _written(code)]) - {*dir(builtins)}


def _free(block: Sequence[Statement]) -> set[str]:
    """The names that a block uses and has not bound itself before."""
    bound: set[str] = set()
    free: set[str] = set()
    for statement in block:
        free |= statement.uses - bound
        bound |= statement.binds
    return free


def _needed(before: Sequence[Statement], block: Sequence[Statement]) -> str:
    """The statements from before that a block needs, in their order."""
    made_of: dict[str, set[str]] = {}
    for statement in before:
        for name in statement.binds:
            made_of.setdefault(name, set()).update(statement.uses)
    functions, still = _functions(before), _still(before)
    wanted = _free(block)
    kept: list[str] = []
    for statement in reversed(before):
        # A function of the page moves what it moves inside, and what it is handed.
        called = _reached(set(statement.uses & functions.keys()), made_of) & functions.keys()
        handed = {name for function, name in statement.hands if function in functions}
        moves = statement.moves.union(handed, *(functions[name] for name in called)) - still
        if statement.binds & wanted or moves & _reached(wanted, made_of):
            wanted |= statement.uses
            kept.append(statement.source)
    return "".join(reversed(kept))


def _functions(before: Sequence[Statement]) -> dict[str, frozenset[str]]:
    """The functions that the page has made, each with what it moves."""
    return {name: it.moves for it in before if it.source.startswith("def ") for name in it.binds}


def _still(before: Sequence[Statement]) -> frozenset[str]:
    """Names of what nothing moves: what is built in or imported, functions, classes, and constants."""
    fixed = (it.binds for it in before if re.match(r"(?:from|import|def|class) ", it.source) or it.is_constant)
    return frozenset(dir(builtins)).union(*fixed)


def _reached(names: set[str], made_of: dict[str, set[str]]) -> set[str]:
    """The names, with those that they were made of: who moves a clock moves the portal that was given it."""
    found, todo = set(names), list(names)
    while todo:
        for name in made_of.get(todo.pop(), ()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


def _written(code: str) -> Iterator[str]:
    """The statements of a block without prompts."""
    lines, start = code.splitlines(keepends=True), 0
    for node in ast.parse(code).body:
        assert node.end_lineno is not None
        yield "".join(lines[start : node.end_lineno]).strip("\n") + "\n"
        start = node.end_lineno


def blocks_of(texts: Iterable[str]) -> list[Block]:
    """The examples of one page, in its order, from their texts."""
    before: list[Statement] = []
    found = []
    for text in texts:
        examples = tuple(_PARSER.get_examples(text)) if text.startswith(">>>") else ()
        typed = (example.source for example in examples) if examples else _written(text)
        block = [_statement(source) for source in typed]
        code = "".join(it.source for it in block)
        found.append(Block(_needed(before, block), code, examples))
        # What is refused on the page has nothing to give to what follows.
        refused = [example.exc_msg is not None for example in examples] or [False] * len(block)
        before += [statement for statement, stops in zip(block, refused, strict=True) if not stops]
    return found


def blocks_on(page: Path) -> list[Block]:
    """The examples of a page in Markdown."""
    return blocks_of(match["code"] for match in FENCE.finditer(page.read_text("utf-8")))
