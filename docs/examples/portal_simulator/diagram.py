"""The diagram of a case at its state, as SVG: a card for each state, with the verbs that lead on from it.

It is as narrow as a phone. What leads to one state shares a lane at the right, which ends at that state's card.
"""

from __future__ import annotations

from enum import StrEnum
from html import escape
from typing import Any

from teleprocedures import LIFECYCLES, Case, Lifecycle, Row
from teleprocedures.wording import Wording

WIDTH, LINE, GAP, LANE = 350, 22, 14, 16
HEAD = 7  # what an arrow's head takes


def diagram(case: Case, words: Wording) -> str:
    """The lifecycles of a case one below the other; the card of the state where it stands is marked."""
    chain = LIFECYCLES[case.kind].chain
    parts: list[str] = []
    top = GAP
    for lifecycle in chain:
        drawn, top = _lifecycle(lifecycle, case.stage, words, top)
        parts += drawn
    width = WIDTH + LANE * (1 + max(len(lifecycle.states) for lifecycle in chain))
    label = escape(words.state(case.stage))
    size = f'viewBox="0 0 {width} {top}" font-size="13"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _lifecycle(lifecycle: Lifecycle[Any, StrEnum], here: StrEnum, words: Wording, top: int) -> tuple[list[str], int]:
    """Its cards and lanes from this height on, and the height at which they end."""
    moves = {(row.trigger, row.source, row.dest): row for row in lifecycle.rows if row.source is not row.dest}
    lanes = {dest: WIDTH + LANE * (1 + at) for at, dest in enumerate(dict.fromkeys(dest for _, _, dest in moves))}
    heads: dict[StrEnum, int] = {}
    leaves: dict[StrEnum, list[int]] = {dest: [] for dest in lanes}
    parts: list[str] = []
    for state in lifecycle.states:
        rows = [row for row in moves.values() if row.source is state]
        parts.append(_card(words.state(state), top, len(rows), here=state is here))
        heads[state] = top + LINE // 2
        for line, row in enumerate(rows, 1):
            middle = top + LINE * line + LINE // 2
            parts.append(_verb(row, words.verb(row.trigger, of=lifecycle.name), middle, lanes[row.dest]))
            leaves[row.dest].append(middle)
        top += LINE * (1 + len(rows)) + GAP
    return parts + [_lane(lanes[dest], heads[dest], leaves[dest]) for dest in lanes], top


def _card(text: str, top: int, verbs: int, *, here: bool) -> str:
    """A state, with room for its verbs."""
    fill, mark = ("#fde68a", "● ") if here else ("#f3f4f6", "")
    box = f'x="1" y="{top}" width="{WIDTH - 1}" height="{LINE * (1 + verbs)}" rx="6" fill="{fill}" stroke="#6b7280"'
    name = f'x="10" y="{top + 16}" fill="#111827"'
    return f"<rect {box}/><text {name}>{mark}{escape(text)}</text>"


def _verb(row: Row[Any], text: str, middle: int, lane: int) -> str:
    """A verb, and the line from it to the lane of the state to which it leads; one that corrects is dashed (A15)."""
    said = text if row.corrects is None else f"{text} ({row.corrects})"
    dashes = "" if row.corrects is None else ' stroke-dasharray="3 3"'
    return (
        f'<text x="{WIDTH - 8}" y="{middle + 4}" text-anchor="end" fill="#374151" font-size="12">{escape(said)}</text>'
        f'<path d="M{WIDTH},{middle}H{lane}" stroke="#6b7280"{dashes}/>'
    )


def _lane(lane: int, head: int, leaves: list[int]) -> str:
    """The lane of a state, from all that lead there to the head of its arrow."""
    low, high = min(head, *leaves), max(head, *leaves)
    tip = f"M{WIDTH + HEAD},{head - 4}L{WIDTH},{head}L{WIDTH + HEAD},{head + 4}Z"
    line = f"M{lane},{low}V{high}M{lane},{head}H{WIDTH}"
    return f'<path d="{line}" fill="none" stroke="#6b7280"/><path d="{tip}" fill="#6b7280"/>'
