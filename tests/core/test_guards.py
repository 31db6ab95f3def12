"""The guards that lifecycles share: the boundary instant, the check of a code, what is due first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import teleprocedures as tp
from tests.builders import DAY, EMAILED, HOUR, SECRETS, START, TICK, TWO_DAYS, asked, issued, linked, requested

RULE = tp.EXPERT_2024_04_03.rule("1.8")
DEADLINE = tp.Hours(48).starting(START)
WAITING = {"space": asked().case, "link": linked().case, "letter": requested().case}
VERB = {"space": "activate", "link": "confirm_company_email", "letter": "activate"}


@pytest.mark.rule("A2", "A3")
@pytest.mark.parametrize("name", WAITING)
@given(microseconds=st.integers(-3, 3) | st.integers(-(10**14), 10**14))
@example(microseconds=0)
@example(microseconds=1)
def test_one_verb_is_possible_on_either_side_of_the_end(name: str, microseconds: int) -> None:
    """Up to the last instant included the verb is possible and the lapse is not; one microsecond later the reverse."""
    case: tp.Case = WAITING[name]
    assert case.deadline is not None
    at = max(case.deadline.closes + timedelta(microseconds=microseconds), case.recorded_at)
    late = microseconds > 0

    tp.in_time, tp.time_is_up = case.refusal(VERB[name], at=at), case.refusal("lapse", at=at)
    assert (late, not late) == (
        isinstance(tp.in_time, tp.DeadlinePassedError),
        isinstance(tp.time_is_up, tp.DeadlineNotReachedError),
    )
    assert (not late, late) == (tp.in_time is None, tp.time_is_up is None)


@pytest.mark.parametrize("name", WAITING)
def test_what_is_too_late_says_until_when(name: str) -> None:
    """The refusal has the last usable instant, the instant given, and the rule of what follows."""
    case = WAITING[name]
    assert case.deadline is not None
    closes = case.deadline.closes
    refusal = case.refusal(VERB[name], at=closes + HOUR)
    assert isinstance(refusal, tp.DeadlinePassedError)
    assert (closes, closes + HOUR) == (refusal.closes, refusal.at)
    assert {"space": "1.10", "link": "2.11", "letter": "3.4"}[name] == refusal.rule
    limit = {"space": "1.9", "link": "2.9", "letter": "3.1"}[name]
    assert {"closes": closes, "at": closes + HOUR, "limit": limit} == dict(refusal.facts)


@pytest.mark.parametrize("name", WAITING)
def test_what_is_too_early_says_from_when(name: str) -> None:
    """The refusal has the first instant at which the case can end, the one given, and the rule of the time limit."""
    case = WAITING[name]
    assert case.deadline is not None
    closes = case.deadline.closes
    refusal = case.refusal("lapse", at=closes)
    assert isinstance(refusal, tp.DeadlineNotReachedError)
    assert (closes + TICK, closes) == (refusal.expected, refusal.at)
    assert {"space": "1.9", "link": "2.9", "letter": "3.1"}[name] == refusal.rule
    assert ("deadline.not_reached", closes) == (refusal.code, refusal.facts["closes"])


@pytest.mark.parametrize("name", WAITING)
def test_a_reminder_that_is_not_due_says_when_it_is(name: str) -> None:
    """Nothing to remind of: the refusal has the instant of the clock's next word."""
    case = WAITING[name]
    refusal = case.refusal("remind", at=START)
    assert isinstance(refusal, tp.DeadlineNotReachedError)
    assert (case.due_at, START) == (refusal.expected, refusal.at)
    assert "reminder.not_due" == refusal.code


def test_the_clocks_next_word_is_the_next_reminder_or_the_lapse() -> None:
    """Reminders at or before the instant are gone; with none left it is the lapse."""
    deadline = attrs.evolve(DEADLINE, reminders=(START + HOUR, START + DAY))
    lapse = START + TWO_DAYS + TICK
    assert START + HOUR == deadline.due_after(START)
    assert START + HOUR == deadline.due_after(START + HOUR - TICK)
    assert START + DAY == deadline.due_after(START + HOUR)
    assert lapse == deadline.due_after(START + DAY)
    assert lapse == DEADLINE.due_after(START)


@pytest.mark.parametrize("given", [EMAILED, "space-4711", "Space 4711"])
def test_the_right_code_passes(given: Any) -> None:
    """The code that was sealed, as a value or as typed, is no refusal."""
    tp.check_code(tp.seal(EMAILED, salt="case"), given, salt="case", what="letter_code", rule=RULE)
    tp.check_code(tp.HELD_ELSEWHERE, tp.HELD_ELSEWHERE, salt="case", what="letter_code", rule=RULE)


@pytest.mark.rule("A12")
@pytest.mark.parametrize(
    ("sealed", "given", "wrong"),
    [
        (tp.seal(EMAILED, salt="case"), "SPACE-4712", "letter_code.wrong"),
        (tp.seal(EMAILED, salt="other"), EMAILED, "letter_code.wrong"),
        (tp.seal(EMAILED, salt="case"), tp.LinkToken("SPACE4711"), "letter_code.wrong"),
        (tp.seal(tp.LinkToken("SPACE4711"), salt="case"), tp.ActivationCode("SPACE4711"), "letter_code.wrong"),
        (tp.seal(EMAILED, salt="case"), tp.HELD_ELSEWHERE, "letter_code.held_here"),
        (tp.HELD_ELSEWHERE, EMAILED, "letter_code.held_elsewhere"),
        (tp.HELD_ELSEWHERE, "", "letter_code.held_elsewhere"),
    ],
)
def test_a_wrong_code_says_what_is_expected(sealed: Any, given: Any, wrong: str) -> None:
    """The refusal names the code and the rule, and shows neither what was given nor what was expected."""
    with pytest.raises(tp.WrongCodeError) as caught:
        tp.check_code(sealed, given, salt="case", what="letter_code", rule=RULE)
    assert (wrong, RULE) == (caught.value.code, caught.value.rule)
    assert [] == [secret for secret in (*SECRETS, "4712") if secret in str(caught.value) + repr(caught.value)]


@pytest.mark.parametrize("given", [None, 4711, b"SPACE4711", ["SPACE4711"]])
def test_what_can_be_no_code_is_a_bad_value(given: Any) -> None:
    """Another type is an error of whoever calls, wherever the code is held."""
    for sealed in (tp.seal(EMAILED, salt="case"), tp.HELD_ELSEWHERE):
        with pytest.raises(tp.InvalidValueError):
            tp.check_code(sealed, given, salt="case", what="letter_code", rule=RULE)


def test_a_verb_cannot_leave_its_code_unsaid() -> None:
    """Only a question may leave a code unsaid: a verb is not called without it."""
    space = asked().case
    with pytest.raises(TypeError, match="code"):
        space.activate(at=START)  # type: ignore[call-arg] # the point of the test
    assert space.refusal("activate", at=START) is None


def test_a_guard_of_a_time_limit_needs_one() -> None:
    """A table that asks for a time limit where none was ever set is wrong: it does not pass in silence."""
    for guard in (tp.in_time, tp.time_is_up):
        with pytest.raises(AssertionError, match=r"^no time limit was ever set for Mandate\("):
            guard(issued().case, START)


@pytest.mark.rule("A15")
@pytest.mark.parametrize("elsewhere", [True, False])
def test_where_codes_are_held(*, elsewhere: bool) -> None:
    """Each kind says whether what it awaits is held elsewhere: a space its code, a request its link, then its code."""
    given = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE} if elsewhere else {}
    code = {"code": tp.HELD_ELSEWHERE} if elsewhere else {}

    for case in (asked(**code).case, linked(**given).case, requested(**given).case):
        assert elsewhere is tp.held_elsewhere(case, START) is case.held_elsewhere
    assert tp.held_elsewhere(issued().case, START)
