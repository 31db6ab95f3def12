"""What a lifecycle, an event, a decision, a guard, a step and a message are; knows no space and no tax."""

from teleprocedures.core._case import LONGEST_ID as LONGEST_ID
from teleprocedures.core._case import AnyTable as AnyTable
from teleprocedures.core._case import Case, Decision
from teleprocedures.core._case import case_id as case_id
from teleprocedures.core._case import check_order as check_order
from teleprocedures.core._case import contradiction as contradiction
from teleprocedures.core._case import give_notice as give_notice
from teleprocedures.core._case import oldest_first as oldest_first
from teleprocedures.core._case import remind as remind
from teleprocedures.core._case import told as told
from teleprocedures.core._events import Event, Lapse, Opening, Reminder
from teleprocedures.core._events import Head as Head
from teleprocedures.core._guards import check_code as check_code
from teleprocedures.core._guards import held_elsewhere as held_elsewhere
from teleprocedures.core._guards import in_time as in_time
from teleprocedures.core._guards import reminder_is_due as reminder_is_due
from teleprocedures.core._guards import time_is_up as time_is_up
from teleprocedures.core._lifecycle import Lifecycle, Row, State
from teleprocedures.core._lifecycle import annotated as annotated
from teleprocedures.core._messages import LapseNotice, Message, Notice, ReminderEmail
from teleprocedures.core._steps import Advice, NextStep

__all__ = [
    "Advice",
    "Case",
    "Decision",
    "Event",
    "Lapse",
    "LapseNotice",
    "Lifecycle",
    "Message",
    "NextStep",
    "Notice",
    "Opening",
    "Reminder",
    "ReminderEmail",
    "Row",
    "State",
]
