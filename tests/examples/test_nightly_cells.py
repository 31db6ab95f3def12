"""What a night makes of cells that are wrong, and what it says first: nothing that can end is hidden."""

from __future__ import annotations

import csv
import re
from contextlib import closing
from datetime import date

import pytest

pytest.importorskip("sqlalchemy", reason="the main job is tested with SQLAlchemy and rich only")
pytest.importorskip("rich", reason="the main job is tested with SQLAlchemy and rich only")

from nightly import main
from paths import EXAMPLES
from portfolio import REQUESTED as COLUMNS
from portfolio import read_portfolio, services_of
from sections import FEW, TO_CALL
from stdnum import luhn
from store import Store
from told import entries, plain, section, table

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
CODE_ONLY = GARAGE | {"services": "payer-cfe", "company_email": ""}
OTHERS = (("732829320", "Boulangerie Brun"), ("443061841", "Cave Colin"), ("552008443", "Salon Morin"))
ID = "552100554-20260202T090000"
LOST, IGNORED = "Demandes qui ne sont pas suivies du tout", "Valeurs ignorées"


@pytest.fixture
def night(tmp_path, capsys, monkeypatch):
    """Runs a night of these rows on lines that are long enough; gives its status and what it said."""

    def run(at, *rows, more=(), columns="300"):
        monkeypatch.setenv("COLUMNS", columns)
        with (tmp_path / "clients.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        place = ["--csv", str(tmp_path / "clients.csv"), "--database", str(tmp_path / "clients.sqlite")]
        status = main([*place, "--at", f"{at}+01:00", *more])
        return status, plain(capsys.readouterr().out)

    def case(id_=ID):
        with closing(Store(str(tmp_path / "clients.sqlite"))) as store:
            return store.get(id_), [event.kind for event in store.events(id_)]

    run.case = case
    return run


def named(*differences, of=GARAGE):
    """Rows of several companies, each with what differs."""
    names = (("552100554", "Garage Moreau"), *OTHERS)
    return [
        of | {"siren_or_file_number": siren, "company": company} | differs
        for (siren, company), differs in zip(names, differences, strict=False)
    ]


# --- A cell that is wrong ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("letter_dated", "31/02/2026", "« 31/02/2026 » n'est pas une date"),
        (
            "code_entered",
            "hier",
            "« hier » n'est pas une date",
        ),
        ("mandate_sent", "2026-03-29 02:30", "les horloges changent d'heure"),
        ("third_party", "perhaps", "« perhaps » n'est pas une réponse"),
        ("company", "", "cellule vide"),
        ("legal_representative", "x" * 300, ""),
        ("services", "messagerie, payer-la-cantine, payer-cfe", "« payer-la-cantine » n'est pas un service connu"),
        ("iban", "FR76 3000 6000 0112 3456 7890 188", "sa clé"),
    ],
)
def test_a_link_that_ends_in_minutes_is_told_whatever_else_is_wrong_in_its_row(night, column, cell, reason):
    """Its hour is known: the request is followed, and stands first; the bad cell is told as one that is left out."""
    status, said = night("2026-02-04T09:53", GARAGE | {column: cell})
    ((heading, line),) = entries(said, "À faire aujourd'hui ou demain : 1 dossier")

    assert 1 == status
    assert "Aujourd'hui, client : utiliser le lien reçu par courriel" == heading
    assert line.startswith("à 10 h : ")
    assert line.endswith(" \N{EN DASH} contact@garage.example")
    assert LOST not in said
    assert reason.removeprefix("sa ") in section(said, IGNORED)
    assert "1 ligne suivie, sur 1 de clients.csv" in said


def test_what_rests_on_a_bad_cell_is_left_out_by_name(night):
    """Without an account what is paid cannot be followed; the letter and its code are of the whole request."""
    _, said = night("2026-02-04T09:00", GARAGE | {"iban": "FR76 1"}, more=("--pay-by", "payer-tva=2026-04-20"))
    case, _ = night.case()

    assert ["messagerie"] == [service.code for service in case.services]
    assert "sans cette donnée, « Payer TVA » et « Payer CFE » ne sont pas suivis" in section(said, IGNORED)
    # Nor is it said that the service was never asked for.
    taxes = section(said, "À faire pour les impôts")
    assert "n'a jamais demandé" not in taxes
    assert "1 dont la ligne est à corriger : ce service n'y est pas suivi" in taxes


def test_a_service_that_nobody_knows_may_be_the_one_to_pay(night):
    """It is not said that the company never asked for it: its row is to be mended."""
    row = GARAGE | {"services": "payer-cfe, TVAA"}
    _, said = night("2026-02-04T09:00", row, more=("--pay-by", "payer-tva=2026-04-20"))
    taxes = section(said, "À faire pour les impôts")

    assert "n'a jamais demandé" not in taxes
    assert "1 dont la ligne est à corriger : ce service n'y est pas suivi" in taxes


@pytest.mark.parametrize(
    ("iban", "reason"), [("", "cellule vide"), ("FR76 1", "la saisie, « AA99 9 », n'a pas deux lettres")]
)
def test_a_request_without_its_account_is_followed_by_its_day(night, iban, reason):
    """The letter's 60 days need no account (A19): the cell is told, and filled in later it is declared (A17)."""
    row = CODE_ONLY | {"services": "payer-tva payer-cfe", "iban": iban, "mandate_issued": "2026-02-10 10:00"}
    _, early = night("2026-02-20T06:00", row)
    _, said = night("2026-04-02T06:00", row, more=("--pay-by", "payer-tva=2026-12-20"))
    awaited, told = night.case()
    ((heading, line),) = entries(said, "À faire aujourd'hui ou demain : 1 dossier")

    assert LOST not in early + said
    assert "1 ligne suivie, sur 1 de clients.csv" in said
    assert "Aujourd'hui (estimé), cabinet : retrouver le courrier en retard" in heading
    assert line.startswith("Garage Moreau")
    ignored = section(said, IGNORED)
    assert "IBAN : " in ignored
    assert reason in ignored
    assert "mandat édité le : le compte de ce mandat n'est pas connu" in ignored
    assert "n'est pas suivi" not in ignored
    assert (["request-taken-over", "activation-reminded"], "awaiting_code") == (told[:2], str(awaited.stage))
    assert ["payer-tva", "payer-cfe"] == [service.code for service in awaited.services]

    done = row | {"iban": GARAGE["iban"], "letter_dated": "2026-02-05", "code_entered": "2026-04-01 10:00"}
    _, later = night("2026-04-03T06:00", done)
    held, told = night.case()

    assert IGNORED not in later
    assert ["account-declared", "letter-recorded", "services-activated"] == told[-3:]
    assert "active" == str(held.stage)
    assert "issued" == str(night.case(f"{ID}-mandate")[0].stage)


@pytest.mark.parametrize(
    "used", [{"link_used": "2026-02-03 10:00"}, {"letter_dated": "2026-02-05"}, {"code_entered": "2026-02-13 11:00"}]
)
def test_messaging_beside_keeps_no_service_back_once_its_link_was_used(night, used):
    """The letter is of all the services, and its 60 days need no account: the row is followed as one without any."""
    # At half past midnight, the day of the request is that of clocks in Paris.
    row = GARAGE | {"iban": "", "requested": "2026-02-02 00:30"} | used
    _, said = night("2026-02-20T06:00", row, more=("--pay-by", "payer-tva=2026-12-20"))
    case, told = night.case("552100554-20260201T233000")
    _, again = night("2026-02-21T06:00", row)

    assert ["messagerie", "payer-tva", "payer-cfe"] == [service.code for service in case.services]
    assert ("active" if "code_entered" in used else "awaiting_code") == str(case.stage)
    assert "request-taken-over" == told[0]
    assert ("contact@garage.example", "Anne Moreau", date(2026, 2, 2)) == (
        str(case.origin.form.company_email),
        str(case.origin.form.legal_representative),
        case.origin.requested,
    )
    for each in (said, again):
        assert 1 == section(each, IGNORED).count("Garage Moreau")
        assert "IBAN : cellule vide" in section(each, IGNORED)
        assert "suivi" not in section(each, IGNORED).partition("\n")[2]


def test_services_that_a_request_was_opened_without_are_told_every_night(night):
    """While its link is awaited, its 48 hours are those of the others; what was left out then is never silent."""
    row = GARAGE | {"iban": "FR76 1"}
    night("2026-02-03T06:00", row)
    told = "la demande a d'abord été notée sans « Payer TVA » et « Payer CFE », qui ne sont pas suivis"
    for cells in ({"link_used": "2026-02-03 10:00"}, {"link_used": "2026-02-03 10:00", "iban": GARAGE["iban"]}):
        status, said = night("2026-02-04T06:00", row | cells, more=("--pay-by", "payer-tva=2026-12-20"))

        assert 1 == status
        assert f"services : {told}" in section(said, IGNORED)
        assert "1 dont la ligne est à corriger : ce service n'y est pas suivi" in section(
            said, "À faire pour les impôts"
        )
    assert (["messagerie"], "awaiting_code") == ([it.code for it in night.case()[0].services], night.case()[0].stage)


def test_a_file_without_a_column_of_accounts_is_followed(night, tmp_path):
    """Each request by its day; the mistake is told once, with its rows."""
    rows = [
        {"entreprise": name, "SIREN": siren, "services": "TVA", "demandé le": "02/02/2026"} for siren, name in OTHERS
    ]
    lines = [";".join(rows[0]), *(";".join(row.values()) for row in rows)]
    (tmp_path / "others.csv").write_text("\n".join(lines), "utf-8")
    book = read_portfolio(tmp_path / "others.csv")

    assert (3, [False] * 6) == (len(book.entries), [it.is_lost for it in book.wrong])
    assert {"iban", "third_party"} == {it.column for it in book.wrong}


@pytest.mark.parametrize(("more", "is_followed"), [({}, False), ({"letter_dated": "2026-02-05"}, True)])
def test_without_the_address_of_its_link_a_request_is_followed_only_once_the_link_was_used(night, more, is_followed):
    """Nobody can use it, and it is not known which of its services wait for it; a letter's day proves that it was."""
    row = GARAGE | {"company_email": "contact(at)garage.example"} | more
    _, said = night("2026-02-10T09:00", row)

    assert is_followed == (LOST not in said)
    assert "ligne 2 (Garage Moreau), courriel : le signe @ manque" in section(said, IGNORED if is_followed else LOST)


def test_the_rows_of_which_nothing_is_followed_are_second_and_complete(night):
    """However many there are, by line and name, before what is overdue; what is ignored elsewhere is told apart."""
    bad = [CODE_ONLY | {"company": f"Garage {number}", "siren_or_file_number": "552100555"} for number in range(25)]
    good = CODE_ONLY | {"letter_dated": "31/02/2026"}
    status, said = night("2026-02-20T06:00", good, *bad)
    lost = section(said, f"{LOST}, échéances inconnues : 25")

    assert 1 == status
    lines = f"{', '.join(map(str, range(3, 27)))} et 27"
    assert f"- lignes {lines} ({', '.join(f'Garage {number}' for number in range(25))}), SIREN : la clé" in lost
    assert 1 == lost.count("SIREN :")
    titles = ("À faire", LOST, "Courriers en retard", "Caducités", IGNORED)
    places = [said.index(f"\n{title}") for title in titles]
    assert sorted(places) == places
    assert "1 ligne suivie, sur 26 de clients.csv" in said


def test_a_link_of_before_the_request_hides_no_letter(night):
    """Its hour is wrong; the letter's day is read all the same, and proves that the link was used (A23)."""
    row = GARAGE | {"link_used": "2026-01-31 10:00", "letter_dated": "2026-02-05"}
    first, second = night("2026-02-20T06:00", row), night("2026-02-20T06:00", row)
    case, kinds = night.case()

    assert ["adhesion-requested", "link-proved-by-letter"] == kinds
    assert "awaiting_code" == str(case.stage)
    assert "2026-04-06" == f"{case.deadline.closes:%Y-%m-%d}"
    assert "Caducités constatées cette nuit : aucune." in first[1]
    for _, said in (first, second):
        assert "lien utilisé le : le fait est daté du samedi 31 janvier" in section(said, IGNORED)
    assert "Rien n'a changé : cette nuit était déjà traitée." in second[1]


def test_a_link_that_is_noted_after_its_letter_adds_nothing(night):
    """What the letter has proved needs no telling, and is no mistake; an hour that was too late is told every night."""
    row = GARAGE | {"letter_dated": "2026-02-05"}
    night("2026-02-20T06:00", row)
    _, good = night("2026-02-21T06:00", row | {"link_used": "2026-02-03 10:00"})
    nights = [night(f"2026-02-{day}T06:00", row | {"link_used": "2026-02-05 10:00"})[1] for day in (22, 23)]

    assert IGNORED not in good
    assert ["adhesion-requested", "link-proved-by-letter"] == night.case()[1]
    assert [True, True] == ["trop tard le jeudi 5 février 2026 à 10 h" in section(it, IGNORED) for it in nights]


def test_a_mandate_s_cells_are_read_to_their_end(night):
    """One that is refused hides none of those behind it."""
    row = CODE_ONLY | {
        "services": "payer-tva",
        "mandate_signed": "2026-02-03 10:00",
        "mandate_sent": "2026-02-04 10:00",
    }
    _, said = night("2026-02-10T06:00", row)
    told = section(said, f"{IGNORED}, le reste de leur ligne étant suivi : 2, sur 1 ligne")

    assert "mandat signé le : il n'y a pas encore de mandat" in told
    assert "mandat transmis le : il n'y a pas encore de mandat" in told


# --- What comes first -------------------------------------------------------------------------------------------------


def test_what_may_have_ended_comes_first_and_then_the_last_day(night):
    """Whatever its last day is: the safe one is over. A day that is the last is before one that is safe."""
    rows = named(
        {"letter_dated": "2026-02-05"}, {"letter_dated": "2026-02-06"}, {"letter_dated": "2026-02-07"}, {}, of=CODE_ONLY
    )
    status, said = night("2026-04-06T06:00", *rows)
    now = entries(said, "À faire aujourd'hui ou demain : 4 dossiers")
    ended = "Salon Morin (552 008 443) \N{EN DASH} CFE : code sûr jusqu'au jeu. 2 avril, dernier jour possible ven. "
    ended += "17 avril"

    assert 1 == status
    assert [
        ("Sans attendre, le code a pu expirer, ", ended),
        ("Aujourd'hui (dernier jour), ", "Garage Moreau (552 100 554) \N{EN DASH} CFE"),
        ("Aujourd'hui, ", "Boulangerie Brun (732 829 320) \N{EN DASH} CFE"),
        ("Demain, ", "Cave Colin (443 061 841) \N{EN DASH} CFE"),
    ] == [(heading.partition("cabinet : ")[0], line) for heading, line in now]
    assert "retrouver le courrier en retard et noter sa date, demander le code et le saisir ; client" in now[0][0]
    assert "au plus tard le aujourd'hui" not in said


def test_a_letter_of_the_first_table_is_counted_and_not_told_again(night):
    """So that those that are overdue besides are all there."""
    _, said = night("2026-04-06T06:00", *named({}, {"requested": "2026-03-10 10:00"}, of=CODE_ONLY))
    late = section(said, "Courriers en retard : 2, dont 1 déjà plus haut")

    assert "- arrivée prévue mar. 24 mars : Boulangerie Brun " in late
    assert "Garage Moreau" not in late


def test_a_letter_that_is_expected_today_is_among_the_letters(night):
    """Not among what presses nobody: it is overdue the next night."""
    status, said = night("2026-02-16T06:00", CODE_ONLY)

    assert 1 == status
    assert "- arrivée prévue aujourd'hui : Garage Moreau " in section(
        said, "Courrier attendu aujourd'hui ou demain : 1"
    )
    assert "À faire aussi : rien." in said


def test_a_link_of_which_no_hour_is_known_has_no_hour(night):
    """The day of its request ends at midnight, two days later at the soonest; a letter's date would settle nothing."""
    _, said = night("2026-02-03T06:00", GARAGE | {"requested": "2026-02-02"})
    ((heading, line),) = entries(said, "À faire aujourd'hui ou demain : 1 dossier")
    _, later = night("2026-02-04T06:00", GARAGE | {"requested": "2026-02-02"})

    assert "Aujourd'hui, client : utiliser le lien reçu par courriel" == heading
    assert line.startswith("à 24 h au plus tôt ; noter l'heure de la demande : Garage Moreau")
    assert "Une date estimée se précise" not in said
    ((heading, line),) = entries(later, "À faire aujourd'hui ou demain : 1 dossier")
    assert "Sans attendre, le lien a pu expirer, client : utiliser le lien reçu par courriel" == heading
    assert line.startswith(
        "Garage Moreau (552 100 554) \N{EN DASH} Messagerie, TVA, CFE \N{EN DASH} contact@garage.example : dernier"
    )


def test_the_days_ahead_include_the_last_of_them(night):
    """Fifteen days on: what ends on that day is among them, what ends on the next is not."""
    rows = named({"letter_dated": "2026-02-05"}, {"letter_dated": "2026-02-06"}, of=CODE_ONLY)
    _, said = night("2026-03-21T06:00", *rows)
    ahead = entries(said, "Ensuite, jusqu'au dimanche 5 avril 2026 inclus : 1 dossier")

    assert ["dim. 5 avril : Garage Moreau"] == [line for _, line in ahead]
    assert "Échéances plus lointaines : 1 dossier" in said


@pytest.mark.parametrize("columns", ["80", "100"])
def test_no_reason_is_cut(night, columns):
    """It is wrapped, however narrow the page."""
    _, said = night("2026-02-20T06:00", CODE_ONLY | {"siren_or_file_number": "552100555"}, columns=columns)

    assert "…" not in said
    assert "clé de contrôle de « 552100555 » est fausse" in section(said, LOST)


# --- What a tax needs -------------------------------------------------------------------------------------------------

HELD = {"services": "payer-tva payer-cfe", "company_email": "", "letter_dated": "2026-02-05"}
HELD |= {"code_entered": "2026-02-13 11:00"}
STAGES = [
    {},
    *({f"mandate_{fact}": f"2026-02-1{day} 10:00"} for day, fact in enumerate(("issued", "signed", "sent"), 4)),
]
TAX = ("--pay-by", "payer-tva=2026-04-20")


def at_stage(count):
    """The cells of a mandate that has come so far."""
    return {column: cell for stage in STAGES[: count + 1] for column, cell in stage.items()}


def test_a_mandate_is_told_by_what_it_lacks(night):
    """To be issued, signed, sent or checked, each with its day, which is the same in short and in full."""
    rows = named(*(HELD | at_stage(count) for count in range(4)))
    _, said = night("2026-02-20T06:00", *rows, more=TAX)
    _, full = night("2026-02-20T06:00", *rows, more=(*TAX, "--all"))
    needed = section(said, "À faire pour les impôts à venir : 4")

    assert [
        ["mandat à éditer", "dimanche 12 avril", "Garage Moreau"],
        ["mandat à faire signer", "mercredi 15 avril", "Boulangerie Brun"],
        ["mandat à transmettre à la banque", "mercredi 15 avril", "Cave Colin"],
        ["mandat à vérifier auprès de la banque", "mercredi 15 avril", "Salon Morin"],
    ] == [row[2:] for row in table(full, "À faire pour les impôts")]
    assert (
        "- 1 mandat à éditer, au plus tard le dimanche 12 avril, en semaine le vendredi 10 avril : Garage Moreau"
        in needed
    )
    assert "- 1 mandat à vérifier auprès de la banque, au plus tard le mercredi 15 avril : Salon Morin" in needed


def test_the_day_of_a_mandate_is_the_same_every_night(night):
    """Nothing happens, so nothing moves; it is never the day of the tax, though the bank should have it by then."""
    old, new, last = named(
        HELD | at_stage(3), *(HELD | at_stage(3) | {"mandate_sent": f"2026-04-{day} 10:00"} for day in ("12", "15"))
    )

    def days(at, *rows):
        return [row[3] for row in table(night(f"{at}T06:00", *rows, more=(*TAX, "--all"))[1], "À faire pour")]

    check = "à vérifier auprès de la banque"
    assert ["mercredi 15 avril"] == days("2026-02-20", old) == days("2026-03-05", old)
    # Five days after it was sent the bank should have it, or on the eve of the tax.
    assert ["mercredi 15 avril", "vendredi 17 avril"] == days("2026-04-13", old, new)
    assert ["mercredi 15 avril", "demain", "dimanche 19 avril"] == days("2026-04-16", old, new, last)
    assert f"- 3 mandats {check}, sans attendre (jour prévu : le mercredi 15 avril) : Garage" in section(
        night("2026-04-16T06:00", old, new, last, more=TAX)[1], "À faire pour les impôts"
    )


def test_a_tax_of_tomorrow_is_pointed_to_where_nothing_ends(night):
    """Whoever reads the first line only is sent on to what the tax needs; on a Friday also to what is due by Monday."""
    first = "À faire aujourd'hui ou demain"
    _, before = night("2026-04-08T06:00", GARAGE | HELD, more=TAX)
    _, early = night("2026-04-10T06:00", GARAGE | HELD, more=TAX)
    _, thursday = night("2026-04-16T06:00", GARAGE | HELD, more=TAX)
    _, friday = night("2026-04-17T06:00", GARAGE | HELD, more=TAX)
    _, said = night("2026-04-19T06:00", GARAGE | HELD, more=TAX)

    assert (
        "À faire aujourd'hui ou demain : aucun délai ne se termine, mais un impôt approche. À faire aussi pour « Payer"
        " TVA », à payer demain : 1 entreprise (voir plus bas)."
    ) == section(said, first)
    assert f"{first} : rien ne se termine." in before
    assert "« Payer TVA », à payer le lundi 20 avril : 1 entreprise" in section(early, first)
    assert f"{first} : rien ne se termine." in thursday
    assert section(early, first) == section(friday, first)
    assert "au plus tard le dimanche 12 avril, en semaine aujourd'hui : Garage Moreau" in early


def test_a_code_in_doubt_is_no_first_time_limit(night):
    """The safe day is over: it is said to be in doubt, without a word for companies that are not there."""
    row = CODE_ONLY | {"requested": "2026-01-03 10:00"}
    _, said = night("2026-03-04T06:00", row, more=("--pay-by", "payer-cfe=2026-12-15"))

    assert "- 1 l'attend ; 1 demande dont le code ou le lien a pu expirer, agir sans attendre" in section(
        said, "À faire pour les impôts"
    )


@pytest.mark.parametrize(("cell", "told"), [("oui", None), ("non", "Anne Moreau"), ("", None)])
def test_a_code_that_a_representative_asked_for_is_his_to_enter(night, cell, told):
    """He is named, and the firm makes sure of it with him; in any other case the firm asks for it and enters it."""
    row = CODE_ONLY | {"third_party": cell, "requested": "2026-01-04 10:00", "letter_dated": "2026-01-04"}
    _, said = night("2026-03-04T06:00", row)
    ((heading, line),) = entries(said, "À faire aujourd'hui ou demain : 1 dossier")
    firm = "Aujourd'hui, cabinet : demander le code et le saisir ; client : le communiquer"
    his = "Aujourd'hui, représentant légal : saisir le code du courrier ; cabinet : s'en assurer auprès de lui"

    assert (his if told else firm) == heading
    assert [told or "CFE"] == line.split(" \N{EN DASH} ")[1:2]
    assert ("le cabinet est supposé avoir demandé" in said) is (cell == "")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("oui", "par le cabinet, en qualité de tiers ; représentant légal : Anne Moreau ; dossier suivi par Camille"),
        ("non", "par son représentant légal, Anne Moreau ; dossier suivi par Camille Durand"),
        (
            "perhaps",
            "par un demandeur dont la qualité n'est pas connue (ligne 2 du fichier) ; représentant légal : Anne",
        ),
    ],
)
@pytest.mark.rule("A19")
def test_the_file_of_diligence_invents_nothing(night, cell, told):
    """Neither who asked, nor in what capacity, nor the reference of a mandate, which the file does not have."""
    row = GARAGE | HELD | at_stage(0) | {"third_party": cell, "mandate_issued": "2026-02-14 10:00"}
    said = " ".join(night("2026-02-20T06:00", row, more=("--company", "552 100 554"))[1].split())
    file = said.partition("Journal des diligences")[2]

    assert told in file
    assert "un mandat du compte FR76 **** 0189 a été édité pour Garage Moreau" in file
    assert "RUM" not in file


def test_a_mandate_of_a_service_that_is_awaited_is_needed_too(night):
    """It is told with the tax and its day, and not among what presses nobody."""
    _, said = night(
        "2026-02-20T06:00",
        GARAGE | {"services": "payer-tva", "company_email": "", "letter_dated": "2026-02-05"},
        more=TAX,
    )

    assert (
        "- 1 mandat à éditer, au plus tard le dimanche 12 avril, en semaine le vendredi 10 avril : Garage Moreau"
        in section(said, "À faire pour les impôts")
    )
    assert "1 l'attend, sans mandat enregistré (première" in section(said, "À faire pour les impôts")
    assert "À faire aussi : rien." in said


@pytest.mark.parametrize(("stage", "most"), [(0, FEW), (1, TO_CALL)])
def test_whoever_has_to_act_within_a_week_is_named(night, stage, most):
    """However many they are; weeks earlier too, unless they are many, and more where a client is to be called."""
    numbers = [str(it) for it in range(100_000_000, 100_000_400) if luhn.is_valid(str(it))]
    rows = [
        GARAGE | HELD | at_stage(stage) | {"siren_or_file_number": it, "company": f"Garage {place}"}
        for place, it in enumerate(numbers[: most + 2])
    ]

    def needed(at, *some):
        ((_, line), *_) = entries(night(at, *some, more=TAX)[1], "À faire pour les impôts")
        return len(re.findall(r"Garage \d+", line)), line.endswith(" avril (noms : --all)")

    assert (most + 1, False) == needed("2026-02-20T06:00", *rows[1:])
    assert (0, True) == needed("2026-02-21T06:00", *rows)
    assert (most + 2, False) == needed("2026-04-08T06:00", *rows)


def test_what_a_tax_needs_does_not_vanish_when_it_is_late(tmp_path, capsys, monkeypatch):
    """On the shipped portfolio, days before a tax for which many have lost the service: each is named."""
    from test_nightly import SHIPPED  # noqa: PLC0415 - beside this one

    monkeypatch.setenv("COLUMNS", "300")
    place = ["--csv", str(SHIPPED), "--database", str(tmp_path / "x.sqlite"), "--at"]
    status = main([*place, "2026-11-30T06:00+01:00"])
    said = plain(capsys.readouterr().out)
    needed = section(said, "À faire pour les impôts à venir : 93")

    assert 1 == status
    assert "- le délai prévu est dépassé pour 93 entreprises : à moins d'aller plus vite que prévu, leur" in needed
    assert "- hors délai : 93 demandes à vérifier ou à renouveler, paiement par prélèvement possible à" in needed
    assert "Atelier Baron & Chevalier, " in needed
    assert "152 entreprises n'ont jamais demandé le service, trop tard pour cette date" in needed


# --- Services by their names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Déclarer / Payer l'Impôt sur les sociétés", ["payer-is"]),
        ("Prélèvement à la source", ["payer-pas"]),
        ("Déclarer / Payer la Taxe sur les salaires, Déclarer / Payer la CVAE", ["payer-ts", "payer-cvae"]),
        ("Messagerie, Payer la TVA, Payer la CFE", ["messagerie", "payer-tva", "payer-cfe"]),
        ("Payer CVAE, Payer TF, Consulter avis TF", ["payer-cvae", "payer-tf", "consulter-avis-tf"]),
        ("Gérer mes biens immobiliers, TVA", ["Gérer mes biens immobiliers", "payer-tva"]),
        ("payer-tva payer-la-cantine", ["payer-tva", "payer-la-cantine"]),
    ],
)
def test_the_site_s_names_of_services_are_understood(cell, codes):
    """As the site and this report have them; what has another name is one service that nobody knows."""
    assert codes == services_of(cell)


def test_the_french_page_s_examples_of_services_are_understood():
    """Each that it gives."""
    page = (EXAMPLES.parents[1] / "docs" / "fr.md").read_text("utf-8")
    cells = next(line for line in page.splitlines() if line.startswith("| Services ")).rsplit("|", 2)[1]
    known = {code for name in cells.split("`")[1::2] for code in services_of(name)}

    assert {"payer-tva", "payer-cfe", "payer-is", "payer-pas", "messagerie", "consulter-avis-tf"} == known


def test_the_rows_of_a_file_are_counted(tmp_path):
    """Those that are empty are none; each request is followed once."""
    lines = [",".join(COLUMNS)]
    lines += [",".join(row.get(column, "") for column in COLUMNS) for row in (CODE_ONLY, CODE_ONLY, {})]
    (tmp_path / "clients.csv").write_text("\n".join(lines), "utf-8")
    book = read_portfolio(tmp_path / "clients.csv")

    assert (2, 1) == (book.rows, len(book.entries))
