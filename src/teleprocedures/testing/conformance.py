"""Conformance: the library as the model of a host's own implementation, a REST service or a Django model, say.

A host writes an adapter, a `Host` with a method for each verb that it has, and hands it to `check_conformance`. Whole
histories are played on both sides, under a clock that jumps to the edges of every time limit. Where the two differ, the
error tells the rule and the story.

How it works. There are two halves. The first leaves nothing to chance: all that can be tried is tried, once in each
kind of place (`_trials`). The second is `ConformanceMachine`, which plays histories that are drawn. Both put the
library and the host side by side (`_sides`). What was tried is counted, and handed back.

Why edges. Two implementations that differ by an hour agree on nearly every instant. So half of the moves are made at
the last usable instant of a limit, at the first late one, or a microsecond away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.testing._askable import rules_to_ask
from teleprocedures.testing._hosts import CITES, EYES, QUESTIONS, Host, NonConformanceError, has
from teleprocedures.testing._moves import Move
from teleprocedures.testing._play import Play
from teleprocedures.testing._shipped import OTHER_SPACE, straight_on
from teleprocedures.testing._sides import Conformance, Sides
from teleprocedures.testing._trials import try_everything
from teleprocedures.testing._walk import is_decisive, rows_of
from teleprocedures.testing.strategies._histories import how_far, jumps, moves
from teleprocedures.testing.strategies._times import around, starts

__all__ = [
    "THOROUGH",
    "Conformance",
    "ConformanceMachine",
    "Host",
    "NonConformanceError",
    "check_conformance",
    "conformance",
]


class ConformanceMachine(RuleBasedStateMachine):
    """The same moves, made by the library and by a host; `conformance` makes a machine for each kind of host."""

    rulebook: ClassVar[Rulebook] = EXPERT_2024_04_03
    tried: ClassVar[Conformance] = Conformance()
    play: Play
    sides: Sides

    def new_host(self) -> Host:
        """A host without any case."""
        raise NotImplementedError

    @initialize(at=starts(), steps=how_far(), other=st.booleans())
    def begin(self, at: datetime, steps: int, *, other: bool) -> None:
        """A space is asked for, and the procedure is gone through up to some step, as far as the host has it.

        There may be another space as well.
        """
        self.play = Play(at=at, rulebook=self.rulebook)
        self.sides = Sides(self.play, self.new_host(), self.tried)
        self.sides.go((*straight_on()[:steps], *(OTHER_SPACE if other else ())))

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """Time passes, then somebody tries something."""
        self.play.wait(data.draw(jumps(self.play)))
        if any(map(self.sides.can, self.play.moves())):
            self.sides.make(data.draw(moves(self.play, self.sides.can)))

    @precondition(lambda self: self._timed())
    @rule(data=st.data())
    def at_an_edge(self, data: st.DataObject) -> None:
        """Time passes to an edge of a time limit, or a microsecond from it; a verb that it decides on is tried."""
        move = data.draw(st.sampled_from(self._timed()))
        deadline: Any = self.play.cases[move.case].deadline
        ends = st.sampled_from((deadline.closes, deadline.lapses_at))
        self.play.at = max(self.play.at, data.draw(ends | around(self.play.at, *self.play.edges(move.case))))
        self.sides.make(move)

    @precondition(lambda self: has(self.sides.host, "may_pay"))
    @rule()
    def pay(self) -> None:
        """Every service of every request would be paid, or not, on both sides."""
        self.sides.pay()

    def teardown(self) -> None:
        """The host is told that the history is over."""
        self.sides.host.close()

    def _timed(self) -> list[Move]:
        """What can be tried, rightly and at once, on the cases whose time limit runs, and moves them or their limit."""
        verbs = {
            name: {row.trigger for row in rows_of(type(case), case.table) if is_decisive(row)}
            for name, case in self.play.cases.items()
            if case.deadline is not None
        }
        moves = (move for move in self.play.moves() if move.right and move.at is None and move.makes is None)
        return [move for move in moves if move.verb in verbs.get(move.case, ()) and self.sides.can(move)]


def conformance(host: Callable[[], Host], *, rulebook: Rulebook = EXPERT_2024_04_03) -> type[ConformanceMachine]:
    """The state machine that compares a host with the library; its `TestCase` is for a test runner to find.

    `host` makes a new host, empty, for each history.
    """
    named = getattr(host, "__name__", type(host).__name__)
    members = {
        "new_host": lambda _: host(),
        "rulebook": rulebook,
        "tried": _nothing_tried(host, rulebook),
        "__doc__": f"`{named}` against the library.",
    }
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
    host: Callable[[], Host],
    *,
    rulebook: Rulebook = EXPERT_2024_04_03,
    settings: settings = THOROUGH,
    everything: bool = True,
) -> Conformance:
    """Play on the host and on the library all that can be tried, then histories, and say what was tried.

    All that can be tried is some 1,000 histories for a host with every verb, and a third of that for one that corrects
    nothing. A slow host leaves it out of most runs by `everything=False`. `settings` are Hypothesis's: how many
    histories (1,000), how many moves in each (20).

    Raises `NonConformanceError`, with the story, where the two differ. Unless everything is left out, it also raises it
    for a verb of the host that was never accepted, and for a rule that its verbs ask and that was never tried.
    """
    machine = conformance(host, rulebook=rulebook)
    if everything:
        try_everything(host, rulebook, machine.tried)
        # Drawn alone, some of what few histories come to is left to chance.
        check_tried(machine.tried, [it for it in _COUNTED if it not in machine.tried.left_out], rulebook)
    run_state_machine_as_test(machine, settings=settings)
    return machine.tried


def _nothing_tried(host: Callable[[], Host], rulebook: Rulebook) -> Conformance:
    """What the host leaves out, and with it the rules that only those verbs ask."""
    with closing(host()) as one:
        left_out = tuple(method for method in (*CITES, *EYES) if not has(one, method))
    every = rules_to_ask(_COUNTED.__contains__, rulebook)
    never = every - rules_to_ask(lambda verb: verb in _COUNTED and verb not in left_out, rulebook)
    return Conformance(left_out=left_out, never_asked=tuple(sorted(never)))


def check_tried(tried: Conformance, verbs: Collection[str], rulebook: Rulebook) -> None:
    """Raise `NonConformanceError` for one of these verbs that was never accepted, and for a rule never tried."""
    if never := [it for it in verbs if not tried.accepted[it]]:
        message = f"nothing that {', '.join(never)} could do was ever accepted: the host lacks what comes before"
        raise NonConformanceError(_COUNTED[never[0]], message, Play(at=_BEGINNING, rulebook=rulebook))
    known = {*tried.asked, *tried.rules}
    if untried := sorted(rules_to_ask(verbs.__contains__, rulebook) - known):
        message = f"what the host has of the rules {', '.join(untried)} was never tried"
        raise NonConformanceError(untried[0], message, Play(at=_BEGINNING, rulebook=rulebook))


_COUNTED: Final = CITES | QUESTIONS
"""What a host may have of which each is counted, verbs and questions."""
_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
