"""The ways to any state: plays that lead a case there by the rows of its tables, with time passing as it may.

A way is found in the tables, so a state that is added to one, or a lifecycle that a host registers, is come to like the
rest. What is asked for is what is given: a state that no way leads to is an error, never another state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar

import attrs
from hypothesis import reject
from hypothesis import strategies as st

from teleprocedures.cases import ADHESION, Adhesion, Case, Mandate
from teleprocedures.core import Decision, Lapse, Lifecycle, Reminder, Row
from teleprocedures.deadlines import RESOLUTION
from teleprocedures.errors import InvalidValueError
from teleprocedures.forms import AdhesionForm, Applicant
from teleprocedures.rulebook import EXPERT_2024_04_03, Catalogue, Rulebook, Service, catalogue
from teleprocedures.testing._moves import Move, company_forms
from teleprocedures.testing._play import Play
from teleprocedures.testing._played import arguments_of, opens_of, values_of
from teleprocedures.testing.strategies._accounts import bank_accounts
from teleprocedures.testing.strategies._forms import adhesion_forms, space_forms
from teleprocedures.testing.strategies._times import starts
from teleprocedures.testing.strategies._values import person_names

AnyLifecycle: TypeAlias = Lifecycle[Any, Any]
AnyRow: TypeAlias = Row[Any]
Strategy: TypeAlias = st.SearchStrategy[Any]
T = TypeVar("T")

_LATEST: Final = timedelta(days=100)
_LATER: Final = timedelta(days=30)
_NOW: Final = timedelta(0)


def beginnings(rulebook: Rulebook = EXPERT_2024_04_03, *, held: bool | None = None) -> st.SearchStrategy[Play]:
    """Plays that have not begun, at any instant; codes are held elsewhere, here, or (None) either."""
    return st.builds(
        Play, at=starts(), rulebook=st.just(rulebook), held=st.booleans() if held is None else st.just(held)
    )


@attrs.frozen
class Led:
    """A play that has led a case somewhere, and the name of the case."""

    play: Play
    name: str

    @property
    def case(self) -> Any:
        """The case."""
        return self.play.cases[self.name]


@attrs.frozen
class Aim:
    """What a play is to come to: kinds of case, each with its stage, one made of the other; the first is made now.

    It is made of `case`, or of nothing (None).
    """

    play: Play
    case: Case | None
    towards: tuple[tuple[type[Case], StrEnum], ...]

    def comes_to(self, kind: type[Case], lifecycle: AnyLifecycle | None = None) -> bool:
        """Whether a case of this kind is to stand in this lifecycle, or anywhere."""
        return any(one is kind and (lifecycle is None or _is_in(lifecycle, stage)) for one, stage in self.towards)


@st.composite
def led(
    draw: st.DrawFn,
    kind: type[Case],
    stage: StrEnum | None = None,
    *,
    begin: st.SearchStrategy[Play] | None = None,
    by: AnyRow | None = None,
) -> Led:
    """Plays that lead a case of this kind to this stage, or to any that the rulebook lets it reach.

    With `by`, a row of one of its tables, the case then goes through it; plays in which it cannot are left out. Raises
    `LookupError` for what nothing comes to.
    """
    play = draw(beginnings() if begin is None else begin)
    if by is None:
        return _led(draw, play, ((kind, _stage(draw, play, kind, stage)),))
    found = _led(draw, play, ((kind, by.source),), rounds=False)
    if not _passes(draw, found.play, found.name, by):
        reject()
    return found


def one_told(found: list[T]) -> st.SearchStrategy[T]:
    """One of what was told; Hypothesis would write out a whole list that it samples from."""
    return st.integers(0, len(found) - 1).map(lambda place: found[place])


def stages_of(kind: type[Case]) -> tuple[StrEnum, ...]:
    """Where a case of this kind can stand as a whole: the states of its tables, but those that another takes over.

    A lifecycle is taken over by the next one where it ends without a lapse.
    """
    *earlier, last = kind.lifecycles
    left = (state for lifecycle in earlier for state in lifecycle.states if not _taken_over(lifecycle, state))
    return (*last.states, *left)


# --- Which way to go --------------------------------------------------------------------------------------------------


def _is_in(lifecycle: AnyLifecycle, stage: StrEnum) -> bool:
    # States of two lifecycles may be the same text.
    return any(stage is state for state in lifecycle.states)


def _taken_over(lifecycle: AnyLifecycle, state: StrEnum) -> bool:
    return state in lifecycle.terminal and state is not lifecycle.lapsed


def _table_of(kind: type[Case], stage: StrEnum) -> AnyLifecycle:
    for lifecycle in kind.lifecycles:
        if _is_in(lifecycle, stage):
            return lifecycle
    message = f"nothing comes to {stage!r}: expected one of {', '.join(map(repr, stages_of(kind)))}"
    raise LookupError(message)


def _can_come_to(play: Play, kind: type[Case], stage: StrEnum) -> bool:
    """Whether the rulebook lets a case come there: without a time limit, nothing lapses."""
    table = _table_of(kind, stage)
    return stage is not table.lapsed or table.limit in play.rulebook.limits


def _stage(draw: st.DrawFn, play: Play, kind: type[Case], stage: StrEnum | None) -> StrEnum:
    """The stage to come to: any, any from there on for one that another lifecycle takes over, or this one."""
    if stage is None:
        return draw(st.sampled_from([one for one in stages_of(kind) if _can_come_to(play, kind, one)]))
    table = _table_of(kind, stage)
    if table is kind.lifecycles[-1] or not _taken_over(table, stage):
        return stage
    taking_over: AnyLifecycle = kind.lifecycles[kind.lifecycles.index(table) + 1]
    states: list[StrEnum] = [one for one in taking_over.states if _can_come_to(play, kind, one)]
    return draw(st.sampled_from(states))


def _rows(kind: type[Case], lifecycle: AnyLifecycle) -> Iterator[AnyRow]:
    """The rows of a table that a verb goes through."""
    return (row for row in lifecycle.rows if row.makes is not None and hasattr(kind, row.trigger))


def _ways(
    kind: type[Case], lifecycle: AnyLifecycle, state: StrEnum, wanted: StrEnum, seen: tuple[StrEnum, ...] = ()
) -> Iterator[tuple[AnyRow, ...]]:
    """The ways from a state to another by the rows of the tables, none of them twice through a state."""
    if state is wanted:
        yield ()
        return
    if lifecycle is not kind.lifecycles[-1] and _taken_over(lifecycle, state):
        lifecycle = kind.lifecycles[kind.lifecycles.index(lifecycle) + 1]
        state, seen = lifecycle.initial, ()
        yield from _ways(kind, lifecycle, state, wanted)
        return
    for row in _rows(kind, lifecycle):
        if row.source is state and not any(row.dest is one for one in (state, *seen)):
            yield from ((row, *rest) for rest in _ways(kind, lifecycle, row.dest, wanted, (state, *seen)))


# --- Going there ------------------------------------------------------------------------------------------------------


def _led(draw: st.DrawFn, play: Play, towards: tuple[tuple[type[Case], StrEnum], ...], *, rounds: bool = True) -> Led:
    """A play that has made a case of the first kind, and brought it to its stage, with `rounds` on the spot there."""
    (kind, stage), *_ = towards
    play, name = _opened(draw, play, towards)
    case = play.cases[name]
    ways = sorted(_ways(kind, case.table, case.stage, stage), key=len)
    chosen = [draw(st.sampled_from(ways))] if ways else []
    # The others, the shortest first, where it does not pass: of a code held here, nothing comes back from a lapse.
    for way in (*chosen, *ways):
        tried = _copy(play)
        if all(_passes(draw, tried, name, row) for row in way):
            if rounds:
                _go_round(draw, tried, name)
            return Led(tried, name)
    message = f"nothing comes to {stage!r} from here:\n{play!r}"
    raise LookupError(message)


def _opened(draw: st.DrawFn, play: Play, towards: tuple[tuple[type[Case], StrEnum], ...]) -> tuple[Play, str]:
    """Make a case of the first kind, by the first of what makes one or by any."""
    (kind, _), *_rest = towards
    every = tuple(opens_of(kind))
    if not every:
        message = f"nobody said what makes a case of kind {kind.kind!r}: expected played({kind.__name__}, ...)"
        raise LookupError(message)
    # One of a kind made of another of it is enough: a request that renews one that renews one says nothing new.
    nested = sum(one is kind for one, _ in towards) > 1
    opens = every[0] if nested else draw(st.sampled_from(every))
    about = ""
    if opens.of is not None:
        stage = draw(st.sampled_from(opens.stages or stages_of(opens.of)))
        before = _led(draw, play, ((opens.of, stage), *towards))
        play, about = before.play, before.name
    drawn = _DRAWN.get(opens.verb, opens.drawn)
    given = {} if drawn is None else draw(drawn(Aim(play, play.cases.get(about), towards)))
    happened = _wait(draw, play, about)
    move = Move(opens.verb, about, play.name(kind), given=given, at=happened)
    # Told late of an instant at which it was not possible yet, it is told at once.
    accepted = play.make(move).accepted or play.make(attrs.evolve(move, at=None)).accepted
    if not accepted:
        reject()
    return play, move.about


def _copy(play: Play) -> Play:
    copied = Play(at=play.at, rulebook=play.rulebook, most=play.most, held=play.held)
    copied.cases, copied.events, copied.sent = dict(play.cases), dict(play.events), dict(play.sent)
    copied.messages, copied.steps = list(play.messages), list(play.steps)
    return copied


def _go_round(draw: st.DrawFn, play: Play, name: str) -> None:
    """What leaves a case where it is: reminders, a letter seen, an account declared later, a collection."""
    case = play.cases[name]
    rows = [row for row in _rows(type(case), case.table) if row.source is case.stage is row.dest]
    for row in draw(st.lists(st.sampled_from(rows), max_size=2)) if rows else ():
        _passes(draw, play, name, row)


def _passes(draw: st.DrawFn, play: Play, name: str, row: AnyRow) -> bool:
    """Bring a case through this row, in time or late, told at once or later; False when nothing lets it pass."""
    case = play.cases[name]
    if row.source is not row.dest:
        _go_round(draw, play, name)
        case = play.cases[name]
    names = arguments_of(type(case), row.trigger)
    given = {it: draw(_values(play, case, row.trigger, it)) for it in names}
    began = play.at
    happened = _wait(draw, play, name, row)
    drawn = (play.at, happened, given)
    usual = {it: values_of(play, case, row.trigger, it) for it in names}
    # All accounts of plays may be declared already: then only one that was drawn is left to try.
    others = (given, *({it: value} for it in names for value in usual[it]), {}) if all(usual.values()) else (given,)
    for at, fact, what in (drawn, *((at, fact, what) for at, fact in _instants(case, began) for what in others)):
        play.at = at
        move = Move(row.trigger, name, given=what, at=fact)
        try:
            outcome = play.judge(move)
        except InvalidValueError:
            continue  # a day of a letter that has not come yet at that instant
        if isinstance(outcome, Decision) and type(outcome.events[-1]) is row.makes:
            play.make(move)
            return True
    play.at = began
    return False


def _wait(draw: st.DrawFn, play: Play, name: str, row: AnyRow | None = None) -> datetime | None:
    """Let time pass as the row asks: until after the end, to a reminder, or no further than the end.

    The fact is told then, or later; given is when it happened, None when it is told at once.
    """
    case, began = play.cases.get(name), play.at
    deadline = None if case is None else case.deadline
    made = None if row is None else row.makes
    if deadline is not None and made is not None and issubclass(made, Lapse):
        play.at = max(began, deadline.lapses_at) + _part(_LATEST, draw(_SOME))
    elif case is not None and case.due_at is not None and made is not None and issubclass(made, Reminder):
        play.at = max(began, case.due_at)
    elif row is not None and row.corrects is not None and case is not None and case.time_limit is not None:
        # What corrects happened in time, before it was told.
        first, last = case.since, min(case.time_limit.closes, began)
        play.at = began + _part(_LATEST, draw(_SOME))
        return min(first + _part(max(last - first, _NOW), draw(_SOME_OR_ALL)), play.at)
    else:
        most = _LATEST if deadline is None else max(deadline.closes - began, _NOW)
        play.at = began + _part(most, draw(_SOME_OR_ALL))
    told_late = draw(_QUARTERS) == 0
    if not told_late:
        return None
    happened = play.at
    play.at += _part(_LATER, draw(_SOME_OR_ALL))
    return happened if happened < play.at else None


# Made once: to make a strategy and have it checked takes Hypothesis as long as to draw from it.
_WHOLE: Final = 10**12
_SOME: Final = st.just(0) | st.integers(0, _WHOLE)
_SOME_OR_ALL: Final = st.just(0) | st.just(_WHOLE) | st.integers(0, _WHOLE)
"""Parts of a time that elapses: none of it, all of it, or in between."""
_QUARTERS: Final = st.integers(0, 3)


def _part(span: timedelta, share: int) -> timedelta:
    return (span // RESOLUTION) * share // _WHOLE * RESOLUTION


def _instants(case: Case, now: datetime) -> Iterator[tuple[datetime, datetime | None]]:
    """When a row may pass: when it is told, and when it happened, what matters of its time limit and of its facts."""
    limit = case.time_limit
    told = {now, *(() if limit is None else (limit.closes, limit.lapses_at)), *filter(None, (case.due_at,))}
    happened = (None, case.since, *(() if limit is None else (limit.closes,)))
    return ((at, fact) for at in sorted(told) if at >= now for fact in happened if fact is None or fact <= at)


# --- What is given ----------------------------------------------------------------------------------------------------


def _values(play: Play, case: Case, verb: str, name: str) -> Strategy:
    known = list(values_of(play, case, verb, name))
    varied = _VARIED.get(name)
    return st.sampled_from(known) if varied is None else st.sampled_from(known) | varied if known else varied


_VARIED: Final[Mapping[str, Strategy]] = MappingProxyType({"name": person_names(), "account": bank_accounts()})


def _requests(aim: Aim) -> Strategy:
    """Forms for a request that is to come there: one that awaits a link has Messaging, one with a mandate pays."""
    messaging, pays = aim.comes_to(Adhesion, ADHESION), aim.comes_to(Mandate)
    including = (*((catalogue.MESSAGING,) if messaging else ()), *((catalogue.PAY_VAT,) if pays else ()))
    return _forms(aim.play.rulebook.catalogue, including)


@lru_cache(maxsize=64)
def _forms(catalogue: Catalogue, including: tuple[Service, ...]) -> Strategy:
    played = [form for form in company_forms() if set(including) <= set(form.services)]
    return (st.sampled_from(played) | adhesion_forms(catalogue, including=including)).map(_as_form)


def _as_form(form: object) -> dict[str, object]:
    return {"form": form}


def _renewals(aim: Aim) -> Strategy:
    """The same form again, or one that corrects it: asked for by somebody else, with another account."""
    origin: Any = aim.case.origin if aim.case is not None else None
    asked = {field.name: getattr(origin, field.name) for field in attrs.fields(AdhesionForm)}
    corrected = st.builds(
        lambda applicant, more: AdhesionForm(
            **asked | {"applicant": applicant, "bank_accounts": (*asked["bank_accounts"], *more)}
        ),
        _APPLICANTS,
        _ONE_MORE,
    )
    return (st.none() | corrected).map(_as_form)


_APPLICANTS: Final = st.sampled_from(Applicant)
_ONE_MORE: Final = st.lists(bank_accounts(), max_size=1)
_OWN_FORMS: Final[Strategy] = st.just({}) | space_forms().map(_as_form)


def _own_forms(_: Aim) -> Strategy:
    return _OWN_FORMS


_DRAWN: Final[Mapping[str, Callable[[Aim], Strategy]]] = MappingProxyType(
    {"create_space": _own_forms, "request_adhesion": _requests, "renew": _renewals}
)
