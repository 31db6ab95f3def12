"""What is sent to the company concerned: the link that confirms its e-mail address, and the letter with the code.

Both bear the whole form of the request as it was made, so that whatever is asked there can be said here. A code or a
token held elsewhere is in no message of this library. Rules 2.5, 2.6, 2.8 and 2.10.
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
    """What the company is told of a request: its form, who made it, and until when its code or link works (UTC).

    The `requester` is the e-mail address of the space that asked. Its user is `requester_name`, None where that is not
    known. A message that an early release stored may lack both, and what it did not keep of the form is not there. The
    form is None where that release did not even keep the company.
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
        """The company's name, if it was given."""
        return None if self.form is None else self.form.company_name

    @property
    def company_address(self) -> str | None:
        """The company's postal address, if it was given."""
        return None if self.form is None else self.form.company_address

    @property
    def services(self) -> tuple[Service, ...]:
        """The services requested."""
        return () if self.form is None else self.form.services

    @property
    def applicant(self) -> Applicant | None:
        """Whether a representative of the company or a third party asked (3.2), None where nobody said who did."""
        # An upgraded form has an applicant whom its message never named: without a requester, it is not told.
        return None if self.form is None or self.requester is None else self.form.applicant


@attrs.frozen(kw_only=True, weakref_slot=False)
class ConfirmationLinkEmail(ToTheCompany):
    """The token of the link that confirms the company's e-mail address, sent to that address (rule 2.8)."""

    to: EmailAddress
    token: LinkToken


@attrs.frozen(kw_only=True, weakref_slot=False)
class ActivationCodeLetter(ToTheCompany):
    """The code of a request's services, by post to the company concerned (2.5, 2.6)."""

    code: ActivationCode

    @property
    def to(self) -> Organisation | None:
        """The company concerned, to which it is posted (2.6)."""
        return self.organisation
