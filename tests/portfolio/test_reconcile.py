"""What the portal shows against what is followed: each difference has its decision, or its question (A19)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

import teleprocedures as tp
from teleprocedures.wording import ENGLISH, FRENCH
from tests.builders import (
    FRENCH_IBAN,
    GERMAN_IBAN,
    asked,
    each,
    failure,
    mandate_in,
    mandate_taken_over,
    opened,
    paying,
    plain,
    requested,
    services_taken_over,
    space_taken_over,
)
from tests.instants import DAY, LAST, START, TICK, paris

OURS, THEIRS = "552100554", "732829320"
ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}
SPACE = opened()
NOW = START + 5 * DAY
PORTAL = "the portal's list of services"


def row(service: str | None = "payer-tva", organisation: str = OURS, **more: object) -> dict[str, object]:
    """A row of the portal's list."""
    return {"organisation": organisation, "service": service, **more}


def found(rows: Any, *cases: tp.Case, at: datetime = NOW, **more: Any) -> list[Any]:
    """The findings over the space and these cases."""
    return list(tp.reconcile(tp.Portfolio([SPACE, *cases]), rows, at=at, source=PORTAL, **more))


# --- What nobody follows ----------------------------------------------------------------------------------------------


@pytest.mark.rule("A19", "3.5")
def test_an_empty_portfolio_is_taken_over():
    """One case for the services of a company that are held since one day, and nothing that the rows do not say."""
    findings = found(
        [
            row("payer-tva", since="02/05/2016", company_name="Boulangerie Martin"),
            row("messagerie", since="2016-05-02"),
            row("payer-cfe"),
            row("consulter-avis-tf", THEIRS, since=date(2020, 1, 2)),
        ]
    )

    assert [
        (OURS, ("payer-cfe",), None),
        (OURS, ("payer-tva", "messagerie"), date(2016, 5, 2)),
        (THEIRS, ("consulter-avis-tf",), date(2020, 1, 2)),
    ] == [
        (it.organisation.number, tuple(one.code for one in it.services), it.decision.events[0].since) for it in findings
    ]
    assert {("taken_over", None, date(2025, 1, 11), PORTAL, NOW)} == {
        (it.found, it.case, it.decision.events[0].seen, it.decision.events[0].source, it.decision.case.recorded_at)
        for it in findings
    }
    assert ["Boulangerie Martin"] * 2 + [None] == [it.decision.case.company_name for it in findings]
    assert [] == found(
        [row(one.code, it.organisation.number) for it in findings for one in it.services],
        *(it.decision.case for it in findings),
    )


@pytest.mark.rule("A19")
def test_three_hundred_clients_come_from_a_plain_table():
    """In one call, each row's problems told apart, and a second time meets the first."""
    sirens = [f"{number:08d}" for number in range(10_000_001, 10_000_301)]
    table = [row(organisation=full, since="2019-03-04") for full in map(_with_key, sirens)]
    never = dict.fromkeys(("registered", "last_collected"), "never")
    table[7] = {"organisation": "552100555", "service": "payer-rien", "since": "yesterday", "phone": "1", **never}
    table[9] = ["552100554"]  # type: ignore[call-overload]
    findings = found(table)
    bad = [it for it in findings if it.found == "unreadable"]

    assert 300 == len(findings)
    assert [8, 10] == [it.row for it in bad]
    assert [("phone", "field.unknown"), ("organisation", "siren.check_digit"), ("service", "service.unknown")] == [
        (it.path, it.code) for it in bad[0].problems
    ][:3]
    assert [("civil_day.malformed", rule) for rule in ("3.5", "2.19", "F1")] == [
        (it.code, it.rule.id) for it in bad[0].problems[3:]
    ]
    assert [("$", "fields.wrong_type")] == [(it.path, it.code) for it in bad[1].problems]
    ids = [it.decision.case.id for it in findings if it.decision]
    assert (298, ids) == (len(set(ids)), [it.decision.case.id for it in found(table) if it.decision])


def _with_key(eight: str) -> str:
    """The SIREN of these eight digits: its ninth is what Luhn's sum leaves."""
    total = sum(sum(divmod(int(digit) * (2 if place % 2 else 1), 10)) for place, digit in enumerate(eight))
    return eight + str(-total % 10)


@pytest.mark.rule("A19", "F1", "A8")
def test_a_row_may_say_a_mandate():
    """It is taken over with what is said of it, unless one is followed; an account without one is the company's."""
    said = {"registered": "2019-03-04", "last_collected": "05/06/2024", "reference": "RUM-7"}
    both = [
        row(account=FRENCH_IBAN, **said),
        row("payer-cfe", account=GERMAN_IBAN),
        row(None, THEIRS, account=GERMAN_IBAN),
    ]
    services, mandate = found(both[:2])
    (event,) = mandate.decision.events

    assert ("taken_over", "mandate_taken_over") == (services.found, mandate.found)
    assert (date(2019, 3, 4), date(2024, 6, 5), "RUM-7") == (
        event.registered,
        event.last_collected,
        str(event.reference),
    )
    assert [tp.BankAccount(FRENCH_IBAN), tp.BankAccount(GERMAN_IBAN)] == list(services.decision.case.accounts)
    assert ["account_unexplained", "mandate_taken_over", "taken_over"] == sorted(it.found for it in found(both))
    both = both[:2]
    followed = found(both, mandate_taken_over(registered=date(2019, 3, 4)).case)
    assert [("taken_over", None), ("mandate_used", date(2024, 6, 5))] == [
        (it.found, it.decision.events[0].day) for it in followed
    ]
    assert ["taken_over"] == [it.found for it in found(both, followed[1].decision.case)]
    closed = mandate_taken_over().case.close("mistake", at=NOW).case
    assert ["taken_over", "mandate_closed"] == [it.found for it in found(both, closed)]


@pytest.mark.rule("A15", "F1")
@each("recorded", "at once", "not yet")
def test_a_collection_that_nobody_told_proves_a_mandate(recorded):
    """Its end is over by what is known, recorded or not, and the list says a later one: never a second mandate."""
    known = mandate_taken_over(registered=date(2016, 3, 4), last_collected=date(2022, 1, 15)).case
    late = paris("2025-01-20T06:00")
    mandate = known.lapse(at=late).case if recorded == "at once" else known
    said = row(account=FRENCH_IBAN, last_collected="15/12/2024")
    services, used = found([said], mandate, at=late)

    assert ("taken_over", "mandate_used", mandate) == (services.found, used.found, used.case)
    assert (mandate.version + 1, date(2024, 12, 15)) == (used.decision.case.version, used.decision.events[0].day)
    assert not used.decision.case.is_over(late)
    again = found([row(None, account=FRENCH_IBAN, registered="04/03/2016")], mandate, at=late)
    assert [("mandate_unexplained", None)] == [(it.found, it.decision) for it in again]


@pytest.mark.rule("A14")
def test_a_collection_that_cannot_be_is_a_question():
    """Before the registration that is known, nothing was collected: one of the two is wrong."""
    known = mandate_taken_over(registered=date(2019, 3, 4)).case
    (finding,) = found([row(None, account=FRENCH_IBAN, last_collected="03/03/2019")], known)

    assert ("mandate_unexplained", None, known) == (finding.found, finding.decision, finding.case)
    assert "order.before_fact" == finding.refusal.code
    assert [] == found([row(None, account=FRENCH_IBAN, last_collected="04/03/2019")], known)


@pytest.mark.rule("A19", "2.15")
@each(
    "said known expected",
    ({"registered": "05/03/2019"}, {"registered": date(2019, 3, 4)}, True),
    ({"registered": "04/03/2019"}, {"registered": date(2019, 3, 4)}, False),
    ({"registered": "04/03/2019"}, {}, False),
    ({"reference": "RUM-9"}, {"reference": "RUM-1"}, True),
    ({"reference": "RUM-1"}, {"reference": "RUM-1"}, False),
    ({"reference": "RUM-9"}, {}, False),
)
def test_what_is_shown_of_a_mandate_and_contradicts_what_is_known_is_a_question(said, known, expected):
    """Another day of registration or another reference is told; what nobody knew is no contradiction."""
    findings = found([row(None, account=FRENCH_IBAN, **said)], mandate_taken_over(**known).case)

    assert [("mandate_unexplained", None)] * expected == [(it.found, it.decision) for it in findings]


@pytest.mark.rule("2.19")
def test_a_mandate_on_its_way_that_is_shown_as_registered_is_a_question():
    """By our steps it was not sent yet; once it is registered here, its day is compared."""
    request = paying(id="request", at=START).case
    sent = mandate_in(tp.MandateState.SENT, request, FRENCH_IBAN, at=START)
    done = mandate_in(tp.MandateState.REGISTERED, request, FRENCH_IBAN, at=START)
    shown = {"account": FRENCH_IBAN, "registered": START.date().isoformat()}

    assert ["mandate_unexplained"] == [it.found for it in found([row(None, **shown)], sent)]
    assert [] == found([row(None, **shown)], done)
    assert ["mandate_unexplained"] == [
        it.found for it in found([row(None, **shown | {"registered": "2024-12-31"})], done)
    ]


@pytest.mark.rule("A19")
def test_rows_of_one_account_or_one_service_agree_or_are_a_question():
    """The latest collection counts, and a known day before a blank one, whatever the order of the rows."""
    rows = [
        row(since="02/05/2016", account=FRENCH_IBAN, last_collected="15/12/2024", registered="04/03/2019"),
        row(account=FRENCH_IBAN, last_collected="15/02/2022"),
    ]
    for order in (rows, rows[::-1]):
        services, mandate = found(order)
        assert (date(2016, 5, 2), date(2024, 12, 15), date(2019, 3, 4)) == (
            services.decision.events[0].since,
            mandate.decision.events[0].last_collected,
            mandate.decision.events[0].registered,
        )
    apart = [rows[0], row(since="03/05/2016", account=FRENCH_IBAN, registered="05/03/2019")]
    assert [("unexplained", None), ("mandate_unexplained", None)] == [(it.found, it.decision) for it in found(apart)]


@pytest.mark.rule("A17")
def test_an_account_that_nobody_declared_is_told():
    """Beside a service that is followed, so that it can be paid with; of a service that pays nothing it is none."""
    held = services_taken_over(space=SPACE).case
    reading = services_taken_over("messagerie", space=SPACE, id="old-2").case
    rows = [row(account=FRENCH_IBAN), row("messagerie", account=FRENCH_IBAN)]
    (told,) = found(rows, held, reading, seen=date(2025, 1, 9))

    assert ("account_told", held, tp.BankAccount(FRENCH_IBAN)) == (told.found, told.case, told.account)
    assert (date(2025, 1, 9), NOW) == (told.decision.events[0].day, told.decision.case.recorded_at)
    after = told.decision.case
    assert [tp.BankAccount(FRENCH_IBAN)] == list(after.accounts)
    assert [] == found([row(account=FRENCH_IBAN), row("messagerie")], after, reading)
    assert [] == found([row(), row("messagerie"), row(None, account=FRENCH_IBAN)], after, reading)
    (alone,) = found([row(), row("messagerie"), row(None, account=FRENCH_IBAN)], reading, held)
    assert ("account_told", held, after.accounts) == (alone.found, alone.case, alone.decision.case.accounts)
    together = found([row(since="02/05/2016"), row(None, account=FRENCH_IBAN)])
    assert [("taken_over", (tp.BankAccount(FRENCH_IBAN),))] == [
        (it.found, it.decision.case.accounts) for it in together
    ]


@pytest.mark.rule("A19")
def test_the_cells_of_a_spreadsheet_are_read():
    """Digits as a number, a day as a datetime without a zone or without zeros, texts with spaces, and empty rows."""
    cells = {"organisation": 552100554, "service": " payer-tva ", "since": datetime(2016, 5, 2)}
    empty = {"organisation": None, "service": " ", "since": ""}
    findings = found([empty, cells, empty, cells | {"organisation": 5_521_005, "since": "2/5/2016"}])

    assert [("taken_over", date(2016, 5, 2)), ("unreadable", None)] == [
        (it.found, it.decision and it.decision.events[0].since) for it in findings
    ]
    assert (4, "siren.check_digit") == (findings[1].row, findings[1].problems[0].code)


@pytest.mark.rule("A4")
def test_a_request_of_which_a_part_is_shown_is_a_question():
    """One code is for all its services, so something else has happened."""
    request = requested("payer-cfe", "payer-tva", bank_accounts=[FRENCH_IBAN], **ELSEWHERE).case

    assert [("unexplained", request, None)] == [
        (it.found, it.case, it.decision) for it in found([row("payer-cfe", since=date(2025, 1, 8))], request)
    ]


@pytest.mark.rule("A19")
@each(
    "row codes",
    ({"organisation": OURS}, ["service.missing"]),
    ({"organisation": OURS, "registered": "2019-03-04"}, ["account.missing"]),
    ({"service": "payer-tva"}, ["field.missing"]),
    ({"organisation": OURS, "service": "payer-tva", "since": "31/02/2020"}, ["civil_day.malformed"]),
    ({"organisation": OURS, "service": "payer-tva", "since": START}, ["civil_day.malformed"]),
    ({"organisation": OURS, "account": "FR00"}, ["iban.malformed"]),
)
def test_a_row_that_does_not_read_says_why(row, codes):
    """Each problem has its field; the other rows are read all the same."""
    (finding,) = found([row])

    assert ("unreadable", 1, codes) == (finding.found, finding.row, [it.code for it in finding.problems])


def test_blank_cells_are_not_given():
    """As in a file: an empty cell says nothing."""
    shown = tp.Shown.from_mapping(
        {"organisation": OURS, "service": "payer-tva", "since": " ", "account": "", "reference": "", "registered": None}
    )

    assert (None, None, None, False) == (shown.since, shown.account, shown.reference, shown.has_mandate)
    assert tp.Shown(organisation=OURS, reference=tp.values.MandateReference("RUM-1"), account=FRENCH_IBAN).has_mandate


# --- What is followed and was not told --------------------------------------------------------------------------------


@pytest.mark.rule("A15", "3.3", "A22")
@each(
    "since at",
    (date(2025, 1, 8), paris("2025-01-08T00:00")),
    (None, paris("2025-01-11T00:00")),  # it was held on the day on which it was seen
)
def test_a_code_that_nobody_told_was_entered(since, at):
    """The request awaits its code, and the portal shows its services: they are held from the day that is known."""
    request = requested("payer-cfe", "payer-tva", bank_accounts=[FRENCH_IBAN], **ELSEWHERE).case
    (finding,) = found([row("payer-tva", since=since), row("payer-cfe")], request)

    assert ("activated", request, ("payer-tva", "payer-cfe")) == (
        finding.found,
        finding.case,
        tuple(it.code for it in finding.services),
    )
    assert (at, NOW) == (finding.decision.case.since, finding.decision.case.recorded_at)
    assert [] == found([row("payer-tva"), row("payer-cfe")], finding.decision.case)


@pytest.mark.rule("A15")
def test_a_presumed_lapse_was_none():
    """The portal shows what was presumed to have lapsed: a fact told late corrects it."""
    lapsed = requested(**ELSEWHERE).case.lapse(at=START + 90 * DAY).case
    (finding,) = found([row("consulter-avis-tf", since=date(2025, 2, 1))], lapsed, at=START + 100 * DAY)

    assert ("not_lapsed", lapsed) == (finding.found, finding.case)
    assert finding.decision.case.holds("consulter-avis-tf")


@pytest.mark.rule("3.1", "A3")
def test_a_day_that_cannot_be_is_a_question():
    """The letter's day is known, and the portal was seen after the code had ended: the day of the code is asked for."""
    seen = requested(**ELSEWHERE).case.record_letter(date(2025, 1, 6), at=START).case
    (finding,) = found([row("consulter-avis-tf")], seen, at=LAST + DAY)

    assert ("unexplained", None, "deadline.passed") == (finding.found, finding.decision, finding.refusal.code)
    (told,) = found([row("consulter-avis-tf", since=date(2025, 3, 7))], seen, at=LAST + DAY)
    assert "not_lapsed" == told.found


# --- What a person must answer ----------------------------------------------------------------------------------------


@pytest.mark.rule("A21")
def test_what_is_held_and_not_shown_any_more_is_a_question():
    """Of this space only: another space's services are shown elsewhere."""
    held = services_taken_over("payer-tva", "payer-cfe", "payer-pas", space=SPACE).case
    elsewhere = services_taken_over("payer-is", space=opened(id="space-2"), id="old-2").case
    (finding,) = found([row("payer-tva")], held, elsewhere)

    assert ("no_longer_shown", held, None) == (finding.found, finding.case, finding.decision)
    assert ["payer-pas", "payer-cfe"] == [it.code for it in finding.services]
    assert [] == found([], elsewhere)


def test_who_is_no_client_is_a_question():
    """Where the clients are told, a company that is none of them is not taken over."""
    findings = found([row(), row("payer-cfe", THEIRS)], clients=[OURS])

    assert [("taken_over", OURS), ("not_a_client", THEIRS)] == [(it.found, it.organisation.number) for it in findings]


@pytest.mark.rule("A21", "3.4")
def test_what_is_closed_or_over_for_good_is_a_question():
    """A closed case is not reopened by itself, and a lapse that is final here is not undone."""
    closed = services_taken_over(space=SPACE).case.close("client_left", at=START).case
    final = requested().case.lapse(at=LAST + TICK).case
    other = requested(space=opened(id="space-2"), **ELSEWHERE).case.lapse(at=START + 90 * DAY).case

    # Of another company, the same service is followed by nobody.
    both = found([row(), row(organisation=THEIRS)], closed)
    assert [("closed", OURS), ("taken_over", THEIRS)] == [(it.found, it.organisation.number) for it in both]
    for over in (final, other):
        (finding,) = found([row("consulter-avis-tf")], over, at=START + 100 * DAY)
        assert ("unexplained", over, None) == (finding.found, finding.case, finding.decision)


@pytest.mark.rule("2.3")
def test_what_the_procedure_refuses_is_a_question():
    """A file number has no such service; an account has its one mandate."""
    (finding,) = found([row("payer-tva", "TF2024A17")])
    days = {"registered": date(2024, 6, 1), "last_collected": date(2024, 5, 1)}
    (mandate,) = found([row(None, account=FRENCH_IBAN, **days)])

    assert ("unexplained", "form.refused") == (finding.found, finding.refusal.code)
    assert ("mandate_unexplained", "day.not_allowed") == (mandate.found, mandate.refusal.code)


# --- Which space, and what is given -----------------------------------------------------------------------------------


@pytest.mark.rule("1.12")
def test_the_space_is_the_only_active_one_or_is_given():
    """Where there are none or several, it has to be said; a closed one does not count."""
    other = space_taken_over().case
    two = tp.Portfolio([SPACE, other])
    error = failure(tp.reconcile, two, [row()], at=NOW, source=PORTAL)
    closed = tp.Portfolio([SPACE, other.close("mistake", at=START).case])

    assert ("reconcile.space_missing", ("space-1", "space-old")) == (error.code, error.facts["value"])
    assert "space-old" == tp.reconcile(two, [row()], at=NOW, source=PORTAL, space=other)[0].decision.case.space_id
    assert "space-1" == tp.reconcile(closed, [row()], at=NOW, source=PORTAL)[0].decision.case.space_id
    pending = tp.reconcile(tp.Portfolio([]), [row()], at=NOW, source=PORTAL, space=asked().case)
    assert "space.not_active" == pending[0].refusal.code


@each(
    "given code",
    ({"shown": "rows"}, "list.wrong_type"),
    ({"shown": row()}, "list.wrong_type"),
    ({"shown": None}, "list.wrong_type"),
    ({"portfolio": [SPACE]}, "argument.wrong_type"),
    ({"at": datetime(2025, 1, 6)}, "instant.naive"),
    ({"space": "space-1"}, "argument.wrong_type"),
    ({"clients": ["552100555"]}, "siren.check_digit"),
    ({"clients": 5}, "list.wrong_type"),
    ({"clients": "552100554"}, "list.wrong_type"),
    ({"source": " "}, "remark.missing"),
    ({"seen": date(2025, 1, 12)}, "day.not_allowed"),
    ({"seen": "yesterday"}, "day.not_allowed"),
)
def test_what_is_given_is_looked_at(given, code):
    """What is no portfolio, no rows, no instant, no space, no company."""
    whole = {"portfolio": tp.Portfolio([SPACE]), "shown": [row()], "at": NOW, "source": PORTAL} | given

    assert code == failure(tp.reconcile, whole.pop("portfolio"), whole.pop("shown"), **whole).code
    seen = tp.reconcile(tp.Portfolio([SPACE]), [row()], at=NOW, source=PORTAL, seen=date(2025, 1, 9))
    assert date(2025, 1, 9) == seen[0].decision.events[0].seen


# --- Words ------------------------------------------------------------------------------------------------------------

FOUND = {
    "taken_over": found([row()]),
    "mandate_taken_over": found([row(None, account=FRENCH_IBAN, registered="2019-03-04")]),
    "mandate_used": found([row(None, account=FRENCH_IBAN, last_collected="15/12/2024")], mandate_taken_over().case),
    "mandate_closed": found(
        [row(None, account=FRENCH_IBAN, registered="2019-03-04")],
        mandate_taken_over().case.close("mistake", at=START).case,
    ),
    "mandate_unexplained": found(
        [row(None, account=FRENCH_IBAN, registered=day) for day in ("2019-03-04", "2019-03-05")]
    ),
    "account_unexplained": found([row(None, account=FRENCH_IBAN)]),
    "account_told": found([row(account=FRENCH_IBAN)], services_taken_over(space=SPACE).case),
    "activated": found([row("consulter-avis-tf")], requested(**ELSEWHERE).case),
    "not_lapsed": found(
        [row("consulter-avis-tf", since=date(2025, 2, 1))],
        requested(**ELSEWHERE).case.lapse(at=START + 90 * DAY).case,
        at=START + 100 * DAY,
    ),
    "no_longer_shown": found([], services_taken_over(space=SPACE).case),
    "not_a_client": found([row()], clients=[]),
    "closed": found([row()], services_taken_over(space=SPACE).case.close("mistake", at=START).case),
    "unexplained": found([row("payer-tva", "TF2024A17")]),
    "unreadable": found([{"organisation": OURS}]),
}
SAID = {
    "taken_over": (
        "The company (SIREN 552 100 554): 'Payer TVA (pay VAT)' is shown on the portal and not followed; to be taken \
over.",
        "L'entreprise (SIREN 552 100 554) : « Payer TVA » figure sur le site sans être suivi ici ; à reprendre.",
    ),
    "mandate_taken_over": (
        "The company (SIREN 552 100 554): the mandate of FR76 **** 0189 is not followed; to be taken over.",
        "L'entreprise (SIREN 552 100 554) : le mandat du compte FR76 **** 0189 n'est pas suivi ici ; à reprendre.",
    ),
    "unexplained": (
        "The company (file number TF2024A17): 'Payer TVA (pay VAT)' is shown on the portal, and cannot be recorded: \
services: payer-tva cannot be requested with a file number: expected a SIREN.",
        "L'entreprise (identifiant de dossier TF2024A17) : « Payer TVA » figure sur le site, ce qui ne peut pas être \
enregistré ; services : « Payer TVA » ne peut pas être demandé avec un identifiant de dossier. Indiquez le numéro \
SIREN.",
    ),
    "unreadable": (
        "Row 1 does not read: service: no service and no account is named; expected one of them.",
        "La ligne 1 ne se lit pas : service : ni service ni compte n'est indiqué. Indiquez l'un des deux.",
    ),
}


@each("kind", *tp.Found)
def test_each_finding_has_its_words(kind):
    """In both languages, with the company and the service in full; a question ends as one."""
    (finding,) = FOUND[kind]
    english, french = plain(str(finding)), plain(finding.render(FRENCH))

    assert kind == finding.found
    assert english == plain(finding.render(ENGLISH))
    assert SAID.get(kind, (english, french)) == (english, french)
    # What the library refuses says why, in the place of a question.
    asks = finding.decision is None and finding.refusal is None and kind != "unreadable"
    assert asks is english.endswith("?") is french.endswith("?")
    if kind not in {"unreadable", "unexplained"}:
        assert english.startswith("The company (SIREN 552 100 554): ")
        assert french.startswith("L'entreprise (SIREN 552 100 554) : ")


def test_a_finding_names_the_company():
    """By the case that is followed, or by what is taken over; a name keeps its small letter."""
    followed = services_taken_over(space=SPACE, company_name="eBoulange").case.close("mistake", at=START).case
    (closed,) = found([row()], followed)
    (taken,) = found([{**row(), "company_name": "eBoulange"}])

    for finding in (closed, taken):
        assert plain(finding.render(FRENCH)).startswith("eBoulange (SIREN 552 100 554) : « Payer TVA » figure")


@pytest.mark.rule("A19")
def test_the_first_and_the_last_day_that_there_are_stop_nobody():
    """The last hours of the year 9999, which clocks in Paris do not show, and the first day of all, which had none."""
    (last,) = found([row()], at=datetime.max.replace(tzinfo=UTC))
    (first,) = found([row(since=date.min)])
    (seen,) = found([row()], seen=date.min)

    assert date.max == last.decision.case.origin.seen
    assert ["day.not_allowed"] * 2 == [first.refusal.code, seen.refusal.code]
    assert "day.not_allowed" == failure(space_taken_over, seen=date.min).code
    assert "day.not_allowed" == failure(mandate_taken_over, registered=date.min).code
    assert "argument.wrong_type" == failure(mandate_taken_over, mandates=[None]).code


@pytest.mark.rule("A17", "A4")
def test_what_is_decided_of_one_request_follows_one_another():
    """Two accounts and an activation of one request: recorded in their order all stand, and then there is nothing."""
    request = requested("payer-tva", "payer-cfe", bank_accounts=[FRENCH_IBAN], **ELSEWHERE).case
    rows = [
        row("payer-tva", account=GERMAN_IBAN),
        row("payer-cfe", account="FR1420041010050500013M02606"),
    ]
    findings = found(rows, request)
    decisions = [it.decision for it in findings if it.decision is not None]

    assert ["activated", "account_told", "account_told"] == [it.found for it in findings]
    assert [2, 3, 4] == [it.expects for it in decisions]
    assert [] == found(rows, decisions[-1].case)
    assert 3 == len(decisions[-1].case.accounts)


@pytest.mark.rule("A4")
def test_one_code_was_entered_on_one_day():
    """Two days for the services of one request are a question, in whatever order they stand."""
    request = requested("payer-tva", "payer-cfe", bank_accounts=[FRENCH_IBAN], **ELSEWHERE).case
    rows = [row("payer-tva", since=date(2025, 1, 9)), row("payer-cfe", since=date(2025, 1, 10))]
    for each_way in (rows, rows[::-1]):
        (finding,) = found(each_way, request, at=START + 20 * DAY)

        assert ("unexplained", None, 2) == (finding.found, finding.decision, len(finding.services))


@pytest.mark.rule("2.3", "A19")
def test_what_cannot_be_taken_over_keeps_nothing_else_back():
    """A file number opens no payment; what it does open is taken over, and what it does not says why."""
    taken, refused = found([row("payer-tva", "TF2024A17"), row("consulter-avis-tf", "TF2024A17")])

    assert ["consulter-avis-tf"] == [it.code for it in taken.decision.case.services]
    assert (["payer-tva"], None) == ([it.code for it in refused.services], refused.decision)


def test_what_is_refused_says_why_in_both_languages():
    """A day that is to come, of services and of a mandate: what is wrong with it, and not when the code was entered."""
    (services,) = found([row(since=date(2062, 3, 2))])
    (mandate,) = found([row(None, account=FRENCH_IBAN, registered=date(2062, 3, 2))])

    assert (
        "The company (SIREN 552 100 554): 'Payer TVA (pay VAT)' is shown on the portal, and cannot be recorded: since \
2062-03-02 is not \
possible: expected a day, "
    ) in plain(str(services))
    assert "ce que la liste dit du mandat du compte FR76 **** 0189 ne peut pas être enregistré" in plain(
        mandate.render(FRENCH)
    ).replace("ce que dit la liste du mandat", "le mandat")
    assert "« mandat enregistré le jeudi 2 mars 2062 » n'est pas possible" in plain(mandate.render(FRENCH))


@pytest.mark.rule("2.13", "A17")
def test_an_account_beside_a_service_that_does_not_pay_is_no_difference():
    """The site shows it, and nobody has to declare it."""
    held = services_taken_over("messagerie", space=SPACE, company_email="a@boulangerie-martin.fr").case

    assert [] == found([row("messagerie", account=FRENCH_IBAN)], held)
