"""Every kind of case and event by its name, and `replay`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from teleprocedures import cases
from tests import builders
from tests.builders import DAY, EMAILED, HOUR, POSTED, TOKEN, asked, issued, linked, opened, paying, requested

AT = builders.START


def play(decision: tp.Decision[Any], *verbs: Any) -> tuple[tp.Case, tuple[tp.Event, ...]]:
    """A case and its events, after these verbs one after the other."""
    events = decision.events
    for verb in verbs:
        decision = verb(decision.case)
        events += decision.events
    return decision.case, events


ELSEWHERE = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}

HISTORIES = {
    "a space that is activated": play(
        asked(), lambda space: space.remind(at=AT + 25 * HOUR), lambda space: space.activate(EMAILED, at=AT + 48 * HOUR)
    ),
    "a space that lapses": play(asked(), lambda space: space.lapse(at=AT + 49 * HOUR)),
    "a space that lapses, and did not": play(
        asked(code=tp.HELD_ELSEWHERE),
        lambda space: space.lapse(at=AT + 49 * HOUR),
        lambda space: space.activate(tp.HELD_ELSEWHERE, at=AT + HOUR, recorded_at=AT + 50 * HOUR),
    ),
    "a request without Messaging": play(
        paying(),
        lambda adhesion: adhesion.record_letter(AT.date() + 2 * DAY, at=AT + 5 * DAY),
        lambda adhesion: adhesion.declare_account("DE89 3704 0044 0532 0130 00", at=AT + 6 * DAY),
        lambda adhesion: adhesion.remind(at=AT + 58 * DAY),
        lambda adhesion: adhesion.activate(POSTED, space=opened(), at=AT + 59 * DAY),
    ),
    "a request whose code is not entered": play(requested(), lambda adhesion: adhesion.lapse(at=AT + 61 * DAY)),
    "a letter seen too late, then read again": play(
        requested(**ELSEWHERE),
        lambda adhesion: adhesion.lapse(at=AT + 90 * DAY),
        lambda adhesion: adhesion.record_letter(AT.date() + DAY, at=AT + 91 * DAY),
        lambda adhesion: adhesion.record_letter(AT.date() + 80 * DAY, at=AT + 92 * DAY),
    ),
    "a request with Messaging": play(
        linked(),
        lambda adhesion: adhesion.remind(at=AT + 24 * HOUR),
        lambda adhesion: adhesion.confirm_company_email(TOKEN, at=AT + 30 * HOUR, code=POSTED),
        lambda adhesion: adhesion.activate(POSTED, space=opened(), at=AT + 9 * DAY),
    ),
    "a link that is not used": play(linked(), lambda adhesion: adhesion.lapse(at=AT + 3 * DAY)),
    "a mandate that lapses": play(
        issued(),
        lambda mandate: mandate.name_representative("Marie Le Goff", at=AT),
        lambda mandate: mandate.sign(tp.Applicant.REPRESENTATIVE, at=AT + DAY),
        lambda mandate: mandate.send(at=AT + 2 * DAY),
        lambda mandate: mandate.register(at=AT + 9 * DAY),
        lambda mandate: mandate.record_collection(at=AT + 40 * DAY),
        lambda mandate: mandate.remind(at=AT + 1050 * DAY),
        lambda mandate: mandate.lapse(at=AT + 1300 * DAY),
        lambda mandate: mandate.record_collection(at=AT + 41 * DAY, recorded_at=AT + 1301 * DAY),
    ),
}
every_history = pytest.mark.parametrize(("case", "events"), HISTORIES.values(), ids=HISTORIES)


@every_history
def test_a_case_is_the_fold_of_its_events(case: tp.Case, events: tuple[tp.Event, ...]) -> None:
    """Replaying the events of a case gives an equal case, of the same kind, at every point of its history."""
    assert case == tp.replay(events)
    assert type(case) is type(tp.replay(iter(events)))
    assert list(range(1, len(events) + 1)) == [event.version for event in events]
    for count in range(1, len(events) + 1):
        so_far = tp.replay(events[:count])
        told = [event.recorded_at for event in events[:count] if not isinstance(event, tp.Reminder)]
        assert (count, told[-1]) == (so_far.version, so_far.recorded_at)


@every_history
def test_each_event_is_known_by_its_name(case: tp.Case, events: tuple[tp.Event, ...]) -> None:
    """The kind of an event finds its class, which one of the lifecycles of its kind of case makes."""
    assert type(case) is tp.KINDS[case.kind]
    for event in events:
        assert type(event) is tp.EVENTS[event.kind]
        assert type(event) in {kind for lifecycle in case.lifecycles for kind in lifecycle.events}


def leaves(kind: type) -> set[type]:
    """The classes under this one, those of this package only."""
    # attrs makes a slotted class twice: the first one is left behind, and a builder has a draft of its own.
    under = [child for child in kind.__subclasses__() if child.__module__.startswith("teleprocedures.")]
    known = {child.kind: child for child in under if child.kind != kind.kind}
    return set(known.values()).union(*map(leaves, under)) if under else set()


def shipped(registry: Mapping[str, Any]) -> set[str]:
    """The names in a registry of what is the library's own: a host, or another test, may have registered more."""
    return {name for name, kind in registry.items() if kind.__module__.startswith("teleprocedures.")}


def test_no_kind_of_event_or_case_is_left_out() -> None:
    """Every event, message and case that the library defines is in its registry, under its own name."""
    bases = {"opening", "reminder", "lapse", "letter-posted", "notice", "to-the-company"}
    assert {kind.kind for kind in leaves(tp.Event)} - bases == shipped(tp.EVENTS)
    assert {kind.kind for kind in leaves(tp.Message)} - bases == shipped(tp.MESSAGES)
    assert {kind.kind for kind in leaves(tp.Case)} == shipped(tp.KINDS)
    assert all(name == kind.kind for registry in (tp.EVENTS, tp.KINDS, tp.MESSAGES) for name, kind in registry.items())
    assert tp.LetterPosted not in tp.EVENTS.values()
    for marker in (tp.Opening, tp.Lapse, tp.Reminder, tp.Notice):
        assert marker not in (*tp.EVENTS.values(), *tp.MESSAGES.values())
    assert {tp.ReminderEmail, tp.LapseNotice} < set(tp.MESSAGES.values())


def test_the_histories_show_every_event() -> None:
    """These tests see every kind of event."""
    seen = {event.kind for _, events in HISTORIES.values() for event in events}
    assert seen == shipped(tp.EVENTS)


def test_registries_are_read_only() -> None:
    """Nothing is added to the registries, and nothing leaves them, but by registering."""
    for registry in (tp.LIFECYCLES, tp.KINDS, tp.EVENTS, tp.MESSAGES):
        with pytest.raises(TypeError):
            registry["other"] = None
        assert all(name in registry for name in registry)


def test_the_room_gives_its_names_and_no_other() -> None:
    """A name of the room loads the module that has it; another one, or a private one, is no name of the room."""
    assert all(hasattr(cases, name) for name in cases.__all__)
    for name in ("Nothing", "_space_of"):
        with pytest.raises(AttributeError, match=name):
            getattr(cases, name)


def test_nothing_is_not_replayed() -> None:
    """A history has one event at least."""
    with pytest.raises(tp.InvalidValueError) as caught:
        tp.replay([])
    assert "no event to replay: expected at least the one that opens the case" == str(caught.value)


@every_history
def test_a_history_starts_at_its_beginning(case: tp.Case, events: tuple[tp.Event, ...]) -> None:
    """A history that starts with another event than its first is refused."""
    with pytest.raises(
        tp.InvalidValueError, match=r"^a history starts with the event that opens a case, version 1, not "
    ):
        tp.replay(events[1:])
    with pytest.raises(
        tp.InvalidValueError, match=r"^a history starts with the event that opens a case, version 1, not "
    ):
        tp.replay([attrs.evolve(events[0], version=2)])
    stranger = type("Stranger", (type(events[0]),), {"__slots__": ()})  # an opening of no kind that is registered
    for wrong in (*events[1:], attrs.evolve(events[0], version=2), stranger(**fields_of(events[0]))):
        with pytest.raises(tp.InvalidValueError) as caught:
            tp.replay([wrong])
        assert ("history.no_opening", {"value": repr(wrong)}) == (caught.value.code, dict(caught.value.facts))


def fields_of(event: tp.Event) -> dict[str, Any]:
    """What makes this event again."""
    return {field.alias: getattr(event, field.name) for field in attrs.fields(type(event))}


@every_history
@pytest.mark.parametrize(
    "change",
    [
        lambda event: attrs.evolve(event, version=event.version + 1),
        lambda event: attrs.evolve(event, version=event.version - 1),
        lambda event: attrs.evolve(event, case_id="another"),
        lambda event: attrs.evolve(event, at=AT - builders.DAY, recorded_at=AT - builders.TICK),
    ],
    ids=["a gap", "the same version twice", "another case", "told before the last one"],
)
def test_a_history_with_a_stranger_is_refused(case: tp.Case, events: tuple[tp.Event, ...], change: Any) -> None:
    """An event of another case, of another version or told before the last one is refused, with what was expected."""
    for place in range(1, len(events)):
        before, stranger = tp.replay(events[:place]), change(events[place])
        if isinstance(stranger, tp.Reminder) and stranger.recorded_at < AT:
            # A reminder is a telling of ours: it orders nothing (A14).
            assert tp.replay([*events[:place], stranger]).recorded_at == before.recorded_at
            continue
        with pytest.raises(tp.InvalidValueError) as caught:
            tp.replay([*events[:place], stranger])
        assert "event.wrong_case" == caught.value.code
        assert {
            "event": repr(stranger.kind),
            "case_id": repr(stranger.case_id),
            "version": stranger.version,
            "at": stranger.recorded_at.isoformat(),
            "expected": repr(before.id),
            "expected_version": place + 1,
            "last": before.recorded_at.isoformat(),
        } == dict(caught.value.facts)


def test_a_second_opening_is_refused() -> None:
    """A case is opened once."""
    (opening,) = asked().events
    with pytest.raises(tp.InvalidValueError) as caught:
        tp.replay([opening, attrs.evolve(opening, version=2)])
    assert ("event.cannot_follow", 2, "pending") == (
        caught.value.code,
        caught.value.facts["version"],
        caught.value.facts["state"],
    )


def test_an_event_that_the_state_does_not_allow_is_refused() -> None:
    """A space that is active does not lapse, not even by its history; nor does it by the event of a request."""
    (opening,) = asked().events
    activated = tp.SpaceActivated(case_id="space-1", version=2, at=AT + HOUR)
    lapsed = tp.SpaceLapsed(case_id="space-1", version=3, at=AT + 49 * HOUR)
    of_a_request = attrs.evolve(HISTORIES["a link that is not used"][1][1], case_id="space-1", version=2)

    for events, expected in (
        ([opening, activated, lapsed], ("'space-lapsed'", 3, "space", "active")),
        ([opening, of_a_request], ("'adhesion-lapsed'", 2, "space", "pending")),
    ):
        with pytest.raises(tp.InvalidValueError) as caught:
            tp.replay(events)
        assert "event.cannot_follow" == caught.value.code
        assert expected == tuple(caught.value.facts[name] for name in ("event", "version", "case", "state"))


@pytest.mark.rule("A14")
def test_an_event_told_before_it_happened_is_refused() -> None:
    """An event that contradicts itself makes no case, wherever it stands."""
    opening, activated = HISTORIES["a space that is activated"][1][::2]
    for events in (
        [attrs.evolve(opening, recorded_at=AT - builders.TICK)],
        [opening, attrs.evolve(activated, version=2, recorded_at=activated.at - builders.TICK)],
    ):
        with pytest.raises(tp.InvalidValueError) as caught:
            tp.replay(events)
        assert ("case.contradiction", ".recorded_at") == (caught.value.code, caught.value.facts["path"])


# --- Registering ------------------------------------------------------------------------------------------------------


def test_registering_again_changes_nothing() -> None:
    """A kind that is known is given back, and everything stays as it was."""
    before = {
        name: dict(registry) for name, registry in (("kinds", tp.KINDS), ("events", tp.EVENTS), ("all", tp.LIFECYCLES))
    }
    assert tp.Space is tp.register(tp.Space)
    assert before == {"kinds": dict(tp.KINDS), "events": dict(tp.EVENTS), "all": dict(tp.LIFECYCLES)}


class Delegated(tp.Opening):
    """A case of the tests was opened."""

    kind = "delegated"


class DelegatedTwice(tp.Opening):
    """Another one, under the same name."""

    kind = "delegated"


def kind_of(**changes: Any) -> type[tp.Case]:
    """A kind of case with a lifecycle of its own; some of it changed."""
    name, advice = changes.pop("named", "delegation"), changes.pop("advice", ())
    row = tp.Row("accept", tp.ActivationState.AWAITING_CODE, tp.ActivationState.ACTIVE, tp.SpaceActivated)
    lifecycle = tp.Lifecycle(
        name,
        tp.ActivationState,
        initial=tp.ActivationState.AWAITING_CODE,
        rows=[
            row._replace(**changes.pop("row", {})),
            tp.Row("revoke", tp.ActivationState.AWAITING_CODE, tp.ActivationState.LAPSED, tp.SpaceLapsed),
        ],
        **{
            "opens": Delegated,
            "limit": None,
            "described": [
                tp.State(tp.ActivationState.AWAITING_CODE, "3.1", advice),
                tp.State(tp.ActivationState.ACTIVE, "3.5", terminal=True),
                tp.State(tp.ActivationState.LAPSED, "3.4", terminal=True),
            ],
        }
        | changes,
    )
    return type("Delegation", (tp.Case,), {"lifecycle": lifecycle})


def of_a_mandate(mandate: tp.Mandate, _: datetime) -> bool:
    """Guard of a mandate: it was registered."""
    return mandate.registered_at is not None


def registered(mandate: tp.Mandate) -> datetime | None:
    """When it was registered."""
    return mandate.registered_at


def sent(mandate: tp.Mandate, _: datetime) -> tuple[tp.ReminderEmail, ...]:
    """What nobody sends."""
    raise NotImplementedError


def of_any_case(case: tp.Case, _: datetime) -> bool:
    """Guard of any case."""
    return case.version > 0


def unannotated(case, at):
    """Guard of nobody knows what."""
    return True


def test_a_guard_of_another_kind_is_refused() -> None:
    """A guard that asks something of another kind of case cannot be registered; one of any case, or of none, can."""
    with pytest.raises(TypeError, match="of_a_mandate asks something of Mandate: expected a function of Delegation"):
        tp.register(kind_of(row={"guards": (of_a_mandate,)}))
    with pytest.raises(TypeError, match="of_a_mandate"):
        tp.register(kind_of(row={"guards": (of_any_case, unannotated, of_a_mandate)}))
    assert "delegation" not in tp.KINDS


@pytest.mark.parametrize(
    "changes",
    [
        {"row": {"sends": of_a_mandate}},
        {"row": {"after": registered}},
        {"sends": sent},
        {"advice": (tp.Advice("user", "wait", "3.1", of_a_mandate),)},
        {"advice": (tp.Advice("user", "wait", "3.1"), tp.Advice("user", "wait", "3.1", of_any_case, registered))},
    ],
    ids=["what a row sends", "what it follows", "what the opening sends", "when something is advised", "by when"],
)
def test_whatever_a_table_asks_of_another_kind_is_refused(changes: dict[str, Any]) -> None:
    """Every function of a table is one of its own kind of case."""
    with pytest.raises(TypeError, match="asks something of Mandate: expected a function of Delegation"):
        tp.register(kind_of(**changes))
    assert "delegation" not in tp.KINDS


def test_a_name_stands_for_one_thing() -> None:
    """A kind, a lifecycle or an event under the name of another one is refused, within a kind as beside others."""
    twice = kind_of()
    twice.lifecycles = (*twice.lifecycles, *kind_of(named="twin", opens=DelegatedTwice).lifecycles)
    with pytest.raises(ValueError, match="'space' is the name of something else already") as caught:
        tp.register(kind_of(named="space"))
    assert str(caught.value).endswith(f": expected another name than {', '.join(tp.KINDS)}")
    with pytest.raises(ValueError, match="'delegated' is the name of something else already"):
        tp.register(twice)


def test_a_kind_says_which_event_opens_it() -> None:
    """Without the event that opens a case, or with another kind's, its histories could not be read."""
    with pytest.raises(ValueError, match="'delegation' does not say which event opens a case"):
        tp.register(kind_of(opens=None))
    with pytest.raises(ValueError, match="'space-requested' opens cases of 'space' already"):
        tp.register(kind_of(opens=tp.SpaceRequested))


@pytest.mark.parametrize(
    ("changes", "cited"),
    [
        ({"advice": (tp.Advice("user", "wait", "X.9"),)}, "the rule X.9"),
        ({"row": {"corrects": "X.8"}}, "the rule X.8"),
        (
            {"described": [tp.State(state, "X.7", terminal=state != "awaiting_code") for state in tp.ActivationState]},
            "the rule X.7",
        ),
        ({"limit": "delegation"}, "the time limit delegation"),
    ],
    ids=["advice", "a correction", "states", "a time limit"],
)
def test_what_a_table_cites_is_in_a_rulebook(changes: dict[str, Any], cited: str) -> None:
    """A rule or a time limit that no rulebook of the kind has is refused when it is registered, and not later."""
    told = f"^the table of 'delegation' cites {cited}: expected one of 'expert-2024-04-03'$"
    with pytest.raises(ValueError, match=told):
        tp.register(kind_of(**changes))
    assert "delegation" not in tp.KINDS


@attrs.frozen(kw_only=True)
class Noted(tp.Case):
    """A kind of case with a field that nobody fills before the first event."""

    lifecycle = kind_of(named="noted").lifecycle

    note: str


def test_a_field_of_a_kind_has_a_default() -> None:
    """It stands before the first event, which may change it."""
    with pytest.raises(ValueError, match=r"^note of Noted: expected a default, which stands before the first event$"):
        tp.register(Noted)


def test_a_refused_kind_has_registered_nothing() -> None:
    """Whatever is wrong with a kind, the registries are as they were."""
    before = [dict(registry) for registry in (tp.KINDS, tp.LIFECYCLES, tp.EVENTS, tp.MESSAGES)]
    for wrong in (
        kind_of(row={"guards": (of_a_mandate,)}),
        kind_of(named="space"),
        kind_of(opens=None),
        kind_of(opens=tp.SpaceRequested),
        kind_of(advice=(tp.Advice("user", "wait", "X.9"),)),
        Noted,
    ):
        with pytest.raises((TypeError, ValueError)):
            tp.register(wrong)
    assert before == [dict(registry) for registry in (tp.KINDS, tp.LIFECYCLES, tp.EVENTS, tp.MESSAGES)]
