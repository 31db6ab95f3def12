"""What every kind of case has: decisions, versions, the order of time, refusals asked for, ticks, replay."""

from __future__ import annotations

import contextlib
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, ClassVar

import attrs
import pytest

import teleprocedures as tp
from tests.builders import (
    DAY,
    EMAILED,
    HOUR,
    POSTED,
    SECRETS,
    START,
    TICK,
    TOKEN,
    TWO_DAYS,
    WRONG,
    asked,
    issued,
    linked,
    mandate_in,
    opened,
    requested,
)

AT = START + 3 * HOUR
VERBS: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "space.activate": (asked(at=AT).case, "activate", {"code": EMAILED}),
    "space.remind": (asked(at=AT).case, "remind", {}),
    "space.lapse": (asked(at=AT).case, "lapse", {}),
    "space.tick": (asked(at=AT).case, "tick", {}),
    "adhesion.confirm_company_email": (linked(at=AT).case, "confirm_company_email", {"token": TOKEN}),
    "adhesion.record_letter": (requested(at=AT).case, "record_letter", {"edited": date(2025, 1, 6)}),
    "adhesion.activate": (requested(at=AT).case, "activate", {"code": POSTED, "space": opened()}),
    "adhesion.remind": (requested(at=AT).case, "remind", {}),
    "adhesion.lapse": (requested(at=AT).case, "lapse", {}),
    "adhesion.tick": (linked(at=AT).case, "tick", {}),
    "adhesion.renew": (linked(at=AT).case, "renew", {"space": opened(), "id": "request-2"}),
}


def history() -> list[tp.Event]:
    """The events of a request from the form to the services held: six of them, one kind each."""
    first = linked()
    reminded = first.case.remind(at=START + DAY)
    confirmed = reminded.case.confirm_company_email(TOKEN, code=tp.HELD_ELSEWHERE, at=START + TWO_DAYS)
    watched = confirmed.case.remind(at=START + 20 * DAY)
    recorded = watched.case.record_letter(date(2025, 1, 9), at=START + 21 * DAY)
    active = recorded.case.activate(tp.HELD_ELSEWHERE, space=opened(), at=START + 22 * DAY)
    decisions: tuple[tp.Decision[tp.Adhesion], ...] = (first, reminded, confirmed, watched, recorded, active)
    return [event for decision in decisions for event in decision.events]


# --- Decisions and versions -------------------------------------------------------------------------------------------


def test_versions_count_events() -> None:
    """Events are numbered from one, without a gap, and a case has the number of its last one."""
    events = history()
    assert [1, 2, 3, 4, 5, 6] == [event.version for event in events]
    assert 6 == tp.replay(events).version
    assert {"request-1"} == {event.case_id for event in events}


def test_a_request_without_messaging_makes_two_events_at_once() -> None:
    """Requested and validated at the same instant: versions 1 and 2, and the letter bears the second."""
    decision = requested()
    assert [(1, START), (2, START)] == [(event.version, event.at) for event in decision.events]
    assert (2, [2]) == (decision.case.version, [message.version for message in decision.messages])


def test_the_same_decision_makes_the_same_message_ids() -> None:
    """A message's id is its case, its version and its kind: deciding again gives the same one, and no other has it."""
    first, again = linked(), linked()
    reminded = first.case.remind(at=START + DAY)
    confirmed = reminded.case.confirm_company_email(TOKEN, code=POSTED, at=START + DAY)
    ids = [message.id for decision in (first, reminded, confirmed) for message in decision.messages]
    assert [message.id for message in again.messages] == ids[:1]
    assert [
        "request-1/1/confirmation-link-email",
        "request-1/2/reminder-email",
        "request-1/3/activation-code-letter",
    ] == ids


def test_a_verb_leaves_its_case_as_it_was() -> None:
    """A case is a value: what a verb decides is in the decision, and deciding twice gives equal decisions."""
    space = asked().case
    assert space.activate(EMAILED, at=START) == space.activate(EMAILED, at=START)
    assert asked().case == space
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        space.version = 2  # type: ignore[misc]


def test_cases_are_values_that_can_be_hashed() -> None:
    """Equal cases are one member of a set, and differ from what they become."""
    assert {asked().case} == {asked().case}
    assert 2 == len({requested().case, requested().case.record_letter(date(2025, 1, 6), at=START).case})


# --- The order of time ------------------------------------------------------------------------------------------------


@pytest.mark.rule("A14")
@pytest.mark.parametrize("name", VERBS)
def test_no_verb_is_told_before_the_last_thing_told(name: str) -> None:
    """One microsecond before what was told last every verb is refused, and the refusal has both instants."""
    case, verb, given = VERBS[name]
    with pytest.raises(tp.OutOfOrderError) as caught:
        getattr(case, verb)(**given, at=AT - TICK)
    assert ("order.before_telling", "A14") == (caught.value.code, str(caught.value.rule))
    assert (AT - TICK, AT) == (caught.value.at, caught.value.last)
    assert {"at": AT - TICK, "last": AT} == dict(caught.value.facts)


@pytest.mark.rule("A14")
@pytest.mark.parametrize("name", VERBS)
def test_no_verb_happened_before_the_fact_that_it_follows(name: str) -> None:
    """Told now, every verb is refused one microsecond before what it follows, and the refusal has both instants."""
    case, verb, given = VERBS[name]
    if verb == "tick":
        return  # the clock decides now
    with pytest.raises(tp.OutOfOrderError) as caught:
        getattr(case, verb)(**given | {"recorded_at": AT}, at=AT - TICK)
    assert ("order.before_fact", "A14") == (caught.value.code, str(caught.value.rule))
    assert (AT - TICK, AT) == (caught.value.at, caught.value.last)


@pytest.mark.rule("A14")
@pytest.mark.parametrize("name", VERBS)
def test_no_verb_happened_after_it_was_told(name: str) -> None:
    """A fact from the future is refused, and the refusal has the instant of the telling."""
    case, verb, given = VERBS[name]
    if verb == "tick":
        return  # the clock decides now
    with pytest.raises(tp.OutOfOrderError) as caught:
        getattr(case, verb)(**given | {"recorded_at": AT}, at=AT + TICK)
    assert ("order.future", "A14") == (caught.value.code, str(caught.value.rule))
    assert (AT + TICK, AT) == (caught.value.at, caught.value.last)


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_may_come_at_the_instant_of_the_last_event(name: str) -> None:
    """Two events of a case may have one instant: whatever a verb answers then, it is not that it comes too soon."""
    case, verb, given = VERBS[name]

    with contextlib.suppress(tp.DeadlineNotReachedError):  # the other verbs of these cases pass
        assert AT == getattr(case, verb)(**given, at=AT).case.recorded_at


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_refuses_what_is_no_instant(name: str) -> None:
    """A datetime without an offset is a bad value, whatever the verb; so is what is no datetime at all."""
    case, verb, given = VERBS[name]

    for at, told in ((datetime(2025, 1, 7), "naive"), (date(2025, 1, 7), "not a datetime"), (None, "not a datetime")):
        with pytest.raises(tp.InvalidValueError, match=f"^at .* is {told}"):
            getattr(case, verb)(**given, at=at)
    if verb != "tick":
        with pytest.raises(tp.InvalidValueError, match=r"^recorded_at .* is naive"):
            getattr(case, verb)(**given | {"recorded_at": datetime(2025, 1, 7)}, at=AT)


@pytest.mark.parametrize("opens", [asked, linked, requested, issued])
def test_no_case_is_opened_at_what_is_no_instant(opens: Any) -> None:
    """Each instant of the fact that opens a case is named where it is a bad value."""
    for name in ("at", "recorded_at"):
        with pytest.raises(tp.InvalidValueError, match=f"^{name} 2025-01-07T00:00:00 is naive"):
            opens(**{name: datetime(2025, 1, 7)})


@pytest.mark.rule("A14")
@pytest.mark.parametrize("opens", [asked, linked, requested, issued])
def test_no_case_is_opened_before_it_happened(opens: Any) -> None:
    """What opens a case is told when it happened, or later: the case has both instants."""
    with pytest.raises(tp.OutOfOrderError) as caught:
        opens(at=START, recorded_at=START - TICK)
    (event, *_), case = opens(at=START, recorded_at=START + HOUR).events, opens(at=START, recorded_at=START + HOUR).case
    assert ("order.future", START, START - TICK) == (caught.value.code, caught.value.at, caught.value.last)
    assert "A14" == caught.value.rule
    assert (START, START + HOUR, START + HOUR) == (event.at, event.recorded_at, case.recorded_at)


def test_instants_are_kept_in_utc() -> None:
    """An instant said in another zone is the same instant."""
    noumea = timezone(timedelta(hours=11))
    space = asked(at=START.astimezone(noumea)).case.activate(EMAILED, at=AT.astimezone(noumea)).case
    assert (START, AT) == (space.origin.at, space.recorded_at)
    assert (UTC, UTC) == (space.origin.at.tzinfo, space.recorded_at.tzinfo)
    assert asked().case.activate(EMAILED, at=AT).case == space
    late = asked().case.activate(EMAILED, at=AT, recorded_at=AT.astimezone(noumea))
    assert (space, UTC) == (late.case, late.events[0].recorded_at.tzinfo)


@pytest.mark.rule("A14")
def test_an_event_has_two_times() -> None:
    """When it happened and when it was told, the same unless it was told late; the case keeps both."""
    (now,) = asked().case.activate(EMAILED, at=AT).events
    decision = asked().case.activate(EMAILED, at=AT, recorded_at=AT + DAY)
    (late,) = decision.events
    assert (AT, AT) == (now.at, now.recorded_at)
    assert (AT, AT + DAY) == (late.at, late.recorded_at)
    assert (AT, AT + DAY) == (decision.case.since, decision.case.recorded_at)
    assert AT == tp.SpaceActivated(case_id="space-1", version=2, at=AT).recorded_at


# --- Asking for a refusal ---------------------------------------------------------------------------------------------


def test_refusal_is_what_the_verb_would_raise() -> None:
    """The guards answer: the same error, with the same message, and None when the verb would pass."""
    request, other = requested().case, opened(id="space-2")
    late = START + 61 * DAY
    asked_for: list[tuple[datetime, dict[str, Any], type[tp.RefusedError] | None]] = [
        (START, {"code": POSTED, "space": opened()}, None),
        (START, {"code": WRONG, "space": opened()}, tp.WrongCodeError),
        (START, {"code": POSTED, "space": other}, tp.WrongSpaceError),
        (late, {"code": POSTED, "space": opened()}, tp.DeadlinePassedError),
        (START - TICK, {"code": POSTED, "space": opened()}, tp.OutOfOrderError),
    ]

    for at, given, expected in asked_for:
        refusal = request.refusal("activate", at=at, **given)
        if expected is None:
            assert refusal is None
            assert request.activate(**given, at=at)
            continue
        with pytest.raises(expected) as caught:
            request.activate(**given, at=at)
        assert str(refusal) == str(caught.value)


def test_refusal_does_not_judge_what_is_left_out() -> None:
    """Without a code, only the time and the space are judged; without a space, only the time and the code."""
    request = requested().case
    assert request.refusal("activate", at=START) is None
    assert isinstance(request.refusal("activate", at=START, code=WRONG), tp.WrongCodeError)
    assert isinstance(request.refusal("activate", at=START, space=opened(id="space-2")), tp.WrongSpaceError)
    assert isinstance(request.refusal("activate", at=START + 61 * DAY), tp.DeadlinePassedError)
    assert isinstance(asked().case.refusal("activate", at=START, code=WRONG), tp.WrongCodeError)
    assert isinstance(linked().case.refusal("confirm_company_email", at=START, token=WRONG), tp.WrongCodeError)


def test_refusal_knows_no_such_verb() -> None:
    """What is no verb of the kind, a bad instant and what the verb does not take are errors of whoever asks."""
    space, request = asked().case, requested().case
    with pytest.raises(tp.InvalidValueError, match="naive"):
        space.refusal("activate", at=datetime(2025, 1, 7))
    with pytest.raises(ValueError, match=r"^'activat' is .* 'space': expected one of activate, remind, lapse$"):
        space.refusal("activat", at=START)
    with pytest.raises(ValueError, match=r"^'sign' is no verb of a case of kind 'space': expected one of "):
        space.refusal("sign", at=START)
    with pytest.raises(ValueError, match="'validate' is no verb"):
        request.refusal("validate", at=START)
    with pytest.raises(TypeError, match=r"^'activate' takes no 'password': expected code$"):
        space.refusal("activate", at=START, password="x")
    with pytest.raises(TypeError, match=r"^'lapse' takes no 'code': expected nothing besides the instants$"):
        space.refusal("lapse", at=START, code=EMAILED)
    with pytest.raises(TypeError, match=r"^'activate' takes no 'edited': expected code, space$"):
        request.refusal("activate", at=START, edited=START.date())


@pytest.mark.rule("A14")
def test_refusal_judges_a_fact_told_late() -> None:
    """With the instant of the telling, the refusal is that of the verb told then."""
    space = asked().case
    assert space.refusal("activate", at=START + HOUR, recorded_at=START + 9 * DAY, code=EMAILED) is None
    future = space.refusal("activate", at=START + HOUR, recorded_at=START)
    assert isinstance(future, tp.OutOfOrderError)
    assert "order.future" == future.code


def test_refusal_changes_nothing() -> None:
    """However often it is asked, the case is the same."""
    space = asked().case
    answers = [space.refusal(trigger, at=START + 9 * DAY) for trigger in ("activate", "remind", "lapse")]
    assert [True, True, False] == [answer is not None for answer in answers]
    assert asked().case == space


# --- The clock --------------------------------------------------------------------------------------------------------


def test_tick_decides_what_is_due() -> None:
    """Before anything is due it is refused, then it reminds, then it ends; twice at one instant decides no more."""
    space = asked().case
    with pytest.raises(tp.DeadlineNotReachedError):
        space.tick(at=START + DAY - TICK)

    reminded = space.tick(at=START + DAY)
    lapsed = reminded.case.tick(at=START + TWO_DAYS + TICK)
    assert (tp.SpaceReminded,) == tuple(map(type, reminded.events))
    assert (tp.SpaceLapsed,) == tuple(map(type, lapsed.events))
    for case, at in ((reminded.case, START + DAY), (reminded.case, START + TWO_DAYS)):
        assert not case.is_due(at)
        with pytest.raises(tp.DeadlineNotReachedError):
            case.tick(at=at)
    with pytest.raises(tp.TransitionRefusedError):
        lapsed.case.tick(at=START + TWO_DAYS + TICK)


def test_tick_ends_a_case_whose_reminder_was_missed() -> None:
    """Past the time limit it is too late to remind: the case lapses, and all that is sent is the notice of it."""
    decision = linked().case.tick(at=START + TWO_DAYS + TICK)
    assert (tp.AdhesionLapsed,) == tuple(map(type, decision.events))
    assert [tp.LapseNotice] == [type(message) for message in decision.messages]


@pytest.mark.parametrize("case", [asked().case, linked().case, requested().case, opened()])
def test_due_at_says_when_tick_decides(case: tp.Case) -> None:
    """From `due_at` on and no sooner, the clock has something to decide, until nothing is left."""
    while case.due_at is not None:
        due_at = case.due_at
        assert (False, True) == (case.is_due(due_at - TICK), case.is_due(due_at))
        with pytest.raises(tp.RefusedError):
            case.tick(at=due_at - TICK)
        case = case.tick(at=due_at).case
    assert case.deadline is None
    assert not case.is_due(START + 9999 * DAY)
    with pytest.raises(tp.TransitionRefusedError):
        case.tick(at=START + 9999 * DAY)


def test_is_due_refuses_a_naive_instant() -> None:
    """A datetime without an offset is a bad value."""
    with pytest.raises(tp.InvalidValueError, match="naive"):
        asked().case.is_due(datetime(2025, 1, 7))


# --- Replay -----------------------------------------------------------------------------------------------------------


def test_replay_is_the_fold_of_the_events() -> None:
    """After each event, replaying those so far gives the snapshot of that moment."""
    events = history()
    versions = [tp.replay(events[: count + 1]) for count in range(len(events))]
    assert [1, 2, 3, 4, 5, 6] == [case.version for case in versions]
    # Reminders, the second and the fourth, order nothing.
    assert [events[place].recorded_at for place in (0, 0, 2, 2, 4, 5)] == [case.recorded_at for case in versions]
    assert ["awaiting_email", "awaiting_email", *["awaiting_code"] * 3, "active"] == [
        case.stage for case in versions if isinstance(case, tp.Adhesion)
    ]
    assert tp.replay(iter(events)) == versions[-1]


def test_replay_needs_a_first_event() -> None:
    """No event at all makes no case."""
    with pytest.raises(tp.InvalidValueError, match="no event to replay"):
        tp.replay([])


def broken(place: int, **changes: Any) -> list[tp.Event]:
    """The history with the event at this place changed."""
    events = history()
    events[place] = attrs.evolve(events[place], **changes)
    return events


@pytest.mark.parametrize(
    ("events", "match"),
    [
        pytest.param(history()[1:], "starts with the event that opens", id="without its first event"),
        pytest.param(broken(0, version=2), "starts with the event that opens", id="first event numbered 2"),
        pytest.param(["text"], "is not an event: expected Event", id="no event"),
        pytest.param(history()[:1] + history()[2:], "version 3, .*expected case 'request-1', version 2", id="a gap"),
        pytest.param(
            history()[:2] + history()[1:], "version 2, .*expected case 'request-1', version 3", id="an event twice"
        ),
        pytest.param(broken(3, case_id="other"), "of case 'other', .* expected case 'request-1'", id="of another case"),
        pytest.param(broken(4, at=START, recorded_at=START), "or later", id="told before what was told"),
        pytest.param(
            [*history(), attrs.evolve(history()[-1], version=7)], "cannot follow: the activation is 'active'", id="over"
        ),
        pytest.param(
            [history()[0], attrs.evolve(history()[0], version=2)], "'adhesion-requested', version 2", id="opened twice"
        ),
        pytest.param(
            [history()[0], tp.SpaceLapsed(case_id="request-1", version=2, at=START)],
            "'space-lapsed', version 2, cannot follow: the adhesion is 'awaiting_email'",
            id="of another kind of case",
        ),
        pytest.param(
            [history()[0], tp.ServicesActivated(case_id="request-1", version=2, at=START)],
            "'services-activated', version 2, cannot follow",
            id="activated before its letter",
        ),
        pytest.param(
            [*history()[:3], tp.AdhesionReminded(case_id="request-1", version=4, at=START + 9 * DAY)],
            "'adhesion-reminded', version 4, cannot follow: the activation is 'awaiting_code'",
            id="reminded of the link after its use",
        ),
        pytest.param(
            [
                asked().events[0],
                tp.SpaceActivated(case_id="space-1", version=2, at=START),
                *asked().case.lapse(at=START + 9 * DAY).events,
            ],
            "version 2, .*expected case 'space-1', version 3",
            id="active and lapsed",
        ),
    ],
)
def test_replay_refuses_what_cannot_follow(events: list[Any], match: str) -> None:
    """A history with a hole, a repetition, a stranger or an impossible step is refused, and the error says where."""
    with pytest.raises(tp.InvalidValueError, match=match) as caught:
        tp.replay(events)
    assert [] == [secret for secret in SECRETS if secret in str(caught.value)]


def test_every_event_is_made_by_a_table() -> None:
    """Every kind of event is made by a row of a lifecycle, or opens a case: it does not repeat its trigger."""
    made = {event for lifecycle in tp.LIFECYCLES.values() for event in lifecycle.events}
    assert made == set(tp.EVENTS.values())
    assert tp.LetterRecorded in tp.LIFECYCLES["activation"].events
    assert not hasattr(tp.LetterRecorded, "trigger")


def test_what_a_kind_of_case_says_of_itself() -> None:
    """Whom a case concerns and who is told are said by its kind: `Case` itself only says what there is."""
    space = asked().case
    for name in ("contact", "organisation"):
        with pytest.raises(NotImplementedError):
            getattr(tp.Case, name).fget(space)
    assert (None, (), None, False) == (
        space.company_name,
        space.services,
        space.account,
        tp.Case.held_elsewhere.fget(space),
    )
    assert space.deadline == tp.Case.time_limit.fget(space)


class Drawer(StrEnum):
    """The states of a host's own kind of case."""

    FILED = "filed"
    GONE = "gone"


class Filed(tp.Opening):
    """Something was filed for good."""

    kind: ClassVar[str] = "filed"


@attrs.frozen(kw_only=True)
class FiledUntil(tp.Opening):
    """Something was filed until a time."""

    kind: ClassVar[str] = "filed-until"

    deadline: tp.Deadline


class Thrown(tp.Lapse):
    """It was thrown away."""

    kind: ClassVar[str] = "thrown"


@attrs.frozen(kw_only=True)
class Stamped(tp.Event):
    """It was stamped."""

    kind: ClassVar[str] = "stamped"


class Copied(tp.Event):
    """A copy was made."""

    kind: ClassVar[str] = "copied"


def is_signed(_: tp.Case, __: datetime, *, by: str) -> bool:
    """Guard: somebody signs."""
    return by != ""


def never(_: tp.Case, __: datetime) -> bool:
    """Guard: lets the next row try."""
    return False


@attrs.frozen(kw_only=True)
class Slip(tp.Message):
    """What is sent about a file: when, and by whom."""

    kind: ClassVar[str] = "slip"

    at: datetime
    by: str


def send_slip(file: File, at: datetime, *, by: str) -> tuple[Slip, ...]:
    """A slip of this instant."""
    return (Slip(case_id=file.id, version=file.version, at=at, by=by),)


def send_copy(file: File, at: datetime) -> tuple[Slip, ...]:
    """A slip of this instant, by nobody."""
    File.copies.append(at)
    return send_slip(file, at, by="")


@attrs.frozen(kw_only=True)
class File(tp.Case):
    """A host's own kind of case, which has what `Case` gives it."""

    copies: ClassVar[list[datetime]] = []
    lifecycle = tp.Lifecycle(
        "file",
        Drawer,
        initial=Drawer.FILED,
        described=[tp.State(Drawer.FILED, "0.2", runs=True), tp.State(Drawer.GONE, "0.2", terminal=True)],
        rows=[
            tp.Row("stamp", Drawer.FILED, Drawer.FILED, Stamped, (is_signed,), sends=send_slip),
            tp.Row("copy", Drawer.FILED, Drawer.FILED, Stamped, (never,)),
            tp.Row("copy", Drawer.FILED, Drawer.FILED, Copied, sends=send_copy),
            tp.Row("lapse", Drawer.FILED, Drawer.GONE, Thrown, (tp.time_is_up,)),
        ],
        limit=None,
        opens=Filed,
        sends=send_slip,
    )

    @classmethod
    def open(cls, *, by: str, at: datetime) -> tp.Decision[File]:
        """File something."""
        return cls.begin(Filed(case_id="file-1", version=1, at=at, rulebook=tp.EXPERT_2024_04_03), by=by)

    def stamp(self, *, by: str, at: datetime, recorded_at: datetime | None = None) -> tp.Decision[File]:
        """Stamp it."""
        return self.decide("stamp", at, recorded_at, by=by)

    def copy(self, *, at: datetime) -> tp.Decision[File]:
        """Copy it."""
        return self.decide("copy", at, None)


def test_a_case_may_be_opened_without_a_time_limit() -> None:
    """Where the first event sets no time limit, the clock has nothing to decide, and the case is where it is since."""
    case = File.open(by="Ann", at=START).case
    assert (1, Drawer.FILED, START, START) == (case.version, case.state, case.recorded_at, case.since)
    assert (None, None, None) == (case.due_at, case.deadline, case.time_limit)
    assert not case.is_over(START + 9999 * DAY)
    case.check()


def lent() -> File:
    """A file with a time limit, which opens an hour later."""
    deadline = tp.Hours(48).starting(START + HOUR)
    return File.opened_by(
        FiledUntil(case_id="file-1", version=1, at=START, rulebook=tp.EXPERT_2024_04_03, deadline=deadline)
    )


def test_a_case_is_where_it_is_since_its_time_limit_opened() -> None:
    """A time limit that opens at another instant than the first event says since when the case is where it is."""
    case, closes = lent(), START + HOUR + TWO_DAYS
    assert (START + HOUR, closes + TICK) == (case.since, case.due_at)
    assert case.deadline is case.time_limit is not None
    assert Drawer.GONE is case.lapse(at=closes + TICK).case.state


def test_a_guard_that_answers_no_lets_no_row_pass() -> None:
    """Where no row passes the verb is refused, and is not among those that are said to be possible then."""
    case, late = lent(), START + 3 * DAY
    with pytest.raises(tp.TransitionRefusedError) as unsigned:
        case.stamp(by="", at=late)
    with pytest.raises(tp.TransitionRefusedError) as unknown:
        case.remind(at=late)
    assert ("stamp", ("copy", "lapse")) == (unsigned.value.trigger, unsigned.value.allowed)
    assert ("remind", ("stamp", "copy", "lapse")) == (unknown.value.trigger, unknown.value.allowed)


def test_what_is_sent_knows_when_and_what_the_verb_was_given() -> None:
    """What follows a verb is made of the case, of the instant of the fact, and of what it takes by name."""
    opened = File.open(by="Ann", at=START)
    stamped = opened.case.stamp(by="Ben", at=START + HOUR, recorded_at=START + DAY)
    assert (Slip(case_id="file-1", version=1, at=START, by="Ann"),) == opened.messages
    assert (Slip(case_id="file-1", version=2, at=START + HOUR, by="Ben"),) == stamped.messages


def test_what_follows_from_the_snapshot_alone_is_made_when_it_is_asked_for() -> None:
    """Whoever does not ask for such messages does not pay for them; asked for, they are those of the fact's instant."""
    File.copies.clear()
    copied = File.open(by="Ann", at=START).case.copy(at=START + HOUR)
    assert [] == File.copies
    assert [Copied] == [type(event) for event in copied.events]
    assert (Slip(case_id="file-1", version=2, at=START + HOUR, by=""),) == copied.messages
    assert [START + HOUR] == File.copies


def test_only_what_has_a_time_limit_is_reminded_of_it() -> None:
    """A table that asks for a time limit where none was ever set is wrong, and is told so."""
    case = File.open(by="Ann", at=START).case
    with pytest.raises(AssertionError, match=r"^a reminder is due only while a time limit runs$"):
        tp.remind(case, START)
    with pytest.raises(AssertionError, match=r"^only what had a time limit lapses$"):
        tp.give_notice(case, START)
    with pytest.raises(AssertionError, match=r"^no time limit runs in File\("):
        _ = case.limit


@pytest.mark.rule("A15")
def test_what_is_over_is_advised_without_a_date() -> None:
    """Past its time limit a case is advised as one that has lapsed, recorded or not: no date is ahead of it."""
    space = asked().case
    late = START + TWO_DAYS + TICK
    (before,), (after,) = space.next_steps(at=START + TWO_DAYS), space.next_steps(at=late)
    assert (START + TWO_DAYS, START + TWO_DAYS) == (before.by, before.closes)
    assert (None, None, False) == (after.by, after.closes, after.estimated)
    assert (after,) == space.lapse(at=late).case.next_steps(at=late)


@pytest.mark.rule("A15")
def test_whether_a_case_is_over() -> None:
    """A case is over once it has lapsed, and past its time limit though nobody recorded it; not at its last instant."""
    space = asked().case
    lapsed = space.lapse(at=START + TWO_DAYS + TICK).case
    active = space.activate(EMAILED, at=START).case
    assert (False, True) == (space.is_over(START + TWO_DAYS), space.is_over(START + TWO_DAYS + TICK))
    assert (True, True) == (lapsed.is_over(START), lapsed.is_over(START + 9 * DAY))
    assert not active.is_over(START + 9999 * DAY)
    assert [False, True, False] == [case.has_lapsed for case in (space, lapsed, active)]
    for case in (space, lapsed, active):
        with pytest.raises(tp.InvalidValueError, match="naive"):
            case.is_over(datetime(2025, 1, 7))


@pytest.mark.parametrize(
    ("case", "changes", "told"),
    [
        (asked().case, {"due_at": None}, ".due_at: expected an instant while a time limit runs, else null"),
        (opened(), {"due_at": START}, ".due_at: expected an instant while a time limit runs, else null"),
        (asked().case, {"recorded_at": START - TICK}, ".recorded_at: expected no instant before the origin's"),
        (
            asked().case,
            {"origin": attrs.evolve(asked().case.origin, version=2)},
            ".origin.version: expected 1 for the event that opens a case",
        ),
        (
            linked().case,
            {"activation": requested().case.activation},
            ".activation: expected an activation once the request is validated, else null",
        ),
        (
            requested().case,
            {"activation": None},
            ".activation: expected an activation once the request is validated, else null",
        ),
        (
            linked().case,
            {"origin": attrs.evolve(linked().case.origin, token=None)},
            ".origin.deadline: expected a deadline with a token, else null",
        ),
        (
            issued().case,
            {"idle": mandate_in(tp.MandateState.REGISTERED).idle},
            ".idle: expected null before the mandate is registered",
        ),
        (
            mandate_in(tp.MandateState.REGISTERED),
            {"idle": None, "due_at": None},
            ".idle: expected a time limit if the rulebook sets one, else null",
        ),
    ],
)
def test_a_case_that_contradicts_itself_is_told(case: tp.Case, changes: dict[str, Any], told: str) -> None:
    """What no verb makes, a stored document may claim: `check` says where it cannot be, and what is expected there."""
    case.check()
    with pytest.raises(tp.InvalidValueError) as caught:
        attrs.evolve(case, **changes).check()
    assert ("case.contradiction", told.partition(": ")[0]) == (caught.value.code, caught.value.facts["path"])
    assert told == str(caught.value)


def test_an_event_that_contradicts_itself_is_told() -> None:
    """An event may be told when it happened, and not before."""
    (event,) = asked().events
    event.check()
    with pytest.raises(tp.InvalidValueError, match=r"^\.recorded_at: expected no instant before `at`$") as caught:
        attrs.evolve(event, recorded_at=START - TICK).check()
    assert ("case.contradiction", ".recorded_at") == (caught.value.code, caught.value.facts["path"])


def test_a_decision_is_a_value() -> None:
    """Decisions are compared by what they say, messages included, and come out of pickle as they went in."""
    lapsed = asked().case.lapse(at=START + 3 * DAY)
    assert lapsed == asked().case.lapse(at=START + 3 * DAY)
    assert lapsed == pickle.loads(pickle.dumps(lapsed))
    assert lapsed != asked().case.lapse(at=START + 4 * DAY)
    assert tp.Decision(lapsed.case, lapsed.events, lapsed.messages) == lapsed
    assert tp.Decision(lapsed.case, lapsed.events) != lapsed
    assert {lapsed} == {asked().case.lapse(at=START + 3 * DAY), lapsed}
    assert hash(lapsed) != hash(asked().case.lapse(at=START + 4 * DAY))
    assert lapsed != (lapsed.case, lapsed.events, lapsed.messages)
    assert repr(lapsed).startswith("Decision(case=Space(")
    assert "LapseNotice(" in repr(lapsed)


def test_a_case_keeps_its_rulebook() -> None:
    """A case is under the rulebook it was made under, and says so."""
    newer = attrs.evolve(tp.EXPERT_2024_04_03, version="newer")
    assert tp.EXPERT_2024_04_03 == asked().case.rulebook == tp.Space.opened_by(asked().case.origin).rulebook
    assert newer == asked(rulebook=newer).case.rulebook
    assert "newer" == requested(rulebook=newer).case.rulebook.version
