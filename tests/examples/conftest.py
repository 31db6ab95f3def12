"""What the tests of the examples are given: the examples on the path, databases of both kinds, and stores.

PostgreSQL is a real one. Where there is none, tests are skipped; TELEPROCEDURES_POSTGRES, the directory of its
programs, makes that a failure. A file whose packages are not installed is left out, and the end of the run says so.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import paths  # noqa: E402 - the examples are found from here on

FREE = (
    *("test_delegation.py", "test_playground_session.py", "test_postgres_server.py", "test_printable.py"),
    *("test_from_a_wheel.py", "test_vectors.py", "test_words.py"),
)
NEEDS = {
    **{path.name: ("sqlalchemy", "rich") for path in HERE.glob("test_*.py") if path.name not in FREE},
    "test_cluster.py": ("distributed", "deltalake"),
    "test_due_column.py": ("numpy",),
    "test_portal_simulator.py": ("fastapi", "uvicorn", "httpx", "schemathesis"),
    "test_durable.py": ("dbos", "sqlalchemy"),
    "test_playground.py": ("playwright", "axe_playwright_python"),
}
LACKING = {name: lack for name, needs in NEEDS.items() if (lack := [it for it in needs if find_spec(it) is None])}
collect_ignore = list(LACKING)


def pytest_terminal_summary(terminalreporter):
    """Say what was left out."""
    for name, lack in LACKING.items():
        terminalreporter.write_line(f"left out: {name}, for {', '.join(lack)} is not installed")


@pytest.fixture(autouse=True)
def _usual_width(monkeypatch):
    """A report has the width that it has where nothing says how wide a page is."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    """The library as an index has it: built into a wheel, and unpacked in a folder."""
    place = tmp_path_factory.mktemp("library")
    built = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", place / "dist"]
    subprocess.run([*built, paths.EXAMPLES.parents[1]], check=True, capture_output=True)
    with ZipFile(next((place / "dist").glob("*.whl"))) as wheel:
        wheel.extractall(place / "unpacked")
    return place / "unpacked"


@pytest.fixture(scope="module")
def postgres():
    """A running server; a test that asks for it is skipped where there is none."""
    from postgres_server import ASKED_FOR, NoServerError, served  # noqa: PLC0415 - found on the path above

    try:
        with served() as server:
            yield server
    except NoServerError as reason:
        if ASKED_FOR:
            pytest.fail(f"TELEPROCEDURES_POSTGRES is {ASKED_FOR!r}, and {reason}")
        pytest.skip(f"PostgreSQL is not tested: {reason}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """Where an empty database is, of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "cases.sqlite")
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def stores(database):
    """What opens stores of one database, the first time with its tables; all are closed in the end."""
    from store import Store  # noqa: PLC0415 - found on the path above

    opened = []

    def another(**options):
        opened.append(Store(database, **options))
        if len(opened) == 1:
            opened[0].create()
        return opened[-1]

    yield another
    for store in opened:
        store.close()


@pytest.fixture
def store(stores):
    """An empty store."""
    return stores()
