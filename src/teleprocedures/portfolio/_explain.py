"""Why a payment would pass, or would not: every question in its order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from teleprocedures.cases import Adhesion, Mandate, check_instants, kept, ordered, question
from teleprocedures.core import Explanation
from teleprocedures.errors import TeleproceduresError
from teleprocedures.portfolio._payments import check_payment, looked_at_by_payment
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount


def explain_payment(
    adhesions: Adhesion | Iterable[Adhesion],
    service: Service | str,
    account: BankAccount | str,
    mandates: Iterable[Mandate] = (),
    *,
    at: datetime,
) -> Explanation:
    """Tell why a payment would pass at this instant, or would not, with every question that is asked.

    It takes what `check_payment` takes. Raises nothing for a payment that would not pass: that is its `refusal`. Raises
    `InvalidValueError` for a naive instant.
    """
    check_instants(at)
    adhesions, mandates = kept(adhesions), kept(mandates)
    try:
        known = looked_at_by_payment(adhesions, service, account, mandates, at=at)
    except TeleproceduresError:
        # What is given is no payment, and the refusal says what it is.
        known = {}
    return ordered(
        "payment.pay", PAYMENT_QUESTIONS, lambda: check_payment(adhesions, service, account, mandates, at=at), known
    )


PAYMENT_QUESTIONS = (
    question("service_pays", "2.13", "payment.not_a_payment", looks_at="service service.pays"),
    question(
        "service_is_held", "3.5", "payment.not_held", looks_at="state=request since closed=request.is_closed pay_day=at"
    ),
    question("account_is_declared", "2.13 A17", "payment.account_unknown", looks_at="account accounts"),
    question(
        "mandate_is_registered",
        "2.14 2.18 2.20",
        *("payment.no_mandate", "payment.mandate_later", "payment.mandate_lapsed", "payment.mandate_on_its_way"),
        looks_at="service.needs_mandate state=mandate closed=mandate.is_closed registered seen=mandate.origin.seen"
        " closes=mandate.time_limit.closes pay_day=at",
    ),
)
"""What is asked of a payment, in order."""
