"""What companies have and lack, what is to be done next, and when to start."""

from teleprocedures.portfolio._agenda import next_steps
from teleprocedures.portfolio._plan import LeadTimes, Plan, PlanStep, plan
from teleprocedures.portfolio._portfolio import Company, Portfolio, Repeat
from teleprocedures.portfolio._standing import Holding, Standing

__all__ = [
    "Company",
    "Holding",
    "LeadTimes",
    "Plan",
    "PlanStep",
    "Portfolio",
    "Repeat",
    "Standing",
    "next_steps",
    "plan",
]
