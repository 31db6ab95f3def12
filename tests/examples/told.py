"""What a night printed, read back: its tables as rows of cells, each cell on one line."""

from __future__ import annotations


def plain(said: str) -> str:
    """The text with spaces where it has no-break ones."""
    return said.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def table(said: str, title: str) -> list[list[str]]:
    """The rows of the table whose title begins so, without its heading; none if there is no such table."""
    lines = iter(plain(said).splitlines())
    if not any(line.startswith(title) for line in lines):
        return []
    rows: list[list[str]] = []
    for line in list(lines)[2:]:
        cells = [cell.strip() for cell in line.split("│")]
        if len(cells) == 1:
            break
        if cells[1]:
            rows.append(cells)
        else:  # a cell goes on on the next line
            rows[-1] = [" ".join(filter(None, both)) for both in zip(rows[-1], cells, strict=True)]
    return rows
