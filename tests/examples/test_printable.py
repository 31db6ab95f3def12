"""What others wrote, where it is shown: on a terminal, in a sheet, in an error about a database."""

from __future__ import annotations

import csv
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from printable import of_sheet_cell, printable, sheet_cell, without_its_password, without_password

TEXTS = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("Garage Lefèvre & Moreau", "Garage Lefèvre & Moreau"),
        (r"\x1b[2J\x1b[HGarage", "\x1b[2J\x1b[HGarage"),  # clears the screen
        (r"\x1b]0;pwned\x07", "\x1b]0;pwned\x07"),  # sets the window's title
        (r"\x9b31mred", "\x9b31mred"),  # the same as ESC [, in one sign
        (r"\u202eexe.fdp", "\u202eexe.fdp"),  # turns the rest around
        (r"a\x08b\x00c\x7f", "a\x08b\x00c\x7f"),
        ("Garage Moreau et fils", "Garage\nMoreau\tet\rfils"),
        (r"\ud800", "\ud800"),
        ("\u0646\u200c\u0641", "\u0646\u200c\u0641"),  # what a script cannot be written without
        ("17", 17),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(shown, text):
    """Letters are as they were; what moves, clears, names or turns around is seen, and does nothing."""
    assert shown == printable(text)


@given(TEXTS)
def test_nothing_that_a_terminal_obeys_is_left(text):
    """On one line, in letters that can be written to it."""
    shown = printable(text)

    assert [] == [char for char in shown if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]
    assert shown == printable(shown)
    assert shown == shown.encode().decode()
    assert 10 >= len(printable(text, longest=10))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\t@", "\uff1d"])
def test_a_cell_that_looks_like_a_formula_is_text(begins):
    """It has an apostrophe first, and is read back without it."""
    text = f"{begins}cmd|' /C calc'!A0"

    assert f"'{text}" == sheet_cell(text)
    assert text == of_sheet_cell(sheet_cell(text))


@given(TEXTS)
def test_a_cell_is_read_back(text):
    """What was written as a cell is read as it was, but for an apostrophe that a formula had before."""
    cell = sheet_cell(text)

    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert text == of_sheet_cell(cell) or of_sheet_cell(text) != text


def test_a_portfolio_that_is_written_has_no_formulas(tmp_path):
    """The generator's file has text in each cell that a spreadsheet would compute."""
    from make_portfolio import write  # noqa: PLC0415 - after the library is known to be there
    from portfolio import REQUESTED as COLUMNS  # noqa: PLC0415

    write(tmp_path / "x.csv", [dict.fromkeys(COLUMNS, "") | {"company": "=1+1", "iban": "@SUM(A1)", "services": "-2"}])
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)

    assert ("'=1+1", "'@SUM(A1)", "'-2") == (row["company"], row["iban"], row["services"])


SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("shown", "database"),
    [
        ("portfolio.sqlite", "portfolio.sqlite"),
        ("sqlite:////var/lib/x.sqlite", "sqlite:////var/lib/x.sqlite"),
        ("postgresql://camille@db/x", "postgresql://camille@db/x"),
        ("postgresql://camille:***@db:5432/x", f"postgresql://camille:{SECRET}@db:5432/x"),
        ("postgresql://camille:***@db/x", f"postgresql://camille:{SECRET}/{SECRET}@{SECRET}@db/x"),
        ("postgresql://camille:***@db/x", f"postgresql://camille:{SECRET}:{SECRET}#?@db/x"),
        ("postgresql://:***@db/x", f"postgresql://:{SECRET}@db/x"),
        (
            "postgresql://db/x?user=camille&password=***&sslmode=require",
            f"postgresql://db/x?user=camille&password={SECRET}&sslmode=require",
        ),
        ("host=db password=*** user=camille", f"host=db password={SECRET} user=camille"),
    ],
)
def test_a_password_is_not_shown(shown, database):
    """Wherever one may stand in a database's URL, whatever signs are in it; the rest is shown."""
    assert shown == without_password(database)
    assert SECRET not in without_its_password(f"cannot open {database}\n{SECRET}", database)
    assert SECRET not in database or SECRET not in without_its_password(f"not a port: {SECRET}", database)


def test_an_error_has_its_password_hidden_as_it_is_typed_and_as_it_is():
    """A password may stand in an error with its signs escaped, as in the URL, or not."""
    database = "postgresql://camille:a%40b%2Fc@db/x"

    assert "no *** or ***" == without_its_password("no a%40b%2Fc or a@b/c\nmore", database)
    assert "" == without_its_password("", database)
