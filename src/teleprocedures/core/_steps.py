"""What is to be done next, by whom, before what, under which rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeAlias, TypeVar

import attrs

from teleprocedures import errors
from teleprocedures.errors import Rule
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount, Organisation

if TYPE_CHECKING:
    from teleprocedures.errors import Language

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
        return self.told(errors.ENGLISH_LANGUAGE, errors.WORDS)

    def told(self, language: Language, words: Mapping[str, str]) -> str:
        """The step in a language, by its table of words; `wording` has it ready-made."""
        facts = {
            "services": self.services,
            "account": self.account,
            "other": self.other,
        }
        said = {
            "actor": errors.named(language, words, "actor", self.actor),
            "action": errors.named(language, words, "action", self.action, facts),
            "by": self.by,
            "rule": self.rule.id,
        }
        key = f"step{'' if self.by is None else '.estimated' if self.estimated else '.by'}"
        return errors.say(language, words, key, said)


class Advice(NamedTuple, Generic[CaseT]):
    """What a state of a lifecycle advises: who, what, the rule; only `if_` this holds of the case at that instant.

    `by` gives a date (UTC) of its own, shown while it is ahead, for what helps only before the time limit's.
    """

    actor: str
    action: str
    rule: str
    if_: Question[CaseT] | None = None
    by: Callable[[CaseT], datetime | None] | None = None
