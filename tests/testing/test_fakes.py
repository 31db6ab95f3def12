"""The fakes and the makers of `teleprocedures.testing`, which hosts use too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest

from teleprocedures import testing
from teleprocedures.cases import ActivationCodeEmail, ConfirmationLinkEmail
from teleprocedures.errors import InvalidFormError, InvalidValueError
from teleprocedures.shells import Portal
from teleprocedures.testing import (
    ManualClock,
    PlainHasher,
    RecordingJournal,
    RecordingNotifier,
    ScriptedCodes,
    adhesion_form,
    space_form,
)
from teleprocedures.values import ActivationCode, EmailAddress, LinkToken, PersonName, Siren

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_a_clock_moved_by_hand() -> None:
    """It stands still, moves on by what it is told, or to where it is told."""
    clock = ManualClock(datetime(2026, 1, 5, 10, tzinfo=timezone(timedelta(hours=1))))

    assert AT == clock.now() == clock.now()
    assert AT + timedelta(hours=48) == clock.advance(timedelta(hours=48)) == clock.now()
    assert AT == clock.advance(-timedelta(hours=48))
    assert AT + timedelta(days=3) == clock.set(AT + timedelta(days=3)) == clock.now()
    assert UTC is clock.now().tzinfo


def test_a_clock_is_not_set_to_a_naive_instant() -> None:
    """Neither at first nor later does a clock show a naive instant."""
    with pytest.raises(InvalidValueError, match="is naive"):
        ManualClock(datetime(2026, 1, 5))
    clock = ManualClock(AT)
    with pytest.raises(InvalidValueError, match="is naive"):
        clock.set(datetime(2026, 1, 5))

    assert AT == clock.now()


def test_a_clock_set_in_another_zone_tells_utc() -> None:
    """Whatever offset it is set in, a clock tells UTC."""
    clock = ManualClock(AT)

    assert (
        "2026-01-05T08:00:00+00:00"
        == clock.set(datetime(2026, 1, 5, 9, tzinfo=timezone(timedelta(hours=1)))).isoformat()
    )


def test_codes_in_a_known_order() -> None:
    """Codes, tokens, ids and references are counted together, and none comes twice."""
    codes = ScriptedCodes()

    assert ActivationCode("CODE0001") == codes.activation_code()
    assert LinkToken("token-0002") == codes.link_token()
    assert "case-0003" == codes.case_id()
    assert "RUM-0004" == str(codes.mandate_reference())
    assert ActivationCode("CODE0005") == codes.activation_code()
    assert ActivationCode("CODE0001") == ScriptedCodes().activation_code()


def test_a_notifier_that_remembers() -> None:
    """It keeps what it was handed, and finds the last message of a kind; it says what was sent when there is none."""
    notifier = RecordingNotifier()
    portal = Portal(clock=ManualClock(AT), codes=ScriptedCodes(), notifier=notifier, hasher=PlainHasher())
    with pytest.raises(LookupError) as caught:
        notifier.last(ActivationCodeEmail)
    portal.create_space(space_form())
    second = portal.create_space(space_form(email="other@cabinet-durand.fr"))

    assert "no ActivationCodeEmail was sent; messages sent: none" == str(caught.value)
    assert 2 == len(notifier.messages)
    assert second.id == notifier.last(ActivationCodeEmail).case_id
    with pytest.raises(LookupError) as caught:
        notifier.last(ConfirmationLinkEmail)
    expected = "no ConfirmationLinkEmail was sent; messages sent: ActivationCodeEmail, ActivationCodeEmail"
    assert expected == str(caught.value)


def test_a_journal_that_remembers() -> None:
    """It keeps the decisions in order."""
    journal = RecordingJournal()
    portal = Portal(
        clock=ManualClock(AT),
        codes=ScriptedCodes(),
        notifier=RecordingNotifier(),
        hasher=PlainHasher(),
        journal=journal,
    )
    space = portal.create_space(space_form())
    active = portal.activate_space(space, "CODE0001")

    assert [space, active] == [decision.case for decision in journal.decisions]


def test_two_fakes_share_nothing() -> None:
    """Each fake has a memory of its own."""
    RecordingNotifier().messages.append(None)

    assert [] == RecordingNotifier().messages
    assert [] == RecordingJournal().decisions


def test_a_hasher_that_hides_nothing() -> None:
    """It marks the secret, at once, and knows it again."""
    hasher = PlainHasher()

    assert "plain:secret" == hasher.hash("secret")
    assert hasher.verify("secret", "plain:secret")
    assert not hasher.verify("other", "plain:secret")
    assert not hasher.verify("secret", "secret")


def test_forms_to_change_one_field_at_a_time() -> None:
    """The forms are accepted as they are, and with any good field changed; a bad one is refused as ever."""
    assert EmailAddress("camille@cabinet-durand.fr") == space_form().email
    assert PersonName("Léa") == space_form(first_name="Léa").first_name
    assert attrs.evolve(space_form(), first_name="Léa") == space_form(first_name="Léa")
    assert Siren("552100554") == adhesion_form().organisation
    assert ("consulter-avis-tf",) == tuple(str(service) for service in adhesion_form().services)
    assert space_form() == space_form()
    with pytest.raises(InvalidValueError, match="not an e-mail address"):
        space_form(email="x")
    with pytest.raises(InvalidFormError, match=r"rule 2\.4"):
        adhesion_form(services=())
    with pytest.raises(TypeError, match="colour"):
        adhesion_form(colour="blue")


def test_what_testing_exports() -> None:
    """The public names are those of the fakes, of the makers, and of what is played, sorted."""
    fakes = ["ManualClock", "PlainHasher", "RecordingJournal", "RecordingNotifier", "ScriptedCodes"]
    plays = ["Move", "Opener", "Play", "Step", "add_opener", "give"]

    assert {*fakes, *plays, "adhesion_form", "space_form"} == set(testing.__all__)
    assert sorted(testing.__all__) == list(testing.__all__)
    assert all(hasattr(testing, name) for name in testing.__all__)
