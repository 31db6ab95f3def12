"""Reads a workbook in a process of its own: `python sheets.py < FILE` writes each row as a line of JSON.

A workbook of a few hundred bytes can ask for more memory than there is: by a cell in the last corner, a row that is
repeated a billion times, a text that a thousand cells share. The reader of workbooks then stops its whole process. So
it has one of its own, whose memory and time are in proportion to the file. What it ends with says why it ended.

A line is the number of the sheet and its name, the line of the row there, and its cells as texts; or no cells where one
is too long to be read. The limits hold where the system has them, which Windows has not.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any, BinaryIO, Final

LARGEST: Final = 1 << 28
"""How many bytes a workbook may have, unpacked."""
MOST_ROWS: Final = 1 << 20
LONGEST_CELL: Final = 32_767
"""How many rows of a sheet and letters of a cell are read, as many as a spreadsheet takes."""
OF_A_CELL: Final = 16
"""How many bytes a cell takes at least, beside its letters."""
LEAST: Final = 512 << 20
TIMES: Final = 8
"""How much memory is there for the smallest workbook, and how many times its size for a larger one."""
LEAST_SECONDS: Final = 30
"""How long the smallest may take; a larger one has a second more for each MiB."""
LEAST_TOLD: Final = 1 << 19
TIMES_TOLD: Final = 8
"""How many bytes of cells the smallest workbook may have, and how many times its size a larger one."""
WHOLE, TOO_LARGE, DAMAGED, NO_READER = 0, 3, 4, 5
"""What the process ends with; with anything else the system has ended it, as it is too large."""


class TooLargeError(Exception):
    """There is more of it than can be read."""


def main(file: BinaryIO) -> int:
    """Write the rows of a workbook; gives the status to end with."""
    try:
        size = file.seek(0, io.SEEK_END)
        limit(size)
        size = max(size, unpacked(file))
        limit(size)
        file.seek(0)
        write(file, LEAST_TOLD + TIMES_TOLD * size)
    except ImportError:
        return NO_READER
    except (TooLargeError, MemoryError):
        return TOO_LARGE
    except BaseException:  # noqa: BLE001 - the reader's panics are no Exception
        return DAMAGED
    return WHOLE


def limit(size: int) -> None:
    """Take no more memory and time than a workbook of this size needs."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not every system has it

        wanted = {
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_AS: LEAST + TIMES * size,
            resource.RLIMIT_CPU: LEAST_SECONDS + (size >> 20),
        }
        for kind, most in wanted.items():
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def unpacked(file: BinaryIO) -> int:
    """How many bytes a workbook says that it has, unpacked; raises `TooLargeError` for too many."""
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(file) as packed:  # the older .xls is none
        size = sum(part.file_size for part in packed.infolist())
        if size > LARGEST:
            raise TooLargeError
        return size
    return 0


def write(file: BinaryIO, most: int) -> None:
    """Write the rows that are not empty, sheet by sheet; raises `TooLargeError` where their cells are `most` bytes."""
    told = 0
    for number, name, line, cells in rows_of(file):
        told += sum(OF_A_CELL + len(cell) for cell in cells if cell)
        if told > most:
            raise TooLargeError
        kept = None if any(len(cell) > LONGEST_CELL for cell in cells) else cells
        print(json.dumps([number, name, line, kept]))


def rows_of(file: BinaryIO) -> Iterator[tuple[int, str, int, list[str]]]:
    """The rows that are not empty, each after its sheet and its line there."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum  # noqa: PLC0415 - it may not be installed

    workbook = CalamineWorkbook.from_filelike(file)
    for number, sheet in enumerate(workbook.sheets_metadata):
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        found = workbook.get_sheet_by_name(sheet.name)
        if found.end is not None and found.end[0] >= MOST_ROWS:
            raise TooLargeError
        for line, row in enumerate(found.iter_rows(), 1):
            cells = list(map(text_of, row))
            if any(cell.strip() for cell in cells):
                yield number, sheet.name, line, cells


def text_of(cell: Any) -> str:
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


if __name__ == "__main__":
    with open(0, "rb", closefd=False) as given:
        sys.exit(main(given))
