"""What is said of a database that fails: its kind in words, and the driver's own words as a quotation."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest

pytest.importorskip("sqlalchemy", reason="the store of the examples is tested with SQLAlchemy only")

from failures import KINDS, kind, unusable
from schema import create, engine_for
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from told import plain
from words import LANGUAGES, WORDS


def failure(place, statement, *, after="SELECT 1"):
    """What this statement raises on a database, after another one."""
    engine = engine_for(str(place))
    with engine.connect() as connection:
        connection.exec_driver_sql(after)
        connection.commit()
        with pytest.raises(SQLAlchemyError) as raised:
            connection.execute(text(statement))
    engine.dispose()
    return raised.value


@pytest.fixture
def place(tmp_path):
    """The tables of the store, in a file of SQLite."""
    file = tmp_path / "cases.sqlite"
    engine = engine_for(str(file))
    create(engine)
    engine.dispose()
    return file


GROW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
GROW += " INSERT INTO outbox (id, payload) SELECT i, randomblob(500) FROM n"


def test_a_disk_that_is_full(place):
    """SQLite has no page left."""
    assert "database.full" == kind(failure(place, GROW, after="PRAGMA max_page_count = 20")).code


def test_a_database_that_only_reads(place):
    """Nothing can be written."""
    assert "database.read_only" == kind(failure(place, GROW, after="PRAGMA query_only = ON")).code


def test_a_database_that_another_holds(place):
    """Who does not wait for it is told so."""
    engine = engine_for(str(place))
    with engine.connect() as connection, closing(sqlite3.connect(place, isolation_level=None)) as other:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        connection.commit()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError) as raised:
            connection.execute(text("SELECT 1"))
    engine.dispose()

    assert "database.locked" == kind(raised.value).code


def test_a_file_that_is_damaged(place):
    """Its first page is sound, the others are not."""
    engine = engine_for(str(place))
    with engine.begin() as connection:
        connection.execute(text(GROW))
    engine.dispose()
    with place.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (place.stat().st_size - 4096))

    assert "database.damaged" == kind(failure(place, "SELECT count(payload) FROM outbox")).code


def test_any_other_failure(place):
    """It is said that something failed, and the words of the driver say what."""
    error = failure(place, "SELECT * FROM nowhere")
    said = {code: plain(unusable(wording, error, "x.sqlite")) for code, wording in LANGUAGES.items()}

    assert {
        "fr": "la base de données x.sqlite est inutilisable : une opération a échoué"
        " (message de la base : « no such table: nowhere »)",
        "en": "the database x.sqlite cannot be used: an operation failed (in its own words: no such table: nowhere)",
    } == said


@pytest.mark.parametrize(
    ("after", "statement", "code"),
    [
        ("SET default_transaction_read_only = on", "CREATE TABLE more (it int)", "database.read_only"),
        ("SET ROLE pg_monitor", "CREATE SCHEMA more", "database.not_allowed"),
        ("SELECT 1", "SELECT pg_terminate_backend(pg_backend_pid())", "database.stopped"),
        ("SELECT 1", "SELECT * FROM nowhere", "database.failed"),
    ],
)
def test_what_postgresql_refuses(postgres, after, statement, code):
    """By its own codes."""
    assert code == kind(failure(postgres.new_database(), statement, after=after)).code


def test_a_database_that_is_not_on_its_server(postgres):
    """The driver has no code for a connection that is not made, and the server says why."""
    url = postgres.new_database().replace("/test_", "/no_test_")
    engine = engine_for(url)
    with pytest.raises(OperationalError) as raised:
        engine.connect()
    said = plain(unusable(LANGUAGES["fr"], raised.value, url))

    assert re.search("pas de connexion avec le serveur .message de la base : « .*does not exist", said)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("08006", "no_connection"),
        ("28P01", "not_allowed"),
        ("3D000", "not_there"),
        ("40P01", "locked"),
        ("53100", "full"),
        ("53300", "busy"),
        ("55P03", "locked"),
        ("57P03", "stopped"),
        ("58030", "disk"),
        ("XX001", "damaged"),
    ],
)
def test_the_codes_of_postgresql(state, code):
    """Kinds that no test can bring about, by the driver's class of error for each."""
    errors = pytest.importorskip("psycopg.errors", reason="the codes are those of the driver")

    assert f"database.{code}" == kind(OperationalError("SELECT 1", {}, errors.lookup(state)("x"))).code


def test_every_kind_has_words():
    """And no words are there for none."""
    others = {"unusable", "said", "no_url", "no_driver", "foreign", "failed"}

    assert {*KINDS.values(), *others} == {key.partition(".")[2] for key in WORDS if key.startswith("database.")}
