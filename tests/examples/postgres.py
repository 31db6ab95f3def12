"""The databases that tests are given: a new one of each kind, on a real PostgreSQL where there is one.

Where there is none, tests are skipped; TELEPROCEDURES_POSTGRES, the directory of its programs, makes that a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import ASKED_FOR, NoServerError, Server, served


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    """A running server; a test that asks for it is skipped where there is none."""
    try:
        with served() as server:
            yield server
    except NoServerError as reason:
        if ASKED_FOR:
            pytest.fail(f"TELEPROCEDURES_POSTGRES is {ASKED_FOR!r}, and {reason}")
        pytest.skip(f"PostgreSQL is not tested: {reason}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database is, of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "cases.sqlite")
    return request.getfixturevalue("postgres").new_database()
