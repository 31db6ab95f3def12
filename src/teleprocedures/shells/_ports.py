"""What a host injects to tell the time, to draw codes, to send, to record and to hash.

Each port is as small as it can be. The library calls none of them by itself: a portal is handed each one. An async host
sends and records with the async ones, and the others answer at once for everybody.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import Protocol

from teleprocedures.cases import Case
from teleprocedures.core import Decision, Message
from teleprocedures.values import ActivationCode, Held, LinkToken, MandateReference


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The instant, as an aware datetime."""
        ...


class CodeGenerator(Protocol):
    """Draws what must be unique or secret; answers `HELD_ELSEWHERE` for a code that exists but not here (A13)."""

    def activation_code(self) -> ActivationCode | Held:
        """A code for a space or for the services of a request (rules 1.7 and 2.5)."""
        ...

    def link_token(self) -> LinkToken | Held:
        """The token of the link that confirms a company's e-mail address (rule 2.8)."""
        ...

    def case_id(self) -> str:
        """An id that no other case bears."""
        ...

    def mandate_reference(self) -> MandateReference:
        """A mandate's unique reference (RUM)."""
        ...


class Notifier(Protocol):
    """Sends one message; after a failure it may be handed the same one twice, which the message's id tells."""

    def notify(self, message: Message) -> None:
        """Send the message, or raise."""
        ...


class Journal(Protocol):
    """Records one decision whole or not at all: the snapshot, its events and what is to be sent."""

    def record(self, decision: Decision[Case]) -> None:
        """Record the decision, or raise: then nothing is sent."""
        ...


class AsyncNotifier(Protocol):
    """A `Notifier` that is awaited, for `AsyncPortal`."""

    def notify(self, message: Message) -> Awaitable[None]:
        """Send the message, or raise."""
        ...


class AsyncJournal(Protocol):
    """A `Journal` that is awaited, for `AsyncPortal`."""

    def record(self, decision: Decision[Case]) -> Awaitable[None]:
        """Record the decision, or raise: then nothing is sent."""
        ...


class PasswordHasher(Protocol):
    """Hashes passwords and answers to the trust question (rules 1.2 and 1.6), which are kept in no other form."""

    def hash(self, secret: str) -> str:
        """A salted hash that carries what is needed to verify it."""
        ...

    def verify(self, secret: str, hashed: str) -> bool:
        """Whether the secret is the one that was hashed."""
        ...
