"""What a port answered, looked at before anything is done with it: a promise to do something later is no answer.

A port of the wrong kind does not fail. It answers a coroutine that nobody awaits, a `map` or a generator that nobody
asks, a function that nobody calls, or a future that is still to come. It has done nothing then, and each of these
counts as true. So each is refused, and with them whatever can be called, as a mock can. A journal or a notifier that
answers False has failed, and says so in its own way. It is refused too. What should be a code, a hash or a yes is
looked at where it is answered, and not where it is read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator, Iterator
from typing import Final, TypeAlias, TypeVar

from teleprocedures.values import ActivationCode, Held, LinkToken, check_drawn

AnswerT = TypeVar("AnswerT")

Odd: TypeAlias = tuple[Callable[[object], bool], str]
"""Which answers are none, and what the error says of them after the name of the port."""


def _is_to_come(answer: object) -> bool:
    # What promises an answer for later, a future of a thread say, can be told to call back.
    return (
        isinstance(answer, (Iterator, AsyncIterator)) or callable(answer) or hasattr(type(answer), "add_done_callback")
    )


_TO_COME: Final[tuple[Odd, ...]] = (
    (
        lambda answer: isinstance(answer, Awaitable),
        (
            "an awaitable, which this portal would not await: expected a port that answers at once, or an AsyncPortal,"
            " which awaits its journal and its notifier"
        ),
    ),
    (
        _is_to_come,
        "{type}, of which nothing has happened yet: expected a port that has done its work when it answers",
    ),
)
_NOT_DONE: Final[tuple[Odd, ...]] = (
    *_TO_COME,
    (
        lambda answer: answer is False or answer is NotImplemented or isinstance(answer, BaseException),
        "{value}, which says that nothing was done: expected a port that has done its work when it answers, or raises",
    ),
)
"""What is no answer of a port that records or sends. Of a hasher, False is one."""


def at_once(port: str, answer: AnswerT, odd: tuple[Odd, ...] = _TO_COME) -> AnswerT:
    """What a port answered at once.

    Raises `TypeError` for what is to be awaited, asked for or called, and closes it.
    """
    # Closed, because Python warns of a coroutine that is dropped before anybody awaited it.
    if isinstance(answer, (Coroutine, Generator)):
        answer.close()
    for is_odd, says in odd:
        if is_odd(answer):
            # Of an error the type alone: its text is the host's, and may have anything in it.
            value = answer if answer is False or answer is NotImplemented else type(answer).__name__
            raise TypeError(f"{port} answers {says.format(type=type(answer).__name__, value=value)}")
    return answer


def done(port: str, answer: object) -> None:
    """Nothing, for a port that has recorded or sent; most answer None, and an id or a number of rows is as good.

    Raises what `at_once` raises, and `TypeError` for False, `NotImplemented` and an error that was given back: each
    says that nothing was done.
    """
    at_once(port, answer, _NOT_DONE)


def later(port: str, answer: Awaitable[object] | None) -> Awaitable[object]:
    """What a port answered, to be awaited.

    Raises `TypeError` for what cannot be.
    """
    if isinstance(answer, Awaitable):
        return answer
    message = (
        f"{port} answers {type(answer).__name__}, which cannot be awaited: expected an async port, or a Portal, whose"
        " ports answer at once"
    )
    raise TypeError(message)


def code_of(port: str, answer: object) -> ActivationCode | Held:
    """The code that a generator answered.

    Raises `TypeError` for what is no code. Raises `InvalidValueError` for a code that could be guessed.
    """
    return _secret_of(port, at_once(port, answer), ActivationCode)


def token_of(port: str, answer: object) -> LinkToken | Held:
    """The token that a generator answered; raises what `code_of` raises."""
    return _secret_of(port, at_once(port, answer), LinkToken)


SecretT = TypeVar("SecretT", ActivationCode, LinkToken)


def _secret_of(port: str, answer: object, kind: type[SecretT]) -> SecretT | Held:
    if isinstance(answer, Held):
        return answer
    if not isinstance(answer, kind):
        message = f"{port} answers {type(answer).__name__}: expected {kind.__name__}, or HELD_ELSEWHERE"
        raise TypeError(message)
    return check_drawn(answer, kind)
