"""Cases at any stage that can be reached, each by a way of its own, with codes held here or elsewhere."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from hypothesis import strategies as st

from teleprocedures.cases import (
    KINDS,
    Activation,
    ActivationState,
    Adhesion,
    AdhesionState,
    Case,
    Mandate,
    MandateState,
    Space,
    SpaceState,
)
from teleprocedures.rulebook import Rulebook
from teleprocedures.testing._openers import openers_of
from teleprocedures.testing.strategies._arrivals import arrivals, beginnings

__all__ = [
    "activations",
    "adhesions",
    "cases",
    "mandates",
    "spaces",
]

CaseT = TypeVar("CaseT", bound=Case)


def cases(
    kind: type[CaseT] = Case,  # type: ignore[assignment] # of any kind
    stage: StrEnum | None = None,
    *,
    rulebook: Rulebook | None = None,
) -> st.SearchStrategy[CaseT]:
    """Give cases of this kind at this stage, or of every kind that is registered, a host's too, in every state.

    Without a rulebook, or with one that lacks what a kind cites, cases are made under the one that their kind was
    registered with.

    >>> from hypothesis import Phase, find, settings
    >>> find(cases(), lambda _: True, settings=settings(phases=[Phase.generate])).id
    'space-1'
    """
    kinds = [one for one in KINDS.values() if issubclass(one, kind) and openers_of(one)] or [kind]
    begin = beginnings(rulebook)
    return st.one_of([arrivals(one, stage, begin=begin).map(lambda arrival: arrival.case) for one in kinds])


def spaces(state: SpaceState | None = None, *, rulebook: Rulebook | None = None) -> st.SearchStrategy[Space]:
    """Give spaces in this state, or in any (rules 1.1 to 1.11, A15).

    >>> from hypothesis import Phase, find, settings
    >>> simplest = settings(phases=[Phase.generate])
    >>> find(spaces(SpaceState.LAPSED), lambda _: True, settings=simplest).recorded_at.isoformat()
    '2000-01-03T00:00:00.000001+00:00'
    """
    return cases(Space, state, rulebook=rulebook)


def adhesions(
    stage: AdhesionState | ActivationState | None = None, *, rulebook: Rulebook | None = None
) -> st.SearchStrategy[Adhesion]:
    """Give requests that stand there, or anywhere, for any services (2.1 to 3.5, A16).

    `AdhesionState.LAPSED` missed its link, `ActivationState.LAPSED` its code. One that is validated stands at any stage
    of its activation.

    >>> from hypothesis import Phase, find, settings
    >>> find(adhesions(ActivationState.ACTIVE), lambda _: True, settings=settings(phases=[Phase.generate])).stage
    <ActivationState.ACTIVE: 'active'>
    """
    return cases(Adhesion, stage, rulebook=rulebook)


def activations(
    state: ActivationState | None = None, *, rulebook: Rulebook | None = None
) -> st.SearchStrategy[Activation]:
    """Give the activations of requests, in this state or in any (rules 3.1 to 3.5).

    >>> from hypothesis import Phase, find, settings
    >>> find(activations(), lambda _: True, settings=settings(phases=[Phase.generate])).deadline.closes.isoformat()
    '2000-03-01T22:59:59.999999+00:00'
    """
    return adhesions(AdhesionState.VALIDATED if state is None else state, rulebook=rulebook).map(_activation)


def _activation(adhesion: Adhesion) -> Activation:
    assert adhesion.activation is not None, "a request at one of the stages of an activation has one"
    return adhesion.activation


def mandates(state: MandateState | None = None, *, rulebook: Rulebook | None = None) -> st.SearchStrategy[Mandate]:
    """Give mandates in this state, or in any that the rulebook lets them reach (rules 2.14 to 2.19 and F1).

    >>> from hypothesis import Phase, find, settings
    >>> simplest = settings(phases=[Phase.generate])
    >>> find(mandates(MandateState.REGISTERED), lambda _: True, settings=simplest).deadline.closes.isoformat()
    '2003-01-01T22:59:59.999999+00:00'
    """
    return cases(Mandate, state, rulebook=rulebook)
