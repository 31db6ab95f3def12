"""The dated rulebook: rules, time limits, catalogue."""

from teleprocedures.rulebook._rulebook import EXPERT_2024_04_03, Rulebook, TimeLimit
from teleprocedures.rulebook._rules import PAGE, RULES, SETTLED
from teleprocedures.rulebook.catalogue import (
    CATALOGUE,
    CONSULT_PROPERTY_TAX_NOTICES,
    MESSAGING,
    PAY_CFE,
    PAY_VAT,
    Catalogue,
    Service,
)

__all__ = [
    "CATALOGUE",
    "CONSULT_PROPERTY_TAX_NOTICES",
    "EXPERT_2024_04_03",
    "MESSAGING",
    "PAGE",
    "PAY_CFE",
    "PAY_VAT",
    "RULES",
    "SETTLED",
    "Catalogue",
    "Rulebook",
    "Service",
    "TimeLimit",
]
