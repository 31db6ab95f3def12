"""The SEPA business-to-business mandate: issued and printed, signed, sent to the bank, registered; idle, it lapses.

The boundary (F1): 36 calendar months after the registration or the last collection, to the end of the day of the same number.
Rules 2.14 to 2.19, A8 and A10: one mandate per company and account, and it blocks only payments (`payments`).
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Self

import attrs

from teleprocedures.adhesion import Adhesion
from teleprocedures.banking import BankAccount, MandateReference
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.decisions import Case, Decision, Event, case_id, followed
from teleprocedures.errors import MandateRefusedError, TransitionRefusedError
from teleprocedures.forms import Applicant
from teleprocedures.guards import first_due
from teleprocedures.identity import Organisation, PersonName
from teleprocedures.lifecycle import UNSAID, Given, Lifecycle
from teleprocedures.mandate_events import (
    MANDATE,
    CollectionRecorded,
    MandateIssued,
    MandateLapsed,
    MandateRegistered,
    MandateReminded,
    MandateSent,
    MandateSigned,
    MandateState,
)
from teleprocedures.rulebook import TimeLimit
from teleprocedures.steps import Action, Actor, NextStep

STEPS: Final = {
    MandateState.ISSUED: ((Actor.LEGAL_REPRESENTATIVE, Action.SIGN_MANDATE, "2.16"),),
    MandateState.SIGNED: ((Actor.USER, Action.SEND_MANDATE, "2.17"),),
    MandateState.SENT: ((Actor.BANK, Action.REGISTER_MANDATE, "2.19"), (Actor.USER, Action.CHECK_MANDATE, "2.19")),
    MandateState.REGISTERED: (),
    MandateState.LAPSED: ((Actor.USER, Action.ISSUE_MANDATE_AGAIN, "F1"),),
}
"""Who must do what at each state."""


@attrs.frozen(kw_only=True)
class Mandate(Case):
    """The mandate of one company for one account. `registered_at` (UTC) is the instant of the statement, None before it."""

    kind: ClassVar[str] = "mandate"
    lifecycle: ClassVar[Lifecycle] = MANDATE

    origin: MandateIssued
    state: MandateState
    registered_at: datetime | None

    @classmethod
    def opened_by(cls, event: MandateIssued) -> Self:  # type: ignore[override] # the codec and `replay` pair them
        """The mandate as it was issued: nothing runs yet."""
        return cls(
            origin=event,
            version=event.version,
            state=MandateState.ISSUED,
            changed_at=event.at,
            deadline=None,
            due_at=None,
            registered_at=None,
        )

    @classmethod
    def issue(
        cls,
        adhesion: Adhesion,
        account: BankAccount | str,
        *,
        id: str,  # noqa: A002 - the field's own word
        reference: MandateReference,
        at: datetime,
        legal_representative: PersonName | str | None = None,
    ) -> Decision[Self]:
        """Issue the mandate of one account that the request declared, to be printed and signed (rules 2.14, 2.15 and A8).

        `legal_representative` is who may sign it, when the request did not say. Raises `MandateRefusedError` when no service
        of the request needs a mandate (2.14) or the account was not declared (2.13), `TransitionRefusedError` for a lapsed
        request, `OutOfOrderError`, and `InvalidValueError` for a naive instant or a bad account.
        """
        at = adhesion.in_order(at)
        rule = adhesion.rulebook.rule
        if adhesion.has_lapsed:
            raise TransitionRefusedError(adhesion.kind, adhesion.stage, "issue a mandate", ("renew",), rule=rule("2.14"))
        if not any(service.needs_mandate for service in adhesion.services):
            named = ", ".join(service.code for service in adhesion.services)
            message = f"no service of the request needs a mandate ({named}): expected one that pays by B2B debit"
            raise MandateRefusedError(message, rule=rule("2.14"))
        account = account if isinstance(account, BankAccount) else BankAccount(account)
        if not adhesion.declares(account):
            message = f"the request does not declare {account!r}: expected one of {adhesion.origin.bank_accounts!r}"
            raise MandateRefusedError(message, rule=rule("2.13"))
        said = adhesion.origin.legal_representative if legal_representative is None else legal_representative
        event = MandateIssued(
            case_id=case_id(id),
            version=1,
            at=at,
            rulebook=adhesion.rulebook,
            adhesion_id=adhesion.id,
            requester=adhesion.origin.requester,
            reference=reference,
            creditor=adhesion.rulebook.creditor,
            creditor_name=adhesion.rulebook.creditor_name,
            debtor=adhesion.organisation,
            legal_representative=PersonName(said) if isinstance(said, str) else said,
            account=account,
        )
        return cls._opening(event)

    @property
    def account(self) -> BankAccount:
        """The account that the mandate is for."""
        return self.origin.account

    @property
    def organisation(self) -> Organisation:
        """The company whose account it is."""
        return self.origin.debtor

    @property
    def limit(self) -> TimeLimit:
        """The time limit of an idle mandate (F1); read only where one runs."""
        return self.rulebook.mandate_use  # type: ignore[return-value] # `can_lapse` comes first

    def can_lapse(self, _: datetime, __: Given) -> bool:
        """Guard: whether the rulebook has a time limit for idle mandates (F1)."""
        return self.deadline is not None

    def signed_by_the_representative(self, _: datetime, given: Given) -> bool:
        """Guard: the signatory is the company's legal representative (rule 2.16). Raises `MandateRefusedError`."""
        known = self.origin.legal_representative
        if given.signatory in {UNSAID, Applicant.REPRESENTATIVE} or (known is not None and given.signatory == known):
            return True
        expected = "Applicant.REPRESENTATIVE, or to be told at the issue who that is" if known is None else str(known)
        message = f"{given.signatory!s} cannot sign the mandate: only the company's legal representative can; expected {expected}"
        raise MandateRefusedError(message, rule=self.rulebook.rule("2.16"))

    def sign(self, signatory: Applicant | PersonName | str, *, at: datetime) -> Decision[Self]:
        """Record the signature of the company's legal representative, by name or as `Applicant.REPRESENTATIVE` (2.16).

        Raises `MandateRefusedError` for anybody else, a third party above all, `TransitionRefusedError`, `OutOfOrderError`,
        and `InvalidValueError` for a naive instant or a signatory that is no name.
        """
        at = self._step("sign", at, Given(signatory=_signatory(signatory)))
        return self._decided(MandateSigned(case_id=self.id, version=self.version + 1, at=at))

    def send(self, *, at: datetime) -> Decision[Self]:
        """Record that the signed mandate was sent to the bank that holds the account (2.17).

        Raises `TransitionRefusedError` unless it is signed, `OutOfOrderError`.
        """
        at = self._step("send", at)
        return self._decided(MandateSent(case_id=self.id, version=self.version + 1, at=at))

    def register(self, *, at: datetime) -> Decision[Self]:
        """Record the user's statement that the bank has the mandate (2.19); 36 calendar months of idleness begin (F1).

        Raises `TransitionRefusedError` unless it was sent, `OutOfOrderError`.
        """
        at = self._step("register", at)
        event = MandateRegistered(case_id=self.id, version=self.version + 1, at=at, deadline=self._idle_from(at))
        return self._decided(event)

    def record_collection(self, *, at: datetime) -> Decision[Self]:
        """Record a collection: the 36 calendar months begin again from its day (F1).

        Raises `DeadlinePassedError` once they have passed, `TransitionRefusedError` unless registered, `OutOfOrderError`.
        """
        at = self._step("record_collection", at)
        event = CollectionRecorded(case_id=self.id, version=self.version + 1, at=at, deadline=self._idle_from(at))
        return self._decided(event)

    def remind(self, *, at: datetime) -> Decision[Self]:
        """Remind that an idle mandate will lapse, where the rulebook has such reminders.

        Raises `DeadlineNotReachedError`, `DeadlinePassedError`, `TransitionRefusedError`, `OutOfOrderError`.
        """
        at = self._step("remind", at)
        return self._reminded(MandateReminded(case_id=self.id, version=self.version + 1, at=at), self.origin.requester)

    def lapse(self, *, at: datetime) -> Decision[Self]:
        """End a registered mandate that collected nothing for 36 calendar months (F1).

        Raises `DeadlineNotReachedError` up to the last instant, `TransitionRefusedError`, `OutOfOrderError`.
        """
        at = self._step("lapse", at)
        return self._decided(MandateLapsed(case_id=self.id, version=self.version + 1, at=at))

    def is_registered(self, at: datetime) -> bool:
        """Whether the bank has it at this instant: stated by then, and not lapsed since (rules 2.19, 2.20 and F1)."""
        at = instant(at)
        stated = self.state is MandateState.REGISTERED and self.registered_at is not None and self.registered_at <= at
        return stated and not (self.deadline is not None and self.deadline.has_passed(at))

    def next_steps(self, *, at: datetime) -> tuple[NextStep, ...]:
        """Who must do what; a mandate has no time limit until it is registered (`NextStep.by` None)."""
        if self.state is MandateState.REGISTERED and not self.is_registered(at):
            state = MandateState.LAPSED
        else:
            state = self.state
        return tuple(NextStep(actor, action, None, self.rulebook.rule(rule)) for actor, action, rule in STEPS[state])

    def apply(self, event: Event) -> Self:
        """The mandate after this event; raises `InvalidValueError` when the event cannot follow."""
        state: MandateState = followed(MANDATE, self.state, event)
        deadline, registered_at = self.deadline, self.registered_at
        if isinstance(event, (MandateRegistered, CollectionRecorded)):
            deadline = event.deadline
        if state is MandateState.LAPSED:
            deadline = None
        due_at = None if deadline is None else first_due(deadline, self.limit.reminders_of(deadline), after=event.at)
        return type(self)(
            origin=self.origin,
            version=event.version,
            state=state,
            changed_at=event.at,
            deadline=deadline,
            due_at=due_at,
            registered_at=event.at if isinstance(event, MandateRegistered) else registered_at,
        )

    def _idle_from(self, at: datetime) -> Deadline | None:
        return None if self.rulebook.mandate_use is None else self.rulebook.mandate_use.starting(at)


def _signatory(signatory: object) -> Applicant | PersonName:
    if isinstance(signatory, (Applicant, PersonName)):
        return signatory
    named = [applicant for applicant in Applicant if signatory == applicant.value]
    return named[0] if named else PersonName(signatory)  # type: ignore[arg-type] # a name judges its own type
