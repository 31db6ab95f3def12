"""The dated rulebook of rules, time limits and services."""

from teleprocedures.rulebook import catalogue as catalogue
from teleprocedures.rulebook._rulebook import EXPERT_2024_04_03, Rulebook, TimeLimit
from teleprocedures.rulebook._rulebook import SHIPPED_LIMITS as SHIPPED_LIMITS
from teleprocedures.rulebook._rulebook import in_force as in_force
from teleprocedures.rulebook._rules import RULES
from teleprocedures.rulebook._rules import SETTLED as SETTLED
from teleprocedures.rulebook.catalogue import CATALOGUE, Catalogue, Service

__all__ = ["CATALOGUE", "EXPERT_2024_04_03", "RULES", "Catalogue", "Rulebook", "Service", "TimeLimit", "catalogue"]
