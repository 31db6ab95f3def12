"""The table as a machine of XState: node runs it, and comes where the table leads."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from teleprocedures.cases import LIFECYCLES, Adhesion, Mandate, Space
from tests.builders import each

HERE = Path(__file__).parent
HISTORIES, LENGTH = 200, 30


def machines():
    """Where node is, and where the package xstate is, None where one of them is not."""
    node = shutil.which("node")
    places = (os.environ.get("TELEPROCEDURES_XSTATE"), Path(sys.prefix) / "xstate" / "node_modules")
    found = next((Path(it) for it in places if it and (Path(it) / "xstate").is_dir()), None)
    return None if node is None or found is None else (node, found)


def judged(lines):
    """What XState makes of these histories."""
    found = machines()
    if found is None:
        pytest.skip("no node with the package xstate: `make test` installs it where there is npm")
    node, modules = found
    run = subprocess.run(
        [node, HERE / "xstate_judge.js"],
        input="\n".join(map(json.dumps, lines)),
        env={**os.environ, "NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert "" == run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def walked(table, draw):
    """Verbs in some order with the guards that agree, and where the table leads with each."""
    every = table.chain
    verbs = [*dict.fromkeys(verb for it in every for verb in it.verbs), "nothing"]
    guards = sorted({guard.__name__ for it in every for row in it.rows for guard in row.guards})
    steps, came, state = [], [], table.initial
    for _ in range(LENGTH):
        verb, share = draw.choice(verbs), draw.choice((0.5, 0.9, 1))
        agree = [guard for guard in guards if draw.random() < share]
        # Nearly always something that the state allows: else few histories come anywhere.
        allowed = table.triggers(state)
        verb = draw.choice(allowed) if allowed and draw.random() < 0.8 else verb
        turn = next((it for it in table.turns(state, verb) if {one.name for one in it.guards} <= set(agree)), None)
        state = state if turn is None else turn.dest
        if table.then(state) is not None:
            table = table.then(state)
            state = table.enters(turn.makes)
        steps.append((verb, agree))
        came.append([turn is not None, state.value, state in table.terminal])
    return steps, came


@each("name", "space", "adhesion", "mandate")
def test_xstate_comes_where_the_table_leads(name):
    """Over 18,000 random steps, whatever guards agree: what is possible, where it leads, and which states are ends."""
    draw, table = Random(name), LIFECYCLES[name]
    histories = [walked(table, draw) for _ in range(HISTORIES)]

    told = judged({"machine": table.to_xstate(), "steps": steps} for steps, _ in histories)

    assert HISTORIES == len(told)
    for (_, came), theirs in zip(histories, told, strict=True):
        assert came == theirs
    assert {state.value for it in table.chain for state in it.states if it.then(state) is None} == {
        state for _, came in histories for _, state, _ in came
    }


def test_a_row_says_its_event_its_guards_and_what_it_corrects():
    """The configuration has the table's names; a lifecycle that takes over stands inside."""
    space = Space.lifecycle.to_xstate()
    adhesion = Adhesion.lifecycle.to_xstate()["states"]

    assert ("space", "pending") == (space["id"], space["initial"])
    assert [
        {
            "target": "active",
            "meta": {"makes": "space-activated", "corrects": "A15"},
            "guard": {"type": "all", "params": {"of": ["held_elsewhere", "in_time", "opens_the_space"]}},
        }
    ] == space["states"]["lapsed"]["on"]["activate"]
    assert {"meta": {"rule": "1.8"}, "tags": ["terminal"], "type": "final"} == space["states"]["active"]
    assert ("awaiting_code", [*LIFECYCLES["activation"].states]) == (
        adhesion["validated"]["initial"],
        [*adhesion["validated"]["states"]],
    )
    # A code proves that the link was used, and leads further than a letter (A23).
    assert [["validated"], ["validated.active"]] == [
        [it["target"] for it in adhesion["awaiting_email"]["on"][verb]] for verb in ("record_letter", "activate")
    ]
    # A row without an event only says that something is possible, and one without a guard always is.
    assert {"makes": None, "corrects": None} == adhesion["lapsed"]["on"]["renew"][0]["meta"]
    assert [{"target": "sent", "meta": {"makes": "mandate-sent", "corrects": None}}] == Mandate.lifecycle.to_xstate()[
        "states"
    ]["signed"]["on"]["send"]
    assert space == json.loads(json.dumps(space))
