"""The face of the package: the names that others write against."""

from __future__ import annotations

import importlib
import inspect
from datetime import date
from enum import EnumType, StrEnum

import pytest

import teleprocedures
from teleprocedures import (
    CATALOGUE,
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationState,
    AdhesionState,
    Applicant,
    HeldElsewhere,
    MandateState,
    SpaceState,
    catalogue,
)

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


def test_states_are_texts() -> None:
    """Whatever is one of several is a `StrEnum`: it compares with the texts that hosts store."""
    kinds = [value for name in NAMES if isinstance(value := getattr(teleprocedures, name), EnumType)]

    assert {SpaceState, AdhesionState, ActivationState, MandateState, Applicant} <= set(kinds)
    assert all(issubclass(kind, StrEnum) for kind in kinds)


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
