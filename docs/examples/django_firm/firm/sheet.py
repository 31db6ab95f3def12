"""The spreadsheet of the first day, reconciled line by line with what is followed.

A line says what the firm has already: services, since when, a mandate. `reconcile` explains each difference, and has
the decision that records it. Nothing is invented for a cell that is empty.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, TypedDict

import attrs

from teleprocedures import CATALOGUE, Decision, Finding, InvalidValueError, Portfolio, Space, organisation, reconcile
from teleprocedures.wording import FRENCH

COLUMNS: Final = {
    "company_name": ("entreprise", "nom", "raison sociale", "client", "company"),
    "organisation": ("siren", "siren ou identifiant", "identifiant", "siren or file number"),
    "services": ("services", "impots"),
    "since": ("depuis", "detenu depuis", "held since"),
    "account": ("iban", "compte"),
    "registered": ("mandat enregistre le", "mandat", "mandate registered"),
    "last_collected": ("dernier prelevement", "last collection"),
}
"""What columns are called, without accents and capitals."""
LONGEST: Final = 1 << 20
SOURCE: Final = "tableur du cabinet"


class UnreadableError(Exception):
    """The file is no table with the columns that are needed; the text says why, in French."""


class Row(TypedDict):
    """What one line says of one service, and the number of the line."""

    line: int
    cells: dict[str, str]


@attrs.frozen(kw_only=True)
class Line:
    """A line, and what was found of its company; a finding with a key can be recorded."""

    number: int
    company: str
    said: str
    findings: list[tuple[str | None, str]]


def rows_of(data: bytes) -> list[Row]:
    """The rows of a file, one for each service of a line; raises `UnreadableError`."""
    if len(data) > LONGEST:
        raise UnreadableError("le fichier dépasse 1 Mo")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    head = text.partition("\n")[0]
    found = csv.reader(io.StringIO(text), delimiter=max(";,\t", key=head.count))
    rows: list[Row] = []
    try:
        titles = [_folded(title) for title in next(found, [])]
        places = {name: titles.index(title) for name, known in COLUMNS.items() for title in known if title in titles}
        if not {"organisation", "services"} <= places.keys():
            raise UnreadableError(f"colonnes trouvées : {', '.join(titles) or 'aucune'} ; attendu : SIREN et services")
        for line in found:
            cells = {name: line[place].strip() for name, place in places.items() if place < len(line)}
            services = re.split(r"[\s,;+]+", cells.pop("services", ""))
            if any(cells.values()) or any(services):
                rows += [{"line": found.line_num, "cells": cells | {"service": code_of(it)}} for it in services]
    except csv.Error:
        raise UnreadableError(f"ligne {found.line_num} : ce n'est pas un tableau") from None
    return rows


def compared(rows: list[Row], clients: Portfolio, space: Space, *, at: datetime) -> tuple[list[Line], list[str]]:
    """Each line with what was found of it, and what is followed that no line has."""
    findings = list(found(rows, clients, space, at=at))
    lines: dict[int, Line] = {}
    seen = set[object]()
    for place, row in enumerate(rows, start=1):
        cells = row["cells"]
        line = lines.setdefault(row["line"], _line(row, rows))
        company = _organisation(cells)
        for finding in findings:
            is_own = finding.row == place or (finding.organisation is not None and finding.organisation == company)
            if is_own and id(finding) not in seen:
                seen.add(id(finding))
                line.findings.append((key_of(finding.decision), finding.render(FRENCH)))
    return list(lines.values()), [it.render(FRENCH) for it in findings if id(it) not in seen]


def found(rows: list[Row], clients: Portfolio, space: Space, *, at: datetime) -> Iterator[Finding]:
    """What explains each difference between the rows and what is followed."""
    yield from reconcile(clients, [row["cells"] for row in rows], at=at, source=SOURCE, space=space)


def key_of(decision: Decision[object] | None) -> str | None:
    """What a decision is ticked by: its case, at the version that it expects."""
    return None if decision is None else f"{decision.case.id}/{decision.expects}"  # type: ignore[attr-defined] # a case


def code_of(text: str) -> str:
    """The code of a service that is called by it, or by its tax alone (`TVA`); any other text as it is."""
    code = _folded(text)
    return next((it for it in CATALOGUE if it in {code, f"payer-{code}"}), text)


def _line(row: Row, rows: list[Row]) -> Line:
    cells = row["cells"]
    services = [it["cells"]["service"] for it in rows if it["line"] == row["line"]]
    shown = [text for name, text in cells.items() if text and name not in {"company_name", "account", "service"}]
    return Line(
        number=row["line"],
        company=cells.get("company_name", ""),
        said=" · ".join([*shown, *filter(None, services), *(["IBAN"] if cells.get("account") else [])]),
        findings=[],
    )


def _organisation(cells: Mapping[str, str]) -> object:
    try:
        return organisation(cells.get("organisation", ""))
    except InvalidValueError:
        return None


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.strip().casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[\s_]+", " ", plain)
