"""What a state of a lifecycle advises: who does what by when, and under which rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

CaseT = TypeVar("CaseT")
Condition: TypeAlias = Callable[[CaseT, datetime], bool]


class Advice(NamedTuple, Generic[CaseT]):
    """What a state of a lifecycle advises: who has to do what, and under which rule.

    It is advised only `if_` this holds of the case at that instant. What helps only before the time limit's own date
    has an earlier one (UTC), given by `by` and shown while it is ahead.
    """

    actor: str
    action: str
    rule: str
    if_: Condition[CaseT] | None = None
    by: Callable[[CaseT], datetime | None] | None = None


class Advised(NamedTuple):
    """An advice to one case at an instant.

    The date to show is `by`, and the last usable instant `closes` (both UTC). Neither is known for sure where they are
    `estimated`.
    """

    advice: Advice[Any]
    by: datetime | None
    closes: datetime | None
    estimated: bool
