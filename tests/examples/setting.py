"""What the tests of the examples start from: instants, cases whose codes are held elsewhere, and rows of a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from teleprocedures import HELD_ELSEWHERE, Adhesion, Space, Sweep
from teleprocedures.testing import adhesion_form, space_form

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = START + timedelta(hours=24)
LATE = START + timedelta(hours=48, microseconds=1)
"""When a space is asked for, when it is reminded, and when it has lapsed."""
LINK = {"services": ["messagerie"], "company_email": "contact@garage.example"}


def pending(number=1, at=START, **told):
    """The decision to create a space, by its number or its id."""
    id_ = f"space-{number}" if isinstance(number, int) else number
    return Space.create(space_form(), id=id_, password_hash="x", answer_hash="x", at=at, **told)


def active(at=START, id_="space"):
    """A space that was activated at once."""
    return pending(id_, at).case.activate(HELD_ELSEWHERE, at=at).case


def asked(id_="request", at=START, **form):
    """The decision to ask for services, by default one that needs nothing more: the letter is on its way."""
    return Adhesion.request(active(at), adhesion_form(**form), id=id_, at=at)


def put(store, table, of, *, version=None, **values):
    """Put something into the row of a case or a message, or into one of its events."""
    from sqlalchemy import update  # noqa: PLC0415 - who needs no store may not have it

    row = table.c.id == of if version is None else (table.c.case_id == of) & (table.c.version == version)
    with store.engine.begin() as connection:
        assert 1 == connection.execute(update(table).where(row).values(values)).rowcount


def swept(store, at=LATE, *, batch=2, sweep=None, **options):
    """The ids that a sweep decides on, sorted, and its rejections, by id."""
    sweep = sweep or Sweep(at=at)
    decided = [decision.case.id for found in store.sweep(sweep, batch=batch, **options) for decision in found]
    return sorted(decided), {rejected.id: rejected.reason for rejected in sweep.report.rejected}


def marks(store, table):
    """The rows of a table that are marked, and why."""
    from sqlalchemy import select  # noqa: PLC0415 - as above

    with store.engine.connect() as connection:
        rows = connection.execute(select(table.c.id, table.c.rejected).where(table.c.rejected.is_not(None)))
        return {row.id: row.rejected for row in rows}
