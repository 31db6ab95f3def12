"""What is next: who must do what, by when, under which rule, the soonest first."""

from __future__ import annotations

from datetime import date, datetime

import attrs
import pytest

from teleprocedures import (
    EXPERT_2024_04_03,
    Action,
    Actor,
    Adhesion,
    InvalidValueError,
    Mandate,
    MandateReference,
    NextStep,
    Siren,
    next_steps,
)
from teleprocedures.portfolio import next_steps as same
from tests.builders import (
    DAY,
    FRENCH_IBAN,
    HOUR,
    POSTED,
    START,
    TICK,
    TOKEN,
    TWO_DAYS,
    asked,
    end_of,
    linked,
    opened,
    paris,
    requested,
)

RULE = EXPERT_2024_04_03.rule
GERMAN_IBAN = "DE89 3704 0044 0532 0130 00"


def issued(request: Adhesion, account: str = FRENCH_IBAN, *, id: str = "mandate-1", at: datetime = START) -> Mandate:
    """A mandate of one account of a request."""
    return Mandate.issue(request, account, id=id, reference=MandateReference("RUM-1"), at=at).case


# --- Step 1 -----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("1.9")
@pytest.mark.parametrize("at", [START, START + TWO_DAYS])
def test_a_pending_space_waits_for_its_code(at: datetime) -> None:
    """The user enters the code, before the end of the 48 hours, that included."""
    assert (NextStep(Actor.USER, Action.ENTER_EMAILED_CODE, START + TWO_DAYS, RULE("1.9")),) == next_steps(
        asked().case, at=at
    )


@pytest.mark.rule("1.11")
def test_past_its_time_a_space_is_asked_for_again() -> None:
    """Whether its lapse was recorded or not, the user starts again, with no time limit."""
    late = START + TWO_DAYS + TICK
    step = NextStep(Actor.USER, Action.SUBMIT_SPACE_AGAIN, None, RULE("1.11"))

    assert (step,) == next_steps(asked().case, at=late)
    assert (step,) == next_steps(asked().case.lapse(at=late).case, at=late)


@pytest.mark.rule("2.12")
def test_an_active_space_asks_for_all_useful_services_at_once() -> None:
    """The advice is given to the user of an active space, with no time limit."""
    assert (NextStep(Actor.USER, Action.REQUEST_SERVICES, None, RULE("2.12")),) == next_steps(opened(), at=START)


# --- Steps 2 and 3 ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("2.9")
def test_a_request_with_messaging_waits_for_the_company() -> None:
    """The company uses its link, before the end of the 48 hours, that included."""
    step = NextStep(Actor.COMPANY, Action.USE_LINK, START + TWO_DAYS, RULE("2.9"))

    assert (step,) == next_steps(linked().case, at=START)
    assert (step,) == next_steps(linked().case, at=START + TWO_DAYS)


@pytest.mark.rule("3.1", "A3")
def test_the_code_is_to_be_entered_by_the_end_of_the_safe_day() -> None:
    """The day shown is day 59, though the code works to the end of day 60."""
    step = NextStep(Actor.USER, Action.ENTER_LETTER_CODE, end_of("2025-03-06"), RULE("3.1"))

    assert (step,) == next_steps(requested().case, at=START)
    recorded = requested().case.record_letter(date(2025, 1, 6), at=START + DAY).case
    assert (step,) == next_steps(recorded, at=end_of("2025-03-07"))


@pytest.mark.rule("3.2")
def test_a_third_party_asks_the_company_for_the_code() -> None:
    """The company holds the code: it passes it on, then the user enters it, both by the safe day."""
    by = end_of("2025-03-06")
    third = linked(applicant="third_party").case.confirm_company_email(TOKEN, code=POSTED, at=START).case

    assert (
        NextStep(Actor.COMPANY, Action.PASS_CODE_ON, by, RULE("3.2")),
        NextStep(Actor.USER, Action.ENTER_LETTER_CODE, by, RULE("3.1")),
    ) == next_steps(third, at=START)
    assert "3.2" not in [step.rule for step in next_steps(requested(applicant="representative").case, at=START)]
    assert "3.2" not in [
        step.rule for step in next_steps(third.activate(POSTED, space=opened(), at=START).case, at=START)
    ]


@pytest.mark.rule("F2")
def test_a_letter_not_reported_is_to_be_looked_for() -> None:
    """From the first instant of the 15th day in Paris until its day is recorded, and not before."""
    request, late = requested(applicant="third_party").case, paris("2025-01-21T00:00")

    assert ["3.2", "3.1"] == [str(step.rule) for step in next_steps(request, at=late - TICK)]
    assert (
        NextStep(Actor.USER, Action.WATCH_LETTER, end_of("2025-03-06"), RULE("F2")) == next_steps(request, at=late)[0]
    )
    assert ["F2", "3.2", "3.1"] == [str(step.rule) for step in next_steps(request, at=late)]
    recorded = request.record_letter(date(2025, 1, 8), at=late).case
    assert ["3.2", "3.1"] == [str(step.rule) for step in next_steps(recorded, at=late)]


@pytest.mark.rule("2.11", "3.4")
def test_past_its_time_a_request_is_renewed() -> None:
    """Whether its lapse was recorded or not, the user requests the services again, under the rule that was missed."""
    for request, late, rule in (
        (linked().case, START + TWO_DAYS + TICK, "2.11"),
        (requested().case, end_of("2025-03-07") + TICK, "3.4"),
    ):
        step = NextStep(Actor.USER, Action.RENEW_ADHESION, None, RULE(rule))

        assert (step,) == next_steps(request, at=late)
        assert (step,) == next_steps(request.lapse(at=late).case, at=late)
        assert step not in next_steps(request, at=late - TICK)


@pytest.mark.rule("3.5")
def test_once_services_are_held_there_is_nothing_to_do() -> None:
    """An activated request with no payment has no next step."""
    assert () == next_steps(requested().case.activate(POSTED, space=opened(), at=START).case, at=START + 999 * DAY)


def test_rules_are_cited_from_the_cases_own_rulebook() -> None:
    """A case under another rulebook cites that one."""
    rules = tuple(attrs.evolve(rule, title=f"new {rule.title}") for rule in EXPERT_2024_04_03.rules)
    newer = attrs.evolve(EXPERT_2024_04_03, version="newer", rules=rules)

    (step,) = next_steps(linked(rulebook=newer).case, at=START)

    assert step.rule.title.startswith("new the link")


# --- With mandates ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("2.15", "2.18")
def test_an_account_without_a_mandate_is_to_be_given_one() -> None:
    """For each declared account without one, a mandate is to be issued; what has a time limit comes first."""
    request = requested("payer-tva", bank_accounts=[FRENCH_IBAN, GERMAN_IBAN]).case
    issue = NextStep(Actor.USER, Action.ISSUE_MANDATE, None, RULE("2.15"))

    assert [Action.ENTER_LETTER_CODE, issue.action, issue.action] == [
        step.action for step in next_steps(request, at=START)
    ]
    steps = next_steps(request, at=START, mandates=[issued(request)])
    assert [Action.ENTER_LETTER_CODE, Action.SIGN_MANDATE, Action.ISSUE_MANDATE] == [step.action for step in steps]


def test_the_latest_mandate_of_the_company_counts() -> None:
    """Of two mandates of an account the later one is followed; one of another company is not."""
    request = requested("payer-tva", bank_accounts=[FRENCH_IBAN]).case
    old = issued(request).sign("representative", at=START).case
    new = issued(request, id="mandate-2", at=START + HOUR)
    other = requested("payer-tva", bank_accounts=[FRENCH_IBAN], organisation=Siren("552008443")).case

    for mandates in ([old, new], [new, old]):
        assert Action.SIGN_MANDATE is next_steps(request, at=START + DAY, mandates=mandates)[1].action
    assert Action.ISSUE_MANDATE is next_steps(other, at=START + DAY, mandates=[old, new])[1].action


def test_no_mandate_is_asked_for_where_none_is_needed() -> None:
    """A request without a B2B tax, one that lapsed, and a space have no step about mandates."""
    cfe = requested("payer-cfe", bank_accounts=[FRENCH_IBAN]).case
    lapsed = requested("payer-tva", bank_accounts=[FRENCH_IBAN]).case.lapse(at=START + 99 * DAY).case

    assert [Action.ENTER_LETTER_CODE] == [step.action for step in next_steps(cfe, at=START)]
    assert [Action.RENEW_ADHESION] == [step.action for step in next_steps(lapsed, at=START + 99 * DAY)]
    assert next_steps(opened(), at=START) == next_steps(
        opened(), at=START, mandates=[issued(requested("payer-tva", bank_accounts=[FRENCH_IBAN]).case)]
    )


# --- The agenda itself ------------------------------------------------------------------------------------------------


def test_steps_with_a_time_limit_come_first() -> None:
    """The soonest is at the head, those without a time limit at the end, and equal ones keep their order."""
    request = requested("payer-tva", bank_accounts=[FRENCH_IBAN], applicant="third_party").case
    steps = next_steps(request, at=START + 20 * DAY)

    assert ["F2", "3.2", "3.1", "2.15"] == [str(step.rule) for step in steps]
    assert [False, False, False, True] == [step.by is None for step in steps]


def test_a_step_reads_as_a_sentence() -> None:
    """The text of a step says who, what, by when and under which rule."""
    (pending,), (active,) = next_steps(asked().case, at=START), next_steps(opened(), at=START)

    assert "user: enter the code received by e-mail by 2025-01-08 09:00:00 UTC (rule 1.9)" == str(pending)
    assert "user: request services, all the useful ones at once (rule 2.12)" == str(active)


def test_a_naive_instant_is_refused() -> None:
    """A datetime without an offset is a bad value, whatever the case."""
    for case in (asked().case, opened(), linked().case, requested().case):
        with pytest.raises(InvalidValueError, match="naive"):
            next_steps(case, at=datetime(2025, 1, 7))
    assert same is next_steps
