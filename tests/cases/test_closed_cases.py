"""A closed case: nothing runs here, and on the portal its time limit goes on (A21)."""

from __future__ import annotations

import pytest

from teleprocedures import MandateState, Reason
from tests.builders import asked, each, mandate_in, requested
from tests.instants import START, TICK

pytestmark = pytest.mark.rule("A21")

OPEN = (asked().case, requested().case, mandate_in(MandateState.REGISTERED))


@each("case", *OPEN, ids=lambda case: case.kind)
def test_a_closed_case_is_over_when_its_time_limit_is(case) -> None:
    """A closing makes nobody hold longer what the portal takes away: to the microsecond, a closed case is over too."""
    assert case.deadline is not None
    ends, closed = case.deadline.closes, case.close(Reason.CLIENT_LEFT, at=START).case

    assert (False, True) == (closed.is_over(ends), closed.is_over(ends + TICK))
    assert (None, None) == (closed.deadline, closed.due_at)


def test_a_closed_mandate_is_not_registered_for_ever() -> None:
    """Of a mandate that was closed, the idle months end as of any other (F1)."""
    mandate = OPEN[-1].close(Reason.CLIENT_LEFT, at=START).case
    assert mandate.idle is not None

    assert (True, False) == (mandate.is_registered(mandate.idle.closes), mandate.is_registered(mandate.idle.lapses_at))
