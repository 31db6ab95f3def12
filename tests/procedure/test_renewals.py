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
    DAY,
    FRENCH_IBAN,
    GERMAN_IBAN,
    HOUR,
    LAST,
    POSTED,
    START,
    TICK,
    TWO_DAYS,
    asked,
    held,
    linked,
    opened,
    paying,
    requested,
)

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
        again = renewed(pending, at=START + HOUR)
        assert "request-1" == again.origin.renews
        assert before == pending
        assert pending.deadline is not None
        assert pending.refusal("renew", at=START + HOUR, space=opened()) is None
    assert requested().case.activate(POSTED, space=opened(), at=START + DAY).case.holds("consulter-avis-tf")


@pytest.mark.rule("A16", "3.5")
def test_what_is_held_is_not_asked_for_again() -> None:
    """A request whose services are held cannot be renewed, and the refusal is that of the verb."""
    active = held()
    refusal = active.refusal("renew", at=LATE, space=opened())
    assert isinstance(refusal, tp.TransitionRefusedError)
    with pytest.raises(tp.TransitionRefusedError) as caught:
        renewed(active, at=LATE)
    assert str(refusal) == str(caught.value)


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


@pytest.mark.rule("A16", "A14")
def test_a_renewal_follows_the_request_and_what_was_told_of_it() -> None:
    """It is made after the request, and told after the last thing that was told of it: its lapse, say."""
    lapsed = requested().case.lapse(at=LAST + TICK).case
    with pytest.raises(tp.OutOfOrderError) as untold:
        renewed(lapsed, at=LAST)
    assert ("order.before_telling", LAST + TICK) == (untold.value.code, untold.value.last)
    assert LAST == renewed(lapsed, at=LAST, recorded_at=LAST + TICK).origin.at
    with pytest.raises(tp.OutOfOrderError) as early:
        renewed(lapsed, at=START - TICK, recorded_at=LATE)
    assert ("order.before_fact", START) == (early.value.code, early.value.last)


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
    assert ["messagerie", "payer-tva"] == [service.code for service in again.services]
    assert "autre@boulangerie-martin.fr" == str(again.origin.form.company_email)
    assert ((tp.BankAccount(GERMAN_IBAN),), "Marie Le Goff") == (
        again.accounts,
        str(again.origin.form.legal_representative),
    )
    assert ("request-1", tp.AdhesionState.AWAITING_EMAIL) == (again.origin.renews, again.state)


@pytest.mark.rule("A16", "A17")
def test_without_a_form_everything_is_asked_for_again() -> None:
    """The same form, with every account that was declared since."""
    first = paying(applicant="third_party", company_name="Boulangerie Martin", company_email=COMPANY_EMAIL).case
    first = first.declare_account(GERMAN_IBAN, at=START + DAY).case
    again = renewed(first, at=START + TWO_DAYS)
    form = attrs.evolve(first.origin.form, bank_accounts=(FRENCH_IBAN, GERMAN_IBAN))
    assert form == again.origin.form
    assert first.origin.requester == again.origin.requester
    assert (tp.BankAccount(FRENCH_IBAN), tp.BankAccount(GERMAN_IBAN)) == again.origin.form.bank_accounts
    assert () == again.later_accounts


@pytest.mark.rule("A16")
def test_a_renewal_is_about_the_same_company() -> None:
    """A form about another company is a bad value: it renews nothing of this one."""
    with pytest.raises(tp.InvalidValueError) as caught:
        renewed(requested().case, at=START, form=adhesion_form(organisation="732 829 320"))
    assert "renews.other_company" == caught.value.code
    assert ("732829320", "552100554") == (str(caught.value.facts["value"]), str(caught.value.facts["expected"]))


@pytest.mark.rule("A16", "2.13")
def test_a_corrected_form_is_judged_like_any_other() -> None:
    """A corrected form without what its services need is refused when it is built, and renews nothing."""
    with pytest.raises(tp.RefusedFormError):
        renewed(requested().case, at=START, form=adhesion_form(services=["payer-cfe"]))


@pytest.mark.rule("A16")
@pytest.mark.parametrize("renews", ["", "two words", "x" * 201, 7, "request-1"])
def test_what_is_renewed_is_another_request(renews: object) -> None:
    """`renews` is a well-formed id, and not that of the request itself."""
    with pytest.raises(tp.InvalidValueError) as caught:
        requested(renews=renews)

    code = "renews.not_allowed" if renews == "request-1" else "case_id.malformed"
    assert code == caught.value.code
    assert "request-0" == requested(renews="request-0").case.origin.renews


# --- Accounts after the request (A17) ---------------------------------------------------------------------------------


@pytest.mark.rule("A17")
@pytest.mark.parametrize("account", [GERMAN_IBAN, tp.BankAccount(GERMAN_IBAN)])
def test_an_account_can_be_declared_later(account: tp.BankAccount | str) -> None:
    """Before the link is used, before the code is entered and once the services are held."""
    waits = linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case
    for request in (waits, waits.confirm_company_email("link_token-42", code=POSTED, at=START).case, held("payer-cfe")):
        decision = request.declare_account(account, at=START + DAY)
        declared = decision.case
        assert (
            tp.AccountDeclared(
                case_id="request-1", version=request.version + 1, at=START + DAY, account=tp.BankAccount(GERMAN_IBAN)
            ),
        ) == decision.events
        assert () == decision.messages
        assert (request.stage, request.deadline, request.since) == (declared.stage, declared.deadline, declared.since)
        assert (tp.BankAccount(FRENCH_IBAN), tp.BankAccount(GERMAN_IBAN)) == declared.accounts
        assert declared.declares(tp.BankAccount(GERMAN_IBAN))
        assert declared.declares(GERMAN_IBAN)
        assert not request.declares(tp.BankAccount(GERMAN_IBAN))


@pytest.mark.rule("A17", "2.13")
def test_an_account_is_for_paying() -> None:
    """A request without a Pay service has no account declared: the refusal names its services."""
    request = requested().case
    refusal = request.refusal("declare_account", at=START, account=tp.BankAccount(GERMAN_IBAN))
    with pytest.raises(tp.AccountRefusedError) as caught:
        request.declare_account(GERMAN_IBAN, at=START)
    assert ("account.not_allowed", "2.13") == (caught.value.code, str(caught.value.rule))
    assert ("consulter-avis-tf",) == caught.value.facts["services"]
    assert str(refusal) == str(caught.value)


@pytest.mark.rule("A17")
@pytest.mark.parametrize("account", [FRENCH_IBAN, GERMAN_IBAN])
def test_an_account_is_declared_once(account: str) -> None:
    """An account that the form had, or that was declared since, is refused: masked, under the rule."""
    request = held("payer-cfe").declare_account(GERMAN_IBAN, at=START).case
    with pytest.raises(tp.AccountRefusedError) as caught:
        request.declare_account(account, at=START)
    assert ("account.repeated", "A17") == (caught.value.code, str(caught.value.rule))
    assert str(tp.BankAccount(account)) == str(caught.value.facts["account"])
    for given in (account, tp.BankAccount(account)):
        refusal = request.refusal("declare_account", at=START, account=given)
        assert isinstance(refusal, tp.AccountRefusedError)
        assert dict(caught.value.facts) == dict(refusal.facts)


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


@pytest.mark.rule("A17")
def test_accounts_of_a_lapsed_request_still_count() -> None:
    """For payments of services that another request holds, in the same space."""
    holds = held("payer-cfe")
    lapsed = paying("payer-tf", id="other", bank_accounts=[GERMAN_IBAN]).case.lapse(at=LAST + TICK).case

    tp.check_payment([holds, lapsed], "payer-cfe", GERMAN_IBAN, at=LATE)


@pytest.mark.rule("A17")
def test_a_bad_account_is_a_bad_value() -> None:
    """What is no account is an error, masked, whoever gives it."""
    with pytest.raises(tp.InvalidValueError) as caught:
        held().declare_account("FR76 3000 6000 0112 3456 7890 188", at=START)
    assert "30006000011234567890188" not in str(caught.value).replace(" ", "")


@pytest.mark.rule("A16", "A17")
def test_a_history_with_accounts_replays() -> None:
    """The accounts declared since are part of the fold."""
    first = paying("payer-cfe")
    declared = first.case.declare_account(GERMAN_IBAN, at=START + DAY)
    active = declared.case.activate(POSTED, space=opened(), at=START + DAY)
    again = active.case.declare_account("BE68539007547034", at=START + DAY)
    events = [*first.events, *declared.events, *active.events, *again.events]
    assert again.case == tp.replay(events)
    assert (tp.ActivationState.ACTIVE, 3) == (again.case.stage, len(again.case.accounts))
