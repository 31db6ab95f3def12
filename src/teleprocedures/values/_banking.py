"""What a payment needs: a bank account, and the references of a SEPA mandate.

An account is known by its IBAN (ISO 13616), whose check digits are verified, and in France the RIB key inside it too,
and by the BIC of its bank (ISO 9362), which is looked up when it is not given. SEPA direct debits reach the accounts of
a list of countries kept by the European Payments Council (document EPC409-09). An IBAN is masked wherever it could be
read by accident:

>>> from teleprocedures.values._banking import BankAccount, CreditorIdentifier, MandateReference
>>> account = BankAccount("fr76 3000 6000 0112 3456 7890 189")
>>> account
BankAccount('FR76 **** 0189', bic='AGRIFRPPXXX')
>>> account.iban
'FR7630006000011234567890189'
>>> BankAccount("FR76 3000 6000 0112 3456 7890 188")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not an IBAN: 'FR76 **** 0188' fails its check digits; ...

A creditor is known by its SEPA identifier (in France, ICS), which has check digits of its own, and a mandate by a
reference (in France, RUM) that the creditor chose, in the character set of the SEPA schemes:

>>> CreditorIdentifier("FR72 ZZZ 123456")
CreditorIdentifier('FR72ZZZ123456')
>>> MandateReference("IMPOTS-2024/000017")
MandateReference('IMPOTS-2024/000017')
>>> MandateReference("IMPOTS//17")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not a mandate reference: 'IMPOTS//17' has a misplaced slash; ...
"""

from __future__ import annotations

import re
from typing import Final, Self

import attrs

from teleprocedures.building import builder
from teleprocedures.errors import masked, quoted, without_spaces
from teleprocedures.values._text import Expected

# EPC409-09, by the country code that begins an IBAN. schwifty's own list is not used: it still lacks the five countries
# that joined in 2024 and 2025, and has codes that no IBAN begins with, those of the French overseas territories say.
_EUROPEAN_UNION: Final = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_REST_OF_THE_ECONOMIC_AREA: Final = "IS LI NO"
_MICROSTATES_AND_NEIGHBOURS: Final = "AD CH GB GI MC SM VA"  # Jersey, Guernsey and the Isle of Man use GB
_SINCE_2024: Final = "AL ME MD MK RS"  # November 2024 (AL, ME), March 2025 (MD, MK), May 2025 (RS)
SEPA_COUNTRIES: Final = frozenset(
    f"{_EUROPEAN_UNION} {_REST_OF_THE_ECONOMIC_AREA} {_MICROSTATES_AND_NEIGHBOURS} {_SINCE_2024}".split()
)
# Their IBANs have national check digits that schwifty cannot verify: asking it to would only raise a warning.
_NATIONAL_CHECK_UNKNOWN: Final = frozenset({"AL", "HU", "SE"})

_IBAN: Final = Expected("an IBAN", "one of a SEPA country, such as FR76 3000 6000 0112 3456 7890 189")
_IBAN_SHAPE: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC: Final = Expected("a BIC", "8 or 11 letters and digits, such as AGRIFRPP")
_BIC_SHAPE: Final = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")

_CREDITOR: Final = Expected("a creditor identifier", "one such as FR72 ZZZ 123456")
_CREDITOR_SHAPE: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")

_REFERENCE: Final = Expected(
    "a mandate reference",
    "1 to 35 characters among letters (A to Z), digits, spaces and /-?:().,'+, a slash neither first, last nor doubled",
)
_REFERENCE_CHARACTERS: Final = re.compile(r"[A-Za-z0-9/?:().,'+ -]{1,35}")
_REFERENCE_SHAPE: Final = re.compile(r"(?=.{1,35}\Z)(?![ /])(?!.*//)[A-Za-z0-9/?:().,'+ -]*[A-Za-z0-9?:().,'+-]")

_AS_DIGITS: Final = {letter: str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=10)}
_LETTERS: Final = str.maketrans(_AS_DIGITS)
_SHORTEST_IBAN: Final = 15


def _compact(text: str) -> str:
    # ASCII first: `upper` makes ASCII letters of a few others.
    compact = without_spaces(text)
    return compact.upper() if compact.isascii() else ""


def _mod_97(head: str, rest: str) -> int:
    # ISO 7064: letters count as two digits, and the first four characters, two letters and two digits, go last. What
    # goes first is digits only in most countries, and is spared the translation.
    digits = rest if rest.isdecimal() else rest.translate(_LETTERS)
    return int(f"{digits}{_AS_DIGITS[head[0]]}{_AS_DIGITS[head[1]]}{head[2:]}") % 97


def _masked(iban: str) -> str:
    return masked(iban) if len(iban) >= _SHORTEST_IBAN else "****"


def _valid_iban(text: str) -> str:
    from schwifty import IBAN  # noqa: PLC0415 - it reads its registry when imported, and stored accounts do not need it
    from schwifty.exceptions import (  # noqa: PLC0415 - same
        InvalidBBANChecksum,
        InvalidChecksumDigits,
        InvalidLength,
        SchwiftyException,
    )

    iban = _compact(_IBAN.typed(text))
    shown = quoted(_masked(iban))
    if not _IBAN_SHAPE.fullmatch(iban):
        raise _IBAN.refusal(shown, "does not have two letters, two digits, then 11 to 30 letters and digits")
    country = iban[:2]
    if country not in SEPA_COUNTRIES:
        raise _IBAN.refusal(shown, f"is of {country}, which is out of the SEPA zone")
    try:
        return str(IBAN(iban, validate_bban=country not in _NATIONAL_CHECK_UNKNOWN))
    except InvalidLength:
        why = f"does not have the length of an IBAN of {country}"
    except InvalidChecksumDigits:
        why = "fails its check digits"
    except InvalidBBANChecksum:
        why = "fails the check digits of its country (in France, the RIB key)"
    except SchwiftyException:
        why = f"does not have the structure of an IBAN of {country}"
    # Raised out of the handlers: schwifty's own error, which quotes the IBAN, is not kept as its context.
    raise _IBAN.refusal(shown, why)


def _valid_bic(text: str | None) -> str | None:
    if text is None:
        return None
    from schwifty import BIC  # noqa: PLC0415 - it reads its registry when imported
    from schwifty.exceptions import SchwiftyException  # noqa: PLC0415 - same

    try:
        return str(BIC(_compact(_BIC.typed(text))))
    except SchwiftyException:
        raise _BIC.refusal(quoted(text), "has another length, another character or an unknown country") from None


@attrs.frozen(repr=False, weakref_slot=False)
class BankAccount:
    """A bank account of the SEPA zone: `iban` without spaces, `bic` or None when unknown (rules 2.13 and 2.18).

    The BIC given is kept, in capitals; when none is, it is looked up from the bank's code. Two accounts are equal when
    their IBANs are: the BIC says the same in 8 or in 11 characters, and the register of banks changes.
    InvalidValueError, with the IBAN masked, if its check digits (and in France its RIB key) are wrong or if its country
    is not in the SEPA zone.
    """

    iban: str = attrs.field(converter=_valid_iban)
    bic: str | None = attrs.field(default=None, converter=_valid_bic, eq=False)

    def __attrs_post_init__(self) -> None:
        if self.bic is None:
            from schwifty import IBAN  # noqa: PLC0415 - it reads its registry when imported

            bic = IBAN(self.iban).bic
            object.__setattr__(self, "bic", None if bic is None else str(bic))

    @classmethod
    def from_canonical(cls, iban: str, bic: str | None) -> Self:
        """Read an account back from storage, quickly: shapes and check digits only, whatever its country.

        InvalidValueError, without the IBAN, if it is not one.
        """
        if not (isinstance(iban, str) and _IBAN_SHAPE.fullmatch(iban) and _mod_97(iban[:4], iban[4:]) == 1):
            raise _IBAN.unlike(cls)
        if not (bic is None or (isinstance(bic, str) and _BIC_SHAPE.fullmatch(bic))):
            raise _BIC.unlike(cls)
        account: Self = _account(iban=iban, bic=bic)
        return account

    @property
    def masked(self) -> str:
        """The IBAN as logs and errors may show it: `FR76 **** 0189`."""
        return _masked(self.iban)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"BankAccount({self.masked!r}, bic={self.bic!r})"


def _creditor_identifier(text: str) -> str:
    from stdnum.eu import at_02  # noqa: PLC0415 - slow to import, and stored identifiers do not need it
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - same

    text = _CREDITOR.typed(text)
    identifier = _compact(text)
    if not _CREDITOR_SHAPE.fullmatch(identifier):
        raise _CREDITOR.refusal(quoted(text), "does not have two letters, two digits, then 4 to 31 letters and digits")
    try:
        return at_02.validate(identifier)
    except ValidationError:
        raise _CREDITOR.refusal(quoted(text), "fails its check digits") from None


@attrs.frozen(repr=False, weakref_slot=False)
class CreditorIdentifier:
    """The SEPA identifier of a creditor (in France, ICS), without spaces and in capitals (rule 2.14).

    InvalidValueError unless it has at most 35 letters and digits, and its check digits are right.
    """

    identifier: str = attrs.field(converter=_creditor_identifier)

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """Read an identifier back from storage, quickly; InvalidValueError if it is not one."""
        identifier = _CREDITOR.restore(cls, "identifier", text, _CREDITOR_SHAPE)
        # The creditor's business code, the fifth to seventh characters, does not count in the check digits.
        if _mod_97(text[:4], text[7:]) != 1:
            raise _CREDITOR.unlike(cls)
        return identifier

    def __str__(self) -> str:
        return self.identifier

    def __repr__(self) -> str:
        return f"CreditorIdentifier({self.identifier!r})"


def _mandate_reference(text: str) -> str:
    reference = _REFERENCE.typed(text).strip()
    if not _REFERENCE_SHAPE.fullmatch(reference):
        slash = _REFERENCE_CHARACTERS.fullmatch(reference)
        why = "has a misplaced slash" if slash else "is empty, too long, or has another character"
        raise _REFERENCE.refusal(quoted(reference), why)
    return reference


@attrs.frozen(repr=False, weakref_slot=False)
class MandateReference:
    """The reference of a mandate (in France, RUM: référence unique de mandat), kept as given (rule 2.15).

    Surrounding spaces are dropped. InvalidValueError unless it has 1 to 35 characters of the SEPA set: ASCII letters
    and digits, spaces and `/-?:().,'+`, with no slash first, last or doubled.
    """

    reference: str = attrs.field(converter=_mandate_reference)

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """Read a reference back from storage, quickly; InvalidValueError if it is not one."""
        return _REFERENCE.restore(cls, "reference", text, _REFERENCE_SHAPE)

    def __str__(self) -> str:
        return self.reference

    def __repr__(self) -> str:
        return f"MandateReference({self.reference!r})"


_account: Final = builder(BankAccount)
