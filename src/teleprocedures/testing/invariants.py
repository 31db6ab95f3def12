"""What holds of every case at every instant: each promise as a function that raises when it is broken.

The state machines and the exhaustive search of this project check all of them, and so may the tests of a host, of its
own kinds of case too: what they ask of a case, they read in its tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import attrs

from teleprocedures.cases import (
    ActivationState,
    Adhesion,
    AdhesionRequested,
    Case,
    CompanyEmailConfirmed,
    LetterPosted,
    LetterRecorded,
    LinkProvedByCode,
    LinkProvedByLetter,
    Mandate,
    MandateState,
    RequestTakenOver,
    ServicesActivated,
    ServicesTakenOver,
    code_still_works,
    replay,
    withdraw,
)
from teleprocedures.codec import dumps, loads
from teleprocedures.core import (
    Decision,
    Event,
    FactWithdrawn,
    Lapse,
    Lifecycle,
    Opening,
    Reason,
    Reminder,
    Row,
    in_time,
)
from teleprocedures.errors import RefusedError, WithdrawalRefusedError
from teleprocedures.portfolio import PaymentRefusedError, check_payment
from teleprocedures.values import Held


class BrokenPromiseError(AssertionError):
    """A promise of the procedure, or of the library, that does not hold: `rule` is the one it comes from."""

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        super().__init__(rule, message)

    def __str__(self) -> str:
        return f"{self.args[1]} (rule {self.rule})"


def _promise(holds: object, rule: str, message: str) -> None:
    if not holds:
        raise BrokenPromiseError(rule, message)


# --- Of every kind of case --------------------------------------------------------------------------------------------


def check_replay(case: Case, events: Sequence[Event]) -> None:
    """A snapshot is what its events make, all of them, and nothing else: what is refused has changed nothing (0.2)."""
    _promise(replay(events) == case, "0.2", f"the events of {case.id} make another snapshot")
    case.check()


def check_codec(case: Case) -> None:
    """What is stored is read back the same, and stored the same again (0.2)."""
    stored = dumps(case)
    read = loads(stored, rulebooks=(case.rulebook,))
    _promise(read == case and dumps(read) == stored, "0.2", f"{case.id} is not read back as it was stored")


def check_silence(texts: Iterable[object], secrets: Iterable[str]) -> None:
    """No secret appears in a `repr`, nor in what an error says: codes, tokens, passwords, answers, IBANs (A13)."""
    known = [secret for secret in secrets if secret]
    for one in texts:
        text = f"{one!r} {one!s}" if isinstance(one, BaseException) else repr(one)
        _promise(not any(secret in text for secret in known), "A13", f"a secret is told by a {type(one).__name__}")


def check_order(events: Sequence[Event]) -> None:
    """Facts are told when they happen or later, one after another but for reminders, and numbered as they are (A14)."""
    for event in events:
        when = f"{event.kind}, version {event.version}"
        _promise(event.at <= event.recorded_at, "A14", f"{when} was told before it happened")
    facts = [event for event in events if not isinstance(event, Reminder)]
    for one, other in pairwise(facts):
        found = f"{other.kind}, version {other.version}, was told before version {one.version}"
        _promise(one.recorded_at <= other.recorded_at, "A14", found)
    numbers = [event.version for event in events]
    _promise(numbers == list(range(1, len(events) + 1)), "A14", f"events are numbered {numbers}")
    _promise(len({event.case_id for event in events}) == 1, "A14", "events are of several cases")


def check_one_of_two(case: Case, at: datetime) -> None:
    """While a time limit runs, at any instant one and only one of the awaited verb and the lapse is possible (A2).

    But where the deadline is an estimate of a code held elsewhere: then the portal's word is taken whenever (A15).
    """
    deadline, table = case.deadline, case.table
    rows = [row for row in table.rows if row.source is case.stage and row.dest is not row.source]
    lapse = next((row.trigger for row in rows if row.dest is table.lapsed), None)
    if deadline is None or lapse is None or at < max(case.since, case.recorded_at):
        return
    late = deadline.has_passed(at)
    ended = case.refusal(lapse, at=at) is None
    _promise(ended is late, "A2", f"at {at.isoformat()}, {case.id} {'allows' if ended else 'refuses'} to lapse")
    for verb in (row.trigger for row in rows if row.dest is not table.lapsed and _is_timed(case, row)):
        possible = case.refusal(verb, at=at) is None
        found = f"at {at.isoformat()}, {case.id} allows {[verb] * possible + [lapse] * ended}: expected one of the two"
        _promise(possible is not late or (late and deadline.estimated), "A2", found)


def check_due(case: Case, at: datetime) -> None:
    """The clock decides something exactly from `due_at` on, and `is_due` says so: a night misses nothing (A2)."""
    # Before the last telling, nothing is decided (A14).
    if at < max(case.since, case.recorded_at):
        return
    try:
        case.tick(at=at)
        decides = True
    except RefusedError:
        decides = False
    due = case.due_at is not None and at >= case.due_at
    says = f"at {at.isoformat()}, the clock decides {'something' if decides else 'nothing'} of {case.id}"
    _promise(decides is due, "A2", f"{says}, which is {'due' if due else 'not due'}")
    _promise(case.is_due(at) is due, "A2", f"{says}, and it says otherwise")


# A code is in time too, or its deadline is an estimate.
_TIMED: Final = frozenset[object]({in_time, code_still_works})


def _is_timed(case: Case, row: Row[object]) -> bool:
    return hasattr(type(case), row.trigger) and not _TIMED.isdisjoint(row.guards)


def check_lapsed(case: Case, at: datetime) -> None:
    """A lapse is final where the code is held here; elsewhere, what is told at `at` corrects it only in time (A15).

    What proves that an earlier fact was in time is judged by that, and not by its own instant (A23).
    """
    limit, table = case.time_limit, case.table
    if not case.has_lapsed or limit is None or at < case.recorded_at:
        return
    proving = {row.trigger for row in _rows(case) if row.corrects is not None and row.corrects != "A15"}
    for verb in (verb for verb in table.triggers(case.stage) if hasattr(type(case), verb)):
        dests = {turn.dest for turn in table.turns(case.stage, verb)}
        # Where one row stays and another leaves, what is given decides: the day of a letter, say (A3).
        if dests == {table.lapsed} or (case.is_presumed and (table.lapsed in dests or verb in proving)):
            continue
        for happened in (limit.closes, at):
            corrects = case.is_presumed and (happened <= limit.closes or limit.estimated)
            refused = happened > at or case.refusal(verb, at=happened, recorded_at=at) is not None
            found = f"{case.id} has lapsed and allows {verb!r} at {happened.isoformat()}"
            _promise(corrects or refused, "A15", found)


def _rows(case: Case) -> Iterator[Row[object]]:
    """The rows of the table of a case that leave the state where it stands."""
    return (row for row in case.table.rows if row.source is case.stage)


def check_returns(events: Sequence[Event]) -> None:
    """What has lapsed comes back only by a fact that happened in time, told later, of a code held elsewhere (A15).

    In time is by the deadline of the lapse, unless that was an estimate, or by the one that the fact itself sets (A3).
    A letter, or a code, that proves that the link was used says nothing of when (A23). A fact that is withdrawn takes
    the lapse with it that was decided on the strength of it (A20).
    """
    for before, event, after in _fold(events):
        limit = before.time_limit
        if before.has_lapsed and not after.has_lapsed and limit is not None:
            found = f"{event.kind} brings {before.id} back"
            presumed = before.held_elsewhere or isinstance(event, FactWithdrawn)
            _promise(presumed, "A15", f"{found}, whose code is held here")
            _promise(event.recorded_at >= before.recorded_at, "A15", f"{found} before the lapse was told")
            runs = after.time_limit != limit and not after.is_over(event.recorded_at)
            by = next((row.corrects for row in _rows(before) if row.makes is type(event)), None)
            in_time = event.at <= limit.closes or limit.estimated or runs
            _promise(in_time or by != "A15", "A15", f"{found}, and happened too late")
        if isinstance(event, Lapse):
            _promise(before.is_over(event.at), "A2", f"{event.kind} ends {before.id} before its time limit has passed")


def _fold(events: Sequence[Event]) -> Iterator[tuple[Case, Event, Case]]:
    """Each event but the first, with the snapshots before it and after."""
    if len(events) < 2:
        return
    before = replay(events[:1])
    for place, event in enumerate(events[1:], start=2):
        # What is withdrawn is known to the history only.
        after = replay(events[:place]) if isinstance(event, FactWithdrawn) else before.apply(event)
        yield before, event, after
        before = after


def standing(events: Sequence[Event]) -> tuple[Event, ...]:
    """The facts that stand: without those that were withdrawn, what fell with them, and the withdrawals (A20)."""
    withdrawn = [event for event in events if isinstance(event, FactWithdrawn)]
    gone = {version for event in withdrawn for version in (event.version, event.withdrawn, *event.fallen)}
    return tuple(event for event in events if event.version not in gone)


def check_withdrawal(events: Sequence[Event], *, at: datetime) -> None:
    """To withdraw what was told last gives the case before it, but for its history: version and telling (A20).

    What the clock decided since falls with it, if it was decided on the strength of it; nothing else can rely on it.
    """
    facts = [event for event in standing(events) if not isinstance(event, (Lapse, Reminder))]
    last = facts[-1]
    if len(facts) < 2 or isinstance(last, Opening) or at < events[-1].recorded_at:
        return
    try:
        decision = withdraw(events, last.version, reason="a mistake", at=at)
    except WithdrawalRefusedError as refusal:
        _promise(refusal.code == "withdrawal.opening", "A20", f"{last.kind}, told last, is not withdrawn: {refusal}")
        return
    case = decision.case
    since = standing((*events, *decision.events))
    later = any(isinstance(event, FactWithdrawn) for event in events[last.version :])
    if not later and all(event.version < last.version for event in since):
        expected = attrs.evolve(replay(events[: last.version - 1]), version=case.version, recorded_at=at)
        _promise(case == expected, "A20", f"without {last.kind}, told last, {case.id} is not what it was before")
    _promise(replay((*events, *decision.events)) == case, "A20", f"the events of {case.id} make another snapshot")


def check_closing(case: Case, *, at: datetime) -> None:
    """To close a case and to reopen it changes nothing but that, whatever it is at that instant (A21).

    Closed, nothing runs or is due, nothing is advised, and facts are taken as before.
    """
    if at < case.recorded_at or (case.closing is not None and at < case.closing.at):
        return
    closed = case if case.closing is not None else case.close(Reason.CLIENT_LEFT, at=at).case
    runs_on = (closed.deadline, closed.due_at, *closed.next_steps(at=at)) != (None, None)
    _promise(not runs_on, "A21", f"{case.id} is closed and runs on")
    _promise(closed.is_over(at) is case.is_over(at), "A21", f"{case.id} is over, or not, by its closing")
    clocks = {row.trigger for row in _rows(case) if row.makes is not None and issubclass(row.makes, (Lapse, Reminder))}
    facts = tuple(verb for verb in case.possible(at=at) if verb not in clocks)
    _promise(closed.possible(at=at) == facts, "A21", f"{case.id}, closed, takes other facts than before")
    again, limit = closed.reopen(at=at).case, case.time_limit
    runs = limit is not None and case.stage in case.table.running
    # Reminders that were past by then are dropped (A14).
    due_at = limit.due_after(at) if runs and limit is not None else None
    expected = attrs.evolve(case, version=again.version, recorded_at=at, closing=None, due_at=due_at)
    _promise(again == expected, "A21", f"{case.id}, closed and reopened, is another case")


def check_advice(case: Case, at: datetime) -> None:
    """What is advised can be followed: no date is past, each rule is the rulebook's, each step names its case (A3)."""
    over, deadline = case.is_over(at), case.deadline
    for step in case.next_steps(at=at):
        found = f"at {at.isoformat()}, {case.id} is advised {step.action!r}"
        _promise(step.by is None or at <= step.by, "A3", f"{found} by {step.by}, which is past")
        _promise((step.by is None) is (over or deadline is None), "A3", f"{found} by {step.by}")
        _promise(
            step.by is None or (step.closes is not None and step.by <= step.closes), "A3", f"{found} after the end"
        )
        _promise(step.estimated is (deadline is not None and not over and deadline.estimated), "A3", f"{found} wrongly")
        known = case.rulebook.rule(step.rule.id)
        _promise(step.rule.title == known.title, "A3", f"{found} under another rulebook's rule")
        _promise((step.case_id, step.organisation) == (case.id, case.organisation), "A3", f"{found} for another case")


def check_refusal(
    case: Case,
    verb: str,
    outcome: Decision[Any] | RefusedError,
    *,
    at: datetime | date,
    recorded_at: datetime | None = None,
    **given: object,
) -> None:
    """What a verb did, `refusal` says of it, with the same words: `renew` too (A16)."""
    takes = _takes(case.lifecycles, verb)
    answer = case.refusal(
        verb, at=at, recorded_at=recorded_at, **{name: value for name, value in given.items() if name in takes}
    )
    expected = outcome if isinstance(outcome, RefusedError) else None
    found, wanted = _reason(answer), _reason(expected)
    _promise(found == wanted, "A14", f"{verb!r} of {case.id} ends with {wanted}, and `refusal` says {found}")


@lru_cache(maxsize=256)
def _takes(lifecycles: tuple[Lifecycle[object, Any], ...], verb: str) -> frozenset[str]:
    return frozenset[str]().union(*(it.takes(verb) or () for it in lifecycles)) - {"recorded_at"}


def _reason(refusal: RefusedError | None) -> tuple[object, ...] | None:
    return None if refusal is None else (type(refusal), refusal.code, refusal.rule, dict(refusal.facts))


# --- Of requests and mandates -----------------------------------------------------------------------------------------


def check_letter(case: Adhesion, events: Sequence[Event]) -> None:
    """With Messaging, no letter before the link was used, in time; without, the letter at once (2.5, 2.9, 2.10).

    Where the portal holds the link, a letter or a code proves that it was used (A23). Of what was taken over, nothing
    of it is known (A19).
    """
    (request, *_), facts = events, standing(events)
    letters = [event for event in facts if isinstance(event, LetterPosted)]
    proofs = [event for event in facts if isinstance(event, (LinkProvedByLetter, LinkProvedByCode))]
    if not isinstance(request, AdhesionRequested):
        _promise(not letters and not proofs, "A19", f"the letter of {case.id} was posted before it was followed")
        return
    messaging = any(service.needs_company_email for service in request.form.services)
    _promise(len(letters) <= 1, "2.5", f"{case.id} has {len(letters)} letters: expected one at most")
    for letter in letters:
        used = isinstance(letter, (CompanyEmailConfirmed, LinkProvedByLetter))
        _promise(used is messaging, "2.10", f"the letter of {case.id} does not follow from its link")
        limit = request.deadline
        in_time = limit is None or letter.at <= limit.closes or letter in proofs
        _promise(in_time, "2.9", f"the link of {case.id} was used too late")
    for proof in proofs:
        held = isinstance(request.token, Held)
        _promise(messaging and held, "A23", f"{proof.kind} proves of {case.id} what is known here")
    _promise(bool(letters or proofs) or messaging, "2.5", f"{case.id} asks for no link and has no letter")
    begun = bool(letters or proofs) is (case.activation is not None)
    _promise(begun, "2.10", f"{case.id} awaits a code without a letter")


def check_held(case: Adhesion, events: Sequence[Event]) -> None:
    """Services are held, all or none, only once the code was entered, and in time (0.2, 3.1, 3.3, A4).

    In time is by the last deadline known before; an estimate of one is none (A15). Those that were held when they were
    taken over needed no code (A19).
    """
    facts = standing(events)
    entered = [event for event in facts if isinstance(event, (ServicesActivated, ServicesTakenOver))]
    held = [service for service in case.services if case.holds(service)]
    _promise(len(held) in {0, len(case.services)}, "A4", f"{case.id} holds a part of what was requested")
    _promise(bool(held) is bool(entered), "3.5", f"{case.id} holds services without their code, or the reverse")
    _promise(
        bool(held) is (case.stage is ActivationState.ACTIVE), "0.2", f"{case.id} holds services while {case.stage}"
    )
    known = [event for event in facts if isinstance(event, (LetterPosted, LetterRecorded, RequestTakenOver))]
    if entered and known:
        limit = known[-1].deadline
        _promise(entered[0].at <= limit.closes or limit.estimated, "3.1", f"the code of {case.id} was entered too late")


def check_payments(case: Adhesion, mandates: Sequence[Mandate], at: datetime) -> None:
    """A tax paid by mandate passes only if held, and with that company and account's mandate registered (2.20)."""
    for service in case.services:
        for account in case.accounts:
            try:
                check_payment(case, service, account, mandates, at=at)
            except PaymentRefusedError:
                continue
            held = case.holds(service) and service.pays and case.since <= at
            _promise(held, "3.5", f"{case.id} pays by {service} without holding it")
            covering = [one for one in mandates if one.covers(case.organisation, account)]
            good = any(
                one.state is MandateState.REGISTERED and one.since <= at and not one.is_over(at) for one in covering
            )
            _promise(
                good or not service.needs_mandate, "2.20", f"{case.id} pays {service} without a registered mandate"
            )


def check_case(case: Case, events: Sequence[Event], *, at: datetime, mandates: Sequence[Mandate] = ()) -> None:
    """All of the promises about one case; raises `BrokenPromiseError` with the rule of the one that does not hold."""
    check_replay(case, events)
    check_codec(case)
    check_order(events)
    check_returns(events)
    check_withdrawal(events, at=at)
    check_closing(case, at=at)
    check_one_of_two(case, at)
    check_due(case, at)
    check_lapsed(case, at)
    check_advice(case, at)
    if isinstance(case, Adhesion):
        check_letter(case, events)
        check_held(case, events)
        check_payments(case, mandates, at)
