"""The two forms that people fill in, as values: `SpaceForm` (step 1) and `AdhesionForm` (step 2).

A form takes what people type, or values, and is validated when it is built. Its method `from_mapping` collects every
problem at once, each with the path of its field and the rule that asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import ClassVar, Final, Self

import attrs

from teleprocedures.errors import InvalidFormError, InvalidValueError, Problem, RefusedFormError, Rule, check_kind, show
from teleprocedures.forms._fields import (
    MOST_ACCOUNTS,
    MOST_SERVICES,
    read_account,
    read_accounts,
    read_answer,
    read_company_address,
    read_company_email,
    read_company_name,
    read_contact,
    read_contact_fields,
    read_email,
    read_name,
    read_password,
    read_question,
    read_representative,
    read_service,
    read_services,
)
from teleprocedures.forms._reading import Read, Reading, is_given, secrets_of
from teleprocedures.rulebook import CATALOGUE, RULES, Catalogue, Service
from teleprocedures.values import (
    BankAccount,
    ContactDetails,
    EmailAddress,
    FileNumber,
    HidingMapping,
    Organisation,
    PersonName,
    Secret,
    for_models,
    keeps_secret,
    show_fields,
)
from teleprocedures.values import organisation as organisation_of

_RULE: Final[Mapping[str, Rule]] = {rule.id: rule for rule in RULES}


def check_form(form: object, kind: type[attrs.AttrsInstance]) -> None:
    """Raise `InvalidValueError` for what is not a form of this kind."""
    check_kind(form, kind, what="form")


class Applicant(StrEnum):
    """Who asks for the services: a representative of the company, or a third party such as its accountant (3.2)."""

    REPRESENTATIVE = "representative"
    THIRD_PARTY = "third_party"


def _applicant(value: Applicant | str) -> Applicant:
    if not is_given(value):
        return Applicant.REPRESENTATIVE
    if not (isinstance(value, str) and value in Applicant.__members__.values()):
        raise InvalidValueError("applicant.unknown", value=show(value), expected=tuple(map(str, Applicant)))
    return Applicant(value)


def _applicant_if_known(value: Applicant | str | None) -> Applicant | None:
    return None if value is None or not is_given(value) else _applicant(value)


def of_rule(rule: str, **more: object) -> dict[str, object]:
    """What a field says of itself: the rule that asks for it and, of a list, how an `item` is read and how many."""
    return {"rule": _RULE[rule], **more}


@attrs.frozen
class Form:
    """What both forms share, which is being refused as a whole and being read from a mapping."""

    @classmethod
    def _conflicts(cls, values: Mapping[str, Read]) -> tuple[Problem, ...]:
        """What the procedure refuses among well formed fields, which alone are in `values`."""
        del values
        return ()

    def __repr__(self) -> str:
        return show_fields(self)

    def __attrs_post_init__(self) -> None:
        values = {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}
        problems = self._conflicts(values)
        if problems:
            raise RefusedFormError(type(self).__name__, problems)

    @classmethod
    def from_mapping(cls, data: Mapping[str, Read], *, catalogue: Catalogue = CATALOGUE) -> Self:
        """The form that a mapping makes, such as a row of a file; the services' codes are those of this catalogue.

        Raises `InvalidFormError` with every problem and its path (`contact.phone`, `services[1]`). Raises
        `RefusedFormError` when the fields are well formed and the procedure refuses them together.
        """
        reading, data = Reading(), cls._hiding(data)
        values = reading.fields(
            cls, data, {field.name: cls._reader(reading, field, catalogue) for field in attrs.fields(cls)}
        )
        del data  # names of fields may be what somebody typed
        # Converters pass values through, so that this looks for conflicts only.
        if not reading.problems:
            return cls(**values)
        # A conflict about a field that did not read would be said on top of why it did not.
        unread = {problem.path.partition("[")[0] for problem in reading.problems}
        conflicts = [problem for problem in cls._conflicts(values) if problem.path not in unread]
        raise InvalidFormError(cls.__name__, [*reading.problems, *conflicts])

    @classmethod
    def _hiding(cls, data: Mapping[str, Read]) -> Mapping[str, Read]:
        """The same fields, of which those that are secret or unknown are wrapped before they are read."""
        secret = secrets_of(cls)
        if not secret or not isinstance(data, Mapping):
            return data
        return HidingMapping(data, frozenset(field.name for field in attrs.fields(cls)).difference(secret))

    @staticmethod
    def _reader(reading: Reading, field: attrs.Attribute[Read], catalogue: Catalogue) -> Callable[..., Read]:
        if field.name == "contact":
            return partial(read_contact_fields, reading)
        if "item" in field.metadata:
            item = catalogue.find if field.name == "services" else field.metadata["item"]
            return partial(reading.items, item, most=field.metadata["most"])
        return partial(reading.value, field.converter)  # type: ignore[arg-type] # every field has one


@for_models
@keeps_secret("password", "security_answer")
@attrs.frozen(kw_only=True, repr=False)
class SpaceForm(Form):
    """The form of step 1 (rules 1.1 to 1.6), where `organisation` is that of the user: the firm and not the client.

    The password and the answer to the trust question are each a `Secret` of 1,000 characters at most. They appear in no
    `repr`. Their `reveal()` is for a hasher, and a space keeps only their hashes. Raises `InvalidValueError` for a
    field that is not well formed.
    """

    email: EmailAddress = attrs.field(converter=read_email, metadata=of_rule("1.1"))
    password: Secret = attrs.field(converter=read_password, metadata=of_rule("1.2"), repr=False)
    first_name: PersonName = attrs.field(converter=read_name, metadata=of_rule("1.3"))
    last_name: PersonName = attrs.field(converter=read_name, metadata=of_rule("1.3"))
    organisation: Organisation = attrs.field(converter=organisation_of, metadata=of_rule("1.4"))
    contact: ContactDetails = attrs.field(converter=read_contact, metadata=of_rule("1.5"))
    security_question: str = attrs.field(converter=read_question, metadata=of_rule("1.6"))
    security_answer: Secret = attrs.field(converter=read_answer, metadata=of_rule("1.6"), repr=False)


@for_models
@attrs.frozen(kw_only=True, repr=False)
class _CompanyForm(Form):
    """What is said of a company for which services are requested, or held already."""

    _judged: ClassVar[tuple[str, ...]] = ()
    """The rules that refuse well formed fields together."""

    organisation: Organisation = attrs.field(converter=organisation_of, metadata=of_rule("2.2"))
    services: tuple[Service, ...] = attrs.field(
        converter=read_services, metadata=of_rule("2.4", item=read_service, most=MOST_SERVICES)
    )
    company_email: EmailAddress | None = attrs.field(
        default=None, converter=read_company_email, metadata=of_rule("2.7")
    )
    bank_accounts: tuple[BankAccount, ...] = attrs.field(
        default=(), converter=read_accounts, metadata=of_rule("2.13", item=read_account, most=MOST_ACCOUNTS)
    )
    applicant: Applicant | None = attrs.field(default=None, converter=_applicant_if_known, metadata=of_rule("3.2"))
    legal_representative: PersonName | None = attrs.field(
        default=None, converter=read_representative, metadata=of_rule("2.16")
    )
    company_name: str | None = attrs.field(default=None, converter=read_company_name, metadata=of_rule("2.6"))
    company_address: str | None = attrs.field(default=None, converter=read_company_address, metadata=of_rule("2.6"))

    @classmethod
    def _conflicts(cls, values: Mapping[str, Read]) -> tuple[Problem, ...]:
        services: tuple[Service, ...] | None = values.get("services")
        if services is None:
            return ()
        closed = tuple(service.code for service in services if not service.open_to_file_number)
        messaging = tuple(service.code for service in services if service.needs_company_email)
        paying = tuple(service.code for service in services if service.pays)
        refused: tuple[tuple[str, str, object, tuple[str, ...]], ...] = (
            ("services.missing", "2.4", not services, ()),
            ("services.not_allowed", "2.3", closed and isinstance(values.get("organisation"), FileNumber), closed),
            ("company_email.missing", "2.7", messaging and not values.get("company_email"), messaging),
            ("bank_accounts.missing", "2.13", paying and not values.get("bank_accounts"), paying),
        )
        # The first half of the code is the field.
        return tuple(
            Problem(code.partition(".")[0], code, {"services": named} if named else {}, _RULE[rule])
            for code, rule, refuses, named in refused
            if refuses and rule in cls._judged
        )


@attrs.frozen(kw_only=True, repr=False)
class AdhesionForm(_CompanyForm):
    """The form of step 2 (rules 2.2 to 2.14): the company concerned, and the services requested for it.

    The `services` are `Service` values, or codes of the shipped catalogue. The `bank_accounts` are `BankAccount` values
    or IBANs. There are 100 of each at most. The `legal_representative` may sign mandates, and is None when not known.
    The `company_name` and the `company_address` are for whoever prints or reads, each on one line of 200 characters at
    most.

    Raises `InvalidValueError` for a field that is not well formed. Raises `RefusedFormError` for an empty choice (2.4),
    and for a file number with another service than the consultation of property-tax notices (2.3, A7). Raises
    `RefusedFormError` for Messaging without the company's e-mail address (2.7), and for a Pay service without an
    account (2.13, A9).
    """

    _judged: ClassVar[tuple[str, ...]] = ("2.4", "2.3", "2.7", "2.13")

    applicant: Applicant = attrs.field(default=Applicant.REPRESENTATIVE, converter=_applicant, metadata=of_rule("3.2"))

    is_read_as_it_was: ClassVar[bool] = True
    """That a stored form is what its fields made of it when it was accepted, and is not judged again."""


@attrs.frozen(kw_only=True, repr=False)
class KnownForm(_CompanyForm):
    """What is known of services that were there before anybody began to follow them (A19).

    The fields are those of an `AdhesionForm`. What nobody knows is left out, the e-mail address of the company and its
    accounts too, and an `applicant` that nobody named is None.

    Raises `InvalidValueError` for a field that is not well formed. Raises `RefusedFormError` for an empty choice (2.4),
    and for a file number with another service than the consultation of property-tax notices (2.3, A7).
    """

    _judged: ClassVar[tuple[str, ...]] = ("2.4", "2.3")
