"""Time limits: civil days, months, elapsed hours."""

from teleprocedures.deadlines._civil import RESOLUTION, first_instant, months_later, time_zone
from teleprocedures.deadlines._limits import CivilDays, CivilMonths, Deadline, Hours, TimeUnit, instant

__all__ = [
    "RESOLUTION",
    "CivilDays",
    "CivilMonths",
    "Deadline",
    "Hours",
    "TimeUnit",
    "first_instant",
    "instant",
    "months_later",
    "time_zone",
]
