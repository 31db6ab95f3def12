"""What somebody pastes of a page runs: each example with its set-up, in a process in which nothing else happened."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [path for path in sorted(DOCS.rglob("*.md")) if not {"_build", "examples"} & {*path.parts}]
EXAMPLE = re.compile(r"^```python$", re.MULTILINE)
PAGE = [
    """\
>>> from threading import Thread
>>> given = []
>>> Thread(target=given.append, args=(1,)).start()
>>> made = "of the page"
""",
    """\
>>> class Kept:
...     '''What is empty in a text
...
...     stays.'''
...
...     def of(self, it):
...         made = [it]
...
...         return made
""",
    """\
>>> given[0], Kept().of(1)
(1, [1])
""",
]
"""A page whose first example starts a thread, and whose second has empty lines."""
PROMPTS = (">>> ", "... ", "$ ")
BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
WIDEST = 80


def with_examples() -> list[Path]:
    """The pages that have examples, the README first."""
    return [path for path in (DOCS.parent / "README.md", *PAGES) if EXAMPLE.search(path.read_text("utf-8"))]


@pytest.fixture(scope="module")
def pasting() -> Iterator[ModuleType]:
    """What finds the set-up of an example."""
    sys.path.insert(0, str(DOCS))
    yield import_module("pasting")
    sys.path.remove(str(DOCS))
    del sys.modules["pasting"]


def test_a_set_up_has_what_is_moved_and_nothing_that_a_function_keeps_to_itself(pasting: ModuleType) -> None:
    """A thread that was started has moved what it was handed; a local name asks for nothing of the page."""
    first, second, third = pasting.blocks_of(PAGE)

    assert ["", ""] == [first.setup, second.setup]
    assert "Thread(target=given.append, args=(1,)).start()\n" in third.setup
    assert "of the page" not in third.setup


def test_a_class_is_copied_without_the_empty_lines_that_would_end_it(pasting: ModuleType) -> None:
    """Those of a text stay, and one more ends the class."""
    second = pasting.blocks_of(PAGE)[1]

    assert "What is empty in a text\n\n    stays.'''\n    def of(self, it):\n" in second.code
    assert second.code.endswith("        made = [it]\n        return made\n\n")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="an example is pasted into a copy of a process")
@pytest.mark.parametrize("page", with_examples(), ids=lambda page: page.relative_to(DOCS.parent).as_posix())
def test_each_example_runs_when_it_is_pasted_alone(page: Path) -> None:
    """An example needs nothing but what is copied with it, and shows what the page says."""
    paste = Path(__file__).with_name("paste.py")
    run = subprocess.run([sys.executable, paste, DOCS, page], capture_output=True, text=True, check=False, timeout=900)

    assert (0, "") == (run.returncode, run.stdout), run.stderr


def typed(block: str) -> list[str]:
    """The lines of a block that somebody types: behind prompts, or all of it where there are none."""
    lines = block.splitlines()
    return [line for line in lines if line.startswith(PROMPTS)] or lines


def test_no_block_is_wider_than_a_screen() -> None:
    """Every line of Python and every line that is typed has 80 columns at most; what is printed may have more."""
    wide = [
        f"{path.name}: {line}"
        for path in (DOCS.parent / "README.md", *PAGES)
        for block in BLOCK.finditer(path.read_text("utf-8"))
        if block["kind"] in {"python", "py", "console"}
        for line in typed(block["text"])
        if len(line) > WIDEST
    ]

    assert [] == wide
