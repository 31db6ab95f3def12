"""Instants and days of a host's own class, of freezegun or pandas say, are made plain where they enter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    CivilDays,
    Deadline,
    FixedClock,
    Hours,
    InvalidValueError,
    Portal,
    Sweep,
    plan,
)
from teleprocedures.codec import due_mark, dumps, loads
from teleprocedures.deadlines import instant, plain_day
from teleprocedures.testing import ManualClock, PlainHasher, RecordingNotifier, ScriptedCodes, space_form
from tests.builders import HOUR, START, TWO_DAYS, asked, requested


class Stamp(datetime):
    """A host's own instant."""


class Day(date):
    """A host's own day."""


class Nothing(datetime):
    """What pandas calls NaT: an instant that is none."""

    year = property(lambda _: float("nan"))  # type: ignore[assignment] # as it is


class Far(datetime):
    """An instant of a year that no datetime has."""

    year = property(lambda _: 123_456)  # type: ignore[assignment] # as it is


def stamp(at: datetime) -> Stamp:
    """The same instant, of the host's own class."""
    return Stamp(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, at.tzinfo, fold=at.fold)


@pytest.mark.parametrize(
    "at",
    [
        START,
        START.replace(microsecond=1),
        START.astimezone(timezone(timedelta(hours=-5))),
        datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Paris")),
        datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Paris"), fold=1),
    ],
)
def test_an_instant_of_a_hosts_own_class_is_made_plain(at: datetime) -> None:
    """The same instant, in UTC, of the class that is stored; a plain one of UTC stays the very same object."""
    made = instant(stamp(at))

    assert (datetime, UTC, instant(at)) == (type(made), made.tzinfo, made)
    assert made is instant(made)


@pytest.mark.parametrize("odd", [Nothing(2024, 3, 1, tzinfo=UTC), Far(2024, 3, 1, tzinfo=UTC)])
def test_an_instant_that_is_none_is_refused(odd: datetime) -> None:
    """What calls itself an instant and has no year of the calendar is an invalid value."""
    with pytest.raises(InvalidValueError) as caught:
        instant(odd)

    assert "instant.malformed" == caught.value.code
    with pytest.raises(InvalidValueError, match=r"^at .* is naive; expected an aware datetime"):
        instant(Stamp(2024, 3, 1))


def test_cases_are_decided_and_stored_at_a_hosts_own_instants() -> None:
    """A space, a request with its letter's day, a sweep and clocks: all that they make reads back equal."""
    at = stamp(START)
    space = asked(at=at, recorded_at=stamp(START + HOUR)).case
    request = requested(at=at, code=HELD_ELSEWHERE).case
    lettered = request.record_letter(Day(2025, 1, 7), at=stamp(START + TWO_DAYS)).case
    lapsed = next(Sweep(at=stamp(START + 2 * TWO_DAYS)).over([space])).case
    made = [
        Portal(clock=clock, codes=ScriptedCodes(), notifier=RecordingNotifier(), hasher=PlainHasher()).create_space(
            space_form()
        )
        for clock in (FixedClock(at), ManualClock(at))
    ]

    for case in (space, request, lettered, lapsed, *made):
        assert case == loads(dumps(case))
        assert {datetime} == {type(it) for it in (case.recorded_at, case.since, case.origin.at)}
    assert date is type(lettered.activation.letter)  # type: ignore[union-attr] # it has one
    assert due_mark(START) == due_mark(at)


def test_limits_and_deadlines_are_made_plain() -> None:
    """Limits that start at such an instant or day, and a deadline that is made of them by hand."""
    at, ends = stamp(START), stamp(START + HOUR)
    deadline = Deadline(opened=at, safe_until=ends, closes=ends, reminders=(at,))
    started = [Hours(1).starting(at), CivilDays(60).starting(at), CivilDays(60).starting(Day(2025, 1, 6))]

    for found in (deadline, *started):
        instants = (found.opened, found.safe_until, found.closes, *found.reminders)
        assert {(datetime, UTC)} == {(type(it), it.tzinfo) for it in instants}
    assert Deadline(opened=START, safe_until=START + HOUR, closes=START + HOUR, reminders=(START,)) == deadline
    assert CivilDays(60).starting(date(2025, 1, 6)) == started[2]


@pytest.mark.parametrize("given", [None, "2025-01-06", START, stamp(START)])
def test_what_is_no_day_is_left_to_be_refused(given: Any) -> None:
    """Only a civil day is made plain."""
    assert given is plain_day(given)
    assert (date, date(2025, 1, 6)) == (type(plain_day(Day(2025, 1, 6))), plain_day(Day(2025, 1, 6)))


def test_days_of_rulebooks_and_plans_are_made_plain() -> None:
    """The day from which a rulebook is in force, and those of a plan."""
    book = attrs.evolve(EXPERT_2024_04_03, version="mine", in_force_from=Day(2025, 1, 1))
    found = plan(["payer-cfe"], pay_by=Day(2024, 12, 15), start=Day(2024, 11, 1))

    assert date is type(book.in_force_from)
    assert {date} == {type(step.day) for step in found.steps} | {type(found.wanted_by), type(found.start_by)}
    assert plan(["payer-cfe"], pay_by=date(2024, 12, 15), start=date(2024, 11, 1)) == found
    with pytest.raises(InvalidValueError):
        requested(code=HELD_ELSEWHERE).case.record_letter(stamp(START), at=START)
