"""Vectors: what the library says of whole histories, as files of JSON by which any implementation can be judged.

An implementation in any language reads requests, one a line, and answers each. The files say what the answers are.
`text_of` makes one of them, and always the same, byte for byte. They are committed in the folder `vectors/`, so that a
change of what is expected is a difference that somebody reads. The manual is `docs/vectors.md`.

>>> from teleprocedures.testing.vectors import NAMES, text_of
>>> NAMES[:3]
('deadlines.json', 'plans.json', 'values.json')
>>> text_of("values.json").splitlines()[2]
'"version": 5,'
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from teleprocedures.rulebook import EXPERT_2024_04_03
from teleprocedures.testing.vectors._payments import payments
from teleprocedures.testing.vectors._questions import deadlines, plans, values
from teleprocedures.testing.vectors._rulebooks import rulebooks, told_books
from teleprocedures.testing.vectors._scenes import companies
from teleprocedures.testing.vectors._search import histories, openings
from teleprocedures.testing.vectors._told import Plain, form_names

__all__ = ["NAMES", "VERSION", "text_of"]

VERSION: Final = 5
"""The version that every file has: another one whenever the content of any file changes (`vectors/versions.json`)."""

_MAKERS: Final[Mapping[str, tuple[int | None, Callable[[], Iterable[Plain]]]]] = MappingProxyType(
    {
        "deadlines.json": (None, deadlines),
        "plans.json": (None, plans),
        "values.json": (None, values),
        "companies-1.json": (1, partial(companies, held=True)),
        "companies-2.json": (2, partial(companies, held=False)),
        "rulebooks-1.json": (1, partial(rulebooks, held=True)),
        "rulebooks-2.json": (2, partial(rulebooks, held=False)),
        "payments-1.json": (1, partial(payments, held=True)),
        "payments-2.json": (2, partial(payments, held=False)),
        "histories-1.json": (1, partial(histories, held=True)),
        "histories-2.json": (2, partial(histories, held=False)),
    }
)
"""Each file with its level, and what makes its histories. At level 1 codes are held elsewhere, at level 2 here."""
NAMES: Final = tuple(_MAKERS)
"""The names of the files."""


def text_of(name: str) -> str:
    """The text of a file of vectors, by its name; the histories of a level take half a minute.

    Raises `LookupError` for another name.
    """
    if name not in _MAKERS:
        raise LookupError(f"there are no vectors in {name!r}: expected one of {', '.join(NAMES)}")
    level, make = _MAKERS[name]
    return _document(level, list(make()), told_books() if name.startswith("rulebooks") else [])


def _document(level: int | None, histories: list[Plain], books: list[Plain]) -> str:
    """A file of JSON in which each step is a line."""
    head = {"format": "teleprocedures-vectors", "version": VERSION, "rulebook": EXPERT_2024_04_03.version}
    parts = [f'"{name}": {_line(value)}' for name, value in (head | {"level": level}).items()]
    opened = {it["opening"] for it in histories if "opening" in it}
    if books:
        parts.append(_named("rulebooks", list(map(_line, books)), "[]"))
    if level:
        parts.append(_named("forms", [f"{_line(name)}: {_line(form)}" for name, form in form_names().items()], "{}"))
    if opened and level:
        parts.append(_named("openings", list(_openings(level, opened)), "{}"))
    parts.append(_named("histories", list(map(_history, histories)), "[]"))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _openings(level: int, used: set[str]) -> Iterator[str]:
    """The openings that some history has."""
    for name, steps in openings(held=level == 1).items():
        if name in used:
            yield f"{_line(name)}: {_steps(steps)}"


def _history(history: Plain) -> str:
    named = ", ".join(f'"{name}": {_line(value)}' for name, value in history.items() if name != "steps")
    return f'{{{named}, "steps": {_steps(history["steps"])}}}'


def _steps(steps: list[Plain]) -> str:
    return "[\n" + ",\n".join(f"  {_line(step)}" for step in steps) + "\n]"


def _named(name: str, lines: list[str], ends: str) -> str:
    return f'"{name}": {ends[0]}\n' + ",\n".join(lines) + f"\n{ends[1]}"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
