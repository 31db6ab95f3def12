"""The library behind the pipe: requests from standard input, answers to standard output, a line of JSON each.

    python vectors/runner.py 2 python docs/examples/vectors/library_adapter.py

It is what an adapter looks like: it knows cases by the names of the vectors, counts the codes that it sends, and says
what became of each request.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import attrs

from teleprocedures import (
    EXPERT_2024_04_03,
    ActivationCode,
    AdhesionForm,
    BankAccount,
    Case,
    CivilDays,
    CivilMonths,
    Company,
    CreditorIdentifier,
    Deadline,
    EmailAddress,
    Event,
    FileNumber,
    HeldElsewhere,
    Hours,
    InvalidFormError,
    InvalidValueError,
    LapseNotice,
    LeadTimes,
    LinkToken,
    Mandate,
    MandateReference,
    Message,
    NextStep,
    PersonName,
    Portal,
    Portfolio,
    RefusedError,
    Rulebook,
    Siren,
    SpaceForm,
    check_payment,
    organisation,
    plan,
)
from teleprocedures.testing import ManualClock, PlainHasher, RecordingJournal, RecordingNotifier, ScriptedCodes

Plain = dict[str, Any]
WRONG = "NEVERSENT"
SOURCE = "the portal's list of services"
START = datetime.fromisoformat("2000-01-01T00:00:00Z")


class Library:
    """The library, as it answers requests. What changes a case is a verb; what does not is a question."""

    rulebook = EXPERT_2024_04_03

    def __init__(self) -> None:
        self.begin({"level": None})

    def answer(self, request: Plain) -> Plain:
        """The answer to one request."""
        do = request["do"]
        answers: Callable[[Plain], Plain] | None = getattr(self, do, None) if do in OWN else self.verb
        assert answers is not None, do
        return answers(request)

    def begin(self, request: Plain) -> Plain:
        """Forget everything: a history begins, with codes held elsewhere at level 1."""
        self.cases: dict[str, Case] = {}
        self.facts: dict[int, tuple[str, int]] = {}
        self.secrets: dict[str, str] = {}
        self.number, self.notifier, self.journal = 0, RecordingNotifier(), RecordingJournal()
        self.clock = ManualClock(START)
        books = [_rulebook(told) for told in request.get("rulebooks", ())]
        self.portal = Portal(
            clock=self.clock,
            codes=HeldElsewhere() if request["level"] == 1 else ScriptedCodes(),
            hasher=PlainHasher(),
            notifier=self.notifier,
            journal=self.journal,
            rulebook=books or self.rulebook,
        )
        return {"accepted": True}

    # --- Verbs ---

    def verb(self, request: Plain) -> Plain:
        """Do what is told, and say what came of it: a case as it then stands, or a refusal."""
        self.number += 1
        told = self.clock.set(datetime.fromisoformat(request.get("told") or request["at"]))
        before, sent = self.cases.get(request.get("case", "")), len(self.notifier.messages)
        try:
            case = self.decide(request, before)
        except RefusedError as refusal:
            stands = {} if before is None else {"state": str(before.stage)}
            return {"accepted": False, "code": refusal.code, "rule": refusal.rule.id, **stands}
        except InvalidValueError as error:
            stands = {} if before is None else {"state": str(before.stage)}
            return {"accepted": False, "code": error.code, **stands}
        name = request.get("makes") or request["case"]
        self.cases[name], self.facts[self.number] = case, (name, case.version)
        messages = [self.message(it) for it in self.notifier.messages[sent:]]
        return {"accepted": True, **self.view(case, told), "messages": messages}

    def decide(self, request: Plain, case: Any) -> Case:
        """The verb of the portal for a request; raises its refusal."""
        when = {"at": self.moment(request)}
        positional, named = VERBS.get(request["do"], _plainly)(self, request, case)
        method = METHODS.get(request["do"], request["do"])
        told: Case = getattr(self.portal, method)(*positional, **named, **when)
        return told

    @staticmethod
    def moment(request: Plain) -> datetime | date:
        """When it happened: an instant, or the civil day where only that is told."""
        text = request["at"]
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)

    def of(self, name: str) -> Any:
        """The case of this name."""
        return self.cases[name]

    def mandates(self) -> list[Mandate]:
        """All the mandates."""
        return [case for case in self.cases.values() if isinstance(case, Mandate)]

    def events(self, case: Case) -> list[Event]:
        """The history of a case."""
        return [event for it in self.journal.decisions if it.case.id == case.id for event in it.events]

    def secret(self, request: Plain, name: str) -> Any:
        """The code or the token that a reference means; without one it is held elsewhere."""
        return self.secrets.get(request[name], WRONG) if name in request else HeldElsewhere().activation_code()

    # --- What is shown ---

    def view(self, case: Case, at: datetime) -> Plain:
        """A case as it stands at an instant."""
        return {
            "state": str(case.stage),
            "presumed": case.is_presumed,
            "over": case.is_over(at),
            "deadline": case.deadline and {**_ends(case.deadline), "estimated": case.deadline.estimated},
            "due_at": case.due_at and _text(case.due_at),
            "next_steps": [_step(step) for step in case.next_steps(at=at)],
        }

    def message(self, message: Message) -> Plain:
        """A message, with the reference of the code or the token that it carries."""
        shown: Plain = {"kind": message.kind, "to": str(getattr(message, "to", None))}
        if isinstance(message, LapseNotice):
            shown["presumed"] = message.presumed
        for name, kind in (("code", ActivationCode), ("token", LinkToken)):
            secret = getattr(message, name, None)
            if isinstance(secret, kind):
                number = 1 + sum(it.startswith(name) for it in self.secrets)
                shown[name] = f"{name} {number}"
                self.secrets[shown[name]] = secret.reveal()
        return shown

    # --- Questions ---

    def look(self, request: Plain) -> Plain:
        """A case as it stands."""
        self.number += 1
        return {"accepted": True, **self.view(self.of(request["case"]), datetime.fromisoformat(request["at"]))}

    def may_pay(self, request: Plain) -> Plain:
        """Whether a payment would pass, by one request or by all that a company has."""
        self.number += 1
        at, payment = datetime.fromisoformat(request["at"]), (request["service"], request["account"])
        try:
            if "organisation" in request:
                self.company(request).check_payment(*payment, at=at)
            else:
                check_payment(self.of(request["case"]), *payment, self.mandates(), at=at)
        except RefusedError as refusal:
            return {"accepted": False, "code": refusal.code, "rule": refusal.rule.id}
        return {"accepted": True}

    def company(self, request: Plain) -> Company:
        """The company that a question is about, with all that it has."""
        return Portfolio(self.of(name) for name in self.cases).company(request["organisation"])

    def next_steps(self, request: Plain) -> Plain:
        """Who has to do what for a company."""
        self.number += 1
        steps = self.company(request).next_steps(at=datetime.fromisoformat(request["at"]))
        names = {case.id: name for name, case in self.cases.items()}
        shown = [
            _step(it) | {"case": names[it.case_id], "services": [service.code for service in it.services]}
            for it in steps
        ]
        return {"accepted": True, "next_steps": shown}

    def missing(self, request: Plain) -> Plain:
        """The services that a company neither holds nor awaits."""
        self.number += 1
        services = self.company(request).missing(at=datetime.fromisoformat(request["at"]))
        return {"accepted": True, "services": [service.code for service in services]}

    def deadline(self, request: Plain) -> Plain:
        """The ends of a time limit of the procedure, from its start."""
        limit = self.rulebook.limits[request["limit"]].duration
        return {"accepted": True, **_ends(limit.starting(datetime.fromisoformat(request["start"])))}

    def value(self, request: Plain) -> Plain:
        """What a text is as a value."""
        try:
            read = READERS[request["kind"]](request["text"])
        except InvalidValueError as error:
            return {"accepted": False, "code": error.code}
        return {"accepted": True, "value": read.iban if isinstance(read, BankAccount) else str(read)}

    def service(self, request: Plain) -> Plain:
        """What a service asks for."""
        service = self.rulebook.catalogue[request["code"]]
        names = ("needs_company_email", "pays", "needs_mandate", "open_to_file_number")
        return {"accepted": True, **{name: getattr(service, name) for name in names}}

    def adhesion_form(self, request: Plain) -> Plain:
        """Whether a request can be read, and all that is wrong with it."""
        return _form(AdhesionForm, request["form"])

    def space_form(self, request: Plain) -> Plain:
        """The same of the form of a space."""
        return _form(SpaceForm, request["form"])

    def plan(self, request: Plain) -> Plain:
        """When to begin with nothing, or to go on from all that a company has."""
        self.number += 1
        days: Plain = {it: date.fromisoformat(request[it]) for it in ("pay_by", "held_by", "start") if it in request}
        planned = self.company(request).plan if "organisation" in request else plan
        found = planned(request["services"], lead_times=LeadTimes(**request["lead_times"]), **days)
        names = {case.id: name for name, case in self.cases.items()}
        ends = {"outcome": str(found.outcome), "start_by": f"{found.start_by}", "ready_on": f"{found.ready_on}"}
        steps = [
            {
                "actor": it.actor,
                "action": it.action,
                "day": f"{it.day}",
                "rule": it.rule.id,
                "assumed": it.assumed,
                "case": it.case_id and names[it.case_id],
                "account": it.account and it.account.iban,
            }
            for it in found.steps
        ]
        return {"accepted": True, **ends, "steps": steps}


OWN = (
    "begin",
    "look",
    "may_pay",
    "next_steps",
    "missing",
    "deadline",
    "value",
    "service",
    "adhesion_form",
    "space_form",
    "plan",
)
METHODS = {"take_over_request": "take_over_services"}
"""The verbs that the portal calls something else."""

Given = tuple[tuple[Any, ...], Plain]
"""What a verb of the portal is given, by position and by name."""


def _plainly(_: Library, told: Plain, case: Any) -> Given:
    """The case, and what is told besides."""
    return (case, *(told[name] for name in ("account", "name", "signatory", "reason") if name in told)), {}


def _renewed(library: Library, told: Plain, case: Any) -> Given:
    form = AdhesionForm.from_mapping(told["form"]) if "form" in told else None
    return (library.of(told["space"]), case, form), {}


def _withdrawn(library: Library, told: Plain, case: Any) -> Given:
    _, version = library.facts[told["fact"]]
    return (library.events(case), version), {"reason": "told of the wrong case"}


def _space_taken_over(_: Library, told: Plain, __: Any) -> Given:
    known = {name: told["form"][name] for name in ("email", "first_name", "last_name", "organisation")}
    return (), {**known, **_days(told), "source": SOURCE}


def _services_taken_over(_: Library, told: Plain, space: Any) -> Given:
    under_way = told["do"] == "take_over_request"
    return (space,), {**_days(told), **told["form"], "under_way": under_way, "source": SOURCE}


def _mandate_taken_over(library: Library, told: Plain, space: Any) -> Given:
    known = {name: told[name] for name in ("organisation", "account")}
    return (space,), {**_days(told), **known, "mandates": library.mandates(), "source": SOURCE}


VERBS: dict[str, Callable[[Library, Plain, Any], Given]] = {
    "create_space": lambda _, told, __: ((SpaceForm.from_mapping(told["form"]),), {}),
    "activate_space": lambda it, told, space: ((space, it.secret(told, "code")), {}),
    "request_adhesion": lambda _, told, space: ((space, AdhesionForm.from_mapping(told["form"])), {}),
    "confirm_company_email": lambda it, told, case: ((case, it.secret(told, "token")), {}),
    "activate_services": lambda it, told, case: ((it.of(told["space"]), case, it.secret(told, "code")), {}),
    "record_letter": lambda _, told, case: ((case, date.fromisoformat(told["edited"])), {}),
    "issue_mandate": lambda it, told, case: ((case, told["account"]), {"mandates": it.mandates()}),
    "renew_adhesion": _renewed,
    "withdraw": _withdrawn,
    "take_over_space": _space_taken_over,
    "take_over_services": _services_taken_over,
    "take_over_request": _services_taken_over,
    "take_over_mandate": _mandate_taken_over,
}
"""What the portal's verbs are given where that is more than the case and one thing besides."""
READERS: dict[str, Callable[[str], Any]] = {
    "siren": Siren,
    "file_number": FileNumber,
    "organisation": organisation,
    "email": EmailAddress,
    "name": PersonName,
    "iban": BankAccount,
    "creditor_identifier": CreditorIdentifier,
    "mandate_reference": MandateReference,
}


UNITS: dict[str, Callable[..., Any]] = {"hours": Hours, "days": CivilDays, "months": CivilMonths}


def _rulebook(told: Plain) -> Rulebook:
    """The rules of all files, but for what is told of this rulebook."""
    units = {}
    for name, unit in told.items():
        if isinstance(unit, dict):
            kind, count = next(iter(unit.items()))
            units[name] = UNITS[kind](count, *([unit["zone"]] if "zone" in unit else []))
    limits = EXPERT_2024_04_03.limits
    changes: Plain = {
        name: attrs.evolve(limits[name], duration=it) if name in limits else it for name, it in units.items()
    }
    day = date.fromisoformat(told["in_force_from"])
    return attrs.evolve(EXPERT_2024_04_03, version=told["version"], in_force_from=day, **changes)


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _days(request: Plain) -> Plain:
    """The civil days that are known of what is taken over."""
    names = ("seen", "since", "requested", "letter", "registered", "last_collected")
    return {name: date.fromisoformat(request[name]) for name in names if name in request}


def _ends(limit: Deadline) -> Plain:
    return {"safe_until": _text(limit.safe_until), "closes": _text(limit.closes)}


def _step(step: NextStep) -> Plain:
    by = step.by and _text(step.by)
    return {"actor": str(step.actor), "action": str(step.action), "rule": step.rule.id, "by": by}


def _form(kind: type[AdhesionForm | SpaceForm], form: Plain) -> Plain:
    try:
        kind.from_mapping(form)
    except InvalidFormError as error:
        problems = [{"path": it.path, "code": it.code, "rule": it.rule and it.rule.id} for it in error.problems]
        return {"accepted": False, "problems": problems}
    return {"accepted": True}


def serve(answer: Callable[[Plain], Plain]) -> None:
    """Answer each line of standard input by one of standard output."""
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    serve(Library().answer)
