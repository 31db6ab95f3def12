"""Text typed by people: type, length, one line, what nobody sees."""

import sys
from string import ascii_letters

from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.errors import InvalidValueError
from teleprocedures.values import Secret, grouped, one_line, typed
from tests.builders import each, failure


def test_typed_is_text_of_a_thousand_characters():
    """What is not text is refused by its type's name, without its content, and so is a text that is longer."""
    for value in (None, 12, 10**5_000, b"text", ["text"], object):
        error = failure(typed, "street", value)

        assert ("street.wrong_type", {"type": type(value).__name__}) == (error.code, error.facts)
    assert "not a street: int is not text; expected 1 to 200 characters" == str(failure(typed, "street", 12))
    assert "x" * 1_000 == typed("street", "x" * 1_000)
    assert "street.too_long" == failure(typed, "street", "x" * 1_001).code
    assert {"length": 1_001} == failure(typed, "street", "x" * 1_001).facts
    assert str is type(Secret(type("Text", (str,), {})("x")).reveal())


@each(
    "line text",
    ("a b", "  a\t\N{NO-BREAK SPACE} b\n"),
    ("caf\N{LATIN SMALL LETTER E WITH ACUTE}", "cafe\N{COMBINING ACUTE ACCENT}"),
    ("x" * 10, " " * 500 + "x" * 10),
    ("a\N{ZERO WIDTH NON-JOINER}b", "a\N{ZERO WIDTH NON-JOINER}b"),
    ("\N{HANGUL FILLER}a", "\N{HANGUL FILLER}a"),
)
def test_one_line_normalises(line, text):
    """Spaces are collapsed and accents composed, so that equal texts are equal values; what joins letters stays."""
    assert line == one_line("city", text, longest=10)


@each(
    "code texts",
    ("city.missing", ["", " \N{NO-BREAK SPACE}\n"]),
    ("city.too_long", ["x" * 11, "\u0958" * 6]),
    ("city.not_printable", ["a\x00b", "a\N{RIGHT-TO-LEFT OVERRIDE}b", "a\ud800b", "a\N{ZERO WIDTH SPACE}b"]),
    ("city.invisible", ["\N{BRAILLE PATTERN BLANK} \N{VARIATION SELECTOR-16}", "\N{ZERO WIDTH NON-JOINER}"]),
)
def test_one_line_refuses(code, texts):
    """A line has something on it, not too much, and nothing but what can be seen."""
    assert [code] * len(texts) == [failure(one_line, "city", text, longest=10).code for text in texts]


@each(
    "text has",
    ("FR76 3000 6000 0112 3456 7890 189", True),
    ("du compte fr76-3000-6000-0112-3456-7890-189, le 3 mars", True),
    ("DE89370400440532013000 et suite 123", True),
    ("FR76 3000 6000 0112 3456 7890 188", False),
    ("12 rue des Lilas, 75019 Paris Cedex 19, BP 45123", False),
    ("reçu le 12/03/2024, relancé le 15/03/2024, AB12 3456 7890 1234 5678", False),
)
def test_a_line_has_no_account_in_it(text, has):
    """Lines are shown whole, and an account never is; only what has the check digits of one is refused."""
    error = failure(one_line, "remark", text, longest=100) if has else None

    assert ("remark.has_account" if has else None) == (error and error.code)
    if not has:
        assert text == one_line("remark", text, longest=100)
    else:
        assert not set("36781") & set(str(error).split("expected")[0])


def test_what_is_printed_and_nobody_sees_is_no_line():
    """Fillers, blanks and selectors of variants leave nothing on paper, 270 in all; others that are printed do."""
    unseen = {chr(point) for point in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}
    unseen |= set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U00016fe4\U0001d159")
    refused = set()
    for character in filter(str.isprintable, map(chr, range(sys.maxunicode + 1))):
        try:
            assert one_line("street", character, longest=10)
        except InvalidValueError as error:
            refused.add((character, error.code))

    assert 270 == len(unseen)
    assert {(" ", "street.missing"), *((character, "street.invisible") for character in unseen)} == refused
    for subject in ("name", "city"):
        assert {f"{subject}.invisible"} == {failure(one_line, subject, it * 3, longest=10).code for it in unseen}
    assert all(letter == one_line("street", letter, longest=1) for letter in f"{ascii_letters}\ufe10")


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_one_line_is_stable(text):
    """A normalised line is normalised already."""
    try:
        line = one_line("city", text, longest=10)
    except InvalidValueError:
        return

    assert line == one_line("city", line, longest=10)


def test_numbers_are_grouped_for_people():
    """Groups have no-break spaces between, so that no line ends inside a number; the last may be shorter."""
    assert "552\u00a0008\u00a0443" == grouped("552008443", 3)
    assert ("FR76\u00a03000\u00a06", "") == (grouped("FR7630006", 4), grouped("", 3))
