"""The project's own promises: one version, a typed wheel, a changelog that follows, a library that touches nothing."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import metadata, version
from pathlib import Path

import pytest

import teleprocedures

FACE = Path(teleprocedures.__file__)
NOT_CALLED = {"__import__", "breakpoint", "compile", "eval", "exec", "globals", "input", "open", "print"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """The wheel that the whole run is about, or one built now from the tree."""
    if given := os.environ.get("TELEPROCEDURES_WHEEL"):
        return Path(given)
    pytest.importorskip("hatchling", reason="the wheel is built by `make test`; here hatchling is not installed")
    place = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(place)],
        cwd=project,
        check=True,
        capture_output=True,
    )
    (built,) = place.glob("*.whl")
    return built


def test_the_version_is_in_one_place(project: Path) -> None:
    """The installed package, its metadata and the build all take the version from `__version__`."""
    settings = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))

    assert teleprocedures.__version__ == version("teleprocedures")
    assert ["version"] == settings["project"]["dynamic"]
    assert "src/teleprocedures/__init__.py" == settings["tool"]["hatch"]["version"]["path"]
    assert 1 == len(re.findall(r"^__version__\b", FACE.read_text("utf-8"), re.MULTILINE))


def test_the_changelog_has_the_version(project: Path) -> None:
    """The newest released entry of the changelog is the version of the package."""
    entries = re.findall(r"^## \[(\d[^\]]*)\]", (project / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert teleprocedures.__version__ == entries[0]


def test_the_wheel_is_typed_and_holds_the_package_only(wheel: Path) -> None:
    """The wheel has `py.typed` and the licence, and nothing beside the package."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert "teleprocedures/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert {"teleprocedures", f"teleprocedures-{teleprocedures.__version__}.dist-info"} == {
        name.split("/")[0] for name in names
    }


def test_what_examples_and_tests_use_is_no_dependency() -> None:
    """Who installs the library gets none of the libraries of the examples and of the tests."""
    required = metadata("teleprocedures").get_all("Requires-Dist") or []
    names = {re.split(r"[^\w.-]", line)[0] for line in required if "extra ==" not in line}

    assert {
        "attrs",
        "email-validator",
        "msgspec",
        "phonenumberslite",
        "python-stdnum",
        "schwifty",
        "transitions",
        "tzdata",
    } == names


def test_the_readme_is_the_description() -> None:
    """The package index shows the README."""
    assert "text/markdown" == metadata("teleprocedures")["Description-Content-Type"]


def test_the_library_calls_no_builtin_that_reads_writes_or_runs_text() -> None:
    """What needs no import, so that the floors cannot forbid it: `open`, `input`, `print` and the like."""
    found = [
        f"{path.name}: {node.func.id}"
        for path in sorted(FACE.parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NOT_CALLED
    ]

    # A builder is written from the names of a class's own fields, as attrs writes a constructor; a lazy face keeps what
    # it has handed out.
    assert ["__init__.py: globals", "building.py: exec", "__init__.py: globals"] == found
