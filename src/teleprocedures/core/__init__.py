"""What every kind of case is made of: lifecycle, event, guard, decision and message.

The room knows no space and no tax.
"""

from teleprocedures.core._advice import Advice
from teleprocedures.core._events import EVER as EVER
from teleprocedures.core._events import NEVER as NEVER
from teleprocedures.core._events import (
    CaseClosed,
    CaseReopened,
    Event,
    FactWithdrawn,
    Head,
    Lapse,
    Opening,
    Reason,
    Reminder,
    RulebookChanged,
    TakenOver,
)
from teleprocedures.core._explain import LIMIT as LIMIT
from teleprocedures.core._explain import PAST as PAST
from teleprocedures.core._explain import STATE as STATE
from teleprocedures.core._explain import Answer, Asked, Explanation, stands_for
from teleprocedures.core._explain import Questions as Questions
from teleprocedures.core._explain import named_in as named_in
from teleprocedures.core._explain import rules_of as rules_of
from teleprocedures.core._explain import values_at as values_at
from teleprocedures.core._explain_verb import explain as explain
from teleprocedures.core._guards import check_code, held_elsewhere, in_time, reminder_is_due, time_is_up
from teleprocedures.core._lifecycle import ANYWHERE as ANYWHERE
from teleprocedures.core._lifecycle import AnyKind as AnyKind
from teleprocedures.core._lifecycle import AnyTable as AnyTable
from teleprocedures.core._lifecycle import Entry, Lifecycle, Row, State
from teleprocedures.core._lifecycle import annotated as annotated
from teleprocedures.core._lifecycle import messages_of as messages_of
from teleprocedures.core._messages import Message
from teleprocedures.core._messages import message_id as message_id
from teleprocedures.core._snapshot import ASKED_FIRST as ASKED_FIRST
from teleprocedures.core._snapshot import LONGEST_ID as LONGEST_ID
from teleprocedures.core._snapshot import Changes, Decision, Snapshot
from teleprocedures.core._snapshot import both_times as both_times
from teleprocedures.core._snapshot import case_id as case_id
from teleprocedures.core._snapshot import check_after as check_after
from teleprocedures.core._snapshot import check_told_after as check_told_after
from teleprocedures.core._snapshot import contradiction as contradiction
from teleprocedures.core._snapshot import days_of as days_of
from teleprocedures.core._snapshot import latest as latest
from teleprocedures.core._snapshot import oldest_first as oldest_first
from teleprocedures.core._snapshot import remark as remark

__all__ = [
    "Advice",
    "Answer",
    "Asked",
    "CaseClosed",
    "CaseReopened",
    "Changes",
    "Decision",
    "Entry",
    "Event",
    "Explanation",
    "FactWithdrawn",
    "Head",
    "Lapse",
    "Lifecycle",
    "Message",
    "Opening",
    "Reason",
    "Reminder",
    "Row",
    "RulebookChanged",
    "Snapshot",
    "State",
    "TakenOver",
    "check_code",
    "held_elsewhere",
    "in_time",
    "reminder_is_due",
    "stands_for",
    "time_is_up",
]
