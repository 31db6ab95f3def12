"""The words of the library in all its languages. They are on the ground, for an error prints itself anywhere.

Codes and facts come in and sentences go out. No error and no case is known here. Each language is a file with two
tables, `ERRORS` and `OTHERS`. All languages have the same keys in the same order, so that a new key is written in each
at the same place.

The room is loaded when something is first printed, tables and all. Whoever only decides never loads it.
"""

from typing import Final

from teleprocedures.words import _english, _french
from teleprocedures.words._english import English as English
from teleprocedures.words._french import French as French
from teleprocedures.words._language import MICROSECONDS as MICROSECONDS
from teleprocedures.words._language import MINUTES as MINUTES
from teleprocedures.words._language import Language as Language
from teleprocedures.words._language import in_paris as in_paris
from teleprocedures.words._phrasebook import Phrasebook as Phrasebook
from teleprocedures.words._phrasebook import placeholders as placeholders


def _book(language: Language, *tables: dict[str, str]) -> Phrasebook:
    return Phrasebook(language, {key: language.typeset(text) for table in tables for key, text in table.items()})


ENGLISH_WORDS: Final = _book(English(), _english.ERRORS, _english.OTHERS)
FRENCH_WORDS: Final = _book(French(), _french.ERRORS, _french.OTHERS)
ERROR_CODES: Final = frozenset(_english.ERRORS)
"""The codes of the library's own errors; the other keys are of what people read besides."""
