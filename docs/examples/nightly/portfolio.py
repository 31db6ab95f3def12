"""Reads a firm's portfolio from CSV: one request a row, with the dates of what happened to it.

A row that is wrong is told with its line, its column and the reason, and the others are read. Instants are Paris civil
time (`2026-02-03 14:30`) unless they bear an offset; the letter has a date. An empty cell: it has not happened.

The file is read as it comes, as far as it went when it was opened: what is kept of it are the entries.
"""

from __future__ import annotations

import csv
import io
import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, TextIO, TypeVar
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
LARGEST: Final = 1 << 28
"""How many bytes a file may have: a million requests, and more."""
LONGEST_LINE: Final = 1 << 21
"""How many letters of a line are read."""
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

    Raises `UnreadableError` for what is no file, or one that is missing, too large, empty, not UTF-8, no CSV, without a
    column, or with two of one name.
    """
    entries: dict[str, Entry] = {}
    wrong: list[Wrong] = []
    for line, cells in _rows(path):
        entry = _entry(line, cells, wrong)
        if entry is None:
            continue
        first = entries.setdefault(entry.case_id, entry)
        if first is not entry:
            wrong.append(Wrong(line, "requested", Reason("row.repeated", {"first": str(first.line)})))
    return sorted(entries.values(), key=lambda entry: (entry.requested, entry.case_id)), wrong


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str] | Reason]]:
    """The cells of each row, by column, after the line on which it begins; of one that cannot be read, the reason."""
    try:
        with _opened(path) as file:
            yield from _cells(path, file)
    except UnicodeDecodeError:
        raise UnreadableError("file.not_utf_8", file=str(path), line=str(_line_not_utf_8(path))) from None
    except OSError as error:
        kinds = {FileNotFoundError: "not_found", IsADirectoryError: "directory"}
        raise UnreadableError(f"file.{kinds.get(type(error), 'not_allowed')}", file=str(path)) from None


def _cells(path: Path, file: TextIO) -> Iterator[tuple[int, Mapping[str, str] | Reason]]:
    first = next((line for line in iter(lambda: file.readline(LONGEST_LINE), "") if line.strip()), "")
    if not first:
        raise UnreadableError("file.empty", file=str(path))
    lines = _Lines(file, first)
    reader = csv.reader(lines, delimiter=max(",;\t", key=first.count), strict=True)
    line = 1
    try:
        columns = next(reader)
        _check(path, columns)
        while (line := lines.number + 1) and (cells := _row(reader, lines)) is not None:
            if isinstance(cells, Reason):
                yield line, cells
            elif len(cells) == len(columns):
                yield line, dict(zip(columns, cells, strict=True))
            elif cells:
                yield line, FEWER if len(cells) < len(columns) else MORE
    except (csv.Error, _TooLongError):
        raise UnreadableError("file.no_csv", file=str(path), line=str(line)) from None


def _row(reader: Iterator[list[str]], lines: _Lines) -> list[str] | Reason | None:
    """The cells of the next row, or why they cannot be read; None at the end."""
    try:
        return next(reader, None)
    except _TooLongError:
        pass
    except csv.Error as error:
        if "limit" not in str(error):
            raise
    lines.end_row()
    return TOO_LONG


FEWER: Final = Reason("cells.fewer")
MORE: Final = Reason("cells.more")
TOO_LONG: Final = Reason("cells.too_long")


class _TooLongError(Exception):
    """A line is longer than any that is read; the rest of it was passed by."""


@attrs.define
class _Lines:
    """The lines of a file, counted, the first of which was read; knows whether a row goes on, within quotes."""

    file: TextIO
    first: str
    number: int = 0
    is_quoted: bool = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line, self.first = self.first or self.file.readline(LONGEST_LINE), ""
        if not line:
            raise StopIteration
        self.number += 1
        self.is_quoted ^= line.count('"') % 2 == 1
        if len(line) < LONGEST_LINE:
            return line
        while line and not line.endswith(("\r", "\n")):
            line = self.file.readline(LONGEST_LINE)
            self.is_quoted ^= line.count('"') % 2 == 1
        raise _TooLongError

    def end_row(self) -> None:
        """Pass by what is left of a row; raises `csv.Error` where it has no end."""
        while self.is_quoted:
            try:
                next(self)
            except _TooLongError:
                continue
            except StopIteration:
                raise csv.Error from None


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """The text of a file, as far as it goes now; nothing is waited for, as of a pipe."""
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb", buffering=0) as file:  # noqa: PTH123
        found = os.fstat(file.fileno())
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableError("file.no_file", file=str(path))
        if found.st_size > LARGEST:
            raise UnreadableError("file.too_large", file=str(path), most=str(LARGEST >> 20))
        # A spreadsheet may put a byte order mark in front.
        yield io.TextIOWrapper(io.BufferedReader(_UpTo(file, found.st_size)), "utf-8-sig", newline="")


class _UpTo(io.RawIOBase):
    """The first bytes of a file, which may grow meanwhile, or have no end."""

    def __init__(self, file: io.FileIO, size: int) -> None:
        self._file = file
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        count = self._file.readinto(memoryview(buffer)[: self._left]) or 0
        self._left -= count
        return count


def _check(path: Path, columns: Sequence[str]) -> None:
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        raise UnreadableError("file.columns", file=str(path), columns=missing)
    twice = [printable(name, longest=LONGEST_NAME) for name, count in Counter(columns).items() if name and count > 1]
    if twice:
        raise UnreadableError("file.columns_twice", file=str(path), columns=twice)


def _line_not_utf_8(path: Path) -> int:
    number = 1
    with path.open("rb") as file:
        for line in file:
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                break
            number += 1
    return number


def _entry(line: int, row: Mapping[str, str] | Reason, wrong: list[Wrong]) -> Entry | None:
    """The entry of a row, or None once all that is wrong with it is noted."""
    before = len(wrong)
    if isinstance(row, Reason):
        wrong.append(Wrong(line, "(all)", row))
        return None
    cell = {column: of_sheet_cell(row[column].strip()) for column in COLUMNS}
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
