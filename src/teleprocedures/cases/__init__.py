"""The kinds of case: space, adhesion with its activation, mandate with its payments, and their registry."""

from teleprocedures.cases._activation import (
    ACTIVATION,
    Activation,
    ActivationLapsed,
    ActivationReminded,
    ActivationState,
    LetterPosted,
    LetterRecorded,
    ServicesActivated,
)
from teleprocedures.cases._adhesion import Adhesion
from teleprocedures.cases._adhesion_events import (
    ADHESION,
    AdhesionLapsed,
    AdhesionReminded,
    AdhesionRequested,
    AdhesionState,
    AdhesionValidated,
    CompanyEmailConfirmed,
)
from teleprocedures.cases._document import MandateDocument
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
    MandateState,
    MandateStep,
    mandate_steps,
)
from teleprocedures.cases._mandate_guards import is_over
from teleprocedures.cases._payments import check_payment, mandate_for
from teleprocedures.cases._registry import CASES, EVENTS, LIFECYCLES, replay
from teleprocedures.cases._space import (
    SPACE,
    Space,
    SpaceActivated,
    SpaceLapsed,
    SpaceReminded,
    SpaceRequested,
    SpaceState,
)

__all__ = [
    "ACTIVATION",
    "ADHESION",
    "CASES",
    "EVENTS",
    "LIFECYCLES",
    "MANDATE",
    "SPACE",
    "Activation",
    "ActivationLapsed",
    "ActivationReminded",
    "ActivationState",
    "Adhesion",
    "AdhesionLapsed",
    "AdhesionReminded",
    "AdhesionRequested",
    "AdhesionState",
    "AdhesionValidated",
    "CollectionRecorded",
    "CompanyEmailConfirmed",
    "LetterPosted",
    "LetterRecorded",
    "Mandate",
    "MandateDocument",
    "MandateIssued",
    "MandateLapsed",
    "MandateRegistered",
    "MandateReminded",
    "MandateSent",
    "MandateSigned",
    "MandateState",
    "MandateStep",
    "ServicesActivated",
    "Space",
    "SpaceActivated",
    "SpaceLapsed",
    "SpaceReminded",
    "SpaceRequested",
    "SpaceState",
    "check_payment",
    "is_over",
    "mandate_for",
    "mandate_steps",
    "replay",
]
