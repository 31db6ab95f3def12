"""Why a verb of a case, or what opens one, is possible or is not: every question in its order.

The guards of a verb say themselves what they stand for (`core`). An opening has no guards: it judges step by step, and
its refusal says at which step. So the opening is made, its questions are named in their order, and the code of the
refusal says which of them was answered with no. A withdrawal of a fact is explained in the same way (A20).

What a question looks at is data of it, as it is of a guard: paths of what was given, read as the opening reads it. What
nobody gave, or cannot be read, is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from inspect import signature
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from teleprocedures.cases._activation import the_request
from teleprocedures.cases._adhesion import Adhesion
from teleprocedures.cases._case import Case
from teleprocedures.cases._history import what_is_withdrawn, withdraw
from teleprocedures.cases._mandate import Mandate, of_account
from teleprocedures.cases._space import Space
from teleprocedures.core import EVER, Event, Explanation, Questions, values_at
from teleprocedures.core import explain as explain_verb
from teleprocedures.deadlines import instant
from teleprocedures.errors import InvalidFormError, TeleproceduresError, excerpt
from teleprocedures.forms import AdhesionForm, Applicant
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook, Service
from teleprocedures.values import BankAccount, PersonName, hidden, read_as
from teleprocedures.values import organisation as to_organisation


class Question(NamedTuple):
    """A question by its name: its rules, the codes of the refusals that say no, and the paths that it looks at."""

    name: str
    rules: tuple[str, ...]
    codes: frozenset[str]
    looks_at: tuple[str, ...]


def question(name: str, rules: str, *codes: str, looks_at: str) -> Question:
    """A question by its name, with its rules and the paths that it looks at, spaces between, as `stands_for` has them.

    The codes are those of the refusals that say no.
    """
    return Question(name, tuple(rules.split()), frozenset(codes), tuple(looks_at.split()))


_TIMES: Final = question("is_not_to_come", "A14", "order.future", looks_at="happened=at told=recorded_at")
_SPACE: Final = question("space_is_active", "1.12", "space.not_active", looks_at="state=space")
_NO_OTHER: Final = question(
    "has_no_other_mandate",
    "A8",
    "mandate.repeated",
    looks_at="account state=mandate closed=mandate.is_closed closes=mandate.time_limit.closes",
)
OF_FORMS: Final = (
    question("services_are_chosen", "2.4", "services.missing", looks_at="services"),
    question("file_number_opens_them", "2.3", "services.not_allowed", looks_at="organisation services"),
)
"""What a form of services that are there already is asked when it is made (A19), by the codes of its problems."""


def _days(names: str) -> Question:
    return question("days_are_possible", "A19", "day.not_allowed", looks_at=names)


def _services(path: str) -> Question:
    return question(
        "services_are_known", "2.4", "service.not_in_catalogue", looks_at=f"{path} rulebook=rulebook.version"
    )


OPENINGS: Final[Mapping[tuple[type[Case], str], tuple[Question, ...]]] = {
    (Space, "create"): (_TIMES,),
    (Adhesion, "request"): (
        _SPACE,
        _TIMES,
        question("follows_its_fact", "A14 1.12", "order.before_fact", looks_at="happened=at follows"),
        question("renews_another", "A16", "renews.not_allowed", "case_id.malformed", looks_at="renews"),
        _services("form.services"),
    ),
    (Mandate, "issue"): (
        _TIMES,
        question("follows_its_fact", "A14", "order.before_fact", looks_at="happened=at follows"),
        question(
            "request_is_live",
            "2.11 3.4",
            "mandate.request_over",
            looks_at="state=adhesion closes=runs_until",
        ),
        question("needs_a_mandate", "2.14", "mandate.not_needed", looks_at="adhesion.services"),
        question("account_is_declared", "2.13", "mandate.account_unknown", looks_at="account adhesion.accounts"),
        _NO_OTHER,
    ),
    (Space, "take_over"): (_TIMES, _days("seen")),
    (Adhesion, "take_over"): (
        _SPACE,
        _TIMES,
        *OF_FORMS,
        _services("services"),
        _days("seen since requested letter"),
        question(
            "held_or_awaited",
            "A19",
            "taken_over.held_and_awaited",
            looks_at="since requested letter under_way",
        ),
    ),
    (Mandate, "take_over"): (_SPACE, _TIMES, _days("seen registered last_collected"), _NO_OTHER),
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
    `explain(Adhesion, "request", space=…, form=…, at=…)`. A renewal is asked what it asks as a request, too.

    Raises `InvalidValueError` for a naive instant. Raises `ValueError` for what is no verb of this kind of case, and
    for what does not open one. Raises `TypeError` for something that the verb does not take.
    """
    given = hidden(given, ("code", "token"))
    check_instants(at, recorded_at)
    if isinstance(case, Case):
        if isinstance(case, Adhesion) and verb == "renew":
            return _renewal(case, at, recorded_at, given)
        return explain_verb(case, verb, at, recorded_at, given, tried=_tried(given))
    questions = OPENINGS.get((case, verb))
    if questions is None:
        expected = ", ".join(f"{kind.__name__}.{name}" for kind, name in OPENINGS)
        message = f"{verb!r} opens no case of {case.__name__}: expected one of {expected}"
        raise ValueError(message)
    opens: Callable[..., object] = getattr(case, verb)
    needed = {name: value for name, value in _IN_PASSING.items() if name in signature(opens).parameters}
    telling = {} if recorded_at is None else {"recorded_at": recorded_at}
    given = {name: kept(it) if name in _SEVERAL else it for name, it in given.items()}
    known = {name: it.default for name, it in signature(opens).parameters.items() if it.default is not it.empty}
    return ordered(
        f"{case.kind}.{verb}",
        questions,
        lambda: opens(at=at, **needed | telling | given),
        _as_read(known | {"at": at, "recorded_at": recorded_at} | given),
    )


RENEWAL_QUESTIONS: Final = (
    question("is_of_the_company", "A16", "renews.other_company", looks_at="organisation asks_for=form.organisation"),
    question(
        "form_is_complete",
        "2.7 2.13",
        *("form.refused", "form.invalid", "argument.wrong_type"),
        looks_at="services=asked accounts",
    ),
    *(it for it in OPENINGS[Adhesion, "request"] if it.name in {"renews_another", "services_are_known"}),
)
"""What is asked of a renewal as a new request, in order, after what is asked of the request that it renews (A16)."""


def _renewal(
    case: Adhesion, at: datetime | date, recorded_at: datetime | None, given: dict[str, object]
) -> Explanation:
    """Whether a request can be renewed, by its rows, and then whether what is asked for anew can be."""
    anew = {name: given.pop(name) for name in ("form", "rulebook") if name in given}
    told = explain_verb(case, "renew", at, recorded_at, given, tried=_tried(given))
    form, rulebook = anew.get("form"), anew.get("rulebook", EXPERT_2024_04_03)
    asks = form if isinstance(form, AdhesionForm) else case.origin.form
    opening = ordered(
        told.verb,
        RENEWAL_QUESTIONS,
        lambda: case.renew(at=at, recorded_at=recorded_at, id=_IN_PASSING["id"], **given | anew),  # type: ignore[arg-type]
        {
            "organisation": case.organisation,
            "form": asks,
            "asked": asks.services,
            "accounts": case.accounts if form is None else asks.bank_accounts,
            "renews": case.id,
            "rulebook": rulebook,
        },
        # Without a space nothing is asked for, and after a refusal nothing else is.
        asks=told.refusal is None and "space" in given,
    )
    return Explanation(verb=told.verb, asked=(*told.asked, *opening.asked), refusal=told.refusal or opening.refusal)


def check_instants(*instants: datetime | date | None) -> None:
    """Raise `InvalidValueError` for a naive instant, which nobody can place."""
    for it in instants:
        if isinstance(it, datetime):
            instant(it)


def _tried(given: Mapping[str, object]) -> dict[str, object]:
    """What a verb is given, as its questions look at it; codes are not."""
    return {name: _read(name, it) for name, it in given.items() if name in _READ}


_IN_PASSING: Final = {
    "id": "explained",
    "source": "explained",
    "reference": "EXPLAINED",
    "password_hash": "explained",
    "answer_hash": "explained",
}
"""What an opening needs and nothing is judged by."""
_SEVERAL: Final = frozenset(("mandates", "services", "bank_accounts"))
"""What an opening takes several of."""


def kept(given: object) -> Any:
    """What can be passed over once, as a tuple, since it is looked at and judged; anything else as it is."""
    return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else given


def _kind(kind: type) -> Callable[[object], object]:
    """What reads a value of this kind; another one is None, as nobody knows what is in it."""
    return lambda given: given if isinstance(given, kind) else None


_READ: Final[Mapping[str, Callable[[Any], object]]] = {
    "space": _kind(Space),
    "adhesion": _kind(Adhesion),
    "form": _kind(AdhesionForm),
    "rulebook": _kind(Rulebook),
    "under_way": _kind(bool),
    "account": lambda given: read_as(BankAccount, given),
    "organisation": to_organisation,
    "signatory": lambda given: given if isinstance(given, Applicant) else read_as(PersonName, given),
    "renews": lambda given: _code(given) if isinstance(given, str) else None,
    "services": lambda given: tuple(
        it if isinstance(it, Service) else _code(str(it)) for it in ((given,) if isinstance(given, str) else given)
    ),
    **dict.fromkeys(
        ("at", "recorded_at", "edited", "seen", "since", "requested", "letter", "registered", "last_collected"),
        _kind(date),
    ),
}
"""How what an opening is given is read, by its name; what else it is given is not looked at."""


def _code(given: str) -> str | None:
    """A code or an id as it may be shown: what was put there by mistake may be an address, and is nobody's to see."""
    return None if "@" in given else excerpt(given)


def _as_read(given: Mapping[str, object]) -> dict[str, object]:
    """The values that the questions of an opening look at, each as the opening itself reads what it is given.

    Two of them are found here: when the request was made, and the mandate that the account has already.
    """
    read = {name: _read(name, it) for name, it in given.items() if name in _READ}
    read["recorded_at"] = read["recorded_at"] or read["at"]
    adhesion = read.get("adhesion")
    space = read.get("space")
    if isinstance(adhesion, Adhesion):
        read |= {"follows": _fact(adhesion, the_request(adhesion)), "runs_until": _runs_until(adhesion)}
    if isinstance(space, Space):
        read["follows"] = _fact(space, space.followed)
    return read | {"mandate": _mandate(given, read)}


def _fact(case: Case, at: datetime) -> datetime | date | None:
    """A fact as it is shown: None where nobody knows it, and no hour that was not told."""
    return None if at == EVER else case.days_told.get(at) or at


def _runs_until(case: Case) -> datetime | None:
    """The last instant of the time limit, which is looked at only while it runs."""
    # Of a closed case too: on the portal it runs on (A21).
    limit = case.time_limit if case.stage in case.table.running else None
    return None if limit is None else limit.closes


def _read(name: str, given: Any) -> object:
    try:
        return None if given is None else _READ[name](given)
    except (TeleproceduresError, TypeError):
        # What it cannot be read as, its refusal says.
        return None


def _mandate(given: Mapping[str, object], read: Mapping[str, object]) -> Mandate | None:
    adhesion = read.get("adhesion")
    company = adhesion.organisation if isinstance(adhesion, Adhesion) else read.get("organisation")
    mandates = given.get("mandates")
    known = mandates if isinstance(mandates, tuple) else ()
    return of_account((it for it in known if isinstance(it, Mandate)), company, read.get("account"))


def explain_withdrawal(
    events: Iterable[Event],
    version: int,
    *,
    at: datetime | date,
    recorded_at: datetime | None = None,
    reason: str = "explained",
) -> Explanation:
    """Tell why the fact of this version can be withdrawn at this instant or day, or cannot, with all that is asked.

    It takes what `withdraw` takes, and its refusal is what `withdraw` raises (A20). Nothing is judged by the `reason`
    but that it is a text.
    """
    check_instants(at, recorded_at)
    history = kept(events)
    times = {name: _read(name, it) for name, it in (("at", at), ("recorded_at", recorded_at))}
    times["recorded_at"] = times["recorded_at"] or times["at"]
    try:
        known = what_is_withdrawn(history, version)
    except TeleproceduresError:
        # There is no such fact to look at.
        known = {}
    return ordered(
        "case.withdraw",
        WITHDRAWAL_QUESTIONS,
        lambda: withdraw(history, version, reason=reason, at=at, recorded_at=recorded_at),
        times | known,
    )


WITHDRAWAL_QUESTIONS: Final = (
    question("is_no_opening", "A20", "withdrawal.opening", looks_at="event=fact.kind fact.version"),
    question("somebody_told_it", "A20", "withdrawal.clock", looks_at="event=fact.kind fact.version"),
    question("is_no_withdrawal", "A20", "withdrawal.withdrawal", looks_at="event=fact.kind fact.version"),
    question("stands", "A20", "withdrawal.repeated", looks_at="withdrawn_by"),
    _TIMES,
    question("follows_its_fact", "A14", "order.before_fact", looks_at="happened=at fact_told=fact.recorded_at"),
    question("told_in_order", "A14", "order.before_telling", looks_at="told=recorded_at case.recorded_at"),
    question("nothing_relies_on_it", "A20", "withdrawal.relied_on", looks_at="later"),
)
"""What is asked of a withdrawal, in order."""


def ordered(
    verb: str,
    questions: tuple[Question, ...],
    attempt: Callable[[], object],
    given: Mapping[str, object],
    *,
    asks: bool = True,
) -> Explanation:
    """The questions of something that judges in this order, by the code of its refusal; they look at what is given.

    Where nothing `asks`, they are named and not asked. A refusal of none of these questions is of what was given,
    before any of them.
    """
    found = Questions(verb)
    refusal: TeleproceduresError | None = None
    try:
        if asks:
            attempt()
    except TeleproceduresError as error:
        refusal = error
    if refusal is not None and not any(denies(refusal, it) for it in questions):
        found.ask("is_well_formed", (), _answer(refusal))
    for it in questions:
        looked_at = values_at(it.looks_at, SimpleNamespace(**given))
        if not asks:
            found.skip(it.name, it.rules, looked_at)
            continue
        found.ask(it.name, it.rules, _answer(refusal if denies(refusal, it) else None), looked_at)
    return found.explanation()


def denies(refusal: TeleproceduresError | None, question: Question) -> bool:
    """Whether a refusal answers a question with no: by its own code, or by that of a problem of the form."""
    if refusal is None:
        return False
    problems = refusal.problems if isinstance(refusal, InvalidFormError) else ()
    return not question.codes.isdisjoint((refusal.code, *(it.code for it in problems)))


def _answer(refusal: TeleproceduresError | None) -> Callable[[], bool]:
    def judge() -> bool:
        if refusal is not None:
            raise refusal
        return True

    return judge
