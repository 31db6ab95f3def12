"""A field of Django's REST framework for values of this library (extra `rest-framework`).

A `ModelSerializer` needs nothing of this: it asks the fields of `teleprocedures.contrib.django`. A serializer that is
no model's has `ValueField(Siren)`.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from teleprocedures.contrib._kinds import kind_of
from teleprocedures.contrib.django import wording
from teleprocedures.errors import InvalidValueError, Problem
from teleprocedures.rulebook import CATALOGUE, Catalogue

__all__ = ["ValueField"]


class ValueField(serializers.Field):  # type: ignore[type-arg] # of whatever kind
    """A field of a serializer for values of a kind, such as `ValueField(Siren)`, read as people type them.

    It is written as the text that a column of the kind has. What is wrong has the code of this library, and words in
    Django's language. Raises `InvalidValueError` for a kind that does not stand as one text.
    """

    def __init__(self, kind: object, *, catalogue: Catalogue = CATALOGUE, **given: Any) -> None:
        self.kind = kind_of(kind, catalogue)
        super().__init__(**given)

    def to_internal_value(self, data: object) -> object:
        """The value that was given; raises `ValidationError`."""
        try:
            return self.kind.read(data)
        except InvalidValueError as error:
            said = wording().problem(Problem.of(error, ""), label=False)
            wrong = serializers.ValidationError(said, code=error.code)
        # Raised out of the handler: what was given stands in its frames.
        raise wrong

    def to_representation(self, value: object) -> str:
        """The text that is written."""
        return self.kind.write(self.kind.read(value))
