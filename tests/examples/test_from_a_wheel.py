"""Each example as somebody has it who downloaded it: its archive alone, the library from a wheel, as its page says.

What else an example needs is that of this environment. One whose packages are missing is skipped, and says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final
from zipfile import ZipFile

import attrs
import pytest
from paths import EXAMPLES

PROJECT = EXAMPLES.parents[1]
LEFT_OUT = {"shared": "what examples share is no example", "django_firm": "test_django_firm.py does the same with it"}

MADE = """
import sys
from pathlib import Path
sys.path[:0] = [str(it) for it in Path("docs/examples").iterdir()]
from datetime import UTC, datetime, timedelta
from teleprocedures import Portal, Sweep
from teleprocedures.codec import dumps
from teleprocedures.testing import ManualClock, PlainHasher, RecordingNotifier, ScriptedCodes, space_form
clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
later = clock.now() + timedelta(days=3)
ports = {"clock": clock, "codes": ScriptedCodes(), "notifier": RecordingNotifier(), "hasher": PlainHasher()}
def pending(**others):
    return Portal(**ports, **others).create_space(space_form())
"""
IN_MEMORY = """
from due_column import DueColumn
print(*[decision.case.state for decision in DueColumn([pending()]).decide(Sweep(at=later))])
"""
STORE = """
from store import Store
store = Store("cases.sqlite", clock=clock)
store.create()
pending(journal=store)
clock.set(later)
print(*[decision.case.state for batch in store.sweep(Sweep(at=later)) for decision in batch], len(store.unsent()))
"""
WALL_CLOCK = """
from teleprocedures.testing.conformance import THOROUGH, check_conformance
from hypothesis import settings
from wall_clock_host import ElapsedHost
print(*check_conformance(ElapsedHost, settings=settings(THOROUGH, max_examples=20)).accepted)
"""
LINES = """
print(dumps(pending()).decode())
"""
SQL = """
import psycopg
from loop import create, load
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    create(connection)
    load(connection, [pending()])
"""
SIMULATOR = """
import subprocess, sys, time, urllib.request
from socket import create_server
with create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
with subprocess.Popen([sys.executable, "docs/examples/portal_simulator", "--port", str(port)]) as simulator:
    for _ in range(600):
        try:
            print(urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi.json").status)
            break
        except OSError:
            time.sleep(0.1)
    simulator.terminate()
"""


@attrs.frozen
class Start:
    """Commands of Python one after the other, what the last one prints and gives back, and the packages needed.

    Each is handed what the one before printed. A word of `{}` stands for an empty PostgreSQL database.
    """

    commands: tuple[tuple[str, ...], ...]
    printed: str
    needs: tuple[str, ...] = ()
    status: int = 0


STARTS: Final[Mapping[str, Start]] = MappingProxyType(
    {
        "bench": Start(
            (("-m", "pytest", "-q", "-p", "no:cacheprovider", "docs/examples/bench"),),
            " passed",
            ("fastapi", "uvicorn", "httpx"),
        ),
        "cluster": Start(
            (
                ("-c", MADE + LINES),
                ("docs/examples/cluster/cluster.py", "create", "cases"),
                ("docs/examples/cluster/cluster.py", "night", "cases", "--at", "2026-03-05T10:00+01:00"),
            ),
            "lapsed",
            ("distributed", "deltalake", "polars"),
        ),
        "delegation": Start((("docs/examples/delegation/delegation.py",),), "\nstateDiagram-v2\n"),
        "durable": Start(
            (("docs/examples/durable/durable.py", "run", "requests.sqlite", "letterbox"),),
            "following 0\n",
            ("dbos", "sqlalchemy"),
        ),
        "in_memory": Start((("-c", MADE + IN_MEMORY),), "lapsed\n", ("numpy",)),
        "nightly": Start(
            (("docs/examples/nightly/nightly.py", "--pages", "nuit"),),
            "nuit/nuit.html",
            ("rich", "sqlalchemy", "jinja2", "icalendar", "openpyxl"),
            status=1,
        ),
        "portal_simulator": Start((("-c", SIMULATOR),), "200\n", ("fastapi", "uvicorn")),
        "postgresql": Start(
            (("-c", MADE + SQL, "{}"), ("docs/examples/postgresql/loop.py", "{}", "2026-03-05T06:00+01:00")),
            "1\n",
            ("psycopg",),
        ),
        "store": Start((("-c", MADE + STORE),), "lapsed 2\n", ("sqlalchemy",)),
        "vectors": Start(
            (("vectors/runner.py", "2", "python", "docs/examples/vectors/library_adapter.py"),), "wrong: 0\n"
        ),
        "wall_clock": Start(
            (("-c", MADE + WALL_CLOCK),), "create_space activate_space request_adhesion confirm_company_email\n"
        ),
    }
)
"""How each example is started."""


@pytest.fixture(scope="module")
def exhibits():
    """What makes the archives of the examples."""
    sys.path.insert(0, str(PROJECT / "docs"))
    yield import_module("exhibits")
    sys.path.remove(str(PROJECT / "docs"))
    del sys.modules["exhibits"]


@pytest.fixture
def place(tmp_path, library):
    """An empty folder, and a way to the library."""
    (tmp_path / "library").symlink_to(library)
    return tmp_path


def unpacked(exhibits, name, place):
    """Unpack the archive of an example, and for the vectors what only a clone has."""
    archive = place / "example.zip"
    exhibits.pack(archive, exhibits.needed(EXAMPLES / name))
    with ZipFile(archive) as packed:
        packed.extractall(place)
    if name == "vectors":
        shutil.copytree(PROJECT / "vectors", place / "vectors", ignore=shutil.ignore_patterns("__pycache__"))


def run(place, command, given=""):
    """Run a command of Python there; the library on its path is that of the wheel."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "COVERAGE_"))}
    return subprocess.run(
        [sys.executable, *command],
        cwd=place,
        env=environment
        | {"PYTHONPATH": str(place / "library"), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_example_is_started():
    """None is forgotten, and what is left out says why."""
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir() and path.name != "__pycache__"}

    assert folders == {*STARTS, *LEFT_OUT}


def test_the_library_is_that_of_the_wheel(place):
    """Away from the tree, and not the one that is installed here."""
    done = run(place, ("-c", "import teleprocedures; print(teleprocedures.__file__)"))

    assert f"{place / 'library' / 'teleprocedures' / '__init__.py'}\n" == done.stdout


@pytest.mark.parametrize("name", STARTS)
def test_an_example_starts_with_what_its_page_says(name, exhibits, place, request):
    """Its programs run to their end from its archive alone, print what they should, and are named by the page."""
    start = STARTS[name]
    if lacking := [it for it in start.needs if find_spec(it) is None]:
        pytest.skip(f"{name} is not started: {', '.join(lacking)} is not installed")
    unpacked(exhibits, name, place)
    printed = ""
    database = request.getfixturevalue("postgres").new_database() if "psycopg" in start.needs else ""
    for command in start.commands:
        words = [database if it == "{}" else it for it in command]
        done = run(place, words, printed)
        printed = done.stdout
    page = (EXAMPLES / name / "README.md").read_text("utf-8")

    assert start.status == done.returncode, done.stderr[-3000:]
    assert start.printed in done.stdout
    assert all(f" {command[0]}" in page for command in start.commands if command[0].endswith(".py"))
