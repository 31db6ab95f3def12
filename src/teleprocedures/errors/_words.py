"""The English words, in which errors print themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from teleprocedures.words import Phrasebook


def english() -> Phrasebook:
    """The English words. Importing the library and deciding do without: they are loaded when something is printed."""
    from teleprocedures.words import ENGLISH_WORDS  # noqa: PLC0415 - as this says

    return ENGLISH_WORDS


def sentence(code: str, facts: Mapping[str, object]) -> str:
    """The English sentence of an error; a code that is not in the table, a host's own, is given with its facts."""
    return english().sentence(code, **facts)
