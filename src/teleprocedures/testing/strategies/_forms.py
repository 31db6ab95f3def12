"""The two forms, well formed and accepted."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from hypothesis import strategies as st

from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.rulebook import CATALOGUE, Catalogue, Service
from teleprocedures.testing.strategies._accounts import bank_accounts
from teleprocedures.testing.strategies._contacts import contact_details
from teleprocedures.testing.strategies._values import email_addresses, organisations, person_names, sirens
from teleprocedures.values import Secret

QUESTIONS: Final = ("the name of the first client", "la ville de naissance ?")

# Made once: to make a strategy and have it checked takes Hypothesis as long as to draw from it.
_SIRENS: Final = sirens()
_ORGANISATIONS: Final = organisations()
_EMAILS: Final = email_addresses()
_SOMETIMES_EMAILS: Final = st.none() | _EMAILS
_SOMETIMES_NAMES: Final = st.none() | person_names()
_APPLICANTS: Final = st.sampled_from(Applicant)
_ACCOUNTS: Final = tuple(st.lists(bank_accounts(), min_size=least, max_size=2) for least in (0, 1))


@lru_cache(maxsize=64)
def _services(catalogue: Catalogue, least: int) -> st.SearchStrategy[list[Service]]:
    return st.lists(st.sampled_from(list(catalogue.values())), min_size=least, max_size=4)


def typed_secrets() -> st.SearchStrategy[str]:
    """Passwords and answers as people type them, in any script."""
    return st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=4, max_size=20)


def secrets() -> st.SearchStrategy[Secret]:
    """Give passwords and answers, wrapped as forms keep them (rules 1.2 and 1.6).

    >>> from hypothesis import Phase, find, settings
    >>> find(secrets(), lambda secret: len(secret) > 4, settings=settings(phases=[Phase.generate], database=None))
    Secret('***')
    """
    return typed_secrets().map(Secret)


def space_forms() -> st.SearchStrategy[SpaceForm]:
    """Give forms of step 1 that are accepted (rules 1.1 to 1.6).

    >>> from hypothesis import Phase, find, settings
    >>> find(space_forms(), lambda _: True, settings=settings(phases=[Phase.generate])).organisation
    Siren('000000018')
    """
    return st.builds(
        SpaceForm,
        email=email_addresses(),
        password=typed_secrets(),
        first_name=person_names(),
        last_name=person_names(),
        organisation=organisations(),
        contact=contact_details(),
        security_question=st.sampled_from(QUESTIONS),
        security_answer=typed_secrets(),
    )


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
    return AdhesionForm(
        organisation=draw(_ORGANISATIONS if open_to_file_number else _SIRENS),
        services=services,
        company_email=draw(_EMAILS if messaging else _SOMETIMES_EMAILS),
        bank_accounts=draw(_ACCOUNTS[pays]),
        applicant=draw(_APPLICANTS),
        legal_representative=draw(_SOMETIMES_NAMES),
    )
