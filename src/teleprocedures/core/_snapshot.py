"""How a case changes: a verb asks the table, which makes the event; one `apply` makes the snapshot; a decision has all.

The fold. A snapshot is exactly the fold of its events: the first one opens it (`opened_by`), and `apply` adds each of
the others. Verbs go the same way: a verb makes an event, and `apply` makes the snapshot of it. So nothing that a verb
does can be missing when its events are replayed, and there is no second way to write a field. What an event changes
follows from the table (`Lifecycle.lead`): the state, and whether a time limit runs there. What it changes besides, in
the fields of one kind of case only, that kind says in `changes`.

The two times. Time limits judge by `at`, when a fact happened. The history is ordered by `recorded_at`, when it was
told (A14). Each gives a snapshot a field of its own. The field `since` is when the fact happened that brought the case
where it is, and nothing that follows happened before it. The field `recorded_at` is when the last fact was told, and
nothing is told before it. A lapse moves `recorded_at` only, because it is no fact of the procedure: it is our clock's
word for a fact that is missing. A reminder moves neither.

A day without its hour (A22). A fact of which only the civil day is known may have happened at any instant of it. So a
verb that is given a day is judged at one instant after the other, from the first at which the day can be
(`_judge_day`). Between the instants that are tried nothing changes: guards answer otherwise only from where a time
limit ends, or a fact of another case begins.

A closed case (A21). The mark stands beside the state, and what the portal knows goes on as before. Only our clock
stops: `due_at` is None, its two verbs are refused, and nothing is advised.

A decision. A verb calls `decide`, which puts both instants into UTC and looks at their order. It then takes the first
row of the table whose guards agree (`_open`), has its event made, and folds it. A question, `refusal`, stops before the
event is made: the same guards answer both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Final, Generic, Self, TypeAlias, TypeVar

import attrs

from teleprocedures.building import builder, successor
from teleprocedures.core._advice import Advice, Advised
from teleprocedures.core._events import (
    CaseClosed,
    CaseReopened,
    Event,
    FactWithdrawn,
    Head,
    Opening,
    Reason,
    Reminder,
    RulebookChanged,
)
from teleprocedures.core._explain import STATE, stands_for
from teleprocedures.core._lifecycle import ANYWHERE, AnyKind, AnyTable, Turn
from teleprocedures.core._lifecycle import is_followed as is_not_closed
from teleprocedures.core._messages import Message
from teleprocedures.deadlines import PARIS, Deadline, first_instant, instant, last_instant, plain_day, time_zone
from teleprocedures.errors import (
    InvalidValueError,
    OutOfOrderError,
    RefusedError,
    TransitionRefusedError,
    check_kind,
    not_built,
    show,
    shows_half_built,
)
from teleprocedures.rulebook import Rulebook, TimeLimit
from teleprocedures.values import LONGEST_LINE, hidden, one_line, plain

LONGEST_ID: Final = 200
SnapshotT = TypeVar("SnapshotT", bound="Snapshot")
SnapshotT_co = TypeVar("SnapshotT_co", bound="Snapshot", covariant=True)
Messages: TypeAlias = tuple[Message, ...] | Callable[..., tuple[Message, ...]]
Changes: TypeAlias = Mapping[str, Any]
"""The fields of a snapshot that an event changes, by name, each with its new value."""

NONE_OF_ITS_OWN: Final[Changes] = {}


@shows_half_built
@attrs.frozen(eq=False, repr=False, weakref_slot=False)
class Decision(Generic[SnapshotT_co]):
    """What a verb decided: the new snapshot, the events that make it, and the messages to send.

    The `case` is the new snapshot, and the `events` lead to it. Reminders and notices follow from the snapshot alone.
    The decision keeps the function that makes them, which is called whenever `messages` is read and always makes the
    same.
    """

    case: SnapshotT_co
    events: tuple[Event, ...]
    _messages: Messages = attrs.field(default=(), alias="messages")
    _brought_back: bool = attrs.field(default=False, alias="brought_back")

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages to send, in order."""
        made = self._messages
        return made if isinstance(made, tuple) else made(self.case, self.events[-1].at)

    @property
    def expects(self) -> int:
        """The version of the case that a journal has to find, so that nobody decided meanwhile: 0 for an opening.

        What it raises when it finds another one is `ConflictError.version`.
        """
        return self.events[0].version - 1

    @property
    def claims(self) -> tuple[str, ...]:
        """What an opening claims for its case, or what brings one back: texts that stand once among live cases (A8).

        A case is brought back by its reopening, by the withdrawal of what had ended it, and by a fact of those that
        correct its lapse (A15). A case whose own `claims` are none any more gives them up. What a journal raises for
        one that another case has is `ConflictError.claim`, unless the decision `is_a_fact`: what happened is recorded
        whatever else is known.
        """
        claims, event = self.case.claims, self.events[-1]
        # Most kinds of case claim nothing, and are not looked at any further.
        if not claims or self.expects == 0 or self._brought_back or isinstance(event, CaseReopened):
            return claims
        return claims if self.case.table.corrects(type(event)) else ()

    @property
    def is_a_fact(self) -> bool:
        """Whether it tells of something that happened to a case that is there, which no claim can refuse."""
        return self.expects > 0 and not isinstance(self.events[-1], (CaseReopened, FactWithdrawn))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Decision):
            return NotImplemented
        return self.case == other.case and self.events == other.events and self.messages == other.messages

    def __hash__(self) -> int:
        return hash((self.case, self.events))

    def __repr__(self) -> str:
        return f"Decision(case={self.case!r}, events={self.events!r}, messages={self.messages!r})"


_decision: Final = builder(Decision)

_CLOSES: Final = frozenset({CaseClosed, CaseReopened})
_FOLLOW: Final = ("version", "state", "recorded_at", "since", "since_day", "closing", "due_at")
"""What every event changes, or may."""


@cache
def _opener(kind: type[AnyKind]) -> Callable[..., AnyKind]:
    """What makes the first snapshot of a kind of case."""
    return builder(kind)


@cache
def _successor(kind: type[AnyKind]) -> Callable[..., AnyKind]:
    """What makes the snapshot of a kind of case that comes after another one."""
    return successor(kind, _FOLLOW, changes=kind.changes is not Snapshot.changes)


@shows_half_built
@attrs.frozen(kw_only=True, weakref_slot=False)
class Snapshot:
    """An immutable snapshot of one case, as its events made it: what every kind of case has.

    Instants are UTC. The `version` counts the events of the case. The instant `recorded_at` is when the last fact was
    told. The instant `since` is when the fact happened that brought the case where it is (a lapse is no such fact).
    Where only its civil day is known, that is `since_day`, and no hour is to be shown (A22). The instant `due_at` is
    the first at which the clock has a reminder or a lapse to decide; it is None when no time limit runs. A closed case
    has the event that closed it as its `closing` (A21). The event that opened it is its `origin`, and the `state` is
    where the table of its lifecycle has it. Snapshots are made by verbs, `replay` and the codec, never by hand.

    A kind of case says its `lifecycle`, whose name it has as its `kind`. Fields of its own have defaults, which are
    what they are before the first event. Its method `changes` says what events make of them.
    """

    kind: ClassVar[str] = "case"
    """The name of its lifecycle, under which the case is stored."""
    lifecycle: ClassVar[AnyTable]
    """The table of this kind of case."""
    lifecycles: ClassVar[tuple[AnyTable, ...]]
    """The table of this kind of case, and those of what is a part of it."""

    origin: Opening
    version: int
    state: StrEnum
    recorded_at: datetime
    since: datetime
    due_at: datetime | None
    since_day: date | None = None
    closing: CaseClosed | None = None

    def __init_subclass__(cls) -> None:
        """Take the kind's name and its chain of lifecycles from the table of the kind."""
        table: AnyTable | None = getattr(cls, "lifecycle", None)
        if table is not None:
            cls.kind, cls.lifecycles = table.name, table.chain
        shows_half_built(cls)

    # --- What each kind says of itself ---

    def changes(self, event: AnyKind, state: StrEnum) -> Changes:
        """What an event changes in the fields that only this kind of case has, by name.

        The opening event is asked about too. The `state` is where the event leads. A kind without fields of its own
        changes nothing.
        """
        del event, state
        return NONE_OF_ITS_OWN

    @property
    def time_limit(self) -> Deadline | None:
        """The time limit that was set last, whether it runs or is over; None when none was ever set."""
        deadline: Deadline | None = getattr(self.origin, "deadline", None)
        return deadline

    def time_limit_after(self, event: AnyKind) -> Deadline | None:
        """The time limit that an event with a `deadline` leaves the case with: the event's own."""
        deadline: Deadline | None = event.deadline
        return deadline

    @property
    def claims(self) -> tuple[str, ...]:
        """What may stand once among live cases, as texts: none, unless a kind of case says so (A8)."""
        return ()

    @property
    def held_elsewhere(self) -> bool:
        """Whether the real portal holds what is awaited, so that a lapse here is only presumed (A15)."""
        return False

    @property
    def stage(self) -> StrEnum:
        """Where the case stands as a whole: the state of the part that moves now.

        Raises `InvalidValueError` for a snapshot without content.
        """
        try:
            return self.state
        except AttributeError:
            raise not_built(self) from None

    @property
    def table(self) -> AnyTable:
        """The lifecycle that answers now: that of the part that moves."""
        return self.lifecycle

    def check(self) -> None:
        """Raise `InvalidValueError` for a snapshot that contradicts itself, which no verb makes."""
        if self.origin.version != 1:
            raise contradiction(".origin.version", "opening_version")
        if self.recorded_at < self.origin.recorded_at:
            raise contradiction(".recorded_at", "after_its_origin")
        deadline, due_at = self.time_limit, self.due_at
        running = self.stage in self.table.running and deadline is not None and self.closing is None
        if running is (due_at is None):
            raise contradiction(".due_at", "due_while_running")
        if deadline is not None and due_at is not None and due_at not in (deadline.lapses_at, *deadline.reminders):
            # A night looks for this instant: one that nothing gives would come too late, or never.
            raise contradiction(".due_at", "due_by_the_time_limit")

    # --- The fold ---

    @classmethod
    def opened_by(cls, event: AnyKind) -> Self:
        """The snapshot that the first event of a case makes; a `deadline` of the event is its time limit."""
        state: StrEnum = cls.lifecycle.enters(type(event))
        deadline: Deadline | None = getattr(event, "deadline", None)
        due_at = None if deadline is None else deadline.due_after(event.recorded_at)
        kind: AnyKind = cls
        case: Self = _opener(kind)(
            origin=event,
            version=event.version,
            state=state,
            recorded_at=event.recorded_at,
            since=event.began,
            since_day=event.began_on,
            due_at=due_at,
        )
        changes = case.changes(event, state)
        return attrs.evolve(case, **changes) if changes else case

    def apply(self, event: Event, /) -> Self:
        """The snapshot after this event.

        Raises `InvalidValueError` when the event cannot follow.
        """
        table, kind = self.table, type(self)
        dest, runs, moves, sets = table.lead(self.stage, event)
        recorded_at, closing = event.recorded_at, self.closing
        if type(event) in _CLOSES:
            closing = event if isinstance(event, CaseClosed) else None
        due_at = None
        if runs and closing is None:
            # The new snapshot does not exist yet: a time limit that this event sets is read from the event.
            deadline = self.time_limit_after(event) if sets else self.time_limit
            # Reminders that were past when this was told are dropped (A14).
            due_at = None if deadline is None else deadline.due_after(recorded_at)
        case: Self = _successor(kind)(  # type: ignore[arg-type] # a class is hashable
            self,
            event,
            dest,
            event.version,
            # Where a lifecycle that took over has answered, the case itself stays at the state where it took over.
            dest if table is self.lifecycle else self.state,
            # A reminder is a telling of ours: a fact told before it can still be told after it (A14).
            self.recorded_at if isinstance(event, Reminder) else recorded_at,
            event.at if moves else self.since,
            event.day if moves else self.since_day,
            closing,
            due_at,
        )
        return case.under(event.rulebook) if type(event) is RulebookChanged else case

    def under(self, rulebook: Rulebook) -> Self:
        """The same case under another rulebook, as an event of its own moves it there.

        What was asked is what it was, and time limits stay as they were set. Raises `InvalidValueError` where the
        rulebook lacks what the case is about.
        """
        return attrs.evolve(self, origin=attrs.evolve(self.origin, rulebook=rulebook))

    # --- What can be asked of every case ---

    @property
    def id(self) -> str:
        """The case's id.

        Raises `InvalidValueError` for a snapshot without content.
        """
        try:
            return self.origin.case_id
        except AttributeError:
            raise not_built(self) from None

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that judges the case: that of its opening, or the one that it was moved to since.

        Raises `InvalidValueError` for a snapshot without content.
        """
        try:
            return self.origin.rulebook
        except AttributeError:
            raise not_built(self) from None

    @property
    def limit(self) -> TimeLimit:
        """The rulebook's time limit that the deadline comes from."""
        name = self.table.limit
        assert name is not None, f"no time limit runs in {self!r}"
        return self.rulebook.limits[name]

    @property
    def deadline(self) -> Deadline | None:
        """The time limit now running, None when there is none.

        Raises `InvalidValueError` for a snapshot without content.
        """
        try:
            due_at = self.due_at
        except AttributeError:
            raise not_built(self) from None
        return None if due_at is None else self.time_limit

    @property
    def has_lapsed(self) -> bool:
        """Whether a missed time limit was recorded."""
        return self.stage is self.table.lapsed

    @property
    def is_closed(self) -> bool:
        """Whether the case is followed no more (A21)."""
        return self.closing is not None

    @property
    def is_presumed(self) -> bool:
        """Whether the case has lapsed only as far as is known, so that a fact told later can correct it (A15)."""
        return self.has_lapsed and self.held_elsewhere

    def is_over(self, at: datetime) -> bool:
        """Whether the case has lapsed, or its time limit has passed at this instant and nobody recorded the lapse.

        Raises `InvalidValueError` for a naive instant.
        """
        at = instant(at)
        if self.has_lapsed:
            return True
        # Of a closed case nothing is due any more, and on the portal its time limit runs on (A21).
        runs = self.due_at is not None or (self.closing is not None and self.stage in self.table.running)
        limit = self.time_limit if runs else None
        return limit is not None and at > limit.closes

    def is_due(self, at: datetime) -> bool:
        """Whether the clock has something to decide at this instant.

        Raises `InvalidValueError` for a naive instant.
        """
        at = instant(at)
        try:
            due_at = self.due_at
        except AttributeError:
            raise not_built(self) from None
        return due_at is not None and at >= due_at

    def possible(self, *, at: datetime) -> tuple[str, ...]:
        """The verbs of this case that its guards would let pass at this instant, in the order of the table.

        What a verb has to be given is not judged. A host can close every case and reopen it (A21), which is no verb of
        the procedure and is not named here. Raises `InvalidValueError` for a naive instant.
        """
        return self._possible(None, instant(at))

    def refusal(
        self, trigger: str, *, at: datetime | date, recorded_at: datetime | None = None, **given: object
    ) -> RefusedError | None:
        """Why the verb would be refused at this instant or day, or None. The guards answer, and nothing else does.

        What the verb would be given (`code`, `space`, `signatory` …) is given by name. What is left out is not judged.

        Raises `InvalidValueError` for a naive instant. Raises `ValueError` for what is no verb of this kind of case.
        Raises `TypeError` for something that the verb does not take.
        """
        # Wrapped before anything can raise: a traceback that shows local variables then shows no secret.
        given = hidden(given, ("code", "token"))
        self._know(trigger, given)
        try:
            self._judge(trigger, at, recorded_at, given)
        except RefusedError as refusal:
            return refusal
        return None

    def advised(self, at: datetime) -> Iterator[Advised]:
        """What the table advises at this instant (UTC), with its dates.

        A case that is over is advised as a lapsed one, and one that is closed not at all (A21).
        """
        if self.closing is not None:
            return
        table = self.table
        over = self.is_over(at)
        deadline = None if over else self.deadline
        for advice in table.advice(table.lapsed if over and table.lapsed is not None else self.stage):
            if advice.if_ is None or advice.if_(self, at):
                yield _dated(advice, deadline, None if advice.by is None else advice.by(self), at)

    # --- What the clock decides ---

    def tick(self, *, at: datetime) -> Decision[Self]:
        """What the clock decides at this instant: the lapse once the time limit has passed, else a due reminder.

        Raises `DeadlineNotReachedError` when nothing is due. Raises `TransitionRefusedError` when no time limit runs.
        """
        deadline = self.deadline
        return self.decide("lapse" if deadline is None or deadline.has_passed(at) else "remind", at)

    def lapse(self, *, at: datetime | date, recorded_at: datetime | None = None) -> Decision[Self]:
        """End the case once its time limit has passed, and send its user a notice.

        Raises `DeadlineNotReachedError` up to the last instant of the time limit. Raises `TransitionRefusedError` where
        no time limit runs. Raises `OutOfOrderError` for instants that contradict what is known.
        """
        return self.decide("lapse", at, recorded_at)

    def remind(self, *, at: datetime | date, recorded_at: datetime | None = None) -> Decision[Self]:
        """Remind the user of the time limit, once a reminder is due; missed nights give one reminder.

        Raises `DeadlineNotReachedError` before a reminder is due. Raises `DeadlinePassedError` once the time limit has
        passed. Raises `TransitionRefusedError` where no time limit runs. Raises `OutOfOrderError` for instants that
        contradict what is known.
        """
        return self.decide("remind", at, recorded_at)

    # --- A client leaves, or comes back ---

    def close(
        self,
        reason: Reason | str,
        *,
        at: datetime | date,
        recorded_at: datetime | None = None,
        text: str | None = None,
    ) -> Decision[Self]:
        """Follow the case no more, for a reason: nothing runs, nothing is asked, and facts are still taken (A21).

        The reason is one of `Reason`, or its code. What it is in words is the `text`, which `Reason.OTHER` needs.

        Raises `ClosedError` for a case that is closed. Raises `InvalidValueError` for a reason or a text that is none,
        and for a naive instant. Raises `OutOfOrderError` for instants that contradict what is known.
        """
        return self.decide("close", at, recorded_at, **_reason(reason, text))

    def reopen(self, *, at: datetime | date, recorded_at: datetime | None = None) -> Decision[Self]:
        """Follow the case again, with the time limits that it has by then (A21).

        Raises `ClosedError` for a case that is not closed. Raises `OutOfOrderError` before it was closed. Raises
        `InvalidValueError` for a naive instant.
        """
        return self.decide("reopen", at, recorded_at)

    def change_rulebook(
        self, rulebook: Rulebook, *, at: datetime | date, recorded_at: datetime | None = None
    ) -> Decision[Self]:
        """Move the case to another rulebook, which judges it from now on; time limits that were set stay as set.

        Nothing else moves a case: a document is read under the rulebook that it pins. Raises `InvalidValueError` for
        the rulebook that the case is under, and for one that lacks its time limit or a service of it. Raises
        `OutOfOrderError` for instants that contradict what is known.
        """
        return self.decide("change_rulebook", at, recorded_at, rulebook=rulebook)

    # --- How verbs are carried out: what a host's own kind of case calls ---

    @classmethod
    def begin(cls, event: Opening, **given: object) -> Decision[Self]:
        """Decide that this event opens a case, and send what its table sends then, which takes `given` by name.

        Instants of the event that are not in UTC are put into it.

        Raises `InvalidValueError` for an id that is none, and for a naive instant. Raises `OutOfOrderError` for an
        event told before it happened (A14). An error of the function that sends comes out as it is.
        """
        # Judged here as whatever follows is judged by `decide`: else it is stored, and `loads` refuses it for ever.
        id, at = case_id(event.case_id), instant(event.at)
        recorded_at = _telling(at, event.recorded_at, event.rulebook)
        # The very same ones where nothing had to be put into UTC, which is nearly always.
        if id is not event.case_id or at is not event.at or recorded_at is not event.recorded_at:
            event = attrs.evolve(event, case_id=id, at=at, recorded_at=recorded_at)
        case, sends = cls.opened_by(event), cls.lifecycle.sends
        return Decision(case, (event,), () if sends is None else sends(case, event.at, **given))

    def decide(
        self, trigger: str, at: datetime | date, recorded_at: datetime | None = None, /, **given: object
    ) -> Decision[Self]:
        """Decide by the table what a verb asks, with what its guards, its event and its messages take by name.

        Raises the refusal of a guard. Raises `TransitionRefusedError` where no row lets the verb pass. Raises
        `OutOfOrderError` for instants that contradict what is known (A14). Raises `InvalidValueError` for a naive one.
        """
        at, recorded_at, day, turn = self._judge(trigger, at, recorded_at, given)
        id, version = self.origin.case_id, self.version + 1
        make, of, sends = turn.make, turn.of, turn.sends
        if make is not None:
            event = make(id, version, at, recorded_at, day=day)
        else:
            assert of is not None, "only a row that makes an event is carried out"
            head: Head = {"case_id": id, "version": version, "at": at, "recorded_at": recorded_at, "day": day}
            event = of.function(head, self, **{name: given[name] for name in of.takes})
        case = self.apply(event)
        messages: Messages = ()
        if sends is not None:
            # What was given by name is known only now. What takes nothing by name waits until messages are read.
            messages = sends(case, at, **given) if sends.takes else sends.function
        made: Decision[Self] = _decision(case, (event,), messages=messages)
        return made

    def _judge(
        self, trigger: str, at: datetime | date, recorded_at: datetime | None, given: dict[str, object]
    ) -> tuple[datetime, datetime, date | None, Turn]:
        """Both instants in UTC, the day where only that is known, and the row that the trigger goes through.

        Raises the refusal. A guard that takes `recorded_at` is given it like the rest.
        """
        # The test of `instant`, again: nearly every call is in UTC already, and saves a call of a function.
        if type(at) is not datetime or at.tzinfo is not UTC:
            if isinstance(at, date) and not isinstance(at, datetime):
                return self._judge_day(trigger, plain_day(at), recorded_at, given)
            at = instant(at)
        recorded_at = at if recorded_at is None else instant(recorded_at, "recorded_at")
        given["recorded_at"] = recorded_at
        turns = self.table.turns(self.stage, trigger)
        if not self._goes_on(turns, at, recorded_at):
            for question in ASKED_FIRST:
                question(self, trigger, turns, at, recorded_at)
        turn = self._open(turns, at, given)
        if turn is None:
            raise not_allowed(self, trigger, at)
        return at, recorded_at, None, turn

    def _goes_on(self, turns: tuple[Turn, ...], at: datetime, recorded_at: datetime) -> bool:
        """Whether a verb is told at once, after all that is known of an open case.

        Nearly every call is so. Each question of `ASKED_FIRST` says yes to it and need not be asked, which spares five
        calls of functions.
        """
        return (
            at is recorded_at
            and self.recorded_at <= at >= self.since
            and self.closing is None
            and bool(turns)
            and turns[0].after is None
        )

    def _judge_day(
        self, trigger: str, day: date, recorded_at: datetime | None, given: dict[str, object]
    ) -> tuple[datetime, datetime, date | None, Turn]:
        """What `_judge` gives for a fact of this civil day, at the first instant of it at which it is possible (A22).

        Raises the refusal of the last instant that was tried, which says the day and no hour.
        """
        instants, recorded_at = self.tried_on(trigger, day, recorded_at, given)
        # The day of the refusal that is raised in the end: an order of time says less than any other.
        refused: RefusedError | None = None
        for at in instants:
            try:
                _, recorded_at, _, turn = self._judge(trigger, at, recorded_at, given)
            except RefusedError as refusal:
                refused = refusal if refused is None or isinstance(refused, OutOfOrderError) else refused
            else:
                return at, recorded_at, day, turn
        assert refused is not None, "the day's first instant is tried whatever happens"
        raise refused.on(day)

    def tried_on(
        self, trigger: str, day: date, recorded_at: datetime | None, given: Mapping[str, object]
    ) -> tuple[list[datetime], datetime]:
        """The instants (UTC) of a civil day at which a verb is judged, soonest first, and when it was told (A22).

        Raises `OutOfOrderError` for a day that is to come.
        """
        first, recorded_at = day_told(day, recorded_at, self.rulebook)
        last, limit = latest(first, recorded_at, day), self.time_limit
        turns = self.table.turns(self.stage, trigger)
        after = turns[0].after if turns else None
        changes = {first, last, self.followed if after is None else after(self), *self.days_told}
        changes |= {it.since for it in given.values() if isinstance(it, Snapshot)}
        changes |= set() if limit is None else {limit.closes, limit.lapses_at, *limit.reminders}
        return sorted(it for it in changes if first <= it <= last), recorded_at

    def takes(self, event: Event, **known: object) -> type[Event] | None:
        """The class of the event that this case makes where such a one was told, None where no verb makes one.

        What the verb was given is known where the event has a field of that name, or by name here, such as the space.
        What is not known is not judged, and codes are not. Raises the refusal of a guard.
        """
        found = self.table.row_of(self.stage, event)
        if found is None:
            return None
        fields = {field.name for field in attrs.fields(type(event))} - {"code", "token"}
        taken = {name for guard in found[1].guards for name in guard.takes}
        given = {name: value for name in taken & fields if (value := getattr(event, name)) is not None}
        given |= {name: known[name] for name in taken & known.keys()}
        return self._judge(found[0], event.at, event.recorded_at, given)[-1].makes

    def _open(self, turns: tuple[Turn, ...], at: datetime, given: Mapping[str, object]) -> Turn | None:
        """The first of these rows on which all guards agree; raises the refusal of one."""
        for turn in turns:
            for guard, takes in turn.guards:
                if not takes:
                    if not guard(self, at):
                        break
                # What was not said is not judged: only a question (`refusal`) leaves something out.
                elif all(map(given.__contains__, takes)) and not guard(self, at, **{it: given[it] for it in takes}):
                    break
            else:
                return turn
        return None

    def _before_fact(self, at: datetime, last: datetime, follows: str | None = None) -> OutOfOrderError:
        # Of the fact that a new one follows, only the day may be known. What brought the case here is called by that.
        if last == self.since:
            follows = None
        return OutOfOrderError(
            "order.before_fact",
            at=at,
            last=self.days_told.get(last) or last,
            follows=follows or f"{self.table.name}.{self.stage}",
            rule=self.rulebook.rule("A14"),
        )

    def _possible(self, trigger: str | None, at: datetime) -> tuple[str, ...]:
        """The other verbs that this case has and that its guards would let pass at this instant."""
        table, possible = self.table, []
        for other in table.triggers(self.stage):
            # Some triggers are no verbs: `validate` follows from a request, and nobody can call it.
            if other != trigger and hasattr(type(self), other):
                turns = table.turns(self.stage, other)
                if turns[0].clocked and self.closing is not None:
                    continue
                with suppress(RefusedError):
                    if self._open(turns, at, {}) is not None:
                        possible.append(other)
        return tuple(possible)

    @property
    def followed(self) -> datetime:
        """The instant (UTC) that a new fact comes after: when the case came to where it is.

        Of a case that was taken over nobody may have said when that was, and then it is any (A19).
        """
        return self.origin.followed_by(self.since)

    @property
    def days_told(self) -> dict[datetime, date | None]:
        """The instants (UTC) of facts that new ones follow, with the civil day where only that was told (A22)."""
        facts = [(self.origin.at, self.origin.day), (self.since, self.since_day)]
        return days_of(*facts, *([] if self.closing is None else [(self.closing.at, self.closing.day)]))

    def _know(self, trigger: str, given: Mapping[str, object]) -> None:
        # Of the whole chain: a verb that is not possible yet, or any more, is refused by the table and not here.
        named = (verb for it in self.lifecycles for verb in it.verbs if hasattr(type(self), verb))
        verbs = dict.fromkeys((*named, *ANYWHERE))
        if trigger not in verbs:
            message = f"{trigger!r} is no verb of a case of kind {self.kind!r}: expected one of {', '.join(verbs)}"
            raise ValueError(message)
        takes = frozenset[str]().union(*(it.takes(trigger) or () for it in self.lifecycles)) - {"recorded_at"}
        for name in given:
            if name not in takes:
                expected = ", ".join(sorted(takes)) or "nothing besides the instants"
                message = f"{trigger!r} takes no {name!r}: expected {expected}"
                raise TypeError(message)


# --- What every verb is asked first, in this order --------------------------------------------------------------------

AskedFirst: TypeAlias = Callable[[AnyKind, str, tuple[Turn, ...], datetime, datetime], bool]
"""A question of a verb by its case, its trigger, its rows, and both instants (UTC); False where it is not asked."""


@stands_for("A14", looks_at="happened=given.at told=given.recorded_at")
def is_not_to_come(case: AnyKind, _: str, __: tuple[Turn, ...], at: datetime, recorded_at: datetime) -> bool:
    """Question: the fact is not told before it happened (A14); raises `OutOfOrderError`."""
    if at > recorded_at:
        raise _to_come(at, recorded_at, case.rulebook)
    return True


@stands_for("A14", looks_at="told=given.recorded_at recorded_at")
def told_in_order(case: AnyKind, _: str, turns: tuple[Turn, ...], __: datetime, recorded_at: datetime) -> bool:
    """Question: nothing was told after this is told (A14); raises `OutOfOrderError`."""
    # A row without an event tells nothing of this case, and its history orders nothing of another (A16).
    if turns and turns[0].makes is None:
        return False
    check_told_after(recorded_at, case)
    return True


@stands_for(STATE, looks_at="state=given.case")
def is_in_the_table(case: AnyKind, trigger: str, turns: tuple[Turn, ...], at: datetime, _: datetime) -> bool:
    """Question: the state has a row for the verb; raises `TransitionRefusedError`."""
    if not turns:
        raise not_allowed(case, trigger, at)
    return True


@stands_for("A14", looks_at="happened=given.at follows=given.follows")
def follows_its_fact(case: AnyKind, _: str, turns: tuple[Turn, ...], at: datetime, __: datetime) -> bool:
    """Question: it happened after the fact that it follows (A14); raises `OutOfOrderError`."""
    if at < what_is_followed(case, turns):
        after = turns[0].after
        last = case.since if after is None else after(case)
        raise case._before_fact(at, last, getattr(after, "__name__", None))  # noqa: SLF001 - of this module
    return True


@stands_for("A21", looks_at="closed=is_closed")
def is_followed(case: AnyKind, _: str, turns: tuple[Turn, ...], at: datetime, __: datetime) -> bool:
    """Question: where our clock decides, the case is not closed (A21); raises `ClosedError`."""
    return turns[0].clocked and is_not_closed(case, at)


ASKED_FIRST: Final[tuple[AskedFirst, ...]] = (
    is_not_to_come,
    told_in_order,
    is_in_the_table,
    follows_its_fact,
    is_followed,
)
"""What a verb is asked before its guards, in order: it is judged by this list, and explained by it."""


def what_is_followed(case: AnyKind, turns: tuple[Turn, ...]) -> datetime:
    """The instant (UTC) of the fact that a verb follows: the rows of one trigger in one state follow the same one."""
    after = turns[0].after
    followed: datetime = case.followed if after is None else after(case)
    return followed


def not_allowed(case: AnyKind, trigger: str, at: datetime) -> TransitionRefusedError:
    """The refusal of a verb that no row lets pass, with those that are possible at this instant (UTC)."""
    table, stage, possible = case.table, case.stage, case._possible(trigger, at)  # noqa: SLF001 - of this module
    return TransitionRefusedError(table.name, stage, trigger, possible, rule=case.rulebook.rule(table.cites(stage)))


def days_of(*facts: tuple[datetime, date | None]) -> dict[datetime, date | None]:
    """The instants (UTC) of these facts, with the civil day of those of which only that was told (A22).

    Of two facts of one instant, one of which has a day only, the day is known: its hour is not to be shown.
    """
    return dict(facts) | {at: day for at, day in facts if day is not None}


def _dated(advice: Advice[AnyKind], deadline: Deadline | None, own: datetime | None, at: datetime) -> Advised:
    """An advice with the date to show.

    Its own date is shown while it is ahead, then the safe one while that is. From then on it is the last usable one.
    """
    if deadline is None:
        return Advised(advice, None, None, estimated=False)
    ahead = (day for day in (own, deadline.safe_until) if day is not None and at <= day)
    return Advised(advice, next(ahead, deadline.closes), deadline.closes, estimated=deadline.estimated)


def oldest_first(cases: Iterable[SnapshotT]) -> tuple[SnapshotT, ...]:
    """The cases in the order in which they were asked for."""
    return tuple(sorted(cases, key=lambda case: (case.origin.at, case.id)))


def contradiction(path: str, expected: str) -> InvalidValueError:
    """The error for a snapshot that contradicts itself at this path.

    What is expected there is a key: each has words of its own in every language.
    """
    return InvalidValueError("case.contradiction", path=path, expected=expected)


def case_id(id: str) -> str:
    """The id of a case, as it is.

    Raises `InvalidValueError` unless it is 1 to 200 printable characters without a space.
    """
    if isinstance(id, str) and 1 <= len(id) <= LONGEST_ID and id.isprintable() and " " not in id:
        return id if type(id) is str else plain(id)
    raise InvalidValueError("case_id.malformed", most=LONGEST_ID, value=show(id))


def check_after(
    at: datetime, case: Snapshot, *, since: datetime, follows: str | None = None, day: date | None = None
) -> None:
    """Refuse what came before `since` in another case that it starts from, or in the history of this one (A14).

    When another case was told orders nothing. Instants are UTC. What came then is called `follows`, a key of words, or
    by what brought the case where it is. Raises `OutOfOrderError`, which says the `day` where only that was told (A22).
    """
    if at < since:
        refusal = case._before_fact(at, since, follows)  # noqa: SLF001 - of this module
        raise refusal if day is None else refusal.on(day)


def check_told_after(recorded_at: datetime, case: Snapshot) -> None:
    """Refuse what is told (UTC) before the last fact of this history was (A14); raises `OutOfOrderError`."""
    if recorded_at < case.recorded_at:
        raise _before_telling(recorded_at, case)


def _before_telling(recorded_at: datetime, case: Snapshot) -> OutOfOrderError:
    return OutOfOrderError(
        "order.before_telling", at=recorded_at, last=case.recorded_at, rule=case.rulebook.rule("A14")
    )


def both_times(
    at: datetime | date, recorded_at: datetime | None, rulebook: Rulebook, *, after: datetime | None = None
) -> tuple[datetime, datetime, date | None]:
    """When a fact that opens a case happened, when it was told (UTC), and its civil day where only that is known.

    What it comes `after` (UTC) may have happened on that same day: then it is possible from there on (A22).

    Raises `OutOfOrderError` for a fact from the future (A14). Raises `InvalidValueError` for a naive instant.
    """
    check_kind(rulebook, Rulebook, what="rulebook")
    if isinstance(at, datetime) or not isinstance(at, date):
        at = instant(at)
        return at, at if recorded_at is None else _telling(at, recorded_at, rulebook), None
    day = plain_day(at)
    first, recorded_at = day_told(day, recorded_at, rulebook)
    if after is not None and first < after <= latest(first, recorded_at, day):
        first = after
    return first, recorded_at, day


def day_told(day: date, recorded_at: datetime | None, rulebook: Rulebook) -> tuple[datetime, datetime]:
    """The first instant of a civil day in Paris, and when it was told: at its end, if nobody says (both UTC; A22).

    Raises `OutOfOrderError` for a day that is to come.
    """
    zone = time_zone(PARIS)
    try:
        first, last = first_instant(day, zone), last_instant(day, zone)
    except OverflowError:
        raise InvalidValueError("day.out_of_range", value=day.isoformat()) from None
    if recorded_at is None:
        return first, last
    try:
        return first, _telling(first, recorded_at, rulebook)
    except OutOfOrderError as error:
        raise error.on(day) from None


def latest(at: datetime, recorded_at: datetime, day: date | None) -> datetime:
    """The last instant (UTC) at which a fact may have happened: its own, or the end of its day or of its telling."""
    return at if day is None else min(last_instant(day, time_zone(PARIS)), recorded_at)


def _reason(reason: Reason | str, text: str | None) -> dict[str, Reason | str | None]:
    if not isinstance(reason, str) or reason not in tuple(Reason):
        raise InvalidValueError("reason.unknown", value=show(reason), expected=tuple(it.value for it in Reason))
    reason = Reason(reason)
    if text is not None or reason is Reason.OTHER:
        text = remark(text)
    return {"reason": reason, "text": text}


def remark(text: object) -> str:
    """A reason or a source in words, on one line.

    Raises `InvalidValueError` for what is no text, is empty, cannot be printed, or is longer than a line.
    """
    return one_line("remark", text, longest=LONGEST_LINE)


def _telling(at: datetime, recorded_at: datetime, rulebook: Rulebook) -> datetime:
    recorded_at = instant(recorded_at, "recorded_at")
    if at > recorded_at:
        raise _to_come(at, recorded_at, rulebook)
    return recorded_at


def _to_come(at: datetime, recorded_at: datetime, rulebook: Rulebook) -> OutOfOrderError:
    return OutOfOrderError("order.future", at=at, last=recorded_at, rule=rulebook.rule("A14"))
