"""Step 1: asking for a space, and entering its code; its 48 hours are in `test_time_limits`, its form in `forms`."""

from __future__ import annotations

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.testing import space_form
from tests.builders import EMAILED, asked, space_in
from tests.instants import DAY, HOUR, START, TICK, TWO_DAYS


@pytest.mark.rule("1.1", "1.2", "1.3", "1.5", "1.6")
def test_a_space_keeps_what_was_typed_and_of_secrets_the_hashes() -> None:
    """Values as the form has them; of the password and of the answer, nothing but what the host made of each."""
    space = asked(email=" camille@Cabinet-Durand.FR ", first_name=" Marie  Anne", last_name="Le Goff").case
    origin = space.origin
    assert ("Marie Anne", "Le Goff", "Marie Anne Le Goff") == (
        str(origin.first_name),
        str(origin.last_name),
        space.user,
    )
    assert ("camille@cabinet-durand.fr", "+33123456789") == (str(space.email), origin.contact.phone)
    assert "plain:correct horse battery staple" == origin.password_hash
    assert ("the name of the first client", "plain:Dupont et fils") == (origin.security_question, origin.answer_hash)
    assert {"password", "security_answer"}.isdisjoint(field.name for field in attrs.fields(tp.SpaceRequested))


@pytest.mark.rule("1.4", "A13")
def test_the_organisation_is_the_users_own() -> None:
    """The user belongs to an organisation, named by its SIREN or its file number: 1 to 32 ASCII letters and digits."""
    for typed, expected in (
        ("732.829.320", tp.Siren("732829320")),
        ("TF2024A17", tp.FileNumber("TF2024A17")),
        ("x" * 32, tp.FileNumber("x" * 32)),
    ):
        assert expected == asked(organisation=typed).case.organisation
    for number in ("TF-2024", "x" * 33, "d\N{LATIN SMALL LETTER E WITH ACUTE}p12"):
        with pytest.raises(tp.InvalidValueError, match="1 to 32 letters"):
            asked(organisation=number)


@pytest.mark.rule("0.3")
def test_the_help_sheets_can_be_cited() -> None:
    """The rulebook names the three help sheets, each with what it explains."""
    title = tp.EXPERT_2024_04_03.rule("0.3").title
    assert all(sheet in title for sheet in ("EP2 (space)", "SL2 (adhesion)", "SL6 (bank accounts, mandate)"))


@pytest.mark.rule("1.7", "1.9", "A1", "A2")
def test_a_space_is_pending_from_its_creation_and_its_code_is_sent_at_once() -> None:
    """One event, 48 hours to run, and one message: the code, to the address of the form, with its deadline."""
    decision = asked()
    space, limit = decision.case, decision.case.deadline
    assert (tp.SpaceState.PENDING, 1, START, START) == (space.state, space.version, space.recorded_at, space.since)
    assert (tp.SpaceRequested,) == tuple(map(type, decision.events))
    assert (START, START + TWO_DAYS, START + TWO_DAYS, False) == (
        limit.opened,
        limit.safe_until,
        limit.closes,
        limit.estimated,
    )
    assert "1.9" == limit.rule
    assert (
        tp.ActivationCodeEmail(
            case_id="space-1",
            version=1,
            to=tp.EmailAddress("camille@cabinet-durand.fr"),
            organisation=tp.Siren("732829320"),
            code=EMAILED,
            deadline=limit,
        ),
    ) == decision.messages


def test_a_code_held_elsewhere_is_not_sent() -> None:
    """The portal sends its own codes: there is no message without the code, and none where nothing is said of it."""
    unsaid = tp.Space.create(space_form(), id="s", password_hash="p", answer_hash="a", at=START)
    for decision in (asked(code=tp.HELD_ELSEWHERE), unsaid):
        assert ((), tp.HELD_ELSEWHERE) == (decision.messages, decision.case.origin.code)
        assert decision.case.held_elsewhere
    assert not asked().case.held_elsewhere


@pytest.mark.rule("1.8", "A1")
def test_the_code_activates_the_space() -> None:
    """Nothing runs any more."""
    decision = asked().case.activate(EMAILED, at=START + HOUR, recorded_at=START + DAY)
    space = decision.case
    assert (
        tp.SpaceActivated(case_id="space-1", version=2, at=START + HOUR, recorded_at=START + DAY),
    ) == decision.events
    assert (tp.SpaceState.ACTIVE, 2, START + HOUR) == (space.state, space.version, space.since)
    assert (None, None, ()) == (space.deadline, space.due_at, decision.messages)


@pytest.mark.rule("1.11")
def test_a_lapsed_space_is_asked_for_anew() -> None:
    """Nothing changes it any more; the same form makes a new space, with a new code and 48 new hours."""
    again = START + TWO_DAYS + TICK
    lapsed = space_in(tp.SpaceState.LAPSED)
    with pytest.raises(tp.TransitionRefusedError, match="nothing changes it any more"):
        lapsed.activate(EMAILED, at=START, recorded_at=again)
    space = asked(id="space-2", at=again, code=tp.ActivationCode("SECOND")).case
    assert tp.SpaceState.ACTIVE is space.activate("SECOND", at=again + TWO_DAYS).case.state
    assert lapsed.email == space.email
