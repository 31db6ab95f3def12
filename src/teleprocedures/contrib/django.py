"""Fields of Django's models and forms that hold values of this library (extra `django`).

A model has `SirenField()`, `BankAccountField(null=True)` and so on; a form that is no model's has
`ValueFormField(Siren)`. What people type is read by `full_clean` and by forms, and what is bound to a query is read as
they type it. What is wrong stands at its field, with the code of this library. It is said in French where French is
Django's language, and in English elsewhere. The manual is `docs/contrib.md`.

Django's REST framework needs nothing more: its `ModelSerializer` asks the field of the model. `teleprocedures.contrib.
rest_framework` has a field for serializers that are no model's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import lazy
from django.utils.translation import get_language

from teleprocedures.contrib._kinds import Kind, kind_of
from teleprocedures.errors import InvalidValueError, Problem
from teleprocedures.rulebook import CATALOGUE, Catalogue, Service
from teleprocedures.values import BankAccount, EmailAddress, FileNumber, Organisation, PersonName, Siren
from teleprocedures.wording import ENGLISH, FRENCH, Wording

if TYPE_CHECKING:
    from typing import TypeAlias

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.expressions import Expression

    _Value = TypeVar("_Value")
    _Column: TypeAlias = models.Field[_Value | str | None, _Value]
else:

    class _Column(models.Field):
        """A field of a model, which only a type checker asks what it holds."""

        def __class_getitem__(cls, _: object) -> type:
            return cls


__all__ = [
    "BankAccountField",
    "EmailAddressField",
    "FileNumberField",
    "OrganisationField",
    "PersonNameField",
    "ServiceField",
    "SirenField",
    "ValueField",
    "ValueFormField",
    "register_strategies",
    "wording",
]

V = TypeVar("V")

_EMPTY: Final = (None, "")
_WIDGETS: Final[dict[object, type[forms.Widget]]] = {EmailAddress: forms.EmailInput, Service: forms.Select}


def wording() -> Wording:
    """The words of Django's language: French where that is French, else English."""
    return FRENCH if (get_language() or "").startswith("fr") else ENGLISH


def _sentence(code: str, facts: Mapping[str, object]) -> str:
    # Django fills its messages by the percent sign.
    return wording().problem(Problem("", code, facts), label=False).replace("%", "%%")


def _service(service: Service) -> str:
    return wording().service(service)


# Said in the language in which they are read.
_said: Final = lazy(_sentence, str)
_label: Final = lazy(_service, str)


def read(kind: Kind[V], value: object) -> V | None:
    """The value that somebody typed, None for nothing; raises Django's `ValidationError` with our code and facts."""
    if value in _EMPTY:
        return None
    try:
        return kind.read(value)
    except InvalidValueError as error:
        wrong = ValidationError(
            _said(error.code, error.facts), code=error.code, params={"code": error.code, **error.facts}
        )
    # Raised out of the handler: what was typed stands in its frames.
    raise wrong


def typed(value: object) -> object:
    """What stands in a form for a value, which is read again when the form is sent; anything else as it is."""
    if isinstance(value, BankAccount):
        return value.iban
    return str(value) if isinstance(value, (Siren, FileNumber, EmailAddress, PersonName, Service)) else value


class ValueFormField(forms.Field):
    """A field of a form for values of a kind, such as `ValueFormField(Siren)`; services are chosen from a list.

    Its value is None where nothing was typed and nothing is required. A form that is shown again shows what was typed,
    an account too. Raises `InvalidValueError` for a kind that does not stand as one text.
    """

    def __init__(self, kind: object, *, catalogue: Catalogue = CATALOGUE, **given: Any) -> None:
        self.kind = kind_of(kind, catalogue)
        given.setdefault("widget", _WIDGETS.get(kind, forms.TextInput))
        super().__init__(**given)
        if kind is Service and isinstance(self.widget, forms.Select):
            self.widget.choices = [("", "---------"), *((it.code, _label(it)) for it in catalogue.values())]

    def to_python(self, value: object) -> object:
        """The value that was typed; raises `ValidationError`."""
        return read(self.kind, value.strip() if isinstance(value, str) else value)

    def prepare_value(self, value: object) -> object:
        """What stands in the form."""
        return typed(value)


class ValueField(_Column[V]):
    """A field of a model for values of the class's `kind`: a text column, null where there is no value.

    A value that is assigned is kept as it is until `full_clean` reads it, or the model is read from the database. A
    query and a save read it too, and raise `InvalidValueError`.
    """

    kind: ClassVar[Any]
    empty_strings_allowed = False

    def __init__(self, *args: Any, catalogue: Catalogue = CATALOGUE, **given: Any) -> None:
        self.catalogue = catalogue
        self.known: Kind[V] = kind_of(self.kind, catalogue)
        super().__init__(*args, **given | {"max_length": self.known.longest})

    def deconstruct(self) -> tuple[str, str, Sequence[object], dict[str, object]]:
        """What a migration writes: neither the length, which is that of the kind, nor the catalogue."""
        name, path, args, given = super().deconstruct()
        del given["max_length"]
        return name, path, args, given

    def get_internal_type(self) -> str:
        """The column is a text."""
        return "CharField"

    def from_db_value(self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper) -> V | None:
        """The value that was stored."""
        del expression, connection
        return None if value is None else self.known.restore(value)

    def to_python(self, value: object) -> object:
        """The value that was typed; raises `ValidationError`."""
        return read(self.known, value)

    def get_prep_value(self, value: object) -> str | None:
        """The text of a value, or of what people type for one; raises `InvalidValueError`."""
        value = super().get_prep_value(value)
        return None if value in _EMPTY else self.known.write(self.known.read(value))

    def value_to_string(self, obj: models.Model) -> str:
        """The text as a serializer writes it."""
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def formfield(self, **given: Any) -> Any:
        """The field of a form."""
        return super().formfield(
            **{"form_class": ValueFormField, "kind": self.kind, "catalogue": self.catalogue} | given
        )


class SirenField(ValueField[Siren]):
    """A SIREN, in nine digits."""

    kind = Siren


class FileNumberField(ValueField[FileNumber]):
    """A file number (A13)."""

    kind = FileNumber


class OrganisationField(ValueField[Organisation]):
    """A SIREN or a file number, stored as `siren:552008443` or `file:TF2024A17` (A13)."""

    kind = Organisation


class EmailAddressField(ValueField[EmailAddress]):
    """An e-mail address, masked where it is not written to a form or to the database."""

    kind = EmailAddress


class PersonNameField(ValueField[PersonName]):
    """The last or first name of a person."""

    kind = PersonName


class BankAccountField(ValueField[BankAccount]):
    """A bank account, stored as its IBAN and shown masked; its BIC is looked up when it is read."""

    kind = BankAccount


class ServiceField(ValueField[Service]):
    """A service of a catalogue, the shipped one if no other is given, stored as its code."""

    kind = Service


def register_strategies() -> None:
    """Have `from_model` of `hypothesis.extra.django` draw values by the strategies of this library (extra `testing`).

    Services are drawn from the shipped catalogue.
    """
    from hypothesis import strategies as st  # noqa: PLC0415 - an extra, for tests only
    from hypothesis.extra.django import register_field_strategy  # noqa: PLC0415 - same

    for field in (SirenField, FileNumberField, OrganisationField, EmailAddressField, PersonNameField, BankAccountField):
        kind: Any = field.kind
        register_field_strategy(field, st.from_type(kind))
    register_field_strategy(ServiceField, st.sampled_from(tuple(CATALOGUE.values())))
