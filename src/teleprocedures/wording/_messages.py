r"""What a message says. Its subject and its body are made of its facts and of the words of a language.

How it works. A template names facts, and each name is looked up when the template wants it.

- A name without a dash, `{company_name}`, is an attribute of the message, or else of the form that it carries. So a
  field that is added to a form reaches a letter by its name in the template alone.
- A name with a dash, `{company-in-words}`, is derived as `_DERIVED` tells. No field can have a dash in its name. So a
  field and a derived fact never hide one another, whatever a host calls its fields.

What a message does not have is left out, and a paragraph that is left empty goes. A code or a token is shown in the
body of the message that carries it and nowhere else. In a subject it is masked, as its own text is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, get_args, get_type_hints

import attrs

from teleprocedures.cases import (
    LIFECYCLES,
    MESSAGES,
    Actor,
    Adhesion,
    Case,
    NextStep,
    call_company,
    call_number,
    check_first,
)
from teleprocedures.core import Event, Message
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import check_kinds
from teleprocedures.forms import Applicant
from teleprocedures.values import ActivationCode, LinkToken, Organisation
from teleprocedures.wording._names import Names
from teleprocedures.words import in_paris, placeholders

_PART: Final = re.compile(r"message\.(.+)\.(?:subject|body)")
_GAPS: Final = re.compile(r"\n{3,}")
_MISSING: Final = object()


@attrs.frozen
class MessageText:
    """What a message says: its `subject` in a line and its `body`, which may carry a code. Its repr shows neither."""

    subject: str = attrs.field(repr=False)
    body: str = attrs.field(repr=False)


def compose(names: Names, message: Message, link: str, renewed: date | None) -> MessageText:
    """The subject and the body of a message. A host's own without words says what it is and whom it is about."""
    plain, kind = Facts(names, message, renewed=renewed), message.kind.replace("-", " ")
    subject = plain.fill("subject") or kind
    body = (
        Facts(names, message, link, renewed).fill("body")
        or f"{plain.fact('about-case') or kind}\n\n{plain.reference()}"
    )
    # What does not apply leaves an empty paragraph.
    return MessageText(subject, f"{_GAPS.sub(chr(10) * 2, body).strip()}\n")


def renewals(cases: Iterable[Case]) -> dict[str, date]:
    """The civil day in Paris on which each request was renewed, by its id; those that were not are left out."""
    return {
        case.origin.renews: (in_paris(case.origin.at) or case.origin.at).date()
        for case in check_kinds(cases, Case, what="case")
        if isinstance(case, Adhesion) and case.origin.renews is not None
    }


def known_facts(key: str) -> set[str]:
    """What the words of a part of a message may name; nothing for another key."""
    part = _PART.fullmatch(key)
    return set() if part is None else {*_DERIVED, *attributes(MESSAGES.get(part[1], Message))}


def attributes(kind: type[Message | Event]) -> Iterator[str]:
    """The fields and the properties of a kind of message or event, and those of the form that it carries."""
    form = get_type_hints(kind).get("form")
    for source in (kind, *(get_args(form) or (form,))):
        yield from (it for it in dir(source) if not it.startswith("_") and not callable(getattr(source, it)))


@attrs.frozen
class Facts:
    """What a template may name of a message, or of an event. With a `link`, codes and tokens are shown."""

    names: Names
    message: Message | Event
    link: str | None = None
    renewed: date | None = None
    """The day on which somebody has renewed what lapsed."""

    def fill(self, part: str) -> str:
        """The words of this part with its facts; none if the part has no words."""
        return self.say(f"message.{self.message.kind}.{part}")

    def say(self, key: str) -> str:
        """These words with their facts; none if there are no such words."""
        wanted = placeholders(self.names.words.get(key, ""))
        return self.names.sentence(key, **{name: self.fact(name) for name in wanted}) if key in self.names.words else ""

    def fact(self, name: str) -> object:
        """What stands in the place of this name. It is nothing for what the message does not have."""
        if name in _DERIVED:
            source, derive = _DERIVED[name]
            return "" if self.own(source) is None else derive(self)
        value = self.own(name, "")
        in_body = self.link is not None
        return value.reveal() if in_body and isinstance(value, (ActivationCode, LinkToken)) else value

    def own(self, name: str, default: object = None, /) -> Any:
        """An attribute of the message or else of the form that it carries, or the default.

        A message may withhold what its form says: None is an answer.
        """
        for source in (self.message, getattr(self.message, "form", None)):
            value = _MISSING if name.startswith("_") else getattr(source, name, _MISSING)
            if value is not _MISSING and not callable(value):
                return value
        return default

    # --- Whom and what it is about ---

    def company(self) -> str:
        """The company by its name and its number as far as they are known; of a space, that of its user (1.4)."""
        if self.kind() == "space" and self.own("organisation") is not None:
            return self.names.sentence("company.own", number=self.number())
        return call_company(self.names, self.own("organisation"), self.own("company_name"))

    def number(self) -> str:
        """The number of the company and what kind of number it is."""
        it: Organisation = self.own("organisation")
        return call_number(self.names, it)

    def address(self) -> str:
        """The lines that a letter is sent to as far as they are known."""
        lines = (self.own("company_name"), self.number(), self.own("company_address"))
        return "\n".join(line for line in lines if line is not None)

    def about(self) -> str:
        """What the case is: a space, a request with its services or a mandate with its account."""
        account = self.own("account") or next((step.account for step in self.own("steps", ()) if step.account), None)
        kind = self.kind()
        key = "about.mandate_of_account" if kind == "mandate" and account else f"about.{kind}"
        # A space is of the company that its user belongs to, which is no client (1.4): its number is enough.
        company = self.number() if kind == "space" else self.company()
        return self.names.sentence(key, company=company, services=self.services(), account=account)

    def kind(self) -> str:
        """The kind of the case. Its services tell it or what is to be done."""
        if self.own("services"):
            return "adhesion"
        actions = {step.action for step in self.own("steps", ())} | {self.own("action")}
        return next((kind for action, kind in _ABOUT.items() if action in actions), "other")

    def services(self) -> tuple[str, ...]:
        """The labels of the services, or general words where the message does not say which."""
        labels = tuple(map(self.names.service, self.own("services", ())))
        return labels or (self.names.sentence("company.services"),)

    def reference(self) -> str:
        """The line with the id of the case."""
        return self.names.sentence("message.reference", case_id=self.message.case_id)

    # --- Who asked ---

    def requester(self) -> str:
        """Who asked, by name and address as far as they are known."""
        email, name = self.own("requester"), self.own("requester_name")
        key = "unknown" if email is None else "email" if name is None else "named"
        return self.names.sentence(f"requester.{key}", name=name, email=str(email))

    def applicant(self) -> str:
        """In what capacity they asked."""
        applicant = self.own("applicant")
        return self.names.sentence(f"applicant.{'unsaid' if applicant is None else applicant}")

    def code_advice(self) -> str:
        """What the company does with the code of its letter (3.2, 3.3)."""
        key = "unsaid" if self.own("requester") is None else self.own("applicant") or Applicant.REPRESENTATIVE
        return self.names.sentence(f"message.activation-code-letter.{key}", requester=self.requester())

    def link_address(self) -> str:
        """The address that confirms, with its token. A subject has none."""
        values = (getattr(self.message, field.name) for field in attrs.fields(type(self.message)))
        token = next((value for value in values if isinstance(value, LinkToken)), None)
        return "" if token is None or self.link is None else self.link.replace("{token}", token.reveal())

    # --- Until when, under which rule ---

    def due_date(self) -> datetime:
        """The instant to show. It is the safe one in a letter, and in a reminder while that is ahead (A3)."""
        deadline: Deadline = self.own("deadline")
        days = (step.by for step in self.own("steps", ()) if step.by is not None)
        return min(days, default=deadline.safe_until if self.own("presumed") is None else deadline.closes)

    def letter_date(self) -> date:
        """The civil day in Paris that a letter bears: its time limit starts then."""
        opened: datetime = self.own("deadline").opened
        return (in_paris(opened) or opened).date()

    def estimate(self, key: str) -> str:
        """These words, if the day is estimated for want of the letter's: other limits are, from a day alone (A22)."""
        deadline = self.own("deadline")
        return self.names.sentence(f"message.{key}") if deadline.estimated and deadline.rule == "3.1" else ""

    def estimate_note(self) -> str:
        """That the day is or was estimated and what settles it, if it is and somebody still has to know it."""
        if self.renewed is not None:
            return ""
        return self.estimate("estimated" if self.own("presumed") is None else "was_estimated")

    # --- What has lapsed, what is to be done ---

    def lapse(self) -> str:
        """What has lapsed, or is presumed to have (A15)."""
        what = self.names.sentence(f"{'presumed' if self.own('presumed') else 'lapsed'}.{self.kind()}")
        return what if self.renewed is None else self.names.sentence("lapsed.renewed", what=what, day=self.renewed)

    def what_follows(self) -> str:
        """What follows from a lapse by its rule, which has no number here: who reads it cannot look it up.

        Of what was renewed already, nothing follows (A16).
        """
        key, title = ("rule", self.names.rule(self.own("rule"))) if self.renewed is None else ("renewed", "")
        return self.names.sentence(f"lapse.{key}", title=title, day=self.renewed)

    def presumption(self) -> str:
        """What would correct a lapse, if it is only presumed."""
        key = f"if.{self.own('rule')}"
        return self.names.sentence(key if key in self.names.words else "if.other") if self.own("presumed") else ""

    def to_do(self) -> str:
        """What is to be done in a line each, if anything is."""
        after = self.after_the_lapse()
        steps: tuple[NextStep, ...] = self.own("steps", ())
        lines = (after,) if after else tuple(map(self.todo, steps))
        return self.names.sentence("message.todo", steps=lines) if lines else ""

    def todo(self, step: NextStep) -> str:
        """A step in a message, which says itself what it is about, to a reader who cannot look up a rule."""
        return step.render(self.names, reader="firm", about=False, cites=False)

    def after_the_lapse(self, *, names_account: bool = True) -> str:
        """What is to be done after a lapse. One that is only presumed is looked at first (A15)."""
        code: str | None = self.own("action")
        if code is None or self.renewed is not None:
            return ""
        account = self.own("account") if names_account else None
        action = self.names.action(code, services=self.own("services", ()), account=account)
        return check_first(self.names, code, str(self.own("rule")), action) if self.own("presumed") else action

    def actions(self) -> tuple[str, ...]:
        """What the user has to do, who reads it; what others have to do if that is nothing."""
        steps: tuple[NextStep, ...] = self.own("steps", ())
        own = tuple(step.say_action(self.names, reader="firm") for step in steps if step.doer == Actor.USER)
        return own or tuple(step.render(self.names, reader="firm", family="errand") for step in steps)

    def first_step(self) -> NextStep | None:
        """What is to be done first, None for nothing."""
        steps: tuple[NextStep, ...] = self.own("steps", ())
        due = self.due_date()
        return next((step for step in steps if step.by == due), None)

    def first_action(self) -> str:
        """What is to be done first, in the words of the user, who reads it."""
        first = self.first_step()
        return "" if first is None else first.say_action(self.names, reader="firm")

    def reminder(self) -> str:
        """What is to be done first and by when; once the safe day has passed, why it cannot wait."""
        first = self.first_step()
        if first is None:
            return self.names.sentence("reminder.other", by=self.due_date())
        family = "reminder" if first.doer == Actor.USER else "reminder.for_another"
        return first.render(self.names, reader="firm", family=family)


_DERIVED: Final[Mapping[str, tuple[str, Callable[[Facts], object]]]] = MappingProxyType(
    {
        "company-in-words": ("case_id", Facts.company),
        "company-number": ("organisation", Facts.number),
        "address-lines": ("organisation", Facts.address),
        "about-case": ("organisation", Facts.about),
        "services-in-words": ("case_id", Facts.services),
        "case-reference": ("case_id", Facts.reference),
        "requester-in-words": ("case_id", Facts.requester),
        "applicant-in-words": ("case_id", Facts.applicant),
        "code-advice": ("case_id", Facts.code_advice),
        "confirmation-link": ("case_id", Facts.link_address),
        "due-date": ("deadline", Facts.due_date),
        "letter-date": ("deadline", Facts.letter_date),
        "rule-title": ("rule", lambda facts: facts.names.rule(facts.own("rule"))),
        "estimate-mark": ("deadline", lambda facts: facts.estimate("mark")),
        "estimate-note": ("deadline", Facts.estimate_note),
        "what-lapsed": ("case_id", Facts.lapse),
        "presumption-note": ("presumed", Facts.presumption),
        "first-action": ("deadline", Facts.first_action),
        "reminder-in-words": ("deadline", Facts.reminder),
        "what-follows": ("rule", Facts.what_follows),
        "link-address": (
            "link_sent_to",
            lambda facts: facts.names.sentence("message.sent_to", to=facts.own("link_sent_to")),
        ),
        "to-do": ("case_id", Facts.to_do),
    }
)
"""The derived facts by the names that templates have for them: the attribute that each needs, and what makes it."""

_ABOUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        advice.action: name
        for name in ("space", "mandate")
        for state in LIFECYCLES[name].states
        for advice in LIFECYCLES[name].advice(state)
    }
)
"""What a message without services is about, by what is to be done: whatever the table of that kind advises."""
