"""The English words, in which errors print themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from teleprocedures.words import Phrasebook


def english() -> Phrasebook:
    """The English words. Deciding does without: they are loaded when something is first printed."""
    from teleprocedures.words import ENGLISH_WORDS  # noqa: PLC0415 - as this says

    return ENGLISH_WORDS


def sentence(code: str, facts: Mapping[str, object]) -> str:
    """The English sentence of an error. A host's own code, which has none, is given with its facts."""
    return english().sentence(code, **facts)
