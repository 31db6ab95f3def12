"""Instants and days of a host's own class, of freezegun or pandas say, are made plain where they enter."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import attrs

import teleprocedures as tp
from teleprocedures import HELD_ELSEWHERE, CivilDays, Deadline, Hours
from teleprocedures.codec import due_mark, dumps, loads
from teleprocedures.deadlines import instant, plain_day
from teleprocedures.testing import ManualClock, PlainHasher, RecordingNotifier, ScriptedCodes, space_form
from tests.builders import asked, each, failure, requested
from tests.instants import HOUR, START, TWO_DAYS

PARIS = ZoneInfo("Europe/Paris")


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


def kinds_of(*instants: datetime) -> set:
    """The classes and the zones of instants."""
    return {(type(at), at.tzinfo) for at in instants}


@each(
    "expected at",
    (START, START),
    (START.replace(microsecond=1), START.replace(microsecond=1)),
    (START, START.astimezone(timezone(timedelta(hours=-5)))),
    (START, START.astimezone(ZoneInfo("Pacific/Apia"))),
    (datetime(2024, 10, 27, 0, 30, tzinfo=UTC), datetime(2024, 10, 27, 2, 30, tzinfo=PARIS)),
    (datetime(2024, 10, 27, 1, 30, tzinfo=UTC), datetime(2024, 10, 27, 2, 30, tzinfo=PARIS, fold=1)),
)
def test_an_instant_is_made_plain(expected, at):
    """The same instant, in UTC, of the class that is stored; a plain one of UTC stays the very same object."""
    for made in (instant(at), instant(stamp(at))):
        assert (expected, {(datetime, UTC)}) == (made, kinds_of(made))
        assert made is instant(made)


def test_an_instant_that_is_none_is_refused():
    """What calls itself an instant and has no year of the calendar is an invalid value."""
    odd = (Nothing(2024, 3, 1, tzinfo=UTC), Far(2024, 3, 1, tzinfo=UTC), Stamp(2024, 3, 1))

    refused = [failure(instant, it, "opened") for it in odd]

    assert ["instant.malformed", "instant.malformed", "instant.naive"] == [it.code for it in refused]
    assert {"opened"} == {it.facts["name"] for it in refused}
    assert ["2024-03-01T00:00:00+00:00"] * 2 == [it.facts["value"] for it in refused[:2]]


def test_cases_are_decided_and_stored_at_a_hosts_own_instants():
    """A space, a request with its letter's day, a sweep and clocks: all that they make reads back equal."""
    at = stamp(START)
    space = asked(at=at, recorded_at=stamp(START + HOUR)).case
    request = requested(at=at, code=HELD_ELSEWHERE).case
    lettered = request.record_letter(Day(2025, 1, 7), at=stamp(START + TWO_DAYS)).case
    lapsed = next(tp.Sweep(at=stamp(START + 2 * TWO_DAYS)).over([space])).case
    hosts = {"codes": ScriptedCodes(), "notifier": RecordingNotifier(), "hasher": PlainHasher()}
    clocks = (tp.FixedClock(at), ManualClock(at))
    made = [tp.Portal(clock=clock, **hosts).create_space(space_form()) for clock in clocks]

    for case in (space, request, lettered, lapsed, *made):
        assert case == loads(dumps(case))
        assert {datetime} == {type(it) for it in (case.recorded_at, case.since, case.origin.at)}
    assert date is type(lettered.activation.letter)
    assert due_mark(START) == due_mark(at)


def test_limits_and_deadlines_are_made_plain():
    """Limits that start at such an instant or day, and a deadline that is made of them by hand."""
    at, ends = stamp(START), stamp(START + HOUR)
    deadline = Deadline(opened=at, safe_until=ends, closes=ends, reminders=(at,))
    started = [Hours(1).starting(at), CivilDays(60).starting(at), CivilDays(60).starting(Day(2025, 1, 6))]

    for it in (deadline, *started):
        assert {(datetime, UTC)} == kinds_of(it.opened, it.safe_until, it.closes, *it.reminders)
    assert Deadline(opened=START, safe_until=START + HOUR, closes=START + HOUR, reminders=(START,)) == deadline
    assert CivilDays(60).starting(date(2025, 1, 6)) == started[2]
    late = failure(Deadline, opened=stamp(ends + HOUR), safe_until=ends, closes=ends)
    assert ("deadline.out_of_order", "opened") == (late.code, late.facts["name"])


def test_days_are_made_plain():
    """The day from which a rulebook is in force, and those of a plan; what is no day is left to be refused."""
    book = attrs.evolve(tp.EXPERT_2024_04_03, version="mine", in_force_from=Day(2025, 1, 1))
    found = tp.plan(["payer-cfe"], pay_by=Day(2024, 12, 15), start=Day(2024, 11, 1))

    assert (date, date(2025, 1, 6)) == (type(plain_day(Day(2025, 1, 6))), plain_day(Day(2025, 1, 6)))
    assert all(it is plain_day(it) for it in (None, "2025-01-06", START, stamp(START)))
    assert date is type(book.in_force_from)
    assert {date} == {type(step.day) for step in found.steps} | {type(found.wanted_by), type(found.start_by)}
    assert tp.plan(["payer-cfe"], pay_by=date(2024, 12, 15), start=date(2024, 11, 1)) == found
    refused = failure(requested(code=HELD_ELSEWHERE).case.record_letter, stamp(START), at=START)
    assert "letter.not_allowed" == refused.code
