"""The promises that the searches check: each function finds what breaks its promise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from teleprocedures import (
    ActivationState,
    AdhesionState,
    CompanyEmailConfirmed,
    Deadline,
    Decision,
    Mandate,
    ServicesActivated,
    SpaceState,
)
from teleprocedures.testing import invariants
from teleprocedures.testing.invariants import BrokenPromiseError
from tests.builders import DAY, FRENCH_IBAN, HOUR, POSTED, SECRETS, START, TICK, TOKEN, asked, linked, opened, requested


def changed(case: Any, **fields: Any) -> Any:
    """A snapshot that no verb makes."""
    return attrs.evolve(case, **fields)


def history(*decisions: Decision[Any]) -> tuple[Any, tuple[Any, ...]]:
    """The last case, and the events of all."""
    return decisions[-1].case, tuple(event for decision in decisions for event in decision.events)


def test_what_the_verbs_make_keeps_every_promise() -> None:
    """Real cases break no promise."""
    asking = linked("payer-tva", bank_accounts=[FRENCH_IBAN])
    confirmed = asking.case.confirm_company_email(TOKEN, code=POSTED, at=START + HOUR)
    active = confirmed.case.activate(POSTED, space=opened(), at=START + DAY)
    mandate = Mandate.issue(active.case, FRENCH_IBAN, id="mandate-1", reference="RUM-1", at=START + DAY).case

    for case, events in (history(asked()), history(asking), history(asking, confirmed, active)):
        invariants.check_case(case, events, at=START + DAY, mandates=[mandate])


@pytest.mark.rule("0.2")
def test_another_snapshot_is_found() -> None:
    """A snapshot that its events do not make is found."""
    decision = asked()

    with pytest.raises(BrokenPromiseError, match="the events of space-1 make another snapshot"):
        invariants.check_replay(changed(decision.case, state=SpaceState.ACTIVE), decision.events)


def test_a_secret_told_is_found() -> None:
    """A secret in a `repr`, or in an error, is found, and not told again."""
    for told in (SECRETS[0], KeyError(SECRETS[0])):
        with pytest.raises(BrokenPromiseError, match=rf"^a secret is told by a {type(told).__name__} \(rule A13\)$"):
            invariants.check_silence([told], SECRETS)


@pytest.mark.rule("A2")
def test_both_or_none_is_found() -> None:
    """A case that allows both the code and the lapse, or neither, is found."""
    space = asked().case

    with pytest.raises(BrokenPromiseError, match=r"space-1 allows \[\]"):
        invariants.check_one_of_two(space, START - TICK)


@pytest.mark.rule("1.11")
def test_a_return_is_found() -> None:
    """A lapsed case that allows something is found."""

    class Returning(type(asked().case)):
        __slots__ = ()

        def refusal(self, trigger: str, **_: Any) -> None:
            return None

    space = asked().case.lapse(at=START + 49 * HOUR).case
    returning = Returning(**{field.name: getattr(space, field.name) for field in attrs.fields(type(space))})

    with pytest.raises(BrokenPromiseError, match="space-1 has lapsed and allows"):
        invariants.check_lapsed_for_good(returning, START + 50 * HOUR)


@pytest.mark.rule("1.11", "2.11", "3.4")
@pytest.mark.parametrize("make", [lambda: linked().case, lambda: requested().case])
def test_lapsed_requests_allow_nothing(make: Any) -> None:
    """A request that missed its link, or its code, allows no verb at all."""
    case = make()
    lapsed = case.lapse(at=case.deadline.closes + TICK).case

    invariants.check_lapsed_for_good(lapsed, lapsed.changed_at + DAY)
    assert lapsed.has_lapsed


@pytest.mark.rule("2.5", "2.9", "2.10")
@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda first, letter: (first, letter, letter), "has 2 letters"),
        (lambda first, letter: (first, attrs.evolve(letter, at=START + 49 * HOUR)), "was used too late"),
        (lambda first, letter: (first, requested().events[1]), "does not follow from its link"),
        (lambda first, letter: (requested().events[0],), "asks for no link and has no letter"),
        (lambda first, letter: (first,), "awaits a code without a letter"),
    ],
)
def test_wrong_letters_are_found(broken: Any, told: str) -> None:
    """A letter too many, too late, before the link, or missing, is found."""
    asking = linked()
    confirmed = asking.case.confirm_company_email(TOKEN, code=POSTED, at=START + HOUR)
    letter = confirmed.events[0]

    assert isinstance(letter, CompanyEmailConfirmed)
    with pytest.raises(BrokenPromiseError, match=told):
        invariants.check_letter(confirmed.case, broken(asking.events[0], letter))


@pytest.mark.rule("3.1", "3.5")
def test_services_held_too_soon_or_too_late_are_found() -> None:
    """Services held without their code, or with one entered too late, are found."""
    asking = requested()
    active = asking.case.activate(POSTED, space=opened(), at=START + DAY)
    case, events = history(asking, active)

    with pytest.raises(BrokenPromiseError, match="without their code"):
        invariants.check_held(case, asking.events)
    with pytest.raises(BrokenPromiseError, match="entered too late"):
        invariants.check_held(
            case, (*asking.events, ServicesActivated(case_id=case.id, version=3, at=START + 70 * DAY))
        )
    assert case.stage is ActivationState.ACTIVE
    assert events[-1].at == START + DAY


def test_the_letters_day_counts() -> None:
    """The last day recorded for the letter is the one that the code's time is counted from."""
    asking = requested()
    recorded = asking.case.record_letter((START + 9 * DAY).date(), at=START + 10 * DAY)
    active = recorded.case.activate(POSTED, space=opened(), at=START + 69 * DAY)

    invariants.check_held(*history(asking, recorded, active))
    assert active.case.state is AdhesionState.VALIDATED


@pytest.mark.rule("2.20")
def test_a_payment_without_a_mandate_is_found() -> None:
    """A mandate that pays though the bank no longer has it is found."""
    asking = requested("payer-tva", bank_accounts=[FRENCH_IBAN])
    active = asking.case.activate(POSTED, space=opened(), at=START).case

    class Claiming(Mandate):
        __slots__ = ()

        def is_registered(self, at: Any) -> bool:
            return True

    issued = Mandate.issue(active, FRENCH_IBAN, id="mandate-1", reference="RUM-1", at=START).case
    claiming = Claiming(**{field.name: getattr(issued, field.name) for field in attrs.fields(Mandate)})

    with pytest.raises(BrokenPromiseError, match="pays payer-tva without a registered mandate"):
        invariants.check_payments(active, [claiming], START)
    assert isinstance(asking.case.deadline, Deadline)
    assert timedelta(0) == START - issued.changed_at
