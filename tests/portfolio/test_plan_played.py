"""Plans are played: a plan is carried out day by day through a portal, which says whether it can be done.

Whoever begins with nothing asks for what the plan says, on the days that it says. Codes are held here or elsewhere. A
plan that is begun a day late has every day but that of the payment shifted, and fails.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import teleprocedures as tp
from tests.instants import DAY
from tests.portfolio.worlds import BAKER, HELD, World, civil, lead_times, noon

LEADS = tp.LeadTimes(letter=14, company=3, bank=5)
CODES = st.sampled_from(["payer-cfe", "payer-tva", "payer-is", "messagerie", "payer-tf"])
some_services = st.lists(CODES, min_size=1, unique=True)
days = st.dates(date(2024, 6, 1), date(2027, 6, 1))
codes_held = st.sampled_from(HELD)


def played(codes: Callable[[], Any], found: tp.Plan, *, late: int = 0) -> World:
    """The world of a firm that has played this plan, which begins with nothing."""
    world = World(codes, noon(found.steps[0].day - DAY))
    world.play(found, late=late)
    return world


def holds(world: World, services: tuple[tp.Service, ...], day: date) -> list[bool]:
    """Whether each of the services is held in the evening of this day."""
    at = max(noon(day), world.clock.now()) if civil(world.clock.now()) == day else noon(day)
    standings = world.portfolio.company(BAKER).holdings(at=at)
    return [standings[service.code].standing is tp.Standing.HELD for service in services]


def wanted_by(services: list[str], day: date) -> dict[str, Any]:
    """The day to pay by, where a service pays, or else to hold them by."""
    return {"pay_by" if any(it.startswith("payer") for it in services) else "held_by": day}


@given(services=some_services, leads=lead_times, day=days, codes=codes_held)
@pytest.mark.rule("A11", "0.2", "2.18", "2.20", "2.21", "3.1")
def test_a_plan_played_with_its_own_days_succeeds(
    services: list[str], leads: tp.LeadTimes, day: date, codes: Callable[[], Any]
) -> None:
    """Backwards or forwards, the portal refuses no step of a plan, nor the payment at its end, and all is held."""
    for found in (
        tp.plan(services, start=day, lead_times=leads),
        tp.plan(services, held_by=day, lead_times=leads),
        tp.plan(services, lead_times=leads, **wanted_by(services, day)),
    ):
        world = played(codes, found)
        assert all(holds(world, found.services, found.ready_on))
        assert civil(world.clock.now()) == found.ready_on


@given(services=some_services, leads=lead_times, day=days, codes=codes_held)
def test_a_day_later_than_the_last_one_is_too_late(
    services: list[str], leads: tp.LeadTimes, day: date, codes: Callable[[], Any]
) -> None:
    """Begun on the last safe day a plan meets its day; a day later, with the same lead times, it does not."""
    backwards = wanted_by(services, day)
    found = tp.plan(services, lead_times=leads, **backwards)
    next_day = tp.plan(services, lead_times=leads, start=found.start_by + DAY, **backwards)
    assert (day, False) == (found.ready_on, found.too_late)
    assert (day + DAY, True) == (next_day.ready_on, next_day.too_late)
    if "pay_by" in backwards:
        # A payment is refused; one of a company that has asked for nothing yet is none.
        with pytest.raises((tp.PaymentRefusedError, tp.InvalidValueError)):
            played(codes, found, late=1)
    else:
        assert not any(holds(played(codes, found, late=1), found.services, day))


@pytest.mark.parametrize("codes", HELD)
@pytest.mark.parametrize(
    ("services", "pay_by"),
    [
        (["payer-cfe"], date(2024, 12, 15)),
        (["payer-tva"], date(2024, 6, 19)),
        (["payer-tva", "messagerie"], date(2024, 6, 19)),
    ],
)
@pytest.mark.rule("A11", "2.18", "2.21")
def test_worked_cases_are_played(codes: Callable[[], Any], services: list[str], pay_by: date) -> None:
    """The worked cases pass the portal with their own days, and are refused the payment a day later."""
    found = tp.plan(services, pay_by=pay_by, lead_times=LEADS)
    world = played(codes, found)
    assert noon(pay_by) == world.clock.now()
    assert all(holds(world, found.services, pay_by))
    with pytest.raises(tp.PaymentRefusedError):
        played(codes, found, late=1)
