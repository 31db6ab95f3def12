"""Reads a mapping of fields to the end, whatever is wrong with it.

Each problem is noted with its path and its rule. A field counts as not given where it is None or blank text, since an
empty cell of a file is read as one or the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from typing import Any, Final, TypeAlias

import attrs

from teleprocedures.errors import InvalidValueError, Problem, Rule, built, show_name
from teleprocedures.values import Secret

Read: TypeAlias = Any
"""What a field reads to: each its own type, which the class of the form says."""
Parse: TypeAlias = Callable[[Read], Read]
UNREAD: Final = object()
"""What stands for a value that could not be read: its problem is noted."""
MOST_PROBLEMS: Final = 100
"""How many problems are told of one form: nobody mends more at once, and a hostile form has no end of them."""


def is_given(value: object) -> bool:
    """Whether a field was given; None was not, and neither was a text of nothing but spaces, secret or not."""
    value = built(value).reveal() if isinstance(value, Secret) else value
    return bool(value.strip()) if isinstance(value, str) else value is not None


def secrets_of(form: type[attrs.AttrsInstance]) -> tuple[str, ...]:
    """The names of the fields of a form that never show."""
    return tuple(field.name for field in attrs.fields(form) if field.repr is False)


def listed(values: object, *, subject: str, most: int) -> tuple[Read, ...]:
    """The items of a list that somebody gave.

    Raises `InvalidValueError` for no list, and for more than `most` items.
    """
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise InvalidValueError("list.wrong_type", type=type(values).__name__)
    # One more than is allowed, and no more: what somebody gives may have no end.
    items = tuple(islice(values, most + 1))
    if len(items) > most:
        raise InvalidValueError(f"{subject}.too_many", most=most)
    return items


@attrs.define
class Reading:
    """One reading of one mapping.

    Its `problems` grow as it goes, up to a hundred, and its `count` goes on when they are full.
    """

    problems: list[Problem] = attrs.field(factory=list)
    count: int = 0

    def note(self, path: str, code: str, rule: Rule | None = None, **facts: object) -> None:
        """Note a problem if it is among the first hundred, and of the others only that there are more."""
        self.count += 1
        if self.count <= MOST_PROBLEMS:
            self.problems.append(Problem(path, code, facts, rule))
        elif self.count == MOST_PROBLEMS + 1:
            self.problems.append(Problem("$", "problems.too_many", {"most": MOST_PROBLEMS}))

    def value(self, parse: Parse, value: object, path: str, rule: Rule | None = None) -> Read:
        """The value, parsed, or `UNREAD`."""
        try:
            return parse(value)
        except InvalidValueError as error:
            self.note(path, error.code, rule, **error.facts)
            return UNREAD

    def items(self, parse: Parse, values: object, path: str, rule: Rule | None = None, *, most: int) -> Read:
        """A tuple of the values, each parsed under its own path, or `UNREAD` when one of them could not be."""
        unparsed = self.value(partial(listed, subject=path, most=most), values, path, rule)
        if unparsed is UNREAD:
            return UNREAD
        read = tuple(self.value(parse, item, f"{path}[{place}]", rule) for place, item in enumerate(unparsed))
        return UNREAD if any(item is UNREAD for item in read) else read

    def fields(
        self, form: type[attrs.AttrsInstance], data: object, readers: Mapping[str, Callable[..., Read]], path: str = ""
    ) -> dict[str, Read]:
        """The fields that could be read, by name.

        The `readers` are called with the value, its path and its rule. A field that is unknown is a problem, and so is
        one without a default that was not given.
        """
        if not isinstance(data, Mapping):
            self.note(path or "$", "fields.wrong_type", type=type(data).__name__)
            return {}
        here = partial("{}.{}".format, path) if path else str
        known = {field.name: field for field in attrs.fields(form)}
        secret = secrets_of(form)
        unknown = ((place, name) for place, name in enumerate(data, start=1) if name not in known)
        for place, name in islice(unknown, MOST_PROBLEMS + 1):
            called = show_name(name, known.keys() - secret, secret)
            self.note(here(called), "field.unknown", expected=tuple(known), place=place)
        values: dict[str, Read] = {}
        for name, field in known.items():
            rule = field.metadata.get("rule")
            if is_given(data.get(name)):
                values[name] = readers[name](data[name], here(name), rule)
            elif field.default is attrs.NOTHING:
                self.note(here(name), "field.missing", rule)
        return {name: value for name, value in values.items() if value is not UNREAD}
