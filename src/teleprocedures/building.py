"""Building frozen values fast, where the clock decides on many cases and where many are read.

The `__init__` that attrs writes for a frozen class goes round the class's own guard against assignment, field by
field, and that is most of what a decision costs. A builder fills a subclass that has no guard, then hands it over as
the class itself: the same object, several times sooner. `tests/benchmarks` shows by how much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

# Put back what a frozen class replaces, and its constructor: with any of them replaced, Python would go the slow way.
_UNGUARDED: Final = {
    "__slots__": (),
    "__init__": object.__init__,
    "__setattr__": object.__setattr__,
    "__delattr__": object.__delattr__,
}


def builder(kind: type[attrs.AttrsInstance]) -> Callable[..., Any]:
    """A function that makes a `kind`, a frozen slotted attrs class, from all of its fields, by name.

    For values that are well formed already: no default, converter or validator of the class is called.
    """
    draft = type(kind.__name__, (kind,), dict(_UNGUARDED))
    fields = [field.name for field in attrs.fields(kind)]
    filled = (f"it.{name} = {name}" for name in fields)
    return function(
        f"*, {', '.join(fields)}",
        ("it = draft()", *filled, "it.__class__ = kind", "return it"),
        {"draft": draft, "kind": kind},
    )


def function(arguments: str, lines: tuple[str, ...], names: Mapping[str, Any]) -> Callable[..., Any]:
    """A function of these arguments with these lines, which refer to `names`: what attrs does to write an `__init__`.

    Line after line it is twice as fast as a loop over fields. Nothing but the names of fields of this package may stand
    in its source.
    """
    scope = dict(names)
    source = "\n ".join((f"def made({arguments}):", *lines))
    exec(source, scope)  # noqa: S102 - see above: no text from outside comes here
    made: Callable[..., Any] = scope["made"]
    return made
