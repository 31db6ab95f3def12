"""How each field of a form reads what was typed: a value passes through, a text becomes one, the rest is refused.

Each raises `InvalidValueError` with what is wrong and what is expected. The types of their parameters are those that
whoever builds a form may give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias

from teleprocedures.errors import InvalidValueError, Rule
from teleprocedures.forms._reading import UNREAD, Parse, Reading, listed
from teleprocedures.rulebook import CATALOGUE, Service
from teleprocedures.values import (
    LONGEST,
    BankAccount,
    ContactDetails,
    EmailAddress,
    Expected,
    PersonName,
    read_city,
    read_country,
    read_phone,
    read_postal_code,
    read_street,
)

Account: TypeAlias = BankAccount | str | Mapping[str, str]
"""What an account is given as: itself, an IBAN, or a mapping of `iban` and perhaps `bic`."""
LONGEST_QUESTION: Final = 200
_BLANKLESS: Final = f"1 to {LONGEST} characters, not all of them blank"
_PASSWORD: Final = Expected("a password", _BLANKLESS)
_ANSWER: Final = Expected("an answer to the trust question", _BLANKLESS)
_QUESTION: Final = Expected("a trust question", f"1 to {LONGEST_QUESTION} characters")
_CONTACT: Final = Expected(
    "contact details", "a ContactDetails, or, where a whole form is a mapping, one of its fields"
)
_ACCOUNT: Final = Expected("a bank account", "an IBAN, or a mapping with 'iban', perhaps 'bic', and nothing else")


def read_email(value: EmailAddress | str) -> EmailAddress:
    """An e-mail address (rule 1.1)."""
    return value if isinstance(value, EmailAddress) else EmailAddress(value)


def read_company_email(value: EmailAddress | str | None) -> EmailAddress | None:
    """The company's e-mail address, or None (rule 2.7)."""
    return None if value is None else read_email(value)


def read_name(value: PersonName | str) -> PersonName:
    """The name of a person (rule 1.3)."""
    return value if isinstance(value, PersonName) else PersonName(value)


def read_representative(value: PersonName | str | None) -> PersonName | None:
    """The legal representative's name, or None (rule 2.16)."""
    return None if value is None else read_name(value)


def _secret(expected: Expected, value: str) -> str:
    # Neither stripped nor shown: every character of a secret counts.
    if not expected.typed(value).strip():
        raise expected.refusal("text", "is blank")
    return value


def read_password(value: str) -> str:
    """A password, as it was typed (rule 1.2)."""
    return _secret(_PASSWORD, value)


def read_answer(value: str) -> str:
    """The answer to the trust question, as it was typed (rule 1.6)."""
    return _secret(_ANSWER, value)


def read_question(value: str) -> str:
    """The trust question, on one line of 1 to 200 characters (rule 1.6)."""
    return _QUESTION.one_line(value, longest=LONGEST_QUESTION)


def read_account(value: Account) -> BankAccount:
    """A bank account, its IBAN, or a mapping of its `iban` and perhaps its `bic` (2.13); `InvalidValueError` else."""
    if isinstance(value, BankAccount):
        return value
    if not isinstance(value, Mapping):
        return BankAccount(value)
    if "iban" not in value or set(value) - {"iban", "bic"}:
        raise _ACCOUNT.refusal("a mapping", "has no 'iban'" if "iban" not in value else "has other fields")
    return BankAccount(**value)


def read_contact(value: ContactDetails) -> ContactDetails:
    """Contact details, already a value (rule 1.5); `InvalidValueError` for anything else."""
    if not isinstance(value, ContactDetails):
        raise _CONTACT.refusal(type(value).__name__, "is of another type")
    return value


def read_services(values: Iterable[Service | str]) -> tuple[Service, ...]:
    """Services, or codes of the shipped catalogue; one that is given twice counts once (rule 2.4)."""
    return tuple(dict.fromkeys(CATALOGUE.find(value) for value in listed(values)))


def read_accounts(values: Iterable[Account]) -> tuple[BankAccount, ...]:
    """Bank accounts; one that is given twice counts once (rule 2.13)."""
    return tuple(dict.fromkeys(read_account(value) for value in listed(values)))


def read_contact_fields(reading: Reading, value: Any, path: str, rule: Rule | None) -> Any:
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
    before = len(reading.problems)
    fields = reading.fields(
        ContactDetails, value, {name: partial(reading.value, parse) for name, parse in parsers.items()}, path
    )
    return ContactDetails(**fields) if len(reading.problems) == before else UNREAD
