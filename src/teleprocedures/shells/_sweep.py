"""The shell for batches: what the clock has decided for any number of cases as of one instant.

A case that is not due is passed by at the cost of one comparison. A case that is refused is set aside with what was
wrong, and so is a document that does not read. The others go on. Any other error is somebody's fault and comes out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, TypeVar

import attrs

from teleprocedures.cases import Case
from teleprocedures.core import Decision, Lapse
from teleprocedures.deadlines import instant
from teleprocedures.errors import (
    CodecError,
    InvalidValueError,
    RefusedError,
    TeleproceduresError,
    check_kinds,
    shows_half_built,
)
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.shells._answers import done

CaseT = TypeVar("CaseT", bound=Case)


MOST_INPUTS: Final = 1_000
"""How many inputs a sweep keeps, and how many different errors: a file of another kind is set aside line by line."""


@shows_half_built
@attrs.frozen
class Rejection:
    """A case that could not be decided, with its id when it is known, and why.

    The `error` says why with its code and facts, without what was set aside. An error given as text is kept as it is.
    Its words are the `reason`. What was set aside is the `input`, None after the first thousand of a sweep. After the
    first thousand different errors of a sweep, only the code of another one is kept, as text.
    """

    id: str | None
    error: TeleproceduresError | str = attrs.field(eq=str)
    input: object = None

    @property
    def reason(self) -> str:
        """Why, in English."""
        return str(self.error)

    def __repr__(self) -> str:
        return f"Rejection(id={self.id!r}, reason={self.reason!r})"


@shows_half_built
@attrs.frozen(kw_only=True)
class Report:
    """What a sweep saw and decided; reports of partitions add up to the report of the whole.

    The counts `lapsed` and `reminded` are of decisions, by the kind of their event. Of those that have lapsed,
    `presumed` counts the ones that a fact told later can correct (A15). What could not be decided is `rejected`.
    """

    seen: int = 0
    due: int = 0
    lapsed: Counter[str] = attrs.field(factory=Counter)
    presumed: Counter[str] = attrs.field(factory=Counter)
    reminded: Counter[str] = attrs.field(factory=Counter)
    rejected: tuple[Rejection, ...] = ()

    def __add__(self, other: Report) -> Report:
        if not isinstance(other, Report):
            return NotImplemented
        return Report(
            seen=self.seen + other.seen,
            due=self.due + other.due,
            lapsed=self.lapsed + other.lapsed,
            presumed=self.presumed + other.presumed,
            reminded=self.reminded + other.reminded,
            rejected=self.rejected + other.rejected,
        )


def _rulebooks(given: Iterable[Rulebook]) -> tuple[Rulebook, ...]:
    return check_kinds(given, Rulebook, what="rulebook")


@shows_half_built
@attrs.define(kw_only=True)
class Sweep:
    """One pass of the clock over cases in any order, as of the instant `at` (aware; UTC is kept).

    Cases keep the rulebook they were made under. Encoded cases are read by the `rulebooks`, and by the shipped one,
    which is always known. Raises `InvalidValueError` for a naive instant, and for what is no rulebook.
    """

    at: datetime = attrs.field(converter=instant, on_setattr=attrs.setters.frozen)
    rulebooks: tuple[Rulebook, ...] = attrs.field(default=(), converter=_rulebooks, on_setattr=attrs.setters.frozen)
    _seen: int = attrs.field(default=0, init=False)
    _due: int = attrs.field(default=0, init=False)
    _lapsed: Counter[str] = attrs.field(factory=Counter, init=False)
    _presumed: Counter[str] = attrs.field(factory=Counter, init=False)
    _reminded: Counter[str] = attrs.field(factory=Counter, init=False)
    _rejected: list[Rejection] = attrs.field(factory=list, init=False)
    _errors: dict[str, TeleproceduresError | str] = attrs.field(factory=dict, init=False, repr=False, eq=False)

    @property
    def report(self) -> Report:
        """What the sweep has seen and decided so far, which is exact once what it gives has been used up."""
        return Report(
            seen=self._seen,
            due=self._due,
            lapsed=Counter(self._lapsed),
            presumed=Counter(self._presumed),
            reminded=Counter(self._reminded),
            rejected=tuple(self._rejected),
        )

    def over(self, cases: Iterable[CaseT]) -> Iterator[Decision[CaseT]]:
        """A decision for each case that the clock has something to decide on: its lapse, or a reminder.

        They are made as they are asked for, in constant memory. The same cases give the same decisions in any order. A
        second sweep of the results at the same instant decides nothing. What is refused becomes a `Rejection` of the
        report, and so does what is no case. Raises any other error of a decision.
        """
        at, seen = self.at, 0
        try:
            for case in cases:
                seen += 1
                try:
                    if (due_at := case.due_at) is None or due_at > at:
                        continue
                except (AttributeError, TypeError):
                    due_at = None
                if due_at is None or not isinstance(case, Case):
                    self.reject(None, _no_case(case), case)
                elif (decision := self.decide(case)) is not None:
                    yield decision
        finally:
            self._seen += seen

    def decide(self, case: CaseT) -> Decision[CaseT] | None:
        """The decision on one case that is due, counted in the report; None when it had to be rejected.

        Only what the procedure refuses is rejected. Any other error of the case's `tick` comes out.
        """
        self._due += 1
        try:
            decision = case.tick(at=self.at)
        except RefusedError as refusal:
            self.reject(case.id, refusal, case)
            return None
        event = decision.events[-1]
        if not isinstance(event, Lapse):
            self._reminded[event.kind] += 1
            return decision
        self._lapsed[event.kind] += 1
        if decision.case.is_presumed:
            self._presumed[event.kind] += 1
        return decision

    def reject(self, id: str | None, error: TeleproceduresError | str, given: object) -> None:
        """Set aside what cannot be decided, and why, in an error or in a host's own words.

        Errors that say the same are kept once. They are kept without the frames that they came through, which hold what
        was given.
        """
        if isinstance(error, TeleproceduresError):
            error.__traceback__ = error.__context__ = error.__cause__ = None
        words = str(error)
        if words in self._errors or len(self._errors) < MOST_INPUTS:
            error = self._errors.setdefault(words, error)
        elif isinstance(error, TeleproceduresError):
            error = error.code
        self._rejected.append(Rejection(id, error, given if len(self._rejected) < MOST_INPUTS else None))

    def lines(
        self, lines: Iterable[bytes], *, record: Callable[[Decision[Case]], object] | None = None
    ) -> Iterator[bytes]:
        """Each encoded case again, one JSON document a line: the new snapshot where one was due, else the same line.

        Only what is due is decoded. The function `record` is handed each decision before its line is given, because its
        events and messages are nowhere else. A line that cannot be read or decided becomes a `Rejection` of the report
        and is given as it was.

        Raises `InvalidValueError` for lines that are not bytes. Raises `TypeError` for a `record` that answers what is
        still to be done, such as a generator. An error of `record` comes out.
        """
        # The codec's libraries weigh as much as all the rest, and not every host stores.
        from teleprocedures.codec import due_mark, peek_due_at  # noqa: PLC0415

        mark, seen = due_mark(self.at), 0
        try:
            for line in lines:
                seen += 1
                if not isinstance(line, bytes):
                    raise InvalidValueError("line.wrong_type", type=type(line).__name__)
                due_at = peek_due_at(line)
                yield line if due_at is not None and due_at > mark else self._swept(line, record)
        finally:
            self._seen += seen

    def _swept(self, line: bytes, record: Callable[[Decision[Case]], object] | None) -> bytes:
        from teleprocedures.codec import MOST_VERSIONS, dumps, loads, no_version  # noqa: PLC0415 - as above

        try:
            # A case of an earlier time is read under the shipped rulebook that it pins.
            case = loads(line, rulebooks=(*self.rulebooks, EXPERT_2024_04_03))
        except CodecError as error:
            self.reject(None, error, line)
            return line
        if not isinstance(case, Case):
            self.reject(None, _no_case(case), line)
            return line
        if case.version >= MOST_VERSIONS and case.is_due(self.at):
            self.reject(case.id, no_version(case, case.version + 1), line)
            return line
        if not case.is_due(self.at) or (decision := self.decide(case)) is None:
            return line
        if record is not None:
            done("record", record(decision))
        return dumps(decision.case) + (b"\n" if line.endswith(b"\n") else b"")


def _no_case(given: object) -> InvalidValueError:
    return InvalidValueError("sweep.no_case", type=type(given).__name__)


def sweep_lines(
    lines: Iterable[bytes],
    *,
    at: datetime,
    rulebooks: Iterable[Rulebook] = (),
    record: Callable[[Decision[Case]], object] | None = None,
) -> Iterator[bytes]:
    """`Sweep.lines` for whoever needs no report: encoded cases in and encoded cases out, as of the instant `at`.

    Raises `InvalidValueError` for a naive instant, for what is no rulebook, and for lines that are not bytes.
    Raises `TypeError` for a `record` that answers with an awaitable, as `Sweep.lines` does.
    """
    return Sweep(at=at, rulebooks=rulebooks).lines(lines, record=record)
