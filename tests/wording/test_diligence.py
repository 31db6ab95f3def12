"""The file of diligence: what was asked, who was told what, what came back when, what lapsed and why; and its seal."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given

import teleprocedures as tp
from teleprocedures import HELD_ELSEWHERE
from teleprocedures.testing import strategies as a
from teleprocedures.wording import ENGLISH, FRENCH, diligence, first_changed
from tests.builders import COMPANY_EMAIL, FRENCH_IBAN, asked, each, failure, issued, linked, paying, plain, requested
from tests.instants import DAY, START

FORM = {
    "company_email": COMPANY_EMAIL,
    "bank_accounts": [FRENCH_IBAN],
    "company_name": "Boulangerie Martin",
    "applicant": "third_party",
}


def played():
    """A request with a link that was used in time, told late, and a letter that never came; in order of deciding."""
    made = [linked("payer-tva", token=HELD_ELSEWHERE, code=HELD_ELSEWHERE, **FORM)]
    made.append(made[-1].case.remind(at=START + DAY))
    made.append(made[-1].case.lapse(at=made[0].case.deadline.lapses_at))
    made.append(
        made[-1].case.confirm_company_email(
            HELD_ELSEWHERE, code=HELD_ELSEWHERE, at=START + DAY, recorded_at=START + 3 * DAY
        )
    )
    made.append(made[-1].case.lapse(at=made[-1].case.deadline.lapses_at))
    return made


MADE = played()
EVENTS = [event for decision in MADE for event in decision.events]
MESSAGES = [message for decision in MADE for message in decision.messages]
FILE = diligence(EVENTS, MESSAGES, of="552 100 554")


@pytest.mark.rule("A14", "A15", "2.9", "2.11", "3.4")
def test_what_a_firm_shows():
    """In the order of telling: each fact with its day and its rules, each message with to whom it went and by when."""
    shown = [(row["kind"], row["day"], row["told"][:10], row["to"], row["due"], row["rules"]) for row in FILE.rows]

    assert [
        ("adhesion-requested", "2025-01-06", "2025-01-06", None, None, "2.10"),
        ("adhesion-reminded", "2025-01-07", "2025-01-07", None, None, "2.10"),
        ("reminder-email", "2025-01-07", "2025-01-07", "camille@cabinet-durand.fr", "2025-01-08", "2.9"),
        ("adhesion-lapsed", "2025-01-08", "2025-01-08", None, None, "2.11, A15"),
        ("lapse-notice", "2025-01-08", "2025-01-08", "camille@cabinet-durand.fr", "2025-01-08", "2.9"),
        ("company-email-confirmed", "2025-01-07", "2025-01-09", None, None, "3.1, A15"),
        ("activation-lapsed", "2025-03-23", "2025-03-22", None, None, "3.4, A15"),
        ("lapse-notice", "2025-03-23", "2025-03-22", "camille@cabinet-durand.fr", "2025-03-07", "3.1"),
    ] == shown
    assert list(range(1, 9)) == [row["number"] for row in FILE.rows]
    assert all(isinstance(value, (str, int, type(None))) for row in FILE.rows for value in row.values())


@pytest.mark.rule("A15")
def test_the_text_of_a_file():
    """A title, an entry with its digest each, and where each case stands by its day and its services."""
    lines = plain(FILE.text).splitlines()

    assert "Journal des diligences, pour Boulangerie Martin (SIREN 552 100 554)" == lines[0]
    assert (
        "5. Le mercredi 8 janvier 2025 à 10 h, message adressé à camille@cabinet-durand.fr : Demande d'adhésion"
        " présumée"
        " caduque pour Boulangerie Martin (SIREN 552 100 554)."
    ) == lines[10]
    assert (
        "6. Le mardi 7 janvier 2025 à 10 h, l'entreprise a utilisé le lien de validation ; le code du courrier est à"
        " saisir au plus tard le vendredi 7 mars 2025 (date estimée) (fait signalé le jeudi 9 janvier 2025 à 10 h)"
        " (règles 3.1 et A15)."
    ) == lines[12]
    assert f"   SHA-256 {FILE.rows[5]['digest']}" == lines[13]
    assert (
        "Dossier du lundi 6 janvier 2025, « Messagerie » et « Payer TVA » : demande d'adhésion présumée caduque."
        == lines[-1]
    )


def test_a_file_in_english():
    """The same rows but for their sentences, and so other digests."""
    english = diligence(EVENTS, MESSAGES, of=tp.Siren("552100554"), words=ENGLISH)

    assert english.text.startswith(
        "File of diligence of Boulangerie Martin (SIREN 552100554)\n\n1. On Monday 6 January 2025"
    )
    assert english.text.endswith(
        "Case of Monday 6 January 2025, 'Messagerie (messaging)' and 'Payer TVA (pay VAT)': request presumed lapsed.\n"
    )
    assert [row["kind"] for row in FILE.rows] == [row["kind"] for row in english.rows]
    assert FILE.rows[0]["digest"] != english.rows[0]["digest"]


@pytest.mark.rule("A14")
@each(
    "count status on",
    (0, None, date(2025, 1, 5)),
    (1, "demande d'adhésion en attente de validation de l'adresse électronique", date(2025, 1, 6)),
    # On the 8th the link's time was over, and nobody had told that it was used on the 7th.
    (5, "demande d'adhésion présumée caduque", date(2025, 1, 8)),
    (6, "demande d'adhésion en attente du code du courrier", date(2025, 1, 9)),
    (6, "demande d'adhésion en attente du code du courrier", date(2025, 3, 21)),
)
def test_a_file_as_known_on_a_day(count, status, on):
    """Only what had been told by that evening, and where the case stood by then."""
    known = diligence(EVENTS, MESSAGES, of="552100554", on=on)

    assert FILE.rows[:count] == known.rows
    assert f"tel qu'il était connu le {plain(FRENCH.day(on))}\n" in plain(known.text)
    assert ([] if status is None else [status]) == [it.rpartition(" : ")[2][:-1] for it in map(plain, known.standing)]


def test_a_change_is_noticed():
    """A text, a day, a digest that was changed; an entry taken out, put in, or moved; the first of them is told."""
    rows = list(FILE.rows)
    changed = {**rows[3], "day": "2025-01-09"}
    forged = {**changed, "digest": rows[3]["digest"]}

    assert first_changed(rows) is None
    assert first_changed([]) is None
    assert 3 == first_changed([*rows[:3], changed, *rows[4:]]) == first_changed([*rows[:3], forged, *rows[4:]])
    assert 2 == first_changed([*rows[:2], *rows[3:]])
    assert 2 == first_changed([*rows[:2], rows[3], rows[2], *rows[4:]])
    assert 0 == first_changed(rows[1:])
    assert 0 == first_changed([{}])
    assert rows[1]["before"] == rows[0]["digest"] != rows[1]["digest"]


@pytest.mark.rule("A20")
def test_of_one_company_among_others():
    """Other companies are left out; a withdrawn fact stays beside its withdrawal; mandates have no services."""
    space = asked(code=HELD_ELSEWHERE)
    other = requested(organisation="552008443", id="request-2")
    account = paying("payer-tva", id="request-3").case
    mandate = issued(account, at=START + DAY)
    declared = account.declare_account("DE89 3704 0044 0532 0130 00", at=START + DAY)
    history = (*paying("payer-tva", id="request-3").events, *declared.events)
    withdrawn = tp.withdraw(history, declared.case.version, reason="un autre client", at=START + 2 * DAY)
    events = (*space.events, *other.events, *history, *withdrawn.events, *mandate.events)
    made = diligence(events, other.messages, of="552100554")

    assert {"request-3", "mandate-1"} == {row["case_id"] for row in made.rows}
    assert ["account-declared", "mandate-issued", "fact-withdrawn"] == [row["kind"] for row in made.rows][2:]
    assert "l'entreprise (SIREN 552 100 554)" in plain(made.title)
    assert "Dossier du mardi 7 janvier 2025 : mandat édité." in map(plain, made.standing)
    assert ("space-requested",) == tuple(row["kind"] for row in diligence(events, of="732829320").rows)
    assert () == diligence(events, of="TF2024A17").rows
    assert "Journal des diligences, pour l'entreprise (identifiant de dossier TF2024A17)\n" == plain(
        diligence(events, of="TF2024A17").text
    )


@pytest.mark.rule("A22")
def test_a_fact_of_which_the_day_is_known():
    """No instant is said of it."""
    space = asked(code=HELD_ELSEWHERE)
    told = space.case.activate(HELD_ELSEWHERE, at=date(2025, 1, 7), recorded_at=START + 2 * DAY)
    row = diligence((*space.events, *told.events), of="732829320").rows[-1]

    assert (None, "2025-01-07", "2025-01-08T09:00:00+00:00") == (row["at"], row["day"], row["told"])


@given(a.histories())
def test_whatever_happened_to_whomever(play):
    """Each fact of a company is in its file once, and each of its messages, whatever else the store has."""
    events = [event for its_own in play.events.values() for event in its_own]
    for company in {case.organisation for case in play.cases.values()}:
        its_own = {id for id, case in play.cases.items() if case.organisation == company}
        facts = {(event.case_id, event.version, event.kind) for event in events if event.case_id in its_own}
        told = {(it.case_id, it.version, it.kind) for it in play.messages if it.case_id in its_own}
        made = diligence(events, play.messages, of=company)

        assert sorted(facts | told) == sorted((row["case_id"], row["version"], row["kind"]) for row in made.rows)
        assert first_changed(made.rows) is None
        assert not {"{", "}"} & set(made.text)


def test_what_is_no_event_no_message_no_company_and_no_day():
    """Each is an error that says so."""
    for named, code in (
        ({"events": [FILE], "of": "552100554"}, "argument.wrong_type"),
        ({"events": [], "messages": [FILE], "of": "552100554"}, "argument.wrong_type"),
        ({"events": [], "of": "552100555"}, "siren.check_digit"),
        ({"events": EVENTS, "of": "552100554", "on": datetime(2025, 1, 6, tzinfo=UTC)}, "plan.day_malformed"),
    ):
        assert code == failure(diligence, **named).code
