"""The face of the package: the names that others write against."""

from __future__ import annotations

import importlib
import inspect
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import attrs
import pytest

import teleprocedures
from teleprocedures import (
    CATALOGUE,
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    LIFECYCLES,
    ActivationState,
    AdhesionState,
    Applicant,
    CivilDays,
    Deadline,
    HeldElsewhere,
    Hours,
    MandateState,
    SpaceState,
    catalogue,
)
from teleprocedures.cases import Actor

PROMISED = """
    Space SpaceState SpaceForm ContactDetails
    Adhesion AdhesionState AdhesionForm Applicant Activation ActivationState
    BankAccount Mandate MandateState check_payment
    Siren FileNumber EmailAddress ActivationCode LinkToken organisation
    Rule Rulebook EXPERT_2024_04_03 Service CATALOGUE Deadline Hours CivilDays CivilMonths
    Decision Event Message AnyCase AnyEvent AnyMessage replay Lifecycle LIFECYCLES next_steps NextStep
    Portal Clock CodeGenerator Notifier Journal SystemClock FixedClock RandomCodes HeldElsewhere HELD_ELSEWHERE
    Sweep sweep_lines Portfolio plan Plan LeadTimes
    ActivationCodeEmail ConfirmationLinkEmail ActivationCodeLetter ReminderEmail LapseNotice
    TeleproceduresError InvalidValueError InvalidFormError RefusedError TransitionRefusedError DeadlinePassedError
    DeadlineNotReachedError WrongCodeError SpaceNotActiveError WrongSpaceError PaymentRefusedError OutOfOrderError
    NotificationError CodecError
"""
NAMES = [name for line in PROMISED.splitlines() for name in line.split()]

FAMILY = {
    "TeleproceduresError": Exception,
    "InvalidValueError": ValueError,
    "InvalidFormError": ValueError,
    "RefusedError": teleprocedures.TeleproceduresError,
    **dict.fromkeys(
        [
            "TransitionRefusedError",
            "DeadlinePassedError",
            "DeadlineNotReachedError",
            "WrongCodeError",
            "SpaceNotActiveError",
            "WrongSpaceError",
            "PaymentRefusedError",
            "OutOfOrderError",
        ],
        teleprocedures.RefusedError,
    ),
    "NotificationError": teleprocedures.TeleproceduresError,
    "CodecError": teleprocedures.TeleproceduresError,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_promised_name_is_there(name: str) -> None:
    """Each name that others write against is exported, and documented."""
    value = getattr(teleprocedures, name)

    assert name in teleprocedures.__all__
    if inspect.isclass(value) or inspect.isfunction(value):
        assert value.__doc__
        assert value.__doc__.strip()


def test_all_names_are_sorted_and_there() -> None:
    """`__all__` is sorted; nothing in it is missing, or said by two rooms."""
    assert sorted(teleprocedures.__all__) == list(teleprocedures.__all__)
    assert len(set(teleprocedures.__all__)) == len(teleprocedures.__all__)
    assert [] == [name for name in teleprocedures.__all__ if not hasattr(teleprocedures, name)]


def test_nothing_else_shows() -> None:
    """What the face gives is in `__all__`, and so is what it has given so far; it gives nothing else."""
    given = {
        name
        for name, value in vars(teleprocedures).items()
        if not name.startswith("_") and not inspect.ismodule(value) and name != "TYPE_CHECKING"
    }

    assert given <= set(teleprocedures.__all__)
    assert set(teleprocedures.__all__) == set(dir(teleprocedures))
    for name in ("Nothing", "both_times", "opens", "_judge", "mandate_for"):
        with pytest.raises(AttributeError, match=name):
            getattr(teleprocedures, name)


@pytest.mark.parametrize(("name", "base"), FAMILY.items())
def test_the_family_of_errors(name: str, base: type[Exception]) -> None:
    """Each error has the ancestor that was promised, and all are `TeleproceduresError`."""
    assert issubclass(getattr(teleprocedures, name), base)
    assert issubclass(getattr(teleprocedures, name), teleprocedures.TeleproceduresError)


@pytest.mark.parametrize(
    ("states", "values"),
    [
        (SpaceState, ["pending", "active", "lapsed"]),
        (AdhesionState, ["awaiting_email", "validated", "lapsed"]),
        (ActivationState, ["awaiting_code", "active", "lapsed"]),
        (MandateState, ["issued", "signed", "sent", "registered", "lapsed"]),
        (Applicant, ["representative", "third_party"]),
        (Actor, ["user", "company", "legal_representative", "bank"]),
    ],
)
def test_states_are_texts(states: type[StrEnum], values: list[str]) -> None:
    """States are `StrEnum`: they compare with the texts that hosts store."""
    assert issubclass(states, StrEnum)
    assert values == list(states)


@pytest.mark.parametrize("name", ["space", "adhesion", "activation", "mandate"])
def test_lifecycles_are_found_by_name(name: str) -> None:
    """Each lifecycle gives what was promised."""
    lifecycle = LIFECYCLES[name]

    assert name == lifecycle.name
    assert lifecycle.initial in lifecycle.states
    assert lifecycle.terminal <= set(lifecycle.states)
    for trigger in lifecycle.triggers(lifecycle.initial):
        assert lifecycle.next(lifecycle.initial, trigger) in lifecycle.states
    assert "stateDiagram-v2" in lifecycle.to_mermaid()
    assert lifecycle.machine.events


@pytest.mark.rule("A2", "A3")
def test_time_limits_are_built_from_a_number() -> None:
    """`Hours(48)` and `CivilDays(60, zone)` say a limit; what starts it makes a `Deadline`."""
    opened = datetime(2024, 3, 1, 9, tzinfo=UTC)
    hours = Hours(48).starting(opened)
    days = CivilDays(60, "Europe/Paris").starting(date(2024, 3, 1))

    assert Deadline(opened=opened, safe_until=hours.closes, closes=opened + timedelta(hours=48)) == hours
    assert "2024-04-29T21:59:59.999999+00:00" == days.safe_until.isoformat()
    assert "2024-04-30T21:59:59.999999+00:00" == days.closes.isoformat()
    assert not days.estimated
    assert not days.has_passed(days.closes)
    assert days.has_passed(days.closes + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("constant", "code"),
    [
        ("MESSAGING", "messagerie"),
        ("PAY_VAT", "payer-tva"),
        ("PAY_WAGE_TAX", "payer-ts"),
        ("PAY_CORPORATE_TAX", "payer-is"),
        ("PAY_CVAE", "payer-cvae"),
        ("PAY_WITHHOLDING", "payer-pas"),
        ("PAY_CFE", "payer-cfe"),
        ("PAY_PROPERTY_TAX", "payer-tf"),
        ("CONSULT_PROPERTY_TAX_NOTICES", "consulter-avis-tf"),
    ],
)
def test_services_are_named(constant: str, code: str) -> None:
    """Each service has a constant, and its code finds it."""
    assert getattr(catalogue, constant) is CATALOGUE[code]


def test_what_the_shells_take() -> None:
    """The verbs of the portal have the names and the parameters that were promised."""
    expected = {
        "create_space": ["form", "key"],
        "activate_space": ["space", "code"],
        "request_adhesion": ["space", "form", "renews", "key"],
        "confirm_company_email": ["adhesion", "token"],
        "record_letter": ["adhesion", "edited"],
        "activate_services": ["space", "adhesion", "code"],
        "declare_account": ["adhesion", "account"],
        "renew_adhesion": ["space", "adhesion", "form", "key"],
        "name_representative": ["mandate", "name"],
        "sign_mandate": ["mandate", "signatory"],
        "send_mandate": ["mandate"],
        "register_mandate": ["mandate"],
        "record_collection": ["mandate"],
        "lapse": ["case"],
        "remind": ["case"],
    }
    for name, parameters in expected.items():
        found = list(inspect.signature(getattr(teleprocedures.Portal, name)).parameters)
        assert ["self", *parameters, "at"] == found
    assert ["self", "space", "password"] == list(inspect.signature(teleprocedures.Portal.sign_in).parameters)
    assert ["adhesions", "service", "account", "mandates", "at"] == list(
        inspect.signature(teleprocedures.check_payment).parameters
    )


def test_what_a_case_has() -> None:
    """Every case has an id, a version, a state, a deadline and an instant at which the clock next decides."""
    for case in (teleprocedures.Space, teleprocedures.Adhesion, teleprocedures.Mandate):
        fields = {field.name for field in attrs.fields(case)}

        assert {"origin", "version", "state", "recorded_at", "since", "due_at"} <= fields
        for name in ("id", "kind", "deadline", "is_due", "is_over", "has_lapsed", "is_presumed", "refusal", "tick"):
            assert hasattr(case, name)
        assert all(isinstance(getattr(case, name), property) for name in ("has_lapsed", "is_presumed", "deadline"))
    for name in ("services", "organisation", "activation", "holds"):
        assert hasattr(teleprocedures.Adhesion, name)


def test_codes_held_elsewhere_are_one_value() -> None:
    """`HELD_ELSEWHERE` is the only one of its kind, and is what `HeldElsewhere()` always answers."""
    assert HELD_ELSEWHERE is HeldElsewhere().activation_code()
    assert "HELD_ELSEWHERE" == repr(HELD_ELSEWHERE)


def test_the_rulebook_is_named_after_its_date() -> None:
    """The shipped rulebook is the page of 2024-04-03."""
    assert date(2024, 4, 3) == EXPERT_2024_04_03.in_force_from


@pytest.mark.parametrize(
    "module", ["testing", "testing.strategies", "testing.machines", "codec", "rulebook.catalogue", "wording"]
)
def test_promised_modules_are_there(module: str) -> None:
    """The modules that hosts import by name are there, documented."""
    assert importlib.import_module(f"teleprocedures.{module}").__doc__
