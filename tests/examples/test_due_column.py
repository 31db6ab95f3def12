"""The example of a column of `due_at` beside cases in memory: it finds what a sweep over all of them finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

pytest.importorskip("numpy", reason="the column is not tested: NumPy is not installed (group cluster)")

from due_column import DueColumn

from teleprocedures import HELD_ELSEWHERE, Case, HeldElsewhere, Portal, Space, Sweep
from teleprocedures.codec import dumps, loads
from teleprocedures.testing import ManualClock, PlainHasher, RecordingNotifier, adhesion_form, space_form

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def cases(count: int) -> list[Case]:
    """Spaces, pending, active or lapsed, and requests, one an hour, each with an id of its own."""
    clock = ManualClock(NOON)
    portal = Portal(clock=clock, codes=HeldElsewhere(), notifier=RecordingNotifier(), hasher=PlainHasher())
    form, made = adhesion_form(services=["messagerie"], company_email="a@exemple.fr"), []
    for place in range(count):
        space = portal.create_space(space_form())
        active = portal.activate_space(space, HELD_ELSEWHERE)
        made.append((space, active, portal.request_adhesion(active, form))[place % 3])
        clock.advance(timedelta(hours=1))
    return [loads(dumps(case).replace(case.id.encode(), b"case-%d" % place)) for place, case in enumerate(made)]


def test_days_of_changes_and_nights_are_those_of_sweeps_over_all() -> None:
    """Cases are added, change and are decided on for ten days: each night finds what a sweep over all of them finds."""
    random, waiting = Random(9), cases(240)
    portfolio, beside = DueColumn(waiting[:100]), waiting[:100]
    for day in range(10):
        for case in waiting[100 + 14 * day : 114 + 14 * day]:
            beside.append(case)

            assert len(beside) - 1 == portfolio.add(case)
        at = NOON + timedelta(hours=24 * day)
        for place in random.sample(range(len(beside)), 10):
            case = beside[place]
            if isinstance(case, Space) and case.refusal("activate", at=at) is None:
                beside[place] = case.activate(HELD_ELSEWHERE, at=at).case
                portfolio.put(place, beside[place])
        night = at + timedelta(hours=14)
        sweep, decided = Sweep(at=night), list(portfolio.decide(Sweep(at=night)))
        places = {case.id: place for place, case in enumerate(beside)}

        assert list(sweep.over(beside)) == decided

        for decision in decided:
            beside[places[decision.case.id]] = decision.case

        assert [] == portfolio.due(night)
        assert beside == [portfolio[place] for place in range(len(portfolio))]


def test_what_cannot_be_decided_stays_due() -> None:
    """A sweep that is before what a case says of itself rejects it: it is in the report, and due again."""
    case = cases(1)[0]
    portfolio = DueColumn([case])
    portfolio._due_at[0] = 0
    sweep = Sweep(at=NOON - timedelta(days=1))

    assert [] == list(portfolio.decide(sweep))
    assert [0] == portfolio.due(NOON)
