"""What errors about documents say: where, what is expected, and nothing of the wrong value, which may be a secret."""

from __future__ import annotations

import re
from typing import Final

from teleprocedures.codec._parts import Books, Part
from teleprocedures.errors import CodecError, InvalidValueError

# The names that this library gives things: no IBAN, no e-mail address and no typed code looks like one.
_HARMLESS: Final = re.compile(r"[a-z0-9._-]{1,40}")

_PATH: Final = re.compile(r"(?:\.[a-z_]+|\[(?:[0-9]+|\.\.\.)\])*")
_FIELD: Final = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)
_TYPE: Final = re.compile(r"Expected (.*)", re.DOTALL)


def shown(text: str) -> str:
    """What an error may show of a text: itself when it looks like a name that this library gives."""
    return repr(text) if _HARMLESS.fullmatch(text) else "this text"


def explained(said: str) -> CodecError:
    """What msgspec said of a document, without the values that it quotes."""
    before, found, after = said.rpartition(" - at `$")
    path = after.removesuffix("`")
    # A field of the document may be called anything: only what looks like a path of ours is one.
    what, path = (before, path) if found and _PATH.fullmatch(path) else (said, "")
    if field := _FIELD.fullmatch(what):
        name = field[2] if _HARMLESS.fullmatch(field[2]) else "…"
        code = "codec.missing" if field[1].startswith("missing") else "codec.unknown_field"
        return CodecError(code, path=f"{path}.{name}")
    if expected := _TYPE.fullmatch(what):
        return CodecError("codec.wrong_type", path=path, expected=expected[1])
    if what.startswith("Invalid RFC3339"):
        return CodecError("codec.malformed", path=path)
    return CodecError("codec.unknown_value", path=path)


def problem(part: Part, plain: object, books: Books) -> CodecError | None:
    """Why no value can be made of this plain form, and where: inside first, then here."""
    if plain is None:
        return None
    pinned = part.books_of(plain, books)
    for step, inner, value in part.inside(plain):
        found = problem(inner, value, pinned)
        if found is not None:
            return found.under(step)
    try:
        part.reads()(plain, books)
    except CodecError as error:
        return error
    except InvalidValueError as error:
        return _told(error)
    return None


def _told(error: InvalidValueError) -> CodecError:
    """The same of a document: what a value says of its stored form does not show it, other words might."""
    if error.code == "case.contradiction":
        return CodecError("codec.contradiction", path=str(error.facts["path"]), expected=error.facts["expected"])
    if error.code == "stored.malformed":
        return CodecError("stored.malformed", kind=error.facts["kind"])
    return CodecError("codec.not_allowed", reason=error.code)
