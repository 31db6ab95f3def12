"""The kinds of case: space, adhesion with its activation, mandate with its payments, and their registry.

A module is loaded when a name of it is first used: who handles spaces does not wait for mandates.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from teleprocedures.cases._activation import ACTIVATION as ACTIVATION
    from teleprocedures.cases._activation import (
        AccountDeclared,
        Activation,
        ActivationLapsed,
        ActivationReminded,
        ActivationState,
        LetterPosted,
        LetterRecorded,
        OverdueLetterRecorded,
        ServicesActivated,
    )
    from teleprocedures.cases._adhesion import ADHESION as ADHESION
    from teleprocedures.cases._adhesion import (
        Adhesion,
        AdhesionLapsed,
        AdhesionReminded,
        AdhesionRequested,
        AdhesionState,
        AdhesionValidated,
        CompanyEmailConfirmed,
    )
    from teleprocedures.cases._document import MandateDocument
    from teleprocedures.cases._mandate import MANDATE as MANDATE
    from teleprocedures.cases._mandate import (
        CollectionRecorded,
        Mandate,
        MandateIssued,
        MandateLapsed,
        MandateRegistered,
        MandateReminded,
        MandateSent,
        MandateSigned,
        MandateState,
        RepresentativeNamed,
    )
    from teleprocedures.cases._messages import ActivationCodeLetter, ConfirmationLinkEmail
    from teleprocedures.cases._payments import PaymentRefusedError, check_payment
    from teleprocedures.cases._payments import mandate_for as mandate_for
    from teleprocedures.cases._registry import (
        EVENTS,
        KINDS,
        LIFECYCLES,
        MESSAGES,
        AnyCase,
        AnyEvent,
        AnyMessage,
        register,
        replay,
    )
    from teleprocedures.cases._space import SPACE as SPACE
    from teleprocedures.cases._space import (
        ActivationCodeEmail,
        Space,
        SpaceActivated,
        SpaceLapsed,
        SpaceReminded,
        SpaceRequested,
        SpaceState,
    )
    from teleprocedures.cases._steps import Action, Actor

__all__ = [
    "EVENTS",
    "KINDS",
    "LIFECYCLES",
    "MESSAGES",
    "AccountDeclared",
    "Action",
    "Activation",
    "ActivationCodeEmail",
    "ActivationCodeLetter",
    "ActivationLapsed",
    "ActivationReminded",
    "ActivationState",
    "Actor",
    "Adhesion",
    "AdhesionLapsed",
    "AdhesionReminded",
    "AdhesionRequested",
    "AdhesionState",
    "AdhesionValidated",
    "AnyCase",
    "AnyEvent",
    "AnyMessage",
    "CollectionRecorded",
    "CompanyEmailConfirmed",
    "ConfirmationLinkEmail",
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
    "OverdueLetterRecorded",
    "PaymentRefusedError",
    "RepresentativeNamed",
    "ServicesActivated",
    "Space",
    "SpaceActivated",
    "SpaceLapsed",
    "SpaceReminded",
    "SpaceRequested",
    "SpaceState",
    "check_payment",
    "register",
    "replay",
]

# From the bottom up: each imports those before it, so looking for a name loads no more than it needs.
_MODULES = ("steps", "space", "activation", "messages", "adhesion", "document", "mandate", "payments", "registry")


def __getattr__(name: str) -> object:
    """A name of the first module that has it."""
    from importlib import import_module  # noqa: PLC0415 - not needed before the first name

    for module in _MODULES if not name.startswith("_") else ():
        found = getattr(import_module(f"teleprocedures.cases._{module}"), name, None)
        if found is not None:
            globals()[name] = found
            return found
    message = f"module 'teleprocedures.cases' has no attribute {name!r}"
    raise AttributeError(message)
