"""What a night printed, read back: its tables as rows of cells, each cell on one line, and those of its page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from string import Formatter

from words import LANGUAGES

OF_PROGRAMS = re.compile(r"\S*[\d$`_/]\S*|--[\w-]+|[\w-]+\.\w+|« \S+ »|\S+=\S*")
"""What is nobody's language: ids, dates, paths, codes and names of columns, options, what one word quotes."""
CALENDAR = """
    lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre
    octobre novembre décembre er h inclus lun mar mer jeu ven sam dim
"""


def plain(said: str) -> str:
    """The text with spaces where it has no-break ones."""
    return said.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def table(said: str, title: str) -> list[list[str]]:
    """The rows of the table whose title begins so, without its heading; none if there is no such table."""
    lines = iter(plain(said).splitlines())
    if not any(line.startswith(title) for line in lines):
        return []
    rows: list[list[str]] = []
    for line in lines:  # what is said before the table
        if not line or "─┼─" in line:
            break
    for line in lines:
        raw = line.split("│")
        cells = [cell.strip() for cell in raw]
        if len(cells) == 1:
            break
        # What goes on under a company's name is set back.
        if cells[1] and cells[-1] and (cells[0] or len(cells) > 2) and not raw[1].startswith("   "):
            rows.append(cells)
        else:  # a cell goes on on the next line
            rows[-1] = [" ".join(filter(None, both)) for both in zip(rows[-1], cells, strict=True)]
    return rows


def entries(said: str, title: str) -> list[tuple[str, str]]:
    """The entries with a dash under the title that begins so, each with the heading over it, on one line each."""
    lines = iter(plain(said).splitlines())
    if not any(line.startswith(title) for line in lines):
        return []
    found: list[tuple[str, str]] = []
    heading, is_heading = "", False
    for line in lines:
        if not line:
            break
        if line.startswith("  - "):
            found.append((heading, line.removeprefix("  - ")))
        elif line.startswith("    "):
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        else:
            heading = f"{heading} {line}" if is_heading else line
        is_heading = not line.startswith("  ")
    return found


def section(said: str, title: str) -> str:
    """What is said under a title, up to the next empty line, on one line."""
    lines = iter(plain(said).splitlines())
    found = next((line for line in lines if line.startswith(title)), "")
    for line in lines:
        if not line:
            break
        found += f" {line.strip()}"
    return found


def words_of(text: str) -> set[str]:
    """The words of a text, in small letters, without what is of programs."""
    return set(re.findall(r"[^\W\d_]+", OF_PROGRAMS.sub(" ", plain(text)).lower()))


def french() -> set[str]:
    """All the words that the French table has, and those of days and hours."""
    found = words_of(CALENDAR)
    for template in LANGUAGES["fr"].words.values():
        for written, _, spec, _ in Formatter().parse(template):
            found |= words_of(f"{written} {spec.replace('|', ' ') if '|' in (spec or '') else ''}")
    return found


class Page(HTMLParser):
    """The tables of a page, by the section that they stand in."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.section, self.cell = {}, "", None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """A section, a row or a cell begins."""
        if tag == "section":
            self.section = dict(attributes).get("id", "")
        elif tag == "tr":
            self.tables.setdefault(self.section, []).append([])
        elif tag in ("td", "th"):
            self.cell = ""

    def handle_endtag(self, tag):
        """A cell ends."""
        if tag in ("td", "th"):
            self.tables[self.section][-1].append(plain(self.cell))
            self.cell = None

    def handle_data(self, data):
        """Text of a cell."""
        if self.cell is not None:
            self.cell += data
