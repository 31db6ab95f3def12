"""A lifecycle that a host defines works with the whole library, without a change in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from paths import environment

HERE = Path(__file__).parent
FIRST = "import delegation, sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"


@pytest.mark.parametrize(
    ("what", "of_it"),
    [("examples/own_lifecycle.py", ""), ("core/test_differential.py", "delegation or whole_stories")],
    ids=["the whole library", "the engine"],
)
def test_a_lifecycle_of_a_hosts_own_works_with(what: str, of_it: str) -> None:
    """In a process of its own, where the kind of case is registered before anything else is asked."""
    command = [
        sys.executable,
        "-c",
        FIRST,
        "-q",
        "-p",
        "no:cacheprovider",
        "-n0",
        "--no-cov",
        "-k",
        of_it,
        str(HERE.parent / what),
    ]
    done = subprocess.run(command, cwd=HERE.parents[1], env=environment(), capture_output=True, text=True, check=False)

    assert 0 == done.returncode, done.stdout[-3000:] + done.stderr[-1000:]
    assert "skipped" not in done.stdout
