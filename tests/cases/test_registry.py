"""Every kind of case and event by its name, and `replay`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

import attrs
import pytest

import teleprocedures as tp
from teleprocedures import cases
from teleprocedures.cases import _registry
from tests.builders import (
    EMAILED,
    POSTED,
    SECRETS,
    TOKEN,
    asked,
    issued,
    linked,
    mandate_taken_over,
    opened,
    paying,
    requested,
    services_taken_over,
    space_taken_over,
)
from tests.instants import DAY, HOUR, START, TICK


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
        asked(),
        lambda space: space.remind(at=START + 25 * HOUR),
        lambda space: space.activate(EMAILED, at=START + 48 * HOUR),
    ),
    "a space that is moved to another rulebook": play(
        asked(), lambda space: space.change_rulebook(attrs.evolve(space.rulebook, version="other"), at=START + HOUR)
    ),
    "a space that lapses": play(asked(), lambda space: space.lapse(at=START + 49 * HOUR)),
    "a space that lapses, and did not": play(
        asked(code=tp.HELD_ELSEWHERE),
        lambda space: space.lapse(at=START + 49 * HOUR),
        lambda space: space.activate(tp.HELD_ELSEWHERE, at=START + HOUR, recorded_at=START + 50 * HOUR),
    ),
    "a request without Messaging": play(
        paying(),
        lambda adhesion: adhesion.record_letter(START.date() + 2 * DAY, at=START + 5 * DAY),
        lambda adhesion: adhesion.declare_account("DE89 3704 0044 0532 0130 00", at=START + 6 * DAY),
        lambda adhesion: adhesion.remind(at=START + 58 * DAY),
        lambda adhesion: adhesion.activate(POSTED, space=opened(), at=START + 59 * DAY),
    ),
    "a request whose code is not entered": play(requested(), lambda adhesion: adhesion.lapse(at=START + 61 * DAY)),
    "a letter seen too late, then read again": play(
        requested(**ELSEWHERE),
        lambda adhesion: adhesion.lapse(at=START + 90 * DAY),
        lambda adhesion: adhesion.record_letter(START.date() + DAY, at=START + 91 * DAY),
        lambda adhesion: adhesion.record_letter(START.date() + 80 * DAY, at=START + 92 * DAY),
    ),
    "a request with Messaging": play(
        linked(),
        lambda adhesion: adhesion.remind(at=START + 24 * HOUR),
        lambda adhesion: adhesion.confirm_company_email(TOKEN, at=START + 30 * HOUR, code=POSTED),
        lambda adhesion: adhesion.activate(POSTED, space=opened(), at=START + 9 * DAY),
    ),
    "a link that is not used": play(linked(), lambda adhesion: adhesion.lapse(at=START + 3 * DAY)),
    "a mandate that lapses": play(
        issued(),
        lambda mandate: mandate.name_representative("Marie Le Goff", at=START),
        lambda mandate: mandate.sign(tp.Applicant.REPRESENTATIVE, at=START + DAY),
        lambda mandate: mandate.send(at=START + 2 * DAY),
        lambda mandate: mandate.register(at=START + 9 * DAY),
        lambda mandate: mandate.record_collection(at=START + 40 * DAY),
        lambda mandate: mandate.remind(at=START + 1050 * DAY),
        lambda mandate: mandate.lapse(at=START + 1300 * DAY),
        lambda mandate: mandate.record_collection(at=START + 300 * DAY, recorded_at=START + 1301 * DAY),
        lambda mandate: mandate.lapse(at=START + 1400 * DAY),
        lambda mandate: mandate.record_collection(at=START + 41 * DAY, recorded_at=START + 1401 * DAY),
    ),
    "a space that was there already": play(space_taken_over()),
    "services that were held already": play(
        services_taken_over(),
        lambda adhesion: adhesion.close("client_left", at=START + DAY),
        lambda adhesion: adhesion.reopen(at=START + 2 * DAY),
    ),
    "a request that was under way": play(
        services_taken_over(under_way=True),
        lambda adhesion: adhesion.activate(tp.HELD_ELSEWHERE, space=opened(), at=START + DAY),
    ),
    "a mandate that was registered already": play(
        mandate_taken_over(), lambda mandate: mandate.record_collection(at=START + DAY)
    ),
    "a link that a letter proves": play(
        linked(**ELSEWHERE),
        lambda adhesion: adhesion.record_letter(START.date() + DAY, at=START + 5 * DAY),
    ),
    "a link that a code proves": play(
        linked(**ELSEWHERE),
        lambda adhesion: adhesion.lapse(at=START + 3 * DAY),
        lambda adhesion: adhesion.activate(
            tp.HELD_ELSEWHERE, space=opened(), at=START + 9 * DAY, recorded_at=START + 10 * DAY
        ),
    ),
}
_WITHDRAWN = HISTORIES["a letter seen too late, then read again"][1]
_CORRECTED = tp.withdraw(_WITHDRAWN, 4, reason="read on another letter", at=START + 93 * DAY)
HISTORIES["a day of a letter that is withdrawn"] = (_CORRECTED.case, (*_WITHDRAWN, *_CORRECTED.events))
every_history = pytest.mark.parametrize(("case", "events"), HISTORIES.values(), ids=HISTORIES)


@every_history
def test_a_case_is_the_fold_of_its_events(case: tp.Case, events: tuple[tp.Event, ...]) -> None:
    """Replaying the events of a case gives an equal case, of the same kind, at every point of its history."""
    assert (case, type(case)) == (tp.replay(events), type(tp.replay(iter(events))))
    for count in range(1, len(events) + 1):
        so_far = tp.replay(events[:count])
        told = [event.recorded_at for event in events[:count] if not isinstance(event, tp.Reminder)]
        assert (count, count, told[-1]) == (events[count - 1].version, so_far.version, so_far.recorded_at)


@every_history
def test_a_history_shows_no_secret(case: tp.Case, events: tuple[tp.Event, ...]) -> None:
    """No code, token, password, answer, address or account appears in a case, nor in an event."""
    shown = [repr(thing) + str(thing) for thing in (case, *events)]
    assert [] == [secret for secret in (*SECRETS, "contact@") for text in shown if secret in text]


@every_history
def test_each_event_is_known_by_its_name(case: tp.Case, events: tuple[tp.Event, ...]) -> None:
    """The kind of an event finds its class, which one of the lifecycles of its kind of case makes."""
    assert type(case) is tp.KINDS[case.kind]
    for event in events:
        assert type(event) is tp.EVENTS[event.kind]
        anywhere = {tp.CaseClosed, tp.CaseReopened, tp.FactWithdrawn, tp.RulebookChanged}
        assert type(event) in {kind for lifecycle in case.lifecycles for kind in lifecycle.events} | anywhere


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
    """Every event, message and case that the library defines is in its registry, under its own name, and seen here."""
    bases = {
        "opening",
        "reminder",
        "lapse",
        "letter-posted",
        "mandate-used",
        "notice",
        "to-the-company",
        "taken-over",
        "followed-from-now",
    }
    assert {kind.kind for kind in leaves(tp.Event)} - bases == shipped(tp.EVENTS)
    assert {kind.kind for kind in leaves(tp.Message)} - bases == shipped(tp.MESSAGES)
    assert {kind.kind for kind in leaves(tp.Case)} == shipped(tp.KINDS)
    assert all(name == kind.kind for registry in (tp.EVENTS, tp.KINDS, tp.MESSAGES) for name, kind in registry.items())
    assert {event.kind for _, events in HISTORIES.values() for event in events} == shipped(tp.EVENTS)


def test_the_unions_have_every_event_case_and_message_and_the_root_has_their_names() -> None:
    """Whoever adds an event writes it into the union of its kind and into `cases.__all__`: checkers see it then."""
    for registry, union in ((tp.EVENTS, tp.AnyEvent), (tp.KINDS, tp.AnyCase), (tp.MESSAGES, tp.AnyMessage)):
        known = {kind for kind in registry.values() if kind.__module__.startswith("teleprocedures.")}

        assert known == set(get_args(union))
        assert {kind.__name__ for kind in known} <= set(dir(tp))


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


@every_history
def test_a_history_starts_at_its_beginning(case: tp.Case, events: tuple[tp.Event, ...]) -> None:
    """A history that starts with another event than its first is refused, and so is none at all."""
    stranger = type("Stranger", (type(events[0]),), {"__slots__": ()})  # an opening of no kind that is registered
    for wrong in (*events[1:], attrs.evolve(events[0], version=2), stranger(**fields_of(events[0]))):
        with pytest.raises(tp.InvalidValueError, match=r"^a history starts with the event that opens a case") as caught:
            tp.replay([wrong])
        assert ("history.no_opening", {"value": repr(wrong)}) == (caught.value.code, dict(caught.value.facts))
    with pytest.raises(
        tp.InvalidValueError, match=r"^no event to replay: expected at least the one that opens the case$"
    ):
        tp.replay([])


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
        lambda event: attrs.evolve(event, at=START - DAY, recorded_at=START - TICK),
    ],
    ids=["a gap", "the same version twice", "another case", "told before the last one"],
)
def test_a_history_with_a_stranger_is_refused(case: tp.Case, events: tuple[tp.Event, ...], change: Any) -> None:
    """An event of another case, of another version or told before the last one is refused, with what was expected."""
    for place in range(1, len(events)):
        before, stranger = tp.replay(events[:place]), change(events[place])
        if isinstance(stranger, tp.Reminder) and stranger.recorded_at < START:
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


def test_an_event_that_the_state_does_not_allow_is_refused() -> None:
    """A case is opened once; it does not lapse once it is active, nor by the event of another kind of case."""
    (opening,), (asks,), waits = asked().events, linked().events, requested().events
    activated = tp.SpaceActivated(case_id="space-1", version=2, at=START + HOUR)
    lapsed = tp.SpaceLapsed(case_id="space-1", version=3, at=START + 49 * HOUR)
    of_a_request = tp.AdhesionLapsed(case_id="space-1", version=2, at=START + 49 * HOUR)
    for events, expected in (
        ([opening, attrs.evolve(opening, version=2)], ("'space-requested'", 2, "space", "pending")),
        ([opening, activated, lapsed], ("'space-lapsed'", 3, "space", "active")),
        ([opening, of_a_request], ("'adhesion-lapsed'", 2, "space", "pending")),
        (
            [asks, tp.ServicesActivated(case_id="request-1", version=2, at=START)],
            ("'services-activated'", 2, "adhesion", "awaiting_email"),
        ),
        (
            [*waits, tp.AdhesionReminded(case_id="request-1", version=3, at=START)],
            ("'adhesion-reminded'", 3, "activation", "awaiting_code"),
        ),
    ):
        with pytest.raises(tp.InvalidValueError) as caught:
            tp.replay(events)
        assert "event.cannot_follow" == caught.value.code
        assert expected == tuple(caught.value.facts[name] for name in ("event", "version", "case", "state"))
        assert [] == [secret for secret in SECRETS if secret in str(caught.value)]


@pytest.mark.rule("A14")
def test_an_event_told_before_it_happened_is_refused() -> None:
    """An event that contradicts itself makes no case, wherever it stands."""
    opening, activated = HISTORIES["a space that is activated"][1][::2]
    for events in (
        [attrs.evolve(opening, recorded_at=START - TICK)],
        [opening, attrs.evolve(activated, version=2, recorded_at=activated.at - TICK)],
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


@attrs.frozen(kw_only=True, weakref_slot=False)
class Prolonged(tp.Event):
    """The time limit was set anew."""

    deadline: tp.Deadline


def running(*states: tp.ActivationState) -> list[tp.State]:
    """The states, of which a time limit runs in these."""
    return [
        tp.State(it, "3.1", terminal=it is not tp.ActivationState.AWAITING_CODE, runs=it in states)
        for it in tp.ActivationState
    ]


@attrs.frozen(kw_only=True)
class Noted(tp.Case):
    """A kind of case with a field that nobody fills before the first event."""

    lifecycle = kind_of(named="noted").lifecycle

    note: str


TWICE = kind_of()
TWICE.lifecycles = (*TWICE.lifecycles, *kind_of(named="twin", opens=DelegatedTwice).lifecycles)
OF_A_MANDATE = "asks something of Mandate: expected a function of Delegation"
TAKEN = "is the name of something else already: expected another name than space, adhesion, mandate"
CITES = "the table of 'delegation' cites"
END = ", which none of its rulebooks has: expected a {} of 'expert-2024-04-03'"
NO_RULE, NO_LIMIT = END.format("rule"), END.format("time limit")
WAIT = ("user", "wait", "3.1")


@pytest.mark.parametrize(
    ("kind", "error", "told"),
    [
        (kind_of(row={"guards": (of_a_mandate,)}), TypeError, f"of_a_mandate {OF_A_MANDATE}"),
        (kind_of(row={"guards": (of_any_case, lambda case, at: True, of_a_mandate)}), TypeError, OF_A_MANDATE),
        (kind_of(row={"sends": of_a_mandate}), TypeError, OF_A_MANDATE),
        (kind_of(row={"after": registered}), TypeError, OF_A_MANDATE),
        (kind_of(sends=sent), TypeError, OF_A_MANDATE),
        (kind_of(advice=(tp.Advice(*WAIT, of_a_mandate),)), TypeError, OF_A_MANDATE),
        (kind_of(advice=(tp.Advice(*WAIT), tp.Advice(*WAIT, of_any_case, registered))), TypeError, OF_A_MANDATE),
        (kind_of(named="space"), ValueError, f"'space' {TAKEN}"),
        (TWICE, ValueError, "'delegated' is the name of something else already"),
        (kind_of(opens=None), ValueError, "'delegation' does not say which event opens a case"),
        (kind_of(opens=tp.SpaceRequested), ValueError, "'space-requested' opens cases of 'space' already"),
        (kind_of(advice=(tp.Advice("user", "wait", "X.9"),)), ValueError, f"{CITES} the rule X.9{NO_RULE}"),
        (kind_of(row={"corrects": "X.8"}), ValueError, f"{CITES} the rule X.8{NO_RULE}"),
        (
            kind_of(described=[tp.State(it, "X.7", terminal=it != "awaiting_code") for it in tp.ActivationState]),
            ValueError,
            f"{CITES} the rule X.7{NO_RULE}",
        ),
        (kind_of(limit="delegation"), ValueError, f"{CITES} the time limit delegation{NO_LIMIT}"),
        (
            kind_of(described=running(tp.ActivationState.AWAITING_CODE)),
            ValueError,
            "runs in awaiting_code of 'delegation'",
        ),
        (
            kind_of(described=running(tp.ActivationState.ACTIVE), limit="space_activation"),
            ValueError,
            "runs in active of 'delegation': expected its name (`limit`), and a row from there that makes a lapse",
        ),
        (
            kind_of(described=running(tp.ActivationState.AWAITING_CODE), limit="space_activation"),
            ValueError,
            "with reminders runs in awaiting_code of 'delegation': expected a row from there that makes a reminder",
        ),
        (
            kind_of(row={"makes": Prolonged}),
            ValueError,
            "Prolonged of 'delegation' set a time limit: expected a `time_limit` that gives the last one",
        ),
        (Noted, ValueError, "note of Noted: expected a default, which stands before the first event"),
    ],
)
def test_a_kind_that_does_not_hold_is_refused_and_registers_nothing(
    kind: type[tp.Case], error: type[Exception], told: str
) -> None:
    """Functions of another kind, taken names, no opening, what no rulebook has, no lapse or reminder, a bare field."""
    before = [dict(registry) for registry in (tp.KINDS, tp.LIFECYCLES, tp.EVENTS, tp.MESSAGES)]
    with pytest.raises(error) as caught:
        tp.register(kind)
    assert told in str(caught.value)
    assert before == [dict(registry) for registry in (tp.KINDS, tp.LIFECYCLES, tp.EVENTS, tp.MESSAGES)]


def test_whoever_watches_is_told_of_a_kind_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kit learns so of the kinds that are registered later; watching twice is the same."""
    told: list[type[tp.Case]] = []
    monkeypatch.setattr(_registry, "_watchers", [])
    for _ in range(2):
        _registry.watch(told.append)
    tp.register(tp.Space)

    assert [tp.Space] == told
