"""Uses of a mandate that was taken over, told in any order: one end comes of them (A15, A19, F1)."""

from __future__ import annotations

from datetime import date, datetime
from itertools import permutations
from typing import Any

import attrs
import pytest

from teleprocedures import EXPERT_2024_04_03, HELD_ELSEWHERE, CivilMonths, Mandate, MandateState
from tests.builders import each, mandate_in, mandate_taken_over, paying
from tests.instants import DAY, START, end_of, paris

USES = (paris("2021-01-04T10:00"), paris("2023-05-02T09:00"), paris("2023-05-02T17:00"), paris("2024-11-20T12:00"))
SEEN_DAY = paris("2025-01-03T08:00")


def told(mandate: Mandate, uses: tuple[datetime, ...]) -> Mandate:
    """The mandate, once these collections were told."""
    for use in uses:
        mandate = mandate.record_collection(at=use, recorded_at=START).case
    return mandate


@pytest.mark.rule("A15", "A19", "F1")
@each(
    "known uses safe last",
    ({}, USES[:3], "2026-05-01", "2028-01-03"),
    ({}, USES, "2027-11-19", "2028-01-03"),
    ({"registered": date(2019, 3, 1)}, USES[:3], "2026-05-01", "2028-01-03"),
    ({"last_collected": date(2024, 6, 3)}, USES, "2027-11-19", "2027-11-20"),
    ({}, (*USES, SEEN_DAY), "2028-01-02", "2028-01-03"),
)
def test_in_any_order(known: dict[str, date], uses: tuple[datetime, ...], safe: str, last: str) -> None:
    """The latest use counts for the safe end, the day on which it was seen for the last; reminders are of these two."""
    ends = {told(mandate_taken_over(**known).case, order).idle for order in permutations(uses)}

    assert 1 == len(ends)
    (idle,) = ends
    assert idle is not None
    assert (end_of(safe), end_of(last)) == (idle.safe_until, idle.closes)
    assert idle.estimated is (safe[:7] != last[:7])
    # Those of a use that counts no more are gone.
    assert len(idle.reminders) == (4 if idle.estimated else 2)


def in_cayenne() -> Any:
    """A registered mandate whose months are counted where days end at four in the morning in Paris."""
    assert EXPERT_2024_04_03.mandate_use is not None
    limit = attrs.evolve(EXPERT_2024_04_03.mandate_use, duration=CivilMonths(36, "America/Cayenne"))
    rulebook = attrs.evolve(EXPERT_2024_04_03, version="cayenne", mandate_use=limit)
    return mandate_in(MandateState.REGISTERED, paying(rulebook=rulebook, code=HELD_ELSEWHERE).case)


@pytest.mark.rule("A22", "F1")
def test_by_a_day_that_is_two_elsewhere() -> None:
    """Where months are counted in another zone, a day in Paris may be two there, and the end is estimated at both."""
    collected = in_cayenne().record_collection(at=date(2025, 2, 3)).case.idle

    # The third begins in Paris at eight in the evening of the second in Cayenne, where the end of a day is at three.
    assert (True, "2028-02-02T02:59:59.999999+00:00", "2028-02-04T02:59:59.999999+00:00") == (
        collected.estimated,
        collected.safe_until.isoformat(),
        collected.closes.isoformat(),
    )


@pytest.mark.rule("A15", "A22", "F1")
def test_by_an_instant_of_such_a_day_beside_it() -> None:
    """The end that is last stays that of the day, and the safe one counts from the later of the two uses."""
    uses = (date(2025, 2, 3), paris("2025-02-03T03:59:59"))
    one, other = (
        in_cayenne()
        .record_collection(at=first, recorded_at=START + 60 * DAY)
        .case.record_collection(at=second, recorded_at=START + 60 * DAY)
        .case.idle
        for first, second in (uses, uses[::-1])
    )

    assert one == other
    assert (
        paris("2025-02-03T03:59:59"),
        True,
        "2028-02-02T02:59:59.999999+00:00",
        "2028-02-04T02:59:59.999999+00:00",
    ) == (
        one.opened,
        one.estimated,
        one.safe_until.isoformat(),
        one.closes.isoformat(),
    )
