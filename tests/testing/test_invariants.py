"""The promises that the searches check: each function finds what breaks its promise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationState,
    AdhesionState,
    CompanyEmailConfirmed,
    Decision,
    LetterRecorded,
    Mandate,
    MandateState,
    RefusedError,
    ServicesActivated,
    Siren,
    SpaceState,
)
from teleprocedures.testing import invariants
from teleprocedures.testing.invariants import BrokenPromiseError
from tests.builders import (
    EMAILED,
    FRENCH_IBAN,
    POSTED,
    SECRETS,
    TOKEN,
    WRONG,
    asked,
    issued,
    linked,
    mandate_history,
    opened,
    requested,
)
from tests.instants import DAY, HOUR, LAST, START, TICK

TWO_DAYS = timedelta(hours=48)


def history(*decisions: Decision[Any]) -> tuple[Any, tuple[Any, ...]]:
    """The last case, and the events of all."""
    return decisions[-1].case, tuple(event for decision in decisions for event in decision.events)


def saying(case: Any, **answers: Any) -> Any:
    """The same snapshot, which answers otherwise: a kind of case that no table has."""
    kind = type(case.__class__.__name__, (type(case),), {"__slots__": (), **answers})
    return kind(**{field.name: getattr(case, field.name) for field in attrs.fields(type(case))})


def always(*, answer: Any) -> Any:
    """A method, or a property, that always answers so."""
    return lambda *_, **__: answer


def test_what_the_verbs_make_keeps_every_promise() -> None:
    """Real cases break no promise."""
    asking = linked("payer-tva", bank_accounts=[FRENCH_IBAN])
    confirmed = asking.case.confirm_company_email(TOKEN, code=POSTED, at=START + HOUR)
    active = confirmed.case.activate(POSTED, space=opened(), at=START + DAY)
    mandates = [issued(active.case, at=START + DAY).case]

    for case, events in (history(asked()), history(asking), history(asking, confirmed, active)):
        invariants.check_case(case, events, at=START + DAY, mandates=mandates)


@pytest.mark.rule("A15")
def test_what_corrects_keeps_every_promise() -> None:
    """A lapse that is presumed, corrected by a code in time, a link in time, a letter of a later day, a collection."""
    space = asked(code=HELD_ELSEWHERE)
    over = space.case.lapse(at=START + TWO_DAYS + TICK)
    active = over.case.activate(HELD_ELSEWHERE, at=START + TWO_DAYS, recorded_at=START + 9 * DAY)
    asking = linked(token=HELD_ELSEWHERE, code=HELD_ELSEWHERE)
    missed = asking.case.lapse(at=START + TWO_DAYS + TICK)
    used = missed.case.confirm_company_email(HELD_ELSEWHERE, at=START + DAY, recorded_at=START + 9 * DAY)
    waiting = requested(code=HELD_ELSEWHERE)
    late = waiting.case.lapse(at=START + 99 * DAY)
    letter = late.case.record_letter((START + 60 * DAY).date(), at=START + 60 * DAY, recorded_at=START + 100 * DAY)
    believed = late.case.activate(HELD_ELSEWHERE, space=opened(), at=START + 98 * DAY, recorded_at=START + 100 * DAY)
    *steps, idle = mandate_history("lapsed")  # type: ignore[arg-type] # by its word
    collected = idle.case.record_collection(at=START + DAY, recorded_at=idle.case.recorded_at)

    for case, events in (
        history(space, over),
        history(space, over, active),
        history(asking, missed, used),
        history(waiting, late, letter),
        history(waiting, late, believed),
        history(*steps, idle),
        history(*steps, idle, collected),
    ):
        for at in (case.recorded_at, case.recorded_at + 400 * DAY):
            invariants.check_case(case, events, at=at)


@pytest.mark.rule("0.2")
def test_another_snapshot_is_found() -> None:
    """A snapshot that its events do not make is found."""
    decision = asked()

    with pytest.raises(BrokenPromiseError, match="the events of space-1 make another snapshot"):
        invariants.check_replay(attrs.evolve(decision.case, state=SpaceState.ACTIVE), decision.events)


def test_a_secret_told_is_found() -> None:
    """A secret in a `repr`, or in an error, is found, and not told again."""
    for told in (SECRETS[0], KeyError(SECRETS[0])):
        with pytest.raises(BrokenPromiseError, match=rf"^a secret is told by a {type(told).__name__} \(rule A13\)$"):
            invariants.check_silence([told], SECRETS)


@pytest.mark.rule("A14")
@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda one, two: (one, attrs.evolve(two, at=START + 9 * DAY)), "was told before it happened"),
        (
            lambda one, two: (one, attrs.evolve(two, at=START - DAY, recorded_at=START - DAY)),
            "space-activated, version 2, was told before version 1",
        ),
        (lambda one, two: (attrs.evolve(one, recorded_at=START + DAY), two), "version 2, was told before version 1"),
        (lambda one, two: (one, attrs.evolve(two, version=3)), r"numbered \[1, 3\]"),
        (lambda one, two: (one, attrs.evolve(two, case_id="space-2")), "of several cases"),
    ],
)
def test_a_history_out_of_order_is_found(broken: Any, told: str) -> None:
    """A fact from the future, one told before the last, a gap, another case's."""
    space = asked()
    active = space.case.activate(EMAILED, at=START + HOUR)

    invariants.check_order((*space.events, *active.events))
    with pytest.raises(BrokenPromiseError, match=told):
        invariants.check_order(broken(space.events[0], active.events[0]))


@pytest.mark.rule("A14")
def test_reminders_order_nothing() -> None:
    """A fact told with an instant before a reminder's is in order: a reminder is a telling of ours."""
    space = asked()
    reminded = space.case.remind(at=START + 25 * HOUR)
    active = reminded.case.activate(EMAILED, at=START + HOUR)

    invariants.check_case(*history(space, reminded, active), at=START + 26 * HOUR)


@pytest.mark.rule("A2")
def test_both_or_none_is_found() -> None:
    """A case that allows both the code and the lapse, or neither, is found, and one that lapses in time."""
    space = asked().case

    with pytest.raises(BrokenPromiseError, match=r"space-1 refuses to lapse"):
        invariants.check_one_of_two(saying(space, refusal=always(answer=RefusedError)), START + 9 * DAY)
    with pytest.raises(BrokenPromiseError, match=r"space-1 allows to lapse"):
        invariants.check_one_of_two(saying(space, refusal=always(answer=None)), START)
    for at, verb, told in ((START, "lapse", r"allows \[\]"), (START + 9 * DAY, "activate", r"\['activate', 'lapse'\]")):
        says = {"activate": {START}, "lapse": {START + 9 * DAY}}
        says["activate"] = {START + 9 * DAY} if verb == "activate" else set()
        answers = saying(space, refusal=lambda _, trigger, at, says=says: None if at in says[trigger] else RefusedError)
        with pytest.raises(BrokenPromiseError, match=told):
            invariants.check_one_of_two(answers, at)


@pytest.mark.rule("A2")
def test_a_night_that_would_miss_something_is_found() -> None:
    """A case that is due and decides nothing, decides before it is due, or says so wrongly, is found at its edges."""
    space = asked().case
    due, early = space.due_at, space.due_at - timedelta(microseconds=1)
    decides = saying(space, tick=always(answer=None))

    for at in (early, due, space.deadline.closes, space.deadline.lapses_at):
        invariants.check_due(space, at)
    invariants.check_due(decides, due)
    with pytest.raises(BrokenPromiseError, match="the clock decides something of space-1, which is not due"):
        invariants.check_due(decides, early)
    with pytest.raises(BrokenPromiseError, match="the clock decides nothing of space-1, which is due"):
        invariants.check_due(saying(space, tick=lambda self, at: self.activate("WRONG", at=at)), due)
    with pytest.raises(BrokenPromiseError, match="and it says otherwise"):
        invariants.check_due(saying(space, is_due=always(answer=False)), due)
    with pytest.raises(BrokenPromiseError, match="the clock decides something of space-1, which is not due"):
        invariants.check_due(attrs.evolve(space, due_at=None), space.deadline.lapses_at)
    # Nothing is decided of what is to come, nor of what is not told yet.
    invariants.check_due(decides, START - HOUR)


@pytest.mark.rule("A2", "A15")
def test_an_estimate_lets_both_pass() -> None:
    """Past the end of an estimate, both the lapse and a code are possible; no code before the day of its letter."""
    unknown = requested(code=HELD_ELSEWHERE).case

    invariants.check_one_of_two(unknown, START + 99 * DAY)
    assert unknown.refusal("lapse", at=START + 99 * DAY) is unknown.refusal("activate", at=START + 99 * DAY) is None
    reported = unknown.record_letter((START + 2 * DAY).date(), at=START + HOUR, recorded_at=START + 2 * DAY).case
    invariants.check_one_of_two(reported, START + 2 * DAY - 10 * HOUR)
    invariants.check_one_of_two(reported, START + 3 * DAY)


def test_what_has_no_end_is_left_alone() -> None:
    """Where no time limit runs, nothing is one of two."""
    invariants.check_one_of_two(opened(), START + DAY)
    invariants.check_one_of_two(asked().case, START - DAY)


@pytest.mark.rule("1.11", "A15")
@pytest.mark.parametrize("code", [EMAILED, HELD_ELSEWHERE])
def test_a_return_is_found(code: Any) -> None:
    """A lapsed case that allows something is found: anything where codes are held here, what is late elsewhere."""
    space = asked(code=code).case.lapse(at=START + 49 * HOUR).case

    invariants.check_lapsed(space, START + 50 * HOUR)
    with pytest.raises(BrokenPromiseError, match="space-1 has lapsed and allows 'activate'"):
        invariants.check_lapsed(saying(space, refusal=always(answer=None)), START + 50 * HOUR)


@pytest.mark.rule("1.11", "2.11", "3.4")
@pytest.mark.parametrize("make", [lambda: linked().case, lambda: requested().case])
def test_lapsed_requests_allow_nothing_but_to_be_renewed(make: Any) -> None:
    """A request that missed its link, or its code, allows no verb that would bring it back."""
    case = make()
    lapsed = case.lapse(at=case.deadline.closes + TICK).case

    invariants.check_lapsed(lapsed, lapsed.recorded_at + DAY)
    assert lapsed.has_lapsed
    assert lapsed.refusal("renew", at=lapsed.recorded_at, space=opened()) is None


@pytest.mark.rule("A2", "A15")
@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda here, _: here, "brings space-1 back, whose code is held here"),
        (lambda _, there: (*there[:2], attrs.evolve(there[2], at=START + 9 * DAY)), "and happened too late"),
        (lambda _, there: (*there[:2], attrs.evolve(there[2], recorded_at=START + DAY)), "before the lapse was told"),
        (lambda _, there: (there[0], attrs.evolve(there[1], at=START)), "ends space-1 before its time limit"),
    ],
)
def test_a_history_with_a_return_is_found(broken: Any, told: str) -> None:
    """What comes back where codes are held here, too late, or before the lapse was told; a lapse before its time."""
    histories = []
    for code in (EMAILED, HELD_ELSEWHERE):
        space = asked(code=code)
        over = space.case.lapse(at=START + TWO_DAYS + TICK)
        active = (
            asked(code=HELD_ELSEWHERE)
            .case.lapse(at=START + 3 * DAY)
            .case.activate(HELD_ELSEWHERE, at=START + TWO_DAYS, recorded_at=START + 9 * DAY)
        )
        histories.append((*space.events, *over.events, *active.events))

    invariants.check_returns(histories[1])
    with pytest.raises(BrokenPromiseError, match=told):
        invariants.check_returns(broken(*histories))


@pytest.mark.rule("A3")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"by": START - DAY}, "which is past"),
        ({"by": None}, "by None"),
        ({"closes": START}, "after the end"),
        ({"estimated": True}, "wrongly"),
        ({"rule": attrs.evolve(EXPERT_2024_04_03.rule("1.9"), line="other")}, "another rulebook's rule"),
        ({"case_id": "space-2"}, "for another case"),
        ({"organisation": Siren("552100554")}, "for another case"),
    ],
)
def test_advice_that_cannot_be_followed_is_found(changes: dict[str, Any], told: str) -> None:
    """A date that is past, missing, or after the end, an estimate that is none, another rule, another case."""
    case = asked().case
    step = attrs.evolve(case.next_steps(at=START)[0], **changes)

    invariants.check_advice(case, START)
    with pytest.raises(BrokenPromiseError, match=told):
        invariants.check_advice(saying(case, next_steps=always(answer=(step,))), START)


@pytest.mark.rule("A14", "A16")
def test_a_question_that_does_not_agree_with_the_verb_is_found() -> None:
    """`refusal` says what the verb has done, with the same words, `renew` included; anything else is found."""
    space, request = asked().case, requested().case
    passed = space.activate(EMAILED, at=START)
    with pytest.raises(RefusedError) as refused:
        space.activate(WRONG, at=START)
    renewed = request.renew(opened(), id="request-2", at=START)

    invariants.check_refusal(space, "activate", passed, at=START, code=EMAILED)
    invariants.check_refusal(space, "activate", refused.value, at=START, recorded_at=START, code=WRONG)
    invariants.check_refusal(request, "renew", renewed, at=START, space=opened(), form=None)
    for outcome, code in ((passed, WRONG), (refused.value, EMAILED)):
        with pytest.raises(BrokenPromiseError, match="'activate' of space-1 ends with"):
            invariants.check_refusal(space, "activate", outcome, at=START, code=code)


@pytest.mark.rule("2.5", "2.9", "2.10")
@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda first, letter: (first, letter, letter), "has 2 letters"),
        (
            lambda first, letter: (first, attrs.evolve(letter, at=START + 49 * HOUR, recorded_at=START + 50 * HOUR)),
            "was used too late",
        ),
        (lambda first, letter: (first, requested().events[1]), "does not follow from its link"),
        (lambda first, letter: (requested().events[0],), "asks for no link and has no letter"),
        (lambda first, letter: (first,), "awaits a code without a letter"),
    ],
)
def test_wrong_letters_are_found(broken: Any, told: str) -> None:
    """A letter too many, too late, before the link, or missing, is found."""
    asking = linked()
    confirmed = asking.case.confirm_company_email(TOKEN, code=POSTED, at=START + HOUR)
    letter = confirmed.events[0]

    assert isinstance(letter, CompanyEmailConfirmed)
    with pytest.raises(BrokenPromiseError, match=told):
        invariants.check_letter(confirmed.case, broken(asking.events[0], letter))


@pytest.mark.rule("3.1", "3.5")
def test_services_held_too_soon_or_too_late_are_found() -> None:
    """Services held without their code, or with one entered too late, are found."""
    asking = requested()
    active = asking.case.activate(POSTED, space=opened(), at=START + DAY)
    case, events = history(asking, active)

    with pytest.raises(BrokenPromiseError, match="without their code"):
        invariants.check_held(case, asking.events)
    with pytest.raises(BrokenPromiseError, match="entered too late"):
        invariants.check_held(
            case, (*asking.events, ServicesActivated(case_id=case.id, version=3, at=START + 70 * DAY))
        )
    assert case.stage is ActivationState.ACTIVE
    assert events[-1].at == START + DAY


@pytest.mark.rule("A3")
def test_the_letters_day_counts() -> None:
    """The last day recorded for the letter is the one that the code's time is counted from."""
    asking = requested()
    recorded = asking.case.record_letter((START + 9 * DAY).date(), at=START + 10 * DAY)
    active = recorded.case.activate(POSTED, space=opened(), at=LAST + 9 * DAY)

    invariants.check_held(*history(asking, recorded, active))
    assert isinstance(recorded.events[0], LetterRecorded)
    assert active.case.state is AdhesionState.VALIDATED
    with pytest.raises(BrokenPromiseError, match="entered too late"):
        invariants.check_held(*history(asking, active))


@pytest.mark.rule("2.20", "3.5")
def test_a_payment_without_a_mandate_is_found() -> None:
    """A mandate that pays though the bank no longer has it is found, and a service that pays though it is not held."""
    asking = requested("payer-tva", bank_accounts=[FRENCH_IBAN])
    active = asking.case.activate(POSTED, space=opened(), at=START).case
    claiming = saying(issued(active).case, is_registered=always(answer=True))
    # Another company has a mandate of the same account, which is registered.
    theirs = requested("payer-tva", organisation="552008443", bank_accounts=[FRENCH_IBAN]).case
    foreign = mandate_history(MandateState.REGISTERED, theirs, id="mandate-2")[-1].case

    assert isinstance(claiming, Mandate)
    for mandates in ([claiming], [claiming, foreign]):
        with pytest.raises(BrokenPromiseError, match="pays payer-tva without a registered mandate"):
            invariants.check_payments(active, mandates, START)
    with pytest.raises(BrokenPromiseError, match="pays by payer-tva without holding it"):
        invariants.check_payments(saying(active, holds=always(answer=False)), [claiming], START)


def test_what_the_invariants_leave_alone():
    """An instant before the last telling asks nothing of a closing; a letter proves a link of the portal's."""
    link = linked(token=HELD_ELSEWHERE, code=HELD_ELSEWHERE)
    told = link.case.record_letter(START.date() + DAY, at=START + 5 * DAY)

    assert invariants.check_closing(told.case, at=START) is None
    assert invariants.check_letter(told.case, (*link.events, *told.events)) is None
    here = attrs.evolve(link.events[0], token=linked().events[0].token)
    with pytest.raises(BrokenPromiseError, match="proves of request-1 what is known here"):
        invariants.check_letter(told.case, (here, *told.events))
