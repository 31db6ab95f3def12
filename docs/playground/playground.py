"""What the page of the playground asks, in JSON, and what it is answered in the words of a language.

The page has a simulator of the portal of its own: a clock that is moved, a mailbox that is read. A verb is asked for
by its name, with what was typed. The answer says what happened or was refused, and shows everything anew.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from datetime import date, timedelta
from io import StringIO
from traceback import format_exception_only
from typing import Any, Final, TypeAlias

from portal_simulator.diagram import diagram
from portal_simulator.simulator import NoCaseError, Simulator

from teleprocedures import (
    CATALOGUE,
    Adhesion,
    AdhesionForm,
    Applicant,
    Case,
    InvalidFormError,
    Mandate,
    Message,
    Space,
    SpaceForm,
    TeleproceduresError,
    check_payment,
    next_steps,
)
from teleprocedures.testing import PlainHasher
from teleprocedures.wording import ENGLISH, FRENCH, Wording

Given: TypeAlias = Mapping[str, Any]
"""What was typed, by its field: texts, lists of texts, and tables of texts."""
Said: TypeAlias = dict[str, Any] | None
"""What the page says of it: a text, or the key of one of its own."""

WORDS: Final[Mapping[str, Wording]] = {"en": ENGLISH, "fr": FRENCH}
FIELDS: Final = (
    *("email", "password", "first_name", "last_name", "organisation", "phone", "street", "postal_code", "city"),
    *("security_question", "security_answer", "services", "company_email", "company_name", "bank_accounts"),
    *("applicant", "legal_representative", "code", "account"),
)
MOMENT: Final = timedelta(microseconds=1)


class NoDeadlineError(LookupError):
    """No time limit runs in the case that is shown, or the clock is past it."""


class Playground:
    """A simulator, the case of each kind that a verb is about, and the names that typed Python has."""

    def __init__(self) -> None:
        self.names: dict[str, object] = {"__name__": "__main__", "playground": self}
        self.begin()

    def begin(self) -> None:
        """Begin anew, with no case and the clock put back."""
        # Python has no scrypt here, and what is typed into the page stays in it.
        self.simulator = Simulator(hasher=PlainHasher())
        self.portal = self.simulator.portal
        self.chosen: dict[str, str] = {}
        self.shown = ""

    def answer(self, asked: str) -> str:
        """What a page shows once it has asked for something; refusals are said, and are no errors."""
        asking = json.loads(asked)
        words = WORDS[asking["language"]]
        seen = len(self.simulator.events)
        try:
            said = VERBS[asking["do"]](self, asking["given"]) or {}
        except TeleproceduresError as error:
            said = _refused(error, words)
        except (NoCaseError, NoDeadlineError) as error:
            said = {"tone": "refused", "key": type(error).__name__}
        happened = [words.event(event) for event in self.simulator.events[seen:]]
        done = {"tone": "done", "text": " ".join(happened)} if happened else {}
        return json.dumps({"said": done | said, **_labels(words), **self.view(words)})

    def begin_again(self, _: Given) -> Said:
        """Forget all cases and messages, and say so."""
        self.begin()
        return {"key": "begin"}

    # --- The cases that a verb is about ---

    def choose(self, case: Case) -> None:
        """Show this case, which the next verbs are about."""
        self.chosen[case.kind] = self.shown = case.id

    @property
    def space(self) -> Space:
        """The space; raises `NoCaseError` as long as there is none, as do the two below."""
        return self.simulator.space(self.chosen.get(Space.kind, ""))

    @property
    def request(self) -> Adhesion:
        """The request."""
        return self.simulator.request(self.chosen.get(Adhesion.kind, ""))

    @property
    def mandate(self) -> Mandate:
        """The mandate."""
        return self.simulator.mandate(self.chosen.get(Mandate.kind, ""))

    def show(self, given: Given) -> None:
        """Show a case that a reader has chosen."""
        self.choose(self.simulator.find(Case, given["case"]))

    def pay(self, given: Given) -> dict[str, str]:
        """Ask whether a payment would pass, over all that the company has (2.18 to 2.21)."""
        every = [it for it in self.simulator.cases.values() if isinstance(it, Adhesion)]
        requests = [it for it in every if it.organisation == self.request.organisation]
        now = self.simulator.clock.now()
        check_payment(requests, given["service"], given["account"], self.simulator.mandates, at=now)
        return {"tone": "done", "key": "passes"}

    # --- Time ---

    def advance(self, given: Given) -> dict[str, str]:
        """Move the clock on by some hours."""
        self.simulator.clock.advance(timedelta(hours=given["hours"]))
        return self.night(given)

    def to_the_deadline(self, given: Given) -> dict[str, str]:
        """Move the clock to the last usable instant of the case that is shown, and as many moments past it."""
        case = self.simulator.cases.get(self.shown)
        if case is None or case.deadline is None or case.deadline.has_passed(self.simulator.clock.now()):
            raise NoDeadlineError
        self.simulator.clock.set(case.deadline.closes + given["moments"] * MOMENT)
        return self.night(given)

    def night(self, given: Given) -> dict[str, str]:
        """What the clock has decided is carried out, where the reader wants it; otherwise it only shows the time."""
        decided = self.simulator.night() if given["night"] else []
        return {} if decided else {"tone": "done", "key": "time_passed"}

    # --- Typed Python ---

    def run(self, given: Given) -> dict[str, str]:
        """Run a program, with or without prompts; what it prints and what its expressions are is the answer."""
        return {"tone": "", "printed": self.printed(given["program"])}

    def printed(self, program: str) -> str:
        """What a program prints, and last the error that ended it."""
        out = StringIO()
        with redirect_stdout(out):
            try:
                for statement in ast.parse(_typed(program)).body:
                    exec(compile(ast.Interactive([statement]), "<playground>", "single"), self.names)  # noqa: S102
            except Exception as error:  # noqa: BLE001 - whatever the reader's program raises is shown
                print("".join(format_exception_only(error)).rstrip())
        return out.getvalue()

    # --- What is shown ---

    def view(self, words: Wording) -> dict[str, object]:
        """The clock, the cases, what is possible and to be done, and the mailbox."""
        now, cases = self.simulator.clock.now(), tuple(self.simulator.cases.values())
        chosen = [self.simulator.cases[id] for id in self.chosen.values()]
        possible = [f"{it.kind}.{verb}" for it in chosen for verb in it.possible(at=now)]
        return {
            "clock": {"at": now.isoformat(), "words": words.instant(now)},
            "cases": [{"id": case.id, "title": _title(case, words, number)} for number, case in enumerate(cases, 1)],
            "shown": None if not self.shown else self.shown_case(words),
            "possible": possible,
            "steps": [words.step(step) for step in next_steps(cases, at=now, mandates=self.simulator.mandates)],
            "mails": [_mail(message, words) for message in reversed(self.simulator.mailbox.messages)],
        }

    def shown_case(self, words: Wording) -> dict[str, object]:
        """The case that is shown: where it stands, until when, what happened, and its diagram."""
        case, now = self.simulator.cases[self.shown], self.simulator.clock.now()
        limit = case.deadline
        return {
            "id": case.id,
            "status": words.status(case, at=now),
            "limit": None if limit is None else words.instant(limit.closes),
            "rule": None if limit is None or limit.rule is None else words.rule(limit.rule),
            "events": [words.event(it) for it in self.simulator.events if it.case_id == case.id],
            "verbs": [words.verb(verb, of=case.kind) for verb in case.possible(at=now)],
            "diagram": diagram(case, words),
        }


def _refused(error: TeleproceduresError, words: Wording) -> dict[str, object]:
    """A refusal in words, and what is wrong with each field of a form."""
    problems = error.problems if isinstance(error, InvalidFormError) else ()
    amiss = [{"field": it.path, "text": words.problem(it, label=False)} for it in problems]
    return {"tone": "refused", "code": error.code, "text": words.refusal(error), "problems": amiss}


def _title(case: Case, words: Wording, number: int) -> str:
    """What a case is called in a list."""
    organisation = words.organisation(case.organisation, getattr(case, "company_name", None))
    return f"{number}. {words.name('lifecycle', case.kind)}, {organisation}"


def _mail(message: Message, words: Wording) -> dict[str, str | None]:
    """A message as it is read, with the code or the token that it carries."""
    text = words.message(message)
    secret = getattr(message, "token", getattr(message, "code", None))
    return {
        "subject": text.subject,
        "body": text.body,
        "kind": message.kind,
        "secret": None if secret is None else secret.reveal(),
    }


def _labels(words: Wording) -> dict[str, object]:
    """What fields, services and verbs are called: the library's own words."""
    verbs = {f"{kind.kind}.{verb}": words.verb(verb, of=kind.kind) for kind, verb in _verbs()}
    openings = {verb: words.verb(verb) for verb in ("create", "request", "issue", "pay")}
    return {
        "fields": {field: words.field(field) for field in FIELDS},
        "services": {code: words.service(code) for code in CATALOGUE},
        "applicants": {str(one): words.name("applicant", one) for one in Applicant},
        "verbs": openings | verbs,
    }


def _verbs() -> Iterator[tuple[type[Case], str]]:
    return ((kind, row.trigger) for kind in (Space, Adhesion, Mandate) for one in kind.lifecycles for row in one.rows)


def _typed(program: str) -> str:
    """What somebody typed, of an example with prompts: what it printed is left out."""
    lines = program.splitlines()
    if not any(line.startswith(">>> ") for line in lines):
        return program
    return "\n".join(line[4:] for line in lines if line.startswith((">>>", "...")))


VERBS: Final[Mapping[str, Callable[[Playground, Given], Said]]] = {
    "view": lambda _, __: None,
    "begin": Playground.begin_again,
    "show": Playground.show,
    # The space.
    "create": lambda it, given: it.choose(it.portal.create_space(SpaceForm.from_mapping(given))),
    "activate": lambda it, given: it.choose(it.portal.activate_space(it.space, given["code"])),
    # A request.
    "request": lambda it, given: it.choose(it.portal.request_adhesion(it.space, AdhesionForm.from_mapping(given))),
    "renew": lambda it, _: it.choose(it.portal.renew_adhesion(it.space, it.request)),
    "confirm": lambda it, given: it.choose(it.portal.confirm_company_email(it.request, given["code"])),
    "letter": lambda it, given: it.choose(it.portal.record_letter(it.request, date.fromisoformat(given["edited"]))),
    "enter": lambda it, given: it.choose(it.portal.activate_services(it.space, it.request, given["code"])),
    # Accounts, mandates and payments.
    "declare": lambda it, given: it.choose(it.portal.declare_account(it.request, given["account"])),
    "issue": lambda it, given: it.choose(
        it.portal.issue_mandate(it.request, given["account"], mandates=it.simulator.mandates)
    ),
    "sign": lambda it, given: it.choose(it.portal.sign_mandate(it.mandate, given["signatory"])),
    "send": lambda it, _: it.choose(it.portal.send_mandate(it.mandate)),
    "register": lambda it, _: it.choose(it.portal.register_mandate(it.mandate)),
    "collect": lambda it, _: it.choose(it.portal.record_collection(it.mandate)),
    "pay": Playground.pay,
    # Time, and typed Python.
    "advance": Playground.advance,
    "deadline": Playground.to_the_deadline,
    "run": Playground.run,
}
"""What a page can ask for."""
