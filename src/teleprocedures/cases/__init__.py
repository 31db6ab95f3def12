"""The kinds of case and their registry: space, adhesion with its activation, mandate.

A module is loaded when a name of it is first used, so that whoever handles spaces does not wait for mandates. The names
of `__all__` are public. The rest is for the other rooms.
"""

# What a module imports is its own to this checker: a constant that two of them import, it takes for two constants.
# pyright: reportGeneralTypeIssues=false

TYPE_CHECKING = False
if TYPE_CHECKING:
    from teleprocedures.cases._activation import *
    from teleprocedures.cases._adhesion import *
    from teleprocedures.cases._case import *
    from teleprocedures.cases._closing import *
    from teleprocedures.cases._document import *
    from teleprocedures.cases._explain import *
    from teleprocedures.cases._forget import *
    from teleprocedures.cases._history import *
    from teleprocedures.cases._known import *
    from teleprocedures.cases._mandate import *
    from teleprocedures.cases._messages import *
    from teleprocedures.cases._registry import *
    from teleprocedures.cases._rejudge import *
    from teleprocedures.cases._space import *
    from teleprocedures.cases._verify import *

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
    "Case",
    "CollectionRecorded",
    "CompanyEmailConfirmed",
    "ConfirmationLinkEmail",
    "Difference",
    "FollowedFromNow",
    "Forgotten",
    "JudgedEvent",
    "LapseNotice",
    "LetterPosted",
    "LetterRecorded",
    "LinkProvedByCode",
    "LinkProvedByLetter",
    "Mandate",
    "MandateDocument",
    "MandateIssued",
    "MandateLapsed",
    "MandateRegistered",
    "MandateReminded",
    "MandateSent",
    "MandateSigned",
    "MandateState",
    "MandateTakenOver",
    "NextStep",
    "Notice",
    "OverdueCollectionRecorded",
    "OverdueLetterRecorded",
    "Reality",
    "ReminderEmail",
    "RepresentativeNamed",
    "RequestTakenOver",
    "ServicesActivated",
    "ServicesTakenOver",
    "Space",
    "SpaceActivated",
    "SpaceLapsed",
    "SpaceReminded",
    "SpaceRequested",
    "SpaceState",
    "SpaceTakenOver",
    "Surprise",
    "as_known",
    "close_company",
    "explain",
    "explain_withdrawal",
    "forget",
    "give_notice",
    "reality",
    "register",
    "rejudge",
    "remind",
    "replay",
    "verify",
    "withdraw",
]

# From the bottom up: each imports those before it, so looking for a name loads no more than it needs.
_MODULES = (
    "case",
    "space",
    "activation",
    "messages",
    "adhesion",
    "document",
    "mandate",
    "registry",
    "history",
    "closing",
    "verify",
    "known",
    "rejudge",
    "explain",
    "forget",
)


def __getattr__(name: str) -> object:
    """A name of the first module that has it."""
    from importlib import import_module  # noqa: PLC0415 - not needed before the first name

    for module in _MODULES if not name.startswith("_") else ():
        value = getattr(import_module(f"teleprocedures.cases._{module}"), name, None)
        if value is not None:
            globals()[name] = value
            return value
    message = f"module 'teleprocedures.cases' has no attribute {name!r}"
    raise AttributeError(message)
