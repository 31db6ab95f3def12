"""Why a payment would pass, or would not: every question in its order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from teleprocedures.cases import Adhesion, Mandate, ordered, question
from teleprocedures.core import Explanation
from teleprocedures.portfolio._payments import check_payment
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

    It takes what `check_payment` takes. Raises nothing for a payment that would not pass: that is its `refusal`.
    """
    return ordered(
        "payment.pay", PAYMENT_QUESTIONS, lambda: check_payment(adhesions, service, account, mandates, at=at)
    )


PAYMENT_QUESTIONS = (
    question("service_pays", "2.13", "payment.not_a_payment"),
    question("service_is_held", "3.5", "payment.not_held"),
    question("account_is_declared", "2.13 A17", "payment.account_unknown"),
    question(
        "mandate_is_registered",
        "2.14 2.18 2.20",
        *("payment.no_mandate", "payment.mandate_later", "payment.mandate_lapsed", "payment.mandate_on_its_way"),
    ),
)
"""What is asked of a payment, in order."""
