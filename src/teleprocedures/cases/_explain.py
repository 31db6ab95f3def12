"""Why a verb of a case, or what opens one, is possible or is not: every question in its order.

The guards of a verb say themselves what they stand for (`core`). An opening has no guards: it judges step by step, and
its refusal says at which step. So the opening is made, its questions are named in their order, and the code of the
refusal says which of them was answered with no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from inspect import signature
from typing import Final, TypeAlias

from teleprocedures.cases._adhesion import Adhesion
from teleprocedures.cases._case import Case
from teleprocedures.cases._mandate import Mandate
from teleprocedures.cases._space import Space
from teleprocedures.core import Explanation, Questions
from teleprocedures.core import explain as explain_verb
from teleprocedures.errors import InvalidFormError, TeleproceduresError
from teleprocedures.values import hidden

Question: TypeAlias = tuple[str, tuple[str, ...], frozenset[str]]
"""A question by its name, the rules that it stands for, and the codes of the refusals that answer it with no."""


def question(name: str, rules: str, *codes: str) -> Question:
    """A question by its name, with its rules, spaces between, and the codes of the refusals that say no."""
    return name, tuple(rules.split()), frozenset(codes)


_TIMES: Final = question("told_in_order", "A14", "order.future", "instant.naive", "instant.malformed")
_SPACE: Final = question("space_is_active", "1.12", "space.not_active", "order.before_fact")
_SERVICES: Final = question("services_are_known", "2.4", "service.not_in_catalogue")
_RENEWS: Final = question("renews_another", "A16", "renews.not_allowed", "case_id.malformed")
_NO_OTHER: Final = question("has_no_other_mandate", "A8", "mandate.repeated")
_DAYS: Final = question("days_are_possible", "A19", "day.not_allowed")
OF_FORMS: Final = (
    question("services_are_chosen", "2.4", "services.missing"),
    question("file_number_opens_them", "2.3", "services.not_allowed"),
)
"""What a form of services that are there already is asked when it is made (A19), by the codes of its problems."""

OPENINGS: Final[Mapping[tuple[type[Case], str], tuple[Question, ...]]] = {
    (Space, "create"): (_TIMES,),
    (Adhesion, "request"): (_TIMES, _SPACE, _RENEWS, _SERVICES),
    (Mandate, "issue"): (
        _TIMES,
        question("follows_its_fact", "A14", "order.before_fact", "order.before_telling"),
        question("request_is_live", "2.11 3.4", "mandate.request_over"),
        question("needs_a_mandate", "2.14", "mandate.not_needed"),
        question("account_is_declared", "2.13", "mandate.account_unknown"),
        _NO_OTHER,
    ),
    (Space, "take_over"): (_TIMES, _DAYS),
    (Adhesion, "take_over"): (
        _SPACE,
        _TIMES,
        *OF_FORMS,
        _SERVICES,
        _DAYS,
        question("held_or_awaited", "A19", "taken_over.held_and_awaited"),
    ),
    (Mandate, "take_over"): (_SPACE, _TIMES, _DAYS, _NO_OTHER),
}
"""What is asked, in order, of each opening that is explained."""


def explain(
    case: Case | type[Case],
    verb: str,
    *,
    at: datetime | date,
    recorded_at: datetime | None = None,
    **given: object,
) -> Explanation:
    """Tell why a verb of a case is possible at this instant or day, or is not, with every question that is asked.

    What the verb would be given (`code`, `space`, `signatory` …) is given by name, as for `Case.refusal`. A question
    for which something is left out is not asked. Of what opens a case, the kind is given in its place:
    `explain(Adhesion, "request", space=…, form=…, at=…)`.

    Raises `InvalidValueError` for a naive instant. Raises `ValueError` for what is no verb of this kind of case, and
    for what does not open one. Raises `TypeError` for something that the verb does not take.
    """
    given = hidden(given, ("code", "token"))
    if isinstance(case, Case):
        return explain_verb(case, verb, at, recorded_at, given)
    questions = OPENINGS.get((case, verb))
    if questions is None:
        expected = ", ".join(f"{kind.__name__}.{name}" for kind, name in OPENINGS)
        message = f"{verb!r} opens no case of {case.__name__}: expected one of {expected}"
        raise ValueError(message)
    opens: Callable[..., object] = getattr(case, verb)
    needed = {name: value for name, value in _IN_PASSING.items() if name in signature(opens).parameters}
    telling = {} if recorded_at is None else {"recorded_at": recorded_at}
    return ordered(f"{case.kind}.{verb}", questions, lambda: opens(at=at, **needed | telling | given))


_IN_PASSING: Final = {
    "id": "explained",
    "source": "explained",
    "reference": "EXPLAINED",
    "password_hash": "explained",
    "answer_hash": "explained",
}
"""What an opening needs and nothing is judged by."""


def ordered(verb: str, questions: tuple[Question, ...], attempt: Callable[[], object]) -> Explanation:
    """The questions of something that judges in this order, by the code of its refusal.

    A refusal of none of these questions is of what was given, before any of them.
    """
    found = Questions(verb)
    refusal: TeleproceduresError | None = None
    try:
        attempt()
    except TeleproceduresError as error:
        refusal = error
    if refusal is not None and not any(denies(refusal, it) for it in questions):
        found.ask("is_well_formed", (), _answer(refusal))
    for it in questions:
        name, rules, _ = it
        found.ask(name, rules, _answer(refusal if denies(refusal, it) else None))
    return found.explanation()


def denies(refusal: TeleproceduresError | None, question: Question) -> bool:
    """Whether a refusal answers a question with no: by its own code, or by that of a problem of the form."""
    if refusal is None:
        return False
    problems = refusal.problems if isinstance(refusal, InvalidFormError) else ()
    return not question[2].isdisjoint((refusal.code, *(it.code for it in problems)))


def _answer(refusal: TeleproceduresError | None) -> Callable[[], bool]:
    def judge() -> bool:
        if refusal is not None:
            raise refusal
        return True

    return judge
