"""Whole histories: what people try, one after another, with time passing between, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from teleprocedures.core import CaseClosed, CaseReopened, Decision, FactWithdrawn, Lapse, Reminder
from teleprocedures.deadlines import PARIS, RESOLUTION, time_zone
from teleprocedures.rulebook import Rulebook
from teleprocedures.testing._moves import Move
from teleprocedures.testing._openers import opener_of
from teleprocedures.testing._play import Play
from teleprocedures.testing._shipped import straight_on, waiting
from teleprocedures.testing.strategies._arrivals import beginnings

__all__ = [
    "histories",
    "how_far",
    "jumps",
    "moves",
]

_SPANS: Final = tuple(timedelta(hours=hours) for hours in (0, 1, 24, 7 * 24))


def jumps(play: Play) -> st.SearchStrategy[timedelta]:
    """Give elapsed times to jump by: none, some hours or days, or to a microsecond around an edge of a case.

    >>> from datetime import UTC, datetime, timedelta
    >>> from hypothesis import find
    >>> from teleprocedures.testing import Play
    >>> find(jumps(Play(at=datetime(2024, 3, 1, tzinfo=UTC))), lambda delta: delta > timedelta(0))
    datetime.timedelta(seconds=3600)
    """
    spans = st.sampled_from(_SPANS)
    waits = [edge - play.at for edge in play.edges()]
    if not waits:
        return spans
    ticks = st.sampled_from((timedelta(0), RESOLUTION, -RESOLUTION))
    return spans | st.builds(lambda wait, tick: max(timedelta(0), wait + tick), st.sampled_from(waits), ticks)


def how_far() -> st.SearchStrategy[int]:
    """Give numbers of moves to begin a play with, straight on: mostly up to where a time limit runs.

    >>> from hypothesis import find
    >>> find(how_far(), lambda _: True)
    1
    """
    return st.sampled_from(waiting()) | st.integers(1, len(straight_on()))


@st.composite
def histories(draw: st.DrawFn, *, rulebook: Rulebook | None = None, longest: int = 12) -> Play:
    """Give histories of up to `longest` moves, sensible and foolish ones, told at once, told late, told by their day.

    Each is a `Play` at its end, of several spaces, requests and mandates. It has their cases, their events and the
    messages sent. Its `repr` tells each step. Cases of kinds that a host has registered are among them.

    >>> from hypothesis import Phase, find, settings
    >>> find(histories(), lambda _: True, settings=settings(phases=[Phase.generate]))
    Play:
      2000-01-01T00:00:00+00:00  create_space space-1: pending
      2000-01-01T00:00:00+00:00
    """
    play = draw(beginnings(rulebook))
    play.make(straight_on()[0])
    while len(play.steps) < longest and draw(_goes_on(play)):
        pass
    return play


@st.composite
def _goes_on(draw: st.DrawFn, play: Play) -> bool:
    # One strategy for one step: to shrink a history, Hypothesis takes whole steps out.
    if draw(st.integers(0, 15)) == 0:
        return False
    play.wait(draw(jumps(play)))
    play.make(draw(tellings(play, draw(moves(play)))))
    return True


_SELDOM: Final = st.integers(0, 7).map(lambda chance: chance == 7)


def tellings(play: Play, move: Move) -> st.SearchStrategy[Move]:
    """The move as it is, or, seldom, told by its civil day in Paris only (A22)."""
    by_day = move.makes is None or opener_of(move.verb).by_day
    at = play.at if move.at is None else move.at
    by_the_day = attrs.evolve(move, at=at.astimezone(time_zone(PARIS)).date() if isinstance(at, datetime) else at)
    return _SELDOM.map(lambda seldom: by_the_day if seldom and by_day else move)


def _any(_: Move) -> bool:
    return True


def moves(play: Play, among: Callable[[Move], bool] = _any) -> st.SearchStrategy[Move]:
    """Give things to try now in this play, `among` those that this says, or any.

    Mostly it is one that carries a case on. Else it is anything that the procedure allows, or what the clock decides.
    It may be a fact told late, or one that corrects a lapse. A fact may be withdrawn, a case closed or reopened. It may
    be something wrong given where the right one would pass, or anything at all. So a history of some length comes to
    the last states and makes mistakes on its way.

    >>> from datetime import UTC, datetime
    >>> from hypothesis import find
    >>> from teleprocedures.testing import Play
    >>> find(moves(Play(at=datetime(2024, 3, 1, tzinfo=UTC))), lambda _: True).verb
    'create_space'
    """
    every = [move for move in play.moves() if among(move)]
    possible = list(play.decisions(every))
    # A new space leads nowhere yet, and what corrects a history, or closes a case, leads nowhere at all.
    onward = [move for move, decision in possible if move.case and not _leads_nowhere(decision)]
    passing = {(move.verb, move.case) for move, _ in possible}
    # The first is what all the others shrink to.
    choices: tuple[list[Move], ...] = (
        onward,
        onward,
        [move for move, _ in possible],
        [move for move, decision in possible if _is_the_clocks(decision)],
        [move for move in onward if move.at is not None],
        [move for move, decision in possible if _leads_nowhere(decision) and not _is_the_clocks(decision)],
        [move for move in onward if move.makes is None and play.cases[move.case].has_lapsed],
        [move for move in every if not move.right and (move.verb, move.case) in passing],
        every,
    )
    return st.sampled_from([some for some in choices if some]).flatmap(_by_verb)


def _is_the_clocks(decision: Decision[Any]) -> bool:
    return isinstance(decision.events[-1], (Lapse, Reminder))


def _leads_nowhere(decision: Decision[Any]) -> bool:
    return _is_the_clocks(decision) or isinstance(decision.events[-1], (CaseClosed, CaseReopened, FactWithdrawn))


def _by_verb(some: list[Move]) -> st.SearchStrategy[Move]:
    # The verb first: three requests can be made, of three spaces, where one code is to be entered.
    verbs = list(dict.fromkeys(move.verb for move in some))
    return st.sampled_from(verbs).flatmap(lambda verb: st.sampled_from([move for move in some if move.verb == verb]))
