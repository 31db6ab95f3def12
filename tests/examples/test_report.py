"""The report's own cost: in proportion to the companies, counted and not timed."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("sqlalchemy", reason="the main job is tested with SQLAlchemy and rich only")
pytest.importorskip("rich", reason="the main job is tested with SQLAlchemy and rich only")

from report import Firm, to_do
from stdnum import luhn

from teleprocedures import HELD_ELSEWHERE, Adhesion, Space
from teleprocedures.testing import adhesion_form, space_form

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
NIGHT = START + timedelta(days=100)


def firm(count):
    """A firm whose request for each of so many companies has lapsed, because nobody entered the code."""
    space = Space.create(space_form(), id="space", password_hash="x", answer_hash="x", at=START).case
    space = space.activate(HELD_ELSEWHERE, at=START).case
    cases = []
    for number in range(10_000_000, 10_000_000 + count):
        form = adhesion_form(organisation=f"{number}{luhn.calc_check_digit(str(number))}")
        request = Adhesion.request(space, form, id=f"request-{number}", at=START).case
        cases.append(request.tick(at=NIGHT).case)
    return Firm.of(cases, NIGHT, {})


def calls(count):
    """How many calls of Python functions it takes to say what so many lapsed companies have to do next."""
    given, found = firm(count), Counter()

    def note(frame, event, _):
        found[frame.f_code.co_name] += event == "call"

    sys.setprofile(note)
    try:
        done = to_do(given)
    finally:
        sys.setprofile(None)
    assert count == sum(len(it.companies) for it in done.besides)
    return found


def test_what_is_to_be_done_takes_time_in_proportion():
    """Four times as many companies take some four times as many calls, of whatever kind."""
    few, many = calls(50), calls(200)

    assert 4.5 > many.total() / few.total()
    assert many["__hash__"] + many["__eq__"] < 4.5 * (few["__hash__"] + few["__eq__"])
