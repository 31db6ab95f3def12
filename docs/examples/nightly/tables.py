"""Reads the rows of what people call a table: CSV as spreadsheets export it, .xlsx, .ods or .xls, into cells of text.

What a file is, is asked of its first bytes and not of its name. Text is UTF-8, UTF-16 with its mark, or what Windows,
DOS and Macs of France wrote before: of these, the one in which the accents are letters. A CSV is read as it comes, as
far as it went when it was opened. Workbooks are read by `sheets.py`. The table begins with the first row that has the
headings that are asked for, in any sheet.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, Final, TextIO

import attrs
from sheets import DAMAGED, LARGEST, NO_READER, TOO_LARGE, WHOLE
from words import Reason, SaidError

LOOKED_AT: Final = 20
"""In how many rows of a sheet its headings are looked for, beneath a title say."""
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

SHEETS: Final = str(Path(__file__).with_name("sheets.py"))
ENDS: Final = {TOO_LARGE: "file.too_large_unpacked", DAMAGED: "file.no_workbook", NO_READER: "file.no_reader"}
"""What is said of the ends of the process that reads a workbook."""

Cells = list[str]
Row = tuple[tuple[int, str], int, Cells | Reason]
"""The number and the name of its sheet, the line on which it begins, and its cells or why they cannot be read."""


class UnreadableError(SaidError):
    """The file cannot be read as a table at all."""


@attrs.frozen
class NoHeadingsError(Exception):
    """No row has all the headings that are asked for: the cells of the one that lacks fewest, and the sheets."""

    cells: Cells
    sheets: Sequence[str]


def rows_of(path: Path, lacking: Callable[[Cells], int]) -> Iterator[tuple[int, Cells | Reason]]:
    """Each row that is not empty, after the line on which it begins, the headings first; or why it cannot be read.

    The headings are the first row that is `lacking` none of those that are asked for. Raises `NoHeadingsError` where
    there is none. Raises `UnreadableError` for what is no file, or one that is missing, too large, empty, or no table.
    """
    try:
        with regular_file(path) as (file, size):
            if size > LARGEST:
                raise UnreadableError("file.too_large", file=str(path), most=str(LARGEST >> 20))
            begins = file.read(4)
            file.seek(0)
            found = _of_a_workbook(path, file) if begins.startswith(WORKBOOKS) else _of_a_text(path, file, size)
            yield from _from_headings_on(path, found, lacking)
    except UnicodeDecodeError:
        raise UnreadableError("file.no_text", file=str(path)) from None
    except OSError as error:
        kinds = {FileNotFoundError: "not_found", IsADirectoryError: "directory", NoFileError: "no_file"}
        raise UnreadableError(f"file.{kinds.get(type(error), 'not_allowed')}", file=str(path)) from None


def _from_headings_on(
    path: Path, found: Iterator[Row], lacking: Callable[[Cells], int]
) -> Iterator[tuple[int, Cells | Reason]]:
    best: Cells | None = None
    sheets = []
    for (_, sheet), some in groupby(found, key=itemgetter(0)):
        rows = ((line, cells) for _, line, cells in some if isinstance(cells, Reason) or any(map(str.strip, cells)))
        for line, cells in islice(rows, LOOKED_AT):
            if isinstance(cells, Reason):
                continue
            if best is None or lacking(cells) < lacking(best):
                best = cells
            if lacking(best) == 0:
                yield line, best
                yield from rows
                return
        sheets.append(sheet)
    if best is None:
        raise UnreadableError("file.empty", file=str(path))
    raise NoHeadingsError(best, sheets)


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


def _of_a_workbook(path: Path, file: BinaryIO) -> Iterator[Row]:
    """The rows of all its sheets, as a process of its own reads them: one that asks for too much ends that alone."""
    command = [sys.executable, SHEETS]
    with subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reader:  # noqa: S603 - ours
        assert reader.stdout is not None
        try:
            for told in reader.stdout:
                if told.endswith(b"\n"):  # else it was stopped there
                    number, name, line, cells = json.loads(told)
                    yield (number, name), line, TOO_LONG if cells is None else cells
            status = reader.wait()
        finally:
            reader.kill()
    if status != WHOLE:
        code = ENDS.get(status, ENDS[TOO_LARGE])
        raise UnreadableError(code, file=str(path), most=str(LARGEST >> 20), package="python-calamine")


# --- Text -------------------------------------------------------------------------------------------------------------


def _of_a_text(path: Path, file: BinaryIO, size: int) -> Iterator[Row]:
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
                yield (0, ""), line, cells
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
        if size - left == len(piece) and (encoding := _of_two_bytes(piece)):
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


def _of_two_bytes(begins: bytes) -> str:
    """UTF-16, if a text begins as one that has no mark: every other byte of what is ASCII is none."""
    high = [begins[place : 2 * (len(begins) // 2) : 2].count(0) for place in (0, 1)]
    most = len(begins) // 4
    if len(begins) < 8 or max(high) <= most or min(high) > most // 8:
        return ""
    return "utf-16-be" if high[0] > high[1] else "utf-16-le"


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
