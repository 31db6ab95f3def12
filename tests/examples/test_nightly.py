"""The main job from the outside: the shipped portfolio, a firm's own, files that are wrong, night after night."""
# ruff: noqa: E402, F811 - the examples can be imported from the middle on, and fixtures are imported

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("sqlalchemy", reason="the main job is tested with SQLAlchemy and rich only")
pytest.importorskip("rich", reason="the main job is tested with SQLAlchemy and rich only")
HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "docs" / "examples"
sys.path[:0] = [str(HERE), str(EXAMPLES)]

from nightly import main
from portfolio import COLUMNS, read_portfolio
from postgres import postgres  # noqa: F401 - a fixture
from store import Store

SHIPPED = EXAMPLES / "portfolio.csv"
GARAGE = {
    "company": "Garage Moreau",
    "siren_or_file_number": "552 100 554",
    "services": "messagerie payer-tva payer-cfe",
    "company_email": "contact@garage.example",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "third_party": "yes",
    "legal_representative": "Anne Moreau",
    "requested": "2026-02-02 10:00",
}
"""A row, with what is to be said of it still to be filled in."""


def nightly(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, str(EXAMPLES / "nightly.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def tables(said: str) -> str:
    """What it printed between the progress and the last lines, which tell what this run did."""
    return said[said.index("The night of") : said.rindex("Messages in the outbox")]


@pytest.fixture
def firm(tmp_path):
    """A firm with a file and a database: gives what runs a night of it on these rows."""

    def night(at: str, *rows: dict[str, str], more: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "portfolio.csv"
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        return nightly("--csv", file, "--database", tmp_path / "firm.sqlite", "--at", at, *more)

    night.store = lambda: Store(str(tmp_path / "firm.sqlite"))
    return night


def histories(store: Store) -> dict[str, list[str]]:
    """The kinds of the events of each case but the space."""
    found = {case.id: [event.kind for event in store.events(case.id)] for case in store.cases() if case.id != "space"}
    store.close()
    return found


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Two runs of the shipped portfolio on one database, and one that shows everything."""
    database = tmp_path_factory.mktemp("shipped") / "portfolio.sqlite"
    return [nightly("--database", database, *more) for more in ((), (), ("--all",))]


def test_the_shipped_portfolio_is_told_in_tables(shipped):
    """It says how many stand where, what lapsed, what to do next, by whom and by when, and which rows are wrong."""
    first = shipped[0]

    assert 1 == first.returncode
    assert "" == first.stderr
    assert "The night of Wed 4 Mar 2026 06:00 (Paris time): 334 requests of portfolio.csv" in first.stdout
    assert re.search(r"waiting for the code of the letter +│ +154 ", first.stdout)
    assert "Lapsed this night: 28" in first.stdout
    assert re.search(r"mandate FR76 \*{4} \d{4} +│ Tue 3 Mar 2026 +│ presumed │ F1 ", first.stdout)
    assert re.search(
        r"Wed 4 Mar 2026 \d\d:\d\d +│ company │ [\w &]+ │ use the link received by e-mail +│ 2\.9 ", first.stdout
    )
    assert re.search(r"legal representative │ sign the printed mandate +│ \d+: ", first.stdout)
    assert re.search(r"bank +│ register the mandate +│ \d+: ", first.stdout)
    assert "… and 441 more: --all shows them." in first.stdout
    assert "Messages in the outbox, for the sender: 28." in first.stdout
    assert "Recorded now: 1313 decisions on what happened, 28 of the clock." in first.stdout


def test_a_second_run_of_a_night_changes_nothing(shipped):
    """It prints the same tables, and says that all was done already."""
    first, second, _ = shipped

    assert tables(first.stdout).split("Wrong, and left out")[0] == tables(second.stdout).split("Wrong, and left out")[0]
    assert second.stdout.endswith(
        "Messages in the outbox, for the sender: 28.\nNothing has changed: this night was done already.\n"
    )
    assert 1 == second.returncode


def test_all_that_is_to_be_done_can_be_shown(shipped):
    """With `--all` no line and no company is left out."""
    everything = shipped[2].stdout

    assert "more: --all" not in everything
    assert not re.search(r", and \d+ more", everything)
    assert 300 < len(re.findall(r"│ (?:firm|company) +│", everything))


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("siren_or_file_number", "fails its check digit"),
        ("siren_or_file_number", "has 8 digits"),
        ("iban", "fails its check digits"),
        ("iban", "out of the SEPA zone"),
        ("iban", "payer-tva needs the company's bank details"),
        ("company_email", "messagerie needs the company's e-mail"),
        ("company_email", "must have an @-sign"),
        ("services", "unknown service 'payer-la-cantine'"),
        ("services", "empty: expected one service or more"),
        ("services", "payer-tva cannot be requested with a file number"),
        ("third_party", "expected yes or no, not 'perhaps'"),
        ("letter_dated", "not a date: '31/02/2026'"),
        ("requested", "not a date and time: '2026-02-02'"),
        ("requested", "the same request stands on line"),
        ("company", "missing"),
        ("link_used", "too late .* rule 2.9 left until"),
        ("code_entered", "too late .* rule 3.1 left until"),
        ("code_entered", "2062-02-21 10:00 has not come yet"),
        ("letter_dated", "the letter cannot bear"),
        ("link_used", "before the one it follows"),
        ("mandate_sent", "before the one it follows"),
        ("mandate_sent", "there is no mandate yet"),
    ],
)
def test_wrong_rows_are_told_with_line_column_and_reason(shipped, column, reason):
    """Each of the ways in which rows of the shipped file are wrong is told."""
    wrong = shipped[0].stdout.split("Wrong, and left out")[1]
    # A reason may go on on the next lines of its cell.
    joined = re.sub(r" +│\n│ +│ +│ ", " ", wrong)
    pattern = rf"│ \d+ +│ {column} +│ [^│]*{re.escape(reason).replace(re.escape(' .* '), '[^│]*')}"

    assert re.search(pattern, joined)


def test_the_shipped_portfolio_is_made_again_the_same(tmp_path):
    """The generator gives the file that is shipped, to the byte."""
    subprocess.run([sys.executable, str(EXAMPLES / "make_portfolio.py"), str(tmp_path / "again.csv")], check=True)

    assert SHIPPED.read_bytes() == (tmp_path / "again.csv").read_bytes()


def test_the_shipped_portfolio_has_companies_enough():
    """More than 320 rows are good, of more than 300 companies, and a dozen or more are wrong."""
    entries, wrong = read_portfolio(SHIPPED)

    assert 320 <= len(entries)
    assert 300 <= len({entry.form.organisation for entry in entries})
    assert 12 <= len({it.line for it in wrong})


def test_a_firm_s_own_file_goes_on_night_after_night(firm):
    """Cells filled in since the night before are played, each once, and the exit status is 0."""
    row = dict(GARAGE)
    rows = []
    kinds = []
    for at, filled in (
        ("2026-02-03T06:00", {}),
        ("2026-02-04T06:00", {"link_used": "2026-02-03 15:00"}),
        ("2026-02-10T06:00", {"letter_dated": "2026-02-05", "mandate_issued": "2026-02-09 10:00"}),
        ("2026-02-14T06:00", {"code_entered": "2026-02-13 11:00", "mandate_signed": "2026-02-13 17:00"}),
        ("2026-02-18T06:00", {"mandate_sent": "2026-02-16 09:00", "mandate_registered": "2026-02-17 09:00"}),
    ):
        row |= filled
        run = firm(at, row)
        assert (0, "") == (run.returncode, run.stderr), run.stdout
        rows.append(run.stdout)
        kinds.append(histories(firm.store()))

    request = [
        "adhesion-requested",
        "company-email-confirmed",
        "letter-recorded",
        "services-activated",
    ]
    mandate = ["mandate-issued", "mandate-signed", "mandate-sent", "mandate-registered"]
    assert [request[:1], request[:2], request[:3], request, request] == [
        night["552100554-20260202T090000"] for night in kinds
    ]
    assert [[], [], mandate[:1], mandate[:2], mandate] == [
        night.get("552100554-20260202T090000-mandate", []) for night in kinds
    ]
    assert "Wed 4 Feb 2026 10:00 │ company │ Garage Moreau │ use the link received by e-mail" in rows[0]
    assert "Sun 5 Apr 2026 │ company │ Garage Moreau │ give the code of the letter" in rows[2]
    assert "send the signed mandate to the bank that holds the account │ 1: Garage Moreau" in rows[3]
    assert "To do before a time limit: nothing." in rows[4]
    assert "To do without a time limit: nothing." in rows[4]


def test_a_fact_learned_after_a_reminder_still_counts(firm):
    """The night reminded; the link had been used the evening before, and the firm says so the next day."""
    firm("2026-02-02T18:00", GARAGE)
    before = firm("2026-02-03T18:00", GARAGE)
    after = firm("2026-02-04T06:00", GARAGE | {"link_used": "2026-02-03 17:00"})

    assert "Messages in the outbox, for the sender: 1." in before.stdout
    assert 0 == after.returncode
    assert ["adhesion-requested", "adhesion-reminded", "company-email-confirmed"] == next(
        iter(histories(firm.store()).values())
    )


def test_a_fact_learned_after_the_lapse_corrects_it(firm):
    """The lapse was presumed: what happened in time is told later, and counts; what was late is told, and does not."""
    lapsed = firm("2026-02-05T06:00", GARAGE)
    late = firm("2026-02-06T06:00", GARAGE | {"link_used": "2026-02-04 17:00"})
    kept = histories(firm.store())
    told = firm("2026-02-07T06:00", GARAGE | {"link_used": "2026-02-03 17:00"})

    assert re.search(r"Garage Moreau │ messagerie payer-tva payer-cfe │ .* │ presumed │ 2\.11", lapsed.stdout)
    assert (0, 1, 0) == (lapsed.returncode, late.returncode, told.returncode)
    assert [["adhesion-requested", "adhesion-lapsed"]] == list(kept.values())
    assert [["adhesion-requested", "adhesion-lapsed", "company-email-confirmed"]] == list(
        histories(firm.store()).values()
    )
    assert re.search(r"waiting for the code of the letter +│ +1 ", told.stdout)


def test_an_event_has_the_instant_it_happened_and_the_night_it_was_told(firm):
    """The file says when a link was used, and the night when we were told."""
    firm("2026-02-05T06:00", GARAGE | {"link_used": "2026-02-03 17:00"})
    store = firm.store()
    event = store.events("552100554-20260202T090000")[-1]
    store.close()

    assert ("2026-02-03 16:00", "2026-02-05 05:00") == (
        f"{event.at:%Y-%m-%d %H:%M}",
        f"{event.recorded_at:%Y-%m-%d %H:%M}",
    )


def test_a_lapsed_request_is_named_by_the_one_that_follows(firm):
    """A second row of the same company after the lapse renews the first, which asks for nothing any more."""
    again = GARAGE | {"requested": "2026-02-10 10:00", "link_used": "2026-02-10 11:00"}
    run = firm("2026-02-11T06:00", GARAGE, again)
    store = firm.store()
    renewal = store.get("552100554-20260210T090000")
    store.close()

    assert 0 == run.returncode
    assert "552100554-20260202T090000" == renewal.origin.renews
    assert "request the services again" not in run.stdout
    assert re.search(r"lapsed, and requested again since +│ +1 ", run.stdout)


def test_what_is_later_than_the_night_waits_for_its_own(firm):
    """An earlier `--at` plays the file up to there, and says how many dates wait."""
    row = GARAGE | {"link_used": "2026-02-03 15:00", "letter_dated": "2026-02-05", "code_entered": "2026-02-13 11:00"}
    run = firm("2026-02-04T06:00", row)

    assert 0 == run.returncode
    assert "Dates of the file that are later than this night, and wait for theirs: 2." in run.stdout
    assert [["adhesion-requested", "company-email-confirmed"]] == list(histories(firm.store()).values())


def test_the_other_rows_go_on(firm):
    """Wrong rows are told, and the rest of the file is done."""
    bad = GARAGE | {"siren_or_file_number": "552 100 555", "iban": "FR76", "requested": "2026-03-29 02:30"}
    run = firm("2026-04-03T06:00", bad, GARAGE)

    assert 1 == run.returncode
    assert "Wrong, and left out: 3" in run.stdout
    assert all(re.search(rf"│ 2 +│ {column} ", run.stdout) for column in ("siren_or_file_number", "iban", "requested"))
    assert "clocks in Paris change then" in run.stdout
    assert 1 == len(histories(firm.store()))


def test_a_file_from_a_spreadsheet_is_read(tmp_path):
    """Semicolons, a byte order mark, Windows' line ends, columns of the firm's own, and a cell with a line break."""
    cells = GARAGE | {"company": '"Garage\nMoreau"', "fees": "120,50"}
    columns = [*COLUMNS, "fees"]
    lines = [";".join(columns), ";".join(cells.get(column, "") for column in columns), "too;short"]
    file = tmp_path / "export.csv"
    file.write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    entries, wrong = read_portfolio(file)

    assert ["Garage\nMoreau"] == [entry.company for entry in entries]
    assert [(4, "(all)", "the row has fewer cells than there are columns")] == [
        (it.line, it.column, it.reason) for it in wrong
    ]


HEADER = ",".join(COLUMNS)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory"),
        (b"", "is empty: expected a line of column names"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        ("company\nGarage Lefèvre\n".encode("latin-1"), "is not UTF-8 (line 2): save it as CSV UTF-8"),
        (HEADER.replace(",iban,", ",rib,").encode(), "lacks the column iban"),
        (b"company,services\n", "lacks the columns siren_or_file_number, company_email, iban"),
        (f'{HEADER}\n"Garage'.encode(), "is no CSV from line 2 on"),
        (b"\x00\x01\x02", "lacks the columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_so(tmp_path, capsys, content, said):
    """Nothing is done, the exit status is 2, and one line says why."""
    file = tmp_path / "bad.csv"
    if content is not None:
        file.write_bytes(content)
    status = main(["--csv", str(file), "--database", str(tmp_path / "bad.sqlite")])
    out, err = capsys.readouterr()

    assert (2, "") == (status, out)
    assert said in err
    assert 1 == err.count("\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--at", "tonight"], "--at: not a date and time: 'tonight'"),
        (["--at", "2026-03-04"], "--at: not a date and time: '2026-03-04'"),
        (["--at", "2026-10-25T02:30"], "clocks in Paris change then"),
        (["--at", "0026-03-04T06:00"], "not a year of a request: 26; expected 2000 to 2099"),
        (["--csv", "/"], "cannot read /: Is a directory"),
        (["--database", "/no/such/place/x.sqlite"], "unable to open database file"),
        (["--database", str(SHIPPED)], "file is not a database"),
        (["--database", "oracle://db/x"], "cannot be used"),
        (["--database", "nonsense://x"], "cannot be used"),
        (["--database", "postgresql://nobody@127.0.0.1:9/x"], "cannot be used"),
    ],
)
def test_what_cannot_be_run_is_said_so(tmp_path, capsys, arguments, said):
    """A bad instant or database ends with status 2 and one line, and without a traceback."""
    if "--database" not in arguments:
        arguments = [*arguments, "--database", str(tmp_path / "x.sqlite")]
    status = main(arguments)
    out, err = capsys.readouterr()

    assert (2, "") == (status, out)
    assert said in err
    assert 1 == err.count("\n")


JUNK = (
    "",
    "x",
    "0",
    "[bold]",
    "é" * 300,
    "\u202e",
    "yes",
    "payer-tva",
    "messagerie",
    "TF123",
    "552100554",
    "a@b.example",
)
DATES = (
    "2026-02-01 10:00",
    "2026-02-20 09:00+01:00",
    "9999-12-31 23:59",
    "2026-01-05",
    "2026-W05-1",
    "2026-02-30 10:00",
)


@pytest.mark.parametrize("seed", range(12))
def test_no_cell_makes_a_night_fail(tmp_path, capsys, seed):
    """Whatever stands in the cells is told or played, nobody is stopped, and the same night again changes nothing."""
    draw = Random(seed)
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = draw.sample(list(csv.DictReader(file)), 8)
    for row in rows:
        for column in draw.sample(COLUMNS, 3):
            row[column] = draw.choice((*JUNK, *DATES, draw.choice(rows)[column]))
    with (tmp_path / "junk.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    place = ["--csv", str(tmp_path / "junk.csv"), "--database", str(tmp_path / "junk.sqlite"), "--at"]
    nights = [main([*place, at]) for at in ("2026-02-10T06:00", "2026-03-04T06:00", "2026-03-04T06:00")]

    assert {0, 1} >= set(nights)
    assert capsys.readouterr().out.endswith("Nothing has changed: this night was done already.\n")


def test_a_night_before_the_last_one_is_refused(firm):
    """The store does not go back in time."""
    firm("2026-02-05T06:00", GARAGE)
    run = firm("2026-02-04T06:00", GARAGE)

    assert 2 == run.returncode
    assert "the database has seen Thu 5 Feb 2026 06:00 in Paris already: give a later --at" in run.stderr


def test_the_night_is_the_same_on_postgresql(shipped, postgres):
    """Another URL is all it takes."""
    run = nightly("--database", postgres.new_database())

    assert 1 == run.returncode
    assert tables(shipped[0].stdout) == tables(run.stdout)
