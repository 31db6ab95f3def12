"""Forms that are well formed, to change one field at a time, and those of the companies that are played."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import attrs

from teleprocedures.forms import AdhesionForm, SpaceForm
from teleprocedures.values import BankAccount, ContactDetails, hidden

IBAN: Final = "FR7630006000011234567890189"
ACCOUNTS: Final = tuple(map(BankAccount, (IBAN, "DE89370400440532013000", "BE68539007547034", "NL91ABNA0417164300")))
"""The accounts of the companies that are played."""
WRONG: Final = "WRONG"
"""A code, and a token, that was never sent."""


def space_form(**changes: Any) -> SpaceForm:
    """A `SpaceForm` that is accepted, with these fields changed.

    Raises what `SpaceForm` raises.
    """
    changes = hidden(changes, ("password", "security_answer"))
    fields: dict[str, Any] = {
        "email": "camille@cabinet-durand.fr",
        "password": "correct horse battery staple",
        "first_name": "Camille",
        "last_name": "Durand",
        "organisation": "732 829 320",
        "contact": ContactDetails(phone="01 23 45 67 89", street="1 rue de la Paix", postal_code="75002", city="Paris"),
        "security_question": "the name of the first client",
        "security_answer": "Dupont et fils",
    }
    return SpaceForm(**fields | changes)


def adhesion_form(**changes: Any) -> AdhesionForm:
    """An `AdhesionForm` that is accepted, for one service that asks for nothing more, with these fields changed.

    Raises what `AdhesionForm` raises.
    """
    fields: dict[str, Any] = {"organisation": "552 100 554", "services": ["consulter-avis-tf"]}
    return AdhesionForm(**fields | changes)


@cache
def user_form() -> SpaceForm:
    """The form of the spaces that are played."""
    return space_form()


@cache
def company_forms() -> tuple[AdhesionForm, ...]:
    """The requests that are played: of two companies, with Messaging and without, with a mandate and without."""
    plain = adhesion_form(organisation="552100554")
    paying = adhesion_form(organisation="552100554", services=["payer-tva", "payer-cfe"], bank_accounts=ACCOUNTS[:2])
    messaging = attrs.evolve(
        paying, organisation="443061841", services=["messagerie", "payer-tva"], company_email="a@b.fr"
    )
    return plain, messaging, paying


@cache
def filled_in() -> tuple[dict[str, object], ...]:
    """The fields of requests as they are filled in: two lack nothing, and each other one has something wrong.

    That is a mistyped SIREN (2.2), a tax for a file number (2.3), no service (2.4), Messaging without an address (2.7)
    and a Pay service without an account (2.13).
    """
    plain: dict[str, object] = {"organisation": "552100554", "services": ["consulter-avis-tf"]}
    return (
        plain,
        plain | {"services": ["payer-cfe"], "bank_accounts": [IBAN]},
        plain | {"organisation": "552100555"},
        plain | {"organisation": "TF2024A17", "services": ["payer-cfe"], "bank_accounts": [IBAN]},
        plain | {"services": []},
        plain | {"services": ["messagerie"]},
        plain | {"services": ["payer-cfe"]},
    )


@cache
def filed_form() -> AdhesionForm:
    """A request for an organisation that is known by its file number (2.3)."""
    return adhesion_form(organisation="TF2024A17")
