"""What others wrote, made harmless where it is shown: on a terminal, in a sheet, in an error about a database.

A company's name, a file's name and a damaged row are whatever somebody put there: sequences that clear a terminal or
set its title, letters that turn the rest of a line around, formulas that a spreadsheet computes when it opens the file.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode that a terminal obeys, or that nobody sees."""
JOINERS: Final = "\u200c\u200d"
"""What some scripts and emoji cannot be written without."""
FORMULAS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a formula begins; some spreadsheets take the wide forms too."""
_ACCOUNT: Final = re.compile(r"[A-Za-z]{2}\d{2}(?:[\s.-]?[0-9A-Za-z]){10,}")
_BREAKS: Final = ("\t", "\r", "\n")
_SIGNS: Final = re.compile(r"[/:@?#&=]")
_PASSWORD: Final = re.compile(r"(pass(?:word|wd)?|pwd)=[^&;\s]*", re.IGNORECASE)


def printable(text: object, *, longest: int | None = None) -> str:
    r"""The text on one line, with what a terminal would obey written out (`\x1b`); cut where it is longer."""
    whole = str(text) if str(text).isprintable() else "".join(map(_seen, str(text)))
    return whole if longest is None or len(whole) <= longest else f"{whole[: longest - 1]}…"


def quoted(text: object) -> str:
    """A text that somebody typed, as an error shows it: in quotes, on one line, cut; an account in it is masked."""
    masked = _ACCOUNT.sub(lambda found: f"{found[0][:4]} **** {found[0][-4:]}", str(text))
    return f"'{printable(masked, longest=60)}'"


def _seen(char: str) -> str:
    if char in _BREAKS:
        return " "
    if char in JOINERS or unicodedata.category(char) not in UNSEEN:
        return char
    return char.encode("unicode_escape").decode("ascii")


def sheet_cell(text: str) -> str:
    """The text as a cell of a CSV or a sheet; one that would be taken for a formula has an apostrophe first."""
    return f"'{text}" if _is_a_formula(text) else text


def of_sheet_cell(cell: str) -> str:
    """The text that `sheet_cell` made this cell of."""
    return cell[1:] if cell.startswith("'") and _is_a_formula(cell[1:]) else cell


def _is_a_formula(text: str) -> bool:
    return text.startswith(_BREAKS) or text.lstrip().startswith(FORMULAS)


def without_password(database: str) -> str:
    """A database's URL or path as it may be shown: whatever stands where a password does is hidden."""
    scheme, is_url, rest = database.partition("://")
    login, at, place = rest.rpartition("@")  # a password may have any sign in it, an @ too
    if at:
        user, has_password, _ = login.partition(":")
        database = f"{scheme}{is_url}{user}{':***' if has_password else ''}@{place}"
    return printable(_PASSWORD.sub(r"\1=***", database))


def without_its_password(text: object, database: str) -> str:
    """The first line of an error about this database, with its password hidden wherever it stands."""
    said = next(iter(str(text).splitlines()), "")
    login = database.partition("://")[2].rpartition("@")[0]
    passwords = [login.partition(":")[2], *(found[0].partition("=")[2] for found in _PASSWORD.finditer(database))]
    written = {*passwords, *map(unquote, passwords)}
    # Whoever reads a password with such a sign as a host or a port says a part of it.
    parts = {part for password in written for part in _SIGNS.split(password) if len(part) > 2}
    for way in sorted((written | parts) - {""}, key=len, reverse=True):
        said = said.replace(way, "***")
    return printable(said)
