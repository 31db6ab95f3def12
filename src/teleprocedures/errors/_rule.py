"""A rule, as refusals cite it."""

from __future__ import annotations

from typing import Final

import attrs

PAGE: Final = "impots.gouv.fr, « Le mode expert », 2024-04-03"


@attrs.frozen(eq=False)
class Rule:
    """One rule: its id (`"1.9"`), what it says in a line, and its source.

    A rule *is* its id: it compares and hashes as that text, so `error.rule == "1.9"` holds.
    """

    id: str
    title: str = attrs.field(repr=False)
    source: str = attrs.field(default=PAGE, repr=False)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rule):
            return self.id == other.id
        return self.id == other if isinstance(other, str) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)

    def __str__(self) -> str:
        return self.id
