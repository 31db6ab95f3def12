"""The firm's own file: its name, its lead times, its taxes; and every mistake in it with its line."""

from __future__ import annotations

import os
from datetime import date

import pytest

pytest.importorskip("sqlalchemy", reason="the main job is tested with SQLAlchemy and rich only")
pytest.importorskip("rich", reason="the main job is tested with SQLAlchemy and rich only")

from firm import SHIPPED, WrongFirmError, read_firm
from nightly import main
from options import options
from paths import EXAMPLES
from told import plain
from words import LANGUAGES

ENGLISH = LANGUAGES["en"]


def test_the_shipped_file_says_what_the_shipped_portfolio_needs():
    """Who uses the space, how long things take, and what is to be paid when."""
    firm = read_firm(SHIPPED)

    assert ("Cabinet Durand", "Durand") == (firm.name, str(firm.form.last_name))
    assert ("732829320", "75002") == (str(firm.form.organisation), firm.form.contact.postal_code)
    assert (14, 3, 5) == (firm.leads.letter, firm.leads.company, firm.leads.bank)
    assert [("payer-tva", date(2026, 4, 20)), ("payer-cfe", date(2026, 12, 15))] == [
        (tax.service.code, tax.day) for tax in firm.taxes
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "french"),
    [
        ('"75002"', '"xx"', 13, "cabinet.adresse.code_postal : « xx » n'a pas cinq chiffres"),
        ("banque = 5", 'banque = "cinq"', 20, "delais.banque : « cinq » n'est pas une durée prévue"),
        (
            "banque = 5",
            "banques = 5",
            20,
            "banques : nom inconnu ; les noms possibles sont banque, courrier et entreprise",
        ),
        ("payer-cfe = 2026-12-15", "payer-cantine = 2026-12-15", 25, "« payer-cantine » n'est pas un service connu"),
        ("payer-cfe = 2026-12-15", "messagerie = 2026-12-15", 25, "« Messagerie » ne sert pas à payer"),
        ("payer-cfe = 2026-12-15", 'payer-cfe = "15/12/2026"', 25, "« 15/12/2026 » n'est pas une date"),
        ("payer-cfe = 2026-12-15", "payer-cfe = [2026-12-15, 3]", 25, "« 3 » n'est pas une date"),
        ("payer-cfe = 2026-12-15", "payer-cfe = 15/12/2026", 25, "il faut une date telle que 2026-12-15"),
        ("payer-cfe = 2026-12-15", "payer-cfe = 0001-01-01", 25, "impots.payer-cfe : l'année 1 n'est pas plausible"),
        ("payer-cfe = 2026-12-15", "payer-cfe = 9999-12-31", 25, "l'année 9999 n'est pas plausible"),
        ("2026-12-15\n", "2026-04-31\n", 25, "ligne 25 : la date « 2026-04-31 » n'existe pas"),
        ("[impots]", "[impôts]", 23, "ligne 23 : le nom « impôts » s'écrit sans accent ; il faut « impots »"),
        ("prenom", "prénom", 10, "ligne 10 : le nom « prénom » s'écrit sans accent ; il faut « prenom »"),
        ('courriel = "camille', 'courriel = camille"', 11, "ligne 11 : cette ligne n'a pas la forme attendue"),
        ("camille@cabinet", "camille.cabinet", 11, "cabinet.courriel : le signe @ manque"),
        ("01 23 45 67 89", "01 23", 12, "« 01 23 » (4 chiffres) n"),
        ("732 829 320", "732 829 321", 7, "cabinet.siren : "),
        ("[impots]", "[taxes]", 23, "taxes : nom inconnu ; les noms possibles sont cabinet, delais et impots"),
        (
            'rue = "1',
            'voie = "1',
            13,
            "cabinet.adresse.voie : nom inconnu ; les noms possibles sont code_postal, rue et",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, old, new, line, french):
    """In French, with the name as it stands in the file."""
    file = tmp_path / "teleprocedures.toml"
    text = SHIPPED.read_text("utf-8")
    assert 1 == text.replace("comme 2026-12-15.\n", "").count(old)
    head, _, rest = text.rpartition(old)
    file.write_text(f"{head}{new}{rest}", "utf-8")
    with pytest.raises(WrongFirmError) as raised:
        read_firm(file)

    from words import explained  # noqa: PLC0415

    said = plain(explained(LANGUAGES["fr"], raised.value))
    assert f"teleprocedures.toml, ligne {line}" in said
    assert french in said


def test_what_is_missing_is_told_where_it_should_stand(tmp_path):
    """At the heading of its table."""
    file = tmp_path / "teleprocedures.toml"
    file.write_text("# nothing\n[cabinet]\nnom = 'X'\n", "utf-8")
    with pytest.raises(WrongFirmError, match=r"line 2, cabinet\.\w+: missing"):
        read_firm(file)


@pytest.mark.parametrize("content", [None, b"\xff\n", b"\n\n\xe9"])
def test_what_is_no_file_of_text_is_said_so(tmp_path, content):
    """Not there, or not UTF-8."""
    file = tmp_path / "teleprocedures.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(
        WrongFirmError, match="is not there" if content is None else f"line {1 + content.count(10)}|line 1"
    ):
        read_firm(file)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["a pipe", "a device"])
def test_what_is_no_file_of_a_firm_is_not_waited_for(tmp_path, capsys, make):
    """Beside the portfolio or asked for: nothing is done."""
    make(tmp_path / "teleprocedures.toml")
    (tmp_path / "clients.csv").write_text("entreprise;SIREN;services;demandé le\n")
    for more in ([], ["--firm", str(tmp_path / "teleprocedures.toml")]):
        status = main(["--csv", str(tmp_path / "clients.csv"), *more])

        assert 2 == status
        assert "teleprocedures.toml est introuvable ou illisible" in plain(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("x = " + "1" * 5000, "line 26: too long a line; expected 1000 signs at most"),
        (".".join("a" * 20_000) + " = 1", "line 26: too long a line"),
        ("x = " + "[\n" * 20_000, "no TOML"),
        ("# more\n" * 10_000, "too large; expected a file of 64 KiB at most"),
    ],
    ids=["digits", "names", "brackets", "size"],
)
def test_a_file_that_takes_too_long_is_refused(tmp_path, more, said):
    """With one line, at once."""
    file = tmp_path / "teleprocedures.toml"
    file.write_text(f"{SHIPPED.read_text('utf-8')}{more}", "utf-8")
    with pytest.raises(WrongFirmError, match=said):
        read_firm(file)


def test_the_firm_stands_beside_the_portfolio(tmp_path):
    """The one beside the file counts, the command line counts more, and each file has a database of its own."""
    portfolio = EXAMPLES / "nightly" / "portfolio.csv"
    shipped = options(ENGLISH, [])
    alone = options(ENGLISH, ["--csv", str(tmp_path / "a.csv")])
    (tmp_path / "teleprocedures.toml").write_text(
        SHIPPED.read_text("utf-8").replace("banque = 5", "banque = 7"), "utf-8"
    )
    ours = options(ENGLISH, ["--csv", str(tmp_path / "a.csv")])
    other = options(ENGLISH, ["--csv", str(tmp_path / "b.xlsx"), "--bank", "9", "--pay-by", "payer-is=2026-05-15"])

    assert (portfolio, "portfolio.sqlite", True, 2) == (
        shipped.csv,
        shipped.database,
        shipped.is_theirs,
        len(shipped.taxes),
    )
    assert (False, 5, 0) == (alone.is_theirs, alone.leads.bank, len(alone.taxes))
    assert (True, 7, 2) == (ours.is_theirs, ours.leads.bank, len(ours.taxes))
    assert (9, ["payer-is"]) == (other.leads.bank, [tax.service.code for tax in other.taxes])
    assert (str(tmp_path / "a.csv.sqlite"), str(tmp_path / "b.xlsx.sqlite")) == (ours.database, other.database)


def test_a_wrong_file_ends_the_night_before_it_began(tmp_path, capsys):
    """With one line, and nothing recorded."""
    file = tmp_path / "firm.toml"
    file.write_text("[cabinet\n", "utf-8")
    status = main(["--firm", str(file), "--database", str(tmp_path / "x.sqlite")])

    assert 2 == status
    err = plain(capsys.readouterr().err)
    assert "firm.toml, ligne 1 : cette ligne n'a pas la forme attendue" in err
    assert err.endswith(".\n")
    assert not (tmp_path / "x.sqlite").exists()
