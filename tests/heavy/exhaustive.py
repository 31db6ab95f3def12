"""All histories of the procedure, up to a number of verbs, at the instants that matter, each state visited once.

    python -m tests.heavy.exhaustive full      every history of 6 verbs (make exhaustive)
    python -m tests.heavy.exhaustive short     the same of 5 verbs (make exhaustive EXHAUSTIVE=short), as the tests do

One firm's space, one request with Messaging and a tax paid by mandate or one without Messaging, its renewal, a
mandate, and another firm's space; once with codes that a simulator of the portal issues and checks, once with codes
held elsewhere, as a firm follows them. From each state, everything that anybody can try is tried, right and wrong, at
every instant that matters: now, a microsecond on both sides of each reminder and of each end, and of the next change
of clocks. Each fact is told at once, or one step late: what happened before the last thing that was told, after that
was; what happened at the last instant of a time limit, when that has passed.

A verb that is refused changes nothing, so it makes no new state; a state is known by what it lets happen later. What a
case answers at an instant is asked once and remembered, since nothing but the case and the two instants decides.
"""

from __future__ import annotations

import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
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
    Applicant,
    BankAccount,
    Case,
    CompanyEmailConfirmed,
    Decision,
    Event,
    LetterPosted,
    LinkToken,
    Mandate,
    MandateReference,
    PersonName,
    RefusedError,
    Space,
)
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.testing.invariants import (
    BrokenPromiseError,
    check_codec,
    check_held,
    check_letter,
    check_order,
    check_payments,
    check_replay,
    check_returns,
    check_silence,
)

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
DEPTH = {"full": 6, "short": 5}

CHANGES = tuple(
    datetime(*day, 1, tzinfo=UTC)
    for day in (
        (2026, 3, 29),
        (2026, 10, 25),
        (2027, 3, 28),
        (2027, 10, 31),
        (2028, 3, 26),
        (2028, 10, 29),
        (2029, 3, 25),
    )
)

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

# Both changes of clocks of a year in Paris come within the 48 hours of a space asked for then.
SEARCHES = {
    "spring": (datetime(2026, 3, 28, 1, 30, tzinfo=UTC), HERE),
    "autumn": (datetime(2026, 10, 24, 0, 30, tzinfo=UTC), HERE),
    "spring, codes held elsewhere": (datetime(2026, 3, 28, 1, 30, tzinfo=UTC), ELSEWHERE),
}

SLOTS = ("space", "request", "renewal", "mandate")
AWAITED: dict[str, str] = {
    "pending": "activate",
    "awaiting_email": "confirm_company_email",
    "awaiting_code": "activate",
}


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
    """Something to try on a case: the place of what it makes, and the rule that always forbids it, if one does."""

    slot: str
    trigger: str
    act: Callable[..., Decision[Any]]
    wrong: str | None = None


class Told(NamedTuple):
    """When a fact happened, and when it is told."""

    at: datetime
    recorded_at: datetime


class Answer(NamedTuple):
    """What a case answers at an instant: the verbs tried, and what those that passed have made, by its place."""

    tried: int
    made: tuple[tuple[str, Known], ...]


def tries(slot: str, case: Case, space: Space, other: Space, codes: Codes) -> list[Try]:
    """All that anybody can try on this case."""
    clock = [Try(slot, "remind", case.remind), Try(slot, "lapse", case.lapse)]
    if isinstance(case, Space):
        return [*clock, *on_a_space(case, codes)]
    if isinstance(case, Mandate):
        return [*clock, *on_a_mandate(case)]
    assert isinstance(case, Adhesion)
    return [*clock, *on_a_request(slot, case, space, other, codes)]


def on_a_space(case: Space, codes: Codes) -> Iterator[Try]:
    """What the user tries on the space, with the right code or another, and two requests from it."""
    for code, wrong in ((codes.code, None), *((code, "1.8") for code in codes.wrong)):
        yield Try("space", "activate", partial(case.activate, code), wrong)
    for form in (PLAIN, MESSAGING):
        yield Try("request", "request", partial(ask, case, form, codes))


def ask(space: Space, form: Any, codes: Codes, **told: datetime) -> Decision[Any]:
    """A request of services."""
    return Adhesion.request(space, form, id="request-1", token=codes.token, code=codes.letter, **told)


def on_a_request(slot: str, case: Adhesion, space: Space, other: Space, codes: Codes) -> Iterator[Try]:
    """What the user, the company and the other firm try on a request, with the right secret or another."""
    for token, wrong in ((codes.token, None), *((token, "2.8") for token in codes.wrong_token)):
        yield Try(slot, "confirm_company_email", partial(case.confirm_company_email, token, code=codes.letter), wrong)
    entered = ((codes.letter, space, None), *((code, space, "3.3") for code in codes.wrong_letter))
    for code, where, wrong in (*entered, (codes.letter, other, "3.3")):
        yield Try(slot, "activate", partial(case.activate, code, space=where), wrong)
    yield Try(slot, "record_letter", partial(record, case))
    yield Try(slot, "declare_account", partial(case.declare_account, OTHER))
    yield Try("mandate", "issue", partial(Mandate.issue, case, OWN, id="mandate-1", reference=RUM))
    if slot == "request":
        for where, wrong in ((space, None), (other, "3.3")):
            again = partial(case.renew, where, id="request-2", token=codes.token, code=codes.letter)
            yield Try("renewal", "renew", again, wrong)


def record(case: Adhesion, *, at: datetime, recorded_at: datetime) -> Decision[Any]:
    """The letter was seen, and bears the day of when it was."""
    return case.record_letter(at.astimezone(PARIS).date(), at=at, recorded_at=recorded_at)


def on_a_mandate(case: Mandate) -> Iterator[Try]:
    """What the legal representative or somebody else, the user and the bank try on a mandate."""
    yield Try("mandate", "name_representative", partial(case.name_representative, NAME))
    yield Try("mandate", "sign", partial(case.sign, Applicant.REPRESENTATIVE))
    yield Try("mandate", "sign", partial(case.sign, Applicant.THIRD_PARTY), "2.16")
    yield Try("mandate", "send", case.send)
    yield Try("mandate", "register", case.register)
    yield Try("mandate", "record_collection", case.record_collection)


def day(at: datetime) -> date:
    """The day that clocks in Paris read."""
    return at.astimezone(PARIS).date()


def future(case: Case) -> tuple[object, ...]:
    """What a case lets happen later, besides the order of time.

    Who may sign, and which other account was declared, decide nothing of what is tried.
    """
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

    other: Space
    codes: Codes = HERE
    states: int = 0
    transitions: int = 0
    _seen: set[tuple[object, ...]] = attrs.field(factory=set)
    _futures: dict[tuple[object, ...], int] = attrs.field(factory=dict)
    _known: dict[tuple[object, ...], Known] = attrs.field(factory=dict)
    _tries: dict[Known, list[Try]] = attrs.field(factory=dict)
    _marks: dict[Known, tuple[datetime, ...]] = attrs.field(factory=dict)
    _answers: dict[tuple[Known, Known, Told], Answer] = attrs.field(factory=dict)
    _payments: set[tuple[Known, Known | None, datetime]] = attrs.field(factory=set)

    def know(self, case: Case, events: tuple[Event, ...]) -> Known:
        """This case, checked; one that lets the same happen later stands for it if there is one already."""
        check_replay(case, events)
        check_codec(case)
        check_order(events)
        check_returns(events)
        check_silence((case, events[-1]), SECRETS)
        if isinstance(case, Adhesion):
            check_letter(case, events)
            check_held(case, events)
        key = future(case)
        number = self._futures.setdefault(key, len(self._futures))
        return self._known.setdefault((*key, case.recorded_at, case.since, case.origin.at), Known(case, events, number))

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
            self.check_payments(world, told.at)

    def tellings(self, world: World) -> list[Told]:
        """When what is tried next happens, and when it is told."""
        at_once = [Told(at, at) for at in self.instants(world)]
        ends = {known.case.deadline.closes for _, known in world.cases if known.case.deadline is not None}
        late = [Told(end, end + TICK) for end in sorted(ends) if end >= world.now]
        return [*at_once, Told(self.before(world), world.now), *late]

    def marks(self, known: Known) -> tuple[datetime, ...]:
        """The instants around which something of this case changes, or did."""
        if known not in self._marks:
            self._marks[known] = marks(known.case)
        return self._marks[known]

    def instants(self, world: World) -> list[datetime]:
        """The instants that matter from now on: now, around reminders and ends, around the next change of clocks."""
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
        """What this case answers, told then of that instant, to all that can be tried."""
        answer = self._answers.get((known, space, told))
        if answer is None:
            if known not in self._tries:
                self._tries[known] = tries(slot, known.case, space.case, self.other, self.codes)
                self.refuse_the_past(known)
            answer = self._answers[known, space, told] = self.answer(slot, known, told)
        return answer

    def answer(self, slot: str, known: Known, told: Told) -> Answer:
        """Try everything; one and only one of the awaited verb and the lapse is possible, where a time limit runs.

        But where the deadline is an estimate, and has passed: then the portal's word is taken too (A15).
        """
        made: list[tuple[str, Known]] = []
        passed = set[str]()
        case = known.case
        for one in self._tries[known]:
            decision = judge(case, one, told)
            if decision is not None:
                passed.add(one.trigger)
                before = known.events if one.slot == slot else ()
                made.append((one.slot, self.know(decision.case, (*before, *decision.events))))
        awaited, deadline = AWAITED.get(case.stage), case.deadline
        if awaited is not None and deadline is not None and follows(case, told.at):
            expected = {"lapse"} if deadline.has_passed(told.at) else {awaited}
            if passed & {awaited, "lapse"} not in (expected, expected | ({awaited} if deadline.estimated else set())):
                raise BrokenPromiseError("A2", f"at {told.at.isoformat()} {case.id} allows {sorted(passed)}")
        return Answer(len(self._tries[known]), tuple(made))

    def refuse_the_past(self, known: Known) -> None:
        """Nothing is told of a case before what was told of it."""
        early = known.case.recorded_at - TICK
        for one in self._tries[known]:
            try:
                one.act(at=early, recorded_at=early)
            except RefusedError:
                continue
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
    after = next((way.after for way in case.table.ways(case.stage, AWAITED[case.stage])), None)
    return at >= (case.since if after is None else max(case.since, after(case)))


def judge(case: Case, one: Try, told: Told) -> Decision[Any] | None:
    """What comes of it: a decision that keeps the promises, or None for a refusal, which tells no secret."""
    try:
        decision = one.act(at=told.at, recorded_at=told.recorded_at)
    except RefusedError as refusal:
        check_silence((refusal,), SECRETS)
        return None
    if one.wrong is not None:
        raise BrokenPromiseError(one.wrong, f"{one.trigger} passed at {told.at.isoformat()} on {case.id}")
    if any(isinstance(event, LetterPosted) for event in decision.events):
        linked = decision.case.origin.token is not None
        if linked is not any(isinstance(event, CompanyEmailConfirmed) for event in decision.events):
            raise BrokenPromiseError("2.10", f"a letter before the link was used, at {told.at.isoformat()}")
    return decision


def a_space(id: str, codes: Codes, at: datetime) -> Decision[Space]:
    """A space that was asked for."""
    form, hasher = space_form(), PlainHasher()
    hashes = {"password_hash": hasher.hash(form.password), "answer_hash": hasher.hash(form.security_answer)}
    return Space.create(form, id=id, code=codes.code, at=at, **hashes)


def explore(name: str, depth: int, tell: Callable[[str], None] = lambda _: None) -> Search:
    """Visit every state that `depth` verbs can reach, in the search of this name; raises `BrokenPromiseError`."""
    began, codes = SEARCHES[name]
    asked, elsewhere = a_space("space-1", codes, began), a_space("space-2", codes, began - DAY).case
    search = Search(elsewhere.activate(codes.code, at=began - DAY).case, codes)
    level = [World(began, search.know(asked.case, asked.events))]
    search.visit(level[0])
    for verbs in range(2, depth + 1):
        since = time.perf_counter()
        reached = (world for before in level for world in search.expand(before) if search.visit(world))
        # The states of the last level are visited, and need not be kept.
        level = [world for world in reached if verbs < depth]
        took = time.perf_counter() - since
        tell(f"  {verbs} verbs: {search.states:,} states, {search.transitions:,} transitions, {took:.1f} s")
    return search


def searched(name: str, depth: int) -> tuple[list[str], int, int]:
    """What a search tells, and how many states and transitions it visited and tried."""
    told = [f"{name}: from {SEARCHES[name][0].isoformat()}"]
    search = explore(name, depth, told.append)
    return told, search.states, search.transitions


def main(form: str) -> None:
    """Make all searches, a process for each, and print what was visited."""
    states = transitions = 0
    began = time.perf_counter()
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for told, visited, tried in pool.map(partial(searched, depth=DEPTH[form]), SEARCHES):
            print("\n".join(told), flush=True)
            states, transitions = states + visited, transitions + tried
    print(f"depth {DEPTH[form]}: {states:,} states visited, {transitions:,} transitions tried")
    print(f"all invariants hold; {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:] or ("full",))
