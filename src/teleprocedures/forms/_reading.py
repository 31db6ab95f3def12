"""Reads a mapping of fields to the end, whatever is wrong with it; each problem is noted with its path and its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias

import attrs

from teleprocedures.errors import InvalidValueError, Problem, Rule

Parse: TypeAlias = Callable[[Any], Any]
UNREAD: Final = object()
"""What stands for a value that could not be read: its problem is noted."""


def listed(values: Any) -> Iterable[Any]:
    """The items of a list that somebody gave; raises `InvalidValueError` for one text, or anything that is no list."""
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        message = f"expected a list of values, not {type(values).__name__}"
        raise InvalidValueError(message)
    return values


@attrs.define
class Reading:
    """One reading of one mapping; `problems` grows as it goes."""

    problems: list[Problem] = attrs.field(factory=list)

    def value(self, parse: Parse, value: Any, path: str, rule: Rule | None = None) -> Any:
        """The value, parsed, or `UNREAD`."""
        try:
            return parse(value)
        except InvalidValueError as error:
            self.problems.append(Problem(path, str(error), rule))
            return UNREAD

    def items(self, parse: Parse, values: Any, path: str, rule: Rule | None = None) -> Any:
        """A tuple of the values, each parsed under its own path, or `UNREAD` when one of them could not be."""
        found = self.value(lambda given: tuple(listed(given)), values, path, rule)
        if found is UNREAD:
            return UNREAD
        read = tuple(self.value(parse, item, f"{path}[{place}]", rule) for place, item in enumerate(found))
        return UNREAD if any(item is UNREAD for item in read) else read

    def fields(
        self, form: type[attrs.AttrsInstance], data: Any, readers: Mapping[str, Callable[..., Any]], path: str = ""
    ) -> dict[str, Any]:
        """The fields that could be read, by name; `readers` are called with the value, its path and its rule.

        Unknown fields, and those that have no default and are missing, are problems.
        """
        if not isinstance(data, Mapping):
            self.problems.append(Problem(path or "$", f"expected a mapping of fields, not {type(data).__name__}"))
            return {}
        here = partial("{}.{}".format, path) if path else str
        known = {field.name: field for field in attrs.fields(form)}
        for name in data:
            if name not in known:
                self.problems.append(Problem(here(name), f"unknown field: expected one of {', '.join(known)}"))
        values: dict[str, Any] = {}
        for name, field in known.items():
            rule = field.metadata.get("rule")
            if name in data:
                values[name] = readers[name](data[name], here(name), rule)
            elif field.default is attrs.NOTHING:
                self.problems.append(Problem(here(name), "missing", rule))
        return {name: value for name, value in values.items() if value is not UNREAD}
