"""What a lifecycle, an event, a decision, a guard, a step and a message are; knows no space and no tax."""

from teleprocedures.core._decisions import LONGEST_ID, Case, Decision, Event, Opening, case_id, followed
from teleprocedures.core._guards import Timed, check_code, first_due
from teleprocedures.core._lifecycle import NOTHING_GIVEN, UNSAID, Given, Guarded, Lifecycle
from teleprocedures.core._messages import (
    ActivationCodeEmail,
    ActivationCodeLetter,
    ConfirmationLinkEmail,
    Message,
    ReminderEmail,
)
from teleprocedures.core._ports import Clock, CodeGenerator, Journal, Notifier, PasswordHasher
from teleprocedures.core._steps import Action, Actor, NextStep

__all__ = [
    "LONGEST_ID",
    "NOTHING_GIVEN",
    "UNSAID",
    "Action",
    "ActivationCodeEmail",
    "ActivationCodeLetter",
    "Actor",
    "Case",
    "Clock",
    "CodeGenerator",
    "ConfirmationLinkEmail",
    "Decision",
    "Event",
    "Given",
    "Guarded",
    "Journal",
    "Lifecycle",
    "Message",
    "NextStep",
    "Notifier",
    "Opening",
    "PasswordHasher",
    "ReminderEmail",
    "Timed",
    "case_id",
    "check_code",
    "first_due",
    "followed",
]
