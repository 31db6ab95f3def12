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
from teleprocedures.testing import adhesion_form
from tests.builders import DAY, FRENCH_IBAN, PARIS, START, TICK, asked, linked, opened, paris, requested

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


@pytest.mark.rule("3.5", "2.11", "3.4")
def test_holdings_say_where_each_service_stands() -> None:
    """Held before awaited before lapsed, over all requests; what was never asked for is there too."""
    held = activated(request("payer-cfe", id="a-1", organisation=BAKER))
    lapsed = request("payer-cfe", "payer-tva", id="a-2", organisation=BAKER)
    at = START + 80 * DAY
    awaited = request("payer-is", "payer-tva", id="a-3", organisation=BAKER, at=at - DAY)
    found = tp.Portfolio([lapsed, awaited, held]).company(BAKER).holdings(at=at)
    assert set(tp.CATALOGUE) == set(found)
    assert (tp.Standing.HELD, held) == (found["payer-cfe"].standing, found["payer-cfe"].adhesion)
    assert (tp.Standing.AWAITED, awaited) == (found["payer-tva"].standing, found["payer-tva"].adhesion)
    assert awaited.deadline == found["payer-is"].deadline
    assert (tp.Standing.NEVER, None, None) == (
        found["payer-tf"].standing,
        found["payer-tf"].adhesion,
        found["payer-tf"].deadline,
    )
    gone = tp.Portfolio([lapsed]).company(BAKER).holdings(at=at)["payer-tva"]
    assert (tp.Standing.LAPSED, lapsed, None) == (gone.standing, gone.adhesion, gone.deadline)
    assert list(found) == [holding.service.code for holding in found.values()]


@pytest.mark.rule("3.5", "2.12")
def test_what_is_held_stays_held_and_what_is_over_is_missing() -> None:
    """A service that is held is not awaited because it was asked for again; one whose request is over is missing."""
    at = START + 80 * DAY
    held = activated(request("payer-cfe", id="a-1", organisation=BAKER))
    lapsed = request("payer-is", "payer-tf", id="a-2", organisation=BAKER)
    again = request("payer-cfe", "payer-tva", id="a-3", organisation=BAKER, at=at)
    company = tp.Portfolio([again, lapsed, held]).company(BAKER)
    found = company.holdings(at=at)
    assert (tp.Standing.HELD, held, None) == attrs.astuple(found["payer-cfe"], recurse=False)[1:]
    assert (tp.Standing.AWAITED, again, again.deadline) == attrs.astuple(found["payer-tva"], recurse=False)[1:]
    assert [(tp.Standing.LAPSED, lapsed)] * 2 == [
        (found[code].standing, found[code].adhesion) for code in ("payer-is", "payer-tf")
    ]
    assert (catalogue.PAY_CORPORATE_TAX, catalogue.PAY_PROPERTY_TAX) == company.missing(
        ["payer-is", "payer-tva", "payer-tf", "payer-cfe"], at=at
    )


@pytest.mark.rule("A3")
def test_what_is_awaited_lapses_with_its_last_microsecond() -> None:
    """The instant decides, whether or not the lapse was recorded."""
    asked_for = request("payer-cfe", id="a-1", organisation=BAKER)
    company = tp.Portfolio([asked_for]).company(tp.Siren(BAKER))
    assert asked_for.deadline is not None
    closes = asked_for.deadline.closes
    assert tp.Standing.AWAITED is company.holdings(at=closes)["payer-cfe"].standing
    assert tp.Standing.LAPSED is company.holdings(at=closes + TICK)["payer-cfe"].standing


def test_services_are_held_from_their_activation_on() -> None:
    """Before it, they are awaited."""
    held = activated(request("payer-cfe", id="a-1", organisation=BAKER), at=START + DAY)
    company = tp.Portfolio([held]).company(BAKER)
    assert tp.Standing.AWAITED is company.holdings(at=START + DAY - TICK)["payer-cfe"].standing
    assert tp.Standing.HELD is company.holdings(at=START + DAY)["payer-cfe"].standing


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
    """What another request holds or awaits need not be asked for again."""
    lost = request("payer-cfe", id="a-1", organisation=BAKER)
    at = START + 80 * DAY
    since = request("payer-cfe", "payer-tf", id="a-2", organisation=BAKER, at=at)
    other = request("payer-is", id="a-3", organisation=BAKER, at=at)
    assert "a-1" not in {step.case_id for step in tp.next_steps([lost, since], at=at)}
    # One of its two services is not enough.
    both_lost = request("payer-cfe", "payer-is", id="a-5", organisation=BAKER)
    assert "a-5" in {step.case_id for step in tp.next_steps([both_lost, since], at=at)}
    assert "a-5" not in {step.case_id for step in tp.next_steps([both_lost, since, other], at=at)}
    # Another one that has lapsed holds nothing, and is no reason not to ask again.
    both = (lost, request("payer-cfe", id="a-4", organisation=BAKER))
    assert {"a-1", "a-4"} <= {step.case_id for step in tp.next_steps(both, at=at)}
    assert "a-1" in {step.case_id for step in tp.next_steps([lost, other], at=at)}
    assert "a-1" in {step.case_id for step in tp.next_steps([lost], at=at)}


@pytest.mark.rule("A18")
def test_what_is_requested_again_is_said_once_with_the_request_that_has_it() -> None:
    """The later of two live requests is told, unless it renews the other."""
    first = request("payer-cfe", "payer-tf", id="a-1", organisation=BAKER)
    again = request("payer-cfe", "payer-is", id="a-2", organisation=BAKER, at=START + DAY)
    replaces = first.renew(opened(), id="a-3", at=START + DAY).case
    portfolio = tp.Portfolio([again, first])
    told = [step for step in portfolio.next_steps(at=START + DAY) if step.action is tp.Action.KNOW_REPEATED]
    seen = first.record_letter(date(2025, 1, 6), at=START).case
    (repeat,) = portfolio.repeats(at=START + DAY)
    assert [("a-2", "a-1", (catalogue.PAY_CFE,))] == [(step.case_id, step.other, step.services) for step in told]
    assert (catalogue.PAY_CFE, again, first) == (repeat.service, repeat.adhesion, repeat.other)
    assert [(tp.Actor.USER, "A18", tp.Siren(BAKER))] == [(step.actor, step.rule, step.organisation) for step in told]
    assert () == tp.Portfolio([first, replaces]).repeats(at=START + DAY)
    assert () == portfolio.repeats(at=START + 100 * DAY)
    for once in ([first, replaces], [first, seen]):
        assert [] == [step for step in tp.next_steps(once, at=START + DAY) if step.other is not None]


@pytest.mark.rule("A18")
def test_a_lapsed_request_is_passed_over_where_later_ones_repeat_each_other() -> None:
    """It holds nothing; what comes after it is looked at all the same."""
    lost = request("payer-cfe", id="a-1", organisation=BAKER)
    at = START + 80 * DAY
    first, again = (request("payer-cfe", id=id, organisation=BAKER, at=at) for id in ("a-2", "a-3"))
    assert [(again, first)] == [
        (repeat.adhesion, repeat.other) for repeat in tp.Portfolio([lost, first, again]).repeats(at=at)
    ]


@pytest.mark.rule("2.12")
def test_an_active_space_is_advised_of_what_its_companies_lack() -> None:
    """Each company with what it neither holds nor awaits; a space alone, or a pending one, as ever."""
    space, pending = opened(), asked().case
    adhesion = request("payer-cfe", id="a-1", organisation=BAKER, space=space)
    (useful,) = [step for step in tp.next_steps([space, adhesion], at=START) if step.rule == "2.12"]
    everything = request(*(code for code in tp.CATALOGUE if code != "messagerie"), id="a-2", organisation=BAKER)
    assert (space.id, tp.Siren(BAKER)) == (useful.case_id, useful.organisation)
    assert (tp.Actor.USER, tp.Action.REQUEST_SERVICES) == (useful.actor, useful.action)
    assert len(tp.CATALOGUE) - 1 == len(useful.services)
    assert [tp.Action.REQUEST_SERVICES] == [step.action for step in tp.next_steps([space], at=START)]
    assert tp.Action.ENTER_EMAILED_CODE in {step.action for step in tp.next_steps([pending, adhesion], at=START)}
    assert (catalogue.MESSAGING,) == next(
        step.services for step in tp.next_steps([space, everything], at=START) if step.rule == "2.12"
    )
    assert [] == [step for step in tp.next_steps([opened(id="space-2"), adhesion], at=START) if step.rule == "2.12"]
    complete = linked(*tp.CATALOGUE, id="a-3", organisation=BAKER, bank_accounts=[FRENCH_IBAN]).case
    of_a_file = requested(id="a-4", organisation="TF2024A17").case
    for nothing_left in (complete, of_a_file):
        assert [] == [step for step in tp.next_steps([space, nothing_left], at=START) if step.rule == "2.12"]


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
    """Within 15 civil days in Paris of the last day; on that day still, and no more once it is over."""
    letter = request("payer-cfe", id="a-1", organisation=BAKER)
    seen = letter.record_letter(date(2025, 1, 6), at=START).case
    portfolio = tp.Portfolio([seen])

    def risks(day: date) -> set[str]:
        at = datetime(day.year, day.month, day.day, 23, 30, tzinfo=PARIS)
        return {step.action for step in portfolio.at_risk(at=at, within=timedelta(days=15))}

    assert set() == risks(date(2025, 2, 19))
    assert {tp.Action.ENTER_LETTER_CODE} == risks(date(2025, 2, 20))
    assert {tp.Action.ENTER_LETTER_CODE} == risks(date(2025, 3, 7))
    assert set() == risks(date(2025, 3, 8))


@pytest.mark.rule("A3")
def test_what_is_only_estimated_is_at_risk_by_the_day_to_show() -> None:
    """The letter may bear the day of the validation: nobody waits for the last announced one to be told."""
    portfolio = tp.Portfolio([request("payer-cfe", id="a-1", organisation=BAKER)])

    def risks(day: date) -> set[str]:
        at = datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)
        return {step.action for step in portfolio.at_risk(at=at)}

    assert set() == risks(date(2025, 1, 6)) == risks(date(2025, 2, 18))
    assert {tp.Action.WATCH_LETTER, tp.Action.ENTER_LETTER_CODE} == risks(date(2025, 2, 19))
    assert {tp.Action.WATCH_LETTER, tp.Action.ENTER_LETTER_CODE} == risks(date(2025, 3, 20))


@pytest.mark.rule("A3")
def test_the_days_at_risk_are_those_of_paris() -> None:
    """Half an hour after midnight, it is the day that clocks in Paris read, for what ends then and for who asks."""
    link = tp.Portfolio([linked("payer-cfe", id="a-1", at=paris("2025-01-07T00:30"), bank_accounts=[FRENCH_IBAN]).case])
    assert [tp.Action.USE_LINK] == [
        step.action for step in link.at_risk(at=paris("2025-01-09T00:10"), within=timedelta(0)) if step.closes
    ]
    assert () == link.at_risk(at=paris("2025-01-08T23:50"), within=timedelta(0))


# --- Rows -------------------------------------------------------------------------------------------------------------


def test_rows_are_plain() -> None:
    """Texts, booleans, dates and instants, one dict a request with the same keys in each: what a sheet takes."""
    letter = request("payer-cfe", "payer-tf", id="a-1", organisation=BAKER, company_name="Boulangerie Martin")
    again = letter.renew(opened(), id="a-2", at=START + DAY).case
    tf = requested(id="a-3", organisation="TF2024A17").case
    rows = tp.Portfolio([letter, again, tf, mandate(request("payer-tva", id="a-4", organisation=GROCER))]).rows(
        at=START + DAY
    )
    by_id = {row["case_id"]: row for row in rows}
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, fieldnames=list(rows[0]))
    writer.writerows(rows)
    assert ["a-1", "a-2", "a-3"] == list(by_id)
    assert ("552008443", "siren", "Boulangerie Martin", "payer-cfe payer-tf", "awaiting_code") == tuple(
        by_id["a-1"][key] for key in ("organisation", "organisation_kind", "company_name", "services", "stage")
    )
    assert (date(2025, 1, 6), date(2025, 3, 6), date(2025, 3, 21), True) == tuple(
        by_id["a-1"][key] for key in ("requested_on", "safe_until", "last_day", "estimated")
    )
    assert ("a-2", "a-1") == (by_id["a-1"]["renewed_by"], by_id["a-2"]["renews"])
    assert ("TF2024A17", "file_number") == (by_id["a-3"]["organisation"], by_id["a-3"]["organisation_kind"])
    assert (False, date(2025, 1, 6)) == (by_id["a-3"]["estimated"], by_id["a-3"]["letter_of"])
    assert (letter.due_at, "representative", False) == tuple(
        by_id["a-1"][key] for key in ("due_at", "applicant", "presumed")
    )
    over = tp.Portfolio([letter]).rows(at=START + 100 * DAY)[0]
    assert (True, True, None, None) == tuple(over[key] for key in ("over", "presumed", "safe_until", "last_day"))
    assert all(isinstance(cell, (str, bool, date, datetime, type(None))) for row in rows for cell in row.values())


def test_the_days_of_rows_are_those_of_paris() -> None:
    """A link requested half an hour after midnight ends as late on a day; no letter is known of yet."""
    link = linked("payer-cfe", id="a-1", at=paris("2025-01-07T00:30"), bank_accounts=[FRENCH_IBAN]).case
    (row,) = tp.Portfolio([link]).rows(at=link.since)
    assert (date(2025, 1, 7), date(2025, 1, 9), date(2025, 1, 9), None) == tuple(
        row[key] for key in ("requested_on", "safe_until", "last_day", "letter_of")
    )


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


@pytest.mark.rule("A14", "A18")
def test_what_was_asked_first_was_not_always_told_first() -> None:
    """Of two requests for one service, the one that happened later repeats the other, whichever was told later."""
    first = request("payer-cfe", id="a-2", organisation=BAKER, recorded_at=START + 3 * DAY)
    later = request("payer-cfe", id="a-1", organisation=BAKER, at=START + DAY)
    told = [
        step for step in tp.next_steps([first, later], at=START + 3 * DAY) if step.action is tp.Action.KNOW_REPEATED
    ]
    (repeat,) = tp.Portfolio([first, later]).repeats(at=START + 3 * DAY)
    assert [("a-1", "a-2")] == [(step.case_id, step.other) for step in told]
    assert ("a-1", "a-2") == (repeat.adhesion.id, repeat.other.id)


@pytest.mark.rule("A18")
def test_all_that_repeat_a_service_repeat_the_request_that_had_it_first() -> None:
    """The third request of a service names the first one, and not the second."""
    asked_for = [
        request("payer-cfe", id=id, organisation=BAKER, at=START + after * DAY)
        for after, id in enumerate(("a-1", "a-2", "a-3"))
    ]
    assert [("a-2", "a-1"), ("a-3", "a-1")] == [
        (repeat.adhesion.id, repeat.other.id) for repeat in tp.Portfolio(asked_for).repeats(at=START + 3 * DAY)
    ]


def test_a_row_says_when_it_happened_what_is_due_and_what_is_presumed() -> None:
    """Told two days late, with a code held here or elsewhere; the letter is of a day of its own."""
    told = {"organisation": BAKER, "at": START, "recorded_at": START + 2 * DAY}
    here = requested(id="a-1", organisation=BAKER, at=START, recorded_at=START + 2 * DAY).case
    elsewhere = request("payer-cfe", "payer-tf", id="a-2", company_name="Martin", **told)
    seen = elsewhere.record_letter(date(2025, 1, 7), at=START + 2 * DAY).case
    first, second = tp.Portfolio([here, seen]).rows(at=START + 3 * DAY)
    over, presumed = tp.Portfolio([here, elsewhere]).rows(at=START + 100 * DAY)
    columns = ("requested_on", "letter_of", "safe_until", "last_day", "presumed", "due_at")
    assert (date(2025, 1, 6), date(2025, 1, 8), date(2025, 3, 8), date(2025, 3, 9), False, here.due_at) == tuple(
        first[key] for key in columns
    )
    assert (date(2025, 1, 6), date(2025, 1, 7), date(2025, 3, 7), date(2025, 3, 8), False, seen.due_at) == tuple(
        second[key] for key in columns
    )
    assert ["Martin", "Martin"] == [first["company_name"], second["company_name"]]
    assert [(True, False, False), (True, True, False)] == [
        (row["over"], row["presumed"], row["estimated"]) for row in (over, presumed)
    ]


# --- The portfolio itself ---------------------------------------------------------------------------------------------


def test_a_portfolio_takes_cases_in_any_order_and_nothing_else() -> None:
    """What is no case is told; its `repr` says how much it is."""
    one = request("payer-cfe", id="a-1", organisation=BAKER)
    portfolio = tp.Portfolio([opened(), one])
    assert "Portfolio(2 cases, 1 companies)" == repr(portfolio)
    assert [tp.Siren(BAKER)] == list(portfolio.companies)
    with pytest.raises(tp.InvalidValueError) as error:
        tp.Portfolio([one, "two"])  # type: ignore[list-item]
    assert "str is not a case: expected Space, Adhesion, Mandate" == str(error.value)


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


def test_a_space_is_no_company() -> None:
    """The firm's own number is that of a company only if a request is about it."""
    space: tp.Space = opened()
    assert {} == dict(tp.Portfolio([space]).companies)
    assert adhesion_form().organisation not in tp.Portfolio([space]).companies


def test_a_portfolio_is_a_value_made_of_its_cases_alone() -> None:
    """The same cases are the same portfolio, whoever made it; what finds companies in it is its own."""
    cases = (asked().case, requested().case)
    assert {tp.Portfolio(cases)} == {tp.Portfolio(iter(cases))}
    assert tp.Portfolio(cases) != tp.Portfolio(cases[:1])
    with pytest.raises(TypeError):
        tp.Portfolio(cases, by_company={})  # type: ignore[call-arg] # the point of it
