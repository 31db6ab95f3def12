"""Conformance: the library as the model of a host's own implementation, a REST service or a Django model, say.

A host writes an adapter, a `Host` with a method for each verb that it has, and hands it to `check_conformance`. Whole
histories are played on both sides, under a clock that jumps to the edges of every time limit. Where the two differ, the
error tells the rule and the story.

How it works. `ConformanceMachine` has a play, which is the library's side, and a host. Each move is made in the play;
then the host's method of that verb is called with the same things, by the names that `Host` has for them. A case is
replaced by the key that the host gave for it. A code that was sent is replaced by the one that the host sent, since the
two never send the same. Both must accept, or both refuse; then the states of all cases and what was sent are compared.

Why edges. Two implementations that differ by an hour agree on nearly every instant. So half of the moves are made at
the last usable instant of a limit, at the first late one, or a microsecond away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Final

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from teleprocedures.cases import Adhesion, Case, Mandate
from teleprocedures.core import Decision
from teleprocedures.errors import RefusedError
from teleprocedures.portfolio import PaymentRefusedError, check_payment
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.testing._hosts import CITES, Host, NonConformanceError, may_be_late, takes, verb_of
from teleprocedures.testing._makers import WRONG
from teleprocedures.testing._moves import Move, Step
from teleprocedures.testing._play import Play
from teleprocedures.testing._shipped import OTHER_SPACE, straight_on
from teleprocedures.testing._walk import is_decisive, rows_of
from teleprocedures.testing.strategies._histories import how_far, jumps, moves
from teleprocedures.testing.strategies._times import around, starts
from teleprocedures.values import BankAccount

__all__ = ["THOROUGH", "ConformanceMachine", "Host", "NonConformanceError", "check_conformance", "conformance"]


def _has(host: Host, verb: str) -> bool:
    return getattr(type(host), verb) is not getattr(Host, verb)


class ConformanceMachine(RuleBasedStateMachine):
    """The same moves, made by the library and by a host; `conformance` makes a machine for each kind of host."""

    rulebook: ClassVar[Rulebook] = EXPERT_2024_04_03
    play: Play
    theirs: Host = Host()

    def new_host(self) -> Host:
        """A host without any case."""
        raise NotImplementedError

    @initialize(at=starts(), steps=how_far(), other=st.booleans())
    def begin(self, at: datetime, steps: int, *, other: bool) -> None:
        """A space is asked for, and the procedure is gone through up to some step, as far as the host has it.

        There may be another space as well.
        """
        self.play = Play(at=at, rulebook=self.rulebook)
        self.theirs = self.new_host()
        self.keys: dict[str, Any] = {}
        self.verbs: frozenset[str] = frozenset(verb for verb in CITES if _has(self.theirs, verb))
        for move in (*straight_on()[:steps], *(OTHER_SPACE if other else ())):
            if self._has(move) and (not move.case or move.case in self.play.cases):
                self._both(move)

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """Time passes, then somebody tries something."""
        self.play.wait(data.draw(jumps(self.play)))
        if any(map(self._has, self.play.moves())):
            self._both(data.draw(moves(self.play, self._has)))

    @precondition(lambda self: self._timed())
    @rule(data=st.data())
    def at_an_edge(self, data: st.DataObject) -> None:
        """Time passes to an edge of a time limit, or a microsecond from it; a verb that it decides on is tried."""
        move = data.draw(st.sampled_from(self._timed()))
        deadline: Any = self.play.cases[move.case].deadline
        ends = st.sampled_from((deadline.closes, deadline.lapses_at))
        self.play.at = max(self.play.at, data.draw(ends | around(self.play.at, *self.play.edges(move.case))))
        self._both(move)

    @precondition(lambda self: _has(self.theirs, "may_pay"))
    @rule()
    def pay(self) -> None:
        """Every service of every request would be paid, or not, on both sides."""
        for case in self.play.of(Adhesion):
            for service in case.services:
                for account in case.accounts:
                    self._compare_payment(case, service.code, account)

    def teardown(self) -> None:
        """The host is told that the history is over."""
        self.theirs.close()

    def _has(self, move: Move) -> bool:
        """Whether the host has the verb of a move, as the move gives it: told late, or with a form that corrects."""
        verb = verb_of(self.play, move)
        if verb not in self.verbs or (verb == "renew_adhesion" and "form" in move.given):
            return False
        return move.at is None or may_be_late(self.theirs, verb)

    def _timed(self) -> list[Move]:
        """What can be tried, rightly and at once, on the cases whose time limit runs, and moves them or their limit."""
        verbs = {
            name: {row.trigger for row in rows_of(type(case), case.table) if is_decisive(row)}
            for name, case in self.play.cases.items()
            if case.deadline is not None
        }
        moves = (move for move in self.play.moves() if move.right and move.at is None and move.makes is None)
        return [move for move in moves if move.verb in verbs.get(move.case, ()) and self._has(move)]

    def _both(self, move: Move) -> None:
        verb = verb_of(self.play, move)
        given, named = self._arguments(verb, move)
        step = self.play.make(move)
        late = {"recorded_at": step.at} if may_be_late(self.theirs, verb) else {}
        try:
            made = getattr(self.theirs, verb)(*given, **named, at=step.happened, **late)
        except self.theirs.refusals as refusal:
            if step.accepted:
                message = f"the host refuses {move}, which is possible: {refusal}"
                raise NonConformanceError(self._rule(verb, step), message, self.play) from refusal
        except Exception as fault:
            fault.add_note(f"the host failed in {move}\n{self.play!r}")
            raise
        else:
            if isinstance(step.outcome, RefusedError):
                message = f"the host accepts {move}: expected a refusal, {step.outcome.message}"
                raise NonConformanceError(step.outcome.rule.id, message, self.play)
            if move.makes is not None:
                self.keys[move.makes] = made
        for name, case in self.play.cases.items():
            self._compare(name, case)

    def _arguments(self, verb: str, move: Move) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What the host is given, by position and by name: the key of the case first, then what its verb takes."""
        known = takes(getattr(Host, verb))
        given = {name: value for name, value in self.play.arguments(move).items() if name in known}
        theirs = {name: self._theirs(name, value, move) for name, value in given.items()}
        key = (self.keys[move.case],) if move.case else ()
        positional = (value for name, value in theirs.items() if not known[name])
        return (*key, *positional), {name: value for name, value in theirs.items() if known[name]}

    def _theirs(self, name: str, value: object, move: Move) -> object:
        """A value as the host has it: its own key for a case, its own codes and tokens in the place of the play's."""
        if name in {"code", "token"}:
            return WRONG if name in move.given else [WRONG, *self.theirs.sent(self.keys[move.case])][-1]
        return self.keys[value.id] if isinstance(value, Case) else value

    def _rule(self, verb: str, step: Step) -> str:
        # Where a time limit runs, a host that refuses in time has counted it wrong.
        case = step.outcome.case if isinstance(step.outcome, Decision) else None
        return case.limit.past if verb == "lapse" and isinstance(case, Case) else CITES[verb]

    def _compare(self, name: str, case: Case) -> None:
        """The same state on both sides, where a lapse that nobody has recorded may be told already; as much sent."""
        expected, found = str(case.stage), self.theirs.state(self.keys[name], at=self.play.at)
        if found != expected and not (case.is_over(self.play.at) and found == "lapsed"):
            message = f"the host says that {name} is {found!r}: expected {expected!r}"
            # The rule that each state cites is the one by which it refuses what it does not know.
            raise NonConformanceError(case.table.cites(case.stage), message, self.play)
        sent, wanted = len(self.theirs.sent(self.keys[name])), len(self.play.sent[name])
        if sent != wanted:
            message = f"the host has sent {sent} codes and tokens for {name}: expected {wanted}"
            raise NonConformanceError("2.10" if isinstance(case, Adhesion) else "1.7", message, self.play)

    def _compare_payment(self, case: Adhesion, service: str, account: BankAccount) -> None:
        found = self.theirs.may_pay(self.keys[case.id], service, account, at=self.play.at)
        try:
            check_payment(case, service, account, self.play.of(Mandate), at=self.play.at)
        except PaymentRefusedError as refusal:
            expected, rule_id, why = False, refusal.rule.id, f": {refusal.message}"
        else:
            expected, rule_id, why = True, "2.20" if case.rulebook.catalogue[service].needs_mandate else "2.21", ""
        if found is not expected:
            message = f"the host says that {service} of {case.id} may {'' if found else 'not '}be paid{why}"
            raise NonConformanceError(rule_id, message, self.play)


def conformance(host: Callable[[], Host], *, rulebook: Rulebook = EXPERT_2024_04_03) -> type[ConformanceMachine]:
    """The state machine that compares a host with the library; its `TestCase` is for a test runner to find.

    `host` makes a new host, empty, for each history.
    """
    named = getattr(host, "__name__", type(host).__name__)
    members = {"new_host": lambda _: host(), "rulebook": rulebook, "__doc__": f"`{named}` against the library."}
    return type(f"{named}Conformance", (ConformanceMachine,), members)


# Why a story fails is told by its rule: Hypothesis need not search for an explanation, and that takes long.
THOROUGH: Final = settings(
    max_examples=1_000,
    stateful_step_count=20,
    deadline=None,
    phases=(Phase.reuse, Phase.generate, Phase.shrink),
    report_multiple_bugs=False,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
)


def check_conformance(
    host: Callable[[], Host], *, rulebook: Rulebook = EXPERT_2024_04_03, settings: settings = THOROUGH
) -> None:
    """Play histories on the host and on the library; raises `NonConformanceError`, with the shortest story found.

    `settings` are Hypothesis's: how many histories (1,000), how many moves in each (20).
    """
    run_state_machine_as_test(conformance(host, rulebook=rulebook), settings=settings)
