"""What was there before anybody began to follow it (A19): spaces, services, requests and mandates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

import teleprocedures as tp
from tests.builders import (
    COMPANY_EMAIL,
    FOREVER,
    FRENCH_IBAN,
    GERMAN_IBAN,
    asked,
    each,
    failure,
    issued,
    mandate_taken_over,
    opened,
    requested,
    services_taken_over,
    space_taken_over,
)
from tests.instants import DAY, START, TICK, end_of, paris

SEEN = date(2025, 1, 3)
ELSEWHERE = tp.HELD_ELSEWHERE

# --- Spaces -----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("A19")
def test_a_space_needs_no_password_question_or_address():
    """It is active, as it was seen; nothing runs, nothing is sent, and requests older than its sighting are taken."""
    made = space_taken_over()
    space, (event,) = made.case, made.events

    assert ("space-taken-over", SEEN, "the portal's page of services") == (event.kind, event.seen, event.source)
    assert (tp.SpaceState.ACTIVE, None, None, ()) == (space.state, space.deadline, space.due_at, made.messages)
    assert (paris("2025-01-03T00:00"), SEEN) == (space.since, space.since_day)
    assert ("Camille Durand", "camille@cabinet-durand.fr") == (space.user, str(space.email))
    assert (True, space) == (space.held_elsewhere, tp.replay(made.events))
    space.check()
    old = requested(space=space, at=paris("2019-05-02T10:00"))
    assert "space-old" == old.case.space_id


@pytest.mark.rule("A19")
@each(
    "changes code",
    ({"seen": date(2025, 1, 7)}, "day.not_allowed"),
    ({"seen": datetime(2025, 1, 3)}, "day.not_allowed"),
    ({"seen": None}, "day.not_allowed"),
    ({"source": " "}, "remark.missing"),
    ({"source": 42}, "remark.wrong_type"),
    ({"source": "x" * 201}, "remark.too_long"),
    ({"email": "camille"}, "email.no_at_sign"),
    ({"first_name": ""}, "name.missing"),
    ({"organisation": "732829321"}, "siren.check_digit"),
    ({"at": datetime(2025, 1, 6)}, "instant.naive"),
    ({"recorded_at": START - TICK}, "order.future"),
    ({"id": "two words"}, "case_id.malformed"),
)
def test_what_cannot_be_known_of_a_space_is_refused(changes, code):
    """A day to come, a source that is none, a value that is none: each is the library's own error."""
    assert code == failure(space_taken_over, **changes).code


# --- Services that are held -------------------------------------------------------------------------------------------


@pytest.mark.rule("A19", "0.2", "3.5")
@each(
    "since first held_before",
    (None, "2025-01-03T00:00", False),
    (date(2016, 5, 2), "2016-05-02T00:00", True),
)
def test_services_are_held_without_the_steps_that_brought_them(since, first, held_before):
    """They are held from the day that is known, or from that on which they were seen; nothing else is invented."""
    made = services_taken_over("payer-tva", "messagerie", since=since)
    adhesion = made.case
    # Seen after it happened, on the day of the telling at the latest.
    late = services_taken_over("payer-tva", since=since, seen=date(2025, 1, 8), recorded_at=START + 2 * DAY)
    assert date(2025, 1, 8) == late.case.origin.seen

    assert (tp.AdhesionState.VALIDATED, tp.ActivationState.ACTIVE) == (adhesion.state, adhesion.stage)
    assert (paris(first), since or SEEN) == (adhesion.since, adhesion.since_day)
    assert (True, True, False) == tuple(map(adhesion.holds, ("payer-tva", "messagerie", "payer-cfe")))
    assert (held_before, True) == (adhesion.is_held(paris("2020-01-01T00:00")), adhesion.is_held(START))
    assert not adhesion.is_held(paris(first) - TICK)
    assert ((), None, None) == (adhesion.accounts, adhesion.applicant, adhesion.company_name)
    assert (None, None, None, ()) == (adhesion.deadline, adhesion.time_limit, adhesion.due_at, made.messages)
    assert ((), adhesion) == (adhesion.next_steps(at=START), tp.replay(made.events))
    adhesion.check()


@pytest.mark.rule("A19", "A17")
def test_what_else_is_known_is_kept():
    """Names, accounts, addresses, who asked: as they were given, and an account of long ago can still be told."""
    known = {
        "company_email": COMPANY_EMAIL,
        "applicant": "third_party",
        "legal_representative": "Jeanne Martin",
        "company_name": "Boulangerie Martin",
        "company_address": "2 rue du Port, 33000 Bordeaux",
    }
    adhesion = services_taken_over(bank_accounts=[FRENCH_IBAN], **known).case
    form, later = adhesion.origin.form, adhesion.declare_account(GERMAN_IBAN, at=date(2010, 3, 4), recorded_at=START)

    assert list(known.values()) == [str(getattr(form, name)) for name in known]
    assert [tp.BankAccount(FRENCH_IBAN), tp.BankAccount(GERMAN_IBAN)] == list(later.case.accounts)
    assert "Boulangerie Martin" == adhesion.company_name


@pytest.mark.rule("1.12", "2.3", "2.4", "A19")
@each(
    "changes code",
    ({"services": ()}, "form.refused"),
    ({"organisation": "TF2024A17"}, "form.refused"),
    ({"services": ["payer-rien"]}, "service.unknown"),
    ({"since": date(2025, 1, 4)}, "day.not_allowed"),
    ({"since": date(2016, 5, 2), "letter": date(2025, 1, 2)}, "taken_over.held_and_awaited"),
    ({"since": date(2016, 5, 2), "under_way": True}, "taken_over.held_and_awaited"),
    ({"requested": date(2025, 1, 2), "letter": date(2025, 1, 1)}, "day.not_allowed"),
    ({"letter": date(2025, 1, 4)}, "day.not_allowed"),
    ({"space": asked().case}, "space.not_active"),
    ({"space": "space-1"}, "argument.wrong_type"),
)
def test_what_cannot_be_known_of_services_is_refused(changes, code):
    """The procedure's own rules stand, and days have an order."""
    given: dict[str, Any] = {
        "space": opened(),
        "organisation": "552100554",
        "services": ["payer-tva"],
        "id": "old-1",
        "seen": SEEN,
        "source": "the portal",
        "at": START,
    } | changes

    assert code == failure(tp.Adhesion.take_over, given.pop("space"), **given).code


# --- A request that is under way --------------------------------------------------------------------------------------


@pytest.mark.rule("A19", "A3", "3.1")
@each(
    "known safe_until closes estimated",
    # The letter's day is known: day 59 is safe, and day 60 the last.
    ({"letter": date(2025, 1, 2)}, "2025-03-02", "2025-03-03", False),
    # The day of the request: safe as if the letter were of that day, and over as if it were of 14 days later.
    ({"requested": date(2024, 12, 30)}, "2025-02-27", "2025-03-14", True),
    ({"requested": date(2024, 12, 30), "letter": date(2025, 1, 2)}, "2025-03-02", "2025-03-03", False),
    # Neither: it worked on the evening on which it was seen, and works no longer than that of a request of that day.
    ({"under_way": True}, "2025-01-03", "2025-03-18", True),
)
def test_a_request_under_way_ends_on_the_safe_side_at_both_ends(known, safe_until, closes, estimated):
    """The ends that are shown and recorded are those of the earliest and of the latest letter that there can be."""
    adhesion = services_taken_over(**known).case
    deadline = adhesion.deadline

    assert tp.ActivationState.AWAITING_CODE is adhesion.stage
    assert (end_of(safe_until), end_of(closes)) == (deadline.safe_until, deadline.closes)
    assert (estimated, "3.1") == (deadline.estimated, deadline.rule)
    assert START < adhesion.due_at <= deadline.lapses_at
    lapsed = adhesion.tick(at=deadline.lapses_at).case
    assert (True, True) == (lapsed.has_lapsed, lapsed.is_presumed)
    adhesion.check()


@pytest.mark.rule("A19", "A3", "2.9")
def test_the_link_of_a_request_under_way_may_have_been_used_at_its_last_hour():
    """With Messaging its letter is two days younger, but not than the day on which the request was seen under way."""
    known = {"company_email": "contact@boulangerie-martin.fr", "requested": date(2024, 12, 30)}
    late, soon = (services_taken_over("messagerie", **known | more).case for more in ({}, {"seen": date(2024, 12, 31)}))

    assert (end_of("2025-02-27"), end_of("2025-03-16")) == (late.deadline.safe_until, late.deadline.closes)
    assert (end_of("2025-02-27"), end_of("2025-03-15")) == (soon.deadline.safe_until, soon.deadline.closes)


@pytest.mark.rule("A19", "A3")
def test_a_request_that_was_seen_under_way_was_alive_then():
    """Whatever is counted from its own day: it does not lapse before the evening of that day, and may end with it."""
    old = services_taken_over(requested=date(2024, 9, 2)).case

    assert (end_of("2024-10-31"), end_of("2025-01-03")) == (old.deadline.safe_until, old.deadline.closes)
    assert old.deadline.estimated
    assert old.tick(at=START).case.is_presumed


@pytest.mark.rule("A19", "3.2", "F2")
def test_a_request_under_way_goes_on_like_one_that_was_followed():
    """Its letter is watched for, its code entered, also on an earlier day; it is renewed where its form is whole."""
    adhesion = services_taken_over(under_way=True, applicant="third_party").case
    steps = [step.action for step in adhesion.next_steps(at=START)]
    held = adhesion.activate(ELSEWHERE, space=opened(), at=paris("2025-01-06T11:00")).case
    space = space_taken_over(id="space-1").case
    early = adhesion.activate(ELSEWHERE, space=space, at=date(2025, 1, 2), recorded_at=START)
    told = adhesion.record_letter(date(2024, 12, 28), at=START).case

    assert ["watch_letter", "ask_for_code", "pass_code_on", "enter_letter_code"] == steps
    assert tp.ActivationState.ACTIVE is held.stage is early.case.stage
    assert end_of("2025-02-26") == told.deadline.closes
    assert "form.refused" == failure(adhesion.renew, opened(), id="request-2", at=START).code
    whole = services_taken_over(under_way=True, bank_accounts=[FRENCH_IBAN]).case
    assert "old-1" == whole.renew(opened(), id="request-2", at=START).case.origin.renews


# --- Mandates ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("A19", "F1")
@each(
    "known safe_until closes estimated since",
    # Nothing is known: it was alive on the evening on which it was seen, and ends no sooner than 36 months later.
    ({}, "2025-01-03", "2028-01-03", True, "2025-01-03"),
    # Its registration is: the safe end is past already.
    ({"registered": date(2019, 3, 4)}, "2022-03-03", "2028-01-03", True, "2019-03-04"),
    ({"registered": date(2024, 6, 1)}, "2027-05-31", "2028-01-03", True, "2024-06-01"),
    # Its last collection is known: nothing is estimated.
    ({"last_collected": date(2024, 6, 1)}, "2027-05-31", "2027-06-01", False, "2025-01-03"),
    (
        {"registered": date(2019, 3, 4), "last_collected": date(2022, 1, 3)},
        "2025-01-02",
        "2025-01-03",
        False,
        "2019-03-04",
    ),
    # That collection was not the last one, for the mandate was alive when it was seen.
    (
        {"registered": date(2019, 3, 4), "last_collected": date(2022, 1, 2)},
        "2025-01-01",
        "2028-01-03",
        True,
        "2019-03-04",
    ),
)
def test_the_end_of_a_mandate_is_on_the_safe_side_at_both_ends(known, safe_until, closes, estimated, since):
    """36 months after the last use that is known, and no lapse before 36 months after it was seen."""
    made = mandate_taken_over(**known)
    mandate, deadline = made.case, made.case.deadline

    assert (tp.MandateState.REGISTERED, paris(f"{since}T00:00")) == (mandate.state, mandate.registered_at)
    assert (end_of(safe_until), end_of(closes)) == (deadline.safe_until, deadline.closes)
    assert (estimated, "F1") == (deadline.estimated, deadline.rule)
    assert (True, False) == (mandate.is_registered(deadline.closes), mandate.is_registered(deadline.lapses_at))
    assert not mandate.is_registered(paris(f"{since}T00:00") - TICK)
    # What is over already is due at once.
    assert deadline.lapses_at == mandate.due_at or mandate.due_at > START
    mandate.check()


@pytest.mark.rule("A19", "A15", "F1")
@each(
    "collected safe_until closes estimated",
    # Before it was seen: a later safe end, and the last one as before.
    (date(2024, 2, 1), "2027-01-31", "2028-01-03", True),
    (date(2019, 4, 1), "2022-03-31", "2028-01-03", True),
    # Before the use that is known: nothing changes.
    (date(2019, 3, 4), "2022-03-03", "2028-01-03", True),
    # On the day on which it was seen, or later: nothing is estimated any more.
    (date(2025, 1, 3), "2028-01-02", "2028-01-03", False),
    (date(2025, 1, 6), "2028-01-05", "2028-01-06", False),
)
def test_a_collection_says_more_of_a_mandate_that_was_taken_over(collected, safe_until, closes, estimated):
    """It is accepted from the registration on, whenever it is told, and moves the ends that it can move."""
    mandate = mandate_taken_over(registered=date(2019, 3, 4)).case
    after = mandate.record_collection(at=collected, recorded_at=START + DAY).case

    assert (end_of(safe_until), end_of(closes)) == (after.deadline.safe_until, after.deadline.closes)
    assert estimated is after.deadline.estimated
    assert "order.before_fact" == failure(mandate.record_collection, at=date(2019, 3, 3), recorded_at=START).code
    assert date(2019, 3, 4) == failure(mandate.record_collection, at=date(2019, 3, 3), recorded_at=START).last


@pytest.mark.rule("A19", "A15")
def test_a_collection_of_a_mandate_of_unknown_age_may_be_as_old_as_it_is():
    """Nobody said when it was registered, so no collection comes too early."""
    mandate = mandate_taken_over().case

    assert paris("2025-01-03T00:00") == mandate.record_collection(at=date(2001, 2, 3), recorded_at=START).case.since


@pytest.mark.rule("A8", "A19")
def test_an_account_has_one_mandate_also_where_it_is_taken_over():
    """What is followed already is not taken over again; what is closed or lapsed does not count."""
    mandate = mandate_taken_over(reference="RUM-7").case
    again = failure(mandate_taken_over, id="m-2", mandates=[mandate])
    nameless = failure(mandate_taken_over, id="m-3", mandates=[mandate_taken_over().case])

    assert ("mandate.repeated", "A8", ("RUM-7",)) == (again.code, again.rule, again.facts["mandates"])
    assert ("mandate-old",) == nameless.facts["mandates"]
    assert mandate_taken_over(id="m-2", mandates=[mandate.close("mistake", at=START).case])
    assert mandate_taken_over(GERMAN_IBAN, id="m-2", mandates=[mandate])
    assert "mandate.repeated" == failure(issued, mandates=[mandate]).code


@pytest.mark.rule("A19", "2.15")
def test_what_is_not_known_of_a_mandate_is_not_printed():
    """Its reference, its debtor's address: None, for whoever fills them in by hand."""
    document = mandate_taken_over(company_name="Boulangerie Martin").case.document()
    plain = document.as_dict()

    assert (None, None, None) == (document.reference, plain["reference"], plain["debtor_address"])
    assert ("Boulangerie Martin", "552100554") == (plain["debtor_name"], plain["debtor"])
    assert "RUM-7" == mandate_taken_over(reference="RUM-7").case.document().as_dict()["reference"]


@pytest.mark.rule("A19", "F1")
def test_without_the_time_limit_nothing_ends():
    """A rulebook that sets none for idle mandates has none for those that are taken over."""
    mandate = mandate_taken_over(rulebook=FOREVER, last_collected=date(2016, 1, 1)).case

    assert (None, None, True) == (mandate.deadline, mandate.due_at, mandate.is_registered(START))


@pytest.mark.rule("A19")
@each(
    "changes code",
    ({"registered": date(2025, 1, 4)}, "day.not_allowed"),
    ({"last_collected": date(2025, 1, 4)}, "day.not_allowed"),
    ({"registered": date(2024, 1, 2), "last_collected": date(2024, 1, 1)}, "day.not_allowed"),
    ({"account": "FR7630006000011234567890188"}, "iban.check_digits"),
    ({"reference": ""}, "mandate_reference.missing"),
    ({"company_name": ""}, "company_name.missing"),
    ({"space": asked().case}, "space.not_active"),
)
def test_what_cannot_be_known_of_a_mandate_is_refused(changes, code):
    """Days have an order, and values are what they claim to be."""
    assert code == failure(mandate_taken_over, **changes).code
