"""What is to be done next, by whom, before what, under which rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeAlias, TypeVar

import attrs

from teleprocedures.errors import Rule, english
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount, Organisation

if TYPE_CHECKING:
    from teleprocedures.words import Phrasebook

CaseT = TypeVar("CaseT")
Question: TypeAlias = Callable[[CaseT, datetime], bool]


@attrs.frozen(kw_only=True)
class NextStep:
    """One thing to do: who, what, by when, under which rule, in which case, for which organisation.

    `by` (UTC) is the date to show: the safe one while it is ahead, the last usable one from then on; None when no time
    limit runs. `closes` (UTC) is the last usable instant, and `estimated` says that neither is known for sure (A3).
    `actor` and `action` are codes (`Actor` and `Action` have the shipped ones); `services` and `account` are what it is
    about, if it is about any; `other` is the id of another request that it names (A18). The organisation is None only
    in a reminder that an early release stored. Its text says all of it.
    """

    actor: str
    action: str
    by: datetime | None = None
    closes: datetime | None = None
    estimated: bool = False
    rule: Rule
    case_id: str
    organisation: Organisation | None
    services: tuple[Service, ...] = ()
    account: BankAccount | None = None
    other: str | None = None

    def __str__(self) -> str:
        return self.render(english())

    def render(self, words: Phrasebook) -> str:
        """The step as a sentence of these words: those of a `Wording`, in its language."""
        key = f"step{'' if self.by is None else '.estimated' if self.estimated else '.by'}"
        actor = words.name("actor", self.actor)
        action = words.name("action", self.action, services=self.services, account=self.account, other=self.other)
        return words.sentence(key, actor=actor, action=action, by=self.by, rule=self.rule.id)


class Advice(NamedTuple, Generic[CaseT]):
    """What a state of a lifecycle advises: who, what, the rule; only `if_` this holds of the case at that instant.

    `by` gives a date (UTC) of its own, shown while it is ahead, for what helps only before the time limit's.
    """

    actor: str
    action: str
    rule: str
    if_: Question[CaseT] | None = None
    by: Callable[[CaseT], datetime | None] | None = None
