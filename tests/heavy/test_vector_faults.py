"""The faults that the vectors find are still those of the code, and one of each file is found."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from tests.heavy.meaning_mutants import PROJECT
from tests.heavy.vector_faults import FAULTS, is_found, main

if not (PROJECT / "src").exists():
    pytest.skip("the library is tested as it is installed, without its source", allow_module_level=True)


def test_every_fault_can_be_made() -> None:
    """Its text stands once in its file, which is Python afterwards too; no two are alike."""
    for fault in FAULTS:
        assert ast.parse(fault.applied((PROJECT / fault.path).read_text("utf-8"))), str(fault)
    assert {1} == set(Counter(map(str, FAULTS)).values())
    assert {1} == set(Counter((fault.file, fault.before, fault.after) for fault in FAULTS).values())


@pytest.mark.parametrize("fault", {fault.file: fault for fault in FAULTS}.values(), ids=lambda fault: fault.file)
def test_a_fault_is_found(fault) -> None:
    """The last one of each file, behind the pipe: `make vector-faults` tries all."""
    assert is_found(fault)


def test_what_survives_is_told(monkeypatch, capsys) -> None:
    """A fault that changes nothing survives, and the status says so."""
    nothing = FAULTS[0]._replace(what="nothing changes", after=FAULTS[0].before)
    monkeypatch.setattr("tests.heavy.vector_faults.FAULTS", (nothing,))

    assert 1 == main([])
    assert f"SURVIVES: {nothing}\n0 of 1 faults are found by the vectors\n" == capsys.readouterr().out
