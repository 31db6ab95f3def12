"""A column of `due_at` beside cases in memory: what is due is found by NumPy, and not by asking each case.

portfolio = DueColumn(cases)
for decision in portfolio.decide(Sweep(at=at)):
    ...                                  # the portfolio has the new snapshot already
portfolio.put(place, case)               # what was decided by day
portfolio.add(case)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from teleprocedures import Case, Decision, Sweep

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
NEVER: Final = np.iinfo(np.int64).max
"""In the column, for a case on which the clock has nothing to decide."""


class DueColumn:
    """Cases in a list, and beside it when each is due: microseconds since 1970, eight bytes a case.

    The two are changed together and by this class alone. Places stay: a case has the place it was added at.
    """

    def __init__(self, cases: Iterable[Case] = ()) -> None:
        self._cases = list(cases)
        self._due_at = np.fromiter(map(_microseconds, self._cases), np.int64, len(self._cases))

    def __len__(self) -> int:
        return len(self._cases)

    def __getitem__(self, place: int) -> Case:
        return self._cases[place]

    def put(self, place: int, case: Case) -> None:
        """Put a new snapshot in the place of the one before; 1 µs."""
        self._cases[place] = case
        self._due_at[place] = _microseconds(case)

    def add(self, case: Case) -> int:
        """Add a case; its place. The column grows by half when it is full, so that most of them cost nothing."""
        place = len(self._cases)
        if place == len(self._due_at):
            self._due_at = np.append(self._due_at, np.full(place // 2 + 16, NEVER))
        self._cases.append(case)
        self._due_at[place] = _microseconds(case)
        return place

    def due(self, at: datetime) -> list[int]:
        """The places of the cases on which the clock has something to decide at an instant, in order."""
        return np.flatnonzero(self._due_at <= (at - EPOCH) // MICROSECOND).tolist()  # type: ignore[no-any-return]

    def decide(self, sweep: Sweep) -> Iterator[Decision[Any]]:
        """The decisions of a sweep over what is due, each put in its place before it is given.

        What cannot be decided is in the report of the sweep, and stays due. `seen` counts what was due.
        """
        places = self.due(sweep.at)
        by_id = {self._cases[place].id: place for place in places}
        for decision in sweep.over([self._cases[place] for place in places]):
            self.put(by_id[decision.case.id], decision.case)
            yield decision


def _microseconds(case: Case) -> int:
    return NEVER if case.due_at is None else (case.due_at - EPOCH) // MICROSECOND
