"""`Wording`: what people read in one language. It is a table of words with methods, in three steps.

A `Phrasebook` of the ground floor fills a template with facts. `Names` calls what the library has by its words.
`Wording` makes sentences of refusals, steps and messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

import attrs

from teleprocedures.cases import Case, MandateDocument, NextStep
from teleprocedures.core import Event, Message
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.errors import (
    CodecError,
    InvalidFormError,
    InvalidValueError,
    Problem,
    RefusedError,
    TeleproceduresError,
    check_kind,
)
from teleprocedures.portfolio import PaymentRefusedError, PlanStep, Story
from teleprocedures.wording._events import known_event_facts, say_event
from teleprocedures.wording._messages import MessageText, compose, known_facts, renewals
from teleprocedures.wording._names import LINES, Names
from teleprocedures.wording._printed import mandate_form
from teleprocedures.words import ENGLISH_WORDS, FRENCH_WORDS, placeholders


class Reader(StrEnum):
    """Who reads a step: the firm that follows it, the company that is its client, or the bank."""

    FIRM = "firm"
    CLIENT = "client"
    BANK = "bank"


_BARE: Final = re.compile(r"\{\w+\}")
"""A fact with nothing that says how it is to be said."""
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
    `with_words` changes some words. Every method raises `InvalidValueError` for something else than what it words.
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
            known = {*replaced, *known_facts(key), *known_event_facts(key)}
            for name in sorted(names - known):
                raise InvalidValueError("words.unknown_placeholder", key=key, value=name, expected=sorted(known))
        return attrs.evolve(self, words={**self.words, **added}, own=self._own | added.keys())

    # --- Sentences ---

    def refusal(self, error: TeleproceduresError, *, rule: bool = True, remedy: bool = True) -> str:
        """What an error says. A refusal has its `rule`, one of a payment its `remedy`, and a form all its problems.

        Whoever shows them elsewhere leaves them out. The English of the whole is what `str(error)` says. Anything else
        is a sentence, which begins with a capital and ends with a full stop.
        """
        check_kind(error, TeleproceduresError, what="error")
        as_printed = self.language.by_code and rule and remedy
        facts: dict[str, object] = dict(error.facts)
        if isinstance(error, InvalidFormError):
            facts["problems"] = tuple(map(self.problem, error.problems))
        text = said = self.sentence(error.code, **facts)
        if isinstance(error, CodecError):
            text = self.sentence("problem", path=error.path, problem=text)
        elif not as_printed and (kind := f"value.{error.code.partition('.')[0]}") in self.words:
            text = self.sentence("problem", path=self.words[kind], problem=text)
        if isinstance(error, RefusedError) and rule:
            cited = "form.cited" if isinstance(error, InvalidFormError) else "refusal.cited"
            text = self.sentence(cited, refusal=text, rule=error.rule.id, title=self.rule(error.rule))
        text = text if as_printed else self._finished(error.code, text, said)
        if isinstance(error, PaymentRefusedError) and error.remedy and remedy:
            steps = tuple(step.render(self, about=False) for step in error.remedy)
            text = self.sentence("refusal.remedy", refusal=text, steps=steps)
        return text

    def problem(self, problem: Problem, *, label: bool = True) -> str:
        """What is wrong with which field of a form; without its `label`, where that stands beside it already.

        The English of the whole is what `str(problem)` says. Anything else is a sentence, which begins with a capital
        and ends with a full stop.
        """
        check_kind(problem, Problem, what="problem")
        text = said = self.sentence(problem.code, **problem.facts)
        if label:
            path = problem.path if self.language.by_code else self.field(problem.path)
            text = self.sentence("problem", path=path, problem=text)
        return text if self.language.by_code and label else self._finished(problem.code, text, said)

    def _finished(self, code: str, text: str, said: str) -> str:
        """A text as a sentence. What a program wrote, as the code of an error without words, stays as it is."""
        template = self.words.get(code)
        if template is None or said.startswith(code):
            return text
        # A fact that a sentence begins with, such as a code, keeps its small letters; what has a label begins with it.
        is_a_fact = _BARE.match(template) is not None and text.startswith(said)
        return f"{text if is_a_fact else text[0].upper() + text[1:]}{'' if text.endswith('.') else '.'}"

    def step(self, step: NextStep | PlanStep, *, reader: str | None = None, name: str | None = None) -> str:
        """Who does what by when under which rule, for which company and services.

        The `reader` is a `Reader`, who is called *you*. Others are called as he knows them, and the legal
        representative by name, if that is known. A client is told no rule. The company has this `name`, if it is
        known. An estimated day is said to be one, with what settles it. A day of a plan that rests on
        a lead time is said to be assumed.
        """
        if isinstance(step, NextStep):
            return step.render(self, reader=reader, name=name)
        return check_kind(step, PlanStep, what="step").render(self)

    def status(self, case: Case, *, at: datetime) -> str:
        """What a case is at this instant, though nobody swept it: what is over is lapsed, or presumed to be (A15).

        One that is followed no more is said to be closed, and why (A21).

        Raises `InvalidValueError` for a naive instant.
        """
        table, stage = check_kind(case, Case, what="case").table, case.stage
        over = case.is_over(instant(at))
        if over and table.lapsed is not None:
            stage = table.lapsed
        presumed = f"stage.{table.name}.presumed"
        as_it_is = self.words.get(f"stage.{table.name}.{stage}") or self.state(stage)
        status = self.words.get(presumed, as_it_is) if over and case.held_elsewhere else as_it_is
        closing = case.closing
        if closing is None:
            return status
        day = closing.at if closing.day is None else closing.day
        return self.sentence("status.closed", status=status, day=self.day(day), reason=closing.reason)

    def story(self, story: Story) -> str:
        """What one rulebook accepts and another refuses, a step a line. In English it is what `str(story)` says."""
        return check_kind(story, Story, what="story").render(self)

    def event(self, event: Event, *, deadline: Deadline | None = None, withdrawn: Event | None = None) -> str:
        """What happened, when, and when that was told if it was told late: a history in sentences.

        Where only the civil day is known, no hour is said (A22). A lapse is said as it was noted. With the `deadline`
        that was missed, which is the `time_limit` of the case before, it says until when that ran. A reminder of
        a mandate says by when it has to collect. A withdrawal says which fact is `withdrawn`, where that is given. One
        of a host's own without words says its kind.
        """
        return say_event(self, check_kind(event, Event, what="event"), deadline, withdrawn)

    def message(self, message: Message, *, link: str = TOKEN, cases: Iterable[Case] = ()) -> MessageText:
        """The subject and the body of a message. A code or a token that it carries is shown in the body.

        Where the `cases` are given, a notice of a request that lapsed and was renewed already says so, and asks for
        nothing (A16).

        `link` is the address that the validation link has, with `{token}` where the token goes. Raises
        `InvalidValueError` for one without it, for what is no message and what is no case.
        """
        if TOKEN not in link:
            raise InvalidValueError("link_address.malformed", expected=TOKEN)
        check_kind(message, Message, what="message")
        return compose(self, message, link, renewals(cases).get(message.case_id))

    def mandate(self, document: MandateDocument) -> str:
        """The printed form of a mandate (2.15), with the whole IBAN and lines for what is filled in by hand.

        The bank takes the French one. Another language is for reading.
        """
        return mandate_form(self, check_kind(document, MandateDocument, what="document"))


# The English words of a rule are its line, which stands with the rule.
_RULES: Final = {f"rule.{id}": line for id, line in LINES.items()}

ENGLISH: Final = Wording(ENGLISH_WORDS.language, {**ENGLISH_WORDS.words, **_RULES})
"""English. Errors and steps say what their `str` says."""
FRENCH: Final = Wording(FRENCH_WORDS.language, FRENCH_WORDS.words)
"""French, in the words of the tax site, for accountants and companies."""
