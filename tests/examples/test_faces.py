"""The page, the calendar and the workbook of a night: re-read by others."""
# ruff: noqa: E402 - what is needed is asked for first

from __future__ import annotations

import csv
import os
import re
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pytest

for needed in ("sqlalchemy", "rich", "jinja2", "icalendar", "openpyxl", "xlsxwriter"):
    pytest.importorskip(needed, reason=f"the pages of the night are not tested: {needed} is not installed")

from faces import write_whole
from icalendar import Calendar
from one_night import nightly
from openpyxl import load_workbook
from paths import EXAMPLES
from stdnum import luhn
from told import Page, plain


def night_in(folder, *arguments):
    """A night of the shipped portfolio, with its faces in a folder."""
    return nightly("--database", folder / "night.sqlite", "--pages", folder / "out", *arguments)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """The folder of the shipped night, and what it printed."""
    folder = tmp_path_factory.mktemp("faces")
    done = night_in(folder)
    assert (1, "") == (done.returncode, done.stderr)
    return folder / "out", done.stdout


def test_the_night_says_where_the_page_is(shipped):
    """At its end, so that it can be opened."""
    folder, said = shipped

    assert f"{folder.resolve() / 'nuit.html'} (à côté : nuit.ics et nuit.xlsx)" == plain(said).splitlines()[-1]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_night_with_its_pages_is_two_screens(tmp_path, language):
    """Of fifty lines of 120 columns, with where the pages are."""
    done = nightly("--database", tmp_path / "x.sqlite", "--pages", tmp_path / "out", "--lang", language, columns=120)

    assert 100 >= len(done.stdout.splitlines())


def test_the_page_has_all_that_the_report_has(shipped):
    """Each section with all its rows, and nothing of elsewhere: it stands alone."""
    text = (shipped[0] / "nuit.html").read_text("utf-8")
    tables = Page(text).tables

    assert '<html lang="fr">' in text
    title = "Nuit du mercredi 4 mars 2026 à 6 h : 341 lignes suivies, sur 349 de portfolio.csv"
    assert 2 == plain(text).count(f">{title}</")
    columns = ["échéance", "entreprise", "SIREN ou dossier", "services demandés", "qui doit agir, et comment", "règle"]
    assert columns == tables["now"][0]
    first = ["aujourd'hui à 9 h 34", "Librairie Vidal & Perrin", "697 612 240", "Messagerie, TVA, CFE"]
    first += ["client : utiliser le lien reçu à contact@entreprise-697612240.example", "2.9"]
    assert first == tables["now"][1]
    counts = {"now": 14, "unfollowed": 7, "letters": 17, "needed": 123, "lapses": 27, "risk": 22, "later": 138}
    counts |= {"besides": 5, "wrong": 17}
    assert counts == {name: len(tables[name]) - 1 for name in counts}
    assert not re.search(r"(src|href)=\"(?!#)|url\(|@import", text)
    # The bars of the picture count what the tables have, within sixty days.
    assert 14 + 22 + 138 == sum(map(int, re.findall(r"<text x=[^>]*>(\d+)</text>", text)))


def test_the_page_is_of_the_language(tmp_path):
    """English, where it was asked for."""
    night_in(tmp_path, "--lang", "en")
    text = (tmp_path / "out" / "nuit.html").read_text("utf-8")

    assert '<html lang="en">' in text
    assert "To do today or tomorrow: 14 cases" in text


def page_of(folder, *requests):
    """The page of a night of these requests: of each the company, its number, and when it was made."""
    with (EXAMPLES / "nightly" / "portfolio.csv").open(encoding="utf-8") as file:
        columns = next(csv.reader(file))
    names = ("company", "siren_or_file_number", "requested")
    linked = {"services": "messagerie", "company_email": "a@b.example", "third_party": "yes"}
    with (folder / "own.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, columns)
        rows.writeheader()
        rows.writerows(dict(zip(names, it, strict=True)) | linked for it in requests)
    night_in(folder, "--csv", folder / "own.csv", "--at", "2026-03-04T06:00+01:00")
    return (folder / "out" / "nuit.html").read_text("utf-8")


def test_a_bar_names_twelve_companies(tmp_path):
    """Of a thirteenth it says that there are more."""
    sirens = [f"{number}{luhn.calc_check_digit(str(number))}" for number in range(10_000_001, 10_000_026)]
    made = ["2026-03-02 10:00"] * 13 + ["2026-03-03 10:00"] * 12
    text = page_of(tmp_path, *((f"Garage {siren}", siren, day) for siren, day in zip(sirens, made, strict=True)))
    labels = re.findall(r"<title>(.* : 1[23] .*)</title>", plain(text))

    assert [
        f"mercredi 4 mars 2026 : 13 ({', '.join(f'Garage {it}' for it in sirens[:12])} …)",
        f"jeudi 5 mars 2026 : 12 ({', '.join(f'Garage {it}' for it in sirens[13:])})",
    ] == labels


def test_a_company_s_name_is_no_markup(tmp_path):
    """Whatever it calls itself: on the page a text, in the workbook no formula."""
    evil = '=HYPERLINK("x")<script>alert(1)</script>'
    text = page_of(tmp_path, (evil, "552100554", "2026-03-03 10:00"))
    sheet = load_workbook(tmp_path / "out" / "nuit.xlsx").worksheets[0]

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert ("s", evil) == (sheet["B2"].data_type, sheet["B2"].value)


def entries(folder):
    """The entries of a calendar, by their UID."""
    calendar = Calendar.from_ical((folder / "out" / "nuit.ics").read_bytes())
    found = {str(entry["uid"]): entry for entry in calendar.walk("VEVENT")}
    assert len(found) == len(calendar.walk("VEVENT"))
    return found


def test_the_calendar_is_read_by_another(shipped):
    """What ends by the hour has its hour in UTC, what ends with a day has the day, and taxes have theirs."""
    found = entries(shipped[0].parent)
    link = found["697612240-20260302T083400.2.9@teleprocedures"]

    assert 14 + 22 + 138 + 2 == len(found)
    summary = (
        "Librairie Vidal & Perrin \N{EN DASH} client : utiliser le lien reçu à contact@entreprise-697612240.example"
    )
    assert summary == plain(str(link["summary"]))
    assert "2026-03-04 08:34:00+00:00" == str(link["dtstart"].dt)
    assert "mercredi 4 mars 2026 à 9 h 34 (règle 2.9)" == plain(str(link["description"]))
    tax = found["payer-tva.2026-04-20@teleprocedures"]
    assert (date(2026, 4, 20), date(2026, 4, 21)) == (tax["dtstart"].dt, tax["dtend"].dt)
    code = next(it for it in found.values() if "Transports Marchand" in it["summary"])
    assert (date(2026, 3, 4), date(2026, 3, 5)) == (code["dtstart"].dt, code["dtend"].dt)


def test_an_entry_keeps_its_uid_from_night_to_night(tmp_path, shipped):
    """A calendar that reads the next night's file doubles nothing: what is still there is the same, and is newer."""
    first = entries(shipped[0].parent)
    shutil.copy(shipped[0].parent / "night.sqlite", tmp_path)
    night_in(tmp_path, "--at", "2026-03-05T06:00+01:00")
    second = entries(tmp_path)
    both = first.keys() & second.keys()

    assert 150 < len(both)
    # The day after the safe one, an entry moves on to the last.
    assert all(first[uid]["dtstart"].dt <= second[uid]["dtstart"].dt for uid in both)
    assert 3 > sum(first[uid]["dtstart"].dt != second[uid]["dtstart"].dt for uid in both)
    assert all(first[uid]["sequence"] < second[uid]["sequence"] for uid in both)


def test_the_workbook_has_types_filters_and_widths(shipped):
    """Dates are dates, the last day of a limit is that day, headings stay, and each sheet can be filtered."""
    book = load_workbook(shipped[0] / "nuit.xlsx")
    now = book["Aujourd'hui et demain"]
    names = [
        "Aujourd'hui et demain",
        "Demandes non suivies",
        "Courriers en retard",
        "Pour les impôts à venir",
        "Caducités",
    ]

    assert names == book.sheetnames[:5]
    assert datetime(2026, 3, 4, 9, 34) == now["A2"].value
    assert "dd/mm/yyyy hh:mm" == now["A2"].number_format
    marchand = next(row for row in now.iter_rows(min_row=2) if row[1].value == "Transports Marchand")
    assert (datetime(2026, 3, 4), "dd/mm/yyyy") == (marchand[0].value, marchand[0].number_format)
    for sheet in book.worksheets:
        assert f"A1:{sheet.cell(1, sheet.max_column).column_letter}{sheet.max_row}" == sheet.auto_filter.ref
        assert "A2" == sheet.freeze_panes
        widest = max(len(str(row[0].value)) for row in sheet.iter_rows(max_col=1))
        assert min(widest, 19) < sheet.column_dimensions["A"].width


@pytest.mark.parametrize("name", ["nuit.html", "nuit.ics", "nuit.xlsx"])
@pytest.mark.parametrize("make", [Path.symlink_to, Path.hardlink_to], ids=["link", "other name"])
def test_a_page_takes_the_place_of_nothing_that_the_night_reads(tmp_path, name, make):
    """Nor under another name of it: nothing is done, and the portfolio, the firm's file and the database are there."""
    (tmp_path / "out").mkdir()
    mine = tmp_path / "out" / name
    mine.write_bytes((EXAMPLES / "nightly" / "portfolio.csv").read_bytes())
    make(tmp_path / "mine.csv", mine)
    before = mine.read_bytes()
    for portfolio in (mine, tmp_path / "mine.csv"):
        done = night_in(tmp_path, "--csv", portfolio, "--at", "2026-03-04T06:00+01:00")

        assert (2, "") == (done.returncode, done.stdout)
        assert f"--pages : {mine} est un fichier que la nuit lit ou garde" in plain(done.stderr)
    for database in (mine, f"sqlite:///{mine}"):
        assert 2 == night_in(tmp_path, "--database", database).returncode
    assert (before, [name]) == (mine.read_bytes(), [it.name for it in (tmp_path / "out").iterdir()])


def test_a_page_takes_the_place_of_no_database_that_is_not_there_yet(tmp_path):
    """It would be made in the night, and be gone at its end."""
    done = night_in(tmp_path, "--database", tmp_path / "out" / ".." / "out" / "nuit.html")

    assert (2, "") == (done.returncode, done.stdout)
    assert [] == list(tmp_path.iterdir())


def test_pages_are_written_through_no_link_and_no_pipe(tmp_path):
    """What stands in the folder under any name is not written into; the pages are their owner's alone."""
    out, victim = tmp_path / "out", tmp_path / "victim"
    out.mkdir()
    victim.write_text("mine")
    (out / "nuit.part").symlink_to(victim)
    (out / "nuit.ics").symlink_to(victim)
    os.mkfifo(out / "nuit.xlsx")
    done = night_in(tmp_path)
    names = ["nuit.html", "nuit.ics", "nuit.xlsx"]

    assert (1, "", "mine") == (done.returncode, done.stderr, victim.read_text())
    assert {*names, "nuit.part"} == {path.name for path in out.iterdir()}
    assert [0o600] * 3 == [stat.S_IMODE((out / name).lstat().st_mode) for name in names]
    assert [True] * 3 == [stat.S_ISREG((out / name).lstat().st_mode) for name in names]


def test_nights_at_once_write_each_page_whole(tmp_path):
    """Whoever comes last, the page is one of theirs, and nothing is left beside it."""
    contents = [str(number).encode() * 200_000 for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda content: [write_whole(tmp_path / "nuit.html", content) for _ in range(5)], contents))

    assert ["nuit.html"] == [path.name for path in tmp_path.iterdir()]
    assert (tmp_path / "nuit.html").read_bytes() in contents


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    """Where it should stand is a folder, say."""
    (tmp_path / "nuit.html").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "nuit.html", b"page")

    assert ["nuit.html"] == [path.name for path in tmp_path.iterdir()]


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path):
    """All is recorded, the report is there, and one line says what is not."""
    (tmp_path / "out").write_text("a file")
    done = night_in(tmp_path)

    assert 1 == done.returncode
    assert "la page, le calendrier et le classeur n'ont pas pu être écrits" in plain(done.stderr)
    assert "À faire aujourd'hui ou demain : 14 dossiers" in plain(done.stdout)
