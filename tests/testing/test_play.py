"""A play: cases by short names, one move after another, told at once and late; and a kind of case of a host's own."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import hypothesis
import pytest

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationState,
    Adhesion,
    CivilMonths,
    Decision,
    Mandate,
    RefusedError,
    Space,
)
from teleprocedures.testing import Move, Play, _played, played
from teleprocedures.testing._moves import WRONG, company_forms, straight_on

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


def test_days_of_letters_under_any_rulebook() -> None:
    """Today is counted where the days of letters are."""
    limit = attrs.evolve(EXPERT_2024_04_03.services_activation, duration=CivilMonths(2, "Asia/Tokyo"))
    rulebook = attrs.evolve(EXPERT_2024_04_03, version="tokyo", services_activation=limit)
    late = datetime(2025, 1, 6, 20, tzinfo=UTC)

    assert "2025-01-07" == Play(at=late, rulebook=rulebook).today().isoformat()
    assert "2025-01-06" == Play(at=late).today().isoformat()


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


# --- A kind of case of a host's own -----------------------------------------------------------------------------------


@attrs.frozen(kw_only=True, weakref_slot=False)
class Letterhead(Space):  # type: ignore[misc] # a kind that has the table of another
    """A space of another kind, whose verb takes something that nobody knows."""

    kind = "letterhead"

    def activate(self, code: Any, *, colour: str, at: datetime, recorded_at: datetime | None = None) -> Any:
        """Activate it, in a colour."""
        del colour
        return super().activate(code, at=at, recorded_at=recorded_at)


def make(play: Play, _: None, new: Any, paper: str) -> Decision[Any]:
    """How one is made in a play."""
    assert paper
    space = _played.OPENS["create_space"].act(play, None, new, form=_played._own_form())
    fields = {field.name: getattr(space.case, field.name) for field in attrs.fields(Space)}
    return Decision(Letterhead(**fields), space.events, space.messages)


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said of kinds of case in a test is forgotten after it."""
    for name in ("_opens", "_gives", "_wrong"):
        known = getattr(_played, name)
        monkeypatch.setattr(_played, name, known | {})
    monkeypatch.setattr(_played, "OPENS", _played._opens)
    monkeypatch.setattr("teleprocedures.testing._play.OPENS", _played._opens)


@pytest.mark.usefixtures("own")
def test_a_kind_of_a_hosts_own_is_played() -> None:
    """What makes one and what its verbs are given are said in a line; wrong things too, for one verb or for all."""
    played(
        Letterhead,
        "print",
        make,
        gives={"paper": lambda *_: ("laid", "wove"), "colour": lambda *_: ("blue",)},
        wrong={"paper": lambda *_: ("none",), "activate.colour": lambda *_: ("grey",)},
    )
    play = Play(at=START)
    tried = [(move.verb, dict(move.given), move.right) for move in play.moves() if move.verb == "print"]
    play.make(Move("print", makes="letterhead-1"))
    wrong = [dict(move.given) for move in play.moves() if move.verb == "activate" and not move.right]

    assert [
        ("print", {}, True),
        ("print", {}, True),
        ("print", {"paper": "wove"}, True),
        ("print", {"paper": "none"}, False),
    ] == tried
    assert [{"code": WRONG}, {"code": HELD_ELSEWHERE}, {"colour": "grey"}] == wrong
    assert {"code": "CODE0000", "colour": "blue"} == dict(play.given(Move("activate", "letterhead-1")))


@pytest.mark.usefixtures("own")
def test_hypothesis_is_told_of_a_new_kind_if_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody has imported Hypothesis, it asks by itself which types there are when it is; else it is told."""
    told: list[str] = []
    monkeypatch.setattr("teleprocedures.testing._registration.register", lambda: told.append("told"))
    played(Letterhead, "print", make)
    monkeypatch.delitem(sys.modules, "hypothesis", raising=False)
    played(Letterhead, "print", make)

    assert ["told"] == told
    assert hypothesis.__name__ == "hypothesis"


@pytest.mark.usefixtures("own")
def test_what_nobody_said_is_asked_for() -> None:
    """An argument of which nobody said what it may be is an error that says how to say it."""
    played(Letterhead, "print", make, gives={"paper": lambda *_: ("laid",)})
    play = Play(at=START)
    play.make(Move("print", makes="letterhead-1"))

    with pytest.raises(LookupError) as caught:
        play.moves()
    assert str(caught.value) == (
        "nobody said what 'activate' of a case of kind 'letterhead' is given as 'colour': expected"
        " played(Letterhead, ..., gives={'colour': lambda play, case: [...]})"
    )


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
