"""A firm's night: what happened to each request of its portfolio, what lapsed, whom to remind, what to do next.

    python docs/examples/nightly.py [--csv FILE] [--database URL_OR_FILE] [--at INSTANT] [--all]

The firm follows its requests on the real portal, so every code is held elsewhere. The exit status is 0 when all is
well, 1 when some rows were wrong (the others were done), 2 when nothing could be done.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from history import Player, open_space
from portfolio import UnreadableError, Wrong, paris_instant, read_portfolio
from report import Portfolio, civil, lapses, listed, stages, steps
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from sqlalchemy.exc import SQLAlchemyError
from store import Store

from teleprocedures import (
    CodecError,
    ContactDetails,
    EmailAddress,
    InvalidValueError,
    PersonName,
    Siren,
    SpaceForm,
    Sweep,
    SystemClock,
)

SHOWN: Final = 20
"""How many of the things to do are shown, unless all are asked for."""
SHIPPED: Final = Path(__file__).with_name("portfolio.csv")
NIGHT: Final = "2026-03-04T06:00+01:00"
"""The night of the shipped portfolio, so that it looks the same whenever it is run."""

FIRM: Final = SpaceForm(
    email=EmailAddress("camille@cabinet-durand.example"),
    password="held on the portal",
    first_name=PersonName("Camille"),
    last_name=PersonName("Durand"),
    organisation=Siren("732 829 320"),
    contact=ContactDetails(phone="01 23 45 67 89", street="1 rue de la Paix", postal_code="75002", city="Paris"),
    security_question="held on the portal",
    security_answer="held on the portal",
)


class CannotRunError(Exception):
    """Nothing can be done this night, and why."""


def main(arguments: list[str] | None = None) -> int:
    """Run one night from the command line; gives the exit status."""
    parser = argparse.ArgumentParser(prog="nightly.py", description="One night of a firm's portfolio of requests.")
    parser.add_argument("--csv", type=Path, default=SHIPPED, metavar="FILE", help="the portfolio (the shipped one)")
    parser.add_argument(
        "--database",
        default="portfolio.sqlite",
        metavar="URL_OR_FILE",
        help="where cases are kept: an SQLite file (portfolio.sqlite), or a URL such as postgresql://user@host/name",
    )
    parser.add_argument(
        "--at", default=NIGHT, metavar="INSTANT", help=f"the night, in Paris unless it bears an offset ({NIGHT})"
    )
    parser.add_argument("--all", action="store_true", help="show all there is to do, however long")
    given = parser.parse_args(arguments)
    try:
        at = paris_instant(given.at)
    except InvalidValueError as error:
        return cannot_run(f"--at: {error}")
    # A terminal has its own width; a file or a pipe gets lines long enough to be read.
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    try:
        with closing(Store(given.database)) as store:
            return night(console, given.csv, store, at, None if given.all else SHOWN)
    except (UnreadableError, CannotRunError) as error:
        return cannot_run(str(error))
    except CodecError as error:
        return cannot_run(f"the database {given.database} has something else in it: {error}")
    except (SQLAlchemyError, ImportError) as error:
        return cannot_run(f"the database {given.database} cannot be used: {str(error).splitlines()[0]}")


def cannot_run(reason: str) -> int:
    """Say why nothing can be done; gives the exit status."""
    print(f"nightly.py: {reason}", file=sys.stderr)
    return 2


def night(console: Console, csv: Path, store: Store, at: datetime, shown: int | None) -> int:
    """One night, told to the console; gives the exit status. Raises what makes it impossible."""
    entries, wrong = read_portfolio(csv)
    store.create()
    latest = store.last_event_at()
    if latest is not None and latest > at:
        message = f"the database has seen {civil(latest)} in Paris already: give a later --at, or another --database"
        raise CannotRunError(message)

    space, recorded = open_space(store, FIRM, before=min([at, *(entry.requested for entry in entries)]))
    player = Player(store=store, space=space, until=at, now=max(at, SystemClock().now()))
    sweep, decided = Sweep(at=at), 0
    with Progress(console=console) as progress:
        for entry in progress.track(entries, description="what happened"):
            recorded += player.play(entry)
        due = store.due(at)
        task = progress.add_task("the night's pass", total=due or 1, completed=0 if due else 1)
        for batch in store.sweep(sweep):
            decided += len(batch)
            progress.advance(task, len(batch))
    wrong += player.refused
    wrong += [Wrong(0, "(store)", f"{rejected.id}: {rejected.reason}") for rejected in sweep.report.rejected]

    portfolio = Portfolio.of(store, at, {str(entry.form.organisation): entry.company for entry in entries})
    console.print(
        f"\n[bold]The night of {civil(at)}[/bold] (Paris time): {len(entries)} requests of {escape(csv.name)}\n"
    )
    console.print(stages(portfolio), "")
    dated, others = steps(portfolio)
    listed(console, "Lapsed this night", "company, what, time limit ended, rule", lapses(portfolio, store))
    listed(console, "To do before a time limit", "by, who, company, what, rule", dated, shown)
    listed(console, "To do without a time limit", "who, what, companies, rule", others, shown)
    rows = [(str(it.line or ""), it.column, it.reason) for it in sorted(wrong, key=lambda it: it.line)]
    listed(console, "Wrong, and left out", "line, column, reason", rows)

    console.print(f"Reminders in the outbox, for the sender: {len(store.unsent())}.")
    if player.to_come:
        console.print(f"Dates of the file that are later than this night, and wait for theirs: {player.to_come}.")
    if recorded or decided:
        console.print(f"Recorded now: {recorded} decisions on what happened, {decided} of the clock.")
    else:
        console.print("Nothing has changed: this night was done already.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
