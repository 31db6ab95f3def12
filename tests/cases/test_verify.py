"""A snapshot compared with its events: what a store keeps of both may have parted."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.codec import dumps, loads
from tests.builders import FRENCH_IBAN, GERMAN_IBAN, asked, issued, opened, paying
from tests.instants import DAY, HOUR, START


def followed() -> tuple[Any, list[Any]]:
    """A request that is followed, with an account declared later, up to its code being awaited; and its events."""
    first = paying(code=tp.HELD_ELSEWHERE, company_name="Boulangerie Martin")
    declared = first.case.declare_account(GERMAN_IBAN, at=START + DAY, recorded_at=START + 2 * DAY)
    return declared.case, [*first.events, *declared.events]


OTHER = tp.BankAccount("BE68539007547034")


def test_a_snapshot_is_what_its_events_make() -> None:
    """Nothing differs, at every version of a history, and once it was stored and read back."""
    first = paying(code=tp.HELD_ELSEWHERE)
    seen = first.case.record_letter(date(2025, 1, 8), at=START + 3 * DAY)
    held = seen.case.activate(tp.HELD_ELSEWHERE, space=opened(), at=START + 4 * DAY)
    events = [*first.events, *seen.events, *held.events]
    stored: Any = loads(dumps(held.case)), [loads(dumps(event)) for event in events]
    for case, its in (
        (first.case, first.events),
        (seen.case, events[:3]),
        (held.case, events),
        stored,
        (asked().case, asked().events),
        (issued().case, issued().events),
    ):
        assert () == tp.verify(case, its)


def forged(thing: Any, path: str, value: Any) -> Any:
    """The same, but for what stands at this path."""
    name, _, further = path.partition(".")
    return attrs.evolve(thing, **{name: forged(getattr(thing, name), further, value) if further else value})


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("since", START + HOUR, ".since"),
        ("version", 9, ".version"),
        ("recorded_at", START + 9 * DAY, ".recorded_at"),
        ("due_at", followed()[0].time_limit.lapses_at, ".due_at"),
        ("later_accounts", (), ".later_accounts"),
        ("later_accounts", (OTHER,), ".later_accounts[0]"),
        ("activation.state", tp.ActivationState.ACTIVE, ".activation.state"),
        ("activation.deadline.estimated", False, ".activation.deadline.estimated"),
        ("origin.form.organisation", tp.Siren("732829320"), ".origin.form.organisation"),
        ("origin.form.company_name", None, ".origin.form.company_name"),
        ("origin.renews", "request-0", ".origin.renews"),
    ],
)
def test_what_differs_is_told_with_its_path(path: str, value: Any, told: str) -> None:
    """Services forged to be active, another company, an account removed, a time limit that never comes."""
    case, events = followed()
    assert [told] == [difference.path for difference in tp.verify(forged(case, path, value), events)]


def test_a_difference_says_both_and_no_secret() -> None:
    """What is stored, and what the events make of it; an account is masked."""
    case, events = followed()
    (difference,) = tp.verify(attrs.evolve(case, later_accounts=(OTHER,)), events)
    (earlier,) = tp.verify(attrs.evolve(case, since=START - DAY), events)
    assert tp.Difference(".later_accounts[0]", OTHER, tp.BankAccount(GERMAN_IBAN)) == difference
    assert (START - DAY, START) == (earlier.found, earlier.expected)
    assert str(difference).startswith(".later_accounts[0]: BE68 ")
    for secret in (FRENCH_IBAN, GERMAN_IBAN, OTHER.iban):
        assert secret.replace(" ", "") not in f"{difference!r}{difference}"


def test_another_kind_of_case_differs_as_a_whole() -> None:
    """The events of a space make no request."""
    case, _ = followed()
    (difference,) = tp.verify(case, asked().events)
    assert ("", case, asked().case) == (difference.path, difference.found, difference.expected)


def test_what_cannot_be_compared_is_refused() -> None:
    """No case, or events that make no snapshot."""
    case, events = followed()
    for given, its in ((None, events), ("request-1", events), (case, []), (case, events[1:])):
        with pytest.raises(tp.InvalidValueError):
            tp.verify(given, its)  # type: ignore[arg-type]


@pytest.mark.parametrize("due_at", [START + DAY, START + 400 * DAY, None])
def test_no_case_is_due_at_an_instant_that_nothing_gives(due_at: Any) -> None:
    """A night looks for cases that are due: neither a reminder nor the end of the time limit is at that instant."""
    case: tp.Case = paying().case
    with pytest.raises(tp.InvalidValueError, match=r"^\.due_at: expected ") as caught:
        attrs.evolve(case, due_at=due_at).check()
    assert ("due_while_running" if due_at is None else "due_by_the_time_limit") == caught.value.facts["expected"]
    for good in (case.time_limit.lapses_at, *case.time_limit.reminders):  # type: ignore[union-attr]
        attrs.evolve(case, due_at=good).check()
