"""Time limits: hours of elapsed time, civil days and months of any zone, and the deadlines that they become."""

import csv
import io
import pickle
import re
import struct
import time as tick
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.deadlines import (
    CivilDays,
    CivilMonths,
    Deadline,
    Hours,
    civil_day,
    first_instant,
    instant,
    months_later,
    time_zone,
)
from teleprocedures.errors import Rule, show
from tests.builders import each, failure
from tests.instants import TICK

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
KINDS = {"hour": Hours, "day": CivilDays, "month": CivilMonths}
UNITS = (Hours(48), CivilDays(60), CivilMonths(2))
ZONES = ("Europe/Paris", "America/St_Johns", "Pacific/Apia", "Africa/Cairo", "Australia/Lord_Howe", "UTC")
EXAMPLE = "datetime(2024, 3, 1, 9, 30, tzinfo=UTC)"

instants = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))
zones = st.sampled_from(ZONES)
counts = st.integers(1, 1000)
civil_units = st.builds(CivilDays, counts, zones) | st.builds(CivilMonths, counts, zones)
units = st.builds(Hours, counts) | civil_units


def when(text):
    """An instant as the table writes it: `2024-04-30 23:59:59.999999 +02:00`."""
    day, clock, offset = text.split()
    return datetime.fromisoformat(f"{day}T{clock}{offset}")


def deadline(**changes):
    """A deadline of one instant, but for what is changed."""
    return Deadline(**{"opened": NOON, "safe_until": NOON, "closes": NOON, **changes})


# --- The table --------------------------------------------------------------------------------------------------------

with (Path(__file__).parent.parent / "deadlines.csv").open(encoding="utf-8", newline="") as table:
    ROWS = tuple(csv.DictReader(table))


def rows(unit):
    """The rows of the table whose limit is in this unit."""
    return each("row", *(row for row in ROWS if unit in row["limit"]), ids=lambda row: " ".join(list(row.values())[:3]))


def check(row):
    """What each row promises: in time at its last microsecond, and late one microsecond after."""
    count, name = row["limit"].split()
    zone = () if name.startswith("hour") else (row["zone"],)
    unit = KINDS[name.removesuffix("s")](int(count), *zone)
    found = unit.starting(when(row["start"]) if ":" in row["start"] else date.fromisoformat(row["start"]))
    last = when(row["last_instant"])

    assert (last, when(row["safe_until"]), last + TICK) == (found.closes, found.safe_until, found.lapses_at)
    assert [False, True] == [found.has_passed(at) for at in (last, last + TICK)]


@pytest.mark.rule("1.9", "2.9", "A2", "A11")
@rows("hour")
def test_hours_of_the_table(row):
    """A limit in hours is in time at its last microsecond, and late one microsecond after."""
    check(row)


@pytest.mark.rule("3.1", "A3", "A11")
@rows("day")
def test_days_of_the_table(row):
    """A limit in civil days is in time at its last microsecond, and late one microsecond after."""
    check(row)


@pytest.mark.rule("F1")
@rows("month")
def test_months_of_the_table(row):
    """A limit in calendar months is in time at its last microsecond, and late one microsecond after."""
    check(row)


# --- Instants ---------------------------------------------------------------------------------------------------------


class Nowhere(tzinfo):
    """A time zone that does not know its offset: what it is given to stays naive."""

    def utcoffset(self, _):
        """Not known."""


EAST = timezone(timedelta(hours=1))


@each(
    "code shown value",
    ("naive", "2024-03-01T12:00:00", NOON.replace(tzinfo=None)),
    ("naive", "2024-03-01T12:00:00", datetime(2024, 3, 1, 12, tzinfo=Nowhere())),
    ("malformed", "None", None),
    ("malformed", "2024-03-01", date(2024, 3, 1)),
    ("malformed", "12:00:00+00:00", time(12, tzinfo=UTC)),
    ("malformed", "'2024-03-01T12:00:00Z'", "2024-03-01T12:00:00Z"),
    ("malformed", "1709294400", 1709294400),
    ("out_of_range", "0001-01-01T00:00:00+01:00", datetime.min.replace(tzinfo=EAST)),
    ("out_of_range", "9999-12-31T23:59:59.999999-01:00", datetime.max.replace(tzinfo=timezone(-timedelta(hours=1)))),
)
def test_what_is_no_aware_instant_is_refused(code, shown, value):
    """The error names the argument, shows the value and gives an example of what is expected."""
    error = failure(instant, value, "sent")
    why = {"naive": "is naive", "malformed": "is not a datetime", "out_of_range": "is outside the years 1 to 9999"}

    assert (f"instant.{code}", {"name": "sent", "value": shown, "example": EXAMPLE}) == (error.code, dict(error.facts))
    assert str(error).startswith(f"sent {shown} {why[code]}")
    assert f"such as {EXAMPLE}" in str(error)


def test_an_instant_of_a_time_limit_is_one():
    """A naive instant is never late, and starts no limit; no limit in hours starts on a date."""
    for value in (datetime(2024, 3, 1), None, date(2024, 3, 1)):
        assert str(failure(deadline().has_passed, value)).startswith("at ")
    for unit in UNITS:
        assert str(failure(unit.starting, datetime(2024, 3, 1))).startswith("opened 2024-03-01T00:00:00 is naive")


@pytest.mark.rule("A2")
def test_a_date_starts_no_limit_in_hours():
    """Hours run from an instant, and a date is none."""
    assert "opened 2024-03-01 is not a datetime" in str(failure(Hours(48).starting, date(2024, 3, 1)))


@each(
    "opened shown",
    (None, "None"),
    ("2024-03-01", "'2024-03-01'"),
    (20240301, "20240301"),
    (time(12, tzinfo=UTC), "12:00:00+00:00"),
)
def test_what_is_no_day_is_refused(opened, shown):
    """A civil limit starts on a date or at an aware instant, and on nothing else."""
    for unit in UNITS[1:]:
        error = failure(unit.starting, opened)

        assert {"name": "opened", "value": shown, "example": EXAMPLE} == dict(error.facts)
        assert f"opened {shown} is not a day; expected a date or an aware datetime, such as" in str(error)


# --- Deadlines --------------------------------------------------------------------------------------------------------


def test_a_deadline_says_what_it_was_given():
    """A deadline keeps its rule and whether it is estimated, and has neither by itself."""
    rule = Rule("1.9", "the space is activated within 48 hours")

    assert (None, False, ()) == (deadline().rule, deadline().estimated, deadline().reminders)
    for unit in UNITS:
        found, plain = unit.starting(NOON, rule=rule, estimated=True), unit.starting(NOON)
        assert (rule, True, None, False) == (found.rule, found.estimated, plain.rule, plain.estimated)


TOKYO = NOON.astimezone(ZoneInfo("Asia/Tokyo"))
AFTER = {"opened": NOON, "safe_until": NOON, "closes": NOON + 2 * TICK}


@each(
    "code name changes message",
    ("out_of_order", "opened", {"opened": NOON + TICK}, "is after closes; expected 2024-03-01T12:00:00"),
    ("out_of_order", "safe_until", {"safe_until": NOON + TICK}, "is after closes"),
    ("not_utc", "opened", {"opened": TOKYO}, "is not in UTC; expected 2024-03-01T12:00:00+00:00"),
    ("not_utc", "closes", {"closes": NOON.astimezone(ZoneInfo("UTC"))}, "is not in UTC"),
    ("naive", "closes", {"closes": datetime(2024, 3, 1)}, "is naive"),
    ("malformed", "safe_until", {"safe_until": None}, "is not a datetime"),
    ("endless", "closes", {"closes": LAST}, "leaves no instant for what is late"),
    ("out_of_order", "reminders", {**AFTER, "reminders": (NOON, NOON + 3 * TICK)}, "is after closes"),
    ("not_utc", "reminders", {**AFTER, "reminders": (NOON, TOKYO)}, "is not in UTC"),
    ("naive", "reminders", {**AFTER, "reminders": (NOON, NOON.replace(tzinfo=None))}, "is naive"),
    ("malformed", "reminders", {**AFTER, "reminders": (NOON, "noon")}, "is not a datetime"),
)
def test_a_deadline_that_cannot_be_is_refused(code, name, changes, message):
    """A deadline is in UTC, opens, is safe and reminds before it closes, and something comes after it."""
    error, value = failure(deadline, **changes), changes[name][1] if name == "reminders" else changes[name]
    family = "instant" if code in {"naive", "malformed"} else "deadline"

    assert (f"{family}.{code}", name) == (error.code, error.facts.get("name", "closes"))
    assert str(error).startswith(
        f"{name} {value.isoformat() if isinstance(value, datetime) else repr(value)} {message}"
    )


def test_a_deadline_of_another_zone_is_shown_in_utc(monkeypatch):
    """What is expected is the same instant in UTC, not what the machine's own clocks read."""
    monkeypatch.setenv("TZ", "America/New_York")
    tick.tzset()
    try:
        error = failure(deadline, closes=NOON.astimezone(ZoneInfo("Europe/Paris")))
    finally:
        monkeypatch.undo()
        tick.tzset()

    assert "closes 2024-03-01T13:00:00+01:00 is not in UTC; expected 2024-03-01T12:00:00+00:00" == str(error)


def test_what_is_due_next():
    """The next reminder ahead is due, or the lapse; year 9999 has an instant for what is late before its very last."""
    found = deadline(closes=NOON + 2 * TICK, reminders=(NOON, NOON + TICK))

    assert [NOON, NOON + TICK, NOON + 3 * TICK] == [found.due_after(at) for at in (NOON - TICK, NOON, NOON + TICK)]
    assert NOON + TICK == deadline().due_after(NOON - TICK)
    assert LAST == deadline(closes=LAST - TICK).lapses_at


# --- Units ------------------------------------------------------------------------------------------------------------


def test_units_are_values():
    """Units compare, hash and travel between processes as what they count, Paris being the default zone."""
    assert Hours(48) == Hours(48) != Hours(72)
    assert CivilDays(60) == CivilDays(60, "Europe/Paris") != CivilDays(60, "UTC")
    assert CivilDays(12) != CivilMonths(12)
    assert 3 == len({Hours(1), CivilDays(1), CivilMonths(1), CivilDays(1, "Europe/Paris")})
    assert CivilMonths(36) == pickle.loads(pickle.dumps(CivilMonths(36)))
    assert [1_000_000] * 3 == [kind(1_000_000).count for kind in KINDS.values()]


@each("kind", *KINDS.values())
@each(
    "count shown",
    *((count, repr(count)) for count in (0, -1, 1_000_001, True, 1.0, "48", None, 10_000_000, -10_000_000)),
    *((count, "of many digits") for count in (10_000_001, 110_000_000, 10**5000, -(10**5000))),
    ids=range(13),
)
def test_a_count_that_cannot_be_used_is_refused(kind, count, shown):
    """A limit is 1 to 1,000,000 units, a whole number; the error stays short whatever it was given."""
    error = failure(kind, count)

    assert "count.not_allowed" == error.code
    assert f"count {shown} cannot be used; expected a whole number from 1 to 1000000, such as 48" == str(error)


@each(
    "zone",
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
)
def test_a_zone_that_is_not_known_is_refused(zone):
    """A zone is the key of one that zoneinfo knows, and that means the same on every machine."""
    for kind in (CivilDays, CivilMonths):
        error = failure(kind, 60, zone)

        assert {"value": show(zone)} == dict(error.facts)
        assert re.match(r"^time zone .{1,80} is not known; expected an IANA key, such as 'Europe", str(error))


def test_a_system_without_time_zones_is_told_what_to_install(monkeypatch):
    """Where no time zone at all is found, the error says which package brings them."""
    monkeypatch.setattr("teleprocedures.deadlines._civil.available_timezones", set)
    error = failure(CivilDays, 60, "Europe/Nowhere")

    assert "time_zone.missing" == error.code
    assert "pip install tzdata" in str(error)


@each(
    "unit opened",
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
    *((unit, datetime(9999, 12, 31, 12, tzinfo=UTC)) for unit in UNITS),
)
def test_a_limit_stays_within_the_years(unit, opened):
    """A limit that would leave the years 1 to 9999 is refused, and says what it is and where it started."""
    error = failure(unit.starting, opened)

    assert ("limit.out_of_range", {"limit": str(unit), "near": opened.isoformat()}) == (error.code, dict(error.facts))
    assert f"{unit} from {opened.isoformat()} is outside the years 1 to 9999" in str(error)


def test_the_end_of_the_calendar():
    """Its last year is reached and not passed; a limit that ends with it leaves no instant for what is late."""
    assert date(9999, 12, 31) == months_later(date(9998, 12, 31), 12)
    with pytest.raises(OverflowError, match="year 10000 is past 9999"):
        months_later(date(9999, 12, 31), 12)
    assert "leaves no instant for what is late" in str(failure(CivilDays(1, "UTC").starting, date(9999, 12, 30)))


# --- Ahead of a deadline ----------------------------------------------------------------------------------------------


@pytest.mark.rule("A2")
def test_hours_ahead():
    """24 hours ahead of a deadline is elapsed time too, over a change of clocks."""
    found = Hours(48).starting(when("2025-03-29 12:00:00 +01:00"))

    assert when("2025-03-30 13:00:00 +02:00") == Hours(48).ahead(found, 24)
    assert found.closes == Hours(48).ahead(found, 0)


@pytest.mark.rule("A3")
@each(
    "count expected",
    (0, "2024-04-29 00:00:00 +02:00"),
    (1, "2024-04-28 00:00:00 +02:00"),
    (15, "2024-04-14 00:00:00 +02:00"),
    (29, "2024-03-31 00:00:00 +01:00"),
)
def test_days_ahead(count, expected):
    """Days ahead of a civil deadline count back from its safe day, in its zone, and mean the first instant of a day."""
    found = CivilDays(60).starting(date(2024, 3, 1))
    away = CivilDays(10, "America/New_York")

    assert [when(expected)] * 2 == [unit.ahead(found, count) for unit in UNITS[1:]]
    # The safe day is 10 March, which ends on the 11th in UTC; two days ahead begins 8 March 00:00 there, 05:00 in UTC.
    assert datetime(2024, 3, 8, 5, tzinfo=UTC) == away.ahead(away.starting(date(2024, 3, 1)), 2)


@each("unit", *UNITS)
def test_what_is_not_ahead_of_a_deadline(unit):
    """What is ahead is a whole number of units from 0, and nothing is ahead of year 1."""
    for count in (-1, 1_000_001, False, 1.5, None):
        expected = f"count {count!r} cannot be used; expected a whole number from 0 to 1000000, such as 48"
        assert expected == str(failure(unit.ahead, deadline(), count))
    first = datetime(1, 1, 2, tzinfo=UTC)
    early = failure(unit.ahead, Deadline(opened=first, safe_until=first, closes=first), 1000)

    assert "limit.reminder_out_of_range" == early.code
    assert {"1000", "0001-01-02"} <= set(re.findall(r"\b1000\b|0001-01-02", str(early)))


# --- Where a day begins -----------------------------------------------------------------------------------------------


@each(
    "opened zone day",
    ("2024-03-01 00:00:00 +01:00", "Europe/Paris", date(2024, 3, 1)),
    ("2024-04-26 01:00:00 +03:00", "Africa/Cairo", date(2024, 4, 26)),
    ("2010-11-07 00:00:00 -03:30", "America/St_Johns", date(2010, 11, 7)),
    ("2011-12-31 00:00:00 +14:00", "Pacific/Apia", date(2011, 12, 30)),
)
def test_a_limit_opens_with_its_day_or_at_its_instant(opened, zone, day):
    """At midnight, at 01:00 where midnight is skipped, at the second of two, a day late where there is no such day."""
    at = when("2024-03-01 15:30:00 +01:00")

    assert when(opened) == CivilDays(60, zone).starting(day).opened
    assert at == CivilDays(60, zone).starting(at).opened == Hours(48).starting(at).opened


def zone_that_jumps(at, seconds):
    """A zone in the form of the IANA's files: UTC up to an instant, and so many seconds ahead of it from then on."""
    counts = (0, 0, 0, 1, 2, 4)  # one change, two offsets, the four characters of their name
    header = b"TZif" + bytes(16) + struct.pack(">6l", *counts)
    changes = struct.pack(">lB", int(at.timestamp()), 1)
    offsets = struct.pack(">lBBlBB", 0, 0, 0, seconds, 0, 0)
    return ZoneInfo.from_file(io.BytesIO(header + changes + offsets + b"OWN\0"), key="Test/Own")


@each("seconds", 3599, 3600, 3601, 3602)
def test_a_day_begins_where_clocks_jump_over_its_midnight(seconds):
    """To the second, however many seconds the clocks leave out."""
    jump = datetime(2024, 3, 2, 23, 30, tzinfo=UTC)

    assert jump == first_instant(date(2024, 3, 3), zone_that_jumps(jump, seconds))


# --- Whatever the limit -----------------------------------------------------------------------------------------------


@pytest.mark.rule("1.9", "2.9", "A2")
@given(units, instants, zones)
def test_a_limit_goes_on_in_order(unit, opened, zone):
    """It opens, is safe, closes and lapses in this order, wherever its start is told; hours are elapsed time."""
    found = unit.starting(opened)

    assert found == unit.starting(opened.astimezone(ZoneInfo(zone)))
    assert opened == found.opened <= found.safe_until <= found.closes < found.lapses_at
    assert {UTC} == {found.opened.tzinfo, found.safe_until.tzinfo, found.closes.tzinfo, found.lapses_at.tzinfo}
    assert (False, True) == (found.has_passed(found.closes), found.has_passed(found.lapses_at))
    assert found.has_passed(found.lapses_at.astimezone(ZoneInfo(zone)))
    if isinstance(unit, Hours):
        assert 3600 * unit.count == (found.closes - found.opened).total_seconds()
        assert found.closes == found.safe_until


@given(civil_units, days)
def test_a_later_day_never_ends_earlier(unit, day):
    """Days follow each other without hole or overlap, and a limit of one day more ends where the next day's does."""
    today, tomorrow = unit.starting(day), unit.starting(day + timedelta(days=1))

    assert today.opened <= tomorrow.opened
    assert today.closes <= tomorrow.closes
    if isinstance(unit, CivilDays):
        assert today.closes == tomorrow.safe_until
        assert tomorrow.closes == CivilDays(unit.count + 1, unit.zone).starting(day).closes


@given(units, days, st.integers(0, 400))
def test_reminders_go_back_in_order(unit, day, count):
    """One more unit ahead comes earlier, and none comes after the end."""
    found = CivilDays(60).starting(day)

    assert unit.ahead(found, count + 1) <= unit.ahead(found, count) <= found.closes


@each(
    "day at zone",
    (date(2024, 3, 1), datetime(2024, 2, 29, 23, tzinfo=UTC), None),
    (date(2024, 2, 29), datetime(2024, 2, 29, 22, 59, 59, 999999, tzinfo=UTC), None),
    (date(2024, 2, 29), datetime(2024, 3, 1, 2, tzinfo=UTC), time_zone("America/Cayenne")),
    (date.max, datetime(9999, 12, 31, 23, 30, tzinfo=UTC), None),
)
def test_the_civil_day_of_an_instant(day, at, zone):
    """That of Paris unless another zone is said; the last there is where clocks show none."""
    assert day == (civil_day(at) if zone is None else civil_day(at, zone))
