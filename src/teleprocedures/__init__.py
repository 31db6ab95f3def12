"""The expert-mode procedure of impots.gouv.fr as explicit state machines: time limits, rules, refusals.

The names here are all that most hosts need; `codec` stores cases, `catalogue` names the services, `testing` is for
tests.
"""

from teleprocedures.activation import (
    Activation,
    ActivationLapsed,
    ActivationReminded,
    ActivationState,
    LetterRecorded,
    ServicesActivated,
)
from teleprocedures.adhesion import Adhesion
from teleprocedures.adhesion_events import (
    AdhesionLapsed,
    AdhesionReminded,
    AdhesionRequested,
    AdhesionState,
    AdhesionValidated,
    CompanyEmailConfirmed,
)
from teleprocedures.agenda import next_steps
from teleprocedures.banking import BankAccount, CreditorIdentifier, MandateReference
from teleprocedures.cases import LIFECYCLES, replay
from teleprocedures.catalogue import CATALOGUE, Catalogue, Service
from teleprocedures.codes import HELD_ELSEWHERE, ActivationCode, LinkToken
from teleprocedures.contact import ContactDetails
from teleprocedures.deadlines import CivilDays, CivilMonths, Deadline, Hours
from teleprocedures.decisions import Case, Decision, Event
from teleprocedures.defaults import FixedClock, HeldElsewhere, RandomCodes, ScryptHasher, SystemClock
from teleprocedures.document import MandateDocument
from teleprocedures.errors import (
    CodecError,
    DeadlineNotReachedError,
    DeadlinePassedError,
    InvalidFormError,
    InvalidValueError,
    MandateRefusedError,
    NotificationError,
    OutOfOrderError,
    PaymentRefusedError,
    Problem,
    RefusedError,
    RefusedFormError,
    SpaceNotActiveError,
    TeleproceduresError,
    TransitionRefusedError,
    WrongCodeError,
    WrongSpaceError,
)
from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.identity import EmailAddress, FileNumber, PersonName, Siren
from teleprocedures.lifecycle import Lifecycle
from teleprocedures.mandate import Mandate
from teleprocedures.mandate_events import (
    CollectionRecorded,
    MandateIssued,
    MandateLapsed,
    MandateRegistered,
    MandateReminded,
    MandateSent,
    MandateSigned,
    MandateState,
    MandateStep,
)
from teleprocedures.messages import (
    ActivationCodeEmail,
    ActivationCodeLetter,
    ConfirmationLinkEmail,
    Message,
    ReminderEmail,
)
from teleprocedures.payments import check_payment
from teleprocedures.portal import Portal
from teleprocedures.ports import Clock, CodeGenerator, Journal, Notifier, PasswordHasher
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook, TimeLimit
from teleprocedures.rules import RULES, Rule
from teleprocedures.space import Space, SpaceActivated, SpaceLapsed, SpaceReminded, SpaceRequested, SpaceState
from teleprocedures.steps import Action, Actor, NextStep
from teleprocedures.sweep import Rejection, Report, Sweep, sweep_lines

__version__ = "0.1.0"

__all__ = [
    "CATALOGUE",
    "EXPERT_2024_04_03",
    "HELD_ELSEWHERE",
    "LIFECYCLES",
    "RULES",
    "Action",
    "Activation",
    "ActivationCode",
    "ActivationCodeEmail",
    "ActivationCodeLetter",
    "ActivationLapsed",
    "ActivationReminded",
    "ActivationState",
    "Actor",
    "Adhesion",
    "AdhesionForm",
    "AdhesionLapsed",
    "AdhesionReminded",
    "AdhesionRequested",
    "AdhesionState",
    "AdhesionValidated",
    "Applicant",
    "BankAccount",
    "Case",
    "Catalogue",
    "CivilDays",
    "CivilMonths",
    "Clock",
    "CodeGenerator",
    "CodecError",
    "CollectionRecorded",
    "CompanyEmailConfirmed",
    "ConfirmationLinkEmail",
    "ContactDetails",
    "CreditorIdentifier",
    "Deadline",
    "DeadlineNotReachedError",
    "DeadlinePassedError",
    "Decision",
    "EmailAddress",
    "Event",
    "FileNumber",
    "FixedClock",
    "HeldElsewhere",
    "Hours",
    "InvalidFormError",
    "InvalidValueError",
    "Journal",
    "LetterRecorded",
    "Lifecycle",
    "LinkToken",
    "Mandate",
    "MandateDocument",
    "MandateIssued",
    "MandateLapsed",
    "MandateReference",
    "MandateRefusedError",
    "MandateRegistered",
    "MandateReminded",
    "MandateSent",
    "MandateSigned",
    "MandateState",
    "MandateStep",
    "Message",
    "NextStep",
    "NotificationError",
    "Notifier",
    "OutOfOrderError",
    "PasswordHasher",
    "PaymentRefusedError",
    "PersonName",
    "Portal",
    "Problem",
    "RandomCodes",
    "RefusedError",
    "RefusedFormError",
    "Rejection",
    "ReminderEmail",
    "Report",
    "Rule",
    "Rulebook",
    "ScryptHasher",
    "Service",
    "ServicesActivated",
    "Siren",
    "Space",
    "SpaceActivated",
    "SpaceForm",
    "SpaceLapsed",
    "SpaceNotActiveError",
    "SpaceReminded",
    "SpaceRequested",
    "SpaceState",
    "Sweep",
    "SystemClock",
    "TeleproceduresError",
    "TimeLimit",
    "TransitionRefusedError",
    "WrongCodeError",
    "WrongSpaceError",
    "check_payment",
    "next_steps",
    "replay",
    "sweep_lines",
]
