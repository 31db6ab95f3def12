"""Values at the edges of what they may be: the longest, the shortest, and one more than that."""

from __future__ import annotations

import pytest

from teleprocedures.errors import InvalidValueError
from teleprocedures.values import ActivationCode, BankAccount, EmailAddress, MandateReference, organisation


def test_the_longest_and_the_shortest() -> None:
    """The longest stored address, the shortest IBAN and the longest code are not taken for others."""
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.fr"

    assert 254 == len(longest)
    assert longest == EmailAddress.from_canonical(longest).address
    assert "NO93 **** 7947" == BankAccount("NO93 8601 1117 947").masked
    assert "a***@example.fr" == EmailAddress("ab@example.fr").masked
    assert "A" * 64 == ActivationCode("A" * 64).reveal()


@pytest.mark.parametrize(
    ("code", "expected", "length"),
    [("A" * 63 + "_", "activation_code.malformed", 64), ("A" * 65, "activation_code.too_long", 65)],
)
def test_a_code_that_is_none_is_told_by_its_length(code: str, expected: str, length: int) -> None:
    """What is wrong with a code is said by how long it is, never by what it is."""
    with pytest.raises(InvalidValueError) as caught:
        ActivationCode(code)

    assert (expected, length) == (caught.value.code, caught.value.facts["length"])
    assert "AAAA" not in str(caught.value)


def test_what_is_no_text_is_told_by_its_type() -> None:
    """A number is no organisation."""
    with pytest.raises(InvalidValueError) as caught:
        organisation(552100554)  # type: ignore[arg-type] # the point of the test

    assert ("organisation.wrong_type", "int") == (caught.value.code, caught.value.facts["type"])


def test_a_bad_reference_is_shown() -> None:
    """A mandate's reference is no secret: the error has it."""
    with pytest.raises(InvalidValueError) as caught:
        MandateReference("A//B")

    assert ("mandate_reference.slash", "A//B") == (caught.value.code, caught.value.facts["value"])
