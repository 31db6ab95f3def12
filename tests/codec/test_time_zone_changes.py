"""Paris changes its clocks by other rules one day, and what was stored before keeps its deadlines."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from teleprocedures.codec import dumps
from teleprocedures.testing import Move, Play
from teleprocedures.testing._shipped import straight_on

HERE = Path(__file__).parent
# The sixty days from here lead over the change of clocks in October.
START = datetime(2024, 9, 20, 9, tzinfo=UTC)
READ = """
import json, sys
from datetime import datetime, timedelta, UTC
from teleprocedures import replay
from teleprocedures.codec import dumps, loads
from teleprocedures.testing import Play
from teleprocedures.testing._shipped import straight_on

said = []
for history in json.load(sys.stdin):
    case, events = loads(history["case"]), [loads(line) for line in history["events"]]
    assert replay(events) == case and dumps(case).decode() == history["case"]
    limit = case.time_limit
    edges = [] if limit is None else [limit.safe_until, limit.closes, limit.lapses_at, *limit.reminders]
    said.append([case.due_at and case.due_at.isoformat(), [[str(at), case.possible(at=at)] for at in edges]])
anew = Play(at=datetime(2024, 9, 20, 9, tzinfo=UTC))
for move in straight_on()[:4]:
    anew.make(move)
print(json.dumps([said, anew.cases["adhesion-1"].deadline.closes.isoformat()]))
"""


def without_winter() -> bytes:
    """A zone whose clocks show summer time for ever, as the Union has debated: a file in the form of RFC 8536."""
    names = b"CEST\0"
    head = b"TZif2" + bytes(15)
    first = head + struct.pack(">6l", 0, 0, 0, 0, 1, len(names)) + struct.pack(">lbb", 7_200, 1, 0) + names
    return first + first + b"\nCEST-2\n"


def stored() -> list[dict[str, Any]]:
    """Every case of a history as it is stored, at each step of it, with its events."""
    play = Play(at=START)
    histories = []
    for move in (*straight_on(), Move("record_collection", "mandate-1")):
        play.make(move)
        play.wait(timedelta(hours=5))
        events = [dumps(event).decode() for event in play.events[move.about]]
        histories.append({"case": dumps(play.cases[move.about]).decode(), "events": events})
    return histories


def read(histories: list[dict[str, Any]], **environment: str) -> Any:
    """What another process makes of these, and the last instant of a code that is posted there today."""
    run = subprocess.run(
        [sys.executable, "-c", READ],
        input=json.dumps(histories),
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert "" == run.stderr
    return json.loads(run.stdout)


@pytest.mark.rule("3.1", "A3", "F1")
def test_a_change_of_the_time_zone_moves_no_deadline(tmp_path: Path) -> None:
    """What was stored is read, replayed and judged as before; what is posted from then on goes by the new clocks."""
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Paris").write_bytes(without_winter())
    histories = stored()

    before, closes = read(histories)
    after, elsewhere = read(histories, PYTHONTZPATH=str(tmp_path))

    assert before == after
    assert 3 <= sum(bool(edges) for _, edges in after)
    assert ("2024-11-19T22:59:59.999999+00:00", "2024-11-19T21:59:59.999999+00:00") == (closes, elsewhere)
