"""Refusals and bad values of cases, by their codes and facts: what is wrong, and what is expected."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.testing import adhesion_form, space_form
from tests.builders import (
    DAY,
    FRENCH_IBAN,
    GERMAN_IBAN,
    START,
    TICK,
    TWO_DAYS,
    WRONG,
    asked,
    held,
    issued,
    linked,
    opened,
    paying,
    requested,
)

LATE = START + 90 * DAY


def told(error: tp.TeleproceduresError) -> tuple[str, dict[str, object]]:
    """The code of an error and its facts."""
    return error.code, dict(error.facts)


@pytest.mark.parametrize(
    ("case", "trigger", "at", "allowed"),
    [
        (asked().case, "remind", START, None),
        (linked().case, "record_letter", START, ("confirm_company_email", "renew")),
        (linked().case, "record_letter", START + DAY, ("confirm_company_email", "renew", "remind")),
        (linked().case, "record_letter", START + TWO_DAYS + TICK, ("renew", "lapse")),
        (linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case, "activate", START, "declare_account"),
        (requested().case, "confirm_company_email", START, ("record_letter", "activate", "renew")),
        (paying().case, "confirm_company_email", START, "declare_account"),
        (requested().case, "confirm_company_email", LATE, ("renew", "lapse")),
        (held(), "renew", START, ("declare_account",)),
        (requested().case.activate("LETTER-0815", space=opened(), at=START).case, "renew", START, ()),
        (opened(), "lapse", START, ()),
        (issued().case, "send", START, ("name_representative", "sign")),
    ],
)
def test_a_refusal_offers_what_is_possible_then(case: Any, trigger: str, at: Any, allowed: Any) -> None:
    """A refusal lists the verbs that the case has and that its guards would let pass at that instant, and no other."""
    given = {"record_letter": {"edited": START.date()}, "activate": {}, "renew": {}}.get(trigger, {})
    refusal = case.refusal(trigger, at=at, **given)
    if allowed is None:
        assert not isinstance(refusal, tp.TransitionRefusedError)
        return
    assert isinstance(refusal, tp.TransitionRefusedError)
    if isinstance(allowed, str):
        assert allowed in refusal.allowed
    else:
        assert allowed == refusal.allowed
    assert ("transition.not_allowed" if refusal.allowed else "transition.ended") == refusal.code
    assert all(hasattr(case, verb) for verb in refusal.allowed)
    assert all(case.refusal(verb, at=at) is None for verb in refusal.allowed)
    facts = {"case": case.table.name, "state": case.stage, "trigger": trigger, "allowed": refusal.allowed}
    assert facts == dict(refusal.facts)


def test_what_is_no_form_no_space_and_no_service_is_named() -> None:
    """A form of another kind, a form for a space, and a service that the rulebook does not have."""
    small = attrs.evolve(
        tp.EXPERT_2024_04_03, version="small", catalogue=tp.Catalogue(tuple(tp.CATALOGUE.values())[:2])
    )
    with pytest.raises(tp.InvalidValueError) as form:
        tp.Adhesion.request(opened(), "form", id="a", at=START)  # type: ignore[arg-type] # the point of the test
    with pytest.raises(tp.InvalidValueError) as space:
        tp.Adhesion.request(space_form(), adhesion_form(), id="a", at=START)  # type: ignore[arg-type] # the same
    with pytest.raises(tp.InvalidValueError) as service:
        requested(rulebook=small)
    assert ("argument.wrong_type", "argument.wrong_type") == (form.value.code, space.value.code)
    assert "str is not a form: expected AdhesionForm" == str(form.value)
    assert "SpaceForm is not a space: expected Space" == str(space.value)
    assert "service.not_in_catalogue" == service.value.code
    assert {"value": "'consulter-avis-tf'", "rulebook": repr(small), "expected": ("messagerie", "payer-tva")} == dict(
        service.value.facts
    )


def test_a_request_renews_another_one() -> None:
    """No request renews itself, nor one of another organisation."""
    form = adhesion_form(organisation="732829320", services=["consulter-avis-tf"])
    with pytest.raises(tp.InvalidValueError) as itself:
        requested(id="request-2", renews="request-2")
    with pytest.raises(tp.InvalidValueError) as other:
        requested().case.renew(opened(), id="request-2", at=START, form=form)
    assert "a request cannot renew 'request-2': expected the id of another one" == str(itself.value)
    assert "a request of 552100554 cannot be renewed for 732829320: expected the same organisation" == str(other.value)
    assert "request-1" == requested(id="request-2", renews="request-1").case.origin.renews


@pytest.mark.rule("2.16", "A8", "2.11", "3.4", "2.13", "2.14")
def test_a_mandate_that_cannot_be_says_why() -> None:
    """The request is over, no service needs one, the account is another, or has a mandate already."""
    request, other = paying("payer-tva", "payer-is").case, paying("payer-cfe").case
    mandates = [issued(request, id=f"mandate-{n}", reference=f"RUM-{n}").case for n in (1, 2)]
    about = {"services": ("payer-tva", "payer-is"), "account": "FR76 **** 0189", "expected": ("FR76 **** 0189",)}
    for issue, code, rule, facts in (
        (lambda: issued(request, at=LATE), "mandate.request_over", "3.4", {}),
        (lambda: issued(linked_lapsed(), at=LATE), "mandate.request_over", "2.11", {}),
        (lambda: issued(other), "mandate.not_needed", "2.14", {"services": ("payer-cfe",)}),
        (lambda: issued(request, GERMAN_IBAN), "mandate.account_unknown", "2.13", {"account": "DE89 **** 3000"}),
        (lambda: issued(request, mandates=mandates), "mandate.repeated", "A8", {"mandates": ("RUM-1", "RUM-2")}),
    ):
        with pytest.raises(tp.MandateRefusedError) as caught:
            issue()
        assert (code, rule) == (caught.value.code, str(caught.value.rule))
        known = dict(caught.value.facts)
        assert facts == {name: known[name] for name in facts}
        assert set(known) == {"services", "account", "expected", "mandates"}
    with pytest.raises(tp.MandateRefusedError) as repeated:
        issued(request, mandates=mandates[:1])
    assert about | {"mandates": ("RUM-1",)} == dict(repeated.value.facts)


def linked_lapsed() -> tp.Adhesion:
    """A request to pay with Messaging whose link was not used."""
    return linked("payer-tva", bank_accounts=[FRENCH_IBAN]).case.lapse(at=START + TWO_DAYS + TICK).case


@pytest.mark.rule("2.16")
def test_nobody_is_nobodys_name() -> None:
    """Where no representative is known, no name stands for that: `None` is a name like another."""
    with pytest.raises(tp.MandateRefusedError) as caught:
        issued().case.sign("None", at=START)
    assert ("signatory.unknown", {"signatory": "None"}) == told(caught.value)


@pytest.mark.rule("A14")
def test_an_instant_out_of_order_says_after_what() -> None:
    """A space that is created in the future, and a request before its space was active, have both instants."""
    later = asked().case.activate("SPACE-4711", at=START + DAY).case
    with pytest.raises(tp.OutOfOrderError) as future:
        asked(at=START + TICK, recorded_at=START)
    with pytest.raises(tp.OutOfOrderError) as early:
        requested(space=later, at=START, recorded_at=START + DAY)
    with pytest.raises(tp.OutOfOrderError) as untold:
        requested(space=asked().case.activate("SPACE-4711", at=START, recorded_at=LATE).case, at=START)
    assert ("order.future", {"at": START + TICK, "last": START}) == told(future.value)
    assert ("order.before_fact", {"at": START, "last": START + DAY}) == told(early.value)
    assert ("order.before_telling", {"at": START, "last": LATE}) == told(untold.value)
    assert {"A14"} == {str(each.value.rule) for each in (future, early, untold)}


@pytest.mark.parametrize(
    ("id", "shown"), [("a b", "'a b'"), ("", "''"), (7, "7"), ("FR76 3000 6000 0112 3456 7890 189", "'FR76 **** 0189'")]
)
def test_what_is_no_id_is_shown(id: object, shown: str) -> None:
    """An id that cannot be is told as it is, unless it is an IBAN."""
    for make in (lambda: requested(id=id), lambda: asked(id=id), lambda: issued(id=id)):  # type: ignore[arg-type]
        with pytest.raises(tp.InvalidValueError) as caught:
            make()
        assert "case_id.malformed" == caught.value.code
        assert shown in str(caught.value)


def test_a_wrong_code_is_told_without_it() -> None:
    """Neither the code given nor the one expected is a fact of the refusal."""
    refusals = [
        asked().case.refusal("activate", at=START, code=WRONG),
        linked().case.refusal("confirm_company_email", at=START, token=WRONG),
        requested().case.refusal("activate", at=START, code=WRONG),
    ]
    assert [("emailed_code.wrong", {}), ("link.wrong", {}), ("letter_code.wrong", {})] == [
        told(refusal) for refusal in refusals if refusal is not None
    ]


@pytest.mark.rule("3.1", "A3")
def test_a_letter_cannot_bear_any_day() -> None:
    """The error has the day given, and the first and the last that the letter can bear."""
    for edited, shown in ((date(2025, 1, 5), "2025-01-05"), (date.max, "9999-12-31"), ("x", "'x'")):
        with pytest.raises(tp.InvalidValueError) as caught:
            requested().case.record_letter(edited, at=START + DAY)  # type: ignore[arg-type] # the point of the test
        assert "letter.not_allowed" == caught.value.code
        assert shown in str(caught.value.facts["value"])
