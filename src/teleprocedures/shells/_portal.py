"""The shell for one request at a time, with everything that reaches the outside injected.

Its order is always the same: decide, then record, then notify. If recording fails, nothing is sent; if sending fails,
what is recorded stands and `NotificationError` carries what is still to be sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypedDict, TypeVar

import attrs

from teleprocedures.cases import Adhesion, Mandate, Space
from teleprocedures.core import Case, Clock, CodeGenerator, Decision, Journal, Message, Notifier, PasswordHasher
from teleprocedures.errors import NotificationError
from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.values import ActivationCode, BankAccount, Held, LinkToken, PersonName

CaseT = TypeVar("CaseT", bound=Case)


class _NewRequest(TypedDict):
    """What a new request is given besides its form."""

    id: str
    token: LinkToken | Held
    code: ActivationCode | Held
    at: datetime
    rulebook: Rulebook


@attrs.frozen(kw_only=True)
class Portal:
    """Drives cases with a clock, a code generator, a notifier, a password hasher and, if wanted, a journal.

    Every verb raises what the verb of the snapshot raises, what the journal raises, and `NotificationError`. New
    cases are made under `rulebook`; others keep their own.
    """

    clock: Clock
    codes: CodeGenerator
    notifier: Notifier
    hasher: PasswordHasher
    journal: Journal | None = None
    rulebook: Rulebook = EXPERT_2024_04_03

    def create_space(self, form: SpaceForm) -> Space:
        """Ask for a space: an e-mail with its code (rules 1.1 to 1.7); raises what `Space.create` raises."""
        code, case_id = self.codes.activation_code(), self.codes.case_id()
        at = self.clock.now()
        return self._carry_out(
            Space.create(form, id=case_id, code=code, hasher=self.hasher, at=at, rulebook=self.rulebook)
        )

    def activate_space(self, space: Space, code: ActivationCode | Held | str) -> Space:
        """Activate a space with its code, within 48 elapsed hours (rules 1.8 to 1.10).

        Raises what `Space.activate` raises.
        """
        return self._carry_out(space.activate(code, at=self.clock.now()))

    def request_adhesion(self, space: Space, form: AdhesionForm) -> Adhesion:
        """Request services: with Messaging the company's link, else the letter at once (rules 2.1 to 2.10).

        Raises what `Adhesion.request` raises.
        """
        return self._carry_out(Adhesion.request(space, form, **self._new_request()))

    def confirm_company_email(self, adhesion: Adhesion, token: LinkToken | Held | str) -> Adhesion:
        """Use the company's link, within 48 elapsed hours: the letter is posted (rules 2.8 to 2.11).

        Raises what `Adhesion.confirm_company_email` raises.
        """
        code = self.codes.activation_code()
        return self._carry_out(adhesion.confirm_company_email(token, code=code, at=self.clock.now()))

    def record_letter(self, adhesion: Adhesion, edited: date) -> Adhesion:
        """Record the civil day that the letter bears (A3); raises what `Adhesion.record_letter` raises."""
        return self._carry_out(adhesion.record_letter(edited, at=self.clock.now()))

    def activate_services(self, space: Space, adhesion: Adhesion, code: ActivationCode | Held | str) -> Adhesion:
        """Activate the requested services with the letter's code, within 60 civil days (rules 3.1 to 3.5).

        Raises what `Adhesion.activate` raises.
        """
        return self._carry_out(adhesion.activate(code, space=space, at=self.clock.now()))

    def renew_adhesion(self, space: Space, adhesion: Adhesion) -> Adhesion:
        """Request the services of a lapsed request again: a new request, which names it (rules 2.11 and 3.4).

        Raises what `Adhesion.renew` raises.
        """
        return self._carry_out(adhesion.renew(space, **self._new_request()))

    def issue_mandate(
        self,
        adhesion: Adhesion,
        account: BankAccount | str,
        *,
        legal_representative: PersonName | str | None = None,
        mandates: Iterable[Mandate] = (),
    ) -> Mandate:
        """Issue the mandate of one declared account, unless one of `mandates` stands for it (2.14, 2.15 and A8)."""
        case_id, reference = self.codes.case_id(), self.codes.mandate_reference()
        return self._carry_out(
            Mandate.issue(
                adhesion,
                account,
                id=case_id,
                reference=reference,
                at=self.clock.now(),
                legal_representative=legal_representative,
                mandates=mandates,
            )
        )

    def sign_mandate(self, mandate: Mandate, signatory: Applicant | PersonName | str) -> Mandate:
        """Record the signature of the company's legal representative (rule 2.16); raises what `Mandate.sign` raises."""
        return self._carry_out(mandate.sign(signatory, at=self.clock.now()))

    def send_mandate(self, mandate: Mandate) -> Mandate:
        """Record that the mandate was sent to the bank (rule 2.17); raises what `Mandate.send` raises."""
        return self._carry_out(mandate.send(at=self.clock.now()))

    def register_mandate(self, mandate: Mandate) -> Mandate:
        """Record the statement that the bank has registered the mandate (rule 2.19).

        Raises what `Mandate.register` raises.
        """
        return self._carry_out(mandate.register(at=self.clock.now()))

    def record_collection(self, mandate: Mandate) -> Mandate:
        """Record a collection of the mandate, which is then good for 36 months again (F1).

        Raises what `Mandate.record_collection` raises.
        """
        return self._carry_out(mandate.record_collection(at=self.clock.now()))

    def lapse(self, case: CaseT) -> CaseT:
        """Carry out what the clock has decided: a case past its time limit lapses (rules 1.10, 2.11, 3.4, F1).

        Raises what the case's own `lapse` raises.
        """
        return self._carry_out(case.lapse(at=self.clock.now()))

    def remind(self, case: CaseT) -> CaseT:
        """Send the reminder that is due; raises what the case's own `remind` raises."""
        return self._carry_out(case.remind(at=self.clock.now()))

    def resend(self, error: NotificationError) -> None:
        """Send what a `NotificationError` left unsent; raises `NotificationError` again with what still is."""
        self._notify(error.decision, error.unsent)

    def _new_request(self) -> _NewRequest:
        return {
            "id": self.codes.case_id(),
            "token": self.codes.link_token(),
            "code": self.codes.activation_code(),
            "at": self.clock.now(),
            "rulebook": self.rulebook,
        }

    def _carry_out(self, decision: Decision[CaseT]) -> CaseT:
        if self.journal is not None:
            self.journal.record(decision)
        self._notify(decision, decision.messages)
        return decision.case

    def _notify(self, decision: Decision[CaseT], messages: tuple[Message, ...]) -> None:
        for place, message in enumerate(messages):
            try:
                self.notifier.notify(message)
            except Exception as error:
                raise NotificationError(decision, messages[place:]) from error
