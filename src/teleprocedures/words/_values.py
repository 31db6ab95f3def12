"""The sentences about kinds of value. All kinds go wrong alike: a table tells that once, and of each kind the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def sentences(say: Callable[..., str], common: Mapping[str, str]) -> Callable[..., dict[str, str]]:
    """What makes the sentences about one kind of value, also of what goes wrong with all kinds.

    It takes the subject of its codes, the form that is expected, what else goes wrong by code, and the names that the
    language has for it. What it makes of each is what `say` says, of why the value is wrong and of its form.
    """

    def about(subject: str, form: str, *names: str, **wrong: str) -> dict[str, str]:
        return {f"{subject}.{code}": say(why, form, *names) for code, why in {**common, **wrong}.items()}

    return about
