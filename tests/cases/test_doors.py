"""What is no form and no event is the library's own error, in every verb that asks for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from teleprocedures import FixedClock, InvalidValueError, Portal, Space, replay
from teleprocedures.testing import PlainHasher, RecordingNotifier, ScriptedCodes, adhesion_form, space_form
from tests.builders import START, asked, opened, requested

PORTAL = Portal(clock=FixedClock(START), codes=ScriptedCodes(), notifier=RecordingNotifier(), hasher=PlainHasher())
HASHES = {"password_hash": "plain:a", "answer_hash": "plain:b"}

OF_A_SPACE: list[Callable[[Any], object]] = [
    PORTAL.create_space,
    lambda form: Space.create(form, id="space-1", at=START, **HASHES),
]
OF_A_REQUEST: list[Callable[[Any], object]] = [
    lambda form: PORTAL.request_adhesion(opened(), form),
    lambda form: requested().case.request(opened(), form, id="request-2", at=START),
]
OF_A_RENEWAL: list[Callable[[Any], object]] = [
    lambda form: PORTAL.renew_adhesion(opened(), requested().case, form),
    lambda form: requested().case.renew(opened(), form=form, id="request-2", at=START),
]


@pytest.mark.parametrize(
    ("verb", "given", "expected"),
    [
        *((verb, given, "SpaceForm") for verb in OF_A_SPACE for given in (None, {}, "form", adhesion_form())),
        *((verb, given, "AdhesionForm") for verb in OF_A_REQUEST for given in (None, {}, "form", space_form())),
        *((verb, given, "AdhesionForm") for verb in OF_A_RENEWAL for given in ({}, "form", space_form())),
    ],
)
def test_what_is_no_form_is_an_invalid_value(verb: Callable[[Any], object], given: Any, expected: str) -> None:
    """Of the portal and of the snapshots alike, with what was expected."""
    with pytest.raises(InvalidValueError) as caught:
        verb(given)
    assert ("argument.wrong_type", {"value": type(given).__name__, "what": "form", "expected": expected}) == (
        caught.value.code,
        caught.value.facts,
    )
    assert f"{type(given).__name__} is not a form: expected {expected}" == str(caught.value)


@pytest.mark.parametrize("given", [None, {}, "event", 7, asked().case])
@pytest.mark.parametrize("place", [0, 1])
def test_what_is_no_event_is_an_invalid_value(given: Any, place: int) -> None:
    """At the beginning of a history or further on."""
    with pytest.raises(InvalidValueError) as caught:
        replay([*[asked().case.origin][:place], given])
    assert ("argument.wrong_type", {"value": type(given).__name__, "what": "event", "expected": "Event"}) == (
        caught.value.code,
        caught.value.facts,
    )
    assert f"{type(given).__name__} is not an event: expected Event" == str(caught.value)


@pytest.mark.parametrize("given", [None, 7, asked().case])
def test_what_is_no_history_is_an_invalid_value(given: Any) -> None:
    """Nothing at all, or a case in the place of its events."""
    with pytest.raises(InvalidValueError, match=r"is not an event: expected Event$"):
        replay(given)
