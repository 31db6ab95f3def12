"""What is to be done next, in words."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import attrs
import pytest

from teleprocedures.core import Action, Actor, NextStep
from teleprocedures.rulebook import EXPERT_2024_04_03

RULE = EXPERT_2024_04_03.rule
BY = datetime(2024, 4, 29, 21, 59, 59, 999999, tzinfo=UTC)


def test_a_step_reads_as_a_sentence() -> None:
    """Who, what, by when in UTC, under which rule."""
    step = NextStep(Actor.USER, Action.ENTER_LETTER_CODE, BY, RULE("3.1"))

    assert "user: enter the code of the letter by 2024-04-29 21:59:59 UTC (rule 3.1)" == str(step)


def test_a_step_may_have_no_limit() -> None:
    """Where no time limit runs, none is told."""
    step = NextStep(Actor.BANK, Action.REGISTER_MANDATE, None, RULE("2.19"))

    assert "bank: register the mandate (rule 2.19)" == str(step)
    assert step.by is None


@pytest.mark.rule("3.2")
def test_a_third_party_asks_the_company_for_the_code() -> None:
    """The words of the step say who gives the code, and to whom."""
    step = NextStep(Actor.COMPANY, Action.PASS_CODE_ON, BY, RULE("3.2"))

    assert str(step).startswith(
        "company: give the code of the letter to the third party who asked for the services by "
    )


def test_there_are_four_actors() -> None:
    """The user, the company, its legal representative, the bank."""
    assert ["user", "company", "legal representative", "bank"] == [str(actor) for actor in Actor]


def test_each_action_says_something_of_its_own() -> None:
    """No two actions are worded alike, and each fits after a colon."""
    words = [str(action) for action in Action]

    assert len(set(words)) == len(words)
    assert all(text[0].islower() and not text.endswith(".") for text in words)


def test_a_step_is_a_value() -> None:
    """A step does not change, is compared by what it says, and comes out of pickle as it went in."""
    step = NextStep(Actor.USER, Action.ENTER_LETTER_CODE, BY, RULE("3.1"))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        step.by = None

    assert step == pickle.loads(pickle.dumps(step))
    assert step != attrs.evolve(step, by=None)
    assert 1 == len({step, attrs.evolve(step)})
