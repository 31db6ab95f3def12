"""Refusals and errors to the letter, where the words carry values: what is wrong, and what is expected."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from teleprocedures import (
    CATALOGUE,
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    Adhesion,
    CivilDays,
    EmailAddress,
    Hours,
    InvalidFormError,
    InvalidValueError,
    Mandate,
    MandateReference,
    MandateRefusedError,
    Problem,
    Space,
    TransitionRefusedError,
)
from teleprocedures.civil import months_later
from teleprocedures.testing import PlainHasher, adhesion_form, space_form

AT = datetime(2024, 3, 1, 9, tzinfo=UTC)
IBAN = "FR7630006000011234567890189"
SPACE = Space.create(space_form(), id="space-1", hasher=PlainHasher(), at=AT).case.activate(HELD_ELSEWHERE, at=AT).case


def requested(*services: str, **form: Any) -> Adhesion:
    """A request from the active space."""
    asked = adhesion_form(services=services, bank_accounts=[IBAN], company_email="a@example.fr", **form)
    return Adhesion.request(SPACE, asked, id="adhesion-1", at=AT).case


def test_problems_are_counted() -> None:
    """One problem, two problems."""
    one, two = Problem("email", "missing"), Problem("password", "missing")

    assert "form F has 1 problem: email: missing" == str(InvalidFormError("F", [one]))
    assert "form F has 2 problems: email: missing; password: missing" == str(InvalidFormError("F", [one, two]))


def test_a_state_says_what_it_allows() -> None:
    """The refusal lists the other verbs of the state, or says that there is none; it is its own argument too."""
    linked = requested("messagerie")
    with pytest.raises(TransitionRefusedError) as waits:
        linked.record_letter(date(2024, 3, 1), at=AT)
    with pytest.raises(TransitionRefusedError) as over:
        SPACE.lapse(at=AT)

    expected = "expected one of: validate, confirm_company_email, remind, lapse"
    assert f"'record_letter' is not possible while the adhesion is 'awaiting_email'; {expected}" == waits.value.message
    assert (waits.value.message,) == waits.value.args
    assert "'lapse' is not possible while the space is 'active'; nothing is possible any more" == over.value.message


@pytest.mark.rule("2.11", "3.4")
def test_a_request_that_waits_says_what_it_waits_for() -> None:
    """A renewal that comes too early is told what the request allows in its present stage."""
    told = []
    for request in (requested("messagerie"), requested("payer-cfe")):
        with pytest.raises(TransitionRefusedError) as early:
            request.renew(SPACE, id="adhesion-2", at=AT)
        told.append((early.value.state, early.value.allowed))

    assert [
        ("awaiting_email", ("validate", "confirm_company_email", "remind", "lapse")),
        ("awaiting_code", ("record_letter", "activate", "remind", "lapse")),
    ] == told


def test_what_is_no_form_and_no_service_is_named() -> None:
    """A form of another kind, and a service that the rulebook does not have."""
    small = attrs.evolve(EXPERT_2024_04_03, version="small", catalogue=type(CATALOGUE)(tuple(CATALOGUE.values())[:2]))
    with pytest.raises(InvalidValueError) as form:
        Adhesion.request(SPACE, "form", id="a", at=AT)  # type: ignore[arg-type] # the point of the test
    with pytest.raises(InvalidValueError) as service:
        Adhesion.request(SPACE, adhesion_form(), id="a", at=AT, rulebook=small)

    assert "str is not a form: expected an AdhesionForm" == str(form.value)
    assert (
        "service 'consulter-avis-tf' is not in the catalogue of Rulebook('small'):"
        " expected one of messagerie, payer-tva"
    ) == str(service.value)


def test_values_at_their_edges() -> None:
    """A mailbox of two letters shows one, a bad reference is shown, and the calendar's last year is reached."""
    with pytest.raises(InvalidValueError, match="'A//B'"):
        MandateReference("A//B")

    assert "a***@example.fr" == EmailAddress("ab@example.fr").masked
    assert date(9999, 12, 31) == months_later(date(9998, 12, 31), 12)
    with pytest.raises(OverflowError, match="year 10000 is past 9999"):
        months_later(date(9999, 12, 31), 12)


def test_days_ahead_are_those_of_the_zone() -> None:
    """Where the zone's day is not that of UTC, days ahead of the safe day are counted in the zone."""
    unit = CivilDays(10, "America/New_York")
    deadline = unit.starting(date(2024, 3, 1))

    # The safe day is 10 March, which ends on the 11th in UTC; two days ahead begins 8 March 00:00 there, 05:00 in UTC.
    assert datetime(2024, 3, 8, 5, tzinfo=UTC) == unit.ahead(deadline, 2)


@pytest.mark.rule("2.16", "A8")
def test_a_mandate_that_cannot_be_says_why() -> None:
    """No signatory was named; the request has lapsed; other accounts have their mandate."""
    request = requested("payer-tva", "payer-is")
    mandate = Mandate.issue(request, IBAN, id="mandate-1", reference="RUM-1", at=AT).case
    late = AT + timedelta(days=90)
    with pytest.raises(MandateRefusedError) as signed:
        mandate.sign("Jeanne Martin", at=AT)
    with pytest.raises(MandateRefusedError) as lapsed:
        Mandate.issue(request, IBAN, id="mandate-2", reference="RUM-2", at=late)

    assert "Applicant.REPRESENTATIVE, for nobody said at the issue who that is" in signed.value.message
    assert signed.value.message.endswith("who that is")
    assert "the request has lapsed: expected the one that renews it" == lapsed.value.message


def test_a_deadline_is_not_estimated_unless_it_is_said() -> None:
    """A limit started without a word on it is known for sure, in hours and in days."""
    assert not Hours(48).starting(AT).estimated
    assert not CivilDays(60).starting(AT).estimated


def test_a_count_of_many_digits_is_not_written_out() -> None:
    """A count that cannot be used is shown, unless it has more digits than anybody would read."""
    with pytest.raises(
        InvalidValueError, match=r"^count of many digits cannot be used; expected a whole number from 1"
    ):
        Hours(10**5000)
    with pytest.raises(InvalidValueError, match=r"^count 2000000 cannot be used; expected a whole number from 1"):
        Hours(2_000_000)
