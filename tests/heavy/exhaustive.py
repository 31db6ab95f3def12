"""All histories of the procedure, up to a number of verbs, at the instants that matter, each state visited once.

    python -m tests.heavy.exhaustive full      every history of 6 verbs, of 5 in autumn (make exhaustive)
    python -m tests.heavy.exhaustive short     the same of 5 verbs (make exhaustive EXHAUSTIVE=short), as the tests do

One firm's space, one request with Messaging and a tax paid by mandate, or one without Messaging, its renewal, a
mandate, and another firm's space; with codes that a simulator of the portal issues and checks, and with codes held
elsewhere, as a firm follows them. One more search goes on from a mandate that was sent, which so few verbs do not
reach. From each state, everything that anybody can try is tried, right and wrong, at
every instant that matters: now, a microsecond on both sides of each reminder and of each end, and of the next change
of clocks. Each fact is told at once, or one step late: what happened before the last thing that was told, after that
was; what happened at the last instant of a time limit, when that has passed.

Three searches have more in them, and go less deep: a space, a request and a mandate that were taken over, and the same
requests as before, where each case can also be closed and reopened, each fact withdrawn, and each told by its civil day
only. There a state is known by its whole history, since that decides what can be withdrawn.

A verb that is refused changes nothing, so it makes no new state; a state is known by what it lets happen later. What a
case answers at an instant is asked once and remembered, since nothing but the case and the two instants decides: what
each verb does, and that `refusal` says the same (of a verb that the table has no row for, once a case); that what is
advised can be followed, and done then; that after a lapse nothing is allowed but what may correct it.
"""

from __future__ import annotations

import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import attrs

from teleprocedures import (
    HELD_ELSEWHERE,
    ActivationCode,
    Adhesion,
    AdhesionForm,
    Applicant,
    BankAccount,
    Case,
    CompanyEmailConfirmed,
    Decision,
    Event,
    LetterPosted,
    LinkProvedByLetter,
    LinkToken,
    Mandate,
    MandateReference,
    PersonName,
    Reason,
    RefusedError,
    Space,
    SpaceRequested,
    SpaceState,
    withdraw,
)
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.testing.invariants import (
    BrokenPromiseError,
    check_advice,
    check_closing,
    check_codec,
    check_due,
    check_held,
    check_lapsed,
    check_letter,
    check_order,
    check_payments,
    check_refusal,
    check_replay,
    check_returns,
    check_silence,
    check_withdrawal,
)

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
DEPTH = {"full": 6, "short": 5}


def last_sunday(year: int, month: int) -> datetime:
    """When clocks change, in Paris as in all of the Union: at one o'clock (UTC) on the last Sunday of a month of 31."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - (last.isoweekday() % 7) * DAY


CHANGES = tuple(last_sunday(year, month) for year in range(2026, 2061) for month in (3, 10))

IBAN = "FR7630006000011234567890189"
OWN, OTHER, RUM = BankAccount(IBAN), BankAccount("DE89370400440532013000"), MandateReference("RUM-1")
NAME = PersonName("Louise Petit")
CODE, TOKEN, LETTER = ActivationCode("SPACEC0DE1"), LinkToken("link-token-1"), ActivationCode("LETTERC0DE1")
WRONG = "WR0NGC0DE"
SECRETS = (CODE.reveal(), TOKEN.reveal(), LETTER.reveal(), "correct horse", "Dupont et fils", IBAN, IBAN[4:-4])
PLAIN = adhesion_form(services=["payer-cfe", "payer-tva"], bank_accounts=[IBAN])
MESSAGING = adhesion_form(services=["messagerie", "payer-tva"], bank_accounts=[IBAN], company_email="a@b.fr")


class Codes(NamedTuple):
    """The codes of a search, each with what is given in its place: a wrong one, or one for another thing."""

    code: Any
    token: Any
    letter: Any
    wrong: tuple[Any, ...]
    wrong_token: tuple[Any, ...]
    wrong_letter: tuple[Any, ...]


HERE = Codes(CODE, TOKEN, LETTER, (WRONG, HELD_ELSEWHERE), (LETTER, HELD_ELSEWHERE), (CODE, HELD_ELSEWHERE))
ELSEWHERE = Codes(HELD_ELSEWHERE, HELD_ELSEWHERE, HELD_ELSEWHERE, (CODE,), (TOKEN,), (LETTER,))


class Begun(NamedTuple):
    """Where a search begins: when, with which codes, for which request, after which verbs; and how deep it goes.

    It goes as deep as `most`, and in the short form as `short`.
    """

    at: datetime
    codes: Codes
    form: AdhesionForm
    ahead: tuple[tuple[str, str], ...] = ()
    most: int = max(DEPTH.values())
    short: int = DEPTH["short"]
    more: bool = False
    """Whether cases are closed and reopened, facts withdrawn, and told by their day."""


# Both changes of clocks of a year in Paris come within the 48 hours of a space asked for then.
SPRING, AUTUMN = datetime(2026, 3, 28, 1, 30, tzinfo=UTC), datetime(2026, 10, 24, 0, 30, tzinfo=UTC)
A_MANDATE = (
    ("space", "activate"),
    ("space", "request"),
    ("request", "activate"),
    ("request", "issue"),
    ("mandate", "sign"),
    ("mandate", "send"),
)
A_REQUEST = (("space", "activate"), ("space", "request"))
TAKEN_OVER = (("space", "take_over_request"), ("space", "take_over_mandate"))
"""From a space that is there already."""
# The longest first, so that no processor waits. Spring goes deepest: autumn differs in the hours of the first days.
SEARCHES = {
    "spring, without Messaging, codes held elsewhere": Begun(SPRING, ELSEWHERE, PLAIN),
    "spring, without Messaging": Begun(SPRING, HERE, PLAIN),
    "spring, with Messaging, codes held elsewhere": Begun(SPRING, ELSEWHERE, MESSAGING),
    "spring, with Messaging": Begun(SPRING, HERE, MESSAGING),
    "on from a mandate that was sent": Begun(SPRING, ELSEWHERE, PLAIN, A_MANDATE),
    "autumn, without Messaging": Begun(AUTUMN, HERE, PLAIN, most=5, short=4),
    "autumn, with Messaging": Begun(AUTUMN, HERE, MESSAGING, most=5, short=4),
    "taken over, closed and withdrawn": Begun(SPRING, ELSEWHERE, PLAIN, TAKEN_OVER, most=4, more=True),
    "closed and withdrawn, codes held elsewhere": Begun(SPRING, ELSEWHERE, MESSAGING, A_REQUEST, most=4, more=True),
    "closed and withdrawn": Begun(AUTUMN, HERE, MESSAGING, A_REQUEST, most=4, more=True),
}

SLOTS = ("space", "request", "renewal", "mandate")
AWAITED: dict[str, str] = {
    "pending": "activate",
    "awaiting_email": "confirm_company_email",
    "awaiting_code": "activate",
}
ADVISED: dict[str, str] = {
    "enter_emailed_code": "activate",
    "request_services": "request",
    "use_link": "confirm_company_email",
    "watch_letter": "record_letter",
    "enter_letter_code": "activate",
    "renew_adhesion": "renew",
    "sign_mandate": "sign",
    "send_mandate": "send",
    "register_mandate": "register",
    "check_mandate": "register",
    "use_mandate": "record_collection",
}
"""What is advised, and the verb by which that is done."""


@attrs.frozen(eq=False)
class Known:
    """A case and its history; one object for all the histories of a case that let the same happen later."""

    case: Any
    events: tuple[Event, ...]
    future: int


class World(NamedTuple):
    """All the cases, now: what one history has made."""

    now: datetime
    space: Known
    request: Known | None = None
    renewal: Known | None = None
    mandate: Known | None = None

    @property
    def cases(self) -> Iterator[tuple[str, Known]]:
        """The cases that there are, by their places."""
        return ((slot, known) for slot, known in zip(SLOTS, self[1:], strict=True) if known is not None)


class Try(NamedTuple):
    """Something to try on a case: the place of what it makes, and the rule that always forbids it, if one does.

    A verb of the case's own has what it is `given`, with which `refusal` is asked too; what makes another case has not.
    """

    slot: str
    trigger: str
    act: Callable[..., Decision[Any]]
    wrong: str | None = None
    given: Mapping[str, Any] | None = None


class Told(NamedTuple):
    """When a fact happened, at an instant or on a civil day, and when it is told."""

    at: datetime | date
    recorded_at: datetime


class Answer(NamedTuple):
    """What a case answers at an instant: the verbs tried, and what those that passed have made, by its place."""

    tried: int
    made: tuple[tuple[str, Known], ...]


def verb(slot: str, case: Case, trigger: str, wrong: str | None = None, **given: Any) -> Try:
    """A verb of the case itself, given this."""
    return Try(slot, trigger, partial(getattr(case, trigger), **given), wrong, given)


def tries(slot: str, known: Known, space: Space, other: Space, begun: Begun) -> list[Try]:
    """All that anybody can try on this case."""
    case = known.case
    own = [verb(slot, case, "remind"), verb(slot, case, "lapse")]
    if begun.more:
        own += [verb(slot, case, "close", reason=Reason.CLIENT_LEFT), verb(slot, case, "reopen")]
        versions = (event.version for event in known.events)
        own += [Try(slot, "withdraw", partial(withdraw, known.events, it, reason="a mistake")) for it in versions]
    if isinstance(case, Space):
        return [*own, *on_a_space(case, begun)]
    if isinstance(case, Mandate):
        return [*own, *on_a_mandate(case)]
    assert isinstance(case, Adhesion)
    return [*own, *on_a_request(slot, case, space, other, begun.codes)]


def on_a_space(case: Space, begun: Begun) -> Iterator[Try]:
    """What the user tries on the space, with the right code or another, and a request from it."""
    codes = begun.codes
    # There is no code of a space that was taken over, and no verb that asks for one.
    if isinstance(case.origin, SpaceRequested):
        for code, wrong in ((codes.code, None), *((code, "1.8") for code in codes.wrong)):
            yield verb("space", case, "activate", wrong, code=code)
    else:
        seen = {"organisation": begun.form.organisation, "seen": day(begun.at - DAY), "source": "the portal's list"}
        taken = {"services": begun.form.services, "bank_accounts": begun.form.bank_accounts, "under_way": True}
        yield Try("request", "take_over_request", partial(Adhesion.take_over, case, id="request-1", **seen, **taken))
        account = {"account": OWN, "id": "mandate-1"}
        yield Try("mandate", "take_over_mandate", partial(Mandate.take_over, case, **account, **seen))
    drawn = {"id": "request-1", "token": codes.token, "code": codes.letter}
    yield Try("request", "request", partial(Adhesion.request, case, begun.form, **drawn))


def on_a_request(slot: str, case: Adhesion, space: Space, other: Space, codes: Codes) -> Iterator[Try]:
    """What the user, the company and the other firm try on a request, with the right secret or another."""
    for token, wrong in ((codes.token, None), *((token, "2.8") for token in codes.wrong_token)):
        yield verb(slot, case, "confirm_company_email", wrong, token=token, code=codes.letter)
    entered = ((codes.letter, space, None), *((code, space, "3.3") for code in codes.wrong_letter))
    for code, where, wrong in (*entered, (codes.letter, other, "3.3")):
        yield verb(slot, case, "activate", wrong, code=code, space=where)
    yield Try(slot, "record_letter", partial(record, case), given={})
    yield verb(slot, case, "declare_account", account=OTHER)
    yield Try("mandate", "issue", partial(Mandate.issue, case, OWN, id="mandate-1", reference=RUM))
    if slot == "request":
        for where, wrong in ((space, None), (other, "3.3")):
            again = {"space": where, "token": codes.token, "code": codes.letter}
            yield verb("renewal", case, "renew", wrong, id="request-2", **again)


def record(case: Adhesion, *, at: datetime | date, recorded_at: datetime) -> Decision[Any]:
    """The letter was seen, and bears the day of when it was."""
    return case.record_letter(day(at), at=at, recorded_at=recorded_at)


def on_a_mandate(case: Mandate) -> Iterator[Try]:
    """What the legal representative or somebody else, the user and the bank try on a mandate."""
    yield verb("mandate", case, "name_representative", name=NAME)
    yield verb("mandate", case, "sign", signatory=Applicant.REPRESENTATIVE)
    yield verb("mandate", case, "sign", "2.16", signatory=Applicant.THIRD_PARTY)
    yield verb("mandate", case, "send")
    yield verb("mandate", case, "register")
    yield verb("mandate", case, "record_collection")


def day(at: datetime | date) -> date:
    """The day that clocks in Paris read, or the day itself."""
    return at.astimezone(PARIS).date() if isinstance(at, datetime) else at


def future(case: Case, events: tuple[Event, ...]) -> tuple[object, ...]:
    """What a case lets happen later, besides the order of time, and the `events` of it that can be withdrawn.

    Who may sign, and which other account was declared, decide nothing of what is tried.
    """
    history = (*((event.kind, event.at, event.recorded_at) for event in events),)
    return (*_stands(case), history)


def _stands(case: Case) -> tuple[object, ...]:
    limit, open_ = case.time_limit, case.due_at is not None or case.is_presumed
    ends = None if limit is None or not open_ else (limit.closes, limit.estimated, case.due_at)
    if not isinstance(case, Adhesion):
        return (case.kind, case.state, ends)
    letter = (day(case.since), case.activation.letter) if open_ and case.activation is not None else None
    return (case.id, case.table.name, case.stage, ends, case.origin.token is None, letter)


def marks(case: Case) -> tuple[datetime, ...]:
    """The instants around which something of a case changes, soonest first: reminders, and the end of a time limit."""
    limit = case.time_limit
    around = () if limit is None else (*limit.reminders, limit.closes)
    return tuple(sorted({edge + ticks * TICK for edge in around for ticks in (-1, 0, 1)}))


@attrs.define
class Search:
    """One search: what was visited and tried, and what each case answered."""

    begun: Begun
    other: Space
    states: int = 0
    transitions: int = 0
    _seen: set[tuple[object, ...]] = attrs.field(factory=set)
    _futures: dict[tuple[object, ...], int] = attrs.field(factory=dict)
    _known: dict[tuple[object, ...], Known] = attrs.field(factory=dict)
    _tries: dict[tuple[Known, Known | None], list[Try]] = attrs.field(factory=dict)
    _marks: dict[Known, tuple[datetime, ...]] = attrs.field(factory=dict)
    _answers: dict[tuple[Known, Known | None, Told], Answer] = attrs.field(factory=dict)
    _looked_at: set[tuple[Known, datetime]] = attrs.field(factory=set)
    _payments: set[tuple[Known, Known | None, datetime]] = attrs.field(factory=set)
    _refusals: set[tuple[object, ...]] = attrs.field(factory=set)

    def know(self, case: Case, events: tuple[Event, ...]) -> Known:
        """This case, checked; one that lets the same happen later stands for it if there is one already."""
        key = future(case, events if self.begun.more else ())
        one = (*key, case.recorded_at, case.since, case.origin.at)
        known = self._known.get(one)
        if known is not None and known.events == events and known.case == case:
            return known
        check_replay(case, events)
        check_codec(case)
        check_order(events)
        check_returns(events)
        check_withdrawal(events, at=events[-1].recorded_at)
        check_closing(case, at=case.recorded_at)
        check_silence((case, events[-1]), SECRETS)
        if isinstance(case, Adhesion):
            check_letter(case, events)
            check_held(case, events)
        if known is None:
            number = self._futures.setdefault(key, len(self._futures))
            known = self._known[one] = Known(case, events, number)
        self.look_at(known, events[-1].recorded_at)
        return known

    def look_at(self, known: Known, at: datetime) -> None:
        """What is advised can be followed, the clock decides what is due, a lapse stays where it must: asked once."""
        if (known, at) not in self._looked_at:
            self._looked_at.add((known, at))
            check_advice(known.case, at)
            check_due(known.case, at)
            check_lapsed(known.case, at)

    def visit(self, world: World) -> bool:
        """Whether this state is new: no other history has led to one with the same future.

        What is told from now on happened at the instant before, at the earliest: of facts before that, which was when
        changes nothing any more.
        """
        before = self.before(world)
        key = (world.now, *((known.future, max(known.case.since, before)) for _, known in world.cases))
        known = (key, tuple(slot for slot, _ in world.cases))
        new = known not in self._seen
        self._seen.add(known)
        self.states += new
        return new

    def expand(self, world: World) -> Iterator[World]:
        """Every world that one more verb makes of this one, at any of the instants that matter, told then or later."""
        for told in self.tellings(world):
            for slot, known in world.cases:
                answer = self.ask(slot, known, world.space, told)
                self.transitions += answer.tried
                for place, made in answer.made:
                    if place == slot or getattr(world, place) is None:
                        yield world._replace(now=told.recorded_at, **{place: made})
            if isinstance(told.at, datetime):
                self.check_payments(world, told.at)

    def tellings(self, world: World) -> list[Told]:
        """When what is tried next happens, and when it is told."""
        at_once = [Told(at, at) for at in self.instants(world)]
        if self.begun.more:
            at_once.append(Told(day(world.now), world.now))
        ends = {known.case.deadline.closes for _, known in world.cases if known.case.deadline is not None}
        late = [Told(end, end + TICK) for end in sorted(ends) if end >= world.now]
        return [*at_once, Told(self.before(world), world.now), *late]

    def marks(self, known: Known) -> tuple[datetime, ...]:
        """The instants around which something of this case changes, or did."""
        if known not in self._marks:
            self._marks[known] = marks(known.case)
        return self._marks[known]

    def instants(self, world: World) -> list[datetime]:
        """The instants that matter from now on: now, around reminders and ends, around the next change of clocks.

        Where a state is known by its whole history, these are now, and when the clock has to decide something.
        """
        if self.begun.more:
            return sorted({world.now, *(max(world.now, it.case.due_at) for _, it in world.cases if it.case.due_at)})
        change = next(change for change in CHANGES if change > world.now)
        found = {world.now, change - TICK, change, change + TICK}
        for _, known in world.cases:
            if known.case.due_at is not None:
                found.update(self.marks(known))
        return sorted(at for at in found if at >= world.now)

    def before(self, world: World) -> datetime:
        """The last instant that mattered before now."""
        found = world.space.case.origin.at
        for _, known in world.cases:
            some = self.marks(known)
            place = bisect_left(some, world.now)
            found = max(found, some[place - 1]) if place else found
        return found

    def ask(self, slot: str, known: Known, space: Known, told: Told) -> Answer:
        """What this case answers, told then of that instant, to all that can be tried; a request, from this space."""
        place = space if isinstance(known.case, Adhesion) else None
        answer = self._answers.get((known, place, told))
        if answer is None:
            if (known, place) not in self._tries:
                self._tries[known, place] = tries(slot, known, space.case, self.other, self.begun)
                self.refuse_the_past(known, place)
            answer = self._answers[known, place, told] = self.answer(slot, known, place, told)
        return answer

    def answer(self, slot: str, known: Known, space: Known | None, told: Told) -> Answer:
        """Try everything; one and only one of the awaited verb and the lapse is possible, where a time limit runs.

        But where the deadline is an estimate, and has passed: then the portal's word is taken too (A15). And whatever
        is advised can be done.
        """
        made: list[tuple[str, Known]] = []
        passed = set[str]()
        case = known.case
        for one in self._tries[known, space]:
            decision = self.judge(case, one, told)
            if decision is not None:
                passed.add(one.trigger)
                before = known.events if one.slot == slot else ()
                made.append((one.slot, self.know(decision.case, (*before, *decision.events))))
        awaited, deadline = AWAITED.get(case.stage), case.deadline
        exactly = isinstance(told.at, datetime)
        # An activation that was withdrawn leaves requests without their space: the space is advised about, not they.
        served = space is None or space.case.state is SpaceState.ACTIVE
        if awaited is not None and deadline is not None and exactly and follows(case, told.at):
            # No code is entered from a space that is not active (1.12).
            able = {awaited} if served or awaited != "activate" else set()
            expected = {"lapse"} if deadline.has_passed(told.at) else able
            if passed & {awaited, "lapse"} not in (expected, expected | (able if deadline.estimated else set())):
                raise BrokenPromiseError("A2", f"at {told.at.isoformat()} {case.id} allows {sorted(passed)}")
        self.look_at(known, told.recorded_at)
        if told.at == told.recorded_at and served:
            tried = {one.trigger for one in self._tries[known, space]}
            for step in case.next_steps(at=told.at):
                if (todo := ADVISED.get(step.action)) in tried - passed:
                    raise BrokenPromiseError("A3", f"at {told.at.isoformat()} {case.id} is advised to {todo}, in vain")
        return Answer(len(self._tries[known, space]), tuple(made))

    def judge(self, case: Case, one: Try, told: Told) -> Decision[Any] | None:
        """What comes of it: a decision that keeps the promises, or None for a refusal; `refusal` has said so too."""
        outcome = outcome_of(one, told)
        if case.table.turns(case.stage, one.trigger):
            agrees(case, one, told, outcome)
        if isinstance(outcome, RefusedError):
            # Its words are those of its code with its facts in them; instants tell no secret.
            facts = (fact for fact in outcome.facts.values() if not isinstance(fact, datetime))
            words = (type(outcome), outcome.code, outcome.rule.id, *facts)
            if words not in self._refusals:
                self._refusals.add(words)
                check_silence((outcome,), SECRETS)
            return None
        if one.wrong is not None:
            raise BrokenPromiseError(one.wrong, f"{one.trigger} passed at {told.at.isoformat()} on {case.id}")
        if any(isinstance(event, LetterPosted) for event in outcome.events):
            linked = outcome.case.origin.token is not None
            used = (CompanyEmailConfirmed, LinkProvedByLetter)
            if linked is not any(isinstance(event, used) for event in outcome.events):
                raise BrokenPromiseError("2.10", f"a letter before the link was used, at {told.at.isoformat()}")
        return outcome

    def refuse_the_past(self, known: Known, space: Known | None) -> None:
        """Nothing is told of a case before what was told of it.

        `refusal` is asked here of the verbs too that the table has no row for: once a case, whatever the instant.
        """
        last = known.case.recorded_at
        early = last - TICK
        for one in self._tries[known, space]:
            if not known.case.table.turns(known.case.stage, one.trigger):
                told = Told(last, last)
                agrees(known.case, one, told, outcome_of(one, told))
            # The telling of one case orders no other: of what opens another one, only what happened counts.
            own = one.trigger == "withdraw" or (one.given is not None and one.trigger != "renew")
            if own and not isinstance(outcome_of(one, Told(early, early)), RefusedError):
                raise BrokenPromiseError("A14", f"{one.trigger} passed before the last event of {known.case.id}")

    def check_payments(self, world: World, at: datetime) -> None:
        """A tax paid by mandate passes only with the service held and the mandate registered."""
        for known in (world.request, world.renewal):
            key = (known, world.mandate, at)
            if known is not None and key not in self._payments:
                self._payments.add(key)
                check_payments(known.case, () if world.mandate is None else (world.mandate.case,), at)


def follows(case: Case, at: datetime) -> bool:
    """Whether what is awaited may have happened then: after the validation, and not before the letter's day (A14)."""
    after = next((way.after for way in case.table.turns(case.stage, AWAITED[case.stage])), None)
    return at >= (case.since if after is None else max(case.since, after(case)))


def outcome_of(one: Try, told: Told) -> Decision[Any] | RefusedError:
    """What comes of it: a decision, or the refusal."""
    try:
        return one.act(at=told.at, recorded_at=told.recorded_at)
    except RefusedError as refusal:
        return refusal


def agrees(case: Case, one: Try, told: Told, outcome: Decision[Any] | RefusedError) -> None:
    """What a verb of the case has done, its `refusal` says of it, with the same words."""
    if one.given is not None:
        given = one.given if one.trigger != "record_letter" else {"edited": day(told.at)}
        check_refusal(case, one.trigger, outcome, at=told.at, recorded_at=told.recorded_at, **given)


def a_space(id: str, codes: Codes, at: datetime) -> Decision[Space]:
    """A space that was asked for."""
    form, hasher = space_form(), PlainHasher()
    hashes = {"password_hash": hasher.hash(form.password), "answer_hash": hasher.hash(form.security_answer)}
    return Space.create(form, id=id, code=codes.code, at=at, **hashes)


def a_space_taken_over(at: datetime) -> Decision[Space]:
    """A space that was seen to be there the day before."""
    form = space_form()
    known = {"email": form.email, "first_name": form.first_name, "last_name": form.last_name}
    seen = {"organisation": form.organisation, "seen": day(at - DAY), "source": "the portal's list"}
    return Space.take_over(id="space-1", **known, **seen, at=at)


def first(begun: Begun) -> tuple[Search, World]:
    """A search, and the state that it begins with: a space that was asked for, and the verbs made ahead."""
    at, codes, ahead = begun.at, begun.codes, begun.ahead
    elsewhere = a_space("space-2", codes, at - DAY).case.activate(codes.code, at=at - DAY).case
    search = Search(begun, elsewhere)
    asked = a_space_taken_over(at) if begun.ahead == TAKEN_OVER else a_space("space-1", codes, at)
    world = World(at, search.know(asked.case, asked.events))
    for slot, trigger in ahead:
        known: Known = getattr(world, slot)
        all_tries = tries(slot, known, world.space.case, elsewhere, begun)
        one = next(one for one in all_tries if one.trigger == trigger and one.wrong is None)
        decision = one.act(at=at, recorded_at=at)
        before = known.events if one.slot == slot else ()
        world = world._replace(**{one.slot: search.know(decision.case, (*before, *decision.events))})
    return search, world


def explore(name: str, depth: int, tell: Callable[[str], None] = lambda _: None) -> Search:
    """Visit every state that `depth` verbs can reach, those ahead aside, in the search of this name.

    Raises `BrokenPromiseError`.
    """
    search, world = first(SEARCHES[name])
    ahead = len(SEARCHES[name].ahead)
    level = [world]
    search.visit(world)
    for verbs in range(2, depth + 1):
        since = time.perf_counter()
        reached = (world for before in level for world in search.expand(before) if search.visit(world))
        # The states of the last level are visited, and need not be kept.
        level = [world for world in reached if verbs < depth]
        took = time.perf_counter() - since
        tell(f"  {verbs + ahead} verbs: {search.states:,} states, {search.transitions:,} transitions, {took:.1f} s")
    return search


def searched(name: str, depth: int) -> tuple[list[str], int, int]:
    """What a search tells, and how many states and transitions it visited and tried."""
    told = [f"{name}: from {SEARCHES[name].at.isoformat()}"]
    search = explore(name, depth, told.append)
    return told, search.states, search.transitions


def main(form: str) -> None:
    """Make all searches, a process for each, and print what was visited."""
    states = transitions = 0
    began = time.perf_counter()
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        depths = [min(DEPTH[form], it.most, it.short if form == "short" else it.most) for it in SEARCHES.values()]
        for told, visited, tried in pool.map(searched, SEARCHES, depths):
            print("\n".join(told), flush=True)
            states, transitions = states + visited, transitions + tried
    print(f"depth {DEPTH[form]}: {states:,} states visited, {transitions:,} transitions tried")
    print(f"all invariants hold; {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:] or ("full",))
