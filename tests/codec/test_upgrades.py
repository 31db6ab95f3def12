"""What a release stored, every later one reads: each line of the records of schemas 1 and 2, as what it is now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import attrs
import pytest

from teleprocedures import (
    EXPERT_2024_04_03,
    Action,
    ActivationCodeEmail,
    ActivationCodeLetter,
    ActivationState,
    Actor,
    Adhesion,
    Applicant,
    Case,
    CivilDays,
    CodecError,
    ConfirmationLinkEmail,
    Event,
    Hours,
    Mandate,
    ReminderEmail,
    Rulebook,
    Siren,
    Space,
    replay,
)
from teleprocedures.codec import Record, dumps, load, loads, peek_due_at
from teleprocedures.codec._upgrades import UPGRADES
from teleprocedures.testing import adhesion_form
from tests.codec.records import BOOKS, COMPANY, HERE, KINDS, SECRETS, changed, read, steps_of

STORED = (HERE / "documents-1.jsonl").read_bytes()
LINES = STORED.splitlines()
DATA: list[dict[str, Any]] = [json.loads(line) for line in LINES]
RECORDS: list[Record] = [loads(line) for line in LINES]

BEGUN = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
VALIDATED = datetime(2024, 3, 2, 10, 30, tzinfo=UTC)
LETTER_DUE = datetime(2024, 3, 16, 23, tzinfo=UTC)
SINCE_3 = {
    *("space-taken-over", "services-taken-over", "request-taken-over", "mandate-taken-over", "link-proved-by-letter"),
    *("link-proved-by-code", "overdue-collection-recorded", "case-closed", "case-reopened", "fact-withdrawn"),
    "rulebook-changed",
}
SINCE_2 = {"account-declared", "representative-named", "overdue-letter-recorded", "lapse-notice"}

HISTORIES = (
    ("space-requested",),
    ("space-requested", "space-reminded", "space-activated"),
    ("adhesion-requested",),
    ("adhesion-requested", "adhesion-reminded", "adhesion-lapsed"),
    ("adhesion-requested", "adhesion-reminded", "company-email-confirmed"),
    (
        "adhesion-requested",
        "adhesion-reminded",
        "company-email-confirmed",
        "activation-reminded",
        "letter-recorded",
        "services-activated",
    ),
    ("mandate-issued",),
    ("mandate-issued", "mandate-signed"),
    ("mandate-issued", "mandate-signed", "mandate-sent"),
    ("mandate-issued", "mandate-signed", "mandate-sent", "mandate-registered"),
    (
        "mandate-issued",
        "mandate-signed",
        "mandate-sent",
        "mandate-registered",
        "collection-recorded",
        "mandate-lapsed",
    ),
)
"""The histories whose snapshots are in the record."""


def the(kind: str, state: str | None = None) -> dict[str, Any]:
    """The stored data of the first document of this kind, in this state (of its activation, if it has one)."""
    return next(it for it in DATA if it["kind"] == kind and state in {None, (it.get("activation") or it).get("state")})


def of_kind(kind: str) -> Any:
    """What the first document of this kind is read as."""
    return loads(json.dumps(the(kind)))


def upgraded(data: dict[str, Any], *, rulebooks: Any = (EXPERT_2024_04_03,)) -> Any:
    """What this document of schema 1 is read as."""
    return load(data, rulebooks=rulebooks)


# --- The record -------------------------------------------------------------------------------------------------------


def test_the_record_is_never_edited() -> None:
    """It is what was really stored."""
    assert "fad68e0d3da282f5ad1076b46c9805f8c94b6e9d05c566c6de6667e798cc1108" == sha256(STORED).hexdigest()
    assert [1, 2] == list(UPGRADES)
    assert {1} == {data["schema"] for data in DATA}
    assert set(KINDS) - SINCE_3 - SINCE_2 == {data["kind"] for data in DATA}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:60].decode())
def test_every_document_is_read(line: bytes) -> None:
    """As bytes or as data, it is the same record, which contradicts nothing and is written in the form of today."""
    record = loads(line)
    written = dumps(record, secrets=True)

    assert record == load(json.loads(line))
    assert record == loads(written)
    assert written.startswith(b'{"kind":"%b","schema":3,' % record.kind.encode())
    if isinstance(record, Case | Event):
        record.check()


@pytest.mark.parametrize("kinds", HISTORIES, ids=lambda kinds: kinds[-1])
def test_a_history_makes_its_snapshot(kinds: tuple[str, ...]) -> None:
    """The events of a case, read, make the snapshot that was stored beside them, read."""
    events = [of_kind(kind) for kind in kinds]
    made = replay(events)
    stored = next(
        it
        for it in RECORDS
        if isinstance(it, Case) and (it.id, it.version, it.stage) == (made.id, made.version, made.stage)
    )

    if isinstance(made, Mandate) and made.has_lapsed:
        # The one thing that a snapshot of schema 1 had forgotten.
        assert made.idle is not None
        made = attrs.evolve(made, idle=None)
    assert stored == made


# --- What has changed -------------------------------------------------------------------------------------------------


def test_facts_were_told_when_they_happened() -> None:
    """No event of schema 1 was told late."""
    for record in RECORDS:
        if isinstance(record, Event):
            assert record.at == record.recorded_at


@pytest.mark.parametrize(
    ("kind", "state", "recorded_at", "since", "due_at"),
    [
        ("space", "pending", BEGUN, BEGUN, BEGUN + timedelta(days=1)),
        ("space", "active", VALIDATED, VALIDATED, None),
        ("space", "lapsed", VALIDATED + timedelta(days=1), BEGUN, None),
        ("adhesion", "awaiting_email", BEGUN, BEGUN, BEGUN + timedelta(days=1)),
        ("adhesion", "lapsed", VALIDATED + timedelta(days=1), BEGUN, None),
        ("adhesion", "awaiting_code", VALIDATED, VALIDATED, LETTER_DUE),
        ("adhesion", "active", datetime(2024, 4, 2, 9, 30, tzinfo=UTC), datetime(2024, 4, 2, 9, 30, tzinfo=UTC), None),
        ("mandate", "issued", BEGUN, BEGUN, None),
        ("mandate", "registered", BEGUN, BEGUN, datetime(2026, 11, 29, 23, tzinfo=UTC)),
        ("mandate", "lapsed", datetime(2029, 8, 22, 9, 30, tzinfo=UTC), BEGUN, None),
    ],
    ids=str,
)
def test_a_snapshot_says_since_when(
    kind: str, state: str, recorded_at: datetime, since: datetime, due_at: datetime | None
) -> None:
    """When the last fact was told, since when the case is where it is, and when the clock decides next."""
    case: Case = upgraded(the(kind, state))

    assert (recorded_at, since, due_at) == (case.recorded_at, case.since, case.due_at)


def test_a_reminder_is_not_the_last_fact() -> None:
    """Where only reminders can have followed, the fact before them was told last; what is due is what comes next."""
    reminded_at = "2024-03-02T09:30:00Z"
    space = upgraded(the("space", "pending") | {"version": 2, "changed_at": reminded_at})
    linked = upgraded(the("adhesion", "awaiting_email") | {"version": 2, "changed_at": reminded_at})
    seen_at = "2024-03-16T23:00:00Z"
    posted = upgraded(the("adhesion", "awaiting_code") | {"version": 4, "changed_at": seen_at})

    for case in (space, linked):
        assert (BEGUN, case.deadline.lapses_at) == (case.recorded_at, case.due_at)
    assert (VALIDATED, datetime(2024, 4, 14, 22, tzinfo=UTC)) == (posted.recorded_at, posted.due_at)


def test_the_letter_of_a_code_held_here_was_posted_by_us() -> None:
    """It bears the day of the validation in Paris, and nothing is estimated; what was to be reminded of still is."""
    case: Adhesion = upgraded(the("adhesion", "awaiting_code"))
    event, letter = of_kind("company-email-confirmed"), of_kind("activation-code-letter")
    activation = case.activation
    assert activation is not None

    assert date(2024, 3, 2) == activation.letter == event.edited
    assert [False] * 3 == [it.deadline.estimated for it in (activation, event, letter)]
    assert activation.deadline == event.deadline
    assert LETTER_DUE == activation.deadline.reminders[0]
    assert (
        EXPERT_2024_04_03.starting(EXPERT_2024_04_03.services_activation, VALIDATED).reminders
        == activation.deadline.reminders[1:]
    )


def test_the_day_of_a_letter_is_that_of_the_zone() -> None:
    """Late in the evening of Paris, UTC is a day behind."""
    evening = "2024-03-02T23:30:00Z"
    event = the("adhesion-validated")
    later = event | {"at": evening, "deadline": event["deadline"] | {"opened": evening}}

    assert date(2024, 3, 3) == upgraded(later).edited


def test_the_letter_of_a_code_held_elsewhere_stays_unknown() -> None:
    """Until its day was reported, the time limit is estimated, and ends as it was stored; then that day is known."""
    elsewhere = changed(the("adhesion", "awaiting_code"), ("activation", "code"), "held-elsewhere")
    event = upgraded(the("adhesion-validated") | {"code": "held-elsewhere"})
    waiting: Any = upgraded(elsewhere).activation
    settled: Any = upgraded(changed(the("adhesion", "active"), ("activation", "code"), "held-elsewhere")).activation

    assert (None, True) == (waiting.letter, waiting.deadline.estimated) == (event.edited, event.deadline.estimated)
    assert datetime(2024, 5, 1, 21, 59, 59, 999999, tzinfo=UTC) == waiting.deadline.closes
    assert LETTER_DUE == waiting.deadline.reminders[0]
    assert (date(2024, 3, 4), False) == (settled.letter, settled.deadline.estimated)


def test_a_recorded_letter_is_kept() -> None:
    """The day that was reported of a letter, of a code held here too."""
    case: Adhesion = upgraded(the("adhesion", "active"))
    assert case.activation is not None

    assert date(2024, 3, 4) == case.activation.letter
    assert case.stage is ActivationState.ACTIVE


def test_a_request_that_waits_after_its_letter_was_told_last_when_it_changed() -> None:
    """Whether that was the letter or a reminder cannot be known: it is the later of both."""
    waiting = the("adhesion", "active") | {"due_at": "2024-04-17T22:00:00.000000Z", "version": 5}
    case: Adhesion = upgraded(changed(waiting, ("activation", "state"), "awaiting_code"))

    assert datetime(2024, 4, 2, 9, 30, tzinfo=UTC) == case.recorded_at
    assert VALIDATED == case.since
    assert datetime(2024, 4, 16, 22, tzinfo=UTC) == case.due_at


def test_a_request_without_a_link_stands_since_it_was_made() -> None:
    """Between its request and its validation, which follows at once."""
    bare = changed(the("adhesion", "awaiting_email"), ("origin", "deadline"), None)
    bare = changed(bare, ("origin", "token"), None) | {"due_at": None, "deadline": None}
    case: Adhesion = upgraded(bare)

    assert (BEGUN, BEGUN, None) == (case.since, case.recorded_at, case.due_at)


def test_a_mandate_knows_who_may_sign() -> None:
    """The name stood in its origin; who did sign, nobody said."""
    mandates = [record for record in RECORDS if isinstance(record, Mandate)]

    assert {"Jeanne Martin"} == {str(mandate.legal_representative) for mandate in mandates}
    assert {None} == {mandate.signatory for mandate in mandates}


def test_a_mandate_without_a_limit_has_none() -> None:
    """Where the rulebook sets no time limit for idle mandates."""
    data = changed(the("mandate", "registered"), ("origin", "rulebook"), "idle")
    mandate = upgraded(data | {"deadline": None, "due_at": None}, rulebooks=BOOKS)

    assert (None, None, BEGUN) == (mandate.idle, mandate.due_at, mandate.recorded_at)


def test_a_message_did_not_say_its_company() -> None:
    """What it did not say is unknown, what it said is kept; a letter is addressed to its company."""
    email, link = of_kind("activation-code-email"), of_kind("confirmation-link-email")
    letter, reminder = of_kind("activation-code-letter"), of_kind("reminder-email")
    assert isinstance(email, ActivationCodeEmail)
    assert isinstance(link, ConfirmationLinkEmail)
    assert isinstance(letter, ActivationCodeLetter)
    assert isinstance(reminder, ReminderEmail)

    assert [None] * 3 == [it.organisation for it in (email, link, reminder)]
    assert (None, None, ()) == (link.requester, link.applicant, link.services)
    assert Siren("552 100 554") == letter.organisation == letter.to
    assert ["messagerie", "payer-tva"] == [service.code for service in letter.services]
    assert "K7MQ2XW9HD4T" == email.code.reveal() == letter.code.reveal()
    assert "Tok-EN_secret" == link.token.reveal()


def test_steps_had_sentences() -> None:
    """The actors and actions of reminders were English: they are codes, with the date that was shown, and the last."""
    (step,) = of_kind("reminder-email").steps
    both = {
        "legal representative": ("sign the printed mandate", Actor.LEGAL_REPRESENTATIVE, Action.SIGN_MANDATE),
        "bank": ("register the mandate", Actor.BANK, Action.REGISTER_MANDATE),
    }

    assert (Actor.USER, Action.ENTER_EMAILED_CODE, "1.9") == (step.actor, step.action, step.rule)
    assert (BEGUN + timedelta(days=2),) * 2 == (step.by, step.closes)
    assert ("space-1", False) == (step.case_id, step.estimated)
    for actor, (action, new_actor, new_action) in both.items():
        data = changed(the("reminder-email"), ("steps", 0, "actor"), actor)
        (other,) = upgraded(changed(data, ("steps", 0, "action"), action)).steps
        assert (new_actor, new_action) == (other.actor, other.action)


def test_every_action_of_schema_1_is_one_of_today() -> None:
    """No sentence leads to nothing."""
    sentences = (
        "enter the code received by e-mail",
        "start again: submit the form of the space anew",
        "request services, all the useful ones at once",
        "use the link received by e-mail",
        "check that the letter has come, and report the day it bears",
        "give the code of the letter to the third party who asked for the services",
        "enter the code of the letter",
        "request the services again",
        "issue a mandate for the account, and print it",
        "sign the printed mandate",
        "send the signed mandate to the bank that holds the account",
        "register the mandate",
        "check that the bank has registered the mandate",
        "collect with the mandate, or it lapses",
        "issue a new mandate for the account",
    )
    for sentence in sentences:
        (step,) = upgraded(changed(the("reminder-email"), ("steps", 0, "action"), sentence)).steps
        assert isinstance(step.action, Action)


def test_the_head_of_an_older_document_is_no_answer() -> None:
    """What it said of the clock may be counted anew: the whole of it is to be read."""
    assert {None} == {peek_due_at(line) for line in LINES}


# --- Schema 2 ---------------------------------------------------------------------------------------------------------

STORED_2 = (HERE / "documents-2.jsonl").read_bytes()
DATA_2: list[dict[str, Any]] = [json.loads(line) for line in STORED_2.splitlines()]


def of_2(kind: str, **says: Any) -> Any:
    """What the first document of schema 2 of this kind that says this is read as."""
    data = next(it for it in DATA_2 if it["kind"] == kind and says.items() <= it.items())
    return load(data, rulebooks=BOOKS)


def test_the_record_of_schema_2_is_never_edited() -> None:
    """It is what was really stored, one of each kind and state."""
    assert "902eb6381822cefbfd786db1b743a6c665e4b9042f7c1c89f6bbc9726038c2fd" == sha256(STORED_2).hexdigest()
    assert {2} == {data["schema"] for data in DATA_2}
    assert set(KINDS) - SINCE_3 == {data["kind"] for data in DATA_2}


@pytest.mark.parametrize("data", DATA_2, ids=lambda data: data["kind"])
def test_every_document_of_schema_2_is_read(data: dict[str, Any]) -> None:
    """It is the same record as bytes, contradicts nothing, and is written in the form of today."""
    before = json.dumps(data)
    record = load(data, rulebooks=BOOKS)

    assert record == loads(before, rulebooks=BOOKS) == loads(dumps(record, secrets=True), rulebooks=BOOKS)
    assert before == json.dumps(data)
    if isinstance(record, Case | Event):
        record.check()


def test_the_form_of_a_request_stood_among_its_fields() -> None:
    """All that was asked is in the form of the opening now, in an event and in a snapshot."""
    event, case = of_2("adhesion-requested", company_name="ACME"), of_2("adhesion", state="awaiting_email")
    form = adhesion_form(services=["messagerie", "payer-tva"], **COMPANY)

    assert form == event.form == case.origin.form
    assert "Camille Durand" == event.requester_name == case.origin.requester_name


def test_a_message_keeps_what_it_said_of_the_form() -> None:
    """The company, its name and address, the services, who asked: what a message did not say is not in its form."""
    letter, link = of_2("activation-code-letter", company_name="ACME"), of_2("confirmation-link-email")

    for message in (letter, link):
        assert Siren("552 100 554") == message.organisation
        assert ("ACME", Applicant.THIRD_PARTY) == (message.company_name, message.applicant)
        assert ["messagerie", "payer-tva"] == [service.code for service in message.services]
        assert "Camille Durand" == message.requester_name
        assert ((), None) == (message.form.bank_accounts, message.form.legal_representative)
    assert "2 rue du Port, 33000 Bordeaux" == letter.company_address
    assert letter.organisation == letter.to
    assert "contact@acme.fr" == str(link.to) == str(link.form.company_email)


def test_an_older_opening_may_leave_out_what_has_a_default() -> None:
    """A release before it had these fields; they are not given, as in a form that leaves them out."""
    data = next(it for it in DATA_2 if it["kind"] == "adhesion-requested" and it["company_name"])
    less = {name: value for name, value in data.items() if name not in {"company_name", "requester_name"}}
    event: Any = load(less, rulebooks=BOOKS)

    assert (None, None) == (event.form.company_name, event.requester_name)


# --- Under which rulebook ---------------------------------------------------------------------------------------------

QUICK = attrs.evolve(
    EXPERT_2024_04_03,
    version="quick",
    services_activation=attrs.evolve(EXPERT_2024_04_03.services_activation, duration=CivilDays(10), reminders=(2,)),
    link_use=attrs.evolve(EXPERT_2024_04_03.link_use, duration=Hours(72), reminders=(1,)),
)


def test_the_reminders_are_those_of_the_pinned_rulebook() -> None:
    """Whatever comes first among those that are given."""
    data = the("adhesion", "awaiting_email")
    for books in (BOOKS, BOOKS[::-1], (QUICK, *BOOKS)):
        assert upgraded(data) == upgraded(data, rulebooks=books)
    reminding = changed(the("mandate", "registered"), ("origin", "rulebook"), "reminding")

    assert datetime(2027, 1, 28, 23, tzinfo=UTC) == upgraded(reminding, rulebooks=BOOKS).due_at


def test_an_opening_event_is_under_the_rulebook_that_it_says() -> None:
    """Another one may count the same hours and remind otherwise."""
    limit = attrs.evolve(EXPERT_2024_04_03.link_use, reminders=(2,))
    loud = attrs.evolve(EXPERT_2024_04_03, version="loud", link_use=limit)
    data = the("adhesion-requested")

    assert upgraded(data) == upgraded(data, rulebooks=(loud, EXPERT_2024_04_03))
    assert (BEGUN + timedelta(days=1),) == upgraded(data).deadline.reminders


def test_the_day_of_a_letter_is_that_of_the_rulebooks_zone() -> None:
    """Of a rulebook that counts days elsewhere; by a time limit in hours, which a host may have made, that of Paris."""
    event = the("adhesion-validated")
    limit = attrs.evolve(EXPERT_2024_04_03.services_activation, duration=CivilDays(60, "Pacific/Noumea"))
    abroad = attrs.evolve(EXPERT_2024_04_03, version="abroad", services_activation=limit)

    def edited(opened: str, rule: str, book: Rulebook) -> date:
        deadline = event["deadline"] | {"opened": opened, "rule": rule}
        day: date = upgraded(event | {"at": opened, "deadline": deadline}, rulebooks=(book,)).edited
        return day

    assert date(2024, 3, 3) == edited("2024-03-02T14:30:00Z", "3.1", abroad)
    assert date(2024, 3, 2) == edited("2024-03-02T14:30:00Z", "3.1", EXPERT_2024_04_03)
    assert date(2024, 3, 3) == edited("2024-03-02T23:30:00Z", "2.9", abroad)


def test_a_case_stands_since_its_time_limit_runs() -> None:
    """Where that was not the instant of the request."""
    later = "2024-03-01T10:00:00Z"
    pending = changed(the("space", "pending"), ("origin", "deadline", "opened"), later)

    assert BEGUN + timedelta(minutes=30) == upgraded(pending).since


def test_an_event_is_under_the_rulebook_that_counts_as_it_does() -> None:
    """Most events do not say which: the first one whose time limit gives the same days, else the first one."""
    data = the("company-email-confirmed")
    strange = changed(data, ("deadline", "closes"), "2024-05-02T21:59:59.999999Z")

    assert upgraded(data) == upgraded(data, rulebooks=(QUICK, EXPERT_2024_04_03))
    assert 4 == len(upgraded(strange, rulebooks=(EXPERT_2024_04_03, QUICK)).deadline.reminders)
    assert 2 == len(upgraded(strange, rulebooks=(QUICK, EXPERT_2024_04_03)).deadline.reminders)


def test_a_letter_is_not_reminded_of_after_its_code_has_ended() -> None:
    """Where the code works for fewer days than a letter may take, or nobody says how many those are."""
    closes = "2024-03-12T22:59:59.999999Z"
    data = changed(the("company-email-confirmed"), ("deadline", "closes"), closes)
    data = changed(data, ("deadline", "safe_until"), "2024-03-11T22:59:59.999999Z")
    silent = attrs.evolve(QUICK, letter_announced=None)

    for book in (QUICK, silent):
        assert (datetime(2024, 3, 8, 23, tzinfo=UTC),) == upgraded(data, rulebooks=(book,)).deadline.reminders


def test_a_time_limit_of_no_rule_has_no_reminders() -> None:
    """One that a host made by hand, or under a rule that none of the rulebooks has: as it was stored."""
    data = changed(the("company-email-confirmed"), ("deadline", "rule"), None)
    event = upgraded(data)

    assert ((), None, False) == (event.deadline.reminders, event.edited, event.deadline.estimated)
    with pytest.raises(CodecError, match=r"^\$\.deadline\.rule: '9\.9' is no rule"):
        upgraded(changed(data, ("deadline", "rule"), "9.9"))


def test_an_unknown_rulebook_is_told() -> None:
    """As of a document of today."""
    for books in ((), BOOKS):
        with pytest.raises(CodecError, match=r"^\$\.origin\.rulebook: 'other' is no version"):
            upgraded(changed(the("space"), ("origin", "rulebook"), "other"), rulebooks=books)


# --- Older documents that are none ------------------------------------------------------------------------------------


def damaged() -> Iterator[dict[str, Any]]:
    """Every document of the record with every node left out, or something else in its place."""
    for data in (*DATA, *DATA_2):
        for path in steps_of(data):
            for value in (..., None, 7, "x", [], {}, "2024-03-05T00:00:00Z", *SECRETS[:2]):
                yield changed(data, path, value)


def test_a_damaged_document_is_refused_or_good() -> None:
    """One kind of error, with a path, without what is wrong; or a record that is written and read again."""
    told = [found for found in (read(load, data) for data in damaged()) if isinstance(found, CodecError)]

    assert len(told) > 1000
    assert not any(secret in f"{error} {dict(error.facts)}" for error in told for secret in SECRETS[:2])


def test_what_no_release_wrote_is_told_so() -> None:
    """It is said of which schema a document is not."""
    for path in (("changed_at",), ("deadline",), ("origin", "at"), ("origin", "deadline", "closes")):
        with pytest.raises(CodecError) as caught:
            upgraded(changed(the("space"), path, ...))
        assert ("codec.not_upgraded", "$", 1) == (caught.value.code, caught.value.path, caught.value.facts["schema"])
    with pytest.raises(CodecError, match=r"^\$: not a document of schema 1: expected what the release"):
        upgraded(changed(the("reminder-email"), ("steps", 0, "action"), "dance"))


def test_an_upgrade_changes_no_document() -> None:
    """It makes another one: what was read from a store stays as it was."""
    for data in DATA:
        before = json.dumps(data)
        load(data)

        assert before == json.dumps(data)


def test_a_snapshot_due_without_a_time_limit_is_refused() -> None:
    """An older document that contradicts itself is refused as one of today is."""
    due = the("adhesion", "awaiting_email") | {"deadline": None}
    with pytest.raises(CodecError, match=r"^\$\.due_at"):
        upgraded(the("mandate", "issued") | {"due_at": "2024-03-05T00:00:00.000000Z"})

    assert isinstance(upgraded(due), Adhesion)
    assert isinstance(upgraded(the("space", "active")), Space)
