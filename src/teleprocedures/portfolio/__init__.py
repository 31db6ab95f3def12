"""What companies have and lack, what they can pay, what is to be done next, and when to start."""

from teleprocedures.portfolio._agenda import StepGroup
from teleprocedures.portfolio._company import Company
from teleprocedures.portfolio._compare import Comparison, MovedDeadline, RulebookChange, compare
from teleprocedures.portfolio._explain import PAYMENT_QUESTIONS as PAYMENT_QUESTIONS
from teleprocedures.portfolio._explain import explain_payment
from teleprocedures.portfolio._leads import LeadTimes
from teleprocedures.portfolio._outlook import Outlook, Prospect
from teleprocedures.portfolio._payments import PaymentRefusedError, check_payment
from teleprocedures.portfolio._plan import Outcome, Plan, PlanStep, plan
from teleprocedures.portfolio._portfolio import Portfolio, Repeat, next_steps
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
    "Outcome",
    "Outlook",
    "PaymentRefusedError",
    "Plan",
    "PlanStep",
    "Portfolio",
    "Prospect",
    "Repeat",
    "RulebookChange",
    "Standing",
    "StepGroup",
    "Story",
    "StoryStep",
    "check_payment",
    "compare",
    "explain_payment",
    "next_steps",
    "plan",
    "reconcile",
]
