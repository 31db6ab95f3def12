"""A fact told by its civil day is possible exactly if some instant of that day in Paris is (A22).

By brute force: every instant of the day at which anything can change is tried, and those a microsecond beside it. These
are the ends of time limits, reminders, what the case and its space went through, both ends of the day, of its telling
and of each hour of it, around changes of clocks too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from teleprocedures import EXPERT_2024_04_03, Case, RefusedError, Space
from teleprocedures.core import ANYWHERE
from teleprocedures.testing import Play, strategies
from teleprocedures.testing._openers import arguments_of, values_of
from teleprocedures.testing._walk import verbs_of
from tests.instants import HOUR, PARIS, TICK, paris

pytestmark = pytest.mark.rule("A22")


LATER = attrs.evolve(EXPERT_2024_04_03, version="expert-later")


def midnight(day: date) -> datetime:
    """The first instant of a day in Paris."""
    return paris(f"{day}T00:00")


def edges(play: Play, case: Case) -> Iterator[datetime]:
    """The instants at which what a case lets pass can change."""
    limit = case.time_limit
    yield from (case.since, case.recorded_at, case.origin.at, case.origin.recorded_at, play.at)
    yield from () if limit is None else (limit.opened, limit.safe_until, limit.closes, *limit.reminders)
    yield from (it.since for it in play.of(Space))
    yield from () if case.closing is None else (case.closing.at,)


def instants(play: Play, case: Case, day: date) -> list[datetime]:
    """Every instant of a day, up to its telling, at which something can change, and those beside it."""
    first, last = midnight(day), midnight(day + timedelta(days=1)) - TICK
    hours = (first + number * HOUR for number in range(26))
    around = {at + tick * TICK for at in (*edges(play, case), *hours, last) for tick in (-1, 0, 1)}
    return sorted(at for at in around if first <= at <= min(last, play.at))


def passes(case: Case, verb: str, at: datetime | date, told: datetime, given: Mapping[str, Any]) -> datetime | None:
    """When the fact is said to have happened, if the verb passes."""
    try:
        decision = getattr(case, verb)(at=at, recorded_at=told, **given)
    except RefusedError:
        return None
    event = decision.events[-1]
    assert event.day == (None if isinstance(at, datetime) else at)
    return event.at


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data(), strategies.histories(longest=10))
def test_a_day_is_possible_if_an_instant_is(data: st.DataObject, play: Play) -> None:
    """For every verb of every case, and the days of its edges: as brute force says, and at the first such instant."""
    play.wait(data.draw(strategies.jumps(play)))
    for case in play.cases.values():
        days = sorted({at.astimezone(PARIS).date() for at in edges(play, case) if at <= play.at})
        for verb in (*verbs_of(type(case)), *ANYWHERE):
            names = arguments_of(type(case), verb)
            known = {name: values_of(play, case, verb, name) for name in names}
            if not all(known.values()):
                continue
            given = {name: values[0] for name, values in known.items()}
            if "rulebook" in given:  # the one it is under already is no argument, whatever the day
                given["rulebook"] = LATER
            for day in days:
                told = play.at
                possible = [at for at in instants(play, case, day) if passes(case, verb, at, told, given) is not None]
                found = passes(case, verb, day, told, given)
                assert (None if not possible else possible[0]) == found, (verb, day, repr(play))


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data(), strategies.histories(longest=8))
def test_what_opens_a_case_on_a_day(data: st.DataObject, play: Play) -> None:
    """The same of what opens a case: a request, a renewal, a mandate, whatever it is made of."""
    play.wait(data.draw(strategies.jumps(play)))
    moves = [move for move in play.moves() if move.makes is not None and move.at is None and move.case]
    assume(moves)
    move = data.draw(st.sampled_from(moves))
    case = play.cases[move.case]
    given = play.arguments(move)
    days = sorted({at.astimezone(PARIS).date() for at in edges(play, case) if at <= play.at})
    day = data.draw(st.sampled_from(days))

    def opens(at: datetime | date) -> datetime | None:
        from teleprocedures.testing._openers import New, opener_of  # noqa: PLC0415

        try:
            opened = opener_of(move.verb).act(play, case, New(id="new", at=at, recorded_at=play.at), **given)
        except RefusedError:
            return None
        return opened.case.origin.at

    possible = [at for at in instants(play, case, day) if opens(at) is not None]
    assert (None if not possible else possible[0]) == opens(day), (move, day, repr(play))
