"""How a user can be reached: the contact details of rule 1.5.

Phone numbers are read as people write them in the country of the address, checked against that country's numbering
plan, and kept in the international form of ITU-T recommendation E.164. Countries are ISO 3166-1 alpha-2 codes. A postal
code of France has five digits, overseas too; abroad it is only asked not to be empty, as each country has its own
rules.

>>> from teleprocedures.values._contact import ContactDetails
>>> contact = ContactDetails(phone="01 23 45 67 89", street="12 rue des Lilas", postal_code="75 019", city="Paris")
>>> contact.phone, contact.postal_code, contact.country
('+33123456789', '75019', 'FR')

The phone number and the street are personal: neither a `repr` nor an error shows them.

>>> contact
ContactDetails(phone='+33***89', street='***', postal_code='75019', city='Paris', country='FR')
>>> ContactDetails(phone="01 23 45 67", street="12 rue des Lilas", postal_code="75019", city="Paris")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not a phone number: '***67' is not in use in FR; expected a number ...
"""

from __future__ import annotations

import re
from typing import Final, Self

import attrs

from teleprocedures.errors import quoted, without_spaces
from teleprocedures.values._text import Expected

LONGEST_LINE: Final = 200
LONGEST_POSTAL_CODE: Final = 16

# Where France's own postal codes are used: ISO 3166-1 gives the overseas territories codes of their own.
FRENCH_COUNTRIES: Final = frozenset({"FR", "BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"})
# One ten-digit numbering plan, dialled alike from all of them: 0262 is La Réunion wherever the address is.
_ONE_DIALLING_PLAN: Final = ("FR", "GF", "GP", "MQ", "RE", "YT")

_PHONE: Final = Expected(
    "a phone number",
    "a number of the country, such as 01 23 45 67 89, or an international one, such as +33 1 23 45 67 89",
)
_STREET: Final = Expected("a street", f"1 to {LONGEST_LINE} characters")
_CITY: Final = Expected("a city", f"1 to {LONGEST_LINE} characters")
_COUNTRY: Final = Expected("a country", "the two letters of its ISO 3166-1 code, such as FR")
_FRENCH_POSTAL_CODE: Final = Expected("a postal code of France", "five digits, such as 75019")
_POSTAL_CODE: Final = Expected("a postal code", f"1 to {LONGEST_POSTAL_CODE} characters")
_DETAILS: Final = Expected("contact details", "a phone number and an address")

_PHONE_SHAPE: Final = re.compile(r"\+[1-9][0-9]{4,14}")
_COUNTRY_SHAPE: Final = re.compile(r"[A-Z]{2}")
_LINE_SHAPE: Final = re.compile(rf"[^\x00-\x1f\x7f]{{1,{LONGEST_LINE}}}")
_POSTAL_CODE_SHAPE: Final = re.compile(rf"[^\x00-\x1f\x7f]{{1,{LONGEST_POSTAL_CODE}}}")


def read_phone(text: str, *, country: str) -> str:
    """Give a phone number in E.164 form; `country` (ISO alpha-2) says how to read one without its international prefix.

    InvalidValueError, with the number masked, if no numbering plan has it or if it has an extension, which E.164 cannot
    say.
    """
    import phonenumbers  # noqa: PLC0415 - slow to import, and stored numbers do not need it

    text = _PHONE.typed(text)
    shown = quoted("***" + text.strip()[-2:] if len(text.strip()) > len("0123") else "***")
    plans = dict.fromkeys((country, *_ONE_DIALLING_PLAN)) if country in _ONE_DIALLING_PLAN else (country,)
    for plan in plans:
        try:
            number = phonenumbers.parse(text, plan)
        except phonenumbers.NumberParseException:
            break  # what is no number at all is none in any plan
        if phonenumbers.is_valid_number(number):
            if number.extension:
                raise _PHONE.refusal(shown, "has an extension")
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise _PHONE.refusal(shown, f"is not in use in {country}")


def read_street(text: str) -> str:
    """Give a street on one line of 1 to 200 characters; InvalidValueError, without the street, if it cannot be."""
    return _STREET.one_line(text, longest=LONGEST_LINE)


def read_city(text: str) -> str:
    """Give a city on one line of 1 to 200 characters; InvalidValueError if it cannot be."""
    return _CITY.one_line(text, longest=LONGEST_LINE)


def read_country(text: str) -> str:
    """Give a country's ISO 3166-1 alpha-2 code in capitals; InvalidValueError if nobody can be phoned there."""
    import phonenumbers  # noqa: PLC0415 - slow to import, and stored countries do not need it

    text = _COUNTRY.typed(text)
    country = text.strip().upper()
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise _COUNTRY.refusal(quoted(text), "is unknown")
    return country


def read_postal_code(text: str, *, country: str) -> str:
    """Give a postal code of the country (ISO alpha-2): five digits in France, overseas too, else 1 to 16 characters.

    InvalidValueError if it is not one.
    """
    if country not in FRENCH_COUNTRIES:
        return _POSTAL_CODE.one_line(text, longest=LONGEST_POSTAL_CODE).upper()
    text = _FRENCH_POSTAL_CODE.typed(text)
    code = without_spaces(text)
    if not (len(code) == 5 and code.isascii() and code.isdigit()):
        raise _FRENCH_POSTAL_CODE.refusal(quoted(text), "does not have five digits")
    return code


def _shown_phone(phone: str) -> str:
    return repr(f"{phone[:3]}***{phone[-2:]}")


def _hidden(_: str) -> str:
    return repr("***")


@attrs.frozen(kw_only=True, weakref_slot=False)
class ContactDetails:
    """The phone number and the postal address of a user (rule 1.5).

    `phone` is kept in E.164 form; `street`, `postal_code` and `city` on one line each; `country` as its ISO 3166-1
    alpha-2 code. InvalidValueError, about the first field that is wrong, from the `read_*` function of that field.
    """

    phone: str = attrs.field(repr=_shown_phone)
    street: str = attrs.field(repr=_hidden, converter=read_street)
    postal_code: str
    city: str = attrs.field(converter=read_city)
    country: str = attrs.field(default="FR", converter=read_country)

    def __attrs_post_init__(self) -> None:
        # How these two read depends on the country, which is known only now.
        object.__setattr__(self, "phone", read_phone(self.phone, country=self.country))
        object.__setattr__(self, "postal_code", read_postal_code(self.postal_code, country=self.country))

    @classmethod
    def from_canonical(cls, *, phone: str, street: str, postal_code: str, city: str, country: str) -> Self:
        """Read contact details back from storage, quickly; InvalidValueError if a field does not look like one."""
        details = _DETAILS.restore(cls, "phone", phone, _PHONE_SHAPE)
        for slot, text, shape in (
            ("street", street, _LINE_SHAPE),
            ("postal_code", postal_code, _POSTAL_CODE_SHAPE),
            ("city", city, _LINE_SHAPE),
            ("country", country, _COUNTRY_SHAPE),
        ):
            object.__setattr__(details, slot, _DETAILS.stored(cls, text, shape))
        return details
