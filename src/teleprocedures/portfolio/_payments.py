"""Whether a payment would pass: the service held, the account declared and, for most taxes, its mandate registered.

Rules 2.13, 2.14 and 2.18 to 2.21, A8 to A10, A17. A missing mandate blocks a payment and nothing else.

A payment belongs to a company and to no single request. One request may hold the service while another one declares the
account (A17). So the question is asked of the whole company, and in order. Does the service pay? Is it held? Is the
account declared? Is its mandate registered? The first no is the refusal.

The remedy is the whole way from here to the payment, and not only what answers the refusal. Whoever does not hold the
service yet may have to print a mandate too. The way follows one request (`_followed`), which holds the service or else
is the last that asks for it. What is to be done now has its dates, as `next_steps` gives them. What comes after it has
none, since its time limits have not begun. The path from one state to the next is the table's, and each state advises
what is done there. So a state that is added to a table is in the remedy at once.

Each step can be followed when its turn comes. A new request names the account in its form, and a renewal has the
accounts of what it renews. What is to be done in a request that does not exist yet names the one that it comes from. A
mandate is issued from a request that the verb accepts (A8): it lives, has a service that needs a mandate, and has the
account. Where none has it, the account is declared first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

import attrs

from teleprocedures.cases import (
    ADHESION,
    MANDATE,
    Action,
    ActivationState,
    Actor,
    Adhesion,
    Case,
    Mandate,
    MandateState,
    MandateTakenOver,
    NextStep,
    of_account,
)
from teleprocedures.deadlines import civil_day, instant
from teleprocedures.errors import InvalidValueError, RefusedError, Rule, check_kinds, english, sentence
from teleprocedures.portfolio._model import Record, Situation, to_register
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount, read_as

_WHILE_POSTED: Final = frozenset((Action.WATCH_LETTER, Action.CHASE_LETTER))
"""What is to be done while a letter is on its way, and no more once it was seen."""


class PaymentRefusedError(RefusedError):
    """The payment would be rejected; `remedy` is all that is to be done until it passes, in order."""

    def __init__(self, code: str, /, *, remedy: Sequence[NextStep], rule: Rule, **facts: object) -> None:
        self.remedy: tuple[NextStep, ...] = tuple(remedy)
        super().__init__(code, rule=rule, **facts)

    def __str__(self) -> str:
        # A log has nothing but this text, so the remedy is a part of it.
        if not self.remedy:
            return super().__str__()
        # What the refusal is about stands in it, and not again in each step.
        steps = tuple(step.render(english(), about=False) for step in self.remedy)
        return sentence("refusal.remedy", {"refusal": super().__str__(), "steps": steps})


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
    space declare the account (A17). Of two snapshots of one case, the higher version counts. CFE and TF pass without a
    mandate (2.21), and so does CFE next to TVA (A10).

    Raises `PaymentRefusedError`, with its rule and its `remedy`, when the service does not pay (2.13) or is not held
    (3.5). Raises it when the account was not declared (2.13). Raises it when the service needs a mandate (2.14) and
    none of these is registered for that company and account at that instant. The rule is then 2.20, or 2.19 where the
    mandate is registered later, or F1 where it lapsed. In a state off this path, it is the rule that the state cites.

    Raises `InvalidValueError` for a naive instant, for a bad value, for no request, and for requests of several
    companies.
    """
    _payment_of(adhesions, service, account, mandates, at=at).check()


def looked_at_by_payment(
    adhesions: Adhesion | Iterable[Adhesion],
    service: Service | str,
    account: BankAccount | str,
    mandates: Iterable[Mandate],
    *,
    at: datetime,
) -> Mapping[str, object]:
    """What `check_payment` looks at, by name; raises `InvalidValueError` as it does."""
    return _payment_of(adhesions, service, account, mandates, at=at).looked_at


def _payment_of(
    adhesions: Adhesion | Iterable[Adhesion],
    service: Service | str,
    account: BankAccount | str,
    mandates: Iterable[Mandate],
    *,
    at: datetime,
) -> _Payment:
    given = check_kinds((adhesions,) if isinstance(adhesions, Adhesion) else adhesions, Adhesion, what="adhesion")
    companies = {request.organisation for request in given}
    if len(companies) != 1:
        named = tuple(sorted(map(str, companies)))
        raise InvalidValueError("payment.companies", value=named)
    (company,) = companies
    own = (it for it in check_kinds(mandates, Mandate, what="mandate") if it.organisation == company)
    return _payment(Record(organisation=company, adhesions=given, mandates=tuple(own)), service, account, at=at)


def check(record: Record, service: Service | str, account: BankAccount | str, *, at: datetime) -> None:
    """Return None if the payment of a company would pass, or raise what `check_payment` raises."""
    _payment(record, service, account, at=at).check()


def _payment(record: Record, service: Service | str, account: BankAccount | str, *, at: datetime) -> _Payment:
    at = instant(at)
    if not record.adhesions:
        raise InvalidValueError("payment.no_request", company=str(record.organisation))
    return _Payment(
        now=record.at(at),
        service=record.catalogue.find(service),
        account=read_as(BankAccount, account),
    )


def _registered(mandate: Mandate) -> datetime | date | None:
    """When the bank was said to have a mandate, None where nobody said: the day of its being seen is none (A19)."""
    origin = mandate.origin
    at = mandate.registered_at
    if at is None or (isinstance(origin, MandateTakenOver) and origin.registered is None):
        return None
    return mandate.days_told.get(at) or at


@attrs.frozen(kw_only=True)
class _Payment:
    """One payment that somebody wants to make, and how all stands that the company has."""

    now: Situation
    service: Service
    account: BankAccount

    @property
    def looked_at(self) -> Mapping[str, object]:
        """What is looked at by name: what is paid, the request that counts, what is declared, and the mandate."""
        # What is closed counts for nothing, and is shown where nothing else is there: that it is closed says why.
        record, asking = self.now.record, self._asking
        closed = (it for it in reversed(record.adhesions) if it.is_closed and self.service in it.services)
        request = self._followed if asking else next(closed, None)
        ended = (it for it in record.mandates if it.is_closed)
        mandate = self._mandate or of_account(ended, record.organisation, self.account)
        return {
            "at": self.now.at,
            "service": self.service,
            "account": self.account,
            "request": request,
            "since": None if request is None else request.since_day or request.since,
            "accounts": self._accounts if asking else () if request is None else request.accounts,
            "mandate": mandate,
            "registered": None if mandate is None else _registered(mandate),
        }

    def check(self) -> None:
        """Raise the first reason why it would be rejected."""
        service, account = self.service, self.account
        rule = self._rule
        if not service.pays:
            expected = next(iter(it.code for it in self.now.record.catalogue.services if it.pays), "none")
            raise PaymentRefusedError(
                "payment.not_a_payment", remedy=(), rule=rule("2.13"), service=service.code, expected=expected
            )
        if not self._holding:
            raise PaymentRefusedError("payment.not_held", remedy=self._remedy(), rule=rule("3.5"), service=service.code)
        if not self._declared:
            declared = tuple(map(str, self._accounts))
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
        rule, mandate = self._rule, self._mandate
        facts: dict[str, object] = {"service": self.service.code, "account": str(self.account)}
        if mandate is None:
            raise PaymentRefusedError("payment.no_mandate", remedy=self._remedy(), rule=rule("2.20"), **facts)
        if mandate.is_registered(self.now.at):
            return
        # Whether it lapsed is asked first: a mandate that lapsed was registered too.
        facts |= {
            "mandate": mandate.origin.reference and str(mandate.origin.reference),
            "state": str(mandate.state),
            "since": mandate.since_day or mandate.since,
        }
        if mandate.idle is not None and mandate.is_over(self.now.at):
            facts["idle_since"] = civil_day(mandate.idle.opened)
        code, cited = (
            ("payment.mandate_lapsed", "F1")
            if mandate.is_over(self.now.at)
            else ("payment.mandate_later", "2.19")
            if mandate.state is MandateState.REGISTERED
            else ("payment.mandate_on_its_way", "2.20")
            if mandate.state in {row.source for row in to_register(MANDATE.initial)}
            # Off the way to the bank, only the table knows why it does not pay.
            else ("payment.mandate_on_its_way", mandate.table.cites(mandate.state))
        )
        raise PaymentRefusedError(code, remedy=self._remedy(), rule=rule(cited), **facts)

    def _rule(self, id: str) -> Rule:
        # Of the latest request, whose rulebook cites the rules that a payment meets today.
        return self.now.record.adhesions[-1].rulebook.rule(id)

    @property
    def _asking(self) -> tuple[Adhesion, ...]:
        """The requests for the service in the order in which they were made."""
        return self.now.asking(self.service)

    @property
    def _holding(self) -> tuple[Adhesion, ...]:
        """Those that hold it at that instant."""
        return tuple(request for request in self._asking if request.is_held(self.now.at))

    @property
    def _followed(self) -> Adhesion:
        """The request to go on with: it holds the service, or is the last for it that is not over, or the last at all.

        Of those that hold it, one in whose space the account is declared counts before the others.
        """
        asking, declared = self._asking, self.now.declared
        open_ones = tuple(request for request in asking if self.now.lives(request))
        pays = tuple(request for request in self._holding if self.account in declared[request.space_id])
        return (pays or self._holding or open_ones or asking or self.now.requests)[-1]

    @property
    def _spaces(self) -> tuple[str, ...]:
        """The spaces in which the service is held, or else the one in which it will be (A17)."""
        return tuple(dict.fromkeys(request.space_id for request in self._holding or (self._followed,)))

    @property
    def _accounts(self) -> tuple[BankAccount, ...]:
        return tuple(dict.fromkeys(it for space in self._spaces for it in self.now.declared[space]))

    @property
    def _declared(self) -> bool:
        return any(self.account in self.now.declared[space] for space in self._spaces)

    @property
    def _mandate(self) -> Mandate | None:
        return self.now.mandates.get(self.account)

    # --- The whole way to a payment, in order ---

    def _remedy(self) -> tuple[NextStep, ...]:
        # A file number opens no service that pays (2.3). Before the first request there is nothing to go on with.
        if not self.now.record.can_ask_for(self.service) or not self.now.requests:
            return ()
        # What is followed no more is not asked for (A21).
        if self.service in self.now.left_to_others:
            return ()
        steps = [] if self._holding else [*self._to_hold()]
        request = self._followed
        issuing = self._issuing
        if self._is_to_be_declared(request, issuing):
            steps.append(self._step(request, Actor.USER, Action.DECLARE_ACCOUNT, "A17", account=self.account))
            issuing = request
        if self.service.needs_mandate:
            steps += self._to_register(issuing or request)
        return tuple(dict.fromkeys(steps))

    def _is_to_be_declared(self, request: Adhesion, issuing: Adhesion | None) -> bool:
        # A new request names the account in its form. What is renewed has what it had.
        if not self._asking or request.declares(self.account):
            return False
        # Another request of the space may have declared it, and be over: no mandate can be issued from that one.
        return not self._declared or (self.service.needs_mandate and not self._goes_on and issuing is None)

    def _to_hold(self) -> Iterator[NextStep]:
        """What is to be done now, with its dates, and then what the rows of the path advise, without any."""
        request, at = self._followed, self.now.at
        if not self._asking:
            yield self._step(request, Actor.USER, Action.REQUEST_SERVICES, "2.12")
            over, linked = True, self.service.needs_company_email
        else:
            yield from request.next_steps(at=at)
            over = not self.now.lives(request)
            linked = any(service.needs_company_email for service in request.services)
        # What is over is asked for anew, from the first state on. Without a link, that state is left at once.
        table, state = (ADHESION, ADHESION.initial) if over else (request.table, request.stage)
        path = table.path(state, ActivationState.ACTIVE) or ()
        # The first row of a request that goes on is what is to be done now, and was said with its dates.
        for row in path if over and linked else path[1:]:
            for advice in next(it for it in ADHESION.chain if row in it.rows).advice(row.source):
                # Nobody watches for a letter that is not on its way.
                if advice.action not in _WHILE_POSTED and (advice.if_ is None or advice.if_(request, at)):
                    yield self._step(request, advice.actor, advice.action, advice.rule)

    @property
    def _goes_on(self) -> bool:
        """Whether a mandate of the account is on its way or registered, so that none is to be issued (A8)."""
        return self._mandate is not None and not self._mandate.is_over(self.now.at)

    @property
    def _issuing(self) -> Adhesion | None:
        """A request that lives, from which a mandate of the account can be issued; the one followed if it can be."""
        request, able = self._followed, self.now.issuing
        if self._asking and self.now.lives(request) and request.declares(self.account):
            return request
        return able.get(self.account)

    def _to_register(self, request: Adhesion) -> Iterator[NextStep]:
        """The steps by which the bank comes to have a mandate: a new mandate where none is on its way or registered."""
        mandate = self._mandate
        about: Case = request
        state: MandateState = MANDATE.initial
        if mandate is not None and self._goes_on:
            # One that is registered after this instant is at its end: nothing is left to be done but to wait.
            about, state = mandate, mandate.state
        else:
            action, rule = (Action.ISSUE_MANDATE, "2.15") if mandate is None else (Action.ISSUE_MANDATE_AGAIN, "F1")
            yield self._step(request, Actor.USER, action, rule, account=self.account)
        for row in to_register(state):
            for advice in MANDATE.advice(row.source):
                yield self._step(about, advice.actor, advice.action, advice.rule, account=self.account)

    def _step(self, case: Case, actor: str, action: str, rule: str, *, account: BankAccount | None = None) -> NextStep:
        """What is to be done about the account if one is given, and else about the service."""
        return NextStep(
            actor=actor,
            action=action,
            rule=case.rulebook.rule(rule),
            case_id=case.id,
            organisation=case.organisation,
            services=(self.service,) if account is None else (),
            account=account,
            # A mandate's lapse is the bank's to know (A15).
            presumed=action == Action.ISSUE_MANDATE_AGAIN,
            applicant=case.applicant,
            representative=case.legal_representative,
        )
