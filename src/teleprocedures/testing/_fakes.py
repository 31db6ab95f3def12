"""Fakes for every port: real, small, and public."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

import attrs

from teleprocedures.core import Decision, Message
from teleprocedures.deadlines import instant
from teleprocedures.values import ActivationCode, LinkToken, MandateReference, Secret

M = TypeVar("M", bound=Message)


@attrs.define
class ManualClock:
    """A clock that stands still until it is moved; raises `InvalidValueError` for a naive datetime."""

    at: datetime = attrs.field(converter=instant)

    def now(self) -> datetime:
        """The instant it shows (UTC)."""
        return self.at

    def advance(self, delta: timedelta) -> datetime:
        """Move on by this elapsed time, and tell the new instant (UTC); a negative one moves back."""
        self.at += delta
        return self.at

    def set(self, at: datetime) -> datetime:
        """Move to this instant, and tell it (UTC)."""
        self.at = at
        return self.at


@attrs.define
class ScriptedCodes:
    """Codes, tokens and ids in a known order: `CODE0001`, `token-0002`, `case-0003`, each drawn once."""

    _count: int = 0

    def activation_code(self) -> ActivationCode:
        """The next code."""
        return ActivationCode(f"CODE{self._next():04}")

    def link_token(self) -> LinkToken:
        """The next token."""
        return LinkToken(f"token-{self._next():04}")

    def case_id(self) -> str:
        """The next id."""
        return f"case-{self._next():04}"

    def mandate_reference(self) -> MandateReference:
        """The next mandate reference."""
        return MandateReference(f"RUM-{self._next():04}")

    def _next(self) -> int:
        self._count += 1
        return self._count


@attrs.define
class RecordingNotifier:
    """Keeps the messages that it was handed, in order, in `messages`."""

    messages: list[Message] = attrs.field(factory=list)

    def notify(self, message: Message) -> None:
        """Keep the message."""
        self.messages.append(message)

    def last(self, kind: type[M]) -> M:
        """The last message of this kind; raises `LookupError` when there is none."""
        for message in reversed(self.messages):
            if isinstance(message, kind):
                return message
        sent = ", ".join(type(message).__name__ for message in self.messages) or "none"
        error = f"no {kind.__name__} was sent; messages sent: {sent}"
        raise LookupError(error)


@attrs.define
class RecordingJournal:
    """Keeps the decisions that it was handed, in order, in `decisions`."""

    decisions: list[Decision[Any]] = attrs.field(factory=list)

    def record(self, decision: Decision[Any]) -> None:
        """Keep the decision."""
        self.decisions.append(decision)


@attrs.frozen
class PlainHasher:
    """Hashes nothing, at once: `plain:` and the secret. Never for production."""

    def hash(self, secret: Secret | str) -> str:
        """The secret, marked."""
        return f"plain:{Secret.of(secret).reveal()}"

    def verify(self, secret: Secret | str, hashed: str) -> bool:
        """Whether this is the secret that was marked."""
        return hashed == self.hash(secret)
