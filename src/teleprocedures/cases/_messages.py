"""What is sent to the company concerned: the link that confirms its e-mail address, and the letter with the code.

Both bear the form of the request as it was made, whole, so that whatever is asked there can be said here. Rules 2.5,
2.6, 2.8 and 2.10. A code or a token held elsewhere is in no message of this library.
"""

from __future__ import annotations

import attrs

from teleprocedures.core import Message
from teleprocedures.deadlines import Deadline
from teleprocedures.forms import AdhesionForm, Applicant
from teleprocedures.rulebook import Service
from teleprocedures.values import ActivationCode, EmailAddress, LinkToken, Organisation


@attrs.frozen(kw_only=True, weakref_slot=False)
class ToTheCompany(Message):
    """What the company is told of a request: its form, who made it, until when its code or link works (UTC).

    `requester` is the e-mail address of the space that asked, `requester_name` its user, None where it is not known.
    In a message that an early release stored, which did not say them, both are None; what it did not keep of the form
    is not there, and the form is None where it did not even keep the company.
    """

    form: AdhesionForm | None
    requester: EmailAddress | None
    requester_name: str | None
    deadline: Deadline

    @property
    def organisation(self) -> Organisation | None:
        """The company concerned."""
        return None if self.form is None else self.form.organisation

    @property
    def company_name(self) -> str | None:
        """Its name, if it was given."""
        return None if self.form is None else self.form.company_name

    @property
    def company_address(self) -> str | None:
        """Its postal address, if it was given."""
        return None if self.form is None else self.form.company_address

    @property
    def services(self) -> tuple[Service, ...]:
        """The services requested."""
        return () if self.form is None else self.form.services

    @property
    def applicant(self) -> Applicant | None:
        """Whether a representative of the company asked or a third party (3.2); None where nobody said who asked."""
        return None if self.form is None or self.requester is None else self.form.applicant


@attrs.frozen(kw_only=True, weakref_slot=False)
class ConfirmationLinkEmail(ToTheCompany):
    """The token of the link that confirms the company's e-mail address, sent to that address (rule 2.8)."""

    to: EmailAddress
    token: LinkToken


@attrs.frozen(kw_only=True, weakref_slot=False)
class ActivationCodeLetter(ToTheCompany):
    """The code of a request's services, by post to the company concerned, at its address if known (2.5, 2.6)."""

    code: ActivationCode

    @property
    def to(self) -> Organisation | None:
        """To whom it is posted: the company concerned (2.6)."""
        return self.organisation
