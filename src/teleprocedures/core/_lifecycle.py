"""Lifecycles as tables: the only module that knows `transitions`.

A lifecycle is written as ordinary rows (trigger, source, dest, conditions). They go through a real `Machine`, are
checked at import, and frozen into a table that steps immutable snapshots. A condition names a method of the snapshot,
called with the instant and what was given: it returns True to let the row pass, False to let the next row try, or
raises its refusal.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TypeAlias

import attrs
from transitions import Machine

from teleprocedures.errors import InvalidValueError, TransitionRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from teleprocedures.errors import Rule


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

    @classmethod
    def said(cls, **values: object) -> Self:
        """What a verb was given, all of it: only a question (`Case.refusal`) may leave something unsaid.

        Raises `InvalidValueError` for what is `UNSAID`.
        """
        if any(value is UNSAID for value in values.values()):
            message = f"{', '.join(values)} must be given"
            raise InvalidValueError(message)
        return cls(**values)


NOTHING_GIVEN: Final = Given()


@attrs.frozen
class _Way:
    """One frozen row: the guards to pass, each with the answer expected of it, and the state it leads to."""

    guards: tuple[tuple[str, bool], ...]
    dest: StrEnum


class _Drawn:
    """The model that the diagram engine asks for; a table is drawn, so it has nothing."""


Row: TypeAlias = tuple[str, str, str, tuple[str, ...]]
_FROZEN: Final = {"trigger", "source", "dest", "conditions", "unless"}


def _settings(states: Iterable[StrEnum], initial: StrEnum, rows: Iterable[Mapping[str, object]]) -> dict[str, Any]:
    return {
        "states": [state.value for state in states],
        "initial": initial.value,
        "transitions": [dict(row) for row in rows],
        "auto_transitions": False,
    }


def _as_understood(machine: Machine) -> Iterator[Row]:
    """The rows as the engine read them, so that it and the table cannot differ."""
    for trigger, event in machine.events.items():
        for source, ways in event.transitions.items():
            for way in ways:
                guards = tuple(f"{'' if guard.target else '!'}{guard.func}" for guard in way.conditions)
                # What the engine calls an internal row, without a destination, stays where it is.
                yield trigger, source, way.dest or source, guards


def _faults(
    rows: Sequence[Row], states: type[StrEnum], initial: StrEnum, terminal: Iterable[StrEnum], cites: Iterable[str]
) -> Iterator[str]:
    """What does not hold in a table; the same thing may be said twice."""
    known = tuple(states)
    named = (initial, *terminal, *cites, *(state for row in rows for state in row[1:3]))
    yield from (f"unknown state {str(state)!r}" for state in named if state not in known)
    for row in rows:
        trigger, source, dest, guards = row
        if rows.count(row) > 1:
            yield f"row twice: {row}"
        if any(other[:2] == (trigger, source) and other[2] != dest for other in rows):
            yield f"{trigger!r} leads from {source!r} to more than one state"
        unnamed = (guard for guard in guards if not guard.removeprefix("!").isidentifier())
        yield from (f"guard {guard!r} is not the name of a method" for guard in unnamed)
    leaving = {source for _, source, dest, _ in rows if source != dest}
    reached = {str(initial)}
    for _ in known:
        reached |= {dest for _, source, dest, _ in rows if source in reached}
    for state in known:
        if state not in reached:
            yield f"nothing reaches {state.value!r}"
        if (state in leaving) is (state in terminal):
            yield f"{state.value!r} is {'' if state in terminal else 'not '}declared terminal"
        if state not in cites:
            yield f"{state.value!r} cites no rule"


@attrs.frozen(eq=False, init=False, repr=False)
class Lifecycle:
    """A checked and frozen table of transitions, with the states, what each allows, and its diagram.

    `transitions` are its rows as (trigger, source, dest, guards); a guard that must answer no is written `!guard`.
    `machine` is the engine that read them; nothing done to it later changes the table.

    Raises `ValueError` when it is built from a table with a row twice, an unknown state, a state that nothing reaches,
    a dead end that is not declared terminal (or the reverse), a trigger that leads from one state to two, a state with
    no rule to cite, or what a frozen table cannot carry out, such as the engine's callbacks.
    """

    name: str
    states: tuple[StrEnum, ...]
    initial: StrEnum
    terminal: frozenset[StrEnum]
    machine: Machine
    transitions: tuple[Row, ...]
    # Plain dictionaries, never handed out: a read-only view would cost more than a guard.
    _cites: dict[str, str]
    _table: dict[str, dict[str, tuple[_Way, ...]]]
    _dests: dict[str, dict[str, StrEnum]]

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
        machine = Machine(model=None, **_settings(states, initial, rows))
        read = tuple(_as_understood(machine))
        found = [f"{key!r} cannot be frozen" for row in rows for key in row if key not in _FROZEN]
        found += dict.fromkeys(_faults(read, states, initial, terminal, cites))
        if found:
            message = f"the table of {name!r} does not hold: {'; '.join(found)}"
            raise ValueError(message)
        table: dict[str, dict[str, tuple[_Way, ...]]] = {}
        for trigger, source, dest, guards in read:
            way = _Way(tuple((guard.removeprefix("!"), not guard.startswith("!")) for guard in guards), states(dest))
            ways = table.setdefault(trigger, {})
            ways[source] = (*ways.get(source, ()), way)
        dests = {trigger: {state: ways[0].dest for state, ways in table[trigger].items()} for trigger in table}
        cited = {str(state): rule for state, rule in cites.items()}
        self.__attrs_init__(  # pyright: ignore[reportAttributeAccessIssue] # attrs writes it
            name, tuple(states), initial, terminal, machine, read, cited, table, dests
        )

    def __repr__(self) -> str:
        return f"Lifecycle({self.name!r})"

    def triggers(self, state: str) -> tuple[str, ...]:
        """The triggers that a state allows, guards aside, in the table's order."""
        return tuple(trigger for trigger, sources in self._table.items() if state in sources)

    def next(self, state: str, trigger: str) -> StrEnum | None:
        """The state that a trigger leads to from this one once its guards agree, or None: the table has no such row."""
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
        from transitions.extensions import GraphMachine  # noqa: PLC0415

        rows = (
            {
                "trigger": trigger,
                "source": source,
                "dest": dest,
                "conditions": [guard for guard in guards if not guard.startswith("!")],
                "unless": [guard[1:] for guard in guards if guard.startswith("!")],
            }
            for trigger, source, dest, guards in self.transitions
        )
        model = _Drawn()
        GraphMachine(
            **_settings(self.states, self.initial, rows),
            model=model,
            graph_engine="mermaid",
            show_conditions=True,
            title=f"title: {self.name}",
        )
        lines = model.get_graph().source.splitlines()  # type: ignore[attr-defined] # the engine gives its model this method
        # A table has no present state: the engine's highlighting of one is left out. It knows no terminal states.
        kept = [line for line in lines if line.strip() and not line.strip().startswith(("classDef ", "Class "))]
        return "\n".join([*kept, *(f"  {state} --> [*]" for state in self.states if state in self.terminal)]) + "\n"
