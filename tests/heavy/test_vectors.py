"""The vectors as a whole: made anew, as their schema says, and played by the simulator and the firm on Django."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from teleprocedures.testing.vectors import NAMES, VERSION, text_of

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "vectors"
ADAPTERS = PROJECT / "docs" / "examples" / "vectors"


@pytest.mark.parametrize("level", [1, 2])
def test_the_histories_are_those_that_the_library_makes(level: int) -> None:
    """Where this fails, an expectation has changed: run `make vectors` and have the difference reviewed."""
    name = f"histories-{level}.json"

    assert (FOLDER / name).read_text("utf-8") == text_of(name)


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_as_the_schema_says(name: str) -> None:
    """It has the version of all, and no field that is not told."""
    schema = Draft202012Validator(json.loads((FOLDER / "schema.json").read_text("utf-8")))
    found = json.loads((FOLDER / name).read_text("utf-8"))

    assert [] == [error.message for error in schema.iter_errors(found)]
    assert (VERSION, "expert-2024-04-03") == (found["version"], found["rulebook"])


@pytest.mark.parametrize(
    ("level", "adapter", "needs"),
    [(1, "firm_adapter.py", ("django",)), (2, "simulator_adapter.py", ("fastapi", "uvicorn", "httpx"))],
)
def test_hosts_pass(level: int, adapter: str, needs: tuple[str, ...]) -> None:
    """What they have is answered as the files say, most of the steps of their level; what they lack is told."""
    if not all(map(find_spec, needs)):
        pytest.skip(f"{adapter} needs {', '.join(needs)}")
    command = [sys.executable, str(FOLDER / "runner.py"), str(level), sys.executable, str(ADAPTERS / adapter)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    counts = dict(line.rsplit(": ", 1) for line in done.stdout.splitlines() if line.rpartition(": ")[2].isdecimal())

    assert (0, "0") == (done.returncode, counts["wrong"]), done.stdout[-4_000:] + done.stderr[-2_000:]
    assert int(counts["answered"]) > 2_000
    assert int(counts["left out: plan"]) > 50
