"""Why a verb is possible, or is not: each question in its order, with what it looked at and what it answered.

A refusal names the first thing that is wrong. Whoever wants to know what else was asked, and what would be asked next,
has it here. A verb is judged by one list, `ASKED_FIRST`, and then by its rows, each with its guards in turn. The
explanation asks the very same list and the very same guards, so that it cannot part from the verdict. A question of the
list that is not of this verb is not named. A guard after one that said no is not asked, and one of a row after the row
that was taken is not either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from teleprocedures.errors import InvalidFormError, RefusedError, TeleproceduresError, english, shows_half_built
from teleprocedures.values import BankAccount

if TYPE_CHECKING:
    from teleprocedures.core._snapshot import Snapshot
    from teleprocedures.words import Phrasebook

FunctionT = TypeVar("FunctionT", bound=Callable[..., object])

PAST: Final = "past"
"""The rule of what follows once the time limit of the case has passed (1.10, 2.11, 3.4, F1)."""
LIMIT: Final = "limit"
"""The rule that sets the time limit of the case (1.9, 2.9, 3.1, F1)."""
STATE: Final = "state"
"""The rule that the state of the case cites."""

_RULES: Final = "__rules__"
_LOOKS_AT: Final = "__looks_at__"
_SHOWS: Final = "__shows__"


def stands_for(
    *rules: str, looks_at: str = "", **shows: Callable[[Any, datetime], object]
) -> Callable[[FunctionT], FunctionT]:
    """Say which rules a guard stands for, by their ids, and at which values of the case it looks.

    `PAST` and `LIMIT` are the rules of the time limit that runs in the case, and `STATE` is that of its state. What it
    looks at are paths of the snapshot, with spaces between: `"time_limit.closes"`. What the verb is given stands below
    `given`, as do both of its instants: `"given.account"`. Each is called by its last name, or by the one that stands
    before it: `"requested=origin.at"`. What no path says is shown by a function of the snapshot and the instant (UTC).
    What may be secret is never among them.
    """

    def said(guard: FunctionT) -> FunctionT:
        vars(guard)[_RULES] = rules
        vars(guard)[_LOOKS_AT] = tuple(looks_at.split())
        vars(guard)[_SHOWS] = shows
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

    A question that was answered by a refusal has it. A guard that says no without one lets the next row try. One that
    is not asked looks at the same, so that it can be seen what it would judge.
    """

    question: str
    answer: Answer
    rules: tuple[str, ...]
    looked_at: Mapping[str, object] = attrs.field(factory=dict, hash=False)
    refusal: TeleproceduresError | None = None

    def __str__(self) -> str:
        return self.render(english())

    def render(self, words: Phrasebook) -> str:
        """The question and its answer in these words; the refusal stands above all questions, and is said there."""
        text = words.sentence(
            "asked.question" if self.rules else "asked.bare",
            question=words.name("question", self.question),
            answer=words.name("answer", self.answer),
            rules=self.rules,
        )
        facts = [] if self.answer is Answer.NOT_ASKED else list(self._said(words))
        return words.sentence("asked.looked_at", asked=text, facts=facts) if facts else text

    def _said(self, words: Phrasebook) -> Iterator[str]:
        """What it looked at in words. What is not known is not said, and neither is a telling at once."""
        for name, value in self.looked_at.items():
            at_once = name == "told" and value == self.looked_at.get("happened")
            if value is not None and not at_once:
                own = f"looked.{name}.said"
                key = own if own in words.words and value != () else "looked.said"
                yield words.sentence(key, name=words.name("looked", name), value=_value_in(words, name, value))


def _verb(verb: str, words: Phrasebook) -> str:
    of, _, name = verb.rpartition(".")
    return words.verb(name, of=of)


_NAMED: Final = {"state": "state", "event": "occurrence", "signatory": "capacity"}
"""What is worded by names of a kind, though it is data of programs."""


def _value_in(words: Phrasebook, name: str, value: object) -> object:
    if isinstance(value, bool):
        return words.name("answer", Answer.YES if value else Answer.NO)
    if value == ():
        return words.sentence("looked.nothing")
    if name in _NAMED and f"{_NAMED[name]}.{value}" in words.words:
        return words.name(_NAMED[name], str(value))
    return value


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
        cause = "" if self.refusal is None else _refused(self.refusal, words)
        head = words.sentence(verdict, verb=_verb(self.verb, words), refusal=cause)
        return "\n".join((head, *(f"- {it.render(words)}" for it in self.asked)))


def _refused(refusal: TeleproceduresError, words: Phrasebook) -> str:
    if not isinstance(refusal, InvalidFormError):
        return words.sentence(refusal.code, **refusal.facts)
    # Each problem in these words, on the line of the verdict: the lines below it are the questions.
    return "; ".join(words.sentence(it.code, **it.facts) for it in refusal.problems)


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

    def skip(self, question: str, rules: tuple[str, ...], looked_at: Mapping[str, object] | None = None) -> None:
        """Name a question that is not asked, because the answer of another one was enough."""
        it = Asked(question=question, answer=Answer.NOT_ASKED, rules=rules, looked_at=looked_at or {})
        self.asked.append(it)

    def explanation(self, refusal: TeleproceduresError | None = None) -> Explanation:
        """The explanation, with this refusal where none of the questions refused."""
        refusal = self.refusal if self.refusal is not None else refusal
        return Explanation(verb=self.verb, asked=tuple(self.asked), refusal=refusal)


def looked_at(
    guard: Callable[..., object], case: object, at: datetime, given: Mapping[str, object]
) -> dict[str, object]:
    """What a guard looks at in a case at this instant (UTC), each value by its name; what is given is below `given`."""
    paths: tuple[str, ...] = getattr(guard, _LOOKS_AT, ())
    shows: Mapping[str, Callable[[Any, datetime], object]] = getattr(guard, _SHOWS, {})
    tried = {
        _name(path): _value(path.rpartition("given.")[2], SimpleNamespace(**given)) for path in paths if _GIVEN in path
    }
    found = values_at((path for path in paths if _GIVEN not in path), case)
    return tried | found | {name: shown(show(case, at)) for name, show in shows.items()}


_GIVEN: Final = "given."


def values_at(paths: Iterable[str], given: object) -> dict[str, object]:
    """What stands at these paths in something, each by its last name or by the one before it: `requested=origin.at`.

    A case is told by where it stands, and an account is masked. What is not there yet is None.
    """
    return {_name(path): _value(path.rpartition("=")[2], given) for path in paths}


def _name(path: str) -> str:
    named, _, path = path.rpartition("=")
    return named or path.rpartition(".")[2]


def _value(path: str, given: object) -> object:
    days: dict[datetime, date] = {}
    for name in path.split("."):
        days |= {at: day for at, day in getattr(given, "days_told", {}).items() if day is not None}
        given = getattr(given, name, None)
    if isinstance(given, datetime):
        # Nobody is shown an hour that was not told (A22).
        return days.get(given) or given
    return shown(given)


def shown(value: Any) -> object:
    """A value as an explanation shows it: of a case where it stands, and of an account what is not masked."""
    if isinstance(value, tuple):
        return tuple(map(shown, value))
    if isinstance(value, BankAccount):
        return value.masked
    return f"{value.table.name}.{value.stage}" if hasattr(value, "stage") else value


def rules_in(case: Snapshot, guard: Callable[..., object]) -> tuple[str, ...]:
    """The rules that a guard stands for in this case, those of its time limit by their ids."""
    return named_in(case, rules_of(guard))


def named_in(case: Snapshot, rules: tuple[str, ...]) -> tuple[str, ...]:
    """These rules by their ids, with those of the time limit that the case has for `PAST` and `LIMIT`."""
    limit = None if case.table.limit is None else case.rulebook.limits.get(case.table.limit)
    own = {STATE: case.table.cites(case.stage)}
    own |= {} if limit is None else {PAST: limit.past, LIMIT: limit.rule}
    return tuple(own.get(rule, rule) for rule in rules)
