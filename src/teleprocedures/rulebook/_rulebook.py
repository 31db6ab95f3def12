"""The dated rulebook: time limits with their reminders, the catalogue, and the rules that all of them cite.

A case pins the rulebook it was made under, so that a later one moves no deadline. A host makes its own in a few lines:
`attrs.evolve(EXPERT_2024_04_03, version="simplified", link_use=attrs.evolve(..., duration=Hours(72)))`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import attrs

from teleprocedures.deadlines import CivilDays, CivilMonths, Deadline, Hours
from teleprocedures.errors import InvalidValueError, Rule
from teleprocedures.rulebook._rules import RULES
from teleprocedures.rulebook.catalogue import CATALOGUE, Catalogue
from teleprocedures.values import CreditorIdentifier


def _counts(reminders: Iterable[int]) -> tuple[int, ...]:
    counts = tuple(reminders)
    for count in counts:
        if type(count) is not int or count < 1:
            message = f"a reminder is a whole number of hours or days, 1 or more, not {count!r:.80}"
            raise InvalidValueError(message)
    return counts


@attrs.frozen(kw_only=True)
class TimeLimit:
    """A time limit: the rule that sets it, the rule of what follows once it is past, its duration, its reminders.

    `reminders` count in the duration's own unit: hours before the end for `Hours`, civil days ahead of the safe day for
    `CivilDays` and `CivilMonths`. Raises `InvalidValueError` for a reminder that is not a positive whole number.
    """

    rule: Rule
    past: Rule
    duration: Hours | CivilDays | CivilMonths
    reminders: tuple[int, ...] = attrs.field(default=(), converter=_counts)

    def starting(self, opened: date | datetime, *, estimated: bool = False) -> Deadline:
        """The deadline of this limit from `opened`: an instant, or the civil day for limits in days or months.

        Raises `InvalidValueError` for a naive instant, and for a day without its instant when the limit is in hours.
        """
        # Hours refuse by themselves a day without its instant.
        return self.duration.starting(opened, rule=self.rule, estimated=estimated)  # type: ignore[arg-type]

    def reminders_of(self, deadline: Deadline) -> tuple[datetime, ...]:
        """The instants (UTC) of the reminders of a deadline, those before its opening left out, soonest first."""
        instants = (self.duration.ahead(deadline, count) for count in self.reminders)
        return tuple(sorted(instant for instant in instants if instant > deadline.opened))


def _together(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(rules)


def _by_id(rulebook: Rulebook) -> dict[str, Rule]:
    return {rule.id: rule for rule in rulebook.rules}


@attrs.frozen(kw_only=True, repr=False)
class Rulebook:
    """The rules in force from a civil day on, as one immutable value.

    `space_activation`, `link_use`, `services_activation` and `mandate_use` are its time limits (the last may be None:
    then a mandate never lapses). `letter_announced` is within how long of its edition a letter should be seen (F2),
    None for no reminder. `creditor` is the identifier that mandates bear. `rules` may be reworded and added to, but
    those that the library cites stay. Raises `InvalidValueError` for an empty version, a rule that is missing or stands
    twice, a time limit that cites a rule which the rulebook does not have, and a code of the letter limited in hours.
    """

    version: str
    title: str
    in_force_from: date
    space_activation: TimeLimit
    link_use: TimeLimit
    services_activation: TimeLimit
    mandate_use: TimeLimit | None = None
    letter_announced: CivilDays | None = None
    creditor: CreditorIdentifier
    creditor_name: str
    catalogue: Catalogue = CATALOGUE
    rules: tuple[Rule, ...] = attrs.field(default=RULES, converter=_together)
    _index: dict[str, Rule] = attrs.field(init=False, eq=False, default=attrs.Factory(_by_id, takes_self=True))

    def __attrs_post_init__(self) -> None:
        if not (isinstance(self.version, str) and self.version.strip()):
            message = f"a rulebook's version is a text such as '2024-04-03', not {self.version!r}"
            raise InvalidValueError(message)
        missing = [rule.id for rule in RULES if rule.id not in self._index]
        if missing or len(self._index) < len(self.rules):
            wrong = f"{', '.join(missing)} missing" if missing else "an id stands more than once"
            message = f"rulebook {self.version!r} has each rule of the procedure once, but {wrong}"
            raise InvalidValueError(message)
        for limit in self.limits:
            for rule in (limit.rule, limit.past):
                self.rule(rule.id)
        if isinstance(self.services_activation.duration, Hours):
            message = f"the code of a letter counts from a day (A3), not in {self.services_activation.duration}"
            raise InvalidValueError(f"{message}: expected CivilDays or CivilMonths")

    def __repr__(self) -> str:
        return f"Rulebook({self.version!r})"

    @property
    def limits(self) -> tuple[TimeLimit, ...]:
        """The time limits of the rulebook that are set."""
        every = (self.space_activation, self.link_use, self.services_activation, self.mandate_use)
        return tuple(limit for limit in every if limit is not None)

    def rule(self, id: str) -> Rule:
        """The rule of this id (`"1.9"`); raises `InvalidValueError` for an id that the rulebook does not have."""
        try:
            return self._index[id]
        except KeyError:
            message = f"rulebook {self.version!r} has no rule {id!r}"
            raise InvalidValueError(message) from None


_RULE: Final = {rule.id: rule for rule in RULES}

EXPERT_2024_04_03: Final = Rulebook(
    version="expert-2024-04-03",
    title="Expert mode, as published on 2024-04-03",
    in_force_from=date(2024, 4, 3),
    space_activation=TimeLimit(rule=_RULE["1.9"], past=_RULE["1.10"], duration=Hours(48), reminders=(24,)),
    link_use=TimeLimit(rule=_RULE["2.9"], past=_RULE["2.11"], duration=Hours(48), reminders=(24,)),
    services_activation=TimeLimit(
        rule=_RULE["3.1"], past=_RULE["3.4"], duration=CivilDays(60, "Europe/Paris"), reminders=(15, 5, 1)
    ),
    mandate_use=TimeLimit(rule=_RULE["F1"], past=_RULE["F1"], duration=CivilMonths(36, "Europe/Paris")),
    letter_announced=CivilDays(14, "Europe/Paris"),
    creditor=CreditorIdentifier.from_canonical("FR46ZZZ005002"),
    creditor_name="Direction générale des Finances publiques",
)
