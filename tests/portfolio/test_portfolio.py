"""Portfolios: what companies hold, await, lost and lack; steps, risks and payments of many companies at once."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from teleprocedures import catalogue
from teleprocedures.codec import dumps, loads
from teleprocedures.portfolio._agenda import place_of
from tests.builders import FRENCH_IBAN, asked, linked, opened, requested
from tests.instants import DAY, START, TICK, paris

BAKER, GROCER = "552 008 443", "732 829 320"


def request(*services: str, id: str, at: datetime = START, **changes: Any) -> tp.Adhesion:
    """A request on the real portal, with an account."""
    return requested(*services, id=id, at=at, code=tp.HELD_ELSEWHERE, bank_accounts=[FRENCH_IBAN], **changes).case


def activated(adhesion: tp.Adhesion, *, at: datetime = START) -> tp.Adhesion:
    """The same request, its code entered."""
    return adhesion.activate(tp.HELD_ELSEWHERE, space=opened(), at=at).case


def mandate(adhesion: tp.Adhesion, *, id: str = "mandate-1", at: datetime = START) -> tp.Mandate:
    """A mandate that was issued for it."""
    return tp.Mandate.issue(adhesion, FRENCH_IBAN, id=id, reference=f"RUM-{id}", at=at).case


# --- What a company holds ---------------------------------------------------------------------------------------------


@pytest.mark.rule("2.11", "2.12", "3.4", "3.5")
def test_holdings_say_where_each_service_stands() -> None:
    """Held before awaited before lapsed, over all requests; what was never asked for is missing, like what lapsed."""
    at = START + 80 * DAY
    held = activated(request("payer-cfe", id="a-1", organisation=BAKER))
    lapsed = request("payer-cfe", "payer-tva", "payer-is", id="a-2", organisation=BAKER)
    awaited = request("payer-cfe", "payer-tva", id="a-3", organisation=BAKER, at=at - DAY)
    company = tp.Portfolio([lapsed, awaited, held]).company(BAKER)
    found = company.holdings(at=at)
    assert list(tp.CATALOGUE) == list(found) == [holding.service.code for holding in found.values()]
    for code, standing, adhesion, limit in (
        ("payer-cfe", tp.Standing.HELD, held, None),
        ("payer-tva", tp.Standing.AWAITED, awaited, awaited.deadline),
        ("payer-is", tp.Standing.LAPSED, lapsed, None),
        ("payer-tf", tp.Standing.NEVER, None, None),
    ):
        assert (standing, adhesion, limit) == attrs.astuple(found[code], recurse=False)[1:]
    wanted = ["payer-is", "payer-tva", "payer-tf", "payer-cfe"]
    assert (catalogue.PAY_CORPORATE_TAX, catalogue.PAY_PROPERTY_TAX) == company.missing(wanted, at=at)
    assert ["held", "awaited", "lapsed", "never"] == list(tp.Standing)  # words that a report of a host knows


@pytest.mark.rule("A3", "3.5")
def test_the_instant_decides_where_a_service_stands() -> None:
    """Awaited to the last microsecond, recorded or not; held from its activation on, and awaited before."""
    asked_for = request("payer-cfe", id="a-1", organisation=BAKER)
    closes = asked_for.deadline.closes  # type: ignore[union-attr]
    for adhesion, at, standings in (
        (asked_for, closes, ("awaited", "lapsed")),
        (activated(asked_for, at=START + DAY), START + DAY - TICK, ("awaited", "held")),
    ):
        company = tp.Portfolio([adhesion]).company(tp.Siren(BAKER))
        assert standings == tuple(company.holdings(at=it)["payer-cfe"].standing for it in (at, at + TICK))


@pytest.mark.rule("2.12", "2.3")
def test_missing_is_what_is_neither_held_nor_awaited() -> None:
    """Of the services asked about, or of all; for a file number, of what it can ask for."""
    portfolio = tp.Portfolio([request("payer-cfe", "payer-tf", id="a-1", organisation=BAKER)])
    company = portfolio.company(BAKER)
    assert (catalogue.PAY_VAT,) == company.missing(["payer-tva", "payer-cfe"], at=START)
    assert len(tp.CATALOGUE) - 2 == len(company.missing(at=START))
    assert (catalogue.CONSULT_PROPERTY_TAX_NOTICES,) == portfolio.company("TF2024A17").missing(at=START)
    with pytest.raises(tp.InvalidValueError, match="payer-rien"):
        company.missing(["payer-rien"], at=START)


def test_a_company_has_the_catalogue_of_its_latest_request() -> None:
    """A rulebook with fewer services has no other one to hold or to miss."""
    small = attrs.evolve(
        tp.EXPERT_2024_04_03, version="small", catalogue=tp.Catalogue((catalogue.PAY_CFE, catalogue.PAY_VAT))
    )
    earlier = request("payer-tva", id="a-0", organisation=BAKER, at=START - DAY, space=opened(at=START - DAY))
    latest = request("payer-cfe", id="a-1", organisation=BAKER, rulebook=small)
    company = tp.Portfolio([latest]).company(BAKER)
    assert {"payer-cfe", "payer-tva"} == set(company.holdings(at=START))
    assert (catalogue.PAY_VAT,) == company.missing(at=START)
    assert {"payer-cfe", "payer-tva"} == set(tp.Portfolio([latest, earlier]).company(BAKER).holdings(at=START))


def test_a_company_that_no_case_is_about_has_nothing() -> None:
    """It lacks everything; it has no name, no steps."""
    company = tp.Portfolio([]).company(GROCER)
    assert {tp.Standing.NEVER} == {holding.standing for holding in company.holdings(at=START).values()}
    assert (None, ()) == (company.name, company.next_steps(at=START))
    with pytest.raises(tp.InvalidValueError, match="one"):
        company.check_payment("payer-cfe", FRENCH_IBAN, at=START)


def test_a_company_has_the_last_name_it_was_given() -> None:
    """A request may name the company; the latest that does counts."""
    first = request("payer-cfe", id="a-1", organisation=BAKER, company_name="Boulangerie Martin")
    second = request("payer-tf", id="a-2", organisation=BAKER, company_name="Martin et filles", at=START + DAY)
    third = request("payer-is", id="a-3", organisation=BAKER, at=START + 2 * DAY)
    assert "Martin et filles" == tp.Portfolio([third, first, second]).company(BAKER).name


@pytest.mark.rule("A17", "2.20")
def test_payments_are_checked_over_a_whole_company() -> None:
    """One request holds the service, another declared the account, a mandate of a third makes it pass."""
    held = activated(
        requested(
            "payer-tva", id="a-1", organisation=BAKER, code=tp.HELD_ELSEWHERE, bank_accounts=["DE89370400440532013000"]
        ).case
    )
    other = request("payer-cfe", id="a-2", organisation=BAKER)
    paid_from = mandate(request("payer-is", id="a-3", organisation=BAKER))
    registered = paid_from.sign("representative", at=START).case.send(at=START).case.register(at=START).case
    assert None is tp.Portfolio([held, other, registered]).company(BAKER).check_payment(
        "payer-tva", FRENCH_IBAN, at=START
    )
    with pytest.raises(tp.PaymentRefusedError):
        tp.Portfolio([held, other, paid_from]).company(BAKER).check_payment("payer-tva", FRENCH_IBAN, at=START)


# --- Steps of many ----------------------------------------------------------------------------------------------------


def test_steps_of_all_companies_come_soonest_first_each_with_its_company() -> None:
    """A link of 48 hours comes before a letter of 60 days; what has no time limit comes last."""
    link = linked("payer-cfe", id="a-1", organisation=GROCER, bank_accounts=[FRENCH_IBAN]).case
    letter = request("payer-tva", id="a-2", organisation=BAKER)
    steps = tp.Portfolio([letter, link]).next_steps(at=START)
    assert [tp.Action.USE_LINK, tp.Action.WATCH_LETTER, tp.Action.ENTER_LETTER_CODE, tp.Action.ISSUE_MANDATE] == [
        step.action for step in steps
    ]
    expected = [tp.Siren(GROCER), tp.Siren(BAKER), tp.Siren(BAKER), tp.Siren(BAKER)]
    assert expected == [step.organisation for step in steps]


@pytest.mark.rule("A16", "A5")
def test_what_is_renewed_or_replaced_asks_for_nothing() -> None:
    """Neither a lapsed request that another one renews, nor a pending one that another replaces."""
    space = opened()
    lost = request("payer-cfe", id="a-1", organisation=BAKER)
    at = START + 80 * DAY
    renewed = lost.renew(space, id="a-2", at=at).case
    replaced = renewed.renew(space, id="a-3", at=at + DAY).case
    assert {"a-1"} == {step.case_id for step in tp.Portfolio([lost]).next_steps(at=at)}
    assert {"a-3"} == {step.case_id for step in tp.Portfolio([lost, renewed, replaced]).next_steps(at=at + DAY)}


def test_a_lapsed_request_whose_services_are_there_since_asks_for_nothing() -> None:
    """What other live requests hold or await need not be asked for again, once they have all of it."""
    at = START + 80 * DAY
    lost, both_lost = (
        request("payer-cfe", *more, id=id, organisation=BAKER) for id, more in (("a-1", ()), ("a-5", ("payer-is",)))
    )
    since = request("payer-cfe", "payer-tf", id="a-2", organisation=BAKER, at=at)
    other = request("payer-is", id="a-3", organisation=BAKER, at=at)
    lost_too = request("payer-cfe", id="a-4", organisation=BAKER)
    for cases, asking in (
        ([lost], {"a-1"}),
        ([lost, since], {"a-2"}),
        ([lost, other], {"a-1", "a-3"}),
        ([both_lost, since], {"a-5", "a-2"}),
        ([both_lost, since, other], {"a-2", "a-3"}),
        ([lost, lost_too], {"a-1", "a-4"}),
    ):
        assert asking == {step.case_id for step in tp.next_steps(cases, at=at) if step.account is None}


@pytest.mark.rule("A14", "A18")
def test_what_is_requested_again_is_said_once_with_the_request_that_has_it() -> None:
    """The later of two live requests, by when it happened, unless it renews the other; lapsed ones are passed over."""
    first = request("payer-cfe", "payer-tf", id="a-4", organisation=BAKER, recorded_at=START + 3 * DAY)
    again = request("payer-cfe", "payer-is", id="a-2", organisation=BAKER, at=START + DAY)
    replaces = first.renew(opened(), id="a-3", at=START + DAY, recorded_at=START + 3 * DAY).case
    at = START + 3 * DAY
    portfolio = tp.Portfolio([again, first])
    told = [step for step in portfolio.next_steps(at=at) if step.action is tp.Action.KNOW_REPEATED]
    (repeat,) = portfolio.repeats(at=at)
    assert [("a-2", "a-4", (catalogue.PAY_CFE,))] == [(step.case_id, step.other, step.services) for step in told]
    assert (catalogue.PAY_CFE, again, first) == (repeat.service, repeat.adhesion, repeat.other)
    assert [(tp.Actor.USER, "A18", tp.Siren(BAKER))] == [(step.actor, step.rule, step.organisation) for step in told]
    assert () == tp.Portfolio([first, replaces]).repeats(at=at)
    assert () == portfolio.repeats(at=START + 100 * DAY)
    seen = first.record_letter(date(2025, 1, 6), at=START, recorded_at=at).case
    for once in ([first, replaces], [first, seen]):
        assert [] == [step for step in tp.next_steps(once, at=at) if step.other is not None]
    late = START + 100 * DAY
    one, other = (request("payer-cfe", id=id, organisation=BAKER, at=late) for id in ("a-5", "a-6"))
    assert [(other, one)] == [(it.adhesion, it.other) for it in tp.Portfolio([first, one, other]).repeats(at=late)]


@pytest.mark.rule("2.12")
def test_an_active_space_is_advised_of_what_its_companies_lack() -> None:
    """Each company with what it neither holds nor awaits; a space alone, or a pending one, as ever."""
    space, pending = opened(), asked().case
    adhesion = request("payer-cfe", id="a-1", organisation=BAKER, space=space)
    everything = request(*(code for code in tp.CATALOGUE if code != "messagerie"), id="a-2", organisation=BAKER)
    complete = linked(*tp.CATALOGUE, id="a-3", organisation=BAKER, bank_accounts=[FRENCH_IBAN]).case

    def useful(*cases: tp.Case) -> list[tp.NextStep]:
        return [step for step in tp.next_steps(cases, at=START) if step.rule == "2.12"]

    (step,) = useful(space, adhesion)
    assert (space.id, tp.Siren(BAKER), len(tp.CATALOGUE) - 1) == (step.case_id, step.organisation, len(step.services))
    assert (tp.Actor.USER, tp.Action.REQUEST_SERVICES) == (step.actor, step.action)
    assert [(catalogue.MESSAGING,)] == [it.services for it in useful(space, everything)]
    assert [()] == [it.services for it in useful(space)]
    assert tp.Action.ENTER_EMAILED_CODE in {it.action for it in tp.next_steps([pending, adhesion], at=START)}
    of_a_file = requested(id="a-4", organisation="TF2024A17").case
    left = space.close("mistake", at=START).case
    for nothing_left in ((opened(id="space-2"), adhesion), (left, adhesion), (space, complete), (space, of_a_file)):
        assert [] == useful(*nothing_left)


@pytest.mark.rule("2.18", "A8")
def test_an_account_is_given_one_mandate_for_all_the_requests_of_its_company() -> None:
    """Two requests of one company with one account ask for one mandate; one that is on its way says its own steps."""
    first = request("payer-tva", id="a-1", organisation=BAKER)
    second = request("payer-is", id="a-2", organisation=BAKER, at=START + DAY)
    issued = mandate(first)
    elsewhere = mandate(request("payer-tva", id="a-3", organisation=GROCER), id="mandate-2")

    def about(*cases: Any) -> list[tuple[str, str]]:
        steps = tp.next_steps(cases, at=START + DAY)
        return [(step.case_id, step.action) for step in steps if step.account is not None]

    assert [("a-2", tp.Action.ISSUE_MANDATE)] == about(first, second)
    assert [("mandate-1", tp.Action.SIGN_MANDATE)] == about(first, second, issued)
    # Of several mandates for the account, the one to go on with is said, wherever it stands; and what comes after it.
    sent = mandate(first, id="mandate-3").sign(tp.Applicant.REPRESENTATIVE, at=START).case.send(at=START).case
    on_its_way = [("mandate-3", tp.Action.REGISTER_MANDATE), ("mandate-3", tp.Action.CHECK_MANDATE)]
    assert on_its_way == about(first, second, issued, sent) == about(sent, issued, first)
    assert {"a-1", "a-2"} <= {step.case_id for step in tp.next_steps([issued, first, second], at=START + DAY)}
    assert [("mandate-2", tp.Action.SIGN_MANDATE)] == about(elsewhere)
    assert [("mandate-1", tp.Action.SIGN_MANDATE)] == [
        (step.case_id, step.action)
        for step in tp.next_steps(first, at=START, mandates=[issued])
        if step.account is not None
    ]


# --- At risk ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("A3")
def test_at_risk_looks_at_the_last_usable_day_with_the_day_of_grace() -> None:
    """Within 15 days of Paris of the last day, on that day still; of an estimate, of the day to show."""
    unseen = request("payer-cfe", id="a-1", organisation=BAKER)
    seen = unseen.record_letter(date(2025, 1, 6), at=START).case
    link = linked("payer-cfe", id="a-1", at=paris("2025-01-07T00:30"), bank_accounts=[FRENCH_IBAN]).case
    watched = {tp.Action.CHASE_LETTER, tp.Action.ENTER_LETTER_CODE}
    for case, at, within, expected in (
        (seen, "2025-02-19T23:30", 15, set()),
        (seen, "2025-02-20T23:30", 15, {tp.Action.ENTER_LETTER_CODE}),
        (seen, "2025-03-07T23:30", 15, {tp.Action.ENTER_LETTER_CODE}),
        (seen, "2025-03-08T23:30", 15, set()),
        # The letter may bear the day of the validation: nobody waits for the last announced one to be told.
        (unseen, "2025-01-06T12:00", None, set()),
        (unseen, "2025-02-18T12:00", None, set()),
        (unseen, "2025-02-19T12:00", None, watched),
        (unseen, "2025-03-20T12:00", None, watched),
        # Half an hour after midnight, it is the day that clocks in Paris read.
        (link, "2025-01-09T00:10", 0, {tp.Action.USE_LINK}),
        (link, "2025-01-08T23:50", 0, set()),
    ):
        given = {} if within is None else {"within": timedelta(days=within)}
        assert expected == {step.action for step in tp.Portfolio([case]).at_risk(at=paris(at), **given)}


# --- Rows -------------------------------------------------------------------------------------------------------------


def test_rows_are_plain() -> None:
    """Texts, booleans, dates and instants, one dict a request with the same keys in each: what a sheet takes."""
    letter = request("payer-cfe", "payer-tf", id="a-1", organisation=BAKER, company_name="Boulangerie Martin")
    again = letter.renew(opened(), id="a-2", at=START + DAY).case
    tf = requested(id="a-3", organisation="TF2024A17").case
    of_a_mandate = mandate(request("payer-tva", id="a-4", organisation=GROCER))
    rows = tp.Portfolio([letter, again, tf, of_a_mandate]).rows(at=START + DAY)
    first, second, third = rows
    (over,) = tp.Portfolio([letter]).rows(at=START + 100 * DAY)
    expected = {
        "case_id": "a-1",
        "organisation": "552008443",
        "organisation_kind": "siren",
        "company_name": "Boulangerie Martin",
        "services": "payer-cfe payer-tf",
        "stage": "awaiting_code",
        "over": False,
        "presumed": False,
        "requested_on": date(2025, 1, 6),
        "letter_of": None,
        "safe_until": date(2025, 3, 6),
        "last_day": date(2025, 3, 21),
        "estimated": True,
        "due_at": paris("2025-01-21T00:00"),
        "applicant": "representative",
        "renews": None,
        "renewed_by": "a-2",
    }
    ended = {"over": True, "presumed": True, "safe_until": None, "last_day": None, "estimated": False}
    assert expected == first
    assert expected | ended | {"renewed_by": None} == over
    assert ("a-2", "a-1", None) == (second["case_id"], second["renews"], second["renewed_by"])
    assert ("TF2024A17", "file_number", False, date(2025, 1, 6)) == tuple(
        third[key] for key in ("organisation", "organisation_kind", "estimated", "letter_of")
    )
    csv.DictWriter(io.StringIO(), fieldnames=list(first)).writerows(rows)
    assert all(isinstance(cell, (str, bool, date, datetime, type(None))) for row in rows for cell in row.values())


def test_a_company_asks_for_what_its_mandates_need() -> None:
    """Steps of its mandates are its steps; a company of which nothing but a mandate is known is one."""
    baker = request("payer-tva", id="a-1", organisation=BAKER)
    grocer = mandate(request("payer-tva", id="a-2", organisation=GROCER), id="m-2")
    portfolio = tp.Portfolio([baker, mandate(baker), grocer])
    assert [tp.Siren(BAKER), tp.Siren(GROCER)] == list(portfolio.companies)
    assert [("m-2", tp.Action.SIGN_MANDATE)] == [
        (step.case_id, step.action) for step in portfolio.company(GROCER).next_steps(at=START)
    ]
    assert [
        ("a-1", tp.Action.WATCH_LETTER),
        ("a-1", tp.Action.ENTER_LETTER_CODE),
        ("mandate-1", tp.Action.SIGN_MANDATE),
    ] == [(step.case_id, step.action) for step in portfolio.company(BAKER).next_steps(at=START)]


@pytest.mark.rule("A3")
def test_steps_come_by_the_day_to_show_and_not_by_the_last_one() -> None:
    """A letter not seen is to be acted on before one that was, though its code may work for longer."""
    unseen = request("payer-cfe", id="a-1", organisation=BAKER)
    seen = request("payer-cfe", id="a-2", organisation=GROCER, at=START + 5 * DAY)
    seen = seen.record_letter(date(2025, 1, 11), at=START + 6 * DAY).case
    codes = [
        it for it in tp.next_steps([seen, unseen], at=START + 20 * DAY) if it.action is tp.Action.ENTER_LETTER_CODE
    ]
    assert ["a-1", "a-2"] == [step.case_id for step in codes]
    assert [date(2025, 3, 6), date(2025, 3, 11)] == [step.by.date() for step in codes if step.by]
    assert [date(2025, 3, 21), date(2025, 3, 12)] == [step.closes.date() for step in codes if step.closes]


def test_a_row_says_when_it_happened_what_is_due_and_what_is_presumed() -> None:
    """Told two days late, with a code held here or elsewhere; days are those of Paris, the letter's of its own."""
    told = {"organisation": BAKER, "at": START, "recorded_at": START + 2 * DAY}
    here = requested(id="a-1", **told).case
    elsewhere = request("payer-cfe", "payer-tf", id="a-2", company_name="Martin", **told)
    seen = elsewhere.record_letter(date(2025, 1, 7), at=START + 2 * DAY).case
    link = linked("payer-cfe", id="a-3", at=paris("2025-01-07T00:30"), bank_accounts=[FRENCH_IBAN]).case
    first, second, third = tp.Portfolio([here, seen, link]).rows(at=START + 2 * DAY)
    over, presumed = tp.Portfolio([here, elsewhere]).rows(at=START + 100 * DAY)
    columns = ("requested_on", "letter_of", "safe_until", "last_day")
    for row, days, due_at in (
        (first, (6, 8, 8 + 59, 8 + 60), here.due_at),
        (second, (6, 7, 7 + 59, 7 + 60), seen.due_at),
        (third, (7, None, 9, 9), link.due_at),
    ):
        expected = [None if it is None else date(2025, 1, 1) + (it - 1) * DAY for it in days]
        assert (expected, False, due_at) == ([row[key] for key in columns], row["presumed"], row["due_at"])
    assert ["Martin", "Martin"] == [first["company_name"], second["company_name"]]
    assert [(True, False, False), (True, True, False)] == [
        (row["over"], row["presumed"], row["estimated"]) for row in (over, presumed)
    ]


# --- The portfolio itself ---------------------------------------------------------------------------------------------


def test_a_portfolio_takes_cases_in_any_order_and_nothing_else() -> None:
    """What is no case is told; its `repr` says how much it is; a space is no company, though it has a number."""
    one = request("payer-cfe", id="a-1", organisation=BAKER)
    portfolio = tp.Portfolio([opened(), one])
    assert ("Portfolio(2 cases, 1 companies)", [tp.Siren(BAKER)]) == (repr(portfolio), list(portfolio.companies))
    assert {} == dict(tp.Portfolio([opened()]).companies)
    with pytest.raises(tp.InvalidValueError) as error:
        tp.Portfolio([one, "two"])  # type: ignore[list-item]
    assert "str is not a case: expected Case" == str(error.value)


def test_a_company_has_its_mandates_the_oldest_first() -> None:
    """In whichever order they were given; of one instant, by their ids."""
    first = request("payer-tva", id="a-1", organisation=BAKER)
    kept = [mandate(first, id=id, at=at) for id, at in (("m-3", START), ("m-1", START + DAY), ("m-2", START))]
    company = tp.Portfolio([*kept, first]).companies[tp.Siren(BAKER)]
    assert tp.Siren(BAKER) == company.organisation
    assert ["m-2", "m-3", "m-1"] == [it.id for it in company.mandates]


def test_questions_take_aware_instants() -> None:
    """A naive one is refused by each."""
    portfolio, naive = tp.Portfolio([request("payer-cfe", id="a-1", organisation=BAKER)]), datetime(2025, 1, 6)
    company = portfolio.company(BAKER)
    for question in (
        company.holdings,
        company.missing,
        company.next_steps,
        portfolio.next_steps,
        portfolio.at_risk,
        portfolio.repeats,
        portfolio.rows,
    ):
        with pytest.raises(tp.InvalidValueError, match="naive"):
            question(at=naive)


def test_a_portfolio_is_a_value_made_of_its_cases_alone() -> None:
    """The same cases are the same portfolio, whoever made it; what finds companies in it is its own."""
    cases = (asked().case, requested().case)
    assert {tp.Portfolio(cases)} == {tp.Portfolio(iter(cases))}
    assert tp.Portfolio(cases) != tp.Portfolio(cases[:1])
    with pytest.raises(TypeError):
        tp.Portfolio(cases, by_company={})  # type: ignore[call-arg] # the point of it


def test_what_names_no_company_comes_last():
    """A step that an early release stored in a reminder says nobody's company: SIRENs first, then file numbers."""
    siren, file_number = tp.Siren("552100554"), tp.FileNumber("TF1")

    assert [siren, file_number, None] == sorted([None, file_number, siren], key=place_of)


@pytest.mark.rule("A18")
def test_two_cases_of_one_id_are_refused() -> None:
    """One of them would be in no list: every door says so, whichever comes first, and names the id."""
    one = request("payer-cfe", id="a-1", organisation=BAKER)
    other = request("payer-cfe", id="a-1", organisation=GROCER)
    closed = one.close("mistake", at=START).case
    for cases in ([one, other], [other, one], [one, closed, other], [opened(id="a-1"), one]):
        for door in (tp.Portfolio, lambda it: tp.next_steps(it, at=START)):
            with pytest.raises(tp.InvalidValueError, match=r"^two cases have the id 'a-1': expected another") as caught:
                door(cases)

            assert ("case_id.repeated", {"value": "'a-1'"}) == (caught.value.code, caught.value.facts)


@pytest.mark.rule("A18")
def test_snapshots_of_one_case_are_one_under_any_rulebook() -> None:
    """A case that was moved to another rulebook meanwhile is the same case, and its higher version counts."""
    one = request("payer-cfe", id="a-1", organisation=BAKER)
    moved = one.change_rulebook(attrs.evolve(tp.EXPERT_2024_04_03, version="next"), at=START + DAY).case

    assert (moved,) == tp.Portfolio([one, moved]).cases == tp.Portfolio([moved, one]).cases
    assert (one,) == tp.Portfolio([one, loads(dumps(one))]).cases
