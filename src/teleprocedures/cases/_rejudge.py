"""A stored history asked again: whether today's rules would let it pass, and what reality said against them.

Folding asks no guard, so that old events outlive new rules (`replay`). Here the guards are asked, of every fact that
stands. That serves three questions. Would a new release of the library, or another rulebook, refuse what was accepted?
Was a stored event tampered with? And where did the portal do what the rules that we read say it does not?

What is asked. An event does not keep what a verb was given, unless it has a field of that name: codes are sealed, and
the space is not there. So guards that ask for a code are not asked, and those that ask for a space are where the same
journal has its history. An opening goes through its door again, with what it says that it was given. What an event was
made of by the rules or by another case, such as a deadline or a debtor, is made again and compared. Of a case that was
forgotten there are marks only, and they are compared with nothing of another case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypedDict, TypeVar

import attrs

from teleprocedures.cases._activation import (
    FollowedFromNow,
    LetterRecorded,
    RequestTakenOver,
    ServicesActivated,
    ServicesTakenOver,
    letter_zone,
)
from teleprocedures.cases._adhesion import Adhesion, AdhesionRequested
from teleprocedures.cases._case import Case
from teleprocedures.cases._forget import is_mark
from teleprocedures.cases._history import replay
from teleprocedures.cases._mandate import Mandate, MandateIssued, MandateTakenOver
from teleprocedures.cases._openings import day_seen, since_sending
from teleprocedures.cases._registry import opened_by
from teleprocedures.cases._space import Space, SpaceTakenOver
from teleprocedures.cases._verify import Difference
from teleprocedures.core import NEVER, Event, FactWithdrawn, Lapse, Opening, Reminder, RulebookChanged, TakenOver
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
from teleprocedures.values import HELD_ELSEWHERE, ActivationCode, Digest, Held, LinkToken, PersonName

if TYPE_CHECKING:
    from teleprocedures.words import Phrasebook

_SEALED: Final = (Digest, Held)
JudgedT = TypeVar("JudgedT")
RequestT = TypeVar("RequestT", AdhesionRequested, FollowedFromNow)


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
    After an opening that differs, it goes on from what the rules make of it.

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
    case = kind.opened_by(made)
    for event in later:
        # In a rehearsal the case is under one rulebook from the beginning.
        if rulebook is not None and isinstance(event, RulebookChanged):
            continue
        made_again, finding = _made_again(case, event, histories, compared=rulebook is None)
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


@attrs.frozen
class _Journal:
    """What a journal has of other cases, as they were known when something was told (UTC)."""

    histories: Mapping[str, tuple[Event, ...]]
    told: datetime

    def case(self, id: str | None) -> Case | None:
        """The case of this id, None where the journal has none; as it is in the end where it was told later (A14)."""
        history = self.histories.get(id or "", ())
        known = tuple(it for it in history if it.recorded_at <= self.told) or history
        return replay(known) if known else None

    def space(self, opening: FollowedFromNow | AdhesionRequested | MandateTakenOver) -> Space | None:
        """The space that an opening names, None too where one of the two was forgotten: marks are not compared."""
        space = self.case(opening.space_id)
        return space if isinstance(space, Space) and _both_say(space.contact, opening.requester) else None

    def others(self, opening: MandateIssued | MandateTakenOver) -> list[Mandate]:
        """The mandates of that account that were there before this one (A8)."""
        same = (it for it in self.histories.values() if getattr(it[0], "account", None) == opening.account)
        older = (it[0].case_id for it in same if it[0].recorded_at < opening.recorded_at)
        return [it for it in map(self.case, older) if isinstance(it, Mandate)]


def _both_say(*values: object) -> bool:
    return not any(map(is_mark, values))


def _by_what_was_known(
    judge: Callable[[_Journal], JudgedT], histories: Mapping[str, tuple[Event, ...]], told: datetime
) -> JudgedT:
    """What is judged by other cases as they were known when it was told, or else as the whole journal has them.

    The telling of one case orders no other (A14), so that it may have been known all the same. Raises the refusal where
    both refuse.
    """
    try:
        return judge(_Journal(histories, told))
    except TeleproceduresError:
        with suppress(TeleproceduresError):
            return judge(_Journal(histories, NEVER))
        raise


# --- One event again --------------------------------------------------------------------------------------------------


def _made_again(
    case: Case, event: Event, histories: Mapping[str, tuple[Event, ...]], *, compared: bool
) -> tuple[Event | None, JudgedEvent | None]:
    """The event as today's rules make it, None where they refuse; with what is found."""

    def takes(journal: _Journal) -> type[Event] | None:
        # What a verb was given besides, as far as the journal has it, is the space that asked.
        space = journal.case(getattr(case, "space_id", None))
        return case.takes(event, **({} if space is None else {"space": space}))

    try:
        kind = _by_what_was_known(takes, histories, event.recorded_at)
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
    head: Any = {name: getattr(event, name) for name in ("case_id", "version", "at", "recorded_at")}
    head["day"] = _day_of(event)
    if of is None or found is None or found[1].of is None:
        return kind(**head)
    given = {name: _given(event, name) for name in found[1].of.takes}
    made: Event = of(head, case, **given)
    # What was sealed stays sealed: nobody knows what it was.
    sealed = {it.name: getattr(event, it.name) for it in attrs.fields(type(event)) if it.name == "code"}
    return attrs.evolve(made, **sealed) if sealed and type(made) is type(event) else made


def _day_of(event: Event) -> date | None:
    """The civil day of which an event happened at some instant, where only a day was told."""
    return None if event.day is None else civil_day(event.at)


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
    opening = attrs.evolve(event, day=_day_of(event), rulebook=event.rulebook if rulebook is None else rulebook)
    again = _OPENINGS.get(type(event))
    try:
        made = (
            _timed(opening)
            if again is None
            else _by_what_was_known(lambda journal: again(opening, journal), histories, event.recorded_at)
        )
    except TeleproceduresError as refusal:
        return opening, JudgedEvent(event, refusal)
    differs = tuple(_differences(event, made)) if rulebook is None else ()
    return made, JudgedEvent(event, differs=differs) if differs else None


def _timed(event: Opening) -> Opening:
    """The opening with the deadline that its rulebook gives it, if it has one that runs from what was sent (A2)."""
    if isinstance(event, TakenOver):
        day_seen(event.seen, event.recorded_at)
        return event
    deadline, kind = getattr(event, "deadline", None), opened_by(event)
    name = None if kind is None else kind.lifecycle.limit
    limit = None if name is None else event.rulebook.limits.get(name)
    if deadline is None or limit is None:
        return event
    values = (getattr(event, field.name) for field in attrs.fields(type(event)))
    sent = next((value for value in values if isinstance(value, _SEALED)), HELD_ELSEWHERE)
    at, recorded_at = event.at, event.recorded_at
    again: Any = {"deadline": since_sending(limit, event.rulebook, sent, at=at, recorded_at=recorded_at, day=event.day)}
    return attrs.evolve(event, **again)


class _When(TypedDict):
    """What every door is given."""

    id: str
    at: datetime | date
    recorded_at: datetime


def _when(event: Opening) -> _When:
    at = event.at if event.day is None else event.day
    return {"id": event.case_id, "at": at, "recorded_at": event.recorded_at}


def _stand_in(opening: FollowedFromNow | AdhesionRequested | MandateTakenOver) -> Space:
    """The space that an opening names, as far as it says, where the journal does not have it: active by then."""
    nobody = PersonName.from_canonical("nobody")
    taken = SpaceTakenOver(
        case_id=opening.space_id,
        version=1,
        at=opening.at,
        rulebook=opening.rulebook,
        seen=civil_day(opening.at),
        source=opening.kind,
        email=opening.requester,
        first_name=nobody,
        last_name=nobody,
        organisation=opening.debtor if isinstance(opening, MandateTakenOver) else opening.form.organisation,
    )
    return attrs.evolve(Space.opened_by(taken), since=opening.at)


def _request(opening: AdhesionRequested, journal: _Journal) -> Opening:
    """A request again: from its space, by its form as it is judged today."""
    space, renewed = journal.space(opening), journal.case(opening.renews)
    if renewed is not None and space is not None:
        # Judged by what was known then, and told when the new request was.
        refusal = renewed.refusal("renew", at=opening.at, recorded_at=opening.recorded_at, space=space)
        if refusal is not None:
            raise refusal
    sealed = opening.token
    made, *_ = Adhesion.request(
        space or _stand_in(opening),
        attrs.evolve(opening.form),
        **_when(opening),
        token=HELD_ELSEWHERE if sealed is None or isinstance(sealed, Held) else LinkToken.from_canonical("x" * 16),
        rulebook=opening.rulebook,
        renews=opening.renews,
    ).events
    assert isinstance(made, AdhesionRequested), "the door of requests"
    # What was sealed stays sealed, but whether there is a link follows from the form.
    if sealed is not None and made.token is not None:
        made = attrs.evolve(made, token=sealed)
    return _named(made, opening, space)


def _services(opening: ServicesTakenOver | RequestTakenOver, journal: _Journal) -> Opening:
    """Services or a request that are taken over again, by what was known of them (A19)."""
    space = journal.space(opening)
    known: Any = {field.name: getattr(opening.form, field.name) for field in attrs.fields(KnownForm)}
    if isinstance(opening, RequestTakenOver):
        known |= {"requested": opening.requested, "letter": opening.edited, "under_way": True}
    else:
        known |= {"since": opening.since}
    made, *_ = Adhesion.take_over(
        space or _stand_in(opening),
        **_when(opening),
        seen=opening.seen,
        source=opening.source,
        rulebook=opening.rulebook,
        **known,
    ).events
    assert isinstance(made, FollowedFromNow), "the door of what is taken over"
    return _named(made, opening, space)


def _named(made: RequestT, opening: RequestT, space: Space | None) -> RequestT:
    """The request with the name of its user as it is stored, where nothing says another one."""
    if space is None or opening.requester_name is None:
        return attrs.evolve(made, requester_name=opening.requester_name)
    return made


def _mandate(opening: MandateIssued, journal: _Journal) -> Opening:
    """A mandate again: for its request, beside the mandates that there were (A8)."""
    request, rulebook = journal.case(opening.adhesion_id), opening.rulebook
    if not isinstance(request, Adhesion) or not _both_say(request.contact, opening.requester):
        return attrs.evolve(opening, creditor=rulebook.creditor, creditor_name=rulebook.creditor_name)
    made, *_ = Mandate.issue(
        request if request.rulebook == rulebook else request.under(rulebook),
        opening.account,
        **_when(opening),
        reference=opening.reference,
        legal_representative=opening.legal_representative,
        account_holder=opening.account_holder,
        managing_office=opening.managing_office,
        mandates=journal.others(opening),
    ).events
    assert isinstance(made, Opening), "the door of mandates"
    return made


def _mandate_of_old(opening: MandateTakenOver, journal: _Journal) -> Opening:
    """A mandate that is taken over again, by what was known of it (A19)."""
    made, *_ = Mandate.take_over(
        journal.space(opening) or _stand_in(opening),
        **_when(opening),
        organisation=opening.debtor,
        account=opening.account,
        seen=opening.seen,
        source=opening.source,
        reference=opening.reference,
        registered=opening.registered,
        last_collected=opening.last_collected,
        company_name=opening.debtor_name,
        mandates=journal.others(opening),
        rulebook=opening.rulebook,
    ).events
    assert isinstance(made, Opening), "the door of mandates"
    return made


_OPENINGS: Final[Mapping[type[Event], Callable[[Any, _Journal], Opening]]] = {
    AdhesionRequested: _request,
    ServicesTakenOver: _services,
    RequestTakenOver: _services,
    MandateIssued: _mandate,
    MandateTakenOver: _mandate_of_old,
}
"""The doors through which an opening goes again; of any other, its deadline is made again."""


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


def _of_the_letter(before: Adhesion, event: Event) -> Iterator[tuple[Surprise, Event, object]]:
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
