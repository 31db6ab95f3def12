"""The file of diligence: what was asked, who was told what, what came back when, what lapsed and why; and its seal."""

from datetime import UTC, date, datetime

import attrs
import pytest
from hypothesis import given

import teleprocedures as tp
from teleprocedures import HELD_ELSEWHERE
from teleprocedures.core import LIMIT, PAST
from teleprocedures.testing import strategies as a
from teleprocedures.wording import ENGLISH, FRENCH, diligence, first_changed
from tests.builders import (
    COMPANY_EMAIL,
    FRENCH_IBAN,
    asked,
    each,
    failure,
    issued,
    linked,
    mandate_history,
    mandate_taken_over,
    opened,
    paying,
    plain,
    requested,
    services_taken_over,
    space_taken_over,
)
from tests.instants import DAY, HOUR, START

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
        ("adhesion-requested", "2025-01-06", "2025-01-06", None, None, "2.4, 2.8, 2.9"),
        ("adhesion-reminded", "2025-01-07", "2025-01-07", None, None, "2.9"),
        ("reminder-email", "2025-01-07", "2025-01-07", "camille@cabinet-durand.fr", "2025-01-08", "2.9"),
        ("adhesion-lapsed", "2025-01-08", "2025-01-08", None, "2025-01-08", "2.11, A15"),
        ("lapse-notice", "2025-01-08", "2025-01-08", "camille@cabinet-durand.fr", "2025-01-08", "2.11"),
        ("company-email-confirmed", "2025-01-07", "2025-01-09", None, None, "2.10, 3.1, A15"),
        ("activation-lapsed", "2025-03-23", "2025-03-22", None, "2025-03-22", "3.4, A15"),
        ("lapse-notice", "2025-03-23", "2025-03-22", "camille@cabinet-durand.fr", "2025-03-07", "3.4"),
    ] == shown
    assert list(range(1, 9)) == [row["number"] for row in FILE.rows]
    assert all(isinstance(value, (str, int, type(None))) for row in FILE.rows for value in row.values())


@pytest.mark.rule("A15")
def test_the_text_of_a_file():
    """A title, an entry with its digest each, and where each case stands by its day and its services."""
    lines = plain(FILE.text).splitlines()

    assert (
        "Journal des diligences, pour Boulangerie Martin (SIREN 552 100 554), dans l'ordre des signalements" == lines[0]
    )
    assert (
        "5. Le mercredi 8 janvier 2025 à 10 h, message préparé pour camille@cabinet-durand.fr : « Demande d'adhésion"
        " présumée caduque pour Boulangerie Martin (SIREN 552 100 554) »."
    ) == lines[10]
    assert (
        "6. Le mardi 7 janvier 2025 à 10 h, l'entreprise a utilisé le lien de validation ; le code du courrier est à"
        " saisir au plus tard le vendredi 7 mars 2025, date estimée ; fait signalé le jeudi 9 janvier 2025 à 10 h"
        " (règles 2.10, 3.1 et A15)."
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
        "File of diligence of Boulangerie Martin (SIREN 552 100 554), in the order of telling\n\n1. On Monday 6 January"
    )
    assert english.text.endswith(
        "Case of Monday 6 January 2025, 'Messagerie (messaging)' and 'Payer TVA (pay VAT)': request presumed lapsed.\n"
    )
    assert [row["kind"] for row in FILE.rows] == [row["kind"] for row in english.rows]
    assert FILE.rows[0]["digest"] != english.rows[0]["digest"]


@pytest.mark.rule("A14")
@each(
    "count status on",
    (0, "Rien n'était connu ce jour-là", date(2025, 1, 5)),
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
    assert f"Martin (SIREN 552 100 554), tel qu'il était connu le {plain(FRENCH.day(on))}, dans" in plain(known.title)
    assert [status] == [it.rpartition(" : ")[2][:-1] for it in map(plain, known.standing)]


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
    assert "a été retiré : la déclaration d'un compte (" in plain(str(made.rows[-1]["sentence"]))
    assert "l'entreprise (SIREN 552 100 554)" in plain(made.title)
    assert "Dossier du mardi 7 janvier 2025, compte FR76 **** 0189 : mandat édité." in map(plain, made.standing)
    assert ("space-requested",) == tuple(row["kind"] for row in diligence(events, of="732829320").rows)
    assert () == diligence(events, of="TF2024A17").rows
    assert (
        "Journal des diligences, pour l'entreprise (identifiant de dossier TF2024A17), dans l'ordre des signalements"
        "\n\nRien n'est connu.\n"
    ) == plain(diligence(events, of="TF2024A17").text)


@each(
    "told sent on",
    ("message préparé pour camille@cabinet-durand.fr : «", None, None),
    ("message préparé pour camille@cabinet-durand.fr, non envoyé : «", {}, None),
    (
        "message préparé, puis adressé à camille@cabinet-durand.fr le mercredi 8 janvier 2025 à 11 h : «",
        {"request-1/2/reminder-email": START + 2 * DAY + HOUR},
        None,
    ),
    # What was sent later was not sent yet.
    (
        "message préparé pour camille@cabinet-durand.fr, non envoyé : «",
        {"request-1/2/reminder-email": START + 2 * DAY + HOUR},
        date(2025, 1, 7),
    ),
)
def test_what_left_and_when_the_host_says(told, sent, on):
    """A decision only makes a message; nothing is said to have been sent unless somebody says when."""
    row = diligence(EVENTS, MESSAGES, of="552100554", on=on, sent=sent).rows[2]

    assert f"Le mardi 7 janvier 2025 à 10 h, {told}" in plain(row["sentence"])
    assert ("2025-01-08T10:00:00+00:00" if "adressé" in told else None) == row["sent"]


def test_a_fact_says_of_which_case_it_is():
    """A company with several cases, two of which were closed at once: each fact but an opening names its case."""
    first = requested("payer-cfe", code=HELD_ELSEWHERE, **FORM)
    form = FORM | {"company_name": "Martin et filles"}
    second = requested("payer-tva", "payer-is", id="request-2", code=HELD_ELSEWHERE, **form)
    closed = [it.case.close("client_left", at=START + DAY, recorded_at=START + DAY) for it in (first, second)]
    events = [event for decision in (first, second, *closed) for event in decision.events]
    file = diligence(events, of="552 100 554")
    said = [plain(row["sentence"]) for row in file.rows if row["kind"] == "case-closed"]

    assert 2 == len(set(said))
    assert "pour Martin et filles (SIREN 552 100 554)" in plain(file.title)
    assert said[0].endswith(" ; dossier du lundi 6 janvier 2025, « Payer CFE ».")
    assert said[1].endswith(
        " ; dossier du lundi 6 janvier 2025, « Payer TVA » et « Déclarer / Payer l'Impôt sur les sociétés »."
    )
    assert all(" ; dossier du" not in plain(row["sentence"]) for row in file.rows if row["version"] == 1)
    assert all(" ; dossier du" not in plain(row["sentence"]) for row in FILE.rows)


def test_a_message_says_of_which_case_it_is():
    """A company with several cases: its opening's message too, by services or the masked account, sent or not."""
    first = requested("payer-cfe", **FORM)
    mandate = mandate_taken_over(
        organisation="552100554", registered=date(2022, 1, 31), last_collected=date(2022, 2, 1)
    )
    lapsed = mandate.case.lapse(at=mandate.case.deadline.lapses_at)
    decisions = (first, mandate, lapsed)
    events = [event for decision in decisions for event in decision.events]
    messages = [message for decision in decisions for message in decision.messages]
    for sent in (None, {}, {messages[0].id: START}):
        rows = diligence(events, messages, of="552 100 554", sent=sent).rows
        letter, notice = (plain(row["sentence"]) for row in rows if row["to"] is not None)

        assert letter.endswith(" » ; dossier du lundi 6 janvier 2025, « Payer CFE ».")
        assert notice.endswith(" » ; dossier du lundi 6 janvier 2025, compte FR76 **** 0189.")


@pytest.mark.rule("A16")
def test_what_was_renewed_is_said_to_be():
    """Where it stands, and in a notice that was made once the renewal was known; what was renewed comes after it."""
    lapsed = paying("payer-tva", code=HELD_ELSEWHERE)
    late = lapsed.case.lapse(at=lapsed.case.deadline.lapses_at)
    told = late.events[0].recorded_at
    renewed = lapsed.case.renew(opened(), id="request-0", at=START + 70 * DAY, recorded_at=told)
    soon = diligence((*lapsed.events, *late.events, *renewed.events), late.messages, of="552100554")
    later = attrs.evolve(renewed.events[0], recorded_at=told + DAY)
    after = diligence((*lapsed.events, *late.events, later), late.messages, of="552100554")

    standing = ["présumée caduque ; demande renouvelée le lundi 17 mars 2025.", "en attente du code du courrier."]
    assert [True, True] == [plain(it).endswith(end) for it, end in zip(soon.standing, standing, strict=True)]
    assert "présumée caduque, déjà renouvelée le lundi 17 mars 2025, pour" in plain(soon.rows[-1]["sentence"])
    assert "déjà renouvelée" not in "".join(str(row["sentence"]) for row in after.rows)
    # Of what was told at one instant, what happened first comes first, and a case keeps its order.
    kinds = ["adhesion-requested", "adhesion-validated"]
    assert [*kinds, *kinds, "activation-lapsed", "lapse-notice"] == [row["kind"] for row in soon.rows]


@pytest.mark.rule("A14")
def test_a_case_keeps_its_order_whatever_happened_first():
    """A fact that is told at the instant of a lapse stands after it, as the case has it."""
    asks = linked(token=HELD_ELSEWHERE, code=HELD_ELSEWHERE)
    over = asks.case.lapse(at=START + 3 * DAY)
    used = over.case.confirm_company_email(HELD_ELSEWHERE, code=HELD_ELSEWHERE, at=START, recorded_at=START + 3 * DAY)
    made = diligence((*asks.events, *over.events, *used.events), of="552100554")

    assert ["adhesion-requested", "adhesion-lapsed", "company-email-confirmed"] == [row["kind"] for row in made.rows]


@pytest.mark.rule("A19")
@each(
    "said decision",
    (
        "Payer TVA », déjà activé pour l'entreprise (SIREN 552 100 554) depuis le jeudi 22 octobre 2020, a été repris",
        services_taken_over(since=date(2020, 10, 22)),
    ),
    ("déjà activé pour l'entreprise (SIREN 552 100 554), a été repris", services_taken_over()),
    (
        "déjà en cours, faite le jeudi 2 janvier 2025, dont le courrier a été édité le vendredi 3 janvier 2025, a été",
        services_taken_over(requested=date(2025, 1, 2), letter=date(2025, 1, 3)),
    ),
    (
        (
            "le mandat RUM-7 du compte FR76 **** 0189, déjà enregistré le jeudi 2 décembre 2021 pour l'entreprise"
            " (SIREN 552 100 554), dont le dernier prélèvement date du mercredi 1er janvier 2025, a été repris dans le"
            " suivi"
        ),
        mandate_taken_over(reference="RUM-7", registered=date(2021, 12, 2), last_collected=date(2025, 1, 1)),
    ),
    (
        "le mandat du compte FR76 **** 0189, déjà enregistré pour l'entreprise (SIREN 552 100 554), a été repris",
        mandate_taken_over(),
    ),
    ids=range(5),
)
def test_what_was_taken_over_has_all_that_is_known(said, decision):
    """Since when, its letter, its registration, its last collection; what nobody said is left out."""
    (row,) = diligence(decision.events, of="552100554").rows

    assert said in plain(row["sentence"])
    assert "A19" == row["rules"]


@pytest.mark.rule("2.15", "2.16", "2.17", "2.19", "F1")
def test_each_fact_has_its_own_rule():
    """Not that of the next step: of a mandate, its form, signature, sending, registration, and of its end."""
    history = [event for decision in mandate_history("lapsed", paying().case) for event in decision.events]

    assert ["2.15", "2.16", "2.17", "2.19", "F1, A15"] == [
        row["rules"] for row in diligence(history, of="552100554").rows
    ]


@pytest.mark.rule("2.4", "2.5", "3.1", "A3")
def test_the_rules_of_a_letter():
    """A request without Messaging, its validation, and the letter, which is of the day on which it was told."""
    here = linked(recorded_at=START + DAY)
    asks = paying(code=HELD_ELSEWHERE)
    seen = asks.case.record_letter(date(2025, 1, 8), at=date(2025, 1, 8), recorded_at=START + 20 * DAY)
    rows = diligence((*asks.events, *seen.events), of="552100554").rows

    assert ["2.4", "2.5, 3.1", "A3, 3.1"] == [row["rules"] for row in rows]
    assert plain(rows[-1]["sentence"]).startswith(
        "Le dimanche 26 janvier 2025 à 10 h, le courrier, édité le mercredi 8 janvier 2025, a été signalé ;"
    )
    # A message is of the day on which the fact was told that made it.
    fact, link = diligence(here.events, here.messages, of="552100554").rows
    told = "2025-01-07T09:00:00+00:00"
    assert ("2025-01-06T09:00:00+00:00", "2025-01-06", told) == (fact["at"], fact["day"], fact["told"])
    assert (told, "2025-01-07", told) == (link["at"], link["day"], link["told"])


@each("decision", *[asked, linked, requested, space_taken_over, services_taken_over, mandate_taken_over, issued])
def test_what_opens_a_case_cites_known_rules(decision):
    """So does every event of the library: each is a rule of the procedure, or that of the time limit."""
    known = {*(rule.id for rule in tp.RULES), LIMIT, PAST}

    assert set(decision().events[0].rules) <= known
    shipped = [it for it in tp.EVENTS.values() if it.__module__.startswith("teleprocedures.")]
    assert [] == [it.kind for it in shipped if not set(it.cites) <= known]
    assert ["rulebook-changed"] == [it.kind for it in shipped if not it.cites]


def test_an_event_without_a_rule_has_none():
    """A host's own may cite none; then the sentence is said without."""
    case = asked(code=HELD_ELSEWHERE).case
    moved = case.change_rulebook(attrs.evolve(case.rulebook, version="2027"), at=START + HOUR)
    row = diligence((*asked(code=HELD_ELSEWHERE).events, *moved.events), of="732829320").rows[-1]

    assert ("", "Le lundi 6 janvier 2025 à 11 h, le dossier a été transféré au recueil de règles 2027.") == (
        row["rules"],
        plain(row["sentence"]),
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
        ({"events": [], "of": "552100554", "sent": {"x": datetime(2025, 1, 6)}}, "instant.naive"),
    ):
        assert code == failure(diligence, **named).code


@pytest.mark.rule("F2")
def test_a_reminder_of_a_letter_that_nobody_saw():
    """Its cause is the day of the letter, which nobody reported: not its code."""
    asked_for = paying("payer-tva", code=HELD_ELSEWHERE, company_name="Boulangerie Martin", applicant="third_party")
    late = asked_for.case.remind(at=START + 45 * DAY)
    last = diligence([*asked_for.events, *late.events], of="552100554").rows[-1]

    assert "F2" == last["rules"]
    assert (
        "Le jeudi 20 février 2025 à 10 h, un rappel a été préparé, car la date du courrier n'avait pas été signalée"
        " (règle F2)."
    ) == plain(last["sentence"])
