"""`Wording`: what people read in one language. It is a table of words with methods, in three steps.

A `Phrasebook` of the ground floor fills a template with facts. `Names` calls what the library has by its words.
`Wording` makes sentences of refusals, steps and messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self

import attrs

from teleprocedures.cases import MandateDocument, NextStep
from teleprocedures.core import Message
from teleprocedures.errors import (
    CodecError,
    InvalidFormError,
    InvalidValueError,
    Problem,
    RefusedError,
    TeleproceduresError,
)
from teleprocedures.portfolio import PaymentRefusedError, PlanStep, Story
from teleprocedures.wording._messages import MessageText, compose, known_facts
from teleprocedures.wording._names import LINES, Names
from teleprocedures.wording._printed import mandate_form
from teleprocedures.words import ENGLISH_WORDS, FRENCH_WORDS, placeholders

TOKEN: Final = "{token}"  # noqa: S105 - where a token goes


def _placeholders(key: str, template: str) -> frozenset[str]:
    try:
        return frozenset(placeholders(template))
    except ValueError:
        raise InvalidValueError("words.malformed", key=key) from None


@attrs.frozen
class Wording(Names):
    """The words of one language: a table of templates by their keys, and how days and lists are said.

    A host's own things without words are called by their titles or names. Days and hours are those of Paris.
    `with_words` changes some words.
    """

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.language, dict(self.words), self._own))

    def with_words(self, words: Mapping[str, str]) -> Self:
        """The same language with these words under these keys, in the place of others or beside them.

        Raises `InvalidValueError` for a template whose braces are amiss. It raises it for a placeholder too that the
        replaced words do not have, unless it is a fact of the message whose words they are.
        """
        added = {key: self.language.typeset(template) for key, template in words.items()}
        for key, template in added.items():
            names = _placeholders(key, template)
            # Of a new code nobody knows the facts; a name with a dash is no field of anything, and always checked.
            replaced = placeholders(self.words[key]) if key in self.words else (it for it in names if "-" not in it)
            known = {*replaced, *known_facts(key)}
            for name in sorted(names - known):
                raise InvalidValueError("words.unknown_placeholder", key=key, value=name, expected=sorted(known))
        return attrs.evolve(self, words={**self.words, **added}, own=self._own | added.keys())

    # --- Sentences ---

    def refusal(self, error: TeleproceduresError) -> str:
        """What an error says. A refusal has its rule and what to do, and a form all its problems.

        In English it is what `str(error)` says.
        """
        facts: dict[str, object] = dict(error.facts)
        if isinstance(error, InvalidFormError):
            facts["problems"] = self.language.between.join(map(self.problem, error.problems))
        text = self.sentence(error.code, **facts)
        if isinstance(error, CodecError):
            return self.sentence("problem", path=error.path, problem=text)
        if isinstance(error, RefusedError):
            text = self.sentence("refusal.cited", refusal=text, rule=error.rule.id, title=self.rule(error.rule))
        if isinstance(error, PaymentRefusedError) and error.remedy:
            steps = self.language.between.join(map(self.step, error.remedy))
            text = self.sentence("refusal.remedy", refusal=text, steps=steps)
        return text

    def problem(self, problem: Problem) -> str:
        """What is wrong with which field of a form. In English it is what `str(problem)` says."""
        path = problem.path if self.language.by_code else self.field(problem.path)
        return self.sentence("problem", path=path, problem=self.sentence(problem.code, **problem.facts))

    def step(self, step: NextStep | PlanStep) -> str:
        """Who does what by when under which rule. An estimated day is said to be one, with what settles it.

        A day of a plan that rests on a lead time is said to be assumed.
        """
        return step.render(self)

    def story(self, story: Story) -> str:
        """What one rulebook accepts and another refuses, a step a line. In English it is what `str(story)` says."""
        return story.render(self)

    def message(self, message: Message, *, link: str = TOKEN) -> MessageText:
        """The subject and the body of a message. A code or a token that it carries is shown in the body.

        `link` is the address that the validation link has, with `{token}` where the token goes. Raises
        `InvalidValueError` for one without it.
        """
        if TOKEN not in link:
            raise InvalidValueError("link_address.malformed", expected=TOKEN)
        return compose(self, message, link)

    def mandate(self, document: MandateDocument) -> str:
        """The printed form of a mandate (2.15), with the whole IBAN and lines for what is filled in by hand.

        The bank takes the French one. Another language is for reading.
        """
        return mandate_form(self, document)


# The English words of a rule are its line, which stands with the rule.
_RULES: Final = {f"rule.{id}": line for id, line in LINES.items()}

ENGLISH: Final = Wording(ENGLISH_WORDS.language, {**ENGLISH_WORDS.words, **_RULES})
"""English. Errors and steps say what their `str` says."""
FRENCH: Final = Wording(FRENCH_WORDS.language, FRENCH_WORDS.words)
"""French, in the words of the tax site, for accountants and companies."""
