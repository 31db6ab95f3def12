"""Whether a snapshot is what its events make: what a store keeps of both may have parted.

A snapshot is the fold of its events by construction. Two rows of a database are not. Somebody may have changed one of
them by hand. A restore may have brought back half. A forged document may claim what never happened. Reading a snapshot
looks at what contradicts itself (`check`), which a forged one need not do. Only its events say whether it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from teleprocedures.cases._activation import Activation
from teleprocedures.cases._case import Case
from teleprocedures.cases._history import replay
from teleprocedures.core import Event, Snapshot
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import check_kind, sentence, shows_half_built
from teleprocedures.forms import AdhesionForm


@shows_half_built
@attrs.frozen
class Difference:
    """Where a snapshot is not what its events make: the path, what it says there, and what the events make of it.

    The path is that of `codec`: `.activation.state`, `.later_accounts[0]`. Values show no secret in their `repr`.
    """

    path: str
    found: object
    expected: object

    def __str__(self) -> str:
        return sentence("verify.differs", {"path": self.path, "found": self.found, "expected": self.expected})


def verify(case: Case, events: Iterable[Event]) -> tuple[Difference, ...]:
    """Tell where a snapshot differs from what its events make, all of them in order: nothing where it is the same.

    It costs a replay of the history. A host does so before it acts on what others could have changed. Raises
    `InvalidValueError` for what is no case, and what `replay` raises for events that make no snapshot.
    """
    check_kind(case, Case, what="case")
    return tuple(_differences("", case, replay(events)))


def _differences(path: str, found: object, expected: object) -> Iterator[Difference]:
    if found == expected:
        return
    parts = _parts(found)
    others = _parts(expected)
    if parts and [step for step, _ in parts] == [step for step, _ in others]:
        for (step, one), (_, other) in zip(parts, others, strict=True):
            yield from _differences(path + step, one, other)
    else:
        yield Difference(path, found, expected)


def _parts(value: object) -> list[tuple[str, object]]:
    """The parts of a snapshot, of what stands in it, or of several things, each with its step of the path.

    Other values have none: an account or a rulebook is told as a whole.
    """
    if isinstance(value, tuple):
        return [(f"[{place}]", each) for place, each in enumerate(value)]
    if isinstance(value, (Snapshot, Event, Activation, AdhesionForm, Deadline)):
        return [(f".{field.alias}", getattr(value, field.name)) for field in attrs.fields(type(value))]
    return []
