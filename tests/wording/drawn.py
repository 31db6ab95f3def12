"""What is drawn where the word None is looked for in a text: a drawn name or number may be that word itself."""

from __future__ import annotations

import attrs


def without_none(thing: object) -> bool:
    """Whether no text in a value, however deep, has the letters of None: a sentence that has them got a None."""
    if isinstance(thing, str):
        return "None" not in thing
    if attrs.has(type(thing)):
        return all(without_none(getattr(thing, field.name)) for field in attrs.fields(type(thing)))
    return not isinstance(thing, tuple) or all(map(without_none, thing))
