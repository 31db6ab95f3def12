"""Hypothesis strategies for everything that a host handles: values, time, forms, cases and whole histories.

Each is a function that gives a strategy; what it draws is valid unless its name says `invalid_`, and shrinks to
something that a person understands. Types are known to `st.from_type` by themselves, without any import.
"""

from inspect import isfunction

from teleprocedures.testing.strategies._accounts import *
from teleprocedures.testing.strategies._cases import *
from teleprocedures.testing.strategies._contacts import *
from teleprocedures.testing.strategies._forms import *
from teleprocedures.testing.strategies._histories import *
from teleprocedures.testing.strategies._mappings import *
from teleprocedures.testing.strategies._portfolios import *
from teleprocedures.testing.strategies._records import *
from teleprocedures.testing.strategies._rulebooks import *
from teleprocedures.testing.strategies._times import *
from teleprocedures.testing.strategies._values import *

# What the modules name: each strategy stands in its own, and in no other list.
__all__ = sorted(name for name, one in globals().items() if isfunction(one) and one is not isfunction)  # noqa: PLE0605 # pyright: ignore[reportUnsupportedDunderAll]
