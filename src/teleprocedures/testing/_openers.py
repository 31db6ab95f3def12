"""How each kind of case is opened, and what its verbs are given: what the tables do not say.

How it works. A play asks here for two things. `openers_of` gives what opens cases of a kind: the class methods that are
annotated to return `Decision[Self]`, one `Opener` each. `values_of` gives what a verb may be given under a name. What a
`code`, a `token` and a `space` are is known by their names. What anything else may be follows from its annotation.

So a kind of case that is registered is played at once. Whoever wants to say more calls `add_opener`, which has cases
opened in another way, or `give`, which names better values and wrong ones. The kinds that are shipped say both, in
`_shipped`, since they are made of forms, of accounts and of the day of a letter.

Nothing here knows Hypothesis; what it draws besides is in the strategies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache, partial
from inspect import Parameter, getmembers, ismethod, signature
from types import MappingProxyType
from typing import Any, Final, Self, TypeAlias, TypedDict, get_args, get_origin

import attrs

from teleprocedures.cases import KINDS, Case, Space
from teleprocedures.core import Decision, Reason, annotated
from teleprocedures.testing._makers import WRONG
from teleprocedures.testing._samples import samples
from teleprocedures.testing._scene import Scene
from teleprocedures.values import HELD_ELSEWHERE, ActivationCode, LinkToken

Values: TypeAlias = Callable[[Scene, Any], Sequence[object]]
"""What may be given under one name, in a play, for a case (None for what makes one of nothing)."""
_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class New(TypedDict):
    """What every new case is given."""

    id: str
    at: datetime | date
    recorded_at: datetime


@attrs.frozen
class Opener:
    """What opens a case of a kind: the name of the verb, and the function that does it.

    `act(play, case, new, **given)` opens one of a case of the kind `of`, or of nothing if that is None. Such a case
    stands at one of these `stages`, anywhere if there are none. `new` has the id and the instants. The play has the
    code (`play.code()`) and the rulebook (`play.rulebook_of(kind)`). `gives` and `wrong` are what it may be given by
    name, right or not. The first value is what it is given when nobody says. `hints` are the types of what it is given,
    where any value of the type will do. `begins` is the stage at which the case then stands, None for the initial one.
    Whether it takes a civil day for `at` too is `by_day` (A22).
    """

    kind: type[Case]
    verb: str
    act: Callable[..., Decision[Any]]
    of: type[Case] | None = attrs.field(default=None, kw_only=True)
    stages: tuple[StrEnum, ...] = attrs.field(default=(), kw_only=True)
    gives: Mapping[str, Values] = attrs.field(default=_NONE, kw_only=True)
    wrong: Mapping[str, Values] = attrs.field(default=_NONE, kw_only=True)
    hints: Mapping[str, object] = attrs.field(default=_NONE, kw_only=True)
    begins: StrEnum | None = attrs.field(default=None, kw_only=True)
    by_day: bool = attrs.field(default=True, kw_only=True)

    @property
    def first(self) -> StrEnum:
        """The stage at which a case that it opens begins."""
        initial: StrEnum = self.kind.lifecycle.initial
        return initial if self.begins is None else self.begins


_openers: Final[dict[type[Case], dict[str, Opener]]] = {}
_gives: Final[dict[str, Values]] = {}
_wrong: Final[dict[str, Values]] = {}


def add_opener(opener: Opener) -> None:
    """Have cases of a kind opened in this way; those that its class methods would open then are not."""
    _openers.setdefault(opener.kind, {})[opener.verb] = opener


def give(kind: type[Case], values: Mapping[str, Values], *, wrong: Mapping[str, Values] = _NONE) -> None:
    """Say what verbs of this kind of case may be given, by the names of their arguments, and what they must not be.

    Each is `{name: lambda play, case: [...]}`, the first value being what is given where nobody says. For one verb
    only, the name is `verb.name`.
    """
    for known, more in ((_gives, values), (_wrong, wrong)):
        known.update({f"{kind.kind}.{name}": it for name, it in more.items()})


# --- What opens a case ------------------------------------------------------------------------------------------------


def openers() -> Iterator[Opener]:
    """All that opens cases, of every kind that is registered or that somebody gave an opener."""
    return (opener for kind in dict.fromkeys((*_openers, *KINDS.values())) for opener in openers_of(kind))


def openers_of(kind: type[Case]) -> tuple[Opener, ...]:
    """All that opens cases of this kind, the first one first."""
    added = _openers.get(kind)
    # mypy compares a class with what can be hashed as if it were an instance.
    return _class_methods(kind) if added is None else tuple(added.values())  # type: ignore[arg-type]


def opener_of(verb: str) -> Opener:
    """What opens a case by this verb."""
    return next(opener for opener in openers() if opener.verb == verb)


@cache
def _class_methods(kind: type[Case]) -> tuple[Opener, ...]:
    """The openers that a kind of case has itself: `Delegation.offer` is `offer_delegation`."""
    methods = ((name, method) for name, method in getmembers(kind, ismethod) if not hasattr(Case, name))
    return tuple(_opener(kind, name, method) for name, method in methods if _opens(kind, method))


def _opens(kind: type[Case], method: Callable[..., object]) -> bool:
    if "return" not in method.__annotations__:
        return False
    returned = annotated(method, "return", **{kind.__name__: kind})
    return get_origin(returned) is Decision and get_args(returned)[0] in {Self, kind}


def _opener(kind: type[Case], name: str, method: Callable[..., Decision[Any]]) -> Opener:
    takes = signature(method).parameters
    needs = [it for it, parameter in takes.items() if parameter.default is Parameter.empty and it not in _NEW]
    hints = {it: annotated(method, it, **{kind.__name__: kind}) for it in needs}
    made_of = {it: hint for it, hint in hints.items() if isinstance(hint, type) and issubclass(hint, Case)}
    parent, of = next(iter(made_of.items()), ("", None))
    hints.pop(parent, None)

    def act(scene: Scene, case: Case | None, new: New, **given: object) -> Decision[Any]:
        known = new | {"rulebook": scene.rulebook_of(kind), "code": scene.code(), "token": scene.token(), parent: case}
        return method(**{it: value for it, value in known.items() if it in takes}, **given)

    return Opener(
        kind,
        f"{name}_{kind.kind}",
        act,
        of=of,
        gives={it: partial(_any_value, kind, hint) for it, hint in hints.items()},
        hints=hints,
        by_day=date in get_args(annotated(method, "at", **{kind.__name__: kind})) if "at" in takes else False,
    )


_NEW: Final = frozenset({*New.__annotations__, "rulebook", "code", "token"})


def _any_value(kind: type[Case], hint: object, scene: Scene, _: object) -> Sequence[object]:
    return samples(scene, kind, hint)


# --- What verbs are given ---------------------------------------------------------------------------------------------


@cache
def _arguments(verb: Callable[..., object]) -> tuple[tuple[str, bool], ...]:
    """The names of what a verb takes besides the instants, and whether it can do without."""
    parameters = tuple(signature(verb).parameters.values())[1:]
    known = (it for it in parameters if it.name not in {"at", "recorded_at"})
    return tuple((it.name, it.default is not Parameter.empty) for it in known)


def arguments_of(kind: type[Case], verb: str) -> tuple[str, ...]:
    """What a verb of a kind of case is given besides the instants: what it needs, and what is known to be given."""
    return tuple(
        name
        for name, optional in _arguments(getattr(kind, verb))
        if not optional or _find(_gives, kind, verb, name) is not None
    )


def values_of(scene: Scene, case: Case, verb: str, name: str, *, right: bool = True) -> Sequence[object]:
    """What a verb may be given under this name, or what it must not be.

    Raises `LookupError` when nobody said and no value of its type is known.
    """
    values = _find(_gives if right else _wrong, type(case), verb, name)
    if values is not None:
        return values(scene, case)
    if not right:
        return ()
    try:
        return samples(scene, type(case), hint_of(type(case), verb, name))
    except LookupError as error:
        message = (
            f"nobody said what {verb!r} of a case of kind {case.kind!r} is given as {name!r}, and {error}: expected"
            f" give({type(case).__name__}, {{{name!r}: lambda play, case: [...]}})"
        )
        raise LookupError(message) from None


def is_free(kind: type[Case], verb: str, name: str) -> bool:
    """Whether nobody said what a verb is given under this name, so that any value of its type will do."""
    return _find(_gives, kind, verb, name) is None


def hint_of(kind: type[Case], verb: str, name: str) -> object:
    """The type of what a verb takes under this name, as it is annotated; `object` where it is not."""
    function = getattr(kind, verb)
    return annotated(function, name, **{kind.__name__: kind}) if name in function.__annotations__ else object


def _find(known: Mapping[str, Values], kind: type[Case], verb: str, name: str) -> Values | None:
    # What every case can have done to it is given what it needs, whatever a kind gives its own verbs under that name.
    keys = (f"{kind.kind}.{verb}.{name}", f"*.{verb}.{name}", f"{kind.kind}.{name}", name)
    return next((known[key] for key in keys if key in known), None)


# --- What every kind of case may be given -----------------------------------------------------------------------------


def _code(scene: Scene, case: Case) -> Sequence[object]:
    return (scene.secret(case.id, ActivationCode),)


def _token(scene: Scene, case: Case) -> Sequence[object]:
    """That of the link, whatever was sent after it: its use may have been withdrawn (A20)."""
    return (scene.secret(case.id, LinkToken),)


def _no_secret(scene: Scene, case: Case) -> Sequence[object]:
    """What never was sent, what stands for a code held elsewhere, and the codes of other cases."""
    others = (sent[-1] for name, sent in scene.sent.items() if name != case.id and sent)
    return (WRONG,) if scene.is_held(case.id) else (WRONG, HELD_ELSEWHERE, *others)


def own_space(scene: Scene, case: Any) -> Sequence[Case]:
    """The space that asked for a case."""
    return (scene.cases[case.space_id],)


def other_spaces(scene: Scene, case: Any) -> Sequence[Case]:
    """The spaces that did not."""
    return tuple(space for space in scene.of(Space) if space.id != case.space_id)


def _reasons(*_: object) -> Sequence[Reason]:
    """Why any case may be closed (A21): without those that say that it should not have been, or need a text."""
    return (Reason.CLIENT_LEFT, Reason.MISTAKE)


_gives.update({"code": _code, "token": _token, "space": own_space, "*.close.reason": _reasons})
_wrong.update({"code": _no_secret, "token": _no_secret, "space": other_spaces})
