"""Building frozen values fast, where the clock decides on many cases and where many are read.

The `__init__` that attrs writes for a frozen class goes round the class's own guard against assignment, field by
field, and that is most of what a decision costs. A builder fills a subclass that has no guard, then hands it over as
the class itself: the same object, several times sooner. `tests/benchmarks` shows by how much. A type checker sees a
builder as the class: a wrong field or type is its error too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, ParamSpec, TypeVar

import attrs

P = ParamSpec("P")
T = TypeVar("T")

# Put back what a frozen class replaces, and its constructor: with any of them replaced, Python would go the slow way.
_UNGUARDED: Final = {
    "__slots__": (),
    "__init__": object.__init__,
    "__setattr__": object.__setattr__,
    "__delattr__": object.__delattr__,
}


def draft_of(kind: type) -> type:
    """The class of what becomes a `kind`, a frozen slotted attrs class: filled first, then handed over as `kind`.

    A draft has no guard: its fields are set one by one, then its `__class__`.
    """
    return type(kind.__name__, (kind,), dict(_UNGUARDED))


def builder(kind: Callable[P, T]) -> Callable[P, T]:
    """A function that makes a `kind`, a frozen slotted attrs class, of its fields: by name, or sooner in order.

    For values that are well formed already: no converter, validator or factory of the class is called; a field may be
    left out where its default is a plain value.
    """
    made_as: Any = kind  # a class, which the signature above makes a function of its fields
    draft = draft_of(made_as)
    fields = attrs.fields(made_as)
    names: dict[str, object] = {"draft": draft, "kind": kind}
    arguments: list[str] = []
    optional: list[str] = []
    for field in fields:
        if field.default is attrs.NOTHING or isinstance(field.default, attrs.Factory):  # type: ignore[arg-type] # a class
            arguments.append(str(field.alias))
        else:
            names[f"default_{field.alias}"] = field.default
            optional.append(f"{field.alias}=default_{field.alias}")
    filled = (f"it.{field.name} = {field.alias}" for field in fields)
    signature = ", ".join([*arguments, "*", *optional] if optional else arguments)
    return function(signature, ("it = draft()", *filled, "it.__class__ = kind", "return it"), names)


def successor(kind: type[T], *follow: str) -> Callable[..., T]:
    """A function that makes a `kind`, a frozen slotted attrs class, of another one and of what has changed in it.

    It takes the other one, the fields that `follow` in every case, by place, and a mapping of any others by name. What
    is not said stays as it was.
    """
    made_as: Any = kind
    names = [field.name for field in attrs.fields(made_as)]
    filled = (f"it.{name} = {name if name in follow else f'before.{name}'}" for name in names)
    changed = ("for name in changes:", " setattr(it, name, changes[name])")
    lines = ("it = draft()", *filled, *changed, "it.__class__ = kind", "return it")
    return function(f"before, {', '.join(follow)}, changes", lines, {"draft": draft_of(made_as), "kind": kind})


def function(arguments: str, lines: tuple[str, ...], names: Mapping[str, object]) -> Callable[..., Any]:
    """A function of these arguments with these lines, which refer to `names`: what attrs does to write an `__init__`.

    Line after line it is twice as fast as a loop over fields. Nothing but the names of fields of frozen classes may
    stand in its source.
    """
    scope = dict(names)
    source = "\n ".join((f"def made({arguments}):", *lines))
    exec(source, scope)  # noqa: S102 - see above: no text from outside comes here
    return scope["made"]  # type: ignore[return-value] # that is what the source defines
