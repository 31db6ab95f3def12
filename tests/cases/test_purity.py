"""Verbs are pure: the same arguments give the same decision or refusal, and change nothing they were given."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from teleprocedures import KINDS, Adhesion, Applicant, Case, Decision, Mandate, RefusedError, Space
from teleprocedures.testing import adhesion_form, space_form
from tests.builders import (
    COMPANY_EMAIL,
    DAY,
    EMAILED,
    FRENCH_IBAN,
    GERMAN_IBAN,
    POSTED,
    START,
    TICK,
    TOKEN,
    TWO_DAYS,
    asked,
    issued,
    linked,
    opened,
    paying,
    requested,
)

HASHES = {"password_hash": "plain:secret", "answer_hash": "plain:answer"}
WITH_MESSAGING = {"services": ["messagerie"], "company_email": COMPANY_EMAIL}

SIGNED = issued().case.sign(Applicant.REPRESENTATIVE, at=START).case
SENT = SIGNED.send(at=START).case
REGISTERED = SENT.register(at=START).case

# Each verb: what it is called on, and how.
VERBS: dict[tuple[str, str], tuple[Any, Callable[..., Decision[Case]]]] = {
    ("space", "create"): (
        space_form(),
        lambda form, **when: Space.create(form, id="s", code=EMAILED, **HASHES, **when),
    ),
    ("space", "activate"): (asked().case, lambda case, **when: case.activate(EMAILED, **when)),
    ("space", "lapse"): (asked().case, lambda case, **when: case.lapse(**when)),
    ("space", "remind"): (asked().case, lambda case, **when: case.remind(**when)),
    ("adhesion", "request"): (
        adhesion_form(**WITH_MESSAGING),
        lambda form, **when: Adhesion.request(opened(), form, id="a", token=TOKEN, code=POSTED, **when),
    ),
    ("adhesion", "confirm_company_email"): (
        linked().case,
        lambda case, **when: case.confirm_company_email(TOKEN, code=POSTED, **when),
    ),
    ("adhesion", "record_letter"): (
        requested().case,
        lambda case, **when: case.record_letter(date(2025, 1, 7), **when),
    ),
    ("adhesion", "activate"): (requested().case, lambda case, **when: case.activate(POSTED, space=opened(), **when)),
    ("adhesion", "declare_account"): (paying().case, lambda case, **when: case.declare_account(GERMAN_IBAN, **when)),
    ("adhesion", "renew"): (
        requested().case,
        lambda case, **when: case.renew(opened(), id="b", token=TOKEN, code=POSTED, **when),
    ),
    ("adhesion", "lapse"): (requested().case, lambda case, **when: case.lapse(**when)),
    ("adhesion", "remind"): (linked().case, lambda case, **when: case.remind(**when)),
    ("mandate", "issue"): (
        paying().case,
        lambda case, **when: Mandate.issue(case, FRENCH_IBAN, id="m", reference="RUM-2", **when),
    ),
    ("mandate", "name_representative"): (
        issued().case,
        lambda case, **when: case.name_representative("Jeanne Martin", **when),
    ),
    ("mandate", "sign"): (issued().case, lambda case, **when: case.sign(Applicant.REPRESENTATIVE, **when)),
    ("mandate", "send"): (SIGNED, lambda case, **when: case.send(**when)),
    ("mandate", "register"): (SENT, lambda case, **when: case.register(**when)),
    ("mandate", "record_collection"): (REGISTERED, lambda case, **when: case.record_collection(**when)),
    ("mandate", "lapse"): (REGISTERED, lambda case, **when: case.lapse(**when)),
    ("mandate", "remind"): (REGISTERED, lambda case, **when: case.remind(**when)),
}


def outcome(on: object, verb: Callable[..., Decision[Case]], at: datetime, recorded_at: datetime | None) -> object:
    """What a verb gives, or all that its refusal says."""
    try:
        return verb(on, at=at, recorded_at=recorded_at)
    except (RefusedError, ValueError) as error:
        return type(error), error.code, dict(error.facts), str(error)  # type: ignore[union-attr] # one of the family


def test_every_verb_of_a_table_is_tried() -> None:
    """What the tables name and a snapshot has; and those that open a case."""
    named = {
        (name, verb)
        for name, kind in KINDS.items()
        if kind in (Space, Adhesion, Mandate)
        for lifecycle in kind.lifecycles
        for verb in lifecycle.verbs
        if hasattr(kind, verb)
    }
    assert set(VERBS) == named | {("space", "create"), ("adhesion", "request"), ("mandate", "issue")}


@pytest.mark.parametrize(("kind", "verb"), VERBS)
@given(
    after=st.timedeltas(-DAY, timedelta(days=1300)), late=st.none() | st.timedeltas(timedelta(), timedelta(days=100))
)
@example(after=TICK, late=None)
@example(after=DAY, late=TICK)
@example(after=TWO_DAYS, late=None)
@example(after=TWO_DAYS + TICK, late=None)
@example(after=-TICK, late=DAY)
def test_the_same_arguments_give_the_same(kind: str, verb: str, after: timedelta, late: timedelta | None) -> None:
    """Twice the same decision, message by message, or refusal, word by word; and what it was called on is as it was."""
    on, call = VERBS[kind, verb]
    before = copy.deepcopy(on)
    at = START + after
    recorded_at = None if late is None else at + late
    first, second = outcome(on, call, at, recorded_at), outcome(before, call, at, recorded_at)
    assert first == second
    assert before == on
    if isinstance(first, Decision) and isinstance(second, Decision):
        assert [message.id for message in first.messages] == [message.id for message in second.messages]
