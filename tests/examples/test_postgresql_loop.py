"""The loop in SQL: workers at once and killed ones lose nothing and double nothing, and a bad row stops nobody."""
# ruff: noqa: E402 - what is needed is asked for first

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta

import pytest

psycopg = pytest.importorskip("psycopg", reason="the loop in SQL is not tested: psycopg is not installed")

from loop import create, load, night
from paths import EXAMPLES
from setting import LATE, START, pending

from teleprocedures.codec import dumps

COUNT = 3_000


@pytest.fixture
def database(postgres):
    """A database with the tables and so many spaces that are to lapse, and one that is not due."""
    url = postgres.new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        create(connection)
        load(connection, [pending(number).case for number in range(COUNT)])
        load(connection, [pending("later", at=START + timedelta(days=30)).case])
    return url


def counted(url):
    """How many requests are due, and how many events and messages there are."""
    with psycopg.connect(url) as connection:
        due = connection.execute("SELECT count(*) FROM requests WHERE due_at <= %s", (LATE,)).fetchone()[0]
        tables = [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("events", "outbox")]
    return due, *tables


def test_workers_and_kills_lose_and_double_nothing(database):
    """Three at once, of which two are killed in the middle; a fourth does the rest, and a fifth finds nothing."""
    command = [sys.executable, str(EXAMPLES / "postgresql" / "loop.py"), database, LATE.isoformat()]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    while not (0 < counted(database)[1] < COUNT) and any(it.poll() is None for it in workers):
        time.sleep(0.01)
    for worker in workers[:2]:
        worker.kill()
    for worker in workers:
        worker.communicate(timeout=60)
    with psycopg.connect(database, autocommit=True) as connection:
        night(connection, LATE)
        last = night(connection, LATE)

    assert 0 == last
    assert (0, COUNT, COUNT) == counted(database)


def test_a_bad_row_is_set_aside_with_the_reason(database):
    """One that cannot be read, and one whose document is not due: both stay as they are, and the others go on."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE requests SET document = 'x' WHERE id = 'space-7'")
        early = dumps(pending("space-8", at=START + timedelta(days=30)).case)
        connection.execute("UPDATE requests SET document = %s WHERE id = 'space-8'", (early,))
        decided = night(connection, LATE)
        aside = connection.execute("SELECT id FROM requests WHERE set_aside IS NOT NULL ORDER BY id").fetchall()

    assert COUNT - 2 == decided
    assert [("space-7",), ("space-8",)] == aside
    assert (2, COUNT - 2, COUNT - 2) == counted(database)
