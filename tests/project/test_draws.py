"""No luck: a test draws the same alone and with others, and a block of a page can be run alone."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

RANDOM = os.environ.get("DRAWS") in {"random", "explore"}


def drawn() -> list[int]:
    """What a test of its own draws."""
    found = []

    @settings(max_examples=500, derandomize=True, database=None)
    @given(st.integers())
    def test(number: int) -> None:
        found.append(number)

    test()
    return found


@pytest.mark.skipif(RANDOM, reason="other draws were asked for")
def test_what_is_imported_changes_no_draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis takes constants from the modules that are imported: here it takes none, so draws stay the same.

    Where this fails after an upgrade, look in `hypothesis.internal.conjecture.providers` for what conftest.py replaces.
    """
    before = drawn()
    (tmp_path / "numbers_of_one.py").write_text(f"ALL = {list(range(10**9, 10**9 + 100))}\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("numbers_of_one")

    assert before == drawn()
    assert len(before) == 500


def test_a_block_of_a_page_runs_alone_and_in_no_drawn_order(project: Path) -> None:
    """A block uses names of the blocks before it: those are run first when it is asked for by its id.

    The order of tests is drawn with the same seed each time.
    """
    lines = (project / "docs" / "late-facts.md").read_text("utf-8").splitlines()
    last = max(number for number, line in enumerate(lines, start=1) if line.startswith(">>> "))
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", f"docs/late-facts.md::line:{last},column:1"],
        cwd=project,
        env=os.environ | {"DRAWS": "same"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "1 passed" in ran.stdout
    assert "Using --randomly-seed=0\n" in ran.stdout
