"""Plays what happened to each request of a portfolio, through the library: it refuses what cannot have been.

Only what is not in the store yet is played, so the same file can be played every night, with the cells filled in since.
Each fact is recorded with both its instants: when it happened, as the file has it, and when it is told, this night. So
a fact that happened in time counts however late it is told, and corrects what was presumed.

What a company held before anybody followed it is taken over, the space of the firm first of all: nothing is invented.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from heapq import heappop, heappush
from itertools import takewhile
from typing import Any, Final

import attrs
from failures import is_of_the_database
from portfolio import LONGEST_NAME, PARIS, REASONS, Entry, Held, Moment, Wrong, first_of, folded, last_of
from printable import printable
from rows import BadRow, BadRowError, apart, raised
from store import Store
from words import Reason

from teleprocedures import (
    HELD_ELSEWHERE,
    Adhesion,
    Applicant,
    BankAccount,
    CollectionRecorded,
    CompanyEmailConfirmed,
    ConflictError,
    Decision,
    Event,
    InvalidFormError,
    InvalidValueError,
    KnownForm,
    Lapse,
    LetterRecorded,
    LinkProvedByCode,
    LinkProvedByLetter,
    Mandate,
    MandateReference,
    MandateRegistered,
    MandateSent,
    MandateSigned,
    RefusedError,
    RequestTakenOver,
    ServicesActivated,
    Space,
    SpaceForm,
    replay,
)
from teleprocedures import Reason as Reason_

SPACE_ID: Final = "space"
Verb = Callable[..., Decision[Any]]

REQUEST_FACTS: Final[tuple[tuple[str, type[Event], Verb], ...]] = (
    ("link_used", CompanyEmailConfirmed, lambda case, *_, **told: case.confirm_company_email(HELD_ELSEWHERE, **told)),
    ("letter_dated", LetterRecorded, lambda case, entry, _, **told: case.record_letter(entry.letter_dated, **told)),
    (
        "code_entered",
        ServicesActivated,
        lambda case, _, space, **told: case.activate(HELD_ELSEWHERE, space=space, **told),
    ),
)
MANDATE_FACTS: Final[tuple[tuple[str, type[Event], Verb], ...]] = (
    ("mandate_signed", MandateSigned, lambda case, entry, _, **told: case.sign(_signatory(entry), **told)),
    ("mandate_sent", MandateSent, lambda case, *_, **told: case.send(**told)),
    ("mandate_registered", MandateRegistered, lambda case, *_, **told: case.register(**told)),
    ("last_collection", CollectionRecorded, lambda case, *_, **told: case.record_collection(**told)),
)
"""The column of each fact, the event that says that it is recorded already, and the verb that records it, in order."""
UNKNOWN_REFERENCE: Final = MandateReference("RUM INCONNUE")
"""In the place of the reference of a mandate: the library wants one, the file has none, and no words of ours say it."""
PROOFS: Final = (LinkProvedByLetter, LinkProvedByCode)
"""What says that the link was used, at an instant that is not known (A23)."""


def _signatory(entry: Entry) -> Any:
    return entry.form.legal_representative or Applicant.REPRESENTATIVE


def open_space(store: Store, form: SpaceForm, *, at: datetime, source: str) -> tuple[Space, int]:
    """The firm's own space, which is there already, taken over this night; and how many decisions that took.

    Raises `BadRowError` when it is in a bad row.
    """

    def decide() -> list[Decision[Any]]:
        if store.get(SPACE_ID) is not None:
            return []
        return [
            Space.take_over(
                id=SPACE_ID,
                email=form.email,
                first_name=form.first_name,
                last_name=form.last_name,
                organisation=form.organisation,
                seen=at.astimezone(PARIS).date(),
                source=source,
                at=at,
            )
        ]

    taken = len(store.settle(decide))
    space = store.get(SPACE_ID)
    if not isinstance(space, Space):
        raise BadRowError(BadRow("cases", SPACE_ID, Reason("row.not_the_space")))
    return space, taken


@attrs.define
class Earlier:
    """The earlier requests of a company, to know which of them another one renews; entries come in their order in time.

    Each is looked at when it comes, and once when its time limit has passed, however many there are.
    """

    _noted: dict[str, Adhesion] = attrs.field(factory=dict)
    _running: list[tuple[datetime, str]] = attrs.field(factory=list)
    _over: dict[str, Adhesion] = attrs.field(factory=dict)
    _named: set[str] = attrs.field(factory=set)

    def note(self, request: Adhesion) -> None:
        """Take in a request as its entry left it."""
        self._noted[request.id] = request
        if request.origin.renews is not None:
            self._named.add(request.origin.renews)
            self._over.pop(request.origin.renews, None)
        deadline = request.time_limit
        if deadline is not None and (request.has_lapsed or request.deadline is not None):
            heappush(self._running, (deadline.closes, request.id))

    def over(self, entry: Entry, at: datetime) -> str | None:
        """The id of the last one that had run out then, recorded or not, with one of these services, if not renewed."""
        while self._running and self._running[0][0] < at:
            _, id_ = heappop(self._running)
            if id_ not in self._named:
                self._over[id_] = self._noted[id_]
        wanted = set(entry.form.services)
        return next((id_ for id_, it in reversed(self._over.items()) if wanted & set(it.services)), None)


@attrs.define(kw_only=True)
class Player:
    """Plays entries in the order of their requests, up to the instant `until`; `refused` is what the library refused.

    `to_come` counts the facts that are later than `until`; those later than `now` as well are refused. Others may play
    and decide at the same time: an entry is then read again, and what they recorded is not recorded twice. Whatever an
    entry raises is told of it, and the others go on; raises what SQLAlchemy raises when the database fails.
    """

    store: Store
    space: Space
    until: datetime
    now: datetime
    source: str
    left_out: defaultdict[str, set[str]] = attrs.field(factory=lambda: defaultdict(set))
    refused: list[Wrong] = attrs.field(factory=list)
    to_come: int = 0
    _earlier: defaultdict[str, Earlier] = attrs.field(factory=lambda: defaultdict(Earlier))

    def play(self, entry: Entry | Held) -> list[Decision[Any]]:
        """Record what the entry says and the store does not have yet, in one transaction; give the decisions."""
        before = len(self.refused), self.to_come

        def decide() -> list[Decision[Any]]:
            # Once more, because others were quicker: what was noted the first time is not noted again.
            del self.refused[before[0] :]
            self.to_come = before[1]
            return self._taken_over(entry) if isinstance(entry, Held) else self._decisions(entry)

        try:
            return list(self.store.settle(decide))
        except BadRowError as error:
            self._refuse(entry, "(store)", error.row, is_lost=True)
        except ConflictError as error:
            self._refuse(entry, "(store)", self._conflicting(entry, error), is_lost=True)
        except Exception as error:
            if is_of_the_database(error):
                raise
            self._refuse(entry, "(store)", raised("cases", entry.case_id, error), is_lost=True)
        return []

    @staticmethod
    def _conflicting(entry: Entry | Held, error: ConflictError) -> BadRow:
        """The row of a case that is not where its events are, or of one that another one keeps from being opened."""
        if error.code == "conflict.version":
            return apart(error.facts["case_id"], last=error.facts["expected"], version=error.facts["found"])
        return raised("cases", entry.case_id, error)

    def _decisions(self, entry: Entry) -> list[Decision[Any]]:
        if self._is_to_come(entry, "requested", entry.requested):
            return []
        decisions: list[Decision[Any]] = []
        history = self.store.events(entry.case_id)
        try:
            if not history:
                decisions.append(self._requested(entry))
                history = list(decisions[-1].events)
        except (RefusedError, InvalidValueError) as error:
            self._refuse(entry, "requested", error, is_lost=not entry.closed)
            return []
        decisions += self._declared(entry, history)
        self._note_left_out(entry, _request(history))
        decisions += self._follow(entry, history, REQUEST_FACTS)
        decisions += self._mandate(entry, history)
        self._earlier[str(entry.form.organisation)].note(_request(history))
        return decisions + self._closed(entry, decisions)

    def _note_left_out(self, entry: Entry, request: Adhesion) -> None:
        """Tell of services that the row asks for by now, and that its request was opened without."""
        lost = tuple(it.code for it in entry.form.services if it not in request.services)
        if lost:
            self.left_out[str(entry.form.organisation)].update(lost)
            self._refuse(entry, "services", Reason("services.opened_without", {"services": lost}))

    def _taken_over(self, entry: Held) -> list[Decision[Any]]:
        """What a company held before: its services, its mandate, and what was collected since."""
        seen = {"seen": self.until.astimezone(PARIS).date(), "source": self.source, "at": self.until}
        accounts = () if entry.account is None else (entry.account,)
        decisions: list[Decision[Any]] = []
        since = entry.since
        if since is not None and since > seen["seen"]:
            self._refuse(entry, "held_since", Reason("fact.to_come", {"at": since}))
            since = None
        try:
            if not self.store.events(entry.case_id):
                services = Adhesion.take_over(
                    self.space,
                    organisation=entry.organisation,
                    services=entry.services,
                    id=entry.case_id,
                    since=since,
                    bank_accounts=accounts,
                    company_name=printable(entry.company, longest=LONGEST_NAME),
                    applicant=entry.applicant,
                    **seen,
                )
                decisions.append(services)
        except (RefusedError, InvalidValueError, InvalidFormError) as error:
            self._refuse(entry, "held_since", error, is_lost=not entry.closed)
            return []
        column = "mandate_registered" if entry.registered else "last_collection"
        try:
            if entry.account is not None and (entry.registered or entry.last_collection):
                decisions += self._mandate_held(entry, entry.account, seen)
        except (RefusedError, InvalidValueError) as error:
            self._refuse(entry, column, error)
        return decisions + self._closed(entry, decisions)

    def _mandate_held(self, entry: Held, account: BankAccount, seen: Mapping[str, Any]) -> Iterator[Decision[Any]]:
        id_ = f"{entry.case_id}-mandate"
        mandate = self.store.get(id_)
        if mandate is None:
            yield Mandate.take_over(
                self.space,
                organisation=entry.organisation,
                account=account,
                id=id_,
                registered=entry.registered,
                last_collected=entry.last_collection,
                company_name=printable(entry.company, longest=LONGEST_NAME),
                **seen,
            )
        elif isinstance(mandate, Mandate) and entry.last_collection is not None:
            day = entry.last_collection
            # What was known when it was taken over, and what was told since.
            origin, told = mandate.origin, self.store.events(id_)
            known = [
                getattr(origin, "last_collected", None),
                *(it.day for it in told if isinstance(it, CollectionRecorded)),
            ]
            if day > max((it for it in known if it is not None), default=date.min):
                yield mandate.record_collection(at=day, recorded_at=self._telling(told))

    def _closed(self, entry: Entry | Held, made: Sequence[Decision[Any]]) -> list[Decision[Any]]:
        """What closes the cases of a row that says why it is followed no more."""
        if not entry.closed:
            return []
        latest = {decision.case.id: decision.case for decision in made}
        found = (latest.get(id_) or self.store.get(id_) for id_ in (entry.case_id, f"{entry.case_id}-mandate"))
        reason = REASONS.get(folded(entry.closed), Reason_.OTHER)
        text = entry.closed if reason is Reason_.OTHER else None
        try:
            return [
                case.close(reason, at=max(self.until, case.recorded_at), text=text)
                for case in found
                if case is not None and not case.is_closed
            ]
        except (RefusedError, InvalidValueError) as error:
            self._refuse(entry, "closed", error)
            return []

    def _requested(self, entry: Entry) -> Decision[Any]:
        at, form = entry.requested, entry.form
        if isinstance(form, KnownForm):
            return Adhesion.take_over(
                self.space,
                organisation=form.organisation,
                services=form.services,
                id=entry.case_id,
                # Nobody saw it later than that: what the file does not know must not make its code last longer.
                seen=first_of(at).astimezone(PARIS).date(),
                source=self.source,
                at=self.until,
                requested=first_of(at).astimezone(PARIS).date(),
                applicant=form.applicant,
                legal_representative=form.legal_representative,
                company_name=form.company_name,
                company_email=form.company_email,
            )
        renews = self._earlier[str(entry.form.organisation)].over(entry, first_of(at))
        return Adhesion.request(self.space, form, id=entry.case_id, at=at, recorded_at=self.until, renews=renews)

    def _declared(self, entry: Entry, request: list[Event]) -> Iterator[Decision[Any]]:
        """The accounts that the row has by now, of a request that was taken over without any (A17)."""
        if not isinstance(request[0], RequestTakenOver):
            return
        for account in entry.form.bank_accounts:
            case = _request(request)
            if not case.declares(account):
                try:
                    decision = case.declare_account(account, at=entry.requested, recorded_at=self._telling(request))
                except (RefusedError, InvalidValueError) as error:
                    self._refuse(entry, "iban", error)
                else:
                    request += decision.events
                    yield decision

    def _mandate(self, entry: Entry, request: list[Event]) -> Iterator[Decision[Any]]:
        history = self.store.events(f"{entry.case_id}-mandate")
        issued = entry.instants.get("mandate_issued")
        if not history and not entry.form.bank_accounts:
            if issued is not None:
                self._refuse(entry, "mandate_issued", Reason("mandate.no_account"))
            return
        if not history and issued is not None:
            if self._is_to_come(entry, "mandate_issued", issued):
                return
            try:
                decision = Mandate.issue(
                    _request(_stood(request, issued)),
                    entry.form.bank_accounts[0],
                    id=f"{entry.case_id}-mandate",
                    reference=UNKNOWN_REFERENCE,
                    at=issued,
                    recorded_at=self._telling(request),
                )
            except (RefusedError, InvalidValueError) as error:
                self._refuse(entry, "mandate_issued", error)
            else:
                history = list(decision.events)
                yield decision
        yield from self._follow(entry, history, MANDATE_FACTS)

    def _follow(
        self, entry: Entry, history: list[Event], facts: tuple[tuple[str, type[Event], Verb], ...]
    ) -> Iterator[Decision[Any]]:
        """Decide on the facts that are not in the history yet, which grows by them; one that is refused is left out.

        What follows it is read all the same: the letter's day proves that the link was used (A23).
        """
        for column, kind, verb in facts:
            fact = _moment_of(entry, column)
            if fact is None or any(_says(event, kind, entry) for event in history):
                continue
            if self._is_to_come(entry, column, fact):
                continue
            if not history:
                self._refuse(entry, column, Reason("mandate.not_issued"))
                continue
            # A link that is proved was used: its hour is looked at, as the request stood before, and adds nothing.
            before = list(takewhile(lambda event: not isinstance(event, PROOFS), history))
            is_proved = column == "link_used" and len(before) < len(history)
            try:
                decision = self._decide(entry, column, verb, fact, before if is_proved else history)
            except (RefusedError, InvalidValueError) as error:
                self._refuse(entry, column, error)
                continue
            if not is_proved:
                history += decision.events
                yield decision

    def _decide(self, entry: Entry, column: str, verb: Verb, fact: Moment, history: list[Event]) -> Decision[Any]:
        case = replay(history)
        # A letter may bear a day before the one on which the link was said to be used.
        at = case.since if column == "letter_dated" and last_of(fact) < case.since else fact
        return verb(case, entry, self.space, at=at, recorded_at=self._telling(history))

    def _telling(self, history: list[Event]) -> datetime:
        """When facts are told that follow this history: this night, or just after what others told since it began."""
        return max(self.until, *(event.recorded_at for event in history))

    def _is_to_come(self, entry: Entry, column: str, fact: Moment) -> bool:
        if first_of(fact) > self.now:
            self._refuse(entry, column, Reason("fact.to_come", {"at": fact}), is_lost=column == "requested")
        elif first_of(fact) > self.until:
            self.to_come += 1
        return first_of(fact) > self.until

    def _refuse(self, entry: Entry | Held, column: str, why: object, *, is_lost: bool = False) -> None:
        self.refused.append(Wrong(entry.line, column, why, entry.called, is_lost))


def _request(history: list[Event]) -> Adhesion:
    case = replay(history)
    assert isinstance(case, Adhesion)
    return case


def _stood(history: list[Event], at: Moment) -> list[Event]:
    """A request as it stood then: later events say nothing of what was possible.

    One that was taken over is older than its opening, and so is the account that is told of it later.
    """
    if isinstance(history[0], RequestTakenOver):
        return list(takewhile(lambda event: not isinstance(event, Lapse), history))
    return list(takewhile(lambda event: event.at <= last_of(at), history)) or history[:1]


def _moment_of(entry: Entry, column: str) -> Moment | None:
    # Of a letter and of a collection there is a day, and no hour.
    days = {"letter_dated": entry.letter_dated, "last_collection": entry.last_collection}
    return days[column] if column in days else entry.instants.get(column)


def _says(event: Event, kind: type[Event], entry: Entry) -> bool:
    if isinstance(event, RequestTakenOver):  # only once its link was used (2.10)
        linked = any(service.needs_company_email for service in event.form.services)
        return linked and kind is CompanyEmailConfirmed
    if isinstance(event, LetterRecorded | LinkProvedByLetter):
        return kind is LetterRecorded and event.edited == entry.letter_dated
    if isinstance(event, CollectionRecorded):
        return kind is CollectionRecorded and event.day == entry.last_collection
    return isinstance(event, kind)
