"""The two forms, well formed and accepted: each field is drawn.

What is drawn of a field follows from its type, unless something else is said of it here: text that is not any text, and
what depends on the services. So a field that is added to a form is drawn, or its text is refused, and seen to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final, get_type_hints

import attrs
from hypothesis import strategies as st

from teleprocedures.forms import AdhesionForm, KnownForm, SpaceForm
from teleprocedures.rulebook import CATALOGUE, Catalogue, Service
from teleprocedures.testing._samples import parts_of
from teleprocedures.testing.strategies._accounts import bank_accounts
from teleprocedures.testing.strategies._contacts import contact_details
from teleprocedures.testing.strategies._values import (
    email_addresses,
    file_numbers,
    organisations,
    person_names,
    sirens,
)
from teleprocedures.values import BankAccount, ContactDetails, EmailAddress, FileNumber, PersonName, Secret, Siren

__all__ = [
    "adhesion_forms",
    "known_forms",
    "lines",
    "questions",
    "secrets",
    "space_forms",
]

# Made once: to make a strategy and have it checked takes Hypothesis as long as to draw from it.
_SIRENS: Final = sirens()
_ORGANISATIONS: Final = organisations()
_EMAILS: Final = email_addresses()
_SOMETIMES_EMAILS: Final = st.none() | _EMAILS
_ACCOUNTS: Final = tuple(st.lists(bank_accounts(), min_size=least, max_size=2) for least in (0, 1))


@lru_cache(maxsize=64)
def _services(catalogue: Catalogue, least: int) -> st.SearchStrategy[list[Service]]:
    return st.lists(st.sampled_from(list(catalogue.values())), min_size=least, max_size=4)


def typed_secrets() -> st.SearchStrategy[str]:
    """Give passwords and answers as people type them, in any script (rules 1.2 and 1.6).

    >>> from hypothesis import find
    >>> len(find(typed_secrets(), lambda _: True))
    4
    """
    return st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=4, max_size=20)


def secrets() -> st.SearchStrategy[Secret]:
    """Give passwords and answers, wrapped as forms keep them (rules 1.2 and 1.6).

    >>> from hypothesis import Phase, find, settings
    >>> find(secrets(), lambda secret: len(secret) > 4, settings=settings(phases=[Phase.generate], database=None))
    Secret('***')
    """
    return typed_secrets().map(Secret)


def questions() -> st.SearchStrategy[str]:
    """Give trust questions (rule 1.6).

    >>> from hypothesis import find
    >>> find(questions(), lambda _: True)
    'the name of the first client'
    """
    return st.sampled_from(("the name of the first client", "la ville de naissance ?"))


def lines() -> st.SearchStrategy[str]:
    """Give what is printed on one line: the name of a company, or its address (rule 2.6).

    >>> from hypothesis import find
    >>> find(lines(), lambda line: "rue" in line)
    '1 rue de la Paix, 75002 Paris'
    """
    usual = st.sampled_from(("Boulangerie Martin", "1 rue de la Paix, 75002 Paris", "SARL « Les Îles »"))
    return usual | st.text(st.characters(categories=("L", "N")), min_size=1, max_size=60)


_OURS: Final[Mapping[object, st.SearchStrategy[Any]]] = MappingProxyType(
    {
        EmailAddress: _EMAILS,
        PersonName: person_names(),
        Siren: _SIRENS,
        FileNumber: file_numbers(),
        ContactDetails: contact_details(),
        BankAccount: bank_accounts(),
    }
)


@cache
def of_type(one: Any) -> st.SearchStrategy[Any]:
    """What is of a type: ours, where Hypothesis may not know of them; its plug-ins can be switched off."""
    return _OURS.get(one, st.from_type(one))


_TEXTS: Final[Mapping[str, st.SearchStrategy[Any]]] = MappingProxyType(
    {
        "password": typed_secrets(),
        "security_question": questions(),
        "security_answer": typed_secrets(),
        "company_name": st.none() | lines(),
        "company_address": st.none() | lines(),
    }
)
"""The fields whose type says less than what is accepted."""


@cache
def _fields(form: type[attrs.AttrsInstance]) -> dict[str, st.SearchStrategy[Any]]:
    """What is drawn of each field of a form, whatever its other fields are."""
    hints = get_type_hints(form)
    by_type = {name: st.one_of([of_type(part) for part in parts_of(hint)]) for name, hint in hints.items()}
    return {field.name: _TEXTS.get(field.name, by_type[field.name]) for field in attrs.fields(form)}


def space_forms() -> st.SearchStrategy[SpaceForm]:
    """Give forms of step 1 that are accepted (rules 1.1 to 1.6).

    >>> from hypothesis import Phase, find, settings
    >>> find(space_forms(), lambda _: True, settings=settings(phases=[Phase.generate])).organisation
    Siren('000000018')
    """
    return st.builds(SpaceForm, **_fields(SpaceForm))


@st.composite
def adhesion_forms(
    draw: st.DrawFn, catalogue: Catalogue = CATALOGUE, *, including: tuple[Service, ...] = ()
) -> AdhesionForm:
    """Give forms of step 2 that are accepted (rules 2.2 to 2.14): any services, `including` these, with what they need.

    >>> from hypothesis import Phase, find, settings
    >>> find(adhesion_forms(), lambda _: True, settings=settings(phases=[Phase.generate])).services
    (Service(code='messagerie'),)
    """
    services = tuple(dict.fromkeys((*including, *draw(_services(catalogue, 0 if including else 1)))))
    open_to_file_number = all(service.open_to_file_number for service in services)
    messaging = any(service.needs_company_email for service in services)
    pays = any(service.pays for service in services)
    by_services: dict[str, st.SearchStrategy[Any]] = {
        "organisation": _ORGANISATIONS if open_to_file_number else _SIRENS,
        "services": st.just(services),
        "company_email": _EMAILS if messaging else _SOMETIMES_EMAILS,
        "bank_accounts": _ACCOUNTS[pays],
    }
    return AdhesionForm(**{name: draw(one) for name, one in (_fields(AdhesionForm) | by_services).items()})


@st.composite
def known_forms(draw: st.DrawFn, catalogue: Catalogue = CATALOGUE) -> KnownForm:
    """Give what is known of services that are taken over: any of them, and of the rest what somebody noted (A19).

    >>> from hypothesis import Phase, find, settings
    >>> find(known_forms(), lambda _: True, settings=settings(phases=[Phase.generate])).company_email is None
    True
    """
    form = draw(adhesion_forms(catalogue))
    noted = {name: getattr(form, name) for name in draw(_NOTED)}
    return KnownForm(organisation=form.organisation, services=form.services, **noted)


_NOTED: Final = st.lists(
    st.sampled_from([it.name for it in attrs.fields(KnownForm) if it.name not in {"organisation", "services"}]),
    unique=True,
)
