"""Asking again (A16): from when, from which space, with what; and accounts declared later (A17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.testing import adhesion_form
from tests.builders import (
    COMPANY_EMAIL,
    FRENCH_IBAN,
    GERMAN_IBAN,
    POSTED,
    asked,
    held,
    linked,
    opened,
    paying,
    requested,
)
from tests.instants import DAY, HOUR, LAST, START, TICK, TWO_DAYS

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}
LATE = START + 100 * DAY


def renewed(request: tp.Adhesion, *, at: datetime, **given: Any) -> tp.Adhesion:
    """The request that renews this one, from the space that asked."""
    return request.renew(opened(), id="request-2", at=at, code=POSTED, **given).case


# --- From when (A16) --------------------------------------------------------------------------------------------------


@pytest.mark.rule("A16", "2.11", "3.4")
@pytest.mark.parametrize("given", [{}, ELSEWHERE])
@pytest.mark.parametrize(
    ("make", "last"), [(linked, START + TWO_DAYS), (requested, None)], ids=["the link", "the letter's code"]
)
def test_a_request_is_renewed_from_the_first_late_instant(make: Any, last: datetime | None, given: Any) -> None:
    """As soon as the time limit has passed, whether the lapse was recorded or not: nobody waits for a batch."""
    request = make(**given).case
    assert request.deadline is not None
    late = (last or request.deadline.closes) + TICK
    assert late == request.deadline.lapses_at

    for over in (request, request.lapse(at=late).case):
        again = renewed(over, at=late)
        assert ("request-2", "request-1") == (again.id, again.origin.renews)
        assert (over.services, over.organisation) == (again.services, again.organisation)
        assert over.refusal("renew", at=late, space=opened()) is None


@pytest.mark.rule("A16", "A5")
def test_a_pending_request_can_be_replaced() -> None:
    """A letter was lost: the request is made again while it is pending, and the pending one stays as it was."""
    for pending in (linked().case, requested().case):
        before = attrs.evolve(pending)
        assert "request-1" == renewed(pending, at=START + HOUR).origin.renews
        assert pending.refusal("renew", at=START + HOUR, space=opened()) is None
        assert before == pending
    assert requested().case.activate(POSTED, space=opened(), at=START + DAY).case.holds("consulter-avis-tf")


@pytest.mark.rule("A16", "3.5")
def test_what_is_held_is_not_asked_for_again() -> None:
    """A request whose services are held cannot be renewed, and the refusal is that of the verb."""
    active = held()
    with pytest.raises(
        tp.TransitionRefusedError, match="'renew' is not possible while the activation is 'active'"
    ) as it:
        renewed(active, at=LATE)
    assert ("3.5", str(active.refusal("renew", at=LATE, space=opened()))) == (it.value.rule, str(it.value))


@pytest.mark.rule("A16", "3.3", "1.12")
def test_a_request_is_renewed_from_the_space_that_asked() -> None:
    """Another space, or one that is not active, is refused, by the question as by the verb."""
    pending = requested().case
    for space, error in (
        (opened(id="space-2"), tp.WrongSpaceError),
        (asked().case, tp.SpaceNotActiveError),
        (asked().case.lapse(at=START + 3 * DAY).case, tp.SpaceNotActiveError),
        (asked().case.activate("SPACE-4711", at=START + TWO_DAYS).case, tp.OutOfOrderError),
    ):
        refusal = pending.refusal("renew", at=START + DAY, recorded_at=LATE, space=space)
        with pytest.raises(error) as caught:
            pending.renew(space, id="request-2", at=START + DAY, recorded_at=LATE)
        assert isinstance(refusal, error)
        assert str(refusal) == str(caught.value)


# --- With what (A16) --------------------------------------------------------------------------------------------------


@pytest.mark.rule("A16")
def test_a_renewal_may_correct_the_form() -> None:
    """The company's e-mail address, its accounts and its services may be others: the rest of the request is new too."""
    over = linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case.lapse(at=START + 3 * DAY).case
    form = adhesion_form(
        services=["messagerie", "payer-tva"],
        company_email="autre@boulangerie-martin.fr",
        bank_accounts=[GERMAN_IBAN],
        legal_representative="Marie Le Goff",
    )
    again = renewed(over, at=START + 3 * DAY, form=form)
    assert (form, "request-1") == (again.origin.form, again.origin.renews)
    assert ["messagerie", "payer-tva"] == [service.code for service in again.services]
    assert ((tp.BankAccount(GERMAN_IBAN),), tp.AdhesionState.AWAITING_EMAIL) == (again.accounts, again.state)


@pytest.mark.rule("A16", "A17")
def test_without_a_form_everything_is_asked_for_again() -> None:
    """The same form, with every account that was declared since, whichever state it was declared in."""
    first = paying(applicant="third_party", company_name="Boulangerie Martin", company_email=COMPANY_EMAIL).case
    for after, account in enumerate((GERMAN_IBAN, "BE68539007547034"), start=1):
        first = first.declare_account(account, at=START + after * DAY).case
    again = renewed(first, at=START + 3 * DAY)
    accounts = (FRENCH_IBAN, GERMAN_IBAN, "BE68539007547034")
    assert attrs.evolve(first.origin.form, bank_accounts=accounts) == again.origin.form
    assert tuple(map(tp.BankAccount, accounts)) == again.origin.form.bank_accounts
    assert (first.origin.requester, ()) == (again.origin.requester, again.later_accounts)


@pytest.mark.rule("A16", "2.13")
@pytest.mark.parametrize(
    ("make", "code", "told"),
    [
        (
            lambda: renewed(requested().case, at=START, form=adhesion_form(organisation="732 829 320")),
            "renews.other_company",
            "a request of 552100554 cannot be renewed for 732829320: expected the same organisation",
        ),
        (
            lambda: requested(renews="request-1"),
            "renews.not_allowed",
            "a request cannot renew 'request-1': expected the id of another one",
        ),
        (lambda: requested(renews=""), "case_id.malformed", "not ''"),
        (lambda: requested(renews="two words"), "case_id.malformed", "not 'two words'"),
        (lambda: requested(renews="x" * 201), "case_id.malformed", "not 'xxx"),
        (lambda: requested(renews=7), "case_id.malformed", "not 7"),
    ],
)
def test_what_is_renewed_is_another_request_of_the_company(make: Any, code: str, told: str) -> None:
    """A form about another company renews nothing of this one; `renews` is an id, and not the request's own."""
    with pytest.raises(tp.InvalidValueError) as caught:
        make()
    assert code == caught.value.code
    assert told in str(caught.value)
    assert "request-0" == requested(renews="request-0").case.origin.renews


# --- Accounts after the request (A17) ---------------------------------------------------------------------------------


@pytest.mark.rule("A17")
@pytest.mark.parametrize("account", [GERMAN_IBAN, tp.BankAccount(GERMAN_IBAN)])
def test_an_account_can_be_declared_later(account: tp.BankAccount | str) -> None:
    """Before the link is used, before the code is entered and once the services are held."""
    waits = linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case
    french, german = tp.BankAccount(FRENCH_IBAN), tp.BankAccount(GERMAN_IBAN)
    when = {"at": START + DAY, "recorded_at": START + 2 * DAY}
    for request in (waits, waits.confirm_company_email("link_token-42", code=POSTED, at=START).case, held("payer-cfe")):
        decision = request.declare_account(account, **when)
        declared = decision.case
        event = tp.AccountDeclared(case_id="request-1", version=request.version + 1, account=german, **when)
        assert ((event,), ()) == (decision.events, decision.messages)
        assert (request.stage, request.deadline, request.since) == (declared.stage, declared.deadline, declared.since)
        assert (french, german) == declared.accounts
        assert [True, True, False] == [
            declared.declares(german),
            declared.declares(GERMAN_IBAN),
            request.declares(german),
        ]


@pytest.mark.rule("A17", "2.13")
def test_an_account_is_for_paying() -> None:
    """A request without a Pay service has no account declared: the refusal names its services; a bad one is masked."""
    request = requested().case
    with pytest.raises(tp.AccountRefusedError) as caught:
        request.declare_account(GERMAN_IBAN, at=START)
    assert ("account.not_allowed", "2.13") == (caught.value.code, caught.value.rule)
    assert {"services": ("consulter-avis-tf",)} == dict(caught.value.facts)
    refusal = request.refusal("declare_account", at=START, account=tp.BankAccount(GERMAN_IBAN))
    assert str(refusal) == str(caught.value)
    with pytest.raises(tp.InvalidValueError) as bad:
        held().declare_account("FR76 3000 6000 0112 3456 7890 188", at=START)
    assert "30006000011234567890188" not in str(bad.value).replace(" ", "")


@pytest.mark.rule("A17")
@pytest.mark.parametrize("account", [FRENCH_IBAN, GERMAN_IBAN])
def test_an_account_is_declared_once(account: str) -> None:
    """An account that the form had, or that was declared since, is refused: masked, under the rule."""
    request = held("payer-cfe").declare_account(GERMAN_IBAN, at=START).case
    with pytest.raises(tp.AccountRefusedError) as caught:
        request.declare_account(account, at=START)
    assert ("account.repeated", "A17") == (caught.value.code, caught.value.rule)
    assert {"account": str(tp.BankAccount(account))} == dict(caught.value.facts)
    for given in (account, tp.BankAccount(account)):
        assert str(caught.value) == str(request.refusal("declare_account", at=START, account=given))


@pytest.mark.rule("A17", "A16", "3.3")
def test_requests_are_guarded_alike_wherever_they_stand() -> None:
    """In any state that takes an account, it is declared once; where it is replaced, from the space that asked."""
    waits = linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case
    posted = waits.confirm_company_email("link_token-42", code=POSTED, at=START).case
    stands = (waits, waits.lapse(at=LATE).case, posted, posted.lapse(at=LATE).case, held("payer-cfe"))
    asked_of = {"declare_account": {"account": FRENCH_IBAN}, "renew": {"space": opened(id="space-2")}}
    refused = {
        (request.table.name, str(request.stage), verb): request.refusal(verb, at=LATE, **given)
        for request in stands
        for verb, given in asked_of.items()
        if verb in request.table.triggers(request.stage)
    }
    assert {
        ("adhesion", "awaiting_email", "declare_account"): tp.AccountRefusedError,
        ("adhesion", "awaiting_email", "renew"): tp.WrongSpaceError,
        ("adhesion", "lapsed", "renew"): tp.WrongSpaceError,
        ("activation", "awaiting_code", "declare_account"): tp.AccountRefusedError,
        ("activation", "awaiting_code", "renew"): tp.WrongSpaceError,
        ("activation", "active", "declare_account"): tp.AccountRefusedError,
        ("activation", "lapsed", "renew"): tp.WrongSpaceError,
    } == {where: type(refusal) for where, refusal in refused.items()}
    assert {"account.repeated", "space.wrong"} == {refusal.code for refusal in refused.values() if refusal is not None}
    assert all(request.refusal("renew", at=LATE, space=opened()) is None for request in stands[:4])


@pytest.mark.rule("A17")
def test_no_account_is_declared_for_a_request_that_lapsed() -> None:
    """In any state but lapsed; past its end and not recorded, a request still takes it."""
    request = paying().case
    late = LAST + TICK
    assert request.declare_account(GERMAN_IBAN, at=late).case.declares(tp.BankAccount(GERMAN_IBAN))
    for lapsed in (
        request.lapse(at=late).case,
        linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case.lapse(at=START + 3 * DAY).case,
    ):
        with pytest.raises(tp.TransitionRefusedError) as caught:
            lapsed.declare_account(GERMAN_IBAN, at=late)
        assert ("renew",) == caught.value.allowed
