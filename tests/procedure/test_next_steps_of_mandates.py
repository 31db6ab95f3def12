"""What is to be done next about mandates: print, sign, send, check, by whom, and before what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from teleprocedures.cases import Adhesion, Mandate, MandateState, MandateStep, Space
from teleprocedures.core import Action, Actor, NextStep
from teleprocedures.errors import InvalidValueError
from teleprocedures.forms import Applicant
from teleprocedures.portfolio import next_steps
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.values import ActivationCode, BankAccount

ONE = "FR7630006000011234567890189"
OTHER = "DE89370400440532013000"
AT = datetime(2024, 5, 2, 9, tzinfo=UTC)
CODE = ActivationCode("CODE")
SPACE = Space.create(space_form(), id="space", hasher=PlainHasher(), at=AT, code=CODE).case.activate(CODE, at=AT).case


def requested(rulebook: Rulebook = EXPERT_2024_04_03, **changes: Any) -> Adhesion:
    """A request that waits for the code of its letter; to pay TVA from one account, unless said otherwise."""
    form = adhesion_form(**{"services": ["payer-tva"], "bank_accounts": [ONE], **changes})
    return Adhesion.request(SPACE, form, id="adhesion", at=AT, code=CODE, rulebook=rulebook).case


def held(**changes: Any) -> Adhesion:
    """A request whose services are held: what is left to do is about its mandates."""
    return requested(**changes).activate(CODE, space=SPACE, at=AT).case


def mandate(adhesion: Adhesion, state: MandateState, account: str = ONE) -> Mandate:
    """The mandate of an account, in this state."""
    case = Mandate.issue(adhesion, account, id=f"mandate-{account}", reference="RUM-1", at=AT).case
    for reached, verb in (
        (MandateState.SIGNED, lambda one: one.sign(Applicant.REPRESENTATIVE, at=AT)),
        (MandateState.SENT, lambda one: one.send(at=AT)),
        (MandateState.REGISTERED, lambda one: one.register(at=AT)),
        (MandateState.LAPSED, lambda one: one.lapse(at=one.deadline.lapses_at)),
    ):
        if case.state is state:
            break
        case = verb(case).case
        assert reached is case.state
    return case


def step(actor: Actor, action: Action, rule: str, account: str = ONE) -> MandateStep:
    """A step without a time limit, about the mandate of an account."""
    return MandateStep(actor, action, None, EXPERT_2024_04_03.rule(rule), BankAccount(account))


@pytest.mark.rule("2.15", "2.16", "2.17", "2.18", "2.19")
@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (None, [(Actor.USER, Action.ISSUE_MANDATE, "2.15")]),
        (MandateState.ISSUED, [(Actor.LEGAL_REPRESENTATIVE, Action.SIGN_MANDATE, "2.16")]),
        (MandateState.SIGNED, [(Actor.USER, Action.SEND_MANDATE, "2.17")]),
        (
            MandateState.SENT,
            [(Actor.BANK, Action.REGISTER_MANDATE, "2.19"), (Actor.USER, Action.CHECK_MANDATE, "2.19")],
        ),
        (MandateState.REGISTERED, []),
        (MandateState.LAPSED, [(Actor.USER, Action.ISSUE_MANDATE_AGAIN, "F1")]),
    ],
)
def test_each_state_says_what_comes_next(state: MandateState | None, steps: list[tuple[Actor, Action, str]]) -> None:
    """Print, sign, send, check: each step has its actor and its rule, for the request and for the mandate alone."""
    adhesion = held()
    mandates = [] if state is None else [mandate(adhesion, state)]
    expected = tuple(step(*each) for each in steps)

    assert expected == next_steps(adhesion, at=AT, mandates=mandates)
    for each in mandates:
        assert expected == next_steps(each, at=AT)


@pytest.mark.rule("2.18")
def test_a_step_says_before_what() -> None:
    """No time limit runs: a step comes before the first payment from its account, which is masked."""
    (first,) = next_steps(held(), at=AT)

    assert isinstance(first, MandateStep)
    assert first.by is None
    assert "the first B2B payment from FR76 **** 0189" == first.before
    assert f"user: {Action.ISSUE_MANDATE}, before the first B2B payment from FR76 **** 0189 (rule 2.15)" == str(first)
    assert ONE[4:-4] not in repr(first)


@pytest.mark.rule("A8")
def test_each_account_has_its_own_steps() -> None:
    """Accounts are told apart, in the order of their declaration; a mandate of another company does not count."""
    adhesion = held(bank_accounts=[ONE, OTHER])
    foreign = mandate(held(organisation="732 829 320", bank_accounts=[OTHER]), MandateState.REGISTERED, OTHER)
    mandates = [foreign, mandate(adhesion, MandateState.SIGNED)]
    signed = step(Actor.USER, Action.SEND_MANDATE, "2.17", ONE)
    missing = step(Actor.USER, Action.ISSUE_MANDATE, "2.15", OTHER)
    unsigned = step(Actor.LEGAL_REPRESENTATIVE, Action.SIGN_MANDATE, "2.16", OTHER)

    assert (signed, missing) == next_steps(adhesion, at=AT, mandates=mandates)
    mandates.append(mandate(adhesion, MandateState.ISSUED, OTHER))
    assert (signed, unsigned) == next_steps(adhesion, at=AT, mandates=iter(mandates))


@pytest.mark.rule("2.18", "A8")
def test_the_letter_comes_first() -> None:
    """While the letter's code is awaited, its time limit stands before the steps that have none."""
    adhesion = requested()
    assert adhesion.deadline is not None
    first, second = next_steps(adhesion, at=AT)

    assert (Action.ENTER_LETTER_CODE, adhesion.deadline.safe_until) == (first.action, first.by)
    assert (Action.ISSUE_MANDATE, None) == (second.action, second.by)


@pytest.mark.rule("2.21", "A10")
def test_only_what_needs_a_mandate_asks_for_one() -> None:
    """CFE alone asks for no mandate, TVA and CFE together ask for one."""
    assert () == next_steps(held(services=["payer-cfe"]), at=AT)
    assert (step(Actor.USER, Action.ISSUE_MANDATE, "2.15"),) == next_steps(
        held(services=["payer-tva", "payer-cfe"]), at=AT
    )


@pytest.mark.rule("3.4")
def test_a_request_that_is_over_asks_for_no_mandate() -> None:
    """Past its time limit, recorded or not, a request only asks to be made again."""
    adhesion = requested()
    assert adhesion.deadline is not None
    lapses_at = adhesion.deadline.lapses_at

    for over in (adhesion, adhesion.lapse(at=lapses_at).case):
        assert [Action.RENEW_ADHESION] == [each.action for each in next_steps(over, at=lapses_at)]


@pytest.mark.rule("F1")
def test_a_lapse_that_is_not_recorded_yet_counts() -> None:
    """One microsecond past the 36 months a new mandate is to be issued, with the lapse recorded or not."""
    adhesion = held()
    registered = mandate(adhesion, MandateState.REGISTERED)
    assert registered.deadline is not None
    again = (step(Actor.USER, Action.ISSUE_MANDATE_AGAIN, "F1"),)

    assert () == next_steps(adhesion, at=registered.deadline.closes, mandates=[registered])
    assert again == next_steps(adhesion, at=registered.deadline.lapses_at, mandates=[registered])
    assert again == next_steps(registered, at=registered.deadline.lapses_at)


@pytest.mark.rule("F1")
def test_a_reminder_of_the_lapse_has_its_time_limit() -> None:
    """Where the rulebook reminds of the lapse, the step has the safe day for its limit."""
    limit = EXPERT_2024_04_03.mandate_use
    assert limit is not None
    rulebook = attrs.evolve(EXPERT_2024_04_03, version="reminding", mandate_use=attrs.evolve(limit, reminders=(30,)))
    adhesion = held(rulebook=rulebook)
    registered = mandate(adhesion, MandateState.REGISTERED)
    assert registered.deadline is not None
    assert registered.due_at is not None
    due = NextStep(Actor.USER, Action.USE_MANDATE, registered.deadline.safe_until, rulebook.rule("F1"))

    assert () == next_steps(adhesion, at=registered.due_at - timedelta(microseconds=1), mandates=[registered])
    assert (due,) == next_steps(adhesion, at=registered.due_at, mandates=[registered])


def test_the_soonest_comes_first() -> None:
    """Of two mandates whose time limits run, the one that ends first is told first."""
    use = attrs.evolve(EXPERT_2024_04_03.mandate_use, reminders=(30,))
    rulebook = attrs.evolve(EXPERT_2024_04_03, version="reminding", mandate_use=use)
    adhesion = requested(rulebook, bank_accounts=[OTHER, ONE]).activate(CODE, space=SPACE, at=AT).case
    sooner = mandate(adhesion, MandateState.REGISTERED)
    later = mandate(adhesion, MandateState.REGISTERED, OTHER).record_collection(at=AT + timedelta(days=9)).case
    steps = next_steps(adhesion, at=sooner.deadline.safe_until, mandates=[later, sooner])

    assert [sooner.deadline.safe_until, later.deadline.safe_until] == [step.by for step in steps]


def test_the_instant_is_aware() -> None:
    """A naive instant is an error, for a mandate and for its request."""
    adhesion = held()
    for case in (adhesion, mandate(adhesion, MandateState.ISSUED)):
        with pytest.raises(InvalidValueError, match="naive"):
            next_steps(case, at=datetime(2024, 5, 2, 9))
