"""Time limits: hours of elapsed time, civil days and months of any zone, and the deadlines that they become."""

from __future__ import annotations

import csv
import io
import pickle
import re
import struct
import time as tick
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.deadlines import CivilDays, CivilMonths, Deadline, Hours, first_instant, instant, months_later
from teleprocedures.errors import InvalidValueError, Rule

TICK = timedelta(microseconds=1)
# Python refuses to write these out, in an error as in the name of a test.
HUGE = (pytest.param(10**5000, id="huge"), pytest.param(-(10**5000), id="minus huge"))
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
UNITS = {"hour": Hours, "day": CivilDays, "month": CivilMonths}
ZONES = ("Europe/Paris", "America/St_Johns", "Pacific/Apia", "Africa/Cairo", "Australia/Lord_Howe", "UTC")

instants = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))
zones = st.sampled_from(ZONES)
counts = st.integers(1, 1000)
civil_units = st.builds(CivilDays, counts, zones) | st.builds(CivilMonths, counts, zones)
units = st.builds(Hours, counts) | civil_units


@attrs.frozen(kw_only=True)
class Case:
    """A row of `deadlines.csv`."""

    start: str
    zone: str
    limit: str
    safe_until: str
    last_instant: str
    why: str

    @property
    def deadline(self) -> Deadline:
        """The deadline of this row's limit."""
        count, name = self.limit.split()
        kind = UNITS[name.removesuffix("s")]
        unit = Hours(int(count)) if kind is Hours else kind(int(count), self.zone)
        return unit.starting(when(self.start) if ":" in self.start else date.fromisoformat(self.start))


def when(text: str) -> datetime:
    """An instant as the table writes it: `2024-04-30 23:59:59.999999 +02:00`."""
    day, clock, offset = text.split()
    return datetime.fromisoformat(f"{day}T{clock}{offset}")


def cases(unit: str) -> pytest.MarkDecorator:
    """The rows of the table whose limit is in this unit."""
    with (Path(__file__).parent.parent / "deadlines.csv").open(encoding="utf-8", newline="") as table:
        rows = [Case(**row) for row in csv.DictReader(table)]
    chosen = [pytest.param(row, id=f"{row.start} {row.zone} {row.limit}") for row in rows if unit in row.limit]
    return pytest.mark.parametrize("case", chosen)


def check(case: Case) -> None:
    """What each row promises."""
    deadline = case.deadline
    late = when(case.last_instant) + TICK

    assert when(case.last_instant) == deadline.closes
    assert when(case.safe_until) == deadline.safe_until
    assert late == deadline.lapses_at
    assert not deadline.has_passed(when(case.last_instant))
    assert deadline.has_passed(late)


@pytest.mark.rule("1.9", "2.9", "A2", "A11")
@cases("hour")
def test_hours_of_the_table(case: Case) -> None:
    """A limit in hours is in time at its last microsecond, and late one microsecond after."""
    check(case)


@pytest.mark.rule("3.1", "A3", "A11")
@cases("day")
def test_days_of_the_table(case: Case) -> None:
    """A limit in civil days is in time at its last microsecond, and late one microsecond after."""
    check(case)


@pytest.mark.rule("F1")
@cases("month")
def test_months_of_the_table(case: Case) -> None:
    """A limit in calendar months is in time at its last microsecond, and late one microsecond after."""
    check(case)


def test_an_instant_in_utc_is_returned_as_it_is() -> None:
    """What is in UTC already is the same object."""
    assert NOON is instant(NOON)


def test_an_aware_instant_becomes_utc() -> None:
    """Any other zone is converted, to the same instant."""
    found = instant(NOON.astimezone(ZoneInfo("Pacific/Apia")))

    assert NOON == found
    assert UTC is found.tzinfo


@pytest.mark.parametrize(
    ("code", "at"),
    [
        ("malformed", "noon"),
        ("naive", NOON.replace(tzinfo=None)),
        ("out_of_range", datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))),
    ],
)
def test_what_is_no_instant_is_told_with_an_example(code: str, at: Any) -> None:
    """The name, the value, and what an instant looks like."""
    with pytest.raises(InvalidValueError) as caught:
        instant(at, "told")

    value = at.isoformat() if isinstance(at, datetime) else repr(at)
    assert f"instant.{code}" == caught.value.code
    assert {"name": "told", "value": value, "example": "datetime(2024, 3, 1, 9, 30, tzinfo=UTC)"} == dict(
        caught.value.facts
    )


def test_a_subclass_of_datetime_is_a_datetime() -> None:
    """What libraries derive from datetime is accepted."""

    class Stamp(datetime):
        pass

    assert Stamp(2024, 3, 1, 12, tzinfo=UTC) == instant(Stamp(2024, 3, 1, 12, tzinfo=UTC))


class Nowhere(tzinfo):
    """A time zone that does not know its offset: what it is given to stays naive."""

    def utcoffset(self, _: datetime | None) -> None:
        """Not known."""


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            datetime(2024, 3, 1, 12),
            r"^sent 2024-03-01T12:00:00 is naive; expected an aware datetime, such as datetime\(",
        ),
        (datetime(2024, 3, 1, 12, tzinfo=Nowhere()), "^sent 2024-03-01T12:00:00 is naive"),
        (None, "^sent None is not a datetime; expected an aware one, such as"),
        (date(2024, 3, 1), r"^sent datetime\.date\(2024, 3, 1\) is not a datetime"),
        (time(12, tzinfo=UTC), r"^sent datetime\.time\(12, 0, tzinfo=.*\) is not a datetime"),
        ("2024-03-01T12:00:00Z", "^sent '2024-03-01T12:00:00Z' is not a datetime"),
        (1709294400, "^sent 1709294400 is not a datetime"),
        (
            datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
            r"^sent 0001-01-01T00:00:00\+01:00 is outside the years",
        ),
        (
            datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))),
            r"^sent 9999-.*-01:00 is outside the years 1 to 9999",
        ),
    ],
)
def test_what_is_no_aware_instant_is_refused(value: object, message: str) -> None:
    """The error names the argument, shows the value and gives an example of what is expected."""
    with pytest.raises(InvalidValueError, match=message):
        instant(value, "sent")


def deadline(**changes: object) -> Deadline:
    """A deadline of one instant, but for what is changed."""
    return Deadline(**{"opened": NOON, "safe_until": NOON, "closes": NOON, **changes})


def test_a_deadline_says_what_it_was_given() -> None:
    """A deadline keeps its rule and whether it is estimated, and has neither by itself."""
    rule = Rule("1.9", "the space is activated within 48 hours")
    found = Hours(48).starting(NOON, rule=rule, estimated=True)

    assert (rule, True) == (found.rule, found.estimated)
    assert (None, False, ()) == (deadline().rule, deadline().estimated, deadline().reminders)
    days = CivilDays(60).starting(NOON, rule=rule, estimated=True)
    assert (rule, True) == (days.rule, days.estimated)
    for unit in (Hours(48), CivilDays(60), CivilMonths(2)):
        assert not unit.starting(NOON).estimated


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"opened": NOON + TICK},
            "^opened 2024-03-01T12:00:00.000001.00:00 is after closes; expected 2024-03-01T12:00:00",
        ),
        ({"safe_until": NOON + TICK}, "^safe_until 2024-03-01T12:00:00.000001.00:00 is after closes"),
        (
            {"opened": NOON.astimezone(ZoneInfo("Asia/Tokyo"))},
            r"^opened 2024-03-01T21:00:00\+09:00 is not in UTC; expected",
        ),
        ({"closes": NOON.astimezone(ZoneInfo("UTC"))}, r"^closes 2024-03-01T12:00:00\+00:00 is not in UTC"),
        ({"closes": datetime(2024, 3, 1)}, "^closes 2024-03-01T00:00:00 is naive"),
        ({"safe_until": None}, "^safe_until None is not a datetime"),
        ({"closes": datetime.max.replace(tzinfo=UTC)}, "^closes 9999-12-31T23:59:59.999999.00:00 leaves no instant"),
    ],
)
def test_a_deadline_that_cannot_be_is_refused(changes: dict[str, object], message: str) -> None:
    """A deadline is in UTC, opens and is safe before it closes, and something comes after it."""
    with pytest.raises(InvalidValueError, match=message):
        deadline(**changes)


def test_the_last_deadline_of_all() -> None:
    """One microsecond before the end of year 9999 there is still an instant for what is late."""
    closes = datetime.max.replace(tzinfo=UTC) - TICK

    assert datetime.max.replace(tzinfo=UTC) == deadline(closes=closes).lapses_at


@pytest.mark.parametrize("value", [datetime(2024, 3, 1), None, date(2024, 3, 1)])
def test_a_deadline_passes_at_aware_instants_only(value: object) -> None:
    """Whether a naive instant is late has no answer."""
    with pytest.raises(InvalidValueError, match=r"^at "):
        deadline().has_passed(value)


@pytest.mark.parametrize("kind", UNITS.values())
@pytest.mark.parametrize("count", [0, -1, 1_000_001, True, 1.0, "48", None, *HUGE])
def test_a_count_that_cannot_be_used_is_refused(kind: type[Hours], count: object) -> None:
    """A limit is 1 to 1,000,000 units, a whole number; the error stays short whatever it was given."""
    with pytest.raises(
        InvalidValueError, match=r"^count .{1,80} cannot be used; expected a whole number from 1 to 1000000"
    ):
        kind(count)


@pytest.mark.parametrize("kind", UNITS.values())
def test_the_longest_count(kind: type[Hours]) -> None:
    """1,000,000 is a count still."""
    assert 1_000_000 == kind(1_000_000).count


@pytest.mark.parametrize("kind", [CivilDays, CivilMonths])
@pytest.mark.parametrize(
    "zone",
    [
        *(
            "Europe/Pariss",
            "",
            "Europe",
            "../Europe/Paris",
            "/etc/localtime",
            "Europe/Paris ",
            "a\0b",
            "\ud800",
            "zone.tab",
        ),
        *("x" * 5000, "right/Europe/Paris", "posix/Europe/Paris", "localtime", "posixrules", 5, None, [], b"UTC", UTC),
    ],
)
def test_a_zone_that_is_not_known_is_refused(kind: type[CivilDays], zone: object) -> None:
    """A zone is the key of one that zoneinfo knows, and that means the same on every machine."""
    with pytest.raises(
        InvalidValueError, match=r"^time zone .{1,80} is not known; expected an IANA key, such as 'Europe"
    ) as caught:
        kind(60, zone)
    assert {"value": f"{zone!r:.80}"} == dict(caught.value.facts)


def test_units_are_values() -> None:
    """Units compare, hash and travel between processes as what they count, Paris being the default zone."""
    assert Hours(48) == Hours(48) != Hours(72)
    assert CivilDays(60) == CivilDays(60, "Europe/Paris") != CivilDays(60, "UTC")
    assert CivilDays(12) != CivilMonths(12)
    assert 3 == len({Hours(1), CivilDays(1), CivilMonths(1), CivilDays(1, "Europe/Paris")})
    assert CivilMonths(36) == pickle.loads(pickle.dumps(CivilMonths(36)))


@pytest.mark.parametrize("unit", [CivilDays(60), CivilMonths(2)])
@pytest.mark.parametrize("opened", [None, "2024-03-01", 20240301, time(12, tzinfo=UTC)])
def test_what_is_no_day_is_refused(unit: CivilDays, opened: object) -> None:
    """A civil limit starts on a date or at an aware instant, and on nothing else."""
    with pytest.raises(
        InvalidValueError, match=r"^opened .* is not a day; expected a date or an aware datetime, such as"
    ) as caught:
        unit.starting(opened)
    assert {"name": "opened", "value": repr(opened), "example": "datetime(2024, 3, 1, 9, 30, tzinfo=UTC)"} == dict(
        caught.value.facts
    )


@pytest.mark.parametrize("unit", [Hours(48), CivilDays(60), CivilMonths(2)])
def test_a_naive_start_is_refused(unit: Hours) -> None:
    """A naive instant starts no limit."""
    with pytest.raises(InvalidValueError, match=r"^opened 2024-03-01T00:00:00 is naive"):
        unit.starting(datetime(2024, 3, 1))


@pytest.mark.rule("A2")
def test_a_date_starts_no_limit_in_hours() -> None:
    """Hours run from an instant, and a date is none."""
    with pytest.raises(InvalidValueError, match=r"^opened .* is not a datetime"):
        Hours(48).starting(date(2024, 3, 1))


@pytest.mark.parametrize(
    ("unit", "opened"),
    [
        (Hours(48), datetime(9999, 12, 30, 0, 0, 0, 1, tzinfo=UTC)),
        (CivilDays(60), date(9999, 12, 1)),
        (CivilDays(1_000_000), date(9999, 12, 1)),
        (CivilDays(1, "America/New_York"), date(9999, 12, 30)),
        (CivilDays(1), date.min),
        (CivilDays(1, "Pacific/Kiritimati"), date(1, 1, 1)),
        (CivilDays(1, "America/New_York"), datetime(1, 1, 1, tzinfo=UTC)),
        (CivilDays(1, "Asia/Tokyo"), datetime(9999, 12, 31, 23, tzinfo=UTC)),
        (CivilMonths(1), date(9999, 12, 1)),
        (CivilMonths(1_000_000), date(2024, 3, 1)),
    ],
)
def test_a_limit_stays_within_the_years(unit: Hours, opened: date) -> None:
    """A limit that would leave the years 1 to 9999 is refused, and says what it is and where it started."""
    with pytest.raises(
        InvalidValueError,
        match=f"(?s)^{re.escape(str(unit))} from {opened.isoformat()[:10]}.* is outside the years 1 to 9999",
    ):
        unit.starting(opened)


def test_the_end_of_the_calendar_is_no_deadline() -> None:
    """A limit that ends with year 9999 in UTC leaves no instant for what is late."""
    with pytest.raises(InvalidValueError, match="leaves no instant for what is late"):
        CivilDays(1, "UTC").starting(date(9999, 12, 30))


def test_days_ahead_are_those_of_the_zone() -> None:
    """Where the zone's day is not that of UTC, days ahead of the safe day are counted in the zone."""
    unit = CivilDays(10, "America/New_York")
    found = unit.starting(date(2024, 3, 1))

    # The safe day is 10 March, which ends on the 11th in UTC; two days ahead begins 8 March 00:00 there, 05:00 in UTC.
    assert datetime(2024, 3, 8, 5, tzinfo=UTC) == unit.ahead(found, 2)


def test_the_last_month_of_the_calendar() -> None:
    """The calendar's last year is reached, and not passed."""
    assert date(9999, 12, 31) == months_later(date(9998, 12, 31), 12)
    with pytest.raises(OverflowError, match="year 10000 is past 9999"):
        months_later(date(9999, 12, 31), 12)


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (10_000_000, "10000000"),
        (10_000_001, "of many digits"),
        (-10_000_000, "-10000000"),
        (10**7 * 11, "of many digits"),
        (2_000_000, "2000000"),
        pytest.param(10**5000, "of many digits", id="huge"),
    ],
)
def test_a_count_is_shown_up_to_ten_millions(count: int, told: str) -> None:
    """A count that cannot be used is shown, unless it has more digits than anybody would read."""
    with pytest.raises(InvalidValueError) as caught:
        Hours(count)

    assert "count.not_allowed" == caught.value.code
    assert told in {str(caught.value.facts["value"]), str(caught.value).split(" cannot")[0].removeprefix("count ")}


def test_a_deadline_of_another_zone_is_shown_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is expected is the same instant in UTC, not what the machine's own clocks read."""
    monkeypatch.setenv("TZ", "America/New_York")
    tick.tzset()
    at = datetime(2024, 3, 1, 9, tzinfo=UTC)
    try:
        with pytest.raises(InvalidValueError) as refused:
            Deadline(opened=at, safe_until=at, closes=at.astimezone(ZoneInfo("Europe/Paris")))
    finally:
        monkeypatch.undo()
        tick.tzset()

    assert ("deadline.not_utc", "closes") == (refused.value.code, refused.value.facts["name"])
    assert "2024-03-01T10:00:00+01:00" in str(refused.value)
    assert "2024-03-01T09:00:00+00:00" in str(refused.value)


def test_reminders_are_in_utc_and_before_the_end() -> None:
    """A deadline's reminders are instants in UTC, none after it closes; the next one ahead is due, or the lapse."""
    found = deadline(closes=NOON + 2 * TICK, reminders=(NOON, NOON + TICK))

    assert [NOON, NOON + TICK, NOON + 3 * TICK] == [found.due_after(at) for at in (NOON - TICK, NOON, NOON + TICK)]
    assert NOON + TICK == deadline().due_after(NOON - TICK)
    for wrong, code in (
        (NOON + 3 * TICK, "deadline.out_of_order"),
        (NOON.astimezone(ZoneInfo("Europe/Paris")), "deadline.not_utc"),
        (NOON.replace(tzinfo=None), "instant.naive"),
        ("noon", "instant.malformed"),
    ):
        with pytest.raises(InvalidValueError) as caught:
            deadline(closes=NOON + 2 * TICK, reminders=(NOON, wrong))
        assert (code, "reminders") == (caught.value.code, caught.value.facts["name"])


def test_a_system_without_time_zones_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no time zone at all is found, the error says which package brings them."""
    monkeypatch.setattr("teleprocedures.deadlines._civil.available_timezones", set)
    with pytest.raises(InvalidValueError) as caught:
        CivilDays(60, "Europe/Nowhere")

    assert "time_zone.missing" == caught.value.code
    assert "pip install teleprocedures[tzdata]" in str(caught.value)


@pytest.mark.rule("A2")
def test_hours_ahead() -> None:
    """24 hours ahead of a deadline is elapsed time too, over a change of clocks."""
    found = Hours(48).starting(when("2025-03-29 12:00:00 +01:00"))

    assert when("2025-03-30 13:00:00 +02:00") == Hours(48).ahead(found, 24)
    assert found.closes == Hours(48).ahead(found, 0)


@pytest.mark.rule("A3")
@pytest.mark.parametrize("unit", [CivilDays(60), CivilMonths(2)])
@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "2024-04-29 00:00:00 +02:00"),
        (1, "2024-04-28 00:00:00 +02:00"),
        (15, "2024-04-14 00:00:00 +02:00"),
        (29, "2024-03-31 00:00:00 +01:00"),
    ],
)
def test_days_ahead(unit: CivilDays, count: int, expected: str) -> None:
    """Days ahead of a civil deadline count back from its safe day, and mean the first instant of a day."""
    found = CivilDays(60).starting(date(2024, 3, 1))

    assert when(expected) == unit.ahead(found, count)


@pytest.mark.parametrize("unit", [Hours(48), CivilDays(60), CivilMonths(2)])
@pytest.mark.parametrize("count", [-1, 1_000_001, False, 1.5, None])
def test_a_count_ahead_that_cannot_be_used_is_refused(unit: Hours, count: object) -> None:
    """What is ahead of a deadline is a whole number of units from 0."""
    with pytest.raises(InvalidValueError, match=r"^count .* cannot be used; expected a whole number from 0 to 1000000"):
        unit.ahead(deadline(), count)


@pytest.mark.parametrize("unit", [Hours(48), CivilDays(60), CivilMonths(2)])
def test_ahead_stays_within_the_years(unit: Hours) -> None:
    """There is nothing ahead of year 1."""
    first = datetime(1, 1, 2, tzinfo=UTC)
    early = Deadline(opened=first, safe_until=first, closes=first)

    with pytest.raises(InvalidValueError) as caught:
        unit.ahead(early, 1000)
    assert caught.value.code.endswith("out_of_range")
    assert "1000" in str(caught.value)
    assert "0001-01-02" in str(caught.value)


@pytest.mark.parametrize("unit", [Hours(48), CivilDays(60), CivilMonths(2)])
def test_a_time_limit_stays_within_the_years(unit: Hours) -> None:
    """The error says which limit, and near which instant."""
    last = datetime(9999, 12, 31, 12, tzinfo=UTC)

    with pytest.raises(InvalidValueError) as caught:
        unit.starting(last)
    assert "limit.out_of_range" == caught.value.code
    assert {"limit": str(unit), "near": last.isoformat()} == dict(caught.value.facts)


def test_a_date_opens_at_the_first_instant_of_its_day() -> None:
    """Opened on a date: at midnight, at 01:00 where midnight is skipped, at the second midnight where there are two."""
    assert when("2024-03-01 00:00:00 +01:00") == CivilDays(60).starting(date(2024, 3, 1)).opened
    assert when("2024-04-26 01:00:00 +03:00") == CivilDays(60, "Africa/Cairo").starting(date(2024, 4, 26)).opened
    assert when("2010-11-07 00:00:00 -03:30") == CivilDays(60, "America/St_Johns").starting(date(2010, 11, 7)).opened
    assert when("2011-12-31 00:00:00 +14:00") == CivilDays(60, "Pacific/Apia").starting(date(2011, 12, 30)).opened


def zone_that_jumps(at: datetime, seconds: int) -> ZoneInfo:
    """A zone in the form of the IANA's files: UTC up to an instant, and so many seconds ahead of it from then on."""
    counts = (0, 0, 0, 1, 2, 4)  # one change, two offsets, the four characters of their name
    header = b"TZif" + bytes(16) + struct.pack(">6l", *counts)
    changes = struct.pack(">lB", int(at.timestamp()), 1)
    offsets = struct.pack(">lBBlBB", 0, 0, 0, seconds, 0, 0)
    return ZoneInfo.from_file(io.BytesIO(header + changes + offsets + b"OWN\0"), key="Test/Own")


@pytest.mark.parametrize("seconds", [3599, 3600, 3601, 3602])
def test_a_day_begins_where_clocks_jump_over_its_midnight(seconds: int) -> None:
    """To the second, however many seconds the clocks leave out."""
    jump = datetime(2024, 3, 2, 23, 30, tzinfo=UTC)

    assert jump == first_instant(date(2024, 3, 3), zone_that_jumps(jump, seconds))


class Stamp(datetime):
    """A host's own kind of instant."""


def test_a_deadline_takes_a_hosts_own_kind_of_instant() -> None:
    """Whatever its class, it is an instant of UTC, and is compared with the end like any other."""
    opened, closes = Stamp(2024, 3, 1, 9, tzinfo=UTC), Stamp(2024, 3, 3, 9, tzinfo=UTC)

    deadline = Deadline(opened=opened, safe_until=closes, closes=closes, reminders=(opened,))

    assert (opened, closes) == (deadline.opened, deadline.closes)
    with pytest.raises(InvalidValueError) as caught:
        Deadline(opened=closes + TICK, safe_until=closes, closes=closes)
    assert ("deadline.out_of_order", "opened") == (caught.value.code, caught.value.facts["name"])


def test_an_instant_opens_at_itself() -> None:
    """Opened at an instant: there, in UTC, and not at the beginning of its day."""
    opened = when("2024-03-01 15:30:00 +01:00")

    assert opened == CivilDays(60).starting(opened).opened == Hours(48).starting(opened).opened


@pytest.mark.rule("1.9", "2.9", "A2")
@given(instants, counts)
def test_hours_are_elapsed_time(opened: datetime, count: int) -> None:
    """A limit in hours lasts that many times 3,600 seconds, and all of it is safe."""
    found = Hours(count).starting(opened)

    assert 3600 * count == (found.closes - found.opened).total_seconds()
    assert found.closes == found.safe_until


@given(units, instants)
def test_a_limit_goes_on_in_order(unit: Hours, opened: datetime) -> None:
    """A limit opens, is safe, closes and lapses in this order, in UTC, and passes between the last two."""
    found = unit.starting(opened)

    assert opened == found.opened <= found.safe_until <= found.closes < found.lapses_at
    assert {UTC} == {found.opened.tzinfo, found.safe_until.tzinfo, found.closes.tzinfo, found.lapses_at.tzinfo}
    assert (False, True) == (found.has_passed(found.closes), found.has_passed(found.lapses_at))


@given(units, instants, zones)
def test_where_an_instant_is_told_changes_nothing(unit: Hours, opened: datetime, zone: str) -> None:
    """The same instant, told in any zone, starts the same limit, and is late or not all the same."""
    found = unit.starting(opened)

    assert found == unit.starting(opened.astimezone(ZoneInfo(zone)))
    assert found.has_passed(found.lapses_at.astimezone(ZoneInfo(zone)))


@given(civil_units, days)
def test_a_later_day_never_ends_earlier(unit: CivilDays, day: date) -> None:
    """The limit of a later day ends no earlier, and a day's limit ends safely where the day before's closes."""
    today, tomorrow = unit.starting(day), unit.starting(day + timedelta(days=1))

    assert today.opened <= tomorrow.opened
    assert today.closes <= tomorrow.closes
    if isinstance(unit, CivilDays):
        assert today.closes == tomorrow.safe_until


@given(counts, zones, days)
def test_a_day_more_is_a_later_start(count: int, zone: str, day: date) -> None:
    """One more day from a day is the same end as from the day after: days follow each other without hole or overlap."""
    expected = CivilDays(count, zone).starting(day + timedelta(days=1))

    assert expected.closes == CivilDays(count + 1, zone).starting(day).closes


@given(units, days, st.integers(0, 400))
def test_reminders_go_back_in_order(unit: Hours, day: date, count: int) -> None:
    """One more unit ahead comes earlier, and none comes after the end."""
    found = CivilDays(60).starting(day)

    assert unit.ahead(found, count + 1) <= unit.ahead(found, count) <= found.closes
