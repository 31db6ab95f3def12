"""Building frozen values fast, where the clock decides on many cases and where many are read.

Why. The `__init__` that attrs writes for a frozen class goes round the class's own guard against assignment, by a call
of `object.__setattr__` for each field. That was most of what a decision costs. The benchmarks (`tests/benchmarks`) show
what a builder saves.

How. For each frozen class there is a *draft* class: a subclass with the same slots and without the guard. A builder
makes a draft, assigns its fields as those of any object, and then assigns its `__class__`. Python allows that between
two classes whose objects are laid out alike, and these are, since the draft adds no slot. From then on the object is
one of the frozen class: its guard is back, and it has the type, the equality and the `repr` of any other.

What is given up. Converters, validators and factories of the class are not called. So a builder is for values that are
well formed already: those that the table has just decided on, or that the codec has just checked. Whatever comes from
outside goes through the class itself.

The functions are written as source, one line for each field, as attrs writes an `__init__`. A type checker sees a
builder as the class, so a wrong field or type is its error too.
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
    """The draft class of a `kind`, a frozen slotted attrs class.

    A draft has no guard. Its fields are set one by one, and then its `__class__`.
    """
    return type(kind.__name__, (kind,), dict(_UNGUARDED))


def builder(kind: Callable[P, T]) -> Callable[P, T]:
    """A function that makes a `kind`, a frozen slotted attrs class, of its fields: by name, or sooner in order.

    It is for values that are well formed already. No converter, validator or factory of the class is called. A field
    may be left out where its default is a plain value.
    """
    made_as: Any = kind  # a class, which the signature above makes a function of its fields
    draft = draft_of(made_as)
    fields = attrs.fields(made_as)
    names: dict[str, object] = {"draft": draft, "kind": kind}
    arguments: list[str] = []
    optional: list[str] = []
    for field in fields:
        # What a factory makes may depend on the other fields, so a builder asks for it.
        if field.default is attrs.NOTHING or isinstance(field.default, attrs.Factory):  # type: ignore[arg-type] # a class
            arguments.append(str(field.alias))
        else:
            names[f"default_{field.alias}"] = field.default
            optional.append(f"{field.alias}=default_{field.alias}")
    filled = (f"it.{field.name} = {field.alias}" for field in fields)
    signature = ", ".join([*arguments, "*", *optional] if optional else arguments)
    return function(signature, ("it = draft()", *filled, "it.__class__ = kind", "return it"), names)


def successor(kind: type[T], follow: tuple[str, ...], *, changes: bool) -> Callable[..., T]:
    """A function that makes a `kind`, a frozen slotted attrs class, of another one and of what has changed in it.

    The function takes its arguments by place. They are the one before, the event, the state that the event leads to,
    and the new values of the fields that `follow`. With `changes`, the method of that name says which other fields
    change. All the rest stays as it was.
    """
    made_as: Any = kind
    names = [field.name for field in attrs.fields(made_as)]
    filled = (f"it.{name} = {name if name in follow else f'before.{name}'}" for name in names)
    # Before the class is handed over: a draft can still be assigned to.
    more = ("for name, value in before.changes(event, dest).items():", " setattr(it, name, value)") if changes else ()
    lines = ("it = draft()", *filled, *more, "it.__class__ = kind", "return it")
    return function(f"before, event, dest, {', '.join(follow)}", lines, {"draft": draft_of(made_as), "kind": kind})


def function(arguments: str, lines: tuple[str, ...], names: Mapping[str, object]) -> Callable[..., Any]:
    """A function of these arguments with these lines, which may refer to `names`.

    Written line after line, it is twice as fast as a loop over fields. Nothing that comes from outside may stand in its
    source: names of fields, and sources that this library wrote itself.
    """
    scope = dict(names)
    source = "\n ".join((f"def made({arguments}):", *lines))
    exec(source, scope)  # noqa: S102 - see above: no text from outside comes here
    return scope["made"]  # type: ignore[return-value] # that is what the source defines
