"""A night as a workbook (`.xlsx`): a sheet for each part, with dates that are dates, filters, and fitting columns."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO
from typing import Final

from printable import printable
from report import Night
from sections import Cell, sections
from words import said
from xlsxwriter import Workbook

from teleprocedures.wording import Wording
from teleprocedures.words import in_paris

LONGEST_NAME: Final = 31
"""How long the name of a sheet may be."""
WIDEST: Final = 60
AS_TEXT: Final = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")


def workbook(night: Night, wording: Wording) -> bytes:
    """The workbook of a night."""
    file = BytesIO()
    # A company may be called =1+1: what is a text is written as one.
    with Workbook(file, {"in_memory": True, **dict.fromkeys(AS_TEXT, False)}) as book:
        book.set_properties({"created": night.at.replace(tzinfo=None)})
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"})
        hour = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top", "align": "left"})
        for section in sections(night, wording):
            if not section.rows:
                continue
            sheet = book.add_worksheet(said(wording, f"sheet.{section.name}")[:LONGEST_NAME])
            sheet.write_row(0, 0, map(printable, section.columns), bold)
            for line, row in enumerate(section.rows, 1):
                for column, cell in enumerate(row):
                    value = cell.value
                    here = in_paris(value) if isinstance(value, datetime) else None
                    if here is not None:
                        here = here.replace(tzinfo=None)
                        # The last instant of a day would be rounded to the next one.
                        is_day = here.time() == time.max
                        sheet.write_datetime(
                            line,
                            column,
                            here.replace(hour=0, minute=0, second=0, microsecond=0) if is_day else here,
                            day if is_day else hour,
                        )
                    elif isinstance(value, date) and not isinstance(value, datetime):
                        sheet.write_datetime(line, column, datetime.combine(value, time()), day)
                    elif isinstance(value, int) and str(value) == cell.text:
                        sheet.write_number(line, column, value)
                    else:
                        sheet.write_string(line, column, printable(cell.text), wrap)
            for column, heading in enumerate(section.columns):
                sheet.set_column(column, column, _width([heading, *(_shown(row[column]) for row in section.rows)]))
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(section.rows), len(section.columns) - 1)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)
    return file.getvalue()


def _shown(cell: Cell) -> str:
    return "00/00/0000 00:00" if isinstance(cell.value, date) else cell.text


def _width(texts: list[str]) -> int:
    return min(WIDEST, max(map(len, texts)) + 3)
