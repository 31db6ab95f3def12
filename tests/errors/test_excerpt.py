"""How values stand in errors: on one line, cut, masked where an account may be in them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.errors import excerpt, mask, show, show_name, without_spaces
from teleprocedures.testing.strategies import ibans

IBAN = "FR7630006000011234567890189"
FIELDS = ("organisation", "services", "company_email")


def test_what_is_shown_is_short() -> None:
    """An error never carries a page: 40 characters are shown, of a megabyte too."""
    assert "x" * 40 == excerpt("x" * 40)
    assert "x" * 39 + "…" == excerpt("x" * 41) == excerpt("x" * 10**6)
    assert repr("x" * 40) == show("x" * 40)
    assert repr("x" * 39 + "…") == show("x" * 41)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("caf\u00e9", "caf\u00e9"),
        (r"a\nb\tc", "a\nb\tc"),
        (r"\x1b]0;title\x07", "\x1b]0;title\x07"),
        (r"\x1b[2J", "\x1b[2J"),
        (r"a\u202eb", "a\N{RIGHT-TO-LEFT OVERRIDE}b"),
        (r"\ud800", "\ud800"),
        (r"\xa0", "\N{NO-BREAK SPACE}"),
    ],
)
def test_what_is_shown_is_on_one_line(expected: str, text: str) -> None:
    """What a terminal would obey, or nobody would see, is written out."""
    assert expected == excerpt(text)
    assert f"'{expected}'" == show(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("FR76 **** 0189", "FR76 3000 6000 0112 3456 7890 189"),
        ("fr76 **** 0189", "fr7630006000011234567890189"),
        ("NO93 **** 7947", "NO93\u00a08601\u00a01117\u00a0947"),
        ("NO9386011117", "NO9386011117"),
        ("732 829 320 00074", "732 829 320 00074"),
        ("FR40552008443", "FR40552008443"),
        ("3000 **** 0189", "30006 00001 12345678901 89"),
        ("2004 **** 2606", "20041 01005 0500013M026 06"),
        ("MT84 **** 001S", "MT84 MALT 0110 0001 2345 MTLC AST0 01S"),
        ("LV20 **** TIGT", "LV20 IELU 2ZR2 W1SG NTIG T"),
        ("LU12 **** ABCD", "LU12 345A BCDE FGHI ABCD"),
        ("RO49 **** WXYZ", "RO49 AAAA ABCD EFGH IJKL WXYZ"),
        ("GI75 **** EFGH", "GI75 NWBK ABCD EFGH IJKE FGH"),
        ("MD24 **** UVWX", "MD24 AGAB CDEF GHIJ KLMN UVWX"),
        ("LV20 IELU 2ZR2 W1SG NTIG", "LV20 IELU 2ZR2 W1SG NTIG"),
        ("service 12 of the accounting firm", "service 12 of the accounting firm"),
    ],
)
def test_an_iban_is_masked(expected: str, text: str) -> None:
    """What looks like an IBAN, or like what a French one holds, is masked; a SIRET or a VAT number is not."""
    assert expected == excerpt(text)
    assert f"'{expected}'" == show(text)


WRITINGS = {
    "as it is": "{}",
    "small": "{}".lower(),
    "prefix": "IBAN {}",
    "prefix with a colon": "IBAN:{}",
    "glued prefix": "IBAN{}",
    "digit before": "1{}",
    "trailing sign": "{}-",
    "trailing word": "{} Dupont",
    "currency": "{}€",
    "quotes": "« {} »",
    "brackets": "['{}']",
    "braces": "{{'iban': '{}'}}",
    "far away": "compte bancaire de la société à débiter : {}",
}
GAPS = (" ", "  ", "-", ".", "/", "_", "\u00a0", "\u202f", "\u2009", "\u2011", "\u200b", "\t", "\n", ", ", "")


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("size", [2, 4, 27])
def test_an_iban_is_masked_however_it_is_written(writing: str, gap: str, size: int) -> None:
    """With spaces, dashes, dots, something before or after it, full-width: no more than its ends is shown."""
    written = gap.join(IBAN[start : start + size] for start in range(0, len(IBAN), size))
    text = WRITINGS[writing].format(written)
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)
    arabic = text.translate({ord("0") + digit: 0x660 + digit for digit in range(10)})
    for given_as in (text, text.lower(), wide, arabic):
        for way in (excerpt, show, lambda name: show_name(name, FIELDS)):
            left = "".join(c for c in way(given_as) if c.isalnum())
            assert "****" in way(given_as) or "***" in way(given_as)
            assert IBAN[4:-4] not in left
            assert len(left) <= 8


@given(ibans(), st.integers(0, 99))
def test_an_iban_of_any_country_is_masked(iban: str, check: int) -> None:
    """With its own check digits or others, mistyped."""
    for text in (iban, f"{iban[:2]}{check:02}{iban[4:]}"):
        assert mask(text) == excerpt(text)


@given(st.text(st.characters(exclude_categories=()), max_size=60), st.text(max_size=60))
def test_an_iban_is_masked_among_anything(before: str, after: str) -> None:
    """Whatever stands around an IBAN, it is not shown."""
    for way in (excerpt, show):
        found = way(before + IBAN + after)

        assert IBAN[4:-4] not in found
        assert found.isprintable()
        assert len(found) <= 42


def test_a_short_text_is_masked_whole() -> None:
    """Four characters at each end are the most of a text that is too short to be an IBAN."""
    assert "****" == mask("FR7630006000")
    assert "****" == mask("")
    assert "NO93 **** 7947" == mask("NO9386011117947")


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("None", None),
        ("True", True),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("3000 **** 0189", 30006000011234567890189),
        pytest.param("a number of too many digits", 10**5_000, id="huge"),
        ("2026-01-05", date(2026, 1, 5)),
        ("2026-01-05T00:00:00+00:00", datetime(2026, 1, 5, tzinfo=UTC)),
        pytest.param("list", [IBAN] * 10**5, id="list"),
        ("dict", {"iban": IBAN, "password": "hunter2"}),
        ("tuple", ("FR76", "3000")),
        ("bytes", b"hunter2"),
        ("object", object()),
        ("type", int),
    ],
)
def test_what_is_no_text_is_shown_by_its_type(expected: str, value: object) -> None:
    """A number is shown, a list and a mapping are not: what they hold may be secret, and long."""
    assert expected == show(value)


def test_a_number_of_too_many_digits_is_not_written_out() -> None:
    """Up to 200 bits it is, masked as an IBAN would be."""
    assert "1606 **** 1375" == show(2**200 - 1)
    assert "a number of too many digits" == show(2**200)


@pytest.mark.parametrize(
    ("expected", "name", "secret"),
    [
        ("service", "service", True),
        ("compagny_email", "compagny_email", True),
        ("Organisation", "Organisation", True),
        ("colour", "colour", False),
        ("due_day", "due_day", False),
        ("c***", "colour", True),
        ("passwrd", "passwrd", True),
        ("p***", "password1", True),
        ("P***", "Password", True),
        ("h***", "hunter2", False),
        ("h***", "hunter2", True),
        ("c***", "correct horse battery staple", False),
        ("c***", "camille@cabinet-durand.fr", False),
        (r"\x1b***", "\x1b]0;title\x07", False),
        pytest.param("x***", "x" * 10**6, False, id="long"),
        pytest.param("x" * 40, "x" * 40, False, id="as long as what is shown"),
        pytest.param("x***", "x" * 41, False, id="longer by one"),
        ("***", "", False),
        ("7", 7, False),
        ("None", None, False),
        pytest.param("a number of too many digits", 10**5_000, False, id="huge"),
        ("tuple", ("hunter2",), False),
    ],
)
def test_the_name_of_an_unknown_field_is_shown_if_it_is_one(expected: str, name: object, *, secret: bool) -> None:
    """A mistyped name is told; a file without headings has data there, which is not."""
    assert expected == show_name(name, FIELDS, ["password"] if secret else [])


def test_without_spaces_knows_all_spaces() -> None:
    """The narrow no-break spaces of French typography are spaces."""
    assert "123" == without_spaces(" 1\N{NARROW NO-BREAK SPACE}2\N{NO-BREAK SPACE}3\t")
