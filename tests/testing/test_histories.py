"""Cases and whole histories as Hypothesis draws them: in every state, told at once and late, and shrinking well."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Any

import attrs
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationState,
    Adhesion,
    AdhesionState,
    Case,
    FactWithdrawn,
    LinkProvedByCode,
    Mandate,
    MandateSigned,
    MandateState,
    OverdueLetterRecorded,
    RequestTakenOver,
    Siren,
    Space,
    SpaceState,
    TakenOver,
)
from teleprocedures.cases import KINDS
from teleprocedures.core import Lapse
from teleprocedures.testing import Play, _openers, strategies
from teleprocedures.testing._openers import openers_of
from teleprocedures.testing._walk import stages_of
from tests.builders import SECRETS

FEW = settings(max_examples=25)
MORE = settings(max_examples=200)
RARELY = settings(max_examples=3_000, phases=[Phase.generate], derandomize=True, database=None)
KIND_AND_STAGE = [(kind, stage) for kind in KINDS.values() if openers_of(kind) for stage in stages_of(kind)]


def simplest(strategy: st.SearchStrategy[Any]) -> Any:
    """The first example of a strategy, which is its simplest."""
    return find(strategy, lambda _: True, settings=settings(phases=[Phase.generate], database=None))


def check_all(strategy: st.SearchStrategy[Any], holds: Callable[[Any], object], *, examples: settings = FEW) -> None:
    """Everything that the strategy gives is so."""

    @examples
    @given(strategy)
    def check(case: Any) -> None:
        assert holds(case)

    check()


def never(strategy: st.SearchStrategy[Any], wanted: dict[str, Callable[[Any], object]]) -> set[str]:
    """What no example of a strategy is."""
    missing = set(wanted)

    def reached(example: Any) -> bool:
        missing.difference_update([name for name in missing if wanted[name](example)])
        return not missing

    with suppress(NoSuchExample):
        # What is found is not written out: two whole requests are long.
        find(strategy.map(reached), bool, settings=RARELY)
    return missing


# --- Cases ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "stage"), KIND_AND_STAGE, ids=str)
def test_cases_of_every_kind_at_every_stage(kind: type[Case], stage: StrEnum) -> None:
    """What is asked for is what is given, wherever the tables say that a case can stand: never another stage."""
    check_all(strategies.cases(kind, stage), lambda case: type(case) is kind and case.stage is stage)


def test_the_stages_are_those_of_the_tables() -> None:
    """All states can be stood in but the one that another lifecycle takes over."""
    assert tuple(SpaceState) == stages_of(Space)
    assert tuple(MandateState) == stages_of(Mandate)
    assert (*ActivationState, AdhesionState.AWAITING_EMAIL, AdhesionState.LAPSED) == stages_of(Adhesion)


@pytest.mark.parametrize(
    ("strategy", "holds"),
    [
        (strategies.spaces(SpaceState.LAPSED), lambda space: space.state is SpaceState.LAPSED),
        (strategies.adhesions(AdhesionState.LAPSED), lambda adhesion: adhesion.stage is AdhesionState.LAPSED),
        (strategies.activations(ActivationState.ACTIVE), lambda part: part.state is ActivationState.ACTIVE),
        (strategies.mandates(MandateState.SENT), lambda mandate: mandate.state is MandateState.SENT),
    ],
    ids=["spaces", "adhesions", "activations", "mandates"],
)
def test_each_kind_has_a_strategy_of_its_own(strategy: Any, holds: Any) -> None:
    """Each is `cases` of one kind; a missed link is told from a missed code."""
    check_all(strategy, holds)


def test_validated_requests_have_an_activation() -> None:
    """A request that is validated stands at any stage from there on."""
    stages = {str(stage): lambda adhesion, stage=stage: adhesion.stage is stage for stage in ActivationState}

    assert set() == never(strategies.adhesions(AdhesionState.VALIDATED), stages)


def test_what_cannot_be_drawn_is_said() -> None:
    """A state of another lifecycle, or what is no case, no event or no message, is an error that says what is known."""

    class Unopened(Case):
        kind = "unopened"
        lifecycle = Space.lifecycle
        lifecycles = Space.lifecycles

    for strategy in (strategies.adhesions(SpaceState.ACTIVE), strategies.cases(Mandate, ActivationState.ACTIVE)):
        with pytest.raises(LookupError, match=r"nothing comes to <\w+\.ACTIVE: 'active'>: expected one of <"):
            simplest(strategy)
    with pytest.raises(LookupError, match=r"nothing opens a case of kind 'space': expected add_opener\(Opener\(Uno"):
        simplest(strategies.cases(Unopened))
    with pytest.raises(LookupError, match=r"^Siren is none of CaseClosed, "):
        strategies.events(Siren)
    with pytest.raises(LookupError, match=r"^Siren is none of ActivationCodeEmail, "):
        strategies.messages(Siren)


def test_kinds_that_nothing_opens_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that is registered, and that nothing opens in a play, is drawn only where it is asked for."""
    monkeypatch.setattr(_openers, "_openers", {**_openers._openers, Adhesion: {}, Mandate: {}})

    check_all(strategies.cases(), lambda case: type(case) is Space)
    # What every case can have done to it is of spaces too.
    check_all(strategies.events(), lambda event: event.kind.startswith(("space-", "case-", "fact-")))
    with pytest.raises(LookupError, match="MandateSigned comes of no kind of case that something opens"):
        strategies.events(MandateSigned)


@pytest.mark.rule("F1")
def test_without_a_time_limit_nothing_lapses() -> None:
    """Under a rulebook that sets no time limit for mandates, none is drawn as lapsed, and none can be asked for."""
    endless = attrs.evolve(EXPERT_2024_04_03, version="endless", mandate_use=None)
    check_all(strategies.mandates(rulebook=endless), lambda mandate: not mandate.has_lapsed)

    with pytest.raises(LookupError, match=r"nothing comes to <MandateState\.LAPSED: 'lapsed'> from here:\nPlay"):
        simplest(strategies.mandates(MandateState.LAPSED, rulebook=endless))


@FEW
@given(strategies.rulebooks().flatmap(lambda rulebook: strategies.cases(rulebook=rulebook)))
def test_cases_under_any_rulebook(case: Case) -> None:
    """Cases are made under any rulebook."""
    assert case.version >= 1


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize(
    ("strategy", "code_of"),
    [
        (strategies.spaces(SpaceState.PENDING), lambda space: space.origin.code),
        (strategies.adhesions(AdhesionState.AWAITING_EMAIL), lambda adhesion: adhesion.origin.token),
        (strategies.activations(ActivationState.ACTIVE), lambda activation: activation.code),
    ],
    ids=["spaces", "adhesions", "activations"],
)
def test_codes_held_here_or_elsewhere(strategy: st.SearchStrategy[Any], code_of: Any, held: object) -> None:
    """A case has its codes here, as a simulator has them, or elsewhere, as a firm that follows it at the portal."""
    case = find(strategy, lambda case: (code_of(case) is HELD_ELSEWHERE) is held, settings=RARELY)

    assert (HELD_ELSEWHERE is code_of(case)) is held


OF_CASES: dict[str, Callable[[Any], object]] = {
    "told late": lambda case: case.recorded_at > case.since and case.origin.version == case.version,
    "presumed": lambda case: case.is_presumed,
    "taken over": lambda it: isinstance(it.origin, TakenOver),
    "told by its day": lambda it: it.version > 1 and it.since_day is not None,
}
OF_REQUESTS: dict[str, Callable[[Any], object]] = {
    "link told late": lambda it: it.activation and it.recorded_at > it.since and it.version == 2,
    "letter known": lambda it: it.held_elsewhere and it.activation and it.activation.letter,
    "estimated": lambda it: it.activation is not None and it.activation.deadline.estimated,
    "renewal": lambda it: it.origin.renews is not None,
    "later account": lambda it: it.later_accounts != (),
    "under way": lambda it: isinstance(it.origin, RequestTakenOver) and it.activation.letter,
}
OF_MANDATES: dict[str, Callable[[Any], object]] = {
    "collected": lambda it: it.idle and it.idle.opened > it.since,
    "named": lambda it: it.legal_representative != getattr(it.origin, "legal_representative", None),
    "estimated end": lambda it: it.idle is not None and it.idle.estimated,
}


@pytest.mark.rule("A3", "A14", "A15", "A16", "A17", "A18")
@pytest.mark.parametrize(
    ("strategy", "wanted"),
    [
        (strategies.cases(), OF_CASES),
        (strategies.spaces(), {"final": lambda case: case.has_lapsed and not case.is_presumed}),
        (
            strategies.spaces(SpaceState.ACTIVE),
            {"corrected": lambda space: space.recorded_at > space.time_limit.closes},
        ),
        (strategies.adhesions(), OF_REQUESTS),
        (strategies.mandates(), OF_MANDATES),
        (strategies.events(MandateSigned), {"signed by name": lambda event: event.signatory is not None}),
        (
            strategies.events(OverdueLetterRecorded),
            {"overdue letter": lambda event: event.deadline.closes < event.recorded_at},
        ),
        (strategies.events(Lapse), {"late lapse": lambda event: event.at < event.recorded_at}),
        (strategies.events(LinkProvedByCode), {"proved by a code": lambda event: event.day is None}),
        (strategies.events(FactWithdrawn), {"withdrawn": lambda event: event.version > 3}),
        (strategies.repeats(), {"repeat": lambda repeat: repeat.adhesion.id != repeat.other.id}),
    ],
    ids=lambda it: next(iter(it)) if isinstance(it, dict) else "",
)
def test_cases_of_every_description(
    strategy: st.SearchStrategy[Any], wanted: dict[str, Callable[[Any], object]]
) -> None:
    """Facts told late, lapses presumed, final and corrected, letters known and not, renewals, later accounts, names."""
    assert set() == never(strategy, wanted)


# --- Histories --------------------------------------------------------------------------------------------------------


@FEW
@given(strategies.histories())
def test_histories_tell_everything(play: Play) -> None:
    """A history's `repr` has a line for each step, and no secret."""
    told = repr(play)

    assert 2 + len(play.steps) == len(told.splitlines())
    assert not any(secret in told for secrets in play.sent.values() for secret in secrets)
    assert not any(secret in told for secret in SECRETS)


def back(play: Play) -> bool:
    """Whether a lapse was corrected."""
    return any(
        step.before is not None and step.before.has_lapsed and not step.outcome.case.has_lapsed for step in made(play)
    )


def made(play: Play) -> list[Any]:
    """The steps that were accepted."""
    return [step for step in play.steps if step.accepted and step.move.makes is None]


REACHED: dict[str, Callable[[Play], bool]] = {
    "services held": lambda play: any(
        isinstance(case, Adhesion) and case.holds(case.services[0]) for case in play.cases.values()
    ),
    "several spaces": lambda play: len(play.of(Space)) > 1,
    "a refusal": lambda play: any(not step.accepted for step in play.steps),
    "something wrong": lambda play: any(not step.move.right for step in play.steps),
    "a lapse": lambda play: any(step.move.verb == "lapse" for step in made(play)),
    "a reminder": lambda play: any(step.move.verb == "remind" for step in made(play)),
    "a fact told late": lambda play: any(step.happened < step.at for step in made(play)),
    "a correction": back,
    "a renewal": lambda play: any(case.origin.renews for case in play.of(Adhesion)),
    "a later account": lambda play: any(case.later_accounts for case in play.of(Adhesion)),
    "a case taken over": lambda play: any(isinstance(case.origin, TakenOver) for case in play.cases.values()),
    "a fact told by its day": lambda play: any(not isinstance(step.when, datetime) for step in made(play)),
    "a fact told of a closed case": lambda play: any(
        step.before.closing and step.outcome.case.closing and step.move.verb != "withdraw" for step in made(play)
    ),
    "a case reopened": lambda play: any(step.move.verb == "reopen" for step in made(play)),
    "a fact withdrawn": lambda play: any(step.move.verb == "withdraw" for step in made(play)),
}


def test_histories_reach() -> None:
    """Histories reach services held, several spaces, refusals, lapses and their corrections, facts told late."""
    assert set() == never(strategies.histories(), REACHED)
