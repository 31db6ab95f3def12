"""Every kind of case, with its lifecycle and its events: what whoever handles them all starts from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from teleprocedures.cases._activation import (
    ACTIVATION,
    ActivationLapsed,
    ActivationReminded,
    LetterRecorded,
    ServicesActivated,
)
from teleprocedures.cases._adhesion import Adhesion
from teleprocedures.cases._adhesion_events import (
    ADHESION,
    AdhesionLapsed,
    AdhesionReminded,
    AdhesionRequested,
    AdhesionValidated,
    CompanyEmailConfirmed,
)
from teleprocedures.cases._mandate import Mandate
from teleprocedures.cases._mandate_events import (
    MANDATE,
    CollectionRecorded,
    MandateIssued,
    MandateLapsed,
    MandateRegistered,
    MandateReminded,
    MandateSent,
    MandateSigned,
)
from teleprocedures.cases._space import SPACE, Space, SpaceActivated, SpaceLapsed, SpaceReminded, SpaceRequested
from teleprocedures.core import Case, Event, Lifecycle, Opening
from teleprocedures.errors import InvalidValueError

LIFECYCLES: Final[Mapping[str, Lifecycle]] = MappingProxyType(
    {lifecycle.name: lifecycle for lifecycle in (SPACE, ADHESION, ACTIVATION, MANDATE)}
)
"""The four lifecycles, by name."""

CASES: Final[Mapping[str, type[Case]]] = MappingProxyType({case.kind: case for case in (Space, Adhesion, Mandate)})
"""The three kinds of case, by name; an activation is a part of its adhesion."""

EVENTS: Final[Mapping[str, type[Event]]] = MappingProxyType(
    {
        event.kind: event
        for event in (
            SpaceRequested,
            SpaceReminded,
            SpaceActivated,
            SpaceLapsed,
            AdhesionRequested,
            AdhesionValidated,
            CompanyEmailConfirmed,
            AdhesionReminded,
            AdhesionLapsed,
            LetterRecorded,
            ActivationReminded,
            ServicesActivated,
            ActivationLapsed,
            MandateIssued,
            MandateSigned,
            MandateSent,
            MandateRegistered,
            CollectionRecorded,
            MandateReminded,
            MandateLapsed,
        )
    }
)
"""Every kind of event, by name."""


def replay(events: Iterable[Event]) -> Case:
    """The snapshot that these events make, from the first one of the case on, in order.

    Raises `InvalidValueError` when there is none, when the first one does not open a case, or when one is of another
    case, out of order, numbered with a gap, or impossible in the state it meets.
    """
    case: Case | None = None
    for event in events:
        if case is None:
            if not isinstance(event, Opening) or event.version != 1:
                message = f"a history starts with the event that opens a case, version 1, not with {event!r}"
                raise InvalidValueError(message)
            case = CASES[event.lifecycle].opened_by(event)
            continue
        expected = (case.id, case.version + 1)
        if (event.case_id, event.version) != expected or event.at < case.changed_at:
            given = (
                f"event {event.kind!r} of case {event.case_id!r}, version {event.version}, at {event.at.isoformat()}"
            )
            last = case.changed_at.isoformat()
            message = (
                f"{given} cannot follow: expected case {case.id!r}, version {case.version + 1}, at {last} or later"
            )
            raise InvalidValueError(message)
        case = case.apply(event)
    if case is None:
        message = "no event to replay: expected at least the one that opens the case"
        raise InvalidValueError(message)
    return case
