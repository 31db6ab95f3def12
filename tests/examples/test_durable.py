"""The example of a durable workflow: processes that are killed, and requests that end as if none had been.

The story of one store, told for SQLite and for PostgreSQL at the same time, since it takes as long as its sleeps: a
day passes in twelve seconds. Three processes follow the same requests, one after the other: the first is killed while
they sleep, the second kills itself in the middle of sending, the third goes on to the end.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import SIGKILL
from typing import Any

import attrs
import pytest

pytest.importorskip("dbos", reason="durable workflows are not tested: dbos is not installed (group cluster)")

from dbos import DBOSClient
from durable import decided, system_database
from paths import EXAMPLES, environment
from schema import CASES
from sqlalchemy import update
from store import Store

from teleprocedures import HELD_ELSEWHERE, Adhesion, Space, replay
from teleprocedures.codec import loads
from teleprocedures.testing import adhesion_form, space_form

REQUESTS = ("missed", "refused", "held", "rival")
DAY, STARTS = 12, 8
"""How many seconds a day lasts at least, and how many starts of a process: a busy machine needs longer for each."""
# A host of its own, with a letterbox that dies of the first reminder: put there, and not yet marked as sent.
DYING_HOST = """
import os, signal, sys
import durable

class Dying(durable.Letterbox):
    def notify(self, message):
        super().notify(message)
        if message.kind == "reminder-email":
            os.kill(os.getpid(), signal.SIGKILL)

durable.Letterbox = Dying
sys.exit(durable.main())
"""

# From Python 3.12 on, DBOS asks SQLite for fractions of a second, which older releases do not know.
OLD_SQLITE = (
    f"durable workflows on SQLite are not tested: DBOS needs 3.42, here is {sqlite3.sqlite_version}"
    if sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42)
    else ""
)


@attrs.frozen
class Story:
    """What was left at the end: the events of each request, its last snapshot, the letters, the processes."""

    results: dict[str, Any]
    events: dict[str, list[Any]]
    cases: dict[str, Any]
    letters: list[str]
    ends: list[int]
    unsent: list[Any]


def wait_until(happens: Callable[[], bool]) -> None:
    """Wait until it answers yes, ten minutes at most."""
    end = time.monotonic() + 600
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def durable(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, str(EXAMPLES / "durable" / "durable.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def pace() -> float:
    """How many times as fast the clock is to run, for a process to start several times within a day."""
    began = time.monotonic()
    durable("--help")
    return 24 * 3600 / max(DAY, STARTS * (time.monotonic() - began))


def tell(store: Store, database: str, place: Path) -> Story:
    """Let the three processes run, and a few words be said to two of the requests."""
    fast = pace()
    since = datetime.now(UTC)
    store.create()
    asked = Space.create(space_form(), id="space", password_hash="x", answer_hash="x", at=since)
    active = asked.case.activate(HELD_ELSEWHERE, at=since)
    form = adhesion_form(services=["messagerie"], company_email="contact@exemple.fr")
    requests = {name: Adhesion.request(active.case, form, id=name, at=since) for name in REQUESTS}
    store.record(asked, active, *requests.values())
    host, log = place / "host.py", place / "log"
    host.write_text(DYING_HOST)
    arguments = ["run", database, str(place / "letters"), "--since", since.isoformat(), "--pace", str(fast)]

    def started(program: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as said:
            return subprocess.Popen(
                [sys.executable, str(program), *arguments], env=environment(), stdout=said, stderr=said
            )

    def say(*words: str) -> None:
        command = [sys.executable, str(EXAMPLES / "durable" / "durable.py"), "say", database, *words]
        subprocess.run(command, env=environment(), check=True, capture_output=True)

    with started(EXAMPLES / "durable" / "durable.py") as first:
        try:
            wait_until(lambda: "following 4" in log.read_text())
            say("held", "confirm")
            wait_until(lambda: len(store.events("held")) == 2)
            # Somebody else changes a request while its workflow sleeps, and says no word to it.
            at = store.events("held")[-1].at
            store.change("rival", lambda case: case.confirm_company_email(HELD_ELSEWHERE, at=at))
            store.change("rival", lambda case: case.activate(HELD_ELSEWHERE, space=active.case, at=at))
        finally:
            first.kill()
    # Nobody is there to hear it: the next process does.
    say("held", "activate")
    with started(host) as second:
        second.wait(600)
    with started(EXAMPLES / "durable" / "durable.py") as third:
        third.wait(600)
    client = DBOSClient(system_database_url=system_database(database))
    results = {name: loads(client.retrieve_workflow(name).get_result()) for name in requests}
    client.destroy()
    return Story(
        results=results,
        events={name: store.events(name) for name in requests},
        cases={name: store.get(name) for name in requests},
        letters=sorted(path.name for path in (place / "letters").iterdir()),
        ends=[process.returncode for process in (first, second, third)],
        unsent=store.unsent(),
    )


@pytest.fixture(scope="module")
def stories(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Story] | str]]:
    """The story on each database that is there, all under way at once."""
    databases: dict[str, str] = {}
    missing: dict[str, str] = {}
    if OLD_SQLITE:
        missing["SQLite"] = OLD_SQLITE
    else:
        databases["SQLite"] = str(tmp_path_factory.mktemp("sqlite") / "requests.sqlite")
    try:
        databases["PostgreSQL"] = request.getfixturevalue("postgres").new_database()
    except pytest.skip.Exception as skipped:
        missing["PostgreSQL"] = str(skipped)
    stores = {name: Store(database) for name, database in databases.items()}
    with ThreadPoolExecutor() as threads:
        yield missing | {
            name: threads.submit(tell, store, databases[name], tmp_path_factory.mktemp("place"))
            for name, store in stores.items()
        }
    for store in stores.values():
        store.engine.dispose()


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def story(request: pytest.FixtureRequest, stories: dict[str, Any]) -> Story:
    """The story as it was told on one of them."""
    found = stories[request.param]
    if isinstance(found, str):
        pytest.skip(found)
    told: Story = found.result()
    return told


def test_two_processes_were_killed_and_the_third_ended(story: Story) -> None:
    """The first was killed asleep, the second in the middle of sending, and the third had nothing left to follow."""
    assert [-SIGKILL, -SIGKILL, 0] == story.ends
    assert [] == story.unsent


@pytest.mark.rule("2.9", "2.11")
@pytest.mark.parametrize("name", ["missed", "refused"])
def test_a_request_is_reminded_once_and_lapses_once(story: Story, name: str) -> None:
    """Its 24th hour brings one reminder, the end of its 48th one lapse, each at the hour and not before."""
    events = story.events[name]
    opened = events[0].at

    assert ["adhesion-requested", "adhesion-reminded", "adhesion-lapsed"] == [event.kind for event in events]
    assert events[1].at >= opened + timedelta(hours=24)
    assert events[2].at > opened + timedelta(hours=48)
    assert replay(events) == story.cases[name]


@pytest.mark.rule("3.5")
def test_words_said_while_nobody_ran_are_heard(story: Story) -> None:
    """The request whose link and code were used is held, and the clock never decided on it."""
    kinds = [event.kind for event in story.events["held"]]

    assert ["adhesion-requested", "company-email-confirmed", "services-activated"] == kinds
    assert story.cases["held"].holds("messagerie")


def test_each_message_is_sent_once_by_its_id(story: Story) -> None:
    """The reminder whose sender died in the middle is sent again, and is in the letterbox once; so are the notices."""
    assert [
        f"{name}%2F{message}.json"
        for name in ("missed", "refused")
        for message in ("2%2Freminder-email", "3%2Flapse-notice")
    ] == story.letters


def test_what_others_changed_is_followed(story: Story) -> None:
    """A request that somebody else brought to its end is not decided on: the workflow reads it again, and ends."""
    kinds = [event.kind for event in story.events["rival"]]

    assert ["adhesion-requested", "company-email-confirmed", "services-activated"] == kinds


@pytest.mark.parametrize("name", REQUESTS)
def test_a_workflow_that_ran_again_came_to_what_was_recorded(story: Story, name: str) -> None:
    """Its last snapshot is the store's, to the microsecond of each instant, and the events make it."""
    assert story.cases[name] == story.results[name] == replay(story.events[name])


# --- Without a workflow -----------------------------------------------------------------------------------------------

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a request whose link is still to be used."""
    store = Store(str(tmp_path / "requests.sqlite"))
    store.create()
    pending = Space.create(space_form(), id="space", password_hash="x", answer_hash="x", at=NOON)
    active = pending.case.activate(HELD_ELSEWHERE, at=NOON)
    form = adhesion_form(services=["messagerie"], company_email="contact@exemple.fr")
    store.record(pending, active, Adhesion.request(active.case, form, id="request", at=NOON))
    yield store
    store.close()


def test_a_word_that_is_refused_changes_nothing_and_one_that_is_none_is_an_error(store: Store) -> None:
    """A refusal is the procedure's; a word that nobody knows is the program's, and is not taken for one."""
    request = store.get("request")
    assert request is not None

    entered = decided(request, {"verb": "activate"}, store, at=NOON)
    assert entered is not None
    assert decided(entered.case, {"verb": "activate"}, store, at=NOON) is None
    with pytest.raises(ValueError, match="no word 'dance' for a adhesion"):
        decided(request, {"verb": "dance"}, store, at=NOON)


def test_a_word_that_is_said_while_the_clock_is_back_counts(store: Store) -> None:
    """A clock that was set back is told, and the word is as of the last event, not lost."""
    request = store.get("request")
    assert request is not None
    decision = decided(request, {"verb": "confirm"}, store, at=NOON - timedelta(hours=1))

    assert decision is not None
    assert [NOON] == [event.at for event in decision.events]


def test_a_bad_row_is_told_and_left_out(store: Store, tmp_path: Path) -> None:
    """What can be followed is; the exit status says that there was something else."""
    if OLD_SQLITE:
        pytest.skip(OLD_SQLITE)
    with store.engine.begin() as connection:
        connection.execute(update(CASES).where(CASES.c.id == "request").values(payload=b"?"))
    done = durable("run", tmp_path / "requests.sqlite", tmp_path / "letters")

    assert (1, "following 0\n") == (done.returncode, done.stdout)
    assert "left out: request (cases): " in done.stderr


@pytest.mark.parametrize("words", [("run", "letters"), ("say", "request", "activate")])
def test_a_database_that_cannot_be_used_is_told_without_its_password(tmp_path: Path, words: tuple[str, ...]) -> None:
    """One that is not there ends with status 2 and its URL, and nothing shows its password."""
    verb, *others = words
    place = "postgresql://camille:s3cr3t@127.0.0.1:9/x"
    done = durable(verb, place, *(tmp_path / other if verb == "run" else other for other in others))

    assert 2 == done.returncode
    assert "the database postgresql://camille:***@127.0.0.1:9/x cannot be used" in done.stderr
    assert "s3cr3t" not in done.stdout + done.stderr


@pytest.mark.parametrize("words", [("letter",), ("activate", "--edited", "2026-03-04"), ("letter", "--edited", "soon")])
def test_a_word_that_cannot_be_heard_is_not_said(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A letter without its day, or another word with one, would stop the workflow that hears it."""
    done = durable("say", tmp_path / "requests.sqlite", "request", *words)

    assert 2 == done.returncode
    assert "--edited" in done.stderr
