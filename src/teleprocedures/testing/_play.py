"""The procedure as it is played: cases by short names, and one move after another, which its text tells as a story.

How it works. A `Play` is a scene and what can be done in it. The scene has the cases as they stand and what was sent
(`_scene`). `moves` lists all that can be tried. That is each verb that the tables have, given each of the values that
are known (`_openers`), right ones and wrong ones. Each is told at once, and told late. Then each case is closed or
reopened (A21), and each fact of it is withdrawn (A20). `judge` asks the library what would come of a move and changes
nothing. `make` asks the same and goes on. What a move leaves out is given rightly, since a play has received what was
sent. The moves that are listed have instants; one with a civil day (A22) is made by whoever wants it.

Histories, state machines and the conformance suite all play with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

import teleprocedures.testing._shipped as _shipped  # noqa: F401, PLR0402 - how the kinds that are shipped are played
import teleprocedures.testing._taken_over as _taken_over  # noqa: F401, PLR0402 - the same of what was there before
from teleprocedures.cases import Case, withdraw
from teleprocedures.core import ANYWHERE, Decision
from teleprocedures.errors import RefusedError
from teleprocedures.testing._moves import Move, Step
from teleprocedures.testing._openers import New, Opener, arguments_of, opener_of, openers, values_of
from teleprocedures.testing._scene import Scene, carried
from teleprocedures.testing._walk import verbs_of

_CLOCK: Final = frozenset({"remind", "lapse"})
WITHDRAW: Final = "withdraw"
"""The move that withdraws a fact (A20), which is no verb of a snapshot: it takes the whole history."""


@attrs.define(repr=False)
class Play(Scene):
    """The procedure as it is played from an instant on (UTC), under a rulebook, with at most `most` cases of a kind.

    Without a rulebook, or where it lacks what a kind of case cites, cases are made under the one that their kind was
    registered with. With `held`, codes and tokens are held elsewhere, as for a firm that follows its requests on the
    real portal. Then none is sent, and the right one is `HELD_ELSEWHERE`. `at` is when what is tried next is told.

    `cases` are the snapshots by their names (`space-1`), and `events` their histories. `messages` is all that was sent.
    `sent` has the codes and tokens among it for each case. `steps` are the moves made, refused ones too.
    """

    def __repr__(self) -> str:
        head = "Play, codes held elsewhere:" if self.held else "Play:"
        return "\n".join((head, *(f"  {step}" for step in self.steps), f"  {self.at.isoformat()}"))

    def copy(self) -> Play:
        """Another play that stands where this one does."""
        copy = Play(at=self.at, rulebook=self.rulebook, most=self.most, held=self.held)
        copy.cases, copy.events, copy.sent = dict(self.cases), dict(self.events), dict(self.sent)
        copy.messages, copy.steps = list(self.messages), list(self.steps)
        return copy

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
            outcome = self.judge(move) if self._has_a_row(move) else None
            if isinstance(outcome, Decision):
                yield move, outcome

    def judge(self, move: Move) -> Decision[Any] | RefusedError:
        """What would come of a move; nothing changes."""
        return self._judge(move, self.arguments(move))

    def make(self, move: Move) -> Step:
        """Make a move: the play goes on with what was decided, or stays as it was if it was refused."""
        given = self.arguments(move)
        step = Step(self.at, move, self._judge(move, given), self.cases.get(move.case), given)
        if isinstance(step.outcome, Decision):
            self.cases[move.about] = step.outcome.case
            self.events[move.about] = (*self.events.get(move.about, ()), *step.outcome.events)
            self.messages.extend(step.outcome.messages)
            secrets = (it.reveal() for message in step.outcome.messages for it in carried(message))
            self.sent[move.about] = (*self.sent.get(move.about, ()), *secrets)
        self.steps.append(step)
        return step

    def arguments(self, move: Move) -> Mapping[str, object]:
        """All that the verb of a move is given besides the instants: what the move says, and the rest rightly."""
        case = self.cases.get(move.case)
        if move.makes is not None:
            gives = opener_of(move.verb).gives
            missing = {name: values for name, values in gives.items() if name not in move.given}
            return {name: values(self, case)[0] for name, values in missing.items()} | dict(move.given)
        assert case is not None, f"no case is called {move.case!r}"
        if move.verb == WITHDRAW:
            return {"version": case.version} | dict(move.given)
        names = (name for name in arguments_of(type(case), move.verb) if name not in move.given)
        return {name: values_of(self, case, move.verb, name)[0] for name in names} | dict(move.given)

    def _judge(self, move: Move, given: Mapping[str, object]) -> Decision[Any] | RefusedError:
        try:
            return self._decide(move, given)
        except RefusedError as refusal:
            return refusal

    def _decide(self, move: Move, given: Mapping[str, Any]) -> Decision[Any]:
        """What the library says to a move; raises its refusal."""
        at = self.at if move.at is None else move.at
        case = self.cases.get(move.case)
        if move.makes is not None:
            return opener_of(move.verb).act(self, case, New(id=move.makes, at=at, recorded_at=self.at), **given)
        if move.verb == WITHDRAW:
            reason = "told of the wrong case"
            return withdraw(self.events[move.case], **given, reason=reason, at=at, recorded_at=self.at)
        outcome: Decision[Any] = getattr(case, move.verb)(**given, at=at, recorded_at=self.at)
        return outcome

    def _has_a_row(self, move: Move) -> bool:
        """Whether the table has a row for a move; without one it is not worth being judged, which takes much longer."""
        case = self.cases.get(move.case)
        if case is None or move.makes is not None or move.verb == WITHDRAW:
            return True
        return bool(case.table.turns(case.stage, move.verb))

    # --- All that can be tried ---

    def _moves(self) -> Iterator[Move]:
        every = tuple(openers())
        for name, case in self.cases.items():
            for verb in sorted(verbs_of(type(case)), key=lambda verb: verb in _CLOCK):
                if all(values_of(self, case, verb, it) for it in arguments_of(type(case), verb)):
                    yield from self._at_once_and_late(Move(verb, name), name)
                    yield from self._variants(case, Move(verb, name))
            for opener in every:
                if opener.of is type(case):
                    yield from self._openings(opener, case)
        for opener in every:
            if opener.of is None:
                yield from self._openings(opener, None)
        for name in self.cases:
            # A play has one rulebook, and moves no case to another.
            yield from (Move(verb, name) for verb in ANYWHERE if verb != "change_rulebook")
            yield from (Move(WITHDRAW, name, given={"version": event.version}) for event in self.events[name])

    def _at_once_and_late(self, move: Move, name: str) -> Iterator[Move]:
        yield move
        for at in self.past(name):
            yield Move(move.verb, move.case, move.makes, at=at)

    def _variants(self, case: Case, move: Move) -> Iterator[Move]:
        """The same verb given something else: another right thing, or a wrong one."""
        for name in arguments_of(type(case), move.verb):
            for right in (True, False):
                for value in values_of(self, case, move.verb, name, right=right)[right:]:
                    yield Move(move.verb, move.case, given={name: value}, right=right)

    def _openings(self, opener: Opener, case: Case | None) -> Iterator[Move]:
        if len(self.of(opener.kind)) >= self.most or not all(values(self, case) for values in opener.gives.values()):
            return
        about = "" if case is None else case.id
        move = Move(opener.verb, about, self.name(opener.kind))
        yield from self._at_once_and_late(move, about)
        for right, every in ((True, opener.gives), (False, opener.wrong)):
            for name, values in every.items():
                for value in values(self, case)[right:]:
                    yield Move(move.verb, move.case, move.makes, given={name: value}, right=right)
