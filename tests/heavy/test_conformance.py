"""The simulator of the portal, compared with the library in all that can be tried, over HTTP."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings

from teleprocedures.testing.conformance import THOROUGH, check_conformance

BENCH = Path(__file__).parents[2] / "docs" / "examples" / "bench"


def test_the_simulator_conforms_in_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that its adapter has is tried, forms and payments among it, and every rule that this asks."""
    for needed in ("fastapi", "uvicorn", "httpx"):
        pytest.importorskip(needed)
    monkeypatch.syspath_prepend(BENCH)
    from portal_bench import SimulatorHost, started  # noqa: PLC0415 - where httpx is installed only

    few = settings(THOROUGH, max_examples=4, stateful_step_count=8, database=None)
    with started() as portal:
        told = check_conformance(partial(SimulatorHost, portal), settings=few)

    assert {"1.12", "2.3", "2.4", "2.7", "2.13", "2.18", "2.20", "A8"} <= {*told.rules}
    assert told.asked["2.21"]
    assert {"A19", "A20", "A21"} == {*told.never_asked}
