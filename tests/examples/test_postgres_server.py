"""The server of the tests is there wherever temporary files are: it must not skip what it is for."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from postgres_server import ASKED_FOR, LONGEST, NoServerError, programs, room, served


def test_a_long_directory_of_temporary_files_is_no_reason_to_skip(tmp_path, monkeypatch):
    """The path of a socket would not fit: the server is elsewhere, and answers."""
    pytest.importorskip("psycopg", reason="who has no server may not have it")
    if programs() is None and not ASKED_FOR:
        pytest.skip("there are no initdb and pg_ctl")
    long = tmp_path / ("x" * LONGEST)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with served() as server:
        answer = server.query("SELECT 1")

    assert [(1,)] == answer
    assert not list(long.iterdir())


def test_a_private_directory_is_not_for_another_user(tmp_path):
    """Root's own: whoever the server runs as may not go through it."""
    private = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        found = room(str(private), None), room(str(private), "nobody")
    finally:
        private.rmdir()

    assert (str(private), "/tmp") == found


def test_nowhere_to_be_is_said(monkeypatch):
    """With the reason, which the tests that are skipped give."""
    monkeypatch.setattr("postgres_server.PLACES", ())
    with pytest.raises(NoServerError, match="is too long for a socket's path"):
        room("/" + "x" * LONGEST, None)
