"""Proofs for every instant: they hold of the library's own kinds, and refute a table that is wrong by an instant."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest

pytest.importorskip("z3", reason="the extra `proofs` is not installed")

from teleprocedures import Adhesion, Deadline, Event, Lifecycle, Mandate, Row, ServicesTakenOver, Space, SpaceState
from teleprocedures.cases._activation import ACTIVATION, ActivationState, code_still_works, letter_counts
from teleprocedures.core import PAST, Entry, in_time, reminder_is_due, stands_for, time_is_up
from teleprocedures.testing import PlainHasher, space_form
from teleprocedures.testing.proofs import _changed, _of, _running, check
from teleprocedures.values import HELD_ELSEWHERE

START = datetime(2025, 1, 6, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.rule("1.9", "1.10", "2.9", "2.11", "3.1", "3.4", "F1", "A2", "A3")
@pytest.mark.parametrize(
    ("kind", "verbs"),
    [
        (Space, {"pending": ["activate"]}),
        (Adhesion, {"awaiting_email": ["confirm_company_email"], "awaiting_code": ["record_letter", "activate"]}),
        (Mandate, {"registered": []}),
    ],
)
def test_what_is_promised_of_time_limits_is_proved(kind: type, verbs: dict[str, list[str]]) -> None:
    """In each state in which a time limit runs, every statement holds on every path, and each verb in time is named."""
    proofs = check(kind)

    assert verbs.keys() == {proof.stage for proof in proofs}
    assert verbs == {
        stage: [it.statement.split()[0] for it in proofs if it.stage == stage and it.statement.endswith(IN_TIME)]
        for stage in verbs
    }
    assert [] == [proof for proof in proofs if not proof.holds]
    assert all(proof.paths for proof in proofs)
    assert set(STATEMENTS) <= {proof.statement for proof in proofs}


STATEMENTS = (
    "the clock decides exactly from due_at on",
    "the lapse is possible exactly after the last usable instant",
    "what the clock decides leaves nothing due at that instant",
    "what is told late is judged by when it happened",
    "nothing is told before what was told last",
    "nothing happens after it is told",
    "what is due after a late telling is the next that comes after it",
    "lapse is possible at some instant",
)
"""What is proved of every kind, in each state in which a time limit runs."""
IN_TIME = "is possible exactly up to the last usable instant"


def test_a_kind_of_a_hosts_own_is_proved_in_a_line() -> None:
    """The delegation of the example, in a process of its own, since a kind is registered for good."""
    example = Path(__file__).parents[2] / "docs/examples/delegation"
    line = (
        "import delegation as it, teleprocedures.testing.proofs as the; "
        "print(*the.check(it.Delegation, untimed={'revoke'}), sep=chr(10))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(example), os.environ.get("PYTHONPATH", "")))}
    run = subprocess.run([sys.executable, "-c", line], env=environment, capture_output=True, text=True, check=False)

    told = run.stdout.splitlines()
    assert "" == run.stderr
    assert len(STATEMENTS) + 2 == len(told)
    assert all("stage='offered'" in it and "counterexample=None" in it for it in told)
    assert all(
        any(repr(statement) in it for it in told)
        for statement in (*STATEMENTS, f"accept {IN_TIME}", "accept is possible at some instant")
    )


# --- Tables that are wrong by an instant ------------------------------------------------------------------------------


@stands_for(PAST)
def too_short(case: Space, at: datetime) -> bool:
    """Refuses the last usable instant."""
    return in_time(case, at + TICK)


@stands_for(PAST)
def too_long(case: Space, at: datetime) -> bool:
    """Takes the first late instant."""
    return in_time(case, at + -TICK)


def at_the_safe_day(case: Space, at: datetime) -> bool:
    """Lapses after the day that people are shown."""
    return bool(at > case.time_limit.safe_until) or time_is_up(case, at)


def too_early(case: Space, at: datetime) -> bool:
    """Lapses at the last usable instant."""
    return time_is_up(case, at + TICK)


def too_late(case: Space, at: datetime) -> bool:
    """Lapses an instant later than it can."""
    return time_is_up(case, at + -TICK)


def whenever(case: Space, at: datetime) -> bool:
    """Reminds at any instant in time."""
    return in_time(case, at)


def never(case: Space, at: datetime) -> bool:
    """Never lapses."""
    return time_is_up(case, case.time_limit.closes)


@stands_for(PAST)
def by_the_telling(case: Space, _: datetime, *, recorded_at: datetime) -> bool:
    """Judges what is told late by when it is told."""
    return in_time(case, recorded_at)


@stands_for(PAST, "A15")
def a_microsecond_too_long(case: Adhesion, at: datetime) -> bool:
    """Takes the code at the first late instant too."""
    return at <= case.time_limit.lapses_at or code_still_works(case, at)


def guarded_by(table: Lifecycle, wrong: dict[object, object]) -> list[Row]:
    """The rows of a table with other guards in the place of these; where that is None, none but in a correction."""
    changed = [
        (row, [wrong.get(guard, guard) or (row.corrects and guard) for guard in row.guards]) for row in table.rows
    ]
    return [row._replace(guards=tuple(filter(None, guards))) for row, guards in changed]


def broken(wrong: dict[object, object], **members: object) -> Space:
    """A pending space whose table has other guards in the place of these, or whose kind has other members."""
    table, rows = Space.lifecycle, guarded_by(Space.lifecycle, wrong)
    described = [table._described[state] for state in table.states]
    lifecycle = Lifecycle(
        "space", SpaceState, initial=table.initial, described=described, rows=rows, limit=table.limit, opens=table.opens
    )
    kind = type("Broken", (Space,), {"lifecycle": lifecycle, "__slots__": (), **members})
    hasher, form = PlainHasher(), space_form()
    return kind.create(
        form,
        id="space",
        password_hash=hasher.hash(form.password),
        answer_hash=hasher.hash(form.security_answer),
        at=START,
        code=HELD_ELSEWHERE,
    ).case


@pytest.mark.parametrize(
    "wrong",
    [
        {in_time: too_short},
        {in_time: too_long},
        {time_is_up: at_the_safe_day},
        {time_is_up: too_early},
        {time_is_up: too_late},
        {time_is_up: never},
        {reminder_is_due: whenever},
        {in_time: by_the_telling},
        {in_time: None},
    ],
    ids=lambda it: getattr(next(iter(it.values())), "__name__", "missing"),
)
def test_a_table_that_is_wrong_by_an_instant_is_refuted(wrong: dict[object, object]) -> None:
    """Each is refuted by instants that make a statement false."""
    refuted = [proof for proof in _of(broken(wrong)) if not proof.holds]

    assert refuted
    assert all(proof.counterexample for proof in refuted)


@pytest.mark.rule("3.1", "3.4", "A3", "A15")
@pytest.mark.parametrize(
    ("wrong", "verb"),
    [
        ({code_still_works: a_microsecond_too_long}, "activate"),
        ({code_still_works: None}, "activate"),
        ({letter_counts: None}, "record_letter"),
    ],
)
def test_a_guard_that_stands_for_more_than_the_time_is_proved_too(wrong: dict[object, object], verb: str) -> None:
    """The end of the 60 days is proved of the code and of the letter's day, whatever else their guards ask."""
    table = ACTIVATION
    lifecycle = Lifecycle(
        "activation",
        ActivationState,
        initial=table.initial,
        described=[table._described[state] for state in table.states],
        rows=guarded_by(table, wrong),
        limit=table.limit,
        entries=[Entry(ServicesTakenOver, ActivationState.ACTIVE)],
    )
    case = next(it for it in _running(Adhesion) if it.stage is ActivationState.AWAITING_CODE)
    kind = type("Broken", (Adhesion,), {"table": lifecycle, "__slots__": ()})
    fields = {it.name: getattr(case, it.name) for it in attrs.fields(Adhesion)}

    refuted = [proof.statement for proof in _of(kind(**fields)) if not proof.holds]

    assert f"{verb} {IN_TIME}" in refuted


def test_the_same_table_without_a_fault_is_proved() -> None:
    """What refutes the others is the fault."""
    assert [] == [proof for proof in _of(broken({})) if not proof.holds]


def test_an_order_that_is_not_kept_is_refuted() -> None:
    """A kind that takes whatever is told as told last, and one that lets be told what is to come."""

    def told_last(self, trigger, at, recorded_at, given):
        return Space._judge(self, trigger, at, max(recorded_at or at, self.recorded_at), given)

    def foretold(self, trigger, at, recorded_at, given):
        return Space._judge(self, trigger, at, max(recorded_at or at, at), given)

    for judge, statement in (
        (told_last, "nothing is told before what was told last"),
        (foretold, "nothing happens after it is told"),
    ):
        assert statement in [proof.statement for proof in _of(broken({}, _judge=judge)) if not proof.holds]


@pytest.mark.rule("A14")
@pytest.mark.parametrize("due", [lambda limit, event: limit.due_after(event.at), lambda limit, _: limit.lapses_at])
def test_what_is_due_by_another_instant_than_the_telling_is_refuted(due: Callable[[Deadline, Event], datetime]) -> None:
    """A kind whose reminders are counted from when a late fact happened, and one that drops those ahead."""

    def apply(self: Space, event: Event) -> Space:
        after = Space.apply(self, event)
        return after if after.due_at is None else _changed(after, due_at=due(self.time_limit, event))

    refuted = [proof.statement for proof in _of(broken({}, apply=apply)) if not proof.holds]

    assert "what is due after a late telling is the next that comes after it" in refuted
