"""Text typed by people: type, length, one line, what nobody sees; and what stored values cost to read back."""

from __future__ import annotations

import subprocess
import sys
import traceback
from string import ascii_letters
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.errors import InvalidValueError
from teleprocedures.values import (
    ActivationCode,
    BankAccount,
    ContactDetails,
    CreditorIdentifier,
    Digest,
    EmailAddress,
    FileNumber,
    LinkToken,
    MandateReference,
    PersonName,
    Siren,
    grouped,
    one_line,
    typed,
)

CONTACT = {"phone": "01 23 45 67 89", "street": "1 rue Neuve", "postal_code": "75019", "city": "Paris"}
VALUES = (
    Siren("552008443"),
    FileNumber("TF1"),
    EmailAddress("contact@example.fr"),
    PersonName("Martin"),
    ContactDetails(**CONTACT),
    ActivationCode("AB"),
    LinkToken("ab"),
    Digest(bytes(32)),
    BankAccount("FR7630006000011234567890189"),
    CreditorIdentifier("FR72ZZZ123456"),
    MandateReference("R1"),
)


def error_of(*given: Any, build: Any, **named: Any) -> tuple[str, dict[str, Any]]:
    """The code and the facts of the error that these arguments make."""
    with pytest.raises(InvalidValueError) as caught:
        build(*given, **named)
    return caught.value.code, dict(caught.value.facts)


@pytest.mark.parametrize("value", [None, 12, pytest.param(10**5_000, id="huge"), b"text", ["text"], object])
def test_typed_refuses_other_types(value: object) -> None:
    """What is not text is refused by its type's name, without its content."""
    assert ("street.wrong_type", {"type": type(value).__name__}) == error_of("street", value, build=typed)


def test_an_error_says_what_is_wrong_and_what_is_expected() -> None:
    """The words of every bad value have the same three parts."""
    with pytest.raises(InvalidValueError, match=r"^not a street: int is not text; expected 1 to 200 characters$"):
        typed("street", 12)


def test_typed_takes_a_thousand_characters() -> None:
    """The longest text that is looked at has 1,000 characters."""
    assert "x" * 1_000 == typed("street", "x" * 1_000)
    assert ("street.too_long", {"length": 1_001}) == error_of("street", "x" * 1_001, build=typed)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("a b", "  a\t\N{NO-BREAK SPACE} b\n"),
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE}", "cafe\N{COMBINING ACUTE ACCENT}"),
        ("x" * 10, " " * 500 + "x" * 10),
        ("a\N{ZERO WIDTH NON-JOINER}b", "a\N{ZERO WIDTH NON-JOINER}b"),
        ("\N{HANGUL FILLER}a", "\N{HANGUL FILLER}a"),
    ],
)
def test_one_line_normalises(line: str, text: str) -> None:
    """Spaces are collapsed and accents composed, so that equal texts are equal values; what joins letters stays."""
    assert line == one_line("city", text, longest=10)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("city.missing", ""),
        ("city.missing", " \N{NO-BREAK SPACE}\n"),
        ("city.too_long", "x" * 11),
        ("city.too_long", "\u0958" * 6),
        ("city.not_printable", "a\x00b"),
        ("city.not_printable", "a\N{RIGHT-TO-LEFT OVERRIDE}b"),
        ("city.not_printable", "a\ud800b"),
        ("city.not_printable", "a\N{ZERO WIDTH SPACE}b"),
        ("city.invisible", "\N{HANGUL FILLER}"),
        ("city.invisible", "\N{BRAILLE PATTERN BLANK} \N{VARIATION SELECTOR-16}"),
        ("city.invisible", "\N{ZERO WIDTH NON-JOINER}"),
    ],
)
def test_one_line_refuses(code: str, text: str) -> None:
    """A line has something on it, not too much, and nothing but what can be seen."""
    assert code == error_of("city", text, build=one_line, longest=10)[0]


def test_no_character_that_nobody_sees_is_a_line() -> None:
    """Fillers, blanks and selectors of variants count as printed, and leave nothing on paper: 270 are known."""
    unseen = {chr(point) for point in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}
    unseen |= set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U00016fe4\U0001d159")

    assert 270 == len(unseen)
    for character in unseen:
        for subject in ("name", "street", "city"):
            assert f"{subject}.invisible" == error_of(subject, character * 3, build=one_line, longest=10)[0]


def test_every_other_character_that_is_printed_is_a_line() -> None:
    """Whatever the script, one that shows on paper by itself will do."""
    refused = 0
    for character in filter(str.isprintable, map(chr, range(sys.maxunicode + 1))):
        try:
            assert one_line("street", character, longest=10)
        except InvalidValueError:
            refused += 1

    assert 1 + 270 == refused  # a space, and what the test above knows
    assert all(letter == one_line("street", letter, longest=1) for letter in f"{ascii_letters}\ufe10")


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_one_line_is_stable(text: str) -> None:
    """A normalised line is normalised already."""
    try:
        line = one_line("city", text, longest=10)
    except InvalidValueError:
        return

    assert line == one_line("city", line, longest=10)


def test_numbers_are_grouped_for_people() -> None:
    """Groups have no-break spaces between, so that no line ends inside a number; the last may be shorter."""
    assert "552\u00a0008\u00a0443" == grouped("552008443", 3)
    assert "FR76\u00a03000\u00a06" == grouped("FR7630006", 4)
    assert "" == grouped("", 3)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_half_built_value_has_a_repr(value: Any) -> None:
    """A traceback that shows its locals shows a value whose fields are not set yet, too."""
    kind = type(value)
    half_built = kind.__new__(kind)

    assert kind.__name__ in repr(half_built)
    assert repr(value).startswith(f"{kind.__name__}(")


@pytest.mark.parametrize(
    "build", [lambda: Siren("1"), lambda: ContactDetails(**CONTACT | {"phone": "12"}), lambda: BankAccount("FR")]
)
def test_a_traceback_with_its_locals_can_be_shown(build: Any) -> None:
    """Whoever shows the locals of a failed construction gets them, not a second error."""
    with pytest.raises(InvalidValueError) as caught:
        build()

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "not built" in "".join(shown.format()) or "ContactDetails(" in "".join(shown.format())


def test_fields_of_values_are_immutable() -> None:
    """No value changes once it is built."""
    for value in VALUES:
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, attrs.fields(type(value))[0].name, "x")


def test_stored_values_need_no_heavy_library() -> None:
    """Reading values back imports none of the libraries that validate what people type."""
    program = """
import sys
from teleprocedures.values import BankAccount, CreditorIdentifier, MandateReference
from teleprocedures.values import ActivationCode, Digest, LinkToken
from teleprocedures.values import ContactDetails
from teleprocedures.values import EmailAddress, FileNumber, PersonName, Siren

Siren.from_canonical("552008443")
FileNumber.from_canonical("TF1")
EmailAddress.from_canonical("contact@example.fr")
PersonName.from_canonical("Martin")
ContactDetails.from_canonical(
    phone="+33123456789", street="1 rue Neuve", postal_code="75019", city="Paris", country="FR"
)
ActivationCode.from_canonical("AB")
LinkToken.from_canonical("ab")
Digest.from_hex("0" * 64)
BankAccount.from_canonical("FR7630006000011234567890189", None)
CreditorIdentifier.from_canonical("FR72ZZZ123456")
MandateReference.from_canonical("R1")
print(*sorted({"stdnum", "email_validator", "phonenumbers", "schwifty"} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "" == run.stdout.strip()
