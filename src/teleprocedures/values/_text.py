"""Text typed by people: the checks that every value makes before its own.

A value is built from what somebody typed or pasted, so each one asks the same three things first: that it is text, that
it is not absurdly long, and that an error about it says what is wrong and what was expected, in the same words
everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, TypeVar

import attrs

from teleprocedures.errors import InvalidValueError

V = TypeVar("V")

# No value is near that long; past it, normalising a hostile text could take seconds.
LONGEST: Final = 1_000


@attrs.frozen
class Expected:
    """What a value should have been: `what` it is (`"a SIREN"`) and the `form` it takes (`"nine digits"`)."""

    what: str
    form: str

    def refusal(self, shown: str, why: str) -> InvalidValueError:
        """Give the error that says what is wrong with the value; `shown` stands for it, fit to be read by anybody."""
        return InvalidValueError(f"not {self.what}: {shown} {why}; expected {self.form}")

    def typed(self, value: object) -> str:
        """Give the text itself; InvalidValueError for another type or for more than 1,000 characters."""
        if not isinstance(value, str):
            raise self.refusal(type(value).__name__, "is not text")
        if len(value) > LONGEST:
            raise self.refusal("text", f"of {len(value)} characters is too long")
        return value

    def one_line(self, value: object, *, longest: int) -> str:
        """Give the text on one line, in Unicode's NFC form, with single spaces inside and none around.

        InvalidValueError when nothing is left, when more than `longest` characters are, or when one of them cannot be
        printed: control characters, but also invisible marks that change the direction of what follows.
        """
        text = " ".join(unicodedata.normalize("NFC", self.typed(value)).split())
        if not text:
            raise self.refusal("text", "is empty")
        if len(text) > longest:
            raise self.refusal("text", f"of {len(text)} characters is too long")
        if not text.isprintable():
            raise self.refusal("text", "has a character that cannot be printed")
        return text

    def restore(self, kind: type[V], slot: str, text: object, shape: re.Pattern[str]) -> V:
        """Build a value of one slot from its canonical text, of which only the shape is checked.

        Stored data is read many times and was validated once: this spares it the import and the work of validating.
        """
        value = kind.__new__(kind)
        object.__setattr__(value, slot, self.stored(kind, text, shape))
        return value

    def stored(self, kind: type, text: object, shape: re.Pattern[str]) -> str:
        """Give back canonical text of which only the shape is checked; InvalidValueError if it is wrong."""
        if not (isinstance(text, str) and shape.fullmatch(text)):
            raise self.unlike(kind)
        return text

    def unlike(self, kind: type) -> InvalidValueError:
        """Give the error for stored text that no value of this kind ever wrote; the text itself is not shown."""
        return InvalidValueError(f"not the stored form of {self.what}; expected what {kind.__name__} keeps")
