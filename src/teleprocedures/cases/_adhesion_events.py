"""What a request of services says, step 2: its states, its table with the branch on Messaging, its events.

The boundary (rules 2.9, A2): a link used exactly 48 elapsed hours after its sending is in time, one microsecond later
the whole request has lapsed (2.11). The snapshot that these events make, with its verbs, is in `adhesion`. Rules 2.1
to 2.13.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

import attrs

from teleprocedures.cases._activation import LetterPosted
from teleprocedures.cases._space import Space
from teleprocedures.core import Event, Lifecycle, Opening, case_id, first_due
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import InvalidValueError
from teleprocedures.forms import AdhesionForm, Applicant
from teleprocedures.rulebook import Rulebook, Service
from teleprocedures.values import BankAccount, EmailAddress, Held, LinkToken, Organisation, PersonName, SealedCode, seal


class AdhesionState(StrEnum):
    """Where a request stands, up to its letter; `Adhesion.activation` says the rest."""

    AWAITING_EMAIL = "awaiting_email"
    VALIDATED = "validated"
    LAPSED = "lapsed"


ADHESION: Final = Lifecycle(
    "adhesion",
    AdhesionState,
    initial=AdhesionState.AWAITING_EMAIL,
    terminal=frozenset({AdhesionState.VALIDATED, AdhesionState.LAPSED}),
    rows=(
        # The branch on Messaging: without it, a request is validated as soon as it is made.
        {"trigger": "validate", "source": "awaiting_email", "dest": "validated", "unless": ["asks_for_messaging"]},
        {
            "trigger": "confirm_company_email",
            "source": "awaiting_email",
            "dest": "validated",
            "conditions": ["asks_for_messaging", "in_time", "token_opens"],
        },
        {
            "trigger": "remind",
            "source": "awaiting_email",
            "dest": "=",
            "conditions": ["asks_for_messaging", "reminder_is_due"],
        },
        {
            "trigger": "lapse",
            "source": "awaiting_email",
            "dest": "lapsed",
            "conditions": ["asks_for_messaging", "time_is_up"],
        },
    ),
    cites={AdhesionState.AWAITING_EMAIL: "2.10", AdhesionState.VALIDATED: "2.5", AdhesionState.LAPSED: "2.11"},
)


@attrs.frozen(kw_only=True, weakref_slot=False)
class AdhesionRequested(Opening):
    """Services were requested for a company; with Messaging, a link was sent and 48 hours began (rules 2.1 to 2.8)."""

    kind: ClassVar[str] = "adhesion-requested"
    lifecycle: ClassVar[str] = "adhesion"

    space_id: str
    requester: EmailAddress
    organisation: Organisation
    services: tuple[Service, ...]
    company_email: EmailAddress | None
    bank_accounts: tuple[BankAccount, ...]
    applicant: Applicant
    legal_representative: PersonName | None
    renews: str | None
    token: SealedCode | None
    deadline: Deadline | None


class AdhesionValidated(LetterPosted):
    """A request without Messaging was validated online: its letter is posted (rule 2.5)."""

    __slots__ = ()
    kind: ClassVar[str] = "adhesion-validated"
    lifecycle: ClassVar[str] = "adhesion"
    trigger: ClassVar[str] = "validate"


class CompanyEmailConfirmed(LetterPosted):
    """The company's link was used in time: only now is the letter posted (rule 2.10)."""

    __slots__ = ()
    kind: ClassVar[str] = "company-email-confirmed"
    lifecycle: ClassVar[str] = "adhesion"
    trigger: ClassVar[str] = "confirm_company_email"


class AdhesionReminded(Event):
    """The user was reminded that the company's link is waiting."""

    __slots__ = ()
    kind: ClassVar[str] = "adhesion-reminded"
    lifecycle: ClassVar[str] = "adhesion"
    trigger: ClassVar[str] = "remind"


class AdhesionLapsed(Event):
    """The link was not used within 48 hours: the request ends for all its services (rule 2.11)."""

    __slots__ = ()
    kind: ClassVar[str] = "adhesion-lapsed"
    lifecycle: ClassVar[str] = "adhesion"
    trigger: ClassVar[str] = "lapse"


def link_due(request: AdhesionRequested, *, after: datetime) -> datetime | None:
    """The first instant (UTC) after this one at which the clock decides on the link, or None when there is no link."""
    if request.deadline is None:
        return None
    return first_due(request.deadline, request.rulebook.link_use.reminders_of(request.deadline), after=after)


def requested(
    space: Space,
    form: AdhesionForm,
    *,
    id: str,
    at: datetime,
    token: LinkToken | Held,
    rulebook: Rulebook,
    renews: str | None,
) -> AdhesionRequested:
    """The event that a form makes, from a space that may ask.

    Raises `InvalidValueError` for a service that is not in the rulebook's catalogue, for what is not a form, and for an
    id that is not one.
    """
    if not isinstance(form, AdhesionForm):
        message = f"{type(form).__name__} is not a form: expected an AdhesionForm"
        raise InvalidValueError(message)
    for service in form.services:
        if rulebook.catalogue.get(service.code) != service:
            known = ", ".join(rulebook.catalogue)
            message = f"service {service.code!r} is not in the catalogue of {rulebook!r}: expected one of {known}"
            raise InvalidValueError(message)
    linked = any(service.needs_company_email for service in form.services)
    return AdhesionRequested(
        case_id=case_id(id),
        version=1,
        at=at,
        rulebook=rulebook,
        space_id=space.id,
        requester=space.email,
        renews=renews,
        token=seal(token, salt=id) if linked else None,
        deadline=rulebook.link_use.starting(at) if linked else None,
        **{field.name: getattr(form, field.name) for field in attrs.fields(AdhesionForm)},
    )
