"""Lifecycles as tables: the only module that knows `transitions`.

A lifecycle is written as ordinary rows (trigger, source, dest, conditions). They go through a real `Machine`, are checked
at import, and frozen into a table that steps immutable snapshots. A condition names a method of the snapshot, called with
the instant and what was given: it returns True to let the row pass, False to let the next row try, or raises its refusal.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol

import attrs
from transitions import Machine

from teleprocedures.errors import TransitionRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from teleprocedures.rules import Rule


class Citing(Protocol):
    """What a lifecycle asks of a rulebook: the rule of an id."""

    def rule(self, id: str, /) -> Rule:
        """The rule of this id."""
        ...


class Guarded(Protocol):
    """What a lifecycle asks of a snapshot, besides the guards that its table names."""

    @property
    def state(self) -> str:
        """The state it is in."""
        ...

    @property
    def rulebook(self) -> Citing:
        """The rulebook it is under."""
        ...


class Unsaid(Enum):
    """What was not given, and so is not judged: `UNSAID` is the only member."""

    UNSAID = "unsaid"


UNSAID: Final = Unsaid.UNSAID


@attrs.frozen(kw_only=True)
class Given:
    """What a verb was given besides the instant, for its guards."""

    code: object = attrs.field(default=UNSAID, repr=False)
    space: object = UNSAID
    signatory: object = UNSAID


NOTHING_GIVEN: Final = Given()

@attrs.frozen
class _Way:
    """One frozen row: the guards to pass, each with the answer expected of it, and the state it leads to."""

    guards: tuple[tuple[str, bool], ...]
    dest: StrEnum


class _Drawn:
    """The model that the diagram engine asks for; a table is drawn, so it has nothing."""


class Lifecycle:
    """A checked and frozen table of transitions, with the states, what each allows, and its diagram.

    Raises `ValueError` when it is built from a table with a row twice, an unknown state, a state that nothing reaches, a
    dead end that is not declared terminal (or the reverse), a trigger that leads from one state to two, or a state with
    no rule to cite.
    """

    def __init__(
        self,
        name: str,
        states: type[StrEnum],
        *,
        initial: StrEnum,
        terminal: frozenset[StrEnum],
        rows: Sequence[Mapping[str, object]],
        cites: Mapping[StrEnum, str],
    ) -> None:
        self.name: Final = name
        self.states: Final = tuple(states)
        self.initial: Final = initial
        self.terminal: Final = terminal
        self._rows: Final = tuple(dict(row) for row in rows)
        self._cites: Final = MappingProxyType(dict(cites))
        self.machine: Final = Machine(model=None, **self._settings())
        # Plain dictionaries, never handed out: a read-only view would cost more than a guard.
        self._table: Final = self._frozen(states)
        self._dests: Final = {
            trigger: {source: ways[0].dest for source, ways in sources.items()} for trigger, sources in self._table.items()
        }
        self._check()

    def _settings(self) -> dict[str, Any]:
        return {
            "states": [state.value for state in self.states],
            "initial": self.initial.value,
            "transitions": [dict(row) for row in self._rows],
            "auto_transitions": False,
        }

    def _frozen(self, states: type[StrEnum]) -> dict[str, dict[str, tuple[_Way, ...]]]:
        """The rows as the machine understood them, so that the engine and the table cannot differ."""
        return {
            trigger: {
                states(source): tuple(
                    _Way(tuple((guard.func, guard.target) for guard in row.conditions), states(row.dest)) for row in rows
                )
                for source, rows in event.transitions.items()
            }
            for trigger, event in self.machine.events.items()
        }

    def _check(self) -> None:
        rows = self.transitions
        found = [f"row twice: {row}" for row in rows if rows.count(row) > 1]
        reached, leaving = {str(self.initial)}, set()
        for _ in self.states:
            reached |= {dest for _, source, dest, _ in rows if source in reached}
        for trigger, source, dest, _ in rows:
            leaving |= {source} if source != dest else set()
            if any(row[:2] == (trigger, source) and row[2] != dest for row in rows):
                found.append(f"{trigger!r} leads from {source!r} to more than one state")
        found += [f"nothing reaches {state!r}" for state in self.states if state not in reached]
        for state in self.states:
            if (state in leaving) is (state in self.terminal):
                found.append(f"{state!r} is {'' if state in self.terminal else 'not '}declared terminal")
            if state not in self._cites:
                found.append(f"{state!r} cites no rule")
        if found:
            message = f"the table of {self.name!r} does not hold: {'; '.join(found)}"
            raise ValueError(message)

    def __repr__(self) -> str:
        return f"Lifecycle({self.name!r})"

    @property
    def transitions(self) -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
        """Every row as (trigger, source, dest, guards); a guard that must answer no is written `!guard`."""
        return tuple(
            (trigger, source, way.dest, tuple(guard if answer else f"!{guard}" for guard, answer in way.guards))
            for trigger, sources in self._table.items()
            for source, ways in sources.items()
            for way in ways
        )

    def triggers(self, state: str) -> tuple[str, ...]:
        """The triggers that a state allows, guards aside, in the table's order."""
        return tuple(trigger for trigger, sources in self._table.items() if state in sources)

    def next(self, state: str, trigger: str) -> StrEnum | None:
        """The state that a trigger leads to from this one when its guards agree, or None when the table has no such row."""
        dests = self._dests.get(trigger)
        return None if dests is None else dests.get(state)

    def step(self, case: Guarded, trigger: str, at: datetime, given: Given = NOTHING_GIVEN) -> StrEnum:
        """The state that the trigger leads this snapshot to, at this instant (UTC).

        Raises what a guard raises; `TransitionRefusedError` when the state does not allow the trigger.
        """
        sources = self._table.get(trigger)
        if sources is not None:
            for way in sources.get(case.state, ()):
                for guard, answer in way.guards:
                    if getattr(case, guard)(at, given) is not answer:
                        break
                else:
                    return way.dest
        allowed = [other for other in self.triggers(case.state) if other != trigger]
        rule = case.rulebook.rule(self._cites[case.state])
        raise TransitionRefusedError(self.name, case.state, trigger, allowed, rule=rule)

    def to_mermaid(self) -> str:
        """The diagram of the table, guards in brackets, as a Mermaid text drawn by `transitions`."""
        # Drawing is rare, and its modules weigh more than the rest of `transitions`.
        from transitions.extensions import GraphMachine

        drawn = GraphMachine(**self._settings(), model=_Drawn(), graph_engine="mermaid", show_conditions=True, title=self.name)
        lines = str(drawn.models[0].get_graph().source).splitlines()
        # A table has no present state: the engine's highlighting of one is left out. It knows no terminal states.
        kept = [line for line in lines if line.strip() and not line.strip().startswith(("classDef ", "Class "))]
        return "\n".join([*kept, *(f"  {state} --> [*]" for state in self.states if state in self.terminal)]) + "\n"
