"""The two forms that people fill in, as values: `SpaceForm` (step 1) and `AdhesionForm` (step 2).

A form takes what people type, or values, and is validated when it is built. `from_mapping` collects every problem at
once, each with the path of its field and the rule that asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import Any, Final, Self, TypeVar

import attrs

from teleprocedures.banking import BankAccount
from teleprocedures.catalogue import CATALOGUE, Catalogue, Service
from teleprocedures.contact import ContactDetails, read_city, read_country, read_phone, read_postal_code, read_street
from teleprocedures.errors import InvalidFormError, InvalidValueError, Problem, RefusedFormError
from teleprocedures.identity import EmailAddress, FileNumber, Organisation, PersonName, organisation
from teleprocedures.reading import UNREAD, Parse, Reading, listed
from teleprocedures.rules import RULES, Rule
from teleprocedures.text import LONGEST, Expected

T = TypeVar("T")
LONGEST_QUESTION: Final = 200
_BLANKLESS: Final = f"1 to {LONGEST} characters, not all of them blank"
_PASSWORD: Final = Expected("a password", _BLANKLESS)
_ANSWER: Final = Expected("an answer to the trust question", _BLANKLESS)
_QUESTION: Final = Expected("a trust question", f"1 to {LONGEST_QUESTION} characters")
_CONTACT: Final = Expected(
    "contact details", "a ContactDetails, or, where a whole form is a mapping, one of its fields"
)
_ACCOUNT: Final = Expected("a bank account", "an IBAN, or a mapping with 'iban', perhaps 'bic', and nothing else")
_RULE: Final[Mapping[str, Rule]] = {rule.id: rule for rule in RULES}


class Applicant(StrEnum):
    """Who asks for the services: a representative of the company, or a third party, its accountant say (rule 3.2)."""

    REPRESENTATIVE = "representative"
    THIRD_PARTY = "third_party"


def _value(kind: type[T]) -> Callable[[Any], T]:
    """A parser that lets a value of this kind through, and builds one from what was typed."""

    def parse(value: Any) -> T:
        return value if isinstance(value, kind) else kind(value)  # type: ignore[call-arg] # each takes what was typed

    return parse


def _optional(parse: Parse) -> Parse:
    return lambda value: None if value is None else parse(value)


def _secret(expected: Expected) -> Parse:
    """A parser of a text that is neither stripped nor shown: every character of a secret counts."""

    def parse(value: Any) -> str:
        secret = expected.typed(value)
        if not secret.strip():
            raise expected.refusal("text", "is blank")
        return secret

    return parse


def _question(value: Any) -> str:
    return _QUESTION.one_line(value, longest=LONGEST_QUESTION)


def _applicant(value: Any) -> Applicant:
    try:
        return Applicant(value)
    except ValueError:
        message = f"unknown applicant {value!r:.80}: expected one of {', '.join(Applicant)}"
        raise InvalidValueError(message) from None


def _account(value: Any) -> BankAccount:
    if isinstance(value, BankAccount):
        return value
    if not isinstance(value, Mapping):
        return BankAccount(value)
    if "iban" not in value or set(value) - {"iban", "bic"}:
        raise _ACCOUNT.refusal("a mapping", "has no 'iban'" if "iban" not in value else "has other fields")
    return BankAccount(**value)


def _contact(value: Any) -> ContactDetails:
    if not isinstance(value, ContactDetails):
        raise _CONTACT.refusal(type(value).__name__, "is of another type")
    return value


def _field(rule: str, parse: Parse, **options: Any) -> Any:
    """A field of a form: the rule that asks for it, and how what was typed becomes its value."""
    return attrs.field(converter=parse, metadata={"rule": _RULE[rule], "parse": parse}, **options)


def _list_field(rule: str, parse: Parse, **options: Any) -> Any:
    """A field that lists values, as a tuple; a value given twice counts once."""

    def parse_all(values: Any) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(parse(value) for value in listed(values)))

    return attrs.field(converter=parse_all, metadata={"rule": _RULE[rule], "item": parse}, **options)


def _read_contact(reading: Reading, value: Any, path: str, rule: Rule | None) -> Any:
    """Contact details from a mapping, each field with its own problems; a value passes through."""
    if not isinstance(value, Mapping):
        return reading.value(_contact, value, path, rule)
    # A phone number and a postal code read as those of the country, known first; a bad one is noted with the others.
    try:
        country = read_country(value.get("country", "FR"))
    except InvalidValueError:
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


@attrs.frozen
class _Form:
    """What both forms share: being refused as a whole, and being read from a mapping."""

    @classmethod
    def _conflicts(cls, values: Mapping[str, Any]) -> tuple[Problem, ...]:
        """What the procedure refuses among well formed fields; a field that is not well formed is not in `values`."""
        del values
        return ()

    def __attrs_post_init__(self) -> None:
        values = {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}
        problems = self._conflicts(values)
        if problems:
            raise RefusedFormError(type(self).__name__, problems)

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], *, catalogue: Catalogue = CATALOGUE) -> Self:
        """The form that a mapping makes, such as a row of a file; the services' codes are those of this catalogue.

        Raises `InvalidFormError` with every problem and its path (`contact.phone`, `services[1]`); it is a
        `RefusedFormError` when the fields are well formed and the procedure refuses them together.
        """
        reading = Reading()
        values = reading.fields(
            cls, data, {field.name: cls._reader(reading, field, catalogue) for field in attrs.fields(cls)}
        )
        if not reading.problems:
            return cls(**values)
        unread = {problem.path.partition("[")[0] for problem in reading.problems}
        conflicts = [problem for problem in cls._conflicts(values) if problem.path not in unread]
        raise InvalidFormError(cls.__name__, [*reading.problems, *conflicts])

    @staticmethod
    def _reader(reading: Reading, field: attrs.Attribute[Any], catalogue: Catalogue) -> Callable[..., Any]:
        if field.name == "contact":
            return partial(_read_contact, reading)
        if field.name == "services":
            return partial(reading.items, catalogue.find)
        if "item" in field.metadata:
            return partial(reading.items, field.metadata["item"])
        return partial(reading.value, field.metadata["parse"])


@attrs.frozen(kw_only=True)
class SpaceForm(_Form):
    """The form of step 1 (rules 1.1 to 1.6): `organisation` is the one the user belongs to, the firm, not the client.

    The password and the answer to the trust question appear in no `repr`, and a space keeps only their hashes.
    Raises `InvalidValueError` for a field that is not well formed.
    """

    email: EmailAddress = _field("1.1", _value(EmailAddress))
    password: str = _field("1.2", _secret(_PASSWORD), repr=False)
    first_name: PersonName = _field("1.3", _value(PersonName))
    last_name: PersonName = _field("1.3", _value(PersonName))
    organisation: Organisation = _field("1.4", organisation)
    contact: ContactDetails = _field("1.5", _contact)
    security_question: str = _field("1.6", _question)
    security_answer: str = _field("1.6", _secret(_ANSWER), repr=False)


@attrs.frozen(kw_only=True)
class AdhesionForm(_Form):
    """The form of step 2 (rules 2.2 to 2.14): the company concerned, and the services requested for it.

    `services` are `Service` values or codes of the shipped catalogue; `bank_accounts` are IBANs or `BankAccount`
    values; `legal_representative` is who may sign mandates, when it is known. Raises `InvalidValueError` for a field
    that is not well formed, `RefusedFormError` for an empty choice (2.4), a file number with another service than the
    consultation of property-tax notices (2.3), Messaging without the company's e-mail address (2.7), or a Pay service
    without an account (2.13).
    """

    organisation: Organisation = _field("2.2", organisation)
    services: tuple[Service, ...] = _list_field("2.4", CATALOGUE.find)
    company_email: EmailAddress | None = _field("2.7", _optional(_value(EmailAddress)), default=None)
    bank_accounts: tuple[BankAccount, ...] = _list_field("2.13", _account, default=())
    applicant: Applicant = _field("3.2", _applicant, default=Applicant.REPRESENTATIVE)
    legal_representative: PersonName | None = _field("2.16", _optional(_value(PersonName)), default=None)

    @classmethod
    def _conflicts(cls, values: Mapping[str, Any]) -> tuple[Problem, ...]:
        services: tuple[Service, ...] | None = values.get("services")
        if services is None:
            return ()
        closed = [service.code for service in services if not service.open_to_file_number]
        messaging = [service.code for service in services if service.needs_company_email]
        paying = [service.code for service in services if service.pays]
        refused = (
            ("services", "2.4", not services, "empty: expected one service or more"),
            (
                "services",
                "2.3",
                closed and isinstance(values.get("organisation"), FileNumber),
                f"{', '.join(closed)} cannot be requested with a file number: expected a SIREN",
            ),
            (
                "company_email",
                "2.7",
                messaging and not values.get("company_email"),
                f"missing: {', '.join(messaging)} needs the company's e-mail address",
            ),
            (
                "bank_accounts",
                "2.13",
                paying and not values.get("bank_accounts"),
                f"missing: {', '.join(paying)} needs the company's bank details, such as an IBAN",
            ),
        )
        return tuple(Problem(path, message, _RULE[rule]) for path, rule, refuses, message in refused if refuses)
