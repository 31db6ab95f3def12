"""The examples are to be copied: each has a folder and a page, and imports of the library what is public only."""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
EXAMPLES = PROJECT / "docs" / "examples"
FOLDERS = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir() and path.name != "__pycache__")
PROGRAMS = sorted(path for path in EXAMPLES.rglob("*.py") if "__pycache__" not in path.parts)


@pytest.fixture(scope="module")
def exhibits():
    """What makes the pages of the examples."""
    sys.path.insert(0, str(PROJECT / "docs"))
    yield import_module("exhibits")
    sys.path.remove(str(PROJECT / "docs"))
    del sys.modules["exhibits"]


def imported(program):
    """The names that a program takes from the library, with the module that it takes each from."""
    for node in ast.walk(ast.parse(program.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "teleprocedures":
            yield from ((node.module, alias.name) for alias in node.names)


def test_each_example_has_a_folder_of_its_own():
    """No file stands beside the folders, and what they share is one of them."""
    assert [] == [path.name for path in EXAMPLES.iterdir() if path.is_file()]
    assert "shared" in FOLDERS


def is_public(module, name):
    """Whether a module says that a name is public; one that says nothing of its names means its own."""
    if any(part.startswith("_") for part in (*module.split("."), name)):
        return False
    found = import_module(module)
    public = getattr(found, "__all__", None)
    return name in public if public is not None else getattr(found, name).__module__.startswith(module)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_an_example_imports_what_is_public_only(program):
    """A name that its module says is public, or a module that the documentation names."""
    private = [(module, name) for module, name in imported(program) if not is_public(module, name)]

    assert [] == private


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_example_is_a_page(folder):
    """Its README says what it shows, and leads to the page that explains it or says how it is started."""
    text = (EXAMPLES / folder / "README.md").read_text("utf-8")

    assert text.startswith("# ")
    assert folder == "shared" or "```console\n$ " in text or "](../../" in text


def test_every_file_of_an_example_is_shown_or_to_download(exhibits):
    """A program with its text and what it says of itself, anything else by its name; what a run left is not there."""
    text = "\n".join(exhibits.shown(EXAMPLES / "nightly"))
    names = {path.name for path in exhibits.files(EXAMPLES / "nightly")}

    assert {"nightly.py", "clientele.csv", "page.html.jinja"} <= names
    assert [] == [name for name in names - {"README.md"} if f"{{download}}`{name} <{name}>`" not in text]
    assert "nightly.py>`, 117 lines. A firm's night: what happened to each request of its portfolio" in text
    assert "```{literalinclude} nightly.py\n:language: python\n```" in text
    assert "{literalinclude} clientele.csv" not in text
    assert FOLDERS == [path.name for path in exhibits.folders()]


def test_what_a_run_left_behind_is_no_file_of_an_example(exhibits, tmp_path):
    """Compiled programs and databases are neither shown nor archived."""
    for name in ("a.py", "b.sqlite3", "__pycache__/a.pyc", "inner/c.sql"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", "utf-8")

    assert ["a.py", "inner/c.sql"] == [path.relative_to(tmp_path).as_posix() for path in exhibits.files(tmp_path)]
