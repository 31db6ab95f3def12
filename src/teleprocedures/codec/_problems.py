"""What errors about documents say: where, what is expected, and nothing of the wrong value, which may be a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from teleprocedures.errors import CodecError

# The names that this library gives things: no IBAN, no e-mail address and no typed code looks like one.
_HARMLESS: Final = re.compile(r"[a-z0-9._-]{1,40}")

_PATH: Final = re.compile(r"(?:\.[a-z_]+|\[(?:[0-9]+|\.\.\.)\])*")
_FIELD: Final = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)
_VALUE: Final = re.compile(r"Invalid (?:enum )?value .*", re.DOTALL)

_EXPECTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".schema": "expected 1, the form of documents that this version reads",
        ".kind": "expected the kind of a case, an event or a message",
    }
)


def shown(text: str) -> str:
    """What an error may show of a text: itself when it looks like a name that this library gives."""
    return repr(text) if _HARMLESS.fullmatch(text) else "this text"


def explained(said: str) -> CodecError:
    """What msgspec said of a document, without the values that it quotes."""
    before, found, after = said.rpartition(" - at `$")
    path = after.removesuffix("`")
    # A field of the document may be called anything: only what looks like a path of ours is one.
    what, path = (before, path) if found and _PATH.fullmatch(path) else (said, "")
    field = _FIELD.fullmatch(what)
    if field:
        name = field[2] if _HARMLESS.fullmatch(field[2]) else "…"
        return CodecError(f"{path}.{name}", f"this field is {'missing' if field[1].startswith('m') else 'unknown'}")
    if _VALUE.fullmatch(what):
        what = "expected one of the values that are known here"
    elif not what.startswith("JSON"):
        what = what[:1].lower() + what[1:]
    return CodecError(path, _EXPECTED.get(path, what))
