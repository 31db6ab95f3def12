"""The page, the calendar and the workbook of a night: re-read by others, and looked at in Chromium."""
# ruff: noqa: E402 - what is needed is asked for first

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date, datetime
from html.parser import HTMLParser

import pytest

for needed in ("sqlalchemy", "rich", "jinja2", "icalendar", "openpyxl", "xlsxwriter"):
    pytest.importorskip(needed, reason=f"the pages of the night are not tested: {needed} is not installed")

from icalendar import Calendar
from openpyxl import load_workbook
from paths import EXAMPLES
from told import plain

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CLICK = """
<script>
window.addEventListener("load", () => {
  const buttons = document.querySelectorAll("#now th button");
  buttons[1].click(); if (location.hash === "#twice") buttons[1].click();
});
</script>
"""
WIDTH = """
<script>
const root = document.documentElement;
document.title = String(root.scrollWidth - root.clientWidth);
</script>
"""


def nightly(folder, *arguments):
    """A night of the shipped portfolio, with its faces in a folder."""
    command = [sys.executable, str(EXAMPLES / "nightly" / "nightly.py"), "--database", str(folder / "night.sqlite")]
    command += ["--pages", str(folder / "out"), *arguments]
    usual = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=usual)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """The folder of the shipped night, and what it printed."""
    folder = tmp_path_factory.mktemp("faces")
    done = nightly(folder)
    assert (1, "") == (done.returncode, done.stderr)
    return folder / "out", done.stdout


class Page(HTMLParser):
    """The tables of a page, by the section that they stand in."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.section, self.cell = {}, "", None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """A section, a row or a cell begins."""
        if tag == "section":
            self.section = dict(attributes).get("id", "")
        elif tag == "tr":
            self.tables.setdefault(self.section, []).append([])
        elif tag in ("td", "th"):
            self.cell = ""

    def handle_endtag(self, tag):
        """A cell ends."""
        if tag in ("td", "th"):
            self.tables[self.section][-1].append(plain(self.cell))
            self.cell = None

    def handle_data(self, data):
        """Text of a cell."""
        if self.cell is not None:
            self.cell += data


def test_the_night_says_where_the_page_is(shipped):
    """At its end, so that it can be opened."""
    folder, said = shipped

    assert [str(folder.resolve() / name) for name in ("nuit.html", "nuit.ics", "nuit.xlsx")] == said.splitlines()[-3:]


def test_the_page_has_all_that_the_report_has(shipped):
    """Each section with all its rows, and nothing of elsewhere: it stands alone."""
    text = (shipped[0] / "nuit.html").read_text("utf-8")
    tables = Page(text).tables

    assert '<html lang="fr">' in text
    columns = ["échéance", "entreprise", "SIREN ou dossier", "services demandés", "qui doit agir, et comment", "règle"]
    assert columns == tables["now"][0]
    first = ["aujourd'hui à 9 h 34", "Librairie Vidal & Perrin", "697 612 240", "Messagerie, TVA, CFE"]
    first += ["client : utiliser le lien reçu à contact@entreprise-697612240.example", "2.9"]
    assert first == tables["now"][1]
    counts = {"now": 14, "unfollowed": 10, "letters": 15, "needed": 120, "lapses": 27, "risk": 22, "later": 135}
    counts |= {"besides": 8, "wrong": 14}
    assert counts == {name: len(tables[name]) - 1 for name in counts}
    assert not re.search(r"(src|href)=\"(?!#)|url\(|@import", text)
    # The bars of the picture count what the tables have, within sixty days.
    assert 14 + 22 + 135 == sum(map(int, re.findall(r"<text x=[^>]*>(\d+)</text>", text)))


def test_the_page_is_of_the_language(tmp_path):
    """English, where it was asked for."""
    nightly(tmp_path, "--lang", "en")
    text = (tmp_path / "out" / "nuit.html").read_text("utf-8")

    assert '<html lang="en">' in text
    assert "To do today or tomorrow: 14 cases" in text


def test_a_company_s_name_is_no_markup(tmp_path):
    """Whatever it calls itself: on the page a text, in the workbook no formula."""
    evil = '=HYPERLINK("x")<script>alert(1)</script>'
    with (EXAMPLES / "nightly" / "portfolio.csv").open(encoding="utf-8") as file:
        head = file.readline()
    cells = {"company": '"' + evil.replace('"', '""') + '"', "siren_or_file_number": "552100554"}
    cells |= {"services": "messagerie", "company_email": "a@b.example", "third_party": "yes"}
    cells |= {"requested": "2026-03-03 10:00"}
    line = ",".join(cells.get(column, "") for column in head.strip().split(","))
    (tmp_path / "evil.csv").write_text(f"{head}{line}\n", "utf-8")
    nightly(tmp_path, "--csv", str(tmp_path / "evil.csv"), "--at", "2026-03-04T06:00+01:00")
    text = (tmp_path / "out" / "nuit.html").read_text("utf-8")
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

    assert 14 + 22 + 135 + 2 == len(found)
    summary = "Librairie Vidal & Perrin : client : utiliser le lien reçu à contact@entreprise-697612240.example"
    assert summary == plain(str(link["summary"]))
    assert "2026-03-04 08:34:00+00:00" == str(link["dtstart"].dt)
    assert "mercredi 4 mars 2026 à 9 h 34 (règle 2.9)" == plain(str(link["description"]))
    tax = found["payer-tva.2026-04-20@teleprocedures"]
    assert (date(2026, 4, 20), date(2026, 4, 21)) == (tax["dtstart"].dt, tax["dtend"].dt)
    code = next(it for it in found.values() if "Transports Marchand" in it["summary"])
    assert date(2026, 3, 4) == code["dtstart"].dt


def test_an_entry_keeps_its_uid_from_night_to_night(tmp_path, shipped):
    """A calendar that reads the next night's file doubles nothing: what is still there is the same, and is newer."""
    nightly(tmp_path, "--at", "2026-03-04T06:00+01:00")
    first = entries(tmp_path)
    nightly(tmp_path, "--at", "2026-03-05T06:00+01:00")
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


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path):
    """All is recorded, the report is there, and one line says what is not."""
    (tmp_path / "out").write_text("a file")
    done = nightly(tmp_path)

    assert 1 == done.returncode
    assert "la page, le calendrier et le classeur n'ont pas pu être écrits" in plain(done.stderr)
    assert "À faire aujourd'hui ou demain : 14 dossiers" in plain(done.stdout)


# --- In a browser -----------------------------------------------------------------------------------------------------


def browsed(place, *options):
    """What Chromium makes of a page; the test is skipped, visibly, where there is none."""
    if CHROMIUM is None:
        pytest.skip("the page is not looked at: Chromium is not installed")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", *options, place]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.parametrize(("fragment", "place", "sort"), [("", 0, "ascending"), ("#twice", -1, "descending")])
def test_a_table_is_sorted_by_a_click(shipped, tmp_path, fragment, place, sort):
    """By the company's name, and the other way round by a second click; a screen reader is told."""
    text = (shipped[0] / "nuit.html").read_text("utf-8")
    (tmp_path / "page.html").write_text(text.replace("</body>", f"{CLICK}</body>"), "utf-8")
    dom = browsed(f"file://{tmp_path / 'page.html'}{fragment}", "--dump-dom")
    rows = Page(dom).tables["now"][1:]

    assert 14 == len(rows)
    assert "Boulangerie Faure & Colin" == rows[place][1]
    assert f'aria-sort="{sort}"' in dom


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_a_phone_and_a_desk(shipped, tmp_path, width, dark):
    """Nothing is wider than the window, in the light and in the dark; and it is drawn."""
    text = (shipped[0] / "nuit.html").read_text("utf-8")
    (tmp_path / "page.html").write_text(text.replace("</body>", f"{WIDTH}</body>"), "utf-8")
    options = [f"--window-size={width},900", *(["--force-dark-mode"] if dark else [])]
    dom = browsed(f"file://{tmp_path / 'page.html'}", "--dump-dom", *options)
    browsed(f"file://{tmp_path / 'page.html'}", f"--screenshot={tmp_path / 'page.png'}", *options)

    assert "<title>0</title>" in dom
    assert 10_000 < (tmp_path / "page.png").stat().st_size


def test_the_page_is_printed_on_a4(shipped, tmp_path):
    """Each sheet is 210 by 297 millimetres: 595 by 842 points."""
    browsed(f"file://{shipped[0] / 'nuit.html'}", f"--print-to-pdf={tmp_path / 'page.pdf'}")
    boxes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", (tmp_path / "page.pdf").read_bytes()))

    assert {(595, 842)} == {(round(float(wide)), round(float(high))) for wide, high in boxes}
