"""Histories that are worth a file, found by what they show: each has something that none before it has shown.

How it works. There are a few roads through the procedure, and a play is led along each of them, one step further every
time. At each place it waits for nothing, or until an edge of a time limit, or a microsecond beside one. There, all that
can be tried is judged. What would be refused and shows something new is tried in the same history, for it changes
nothing. What would pass and shows something new is done in a history of its own, and the place that it leads to is
looked at in the same way. In the end, a history is left out if others show all that it shows. Nothing is drawn, so the
same histories are found everywhere.

What a step shows. It is the verb, what came of it and under which rule, whether the codes are held here or elsewhere,
whether it was told at once, late or by its day, and where its instant stands to the time limit of its case.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs

from teleprocedures.cases import Case
from teleprocedures.core import Decision, Reminder
from teleprocedures.deadlines import PARIS, RESOLUTION, Deadline, time_zone
from teleprocedures.errors import InvalidValueError, RefusedError
from teleprocedures.forms import AdhesionForm, KnownForm
from teleprocedures.testing._makers import ACCOUNTS, company_forms
from teleprocedures.testing._moves import Move, Step
from teleprocedures.testing._play import WITHDRAW, Play
from teleprocedures.testing._trials import roads
from teleprocedures.testing.vectors._told import Plain, Teller, form_name

Road: TypeAlias = tuple[Move | str | timedelta | datetime, ...]
"""What leads to a place: moves, edges of the last case's time limit to wait for, times to wait, and instants."""
Place: TypeAlias = tuple[str, datetime, Road]
"""A place with its name and its start."""

_STARTS: Final = tuple(
    datetime(*day, 11, 30, tzinfo=UTC) for day in ((2024, 6, 3), (2025, 3, 28), (2025, 10, 25), (2025, 3, 1))
)
"""An ordinary day, the eves of both changes of clocks in Paris, and a day from which sixty lead over one."""
_LATE: Final = "late"
_SAID: Final = MappingProxyType(
    {
        "due_at": "when something is due",
        "safe_until": "at the safe end",
        "between": "after the safe end",
        "closes": "at the end",
        "lapses_at": "first late",
        _LATE: "three days late",
    }
)
"""The instants to wait for, and how the names of histories say them."""
_EDGES: Final = tuple(_SAID)
_TRIES: Final = 8
"""What is refused in one history, so that somebody can still read it."""
_MOST: Final = 2
"""Cases of a kind in one history."""
_DEEP: Final = 1
"""How far beyond the roads new things are followed."""


@attrs.define
class Telling:
    """A play that is told, and the features that its steps have."""

    play: Play
    teller: Teller
    features: dict[Hashable, None] = attrs.field(factory=dict)

    @classmethod
    def led(cls, start: datetime, road: Road, *, held: bool) -> Telling | None:
        """A play that is led to a place; None where there is no such place."""
        telling = cls.at(start, held=held)
        return telling if all(telling.goes(step, road[:number]) for number, step in enumerate(road)) else None

    @classmethod
    def at(cls, start: datetime, *, held: bool, play: type[Play] = Play, zone: str = "UTC") -> Telling:
        """A play that begins at an instant."""
        begun = play(at=start, held=held, most=_MOST)
        return cls(begun, Teller(begun, zone))

    def goes(self, step: Move | str | timedelta | datetime, before: Road) -> bool:
        """Go on to an edge or an instant, wait, or make a move; False where there is no such edge."""
        if isinstance(step, Move):
            named = {
                name: self.play.cases[it] for name, it in step.given.items() if name == "space" and isinstance(it, str)
            }
            self.make(attrs.evolve(step, given={**step.given, **named}) if named else step)
            return True
        if not isinstance(step, str):
            self.play.at = step if isinstance(step, datetime) else self.play.at + step
            return True
        last = next((it.about for it in reversed(before) if isinstance(it, Move)), "")
        at = edge(self.play.cases.get(last), step)
        if at is None or at < self.play.at:
            return False
        self.play.at = at
        return True

    def make(self, move: Move) -> None:
        """Make a move and tell it; what is no value is refused like the rest."""
        try:
            step = self.play.make(move)
        except InvalidValueError as error:
            given = self.play.arguments(move)
            self.teller.tell(Step(self.play.at, move, error, self.play.cases.get(move.case), given))  # type: ignore[arg-type] # no refusal
            return
        self.teller.tell(step)
        self.features[self.feature(move, step.outcome, step.before)] = None

    def look(self, case: Case) -> None:
        """Tell how a case looks now."""
        self.teller.look(case)
        self.features[self.seen(case)] = None

    def feature(self, move: Move, outcome: Decision[Any] | RefusedError, before: Case | None) -> Hashable:
        """What a move shows."""
        came: tuple[Hashable, ...]
        if isinstance(outcome, RefusedError):
            came = (outcome.code, outcome.rule.id)
        else:
            came = ("accepted", str(outcome.case.stage), outcome.case.is_presumed)
        shows = (move.verb, self._where(before), move.right, *came, *self._given(move))
        return (*shows, *self._time_of(move, before)) if str(came[0]).startswith(_TIMED) else shows

    def _given(self, move: Move) -> Iterator[Hashable]:
        """Which form is given, whether a role or a name signs, and what kind of fact is withdrawn."""
        for name, value in move.given.items():
            if move.verb == WITHDRAW:
                yield self.play.events[move.case][value - 1].kind
            elif isinstance(value, AdhesionForm | KnownForm) and move.verb != "renew":
                yield form_name(value)
            elif name == "signatory":
                yield type(value).__name__

    def _where(self, before: Case | None) -> Hashable:
        """Where a case stands, and whether it was reminded of last, which must make no difference."""
        if before is None:
            return None
        last = self.play.events[before.id][before.version - 1]
        return (before.kind, str(before.stage), isinstance(last, Reminder))

    def _time_of(self, move: Move, before: Case | None) -> tuple[Hashable, ...]:
        """How a move was told, and where its instant stands to the time limit of its case."""
        if move.verb not in _JUDGED:
            return (_told(move),)
        at = self.play.at if move.at is None else move.at
        limit = None if before is None else before.time_limit
        stands = against(limit, at) if isinstance(at, datetime) else ""
        # Clocks change on the way from some of the starts, which moves an edge or does not.
        edged = move.at is None and stands not in _INSIDE
        return (_told(move), stands, self.play.steps[0].at if edged else None)

    def seen(self, case: Case) -> Hashable:
        """What a look at a case shows."""
        return ("look", case.kind, str(case.stage), case.is_presumed, against(case.deadline, self.play.at))


@attrs.define
class Search:
    """The histories of one level that were found, and what they show."""

    held: bool
    features: set[Hashable] = attrs.field(factory=set)
    found: dict[str, Telling] = attrs.field(factory=dict)

    def explore(self, name: str, start: datetime, road: Road) -> Iterator[Place]:
        """Try at a place all that shows something; give the places that what passes leads to."""
        telling = Telling.led(start, road, held=self.held)
        fresh = {} if telling is None else dict(self._fresh(telling))
        refused = [it for it, passes in fresh.values() if not passes]
        for number in range(0, len(refused), _TRIES):
            self._keep(f"{name}, tried {number // _TRIES + 1}", start, road, refused[number : number + _TRIES])
        for feature, (move, passes) in fresh.items():
            if passes and feature not in self.features:
                self._keep(f"{name}, {move}", start, road, (move,))
                # From the other starts, what is near an edge is all that differs.
                if start is _STARTS[0]:
                    yield f"{name}, {move}", start, (*road, move)

    def _fresh(self, telling: Telling) -> Iterator[tuple[Hashable, tuple[Move, bool]]]:
        """The features that are new, each with the first move that shows it and whether that passes."""
        found: set[Hashable] = set()
        for move in _all_moves(telling):
            outcome = telling.play.judge(move)
            feature = telling.feature(move, outcome, telling.play.cases.get(move.case))
            if feature not in self.features and feature not in found:
                found.add(feature)
                yield feature, (move, isinstance(outcome, Decision))

    def _keep(self, name: str, start: datetime, road: Road, moves: Iterable[Move]) -> None:
        """Keep the history that goes to a place, looks at it and makes these moves."""
        telling = Telling.led(start, road, held=self.held)
        assert telling is not None, "somebody has been there"
        for case in telling.play.cases.values():
            if telling.seen(case) not in self.features:
                telling.look(case)
        for move in moves:
            telling.make(move)
        self.features |= set(telling.features)
        self.found[name] = telling


def histories(*, held: bool, near: Iterable[Place] | None = None) -> Iterator[Plain]:
    """The histories of one level, each with its name and its steps: with codes `held` elsewhere, or here.

    They are found `near` these places, or near all.
    """
    search, near = Search(held=held), places() if near is None else near
    for _ in range(1 + _DEEP):
        # First what is near the roads, then what is further away: most is shown by the shortest histories.
        near = [further for name, start, road in near for further in search.explore(name, start, road)]
    known = openings(held=held)
    for name, telling in _chosen(search.found):
        yield history(name, telling.teller.steps, known)


def openings(*, held: bool) -> dict[str, list[Plain]]:
    """The steps of each road from each of its starts, by name: histories begin with some of one of them."""
    return {name: Telling.led(start, road, held=held).teller.steps for name, start, road in _roads()}  # type: ignore[union-attr] # roads have no edges


def history(name: str, steps: list[Plain], known: Mapping[str, list[Plain]]) -> Plain:
    """A history by its name: the opening whose first steps it has most of, how many these are, and its own steps."""
    same = {opening: _common(steps, first) for opening, first in known.items()}
    opening = max(same, key=lambda it: same[it])
    return {"name": name, "opening": opening, "first": same[opening], "steps": steps[same[opening] :]}


def _common(steps: list[Plain], first: list[Plain]) -> int:
    """How many steps two histories begin with alike; one is left, for a history has steps of its own."""
    pairs = zip(steps[:-1], first, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(steps) - 1, len(first)))


def places() -> Iterator[Place]:
    """The places from which all is tried, each with its name: along the roads, at each edge, and after a lapse."""
    for along, start, moves in _roads():
        # What a change of clocks can move are the edges of time limits, and nothing else.
        is_plain = start is _STARTS[0]
        for steps in range(len(moves) + 1) if is_plain else range(1, len(moves) + 1):
            name, road = f"{along}, {steps} steps", moves[:steps]
            if is_plain:
                yield name, start, road
            for edge in _EDGES if is_plain else _EDGES[1:5]:
                yield f"{name}, {_SAID[edge]}", start, (*road, edge)
            if steps and is_plain:
                yield f"{name}, lapsed", start, (*road, _LATE, Move("lapse", road[-1].about))


def _roads() -> Iterator[tuple[str, datetime, tuple[Move, ...]]]:
    """The roads through the procedure, with names and starts, and those that begin with what was there before (A19)."""
    straight, pairs = roads()
    yield "straight on", _STARTS[0], straight
    yield "two of each", _STARTS[0], pairs
    for what in ("services", "request"):
        road = (
            Move("take_over_space", makes="space-1"),
            Move(f"take_over_{what}", "space-1", "adhesion-1"),
            Move("take_over_mandate", "space-1", "mandate-1"),
        )
        yield f"{what} taken over", _STARTS[0], road
    yield "request alone taken over", _STARTS[0], (*straight[:2], Move("take_over_request", "space-1", "adhesion-1"))
    _, _, paying = company_forms()
    # The last one is renewed, with all the accounts that it has come to by then.
    yield (
        "accounts declared later",
        _STARTS[0],
        (
            *straight[:2],
            Move("request_adhesion", "space-1", "adhesion-1", given={"form": paying}),
            *(Move("declare_account", "adhesion-1", given={"account": account}) for account in ACCOUNTS[2:]),
            Move("renew", "adhesion-1", "adhesion-2"),
            Move("activate", "adhesion-2"),
            Move("issue_mandate", "adhesion-2", "mandate-1", given={"account": ACCOUNTS[2]}),
        ),
    )
    for start in _STARTS[1:]:
        yield f"straight on from {start:%Y-%m-%d}", start, straight


# --- What can be tried ------------------------------------------------------------------------------------------------


def _all_moves(telling: Telling) -> Iterator[Move]:
    """All that can be tried and can be told, at once, late, and by the day."""
    for move in telling.play.moves():
        for one in _told_otherwise(telling.play, telling.teller.rightly(move)):
            if telling.teller.can_tell(one):
                yield one


def _told_otherwise(play: Play, move: Move) -> Iterator[Move]:
    """The move, and the same told late from beside the safe end, or by its day."""
    yield move
    if move.at is None and move.right and not (move.makes and move.given):
        case = play.cases.get(move.case)
        limit = None if case is None else case.time_limit
        edges = () if limit is None else (limit.safe_until, limit.safe_until + RESOLUTION)
        yield from (attrs.evolve(move, at=at) for at in edges if at < play.at)
        days = {at.astimezone(time_zone(PARIS)).date(): None for at in (play.at, *play.past(move.case))}
        yield from (attrs.evolve(move, at=day) for day in days)


def edge(case: Case | None, name: str) -> datetime | None:
    """An instant (UTC) of the time limit that runs for a case, by its name; None where there is none."""
    limit = None if case is None else case.deadline
    if case is None or limit is None or (name == "between" and limit.safe_until == limit.closes):
        return None
    instants = {
        "due_at": case.due_at,
        "safe_until": limit.safe_until,
        "between": limit.safe_until + RESOLUTION,
        "closes": limit.closes,
        "lapses_at": limit.lapses_at,
    }
    return instants.get(name, limit.closes + timedelta(days=3))


# --- Features --------------------------------------------------------------------------------------------------------

_TIMED: Final = ("accepted", "deadline.", "order.", "reminder.", "letter.")
"""How the outcomes begin that are about time; what is refused for anything else would be refused at any instant."""
_JUDGED: Final = frozenset(
    {"activate", "confirm_company_email", "lapse", "record_collection", "record_letter", "remind", "renew"}
)
"""The verbs that a time limit decides on, or that set one; others pass at any instant, or at none."""
_INSIDE: Final = frozenset({"", "no limit", "before the safe end", "late"})
"""Where an instant is that no change of clocks moves over an edge."""


def _told(move: Move) -> str:
    if move.at is None:
        return "at once"
    return "late" if isinstance(move.at, datetime) else "by the day"


def against(limit: Deadline | None, at: datetime) -> str:
    """Where an instant stands to a time limit."""
    if limit is None:
        return "no limit"
    places = (
        ("before the safe end", at < limit.safe_until),
        ("the last microsecond", at == limit.closes),
        ("the safe end", at == limit.safe_until),
        ("between", at < limit.closes),
        ("the first late microsecond", at == limit.lapses_at),
    )
    return next((place for place, is_there in places if is_there), "late")


def _chosen(found: dict[str, Telling]) -> Iterator[tuple[str, Telling]]:
    """Those histories that together show all, chosen greedily: each time the one that shows most of the rest."""
    left = {feature for telling in found.values() for feature in telling.features}
    chosen: set[str] = set()
    while left:
        best = max(found, key=lambda name: len(left & found[name].features.keys()))
        chosen.add(best)
        left -= found[best].features.keys()
    return ((name, telling) for name, telling in found.items() if name in chosen)
