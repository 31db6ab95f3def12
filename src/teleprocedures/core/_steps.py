"""What is to be done next, by whom, before what, under which rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Generic, TypeAlias, TypeVar

import attrs

from teleprocedures.errors import Rule, sentence
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount, Organisation

CaseT = TypeVar("CaseT")
Question: TypeAlias = Callable[[CaseT, datetime], bool]


@attrs.frozen(kw_only=True)
class NextStep:
    """One thing to do: who, what, by when, under which rule, in which case, for which organisation.

    `by` (UTC) is the date to show: the safe one while it is ahead, the last usable one from then on; None when no time
    limit runs. `closes` (UTC) is the last usable instant, and `estimated` says that neither is known for sure (A3).
    `actor` and `action` are codes (`Actor` and `Action` have the shipped ones); `services` and `account` are what it is
    about, if it is about any; `other` is the id of another request that it names (A18). Its text says all of it.
    """

    actor: str
    action: str
    by: datetime | None = None
    closes: datetime | None = None
    estimated: bool = False
    rule: Rule
    case_id: str
    organisation: Organisation
    services: tuple[Service, ...] = ()
    account: BankAccount | None = None
    other: str | None = None

    def __str__(self) -> str:
        facts = {
            "services": tuple(service.code for service in self.services),
            "account": self.account,
            "other": self.other,
        }
        actor, action = sentence(f"actor.{self.actor}", facts), sentence(f"action.{self.action}", facts)
        limit = "" if self.by is None else f" by {self.by.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        return f"{actor}: {action}{limit}{' (estimated)' if self.estimated else ''} (rule {self.rule.id})"


@attrs.frozen
class Advice(Generic[CaseT]):
    """What a state of a lifecycle advises: who, what, the rule; only `if_` this holds of the case at that instant.

    `by` gives a date (UTC) of its own, shown while it is ahead, for what helps only before the time limit's.
    """

    actor: str
    action: str
    rule: str
    if_: Question[CaseT] | None = None
    by: Callable[[CaseT], datetime | None] | None = None
