"""The table of a space as other libraries drive it: the same states and triggers, without data, guards or events."""

from __future__ import annotations

from typing import Any, Protocol

from automat import TypeMachineBuilder
from sismic.interpreter import Interpreter
from sismic.io import import_from_yaml
from statemachine import State, StateMachine
from transitions import Machine

STATES = ("pending", "active", "lapsed")
ROWS = (("activate", "pending", "active"), ("remind", "pending", "="), ("lapse", "pending", "lapsed"))


class Model:
    """What `transitions` hangs its triggers on."""


def transitions_models(count: int) -> list[Any]:
    """As many models of one `Machine` of `transitions`, without the `to_…` triggers that nobody asked for."""
    machine = Machine(
        model=None,
        states=list(STATES),
        initial="pending",
        transitions=[list(row) for row in ROWS],
        auto_transitions=False,
    )
    models = [Model() for _ in range(count)]
    machine.add_model(models)
    return models


class Spaces(StateMachine):
    """The table, for python-statemachine."""

    pending = State(initial=True)
    active = State(final=True)
    lapsed = State(final=True)

    activate = pending.to(active)
    remind = pending.to.itself()
    lapse = pending.to(lapsed)


def statemachine_machines(count: int) -> list[Any]:
    """As many machines of python-statemachine."""
    return [Spaces() for _ in range(count)]


class Inputs(Protocol):
    """The triggers, for Automat."""

    def activate(self) -> None:
        """The code was entered."""

    def remind(self) -> None:
        """A reminder is due."""

    def lapse(self) -> None:
        """The time is up."""


class Nothing:
    """The data of an Automat machine: none."""


def _automat() -> Any:
    builder = TypeMachineBuilder(Inputs, Nothing)
    states = {name: builder.state(name) for name in STATES}
    for trigger, source, dest in ROWS:
        states[source].upon(getattr(Inputs, trigger)).to(states[source if dest == "=" else dest]).returns(None)
    return builder.build()


AUTOMAT = _automat()


def automat_machines(count: int) -> list[Any]:
    """As many machines of Automat, by the faster of its two ways to write one."""
    return [AUTOMAT(Nothing()) for _ in range(count)]


CHART = import_from_yaml("""
statechart:
  name: space
  root state:
    name: space
    initial: pending
    states:
      - name: pending
        transitions:
          - {event: activate, target: active}
          - {event: remind, target: pending}
          - {event: lapse, target: lapsed}
      - name: active
      - name: lapsed
""")


def sismic_interpreters(count: int) -> list[Any]:
    """As many interpreters of sismic, each in its initial state."""
    interpreters = [Interpreter(CHART) for _ in range(count)]
    for interpreter in interpreters:
        interpreter.execute()
    return interpreters


def lapse_all(machines: list[Any]) -> None:
    """One trigger on each machine."""
    for machine in machines:
        machine.lapse()


def lapse_all_interpreters(interpreters: list[Any]) -> None:
    """One event to each interpreter, and the one step that it takes."""
    for interpreter in interpreters:
        interpreter.queue("lapse").execute_once()
