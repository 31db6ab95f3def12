"""The spreadsheet of the first day, reconciled line by line with what is followed.

A line says what the firm has already: services, since when, a mandate. `reconcile` explains each difference, and has
the decision that records it. Nothing is invented for a cell that is empty. Files, headings and cells are read by what
reads them for the nightly job, which stands beside this folder.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypedDict

import attrs
from django.conf import settings

from teleprocedures import Decision, Finding, InvalidValueError, Portfolio, Space, organisation, reconcile
from teleprocedures.wording import FRENCH

sys.path += [str(settings.BASE.parent / folder) for folder in ("nightly", "shared")]
from portfolio import PARIS, UNKNOWN, NoDateError, civil_date, column_of, folded, paris_instant, services_of
from printable import of_sheet_cell, quoted
from tables import NoHeadingsError
from tables import UnreadableError as NoTableError
from tables import rows_of as cells_of
from words import LANGUAGES, Reason, explained

COLUMNS: Final = {
    "company": "company_name",
    "siren_or_file_number": "organisation",
    "services": "services",
    "held_since": "since",
    "iban": "account",
    "mandate_registered": "registered",
    "last_collection": "last_collected",
    "closed": "closed",
}
"""The columns of the nightly job that say what is there already, and what `reconcile` calls them."""
NEEDED: Final = ("siren_or_file_number", "services")
DAYS: Final = ("since", "registered", "last_collected")
LONGEST: Final = 1 << 20
SOURCE: Final = "tableur du cabinet"


class UnreadableError(Exception):
    """The file is no table with the columns that are needed; the text says why, in French."""


class Row(TypedDict):
    """What one line says of one service, the number of the line, and why the client is followed no more."""

    line: int
    cells: dict[str, str]
    closed: str


class Sheet(TypedDict):
    """What a file has: its rows, what is wrong with its lines, and the headings that are not read here."""

    rows: list[Row]
    wrong: list[tuple[str, int]]
    unread: list[str]


@attrs.frozen(kw_only=True)
class Line:
    """A line, and what was found of its company; a finding with a key can be recorded."""

    number: int
    company: str
    said: str
    findings: list[tuple[str | None, str]] = attrs.field(factory=list)


@attrs.frozen(kw_only=True)
class Compared:
    """Each line, each mistake with the lines that have it, and what is followed that no line has."""

    lines: list[Line]
    wrong: list[tuple[str, list[int]]]
    others: list[str]


def rows_of(data: bytes) -> Sheet:
    """The rows of a file, one for each service of a line; raises `UnreadableError`."""
    if len(data) > LONGEST:
        raise UnreadableError("le fichier dépasse 1 Mo")
    with TemporaryDirectory() as folder:
        path = Path(folder, "tableur")
        path.write_bytes(data)
        try:
            return _sheet(path)
        except NoTableError as error:
            why = explained(LANGUAGES["fr"], error).replace(str(path), "le fichier")
    raise UnreadableError(why)


def compared(sheet: Sheet, clients: Portfolio, space: Space, *, at: datetime) -> Compared:
    """What is found of each line."""
    by_row, by_company = defaultdict[int, list[Finding]](list), defaultdict[object, list[Finding]](list)
    for finding in found(sheet, clients, space, at=at):
        if finding.row is None:
            by_company[finding.organisation].append(finding)
        else:
            by_row[finding.row].append(finding)
    lines = _lines(sheet["rows"])
    wrong = defaultdict[str, dict[int, None]](dict)
    for text, number in sheet["wrong"]:
        wrong[text][number] = None
    for place, row in enumerate(_live(sheet), start=1):
        line, company = lines[row["line"]], _organisation(row["cells"])
        if company is not None:
            line.findings.extend((key_of(it.decision), it.render(FRENCH)) for it in by_company.pop(company, ()))
        for problem in (problem for finding in by_row[place] for problem in finding.problems):
            wrong[FRENCH.problem(problem)][line.number] = None
            told = (None, "Tout ne se lit pas : voyez plus haut.")
            if told not in line.findings[-1:]:
                line.findings.append(told)
    return Compared(
        lines=list(lines.values()),
        wrong=[(text, list(its)) for text, its in wrong.items()],
        others=[it.render(FRENCH) for its in by_company.values() for it in its],
    )


def found(sheet: Sheet, clients: Portfolio, space: Space, *, at: datetime) -> Iterator[Finding]:
    """What explains each difference between the rows and what is followed."""
    yield from reconcile(clients, [row["cells"] for row in _live(sheet)], at=at, source=SOURCE, space=space)


def key_of(decision: Decision[object] | None) -> str | None:
    """What a decision is ticked by: its case, at the version that it expects."""
    return None if decision is None else f"{decision.case.id}/{decision.expects}"  # type: ignore[attr-defined] # a case


def _sheet(path: Path) -> Sheet:
    rows = cells_of(path, lambda cells: len(_missing(cells)))
    try:
        _, titles = next(rows)
    except NoHeadingsError as error:
        shown = [quoted(title.strip()) for title in error.cells if title.strip()]
        raise NoTableError("file.columns", file=str(path), columns=_missing(error.cells), found=shown) from None
    columns = [COLUMNS.get(column_of(title), "") for title in titles]
    twice = [quoted(title) for title, name in zip(titles, columns, strict=True) if name and columns.count(name) > 1]
    if twice:
        raise NoTableError("file.columns_twice", file=str(path), columns=twice)
    unread = [title.strip() for title, name in zip(titles, columns, strict=True) if title.strip() and not name]
    sheet = Sheet(rows=[], wrong=[], unread=unread)
    for line, cells in rows:
        if not isinstance(cells, Reason) and any(cell.strip() for cell in cells[len(columns) :]):
            cells = Reason("cells.more")  # noqa: PLW2901 - the row as it is read
        if isinstance(cells, Reason):
            sheet["wrong"].append((explained(LANGUAGES["fr"], cells), line))
        else:
            sheet["rows"] += _rows(line, dict(zip(columns, cells, strict=False)))
    return sheet


def _missing(titles: list[str]) -> list[str]:
    return [name for name in NEEDED if name not in map(column_of, titles)]


def _rows(line: int, given: Mapping[str, str]) -> Iterator[Row]:
    """One row for each service of a line."""
    cells = {name: of_sheet_cell(text.strip()) for name, text in given.items() if name}
    closed = cells.pop("closed", "")
    if folded(cells.get("since", "")) in UNKNOWN:
        cells["since"] = ""
    cells |= {name: _day(cells[name]) for name in DAYS if cells.get(name)}
    for code in services_of(cells.pop("services", "")) or [""]:
        yield Row(line=line, cells=cells | {"service": code}, closed=closed)


def _day(text: str) -> str:
    """A day as `reconcile` reads it, without its hour; any other text as it is."""
    try:
        return civil_date(text).isoformat()
    except NoDateError:
        pass
    try:
        return paris_instant(text).astimezone(PARIS).date().isoformat()
    except NoDateError:
        return text


def _live(sheet: Sheet) -> list[Row]:
    """The rows of clients that are followed still."""
    return [row for row in sheet["rows"] if not row["closed"]]


def _lines(rows: list[Row]) -> dict[int, Line]:
    """The lines by their numbers, without what is found of them."""
    of_line = defaultdict[int, list[Row]](list)
    for row in rows:
        of_line[row["line"]].append(row)
    lines = {}
    for number, its in of_line.items():
        cells, closed = its[0]["cells"], its[0]["closed"]
        shown = [text for name, text in cells.items() if text and name not in {"company_name", "account", "service"}]
        services = filter(None, (row["cells"]["service"] for row in its))
        said = " · ".join([*shown, *services, *(["IBAN"] if cells.get("account") else [])])
        line = Line(number=number, company=cells.get("company_name", ""), said=said)
        if closed:
            line.findings.append((None, f"N'est plus suivi ({closed}) : rien à reprendre."))
        lines[number] = line
    return lines


def _organisation(cells: Mapping[str, str]) -> object:
    try:
        return organisation(cells.get("organisation", ""))
    except InvalidValueError:
        return None
