"""All that can be tried, everywhere it makes a difference: the half of conformance that leaves nothing to chance.

How it works. There are a few roads through the procedure, and a host is led along each of them, one step further every
time. At each place it waits for nothing, or until an edge of a time limit, or until a lapse was recorded. There, all
that a play could try is looked at. What has been tried already in a place like this one is passed over. What both
refuse has changed nothing, and the next move is tried at once. What both accept has, and a new host is led there again.

Two trials are alike when the verb is the same, what is given is right or wrong in the same way, it is told at once or
late, the case stands in the same state, the instant stands the same to the edges of its time limit, the library gives
the same answer, and what stands beside the case, or was corrected before, is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from typing import Final, TypeAlias

import attrs

from teleprocedures.cases import Adhesion, Case, Space
from teleprocedures.core import Decision
from teleprocedures.deadlines import RESOLUTION
from teleprocedures.forms import AdhesionForm
from teleprocedures.rulebook import Rulebook
from teleprocedures.testing._hosts import Host, has
from teleprocedures.testing._makers import company_forms, filled_in
from teleprocedures.testing._moves import Move
from teleprocedures.testing._openers import opener_of
from teleprocedures.testing._play import WITHDRAW, Play
from teleprocedures.testing._shipped import OTHER_SPACE, straight_on
from teleprocedures.testing._sides import Conformance, Sides

Road: TypeAlias = tuple[Move, ...]

_STARTS: Final = tuple(
    datetime(*day, 11, 30, tzinfo=UTC) for day in ((2024, 6, 3), (2025, 3, 28), (2025, 10, 25), (2025, 3, 1))
)
"""An ordinary day, the eves of both changes of clocks in Paris, and a day from which sixty lead over one."""
_ALONE: Final = 3
"""Cases of a road on which nothing can be taken for another."""
_CORRECTIONS: Final = frozenset({"close", "reopen", WITHDRAW})
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


def _every_road() -> Iterator[Road]:
    """These, a request that pays nothing after the second, a renewal, and what was there before (A19)."""
    plain, _, paying = company_forms()
    straight, beside = roads()
    yield straight
    yield (*beside, Move("request_adhesion", "space-1", "adhesion-3", given={"form": plain}))
    yield (
        *straight[:2],
        Move("request_adhesion", "space-1", "adhesion-1", given={"form": paying}),
        Move("renew", "adhesion-1", "adhesion-2"),
        Move("activate", "adhesion-2"),
        Move("declare_account", "adhesion-2"),
    )
    yield (
        Move("take_over_space", makes="space-1"),
        Move("take_over_services", "space-1", "adhesion-1", given={"form": paying}),
        Move("take_over_mandate", "space-1", "mandate-1"),
        Move("record_collection", "mandate-1"),
        Move("take_over_request", "space-1", "adhesion-2"),
        Move("record_letter", "adhesion-2"),
        Move("activate", "adhesion-2"),
    )


def _corrected(road: Road) -> Iterator[Road]:
    """The same road with what it ends with closed, closed and reopened, or withdrawn (A20, A21)."""
    last = road[-1].about
    yield (*road, Move("close", last))
    yield (*road, Move("close", last), Move("reopen", last))
    yield (*road, Move(WITHDRAW, last))


def try_everything(host: Callable[[], Host], rulebook: Rulebook, tried: Conformance) -> None:
    """Try on a host all that can be tried; raises `NonConformanceError` where it differs, and counts the rest."""
    trials = _Trials(host, rulebook, tried)
    ends = tuple(_every_road())
    every = [road[:steps] for road in ends for steps in range(len(road) + 1)]
    for road in every:
        trials.at(_STARTS[0], road, ("", *_EDGES, "lapsed"))
    # What a change of clocks can move are the edges of time limits, and nothing else.
    straight = straight_on()
    for start in _STARTS[1:]:
        for steps in range(1, len(straight) + 1):
            trials.at(start, straight[:steps], _EDGES)
    # Where cases stand alone, and at the end of each road, what was done last is corrected in every way.
    for road in every:
        if road and (road in ends or len({move.about for move in road}) <= _ALONE):
            for corrected in _corrected(road):
                trials.at(_STARTS[0], corrected, ("", *_EDGES, "lapsed"))


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
            for edge in edges if _arrived(sides, road) else ():
                if _wait(sides, road, edge):
                    possible.extend((edge, move) for move in self._try(sides, start, edge))
        # One host at a time: a service may hold what the last one did until it is told that the history is over.
        for edge, move in possible:
            with self._led(start, road) as sides:
                _wait(sides, road, edge)
                sides.make(move)
                _see_to_its_end(sides, move.about)

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
        play = sides.play
        for space in play.of(Space) if has(sides.host, "may_request") else ():
            for number, fields in enumerate(filled_in()):
                if self._is_new((number, _standing(space))):
                    sides.fill_in(space, fields)
        stands = frozenset((*_standing(case), case.is_over(play.at)) for case in play.cases.values())
        here = (stands, _corrections(play, ""))
        for case in play.of(Adhesion) if has(sides.host, "record_letter") else ():
            possible = isinstance(play.judge(Move("record_letter", case.id)), Decision)
            if possible and self._is_new(("days", _standing(case), case.held_elsewhere)):
                sides.misdate(case)
        for move in filter(sides.can, (*play.moves(), *_known(play), *_out_of_order(play))):
            what = _what(start, edge, play, move)
            # Where all stands as it did somewhere else, the answer is the same, and need not be asked for.
            if self._is_new((what, here)):
                outcome = play.judge(move)
                if self._is_new((what, getattr(outcome, "code", None), _beside(play, move, outcome))):
                    if isinstance(outcome, Decision):
                        yield move
                    else:
                        sides.make(move)

    def _is_new(self, trial: object) -> bool:
        new = trial not in self.seen
        self.seen.add(trial)
        return new


def _arrived(sides: Sides, road: Road) -> bool:
    """Whether the host could go the road to its end: else it stands where a shorter one has led it."""
    *_, last = (None, *sides.play.steps)
    return not road or (last is not None and last.move == road[-1] and last.accepted)


def _wait(sides: Sides, road: Road, edge: str) -> bool:
    """Wait for an edge of the last case's time limit, and record its lapse if that is wanted; False where none runs."""
    last = road[-1].about if road else ""
    if not edge:
        return True
    if not _wait_for(sides.play, last, "lapses_at" if edge == "lapsed" else edge):
        return False
    if edge == "lapsed":
        sides.go((Move("lapse", last),))
    return True


def _wait_for(play: Play, name: str, edge: str) -> bool:
    """Wait for an edge of a case's time limit; False where none runs."""
    case = play.cases.get(name)
    # On the portal, the time limit of a case that we closed runs on (A21).
    limit = None if case is None else case.time_limit if case.is_closed else case.deadline
    if limit is None:
        return False
    play.at = max(play.at, getattr(limit, edge))
    return True


def _see_to_its_end(sides: Sides, name: str) -> None:
    """See what may be paid after a move, and that its case lapses when its time limit has passed, and not before."""
    sides.pay()
    lapse = Move("lapse", name)
    for edge in ("closes", "lapses_at"):
        if _wait_for(sides.play, name, edge) and sides.can(lapse):
            sides.make(lapse)


def _known(play: Play) -> Iterator[Move]:
    """What is taken over with all that may be known of it, where each day alone is tried by itself (A19)."""
    for move in play.moves():
        if move.makes is not None and move.at is None and not move.given:
            case = play.cases.get(move.case)
            days = {name: values(play, case) for name, values in opener_of(move.verb).gives.items()}
            given = {name: every[1] for name, every in days.items() if every[0] is None and isinstance(every[1], date)}
            if len(given) > 1:
                yield attrs.evolve(move, given=given)


def _out_of_order(play: Play) -> Iterator[Move]:
    """What leads on, told to have happened before the fact that it follows, and what opens a case, to come (A14)."""
    for move in play.moves():
        case = play.cases.get(move.case)
        if move.makes is not None and move.at is None and not move.given:
            yield attrs.evolve(move, at=play.at + RESOLUTION)
        if case is not None and move.at is None and not move.given and move.verb not in {"remind", "lapse", WITHDRAW}:
            follows = case.closing.at if case.closing is not None and move.verb == "reopen" else case.since
            yield attrs.evolve(move, at=follows - RESOLUTION)


def _what(start: datetime, edge: str, play: Play, move: Move) -> object:
    """What is the same of two trials that are alike: the move, what is given with it, and how its case stands."""
    case = play.cases.get(move.case)
    given = tuple((name, _kind_of(play, move, value)) for name, value in move.given.items())
    stands = None if case is None else (*_standing(case), case.is_over(play.at), _renewal(play, case))
    # What an edge decides is tried at every start: clocks change on the way from some of them.
    timed = start if edge in _EDGES and move.makes is None and move.at is None else None
    # What is opened, or can be done to every case, asks at most whether a case is over, and nothing else of an edge.
    where = edge if case is not None and move.verb in case.table.verbs else ""
    return (move.verb, given, move.right, _told_late(play, move), stands, where, timed)


def _renewal(play: Play, case: Case) -> tuple[bool, bool]:
    """Whether a case renews another one, and is renewed by another (A5)."""
    return _renews(case) is not None, any(_renews(it) == case.id for it in play.cases.values())


def _renews(case: Case) -> str | None:
    renews: str | None = getattr(case.origin, "renews", None)
    return renews


def _standing(case: Case) -> tuple[object, ...]:
    return (case.kind, case.stage, case.is_closed)


def _beside(play: Play, move: Move, outcome: object) -> object:
    """What stands beside a case that could be taken for it, and what was corrected before.

    For what is refused it is told in full, since no host is led anywhere for it. What is opened in another way than the
    plainest is opened once alone, and once beside a case of its kind.
    """
    if not isinstance(outcome, Decision):
        return frozenset((case.kind, case.stage, case.is_closed) for case in play.cases.values()), _corrections(
            play, ""
        )
    if move.makes is not None:
        beside = any(case.kind == opener_of(move.verb).kind.kind for case in play.cases.values())
        return beside if move.given else (len(play.cases) <= _ALONE, _corrections(play, ""))
    return len(play.cases) <= _ALONE, _corrections(play, move.case)


def _corrections(play: Play, about: str) -> frozenset[str]:
    """The corrections that were made of a case, or of any."""
    made = (step.move for step in play.steps if step.accepted and about in {"", step.move.about})
    return frozenset(move.verb for move in made if move.verb in _CORRECTIONS)


def _kind_of(play: Play, move: Move, value: object) -> object:
    """What a value is for a case: which form, how far a day is, what a code or a case is of, what was withdrawn."""
    if isinstance(value, Case):
        return value.kind
    if isinstance(value, date):
        return value.toordinal() - play.at.toordinal()
    if isinstance(value, int):
        return play.events[move.case][value - 1].kind
    if isinstance(value, AdhesionForm):
        return value
    # Of a secret, only whether it was sent to anybody makes a difference, and whether for what this case renews (A5).
    owners = {name for name, sent in play.sent.items() if value in sent}
    return type(value), bool(owners), _renews(play.cases[move.case]) in owners if move.case else False


def _told_late(play: Play, move: Move) -> object:
    """How a fact that is told late stands to the time limit of its case, and to the fact that it follows."""
    if not isinstance(move.at, datetime):
        return None
    case = play.cases.get(move.case)
    limit = None if case is None else case.time_limit
    early = case is not None and move.at < case.since
    return ("late" if limit is None else move.at > limit.closes), early
