"""How each kind of case is played: what makes one, and what its verbs are given. A host says it of its own kinds.

Which verbs there are, in which states, and what they lead to, the tables say; here is only what they do not know.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from inspect import Parameter, signature
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypedDict

import attrs

from teleprocedures.cases import ActivationState, Adhesion, AdhesionState, Case, Mandate, Space, SpaceState
from teleprocedures.core import Decision
from teleprocedures.deadlines import time_zone
from teleprocedures.forms import Applicant
from teleprocedures.testing._fakes import PlainHasher
from teleprocedures.testing._makers import space_form
from teleprocedures.testing._moves import IBAN, WRONG, company_forms
from teleprocedures.values import HELD_ELSEWHERE, BankAccount, MandateReference, PersonName

if TYPE_CHECKING:
    from teleprocedures.testing._play import Play

Values: TypeAlias = Callable[["Play", Any], Sequence[Any]]
"""What a verb may be given under one name, in a play, for a case (None for what makes one of nothing)."""


class New(TypedDict):
    """What every new case is given."""

    id: str
    at: datetime
    recorded_at: datetime


@attrs.frozen(kw_only=True)
class Opens:
    """What makes a case: the name of the verb, the kind that it makes, and of which kind's cases, at which stages.

    `gives` and `wrong` are what it may be given by name, right or not; the first one is what it is given when nobody
    says. `drawn` gives Hypothesis's strategy of all of that, for a play and a stage to come to (None for any).
    """

    verb: str
    kind: type[Case]
    act: Callable[..., Decision[Any]]
    of: type[Case] | None = None
    stages: tuple[StrEnum, ...] = ()
    gives: Mapping[str, Values] = attrs.field(factory=dict)
    wrong: Mapping[str, Values] = attrs.field(factory=dict)
    drawn: Callable[..., Any] | None = None


_opens: Final[dict[str, Opens]] = {}
_gives: Final[dict[str, Values]] = {}
_wrong: Final[dict[str, Values]] = {}

OPENS: Final[Mapping[str, Opens]] = MappingProxyType(_opens)
"""What makes cases, by the name of the verb."""


def played(
    kind: type[Case],
    verb: str,
    act: Callable[..., Decision[Any]],
    *,
    of: type[Case] | None = None,
    stages: tuple[StrEnum, ...] = (),
    gives: Mapping[str, Values] = MappingProxyType({}),
    wrong: Mapping[str, Values] = MappingProxyType({}),
    drawn: Callable[..., Any] | None = None,
) -> None:
    """Have cases of this kind played: strategies, histories and machines then have them, as those that are shipped.

    `act(play, case, new, **given)` makes one: of a case of the kind `of` that stands at one of these `stages`, or of
    nothing (None); `new` has its id and its instants, and the play the codes (`play.code()`). What its verbs are given
    is known by the names of their arguments: `code`, `token` and `space` need no word. `gives` has what others may be
    given, `{name: lambda play, case: [...]}`, the first one where nobody says, and `wrong` what they must not be; for
    one verb only, the name is `verb.name`.
    """
    _played(kind, verb, act, of=of, stages=stages, gives=gives, wrong=wrong, drawn=drawn)
    if "hypothesis" in sys.modules:
        # It has asked already which types there are.
        import_module("teleprocedures.testing._registration").register()


def _played(
    kind: type[Case],
    verb: str,
    act: Callable[..., Decision[Any]],
    *,
    of: type[Case] | None = None,
    stages: tuple[StrEnum, ...] = (),
    gives: Mapping[str, Values] = MappingProxyType({}),
    wrong: Mapping[str, Values] = MappingProxyType({}),
    drawn: Callable[..., Any] | None = None,
) -> None:
    own = set(signature(act).parameters)
    _opens[verb] = Opens(
        verb=verb,
        kind=kind,
        act=act,
        of=of,
        stages=stages,
        gives={name: values for name, values in gives.items() if name in own},
        wrong={name: values for name, values in wrong.items() if name in own},
        drawn=drawn,
    )
    for known, more in ((_gives, gives), (_wrong, wrong)):
        known.update({_key(kind, name): values for name, values in more.items() if name not in own})


def _key(kind: type[Case], name: str) -> str:
    return f"{kind.kind}.{name}"


def verbs_of(kind: type[Case]) -> tuple[str, ...]:
    """The verbs of a kind of case that its tables have and that make an event, in their order."""
    rows = chain.from_iterable(lifecycle.rows for lifecycle in kind.lifecycles)
    return tuple(dict.fromkeys(row.trigger for row in rows if row.makes is not None and hasattr(kind, row.trigger)))


@cache
def _arguments(verb: Callable[..., Any]) -> tuple[tuple[str, bool], ...]:
    """The names of what a verb takes besides the instants, and whether it can do without."""
    parameters = tuple(signature(verb).parameters.values())[1:]
    known = (it for it in parameters if it.name not in {"at", "recorded_at"})
    return tuple((it.name, it.default is not Parameter.empty) for it in known)


def arguments_of(kind: type[Case], verb: str) -> tuple[str, ...]:
    """What a verb of a kind of case is given besides the instants: what it needs, and what is known to be given."""
    return tuple(
        name
        for name, optional in _arguments(getattr(kind, verb))
        if not optional or _found(_gives, kind, verb, name) is not None
    )


def values_of(play: Play, case: Case, verb: str, name: str, *, right: bool = True) -> Sequence[Any]:
    """What a verb may be given under this name, or what it must not be; raises `LookupError` when nobody said."""
    values = _found(_gives if right else _wrong, type(case), verb, name)
    if values is not None:
        return values(play, case)
    if not right:
        return ()
    message = (
        f"nobody said what {verb!r} of a case of kind {case.kind!r} is given as {name!r}: expected"
        f" played({type(case).__name__}, ..., gives={{{name!r}: lambda play, case: [...]}})"
    )
    raise LookupError(message)


def _found(known: Mapping[str, Values], kind: type[Case], verb: str, name: str) -> Values | None:
    keys = (_key(kind, f"{verb}.{name}"), _key(kind, name), name)
    return next((known[key] for key in keys if key in known), None)


# --- What every kind of case may be given -----------------------------------------------------------------------------


def _secret(play: Play, case: Case) -> Sequence[Any]:
    return (play.secret(case.id),)


def _no_secret(play: Play, _: Case) -> Sequence[Any]:
    return (WRONG,) if play.held else (WRONG, HELD_ELSEWHERE)


def _own_space(play: Play, case: Any) -> Sequence[Any]:
    return (play.cases[case.space_id],)


def _other_spaces(play: Play, case: Any) -> Sequence[Any]:
    return tuple(space for space in play.of(Space) if space.id != case.space_id)


_gives.update({"code": _secret, "token": _secret, "space": _own_space})
_wrong.update({"code": _no_secret, "token": _no_secret, "space": _other_spaces})


# --- The kinds that are shipped ---------------------------------------------------------------------------------------

ACCOUNTS: Final = tuple(map(BankAccount, (IBAN, "DE89370400440532013000", "BE68539007547034")))
_NAMES: Final = (PersonName("Dominique Martin"), PersonName("Louise Petit"))


_own_form: Final = cache(space_form)


def _create(play: Play, _: None, new: New, form: Any) -> Decision[Space]:
    hasher = PlainHasher()
    return Space.create(
        form,
        password_hash=hasher.hash(form.password),
        answer_hash=hasher.hash(form.security_answer),
        code=play.code(),
        rulebook=play.rulebook,
        **new,
    )


def _request(play: Play, space: Space, new: New, form: Any) -> Decision[Adhesion]:
    return Adhesion.request(space, form, token=play.token(), code=play.code(), rulebook=play.rulebook, **new)


def _renew(play: Play, adhesion: Adhesion, new: New, space: Any, form: Any) -> Decision[Adhesion]:
    return adhesion.renew(space, form=form, token=play.token(), code=play.code(), rulebook=play.rulebook, **new)


def _corrected(_: Play, adhesion: Adhesion) -> Sequence[Any]:
    """The same request, and one for the plainest service only."""
    plain, *_rest = company_forms()
    return (None, attrs.evolve(plain, organisation=adhesion.organisation))


def _issue(play: Play, adhesion: Adhesion, new: New, account: BankAccount) -> Decision[Mandate]:
    return Mandate.issue(
        adhesion, account, reference=MandateReference(f"RUM-{new['id']}"), mandates=play.of(Mandate), **new
    )


def _declared(_: Play, adhesion: Adhesion) -> Sequence[BankAccount]:
    return adhesion.accounts or ACCOUNTS[:1]


def _undeclared(_: Play, adhesion: Adhesion) -> Sequence[BankAccount]:
    return tuple(account for account in ACCOUNTS if not adhesion.declares(account))[:1]


def _days(play: Play, adhesion: Adhesion) -> Sequence[date]:
    """The last day that the letter can bear when this is told, and the first."""
    earliest = adhesion.origin.at if adhesion.held_elsewhere else adhesion.since
    zone = time_zone(getattr(play.rulebook.services_activation.duration, "zone", "UTC"))
    return tuple(dict.fromkeys((play.today(), earliest.astimezone(zone).date())))


def _signatories(_: Play, mandate: Mandate) -> Sequence[Any]:
    known = mandate.legal_representative
    return (Applicant.REPRESENTATIVE,) if known is None else (Applicant.REPRESENTATIVE, known)


_played(Space, "create_space", _create, gives={"form": lambda *_: (_own_form(),)})
_played(
    Adhesion,
    "request_adhesion",
    _request,
    of=Space,
    stages=(SpaceState.ACTIVE,),
    gives={
        "form": lambda *_: company_forms(),
        "confirm_company_email.code": lambda play, _: (play.code(),),
        "account": _undeclared,
        "edited": _days,
    },
    wrong={"confirm_company_email.code": lambda *_: (), "account": lambda _, case: case.accounts[:1]},
)
_played(
    Adhesion,
    "renew",
    _renew,
    of=Adhesion,
    stages=(
        AdhesionState.AWAITING_EMAIL,
        AdhesionState.LAPSED,
        ActivationState.AWAITING_CODE,
        ActivationState.LAPSED,
    ),
    gives={"space": _own_space, "form": _corrected},
    wrong={"space": _other_spaces},
)
_played(
    Mandate,
    "issue_mandate",
    _issue,
    of=Adhesion,
    stages=(ActivationState.AWAITING_CODE, ActivationState.ACTIVE),
    gives={"account": _declared, "name": lambda *_: _NAMES, "signatory": _signatories},
    wrong={"account": _undeclared, "signatory": lambda *_: (Applicant.THIRD_PARTY, PersonName("Nobody Else"))},
)


def opens_of(kind: type[Case]) -> Iterator[Opens]:
    """All that makes cases of this kind, the first one first."""
    return (opens for opens in _opens.values() if opens.kind is kind)
