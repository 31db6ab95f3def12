"""The main job among what disturbs it: bad rows in its database, clocks that are off, and hostile companies."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime, timedelta

import attrs
import pytest

pytest.importorskip("sqlalchemy", reason="the main job is tested with SQLAlchemy and rich only")
pytest.importorskip("rich", reason="the main job is tested with SQLAlchemy and rich only")

from firm import SHIPPED as FIRM_FILE
from firm import read_firm
from history import Player, open_space
from nightly import main
from options import SHIPPED
from portfolio import REQUESTED as COLUMNS
from portfolio import read_portfolio
from schema import CASES, EVENTS, OUTBOX
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import OperationalError
from store import Store
from told import french, plain, table, words_of
from words import WORDS

from teleprocedures import Space, replay
from teleprocedures.codec import dumps
from teleprocedures.testing import ManualClock, space_form

FIRM = read_firm(FIRM_FILE).form
SIRENS = ("552100554", "732829320", "443061841")
ROW = {
    "services": "messagerie payer-cfe",
    "company_email": "contact@garage.example",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "third_party": "yes",
    "legal_representative": "Anne Moreau",
    "requested": "2026-02-02 10:00",
}
ROWS = [ROW | {"company": f"Garage {number}", "siren_or_file_number": siren} for number, siren in enumerate(SIRENS)]
IDS = [f"{siren}-20260202T090000" for siren in SIRENS]
TELLING = "2026-02-02T18:00"
REMINDING, LAPSING, AFTER = "2026-02-03T18:00", "2026-02-05T06:00", "2026-02-06T06:00"


@pytest.fixture
def firm(tmp_path, database, capsys):
    """A firm with a file and a database: gives what runs a night of it, and says its status, and what it printed."""

    def night(at=None, rows=ROWS, language="en", more=(), **options):
        file = tmp_path / "portfolio.csv"
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        place = ["--csv", str(file), "--database", database, "--lang", language, "--all"]
        status = main([*place, *more, *([] if at is None else ["--at", at])], **options)
        out, err = capsys.readouterr()
        return status, out, err

    def reminded():
        """Tell of the requests on their evening, and remind of them the next one."""
        return night(TELLING), night(REMINDING)

    night.reminded = reminded
    night.store = Store(database)
    yield night
    night.store.close()


def put(store, table, of, **values):
    """Put something into a row."""
    key = table.c.case_id if table is EVENTS else table.c.id
    with store.engine.begin() as connection:
        assert 1 == connection.execute(update(table).where(key == of).values(values)).rowcount


def told(out, lost="Not followed at all", ignored="Values that are ignored"):
    """The rows of the tables of what is wrong: line, column, reason."""
    found = [(row[0], *row[2].split(" : " if " : " in row[2] else ": ", 1)) for row in table(out, lost)]
    return found + [(row[0], row[1], row[3]) for row in table(out, ignored)]


def to_look_at(out):
    """Whether something is to be looked at beside what is to be done, as a number."""
    return int("To be mended: " in out or "À corriger : " in plain(out))


def kinds(store, of):
    """The kinds of a case's events."""
    return [event.kind for event in store.events(of)]


def forge(store, event, *, at):
    """Put a case into the store that is what its one event says, of an instant that no night has."""
    event = attrs.evolve(event, case_id=f"{event.case_id}-forged", at=at, recorded_at=at, day=None)
    case = replay([event])
    with store.engine.begin() as connection:
        connection.execute(
            insert(EVENTS).values(case_id=case.id, version=1, at=at, recorded_at=at, payload=dumps(event))
        )
        connection.execute(
            insert(CASES).values(
                id=case.id, kind=case.kind, state=case.state, version=1, due_at=case.due_at, payload=dumps(case)
            )
        )
    return case


# --- Bad rows ---------------------------------------------------------------------------------------------------------


def test_a_bad_case_is_told_every_night_and_the_others_go_on(firm):
    """It has a line of its own with its id and its reason, and the exit status is 1, for as long as it is bad."""
    assert [(0, 0), (1, 0)] == [(status, to_look_at(out)) for status, out, _ in firm.reminded()]
    put(firm.store, CASES, IDS[1], payload=b"?")
    nights = [firm(LAPSING), firm(AFTER), firm(AFTER)]

    for status, out, err in nights:
        assert (1, "") == (status, err)
        assert [("", "(store)")] == [row[:2] for row in told(out)]
        assert f"{IDS[1]} (cases): " in told(out)[0][2]
    assert "Lapsed this night: 2" in nights[0][1]
    assert "2 time limits or reminders" in nights[0][1]
    assert ["adhesion-requested", "adhesion-reminded", "adhesion-lapsed"] == kinds(firm.store, IDS[0])
    assert kinds(firm.store, IDS[0]) == kinds(firm.store, IDS[2])


def rewritten(change):
    """How the document of a case is changed."""

    def damage(store, of, _):
        document = json.loads(dumps(store.get(of)))
        change(document)
        put(store, CASES, of, payload=json.dumps(document).encode())

    return damage


def row_with(**values):
    """How a row of a case is changed, by values that may ask for the store, the case and its neighbour."""

    def damage(store, of, other):
        put(store, CASES, of, **{key: it(store, of, other) if callable(it) else it for key, it in values.items()})

    return damage


def message_with(payload):
    """How the first message of a case is changed."""
    return lambda store, of, other: put(store, OUTBOX, f"{of}/2/reminder-email", payload=payload(store, of, other))


def event_with(payload):
    """How the last event of a case is changed."""

    def damage(store, of, other):
        row = (EVENTS.c.case_id == of) & (EVENTS.c.version == 2)
        with store.engine.begin() as connection:
            connection.execute(update(EVENTS).where(row).values(payload=payload(store, of, other)))

    return damage


def event_of_another_year(store, of, _):
    """The last event of a case is said to be of a year later."""
    with store.engine.begin() as connection:
        row = (EVENTS.c.case_id == of) & (EVENTS.c.version == 2)
        connection.execute(update(EVENTS).where(row).values(at=A_YEAR_ON))


def at_the_last_version(store, of, _):
    """A case at the highest version that the column has."""
    biggest = 2**63 - 1 if store.engine.dialect.name == "sqlite" else 2**31 - 1
    document = json.loads(dumps(store.get(of))) | {"version": biggest}
    put(store, CASES, of, version=biggest, payload=json.dumps(document).encode())


def not_on_a_monday(store, of, _):
    """A rule of the host's own, by which the database takes no event of a case."""
    if store.engine.dialect.name == "postgresql":
        rule = (
            f"CREATE FUNCTION no() RETURNS trigger AS $$ BEGIN IF NEW.case_id = '{of}' THEN"
            " RAISE EXCEPTION 'not on a Monday'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql;"
            " CREATE TRIGGER no BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION no()"
        )
    else:
        rule = (
            f"CREATE TRIGGER no BEFORE INSERT ON events WHEN NEW.case_id = '{of}'"
            " BEGIN SELECT RAISE(ABORT, 'not on a Monday'); END"
        )
    with store.engine.begin() as connection:
        connection.exec_driver_sql(rule)


def gone(store, of, _):
    """A case that is there no more."""
    with store.engine.begin() as connection:
        connection.execute(delete(CASES).where(CASES.c.id == of))


def set_back(store, of, _):
    """A case that is as it was before its last event."""
    first = replay(store.events(of)[:1])
    put(store, CASES, of, version=1, payload=dumps(first), due_at=first.due_at)


def message_before_it(store, of, _):
    """A message of the night to come."""
    with store.engine.begin() as connection:
        connection.execute(insert(OUTBOX), {"id": f"{of}/3/lapse-notice", "payload": b"?"})


def first_message(store, of):
    """The message that a case has sent."""
    return next(message for message in store.unsent() if message.id.startswith(of))


OF_DRIVERS = words_of("IntegrityError RaiseException: not on a Monday")
A_YEAR_ON = datetime(2027, 2, 2, 9, tzinfo=UTC)


def by_hand(statement):
    """Change a row by the database's own language."""

    def damage(store, of, _other):
        with store.engine.begin() as connection:
            connection.execute(text(statement.replace("{of}", of)))

    return damage


DAMAGES = {
    "not JSON": (row_with(payload=b"?"), "codec.no_document"),
    "truncated": (row_with(payload=lambda store, of, _: dumps(store.get(of))[:99]), "codec.no_document"),
    "a number": (row_with(payload=b"17"), "codec.no_document"),
    "a schema": (rewritten(lambda it: it.update(schema=9)), "codec.unknown_schema"),
    "a kind": (rewritten(lambda it: it.update(kind="spacecraft")), "codec.unknown_kind"),
    "a rulebook": (rewritten(lambda it: it["origin"].update(rulebook="expert-1924-04-03")), "codec.unknown_rulebook"),
    "a service": (rewritten(lambda it: it["origin"].update(services=["payer-la-cantine"])), "codec.unknown_service"),
    "a rule": (rewritten(lambda it: it["origin"]["deadline"].update(rule="9.9")), "codec.unknown_rule"),
    "a field too many": (rewritten(lambda it: it.update(extra=1)), "codec.unknown_field"),
    "a field too few": (rewritten(lambda it: it.pop("origin")), "codec.missing"),
    "a type": (rewritten(lambda it: it.update(version="two")), "codec.wrong_type"),
    "bounds": (rewritten(lambda it: it.update(version=0)), "codec.out_of_bounds"),
    "no instant": (rewritten(lambda it: it.update(recorded_at="yesterday")), "codec.malformed"),
    "not UTC": (rewritten(lambda it: it.update(recorded_at="2026-02-03T18:00:00+01:00")), "codec.not_utc"),
    "no company": (rewritten(lambda it: it["origin"].update(organisation="552100554")), "codec.no_organisation"),
    "no SIREN": (rewritten(lambda it: it["origin"].update(organisation="siren:552100555")), "stored.malformed"),
    "a contradiction": (
        rewritten(lambda it: it.update(recorded_at="2026-02-01T18:00:00.000000Z")),
        "codec.contradiction",
    ),
    "an event": (row_with(payload=lambda store, of, _: dumps(store.events(of)[0])), "row.wrong_document"),
    "another case": (row_with(payload=lambda store, _, other: dumps(store.get(other))), "row.other_case"),
    "another kind": (row_with(kind="mandate"), "row.other_case"),
    "another version": (row_with(version=3), "row.other_version"),
    "due later": (row_with(due_at=A_YEAR_ON), "row.other_due"),
    "due never": (row_with(due_at=None), "row.other_due"),
    "due earlier": (
        rewritten(lambda it: it.update(due_at="2027-02-02T09:00:00.000000Z")),
        "row.other_due",
    ),
    "set back": (set_back, "row.apart"),
    "gone": (gone, "row.gone"),
    "a message before it": (message_before_it, "row.message_before_it"),
    "another history": (rewritten(lambda it: it.update(since="2026-02-01T09:00:00Z")), "row.other_history"),
    "an event that is none": (event_with(lambda *_: b"?"), "row.unread_event"),
    "an event that is a case": (event_with(lambda store, of, _: dumps(store.get(of))), "row.wrong_document"),
    "another's event": (event_with(lambda store, _, other: dumps(store.events(other)[0])), "row.other_event"),
    "an event of another instant": (event_of_another_year, "row.other_instant"),
    "a version that nothing follows": (at_the_last_version, "row.other_history"),
    "a row that the database does not take": (not_on_a_monday, "row.raised"),
    "a message that is none": (message_with(lambda *_: b"?"), "codec.no_document"),
    "a message that is erased": (message_with(lambda *_: None), "codec.no_document"),
    "a message that is a case": (message_with(lambda store, of, _: dumps(store.get(of))), "row.wrong_document"),
    "another's message": (
        message_with(lambda store, _, other: dumps(first_message(store, other))),
        "row.other_message",
    ),
    "a message of no instant": (
        by_hand("UPDATE outbox SET sent_at = 'infinity' WHERE id LIKE '{of}/%'"),
        "row.sent_at_none",
    ),
    "a claim of nobody": (by_hand("INSERT INTO claims (claim, case_id) VALUES ('{of}', '0')"), "row.of_nobody"),
    "the space": (lambda store, *_: put(store, CASES, "space", payload=dumps(store.get("space"))[:-9]), ""),
}


def test_a_damaged_database_is_told_in_french(firm):
    """Each damage that there is, of as many companies: all are told, each word is French, and the others go on."""
    sirens = dict.fromkeys(str(entry.form.organisation) for entry in read_portfolio(SHIPPED).entries)
    sirens = [siren for siren in sirens if siren.isdecimal()][: len(DAMAGES) + 1]
    rows = [ROW | {"company": "Garage", "siren_or_file_number": siren} for siren in sirens]
    ids = [f"{siren}-20260202T090000" for siren in sirens]
    firm(TELLING, rows)
    firm(REMINDING, rows)
    for (damage, _), of, other in zip(DAMAGES.values(), ids[:-1], ids[1:], strict=True):
        damage(firm.store, of, other)
    status, out, err = firm(LAPSING, rows, "fr", more=["--all"])
    of_row = {}
    for _, column, reason in told(out, "Demandes qui ne sont pas suivies", "Valeurs ignorées"):
        of_row.setdefault(reason.split(" ")[0].partition("/")[0], []).append((column, reason))

    assert (1, "") == (status, err)
    assert {*ids[: len(DAMAGES) - 1], "space"} == set(of_row)
    assert {"(la base)"} == {column for told in of_row.values() for column, _ in told}
    assert set() == words_of(out) - french() - OF_DRIVERS - {"garage", "space", "cases", "events", "outbox", "claims"}
    assert not re.search(r"\b(row|codec|stored|document|unknown|order|case)\.\w+", out)
    assert ids[-1] in {case.id for case in firm.store.cases() if case.has_lapsed}


def test_every_reason_of_the_store_is_among_the_damages():
    """A code that is added to the table is told in the night above, too."""
    apart = {"row.bad", "row.repeated", "row.set_aside", "row.not_the_space"}

    assert {key for key in WORDS if key.startswith("row.")} - apart == {
        code for _, code in DAMAGES.values() if code.startswith("row.")
    }


def test_a_bad_event_and_a_bad_message_are_told(firm):
    """Each once, though several look at them: an event of the file's by its line, the others by their tables."""
    firm.reminded()
    with firm.store.engine.begin() as connection:
        for of, version in ((IDS[1], 1), ("space", 1)):
            row = (EVENTS.c.case_id == of) & (EVENTS.c.version == version)
            connection.execute(update(EVENTS).where(row).values(payload=b"?"))
    put(firm.store, OUTBOX, f"{IDS[0]}/2/reminder-email", payload=b"?")
    status, out, err = firm(LAPSING)
    rows = told(out)

    assert (1, "") == (status, err)
    assert [
        ("", f"{IDS[0]}/2/reminder-email (outbox)"),
        ("", f"{IDS[1]} (cases)"),
        ("", "space/1 (events)"),
        ("3", f"{IDS[1]}/1 (events)"),
    ] == sorted((line, reason.partition(":")[0]) for line, _, reason in rows)
    assert "Lapsed this night: 2" in out
    assert "Messages in the outbox, for the sender: 2 of this night and 2 of earlier ones." in out


def test_a_case_that_is_not_what_its_events_make_is_told_before_it_changes(firm):
    """By the clock or by the file it does not change; asked to verify, a night compares the others too."""
    firm.reminded()
    DAMAGES["another history"][0](firm.store, IDS[1], IDS[2])
    evening = "2026-02-03T19:00"
    used = [row | {"link_used": "2026-02-03 19:00"} for row in ROWS]
    nights = [firm(evening), firm(evening, more=["--verify"]), firm(evening, used), firm(LAPSING)]
    told_ = [[(line, column, reason.partition(":")[0]) for line, column, reason in told(out)] for _, out, _ in nights]

    assert [0, 1, 1, 1] == [to_look_at(out) for _, out, _ in nights]
    assert [1, 1, 1, 1] == [status for status, _, _ in nights]
    case = f"{IDS[1]} (cases)"
    assert [[], [("", "(store)", case)], [("3", "(store)", case)], [("", "(store)", case)]] == told_
    reason = (
        "by its document, .since is Sunday 1 February 2026 at 10:00 in Paris; by its events, Monday 2 February 2026"
    )
    assert all(any(reason in why for *_, why in told(out)) for _, out, _ in nights[1:])
    assert ["3", "2"] == [re.search(r"Requests: (\d) waiting", out)[1] for _, out, _ in nights[:2]]
    assert ["adhesion-requested", "adhesion-reminded"] == kinds(firm.store, IDS[1])
    assert "company-email-confirmed" == kinds(firm.store, IDS[2])[-1]


def test_a_bad_space_stops_nothing_but_what_needs_it(firm):
    """Nothing can be played without the firm's own space; what the clock decides and the report need none."""
    firm.reminded()
    put(firm.store, CASES, "space", payload=b"?")
    status, out, err = firm(LAPSING)

    assert (1, "") == (status, err)
    assert ["space (cases)"] == [reason.partition(":")[0] for _, _, reason in told(out)]
    assert "Recorded now: 3 time limits or reminders." in out


def test_a_case_that_is_gone_or_set_back_is_told(firm):
    """Its events are there and further than it is: what the file says cannot be recorded, and the others' is."""
    firm.reminded()
    early = firm.store.get(IDS[2])
    with firm.store.engine.begin() as connection:
        connection.execute(delete(CASES).where(CASES.c.id == IDS[1]))
    first = replay(firm.store.events(IDS[2])[:1])
    put(firm.store, CASES, IDS[2], version=1, payload=dumps(first), due_at=first.due_at)
    status, out, err = firm(LAPSING, [row | {"link_used": "2026-02-03 19:00"} for row in ROWS])

    assert (1, "", 2) == (status, err, early.version)
    assert {"3", "4"} == {line for line, _, _ in told(out)} - {""}
    assert all(any(of in reason for _, _, reason in told(out)) for of in IDS[1:])
    assert "company-email-confirmed" == kinds(firm.store, IDS[0])[-1]


def test_a_database_of_something_else_is_told(firm):
    """A space that is a request: it is told, and not taken for the firm's."""
    firm.reminded()
    request = firm.store.get(IDS[0])
    with firm.store.engine.begin() as connection:
        connection.execute(update(CASES).where(CASES.c.id == "space").values(kind=request.kind))
    status, out, _ = firm(LAPSING)

    assert 1 == status
    assert "space (cases): its document is that of space 'space', its row says adhesion" in " ".join(told(out)[0])


# --- Clocks -----------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 2, 4, 8, 58, tzinfo=UTC)
"""Two minutes before the links of the requests work no more."""


def test_a_night_in_the_future_is_refused(firm):
    """A year ahead, or an hour, nothing is done, by the job's own clock or by the one that is given."""
    year = firm(f"{datetime.now(UTC) + timedelta(days=365):%Y-%m-%dT%H:%M}+00:00")
    hour = firm("2026-02-04T10:58", clock=ManualClock(NOW))

    assert (2, "") == year[:2] == hour[:2]
    assert "has not come yet; expected" in year[2]
    assert (
        "--at: Wednesday 4 February 2026 at 10:58 in Paris has not come yet; expected Wednesday 4 February 2026 at"
        " 09:58 in Paris at the latest, which is what the clock says.\n"
    ) in hour[2]
    assert [] == firm.store.cases()


@pytest.mark.parametrize("off", [-10, -5, 0, 5, 10])
def test_a_job_whose_clock_is_off_by_minutes_changes_nothing(firm, off):
    """The night is as of the clock of the database at the latest: no request lapses two minutes early."""
    firm(TELLING)
    at = (NOW + timedelta(minutes=off)).isoformat()
    status, out, err = firm(at, clock=ManualClock(NOW))

    assert (1, 0, "") == (status, to_look_at(out), err)
    assert "Lapsed this night: nothing." in out
    assert [["adhesion-requested", "adhesion-reminded"]] * 3 == [kinds(firm.store, of) for of in IDS]
    assert NOW + timedelta(minutes=min(off, 0)) == firm.store.last_recorded_at()


def test_without_an_instant_it_is_the_night_of_now(firm):
    """A firm's own file has the clock's night."""
    status, out, _ = firm(clock=ManualClock(NOW))

    assert (1, 0) == (status, to_look_at(out))
    assert "The night of Wednesday 4 February 2026 at 09:58 in Paris" in out


@pytest.mark.parametrize(("back", "is_wrong"), [(timedelta(minutes=3), 0), (timedelta(hours=3), 1)])
def test_a_clock_that_was_set_back_is_told_and_stops_nothing(firm, back, is_wrong):
    """What was recorded in what is the future now is told; hours of it are to be looked at; the night is done."""
    firm(TELLING)
    ahead = Space.create(space_form(), id="ahead", password_hash="x", answer_hash="x", at=NOW + back)
    firm.store.record(ahead)
    night = firm(clock=ManualClock(NOW))

    assert (1, is_wrong, "") == (night[0], to_look_at(night[1]), night[2])
    assert "The clock was set back, or another's is ahead: the database has seen Wednesday 4" in night[1]
    assert ["adhesion-requested", "adhesion-reminded"] == kinds(firm.store, IDS[0])


def test_writers_of_the_same_minutes_do_not_stop_a_night(firm):
    """A night that began a little before others wrote goes on; one of hours before is refused, as an earlier one."""
    firm.store.create()
    firm.store.record(
        Space.create(space_form(), id="theirs", password_hash="x", answer_hash="x", at=NOW - timedelta(minutes=1))
    )
    near = firm((NOW - timedelta(minutes=4)).isoformat(), clock=ManualClock(NOW))
    far = firm((NOW - timedelta(hours=4)).isoformat(), clock=ManualClock(NOW))

    assert (1, 0) == (near[0], to_look_at(near[1]))
    assert "was set back" not in near[1]
    assert 2 == far[0]
    assert "the database has seen Wednesday 4 February 2026 at 09:57 in Paris already; expected a later" in far[2]


# --- Hostile input ----------------------------------------------------------------------------------------------------

HOSTILE = "\x1b[2J\x1b]0;title\x07[red]Garage\x9b31m\u202e\x08"
SHOWN = r"\x1b[2J\x1b]0;title\x07[red]Garage\x9b31m\u202e\x08"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_company_s_name_moves_no_terminal(firm, language):
    """Sequences that clear, colour, name or turn around are shown as what they are; nor is it markup of the tables."""
    status, out, err = firm(REMINDING, [ROWS[0] | {"company": HOSTILE}], language, more=["--all"])

    assert (1, 0, "") == (status, to_look_at(out), err)
    assert SHOWN in out
    assert plain(out).replace("\n", "").isprintable()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_wrong_cell_moves_no_terminal(firm, language):
    """Nor what a reason quotes of it, in whatever column, nor the name of a file that is not there."""
    rows = [ROWS[0] | {column: f"\x1b[2J{column}"} for column in COLUMNS if column != "company"]
    status, out, err = firm(REMINDING, rows, language)
    missing = main(["--csv", "\x1b[2J.csv", "--database", "x.sqlite"])

    assert (1, "", 2) == (status, err, missing)
    assert plain(out).replace("\n", "").isprintable()


def test_a_file_that_is_not_there_moves_no_terminal(tmp_path, capsys):
    """Its name is shown as it is spelt."""
    main(["--csv", "\x1b[2J.csv", "--database", str(tmp_path / "x.sqlite")])

    assert r"nightly.py: \x1b[2J.csv est introuvable" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["--at", "--pay-by", "--lang", "--letter", "--database", "--\x1b[2J"])
def test_an_argument_moves_no_terminal(tmp_path, monkeypatch, capsys, argument):
    """Whatever is wrong with it, it is said on one line of what can be printed."""
    monkeypatch.chdir(tmp_path)
    main(["--database", "/no/such/place", argument, "/no/such/\x1b[2J\n\u202e"])
    said = plain(capsys.readouterr().err)

    assert 1 == said.count("\n")
    assert said.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://camille:s3cr3t@127.0.0.1:9/x",
        "postgresql://camille:s3cr3t/s3cr3t@127.0.0.1:9/x",
        "postgresql://camille:s3cr3t:s3cr3t@127.0.0.1:9/x",
        "postgresql://camille:s3cr3t@s3cr3t@127.0.0.1:9/x",
        "postgresql://127.0.0.1:9/x?user=camille&password=s3cr3t",
        "oracle://camille:s3cr3t@127.0.0.1/x",
        "nonsense://camille:s3cr3t@127.0.0.1/x",
        "postgres:////camille:s3cr3t@/x",
        "host=127.0.0.1 password=s3cr3t",
    ],
)
def test_a_password_is_never_printed(tmp_path, monkeypatch, capsys, place):
    """Whatever is wrong with the database, one line says so, with its URL, and without its password."""
    monkeypatch.chdir(tmp_path)
    status = main(["--lang", "en", "--database", place])
    out, err = capsys.readouterr()

    assert "s3cr3t" not in out + err
    if place.startswith("host="):  # a file of that name, which is SQLite's
        assert (1, "") == (status, err)
    else:
        assert (2, 1) == (status, err.count("\n"))
        assert "cannot be used" in err


def played(tmp_path, **cells):
    """A player of one row with these cells, its entry, and its store."""
    store = Store(str(tmp_path / "x.sqlite"), clock=ManualClock(NOW))
    store.create()
    space, _ = open_space(store, FIRM, at=NOW, source="portfolio.csv")
    row = ROWS[0] | cells
    file = tmp_path / "x.csv"
    file.write_text("\n".join([",".join(COLUMNS), ",".join(f'"{row.get(column, "")}"' for column in COLUMNS)]))
    (entry,) = read_portfolio(file).entries
    return Player(store=store, space=space, until=NOW, now=NOW, source="portfolio.csv"), entry, store


class Broken:
    """A form that has next to nothing of one."""

    organisation = FIRM.organisation


def test_an_error_of_the_program_is_told_of_its_row(tmp_path):
    """What goes wrong in playing a row and is no refusal stops that row alone, with what was raised."""
    player, entry, store = played(tmp_path)
    decisions = player.play(attrs.evolve(entry, form=Broken()))
    then = player.play(entry)
    store.close()

    assert [] == decisions
    assert [(2, "(store)")] == [(it.line, it.column) for it in player.refused]
    assert "AttributeError: 'Broken' object has no attribute" in str(player.refused[0].why)
    assert then


def test_an_error_of_a_verb_records_nothing_of_its_row(tmp_path):
    """Nor what goes wrong in deciding on one fact of a row: here, of a form that has no legal representative to ask."""
    player, entry, store = played(tmp_path, services="payer-tva", company_email="", mandate_issued="2026-02-03 10:00")
    issued = player.play(entry)
    signed = entry.instants | {"mandate_signed": NOW - timedelta(hours=1)}

    class Mute(Broken):
        organisation = entry.form.organisation

    decisions = player.play(attrs.evolve(entry, form=Mute(), instants=signed))
    store.close()

    assert (2, []) == (len(issued), decisions)
    assert [(2, "(store)")] == [(it.line, it.column) for it in player.refused]


def test_a_database_that_fails_is_no_wrong_row(tmp_path):
    """It is everybody's: what SQLAlchemy raises comes out."""
    player, entry, store = played(tmp_path)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE events")
    with pytest.raises(OperationalError):
        player.play(entry)
    store.close()

    assert [] == player.refused


LAST = datetime.max.replace(tzinfo=UTC)


def test_a_mandate_of_the_last_instant_there_is_stops_no_night(firm):
    """Issued anew at an instant that no clock in Paris shows, it is told by the last day there is."""
    row = ROWS[0] | {"services": "payer-tva", "company_email": "", "mandate_issued": "2026-02-03 10:00"}
    firm("2026-02-03T18:00", rows=[row])
    (mandate,) = [case for case in firm.store.cases() if case.kind == "mandate"]
    forge(firm.store, firm.store.events(mandate.id)[0], at=LAST)
    status, out, err = firm(LAPSING, rows=[row], more=["--verify"])

    assert (1, "") == (status, err)
    assert "Garage 0" in out


FIRST = datetime.min.replace(tzinfo=UTC)


def test_a_request_of_the_first_instant_there_is_is_told_and_the_others_are_judged(firm):
    """What one history raises when it is judged again is told of its row, every night."""
    firm(TELLING)
    forged = forge(firm.store, attrs.evolve(firm.store.events(IDS[0])[0], space_id="another"), at=FIRST)
    status, out, err = firm(REMINDING, more=["--judge", "--company", SIRENS[0]])

    assert (1, "") == (status, err)
    assert forged.id in out
    assert all(row["company"] in out for row in ROWS)
