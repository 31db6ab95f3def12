"""Facts of which only the civil day is known: at the edges of a day, and where no hour may be shown (A22)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import attrs
import pytest

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationCode,
    Adhesion,
    CivilDays,
    Mandate,
    MandateState,
    OutOfOrderError,
    Space,
    check_payment,
)
from teleprocedures.testing import adhesion_form, space_form
from tests.builders import FRENCH_IBAN, failure, mandate_in, opened, paying, services_taken_over
from tests.instants import DAY, START, paris

pytestmark = pytest.mark.rule("A22")
BEFORE = date(2025, 1, 5)
"""The day before that of START."""


def test_what_begins_too_early_says_its_day() -> None:
    """A request, or a mandate, of a day before what it follows is refused with that day, and without an hour."""
    space, request = opened(), paying().case
    late = {"recorded_at": START + 3 * DAY}

    refusals = (
        failure(Adhesion.request, space, adhesion_form(), id="request-1", at=BEFORE, **late),
        failure(Mandate.issue, request, request.accounts[0], id="mandate-1", reference="RUM-1", at=BEFORE, **late),
    )

    assert [(OutOfOrderError, BEFORE)] * 2 == [(type(it), it.facts["at"]) for it in refusals]
    assert not any("23:00" in str(it) or "00:00" in str(it) for it in refusals)


@pytest.mark.rule("A3")
def test_a_letter_of_a_day_that_is_two_elsewhere() -> None:
    """Where letters are dated in another zone, a request of a day in Paris is estimated from both of its days there."""
    days = attrs.evolve(EXPERT_2024_04_03.services_activation, duration=CivilDays(60, "America/Cayenne"))
    rulebook = attrs.evolve(
        EXPERT_2024_04_03,
        version="cayenne",
        services_activation=days,
        letter_announced=CivilDays(14, "America/Cayenne"),
    )
    space = opened(at=paris("2025-02-01T09:00"))

    deadline = Adhesion.request(
        space, adhesion_form(), id="request-1", at=date(2025, 2, 3), code=HELD_ELSEWHERE, rulebook=rulebook
    ).case.deadline

    # Safe from the second in Cayenne, over from the third: 59 days after the one, 14 and 60 after the other.
    assert deadline is not None
    assert "2025-04-03T02:59:59.999999+00:00" == deadline.safe_until.isoformat()
    assert "2025-04-19T02:59:59.999999+00:00" == deadline.closes.isoformat()


@pytest.mark.rule("A3", "A19")
def test_a_letter_as_old_as_it_is() -> None:
    """Of a request that was taken over from nobody knows when, a letter of any day is taken, west of Greenwich too."""
    days = attrs.evolve(EXPERT_2024_04_03.services_activation, duration=CivilDays(60, "America/Cayenne"))
    rulebook = attrs.evolve(EXPERT_2024_04_03, version="cayenne", services_activation=days)
    request = services_taken_over(under_way=True, rulebook=rulebook).case

    assert date(2024, 12, 1) == request.record_letter(date(2024, 12, 1), at=START).case.activation.letter


@pytest.mark.rule("A14", "A21")
def test_what_is_followed_says_its_day_too() -> None:
    """Before a closing, or the day of a letter, of which no hour was told, a fact is refused with both days."""
    closed = paying().case.close("client_left", at=date(2025, 1, 8)).case
    request = paying(token=HELD_ELSEWHERE, code=HELD_ELSEWHERE).case
    seen = request.record_letter(date(2025, 1, 9), at=date(2025, 1, 10)).case
    by_the_hour = paying().case.close("client_left", at=START + 2 * DAY).case
    told = {"recorded_at": START + 9 * DAY}

    refusals = (
        failure(closed.reopen, at=date(2025, 1, 7), **told),
        failure(closed.reopen, at=START, **told),
        failure(seen.activate, HELD_ELSEWHERE, space=opened(), at=date(2025, 1, 8), **told),
        failure(by_the_hour.reopen, at=START, **told),
    )

    assert [date(2025, 1, 8), date(2025, 1, 8), date(2025, 1, 9), START + 2 * DAY] == [
        it.facts["last"] for it in refusals
    ]
    assert not any("00:00" in str(it) or "23:00" in str(it) for it in refusals)


@pytest.mark.rule("2.19")
def test_a_payment_before_the_day_of_a_registration_says_no_hour() -> None:
    """The mandate is registered later, on a day of which no hour was told."""
    request = services_taken_over("payer-tva", bank_accounts=[FRENCH_IBAN], since=date(2024, 1, 2)).case
    mandate = mandate_in(MandateState.SENT).register(at=date(2025, 3, 3)).case

    refused = failure(check_payment, request, "payer-tva", FRENCH_IBAN, [mandate], at=paris("2025-03-02T10:00"))

    assert ("payment.mandate_later", date(2025, 3, 3)) == (refused.code, refused.facts["since"])
    assert "Monday 3 March 2025" in str(refused)
    assert "at 00:00" not in str(refused)


def test_the_last_hours_that_there_are() -> None:
    """What is told in the last hour of year 9999, when clocks in Paris show no year, is told on its last day."""
    last = datetime(9999, 12, 31, 23, 30, tzinfo=UTC)
    request = paying(token=HELD_ELSEWHERE, code=HELD_ELSEWHERE).case

    assert date(2025, 1, 9) == request.record_letter(date(2025, 1, 9), at=last).case.activation.letter
    assert "limit.out_of_range" == failure(request.record_letter, date(9999, 12, 31), at=last).code


@pytest.mark.rule("A2", "A14", "A22")
def test_what_we_sent_has_its_hour_though_the_form_has_none() -> None:
    """A form of which only the day is known, told two days later: the code went out then, and that is followed."""
    told = START + 2 * DAY
    space = Space.create(
        space_form(),
        id="space",
        at=START.date(),
        recorded_at=told,
        code=ActivationCode("K7MQ2XW9ABCD"),
        password_hash="x",
        answer_hash="y",
    ).case
    refusal = space.refusal("activate", at=START + DAY, recorded_at=told + DAY)

    assert (told, None) == (space.since, space.since_day)
    assert ("order.before_fact", told) == (refusal.code, refusal.facts["last"])
