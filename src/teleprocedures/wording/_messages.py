"""What a message says: its subject and its body, made of its own fields and of the words of a language.

A code or a token is shown in the body of the message that carries it, and nowhere else.
"""

from __future__ import annotations

import re
from collections import ChainMap
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from teleprocedures.cases import Action, Actor, NextStep
from teleprocedures.core import Message
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import in_paris, placeholders, say
from teleprocedures.forms import Applicant
from teleprocedures.values import ActivationCode, FileNumber, LinkToken, Organisation

if TYPE_CHECKING:
    from teleprocedures.wording._wording import Wording

_GAPS: Final = re.compile(r"\n{3,}")

Fields: TypeAlias = dict[str, Any]
"""What a message has, by name: each kind its own."""


@attrs.frozen
class Worded:
    """What a message says: its `subject`, in a line, and its `body`, which may carry a code; its repr shows neither."""

    subject: str = attrs.field(repr=False)
    body: str = attrs.field(repr=False)


def worded(wording: Wording, message: Message, link: str) -> Worded:
    """The subject and the body of a message; one without words, a host's own, says what it is and whom it is about."""
    facts = _Facts(wording, message)
    name, plain = message.kind.replace("-", " "), facts.of(None)
    subject = facts.filled("subject", plain) or name
    body = facts.filled("body", facts.of(link)) or f"{plain['about'] or name}\n\n{plain['reference']}"
    # What does not apply leaves an empty paragraph.
    return Worded(subject, f"{_GAPS.sub(chr(10) * 2, body).strip()}\n")


@attrs.frozen
class _Facts:
    """What templates may name of a message: its own fields, and what is made of them."""

    wording: Wording
    message: Message

    def of(self, link: str | None) -> dict[str, object]:
        """All of it; with a `link`, codes and tokens are shown."""
        fields: Fields = {field.name: getattr(self.message, field.name) for field in attrs.fields(type(self.message))}
        facts: dict[str, object] = {
            **fields,
            "reference": self._say("message.reference", case_id=self.message.case_id),
            "about": "",
        }
        if link is not None:
            facts |= self._secrets(fields, link)
        if "services" in fields:
            services = tuple(map(self.wording.service, fields["services"]))
            facts["services"] = services or (self._say("company.services"),)
        # What an early release stored does not say whom it is about, nor who asked.
        facts["company"] = self._say("company.unknown")
        if fields.get("organisation") is not None:
            facts["company"] = self._company(fields["organisation"], fields.get("company_name"))
            facts["about"] = self._about(fields)
            facts["address"] = self._address(fields)
        if "requester" in fields:
            facts |= self._asked_by(fields)
        if "deadline" in fields:
            facts |= self._dated(fields)
        steps = self._steps(fields)
        if steps:
            facts["todo"] = self._say("message.todo", steps=steps)
        return facts

    def filled(self, part: str, facts: dict[str, object]) -> str:
        """The words of this part; what they name and the message does not have is left out: facts may be secret."""
        key = f"message.{self.message.kind}.{part}"
        if key not in self.wording.words:
            return ""
        named = dict.fromkeys(placeholders(self.wording.words[key]), "")
        return self._say(key, **{**named, **facts})

    # --- What carries a secret ---

    def _secrets(self, fields: Fields, link: str) -> dict[str, object]:
        shown: dict[str, object] = {
            name: value.reveal() for name, value in fields.items() if isinstance(value, (ActivationCode, LinkToken))
        }
        for value in fields.values():
            if isinstance(value, LinkToken):
                shown["link"] = link.replace("{token}", value.reveal())
        return shown

    # --- Whom and what it is about ---

    def _number(self, organisation: Organisation) -> str:
        if isinstance(organisation, FileNumber):
            return self._say("number.file_number", number=organisation.number)
        return self._say("number.siren", number=organisation.grouped)

    def _company(self, organisation: Organisation, name: str | None) -> str:
        key = "company.unnamed" if name is None else "company.named"
        return self._say(key, name=name, number=self._number(organisation))

    def _address(self, fields: Fields) -> str:
        lines = (fields.get("company_name"), self._number(fields["organisation"]), fields.get("company_address"))
        return "\n".join(line for line in lines if line is not None)

    def _about(self, fields: Fields) -> str:
        account = fields.get("account") or next((it.account for it in fields.get("steps", ()) if it.account), None)
        kind = self._kind(fields)
        return self._say(
            f"about.{kind}{'_of_account' if kind == 'mandate' and account else ''}",
            company=self._company(fields["organisation"], fields.get("company_name")),
            services=tuple(map(self.wording.service, fields.get("services", ()))),
            account=account,
        )

    def _kind(self, fields: Fields) -> str:
        if fields.get("services"):
            return "adhesion"
        actions = {step.action for step in fields.get("steps", ())} | {fields.get("action")}
        return next((kind for action, kind in _ABOUT.items() if action in actions), "other")

    def _asked_by(self, fields: Fields) -> dict[str, object]:
        email, name, applicant = fields["requester"], fields["requester_name"], fields["applicant"]
        key = "unknown" if email is None else "email" if name is None else "named"
        requester = self._say(f"requester.{key}", name=name, email=str(email))
        how = "third_party" if applicant is Applicant.THIRD_PARTY else "representative"
        return {
            "requester": requester,
            "applicant": self._say("applicant.unsaid" if applicant is None else f"applicant.{how}"),
            "how": self._say(f"message.activation-code-letter.{how if email else 'unsaid'}", requester=requester),
        }

    # --- Until when, and what is to be done ---

    def _dated(self, fields: Fields) -> dict[str, object]:
        deadline: Deadline = fields["deadline"]
        opened = in_paris(deadline.opened) or deadline.opened
        limit = "" if deadline.rule is None else self._say("message.rule", rule=deadline.rule.id)
        # A letter says the safe day, and so do the steps of a reminder while it is ahead (A3).
        days = [step.by for step in fields.get("steps", ()) if step.by is not None]
        last = min(days, default=deadline.closes if "presumed" in fields else deadline.safe_until)
        estimated = deadline.estimated
        facts: dict[str, object] = {
            "deadline": last,
            "edited": opened.date(),
            "limit": limit,
            "rule": limit,
            "mark": self._say("message.mark") if estimated else "",
        }
        if "presumed" in fields:
            facts |= self._lapsed(fields)
            facts["estimated"] = self._say("message.was_estimated") if estimated else ""
        else:
            facts["estimated"] = self._say("message.estimated") if estimated else ""
        return facts

    def _lapsed(self, fields: Fields) -> dict[str, object]:
        rule, presumed = fields["rule"], fields["presumed"]
        key = f"if.{rule.id}" if f"if.{rule.id}" in self.wording.words else "if.other"
        return {
            "rule": rule.id,
            "title": self.wording.rule(rule),
            "lapsed": self._say(f"{'presumed' if presumed else 'lapsed'}.{self._kind(fields)}"),
            "presumed": self._say(key) if presumed else "",
        }

    def _steps(self, fields: Fields) -> tuple[str, ...]:
        if fields.get("action") is not None:
            services, account = fields.get("services", ()), fields.get("account")
            return (self.wording.action(fields["action"], services=services, account=account),)
        words = self.wording.words
        # Whoever reads it is the user; and what settles an estimated day is said once, not with every step.
        own = {f"actor.{Actor.USER}": words["message.you"], "step.estimated": words["message.step"]}
        addressed = ChainMap(own, dict(words))
        steps: tuple[NextStep, ...] = fields.get("steps", ())
        return tuple(step.told(self.wording.language, addressed) for step in steps)

    def _say(self, key: str, /, **facts: object) -> str:
        return say(self.wording.language, self.wording.words, key, facts)


_ABOUT: Final = {
    Action.ENTER_EMAILED_CODE: "space",
    Action.SUBMIT_SPACE_AGAIN: "space",
    Action.USE_MANDATE: "mandate",
    Action.ISSUE_MANDATE_AGAIN: "mandate",
}
"""What a message without services is about, by what is to be done."""
