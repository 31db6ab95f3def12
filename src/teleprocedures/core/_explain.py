"""Why a verb is possible, or is not: each question in its order, with what it looked at and what it answered.

A refusal names the first thing that is wrong. Whoever wants to know what else was asked, and what would be asked next,
has it here. The order is that of `Snapshot.refusal`: first the order of time (A14), then whether the case is followed,
then the rows of the verb, each with its guards in turn. A guard after one that said no is not asked, and one of a row
after the row that was taken is not either. Nothing here judges: the guards do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from teleprocedures.deadlines import instant, plain_day
from teleprocedures.errors import InvalidValueError, RefusedError, TeleproceduresError, english, shows_half_built
from teleprocedures.values import BankAccount

if TYPE_CHECKING:
    from teleprocedures.core._lifecycle import Call
    from teleprocedures.core._snapshot import Snapshot
    from teleprocedures.words import Phrasebook

FunctionT = TypeVar("FunctionT", bound=Callable[..., object])

PAST: Final = "past"
"""The rule of what follows once the time limit of the case has passed (1.10, 2.11, 3.4, F1)."""
LIMIT: Final = "limit"
"""The rule that sets the time limit of the case (1.9, 2.9, 3.1, F1)."""

_RULES: Final = "__rules__"
_LOOKS_AT: Final = "__looks_at__"


def stands_for(*rules: str, looks_at: str = "") -> Callable[[FunctionT], FunctionT]:
    """Say which rules a guard stands for, by their ids, and at which values of the case it looks.

    `PAST` and `LIMIT` are the rules of the time limit that runs in the case. What it looks at are paths of the
    snapshot, with spaces between: `"time_limit.closes"`. Each is called by its last name, or by the one that stands
    before it: `"requested=origin.at"`. What may be secret is never among them.
    """

    def said(guard: FunctionT) -> FunctionT:
        vars(guard)[_RULES] = rules
        vars(guard)[_LOOKS_AT] = tuple(looks_at.split())
        return guard

    return said


def rules_of(guard: Callable[..., object]) -> tuple[str, ...]:
    """The rules that a guard stands for, none where nobody said."""
    rules: tuple[str, ...] = getattr(guard, _RULES, ())
    return rules


class Answer(StrEnum):
    """What a question was answered."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


@shows_half_built
@attrs.frozen(kw_only=True)
class Asked:
    """One question of a verb: its name, what it looked at, what it was answered, and the rules that it stands for.

    A question that was answered by a refusal has it. A guard that says no without one lets the next row try.
    """

    question: str
    answer: Answer
    rules: tuple[str, ...]
    looked_at: Mapping[str, object] = attrs.field(factory=dict, hash=False)
    refusal: TeleproceduresError | None = None

    def __str__(self) -> str:
        return self.render(english())

    def render(self, words: Phrasebook) -> str:
        """The question and its answer in these words."""
        facts = [f"{words.name('looked', name)} {_said(name, value, words)}" for name, value in self.looked_at.items()]
        text = words.sentence(
            "asked.question" if self.rules else "asked.bare",
            question=words.name("question", self.question),
            answer=words.name("answer", self.answer),
            rules=self.rules,
        )
        if facts:
            text = words.sentence("asked.looked_at", asked=text, facts=facts)
        if self.refusal is not None:
            refusal = words.sentence(self.refusal.code, **self.refusal.facts)
            text = words.sentence("asked.refused", asked=text, refusal=refusal)
        return text


def _verb(verb: str, words: Phrasebook) -> str:
    of, _, name = verb.rpartition(".")
    return words.verb(name, of=of)


_NAMED: Final = {"state": "state", "event": "occurrence"}
"""What is worded by names of a kind, though it is data of programs."""


def _said(name: str, value: object, words: Phrasebook) -> str:
    if value is None:
        return words.sentence("looked.nothing")
    if name in _NAMED:
        return words.name(_NAMED[name], str(value))
    if isinstance(value, bool):
        return words.name("answer", Answer.YES if value else Answer.NO)
    return words.sentence("looked.value", value=value)


@shows_half_built
@attrs.frozen(kw_only=True)
class Explanation:
    """Why a verb is possible or is not: the questions in their order, and the refusal, None where it is possible."""

    verb: str
    asked: tuple[Asked, ...]
    refusal: TeleproceduresError | None

    def __str__(self) -> str:
        return self.render(english())

    def render(self, words: Phrasebook) -> str:
        """The verdict, then a line for each question, in these words."""
        verdict = "explained.possible" if self.refusal is None else "explained.refused"
        cause = "" if self.refusal is None else words.sentence(self.refusal.code, **self.refusal.facts)
        head = words.sentence(verdict, verb=_verb(self.verb, words), refusal=cause)
        return "\n".join((head, *(f"- {it.render(words)}" for it in self.asked)))


class Questions:
    """The questions of one verb as they are asked, one after the other; after a refusal, none is."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.asked: list[Asked] = []
        self.refusal: TeleproceduresError | None = None

    def ask(
        self,
        question: str,
        rules: tuple[str, ...],
        judge: Callable[[], object],
        looked_at: Mapping[str, object] | None = None,
    ) -> bool:
        """Ask one, and say whether the answer was yes; a refusal is the end."""
        refusal: TeleproceduresError | None = None
        answer = Answer.NOT_ASKED
        if self.refusal is None:
            try:
                answer = Answer.NO if judge() is False else Answer.YES
            except TeleproceduresError as error:
                refusal, answer = error, Answer.NO
                self.refusal = error
                cited = (error.rule.id,) if isinstance(error, RefusedError) else ()
                rules = cited or rules
        self.asked.append(
            Asked(question=question, answer=answer, rules=rules, looked_at=looked_at or {}, refusal=refusal)
        )
        return answer is Answer.YES

    def skip(self, question: str, rules: tuple[str, ...]) -> None:
        """Name a question that is not asked, because the answer of another one was enough."""
        self.asked.append(Asked(question=question, answer=Answer.NOT_ASKED, rules=rules))

    def explanation(self, refusal: TeleproceduresError | None = None) -> Explanation:
        """The explanation, with this refusal where none of the questions refused."""
        refusal = self.refusal if self.refusal is not None else refusal
        return Explanation(verb=self.verb, asked=tuple(self.asked), refusal=refusal)


def looked_at(guard: Callable[..., object], case: object) -> dict[str, object]:
    """What a guard looks at in a case, each value by its name."""
    paths: tuple[str, ...] = getattr(guard, _LOOKS_AT, ())
    return values_at(paths, case)


def values_at(paths: Iterable[str], given: object) -> dict[str, object]:
    """What stands at these paths in something, each by its last name or by the one before it: `requested=origin.at`.

    A case is told by where it stands, and an account is masked. What is not there yet is None.
    """
    named = (path.rpartition("=") for path in paths)
    return {name or path.rpartition(".")[2]: _value(path, given) for name, _, path in named}


def _value(path: str, given: object) -> object:
    days: dict[datetime, date | None] = {}
    for name in path.split("."):
        days |= getattr(given, "days_told", {})
        given = getattr(given, name, None)
    if isinstance(given, datetime):
        # Nobody is shown an hour that was not told (A22).
        return days.get(given) or given
    return tuple(map(shown, given)) if isinstance(given, tuple) else shown(given)


def shown(value: Any) -> object:
    """A value as an explanation shows it: of a case where it stands, and of an account what is not masked."""
    if isinstance(value, BankAccount):
        return value.masked
    return f"{value.table.name}.{value.stage}" if hasattr(value, "stage") else value


def rules_in(case: Snapshot, guard: Callable[..., object]) -> tuple[str, ...]:
    """The rules that a guard stands for in this case, those of its time limit by their ids."""
    return named_in(case, rules_of(guard))


def named_in(case: Snapshot, rules: tuple[str, ...]) -> tuple[str, ...]:
    """These rules by their ids, with those of the time limit that the case has for `PAST` and `LIMIT`."""
    limit = None if case.table.limit is None else case.rulebook.limits.get(case.table.limit)
    own = {} if limit is None else {PAST: limit.past, LIMIT: limit.rule}
    return tuple(own.get(rule, rule) for rule in rules)


def explain(
    case: Snapshot, verb: str, at: datetime | date, recorded_at: datetime | None, given: Mapping[str, object]
) -> Explanation:
    """The questions of a verb of a case at this instant or day, with what it is given by name.

    Raises what `refusal` raises for what is no verb, and for what it does not take.
    """
    refusal, at, recorded_at, day = _judged_at(case, verb, at, recorded_at, given)
    code = _code(refusal)
    table, stage = case.table, case.stage
    questions = Questions(f"{table.name}.{verb}")
    turns = table.turns(stage, verb)
    # The order of time is asked first, and refuses by itself.
    for question, rule, codes, path in (
        ("told_in_order", "A14", ("order.before_telling", "order.future"), "recorded_at"),
        ("follows_its_fact", "A14", ("order.before_fact",), "since"),
        ("is_followed", "A21", ("case.closed",), "closed=is_closed"),
    ):
        questions.ask(question, (rule,), _raising(refusal if code in codes else None), values_at((path,), case))
    if not questions.ask("is_in_the_table", (table.cites(stage),), lambda: bool(turns), {"state": shown(case)}):
        return questions.explanation(refusal)
    known = {**given, "recorded_at": recorded_at}
    taken = False
    for turn in turns:
        passes = not taken
        for guard in turn.guards:
            rules = rules_in(case, guard.function)
            if not passes or not all(name in known for name in guard.takes):
                questions.skip(guard.name, rules)
                continue
            passes = questions.ask(
                guard.name,
                rules,
                partial(_judged, guard, case, at, day, known),
                looked_at(guard.function, case),
            )
        taken = taken or passes
    return questions.explanation(refusal)


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
    """The refusal, both instants in UTC, and the civil day where only that is known.

    Of a day, the instant is the first at which the verb is judged as it is on the day.
    """
    refusal = _refusal(case, verb, at, recorded_at, given)
    if not isinstance(at, date) or isinstance(at, datetime):
        at = instant(at)
        return refusal, at, at if recorded_at is None else instant(recorded_at, "recorded_at"), None
    day, code = plain_day(at), _code(refusal)
    # Of a day that is to come no instant was judged.
    instants, told = case.tried_on(verb, day, None if code == "order.future" else recorded_at, given)
    same = (it for it in instants if _code(_refusal(case, verb, it, told, given)) == code)
    return refusal, next(same, instants[0]), told, day


def _code(refusal: TeleproceduresError | None) -> str:
    return "" if refusal is None else refusal.code


def _judged(guard: Call, case: Snapshot, at: datetime, day: date | None, known: Mapping[str, object]) -> object:
    try:
        return guard(case, at, **known)
    except RefusedError as refusal:
        if day is not None:
            # Nobody is shown an hour that was not told (A22).
            refusal.on(day)
        raise


def _raising(error: TeleproceduresError | None) -> Callable[[], bool]:
    def judge() -> bool:
        if error is not None:
            raise error
        return True

    return judge
