"""The examples are to be copied: each has a folder and a page, and imports of the library what is public only."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
EXAMPLES = PROJECT / "docs" / "examples"
FOLDERS = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir() and path.name != "__pycache__")
PROGRAMS = sorted(path for path in EXAMPLES.rglob("*.py") if "__pycache__" not in path.parts)


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


@pytest.mark.parametrize("folder", [name for name in FOLDERS if name != "shared"])
def test_an_example_is_on_a_page(folder):
    """Some page of the documentation says what it shows and how it is started."""
    pages = [path.read_text("utf-8") for path in (PROJECT / "docs").glob("*.md") if path.name != "changelog.md"]

    assert any(f"examples/{folder}" in page for page in pages)
