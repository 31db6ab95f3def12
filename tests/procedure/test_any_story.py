"""The whole procedure, whatever is tried and whenever, told at once or late: two rulebooks, a clock that jumps.

A small model beside the library counts the time limits in its own way, and keeps what was done in time. One story has
the codes held here, the other elsewhere.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

import teleprocedures as tp
from teleprocedures.testing import (
    ManualClock,
    PlainHasher,
    RecordingJournal,
    RecordingNotifier,
    ScriptedCodes,
    adhesion_form,
    space_form,
)
from tests.builders import COMPANY_EMAIL, FRENCH_IBAN, PARIS, SECRETS, START, TICK, WRONG, paris

FORMS: dict[str, dict[str, Any]] = {
    "one": {"services": ["consulter-avis-tf"]},
    "paying": {"services": ["payer-tva", "payer-cfe"], "bank_accounts": [FRENCH_IBAN], "applicant": "third_party"},
    "messaging": {
        "services": ["messagerie", "payer-cfe"],
        "bank_accounts": [FRENCH_IBAN],
        "company_email": COMPANY_EMAIL,
    },
    "file number": {"services": ["consulter-avis-tf"], "organisation": "TF2024A17"},
}
LINKED = {"messaging"}

# Hours to activate a space, hours to use the link, civil days to enter the letter's code, which comes within 14 days.
ANNOUNCED = 14
LIMITS = {"expert": (48, 48, 60), "longer": (72, 96, 90)}
RULEBOOKS = {
    "expert": tp.EXPERT_2024_04_03,
    "longer": attrs.evolve(
        tp.EXPERT_2024_04_03,
        version="longer",
        space_activation=attrs.evolve(tp.EXPERT_2024_04_03.space_activation, duration=tp.Hours(72), reminders=(48, 24)),
        link_use=attrs.evolve(tp.EXPERT_2024_04_03.link_use, duration=tp.Hours(96)),
        services_activation=attrs.evolve(tp.EXPERT_2024_04_03.services_activation, duration=tp.CivilDays(90)),
    ),
}
STARTS = [START, paris("2025-03-29T12:00"), paris("2025-10-24T23:59:59.999999"), paris("2025-08-27T00:00")]


@attrs.define(kw_only=True)
class Expected:
    """What the model knows of a case: what it was made under, what was done with it, and when."""

    limits: tuple[int, int, int]
    here: bool
    made: datetime
    space_id: str = ""
    linked: bool = False
    entered: datetime | None = None
    confirmed: datetime | None = None
    posted: datetime | None = None
    letter: datetime | None = None
    activated: datetime | None = None
    secret: dict[type[tp.Message], str] = attrs.field(factory=dict)

    def last(self, case: tp.Case) -> datetime:
        """The last instant at which the case that waits can go on, counted without the library."""
        if isinstance(case, tp.Space):
            return self.made + timedelta(hours=self.limits[0])
        if self.linked and self.confirmed is None:
            return self.made + timedelta(hours=self.limits[1])
        first = (self.letter or self.posted or self.confirmed or self.made).astimezone(PARIS).date()
        days = self.limits[2] + (ANNOUNCED if self.believes else 0)
        return datetime.combine(first + timedelta(days=days), time.max, PARIS).astimezone(UTC)

    @property
    def believes(self) -> bool:
        """Whether the portal posted a letter whose day nobody knows: a code that it took is believed."""
        return not self.here and self.letter is None


def waits(case: tp.Case) -> str | None:
    """The trigger that a case waits for, or None when it is over."""
    match case:
        case tp.Space(state=tp.SpaceState.PENDING):
            return "activate"
        case tp.Adhesion(stage=tp.AdhesionState.AWAITING_EMAIL):
            return "confirm_company_email"
        case tp.Adhesion(stage="awaiting_code"):
            return "activate"
        case _:
            return None


class Elsewhere(ScriptedCodes):
    """Ids in a known order, and codes that only the portal has."""

    def activation_code(self) -> tp.Held:  # type: ignore[override] # a port may answer either
        """It is held elsewhere."""
        return tp.HELD_ELSEWHERE

    def link_token(self) -> tp.Held:  # type: ignore[override] # the same
        """It is held elsewhere."""
        return tp.HELD_ELSEWHERE


class Story(RuleBasedStateMachine):
    """Any verb, with right and wrong codes, from any space, at any instant, told then or later."""

    here = True
    right = frozenset({"right"})

    spaces = Bundle("spaces")
    requests = Bundle("requests")
    others = st.none() | st.none() | spaces
    books = st.sampled_from(sorted(LIMITS))
    forms = st.sampled_from(["messaging", *sorted(FORMS)])
    whens = st.sampled_from(["now", "now", "now", "due", "end", "end", "late"])
    agos = st.sampled_from(["now", "now", "now", "now", "since", "end", "late"])
    codes = st.sampled_from(["right", "right", "right", "right", "right", "wrong", "held", "another"])

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.notifier, self.journal = ManualClock(START), RecordingNotifier(), RecordingJournal()
        drawn = ScriptedCodes() if self.here else Elsewhere()
        self.portals = {
            name: tp.Portal(
                clock=self.clock,
                codes=drawn,
                notifier=self.notifier,
                journal=self.journal,
                hasher=PlainHasher(),
                rulebook=rulebook,
            )
            for name, rulebook in RULEBOOKS.items()
        }
        self.now: dict[str, Any] = {}
        self.over: dict[str, tp.Case] = {}
        self.events: dict[str, list[tp.Event]] = {}
        self.expected: dict[str, Expected] = {}
        self.secrets = [*SECRETS, COMPANY_EMAIL]

    # --- What is tried ---

    @initialize(target=requests, at=st.sampled_from(STARTS), form=forms, book=books)
    def begin(self, at: datetime, form: str, book: str) -> Any:
        """Start on an ordinary day, or close to a change of clocks, with a request: most journeys go somewhere."""
        self.clock.set(at)
        return self.request(self.ask("expert", active=True), form, book)

    @initialize(target=spaces)
    def neighbour(self) -> str:
        """Have another space, active too, to enter codes from."""
        return self.ask("longer", active=True)

    @precondition(lambda self: len(self.now) < 8)
    @rule(target=spaces, book=books, active=st.booleans())
    def ask(self, book: str, *, active: bool) -> str:
        """Ask for a space, perhaps activated at once."""
        space = self.attempt(lambda: self.portals[book].create_space(space_form()))
        self.expected[space.id] = Expected(limits=LIMITS[book], here=self.here, made=self.clock.at)
        self.keep_secrets()
        if active:
            self.enter_space_code(space.id, "right", "now")
        return space.id

    @rule(id=spaces, code=codes, ago=agos)
    def enter_space_code(self, id: str, code: str, ago: str) -> None:
        """Enter a code to activate a space, now or a while ago."""
        given, at, before = self.code(id, tp.ActivationCodeEmail, code), self.at(id, ago), self.now[id]
        last = self.expected[id].last(before)
        space = self.attempt(lambda: self.portals["expert"].activate_space(self.now[id], given, at=at))
        if space is not None:
            assert code in self.right
            assert self.expected[id].made <= at <= last
            assert not (self.here and before.has_lapsed)
            self.expected[id].entered = at

    @precondition(lambda self: len(self.now) < 8)
    @rule(target=requests, space=spaces, form=forms, book=books)
    def request(self, space: str, form: str, book: str) -> Any:
        """Request services from a space."""
        made = self.attempt(lambda: self.portals[book].request_adhesion(self.now[space], adhesion_form(**FORMS[form])))
        return self.requested(made, space, book)

    @rule(target=requests, old=requests, other=others, book=books, lapsed=st.booleans())
    def renew(self, old: str, other: str | None, book: str, *, lapsed: bool) -> Any:
        """Request the services of a request again, from its space or from another, perhaps once it has lapsed."""
        if lapsed:
            self.decide(old, "lapse", "late")
        space = self.expected[old].space_id if other is None else other
        made = self.attempt(lambda: self.portals[book].renew_adhesion(self.now[space], self.now[old]))
        if made is not None:
            assert (old, self.now[old].services) == (made.origin.renews, made.services)
        # From its own space a request can be renewed at any time, until its services are held.
        if other is None:
            assert (made is None) is (self.expected[old].activated is not None)
        return self.requested(made, space, book)

    @rule(id=requests, code=codes, when=whens, ago=agos)
    def use_link(self, id: str, code: str, when: str, ago: str) -> None:
        """Use the company's link, now or a while ago."""
        self.wait_for(id, when)
        given, at, before = self.code(id, tp.ConfirmationLinkEmail, code), self.at(id, ago), self.now[id]
        made = self.attempt(lambda: self.portals["longer"].confirm_company_email(self.now[id], given, at=at))
        if made is not None:
            known = self.expected[id]
            assert code in self.right
            assert known.linked
            assert known.made <= at <= known.made + timedelta(hours=known.limits[1])
            assert not (self.here and before.has_lapsed)
            known.confirmed = at
            known.posted = self.clock.at if self.here else None
            self.keep_secrets()

    @rule(id=requests, days=st.integers(-1, 20), arrived=st.sampled_from([True, True, False]))
    def record_letter(self, id: str, days: int, *, arrived: bool) -> None:
        """Record which day the letter bears, counted from the earliest, perhaps before that day has come."""
        known, now, before = self.expected[id], self.clock.at, self.now[id]
        earliest = (known.confirmed or known.made) if self.here else known.made
        first = earliest.astimezone(PARIS).date()
        edited = first + timedelta(days=days)
        if arrived:
            now = self.clock.set(max(now, datetime.combine(edited, time(12), PARIS)))
        last = known.last(before)
        made = self.attempt(lambda: self.portals["expert"].record_letter(self.now[id], edited))
        if made is not None:
            assert first <= edited <= now.astimezone(PARIS).date()
            assert not self.here or now <= last
            known.letter = datetime.combine(edited, time(), PARIS)
            # What had lapsed waits again only if, by this day, the code still works.
            assert made.has_lapsed is (before.has_lapsed and now > known.last(made))

    @rule(id=requests, other=others, code=codes, when=whens, ago=agos)
    def enter_letter_code(self, id: str, other: str | None, code: str, when: str, ago: str) -> None:
        """Enter the letter's code from the space that asked, or from another, now or a while ago."""
        self.wait_for(id, when)
        known, before, at = self.expected[id], self.now[id], self.at(id, ago)
        space = known.space_id if other is None else other
        given = self.code(id, tp.ActivationCodeLetter, code)
        last = known.last(before)
        made = self.attempt(
            lambda: self.portals["longer"].activate_services(self.now[space], self.now[id], given, at=at)
        )
        if made is not None:
            assert code in self.right
            assert known.space_id == space
            assert known.believes or at <= last
            assert at >= max(each for each in (known.confirmed, known.made, known.letter) if each is not None)
            assert not (self.here and before.has_lapsed)
            known.activated = at

    @rule(id=spaces | requests, when=whens, other=others)
    def go_on(self, id: str, when: str, other: str | None) -> None:
        """Do what the case waits for, as it should be done but perhaps for the space."""
        self.wait_for(id, when)
        if isinstance(self.now[id], tp.Space):
            self.enter_space_code(id, "right", "now")
        elif self.now[id].activation is None:
            self.use_link(id, "right", "now", "now")
        else:
            self.enter_letter_code(id, other, "right", "now", "now")

    @rule(id=spaces | requests, verb=st.sampled_from(["lapse", "remind", "tick"]), when=whens)
    def decide(self, id: str, verb: str, when: str) -> None:
        """Let the clock decide."""
        self.wait_for(id, when)
        case, portal = self.now[id], self.portals["expert"]
        last, at = self.expected[id].last(case), self.clock.at
        if verb == "tick":
            verb = "lapse" if case.deadline is None or at > last else "remind"
        made = self.attempt(lambda: getattr(portal, verb)(case))
        if made is not None:
            assert (at > last) is (verb == "lapse")
            assert case.is_due(at)

    @rule(delta=st.timedeltas(TICK, timedelta(days=3)) | st.timedeltas(TICK, timedelta(days=70)))
    def wait(self, delta: timedelta) -> None:
        """Let time pass."""
        self.clock.advance(delta)

    @rule(id=spaces | requests, when=whens)
    def wait_for(self, id: str, when: str) -> None:
        """Let time pass to what the clock decides next for a case, to its last instant, or to the first late one."""
        case = self.now[id]
        if case.deadline is not None:
            instants = {"due": case.due_at, "end": case.deadline.closes, "late": case.deadline.lapses_at}
            self.clock.set(max(self.clock.at, instants.get(when, self.clock.at)))

    # --- What must hold ---

    @invariant()
    def one_of_going_on_and_lapsing_is_possible(self) -> None:
        """For a case that waits, now and at its edges, exactly one; and the end is where the model counts it."""
        for id, case in self.now.items():
            trigger = waits(case)
            if trigger is None:
                assert (None, None) == (case.deadline, case.due_at)
                continue
            last = self.expected[id].last(case)
            assert last == case.deadline.closes
            believed = trigger == "activate" and isinstance(case, tp.Adhesion) and self.expected[id].believes
            assert believed is case.deadline.estimated
            for at in {max(instant, case.recorded_at) for instant in (self.clock.at, last, last + TICK)}:
                goes_on, lapses = case.refusal(trigger, at=at), case.refusal("lapse", at=at)
                assert (believed or at <= last, at > last) == (goes_on is None, lapses is None)
                refusal = goes_on or lapses
                assert refusal is None or isinstance(refusal, (tp.DeadlinePassedError, tp.DeadlineNotReachedError))

    @invariant()
    def what_is_over_stays_over(self) -> None:
        """A case that is active, or has lapsed while its codes are held here, is never anything else again."""
        for id, case in self.over.items():
            assert case == self.now[id]

    @invariant()
    def what_comes_back_happened_in_time(self) -> None:
        """What had lapsed, and no longer has, came back by a fact that happened in time, of a code held elsewhere."""
        for id, events in self.events.items():
            corrected = any(isinstance(event, tp.Lapse) for event in events) and not self.now[id].has_lapsed
            assert not (corrected and self.here)

    @invariant()
    def letters_come_after_the_link(self) -> None:
        """No letter is posted for a request whose link was not used."""
        for message in self.notifier.messages:
            if isinstance(message, tp.ActivationCodeLetter):
                known = self.expected[message.case_id]
                assert not known.linked or known.confirmed is not None

    @invariant()
    def services_are_held_only_with_their_code(self) -> None:
        """A service is held if and only if it was requested, and its code entered in time from the space that asked."""
        for id, case in self.now.items():
            if isinstance(case, tp.Adhesion):
                held = [code for code in tp.CATALOGUE if case.holds(code)]
                wanted = {service.code for service in case.services} if self.expected[id].activated else set()
                assert wanted == set(held)
                assert self.expected[case.space_id].entered is not None

    @invariant()
    def messages_have_one_id_each(self) -> None:
        """Two messages never share an id."""
        assert len(self.notifier.messages) == len({message.id for message in self.notifier.messages})

    # --- How it is tried ---

    def attempt(self, verb: Callable[[], Any]) -> Any:
        """What the verb decided, kept; or None when it was refused, and nothing at all has changed."""
        before = pickle.dumps(self.now)
        counts = len(self.journal.decisions), len(self.notifier.messages)
        try:
            case = verb()
        except (tp.RefusedError, tp.InvalidValueError) as error:
            self.show_no_secret(error)
            assert counts == (len(self.journal.decisions), len(self.notifier.messages))
            assert pickle.loads(before) == self.now
            return None
        assert counts[0] + 1 == len(self.journal.decisions)
        decision = self.journal.decisions[-1]
        self.keep_secrets()
        self.show_no_secret(
            case, decision, *decision.events, *decision.messages, *tp.next_steps(case, at=self.clock.at)
        )
        assert case == decision.case
        assert decision.messages == tuple(self.notifier.messages[counts[1] :])
        self.now[case.id] = case
        events = self.events.setdefault(case.id, [])
        events.extend(decision.events)
        assert case == tp.replay(events)
        assert [*range(1, case.version + 1)] == [event.version for event in events]
        if waits(case) is None and not case.is_presumed:
            assert case.id not in self.over
            self.over[case.id] = case
        return case

    def at(self, id: str, ago: str) -> datetime:
        """Now, or an earlier instant of a case: when it began to wait, its last instant, the first late one."""
        case, now = self.now[id], self.clock.at
        limit = case.time_limit
        known = {"since": case.since}
        if limit is not None:
            known |= {"end": limit.closes, "late": limit.lapses_at}
        return min(now, known.get(ago, now))

    def requested(self, made: tp.Adhesion | None, space: str, book: str) -> Any:
        """What the model knows of a new request; no request when it was refused."""
        if made is None:
            return multiple()
        linked = any(service.needs_company_email for service in made.services)
        self.expected[made.id] = Expected(
            limits=LIMITS[book], here=self.here, made=self.clock.at, space_id=space, linked=linked
        )
        self.keep_secrets()
        return made.id

    def keep_secrets(self) -> None:
        """Remember the secret of the message sent last: to give it, and to look for it where it must not be."""
        for message in self.notifier.messages[-1:]:
            if isinstance(message, (tp.ActivationCodeEmail, tp.ActivationCodeLetter, tp.ConfirmationLinkEmail)):
                secret = message.token if isinstance(message, tp.ConfirmationLinkEmail) else message.code
                self.secrets.append(secret.reveal())
                if message.case_id in self.expected:
                    self.expected[message.case_id].secret[type(message)] = secret.reveal()

    def code(self, id: str, kind: type[tp.Message], wanted: str) -> Any:
        """The right code of a case (a wrong one, if it has none yet), or another one."""
        match wanted:
            case "right":
                return self.expected[id].secret.get(kind, WRONG) if self.here else tp.HELD_ELSEWHERE
            case "held":
                return tp.HELD_ELSEWHERE
            case "another":
                right = self.expected[id].secret.get(kind)
                return next((secret for secret in reversed(self.secrets) if secret != right), WRONG)
            case _:
                return WRONG

    def show_no_secret(self, *things: object) -> None:
        """Look for every secret drawn so far."""
        for thing in things:
            for text in (repr(thing), str(thing)):
                assert [] == [secret for secret in self.secrets if secret in text]


class StoryElsewhere(Story):
    """The same, followed on the real portal: its lapses are presumed."""

    here = False
    right = frozenset({"right", "held"})


for story in (Story, StoryElsewhere):
    story.TestCase.settings = settings(max_examples=50, stateful_step_count=40)
pytestmark = pytest.mark.rule(
    "0.2", "1.9", "1.10", "1.11", "2.9", "2.10", "2.11", "3.1", "3.3", "3.4", "3.5", "A2", "A3", "A14", "A15", "A16"
)
TestStory = Story.TestCase
TestStoryElsewhere = StoryElsewhere.TestCase
