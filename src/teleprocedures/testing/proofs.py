"""Proofs for every instant: the library's own verbs, guards and `apply`, run on instants that nobody knows.

A test tries some instants, and a search some more. Here an instant is a term of z3 (the extra `proofs`), and so is what
is compared with it. Where the code asks for the truth of a comparison, the run forks: once it is true and once it is
not, as far as both are possible together with all that was answered before. So a statement that holds on every path
holds at every instant, and there is no second description of what is proved: the tables and guards are those that run.

Two times (A14). When something happened and when it is told are two instants that nobody knows, where a statement is
about facts that are told late.

What is abstracted. A case stands in a state in which a time limit runs, with any opening, end and safe end, any
reminders (as many as its time limit has), any last telling and any last fact, in an order that verbs can make. Instants
are whole microseconds of an endless time line. Days, hours and months are not counted here: what a time limit makes of
them is the business of other tests. What a verb is given besides is left out, so that only questions of time are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import Any, Final, TypeAlias, TypeVar
from unittest.mock import patch

import attrs
import z3  # type: ignore[import-untyped] # it has no types

from teleprocedures.cases import Case
from teleprocedures.core import PAST, AnyKind, Reason, held_elsewhere, rules_of
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import DeadlinePassedError, RefusedError
from teleprocedures.rulebook import Rulebook
from teleprocedures.testing._play import Play
from teleprocedures.testing._walk import AnyRow, is_decisive, rows_of

__all__ = ["Proof", "check"]

_PATCHED: Final = ("teleprocedures.core._snapshot.instant", "teleprocedures.deadlines._limits.instant")
_LONGEST: Final = 9
"""Moves to a state in which a time limit runs."""


@attrs.frozen
class Proof:
    """A statement about cases in a state: proved over so many paths, or refuted by instants that make it false."""

    statement: str
    stage: str
    paths: int
    counterexample: str | None = None

    @property
    def holds(self) -> bool:
        """Whether it is proved."""
        return self.counterexample is None


ValueT = TypeVar("ValueT")
_Term: TypeAlias = Any
"""An expression of z3, which has no types: a number, or the truth of something about numbers."""


class _Paths:
    """The paths of one run: what was answered at each fork, and what is known by it."""

    def __init__(self, known: list[_Term]) -> None:
        self.known = known
        self.answers: list[bool] = []
        self.taken = 0
        self.forks: list[list[bool]] = []
        self.solver = z3.Solver()

    def run(self, statement: Callable[[], bool]) -> tuple[int, str | None]:
        """Go along every path until the statement is false on one: how many there were, and the numbers of that one.

        The numbers are None where the statement is true on every path.
        """
        waiting: list[list[bool]] = [[]]
        count = 0
        while waiting:
            self.answers, self.taken, self.forks = waiting.pop(), 0, waiting
            self.solver = z3.Solver()
            self.solver.add(*self.known)
            count += 1
            if not statement():
                self.solver.check()
                return count, str(self.solver.model())
        return count, None

    def decide(self, term: _Term) -> bool:
        """The truth of a term on this path; the other one is tried later, where it is possible."""
        if self.taken == len(self.answers):
            possible = [answer for answer in (True, False) if self._can_be(term, answer)]
            if len(possible) > 1:
                self.forks.append([*self.answers, False])
            self.answers.append(possible[0])
        answer: bool = self.answers[self.taken]
        self.taken += 1
        self.solver.add(term if answer else z3.Not(term))
        return answer

    def _can_be(self, term: _Term, answer: bool) -> bool:  # noqa: FBT001 - the truth of it
        return bool(self.solver.check(term if answer else z3.Not(term)) == z3.sat)


class _Truth:
    """The truth of a comparison, which is asked for once somebody needs it."""

    def __init__(self, paths: _Paths, term: _Term) -> None:
        self.paths, self.term = paths, term

    def __bool__(self) -> bool:
        return self.paths.decide(self.term)


class _Instant(datetime):
    """An instant that nobody knows: a term in microseconds."""

    paths: _Paths
    term: _Term

    @classmethod
    def of(cls, paths: _Paths, term: _Term) -> _Instant:
        """The instant of a term."""
        made = cls(2000, 1, 1, tzinfo=UTC)
        made.paths, made.term = paths, term
        return made

    def __lt__(self, other: Any) -> Any:
        return _Truth(self.paths, self.term < _term(other))

    def __le__(self, other: Any) -> Any:
        return _Truth(self.paths, self.term <= _term(other))

    def __gt__(self, other: Any) -> Any:
        return _Truth(self.paths, self.term > _term(other))

    def __ge__(self, other: Any) -> Any:
        return _Truth(self.paths, self.term >= _term(other))

    def __add__(self, delta: timedelta) -> _Instant:
        return self.of(self.paths, self.term + delta // timedelta(microseconds=1))


def _term(at: datetime) -> _Term:
    """The term of an instant; of one that is known, its microseconds."""
    return at.term if isinstance(at, _Instant) else (at - _ZERO) // timedelta(microseconds=1)


_ZERO: Final = datetime(2000, 1, 1, tzinfo=UTC)


@contextmanager
def _unknown_instants() -> Iterator[None]:
    """The library takes instants that nobody knows as they are."""

    def instant(at: datetime, name: str = "at") -> datetime:
        del name
        return at

    with patch(_PATCHED[0], instant), patch(_PATCHED[1], instant):
        yield


def check(kind: type[Case], *, untimed: Collection[str] = ()) -> tuple[Proof, ...]:
    """Prove of a kind of case, a host's too, what holds of its time limits at every instant.

    Which verbs have to be in time, the tables say: those that lead on from a state in which a time limit runs, but
    those that a lapsed case takes as well, at any time. No guard is looked for, so that one that is missing is a
    statement refuted. Verbs that lead on and have no time limit, such as one that gives up, are named as `untimed`.

    For each state in which a time limit runs, with both times unknown:

    - the clock decides something exactly from `due_at` on, and `is_due` says so;
    - the lapse is possible exactly after the last usable instant, and each verb in time exactly up to it;
    - what the clock decides leaves nothing due at that instant, so that a night does not repeat itself;
    - what is told late is judged by when it happened, whenever it is told;
    - nothing is told before what was told last, and nothing happens after it is told;
    - what is due after a late telling is the next that comes after it, and the lapse where that is past;
    - a lapse is possible at some instant, and so is each verb in time.
    """
    return tuple(proof for case in _running(kind) for proof in _of(case, untimed))


def _running(kind: type[Case]) -> Iterator[Case]:
    """A case of this kind in each state in which a time limit runs, by the fewest moves."""
    found: set[StrEnum] = set()
    wanted = {state for table in kind.lifecycles for state in table.running}
    plays = [Play(at=datetime(2025, 1, 6, 9, tzinfo=UTC), most=1)]
    seen: set[object] = set()
    for play in plays:
        for case in play.of(kind):
            if case.stage in wanted - found and case.deadline is not None:
                found.add(case.stage)
                yield case
        if found == wanted or len(play.steps) >= _LONGEST:
            continue
        for move in play.possible():
            following = play.copy()
            following.make(move)
            mark = frozenset((name, case.stage, case.services) for name, case in following.cases.items())
            if mark not in seen:
                seen.add(mark)
                plays.append(following)


def _in_time(case: Case, untimed: Collection[str]) -> tuple[str, ...]:
    """The verbs of a case that lead on, and that its lapse takes away: so they are possible up to its end."""
    rows = [row for row in rows_of(type(case), case.table) if case.held_elsewhere or held_elsewhere not in row.guards]
    over = {row.dest for row in rows if row.trigger == "lapse" and row.source is case.stage}
    at_any_time = {row.trigger for row in rows if row.source in over and not _asks_the_time(row)}
    leading_on = dict.fromkeys(row.trigger for row in rows if row.source is case.stage and is_decisive(row))
    return tuple(verb for verb in leading_on if verb not in {"lapse", *at_any_time, *untimed})


def _asks_the_time(row: AnyRow) -> bool:
    return any(PAST in rules_of(guard) for guard in row.guards)


def _of(case: Case, untimed: Collection[str] = ()) -> Iterator[Proof]:
    stage, in_time_verbs = str(case.stage), _in_time(case, untimed)

    def due(case: AnyKind, at: datetime) -> bool:
        decided = _decided(case, at)
        return (decided is not None) == bool(at >= case.due_at) == bool(case.is_due(at))

    def lapses(case: AnyKind, at: datetime) -> bool:
        return (case.refusal("lapse", at=at) is None) == bool(at > case.time_limit.closes)

    def in_time_until(verb: str, case: AnyKind, at: datetime) -> bool:
        return isinstance(case.refusal(verb, at=at), DeadlinePassedError) is bool(at > case.time_limit.closes)

    def moves_on(case: AnyKind, at: datetime) -> bool:
        decided = _decided(case, at)
        return decided is None or decided.due_at is None or bool(decided.due_at > at)

    statements: tuple[tuple[str, Callable[..., bool]], ...] = (
        ("the clock decides exactly from due_at on", due),
        ("the lapse is possible exactly after the last usable instant", lapses),
        ("what the clock decides leaves nothing due at that instant", moves_on),
        *(
            (f"{it} is possible exactly up to the last usable instant", partial(in_time_until, it))
            for it in in_time_verbs
        ),
    )
    for statement, holds in statements:
        paths = _Paths([])
        unknown, at = _unknown(case, paths)
        yield _proved(statement, stage, paths, partial(_holds, holds, unknown, at))
    yield from _told_late(case, ("lapse", *in_time_verbs))
    yield _possible(case, "lapse")
    for verb in in_time_verbs:
        yield _possible(case, verb)


def _told_late(case: Case, verbs: Sequence[str]) -> Iterator[Proof]:
    """What holds of facts that are told late, with two instants that nobody knows."""

    def by_when_it_happened(case: AnyKind, at: datetime, recorded_at: datetime) -> bool:
        if recorded_at < case.recorded_at:
            return True
        late = bool(at > case.time_limit.closes)
        refusals = {verb: case.refusal(verb, at=at, recorded_at=recorded_at) for verb in verbs}
        lapses, *others = refusals.values()
        return (lapses is None) is late and all(isinstance(it, DeadlinePassedError) is late for it in others)

    def in_order(case: AnyKind, at: datetime, recorded_at: datetime) -> bool:
        early = bool(recorded_at < case.recorded_at)
        codes = {getattr(case.refusal(verb, at=at, recorded_at=recorded_at), "code", "") for verb in verbs}
        return codes == {"order.before_telling"} if early else "order.before_telling" not in codes

    def told_afterwards(case: AnyKind, at: datetime, recorded_at: datetime) -> bool:
        codes = {getattr(case.refusal(verb, at=recorded_at, recorded_at=at), "code", "") for verb in verbs}
        return codes == {"order.future"} if at < recorded_at else "order.future" not in codes

    def due_after_the_telling(case: AnyKind, at: datetime, recorded_at: datetime) -> bool:
        # A closing follows nothing but the opening.
        if recorded_at < case.recorded_at or at < case.origin.followed:
            return True
        # These two facts every kind has, and together they change nothing but what is due.
        closed = case.close(Reason.MISTAKE, at=at, recorded_at=recorded_at).case
        due_at, limit = closed.reopen(at=at, recorded_at=recorded_at).case.due_at, case.time_limit
        if due_at > limit.lapses_at or any(recorded_at < reminder < due_at for reminder in limit.reminders):
            return False
        return bool(due_at > recorded_at) or bool(due_at >= limit.lapses_at)

    for statement, holds in (
        ("what is told late is judged by when it happened", by_when_it_happened),
        ("nothing is told before what was told last", in_order),
        ("nothing happens after it is told", told_afterwards),
        ("what is due after a late telling is the next that comes after it", due_after_the_telling),
    ):
        paths = _Paths([])
        unknown, _ = _unknown(case, paths)
        happened, told = z3.Int("happened"), z3.Int("told_now")
        # What happened follows the last fact, and may be older than what was told since, such as a reminder.
        paths.known += [happened >= z3.Int("since"), told >= happened]
        times = _Instant.of(paths, happened), _Instant.of(paths, told)
        yield _proved(statement, str(case.stage), paths, partial(_holds, holds, unknown, *times))


def _proved(statement: str, stage: str, paths: _Paths, holds: Callable[[], bool]) -> Proof:
    with _unknown_instants():
        count, counterexample = paths.run(holds)
    return Proof(statement, stage, count, counterexample)


def _holds(statement: Callable[..., bool], unknown: Callable[[], Case], *times: _Instant) -> bool:
    return bool(statement(unknown(), *times))


def _possible(case: Case, verb: str) -> Proof:
    """That a verb is possible at some instant: refuted where it never is."""
    paths = _Paths([])
    unknown, at = _unknown(case, paths)
    with _unknown_instants():
        # Refused on every path is what must not be.
        count, found = paths.run(lambda: unknown().refusal(verb, at=at) is not None)
    return Proof(f"{verb} is possible at some instant", str(case.stage), count, None if found else "never")


def _decided(case: Case, at: datetime) -> Case | None:
    try:
        return case.tick(at=at).case
    except RefusedError:
        return None


def _unknown(case: Case, paths: _Paths) -> tuple[Callable[[], Case], _Instant]:
    """The case with instants that nobody knows, as they can stand in it, made anew for each path; and an instant."""
    limit = case.deadline
    assert limit is not None, "a time limit runs"
    reminders = [f"reminder{place}" for place in range(len(limit.reminders))]
    names = ("opened", "safe", "closes", "since", "told", "last", *reminders, "at")
    terms = {name: z3.Int(name) for name in names}
    ordered = [terms[name] for name in reminders]
    # A verb may follow a day that is known, such as that of a letter: nothing is older than the case that was found.
    found = _term(case.recorded_at)
    paths.known += [
        found <= terms["opened"],
        found <= terms["since"],
        terms["opened"] <= terms["safe"],
        terms["safe"] <= terms["closes"],
        terms["since"] <= terms["told"],
        terms["opened"] <= terms["last"],
        # The last thing told, a reminder maybe, came before the end: else nothing would run.
        terms["told"] <= terms["last"],
        terms["last"] <= terms["closes"],
        terms["at"] >= terms["last"],
        *(terms["opened"] < it for it in ordered),
        *(it <= terms["closes"] for it in ordered),
        # Sorted once, where the limit starts: so no path sorts them again.
        *(one < other for one, other in pairwise(ordered)),
    ]

    def made(name: str) -> _Instant:
        return _Instant.of(paths, terms[name])

    deadline = _changed(
        limit,
        opened=made("opened"),
        safe_until=made("safe"),
        closes=made("closes"),
        reminders=tuple(map(made, reminders)),
    )

    def unknown() -> Case:
        due_at = deadline.due_after(made("last"))
        limited: Case = _with(case, limit, deadline)
        return _changed(limited, since=made("since"), recorded_at=made("told"), due_at=due_at)

    return unknown, made("at")


def _with(value: Any, limit: Deadline, deadline: Deadline) -> Any:
    """A value with a time limit in the place of another one, wherever it stands in it."""
    if value == limit and isinstance(value, Deadline):
        return deadline
    if not attrs.has(type(value)) or isinstance(value, (Deadline, Rulebook)):
        return value
    fields = {it.name: getattr(value, it.name) for it in attrs.fields(type(value))}
    changed = {name: _with(it, limit, deadline) for name, it in fields.items()}
    return _changed(value, **{name: it for name, it in changed.items() if it is not fields[name]})


def _changed(value: ValueT, **fields: object) -> ValueT:
    """A copy with these fields, past the guard of a frozen class and past what its making would ask."""
    made = copy(value)
    for name, field in fields.items():
        object.__setattr__(made, name, field)
    return made
