"""Every error of the library in one family, each with a stable `code` and its `facts`.

Two kinds are told apart. A *bad value* (`InvalidValueError`, `InvalidFormError`) was never usable. It says what is
wrong and what is expected, with the value, which is masked where it is personal or secret. A *refusal* (`RefusedError`)
is the procedure saying no to something well formed. It names its rule, and nothing has changed.

A host tells errors apart by their codes and never by their words. An error knows its code and its facts only. Its
English sentence is looked up in the room below, `words`, when somebody prints it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Final, Self, TypeVar

import attrs

from teleprocedures.errors._excerpt import excerpt as excerpt
from teleprocedures.errors._excerpt import half_built as half_built
from teleprocedures.errors._excerpt import is_like_an_account as is_like_an_account
from teleprocedures.errors._excerpt import mask as mask
from teleprocedures.errors._excerpt import mask_address as mask_address
from teleprocedures.errors._excerpt import shape as shape
from teleprocedures.errors._excerpt import show as show
from teleprocedures.errors._excerpt import show_name as show_name
from teleprocedures.errors._excerpt import shows_half_built as shows_half_built
from teleprocedures.errors._excerpt import without_spaces as without_spaces
from teleprocedures.errors._rule import PAGE as PAGE
from teleprocedures.errors._rule import Rule
from teleprocedures.errors._words import english as english
from teleprocedures.errors._words import sentence as sentence

__all__ = [
    "AccountRefusedError",
    "ClosedError",
    "CodecError",
    "ConflictError",
    "DeadlineNotReachedError",
    "DeadlinePassedError",
    "InvalidFormError",
    "InvalidValueError",
    "MandateRefusedError",
    "OutOfOrderError",
    "Problem",
    "RefusedError",
    "RefusedFormError",
    "Rule",
    "SignInRefusedError",
    "SpaceNotActiveError",
    "TeleproceduresError",
    "TransitionRefusedError",
    "WithdrawalRefusedError",
    "WrongCodeError",
    "WrongSpaceError",
]


_NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


class TeleproceduresError(Exception):
    """Base of everything that the library raises on purpose: a `code` for programs and the `facts` of this one.

    Facts are plain values. They are masked where they are personal or secret. The text is the English words.
    """

    code: str

    def __init__(self, code: str, /, **facts: object) -> None:
        self.code = code
        self._facts = facts
        super().__init__(code)

    @property
    def facts(self) -> Mapping[str, object]:
        """What this error knows by name, read-only."""
        return MappingProxyType(self._facts)

    @property
    def message(self) -> str:
        """The English words of the code, with the facts in them."""
        return sentence(self.code, self._facts)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Batch hosts send errors between processes: an exception with keyword arguments does not pickle by itself.
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(
    kind: type[TeleproceduresError], args: tuple[object, ...], state: dict[str, object]
) -> TeleproceduresError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class InvalidValueError(TeleproceduresError, ValueError):
    """A value that cannot be what it claims to be: `facts` say what was wrong and what is expected."""


KindT = TypeVar("KindT")


@cache
def _first_field(kind: type) -> str:
    """The name of the first field of a class of attrs; of any other class, that of something that all values have."""
    return next((field.name for field in getattr(kind, "__attrs_attrs__", ())), "__class__")


def built(given: KindT) -> KindT:
    """What was given; raises `InvalidValueError` for a value without its fields, which no class makes."""
    kind: type = type(given)
    if not hasattr(given, _first_field(kind)):
        raise not_built(given)
    return given


def not_built(given: object) -> InvalidValueError:
    """The error for a value without its fields."""
    return InvalidValueError("value.not_built", type=type(given).__name__)


def check_kind(given: object, kind: type[KindT], *, what: str) -> KindT:
    """What was given, if it is of this kind; raises `InvalidValueError`, which calls it `what`, for anything else.

    Raises `InvalidValueError` for a value of this kind without its fields.
    """
    return built(_of_kind(given, kind, what))


def _of_kind(given: object, kind: type[KindT], what: str) -> KindT:
    if not isinstance(given, kind):
        raise InvalidValueError("argument.wrong_type", value=type(given).__name__, what=what, expected=kind.__name__)
    return given


def check_kinds(given: object, kind: type[KindT], *, what: str) -> tuple[KindT, ...]:
    """All that was given, if each is of this kind; raises what `check_kind` raises."""
    each = given if isinstance(given, Iterable) else (given,)
    found = tuple([_of_kind(it, kind, what) for it in each])
    of: type = kind
    try:
        # A portfolio has many cases: nothing but the field is looked for, and none is gone through in Python.
        deque(map(attrgetter(_first_field(of)), found), maxlen=0)
    except AttributeError:
        deque(map(built, found), maxlen=0)
    return found


def _frozen(facts: Mapping[str, object]) -> Mapping[str, object]:
    return MappingProxyType(dict(facts))


_PATH: Final = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


def steps_of(path: str) -> tuple[str | int, ...]:
    """A path of a problem as names and indexes: `services[1]` is `("services", 1)`, and the whole form is nothing."""
    return tuple(int(place) if place else name for name, place in _PATH.findall(path) if name != "$")


@shows_half_built
@attrs.frozen
class Problem:
    """One thing wrong with a form: the path of its field, its code and its facts, and the rule that asks."""

    path: str
    code: str
    facts: Mapping[str, object] = attrs.field(default=_NOTHING, converter=_frozen, hash=False)
    rule: Rule | None = None

    @classmethod
    def of(cls, error: InvalidValueError, path: str, rule: Rule | None = None) -> Self:
        """The problem that a bad value is in a form."""
        return cls(path, error.code, error.facts, rule)

    @property
    def loc(self) -> tuple[str | int, ...]:
        """The path as names and indexes, such as `("contact", "phone")` or `("services", 1)`; empty for the form."""
        return steps_of(self.path)

    @property
    def message(self) -> str:
        """The English words of the code, with the facts in them."""
        return sentence(self.code, self.facts)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.path, self.code, dict(self.facts), self.rule))


class InvalidFormError(TeleproceduresError, ValueError):
    """A form with one problem or more. `problems` lists all of them, each with the path of its field."""

    def __init__(self, form: str, problems: Iterable[Problem], *, code: str = "form.invalid") -> None:
        self.form = form
        self.problems: tuple[Problem, ...] = tuple(problems)
        TeleproceduresError.__init__(
            self, code, form=form, count=len(self.problems), problems="; ".join(map(str, self.problems))
        )


class RefusedError(TeleproceduresError):
    """The procedure refuses. `rule` is the rule that it enforces, and nothing has changed."""

    def __init__(self, code: str, /, *, rule: Rule, **facts: object) -> None:
        self.rule = rule
        super().__init__(code, **facts)

    def on(self, day: date) -> Self:
        """The same refusal of a fact of which only this civil day was told: it says no hour (A22)."""
        if "at" in self._facts:
            self._facts["at"] = day
            vars(self)["at"] = day
        return self

    def __str__(self) -> str:
        return sentence("refusal.cited", {"refusal": self.message, "rule": self.rule.id, "title": self.rule.title})


class RefusedFormError(InvalidFormError, RefusedError):
    """A form whose fields are well formed and that the procedure refuses. `rule` is the first problem's."""

    def __init__(self, form: str, problems: Sequence[Problem]) -> None:
        InvalidFormError.__init__(self, form, problems, code="form.refused")
        # Only rules refuse a well formed form: each of its problems cites one.
        self.rule: Rule = next(problem.rule for problem in self.problems if problem.rule is not None)

    def __str__(self) -> str:
        return RefusedError.__str__(self)


class TransitionRefusedError(RefusedError):
    """The case's `state` does not allow the verb `trigger`. `allowed` are the verbs possible at that instant."""

    def __init__(self, case: str, state: str, trigger: str, allowed: Iterable[str], *, rule: Rule) -> None:
        self.case = case
        self.state = state
        self.trigger = trigger
        self.allowed: tuple[str, ...] = tuple(allowed)
        code = "transition.not_allowed" if self.allowed else "transition.ended"
        super().__init__(code, rule=rule, case=case, state=state, trigger=trigger, allowed=self.allowed)


class DeadlinePassedError(RefusedError):
    """Too late: `at` came after `closes`, the last usable instant (UTC). `limit` is the time limit's rule."""

    at: datetime | date

    def __init__(self, *, closes: datetime, at: datetime, limit: str, rule: Rule) -> None:
        self.closes = closes
        self.at = at
        super().__init__("deadline.passed", rule=rule, closes=closes, at=at, limit=limit)


class DeadlineNotReachedError(RefusedError):
    """Too early for the clock to decide: `at` comes before `expected`, the first instant (UTC) that will do."""

    at: datetime | date

    def __init__(self, code: str, /, *, expected: datetime, at: datetime, rule: Rule, **facts: object) -> None:
        self.expected = expected
        self.at = at
        super().__init__(code, rule=rule, expected=expected, at=at, **facts)


class WrongCodeError(RefusedError):
    """The code or the token given is not the one expected. Neither appears in the error."""


class SignInRefusedError(RefusedError):
    """The password is not that of the space (rule 2.1). It does not appear in the error."""


class SpaceNotActiveError(RefusedError):
    """The space is not active, and the verb needs one that is."""


class WrongSpaceError(RefusedError):
    """The verb comes from another space than the one that made the request."""


class AccountRefusedError(RefusedError):
    """An account cannot be declared: no service of the request pays (2.13) or it is declared already (A17)."""


class MandateRefusedError(RefusedError):
    """A mandate cannot be issued or signed: no service needs one, or the account or the signatory is another."""


class OutOfOrderError(RefusedError):
    """Time does not go that way (A14). `at` is the instant given and `last` the one it is judged by, both in UTC.

    Each is a civil day where nobody told its hour (A22).
    """

    def __init__(
        self, code: str, /, *, at: datetime | date, last: datetime | date, rule: Rule, **facts: object
    ) -> None:
        self.at = at
        self.last = last
        super().__init__(code, rule=rule, at=at, last=last, **facts)


class ClosedError(RefusedError):
    """The case is closed, so that the clock decides nothing; or it is not, and cannot be reopened (A21)."""


class WithdrawalRefusedError(RefusedError):
    """A fact cannot be withdrawn (A20): later ones rely on it, or it is none that somebody told."""


class ConflictError(TeleproceduresError):
    """What a journal raises when it finds something else than a decision expects, or a claim that is taken.

    Its code is `conflict.version` where the case has gone on, or is there already. It is `conflict.claim` where another
    live case has what may stand once (A8). Nothing is recorded.
    """

    @classmethod
    def version(cls, case_id: str, *, expected: int, found: int) -> Self:
        """The conflict of a decision that expects another version of its case than the one that was found."""
        return cls("conflict.version", case_id=case_id, expected=expected, found=found)

    @classmethod
    def claim(cls, case_id: str, *, holder: str | None = None) -> Self:
        """The conflict of a case that claims what another live case has: the one of id `holder`, if that is known."""
        return cls("conflict.claim", case_id=case_id, holder=holder)


class CodecError(TeleproceduresError, ValueError):
    """Data that does not read as a snapshot, an event or a message. `path` says where, such as `$.origin.at`."""

    def __init__(self, code: str, /, *, path: str = "", **facts: object) -> None:
        self.path = path
        super().__init__(code, **facts)

    def under(self, step: str) -> CodecError:
        """The same error, seen from one step further out."""
        return type(self)(self.code, path=step + self.path, **self._facts)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"
