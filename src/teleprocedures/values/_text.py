"""Text typed by people: the checks that every value makes before its own.

A value is built from what somebody typed or pasted, so each one asks the same things first: that it is text, that it is
not absurdly long, that it is not blank. The code of an error starts with its `subject`, `siren` say: what was wrong,
with the value masked where it is personal, are its facts, and the words stand in the table of errors.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

import attrs

from teleprocedures.errors import InvalidValueError

V = TypeVar("V")

# No value is near that long; past it, normalising a hostile text could take seconds.
LONGEST: Final = 1_000

# What joins or separates letters of Persian, of Indian scripts, and is part of names written in them.
_JOINERS: Final = dict.fromkeys(map(ord, "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"))
# Characters that count as printed, as letters even, and leave nothing on paper: fillers, blanks, selectors of variants.
_UNSEEN: Final = frozenset(
    {
        *"\N{COMBINING GRAPHEME JOINER}\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}",
        *"\N{HALFWIDTH HANGUL FILLER}\N{KHMER VOWEL INHERENT AQ}\N{KHMER VOWEL INHERENT AA}\N{BRAILLE PATTERN BLANK}",
        *"\N{MONGOLIAN FREE VARIATION SELECTOR ONE}\N{MONGOLIAN FREE VARIATION SELECTOR TWO}",
        *"\N{MONGOLIAN FREE VARIATION SELECTOR THREE}\u180f\N{KHITAN SMALL SCRIPT FILLER}",
        *"\N{MUSICAL SYMBOL NULL NOTEHEAD}",
        *map(chr, range(0xFE00, 0xFE10)),
        *map(chr, range(0xE0100, 0xE01F0)),
    }
)
_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"


def typed(subject: str, value: object) -> str:
    """Give the text itself; InvalidValueError for another type (`wrong_type`), past 1,000 characters (`too_long`)."""
    if not isinstance(value, str):
        raise InvalidValueError(f"{subject}.wrong_type", type=type(value).__name__)
    if len(value) > LONGEST:
        raise InvalidValueError(f"{subject}.too_long", length=len(value))
    return value


def filled(subject: str, value: object) -> str:
    """Give the text without the spaces around it, as `typed` does; InvalidValueError if nothing is left (`missing`)."""
    text = typed(subject, value).strip()
    if not text:
        raise InvalidValueError(f"{subject}.missing")
    return text


def one_line(subject: str, value: object, *, longest: int) -> str:
    """Give the text on one line, in Unicode's NFC form, with single spaces inside and none around.

    InvalidValueError when nothing is left (`missing`), when more than `longest` characters are (`too_long`), when one
    of them cannot be printed (`not_printable`): control characters, but also marks that change the direction of what
    follows; and when nobody can see any of them (`invisible`).
    """
    text = " ".join(unicodedata.normalize("NFC", filled(subject, value)).split())
    if len(text) > longest:
        raise InvalidValueError(f"{subject}.too_long", length=len(text))
    seen = text.translate(_JOINERS)
    if not seen.isprintable():
        raise InvalidValueError(f"{subject}.not_printable")
    if not is_seen(seen):
        raise InvalidValueError(f"{subject}.invisible")
    return text


def is_seen(text: str) -> bool:
    """Say whether some character of a text shows on paper."""
    return any(character not in _UNSEEN and not character.isspace() for character in text)


def has_letter(text: str) -> bool:
    """Say whether some letter of a text shows on paper."""
    return any(character.isalpha() and character not in _UNSEEN for character in text)


def only_seen(text: str) -> str:
    """Give the text without what does not show on paper, joiners included."""
    return "".join(character for character in text.translate(_JOINERS) if character not in _UNSEEN)


def grouped(text: str, size: int) -> str:
    """Give the text in groups of `size` characters, with no-break spaces between, as people read numbers."""
    return _NO_BREAK_SPACE.join(text[start : start + size] for start in range(0, len(text), size))


def restore(kind: type[V], slot: str, text: object, shape: re.Pattern[str]) -> V:
    """Build a value of one slot from its canonical text, of which only the shape is checked.

    Stored data is read many times and was validated once: this spares it the import and the work of validating.
    """
    value = kind.__new__(kind)
    object.__setattr__(value, slot, stored(kind, text, shape))
    return value


def stored(kind: type, text: object, shape: re.Pattern[str]) -> str:
    """Give back canonical text of which only the shape is checked; InvalidValueError if it is wrong."""
    if not (isinstance(text, str) and shape.fullmatch(text)):
        raise unlike(kind)
    return text


def unlike(kind: type) -> InvalidValueError:
    """Give the error for stored text that no value of this kind ever wrote; the text itself is not shown."""
    return InvalidValueError("stored.malformed", kind=kind.__name__)


def half_built(show: Callable[[Any], str]) -> Callable[[Any], str]:
    """Make a `__repr__` that holds for a value whose fields are not set yet, as a traceback with locals shows it."""

    @wraps(show)
    def shown(self: object) -> str:
        try:
            return show(self)
        except AttributeError:
            return f"<{type(self).__name__}, not built>"

    return shown


def fields_shown(value: Any) -> str:
    """Give the `repr` of an attrs value: its fields that show, those that are set."""
    fields = (field for field in attrs.fields(type(value)) if field.repr and hasattr(value, field.name))
    shown = ((field, getattr(value, field.name)) for field in fields)
    texts = (f"{field.name}={(field.repr if callable(field.repr) else repr)(content)}" for field, content in shown)
    return f"{type(value).__name__}({', '.join(texts)})"
