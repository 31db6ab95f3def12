"""The ports: what the library ships fits each of them, and a host's own does too."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from typing import Any, get_type_hints

import pytest

from teleprocedures import shells
from teleprocedures.cases import Case
from teleprocedures.core import Decision, Message
from teleprocedures.shells import (
    Argon2Hasher,
    AsyncPortal,
    FixedClock,
    HeldElsewhere,
    Portal,
    RandomCodes,
    ScryptHasher,
    SystemClock,
)
from teleprocedures.testing import (
    ManualClock,
    PlainHasher,
    RecordingJournal,
    RecordingNotifier,
    ScriptedCodes,
    space_form,
)
from teleprocedures.values import HELD_ELSEWHERE

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
PORTS = {
    shells.Clock: (SystemClock, FixedClock, ManualClock),
    shells.CodeGenerator: (RandomCodes, HeldElsewhere, ScriptedCodes),
    shells.Notifier: (RecordingNotifier,),
    shells.Journal: (RecordingJournal,),
    shells.PasswordHasher: (ScryptHasher, PlainHasher, Argon2Hasher),
}


def methods(kind: type) -> dict[str, list[str]]:
    """The public methods of a class, each with the names of its parameters."""
    found = inspect.getmembers(kind, inspect.isfunction)
    return {name: list(inspect.signature(method).parameters) for name, method in found if not name.startswith("_")}


@pytest.mark.parametrize(
    ("port", "adapter"), [(port, adapter) for port, adapters in PORTS.items() for adapter in adapters]
)
def test_what_is_shipped_fits_its_port(port: type, adapter: type) -> None:
    """Each adapter has the methods of its port, with the same parameters."""
    offered = methods(adapter)

    for name, parameters in methods(port).items():
        assert parameters == offered[name]


def test_every_port_is_small() -> None:
    """No port asks for more than four methods, and all are listed here; the async ones ask for the same methods."""
    public = [getattr(shells, name) for name in shells.__all__]
    defined = {kind for kind in public if getattr(kind, "_is_protocol", False)}

    assert defined == {*PORTS, shells.AsyncNotifier, shells.AsyncJournal}
    assert all(1 <= len(methods(port)) <= 4 for port in PORTS)
    assert methods(shells.Notifier) == methods(shells.AsyncNotifier)
    assert methods(shells.Journal) == methods(shells.AsyncJournal)


class Drawer:
    """A host's own generator: codes are on the real portal, ids are its own."""

    def __init__(self) -> None:
        self.ids = iter(range(100))

    def activation_code(self) -> Any:
        """The portal has it."""
        return HELD_ELSEWHERE

    def link_token(self) -> Any:
        """The company has it."""
        return HELD_ELSEWHERE

    def case_id(self) -> str:
        """The next row."""
        return f"row-{next(self.ids)}"

    def mandate_reference(self) -> Any:
        """No mandates here."""
        raise NotImplementedError


class Outbox(list[Message]):
    """A host's own notifier: it keeps what is to be sent."""

    def notify(self, message: Message) -> None:
        """Keep the message."""
        self.append(message)


class Log(list[Decision[Case]]):
    """A host's own journal."""

    def record(self, decision: Decision[Case]) -> None:
        """Keep the decision."""
        self.append(decision)


@pytest.mark.rule("A13")
def test_a_host_writes_its_own() -> None:
    """Any object with a port's methods will do: nothing is inherited, nothing is registered."""
    outbox, log = Outbox(), Log()
    portal = Portal(clock=FixedClock(AT), codes=Drawer(), notifier=outbox, journal=log, hasher=PlainHasher())
    space = portal.activate_space(portal.create_space(space_form()), HELD_ELSEWHERE)

    assert "row-0" == space.id
    assert ["space-requested", "space-activated"] == [event.kind for decision in log for event in decision.events]
    # A code held elsewhere is in no message.
    assert [] == outbox


@pytest.mark.parametrize("kind", [Portal, AsyncPortal])
def test_nothing_is_used_by_itself(kind: type) -> None:
    """A portal is handed each of its ports; only the journal can be left out."""
    parameters = inspect.signature(kind).parameters
    needed = {name for name, parameter in parameters.items() if parameter.default is inspect.Parameter.empty}

    assert {"clock", "codes", "notifier", "hasher"} == needed
    assert parameters["journal"].default is None
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters.values())
    assert needed <= set(get_type_hints(kind))
