"""The procedure, played: cases by short names, one move after another, each with its outcome, told as a story.

Histories, state machines and the conformance suite all play with it. It holds the secrets that were sent, since
whoever plays all the parts has received them: never a host.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

import attrs

from teleprocedures.cases import Case
from teleprocedures.core import Decision, Event, Message
from teleprocedures.deadlines import instant, time_zone
from teleprocedures.errors import RefusedError
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.testing._moves import WRONG, Move, Step
from teleprocedures.testing._played import OPENS, Opens, arguments_of, values_of, verbs_of
from teleprocedures.values import HELD_ELSEWHERE, ActivationCode, Held, LinkToken

CaseT = TypeVar("CaseT", bound=Case)

_CLOCK: Final = frozenset({"remind", "lapse"})


def _secrets(messages: Iterable[Message]) -> Iterator[str]:
    for message in messages:
        for field in attrs.fields(type(message)):
            value = getattr(message, field.name)
            if isinstance(value, (ActivationCode, LinkToken)):
                yield value.reveal()


@attrs.define(repr=False)
class Play:
    """The procedure as it is played from an instant on (UTC), under a rulebook, with at most `most` cases of a kind.

    With `held`, codes and tokens are held elsewhere, as for a firm that follows its requests on the real portal: none
    is sent, and the right one is `HELD_ELSEWHERE`. `at` is when what is tried next is told. `cases` are the snapshots
    by their names (`space-1`, `adhesion-2`), `events` their histories, `messages` all that was sent, `sent` the codes
    and tokens among it for each case, and `steps` the moves made, refused ones too.
    """

    at: datetime = attrs.field(converter=instant)
    rulebook: Rulebook = EXPERT_2024_04_03
    most: int = 3
    held: bool = False
    cases: dict[str, Case] = attrs.field(factory=dict, init=False)
    events: dict[str, tuple[Event, ...]] = attrs.field(factory=dict, init=False)
    messages: list[Message] = attrs.field(factory=list, init=False)
    sent: dict[str, tuple[str, ...]] = attrs.field(factory=dict, init=False)
    steps: list[Step] = attrs.field(factory=list, init=False)

    def __repr__(self) -> str:
        head = "Play, codes held elsewhere:" if self.held else "Play:"
        return "\n".join((head, *(f"  {step}" for step in self.steps), f"  {self.at.isoformat()}"))

    def of(self, kind: type[CaseT]) -> list[CaseT]:
        """The cases of this kind, the oldest first."""
        return [case for case in self.cases.values() if isinstance(case, kind)]

    def name(self, kind: type[Case]) -> str:
        """The name of the next case of this kind."""
        return f"{kind.kind}-{len(self.of(kind)) + 1}"

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

        They are the first late instant and the end of its time limit, running or over, and the last fact; for a name
        that no case has yet, an hour ago.
        """
        case = self.cases.get(name)
        if case is None:
            return (self.at - timedelta(hours=1),)
        limit = case.time_limit
        ends = () if limit is None else (limit.lapses_at, limit.closes)
        return tuple(sorted({at for at in (*ends, case.since) if at < self.at}, reverse=True))

    def today(self) -> date:
        """The civil day now, where the days of letters are counted."""
        zone = getattr(self.rulebook.services_activation.duration, "zone", "UTC")
        return self.at.astimezone(time_zone(zone)).date()

    # --- What was sent, and what is to be sent ---

    def secret(self, name: str) -> str | Held:
        """What opens a case: the code or the token sent last, or what stands for one held elsewhere."""
        return HELD_ELSEWHERE if self.held else (WRONG, *self.sent[name])[-1]

    def code(self) -> ActivationCode | Held:
        """The code to be sent next; each step has one of its own, whether it sends it or not."""
        return HELD_ELSEWHERE if self.held else ActivationCode(f"CODE{len(self.steps):04}")

    def token(self) -> LinkToken | Held:
        """The token to be sent next; each step has one of its own, whether it sends it or not."""
        return HELD_ELSEWHERE if self.held else LinkToken(f"token-{len(self.steps):04}")

    # --- What can be tried, and what comes of it ---

    def moves(self) -> tuple[Move, ...]:
        """All that can be tried now, sensible or not, told at once or late; what leads on comes first."""
        return tuple(self._moves())

    def possible(self) -> tuple[Move, ...]:
        """Those of the moves that the procedure would allow now."""
        return tuple(move for move, _ in self.decisions(self._moves()))

    def decisions(self, moves: Iterable[Move]) -> Iterator[tuple[Move, Decision[Any]]]:
        """Those of these moves that the procedure would allow now, each with what would come of it."""
        for move in moves:
            outcome = self.judge(move) if self._has_a_way(move) else None
            if isinstance(outcome, Decision):
                yield move, outcome

    def judge(self, move: Move) -> Decision[Any] | RefusedError:
        """What would come of a move; nothing changes."""
        try:
            return self._decide(move, self.given(move))
        except RefusedError as refusal:
            return refusal

    def make(self, move: Move) -> Step:
        """Make a move: the play goes on with what was decided, or stays as it was if it was refused."""
        step = Step(self.at, move, self.judge(move), self.cases.get(move.case), self.given(move))
        if isinstance(step.outcome, Decision):
            self.cases[move.about] = step.outcome.case
            self.events[move.about] = (*self.events.get(move.about, ()), *step.outcome.events)
            self.messages += step.outcome.messages
            self.sent[move.about] = (*self.sent.get(move.about, ()), *_secrets(step.outcome.messages))
        self.steps.append(step)
        return step

    def given(self, move: Move) -> Mapping[str, Any]:
        """All that the verb of a move is given besides the instants: what the move says, and the rest rightly."""
        case = self.cases.get(move.case)
        if move.makes is not None:
            opens = OPENS[move.verb]
            missing = {name: values for name, values in opens.gives.items() if name not in move.given}
            return {name: values(self, case)[0] for name, values in missing.items()} | dict(move.given)
        assert case is not None, f"no case is called {move.case!r}"
        names = (name for name in arguments_of(type(case), move.verb) if name not in move.given)
        return {name: values_of(self, case, move.verb, name)[0] for name in names} | dict(move.given)

    def _decide(self, move: Move, given: Mapping[str, Any]) -> Decision[Any]:
        """What the library says to a move; raises its refusal."""
        at = self.at if move.at is None else move.at
        case = self.cases.get(move.case)
        if move.makes is not None:
            new = {"id": move.makes, "at": at, "recorded_at": self.at}
            return OPENS[move.verb].act(self, case, new, **given)
        decided: Decision[Any] = getattr(case, move.verb)(**given, at=at, recorded_at=self.at)
        return decided

    def _has_a_way(self, move: Move) -> bool:
        """Whether the table has a row for a move; without one it is not worth being judged, which takes much longer."""
        case = self.cases.get(move.case)
        return case is None or move.makes is not None or bool(case.table.turns(case.stage, move.verb))

    # --- All that can be tried ---

    def _moves(self) -> Iterator[Move]:
        for name, case in self.cases.items():
            verbs = verbs_of(type(case))
            for verb in sorted(verbs, key=lambda verb: verb in _CLOCK):
                if all(values_of(self, case, verb, it) for it in arguments_of(type(case), verb)):
                    yield from self._told(Move(verb, name), name)
                    yield from self._variants(case, Move(verb, name))
            for opens in OPENS.values():
                if opens.of is type(case):
                    yield from self._openings(opens, case)
        for opens in OPENS.values():
            if opens.of is None:
                yield from self._openings(opens, None)

    def _told(self, move: Move, name: str) -> Iterator[Move]:
        """The move, told at once, and told late."""
        yield move
        for at in self.past(name):
            yield Move(move.verb, move.case, move.makes, at=at)

    def _variants(self, case: Case, move: Move) -> Iterator[Move]:
        """The same verb given something else: another right thing, or a wrong one."""
        for name in arguments_of(type(case), move.verb):
            right, wrong = (values_of(self, case, move.verb, name, right=right) for right in (True, False))
            yield from (Move(move.verb, move.case, given={name: value}) for value in right[1:])
            yield from (Move(move.verb, move.case, given={name: value}, right=False) for value in wrong)

    def _openings(self, opens: Opens, case: Case | None) -> Iterator[Move]:
        if len(self.of(opens.kind)) >= self.most:
            return
        about = "" if case is None else case.id
        move = Move(opens.verb, about, self.name(opens.kind))
        yield from self._told(move, about)
        for right, all_values in ((True, opens.gives), (False, opens.wrong)):
            for name, values in all_values.items():
                for value in values(self, case)[right:]:
                    yield Move(move.verb, move.case, move.makes, given={name: value}, right=right)
