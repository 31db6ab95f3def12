"""From the documents of each older schema to those of the next one: small pure functions of plain data.

What an older release stored is read by every later one. An upgrade changes what a document is written like, and what
the library now derives otherwise; it decides nothing anew: what is due, and when, stays as it was stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from teleprocedures.codec._parts import Books

Document: TypeAlias = dict[str, object]


def from_1(document: Document, books: Books) -> Document:
    return document


UPGRADES: Final[Mapping[int, Callable[[Document, Books], Document]]] = MappingProxyType({1: from_1})
"""How a document of each older schema becomes one of the next."""
