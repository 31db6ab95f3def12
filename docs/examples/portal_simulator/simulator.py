"""What stands behind the simulator: a portal with its ports, and the cases by their ids.

Everything is in memory and gone when it stops. Cases do not change, so that whoever has one may keep it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from teleprocedures import (
    EXPERT_2024_04_03,
    Adhesion,
    Case,
    Decision,
    Event,
    Mandate,
    Message,
    PasswordHasher,
    Portal,
    RandomCodes,
    Rulebook,
    ScryptHasher,
    Space,
)
from teleprocedures.testing import ManualClock, RecordingNotifier

CaseT = TypeVar("CaseT", bound=Case)

START = datetime(2024, 4, 3, 8, tzinfo=UTC)
"""What the clock shows first: the day of the page that the rules were taken from."""
# A bench guards no real password, and its tests make spaces by the hundred.
CHEAPEST = 2**4


class NoCaseError(LookupError):
    """There is no case of this kind with this id."""


class Simulator:
    """A portal with a clock that is moved, a mailbox that is read, and its own journal.

    Its `hasher` is scrypt at its cheapest, or another where Python has no scrypt.
    """

    def __init__(self, rulebook: Rulebook = EXPERT_2024_04_03, hasher: PasswordHasher | None = None) -> None:
        self.rulebook = rulebook
        self.cases: dict[str, Case] = {}
        self.events: list[Event] = []
        self.clock, self.mailbox = ManualClock(START), RecordingNotifier()
        self.portal = Portal(
            clock=self.clock,
            codes=RandomCodes(),
            notifier=self.mailbox,
            journal=self,
            hasher=hasher or ScryptHasher(cost=CHEAPEST),
            rulebook=rulebook,
        )

    def record(self, decision: Decision[Any]) -> None:
        """Keep the snapshot and the events: the simulator is its own journal."""
        self.cases[decision.case.id] = decision.case
        self.events += decision.events

    def find(self, kind: type[CaseT], id: str) -> CaseT:
        """The case of this kind with this id; raises `NoCaseError`."""
        case = self.cases.get(id)
        if not isinstance(case, kind):
            raise NoCaseError(id)
        return case

    def space(self, id: str) -> Space:
        """A space."""
        return self.find(Space, id)

    def request(self, id: str) -> Adhesion:
        """A request for services."""
        return self.find(Adhesion, id)

    def mandate(self, id: str) -> Mandate:
        """A mandate."""
        return self.find(Mandate, id)

    @property
    def mandates(self) -> tuple[Mandate, ...]:
        """All mandates."""
        return tuple(case for case in self.cases.values() if isinstance(case, Mandate))

    def mail(self, case: str | None) -> list[Message]:
        """What was sent, the oldest first, for one case or for all."""
        return [message for message in self.mailbox.messages if case in {None, message.case_id}]

    def night(self) -> list[Case]:
        """The cases on which the clock has decided something by now: reminders are sent, and what is over lapses."""
        decided = [case.id for case in self.cases.values() if case.is_due(self.clock.now())]
        for id in decided:
            while self.cases[id].is_due(self.clock.now()):
                self.portal.carry_out(self.cases[id].tick(at=self.clock.now()))
        return [self.cases[id] for id in decided]
