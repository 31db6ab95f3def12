"""What is next: who must do what, by when, under which rule; advice that can be followed, the soonest first."""

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
    TOKEN,
    asked,
    held,
    issued,
    linked,
    mandate_in,
    opened,
    paying,
    requested,
)
from tests.instants import DAY, ESTIMATED_LAST, HOUR, LAST, SAFE, START, TICK, TWO_DAYS, end_of, paris

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}


def told(steps: tuple[tp.NextStep, ...]) -> list[tuple[str, str, str, datetime | None]]:
    """Each step as who, what, the rule, by when."""
    return [(step.actor, step.action, str(step.rule), step.by) for step in steps]


# --- Step 1 -----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("1.9", "1.11", "2.9", "2.12")
def test_a_space_and_a_link_wait_for_48_hours() -> None:
    """That instant included; past it a space is asked for again, and an active one asks for all that is useful."""
    end = START + TWO_DAYS
    step = tp.NextStep(
        actor=tp.Actor.USER,
        action=tp.Action.ENTER_EMAILED_CODE,
        by=end,
        closes=end,
        rule=tp.EXPERT_2024_04_03.rule("1.9"),
        case_id="space-1",
        organisation=tp.Siren("732829320"),
    )
    for at in (START, end):
        assert (step,) == tp.next_steps(asked().case, at=at) == asked().case.next_steps(at=at)
        assert [(tp.Actor.COMPANY, tp.Action.USE_LINK, "2.9", end)] == told(tp.next_steps(linked().case, at=at))
    for space in (asked().case, asked().case.lapse(at=end + TICK).case):
        (again,) = tp.next_steps(space, at=end + TICK)
        assert [(tp.Actor.USER, tp.Action.SUBMIT_SPACE_AGAIN, "1.11", None)] == told((again,))
        assert (None, False) == (again.closes, again.estimated)
    assert [(tp.Actor.USER, tp.Action.REQUEST_SERVICES, "2.12", None)] == told(tp.next_steps(opened(), at=START))


# --- Steps 2 and 3 ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("3.1", "A3")
@pytest.mark.parametrize(
    ("at", "by"), [(START, SAFE), (SAFE, SAFE), (SAFE + TICK, LAST), (LAST - HOUR, LAST), (LAST, LAST)]
)
def test_the_date_shown_is_never_past_while_something_is_possible(at: datetime, by: datetime) -> None:
    """Day 59 is shown to its end; on day 60 it is day 60, to its last microsecond."""
    (step,) = tp.next_steps(requested().case, at=at)
    assert (by, LAST, False) == (step.by, step.closes, step.estimated)
    assert at <= by


@pytest.mark.rule("A3", "F2")
def test_a_letter_is_watched_for_then_asked_after() -> None:
    """Until its day is reported: watched for up to the announced day, then asked after, as it may be lost (A16)."""
    request, announced = requested(**ELSEWHERE).case, end_of("2025-01-20")
    for at, action, watch, enter, unsafe_since in (
        (START, tp.Action.WATCH_LETTER, announced, SAFE, None),
        (announced, tp.Action.WATCH_LETTER, announced, SAFE, None),
        (announced + TICK, tp.Action.CHASE_LETTER, SAFE, SAFE, None),
        (SAFE, tp.Action.CHASE_LETTER, SAFE, SAFE, None),
        (SAFE + TICK, tp.Action.CHASE_LETTER, ESTIMATED_LAST, ESTIMATED_LAST, SAFE),
        (ESTIMATED_LAST, tp.Action.CHASE_LETTER, ESTIMATED_LAST, ESTIMATED_LAST, SAFE),
    ):
        steps = request.next_steps(at=at)
        assert [
            (tp.Actor.USER, action, "F2", watch),
            (tp.Actor.USER, tp.Action.ENTER_LETTER_CODE, "3.1", enter),
        ] == told(steps)
        assert [unsafe_since] * 2 == [step.unsafe_since for step in steps]
        assert [(ESTIMATED_LAST, True, request.services)] * 2 == [
            (it.closes, it.estimated, it.services) for it in steps
        ]
    for known in (request.record_letter(date(2025, 1, 8), at=START + 3 * DAY).case, requested().case):
        assert [tp.Action.ENTER_LETTER_CODE] == [step.action for step in known.next_steps(at=START + 3 * DAY)]


@pytest.mark.rule("3.2")
def test_a_third_party_asks_and_the_company_gives() -> None:
    """Two things to do, by the same day: the third party asks, the company gives; then the code is entered."""
    third = linked(applicant="third_party").case.confirm_company_email(TOKEN, code=POSTED, at=START).case
    assert [
        (tp.Actor.USER, tp.Action.ASK_FOR_CODE, "3.2", SAFE),
        (tp.Actor.COMPANY, tp.Action.PASS_CODE_ON, "3.2", SAFE),
        (tp.Actor.USER, tp.Action.ENTER_LETTER_CODE, "3.1", SAFE),
    ] == told(tp.next_steps(third, at=START))
    for other in (
        requested(applicant="representative").case,
        third.activate(POSTED, space=opened(), at=START).case,
        third.lapse(at=LAST + TICK).case,
    ):
        assert "3.2" not in [step.rule for step in other.next_steps(at=START)]
    assert () == tp.next_steps(third.activate(POSTED, space=opened(), at=START).case, at=START + 999 * DAY)


@pytest.mark.rule("2.11", "3.4", "A16")
def test_past_its_time_a_request_is_renewed_and_can_be() -> None:
    """Whether its lapse was recorded or not, the user asks again, under the rule missed, and is not refused."""
    for request, late, rule in (
        (linked().case, START + TWO_DAYS + TICK, "2.11"),
        (requested().case, LAST + TICK, "3.4"),
        (requested(**ELSEWHERE).case, ESTIMATED_LAST + TICK, "3.4"),
    ):
        for over in (request, request.lapse(at=late).case):
            assert [(tp.Actor.USER, tp.Action.RENEW_ADHESION, rule, None)] == told(tp.next_steps(over, at=late))
            assert over.refusal("renew", at=late, space=opened()) is None
        assert tp.Action.RENEW_ADHESION not in [step.action for step in tp.next_steps(request, at=late - TICK)]


def test_rules_are_cited_from_the_cases_own_rulebook() -> None:
    """A case under another rulebook cites that one."""
    rules = tuple(attrs.evolve(rule, line=f"new {rule.line}") for rule in tp.RULES)
    newer = attrs.evolve(tp.EXPERT_2024_04_03, version="newer", rules=rules)

    (step,) = tp.next_steps(linked(rulebook=newer).case, at=START)
    assert step.rule.title.startswith("new the link can be used for 48 hours")


@pytest.mark.parametrize(
    ("case", "at", "do"),
    [
        (asked().case, START, lambda it: it.activate("SPACE-4711", at=START)),
        (linked().case, START, lambda it: it.confirm_company_email(TOKEN, at=START)),
        (requested().case, LAST, lambda it: it.activate(POSTED, space=opened(), at=LAST)),
        (requested(**ELSEWHERE).case, START, lambda it: it.record_letter(START.date(), at=START)),
        (requested().case, LAST + TICK, lambda it: it.renew(opened(), id="request-2", at=LAST + TICK)),
        (paying().case, START, issued),
        (mandate_in(tp.MandateState.ISSUED), START, lambda it: it.sign("representative", at=START)),
        (mandate_in(tp.MandateState.SIGNED), START, lambda it: it.send(at=START)),
        (mandate_in(tp.MandateState.SENT), START, lambda it: it.register(at=START)),
        (mandate_in(tp.MandateState.REGISTERED), START, lambda it: it.record_collection(at=START)),
    ],
)
def test_every_advice_can_be_followed(case: tp.Case, at: datetime, do: Any) -> None:
    """What is advised at an instant is possible then."""
    assert tp.next_steps(case, at=at) or case == mandate_in(tp.MandateState.REGISTERED)
    assert do(case)


# --- With mandates ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("2.15", "2.16", "2.17", "2.18", "2.19", "F1")
@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (None, [(tp.Actor.USER, tp.Action.ISSUE_MANDATE, "2.15")]),
        (tp.MandateState.ISSUED, [(tp.Actor.LEGAL_REPRESENTATIVE, tp.Action.SIGN_MANDATE, "2.16")]),
        (tp.MandateState.SIGNED, [(tp.Actor.USER, tp.Action.SEND_MANDATE, "2.17")]),
        (
            tp.MandateState.SENT,
            [(tp.Actor.BANK, tp.Action.REGISTER_MANDATE, "2.19"), (tp.Actor.USER, tp.Action.CHECK_MANDATE, "2.19")],
        ),
        (tp.MandateState.REGISTERED, []),
        (tp.MandateState.LAPSED, [(tp.Actor.USER, tp.Action.ISSUE_MANDATE_AGAIN, "F1")]),
    ],
)
def test_each_state_of_a_mandate_says_what_comes_next(
    state: tp.MandateState | None, steps: list[tuple[str, str, str]]
) -> None:
    """Print, sign, send, check: each step has its actor, its rule and its account, for the request and by itself."""
    request = held()
    mandates = [] if state is None else [mandate_in(state, request)]
    found = tp.next_steps(request, at=START, mandates=mandates)
    assert [(*step, None) for step in steps] == told(found)
    assert {tp.BankAccount(FRENCH_IBAN)} >= {step.account for step in found}
    for each in mandates:
        # Where its request is known, a new mandate is issued from that one.
        case_id = {request.id} if state is tp.MandateState.LAPSED else {each.id}
        assert case_id >= {step.case_id for step in found}
        assert told(found) == told(tp.next_steps(each, at=START))


@pytest.mark.rule("A8", "A17", "2.18")
def test_each_account_has_its_own_steps() -> None:
    """Accounts are told apart, those declared later too; a mandate of another company does not count."""
    request = held().declare_account(GERMAN_IBAN, at=START).case
    foreign = mandate_in(
        tp.MandateState.REGISTERED,
        held(organisation="732 829 320", bank_accounts=[GERMAN_IBAN]),
        GERMAN_IBAN,
        id="foreign",
    )
    signed = mandate_in(tp.MandateState.SIGNED, request)
    french, german = tp.BankAccount(FRENCH_IBAN), tp.BankAccount(GERMAN_IBAN)

    for mandates, expected in (
        ([], {(tp.Action.ISSUE_MANDATE, french), (tp.Action.ISSUE_MANDATE, german)}),
        ([foreign, signed], {(tp.Action.SEND_MANDATE, french), (tp.Action.ISSUE_MANDATE, german)}),
        (
            [foreign, signed, mandate_in(tp.MandateState.ISSUED, request, GERMAN_IBAN, id="german")],
            {(tp.Action.SEND_MANDATE, french), (tp.Action.SIGN_MANDATE, german)},
        ),
    ):
        steps = tp.next_steps(request, at=START, mandates=iter(mandates))
        assert expected == {(step.action, step.account) for step in steps}
        assert {None} == {step.by for step in steps}


@pytest.mark.rule("2.18")
def test_steps_with_a_time_limit_come_first() -> None:
    """The soonest is at the head, those without a time limit at the end, and equal ones keep their order."""
    request = paying(applicant="third_party", **ELSEWHERE).case
    steps = tp.next_steps(request, at=START)
    assert ["F2", "3.2", "3.2", "3.1", "2.15"] == [str(step.rule) for step in steps]
    assert [False, False, False, False, True] == [step.by is None for step in steps]


@pytest.mark.rule("2.14", "2.21", "3.4")
def test_no_mandate_is_asked_for_where_none_is_needed() -> None:
    """A request without a B2B tax, one that is over, recorded or not, and a space have no step about mandates."""
    over = paying().case
    lapsed = over.lapse(at=LAST + TICK).case
    assert [tp.Action.ENTER_LETTER_CODE] == [step.action for step in tp.next_steps(paying("payer-cfe").case, at=START)]
    for request in (over, lapsed):
        assert [tp.Action.RENEW_ADHESION] == [step.action for step in tp.next_steps(request, at=LAST + TICK)]
    assert [tp.Action.REQUEST_SERVICES] == [step.action for step in tp.next_steps(opened(), at=START)]


@pytest.mark.rule("F1")
def test_an_idle_mandate_is_to_be_used_before_it_lapses() -> None:
    """From its first reminder on, by the safe day, then by the last; past it a new one is to be issued."""
    mandate = mandate_in(tp.MandateState.REGISTERED)
    assert mandate.deadline is not None
    assert mandate.due_at is not None
    safe, last = mandate.deadline.safe_until, mandate.deadline.closes
    assert paris("2027-10-07T00:00") == mandate.due_at
    assert () == mandate.next_steps(at=mandate.due_at - TICK)
    for at, by in ((mandate.due_at, safe), (safe, safe), (safe + TICK, last), (last, last)):
        assert [(tp.Actor.USER, tp.Action.USE_MANDATE, "F1", by)] == told(mandate.next_steps(at=at))
    for over in (mandate, mandate.lapse(at=last + TICK).case):
        assert [(tp.Actor.USER, tp.Action.ISSUE_MANDATE_AGAIN, "F1", None)] == told(over.next_steps(at=last + TICK))


def test_the_soonest_comes_first() -> None:
    """Of two mandates whose time limits run, the one that ends first is told first."""
    request = held(bank_accounts=[GERMAN_IBAN, FRENCH_IBAN])
    sooner = mandate_in(tp.MandateState.REGISTERED, request)
    later = mandate_in(tp.MandateState.REGISTERED, request, GERMAN_IBAN, id="later")
    later = later.record_collection(at=START + 9 * DAY).case
    assert sooner.deadline is not None
    assert later.deadline is not None
    steps = tp.next_steps(request, at=sooner.deadline.safe_until, mandates=[later, sooner])
    assert [sooner.deadline.safe_until, later.deadline.safe_until] == [step.by for step in steps]


# --- Steps themselves -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case", [asked().case, opened(), linked().case, paying().case, held(), mandate_in(tp.MandateState.SENT)]
)
def test_a_step_says_what_it_is_about(case: tp.Case) -> None:
    """Its case, its company, its services, its account if it is about one."""
    for step in case.next_steps(at=START):
        assert (case.id, case.organisation) == (step.case_id, step.organisation)
        assert (case.services, case.account) == (step.services, step.account)
