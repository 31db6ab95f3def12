"""What a state of a lifecycle advises: who does what, under which rule, and by when it is to be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

CaseT = TypeVar("CaseT")
Question: TypeAlias = Callable[[CaseT, datetime], bool]


class Advice(NamedTuple, Generic[CaseT]):
    """What a state of a lifecycle advises: who, what, the rule; only `if_` this holds of the case at that instant.

    `by` gives a date (UTC) of its own, shown while it is ahead, for what helps only before the time limit's.
    """

    actor: str
    action: str
    rule: str
    if_: Question[CaseT] | None = None
    by: Callable[[CaseT], datetime | None] | None = None


class Advised(NamedTuple):
    """An advice to one case at an instant: by when (UTC), until when it is possible, and whether that is estimated."""

    advice: Advice[Any]
    by: datetime | None
    closes: datetime | None
    estimated: bool
