"""`Wording`: what people read, in one language: refusals, steps, states, messages, the mandate's form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

import attrs

from teleprocedures.cases import LIFECYCLES, MandateDocument, NextStep, PaymentRefusedError
from teleprocedures.core import Message
from teleprocedures.deadlines import instant
from teleprocedures.errors import (
    ENGLISH_LANGUAGE,
    CodecError,
    InvalidFormError,
    InvalidValueError,
    Language,
    Problem,
    RefusedError,
    Rule,
    TeleproceduresError,
    in_paris,
    named,
    placeholders,
    say,
)
from teleprocedures.portfolio import PlanStep
from teleprocedures.rulebook import RULES, Service
from teleprocedures.values import BankAccount
from teleprocedures.wording._english import WORDS as ENGLISH_WORDS
from teleprocedures.wording._french import WORDS as FRENCH_WORDS
from teleprocedures.wording._language import French
from teleprocedures.wording._messages import Worded, worded
from teleprocedures.wording._printed import printed

TOKEN: Final = "{token}"  # noqa: S105 - where a token goes
_PATH: Final = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")
_LINES: Final[Mapping[str, str]] = MappingProxyType({rule.id: rule.line for rule in RULES})


def _frozen(words: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(words))


def _names(key: str, template: str) -> frozenset[str]:
    try:
        return frozenset(placeholders(template))
    except ValueError:
        pass
    raise InvalidValueError("words.malformed", key=key)


@attrs.frozen
class Wording:
    """The words of one language: a table of templates, each under its key, and how days, hours and lists are said.

    What has no words, a host's own, is called by its title or its name. Days and hours are those of Paris. `with_words`
    changes some.
    """

    language: Language
    words: Mapping[str, str] = attrs.field(converter=_frozen, repr=False, hash=False)
    _own: frozenset[str] = attrs.field(default=frozenset(), repr=False)

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.language, dict(self.words), self._own))

    def with_words(self, words: Mapping[str, str]) -> Self:
        """The same language with these words under these keys, in the place of others or beside them.

        Raises `InvalidValueError` for a template whose braces are amiss, and for a placeholder that the words it takes
        the place of do not have.
        """
        added = {key: self.language.typeset(template) for key, template in words.items()}
        for key, template in added.items():
            names = _names(key, template)
            if key in self.words:
                known = set(placeholders(self.words[key]))
                for name in sorted(names - known):
                    raise InvalidValueError("words.unknown_placeholder", key=key, value=name, expected=sorted(known))
        return attrs.evolve(self, words={**self.words, **added}, own=self._own | added.keys())

    # --- Days and hours ---

    def day(self, day: date) -> str:
        """A civil day, such as `samedi 1er juin 2024`; an aware datetime is the day that it is in Paris.

        Raises `InvalidValueError` for a naive one.
        """
        if isinstance(day, datetime):
            local = in_paris(instant(day, "day"))
            day = day if local is None else local
        return self.language.day(day)

    def instant(self, at: datetime) -> str:
        """An instant to the minute, such as `dimanche 3 mars 2024 à 10 h 30`; the last one of a day is that day.

        Raises `InvalidValueError` for a naive one.
        """
        return self.language.instant(instant(at))

    def until(self, at: datetime) -> str:
        """Until an instant: `jusqu'au samedi 1er juin 2024 inclus`, `jusqu'au dimanche 3 mars 2024 à 10 h 30`.

        Raises `InvalidValueError` for a naive one.
        """
        return self.language.until(instant(at))

    # --- Names ---

    def actor(self, actor: str) -> str:
        """Who has something to do, by its code (`Actor`)."""
        return named(self.language, self.words, "actor", actor)

    def action(
        self,
        action: str,
        *,
        services: Iterable[Service] = (),
        account: BankAccount | None = None,
        other: str | None = None,
    ) -> str:
        """What there is to do, by its code (`Action`), with what it is about, as a `NextStep` has it."""
        facts = {"services": tuple(services), "account": account, "other": other}
        return named(self.language, self.words, "action", action, facts)

    def service(self, service: Service | str) -> str:
        """The label of a service, by its code; its title, if it has no words, or its code, if that is all there is."""
        code, title = (service.code, service.title) if isinstance(service, Service) else (service, service)
        return self.words.get(f"service.{code}", title)

    def state(self, state: StrEnum) -> str:
        """Where a case stands: a state of any registered lifecycle."""
        for lifecycle in LIFECYCLES.values():
            if state in lifecycle.states and type(state) is type(lifecycle.initial):
                return named(self.language, self.words, f"state.{lifecycle.name}", state)
        return state.replace("_", " ")

    def rule(self, rule: Rule) -> str:
        """What a rule says, with the time limits of its rulebook; one that a host worded anew, as it worded it."""
        key = f"rule.{rule.id}"
        template = rule.line if key not in self._own and _LINES.get(rule.id) != rule.line else self.words[key]
        limits: dict[str, object] = dict.fromkeys(placeholders(template), self.words["unit.unset"])
        limits |= {name: self._say(f"unit.{unit}", count=count) for name, (count, unit) in rule.limits.items()}
        return say(self.language, {key: template}, key, limits)

    def field(self, path: str) -> str:
        """What a field of a form is called, by the path that a problem has: `contact.phone`, `services[1]`, `$`."""
        parts = (
            self._say("label.item", place=int(place) + 1) if place else self.words.get(f"label.{name}", name)
            for name, place in _PATH.findall(path)
            if name != "$"
        )
        return ", ".join(parts) or self.words["label.whole"]

    # --- Sentences ---

    def refusal(self, error: TeleproceduresError) -> str:
        """What an error says: for a refusal with its rule, and what to do; for a form, all its problems.

        In English, what `str(error)` says.
        """
        facts: dict[str, object] = dict(error.facts)
        if isinstance(error, InvalidFormError):
            facts["problems"] = self.language.between.join(map(self.problem, error.problems))
        said = self._say(error.code, **facts)
        if isinstance(error, CodecError):
            return self._say("problem", path=error.path, problem=said)
        if isinstance(error, RefusedError):
            said = self._say("refusal.cited", refusal=said, rule=error.rule.id, title=self.rule(error.rule))
        if isinstance(error, PaymentRefusedError) and error.remedy:
            steps = self.language.between.join(map(self.step, error.remedy))
            said = self._say("refusal.remedy", refusal=said, steps=steps)
        return said

    def problem(self, problem: Problem) -> str:
        """What is wrong with one field of a form, and which; in English, what `str(problem)` says, with its path."""
        path = problem.path if self.language.by_code else self.field(problem.path)
        return self._say("problem", path=path, problem=self._say(problem.code, **problem.facts))

    def step(self, step: NextStep | PlanStep) -> str:
        """Who does what by when, under which rule; a day that is only estimated is said to be, with what settles it.

        Of a plan's step, a day that rests on a lead time is said to be assumed.
        """
        return step.told(self.language, self.words)

    def message(self, message: Message, *, link: str = TOKEN) -> Worded:
        """The subject and the body of a message; the body of one that carries a code or a token shows it.

        `link` is the address that the validation link has, with `{token}` where the token goes. Raises
        `InvalidValueError` for one without it.
        """
        if TOKEN not in link:
            raise InvalidValueError("link_address.malformed", expected=TOKEN)
        return worded(self, message, link)

    def mandate(self, document: MandateDocument) -> str:
        """The printed form of a mandate (2.15): the IBAN whole, and lines for what is filled in by hand.

        The bank takes the French one; another language is for reading.
        """
        return printed(self, document)

    def _say(self, key: str, /, **facts: object) -> str:
        return say(self.language, self.words, key, facts)


ENGLISH: Final = Wording(ENGLISH_LANGUAGE, ENGLISH_WORDS)
"""English. Errors and steps say what their `str` says, and name services, states and fields by their codes."""
FRENCH: Final = Wording(French(), FRENCH_WORDS)
"""French, in the words of the tax site, for accountants and companies."""
