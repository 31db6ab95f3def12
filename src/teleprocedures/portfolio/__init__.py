"""What companies hold, what is at risk, and what is to be done."""

from teleprocedures.portfolio._agenda import next_steps

__all__ = [
    "next_steps",
]
