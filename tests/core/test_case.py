"""What every kind of case has: the order of time, refusals asked for, decisions; what a host's own kind is given."""

from __future__ import annotations

import contextlib
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, ClassVar

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.cases import give_notice, remind
from teleprocedures.core import Message
from teleprocedures.words import ENGLISH_WORDS, FRENCH_WORDS
from tests.builders import (
    EMAILED,
    FOREVER,
    GERMAN_IBAN,
    POSTED,
    TOKEN,
    WRONG,
    asked,
    failure,
    issued,
    linked,
    mandate_in,
    mandate_taken_over,
    opened,
    paying,
    requested,
)
from tests.instants import DAY, HOUR, START, TICK, TWO_DAYS, paris

# --- The order of time (A14) ------------------------------------------------------------------------------------------

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}
MADE, TOLD = START + 3 * HOUR, START + 5 * HOUR  # when what opens these cases happened, and when it was told
WHEN = {"at": MADE, "recorded_at": TOLD}
LINK, LETTER = linked(**WHEN, **ELSEWHERE).case, requested(**WHEN, **ELSEWHERE).case
SEEN = LETTER.record_letter(date(2025, 1, 9), at=START + 3 * DAY, recorded_at=START + 9 * DAY).case
USED = LINK.confirm_company_email(tp.HELD_ELSEWHERE, at=START + DAY, recorded_at=START + 2 * DAY).case
PAYING = paying(**WHEN).case
HELD = PAYING.activate(POSTED, space=opened(), at=START + DAY, recorded_at=START + 2 * DAY).case
ISSUED = issued(paying(at=START).case, **WHEN).case
SIGNED = ISSUED.sign("representative", at=START + DAY, recorded_at=START + 2 * DAY).case
SENT = SIGNED.send(at=START + 3 * DAY, recorded_at=START + 4 * DAY).case
REGISTERED = SENT.register(at=START + 5 * DAY, recorded_at=START + 6 * DAY).case
# Each verb: of which case, what it is given, and the instant of the fact that it follows.
VERBS: dict[str, tuple[Any, dict[str, Any], datetime]] = {
    "space, here: activate": (asked(**WHEN).case, {"code": EMAILED}, TOLD),
    "space: activate": (asked(code=tp.HELD_ELSEWHERE, **WHEN).case, {"code": tp.HELD_ELSEWHERE}, MADE),
    "space: remind": (asked(**WHEN).case, {}, TOLD),
    "space: lapse": (asked(**WHEN).case, {}, TOLD),
    "space: tick": (asked(**WHEN).case, {}, TOLD),
    "link, here: confirm_company_email": (linked(**WHEN).case, {"token": TOKEN}, TOLD),
    "link: confirm_company_email": (LINK, {"token": tp.HELD_ELSEWHERE}, MADE),
    "link: remind": (LINK, {}, MADE),
    "link: lapse": (LINK, {}, MADE),
    "link: tick": (LINK, {}, MADE),
    "link: renew": (LINK, {"space": opened(), "id": "request-2"}, MADE),
    "link, used: activate": (USED, {"code": tp.HELD_ELSEWHERE, "space": opened()}, START + DAY),
    "letter: record_letter": (LETTER, {"edited": date(2025, 1, 6)}, MADE),
    "letter: activate": (LETTER, {"code": tp.HELD_ELSEWHERE, "space": opened()}, MADE),
    "letter, seen: activate": (SEEN, {"code": tp.HELD_ELSEWHERE, "space": opened()}, paris("2025-01-09T00:00")),
    "letter, seen: record_letter": (SEEN, {"edited": date(2025, 1, 7)}, MADE),
    "letter: remind": (LETTER, {}, MADE),
    "letter: lapse": (LETTER, {}, MADE),
    "letter: renew": (LETTER, {"space": opened(), "id": "request-2"}, MADE),
    "paying: declare_account": (PAYING, {"account": GERMAN_IBAN}, MADE),
    "held: declare_account": (HELD, {"account": GERMAN_IBAN}, MADE),
    "issued: name_representative": (ISSUED, {"name": "Marie Le Goff"}, MADE),
    "issued: sign": (ISSUED, {"signatory": tp.Applicant.REPRESENTATIVE}, MADE),
    "signed: send": (SIGNED, {}, START + DAY),
    "sent: register": (SENT, {}, START + 3 * DAY),
    "registered: record_collection": (REGISTERED, {}, START + 5 * DAY),
    "registered: remind": (REGISTERED, {}, START + 5 * DAY),
    "registered: lapse": (REGISTERED, {}, START + 5 * DAY),
}
SAID = {"letter, seen: activate": date(2025, 1, 9)}
"""What is said of the fact that one follows, where it has a day and no hour (A22)."""


@pytest.mark.rule("A14")
@pytest.mark.parametrize("name", VERBS)
def test_every_verb_keeps_the_order_of_time(name: str) -> None:
    """Not told before what was told last, not before the fact that it follows, nor after its telling; then it is."""
    case, given, follows = VERBS[name]
    verb, last, late = name.partition(": ")[2], case.recorded_at, case.recorded_at + 30 * DAY
    # The telling of one case orders that of no other (A14, A16).
    orders = verb != "renew"
    out_of_order = [({"at": last - TICK}, "order.before_telling", last - TICK, last)] if orders else []
    if verb != "tick":  # the clock decides now
        out_of_order += [
            *(
                [({"at": follows, "recorded_at": last - TICK}, "order.before_telling", last - TICK, last)]
                if orders
                else []
            ),
            ({"at": follows - TICK, "recorded_at": late}, "order.before_fact", follows - TICK, SAID.get(name, follows)),
            ({"at": late + TICK, "recorded_at": late}, "order.future", late + TICK, late),
        ]
    for when, code, at, than in out_of_order:
        if when.get("recorded_at", late) < when["at"] and code == "order.before_telling":
            continue  # where both are wrong, that it is to come is said first
        with pytest.raises(tp.OutOfOrderError) as caught:
            getattr(case, verb)(**given, **when)
        assert (code, at, than) == (caught.value.code, caught.value.at, caught.value.last)
        facts = dict(caught.value.facts)
        fact = facts.pop("follows", None)
        assert ({"at": at, "last": than}, "A14") == (facts, caught.value.rule)
        # What it follows has a name in both languages.
        named = [words.words.get(f"follows.{fact}") for words in (ENGLISH_WORDS, FRENCH_WORDS)]
        assert (code == "order.before_fact") is all(named)
    when = {"at": last} if verb == "tick" else {"at": follows, "recorded_at": max(last, follows)}
    with contextlib.suppress(
        tp.DeadlineNotReachedError
    ):  # whatever the clock answers, it is not that it comes too soon
        assert getattr(case, verb)(**given, **when).case.recorded_at == max(last, follows)
    for wrong, told in (
        (datetime(2025, 1, 7), "naive"),
        *([(date(2025, 1, 7), "not a datetime")] if verb == "tick" else []),
        (None, "not a datetime"),
    ):
        with pytest.raises(tp.InvalidValueError, match=f"^at .* is {told}"):
            getattr(case, verb)(**given, at=wrong)
    if verb != "tick":
        with pytest.raises(tp.InvalidValueError, match=r"^recorded_at .* is naive"):
            getattr(case, verb)(**given, at=last, recorded_at=datetime(2025, 1, 7))


@pytest.mark.rule("A14")
@pytest.mark.parametrize("opens", [asked, linked, requested, issued])
def test_what_opens_a_case_has_two_times(opens: Any) -> None:
    """It is told when it happened, or later; each of the instants is named where it is a bad value."""
    decision = opens(at=START, recorded_at=START + HOUR)
    event = decision.events[0]
    assert (START, START + HOUR, START + HOUR) == (event.at, event.recorded_at, decision.case.recorded_at)
    again = opens(at=START, recorded_at=START + HOUR)
    assert (again, [it.id for it in again.messages]) == (decision, [it.id for it in decision.messages])
    with pytest.raises(tp.OutOfOrderError) as caught:
        opens(at=START, recorded_at=START - TICK)
    assert ("order.future", START, START - TICK) == (caught.value.code, caught.value.at, caught.value.last)
    assert ("A14", {"at": START, "last": START - TICK}) == (caught.value.rule, dict(caught.value.facts))
    for name in ("at", "recorded_at"):
        with pytest.raises(tp.InvalidValueError, match=f"^{name} 2025-01-07T00:00:00 is naive") as naive:
            opens(**{name: datetime(2025, 1, 7)})
        assert ("instant.naive", name) == (naive.value.code, naive.value.facts["name"])


@pytest.mark.parametrize(
    "case", [asked().case, opened(), linked().case, paying().case, mandate_in(tp.MandateState.SENT)]
)
def test_questions_take_aware_instants(case: Any) -> None:
    """A datetime without an offset is a bad value, whatever is asked."""
    naive = datetime(2025, 1, 7)
    for ask in (
        case.is_over,
        case.is_due,
        lambda at: case.next_steps(at=at),
        lambda at: tp.next_steps(case, at=at),
        lambda at: tp.next_steps([case], at=at),
        lambda at: case.refusal("lapse", at=at),
    ):
        with pytest.raises(tp.InvalidValueError, match="naive"):
            ask(naive)


@pytest.mark.rule("A14")
def test_instants_are_kept_in_utc_and_an_event_has_two() -> None:
    """When it happened and when it was told, the same unless told late; the case keeps both, said in any zone."""
    noumea, at = timezone(timedelta(hours=11)), START + 3 * HOUR
    (now,) = asked().case.activate(EMAILED, at=at).events
    late = asked(at=START.astimezone(noumea)).case.activate(
        EMAILED, at=at.astimezone(noumea), recorded_at=(at + DAY).astimezone(noumea)
    )
    (event,) = late.events
    assert (at, at, at) == (now.at, now.recorded_at, tp.SpaceActivated(case_id="s", version=2, at=at).recorded_at)
    assert (at, at + DAY, at, at + DAY) == (event.at, event.recorded_at, late.case.since, late.case.recorded_at)
    instants = (late.case.origin.at, event.at, event.recorded_at, late.case.since, late.case.recorded_at)
    assert {UTC} == {instant.tzinfo for instant in instants}
    assert asked().case.activate(EMAILED, at=at, recorded_at=at + DAY) == late


# --- Asking for a refusal ---------------------------------------------------------------------------------------------


@pytest.mark.rule("A14")
def test_refusal_does_not_judge_what_is_left_out() -> None:
    """Without a code, only the time and the space are judged; without a space, only the time and the code."""
    request, space = requested().case, asked().case
    told_late = {"at": START + HOUR, "recorded_at": START + 9 * DAY}
    for case, when, given, expected in (
        (request, {"at": START}, {}, None),
        (request, {"at": START}, {"code": WRONG}, tp.WrongCodeError),
        (request, {"at": START}, {"space": opened(id="space-2")}, tp.WrongSpaceError),
        (request, {"at": START + 61 * DAY}, {}, tp.DeadlinePassedError),
        (request, {"at": START - TICK}, {}, tp.OutOfOrderError),
        (space, {"at": START}, {"code": WRONG}, tp.WrongCodeError),
        (space, told_late, {"code": EMAILED}, None),
        (space, {"at": START + HOUR, "recorded_at": START}, {}, tp.OutOfOrderError),
    ):
        refusal: object = case.refusal("activate", **when, **given)  # type: ignore[arg-type]
        assert expected is (None if refusal is None else type(refusal))


@pytest.mark.parametrize(
    ("case", "verb", "given", "error", "told"),
    [
        (
            asked(),
            "activat",
            {},
            ValueError,
            "is no verb of a case of kind 'space': expected one of activate, remind, lapse",
        ),
        (asked(), "sign", {}, ValueError, "is no verb of a case of kind 'space': expected one of "),
        (requested(), "validate", {}, ValueError, "is no verb of a case of kind 'adhesion': expected one of "),
        (asked(), "activate", {"password": "x"}, TypeError, "takes no 'password': expected code"),
        (asked(), "lapse", {"code": EMAILED}, TypeError, "takes no 'code': expected nothing besides the instants"),
        (requested(), "activate", {"edited": START}, TypeError, "takes no 'edited': expected code, space"),
    ],
)
def test_refusal_knows_no_such_verb(case: Any, verb: str, given: Any, error: type[Exception], told: str) -> None:
    """What is no verb of the kind, and what the verb does not take, are errors of whoever asks."""
    with pytest.raises(error) as caught:
        case.case.refusal(verb, at=START, **given)
    assert str(caught.value).startswith(f"{verb!r} {told}")
    assert "expected one of " in told or str(caught.value).endswith(told)


# --- The clock --------------------------------------------------------------------------------------------------------


def test_tick_ends_a_case_whose_reminder_was_missed() -> None:
    """Past the time limit it is too late to remind: the case lapses, and all that is sent is the notice of it."""
    decision = linked().case.tick(at=START + TWO_DAYS + TICK)
    assert ((tp.AdhesionLapsed,), (tp.LapseNotice,)) == (
        tuple(map(type, decision.events)),
        tuple(map(type, decision.messages)),
    )
    space = opened()
    assert not space.is_due(START + 9999 * DAY)
    with pytest.raises(tp.TransitionRefusedError):
        space.tick(at=START + 9999 * DAY)


@pytest.mark.rule("A15")
def test_whether_a_case_is_over() -> None:
    """A case is over once it has lapsed, and past its time limit though nobody recorded it; not at its last instant."""
    space = asked().case
    lapsed, active = space.lapse(at=START + TWO_DAYS + TICK).case, space.activate(EMAILED, at=START).case
    assert (False, True) == (space.is_over(START + TWO_DAYS), space.is_over(START + TWO_DAYS + TICK))
    assert (True, True) == (lapsed.is_over(START), lapsed.is_over(START + 9 * DAY))
    assert not active.is_over(START + 9999 * DAY)
    assert [False, True, False] == [case.has_lapsed for case in (space, lapsed, active)]


# --- Values -----------------------------------------------------------------------------------------------------------


def test_a_decision_is_a_value() -> None:
    """Decisions are compared by what they say, messages included, and come out of pickle as they went in."""
    lapsed, later = asked().case.lapse(at=START + 3 * DAY), asked().case.lapse(at=START + 4 * DAY)
    assert lapsed == asked().case.lapse(at=START + 3 * DAY) == pickle.loads(pickle.dumps(lapsed))
    assert tp.Decision(lapsed.case, lapsed.events, lapsed.messages) == lapsed
    for other in (later, tp.Decision(lapsed.case, lapsed.events), (lapsed.case, lapsed.events, lapsed.messages)):
        assert lapsed != other
    assert {lapsed} == {asked().case.lapse(at=START + 3 * DAY), lapsed}
    assert (2, 2) == (len({hash(lapsed), hash(later)}), len({asked().case, asked().case, lapsed.case}))
    assert repr(lapsed).startswith("Decision(case=Space(")
    assert "LapseNotice(" in repr(lapsed)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        lapsed.case.version = 2  # type: ignore[misc] # the point of the test


RUNS = ".due_at: expected an instant while a time limit runs, else null"
ACTIVATION = ".activation: expected an activation once the request is validated, else null"


@pytest.mark.parametrize(
    ("case", "changes", "told"),
    [
        (asked().case, {"due_at": None}, RUNS),
        (opened(), {"due_at": START}, RUNS),
        (asked().case, {"recorded_at": START - TICK}, ".recorded_at: expected no instant before the origin's"),
        (
            asked().case,
            {"origin": attrs.evolve(asked().case.origin, version=2)},
            ".origin.version: expected 1 for the event that opens a case",
        ),
        (linked().case, {"activation": requested().case.activation}, ACTIVATION),
        (requested().case, {"activation": None}, ACTIVATION),
        (
            linked().case,
            {"origin": attrs.evolve(linked().case.origin, token=None)},
            ".origin.deadline: expected a deadline with a token, else null",
        ),
        (issued().case, {"idle": REGISTERED.idle}, ".idle: expected null before the mandate is registered"),
        (
            mandate_taken_over(rulebook=FOREVER).case,
            {"idle": REGISTERED.idle},
            ".idle: expected null, because the rulebook sets no such time limit",
        ),
        (asked().events[0], {"recorded_at": START - TICK}, ".recorded_at: expected no instant before `at`"),
    ],
)
def test_what_contradicts_itself_is_told(case: Any, changes: dict[str, Any], told: str) -> None:
    """What no verb makes, a stored document may claim: `check` says where it cannot be, and what is expected there."""
    case.check()
    with pytest.raises(tp.InvalidValueError) as caught:
        attrs.evolve(case, **changes).check()
    assert ("case.contradiction", told.partition(": ")[0]) == (caught.value.code, caught.value.facts["path"])
    assert told == str(caught.value)


# --- A kind of a host's own -------------------------------------------------------------------------------------------


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
class Slip(Message):
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
    """Then the clock has nothing to decide, the case is where it is since, and a table that asks for one is wrong."""
    case = File.open(by="Ann", at=START).case
    assert (1, Drawer.FILED, START, START) == (case.version, case.state, case.recorded_at, case.since)
    assert (None, None, None, False) == (case.due_at, case.deadline, case.time_limit, case.is_over(START + 9999 * DAY))
    case.check()
    with pytest.raises(AssertionError, match=r"^a reminder is due only while a time limit runs$"):
        remind(case, START)
    with pytest.raises(AssertionError, match=r"^only what had a time limit lapses$"):
        give_notice(case, START)
    with pytest.raises(AssertionError, match=r"^no time limit runs in File\("):
        _ = case.limit


@pytest.mark.rule("A14")
def test_what_opens_a_case_of_a_host_is_judged() -> None:
    """An id or an instant that no document may have opens nothing, and an instant of another zone is put into UTC."""

    def filed(**changes: Any) -> tp.Decision[File]:
        given: dict[str, Any] = {"case_id": "file-1", "version": 1, "at": START, "rulebook": tp.EXPERT_2024_04_03}
        return File.begin(Filed(**given | changes), by="Ann")

    wrong: tuple[dict[str, Any], ...] = (
        {"case_id": " "},
        {"at": START.replace(tzinfo=None)},
        {"at": START.date()},
        {"recorded_at": START - TICK},
    )
    east = START.astimezone(timezone(HOUR))
    codes = [failure(filed, **changes).code for changes in wrong]
    event = filed(at=east, recorded_at=east).events[0]

    assert ["case_id.malformed", "instant.naive", "instant.malformed", "order.future"] == codes
    assert (UTC, UTC, START) == (event.at.tzinfo, event.recorded_at.tzinfo, event.at)
    assert ("file-1", str) == (filed(case_id=Id("file-1")).case.id, type(filed(case_id=Id("file-1")).case.id))


class Id(str):
    """An id of a subclass, as databases give them."""

    __slots__ = ()


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
    """It is made of the case, the instant of the fact, and what the verb takes; of the case alone, once asked for."""
    File.copies.clear()
    begun = File.open(by="Ann", at=START)
    stamped = begun.case.stamp(by="Ben", at=START + HOUR, recorded_at=START + DAY)
    copied = begun.case.copy(at=START + 2 * HOUR)
    assert (Slip(case_id="file-1", version=1, at=START, by="Ann"),) == begun.messages
    assert (Slip(case_id="file-1", version=2, at=START + HOUR, by="Ben"),) == stamped.messages
    assert ([], [Copied]) == (File.copies, [type(event) for event in copied.events])
    assert (Slip(case_id="file-1", version=2, at=START + 2 * HOUR, by=""),) == copied.messages
    assert [START + 2 * HOUR] == File.copies
