"""Refusals and bad values of cases, by their codes and facts: what is possible instead, and what is expected."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.testing import PlainHasher, RecordingNotifier, ScriptedCodes, adhesion_form, space_form
from tests.builders import FRENCH_IBAN, asked, held, issued, linked, opened, paying, requested
from tests.instants import DAY, START, TICK, TWO_DAYS

LATE = START + 90 * DAY
PORTAL = tp.Portal(
    clock=tp.FixedClock(START), codes=ScriptedCodes(), notifier=RecordingNotifier(), hasher=PlainHasher()
)


@pytest.mark.parametrize(
    ("case", "trigger", "at", "allowed"),
    [
        (linked().case, "record_letter", START, ("confirm_company_email", "renew")),
        (linked().case, "record_letter", START + DAY, ("confirm_company_email", "renew", "remind")),
        (linked().case, "record_letter", START + TWO_DAYS + TICK, ("renew", "lapse")),
        (
            linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case,
            "activate",
            START,
            ("confirm_company_email", "declare_account", "renew"),
        ),
        (requested().case, "confirm_company_email", START, ("record_letter", "activate", "renew")),
        (paying().case, "confirm_company_email", START, ("record_letter", "activate", "declare_account", "renew")),
        (requested().case, "confirm_company_email", LATE, ("renew", "lapse")),
        (held(), "renew", START, ("declare_account",)),
        (requested().case.activate("LETTER-0815", space=opened(), at=START).case, "renew", START, ()),
        (opened(), "lapse", START, ()),
        (issued().case, "send", START, ("name_representative", "sign")),
    ],
)
def test_a_refusal_offers_what_is_possible_then(case: Any, trigger: str, at: Any, allowed: Any) -> None:
    """A refusal lists the verbs that the case has and that its guards would let pass at that instant, and no other."""
    refusal = case.refusal(trigger, at=at)
    facts = {"case": case.table.name, "state": case.stage, "trigger": trigger, "allowed": allowed}
    assert isinstance(refusal, tp.TransitionRefusedError)
    assert (allowed, facts) == (refusal.allowed, dict(refusal.facts))
    assert ("transition.not_allowed" if allowed else "transition.ended") == refusal.code
    assert all(case.refusal(verb, at=at) is None for verb in allowed)


CALLED = {
    "form": "a form",
    "space": "a space",
    "event": "an event",
    "case": "a case",
    "adhesion": "a request",
    "mandate": "a mandate",
    "rulebook": "a rulebook",
    "lead_times": "lead times",
}
DAY_ONE = date(2025, 1, 6)


def mandate_of(adhesion: Any, **given: Any) -> Any:
    """A mandate of a request, for the French account."""
    return tp.Mandate.issue(adhesion, FRENCH_IBAN, id="mandate-2", reference="RUM-2", at=START, **given)


@pytest.mark.parametrize(
    ("verb", "what", "wrong"),
    [
        (PORTAL.create_space, "form SpaceForm", adhesion_form()),
        (
            lambda it: tp.Space.create(it, id="space-1", at=START, password_hash="a", answer_hash="b"),
            "form SpaceForm",
            adhesion_form(),
        ),
        (lambda it: PORTAL.request_adhesion(opened(), it), "form AdhesionForm", space_form()),
        (lambda it: tp.Adhesion.request(opened(), it, id="r", at=START), "form AdhesionForm", space_form()),
        (lambda it: PORTAL.renew_adhesion(opened(), requested().case, it), "form AdhesionForm", space_form()),
        (
            lambda it: requested().case.renew(opened(), form=it, id="request-2", at=START),
            "form AdhesionForm",
            space_form(),
        ),
        (lambda it: tp.Adhesion.request(it, adhesion_form(), id="r", at=START), "space Space", space_form()),
        (lambda it: requested().case.renew(it, id="request-2", at=START), "space Space", space_form()),
        (lambda it: tp.replay([it]), "event Event", asked().case),
        (lambda it: tp.replay([asked().case.origin, it]), "event Event", asked().case),
        (mandate_of, "adhesion Adhesion", opened()),
        (lambda it: mandate_of(paying().case, mandates=[issued().case, it]), "mandate Mandate", paying().case),
        (lambda it: mandate_of(paying().case, mandates=it), "mandate Mandate", paying().case),
        (lambda it: tp.check_payment(it, "payer-tva", FRENCH_IBAN, at=START), "adhesion Adhesion", opened()),
        (lambda it: tp.check_payment(held(), "payer-tva", FRENCH_IBAN, [it], at=START), "mandate Mandate", opened()),
        (lambda it: tp.next_steps([it], at=START), "case Case", asked()),
        (lambda it: tp.next_steps(opened(), at=START, mandates=[it]), "mandate Mandate", opened()),
        (tp.Portfolio, "case Case", asked()),
        (lambda it: tp.verify(it, [asked().case.origin]), "case Case", asked()),
        (lambda it: asked(rulebook=it), "rulebook Rulebook", tp.RULES),
        (lambda it: requested(rulebook=it), "rulebook Rulebook", tp.RULES),
        (lambda it: requested().case.renew(opened(), id="r", at=START, rulebook=it), "rulebook Rulebook", tp.RULES),
        (lambda it: tp.plan(["payer-cfe"], start=DAY_ONE, lead_times=it), "lead_times LeadTimes", DAY_ONE),
    ],
)
def test_what_is_of_another_kind_is_an_invalid_value(verb: Any, what: str, wrong: Any) -> None:
    """Of the portal and of the snapshots alike, with what was expected."""
    name, expected = what.split()
    for given in ({"a": 1}, "text", 7, wrong):
        with pytest.raises(tp.InvalidValueError) as caught:
            verb(given)
        # Where several are taken, a text or a mapping is several texts.
        found = caught.value.facts["value"]
        assert found in {type(given).__name__, "str"}
        assert ("argument.wrong_type", name, expected) == (
            caught.value.code,
            *map(caught.value.facts.get, ("what", "expected")),
        )
        assert f"{found} is not {CALLED[name]}: expected {expected}" == str(caught.value)


@pytest.mark.parametrize("given", [None, 7, asked().case])
def test_what_is_no_history_is_an_invalid_value(given: Any) -> None:
    """Nothing at all, or a case in the place of its events."""
    with pytest.raises(tp.InvalidValueError, match=r"is not an event: expected Event$"):
        tp.replay(given)


def test_a_service_that_the_rulebook_does_not_have_is_named() -> None:
    """With those that it has."""
    catalogue = tp.Catalogue(tuple(tp.CATALOGUE.values())[:2])
    small = attrs.evolve(tp.EXPERT_2024_04_03, version="small", catalogue=catalogue)
    with pytest.raises(tp.InvalidValueError) as caught:
        requested(rulebook=small)
    facts = {"value": "'consulter-avis-tf'", "rulebook": "'small'", "expected": ("messagerie", "payer-tva")}
    assert ("service.not_in_catalogue", facts) == (caught.value.code, dict(caught.value.facts))


@pytest.mark.parametrize(
    ("id", "shown"),
    [
        ("a b", "'a b'"),
        ("a\nb", "'a\\nb'"),
        ("", "''"),
        ("x" * 201, "xxx"),
        (7, "7"),
        (None, "None"),
        (FRENCH_IBAN, "'FR76 **** 0189'"),
    ],
)
def test_what_is_no_id_is_shown(id: object, shown: str) -> None:
    """An id is 1 to 200 printable characters without a space; another is told as it is, unless it is an IBAN."""
    makers: tuple[Any, ...] = (asked, requested, issued)
    for make in makers:
        with pytest.raises(tp.InvalidValueError, match="1 to 200 printable characters") as caught:
            make(id=id)
        assert "case_id.malformed" == caught.value.code
        assert shown in str(caught.value)
        assert "x" * 200 == make(id="x" * 200).case.id
