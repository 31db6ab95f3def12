"""How values stand in errors: on one line, cut, masked where an account may be in them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.errors import excerpt, mask, show, show_name, without_spaces
from teleprocedures.testing.strategies import ibans
from tests.builders import each

IBAN = "FR7630006000011234567890189"
FIELDS = ("organisation", "services", "company_email")


@each(
    "expected text",
    # Short: 40 characters are shown, of a megabyte too.
    *(("x" * 40, "x" * 40), ("x" * 39 + "…", "x" * 41), ("x" * 39 + "…", "x" * 10**6)),
    # On one line: what a terminal would obey, or nobody would see, is written out.
    *(("caf\u00e9", "caf\u00e9"), (r"a\nb\tc", "a\nb\tc"), (r"\x1b]0;title\x07", "\x1b]0;title\x07")),
    *((r"\x1b[2J", "\x1b[2J"), (r"a\u202eb", "a\u202eb"), (r"\ud800", "\ud800"), (r"\xa0", "\xa0")),
    # Masked: what looks like an IBAN, or like what a French one holds; a SIRET or a VAT number is not.
    *(("FR76 **** 0189", "FR76 3000 6000 0112 3456 7890 189"), ("fr76 **** 0189", IBAN.lower())),
    *(("NO93 **** 7947", "NO93\u00a08601\u00a01117\u00a0947"), ("NO9386011117", "NO9386011117")),
    *(("732 829 320 00074", "732 829 320 00074"), ("FR40552008443", "FR40552008443")),
    *(("3000 **** 0189", "30006 00001 12345678901 89"), ("2004 **** 2606", "20041 01005 0500013M026 06")),
    *(("MT84 **** 001S", "MT84 MALT 0110 0001 2345 MTLC AST0 01S"), ("LV20 **** TIGT", "LV20 IELU 2ZR2 W1SG NTIG T")),
    *(("LU12 **** ABCD", "LU12 345A BCDE FGHI ABCD"), ("RO49 **** WXYZ", "RO49 AAAA ABCD EFGH IJKL WXYZ")),
    *(("GI75 **** EFGH", "GI75 NWBK ABCD EFGH IJKE FGH"), ("MD24 **** UVWX", "MD24 AGAB CDEF GHIJ KLMN UVWX")),
    ("LV20 IELU 2ZR2 W1SG NTIG", "LV20 IELU 2ZR2 W1SG NTIG"),
    ("service 12 of the accounting firm", "service 12 of the accounting firm"),
    # An address in the place of something else; one that is masked already stays so.
    *(("j***@acme.fr", "jeanne.martin@acme.fr"), ("***@acme.fr", "j@acme.fr"), ("j***@***@b", "jeanne@martin@b")),
    *(("j***@acme.fr", "j***@acme.fr"), ("***@acme.fr", "***@acme.fr"), ("***@***@b", "***@***@b")),
    *(("j***@acme.fr", "jeanne\uff20acme.fr"), ("j***@***@b", "j***@martin@b"), ("É***@b.fr", "Écrire à a@b.fr")),
    ids=range(35),
)
def test_how_a_text_is_shown(expected, text):
    """A text that an error carries is short, on one line, and masked if it may be an account."""
    assert expected == excerpt(text)
    assert f"'{expected}'" == show(text)


WRITINGS = (
    *("{}", "IBAN {}", "IBAN:{}", "IBAN{}", "1{}", "{}-", "{} Dupont", "{}€", "« {} »", "['{}']", "{{'iban': '{}'}}"),
    "compte bancaire de la société à débiter : {}",
)
GAPS = (" ", "  ", "-", ".", "/", "_", "\u00a0", "\u202f", "\u2009", "\u2011", "\u200b", "\t", "\n", ", ")


@each("writing", *WRITINGS)
@pytest.mark.parametrize(("gap", "size"), [("", 27), *((gap, size) for gap in GAPS for size in (2, 4))])
def test_an_iban_is_masked_however_it_is_written(writing, gap, size):
    """With spaces, dashes, dots, something before or after it, full-width: no more than its ends is shown."""
    text = writing.format(gap.join(IBAN[start : start + size] for start in range(0, len(IBAN), size)))
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)
    arabic = text.translate({ord("0") + digit: 0x660 + digit for digit in range(10)})
    for given_as in (text, text.lower(), wide, arabic):
        for shown in (excerpt(given_as), show(given_as), show_name(given_as, FIELDS)):
            left = "".join(c for c in shown if c.isalnum())
            assert "***" in shown
            assert IBAN[4:-4] not in left
            assert len(left) <= 8


@given(ibans(), st.integers(0, 99))
def test_an_iban_of_any_country_is_masked(iban, check):
    """With its own check digits or others, mistyped."""
    for text in (iban, f"{iban[:2]}{check:02}{iban[4:]}"):
        assert mask(text) == excerpt(text)


@given(st.text(st.characters(exclude_categories=()), max_size=60), st.text(max_size=60))
def test_an_iban_is_masked_among_anything(before, after):
    """Whatever stands around an IBAN, it is not shown."""
    for found in (excerpt(before + IBAN + after), show(before + IBAN + after)):
        assert IBAN[4:-4] not in found
        assert found.isprintable()
        assert len(found) <= 42


def test_a_short_text_is_masked_whole():
    """Four characters at each end are the most of a text that is too short to be an IBAN; any space is one."""
    assert ["****", "****", "NO93 **** 7947"] == [mask(it) for it in ("FR7630006000", "", "NO9386011117947")]
    assert "123" == without_spaces(" 1\N{NARROW NO-BREAK SPACE}2\N{NO-BREAK SPACE}3\t")


@each(
    "expected value",
    *(("None", None), ("True", True), ("12", 12), ("-3", -3), ("1.5", 1.5), ("3000 **** 0189", int(IBAN[4:]))),
    # Up to 200 bits a number is written out, masked as an IBAN would be.
    *(("1606 **** 1375", 2**200 - 1), ("a number of too many digits", 2**200)),
    *(("a number of too many digits", 10**5_000), ("2026-01-05", date(2026, 1, 5))),
    ("2026-01-05T00:00:00+00:00", datetime(2026, 1, 5, tzinfo=UTC)),
    *(("list", [IBAN] * 10**5), ("dict", {"iban": IBAN, "password": "hunter2"}), ("tuple", ("FR76", "3000"))),
    *(("bytes", b"hunter2"), ("object", object()), ("type", int)),
    ids=range(17),
)
def test_what_is_no_text_is_shown_by_its_type(expected, value):
    """A number is shown, a list and a mapping are not: what they hold may be secret, and long."""
    assert expected == show(value)


@each(
    "secret expected name",
    *((["password"], name, name) for name in ("service", "compagny_email", "Organisation", "passwrd")),
    *(([], name, name) for name in ("colour", "due_day", "x" * 40)),
    *((["password"], "c***", "colour"), (["password"], "p***", "password1"), (["password"], "P***", "Password")),
    *(([], "h***", "hunter2"), (["password"], "h***", "hunter2"), ([], "c***", "correct horse battery staple")),
    *(([], "c***", "camille@cabinet-durand.fr"), ([], r"\x1b***", "\x1b]0;title\x07"), ([], "x***", "x" * 41)),
    *(([], "x***", "x" * 10**6), ([], "***", ""), ([], "7", 7), ([], "None", None), ([], "tuple", ("hunter2",))),
    ([], "a number of too many digits", 10**5_000),
    ids=range(22),
)
def test_the_name_of_an_unknown_field_is_shown_if_it_is_one(secret, expected, name):
    """A mistyped name is told; a file without headings has data there, which is not."""
    assert expected == show_name(name, FIELDS, secret)
