"""Whether a payment would pass: the service held, the account declared and, for most taxes, its mandate registered.

Rules 2.13, 2.14 and 2.18 to 2.21, A8 to A10, A17. A missing mandate blocks a payment and nothing else.

A payment belongs to a company and to no single request. One request may hold the service while another one declares the
account (A17). So the question is asked of all requests at once, and in order. Does the service pay? Is it held? Is the
account declared? Is its mandate registered? The first no is the refusal.

The remedy is the whole way from here to the payment, and not only what answers the refusal. Whoever does not hold the
service yet may have to print a mandate too. The way follows one request (`_followed`), which holds the service or else
is the last that asks for it. What is to be done now has its dates, as `next_steps` gives them. What comes after it has
none, since its time limits have not begun. The path from one state to the next is the table's, and each state advises
what is done there. So a state that is added to a table is in the remedy at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import attrs

from teleprocedures.cases._activation import ActivationState
from teleprocedures.cases._adhesion import ADHESION, Adhesion
from teleprocedures.cases._case import Action, Actor, NextStep
from teleprocedures.cases._mandate import MANDATE, Mandate, MandateState
from teleprocedures.core import oldest_first
from teleprocedures.deadlines import instant
from teleprocedures.errors import InvalidValueError, RefusedError, Rule, check_kinds, sentence
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount, Organisation


class PaymentRefusedError(RefusedError):
    """The payment would be rejected; `remedy` is all that is to be done until it passes, in order."""

    def __init__(self, code: str, /, *, remedy: Sequence[NextStep], rule: Rule, **facts: object) -> None:
        self.remedy: tuple[NextStep, ...] = tuple(remedy)
        super().__init__(code, rule=rule, **facts)

    def __str__(self) -> str:
        # A log has nothing but this text, so the remedy is a part of it.
        if not self.remedy:
            return super().__str__()
        steps = "; ".join(map(str, self.remedy))
        return sentence("refusal.remedy", {"refusal": super().__str__(), "steps": steps})


def mandate_for(
    organisation: Organisation, account: BankAccount, mandates: Iterable[Mandate], *, at: datetime
) -> Mandate | None:
    """The mandate to go by for this company and account: one registered at this instant, else one on its way, or None.

    One that lapsed comes last. Of equals, the last one issued counts (A8). Raises `InvalidValueError` for a naive
    instant.
    """
    candidates = [mandate for mandate in mandates if mandate.covers(organisation, account)]
    return max(
        candidates,
        key=lambda mandate: (mandate.is_registered(at), not mandate.is_over(at), mandate.origin.at, mandate.id),
        default=None,
    )


def check_payment(
    adhesions: Adhesion | Iterable[Adhesion],
    service: Service | str,
    account: BankAccount | str,
    mandates: Iterable[Mandate] = (),
    *,
    at: datetime,
) -> None:
    """Return None if a payment of this service's tax from this account would pass at this instant, or raise.

    The `adhesions` are one request or several of one company. One may hold the service, and another one from the same
    space declare the account (A17). CFE and TF pass without a mandate (2.21), and so does CFE next to TVA (A10).

    Raises `PaymentRefusedError`, with its rule and its `remedy`, when the service does not pay (2.13) or is not held
    (3.5). Raises it when the account was not declared (2.13). Raises it when the service needs a mandate (2.14) and
    none of these is registered for that company and account at that instant. The rule is then 2.20, or 2.19 where the
    mandate is registered later, or F1 where it lapsed.

    Raises `InvalidValueError` for a naive instant, for a bad value, for no request, and for requests of several
    companies.
    """
    at = instant(at)
    given = (adhesions,) if isinstance(adhesions, Adhesion) else adhesions
    requests = oldest_first(check_kinds(given, Adhesion, what="adhesion"))
    companies = {request.organisation for request in requests}
    if len(companies) != 1:
        named = tuple(sorted(map(str, companies)))
        raise InvalidValueError("payment.companies", value=named)
    payment = _Payment(
        requests=requests,
        service=requests[-1].rulebook.catalogue.find(service),
        account=account if isinstance(account, BankAccount) else BankAccount(account),
        mandates=check_kinds(mandates, Mandate, what="mandate"),
        at=at,
    )
    payment.check()


@attrs.frozen(kw_only=True)
class _Payment:
    """One payment that somebody wants to make, and all that is known of the company."""

    requests: tuple[Adhesion, ...]
    service: Service
    account: BankAccount
    mandates: tuple[Mandate, ...]
    at: datetime

    def check(self) -> None:
        """Raise the first reason why it would be rejected."""
        service, account = self.service, self.account
        rule = self.requests[-1].rulebook.rule
        # The rulebook of the latest request: it cites the rules that a payment meets today.
        if not service.pays:
            every = self.requests[-1].rulebook.catalogue.services
            expected = next(iter(it.code for it in every if it.pays), "none")
            raise PaymentRefusedError(
                "payment.not_a_payment", remedy=(), rule=rule("2.13"), service=service.code, expected=expected
            )
        if not self._holding:
            raise PaymentRefusedError("payment.not_held", remedy=self._remedy(), rule=rule("3.5"), service=service.code)
        if not self._declared:
            declared = tuple(dict.fromkeys(str(it) for request in self._beside for it in request.accounts))
            raise PaymentRefusedError(
                "payment.account_unknown",
                remedy=self._remedy(),
                rule=rule("2.13"),
                account=str(account),
                expected=declared,
            )
        if service.needs_mandate:
            self._check_mandate()

    def _check_mandate(self) -> None:
        rule, mandate = self.requests[-1].rulebook.rule, self._mandate
        facts: dict[str, object] = {"service": self.service.code, "account": str(self.account)}
        if mandate is None:
            raise PaymentRefusedError("payment.no_mandate", remedy=self._remedy(), rule=rule("2.20"), **facts)
        if mandate.is_registered(self.at):
            return
        # Whether it lapsed is asked first: a mandate that lapsed was registered too.
        facts |= {"mandate": str(mandate.origin.reference), "state": str(mandate.state), "since": mandate.since}
        code, cited = (
            ("payment.mandate_lapsed", "F1")
            if mandate.is_over(self.at)
            else ("payment.mandate_later", "2.19")
            if mandate.registered_at is not None
            else ("payment.mandate_on_its_way", "2.20")
        )
        raise PaymentRefusedError(code, remedy=self._remedy(), rule=rule(cited), **facts)

    @property
    def _asking(self) -> tuple[Adhesion, ...]:
        """The requests for the service in the order in which they were made."""
        return tuple(request for request in self.requests if self.service in request.services)

    @property
    def _holding(self) -> tuple[Adhesion, ...]:
        """Those that hold it at that instant."""
        return tuple(request for request in self._asking if request.is_held(self.at))

    @property
    def _followed(self) -> Adhesion:
        """The request to go on with, which holds the service, or else is the last for it that is not over."""
        asking = self._asking
        open_ones = tuple(request for request in asking if not request.is_over(self.at))
        return (self._holding or open_ones or asking or self.requests)[-1]

    @property
    def _beside(self) -> tuple[Adhesion, ...]:
        """The requests of the spaces in which the service is held, or else of the one in which it will be (A17)."""
        spaces = {request.space_id for request in self._holding or (self._followed,)}
        return tuple(request for request in self.requests if request.space_id in spaces)

    @property
    def _declared(self) -> bool:
        return any(request.declares(self.account) for request in self._beside)

    @property
    def _mandate(self) -> Mandate | None:
        return mandate_for(self.requests[-1].organisation, self.account, self.mandates, at=self.at)

    # --- The whole way to a payment, in order ---

    def _remedy(self) -> tuple[NextStep, ...]:
        steps = [] if self._holding else [*self._to_hold()]
        request = self._followed
        if not self._declared:
            steps.append(self._step(request, Actor.USER, Action.DECLARE_ACCOUNT, "A17", account=self.account))
        if self.service.needs_mandate:
            steps += self._to_register(request)
        return tuple(dict.fromkeys(steps))

    def _to_hold(self) -> Iterator[NextStep]:
        """What is to be done now, with its dates, and then what the rows of the path advise, without any."""
        request = self._followed
        if not self._asking:
            yield self._step(request, Actor.USER, Action.REQUEST_SERVICES, "2.12")
            over, linked = True, self.service.needs_company_email
        else:
            yield from request.next_steps(at=self.at)
            over, linked = request.is_over(self.at), request.origin.token is not None
        # What is over is asked for anew, from the first state on. Without a link, that state is left at once.
        table, state = (ADHESION, ADHESION.initial) if over else (request.table, request.stage)
        path = table.path(state, ActivationState.ACTIVE) or ()
        # The first row of a request that goes on is what is to be done now, and was said with its dates.
        for row in path if over and linked else path[1:]:
            for advice in next(it for it in ADHESION.chain if row in it.rows).advice(row.source):
                # Nobody watches for a letter that is not on its way.
                if advice.action != Action.WATCH_LETTER and (advice.if_ is None or advice.if_(request, self.at)):
                    yield self._step(request, advice.actor, advice.action, advice.rule)

    def _to_register(self, request: Adhesion) -> Iterator[NextStep]:
        """What brings a mandate of the account to the bank, a new one where there is none or it has lapsed."""
        mandate = self._mandate
        # Registered after this instant: nothing is left to be done but to wait.
        if mandate is not None and mandate.registered_at is not None and not mandate.is_over(self.at):
            return
        again = mandate is not None
        path = (
            None
            if mandate is None or mandate.is_over(self.at)
            else MANDATE.path(mandate.state, MandateState.REGISTERED)
        )
        if path is None:
            action, rule = (Action.ISSUE_MANDATE_AGAIN, "F1") if again else (Action.ISSUE_MANDATE, "2.15")
            yield self._step(mandate or request, Actor.USER, action, rule, account=self.account)
            mandate, path = None, MANDATE.path(MANDATE.initial, MandateState.REGISTERED) or ()
        for row in path:
            for advice in MANDATE.advice(row.source):
                yield self._step(mandate or request, advice.actor, advice.action, advice.rule, account=self.account)

    def _step(
        self, case: Adhesion | Mandate, actor: str, action: str, rule: str, *, account: BankAccount | None = None
    ) -> NextStep:
        """What is to be done about the account if one is given, and else about the service."""
        return NextStep(
            actor=actor,
            action=action,
            rule=case.rulebook.rule(rule),
            case_id=case.id,
            organisation=case.organisation,
            services=(self.service,) if account is None else (),
            account=account,
        )
