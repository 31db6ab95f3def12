"""The two forms, well formed and accepted, and the mappings that people's files make of them, right and wrong."""

from __future__ import annotations

from string import ascii_letters
from typing import Any, Final

from hypothesis import strategies as st

from teleprocedures.catalogue import CATALOGUE, Catalogue, Service
from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.testing.strategies.accounts import bank_accounts, ibans, invalid_ibans
from teleprocedures.testing.strategies.contacts import contact_details, invalid_phones, phones
from teleprocedures.testing.strategies.values import (
    email_addresses,
    file_numbers,
    invalid_email_addresses,
    invalid_person_names,
    invalid_sirens,
    organisations,
    person_names,
    siren_texts,
    sirens,
)

_QUESTIONS: Final = ("the name of the first client", "la ville de naissance ?")


def _secrets() -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=4, max_size=20)


def space_forms() -> st.SearchStrategy[SpaceForm]:
    """Give forms of step 1 that are accepted (rules 1.1 to 1.6).

    >>> from hypothesis import Phase, find, settings
    >>> find(space_forms(), lambda _: True, settings=settings(phases=[Phase.generate])).organisation
    Siren('000000018')
    """
    return st.builds(
        SpaceForm,
        email=email_addresses(),
        password=_secrets(),
        first_name=person_names(),
        last_name=person_names(),
        organisation=organisations(),
        contact=contact_details(),
        security_question=st.sampled_from(_QUESTIONS),
        security_answer=_secrets(),
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
    others = st.lists(st.sampled_from(list(catalogue.values())), min_size=0 if including else 1, max_size=4)
    services = tuple(dict.fromkeys((*including, *draw(others))))
    open_to_file_number = all(service.open_to_file_number for service in services)
    messaging = any(service.needs_company_email for service in services)
    pays = any(service.pays for service in services)
    return AdhesionForm(
        organisation=draw(organisations() if open_to_file_number else sirens()),
        services=services,
        company_email=draw(email_addresses() if messaging else st.none() | email_addresses()),
        bank_accounts=draw(st.lists(bank_accounts(), min_size=int(pays), max_size=2)),
        applicant=draw(st.sampled_from(Applicant)),
        legal_representative=draw(st.none() | person_names()),
    )


def space_mappings() -> st.SearchStrategy[dict[str, Any]]:
    """Give mappings for `SpaceForm.from_mapping`, as a file's row makes them; now and then a field is wrong.

    >>> from hypothesis import Phase, find, settings
    >>> find(space_mappings(), lambda _: True, settings=settings(phases=[Phase.generate]))["organisation"]
    '000000018'
    """
    contact = _fields(
        {
            "phone": (phones(), invalid_phones()),
            "street": (st.text(ascii_letters, min_size=1, max_size=30), st.text(max_size=30)),
            "postal_code": (st.sampled_from(("75002", "97 400")), st.sampled_from(("7500", ""))),
            "city": (st.just("Paris"), st.just("")),
            "country": (st.sampled_from(("FR", "re")), st.sampled_from(("XX", ""))),
        }
    )
    return _fields(
        {
            "email": (email_addresses().map(str), invalid_email_addresses()),
            "password": (_secrets(), st.just(" ")),
            "first_name": (person_names().map(str), invalid_person_names()),
            "last_name": (person_names().map(str), invalid_person_names()),
            "organisation": (siren_texts() | file_numbers().map(str), invalid_sirens()),
            "contact": (contact | contact_details(), st.just({})),
            "security_question": (st.sampled_from(_QUESTIONS), st.just("")),
            "security_answer": (_secrets(), st.just("")),
        }
    )


def adhesion_mappings(catalogue: Catalogue = CATALOGUE) -> st.SearchStrategy[dict[str, Any]]:
    """Give mappings for `AdhesionForm.from_mapping`, as a file's row makes them; now and then a field is wrong.

    >>> from hypothesis import Phase, find, settings
    >>> find(adhesion_mappings(), lambda _: True, settings=settings(phases=[Phase.generate]))["services"]
    ['messagerie']
    """
    accounts = ibans() | st.builds(lambda iban: {"iban": iban}, ibans())
    return _fields(
        {
            "organisation": (siren_texts() | file_numbers().map(str), invalid_sirens()),
            "services": (
                st.lists(st.sampled_from(list(catalogue)), min_size=1, max_size=4),
                st.sampled_from(([], ["payer-rien"], "messagerie")),
            ),
            "company_email": (email_addresses().map(str) | st.none(), invalid_email_addresses()),
            "bank_accounts": (st.lists(accounts, max_size=2), st.lists(invalid_ibans(), max_size=2)),
            "applicant": (st.sampled_from(Applicant).map(str), st.just("nobody")),
            "legal_representative": (person_names().map(str) | st.none(), invalid_person_names()),
        }
    )


def _fields(
    fields: dict[str, tuple[st.SearchStrategy[Any], st.SearchStrategy[Any]]],
) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings with these fields, each right or wrong; now and then one is missing, or an unknown one is there."""
    strange = st.none() | st.booleans() | st.integers() | st.binary(max_size=4) | st.lists(st.none(), max_size=2)
    mixed = {name: _mostly(right, wrong | strange) for name, (right, wrong) in fields.items()}
    missing = _mostly(st.none(), st.sampled_from(list(fields)))
    unknown: st.SearchStrategy[dict[str, Any]] = _mostly(st.just({}), st.just({"unknown": None}))
    return st.builds(
        lambda data, name, more: {key: value for key, value in (data | more).items() if key != name},
        st.fixed_dictionaries(mixed),
        missing,
        unknown,
    )


def _mostly(right: st.SearchStrategy[Any], wrong: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 15).flatmap(lambda chance: wrong if chance == 15 else right)
