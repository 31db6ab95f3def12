"""A play: cases by short names, one move after another, told at once and late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationState,
    Adhesion,
    AdhesionState,
    CivilMonths,
    Decision,
    Mandate,
    RefusedError,
    Space,
)
from teleprocedures.testing import Move, Play
from teleprocedures.testing._makers import WRONG, company_forms
from teleprocedures.testing._shipped import straight_on, waiting
from teleprocedures.testing._walk import paths

START = datetime(2025, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def gone_on(steps: int, **changes: Any) -> Play:
    """A play in which that many moves were made straight on, an hour apart."""
    play = Play(at=START, **changes)
    for move in straight_on()[:steps]:
        play.make(move)
        play.wait(HOUR)
    return play


@pytest.mark.parametrize("held", [False, True])
def test_straight_on(held: bool) -> None:  # noqa: FBT001 - one of two
    """From the form of a space to a registered mandate, each move is accepted, wherever codes are held."""
    play = gone_on(9, held=held)

    assert all(step.accepted for step in play.steps)
    assert ["active", "active", "registered"] == [str(case.stage) for case in play.cases.values()]
    assert (HELD_ELSEWHERE if held else "CODE0000") == play.secret("space-1")
    assert [len(secrets) for secrets in play.sent.values()] == ([0, 0, 0] if held else [1, 2, 0])


def test_a_story_is_told() -> None:
    """Each step has its line: what was tried, given what, when it happened, and what came of it; no secret."""
    _, messaging, paying = company_forms()
    play = gone_on(3)
    play.make(Move("confirm_company_email", "adhesion-1", given={"token": WRONG}, right=False))
    play.wait(timedelta(days=3))
    play.make(Move("lapse", "adhesion-1"))
    play.make(Move("renew", "adhesion-1", "adhesion-2"))
    play.make(Move("create_space", makes="space-2", at=START))
    play.make(Move("activate", "adhesion-2", given={"space": play.cases["space-2"]}, right=False))

    assert [
        "create_space space-1: pending",
        "activate space-1: active",
        "request_adhesion space-1 (adhesion-1) for messagerie, payer-tva: awaiting_email",
        "confirm_company_email adhesion-1, giving a wrong one: refused, rule 2.8",
        "lapse adhesion-1: lapsed",
        "renew adhesion-1 (adhesion-2): awaiting_email",
        "create_space space-2, which happened at 2025-01-06T09:00:00+00:00: pending",
        "activate adhesion-2 from space-2, giving a wrong one: refused, rule 2.10",
    ] == [str(step).split("  ", 1)[1].split(": this ")[0].split(": 'act")[0] for step in play.steps]
    assert repr(play).startswith("Play:\n  2025-01-06T09:00:00+00:00  create_space")
    assert repr(Play(at=START, held=True)).startswith("Play, codes held elsewhere:\n")
    assert messaging.services != paying.services


@pytest.mark.rule("A14", "A15")
def test_telling_late_is_a_move() -> None:
    """What can be tried has facts told late too, and what is possible has those that correct a lapse."""
    play = gone_on(1, held=True)
    play.wait(timedelta(days=3))
    play.make(Move("lapse", "space-1"))
    (closes,) = {case.time_limit.closes for case in play.of(Space) if case.time_limit}
    late = [move.at for move in play.moves() if move.verb == "activate" and move.at is not None]

    assert "lapsed, presumed" in str(play.steps[-1])
    assert [closes + timedelta(microseconds=1), closes, START] == late
    assert [closes, START] == [move.at for move in play.possible() if move.verb == "activate"]
    step = play.make(Move("activate", "space-1", at=closes))
    assert (closes, play.at) == (step.happened, step.at)
    assert "active" == play.cases["space-1"].stage


def test_edges_are_to_come() -> None:
    """The edges of a case are those that are still to come; once nothing runs, there are none."""
    play = gone_on(1)
    ahead = play.edges()

    assert [24, 48] == [(edge - START) // HOUR for edge in ahead[:2]]
    play.at = ahead[-1]
    assert () == play.edges("space-1")
    assert () == gone_on(2).edges()


@pytest.mark.rule("A3")
def test_days_of_letters_under_any_rulebook() -> None:
    """The days that a letter may bear are counted where the rulebook of the request counts them."""
    late = datetime(2025, 1, 6, 20, tzinfo=UTC)
    days = []
    for zone in ("Asia/Tokyo", "Europe/Paris"):
        limit = attrs.evolve(EXPERT_2024_04_03.services_activation, duration=CivilMonths(2, zone))
        rulebook = attrs.evolve(EXPERT_2024_04_03, version="elsewhere", services_activation=limit)
        play = Play(at=late, rulebook=rulebook)
        for move in straight_on()[:4]:
            play.make(move)
        days.append(play.arguments(Move("record_letter", "adhesion-1"))["edited"].isoformat())

    assert ["2025-01-07", "2025-01-06"] == days


def test_how_far_a_limit_runs() -> None:
    """The moves straight on are found in the tables; a time limit runs after each of those that say so."""
    running = [number for number in range(1, 10) if any(case.deadline for case in gone_on(number).cases.values())]

    assert running == list(waiting())
    assert 9 == len(straight_on())


def test_no_more_than_some_of_a_kind() -> None:
    """A play has at most so many cases of a kind, and tries no more."""
    play = gone_on(9, most=1)

    assert not any(move.makes for move in play.moves())
    assert any(move.makes == "space-2" for move in gone_on(9, most=2).moves())


def test_what_is_tried_is_right_or_wrong() -> None:
    """Wrong codes, spaces, accounts and signatories are among the moves; the procedure allows none of them."""
    play = gone_on(6)
    play.make(Move("create_space", makes="space-2"))
    wrong = [move for move in play.moves() if not move.right]

    assert {"activate", "confirm_company_email", "declare_account", "issue_mandate", "renew", "sign"} == {
        move.verb for move in wrong
    }
    assert not any(isinstance(play.judge(move), Decision) for move in wrong)
    assert all(move in play.moves() for move in play.possible())


def test_what_was_declared_is_not_declared_again() -> None:
    """Once all the accounts that are played are declared, no other is tried."""
    play = gone_on(4)
    for _ in range(2):
        assert play.make(Move("declare_account", "adhesion-1")).accepted

    assert "declare_account" not in {move.verb for move in play.moves()}


def test_a_refusal_is_an_outcome() -> None:
    """What the procedure refuses is told by the step, and changes nothing; a mandate for an undeclared account, say."""
    play = gone_on(5)
    before = dict(play.cases)
    (undeclared,) = [move for move in play.moves() if move.verb == "issue_mandate" and not move.right]
    step = play.make(undeclared)

    assert isinstance(step.outcome, RefusedError)
    assert before == play.cases
    assert [] == play.of(Mandate)
    assert ActivationState.ACTIVE is play.of(Adhesion)[0].stage


def test_a_way_goes_on_in_the_lifecycle_that_takes_over():
    """From a validated request, the ways to its services are those of its activation."""
    ways_on = list(paths(Adhesion, AdhesionState.VALIDATED, ActivationState.ACTIVE, EXPERT_2024_04_03))

    assert [("activate",)] == [tuple(row.trigger for row in way) for way in ways_on if len(way) == 1]
