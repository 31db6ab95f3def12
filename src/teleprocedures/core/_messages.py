"""What is to be sent, as data. Only the shell hands a message to a notifier.

A message's id is made of its case, the version that made it, and its kind. So whoever sends messages can send each one
once.
"""

from __future__ import annotations

import attrs

from teleprocedures.core._events import Kinded


@attrs.frozen(kw_only=True, weakref_slot=False)
class Message(Kinded):
    """What every message has: the case it is about, and the version of the case that made it.

    The case is the one with this `case_id`, and it was at this `version`.
    """

    case_id: str
    version: int

    @property
    def id(self) -> str:
        """The id by which a message is sent once: the same decision always makes the same id."""
        return message_id(self.case_id, self.version, type(self))


def message_id(case_id: str, version: int, kind: type[Message]) -> str:
    """The id of the message of this kind that this version of a case made."""
    return f"{case_id}/{version}/{kind.kind}"
