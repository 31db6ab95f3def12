"""What is to be sent, as data. Only the shell hands a message to a notifier.

A message's id is made of its case, the version that made it, and its kind. So whoever sends messages can send each one
once.
"""

from __future__ import annotations

from typing import ClassVar

import attrs

from teleprocedures.core._events import kind_of
from teleprocedures.errors import shows_half_built


@shows_half_built
@attrs.frozen(kw_only=True, weakref_slot=False)
class Message:
    """What every message has: the case it is about, and the version of the case that made it.

    The case is the one with this `case_id`, and it was at this `version`.
    """

    kind: ClassVar[str] = "message"
    """What the message is stored under, made of the name of its class."""

    case_id: str
    version: int

    def __init_subclass__(cls) -> None:
        """Name the kind of message after its class, unless it says another name itself."""
        if "kind" not in vars(cls):
            cls.kind = kind_of(cls.__name__)
        shows_half_built(cls)

    @property
    def id(self) -> str:
        """The id by which a message is sent once: the same decision always makes the same id."""
        return message_id(self.case_id, self.version, type(self))


def message_id(case_id: str, version: int, kind: type[Message]) -> str:
    """The id of the message of this kind that this version of a case made."""
    return f"{case_id}/{version}/{kind.kind}"
