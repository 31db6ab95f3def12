"""What people's files make of the two forms: mappings that are accepted, and others with something wrong in them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs
from hypothesis import strategies as st

from teleprocedures.forms import AdhesionForm
from teleprocedures.rulebook import CATALOGUE, Catalogue
from teleprocedures.testing.strategies._accounts import invalid_ibans
from teleprocedures.testing.strategies._contacts import contact_details, invalid_phones, phones
from teleprocedures.testing.strategies._forms import adhesion_forms, questions, typed_secrets
from teleprocedures.testing.strategies._values import (
    email_addresses,
    file_numbers,
    invalid_email_addresses,
    invalid_person_names,
    invalid_sirens,
    person_names,
    siren_texts,
)
from teleprocedures.values import FileNumber

__all__ = [
    "adhesion_mappings",
    "invalid_adhesion_mappings",
    "invalid_space_mappings",
    "space_mappings",
]

Cells: TypeAlias = dict[str, Any]

# What a cell of a file can be, and no field.
_STRANGE: Final = (
    st.booleans() | st.integers() | st.binary(max_size=4) | st.lists(st.booleans(), min_size=1, max_size=2)
)
_BLANK: Final = st.sampled_from(("", " ", "\n"))


def _not_blank(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Those that are not blank: a blank cell is a field that was not given."""
    return texts.filter(lambda text: text.strip() != "")


# A SIREN with a letter in it is a file number, which is opaque (A13).
_NO_ORGANISATION: Final = st.sampled_from(("", "A" * 33, "552-100", "é")) | invalid_sirens().filter(str.isdigit)
_NO_LINE: Final = st.sampled_from(("A" * 201, "\x07", "\u200b"))

_WRONG_CONTACT: Final[Mapping[str, st.SearchStrategy[Any]]] = MappingProxyType(
    {
        "phone": invalid_phones(),
        "street": _BLANK,
        "postal_code": st.sampled_from(("7500", "", "750020", "7500A")),
        "city": _BLANK,
        "country": st.sampled_from(("XX", "F", "FRA")),
    }
)
_WRONG_IN_A_SPACE: Final[Mapping[str, st.SearchStrategy[Any]]] = MappingProxyType(
    {
        "email": invalid_email_addresses(),
        "password": _BLANK,
        "first_name": invalid_person_names(),
        "last_name": invalid_person_names(),
        "organisation": _NO_ORGANISATION,
        "security_question": _BLANK,
        "security_answer": _BLANK,
    }
)
_WRONG_IN_A_REQUEST: Final[Mapping[str, st.SearchStrategy[Any]]] = MappingProxyType(
    {
        "organisation": _NO_ORGANISATION,
        "services": st.sampled_from(([], ["payer-rien"], "messagerie", [None])),
        "company_email": _not_blank(invalid_email_addresses()),
        "bank_accounts": st.lists(_not_blank(invalid_ibans()), min_size=1, max_size=2),
        "applicant": st.sampled_from(("nobody", "representatives", "REPRESENTATIVE")),
        "legal_representative": _not_blank(invalid_person_names()),
        "company_name": _NO_LINE,
        "company_address": _NO_LINE,
    }
)


def _contacts() -> st.SearchStrategy[Cells]:
    return st.fixed_dictionaries(
        {
            "phone": phones(),
            "street": st.sampled_from(("1 rue de la Paix", "B.P. 7")),
            "postal_code": st.sampled_from(("75002", "97 400")),
            "city": st.just("Paris"),
        },
        optional={"country": st.sampled_from(("FR", "fr"))},
    )


def space_mappings() -> st.SearchStrategy[Cells]:
    """Give mappings that `SpaceForm.from_mapping` accepts, as a file's row makes them (rules 1.1 to 1.6).

    >>> from hypothesis import Phase, find, settings
    >>> find(space_mappings(), lambda _: True, settings=settings(phases=[Phase.generate]))["organisation"]
    '000000018'
    """
    return st.fixed_dictionaries(
        {
            "email": email_addresses().map(str),
            "password": typed_secrets(),
            "first_name": person_names().map(str),
            "last_name": person_names().map(str),
            "organisation": siren_texts() | file_numbers().map(str).filter(lambda text: not text.isdigit()),
            "contact": _contacts() | contact_details(),
            "security_question": questions(),
            "security_answer": typed_secrets(),
        }
    )


def invalid_space_mappings() -> st.SearchStrategy[Cells]:
    """Give mappings that `SpaceForm.from_mapping` refuses: fields that are wrong, missing or unknown.

    >>> from hypothesis import Phase, find, settings
    >>> simplest = settings(phases=[Phase.generate])
    >>> find(invalid_space_mappings(), lambda _: True, settings=simplest)["email"]
    ''
    """
    contacts = _spoil(_contacts(), _WRONG_CONTACT, optional=("country",))
    return _spoil(space_mappings(), {**_WRONG_IN_A_SPACE, "contact": contacts})


def adhesion_mappings(catalogue: Catalogue = CATALOGUE) -> st.SearchStrategy[Cells]:
    """Give mappings that `AdhesionForm.from_mapping` accepts with this catalogue, as a file's row makes them.

    >>> from hypothesis import Phase, find, settings
    >>> find(adhesion_mappings(), lambda _: True, settings=settings(phases=[Phase.generate]))["services"]
    ['messagerie']
    """
    return st.builds(_write, adhesion_forms(catalogue), st.booleans())


def _write(form: AdhesionForm, whole: bool) -> Cells:  # noqa: FBT001 - drawn
    """The form as a file's row has it, its accounts as IBANs, or as mappings with their BIC beside; all of it text."""
    organisation, is_digits = form.organisation, str(form.organisation).isdigit()
    fields = {field.name: getattr(form, field.name) for field in attrs.fields(AdhesionForm)}
    cells = {name: str(value) for name, value in fields.items() if value is not None}
    return cells | {
        # A file number of digits only reads as a SIREN, and is given as a value.
        "organisation": organisation if is_digits and isinstance(organisation, FileNumber) else str(organisation),
        "services": [service.code for service in form.services],
        "bank_accounts": [
            {"iban": one.iban, "bic": one.bic} if whole and one.bic else one.iban for one in form.bank_accounts
        ],
    }


def invalid_adhesion_mappings(catalogue: Catalogue = CATALOGUE) -> st.SearchStrategy[Cells]:
    """Give mappings that `AdhesionForm.from_mapping` refuses: fields that are wrong, missing or unknown.

    >>> from hypothesis import Phase, find, settings
    >>> simplest = settings(phases=[Phase.generate])
    >>> find(invalid_adhesion_mappings(), lambda data: "services" in data, settings=simplest)["organisation"]
    ''
    """
    optional = tuple(field.name for field in attrs.fields(AdhesionForm) if field.default is not attrs.NOTHING)
    return _spoil(adhesion_mappings(catalogue), _WRONG_IN_A_REQUEST, optional=optional)


@st.composite
def _spoil(
    draw: st.DrawFn,
    mappings: st.SearchStrategy[Cells],
    wrong: Mapping[str, st.SearchStrategy[Any]],
    *,
    optional: tuple[str, ...] = (),
) -> Cells:
    """Mappings with one fault or more: a field that is wrong or of another type, one that is missing, one unknown."""
    faults = [*(("wrong", name) for name in wrong), *(("missing", name) for name in wrong if name not in optional)]
    cells = draw(mappings)
    for fault, name in draw(
        st.lists(st.sampled_from([*faults, ("unknown", "colour")]), min_size=1, max_size=3, unique=True)
    ):
        if fault == "missing":
            cells.pop(name, None)
        else:
            cells[name] = draw(wrong[name] | _STRANGE) if fault == "wrong" else None
    return cells
