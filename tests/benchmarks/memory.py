"""Rows on memory: a request with its activation, against models registered with `transitions`, by tracemalloc."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from bare import Model
from paired import Row
from samples import adhesions
from transitions import Machine

from teleprocedures import LIFECYCLES


def traced(make: Callable[[], Any], *, units: int) -> float:
    """Bytes a unit that are still there once it is made."""
    make()  # what is made once and for all is not a unit's
    gc.collect()
    tracemalloc.start()
    kept = make()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return held / units


def bare_machine(name: str, **settings: Any) -> Machine:
    """A machine with the states and triggers of a lifecycle, without guards."""
    lifecycle = LIFECYCLES[name]
    rows = dict.fromkeys((row.trigger, str(row.source), str(row.dest)) for row in lifecycle.rows)
    return Machine(
        model=None,
        states=[str(state) for state in lifecycle.states],
        initial=str(lifecycle.initial),
        transitions=[[trigger, source, str(dest)] for trigger, source, dest in rows],
        **settings,
    )


def registered(count: int, *names: str, **settings: Any) -> list[Any]:
    """Models registered with the machine of each lifecycle; each holds one of the last, as a request its activation."""
    kept: list[Any] = []
    for name in names:
        machine = bare_machine(name, **settings)
        models = [Model() for _ in range(count)]
        machine.add_model(models)
        for model, inner in zip(models, kept, strict=False):
            model.inner = inner
        kept = models
    return kept


def rows(*, short: bool) -> Iterator[Row]:
    """Against two models, one for each machine that a request is in; then against a single one."""
    count = 500 if short else 3_000
    ours = traced(lambda: adhesions(count), units=count)
    against: tuple[tuple[str, float | None, tuple[str, ...], dict[str, Any]], ...] = (
        (
            "registered with `transitions` for both of its machines (two models, `auto_transitions=False`)",
            0.15,
            ("activation", "adhesion"),
            {"auto_transitions": False},
        ),
        ("for the adhesion's machine alone, as `Machine(…)` does by default", 0.15, ("adhesion",), {}),
        (
            "for the adhesion's machine alone, `auto_transitions=False`",
            None,
            ("adhesion",),
            {"auto_transitions": False},
        ),
    )
    for described, reach, names, settings in against:
        theirs = traced(lambda names=names, settings=settings: registered(count, *names, **settings), units=count)
        yield Row(
            what=f"memory of an adhesion with its activation, against one model {described}",
            measured=ours / theirs,
            reach=reach,
            made_of=f"{ours:,.0f} B / {theirs:,.0f} B",
        )
