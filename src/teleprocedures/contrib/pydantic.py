r"""How pydantic reads and writes the values and the forms of this library in models (extra `pydantic`).

There is nothing to call: `Siren`, `Organisation`, `EmailAddress` and the others are types of fields, and pydantic asks
them. What people type is read. What is written is what the codec writes.

>>> import pydantic
>>> from teleprocedures import EmailAddress, Organisation
>>> class Client(pydantic.BaseModel):
...     organisation: Organisation
...     email: EmailAddress | None = None
>>> client = Client.model_validate({"organisation": "552 008 443", "email": "jeanne@Example.fr"})
>>> client
Client(organisation=Siren('552008443'), email=EmailAddress('j***@example.fr'))
>>> client.model_dump_json()
'{"organisation":"siren:552008443","email":"jeanne@example.fr"}'

What is wrong has the code of this library and its facts. The value that was typed is shown as these facts show it,
masked where it is personal. `worded` gives the errors in another language and without anything else that was typed.

>>> from teleprocedures.wording import FRENCH
>>> try:
...     Client.model_validate({"organisation": "552 008 444"})
... except pydantic.ValidationError as error:
...     print(error.errors()[0]["type"], error.errors()[0]["loc"])
...     print(worded(error.errors(), FRENCH)[0]["msg"].replace("\N{NO-BREAK SPACE}", " "))
siren.check_digit ('organisation',)
La clé de contrôle de « 552 008 444 » est fausse. Vérifiez le numéro.

A context has the words of another language used at once, and services read from another catalogue:
`Client.model_validate(data, context={"wording": FRENCH, "catalogue": catalogue})`.

How it works. One plain function reads a value. It raises pydantic's own error, which pydantic takes as it is: with a
path inside the value, so that a form tells of all its fields, and with an input that hides what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType, NoneType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args, get_origin

import attrs
from pydantic_core import CoreSchema, ErrorDetails, InitErrorDetails, PydanticCustomError, ValidationError, core_schema

from teleprocedures.contrib._kinds import KINDS, READERS, SECRET, Kind, fields_of, writer_of
from teleprocedures.errors import InvalidFormError, InvalidValueError, Problem
from teleprocedures.rulebook import CATALOGUE
from teleprocedures.values import (
    LONGEST,
    LONGEST_CODE,
    LONGEST_LINE,
    LONGEST_POSTAL_CODE,
    LONGEST_TOKEN,
    BankAccount,
    Either,
    Organisation,
)
from teleprocedures.wording import ENGLISH, Wording

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from fastapi.responses import JSONResponse

__all__ = ["core_schema_of", "hide_input", "json_schema_of", "worded"]

Json: TypeAlias = dict[str, Any]
Mode: TypeAlias = Literal["validation", "serialization"]
Context: TypeAlias = Mapping[str, Any]

_STEPS: Final = re.compile(r"[^.\[\]$]+")
_HIDDEN: Final = "***"


# --- Reading ----------------------------------------------------------------------------------------------------------


def _read(kind: object, name: str, value: object, info: core_schema.ValidationInfo) -> object:
    context: Context = info.context or {}
    try:
        return READERS[kind](value, context.get("catalogue", CATALOGUE))
    except InvalidFormError as error:
        problems = error.problems
    except InvalidValueError as error:
        problems = (Problem.of(error, ""),)
    # Raised out of the handlers: what was typed stands in their frames, and is not kept with the error.
    wording = context.get("wording", ENGLISH)
    raise ValidationError.from_exception_data(name, [_error(problem, wording) for problem in problems])


def _error(problem: Problem, wording: Wording) -> InitErrorDetails:
    facts = {name: _json(fact) for name, fact in problem.facts.items()}
    if problem.rule is not None:
        facts.setdefault("rule", problem.rule.id)
    # pydantic fills the template with one fact after the other, so that a text with braces would be filled again. The
    # sentence is a fact itself, and the last one.
    facts["message"] = wording.problem(problem, label=False)
    code: Any = problem.code  # checkers want a text that stands in a source
    return {
        "type": PydanticCustomError(code, "{message}", facts),
        "loc": tuple(int(step) if step.isdigit() else step for step in _STEPS.findall(problem.path)),
        "input": problem.facts.get("value", _HIDDEN),
    }


def _json(fact: object) -> object:
    """A fact as JSON takes it."""
    if fact is None or isinstance(fact, (str, int, float)):
        return fact
    return list(map(_json, fact)) if isinstance(fact, (tuple, list)) else str(fact)


def worded(errors: Iterable[ErrorDetails], wording: Wording) -> list[ErrorDetails]:
    """The errors that `ValidationError.errors()` gives, in the words of another language and without what was typed.

    pydantic's own errors keep their words. They lose their input too: that of a field that is missing is the whole
    model, with all that was typed beside it.
    """
    return [_again(error, wording) for error in errors]


def _again(error: ErrorDetails, wording: Wording) -> ErrorDetails:
    kept: Any = {name: value for name, value in error.items() if name not in {"input", "url"}}
    facts = dict(error.get("ctx", {}))
    if facts.pop("message", None) is not None:
        kept |= {"msg": wording.problem(Problem("", error["type"], facts), label=False), "ctx": facts}
    again: ErrorDetails = kept
    return again


def hide_input(app: FastAPI, wording: Wording = ENGLISH) -> None:
    """Have an application of FastAPI answer a 422 with `worded` errors: nothing that was typed is in it.

    The answer is otherwise as FastAPI makes it. Its own has the input of each error: for a field that is missing all
    that was sent beside it, and for a list that is none what stands in its place.
    """
    # Whoever has an application has FastAPI.
    from fastapi.encoders import jsonable_encoder  # noqa: PLC0415 - as said
    from fastapi.exceptions import RequestValidationError  # noqa: PLC0415 - as said
    from fastapi.responses import JSONResponse  # noqa: PLC0415 - as said

    async def unreadable(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError), "it is handed nothing else"
        return JSONResponse({"detail": jsonable_encoder(worded(error.errors(), wording))}, 422)

    app.add_exception_handler(RequestValidationError, unreadable)


# --- Shapes -----------------------------------------------------------------------------------------------------------


@attrs.frozen
class _Shape:
    """The JSON Schema of what may be given for a type, and of what is written. What is secret is never written."""

    given: Json
    written: Json | None


def _same(shape: Json) -> _Shape:
    return _Shape(shape, shape)


def _text(least: int = 1, most: int = LONGEST, **more: object) -> Json:
    return {"type": "string", "minLength": least, "maxLength": most, **more}


def _typed(kind: Kind[object], **more: object) -> Json:
    return _text(kind.least, kind.most, format=kind.name, examples=[kind.example], **more)


_NULL: Final[Json] = {"type": "null"}
# In a form blank text is a field that is not given.
_BLANK: Final[Json] = {"type": "string", "pattern": r"^\s*$"}
_SECRET: Final[Mapping[object, Json]] = {
    kind: _text(most=most, format=name, writeOnly=True)
    for kind, name, most in zip(
        SECRET, ("password", "activation-code", "link-token"), (LONGEST, LONGEST_CODE, LONGEST_TOKEN), strict=True
    )
}
_BIC: Final = {"anyOf": [_text(8, 22, format="bic"), _NULL, _BLANK], "default": None}
_IBAN: Final = _typed(KINDS[BankAccount])
_SHAPES: Final[Mapping[object, _Shape]] = MappingProxyType(
    {
        **{
            kind: _Shape(
                _typed(it),
                {"type": "string", "minLength": 1, "maxLength": it.longest, **it.shape},
            )
            for kind, it in KINDS.items()
        },
        BankAccount: _Shape(
            {
                "anyOf": [
                    _IBAN,
                    {
                        "type": "object",
                        "properties": {"iban": _IBAN, "bic": _BIC},
                        "required": ["iban"],
                        "additionalProperties": False,
                    },
                ]
            },
            {
                "type": "object",
                "properties": {
                    "iban": {"type": "string", **KINDS[BankAccount].shape},
                    "bic": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
                "required": ["iban", "bic"],
                "additionalProperties": False,
            },
        ),
        **{kind: _Shape(given, None) for kind, given in _SECRET.items()},
        str: _same(_text(most=LONGEST_LINE, format="line")),
    }
)
_PLAIN: Final[Mapping[str, tuple[str, int, int]]] = MappingProxyType(
    {
        "phone": ("01 23 45 67 89", 2, 40),
        "postal_code": ("75019", 1, LONGEST_POSTAL_CODE),
        "country": ("FR", 2, 2),
        "city": ("Paris", 1, LONGEST_LINE),
    }
)
"""Plain texts that have a form of their own: an example, and how many characters are typed of it at least and at most.

The format is the name of the field.
"""


def _shape_of(annotation: Any, field: attrs.Attribute[object] | None = None) -> _Shape:
    """The shape of a type, which may be that of a field of a class."""
    kinds = get_args(annotation)
    if annotation is str and field is not None and field.name in _PLAIN:
        example, least, most = _PLAIN[field.name]
        return _same(_text(least, most, format=field.name.replace("_", "-"), examples=[example]))
    if annotation in _SHAPES:
        return _SHAPES[annotation]
    if NoneType in kinds:
        return _or_null(_shape_of(next(kind for kind in kinds if kind is not NoneType), field))
    if get_origin(annotation) is tuple and field is not None:
        # What has to be given is not empty (2.4).
        return _list_of(_shape_of(kinds[0]), int(field.default is attrs.NOTHING), field.metadata["most"])
    if issubclass(annotation, Enum):
        return _same({"type": "string", "enum": [str(member) for member in annotation]})
    return _object(annotation)


def _or_null(shape: _Shape) -> _Shape:
    given, written = ({"anyOf": [one, _NULL]} for one in (shape.given, shape.written))
    return _Shape(given, written)


def _list_of(shape: _Shape, least: int, most: int) -> _Shape:
    size = {"minItems": least, "maxItems": most} if least else {"maxItems": most}
    given, written = ({"type": "array", "items": one, **size} for one in (shape.given, shape.written))
    return _Shape(given, written)


def _object(kind: type[attrs.AttrsInstance]) -> _Shape:
    """The shape of a class, as the codec writes it; what is secret is left out."""
    annotations = fields_of(kind)
    shapes = {field: _shape_of(it, field) for field, it in annotations.items()}
    written = {field.name: shape.written for field, shape in shapes.items() if shape.written is not None}
    given = {
        field.name: shape.given if field.default is attrs.NOTHING else _optional(shape, field, annotations[field])
        for field, shape in shapes.items()
    }
    closed = {"type": "object", "additionalProperties": False}
    return _Shape(
        {**closed, "properties": given, "required": [it.name for it in shapes if it.default is attrs.NOTHING]},
        {**closed, "properties": written, "required": list(written)},
    )


def _optional(shape: _Shape, field: attrs.Attribute[object], annotation: object) -> Json:
    """What may be given for a field that may be left out: null and, as in a form, blank text are nothing too."""
    given = next(iter(shape.given.get("anyOf", [shape.given])))
    blank = {} if given["type"] == "string" else {"pattern": r"^\s*$"}
    kinds = list(dict.fromkeys((given["type"], "string", "null")))
    enum = {"enum": [*given["enum"], "", None]} if "enum" in given else {}
    kept = {name: it for name, it in given.items() if name != "minLength"}
    return {**kept, **blank, **enum, "type": kinds, "default": writer_of(annotation)(field.default)}


# --- What pydantic asks -----------------------------------------------------------------------------------------------


def _known(kind: type) -> tuple[object, str]:
    """What a class is known by here, and its name: of a subclass its base, of an organisation its annotation.

    Raises `TypeError` for a digest.
    """
    if kind is Either:
        return Organisation, "Organisation"
    found = next((base for base in kind.__mro__ if base in READERS), None)
    if found is None:
        message = f"{kind.__name__} is for storage, and no field of a model"
        raise TypeError(message)
    return found, found.__name__


def core_schema_of(kind: type) -> CoreSchema:
    """How pydantic reads a value or a form of this class, and writes it as JSON; in Python it stays a value."""
    known, name = _known(kind)

    def read(value: object, info: core_schema.ValidationInfo) -> object:
        return _read(known, name, value, info)

    # pydantic names what stands in a union by it, where an error is.
    read.__name__ = name
    return core_schema.with_info_plain_validator_function(
        read,
        serialization=core_schema.plain_serializer_function_ser_schema(writer_of(known), when_used="json"),
    )


def json_schema_of(kind: type, mode: Mode) -> Json:
    """The JSON Schema of what may be given for a value or a form of this class, or of what is written.

    What is given is what people type, so that there is no pattern: its `format` is the name of the kind of value. It
    has as many characters as are taken, spaces between them included.
    """
    known, name = _known(kind)
    shape = _shape_of(known)
    written = {"type": "string", "const": "***"} if shape.written is None else shape.written
    return {"title": name, **(written if mode == "serialization" else shape.given)}
