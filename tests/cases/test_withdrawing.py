"""A fact recorded by mistake: what stands when several are withdrawn, in whatever order (A20)."""

from __future__ import annotations

from datetime import date

import pytest

from teleprocedures import HELD_ELSEWHERE, ActivationState, FactWithdrawn, OutOfOrderError, replay, withdraw
from tests.builders import failure, requested
from tests.instants import DAY, START

pytestmark = pytest.mark.rule("A20")


def test_a_fact_withdrawn_earlier_supports_nothing() -> None:
    """A lapse that only two withdrawn letters explain falls with the second, and not before."""
    opening = requested("payer-cfe", bank_accounts=["FR7630006000011234567890189"], code=HELD_ELSEWHERE)
    events, case = opening.events, opening.case
    for edited in (date(2025, 1, 6), date(2025, 1, 7)):
        decision = case.record_letter(edited, at=START + 2 * DAY)
        events, case = (*events, *decision.events), decision.case
    lapsed = case.lapse(at=case.deadline.lapses_at)
    events = (*events, *lapsed.events)

    first = withdraw(events, 3, reason="another company's letter", at=START + 70 * DAY)
    second = withdraw((*events, *first.events), 4, reason="another company's too", at=START + 71 * DAY)

    told = first.events[0], second.events[0]
    assert [(3, ()), (4, (5,))] == [(it.withdrawn, it.fallen) for it in told if isinstance(it, FactWithdrawn)]
    assert ActivationState.LAPSED is first.case.stage
    assert ActivationState.AWAITING_CODE is second.case.stage
    assert replay((*events, *first.events, *second.events)) == second.case


def test_a_withdrawal_before_its_fact_says_its_day() -> None:
    """A withdrawal told by a day before that of the telling is refused with that day, and no hour (A22)."""
    opening = requested("payer-cfe", bank_accounts=["FR7630006000011234567890189"], code=HELD_ELSEWHERE)
    letter = opening.case.record_letter(date(2025, 1, 6), at=START + 2 * DAY)
    told = (*opening.events, *letter.events)

    refusal = failure(withdraw, told, 3, reason="a mistake", at=date(2025, 1, 7), recorded_at=START + 3 * DAY)

    assert isinstance(refusal, OutOfOrderError)
    assert date(2025, 1, 7) == refusal.facts["at"]
    assert 4 == withdraw(told, 3, reason="a mistake", at=date(2025, 1, 8), recorded_at=START + 3 * DAY).case.version
