"""Refusals and bad values of cases, by their codes and facts: what is possible instead, and what is expected."""

from __future__ import annotations

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
    ],
)
def test_what_is_no_form_no_space_and_no_event_is_an_invalid_value(verb: Any, what: str, wrong: Any) -> None:
    """Of the portal and of the snapshots alike, with what was expected."""
    name, expected = what.split()
    for given in ({}, "text", 7, wrong):
        with pytest.raises(tp.InvalidValueError) as caught:
            verb(given)
        facts = {"value": type(given).__name__, "what": name, "expected": expected}
        assert ("argument.wrong_type", facts) == (caught.value.code, caught.value.facts)
        article = "an" if name == "event" else "a"
        assert f"{type(given).__name__} is not {article} {name}: expected {expected}" == str(caught.value)


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
    facts = {"value": "'consulter-avis-tf'", "rulebook": repr(small), "expected": ("messagerie", "payer-tva")}
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
