"""What is to be done next: codes and dates that programs read, and a sentence."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from teleprocedures.cases import Action, Actor, NextStep
from teleprocedures.forms import Applicant
from teleprocedures.rulebook import EXPERT_2024_04_03
from teleprocedures.rulebook.catalogue import MESSAGING
from teleprocedures.values import BankAccount, PersonName, Siren
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


ACCOUNT = BankAccount("FR7630006000011234567890189")
COMPANY = ", for the company (SIREN 552 100 554)"
OF = f"{COMPANY}, 'Messagerie (messaging)'"
ENTER = f"enter, in the space that asked, the code of the letter{OF}"
HIS_OWN = (
    "legal representative: enter, in the space that asked, the code of the letter that his company receives (rule 3.1)"
)
DAY = "user: by Monday 29 April 2024"


@pytest.mark.rule("3.2", "A18")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, f"{DAY}, {ENTER} (rule 3.1)"),
        (
            {"estimated": True},
            f"{DAY} (estimated, until the day that the letter bears is known), {ENTER} (rule 3.1)",
        ),
        (
            {"by": CLOSES, "unsafe_since": BY},
            (
                f"user: without waiting, and by Tuesday 30 April 2024 at the latest, {ENTER}: the code may have ended"
                " after Monday 29 April 2024 (rule 3.1)"
            ),
        ),
        ({"by": None, "closes": None}, f"user: {ENTER} (rule 3.1)"),
        ({"by": None, "organisation": None}, "user: enter, in the space that asked, the code of the letter (rule 3.1)"),
        ({"by": None, "applicant": Applicant.REPRESENTATIVE, "organisation": None}, HIS_OWN),
        (
            {
                "by": None,
                "applicant": Applicant.REPRESENTATIVE,
                "organisation": None,
                "representative": PersonName("Anne Roy"),
            },
            HIS_OWN.replace(":", " (Anne Roy):"),
        ),
        (
            {"by": None, "action": Action.RENEW_ADHESION, "presumed": True, "rule": EXPERT_2024_04_03.rule("3.4")},
            (
                "user: look at the site; if the code was not entered in time, request the services again, under"
                f" 'Mes services' then 'J'adhère'{OF} (rule 3.4)"
            ),
        ),
        ({"action": Action.ASK_FOR_CODE}, f"{DAY}, ask the company for the code"),
        ({"actor": Actor.COMPANY, "action": Action.PASS_CODE_ON}, f"{DAY}, give the code".replace("user", "company")),
        (
            {"action": Action.ISSUE_MANDATE, "account": ACCOUNT, "services": ()},
            (
                f"{DAY}, issue, under 'Gérer les comptes bancaires', a mandate for the account FR76 **** 0189, and"
                f" print it{COMPANY} (rule 3.1)"
            ),
        ),
        (
            {"action": Action.KNOW_REPEATED, "other": "request-0"},
            f"{DAY}, know that another request has 'Messagerie (messaging)' already{COMPANY} (rule 3.1)",
        ),
    ],
)
def test_a_step_reads_as_a_sentence(changes: dict[str, Any], told: str) -> None:
    """Who, what, by when where a time limit runs, under which rule; an account is masked, whoever reads the step."""
    step = attrs.evolve(STEP, **changes)
    assert str(step).startswith(told)
    assert told.endswith("code") or str(step) == told
    assert ACCOUNT.iban[4:-4] not in str(step) + repr(step)
    own = attrs.evolve(ENGLISH_WORDS, words={**ENGLISH_WORDS.words, "actor.user": "you"})
    assert str(step).replace("user: ", "you: ") == step.render(own)


def test_actors_and_actions_are_codes() -> None:
    """The user, the company, its legal representative, the bank; each action is a code, and worded on its own."""
    assert ["user", "company", "legal_representative", "bank"] == list(Actor)
    assert all(action.replace("_", "").isalpha() and action.islower() for action in Action)
    words = {str(attrs.evolve(STEP, action=action, account=ACCOUNT, other="request-0")) for action in Action}
    assert len(words) == len(Action)


def test_a_step_is_a_value() -> None:
    """It is built by name, does not change, is compared by what it says, and comes out of pickle as it went in."""
    with pytest.raises(TypeError):
        NextStep(Actor.USER, Action.ENTER_LETTER_CODE, BY)  # type: ignore[misc] # the point of the test
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        STEP.by = None  # type: ignore[misc] # the point of the test
    assert STEP == pickle.loads(pickle.dumps(STEP))
    assert STEP != attrs.evolve(STEP, by=None)
    assert 1 == len({STEP, attrs.evolve(STEP)})
    assert (False, None, None) == (STEP.estimated, STEP.account, STEP.other)
