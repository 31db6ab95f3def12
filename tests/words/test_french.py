"""French as it is printed: days, hours, numbers, what agrees with them, and where a line must not end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from teleprocedures.testing import strategies as a
from teleprocedures.wording import ENGLISH, FRENCH

TICK = timedelta(microseconds=1)
DAY_END = datetime(2024, 6, 1, 21, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expected", "day"),
    [
        ("vendredi 1er\N{NO-BREAK SPACE}mars 2024", date(2024, 3, 1)),
        ("jeudi 29\N{NO-BREAK SPACE}février 2024", date(2024, 2, 29)),
        ("mercredi 21\N{NO-BREAK SPACE}août 2024", date(2024, 8, 21)),
        ("mercredi 25\N{NO-BREAK SPACE}décembre 2024", date(2024, 12, 25)),
        ("samedi 1er\N{NO-BREAK SPACE}juin 2024", DAY_END),
        ("dimanche 2\N{NO-BREAK SPACE}juin 2024", DAY_END + TICK),
    ],
)
def test_a_day(expected: str, day: date) -> None:
    """The day of the week, the first of a month as `1er`, no capital; of an instant, the day that it is in Paris."""
    assert expected == FRENCH.day(day)


def test_every_month_and_every_day_of_the_week() -> None:
    """The first days of the months of a year, which fall on all seven days of the week."""
    text = [FRENCH.day(date(2026, month, 1)).replace("\N{NO-BREAK SPACE}", " ") for month in range(1, 13)]

    assert [
        "jeudi 1er janvier 2026",
        "dimanche 1er février 2026",
        "dimanche 1er mars 2026",
        "mercredi 1er avril 2026",
        "vendredi 1er mai 2026",
        "lundi 1er juin 2026",
        "mercredi 1er juillet 2026",
        "samedi 1er août 2026",
        "mardi 1er septembre 2026",
        "jeudi 1er octobre 2026",
        "dimanche 1er novembre 2026",
        "mardi 1er décembre 2026",
    ] == text


def test_a_day_in_english() -> None:
    """As it is written in England."""
    assert "Saturday 1 June 2024" == ENGLISH.day(date(2024, 6, 1)) == ENGLISH.day(DAY_END)


def test_a_day_that_paris_cannot_read() -> None:
    """The last hours of the calendar are a day of UTC."""
    assert "vendredi 31\N{NO-BREAK SPACE}décembre 9999" == FRENCH.day(datetime(9999, 12, 31, 23, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("expected", "at"),
    [
        ("dimanche 3 mars 2024 à 10 h 30", datetime(2024, 3, 3, 9, 30, 59, tzinfo=UTC)),
        ("dimanche 3 mars 2024 à 10 h 05", datetime(2024, 3, 3, 9, 5, tzinfo=UTC)),
        ("dimanche 3 mars 2024 à 10 h", datetime(2024, 3, 3, 9, tzinfo=UTC)),
        ("dimanche 2 juin 2024 à 0 h", DAY_END + TICK),
        ("samedi 1er juin 2024", DAY_END),
        ("samedi 1er juin 2024 à 12 h", datetime(2024, 6, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))),
        ("dimanche 27 octobre 2024 à 2 h 30 (heure d'été)", datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),
        ("dimanche 27 octobre 2024 à 2 h 30 (heure d'hiver)", datetime(2024, 10, 27, 1, 30, tzinfo=UTC)),
    ],
)
def test_an_instant(expected: str, at: datetime) -> None:
    """Hours and minutes in Paris, which no line parts; the last instant of a day is that day."""
    assert expected == FRENCH.instant(at).replace("\N{NO-BREAK SPACE}", " ")
    assert " h" not in FRENCH.instant(at)


def test_until() -> None:
    """Until a day, that day included, or until an hour."""
    assert "jusqu'au samedi 1er\N{NO-BREAK SPACE}juin 2024 inclus" == FRENCH.until(DAY_END)
    assert "jusqu'au samedi 1er\N{NO-BREAK SPACE}juin 2024 à 23\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}59" == FRENCH.until(
        DAY_END - TICK
    )
    assert "until Saturday 1 June 2024 included" == ENGLISH.until(DAY_END)


@pytest.mark.parametrize(
    ("expected", "apart"),
    [
        ("le 10 h 30 et le 10 h 31", timedelta(minutes=1)),
        ("le 10 h 30 et le 10 h 30 min 1 s", timedelta(seconds=1)),
        ("le 10 h 30 et le 10 h 30 min 0,000001 s", TICK),
        ("le 10 h 30 et le 10 h 30 min 1 s", timedelta(seconds=1.5)),
        ("le 10 h 30 et le 10 h 30", timedelta(0)),
    ],
)
def test_seconds_are_said_where_they_matter(expected: str, apart: timedelta) -> None:
    """Only as exactly as it takes to tell two instants of a sentence apart."""
    at = datetime(2024, 3, 3, 9, 30, tzinfo=UTC)
    words = FRENCH.with_words({"host.two": "le {one} et le {other}"})
    text = words.sentence("host.two", one=at, other=at + apart).replace("\N{NO-BREAK SPACE}", " ")

    assert expected == text.replace("dimanche 3 mars 2024 à ", "")


@pytest.mark.parametrize(
    ("expected", "count"), [("0 chose", 0), ("1 chose", 1), ("2 choses", 2), ("1 000 choses", 1_000), ("-1 chose", -1)]
)
def test_what_is_counted_agrees(expected: str, count: int) -> None:
    """In French nothing and one are singular; thousands stand apart, in a narrow space that no line parts."""
    words = FRENCH.with_words({"host.count": "{count} {count:chose|choses}"})
    text = words.sentence("host.count", count=count)

    assert expected == text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
    assert " " not in text


@pytest.mark.parametrize(
    ("expected", "typed"),
    [
        ("à faire_: ceci", "à faire : ceci"),
        ("oui~; non~! quoi~?", "oui ; non ! quoi ?"),
        ("«_Messagerie_»", "« Messagerie »"),
        ("«_Messagerie_»", "«Messagerie»"),
        ("48_heures, 60_jours, 36_mois", "48 heures, 60 jours, 36 mois"),
        ("552_008_443", "552 008 443"),
        ("n°_2", "n° 2"),
        ("https://a.example/?b=1;c", "https://a.example/?b=1;c"),
        ("le service :payer", "le service :payer"),
    ],
)
def test_where_a_line_must_not_end(expected: str, typed: str) -> None:
    """Templates are typed with plain spaces; typesetting twice changes nothing more."""
    printed = FRENCH.language.typeset(typed)

    assert expected.replace("_", "\N{NO-BREAK SPACE}").replace("~", "\N{NARROW NO-BREAK SPACE}") == printed
    assert printed == FRENCH.language.typeset(printed)


def test_a_number_stays_with_what_it_counts() -> None:
    """Whatever is counted in what people read, one or several; not with another word."""
    for one in ("heure", "jour", "mois", "caractère", "chiffre", "lettre", "octet", "service", "compte", "problème"):
        for counted in (one, one if one == "mois" else f"{one}s"):
            assert f"de 3\N{NO-BREAK SPACE}{counted} au plus" == FRENCH.language.typeset(f"de 3 {counted} au plus")
    assert "3\N{NO-BREAK SPACE}messages" == FRENCH.language.typeset("3 messages")
    assert "1\N{NO-BREAK SPACE}message" == FRENCH.language.typeset("1 message")
    assert "3 mandats" == FRENCH.language.typeset("3 mandats")


@pytest.mark.parametrize(
    ("expected", "fact"),
    [
        ("«_payer-tva_»", "'payer-tva'"),
        ("«_l'un_»", '"l\'un"'),
        ("'l'un'", "'l'un'"),
        ("''un'", "''un'"),
        ("'un''", "'un''"),
        ("«__»", "''"),
        ("'", "'"),
        ("NoneType", "NoneType"),
        ("", ""),
    ],
)
def test_the_quotes_of_programs_become_french(expected: str, fact: str) -> None:
    """A fact that comes in the quotes of Python is said in « »."""
    assert expected.replace("_", "\N{NO-BREAK SPACE}") == FRENCH.language.text(fact)


@given(a.instants())
def test_every_instant_has_its_words(at: datetime) -> None:
    """Whatever the instant, both languages say it on one line."""
    for words in (ENGLISH, FRENCH):
        assert words.instant(at)
        assert words.instant(at) in words.until(at)
