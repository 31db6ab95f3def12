"""All histories of the procedure, up to a number of verbs, at the instants that matter, each state visited once.

    python -m tests.heavy.exhaustive full      every history of 8 verbs (make exhaustive)
    python -m tests.heavy.exhaustive short     the same of 5 verbs (make exhaustive EXHAUSTIVE=short, and the tests)

One firm's space, one request with Messaging and a tax paid by mandate or one without Messaging, its renewal, a
mandate, and another firm's space; once with codes that a simulator of the portal issues and checks, once with codes
held elsewhere, as a firm follows them. From each state, everything that anybody can try is tried, right and wrong, at
every instant that matters: now, a microsecond on both sides of each reminder and of each end, and of the next change
of clocks. A verb that is refused changes nothing, so it makes no new state; a state is known by what it lets happen
later. What a case answers at an instant is asked once and remembered, since nothing but the case and the instant
decides.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import attrs

from teleprocedures import (
    HELD_ELSEWHERE,
    ActivationCode,
    ActivationCodeLetter,
    Adhesion,
    Applicant,
    Case,
    CompanyEmailConfirmed,
    Decision,
    Event,
    LinkToken,
    Mandate,
    RefusedError,
    Space,
)
from teleprocedures.cases import LetterPosted
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.testing.invariants import (
    BrokenPromiseError,
    check_codec,
    check_held,
    check_letter,
    check_payments,
    check_replay,
    check_silence,
)

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
DEPTH = {"full": 8, "short": 5}

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
AWAITED = {"pending": "activate", "awaiting_email": "confirm_company_email", "awaiting_code": "activate"}


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


def ask(space: Space, form: Any, codes: Codes, *, at: datetime) -> Decision[Any]:
    """A request of services."""
    return Adhesion.request(space, form, id="request-1", at=at, token=codes.token, code=codes.letter)


def on_a_request(slot: str, case: Adhesion, space: Space, other: Space, codes: Codes) -> Iterator[Try]:
    """What the user, the company and the other firm try on a request, with the right secret or another."""
    for token, wrong in ((codes.token, None), *((token, "2.8") for token in codes.wrong_token)):
        yield Try(slot, "confirm_company_email", partial(case.confirm_company_email, token, code=codes.letter), wrong)
    entered = ((codes.letter, space, None), *((code, space, "3.3") for code in codes.wrong_letter))
    for code, where, wrong in (*entered, (codes.letter, other, "3.3")):
        yield Try(slot, "activate", partial(case.activate, code, space=where), wrong)
    yield Try(slot, "record_letter", partial(record, case))
    yield Try("mandate", "issue", partial(Mandate.issue, case, IBAN, id="mandate-1", reference="RUM-1"))
    if slot == "request":
        for where, wrong in ((space, None), (other, "3.3")):
            again = partial(case.renew, where, id="request-2", token=codes.token, code=codes.letter)
            yield Try("renewal", "renew", again, wrong)


def record(case: Adhesion, *, at: datetime) -> Decision[Any]:
    """The letter was seen, and bears the day of today."""
    return case.record_letter(at.astimezone(PARIS).date(), at=at)


def on_a_mandate(case: Mandate) -> Iterator[Try]:
    """What the legal representative or somebody else, the user and the bank try on a mandate."""
    yield Try("mandate", "sign", partial(case.sign, Applicant.REPRESENTATIVE))
    yield Try("mandate", "sign", partial(case.sign, Applicant.THIRD_PARTY), "2.16")
    yield Try("mandate", "send", case.send)
    yield Try("mandate", "register", case.register)
    yield Try("mandate", "record_collection", case.record_collection)


def running(case: Any) -> Any:
    """The part of a case that answers: a request's activation, once it has one."""
    return case.activation if isinstance(case, Adhesion) and case.activation is not None else case


def stage(case: Case) -> str:
    """Where a case stands."""
    return str(running(case).state)


def future(case: Case) -> tuple[object, ...]:
    """What a case lets happen later, besides the order of time."""
    deadline, part = case.deadline, running(case)
    ends = None if deadline is None else (deadline.opened, deadline.closes, deadline.estimated, case.due_at)
    if not isinstance(case, Adhesion):
        return (case.kind, case.state, ends)
    letters = part.validated_at.astimezone(PARIS).date() if part is not case and ends else None
    return (case.id, part is case, part.state, ends, case.origin.token is None, letters)


def edges(case: Case) -> tuple[datetime, ...]:
    """The instants around which something of a case changes: reminders, and the end of its time limit."""
    if case.deadline is None or case.due_at is None:
        return ()
    part = running(case)
    around = (case.due_at, case.deadline.closes, *part.limit.reminders_of(part.deadline))
    return tuple(edge + ticks * TICK for edge in around for ticks in (-1, 0, 1))


@attrs.define
class Search:
    """One search: what was visited and tried, and what each case answered."""

    other: Space
    codes: Codes = HERE
    states: int = 0
    transitions: int = 0
    _seen: set[int] = attrs.field(factory=set)
    _futures: dict[tuple[object, ...], int] = attrs.field(factory=dict)
    _known: dict[tuple[object, ...], Known] = attrs.field(factory=dict)
    _tries: dict[Known, list[Try]] = attrs.field(factory=dict)
    _edges: dict[Known, tuple[datetime, ...]] = attrs.field(factory=dict)
    _answers: dict[tuple[Known, Known, datetime], Answer] = attrs.field(factory=dict)
    _payments: set[tuple[Known, Known | None, datetime]] = attrs.field(factory=set)

    def know(self, case: Case, events: tuple[Event, ...]) -> Known:
        """This case, checked; one that lets the same happen later stands for it if there is one already."""
        check_replay(case, events)
        check_codec(case)
        check_silence((case, events[-1]), SECRETS)
        if isinstance(case, Adhesion):
            check_letter(case, events)
            check_held(case, events)
        key = future(case)
        number = self._futures.setdefault(key, len(self._futures))
        return self._known.setdefault((*key, case.changed_at), Known(case, events, number))

    def visit(self, world: World) -> bool:
        """Whether this state is new: no other history has led to one with the same future."""
        key = int((world.now - EPOCH) / TICK)
        for known in world[1:]:
            key = key << 24 | (0 if known is None else known.future + 1)
        new = key not in self._seen
        self._seen.add(key)
        self.states += new
        return new

    def expand(self, world: World) -> Iterator[World]:
        """Every world that one more verb makes of this one, at any of the instants that matter."""
        for at in self.instants(world):
            for slot, known in world.cases:
                answer = self.ask(slot, known, world.space, at)
                self.transitions += answer.tried
                for place, made in answer.made:
                    if place == slot or getattr(world, place) is None:
                        yield world._replace(now=at, **{place: made})
            self.check_payments(world, at)

    def instants(self, world: World) -> list[datetime]:
        """The instants that matter from now on: now, around reminders and ends, around the next change of clocks."""
        change = next(change for change in CHANGES if change > world.now)
        found = {world.now, change - TICK, change, change + TICK}
        for _, known in world.cases:
            if known not in self._edges:
                self._edges[known] = edges(known.case)
            found.update(self._edges[known])
        return sorted(at for at in found if at >= world.now)

    def ask(self, slot: str, known: Known, space: Known, at: datetime) -> Answer:
        """What this case answers at this instant to all that can be tried."""
        answer = self._answers.get((known, space, at))
        if answer is None:
            if known not in self._tries:
                self._tries[known] = tries(slot, known.case, space.case, self.other, self.codes)
                self.refuse_the_past(known)
            answer = self._answers[known, space, at] = self.answer(slot, known, at)
        return answer

    def answer(self, slot: str, known: Known, at: datetime) -> Answer:
        """Try everything; one and only one of the awaited verb and the lapse is possible, where a time limit runs."""
        made: list[tuple[str, Known]] = []
        passed = []
        for one in self._tries[known]:
            decision = judge(known.case, one, at)
            if decision is not None:
                passed.append(one.trigger)
                before = known.events if one.slot == slot else ()
                made.append((one.slot, self.know(decision.case, (*before, *decision.events))))
        awaited = AWAITED.get(stage(known.case))
        if awaited is not None and len({awaited, "lapse"} & set(passed)) != 1:
            raise BrokenPromiseError("A2", f"at {at.isoformat()} {known.case.id} allows {passed}")
        return Answer(len(self._tries[known]), tuple(made))

    def refuse_the_past(self, known: Known) -> None:
        """Nothing happens to a case before what has happened to it."""
        for one in self._tries[known]:
            try:
                one.act(at=known.case.changed_at - TICK)
            except RefusedError:
                continue
            raise BrokenPromiseError("0.2", f"{one.trigger} passed before the last event of {known.case.id}")

    def check_payments(self, world: World, at: datetime) -> None:
        """A tax paid by mandate passes only with the service held and the mandate registered."""
        for known in (world.request, world.renewal):
            key = (known, world.mandate, at)
            if known is not None and key not in self._payments:
                self._payments.add(key)
                check_payments(known.case, () if world.mandate is None else (world.mandate.case,), at)


def judge(case: Case, one: Try, at: datetime) -> Decision[Any] | None:
    """What comes of it: a decision that keeps the promises, or None for a refusal, which tells no secret."""
    try:
        decision = one.act(at=at)
    except RefusedError as refusal:
        check_silence((refusal,), SECRETS)
        return None
    if one.wrong is not None:
        raise BrokenPromiseError(one.wrong, f"{one.trigger} passed on {case.id} at {at.isoformat()}")
    if stage(case) == "lapsed" and one.slot != "renewal":
        raise BrokenPromiseError("1.11", f"{case.id} had lapsed, and came back at {at.isoformat()}")
    made = (*decision.events, *decision.messages)
    if any(isinstance(one, (LetterPosted, ActivationCodeLetter)) for one in made):
        linked = decision.case.origin.token is not None
        if linked is not any(isinstance(event, CompanyEmailConfirmed) for event in decision.events):
            raise BrokenPromiseError("2.10", f"a letter before the link was used, at {at.isoformat()}")
    return decision


def explore(name: str, depth: int, tell: Callable[[str], None] = lambda _: None) -> Search:
    """Visit every state that `depth` verbs can reach, in the search of this name; raises `BrokenPromiseError`."""
    start, codes = SEARCHES[name]
    asked = Space.create(space_form(), id="space-1", hasher=PlainHasher(), code=codes.code, at=start)
    elsewhere = Space.create(space_form(), id="space-2", hasher=PlainHasher(), code=codes.code, at=start - DAY).case
    search = Search(elsewhere.activate(codes.code, at=start - DAY).case, codes)
    level = [World(start, search.know(asked.case, asked.events))]
    search.visit(level[0])
    for verbs in range(2, depth + 1):
        began = time.perf_counter()
        reached = (world for before in level for world in search.expand(before) if search.visit(world))
        # The states of the last level are visited, and need not be kept.
        level = [world for world in reached if verbs < depth]
        took = time.perf_counter() - began
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
