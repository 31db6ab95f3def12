"""The dated rulebook: time limits with their reminders, the catalogue, and the rules that all of them cite.

A case pins the rulebook it was made under, so that a later one moves no deadline. A host makes its own in a few lines:
`attrs.evolve(EXPERT_2024_04_03, version="simplified", link_use=attrs.evolve(..., duration=Hours(72)))`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final

import attrs

from teleprocedures.building import builder
from teleprocedures.deadlines import (
    PARIS,
    CivilDays,
    CivilMonths,
    Deadline,
    Hours,
    TimeUnit,
    civil_day,
    instant,
    plain_day,
)
from teleprocedures.errors import InvalidValueError, Rule, half_built, show, shows_half_built
from teleprocedures.rulebook._fingerprint import LENGTH, fingerprint
from teleprocedures.rulebook._rules import RULES
from teleprocedures.rulebook.catalogue import CATALOGUE, Catalogue
from teleprocedures.values import LONGEST_LINE, CreditorIdentifier, one_line, plain

SHIPPED_LIMITS: Final = ("space_activation", "link_use", "services_activation", "mandate_use")
_FINGERPRINT: Final = re.compile(rf"[0-9a-f]{{{LENGTH}}}")
_UNITS: Final = {Hours: "hours", CivilDays: "days", CivilMonths: "months"}


def _counts(reminders: Iterable[int]) -> tuple[int, ...]:
    counts = tuple(reminders)
    for count in counts:
        if type(count) is not int or count < 1:
            raise InvalidValueError("reminder.malformed", value=show(count))
    return counts


@shows_half_built
@attrs.frozen(kw_only=True)
class TimeLimit:
    """A time limit, with the rules that it cites and its reminders.

    The limit is set by `rule`, and `past` says what follows once it has passed. Both are ids (a `Rule` will do), so
    that a rulebook that rewords a rule rewords it everywhere. The `reminders` count in the unit of the `duration`. They
    are hours before the end for `Hours`, and civil days before the safe day for `CivilDays` and `CivilMonths`.

    Raises `InvalidValueError` for a reminder that is not a positive whole number.
    """

    rule: str = attrs.field(converter=str)
    past: str = attrs.field(converter=str)
    duration: Hours | CivilDays | CivilMonths
    reminders: tuple[int, ...] = attrs.field(default=(), converter=_counts)

    def reminders_of(self, deadline: Deadline) -> tuple[datetime, ...]:
        """The instants (UTC) of the reminders of a deadline that come after its opening, soonest first."""
        instants = (self.duration.ahead(deadline, count) for count in self.reminders)
        return tuple(sorted({instant for instant in instants if instant > deadline.opened}))


def _worded(rules: Iterable[Rule], rulebook: attrs.AttrsInstance) -> tuple[Rule, ...]:
    # Rules come from another rulebook as often as not (`attrs.evolve`): each is given the time limits of this one.
    assert isinstance(rulebook, Rulebook)
    durations: dict[str, TimeUnit | None] = {name: limit.duration for name, limit in rulebook.limits.items()}
    durations["letter_announced"] = rulebook.letter_announced
    limits = {name: (it.count, _UNITS[type(it)]) for name, it in durations.items() if it is not None}
    return tuple(attrs.evolve(rule, limits=limits) for rule in rules)


def _own(limits: Mapping[str, TimeLimit]) -> dict[str, TimeLimit]:
    # The shipped ones are fields: one more of the same name would hide one of them.
    taken = tuple(name for name in limits if name in SHIPPED_LIMITS)
    if taken:
        raise InvalidValueError("rulebook.taken_limits", value=taken)
    return dict(limits)


def _fingerprints(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(given)


def _by_name(rulebook: Rulebook) -> dict[str, TimeLimit]:
    every = {name: getattr(rulebook, name) for name in SHIPPED_LIMITS} | rulebook._own_limits  # noqa: SLF001 - its own
    return {name: limit for name, limit in every.items() if limit is not None}


def _plain(value: str) -> str:
    # What is no text is judged where it stands: a version is needed.
    return plain(value) if isinstance(value, str) else value


def _creditor_name(value: str) -> str:
    return one_line("creditor_name", value, longest=LONGEST_LINE)


def _by_id(rulebook: Rulebook) -> dict[str, Rule]:
    return {rule.id: rule for rule in rulebook.rules}


@attrs.frozen(kw_only=True, repr=False, eq=False)
class Rulebook:
    """The rules in force from a civil day (at Paris) on, as one immutable value.

    The time limits of the procedure are `space_activation`, `link_use`, `services_activation` and `mandate_use`. A
    mandate never lapses where the last is None. Those of a host's own lifecycles are `own_limits`, by name. All of them
    together are `limits`. A letter is edited within `letter_announced` of the validation (F2), None if nobody says how
    soon. Mandates bear the identifier `creditor`, and its name `creditor_name` on one line. The `rules` may be reworded
    and added to, but those that the library cites have to stay. Their titles have the time limits of this rulebook.

    Two rulebooks are equal when everything in them is. The `fingerprint` says so in a short text, which documents carry
    beside the version. Documents of another content of this version are refused, unless its fingerprint is among those
    that this one `replaces`: so a rule is reworded, or a title, and what was stored is still read.

    Raises `InvalidValueError` for an empty version, for one with a `#`, and for what is no fingerprint. Raises
    `InvalidValueError` for a rule that is missing or stands twice, and for a time limit that cites a rule which is not
    there. Raises `InvalidValueError` for a limit of a host that has the name of a shipped one, and for a code of the
    letter limited in hours.
    """

    version: str = attrs.field(converter=_plain)
    title: str = attrs.field(converter=_plain)
    in_force_from: date = attrs.field(converter=plain_day)
    space_activation: TimeLimit
    link_use: TimeLimit
    services_activation: TimeLimit
    mandate_use: TimeLimit | None = None
    letter_announced: CivilDays | None = None
    creditor: CreditorIdentifier
    creditor_name: str = attrs.field(converter=_creditor_name)
    catalogue: Catalogue = CATALOGUE
    _own_limits: dict[str, TimeLimit] = attrs.field(factory=dict, converter=_own)
    _limits: dict[str, TimeLimit] = attrs.field(init=False, default=attrs.Factory(_by_name, takes_self=True))
    rules: tuple[Rule, ...] = attrs.field(default=RULES, converter=attrs.Converter(_worded, takes_self=True))  # type: ignore[misc] # unknown to mypy
    replaces: tuple[str, ...] = attrs.field(default=(), converter=_fingerprints)
    _index: dict[str, Rule] = attrs.field(init=False, default=attrs.Factory(_by_id, takes_self=True))

    def __attrs_post_init__(self) -> None:
        if not (isinstance(self.version, str) and self.version.strip() and "#" not in self.version):
            raise InvalidValueError("rulebook.malformed", value=show(self.version))
        for each in self.replaces:
            if not (isinstance(each, str) and _FINGERPRINT.fullmatch(each)):
                raise InvalidValueError("rulebook.no_fingerprint", value=show(each), expected=LENGTH)
        missing = tuple(rule.id for rule in RULES if rule.id not in self._index)
        if missing:
            raise InvalidValueError("rulebook.missing_rules", version=show(self.version), value=missing)
        if len(self._index) < len(self.rules):
            times = Counter(rule.id for rule in self.rules)
            repeated = tuple(id for id, count in times.items() if count > 1)
            raise InvalidValueError("rulebook.repeated_rules", version=show(self.version), value=repeated)
        for limit in self.limits.values():
            for rule in (limit.rule, limit.past):
                self.rule(rule)
        if isinstance(self.services_activation.duration, Hours):
            raise InvalidValueError("rulebook.hours_for_letter", value=str(self.services_activation.duration))

    @half_built
    def __repr__(self) -> str:
        return f"Rulebook({self.version!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rulebook):
            return NotImplemented
        return self is other or (self.version == other.version and self.fingerprint == other.fingerprint)

    def __hash__(self) -> int:
        return hash(self.version)

    @cached_property
    def fingerprint(self) -> str:
        """What changes with anything that the rulebook says: 16 hexadecimal digits."""
        return fingerprint(self)

    @cached_property
    def pin(self) -> str:
        """The version and the fingerprint, as a document of a case has them: `"expert-2024-04-03#…"`."""
        return f"{self.version}#{self.fingerprint}"

    def reads(self, pin: str) -> bool:
        """Whether a document with this pin is under this rulebook; one of an early release has the version alone."""
        if pin == self.pin:
            return True
        version, _, content = pin.partition("#")
        return version == self.version and content in {"", self.fingerprint, *self.replaces}

    @property
    def limits(self) -> Mapping[str, TimeLimit]:
        """The time limits that are set, by name, as a read-only mapping; a host's own come last."""
        return MappingProxyType(self._limits)

    def rule(self, id: str) -> Rule:
        """The rule of this id (`"1.9"`).

        Raises `InvalidValueError` for an id that the rulebook does not have.
        """
        try:
            return self._index[id]
        except KeyError:
            raise InvalidValueError("rule.unknown", version=show(self.version), value=show(id)) from None

    def starting(self, limit: TimeLimit, opened: date | datetime, *, until: datetime | None = None) -> Deadline:
        """The deadline of a time limit from `opened`: an instant, or the civil day for limits in days or months.

        Its reminders are computed with it. Where the limit may have started later, `until` an instant, the deadline is
        estimated: safe as if it had started at once, and over as if it had started then (A22). Raises
        `InvalidValueError` for a naive instant. Raises `InvalidValueError` for a day without its instant when the limit
        is in hours.
        """
        # Hours refuse by themselves a day without its instant.
        if until is not None and until != opened:
            early, late = self.starting(limit, opened), self.starting(limit, until)
            return early if early.closes == late.closes else attrs.evolve(early, closes=late.closes, estimated=True)
        duration: TimeUnit = limit.duration
        deadline = duration.starting(opened, rule=self.rule(limit.rule))  # type: ignore[arg-type] # see above
        # Reminders come before the end that they are counted from: there is nothing to check again.
        return _deadline(
            opened=deadline.opened,
            safe_until=deadline.safe_until,
            closes=deadline.closes,
            rule=deadline.rule,
            reminders=limit.reminders_of(deadline),
        )


_deadline: Final = builder(Deadline)


def in_force(rulebooks: Rulebook | Iterable[Rulebook], at: datetime | date) -> Rulebook:
    """The rulebook in force at an instant or on a civil day: of those given, the last to come into force by that day.

    A rulebook that is given alone is in force whatever its day, because there is none to take instead. Raises
    `InvalidValueError` when none is given, and when all of several come later.
    """
    books = (rulebooks,) if isinstance(rulebooks, Rulebook) else tuple(rulebooks)
    if len(books) == 1:
        return books[0]
    known = isinstance(at, date) and not isinstance(at, datetime)
    day = plain_day(at) if known else civil_day(instant(at))  # type: ignore[arg-type] # it judges the type
    # A stable sort: of two rulebooks of one day, the last one given is in force.
    come = sorted((book for book in books if book.in_force_from <= day), key=lambda book: book.in_force_from)
    if not come:
        expected = tuple(sorted(book.in_force_from.isoformat() for book in books))
        raise InvalidValueError("rulebook.none_in_force", day=day.isoformat(), expected=expected)
    return come[-1]


EXPERT_2024_04_03: Final = Rulebook(
    version="expert-2024-04-03",
    title="Expert mode, as published on 2024-04-03",
    in_force_from=date(2024, 4, 3),
    space_activation=TimeLimit(rule="1.9", past="1.10", duration=Hours(48), reminders=(24,)),
    link_use=TimeLimit(rule="2.9", past="2.11", duration=Hours(48), reminders=(24,)),
    services_activation=TimeLimit(rule="3.1", past="3.4", duration=CivilDays(60, PARIS), reminders=(15, 5, 1)),
    mandate_use=TimeLimit(rule="F1", past="F1", duration=CivilMonths(36, PARIS), reminders=(90, 30)),
    letter_announced=CivilDays(14, PARIS),
    creditor=CreditorIdentifier.from_canonical("FR46ZZZ005002"),
    creditor_name="Direction générale des Finances publiques",
)
