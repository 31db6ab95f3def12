"""A stored history asked again: whether today's rules would let it pass, and what reality said against them.

Folding asks no guard, so that old events outlive new rules (`replay`). Here the guards are asked, of every fact that
stands. That serves three questions. Would a new release of the library, or another rulebook, refuse what was accepted?
Was a stored event tampered with? And where did the portal do what the rules that we read say it does not?

What is asked. An event does not keep what a verb was given, unless it has a field of that name: codes are sealed, and
the space is not there. So guards that ask for a code are not asked, and those that ask for a space are where the same
journal has its history. What an event was made of by the rules, such as a deadline, is made again and compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import attrs

from teleprocedures.cases._activation import (
    LetterRecorded,
    RequestTakenOver,
    ServicesActivated,
    ServicesTakenOver,
    letter_zone,
)
from teleprocedures.cases._adhesion import Adhesion, AdhesionRequested
from teleprocedures.cases._case import Case
from teleprocedures.cases._history import replay
from teleprocedures.cases._mandate import Mandate, MandateIssued, MandateTakenOver, check_issue
from teleprocedures.cases._openings import since_sending
from teleprocedures.cases._registry import opened_by
from teleprocedures.cases._space import Space, SpaceTakenOver, check_active
from teleprocedures.cases._verify import Difference
from teleprocedures.core import Decision, Event, FactWithdrawn, Lapse, Opening, Reminder, RulebookChanged, TakenOver
from teleprocedures.deadlines import civil_day
from teleprocedures.errors import (
    InvalidValueError,
    TeleproceduresError,
    check_kind,
    check_kinds,
    english,
    shows_half_built,
)
from teleprocedures.forms import KnownForm
from teleprocedures.rulebook import Rulebook
from teleprocedures.values import HELD_ELSEWHERE, ActivationCode, Digest, Held, Organisation

if TYPE_CHECKING:
    from teleprocedures.words import Phrasebook

_SEALED: Final = (Digest, Held)


@shows_half_built
@attrs.frozen
class JudgedEvent:
    """A stored event that today's rules would not have let pass, with their refusal, or would have made otherwise.

    Where it `differs`, the rules of today would keep something else in the event: its deadline, say.
    """

    event: Event
    refusal: TeleproceduresError | None = None
    differs: tuple[Difference, ...] = ()

    def __str__(self) -> str:
        return self.render(english())

    def render(self, words: Phrasebook) -> str:
        """What is found, in these words; what is stored otherwise is named by its path and not shown."""
        event, refusal = self.event, self.refusal
        facts = {"event": event.kind, "case_id": event.case_id, "version": event.version}
        if refusal is None:
            return words.sentence("judged.differs", **facts, differs=tuple(it.path or ".kind" for it in self.differs))
        return words.sentence("judged.refused", **facts, refusal=words.sentence(refusal.code, **refusal.facts))


def rejudge(events: Iterable[Event], *, rulebook: Rulebook | None = None) -> tuple[JudgedEvent, ...]:
    """Ask today's guards of every stored event, and tell each that they would not have let pass.

    The events are those of one case or of a whole journal, each case's in order. With a `rulebook`, each case is judged
    as if it had been made under that one: a rehearsal, in which deadlines are its own. Without, each is judged under
    the rulebook that it pins, and what the rules make of an event is compared with what is stored.

    A fact that was withdrawn is not judged (A20). After a fact that is refused, the history goes on as it is stored.

    Raises `InvalidValueError` for what is no event, or no rulebook. Raises what `replay` raises for a history that
    makes no case.
    """
    if rulebook is not None:
        check_kind(rulebook, Rulebook, what="rulebook")
    histories = _histories(events)
    return tuple(it for history in histories.values() for it in _judged(history, histories, rulebook))


def _histories(events: Iterable[Event]) -> dict[str, tuple[Event, ...]]:
    """The events of each case, each history in order and whole."""
    by_case: dict[str, list[Event]] = {}
    for event in check_kinds(events, Event, what="event"):
        by_case.setdefault(event.case_id, []).append(event)
    histories = {id: tuple(history) for id, history in by_case.items()}
    for history in histories.values():
        replay(history)
    return histories


def _standing(history: Iterable[Event]) -> tuple[Event, ...]:
    """The facts that stand: without those that were withdrawn, what fell with them, and the withdrawals (A20)."""
    every = tuple(history)
    gone = {version for it in every if isinstance(it, FactWithdrawn) for version in (it.withdrawn, *it.fallen)}
    return tuple(it for it in every if it.version not in gone and not isinstance(it, FactWithdrawn))


def _judged(
    history: tuple[Event, ...], histories: Mapping[str, tuple[Event, ...]], rulebook: Rulebook | None
) -> Iterator[JudgedEvent]:
    opening, *later = _standing(history)
    assert isinstance(opening, Opening), "a history that folds begins with one"
    made, finding = _opened(opening, histories, rulebook)
    if finding is not None:
        yield finding
    kind = opened_by(opening)
    assert kind is not None, "as above"
    case = kind.opened_by(made if rulebook is not None else opening)
    for event in later:
        # In a rehearsal the case is under one rulebook from the beginning.
        if rulebook is not None and isinstance(event, RulebookChanged):
            continue
        known = _known(case, event, histories)
        made_again, finding = _made_again(case, event, known, compared=rulebook is None)
        if finding is not None:
            yield finding
        # Under another rulebook its own clock would not have decided so: then nothing was decided.
        if rulebook is None or made_again is None:
            if rulebook is not None and isinstance(event, (Lapse, Reminder)):
                continue
            made_again = event
        try:
            case = case.apply(made_again)
        except InvalidValueError as impossible:
            # The state that the other rulebook led to knows no such event: the rest of the history is of another case.
            yield JudgedEvent(event, impossible)
            return


def _known(case: Case, event: Event, histories: Mapping[str, tuple[Event, ...]]) -> dict[str, object]:
    """What a verb was given besides, as far as the journal has it: the space that asked, as it was known then."""
    space = _as_known(histories.get(getattr(case, "space_id", "")), event.recorded_at)
    return {} if space is None else {"space": space}


def _as_known(history: tuple[Event, ...] | None, told: datetime) -> Case | None:
    """A case as it was known when something was told."""
    known = tuple(it for it in history or () if it.recorded_at <= told)
    return replay(known) if known else None


# --- One event again --------------------------------------------------------------------------------------------------


def _made_again(
    case: Case, event: Event, known: dict[str, object], *, compared: bool
) -> tuple[Event | None, JudgedEvent | None]:
    """The event as today's rules make it, None where they refuse; with what is found."""
    try:
        kind = case.takes(event, **known)
        made = None if kind is None else _of(case, event, kind)
    except TeleproceduresError as refusal:
        return None, JudgedEvent(event, refusal)
    if made is None:
        # No verb makes it: the table has no row of it here.
        return None, None
    if not compared:
        return made, None
    differs = tuple(_differences(event, made))
    return made, JudgedEvent(event, differs=differs) if differs else None


def _of(case: Case, event: Event, kind: type[Event]) -> Event:
    """The event of this class that a case makes at the same instants, of what the stored one says that it was given."""
    found = case.table.row_of(case.stage, event)
    of: Any = getattr(kind, "of", None)
    head: Any = {name: getattr(event, name) for name in ("case_id", "version", "at", "recorded_at", "day")}
    if of is None or found is None or found[1].of is None:
        return kind(**head)
    given = {name: _given(event, name) for name in found[1].of.takes}
    made: Event = of(head, case, **given)
    # What was sealed stays sealed: nobody knows what it was.
    sealed = {it.name: getattr(event, it.name) for it in attrs.fields(type(event)) if it.name == "code"}
    return attrs.evolve(made, **sealed) if sealed and type(made) is type(event) else made


def _given(event: Event, name: str) -> object:
    value = getattr(event, name, None)
    if isinstance(value, Digest):
        return ActivationCode.from_canonical("X" * 16)
    return HELD_ELSEWHERE if isinstance(value, Held) else value


def _differences(stored: Event, made: Event) -> Iterator[Difference]:
    if type(stored) is not type(made):
        yield Difference("", stored.kind, made.kind)
        return
    for field in attrs.fields(type(stored)):
        found, expected = getattr(stored, field.name), getattr(made, field.name)
        if found != expected:
            yield Difference(f".{field.name}", found, expected)


# --- The opening again ------------------------------------------------------------------------------------------------


def _opened(
    event: Opening, histories: Mapping[str, tuple[Event, ...]], rulebook: Rulebook | None
) -> tuple[Opening, JudgedEvent | None]:
    """The opening as today's rules make it, under this rulebook or its own; with what is found."""
    made = event if rulebook is None else attrs.evolve(event, rulebook=rulebook)
    try:
        judge = _OPENINGS.get(type(event))
        if judge is not None:
            made = judge(made, histories)
        made = _timed(made)
    except TeleproceduresError as refusal:
        return made, JudgedEvent(event, refusal)
    differs = tuple(_differences(event, made)) if rulebook is None else ()
    return made, JudgedEvent(event, differs=differs) if differs else None


def _timed(event: Opening) -> Opening:
    """The opening with the deadline that its rulebook gives it, if it has one that runs from what was sent (A2)."""
    deadline, kind = getattr(event, "deadline", None), opened_by(event)
    name = None if kind is None else kind.lifecycle.limit
    limit = None if name is None else event.rulebook.limits.get(name)
    if deadline is None or limit is None or hasattr(event, "seen"):
        return event
    values = (getattr(event, field.name) for field in attrs.fields(type(event)))
    sent = next((value for value in values if isinstance(value, _SEALED)), HELD_ELSEWHERE)
    at, recorded_at = event.at, event.recorded_at
    again: Any = {"deadline": since_sending(limit, event.rulebook, sent, at=at, recorded_at=recorded_at, day=event.day)}
    return attrs.evolve(event, **again)


def _request(event: Any, histories: Mapping[str, tuple[Event, ...]]) -> Opening:
    """A request again: from the space as it was known, by the form as the rulebook judges it today."""
    requested: AdhesionRequested = event
    space = _as_known(histories.get(requested.space_id), requested.recorded_at)
    if space is not None:
        check_active(space, requested.at)
    renewed = _as_known(histories.get(requested.renews or ""), requested.recorded_at)
    if renewed is not None and space is not None:
        # Judged by what was known then, and told when the new request was.
        refusal = renewed.refusal("renew", at=requested.at, recorded_at=requested.recorded_at, space=space)
        if refusal is not None:
            raise refusal
    services = [requested.rulebook.catalogue.find(it) for it in requested.form.services]
    return attrs.evolve(requested, form=attrs.evolve(requested.form, services=services))


def _mandate(event: Any, histories: Mapping[str, tuple[Event, ...]]) -> Opening:
    """A mandate again: for the request as it was known, beside the mandates that there were (A8)."""
    issued: MandateIssued = event
    request = _as_known(histories.get(issued.adhesion_id), issued.recorded_at)
    if isinstance(request, Adhesion):
        check_issue(request, issued.account, issued.at, _mandates_before(issued, histories))
    return issued


def _mandates_before(
    event: MandateIssued | MandateTakenOver, histories: Mapping[str, tuple[Event, ...]]
) -> list[Mandate]:
    """The mandates of an account as they were known when another one was told."""
    same = (it for it in histories.values() if getattr(it[0], "account", None) == event.account)
    older = (it for it in same if it[0].recorded_at < event.recorded_at)
    others = [_as_known(it, event.recorded_at) for it in older]
    return [it for it in others if isinstance(it, Mandate)]


def _space_taken_over(event: Any, _: Mapping[str, tuple[Event, ...]]) -> Opening:
    names = ("email", "first_name", "last_name", "organisation")
    return _taken_over_again(event, Space.take_over, **{name: getattr(event, name) for name in names})


def _services_taken_over(event: Any, histories: Mapping[str, tuple[Event, ...]]) -> Opening:
    taken: ServicesTakenOver | RequestTakenOver = event
    days = {"since": taken.since} if isinstance(taken, ServicesTakenOver) else {"requested": taken.requested}
    return _taken_over_again(
        taken,
        Adhesion.take_over,
        space=_space_of(taken, taken.form.organisation, histories),
        letter=getattr(taken, "edited", None),
        under_way=isinstance(taken, RequestTakenOver),
        **days,
        **{field.name: getattr(taken.form, field.name) for field in attrs.fields(KnownForm)},
    )


def _mandate_taken_over(event: Any, histories: Mapping[str, tuple[Event, ...]]) -> Opening:
    taken: MandateTakenOver = event
    return _taken_over_again(
        taken,
        Mandate.take_over,
        space=_space_of(taken, taken.debtor, histories),
        organisation=taken.debtor,
        company_name=taken.debtor_name,
        mandates=_mandates_before(taken, histories),
        **{name: getattr(taken, name) for name in ("account", "reference", "registered", "last_collected")},
    )


def _taken_over_again(event: TakenOver, take_over: Callable[..., Decision[Any]], **known: object) -> Opening:
    """What was there before, taken over again by the verb, from what is stored of it (A19)."""
    head = {name: getattr(event, name) for name in ("seen", "source", "rulebook", "recorded_at")}
    made = take_over(id=event.case_id, at=event.at if event.day is None else event.day, **head, **known)
    # Whom the space belongs to is the space's to say, and the journal may not have it.
    own: Any = {name: getattr(event, name) for name in ("requester", "requester_name") if hasattr(event, name)}
    again: Opening = attrs.evolve(made.case.origin, **own)
    return again


def _space_of(
    event: ServicesTakenOver | RequestTakenOver | MandateTakenOver,
    organisation: Organisation,
    histories: Mapping[str, tuple[Event, ...]],
) -> Case:
    """The space as it was known then, or an active one in the place of one that the journal does not have."""
    space = _as_known(histories.get(event.space_id), event.recorded_at)
    if space is not None:
        return space
    at = event.recorded_at
    stands_in = Space.take_over(
        id=event.space_id,
        email=event.requester,
        first_name="Nobody",
        last_name="Nobody",
        organisation=organisation,
        seen=civil_day(at),
        source="rejudge",
        at=at,
    )
    return stands_in.case


_OPENINGS: Final[Mapping[type[Event], Any]] = {
    AdhesionRequested: _request,
    MandateIssued: _mandate,
    SpaceTakenOver: _space_taken_over,
    ServicesTakenOver: _services_taken_over,
    RequestTakenOver: _services_taken_over,
    MandateTakenOver: _mandate_taken_over,
}
"""What is asked of an opening besides its deadline."""


# --- What reality said ------------------------------------------------------------------------------------------------


class Surprise(StrEnum):
    """Where the portal, the post or the bank did what the rules that we read say they do not."""

    LETTER_LATE = "letter_late"
    CODE_AFTER_ITS_END = "code_after_its_end"
    LAPSE_THAT_WAS_NONE = "lapse_that_was_none"


_RULES: Final = {Surprise.LETTER_LATE: "F2", Surprise.CODE_AFTER_ITS_END: "3.1", Surprise.LAPSE_THAT_WAS_NONE: "A15"}


@shows_half_built
@attrs.frozen(kw_only=True)
class Reality:
    """How often reality agreed with the rules that we read, over some histories.

    Of each surprise, `looked_at` counts what could have been one, and `found` the events that were, each with how much
    it was beside the rule, where that can be counted.
    """

    looked_at: Mapping[Surprise, int]
    found: Mapping[Surprise, tuple[tuple[Event, timedelta | None], ...]]

    def __str__(self) -> str:
        return self.render(english())

    def render(self, words: Phrasebook) -> str:
        """A line for each surprise, in these words."""
        return "\n".join(
            words.sentence(f"reality.{it}", found=len(self.found[it]), looked_at=self.looked_at[it], rule=_RULES[it])
            for it in Surprise
        )


def reality(events: Iterable[Event]) -> Reality:
    """Count over histories where the portal contradicted the rules that we read.

    A letter bore a day later than the announced ones (F2). A code was taken after our deadline of it had ended (3.1). A
    lapse that was presumed turned out to be none (A15). No test can show these; a firm's own histories can.

    Raises `InvalidValueError` for what is no event. Raises what `replay` raises for a history that makes no case.
    """
    looked_at: Counter[Surprise] = Counter()
    found: dict[Surprise, list[tuple[Event, timedelta | None]]] = {it: [] for it in Surprise}
    for history in _histories(events).values():
        for surprise, event, beside in _surprises(_standing(history)):
            # A correction is no lapse more: it is the surprise that the lapse before it was.
            looked_at[surprise] += beside is not None
            if beside is not False:
                found[surprise].append((event, beside))
    return Reality(
        looked_at={it: looked_at[it] for it in Surprise}, found={it: tuple(every) for it, every in found.items()}
    )


def _surprises(history: tuple[Event, ...]) -> Iterator[tuple[Surprise, Event, Any]]:
    """What could have been a surprise, with by how much it was one: False where it was none."""
    case: Case | None = None
    lapse: Event | None = None
    for event in history:
        before = case
        case = replay((event,)) if before is None else before.apply(event)
        if isinstance(event, Lapse) and before is not None and before.held_elsewhere:
            lapse = event
            yield Surprise.LAPSE_THAT_WAS_NONE, event, False
        if isinstance(before, Adhesion) and before.activation is not None:
            yield from _of_the_letter(before, event)
        if before is not None and before.has_lapsed and not case.has_lapsed and lapse is not None:
            yield Surprise.LAPSE_THAT_WAS_NONE, event, None
            lapse = None


def _of_the_letter(before: Adhesion, event: Event) -> Iterator[tuple[Surprise, Event, Any]]:
    deadline = before.time_limit
    # Services that were held when they were taken over, or that a code alone proved, never awaited one here.
    if isinstance(event, ServicesActivated) and deadline is not None:
        late = event.at - deadline.closes
        yield Surprise.CODE_AFTER_ITS_END, event, late if late > timedelta(0) else False
    announced = before.rulebook.letter_announced
    if isinstance(event, LetterRecorded) and announced is not None and before.held_elsewhere:
        expected = civil_day(announced.starting(before.since).closes, letter_zone(before.rulebook))
        late = event.edited - expected
        yield Surprise.LETTER_LATE, event, late if late > timedelta(0) else False
