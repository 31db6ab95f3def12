"""What is closed is left out and counted, and what was taken over is held, paid with and planned from (A19, A21)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import teleprocedures as tp
from tests.builders import FRENCH_IBAN, GERMAN_IBAN, failure, mandate_in, opened
from tests.instants import DAY, START
from tests.portfolio.test_defects import BAKER, GROCER, active, asks

FIRST = date(2025, 1, 6)
LEADS = tp.LeadTimes(letter=14, company=3, bank=5)
NOW = START + 10 * DAY
TODAY = FIRST + 10 * DAY


def taken(*services: str, id: str = "t-1", accounts: tuple[str, ...] = (FRENCH_IBAN,), **known: Any) -> tp.Adhesion:
    """Services of the baker's that were seen in the space on that day."""
    given = {"organisation": BAKER, "seen": TODAY, "source": "portal", "at": NOW, "bank_accounts": accounts, **known}
    return tp.Adhesion.take_over(opened(), services=services, id=id, **given).case


def old_mandate(id: str = "m-1", account: str = FRENCH_IBAN, **known: Any) -> tp.Mandate:
    """A mandate of the baker's that its bank had on that day."""
    given = {"organisation": BAKER, "seen": TODAY, "source": "bank", "at": NOW, **known}
    return tp.Mandate.take_over(opened(), account=account, id=id, **given).case


def closed(case: Any, reason: str = "client_left") -> Any:
    """The same case, followed no more."""
    return case.close(reason, at=NOW).case


@pytest.mark.rule("A21")
def test_a_company_that_left_asks_for_nothing_and_is_counted() -> None:
    """Nothing is advised, missing, at risk, repeated, told in rows or planned; an outlook names it apart."""
    gone = [closed(asks("payer-cfe")), closed(mandate_in(tp.MandateState.ISSUED, active(asks("payer-tva"))))]
    stays = asks("payer-cfe", id="b-1", organisation=GROCER)
    portfolio = tp.Portfolio([opened(), *gone, stays])
    company = portfolio.company(BAKER)
    assert {tp.Siren(GROCER)} == {step.organisation for step in portfolio.next_steps(at=NOW)}
    assert ((), (), ()) == (company.next_steps(at=NOW), company.missing(at=NOW), portfolio.repeats(at=NOW))
    assert {"b-1"} == {row["case_id"] for row in portfolio.rows(at=NOW, mandates=True)}
    assert {tp.Standing.NEVER} == {it.standing for it in company.holdings(at=NOW).values()}
    assert ["a-1", "mandate-1"] == [case.id for case in portfolio.closed]
    outlook = portfolio.outlook("payer-cfe", pay_by=date(2025, 6, 1), at=NOW, lead_times=LEADS)
    assert ((tp.Siren(BAKER),), [tp.Siren(GROCER)]) == (
        outlook.closed,
        [it.organisation for it in outlook.under_way],
    )
    assert () == failure(company.check_payment, "payer-cfe", FRENCH_IBAN, at=NOW).remedy


@pytest.mark.rule("A21")
def test_what_somebody_else_took_over_is_not_missing_and_a_mistake_is() -> None:
    """One closed request among others: its services are nobody's here, unless it never should have been."""
    other = asks("payer-tf", id="a-2")
    for reason, missing in (("another_holder", ()), ("mistake", ("payer-cfe",)), ("repeated", ("payer-cfe",))):
        portfolio = tp.Portfolio([closed(asks("payer-cfe"), reason), other])
        assert missing == tuple(map(str, portfolio.company(BAKER).missing(["payer-cfe"], at=NOW)))
        given: dict[str, Any] = {"pay_by": date(2025, 6, 1), "at": NOW, "lead_times": LEADS}
        assert bool(missing) is (() == portfolio.outlook(["payer-tf", "payer-cfe"], **given).closed)
        assert () == portfolio.outlook("payer-tf", **given).closed
    again = tp.Portfolio([closed(asks("payer-cfe")), asks("payer-cfe", id="a-2")])
    assert "awaited" == again.company(BAKER).holdings(at=NOW)["payer-cfe"].standing
    assert () == again.repeats(at=NOW)


@pytest.mark.rule("A19", "A17")
def test_what_was_taken_over_is_held_and_paid_with() -> None:
    """Also for a day before it was seen, if one is known; an account that nobody knew is declared first."""
    held, mandate = taken("payer-tva", since=date(2024, 3, 1)), old_mandate(registered=date(2024, 5, 2))
    company = tp.Portfolio([held, mandate]).company(BAKER)
    assert None is company.check_payment("payer-tva", FRENCH_IBAN, at=NOW)
    assert tp.Outcome.READY is company.plan("payer-tva", start=TODAY, lead_times=LEADS).outcome
    assert ["held", "never"] == [company.holdings(at=at)["payer-tva"].standing for at in (START, START - 400 * DAY)]
    bare = tp.Portfolio([taken("payer-cfe", accounts=())]).company(BAKER)
    found = bare.plan("payer-cfe", start=TODAY, lead_times=LEADS)
    assert ["declare_account", "pay"] == [step.action for step in found.steps]
    assert ["declare_account"] == [
        step.action for step in failure(bare.check_payment, "payer-cfe", FRENCH_IBAN, at=NOW).remedy
    ]
    (row,) = tp.Portfolio([taken("payer-cfe", under_way=True, applicant=None)]).rows(at=NOW)
    assert (None, None) == (row["requested_on"], row["applicant"])
    (row,) = tp.Portfolio([taken("payer-cfe", requested=FIRST)]).rows(at=NOW)
    assert FIRST == row["requested_on"]
    (row,) = tp.Portfolio([old_mandate()]).rows(at=NOW, mandates=True)
    assert (None, None, TODAY) == (row["reference"], row["requested_on"], row["registered_on"])


@pytest.mark.rule("A19", "F1", "A8")
def test_an_estimated_end_of_a_mandate_is_counted_on_while_it_may_live() -> None:
    """No other mandate is issued meanwhile, and payments pass, so the plan pays with it."""
    held, mandate = taken("payer-tva"), old_mandate()
    company = tp.Portfolio([held, mandate]).company(BAKER)
    later = NOW + 100 * DAY
    assert None is company.check_payment("payer-tva", FRENCH_IBAN, at=later)
    assert tp.Outcome.READY is company.plan("payer-tva", start=TODAY + 100 * DAY, lead_times=LEADS).outcome
    lapsed = NOW + 1_100 * DAY
    over = failure(company.check_payment, "payer-tva", FRENCH_IBAN, at=lapsed)
    assert ("payment.mandate_lapsed", None) == (over.code, over.facts["mandate"])
    assert "one without a known reference is presumed to have lapsed" in str(over)
    assert ["issue_mandate_again"] == [step.action for step in over.remedy][:1]


@pytest.mark.rule("A19", "3.4")
def test_a_request_under_way_that_was_taken_over_goes_on() -> None:
    """By its own day, by its letter's; where neither is known it may have ended, and is asked for anew."""
    for known, first, ready in (
        ({"requested": FIRST}, "watch_letter", FIRST + 17 * DAY),
        ({"letter": FIRST + DAY}, "enter_letter_code", TODAY + 3 * DAY),
        ({"under_way": True}, "renew_adhesion", TODAY + 18 * DAY),
    ):
        request = taken("payer-cfe", applicant="representative", **known)
        found = tp.Portfolio([request]).company(BAKER).plan("payer-cfe", start=TODAY + DAY, lead_times=LEADS)
        expected = ready + DAY if first == "enter_letter_code" else ready
        assert (first, expected) == (found.steps[0].action, found.ready_on)
    assert GERMAN_IBAN not in str(found)


@pytest.mark.rule("A21", "F1", "3.4")
def test_nobody_is_told_what_no_request_could_do() -> None:
    """A service that was left has no remedy, and an account that no live request has no new mandate."""
    left = tp.Portfolio([closed(asks("payer-cfe")), asks("payer-tf", id="a-2")]).company(BAKER)
    assert () == failure(left.check_payment, "payer-cfe", FRENCH_IBAN, at=NOW).remedy
    held = active(asks("payer-cfe"))
    lapsed = mandate_in(tp.MandateState.LAPSED, active(asks("payer-tva", id="a-9")))
    company = tp.Portfolio([held, lapsed]).company(BAKER)
    assert () == company.next_steps(at=NOW)
    assert lapsed.has_lapsed
    assert "issue_mandate" in {it.action for it in company.plan("payer-tva", start=TODAY, lead_times=LEADS).steps}
