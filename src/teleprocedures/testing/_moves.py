"""What somebody tries, and what comes of it: the moves of a play, and its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import attrs

from teleprocedures.cases import Case
from teleprocedures.core import Decision
from teleprocedures.errors import RefusedError
from teleprocedures.forms import AdhesionForm
from teleprocedures.testing._makers import adhesion_form
from teleprocedures.values import BankAccount, PersonName

IBAN: Final = "FR7630006000011234567890189"
WRONG: Final = "WRONG"
"""A code, and a token, that was never sent."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@cache
def company_forms() -> tuple[AdhesionForm, ...]:
    """The requests that are played: of two companies, with Messaging and without, with a mandate and without."""
    plain = adhesion_form(organisation="552100554")
    paying = adhesion_form(organisation="552100554", services=["payer-tva", "payer-cfe"], bank_accounts=[IBAN])
    messaging = attrs.evolve(
        paying, organisation="443061841", services=["messagerie", "payer-tva"], company_email="a@b.fr"
    )
    return plain, messaging, paying


@attrs.frozen
class Move:
    """One thing that somebody tries: the verb, the case, and what is given with it.

    `verb` is the snapshot's (`activate`), or that of what makes a case (`request_adhesion`), and then `makes` is the
    name of the new one. What `given` leaves out is given rightly, since a play knows what was sent; `right` says
    whether all of it is. `at` is when it happened (UTC), None when it is told at once.
    """

    verb: str
    case: str = ""
    makes: str | None = None
    given: Mapping[str, Any] = attrs.field(default=_NOTHING, repr=False, hash=False)
    right: bool = True
    at: datetime | None = None

    @property
    def about(self) -> str:
        """The case that a decision gives: the new one, or the one acted upon."""
        return self.case if self.makes is None else self.makes

    def __str__(self) -> str:
        made = "" if self.makes is None or not self.case else f" ({self.makes})"
        said = "".join(_said(value) for value in self.given.values())
        late = "" if self.at is None else f", which happened at {self.at.isoformat()}"
        return f"{self.verb} {self.case or self.makes}{made}{said}{late}{'' if self.right else ', giving a wrong one'}"


def _said(value: object) -> str:
    """What a story tells of something given: no code, no token, nothing of what only one person knows."""
    if isinstance(value, AdhesionForm):
        return f" for {', '.join(map(str, value.services))}"
    if isinstance(value, Case):
        return f" from {value.id}"
    return f" {value}" if isinstance(value, (date, BankAccount, PersonName)) else ""


@cache
def straight_on() -> tuple[Move, ...]:
    """The moves from the form of a space to a mandate that the bank has registered, without a detour."""
    _, messaging, _ = company_forms()
    return (
        Move("create_space", makes="space-1"),
        Move("activate", "space-1"),
        Move("request_adhesion", "space-1", "adhesion-1", given={"form": messaging}),
        Move("confirm_company_email", "adhesion-1"),
        Move("activate", "adhesion-1"),
        Move("issue_mandate", "adhesion-1", "mandate-1"),
        Move("sign", "mandate-1"),
        Move("send", "mandate-1"),
        Move("register", "mandate-1"),
    )


OTHER_SPACE: Final = (Move("create_space", makes="space-2"), Move("activate", "space-2"))
"""The moves that open another space, from which what the first one asked for is tried in vain."""

WAITING: Final = (1, 3, 4, 9)
"""After how many of these moves a time limit runs."""


@attrs.frozen
class Step:
    """A move that was made, when it was told (UTC), and what came of it: a decision, or a refusal.

    `before` is the case as it was, None for a move that makes one of nothing; `given` is all that the verb was given
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
    def happened(self) -> datetime:
        """When it happened (UTC)."""
        return self.at if self.move.at is None else self.move.at

    def __str__(self) -> str:
        outcome = self.outcome
        if isinstance(outcome, Decision):
            told = f"{outcome.case.stage}{', presumed' if outcome.case.is_presumed else ''}"
        else:
            told = f"refused, rule {outcome.rule}: {outcome.message}"
        return f"{self.at.isoformat()}  {self.move}: {told}"
