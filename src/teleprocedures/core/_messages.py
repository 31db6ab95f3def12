"""What is to be sent, as data. Only the shell hands a message to a notifier.

A message's id is made of its case, the version that made it, and its kind, so that whoever sends it can send it once.
"""

from __future__ import annotations

from typing import ClassVar

import attrs

from teleprocedures.core._steps import NextStep
from teleprocedures.deadlines import Deadline
from teleprocedures.rulebook import Service
from teleprocedures.values import ActivationCode, EmailAddress, LinkToken, Organisation


@attrs.frozen(kw_only=True)
class Message:
    """What every message has: the case it is about, and the version of the case that made it."""

    kind: ClassVar[str] = "message"

    case_id: str
    version: int

    @property
    def id(self) -> str:
        """The id by which a message is sent once: the same decision always makes the same id."""
        return f"{self.case_id}/{self.version}/{self.kind}"


@attrs.frozen(kw_only=True)
class ActivationCodeEmail(Message):
    """The code of a space, by e-mail to its user (rule 1.7); it works until `deadline.closes`."""

    kind: ClassVar[str] = "activation-code-email"

    to: EmailAddress
    code: ActivationCode
    deadline: Deadline


@attrs.frozen(kw_only=True)
class ConfirmationLinkEmail(Message):
    """The token of the link that confirms the company's e-mail address, sent to that address (rule 2.8)."""

    kind: ClassVar[str] = "confirmation-link-email"

    to: EmailAddress
    token: LinkToken
    deadline: Deadline


@attrs.frozen(kw_only=True)
class ActivationCodeLetter(Message):
    """The code of a request's services, by post to the company concerned (rules 2.5 and 2.6)."""

    kind: ClassVar[str] = "activation-code-letter"

    to: Organisation
    code: ActivationCode
    services: tuple[Service, ...]
    deadline: Deadline


@attrs.frozen(kw_only=True)
class ReminderEmail(Message):
    """A reminder by e-mail to the user of the space: the steps to be done while the time limit still runs."""

    kind: ClassVar[str] = "reminder-email"

    to: EmailAddress
    steps: tuple[NextStep, ...]
    deadline: Deadline
