"""Lifecycles as tables: the only module that knows `transitions`.

A lifecycle is one page of rows: the trigger, from which state, to which, the event class that the row makes, and the
guards that must agree. Each state says the rule that it cites, whether the time limit runs in it, and what it advises.
The rows go through a real `Machine`, are checked when the table is imported, and are frozen; the same machine draws the
diagram. What a table says stands nowhere else.

A guard is a function of the snapshot and the instant (UTC), so that a type checker knows it: it returns True to let the
row pass, False to let the next row try, or raises its refusal. What it takes besides, it takes by name: a verb of that
trigger is given it, and nothing else.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import FunctionType, MethodType
from typing import Any, Concatenate, Final, Generic, NamedTuple, Protocol, TypeAlias, TypeVar, get_type_hints

import attrs
from transitions import Machine

from teleprocedures.building import builder
from teleprocedures.core._events import Event, Lapse, Opening
from teleprocedures.core._messages import Message
from teleprocedures.core._steps import Advice
from teleprocedures.errors import InvalidValueError
from teleprocedures.rulebook import Rulebook, TimeLimit

CaseT = TypeVar("CaseT")
StateT = TypeVar("StateT", bound=StrEnum)

Guard: TypeAlias = Callable[Concatenate[CaseT, datetime, ...], bool]
"""Whether a row passes, for a snapshot, at an instant; what else it takes, it takes by name."""
Sender: TypeAlias = Callable[Concatenate[CaseT, datetime, ...], tuple[Message, ...]]
"""What is to be sent, by the snapshot that an event has made, at its instant."""


Kind: TypeAlias = Any
"""Whatever kind of case a table is of: its rows are checked where they are written, and read here for all kinds."""


class Staged(Protocol):
    """What a table asks of a snapshot besides what its guards do."""

    @property
    def id(self) -> str:
        """The case's id."""
        ...

    @property
    def version(self) -> int:
        """How many events it is made of."""
        ...


class State(NamedTuple, Generic[CaseT]):
    """A state: the rule that it cites, whether the time limit runs in it, whether it is an end, and what it advises.

    Nothing leaves a terminal state but a row that corrects.
    """

    name: StrEnum
    cites: str
    advice: tuple[Advice[CaseT], ...] = ()
    runs: bool = False
    terminal: bool = False


class Row(NamedTuple, Generic[CaseT]):
    """A row: the trigger leads from `source` to `dest` and makes an event of this class, if all of its guards agree.

    Without an event it only answers whether something is possible. `sends` gives the messages that follow; `after` the
    instant of the fact that the new one follows, where that is not the last one; `corrects` is the rule by which a row
    leaves a terminal state.
    """

    trigger: str
    source: StrEnum
    dest: StrEnum
    makes: type[Event] | None = None
    guards: tuple[Guard[CaseT], ...] = ()
    sends: Sender[CaseT] | None = None
    after: Callable[[CaseT], datetime] | None = None
    corrects: str | None = None


class Asked(NamedTuple):
    """A guard, or whatever else of a row is called: the function, and the names of what it takes besides.

    Called with more than that, as the engine of `transitions` does, it passes on its own.
    """

    function: Callable[..., Kind]
    takes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The function's own, which the diagram shows."""
        return str(self.function.__name__)

    def __call__(self, case: Kind, at: datetime, **given: object) -> Kind:
        return self.function(case, at, **{name: given[name] for name in self.takes})


class Way(NamedTuple):
    """One frozen row: its guards, where it leads, how its event is made, what it sends."""

    guards: tuple[Asked, ...]
    dest: StrEnum
    make: Callable[..., Event] | None
    of: Asked | None
    sends: Asked | None
    after: Callable[[Kind], datetime] | None

    def event(self, case: Staged, at: datetime, recorded_at: datetime, given: Mapping[str, object]) -> Event:
        """The event that this row makes of a snapshot and of what its verb was given."""
        version = case.version + 1
        if self.of is not None:
            head = {"case_id": case.id, "version": version, "at": at, "recorded_at": recorded_at}
            made: Event = self.of.function(head, case, **{name: given[name] for name in self.of.takes})
            return made
        assert self.make is not None, "only a row that makes an event is carried out"
        return self.make(case_id=case.id, version=version, at=at, recorded_at=recorded_at)


class _Drawn:
    """The model that the diagram engine asks for; a table is drawn, so it has nothing."""


def _asked(function: Callable[..., Kind]) -> Asked:
    """A function of a row, once it is known to be called rightly; raises `TypeError` for one that cannot be."""
    if not isinstance(function, (FunctionType, MethodType)):
        message = f"{function!r} is not a function: expected one of a snapshot and an instant"
        raise TypeError(message)
    asked = inspect.signature(function)
    kinds = [it.kind for it in asked.parameters.values()]
    if kinds[:2] != [_FIRST, _FIRST] or any(kind is not _NAMED for kind in kinds[2:]):
        message = (
            f"{function.__name__}{asked} cannot be asked: expected a snapshot and an instant, and what it takes besides"
            " by name only"
        )
        raise TypeError(message)
    return Asked(function, tuple(asked.parameters)[2:])


_FIRST: Final = inspect.Parameter.POSITIONAL_OR_KEYWORD
_NAMED: Final = inspect.Parameter.KEYWORD_ONLY


def _settings(states: Iterable[StrEnum], initial: StrEnum, rows: Iterable[Mapping[str, object]]) -> dict[str, Any]:
    return {
        "states": [state.value for state in states],
        "initial": initial.value,
        "transitions": list(rows),
        "auto_transitions": False,
    }


def _faults(
    rows: Sequence[Row[Kind]], known: Sequence[StrEnum], initial: StrEnum, states: Sequence[State[Kind]]
) -> Iterator[str]:
    """What does not hold in a table; the same thing may be said twice."""
    written = [state.name for state in states]
    terminal = {state.name for state in states if state.terminal}
    named = (initial, *written, *(state for row in rows for state in (row.source, row.dest)))
    yield from (f"unknown state {str(state)!r}" for state in named if state not in known)
    yield from (f"state {state.value!r} is not described once" for state in known if written.count(state) != 1)
    yield from (fault for row in rows for fault in _faults_of(row, rows, terminal))
    leaving = {row.source for row in rows if row.source is not row.dest and row.corrects is None}
    reached = {initial}
    for _ in known:
        reached |= {row.dest for row in rows if row.source in reached}
    for state in known:
        if state not in reached:
            yield f"nothing reaches {state.value!r}"
        if (state in leaving) is (state in terminal):
            yield f"{state.value!r} is {'' if state in terminal else 'not '}declared terminal"


def _faults_of(row: Row[Kind], rows: Sequence[Row[Kind]], terminal: Container[StrEnum]) -> Iterator[str]:
    leads = f"{row.trigger!r} leads from {row.source.value!r}"
    same = {other.dest for other in rows if other.makes is row.makes is not None and other.source is row.source}
    known = row.makes is None or (isinstance(row.makes, type) and issubclass(row.makes, Event))
    for broken, fault in (
        (rows.count(row) > 1, f"row twice: {leads}"),
        (not known, f"{row.trigger!r} makes {row.makes!r}, which is no class of events"),
        (row.makes is None and row.source is not row.dest, f"{leads} to {row.dest.value!r} without an event"),
        (len(same) > 1, f"{leads} to more than one state by {row.makes!r}"),
        (
            row.source in terminal and row.source is not row.dest and row.corrects is None,
            f"{leads}, which is terminal, and corrects nothing",
        ),
    ):
        if broken:
            yield fault


@attrs.frozen(eq=False, init=False, repr=False)
class Lifecycle(Generic[CaseT, StateT]):
    """A checked and frozen table: its states, what each allows, what each trigger makes, and its diagram.

    `rows` are its rows as they were written, and `machine` the engine that read them: nothing done to it later changes
    the table. `opens` is the class of the event that opens a case, `limit` finds the time limit in a rulebook.

    Raises `ValueError` when it is built from a table with a row twice, an unknown state, a state that nothing reaches
    or that is not described, a dead end that is not declared terminal (or the reverse), an event that leads from one
    state to two; `TypeError` for a guard that cannot be asked.
    """

    name: str
    states: tuple[StateT, ...]
    initial: StateT
    terminal: frozenset[StateT]
    lapsed: StateT | None
    advised_at_last: str | None
    running: frozenset[StateT]
    opens: type[Opening] | None
    sends: Sender[CaseT] | None
    limit: Callable[[Rulebook], TimeLimit | None]
    machine: Machine
    rows: tuple[Row[CaseT], ...]
    # Plain dictionaries, never handed out: a read-only view would cost more than a guard.
    _described: dict[str, State[CaseT]]
    _table: dict[str, dict[str, tuple[Way, ...]]]
    _dests: dict[type[Event], dict[str, StateT]]
    _next: dict[tuple[str, str], StateT]
    _takes: dict[str, frozenset[str]]

    def __init__(
        self,
        name: str,
        states: type[StateT],
        *,
        initial: StateT,
        described: Sequence[State[CaseT]],
        rows: Sequence[Row[CaseT]],
        limit: Callable[[Rulebook], TimeLimit | None],
        opens: type[Opening] | None = None,
        sends: Sender[CaseT] | None = None,
    ) -> None:
        known = tuple(states)
        found = dict.fromkeys(_faults(rows, known, initial, described))
        if found:
            message = f"the table of {name!r} does not hold: {'; '.join(found)}"
            raise ValueError(message)
        ways = [(row, _way(row)) for row in rows]
        read = (
            {"trigger": row.trigger, "source": row.source.value, "dest": row.dest.value, "conditions": list(way.guards)}
            for row, way in ways
        )
        table: dict[str, dict[str, tuple[Way, ...]]] = {}
        dests: dict[type[Event], dict[str, StateT]] = {}
        leads: dict[tuple[str, str], StateT] = {}
        takes: dict[str, frozenset[str]] = {}
        for row, way in ways:
            by_state = table.setdefault(row.trigger, {})
            by_state[row.source] = (*by_state.get(row.source, ()), way)
            named = {name for part in (*way.guards, way.of, way.sends) if part is not None for name in part.takes}
            takes[row.trigger] = takes.get(row.trigger, frozenset()) | named
            leads.setdefault((row.source, row.trigger), states(row.dest))
            if row.makes is not None:
                dests.setdefault(row.makes, {})[row.source] = states(row.dest)
        lapsed = next((states(row.dest) for row in rows if row.makes and issubclass(row.makes, Lapse)), None)
        self.__attrs_init__(  # pyright: ignore[reportAttributeAccessIssue] # attrs writes it
            name=name,
            states=known,
            initial=initial,
            terminal=frozenset(states(state.name) for state in described if state.terminal),
            lapsed=lapsed,
            advised_at_last=next(
                (state.advice[0].action for state in described if state.name is lapsed and state.advice), None
            ),
            running=frozenset(states(state.name) for state in described if state.runs),
            opens=opens,
            sends=sends,
            limit=limit,
            machine=Machine(model=None, **_settings(known, initial, read)),
            rows=tuple(rows),
            described={state.name: state for state in described},
            table=table,
            dests=dests,
            next=leads,
            takes=takes,
        )

    def __repr__(self) -> str:
        return f"Lifecycle({self.name!r})"

    @property
    def events(self) -> tuple[type[Event], ...]:
        """The classes of events of this lifecycle, in the table's order: the one that opens a case first."""
        made = (row.makes for row in self.rows)
        return tuple(dict.fromkeys(event for event in (self.opens, *made) if event is not None))

    @property
    def messages(self) -> tuple[type[Message], ...]:
        """The classes of messages that its rows send, by what their functions say that they return."""
        senders = [sender for sender in (self.sends, *(row.sends for row in self.rows)) if sender is not None]
        kinds = (kind for sender in senders for kind in _kinds(annotated(sender, "return")))
        return tuple(dict.fromkeys(kinds))

    def triggers(self, state: str) -> tuple[str, ...]:
        """The triggers that a state allows, guards aside, in the table's order."""
        return tuple(trigger for trigger, sources in self._table.items() if state in sources)

    @property
    def verbs(self) -> tuple[str, ...]:
        """Every trigger of the table, in its order."""
        return tuple(self._table)

    def takes(self, trigger: str) -> frozenset[str] | None:
        """The names of what a verb of this trigger is given, besides the instants; None for another trigger."""
        return self._takes.get(trigger)

    def next(self, state: str, trigger: str) -> StateT | None:
        """The state that a trigger leads to from this one, by its first row; None when the table has no such row."""
        return self._next.get((state, trigger))

    def ways(self, state: str, trigger: str) -> tuple[Way, ...]:
        """The rows of a trigger in this state, in order; none where the table has none."""
        sources = self._table.get(trigger)
        return () if sources is None else sources.get(state, ())

    def after(self, state: StateT, event: Event) -> StateT:
        """The state that an event leads to from this one; `InvalidValueError` when the table has no such row."""
        dests = self._dests.get(type(event))
        dest = None if dests is None else dests.get(state)
        if dest is None:
            raise InvalidValueError(
                "event.cannot_follow", event=repr(event.kind), version=event.version, case=self.name, state=str(state)
            )
        return dest

    def cites(self, state: str) -> str:
        """The id of the rule that a state cites."""
        return self._described[state].cites

    def advice(self, state: str) -> tuple[Advice[CaseT], ...]:
        """What a state advises."""
        return self._described[state].advice

    def to_mermaid(self, highlight: str | None = None) -> str:
        """The diagram of the table, guards in brackets, as a Mermaid text drawn by `transitions`.

        `highlight` is a state to be shown, where a case stands say. A row that corrects says by which rule. Raises
        `InvalidValueError` for a state that is not of this lifecycle.
        """
        if highlight is not None and highlight not in self.states:
            raise InvalidValueError("argument.wrong_type", value=highlight, what="state", expected=self.states)
        # Drawing is rare, and its modules weigh more than the rest of `transitions`.
        from transitions.extensions import GraphMachine  # noqa: PLC0415

        model = _Drawn()
        rows = (
            {
                "trigger": row.trigger if row.corrects is None else f"{row.trigger} (corrects, {row.corrects})",
                "source": row.source.value,
                "dest": row.dest.value,
                "conditions": [guard.name for guard in _way(row).guards],
            }
            for row in self.rows
        )
        GraphMachine(
            **_settings(self.states, self.initial, rows),
            model=model,
            graph_engine="mermaid",
            show_conditions=True,
            title=f"title: {self.name}",
        )
        lines = model.get_graph().source.splitlines()  # type: ignore[attr-defined] # the engine gives its model this
        # A table has no present state: the engine's highlighting of one is left out. It knows no terminal states.
        kept = [line for line in lines if line.strip() and not line.strip().startswith(("classDef ", "Class "))]
        ends = [f"  {state} --> [*]" for state in self.states if state in self.terminal]
        here = [] if highlight is None else ["  classDef here fill:#fde68a,stroke:#b45309", f"  class {highlight} here"]
        return "\n".join([*kept, *ends, *here]) + "\n"


def _way(row: Row[Kind]) -> Way:
    made = row.makes
    of = getattr(made, "of", None)
    return Way(
        guards=tuple(_asked(guard) for guard in row.guards),
        dest=row.dest,
        make=None if made is None or of is not None else builder(made),
        of=None if of is None else _asked(of),
        sends=None if row.sends is None else _asked(row.sends),
        after=row.after,
    )


def annotated(function: Callable[..., object], name: str, **known: object) -> object:
    """What a function says of a parameter, or of what it returns; `known` are names that it sees when checked only."""
    function = inspect.unwrap(function)  # its own names are those it sees, whatever wraps it
    says = type("Says", (), {"__annotations__": {name: function.__annotations__[name]}})
    return get_type_hints(says, function.__globals__, known)[name]


def _kinds(returned: object) -> Iterator[type[Message]]:
    """The classes of messages that a function says it returns: `tuple[A, ...]`, or a union of such."""
    for part in getattr(returned, "__args__", ()):
        if isinstance(part, type) and issubclass(part, Message):
            yield part
        else:
            yield from _kinds(part)
