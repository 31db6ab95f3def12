"""Whether a payment would pass: the service held, the account declared, and, for most taxes, its mandate registered.

Rules 2.13, 2.14 and 2.18 to 2.21, A8 to A10. A missing mandate blocks a payment and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from teleprocedures.cases._adhesion import Adhesion
from teleprocedures.cases._mandate import Mandate
from teleprocedures.cases._mandate_events import MandateState, mandate_steps
from teleprocedures.core import NextStep
from teleprocedures.errors import PaymentRefusedError
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount


def mandate_for(
    adhesion: Adhesion, account: BankAccount, mandates: Iterable[Mandate], *, at: datetime
) -> Mandate | None:
    """The mandate to go by for this company and account, or None: one registered at this instant, else the last issued.

    The others are passed over, whatever their order (A8). Raises `InvalidValueError` for a naive instant.
    """
    candidates = [mandate for mandate in mandates if mandate.covers(adhesion.organisation, account)]
    return max(candidates, key=lambda mandate: (mandate.is_registered(at), mandate.origin.at, mandate.id), default=None)


def check_payment(
    adhesion: Adhesion,
    service: Service | str,
    account: BankAccount | str,
    mandates: Iterable[Mandate] = (),
    *,
    at: datetime,
) -> None:
    """Return None if a payment of this service's tax from this account would pass at this instant, or raise.

    Raises `PaymentRefusedError`, with its rule and its `remedy`, when the service does not pay (2.13) or is not held
    (3.5), the account was not declared (2.13), or the service needs a mandate (2.14) and none of these is registered
    for that company and account at that instant (2.20; 2.19 if it is later; F1 if it lapsed). CFE and TF pass without
    one (2.21), and so does CFE next to TVA (A10). Raises `OutOfOrderError` before the request's last event, and
    `InvalidValueError` for a naive instant or a bad value.
    """
    at = adhesion.in_order(at)
    service = adhesion.rulebook.catalogue.find(service)
    account = account if isinstance(account, BankAccount) else BankAccount(account)
    _check_held(adhesion, service, at)
    if not adhesion.declares(account):
        declared = ", ".join(map(str, adhesion.origin.bank_accounts))
        raise PaymentRefusedError(
            f"the account {account} was not declared with the request",
            remedy=f"pay from one that was ({declared}), or make a request that declares it",
            rule=adhesion.rulebook.rule("2.13"),
        )
    if service.needs_mandate:
        _check_mandate(adhesion, service, account, mandate_for(adhesion, account, mandates, at=at), at)


def _check_held(adhesion: Adhesion, service: Service, at: datetime) -> None:
    rule = adhesion.rulebook.rule
    if not service.pays:
        named = ", ".join(other.code for other in adhesion.services if other.pays) or "payer-tva"
        raise PaymentRefusedError(
            f"{service.code} pays nothing", remedy=f"choose a service that pays, such as {named}", rule=rule("2.13")
        )
    if service not in adhesion.services:
        named = ", ".join(other.code for other in adhesion.services)
        raise PaymentRefusedError(
            f"{service.code} is not held: the request is for {named}",
            remedy=f"request {service.code} and activate it",
            rule=rule("3.5"),
        )
    if not adhesion.holds(service):
        raise PaymentRefusedError(
            f"{service.code} is not held: the request is '{adhesion.stage}'",
            remedy=_told(adhesion.next_steps(at=at)),
            rule=rule("3.5"),
        )


def _check_mandate(
    adhesion: Adhesion, service: Service, account: BankAccount, mandate: Mandate | None, at: datetime
) -> None:
    rule, needs = adhesion.rulebook.rule, f"{service.code} needs a registered mandate for the account {account}"
    if mandate is None:
        steps = mandate_steps(None, account, adhesion.rulebook)
        raise PaymentRefusedError(f"{needs}, and none was issued", remedy=_told(steps), rule=rule("2.20"))
    if mandate.is_registered(at):
        return
    if mandate.has_lapsed(at):
        message = f"{needs}, and {mandate.origin.reference} is '{MandateState.LAPSED}'"
        raise PaymentRefusedError(message, remedy=_told(mandate.next_steps(at=at)), rule=rule("F1"))
    if mandate.registered_at is not None:
        known = mandate.registered_at.isoformat()
        message = f"{needs}, and {mandate.origin.reference} is so only from {known} on"
        raise PaymentRefusedError(message, remedy=f"pay from {known} on", rule=rule("2.19"))
    message = f"{needs}, and {mandate.origin.reference} is '{mandate.state}'"
    raise PaymentRefusedError(message, remedy=_told(mandate.next_steps(at=at)), rule=rule("2.20"))


def _told(steps: Iterable[NextStep]) -> str:
    return "; ".join(map(str, steps))
