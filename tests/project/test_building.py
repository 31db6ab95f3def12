"""The fast builder makes exactly what the class's own constructor makes."""

from __future__ import annotations

from typing import ClassVar

import attrs
import pytest

from teleprocedures.building import builder


@attrs.frozen(kw_only=True)
class Point:
    """A frozen value with a base's fields to come."""

    kind: ClassVar[str] = "point"

    x: int
    y: int = attrs.field(default=0)


@attrs.frozen(kw_only=True)
class Named(Point):
    """One more field, in a subclass."""

    name: str


@attrs.frozen(kw_only=True)
class Listed(Point):
    """One more field, whose default is made."""

    names: tuple[str, ...] = attrs.field(factory=tuple)


def test_it_makes_the_same_value_of_the_same_class() -> None:
    """What is built equals, hashes and reads as what the constructor makes, and is of that very class."""
    made = builder(Named)(x=1, y=2, name="a")

    assert Named(x=1, y=2, name="a") == made
    assert hash(Named(x=1, y=2, name="a")) == hash(made)
    assert repr(Named(x=1, y=2, name="a")) == repr(made)
    assert Named is type(made)


def test_what_is_built_is_frozen() -> None:
    """The value handed over can be neither changed nor emptied."""
    made = builder(Point)(x=1, y=2)

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.x = 3
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del made.x
    assert made.x == 1


def test_a_field_without_a_plain_default_is_asked_for() -> None:
    """A field left out is an error unless its default is a plain value: no factory is called."""
    with pytest.raises(TypeError, match="x"):
        builder(Point)(y=1)
    with pytest.raises(TypeError, match="names"):
        builder(Listed)(x=1)

    assert Point(x=1) == builder(Point)(x=1)
    assert Listed(x=1, names=("a",)) == builder(Listed)(x=1, names=("a",))
