"""A night on a console, a terminal or a pipe: two screens of what matters, or all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from printable import printable
from report import Night
from rich.box import MINIMAL
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from sections import Section, sections
from words import said

from teleprocedures.wording import Diligence, Wording

# A console breaks its lines at no-break spaces too: letters of nobody's stand for them until it has.
NO_BREAK: Final = {0xA0: "\ue000", 0x202F: "\ue001"}
BACK: Final = {ord(letter): chr(space) for space, letter in NO_BREAK.items()}

DASH: Final = "  - "


def told(console: Console, night: Night, wording: Wording, *, everything: bool) -> str:
    """A night as this console would print it: what matters, or all of it."""
    with console.capture() as captured:
        facts = {"requests": night.requests, "rows": night.rows, "file": night.file}
        title = said(wording, "night.title", at=night.at, **facts)
        console.print(shown(title), style="bold")
        parts = [section for section in sections(night, wording) if everything or not section.is_detail]
        for section in parts:
            console.print()
            tell(console, section, everything=everything)
    return "\n".join(map(str.rstrip, captured.get().translate(BACK).split("\n")))


def file_of_diligence(console: Console, file: Diligence, wording: Wording) -> str:
    """The file of one company as this console would print it, after an empty line; or that there is none."""
    with console.capture() as captured:
        console.print()
        if not file.rows:
            console.print(shown(said(wording, "diligence.none", company=wording.organisation(file.organisation))))
        else:
            for line in file.text.splitlines():
                console.print(shown(line))
    return "\n".join(map(str.rstrip, captured.get().translate(BACK).split("\n")))


def tell(console: Console, section: Section, *, everything: bool) -> None:
    """Print a section: its lines and its table, or what is said in the place of one."""
    is_folded = section.brief is not None and not everything
    if section.title:
        console.print(shown(section.title), style="bold" if section.rows or section.lines else None)
    lines(console, section.brief or () if is_folded else section.lines)
    if section.rows and not is_folded:
        table(console, section)
    for note in section.notes:
        console.print(shown(note), style="dim")


def lines(console: Console, texts: Sequence[str]) -> None:
    """Print lines; what goes on of one that has a dash stands under its text."""
    for text in texts:
        if text.startswith(DASH):
            grid = Table.grid("", "", padding=(0, 1))
            grid.add_row(DASH.rstrip(), shown(text.removeprefix(DASH)))
            console.print(grid)
        else:
            console.print(shown(text))


def table(console: Console, section: Section) -> None:
    """Print the rows as a table; what goes into another column has none itself."""
    headings = [heading for place, heading in enumerate(section.columns) if place not in section.within]
    # What is too long for a line, as an address may be, goes on in the next one.
    columns = (Column(shown(heading), overflow="fold") for heading in headings)
    printed = Table(*columns, box=MINIMAL, show_edge=False)
    for row in section.rows:
        texts = [shown(cell.text) for cell in row]
        for place, (host, template) in section.within.items():
            texts[host] += template.format(texts[place]) if texts[place] else ""
        printed.add_row(*(text for place, text in enumerate(texts) if place not in section.within))
    console.print(printed)


def shown(text: str) -> str:
    """A text as the console takes it: harmless, no markup, and broken only where a line may end."""
    return escape(printable(text)).translate(NO_BREAK)
