"""Who may have a mandate, and who may sign it (rules 2.13, 2.14 and 2.16, A8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from teleprocedures.cases._adhesion import Adhesion
from teleprocedures.errors import MandateRefusedError
from teleprocedures.forms import Applicant
from teleprocedures.rulebook import Rulebook
from teleprocedures.values import BankAccount, MandateReference, PersonName


def is_over(adhesion: Adhesion, at: datetime) -> bool:
    """Whether a time limit of the request was missed at this instant, even if its lapse is not recorded yet."""
    return adhesion.has_lapsed or (adhesion.deadline is not None and adhesion.deadline.has_passed(at))


def check_issue(adhesion: Adhesion, account: BankAccount, at: datetime, *, taken: Iterable[MandateReference]) -> None:
    """Refuse a mandate to a request that cannot have one for this account; `taken` are those that the account has.

    Raises `MandateRefusedError` for a request that has lapsed (2.11 and 3.4) or has no service that needs a mandate
    (2.14), an account that it does not declare (2.13), and a second mandate of one account (A8).
    """
    missed = "2.11" if adhesion.activation is None else "3.4"
    services, accounts = adhesion.services, adhesion.origin.bank_accounts
    named, declared, others = (", ".join(map(str, every)) for every in (services, accounts, tuple(taken)))
    refused = (
        (is_over(adhesion, at), missed, "the request has lapsed: expected the one that renews it"),
        (
            not any(service.needs_mandate for service in services),
            "2.14",
            f"no service of the request needs a mandate ({named}): expected one that pays by B2B debit",
        ),
        (not adhesion.declares(account), "2.13", f"the request does not declare {account}: expected one of {declared}"),
        (bool(others), "A8", f"{account} has a mandate already, {others}: expected an account without one"),
    )
    for refuses, cited, message in refused:
        if refuses:
            raise MandateRefusedError(message, rule=adhesion.rulebook.rule(cited))


def check_signatory(signatory: object, known: PersonName | None, rulebook: Rulebook) -> None:
    """Refuse the signature of anybody but the company's legal representative: by that word, or by name if it is known.

    Raises `MandateRefusedError` (2.16), and `InvalidValueError` for what is no name.
    """
    if not isinstance(signatory, (Applicant, PersonName)):
        words = [applicant for applicant in Applicant if signatory == applicant.value]
        signatory = words[0] if words else PersonName(signatory)  # type: ignore[arg-type] # it judges its own type
    if signatory is Applicant.REPRESENTATIVE:
        return
    # Administrations write names in capitals, people do not.
    named = isinstance(signatory, PersonName) and known is not None
    if named and str(signatory).casefold() == str(known).casefold():
        return
    expected = known or "Applicant.REPRESENTATIVE, for nobody said at the issue who that is"
    message = f"{signatory} cannot sign: only the company's legal representative can; expected {expected}"
    raise MandateRefusedError(message, rule=rulebook.rule("2.16"))
