"""What drives cases: the portal, the sweep and the ready-made ports."""

from teleprocedures.shells._argon2 import Argon2Hasher
from teleprocedures.shells._carrying import NotificationError
from teleprocedures.shells._defaults import CODE_LENGTH as CODE_LENGTH
from teleprocedures.shells._defaults import FixedClock, HeldElsewhere, RandomCodes, ScryptHasher, SystemClock
from teleprocedures.shells._portal import AsyncPortal, Portal
from teleprocedures.shells._ports import (
    AsyncJournal,
    AsyncNotifier,
    Clock,
    CodeGenerator,
    Journal,
    Notifier,
    PasswordHasher,
)
from teleprocedures.shells._sweep import Rejection, Report, Sweep, sweep_lines

__all__ = [
    "Argon2Hasher",
    "AsyncJournal",
    "AsyncNotifier",
    "AsyncPortal",
    "Clock",
    "CodeGenerator",
    "FixedClock",
    "HeldElsewhere",
    "Journal",
    "NotificationError",
    "Notifier",
    "PasswordHasher",
    "Portal",
    "RandomCodes",
    "Rejection",
    "Report",
    "ScryptHasher",
    "Sweep",
    "SystemClock",
    "sweep_lines",
]
