"""The user's own file: whatever spreadsheets of France export, with their headings, dates, services and answers."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime

import pytest

pytest.importorskip("python_calamine", reason="workbooks are not tested: python-calamine is not installed")
pytest.importorskip("xlsxwriter", reason="workbooks are not tested: XlsxWriter is not installed")

from one_night import nightly
from paths import EXAMPLES
from portfolio import COLUMNS, civil_date, moment, paris_instant, read_portfolio, services_of
from portfolio import HEADINGS as NAMES
from store import Store
from tables import UnreadableError
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


@pytest.mark.parametrize("text", ["2026-02-03", "03/02/2026", "3/2/2026", "03.02.2026", "03-02-2026", "03/02/26"])
def test_a_day_is_read_as_the_french_write_it(text):
    """The day first; 3 February, and not 2 March."""
    assert date(2026, 2, 3) == civil_date(text)


@pytest.mark.parametrize("text", ["2026-02-03 14:30", "03/02/2026 14:30", "3/2/2026 à 14h30", "03/02/2026 14:30:00"])
def test_an_hour_is_read_as_the_french_write_it(text):
    """In Paris, an hour ahead of UTC in winter."""
    assert datetime(2026, 2, 3, 13, 30, tzinfo=UTC) == paris_instant(text)


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


def test_a_workbook_that_unpacks_without_an_end_is_refused(tmp_path):
    """What it says of its size is asked before it is read."""
    file = tmp_path / "clients.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in range(3):
            packed.writestr(f"xl/part{part}.xml", b"\0" * (1 << 27))
    with pytest.raises(UnreadableError, match="too large"):
        read_portfolio(file)


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
