"""A night as a page that stands alone: one file, in its language, for a desk, a phone, paper, and the dark.

The template is Jinja's, which escapes whatever a company calls itself. A table is sorted by a click on its headings;
without a script it stands as it is. What ends when is drawn as a picture (SVG) whose text says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import attrs
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from printable import printable
from report import Night, Task
from sections import sections
from words import LANGUAGES, said

from teleprocedures.deadlines import civil_day
from teleprocedures.wording import Wording

TEMPLATE: Final = "page.html.jinja"
DAYS: Final = 60
"""How many days the picture shows: as many as the code of a letter is good for."""
SOON: Final = 2
"""How many days are red."""
NAMED: Final = 12
"""How many companies are named on one day of the picture."""


@attrs.frozen(kw_only=True)
class Bar:
    """One day of the picture: where it stands, how high it is, and what it says."""

    day: date
    count: int
    x: float
    y: float
    height: float
    label: str
    kind: str


@attrs.frozen(kw_only=True)
class Picture:
    """What ends on each day: bars over an axis of days, in the units of the picture."""

    width: int = 1000
    height: int = 220
    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, str]]
    label: str


def page(night: Night, wording: Wording) -> str:
    """The page of a night, as HTML."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    title = said(wording, "night.title", at=night.at, requests=night.requests, rows=night.rows, file=night.file)
    return templates.get_template(TEMPLATE).render(
        language=next(code for code, words in LANGUAGES.items() if words is wording),
        title=title,
        firm=night.name,
        sections=sections(night, wording),
        picture=picture(night, wording),
        printable=printable,
        say=lambda key: said(wording, key),
    )


def picture(night: Night, wording: Wording) -> Picture:
    """What ends on each of the days ahead, as bars."""
    today = night.firm.today
    found: dict[date, list[Task]] = {today + timedelta(days=place): [] for place in range(DAYS)}
    for task in night.to_do.dated:
        day = max(today, civil_day(task.by))
        if day in found:
            found[day].append(task)
    highest = max(1, *(len(tasks) for tasks in found.values()))
    step, room = 1000 / DAYS, 160.0
    bars = []
    for place, (day, tasks) in enumerate(found.items()):
        if not tasks:
            continue
        names = ", ".join(task.company for task in tasks[:NAMED]) + (" …" if len(tasks) > NAMED else "")
        height = room * len(tasks) / highest
        bars.append(
            Bar(
                day=day,
                count=len(tasks),
                x=round(place * step + 1, 1),
                y=round(190 - height, 1),
                height=round(height, 1),
                label=said(wording, "picture.day", day=day, count=len(tasks), names=names),
                kind="now" if place < SOON else "soon" if place < 15 else "later",
            )
        )
    ticks = [(round(place * step, 1), f"{day:%d/%m}") for place, day in enumerate(found) if place % 7 == 0]
    label = said(wording, "picture.label", count=sum(map(len, found.values())), day=today + timedelta(days=DAYS - 1))
    return Picture(bars=bars, ticks=ticks, label=label)
