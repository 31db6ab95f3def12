"""The space that a request comes from: active, and the same from the request to the code (rules 1.12 and 3.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from teleprocedures.cases._space import Space, SpaceState
from teleprocedures.errors import InvalidValueError, SpaceNotActiveError, WrongSpaceError
from teleprocedures.rulebook import Rulebook


class Requested(Protocol):
    """What is known of a request by what belongs to it."""

    @property
    def case_id(self) -> str:
        """The id of the request."""
        ...

    @property
    def space_id(self) -> str:
        """The id of the space that asked."""
        ...

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook of the request."""
        ...


def check_active(space: Space, at: datetime) -> datetime:
    """The instant in UTC, once the space is known to be active by then (rule 1.12).

    Raises `InvalidValueError` for what is not a space or a naive instant, `SpaceNotActiveError`, and `OutOfOrderError`
    before the space's last event.
    """
    if not isinstance(space, Space):
        message = f"{type(space).__name__} is not a space: expected a Space"
        raise InvalidValueError(message)
    if space.state is not SpaceState.ACTIVE:
        message = f"the space {space.id!r} is '{space.state}': expected an active one"
        raise SpaceNotActiveError(message, rule=space.rulebook.rule("1.12"))
    return space.in_order(at)


def check_same(space: Space, request: Requested) -> None:
    """Refuse a space other than the one that made the request; raises `WrongSpaceError` (rule 3.3)."""
    if space.id != request.space_id:
        message = f"space {space.id!r} did not make request {request.case_id!r}: expected space {request.space_id!r}"
        raise WrongSpaceError(message, rule=request.rulebook.rule("3.3"))
