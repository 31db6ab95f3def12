"""Lifecycles as tables: what is checked when one is built, how it is frozen, how it steps, and its diagram."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import attrs
import pytest
from transitions import Machine

from teleprocedures.cases import LIFECYCLES
from teleprocedures.core import NOTHING_GIVEN, UNSAID, Given, Lifecycle
from teleprocedures.errors import TransitionRefusedError
from teleprocedures.rulebook import EXPERT_2024_04_03, RULES, Rulebook

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
NAMES = {"space", "adhesion", "activation", "mandate"}
every_lifecycle = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=str)


class Door(StrEnum):
    """The states of a lifecycle of the tests."""

    SHUT = "shut"
    OPEN = "open"
    GONE = "gone"


class Window(StrEnum):
    """States of another one."""

    AJAR = "ajar"


ROWS: tuple[dict[str, Any], ...] = (
    {"trigger": "open", "source": "shut", "dest": "open", "conditions": ["has_key"], "unless": ["is_stuck"]},
    {"trigger": "open", "source": "shut", "dest": "open", "conditions": "is_strong"},
    {"trigger": "close", "source": "open", "dest": "shut"},
    {"trigger": "knock", "source": ["shut", "open"], "dest": "="},
    {"trigger": "burn", "source": ["shut", "open"], "dest": "gone"},
)


def door(*more: dict[str, Any], without: str = "", **changes: Any) -> Lifecycle:
    """The lifecycle of a door, with more rows, or without those of a trigger, or with other settings."""
    settings: dict[str, Any] = {
        "initial": Door.SHUT,
        "terminal": frozenset({Door.GONE}),
        "rows": [row for row in (*ROWS, *more) if row["trigger"] != without],
        "cites": {Door.SHUT: "1.8", Door.OPEN: "1.9", Door.GONE: "1.11"},
    }
    return Lifecycle("door", Door, **settings | changes)


@attrs.frozen
class Snapshot:
    """A door whose guards answer as they are told, and that remembers what they were called with."""

    state: Door
    has_the_key: bool = False
    stuck: bool = False
    strong: bool = False
    asked: list[tuple[str, datetime, Given]] = attrs.field(factory=list)

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that refusals cite."""
        return EXPERT_2024_04_03

    def has_key(self, at: datetime, given: Given) -> bool:
        """Guard: there is a key."""
        self.asked.append(("has_key", at, given))
        return self.has_the_key

    def is_stuck(self, at: datetime, given: Given) -> bool:
        """Guard: it is stuck; it breaks when somebody strong tries."""
        self.asked.append(("is_stuck", at, given))
        if self.stuck and self.strong:
            message = "it breaks"
            raise ZeroDivisionError(message)
        return self.stuck

    def is_strong(self, at: datetime, given: Given) -> bool:
        """Guard: somebody strong is there."""
        self.asked.append(("is_strong", at, given))
        return self.strong


# --- What a table is --------------------------------------------------------------------------------------------------


def test_a_lifecycle_says_what_it_is() -> None:
    """Its name, its states in order, where it starts, where it ends, and its rows, as the engine understood them."""
    lifecycle = door()

    assert "door" == lifecycle.name
    assert (Door.SHUT, Door.OPEN, Door.GONE) == lifecycle.states
    assert Door.SHUT is lifecycle.initial
    assert frozenset({Door.GONE}) == lifecycle.terminal
    assert "Lifecycle('door')" == repr(lifecycle)
    assert (
        ("open", "shut", "open", ("has_key", "!is_stuck")),
        ("open", "shut", "open", ("is_strong",)),
        ("close", "open", "shut", ()),
        ("knock", "shut", "shut", ()),
        ("knock", "open", "open", ()),
        ("burn", "shut", "gone", ()),
        ("burn", "open", "gone", ()),
    ) == lifecycle.transitions


def test_what_a_state_allows() -> None:
    """The triggers of a state are those with a row, in the table's order; an unknown state allows nothing."""
    lifecycle = door()

    assert ("open", "knock", "burn") == lifecycle.triggers(Door.SHUT)
    assert ("close", "knock", "burn") == lifecycle.triggers("open")
    assert () == lifecycle.triggers(Door.GONE)
    assert () == lifecycle.triggers("ajar")


def test_where_a_trigger_leads() -> None:
    """`next` gives the state that a row leads to, itself perhaps, and None where the table has no row."""
    lifecycle = door()

    assert Door.OPEN is lifecycle.next(Door.SHUT, "open")
    assert Door.SHUT is lifecycle.next("shut", "knock")
    assert lifecycle.next(Door.OPEN, "open") is None
    assert lifecycle.next(Door.GONE, "knock") is None
    assert lifecycle.next(Door.SHUT, "paint") is None
    assert lifecycle.next("ajar", "open") is None


def test_a_row_without_destination_stays() -> None:
    """What the engine calls an internal row leads a snapshot to the state that it is in."""
    lifecycle = door({"trigger": "look", "source": "open", "dest": None})

    assert Door.OPEN is lifecycle.next(Door.OPEN, "look")
    assert Door.OPEN is lifecycle.step(Snapshot(Door.OPEN), "look", AT)


def test_a_row_from_everywhere() -> None:
    """A star stands for every state, as in the engine: one that ends may have rows to itself."""
    lifecycle = door({"trigger": "look", "source": "*", "dest": "="})

    assert [Door.SHUT, Door.OPEN, Door.GONE] == [lifecycle.next(state, "look") for state in Door]


# --- What a table is checked for --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"more": [ROWS[0]]}, "row twice: ('open', 'shut', 'open', ('has_key', '!is_stuck'))"),
        ({"more": [ROWS[3]]}, "row twice: ('knock', 'shut', 'shut', ()); row twice: ('knock', 'open', 'open', ())"),
        (
            {"more": [{"trigger": "knock", "source": "open", "dest": "open"}]},
            "row twice: ('knock', 'open', 'open', ())",
        ),
        ({"more": [{"trigger": "lean", "source": "shut", "dest": "ajar"}]}, "unknown state 'ajar'"),
        ({"more": [{"trigger": "lean", "source": "ajar", "dest": "shut"}]}, "unknown state 'ajar'"),
        (
            {"initial": Window.AJAR},
            "unknown state 'ajar'; nothing reaches 'shut'; nothing reaches 'open'; nothing reaches 'gone'",
        ),
        ({"terminal": frozenset({Door.GONE, Window.AJAR})}, "unknown state 'ajar'"),
        (
            {"cites": {Door.SHUT: "1.8", Door.OPEN: "1.9", Door.GONE: "1.11", Window.AJAR: "1.8"}},
            "unknown state 'ajar'",
        ),
        ({"without": "burn"}, "nothing reaches 'gone'"),
        ({"initial": Door.GONE}, "nothing reaches 'shut'; nothing reaches 'open'"),
        ({"terminal": frozenset()}, "'gone' is not declared terminal"),
        ({"terminal": frozenset(Door)}, "'shut' is declared terminal; 'open' is declared terminal"),
        (
            {"more": [{"trigger": "mend", "source": "gone", "dest": "shut"}]},
            "'gone' is declared terminal",
        ),
        ({"cites": {Door.SHUT: "1.8", Door.GONE: "1.11"}}, "'open' cites no rule"),
        (
            {"more": [{"trigger": "close", "source": "open", "dest": "gone", "conditions": ["has_key"]}]},
            "'close' leads from 'open' to more than one state",
        ),
        (
            {"more": [{"trigger": "lift", "source": "shut", "dest": "open", "before": "oil"}]},
            "'before' cannot be frozen",
        ),
        (
            {"more": [{"trigger": "lift", "source": "shut", "dest": "open", "conditions": [print]}]},
            "guard '<built-in function print>' is not the name of a method",
        ),
    ],
)
def test_a_table_that_does_not_hold_is_refused(changes: dict[str, Any], fault: str) -> None:
    """Whatever does not hold is said when the table is built, each fault once, with the table's name."""
    with pytest.raises(ValueError, match="does not hold") as caught:
        door(*changes.get("more", ()), **{name: value for name, value in changes.items() if name != "more"})

    assert f"the table of 'door' does not hold: {fault}" == str(caught.value)


def test_states_that_only_reach_each_other_are_not_reached() -> None:
    """A state is reached from the initial one: two that lead to one another are an island."""

    class Isle(StrEnum):
        HERE = "here"
        THERE = "there"
        EAST = "east"
        WEST = "west"

    with pytest.raises(ValueError, match="does not hold") as caught:
        Lifecycle(
            "isle",
            Isle,
            initial=Isle.HERE,
            terminal=frozenset({Isle.THERE}),
            rows=[
                {"trigger": "go", "source": "here", "dest": "there"},
                {"trigger": "go", "source": "east", "dest": "west"},
                {"trigger": "go", "source": "west", "dest": "east"},
            ],
            cites=dict.fromkeys(Isle, "1.8"),
        )

    assert "the table of 'isle' does not hold: nothing reaches 'east'; nothing reaches 'west'" == str(caught.value)


def test_all_faults_are_said_at_once() -> None:
    """A table with several faults lists all of them."""
    with pytest.raises(ValueError, match="does not hold") as caught:
        door(without="burn", cites={})

    assert (
        "the table of 'door' does not hold: 'shut' cites no rule; 'open' cites no rule; nothing reaches 'gone';"
        " 'gone' cites no rule"
    ) == str(caught.value)


# --- Stepping ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("snapshot", "dest"),
    [
        (Snapshot(Door.SHUT, has_the_key=True), Door.OPEN),
        (Snapshot(Door.SHUT, strong=True), Door.OPEN),
        (Snapshot(Door.SHUT, has_the_key=True, stuck=True), None),
        (Snapshot(Door.SHUT), None),
    ],
)
def test_rows_are_tried_in_order(snapshot: Snapshot, dest: Door | None) -> None:
    """The first row whose guards all answer as expected is taken; when none does, the trigger is refused."""
    lifecycle = door()
    if dest is None:
        with pytest.raises(TransitionRefusedError):
            lifecycle.step(snapshot, "open", AT)
    else:
        assert dest is lifecycle.step(snapshot, "open", AT)


def test_guards_are_asked_until_one_says_no() -> None:
    """A guard is called with the instant and what was given; the guards after the one that says no are not asked."""
    snapshot, given = Snapshot(Door.SHUT, strong=True), Given(code="x")
    door().step(snapshot, "open", AT, given)

    assert [("has_key", AT, given), ("is_strong", AT, given)] == snapshot.asked


def test_a_guards_error_goes_through() -> None:
    """What a guard raises is what comes out: later rows are not tried."""
    with pytest.raises(ZeroDivisionError, match="it breaks"):
        door().step(Snapshot(Door.SHUT, has_the_key=True, stuck=True, strong=True), "open", AT)


@pytest.mark.parametrize(
    ("state", "trigger", "allowed", "rule"),
    [
        (Door.SHUT, "close", ("open", "knock", "burn"), "1.8"),
        (Door.SHUT, "open", ("knock", "burn"), "1.8"),
        (Door.OPEN, "paint", ("close", "knock", "burn"), "1.9"),
        (Door.GONE, "open", (), "1.11"),
    ],
)
def test_what_a_state_does_not_allow_is_refused(state: Door, trigger: str, allowed: tuple[str, ...], rule: str) -> None:
    """The refusal has the case, the state, the trigger, what else is allowed, and the rule that the state cites."""
    with pytest.raises(TransitionRefusedError) as caught:
        door().step(Snapshot(state), trigger, AT)

    error = caught.value
    assert ("door", state, trigger, allowed) == (error.case, error.state, error.trigger, error.allowed)
    assert rule == error.rule
    assert f"{trigger!r} is not possible while the door is '{state}'; " in str(error)


def test_what_is_given_never_shows_a_code() -> None:
    """Nothing is given unless it is said, and the `repr` leaves the code out."""
    assert (UNSAID, UNSAID, UNSAID) == (NOTHING_GIVEN.code, NOTHING_GIVEN.space, NOTHING_GIVEN.signatory)
    assert "SECRET42" not in repr(Given(code="SECRET42"))


# --- Frozen -----------------------------------------------------------------------------------------------------------


def test_the_engine_does_not_change_the_table() -> None:
    """Whatever is done to the machine afterwards, the table, the diagram and the steps stay as they were."""
    lifecycle, before = door(), door()
    lifecycle.machine.add_transition("open", "gone", "shut")
    lifecycle.machine.add_state("ajar")
    lifecycle.machine.add_transition("paint", "shut", "open")
    lifecycle.machine.remove_transition("close")
    lifecycle.machine.events.clear()

    assert before.transitions == lifecycle.transitions
    assert before.to_mermaid() == lifecycle.to_mermaid()
    for state in (*Door, "ajar"):
        assert before.triggers(state) == lifecycle.triggers(state)
        for trigger in ("open", "close", "knock", "burn", "paint"):
            assert before.next(state, trigger) is lifecycle.next(state, trigger)
    assert Door.SHUT is lifecycle.step(Snapshot(Door.OPEN), "close", AT)
    with pytest.raises(TransitionRefusedError):
        lifecycle.step(Snapshot(Door.SHUT), "paint", AT)


def test_what_the_table_was_made_of_does_not_change_it() -> None:
    """Rows, conditions and citations are copied: changing the originals changes nothing."""
    conditions, row = ["has_key"], {"trigger": "lift", "source": "shut", "dest": "open"}
    rows, cites = (
        [*ROWS, row | {"conditions": conditions}, row],
        {Door.SHUT: "1.8", Door.OPEN: "1.9", Door.GONE: "1.11"},
    )
    lifecycle = door(rows=rows, cites=cites)
    before = lifecycle.transitions, lifecycle.to_mermaid()
    rows.clear()
    conditions.append("is_strong")
    row["dest"] = "gone"
    cites.clear()

    assert before == (lifecycle.transitions, lifecycle.to_mermaid())
    with pytest.raises(TransitionRefusedError):
        lifecycle.step(Snapshot(Door.GONE), "open", AT)


@every_lifecycle
@pytest.mark.parametrize("name", ["name", "states", "initial", "terminal", "machine", "transitions", "next", "other"])
def test_attributes_cannot_be_set(lifecycle: Lifecycle, name: str) -> None:
    """A lifecycle is frozen: its attributes cannot be assigned, added or deleted."""
    with pytest.raises(AttributeError):
        setattr(lifecycle, name, None)
    with pytest.raises(AttributeError):
        delattr(lifecycle, name)


def test_the_lifecycles_cannot_be_replaced() -> None:
    """The mapping of the lifecycles is read only."""
    with pytest.raises(TypeError):
        LIFECYCLES["space"] = door()
    with pytest.raises(TypeError):
        del LIFECYCLES["space"]


# --- The four lifecycles ----------------------------------------------------------------------------------------------


def test_there_are_four() -> None:
    """The lifecycles of the space, of the adhesion, of the activation and of the mandate, each under its name."""
    assert NAMES == set(LIFECYCLES)
    assert {name: name for name in NAMES} == {name: lifecycle.name for name, lifecycle in LIFECYCLES.items()}


@pytest.mark.rule("1.8", "1.10", "1.11", "2.10", "2.11", "2.16", "2.17", "2.19", "3.3", "3.4", "A1", "F1")
@pytest.mark.parametrize(
    ("name", "states", "terminal", "moves"),
    [
        (
            "space",
            ["pending", "active", "lapsed"],
            {"active", "lapsed"},
            {("pending", "activate"): "active", ("pending", "remind"): "pending", ("pending", "lapse"): "lapsed"},
        ),
        (
            "adhesion",
            ["awaiting_email", "validated", "lapsed"],
            {"validated", "lapsed"},
            {
                ("awaiting_email", "validate"): "validated",
                ("awaiting_email", "confirm_company_email"): "validated",
                ("awaiting_email", "remind"): "awaiting_email",
                ("awaiting_email", "lapse"): "lapsed",
            },
        ),
        (
            "activation",
            ["awaiting_code", "active", "lapsed"],
            {"active", "lapsed"},
            {
                ("awaiting_code", "record_letter"): "awaiting_code",
                ("awaiting_code", "activate"): "active",
                ("awaiting_code", "remind"): "awaiting_code",
                ("awaiting_code", "lapse"): "lapsed",
            },
        ),
        (
            "mandate",
            ["issued", "signed", "sent", "registered", "lapsed"],
            {"lapsed"},
            {
                ("issued", "sign"): "signed",
                ("signed", "send"): "sent",
                ("sent", "register"): "registered",
                ("registered", "record_collection"): "registered",
                ("registered", "remind"): "registered",
                ("registered", "lapse"): "lapsed",
            },
        ),
    ],
)
def test_the_lifecycle_of_each(
    name: str, states: list[str], terminal: set[str], moves: dict[tuple[str, str], str]
) -> None:
    """Each lifecycle starts at its first state and has exactly these moves; every other pair leads nowhere."""
    lifecycle = LIFECYCLES[name]
    triggers = {trigger for other in LIFECYCLES.values() for trigger, *_ in other.transitions}

    assert states == list(lifecycle.states)
    assert states[0] == lifecycle.initial
    assert terminal == lifecycle.terminal
    for state in states:
        for trigger in triggers:
            assert moves.get((state, trigger)) == lifecycle.next(state, trigger)
        assert {trigger for source, trigger in moves if source == state} == set(lifecycle.triggers(state))


@every_lifecycle
def test_every_refusal_can_cite_a_rule(lifecycle: Lifecycle) -> None:
    """In each state, a verb that is not in the table is refused under a rule that exists."""
    for state in lifecycle.states:
        with pytest.raises(TransitionRefusedError) as caught:
            lifecycle.step(Snapshot(state), "fly", AT)

        assert caught.value.rule in RULES
        assert lifecycle.triggers(state) == caught.value.allowed


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
  shut --> open: open [has_key & !is_stuck] | open [is_strong]
  shut --> shut: knock
  shut --> gone: burn
  open --> shut: close
  open --> open: knock
  open --> gone: burn
  [*] --> shut
  gone --> [*]
"""

    assert expected == door().to_mermaid()


@every_lifecycle
def test_every_guard_and_every_end_is_drawn(lifecycle: Lifecycle) -> None:
    """Each row is in the diagram with its guards, each terminal state has its end, and no other state has."""
    lines = [line.strip() for line in lifecycle.to_mermaid().splitlines()]

    for trigger, source, dest, guards in lifecycle.transitions:
        label = f"{trigger} [{' & '.join(guards)}]" if guards else trigger
        drawn = [line for line in lines if line.startswith(f"{source} --> {dest}: ")]
        assert label in drawn[0].split(": ", 1)[1].split(" | ")
    assert f"[*] --> {lifecycle.initial}" in lines
    assert {f"{state} --> [*]" for state in lifecycle.terminal} == {line for line in lines if line.endswith("--> [*]")}
    assert f"title: {lifecycle.name}" in lines
    assert not [line for line in lines if line.lower().startswith("class")]


@pytest.mark.rule("2.7", "2.8", "2.10")
def test_the_branch_on_messaging_is_drawn() -> None:
    """The diagram of a request shows that only Messaging makes it wait for the company's link."""
    drawn = LIFECYCLES["adhesion"].to_mermaid()

    assert "validate [!asks_for_messaging]" in drawn
    assert "confirm_company_email [asks_for_messaging & in_time & token_opens]" in drawn
    assert "lapse [asks_for_messaging & time_is_up]" in drawn


@every_lifecycle
def test_the_engine_is_a_real_machine(lifecycle: Lifecycle) -> None:
    """`machine` is an ordinary `Machine` of `transitions`, with no model and no transitions of its own making."""
    assert isinstance(lifecycle.machine, Machine)
    assert [] == lifecycle.machine.models
    assert lifecycle.initial == lifecycle.machine.initial
    assert list(lifecycle.states) == list(lifecycle.machine.states)
    assert {trigger for trigger, *_ in lifecycle.transitions} == set(lifecycle.machine.events)


def test_the_engine_drives_nothing_by_itself() -> None:
    """The machine has no model: it is there to be asked."""
    assert [] == door().machine.models


def test_a_diagram_is_drawn_without_any_other_engine(caplog: pytest.LogCaptureFixture) -> None:
    """Mermaid is asked for, not fallen back on where Graphviz is missing."""
    assert door().to_mermaid().startswith("---\ntitle: door")
    assert [] == caplog.messages


def test_lifecycles_are_told_apart() -> None:
    """A lifecycle is itself and no other: it can be a key, and a second one of the same table is another one."""
    assert 4 == len(set(LIFECYCLES.values()))
    assert door() != door()
