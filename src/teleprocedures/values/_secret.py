"""What was typed and is nobody's to read, from the door on: passwords, answers, codes and tokens.

Tools that report an error collect the local variables of every frame that it came through, and show their `repr`. So a
text that is secret is wrapped where it enters, before anything can go wrong. No frame of this library keeps it bare.
Only `reveal()` reads it.

>>> from teleprocedures.values import Secret
>>> typed = Secret("correct horse")
>>> typed, str(typed), typed == "correct horse"
(Secret('***'), '***', True)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from inspect import signature
from itertools import zip_longest
from typing import ParamSpec, TypeAlias, TypeVar, overload

import attrs

from teleprocedures.errors import InvalidValueError, built
from teleprocedures.values._text import LONGEST, plain
from teleprocedures.values._whole import whole

K = TypeVar("K", bound=type)
P = ParamSpec("P")
T = TypeVar("T")


def _text(value: str) -> str:
    if not isinstance(value, str):
        raise InvalidValueError("secret.wrong_type", type=type(value).__name__)
    return plain(value)


@whole
@attrs.frozen(repr=False, eq=False, weakref_slot=False)
class Secret:
    """A text of any length that somebody typed and that never shows, such as a password or a code (1.2, 1.6, 1.8).

    It is compared in constant time, with another or with a text. Raises `InvalidValueError` for what is no text.
    """

    _text: str = attrs.field(converter=_text)

    @overload
    @classmethod
    def of(cls, value: Secret | str) -> Secret: ...
    @overload
    @classmethod
    def of(cls, value: T) -> T | Secret: ...
    @classmethod
    def of(cls, value: object) -> object:
        """Wrap a text; anything else is given back as it is for whoever judges its type.

        Raises `InvalidValueError` for a value without its fields.
        """
        return cls(value) if isinstance(value, str) else built(value)

    def reveal(self) -> str:
        """Give the text for whoever hashes or digests it."""
        return self._text

    def __len__(self) -> int:
        return len(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Secret, str)):
            return NotImplemented
        from hmac import compare_digest  # noqa: PLC0415 - OpenSSL is slow to load

        return compare_digest(_bytes(self._text), _bytes(other if isinstance(other, str) else other._text))

    def __hash__(self) -> int:
        return hash(self._text)

    def __str__(self) -> str:
        return "***"

    def __repr__(self) -> str:
        return "Secret('***')"


def _bytes(text: str) -> bytes:
    # Half a surrogate pair, which JSON lets through, is no UTF-8.
    return text.encode(errors="surrogatepass")


def typed_secret(subject: str, value: object) -> Secret:
    """Wrap a text that is secret; raises `InvalidValueError` as `typed` raises it."""
    value = Secret.of(value)
    if not isinstance(value, Secret):
        raise InvalidValueError(f"{subject}.wrong_type", type=type(value).__name__)
    if len(value) > LONGEST:
        raise InvalidValueError(f"{subject}.too_long", length=len(value))
    return value


@attrs.frozen(repr=False)
class HidingMapping(Mapping[str, object]):
    """A mapping whose texts are wrapped as they are read, all but those of the fields that are `open`."""

    _given: Mapping[str, object]
    _open: frozenset[str]

    def __getitem__(self, name: str) -> object:
        return self._given[name] if name in self._open else Secret.of(self._given[name])

    def get(self, name: str, default: object = None) -> object:
        """Give the value of a field, wrapped."""
        # By its own `get`: a mapping may make what it is asked for.
        value = self._given.get(name, default)
        return value if name in self._open else Secret.of(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


Arguments: TypeAlias = tuple[tuple[object, ...], dict[str, object]]
"""What a function is called with: by place, and by name."""


def hidden(given: Mapping[str, object], secret: Iterable[str]) -> dict[str, object]:
    """Wrap the texts of these names; the others are given back as they are."""
    return {name: Secret.of(value) if name in secret else value for name, value in given.items()}


def hiding(
    function: Callable[..., object], *secret: str
) -> Callable[[tuple[object, ...], Mapping[str, object]], Arguments]:
    """What wraps the texts of these parameters among the arguments of a call of the function."""
    places = [it.name for it in signature(function).parameters.values() if it.kind is not it.KEYWORD_ONLY]

    def hide(args: tuple[object, ...], given: Mapping[str, object]) -> Arguments:
        # An argument without a place is an error to come, and may be anything.
        named = zip_longest(places[: len(args)], args, fillvalue=secret[0])
        return tuple(Secret.of(it) if name in secret else it for name, it in named), hidden(given, secret)

    return hide


def keeps_secret(*secret: str) -> Callable[[K], K]:
    """Have a class of attrs wrap the texts of these arguments before its own `__init__`, which would hold them bare."""

    def decorate(kind: K) -> K:
        build: Callable[..., None] = kind.__init__  # type: ignore[misc] # of this very class
        hide = hiding(build, *secret)

        @wraps(build)
        def wrapping(*args: object, **given: object) -> None:
            args, given = hide(args, given)  # bare texts are let go of
            build(*args, **given)

        kind.__init__ = wrapping  # type: ignore[misc] # as above
        return kind

    return decorate
