"""Reads the rows of what people call a table: CSV as spreadsheets export it, .xlsx, .ods or .xls, into cells of text.

What a file is, is asked of its first bytes and not of its name. Text is UTF-8, UTF-16 with its mark, or what Windows,
DOS and Macs of France wrote before: of these, the one in which the accents are letters. A CSV is read as it comes, as
far as it went when it was opened. Workbooks are read by `python-calamine`, the first sheet that has anything in it.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO, Final, TextIO

import attrs
from words import Reason, SaidError

LARGEST: Final = 1 << 28
"""How many bytes a file may have, unpacked: a million requests, and more."""
LONGEST_LINE: Final = 1 << 21
"""How many letters of a line are read."""
PIECE: Final = 1 << 16
MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How a workbook begins: a zip for .xlsx and .ods, and the older .xls."""
BEFORE_UTF_8: Final = ("cp1252", "cp850", "mac_roman")
LETTERS: Final = frozenset(
    "àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ«»°€…\N{RIGHT SINGLE QUOTATION MARK}\N{EN DASH}\N{NO-BREAK SPACE}"
)
"""What French people type beyond ASCII."""
DELIMITERS: Final = ",;\t|"
TOO_LONG: Final = Reason("cells.too_long")

Cells = list[str]


class UnreadableError(SaidError):
    """The file cannot be read as a table at all."""


def rows_of(path: Path) -> Iterator[tuple[int, Cells | Reason]]:
    """Each row that is not empty, after the line on which it begins, the headings first; or why it cannot be read.

    Raises `UnreadableError` for what is no file, or one that is missing, too large, empty, or not a table.
    """
    try:
        with regular_file(path) as (file, size):
            if size > LARGEST:
                raise UnreadableError("file.too_large", file=str(path), most=str(LARGEST >> 20))
            begins = file.read(4)
            file.seek(0)
            found = _of_a_workbook(path, file) if begins.startswith(WORKBOOKS) else _of_a_text(path, file, size)
            is_empty = True
            for line, cells in found:
                if isinstance(cells, Reason) or any(cell.strip() for cell in cells):
                    is_empty = False
                    yield line, cells
            if is_empty:
                raise UnreadableError("file.empty", file=str(path))
    except UnicodeDecodeError:
        raise UnreadableError("file.no_text", file=str(path)) from None
    except OSError as error:
        kinds = {FileNotFoundError: "not_found", IsADirectoryError: "directory", NoFileError: "no_file"}
        raise UnreadableError(f"file.{kinds.get(type(error), 'not_allowed')}", file=str(path)) from None


class NoFileError(OSError):
    """It is a device or a pipe, which may have no end, or be waited for without one."""


@contextmanager
def regular_file(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """A file and how far it goes now; nothing is waited for. Raises `OSError`, `NoFileError` for what is no file."""
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb", buffering=0) as file:  # noqa: PTH123
        found = os.fstat(file.fileno())
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError
        if not stat.S_ISREG(found.st_mode):
            raise NoFileError
        yield file, found.st_size  # type: ignore[misc] # unbuffered, it is read in pieces


# --- Workbooks --------------------------------------------------------------------------------------------------------


def _of_a_workbook(path: Path, file: BinaryIO) -> Iterator[tuple[int, Cells]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - who has CSV may not have it

    try:
        with zipfile.ZipFile(file) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST:
                raise UnreadableError("file.too_large", file=str(path), most=str(LARGEST >> 20))
    except zipfile.BadZipFile:
        pass  # the older .xls is none; another that is damaged is told below
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(cell != "" for row in rows for cell in row):
                for line, row in enumerate(rows, 1):
                    yield line, [_text_of(cell) for cell in row]
                return
    except (CalamineError, ValueError, zipfile.BadZipFile) as error:
        raise UnreadableError("file.no_workbook", file=str(path)) from error


def _text_of(cell: object) -> str:
    """A cell as somebody would type it."""
    match cell:
        case bool():
            return "oui" if cell else "non"
        case float() if cell.is_integer():
            return str(int(cell))  # a SIREN is a number there
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(" ", "minutes")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


# --- Text -------------------------------------------------------------------------------------------------------------


def _of_a_text(path: Path, file: BinaryIO, size: int) -> Iterator[tuple[int, Cells | Reason]]:
    encoding = _encoding_of(file, size)
    file.seek(0)
    # A spreadsheet may put a byte order mark in front.
    text = io.TextIOWrapper(io.BufferedReader(_UpTo(file, size)), encoding, newline="")
    first = next((line for line in iter(lambda: text.readline(LONGEST_LINE), "") if line.strip()), "")
    lines, delimiter = _Lines(text, first), max(DELIMITERS, key=first.count)
    if said := re.fullmatch(r'"?sep=(.)"?\s*', first, re.IGNORECASE):  # how Excel is told
        delimiter = said[1]
        next(lines)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 1
    try:
        while (line := lines.number + 1) and (cells := _row(reader, lines)) is not None:
            if cells:
                yield line, cells
    except (csv.Error, _TooLongError):
        raise UnreadableError("file.no_csv", file=str(path), line=str(line)) from None


def _encoding_of(file: BinaryIO, size: int) -> str:
    """The encoding of a text: UTF-8 if it is that, else the one that makes the most letters of its accents."""
    left, accents = size, bytearray()
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf_8, begins = True, b""
    while piece := file.read(min(left, PIECE)):
        left -= len(piece)
        begins = begins or piece[:4]
        for mark, encoding in MARKS.items():
            if begins.startswith(mark):
                return encoding
        if len(accents) < PIECE:
            accents += re.sub(rb"[\x00-\x7f]+", b"", piece)
        try:
            decoder.decode(piece, final=left == 0)
        except UnicodeDecodeError:
            is_utf_8 = False
            if len(accents) >= PIECE // 16:
                break
            decoder.reset()
    if is_utf_8:
        return "utf-8"

    def letters(encoding: str) -> int:
        return sum(1 if letter in LETTERS else -1 for letter in accents.decode(encoding, "replace"))

    best = max(BEFORE_UTF_8, key=letters)
    # Windows leaves five bytes without a letter, and Latin-1 none.
    return "latin-1" if best == "cp1252" and re.search(rb"[\x81\x8d\x8f\x90\x9d]", accents) else best


def _row(reader: Iterator[Cells], lines: _Lines) -> Cells | Reason | None:
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


class _UpTo(io.RawIOBase):
    """The first bytes of a file, which may grow meanwhile, or have no end."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        count = self._file.readinto(memoryview(buffer)[: self._left]) or 0  # type: ignore[attr-defined] # it is raw
        self._left -= count
        return count
