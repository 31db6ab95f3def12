"""A person's data in a case that is over is replaced by marks; what remains replays, reads, sweeps and counts."""

from datetime import timedelta

import pytest

from teleprocedures import (
    Adhesion,
    BankAccount,
    EmailAddress,
    Mandate,
    PersonName,
    Portfolio,
    Siren,
    Space,
    Sweep,
    forget,
    replay,
)
from teleprocedures.cases._forget import _VALUES, IMPERSONAL, OTHER_TEXTS, PERSONAL_TEXTS
from teleprocedures.codec import dumps, loads
from teleprocedures.testing import Move, Play
from teleprocedures.testing._shipped import straight_on
from tests.builders import asked, failure, stored_texts
from tests.instants import DAY, START

KEY = "a key that the host keeps"


def over(*, held=False):
    """A play gone straight on, whose cases are closed in the end, and one of which has lapsed."""
    play = Play(at=START, held=held)
    for move in straight_on():
        play.make(move)
    play.make(Move("name_representative", "mandate-1"))
    play.make(Move("create_space", makes="space-2"))
    play.wait(3 * DAY)
    play.make(Move("lapse", "space-2"))
    for name in ("space-1", "adhesion-1", "mandate-1"):
        closed = play.cases[name].close("other", text="Camille Durand retired", at=play.at)
        play.cases[name], play.events[name] = closed.case, (*play.events[name], *closed.events)
    return play


def forgotten(play, name, key=KEY):
    """What remains of a case of a play."""
    return forget(play.events[name], [it for it in play.messages if it.case_id == name], key=key, at=play.at)


PERSONAL = (
    *("camille", "durand", "732829320", "552100554", "443061841", "+33123456789", "rue de la Paix", "75002", "a@b.fr"),
    *("FR7630006000011234567890189", "DE89370400440532013000", "first client", "plain:", "CODE0", "token-0", "RUM-"),
)
"""What the plays say of anybody."""


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("name", ["space-1", "space-2", "adhesion-1", "mandate-1"])
def test_nothing_personal_remains(name, held):
    """Neither in the snapshot, nor in the events, nor in the messages; and all of it reads and replays."""
    remains = forgotten(over(held=held), name)
    written = [
        *map(dumps, (remains.case, *remains.events)),
        *(dumps(message, secrets=True) for message in remains.messages),
    ]

    for document in written:
        text = document.decode().lower()
        assert [] == [it for it in PERSONAL if it.lower() in text]
        assert document == dumps(loads(document), secrets=True)
    assert remains.case == replay(remains.events)
    assert not [it for it in PERSONAL if it.lower() in repr(remains).lower()]


def test_what_remains_is_the_same_case():
    """Kind, states, versions, instants, services and ids stay; so do time limits."""
    play = over()
    for name, case in play.cases.items():
        remains = forgotten(play, name)

        assert (case.id, case.version, case.stage, case.since) == (
            remains.case.id,
            remains.case.version,
            remains.case.stage,
            remains.case.since,
        )
        assert (case.time_limit, case.due_at, case.services) == (
            remains.case.time_limit,
            remains.case.due_at,
            remains.case.services,
        )
        assert [it.kind for it in play.events[name]] == [it.kind for it in remains.events]
        assert [it.id for it in play.messages if it.case_id == name] == [it.id for it in remains.messages]
        assert [(it.at, it.recorded_at) for it in play.events[name]] == [
            (it.at, it.recorded_at) for it in remains.events
        ]


def test_equal_values_have_equal_marks_in_all_cases():
    """The company of a request is that of its mandate still, and so are the account and the address; with one key."""
    play = over()
    space, request, mandate = (forgotten(play, it).case for it in ("space-1", "adhesion-1", "mandate-1"))
    other = forgotten(play, "adhesion-1", key="another key of a host").case

    assert isinstance(space, Space)
    assert isinstance(request, Adhesion)
    assert isinstance(mandate, Mandate)
    assert request.organisation == mandate.organisation != space.organisation
    assert mandate.account in request.accounts
    assert len(set(request.accounts)) == len(play.cases["adhesion-1"].accounts) == 2
    assert space.email == request.contact == mandate.contact
    assert other.organisation != request.organisation
    # A name is the same in capitals; a street and a city are two things.
    user, capitals = ("Camille", "Durand"), asked(first_name="CAMILLE", last_name="DURAND").events
    again = forget(capitals, key=KEY, at=START + 3 * DAY).case.origin
    assert user == (play.cases["space-1"].origin.first_name.name, play.cases["space-1"].origin.last_name.name)
    assert (space.origin.first_name, space.origin.last_name) == (again.first_name, again.last_name)
    assert space.origin.contact.street != space.origin.contact.city


def test_what_remains_is_counted_and_swept():
    """Portfolios count companies and holdings as before, and a sweep finds nothing due."""
    play = over()
    before = Portfolio(play.cases.values())
    remains = [forgotten(play, name).case for name in play.cases]
    after = Portfolio(remains)
    lines = [dumps(case) for case in remains]
    sweep = Sweep(at=play.at + 2000 * DAY)

    assert len(before.companies) == len(after.companies)
    assert lines == list(sweep.lines(lines))


def test_marks_are_valid_and_nobody_has_them():
    """Each is of its kind, as the doors of the library take it: a reserved domain, number and account."""
    play = over()
    space, request = (forgotten(play, it).case for it in ("space-1", "adhesion-1"))

    assert request.organisation == Siren(request.organisation.number)
    assert request.organisation.number.startswith("000")
    assert space.email.address.endswith("@example.invalid")
    assert space.origin.contact.phone.startswith("+3319900")
    assert all(account == BankAccount.from_canonical(account.iban, None) for account in request.accounts)
    assert space.origin.first_name == PersonName(space.origin.first_name.name)
    assert isinstance(space.email, EmailAddress)


def test_only_what_is_over_is_forgotten():
    """A case that runs is refused, and one whose time limit has passed is not; a key has sixteen characters."""
    play = Play(at=START)
    play.make(straight_on()[0])
    events = play.events["space-1"]
    refused = failure(forget, events, key=KEY, at=START)

    assert ("forget.not_over", "'space-1'", "732829320", "space", "pending") == (refused.code, *refused.facts.values())
    assert "pending" == forget(events, key=KEY, at=START + timedelta(hours=49)).case.state
    assert "forget.key_too_short" == failure(forget, events, key="tiny", at=START + 3 * DAY).code
    for key in (None, KEY.encode(), 7):
        assert "secret.wrong_type" == failure(forget, events, key=key, at=START + 3 * DAY).code
    assert "instant.naive" == failure(forget, events, key=KEY, at=START.replace(tzinfo=None)).code
    assert "tiny" not in str(failure(forget, events, key="tiny", at=START + 3 * DAY))


@pytest.mark.parametrize("name", ["space-1", "adhesion-1", "mandate-1"])
def test_to_forget_again_changes_nothing(name):
    """A job that runs again leaves the marks as they are, with the same key or another one."""
    play = over()
    remains = forgotten(play, name)
    for key in (KEY, "another key of a host"):
        again = forget(remains.events, remains.messages, key=key, at=play.at)

        assert remains == again
    assert remains.events != play.events[name]


def test_messages_of_another_case_are_refused():
    """It may run still; nothing of it is replaced, whatever else is given."""
    play = over()
    refused = failure(forget, play.events["space-2"], play.messages, key=KEY, at=play.at)

    assert ("forget.other_case", "'space-1'", "'space-2'") == (refused.code, *refused.facts.values())
    assert "argument.wrong_type" == failure(forget, play.events["space-2"], [None], key=KEY, at=play.at).code


# --- Every text is classified -----------------------------------------------------------------------------------------


def test_every_text_field_of_every_class_is_classified():
    """A field that is added is either personal or not, and somebody has said which."""
    plain_texts, met = stored_texts({*IMPERSONAL, *_VALUES})

    assert plain_texts == PERSONAL_TEXTS | OTHER_TEXTS
    assert not PERSONAL_TEXTS & OTHER_TEXTS
    assert {*_VALUES} <= met
