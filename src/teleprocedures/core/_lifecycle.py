"""Lifecycles as tables: the only module that knows `transitions`.

A lifecycle is one page of rows. A row has the trigger, the states that it leads from and to, the event class that it
makes, and the guards that must agree. Each state says the rule that it cites, whether the time limit runs in it, and
what it advises. What a table says stands nowhere else, so that nothing can part from it.

How a table is read. When it is built, its rows are checked. They go through a real `Machine`, which draws the diagram
and is the oracle of the differential test. Then they are compiled into three dictionaries:

- `turns(state, trigger)`: the rows that a verb may go through from a state, in order. The first one on which all guards
  agree is taken. There are several where a fact may lead to two states: the day of a letter brings a lapsed request
  back, or leaves it lapsed.
- `lead(state, event)`: where an event leads, whether a time limit runs there, and whether the case has moved. This is
  all that `apply` asks. So folding stored events needs no guard, and old events outlive new guards.
- `path(state, state)`: the rows from one state to another. Plans and remedies follow it.

The engine itself is not asked when a verb is carried out: it keeps its state in a model, and ours are frozen values.

A guard is a function of the snapshot and the instant (UTC), so that a type checker knows it. It returns True to let the
row pass, False to let the next row try, or raises its refusal. What it takes besides, it takes by name: a verb of that
trigger is given it, and nothing else.

A lifecycle may go on as another: the state at which it ends says so by `then`, and the case is in the other's initial
state at once, or where the other has an entry for the event.

A case may also begin in another state than the initial one. What is taken over is in the midst of its lifecycle (A19),
and the table has an entry for each event that brings a case there.

What every case can have done to it is in no table: it is closed, reopened (A21), and a fact of it is withdrawn (A20).
These rows are the same in every state (`_ANYWHERE`). They lead nowhere else, and no diagram shows them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import FunctionType, MethodType
from typing import Any, Concatenate, Final, Generic, NamedTuple, TypeAlias, TypeVar, get_type_hints

import attrs
from transitions import Machine

from teleprocedures.building import builder
from teleprocedures.core._advice import Advice
from teleprocedures.core._events import (
    EVER,
    CaseClosed,
    CaseReopened,
    Event,
    FactWithdrawn,
    Lapse,
    Opening,
    Reminder,
    RulebookChanged,
)
from teleprocedures.core._explain import stands_for
from teleprocedures.core._messages import Message
from teleprocedures.core._xstate import xstate
from teleprocedures.errors import ClosedError, InvalidValueError, check_kind, show, shows_half_built
from teleprocedures.rulebook import Rulebook

CaseT = TypeVar("CaseT")
StateT = TypeVar("StateT", bound=StrEnum)

Guard: TypeAlias = Callable[Concatenate[CaseT, datetime, ...], bool]
"""Whether a row passes, for a snapshot, at an instant; what else it takes, it takes by name."""
Sender: TypeAlias = Callable[Concatenate[CaseT, datetime, ...], tuple[Message, ...]]
"""What is to be sent, by the snapshot that an event has made, at its instant."""


AnyKind: TypeAlias = Any
"""A case of whatever kind a table is of: its rows are checked where they are written, and read here for all kinds."""


class State(NamedTuple, Generic[CaseT]):
    """A state: the rule that it cites, what it advises, whether the time limit runs in it, and whether it is an end.

    Only a row that corrects leaves a terminal state. A lifecycle that takes over there is named by `then`.
    """

    name: StrEnum
    cites: str
    advice: tuple[Advice[CaseT], ...] = ()
    runs: bool = False
    terminal: bool = False
    then: Lifecycle[CaseT, Any] | None = None


class Row(NamedTuple, Generic[CaseT]):
    """A row: the trigger leads from `source` to `dest` and makes an event of this class, if all of its guards agree.

    A row without an event only answers whether something is possible. The function `sends` gives the messages that
    follow. The function `after` gives the instant (UTC) of the fact that the new one follows, where that is not the
    last one. The text `corrects` is the id of the rule by which a row leaves a terminal state.
    """

    trigger: str
    source: StrEnum
    dest: StrEnum
    makes: type[Event] | None = None
    guards: tuple[Guard[CaseT], ...] = ()
    sends: Sender[CaseT] | None = None
    after: Callable[[CaseT], datetime] | None = None
    corrects: str | None = None


class Entry(NamedTuple):
    """Where a case begins that an event of this class brings into the lifecycle, if not in its initial state."""

    event: type[Event]
    state: StrEnum


class Call(NamedTuple):
    """A guard, or whatever else of a row is called: the function, and the names of what it takes besides.

    The engine of `transitions` calls every guard with everything. Each passes on to its function what that takes.
    """

    function: Callable[..., AnyKind]
    takes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The function's own, which the diagram shows."""
        return str(self.function.__name__)

    def __call__(self, case: AnyKind, at: datetime, **given: object) -> AnyKind:
        return self.function(case, at, **{name: given[name] for name in self.takes})


class Turn(NamedTuple):
    """One row, compiled: its guards, how its event is made, and what it sends.

    An event of nothing but its head is made by `make`. Any other is made by the `of` of its class. The class itself is
    `makes`, and where it is `clocked`, our clock decides it.
    """

    guards: tuple[Call, ...]
    dest: StrEnum
    make: Callable[..., Event] | None
    of: Call | None
    sends: Call | None
    after: Callable[[AnyKind], datetime] | None
    makes: type[Event] | None
    clocked: bool


class Lead(NamedTuple, Generic[StateT]):
    """Where an event leads from a state: all that a snapshot is made by, besides the fields of its own kind.

    A time limit runs there where `runs` is true, and it is the event's own `deadline` where `sets` is. The event brings
    the case to where it had not been where `moves` is true. A lapse does not move the case, and neither does a
    correction that undoes a lapse.
    """

    dest: StateT
    runs: bool
    moves: bool
    sets: bool


class _Blank:
    """The model that the diagram engine asks for; it has nothing, because a table is drawn and no case is."""


def _call(function: Callable[..., AnyKind]) -> Call:
    """A function of a row, with the names of what it takes.

    Raises `TypeError` for what cannot be called with a snapshot, an instant, and the rest by name.
    """
    # Of a class or a `partial`, the names that it takes would be those of something else.
    if not isinstance(function, (FunctionType, MethodType)):
        message = f"{function!r} is not a function: expected one of a snapshot and an instant"
        raise TypeError(message)
    signature = inspect.signature(function)
    kinds = [it.kind for it in signature.parameters.values()]
    if kinds[:2] != [_FIRST, _FIRST] or any(kind is not _NAMED for kind in kinds[2:]):
        message = (
            f"{function.__name__}{signature} cannot be called: expected a snapshot and an instant, and what it takes"
            " besides by name only"
        )
        raise TypeError(message)
    return Call(function, tuple(signature.parameters)[2:])


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
    rows: Sequence[Row[AnyKind]],
    known: Sequence[StrEnum],
    begins: Sequence[StrEnum],
    states: Sequence[State[AnyKind]],
) -> Iterator[str]:
    """What does not hold in a table; the same thing may be said twice."""
    written = [state.name for state in states]
    terminal = {state.name for state in states if state.terminal}
    named = (*begins, *written, *(state for row in rows for state in (row.source, row.dest)))
    yield from (f"unknown state {str(state)!r}" for state in named if state not in known)
    yield from (f"state {state.value!r} is not described once" for state in known if written.count(state) != 1)
    yield from (fault for row in rows for fault in _faults_of(row, rows, terminal))
    # A correction leaves a terminal state, which stays one.
    leaving = {row.source for row in rows if row.source is not row.dest and row.corrects is None}
    reached = set(begins)
    # The longest way meets each state once, so as many rounds as there are states find all that can be reached.
    for _ in known:
        reached |= {row.dest for row in rows if row.source in reached}
    yield from (f"{it.name.value!r} goes on and is not terminal" for it in states if it.then and not it.terminal)
    for state in known:
        if state not in reached:
            yield f"nothing reaches {state.value!r}"
        if (state in leaving) is (state in terminal):
            yield f"{state.value!r} is {'' if state in terminal else 'not '}declared terminal"


def _faults_of(row: Row[AnyKind], rows: Sequence[Row[AnyKind]], terminal: Container[StrEnum]) -> Iterator[str]:
    leads = f"{row.trigger!r} leads from {row.source.value!r}"
    # An event keeps no state that it leads to: `apply` asks the table, which must have one answer.
    same = {other.dest for other in rows if other.makes is row.makes is not None and other.source is row.source}
    allowed = row.makes is None or (isinstance(row.makes, type) and issubclass(row.makes, Event))
    for broken, fault in (
        (rows.count(row) > 1, f"row twice: {leads}"),
        (not allowed, f"{row.trigger!r} makes {row.makes!r}, which is no class of events"),
        (row.makes is None and row.source is not row.dest, f"{leads} to {row.dest.value!r} without an event"),
        (len(same) > 1, f"{leads} to more than one state by {row.makes!r}"),
        (
            row.source in terminal and row.source is not row.dest and row.corrects is None,
            f"{leads}, which is terminal, and corrects nothing",
        ),
    ):
        if broken:
            yield fault


@shows_half_built
@attrs.frozen(eq=False, init=False, repr=False)
class Lifecycle(Generic[CaseT, StateT]):
    """A checked and frozen table: its states, what each allows, what each trigger makes, and its diagram.

    Its `name` is that of the kind of case whose lifecycle it is. The `rows` are as they were written. The `machine` is
    the engine that read them, and nothing done to it later changes the table. The class `opens` is that of the event
    that opens a case in its initial state. The `entries` are the events that bring a case into another one. The time
    limit is called `limit` in rulebooks.

    Raises `ValueError` for a row that stands twice. Raises `ValueError` for a state that is unknown, that nothing
    reaches, or that is not described once. Raises `ValueError` for a dead end that is not declared terminal, and for a
    terminal state that is none. Raises `ValueError` for an event that leads from one state to two. Raises `TypeError`
    for a guard that cannot be asked.
    """

    name: str
    states: tuple[StateT, ...]
    initial: StateT
    terminal: frozenset[StateT]
    lapsed: StateT | None
    running: frozenset[StateT]
    opens: type[Opening] | None
    entries: tuple[Entry, ...]
    sends: Sender[CaseT] | None
    limit: str | None
    machine: Machine
    rows: tuple[Row[CaseT], ...]
    # Plain dictionaries, never handed out: a read-only view would cost more than a guard.
    _described: dict[StrEnum, State[CaseT]]
    _turns: dict[str, dict[str, tuple[Turn, ...]]]
    _leads: dict[type[Event], dict[str, Lead[StateT]]]
    _takes: dict[str, frozenset[str]]

    def __init__(
        self,
        name: str,
        states: type[StateT],
        *,
        initial: StateT,
        described: Sequence[State[CaseT]],
        rows: Sequence[Row[CaseT]],
        limit: str | None = None,
        opens: type[Opening] | None = None,
        entries: Sequence[Entry] = (),
        sends: Sender[CaseT] | None = None,
    ) -> None:
        every = tuple(states)
        faults = dict.fromkeys(_faults(rows, every, (initial, *(entry.state for entry in entries)), described))
        if faults:
            message = f"the table of {name!r} does not hold: {'; '.join(faults)}"
            raise ValueError(message)
        by_name = {state.name: state for state in described}
        # Where a lapse starts from: a correction that leads back there undoes it, and is no move.
        lapses = {row.source: row.dest for row in rows if row.makes is not None and issubclass(row.makes, Lapse)}
        conditions: list[dict[str, object]] = []
        turns: dict[str, dict[str, tuple[Turn, ...]]] = {}
        leads: dict[type[Event], dict[str, Lead[StateT]]] = {}
        takes: dict[str, frozenset[str]] = {}
        for row in rows:
            turn = _turn(row)
            conditions.append(_transition(row, list(turn.guards)))
            by_state = turns.setdefault(row.trigger, {})
            by_state[row.source] = (*by_state.get(row.source, ()), turn)
            names = {name for part in (*turn.guards, turn.of, turn.sends) if part is not None for name in part.takes}
            takes[row.trigger] = takes.get(row.trigger, frozenset()) | names
            if row.makes is not None:
                undoes = row.corrects is not None and row.dest in lapses
                leads.setdefault(row.makes, {})[row.source] = Lead(
                    dest=states(row.dest),
                    runs=_runs(by_name[row.dest], row.makes),
                    moves=row.dest is not row.source and row.makes.moves and not undoes,
                    sets="deadline" in attrs.fields_dict(row.makes),
                )
        self.__attrs_init__(  # pyright: ignore[reportAttributeAccessIssue] # attrs writes it
            name=name,
            states=every,
            initial=initial,
            terminal=frozenset(states(state.name) for state in described if state.terminal),
            lapsed=next(map(states, lapses.values()), None),
            running=frozenset(states(state.name) for state in described if state.runs),
            opens=opens,
            entries=tuple(entries),
            sends=sends,
            limit=limit,
            machine=Machine(model=None, **_settings(every, initial, conditions)),
            rows=tuple(rows),
            described=by_name,
            turns=turns,
            leads=leads,
            takes=takes,
        )

    def __repr__(self) -> str:
        return f"Lifecycle({self.name!r})"

    @property
    def events(self) -> tuple[type[Event], ...]:
        """The classes of events of this lifecycle, in the table's order: the one that opens a case first."""
        made = (row.makes for row in self.rows)
        return tuple(dict.fromkeys(event for event in (*self.openings, *made) if event is not None))

    @property
    def openings(self) -> tuple[type[Opening], ...]:
        """The classes of the events that open a case: the one of the initial state first, then those of the entries."""
        entered = (entry.event for entry in self.entries)
        return tuple(it for it in (self.opens, *entered) if it is not None and issubclass(it, Opening))

    def corrects(self, event: type[Event]) -> bool:
        """Whether some row corrects by an event of this class."""
        return any(row.makes is event and row.corrects is not None for row in self.rows)

    def enters(self, event: type[Event]) -> StateT:
        """The state in which a case begins that an event of this class brings into the lifecycle."""
        return next((self._own(entry.state) for entry in self.entries if entry.event is event), self.initial)

    def _own(self, state: StrEnum) -> StateT:
        return type(self.initial)(state)

    @property
    def messages(self) -> tuple[type[Message], ...]:
        """The classes of messages that its rows send, by what their functions say that they return."""
        senders = [sender for sender in (self.sends, *(row.sends for row in self.rows)) if sender is not None]
        kinds = (kind for sender in senders for kind in _kinds(annotated(sender, "return")))
        return tuple(dict.fromkeys(kinds))

    @property
    def chain(self) -> tuple[Lifecycle[CaseT, Any], ...]:
        """This lifecycle, and those that take over one after the other."""
        return (self, *(it for state in self._described.values() if state.then for it in state.then.chain))

    def then(self, state: StrEnum) -> Lifecycle[CaseT, Any] | None:
        """The lifecycle that takes over in this state, None where none does."""
        return self._described[state].then

    def triggers(self, state: str) -> tuple[str, ...]:
        """The triggers that a state allows, guards aside, in the table's order."""
        return tuple(trigger for trigger, sources in self._turns.items() if state in sources)

    @property
    def verbs(self) -> tuple[str, ...]:
        """Every trigger of the table, in its order."""
        return tuple(self._turns)

    def takes(self, trigger: str) -> frozenset[str] | None:
        """The names of what a verb of this trigger is given besides the instants; None for another trigger."""
        return self._takes.get(trigger, _TAKES_ANYWHERE.get(trigger))

    def next(self, state: str, trigger: str) -> StateT | None:
        """The state that a trigger leads to from this one by its first row; None when the table has no such row."""
        turns = self._turns.get(trigger, {}).get(state, ())
        return self._own(turns[0].dest) if turns else None

    def path(self, source: StrEnum, dest: StrEnum) -> tuple[Row[CaseT], ...] | None:
        """The fewest rows that lead from a state to another; none from a state to itself, None where no way leads.

        A lapse is no way to anything, and neither is a row that corrects one. The path goes on in the lifecycle that
        takes over. What is to be done on the way, the states of its rows advise.

        Raises `InvalidValueError` for a `source` that is no state of this lifecycle.
        """
        self._check(source)
        reached: dict[StrEnum, tuple[Row[CaseT], ...]] = {source: ()}
        # The list grows while it is gone through: states come in the order of how many rows lead to them.
        for state in (met := [source]):
            if state is dest:
                return reached[state]
            taking_over = self.then(state)
            on = None if taking_over is None else taking_over.path(taking_over.initial, dest)
            if on is not None:
                return (*reached[state], *on)
            for row in self.rows:
                if row.source is state and row.dest not in reached and row.corrects is None and _goes_on(row):
                    reached[row.dest] = (*reached[state], row)
                    met.append(row.dest)
        return None

    def turns(self, state: str, trigger: str) -> tuple[Turn, ...]:
        """The rows of a trigger in this state, in order."""
        sources = self._turns.get(trigger)
        return _ANYWHERE.get(trigger, ()) if sources is None else sources.get(state, ())

    def lead(self, state: str, event: Event) -> Lead[StateT]:
        """Where an event leads to from this state.

        Raises `InvalidValueError` when the table has no such row.
        """
        leads = self._leads.get(type(event))
        lead = self._beside(state, event) if leads is None else leads.get(state)
        if lead is None:
            raise InvalidValueError(
                "event.cannot_follow", event=repr(event.kind), version=event.version, case=self.name, state=str(state)
            )
        return lead

    def row_of(self, state: str, event: Event) -> tuple[str, Turn] | None:
        """The trigger and the row that make an event of this class in this state, None where no row does."""
        for trigger in (*self._turns, *_ANYWHERE):
            for turn in self.turns(state, trigger):
                if turn.makes is type(event):
                    return trigger, turn
        return None

    def _beside(self, state: str, event: Event) -> Lead[StateT] | None:
        """Where an event leads that is in no table: the case stays where it is."""
        if isinstance(event, FactWithdrawn):
            raise InvalidValueError("event.needs_history", event=repr(event.kind), version=event.version)
        here = next((it for it in self.states if it == state), None)
        if here is None or type(event) not in (CaseClosed, CaseReopened, RulebookChanged):
            return None
        return Lead(dest=here, runs=here in self.running, moves=False, sets=False)

    def _check(self, state: str) -> None:
        if state not in self.states:
            raise InvalidValueError("argument.wrong_type", value=state, what="state", expected=self.states)

    def cites(self, state: StrEnum) -> str:
        """The id of the rule that a state cites."""
        return self._described[state].cites

    def advice(self, state: StrEnum) -> tuple[Advice[CaseT], ...]:
        """What a state advises."""
        return self._described[state].advice

    def to_xstate(self) -> dict[str, object]:
        """The table as `createMachine` of XState 5 takes it, as data for JSON, with those that take over inside.

        Its verbs are the events of the machine. Each transition has one guard of the type `all`, whose parameter `of`
        names the guards that must agree; the front end says what they answer. States have the tag `terminal` where the
        table says so, and are final where nothing leaves them.
        """
        return xstate(self)

    def to_mermaid(self, highlight: str | None = None) -> str:
        """The diagram of the table as a Mermaid text, with guards in brackets, drawn by `transitions`.

        A row that corrects says by which rule. The state `highlight` is shown in colour, which may be where a case
        stands. Raises `InvalidValueError` for a state that is not of this lifecycle.
        """
        if highlight is not None:
            self._check(highlight)
        # Drawing is rare, and its modules weigh more than the rest of `transitions`.
        from transitions.extensions import GraphMachine  # noqa: PLC0415

        model = _Blank()
        rows = (_transition(row, [guard.__name__ for guard in row.guards], labelled=True) for row in self.rows)
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
        begins = [f"  [*] --> {entry.state.value}: {entry.event.kind}" for entry in self.entries]
        ends = [f"  {state} --> [*]" for state in self.states if state in self.terminal]
        here = [] if highlight is None else ["  classDef here fill:#fde68a,stroke:#b45309", f"  class {highlight} here"]
        return "\n".join([*kept, *begins, *ends, *here]) + "\n"


AnyTable: TypeAlias = Lifecycle[AnyKind, AnyKind]
"""A table of whatever kind, as what reads all tables takes it."""


def _transition(row: Row[AnyKind], conditions: list[Any], *, labelled: bool = False) -> dict[str, object]:
    """A row as the engine of `transitions` reads it; a row that is drawn says by which rule it corrects."""
    said = f" (corrects, {row.corrects})" if labelled and row.corrects is not None else ""
    return {
        "trigger": row.trigger + said,
        "source": row.source.value,
        "dest": row.dest.value,
        "conditions": conditions,
    }


def _turn(row: Row[AnyKind]) -> Turn:
    kind = row.makes
    of = getattr(kind, "of", None)
    return Turn(
        guards=tuple(_call(guard) for guard in row.guards),
        dest=row.dest,
        make=None if kind is None or of is not None else builder(kind),
        of=None if of is None else _call(of),
        sends=None if row.sends is None else _call(row.sends),
        after=row.after,
        makes=kind,
        clocked=kind is not None and issubclass(kind, (Lapse, Reminder)),
    )


def _runs(state: State[AnyKind], event: type[Event]) -> bool:
    """Whether a time limit runs in a state that an event leads to.

    Where a lifecycle takes over, the state in which it begins answers.
    """
    return state.runs if state.then is None else state.then.enters(event) in state.then.running


def _goes_on(row: Row[AnyKind]) -> bool:
    return row.makes is not None and not issubclass(row.makes, Lapse)


def annotated(function: Callable[..., object], name: str, **known: object) -> object:
    """The annotation of a parameter of a function, or of what it returns.

    Names that its module imports for type checkers only are given as `known`.
    """
    function = inspect.unwrap(function)  # its own names are those it sees, whatever wraps it
    # Of this one annotation: another one of the function may name what is not known here.
    says = type("Says", (), {"__annotations__": {name: function.__annotations__[name]}})
    return get_type_hints(says, function.__globals__, known)[name]


def messages_of(sender: Call) -> tuple[type[Message], ...]:
    """The classes of messages that a function of a row says it returns."""
    return tuple(_kinds(annotated(sender.function, "return")))


def _kinds(returned: object) -> Iterator[type[Message]]:
    """The classes of messages that a function says it returns: `tuple[A, ...]`, or a union of such."""
    for part in getattr(returned, "__args__", ()):
        if isinstance(part, type) and issubclass(part, Message):
            yield part
        else:
            yield from _kinds(part)


# --- What every case can have done to it, whatever its state ----------------------------------------------------------


@stands_for("A21", looks_at="closed=is_closed")
def is_followed(case: AnyKind, _: datetime) -> bool:
    """Guard: the case is not closed (A21).

    Raises `ClosedError` for a case that is.
    """
    if case.closing is not None:
        raise closed(case)
    return True


def closed(case: AnyKind) -> ClosedError:
    """The refusal of what a closed case does not do, with the day or the instant of its closing (A21)."""
    closing: CaseClosed = case.closing
    return ClosedError(
        "case.closed", since=closing.day or closing.at, reason=closing.reason, rule=case.rulebook.rule("A21")
    )


@stands_for("A21", looks_at="closed=is_closed")
def is_closed(case: AnyKind, _: datetime) -> bool:
    """Guard: the case is closed (A21).

    Raises `ClosedError` for a case that is not.
    """
    if case.closing is None:
        raise ClosedError("case.not_closed", rule=case.rulebook.rule("A21"))
    return True


def the_opening(case: AnyKind) -> datetime:
    """What a closing follows (UTC): nothing but the opening, because it says nothing of what the portal knows."""
    followed: datetime = case.origin.followed
    return followed


def the_closing(case: AnyKind) -> datetime:
    """What a reopening follows (UTC)."""
    at: datetime = EVER if case.closing is None else case.closing.at
    return at


class _Anywhere(StrEnum):
    """The state that stands for every one, in rows that lead nowhere else."""

    ANY = "any"


@stands_for(looks_at="rulebook=rulebook.version new_rulebook=given.rulebook.version")
def is_another_rulebook(case: AnyKind, _: datetime, *, rulebook: object) -> bool:
    """Guard: the case is under another rulebook, and this one has the time limits and the services that it needs.

    Raises `InvalidValueError` for the same rulebook, for one that lacks a time limit which was set, and for what is
    none.
    """
    book = check_kind(rulebook, Rulebook, what="rulebook")
    if book == case.rulebook:
        raise InvalidValueError("rulebook.same", version=show(book.version))
    limit = case.table.limit
    if case.time_limit is not None and limit not in book.limits:
        raise InvalidValueError("rulebook.no_limit", version=show(book.version), limit=limit)
    case.under(book)
    return True


_ANYWHERE: Final[Mapping[str, tuple[Turn, ...]]] = {
    row.trigger: (_turn(row),)
    for row in (
        Row[AnyKind]("close", _Anywhere.ANY, _Anywhere.ANY, CaseClosed, (is_followed,), after=the_opening),
        Row[AnyKind]("reopen", _Anywhere.ANY, _Anywhere.ANY, CaseReopened, (is_closed,), after=the_closing),
        Row[AnyKind](
            "change_rulebook",
            _Anywhere.ANY,
            _Anywhere.ANY,
            RulebookChanged,
            (is_another_rulebook,),
            after=the_opening,
        ),
    )
}
ANYWHERE: Final = tuple(_ANYWHERE)
"""The verbs that every case has, whatever its state."""
_TAKES_ANYWHERE: Final[Mapping[str, frozenset[str]]] = {
    verb: frozenset(() if turn.of is None else turn.of.takes) for verb, (turn,) in _ANYWHERE.items()
}
