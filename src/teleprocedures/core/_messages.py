"""What is to be sent, as data. Only the shell hands a message to a notifier.

A message's id is made of its case, the version that made it, and its kind, so that whoever sends it can send it once.
"""

from __future__ import annotations

from typing import ClassVar

import attrs

from teleprocedures.core._steps import NextStep
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import Rule
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount, EmailAddress, Organisation


@attrs.frozen(kw_only=True, weakref_slot=False)
class Message:
    """What every message has: the case it is about, and the version of the case that made it."""

    kind: ClassVar[str] = "message"

    case_id: str
    version: int

    @property
    def id(self) -> str:
        """The id by which a message is sent once: the same decision always makes the same id."""
        return f"{self.case_id}/{self.version}/{self.kind}"


@attrs.frozen(kw_only=True, weakref_slot=False)
class Notice(Message):
    """A message to the user of a space, about one case: for which company (its name if known), which services.

    `deadline` is the time limit that it is about, running or missed, and `account` that of a mandate. The organisation
    is None only in a message that an early release stored, which did not say it.
    """

    to: EmailAddress
    organisation: Organisation | None
    company_name: str | None
    services: tuple[Service, ...]
    deadline: Deadline
    account: BankAccount | None = None


@attrs.frozen(kw_only=True, weakref_slot=False)
class ReminderEmail(Notice):
    """A reminder by e-mail to the user of the space: the steps to be done while the time limit still runs."""

    kind: ClassVar[str] = "reminder-email"

    steps: tuple[NextStep, ...]


@attrs.frozen(kw_only=True, weakref_slot=False)
class LapseNotice(Notice):
    """The time limit was missed: told to the user of the space, with the rule of what follows, and what to do now.

    `action` is the code of what the table advises (`Action`), None if it advises nothing. `presumed` says that the
    portal knows and the library does not: the code is held elsewhere (A15).
    """

    kind: ClassVar[str] = "lapse-notice"

    rule: Rule
    action: str | None
    presumed: bool
