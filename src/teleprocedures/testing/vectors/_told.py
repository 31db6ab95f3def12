"""A step of a play as plain data: what is told, and what is expected then.

Ids are the names that a play gives, and secrets are references. The first code that is sent in a history is `code 1`,
the first token `token 1`. One that was never sent is `another code`. So nothing here depends on what an implementation
draws, nor on how it keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs

from teleprocedures.cases import Case, LapseNotice, NextStep
from teleprocedures.core import Decision, Message
from teleprocedures.deadlines import time_zone
from teleprocedures.errors import RefusedError
from teleprocedures.forms import AdhesionForm, KnownForm, SpaceForm
from teleprocedures.portfolio import Plan
from teleprocedures.testing._hosts import verb_of
from teleprocedures.testing._makers import ACCOUNTS, company_forms, filed_form, user_form
from teleprocedures.testing._moves import Move, Step
from teleprocedures.testing._play import Play
from teleprocedures.values import ActivationCode, BankAccount, ContactDetails, Held, LinkToken, Secret

Plain: TypeAlias = dict[str, Any]
"""What JSON has."""

_OURS: Final = frozenset({"confirm_company_email.code"})
"""What is drawn by whoever decides, and is not told to it."""
_NAMED: Final = MappingProxyType({"version": "fact"})
"""What is told under another name."""


def instant_text(at: datetime) -> str:
    """An instant (UTC) as all files write it: with six digits of its second where it has some."""
    return at.isoformat().replace("+00:00", "Z")


@cache
def forms() -> Mapping[str, SpaceForm | AdhesionForm | KnownForm]:
    """The forms of all histories by their names."""
    plain, messaging, paying = company_forms()
    known = KnownForm(organisation=messaging.organisation, services=messaging.services)
    other = attrs.evolve(plain, organisation=messaging.organisation)
    filed = attrs.evolve(plain, organisation=filed_form().organisation)
    alone = attrs.evolve(plain, services=["payer-cfe"], bank_accounts=ACCOUNTS[2:3])
    return {
        "user": user_form(),
        "consulting": plain,
        "paying": paying,
        "messaging": messaging,
        "by file number": filed,
        "consulting, of the other company": other,
        "known of the other company": known,
        "CFE alone": alone,
        "one tax": attrs.evolve(alone, services=["payer-tva"]),
        "paying by a third party": attrs.evolve(paying, applicant="third_party"),
        "naming a representative": attrs.evolve(paying, legal_representative="Louise Petit"),
        "messaging, corrected": attrs.evolve(messaging, company_email="c@d.fr", services=messaging.services[::-1]),
    }


@cache
def form_names() -> Mapping[str, Plain]:
    """The same forms, each as what somebody fills in."""
    return {name: fields_of(form) for name, form in forms().items()}


def fields_of(form: SpaceForm | AdhesionForm | KnownForm) -> Plain:
    """The fields of a form that are filled in, as texts."""
    every = ((field.name, getattr(form, field.name)) for field in attrs.fields(type(form)))
    return {name: _text(value) for name, value in every if value not in (None, ())}


def _text(value: object) -> object:
    if isinstance(value, tuple):
        return [_text(one) for one in value]
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, BankAccount):
        return value.iban
    if isinstance(value, ContactDetails):
        return {field.name: getattr(value, field.name) for field in attrs.fields(ContactDetails)}
    return getattr(value, "code", None) or str(value)


# --- What is told -----------------------------------------------------------------------------------------------------


@attrs.define
class Teller:
    """Tells the steps of one play, for which it counts codes, tokens and steps."""

    play: Play
    zone: str = "UTC"
    """The time zone in whose offset instants are told; what is expected is in UTC."""
    secrets: dict[str, str] = attrs.field(factory=dict)
    facts: dict[tuple[str, int], int] = attrs.field(factory=dict)
    """The step that told each fact, by its case and its version."""
    steps: list[Plain] = attrs.field(factory=list)

    def tell(self, step: Step) -> None:
        """Add a step that was made."""
        request = self.request(step)
        outcome: object = step.outcome
        if isinstance(outcome, Decision):
            self.facts[outcome.case.id, outcome.case.version] = len(self.steps) + 1
            messages = [self._message(message) for message in outcome.messages]
            expected = {"accepted": True, **view(outcome.case, step.at), "messages": messages}
        elif isinstance(outcome, RefusedError):
            expected = {"accepted": False, **refusal(outcome), **stands(step.before)}
        else:
            expected = {"accepted": False, "code": getattr(outcome, "code", None), **stands(step.before)}
        self.steps.append(request | {"expect": expected})

    def look(self, case: Case) -> None:
        """Add a look at a case as it stands now."""
        self.steps.append(self.looked(case))

    def looked(self, case: Case) -> Plain:
        """A look at a case as it stands now."""
        at = self.play.at
        expected = {"accepted": True, **view(case, at)}
        return {"do": "look", "case": case.id, "at": self._instant(at), "expect": expected}

    def _instant(self, at: datetime) -> str:
        return instant_text(at.astimezone(time_zone(self.zone)))

    def _when(self, step: Step) -> Plain:
        """When it happened, by the instant or by the civil day, and when it was told, if that was later."""
        at, told = step.when, self._instant(step.at)
        if isinstance(at, datetime):
            return {"at": self._instant(at)} | ({} if at == step.at else {"told": told})
        return {"at": at.isoformat(), "told": told}

    def request(self, step: Step) -> Plain:
        """What is told, without what is expected."""
        move = step.move
        named = {"do": verb_of(self.play, move), "case": move.case or None, "makes": move.makes}
        given = {_NAMED.get(name, name): self._given(step, name, value) for name, value in step.given.items()}
        facts = named | _also(move.verb) | given | self._when(step)
        return {name: value for name, value in facts.items() if value is not None}

    def rightly(self, move: Move) -> Move:
        """The move with the last code, or token, of its case, where a play would give whichever was sent last."""
        name = {"activate": "code", "confirm_company_email": "token"}.get(move.verb)
        sent = [it for it in self.play.sent.get(move.case, ()) if self.secrets[it].startswith(f"{name} ")]
        return move if name is None or name in move.given or not sent else self._given_too(move, name, sent[-1])

    @staticmethod
    def _given_too(move: Move, name: str, value: str) -> Move:
        return attrs.evolve(move, given={name: value, **move.given})

    def can_tell(self, move: Move) -> bool:
        """Whether all that a move is given has a name here: a code that is held elsewhere has none where ours is."""
        return all(self._has_a_name(move, *one) for one in self.play.arguments(move).items())

    def _has_a_name(self, move: Move, name: str, value: object) -> bool:
        if name == "version":
            return (move.case, value) in self.facts
        if name not in {"code", "token"} or f"{move.verb}.{name}" in _OURS:
            return True
        # Where nothing is held here, no code is ever told, nor anywhere the token of a link as a code.
        is_one = self.secrets.get(str(value), name).startswith(name)
        return is_one and isinstance(value, Held) is self.play.is_held(move.case)

    def _given(self, step: Step, name: str, value: object) -> object:
        move = step.move
        if f"{move.verb}.{name}" in _OURS or value is None or isinstance(value, Held):
            return None
        if name in {"code", "token"}:
            return self.secrets.get(str(value), f"another {name}")
        if name == "version":
            return self.facts[move.case, step.given["version"]]
        if isinstance(value, SpaceForm | AdhesionForm | KnownForm):
            return form_name(value)
        return value.id if isinstance(value, Case) else _text(value)

    def _message(self, message: Message) -> Plain:
        """The kind of a message, to whom it goes, the secret that it carries, and whether a lapse is presumed."""
        secrets = {name: self._reference(name, text) for name, text in _carried(message)}
        presumed = {"presumed": message.presumed} if isinstance(message, LapseNotice) else {}
        return {"kind": message.kind, "to": str(getattr(message, "to", None)), **secrets, **presumed}

    def _reference(self, name: str, text: str) -> str:
        number = 1 + sum(reference.startswith(name) for reference in self.secrets.values())
        return self.secrets.setdefault(text, f"{name} {number}")


@cache
def _also(verb: str) -> Plain:
    """What a play knows by itself of what it takes over, and has to tell."""
    *_, paying = company_forms()
    known = {"take_over_space": {"form": "user"}, "take_over_mandate": {"organisation": str(paying.organisation)}}
    return known.get(verb, {})


@cache
def form_name(form: SpaceForm | AdhesionForm | KnownForm) -> str:
    """The name of one of the forms of all histories."""
    fields = fields_of(form)
    return next(name for name, known in form_names().items() if known == fields)


def _carried(message: Message) -> Iterator[tuple[str, str]]:
    for field in attrs.fields(type(message)):
        value = getattr(message, field.name)
        if isinstance(value, ActivationCode | LinkToken):
            yield field.name, value.reveal()


# --- What is expected -------------------------------------------------------------------------------------------------


def stands(case: Case | None) -> Plain:
    """Where a case stands that nothing has changed."""
    return {} if case is None else {"state": str(case.stage)}


def refusal(refused: RefusedError) -> Plain:
    """The code of a refusal, and its rule."""
    return {"code": refused.code, "rule": refused.rule.id}


def view(case: Case, at: datetime) -> Plain:
    """A case as it is seen at an instant."""
    return {
        "state": str(case.stage),
        "presumed": case.is_presumed,
        "over": case.is_over(at),
        "deadline": _deadline(case),
        "due_at": None if case.due_at is None else instant_text(case.due_at),
        "next_steps": [next_step(step) for step in case.next_steps(at=at)],
    }


def _deadline(case: Case) -> Plain | None:
    limit = case.deadline
    if limit is None:
        return None
    ends = {"safe_until": instant_text(limit.safe_until), "closes": instant_text(limit.closes)}
    return ends | {"estimated": limit.estimated}


def next_step(step: NextStep) -> Plain:
    """Who has to do what under which rule, and by when."""
    said = {"actor": str(step.actor), "action": str(step.action), "rule": step.rule.id}
    return said | {"by": None if step.by is None else instant_text(step.by)}


def plan_steps(found: Plan) -> list[Plain]:
    """The steps of a plan."""
    return [
        {
            "actor": str(it.actor),
            "action": str(it.action),
            "day": it.day.isoformat(),
            "rule": it.rule.id,
            "assumed": it.assumed,
            "case": it.case_id,
            "account": None if it.account is None else it.account.iban,
        }
        for it in found.steps
    ]
