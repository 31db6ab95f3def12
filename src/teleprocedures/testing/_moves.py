"""What somebody tries, and what comes of it: the moves of a play, and its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

import attrs

from teleprocedures.cases import Case
from teleprocedures.core import Decision
from teleprocedures.deadlines import PARIS, first_instant, time_zone
from teleprocedures.errors import RefusedError
from teleprocedures.forms import AdhesionForm, KnownForm
from teleprocedures.values import BankAccount, FileNumber, PersonName, Siren

_NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


@attrs.frozen
class Move:
    """One thing that somebody tries: the verb, the case, and what is given with it.

    `verb` is the snapshot's (`activate`), or that of what makes a case (`request_adhesion`), and then `makes` is the
    name of the new one. What `given` leaves out is given rightly, since a play knows what was sent. `right` says
    whether all of it is. `at` is when it happened (UTC), None when it is told at once, or the civil day where only that
    is told (A22).
    """

    verb: str
    case: str = ""
    makes: str | None = None
    given: Mapping[str, Any] = attrs.field(default=_NOTHING, repr=False, hash=False)
    right: bool = True
    at: datetime | date | None = None

    @property
    def about(self) -> str:
        """The case that a decision gives: the new one, or the one acted upon."""
        return self.case if self.makes is None else self.makes

    def __str__(self) -> str:
        makes = "" if self.makes is None or not self.case else f" ({self.makes})"
        values = "".join(_text(value) for value in self.given.values())
        when = "at" if isinstance(self.at, datetime) else "on"
        late = "" if self.at is None else f", which happened {when} {self.at.isoformat()}"
        return (
            f"{self.verb} {self.case or self.makes}{makes}{values}{late}{'' if self.right else ', giving a wrong one'}"
        )


def _text(value: object) -> str:
    """What a story tells of something given: no code, no token, nothing of what only one person knows."""
    if isinstance(value, (AdhesionForm, KnownForm)):
        return f" for {', '.join(map(str, value.services))}"
    if isinstance(value, Case):
        return f" from {value.id}"
    # A number is the version of a fact that is withdrawn.
    return f" {value}" if isinstance(value, (date, int, BankAccount, FileNumber, PersonName, Siren)) else ""


@attrs.frozen
class Step:
    """A move that was made, when it was told (UTC), and what came of it: a decision, or a refusal.

    `before` is the case as it was, None for a move that makes one of nothing. `given` is all that the verb was given
    besides the instants. A refusal has changed nothing.
    """

    at: datetime
    move: Move
    outcome: Decision[Any] | RefusedError
    before: Case | None = attrs.field(default=None, repr=False)
    given: Mapping[str, Any] = attrs.field(default=_NOTHING, repr=False, hash=False)

    @property
    def accepted(self) -> bool:
        """Whether the procedure allowed it."""
        return isinstance(self.outcome, Decision)

    @property
    def when(self) -> datetime | date:
        """When it was said to have happened: an instant (UTC), or a civil day."""
        return self.at if self.move.at is None else self.move.at

    @property
    def happened(self) -> datetime:
        """When it happened (UTC); of what was told by its day, when it was found to be possible, or when that began."""
        when = self.when
        if isinstance(when, datetime):
            return when
        outcome = self.outcome
        return outcome.events[-1].at if isinstance(outcome, Decision) else first_instant(when, time_zone(PARIS))

    def __str__(self) -> str:
        outcome = self.outcome
        if isinstance(outcome, Decision):
            end = f"{outcome.case.stage}{', presumed' if outcome.case.is_presumed else ''}"
        else:
            end = f"refused, rule {outcome.rule}: {outcome.message}"
        return f"{self.at.isoformat()}  {self.move}: {end}"
