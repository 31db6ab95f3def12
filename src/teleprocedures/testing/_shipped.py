"""How the kinds of case that are shipped are opened, and what their verbs are given.

Which verbs there are, in which states, and what they lead to, the tables say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Final

import attrs

from teleprocedures.cases import ActivationState, Adhesion, Mandate, MandateState, Space, SpaceState
from teleprocedures.core import Decision, held_elsewhere
from teleprocedures.deadlines import time_zone
from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.rulebook import EXPERT_2024_04_03
from teleprocedures.testing._fakes import PlainHasher
from teleprocedures.testing._makers import ACCOUNTS, company_forms, filed_form, user_form
from teleprocedures.testing._moves import Move
from teleprocedures.testing._openers import New, Opener, add_opener, give, opener_of, other_spaces, own_space
from teleprocedures.testing._scene import Scene
from teleprocedures.testing._walk import paths, runs_in
from teleprocedures.values import BankAccount, MandateReference, PersonName


def _create(scene: Scene, _: None, new: New, form: SpaceForm) -> Decision[Space]:
    hasher = PlainHasher()
    return Space.create(
        form,
        password_hash=hasher.hash(form.password),
        answer_hash=hasher.hash(form.security_answer),
        code=scene.code(),
        rulebook=scene.rulebook_of(Space),
        **new,
    )


def _request(scene: Scene, space: Space, new: New, form: AdhesionForm) -> Decision[Adhesion]:
    return Adhesion.request(
        space, form, token=scene.token(), code=scene.code(), rulebook=scene.rulebook_of(Adhesion), **new
    )


def _renew(scene: Scene, adhesion: Adhesion, new: New, space: Space, form: AdhesionForm | None) -> Decision[Adhesion]:
    return adhesion.renew(
        space, form=form, token=scene.token(), code=scene.code(), rulebook=scene.rulebook_of(Adhesion), **new
    )


def _corrections(_: Scene, adhesion: Adhesion) -> Sequence[AdhesionForm | None]:
    """The same request, and one for the plainest service only."""
    plain, *_rest = company_forms()
    return (None, attrs.evolve(plain, organisation=adhesion.organisation))


def _issue(scene: Scene, adhesion: Adhesion, new: New, account: BankAccount) -> Decision[Mandate]:
    return Mandate.issue(
        adhesion, account, reference=MandateReference(f"RUM-{new['id']}"), mandates=scene.of(Mandate), **new
    )


def _accounts(_: Scene, adhesion: Adhesion) -> Sequence[BankAccount]:
    return adhesion.accounts or ACCOUNTS[:1]


def _other_accounts(_: Scene, adhesion: Adhesion) -> Sequence[BankAccount]:
    return tuple(account for account in ACCOUNTS if not adhesion.declares(account))[:1]


def _days(scene: Scene, adhesion: Adhesion) -> Sequence[date]:
    """The last day that the letter can bear when this is told, and the first, where days of letters are counted."""
    earliest = adhesion.origin.at if adhesion.held_elsewhere else adhesion.since
    zone = time_zone(getattr(adhesion.rulebook.services_activation.duration, "zone", "UTC"))
    return tuple(dict.fromkeys(at.astimezone(zone).date() for at in (scene.at, earliest)))


def _signatories(_: Scene, mandate: Mandate) -> Sequence[Applicant | PersonName]:
    known = mandate.legal_representative
    return (Applicant.REPRESENTATIVE,) if known is None else (Applicant.REPRESENTATIVE, known)


add_opener(Opener(Space, "create_space", _create, gives={"form": lambda *_: (user_form(),)}))
add_opener(
    Opener(
        Adhesion,
        "request_adhesion",
        _request,
        of=Space,
        stages=(SpaceState.ACTIVE,),
        gives={"form": lambda *_: (*company_forms(), filed_form())},
    )
)
add_opener(
    Opener(
        Adhesion,
        "renew",
        _renew,
        of=Adhesion,
        # Where its tables have a row for it.
        stages=tuple(row.source for it in Adhesion.lifecycles for row in it.rows if row.trigger == "renew"),
        gives={"space": own_space, "form": _corrections},
        wrong={"space": other_spaces},
    )
)
add_opener(
    Opener(
        Mandate,
        "issue_mandate",
        _issue,
        of=Adhesion,
        stages=(ActivationState.AWAITING_CODE, ActivationState.ACTIVE),
        gives={"account": _accounts},
        wrong={"account": _other_accounts},
    )
)
give(
    Adhesion,
    {
        "confirm_company_email.code": lambda scene, _: (scene.code(),),
        "account": _other_accounts,
        "edited": _days,
    },
    wrong={"confirm_company_email.code": lambda *_: (), "account": lambda _, case: case.accounts[:1]},
)
give(
    Mandate,
    {"signatory": _signatories},
    wrong={"signatory": lambda *_: (Applicant.THIRD_PARTY, PersonName("Nobody Else"))},
)


# --- Straight on ------------------------------------------------------------------------------------------------------

_GOALS: Final = (
    ("create_space", SpaceState.ACTIVE),
    ("request_adhesion", ActivationState.ACTIVE),
    ("issue_mandate", MandateState.REGISTERED),
)
"""How the procedure is gone through: what is opened, and the stage from which the next one is."""


@cache
def straight_on() -> tuple[Move, ...]:
    """The moves from the form of a space to a mandate that the bank has registered, without a detour."""
    return tuple(move for move, _ in _straight_on())


@cache
def waiting() -> tuple[int, ...]:
    """After how many of these moves a time limit runs."""
    return tuple(number for number, (_, runs) in enumerate(_straight_on(), start=1) if runs)


def _straight_on() -> Iterator[tuple[Move, bool]]:
    """Each move, by the shortest ways that the tables have, and whether a time limit runs after it."""
    about = ""
    _, messaging, _ = company_forms()
    for verb, goal in _GOALS:
        kind = opener_of(verb).kind
        name, state = f"{kind.kind}-1", kind.lifecycle.initial
        given = {"form": messaging} if kind is Adhesion else {}
        yield Move(verb, about, name, given=given), runs_in(kind, state)
        # What only the portal can prove is a short cut, and no step of the procedure (A23).
        every = paths(kind, state, goal, EXPERT_2024_04_03)
        for row in min(every, key=lambda path: (any(held_elsewhere in row.guards for row in path), len(path))):
            yield Move(row.trigger, name), runs_in(kind, row.dest)
        about = name


OTHER_SPACE: Final = (Move("create_space", makes="space-2"), Move("activate", "space-2"))
"""The moves that open another space, from which what the first one asked for is tried in vain."""
