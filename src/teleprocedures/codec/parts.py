"""How JSON values are read and written: one `Part` for each kind of value, and what larger parts are made of.

A part knows nothing of where its value stands: it raises a `CodecError` with the path from itself on, and each object and
list on the way out puts its own step in front. No message shows the value that is wrong, which may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs

from teleprocedures.errors import CodecError, InvalidValueError
from teleprocedures.rulebook import Rulebook

Books: TypeAlias = tuple[Rulebook, ...]
"""The rulebooks to find things in: the one that a case pins, or else all those that the host gave."""

# The names that this library gives to things. An IBAN, a code or an e-mail address does not look like one.
_HARMLESS: Final = re.compile(r"[a-z0-9._-]{1,40}")


class Repeated:
    """What stands for an object that has a field twice: no part can read it."""


_IN_JSON: Final[Mapping[type, str]] = MappingProxyType({
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
    list: "a list",
    dict: "an object",
    Repeated: "one that has a field twice",
})


@attrs.frozen
class Part:
    """How one kind of value is read, among these rulebooks, and written; `write` is None when it is written as it is."""

    read: Callable[[Any, Books], Any]
    write: Callable[[Any], Any] | None = None


def shown(value: object) -> str:
    """What a message may say of a value: itself when it is one of the names this library gives, else its type in JSON."""
    if isinstance(value, str):
        return repr(value) if _HARMLESS.fullmatch(value) else "text" if value else "an empty text"
    return _IN_JSON.get(type(value), type(value).__name__)


def wrong(expected: str, value: object, path: str = "") -> CodecError:
    """The error for a value, here or at this path, that is not what is expected."""
    return CodecError(path, f"expected {expected}, not {shown(value)}")


def checked(check: Callable[[Any], Any], write: Callable[[Any], Any] | None = None) -> Part:
    """The part of a value that checks itself when it is built, whatever it is built from, and owes nothing to rulebooks."""
    return Part(lambda value, _: check(value), write)


def plain(kind: type, expected: str) -> Part:
    """The part of what JSON has by itself."""

    def read(value: Any, _: Books) -> Any:
        if type(value) is kind:
            return value
        raise wrong(expected, value)

    return Part(read)


def optional(part: Part) -> Part:
    """The same part, or null."""
    read, write = part.read, part.write
    return Part(
        lambda value, books: None if value is None else read(value, books),
        None if write is None else lambda value: None if value is None else write(value),
    )


def listed(part: Part) -> Part:
    """A tuple of the same part, as a list."""
    read_one, write_one = part.read, part.write

    def read(values: Any, books: Books) -> tuple[Any, ...]:
        if not isinstance(values, list):
            raise wrong("a list", values)
        found: list[Any] = []
        try:
            for value in values:
                found.append(read_one(value, books))
        except (CodecError, InvalidValueError) as error:
            problem = inside(f"[{len(found)}]", error)
        else:
            return tuple(found)
        raise problem

    return Part(read, list if write_one is None else lambda values: [write_one(value) for value in values])


def one_of(kind: type[StrEnum]) -> Part:
    """A member of an enumeration, as its text."""
    members = {member.value: member for member in kind}

    def read(value: Any, _: Books) -> Any:
        member = members.get(value) if isinstance(value, str) else None
        if member is None:
            raise wrong(f"one of {', '.join(members)}", value)
        return member

    return Part(read, attrgetter("_value_"))


class Fields:
    """The fields of an object, each with its part: all of them are there, and no other."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self._reads: Final = tuple((name, part.read) for name, part in parts.items())
        self._writes: Final = tuple((name, part.write) for name, part in parts.items())
        self._values: Final = attrgetter(*parts)

    def read(self, data: Any, books: Books) -> dict[str, Any]:
        """The values of the fields, by name."""
        if not isinstance(data, dict):
            raise wrong("an object", data)
        values: dict[str, Any] = {}
        try:
            for name, read in self._reads:
                values[name] = read(data[name], books)
        except (CodecError, InvalidValueError) as error:
            problem = inside(f".{name}", error)
        except KeyError:
            problem = CodecError(f".{name}", "this field is missing")
        else:
            if len(data) == len(values):
                return values
            (unknown, *_) = (name for name in data if name not in values)
            path = f".{unknown}" if isinstance(unknown, str) and _HARMLESS.fullmatch(unknown) else ""
            problem = CodecError(path, f"unknown field: expected none but {', '.join(values)}")
        raise problem

    def write(self, value: Any) -> dict[str, Any]:
        """The fields of a value, by name, in order."""
        return {
            name: found if write is None else write(found)
            for (name, write), found in zip(self._writes, self._values(value), strict=True)
        }


def built(make: Callable[..., Any], parts: Mapping[str, Part]) -> Part:
    """An object whose fields are the arguments to build the value with."""
    fields = Fields(parts)
    return Part(lambda data, books: make(**fields.read(data, books)), fields.write)


def inside(step: str, error: CodecError | InvalidValueError) -> CodecError:
    """The error as seen from one step further out. What a value says of its stored form never shows it."""
    if isinstance(error, CodecError):
        return CodecError(step + error.path, error.message)
    return CodecError(step, str(error))
