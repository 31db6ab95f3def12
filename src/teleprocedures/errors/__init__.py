"""Every error of the library, in one family.

Two kinds are told apart. A *bad value* (`InvalidValueError`, `InvalidFormError`) was never usable: it says what is
wrong, with the value (masked where it is personal or secret), and what is expected. A *refusal* (`RefusedError`) is the
procedure saying no to something well formed: it names its rule. A refused verb has changed nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from teleprocedures.errors._rule import PAGE, Rule
from teleprocedures.errors._shown import masked, quoted, shown, without_spaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


__all__ = [
    "PAGE",
    "CodecError",
    "DeadlineNotReachedError",
    "DeadlinePassedError",
    "InvalidFormError",
    "InvalidValueError",
    "MandateRefusedError",
    "NotificationError",
    "OutOfOrderError",
    "PaymentRefusedError",
    "Problem",
    "RefusedError",
    "RefusedFormError",
    "Rule",
    "SpaceNotActiveError",
    "TeleproceduresError",
    "TransitionRefusedError",
    "WrongCodeError",
    "WrongSpaceError",
    "masked",
    "quoted",
    "shown",
    "without_spaces",
]


class TeleproceduresError(Exception):
    """Base of everything that the library raises on purpose."""


class InvalidValueError(TeleproceduresError, ValueError):
    """A value that cannot be what it claims to be: the message says what is wrong and what is expected."""


@attrs.frozen
class Problem:
    """One thing wrong with a form: the path of the field, what is wrong, and the rule that asks for it, if one does."""

    path: str
    message: str
    rule: Rule | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class InvalidFormError(TeleproceduresError, ValueError):
    """A form with one problem or more; `problems` lists all of them, each with the path of its field."""

    def __init__(self, form: str, problems: Iterable[Problem]) -> None:
        self.form = form
        self.problems: tuple[Problem, ...] = tuple(problems)
        Exception.__init__(self, form, self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        listed = "; ".join(str(problem) for problem in self.problems)
        return f"form {self.form} has {count} problem{'s' if count > 1 else ''}: {listed}"


class RefusedError(TeleproceduresError):
    """The procedure refuses: `rule` is the rule that it enforces, and nothing has changed."""

    def __init__(self, message: str, *, rule: Rule) -> None:
        self.message = message
        self.rule = rule
        super().__init__(message)

    def __str__(self) -> str:
        return f"{self.message} (rule {self.rule.id}: {self.rule.title})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Batch hosts send refusals between processes: an exception with keyword arguments does not pickle by itself.
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(kind: type[RefusedError], args: tuple[object, ...], state: dict[str, object]) -> RefusedError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class RefusedFormError(InvalidFormError, RefusedError):
    """A form whose fields are well formed and that the procedure refuses: `rule` is the first problem's."""

    def __init__(self, form: str, problems: Sequence[Problem]) -> None:
        InvalidFormError.__init__(self, form, problems)
        self.message = InvalidFormError.__str__(self)
        # Only rules refuse a well formed form: each of its problems cites one.
        self.rule = next(problem.rule for problem in self.problems if problem.rule is not None)

    def __str__(self) -> str:
        return RefusedError.__str__(self)


class TransitionRefusedError(RefusedError):
    """The case's `state` does not allow the verb, `trigger`; `allowed` are the triggers that it does allow."""

    def __init__(self, case: str, state: str, trigger: str, allowed: Iterable[str], *, rule: Rule) -> None:
        self.case = case
        self.state = state
        self.trigger = trigger
        self.allowed: tuple[str, ...] = tuple(allowed)
        expected = f"expected one of: {', '.join(self.allowed)}" if self.allowed else "nothing is possible any more"
        super().__init__(f"{trigger!r} is not possible while the {case} is '{state}'; {expected}", rule=rule)


class DeadlinePassedError(RefusedError):
    """Too late: `closes` was the last usable instant (UTC), `at` came after it."""

    def __init__(self, message: str, *, closes: datetime, at: datetime, rule: Rule) -> None:
        self.closes = closes
        self.at = at
        super().__init__(message, rule=rule)


class DeadlineNotReachedError(RefusedError):
    """Too early for the clock to decide: `at` comes before `expected`, the first instant (UTC) that will do."""

    def __init__(self, message: str, *, expected: datetime, at: datetime, rule: Rule) -> None:
        self.expected = expected
        self.at = at
        super().__init__(message, rule=rule)


class WrongCodeError(RefusedError):
    """The code or the token given is not the one expected; neither appears in the error."""


class SpaceNotActiveError(RefusedError):
    """The space is not active, and the verb needs one that is."""


class WrongSpaceError(RefusedError):
    """The verb comes from another space than the one that made the request."""


class MandateRefusedError(RefusedError):
    """A mandate cannot be issued or signed so: no service needs one, or the account or the signatory is another."""


class PaymentRefusedError(RefusedError):
    """The payment would be rejected: `remedy` says what to do next."""

    def __init__(self, message: str, *, remedy: str, rule: Rule) -> None:
        self.remedy = remedy
        super().__init__(f"{message}; what to do: {remedy}", rule=rule)


class OutOfOrderError(RefusedError):
    """The instant given, `at`, comes before the case's last event; `last` is the earliest one accepted (both UTC)."""

    def __init__(self, message: str, *, at: datetime, last: datetime, rule: Rule) -> None:
        self.at = at
        self.last = last
        super().__init__(message, rule=rule)


class NotificationError(TeleproceduresError):
    """A message could not be sent.

    `decision` is already recorded, so it stands; `unsent` are the messages still to be sent, the one that failed first.
    Sending them again is safe: a message keeps its id.
    """

    def __init__(self, decision: Any, unsent: Sequence[Any]) -> None:
        self.decision = decision
        self.unsent: tuple[Any, ...] = tuple(unsent)
        super().__init__(decision, self.unsent)

    def __str__(self) -> str:
        kinds = ", ".join(type(message).__name__ for message in self.unsent)
        return f"the decision is recorded, and {len(self.unsent)} message(s) are still to be sent: {kinds}"


class CodecError(TeleproceduresError, ValueError):
    """Data that does not read as a snapshot, an event or a message; `path` says where, such as `$.origin.at`."""

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(path, message)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"
