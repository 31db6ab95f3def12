"""The walk through the tables: where a case can stand, and the ways that lead there, row by row.

How it works. A kind of case has a chain of lifecycles, each of which says at which state the next one takes over. From
a state, a verb goes through a row of the table to another state. Where another lifecycle takes over, the walk goes on
in the initial state of that one. `ways` follows every row that some verb goes through, also those of lapses and of
corrections. It never comes twice to the same state.

Why so. `Lifecycle.path` answers what a plan asks: the shortest way on, on which nothing goes wrong. Tests ask for more:
a case that lapsed and came back is another case than one that never lapsed. No order of states is told here, so a state
that is added to a table is walked to like the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, TypeAlias

import attrs

from teleprocedures.cases import Case
from teleprocedures.core import AnyTable, Lapse, Row
from teleprocedures.rulebook import Rulebook

AnyRow: TypeAlias = Row[Any]


def verbs_of(kind: type[Case]) -> tuple[str, ...]:
    """The verbs of a kind of case that its tables have and that make an event, in their order."""
    return tuple(dict.fromkeys(row.trigger for table in kind.lifecycles for row in rows_of(kind, table)))


def rows_of(kind: type[Case], table: AnyTable) -> Iterator[AnyRow]:
    """The rows of a table that a verb goes through, and that make an event."""
    return (row for row in table.rows if row.makes is not None and hasattr(kind, row.trigger))


def stages_of(kind: type[Case]) -> tuple[StrEnum, ...]:
    """Where a case of this kind can stand as a whole: the states of its tables, but those that another takes over.

    Those of the last table come first.
    """
    tables = reversed(kind.lifecycles)
    return tuple(state for table in tables for state in table.states if table.then(state) is None)


def table_of(kind: type[Case], stage: StrEnum) -> AnyTable:
    """The lifecycle that a stage is a state of; raises `LookupError` for one of no lifecycle of this kind."""
    for table in kind.lifecycles:
        # States of two lifecycles may be the same text.
        if isinstance(stage, type(table.initial)):
            return table
    message = f"nothing comes to {stage!r}: expected one of {', '.join(map(repr, stages_of(kind)))}"
    raise LookupError(message)


def runs_in(kind: type[Case], state: StrEnum) -> bool:
    """Whether a time limit runs in a state, or in the one where another lifecycle takes over."""
    table = table_of(kind, state)
    on = table.then(state)
    return state in table.running if on is None else on.initial in on.running


def is_decisive(row: AnyRow) -> bool:
    """Whether a row moves a case, or sets its time limit anew."""
    return row.dest is not row.source or (row.makes is not None and "deadline" in attrs.fields_dict(row.makes))


def paths(
    kind: type[Case], state: StrEnum, wanted: StrEnum, rulebook: Rulebook, seen: tuple[StrEnum, ...] = ()
) -> Iterator[tuple[AnyRow, ...]]:
    """The ways from a state to another by the rows of the tables, none of them twice through a state.

    Where the rulebook sets no time limit, nothing lapses.
    """
    table = table_of(kind, state)
    on = table.then(state)
    if state is wanted:
        yield ()
    elif on is not None:
        yield from paths(kind, on.initial, wanted, rulebook, (*seen, state))
    else:
        for row in rows_of(kind, table):
            new = row.source is state and not any(row.dest is one for one in (state, *seen))
            if new and (not _lapses(row) or table.limit in rulebook.limits):
                after = row.dest if row.dest is wanted else entered(table, row)
                rests = paths(kind, after, wanted, rulebook, (*seen, state))
                yield from ((row, *rest) for rest in rests)


def entered(table: AnyTable, row: AnyRow) -> StrEnum:
    """Where a case stands after a row: where another lifecycle takes over, the event says in which of its states."""
    on = table.then(row.dest)
    if on is None or row.makes is None:
        return row.dest
    state: StrEnum = on.enters(row.makes)
    return state


def _lapses(row: AnyRow) -> bool:
    return row.makes is not None and issubclass(row.makes, Lapse)
