"""Values by their type, for what a verb takes of which nobody said what it may be; without Hypothesis.

A verb says the types of its arguments, and that is mostly enough: any `PersonName` will do as a name. What must be
right here and now, such as a service of the catalogue, is taken from the scene.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints

import attrs

from teleprocedures.cases import Case
from teleprocedures.forms import AdhesionForm, SpaceForm
from teleprocedures.rulebook import Catalogue, Rulebook, Service
from teleprocedures.testing._makers import ACCOUNTS, company_forms, user_form
from teleprocedures.testing._scene import Scene
from teleprocedures.values import (
    ActivationCode,
    BankAccount,
    ContactDetails,
    EmailAddress,
    FileNumber,
    LinkToken,
    MandateReference,
    PersonName,
    Siren,
)

Sample: TypeAlias = Callable[[Scene, type[Case]], Sequence[object]]

HERE: Final[Mapping[object, Sample]] = MappingProxyType(
    {
        Rulebook: lambda scene, kind: (scene.rulebook_of(kind),),
        Catalogue: lambda scene, kind: (scene.rulebook_of(kind).catalogue,),
        Service: lambda scene, kind: tuple(scene.rulebook_of(kind).catalogue.values()),
        ActivationCode: lambda scene, _: (scene.code(),),
        LinkToken: lambda scene, _: (scene.token(),),
        datetime: lambda scene, _: (scene.at,),
        date: lambda scene, _: (scene.at.date(),),
    }
)
"""What is right here and now only."""

_ANYWHERE: Final[Mapping[object, Callable[[], Sequence[object]]]] = MappingProxyType(
    {
        Siren: lambda: (Siren("552100554"), Siren("443061841")),
        FileNumber: lambda: (FileNumber("TF2024A17"),),
        EmailAddress: lambda: (EmailAddress("paul@cabinet-durand.fr"),),
        PersonName: lambda: (PersonName("Dominique Martin"), PersonName("Louise Petit")),
        BankAccount: lambda: ACCOUNTS,
        MandateReference: lambda: (MandateReference("RUM-1"),),
        ContactDetails: lambda: (user_form().contact,),
        SpaceForm: lambda: (user_form(),),
        AdhesionForm: company_forms,
        str: lambda: ("something said",),
        bool: lambda: (False, True),
        int: lambda: (1,),
    }
)


def samples(scene: Scene, kind: type[Case], hint: object) -> Sequence[Any]:
    """Some values of a type, for a case of this kind; those of a union are of the first of its types.

    Raises `LookupError` for a type of which no value is known.
    """
    one, *_ = meanings(hint)
    if get_origin(one) in {tuple, list, Sequence, Iterable}:
        return tuple((value,) for value in samples(scene, kind, get_args(one)[0]))
    if one in HERE:
        return HERE[one](scene, kind)
    if one in _ANYWHERE:
        return _ANYWHERE[one]()
    if isinstance(one, type) and issubclass(one, Enum):
        return tuple(one)
    if isinstance(one, type) and issubclass(one, Case):
        return scene.of(one)
    if isinstance(one, type) and attrs.has(one):
        hints = get_type_hints(one)
        needed = (it for it in attrs.fields(one) if it.init and it.default is attrs.NOTHING)
        return (one(**{it.alias: samples(scene, kind, hints[it.name])[0] for it in needed}),)
    message = f"no value of {hint!r} is known"
    raise LookupError(message)


def meanings(hint: object) -> tuple[object, ...]:
    """The types that an argument is meant to be of: of a union, all but None, and text that stands for a value."""
    parts = parts_of(hint)
    return tuple(part for part in parts if part not in {str, NoneType}) or tuple(part for part in parts if part is str)


def parts_of(hint: object) -> tuple[object, ...]:
    """The types of a union, None first; of any other type, itself."""
    is_union = isinstance(hint, UnionType) or get_origin(hint) is Union
    return tuple(sorted(get_args(hint), key=lambda part: part is not NoneType)) if is_union else (hint,)


def is_of_the_scene(one: object) -> bool:
    """Whether a value of this type must be of the scene, and cannot be any: a service, or several of them."""
    is_here = one in HERE or (isinstance(one, type) and issubclass(one, Case))
    return is_here or any(map(is_of_the_scene, get_args(one)))
