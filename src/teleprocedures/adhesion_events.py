"""What a request of services says, step 2: its states, its table with the branch on Messaging, its events, its letter.

The boundary (rules 2.9, A2): a link used exactly 48 elapsed hours after its sending is in time, one microsecond later
the whole request has lapsed (2.11). The snapshot that these events make, with its verbs, is in `adhesion`. Rules 2.1
to 2.13.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, TypeVar

import attrs

from teleprocedures.activation import LetterPosted
from teleprocedures.banking import BankAccount
from teleprocedures.catalogue import Service
from teleprocedures.codes import ActivationCode, Held, SealedCode, seal
from teleprocedures.deadlines import Deadline
from teleprocedures.decisions import Event, Opening
from teleprocedures.forms import Applicant
from teleprocedures.guards import first_due
from teleprocedures.identity import EmailAddress, Organisation, PersonName
from teleprocedures.lifecycle import Lifecycle
from teleprocedures.messages import ActivationCodeLetter


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


P = TypeVar("P", bound=LetterPosted)


def post_letter(
    kind: type[P], request: AdhesionRequested, *, version: int, at: datetime, code: ActivationCode | Held
) -> tuple[P, tuple[ActivationCodeLetter, ...]]:
    """The event that has the letter posted, and the letter to the company concerned (rules 2.5, 2.6 and 2.10).

    The 60 civil days are counted from `at`, estimated until the letter's day is known. A code held elsewhere has no
    letter here.
    """
    case_id, rulebook = request.case_id, request.rulebook
    deadline = rulebook.services_activation.starting(at, estimated=True)
    event = kind(case_id=case_id, version=version, at=at, code=seal(code, salt=case_id), deadline=deadline)
    if isinstance(code, Held):
        return event, ()
    letter = ActivationCodeLetter(
        case_id=case_id,
        version=version,
        to=request.organisation,
        code=code,
        services=request.services,
        deadline=deadline,
    )
    return event, (letter,)
