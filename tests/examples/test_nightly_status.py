"""The exit status of a night means what its page says, whatever becomes of its streams, its machine and its cases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

pytest.importorskip("sqlalchemy", reason="the main job is tested with SQLAlchemy and rich only")
pytest.importorskip("rich", reason="the main job is tested with SQLAlchemy and rich only")

from night import failing, guarded
from paths import EXAMPLES
from portfolio import REQUESTED as COLUMNS
from schema import CASES
from sqlalchemy import update
from store import Store
from told import plain

from teleprocedures import Space
from teleprocedures.codec import dumps
from teleprocedures.testing import space_form

START = datetime(2026, 3, 2, 12, tzinfo=UTC)

ROW = {
    "company": "Garage",
    "siren_or_file_number": "552100554",
    "services": "messagerie payer-cfe",
    "company_email": "contact@garage.example",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "third_party": "yes",
    "legal_representative": "Anne Moreau",
    "requested": "2026-02-02 10:00",
}
SIRENS = ("552100554", "732829320", "443061841")
IDS = [f"{siren}-20260202T090000" for siren in SIRENS]
NIGHTLY = str(EXAMPLES / "nightly" / "nightly.py")


@pytest.fixture
def night(tmp_path):
    """Runs a night by a shell, with whatever follows the command; gives its status and what it said on stderr."""
    lines = [",".join(COLUMNS)]
    lines += [",".join((ROW | {"siren_or_file_number": siren}).get(name, "") for name in COLUMNS) for siren in SIRENS]
    (tmp_path / "good.csv").write_text("\n".join(lines))

    def run(*after, at="2026-02-02T18:00", place="firm.sqlite", environment=None, language="en"):
        command = [
            sys.executable,
            NIGHTLY,
            "--csv",
            "good.csv",
            "--database",
            place,
            "--at",
            at,
            "--lang",
            language,
            "--all",
        ]
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", f'"$0" "$@" {" ".join(after)}', *command],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name != "COLUMNS"} | (environment or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def recorded(place="firm.sqlite"):
        with closing(Store(str(tmp_path / place) if "://" not in place else place)) as store:
            return len(store.cases())

    run.recorded = recorded
    return run


def test_a_night_that_is_well_is_0(night):
    """All is done, and nothing is to be done soon or looked at."""
    done = night()

    assert (0, "", 4) == (done.returncode, done.stderr, night.recorded())
    assert done.stdout.endswith("\nNothing is to be done or looked at until tomorrow night.\n")


def test_a_night_on_which_something_ends_soon_is_1(night):
    """A job of every morning writes to somebody by its status: it is not 0 while a link is about to end."""
    done = night(at="2026-02-03T18:00")

    assert (1, "", 4) == (done.returncode, done.stderr, night.recorded())
    assert done.stdout.endswith("\nTo do today or tomorrow: 3.\n")


def test_the_width_is_the_one_that_is_asked_for(night):
    """In a pipe as in a terminal: what COLUMNS says, and that of a page where it says nothing that can be used."""
    lines = {
        columns: max(map(len, night(environment={"COLUMNS": columns}).stdout.splitlines()))
        for columns in ("60", "80", "200", "3", "", "wide")
    }

    assert 60 >= lines["60"]
    assert 80 >= lines["80"] > 60
    assert 150 >= lines[""] == lines["wide"] == lines["200"] > 80
    assert 40 >= lines["3"]


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("after", [">/dev/full", ">&-", "| true", "2>/dev/null | head -c 1"])
def test_a_report_that_cannot_be_written_is_told_once_all_is_recorded(night, after, unbuffered):
    """A full disk, a closed stream, a pipe that nobody reads: the status is 1, and stderr has one line of why."""
    done = night(after, environment={"PYTHONUNBUFFERED": unbuffered})

    assert 4 == night.recorded()
    assert 1 == done.returncode or "head" in after
    if "2>" not in after:
        assert "nightly.py: all is recorded, and the report could not be written: " in done.stderr
        assert 1 == done.stderr.count("\n")


@pytest.mark.parametrize("after", ["2>&-", "2>/dev/full", "<&-", "2>&- <&-"])
def test_a_stderr_that_fails_changes_nothing(night, after):
    """Nor does a closed stdin."""
    done = night(after)

    assert (0, 4) == (done.returncode, night.recorded())
    assert "The night of" in done.stdout


def test_all_streams_closed_is_a_night_all_the_same(night):
    """Nobody hears of it but by the status; no file of it is mistaken for a stream."""
    done = night("<&- >&- 2>&-")

    assert (1, 4) == (done.returncode, night.recorded())


@pytest.mark.parametrize("after", ["2>&-", "2>/dev/full", ">&- 2>&-"])
def test_what_cannot_be_done_is_2_though_nobody_hears_why(night, after):
    """A night that has not come, say."""
    assert 2 == night(after, at="2099-01-01T00:00").returncode


def test_without_time_zones_nothing_is_done(night, tmp_path):
    """A slim container without them: the status is 2, and one line says what is missing."""
    (tmp_path / "tzdata").mkdir()
    (tmp_path / "tzdata" / "__init__.py").touch()
    done = night(
        environment={"PYTHONTZPATH": "", "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    )

    assert (2, "") == (done.returncode, done.stdout)
    assert "Europe/Paris" in done.stderr
    assert not (tmp_path / "firm.sqlite").exists()


@pytest.mark.parametrize("missing", ["xlsxwriter", "icalendar", "jinja2"])
def test_without_what_writes_the_pages_nothing_is_decided(night, tmp_path, missing):
    """What the night would have told is told the next time; the words are of the pages, and not of the database."""
    (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError(\"No module named\", name='{missing}')")
    path = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    done = night("--pages out", environment=path)

    assert (2, f"nightly.py: --pages: {missing} is not installed; expected that it is.\n") == (
        done.returncode,
        done.stderr,
    )
    assert not (tmp_path / "firm.sqlite").exists()
    assert 0 == night(environment=path).returncode


@pytest.mark.parametrize("missing", ["rich", "sqlalchemy", "teleprocedures"])
def test_without_what_it_needs_nothing_is_done(night, tmp_path, missing):
    """What is not installed is named."""
    (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError(\"No module named '{missing}'\")")
    done = night(environment={"PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"})

    assert 2 == done.returncode
    assert f"No module named '{missing}'" in done.stderr


@pytest.mark.parametrize(
    ("option", "said"),
    [("--at", "--at: an empty instant; expected one"), ("--pages", "--pages: an empty name; expected a folder")],
)
def test_an_option_that_is_empty_is_refused(night, tmp_path, option, said):
    """It is neither now nor the current folder."""
    done = night(f"{option} ''")

    assert (2, "") == (done.returncode, done.stdout)
    assert said in done.stderr
    assert ["good.csv"] == [path.name for path in tmp_path.iterdir()]


def test_a_database_in_memory_is_refused(night):
    """Nothing is said to be recorded that is kept nowhere."""
    done = night(place="sqlite:///file:y?mode=memory&uri=true")

    assert (2, "") == (done.returncode, done.stdout)
    assert "expected an SQLite file, or a URL such as" in done.stderr


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_empty_name_of_a_database_is_refused(night, tmp_path, language):
    """A variable of a shell that was never set: nothing is said to be recorded that is kept nowhere."""
    done = night(place="", language=language)
    said = {"fr": "--database : nom vide ; il faut un fichier SQLite", "en": "--database: an empty name; expected an"}

    assert (2, "") == (done.returncode, done.stdout)
    assert said[language] in plain(done.stderr)
    assert ["good.csv"] == [path.name for path in tmp_path.iterdir()]


def test_another_program_s_database_is_said_so(night, tmp_path):
    """It is not touched, and the words say whose it is."""
    import sqlite3  # noqa: PLC0415

    with closing(sqlite3.connect(tmp_path / "theirs.sqlite")) as theirs:
        theirs.execute("CREATE TABLE cases (id)")
    before = (tmp_path / "theirs.sqlite").read_bytes()
    done = night(place="theirs.sqlite")

    assert 2 == done.returncode
    assert (
        "nightly.py: the database theirs.sqlite cannot be used: it is another program's, and nothing in it was changed;"
        " expected one of this program's, or a new name.\n"
    ) == done.stderr
    assert before == (tmp_path / "theirs.sqlite").read_bytes()


SETTINGS = ("datestyle TO 'German'", "client_encoding TO 'LATIN1'", "default_transaction_isolation TO 'serializable'")


def test_a_server_s_settings_do_not_end_a_night(night, postgres):
    """Its dates, its encoding and its isolation are its own."""
    url = postgres.new_database()
    for setting in SETTINGS:
        postgres.query(f"ALTER DATABASE {url.partition('@/')[2].partition('?')[0]} SET {setting}")
    first, second = night(place=url), night(place=url, at="2026-02-05T06:00")

    assert (0, 1, "", "") == (first.returncode, second.returncode, first.stderr, second.stderr)
    assert "Lapsed this night: 3" in second.stdout


def test_one_row_stops_no_night(night, tmp_path, database):
    """A case at the last version, an event of no instant, a case that nobody can tell: each night the others go on."""
    night(place=database)
    with closing(Store(database)) as store:
        biggest = 2**63 - 1 if store.engine.dialect.name == "sqlite" else 2**31 - 1
        forged = json.loads(dumps(store.get(IDS[0]))) | {"version": biggest}
        with store.engine.begin() as connection:
            connection.execute(
                update(CASES).where(CASES.c.id == IDS[0]).values(version=biggest, payload=json.dumps(forged).encode())
            )
            connection.exec_driver_sql(
                "UPDATE events SET recorded_at = "
                + ("'zzz'" if store.engine.dialect.name == "sqlite" else "'infinity'")
                + f" WHERE case_id = '{IDS[1]}' AND version = 1"
            )
    nights = [night(place=database, at=at) for at in ("2026-02-05T06:00", "2026-02-05T06:00", "2026-02-06T06:00")]

    assert [(1, "")] * 3 == [(done.returncode, done.stderr) for done in nights]
    assert "Lapsed this night: 1" in nights[0].stdout
    for done in nights:
        assert f"{IDS[0]} (cases): " in done.stdout
        assert f"{IDS[1]} (cases): " in done.stdout
        assert f"{IDS[1]}/1 (events): " in done.stdout


def test_a_time_limit_at_the_end_of_the_calendar_stops_no_report(night, tmp_path):
    """It is beyond what Paris can count: the others are told, and the night is done."""
    night()
    closes, last = "9999-12-31T23:30:00Z", datetime(9999, 12, 31, 23, 30, 0, 1, tzinfo=UTC)
    with closing(Store(str(tmp_path / "firm.sqlite"))) as store:
        forged = json.loads(dumps(store.get(IDS[0])))
        forged["origin"]["deadline"] |= {"safe_until": closes, "closes": closes, "reminders": []}
        forged |= {"due_at": f"{last:%Y-%m-%dT%H:%M:%S.%fZ}"}
        with store.engine.begin() as connection:
            connection.execute(
                update(CASES).where(CASES.c.id == IDS[0]).values(due_at=last, payload=json.dumps(forged).encode())
            )
        assert last == store.get(IDS[0]).due_at
    done = night(at="2026-02-05T06:00")

    assert done.returncode < 2
    assert "" == done.stderr
    assert "Lapsed this night: 2" in done.stdout


@pytest.mark.parametrize("bad", [(), (0,), (6,), (2, 3), (0, 1, 2, 3, 4, 5, 6)])
def test_the_cases_that_cannot_be_told_are_found(bad):
    """Each by itself, whatever it raises, however many there are."""
    ids = [f"space-{number}" for number in range(7)]
    cases = [Space.create(space_form(), id=id_, password_hash="x", answer_hash="x", at=START).case for id_ in ids]

    def tell(some):
        if any(case.id in {ids[number] for number in bad} for case in some):
            raise ZeroDivisionError("by what is told")

    found = list(failing(cases, tell, by=lambda case: case.id))

    assert [ids[number] for number in bad] == [row.id for row in found]
    assert {"an error stopped it: ZeroDivisionError: by what is told"} >= {row.reason for row in found}


def test_the_histories_that_cannot_be_told_are_left_out_of_a_file():
    """What one raises, in a file of diligence or when it is judged again, is its own row's; what two raise is not."""
    events = [
        event
        for number in range(3)
        for event in Space.create(
            space_form(), id=f"space-{number}", password_hash="x", answer_hash="x", at=START
        ).events
    ]

    def tell(some):
        ids = [event.case_id for event in some]
        if "space-1" in ids:
            raise ZeroDivisionError("by what is told")
        return ids

    def tell_of_two(some):
        if len(some) > 1:
            raise ZeroDivisionError("by what two say")

    told, untold = guarded(events, tell)
    with pytest.raises(ZeroDivisionError, match="by what two say"):
        guarded(events, tell_of_two)

    assert ["space-0", "space-2"] == told
    assert [("cases", "space-1")] == [(row.table, row.id) for row in untold]
