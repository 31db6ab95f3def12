"""A lifecycle as the configuration of an XState machine, for front ends.

The machine has the states, the verbs and the guards of the table, by their names. What guards answer, it does not know:
they ask codes and instants, and the library answers (`refusal`). So each transition has one guard of the type `all`,
with the names of those that must agree, and whoever runs the machine says what `all` is.

Where a lifecycle takes over, its states stand inside the state that it takes over from. An event that begins further on
there, such as a code that proves the link (A23), has that state as its target: `validated.active`.

A state that nothing leaves is final. A terminal state that a correction leaves, or where something is still possible,
has the tag `terminal` alone, since a machine stops for good in a final one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from teleprocedures.core._lifecycle import AnyKind, AnyTable, Row

Json: TypeAlias = dict[str, object]


def xstate(table: AnyTable) -> Json:
    """What `createMachine` of XState 5 takes, as data that JSON can carry."""
    return {"id": table.name, **_machine(table)}


def _machine(table: AnyTable) -> Json:
    return {"initial": table.initial.value, "states": {state.value: _state(table, state) for state in table.states}}


def _state(table: AnyTable, state: StrEnum) -> Json:
    node: Json = {"meta": {"rule": table.cites(state)}}
    taking_over = table.then(state)
    # Where another lifecycle takes over, the case goes on.
    if state in table.terminal and taking_over is None:
        node["tags"] = ["terminal"]
    verbs = {
        verb: [_transition(table, row) for row in table.rows if (row.trigger, row.source) == (verb, state)]
        for verb in table.triggers(state)
    }
    if verbs:
        node["on"] = verbs
    elif taking_over is not None:
        node |= _machine(taking_over)
    else:
        node["type"] = "final"
    return node


def _transition(table: AnyTable, row: Row[AnyKind]) -> Json:
    meta = {"makes": None if row.makes is None else row.makes.kind, "corrects": row.corrects}
    transition: Json = {"target": _target(table, row), "meta": meta}
    if row.guards:
        transition["guard"] = {"type": "all", "params": {"of": [guard.__name__ for guard in row.guards]}}
    return transition


def _target(table: AnyTable, row: Row[AnyKind]) -> str:
    """The state that a row leads to, and inside it that in which its event begins, where it is not the initial one."""
    inside = table.then(row.dest)
    if inside is None or row.makes is None or inside.enters(row.makes) is inside.initial:
        return row.dest.value
    return f"{row.dest.value}.{inside.enters(row.makes).value}"
