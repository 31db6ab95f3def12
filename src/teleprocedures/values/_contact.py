"""How a user can be reached: the contact details of rule 1.5.

Phone numbers are read as people write them in the country of the address, checked against that country's numbering
plan, and kept in the international form of ITU-T recommendation E.164. France and most of its overseas territories dial
alike. The first digits of a number say in which of them it is, wherever the address is. Countries are ISO 3166-1
alpha-2 codes. A postal code of France has five digits, overseas too. Abroad it is only asked not to be empty, because
each country has its own rules.

>>> from teleprocedures.values import ContactDetails, read_phone
>>> contact = ContactDetails(phone="01 23 45 67 89", street="12 rue des Lilas", postal_code="75 019", city="Paris")
>>> contact.phone, contact.postal_code, contact.country
('+33123456789', '75019', 'FR')
>>> read_phone("0596 30 12 34", country="FR")
'+596596301234'

The phone number and the street are personal, and neither a `repr` nor an error shows them.

>>> contact
ContactDetails(phone='+33***89', street='***', postal_code='75019', city='Paris', country='FR')
>>> ContactDetails(phone="01 23 45 67", street="12 rue des Lilas", postal_code="75019", city="Paris")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not a phone number: '01 ** ** 67' (8 digits) is not in use in FR; ...
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase
from types import MappingProxyType
from typing import Any, Final, Self

import attrs

from teleprocedures.errors import InvalidValueError, excerpt, shape, without_spaces
from teleprocedures.values._text import UNWRITTEN, filled, one_line, restore, show_fields, stored
from teleprocedures.values._whole import whole

LONGEST_LINE: Final = 200
LONGEST_POSTAL_CODE: Final = 16

# Where France's own postal codes are used: ISO 3166-1 gives the overseas territories codes of their own.
FRENCH_COUNTRIES: Final = frozenset({"FR", "BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"})
# One plan of ten digits, dialled alike from France and all of these. Others, such as NC, have plans of their own.
_IN_THE_FRENCH_PLAN: Final = frozenset({"BL", "GF", "GP", "MF", "MQ", "PM", "RE", "YT"})
# What follows the 0 of a number that is overseas, by one of the territories whose international prefix it has: fixed
# lines, mobiles, and those that move. Where none of these fits, a number is of the mainland.
_OVERSEAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        prefix: territory
        for territory, prefixes in {
            "GP": "590 5987 690 691 7090 9395 9475 9760 9761 9768",
            "GF": "594 5988 694 70930 70931 70932 70933 9396 9476 9764 9765",
            "MQ": "596 5989 696 697 7091 9397 9477 9766 9767",
            "RE": "262 263 2688 2689 269 639 692 693 7092 70935 70936 70937 9398 9399 9478 9479 9762 9763 9769",
            "PM": "508 708",
        }.items()
        for prefix in prefixes.split()
    }
)
_FREE_OR_SHARED: Final = "8"
"""After the 0: numbers that each territory has for itself, so that the address decides."""
_ISLANDS: Final = "508"
"""After the 0: Saint-Pierre-et-Miquelon, whose own numbers are the six digits that follow."""

_SHORTEST_SHOWN: Final = 8
_LONGEST_SHOWN: Final = 15
"""How many digits a number has of which some are shown: of fewer, too much would be told, and more is no number."""
_CAPITALS: Final = str.maketrans(ascii_lowercase, ascii_uppercase)

_PHONE_SHAPE: Final = re.compile(r"\+[1-9][0-9]{4,14}")
_COUNTRY_SHAPE: Final = re.compile(r"[A-Z]{2}")
_LINE_SHAPE: Final = re.compile(rf"(?=.*\S)[^{UNWRITTEN}]{{1,{LONGEST_LINE}}}")
_POSTAL_CODE_SHAPE: Final = re.compile(rf"(?=.*\S)[^{UNWRITTEN}]{{1,{LONGEST_POSTAL_CODE}}}")


def read_phone(text: str, *, country: str) -> str:
    """Give a phone number in E.164 form; `country` (ISO alpha-2) says how to read one without its international prefix.

    In France and overseas the first digits decide before the country does: `0596…` is `+596596…` everywhere. Raises
    `InvalidValueError`, with the number masked, if no numbering plan has it. Raises it for a number with an extension,
    which E.164 cannot say.
    """
    import phonenumbers  # noqa: PLC0415 - slow to import, and stored numbers do not need it

    # Any space is one: the library knows the plain and the no-break one, not the narrow ones of French typography.
    text = " ".join(filled("phone", text).split())
    value, length = _show_ends(text), sum(map(str.isdecimal, text))
    try:
        number = phonenumbers.parse(text, "FR" if country in _IN_THE_FRENCH_PLAN else country, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        number = None
    # Raised out of the handler: the library's own error is not kept as its context.
    if number is None:
        raise InvalidValueError("phone.malformed", value=shape(text))
    if number.country_code == phonenumbers.country_code_for_region("FR"):
        number = _of_the_one_plan(number, country)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # The library takes a few longer numbers than E.164 has.
    if not (phonenumbers.is_valid_number(number) and _PHONE_SHAPE.fullmatch(written)):
        raise InvalidValueError("phone.unknown", value=value, length=length, country=country)
    if number.extension:
        raise InvalidValueError("phone.extension", value=value)
    return written


def _show_ends(text: str) -> str:
    """A number as an error may show it: its groups, with two digits at each end if twice as many stay hidden."""
    places = [place for place, character in enumerate(text) if character.isdecimal()]
    shown = {*places[:2], *places[-2:]} if _SHORTEST_SHOWN <= len(places) <= _LONGEST_SHOWN else set[int]()
    hidden = (it if place in shown or not it.isalnum() else "*" for place, it in enumerate(text))
    return excerpt("".join(hidden))


def _of_the_one_plan(number: Any, country: str) -> Any:
    """The same number, of the territory that its first digits name."""
    import phonenumbers  # noqa: PLC0415 - as above

    digits = str(number.national_number)
    territory = next((_OVERSEAS[digits[:size]] for size in (3, 4, 5) if digits[:size] in _OVERSEAS), "FR")
    local = number.country_code_source == phonenumbers.CountryCodeSource.FROM_DEFAULT_COUNTRY
    if local and (digits.startswith(_FREE_OR_SHARED) or not phonenumbers.is_possible_number(number)):
        territory = country
    if digits.startswith(_ISLANDS) and territory == "PM":
        digits = digits.removeprefix(_ISLANDS)
    renumbered = phonenumbers.PhoneNumber(
        country_code=phonenumbers.country_code_for_region(territory), national_number=int(digits)
    )
    renumbered.extension = number.extension
    return renumbered


def read_street(text: str) -> str:
    """Give a street on one line of 1 to 200 characters.

    Raises `InvalidValueError`, without the street, if it cannot be one.
    """
    return one_line("street", text, longest=LONGEST_LINE)


def read_city(text: str) -> str:
    """Give a city on one line of 1 to 200 characters.

    Raises `InvalidValueError` if it cannot be one.
    """
    return one_line("city", text, longest=LONGEST_LINE)


def read_country(text: str) -> str:
    """Give a country's ISO 3166-1 alpha-2 code in capitals.

    Raises `InvalidValueError` if nobody can be phoned there.
    """
    import phonenumbers  # noqa: PLC0415 - slow to import, and stored countries do not need it

    text = filled("country", text)
    # ASCII first: `upper` makes ASCII letters of a few others, and two of some.
    country = text.upper() if text.isascii() else ""
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidValueError("country.unknown", value=excerpt(text))
    return country


def read_postal_code(text: str, *, country: str) -> str:
    """Give a postal code of the country (ISO alpha-2).

    It is five digits in France and overseas, and 1 to 16 characters elsewhere. Raises `InvalidValueError` if it is not
    one.
    """
    if country not in FRENCH_COUNTRIES:
        # Only ASCII letters: others may become two or three.
        return one_line("postal_code", text, longest=LONGEST_POSTAL_CODE).translate(_CAPITALS)
    text = filled("postal_code", text)
    code = without_spaces(text)
    if not (len(code) == 5 and code.isascii() and code.isdigit()):
        raise InvalidValueError("postal_code.malformed", value=excerpt(text))
    return code


def _mask_phone(phone: str) -> str:
    return repr(f"{phone[:3]}***{phone[-2:]}")


def _hidden(_: str) -> str:
    return repr("***")


@whole
@attrs.frozen(kw_only=True, repr=False, weakref_slot=False)
class ContactDetails:
    """The phone number and the postal address of a user (rule 1.5).

    The `phone` is kept in E.164 form, and the `country` as its ISO 3166-1 alpha-2 code. The `street`, the `postal_code`
    and the `city` are on one line each. Raises `InvalidValueError` about the first field that is wrong, as the `read_*`
    function of that field does.
    """

    phone: str = attrs.field(repr=_mask_phone)
    street: str = attrs.field(repr=_hidden)
    postal_code: str
    city: str
    country: str = "FR"

    def __init__(self, *, phone: str, street: str, postal_code: str, city: str, country: str = "FR") -> None:
        # No converters: how the phone number and the postal code read depends on the country.
        read = {"street": read_street(street), "city": read_city(city), "country": read_country(country)}
        read["phone"] = read_phone(phone, country=read["country"])
        read["postal_code"] = read_postal_code(postal_code, country=read["country"])
        for slot, text in read.items():
            object.__setattr__(self, slot, text)

    def __repr__(self) -> str:
        return show_fields(self)

    @classmethod
    def from_canonical(cls, *, phone: str, street: str, postal_code: str, city: str, country: str) -> Self:
        """Read contact details back from storage, quickly.

        Raises `InvalidValueError` if a field does not look like one.
        """
        details = restore(cls, "phone", phone, _PHONE_SHAPE)
        for slot, text, pattern in (
            ("street", street, _LINE_SHAPE),
            ("postal_code", postal_code, _POSTAL_CODE_SHAPE),
            ("city", city, _LINE_SHAPE),
            ("country", country, _COUNTRY_SHAPE),
        ):
            object.__setattr__(details, slot, stored(cls, text, pattern))
        return details
