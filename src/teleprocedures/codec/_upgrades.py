"""From the documents of each older schema to those of the next one: pure functions of plain data.

What a release stored, every later one reads. A document goes through the upgrades in turn: `from_1` makes one of
schema 2, and `from_2` one of schema 3. Each works on plain data and leaves what it is given as it was. It knows no
class of a case, an event or a message, because these go on changing while what a release wrote does not. What it adds
to the document is read and checked afterwards like the rest of it.

What an upgrade may do. It changes how a document is written. It adds what the library has come to keep, as far as the
document tells it, and what the document does not tell is null. It decides nothing anew: a case is due when it was due.

Why an upgrade needs rulebooks. Schema 1 kept neither the instants of reminders nor the day of a letter. Both follow
from a time limit and its rule. A case names its rulebook, and most events do not: theirs is the one whose time limit
ends when the stored one does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from msgspec import to_builtins

from teleprocedures.codec._parts import Books, Plain, narrow
from teleprocedures.deadlines import PARIS, Deadline, time_zone
from teleprocedures.rulebook import Rulebook, TimeLimit

Document: TypeAlias = dict[str, Plain]

# Schema 1 stored steps as English sentences, which are codes since.
_ACTIONS_OF_1: Final[Mapping[str, str]] = MappingProxyType(
    {
        "enter the code received by e-mail": "enter_emailed_code",
        "start again: submit the form of the space anew": "submit_space_again",
        "request services, all the useful ones at once": "request_services",
        "use the link received by e-mail": "use_link",
        "check that the letter has come, and report the day it bears": "watch_letter",
        "give the code of the letter to the third party who asked for the services": "pass_code_on",
        "enter the code of the letter": "enter_letter_code",
        "request the services again": "renew_adhesion",
        "issue a mandate for the account, and print it": "issue_mandate",
        "sign the printed mandate": "sign_mandate",
        "send the signed mandate to the bank that holds the account": "send_mandate",
        "register the mandate": "register_mandate",
        "check that the bank has registered the mandate": "check_mandate",
        "collect with the mandate, or it lapses": "use_mandate",
        "issue a new mandate for the account": "issue_mandate_again",
    }
)
_WHO_ASKED: Final = ("company_name", "requester", "requester_name", "applicant")
_UNSAID_IN_1: Final[Mapping[str, Document]] = MappingProxyType(
    {
        "activation-code-email": {"organisation": None},
        "confirmation-link-email": {**dict.fromkeys((*_WHO_ASKED, "organisation")), "services": []},
        "activation-code-letter": dict.fromkeys((*_WHO_ASKED, "company_address")),
        "reminder-email": {"organisation": None, "company_name": None, "services": []},
    }
)
"""What messages say now, and did not say in schema 1."""


def from_1(document: Document, books: Books) -> Document:
    """The document of schema 2 that one of schema 1 becomes.

    In schema 1 every fact was told when it happened. The reminders of a time limit were counted whenever it was looked
    at, and are stored since. The letter of a code held here is posted on the day of the validation, so neither its day
    nor its time limit is estimated any more. What a snapshot can be asked is not stored any more. A reminder no longer
    moves `recorded_at`, and is taken out of it where that can be known. What is nowhere in the document is null, such
    as the company of a message and the time limit of a lapsed mandate.
    """
    document = {**document, "schema": 2}
    books = narrow(document["origin"]["rulebook"] if "origin" in document else document.get("rulebook"), books)
    if "origin" in document:
        return _case_of_1(document, books)
    return _event_of_1(document, books) if "at" in document else _message_of_1(document)


def _event_of_1(event: Document, books: Books) -> Document:
    event = {**event, "recorded_at": event["at"]}
    if event.get("kind") in {"adhesion-validated", "company-email-confirmed"}:
        return _with_letter(event, "edited", books)
    if event.get("deadline") is not None:
        event["deadline"] = _with_reminders(event["deadline"], books)
    return event


def _case_of_1(case: Document, books: Books) -> Document:
    origin, state, activation = _event_of_1(case["origin"], books), case["state"], case.get("activation")
    # Every event moved `changed_at`, reminders too. The state and the other instants say which event it is of.
    changed_at, running = case.pop("changed_at"), case.pop("deadline")
    recorded_at, since = changed_at, changed_at
    limit = origin.get("deadline")
    if case["kind"] == "mandate":
        since = case.pop("registered_at") or changed_at
        case["legal_representative"], case["signatory"] = origin["legal_representative"], None
        case["idle"] = limit = None if running is None else _with_reminders(running, books)
        if running is not None:
            recorded_at = running["opened"]
    elif activation is not None:
        unseen = activation["deadline"]["estimated"]
        case["activation"] = activation = _with_letter(activation, "letter", books)
        since, limit = activation.pop("validated_at"), activation["deadline"]
        # Until the letter was seen, nothing but reminders came after the validation.
        if activation["state"] == "active":
            since = changed_at
        elif activation["state"] == "awaiting_code" and unseen:
            recorded_at = since
    elif state != "active":
        since = origin["at"] if limit is None else limit["opened"]
        if state != "lapsed":
            recorded_at = origin["at"]
    # As schema 1 counted it: the next one after the last change, even where that was a reminder.
    if case["due_at"] is not None and limit is not None:
        case["due_at"] = to_builtins(_running(limit).due_after(datetime.fromisoformat(changed_at)))
    return {**case, "recorded_at": recorded_at, "since": since, "origin": origin}


def _message_of_1(message: Document) -> Document:
    message, deadline = {**_UNSAID_IN_1[message["kind"]], **message}, message["deadline"]
    if message["kind"] == "activation-code-letter":
        message |= {"organisation": message["to"], "deadline": {**deadline, "estimated": False}}
    if message["kind"] == "reminder-email":
        limit = {"closes": deadline["closes"], "estimated": deadline["estimated"]}
        about = {**limit, "case_id": message["case_id"], "organisation": None}
        message["steps"] = [
            {**step, **about, "actor": step["actor"].replace(" ", "_"), "action": _ACTIONS_OF_1[step["action"]]}
            for step in message["steps"]
        ]
    return message


def _running(deadline: Document) -> Deadline:
    fields: Document = {name: datetime.fromisoformat(deadline[name]) for name in ("opened", "safe_until", "closes")}
    return Deadline(**fields, reminders=tuple(map(datetime.fromisoformat, deadline.get("reminders", ()))))


def _with_reminders(deadline: Document, books: Books) -> Document:
    """A time limit with its reminders, as schema 1 counted them.

    One of them comes when the letter should have been seen.
    """
    running, origin = _running(deadline), _origin_of(deadline, books)
    if origin is None:
        return deadline
    book, limit = origin
    reminders = {*limit.reminders_of(running)}
    if deadline["estimated"] and book.letter_announced is not None:
        reminders.add(book.letter_announced.starting(running.opened).lapses_at)
    return {**deadline, "reminders": [to_builtins(each) for each in sorted(reminders) if each <= running.closes]}


def _with_letter(part: Document, name: str, books: Books) -> Document:
    """What began with a letter, with the civil day that the letter bears under this `name`.

    The day is None while it is not known.
    """
    deadline, here, day = part["deadline"], part["code"] != "held-elsewhere", None
    origin = _origin_of(deadline, books)
    if origin is not None and (here or not deadline["estimated"]):
        zone = time_zone(getattr(origin[1].duration, "zone", PARIS))
        day = _running(deadline).opened.astimezone(zone).date().isoformat()
    deadline = {**_with_reminders(deadline, books), "estimated": deadline["estimated"] and not here}
    return {**part, "deadline": deadline, name: day}


def _origin_of(deadline: Document, books: Books) -> tuple[Rulebook, TimeLimit] | None:
    """The rulebook and its limit that set a time limit.

    Most events do not say under which rulebook they are. A time limit has a rule and an end, and both are compared.
    """
    running = _running(deadline)
    of_rule = [(book, limit) for book in books for limit in book.limits.values() if limit.rule == deadline["rule"]]
    same = (one for one in of_rule if one[1].duration.starting(running.opened).closes == running.closes)
    # An estimate ends later than its limit alone would: then the rule has to do.
    return next(same, of_rule[0] if of_rule else None)


# --- From 2 to 3: the form of a request is kept whole -----------------------------------------------------------------

_FORM_OF_2: Final = (
    *("organisation", "services", "company_email", "bank_accounts", "applicant"),
    *("legal_representative", "company_name", "company_address"),
)
_UNSAID_IN_2: Final[Mapping[str, object]] = MappingProxyType(
    {
        **dict.fromkeys(("company_email", "legal_representative", "company_name", "company_address")),
        "bank_accounts": [],
    }
)
"""What a form of a message of schema 2 says of what the message did not."""


def from_2(document: Document, _: Books) -> Document:
    """The document of schema 3 that one of schema 2 becomes.

    In schema 2 the fields of the form stood among those of the opening, and some of them in the messages to the
    company. They become a form. A message that told a part of the form still tells that part, and no more. A form has
    to have an applicant. Where a message does not know the requester, its form has one that the message does not tell.
    """
    document = {**document, "schema": 3}
    if document["kind"] == "adhesion":
        document["origin"] = _with_form(document["origin"])
    elif document["kind"] == "adhesion-requested":
        document = _with_form(document)
    elif document["kind"] in {"confirmation-link-email", "activation-code-letter"}:
        linked = document["kind"] == "confirmation-link-email"
        document = _with_form({**document, "company_email": document["to"] if linked else None})
        form = {**_UNSAID_IN_2, **document["form"]}
        form["applicant"] = form["applicant"] or "representative"
        document["form"] = None if form["organisation"] is None else form
        if not linked:
            del document["to"]
    return document


def _with_form(document: Document) -> Document:
    rest = {name: value for name, value in document.items() if name not in _FORM_OF_2}
    return {**rest, "form": {name: document[name] for name in _FORM_OF_2 if name in document}}


UPGRADES: Final[Mapping[int, Callable[[Document, Books], Document]]] = MappingProxyType({1: from_1, 2: from_2})
"""How a document of each older schema becomes one of the next."""
