"""Civil days and months agree with two independent oracles, around every change of clocks; `make oracles` does more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from teleprocedures.deadlines import CivilMonths
from tests.heavy import oracles
from tests.heavy.oracles import CHECKS, STEPS, Clocks, compared, months_after, zones


def by_region() -> dict[str, list[str]]:
    """All zones by region."""
    found: dict[str, list[str]] = {}
    for key in zones("short"):
        found.setdefault(key.partition("/")[0] if "/" in key else "other", []).append(key)
    return found


REGIONS = by_region()


@pytest.mark.rule("3.1", "A3", "F1")
@pytest.mark.parametrize("region", REGIONS)
def test_deadlines_are_those_of_the_oracles(region: str) -> None:
    """Days, months, their beginnings, their ends and their reminders, in every zone, around every change of clocks."""
    for key in REGIONS[region]:
        counted = compared(key, "short")

        assert CHECKS.keys() == counted.keys()
        assert counted["civil months"] >= 50


@pytest.mark.rule("F1")
def test_months_agree_with_dateutil() -> None:
    """Every day of four years, and the same days over centuries, plus 1 to 60 months: as `relativedelta` says."""
    starts = [date(year, 1, 1) + timedelta(days=n) for year in (1899, 1999, 2024, 2099) for n in range(0, 1461, 3)]
    for start in starts:
        for count in (1, 2, 3, 11, 12, 13, 36, 48, 60):
            deadline = CivilMonths(count, "UTC").starting(start)

            assert start + relativedelta(months=count) == deadline.closes.date(), (start, count)
            assert months_after(start, count) == deadline.closes.date(), (start, count)


@pytest.mark.parametrize(
    ("key", "day", "expected"),
    [
        ("Europe/Paris", date(2025, 3, 30), "2025-03-30T22:00:00"),
        ("Africa/Cairo", date(2024, 4, 25), "2024-04-25T22:00:00"),
        ("America/St_Johns", date(2010, 11, 6), "2010-11-07T03:30:00"),
        ("America/Toronto", date(1919, 3, 30), "1919-03-31T04:30:00"),
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-30T10:00:00"),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00:00"),
    ],
)
def test_the_oracle_itself(key: str, day: date, expected: str) -> None:
    """The oracle gives known answers for each kind of day, or it would prove nothing."""
    assert expected + "+00:00" == Clocks(key).end_of(day).isoformat()


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_wrong_calendar_is_found(check: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """If days and months were counted in another zone than they say, each comparison would find it."""
    for unit in ("CivilDays", "CivilMonths"):
        right = getattr(oracles, unit)
        monkeypatch.setattr(oracles, unit, lambda count, _, right=right: right(count, "Asia/Tokyo"))
    clocks = Clocks("Europe/Paris")

    with pytest.raises(AssertionError, match="Europe/Paris"):
        check(clocks, oracles.days_of(clocks, "short"))


def test_the_changes_tried_are_of_every_kind() -> None:
    """Among the changes tried are jumps over midnight, returns across it, and days that never were."""
    kinds = {"jump over midnight": 0, "return across midnight": 0, "day that never was": 0, "other": 0}
    for key in ("Africa/Cairo", "America/St_Johns", "Pacific/Apia", "Europe/Paris"):
        clocks = Clocks(key)
        for change in clocks.changes:
            days = (clocks.day_at(change) - clocks.day_at(change - 1)).days
            late = clocks.day_at(change) < clocks.day_at(change + 3 * 3600)
            kind = {2: "day that never was", 1: "jump over midnight"}.get(days, "other")
            kinds["return across midnight" if days < 0 or (days == 0 and late) else kind] += 1

    assert all(kinds.values()), kinds


def test_what_was_compared_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of all zones add up."""
    monkeypatch.setattr(oracles, "zones", lambda _: ["UTC", "Europe/Paris"])
    oracles.main("short")
    told = capsys.readouterr().out

    assert all(name in told for name in CHECKS)
    assert "2 zones, 1900 to 2200: " in told
    assert STEPS["full"] < STEPS["short"]
