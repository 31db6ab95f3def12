"""Reads a firm's portfolio from CSV: one request a row, with the dates of what happened to it.

A row that is wrong is told with its line, its column and the reason, and the others are read. Instants are Paris civil
time (`2026-02-03 14:30`) unless they bear an offset; the letter has a date. An empty cell: it has not happened.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import attrs
from printable import of_sheet_cell, printable
from words import Reason, SaidError

from teleprocedures import AdhesionForm, Applicant, InvalidFormError
from teleprocedures.deadlines import instant
from teleprocedures.errors import show

PARIS: Final = ZoneInfo("Europe/Paris")

FIELDS: Final = {
    "organisation": "siren_or_file_number",
    "services": "services",
    "company_email": "company_email",
    "bank_accounts": "iban",
    "applicant": "third_party",
    "legal_representative": "legal_representative",
    "company_name": "company",
}
"""The fields of the form, and the columns that they come from."""

INSTANTS: Final = (
    "requested",
    "link_used",
    "code_entered",
    "mandate_issued",
    "mandate_signed",
    "mandate_sent",
    "mandate_registered",
)
COLUMNS: Final = ("company", *list(FIELDS.values())[:-1], *INSTANTS[:2], "letter_dated", *INSTANTS[2:])
LONGEST_NAME: Final = 200
YEARS: Final = range(2000, 2100)
APPLICANTS: Final = dict.fromkeys(("yes", "oui"), Applicant.THIRD_PARTY)
APPLICANTS |= dict.fromkeys(("no", "non"), Applicant.REPRESENTATIVE)


AnyDate = TypeVar("AnyDate", bound=date)


class UnreadableError(SaidError):
    """The file cannot be read as a portfolio at all."""


class NoDateError(SaidError, ValueError):
    """A text is no date, or no instant, that a portfolio can have."""


@attrs.frozen
class Wrong:
    """What is wrong with one row: its line in the file, its column, and why.

    `why` is what said so, for `words.explained`: a problem of a form, an error, a bad row of the store, or a `Reason`.
    A line of 0 is none of the file's.
    """

    line: int
    column: str
    why: object


@attrs.frozen(kw_only=True)
class Entry:
    """One row: the company's name, the form of its request, and when each thing happened (UTC), by column."""

    line: int
    company: str
    form: AdhesionForm
    requested: datetime
    letter_dated: date | None
    instants: Mapping[str, datetime]

    @property
    def case_id(self) -> str:
        """The id of the request: the same row always makes the same one."""
        return f"{self.form.organisation}-{self.requested:%Y%m%dT%H%M%S}"


def read_portfolio(path: Path) -> tuple[list[Entry], list[Wrong]]:
    """The entries of a file, the first requested first, and what is wrong with the other rows.

    Raises `UnreadableError` for a file that is missing, empty, not UTF-8, no CSV, or without a column.
    """
    entries: dict[str, Entry] = {}
    wrong: list[Wrong] = []
    for line, row in _rows(path):
        entry = _entry(line, row, wrong)
        if entry is None:
            continue
        first = entries.setdefault(entry.case_id, entry)
        if first is not entry:
            wrong.append(Wrong(line, "requested", Reason("row.repeated", {"first": str(first.line)})))
    return sorted(entries.values(), key=lambda entry: (entry.requested, entry.case_id)), wrong


def _rows(path: Path) -> Iterator[tuple[int, dict[str | None, str | list[str] | None]]]:
    try:
        # A spreadsheet may put a byte order mark in front.
        text = path.read_text("utf-8-sig")
    except OSError as error:
        kinds = {FileNotFoundError: "not_found", IsADirectoryError: "directory"}
        raise UnreadableError(f"file.{kinds.get(type(error), 'not_allowed')}", file=str(path)) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UnreadableError("file.not_utf_8", file=str(path), line=str(line)) from None
    if not text.strip():
        raise UnreadableError("file.empty", file=str(path))
    separator = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise UnreadableError("file.columns", file=str(path), columns=missing)
    line = reader.line_num + 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error:
        raise UnreadableError("file.no_csv", file=str(path), line=str(line)) from None


def _entry(line: int, row: Mapping[str | None, str | list[str] | None], wrong: list[Wrong]) -> Entry | None:
    """The entry of a row, or None once all that is wrong with it is noted."""
    before = len(wrong)
    if row.get(None) is not None or None in row.values():
        cells = "more" if None in row else "fewer"
        wrong.append(Wrong(line, "(all)", Reason(f"cells.{cells}")))
        return None
    cell = {column: of_sheet_cell(str(row[column]).strip()) for column in COLUMNS}
    if not cell["company"]:
        wrong.append(Wrong(line, "company", Reason("cell.missing")))
    if not cell["requested"]:
        wrong.append(Wrong(line, "requested", Reason("cell.missing")))
    form = _form(line, cell, wrong)
    moments: dict[str, datetime] = {}
    for column in INSTANTS:
        try:
            moments |= {column: paris_instant(cell[column])} if cell[column] else {}
        except NoDateError as error:
            wrong.append(Wrong(line, column, error))
    letter = None
    try:
        letter = civil_date(cell["letter_dated"]) if cell["letter_dated"] else None
    except NoDateError as error:
        wrong.append(Wrong(line, "letter_dated", error))
    if form is None or len(wrong) > before:
        return None
    return Entry(
        line=line,
        company=cell["company"],
        form=form,
        requested=moments.pop("requested"),
        letter_dated=letter,
        instants=moments,
    )


def _form(line: int, cell: Mapping[str, str], wrong: list[Wrong]) -> AdhesionForm | None:
    third_party = cell["third_party"].lower()
    if third_party not in APPLICANTS:
        key = "third_party.unknown" if third_party else "third_party.missing"
        wrong.append(Wrong(line, "third_party", Reason(key, {"value": show(cell["third_party"])})))
    data = {
        "organisation": cell["siren_or_file_number"],
        "services": cell["services"].split(),
        "company_email": cell["company_email"] or None,
        "bank_accounts": [cell["iban"]] if cell["iban"] else [],
        "applicant": APPLICANTS.get(third_party, Applicant.REPRESENTATIVE),
        "legal_representative": cell["legal_representative"] or None,
        "company_name": printable(cell["company"], longest=LONGEST_NAME) or None,
    }
    try:
        return AdhesionForm.from_mapping(data)
    except InvalidFormError as error:
        columns = ((FIELDS.get(problem.path.partition("[")[0], "(all)"), problem) for problem in error.problems)
        wrong += [Wrong(line, column, problem) for column, problem in columns]
        return None


def civil_date(text: str) -> date:
    """A date from ISO text; raises `NoDateError` for another text, and for a year that no request can have."""
    try:
        read = date.fromisoformat(text)
    except ValueError:
        raise NoDateError("date.malformed", value=show(text), example="2026-02-03") from None
    return _plausible(read)


def _plausible(read: AnyDate) -> AnyDate:
    # A year that is mistyped is told here, before limits are counted from it.
    if read.year not in YEARS:
        raise NoDateError("date.implausible", year=str(read.year), first=str(YEARS[0]), last=str(YEARS[-1]))
    return read


def paris_instant(text: str) -> datetime:
    """An instant (UTC) from ISO text, in Paris civil time unless it bears an offset.

    Raises `NoDateError` for another text, a date without a time, a time that clocks in Paris skip or read twice.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or len(text) <= len("2026-02-03"):
        raise NoDateError("moment.malformed", value=show(text), example="2026-02-03 14:30")
    if _plausible(read).tzinfo is not None:
        return instant(read)
    here = read.replace(tzinfo=PARIS)
    if here.utcoffset() != here.replace(fold=1).utcoffset():
        raise NoDateError("moment.not_one", value=text)
    return here.astimezone(UTC)
