"""No value is half-built: whatever makes one without its `__init__` has it checked all the same.

Two roads go round the `__init__` of a class. msgspec fills the fields of attrs classes itself, and calls no converter.
It does call `__attrs_post_init__`, where there is one. Pickles set what attrs calls the state. `attrs.evolve` and
`copy.replace` take the usual road.

How it works. A class that is `whole` gets its `__attrs_post_init__` after attrs wrote its `__init__`, which therefore
does not call it. So nothing is checked twice. It builds another value through the class and takes its fields over.
Pickles are read as stored text is, by `from_canonical`, which imports no heavy library.

pydantic asks a class itself how it is read and written. That is the one thing that knows of `contrib`, and pydantic is
there by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeVar

import attrs

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

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
    return for_models(kind)


def _restored(kind: type, fields: Mapping[str, object]) -> object:
    """A value of what a pickle has."""
    return getattr(kind, "from_canonical", kind)(**fields)


def _core_schema(kind: type, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
    """How pydantic reads and writes a class, which it asks when it meets it in a model."""
    del source, handler
    from teleprocedures.contrib.pydantic import core_schema_of  # noqa: PLC0415 - nothing else here may need pydantic

    return core_schema_of(kind)


def _json_schema(kind: type, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, object]:
    """The JSON Schema of what pydantic takes for a class, or writes of it."""
    del schema
    from teleprocedures.contrib.pydantic import json_schema_of  # noqa: PLC0415 - as above

    return json_schema_of(kind, handler.mode)


def for_models(kind: K) -> K:
    """Have pydantic find how a class is read and written in its models."""
    kind.__get_pydantic_core_schema__ = classmethod(_core_schema)  # type: ignore[attr-defined] # given here
    kind.__get_pydantic_json_schema__ = classmethod(_json_schema)  # type: ignore[attr-defined] # given here
    return kind


@for_models
class Either:
    """What stands in the annotation of an organisation, for pydantic: a mistyped SIREN is no file number (A13)."""
