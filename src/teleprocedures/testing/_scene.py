"""What stands at an instant of a play: its cases by short names, all that was sent, and the codes to come.

Whoever plays all the parts has received the secrets that were sent, so a scene has them: never a host.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import TypeVar

import attrs

from teleprocedures.cases import RULEBOOKS, Case
from teleprocedures.core import AnyTable, Event, Message
from teleprocedures.deadlines import instant
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.testing._makers import WRONG
from teleprocedures.testing._moves import Step
from teleprocedures.values import HELD_ELSEWHERE, ActivationCode, Held, LinkToken

CaseT = TypeVar("CaseT", bound=Case)


@lru_cache(maxsize=256)
def _serves(rulebook: Rulebook, tables: tuple[AnyTable, ...]) -> bool:
    """Whether a rulebook has what these tables cite: the rules, and a time limit of a host's own."""
    rules = {rule.id for rule in rulebook.rules}
    return all(
        {table.cites(state) for state in table.states} <= rules
        # A shipped limit is a field of every rulebook, where it may be None: then nothing lapses.
        and (table.limit is None or table.limit in rulebook.limits or hasattr(rulebook, table.limit))
        for table in tables
    )


def carried(message: Message) -> Iterator[ActivationCode | LinkToken]:
    """The codes and tokens that a message carries."""
    values = (getattr(message, field.name) for field in attrs.fields(type(message)))
    return (value for value in values if isinstance(value, (ActivationCode, LinkToken)))


@attrs.define(repr=False)
class Scene:
    """What a play has come to; see `Play`, which says what each field is."""

    at: datetime = attrs.field(converter=instant)
    rulebook: Rulebook | None = None
    most: int = 3
    held: bool = False
    cases: dict[str, Case] = attrs.field(factory=dict, init=False)
    events: dict[str, tuple[Event, ...]] = attrs.field(factory=dict, init=False)
    messages: list[Message] = attrs.field(factory=list, init=False)
    sent: dict[str, tuple[str, ...]] = attrs.field(factory=dict, init=False)
    steps: list[Step] = attrs.field(factory=list, init=False)

    def of(self, kind: type[CaseT]) -> list[CaseT]:
        """The cases of this kind, the oldest first."""
        return [case for case in self.cases.values() if isinstance(case, kind)]

    def name(self, kind: type[Case]) -> str:
        """The name of the next case of this kind: the first that no case has."""
        names = (f"{kind.kind}-{number}" for number in count(1))
        return next(name for name in names if name not in self.cases)

    def rulebook_of(self, kind: type[Case]) -> Rulebook:
        """The rulebook that a case of this kind is made under here.

        It is the scene's, if it has one that has all that the tables of the kind cite. Else it is the last one that the
        kind was registered with.
        """
        if self.rulebook is not None and _serves(self.rulebook, kind.lifecycles):
            return self.rulebook
        return RULEBOOKS.get(kind.kind, (EXPERT_2024_04_03,))[-1]

    # --- Time ---

    def wait(self, delta: timedelta) -> None:
        """Let this elapsed time pass."""
        self.at += delta

    def edges(self, *names: str) -> tuple[datetime, ...]:
        """The instants (UTC) still to come at which something of these cases changes, or of all.

        They are reminders, safe ends, ends, and the first late instants.
        """
        found = set[datetime]()
        for case in (self.cases[name] for name in names or self.cases):
            if case.deadline is not None and case.due_at is not None:
                found |= {case.due_at, case.deadline.safe_until, case.deadline.closes, case.deadline.lapses_at}
        return tuple(sorted(edge for edge in found if edge > self.at))

    def past(self, name: str) -> tuple[datetime, ...]:
        """The instants (UTC) before now at which something of this case changed, the last first.

        They are the first late instant and the end of its time limit, running or over, and the last fact. For a name
        that no case has yet, it is an hour ago.
        """
        case = self.cases.get(name)
        if case is None:
            return (self.at - timedelta(hours=1),)
        limit = case.time_limit
        ends = () if limit is None else (limit.lapses_at, limit.closes)
        return tuple(sorted({at for at in (*ends, case.since) if at < self.at}, reverse=True))

    # --- What was sent, and what is to be sent ---

    def is_held(self, name: str) -> bool:
        """Whether the codes of a case are held elsewhere: all are, or those of one that was taken over (A19)."""
        return self.held or self.cases[name].held_elsewhere

    def secret(self, name: str, kind: type[ActivationCode | LinkToken] = ActivationCode) -> str | Held:
        """What opens a case: the code or the token sent last, or what stands for one held elsewhere.

        It is `WRONG` where none was sent.
        """
        if self.is_held(name):
            return HELD_ELSEWHERE
        own = (message for message in reversed(self.messages) if message.case_id == name)
        return next((it.reveal() for message in own for it in carried(message) if isinstance(it, kind)), WRONG)

    def code(self) -> ActivationCode | Held:
        """The code to be sent next; each step has one of its own, whether it sends it or not."""
        return HELD_ELSEWHERE if self.held else ActivationCode(f"CODE{len(self.steps):04}")

    def token(self) -> LinkToken | Held:
        """The token to be sent next; each step has one of its own, whether it sends it or not."""
        return HELD_ELSEWHERE if self.held else LinkToken(f"token-{len(self.steps):04}")
