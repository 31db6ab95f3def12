"""How a value stands in an error: on one line, cut, and masked where it is personal or secret."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, time
from functools import wraps
from typing import Any, Final, TypeVar

K = TypeVar("K", bound=type)

LONGEST_EXCERPT: Final = 40
_LONGEST_NUMBER: Final = 200
"""In bits: Python refuses to write a whole number of thousands of digits, and nobody would read one of these."""
_LOOKED_AT: Final = 1_000
"""How much of a text is searched for an account: more than is shown, whatever stands between its characters."""
_SHORTEST_MASKED: Final = 15
"""The length of the shortest IBAN, Norway's: of a shorter text, four characters at each end would tell too much."""

# An IBAN, with five digits at least in what follows its check digits, so that few other texts look like one; one of a
# country of the single payments area whose accounts may have fewer; or what comes after the check digits of a French
# one: the codes of bank and branch, ten digits, then the account and its key.
_LIKE_AN_ACCOUNT: Final = re.compile(
    r"[A-Z]{2}[0-9]{2}(?=[A-Z0-9]{11})(?:[A-Z]*[0-9]){5}"
    r"|(?:GI|LV|RO)[0-9]{2}[A-Z]{4}[A-Z0-9]{13}|LU[0-9]{5}[A-Z0-9]{13}|MD[0-9]{2}[A-Z0-9]{20}"
    r"|[0-9]{10}[A-Z0-9]{11}",
    re.ASCII | re.IGNORECASE,
)
_AT: Final = re.compile("[\N{FULLWIDTH COMMERCIAL AT}\N{SMALL COMMERCIAL AT}]")
_MASKED_ADDRESS: Final = re.compile(r".?\*{3}@(?:\*{3}@)*[^@]*\Z", re.DOTALL)
_CALLED: Final = re.compile("IBAN|RIB", re.IGNORECASE)
_LIKE_A_NAME: Final = re.compile(r"[a-z]+(?:[_-][a-z]+)*")


def mask(text: str) -> str:
    """Give the first and the last four characters of a text, and stars between: `FR76 **** 0189`.

    Of a text shorter than any IBAN, only stars.
    """
    return f"{text[:4]} **** {text[-4:]}" if len(text) >= _SHORTEST_MASKED else "****"


def mask_address(text: str) -> str:
    """Give the first character of an e-mail address, stars and its domain: `j***@example.fr`.

    Of a name of one character, only stars.
    """
    # Each @ shows: several of them may be what is wrong.
    first, *others = text.split("@")
    hidden = ("***",) * (len(others) - 1)
    return "@".join((f"{first[:1] if len(first) > 1 else ''}***", *hidden, *others[-1:]))


def shape(text: str) -> str:
    """Give the form of a text, and nothing of it: A for a letter, 9 for a digit, # for anything else but a space.

    Whoever typed it sees which place is wrong, and a log tells nothing. It is cut as an excerpt is.
    """
    form = "".join(map(_form, text[: LONGEST_EXCERPT + 1]))
    return form if len(form) <= LONGEST_EXCERPT else form[: LONGEST_EXCERPT - 1] + "…"


def _form(character: str) -> str:
    if character == " ":
        return character
    return ("9" if character.isdigit() else "A" if character.isalpha() else "#") if character.isascii() else "#"


def is_like_an_account(text: str) -> bool:
    """Say whether a text is an account, right or wrong, however it is written: in groups, with dashes, after "IBAN"."""
    return bool(_LIKE_AN_ACCOUNT.match(_CALLED.sub("", _written(text), count=1)))


def excerpt(text: str) -> str:
    """Give a text as an error may hold it: on one line, cut to 40 characters, and masked if it may be personal.

    Accounts and e-mail addresses come to other fields too: the columns of a file may have shifted. So accounts are
    found however they are written, in groups or with dashes, after a word or in digits of other scripts.
    """
    written = _written(text)
    if _LIKE_AN_ACCOUNT.search(written):
        text = mask(written)
    elif "@" in (address := _AT.sub("@", text)) and not _MASKED_ADDRESS.match(address):
        text = mask_address(address)
    line = "".join(map(_visible, text[: LONGEST_EXCERPT + 1]))
    return line if len(line) <= LONGEST_EXCERPT else line[: LONGEST_EXCERPT - 1] + "…"


def _written(text: str) -> str:
    """The letters and digits of a text, those of other scripts as ours."""
    return "".join(map(_letter_or_digit, unicodedata.normalize("NFKC", text[:_LOOKED_AT])))


def _letter_or_digit(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return character if character.isascii() and character.isalpha() else ""


def _visible(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def show(value: object) -> str:
    """Give any value as an error shows it: the `excerpt` of a text in quotes, numbers, dates, else its type.

    What a list or a mapping holds may be secret, and may be long.
    """
    if isinstance(value, str):
        return f"'{excerpt(value)}'"
    if isinstance(value, int) and not isinstance(value, bool):
        return excerpt(str(int(value))) if value.bit_length() <= _LONGEST_NUMBER else "a number of too many digits"
    if isinstance(value, (date, time)):
        return value.isoformat()
    return excerpt(repr(value)) if value is None or isinstance(value, (bool, float)) else type(value).__name__


def show_name(name: object, known: Iterable[str], secret: Iterable[str] = ()) -> str:
    """Give the name of a field that nobody knows, if it is one: else its first letter and stars.

    The names of a file without its headings are somebody's data. What is nearly a known name is one; so are small
    letters with underscores, unless some of the known fields are `secret`: then they may be a password.
    """
    if not isinstance(name, str):
        return show(name)
    if len(name) <= LONGEST_EXCERPT:
        from difflib import get_close_matches  # noqa: PLC0415 - slow to import, and of no use before something is wrong

        hidden = tuple(secret)
        # With a digit or a sign, what is nearly `password` may be one.
        letters = bool(_LIKE_A_NAME.fullmatch(name))
        if get_close_matches(name, [*known, *(hidden if letters else ())]) or (letters and not hidden):
            return excerpt(name)
    return f"{_visible(name[:1])}***"


def without_spaces(text: str) -> str:
    """Give the text without any space, no-break ones included: numbers are printed in groups of three or four."""
    return "".join(text.split())


def half_built(show: Callable[[Any], str]) -> Callable[[object], str]:
    """Make a `__repr__` that holds for a value whose fields are not set yet, as a traceback with locals shows it."""

    @wraps(show)
    def show_or_say(self: object) -> str:
        try:
            return show(self)
        except AttributeError:
            return f"<{type(self).__name__}, not built>"

    return show_or_say


def shows_half_built(kind: K) -> K:
    """Have a class say of a value whose fields are not set yet that it is not built, in the place of raising."""
    show: Callable[[object], str] | None = vars(kind).get("__repr__")
    if show is not None:  # else it shows itself as its base does
        kind.__repr__ = half_built(show)  # type: ignore[method-assign,assignment] # of this very class
    return kind
