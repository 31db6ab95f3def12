"""Which request takes the place of which, in a portfolio of several companies: named rightly, wrongly, in chains."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from teleprocedures import Action, Adhesion, Portfolio, Siren, catalogue, next_steps
from tests.builders import FRENCH_IBAN, POSTED, opened, requested
from tests.instants import DAY, START

BAKER, FARMER = "552008443", "732829320"


def asks(*services: str, id: str, day: int = 0, **changes: Any) -> Adhesion:
    """A request of the baker's, made so many days after START."""
    accounts = {"bank_accounts": [FRENCH_IBAN]} if any(it.startswith("payer") for it in services) else {}
    given = {"organisation": BAKER, "space": opened(), "at": START + day * DAY} | accounts | changes
    return requested(*services, id=id, **given).case


def told(cases: list[Adhesion], *, day: int) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """What is repeated, as the steps say it: the request, the one that has it, the services."""
    steps = next_steps(cases, at=START + day * DAY)
    return [
        (step.case_id, step.other, tuple(map(str, step.services)))
        for step in steps
        if step.action is Action.KNOW_REPEATED
    ]


def asking(cases: list[Adhesion], *, day: int) -> dict[str, set[str]]:
    """Which requests ask for something, and for which services, repetitions aside."""
    found: dict[str, set[str]] = {}
    for step in next_steps(cases, at=START + day * DAY):
        if step.action not in {Action.KNOW_REPEATED, Action.ISSUE_MANDATE}:
            found.setdefault(step.case_id, set()).update(service.code for service in step.services)
    return found


@pytest.mark.rule("A16", "A5")
@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (asks("payer-cfe", id="b-1", day=1, organisation=FARMER, renews="a-1"), "another company"),
        (asks("payer-cfe", id="a-2", day=1, space=opened(id="space-2"), renews="a-1"), "another space"),
        (asks("payer-cfe", id="a-0", day=-1, space=opened(at=START - DAY), renews="a-1"), "made later"),
    ],
    ids=["company", "space", "later"],
)
def test_a_request_that_names_a_wrong_one_hides_nothing(wrong: Adhesion, why: str) -> None:
    """What it cannot renew goes on asking, and the portfolio tells which request names it."""
    first = asks("payer-cfe", id="a-1")
    portfolio = Portfolio([first, wrong])
    assert (wrong,) == portfolio.wrong_renewals, why
    assert {"a-1", wrong.id} <= set(asking([first, wrong], day=2))
    assert {"a-1"} < {step.case_id for step in portfolio.at_risk(at=START + 2 * DAY, within=timedelta(days=90))}
    assert {row["case_id"]: row["renewed_by"] for row in portfolio.rows(at=START)}["a-1"] is None


@pytest.mark.rule("A16")
def test_two_requests_that_renew_each_other_are_both_told() -> None:
    """Stored so by mistake, neither disappears: the later one renews the earlier one, which cannot renew it."""
    first, second = asks("payer-cfe", id="a-1", renews="a-2"), asks("payer-cfe", id="a-2", day=1, renews="a-1")
    assert (first,) == Portfolio([second, first]).wrong_renewals
    assert {"a-2": {"payer-cfe"}} == asking([first, second], day=2)


def test_a_request_of_an_unknown_one_is_not_wrong() -> None:
    """The request that it renews may be in another list."""
    portfolio = Portfolio([asks("payer-cfe", id="a-2", renews="a-1")])
    assert () == portfolio.wrong_renewals
    assert "a-1" == portfolio.rows(at=START)[0]["renews"]


@pytest.mark.rule("A16", "A5")
def test_a_replaced_request_asks_for_what_its_replacement_does_not() -> None:
    """It is silent for the services that a live one asks for in its place, and asks on for the others."""
    first = asks("payer-cfe", "payer-tf", "consulter-avis-tf", id="a-1")
    second = asks("payer-cfe", id="a-2", day=1, renews="a-1")
    third = asks("payer-tf", "payer-is", id="a-3", day=2, renews="a-2")
    assert {"a-1": {"payer-tf", "consulter-avis-tf"}, "a-2": {"payer-cfe"}} == asking([first, second], day=2)
    assert {"a-1": {"consulter-avis-tf"}, "a-2": {"payer-cfe"}, "a-3": {"payer-tf", "payer-is"}} == asking(
        [first, second, third], day=2
    )


@pytest.mark.rule("A16")
def test_what_a_replacement_that_is_over_asked_for_is_asked_for_again() -> None:
    """Once the replacement has lapsed, the request that still lives asks on; the lapsed one is renewed, or covered."""
    first, second = asks("payer-cfe", id="a-1"), asks("payer-cfe", "payer-tf", id="a-2", day=1, renews="a-1")
    seen = first.record_letter((START + 20 * DAY).date(), at=START + 20 * DAY).case
    late = [seen, second]
    assert {"a-2": {"payer-cfe", "payer-tf"}} == asking([first, second], day=2)
    assert {"a-1": {"payer-cfe"}, "a-2": {"payer-tf"}} == asking(late, day=70)


@pytest.mark.rule("A18")
def test_what_one_renews_in_a_chain_is_not_repeated() -> None:
    """Two live renewals of one request repeat each other; what each renews is no repetition, directly or in a chain."""
    first = asks("payer-cfe", id="a-1")
    second = asks("payer-cfe", id="a-2", day=1, renews="a-1")
    third = asks("payer-cfe", id="a-3", day=2, renews="a-2")
    beside = asks("payer-cfe", id="a-4", day=3, renews="a-1")
    assert [] == told([first, second, third], day=4)
    assert () == Portfolio([third, first, second]).repeats(at=START + 4 * DAY)
    assert [("a-4", "a-3", ("payer-cfe",))] == told([first, second, third, beside], day=4)
    (repeat,) = Portfolio([first, second, third, beside]).repeats(at=START + 4 * DAY)
    assert (beside, third) == (repeat.adhesion, repeat.other)


@pytest.mark.rule("A18")
def test_a_repetition_is_said_while_something_of_it_is_awaited() -> None:
    """Not for ever, once both requests hold the service; one of them is enough to say it."""
    first, second = asks("payer-cfe", id="a-1"), asks("payer-cfe", id="a-2", day=1)
    held, both = (it.activate(POSTED, space=opened(), at=START + 3 * DAY).case for it in (first, second))
    assert [("a-2", "a-1", ("payer-cfe",))] == told([first, second], day=4) == told([held, second], day=4)
    assert [] == told([held, both], day=4)
    assert () == Portfolio([held, both]).repeats(at=START + 4 * DAY)
    # Before either was activated, something of it was awaited.
    assert [("a-2", "a-1", ("payer-cfe",))] == told([held, both], day=2)


@pytest.mark.rule("A18")
def test_of_many_requests_each_names_the_first_that_has_a_service() -> None:
    """A thousand live requests of one company are a thousand repetitions, not half a million."""
    requests = [asks("payer-cfe", id=f"a-{place:04}", day=place) for place in range(12)]
    steps = told(requests, day=12)
    assert [(f"a-{place:04}", "a-0000", ("payer-cfe",)) for place in range(1, 12)] == sorted(steps)
    assert 11 == len(Portfolio(requests).repeats(at=START + 12 * DAY))


@pytest.mark.rule("A18")
def test_of_two_snapshots_the_higher_version_is_the_case() -> None:
    """Wherever each stands in what is given."""
    first = asks("payer-cfe", id="a-1")
    held = first.activate(POSTED, space=opened(), at=START + DAY).case
    for both in ([first, held], [held, first]):
        assert (held,) == Portfolio(both).cases
        assert {} == asking(both, day=2)
        assert "held" == Portfolio(both).company(Siren(BAKER)).holdings(at=START + 2 * DAY)["payer-cfe"].standing
    assert catalogue.PAY_CFE not in Portfolio([first, held]).company(BAKER).missing(at=START)
