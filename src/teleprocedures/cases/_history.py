"""A history: the events of one case in order, folded into a snapshot, and corrected where a fact was a mistake.

What stands (A20). A fact that was recorded by mistake is withdrawn by an event of its own, so that the history keeps
both. A snapshot is the fold of the facts that stand. So a withdrawal cannot be applied to a snapshot: what the fact had
changed is known to the history only. Which versions fall is stored with it, so that folding asks no guard.

What relies on what. To withdraw a fact, the history is folded twice, with it and without it, and each later event is
judged in both. A fact that is possible with it and not without it relies on it, and then the withdrawal is refused.
What our clock decided is judged too: where it would not decide so without the fact, that falls as well. What a verb was
given is not stored, unless its event has a field of that name. So guards that ask for a code or a space are not asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable
from datetime import date, datetime

import attrs

from teleprocedures.cases._case import Case
from teleprocedures.cases._registry import opened_by
from teleprocedures.core import (
    Decision,
    Event,
    FactWithdrawn,
    Lapse,
    Opening,
    Reminder,
    both_times,
    check_after,
    check_told_after,
    message_id,
    messages_of,
    remark,
)
from teleprocedures.deadlines import civil_day
from teleprocedures.errors import InvalidValueError, TeleproceduresError, WithdrawalRefusedError, check_kinds, show
from teleprocedures.values import Held


def replay(events: Iterable[Event]) -> Case:
    """The snapshot that these events make in order, from the first one of the case on.

    Facts that were withdrawn make nothing of it, and neither does what fell with them (A20).

    Raises `InvalidValueError` when there is no event, for what is no event, and when the first one does not open a
    case. Raises `InvalidValueError` for an event of another case, or numbered with a gap. Raises `InvalidValueError`
    for one told before the one before it (reminders order nothing), and for one impossible in the state that it meets.
    """
    history = _in_order(events)
    return _fold(history, _gone(history))


def withdraw(
    events: Iterable[Event], version: int, *, reason: str, at: datetime | date, recorded_at: datetime | None = None
) -> Decision[Case]:
    """Withdraw the fact of this version, which was recorded by mistake, from all the events of a case (A20).

    The decision has one event, which says the fact and the `reason` in words. Its case is what the facts that stand
    make. What our clock decided on the strength of the fact falls with it. The messages that both made are named in the
    event, for whoever has to tell those to whom they went.

    Raises `WithdrawalRefusedError` while later facts rely on it, which it names. Raises `WithdrawalRefusedError` for
    the opening of a case, which is closed instead (A21), and for what nobody told: a reminder, a lapse. Raises
    `WithdrawalRefusedError` for what is withdrawn already. Raises `OutOfOrderError` for instants that contradict what
    is known. Raises `InvalidValueError` for a version that no event has, for a reason that is no text, and what
    `replay` raises.
    """
    history = _in_order(events)
    gone = _gone(history)
    case = _fold(history, gone)
    fact = _fact(history, version, case, gone)
    at, recorded_at, day = both_times(at, recorded_at, case.rulebook, after=fact.recorded_at)
    check_after(at, case, since=fact.recorded_at, follows="what_is_withdrawn", day=day)
    check_told_after(recorded_at, case)
    fallen, messages = _without(history, fact, gone)
    event = FactWithdrawn(
        case_id=case.id,
        version=case.version + 1,
        at=at,
        recorded_at=recorded_at,
        day=day,
        withdrawn=fact.version,
        reason=remark(reason),
        fallen=fallen,
        messages=messages,
    )
    after = _fold((*history, event), gone | {event.withdrawn, *fallen})
    return Decision(after, (event,), brought_back=not case.claims)


# --- What stands ------------------------------------------------------------------------------------------------------


def _in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    history = check_kinds(events, Event, what="event")
    if not history:
        raise InvalidValueError("history.empty")
    return history


def _fold(history: tuple[Event, ...], gone: frozenset[int]) -> Case:
    """The snapshot of the facts that stand, all but the versions that are `gone`; raises what `replay` raises."""
    first, *later = history
    kind = opened_by(first)
    if kind is None or not isinstance(first, Opening) or first.version != 1:
        raise InvalidValueError("history.no_opening", value=repr(first))
    case: Case = kind.opened_by(first)
    first.check()
    # When the last fact was told, whether it stands or not: reminders are tellings of ours, and order nothing (A14).
    before: Event = first
    last = case.recorded_at
    for event in later:
        in_order = isinstance(event, Reminder) or event.recorded_at >= last
        if (event.case_id, event.version) != (case.id, before.version + 1) or not in_order:
            raise _wrong_case(event, before, last)
        if event.version not in gone:
            case = _after(case, event)
        event.check()
        before, last = event, last if isinstance(event, Reminder) else event.recorded_at
    return case


def _after(case: Case, event: Event) -> Case:
    """The snapshot after this event; what a withdrawal takes out has been left out before it."""
    if isinstance(event, FactWithdrawn):
        return attrs.evolve(case, version=event.version, recorded_at=event.recorded_at)
    return case.apply(event)


def snapshots(events: Iterable[Event]) -> tuple[Case, ...]:
    """The snapshot as it was known after each event, in order: what is withdrawn later stands until then (A20).

    Raises what `replay` raises.
    """
    history = _in_order(events)
    _fold(history, _gone(history))
    first = history[0]
    standing = [(first, _fold((first,), frozenset()))]
    found = [standing[0][1]]
    for event in history[1:]:
        if isinstance(event, FactWithdrawn):
            _take_out(standing, {event.withdrawn, *event.fallen})
            # Of two withdrawals with nothing between them, the second leaves nothing of the first.
            if isinstance(standing[-1][0], FactWithdrawn):
                del standing[-1]
        standing.append((event, _after(standing[-1][1], event)))
        found.append(standing[-1][1])
    return tuple(found)


def _take_out(standing: list[tuple[Event, Case]], versions: Collection[int]) -> None:
    """Leave these versions out of what stands so far, each fact with the snapshot after it.

    What follows is folded anew up to where the snapshot is what it was: from there on nothing is changed by it.
    """
    place = len(standing)
    for version in sorted(versions, reverse=True):
        place = bisect_left(standing, version, key=lambda it: it[0].version)
        del standing[place]
    for here in range(place, len(standing)):
        event, before = standing[here]
        again = _after(standing[here - 1][1], event)
        if again == before and event.version > max(versions):
            return
        standing[here] = event, again


def _gone(history: tuple[Event, ...]) -> frozenset[int]:
    """The versions of what was withdrawn, and of what fell with it.

    Raises `InvalidValueError` for a withdrawal that names what it cannot.
    """
    gone: set[int] = set()
    for event in history:
        if isinstance(event, FactWithdrawn):
            named = {event.withdrawn, *event.fallen}
            twice = len(named) <= len(event.fallen) or named & gone
            if twice or not all(1 < version < event.version for version in named):
                raise InvalidValueError("history.withdrawal", version=event.version, value=tuple(sorted(named)))
            gone |= named
    return frozenset(gone)


def _wrong_case(event: Event, before: Event, last: datetime) -> InvalidValueError:
    return InvalidValueError(
        "event.wrong_case",
        event=repr(event.kind),
        case_id=repr(event.case_id),
        version=event.version,
        at=event.recorded_at.isoformat(),
        expected=repr(before.case_id),
        expected_version=before.version + 1,
        last=last.isoformat(),
    )


# --- What relies on a fact --------------------------------------------------------------------------------------------


def what_is_withdrawn(events: Iterable[Event], version: int) -> dict[str, object]:
    """What a withdrawal looks at by name: the case, the fact, what has withdrawn it, and the later facts that stand.

    Events are told by their versions. Raises `InvalidValueError` for a version that no event has, and what `replay`
    raises.
    """
    history = _in_order(events)
    gone = _gone(history)
    case, fact = _fold(history, gone), _of_version(history, version)
    takes_out = (it for it in history if isinstance(it, FactWithdrawn))
    # What our clock decided falls with the fact, and a withdrawal relies on nothing.
    told = (it for it in history[version:] if not isinstance(it, (FactWithdrawn, Lapse, Reminder)))
    return {
        "case": case,
        "fact": fact,
        "withdrawn_by": next((it.version for it in takes_out if version in {it.withdrawn, *it.fallen}), None),
        "later": tuple(it.version for it in told if it.version not in gone),
    }


def _of_version(history: tuple[Event, ...], version: int) -> Event:
    if type(version) is not int or not 1 <= version <= len(history):
        raise InvalidValueError("version.unknown", value=show(version), last=len(history))
    return history[version - 1]


def _fact(history: tuple[Event, ...], version: int, case: Case, gone: frozenset[int]) -> Event:
    """The fact of this version, if it can be withdrawn at all."""
    fact, rule = _of_version(history, version), case.rulebook.rule("A20")
    # What follows from the opening in one decision is no verb: it goes with the opening.
    rows = (row for table in case.lifecycles for row in table.rows if row.makes is type(fact))
    opening = isinstance(fact, Opening) or any(not hasattr(type(case), row.trigger) for row in rows)
    for refuses, code in (
        (opening, "withdrawal.opening"),
        (isinstance(fact, (Lapse, Reminder)), "withdrawal.clock"),
        (isinstance(fact, FactWithdrawn), "withdrawal.withdrawal"),
        (version in gone, "withdrawal.repeated"),
    ):
        if refuses:
            raise WithdrawalRefusedError(code, event=fact.kind, version=version, day=_day(fact), rule=rule)
    return fact


def _day(fact: Event) -> str:
    """The civil day in Paris on which a fact happened, in ISO 8601: people know it by that, and by no number."""
    return (fact.day or civil_day(fact.at)).isoformat()


def _without(history: tuple[Event, ...], fact: Event, gone: frozenset[int]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The versions that fall with a fact, and the ids of the messages that it and they made.

    Raises `WithdrawalRefusedError` while later facts rely on it.
    """
    place = fact.version - 1
    before = _fold(history[:place], gone)
    after = before.apply(fact)
    fallen: list[int] = []
    relying: list[Event] = []
    messages = [*_sent(before, after, fact)]
    for event in history[place + 1 :]:
        if event.version in gone or isinstance(event, FactWithdrawn):
            continue
        still, was = _possible(before, event), _possible(after, event)
        following = after.apply(event)
        if still or (not was and _can_follow(before, event)):
            before = before.apply(event)
        elif isinstance(event, (Lapse, Reminder)):
            fallen.append(event.version)
            messages.extend(_sent(after, following, event))
        else:
            relying.append(event)
        after = following
    if relying:
        raise WithdrawalRefusedError(
            "withdrawal.relied_on",
            event=fact.kind,
            version=fact.version,
            day=_day(fact),
            relying=tuple(it.kind for it in relying),
            versions=tuple(it.version for it in relying),
            rule=after.rulebook.rule("A20"),
        )
    return tuple(fallen), tuple(messages)


def _possible(case: Case, event: Event) -> bool:
    """Whether a case takes this event by the guards of its table, as far as the event says what they ask."""
    try:
        return case.takes(event) is type(event)
    except TeleproceduresError:
        return False


def _can_follow(case: Case, event: Event) -> bool:
    try:
        case.table.lead(case.stage, event)
    except InvalidValueError:
        return False
    return True


def _sent(before: Case, after: Case, event: Event) -> Collection[str]:
    """The ids of the messages that an event made."""
    found = before.table.row_of(before.stage, event)
    sends = None if found is None else found[1].sends
    if sends is None:
        return ()
    if not sends.takes:
        return tuple(message.id for message in sends.function(after, event.at))
    # What a letter said is not kept. Whether it was ours to send is: its code is held here.
    if any(isinstance(getattr(event, name, None), Held) for name in sends.takes):
        return ()
    return tuple(message_id(event.case_id, event.version, kind) for kind in messages_of(sends))
