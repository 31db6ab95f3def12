"""The engine of `transitions` and the frozen tables agree on everything.

The engine runs as it is meant to: a real `Machine` drives a model that it changes. First its conditions answer as they
are told, for every state, trigger and combination of answers; then they ask the library's own snapshots, along whole
stories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import attrs
import pytest
from hypothesis import event as note
from hypothesis import given
from hypothesis import strategies as st
from transitions import Machine, MachineError

from teleprocedures.cases import LIFECYCLES, Adhesion, Mandate, Space
from teleprocedures.core import Case, Decision, Given, Guarded, Lifecycle
from teleprocedures.errors import RefusedError, TransitionRefusedError
from teleprocedures.forms import Applicant
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.values import ActivationCode, BankAccount, LinkToken, MandateReference

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
TRIGGERS = sorted({trigger for lifecycle in LIFECYCLES.values() for trigger, *_ in lifecycle.transitions} | {"fly"})
every_lifecycle = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=str)

Answer = bool | None
"""What a guard does: it answers, or (None) it raises."""


class GuardError(Exception):
    """What a guard of these tests raises, with its name."""


def machine_of(lifecycle: Lifecycle, model: Any, state: str) -> Machine:
    """A new engine with this model, made of the rows that the lifecycle's own engine understood."""
    rows = (
        {
            "trigger": trigger,
            "source": source,
            "dest": way.dest,
            "conditions": [condition.func for condition in way.conditions if condition.target],
            "unless": [condition.func for condition in way.conditions if not condition.target],
        }
        for trigger, event in lifecycle.machine.events.items()
        for source, ways in event.transitions.items()
        for way in ways
    )
    states = list(lifecycle.machine.states)
    return Machine(model, states=states, initial=state, transitions=list(rows), auto_transitions=False)


class Told:
    """Guards that answer as they are told, and remember the order in which they were asked."""

    def __init__(self, answers: Mapping[str, Answer], state: str) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.state = state

    def answer(self, name: str) -> bool:
        """What the guard of this name does."""
        self.asked.append(name)
        told = self.answers[name]
        if told is None:
            raise GuardError(name)
        return told

    def __getattr__(self, name: str) -> Callable[..., bool]:
        if name not in self.answers:
            raise AttributeError(name)
        return lambda *_: self.answer(name)


class Model(Told):
    """A model that the engine of `transitions` changes."""


class Snapshot(Told):
    """A snapshot that the frozen table steps; it never changes."""

    rulebook = EXPERT_2024_04_03


def guards_of(lifecycle: Lifecycle) -> tuple[str, ...]:
    """All guards that the engine knows, in order."""
    ways = [way for event in lifecycle.machine.events.values() for rows in event.transitions.values() for way in rows]
    return tuple(dict.fromkeys(condition.func for way in ways for condition in way.conditions))


def guards_at(lifecycle: Lifecycle, state: str, trigger: str) -> tuple[str, ...]:
    """The guards that the engine may ask for this trigger in this state."""
    event = lifecycle.machine.events.get(trigger)
    ways = event.transitions.get(state, []) if event else []
    return tuple(dict.fromkeys(condition.func for way in ways for condition in way.conditions))


def by_the_engine(model: Any, trigger: str, *args: object) -> str | None:
    """The state that the engine leads its model to, or None when it refuses; what a guard raises comes out."""
    try:
        passed = model.trigger(trigger, *args)
    except MachineError:
        return None
    except AttributeError as error:
        # How the engine says that it has no such trigger at all.
        if "Do not know event" not in str(error):
            raise
        return None
    return model.state if passed else None


def by_the_table(lifecycle: Lifecycle, snapshot: Guarded, trigger: str, *args: Any) -> str | None:
    """The state that the frozen table leads a snapshot to, or None when it refuses."""
    try:
        return lifecycle.step(snapshot, trigger, *args)
    except TransitionRefusedError:
        return None


def outcome(call: Callable[..., str | None], *args: Any) -> tuple[str, str | None]:
    """How a trigger ended: the state that it led to, or the guard that raised."""
    try:
        return "led to", call(*args)
    except GuardError as error:
        return "raised by", str(error)


# --- Every state, every trigger, every answer -------------------------------------------------------------------------


def combinations(lifecycle: Lifecycle) -> Iterator[tuple[str, str, dict[str, Answer]]]:
    """Every state, every trigger of any lifecycle, and everything that its guards may do."""
    for state, trigger in product(map(str, lifecycle.states), TRIGGERS):
        guards = guards_at(lifecycle, state, trigger)
        for answers in product((True, False, None), repeat=len(guards)):
            yield state, trigger, dict(zip(guards, answers, strict=True))


@every_lifecycle
def test_engine_and_table_agree_on_every_combination(lifecycle: Lifecycle) -> None:
    """Both lead to the same state, ask the same guards in the same order, and let the same error through."""
    tried = 0
    for state, trigger, answers in combinations(lifecycle):
        model, snapshot = Model(answers, state), Snapshot(answers, state)
        machine_of(lifecycle, model, state)
        expected = outcome(by_the_engine, model, trigger, AT, Given())

        assert expected == outcome(by_the_table, lifecycle, snapshot, trigger, AT, Given()), (state, trigger, answers)
        assert model.asked == snapshot.asked, (state, trigger, answers)
        if expected[0] == "led to" and expected[1] is not None:
            assert expected[1] == lifecycle.next(state, trigger)
            assert trigger in lifecycle.triggers(state)
        tried += 1

    assert tried >= len(lifecycle.states) * len(TRIGGERS)


@every_lifecycle
@given(data=st.data())
def test_engine_and_table_agree_along_random_sequences(lifecycle: Lifecycle, data: st.DataObject) -> None:
    """Step after step, with guards that answer anything, both are in the same state; a refusal moves neither."""
    guards, state = guards_of(lifecycle), str(lifecycle.initial)
    model = Model({}, state)
    machine_of(lifecycle, model, state)
    for trigger in data.draw(st.lists(st.sampled_from(TRIGGERS), max_size=12)):
        answers = {guard: data.draw(st.sampled_from([True, True, False, None])) for guard in guards}
        model.answers, snapshot = answers, Snapshot(answers, state)
        expected = outcome(by_the_engine, model, trigger, AT, Given())

        assert expected == outcome(by_the_table, lifecycle, snapshot, trigger, AT, Given())
        state = expected[1] if expected[0] == "led to" and expected[1] is not None else state
        assert state == model.state


@every_lifecycle
def test_next_triggers_and_states_agree_with_the_engine(lifecycle: Lifecycle) -> None:
    """What a lifecycle says of itself is what its engine knows."""
    machine = lifecycle.machine

    assert list(machine.states) == list(lifecycle.states)
    assert machine.initial == lifecycle.initial
    for state in lifecycle.states:
        assert set(machine.get_triggers(str(state))) == set(lifecycle.triggers(state))
        for trigger in TRIGGERS:
            rows = machine.get_transitions(trigger, str(state)) if trigger in machine.events else []
            expected = {row.dest for row in rows} or {None}
            assert expected == {lifecycle.next(state, trigger)}
    leaving = {row.source for row in machine.get_transitions() if row.source != row.dest}
    assert {state for state in lifecycle.states if state not in leaving} == lifecycle.terminal


@every_lifecycle
def test_the_diagram_agrees_with_the_engine(lifecycle: Lifecycle) -> None:
    """Every row of the engine is drawn with its guards, and nothing else is."""
    drawn = [line.strip().split(": ") for line in lifecycle.to_mermaid().splitlines() if "-->" in line and ": " in line]
    found = [(ends, label) for ends, labels in drawn for label in labels.split(" | ")]
    expected = []
    for trigger, event in lifecycle.machine.events.items():
        for source, ways in event.transitions.items():
            for way in ways:
                guards = " & ".join(f"{'' if guard.target else '!'}{guard.func}" for guard in way.conditions)
                expected.append((f"{source} --> {way.dest}", f"{trigger} [{guards}]" if guards else trigger))

    assert sorted(expected) == sorted(found)


# --- Real snapshots ---------------------------------------------------------------------------------------------------

SPACE_CODE, TOKEN, LETTER_CODE = ActivationCode("SPACE001"), LinkToken("token-1"), ActivationCode("LETTER01")
WRONG = ActivationCode("WRONG999")
NO_LIMIT = attrs.evolve(EXPERT_2024_04_03, version="no-limit", mandate_use=None)
REMINDED = attrs.evolve(
    EXPERT_2024_04_03,
    version="reminded",
    mandate_use=attrs.evolve(EXPERT_2024_04_03.mandate_use, reminders=(30,)),
)
ACCOUNT = BankAccount("FR76 3000 6000 0112 3456 7890 189")


def pending_space(at: datetime, rulebook: Rulebook) -> Space:
    """A space whose code was just sent."""
    return Space.create(space_form(), id="s-1", hasher=PlainHasher(), at=at, code=SPACE_CODE, rulebook=rulebook).case


def active_space(at: datetime, rulebook: Rulebook) -> Space:
    """A space that is active."""
    return pending_space(at, rulebook).activate(SPACE_CODE, at=at).case


def request(at: datetime, rulebook: Rulebook) -> Adhesion:
    """A request that waits for the company's link, with a service that needs a mandate."""
    form = adhesion_form(
        services=["messagerie", "payer-tva"], company_email="compta@boulangerie.fr", bank_accounts=[ACCOUNT]
    )
    space = active_space(at, rulebook)
    return Adhesion.request(space, form, id="a-1", at=at, token=TOKEN, code=LETTER_CODE, rulebook=rulebook).case


def mandate(at: datetime, rulebook: Rulebook) -> Mandate:
    """A mandate to be signed."""
    asked = request(at, rulebook)
    return Mandate.issue(asked, ACCOUNT, id="m-1", reference=MandateReference("RUM-1"), at=at).case


class Follower:
    """A model of the engine whose conditions ask the snapshot that the library is at."""

    def __init__(self, snapshot: Guarded) -> None:
        self.snapshot = snapshot
        self.state = str(snapshot.state)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in {"snapshot", "trigger"} or not hasattr(type(self.snapshot), name):
            raise AttributeError(name)
        return getattr(self.snapshot, name)


def running(case: Case) -> Any:
    """The snapshot whose lifecycle answers now: of a request that was validated, its activation."""
    activation = getattr(case, "activation", None)
    return case if activation is None or not attrs.has(type(activation)) else activation


def given_to(case: Case, trigger: str, *, right: bool) -> dict[str, Any]:
    """What a verb is given besides the instant: what opens, or something that does not."""
    match case, trigger:
        case Space(), "activate":
            return {"code": SPACE_CODE if right else WRONG}
        case Adhesion(), "confirm_company_email":
            return {"code": TOKEN if right else WRONG}
        case Adhesion(), "activate":
            space = active_space(AT, EXPERT_2024_04_03)
            other = attrs.evolve(space, origin=attrs.evolve(space.origin, case_id="s-2"))
            return {"code": LETTER_CODE, "space": space if right else other}
        case Mandate(), "sign":
            return {"signatory": Applicant.REPRESENTATIVE if right else Applicant.THIRD_PARTY}
        case _:
            return {}


def verb(case: Case, trigger: str, at: datetime, what: dict[str, Any]) -> Decision[Any]:
    """The library's own verb."""
    match case, trigger:
        case Adhesion(), "confirm_company_email":
            return case.confirm_company_email(what["code"], at=at, code=LETTER_CODE)
        case Adhesion(), "activate":
            return case.activate(what["code"], space=what["space"], at=at)
        case Adhesion(), "record_letter":
            # The day of the validation is always one that the letter can bear.
            first = at if case.activation is None else case.activation.validated_at
            return case.record_letter((first + timedelta(hours=2)).date(), at=at)
        case Space(), "activate":
            return case.activate(what["code"], at=at)
        case Mandate(), "sign":
            return case.sign(what["signatory"], at=at)
        case _:
            return getattr(case, trigger)(at=at)


def said(error: Exception | None) -> tuple[str, str] | None:
    """What an error is and says."""
    return None if error is None else (type(error).__name__, str(error))


# Mostly short, or most stories would be a lapse.
ELAPSED = st.sampled_from(
    [timedelta(0), timedelta(hours=1)] * 4
    + [timedelta(hours=hours) for hours in (23, 24, 48)]
    + [timedelta(hours=48, microseconds=1)]
    + [timedelta(days=days) for days in (14, 44, 61, 1100)]
)


@pytest.mark.parametrize("opened", [pending_space, request, mandate], ids=["space", "adhesion", "mandate"])
@given(rulebook=st.sampled_from([EXPERT_2024_04_03, NO_LIMIT, REMINDED]), data=st.data())
def test_engine_and_library_agree_along_whole_stories(
    opened: Callable[..., Case], rulebook: Rulebook, data: st.DataObject
) -> None:
    """With conditions that ask the snapshot, the engine passes, refuses and raises exactly when the library does."""
    at = AT
    case = opened(at, rulebook)
    follower = Follower(running(case))
    machine_of(running(case).lifecycle, follower, follower.state)
    for _ in range(data.draw(st.integers(1, 12))):
        # Mostly what the state allows, or few stories would go far.
        trigger = data.draw(st.sampled_from([*running(case).lifecycle.triggers(follower.state)] * 4 + TRIGGERS))
        right = data.draw(st.sampled_from([True, True, True, False]))
        at += data.draw(ELAPSED)
        what, before = given_to(case, trigger, right=right), case
        raised, dest = None, None
        try:
            dest = by_the_engine(follower, trigger, at, Given(**what))
        except RefusedError as error:
            raised = error
        refusal = case.refusal(trigger, at=at, **what)

        if dest is None:
            assert isinstance(refusal, TransitionRefusedError) if raised is None else said(raised) == said(refusal)
            if hasattr(case, trigger):
                with pytest.raises(RefusedError) as caught:
                    verb(case, trigger, at, what)
                assert said(refusal) == said(caught.value)
            assert before == case
            assert str(running(case).state) == follower.state
            continue
        assert refusal is None
        if not hasattr(case, trigger):
            # A request is validated when it is made, never by a verb: this story is over.
            assert "validate" == trigger
            return
        case = verb(case, trigger, at, what).case
        moved = case if running(case).lifecycle.name != running(before).lifecycle.name else running(case)
        assert dest == moved.state
        if moved is not running(case):
            # The request was validated: from now on its activation's table answers.
            follower = Follower(running(case))
            machine_of(running(case).lifecycle, follower, follower.state)
        follower.snapshot = running(case)
        note(f"the {running(case).lifecycle.name} became {follower.state} by {trigger}")
