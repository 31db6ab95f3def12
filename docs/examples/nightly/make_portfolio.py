"""Makes portfolio.csv: invented companies at every stage on the night of 4 March 2026, and rows wrong in many ways.

And clientele.csv: three hundred others, as a firm has them that begins to follow what it has had for years.

    python docs/examples/nightly/make_portfolio.py [FOLDER]

The same seed always makes the same file. SIRENs and IBANs are drawn, and only their check digits are right.
"""

# ruff: noqa: E402 - what the examples share is found from the middle on

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("shared",)]
from portfolio import REQUESTED as COLUMNS
from printable import sheet_cell

NIGHT: Final = datetime(2026, 3, 4, 6)
TRADES: Final = """
    Boulangerie Garage Librairie Menuiserie Pharmacie Imprimerie Fleuriste Cave Atelier Brasserie Transports Maçonnerie
    Plomberie Optique Traiteur Auto-école Salon Épicerie
""".split()  # noqa: SIM905 - a list of so many strings is harder to read
NAMES: Final = """
    Lefèvre Moreau Garnier Faure Roussel Blanchard Chevalier Perrin Morin Noël Dumas Picard Brun Giraud Marchand Rivière
    Lemoine Aubert Renard Caron Baron Colin Vidal Gaillard
""".split()  # noqa: SIM905 - a list of so many strings is harder to read
FIRST_NAMES: Final = "Anne Benoît Chloé David Élise Farid Gaëlle Hugo Inès Julien Karim Léa".split()  # noqa: SIM905
BANKS: Final = ("30002", "30004", "10278", "20041", "14505", "18206")
CHOICES: Final = (
    "payer-tva payer-is payer-cfe",
    "payer-tva payer-cfe",
    "messagerie payer-tva payer-is payer-cfe",
    "messagerie payer-tva payer-pas",
    "payer-cfe payer-tf",
    "payer-ts payer-cvae",
    "messagerie",
    "payer-pas",
)
SHOWN: Final = "552100554"
Row = dict[str, str]


def siren(draw: random.Random) -> str:
    """Nine digits, the last of which is Luhn's."""
    digits = [draw.randrange(3, 9), *(draw.randrange(10) for _ in range(7))]
    total = sum(digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits))
    return "".join(map(str, (*digits, -total % 10)))


def iban(draw: random.Random) -> str:
    """A French IBAN, its RIB key and its check digits right."""
    bank, branch, account = draw.choice(BANKS), f"{draw.randrange(10**5):05}", f"{draw.randrange(10**11):011}"
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    bban = f"{bank}{branch}{account}{key:02}"
    check = 98 - int(f"{bban}152700") % 97  # F is 15, R is 27
    return f"FR{check:02}{bban}"


def morning(days_ago: int, draw: random.Random) -> datetime:
    """A minute of the firm's day, that many days before the night."""
    return NIGHT - timedelta(days=days_ago) + timedelta(hours=draw.randrange(3, 7), minutes=draw.randrange(60))


def company(draw: random.Random, services: str) -> Row:
    """A company and what it asks for; nothing has happened yet."""
    name, number = f"{draw.choice(TRADES)} {draw.choice(NAMES)}", siren(draw)
    row = dict.fromkeys(COLUMNS, "") | {
        "company": f"{name} & {draw.choice(NAMES)}" if draw.random() < 0.4 else name,
        "siren_or_file_number": number,
        "services": services,
        "third_party": "no" if draw.random() < 0.15 else "yes",
        "legal_representative": f"{draw.choice(FIRST_NAMES)} {draw.choice(NAMES)}",
    }
    if "messagerie" in services:
        row["company_email"] = f"contact@entreprise-{number}.example"
    if "payer" in services:
        row["iban"] = iban(draw)
    return row


def request(draw: random.Random, days_ago: int, *, letter: int | None = None, services: str = "") -> Row:
    """A request made so many days before the night, its link used; its letter dated so many days before the night."""
    row = company(draw, services or draw.choice(CHOICES))
    when = morning(days_ago, draw)
    tell(row, requested=when)
    if row["company_email"]:
        tell(row, link_used=when + timedelta(hours=3, minutes=17))
    if letter is not None:
        row["letter_dated"] = (NIGHT - timedelta(days=letter)).date().isoformat()
    return row


def tell(row: Row, **facts: datetime) -> None:
    """What happened, and when, as the file has it; what is after the night has not happened yet."""
    row |= {column: f"{when:%Y-%m-%d %H:%M}" for column, when in facts.items() if when < NIGHT}


def sign(row: Row, draw: random.Random, stage: int) -> Row:
    """The mandate of a request that needs one, up to a stage: 1 issued, 2 signed, 3 sent, 4 registered."""
    if set(row["services"].split()) & {"payer-tva", "payer-ts", "payer-is", "payer-cvae", "payer-pas"}:
        when = datetime.fromisoformat(row["requested"])
        for column in ("mandate_issued", "mandate_signed", "mandate_sent", "mandate_registered")[:stage]:
            when += timedelta(hours=draw.randrange(2, 40))
            tell(row, **{column: when})
    return row


def good(draw: random.Random) -> Iterator[Row]:  # noqa: C901 - a list of groups
    """Companies at every stage."""
    for _ in range(130):  # active, most with their mandate registered
        letter = draw.randrange(25, 200)
        row = request(draw, letter + 2, letter=letter)
        tell(row, code_entered=morning(letter - draw.randrange(5, 20), draw))
        yield sign(row, draw, draw.choice((0, 1, 2, 3, 4, 4, 4, 4)))
    for place in range(110):  # their letter came: its code is still to be entered
        letter = 1 + place % 59
        yield sign(request(draw, letter + 2, letter=letter), draw, draw.choice((0, 1, 2, 3, 4)))
    for place in range(22):  # no letter seen yet, or late
        yield request(draw, 1 + place)
    for place in range(12):  # the company has not used its link yet
        yield request(draw, 1 + place % 2, services="messagerie payer-tva payer-cfe") | {"link_used": ""}
    for _ in range(5):  # nor will it
        yield request(draw, draw.randrange(3, 6), services="messagerie payer-is") | {"link_used": ""}
    for place in range(9):  # the 60 days are over
        letter = 61 + place % 4
        yield request(draw, letter + 3, letter=letter)
    for place in range(8):  # over too, and requested again since; the first one is the company that the manual shows
        letter = draw.randrange(75, 110)
        row = request(draw, letter + 2, letter=letter)
        if place == 0:
            number = row["siren_or_file_number"]
            row = {column: cell.replace(number, SHOWN) for column, cell in row.items()}
        yield row
        again = request(draw, letter - 65, letter=letter - 68, services=row["services"])
        kept = ("company", "siren_or_file_number", "company_email", "iban", "third_party", "legal_representative")
        yield again | {column: row[column] for column in kept}
    for place in range(20):  # to consult the notices of property tax, by a file number
        row = request(draw, 3 + 2 * place, letter=2 * place + 1, services="consulter-avis-tf")
        if place % 2:
            tell(row, code_entered=morning(place, draw))
        yield row | {"siren_or_file_number": f"TF75{draw.randrange(10**6):06}"}
    for place in range(3):  # registered three years ago, and nothing collected since
        row = request(draw, 1120, letter=1117, services="payer-tva")
        tell(row, code_entered=morning(1110, draw))
        yield sign(row, draw, 3) | {"mandate_registered": f"2023-03-0{place + 1} 11:30"}


def bad(draw: random.Random) -> Iterator[Row]:
    """Rows wrong in different ways."""
    row = request(draw, 30, letter=27, services="payer-tva")
    number = row["siren_or_file_number"]
    yield row | {"siren_or_file_number": f"{number[:-1]}{9 - int(number[-1])}"}
    yield request(draw, 30, letter=27) | {"siren_or_file_number": "55210055"}
    row = request(draw, 30, letter=27, services="payer-tva")
    yield row | {"iban": f"{row['iban'][:-1]}{9 - int(row['iban'][-1])}"}
    yield request(draw, 30, services="payer-tva") | {"iban": "BR1800360305000010009795493C1"}
    yield request(draw, 30, services="payer-tva") | {"iban": ""}
    yield request(draw, 30, services="messagerie") | {"company_email": ""}
    yield request(draw, 30, services="messagerie") | {"company_email": "contact(at)garage.example"}
    yield request(draw, 30) | {"services": "payer-tva payer-la-cantine", "iban": iban(draw)}
    yield request(draw, 30) | {"services": ""}
    yield request(draw, 30, services="payer-tva") | {"siren_or_file_number": "TF75009912"}
    yield request(draw, 30) | {"third_party": "perhaps"}
    yield request(draw, 30) | {"letter_dated": "31/02/2026"}
    yield request(draw, 30) | {"requested": "2026-02-02 24:30"}
    yield request(draw, 30) | {"company": "", "third_party": ""}
    row = request(draw, 40, services="messagerie payer-cfe")
    tell(row, link_used=datetime.fromisoformat(row["requested"]) + timedelta(hours=48, minutes=1))
    yield row
    row = request(draw, 80, letter=77, services="payer-cfe")
    tell(row, code_entered=morning(10, draw))
    yield row
    yield request(draw, 20, letter=25, services="payer-cfe")
    row = request(draw, 20, letter=17, services="messagerie")
    tell(row, link_used=morning(22, draw))
    yield row
    yield request(draw, 20, letter=17, services="payer-cfe") | {"code_entered": "2062-02-21 10:00"}
    row = sign(request(draw, 20, letter=17, services="payer-tva"), draw, 4)
    yield row | {"mandate_signed": row["mandate_registered"], "mandate_registered": row["mandate_signed"]}
    yield request(draw, 20, letter=17, services="payer-tva") | {"mandate_sent": "2026-02-16 10:00"}


CLIENTELE: Final = {
    "company": "Raison sociale",
    "siren_or_file_number": "N° SIREN",
    "services": "Services",
    "iban": "IBAN",
    "third_party": "Demandé par un tiers",
    "held_since": "Titulaire depuis",
    "mandate_registered": "Mandat enregistré le",
    "last_collection": "Dernier prélèvement",
    "closed": "Motif de clôture",
    "fees": "Honoraires",
}
"""The columns of the clientele, as a French spreadsheet calls them; the last is the firm's own."""


def clientele(draw: random.Random) -> Iterator[Row]:
    """Companies that have held their services for years, some known better than others; three rows are wrong."""

    def day(earliest: int, latest: int) -> str:
        return f"{NIGHT - timedelta(days=draw.randrange(latest, earliest)):%d/%m/%Y}"

    for place in range(300):
        row = company(draw, draw.choice([choice for choice in CHOICES if "payer" in choice]))
        services = row["services"].replace("payer-", "").replace("messagerie", "Messagerie").replace(" ", ", ")
        told = {"third_party": "oui" if row["third_party"] == "yes" else "non", "closed": "", "fees": "120,00"}
        told |= {"services": services.replace("Messagerie", "messagerie").upper().replace("MESSAGERIE", "Messagerie")}
        told |= {
            "held_since": "oui" if place % 11 == 0 else day(3600, 400),
            "mandate_registered": "",
            "last_collection": "",
        }
        if services not in {"cfe", "cfe, tf"}:
            told["mandate_registered"] = "" if place % 13 == 0 else day(2500, 380)
            told["last_collection"] = "" if place % 17 == 0 else day(60, 5)
        if place % 40 == 7:
            told["closed"] = draw.choice(("client parti", "société radiée", "autre cabinet"))
        if place in (50, 150, 250):
            told |= ({"held_since": "31/02/2018"}, {"last_collection": "avril"}, {"held_since": "02/03/2062"})[
                place // 100
            ]
        yield {column: (row | told)[column] for column in CLIENTELE}


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write a portfolio that a spreadsheet can open, whatever companies call themselves."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({column: sheet_cell(cell) for column, cell in row.items()} for row in rows)


def write_clientele(path: Path, rows: Iterable[Row]) -> None:
    """Write the clientele as French spreadsheets export it: semicolons, their headings, and the letters of Windows."""
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(CLIENTELE.values())
        writer.writerows([sheet_cell(row[column]) for column in CLIENTELE] for row in rows)


def main() -> None:
    """Write the files."""
    draw = random.Random(20240403)  # noqa: S311 - the same companies every time
    rows = list(good(draw))
    rows.append(dict(rows[7]))
    draw.shuffle(rows)
    for row in bad(draw):
        rows.insert(draw.randrange(len(rows)), row)
    folder = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent
    write(folder / "portfolio.csv", rows)
    write_clientele(folder / "clientele.csv", clientele(random.Random(20160512)))  # noqa: S311 - as above


if __name__ == "__main__":
    main()
