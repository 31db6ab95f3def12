"""A case that was taken over goes on like one that was followed, once the same is known of both (A19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teleprocedures import HELD_ELSEWHERE, Adhesion, Applicant, Case, Mandate, RefusedError, Space
from teleprocedures.testing import adhesion_form, strategies
from tests.builders import FRENCH_IBAN, GERMAN_IBAN, opened
from tests.instants import DAY, PARIS, START, TICK

pytestmark = pytest.mark.rule("A19")
SPACE = opened(at=START)
LATER = st.timedeltas(timedelta(0), timedelta(days=40)).map(lambda it: it // DAY * DAY)
PAYING = {"organisation": "552100554", "services": ["payer-tva"], "bank_accounts": [FRENCH_IBAN]}
SOURCE = "the portal's list of services"
Pair = tuple[Any, Any]


def day_of(at: datetime) -> date:
    """The day that clocks in Paris read."""
    return at.astimezone(PARIS).date()


def held(asked: date, entered: date, told: datetime) -> Pair:
    """Services whose code was entered on a day, and the same ones, held since that day."""
    followed = Adhesion.request(SPACE, adhesion_form(**PAYING), id="one", at=asked, recorded_at=told).case
    followed = followed.activate(HELD_ELSEWHERE, space=SPACE, at=entered, recorded_at=told).case
    seen = {"seen": day_of(told), "source": SOURCE, "at": told}
    return followed, Adhesion.take_over(SPACE, **PAYING, id="one", since=entered, **seen).case


def awaited(asked: date, edited: date | None, told: datetime) -> Pair:
    """A request of a day whose letter bears a day, if that is known, followed and taken over."""
    followed = Adhesion.request(SPACE, adhesion_form(**PAYING), id="one", at=asked, recorded_at=told).case
    if edited is not None:
        followed = followed.record_letter(edited, at=told).case
    seen = {"seen": day_of(told), "source": SOURCE, "at": told}
    under_way = Adhesion.take_over(SPACE, **PAYING, id="one", requested=asked, letter=edited, **seen)
    return followed, under_way.case


def registered(asked: date, used: date | None, told: datetime) -> Pair:
    """A mandate registered on a day and used on another, followed and taken over with its last use known."""
    request = Adhesion.request(SPACE, adhesion_form(**PAYING), id="request-1", at=asked, recorded_at=told).case
    followed = Mandate.issue(request, FRENCH_IBAN, id="one", reference="RUM-1", at=asked, recorded_at=told).case
    followed = followed.sign(Applicant.REPRESENTATIVE, at=asked, recorded_at=told).case
    followed = followed.send(at=asked, recorded_at=told).case.register(at=asked, recorded_at=told).case
    followed = followed.record_collection(at=used or asked, recorded_at=told).case
    known = {"organisation": "552100554", "account": FRENCH_IBAN, "reference": "RUM-1", "source": SOURCE}
    seen = {"registered": asked, "last_collected": used or asked, "seen": day_of(told), "at": told}
    return followed, Mandate.take_over(SPACE, **known, id="one", **seen).case


def stands(case: Any, at: datetime) -> tuple[object, ...]:
    """Where a case stands, and what is to be done by when."""
    limit = case.deadline
    ends = None if limit is None else (limit.safe_until, limit.closes, limit.estimated, limit.reminders)
    steps = [(it.actor, it.action, it.by, it.closes, it.estimated, it.rule.id) for it in case.next_steps(at=at)]
    return case.stage, ends, case.due_at, case.is_over(at), case.has_lapsed, case.possible(at=at), steps


def tried(case: Case, verb: str, given: dict[str, Any], at: datetime | date, told: datetime) -> Any:
    """The case that a verb makes, or the code of its refusal."""
    try:
        return getattr(case, verb)(**given, at=at, recorded_at=told).case
    except RefusedError as refusal:
        return refusal.code


VERBS: dict[str, Callable[[datetime], dict[str, Any]]] = {
    "activate": lambda _: {"code": HELD_ELSEWHERE, "space": SPACE},
    "record_letter": lambda told: {"edited": day_of(told)},
    "declare_account": lambda _: {"account": GERMAN_IBAN},
    "record_collection": lambda _: {},
    "remind": lambda _: {},
    "lapse": lambda _: {},
    "close": lambda _: {"reason": "client_left"},
    "reopen": lambda _: {},
}


@settings(max_examples=80, deadline=None)
@given(st.data(), st.sampled_from((held, awaited, registered)), st.tuples(LATER, LATER, LATER))
def test_it_goes_on_alike(
    data: st.DataObject, begin: Callable[..., Pair], waits: tuple[timedelta, timedelta, timedelta]
) -> None:
    """Whatever is told of both, at once, late or by its day, both take it or refuse it alike, and stand alike."""
    first, second, third = waits
    asked, told = START + DAY + first, START + 2 * DAY + first + second + third
    other = day_of(asked + second)
    known = data.draw(st.sampled_from((other, None))) if begin is not held else other
    one, two = begin(day_of(asked), known, told)
    for _ in range(5):
        limit = one.time_limit
        edges = [told] if limit is None else [told, limit.safe_until, limit.closes, limit.lapses_at, *limit.reminders]
        told = max(told, data.draw(strategies.around(*edges)))
        assert stands(one, told) == stands(two, told)
        verb = data.draw(st.sampled_from([it for it in VERBS if hasattr(one, it)]))
        # What came before is known of the one that was followed only.
        past = [at for at in (*edges, told - DAY, told - TICK) if START + 2 * DAY + first + second <= at <= told]
        at = data.draw(st.sampled_from([told, *past, *(day_of(it) for it in past)]))
        given = VERBS[verb](told)
        made, also = tried(one, verb, given, at, told), tried(two, verb, given, at, told)
        if isinstance(made, str) or isinstance(also, str):
            assert made == also, (verb, at, told)
        else:
            one, two = made, also
    assert isinstance(SPACE, Space)
    assert stands(one, told) == stands(two, told)
