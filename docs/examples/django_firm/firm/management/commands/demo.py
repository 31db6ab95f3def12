"""Starts the firm with clients to look at: tables, a user, a portfolio as the nightly job reads them, the server."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from firm import desk
from teleprocedures import HELD_ELSEWHERE, AdhesionForm, Applicant, SystemClock, TeleproceduresError

USER, PASSWORD = "camille", "cabinet"
PARIS: Final = ZoneInfo("Europe/Paris")
NIGHT: Final = datetime(2026, 3, 4, 6, tzinfo=PARIS)
"""The morning that the shipped portfolio was made for: its days are moved so that this is now."""
SHIPPED: Final = settings.BASE.parent / "nightly" / "portfolio.csv"


class Command(BaseCommand):
    """What is there already stays as it is."""

    help = "Démarre le cabinet, avec des clients à regarder."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the clients are, how many of them, and where it listens."""
        parser.add_argument("--csv", type=Path, default=SHIPPED)
        parser.add_argument("--clients", type=int, default=80, help="combien de lignes du fichier")
        parser.add_argument("--port", default="8000")
        parser.add_argument("--no-server", action="store_true", help="prépare sans démarrer")

    def handle(self, *_: Any, **given: Any) -> None:
        """Prepare, and serve."""
        call_command("migrate", verbosity=0)
        users = get_user_model().objects
        if not users.filter(username=USER).exists():
            users.create_superuser(USER, password=PASSWORD)
        with given["csv"].open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))[: given["clients"]]
        moved = SystemClock().now() - NIGHT
        count = sum(is_played(row, moved) for row in rows)
        self.stdout.write(f"{count} demande(s) de plus. Utilisateur : {USER}, mot de passe : {PASSWORD}")
        if not given["no_server"]:
            self.stdout.write(f"http://127.0.0.1:{given['port']}/")
            call_command("runserver", f"127.0.0.1:{given['port']}", use_reloader=False)


def is_played(row: Mapping[str, str], moved: timedelta) -> bool:
    """Whether a row was played, up to the first of its facts that is refused; a row that is there already is not."""
    try:
        with transaction.atomic():
            request = ask(row, moved)
    except (TeleproceduresError, ValueError):
        return False
    try:
        with transaction.atomic():
            go_on(row, moved, request)
    except (TeleproceduresError, ValueError):
        pass
    return True


def when(text: str, moved: timedelta) -> datetime:
    """An instant of the file, moved with all the others."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS) + moved


def ask(row: Mapping[str, str], moved: timedelta) -> Any:
    """The request of a row."""
    by = Applicant.THIRD_PARTY if row["third_party"] in {"yes", "oui"} else Applicant.REPRESENTATIVE
    form = AdhesionForm.from_mapping(
        {
            "company_name": row["company"] or None,
            "organisation": row["siren_or_file_number"],
            "services": row["services"].split(),
            "company_email": row["company_email"] or None,
            "bank_accounts": [row["iban"]] if row["iban"] else [],
            "applicant": by,
            "legal_representative": row["legal_representative"] or None,
        }
    )
    key = f"{row['siren_or_file_number']} {row['requested']}"
    return desk.portal().request_adhesion(desk.space(), form, key=key, at=when(row["requested"], moved))


def go_on(row: Mapping[str, str], moved: timedelta, request: Any) -> None:
    """What became of it."""
    portal, space = desk.portal(), desk.space()
    if row["link_used"]:
        request = portal.confirm_company_email(request, HELD_ELSEWHERE, at=when(row["link_used"], moved))
    if row["letter_dated"]:
        day = date.fromisoformat(row["letter_dated"]) + timedelta(days=moved.days)
        request = portal.record_letter(request, day)
    if row["code_entered"]:
        request = portal.activate_services(space, request, HELD_ELSEWHERE, at=when(row["code_entered"], moved))
    if row["mandate_issued"]:
        signs = request.origin.form.legal_representative or Applicant.REPRESENTATIVE
        mandate = portal.issue_mandate(request, request.accounts[0], at=when(row["mandate_issued"], moved))
        for column, told in (
            ("mandate_signed", lambda it, at: portal.sign_mandate(it, signs, at=at)),
            ("mandate_sent", lambda it, at: portal.send_mandate(it, at=at)),
            ("mandate_registered", lambda it, at: portal.register_mandate(it, at=at)),
        ):
            if row[column]:
                mandate = told(mandate, when(row[column], moved))
