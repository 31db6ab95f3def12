"""The guards that lifecycles share: the check of a code, and where it is held; time limits are asked of all kinds."""

from __future__ import annotations

from typing import Any

import pytest

import teleprocedures as tp
from tests.builders import EMAILED, SECRETS, asked, issued, linked, requested
from tests.instants import START

RULE = tp.EXPERT_2024_04_03.rule("1.8")


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
