"""What a payment needs: a bank account, and the references of a SEPA mandate.

An account is known by its IBAN (ISO 13616). The check digits of an IBAN are verified, and so is the RIB key inside a
French one. The BIC of its bank (ISO 9362) is looked up when it is not given. SEPA direct debits reach the accounts of a
list of countries, which the European Payments Council keeps (document EPC409-09). An IBAN is masked wherever it could
be read by accident:

>>> from teleprocedures.values import BankAccount, CreditorIdentifier, MandateReference
>>> account = BankAccount("fr76 3000 6000 0112 3456 7890 189")
>>> account
BankAccount('FR76 **** 0189', bic='AGRIFRPPXXX')
>>> account.iban
'FR7630006000011234567890189'
>>> BankAccount("FR76 3000 6000 0112 3456 7890 188")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not an IBAN: 'FR76 **** 0188' fails its check digits; ...

A creditor is known by its SEPA identifier (in France, ICS), which has check digits of its own. A mandate is known by a
reference (in France, RUM) that the creditor chose. It is in the character set of the SEPA schemes:

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
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Self

import attrs

from teleprocedures.building import builder
from teleprocedures.errors import InvalidValueError, excerpt, half_built, mask, shape, without_spaces
from teleprocedures.values._text import filled, has_account, plain, restore, unlike
from teleprocedures.values._whole import whole

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

_IBAN_SHAPE: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC_SHAPE: Final = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")

_CREDITOR_SHAPE: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")
# EPC262-08: how many characters the identifiers of a country have, where it gives them one form. Belgium has two.
_CREDITOR_LENGTHS: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {
        "AT": (18,),
        "BE": (17, 20),
        "DE": (18,),
        "ES": (16,),
        "FI": (15,),
        "FR": (13,),
        "IE": (13,),
        "IT": (23,),
        "LU": (26,),
        "NL": (19,),
        "PT": (13,),
    }
)

_PLAIN: Final = (str, type(None))
_LONGEST_REFERENCE: Final = 35
_REFERENCE_CHARACTERS: Final = re.compile(r"[A-Za-z0-9/?:().,'+ -]+")
_REFERENCE_SHAPE: Final = re.compile(r"(?=.{1,35}\Z)(?![ /])(?!.*//)[A-Za-z0-9/?:().,'+ -]*[A-Za-z0-9?:().,'+-]")

_AS_DIGITS: Final = {letter: str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=10)}
_LETTERS: Final = str.maketrans(_AS_DIGITS)
_CHECK_DIGITS: Final = frozenset(f"{number:02}" for number in range(2, 99))
"""What ISO 7064 writes: 00, 01 and 99 pass the same check as 97, 98 and 02, and nobody was given them."""


def _compact(text: str) -> str:
    # ASCII first: `upper` makes ASCII letters of a few others.
    compact = without_spaces(text)
    return compact.upper() if compact.isascii() else ""


def _mod_97(head: str, rest: str) -> int:
    # ISO 7064: letters count as two digits, and the first four characters, two letters and two digits, go last. What
    # goes first is digits only in most countries, and is spared the translation.
    digits = rest if rest.isdecimal() else rest.translate(_LETTERS)
    return int(f"{digits}{_AS_DIGITS[head[0]]}{_AS_DIGITS[head[1]]}{head[2:]}") % 97


def _passes(head: str, rest: str) -> bool:
    return head[2:] in _CHECK_DIGITS and _mod_97(head, rest) == 1


def _valid_iban(text: str) -> str:
    from schwifty import IBAN  # noqa: PLC0415 - it reads its registry when imported, and stored accounts do not need it
    from schwifty.exceptions import (  # noqa: PLC0415 - same
        InvalidBBANChecksum,
        InvalidChecksumDigits,
        InvalidLength,
        SchwiftyException,
    )

    iban = _compact(filled("iban", text))
    masked = excerpt(mask(iban))
    if not _IBAN_SHAPE.fullmatch(iban):
        typed = without_spaces(text)
        fours = " ".join(typed[start : start + 4] for start in range(0, len(typed), 4))
        raise InvalidValueError("iban.malformed", value=shape(fours), length=len(typed))
    country = iban[:2]
    if country not in SEPA_COUNTRIES:
        raise InvalidValueError("iban.not_sepa", value=masked, country=country)
    try:
        return str(IBAN(iban, validate_bban=country not in _NATIONAL_CHECK_UNKNOWN))
    except InvalidLength:
        wrong = "length"
    except InvalidChecksumDigits:
        wrong = "check_digits"
    except InvalidBBANChecksum:
        wrong = "national_check_digits"
    except SchwiftyException:
        wrong = "structure"
    # Raised out of the handlers: schwifty's own error, which quotes the IBAN, is not kept as its context.
    counted = {"length": len(iban)} if wrong == "length" else {}
    raise InvalidValueError(f"iban.{wrong}", value=masked, country=country, **counted)


def _valid_bic(text: str | None, account: attrs.AttrsInstance) -> str | None:
    from schwifty import BIC, IBAN  # noqa: PLC0415 - it reads its registry when imported
    from schwifty.exceptions import SchwiftyException  # noqa: PLC0415 - same

    if text is None:
        assert isinstance(account, BankAccount)
        found = IBAN(account.iban).bic
        return None if found is None else str(found)
    text = filled("bic", text)
    try:
        return str(BIC(_compact(text)))
    except SchwiftyException:
        raise InvalidValueError("bic.malformed", value=excerpt(text)) from None


@whole
@attrs.frozen(repr=False, weakref_slot=False)
class BankAccount:
    """A bank account of the SEPA zone: `iban` without spaces, `bic` or None when unknown (rules 2.13 and 2.18).

    A BIC that is given is kept in capitals, and one that is not is looked up from the bank's code. Two accounts are
    equal when their IBANs are, because a BIC says the same in 8 or in 11 characters, and the register of banks changes.

    Raises `InvalidValueError`, with the IBAN masked, if its check digits (and in France its RIB key) are wrong. Raises
    it for a country that is not in the SEPA zone.
    """

    iban: str = attrs.field(converter=_valid_iban)
    bic: str | None = attrs.field(default=None, converter=attrs.Converter(_valid_bic, takes_self=True), eq=False)  # type: ignore[misc] # unknown to mypy

    @classmethod
    def from_canonical(cls, iban: str, bic: str | None) -> BankAccount:
        """Read an account back from storage, quickly, by its shapes and check digits only.

        Raises `InvalidValueError`, without the IBAN, if it is not one.
        """
        # Whatever its country: a country that leaves the SEPA zone takes no stored account with it.
        if not (isinstance(iban, str) and _IBAN_SHAPE.fullmatch(iban) and _passes(iban[:4], iban[4:])):
            raise unlike(cls)
        if not (bic is None or (isinstance(bic, str) and _BIC_SHAPE.fullmatch(bic))):
            raise unlike(cls)
        if type(iban) is not str or type(bic) not in _PLAIN:
            iban, bic = plain(iban), bic if bic is None else plain(bic)
        return _account(iban=iban, bic=bic)

    @property
    def masked(self) -> str:
        """The IBAN as logs and errors may show it: `FR76 **** 0189`."""
        return mask(self.iban)

    def __str__(self) -> str:
        return self.masked

    @half_built
    def __repr__(self) -> str:
        return f"BankAccount({self.masked!r}, bic={self.bic!r})"


def _creditor_identifier(text: str) -> str:
    text = filled("creditor_identifier", text)
    identifier, typed = _compact(text), excerpt(text)
    if not _CREDITOR_SHAPE.fullmatch(identifier):
        raise InvalidValueError("creditor_identifier.malformed", value=typed)
    country = identifier[:2]
    if country not in SEPA_COUNTRIES:
        raise InvalidValueError("creditor_identifier.not_sepa", value=typed, country=country)
    lengths = _CREDITOR_LENGTHS.get(country)
    if lengths is not None and len(identifier) not in lengths:
        raise InvalidValueError("creditor_identifier.length", value=typed, country=country, expected=lengths)
    from stdnum.eu import at_02  # noqa: PLC0415 - slow to import, and stored identifiers do not need it

    if identifier[2:4] not in _CHECK_DIGITS or not at_02.is_valid(identifier):
        raise InvalidValueError("creditor_identifier.check_digits", value=typed)
    return identifier


@whole
@attrs.frozen(repr=False, weakref_slot=False)
class CreditorIdentifier:
    """The SEPA identifier of a creditor (in France, ICS), without spaces and in capitals (rule 2.14).

    Raises `InvalidValueError` unless its check digits are right and its country is of the SEPA zone. Raises it unless
    it has as many letters and digits as the identifiers of that country (13 in France), and 35 at most.
    """

    identifier: str = attrs.field(converter=_creditor_identifier)

    @classmethod
    def from_canonical(cls, identifier: str) -> Self:
        """Read an identifier back from storage, quickly.

        Raises `InvalidValueError` if it is not one.
        """
        value = restore(cls, "identifier", identifier, _CREDITOR_SHAPE)
        # The creditor's business code, the fifth to seventh characters, does not count in the check digits.
        if not _passes(identifier[:4], identifier[7:]):
            raise unlike(cls)
        return value

    def __str__(self) -> str:
        return self.identifier

    @half_built
    def __repr__(self) -> str:
        return f"CreditorIdentifier({self.identifier!r})"


def _mandate_reference(text: str) -> str:
    reference = filled("mandate_reference", text)
    if len(reference) > _LONGEST_REFERENCE:
        raise InvalidValueError("mandate_reference.too_long", length=len(reference))
    if has_account(reference):
        raise InvalidValueError("mandate_reference.has_account")
    if not _REFERENCE_SHAPE.fullmatch(reference):
        wrong = "slash" if _REFERENCE_CHARACTERS.fullmatch(reference) else "malformed"
        raise InvalidValueError(f"mandate_reference.{wrong}", value=excerpt(reference))
    return reference


@whole
@attrs.frozen(repr=False, weakref_slot=False)
class MandateReference:
    """The reference of a mandate (in France, RUM: référence unique de mandat), kept as given (rule 2.15).

    Surrounding spaces are dropped. A reference has 1 to 35 characters of the SEPA set, which are ASCII letters and
    digits, spaces and `/-?:().,'+`. No slash is first, last or doubled. Raises `InvalidValueError` for anything else.
    """

    reference: str = attrs.field(converter=_mandate_reference)

    @classmethod
    def from_canonical(cls, reference: str) -> Self:
        """Read a reference back from storage, quickly.

        Raises `InvalidValueError` if it is not one.
        """
        return restore(cls, "reference", reference, _REFERENCE_SHAPE)

    def __str__(self) -> str:
        return self.reference

    @half_built
    def __repr__(self) -> str:
        return f"MandateReference({self.reference!r})"


_account: Final = builder(BankAccount)
