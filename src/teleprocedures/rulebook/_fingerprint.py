"""The fingerprint of a rulebook: a short text that changes with anything that the rulebook says.

A version is a name that somebody gave. Nothing keeps him from changing a time limit and leaving the name. So a document
carries the fingerprint beside the version, and is read back under the very content that it was made under.

What counts. Every field counts, down to the title of a service and the source of a rule. What is empty (None, False,
nothing in it) is left out, so that a field which a later release adds leaves the fingerprints of today as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Final

import attrs

LENGTH: Final = 16
"""Of the text: 64 bits, in hexadecimal digits."""

_ASIDE: Final = frozenset({("Rule", "limits"), ("Rulebook", "replaces")})
"""A rule's time limits are those of its rulebook, which count already; what is read besides is no content."""


def fingerprint(rulebook: attrs.AttrsInstance) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of all that a rulebook says."""
    from json import dumps  # noqa: PLC0415 - of no use to whoever stores nothing

    content = dumps(_content(rulebook), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


def _content(value: object) -> object:
    """A value as plain data, which says of an object what class it is of."""
    kind = type(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_content(each) for each in value]
    if attrs.has(kind):
        fields = {it.alias: getattr(value, it.name) for it in attrs.fields(kind) if it.init}
        kept = {name: it for name, it in fields.items() if it not in _EMPTY and (kind.__name__, name) not in _ASIDE}
        return {"": kind.__name__} | {name: _content(each) for name, each in kept.items()}
    if isinstance(value, Mapping):
        return {name: _content(each) for name, each in value.items()}
    return value


_EMPTY: Final[tuple[object, ...]] = (None, False, (), {})
