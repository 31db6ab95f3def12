"""All that can be tried, everywhere it makes a difference: the half of conformance that leaves nothing to chance.

How it works. There are a few roads through the procedure, and a host is led along each of them, one step further every
time. At each place it waits for nothing, or until an edge of a time limit, or until a lapse was recorded. There, all
that a play could try is looked at. What has been tried already in a place like this one is passed over. What both
refuse has changed nothing, and the next move is tried at once. What both accept has, and a new host is led there again.

Two trials are alike when the verb is the same, what is given is right or wrong in the same way, it is told at once or
late, the case stands in the same state, the instant stands the same to the edges of its time limit, and the library
gives the same answer under the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Final, TypeAlias

import attrs

from teleprocedures.cases import Case
from teleprocedures.core import Decision
from teleprocedures.rulebook import Rulebook
from teleprocedures.testing._hosts import Host
from teleprocedures.testing._makers import company_forms
from teleprocedures.testing._moves import Move
from teleprocedures.testing._play import Play
from teleprocedures.testing._shipped import OTHER_SPACE, straight_on
from teleprocedures.testing._sides import Conformance, Sides

Road: TypeAlias = tuple[Move, ...]

_STARTS: Final = tuple(
    datetime(*day, 11, 30, tzinfo=UTC) for day in ((2024, 6, 3), (2025, 3, 28), (2025, 10, 25), (2025, 3, 1))
)
"""An ordinary day, the eves of both changes of clocks in Paris, and a day from which sixty lead over one."""
_ALONE: Final = 3
"""Cases of a road on which nothing can be taken for another."""
_EDGES: Final = ("safe_until", "closes", "lapses_at")


def roads() -> Iterator[Road]:
    """The roads through the procedure: straight on, and with two of all that can be taken for one another."""
    yield straight_on()
    _, messaging, paying = company_forms()
    yield (
        *straight_on()[:2],
        *OTHER_SPACE,
        Move("request_adhesion", "space-1", "adhesion-1", given={"form": messaging}),
        Move("request_adhesion", "space-1", "adhesion-2", given={"form": paying}),
        Move("confirm_company_email", "adhesion-1"),
        Move("activate", "adhesion-2"),
        Move("issue_mandate", "adhesion-2", "mandate-1"),
        Move("sign", "mandate-1"),
        Move("send", "mandate-1"),
        Move("register", "mandate-1"),
        Move("issue_mandate", "adhesion-2", "mandate-2", given={"account": paying.bank_accounts[-1]}),
        Move("activate", "adhesion-1"),
        Move("record_collection", "mandate-1"),
    )


def try_everything(host: Callable[[], Host], rulebook: Rulebook, tried: Conformance) -> None:
    """Try on a host all that can be tried; raises `NonConformanceError` where it differs, and counts the rest."""
    trials = _Trials(host, rulebook, tried)
    for road in roads():
        for steps in range(len(road) + 1):
            trials.at(_STARTS[0], road[:steps], ("", *_EDGES, "lapsed"))
    # What a change of clocks can move are the edges of time limits, and nothing else.
    straight, *_ = roads()
    for start in _STARTS[1:]:
        for steps in range(1, len(straight) + 1):
            trials.at(start, straight[:steps], _EDGES)


@attrs.define
class _Trials:
    """What was tried on a host, and where."""

    host: Callable[[], Host]
    rulebook: Rulebook
    tried: Conformance
    seen: set[object] = attrs.field(factory=set)

    def at(self, start: datetime, road: Road, edges: tuple[str, ...]) -> None:
        """Try everything at the end of this road, at each of these edges one after the other."""
        possible: list[tuple[str, Move]] = []
        with self._led(start, road) as sides:
            for edge in edges:
                if _wait(sides, road, edge):
                    possible.extend((edge, move) for move in self._try(sides, start, edge))
        # One host at a time: a service may hold what the last one did until it is told that the history is over.
        for edge, move in possible:
            with self._led(start, road) as sides:
                _wait(sides, road, edge)
                sides.make(move)

    @contextmanager
    def _led(self, start: datetime, road: Road) -> Iterator[Sides]:
        """Both sides, led along a road; the host is closed in the end."""
        with closing(self.host()) as host:
            sides = Sides(Play(at=start, rulebook=self.rulebook), host, self.tried)
            sides.go(road)
            yield sides

    def _try(self, sides: Sides, start: datetime, edge: str) -> Iterator[Move]:
        """Make all that is refused here and was not tried in a place like this; give what is possible."""
        sides.pay()
        for move in filter(sides.can, sides.play.moves()):
            outcome = sides.play.judge(move)
            like = _like(start, edge, sides.play, move, outcome)
            if like not in self.seen:
                self.seen.add(like)
                if isinstance(outcome, Decision):
                    yield move
                else:
                    sides.make(move)


def _wait(sides: Sides, road: Road, edge: str) -> bool:
    """Wait for an edge of the last case's time limit, and record its lapse if that is wanted; False where none runs."""
    play, last = sides.play, road[-1].about if road else ""
    case = play.cases.get(last)
    if not edge:
        return True
    if case is None or case.deadline is None:
        return False
    play.at = max(play.at, getattr(case.deadline, "lapses_at" if edge == "lapsed" else edge))
    if edge == "lapsed":
        sides.go((Move("lapse", last),))
    return True


def _like(start: datetime, edge: str, play: Play, move: Move, outcome: object) -> object:
    """What is the same of two trials of which one is enough."""
    case = play.cases.get(move.case)
    rule = getattr(getattr(outcome, "rule", None), "id", None)
    given = tuple((name, _kind_of(play, value)) for name, value in move.given.items())
    stands = None if case is None else (case.kind, case.stage, case.is_over(play.at))
    # What an edge decides is tried at every start: clocks change on the way from some of them.
    timed = start if edge in _EDGES and move.makes is None and move.at is None else None
    alone = len(play.cases) <= _ALONE
    return (move.verb, given, move.right, _told_late(play, move), stands, edge, timed, rule, alone)


def _kind_of(play: Play, value: object) -> object:
    """What a value is for a case that it is not right for: nothing, or right for another one."""
    if isinstance(value, Case):
        return value.kind
    return type(value), any(value in sent for sent in play.sent.values())


def _told_late(play: Play, move: Move) -> object:
    """How a fact that is told late stands to the time limit of its case."""
    if move.at is None:
        return None
    case = play.cases.get(move.case)
    limit = None if case is None else case.time_limit
    return "late" if limit is None else move.at > limit.closes
