"""The shortest histories that one rulebook accepts and another refuses.

How it works. The procedure is gone through twice at once, under each of the two rulebooks, with the same steps at the
same instants (`_Pair`). What both accept leads on. Of each verb that stands in a table there, both are asked: now, at
the edges of the time limits that run under either, and at their reminders. Where one accepts and the other refuses, a
story ends. The search goes by the number of steps, so that the first story of a verb is its shortest.

The requests that are tried are those on which rulebooks can differ. A service that differs is asked for in every way.
Of those that do not, there is one for each kind of thing that services ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from teleprocedures.cases import ActivationState, Adhesion, Case, Mandate, Space, SpaceState
from teleprocedures.core import Decision
from teleprocedures.deadlines import civil_day
from teleprocedures.errors import InvalidFormError, TeleproceduresError, english, shows_half_built
from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.portfolio._payments import check_payment
from teleprocedures.rulebook import Rulebook, Service
from teleprocedures.values import (
    HELD_ELSEWHERE,
    ActivationCode,
    BankAccount,
    ContactDetails,
    EmailAddress,
    FileNumber,
    LinkToken,
    MandateReference,
    PersonName,
    Secret,
    Siren,
)

if TYPE_CHECKING:
    from teleprocedures.words import Phrasebook

CLOCK: Final = frozenset({"remind", "lapse"})
"""What no person does: their stories come last."""


@shows_half_built
@attrs.frozen
class StoryStep:
    """One step of a story: the verb, with the lifecycle that it is of (`activation.activate`), and when (UTC).

    The `services` are those that the step asks for or pays, by their codes. What else is `given` with them is what the
    two rulebooks may ask: an e-mail address, an account, a SIREN or a file number.
    """

    verb: str
    at: datetime
    services: tuple[str, ...] = ()
    given: tuple[str, ...] = ()

    def render(self, words: Phrasebook) -> str:
        """The step in these words."""
        of, _, verb = self.verb.rpartition(".")
        says = words.verb(verb, of=of)
        if self.services:
            says = words.sentence("story.about", step=says, services=self.services)
        given = [words.name("given", it) for it in self.given]
        return words.sentence("story.given", step=says, given=given) if given else says


@shows_half_built
@attrs.frozen(kw_only=True)
class Story:
    """A history of which one rulebook accepts the last step and another refuses it, with its `refusal`.

    All `steps` but the last are accepted by both. Codes are held elsewhere where `held_elsewhere` is true.
    """

    steps: tuple[StoryStep, ...]
    accepts: str
    refuses: str
    refusal: TeleproceduresError
    held_elsewhere: bool

    @property
    def verb(self) -> str:
        """The verb on which the two part."""
        return self.steps[-1].verb

    def __str__(self) -> str:
        return self.render(english())

    def render(self, words: Phrasebook) -> str:
        """The story in these words, a step a line."""
        lines = [words.sentence("story.step", at=step.at, step=step.render(words)) for step in self.steps]
        facts = {"accepts": self.accepts, "refuses": self.refuses}
        end = words.sentence("story.end", **facts, refusal=words.language.between.join(_said(self.refusal, words)))
        return "\n".join((*lines, end))


def _said(error: TeleproceduresError, words: Phrasebook) -> Iterator[str]:
    """What an error says, each problem of a form by itself."""
    for each in error.problems if isinstance(error, InvalidFormError) else (error,):
        yield words.sentence(each.code, **each.facts)


def stories(old: Rulebook, new: Rulebook, start: datetime) -> tuple[Story, ...]:
    """The shortest story of each verb on which the two rulebooks part, from an instant (UTC) on.

    Verbs of people come before those of the clock, and then the shorter story before the longer one.
    """
    found: dict[tuple[str, tuple[str, ...]], Story] = {}
    for held in (False, True):
        pairs = [_Pair(worlds=(_World(old, held), _World(new, held)), at=start)]
        # The list grows while it is gone through: pairs come in the order of their steps.
        for pair in pairs:
            for story in pair.parting():
                key = (story.verb, story.steps[-1].services)
                if key not in found or len(story.steps) < len(found[key].steps):
                    found[key] = story
            pairs.extend(pair.following())
    every = sorted(found.values(), key=lambda it: (len(it.steps), it.steps[-1].at))
    return tuple(sorted(every, key=lambda it: it.verb.rpartition(".")[2] in CLOCK))


# --- The things that a story is made of -------------------------------------------------------------------------------

_EMAIL: Final = partial(EmailAddress.from_canonical, "societe@example.fr")
_ACCOUNT: Final = partial(BankAccount.from_canonical, "FR7630006000011234567890189", None)
_CODE: Final = partial(ActivationCode.from_canonical, "ABCDEFGHJKLMNPQR")
_TOKEN: Final = partial(LinkToken.from_canonical, "a-token-of-a-story-and-no-other")
_COMPANY: Final = partial(Siren.from_canonical, "552100554")
_FILE: Final = partial(FileNumber.from_canonical, "TF2024A17")


def _user() -> SpaceForm:
    contact = ContactDetails.from_canonical(
        phone="+33123456789", street="1 rue de la Paix", postal_code="75002", city="Paris", country="FR"
    )
    return SpaceForm(
        email=EmailAddress.from_canonical("cabinet@example.fr"),
        password=Secret("the password of a story"),
        first_name=PersonName.from_canonical("Camille"),
        last_name=PersonName.from_canonical("Durand"),
        organisation=Siren.from_canonical("732829320"),
        contact=contact,
        security_question="which story",
        security_answer=Secret("this one"),
    )


Attempt: TypeAlias = Decision[Case] | TeleproceduresError | None
"""What came of a step: a decision, a refusal, or None where a question was answered with yes."""


@attrs.frozen
class _World:
    """The cases of a story as they stand under one of the rulebooks, the last one last."""

    book: Rulebook
    held: bool
    cases: tuple[Case, ...] = ()

    @property
    def last(self) -> Case | None:
        return self.cases[-1] if self.cases else None

    def after(self, decision: Decision[Case]) -> _World:
        """The world in which this was decided."""
        others = tuple(case for case in self.cases if case.id != decision.case.id)
        return attrs.evolve(self, cases=(*others, decision.case))

    def is_moved_by(self, decision: Decision[Case]) -> bool:
        """Whether a decision leads on: a new case, another stage, or another time limit."""
        case, last = decision.case, self.last
        return last is None or (case.id, case.stage, case.time_limit) != (last.id, last.stage, last.time_limit)

    def triggers(self) -> tuple[str, ...]:
        """The verbs that the table of the last case has in its state."""
        case = self.last
        verbs = () if case is None else case.table.triggers(case.stage)
        return tuple(verb for verb in verbs if hasattr(type(case), verb))

    def edges(self) -> Iterator[datetime]:
        """The instants at which the clock decides something about the last case."""
        deadline = None if self.last is None else self.last.deadline
        if deadline is not None:
            yield from (*deadline.reminders, deadline.closes, deadline.lapses_at)

    def act(self, step: StoryStep) -> Attempt:
        """What comes of a step here."""
        verb = step.verb.rpartition(".")[2]
        try:
            if verb in _OPENINGS:
                return _OPENINGS[verb](self, step)
            return self._carried_out(verb, step.at)
        except TeleproceduresError as refusal:
            return refusal

    def _carried_out(self, verb: str, at: datetime) -> Attempt:
        case = self.last
        assert case is not None, "a verb is of a case"
        given = self._given(case.table.takes(verb) or (), at)
        refusal = case.refusal(verb, at=at, **given)
        if refusal is not None or verb == "renew":
            return refusal
        return case.decide(verb, at, None, **given)

    def _given(self, names: Iterable[str], at: datetime) -> dict[str, Any]:
        return {name: _GIVEN[name](self, at) for name in names if name in _GIVEN}

    def create(self, step: StoryStep) -> Decision[Case]:
        """The form of a space is submitted."""
        return Space.create(
            _user(),
            id="space",
            password_hash="hash",  # noqa: S106 - of no password
            answer_hash="hash",
            at=step.at,
            code=HELD_ELSEWHERE if self.held else _CODE(),
            rulebook=self.book,
        )

    def request(self, step: StoryStep) -> Decision[Case]:
        """Services are requested, with what the step says is given."""
        form = AdhesionForm(
            organisation=_FILE() if "file_number" in step.given else _COMPANY(),
            services=[self.book.catalogue.find(code) for code in step.services],
            company_email=_EMAIL() if "email" in step.given else None,
            bank_accounts=[_ACCOUNT()] if "account" in step.given else (),
        )
        return Adhesion.request(
            self.cases[0],  # type: ignore[arg-type] # a space
            form,
            id="request",
            at=step.at,
            token=HELD_ELSEWHERE if self.held else _TOKEN(),
            code=HELD_ELSEWHERE if self.held else _CODE(),
            rulebook=self.book,
        )

    def issue(self, step: StoryStep) -> Decision[Case]:
        """A mandate is issued for the account."""
        request = next(case for case in self.cases if isinstance(case, Adhesion))
        reference = MandateReference.from_canonical("RUM-1")
        return Mandate.issue(request, _ACCOUNT(), id="mandate", reference=reference, at=step.at)

    def pay(self, step: StoryStep) -> None:
        """A tax is paid."""
        requests = [case for case in self.cases if isinstance(case, Adhesion)]
        mandates = [case for case in self.cases if isinstance(case, Mandate)]
        check_payment(requests, step.services[0], _ACCOUNT(), mandates, at=step.at)


_OPENINGS: Final[Mapping[str, Callable[[_World, StoryStep], Attempt]]] = {
    "create": _World.create,
    "request": _World.request,
    "issue": _World.issue,
    "pay": _World.pay,
}


def _day(_: _World, at: datetime) -> date:
    return civil_day(at)


_GIVEN: Final[Mapping[str, Callable[[_World, datetime], object]]] = {
    "code": lambda world, _: HELD_ELSEWHERE if world.held else _CODE(),
    "token": lambda world, _: HELD_ELSEWHERE if world.held else _TOKEN(),
    "space": lambda world, _: world.cases[0],
    "edited": _day,
    "signatory": lambda *_: Applicant.REPRESENTATIVE,
    "account": lambda *_: BankAccount.from_canonical("DE89370400440532013000", None),
    "name": lambda *_: PersonName.from_canonical("Louise Petit"),
}


@attrs.frozen(kw_only=True)
class _Pair:
    """Both worlds after the same steps, and the instant (UTC) up to which they have come."""

    worlds: tuple[_World, _World]
    at: datetime
    steps: tuple[StoryStep, ...] = ()

    def parting(self) -> Iterator[Story]:
        """The stories that end here: what one world accepts and the other refuses."""
        instants = sorted({self.at, *(at for world in self.worlds for at in world.edges() if at > self.at)})
        for step in (*self._now(), *(attrs.evolve(step, at=at) for step in self._verbs() for at in instants)):
            outcomes = [world.act(step) for world in self.worlds]
            refused = [isinstance(outcome, TeleproceduresError) for outcome in outcomes]
            if refused[0] is not refused[1]:
                accepts, refuses = (world.book.version for world in (self.worlds if refused[1] else self.worlds[::-1]))
                refusal = outcomes[refused.index(True)]
                assert isinstance(refusal, TeleproceduresError), "one of the two refuses"
                yield Story(
                    steps=(*self.steps, step),
                    accepts=accepts,
                    refuses=refuses,
                    refusal=refusal,
                    held_elsewhere=self.worlds[0].held,
                )

    def following(self) -> Iterator[_Pair]:
        """The pairs that one step more leads to, a step that both accept at once and that is new."""
        done = {step.verb for step in self.steps}
        for step in (*self._now(), *self._verbs()):
            verb = step.verb.rpartition(".")[2]
            if step.verb in done or verb in CLOCK:
                continue
            outcomes = [world.act(step) for world in self.worlds]
            decided = [(world, it) for world, it in zip(self.worlds, outcomes, strict=True) if isinstance(it, Decision)]
            if len(decided) == 2 and any(world.is_moved_by(decision) for world, decision in decided):
                one, other = (world.after(decision) for world, decision in decided)
                yield _Pair(worlds=(one, other), at=self.at, steps=(*self.steps, step))

    def _verbs(self) -> Iterator[StoryStep]:
        """The verbs that the last case has in either world."""
        for verb in dict.fromkeys(verb for world in self.worlds for verb in world.triggers()):
            case = next(world.last for world in self.worlds if verb in world.triggers())
            assert case is not None, "it has verbs"
            yield StoryStep(f"{case.table.name}.{verb}", self.at)

    def _now(self) -> Iterator[StoryStep]:
        """What can be opened now, and what could be paid, now and once a mandate has ended."""
        last = self.worlds[0].last
        if last is None:
            yield StoryStep("space.create", self.at)
        elif isinstance(last, Space) and last.state is SpaceState.ACTIVE:
            yield from self._requests()
        elif isinstance(last, Adhesion) and last.stage is not ActivationState.LAPSED:
            yield StoryStep("mandate.issue", self.at)
        for service in self._held():
            for at in sorted({self.at, *(at for world in self.worlds for at in world.edges())}):
                yield StoryStep("payment.pay", at, (service.code,))

    def _held(self) -> Iterator[Service]:
        for world in self.worlds:
            for case in world.cases:
                if isinstance(case, Adhesion) and case.stage is ActivationState.ACTIVE:
                    yield from case.services

    def _requests(self) -> Iterator[StoryStep]:
        """A request of each service that differs, in every way; of the others one for each that they ask for."""
        one, other = (world.book.catalogue for world in self.worlds)
        kinds: set[tuple[object, ...]] = set()
        for code in dict.fromkeys((*one, *other)):
            first, second = one.get(code), other.get(code)
            both = [it for it in (first, second) if it is not None]
            needs = [attrs.astuple(it)[2:] for it in both]
            filled_in: Iterable[tuple[str, ...]] = (_whole(both),)
            if len(set(needs)) > 1:
                filled_in = dict.fromkeys((_whole(both), *_FILLED_IN))
            elif len(both) == 2 and needs[0] in kinds:
                continue
            kinds.add(needs[0])
            for fields in filled_in:
                yield StoryStep("adhesion.request", self.at, (code,), fields)


_FILLED_IN: Final = ((), ("email",), ("account",), ("file_number",))


def _whole(services: Iterable[Service]) -> tuple[str, ...]:
    """All that one of these asks for."""
    every = tuple(services)
    email = any(it.needs_company_email for it in every)
    return (*(("email",) if email else ()), *(("account",) if any(it.pays for it in every) else ()))
