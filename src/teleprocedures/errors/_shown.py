"""How a value stands in an error: in quotes, on one line, cut, and masked where it is personal or secret."""

from __future__ import annotations

import re
from typing import Final

LONGEST_SHOWN: Final = 40
_LIKE_AN_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII | re.IGNORECASE)


def masked(text: str) -> str:
    """Give the first and the last four characters of a text, and stars between: `FR76 **** 0189`."""
    return f"{text[:4]} **** {text[-4:]}"


def quoted(text: str) -> str:
    """Give a text as an error shows it: in quotes, on one line, cut to 40 characters; an IBAN is masked.

    An IBAN comes to other fields too: from a file whose columns have shifted, say.
    """
    compact = without_spaces(text)
    if _LIKE_AN_IBAN.fullmatch(compact):
        text = masked(compact)
    return repr(text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…")


def shown(value: object) -> str:
    """Give any value as an error shows it: a text as `quoted` does, anything else by its `repr`, cut to 80."""
    return quoted(value) if isinstance(value, str) else f"{value!r:.80}"


def without_spaces(text: str) -> str:
    """Give the text without any space, no-break ones included: numbers are printed in groups of three or four."""
    return "".join(text.split())
