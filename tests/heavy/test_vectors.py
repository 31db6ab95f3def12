"""The histories of the vectors, made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from teleprocedures.testing.vectors import text_of

FOLDER = Path(__file__).parents[2] / "vectors"


@pytest.mark.parametrize("level", [1, 2])
def test_the_histories_are_those_that_the_library_makes(level: int) -> None:
    """Where this fails, an expectation has changed: run `make vectors` and have the difference reviewed."""
    name = f"histories-{level}.json"

    assert (FOLDER / name).read_text("utf-8") == text_of(name)
