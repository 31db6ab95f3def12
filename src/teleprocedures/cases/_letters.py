"""What goes to the company concerned: the link that confirms its e-mail address, and the letter with the code.

Rules 2.5, 2.6, 2.8 and 2.10; a code or a token held elsewhere is in no message of this library.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar

from teleprocedures.cases._activation import Activation, LetterPosted
from teleprocedures.cases._adhesion_events import AdhesionRequested
from teleprocedures.core import ActivationCodeLetter, ConfirmationLinkEmail
from teleprocedures.deadlines import Deadline, time_zone
from teleprocedures.errors import InvalidValueError
from teleprocedures.values import ActivationCode, EmailAddress, Held, LinkToken, seal

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


def link_emails(request: AdhesionRequested, token: LinkToken | Held) -> tuple[ConfirmationLinkEmail, ...]:
    """The e-mail with the link, to the company's address (rule 2.8); a token held elsewhere has no e-mail here."""
    if isinstance(token, Held):
        return ()
    to: EmailAddress = request.company_email  # type: ignore[assignment] # a request with a link has an address (2.7)
    deadline: Deadline = request.deadline  # type: ignore[assignment] # and its 48 hours have begun (2.9)
    email = ConfirmationLinkEmail(
        case_id=request.case_id, version=request.version, to=to, token=token, deadline=deadline
    )
    return (email,)


def counted_from(edited: date, activation: Activation, *, at: datetime) -> Deadline:
    """The deadline of a code whose letter bears this civil day (A3).

    Raises `InvalidValueError` for a day before the one on which the request was validated, or after the day of `at`.
    """
    limit = activation.limit
    zone = time_zone(limit.duration.zone)  # type: ignore[union-attr] # the rulebook checks that its unit is civil
    first, last = activation.validated_at.astimezone(zone).date(), at.astimezone(zone).date()
    if type(edited) is not date or not first <= edited <= last:
        message = f"the letter cannot bear {edited}: expected a date from {first} (request validated) to {last}"
        raise InvalidValueError(message)
    return limit.starting(edited)
