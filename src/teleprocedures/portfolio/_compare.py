"""What changes with another rulebook: as data, in days, and as the shortest histories that show it.

A rulebook is data, so what differs can be listed. What that means is another question: a reminder more, or a request
that is refused from now on. So the deadlines of both are counted from several starts, and the procedure is gone through
under both (`_stories`).

The order of services and of rules changes no history. But the fingerprint has it, so documents of another order are
refused. Hence it is told as a change of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final

import attrs

from teleprocedures.cases import estimate
from teleprocedures.deadlines import PARIS, Deadline, instant, time_zone
from teleprocedures.errors import Rule, check_kind, shows_half_built
from teleprocedures.portfolio._stories import Story, stories
from teleprocedures.rulebook import Catalogue, Rulebook

ESTIMATE: Final = "letter_announced"
"""What the days of a code are counted by while the letter's day is not known (A3, F2)."""


@shows_half_built
@attrs.frozen
class RulebookChange:
    """One thing that the rulebooks say differently, at its path, such as `.catalogue[payer-tva].pays`.

    What only one of them has is None in the other. Another order of what both have is at `.catalogue.order` or
    `.rules.order`.
    """

    path: str
    old: object
    new: object


@shows_half_built
@attrs.frozen
class MovedDeadline:
    """A time limit by its name, and the deadlines that it starts at the instant `start`; None where there is none."""

    limit: str
    old: Deadline | None
    new: Deadline | None
    start: datetime

    @property
    def by(self) -> timedelta | None:
        """How much later the last usable instant is, None where one of the two has no such limit."""
        return None if self.old is None or self.new is None else self.new.closes - self.old.closes


@shows_half_built
@attrs.frozen(kw_only=True)
class Comparison:
    """What changes from one rulebook to another.

    The `changes` are all that they say differently. The `deadlines` are those that move. The services and rules that
    come and go are by their codes and ids. The `stories` are the shortest histories that one accepts and the other
    refuses, one for each verb: those of people first, then the shortest.
    """

    changes: tuple[RulebookChange, ...]
    deadlines: tuple[MovedDeadline, ...]
    services_added: tuple[str, ...]
    services_gone: tuple[str, ...]
    rules_added: tuple[str, ...]
    rules_gone: tuple[str, ...]
    stories: tuple[Story, ...]


def compare(old: Rulebook, new: Rulebook, *, at: datetime | None = None) -> Comparison:
    """Tell what changes from one rulebook to another.

    Deadlines are counted, and stories told, from `at` (UTC): by default from noon in Paris on the first day on which
    both are in force. A deadline that does not move from there is counted from days of the next four years: the last
    of each month, and those beside a change of the clocks.

    Raises `InvalidValueError` for what is no rulebook, and for a naive instant.
    """
    for book in (old, new):
        check_kind(book, Rulebook, what="rulebook")
    if at is None:
        at = datetime.combine(max(old.in_force_from, new.in_force_from), time(12), time_zone(PARIS))
    at = instant(at)
    services, rules = (
        ([*map(str, one)], [*map(str, other)])
        for one, other in ((old.catalogue, new.catalogue), (old.rules, new.rules))
    )
    return Comparison(
        changes=tuple(_changes("", old, new)),
        deadlines=tuple(_moved(old, new, at)),
        services_added=_beyond(services[1], services[0]),
        services_gone=_beyond(*services),
        rules_added=_beyond(rules[1], rules[0]),
        rules_gone=_beyond(*rules),
        stories=() if old.fingerprint == new.fingerprint else stories(old, new, at),
    )


def _beyond(names: list[str], known: list[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in known)


def _changes(path: str, old: object, new: object) -> Iterator[RulebookChange]:
    parts, others = _parts(old), _parts(new)
    if parts is None or others is None or type(old) is not type(new):
        if (type(old), old) != (type(new), new):
            yield RulebookChange(path, old, new)
        return
    for step in dict.fromkeys((*parts, *others)):
        yield from _changes(path + step, parts.get(step), others.get(step))
    if isinstance(old, (Catalogue, tuple)):
        one, other = (
            tuple(it.strip("[]") for it in of if it in beside) for of, beside in ((parts, others), (others, parts))
        )
        if one != other:
            yield RulebookChange(f"{path}.order", one, other)


def _parts(value: object) -> Mapping[str, object] | None:
    """The parts of a value by their steps of the path; None of what is told as a whole."""
    if isinstance(value, Catalogue):
        return {f"[{code}]": service for code, service in value.items()}
    if isinstance(value, tuple) and all(isinstance(each, Rule) for each in value):
        return {f"[{rule.id}]": rule for rule in value}
    if isinstance(value, Mapping):
        return {f"[{name}]": each for name, each in value.items()}
    kind = type(value)
    if not attrs.has(kind):
        return None
    # What a rulebook reads besides, and the limits that a rule is worded with, are no content of their own.
    names = (it for it in attrs.fields(kind) if it.init and it.name not in {"replaces", "limits"})
    return {f".{it.alias}": getattr(value, it.name) for it in names}


def _moved(old: Rulebook, new: Rulebook, at: datetime) -> Iterator[MovedDeadline]:
    starts = tuple(_starts(at))
    for name in (*dict.fromkeys((*old.limits, *new.limits)), ESTIMATE):
        both = (MovedDeadline(name, _deadline(old, name, it), _deadline(new, name, it), it) for it in starts)
        yield from islice((it for it in both if it.old != it.new), 1)


def _starts(at: datetime) -> Iterator[datetime]:
    """The instant first, then its hour in Paris on days from which civil days, months and hours may end differently."""
    yield at
    local = at.astimezone(time_zone(PARIS))
    for number in range(1, min(_YEARS, (_LATEST - local.date()).days)):
        before, day, after = (local + timedelta(number + it) for it in (-1, 0, 1))
        if after.day == 1 or before.utcoffset() != after.utcoffset():
            yield instant(day)


def _deadline(book: Rulebook, name: str, start: datetime) -> Deadline | None:
    if name == ESTIMATE:
        return None if book.letter_announced is None else estimate(book, start)
    limit = book.limits.get(name)
    return None if limit is None else book.starting(limit, start)


_YEARS: Final = 4 * 365 + 1
"""Of days: a leap day is among them."""
_LATEST: Final = date(9900, 1, 1)
"""From here on only the first start is tried: the calendar ends soon."""
