"""What errors about documents say: where, what is expected, and nothing of the wrong value, which may be a secret."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from teleprocedures.errors import CodecError, InvalidValueError

# The names that this library gives things: no IBAN, no e-mail address and no typed code looks like one.
_HARMLESS: Final = re.compile(r"[a-z0-9._-]{1,40}")

_PATH: Final = re.compile(r"(?:\.[a-z_]+|\[(?:[0-9]+|\.\.\.)\])*")
_FIELD: Final = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)
_TYPE: Final = re.compile(r"Expected (`[^`]*`), got (`[^`]*`)")
_BOUND: Final = re.compile(r"Expected (`[^`]*` [<>]=? .*)")


def shown(text: str) -> str:
    """What an error may show of a text: itself when it looks like a name that this library gives."""
    return repr(text) if _HARMLESS.fullmatch(text) else "'…'"


def explained(error: msgspec.ValidationError) -> CodecError:
    """What msgspec said of a document, without the values that it quotes."""
    said = str(error)
    before, found, after = said.rpartition(" - at `$")
    path = after.removesuffix("`")
    # A field of the document may be called anything: only what looks like a path of ours is one.
    what, path = (before, path) if found and _PATH.fullmatch(path) else (said, "")
    if field := _FIELD.fullmatch(what):
        code = "codec.missing" if field[1].startswith("missing") else "codec.unknown_field"
        return CodecError(code, path=f"{path}.{field[2] if _HARMLESS.fullmatch(field[2]) else '…'}")
    if types := _TYPE.fullmatch(what):
        return CodecError("codec.wrong_type", path=path, expected=types[1], type=types[2])
    if bound := _BOUND.fullmatch(what):
        return CodecError("codec.out_of_bounds", path=path, expected=bound[1])
    if what.startswith("Invalid RFC3339") or "timezone" in what:
        return CodecError("codec.malformed", path=path)
    return CodecError("codec.unknown_value", path=path)


def told(error: CodecError | InvalidValueError) -> CodecError:
    """What a value said of its stored form, without that form, which other words might show."""
    if isinstance(error, CodecError):
        return error
    if error.code == "case.contradiction":
        return CodecError("codec.contradiction", path=str(error.facts["path"]), expected=error.facts["expected"])
    if error.code == "stored.malformed":
        return CodecError("stored.malformed", kind=error.facts["kind"])
    return CodecError("codec.not_allowed", reason=error.code)
