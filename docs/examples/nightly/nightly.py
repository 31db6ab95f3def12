"""A firm's night: what happened to each request of its portfolio, what lapsed, whom to remind, what to do next.

    python docs/examples/nightly/nightly.py [--lang fr|en] [--csv FILE] [--database URL_OR_FILE] [--at INSTANT]
        [--pay-by SERVICE=DAY]... [--letter DAYS] [--answer DAYS] [--bank DAYS]
        [--company NUMBER]... [--verify] [--judge] [--all]

It speaks French unless it is asked for English, and says what matters in two screens unless it is asked for all. The
firm follows its requests on the real portal, so every code is held elsewhere. Several of these jobs can run at once on
one database, beside whatever else writes to it.

The exit status is 0 when the night is done, and nothing is to be done soon or looked at. It is 1 when the night is
done, and something is: what ends today or tomorrow, a letter that is overdue or expected, what a coming tax needs, a
lapse or a mandate to check, rows of the file or of the database that are wrong, stored facts that today's rules refuse,
the clock, a report that could not be written. It is 2 when the night is not done to its end: what was recorded stays,
and it can be run again.
"""

# ruff: noqa: E402 - what the examples share is found from the middle on

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("shared", "store")]
from streams import Stream

if TYPE_CHECKING:
    from teleprocedures import Clock

WIDTH: Final = 100
WIDE: Final = 150
"""How many columns a night has where nothing says how many there are, and how many if everything is told."""
NARROWEST: Final = 40
WELL, LOOK, NOT_DONE = range(3)


def main(arguments: Sequence[str] | None = None, *, clock: Clock | None = None) -> int:
    """Run one night from the command line; gives the exit status. Another clock than the database's can be given."""
    out, err = Stream.of(sys.stdout), Stream.of(sys.stderr)
    # What the driver has to say of a batch that is given up is in the report.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    try:
        status = _run(sys.argv[1:] if arguments is None else arguments, clock, out, err)
    except Exception as error:  # noqa: BLE001 - a status of 1 would say that the night is done
        err.write(f"{traceback.format_exc()}nightly.py: {type(error).__name__}\n")
        status = NOT_DONE
    finally:
        out.flush()
    err.flush()
    return status


def _run(arguments: Sequence[str], clock: Clock | None, out: Stream, err: Stream) -> int:
    # Imported here: where something is not installed, or there are no time zones, the status says so too.
    import attrs  # noqa: PLC0415
    from failures import unusable  # noqa: PLC0415
    from firm import WrongFirmError  # noqa: PLC0415
    from night import EarlierNightError, diligences, night  # noqa: PLC0415
    from options import CannotRunError, language, options, writer_of_faces  # noqa: PLC0415
    from printable import printable  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
    from store import FutureNightError, Store  # noqa: PLC0415
    from tables import UnreadableError  # noqa: PLC0415
    from words import DEFAULT, LANGUAGES, explained, said, stopped  # noqa: PLC0415

    def cannot_run(reason: str) -> int:
        err.write(f"nightly.py: {stopped(printable(reason))}\n")
        return NOT_DONE

    wording = LANGUAGES[DEFAULT]
    try:
        wording = language(arguments)
        given = options(wording, arguments)
        # Found missing before anything is recorded: the night would not be told as it was another time.
        write_faces = None if given.pages is None else writer_of_faces()
        # A terminal has its own width. A file or a pipe gets what COLUMNS says, or that of a page.
        columns = os.environ.get("COLUMNS", "")
        width = max(NARROWEST, int(columns)) if columns.isdecimal() else WIDE if given.everything else WIDTH
        width = None if out.isatty() else width
        console = Console(file=out, width=width, highlight=False, emoji=False)  # type: ignore[arg-type] # all it needs
        with closing(Store(given.database, clock=clock)) as store:
            done, text = night(console, given, store, wording)
            files, left_out = diligences(console, given, store, wording, done)
    except (UnreadableError, CannotRunError, WrongFirmError) as error:
        return cannot_run(explained(wording, error))
    except (FutureNightError, EarlierNightError) as error:
        return cannot_run(said(wording, "run.option", option="--at", reason=explained(wording, error)))
    except (SQLAlchemyError, ImportError) as error:
        return cannot_run(unusable(wording, error, given.database))
    out.write(text)
    if given.pages is not None and write_faces is not None:
        try:
            page, *others = write_faces(given.pages, done, wording)
            written = said(wording, "end.pages", page=page, others=[place.name for place in others])
            out.write(f"{printable(written)}\n")
        except OSError as error:
            unwritten = said(wording, "run.no_pages", words=error)
            err.write(f"nightly.py: {printable(unwritten)}\n")
            done = attrs.evolve(done, is_wrong=True)
    out.write(files)
    out.flush()
    if out.error is not None:
        untold = said(wording, "run.untold", words=out.error)
        err.write(f"nightly.py: {printable(untold)}\n")
    return WELL if done.is_well and not left_out and out.error is None else LOOK


if __name__ == "__main__":
    sys.exit(main())
