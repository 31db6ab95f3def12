"""The night: what the clock has decided for each case that is due, one transaction each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from django.db.models import QuerySet

from firm import desk
from firm.models import Case
from teleprocedures import Report, Sweep, SystemClock, verify


class Command(BaseCommand):
    """Several can run at once: each takes the cases that no other holds. It ends with 1 where something is wrong."""

    help = "Constate ce que l'horloge a décidé : caducités et rappels."

    def add_arguments(self, parser: CommandParser) -> None:
        """The instant, for whoever rehearses."""
        parser.add_argument("--at", type=datetime.fromisoformat, help="instant avec fuseau (par défaut : maintenant)")

    def handle(self, *_: Any, at: datetime | None, **__: Any) -> None:
        """Decide on all that is due, and tell it."""
        sweep = Sweep(at=at or SystemClock().now())
        desk.cases()  # what does not read is marked, due or not
        due = Case.objects.filter(due_at__lte=sweep.at, wrong="").order_by("due_at", "id")
        while self._next(due, sweep):
            pass
        report = sweep.report
        wrong = Case.objects.exclude(wrong="")
        self.stdout.write(told(report, wrong.count()))
        for row in wrong:
            self.stderr.write(f"{row.id} : {row.wrong}")
        if wrong:
            raise SystemExit(1)

    def _next(self, due: QuerySet[Case], sweep: Sweep) -> bool:
        with transaction.atomic():
            row = _locked(due).first()
            if row is None:
                return False
            try:
                with transaction.atomic():
                    case = row.read()
                    # What others can write to is compared with its events before it is acted on.
                    found = verify(case, [event.read() for event in row.events.order_by("version")])
                    if found:
                        row.wrong = str(found[0])
                    for decision in sweep.over([] if found else [case]):
                        desk.write(decision)
                    if not found and not case.is_due(sweep.at):
                        row.wrong = f"échéance du document : {case.due_at}"
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one case, the others go on
                row.wrong = f"{type(error).__name__} : {error}"
            if row.wrong:
                row.save(update_fields=["wrong"])
        return True


def _locked(rows: QuerySet[Case]) -> QuerySet[Case]:
    """The rows, held until the transaction ends; SQLite has one writer at a time anyway."""
    skips = connection.features.has_select_for_update_skip_locked
    return rows.select_for_update(skip_locked=True) if skips else rows


def told(report: Report, wrong: int) -> str:
    """What a night did."""
    lapsed, reminded = sum(report.lapsed.values()), sum(report.reminded.values())
    return f"{report.due} dossier(s) à échéance : {lapsed} caducité(s), {reminded} rappel(s) ; {wrong} en anomalie."
