"""What things are called. Sentences are made of these names.

A host's own things may have no words: they are called by their titles or by their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import attrs

from teleprocedures.cases import LIFECYCLES, Adhesion, Mandate, call_company
from teleprocedures.deadlines import instant
from teleprocedures.errors import Rule, built, check_kind, steps_of
from teleprocedures.rulebook import RULES, Service
from teleprocedures.values import BankAccount, Organisation
from teleprocedures.values import organisation as read_organisation
from teleprocedures.words import Phrasebook, in_paris

LINES: Final[Mapping[str, str]] = {rule.id: rule.line for rule in RULES}
"""The English words of the rules, by their ids."""
_READ_FIRST: Final = frozenset(table.name for kind in (Adhesion, Mandate) for table in kind.lifecycles)
"""Whose state a text is, where nobody says: rows of a portfolio have those of requests."""


@attrs.frozen
class Names(Phrasebook):
    """A phrasebook that knows what the library has, and calls it by its words."""

    _own: frozenset[str] = attrs.field(default=frozenset(), repr=False)
    """The keys that a host worded."""

    # --- Days and hours ---

    def day(self, day: date) -> str:
        """A civil day, such as `samedi 1er juin 2024`. An aware datetime is the day that it is in Paris.

        Raises `InvalidValueError` for a naive one.
        """
        if isinstance(day, datetime):
            local = in_paris(instant(day, "day"))
            day = day if local is None else local
        return self.language.day(check_kind(day, date, what="day"))

    def instant(self, at: datetime) -> str:
        """An instant to the minute, such as `dimanche 3 mars 2024 à 10 h 30`. The last one of a day is that day.

        Raises `InvalidValueError` for a naive one.
        """
        return self.language.instant(instant(at))

    def until(self, at: datetime) -> str:
        """Until an instant: `jusqu'au samedi 1er juin 2024 inclus`, `jusqu'au dimanche 3 mars 2024 à 10 h 30`.

        Raises `InvalidValueError` for a naive one.
        """
        return self.language.until(instant(at))

    # --- Names ---

    def verb(self, verb: str, *, of: str | None = None) -> str:
        """What a verb of a case does; `of` names the lifecycle where the same verb does something else."""
        return super().verb(_text(verb, "verb"), of=of)

    def actor(self, actor: str) -> str:
        """Who has something to do by its code (`Actor`)."""
        return self.name("actor", _text(actor, "actor"))

    def action(
        self,
        action: str,
        *,
        services: Iterable[Service] = (),
        account: BankAccount | None = None,
        other: str | None = None,
    ) -> str:
        """What there is to do by its code (`Action`), with what a `NextStep` says that it is about."""
        return self.name("action", _text(action, "action"), services=tuple(services), account=account, other=other)

    def service(self, service: Service | str) -> str:
        """The label of a service by its code. One without words is called by its title, or by its code alone."""
        code, title = (
            (built(service).code, service.title) if isinstance(service, Service) else (_text(service, "service"),) * 2
        )
        return self.words.get(f"service.{code}", title)

    def organisation(self, organisation: Organisation | str, name: str | None = None) -> str:
        """A company by its number, and by its name if that is known: `Boulangerie Martin (SIREN 552 100 554)`.

        Raises `InvalidValueError` for a text that is neither a SIREN nor a file number.
        """
        return call_company(self, read_organisation(organisation), name)

    def state(self, state: str, *, of: str | None = None) -> str:
        """Where a case stands: a state of any registered lifecycle, or its text as rows give it.

        A text is a state of the lifecycle `of` this name. Where that is not said, it is one of a request.
        """
        _text(state, "state")
        for lifecycle in sorted(LIFECYCLES.values(), key=lambda it: it.name not in _READ_FIRST):
            its_own = isinstance(state, StrEnum) and type(state) is type(lifecycle.initial)
            if state in lifecycle.states and (its_own or (type(state) is str and of in (None, lifecycle.name))):
                return self.name(f"state.{lifecycle.name}", state)
        return state.replace("_", " ")

    def standing(self, standing: str) -> str:
        """Where a company stands with a service by its code (`Standing`)."""
        return self.name("standing", _text(standing, "standing"))

    def rule(self, rule: Rule) -> str:
        """What a rule says with the time limits of its rulebook. A host's own wording of it counts."""
        key = f"rule.{check_kind(rule, Rule, what='rule').id}"
        of_the_host = key not in self._own and LINES.get(rule.id) != rule.line
        return self.line(rule.line if of_the_host else self.words[key], rule.limits)

    def field(self, path: str) -> str:
        """What a field of a form is called by its path in a problem, such as `contact.phone`, `services[1]` or `$`."""
        parts = (
            self.sentence("label.item", place=it + 1) if isinstance(it, int) else self.words.get(f"label.{it}", it)
            for it in steps_of(path)
        )
        return ", ".join(parts) or self.words["label.whole"]


def _text(given: str, what: str) -> str:
    return check_kind(given, str, what=what)
