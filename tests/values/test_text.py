"""Text typed by people: type, length, one line; and what stored values cost to read back."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures import AdhesionForm, SpaceForm
from teleprocedures.errors import InvalidFormError, InvalidValueError, quoted, shown, without_spaces
from teleprocedures.values import Expected

LINE = Expected("a line", "1 to 10 characters")


def test_refusal_says_what_is_wrong_and_what_is_expected() -> None:
    """Every error has the same three parts."""
    assert "not a line: 'x' is odd; expected 1 to 10 characters" == str(LINE.refusal("'x'", "is odd"))


@pytest.mark.parametrize("value", [None, 12, b"text", ["text"], object])
def test_typed_refuses_other_types(value: object) -> None:
    """What is not text is refused by its type's name, without its content."""
    with pytest.raises(InvalidValueError) as caught:
        LINE.typed(value)

    assert f"not a line: {type(value).__name__} is not text; expected 1 to 10 characters" == str(caught.value)


def test_typed_takes_a_thousand_characters() -> None:
    """The longest text that is looked at has 1,000 characters."""
    assert "x" * 1_000 == LINE.typed("x" * 1_000)

    with pytest.raises(InvalidValueError, match="of 1001 characters is too long"):
        LINE.typed("x" * 1_001)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("a b", "  a\t\N{NO-BREAK SPACE} b\n"),
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE}", "cafe\N{COMBINING ACUTE ACCENT}"),
        ("x" * 10, " " * 500 + "x" * 10),
    ],
)
def test_one_line_normalises(line: str, text: str) -> None:
    """Spaces are collapsed and accents composed, so that equal texts are equal values."""
    assert line == LINE.one_line(text, longest=10)


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("is empty", ""),
        ("is empty", " \N{NO-BREAK SPACE}\n"),
        ("of 11 characters is too long", "x" * 11),
        ("cannot be printed", "a\x00b"),
        ("cannot be printed", "a\N{RIGHT-TO-LEFT OVERRIDE}b"),
        ("cannot be printed", "a\ud800b"),
    ],
)
def test_one_line_refuses(why: str, text: str) -> None:
    """A line has something on it, not too much, and nothing that cannot be seen."""
    with pytest.raises(InvalidValueError, match=why):
        LINE.one_line(text, longest=10)


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_one_line_is_stable(text: str) -> None:
    """A normalised line is normalised already."""
    try:
        line = LINE.one_line(text, longest=10)
    except InvalidValueError:
        return

    assert line == LINE.one_line(line, longest=10)


def test_quoted_is_short() -> None:
    """An error never carries a page: 40 characters are shown."""
    assert repr("x" * 40) == quoted("x" * 40)
    assert repr("x" * 39 + "…") == quoted("x" * 41)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("'FR76 **** 0189'", "FR76 3000 6000 0112 3456 7890 189"),
        ("'fr76 **** 0189'", "fr7630006000011234567890189"),
        ("'NO93 **** 7947'", "NO93\u00a08601\u00a01117\u00a0947"),
        ("'NO9386011117'", "NO9386011117"),
        ("'732 829 320 00074'", "732 829 320 00074"),
        ("'\uff26R7630006000011234567890189'", "\uff26R7630006000011234567890189"),
    ],
)
def test_an_iban_is_masked_wherever_it_comes_from(expected: str, text: str) -> None:
    """What looks like an IBAN is masked in any field's error: columns of a file shift."""
    assert expected == quoted(text)
    assert expected == shown(text)


def test_shown_is_short() -> None:
    """What is not text is shown as it reads, cut to 80 characters."""
    assert "None" == shown(None)
    assert str([1] * 40)[:80] == shown([1] * 40)


@pytest.mark.rule("2.13")
def test_a_shifted_column_tells_no_iban() -> None:
    """An IBAN in the wrong field of either form, in a service's place too, is in no error."""
    iban = "FR76 3000 6000 0112 3456 7890 189"
    wrong = {
        AdhesionForm: {"organisation": iban, "services": [iban], "applicant": iban, "company_email": iban},
        SpaceForm: {"organisation": iban, "contact": {"country": iban, "phone": iban, "postal_code": iban}},
    }
    for form, data in wrong.items():
        with pytest.raises(InvalidFormError) as caught:
            form.from_mapping(data)
        assert iban not in f"{caught.value} {caught.value!r}"
        assert "FR76 **** 0189" in str(caught.value)


def test_without_spaces_knows_all_spaces() -> None:
    """The narrow no-break spaces of French typography are spaces."""
    assert "123" == without_spaces(" 1\N{NARROW NO-BREAK SPACE}2\N{NO-BREAK SPACE}3\t")


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
