"""Every kind of case and event by its name, and `replay`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from teleprocedures.cases import (
    CASES,
    EVENTS,
    LIFECYCLES,
    Adhesion,
    LetterPosted,
    Mandate,
    Space,
    SpaceActivated,
    SpaceLapsed,
    replay,
)
from teleprocedures.core import Case, Decision, Event, Opening
from teleprocedures.errors import InvalidValueError
from teleprocedures.forms import Applicant
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.values import ActivationCode, LinkToken, MandateReference

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CODE, TOKEN = ActivationCode("CODE0001"), LinkToken("token-1")
IBAN = "FR76 3000 6000 0112 3456 7890 189"


def play(decision: Decision[Any], *verbs: Any) -> tuple[Case, tuple[Event, ...]]:
    """A case and its events, after these verbs one after the other."""
    events = decision.events
    for verb in verbs:
        decision = verb(decision.case)
        events += decision.events
    return decision.case, events


def create(id: str = "s-1") -> Decision[Space]:
    """A space asked for."""
    return Space.create(space_form(), id=id, hasher=PlainHasher(), at=AT, code=CODE)


ACTIVE = create().case.activate(CODE, at=AT).case


def request(**fields: Any) -> Decision[Adhesion]:
    """Services asked for."""
    return Adhesion.request(ACTIVE, adhesion_form(**fields), id="a-1", at=AT, token=TOKEN, code=CODE)


def request_messaging() -> Decision[Adhesion]:
    """Messaging asked for."""
    return request(services=["messagerie"], company_email="compta@boulangerie.fr")


PAYING = request(services=["payer-tva"], bank_accounts=[IBAN]).case


def issue() -> Decision[Mandate]:
    """A mandate issued."""
    return Mandate.issue(PAYING, IBAN, id="m-1", reference=MandateReference("RUM-1"), at=AT)


HISTORIES = {
    "a space that is activated": play(
        create(), lambda space: space.remind(at=AT + 25 * HOUR), lambda space: space.activate(CODE, at=AT + 48 * HOUR)
    ),
    "a space that lapses": play(create(), lambda space: space.lapse(at=AT + 49 * HOUR)),
    "a request without Messaging": play(
        request(),
        lambda adhesion: adhesion.record_letter(AT.date() + 2 * DAY, at=AT + 5 * DAY),
        lambda adhesion: adhesion.remind(at=AT + 58 * DAY),
        lambda adhesion: adhesion.activate(CODE, space=ACTIVE, at=AT + 59 * DAY),
    ),
    "a request whose code is not entered": play(request(), lambda adhesion: adhesion.lapse(at=AT + 61 * DAY)),
    "a request with Messaging": play(
        request_messaging(),
        lambda adhesion: adhesion.remind(at=AT + 24 * HOUR),
        lambda adhesion: adhesion.confirm_company_email(TOKEN, at=AT + 30 * HOUR, code=CODE),
        lambda adhesion: adhesion.activate(CODE, space=ACTIVE, at=AT + 9 * DAY),
    ),
    "a link that is not used": play(request_messaging(), lambda adhesion: adhesion.lapse(at=AT + 3 * DAY)),
    "a mandate that lapses": play(
        issue(),
        lambda mandate: mandate.sign(Applicant.REPRESENTATIVE, at=AT + DAY),
        lambda mandate: mandate.send(at=AT + 2 * DAY),
        lambda mandate: mandate.register(at=AT + 9 * DAY),
        lambda mandate: mandate.record_collection(at=AT + 40 * DAY),
        lambda mandate: mandate.lapse(at=AT + 1300 * DAY),
    ),
}
every_history = pytest.mark.parametrize(("case", "events"), HISTORIES.values(), ids=HISTORIES)


@every_history
def test_a_case_is_the_fold_of_its_events(case: Case, events: tuple[Event, ...]) -> None:
    """Replaying the events of a case gives an equal case, of the same kind, at every point of its history."""
    assert case == replay(events)
    assert type(case) is type(replay(iter(events)))
    assert list(range(1, len(events) + 1)) == [event.version for event in events]
    for count in range(1, len(events) + 1):
        assert count == replay(events[:count]).version
        assert events[count - 1].at == replay(events[:count]).changed_at


@every_history
def test_each_event_is_known_by_its_name(case: Case, events: tuple[Event, ...]) -> None:
    """The kind of an event finds its class; its trigger is one of the lifecycle that it names."""
    assert type(case) is CASES[case.kind]
    for event in events:
        assert type(event) is EVENTS[event.kind]
        lifecycle = LIFECYCLES[event.lifecycle]
        assert isinstance(event, Opening) or event.trigger in {trigger for trigger, *_ in lifecycle.transitions}


def leaves(kind: type) -> set[type]:
    """The classes under this one that have none under them, those of this package only."""
    # attrs makes a slotted class twice: the first one is left behind, and a builder has a draft of its own.
    under = [child for child in kind.__subclasses__() if child.__module__.startswith("teleprocedures.")]
    known = {child.kind: child for child in under if child.kind != kind.kind}
    return set(known.values()).union(*map(leaves, under)) if under else set()


def test_no_kind_of_event_or_case_is_left_out() -> None:
    """Every event and every case that the library defines is in its registry, under its own name."""
    assert {kind.kind for kind in leaves(Event)} == set(EVENTS)
    assert {kind.kind for kind in leaves(Case)} == set(CASES)
    assert all(name == kind.kind for registry in (EVENTS, CASES) for name, kind in registry.items())
    assert LetterPosted not in EVENTS.values()


def test_the_histories_show_every_event_but_reminders_of_mandates() -> None:
    """These tests see every kind of event; a mandate is reminded of only where the rulebook says so."""
    seen = {event.kind for _, events in HISTORIES.values() for event in events}

    assert {"mandate-reminded"} == set(EVENTS) - seen


def test_registries_are_read_only() -> None:
    """Nothing is added to the registries, and nothing leaves them."""
    for registry in (LIFECYCLES, CASES, EVENTS):
        with pytest.raises(TypeError):
            registry["other"] = None
        assert all(name in registry for name in registry)


def test_nothing_is_not_replayed() -> None:
    """A history has one event at least."""
    with pytest.raises(InvalidValueError) as caught:
        replay([])

    assert "no event to replay: expected at least the one that opens the case" == str(caught.value)


@every_history
def test_a_history_starts_at_its_beginning(case: Case, events: tuple[Event, ...]) -> None:
    """A history that starts with another event than its first is refused."""
    with pytest.raises(InvalidValueError, match=r"^a history starts with the event that opens a case, version 1, not "):
        replay(events[1:])
    with pytest.raises(InvalidValueError, match=r"^a history starts with the event that opens a case, version 1, not "):
        replay([attrs.evolve(events[0], version=2)])


@every_history
@pytest.mark.parametrize(
    "change",
    [
        lambda event: attrs.evolve(event, version=event.version + 1),
        lambda event: attrs.evolve(event, version=event.version - 1),
        lambda event: attrs.evolve(event, case_id="another"),
        lambda event: attrs.evolve(event, at=AT - timedelta(microseconds=1)),
    ],
    ids=["a gap", "the same version twice", "another case", "before the last one"],
)
def test_a_history_with_a_stranger_is_refused(case: Case, events: tuple[Event, ...], change: Any) -> None:
    """An event of another case, of another version or before the last one is refused, with what was expected."""
    for place in range(1, len(events)):
        before = replay(events[:place])
        with pytest.raises(InvalidValueError) as caught:
            replay([*events[:place], change(events[place])])
        expected = f"expected case {before.id!r}, version {place + 1}, at {before.changed_at.isoformat()} or later"

        assert f"event {events[place].kind!r} of case " in str(caught.value)
        assert str(caught.value).endswith(f" cannot follow: {expected}")


def test_a_second_opening_is_refused() -> None:
    """A case is opened once."""
    (opening,) = create().events
    with pytest.raises(InvalidValueError, match=r"version 2, cannot follow: the space is 'pending'"):
        replay([opening, attrs.evolve(opening, version=2)])


def test_an_event_that_the_state_does_not_allow_is_refused() -> None:
    """A space that lapsed is not activated, not even by its history; nor is it by the event of a request."""
    (opening,) = create().events
    lapsed = SpaceLapsed(case_id="s-1", version=2, at=AT + 49 * HOUR)
    activated = SpaceActivated(case_id="s-1", version=3, at=AT + 50 * HOUR)
    of_a_request = attrs.evolve(HISTORIES["a link that is not used"][1][1], case_id="s-1", version=2)

    with pytest.raises(
        InvalidValueError, match=r"^event 'space-activated', version 3, cannot follow: the space is 'lapsed'$"
    ):
        replay([opening, lapsed, activated])
    with pytest.raises(
        InvalidValueError, match=r"^event 'adhesion-lapsed', version 2, cannot follow: the space is 'pend"
    ):
        replay([opening, of_a_request])
