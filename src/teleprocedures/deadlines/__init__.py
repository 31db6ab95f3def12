"""Time limits in civil days, in months or in elapsed hours."""

from teleprocedures.deadlines._civil import NOT_IANA as NOT_IANA
from teleprocedures.deadlines._civil import RESOLUTION as RESOLUTION
from teleprocedures.deadlines._civil import first_instant as first_instant
from teleprocedures.deadlines._civil import last_instant as last_instant
from teleprocedures.deadlines._civil import months_later as months_later
from teleprocedures.deadlines._civil import time_zone as time_zone
from teleprocedures.deadlines._limits import PARIS as PARIS
from teleprocedures.deadlines._limits import CivilDays, CivilMonths, Deadline, Hours, civil_day
from teleprocedures.deadlines._limits import TimeUnit as TimeUnit
from teleprocedures.deadlines._limits import instant as instant
from teleprocedures.deadlines._limits import plain_day as plain_day

__all__ = ["CivilDays", "CivilMonths", "Deadline", "Hours", "civil_day"]
