"""A client leaves, a company ends: a case is closed with a reason, beside its state, and can be reopened (A21)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from tests.builders import (
    FRENCH_IBAN,
    GERMAN_IBAN,
    POSTED,
    asked,
    each,
    failure,
    issued,
    linked,
    mandate_in,
    mandate_taken_over,
    opened,
    paying,
    requested,
    services_taken_over,
)
from tests.instants import DAY, LAST, START, TICK

LEFT = START + 10 * DAY
CASES: dict[str, Any] = {
    "space": asked().case,
    "space, active": opened(),
    "link": linked().case,
    "letter": requested().case,
    "held": services_taken_over().case,
    "mandate": mandate_in(tp.MandateState.REGISTERED),
    "lapsed": requested().case.lapse(at=LAST + TICK).case,
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@pytest.mark.rule("A21")
@every_case
def test_closing_and_reopening_changes_nothing_but_that(case):
    """Nothing runs and nothing is asked; reopened, the time limit runs again, and what was past is dropped."""
    at = max(LEFT, case.recorded_at)
    closed = case.close("client_left", at=at)
    again = closed.case.reopen(at=at + DAY)

    (event,) = closed.events
    assert ("case-closed", "client_left", None) == (event.kind, event.reason, event.text)
    assert (True, False, None) == (closed.case.is_closed, again.case.is_closed, again.case.closing)
    assert (None, None, ()) == (closed.case.due_at, closed.case.deadline, closed.case.next_steps(at=at))
    assert ((), ()) == (closed.messages, again.messages)
    due_at = None if case.due_at is None else case.time_limit.due_after(at + DAY)
    assert attrs.evolve(case, version=case.version + 2, recorded_at=at + DAY, due_at=due_at) == again.case
    assert closed.case == case.apply(closed.events[0])
    for each_case in (closed.case, again.case):
        each_case.check()


@pytest.mark.rule("A21")
def test_the_clock_decides_nothing_of_a_closed_case():
    """Its lapse and its reminders are refused, a night passes it by, and neither is possible."""
    closed = requested().case.close("company_gone", at=LEFT).case
    for verb in ("lapse", "remind", "tick"):
        error = failure(getattr(closed, verb), at=LAST + TICK)
        assert ("case.closed", "A21", LEFT) == (error.code, error.rule, error.facts["since"])
    sweep = tp.Sweep(at=LAST + DAY)

    assert ([], 1, 0) == (list(sweep.over([closed])), sweep.report.seen, sweep.report.due)
    # On the portal its time limit runs on.
    assert (False, True) == (closed.is_due(LAST + DAY), closed.is_over(LAST + DAY))
    assert ("record_letter", "activate", "renew") == closed.possible(at=LEFT)
    assert ("lapse",) == requested().case.possible(at=LAST + TICK)[-1:]


@pytest.mark.rule("A21", "3.3")
def test_facts_told_late_are_still_taken():
    """The portal knows nothing of the closing: a code that was entered there counts, and is known once reopened."""
    closed = requested().case.close("client_left", at=LEFT).case
    held = closed.activate(POSTED, space=opened(), at=START + 9 * DAY, recorded_at=LEFT + DAY).case

    assert (True, True, None) == (held.is_closed, held.holds("consulter-avis-tf"), held.due_at)
    assert held.reopen(at=LEFT + 2 * DAY).case.holds("consulter-avis-tf")


@pytest.mark.rule("A21", "3.4")
def test_a_time_limit_that_passed_meanwhile_is_due_at_once():
    """Reopened, the case has the time limits that it has by then."""
    again = requested().case.close("client_left", at=LEFT).case.reopen(at=LAST + DAY).case

    assert LAST + TICK == again.due_at
    assert again.tick(at=LAST + DAY).case.has_lapsed


@pytest.mark.rule("A21", "A14")
def test_a_closing_has_its_order():
    """It follows the opening alone, and a reopening follows it; a day will do for both (A22)."""
    case = services_taken_over(since=date(2016, 5, 2)).case
    for at, code in ((date(2016, 5, 1), "order.before_fact"), (START + DAY, None)):
        refusal = case.refusal("close", at=at, recorded_at=START + DAY)
        assert code == getattr(refusal, "code", None)
    closed = case.close("client_left", at=date(2025, 1, 8), recorded_at=LEFT).case

    assert (date(2025, 1, 8), LEFT) == (closed.closing.day, closed.recorded_at)
    assert date(2025, 1, 8) == failure(closed.close, "mistake", at=date(2025, 1, 18)).facts["since"]
    assert "order.before_fact" == failure(closed.reopen, at=date(2025, 1, 7), recorded_at=LEFT).code
    assert closed.reopen(at=date(2025, 1, 8), recorded_at=LEFT)


@pytest.mark.rule("A21")
@each(
    "call code",
    (lambda case: case.close("gone", at=LEFT), "reason.unknown"),
    (lambda case: case.close(None, at=LEFT), "reason.unknown"),
    (lambda case: case.close(["mistake"], at=LEFT), "reason.unknown"),
    (lambda case: case.close("other", at=LEFT), "remark.wrong_type"),
    (lambda case: case.close("other", text=" ", at=LEFT), "remark.missing"),
    (lambda case: case.close("mistake", text="a\x1bb", at=LEFT), "remark.not_printable"),
    (lambda case: case.close("mistake", at=datetime(2025, 1, 16)), "instant.naive"),
    (lambda case: case.close("mistake", at=LEFT).case.close("mistake", at=LEFT), "case.closed"),
    (lambda case: case.reopen(at=LEFT), "case.not_closed"),
)
def test_a_bad_closing_is_refused(call, code):
    """A reason is one of six, the last with its words; nothing is closed twice, or reopened unless it is closed."""
    assert code == failure(call, requested().case).code


@pytest.mark.rule("A21")
@each(
    "reason text", *((it, None) for it in tp.Reason if it != "other"), ("other", "merged"), ("mistake", "typed twice")
)
def test_each_reason_is_kept(reason, text):
    """As it was given, by its member or by its code, with what it is in words."""
    closing = requested().case.close(reason, text=text, at=LEFT).case.closing

    assert (tp.Reason(reason), tp.Reason, text) == (closing.reason, type(closing.reason), closing.text)


@pytest.mark.rule("A21", "A8")
def test_a_closed_mandate_gives_up_its_account():
    """Another one may be issued; what brings it back claims it again, and what is claimed shows no account."""
    mandate = issued(paying("payer-tva").case)
    closed = mandate.case.close("another_holder", at=LEFT)

    assert (mandate.case.claims, ()) == (mandate.claims, closed.case.claims)
    (claim,) = mandate.claims
    assert (True, False) == (claim.startswith("mandate:"), "FR76" in claim)
    assert ((), mandate.claims) == (closed.claims, closed.case.reopen(at=LEFT).claims)
    withdrawn = tp.withdraw((*mandate.events, *closed.events), 2, reason="it is ours still", at=LEFT)
    assert mandate.claims == withdrawn.claims
    assert () == mandate.case.sign("representative", at=LEFT).claims
    assert [False, True, False] == [it.is_a_fact for it in (mandate, closed, closed.case.reopen(at=LEFT))]

    assert issued(paying("payer-tva").case, id="m-2", mandates=[closed.case])
    both = paying("payer-tva", bank_accounts=[FRENCH_IBAN, GERMAN_IBAN]).case
    assert mandate.claims == issued(both, id="m-3").claims != issued(both, GERMAN_IBAN, id="m-4").claims
    assert mandate.claims != issued(paying("payer-tva", organisation="732829320").case).claims
    # A file number may have the digits of a SIREN.
    assert mandate.claims != mandate_taken_over(organisation=tp.FileNumber("552100554")).claims
    assert () == mandate_in(tp.MandateState.REGISTERED).lapse(at=START + 1200 * DAY).case.claims
    assert () == requested().claims


@pytest.mark.rule("A21")
def test_all_that_a_company_has_is_closed():
    """Requests and mandates of it, oldest first; not the user's space, nor another company's, nor what is closed."""
    ours, theirs = "552100554", "732829320"
    young = paying(id="b", at=START + DAY, organisation=ours).case
    old = requested(id="c", organisation=ours).case
    mandate = issued(young, id="a", at=START + 2 * DAY).case
    other = requested(id="d", organisation=theirs).case
    over = requested(id="e", organisation=ours).case.close("mistake", at=LEFT).case
    space = asked(organisation=ours).case

    said: dict[str, Any] = {"at": LEFT, "recorded_at": LEFT + DAY, "text": "merged"}
    decisions = tp.close_company([mandate, young, other, over, space, old], ours, "company_gone", **said)

    assert ["c", "b", "a"] == [it.case.id for it in decisions]
    closings = {(it.case.closing.reason, it.case.closing.at, it.case.closing.text) for it in decisions}
    assert ({("company_gone", LEFT, "merged")}, {LEFT + DAY}) == (closings, {it.case.recorded_at for it in decisions})
    assert "argument.wrong_type" == failure(tp.close_company, [old, "b"], ours, "mistake", at=LEFT).code
    assert "siren.check_digit" == failure(tp.close_company, [old], "552100555", "mistake", at=LEFT).code
    assert () == tp.close_company([other], ours, "mistake", at=LEFT)


@pytest.mark.rule("A18", "A21")
def test_a_case_that_is_given_twice_is_closed_once():
    """Of two snapshots the higher version is closed, in any order; two cases of one id close nothing."""
    before = requested().case
    after = before.record_letter(date(2025, 1, 6), at=START).case
    company, another = before.organisation, requested(organisation="732829320").case

    for cases in ([before, after, after], [after, before]):
        (decision,) = tp.close_company(cases, company, "client_left", at=LEFT)
        assert (after.version, after.version + 1) == (decision.expects, decision.case.version)
    assert "case_id.repeated" == failure(tp.close_company, [before, another], company, "client_left", at=LEFT).code


@pytest.mark.rule("A8", "A15")
def test_a_fact_that_corrects_a_lapse_claims_the_account_again():
    """It is a fact, which is recorded though another mandate has the account."""
    mandate = mandate_in(tp.MandateState.REGISTERED)
    lapsed = mandate.lapse(at=START + 1200 * DAY)
    corrected = lapsed.case.record_collection(at=START + 1000 * DAY, recorded_at=START + 1201 * DAY)

    assert ((), mandate.claims) == (lapsed.claims, corrected.claims)
    assert [True, True] == [it.is_a_fact for it in (lapsed, corrected)]


@pytest.mark.rule("A8", "A20")
def test_a_withdrawal_claims_only_what_it_brings_back():
    """A collection that was told by mistake is withdrawn of a mandate that lives: it claims nothing anew."""
    opening = mandate_taken_over(registered=(START - 400 * DAY).date())
    first = opening.case.record_collection(at=START - 100 * DAY, recorded_at=START)
    second = first.case.record_collection(at=START - 50 * DAY, recorded_at=START)
    closed = opening.case.close("mistake", at=LEFT)
    events = (*opening.events, *first.events, *second.events)

    assert () == tp.withdraw(events, 3, reason="another account's", at=LEFT).claims
    assert opening.claims == tp.withdraw((*opening.events, *closed.events), 2, reason="ours still", at=LEFT).claims
