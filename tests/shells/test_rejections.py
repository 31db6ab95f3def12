"""What a sweep keeps of what it sets aside: the error, once, and the input while there are not too many."""

from __future__ import annotations

import gc
import pickle
import tracemalloc
from datetime import timedelta
from typing import Any

import attrs

from teleprocedures import HELD_ELSEWHERE, CodecError, InvalidValueError, OutOfOrderError, Rejection, Report, Sweep
from teleprocedures.codec import dumps
from tests.builders import asked
from tests.instants import START

LATE = START + timedelta(hours=29)
PENDING = asked(code=HELD_ELSEWHERE).case


def ahead(number: int) -> Any:
    """A space that is due, and of which something was told after the sweep."""
    origin = attrs.evolve(PENDING.origin, case_id=f"space-{number}")
    return attrs.evolve(PENDING, origin=origin, recorded_at=START + timedelta(hours=30))


def test_a_rejection_has_its_error() -> None:
    """The error that says why, with code and facts, for lines, for cases and for what is no case."""
    sweep = Sweep(at=LATE)
    list(sweep.over([ahead(1), "no case"]))  # type: ignore[list-item] # the point of the test
    list(sweep.lines([b"{broken", dumps(PENDING.origin), dumps(ahead(2))]))
    found = [(rejection.id, type(rejection.error), rejection.error.code) for rejection in sweep.report.rejected]  # type: ignore[union-attr] # errors

    assert [
        ("space-1", OutOfOrderError, "order.before_telling"),
        (None, InvalidValueError, "sweep.no_case"),
        (None, CodecError, "codec.no_document"),
        (None, InvalidValueError, "sweep.no_case"),
        ("space-2", OutOfOrderError, "order.before_telling"),
    ] == found
    assert ["not a case: str", "not a case: SpaceRequested"] == [
        sweep.report.rejected[place].reason for place in (1, 3)
    ]


def test_an_error_keeps_no_frame() -> None:
    """Those would hold the line, and all that was read of it."""
    sweep = Sweep(at=LATE)
    list(sweep.over([ahead(1)]))
    list(sweep.lines([b"{broken", dumps(PENDING).replace(b'"space-1"', b"7")]))

    for rejection in sweep.report.rejected:
        error: Any = rejection.error
        assert (None, None, None) == (error.__traceback__, error.__context__, error.__cause__)


def test_errors_that_say_the_same_are_one() -> None:
    """Of a thousand lines with the same error, one error is kept."""
    sweep = Sweep(at=LATE)
    list(sweep.lines([b"{broken"] * 1_000 + [b"[]"]))

    assert 1 == len({id(rejection.error) for rejection in sweep.report.rejected})


def test_inputs_are_kept_up_to_a_thousand() -> None:
    """After them a rejection has its error and no input."""
    sweep = Sweep(at=LATE)
    lines = [b"{broken %d" % number for number in range(1_002)]
    list(sweep.lines(lines))

    assert [*lines[:1_000], None, None] == [rejection.input for rejection in sweep.report.rejected]


def test_a_file_of_another_kind_is_no_matter_of_memory() -> None:
    """Of 6,000 lines that do not read, less than 4 MB are kept: their input alone would be 7 MB."""
    sweep = Sweep(at=LATE)
    torn = dumps(PENDING)[:-9]
    gc.collect()
    tracemalloc.start()
    try:
        for _ in sweep.lines(torn + b"%d" % number for number in range(6_000)):
            pass
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert 6_000 == len(sweep.report.rejected)
    assert kept < 4_000_000


def test_different_errors_are_kept_up_to_a_thousand() -> None:
    """After them the code of another one is kept, and one that was met before is kept as ever."""
    line = dumps(PENDING).replace(b'"version":1', b'"version":1,"v":2')
    lines = [line.replace(b'"v"', b'"v%d"' % number) for number in range(4_000)]
    sweep = Sweep(at=LATE)
    gc.collect()
    tracemalloc.start()
    try:
        for _ in sweep.lines(lines):
            pass
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    list(sweep.lines([lines[7], lines[1_000]]))
    rejected = sweep.report.rejected

    assert ["$.v999: this field is unknown", "codec.unknown_field"] == [it.reason for it in rejected[999:1_001]]
    assert [rejected[7].error, "codec.unknown_field"] == [it.error for it in rejected[-2:]]
    assert kept < 2_500_000


def test_a_host_sets_aside_with_its_own_words() -> None:
    """A reason of its own is kept as it is, beside errors, and the same words are the same reason."""
    sweep, error = Sweep(at=LATE), CodecError("codec.no_document")
    for why in ("not tonight", "not tonight", error):
        sweep.reject("space-1", why, "a row")
    words, again, found = sweep.report.rejected
    for number in range(1_001):
        sweep.reject("space-1", f"row {number}", "a row")

    assert ("not tonight", "not tonight") == (words.error, words.reason)
    assert words == again == Rejection("space-1", "not tonight", "a row")
    assert (error, str(error)) == (found.error, found.reason)
    assert 2 == len({words, again, found})
    assert "row 1000" == sweep.report.rejected[-1].error


def test_reports_of_other_processes_are_the_same() -> None:
    """Rejections that say the same are equal, wherever they were made."""
    sweep = Sweep(at=LATE)
    list(sweep.lines([b"{broken"]))
    report: Report = pickle.loads(pickle.dumps(sweep.report))

    assert sweep.report == report
    assert sweep.report.rejected[0].error is not report.rejected[0].error
