"""No value is half-built: whatever makes one without its `__init__` has it checked all the same.

Two roads go round the `__init__` of a class. msgspec fills the fields of attrs classes itself, and calls no converter.
It does call `__attrs_post_init__`, where there is one. Pickles set what attrs calls the state. `attrs.evolve` and
`copy.replace` take the usual road.

How it works. A class that is `whole` gets its `__attrs_post_init__` after attrs wrote its `__init__`, which therefore
does not call it. So nothing is checked twice. It builds another value through the class and takes its fields over.
Pickles are read as stored text is, by `from_canonical`, which imports no heavy library.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

import attrs

K = TypeVar("K", bound=type)

_OF_ATTRS: Final = ("__getstate__", "__setstate__")


def whole(kind: K) -> K:
    """Have a class of attrs, which has no `__attrs_post_init__` of its own, make whole values only."""
    fields = attrs.fields(kind)

    def check(self: object) -> None:
        built = kind(**{str(field.alias): getattr(self, field.name) for field in fields})
        for field in fields:
            object.__setattr__(self, field.name, getattr(built, field.name))

    def reduce(self: object) -> tuple[object, ...]:
        return (_restored, (type(self), {str(field.alias): getattr(self, field.name) for field in fields}))

    kind.__attrs_post_init__ = check  # type: ignore[attr-defined] # that is what this gives it
    kind.__reduce__ = reduce  # type: ignore[method-assign,assignment] # of this very class
    for name in _OF_ATTRS:
        delattr(kind, name)
    return kind


def _restored(kind: type, fields: Mapping[str, object]) -> object:
    """A value of what a pickle has."""
    return getattr(kind, "from_canonical", kind)(**fields)
