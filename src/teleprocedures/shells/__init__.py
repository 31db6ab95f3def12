"""What drives cases: the portal, the sweep, and the ready-made ports."""

from teleprocedures.shells._argon2 import Argon2Hasher
from teleprocedures.shells._defaults import (
    CODE_LENGTH,
    FixedClock,
    HeldElsewhere,
    RandomCodes,
    ScryptHasher,
    SystemClock,
)
from teleprocedures.shells._portal import Portal
from teleprocedures.shells._sweep import Rejection, Report, Sweep, sweep_lines

__all__ = [
    "CODE_LENGTH",
    "Argon2Hasher",
    "FixedClock",
    "HeldElsewhere",
    "Portal",
    "RandomCodes",
    "Rejection",
    "Report",
    "ScryptHasher",
    "Sweep",
    "SystemClock",
    "sweep_lines",
]
