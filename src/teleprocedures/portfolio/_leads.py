"""How long what no rule limits takes: as the host says, or as it really took in the host's own history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Final

import attrs

from teleprocedures.cases import (
    LetterPosted,
    LetterRecorded,
    MandateIssued,
    MandateRegistered,
    MandateSent,
    MandateSigned,
    ServicesActivated,
)
from teleprocedures.core import Event, FactWithdrawn
from teleprocedures.deadlines import civil_day
from teleprocedures.errors import InvalidValueError, check_kinds, show, shows_half_built

LONGEST_LEAD: Final = 1_000
"""The most civil days that a lead time can have."""
ENOUGH: Final = 30
"""From how many observations on a lead time is more than an impression."""


def _days(_: object, field: attrs.Attribute[int], value: object) -> None:
    # True is a whole number in Python, and no number of days.
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST_LEAD:
        raise InvalidValueError("lead_time.malformed", name=field.name, value=show(value), most=LONGEST_LEAD)


def _frozen(counts: Mapping[str, int]) -> Mapping[str, int]:
    return MappingProxyType(dict(counts))


@shows_half_built
@attrs.frozen(kw_only=True)
class LeadTimes:
    """How long what no rule limits takes, in whole civil days from 0 to 1,000.

    The `letter` takes from the validation until it is at the company (14 days, as announced: F2). The `company` takes
    until it passes the code on, and until its legal representative has signed a mandate. The `bank` takes from the
    sending of a mandate to its registration. Raises `InvalidValueError` for anything else than such a number.

    Where they were `learned`, `observations` has how many times each was seen.
    """

    letter: int = attrs.field(default=14, validator=_days)
    company: int = attrs.field(default=3, validator=_days)
    bank: int = attrs.field(default=5, validator=_days)
    observations: Mapping[str, int] = attrs.field(factory=dict, converter=_frozen, eq=False, repr=False)

    @property
    def too_few(self) -> tuple[str, ...]:
        """Those that were learned from fewer than 30 observations, which is too few to count on."""
        return tuple(name for name, count in self.observations.items() if count < ENOUGH)

    @classmethod
    def learned(cls, events: Iterable[Event], quantile: float = 0.9) -> LeadTimes:
        """How long letters, companies and banks really took, so that this share of them took no longer.

        The `events` are those of any number of cases, in any order. A letter takes from the validation to the day on
        which it was seen. A company takes from that day until the code is entered, and from the issue of a mandate to
        its signature. A bank takes from the sending to the registration. What was never seen keeps its default. A time
        that is longer than 1,000 days counts as 1,000.

        Raises `InvalidValueError` for a quantile that is not above 0 and at most 1, and for what is no event.
        """
        if isinstance(quantile, bool) or not isinstance(quantile, (int, float)) or not 0 < quantile <= 1:
            raise InvalidValueError("quantile.not_allowed", value=show(quantile))
        seen = _seen(events)
        # As it is written: 0.9 of ten is nine, whatever a float makes of it.
        share = Fraction(str(quantile))
        found = {
            name: min(sorted(days)[ceil(share * len(days)) - 1], LONGEST_LEAD) for name, days in seen.items() if days
        }
        return cls(**found, observations={name: len(days) for name, days in seen.items()})


_SPANS: Final[tuple[tuple[str, type[Event], type[Event]], ...]] = (
    ("letter", LetterPosted, LetterRecorded),
    ("company", LetterRecorded, ServicesActivated),
    ("company", MandateIssued, MandateSigned),
    ("bank", MandateSent, MandateRegistered),
)
"""What each lead time is seen between: the first event of one kind in a case, and the first of another."""


def _seen(events: Iterable[Event]) -> dict[str, list[int]]:
    firsts: defaultdict[str, dict[type[Event], date]] = defaultdict(dict)
    kinds = tuple(dict.fromkeys(kind for _, *pair in _SPANS for kind in pair))
    by_case: defaultdict[str, list[Event]] = defaultdict(list)
    for event in check_kinds(events, Event, what="event"):
        by_case[event.case_id].append(event)
    for id, of_case in by_case.items():
        withdrawn = (it for it in of_case if isinstance(it, FactWithdrawn))
        gone = {version for it in withdrawn for version in (it.withdrawn, *it.fallen)}
        for event in sorted(of_case, key=lambda it: it.version):
            if event.version in gone:
                continue  # a mistake is no observation (A20)
            kind = next((it for it in kinds if isinstance(event, it)), None)
            if kind is not None:
                firsts[id].setdefault(kind, civil_day(event.at))
    seen: dict[str, list[int]] = {name: [] for name, *_ in _SPANS}
    for days in firsts.values():
        for name, begun, ended in _SPANS:
            if begun in days and ended in days:
                seen[name].append(max((days[ended] - days[begun]).days, 0))
    return seen
