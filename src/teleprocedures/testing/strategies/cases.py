"""Cases at any state that can be reached, each by a path of its own, with time passing as it may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from teleprocedures.activation import ActivationState
from teleprocedures.adhesion import Adhesion
from teleprocedures.adhesion_events import AdhesionState
from teleprocedures.catalogue import MESSAGING, PAY_VAT
from teleprocedures.decisions import Case
from teleprocedures.forms import AdhesionForm
from teleprocedures.mandate import Mandate
from teleprocedures.mandate_events import MandateState
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.space import Space, SpaceState
from teleprocedures.testing.moves import Move, company_forms
from teleprocedures.testing.play import Play
from teleprocedures.testing.strategies.forms import adhesion_forms, space_forms
from teleprocedures.testing.strategies.times import around_clock_changes, instants

E = TypeVar("E")

STAGES: Final[tuple[AdhesionState | ActivationState, ...]] = (
    ActivationState.AWAITING_CODE,
    ActivationState.ACTIVE,
    ActivationState.LAPSED,
    AdhesionState.AWAITING_EMAIL,
    AdhesionState.LAPSED,
)
"""Where a request can stand as a whole: `AdhesionState.LAPSED` missed its link, `ActivationState.LAPSED` its code."""

_LATEST: Final = timedelta(days=100)
_MANDATE_PATH: Final = ("sign_mandate", "send_mandate", "register_mandate")


def _one_of(state: E | None, states: tuple[E, ...]) -> st.SearchStrategy[E]:
    return st.sampled_from(states) if state is None else st.just(state)


def _begun(draw: st.DrawFn, rulebook: Rulebook) -> Play:
    return Play(at=draw(instants() | around_clock_changes("Europe/Paris")), rulebook=rulebook)


def _soon(draw: st.DrawFn, play: Play, name: str) -> None:
    """Wait, no later than the end of the case's time limit: nothing, to the end itself, or in between."""
    deadline = play.cases[name].deadline
    most = _LATEST if deadline is None else deadline.closes - play.at
    play.wait(draw(st.just(timedelta(0)) | st.just(most) | st.timedeltas(timedelta(0), most)))


def _late(draw: st.DrawFn, play: Play, name: str) -> None:
    """Wait until the case's time limit has passed, by a microsecond or by days."""
    deadline = play.cases[name].deadline
    assert deadline is not None
    late = st.just(timedelta(0)) | st.timedeltas(timedelta(0), _LATEST)
    play.wait(deadline.lapses_at - play.at + draw(late))


def _reminded(draw: st.DrawFn, play: Play, name: str) -> None:
    """Remind of the case now and then, as a nightly batch does."""
    while draw(st.booleans()):
        case = play.cases[name]
        if case.due_at is None or case.deadline is None or case.due_at > case.deadline.closes:
            break
        play.at = max(play.at, case.due_at)
        play.make(Move("remind", name))


def _end(draw: st.DrawFn, play: Play, verb: str | None, name: str, **given: Any) -> None:
    """Bring a case to the state that this verb makes, in time or late as the verb asks; none leaves it as it is."""
    _reminded(draw, play, name)
    if verb is not None:
        (_late if verb == "lapse" else _soon)(draw, play, name)
        play.make(Move(verb, name, **given))


@st.composite
def spaces(draw: st.DrawFn, state: SpaceState | None = None, *, rulebook: Rulebook = EXPERT_2024_04_03) -> Space:
    """Give spaces in this state, or in any (rules 1.1 to 1.11).

    >>> from hypothesis import Phase, find, settings
    >>> simplest = settings(phases=[Phase.generate])
    >>> find(spaces(SpaceState.LAPSED), lambda _: True, settings=simplest).changed_at.isoformat()
    '2000-01-03T00:00:00.000001+00:00'
    """
    play = _begun(draw, rulebook)
    _space(draw, play, draw(_one_of(state, tuple(SpaceState))))
    return play.of(Space)[0]


def _space(draw: st.DrawFn, play: Play, state: SpaceState) -> None:
    play.make(Move("create_space", "space-1", "space-1", form=draw(st.none() | space_forms())))
    ends = {SpaceState.ACTIVE: "activate_space", SpaceState.LAPSED: "lapse"}
    _end(draw, play, ends.get(state), "space-1")


@st.composite
def adhesions(
    draw: st.DrawFn, stage: AdhesionState | ActivationState | None = None, *, rulebook: Rulebook = EXPERT_2024_04_03
) -> Adhesion:
    """Give requests that stand there (one of `STAGES`), or anywhere, for any services (rules 2.1 to 3.5).

    >>> from hypothesis import Phase, find, settings
    >>> find(adhesions(ActivationState.ACTIVE), lambda _: True, settings=settings(phases=[Phase.generate])).stage
    <ActivationState.ACTIVE: 'active'>
    """
    play = _begun(draw, rulebook)
    _adhesion(draw, play, draw(_one_of(stage, STAGES)))
    return play.of(Adhesion)[0]


def _adhesion(draw: st.DrawFn, play: Play, stage: AdhesionState | ActivationState, *, pays: bool = False) -> None:
    _space(draw, play, SpaceState.ACTIVE)
    form = draw(_request(play.rulebook, messaging=isinstance(stage, AdhesionState), pays=pays))
    play.make(Move("request_adhesion", "space-1", "adhesion-1", form=form))
    if isinstance(stage, AdhesionState):
        _end(draw, play, "lapse" if stage is AdhesionState.LAPSED else None, "adhesion-1")
        return
    if play.of(Adhesion)[0].activation is None:
        _end(draw, play, "confirm_company_email", "adhesion-1")
    if draw(st.booleans()):
        _end(draw, play, "record_letter", "adhesion-1")
    ends = {ActivationState.ACTIVE: "activate_services", ActivationState.LAPSED: "lapse"}
    _end(draw, play, ends.get(stage), "adhesion-1", space="space-1")


def _request(rulebook: Rulebook, *, messaging: bool, pays: bool) -> st.SearchStrategy[AdhesionForm]:
    asked: Callable[[AdhesionForm], bool] = lambda form: (  # noqa: E731 - it is named for the two that use it
        (not messaging or MESSAGING in form.services) and (not pays or PAY_VAT in form.services)
    )
    played = [form for form in company_forms() if asked(form)]
    including = (*((MESSAGING,) if messaging else ()), *((PAY_VAT,) if pays else ()))
    return st.sampled_from(played) | adhesion_forms(rulebook.catalogue, including=including)


@st.composite
def mandates(draw: st.DrawFn, state: MandateState | None = None, *, rulebook: Rulebook = EXPERT_2024_04_03) -> Mandate:
    """Give mandates in this state, or in any that the rulebook lets them reach (rules 2.14 to 2.19 and F1).

    >>> from hypothesis import Phase, find, settings
    >>> simplest = settings(phases=[Phase.generate])
    >>> find(mandates(MandateState.REGISTERED), lambda _: True, settings=simplest).deadline.closes.isoformat()
    '2003-01-01T22:59:59.999999+00:00'
    """
    play = _begun(draw, rulebook)
    states = tuple(
        state for state in MandateState if state is not MandateState.LAPSED or rulebook.mandate_use is not None
    )
    wanted = draw(_one_of(state, states))
    _adhesion(draw, play, draw(st.sampled_from((ActivationState.AWAITING_CODE, ActivationState.ACTIVE))), pays=True)
    play.make(Move("issue_mandate", "adhesion-1", "mandate-1"))
    for verb in _MANDATE_PATH[: tuple(MandateState).index(wanted)]:
        _end(draw, play, verb, "mandate-1")
    if wanted is MandateState.REGISTERED and draw(st.booleans()):
        _end(draw, play, "record_collection", "mandate-1")
    if wanted is MandateState.LAPSED:
        _end(draw, play, "lapse", "mandate-1")
    return play.of(Mandate)[0]


def cases(*, rulebook: Rulebook = EXPERT_2024_04_03) -> st.SearchStrategy[Case]:
    """Give cases of every kind, in every state.

    >>> from hypothesis import Phase, find, settings
    >>> find(cases(), lambda _: True, settings=settings(phases=[Phase.generate])).id
    'space-1'
    """
    return st.one_of(spaces(rulebook=rulebook), adhesions(rulebook=rulebook), mandates(rulebook=rulebook))
