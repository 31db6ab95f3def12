"""Rows on deciding: a full decision, guards, event and new snapshot, against one bare trigger of other libraries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bare import (
    automat_machines,
    lapse_all,
    lapse_all_interpreters,
    sismic_interpreters,
    statemachine_machines,
    transitions_models,
)
from paired import Row, compared, ratio, timed
from samples import ADHESION_LATE, SPACE_LATE, adhesions, spaces

from teleprocedures import Adhesion, Space

# Library, what makes its machines, what triggers them, how many of them, what is to be reached.
PEERS: tuple[tuple[str, Any, Any, int, float | None], ...] = (
    ("`transitions`", transitions_models, lapse_all, 1_000, 0.25),
    ("python-statemachine", statemachine_machines, lapse_all, 400, 0.04),
    ("Automat, which carries nothing", automat_machines, lapse_all, 1_000, 3),
    ("sismic", sismic_interpreters, lapse_all_interpreters, 200, None),
)


def lapse_spaces(cases: list[Space]) -> None:
    """One decision on each space."""
    for case in cases:
        case.lapse(at=SPACE_LATE)


def lapse_adhesions(cases: list[Adhesion]) -> None:
    """One decision on each request whose code was not used."""
    for case in cases:
        case.lapse(at=ADHESION_LATE)


def rows(*, short: bool) -> Iterator[Row]:
    """A decision against each of the four libraries; then that of a request, with two machines, against the first."""
    repeat = 15 if short else 61
    pending, requested = spaces(1_000), adhesions(1_000)
    for name, prepare, trigger, count, reach in PEERS:
        found = ratio(
            timed(lapse_spaces, lambda count=count: pending[:count], units=count),
            timed(trigger, lambda prepare=prepare, count=count: prepare(count), units=count),
            repeat=repeat,
        )
        yield compared(f"a full decision (`Space.lapse`) against a bare trigger of {name}", found, reach=reach)
    found = ratio(
        timed(lapse_adhesions, lambda: requested, units=len(requested)),
        timed(lapse_all, lambda: transitions_models(len(requested)), units=len(requested)),
        repeat=repeat,
    )
    yield compared(
        "`Adhesion.lapse` (request and activation) against a bare trigger of `transitions`", found, reach=None
    )
