"""How a case changes: a verb asks the table, which makes the event; one `apply` makes the snapshot; a decision has all.

A snapshot is exactly the fold of its events: no verb builds one in any other way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar, Final, Generic, Self, TypeAlias, TypeVar

import attrs

from teleprocedures.building import builder
from teleprocedures.core._events import Event, Lapse, Opening, Reminder
from teleprocedures.core._lifecycle import Kind, Lifecycle, Way
from teleprocedures.core._messages import LapseNotice, Message, ReminderEmail
from teleprocedures.core._steps import Advice, NextStep
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.errors import InvalidValueError, OutOfOrderError, RefusedError, TransitionRefusedError, show
from teleprocedures.rulebook import Rulebook, Service, TimeLimit
from teleprocedures.values import BankAccount, EmailAddress, Organisation, hidden, plain

LONGEST_ID: Final = 200
AnyTable: TypeAlias = Lifecycle[Kind, Kind]
CaseT = TypeVar("CaseT", bound="Case")
CaseT_co = TypeVar("CaseT_co", bound="Case", covariant=True)
Messages: TypeAlias = tuple[Message, ...] | Callable[..., tuple[Message, ...]]


@attrs.frozen(eq=False, repr=False, weakref_slot=False)
class Decision(Generic[CaseT_co]):
    """What a verb decided: the new snapshot, the events that make it, and the messages to send.

    Messages that follow from the snapshot alone, reminders and notices, are made when they are asked for, always the
    same: what makes them of a case and an instant stands in their place.
    """

    case: CaseT_co
    events: tuple[Event, ...]
    _messages: Messages = attrs.field(default=(), alias="messages")

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages to send, in order."""
        made = self._messages
        return made if isinstance(made, tuple) else made(self.case, self.events[-1].at)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Decision):
            return NotImplemented
        return self.case == other.case and self.events == other.events and self.messages == other.messages

    def __hash__(self) -> int:
        return hash((self.case, self.events))

    def __repr__(self) -> str:
        return f"Decision(case={self.case!r}, events={self.events!r}, messages={self.messages!r})"


_decision: Final = builder(Decision)
_next_step: Final = builder(NextStep)
_reminder: Final = builder(ReminderEmail)
_notice: Final = builder(LapseNotice)


@attrs.frozen(kw_only=True, weakref_slot=False)
class Case:
    """An immutable snapshot of one request, as its events made it: what every kind of case has.

    `version` counts its events; `recorded_at` is when the last fact was told, `since` when the fact happened that
    brought it where it is (a lapse is none); `due_at` is the first instant at which the clock has something to decide,
    a reminder or a lapse, None when no time limit runs. Instants are UTC. Snapshots are made by verbs, `replay` and the
    codec, never by hand.

    A kind of case says its `kind`, the `lifecycles` of it and of its parts, and what stands here without a body; the
    rest it says where it is otherwise.
    """

    kind: ClassVar[str] = "case"
    lifecycle: ClassVar[AnyTable]
    lifecycles: ClassVar[tuple[AnyTable, ...]]

    origin: Opening
    version: int
    state: StrEnum
    recorded_at: datetime
    since: datetime
    due_at: datetime | None

    # --- What each kind says of itself ---

    @classmethod
    def opened_by(cls, event: Kind) -> Self:
        """The snapshot that the first event of a case makes; its `deadline`, if it has one, is the time limit."""
        deadline: Deadline | None = getattr(event, "deadline", None)
        return cls(
            origin=event,
            version=event.version,
            state=cls.lifecycle.initial,
            recorded_at=event.recorded_at,
            since=event.at if deadline is None else deadline.opened,
            due_at=None if deadline is None else deadline.due_after(event.recorded_at),
        )

    def apply(self, event: Event, /) -> Self:
        """The snapshot after this event; raises `InvalidValueError` when the event cannot follow.

        This one serves kinds of case that have no field of their own, and one time limit from their beginning.
        """
        table = self.lifecycle
        state = table.after(self.state, event)
        moves = state is not self.state and not isinstance(event, Lapse)
        deadline = self.time_limit if state in table.running else None
        recorded_at, since, due_at = self._moved(event, deadline, moves=moves)
        return attrs.evolve(
            self, version=event.version, state=state, recorded_at=recorded_at, since=since, due_at=due_at
        )

    @property
    def time_limit(self) -> Deadline | None:
        """The time limit that was set last, running or over; None when none was ever set."""
        deadline: Deadline | None = getattr(self.origin, "deadline", None)
        return deadline

    @property
    def held_elsewhere(self) -> bool:
        """Whether what is awaited is held elsewhere: then the real portal rules, and a lapse is presumed (A15)."""
        return False

    @property
    def contact(self) -> EmailAddress:
        """The e-mail address of the user, to which reminders and notices go."""
        raise NotImplementedError

    @property
    def organisation(self) -> Organisation:
        """The organisation concerned."""
        raise NotImplementedError

    @property
    def company_name(self) -> str | None:
        """The name of the organisation concerned, if it is known."""
        return None

    @property
    def services(self) -> tuple[Service, ...]:
        """The services concerned, if any are."""
        return ()

    @property
    def account(self) -> BankAccount | None:
        """The bank account concerned, if one is."""
        return None

    @property
    def stage(self) -> StrEnum:
        """Where the case stands as a whole: the state of the part that moves now."""
        return self.state

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
        running = self.stage in self.table.running and self.time_limit is not None
        if running is (self.due_at is None):
            raise contradiction(".due_at", "due_while_running")

    # --- What can be asked of every case ---

    @property
    def id(self) -> str:
        """The case's id."""
        return self.origin.case_id

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that the case was made under, and keeps."""
        return self.origin.rulebook

    @property
    def limit(self) -> TimeLimit:
        """The rulebook's time limit that the deadline comes from."""
        limit = self.table.limit(self.rulebook)
        assert limit is not None, f"no time limit runs in {self!r}"
        return limit

    @property
    def deadline(self) -> Deadline | None:
        """The time limit now running, None when there is none."""
        return None if self.due_at is None else self.time_limit

    @property
    def has_lapsed(self) -> bool:
        """Whether a missed time limit was recorded."""
        return self.stage is self.table.lapsed

    @property
    def is_presumed(self) -> bool:
        """Whether the case has lapsed as far as is known only: a fact told later can correct it (A15)."""
        return self.has_lapsed and self.held_elsewhere

    def is_over(self, at: datetime) -> bool:
        """Whether the case has lapsed, or is past its time limit at this instant though nobody recorded it.

        Raises `InvalidValueError` for a naive instant.
        """
        at = instant(at)
        deadline = self.deadline
        return self.has_lapsed or (deadline is not None and at > deadline.closes)

    def is_due(self, at: datetime) -> bool:
        """Whether the clock has something to decide at this instant; raises `InvalidValueError` for a naive one."""
        return self.due_at is not None and instant(at) >= self.due_at

    def refusal(
        self, trigger: str, *, at: datetime, recorded_at: datetime | None = None, **given: object
    ) -> RefusedError | None:
        """Why the verb would be refused at this instant, or None. The guards answer, nothing else does.

        `given` is what the verb would be given (`code`, `space`, `signatory` …); what is left out is not judged. Raises
        `InvalidValueError` for a naive instant, `ValueError` for what is no verb of this kind of case, and `TypeError`
        for something that the verb does not take.
        """
        given = hidden(given, ("code", "token"))
        self._know(trigger, given)
        try:
            self._judge(trigger, at, recorded_at, given)
        except RefusedError as refusal:
            return refusal
        return None

    def next_steps(self, *, at: datetime) -> tuple[NextStep, ...]:
        """Who must do what by when (UTC), under which rule, as the table advises; see `NextStep`.

        Raises `InvalidValueError` for a naive instant.
        """
        at = instant(at)
        table = self.table
        over = self.is_over(at)
        advised = table.advice(table.lapsed if over and table.lapsed is not None else self.stage)
        deadline = None if over else self.deadline
        return tuple(
            self._advised(advice, deadline, at) for advice in advised if advice.if_ is None or advice.if_(self, at)
        )

    # --- What the clock decides ---

    def tick(self, *, at: datetime) -> Decision[Self]:
        """What the clock decides at this instant: the lapse once the time limit has passed, else a due reminder.

        Raises `DeadlineNotReachedError` when nothing is due, `TransitionRefusedError` when no time limit runs.
        """
        deadline = self.deadline
        return self._decide("lapse" if deadline is None or deadline.has_passed(at) else "remind", at, None)

    def lapse(self, *, at: datetime, recorded_at: datetime | None = None) -> Decision[Self]:
        """End the case, its time limit having passed; its user is sent a notice.

        Raises `DeadlineNotReachedError` up to the last instant, `TransitionRefusedError`, `OutOfOrderError`.
        """
        return self._decide("lapse", at, recorded_at)

    def remind(self, *, at: datetime, recorded_at: datetime | None = None) -> Decision[Self]:
        """Remind the user of the time limit, once a reminder is due; missed nights give one reminder.

        Raises `DeadlineNotReachedError`, `DeadlinePassedError`, `TransitionRefusedError`, `OutOfOrderError`.
        """
        return self._decide("remind", at, recorded_at)

    # --- How verbs are carried out ---

    @classmethod
    def _opened(cls, event: Opening, **given: object) -> Decision[Self]:
        case, sends = cls.opened_by(event), cls.lifecycle.sends
        return Decision(case, (event,), () if sends is None else sends(case, event.at, **given))

    def _decide(self, trigger: str, at: datetime, recorded_at: datetime | None, **given: object) -> Decision[Self]:
        at, recorded_at, way = self._judge(trigger, at, recorded_at, given)
        make, sends = way.make, way.sends
        if make is None:
            event = way.event(self, at, recorded_at, given)
        else:
            event = make(self.origin.case_id, self.version + 1, at, recorded_at)
        case = self.apply(event)
        messages: Messages = ()
        if sends is not None:
            messages = sends(case, at, **given) if sends.takes else sends.function
        made: Decision[Self] = _decision(case, (event,), messages=messages)
        return made

    def _judge(
        self, trigger: str, at: datetime, recorded_at: datetime | None, given: dict[str, object]
    ) -> tuple[datetime, datetime, Way]:
        """Both instants in UTC, and the row that the trigger goes through; raises the refusal.

        A guard that takes `recorded_at` is given it like the rest.
        """
        if type(at) is not datetime or at.tzinfo is not UTC:
            at = instant(at)
        recorded_at = at if recorded_at is None else self._told(at, recorded_at)
        if recorded_at < self.recorded_at:
            raise self._out_of_order("order.before_telling", at=recorded_at, last=self.recorded_at)
        given["recorded_at"] = recorded_at
        table, stage = self.table, self.stage
        ways = table.ways(stage, trigger)
        if ways:
            after = ways[0].after
            last = self.since if after is None else after(self)
            if at < last:
                raise self._out_of_order("order.before_fact", at=at, last=last)
            way = self._open(ways, at, given)
            if way is not None:
                return at, recorded_at, way
        raise TransitionRefusedError(
            table.name, stage, trigger, self._possible(trigger, at), rule=self.rulebook.rule(table.cites(stage))
        )

    def _open(self, ways: tuple[Way, ...], at: datetime, given: Mapping[str, object]) -> Way | None:
        """The first of these rows on which all guards agree; raises the refusal of one."""
        for way in ways:
            for guard, takes in way.guards:
                if not takes:
                    if not guard(self, at):
                        break
                # What was not said is not judged: only a question (`refusal`) leaves something out.
                elif all(map(given.__contains__, takes)) and not guard(self, at, **{it: given[it] for it in takes}):
                    break
            else:
                return way
        return None

    def _told(self, at: datetime, recorded_at: datetime) -> datetime:
        recorded_at = instant(recorded_at, "recorded_at")
        if at > recorded_at:
            raise self._out_of_order("order.future", at=at, last=recorded_at)
        return recorded_at

    def _out_of_order(self, code: str, *, at: datetime, last: datetime) -> OutOfOrderError:
        return OutOfOrderError(code, at=at, last=last, rule=self.rulebook.rule("A14"))

    def _possible(self, trigger: str, at: datetime) -> tuple[str, ...]:
        """The other verbs that this case has and that its guards would let pass at this instant."""
        table, found = self.table, []
        for other in table.triggers(self.stage):
            if other != trigger and hasattr(type(self), other):
                with suppress(RefusedError):
                    if self._open(table.ways(self.stage, other), at, {}) is not None:
                        found.append(other)
        return tuple(found)

    def _know(self, trigger: str, given: Mapping[str, object]) -> None:
        known = dict.fromkeys(verb for it in self.lifecycles for verb in it.verbs if hasattr(type(self), verb))
        if trigger not in known:
            message = f"{trigger!r} is no verb of a case of kind {self.kind!r}: expected one of {', '.join(known)}"
            raise ValueError(message)
        takes = frozenset[str]().union(*(it.takes(trigger) or () for it in self.lifecycles)) - {"recorded_at"}
        for name in given:
            if name not in takes:
                expected = ", ".join(sorted(takes)) or "nothing besides the instants"
                message = f"{trigger!r} takes no {name!r}: expected {expected}"
                raise TypeError(message)

    def _advised(self, advice: Advice[Kind], deadline: Deadline | None, at: datetime) -> NextStep:
        by = None
        if deadline is not None:
            own = None if advice.by is None else advice.by(self)
            ahead = (day for day in (own, deadline.safe_until) if day is not None and at <= day)
            by = next(ahead, deadline.closes)
        return _next_step(
            actor=advice.actor,
            action=advice.action,
            by=by,
            closes=None if deadline is None else deadline.closes,
            estimated=deadline is not None and deadline.estimated,
            rule=self.rulebook.rule(advice.rule),
            case_id=self.id,
            organisation=self.organisation,
            services=self.services,
            account=self.account,
        )

    def _moved(
        self, event: Event, deadline: Deadline | None, *, moves: bool
    ) -> tuple[datetime, datetime, datetime | None]:
        """After an event: when the last fact was told, since when the case is where it is, when the clock decides.

        `deadline` is the time limit that runs from now on, None where none does; `moves` says that the event is a fact
        that brings the case to another state for the first time, not a lapse nor its correction.
        """
        recorded_at = self.recorded_at if isinstance(event, Reminder) else event.recorded_at
        since = event.at if moves else self.since
        # Reminders that were past when this was told are dropped (A14).
        return recorded_at, since, None if deadline is None else deadline.due_after(event.recorded_at)


def remind(case: Case, at: datetime) -> tuple[ReminderEmail, ...]:
    """The reminder to the user of a case whose time limit runs."""
    deadline = case.time_limit
    assert deadline is not None, "a reminder is due only while a time limit runs"
    return (
        _reminder(
            case_id=case.origin.case_id,
            version=case.version,
            to=case.contact,
            organisation=case.organisation,
            company_name=case.company_name,
            services=case.services,
            deadline=deadline,
            account=case.account,
            steps=case.next_steps(at=at),
        ),
    )


def give_notice(case: Case, _: datetime) -> tuple[LapseNotice, ...]:
    """The notice to the user of a case that has lapsed."""
    deadline, table, rulebook = case.time_limit, case.table, case.origin.rulebook
    assert deadline is not None, "only what had a time limit lapses"
    return (
        _notice(
            case_id=case.origin.case_id,
            version=case.version,
            to=case.contact,
            organisation=case.organisation,
            company_name=case.company_name,
            services=case.services,
            deadline=deadline,
            account=case.account,
            rule=rulebook.rule(table.cites(case.stage)),
            action=table.advised_at_last,
            presumed=case.held_elsewhere,
        ),
    )


def oldest_first(cases: Iterable[CaseT]) -> tuple[CaseT, ...]:
    """The cases in the order in which they were asked for."""
    return tuple(sorted(cases, key=lambda case: (case.origin.at, case.id)))


def contradiction(path: str, expected: str) -> InvalidValueError:
    """The error for a snapshot that contradicts itself at this path; what is expected there has words of its own."""
    return InvalidValueError("case.contradiction", path=path, expected=expected)


def case_id(id: str) -> str:
    """The id of a case, as it is; `InvalidValueError` unless it is 1 to 200 printable characters and no space."""
    if isinstance(id, str) and 1 <= len(id) <= LONGEST_ID and id.isprintable() and " " not in id:
        return id if type(id) is str else plain(id)
    raise InvalidValueError("case_id.malformed", most=LONGEST_ID, value=show(id))


def check_order(at: datetime, recorded_at: datetime, case: Case, *, since: datetime) -> None:
    """Refuse what happened before `since` in this case, or is told before the last of it was (A14); instants are UTC.

    Raises `OutOfOrderError`. It is for what starts from another case: the verbs of a case look at their own.
    """
    for code, given, last in (
        ("order.before_fact", at, since),
        ("order.before_telling", recorded_at, case.recorded_at),
    ):
        if given < last:
            raise OutOfOrderError(code, at=given, last=last, rule=case.rulebook.rule("A14"))


def told(at: datetime, recorded_at: datetime | None, rulebook: Rulebook) -> tuple[datetime, datetime]:
    """Both instants (UTC) of the fact that opens a case; `OutOfOrderError` for one from the future (A14)."""
    at = instant(at)
    recorded_at = at if recorded_at is None else instant(recorded_at, "recorded_at")
    if at > recorded_at:
        raise OutOfOrderError("order.future", at=at, last=recorded_at, rule=rulebook.rule("A14"))
    return at, recorded_at
