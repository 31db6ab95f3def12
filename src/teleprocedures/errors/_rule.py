"""A rule, as refusals cite it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

from teleprocedures.errors._excerpt import shows_half_built
from teleprocedures.errors._words import english

PAGE: Final = "impots.gouv.fr, « Le mode expert », 2024-04-03"


def _frozen(limits: Mapping[str, tuple[int, str]]) -> Mapping[str, tuple[int, str]]:
    return MappingProxyType(dict(limits))


@shows_half_built
@attrs.frozen(eq=False)
class Rule:
    """One rule: its id (`"1.9"`), what it says in a line, its source and the help sheet that explains it, if any does.

    A rule *is* its id. It compares and hashes as that text, so `error.rule == "1.9"` holds. A line may name a time
    limit in braces. `limits` are those that the rulebook sets, each a count and its unit such as `(48, "hours")`.
    `title` is the line with them.
    """

    id: str
    line: str = attrs.field(repr=False)
    source: str = attrs.field(default=PAGE, repr=False)
    sheet: str | None = attrs.field(default=None, repr=False)
    limits: Mapping[str, tuple[int, str]] = attrs.field(factory=dict, converter=_frozen, repr=False)

    @property
    def title(self) -> str:
        """What the rule says in English, with the time limits of its rulebook."""
        return english().line(self.line, self.limits)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rule):
            return self.id == other.id
        return self.id == other if isinstance(other, str) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)

    def __str__(self) -> str:
        return self.id

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.id, self.line, self.source, self.sheet, dict(self.limits)))
