"""Hosts that are wrong in one thing are found, whatever it is; `test_conformance` has those that are told as well."""

from __future__ import annotations

import pytest

from teleprocedures import (
    EXPERT_2024_04_03,
    CivilDays,
    CivilMonths,
    Hours,
)
from teleprocedures.testing._trials import try_everything
from teleprocedures.testing.conformance import (
    Conformance,
    NonConformanceError,
    check_conformance,
)
from tests.testing.hosts import (
    FAULTY,
    SEARCH,
    TOLD,
    ForgetsTheLetter,
    counting,
)

SHIPPED = EXPERT_2024_04_03.limits


@pytest.mark.parametrize("host", [it for it in FAULTY if it not in TOLD], ids=lambda host: host.__name__)
def test_a_faulty_host_is_found_without_drawing_anything(host: type) -> None:
    """What is tried everywhere finds each of these faults every time, whatever would be drawn afterwards."""
    with pytest.raises(NonConformanceError) as caught:
        try_everything(host, EXPERT_2024_04_03, Conformance())

    assert str(caught.value.rule) in EXPERT_2024_04_03._index


@pytest.mark.rule("1.9", "2.9", "3.1", "A2", "A3", "F1")
@pytest.mark.parametrize(
    "host",
    [
        counting(space_activation=Hours(47)),
        counting(space_activation=Hours(49)),
        counting(space_activation=CivilDays(2)),
        counting(link_use=Hours(47)),
        counting(link_use=Hours(49)),
        counting(services_activation=CivilDays(59)),
        counting(services_activation=CivilDays(61)),
        counting(services_activation=CivilDays(60, "UTC")),
        counting(services_activation=CivilMonths(2)),
        counting(mandate_use=CivilMonths(35)),
        counting(mandate_use=CivilMonths(37)),
        counting(mandate_use=CivilDays(1095)),
        ForgetsTheLetter,
    ],
    ids=lambda host: str(next((limit for limit in host.rulebook.limits if limit not in SHIPPED), host.__name__)),
)
def test_a_time_limit_counted_in_another_way_is_found(host: type) -> None:
    """An hour, a day or a month too many or too few, another zone, another unit: the suite finds each of them.

    Which rule is cited depends on the story that was found: the limit's own, or one of what a case that is over, or is
    not, no longer allows.
    """
    with pytest.raises(NonConformanceError) as caught:
        check_conformance(host, settings=SEARCH)

    assert caught.value.rule in EXPERT_2024_04_03.rules
    assert "create_space space-1: pending" in str(caught.value)
