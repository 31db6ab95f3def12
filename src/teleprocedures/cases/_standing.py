"""Where a request of services stands: what it holds, what it waits for, and what is to be done next."""

from __future__ import annotations

from datetime import datetime

import attrs

from teleprocedures.cases._activation import Activation, ActivationState
from teleprocedures.cases._adhesion_events import AdhesionRequested, AdhesionState
from teleprocedures.core import Action, Actor, Case, NextStep
from teleprocedures.forms import Applicant
from teleprocedures.rulebook import Service, TimeLimit
from teleprocedures.values import BankAccount, Organisation


@attrs.frozen(kw_only=True, weakref_slot=False)
class Standing(Case):
    """The questions that a request of services answers; `activation` is None until its letter is posted."""

    origin: AdhesionRequested
    state: AdhesionState
    activation: Activation | None

    @property
    def space_id(self) -> str:
        """The id of the space that asked (rule 3.3)."""
        return self.origin.space_id

    @property
    def organisation(self) -> Organisation:
        """The company concerned (rules 2.2 and 2.3)."""
        return self.origin.organisation

    @property
    def services(self) -> tuple[Service, ...]:
        """The services requested; `holds` says whether they are held yet."""
        return self.origin.services

    @property
    def stage(self) -> AdhesionState | ActivationState:
        """Where the request stands as a whole: its activation's state once it has one, else its own."""
        return self.state if self.activation is None else self.activation.state

    @property
    def has_lapsed(self) -> bool:
        """Whether a time limit was missed, so that the request must be made again (rules 2.11 and 3.4)."""
        return self.stage is AdhesionState.LAPSED or self.stage is ActivationState.LAPSED

    @property
    def limit(self) -> TimeLimit:
        """The time limit of the company's link (rule 2.9)."""
        return self.rulebook.link_use

    def holds(self, service: Service | str) -> bool:
        """Whether the service is held: requested here, and activated (rules 0.2 and 3.5).

        Raises `InvalidValueError` for a service that the rulebook's catalogue does not have.
        """
        service = self.rulebook.catalogue.find(service)
        return self.stage is ActivationState.ACTIVE and service in self.services

    def declares(self, account: BankAccount) -> bool:
        """Whether the request gave this account as the company's (rule 2.13)."""
        return account.iban in {declared.iban for declared in self.origin.bank_accounts}

    def next_steps(self, *, at: datetime) -> tuple[NextStep, ...]:
        """Who must do what by when (UTC, the end of the safe day for a letter's code); empty once services are held."""
        if self.stage is ActivationState.ACTIVE:
            return ()
        rule, deadline, activation = self.rulebook.rule, self.deadline, self.activation
        if deadline is None or deadline.has_passed(at):
            missed = rule("2.11" if activation is None else "3.4")
            return (NextStep(Actor.USER, Action.RENEW_ADHESION, None, missed),)
        if activation is None:
            return (NextStep(Actor.COMPANY, Action.USE_LINK, deadline.safe_until, rule("2.9")),)
        return activation.next_steps(at, third_party=self.origin.applicant is Applicant.THIRD_PARTY)
