"""What somebody tries, and what comes of it: the moves of a play, and its steps."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Final

import attrs

from teleprocedures.cases import Adhesion
from teleprocedures.core import Case, Decision
from teleprocedures.errors import RefusedError
from teleprocedures.forms import AdhesionForm, SpaceForm
from teleprocedures.testing._makers import adhesion_form

IBAN: Final = "FR7630006000011234567890189"
WRONG: Final = "WRONG"
"""A code, and a token, that was never sent."""


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
    """One thing that somebody tries: the verb (named as the portal's), the case, and what is given with it.

    `makes` is the name of the new case, where the verb makes one. `right` is whether the code, the token or the
    signatory given is the right one; `space` is where it is done from.
    """

    verb: str
    case: str
    makes: str | None = None
    space: str | None = None
    form: SpaceForm | AdhesionForm | None = attrs.field(default=None, repr=False)
    right: bool = True

    @property
    def about(self) -> str:
        """The case that a decision gives: the new one, or the one acted upon."""
        return self.case if self.makes is None else self.makes

    def __str__(self) -> str:
        made = "" if self.makes in {None, self.case} else f" ({self.makes})"
        services = f" for {', '.join(map(str, self.form.services))}" if isinstance(self.form, AdhesionForm) else ""
        space = "" if self.space is None else f" from {self.space}"
        return f"{self.verb} {self.case}{made}{services}{space}{'' if self.right else ', giving a wrong one'}"


@cache
def straight_on() -> tuple[Move, ...]:
    """The moves from the form of a space to a mandate that the bank has registered, without a detour."""
    _, messaging, _ = company_forms()
    return (
        Move("create_space", "space-1", "space-1"),
        Move("activate_space", "space-1"),
        Move("request_adhesion", "space-1", "adhesion-1", form=messaging),
        Move("confirm_company_email", "adhesion-1"),
        Move("activate_services", "adhesion-1", space="space-1"),
        Move("issue_mandate", "adhesion-1", "mandate-1"),
        Move("sign_mandate", "mandate-1"),
        Move("send_mandate", "mandate-1"),
        Move("register_mandate", "mandate-1"),
    )


WAITING: Final = (1, 3, 4, 9)
"""After how many of these moves a time limit runs."""


@attrs.frozen
class Step:
    """A move that was made, the instant (UTC), and what came of it: a decision, or a refusal that changed nothing."""

    at: datetime
    move: Move
    outcome: Decision[Any] | RefusedError

    @property
    def accepted(self) -> bool:
        """Whether the procedure allowed it."""
        return isinstance(self.outcome, Decision)

    def __str__(self) -> str:
        outcome = self.outcome
        told = (
            stage(outcome.case) if isinstance(outcome, Decision) else f"refused, rule {outcome.rule}: {outcome.message}"
        )
        return f"{self.at.isoformat()}  {self.move}: {told}"


def stage(case: Case) -> str:
    """Where a case stands as a whole, in one word."""
    return str(case.stage if isinstance(case, Adhesion) else case.state)
