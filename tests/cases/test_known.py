"""What was known of a case on a day: facts count from the evening of the day on which they were told."""

from datetime import UTC, date, datetime

import pytest

import teleprocedures as tp
from teleprocedures import HELD_ELSEWHERE, ActivationState, AdhesionState
from tests.builders import each, failure, linked
from tests.instants import DAY, START, end_of

ASKED = linked(token=HELD_ELSEWHERE, code=HELD_ELSEWHERE)
USED = ASKED.case.confirm_company_email(
    HELD_ELSEWHERE, code=HELD_ELSEWHERE, at=START + DAY, recorded_at=end_of("2025-01-09")
)
EVENTS = (*ASKED.events, *USED.events)


@pytest.mark.rule("A14")
@each(
    "state activation on",
    (AdhesionState.AWAITING_EMAIL, None, date(2025, 1, 6)),
    # The link was used on the 7th, and nobody knew.
    (AdhesionState.AWAITING_EMAIL, None, date(2025, 1, 8)),
    # Told in the last microsecond of the 9th in Paris.
    (AdhesionState.VALIDATED, ActivationState.AWAITING_CODE, date(2025, 1, 9)),
    (AdhesionState.VALIDATED, ActivationState.AWAITING_CODE, date(2026, 1, 1)),
)
def test_a_case_as_it_was_known(state, activation, on):
    """A fact that was told later than that day is no part of it, whenever it happened."""
    known = tp.as_known(EVENTS, on=on)

    assert (state, activation) == (known.state, None if known.activation is None else known.activation.state)


def test_before_anything_was_told():
    """Nothing was known; an iterator of events will do."""
    assert tp.as_known(iter(EVENTS), on=date(2025, 1, 5)) is None
    assert tp.as_known((), on=date(2025, 1, 6)) is None


@pytest.mark.rule("A14")
def test_nothing_is_known_after_what_was_not():
    """A reminder orders nothing: a fact may bear an earlier telling than the reminder before it, and waits for that."""
    request = linked(token=HELD_ELSEWHERE, code=HELD_ELSEWHERE).case
    reminded = request.remind(at=START + 2 * DAY)
    used = reminded.case.confirm_company_email(HELD_ELSEWHERE, code=HELD_ELSEWHERE, at=START + DAY)
    events = (*ASKED.events, *reminded.events, *used.events)

    assert AdhesionState.AWAITING_EMAIL == tp.as_known(events, on=date(2025, 1, 7)).state
    assert AdhesionState.VALIDATED == tp.as_known(events, on=date(2025, 1, 8)).state


@each("on", datetime(2025, 1, 6, tzinfo=UTC), "2025-01-06", None)
def test_a_day_is_a_day(on):
    """An instant, a text and nothing are none."""
    assert "plan.day_malformed" == failure(tp.as_known, EVENTS, on=on).code


def test_what_is_no_history():
    """What is no event, and events that make no case."""
    assert "argument.wrong_type" == failure(tp.as_known, [ASKED.case], on=date(2025, 1, 6)).code
    assert "history.no_opening" == failure(tp.as_known, USED.events, on=date(2026, 1, 6)).code
