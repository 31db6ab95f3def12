"""The SEPA business-to-business mandate: issued and printed, signed, sent to the bank, registered; idle, it lapses.

The boundary (F1): 36 calendar months after the registration or the last collection, to the end of the day of the same
number. Rules 2.14 to 2.19, A8 and A10: one mandate per company and account, and it blocks only payments (`payments`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Final, Self

import attrs

from teleprocedures.building import builder
from teleprocedures.cases._adhesion import Adhesion
from teleprocedures.cases._document import MandateDocument
from teleprocedures.cases._mandate_events import (
    MANDATE,
    CollectionRecorded,
    MandateIssued,
    MandateLapsed,
    MandateRegistered,
    MandateReminded,
    MandateSent,
    MandateSigned,
    MandateState,
    mandate_steps,
)
from teleprocedures.cases._mandate_guards import check_issue, check_signatory
from teleprocedures.core import (
    UNSAID,
    Action,
    Actor,
    Case,
    Decision,
    Event,
    Given,
    Lifecycle,
    NextStep,
    case_id,
    first_due,
    followed,
)
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.forms import Applicant
from teleprocedures.rulebook import TimeLimit
from teleprocedures.values import BankAccount, MandateReference, Organisation, PersonName


@attrs.frozen(kw_only=True, weakref_slot=False)
class Mandate(Case):
    """The mandate of one company for one account; `registered_at` (UTC or None): when the bank was said to have it."""

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
        id: str,
        reference: MandateReference | str,
        at: datetime,
        legal_representative: PersonName | str | None = None,
        mandates: Iterable[Mandate] = (),
    ) -> Decision[Self]:
        """Issue the mandate of one account that the request declared, to be printed and signed (2.14, 2.15 and A8).

        `legal_representative` is who may sign it, instead of whom the request named, if it did. `mandates` are those
        that the company has, if the host knows. Raises `MandateRefusedError` when the request has lapsed, none of its
        services needs a mandate (2.14), or the account was not declared (2.13) or has a mandate that counts (A8);
        `OutOfOrderError`; `InvalidValueError` for a naive instant, or an account, a reference or a name that is none.
        """
        at = adhesion.in_order(at)
        account = account if isinstance(account, BankAccount) else BankAccount(account)
        holders = (one for one in mandates if one.covers(adhesion.organisation, account) and not one.has_lapsed(at))
        check_issue(adhesion, account, at, taken=(one.origin.reference for one in holders))
        named_by = adhesion.origin.legal_representative if legal_representative is None else legal_representative
        event = MandateIssued(
            case_id=case_id(id),
            version=1,
            at=at,
            rulebook=adhesion.rulebook,
            adhesion_id=adhesion.id,
            requester=adhesion.origin.requester,
            reference=reference if isinstance(reference, MandateReference) else MandateReference(reference),
            creditor=adhesion.rulebook.creditor,
            creditor_name=adhesion.rulebook.creditor_name,
            debtor=adhesion.organisation,
            legal_representative=PersonName(named_by) if isinstance(named_by, str) else named_by,
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

    def covers(self, organisation: Organisation, account: BankAccount) -> bool:
        """Whether this is a mandate of that company for that account (A8)."""
        return self.organisation == organisation and self.account == account

    def document(self) -> MandateDocument:
        """The content of the printed form, as plain data and as a text (rule 2.15)."""
        return MandateDocument.of(self.origin)

    @property
    def limit(self) -> TimeLimit:
        """The time limit of an idle mandate (F1); read only where one runs."""
        return self.rulebook.mandate_use  # type: ignore[return-value] # `can_lapse` comes first

    def can_lapse(self, _: datetime, __: Given) -> bool:
        """Guard: whether the rulebook has a time limit for idle mandates (F1)."""
        return self.deadline is not None

    def signed_by_the_representative(self, _: datetime, given: Given) -> bool:
        """Guard: the signatory is the company's legal representative (rule 2.16). Raises `MandateRefusedError`."""
        if given.signatory is not UNSAID:
            check_signatory(given.signatory, self.origin.legal_representative, self.rulebook)
        return True

    def sign(self, signatory: Applicant | PersonName | str, *, at: datetime) -> Decision[Self]:
        """Record the signature of the company's legal representative, by name or as `Applicant.REPRESENTATIVE` (2.16).

        Raises `MandateRefusedError` for anybody else, a third party above all, `TransitionRefusedError`,
        `OutOfOrderError`, and `InvalidValueError` for a naive instant or a signatory that is no name.
        """
        at = self._step("sign", at, Given.said(signatory=signatory))
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

        Raises `DeadlinePassedError` once they have passed, `TransitionRefusedError` unless it is registered,
        `OutOfOrderError`.
        """
        at = self._step("record_collection", at)
        event = CollectionRecorded(case_id=self.id, version=self.version + 1, at=at, deadline=self._idle_from(at))
        return self._decided(event)

    def remind(self, *, at: datetime) -> Decision[Self]:
        """Remind that an idle mandate will lapse (F1), where the rulebook has such reminders.

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

    def has_lapsed(self, at: datetime) -> bool:
        """Whether its idle months have passed at this instant, even if the lapse is not recorded yet (F1).

        Raises `InvalidValueError` for a naive instant.
        """
        at = instant(at)
        return self.state is MandateState.LAPSED or (self.deadline is not None and self.deadline.has_passed(at))

    def is_registered(self, at: datetime) -> bool:
        """Whether the bank has it at this instant: stated by then, and not lapsed since (rules 2.19, 2.20 and F1).

        A recorded lapse answers no, whatever the instant: for what was true before it, replay the events up to then.
        Raises `InvalidValueError` for a naive instant.
        """
        at = instant(at)
        return self.registered_at is not None and self.registered_at <= at and not self.has_lapsed(at)

    def next_steps(self, *, at: datetime) -> tuple[NextStep, ...]:
        """Who must do what before the first payment: no time limit runs (`NextStep.by` None) until it is registered.

        Registered, it asks for nothing until the first reminder of its lapse, if the rulebook has any. Raises
        `InvalidValueError` for a naive instant.
        """
        if self.has_lapsed(at):
            return mandate_steps(MandateState.LAPSED, self.account, self.rulebook)
        deadline = self.deadline
        if deadline is not None and any(due <= at for due in self.limit.reminders_of(deadline)):
            return (NextStep(Actor.USER, Action.USE_MANDATE, deadline.safe_until, self.limit.rule),)
        return mandate_steps(self.state, self.account, self.rulebook)

    def apply(self, event: Event) -> Self:
        """The mandate after this event; raises `InvalidValueError` when the event cannot follow."""
        state: MandateState = followed(MANDATE, self.state, event)
        deadline, registered_at = self.deadline, self.registered_at
        if isinstance(event, (MandateRegistered, CollectionRecorded)):
            deadline = event.deadline
        if state is MandateState.LAPSED:
            deadline = None
        due_at = None if deadline is None else first_due(deadline, self.limit.reminders_of(deadline), after=event.at)
        made: Self = _mandate(
            origin=self.origin,
            version=event.version,
            state=state,
            changed_at=event.at,
            deadline=deadline,
            due_at=due_at,
            registered_at=event.at if isinstance(event, MandateRegistered) else registered_at,
        )
        return made

    def _idle_from(self, at: datetime) -> Deadline | None:
        return None if self.rulebook.mandate_use is None else self.rulebook.mandate_use.starting(at)


_mandate: Final = builder(Mandate)
