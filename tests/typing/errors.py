"""What the type checkers must understand of the errors: checked, never run."""

from typing import assert_type

from teleprocedures.errors import DeadlinePassedError, InvalidFormError, Problem, RefusedError, Rule
from teleprocedures.rulebook import RULES

assert_type(RULES, tuple[Rule, ...])
assert_type(RULES[0].id, str)

try:
    pass
except DeadlinePassedError as late:
    assert_type(late.rule, Rule)
    family: RefusedError = late
except InvalidFormError as form:
    assert_type(form.problems, tuple[Problem, ...])
