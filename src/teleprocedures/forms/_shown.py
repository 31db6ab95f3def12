"""A row of what the portal shows, or of a firm's own table: one service that a company holds, or one mandate.

The row is read like a form, with every problem at once. What a row does not say is None, and nothing is invented (A19).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime

import attrs

from teleprocedures.deadlines import plain_day
from teleprocedures.errors import InvalidValueError, Problem, show
from teleprocedures.forms._fields import read_account, read_company_name, read_service
from teleprocedures.forms._forms import Form, of_rule
from teleprocedures.forms._reading import Read, is_given
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount, MandateReference, Organisation
from teleprocedures.values import organisation as to_organisation


def read_day(value: date | str | None) -> date | None:
    """A civil day: a date, or its text as 2016-05-02 or 2/5/2016; raises `InvalidValueError` for anything else.

    A cell of a spreadsheet is a datetime without a zone, whose day is meant.
    """
    if value is None or not is_given(value):
        return None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.date()
    elif isinstance(value, date):
        return plain_day(value)
    if isinstance(value, str):
        day, _, rest = value.strip().partition("/")
        month, _, year = rest.partition("/")
        with suppress(ValueError):
            return date.fromisoformat(f"{year}-{month:0>2}-{day:0>2}" if rest else value.strip())
    raise InvalidValueError("civil_day.malformed", value=show(value))


def _organisation(value: Organisation | str | int) -> Organisation:
    # A spreadsheet takes the digits of a SIREN for a number.
    return to_organisation(f"{value:09}" if type(value) is int else value)  # type: ignore[arg-type] # it judges the type


def _service(value: Service | str | None) -> Service | None:
    if value is None or not is_given(value):
        return None
    return read_service(value.strip() if isinstance(value, str) else value)


def _account(value: BankAccount | str | None) -> BankAccount | None:
    return None if value is None or not is_given(value) else read_account(value)


def _reference(value: MandateReference | str | None) -> MandateReference | None:
    if value is None or isinstance(value, MandateReference):
        return value
    return MandateReference(value) if is_given(value) else None


@attrs.frozen(kw_only=True, repr=False)
class Shown(Form):
    """A row of what the portal shows: a service of a company, with the civil day since which it is held if it says so.

    A row may name a bank account of the company as well, or alone. Where it says anything of a mandate (its reference,
    the days of its registration or of its last collection) the account has one. Days are dates, or texts such as
    2016-05-02 or 2/5/2016. The cells of a spreadsheet are read too: digits as a number, a day as a datetime.

    Raises `InvalidValueError` for a field that is not well formed. Raises `RefusedFormError` for a row that names
    neither a service nor an account, and for a mandate without its account.
    """

    organisation: Organisation = attrs.field(converter=_organisation, metadata=of_rule("2.2"))
    service: Service | None = attrs.field(default=None, converter=_service, metadata=of_rule("2.4"))
    since: date | None = attrs.field(default=None, converter=read_day, metadata=of_rule("3.5"))
    company_name: str | None = attrs.field(default=None, converter=read_company_name, metadata=of_rule("2.6"))
    account: BankAccount | None = attrs.field(default=None, converter=_account, metadata=of_rule("2.13"))
    reference: MandateReference | None = attrs.field(default=None, converter=_reference, metadata=of_rule("2.15"))
    registered: date | None = attrs.field(default=None, converter=read_day, metadata=of_rule("2.19"))
    last_collected: date | None = attrs.field(default=None, converter=read_day, metadata=of_rule("F1"))

    @property
    def has_mandate(self) -> bool:
        """Whether the row says that the account has a mandate."""
        return any(it is not None for it in (self.reference, self.registered, self.last_collected))

    @classmethod
    def _conflicts(cls, values: Mapping[str, Read]) -> tuple[Problem, ...]:
        """A row says something, and a mandate has an account."""
        if len(values) < len(attrs.fields(cls)):
            return ()  # a field that did not read might have said it
        said = {name for name, value in values.items() if value is not None}
        mandate = said & {"reference", "registered", "last_collected"}
        problems = {
            "service": ("service.missing", "2.4", not said & {"service", "account"} and not mandate),
            "account": ("account.missing", "A8", bool(mandate) and "account" not in said),
        }
        return tuple(
            Problem(name, code, {}, of_rule(rule)["rule"])  # type: ignore[arg-type] # the rule of the id
            for name, (code, rule, refuses) in problems.items()
            if refuses
        )
