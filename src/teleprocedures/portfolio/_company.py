"""A company of a portfolio: what it holds, awaits and lacks, what it can pay, what it has to do and by when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

import attrs

from teleprocedures.deadlines import instant
from teleprocedures.errors import shows_half_built
from teleprocedures.portfolio._agenda import StepGroup, grouped, steps_of
from teleprocedures.portfolio._model import Record, found_in
from teleprocedures.portfolio._payments import check
from teleprocedures.portfolio._plan import Plan, plan_of

if TYPE_CHECKING:
    from teleprocedures.cases import NextStep
    from teleprocedures.forms import Applicant
    from teleprocedures.portfolio._leads import LeadTimes
    from teleprocedures.portfolio._standing import Holding
    from teleprocedures.rulebook import Rulebook, Service
    from teleprocedures.values import BankAccount


@shows_half_built
@attrs.frozen(kw_only=True)
class Company(Record):
    """One company: its requests and its mandates, the oldest first, and the spaces that follow it.

    Of two snapshots of one case, the higher version counts. What was asked for after the instant of a question is not
    there yet. Raises `InvalidValueError` for a case of another company.
    """

    @property
    def name(self) -> str | None:
        """The name that the latest request to say one gave it, or None."""
        return next((it.company_name for it in reversed(self.adhesions) if it.company_name is not None), None)

    def holdings(self, *, at: datetime) -> dict[str, Holding]:
        """Where each service of the catalogue stands at this instant, by its code.

        A service is held (3.5), awaited, lapsed when the last request for it is over, or was never asked for. Raises
        `InvalidValueError` for a naive instant.
        """
        return self.at(instant(at)).holdings()

    def missing(self, services: Iterable[Service | str] | None = None, *, at: datetime) -> tuple[Service, ...]:
        """Those of these services, of the whole catalogue by default, that are neither held nor awaited (2.12).

        Raises `InvalidValueError` for a naive instant, and for a service that the catalogue does not have.
        """
        return self.at(instant(at)).missing(services)

    def check_payment(self, service: Service | str, account: BankAccount | str, *, at: datetime) -> None:
        """Return None if a payment would pass at this instant, over all requests and mandates of the company, or raise.

        Raises what `teleprocedures.check_payment` raises. Raises `InvalidValueError` for a company without any request.
        """
        check(self, service, account, at=at)

    def next_steps(self, *, at: datetime, wanted: Iterable[Service | str] | None = None) -> tuple[NextStep, ...]:
        """Who must do what for this company, soonest first; about the `wanted` services only, if they are given.

        Raises `InvalidValueError` for a naive instant, and for a service that the catalogue does not have.
        """
        return steps_of(self, instant(at), None if wanted is None else frozenset(found_in(self.catalogue, wanted)))

    def grouped_steps(self, *, at: datetime, wanted: Iterable[Service | str] | None = None) -> tuple[StepGroup, ...]:
        """The next steps by case, each group with the day to show; the group with the soonest step first.

        Raises what `next_steps` raises.
        """
        return grouped(self.next_steps(at=at, wanted=wanted), {self.organisation: self.name}, by_case=True)

    def plan(
        self,
        services: Iterable[Service | str] | Service | str,
        *,
        pay_by: date | None = None,
        held_by: date | None = None,
        start: date | None = None,
        lead_times: LeadTimes | None = None,
        account: BankAccount | str | None = None,
        applicant: Applicant | str | None = None,
        rulebook: Rulebook | None = None,
    ) -> Plan:
        """Plan on from all that the company has, as `teleprocedures.plan` does for whoever begins with nothing.

        Each service comes by the request that brings it soonest: one that holds it, one that is on its way, or a new
        one. A tax is paid from the `account`, or else from the one of the company that can pay it soonest. The day to
        `start` is today. Without it, the plan goes on from the day on which the last fact was told.

        The `applicant` is who asks for what is new, whoever asked last unless said otherwise. The `rulebook` is that of
        the latest request unless said otherwise.

        Raises what `teleprocedures.plan` raises. Raises `InvalidValueError` for an account that is none, and for a
        service that a file number does not open (2.3).
        """
        return plan_of(
            self,
            services,
            pay_by=pay_by,
            held_by=held_by,
            start=start,
            lead_times=lead_times,
            account=account,
            applicant=applicant,
            rulebook=rulebook,
        )
