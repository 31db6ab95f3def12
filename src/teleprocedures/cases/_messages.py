"""What is sent to the company concerned: the link that confirms its e-mail address, and the letter with the code.

Rules 2.5, 2.6, 2.8 and 2.10. A code or a token held elsewhere is in no message of this library.
"""

from __future__ import annotations

from typing import ClassVar

import attrs

from teleprocedures.core import Message
from teleprocedures.deadlines import Deadline
from teleprocedures.forms import Applicant
from teleprocedures.rulebook import Service
from teleprocedures.values import ActivationCode, EmailAddress, LinkToken, Organisation


@attrs.frozen(kw_only=True, weakref_slot=False)
class ToTheCompany(Message):
    """What the company is told of a request: who asked for which services, until when its code or link works (UTC).

    `requester` is the e-mail address of the space that asked, `requester_name` its user, None where it is not known;
    `applicant` says whether that is a representative of the company or a third party (rule 3.2). All three, and the
    organisation, may be None in a message that an early release stored, which did not say them.
    """

    organisation: Organisation | None
    company_name: str | None
    services: tuple[Service, ...]
    requester: EmailAddress | None
    requester_name: str | None
    applicant: Applicant | None
    deadline: Deadline


@attrs.frozen(kw_only=True, weakref_slot=False)
class ConfirmationLinkEmail(ToTheCompany):
    """The token of the link that confirms the company's e-mail address, sent to that address (rule 2.8)."""

    kind: ClassVar[str] = "confirmation-link-email"

    to: EmailAddress
    token: LinkToken


@attrs.frozen(kw_only=True, weakref_slot=False)
class ActivationCodeLetter(ToTheCompany):
    """The code of a request's services, by post to the company concerned, at its address if known (2.5, 2.6)."""

    kind: ClassVar[str] = "activation-code-letter"

    to: Organisation
    company_address: str | None
    code: ActivationCode
