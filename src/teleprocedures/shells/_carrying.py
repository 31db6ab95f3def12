"""The order in which every portal carries out a decision: record it, then notify each message.

If recording fails, nothing is sent. If sending fails, what is recorded stands, and `NotificationError` carries what is
still to be sent. The order is written once, as a generator of what the ports answer. A portal takes each answer as it
is, and an async one awaits it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Generator

from teleprocedures.cases import Case
from teleprocedures.core import Decision, Message
from teleprocedures.errors import TeleproceduresError
from teleprocedures.shells._ports import AsyncJournal, AsyncNotifier, Journal, Notifier


class NotificationError(TeleproceduresError):
    """The notifier failed: the `decision` is recorded and stands, and `unsent` is what is still to be sent.

    Sending again is safe by the messages' ids, and `Portal.resend` does it. Its cause is the notifier's own error.
    """

    def __init__(self, decision: Decision[Case], unsent: tuple[Message, ...]) -> None:
        self.decision = decision
        self.unsent = unsent
        kinds = tuple(type(message).__name__ for message in unsent)
        super().__init__("notification.failed", case_id=decision.case.id, count=len(unsent), messages=kinds)


def carried_out(
    decision: Decision[Case],
    unsent: tuple[Message, ...],
    *,
    journal: Journal | AsyncJournal | None,
    notifier: Notifier | AsyncNotifier,
) -> Generator[tuple[str, Awaitable[None] | None], None, None]:
    """What each port answers, with its name, one after the other.

    Raises `NotificationError` for what the notifier raises. Whoever awaits an answer throws in what it raises.
    """
    if journal is not None:
        yield "the journal", journal.record(decision)
    for place, message in enumerate(unsent):
        try:
            yield "the notifier", notifier.notify(message)
        except Exception as error:
            raise NotificationError(decision, unsent[place:]) from error
