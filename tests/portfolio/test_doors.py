"""Days and times that lead out of the calendar are the library's own error, in plans and in what is at risk."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest

from teleprocedures import EXPERT_2024_04_03, Hours, InvalidValueError, Portfolio, plan
from tests.builders import asked, linked, opened, requested
from tests.instants import START

ENDS = [date.max, date.max - timedelta(days=1), date.max - timedelta(days=20), date.min, date(1, 1, 3)]


@pytest.mark.parametrize("day", ENDS, ids=str)
@pytest.mark.parametrize("service", ["payer-cfe", "payer-tva", "messagerie", "consulter-avis-tf"])
@pytest.mark.parametrize("name", ["pay_by", "held_by", "start"])
def test_a_plan_at_the_end_of_the_calendar_is_a_plan_or_an_error(name: str, service: str, day: date) -> None:
    """Whatever is planned and from which end, there is a plan, or an error of the library."""
    given: dict[str, Any] = {name: day}
    code = None
    try:
        plan([service], **given)
    except InvalidValueError as error:
        code = error.code
    assert code in {None, "plan.day_malformed", "limit.out_of_range", "plan.not_a_payment"}


@pytest.mark.parametrize(
    ("given", "name"),
    [({"pay_by": date.max}, "pay_by"), ({"held_by": date.max}, "held_by"), ({"start": date.max}, "start")],
)
def test_a_plan_past_the_calendar_names_its_day(given: dict[str, Any], name: str) -> None:
    """The last day of the calendar is followed by none: the error says which argument it was."""
    with pytest.raises(InvalidValueError) as caught:
        plan(["payer-tva"], **given)
    assert ("plan.day_malformed", {"name": name, "value": "9999-12-31"}) == (caught.value.code, caught.value.facts)
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize(
    "within", [timedelta.max, timedelta.min, timedelta(days=3_000_000), 15, None, "15 days"], ids=repr
)
def test_what_is_at_risk_within_no_time_is_an_error(within: Any) -> None:
    """A time that leads out of the calendar, or is none, is told with the instant."""
    with pytest.raises(InvalidValueError) as caught:
        Portfolio([opened()]).at_risk(at=START, within=within)
    assert ("at_risk.not_allowed", START) == (caught.value.code, caught.value.facts["at"])
    assert "leads to no instant of the years 1 to 9999: expected a timedelta" in str(caught.value)


def test_what_ends_with_the_calendar_is_at_risk_then() -> None:
    """A time limit whose last instant clocks in Paris do not show ends on the last day that there is."""
    closes = datetime.max.replace(tzinfo=START.tzinfo, microsecond=0)
    hours = int((closes - START).total_seconds() // 3600)
    book = attrs.evolve(
        EXPERT_2024_04_03,
        version="endless",
        link_use=attrs.evolve(EXPERT_2024_04_03.link_use, duration=Hours(1_000_000), reminders=()),
    )
    at = closes - timedelta(hours=1_000_000)
    request = linked(at=at, rulebook=book).case
    portfolio = Portfolio([request])
    assert hours > 1_000_000
    assert [date.max] == [row["last_day"] for row in portfolio.rows(at=at)]
    assert {"use_link"} == {step.action for step in portfolio.at_risk(at=at, within=closes - at)}
    assert () == portfolio.at_risk(at=at, within=closes - at - timedelta(days=2))


def test_spaces_and_requests_are_not_at_risk_for_nothing() -> None:
    """Any other time is a time: none at all, and one that goes back."""
    portfolio = Portfolio([asked().case, requested().case])

    for within in (timedelta(0), timedelta(days=-1)):
        assert () == portfolio.at_risk(at=START, within=within)
