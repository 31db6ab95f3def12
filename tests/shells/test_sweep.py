"""Sweeping many cases: what is due is decided once, what cannot be decided is set aside, and the others go on."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import TYPE_CHECKING, Any, Self

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    Adhesion,
    Applicant,
    Case,
    CodecError,
    Decision,
    InvalidValueError,
    NotificationError,
    RefusedError,
    Rejection,
    ReminderEmail,
    Report,
    Space,
    Sweep,
    TeleproceduresError,
    sweep_lines,
)
from teleprocedures.codec import dumps, loads, peek_due_at
from teleprocedures.testing import adhesion_form
from tests.builders import asked, issued, linked, requested
from tests.instants import START as BUILT

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2024, 3, 1, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def pending_space(number: int = 0, *, at: datetime = START) -> Space:
    """A space that waits for its code from this instant on."""
    return asked(id=f"space-{number}", at=at, code=HELD_ELSEWHERE).case


def waiting_adhesion(number: int = 0, *, at: datetime = START, **form: Any) -> Adhesion:
    """A request that waits for the code of its letter from this instant on."""
    space = pending_space(number, at=at)
    active = space.activate(HELD_ELSEWHERE, at=at).case
    return Adhesion.request(active, adhesion_form(**form), id=f"adhesion-{number}", at=at).case


def test_a_case_that_is_not_due_is_passed_by() -> None:
    """Up to the microsecond before its reminder, a case gives no decision and is counted as seen."""
    sweep = Sweep(at=START + timedelta(hours=24) - MICROSECOND)

    assert [] == list(sweep.over([pending_space()]))
    assert Report(seen=1) == sweep.report


@pytest.mark.rule("1.9")
def test_a_space_is_reminded_then_lapses_each_at_its_first_instant() -> None:
    """The 24th hour brings the reminder, the first microsecond after the 48th the lapse."""
    (reminded,) = Sweep(at=START + timedelta(hours=24)).over([pending_space()])
    early = list(Sweep(at=START + timedelta(hours=48)).over([reminded.case]))
    (lapsed,) = Sweep(at=START + timedelta(hours=48) + MICROSECOND).over([reminded.case])

    assert ["space-reminded"] == [event.kind for event in reminded.events]
    assert [] == early
    assert ["space-lapsed"] == [event.kind for event in lapsed.events]


def test_nights_that_were_missed_give_one_reminder() -> None:
    """A sweep after several reminders' instants reminds once, and the next reminder is the next one to come."""
    adhesion = waiting_adhesion()
    safe = adhesion.deadline.safe_until  # type: ignore[union-attr] # it waits
    sweep = Sweep(at=safe - timedelta(days=3))
    (decision,) = sweep.over([adhesion])

    assert 1 == len(decision.events)
    assert Counter({"activation-reminded": 1}) == sweep.report.reminded
    assert [] == list(Sweep(at=sweep.at).over([decision.case]))
    assert safe - timedelta(days=2) < decision.case.due_at <= safe - timedelta(days=1)


@pytest.mark.rule("3.2")
def test_the_reminder_of_a_third_party_says_to_ask_the_company() -> None:
    """For a third party's request the message says that the company has the code, by the safe day."""
    adhesion = waiting_adhesion(applicant=Applicant.THIRD_PARTY)
    (decision,) = Sweep(at=adhesion.deadline.safe_until).over([adhesion])  # type: ignore[union-attr] # it waits
    (message,) = decision.messages

    assert isinstance(message, ReminderEmail)
    assert ("3.2", "company") in [(step.rule.id, step.actor.value) for step in message.steps]
    assert adhesion.deadline.safe_until == message.steps[0].by  # type: ignore[union-attr] # it waits


def test_it_is_lazy() -> None:
    """Cases are taken one at a time: a decision is given before the next case is asked for."""
    taken: list[int] = []

    def endless() -> Iterator[Space]:
        for number in itertools.count():
            taken.append(number)
            yield pending_space(number)

    sweep = Sweep(at=START + timedelta(hours=48, microseconds=1))
    decisions = sweep.over(endless())

    assert "space-0" == next(decisions).case.id
    assert [0] == taken
    decisions.close()  # type: ignore[attr-defined] # a generator
    assert 1 == sweep.report.seen


def test_what_cannot_be_decided_is_set_aside_and_the_others_go_on() -> None:
    """Something that is no case, and a case that is due but younger than the sweep's clock, become rejections."""
    at = START + timedelta(hours=25)
    # Its last event came after the sweep's instant, though a reminder was due before: two clocks differ.
    late = pending_space(1).activate(HELD_ELSEWHERE, at=START).case
    ahead = pending_space(2, at=at + SECOND)
    odd = type("Odd", (), {"due_at": "soon"})()
    sweep = Sweep(at=at)
    decisions = list(sweep.over([late, None, pending_space(3), odd, ahead, pending_space(4)]))  # type: ignore[list-item]

    assert ["space-3", "space-4"] == [decision.case.id for decision in decisions]
    assert 6 == sweep.report.seen
    assert [(None, None), (None, odd)] == [(rejection.id, rejection.input) for rejection in sweep.report.rejected]
    assert all("not a case" in rejection.reason for rejection in sweep.report.rejected)


def ahead(number: int) -> Space:
    """A space that is due, and of which something was told thirty hours after its request, by another clock."""
    return attrs.evolve(pending_space(number), recorded_at=START + timedelta(hours=30))


def test_a_case_told_of_after_the_sweep_is_rejected_with_its_id() -> None:
    """A sweep whose clock is behind what was told last refuses the case, names it, and keeps it."""
    sweep = Sweep(at=START + timedelta(hours=29))

    assert [] == list(sweep.over([ahead(7)]))
    (rejection,) = sweep.report.rejected
    assert ("space-7", ahead(7)) == (rejection.id, rejection.input)
    assert "before what was told last" in rejection.reason
    assert "(rule A14: " in rejection.reason
    assert Report(seen=1, due=1, rejected=(rejection,)) == sweep.report


@attrs.frozen(kw_only=True)
class Faulty(Case):
    """A host's kind of case whose clock fails; the error is what it fails with."""

    error: Exception

    def tick(self, *, at: datetime) -> Decision[Self]:
        """Fail."""
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("mine"),
        TypeError("mine"),
        AttributeError("mine"),
        InvalidValueError("mine"),
        CodecError("mine"),
        TeleproceduresError("mine"),
        NotificationError(pending_space().lapse(at=START + timedelta(hours=49)), ()),
    ],
    ids=lambda error: type(error).__name__,
)
def test_only_a_refusal_is_a_rejection(error: Exception) -> None:
    """What is nobody's refusal is somebody's fault: it comes out, whatever it is, and is not counted as rejected."""
    space = pending_space()
    of = {field.name: getattr(space, field.name) for field in attrs.fields(Case)}
    sweep = Sweep(at=START + timedelta(hours=49))
    decisions = sweep.over([space, Faulty(**of, error=error), space])

    assert "space-0" == next(decisions).case.id
    with pytest.raises(type(error)) as caught:
        next(decisions)
    assert error is caught.value
    assert ((), 2) == (sweep.report.rejected, sweep.report.seen)


def test_what_the_caller_throws_in_comes_out() -> None:
    """A sweep that is told of its caller's failure takes no case for the culprit."""
    sweep = Sweep(at=START + timedelta(hours=49))
    decisions = sweep.over([pending_space()])
    next(decisions)

    with pytest.raises(TypeError, match="the caller failed"):
        decisions.throw(TypeError("the caller failed"))  # type: ignore[attr-defined] # a generator
    assert () == sweep.report.rejected


def test_a_failure_of_what_gives_the_cases_is_not_a_rejection() -> None:
    """An error of the source itself comes out as it is, at the start and later on."""

    def failing(*cases: Space) -> Iterator[Space]:
        yield from cases
        message = "the source failed"
        raise TypeError(message)

    for cases in ((), (pending_space(),)):
        sweep = Sweep(at=START)
        with pytest.raises(TypeError, match="source"):
            list(sweep.over(failing(*cases)))
        assert len(cases) == sweep.report.seen


def test_a_source_that_fails_after_a_stranger_fails() -> None:
    """The stranger is set aside; the failure of the source, next, is not taken for another stranger."""

    def failing() -> Iterator[Any]:
        yield None
        message = "the source failed"
        raise TypeError(message)

    sweep = Sweep(at=START)
    with pytest.raises(TypeError, match="source"):
        list(sweep.over(failing()))
    assert [None] == [rejection.input for rejection in sweep.report.rejected]


def test_a_report_counts_what_was_due() -> None:
    """Every case that was due is counted, over all that the sweep was given."""
    sweep = Sweep(at=START + timedelta(hours=49))
    first, second = list(sweep.over([pending_space(1), pending_space(2)])), list(sweep.over([pending_space(3)]))

    assert (2, 1) == (len(first), len(second))
    counted = Counter({"space-lapsed": 3})
    assert Report(seen=3, due=3, lapsed=counted, presumed=counted) == sweep.report


@pytest.mark.rule("A15")
def test_a_report_says_what_is_presumed() -> None:
    """Where the code is held elsewhere the portal knows, and a mandate's bank does: other lapses are final."""
    registered = issued().case.sign(Applicant.REPRESENTATIVE, at=BUILT).case.send(at=BUILT).case.register(at=BUILT).case
    cases = [pending_space(1), asked(id="space-2").case, registered, waiting_adhesion(3), requested().case]
    sweep = Sweep(at=BUILT + timedelta(days=1200))
    decisions = list(sweep.over(cases))

    assert Counter({"space-lapsed": 2, "activation-lapsed": 2, "mandate-lapsed": 1}) == sweep.report.lapsed
    assert Counter({"space-lapsed": 1, "activation-lapsed": 1, "mandate-lapsed": 1}) == sweep.report.presumed
    assert [True, False, True, True, False] == [decision.case.is_presumed for decision in decisions]
    assert sweep.report.presumed + sweep.report.presumed == (sweep.report + sweep.report).presumed


def test_a_reminder_is_of_the_night_it_is_sent_in() -> None:
    """Steps are as of the sweep's instant, not as of the one at which the reminder fell due: the safe day is past."""
    adhesion = waiting_adhesion()
    deadline = adhesion.deadline
    assert deadline is not None
    assert adhesion.due_at is not None
    assert adhesion.due_at < deadline.safe_until
    (decision,) = Sweep(at=deadline.safe_until + SECOND).over([adhesion])
    (message,) = decision.messages

    assert isinstance(message, ReminderEmail)
    assert {deadline.closes} == {step.by for step in message.steps}
    assert {deadline.safe_until + SECOND} == {event.at for event in decision.events}


def test_a_naive_instant_is_refused() -> None:
    """The instant of a sweep is aware."""
    with pytest.raises(InvalidValueError, match="naive"):
        Sweep(at=datetime(2024, 3, 1))
    with pytest.raises(InvalidValueError, match="naive"):
        sweep_lines([], at=datetime(2024, 3, 1))


@given(st.lists(st.integers(0, 90), max_size=12), st.integers(0, 90), st.randoms())
def test_order_and_partitions_change_nothing(ages: list[int], day: int, random: Any) -> None:
    """In any order, and in any partition, the same cases give the same decisions, and reports add up."""
    cases = [waiting_adhesion(number, at=START + timedelta(days=age)) for number, age in enumerate(ages)]
    at = START + timedelta(days=90 + day)
    whole = Sweep(at=at)
    decided = {decision.case.id: decision for decision in whole.over(cases)}
    shuffled = random.sample(cases, len(cases))
    cut = random.randint(0, len(cases))
    first, second = Sweep(at=at), Sweep(at=at)
    again = {d.case.id: d for d in itertools.chain(first.over(shuffled[:cut]), second.over(shuffled[cut:]))}
    results = [decided[case.id].case if case.id in decided else case for case in cases]

    assert decided == again
    assert whole.report == first.report + second.report
    assert [] == list(Sweep(at=at).over(results))


def two_of_each() -> list[Case]:
    """Two spaces, links, codes and mandates of one instant; of each pair the first is held here, but for mandates."""
    sent = issued().case.sign(Applicant.REPRESENTATIVE, at=BUILT).case.send(at=BUILT).case
    other = issued(id="mandate-8", reference="RUM-8").case.sign(Applicant.REPRESENTATIVE, at=BUILT).case
    return [
        asked(id="space-1").case,
        pending_space(2, at=BUILT),
        linked(id="request-3").case,
        linked(id="request-4", token=HELD_ELSEWHERE, organisation="732 829 320").case,
        requested(id="request-5").case,
        waiting_adhesion(6, at=BUILT),
        sent.register(at=BUILT).case,
        other.send(at=BUILT).case.register(at=BUILT).case,
    ]


NIGHTS: list[tuple[timedelta, Report]] = [
    (timedelta(hours=30), Report(seen=8, due=4, reminded=Counter({"space-reminded": 2, "adhesion-reminded": 2}))),
    (
        timedelta(days=62),
        Report(
            seen=8,
            due=6,
            lapsed=Counter({"space-lapsed": 2, "adhesion-lapsed": 2, "activation-lapsed": 1}),
            presumed=Counter({"space-lapsed": 1, "adhesion-lapsed": 1}),
            reminded=Counter({"activation-reminded": 1}),
        ),
    ),
    (
        timedelta(days=1_060),
        Report(
            seen=8,
            due=8,
            lapsed=Counter({"space-lapsed": 2, "adhesion-lapsed": 2, "activation-lapsed": 2}),
            presumed=Counter({"space-lapsed": 1, "adhesion-lapsed": 1, "activation-lapsed": 1}),
            reminded=Counter({"mandate-reminded": 2}),
        ),
    ),
]


@pytest.mark.rule("A15")
@pytest.mark.parametrize(("later", "expected"), NIGHTS, ids=["hours", "days", "years"])
def test_every_kind_is_decided_and_counted_once(later: timedelta, expected: Report) -> None:
    """As cases and as lines alike; each line that was due comes back as the case that the decision made."""
    cases, as_cases, as_lines = two_of_each(), Sweep(at=BUILT + later), Sweep(at=BUILT + later)
    recorded: list[Decision[Any]] = []
    decided = list(as_cases.over(cases))
    given_back = list(as_lines.lines(map(dumps, cases), record=recorded.append))
    made = {decision.case.id: decision.case for decision in decided}

    assert (expected, expected) == (as_cases.report, as_lines.report)
    assert decided == recorded
    assert [made.get(case.id, case) for case in cases] == [loads(line) for line in given_back]


def test_reports_add_up_field_by_field() -> None:
    """Each number with its own, and the rejections of the first before those of the second."""
    first, second = Rejection("a", "x", None), Rejection("b", "y", None)
    one = Report(seen=1, due=2, lapsed=Counter(a=3), presumed=Counter(a=4), reminded=Counter(a=5), rejected=(first,))
    other = Report(
        seen=10, due=20, lapsed=Counter(a=30), presumed=Counter(a=40), reminded=Counter(a=50), rejected=(second,)
    )

    assert one + other == Report(
        seen=11, due=22, lapsed=Counter(a=33), presumed=Counter(a=44), reminded=Counter(a=55), rejected=(first, second)
    )


def test_reports_add_up_only_with_reports() -> None:
    """A report and something else do not add up."""
    rejection = Rejection("a", "b", None)

    assert Report(seen=3, rejected=(rejection,)) == Report(seen=1, rejected=(rejection,)) + Report(seen=2)
    with pytest.raises(TypeError):
        Report() + 1  # type: ignore[operator] # the point of the test


def test_lines_are_given_again_and_only_what_is_due_is_changed() -> None:
    """A line that is not due comes back as the very same bytes; one that is due comes back as its new snapshot."""
    at = START + timedelta(hours=49)
    idle = dumps(pending_space(1, at=at)) + b"\n"
    due = dumps(pending_space(2))
    done = dumps(pending_space(3).activate(HELD_ELSEWHERE, at=START).case) + b"\n"
    recorded: list[Decision[Any]] = []
    given_back = list(sweep_lines([idle, due, done], at=at, record=recorded.append))

    assert idle is given_back[0]
    assert pending_space(2).lapse(at=at).case == loads(given_back[1])
    assert done is given_back[2]
    assert [pending_space(2).lapse(at=at)] == recorded


def test_a_changed_line_keeps_its_ending_and_is_swept_once() -> None:
    """The end of the line stays, and a second sweep of what came out changes nothing."""
    at = START + timedelta(hours=49)
    (first,) = sweep_lines([dumps(pending_space()) + b"\n"], at=at)
    (second,) = sweep_lines([first], at=at)

    assert first.endswith(b"}\n")
    assert first is second


def test_lines_that_cannot_be_read_are_given_as_they_were_and_reported() -> None:
    """Broken lines, documents that are no case, and cases that cannot be decided are kept, and the others go on."""
    at = START + timedelta(hours=49)
    event = pending_space(5).origin
    lines = [b"{broken\n", dumps(event), dumps(pending_space(6))[:-9], dumps(pending_space(8))]
    sweep = Sweep(at=at)
    given_back = list(sweep.lines(lines))

    assert lines[:3] == given_back[:3]
    assert "lapsed" == loads(given_back[3]).state  # type: ignore[union-attr] # a case
    assert 4 == sweep.report.seen
    assert lines[:3] == [rejection.input for rejection in sweep.report.rejected]
    assert sweep.report.rejected[0].reason.startswith("$")
    assert "not a case: SpaceRequested" == sweep.report.rejected[1].reason
    assert Counter({"space-lapsed": 1}) == sweep.report.lapsed


def test_a_line_spaced_in_another_way_is_read_whole() -> None:
    """A document that does not begin as this library writes it is decoded to know whether it is due."""
    at = START + timedelta(hours=1)
    spaced = dumps(pending_space()).replace(b'"schema":', b'"schema": ')
    late = START + timedelta(hours=49)
    assert peek_due_at(spaced) is None
    (changed,) = sweep_lines([spaced], at=late)

    assert [spaced] == list(sweep_lines([spaced], at=at))
    assert "lapsed" == loads(changed).state  # type: ignore[union-attr] # a case


def test_lines_of_text_are_refused() -> None:
    """Lines are bytes: text is refused, and says how to open the file."""
    with pytest.raises(InvalidValueError, match="expected lines of bytes, not str: open the file in binary mode"):
        list(sweep_lines(["{}"], at=START))  # type: ignore[list-item] # the point of the test


def test_a_case_that_cannot_be_decided_keeps_its_line() -> None:
    """A line whose case is ahead of the sweep's clock, though it says that it is due, is kept and reported."""
    line = dumps(ahead(0))
    sweep = Sweep(at=START + timedelta(hours=29))

    assert [line] == list(sweep.lines([line]))
    assert ["space-0"] == [rejection.id for rejection in sweep.report.rejected]


@pytest.mark.parametrize("error", [ValueError("mine"), RefusedError("mine", rule=EXPERT_2024_04_03.rule("1.9"))])
def test_what_record_raises_comes_out(error: Exception) -> None:
    """A decision that could not be kept is no rejection, even if it is refused: nobody may take it for kept."""
    sweep = Sweep(at=START + timedelta(hours=49))

    def record(_: object) -> None:
        raise error

    with pytest.raises(type(error)):
        list(sweep.lines([dumps(pending_space())], record=record))
    assert () == sweep.report.rejected


def test_only_what_is_due_is_decoded() -> None:
    """A line whose head says that it is not due is not looked at further, whatever its tail is."""
    torn = dumps(pending_space())[:-20]
    sweep = Sweep(at=START + timedelta(hours=24) - MICROSECOND)

    assert [torn] == list(sweep.lines([torn]))
    assert Report(seen=1) == sweep.report


def test_a_line_is_due_at_its_very_instant() -> None:
    """At the instant of the head a line is decided; the new line ends as the old one did, with nothing."""
    line = dumps(pending_space())
    (reminded,) = sweep_lines([line], at=START + timedelta(hours=24))

    assert pending_space().remind(at=START + timedelta(hours=24)).case == loads(reminded)
    assert reminded.endswith(b"}")


def test_a_sweep_adds_up_what_it_is_given_one_after_the_other() -> None:
    """Cases, then lines, then more lines: one report counts them all."""
    sweep = Sweep(at=START)
    line = dumps(pending_space())
    swept = [*sweep.over([pending_space()]), *sweep.lines([line, line]), *sweep.lines([line])]

    assert [line, line, line] == swept
    assert Report(seen=4) == sweep.report


def test_lines_are_read_under_the_rulebooks_of_the_sweep() -> None:
    """Cases made under several of a host's rulebooks are read by the sweep that has them, none by one that has not."""
    mine, ours = (attrs.evolve(EXPERT_2024_04_03, version=version) for version in ("mine", "ours"))
    spaces = [
        asked(id=f"space-{rulebook.version}", at=START, code=HELD_ELSEWHERE, rulebook=rulebook).case
        for rulebook in (mine, ours)
    ]
    lines = [dumps(space) for space in spaces]
    at = START + timedelta(hours=49)
    swept = list(sweep_lines(lines, at=at, rulebooks=iter([mine, ours])))
    stranger = Sweep(at=at, rulebooks=[mine])

    assert [space.lapse(at=at).case for space in spaces] == [loads(line, rulebooks=[mine, ours]) for line in swept]
    assert [swept[0], lines[1]] == list(stranger.lines(lines))
    assert "$.origin.rulebook" in stranger.report.rejected[0].reason


def test_the_shipped_rulebook_is_always_known() -> None:
    """A sweep that is given a host's rulebook alone reads the cases of an earlier time too."""
    mine = attrs.evolve(EXPERT_2024_04_03, version="mine")
    at = START + timedelta(hours=49)
    sweep = Sweep(at=at, rulebooks=[mine])
    (line,) = sweep.lines([dumps(pending_space())])

    assert pending_space().lapse(at=at).case == loads(line)
    assert () == sweep.report.rejected


def test_a_rejection_never_shows_its_input() -> None:
    """What was set aside may be anything, a form with a password in it too: its `repr` says why, and no more."""
    assert "Rejection(id='space-1', reason='why')" == repr(Rejection("space-1", "why", "correct horse"))


@pytest.mark.parametrize("given", [None, 7, "expert-2024-04-03", [EXPERT_2024_04_03, None]], ids=repr)
def test_a_sweep_takes_rulebooks_and_nothing_else(given: Any) -> None:
    """What is no rulebook is refused when the sweep is made."""
    with pytest.raises(InvalidValueError, match=r"expected Rulebook$"):
        Sweep(at=START, rulebooks=given)


@pytest.mark.parametrize(
    "answer", [lambda: map(print, [1]), lambda: iter([]), lambda: print], ids=["map", "iter", "function"]
)
def test_what_record_has_not_done_yet_is_refused(answer: Any) -> None:
    """A `record` that only promises would lose its decision: the line is not given."""
    line = dumps(asked(code=HELD_ELSEWHERE).case)
    swept = sweep_lines([line], at=BUILT + timedelta(days=3), record=lambda _: answer())

    with pytest.raises(TypeError, match=r"^record answers .*of which nothing has happened yet"):
        next(swept)


def test_what_record_says_that_it_did_not_do_is_refused() -> None:
    """A `record` that answers False has kept nothing: the line is not given."""
    line = dumps(asked(code=HELD_ELSEWHERE).case)

    with pytest.raises(TypeError, match=r"^record answers False, which says that nothing was done"):
        next(sweep_lines([line], at=BUILT + timedelta(days=3), record=lambda _: False))


def test_a_sweep_is_made_of_an_instant_and_rulebooks() -> None:
    """What it counts begins at nothing: nobody can say otherwise."""
    assert ["at", "rulebooks"] == list(signature(Sweep).parameters)


def test_sweeps_of_the_same_tell_the_same() -> None:
    """What a sweep keeps to say equal errors once is nothing that anybody sees, or that tells two sweeps apart."""
    one, other = Sweep(at=START), Sweep(at=START)
    assert list(one.lines([b"{}"])) == list(other.lines([b"{}"]))
    assert 1 == len(one.report.rejected)

    assert one == other
    assert "errors" not in repr(one)
