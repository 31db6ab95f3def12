"""The diagram of a case at its state, as SVG: its states from left to right, and what leads from one to another."""

from __future__ import annotations

from html import escape

from teleprocedures import LIFECYCLES, Case
from teleprocedures.wording import Wording

WIDTH, HEIGHT, GAP, TOP, STEP = 270, 44, 50, 30, 34


def diagram(case: Case, words: Wording) -> str:
    """The lifecycles of a case one after the other, each a row of states; the one where it stands is marked."""
    rows = LIFECYCLES[case.kind].chain
    parts: list[str] = []
    top = TOP
    widest = max(len(lifecycle.states) for lifecycle in rows)
    for lifecycle in rows:
        places = {state: index for index, state in enumerate(lifecycle.states)}
        arrows = {(row.source, row.dest): row.trigger for row in lifecycle.rows if row.source != row.dest}
        for depth, ((source, dest), trigger) in enumerate(sorted(arrows.items(), key=lambda it: places[it[0][0]])):
            parts.append(_arrow(places[source], places[dest], top, depth, trigger))
        parts += [_box(index, top, words.state(state), here=state == case.stage) for state, index in places.items()]
        top += HEIGHT + STEP * (1 + len(arrows))
    size = f'viewBox="0 0 {widest * (WIDTH + GAP)} {top}"'
    label = escape(words.state(case.stage))
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _box(index: int, top: int, text: str, *, here: bool) -> str:
    left = index * (WIDTH + GAP)
    fill = "#fde68a" if here else "#f3f4f6"
    middle = f'x="{left + WIDTH / 2}" y="{top + HEIGHT / 2 + 5}" text-anchor="middle" fill="#111827"'
    box = f'x="{left + 1}" y="{top}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{fill}" stroke="#6b7280"'
    return f"<rect {box}/><text {middle} font-size='14'>{escape(text)}</text>"


def _arrow(source: int, dest: int, top: int, depth: int, trigger: str) -> str:
    """An arrow below the boxes, each at a depth of its own, with the name of the verb."""
    start, end = (place * (WIDTH + GAP) + WIDTH / 2 + shift for place, shift in ((source, 10), (dest, -10)))
    low, high = top + HEIGHT + STEP * (depth + 1) - 10, top + HEIGHT
    line = f"M{start},{high}V{low}H{end}V{high + 6}"
    head = f"M{end - 4},{high + 8}L{end},{high}L{end + 4},{high + 8}Z"
    middle = f'x="{(start + end) / 2}" y="{low - 4}" text-anchor="middle" fill="currentColor"'
    return (
        f'<path d="{line}" fill="none" stroke="#6b7280"/><path d="{head}" fill="#6b7280"/>'
        f"<text {middle} font-size='12'>{escape(trigger)}</text>"
    )
