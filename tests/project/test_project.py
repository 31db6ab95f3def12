"""The project's own promises: one version, a typed wheel, a changelog that follows, a library that touches nothing."""

from __future__ import annotations

import ast
import configparser
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
from tests.project.lowest import lowest
from tests.project.wheel import differences

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
    assert "version" in settings["project"]["dynamic"]
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


def test_the_lowest_versions_are_those_of_the_project(project: Path) -> None:
    """`make lowest` pins every dependency and every extra to its lower bound; one without a bound is told."""
    settings = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    pins = list(lowest(settings))
    required = [line for line in metadata("teleprocedures").get_all("Requires-Dist") or [] if "extra ==" not in line]

    assert all("==" in pin for pin in pins)
    assert {re.split(r"[^\w.-]", line)[0] for line in required} <= {pin.partition("==")[0] for pin in pins}
    with pytest.raises(ValueError, match=r"^'attrs' has no lower bound alone: expected NAME>=VERSION$"):
        list(lowest({"dependencies": ["attrs"]}))


def test_the_rooms_stand_on_ten_floors_in_the_order_of_the_guide(project: Path) -> None:
    """The layers of `.importlinter` are at most ten, and are the rooms that the contributors' guide tells, in order."""
    floors = configparser.ConfigParser()
    floors.read(project / ".importlinter", "utf-8")
    layers = floors["importlinter:contract:rooms"]["layers"].split("\n")
    guide = (project / "CONTRIBUTING.md").read_text("utf-8").partition("## The rooms")[2].partition("\n##")[0]
    told = re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE)

    assert len([layer for layer in layers if layer]) <= 10
    assert [sorted(re.findall(r"\w+", layer)) for layer in layers if layer] == grouped(told, layers)


def grouped(names: list[str], layers: list[str]) -> list[list[str]]:
    """The names in their order, in groups as long as the layers."""
    rest, found = list(names), []
    for layer in layers:
        if count := len(re.findall(r"\w+", layer)):
            found.append(sorted(rest[:count]))
            del rest[:count]
    return found if not rest else [*found, rest]


def test_the_readme_is_the_description() -> None:
    """The package index shows the README."""
    assert "text/markdown" == metadata("teleprocedures")["Description-Content-Type"]


def test_the_library_calls_no_builtin_that_reads_writes_or_runs_text() -> None:
    """What needs no import, so that the floors cannot forbid it: `open`, `input`, `print` and the like."""
    found = [
        f"{path.relative_to(FACE.parent)}: {node.func.id}"
        for path in sorted(FACE.parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NOT_CALLED
    ]

    # A builder is written from the names of a class's own fields, as attrs writes a constructor; a lazy face keeps what
    # it has handed out, and the face of the strategies finds them.
    faces = ["__init__.py", "cases/__init__.py", "testing/strategies/__init__.py"]
    assert sorted(["building.py: exec", *(f"{face}: globals" for face in faces)]) == sorted(found)


def test_a_wheel_that_is_not_the_source_is_told(tmp_path: Path) -> None:
    """What is missing, added or changed is named; what is the same, and what a build adds of its own, is not."""
    for name, text in {"same.py": "1", "changed.py": "2", "missing.py": "3"}.items():
        (tmp_path / "teleprocedures").mkdir(exist_ok=True)
        (tmp_path / "teleprocedures" / name).write_text(text, "utf-8")
    with zipfile.ZipFile(tmp_path / "built.whl", "w") as built:
        for name, text in {"same.py": "1", "changed.py": "4", "added.py": "5"}.items():
            built.writestr(f"teleprocedures/{name}", text)
        built.writestr("teleprocedures-1.dist-info/METADATA", "")

    assert [f"teleprocedures/{name}.py" for name in ("added", "changed", "missing")] == differences(
        tmp_path / "built.whl", tmp_path
    )


def test_make_runs_every_room(project: Path) -> None:
    """Each room of tests is run for what it covers, as the kit, as what is around, or as what is slow."""
    made = (project / "Makefile").read_text("utf-8")
    run = {
        Path(path).name
        for name in ("ROOMS", "KIT", "AROUND", "SLOW")
        for line in re.findall(rf"^{name} +:= (.+)$", made, re.MULTILINE)
        for path in re.sub(r"[$(),]|addprefix|tests/,", " ", line).split()
    }
    there = {path.parent.name for path in (project / "tests").glob("*/test_*.py")}

    assert there <= run
