"""What errors about documents say: where they are wrong and what is expected there.

Nothing is said of the wrong value, because it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

import msgspec

from teleprocedures.errors import CodecError, InvalidFormError, InvalidValueError

# The names that this library gives things: no IBAN, no e-mail address and no typed code looks like one.
_HARMLESS: Final = re.compile(r"[a-z0-9._-]{1,40}")

_PATH: Final = re.compile(r"(?:\.[a-z_]+|\[(?:[0-9]+|\.\.\.)\])*")
# msgspec says what is wrong in words only. Words that are not known here come to the last pattern, which has no facts.
_PATTERNS: Final = (
    (r"Object missing required field `(?P<field>.*)`", "codec.missing"),
    (r"Object contains unknown field `(?P<field>.*)`", "codec.unknown_field"),
    (r"Expected (?P<expected>`[^`]*`), got (?P<type>`[^`]*`)", "codec.wrong_type"),
    (r"Expected (?P<expected>`[^`]*` [<>]=? .*)", "codec.out_of_bounds"),
    (r"Invalid RFC3339.*|.*timezone.*", "codec.malformed"),
    (r".*", "codec.unknown_value"),
)


WRONG: Final = (CodecError, InvalidValueError, InvalidFormError)
"""What a value or a form raises that a document cannot have."""
Wrong: TypeAlias = CodecError | InvalidValueError | InvalidFormError


def quote(text: str) -> str:
    """A text in quotes as an error may show it; only what looks like a name of this library is shown itself."""
    return repr(text) if _HARMLESS.fullmatch(text) else "'…'"


def explain(error: msgspec.ValidationError) -> CodecError:
    """What msgspec said of a document, without the values that it quotes."""
    text = str(error)
    before, found, after = text.rpartition(" - at `$")
    path = after.removesuffix("`")
    # A field of the document may be called anything: only what looks like a path of ours is one.
    what, path = (before, path) if found and _PATH.fullmatch(path) else (text, "")
    matches = ((re.fullmatch(pattern, what, re.DOTALL), code) for pattern, code in _PATTERNS)
    facts, code = next((match.groupdict(), code) for match, code in matches if match)
    if "field" in facts:
        field = facts.pop("field")
        path += f".{field if _HARMLESS.fullmatch(field) else '…'}"
    return CodecError(code, path=path, **facts)


def translate(error: Wrong) -> CodecError:
    """The error of a value as one of its document.

    The stored form is left out: the words that a host has for the error might show it.
    """
    if isinstance(error, CodecError):
        return error
    if isinstance(error, InvalidFormError):
        first = error.problems[0]
        return CodecError("codec.not_allowed", path=f".{first.path}", reason=first.code)
    if error.code == "case.contradiction":
        return CodecError("codec.contradiction", path=str(error.facts["path"]), expected=error.facts["expected"])
    if error.code == "stored.malformed":
        return CodecError("stored.malformed", kind=error.facts["kind"])
    return CodecError("codec.not_allowed", reason=error.code)


class _Object(tuple[tuple[str, object], ...]):
    """The fields of an object of JSON, each as often as it stands there."""

    __slots__ = ()


def repeated(document: bytes | str) -> str | None:
    """The path of the first field that stands twice in one object of a JSON document; None where there is none.

    Raises what `json` raises for what is no document. Raises `RecursionError` for what is nested too deep.
    """
    # msgspec keeps the last of two and says nothing. Of little use to most documents: imported when it is first used.
    from json import loads  # noqa: PLC0415

    text = document if isinstance(document, str) else bytes(document).decode()
    return next(_repeated(loads(text, object_pairs_hook=_Object), ""), None)


def _repeated(value: object, path: str) -> Iterator[str]:
    names = set[str]()
    for name, inner in value if isinstance(value, _Object) else ():
        here = f"{path}.{name if _HARMLESS.fullmatch(name) else '…'}"
        if name in names:
            yield here
        names.add(name)
        yield from _repeated(inner, here)
    for place, inner in enumerate(value if isinstance(value, list) else ()):
        yield from _repeated(inner, f"{path}[{place}]")
