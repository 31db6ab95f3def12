"""The main job from the outside: the shipped portfolio, a firm's own, files that are wrong, night after night."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import datetime, time, timedelta
from itertools import pairwise
from random import Random
from subprocess import CompletedProcess
from zoneinfo import ZoneInfo

import attrs
import pytest

pytest.importorskip("sqlalchemy", reason="the main job is tested with SQLAlchemy and rich only")
pytest.importorskip("rich", reason="the main job is tested with SQLAlchemy and rich only")

from nightly import main
from one_night import nightly
from paths import EXAMPLES
from portfolio import REQUESTED as COLUMNS
from portfolio import read_portfolio
from schema import EVENTS
from sqlalchemy import update
from stdnum import luhn
from store import Store
from told import entries, french, plain, section, table, words_of
from words import LANGUAGES, Reason

from teleprocedures.codec import dumps

SHIPPED = EXAMPLES / "nightly" / "portfolio.csv"
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


def tables(said: str) -> str:
    """What it printed between the progress and the last lines, which tell what this run did."""
    return said[re.search("^(The night of|Nuit du)", said, re.MULTILINE).start() : said.rindex("\nMessages ")]


@pytest.fixture
def firm(tmp_path):
    """A firm with a file and a database: gives what runs a night of it on these rows."""

    def night(at: str, *rows: dict[str, str], more: tuple[str, ...] = ()) -> CompletedProcess[str]:
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
    """Runs of the shipped portfolio on one database, by what they were asked for: the first time, again, and so on."""
    database = tmp_path_factory.mktemp("shipped") / "portfolio.sqlite"
    asked = {"first": (), "again": (), "english": ("--lang", "en")}
    asked |= {"all": ("--all",), "all in english": ("--all", "--lang", "en")}
    runs = {name: nightly("--database", database, *more) for name, more in asked.items()}
    wide = {name: nightly("--database", database, *asked[name], columns=120) for name in ("again", "english")}
    first = nightly("--database", database.with_name("wide.sqlite"), columns=120)
    return runs | {f"{name}, wide": run for name, run in (wide | {"first": first}).items()}


@pytest.fixture
def done(shipped, tmp_path):
    """A copy of the shipped portfolio's database after its night."""
    return shutil.copy(shipped["first"].args[1], tmp_path)


def test_the_shipped_portfolio_is_told_in_french(shipped):
    """What ends now, which letters are overdue, what taxes need, what lapsed, what comes then, what was wrong."""
    first, everything = shipped["first"], shipped["all"].stdout
    said = plain(first.stdout)

    assert (1, "") == (first.returncode, first.stderr)
    assert "Nuit du mercredi 4 mars 2026 à 6 h : 341 lignes suivies, sur 349 de portfolio.csv" in said
    now = entries(said, "À faire aujourd'hui ou demain : 14 dossiers")
    links = "Aujourd'hui, client : utiliser le lien reçu par courriel (Messagerie, TVA, CFE)"
    link = "à 9 h 34 : Librairie Vidal & Perrin (697 612 240) \N{EN DASH} contact@entreprise-697612240.example"
    assert (links, link) == now[0]
    code = "cabinet : demander le code et le saisir ; client : le communiquer"
    assert (f"Aujourd'hui, {code}", "Transports Marchand (486 218 993) \N{EN DASH} Messagerie, TVA, IS, CFE") == now[6]
    company = "Transports Marchand 486 218 993, Messagerie, TVA, IS, CFE"
    assert ["aujourd'hui", company, code, "3.2, 3.1"] == table(everything, "À faire aujourd'hui ou demain")[6]
    late = table(everything, "Courriers en retard : 15 ; attendus aujourd'hui ou demain : 2")
    assert ["Boulangerie Renard & Lemoine", "Payer PAS", "mardi 24 février", "vendredi 10 avril"] == late[6]
    assert "; mar. 24 février : Boulangerie Renard & Lemoine ; mer. 25" in section(said, "Courriers en retard")
    needed = section(said, "À faire pour les impôts à venir : 123")
    assert (
        "- 3 demandes à vérifier ou à renouveler, au plus tard le vendredi 3 avril : Atelier Colin & Gaillard,"
        in needed
    )
    assert (
        "- 60 mandats à éditer, au plus tard le dimanche 12 avril, en semaine le vendredi 10 avril (noms : --all)"
        in needed
    )
    assert "- 21 mandats à faire signer, au plus tard le mercredi 15 avril : Auto-école Aubert, " in needed
    assert (
        "« Payer CFE », le mardi 15 décembre 2026 : - 5 demandes à vérifier ou à renouveler, au plus tard le samedi 28"
        in needed
    )
    assert (
        "- 152 entreprises ne l'ont jamais demandé (à demander au plus tard le samedi 28 novembre, en semaine le"
        in needed
    )
    lapses = table(everything, "Caducités constatées cette nuit : 27 dossiers, dont 8 déjà renouvelés")
    mandate = ["Atelier Moreau & Caron", "mandat du compte FR76 **** 4377", "mardi 3 mars", "présumée", "F1"]
    assert mandate == lapses[1]
    assert 8 == sum("déjà renouvelée le" in row[3] for row in lapses[19:])
    assert "Ensuite, jusqu'au jeudi 19 mars 2026 inclus : 22 dossiers" in said
    tax = "« Payer CFE », le mardi 15 décembre 2026 : à demander au plus tard le samedi 28 novembre 2026."
    assert tax in plain(everything)
    assert "162 en attente du code du courrier" in plain(everything)
    besides = "À faire aussi, sans date proche : 62 (entre parenthèses"
    # What the bank does, the firm asks it about: that is told once.
    assert section(said, besides).endswith("- représentant légal : signer le mandat imprimé (10)")
    besides = table(everything, besides)
    check = ["cabinet", "vérifier que la banque a enregistré le mandat", "10", "2.19"]
    assert check in [[*row[:3], row[4]] for row in besides]
    (representative, code), (heading, ask) = entries(said, "Ensuite, jusqu'au jeudi 19 mars")
    his, names = "ven. 6 mars : Atelier Brun & Faure (Hugo Rivière)", "Fleuriste Colin & Perrin (Anne Gaillard) ; "
    assert code.startswith(f"{his} ; mar. 10 mars : {names}")
    assert "Représentant légal : saisir le code du courrier ; cabinet : s'en assurer auprès de lui" == representative
    assert "Cabinet : demander le code et le saisir ; client : le communiquer" == heading
    assert ask.endswith("; sam. 14 mars : Brasserie Aubert & Marchand, Librairie Gaillard, et 8 autres (--all)")
    assert "… et 10 autres : --all pour tout voir." in said
    assert "Messages à envoyer : 27, de cette nuit." in said
    end = section(said, "Messages à envoyer")
    assert "Noté cette nuit : 1 323 faits du fichier et 27 fins de délai ou rappels." in end
    last = "À faire aujourd'hui ou demain : 14. Courriers à retrouver : 17. Impôts à venir : 123."
    assert f"{last} Caducités à vérifier : 19." in end
    assert said.endswith("À corriger : 7 lignes non suivies, 17 valeurs ignorées.\n")


def test_the_shipped_portfolio_is_told_in_english(shipped):
    """The same facts, with `--lang en`."""
    said, everything = shipped["english"].stdout, shipped["all in english"].stdout

    assert (1, "") == (shipped["english"].returncode, shipped["english"].stderr)
    assert "The night of Wednesday 4 March 2026 at 06:00 in Paris: 341 rows followed, of 349 of portfolio.csv" in said
    now = entries(said, "To do today or tomorrow: 14 cases")
    link = "at 09:34: Librairie Vidal & Perrin (697 612 240) \N{EN DASH} contact@entreprise-697612240.example"
    assert ("Today, client: use the link received by e-mail (Messagerie, TVA, CFE)", link) == now[0]
    code = "firm: ask for the code and enter it; client: pass it on"
    assert (f"Today, {code}", "Transports Marchand (486 218 993) \N{EN DASH} Messagerie, TVA, IS, CFE") == now[6]
    company = "Transports Marchand 486 218 993, Messagerie, TVA, IS, CFE"
    assert ["today", company, code, "3.2, 3.1"] == table(everything, "To do today or tomorrow")[6]
    late = table(everything, "Letters that are overdue: 15; expected today or tomorrow: 2")
    assert ["Boulangerie Renard & Lemoine", "Payer PAS", "Tuesday 24 February", "Friday 10 April"] == late[6]
    lapses = table(everything, "Lapsed this night: 27 cases, 8 of them asked for again already")
    assert ["Atelier Moreau & Caron", "mandate of FR76 **** 4377", "Tuesday 3 March", "presumed", "F1"] == lapses[1]
    assert "'Payer CFE', on Tuesday 15 December 2026: to be requested by Saturday 28 November 2026." in everything
    assert "162 waiting for the letter's code" in everything
    assert "  - legal representative: sign the printed mandate (10)\n" in said
    assert "Messages in the outbox, for the sender: 27, none of this night." in said
    assert said.endswith("To be mended: 7 rows not followed, 17 values ignored.\n")


@pytest.mark.parametrize("at", [f"2026-{day}T06:00+01:00" for day in ("03-04", "03-05", "03-20", "04-18")])
def test_all_that_ends_within_two_days_is_on_the_page(done, at):
    """Whatever the night: each request that may end by tomorrow's midnight has its line, in the brief report."""
    run = nightly("--database", done, "--at", at, columns=300)
    now = datetime.fromisoformat(at)
    end = datetime.combine(now.date() + timedelta(days=1), time.max, ZoneInfo("Europe/Paris"))
    with closing(Store(str(done))) as store:
        cases = [case for case in store.cases() if case.organisation is not None and case.id != "space"]
    ends = [it for it in cases if it.deadline and not it.is_over(now) and it.deadline.safe_until <= end]
    lines = entries(run.stdout, "À faire aujourd'hui ou demain")

    assert ends
    assert sorted(str(case.organisation) for case in ends) == sorted(numbers(line) for _, line in lines)


def numbers(line: str) -> str:
    """The number of the company of a line, as it is stored."""
    return re.search(r"\b(\d{3} \d{3} \d{3}|TF\d+)\b", line)[0].replace(" ", "")


def test_however_many_end_tomorrow_all_are_on_the_page(firm):
    """Links by their hours, and codes, of three hundred companies: each has its line, under what is to be done."""
    sirens = [str(number) for number in range(100_000_000, 100_003_200) if luhn.is_valid(str(number))][:300]
    link = {"requested": "2026-03-03 10:00"}
    code = {"services": "payer-cfe", "company_email": "", "requested": "2026-01-03 10:00", "letter_dated": "2026-01-05"}
    rows = [GARAGE | {"siren_or_file_number": it} | (code if at % 2 else link) for at, it in enumerate(sirens)]
    lines = entries(firm("2026-03-04T06:00", *rows).stdout, "À faire aujourd'hui ou demain : 300 dossiers")

    assert sorted(sirens) == sorted(numbers(line) for _, line in lines)
    assert [
        "Demain, cabinet : demander le code et le saisir ; client : le communiquer (CFE)",
        "Demain, client : utiliser le lien reçu par courriel (Messagerie, TVA, CFE)",
    ] == sorted({heading for heading, _ in lines})


@pytest.mark.parametrize("name", ["first", "again", "english"])
def test_a_usual_night_is_two_screens(shipped, name):
    """Of fifty lines of 120 columns, and little more at 100: nothing is cut that ends, is not followed, or is late."""
    wide, usual = (shipped[it].stdout.splitlines() for it in (f"{name}, wide", name))

    assert 100 >= len(wide)
    assert 120 >= max(map(len, wide))
    assert 115 >= len(usual)
    assert 100 >= max(map(len, usual))
    assert "" not in {before + after for before, after in pairwise(wide)}


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        (
            "first",
            "Nuit du|À faire auj|Demandes qui|Courriers|À faire pour|Caducités|Ensuite|À faire aus|Valeurs|Messages",
        ),
        (
            "english",
            "The night of|To do tod|Not followed|Letters|What a|Lapsed|Then|To do bes|Values|Messages",
        ),
    ],
)
def test_what_matters_comes_first(shipped, name, titles):
    """What ends now, whom to call, what taxes need, what lapsed; then the rest, and what was wrong."""
    said = plain(shipped[name].stdout)
    found = [re.search(rf"^{title}", said, re.MULTILINE).start() for title in titles.split("|")]

    assert sorted(found) == found


@pytest.mark.parametrize("name", ["first", "all"])
def test_every_word_of_the_french_is_french(shipped, name):
    """But the names of companies, the addresses, and what stands in the file's cells; its columns have French names."""
    entries = read_portfolio(SHIPPED).entries
    companies = " ".join(f"{it.company} {it.form.legal_representative}" for it in entries)
    said = words_of(re.sub(r"\S+@\S+", "", shipped[name].stdout))

    assert set() == said - french() - words_of(companies) - {"br"}
    assert {"caducités", "renouveler", "règle", "à"} <= said


@pytest.mark.parametrize("name", ["first", "all"])
def test_the_typography_is_french(shipped, name):
    """No line ends, or could be broken, before a colon, a semicolon or inside « »; no quotes of a program are left."""
    said = shipped[name].stdout

    assert not re.search(r"[ \w][ ]?[;!?] |« | »| [:;!?»]|[\w)] ?:$", said)
    assert not re.search(r"^\s*[:;!?»]", said, re.MULTILINE)
    assert '"' not in said
    assert not re.search(r"(?<!\w)'", said)


def test_every_rule_that_is_cited_is_said(shipped):
    """Each once, in the end, in the language; and no other."""
    for name, title, cited in (("all", "Règles citées", "règle"), ("all in english", "Rules cited", "rule")):
        said = plain(shipped[name].stdout)
        legend = [tuple(row) for row in table(said, title)]
        in_cells = re.findall(r"│ ((?:[0-9]\.[0-9]+|F[0-9])(?:, [0-9]\.[0-9]+)*)$", said, re.MULTILINE)
        in_texts = re.findall(rf"\({cited} ([0-9AF][0-9.]*)\)", re.sub(r"\s*\n[ │]*", " ", said))

        assert {*", ".join(in_cells).split(", "), *in_texts} == {rule for rule, _ in legend}
        assert len(legend) == len({rule for rule, _ in legend})


def test_a_terminal_that_knows_few_letters_is_told_all_the_same(tmp_path):
    """No-break spaces are spaces there, and other letters their numbers."""
    command = [sys.executable, EXAMPLES / "nightly" / "nightly.py", "--database", tmp_path / "x.sqlite", "--bank", "x"]
    encoded = os.environ | {"PYTHONIOENCODING": "ascii"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=encoded)

    assert 2 == run.returncode
    assert r"nightly.py: --bank : \xab x \xbb n'est pas une dur\xe9e pr\xe9vue. Indiquez" in run.stderr


def test_a_second_run_of_a_night_changes_nothing(shipped):
    """It prints the same tables, and says that all was done already."""
    first, again, english = (shipped[name] for name in ("first", "again", "english"))

    assert tables(first.stdout) == tables(again.stdout)
    unchanged = "Messages à envoyer : 27, aucun de cette nuit.\nRien n'a changé : cette nuit était déjà traitée.\n"
    assert unchanged in plain(again.stdout)
    assert "none of this night.\nNothing has changed: this night was done already.\n" in english.stdout
    assert (1, 1) == (again.returncode, english.returncode)


def test_all_that_is_to_be_done_can_be_shown(shipped):
    """With `--all` no line and no company is left out."""
    said = plain(shipped["all"].stdout)

    assert "--all" not in said
    assert not re.search(r" et \d+ autres?\b", said)
    titles = (
        "À faire aujourd'hui",
        "Demandes qui ne sont pas suivies",
        "Courriers",
        "À faire pour",
        "Caducités",
        "Ensuite",
        "Échéances plus lointaines",
        "À faire aussi",
    )
    assert [14, 7, 17, 123, 27, 22, 138, 5] == [len(table(said, title)) for title in titles]
    # Each group of each tax, company by company.
    assert 147 + 3 + 33 + 93 + 152 + 5 + 88 == len(table(said, "Impôts à payer"))
    lines = [row[0] for row in table(said, "Valeurs ignorées, le reste de leur ligne étant suivi : 17, sur 15 lignes")]
    assert 17 == len(re.findall(r"\d+", " ".join(lines)))


@pytest.mark.parametrize(
    ("language", "title", "told"),
    [
        (
            "fr",
            "Journal des diligences, pour Imprimerie Rivière (SIREN 552 100 554)",
            (
                "1. Le mercredi 3 décembre 2025 à 10 h 26, l'adhésion à « Messagerie » a été demandée pour",
                "8. Le mercredi 4 mars 2026 à 6 h, message préparé pour camille@cabinet-durand.example, non envoyé",
                "Dossier du dimanche 8 février 2026, « Messagerie » : demande d'adhésion en attente du code",
            ),
        ),
        (
            "en",
            "File of diligence of Imprimerie Rivière (SIREN 552 100 554)",
            (
                "1. On Wednesday 3 December 2025 at 10:26 in Paris, 'Messagerie' was requested for Imprimerie",
                "8. On Wednesday 4 March 2026 at 06:00 in Paris, message made for camille@cabinet-durand.example, not",
                "Case of Sunday 8 February 2026, 'Messagerie': request waiting for the code of the letter.",
            ),
        ),
    ],
)
def test_the_file_of_diligence_of_a_company_ends_the_night(done, capsys, language, title, told):
    """After the whole report: its events, the message of this night, and where its two requests stand."""
    main(["--lang", language, "--database", str(done), "--company", "552 100 554"])
    report, _, file = plain(capsys.readouterr().out).rpartition(title)
    file = re.sub(r"\s+", " ", file)

    assert report.endswith(("17 valeurs ignorées.\n\n", "17 values ignored.\n\n"))
    assert [True, True, True] == [it in file for it in told]
    assert [str(number) for number in range(1, 9)] == re.findall(r"(\d+)\. (?:Le|On|Constaté le|Noted on) ", file)
    assert 8 == len(re.findall(r" SHA-256 [0-9a-f]{64}\b", file))


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ("fr 552008443", 1, "Aucun dossier n'est suivi pour l'entreprise (SIREN 552 008 443).\n"),
        ("en 552008443", 1, "No case is followed of the company (SIREN 552 008 443).\n"),
        ("fr 552100555", 2, "--company : la clé de contrôle de « 552100555 »"),
        ("en 552100555", 2, "--company: not a SIREN: '552100555' fails its check digit"),
    ],
)
def test_a_company_that_is_not_followed_has_no_file_of_diligence(done, capsys, arguments, status, said):
    """Nor has what is no company's number, with which no night is done."""
    language, number = arguments.split()

    assert status == main(["--lang", language, "--database", str(done), "--company", number])
    assert said in plain("".join(capsys.readouterr()))


def test_what_todays_rules_refuse_of_what_is_stored_is_told(firm):
    """A link used a minute too late: `--judge` tells it with its company and its case, and ends with 1."""
    row = GARAGE | {"link_used": "2026-02-03 09:00"}
    sound = firm("2026-02-10T06:00+01:00", row, more=("--judge",))
    with closing(firm.store()) as store:
        used = next(
            it for case in store.cases() for it in store.events(case.id) if it.kind == "company-email-confirmed"
        )
        late = attrs.evolve(used, at=datetime.fromisoformat("2026-02-04T09:01Z"))
        of = (EVENTS.c.case_id == used.case_id, EVENTS.c.version == used.version)
        with store.engine.begin() as connection:
            connection.execute(update(EVENTS).where(*of).values(at=late.at, payload=dumps(late)))
    row |= {"link_used": "2026-02-04 10:01"}
    unasked = firm("2026-02-10T06:00+01:00", row)
    french, english = (firm("2026-02-10T06:00+01:00", row, more=("--judge", "--lang", it)) for it in ("fr", "en"))
    facts = (f"fait n° 2 du dossier {used.case_id} (", f"company-email-confirmed, version 2 of {used.case_id}")

    assert [0, 0, 1, 1] == [run.returncode for run in (sound, unasked, french, english)]
    assert "\nLes règles d'aujourd'hui admettent tous les faits enregistrés qui ont pu être lus.\n" in plain(
        sound.stdout
    )
    assert "règles d'aujourd'hui" not in plain(unasked.stdout)
    for run, title, fact, why in (
        (french, "Faits enregistrés que les règles d'aujourd'hui n'admettraient pas : 1", facts[0], "trop tard"),
        (english, "Recorded facts that today's rules would not have let pass: 1", facts[1], "too late"),
    ):
        said = " ".join(cell for row in table(run.stdout, title) for cell in row)
        assert said.startswith(f"Garage Moreau {fact}")
        assert why in said.lower()


REASONS = [
    (
        "siren_or_file_number",
        "la clé de contrôle de « 571069601 » est fausse",
        "'571069601' fails its check digit",
    ),
    ("siren_or_file_number", "« 55210055 » compte 8 chiffres", "'55210055' has 8 digits"),
    ("iban", "la clé de contrôle de « FR76 **** 6281 » est fausse", "'FR76 **** 6281' fails its check digits"),
    ("iban", "hors de la zone SEPA", "out of the SEPA zone"),
    ("iban", "cellule vide, alors que « Payer TVA » l'exige", "empty, and 'Payer TVA' needs it"),
    ("company_email", "cellule vide, alors que « Messagerie » l'exige", "empty, and 'Messagerie' needs it"),
    ("company_email", "le signe @ manque", "must have an @-sign"),
    ("services", "« payer-la-cantine » n'est pas un service connu", "unknown service 'payer-la-cantine'"),
    ("services", "aucun service n'est choisi", "empty: expected one service or more"),
    (
        "services",
        "« Payer TVA » n'est pas possible avec un identifiant de dossier",
        "'Payer TVA' is not possible with a file number",
    ),
    (
        "third_party",
        "« perhaps » n'est pas une réponse, et le cabinet est supposé avoir demandé ; il faut « oui » ou « non »",
        "'perhaps' is no answer, so the firm is assumed: expected 'yes' or 'no'",
    ),
    (
        "third_party",
        "cellule vide, et le cabinet est supposé avoir demandé ; il faut",
        "missing, so the firm is assumed",
    ),
    ("letter_dated", "« 31/02/2026 » n'est pas une date", "not a date: '31/02/2026'"),
    ("requested", "« 2026-02-02 24:30 » n'est pas une date ; il faut", "not a date: '2026-02-02 24:30'"),
    ("requested", "la même demande figure à la ligne 12", "the same request stands on line 12"),
    ("company", "cellule vide", "missing"),
    (
        "link_used",
        "trop tard le dimanche 25 janvier 2026 à 13 h : le délai de la règle 2.9 courait jusqu'au",
        "too late on Sunday 25 January 2026 at 13:00 in Paris: rule 2.9 left until",
    ),
    (
        "code_entered",
        "trop tard le dimanche 22 février 2026 à 11 h 16 : le délai de la règle 3.1 courait jusqu'au",
        "too late on Sunday 22 February 2026 at 11:16 in Paris: rule 3.1 left until",
    ),
    (
        "code_entered",
        "le fait est daté du mardi 21 février 2062 à 10 h, qui est encore à venir",
        "the fact is of Tuesday 21 February 2062 at 10:00 in Paris, which has not come yet",
    ),
    ("letter_dated", "Un courrier ne peut pas être daté du samedi 7 février 2026", "the letter cannot bear"),
    ("link_used", "avant la demande, qui date du", "before the request, of"),
    ("mandate_sent", "avant la signature du mandat, qui date du", "before the signature of the mandate, of"),
    ("mandate_sent", "il n'y a pas encore de mandat", "there is no mandate yet"),
]


@pytest.mark.parametrize(("column", "french", "english"), REASONS)
def test_wrong_rows_are_told_with_line_column_and_reason(shipped, column, french, english):
    """Each of the ways in which rows of the shipped file are wrong is told, in both languages, of the same lines."""
    found = []
    for name, (lost, ignored), reason, called in (
        ("all", ("Demandes qui ne sont pas suivies", "Valeurs ignorées"), french, LANGUAGES["fr"]),
        ("all in english", ("Not followed at all", "Values that are ignored"), english, LANGUAGES["en"]),
    ):
        of, said = called.words[f"heading.{column}"], shipped[name].stdout
        rows = [(line, why) for line, where, _, why in table(said, ignored) if where == of]
        rows += [(line, why) for line, _, why in table(said, lost) if f"{of}:" in why.replace(" :", ":")]
        found.append([line for line, why in rows if reason.casefold() in why.casefold()])

    assert found[0]
    assert found[0] == found[1]
    assert all(re.fullmatch(r"[\d, ]+", lines) for lines in found[0])


def test_the_shipped_portfolio_is_made_again_the_same(tmp_path):
    """The generator gives the files that are shipped, to the byte."""
    subprocess.run([sys.executable, str(EXAMPLES / "nightly" / "make_portfolio.py"), str(tmp_path)], check=True)

    for name in ("portfolio.csv", "clientele.csv"):
        assert (EXAMPLES / "nightly" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_the_shipped_portfolio_has_companies_enough():
    """More than 320 rows are good, of more than 300 companies, and a dozen or more are wrong."""
    book = read_portfolio(SHIPPED)
    entries, wrong = book.entries, book.wrong

    assert 320 <= len(entries)
    assert 300 <= len({entry.form.organisation for entry in entries})
    assert 12 <= len({it.line for it in wrong})


def test_a_firm_s_own_file_goes_on_night_after_night(firm):
    """Cells filled in since the night before are played, each once; the status is 1 while the link's end is near."""
    row = dict(GARAGE)
    rows, kinds, statuses = [], [], []
    for at, filled in (
        ("2026-02-03T06:00", {}),
        ("2026-02-04T06:00", {"link_used": "2026-02-03 15:00"}),
        ("2026-02-10T06:00", {"letter_dated": "2026-02-05", "mandate_issued": "2026-02-09 10:00"}),
        ("2026-02-14T06:00", {"code_entered": "2026-02-13 11:00", "mandate_signed": "2026-02-13 17:00"}),
        ("2026-02-18T06:00", {"mandate_sent": "2026-02-16 09:00", "mandate_registered": "2026-02-17 09:00"}),
    ):
        row |= filled
        run = firm(at, row)
        assert "" == run.stderr
        statuses.append(run.returncode)
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
    assert [
        (
            "Demain, client : utiliser le lien reçu par courriel",
            "à 10 h : Garage Moreau (552 100 554) \N{EN DASH} Messagerie, TVA, CFE \N{EN DASH} contact@garage.example",
        )
    ] == entries(rows[0], "À faire aujourd'hui ou demain : 1 dossier")
    assert plain(rows[0]).endswith("\nÀ faire aujourd'hui ou demain : 1.\n")
    assert [1, 0, 0, 0, 0] == statuses
    assert plain(rows[4]).endswith("\nRien à faire ni à revoir d'ici demain soir.\n")
    assert "Échéances plus lointaines : 1 dossier (--all pour les voir)." in plain(rows[2])
    assert "cabinet : transmettre le mandat signé à la banque (Garage Moreau)" in plain(rows[3])
    assert "Ensuite, jusqu'au jeudi 5 mars 2026 inclus : aucun dossier." in plain(rows[4])
    assert "À faire aussi : rien." in plain(rows[4])


def test_a_fact_learned_after_a_reminder_still_counts(firm):
    """The night reminded; the link had been used the evening before, and the firm says so the next day."""
    firm("2026-02-02T18:00", GARAGE)
    before = firm("2026-02-03T18:00", GARAGE)
    after = firm("2026-02-04T06:00", GARAGE | {"link_used": "2026-02-03 17:00"})

    assert "Messages à envoyer : 1, de cette nuit." in plain(before.stdout)
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

    told_of = "Garage Moreau (Messagerie, TVA, CFE ; délai terminé : mercredi 4 février à 10 h)"
    what = "1 demande à vérifier sur le site (activée : noter la date ; sinon : renouveler)"
    assert [f"{what} : {told_of}"] == [line for _, line in entries(lapsed.stdout, "Caducités constatées")]
    assert (1, 1, 0) == (lapsed.returncode, late.returncode, told.returncode)
    assert [["adhesion-requested", "adhesion-lapsed"]] == list(kept.values())
    assert [["adhesion-requested", "adhesion-lapsed", "company-email-confirmed"]] == list(
        histories(firm.store()).values()
    )
    assert "Échéances plus lointaines : 1 dossier" in plain(told.stdout)


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
    assert "renouveler la demande" not in run.stdout
    assert "Caducités constatées cette nuit : 1 dossier, dont 1 déjà renouvelé" in plain(run.stdout)


def test_of_several_requests_of_a_company_each_renews_the_last_that_had_run_out(firm):
    """One of the same services, that nobody has renewed: not one that still waits, and not one of other services."""
    days = {
        "2026-01-05": ("payer-cfe", None),
        "2026-01-06": ("consulter-avis-tf", None),
        "2026-01-07": ("messagerie payer-cfe", None),
        "2026-01-08": ("payer-cfe", None),  # all of these still wait
        "2026-01-12": ("payer-cfe", "2026-01-07"),
        "2026-01-13": ("messagerie", None),  # the 7th is renewed already
        "2026-04-14": ("payer-cfe", "2026-01-12"),
        "2026-04-15": ("payer-cfe", "2026-01-08"),
        "2026-04-16": ("consulter-avis-tf", "2026-01-06"),
        "2026-04-17": ("payer-cfe", "2026-01-05"),
        "2026-04-18": ("payer-cfe", None),
    }
    rows = [
        GARAGE | {"requested": f"{day} 10:00", "services": services, "link_used": ""}
        for day, (services, _) in days.items()
    ]
    firm("2026-04-20T06:00", *rows)
    store = firm.store()
    offset = {day: "08" if day >= "2026-03-29" else "09" for day in days}
    found = {day: store.get(f"552100554-{day.replace('-', '')}T{offset[day]}0000").origin.renews for day in days}
    store.close()

    assert {day: renews for day, (_, renews) in days.items()} == {
        day: renews and f"{renews[10:14]}-{renews[14:16]}-{renews[16:18]}" for day, renews in found.items()
    }


def test_what_is_later_than_the_night_waits_for_its_own(firm):
    """An earlier `--at` plays the file up to there, and says how many dates wait."""
    row = GARAGE | {"link_used": "2026-02-03 15:00", "letter_dated": "2026-02-05", "code_entered": "2026-02-13 11:00"}
    run = firm("2026-02-04T06:00", row)

    assert 0 == run.returncode
    assert "Dates du fichier postérieures à cette nuit, qui attendent leur tour : 2." in plain(run.stdout)
    assert [["adhesion-requested", "company-email-confirmed"]] == list(histories(firm.store()).values())


def test_the_other_rows_go_on(firm):
    """Wrong rows are told, and the rest of the file is done."""
    bad = GARAGE | {"siren_or_file_number": "552 100 555", "iban": "FR76", "requested": "2026-03-29 02:30"}
    run = firm("2026-04-03T06:00", bad, GARAGE, more=("--all",))

    assert 1 == run.returncode
    (wrong,) = table(run.stdout, "Demandes qui ne sont pas suivies du tout, échéances inconnues : 1")
    assert ["2", "Garage Moreau"] == wrong[:2]
    assert [True] * 3 == [f"{column} : " in wrong[2] for column in ("IBAN", "demandé le", "SIREN")]
    assert "les horloges changent d'heure à Paris à ce moment-là" in wrong[2]
    assert 1 == len(histories(firm.store()))


def test_a_file_from_a_spreadsheet_is_read(tmp_path):
    """Semicolons, a byte order mark, Windows' line ends, columns of the firm's own, and a cell with a line break."""
    cells = GARAGE | {"company": '"Garage\nMoreau"', "fees": "120,50"}
    columns = [*COLUMNS, "fees"]
    lines = [";".join(columns), ";".join(cells.get(column, "") for column in columns), "too;short"]
    file = tmp_path / "export.csv"
    file.write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    book = read_portfolio(file)
    entries, wrong = book.entries, book.wrong

    assert ["Garage\nMoreau"] == [entry.company for entry in entries]
    assert [(4, "(all)", Reason("cells.fewer"))] == [(it.line, it.column, it.why) for it in wrong]


HEADER = ",".join(COLUMNS)


@pytest.mark.parametrize(
    ("content", "french", "english"),
    [
        (
            None,
            "bad.csv est introuvable ; il faut un fichier CSV, .xlsx",
            "no such file; expected CSV, .xlsx or .ods",
        ),
        (b"", "est vide ; il faut les noms des colonnes", "is empty: expected a line of column names"),
        (b"\xef\xbb\xbf \r\n", "est vide", "is empty"),
        (
            "company\nGarage Lefèvre\n".encode("latin-1"),
            "n'a pas les colonnes SIREN, services, demandé le ; trouvée : « company »",
            "lacks the columns siren_or_file_number, services, requested; found: 'company'",
        ),
        (
            HEADER.replace(",services,", ",prestations,").encode(),
            "n'a pas la colonne services ; trouvées : « company »",
            "lacks the column services; found: 'company'",
        ),
        (
            b"company,services\n",
            "n'a pas les colonnes SIREN, demandé le",
            "lacks the columns siren_or_file_number, requested",
        ),
        (f'{HEADER}\n"Garage'.encode(), "n'est plus du CSV à partir de la ligne 2", "is no CSV from line 2 on"),
        (b"\x00\x01\x02", "n'a pas les colonnes", "lacks the columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_so(tmp_path, capsys, content, french, english):
    """Nothing is done, the exit status is 2, and one line says why, in the language."""
    file = tmp_path / "bad.csv"
    if content is not None:
        file.write_bytes(content)
    for language, said in (("fr", french), ("en", english)):
        place = ["--csv", str(file), "--database", str(tmp_path / "bad.sqlite")]
        status = main([*place, "--lang", language])
        out, err = capsys.readouterr()

        assert (2, "") == (status, out)
        assert said in plain(err)
        assert 1 == err.count("\n")


@pytest.mark.parametrize(
    ("arguments", "french", "english"),
    [
        (
            ["--at", "tonight"],
            "--at : « tonight » n'est pas une date avec son heure ; il faut",
            "--at: not a date and time: 'tonight'",
        ),
        (
            ["--at", "2026-03-04"],
            "--at : « 2026-03-04 » n'est pas une date avec son heure",
            "--at: not a date and time: '2026-03-04'",
        ),
        (["--at", "2026-10-25T02:30"], "les horloges changent d'heure à Paris", "clocks in Paris change then"),
        (
            ["--at", "0026-03-04T06:00"],
            "l'année 26 n'est pas plausible ; il faut une année de 2000 à 2099",
            "not a plausible year: 26; expected 2000 to 2099",
        ),
        (["--csv", "/"], "/ est un dossier ; il faut un fichier CSV, .xlsx", "cannot read /: a directory"),
        (
            ["--database", "/no/such/place/x.sqlite"],
            "x.sqlite est inutilisable : le fichier ne s'ouvre pas (message de la base : « unable to open",
            "x.sqlite cannot be used: its file does not open (in its own words: unable to open database file)",
        ),
        (
            ["--database", str(SHIPPED)],
            "est inutilisable : le fichier n'est pas une base SQLite (message de la base : « file is not",
            "cannot be used: its file is no SQLite database (in its own words: file is not a database)",
        ),
        (
            ["--database", "oracle://db/x"],
            "est inutilisable : le pilote oracledb n'est pas installé.\n",
            "cannot be used: its driver oracledb is not installed.\n",
        ),
        (
            ["--database", "nonsense://x"],
            "est inutilisable : ce n'est pas une adresse que ce poste sache ouvrir ; il faut un fichier SQLite",
            "cannot be used: no URL of a database that can be opened; expected an SQLite file",
        ),
        (
            ["--database", "postgresql://nobody@127.0.0.1:9/x"],
            "est inutilisable : pas de connexion avec le serveur (message de la base : « ",
            "cannot be used: no connection with its server (in its own words: ",
        ),
        (
            ["--pay-by", "payer-cfe"],
            "--pay-by : « payer-cfe » n'est pas un impôt à payer ; il faut un service et une date, par exemple",
            "--pay-by: 'payer-cfe' is no tax to pay; expected a service and a date, such as",
        ),
        (
            ["--pay-by", "payer-la-cantine=2026-12-15"],
            "--pay-by : « payer-la-cantine » n'est pas un service connu. Les services possibles sont « Messagerie »",
            "--pay-by: unknown service 'payer-la-cantine': expected one of messagerie, payer-tva,",
        ),
        (
            ["--pay-by", "messagerie=2026-12-15"],
            "--pay-by : « Messagerie » ne sert pas à payer ; il faut payer-tva, payer-ts,",
            "--pay-by: messagerie pays nothing; expected payer-tva, payer-ts,",
        ),
        (
            ["--pay-by", "payer-cfe=12/15/2026"],
            "--pay-by : « 12/15/2026 » n'est pas une date ; il faut une date telle que 03/02/2026",
            "--pay-by: not a date: '12/15/2026'; expected one such as 03/02/2026",
        ),
        (["--pay-by", "payer-cfe=2126-12-15"], "l'année 2126 n'est pas plausible", "not a plausible year: 2126"),
        (
            ["--letter", "a fortnight"],
            "--letter : « a fortnight » n'est pas une durée prévue. Indiquez un nombre entier de jours, de 0 à 1 000",
            "--letter 'a fortnight' is no lead time: expected whole civil days, 0 to 1000",
        ),
        (["--bank", "1001"], "--bank : 1001 n'est pas une durée prévue", "--bank 1001 is no lead time"),
        (
            ["--letter", "50", "--answer", "10"],
            "--letter, --answer : avec 60 jours pour le courrier et l'entreprise, le code du courrier serait",
            "--letter, --answer: with 60 civil days for the letter and the company, the code of the letter would end",
        ),
        (
            ["--night"],
            "argument inconnu : « --night » ; il faut les options",
            "unknown argument: '--night'; expected",
        ),
        (["--csv"], "--csv : valeur absente ou superflue ; il faut ce que --help", "--csv: a value missing, or"),
        (["--all=3"], "--all : valeur absente ou superflue", "--all: a value missing, or one too many"),
    ],
)
def test_what_cannot_be_run_is_said_so(tmp_path, capsys, arguments, french, english):
    """A bad argument or database ends with status 2 and one line in the language, and without a traceback."""
    place = ["--database", str(tmp_path / "x.sqlite")] if "--database" not in arguments else []
    for language, said in (("fr", french), ("en", english)):
        status = main(["--lang", language, *place, *arguments])
        out, err = capsys.readouterr()

        assert (2, "") == (status, out)
        assert said in plain(err)
        assert 1 == err.count("\n")


def test_an_unknown_language_is_said_so_in_the_usual_one(capsys):
    """Who cannot be answered in what was asked for is answered in French, with the languages there are."""
    assert 2 == main(["--lang", "de"])
    assert "nightly.py: --lang : langue inconnue, « de » ; il faut fr ou en.\n" == plain(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", ("utilisation : nightly.py", "montrer cette aide")), ("en", ("usage: nightly.py", "show this help"))],
)
def test_the_help_is_in_the_language(capsys, language, said):
    """With every option; nothing is done."""
    with pytest.raises(SystemExit) as end:
        main(["--lang", language, "--help"])
    out = plain(capsys.readouterr().out)

    assert 0 == end.value.code
    assert all(
        it in out
        for it in (*said, "--lang", "--csv", "--database", "--at", "--pay-by", "--letter", "--answer", "--all")
    )
    assert "help." not in out
    assert {"fr": "1 s'il y a quelque chose à faire ou à revoir", "en": "1 where something is"}[language] in " ".join(
        out.split()
    )
    assert ("show" in out) == (language == "en")


# --- Coming tax dates -------------------------------------------------------------------------------------------------


def taxes(run: CompletedProcess[str]) -> list[str]:
    """What a night says of coming tax dates, a line each, without its heading."""
    said = plain(run.stdout)
    section = re.search(r"^Impôts à payer [^\n]*\n(.*?)\n\n", said, re.DOTALL | re.MULTILINE)[1]
    return re.sub(r"\n(?: {4}(?=\S)|(?=[^ «]))", " ", section).splitlines()


def groups(run: CompletedProcess[str]) -> list[tuple[str, ...]]:
    """The companies of each tax with their group and their day, of a night in which all is told."""
    return [(row[0].removeprefix("Payer "), *row[2:]) for row in table(run.stdout, "Impôts à payer")]


TO_ISSUE, TO_SEND, AGAIN = "mandat à éditer", "mandat à transmettre à la banque", "demande à vérifier ou à renouveler"
AWAITED, NO_MANDATE = "service attendu", "service attendu, sans mandat enregistré"
NEVER = "service jamais demandé"
HELD = {"services": "payer-tva payer-cfe", "company_email": "", "letter_dated": "2026-02-05"}
HELD |= {"code_entered": "2026-02-13 11:00"}
MANDATE = {f"mandate_{fact}": f"2026-02-1{day} 10:00" for day, fact in enumerate(("issued", "signed", "sent"), 4)}
OTHERS = (("732829320", "Boulangerie Brun"), ("443061841", "Cave Colin"), ("552008443", "Salon Morin"))


def firm_of(*differences: dict[str, str]) -> list[dict[str, str]]:
    """Garage Moreau and others, each with what differs."""
    names = [("552100554", "Garage Moreau"), *OTHERS]
    return [
        GARAGE | {"siren_or_file_number": siren, "company": company} | differs
        for (siren, company), differs in zip(names, differences, strict=False)
    ]


def test_each_company_has_its_place_before_a_tax_date(firm):
    """One can pay, one needs its mandate registered, one awaits the code, one has nothing: each by its own last day."""
    registered = HELD | MANDATE | {"mandate_registered": "2026-02-17 10:00"}
    waiting = {"services": "payer-tva payer-cfe", "company_email": "", "letter_dated": "2026-02-05"}
    rows = firm_of(registered, HELD, waiting, {"services": "payer-cfe", "company_email": "", "letter_dated": ""})
    dates = ("--pay-by", "payer-tva=2026-04-20", "--pay-by", "payer-cfe=2026-03-05")
    run = firm("2026-02-20T06:00", *rows, more=(*dates, "--all"))

    assert 1 == run.returncode, run.stdout
    assert [
        # 14 days for the letter and 3 for the company. Asked for on 2 February: the letter is awaited.
        ("CFE", AWAITED, "lundi 2 mars", "Cave Colin"),
        ("CFE", AWAITED, "lundi 2 mars", "Salon Morin"),
        # 3 days to sign the mandate and 5 to register it.
        ("TVA", TO_ISSUE, "dimanche 12 avril", "Boulangerie Brun"),
        ("TVA", NEVER, "vendredi 3 avril", "Salon Morin"),
        ("TVA", NO_MANDATE, "vendredi 3 avril", "Cave Colin"),
    ] == groups(run)
    said = plain(run.stdout)
    assert "« Payer CFE », le jeudi 5 mars 2026 : était à demander au plus tard le lundi 16 février 2026." in said
    assert "« Payer TVA », le lundi 20 avril 2026 : à demander au plus tard le vendredi 3 avril 2026." in said
    assert "  - 2 l'attendent (première échéance sûre : lundi 2 mars)\n" in said
    assert "  - 1 l'attend, sans mandat enregistré (première échéance sûre : vendredi 3 avril)\n" in said
    assert ["  - 2 peuvent déjà payer", "  - 1 peut déjà payer"] == re.findall(
        r"^  - \d+ peu\w+ déjà payer$", said, re.MULTILINE
    )


def test_who_lost_a_service_that_a_tax_needs_renews_it(firm):
    """The code of its letter was never entered: it comes before whoever never asked, with the day to begin by."""
    lost = {"services": "payer-cfe", "company_email": "", "letter_dated": "2026-02-05"}
    never = {"services": "messagerie", "iban": "", "link_used": "2026-02-02 11:00", "letter_dated": "2026-02-04"}
    rows = firm_of(lost, never | {"code_entered": "2026-02-10 10:00"})
    run = firm("2026-04-10T06:00", *rows, more=("--pay-by", "payer-cfe=2026-12-15", "--all"))

    assert [
        ("CFE", AGAIN, "samedi 28 novembre", "Garage Moreau"),
        ("CFE", NEVER, "samedi 28 novembre", "Boulangerie Brun"),
    ] == groups(run)
    needed = [
        "Payer CFE",
        "mardi 15 décembre",
        "demande à vérifier ou à renouveler",
        "samedi 28 novembre",
        "Garage Moreau",
    ]
    assert [needed] == table(run.stdout, "À faire pour les impôts à venir : 1")


def test_who_awaits_a_service_is_told_to_act_while_its_time_limit_runs(firm):
    """A tax of December leaves time to ask for everything again: the code of a letter of February does not."""
    waiting = {"services": "payer-cfe", "company_email": "", "letter_dated": "2026-02-05"}
    safe, grace = (
        firm(night, *firm_of(waiting), more=("--pay-by", "payer-cfe=2026-12-15", "--all"))
        for night in ("2026-02-20T06:00", "2026-04-06T06:00")
    )

    # Day + 59, and on the day of grace that day.
    assert [("CFE", AWAITED, "dimanche 5 avril", "Garage Moreau")] == groups(safe)
    assert [("CFE", AWAITED, "aujourd'hui", "Garage Moreau")] == groups(grace)


def test_who_awaits_a_service_acts_each_within_its_own_time_limit(firm):
    """Where the last days differ, the first one is said."""
    waiting = {"services": "payer-cfe", "company_email": "", "letter_dated": "2026-02-05"}
    later = waiting | {"letter_dated": "2026-02-06"}
    both = firm("2026-02-20T06:00", *firm_of(later, waiting), more=("--pay-by", "payer-cfe=2026-12-15"))

    assert "2 l'attendent (première échéance sûre : dimanche 5 avril)" in section(
        both.stdout, "À faire pour les impôts"
    )


def test_what_is_too_late_is_said_with_when_it_is_possible(firm):
    """Three days before, there is no time for a letter, nor for a mandate; the lead times are the firm's to say."""
    rows = firm_of(HELD, {"services": "payer-cfe", "company_email": "", "letter_dated": "2026-02-20"})
    late = firm("2026-04-17T06:00", *rows, more=("--pay-by", "payer-tva=2026-04-20"))
    soon = ("--pay-by", "payer-tva=2026-04-20", "--letter", "1", "--answer", "1", "--bank", "2")
    quick = firm("2026-04-17T06:00", *rows, more=(*soon, "--all"))
    full = firm("2026-04-17T06:00", *rows, more=("--pay-by", "payer-tva=2026-04-20", "--all"))
    direct = "paiement par prélèvement possible à partir du"

    # Whoever never asked for it is not counted with those who need one thing more.
    assert (
        "« Payer TVA », le lundi 20 avril 2026 : - le délai prévu est dépassé pour 1 entreprise : à moins d'aller plus"
        " vite que prévu, son prélèvement du lundi 20 avril sera rejeté ; prévenir le client, prévoir un autre"
        f" moyen de paiement - hors délai : 1 mandat à éditer, {direct} samedi 25 avril : Garage Moreau - 1"
        f" entreprise n'a jamais demandé le service, trop tard pour cette date : {direct} lundi 4 mai"
    ) in section(late.stdout, "À faire pour les impôts à venir : 1")
    assert f"  - Délai prévu dépassé pour 1 entreprise : {direct} samedi 25 avril\n" in plain(full.stdout)
    assert 1 == late.returncode
    assert [
        ("TVA", TO_ISSUE, "aujourd'hui", "Garage Moreau"),
        ("TVA", NEVER, "aujourd'hui", "Boulangerie Brun"),
    ] == groups(quick)


def test_each_mandate_has_its_day(firm):
    """One has to issue its mandate, the other's is signed already."""
    signed = HELD | {"mandate_issued": "2026-02-14 10:00", "mandate_signed": "2026-02-15 10:00"}
    run = firm("2026-02-20T06:00", *firm_of(HELD, signed), more=("--pay-by", "payer-tva=2026-04-20", "--all"))

    assert [
        ("TVA", TO_ISSUE, "dimanche 12 avril", "Garage Moreau"),
        ("TVA", TO_SEND, "mercredi 15 avril", "Boulangerie Brun"),
    ] == groups(run)


def test_companies_of_one_name_are_told_apart(firm):
    """Each has its number too: in a table as everybody, and in a line."""
    waiting = {"services": "payer-cfe", "company_email": "", "company": "Garage Moreau"}
    run = firm("2026-03-30T06:00", *firm_of(waiting, waiting))

    both = "jeu. 2 avril (estimé) : Garage Moreau (552 100 554), Garage Moreau (732 829 320)"
    assert [both] == [line for _, line in entries(run.stdout, "Ensuite")]
    late = section(run.stdout, "Courriers en retard : 2")
    assert "Garage Moreau (552 100 554), Garage Moreau (732 829 320)" in late


def test_each_company_that_is_late_has_its_own_day(firm):
    """Whoever waits for a letter besides can pay later than the others; a day that is near has no article."""
    waiting = {"services": "payer-tva", "company_email": "", "letter_dated": "", "requested": "2026-02-14 10:00"}
    run = firm("2026-02-16T06:00", *firm_of(HELD, waiting), more=("--pay-by", "payer-tva=2026-02-17"))

    said = section(run.stdout, "À faire pour les impôts à venir : 2")
    assert "leur prélèvement de demain sera rejeté" in said
    late = r"à partir du mardi 24 février : Garage Moreau ; à partir du \w+ \d+ mars : Boulangerie Brun"
    assert re.search(late, said), said
    everything = firm("2026-02-16T06:00", *firm_of(HELD, waiting), more=("--pay-by", "payer-tva=2026-02-17", "--all"))
    full = " ".join(plain(everything.stdout).split())
    days = r"pour 2 entreprises : .* possible à partir du mardi 24 février \(1\) et du \w+ \d+ mars \(1\)"
    assert re.search(days, full), full


def test_a_lapse_is_named_every_night_until_it_is_corrected(firm):
    """It is to be checked first, so nobody is told to request again at once."""
    lost = {"services": "payer-cfe", "company_email": "", "letter_dated": "2026-02-05"}
    tonight = firm("2026-04-10T06:00", *firm_of(lost))
    after = firm("2026-04-12T06:00", *firm_of(lost))
    activated = firm("2026-04-13T06:00", *firm_of(lost | {"code_entered": "2026-04-02 10:00"}))

    check = "1 demande à vérifier sur le site"
    assert check in section(tonight.stdout, "Caducités constatées cette nuit : 1")
    assert check in section(after.stdout, "Caducités déjà signalées, toujours à vérifier : 1")
    assert "Garage Moreau" in section(after.stdout, "Caducités déjà signalées, toujours à vérifier : 1")
    assert "À faire aussi : rien." in plain(after.stdout)
    assert "Caducités à vérifier : 1." in plain(after.stdout)
    assert "Caducités déjà" not in plain(activated.stdout)


def test_a_value_that_may_hide_a_service_is_never_cut(firm):
    """However many others are ignored: its line, its company and its column are said."""
    usual = {"services": "payer-cfe", "company_email": "", "letter_dated": "2026-02-05"}
    wrong = ({"services": "payer-tvaa payer-cfe"}, {"code_entered": "x"}, {"letter_dated": "x"}, {"link_used": "x"})
    run = firm("2026-03-04T06:00", *firm_of(*(usual | {"third_party": "x"} | it for it in wrong)))

    said = section(run.stdout, "Valeurs ignorées")
    assert all(f"ligne {line}" in said for line in (2, 3, 4, 5)), said


def test_a_mandate_whose_last_use_nobody_knows_is_told_as_what_it_is(tmp_path):
    """It is named while it is safe until tomorrow; past that, it is not counted with those that can pay."""
    file = tmp_path / "taken-over.csv"
    row = "Pharmacie;444589881;TVA;FR7620041486777141975159281;oui;05/03/2020;06/03/2023;\n"
    head = "Entreprise;SIREN;Services;IBAN;Tiers;Titulaire depuis;Mandat enregistré le;Dernier prélèvement\n"
    file.write_text(head + row, encoding="utf-8")

    def night(name: str, at: str) -> str:
        tax = ("--pay-by", "payer-tva=2026-04-20")
        return nightly("--csv", file, "--database", tmp_path / name, "--at", at, *tax).stdout

    near, doubtful = night("near", "2026-03-04T06:00"), night("doubtful", "2026-04-19T06:00")
    assert "Demain (estimé), cabinet" in section(near, "À faire aujourd'hui ou demain : 1 dossier")
    assert "Peut-être déjà caducs" not in plain(near)
    for said in (near, doubtful):
        assert "1 dépend d'un mandat à vérifier : Pharmacie" in section(said, "À faire pour les impôts")
        assert "peut déjà payer" not in plain(said)
    # The bank is to be asked before the tax is paid: whoever reads the first lines only is told.
    assert "« Payer TVA », à payer demain : 1 entreprise" in section(doubtful, "À faire aujourd'hui ou demain")


def test_a_tax_date_that_is_past_stops_nothing(firm):
    """A job that runs every night with the same dates outlives them; without any date it says how to give one."""
    past = firm("2026-02-03T06:00", GARAGE, more=("--pay-by", "payer-cfe=2026-02-02", "--lang", "en"))
    none = firm("2026-02-03T06:00", GARAGE)

    assert (1, 1) == (past.returncode, none.returncode)
    assert "'Payer CFE', on Monday 2 February 2026: past." in past.stdout
    assert "Impôts à payer : aucune date n'est donnée (par exemple : --pay-by payer-cfe=2026-12-15)." in plain(
        none.stdout
    )


def test_a_file_number_is_asked_for_no_tax(firm):
    """It can only consult notices (2.3): it lacks nothing."""
    row = GARAGE | {"siren_or_file_number": "TF75001234", "services": "consulter-avis-tf", "iban": ""}
    run = firm("2026-02-20T06:00", row | {"company_email": ""}, more=("--pay-by", "payer-cfe=2026-12-15"))

    assert (1, []) == (run.returncode, entries(run.stdout, "À faire pour les impôts à venir : rien"))


def test_an_estimated_day_and_a_last_day_are_said_to_be(firm):
    """Nobody said what day the letter bears; and on the day of grace, that it is the last one."""
    row = GARAGE | {"services": "payer-cfe", "company_email": "", "iban": GARAGE["iban"]}
    estimated = firm("2026-03-25T06:00", row)
    known = firm("2026-04-03T06:00", row | {"letter_dated": "2026-02-02"})
    note = "Une date estimée se précise en notant"

    assert ["jeu. 2 avril (estimé) : Garage Moreau"] == [line for _, line in entries(estimated.stdout, "Ensuite")]
    assert note in plain(estimated.stdout)
    ((heading, line),) = entries(known.stdout, "À faire")
    assert heading.startswith("Aujourd'hui (dernier jour), cabinet : demander le code")
    assert "Garage Moreau (552 100 554) \N{EN DASH} CFE" == line
    assert note not in plain(known.stdout)


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
    last = plain(capsys.readouterr().out).rpartition("Nuit du")[2]
    assert "Rien n'a changé : cette nuit était déjà traitée.\n" in last


def test_a_night_before_the_last_one_is_refused(firm):
    """The store does not go back in time."""
    firm("2026-02-05T06:00", GARAGE)
    run = firm("2026-02-04T06:00", GARAGE)

    assert 2 == run.returncode
    assert (
        "--at : la base a déjà enregistré un fait le jeudi 5 février 2026 à 6 h ; il faut une nuit postérieure"
    ) in plain(run.stderr)


def test_the_night_is_the_same_on_postgresql(shipped, postgres):
    """Another URL is all it takes."""
    run = nightly("--database", postgres.new_database())

    assert 1 == run.returncode
    assert tables(shipped["first"].stdout) == tables(run.stdout)
