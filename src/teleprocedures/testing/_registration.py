"""What has `st.from_type(Siren)` and the like find this library's strategies, whether they were imported or not.

Hypothesis calls `_hypothesis_setup_hook`, an entry point of the package, when it is imported itself; the strategies are
imported at the first use. A kind of case that a host registers later is known from `played` on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from teleprocedures.cases import (
    EVENTS,
    KINDS,
    MESSAGES,
    Activation,
    Case,
    LetterPosted,
    MandateDocument,
    NextStep,
    Notice,
)
from teleprocedures.core import Decision, Event, Lapse, Message, Opening, Reminder
from teleprocedures.deadlines import CivilDays, CivilMonths, Deadline, Hours
from teleprocedures.errors import Rule
from teleprocedures.forms import AdhesionForm, SpaceForm
from teleprocedures.portfolio import Company, Holding, LeadTimes, Plan, PlanStep, Portfolio, Repeat
from teleprocedures.rulebook import Catalogue, Rulebook, Service, TimeLimit
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

_SHIPPED: Final[dict[type, str]] = {
    Siren: "sirens",
    FileNumber: "file_numbers",
    EmailAddress: "email_addresses",
    PersonName: "person_names",
    ActivationCode: "activation_codes",
    LinkToken: "link_tokens",
    Digest: "digests",
    Secret: "secrets",
    BankAccount: "bank_accounts",
    CreditorIdentifier: "creditor_identifiers",
    MandateReference: "mandate_references",
    ContactDetails: "contact_details",
    SpaceForm: "space_forms",
    AdhesionForm: "adhesion_forms",
    Rule: "rules",
    Service: "services",
    Catalogue: "catalogues",
    TimeLimit: "time_limits",
    Rulebook: "rulebooks",
    Hours: "hours",
    CivilDays: "days",
    CivilMonths: "months",
    Deadline: "deadlines",
    Activation: "activations",
    MandateDocument: "mandate_documents",
    NextStep: "next_steps",
    Decision: "decisions",
    Play: "histories",
    Portfolio: "portfolios",
    Company: "companies",
    Holding: "holdings",
    Repeat: "repeats",
    LeadTimes: "lead_times",
    Plan: "plans",
    PlanStep: "plan_steps",
}


def known() -> dict[type, str]:
    """The types that `st.from_type` knows, each with the name of its strategy: a host's kinds of case too."""
    return {
        **_SHIPPED,
        **dict.fromkeys((Case, *KINDS.values()), "cases"),
        **dict.fromkeys((Event, Opening, Lapse, Reminder, LetterPosted, *EVENTS.values()), "events"),
        **dict.fromkeys((Message, Notice, *MESSAGES.values()), "messages"),
    }


OF_A_KIND: Final = frozenset({"cases", "events", "messages"})
"""The strategies that are told which kind of theirs is asked for."""


def _strategy(name: str, kind: type) -> SearchStrategy[Any]:
    strategies = import_module("teleprocedures.testing.strategies")
    give: Callable[..., SearchStrategy[Any]] = getattr(strategies, name)
    return give(kind) if name in OF_A_KIND else give()


def register() -> None:
    """Register every strategy for its type; once or several times is the same."""
    from hypothesis import strategies as st  # noqa: PLC0415 - an extra, and it calls the hook while it is imported

    for kind, name in known().items():
        st.register_type_strategy(kind, partial(_strategy, name))


_hypothesis_setup_hook = register
