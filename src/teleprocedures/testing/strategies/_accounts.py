"""Bank accounts of every SEPA country, and the references of mandates."""

from __future__ import annotations

from string import ascii_uppercase, digits
from typing import Any, Final

from hypothesis import strategies as st

from teleprocedures.errors import InvalidValueError
from teleprocedures.values import SEPA_COUNTRIES, BankAccount, CreditorIdentifier, MandateReference

__all__ = [
    "bank_accounts",
    "creditor_identifiers",
    "ibans",
    "invalid_ibans",
    "mandate_references",
]

_COUNTRIES: Final = ("FR", *sorted(SEPA_COUNTRIES - {"FR"}))
"""The SEPA countries by the two letters that begin their IBANs, France first."""

_OUTSIDE: Final = (
    "",
    "FR76",
    "US00 1234 5678 9012 345",
    "TR330006100519786457841326",
    "FR76 3000 6000 0112 3456 7890 188",
    "FR14 2004 1010 0505 0001 3M02 607",
)
_AS_DIGITS: Final = {ord(letter): str(number) for number, letter in enumerate(ascii_uppercase, start=10)}


def _iban(country: str, random: Any) -> str:
    from schwifty import IBAN  # noqa: PLC0415 - it reads its registry when imported

    return str(IBAN.random(country_code=country, random=random, use_registry=False))


def ibans(country: str | None = None) -> st.SearchStrategy[str]:
    """Give IBANs of one SEPA country, or of any, with all their check digits right, national ones too (rule 2.13).

    >>> from hypothesis import find
    >>> find(ibans("BE"), lambda _: True)
    'BE54000000000097'
    """
    countries = st.sampled_from(_COUNTRIES) if country is None else st.just(country)
    # Hypothesis draws each number that this source of randomness gives: the same example comes out again, and shrinks.
    return st.builds(_iban, countries, st.randoms(use_true_random=False))


def _mistyped(iban: str, place: int) -> str:
    place = len(iban) - 1 - place % (len(iban) - len("FR76"))
    return iban[:place] + ("1" if iban[place] != "1" else "2") + iban[place + 1 :]


def _is_no_account(text: str) -> bool:
    try:
        BankAccount(text)
    except InvalidValueError:
        return True
    return False


def invalid_ibans() -> st.SearchStrategy[str]:
    """Give texts that are no IBAN of the SEPA zone: mistyped, cut, of a country outside, with a wrong RIB key.

    >>> from hypothesis import find
    >>> find(invalid_ibans(), lambda text: len(text) > 20)
    'US00 1234 5678 9012 345'
    """
    # A digit for a letter is not always noticed: letters count as two digits.
    mistyped = st.builds(_mistyped, ibans(), st.integers(0, 30)).filter(_is_no_account)
    cut = st.builds(lambda iban, end: iban[:end], ibans(), st.integers(1, 14))
    return st.sampled_from(_OUTSIDE) | mistyped | cut | st.text(max_size=40).filter(_is_no_account)


def bank_accounts(country: str | None = None) -> st.SearchStrategy[BankAccount]:
    """Give bank accounts of one SEPA country, or of any, with the BIC that their bank's code tells, if it does.

    >>> from hypothesis import find
    >>> find(bank_accounts("DE"), lambda _: True)
    BankAccount('DE36 **** 0000', bic=None)
    """
    return ibans(country).map(BankAccount)


def creditor_identifiers() -> st.SearchStrategy[CreditorIdentifier]:
    """Give SEPA creditor identifiers, their check digits right, whatever their business code (rule 2.14).

    >>> from hypothesis import find
    >>> find(creditor_identifiers(), lambda _: True)
    CreditorIdentifier('FR76000000000')
    """

    def identifier(business: str, national: str) -> str:
        # ISO 7064 over the national part, the country, and two zeros in the place of the check digits.
        check = 98 - int(f"{national}FR00".translate(_AS_DIGITS)) % 97
        return f"FR{check:02}{business}{national}"

    business = st.text(digits + ascii_uppercase, min_size=3, max_size=3)
    return st.builds(identifier, business, st.text(digits, min_size=6, max_size=6)).map(CreditorIdentifier)


def mandate_references() -> st.SearchStrategy[MandateReference]:
    """Give mandate references (RUM): 1 to 35 characters of the SEPA set, with slashes where they may be (rule 2.15).

    >>> from hypothesis import find
    >>> find(mandate_references(), lambda _: True)
    MandateReference('0')
    """
    characters = digits + ascii_uppercase + "/-?:().,'+ "
    texts = st.text(characters, min_size=1, max_size=35).map(lambda text: text.strip("/ "))
    return texts.filter(lambda text: text != "" and "//" not in text).map(MandateReference)
