"""How facts stand in a sentence: days and hours in Paris, lists, numbers, names, and what agrees with them."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.rulebook import Service
from teleprocedures.values import Siren
from teleprocedures.words import MICROSECONDS, MINUTES, English, Phrasebook, in_paris, placeholders
from teleprocedures.words import _language as language_module

AT = datetime(2024, 3, 3, 9, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY_END = datetime(2024, 6, 1, 21, 59, 59, 999_999, tzinfo=UTC)


def filled(template: str, **facts: object) -> str:
    """The sentence of one template in English."""
    words = {"it": template, "service.payer-tva": "VAT", "unknown.account": "concerned"}
    return Phrasebook(English(), words).sentence("it", **facts)


@pytest.mark.parametrize(
    ("expected", "at"),
    [
        ("Sunday 3 March 2024 at 10:30 in Paris", AT),
        ("Sunday 3 March 2024 at 10:30 in Paris", AT + timedelta(seconds=59)),
        ("Sunday 3 March 2024 at 10:30 in Paris", AT.astimezone(timezone(timedelta(hours=-8)))),
        ("Saturday 1 June 2024", DAY_END),
        ("Saturday 1 June 2024 at 23:59 in Paris", DAY_END - TICK),
        ("Sunday 2 June 2024 at 00:00 in Paris", DAY_END + TICK),
        ("Sunday 27 October 2024 at 02:30 in Paris (summer time)", datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),
        ("Sunday 27 October 2024 at 02:30 in Paris (winter time)", datetime(2024, 10, 27, 1, 30, tzinfo=UTC)),
        ("9999-12-31T23:30:00+00:00", datetime(9999, 12, 31, 23, 30, tzinfo=UTC)),
        ("2024-03-03T09:30:00", AT.replace(tzinfo=None)),
    ],
)
def test_an_instant_is_what_clocks_read_in_paris(expected: str, at: datetime) -> None:
    """To the minute; the last instant of a day is that day; what Paris cannot read is in ISO 8601."""
    assert expected == filled("{at}", at=at)


def test_every_month_and_every_day_of_the_week() -> None:
    """The first days of the months of a year, which fall on all seven days of the week."""
    expected = (
        "Thursday 1 January 2026, Sunday 1 February 2026, Sunday 1 March 2026, Wednesday 1 April 2026, "
        "Friday 1 May 2026, Monday 1 June 2026, Wednesday 1 July 2026, Saturday 1 August 2026, "
        "Tuesday 1 September 2026, Thursday 1 October 2026, Sunday 1 November 2026, Tuesday 1 December 2026"
    )

    assert expected == filled("{days}", days=tuple(date(2026, month, 1) for month in range(1, 13)))


def test_until_an_instant() -> None:
    """Until a day, that day included, or until an hour; a date is its whole day."""
    assert "until Saturday 1 June 2024 included" == filled("{at:until}", at=DAY_END)
    assert "until Sunday 3 March 2024 at 10:30 in Paris" == filled("{at:until}", at=AT)
    assert "until Sunday 3 March 2024 included" == filled("{at:until}", at=date(2024, 3, 3))
    assert "until 2024-03-03T09:30:00" == filled("{at:until}", at=AT.replace(tzinfo=None))
    assert "until Sunday 3 March 2024 at 10:30:00 in Paris, not Sunday 3 March 2024 at 10:30:01 in Paris" == filled(
        "{at:until}, not {other}", at=AT, other=AT + timedelta(seconds=1)
    )


@pytest.mark.parametrize(
    ("expected", "apart"),
    [
        ("10:30 in Paris, not Sunday 3 March 2024 at 10:31", timedelta(minutes=1)),
        ("10:30:00 in Paris, not Sunday 3 March 2024 at 10:30:01", timedelta(seconds=1)),
        ("10:30:00.000000 in Paris, not Sunday 3 March 2024 at 10:30:00.000001", TICK),
        ("10:30 in Paris, not Sunday 3 March 2024 at 10:30", timedelta(0)),
    ],
)
def test_seconds_are_said_where_they_tell_instants_apart(expected: str, apart: timedelta) -> None:
    """Two instants of one sentence read alike only when they are the same."""
    assert f"Sunday 3 March 2024 at {expected} in Paris" == filled("{one}, not {other}", one=AT, other=AT + apart)


@given(
    st.lists(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), min_size=2, max_size=2)
)
def test_different_instants_read_differently(instants: list[datetime]) -> None:
    """Whatever the two instants of a sentence, the change of clocks included."""
    one, other = filled("{one} | {other}", one=instants[0], other=instants[1]).split(" | ")

    assert (instants[0] == instants[1]) is (one == other)


def test_a_language_that_reads_alike_to_the_microsecond() -> None:
    """A host's language that never says seconds is asked for nothing more exact than microseconds."""

    class Vague(English):
        def hour(self, local: datetime, precision: int) -> str:
            return "some time" if precision in range(MINUTES, MICROSECONDS + 1) else "never"

    text = Phrasebook(Vague(), {"it": "{one}, not {other}"}).sentence("it", one=AT, other=AT + TICK)

    assert "Sunday 3 March 2024 at some time in Paris" == text.partition(", not ")[0]


def test_a_fact_that_no_placeholder_names_changes_no_precision() -> None:
    """Only the instants that the sentence says count."""
    assert "Sunday 3 March 2024 at 10:30 in Paris" == filled("{one}", one=AT, other=AT + TICK)


@pytest.mark.parametrize(
    ("expected", "template", "fact"),
    [
        ("Friday 1 March 2024", "{it:day}", "2024-03-01"),
        ("Friday 1 March 2024", "{it}", date(2024, 3, 1)),
        ("'the first'", "{it:day}", "'the first'"),
        ("2024-03-01", "{it}", "2024-03-01"),
        ("a, b", "{it}", ("a", "b")),
        ("a and b", "{it:and}", ["a", "b"]),
        ("a, b or c", "{it:or}", ("a", "b", "c")),
        ("a", "{it:or}", ("a",)),
        ("a", "{it}", frozenset({"a"})),
        ("…", "{it:or}", ()),
        ("- a\n- b", "{it:lines}", ("a", "b")),
        ("…", "{it}", None),
        ("1000", "{it}", 1000),
        ("True", "{it}", True),
        ("problems", "{it:problem|problems}", 0),
        ("problem", "{it:problem|problems}", 1),
        ("problems", "{it:problem|problems}", 2),
        ("either|or", "{it:one|either|or}", 2),
        ("is", "{it:is|are}", ("a",)),
        ("are", "{it:is|are}", ("a", "b")),
        ("is", "{it:is|are}", "a"),
        ("552 008 443".replace(" ", "\N{NO-BREAK SPACE}"), "{it:siren}", "552008443"),
        ("TF2024A17", "{it:siren}", "TF2024A17"),
        ("'VAT'", "{it:service}", "payer-tva"),
        ("'VAT' or 'x'", "{it:service or}", ("payer-tva", "x")),
        ("'a title'", "{it:service}", Service(code="own", title="a title")),
        ("'552100554'", "{it:service}", Siren("552100554")),
        ("- VAT\n- x", "{it:service lines}", ("payer-tva", "x")),
    ],
)
def test_how_facts_are_said(expected: str, template: str, fact: object) -> None:
    """By what they are, and by what stands after the colon."""
    assert expected == filled(template, it=fact)


def test_what_is_not_known_has_words_of_its_own() -> None:
    """A fact that is None is said by the words for it, if the table has any."""
    assert "the account concerned" == filled("the account {account}", account=None)


def test_a_specification_can_name_a_fact() -> None:
    """The words of a state depend on what it is a state of."""
    words = Phrasebook(English(), {"it": "{state:state.{case}}", "state.space.active": "activated"})

    assert "activated" == words.sentence("it", case="space", state="active")
    assert "active" == words.sentence("it", case="other", state="active")


@pytest.mark.parametrize(
    ("expected", "facts"),
    [
        ("host.own", {}),
        ("host.own (at=2024-03-03T09:30:00+00:00, days=2024-03-03, x)", {"at": AT, "days": (date(2024, 3, 3), "x")}),
    ],
)
def test_a_code_without_words_is_told_with_its_facts(expected: str, facts: dict[str, object]) -> None:
    """A host's own code is told as programs would write it, and so is one without the facts that its words name."""
    assert expected == Phrasebook(English(), {}).sentence("host.own", **facts)
    assert expected == Phrasebook(English(), {"host.own": "{other}"}).sentence("host.own", **facts)


def test_what_has_a_name_only() -> None:
    """What has no words, a host's own, is called by its name."""
    words = Phrasebook(English(), {"actor.user": "user", "action.pay": "pay {account}"})

    assert "user" == words.name("actor", "user")
    assert "pay X" == words.name("action", "pay", account="X")
    assert "tax office" == words.name("actor", "tax_office")


def test_the_placeholders_of_a_template() -> None:
    """Those within a specification are placeholders too; names may be joined by dashes."""
    assert ["state", "case", "count", "due-date"] == list(
        placeholders("{state:state.{case}} {{x}} {count:a|b} {due-date}")
    )


@pytest.mark.parametrize("template", ["{", "}", "{}", "{0}", "{a.b}", "{a[0]}", "{a!r}", "{a b}", "{1-2}"])
def test_what_is_no_placeholder(template: str) -> None:
    """A template that reaches into facts, or whose braces are amiss, is an error."""
    with pytest.raises(ValueError):
        list(placeholders(template))


def test_what_is_no_placeholder_is_said() -> None:
    """The braces that are amiss are in the text of the error."""
    with pytest.raises(ValueError, match=r"^\{a\.b\} is no placeholder$"):
        list(placeholders("{a} {a.b}"))


def test_english_agrees_and_counts() -> None:
    """One thing, no things, two things; minus one thing."""
    assert [True, False, True, False] == [English().is_plural(count) for count in (0, 1, 2, -1)]


@pytest.mark.parametrize("error", [zoneinfo.ZoneInfoNotFoundError, PermissionError])
def test_an_error_is_printed_where_there_are_no_time_zones(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Without time zones, or where they cannot be read, instants are in ISO 8601: the error about it can be printed."""

    def missing(key: str) -> zoneinfo.ZoneInfo:
        raise error(key)

    language_module._paris.cache_clear()
    monkeypatch.setattr(zoneinfo, "ZoneInfo", missing)
    try:
        assert in_paris(AT) is None
        assert "until 2024-03-03T09:30:00+00:00" == filled("{at:until}", at=AT)
    finally:
        language_module._paris.cache_clear()
