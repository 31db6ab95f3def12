"""Building frozen values fast, where the clock decides on many cases.

The `__init__` that attrs writes for a frozen class goes round the class's own guard against assignment, field by
field, and that is most of what a decision costs. A builder fills a subclass that has no guard, then hands it over as
the class itself: the same object, several times sooner. `tests/benchmarks` shows by how much.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs


def builder(kind: type[attrs.AttrsInstance]) -> Callable[..., Any]:
    """A function that makes a `kind`, a frozen slotted attrs class, from all of its fields, by name.

    For values that are well formed already: no default, converter or validator of the class is called.
    """
    # Both are put back: with either of them replaced, Python would go the slow way to assign.
    unguarded = {"__slots__": (), "__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    draft = type(kind.__name__, (kind,), unguarded)
    names = [field.name for field in attrs.fields(kind)]
    source = "\n ".join(
        (
            f"def build(*, {', '.join(names)}):",
            "it = new(draft)",
            *(f"it.{name} = {name}" for name in names),
            "it.__class__ = kind",
            "return it",
        )
    )
    scope: dict[str, Any] = {"new": object.__new__, "draft": draft, "kind": kind}
    exec(source, scope)  # noqa: S102 - the names are those of a class of this package, as in attrs itself
    build: Callable[..., Any] = scope["build"]
    return build
