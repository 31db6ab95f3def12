"""French as it is printed: days, hours, numbers, what agrees with them, and where a line must not end."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given

from teleprocedures.testing import strategies as a
from teleprocedures.wording import ENGLISH, FRENCH
from tests.builders import each, failure, plain
from tests.instants import TICK

AT = datetime(2024, 3, 3, 9, 30, tzinfo=UTC)
DAY_END = datetime(2024, 6, 1, 21, 59, 59, 999_999, tzinfo=UTC)


def spaced(text):
    """The text with `_` for no-break spaces and `~` for narrow ones."""
    return text.replace("\N{NO-BREAK SPACE}", "_").replace("\N{NARROW NO-BREAK SPACE}", "~")


@each(
    "expected at",
    ("dimanche 3_mars 2024 à 10_h_30 (heure de Paris)", AT),
    ("samedi 1er_juin 2024", DAY_END),
    ("samedi 1er_juin 2024 à 24_h (heure de Paris)", DAY_END + TICK),
    ("dimanche 27_octobre 2024 à 2_h_30 (heure d'été de Paris)", datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),
    ("lundi 1er_janvier 1 à 0_h (heure de Paris)", datetime(1, 1, 1, tzinfo=ZoneInfo("Europe/Paris"))),
)
def test_an_end_for_whoever_reads_it_overseas(expected, at):
    """The clocks are those of Paris, which is said of an hour; midnight is the end of a day."""
    words = FRENCH.with_words({"host.end": "{at:end paris}", "host.until": "{at:until paris}"})
    included = " inclus" if at == DAY_END else ""

    assert expected == spaced(words.sentence("host.end", at=at))
    assert f"jusqu'au {expected}{included}" == spaced(words.sentence("host.until", at=at))


@each(
    "expected day",
    ("vendredi 1er_mars 2024", date(2024, 3, 1)),
    ("jeudi 29_février 2024", date(2024, 2, 29)),
    ("mercredi 21_août 2024", date(2024, 8, 21)),
    ("mercredi 25_décembre 2024", date(2024, 12, 25)),
    ("samedi 1er_juin 2024", DAY_END),
    ("dimanche 2_juin 2024", DAY_END + TICK),
    # The last hours of the calendar are a day of UTC, which Paris cannot read.
    ("vendredi 31_décembre 9999", datetime(9999, 12, 31, 23, 30, tzinfo=UTC)),
)
def test_a_day(expected, day):
    """The day of the week, the first of a month as `1er`, no capital; of an instant, the day that it is in Paris."""
    assert expected == spaced(FRENCH.day(day))
    assert "Saturday 1 June 2024" == ENGLISH.day(date(2024, 6, 1)) == ENGLISH.day(DAY_END)


def test_every_month_and_every_day_of_the_week():
    """The first days of the months of a year, which fall on all seven days of the week."""
    assert (
        "jeudi 1er janvier, dimanche 1er février, dimanche 1er mars, mercredi 1er avril, vendredi 1er mai, "
        "lundi 1er juin, mercredi 1er juillet, samedi 1er août, mardi 1er septembre, jeudi 1er octobre, "
        "dimanche 1er novembre, mardi 1er décembre"
    ) == ", ".join(plain(FRENCH.day(date(2026, month, 1))).removesuffix(" 2026") for month in range(1, 13))


@each(
    "expected at",
    ("dimanche 3_mars 2024 à 10_h_30", AT + timedelta(seconds=59)),
    ("dimanche 3_mars 2024 à 10_h_05", datetime(2024, 3, 3, 9, 5, tzinfo=UTC)),
    ("dimanche 3_mars 2024 à 10_h", datetime(2024, 3, 3, 9, tzinfo=UTC)),
    ("dimanche 2_juin 2024 à 0_h", DAY_END + TICK),
    ("samedi 1er_juin 2024 à 23_h_59", DAY_END - TICK),
    ("samedi 1er_juin 2024", DAY_END),
    ("samedi 1er_juin 2024 à 12_h", datetime(2024, 6, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))),
    ("dimanche 27_octobre 2024 à 2_h_30 (heure d'été)", datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),
    ("dimanche 27_octobre 2024 à 2_h_30 (heure d'hiver)", datetime(2024, 10, 27, 1, 30, tzinfo=UTC)),
)
def test_an_instant(expected, at):
    """Hours and minutes in Paris, which no line parts; the last instant of a day is that day, that day included."""
    included = " inclus" if at == DAY_END else ""
    ends = "samedi 1er_juin 2024 à 24_h" if at == DAY_END + TICK else expected

    assert expected == spaced(FRENCH.instant(at))
    assert f"jusqu'au {ends}{included}" == spaced(FRENCH.until(at))
    assert "until Saturday 1 June 2024 included" == ENGLISH.until(DAY_END)


def test_a_naive_instant_is_an_error():
    """An instant without its zone is nobody's."""
    for words in (ENGLISH, FRENCH):
        for method, name in ((words.instant, "at"), (words.until, "at"), (words.day, "day")):
            error = failure(method, datetime(2024, 3, 3, 10, 30))
            assert ("instant.naive", name) == (error.code, error.facts["name"])


@each(
    "expected apart",
    ("le 10 h 30 et le 10 h 31", 60),
    ("le 10 h 30 et le 10 h 30 min 1 s", 1),
    ("le 10 h 30 et le 10 h 30 min 0,000001 s", 0.000_001),
    ("le 10 h 30 et le 10 h 30 min 1 s", 1.5),
    ("le 10 h 30 et le 10 h 30", 0),
)
def test_seconds_are_said_where_they_matter(expected, apart):
    """Only as exactly as it takes to tell two instants of a sentence apart."""
    words = FRENCH.with_words({"host.two": "le {one} et le {other}"})
    text = plain(words.sentence("host.two", one=AT, other=AT + timedelta(seconds=apart)))

    assert expected == text.replace("dimanche 3 mars 2024 à ", "")


@each("expected count", ("0_chose", 0), ("1_chose", 1), ("2_choses", 2), ("1~000_choses", 1_000), ("-1_chose", -1))
def test_what_is_counted_agrees(expected, count):
    """In French nothing and one are singular; thousands stand apart, in a narrow space that no line parts."""
    words = FRENCH.with_words({"host.count": "{count} {count:chose|choses}"})

    assert expected == spaced(words.sentence("host.count", count=count))


COUNTED = ("heure", "jour", "caractère", "chiffre", "lettre", "octet", "service", "compte", "problème", "message")


@each(
    "expected typed",
    ("à faire_: ceci", "à faire : ceci"),
    ("oui~; non~! quoi~?", "oui ; non ! quoi ?"),
    *(("«_Messagerie_»", "« Messagerie »"), ("«_Messagerie_»", "«Messagerie»")),
    ("48_heures, 60_jours, 36_mois", "48 heures, 60 jours, 36 mois"),
    *(("552_008_443", "552 008 443"), ("n°_2", "n° 2"), ("3 mandats", "3 mandats")),
    ("{count}_{count:dossier|dossiers}", "{count} {count:dossier|dossiers}"),
    ("{services:and} {services:sert|servent}", "{services:and} {services:sert|servent}"),
    ("https://a.example/?b=1;c", "https://a.example/?b=1;c"),
    ("le service :payer", "le service :payer"),
    *((f"de 3_{counted}{s} au plus", f"de 3 {counted}{s} au plus") for counted in COUNTED for s in ("", "s")),
)
def test_where_a_line_must_not_end(expected, typed):
    """A number stays with what it counts; templates have plain spaces, and typesetting twice changes nothing more."""
    printed = FRENCH.language.typeset(typed)

    assert expected == spaced(printed)
    assert printed == FRENCH.language.typeset(printed)


@each(
    "expected fact",
    *(("«_payer-tva_»", "'payer-tva'"), ("«_l'un_»", '"l\'un"'), ("'l'un'", "'l'un'"), ("''un'", "''un'")),
    *(("'un''", "'un''"), ("«__»", "''"), ("'", "'"), ("NoneType", "NoneType"), ("", "")),
)
def test_the_quotes_of_programs_become_french(expected, fact):
    """A fact that comes in the quotes of Python is said in « »."""
    assert expected == spaced(FRENCH.language.text(fact))


@given(a.instants())
def test_every_instant_has_its_words(at):
    """Whatever the instant, both languages say it on one line."""
    for words in (ENGLISH, FRENCH):
        assert words.instant(at)
        assert words.instant(at) in words.until(at)
