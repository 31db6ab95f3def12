"""Files that are no portfolio, or hardly one: devices, pipes, cells without an end, columns twice; and their memory."""

from __future__ import annotations

import os
import tracemalloc

import pytest

pytest.importorskip("sqlalchemy", reason="the main job is tested with SQLAlchemy and rich only")
pytest.importorskip("rich", reason="the main job is tested with SQLAlchemy and rich only")

from nightly import main
from portfolio import REQUESTED as COLUMNS
from portfolio import read_portfolio
from sheets import LARGEST
from tables import LONGEST_LINE, UnreadableError
from told import plain
from words import Reason

HEADER = ",".join(COLUMNS)
ROW = {
    "company": "Garage Moreau",
    "siren_or_file_number": "552100554",
    "services": "messagerie",
    "company_email": "contact@garage.example",
    "third_party": "yes",
    "legal_representative": "Anne Moreau",
    "requested": "2026-02-02 10:00",
}
LIMIT = 131_072
"""How long a cell may be for Python's reader."""


def line(**cells):
    """A line of the file."""
    return ",".join((ROW | cells).get(column, "") for column in COLUMNS)


def written(tmp_path, *lines):
    """A file of these lines after its header."""
    file = tmp_path / "portfolio.csv"
    file.write_text("\n".join([HEADER, *lines, ""]), "utf-8")
    return file


GOOD = [line(requested=f"2026-02-0{day} 10:00") for day in (1, 2, 3)]


@pytest.mark.parametrize(
    "bad",
    [
        line(company="x" * (LIMIT + 1)),
        line(company='"' + "x" * (LIMIT + 1) + '"'),
        line(company='"' + "x,\n" * LIMIT + '"'),
        line(company='"' + 'say ""x"",\r\n' * LIMIT + '"'),
        line(company="x" * (3 * LONGEST_LINE)),
        line(company='"' + "x" * LONGEST_LINE + "\n" + "y" * LONGEST_LINE + '"'),
        line(company="é" * LONGEST_LINE),
    ],
    ids=["plain", "quoted", "of many lines", "of quotes", "of a long line", "of two long lines", "of accents"],
)
def test_a_cell_beyond_the_reader_s_limit_is_one_wrong_row(tmp_path, bad):
    """The rows before and behind it are read, and it has its line and a reason."""
    book = read_portfolio(written(tmp_path, GOOD[0], bad, GOOD[1], "too,short", GOOD[2]))
    entries, wrong = book.entries, book.wrong

    assert 3 == len(entries)
    assert [(3, "(all)", Reason("cells.too_long")), (5 + bad.count("\n"), "(all)", Reason("cells.fewer"))] == [
        (it.line, it.column, it.why) for it in wrong
    ]


@pytest.mark.parametrize("rest", ['"' + "x\n" * LIMIT, '"' + "x" * LONGEST_LINE + "\n", '"x'])
def test_quotes_that_are_never_closed_are_no_csv(tmp_path, rest):
    """However far they go: nobody can say which rows are in them."""
    with pytest.raises(UnreadableError, match="is no CSV from line 3 on: expected quotes that are closed"):
        read_portfolio(written(tmp_path, GOOD[0], rest))


def test_two_columns_of_one_name_are_an_error(tmp_path):
    """Nobody can say which of them is meant, though they are the firm's own; columns without a name are not named."""
    file = tmp_path / "portfolio.csv"
    file.write_text(f"{HEADER},fees,iban,fees,,\n", "utf-8")
    with pytest.raises(UnreadableError, match="has more than once the columns iban, fees: expected once"):
        read_portfolio(file)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["a pipe", "a device"])
def test_what_is_no_file_is_refused(tmp_path, capsys, make):
    """Neither waited for nor read without an end: nothing is done, and one line says why."""
    make(tmp_path / "portfolio.csv")
    place = ["--csv", str(tmp_path / "portfolio.csv"), "--database", str(tmp_path / "x.sqlite")]
    said = {language: (main([*place, "--lang", language]), capsys.readouterr().err) for language in ("fr", "en")}

    assert 2 == said["fr"][0]
    assert f"{place[1]} n'est pas un fichier, mais un appareil ou un tube ; il faut" in plain(said["fr"][1])
    assert (2, f"nightly.py: cannot read {place[1]}: a device or a pipe; expected CSV, .xlsx or .ods.\n") == said["en"]
    assert not (tmp_path / "x.sqlite").exists()


def test_a_file_without_an_end_is_refused(tmp_path):
    """One that is larger than any portfolio, whatever is in it: here, nothing, for 2 to the 40 bytes."""
    file = written(tmp_path, *GOOD)
    os.truncate(file, 1 << 40)
    with pytest.raises(UnreadableError, match=f"too large; expected a file of {LARGEST >> 20} MiB at most"):
        read_portfolio(file)


def test_a_file_that_grows_is_read_as_it_was(tmp_path, monkeypatch):
    """What is added while it is read is for the next night: it would never end."""
    file = written(tmp_path, *GOOD)
    real = os.fstat

    def growing(descriptor):
        found = real(descriptor)
        with file.open("a") as more:
            more.write(f"{line(requested='2026-02-09 10:00')}\n")
        return found

    monkeypatch.setattr("tables.os.fstat", growing)
    book = read_portfolio(file)
    entries, wrong = book.entries, book.wrong

    assert (3, []) == (len(entries), wrong)


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        (["x" * 2_000_000] * 10, ""),
        (['"' + "\N{GRINNING FACE}\n" * 1_000_000 + '"'] * 3, ""),
        ([*GOOD, "", *["x" * 100 + "\U0001f3f0" + "y" * 20_000_000]], ""),
        ([f"{line(requested=f'2026-02-02 10:{minute:02}')},{'x' * 100_000}" for minute in range(60)], ",fees"),
        ([f"{line(requested=f'2026-02-02 10:{minute:02}')},{'é' * 100_000}" for minute in range(60)], ",fees"),
    ],
    ids=["long lines", "long cells", "one long line", "a column of the firm's", "its accents"],
)
def test_memory_is_at_most_twice_the_file(tmp_path, rows, more):
    """Files of megabytes, of whatever they are made: what is held of them at once is counted, not timed."""
    file = tmp_path / "portfolio.csv"
    file.write_text("\n".join([HEADER + more, *rows, ""]), "utf-8")
    tracemalloc.start()
    try:
        read_portfolio(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert 2 * file.stat().st_size > peak
