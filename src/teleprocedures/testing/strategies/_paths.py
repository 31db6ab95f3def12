"""The ways to any state: plays that lead a case there, each by a path of its own, with time passing as it may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from teleprocedures.cases import ActivationState, Adhesion, AdhesionState, MandateState, SpaceState
from teleprocedures.errors import InvalidValueError
from teleprocedures.forms import AdhesionForm
from teleprocedures.rulebook import EXPERT_2024_04_03, MESSAGING, PAY_VAT, Rulebook
from teleprocedures.testing._moves import Move, company_forms
from teleprocedures.testing._play import Play
from teleprocedures.testing.strategies._forms import adhesion_forms, space_forms
from teleprocedures.testing.strategies._times import starts

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


def beginnings(rulebook: Rulebook = EXPERT_2024_04_03, *, held: bool | None = None) -> st.SearchStrategy[Play]:
    """Plays that have not begun, at any instant; codes are held elsewhere, here, or (None) either."""
    return st.builds(
        Play, at=starts(), rulebook=st.just(rulebook), held=st.booleans() if held is None else st.just(held)
    )


@st.composite
def to_a_space(draw: st.DrawFn, begin: st.SearchStrategy[Play], state: SpaceState | None = None) -> Play:
    """Plays that lead a space to this state, or to any."""
    play = draw(begin)
    _space(draw, play, draw(_one_of(state, tuple(SpaceState))))
    return play


@st.composite
def to_an_adhesion(
    draw: st.DrawFn, begin: st.SearchStrategy[Play], stage: AdhesionState | ActivationState | None = None
) -> Play:
    """Plays that lead a request to this stage (one of `STAGES`, or validated: any from there on), or to any."""
    play = draw(begin)
    if stage is AdhesionState.VALIDATED:
        stage = draw(st.sampled_from(ActivationState))
    _adhesion(draw, play, draw(_one_of(stage, STAGES)))
    return play


@st.composite
def to_a_mandate(draw: st.DrawFn, begin: st.SearchStrategy[Play], state: MandateState | None = None) -> Play:
    """Plays that lead a mandate to this state, or to any that the rulebook lets it reach."""
    play = draw(begin)
    lapses = play.rulebook.mandate_use is not None
    wanted = draw(_one_of(state, tuple(one for one in MandateState if lapses or one is not MandateState.LAPSED)))
    _adhesion(draw, play, draw(st.sampled_from((ActivationState.AWAITING_CODE, ActivationState.ACTIVE))), pays=True)
    play.make(Move("issue_mandate", "adhesion-1", "mandate-1"))
    for verb in _MANDATE_PATH[: tuple(MandateState).index(wanted)]:
        _end(draw, play, verb, "mandate-1")
    collected = wanted is MandateState.REGISTERED and draw(st.booleans())
    ends = {MandateState.REGISTERED: "record_collection" if collected else None, MandateState.LAPSED: "lapse"}
    _end(draw, play, ends.get(wanted), "mandate-1")
    return play


def _one_of(state: E | None, states: tuple[E, ...]) -> st.SearchStrategy[E]:
    if state is not None and not any(state is one for one in states):
        message = f"nothing comes to {state!r}: expected one of {', '.join(map(repr, states))}"
        raise InvalidValueError(message)
    return st.sampled_from(states) if state is None else st.just(state)


def _space(draw: st.DrawFn, play: Play, state: SpaceState) -> None:
    play.make(Move("create_space", "space-1", "space-1", form=draw(st.none() | space_forms())))
    ends = {SpaceState.ACTIVE: "activate_space", SpaceState.LAPSED: "lapse"}
    _end(draw, play, ends.get(state), "space-1")


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


def _end(draw: st.DrawFn, play: Play, verb: str | None, name: str, **given: Any) -> None:
    """Bring a case to the state that this verb makes, in time or late as the verb asks; none leaves it as it is."""
    _reminded(draw, play, name)
    if verb is not None:
        (_late if verb == "lapse" else _soon)(draw, play, name)
        play.make(Move(verb, name, **given))


def _reminded(draw: st.DrawFn, play: Play, name: str) -> None:
    """Remind of the case now and then, as a nightly batch does."""
    while draw(st.booleans()):
        case = play.cases[name]
        if case.due_at is None or case.deadline is None or case.due_at > case.deadline.closes:
            break
        play.at = max(play.at, case.due_at)
        play.make(Move("remind", name))


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
