"""The lifecycle of the example, with the whole library: what `test_delegation` runs, in a process of its own.

A kind of case is registered for good: in the process of the other tests, it would be there for them too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from delegation import DELEGATION, RULEBOOK, Delegation, DelegationCode, DelegationOffered, DelegationState
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from teleprocedures import (
    EXPERT_2024_04_03,
    ActivationCode,
    DeadlinePassedError,
    Decision,
    EmailAddress,
    Portal,
    Portfolio,
    Rulebook,
    Siren,
    Sweep,
    catalogue,
    next_steps,
    replay,
    sweep_lines,
)
from teleprocedures.codec import dumps, loads
from teleprocedures.testing import (
    ManualClock,
    Move,
    PlainHasher,
    Play,
    RecordingNotifier,
    ScriptedCodes,
    Step,
    give,
    strategies,
)
from teleprocedures.testing.invariants import check_case
from teleprocedures.testing.machines import ProcedureMachine
from teleprocedures.wording import ENGLISH, FRENCH

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CODE = ActivationCode("K7MQ2XW9")
LIMIT, TICK = timedelta(hours=48), timedelta(microseconds=1)


def offered(*, at: datetime = START) -> Decision[Delegation]:
    """A delegation whose code was just sent."""
    colleague, company = EmailAddress("paul@cabinet-durand.fr"), Siren("552 008 443")
    return Delegation.offer(colleague, company, catalogue.PAY_VAT, id="delegation-1", at=at, code=CODE)


def test_the_boundary_is_the_last_microsecond() -> None:
    """Accepted at exactly 48 hours, refused under the host's own rule one microsecond later."""
    case = offered().case

    assert DelegationState.ACCEPTED is case.accept(CODE, at=START + LIMIT).case.state
    with pytest.raises(DeadlinePassedError) as refusal:
        case.accept(CODE, at=START + LIMIT + TICK)
    assert "D2" == refusal.value.rule


def test_sweeps_remind_and_lapse_it_and_lines_too() -> None:
    """In memory and as encoded lines, with the host's rulebook; the notice goes to the colleague."""
    case = offered().case
    sweep = Sweep(at=START + LIMIT + TICK)
    (decision,) = sweep.over([case])
    (line,) = sweep_lines([dumps(case)], at=START + LIMIT + TICK, rulebooks=(RULEBOOK,))

    assert {"delegation-lapsed": 1} == dict(sweep.report.lapsed)
    assert decision.case == loads(line, rulebooks=(RULEBOOK,))
    assert "paul@cabinet-durand.fr" == str(decision.messages[0].to)  # type: ignore[attr-defined] # a notice


def test_events_replay_to_the_snapshot_and_everything_is_stored() -> None:
    """The code's message too, where secrets are asked for."""
    asked = offered()
    accepted = asked.case.accept(CODE, at=START)
    revoked = accepted.case.revoke("left the firm", at=START)
    events = (*asked.events, *accepted.events, *revoked.events)
    read = [loads(dumps(event), rulebooks=(RULEBOOK,)) for event in events]

    assert revoked.case == replay(read)
    assert asked.messages[0] == loads(dumps(asked.messages[0], secrets=True), rulebooks=(RULEBOOK,))


def test_its_steps_and_words_are_its_own() -> None:
    """Among those of a portfolio, called by their names where nobody gave words, or by the host's own words."""
    case = offered().case
    (step,) = next_steps([case], at=START)
    french = FRENCH.with_words(
        {"actor.colleague": "collaborateur", "action.accept_delegation": "accepter la délégation"}
    )

    assert (step,) == Portfolio([case]).next_steps(at=START)
    assert ("colleague", "accept_delegation", "D1", case.id) == (step.actor, step.action, step.rule, step.case_id)
    assert "accept delegation" in ENGLISH.step(step)
    assert "accepter la délégation" in french.step(step)


def test_the_portal_carries_its_decisions_out() -> None:
    """Decide, record, notify: the same way as the kinds that are shipped; the clock's verbs are there already."""
    clock, post = ManualClock(START), RecordingNotifier()
    portal = Portal(clock=clock, codes=ScriptedCodes(), notifier=post, hasher=PlainHasher())
    case = portal.carry_out(offered())
    clock.advance(LIMIT + TICK)

    assert DelegationState.LAPSED is portal.lapse(case).state
    assert ["delegation-code", "lapse-notice"] == [message.kind for message in post.messages]


def test_its_diagram_is_drawn() -> None:
    """By the same engine, with where a case stands."""
    drawn = DELEGATION.to_mermaid(highlight="accepted")

    assert "offered --> accepted: accept [in_time & code_opens]" in drawn
    assert "class accepted here" in drawn


@given(data=st.data())
def test_strategies_draw_it_in_every_state(data: st.DataObject) -> None:
    """Nobody told them the states, how one is offered, or what its verbs are given: the kind of case says it."""
    state = data.draw(st.sampled_from(DelegationState))
    case = data.draw(strategies.cases(Delegation, state))

    assert state is case.state
    assert RULEBOOK == case.rulebook


@given(case=st.from_type(Delegation), event=st.from_type(DelegationOffered), message=st.from_type(DelegationCode))
def test_its_types_are_known(case: Delegation, event: DelegationOffered, message: DelegationCode) -> None:
    """Its cases, its events and its messages, by their classes alone; what was drawn is stored and read back."""
    assert case == loads(dumps(case), rulebooks=(RULEBOOK,))
    assert event == loads(dumps(event), rulebooks=(RULEBOOK,))
    assert message == loads(dumps(message, secrets=True), rulebooks=(RULEBOOK,))


@pytest.mark.parametrize("rulebook", [None, EXPERT_2024_04_03, RULEBOOK])
@settings(max_examples=25)
@given(data=st.data())
def test_invariants_hold_of_it_along_whole_histories(rulebook: Rulebook | None, data: st.DataObject) -> None:
    """The promises of the shipped kinds are its own too, under its own rulebook if it is not in the one given."""
    play = data.draw(strategies.histories(rulebook=rulebook))
    for case in play.of(Delegation):
        assert RULEBOOK == case.rulebook
        check_case(case, play.events[case.id], at=play.at)


def test_a_play_has_its_moves() -> None:
    """It is offered, and each of its verbs tried; what is given wrongly is among them."""
    play = Play(at=START)
    (offer, *_) = [move for move in play.moves() if move.verb == "offer_delegation" and not move.given]
    step = play.make(offer)
    tried = {(move.verb, move.right) for move in play.moves() if move.case == "delegation-1"}

    assert step.accepted
    own = {("accept", True), ("accept", False), ("revoke", True), ("remind", True), ("lapse", True)}
    assert own | {("close", True), ("reopen", True), ("withdraw", True)} == tried
    assert {"accept", "close", "revoke"} == {move.verb for move in play.possible() if move.case == "delegation-1"}


def test_more_is_said_in_a_line() -> None:
    """Where not any text will do, the values are said, and wrong ones; they are tried from then on."""
    give(Delegation, {"reason": lambda play, case: ["left the firm", "on leave"]})
    play = Play(at=START)
    play.make(Move("offer_delegation", makes="delegation-1"))
    given = [dict(move.given) for move in play.moves() if move.verb == "revoke"]

    assert "left the firm" == play.make(Move("revoke", "delegation-1")).given["reason"]
    assert {"reason": "on leave"} in given


def test_the_machine_of_the_procedure_plays_it() -> None:
    """Delegations stand beside spaces and requests, and keep every promise."""
    seen: set[str] = set()

    class Seeing(ProcedureMachine):
        def on_step(self, step: Step) -> None:
            seen.update(case.kind for case in self.play.cases.values())

    run_state_machine_as_test(Seeing, settings=settings(max_examples=30, stateful_step_count=12))

    assert "delegation" in seen
