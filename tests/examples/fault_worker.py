"""A worker of the fault tests: it sweeps a store, sends its outbox, and kills itself where it is told to.

    python fault_worker.py DATABASE POST INSTANT [--die STEP] [--batch N] [--together] [--off SECONDS]

It says how many decisions it recorded. With `--together` it says `ready` first, and waits for a line to begin. With
`--off` its night is that of its own clock, which is off by so many seconds, as the main job takes it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from night import as_of
from sqlalchemy import event
from store import Store

from teleprocedures import Message, Sweep

STEPS = (
    "read",  # what is due was read, and is decided on now
    "decided",  # nothing of the decisions is written yet
    "moved",  # the cases are written, the events and the messages are not
    "half",  # the messages are not
    "written",  # all is written, and not committed
    "recorded",  # it is committed
    "notify",  # a message is about to be sent
    "notified",  # it is sent, and nobody knows
    "mark",  # a batch is sent, and about to be marked as sent
    "marked",  # it is marked, and not committed
    "sent",  # it is committed
)
BEFORE = {
    "UPDATE cases": "decided",
    "INSERT INTO events": "moved",
    "INSERT INTO outbox": "half",
    "UPDATE outbox": "mark",
    "SELECT outbox": "sent",
}
COMMITTING = {"INSERT INTO outbox": "written", "UPDATE outbox": "marked"}


class Post:
    """The receiver of messages, in a directory: it knows each by its id, so that one that comes twice counts once.

    `arrivals` has a line for each time that one came, `letters` a file for each one.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        (place / "letters").mkdir(parents=True, exist_ok=True)

    def notify(self, message: Message) -> None:
        """Take the message."""
        with (self.place / "arrivals").open("a") as arrivals:
            arrivals.write(f"{message.id}\n")
        (self.place / "letters" / quote(message.id, safe="")).touch()

    def arrivals(self) -> list[str]:
        """The ids, each as often as it came."""
        path = self.place / "arrivals"
        return path.read_text().splitlines() if path.exists() else []


class Deadly:
    """Kills this process, as a power cut does, the second time that it comes to its step."""

    def __init__(self, step: str | None) -> None:
        self.step = step
        self.left = 2
        self.doing = ""

    def at(self, step: str | None) -> None:
        """This is that step."""
        if step is not None and step == self.step:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, store: Store) -> None:
        """Tell the steps by what the database is asked."""

        def before(_connection, _cursor, statement, *_) -> None:
            self.doing = next((start for start in BEFORE if statement.startswith(start)), "")
            self.at(BEFORE.get(self.doing))

        def after(_connection, _cursor, statement, *_) -> None:
            self.at("read" if statement.startswith("SELECT cases") else None)

        def committing(_connection) -> None:
            self.at(COMMITTING.get(self.doing))

        event.listen(store.engine, "before_cursor_execute", before)
        event.listen(store.engine, "after_cursor_execute", after)
        event.listen(store.engine, "commit", committing)


class DeadlyPost(Post):
    """A receiver whose sender dies."""

    def __init__(self, place: Path, deadly: Deadly) -> None:
        super().__init__(place)
        self.deadly = deadly

    def notify(self, message: Message) -> None:
        """Take the message, if the sender lives to send it."""
        self.deadly.at("notify")
        super().notify(message)
        self.deadly.at("notified")


def main() -> None:
    """Do one night."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("post", type=Path)
    parser.add_argument("at", type=datetime.fromisoformat)
    parser.add_argument("--die", choices=STEPS)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--off", type=float)
    given = parser.parse_args()
    store, deadly = Store(given.database), Deadly(given.die)
    deadly.watch(store)
    if given.together:
        store.due(given.at)
        print("ready", flush=True)
        sys.stdin.readline()
    if given.off is not None:
        given.at, _ = as_of(store, datetime.now(UTC) + timedelta(seconds=given.off))
    sweep, decided = Sweep(at=given.at), 0
    for batch in store.sweep(sweep, batch=given.batch):
        decided += len(batch)
        deadly.at("recorded")
    store.send(DeadlyPost(given.post, deadly), at=given.at, batch=given.batch)
    assert not sweep.report.rejected
    print(decided, flush=True)


if __name__ == "__main__":
    main()
