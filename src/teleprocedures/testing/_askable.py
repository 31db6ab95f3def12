"""Which rules the verbs of a host ask: those of the guards and states of the tables, as far as its verbs lead.

How it works. A case can stand wherever an opener of the host's begins, and wherever its verbs lead on from there. In
each such place the tables say what a verb asks: the rule that the state cites, and those that the guards of its rows
stand for. What follows from an opening by itself needs no verb. Nobody lists rules by hand, so that a row or a guard
that is added to a table is asked for at once.

What opens a case, a form and a payment have no guards. What is asked of them, the questions say by which they are
explained.

A row that only what is held elsewhere goes through is for cases that were taken over: all other codes are sent here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from teleprocedures.cases import OF_FORMS, OPENINGS, Adhesion, Case, Question, Space, denies
from teleprocedures.core import ANYWHERE, LIMIT, PAST, AnyTable, Lapse, held_elsewhere, rules_of
from teleprocedures.errors import InvalidFormError, TeleproceduresError
from teleprocedures.forms import AdhesionForm
from teleprocedures.portfolio import PAYMENT_QUESTIONS
from teleprocedures.rulebook import Rulebook
from teleprocedures.testing._hosts import named
from teleprocedures.testing._makers import filled_in
from teleprocedures.testing._openers import Opener, openers, openers_of
from teleprocedures.testing._play import WITHDRAW
from teleprocedures.testing._walk import AnyRow, entered, table_of, verbs_of

_WITHDRAWN = "A20"
"""The rule of a fact that is withdrawn, which no table has."""


class Place(NamedTuple):
    """Where a case can stand: a stage, with its codes held elsewhere or here."""

    kind: type[Case]
    stage: StrEnum
    held: bool


def rules_to_ask(verbs: Callable[[str], bool], rulebook: Rulebook) -> frozenset[str]:
    """The ids of the rules that the verbs of a host ask, by the names that a host has for them."""
    found = places(verbs, rulebook)
    rules = {rule for place in found for rule in _rules_at(place, verbs, rulebook)}
    opened = (OPENED[it.verb] for it in openers() if it.verb in OPENED and _can_open(it, verbs, found))
    rules.update(rule for questions in opened for rule in rules_asked(questions))
    if verbs("may_request") and any(it.kind is Space for it in found):
        rules.update(rule for fields in filled_in() for rule in broken_by(fields, rulebook))
    if verbs("may_pay") and any(it.kind is Adhesion for it in found):
        rules.update((*rules_asked(PAYMENT_QUESTIONS), NO_MANDATE))
    return frozenset(rules)


OPENED: Final = {
    opener.verb: tuple(it for it in questions if it not in OF_FORMS)
    for (kind, verb), questions in OPENINGS.items()
    for opener in openers_of(kind)
    if opener.verb.startswith(f"{verb}_")
}
"""What is asked of each opening, by its name; what a form is asked when it is made, no host is."""
NO_MANDATE: Final = "2.21"
"""The rule of what is paid without a mandate, instead of those of the last question about a payment."""


def rules_asked(questions: Iterable[Question], refusal: TeleproceduresError | None = None) -> Iterator[str]:
    """The rules of these questions in their order, up to the one that a refusal answers with no."""
    for question in questions:
        yield from question.rules
        if denies(refusal, question):
            return


def broken_by(fields: Mapping[str, object], rulebook: Rulebook) -> tuple[str, ...]:
    """The rules that a form breaks as it was filled in; none where it is accepted."""
    try:
        AdhesionForm.from_mapping(fields, catalogue=rulebook.catalogue)
    except InvalidFormError as error:
        return tuple(problem.rule.id for problem in error.problems if problem.rule is not None)
    return ()


def places(verbs: Callable[[str], bool], rulebook: Rulebook) -> tuple[Place, ...]:
    """Everywhere that these verbs of a host lead."""
    found: dict[Place, None] = {}
    before = -1
    while before < len(found):
        before = len(found)
        found |= dict.fromkeys(place for it in openers() for place in _opened(it, verbs, tuple(found)))
        found |= dict.fromkeys(place for it in tuple(found) for place in _led(it, verbs, rulebook))
    return tuple(found)


def _opened(opener: Opener, verbs: Callable[[str], bool], found: tuple[Place, ...]) -> Iterator[Place]:
    if _can_open(opener, verbs, found):
        yield Place(opener.kind, opener.first, held=opener.begins is not None)


def _can_open(opener: Opener, verbs: Callable[[str], bool], found: tuple[Place, ...]) -> bool:
    of = opener.of
    possible = of is None or any(it.kind is of and it.stage in (opener.stages or (it.stage,)) for it in found)
    return possible and verbs(named("" if of is None else of.kind, opener.verb))


def _led(place: Place, verbs: Callable[[str], bool], rulebook: Rulebook) -> Iterator[Place]:
    table = table_of(place.kind, place.stage)
    for row in table.rows:
        if row.source is place.stage and _passes(row, place, verbs) and _runs(row, table, rulebook):
            yield place._replace(stage=entered(table, row))


def _passes(row: AnyRow, place: Place, verbs: Callable[[str], bool]) -> bool:
    can = not hasattr(place.kind, row.trigger) or verbs(named(place.kind.kind, row.trigger))
    return can and (place.held or held_elsewhere not in row.guards)


def _runs(row: AnyRow, table: AnyTable, rulebook: Rulebook) -> bool:
    """Whether what the clock decides comes at all: where the rulebook sets no time limit, nothing lapses."""
    return row.makes is None or not issubclass(row.makes, Lapse) or table.limit in rulebook.limits


def _rules_at(place: Place, verbs: Callable[[str], bool], rulebook: Rulebook) -> Iterator[str]:
    table = table_of(place.kind, place.stage)
    limit = None if table.limit is None else rulebook.limits.get(table.limit)
    own = {} if limit is None else {PAST: limit.past, LIMIT: limit.rule}
    for verb in (*verbs_of(place.kind), *ANYWHERE):
        if verbs(named(place.kind.kind, verb)):
            yield table.cites(place.stage)
            for turn in table.turns(place.stage, verb):
                guards = [guard.function for guard in turn.guards]
                # This one says no, and those after it are not asked.
                if held_elsewhere in guards and not place.held:
                    guards = guards[: guards.index(held_elsewhere) + 1]
                yield from (own[it] if it in {PAST, LIMIT} else it for guard in guards for it in rules_of(guard))
    if verbs(named(place.kind.kind, WITHDRAW)):
        yield _WITHDRAWN
