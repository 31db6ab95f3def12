"""Values and forms structured and unstructured by cattrs (extra `cattrs`).

>>> import cattrs
>>> from teleprocedures import Organisation, Service
>>> converter = configure(cattrs.Converter())
>>> converter.structure(["552 008 443", "TF2024A17"], list[Organisation])
[Siren('552008443'), FileNumber('TF2024A17')]
>>> converter.unstructure(_, unstructure_as=list[Organisation])
['siren:552008443', 'file:TF2024A17']
>>> converter.structure("payer-cfe", Service)
Service(code='payer-cfe')
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

from cattrs import BaseConverter

from teleprocedures.contrib._kinds import READERS, writer_of
from teleprocedures.rulebook import CATALOGUE, Catalogue
from teleprocedures.values import FileNumber, Organisation, Siren

__all__ = ["configure"]

C = TypeVar("C", bound=BaseConverter)

_EITHER: Final = {Siren, FileNumber}


def configure(converter: C, *, catalogue: Catalogue = CATALOGUE) -> C:
    """Have a converter read values and forms as people type them, and write them as the codec does.

    Services are found in the `catalogue`. What is wrong raises `InvalidValueError`, or for contact details and forms
    `InvalidFormError` with every problem; cattrs says in which class and field. The converter is given back.
    """
    for kind in READERS:
        is_it = _is_either if kind is Organisation else partial(_is_a, kind)
        converter.register_structure_hook_func(is_it, partial(_structure, kind, catalogue))
        converter.register_unstructure_hook_func(is_it, partial(_unstructure, writer_of(kind)))
    return converter


def _is_a(kind: Any, annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, kind)


def _is_either(annotation: object) -> bool:
    """Whether a type is that of an organisation, also where its annotation was taken off, or None stands beside."""
    if annotation == Organisation:
        return True
    return get_origin(annotation) in {Union, UnionType} and set(get_args(annotation)) - {NoneType} == _EITHER


def _structure(kind: object, catalogue: Catalogue, value: object, annotation: object) -> object:
    return None if value is None and NoneType in get_args(annotation) else READERS[kind](value, catalogue)


def _unstructure(write: Callable[[object], object], value: object) -> object:
    return None if value is None else write(value)
