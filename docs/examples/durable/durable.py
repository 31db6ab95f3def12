"""One request's life as a durable workflow on DBOS: it sleeps until the case is due, and being killed changes nothing.

The workflow waits for a word from outside (the letter has come, the code was entered) until the case's `due_at`, and
then for what the clock decides. DBOS keeps what each step gave, and the end of each sleep: a process that starts again
goes on where the last one was killed. It can, because a decision is a function of the snapshot, the word and the
instant: it comes out the same each time, so it is made again rather than kept. What a step does outside is done once:
the store refuses a decision that it has, and a message is known by its id. Others may change the same cases, a nightly
job say: the workflow then reads the case again, and decides again.

    python docs/examples/durable/durable.py run requests.sqlite letterbox    follow every request to its end
    python docs/examples/durable/durable.py say requests.sqlite ID activate  a word to one of them

The database is the path of an SQLite file, or a PostgreSQL URL: the store's tables and those of DBOS are both in it
(with SQLite, in a file each). `--pace 21600 --since 2026-03-02T08:00Z` lets six hours pass in a second, to rehearse.
"""

# ruff: noqa: E402 - what the examples share is found from the middle on

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("shared", "store")]
import attrs
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSConfiguredInstance, SetWorkflowID, WorkflowHandle
from failures import is_of_the_database, unusable
from printable import printable
from rows import BadRow
from schema import engine_for, keep
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from store import Store
from words import LANGUAGES

from teleprocedures import (
    HELD_ELSEWHERE,
    Adhesion,
    Case,
    ConflictError,
    Decision,
    Message,
    Notifier,
    RefusedError,
    Space,
)
from teleprocedures.codec import dumps, loads

# Another number is for another course of the workflow: DBOS goes on only with those of its own version.
VERSION: Final = "2"


@attrs.frozen(kw_only=True)
class PacedClock:
    """The machine's clock, or one that runs `pace` times as fast since an instant: for rehearsals."""

    since: datetime = attrs.field(factory=lambda: datetime.now(UTC))
    pace: float = 1

    def now(self) -> datetime:
        """The instant (UTC)."""
        return self.since + (datetime.now(UTC) - self.since) * self.pace

    def seconds(self, start: datetime, end: datetime) -> float:
        """How long to sleep from one instant to another."""
        return max(0.0, (end - start).total_seconds() / self.pace)


@attrs.frozen
class Letterbox:
    """Sends a message by putting it in a directory, under its id: sent twice, it is there once."""

    place: Path

    def notify(self, message: Message) -> None:
        """Put the message there."""
        path = self.place / f"{quote(message.id, safe='')}.json"
        aside = path.with_suffix(".aside")
        aside.write_bytes(dumps(message, secrets=True))
        aside.rename(path)


@DBOS.dbos_class()
class Follower(DBOSConfiguredInstance):
    """Follows requests: what DBOS needs to find again after a restart has a name, and this one is `follower`."""

    def __init__(self, *, clock: PacedClock, store: Store, notifier: Notifier) -> None:
        self.clock = clock
        self.store = store
        self.notifier = notifier
        super().__init__("follower")

    @DBOS.workflow()
    def follow(self, document: str) -> str:
        """Follow one case, as the codec writes it, until nothing is left to decide; its last snapshot."""
        case: Case = loads(document, rulebooks=self.store.rulebooks)  # type: ignore[assignment] # it is a case's
        while case.due_at is not None:
            # The instants come from steps: a workflow that is run again must take the same way.
            asleep = self.clock.seconds(self.now(), case.due_at)
            word = DBOS.recv(timeout_seconds=asleep)
            case = self.decide(case, word)
        return dumps(case).decode()

    def decide(self, case: Case, word: dict[str, str] | None) -> Case:
        """What becomes of the case by a word, or by the clock; decided again for as long as others are quicker."""
        while (decision := decided(case, word, self.store, at=self.now())) is not None:
            made_by_others = self.record(decision)
            if made_by_others is None:
                self.send()
                return decision.case
            case = loads(made_by_others, rulebooks=self.store.rulebooks)  # type: ignore[assignment] # it is a case's
        return case

    @DBOS.step()
    def now(self) -> datetime:
        """The instant, the same when the workflow is run again."""
        return self.clock.now()

    @DBOS.step()
    def record(self, decision: Decision[Any]) -> str | None:
        """Record the decision, unless it is there: a process may be killed after recording, and before DBOS knows.

        Gives the case as it is, as the codec writes it, where others have changed it since.
        """
        try:
            self.store.record(decision)
        except ConflictError:
            if set(decision.events) <= set(self.store.events(decision.case.id)):
                return None
            case = self.store.get(decision.case.id)
            if case is None:
                raise
            return dumps(case).decode()
        return None

    @DBOS.step()
    def send(self) -> None:
        """Empty the outbox: what cannot be sent now goes with the next word."""
        self.store.send(self.notifier, at=self.clock.now())


def decided(case: Case, word: dict[str, str] | None, store: Store, *, at: datetime) -> Decision[Any] | None:
    """What comes of a word at an instant, or of the clock when there was none; None when nothing does.

    A word that the procedure refuses changes nothing, and is logged with its rule. A clock that was set back is logged:
    what it is told counts as of the case's last event.
    """
    if at < case.recorded_at:
        DBOS.logger.warning(f"{case.id}: the clock was set back to {at}, before the last event at {case.recorded_at}")
        at = case.recorded_at
    if word is None:
        return case.tick(at=at) if case.is_due(at) else None
    try:
        return spoken(case, word, store, at=at)
    except RefusedError as refusal:
        DBOS.logger.warning(printable(f"{case.id}: {refusal}"))
        return None


def spoken(case: Case, word: dict[str, str], store: Store, *, at: datetime) -> Decision[Any]:
    """The decision on a word. Codes are held elsewhere, at the real portal: none is ever kept here."""
    match word["verb"], case:
        case "confirm", Adhesion():
            return case.confirm_company_email(HELD_ELSEWHERE, at=at)
        case "letter", Adhesion():
            return case.record_letter(date.fromisoformat(word["edited"]), at=at)
        case "activate", Adhesion():
            # An active space stays as it is: read again, it is the same.
            space: Space = store.get(case.space_id)  # type: ignore[assignment] # a request's space is recorded before it
            return case.activate(HELD_ELSEWHERE, space=space, at=at)
        case "activate", Space():
            return case.activate(HELD_ELSEWHERE, at=at)
    raise ValueError(f"no word {word['verb']!r} for a {case.kind}: expected confirm, letter or activate")


def system_database(database: str) -> str:
    """Where DBOS keeps its own: the same PostgreSQL, or a second SQLite file."""
    url = engine_for(database).url
    if url.get_backend_name() != "sqlite":
        return database
    return url.set(database=f"{url.database}.dbos").render_as_string()


def launch(database: str) -> None:
    """Start DBOS: workflows that were under way go on, from here, on threads of their own.

    What it keeps in a file, words and snapshots, its owner alone can read.
    """
    if (url := make_url(system_database(database))).get_backend_name() == "sqlite":
        keep(str(url.database))
    config: DBOSConfig = {
        "name": "durable",
        "system_database_url": system_database(database),
        "application_version": VERSION,
        "log_level": "WARNING",
    }
    DBOS(config=config)
    DBOS.launch()


def follow_all(follower: Follower) -> tuple[list[WorkflowHandle[str]], tuple[BadRow, ...]]:
    """Follow every case of the store on which the clock has something to decide; also gives the bad rows, left out."""
    cases = follower.store.cases()
    return [follow(follower, case) for case in cases if case.due_at is not None], cases.rejected


def follow(follower: Follower, case: Case) -> WorkflowHandle[str]:
    """Follow a case, once however often this is called: the workflow has the case's id."""
    if DBOS.get_workflow_status(case.id) is not None:
        return DBOS.retrieve_workflow(case.id)
    with SetWorkflowID(case.id):
        return DBOS.start_workflow(follower.follow, dumps(case).decode())


def main(arguments: list[str] | None = None) -> int:
    """Run the requests of a store, or say a word to one of them."""
    parser = argparse.ArgumentParser(description="Follow requests as durable workflows.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="follow every request of the store, to its end")
    run.add_argument("database", help="the path of an SQLite file, or a PostgreSQL URL")
    run.add_argument("letterbox", type=Path, help="the directory in which messages are put")
    run.add_argument(
        "--since", type=datetime.fromisoformat, default=datetime.now(UTC), help="when the clock began to run fast"
    )
    run.add_argument("--pace", type=float, default=1, help="how many times as fast; 1 is the machine's own clock")
    say = commands.add_parser("say", help="a word to one of them")
    say.add_argument("database", help="as above")
    say.add_argument("id", help="the request's id")
    say.add_argument("verb", choices=("confirm", "letter", "activate"), help="what has happened")
    say.add_argument("--edited", type=date.fromisoformat, help="the day that the letter bears, such as 2026-03-04")
    given = parser.parse_args(arguments)
    if given.command == "say" and (given.verb == "letter") is not (given.edited is not None):
        say.error("the word letter has a day, --edited, and no other word has one")
    try:
        return run_or_say(given)
    except (SQLAlchemyError, ImportError) as error:
        print(f"durable.py: {unusable(LANGUAGES['en'], error, given.database)}", file=sys.stderr)
        return 2


def run_or_say(given: argparse.Namespace) -> int:
    """Do what the command line says; gives the exit status: 1 when some rows are bad."""
    if given.command == "say":
        word = {"verb": given.verb, **({"edited": given.edited.isoformat()} if given.edited else {})}
        DBOSClient(system_database_url=system_database(given.database)).send(given.id, word)
        return 0
    given.letterbox.mkdir(parents=True, exist_ok=True)
    clock, store = PacedClock(since=given.since, pace=given.pace), Store(given.database)
    store.create()
    follower = Follower(clock=clock, store=store, notifier=Letterbox(given.letterbox))
    launch(given.database)
    handles, bad = follow_all(follower)
    for row in bad:
        print(f"left out: {row}", file=sys.stderr)
    print(f"following {len(handles)}", flush=True)
    status = 1 if bad else 0
    for handle in handles:
        try:
            print(handle.get_result(), flush=True)
        except Exception as error:  # this one's row went bad on the way; the others go on
            if is_of_the_database(error):
                raise
            print(f"left: {printable(error)}", file=sys.stderr)
            status = 1
    DBOS.destroy()
    return status


if __name__ == "__main__":
    sys.exit(main())
