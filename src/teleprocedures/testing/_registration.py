"""What has `st.from_type(Siren)` and the like find this library's strategies, whether they were imported or not.

How it works. Hypothesis calls `_hypothesis_setup_hook`, an entry point of the package, when it is imported itself. Each
type below is then known, and each kind of case that is registered, with its events and messages. The strategies are
imported at the first use: that of a type is the function that is annotated to give it. A kind of case that a host
registers later is made known as it is registered.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from inspect import signature
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from teleprocedures.cases import (
    EVENTS,
    KINDS,
    MESSAGES,
    Activation,
    Case,
    FollowedFromNow,
    LetterPosted,
    MandateDocument,
    NextStep,
    Notice,
    watch,
)
from teleprocedures.core import Decision, Event, Lapse, Message, Opening, Reminder, Snapshot, TakenOver
from teleprocedures.deadlines import CivilDays, CivilMonths, Deadline, Hours
from teleprocedures.errors import Rule
from teleprocedures.forms import AdhesionForm, KnownForm, SpaceForm
from teleprocedures.portfolio import (
    Company,
    Holding,
    LeadTimes,
    Outlook,
    Plan,
    PlanStep,
    Portfolio,
    Prospect,
    Repeat,
    StepGroup,
)
from teleprocedures.rulebook import CATALOGUE, Catalogue, Rulebook, Service, TimeLimit
from teleprocedures.testing._play import Play
from teleprocedures.values import (
    ActivationCode,
    BankAccount,
    ContactDetails,
    CreditorIdentifier,
    Digest,
    EmailAddress,
    FileNumber,
    LinkToken,
    MandateReference,
    PersonName,
    Secret,
    Siren,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_VALUES: Final[tuple[type, ...]] = (
    *(Siren, FileNumber, EmailAddress, PersonName, ContactDetails, ActivationCode, LinkToken, Digest, Secret),
    *(BankAccount, CreditorIdentifier, MandateReference, MandateDocument, SpaceForm, AdhesionForm, KnownForm),
    *(Rule, Service, Catalogue, TimeLimit, Rulebook, Hours, CivilDays, CivilMonths, Deadline),
    *(Activation, NextStep, Decision, Play),
    *(Portfolio, Company, Holding, Repeat, StepGroup, LeadTimes, Plan, PlanStep, Outlook, Prospect),
)


def known() -> tuple[type, ...]:
    """The types that `st.from_type` knows, a host's kinds of case, of event and of message too."""
    cases: tuple[type, ...] = (Snapshot, Case)
    events: tuple[type, ...] = (Event, Opening, TakenOver, FollowedFromNow, Lapse, Reminder, LetterPosted)
    messages: tuple[type, ...] = (Message, Notice)
    return tuple(
        dict.fromkeys((*_VALUES, *cases, *events, *messages, *KINDS.values(), *EVENTS.values(), *MESSAGES.values()))
    )


def _strategy(kind: type) -> SearchStrategy[Any]:
    if kind is Service:
        from hypothesis import strategies as st  # noqa: PLC0415 - an extra, and it is there when this is asked

        # Those of a catalogue, which a model reads back; a host's own are those of `strategies.services`.
        return st.sampled_from(CATALOGUE.services)
    strategies = import_module("teleprocedures.testing.strategies")
    # These three are told which kind of theirs is asked for.
    for base, give in ((Snapshot, strategies.cases), (Event, strategies.events), (Message, strategies.messages)):
        if issubclass(kind, base):
            return give(kind)  # type: ignore[no-any-return] # of a module that is imported when it is asked for
    return _by_type(strategies)[kind.__name__]()


@cache
def _by_type(strategies: ModuleType) -> dict[str, Callable[[], SearchStrategy[Any]]]:
    """Each strategy by the name of the type that it is annotated to give; of several, the one that takes the least."""
    every = sorted((getattr(strategies, name) for name in strategies.__all__), key=_parameters, reverse=True)
    return {_given_by(one): one for one in every}


def _parameters(function: Callable[..., Any]) -> int:
    return len(signature(function).parameters)


def _given_by(function: Callable[..., Any]) -> str:
    """The name in `SearchStrategy[Siren]`, which Hypothesis has written otherwise if the strategy is a composite."""
    return re.sub(r".*SearchStrategy\[(?:ForwardRef\(')?(\w+).*", r"\1", str(function.__annotations__["return"]))


def register() -> None:
    """Register every strategy for its type; once or several times is the same."""
    from hypothesis import strategies as st  # noqa: PLC0415 - an extra, and it calls the hook while it is imported

    for kind in known():
        st.register_type_strategy(kind, _strategy)


def _hypothesis_setup_hook() -> None:
    """Register every strategy, and those of each kind of case that is registered from now on."""
    register()
    watch(_follow)


def _follow(_: type[Case]) -> None:
    register()
