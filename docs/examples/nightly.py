"""A firm's night: what happened to each request of its portfolio, what lapsed, whom to remind, what to do next.

    python docs/examples/nightly.py [--lang fr|en] [--csv FILE] [--database URL_OR_FILE] [--at INSTANT]
        [--pay-by SERVICE=DAY]... [--letter DAYS] [--company DAYS] [--bank DAYS] [--all]

It speaks French unless it is asked for English, and says two screens of what matters unless it is asked for all. The
firm follows its requests on the real portal, so every code is held elsewhere. Any number of these jobs can run at once
on one database, beside whatever else writes to it. The exit status is 0 when all is well, 1 when some rows of the file
or of the database were wrong (the others were done) or the clock is, 2 when nothing could be done.
"""

from __future__ import annotations

import codecs
import logging
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Final

from coming import coming
from failures import unusable
from history import Player, open_space
from options import CannotRunError, Options, language, options
from portfolio import UnreadableError, Wrong, read_portfolio
from printable import printable
from report import Firm, Night, lapses, tell, to_do
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rows import BadRow, BadRowError
from sqlalchemy.exc import SQLAlchemyError
from store import FutureNightError, Store
from words import DEFAULT, LANGUAGES, SaidError, explained, said

from teleprocedures import Clock, ContactDetails, EmailAddress, PersonName, Siren, SpaceForm, Sweep
from teleprocedures.wording import Wording

OFF: Final = timedelta(minutes=15)
"""How far the clocks of those who work on one database may be apart before it is a mistake."""
WIDTH: Final = 100
WIDE: Final = 150
"""How many columns a night has where nothing says how many there are, and how many if everything is told."""

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


class EarlierNightError(SaidError):
    """The night is earlier than what the store has seen, up to `latest`: nothing was decided."""

    def __init__(self, latest: datetime) -> None:
        super().__init__("night.before", latest=latest)


PLAINLY: Final = "plainly"
"""How a terminal is told that knows few letters: no-break spaces as spaces, other letters by their numbers."""


def plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    """What `PLAINLY` says in the place of letters that a terminal does not know."""
    assert isinstance(error, UnicodeEncodeError), "nothing is read so"
    unknown = error.object[error.start : error.end]
    return "".join(" " if it.isspace() else ascii(it).strip("'") for it in unknown), error.end


codecs.register_error(PLAINLY, plainly)


def main(arguments: list[str] | None = None, *, clock: Clock | None = None) -> int:
    """Run one night from the command line; gives the exit status. Another clock than the database's can be given."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that knows few letters is shown the others by their numbers
        stream.reconfigure(errors=PLAINLY)  # type: ignore[union-attr] # both are text
    # What the driver has to say of a batch that is given up is in the report.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    arguments = sys.argv[1:] if arguments is None else arguments
    wording = LANGUAGES[DEFAULT]
    try:
        wording = language(arguments)
        given = options(wording, arguments)
    except CannotRunError as error:
        return cannot_run(explained(wording, error))
    # A terminal has its own width; a file or a pipe gets that of a page, or lines as long as all that is in them.
    width = None if sys.stdout.isatty() else WIDE if given.everything else WIDTH
    console = Console(width=width, highlight=False, emoji=False)
    try:
        with closing(Store(given.database, clock=clock)) as store:
            done = night(console, given, store, wording)
            tell(console, done, wording, everything=given.everything)
    except (UnreadableError, CannotRunError) as error:
        return cannot_run(explained(wording, error))
    except (FutureNightError, EarlierNightError) as error:
        return cannot_run(said(wording, "run.option", option="--at", reason=explained(wording, error)))
    except (SQLAlchemyError, ImportError) as error:
        return cannot_run(unusable(wording, error, given.database))
    return 0 if done.is_well else 1


def cannot_run(reason: str) -> int:
    """Say why nothing can be done; gives the exit status."""
    print(f"nightly.py: {printable(reason)}", file=sys.stderr)
    return 2


def night(console: Console, given: Options, store: Store, wording: Wording) -> Night:
    """One night, as of now unless an earlier instant is given; a terminal shows how it gets on.

    Raises what makes it impossible: `UnreadableError`, what `as_of` raises, and what SQLAlchemy raises.
    """
    entries, wrong = read_portfolio(given.csv)
    store.create()
    at, ahead = as_of(store, given.at)
    events = store.count_events()
    recorded, decided, to_come = 0, 0, 0
    sweep, rejected = Sweep(at=at), list[BadRow]()
    shown = TextColumn("{task.description}"), BarColumn()
    with Progress(*shown, console=console, transient=True, disable=not console.is_terminal) as progress:
        try:
            before = min([at, *(entry.requested for entry in entries)])
            space, taken = open_space(store, FIRM, before=before)
        except BadRowError as error:  # nothing can be played; what the clock decides and the report need no space
            wrong.append(Wrong(0, "(store)", error.row))
        else:
            recorded = taken
            events += taken
            player = Player(store=store, space=space, until=at, now=store.now())
            for entry in progress.track(entries, description=said(wording, "progress.played")):
                decisions = player.play(entry)
                recorded += len(decisions)
                events += sum(len(decision.events) for decision in decisions)
            wrong += player.refused
            to_come = player.to_come
        due = store.due(at)
        task = progress.add_task(said(wording, "progress.swept"), total=due or 1, completed=0 if due else 1)
        for batch in store.sweep(sweep, reject=rejected.append):
            decided += len(batch)
            events += sum(len(decision.events) for decision in batch)
            progress.advance(task, len(batch))
    firm = Firm.of(store, at, {str(entry.form.organisation): entry.company for entry in entries})
    unsent = store.unsent()
    wrong += in_the_store([*rejected, *firm.rejected, *store.check_histories(), *unsent.rejected], wrong)
    return Night(
        at=at,
        file=given.csv.name,
        requests=len(entries),
        firm=firm,
        lapsed=lapses(firm, store),
        to_do=to_do(firm),
        coming=[coming(firm.portfolio, tax, given.leads, at=at, name=firm.company) for tax in given.taxes],
        leads=given.leads,
        wrong=sorted(wrong, key=lambda it: it.line),
        messages=len(unsent),
        to_come=to_come,
        recorded=recorded,
        decided=decided,
        by_others=max(0, store.count_events() - events),
        left=store.undecided(at),
        ahead=ahead,
        is_well=not wrong and (ahead is None or ahead - at <= OFF),
    )


def in_the_store(found: Iterable[BadRow], told: Iterable[Wrong]) -> list[Wrong]:
    """The bad rows of the store that are not told yet, each once."""
    rows = {(it.why.table, it.why.id) for it in told if isinstance(it.why, BadRow)}
    first: dict[tuple[str, str], BadRow] = {}
    for row in found:
        first.setdefault((row.table, row.id), row)
    return [Wrong(0, "(store)", row) for key, row in first.items() if key not in rows]


def as_of(store: Store, at: datetime | None) -> tuple[datetime, datetime | None]:
    """The instant of the night by the store's clock, and the latest event's where that clock has not come to it.

    Raises `FutureNightError` for a night that has not come, `EarlierNightError` for one before what the store has seen.
    """
    now = store.now()
    if at is not None and at > now + OFF:
        raise FutureNightError(at, now)
    at = now if at is None else min(at, now)
    latest = store.last_recorded_at()
    if latest is None or latest <= at:
        return at, None
    if latest <= now and latest - at > OFF:
        raise EarlierNightError(latest)
    return at, latest if latest > now else None


if __name__ == "__main__":
    sys.exit(main())
