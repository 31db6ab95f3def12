"""Makes portfolio.csv: invented companies at every stage on the night of 4 March 2026, and rows wrong in many ways.

    python docs/examples/make_portfolio.py [FILE]

The same seed always makes the same file. SIRENs and IBANs are drawn, and only their check digits are right.
"""

from __future__ import annotations

import csv
import random
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from portfolio import COLUMNS

NIGHT: Final = datetime(2026, 3, 4, 6)  # noqa: DTZ001 - civil time in Paris, as the file has it
TRADES: Final = (
    ("Boulangerie", "Garage", "Librairie", "Menuiserie", "Pharmacie", "Imprimerie", "Fleuriste", "Cave", "Atelier", "Brasserie")
    + ("Transports", "Maçonnerie", "Plomberie", "Optique", "Traiteur", "Clinique vétérinaire", "Auto-école", "Salon")
)  # fmt: skip
NAMES: Final = (
    ("Lefèvre", "Moreau", "Garnier", "Faure", "Roussel", "Blanchard", "Chevalier", "Perrin", "Morin", "Noël", "Dumas", "Picard")
    + ("Brun", "Giraud", "Marchand", "Rivière", "Lemoine", "Aubert", "Renard", "Caron", "Baron", "Colin", "Vidal", "Gaillard")
)  # fmt: skip
FIRST_NAMES: Final = ("Anne", "Benoît", "Chloé", "David", "Élise", "Farid", "Gaëlle", "Hugo", "Inès", "Julien", "Karim", "Léa")
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


def at(day: date, draw: random.Random) -> datetime:
    """A minute of the firm's day."""
    return datetime(day.year, day.month, day.day, draw.randrange(9, 18), draw.randrange(60))  # noqa: DTZ001


def days_ago(count: int, draw: random.Random) -> datetime:
    """A minute of the firm's day, that many days before the night, or else the working day before."""
    day = NIGHT.date() - timedelta(days=count)
    return at(day - timedelta(days=max(0, day.weekday() - 4)), draw)


def company(draw: random.Random, services: str = "") -> Row:
    """A company and what it asks for; nothing has happened yet."""
    name = f"{draw.choice(TRADES)} {draw.choice(NAMES)}"
    if draw.random() < 0.4:
        name += f" & {draw.choice(NAMES)}"
    wanted = services or draw.choice(CHOICES)
    row = dict.fromkeys(COLUMNS, "")
    number = siren(draw)
    row |= {
        "company": name,
        "siren_or_file_number": number,
        "services": wanted,
        "third_party": "no" if draw.random() < 0.15 else "yes",
        "legal_representative": f"{draw.choice(FIRST_NAMES)} {draw.choice(NAMES)}",
    }
    if "messagerie" in wanted:
        row["company_email"] = f"contact@entreprise-{number}.example"
    if "payer" in wanted:
        row["iban"] = iban(draw)
    return row


def requested(row: Row, when: datetime) -> datetime:
    """The request; gives when it can have been validated, a few hours later with the company's link."""
    row["requested"] = said(when)
    if "messagerie" not in row["services"]:
        return when
    used = when + timedelta(hours=3, minutes=17)
    row["link_used"] = said(used)
    return used


def said(when: datetime) -> str:
    """An instant as the file has it."""
    return f"{when:%Y-%m-%d %H:%M}"


def dated(row: Row, day: date) -> None:
    """The day that the letter bears."""
    row["letter_dated"] = day.isoformat()


def mandate(row: Row, when: datetime, stage: int, draw: random.Random) -> None:
    """The mandate up to a stage: 1 issued, 2 signed, 3 sent, 4 registered."""
    if "payer" not in row["services"] or not set(row["services"].split()) - {"messagerie", "payer-cfe", "payer-tf"}:
        return
    for column in ("mandate_issued", "mandate_signed", "mandate_sent", "mandate_registered")[:stage]:
        when += timedelta(hours=draw.randrange(2, 40), minutes=draw.randrange(60))
        if when < NIGHT:
            row[column] = said(when)
