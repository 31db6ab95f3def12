"""How each field of a form reads what was typed: a value passes through, and a text becomes one.

Each function raises `InvalidValueError`, with what is wrong and what is expected, for anything else. Where a field is
optional, blank text is one that was not given. The types of parameters are what whoever builds a form may give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final, TypeAlias

from teleprocedures.errors import InvalidValueError, Rule
from teleprocedures.forms._reading import UNREAD, Parse, Read, Reading, is_given, listed
from teleprocedures.rulebook import CATALOGUE, Service
from teleprocedures.values import (
    LONGEST_LINE,
    BankAccount,
    ContactDetails,
    EmailAddress,
    PersonName,
    Secret,
    as_plain,
    one_line,
    read_as,
    read_city,
    read_country,
    read_phone,
    read_postal_code,
    read_street,
    typed_secret,
)

Account: TypeAlias = BankAccount | str | Mapping[str, str]
"""What an account is given as: itself, an IBAN, or a mapping of `iban` and perhaps `bic`."""
MOST_SERVICES: Final = 100
MOST_ACCOUNTS: Final = 100


def read_email(value: EmailAddress | str) -> EmailAddress:
    """An e-mail address (rule 1.1)."""
    return read_as(EmailAddress, value)


def read_company_email(value: EmailAddress | str | None) -> EmailAddress | None:
    """The company's e-mail address, or None (rule 2.7)."""
    return read_email(value) if value is not None and is_given(value) else None


def read_name(value: PersonName | str) -> PersonName:
    """The name of a person (rule 1.3)."""
    return read_as(PersonName, value)


def read_representative(value: PersonName | str | None) -> PersonName | None:
    """The legal representative's name, or None (rule 2.16)."""
    return read_name(value) if value is not None and is_given(value) else None


def read_company_name(value: str | None) -> str | None:
    """The company's name on one line of 1 to 200 characters, or None (rule 2.6)."""
    return one_line("company_name", value, longest=LONGEST_LINE) if is_given(value) else None


def read_company_address(value: str | None) -> str | None:
    """The company's postal address on one line of 1 to 200 characters, or None (rule 2.6)."""
    return one_line("company_address", value, longest=LONGEST_LINE) if is_given(value) else None


def _secret(subject: str, value: Secret | str) -> Secret:
    # Neither stripped nor shown: every character of a secret counts.
    value = typed_secret(subject, value)
    if not is_given(value):
        raise InvalidValueError(f"{subject}.missing")
    return value


def read_password(value: Secret | str) -> Secret:
    """A password of 1 to 1,000 characters as it was typed (rule 1.2)."""
    # More would be hashed for nothing.
    return _secret("password", value)


def read_answer(value: Secret | str) -> Secret:
    """The answer to the trust question, of 1 to 1,000 characters as it was typed (rule 1.6)."""
    return _secret("security_answer", value)


def read_question(value: str) -> str:
    """The trust question on one line of 1 to 200 characters (rule 1.6)."""
    return one_line("security_question", value, longest=LONGEST_LINE)


def read_account(value: Account) -> BankAccount:
    """A bank account, given as itself, as its IBAN, or as a mapping of `iban` and perhaps `bic` (2.13).

    Raises `InvalidValueError` for anything else.
    """
    if isinstance(value, BankAccount):
        return as_plain(value, BankAccount)
    if not isinstance(value, Mapping):
        return BankAccount(value)
    if not is_given(value.get("iban")):
        raise InvalidValueError("bank_account.missing_iban")
    if not value.keys() <= {"iban", "bic"}:
        raise InvalidValueError("bank_account.unknown_field")
    bic = value.get("bic")
    return BankAccount(value["iban"], bic if is_given(bic) else None)


def read_contact(value: ContactDetails) -> ContactDetails:
    """Contact details that are a value already (rule 1.5).

    Raises `InvalidValueError` for anything else.
    """
    if not isinstance(value, ContactDetails):
        raise InvalidValueError("contact.wrong_type", type=type(value).__name__)
    return as_plain(value, ContactDetails)


def read_service(value: Service | str) -> Service:
    """A service, given as itself or as its code in the shipped catalogue (rule 2.4).

    Raises `InvalidValueError` for another code.
    """
    return as_plain(value, Service) if isinstance(value, Service) else CATALOGUE.find(value)


def read_services(values: Iterable[Service | str]) -> tuple[Service, ...]:
    """At most 100 services, or their codes in the shipped catalogue, of which each counts once (rule 2.4)."""
    items = listed(values, subject="services", most=MOST_SERVICES) if is_given(values) else ()
    return tuple(dict.fromkeys(read_service(value) for value in items))


def read_accounts(values: Iterable[Account]) -> tuple[BankAccount, ...]:
    """At most 100 bank accounts, of which each counts once (rule 2.13)."""
    items = listed(values, subject="bank_accounts", most=MOST_ACCOUNTS) if is_given(values) else ()
    return tuple(dict.fromkeys(read_account(value) for value in items))


def read_contact_fields(reading: Reading, value: object, path: str, rule: Rule | None) -> Read:
    """Contact details from a mapping, each field with its own problems; a value passes through."""
    if not isinstance(value, Mapping):
        return reading.value(read_contact, value, path, rule)
    # A phone number and a postal code read as those of the country, known first: France where it is not said, or is
    # not one, which is noted with the other problems.
    try:
        country = read_country(value["country"])
    except (KeyError, InvalidValueError):
        country = "FR"
    parsers: dict[str, Parse] = {
        "phone": partial(read_phone, country=country),
        "street": read_street,
        "postal_code": partial(read_postal_code, country=country),
        "city": read_city,
        "country": read_country,
    }
    before = reading.count
    fields = reading.fields(
        ContactDetails, value, {name: partial(reading.value, parse) for name, parse in parsers.items()}, path
    )
    return ContactDetails(**fields) if reading.count == before else UNREAD
