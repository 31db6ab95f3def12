"""Cases that have come to a stage: plays that bring one there by the rows of its tables, time passing as it may.

How it works. `arrivals` draws a play, opens a case of the kind in it, and goes one of the `ways` that the tables have
to the stage. What a case is made of comes to its own stage first, so a mandate begins with a space. At each row, time
passes as the row asks: beyond the end for a lapse, and not so far otherwise. Then the verb of the row is tried with
what was drawn. Where that is refused, it is tried at the instants that matter and with the values of plays. Where no
instant lets the row pass, another way is gone.

Why so. What is asked for is what is given: a state that no way leads to is an error, never another state. To draw
whole histories until one comes to a state would take thousands; going there takes one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, Final, Generic, TypeAlias, TypeVar

import attrs
from hypothesis import reject
from hypothesis import strategies as st

from teleprocedures.cases import ADHESION, Adhesion, Case, Mandate
from teleprocedures.core import AnyTable, Decision, Lapse, Reminder
from teleprocedures.deadlines import PARIS, RESOLUTION, time_zone
from teleprocedures.errors import InvalidValueError
from teleprocedures.forms import AdhesionForm, Applicant
from teleprocedures.rulebook import Catalogue, Rulebook, Service, catalogue
from teleprocedures.testing._makers import company_forms
from teleprocedures.testing._moves import Move
from teleprocedures.testing._openers import Opener, arguments_of, hint_of, is_free, opener_of, openers_of, values_of
from teleprocedures.testing._play import Play
from teleprocedures.testing._samples import is_of_the_scene, meanings, samples
from teleprocedures.testing._walk import AnyRow, paths, rows_of, stages_of, table_of
from teleprocedures.testing.strategies._accounts import bank_accounts
from teleprocedures.testing.strategies._forms import adhesion_forms, known_forms, of_type, space_forms
from teleprocedures.testing.strategies._times import starts
from teleprocedures.values import BankAccount

Given: TypeAlias = dict[str, Any]
Strategy: TypeAlias = st.SearchStrategy[Any]
Towards: TypeAlias = tuple[tuple[type[Case], StrEnum], ...]
CaseT = TypeVar("CaseT", bound=Case)
T = TypeVar("T")

_LATEST: Final = timedelta(days=100)
_LATER: Final = timedelta(days=30)
_NOW: Final = timedelta(0)


def beginnings(rulebook: Rulebook | None = None, *, held: bool | None = None) -> st.SearchStrategy[Play]:
    """Plays that have not begun, at any instant; where codes are held is drawn unless `held` says it."""
    return st.builds(
        Play, at=starts(), rulebook=st.just(rulebook), held=st.booleans() if held is None else st.just(held)
    )


@attrs.frozen
class Arrival(Generic[CaseT]):
    """A play that has brought a case somewhere, and the case."""

    play: Play
    case: CaseT


@attrs.frozen
class Aim:
    """What a play is to come to: kinds of case and their stages, each made of the one after it.

    The first is made now, of `case` or of nothing (None).
    """

    play: Play
    case: Case | None
    towards: Towards

    def comes_to(self, kind: type[Case], table: AnyTable | None = None) -> bool:
        """Whether a case of this kind is to stand in this lifecycle, or anywhere."""
        return any(one is kind and table in {None, table_of(kind, stage)} for one, stage in self.towards)


@st.composite
def arrivals(
    draw: st.DrawFn,
    kind: type[CaseT],
    stage: StrEnum | None = None,
    *,
    begin: st.SearchStrategy[Play] | None = None,
    by: AnyRow | None = None,
    opened: StrEnum | None = None,
) -> Arrival[CaseT]:
    """Plays that bring a case of this kind to this stage, or to any that the rulebook lets it reach.

    With `by`, a row of one of its tables, the case then goes through it; plays in which it cannot are left out. With
    `opened`, the case begins at that stage, and goes nowhere if no other is asked for. Raises `LookupError` for what
    nothing comes to.
    """
    begun = draw(beginnings() if begin is None else begin)
    wanted = by.source if by is not None else opened if opened and stage is None else _stage(draw, begun, kind, stage)
    play, name = _bring(draw, begun, ((kind, wanted),), rounds=by is None, opened=opened)
    if by is not None and not _passes(draw, play, name, by):
        reject()
    case = play.cases[name]
    assert isinstance(case, kind), "what opens cases of a kind makes no other"
    return Arrival(play, case)


def one_of(found: list[T]) -> st.SearchStrategy[T]:
    """One of what was found; Hypothesis would write out a whole list that it samples from."""
    return st.integers(0, len(found) - 1).map(lambda place: found[place])


def _stage(draw: st.DrawFn, play: Play, kind: type[Case], stage: StrEnum | None) -> StrEnum:
    """The stage to come to: any, any from there on for one that another lifecycle takes over, or this one."""
    on = None if stage is None else table_of(kind, stage).then(stage)
    if stage is not None and on is None:
        return stage
    rulebook = play.rulebook_of(kind)
    first = {kind.lifecycle.initial, *(opener.first for opener in openers_of(kind))}
    every: tuple[StrEnum, ...] = stages_of(kind) if on is None else on.states
    reached = [one for one in every if any(next(paths(kind, it, one, rulebook), None) is not None for it in first)]
    return draw(st.sampled_from(reached))


# --- Going there ------------------------------------------------------------------------------------------------------


def _bring(
    draw: st.DrawFn, play: Play, towards: Towards, *, rounds: bool = True, opened: StrEnum | None = None
) -> tuple[Play, str]:
    """A play that has made a case of the first kind, and brought it to its stage, with `rounds` on the spot there."""
    (kind, stage), *_ = towards
    play, name = _open(draw, play, towards, opened)
    every = sorted(paths(kind, play.cases[name].stage, stage, play.rulebook_of(kind)), key=len)
    chosen = [draw(st.sampled_from(every))] if every else []
    # The others, the shortest first, where it does not pass: of a code held here, nothing comes back from a lapse.
    for path in (*chosen, *every):
        on = play.copy()
        if all(_passes(draw, on, name, row) for row in path):
            if rounds:
                _go_round(draw, on, name)
            return on, name
    message = f"nothing comes to {stage!r} from here:\n{play!r}"
    raise LookupError(message)


def _open(draw: st.DrawFn, play: Play, towards: Towards, opened: StrEnum | None) -> tuple[Play, str]:
    """Open a case of the first kind, by the first of what opens one or by any, at this stage if one is wanted."""
    (kind, stage), *_rest = towards
    known = openers_of(kind)
    if not known:
        message = f"nothing opens a case of kind {kind.kind!r}: expected add_opener(Opener({kind.__name__}, ...))"
        raise LookupError(message)
    # What is taken over has gone past some stages. Where nothing comes to the wanted one, that is said in the end.
    rulebook = play.rulebook_of(kind)
    leading = [it for it in known if next(paths(kind, it.first, stage, rulebook), None) is not None]
    every = [it for it in leading if opened is None or it.first is opened] or known
    # One of a kind made of another of it is enough: a request that renews one that renews one says nothing new.
    nested = sum(one is kind for one, _ in towards) > 1
    opener = every[0] if nested else draw(st.sampled_from(every))
    about = ""
    if opener.of is not None:
        made_of = draw(st.sampled_from(opener.stages or stages_of(opener.of)))
        play, about = _bring(draw, play, ((opener.of, made_of), *towards))
    given = draw(_arguments(opener, Aim(play, play.cases.get(about), towards)))
    happened = _wait(draw, play, about)
    # An opening that says `at: datetime` knows no day to make an instant of.
    at = _said(draw, play, happened) if opener.by_day else happened
    move = Move(opener.verb, about, play.name(kind), given=given, at=at)
    # Told late of an instant at which it was not possible yet, it is told at once; then with the values of plays.
    others = (attrs.evolve(move, at=None), attrs.evolve(move, given={}, at=None))
    ready = all(values(play, play.cases.get(about)) for values in opener.gives.values())
    if not ready or not any(_makes(play, one) for one in (move, *others)):
        reject()
    return play, move.about


def _makes(play: Play, move: Move, row: AnyRow | None = None) -> bool:
    """Make a move if the procedure allows it, and if it goes through this row."""
    try:
        outcome = play.judge(move)
    except InvalidValueError:
        # A day of a letter that has not come yet at that instant, or what a host does not take for a name.
        return False
    passes = isinstance(outcome, Decision) and (row is None or type(outcome.events[-1]) is row.makes)
    return passes and play.make(move).accepted


def _go_round(draw: st.DrawFn, play: Play, name: str) -> None:
    """What leaves a case where it is: reminders, a letter seen, an account declared later, a collection."""
    case = play.cases[name]
    rows = [row for row in rows_of(type(case), case.table) if row.source is case.stage is row.dest]
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
    usual = {it: values_of(play, case, row.trigger, it) for it in names}
    # All accounts of plays may be declared already: then only one that was drawn is left to try.
    others = (given, *({it: value} for it in names for value in usual[it]), {}) if all(usual.values()) else (given,)
    instants = _instants(case, began)
    # Of a day of which no instant is possible, the instants are tried all the same.
    said = _said(draw, play, happened)
    tries = (
        (play.at, said, given),
        (play.at, happened, given),
        *((at, fact, what) for at, fact in instants for what in others),
    )
    for at, fact, what in tries:
        play.at = at
        if _makes(play, Move(row.trigger, name, given=what, at=fact), row):
            return True
    play.at = began
    return False


def _wait(draw: st.DrawFn, play: Play, name: str, row: AnyRow | None = None) -> datetime | None:
    """Let time pass as the row asks: until after the end, to a reminder, or no further than the end.

    The fact is told then, or later; given is when it happened, None when it is told at once.
    """
    case, began = play.cases.get(name), play.at
    deadline = None if case is None else case.deadline
    makes = None if row is None else row.makes
    if deadline is not None and makes is not None and issubclass(makes, Lapse):
        play.at = max(began, deadline.lapses_at) + _part(_LATEST, draw(_SOME))
    elif case is not None and case.due_at is not None and makes is not None and issubclass(makes, Reminder):
        play.at = max(began, case.due_at)
    elif row is not None and row.corrects is not None and case is not None and case.time_limit is not None:
        # What corrects happened in time, before it was told.
        first, last = case.since, min(case.time_limit.closes, began)
        play.at = began + _part(_LATEST, draw(_SOME))
        return min(first + _part(max(last - first, _NOW), draw(_SOME_OR_ALL)), play.at)
    else:
        most = _LATEST if deadline is None else max(deadline.closes - began, _NOW)
        play.at = began + _part(most, draw(_SOME_OR_ALL))
    is_late = draw(_QUARTERS) == 0
    if not is_late:
        return None
    happened = play.at
    play.at += _part(_LATER, draw(_SOME_OR_ALL))
    return happened if happened < play.at else None


def _said(draw: st.DrawFn, play: Play, happened: datetime | None) -> datetime | date | None:
    """When a fact is said to have happened: its instant, or, seldom, its civil day in Paris only (A22)."""
    if draw(_EIGHTHS) != 7:
        return happened
    return (play.at if happened is None else happened).astimezone(time_zone(PARIS)).date()


# Made once: to make a strategy and have it checked takes Hypothesis as long as to draw from it.
_WHOLE: Final = 10**12
_SOME: Final = st.just(0) | st.integers(0, _WHOLE)
_SOME_OR_ALL: Final = st.just(0) | st.just(_WHOLE) | st.integers(0, _WHOLE)
"""Parts of a time that elapses: none of it, all of it, or in between."""
_QUARTERS: Final = st.integers(0, 3)
_EIGHTHS: Final = st.integers(0, 7)


def _part(span: timedelta, share: int) -> timedelta:
    return (span // RESOLUTION) * share // _WHOLE * RESOLUTION


def _instants(case: Case, now: datetime) -> Iterator[tuple[datetime, datetime | None]]:
    """When a row may pass: when it is told, and when it happened, what matters of its time limit and of its facts."""
    limit = case.time_limit
    tellings = {now, *(() if limit is None else (limit.closes, limit.lapses_at)), *filter(None, (case.due_at,))}
    happened = (None, case.since, *(() if limit is None else (limit.closes,)))
    return ((at, fact) for at in sorted(tellings) if at >= now for fact in happened if fact is None or fact <= at)


# --- What is given ----------------------------------------------------------------------------------------------------


def _values(play: Play, case: Case, verb: str, name: str) -> Strategy:
    """What a verb is given: one of what somebody said, and anything of its type where nobody did."""
    kind = type(case)
    known, more = list(values_of(play, case, verb, name)), _MORE.get(name)
    if is_free(kind, verb, name):
        return _anything(play, kind, hint_of(kind, verb, name))
    return st.sampled_from(known) if more is None else st.sampled_from(known) | more if known else more


def _anything(play: Play, kind: type[Case], hint: object) -> Strategy:
    """Anything of a type, or of those of a union; a service and the like are of the scene."""
    return st.one_of(
        [
            st.sampled_from(list(samples(play, kind, one))) if is_of_the_scene(one) else of_type(one)
            for one in meanings(hint)
        ]
    )


_MORE: Final[Mapping[str, Strategy]] = MappingProxyType({"account": bank_accounts()})
"""What Hypothesis gives besides what was said."""


def _arguments(opener: Opener, aim: Aim) -> st.SearchStrategy[Given]:
    """What opens a case is given."""
    forms = _FORMS.get(opener.verb)
    if forms is not None:
        return forms(aim)
    return _said_or_typed(opener, aim)


def _said_or_typed(opener: Opener, aim: Aim) -> st.SearchStrategy[Given]:
    """One of what somebody said of each name, and anything of its type where nobody did."""
    known = {name: values(aim.play, aim.case) for name, values in opener.gives.items() if name not in opener.hints}
    said = {name: st.sampled_from(values) for name, values in known.items() if values}
    hints = opener.hints.items()
    return st.fixed_dictionaries(said | {name: _anything(aim.play, opener.kind, hint) for name, hint in hints})


def _requests(aim: Aim) -> st.SearchStrategy[Given]:
    """Forms for a request that is to come there: one that awaits a link has Messaging, one with a mandate pays."""
    messaging, pays = aim.comes_to(Adhesion, ADHESION), aim.comes_to(Mandate)
    including = (*((catalogue.MESSAGING,) if messaging else ()), *((catalogue.PAY_VAT,) if pays else ()))
    return _company_forms(aim.play.rulebook_of(Adhesion).catalogue, including)


@lru_cache(maxsize=64)
def _company_forms(catalogue: Catalogue, including: tuple[Service, ...]) -> st.SearchStrategy[Given]:
    usual = [form for form in company_forms() if set(including) <= set(form.services)]
    return (st.sampled_from(usual) | adhesion_forms(catalogue, including=including)).map(_as_form)


def _as_form(form: object) -> Given:
    return {"form": form}


def _known(aim: Aim, verb: str) -> st.SearchStrategy[Given]:
    """What is known of services that are taken over: those of plays, which a mandate is for, or of any."""
    opener = opener_of(verb)
    said = _said_or_typed(opener, aim)
    if aim.comes_to(Mandate):
        paying, *_ = opener.gives["form"](aim.play, aim.case)
        return said.map(lambda given: given | {"form": paying})
    forms = known_forms(aim.play.rulebook_of(Adhesion).catalogue)
    return said | st.builds(lambda given, form: given | {"form": form}, said, forms)


def _renewals(aim: Aim) -> st.SearchStrategy[Given]:
    """The same form again, or one that corrects it: asked for by somebody else, with another account."""
    assert isinstance(aim.case, Adhesion), "what is renewed is a request"
    form = aim.case.origin.form
    # Of what was taken over, a form may lack what a request needs: the plays know a whole one (A19).
    forms = (
        st.none() | st.builds(_correct, st.just(form), _APPLICANTS, _ONE_MORE)
        if isinstance(form, AdhesionForm)
        else st.sampled_from(opener_of("renew").gives["form"](aim.play, aim.case))
    )
    return forms.map(_as_form)


def _correct(form: AdhesionForm, applicant: Applicant, more: list[BankAccount]) -> AdhesionForm:
    return attrs.evolve(form, applicant=applicant, bank_accounts=(*form.bank_accounts, *more))


_APPLICANTS: Final = st.sampled_from(Applicant)
_ONE_MORE: Final = st.lists(bank_accounts(), max_size=1)
_USER_FORMS: Final = st.just(Given()) | space_forms().map(_as_form)

_FORMS: Final[Mapping[str, Callable[[Aim], st.SearchStrategy[Given]]]] = MappingProxyType(
    {
        "create_space": lambda _: _USER_FORMS,
        "request_adhesion": _requests,
        "renew": _renewals,
        "take_over_services": partial(_known, verb="take_over_services"),
        "take_over_request": partial(_known, verb="take_over_request"),
    }
)
"""What opens the kinds of case that are shipped."""
