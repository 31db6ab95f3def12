"""How facts stand in a sentence: days and hours in Paris, lists, numbers, names, and what agrees with them."""

import re
import zoneinfo
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.rulebook import Service
from teleprocedures.values import Siren
from teleprocedures.words import MICROSECONDS, MINUTES, English, Phrasebook, in_paris, placeholders
from teleprocedures.words import _language as language_module
from tests.builders import each
from tests.instants import TICK

AT = datetime(2024, 3, 3, 9, 30, tzinfo=UTC)
DAY_END = datetime(2024, 6, 1, 21, 59, 59, 999_999, tzinfo=UTC)


def filled(template, **facts):
    """The sentence of one template in English."""
    words = {"it": template, "service.payer-tva": "VAT", "unknown.account": "concerned"}
    return Phrasebook(English(), words).sentence("it", **facts)


@each(
    "expected at",
    ("Sunday 3 March 2024 at 10:30 in Paris", AT + timedelta(seconds=59)),
    ("Sunday 3 March 2024 at 10:30 in Paris", AT.astimezone(timezone(timedelta(hours=-8)))),
    ("Saturday 1 June 2024", DAY_END),
    ("Saturday 1 June 2024 at 23:59 in Paris", DAY_END - TICK),
    ("Sunday 2 June 2024 at 00:00 in Paris", DAY_END + TICK),
    ("Sunday 27 October 2024 at 02:30 in Paris (summer time)", datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),
    ("Sunday 27 October 2024 at 02:30 in Paris (winter time)", datetime(2024, 10, 27, 1, 30, tzinfo=UTC)),
    ("9999-12-31T23:30:00+00:00", datetime(9999, 12, 31, 23, 30, tzinfo=UTC)),
    ("2024-03-03T09:30:00", AT.replace(tzinfo=None)),
)
def test_an_instant_is_what_clocks_read_in_paris(expected, at):
    """To the minute; the last instant of a day is that day, included; what Paris cannot read is in ISO 8601."""
    assert expected == filled("{at}", at=at)
    ends = "Saturday 1 June 2024 at 24:00 in Paris" if at == DAY_END + TICK else expected
    assert ends == filled("{at:end}", at=at)
    assert f"until {ends}{' included' if at == DAY_END else ''}" == filled("{at:until}", at=at)
    assert "until Sunday 3 March 2024 included" == filled("{at:until}", at=date(2024, 3, 3))


def test_every_month_and_every_day_of_the_week():
    """The first days of the months of a year, which fall on all seven days of the week."""
    expected = (
        "Thursday 1 January 2026, Sunday 1 February 2026, Sunday 1 March 2026, Wednesday 1 April 2026, "
        "Friday 1 May 2026, Monday 1 June 2026, Wednesday 1 July 2026, Saturday 1 August 2026, "
        "Tuesday 1 September 2026, Thursday 1 October 2026, Sunday 1 November 2026, Tuesday 1 December 2026"
    )

    assert expected == filled("{days}", days=tuple(date(2026, month, 1) for month in range(1, 13)))


@each(
    "one other apart",
    ("10:30", "10:31", timedelta(minutes=1)),
    ("10:30:00", "10:30:01", timedelta(seconds=1)),
    ("10:30:00.000000", "10:30:00.000001", TICK),
    ("10:30", "10:30", timedelta(0)),
)
def test_seconds_are_said_where_they_tell_instants_apart(one, other, apart):
    """Two instants of one sentence read alike only when they are the same; only those that it says count."""
    expected = f"until Sunday 3 March 2024 at {one} in Paris, not Sunday 3 March 2024 at {other} in Paris"

    assert expected == filled("{one:until}, not {other}", one=AT, other=AT + apart)
    assert "Sunday 3 March 2024 at 10:30 in Paris" == filled("{one}", one=AT, other=AT + apart)


@given(
    st.lists(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), min_size=2, max_size=2)
)
def test_different_instants_read_differently(instants):
    """Whatever the two instants of a sentence, the change of clocks included."""
    one, other = filled("{one} | {other}", one=instants[0], other=instants[1]).split(" | ")

    assert (instants[0] == instants[1]) is (one == other)


def test_a_language_that_reads_alike_to_the_microsecond():
    """A host's language that never says seconds is asked for nothing more exact than microseconds."""

    class Vague(English):
        def hour(self, local, precision):
            return "some time" if precision in range(MINUTES, MICROSECONDS + 1) else "never"

    text = Phrasebook(Vague(), {"it": "{one}, not {other}"}).sentence("it", one=AT, other=AT + TICK)

    assert "Sunday 3 March 2024 at some time in Paris" == text.partition(", not ")[0]


@each(
    "expected template fact",
    *(("Friday 1 March 2024", "{it:day}", "2024-03-01"), ("Friday 1 March 2024", "{it}", date(2024, 3, 1))),
    *(("'the first'", "{it:day}", "'the first'"), ("2024-03-01", "{it}", "2024-03-01")),
    *(("a, b", "{it}", ("a", "b")), ("a and b", "{it:and}", ["a", "b"]), ("a, b or c", "{it:or}", ("a", "b", "c"))),
    *(("a", "{it:or}", ("a",)), ("a", "{it}", frozenset({"a"})), ("…", "{it:or}", ()), ("…", "{it}", None)),
    *(
        ("- a\n- b", "{it:lines}", ("a", "b")),
        ("a; b", "{it:apart}", ("a", "b")),
        ("1000", "{it}", 1000),
        ("True", "{it}", True),
    ),
    *((word, "{it:problem|problems}", count) for word, count in (("problems", 0), ("problem", 1), ("problems", 2))),
    ("problem", "{it:problem|problems}", -1),
    ("either|or", "{it:one|either|or}", 2),
    *(("is", "{it:is|are}", ("a",)), ("are", "{it:is|are}", ("a", "b")), ("is", "{it:is|are}", "a")),
    *(("552\u00a0008\u00a0443", "{it:siren}", "552008443"), ("TF2024A17", "{it:siren}", "TF2024A17")),
    *(("'VAT'", "{it:service}", "payer-tva"), ("'VAT' or 'x'", "{it:service or}", ("payer-tva", "x"))),
    ("'a title'", "{it:service}", Service(code="own", title="a title")),
    ("'552100554'", "{it:service}", Siren("552100554")),
    ("- VAT\n- x", "{it:service lines}", ("payer-tva", "x")),
)
def test_how_facts_are_said(expected, template, fact):
    """By what they are, and by what stands after the colon; what is not known has words of its own, if any."""
    assert expected == filled(template, it=fact)
    assert "the account concerned" == filled("the account {account}", account=None)


def test_a_specification_can_name_a_fact():
    """The words of a state depend on what it is a state of."""
    words = Phrasebook(English(), {"it": "{state:state.{case}}", "state.space.active": "activated"})

    assert "activated" == words.sentence("it", case="space", state="active")
    assert "active" == words.sentence("it", case="other", state="active")


def test_what_has_a_code_or_a_name_only():
    """A code without words, or whose words name other facts, is told with its facts; a thing is called by its name."""
    words = Phrasebook(English(), {"host.own": "{other}", "actor.user": "user", "action.pay": "pay {account}"})

    for book in (words, Phrasebook(English(), {})):
        assert "host.own" == book.sentence("host.own")
        assert "host.own (at=2024-03-03T09:30:00+00:00, days=2024-03-01, x)" == book.sentence(
            "host.own", at=AT, days=(date(2024, 3, 1), "x")
        )
    assert ("user", "tax office") == (words.name("actor", "user"), words.name("actor", "tax_office"))
    assert "pay X" == words.name("action", "pay", account="X")


def test_the_placeholders_of_a_template():
    """Those in a specification too; names may have dashes; what reaches into facts, or is amiss, is an error."""
    template = "{state:state.{case}} {{x}} {count:a|b} {due-date}"

    assert ["state", "case", "count", "due-date"] == list(placeholders(template))
    for amiss in ("{", "}", "{}", "{0}", "{a.b}", "{a[0]}", "{a!r}", "{a b}", "{1-2}"):
        with pytest.raises(ValueError):
            list(placeholders(amiss))
    with pytest.raises(ValueError, match=re.escape("{a.b} is no placeholder")):
        list(placeholders("{a} {a.b}"))


@each("error", zoneinfo.ZoneInfoNotFoundError, PermissionError)
def test_an_error_is_printed_where_there_are_no_time_zones(monkeypatch, error):
    """Without time zones, or where they cannot be read, instants are in ISO 8601: the error about it can be printed."""

    def missing(key):
        raise error(key)

    language_module._paris.cache_clear()
    monkeypatch.setattr(zoneinfo, "ZoneInfo", missing)
    try:
        assert in_paris(AT) is None
        assert "until 2024-03-03T09:30:00+00:00" == filled("{at:until}", at=AT)
    finally:
        language_module._paris.cache_clear()
