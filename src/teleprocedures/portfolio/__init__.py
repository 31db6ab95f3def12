"""What companies have and lack, what is to be done next, and when to start."""

from teleprocedures.portfolio._agenda import next_steps
from teleprocedures.portfolio._compare import Comparison, MovedDeadline, RulebookChange, compare
from teleprocedures.portfolio._plan import LeadTimes, Plan, PlanStep, plan
from teleprocedures.portfolio._portfolio import Company, Portfolio, Repeat
from teleprocedures.portfolio._reconcile import Finding, Found, reconcile
from teleprocedures.portfolio._standing import Holding, Standing
from teleprocedures.portfolio._stories import Story, StoryStep

__all__ = [
    "Company",
    "Comparison",
    "Finding",
    "Found",
    "Holding",
    "LeadTimes",
    "MovedDeadline",
    "Plan",
    "PlanStep",
    "Portfolio",
    "Repeat",
    "RulebookChange",
    "Standing",
    "Story",
    "StoryStep",
    "compare",
    "next_steps",
    "plan",
    "reconcile",
]
