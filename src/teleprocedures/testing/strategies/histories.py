"""Whole histories: what people try, one after another, with time passing between, and what comes of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from hypothesis import strategies as st

from teleprocedures.civil import RESOLUTION
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.testing.moves import Move
from teleprocedures.testing.play import Play
from teleprocedures.testing.strategies.paths import beginnings

_SPANS: Final = tuple(timedelta(hours=hours) for hours in (0, 1, 24, 7 * 24))


def jumps(play: Play) -> st.SearchStrategy[timedelta]:
    """Give elapsed times to jump by: none, some hours or days, or to a microsecond around an edge of a case.

    >>> from hypothesis import find
    >>> find(jumps(find(beginnings(), lambda _: True)), lambda delta: delta > timedelta(0))
    datetime.timedelta(seconds=3600)
    """
    spans = st.sampled_from(_SPANS)
    waits = [edge - play.at for edge in play.edges()]
    if not waits:
        return spans
    ticks = st.sampled_from((timedelta(0), RESOLUTION, -RESOLUTION))
    return spans | st.builds(lambda wait, tick: max(timedelta(0), wait + tick), st.sampled_from(waits), ticks)


@st.composite
def histories(draw: st.DrawFn, *, rulebook: Rulebook = EXPERT_2024_04_03, longest: int = 12) -> Play:
    """Give histories of up to `longest` moves, sensible and foolish ones, on several spaces, requests and mandates.

    What is given is a `Play` at its end: its cases, their events, the messages sent, and each step, which its `repr`
    tells.

    >>> from hypothesis import Phase, find, settings
    >>> find(histories(), lambda _: True, settings=settings(phases=[Phase.generate]))
    Play:
      2000-01-01T00:00:00+00:00  create_space space-1: pending
      2000-01-01T00:00:00+00:00
    """
    play = draw(beginnings(rulebook))
    play.make(play.moves()[0])
    while len(play.steps) < longest and draw(_goes_on(play)):
        pass
    return play


@st.composite
def _goes_on(draw: st.DrawFn, play: Play) -> bool:
    # One strategy for one step: to shrink a history, Hypothesis takes whole steps out.
    if draw(st.integers(0, 15)) == 0:
        return False
    play.wait(draw(jumps(play)))
    play.make(draw(moves(play)))
    return True


def moves(play: Play, verbs: Collection[str] | None = None) -> st.SearchStrategy[Move]:
    """Give things to try now in this play, of these verbs or of any: three times in four one that the procedure allows.

    >>> from hypothesis import find
    >>> find(moves(find(beginnings(), lambda _: True)), lambda _: True).verb
    'create_space'
    """
    every, possible = (
        [move for move in some if verbs is None or move.verb in verbs] for some in (play.moves(), play.possible())
    )
    foolish = st.sampled_from(every)
    if not possible:
        return foolish
    return st.integers(0, 3).flatmap(lambda chance: foolish if chance == 3 else st.sampled_from(possible))
