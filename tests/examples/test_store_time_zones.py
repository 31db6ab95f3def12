"""A time zone that changes between writing and reading: governments do that at short notice."""

from __future__ import annotations

import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the store of the examples is tested with SQLAlchemy only")

from paths import environment
from store import Store

from teleprocedures import HELD_ELSEWHERE, Adhesion, Space
from teleprocedures.testing import adhesion_form, space_form

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
NIGHT = """
import sys
from datetime import datetime
from store import Store
from teleprocedures import Sweep, replay

store = Store(sys.argv[1])
for at in map(datetime.fromisoformat, sys.argv[2:]):
    list(store.sweep(Sweep(at=at)))
case = store.get("request")
assert replay(store.events("request")) == case
print(*(event.kind for event in store.events("request")), case.deadline.closes.isoformat())
"""


def zone_file(name):
    """Where the system keeps a time zone, or the package that has them where it has none."""
    shipped = find_spec("tzdata")
    places = [*zoneinfo.TZPATH, *([str(Path(shipped.origin).parent / "zoneinfo")] if shipped else [])]
    return next(path for path in (Path(place) / name for place in places) if path.exists())


@pytest.mark.parametrize("other", ["Asia/Tokyo", "America/Los_Angeles"])
def test_a_reminder_is_sent_once_though_the_time_zone_changes(database, tmp_path, other):
    """Paris is hours away the next night, and back again on the one after: nothing is due twice, or at another time."""
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Paris").write_bytes(zone_file(other).read_bytes())
    store = Store(database)
    store.create()
    space = Space.create(space_form(), id="space", password_hash="x", answer_hash="x", at=START).case
    space = space.activate(HELD_ELSEWHERE, at=START).case
    request = Adhesion.request(space, adhesion_form(), id="request", at=START)
    store.record(request)
    store.close()
    closes, due = request.case.deadline.closes, request.case.due_at
    hours = [timedelta(hours=count) for count in (-1, 0, 8, 16, 24)]

    def night(*instants, elsewhere):
        there = environment() | ({"PYTHONTZPATH": str(tmp_path)} if elsewhere else {})
        command = [sys.executable, "-c", NIGHT, database, *(at.isoformat() for at in instants)]
        done = subprocess.run(command, env=there, capture_output=True, text=True, check=False, timeout=120)
        assert "" == done.stderr
        return done.stdout.split()

    before = night(due - timedelta(microseconds=1), elsewhere=True)
    after = [night(*(due + hour for hour in hours), elsewhere=elsewhere) for elsewhere in (True, False, True)]

    assert ["adhesion-requested", "adhesion-validated", closes.isoformat()] == before
    assert [["adhesion-requested", "adhesion-validated", "activation-reminded", closes.isoformat()]] * 3 == after
