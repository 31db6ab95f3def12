"""Forms that are well formed, to change one field at a time."""

from __future__ import annotations

from typing import Any

from teleprocedures.forms import AdhesionForm, SpaceForm
from teleprocedures.values import ContactDetails, hidden


def space_form(**changes: Any) -> SpaceForm:
    """A `SpaceForm` that is accepted, with these fields changed; raises what the form raises."""
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

    Raises what the form raises.
    """
    fields: dict[str, Any] = {"organisation": "552 100 554", "services": ["consulter-avis-tf"]}
    return AdhesionForm(**fields | changes)
