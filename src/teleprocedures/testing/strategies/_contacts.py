"""How people are reached: phone numbers of any country, and contact details."""

from __future__ import annotations

from functools import cache
from string import digits
from typing import Final

from hypothesis import strategies as st

from teleprocedures.errors import InvalidValueError
from teleprocedures.values import FRENCH_COUNTRIES, ContactDetails, read_phone

__all__ = [
    "contact_details",
    "invalid_phones",
    "phone_countries",
    "phones",
]

_LAST: Final = 4
_LINES: Final = ("1 rue de la Paix", "12 bis, avenue du Général-Leclerc", "Zone d'activité « Les Îles »", "B.P. 7")
_CITIES: Final = ("Paris", "Saint-Étienne", "L'Haÿ-les-Roses", "Fort-de-France")


@cache
def _examples(country: str) -> tuple[str, ...]:
    """Numbers in use in a country, one of each kind that it has, without their last digits."""
    import phonenumbers  # noqa: PLC0415 - slow to import

    kinds = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    examples = (phonenumbers.example_number_for_type(country, kind) for kind in kinds)
    texts = (
        phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164) for example in examples if example
    )
    return tuple(dict.fromkeys(text[:-_LAST] for text in texts))


def phone_countries() -> st.SearchStrategy[str]:
    """Give the ISO 3166-1 codes of the countries that have a numbering plan, France first.

    >>> from hypothesis import find
    >>> find(phone_countries(), lambda _: True)
    'FR'
    """
    import phonenumbers  # noqa: PLC0415 - slow to import

    others = sorted(country for country in phonenumbers.SUPPORTED_REGIONS if _examples(country))
    return st.sampled_from(list(dict.fromkeys(("FR", *others))))


def _written(number: str, shape: int) -> str:
    import phonenumbers  # noqa: PLC0415 - slow to import

    return phonenumbers.format_number(phonenumbers.parse(number), shape)


def _is_phone(text: str, country: str) -> bool:
    try:
        read_phone(text, country=country)
    except InvalidValueError:
        return False
    return True


def phones(country: str = "FR") -> st.SearchStrategy[str]:
    """Give phone numbers of a country (ISO alpha-2) as people write them, nationally or internationally (rule 1.5).

    >>> from hypothesis import find
    >>> find(phones(), lambda text: text.startswith("0"))
    '01 23 45 00 00'
    """
    import phonenumbers  # noqa: PLC0415 - slow to import

    last = st.text(digits, min_size=_LAST, max_size=_LAST)
    numbers = st.builds("{}{}".format, st.sampled_from(_examples(country)), last)
    shapes = phonenumbers.PhoneNumberFormat
    written = st.sampled_from((shapes.E164, shapes.INTERNATIONAL, shapes.NATIONAL))
    return st.builds(_written, numbers, written).filter(lambda text: _is_phone(text, country))


def invalid_phones(country: str = "FR") -> st.SearchStrategy[str]:
    """Give texts that are no phone number of this country: too short, too long, of no numbering plan, no number at all.

    >>> from hypothesis import find
    >>> find(invalid_phones(), lambda text: len(text) > 0)
    '0'
    """
    texts = st.text(digits, max_size=6) | st.text(digits, min_size=16, max_size=30) | st.text(max_size=15)
    return texts.filter(lambda text: not _is_phone(text, country))


# Made once, as in `_forms`.
_COUNTRIES: Final = st.sampled_from(("FR", "RE", "BE", "DE", "GB", "LU", "US"))
_STREETS: Final = st.sampled_from(_LINES)
_TOWNS: Final = st.sampled_from(_CITIES)
_POSTAL_CODES: Final = tuple(st.text(digits, min_size=least, max_size=5) for least in (1, 5))
_phones: Final = cache(phones)


@st.composite
def contact_details(draw: st.DrawFn) -> ContactDetails:
    """Give contact details of France and of elsewhere, each with a phone number of its country (rule 1.5).

    >>> from hypothesis import Phase, find, settings
    >>> find(contact_details(), lambda _: True, settings=settings(phases=[Phase.generate]))
    ContactDetails(phone='+33***00', street='***', postal_code='00000', city='Paris', country='FR')
    """
    country = draw(_COUNTRIES)
    return ContactDetails(
        phone=draw(_phones(country)),
        street=draw(_STREETS),
        postal_code=draw(_POSTAL_CODES[country in FRENCH_COUNTRIES]),
        city=draw(_TOWNS),
        country=country,
    )
