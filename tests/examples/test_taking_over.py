"""A clientele that was there before anybody followed it: taken over in the first night, with nothing invented."""

from __future__ import annotations

import csv
from contextlib import closing
from datetime import date

import pytest

pytest.importorskip("sqlalchemy", reason="the main job is tested with SQLAlchemy and rich only")
pytest.importorskip("rich", reason="the main job is tested with SQLAlchemy and rich only")

from nightly import main
from paths import EXAMPLES
from portfolio import read_portfolio
from store import Store
from told import plain, table

from teleprocedures import Adhesion, Mandate, Space

CLIENTELE = EXAMPLES / "nightly" / "clientele.csv"
IBAN = "FR76 3000 6000 0112 3456 7890 189"
COLUMNS = [
    "entreprise",
    "siren",
    "services",
    "iban",
    "tiers",
    "titulaire",
    "mandat_enregistre",
    "dernier_prelevement",
    "clos",
]
HEADINGS = ["Entreprise", "SIREN", "Services", "IBAN", "Tiers", "Titulaire depuis", "Mandat enregistré le"]
HEADINGS += ["Dernier prélèvement", "Clos"]
GARAGE = dict(
    zip(COLUMNS, ["Garage Moreau", "552 100 554", "TVA, CFE", IBAN, "oui", "12/05/2016", "", "", ""], strict=True)
)


@pytest.fixture
def night(tmp_path, capsys):
    """Runs a night of these rows; gives its status, what it said, and the cases by id."""

    def run(at, *rows, more=()):
        file = tmp_path / "clients.csv"
        with file.open("w", encoding="cp1252", newline="") as opened:
            writer = csv.writer(opened, delimiter=";")
            writer.writerow(HEADINGS)
            writer.writerows([row[column] for column in COLUMNS] for row in rows)
        status = main(["--csv", str(file), "--at", f"2026-03-{at}T06:00+01:00", "--all", *more])
        with closing(Store(f"{file}.sqlite")) as store:
            return status, plain(capsys.readouterr().out), {case.id: case for case in store.cases()}

    return run


SERVICES = "552100554-held-payer-cfe+payer-tva"


@pytest.mark.rule("A19")
def test_services_are_held_from_the_first_night(night):
    """Since the day that the file says; who uses the space is taken over too, and nothing else is there."""
    status, said, cases = night("04", GARAGE)

    assert 0 == status
    assert {"space", SERVICES} == cases.keys()
    assert isinstance(cases["space"], Space)
    assert "SpaceTakenOver" == type(cases["space"].origin).__name__
    held = cases[SERVICES]
    assert isinstance(held, Adhesion)
    assert (date(2016, 5, 12), "clients.csv", date(2026, 3, 4)) == (
        held.origin.since,
        held.origin.source,
        held.origin.seen,
    )
    assert held.holds("payer-tva")
    assert held.holds("payer-cfe")
    assert not held.holds("messagerie")
    assert "Noté cette nuit : 2 faits du fichier" in said


@pytest.mark.parametrize("unknown", ["oui", "X", "?", "inconnu"])
@pytest.mark.rule("A19")
def test_what_is_not_known_is_not_invented(night, unknown):
    """Services that are held since a day that nobody knows."""
    _, _, cases = night("04", GARAGE | {"titulaire": unknown})

    assert cases[SERVICES].origin.since is None


@pytest.mark.rule("A19", "F1")
def test_a_mandate_is_registered_whatever_is_known_of_it(night):
    """By its registration its end is a guess, and it is to be checked; by its last collection, it is sure."""
    old = GARAGE | {"mandat_enregistre": "03/02/2019"}
    sure = old | {"siren": "732829320", "entreprise": "Cave Colin", "dernier_prelevement": "15/02/2026"}
    status, said, cases = night("04", old, sure)
    guess, known = cases[f"{SERVICES}-mandate"], cases["732829320-held-payer-cfe+payer-tva-mandate"]

    assert 1 == status
    assert said.endswith("\nMandats à vérifier : 1.\n")
    assert isinstance(guess, Mandate)
    assert (True, False) == (guess.deadline.estimated, known.deadline.estimated)
    assert (date(2019, 2, 3), None) == (guess.origin.registered, guess.origin.last_collected)
    assert "2029-02-15" == f"{known.deadline.closes:%Y-%m-%d}"
    assert [["Garage Moreau", "FR76 **** 0189", "mercredi 2 février 2022"]] == table(
        said, "Mandats dont le dernier prélèvement n'est pas connu : 1"
    )
    assert "À faire aujourd'hui ou demain : rien ne se termine." in said


@pytest.mark.rule("A15", "F1")
def test_a_collection_that_is_noted_later_settles_the_mandate(night):
    """The cell is filled in the next day, and once more later; a night in which it is the same adds nothing."""
    old = GARAGE | {"mandat_enregistre": "03/02/2019"}
    night("04", old)
    _, said, cases = night("05", old | {"dernier_prelevement": "15/02/2026"})
    again = night("06", old | {"dernier_prelevement": "15/02/2026"})
    later = night("20", old | {"dernier_prelevement": "16/03/2026"})
    older = night("21", old | {"dernier_prelevement": "15/02/2026"})
    mandates = [found[f"{SERVICES}-mandate"] for found in (cases, again[2], later[2])]
    ends = [mandate.deadline.closes for mandate in mandates]

    assert "Mandats dont le dernier" not in said
    assert "Rien n'a changé" in again[1]
    # A cell that goes back to an older day tells nothing.
    assert mandates[-1] == older[2][f"{SERVICES}-mandate"]
    # It was alive when it was seen, on 4 March.
    assert ["2029-03-04", "2029-03-04", "2029-03-16"] == [f"{end:%Y-%m-%d}" for end in ends]


@pytest.mark.parametrize(
    ("cell", "reason", "text"),
    [
        ("client parti", "client_left", None),
        ("Société radiée", "company_gone", None),
        ("autre cabinet", "another_holder", None),
        ("fusion avec Cave Colin", "other", "fusion avec Cave Colin"),
    ],
)
@pytest.mark.rule("A21")
def test_a_client_who_left_is_asked_for_nothing(night, cell, reason, text):
    """Its services and its mandate are closed, with the reason that the file gives, and no tax counts it."""
    mandate = {"mandat_enregistre": "03/02/2019", "dernier_prelevement": "15/02/2026"}
    night("04", GARAGE | mandate)
    status, said, cases = night("05", GARAGE | mandate | {"clos": cell})

    assert 0 == status
    assert [(reason, text)] * 2 == [
        (str(cases[id_].closing.reason), cases[id_].closing.text) for id_ in (SERVICES, f"{SERVICES}-mandate")
    ]
    assert "Dossiers clos, que rien ne rappelle plus : 2." in said
    assert "Rien n'a changé" in night("06", GARAGE | mandate | {"clos": cell})[1]


def test_a_closed_row_that_is_wrong_is_no_row_that_is_not_followed(night):
    """Nothing of it was to be followed: the mistake is told with those that are ignored."""
    _, said, _ = night("04", GARAGE | {"siren": "552 100 555", "clos": "client parti"})

    assert "ne sont pas suivies" not in said
    assert ["2", "SIREN", "Garage Moreau"] == table(said, "Valeurs ignorées")[0][:3]
    assert said.endswith("\nÀ corriger : 1 valeur ignorée.\n")


OTHER = "732829320-held-payer-cfe+payer-tva"


@pytest.mark.parametrize(
    ("cells", "heading", "reason"),
    [
        ({"siren": "552 100 555"}, "SIREN", "clé de contrôle de"),
        (
            {"services": "cantine"},
            "Services",
            "« cantine » n'est pas un service connu. Les services possibles sont « Messagerie »",
        ),
        ({"services": ""}, "Services", "cellule vide"),
    ],
)
def test_a_row_of_which_nothing_can_be_followed_is_told_by_its_heading(night, cells, heading, reason):
    """With its company, and the others are taken over."""
    status, said, cases = night("04", GARAGE | cells, GARAGE | {"siren": "732829320", "entreprise": "Cave Colin"})
    (wrong,) = table(said, "Demandes qui ne sont pas suivies du tout, échéances inconnues : 1")

    assert 1 == status
    assert ["2", "Garage Moreau"] == wrong[:2]
    assert wrong[2].startswith(f"{heading} : ")
    assert reason in wrong[2]
    assert {"space", OTHER} == cases.keys()
    assert "1 ligne suivie, sur 2 de clients.csv" in said


@pytest.mark.parametrize(
    ("cells", "heading", "reason"),
    [
        ({"titulaire": "31/02/2016"}, "Titulaire depuis", "« 31/02/2016 » n'est pas une date"),
        ({"titulaire": "02/03/2062"}, "Titulaire depuis", "2062"),
        ({"services": "TVA, cantine, CFE"}, "Services", "« cantine » n'est pas un service connu"),
        ({"dernier_prelevement": "avril"}, "Dernier prélèvement", "« avril » n'est pas une date"),
        ({"iban": "", "dernier_prelevement": "15/02/2026"}, "IBAN", "Cellule vide"),
        ({"tiers": "peut-être"}, "Tiers", "« peut-être » n'est pas une réponse"),
        ({"iban": "FR76 1"}, "IBAN", "La saisie, « AA99 9 » (A pour une lettre"),
    ],
)
def test_a_cell_that_is_wrong_takes_no_other_away(night, cells, heading, reason):
    """It is told with its company; what else the row says is taken over."""
    status, said, cases = night("04", GARAGE | cells)
    (wrong,) = table(said, "Valeurs ignorées, le reste de leur ligne étant suivi : 1, sur 1 ligne")

    assert 1 == status
    assert ["2", heading, "Garage Moreau"] == wrong[:3]
    assert reason in wrong[3]
    assert {"space", SERVICES} == cases.keys()
    assert "ne sont pas suivies" not in said


def test_the_shipped_clientele_is_taken_over_in_its_first_night(tmp_path, capsys):
    """Three hundred rows of a French export, but for three that are wrong; the second night changes nothing."""
    book = read_portfolio(CLIENTELE)
    place = ["--csv", str(CLIENTELE), "--database", str(tmp_path / "x.sqlite")]
    first, said = main(place), plain(capsys.readouterr().out)
    second, again = main(place), plain(capsys.readouterr().out)
    with closing(Store(str(tmp_path / "x.sqlite"))) as store:
        cases = list(store.cases())
    services = [case for case in cases if isinstance(case, Adhesion)]

    assert (0, 300, ["Honoraires"]) == (len(book.entries), len(book.held), book.unread)
    assert (1, 1) == (first, second)
    assert 300 == len(services)
    assert all(case.holds(service.code) for case in services for service in case.services)
    assert "300 lignes suivies, sur 300 de clientele.csv" in said
    assert "Valeurs ignorées, le reste de leur ligne étant suivi : 3, sur 3 lignes" in said
    assert "Mandats dont le dernier prélèvement n'est pas connu : 11" in said
    assert "158 peuvent déjà payer ; 7 dépendent d'un mandat à vérifier" in " ".join(said.split())
    assert "Rien n'a changé : cette nuit était déjà traitée." in again
