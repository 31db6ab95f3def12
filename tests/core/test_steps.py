"""What is to be done next: codes and dates that programs read, and a sentence."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import attrs
import pytest

from teleprocedures.cases import Action, Actor, NextStep
from teleprocedures.rulebook import EXPERT_2024_04_03
from teleprocedures.rulebook.catalogue import MESSAGING
from teleprocedures.values import BankAccount, Siren
from teleprocedures.words import ENGLISH_WORDS

BY = datetime(2024, 4, 29, 21, 59, 59, 999999, tzinfo=UTC)
CLOSES = datetime(2024, 4, 30, 21, 59, 59, 999999, tzinfo=UTC)
STEP = NextStep(
    actor=Actor.USER,
    action=Action.ENTER_LETTER_CODE,
    by=BY,
    closes=CLOSES,
    rule=EXPERT_2024_04_03.rule("3.1"),
    case_id="request-1",
    organisation=Siren("552100554"),
    services=(MESSAGING,),
)


def test_a_step_reads_as_a_sentence() -> None:
    """Who, what, by when, under which rule."""
    told = "user: enter the code of the letter by Monday 29 April 2024"
    assert f"{told} (rule 3.1)" == str(STEP)
    assert f"{told} (estimated, until the day that the letter bears is known; rule 3.1)" == str(
        attrs.evolve(STEP, estimated=True)
    )


def test_a_step_is_rendered_in_the_words_given() -> None:
    """Whoever has words of their own has the step in them, the actor's among others."""
    own = attrs.evolve(ENGLISH_WORDS, words={**ENGLISH_WORDS.words, "actor.user": "you"})
    assert "you: enter the code of the letter by Monday 29 April 2024 (rule 3.1)" == STEP.render(own)


def test_a_step_may_have_no_limit() -> None:
    """Where no time limit runs, none is told."""
    step = attrs.evolve(STEP, by=None, closes=None)
    assert "user: enter the code of the letter (rule 3.1)" == str(step)
    assert (None, None, False, None, None) == (step.by, step.closes, step.estimated, step.account, step.other)


@pytest.mark.rule("3.2")
def test_a_third_party_asks_and_the_company_gives() -> None:
    """Two things to do, with words of their own that say who asks whom."""
    ask = attrs.evolve(STEP, action=Action.ASK_FOR_CODE)
    give = attrs.evolve(STEP, actor=Actor.COMPANY, action=Action.PASS_CODE_ON)
    assert str(ask).startswith("user: ask the company for the code")
    assert str(give).startswith("company: give the code")


def test_an_account_is_masked() -> None:
    """A step about an account names it, and shows no IBAN."""
    step = attrs.evolve(STEP, action=Action.ISSUE_MANDATE, account=BankAccount("FR7630006000011234567890189"))

    told = "user: issue a mandate for the account FR76 **** 0189, and print it by Monday 29 April 2024 (rule 3.1)"
    assert told == str(step)
    assert "30006000011234567890189" not in str(step) + repr(step)


@pytest.mark.rule("A18")
def test_a_step_may_name_another_request() -> None:
    """That a service is requested again is told with the request that has it."""
    step = attrs.evolve(STEP, action=Action.KNOW_REPEATED, other="request-0")

    told = "user: know that request request-0 has messagerie already by Monday 29 April 2024 (rule 3.1)"
    assert told == str(step)


def test_actors_and_actions_are_codes() -> None:
    """The user, the company, its legal representative, the bank; each action is a code, and worded on its own."""
    assert ["user", "company", "legal_representative", "bank"] == list(Actor)
    assert all(action.replace("_", "").isalpha() and action.islower() for action in Action)
    account = BankAccount("FR7630006000011234567890189")
    words = {str(attrs.evolve(STEP, action=action, account=account, other="request-0")) for action in Action}
    assert len(words) == len(Action)


def test_a_step_is_built_by_name() -> None:
    """A step has many fields: each is given by its name."""
    with pytest.raises(TypeError):
        NextStep(Actor.USER, Action.ENTER_LETTER_CODE, BY)  # type: ignore[misc] # the point of the test


def test_a_step_is_a_value() -> None:
    """A step does not change, is compared by what it says, and comes out of pickle as it went in."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        STEP.by = None  # type: ignore[misc] # the point of the test
    assert STEP == pickle.loads(pickle.dumps(STEP))
    assert STEP != attrs.evolve(STEP, by=None)
    assert 1 == len({STEP, attrs.evolve(STEP)})
