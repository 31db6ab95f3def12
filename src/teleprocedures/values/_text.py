"""Text typed by people: the checks that every value makes before its own.

A value is built from what somebody typed or pasted, so each one asks the same things first. It is text. It is not
absurdly long. It is not blank. The code of an error starts with its `subject`, which may be `siren`. Its facts are what
was wrong, with the value masked where it is personal. Its words stand in the table of errors.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Final, TypeAlias, TypeVar

import attrs

from teleprocedures.errors import InvalidValueError, built, half_built

V = TypeVar("V")

Line: TypeAlias = Annotated[str, "line"]
"""A text that is kept on one line; the codec reads a field of this type as such."""
Remark: TypeAlias = Annotated[str, "remark"]
"""A reason or a source in words, which is a short line."""

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
# What no line of a form has: characters that control, separate lines, change the direction or are half of a pair. Not
# all that cannot be printed: what another version of Python cannot print yet may have been written by a later one.
UNWRITTEN: Final = (
    r"\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb"
)
_UNWRITTEN: Final = re.compile(f"[{UNWRITTEN}]")
# What may be an IBAN, in groups or not: only its check digits tell it from other letters and digits.
_WRITTEN_LIKE_ONE: Final = re.compile(
    r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?:[ .\-\u00a0\u202f]?[A-Z0-9]){11,30}", re.ASCII | re.IGNORECASE
)
_IBAN_LENGTHS: Final = (15, 35)
_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"


def plain(text: str) -> str:
    """Give the text itself, and of a subclass of `str` its plain text, because what is kept has to be stored."""
    return text if type(text) is str else str.__str__(text)


def typed(subject: str, value: object) -> str:
    """Give the plain text.

    Raises `InvalidValueError` for another type (`wrong_type`) and past 1,000 characters (`too_long`).
    """
    if not isinstance(value, str):
        raise InvalidValueError(f"{subject}.wrong_type", type=type(value).__name__)
    if len(value) > LONGEST:
        raise InvalidValueError(f"{subject}.too_long", length=len(value))
    return plain(value)


def filled(subject: str, value: object) -> str:
    """Give the plain text without the spaces around it.

    Raises `InvalidValueError` as `typed` does, and if nothing is left (`missing`).
    """
    text = typed(subject, value).strip()
    if not text:
        raise InvalidValueError(f"{subject}.missing")
    return text


def one_line(subject: str, value: object, *, longest: int) -> str:
    """Give the text on one line, in Unicode's NFC form, with single spaces inside and none around.

    Raises `InvalidValueError` when nothing is left (`missing`), and when more than `longest` characters are
    (`too_long`). Raises it when one of them cannot be printed (`not_printable`), such as a control character or a mark
    that changes the direction of what follows. Raises it when nobody can see any of them (`invisible`). Raises it for a
    text with an account in it (`has_account`), because lines like this one are shown whole.
    """
    text = " ".join(unicodedata.normalize("NFC", filled(subject, value)).split())
    if len(text) > longest:
        raise InvalidValueError(f"{subject}.too_long", length=len(text))
    seen = text.translate(_JOINERS)
    if not seen.isprintable():
        raise InvalidValueError(f"{subject}.not_printable")
    if not is_seen(seen):
        raise InvalidValueError(f"{subject}.invisible")
    if has_account(seen):
        raise InvalidValueError(f"{subject}.has_account")
    return text


def has_account(text: str) -> bool:
    """Say whether an IBAN with its check digits is in a text, in groups or not."""
    return any(map(_is_an_account, _WRITTEN_LIKE_ONE.findall(text)))


def _is_an_account(text: str) -> bool:
    """Say whether an IBAN with its check digits begins here, whatever follows it."""
    from stdnum import iban  # noqa: PLC0415 - nearly no text looks like an account

    written = "".join(filter(str.isalnum, text))
    return any(iban.is_valid(written[:length], check_country=False) for length in range(*_IBAN_LENGTHS))


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
    """Give the text as people read numbers, in groups of `size` characters with no-break spaces between."""
    return _NO_BREAK_SPACE.join(text[start : start + size] for start in range(0, len(text), size))


def restore(kind: type[V], slot: str, text: object, shape: re.Pattern[str]) -> V:
    """Build a value of one slot from its canonical text, of which only the shape is checked.

    Stored data is read many times and was validated once, so it is spared the import and the work of validating.
    """
    # Without `__init__`, whose converter would validate.
    value = kind.__new__(kind)
    object.__setattr__(value, slot, stored(kind, text, shape))
    return value


def stored(kind: type, text: object, shape: re.Pattern[str]) -> str:
    """Give back canonical text of which only the shape is checked.

    Raises `InvalidValueError` if its shape is wrong.
    """
    if not (isinstance(text, str) and shape.fullmatch(text)):
        raise unlike(kind)
    return text if type(text) is str else plain(text)


def hashed(value: object) -> str:
    """Give the text that a hasher answered.

    Raises `InvalidValueError` for no text, and for one that is blank or that no column takes.
    """
    text = typed("hash", value)
    if not text.strip():
        raise InvalidValueError("hash.missing")
    if _UNWRITTEN.search(text):
        raise InvalidValueError("hash.not_printable")
    return text


def written_line(text: str, longest: int = LONGEST) -> str:
    """Give back a text that was kept on one line.

    Raises `InvalidValueError` for what no form takes and no host's hasher gives. Such a text is empty or blank, longer
    than `longest`, or has a character that no line has.
    """
    if is_line(text, longest):
        return text if type(text) is str else plain(text)
    raise InvalidValueError("stored.malformed", kind="str")


def is_line(text: object, longest: int = LONGEST) -> bool:
    """Say whether this is a text that can be kept on one line."""
    if not (isinstance(text, str) and len(text) <= longest and text.strip()):
        return False
    return text.isprintable() or not _UNWRITTEN.search(text)


def in_utf_8(text: str) -> str:
    """Give back a text that UTF-8 can say.

    Raises `InvalidValueError` for one with half a surrogate pair, which no file and no column takes.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidValueError("stored.malformed", kind="str")
    return text


def unlike(kind: type) -> InvalidValueError:
    """Give the error for stored text that no value of this kind ever wrote, without the text itself."""
    return InvalidValueError("stored.malformed", kind=kind.__name__)


@half_built
def show_fields(value: Any) -> str:
    """Give the `repr` of an attrs value, with its fields that show."""
    fields = ((field, getattr(value, field.name)) for field in attrs.fields(type(value)) if field.repr)
    texts = (f"{field.name}={(field.repr if callable(field.repr) else repr)(content)}" for field, content in fields)
    return f"{type(value).__name__}({', '.join(texts)})"


def read_as(kind: type[V], value: object) -> V:
    """Give the plain value of this kind that was given, or that a text stands for.

    Raises `InvalidValueError` as the kind does.
    """
    made: Any = kind
    result: V = as_plain(value, kind) if isinstance(value, kind) else made(value)
    return result


def as_plain(value: V, kind: type[V]) -> V:
    """Give the value itself, and for one of a subclass a plain one with the same fields, which is what is stored.

    Raises `InvalidValueError` for a value without its fields.
    """
    value = built(value)
    if type(value) is kind:
        return value
    made = kind.__new__(kind)
    for field in attrs.fields(kind):  # type: ignore[arg-type] # a class of attrs
        object.__setattr__(made, field.name, getattr(value, field.name))
    return made
