"""The sentences about kinds of value. All kinds go wrong alike: a table tells that once, and of each kind the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def sentences(pattern: str, common: Mapping[str, str]) -> Callable[..., dict[str, str]]:
    """What makes the sentences of one kind of value of a pattern and of what goes wrong with all kinds.

    It takes what the value is, the form that is expected, the subject of its codes and what else goes wrong by code.
    """

    def about(what: str, form: str, subject: str, **wrong: str) -> dict[str, str]:
        every = {**common, **wrong}
        return {f"{subject}.{code}": pattern.format(what=what, why=why, form=form) for code, why in every.items()}

    return about
