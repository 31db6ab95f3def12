"""What looked ahead wrongly once, each with the rule that decides."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import teleprocedures as tp
from tests.builders import FRENCH_IBAN, GERMAN_IBAN, POSTED, failure, linked, mandate_in, opened, requested
from tests.instants import DAY, START, paris

BAKER, GROCER, FILED = "552008443", "732829320", "TF2024A17"
FIRST = date(2025, 1, 6)
LEADS = tp.LeadTimes(letter=14, company=3, bank=5)
ELSEWHERE = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}


def asks(*services: str, id: str = "a-1", day: float = 0, **changes: Any) -> tp.Adhesion:
    """A request of the baker's, with an account if a service pays, made so many days after START."""
    accounts = {"bank_accounts": [FRENCH_IBAN]} if any(it.startswith("payer") for it in services) else {}
    given = {"organisation": BAKER, "space": opened(), "at": START + day * DAY} | accounts | changes
    ask = linked if "messagerie" in services else requested
    return ask(*(it for it in services if it != "messagerie"), id=id, **given).case


def active(request: tp.Adhesion, *, day: float = 0, space: tp.Space | None = None) -> tp.Adhesion:
    """The same request, its code entered."""
    code = tp.HELD_ELSEWHERE if request.held_elsewhere else POSTED
    return request.activate(code, space=opened() if space is None else space, at=START + day * DAY).case


def baker(*cases: tp.Case) -> Any:
    """The baker, in a portfolio of these cases."""
    return tp.Portfolio(cases).company(BAKER)


def actions(steps: Any) -> list[tuple[str, str | None]]:
    """What each step is, of which case."""
    return [(str(step.action), step.case_id) for step in steps]


@pytest.mark.rule("A8", "A17", "2.20")
def test_a_plan_counts_on_nobody_else_s_mandate() -> None:
    """Neither on that of another company nor on that of another account; nor on an account of another space."""
    held = active(asks("payer-tva"))
    foreign = mandate_in(tp.MandateState.REGISTERED, active(asks("payer-tva", id="b-1", organisation=GROCER)))
    other = mandate_in(tp.MandateState.REGISTERED, active(asks("payer-tva", bank_accounts=[GERMAN_IBAN])), GERMAN_IBAN)
    found = baker(held, foreign).plan("payer-tva", start=FIRST, lead_times=LEADS)
    assert (FIRST + 8 * DAY, tp.Outcome.IN_TIME) == (found.ready_on, found.outcome)
    # With a mandate of its own it pays at once; the account is declared in that space first, if it is of another one.
    elsewhere = asks("payer-cfe", id="a-2", space=opened(id="space-2"), bank_accounts=[GERMAN_IBAN])
    declared = baker(held, other, elsewhere).plan("payer-tva", start=FIRST, lead_times=LEADS)
    assert [("declare_account", "a-1"), ("pay", None)] == actions(declared.steps)
    assert {tp.BankAccount(GERMAN_IBAN)} == {step.account for step in declared.steps}
    assert (FIRST, tp.Outcome.IN_TIME) == (declared.ready_on, declared.outcome)
    own = baker(held, other).plan("payer-tva", start=FIRST, lead_times=LEADS, account=FRENCH_IBAN)
    assert ("issue_mandate", "a-1") == actions(own.steps)[0]
    both = baker(active(asks("payer-tva", bank_accounts=[FRENCH_IBAN, GERMAN_IBAN])), other)
    ready = both.plan("payer-tva", start=FIRST, lead_times=LEADS)
    assert (tp.Outcome.READY, [("pay", None)]) == (ready.outcome, actions(ready.steps))


@pytest.mark.rule("A5", "A16")
def test_a_replacement_silences_what_it_asks_for_and_nothing_else() -> None:
    """While it lives, where the old one runs, and once that has lapsed: what nobody asks for is asked for again."""
    first = asks("payer-cfe", "payer-tf")
    second = asks("payer-cfe", id="a-2", day=1, renews="a-1")
    at, late = START + 2 * DAY, START + 62 * DAY
    assert {("a-1", ("payer-tf",)), ("a-2", ("payer-cfe",))} == {
        (step.case_id, tuple(map(str, step.services))) for step in baker(first, second).next_steps(at=at)
    }
    assert {"a-1", "a-2"} == {step.case_id for step in tp.Portfolio([first, second]).at_risk(at=START + 55 * DAY)}
    # Both have lapsed: each asks for what no later one asked for in its place.
    assert {("a-1", ("payer-tf",)), ("a-2", ("payer-cfe",))} == {
        (step.case_id, tuple(map(str, step.services))) for step in baker(first, second).next_steps(at=late)
    }
    held = active(second, day=2)
    assert [("renew_adhesion", "a-1", ("payer-tf",))] == [
        (step.action, step.case_id, tuple(map(str, step.services))) for step in baker(first, held).next_steps(at=late)
    ]


@pytest.mark.rule("2.13", "2.14", "A17", "F1")
def test_a_remedy_names_what_the_portal_accepts() -> None:
    """A new request has the account; a mandate is issued from a request that has it, needs one and lives."""
    vat, cfe = active(asks("payer-tva")), active(asks("payer-cfe", id="a-2", bank_accounts=[GERMAN_IBAN]))
    new = ["request_services", "enter_letter_code"]
    sign = ["sign_mandate", "send_mandate", "register_mandate", "check_mandate"]
    over = asks("payer-is", id="a-0", bank_accounts=[GERMAN_IBAN]).lapse(at=START + 61 * DAY).case
    at = START + 62 * DAY
    lapsed = mandate_in(tp.MandateState.LAPSED, asks("payer-is", id="a-0", bank_accounts=[GERMAN_IBAN]), GERMAN_IBAN)
    for cases, service, account, expected in (
        # The other account is declared, by a request that needs no mandate: it is declared again where it counts.
        ([vat, cfe], "payer-tva", GERMAN_IBAN, ["declare_account a-1", "issue_mandate a-1", *sign]),
        ([cfe], "payer-tva", FRENCH_IBAN, [*new, "issue_mandate a-2", *sign]),
        ([cfe, vat], "payer-is", FRENCH_IBAN, [*new, "issue_mandate a-1", *sign]),
        ([cfe], "payer-tf", FRENCH_IBAN, new),
        ([vat, over, lapsed], "payer-tva", GERMAN_IBAN, ["declare_account a-1", "issue_mandate_again a-1", *sign]),
        ([vat, over], "payer-tva", GERMAN_IBAN, ["declare_account a-1", "issue_mandate a-1", *sign]),
    ):
        refusal = failure(baker(*cases).check_payment, service, account, at=at)
        named = {"declare_account", "issue_mandate", "issue_mandate_again"}
        assert expected == [
            f"{step.action} {step.case_id}" if step.action in named else str(step.action) for step in refusal.remedy
        ]


@pytest.mark.rule("A3", "F2")
def test_what_may_have_ended_is_at_risk_above_all() -> None:
    """From fifteen days before its safe day on, an estimate stays at risk until its last; its steps say so."""
    portfolio = tp.Portfolio([asks("payer-cfe", **ELSEWHERE)])
    for days, expected in ((43, set()), (44, {"a-1"}), (59, {"a-1"}), (60, {"a-1"}), (66, {"a-1"}), (74, {"a-1"})):
        assert expected == {step.case_id for step in portfolio.at_risk(at=START + days * DAY)}, days
    steps = portfolio.next_steps(at=START + 60 * DAY)
    assert {paris("2025-03-06T23:59:59.999999")} == {step.unsafe_since for step in steps}
    assert (
        "legal representative: without waiting, and by Friday 21 March 2025 at the latest, enter, in the space that"
        " asked, the code of the letter that his company receives, for the company (SIREN 552 008 443), 'Payer CFE"
        " (companies' property contribution)': the code may have ended after Thursday 6 March 2025 (rule 3.1)"
    ) == str(steps[-1])
    assert {None} == {step.unsafe_since for step in portfolio.next_steps(at=START + 59 * DAY)}


@pytest.mark.rule("2.11", "A16")
def test_an_unwanted_messaging_costs_no_days() -> None:
    """A renewal is planned for what is wanted, so that asking for one more service comes no sooner."""
    lapsed = asks("payer-cfe", "messagerie").lapse(at=START + 3 * DAY).case
    start = FIRST + 4 * DAY
    one = baker(lapsed).plan("payer-cfe", start=start, lead_times=LEADS)
    more = baker(lapsed).plan(["payer-cfe", "payer-tf"], start=start, lead_times=LEADS)
    assert start + 17 * DAY == one.ready_on == more.ready_on
    assert [("renew_adhesion", "a-1")] == actions(one.steps)[:1]
    assert (("payer-cfe",), tp.BankAccount(FRENCH_IBAN)) == (
        tuple(map(str, one.steps[0].services)),
        one.steps[0].account,
    )


@pytest.mark.rule("A3", "3.1", "F1")
def test_plans_count_on_the_safe_day_whatever_is_known() -> None:
    """The same of a letter whose day is known as of one whose day is not; and of a mandate that collects nothing."""
    for request in (asks("payer-cfe"), asks("payer-cfe", **ELSEWHERE)):
        for days, begins in ((56, "ask_for_code"), (57, "renew_adhesion")):
            found = baker(request).plan(
                "payer-cfe", start=FIRST + days * DAY, lead_times=LEADS, applicant="third_party"
            )
            assert begins in {step.action for step in found.steps}
    held = active(asks("payer-tva"))
    mandate = mandate_in(tp.MandateState.REGISTERED, held)
    for day, outcome in ((date(2028, 1, 5), tp.Outcome.READY), (date(2028, 1, 6), tp.Outcome.IN_TIME)):
        assert outcome is baker(held, mandate).plan("payer-tva", start=day).outcome


@pytest.mark.rule("2.9", "A2")
def test_a_link_that_ends_in_the_night_is_not_counted_on_in_the_morning() -> None:
    """The last day to begin is the one before; and no link is planned for a day after its end."""
    night = asks("messagerie", at=paris("2025-10-24T03:00"), space=opened(at=paris("2025-10-24T02:00")))
    by = date(2025, 10, 25) + 17 * DAY
    found = baker(night).plan("messagerie", held_by=by, start=date(2025, 10, 24), lead_times=LEADS)
    assert (date(2025, 10, 25), date(2025, 10, 25)) == (found.start_by, found.steps[0].day)
    autumn = tp.plan("messagerie", start=date(2025, 10, 25), lead_times=LEADS)
    assert date(2025, 10, 26) == autumn.steps[1].day


@pytest.mark.rule("A18")
def test_a_company_repeats_itself_in_one_way_only() -> None:
    """What the portfolio says of repetitions, its steps say: two live renewals, no chain, and not for ever."""
    first, second = asks("payer-cfe"), asks("payer-cfe", id="a-2", day=1, renews="a-1")
    chain = asks("payer-cfe", id="a-3", day=2, renews="a-2")
    beside = asks("payer-cfe", id="a-4", day=3, renews="a-1")
    alone, held = asks("payer-cfe", id="a-5", day=3), active(asks("payer-cfe", id="a-6", day=3), day=3)
    for cases, expected in (
        ([first, second, chain], []),
        ([first, second, beside], [("a-4", "a-2")]),
        ([alone, held], [("a-6", "a-5")]),
        ([active(alone, day=4), held], []),
    ):
        portfolio = tp.Portfolio(cases)
        at = START + 4 * DAY
        assert expected == [(it.adhesion.id, it.other.id) for it in portfolio.repeats(at=at)]
        assert expected == [
            (step.case_id, step.other) for step in portfolio.next_steps(at=at) if step.action == "know_repeated"
        ]


@pytest.mark.rule("A18")
def test_an_older_snapshot_is_no_second_case() -> None:
    """For payments, steps, plans and a company alike, in whichever order they are given."""
    before = asks("payer-tva")
    after = active(before, day=1)
    issued = mandate_in(tp.MandateState.ISSUED, after, at=START + DAY)
    registered = mandate_in(tp.MandateState.REGISTERED, after, at=START + DAY)
    at = START + DAY
    for requests, mandates in (([before, after], [issued, registered]), ([after, before], [registered, issued])):
        assert None is tp.check_payment(requests, "payer-tva", FRENCH_IBAN, mandates, at=at)
        company = tp.Portfolio([*requests, *mandates]).company(BAKER)
        assert ((after,), (registered,)) == (company.adhesions, company.mandates)
        assert () == company.next_steps(at=at) == tp.next_steps(requests, at=at, mandates=mandates)
        assert tp.Outcome.READY is company.plan("payer-tva", start=FIRST + DAY).outcome
        assert company == tp.Portfolio([]).company(BAKER).__class__(
            organisation=tp.Siren(BAKER), adhesions=requests, mandates=mandates
        )


@pytest.mark.rule("2.3", "3.5", "A7")
def test_nothing_is_awaited_before_it_was_asked_for_and_nothing_advised_that_is_refused() -> None:
    """Before the request nothing is there; a file number has no remedy; a goal that was met in time is not late."""
    request = asks("payer-cfe", day=2)
    company = baker(request)
    assert tp.Standing.NEVER is company.holdings(at=START)["payer-cfe"].standing
    assert (tp.CATALOGUE["payer-cfe"],) == company.missing(["payer-cfe"], at=START)
    assert (
        () == company.next_steps(at=START) == failure(company.check_payment, "payer-cfe", FRENCH_IBAN, at=START).remedy
    )
    filed = tp.Portfolio([asks("consulter-avis-tf", organisation=FILED)]).company(FILED)
    assert () == failure(filed.check_payment, "payer-cfe", FRENCH_IBAN, at=START).remedy
    error = failure(filed.plan, ["consulter-avis-tf", "payer-cfe"], start=FIRST)
    assert ("plan.not_open", ("payer-cfe",)) == (error.code, error.facts["value"])
    assert "a file number does not open payer-cfe: expected " in str(error)
    held = active(asks("payer-cfe"), day=1)
    for by, outcome in ((1, tp.Outcome.READY), (0, tp.Outcome.TOO_LATE)):
        found = baker(held).plan("payer-cfe", held_by=FIRST + by * DAY, start=FIRST + 9 * DAY)
        assert (outcome, FIRST + DAY) == (found.outcome, found.ready_on)


@pytest.mark.rule("2.12")
def test_a_company_s_page_and_the_portfolio_s_say_the_same() -> None:
    """Whatever the order of the cases, and what a space advises for a company too."""
    space = opened()
    cases = [
        asks("payer-cfe", organisation=siren, id=id, day=day)
        for siren, id, day in ((GROCER, "b-1", 0), (BAKER, "a-1", 0), (GROCER, "b-2", 1))
    ]
    given = [space, *cases]
    at = START + 2 * DAY
    portfolio = tp.Portfolio(given)
    steps = portfolio.next_steps(at=at)
    for siren in (BAKER, GROCER):
        own = portfolio.company(siren).next_steps(at=at)
        assert own == tuple(step for step in steps if step.organisation == tp.Siren(siren))
        assert 1 == sum(step.rule == "2.12" for step in own)
    for turned in (given[::-1], given[2:] + given[:2]):
        assert steps == tp.Portfolio(turned).next_steps(at=at)
        assert portfolio.rows(at=at) == tp.Portfolio(turned).rows(at=at)


def test_two_requests_of_one_instant_renew_each_other_in_order() -> None:
    """Whatever their ids: the one that names the other comes after it; two that name each other are both wrong."""
    first, second = asks("payer-cfe", id="a-9"), asks("payer-cfe", id="a-1", renews="a-9")
    third = asks("payer-cfe", id="a-5", renews="a-1")
    company = baker(first, second, third)
    assert ["a-9", "a-1", "a-5"] == [it.id for it in company.adhesions]
    assert {"a-5"} == {step.case_id for step in company.next_steps(at=START)}
    assert () == tp.Portfolio([third, first, second]).wrong_renewals
    one, other = asks("payer-cfe", id="a-1", renews="a-2"), asks("payer-cfe", id="a-2", renews="a-1")
    assert {"a-1", "a-2"} == {it.id for it in tp.Portfolio([one, other]).wrong_renewals}
    assert {"a-1", "a-2"} == {step.case_id for step in baker(one, other).next_steps(at=START)}
