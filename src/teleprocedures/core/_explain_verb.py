"""A verb explained: the questions of `ASKED_FIRST`, then the guards of its rows, asked as the verb asks them.

A question of the list that is not of this verb is not named. Of a civil day, the instant is the first at which the verb
is judged as it is on the day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial

from teleprocedures.core._events import EVER
from teleprocedures.core._explain import Explanation, Questions, looked_at, rules_in
from teleprocedures.core._lifecycle import Call, Turn
from teleprocedures.core._snapshot import ASKED_FIRST, Snapshot, is_in_the_table, what_is_followed
from teleprocedures.deadlines import instant, plain_day
from teleprocedures.errors import InvalidValueError, RefusedError, TeleproceduresError


def explain(
    case: Snapshot,
    verb: str,
    at: datetime | date,
    recorded_at: datetime | None,
    given: Mapping[str, object],
    *,
    tried: Mapping[str, object],
) -> Explanation:
    """The questions of a verb of a case at this instant or day, with what it is given by name, and as it is shown.

    Raises what `refusal` raises for what is no verb, and for what it does not take.
    """
    refusal, judged, told, day = _judged_at(case, verb, at, recorded_at, given)
    turns = case.table.turns(case.stage, verb)
    happened = judged if day is None else day
    shown = {
        **tried,
        "case": case,
        "at": happened,
        "recorded_at": happened if recorded_at is None else told,
        "follows": _what_it_follows(case, turns),
    }
    questions = Questions(f"{case.table.name}.{verb}")

    def ask(guard: Callable[..., object], judge: Callable[[], object]) -> bool:
        looks_at = looked_at(guard, case, judged, shown)
        return questions.ask(guard.__name__, rules_in(case, guard), partial(_judged, judge, day), looks_at)

    for first in ASKED_FIRST:
        judge = partial(first, case, verb, turns, judged, told)
        # Of where the state has no row, nothing else can be asked.
        if _is_asked(judge) and not ask(first, judge) and first is is_in_the_table and not turns:
            break
    known = {**given, "recorded_at": told}
    taken = False
    for turn in turns:
        passes = not taken
        for guard in turn.guards:
            if passes and all(name in known for name in guard.takes):
                passes = ask(guard.function, partial(_answered, guard, case, judged, known))
            else:
                questions.skip(guard.name, rules_in(case, guard.function))
        taken = taken or passes
    return questions.explanation(refusal)


def _answered(guard: Call, case: Snapshot, at: datetime, known: Mapping[str, object]) -> object:
    return guard(case, at, **known)


def _is_asked(judge: Callable[[], object]) -> bool:
    """Whether a question that is asked first is of this verb, whatever its answer is."""
    try:
        return judge() is not False
    except TeleproceduresError:
        return True


def _what_it_follows(case: Snapshot, turns: tuple[Turn, ...]) -> object:
    """The fact that the verb follows, None where it is not known; no hour is shown that was not told."""
    if not turns:
        return None
    last = what_is_followed(case, turns)
    return None if last == EVER else case.days_told.get(last) or last


def _refusal(
    case: Snapshot, verb: str, at: datetime | date, recorded_at: datetime | None, given: Mapping[str, object]
) -> TeleproceduresError | None:
    try:
        refusal: TeleproceduresError | None = case.refusal(verb, at=at, recorded_at=recorded_at, **given)
    except InvalidValueError as bad:
        # A guard has judged what was given, such as the day of a letter; an instant that is none is refused below.
        return bad
    return refusal


def _judged_at(
    case: Snapshot, verb: str, at: datetime | date, recorded_at: datetime | None, given: Mapping[str, object]
) -> tuple[TeleproceduresError | None, datetime, datetime, date | None]:
    """The refusal, both instants in UTC, and the civil day where only that is known."""
    refusal = _refusal(case, verb, at, recorded_at, given)
    told = None if recorded_at is None else instant(recorded_at, "recorded_at")
    if not isinstance(at, date) or isinstance(at, datetime):
        at = instant(at)
        return refusal, at, at if told is None else told, None
    day, code = plain_day(at), _code(refusal)
    # Of a day that is to come no instant was judged.
    to_come = code == "order.future"
    instants, ends = case.tried_on(verb, day, None if to_come else told, given)
    same = (it for it in instants if _code(_refusal(case, verb, it, ends, given)) == code)
    return refusal, next(same, instants[0]), told if to_come and told is not None else ends, day


def _code(refusal: TeleproceduresError | None) -> str:
    return "" if refusal is None else refusal.code


def _judged(judge: Callable[[], object], day: date | None) -> object:
    try:
        return judge()
    except RefusedError as refusal:
        if day is not None:
            # Nobody is shown an hour that was not told (A22).
            refusal.on(day)
        raise
