"""The user's own file: whatever spreadsheets of France export, with their headings, dates, services and answers."""

from __future__ import annotations

import ast
import csv
import io
import sys
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

pytest.importorskip("python_calamine", reason="workbooks are not tested: python-calamine is not installed")
pytest.importorskip("xlsxwriter", reason="workbooks are not tested: XlsxWriter is not installed")

from one_night import nightly
from paths import EXAMPLES
from portfolio import (
    COLUMNS,
    FIELDS,
    NoDateError,
    civil_date,
    moment,
    paris_instant,
    read_portfolio,
    services_of,
    to_company,
)
from portfolio import HEADINGS as NAMES
from store import Store
from tables import UnreadableError
from told import plain
from words import LANGUAGES, Reason, explained
from xlsxwriter import Workbook

HEADINGS = [
    "Raison sociale",
    "N° SIREN",
    "SERVICES DEMANDÉS",
    " Courriel ",
    "iban",
    "Tiers",
    "representant legal",
    "Demandé le",
    "Lien utilisé le",
    "Courrier édité le",
    "Honoraires (€)",
]
ROW = [
    "Garage Lefèvre \N{EN DASH} Noël",
    "552 100 554",
    "Messagerie ; Payer TVA, CFE",
    "contact@garage.example",
    "FR76 3000 6000 0112 3456 7890 189",
    "Oui",
    "Hélène Noël",
    "02/02/2026 10:00",
    "03/02/2026 9h30",
    "05/02/2026",
    "120,50",
]


def exported(delimiter, encoding, headings=HEADINGS, row=ROW):
    """A CSV as a spreadsheet exports it, with rows that nobody filled in."""
    text = io.StringIO()
    empty = [""] * len(headings)
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows([headings, empty, row, empty])
    return text.getvalue().encode(encoding)


def xlsx():
    """A workbook whose second sheet has numbers, dates and a checkbox."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        book.add_worksheet("vide")
        sheet = book.add_worksheet("Clients")
        hour, day = (book.add_format({"num_format": kind}) for kind in ("dd/mm/yyyy hh:mm", "dd/mm/yyyy"))
        cells = [*ROW[:1], 552100554, *ROW[2:5], True, ROW[6]]
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(2, 0, cells)
        sheet.write_datetime(2, 7, datetime(2026, 2, 2, 10), hour)
        sheet.write_datetime(2, 8, datetime(2026, 2, 3, 9, 30), hour)
        sheet.write_datetime(2, 9, datetime(2026, 2, 5), day)
        sheet.write_number(2, 10, 120.5)
    return file.getvalue()


def ods():
    """The same of LibreOffice, as far as a reader looks."""

    def cell(text):
        kinds = {"02/02": "2026-02-02T10:00:00", "03/02": "2026-02-03T09:30:00", "05/02": "2026-02-05"}
        if text[:5] in kinds:
            return f'<table:table-cell office:value-type="date" office:date-value="{kinds[text[:5]]}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    rows = "".join(
        f"<table:table-row>{''.join(map(cell, cells))}</table:table-row>" for cells in (HEADINGS, [""] * 11, ROW)
    )
    names = ["office:1.0", "table:1.0", "text:1.0"]
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name, _ in (it.split(":") for it in names)
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Clients">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        packed.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{manifest}"/>')
    return file.getvalue()


FORMS = {
    "CSV UTF-8": lambda: exported(";", "utf-8-sig"),
    "CSV, Windows": lambda: exported(";", "cp1252"),
    "CSV, DOS": lambda: exported(
        ";", "cp850", row=[it.replace("\N{EN DASH}", "-") for it in ROW], headings=[*HEADINGS[:10], "EUR"]
    ),
    "CSV, Macintosh": lambda: exported(";", "mac_roman"),
    "CSV, Latin-1": lambda: exported(
        ";", "latin-1", row=[it.replace("\N{EN DASH}", "-") for it in ROW], headings=[*HEADINGS[:10], "EUR"]
    ),
    "Unicode text": lambda: exported("\t", "utf-16"),
    "Unicode text, no mark": lambda: exported("\t", "utf-16-le"),
    "Unicode text, big end first": lambda: exported(";", "utf-16-be"),
    "CSV, sep=": lambda: b"sep=|\r\n" + exported("|", "utf-8"),
    "CSV, commas": lambda: exported(",", "utf-8"),
    "Excel": xlsx,
    "LibreOffice": ods,
}


@pytest.mark.parametrize("form", FORMS)
def test_what_a_french_spreadsheet_exports_is_read(tmp_path, form):
    """Accents, answers, services and dates are what was meant; what is empty or the firm's own is passed by."""
    file = tmp_path / "clients.whatever"
    file.write_bytes(FORMS[form]())
    book = read_portfolio(file)

    assert ([], 1) == (book.wrong, len(book.entries))
    entry = book.entries[0]
    assert (3 if form != "CSV, sep=" else 4) == entry.line
    assert "Garage Lefèvre - Noël" == entry.company.replace("\N{EN DASH}", "-")
    assert "Hélène Noël" == str(entry.form.legal_representative)
    assert ["messagerie", "payer-tva", "payer-cfe"] == [service.code for service in entry.form.services]
    assert "third_party" == str(entry.form.applicant)
    assert (datetime(2026, 2, 2, 9, tzinfo=UTC), date(2026, 2, 5)) == (entry.requested, entry.letter_dated)
    assert {"link_used": datetime(2026, 2, 3, 8, 30, tzinfo=UTC)} == entry.instants
    assert "N° SIREN" == book.headings["siren_or_file_number"]
    assert 1 == len(book.unread)


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Payer TVA", ["payer-tva"]),
        ("TVA CFE", ["payer-tva", "payer-cfe"]),
        ("payer-tva payer-is", ["payer-tva", "payer-is"]),
        ("Payer TVA Payer CFE", ["payer-tva", "payer-cfe"]),
        ("messagerie+tva / Consulter avis TF", ["messagerie", "payer-tva", "consulter-avis-tf"]),
        ("Payer la-cantine", ["Payer la-cantine"]),
        ("", []),
    ],
)
def test_services_are_what_people_call_them(cell, codes):
    """By their codes, by the site's names, or by the tax alone, set apart as people do."""
    assert codes == services_of(cell)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-02-03", "03/02/2026", "3/2/2026", "03.02.2026", "03-02-2026", "03/02/26"),
        *("3 février 2026", "mardi 3 février 2026", "Mardi 3 FEVRIER 2026", "mar. 3 févr. 2026", "le 3 février 26"),
        *("3-févr-26", "03-fév.-2026", "46056"),
    ],
)
def test_a_day_is_read_as_the_french_write_it(text):
    """The day first; 3 February, and not 2 March."""
    assert date(2026, 2, 3) == civil_date(text)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-02-03 14:30", "03/02/2026 14:30", "3/2/2026 à 14h30", "03/02/2026 14:30:00"),
        *("mardi 3 février 2026 à 14 h 30", "3 févr. 2026 14:30", "46056.604166666664", "46056,6041666667"),
    ],
)
def test_an_hour_is_read_as_the_french_write_it(text):
    """In Paris, an hour ahead of UTC in winter."""
    assert datetime(2026, 2, 3, 13, 30, tzinfo=UTC) == paris_instant(text)


def test_the_first_of_a_month_is_read_in_words():
    """Whatever its month is called; what is no month or no weekday is no date."""
    names = ["janvier", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "décembre"]

    assert [date(2026, month, 1) for month in range(1, 13)] == [civil_date(f"1er {name} 2026") for name in names]
    for text in ("1 brumaire 2026", "avant 1 mai 2026", "31 juin 2026", "20260", "99999"):
        with pytest.raises(NoDateError):
            civil_date(text)


@pytest.mark.parametrize(
    "cell",
    ["552100554", "SIREN 552 100 554", "N° SIREN : 552100554", "RCS Paris 552 100 554", "FR 552100554", '="552100554"'],
)
def test_a_siren_is_read_with_what_stands_around_it(cell):
    """As people and other programs write it."""
    assert "552100554" == str(to_company(cell))


def test_what_is_no_number_of_a_company_is_told_as_that(tmp_path):
    """Not as a file number, which nobody meant; an error of the SIREN stays its own."""
    file = tmp_path / "clients.csv"
    file.write_text("client;SIREN;services;demande;tiers\nA;5,52E+08;Messagerie;3/2/26;oui\n", "utf-8")
    wrong = [explained(LANGUAGES["fr"], it.why) for it in read_portfolio(file).wrong if it.column in FIELDS.values()]

    assert "« 5,52E+08 » n'est ni un SIREN de neuf chiffres, ni un identifiant de dossier" in plain(wrong[0])


def test_a_missing_column_says_which_were_found(tmp_path):
    """In the file's own words."""
    file = tmp_path / "clients.csv"
    file.write_text("Nom;N° SIREN;Prestations\nGarage;552100554;TVA\n", "utf-8")
    with pytest.raises(UnreadableError, match="lacks the columns services, requested; found: 'Nom', 'N° S"):
        read_portfolio(file)


@pytest.mark.parametrize(
    ("content", "match"),
    [(b"PK\x03\x04 and no more", "damaged workbook"), (b"\xd0\xcf\x11\xe0 and no more", "damaged workbook")],
)
def test_a_workbook_that_does_not_open_is_said_so(tmp_path, content, match):
    """Cut off, say, or with a password."""
    file = tmp_path / "clients.xlsx"
    file.write_bytes(content)
    with pytest.raises(UnreadableError, match=match):
        read_portfolio(file)


OF_A_SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def packed(file, **parts):
    """A workbook with other parts than it was made with."""
    made = io.BytesIO()
    with Workbook(made) as book:
        book.add_worksheet().write_row(0, 0, HEADINGS)
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as other:
        for name in whole.namelist():
            other.writestr(name, parts.get(Path(name).stem, whole.read(name)))


def with_cells(file, *places):
    """A workbook of some cells."""

    def cell(place):
        row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return f'<row r="{row}"><c r="{place}" t="inlineStr"><is><t>x</t></is></c></row>'

    packed(file, sheet1=f"<worksheet {OF_A_SHEET}><sheetData>{''.join(map(cell, places))}</sheetData></worksheet>")


def shared(file):
    """A workbook of thousands of cells that share one text of a million letters."""
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 3001))
    text = f'<sst {OF_A_SHEET} count="1"><si><t>{"x" * 1_000_000}</t></si></sst>'
    packed(file, sharedStrings=text, sheet1=f"<worksheet {OF_A_SHEET}><sheetData>{cells}</sheetData></worksheet>")


def repeated(file, rows, columns, letters=1):
    """A workbook of LibreOffice in which a cell and its row are repeated."""
    cell = f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string"><text:p>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}{"x" * letters}</text:p></table:table-cell>'
    with zipfile.ZipFile(io.BytesIO(ods())) as whole, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as other:
        for name in whole.namelist():
            text = whole.read(name).decode()
            other.writestr(name, text.replace("</table:table>", f"{row}</table:table-row></table:table>"))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda file: with_cells(file, "A1", "XFD1048576"), "too large once it is open"),
        (lambda file: with_cells(file, "A1", "ZZZZZZ4294967295"), "damaged workbook"),
        (lambda file: with_cells(file, "A4294967295"), "too large once it is open"),
        (shared, "too large once it is open"),
        (lambda file: repeated(file, 3000, 1000, 1000), "too large once it is open"),
        (lambda file: repeated(file, 1_000_000_000, 1), "too large once it is open"),
        (lambda file: repeated(file, 300_000, 1), "too large once it is open"),
    ],
    ids=["corner", "beyond", "row", "shared", "both", "rows", "some rows"],
)
def test_a_small_workbook_that_asks_for_all_memory_is_refused(tmp_path, make, said):
    """Its reader has a process of its own, which ends: the night is not done, and one line says why."""
    file = tmp_path / "clients.xlsx"
    make(file)
    done = nightly("--csv", file, "--lang", "en")

    assert 40_000 > file.stat().st_size
    assert (2, "") == (done.returncode, done.stdout)
    assert said in done.stderr
    assert ["clients.xlsx"] == [path.name for path in tmp_path.iterdir()]


def test_a_small_workbook_has_few_rows(tmp_path):
    """However often it repeats one: what is held of them at once is counted, not timed."""
    repeated(tmp_path / "clients.ods", 300_000, 1)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableError):
            read_portfolio(tmp_path / "clients.ods")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert 64 << 20 > peak


def test_a_cell_that_is_too_long_is_one_wrong_row(tmp_path):
    """As in a CSV; the other rows of the workbook are read."""
    file = tmp_path / "clients.xlsx"
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate((HEADINGS, ROW, ["x" * 32_767, *ROW[1:7], "04/02/2026"])):
            sheet.write_row(line, 0, row)
    with zipfile.ZipFile(file) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(file, "w") as other:
        for name, part in parts.items():
            other.writestr(name, part.replace(b"x" * 32_767, b"x" * 32_768))
    book = read_portfolio(file)

    assert 1 == len(book.entries)
    assert [(3, "(all)", Reason("cells.too_long"))] == [(it.line, it.column, it.why) for it in book.wrong]


def test_the_sheet_that_has_the_columns_is_taken(tmp_path):
    """Beneath its title, wherever it stands; where none has them, the error says which were looked at."""
    file = tmp_path / "clients.xlsx"

    def make(headings):
        with Workbook(file) as book:
            book.add_worksheet("Notice").write_row(0, 0, ["Mode d'emploi", "SIREN"])
            book.add_chartsheet("Graphique")
            sheet = book.add_worksheet("Clients")
            for line, row in ((0, ["Suivi des demandes"]), (2, headings), (3, ROW)):
                sheet.write_row(line, 0, row)

    make(HEADINGS)
    book = read_portfolio(file)
    assert ([], 1, 4) == (book.wrong, book.rows, book.entries[0].line)

    make(["Raison sociale", "N° SIREN", "Prestations"])
    with pytest.raises(
        UnreadableError,
        match="services, requested in each of its sheets, 'Notice' and 'Clients'; the best has: 'Raison",
    ):
        read_portfolio(file)


def test_titles_above_the_headings_are_passed_by(tmp_path):
    """In a CSV too, where they are as long as a row."""
    file = tmp_path / "clients.csv"
    blank = ";" * (len(HEADINGS) - 1)
    file.write_bytes(f"Suivi des demandes{blank}\r\nau 3 mars{blank}\r\n".encode() + exported(";", "utf-8"))
    book = read_portfolio(file)

    assert ([], 1, 5) == (book.wrong, book.rows, book.entries[0].line)


def test_a_workbook_without_its_reader_says_what_to_install(tmp_path, monkeypatch):
    """Nothing is said of the database; a CSV is read all the same."""
    (tmp_path / "python_calamine.py").write_text("raise ModuleNotFoundError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "clients.xlsx").write_bytes(xlsx())
    (tmp_path / "clients.csv").write_bytes(exported(";", "utf-8"))

    assert 1 == len(read_portfolio(tmp_path / "clients.csv").entries)
    with pytest.raises(UnreadableError, match="python-calamine, which reads workbooks, is not installed"):
        read_portfolio(tmp_path / "clients.xlsx")


def test_a_workbook_that_unpacks_without_an_end_is_refused(tmp_path):
    """What it says of its size is asked before it is read."""
    file = tmp_path / "clients.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in range(3):
            packed.writestr(f"xl/part{part}.xml", b"\0" * (1 << 27))
    with pytest.raises(UnreadableError, match="too large"):
        read_portfolio(file)


def test_the_readme_installs_what_the_program_imports():
    """All of it, in one line that is copied, but for what a database on a server takes."""
    line = (EXAMPLES / "nightly" / "README.md").read_text("utf-8").partition("$ pip install ./teleprocedures")[2]
    installed = {it.replace("-", "_") for it in line.partition("$")[0].replace("\\", "").split()}
    sources = [path for folder in ("nightly", "store", "shared") for path in (EXAMPLES / folder).glob("*.py")]
    found = [node for path in sources for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    names = {it.name for node in found if isinstance(node, ast.Import) for it in node.names}
    names |= {str(node.module) for node in found if isinstance(node, ast.ImportFrom)}
    ours = {path.stem for path in sources} | {"teleprocedures", "attrs", "psycopg"}

    assert installed == {name.partition(".")[0] for name in names} - ours - sys.stdlib_module_names


def test_the_french_page_names_every_column_as_the_program_does():
    """Each with all the names under which it is known; a person who follows the page is understood."""
    page = (EXAMPLES.parents[1] / "docs" / "fr.md").read_text("utf-8")
    rows = [line.strip("| ").split(" | ")[:2] for line in page.splitlines() if line.startswith("| ")]
    told = {name.lower() for row in rows for cell in row for name in cell.split(", ")}

    assert set(COLUMNS) == set(NAMES)
    assert {name.lower() for names in NAMES.values() for name in names.split(", ")} <= told


def test_a_day_will_do_where_nobody_noted_the_hour(tmp_path):
    """In every column: it is followed by that day, and no hour is said of it, this night or the next."""
    days = {
        "requested": "03/02/2026",
        "link_used": "2026-02-04",
        "letter_dated": "05/02/2026",
        "code_entered": "9.2.2026",
        "mandate_issued": "2026-02-03",
        "mandate_signed": "2026-02-04",
        "mandate_sent": "2026-02-05",
        "mandate_registered": "2026-02-06",
    }
    row = {
        "company": "Garage Moreau",
        "siren_or_file_number": "552100554",
        "services": "messagerie payer-tva",
        "company_email": "contact@garage.example",
        "iban": "FR7630006000011234567890189",
        "third_party": "oui",
    } | days
    file = tmp_path / "clients.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, row)
        writer.writeheader()
        writer.writerow(row)
    database = tmp_path / "firm.sqlite"
    nights = [nightly("--csv", file, "--database", database, "--at", "2026-03-01T06:00") for _ in range(2)]
    store = Store(str(tmp_path / "firm.sqlite"))
    told = {event.kind: event.day for case in store.cases() for event in store.events(case.id)}
    states = sorted(str(case.stage) for case in store.cases())
    store.close()

    assert [0, 0] == [night.returncode for night in nights], nights[0].stdout
    assert ["active", "active", "registered"] == states
    assert {
        "adhesion-requested": date(2026, 2, 3),
        "company-email-confirmed": date(2026, 2, 4),
        "letter-recorded": date(2026, 2, 5),
        "services-activated": date(2026, 2, 9),
        "mandate-issued": date(2026, 2, 3),
        "mandate-signed": date(2026, 2, 4),
        "mandate-sent": date(2026, 2, 5),
        "mandate-registered": date(2026, 2, 6),
    }.items() <= told.items()
    assert [date(2026, 2, 3), datetime(2026, 2, 3, 8, tzinfo=UTC)] == [moment("3/2/26"), moment("3/2/26 9h")]
