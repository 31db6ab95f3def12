"""Lifecycles as tables: what is checked when one is built, how it is frozen, what it answers, and its diagram."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import attrs
import pytest
from transitions import Machine

import teleprocedures as tp
from tests.builders import asked
from tests.instants import START

NAMES = {"space", "adhesion", "activation", "mandate"}
SHIPPED = {name: lifecycle for name, lifecycle in tp.LIFECYCLES.items() if name in NAMES}
every_lifecycle = pytest.mark.parametrize("lifecycle", SHIPPED.values(), ids=SHIPPED)


class Door(StrEnum):
    """The states of a lifecycle of the tests."""

    SHUT = "shut"
    OPEN = "open"
    GONE = "gone"


class Window(StrEnum):
    """States of another one."""

    AJAR = "ajar"


class Built(tp.Opening):
    """The door was built."""


class Opened(tp.Event):
    """It was opened."""


class Shut(tp.Event):
    """It was shut."""


class Knocked(tp.Event):
    """Somebody knocked."""


class Burnt(tp.Lapse):
    """It was burnt."""


class Mended(tp.Event):
    """It was mended."""


@attrs.frozen
class Snapshot:
    """A door, whose guards answer as they are told."""

    id: str = "door-1"
    version: int = 1
    strong: bool = False


def has_key(_: Snapshot, __: datetime, *, key: object) -> bool:
    """Guard: the key fits."""
    return key == "key"


def is_strong(door: Snapshot, _: datetime) -> bool:
    """Guard: somebody strong is there."""
    return door.strong


def ring(_: Snapshot, __: datetime) -> tuple[tp.ReminderEmail, ...]:
    """What is sent when somebody knocks."""
    return ()


DESCRIBED = (
    tp.State(Door.SHUT, "1.8", (tp.Advice("user", "open_it", "1.8"),), runs=True),
    tp.State(Door.OPEN, "1.9"),
    tp.State(Door.GONE, "1.11", terminal=True),
)
ROWS = (
    tp.Row("open", Door.SHUT, Door.OPEN, Opened, (has_key,)),
    tp.Row("open", Door.SHUT, Door.OPEN, Opened, (is_strong,)),
    tp.Row("close", Door.OPEN, Door.SHUT, Shut),
    tp.Row("knock", Door.SHUT, Door.SHUT, Knocked, sends=ring),
    tp.Row("look", Door.OPEN, Door.OPEN),
    tp.Row("burn", Door.SHUT, Door.GONE, Burnt),
    tp.Row("burn", Door.OPEN, Door.GONE, Burnt),
    tp.Row("mend", Door.GONE, Door.SHUT, Mended, (is_strong,), corrects="A15"),
)


def door(*more: tp.Row[Snapshot], without: str = "", **changes: Any) -> tp.Lifecycle[Snapshot, Door]:
    """The lifecycle of a door, with more rows, or without those of a trigger, or with other settings."""
    settings: dict[str, Any] = {
        "initial": Door.SHUT,
        "described": DESCRIBED,
        "rows": [row for row in (*ROWS, *more) if row.trigger != without],
        "limit": None,
        "opens": Built,
    }
    return tp.Lifecycle("door", Door, **settings | changes)


def described(**terminal: bool) -> tuple[tp.State[Snapshot], ...]:
    """The states, some of them terminal or not."""
    return tuple(
        tp.State(it.name, it.cites, it.advice, runs=it.runs, terminal=terminal.get(it.name, it.terminal))
        for it in DESCRIBED
    )


# --- What a table is --------------------------------------------------------------------------------------------------


def test_a_lifecycle_says_what_it_is() -> None:
    """Its name, its states, where it starts, ends, lapses and is under a time limit; what each cites and advises."""
    lifecycle = door()
    assert ("door", (Door.SHUT, Door.OPEN, Door.GONE), Door.SHUT) == (
        lifecycle.name,
        lifecycle.states,
        lifecycle.initial,
    )
    assert ({Door.GONE}, Door.GONE, {Door.SHUT}) == (lifecycle.terminal, lifecycle.lapsed, lifecycle.running)
    assert ("Lifecycle('door')", ROWS) == (repr(lifecycle), lifecycle.rows)
    assert ["link_use", None] == [door(limit=name).limit for name in ("link_use", None)]
    assert door(tp.Row("break", Door.SHUT, Door.GONE, Mended), without="burn").lapsed is None
    assert [("1.8", ("open_it",)), ("1.9", ()), ("1.11", ())] == [
        (lifecycle.cites(state), tuple(advice.action for advice in lifecycle.advice(state))) for state in Door
    ]
    assert 2 == len({lifecycle, lifecycle, door()})  # itself and no other
    assert tp.LIFECYCLES["space"] is asked().case.table is asked().case.lifecycle


def test_the_table_says_which_events_and_messages_there_are() -> None:
    """The classes of events are those that its rows make, the opening first; messages are what its rows send."""
    several = tp.Row("shout", Door.SHUT, Door.SHUT, Knocked, sends=shout)
    assert (Built, Opened, Shut, Knocked, Burnt, Mended) == door().events
    assert Built not in door(opens=None).events
    assert [(tp.ReminderEmail,), (), (tp.ReminderEmail, tp.LapseNotice)] == [
        lifecycle.messages for lifecycle in (door(), door(without="knock"), door(several))
    ]


def shout(_: Snapshot, __: datetime) -> tuple[tp.ReminderEmail, ...] | tuple[tp.LapseNotice]:
    """What is sent when somebody shouts: one of two kinds of messages."""
    return ()


def test_what_a_state_allows_and_where_that_leads() -> None:
    """The triggers of a state are those with a row, in the table's order; a pair without a row leads nowhere."""
    lifecycle = door()
    assert ("open", "close", "knock", "look", "burn", "mend") == lifecycle.verbs
    for state, triggers in (
        (Door.SHUT, {"open": Door.OPEN, "knock": Door.SHUT, "burn": Door.GONE}),
        ("open", {"close": Door.SHUT, "look": Door.OPEN, "burn": Door.GONE}),
        (Door.GONE, {"mend": Door.SHUT}),
        ("ajar", {}),
    ):
        assert tuple(triggers) == lifecycle.triggers(state)
        for trigger in (*lifecycle.verbs, "paint"):
            assert triggers.get(trigger) == lifecycle.next(state, trigger)


def test_what_a_verb_is_given() -> None:
    """A verb is given what the guards of its rows take by name, and what makes or sends; no other verb is known."""
    assert frozenset({"key"}) == door().takes("open")
    assert frozenset() == door().takes("burn")
    assert door().takes("paint") is None
    assert frozenset({"code", "space"}) == tp.LIFECYCLES["activation"].takes("activate")
    assert frozenset({"token", "code"}) == tp.LIFECYCLES["adhesion"].takes("confirm_company_email")
    assert frozenset({"signatory"}) == tp.LIFECYCLES["mandate"].takes("sign")


def test_the_rows_of_a_trigger() -> None:
    """`turns` gives them in order, each with its guards, given what they take by name, and what it follows."""
    first, second = door().turns(Door.SHUT, "open")
    (guard,) = first.guards
    assert [(has_key, ("key",)), (is_strong, ())] == [
        (it.function, it.takes) for turn in (first, second) for it in turn.guards
    ]
    assert ("has_key", Door.OPEN) == (guard.name, first.dest)
    assert [True, False] == [guard(Snapshot(), START, key=key, colour="red") for key in ("key", "fork")]
    assert () == door().turns(Door.OPEN, "open") == door().turns(Door.SHUT, "paint")
    (turn,) = door(tp.Row("knock_again", Door.SHUT, Door.SHUT, Knocked, after=long_ago)).turns(Door.SHUT, "knock_again")
    assert (long_ago, None) == (turn.after, door().turns(Door.SHUT, "knock")[0].after)


def long_ago(_: Snapshot) -> datetime:
    """The instant of a fact of long ago."""
    return START


def test_where_an_event_leads() -> None:
    """`lead` follows an event from a state; one that cannot follow there is told with the version and the state."""
    opened = Opened(case_id="door-1", version=2, at=START)
    assert Door.OPEN is door().lead(Door.SHUT, opened).dest
    for state, event in ((Door.OPEN, opened), (Door.SHUT, tp.SpaceLapsed(case_id="door-1", version=2, at=START))):
        with pytest.raises(tp.InvalidValueError) as caught:
            door().lead(state, event)
        assert ("event.cannot_follow", 2, "door", str(state)) == (
            caught.value.code,
            *(caught.value.facts[name] for name in ("version", "case", "state")),
        )


@pytest.mark.parametrize(
    ("name", "state", "event", "expected"),
    [
        ("space", "pending", tp.SpaceActivated, (False, True, False)),
        ("space", "lapsed", tp.SpaceActivated, (False, True, False)),
        ("space", "pending", tp.SpaceReminded, (True, False, False)),
        ("space", "pending", tp.SpaceLapsed, (False, False, False)),
        # The activation takes over, and its time limit with it.
        ("adhesion", "awaiting_email", tp.CompanyEmailConfirmed, (True, True, True)),
        ("adhesion", "lapsed", tp.CompanyEmailConfirmed, (True, True, True)),
        ("activation", "awaiting_code", tp.LetterRecorded, (True, False, True)),
        # Back to where it was before the lapse: that is no move.
        ("activation", "lapsed", tp.LetterRecorded, (True, False, True)),
        ("activation", "lapsed", tp.OverdueLetterRecorded, (False, False, True)),
        ("activation", "active", tp.AccountDeclared, (False, False, False)),
        ("mandate", "issued", tp.MandateSigned, (False, True, False)),
        ("mandate", "sent", tp.MandateRegistered, (True, True, True)),
        ("mandate", "lapsed", tp.CollectionRecorded, (True, False, True)),
    ],
)
def test_what_an_event_changes_for_every_kind(
    name: str, state: str, event: type[tp.Event], expected: tuple[bool, bool, bool]
) -> None:
    """Whether a time limit runs where it leads, whether the case has moved, whether the event sets the time limit."""
    lead = tp.LIFECYCLES[name].lead(state, event.__new__(event))
    assert expected == (lead.runs, lead.moves, lead.sets)


def test_the_path_of_a_case() -> None:
    """The rows from a state to another, over the lifecycle that takes over; no lapse, no correction, no way back."""
    adhesion, mandate = tp.LIFECYCLES["adhesion"], tp.LIFECYCLES["mandate"]

    def verbs(lifecycle: tp.Lifecycle[Any, Any], source: Any, dest: Any) -> list[str] | None:
        path = lifecycle.path(source, dest)
        return None if path is None else [row.trigger for row in path]

    assert ["sign", "send", "register"] == verbs(mandate, tp.MandateState.ISSUED, tp.MandateState.REGISTERED)
    assert ["register"] == verbs(mandate, tp.MandateState.SENT, tp.MandateState.REGISTERED)
    assert [] == verbs(mandate, tp.MandateState.SENT, tp.MandateState.SENT)
    assert ["validate", "activate"] == verbs(adhesion, tp.AdhesionState.AWAITING_EMAIL, tp.ActivationState.ACTIVE)
    assert [] == verbs(adhesion, tp.AdhesionState.VALIDATED, tp.ActivationState.AWAITING_CODE)
    for lifecycle, source, dest in (
        (mandate, tp.MandateState.LAPSED, tp.MandateState.REGISTERED),
        (mandate, tp.MandateState.REGISTERED, tp.MandateState.LAPSED),
        (mandate, tp.MandateState.SENT, tp.MandateState.ISSUED),
        (adhesion, tp.AdhesionState.AWAITING_EMAIL, tp.AdhesionState.LAPSED),
    ):
        assert verbs(lifecycle, source, dest) is None
    with pytest.raises(tp.InvalidValueError, match=r"^ajar is not a state: expected issued, signed, "):
        mandate.path(Window.AJAR, tp.MandateState.SENT)


def test_a_lifecycle_may_go_on_as_another() -> None:
    """It says which one takes over in which state; the chain has all of them, in order."""
    adhesion, activation = tp.LIFECYCLES["adhesion"], tp.LIFECYCLES["activation"]
    assert activation is adhesion.then(tp.AdhesionState.VALIDATED)
    assert adhesion.then(tp.AdhesionState.LAPSED) is None
    assert (adhesion, activation) == adhesion.chain == tp.Adhesion.lifecycles
    assert (activation,) == activation.chain


# --- What a table is checked for --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"more": [ROWS[0]]}, "row twice: 'open' leads from 'shut'"),
        ({"more": [tp.Row("lean", Door.SHUT, Window.AJAR, Knocked)]}, "unknown state 'ajar'"),
        ({"more": [tp.Row("lean", Window.AJAR, Door.SHUT, Knocked)]}, "unknown state 'ajar'"),
        (
            {"initial": Window.AJAR},
            "unknown state 'ajar'; nothing reaches 'shut'; nothing reaches 'open'; nothing reaches 'gone'",
        ),
        ({"described": (*DESCRIBED, tp.State(Window.AJAR, "1.8"))}, "unknown state 'ajar'"),
        ({"described": DESCRIBED[:2]}, "state 'gone' is not described once; 'gone' is not declared terminal"),
        ({"described": (*DESCRIBED, DESCRIBED[0])}, "state 'shut' is not described once"),
        ({"without": "open"}, "nothing reaches 'open'"),
        ({"without": "burn"}, "nothing reaches 'gone'"),
        ({"described": described(gone=False)}, "'gone' is not declared terminal"),
        ({"described": described(open=True)}, "'close' leads from 'open', which is terminal, and corrects nothing"),
        (
            {"more": [tp.Row("rise", Door.GONE, Door.OPEN, Opened)]},
            "'rise' leads from 'gone', which is terminal, and corrects nothing; 'gone' is declared terminal",
        ),
        ({"more": [tp.Row("slam", Door.OPEN, Door.SHUT)]}, "'slam' leads from 'open' to 'shut' without an event"),
        ({"more": [tp.Row("slam", Door.OPEN, Door.GONE, Shut)]}, "'close' leads from 'open' to more than one state by"),
        (
            {"more": [tp.Row("paint", Door.OPEN, Door.OPEN, Snapshot)]},
            f"'paint' makes {Snapshot!r}, which is no class of events",
        ),
        ({"more": [tp.Row("paint", Door.OPEN, Door.OPEN, "Opened")]}, "'paint' makes 'Opened', which is no class of"),
        (
            {"described": [tp.State(Door.SHUT, "1.8", then=tp.LIFECYCLES["activation"]), *DESCRIBED[1:]]},
            "'shut' goes on and is not terminal",
        ),
        (
            {"without": "burn", "described": DESCRIBED[:1]},
            "state 'open' is not described once; state 'gone' is not described once; nothing reaches 'gone'",
        ),
    ],
)
def test_a_table_that_does_not_hold_is_refused(changes: dict[str, Any], fault: str) -> None:
    """Whatever does not hold is said when the table is built, each fault once, with the table's name."""
    more = changes.get("more", ())
    with pytest.raises(ValueError, match=r"^the table of 'door' does not hold: ") as caught:
        door(*more, **{name: value for name, value in changes.items() if name != "more"})
    told = str(caught.value).partition("hold: ")[2]
    assert told.startswith(fault)
    assert len(told.split("; ")) == len(set(told.split("; ")))


def test_states_that_only_reach_each_other_are_not_reached() -> None:
    """A state is reached from the initial one: two that lead to one another are an island."""

    class Isle(StrEnum):
        HERE = "here"
        THERE = "there"
        EAST = "east"
        WEST = "west"

    with pytest.raises(ValueError, match="does not hold") as caught:
        tp.Lifecycle(
            "isle",
            Isle,
            initial=Isle.HERE,
            described=[tp.State(state, "1.8", terminal=state is Isle.THERE) for state in Isle],
            rows=[
                tp.Row("go", Isle.HERE, Isle.THERE, Opened),
                tp.Row("go", Isle.EAST, Isle.WEST, Opened),
                tp.Row("go", Isle.WEST, Isle.EAST, Opened),
            ],
            limit=None,
        )
    assert "the table of 'isle' does not hold: nothing reaches 'east'; nothing reaches 'west'" == str(caught.value)


# --- Guards that cannot be asked --------------------------------------------------------------------------------------


def positional(_: Snapshot, __: datetime, key: object) -> bool:
    """Takes something by position."""
    return bool(key)


def alone(_: Snapshot) -> bool:
    """Takes no instant."""
    return True


def named_only(_: Snapshot, *, at: datetime) -> bool:
    """Takes the instant by name."""
    return bool(at)


def anything(_: Snapshot, __: datetime, **given: object) -> bool:
    """Takes whatever there is."""
    return bool(given)


BY_NAME = " cannot be called: expected a snapshot and an instant, and what it takes besides by name only"
NO_FUNCTION = " is not a function: expected one of a snapshot and an instant"


@pytest.mark.parametrize(
    ("guard", "told"),
    [
        (positional, f"positional(_: 'Snapshot', __: 'datetime', key: 'object') -> 'bool'{BY_NAME}"),
        (alone, f"alone(_: 'Snapshot') -> 'bool'{BY_NAME}"),
        (named_only, f"named_only(_: 'Snapshot', *, at: 'datetime') -> 'bool'{BY_NAME}"),
        (anything, f"anything(_: 'Snapshot', __: 'datetime', **given: 'object') -> 'bool'{BY_NAME}"),
        ("is_strong", f"'is_strong'{NO_FUNCTION}"),
        (None, f"None{NO_FUNCTION}"),
        (print, f"<built-in function print>{NO_FUNCTION}"),
    ],
)
def test_a_guard_that_cannot_be_asked_is_refused(guard: Any, told: str) -> None:
    """A guard is a function of a snapshot and an instant, and takes the rest by name: another one fails the import."""
    with pytest.raises(TypeError) as caught:
        door(tp.Row("lean", Door.SHUT, Door.SHUT, Knocked, (guard,)))
    assert told == str(caught.value)


# --- Frozen -----------------------------------------------------------------------------------------------------------


def test_the_engine_does_not_change_the_table() -> None:
    """Whatever is done to the machine afterwards, the table, the diagram and the steps stay as they were."""
    lifecycle, before = door(), door()
    lifecycle.machine.add_transition("open", "gone", "shut")
    lifecycle.machine.add_state("ajar")
    lifecycle.machine.add_transition("paint", "shut", "open")
    lifecycle.machine.remove_transition("close")
    lifecycle.machine.events.clear()
    assert before.rows == lifecycle.rows
    assert before.to_mermaid() == lifecycle.to_mermaid()
    for state in (*Door, "ajar"):
        assert before.triggers(state) == lifecycle.triggers(state)
        for trigger in ("open", "close", "knock", "burn", "paint"):
            assert before.next(state, trigger) is lifecycle.next(state, trigger)


def test_what_the_table_was_made_of_does_not_change_it() -> None:
    """Rows and descriptions are copied: changing the lists that they came in changes nothing."""
    rows, states = list(ROWS), list(DESCRIBED)
    lifecycle = door(rows=rows, described=states)
    before = lifecycle.rows, lifecycle.to_mermaid(), lifecycle.verbs, lifecycle.cites(Door.SHUT)
    rows.clear()
    states.clear()
    assert before == (lifecycle.rows, lifecycle.to_mermaid(), lifecycle.verbs, lifecycle.cites(Door.SHUT))


def test_attributes_cannot_be_set() -> None:
    """A lifecycle is frozen: its attributes cannot be assigned, added or deleted."""
    for name in ("name", "states", "initial", "terminal", "machine", "rows", "next", "other"):
        with pytest.raises(AttributeError):
            setattr(tp.LIFECYCLES["space"], name, None)
        with pytest.raises(AttributeError):
            delattr(tp.LIFECYCLES["space"], name)


# --- The four lifecycles ----------------------------------------------------------------------------------------------


TABLES: dict[str, dict[str, str]] = {
    "space": {
        "pending": "activate>active remind>pending lapse>lapsed",
        "active.": "",
        "lapsed.": "activate>active",
    },
    "adhesion": {
        "awaiting_email": "validate>validated confirm_company_email>validated record_letter>validated"
        " activate>validated declare_account>awaiting_email renew>awaiting_email remind>awaiting_email lapse>lapsed",
        "validated.": "",
        "lapsed.": "renew>lapsed confirm_company_email>validated record_letter>validated activate>validated",
    },
    "activation": {
        "awaiting_code": "record_letter>awaiting_code activate>active declare_account>awaiting_code"
        " renew>awaiting_code remind>awaiting_code lapse>lapsed",
        "active.": "declare_account>active",
        "lapsed.": "renew>lapsed activate>active record_letter>awaiting_code",  # or lapsed still, by its second row
    },
    "mandate": {
        "issued": "name_representative>issued sign>signed",
        "signed": "send>sent",
        "sent": "register>registered",
        "registered": "record_collection>registered remind>registered lapse>lapsed",
        "lapsed.": "record_collection>registered",  # or lapsed still, by its second row
    },
}
"""Where each verb leads from each state; a full stop says that the state is terminal."""


@pytest.mark.rule("1.8", "1.10", "1.11", "2.10", "2.11", "2.16", "2.17", "2.19", "3.3", "3.4", "A1", "A15", "F1")
@pytest.mark.parametrize("name", TABLES)
def test_the_lifecycle_of_each(name: str) -> None:
    """Each lifecycle starts at its first state and has exactly these moves; every other pair leads nowhere."""
    lifecycle, states = SHIPPED[name], [state.rstrip(".") for state in TABLES[name]]
    assert (name, states, states[0]) == (lifecycle.name, list(lifecycle.states), lifecycle.initial)
    assert {state.rstrip(".") for state in TABLES[name] if state.endswith(".")} == lifecycle.terminal
    verbs = {verb for other in SHIPPED.values() for verb in other.verbs}
    for state, text in zip(states, TABLES[name].values(), strict=True):
        moves = dict(move.split(">") for move in text.split())
        assert moves.keys() == set(lifecycle.triggers(state))
        assert {verb: moves.get(verb) for verb in verbs} == {verb: lifecycle.next(state, verb) for verb in verbs}


@pytest.mark.rule("A15", "A23")
@every_lifecycle
def test_only_corrections_leave_a_lapse(lifecycle: tp.Lifecycle[Any, Any]) -> None:
    """Every row that leaves a terminal state corrects a lapse, by A15 in time, or by A23 where the portal knew."""
    leaving = [row for row in lifecycle.rows if row.source in lifecycle.terminal and row.dest is not row.source]
    assert {lifecycle.lapsed} == {row.source for row in leaving}
    asked = {"A15": {"in_time", "code_still_works", "letter_runs_again", "used_in_time"}, "A23": {"held_elsewhere"}}
    assert all(asked[row.corrects or ""] & {guard.__name__ for guard in row.guards} for row in leaving)


@every_lifecycle
def test_a_time_limit_runs_in_states_that_can_lapse(lifecycle: tp.Lifecycle[Any, Any]) -> None:
    """Where the table says that a time limit runs, it has a lapse and a reminder, and nowhere else."""
    assert lifecycle.limit in tp.EXPERT_2024_04_03.limits
    for state in lifecycle.states:
        runs = state in lifecycle.running
        assert (runs, runs) == ("lapse" in lifecycle.triggers(state), "remind" in lifecycle.triggers(state))


# --- Diagrams ---------------------------------------------------------------------------------------------------------


def test_a_diagram_is_drawn_from_the_table() -> None:
    """The diagram has the title, the states, every row with its guards, the start and the ends, and no highlighting."""
    expected = """\
---
title: door
---
stateDiagram-v2
  direction LR
  state "shut" as shut
  state "open" as open
  state "gone" as gone
  shut --> open: open [has_key] | open [is_strong]
  shut --> shut: knock
  shut --> gone: burn
  open --> shut: close
  open --> open: look
  open --> gone: burn
  gone --> shut: mend (corrects, A15) [is_strong]
  [*] --> shut
  gone --> [*]
"""
    assert expected == door().to_mermaid()


def test_a_state_can_be_highlighted() -> None:
    """Where a case stands is shown in the diagram; a state of another lifecycle is refused."""
    plain, shown = door().to_mermaid(), door().to_mermaid("open")
    assert f"{plain}  classDef here fill:#fde68a,stroke:#b45309\n  class open here\n" == shown
    with pytest.raises(tp.InvalidValueError, match=r"^ajar is not a state: expected shut, open, gone$") as caught:
        door().to_mermaid("ajar")
    assert ("argument.wrong_type", {"value": "ajar", "what": "state", "expected": tuple(Door)}) == (
        caught.value.code,
        dict(caught.value.facts),
    )


def test_the_engine_is_a_real_machine(caplog: pytest.LogCaptureFixture) -> None:
    """`machine` is an ordinary `Machine` of `transitions`, with no model and no transitions of its own making."""
    for lifecycle in (door(), *SHIPPED.values()):
        machine = lifecycle.machine
        assert isinstance(machine, Machine)
        assert ([], lifecycle.initial, list(lifecycle.states)) == (
            machine.models,
            machine.initial,
            list(machine.states),
        )
        assert set(lifecycle.verbs) == set(machine.events)
        assert f"title: {lifecycle.name}" == lifecycle.to_mermaid().splitlines()[1]
    # Mermaid is asked for, not fallen back on where Graphviz is missing.
    assert [] == caplog.messages


def test_the_table_of_a_case_is_that_of_the_part_that_moves() -> None:
    """A space has one lifecycle; its events lead where its table says."""
    space = asked().case
    assert tp.LIFECYCLES["space"] is space.table is space.lifecycle
    assert "active" == space.table.lead(space.state, tp.SpaceActivated(case_id="space-1", version=2, at=START)).dest
