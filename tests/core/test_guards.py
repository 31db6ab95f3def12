"""The guards that lifecycles share: the boundary instant, the check of a code, what is due first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationCode,
    Case,
    DeadlineNotReachedError,
    DeadlinePassedError,
    Hours,
    InvalidValueError,
    LinkToken,
    WrongCodeError,
)
from teleprocedures.core import UNSAID, check_code, first_due
from teleprocedures.values import seal
from tests.builders import DAY, EMAILED, HOUR, SECRETS, START, TICK, TWO_DAYS, asked, linked, requested

RULE = EXPERT_2024_04_03.rule("1.8")
DEADLINE = Hours(48).starting(START)
WAITING = {"space": asked().case, "link": linked().case, "letter": requested().case}
VERB = {"space": "activate", "link": "confirm_company_email", "letter": "activate"}


@pytest.mark.rule("A2", "A3")
@pytest.mark.parametrize("name", WAITING)
@given(microseconds=st.integers(-3, 3) | st.integers(-(10**14), 10**14))
@example(microseconds=0)
@example(microseconds=1)
def test_one_verb_is_possible_on_either_side_of_the_end(name: str, microseconds: int) -> None:
    """Up to the last instant included the verb is possible and the lapse is not; one microsecond later the reverse."""
    case: Case = WAITING[name]
    assert case.deadline is not None
    at = max(case.deadline.closes + timedelta(microseconds=microseconds), case.changed_at)
    late = microseconds > 0

    in_time, time_is_up = case.refusal(VERB[name], at=at), case.refusal("lapse", at=at)

    assert (late, not late) == (
        isinstance(in_time, DeadlinePassedError),
        isinstance(time_is_up, DeadlineNotReachedError),
    )
    assert (not late, late) == (in_time is None, time_is_up is None)


@pytest.mark.parametrize("name", WAITING)
def test_what_is_too_late_says_until_when(name: str) -> None:
    """The refusal has the last usable instant, the instant given, and the rule of what follows."""
    case = WAITING[name]
    assert case.deadline is not None
    closes = case.deadline.closes
    refusal = case.refusal(VERB[name], at=closes + HOUR)

    assert isinstance(refusal, DeadlinePassedError)
    assert (closes, closes + HOUR) == (refusal.closes, refusal.at)
    assert {"space": "1.10", "link": "2.11", "letter": "3.4"}[name] == refusal.rule
    assert f"too late at {(closes + HOUR).isoformat()}" in str(refusal)
    assert f"left until {closes.isoformat()} included" in str(refusal)


@pytest.mark.parametrize("name", WAITING)
def test_what_is_too_early_says_from_when(name: str) -> None:
    """The refusal has the first instant at which the case can end, the one given, and the rule of the time limit."""
    case = WAITING[name]
    assert case.deadline is not None
    closes = case.deadline.closes
    refusal = case.refusal("lapse", at=closes)

    assert isinstance(refusal, DeadlineNotReachedError)
    assert (closes + TICK, closes) == (refusal.expected, refusal.at)
    assert {"space": "1.9", "link": "2.9", "letter": "3.1"}[name] == refusal.rule
    assert f"runs until {closes.isoformat()} included" in str(refusal)


@pytest.mark.parametrize("name", WAITING)
def test_a_reminder_that_is_not_due_says_when_it_is(name: str) -> None:
    """Nothing to remind of: the refusal has the instant of the clock's next word."""
    case = WAITING[name]
    refusal = case.refusal("remind", at=START)

    assert isinstance(refusal, DeadlineNotReachedError)
    assert (case.due_at, START) == (refusal.expected, refusal.at)
    assert case.due_at is not None
    assert f"next word is at {case.due_at.isoformat()}" in str(refusal)


def test_first_due_is_the_next_reminder_or_the_lapse() -> None:
    """Reminders at or before the instant are gone, in whatever order they stand; with none left it is the lapse."""
    reminders = (START + DAY, START + HOUR)
    lapse = START + TWO_DAYS + TICK

    assert START + HOUR == first_due(DEADLINE, reminders, after=START)
    assert START + HOUR == first_due(DEADLINE, reminders, after=START + HOUR - TICK)
    assert START + DAY == first_due(DEADLINE, reminders, after=START + HOUR)
    assert lapse == first_due(DEADLINE, reminders, after=START + DAY)
    assert lapse == first_due(DEADLINE, (), after=START)


@pytest.mark.parametrize("given", [EMAILED, "space-4711", "Space 4711"])
def test_the_right_code_passes(given: Any) -> None:
    """The code that was sealed, as a value or as typed, is no refusal."""
    check_code(seal(EMAILED, salt="case"), given, salt="case", what="the code", rule=RULE)
    check_code(HELD_ELSEWHERE, HELD_ELSEWHERE, salt="case", what="the code", rule=RULE)


@pytest.mark.rule("A12")
@pytest.mark.parametrize(
    ("sealed", "given", "match"),
    [
        (
            seal(EMAILED, salt="case"),
            "SPACE-4712",
            "this is not the code of the letter: expected the one that was sent",
        ),
        (seal(EMAILED, salt="other"), EMAILED, "this is not the code of the letter"),
        (seal(EMAILED, salt="case"), LinkToken("SPACE4711"), "this is not the code of the letter"),
        (seal(LinkToken("SPACE4711"), salt="case"), ActivationCode("SPACE4711"), "this is not the code of the letter"),
        (
            seal(EMAILED, salt="case"),
            HELD_ELSEWHERE,
            "the code of the letter is checked here: expected the code itself",
        ),
        (HELD_ELSEWHERE, EMAILED, "the code of the letter is held elsewhere and cannot be checked here"),
        (HELD_ELSEWHERE, "", "the code of the letter is held elsewhere"),
    ],
)
def test_a_wrong_code_says_what_is_expected(sealed: Any, given: Any, match: str) -> None:
    """The refusal names the code and the rule, and shows neither what was given nor what was expected."""
    with pytest.raises(WrongCodeError, match=match) as caught:
        check_code(sealed, given, salt="case", what="the code of the letter", rule=RULE)

    assert RULE == caught.value.rule
    assert [] == [secret for secret in (*SECRETS, "4712") if secret in str(caught.value) + repr(caught.value)]


@pytest.mark.parametrize("given", [None, 4711, b"SPACE4711", ["SPACE4711"]])
def test_what_can_be_no_code_is_a_bad_value(given: Any) -> None:
    """Another type is an error of whoever calls, wherever the code is held."""
    for sealed in (seal(EMAILED, salt="case"), HELD_ELSEWHERE):
        with pytest.raises(InvalidValueError):
            check_code(sealed, given, salt="case", what="the code", rule=RULE)


def test_a_verb_cannot_leave_its_code_unsaid() -> None:
    """Only a question may leave a code unsaid: a verb given the mark of it is an error, and opens nothing."""
    space = asked().case

    with pytest.raises(InvalidValueError, match="code must be given"):
        space.activate(UNSAID, at=START)  # type: ignore[arg-type] # the point of the test
    assert space.refusal("activate", at=START) is None
