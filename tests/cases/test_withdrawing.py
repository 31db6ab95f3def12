"""A fact recorded by mistake: what stands when several are withdrawn, in whatever order (A20)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import date

import pytest

from teleprocedures import HELD_ELSEWHERE, ActivationState, Event, FactWithdrawn, OutOfOrderError, replay, withdraw
from teleprocedures.cases import snapshots
from teleprocedures.wording import diligence
from tests.builders import failure, mandate_taken_over, requested
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
    letter = opening.case.record_letter(date(2025, 1, 6), at=START + DAY, recorded_at=START + 2 * DAY)
    told = (*opening.events, *letter.events)

    refusal = failure(withdraw, told, 3, reason="a mistake", at=date(2025, 1, 7), recorded_at=START + 3 * DAY)

    assert isinstance(refusal, OutOfOrderError)
    assert date(2025, 1, 7) == refusal.facts["at"]
    assert 4 == withdraw(told, 3, reason="a mistake", at=date(2025, 1, 8), recorded_at=START + 3 * DAY).case.version


def told(count: int, places: Iterable[int]) -> tuple[Event, ...]:
    """A mandate with so many collections, these of them withdrawn in turn; two collections and a closing follow."""
    opening = mandate_taken_over(registered=date(2020, 1, 1), seen=date(2025, 1, 6))
    events, case = opening.events, opening.case
    for turn in range(count):
        decision = case.record_collection(at=START + turn * DAY)
        events, case = (*events, *decision.events), decision.case
    for place in places:
        decision = withdraw(events, place + 2, reason="another company's", at=START + (count + place) * DAY, **LATE)
        events, case = (*events, *decision.events), decision.case
    for turn in (1, 2):
        decision = case.record_collection(at=START + (count + turn) * DAY, **LATE)
        events, case = (*events, *decision.events), decision.case
    return (*events, *case.close("mistake", **LATE, at=LATE["recorded_at"]).events)


LATE = {"recorded_at": START + 900 * DAY}


@pytest.mark.parametrize("places", [range(6), range(5, -1, -1), (3, 0, 5), (5,), (0, 4, 1)], ids=str)
def test_what_was_known_after_each_event(places: Iterable[int]) -> None:
    """It is what the events so far make, in whatever order facts are withdrawn."""
    events = told(6, places)

    assert [replay(events[:count]) for count in range(1, len(events) + 1)] == list(snapshots(events))


def test_what_fell_with_a_fact_is_known_no_more() -> None:
    """A lapse that falls is left out with the letter that explains it, and a withdrawal after another one counts."""
    opening = requested("payer-cfe", bank_accounts=["FR7630006000011234567890189"], code=HELD_ELSEWHERE)
    letter = opening.case.record_letter(date(2025, 1, 6), at=START + 2 * DAY)
    lapsed = letter.case.lapse(at=letter.case.deadline.lapses_at)
    events = (*opening.events, *letter.events, *lapsed.events)
    withdrawn = withdraw(events, 3, reason="another company's letter", at=START + 71 * DAY)
    known = snapshots((*events, *withdrawn.events))

    assert (4,) == withdrawn.events[0].fallen
    assert [ActivationState.LAPSED, ActivationState.AWAITING_CODE] == [it.stage for it in known[-2:]]
    assert withdrawn.case == known[-1]
    assert "history.empty" == failure(snapshots, ()).code
    assert "event.wrong_case" == failure(snapshots, (*opening.events, *lapsed.events)).code


def calls(ask: Callable[[], object]) -> int:
    """How many calls of Python functions this takes."""
    found = 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal found
        found += event == "call"

    sys.setprofile(note)
    try:
        ask()
    finally:
        sys.setprofile(None)
    return found


def of_diligence(count: int, *, backwards: bool) -> int:
    """What a file of diligence takes of so many facts, of which each is withdrawn."""
    events = told(count, range(count - 1, -1, -1) if backwards else range(count))
    company = replay(events[:1]).organisation
    return calls(lambda: diligence(events, of=company))


@pytest.mark.parametrize("backwards", [False, True])
def test_many_withdrawals_are_folded_in_proportion(*, backwards: bool) -> None:
    """Four times as many facts and withdrawals take some four times as many calls."""
    assert 5 > of_diligence(80, backwards=backwards) / of_diligence(20, backwards=backwards)


def of_a_withdrawal(count: int) -> int:
    """What the withdrawal of one more fact takes, of so many of which every other is withdrawn."""
    events = told(count, range(0, count, 2))
    return calls(lambda: withdraw(events, 3, reason="another company's", at=LATE["recorded_at"]))


def test_a_withdrawal_is_in_proportion_to_its_history() -> None:
    """Four times as many facts and withdrawals before it take some four times as many calls."""
    assert 5 > of_a_withdrawal(80) / of_a_withdrawal(20)
