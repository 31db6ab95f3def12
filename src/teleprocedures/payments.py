"""Whether a payment would pass: the service held, the account declared, and, for most taxes, its mandate registered.

Rules 2.13, 2.14 and 2.18 to 2.21, A8 to A10. A missing mandate blocks a payment and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from teleprocedures.adhesion import Adhesion
from teleprocedures.banking import BankAccount
from teleprocedures.catalogue import Service
from teleprocedures.errors import PaymentRefusedError
from teleprocedures.mandate import Mandate
from teleprocedures.mandate_events import MandateState
from teleprocedures.steps import Action

_REMEDIES = {
    MandateState.ISSUED: Action.SIGN_MANDATE,
    MandateState.SIGNED: Action.SEND_MANDATE,
    MandateState.SENT: Action.CHECK_MANDATE,
    MandateState.REGISTERED: Action.ISSUE_MANDATE_AGAIN,
    MandateState.LAPSED: Action.ISSUE_MANDATE_AGAIN,
}


def check_payment(
    adhesion: Adhesion, service: Service | str, account: BankAccount | str, mandates: Iterable[Mandate] = (), *, at: datetime
) -> None:
    """Return None if a payment of this service's tax from this account would pass at this instant, or raise.

    Raises `PaymentRefusedError`, with its rule and its `remedy`, when the service does not pay or is not held (3.5), the
    account was not declared (2.13), or the service needs a mandate (2.14) and none of these is registered for that company
    and account at that instant (2.20), or the one that was has lapsed (F1). CFE and TF pass without one (2.21). Raises
    `OutOfOrderError` before the request's last event, `InvalidValueError` for a naive instant or a bad value.
    """
    at = adhesion.in_order(at)
    rule = adhesion.rulebook.rule
    service = adhesion.rulebook.catalogue.find(service)
    account = account if isinstance(account, BankAccount) else BankAccount(account)
    if not service.pays:
        message = f"{service.code} is not a service that pays"
        raise PaymentRefusedError(message, remedy="choose a service that pays", rule=rule("2.13"))
    if not adhesion.holds(service):
        message = f"{service.code} is not held: the request is '{adhesion.stage}'"
        steps = adhesion.next_steps(at=at)
        remedy = "; ".join(map(str, steps)) if service in adhesion.services and steps else "request the service"
        raise PaymentRefusedError(message, remedy=remedy, rule=rule("3.5"))
    if not adhesion.declares(account):
        message = f"{account!r} was not declared with the request"
        raise PaymentRefusedError(message, remedy="pay from a declared account, or request again with it", rule=rule("2.13"))
    if not service.needs_mandate:
        return
    candidates = [
        mandate for mandate in mandates if mandate.organisation == adhesion.organisation and mandate.account.iban == account.iban
    ]
    if any(mandate.is_registered(at) for mandate in candidates):
        return
    if not candidates:
        message = f"{service.code} needs a mandate, and none was issued for {account!r}"
        raise PaymentRefusedError(message, remedy=Action.ISSUE_MANDATE, rule=rule("2.20"))
    latest = max(candidates, key=lambda mandate: mandate.changed_at)
    over = latest.state is MandateState.LAPSED or (latest.deadline is not None and latest.deadline.has_passed(at))
    message = f"{service.code} needs a registered mandate for {account!r}, and it is '{MandateState.LAPSED if over else latest.state}'"
    remedy = _REMEDIES[MandateState.LAPSED if over else latest.state]
    raise PaymentRefusedError(message, remedy=remedy, rule=rule("F1" if over else "2.20"))
