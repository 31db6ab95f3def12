"""From the documents of each older schema to those of the next one: small pure functions of plain data.

What a release stored, every later one reads. An upgrade changes how a document is written, and adds what the library
has come to keep, as far as the document tells it. It decides nothing anew: what is due, and when, stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from msgspec import to_builtins

from teleprocedures.codec._parts import Books, Plain, pinned
from teleprocedures.deadlines import PARIS, Deadline, time_zone
from teleprocedures.rulebook import Rulebook, TimeLimit

Document: TypeAlias = dict[str, Plain]

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
    """Facts were told when they happened; the reminders of a time limit were counted whenever it was looked at.

    We post the letter of a code held here on the day of the validation: neither it nor its time limit is estimated any
    more. What a snapshot can be asked is left out, and what is told to it last is no reminder, where that can be known.
    What is nowhere in the document is null: the company of a message, the time limit of a lapsed mandate.
    """
    document = {**document, "schema": 2}
    books = pinned(document["origin"]["rulebook"] if "origin" in document else document.get("rulebook"), books)
    if "origin" in document:
        return _case_of_1(document, books)
    return _event_of_1(document, books) if "at" in document else _message_of_1(document)


def _event_of_1(event: Document, books: Books) -> Document:
    event = {**event, "recorded_at": event["at"]}
    if event.get("kind") in {"adhesion-validated", "company-email-confirmed"}:
        return _lettered(event, "edited", books)
    if event.get("deadline") is not None:
        event["deadline"] = _reminded(event["deadline"], books)
    return event


def _case_of_1(case: Document, books: Books) -> Document:
    origin, state, activation = _event_of_1(case["origin"], books), case["state"], case.get("activation")
    changed_at, running = case.pop("changed_at"), case.pop("deadline")
    recorded_at, since = changed_at, changed_at
    limit = origin.get("deadline")
    if case["kind"] == "mandate":
        since = case.pop("registered_at") or changed_at
        case["legal_representative"], case["signatory"] = origin["legal_representative"], None
        case["idle"] = limit = None if running is None else _reminded(running, books)
        if running is not None:
            recorded_at = running["opened"]
    elif activation is not None:
        unseen = activation["deadline"]["estimated"]
        case["activation"] = activation = _lettered(activation, "letter", books)
        since, limit = activation.pop("validated_at"), activation["deadline"]
        if activation["state"] == "active":
            since = changed_at
        elif activation["state"] == "awaiting_code" and unseen:
            recorded_at = since
    elif state != "active":
        since = origin["at"] if limit is None else limit["opened"]
        if state != "lapsed":
            recorded_at = origin["at"]
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


def _reminded(deadline: Document, books: Books) -> Document:
    """A time limit with its reminders, as they were counted: that of a letter which should have been seen is one."""
    running, found = _running(deadline), _origin_of(deadline, books)
    if found is None:
        return deadline
    book, limit = found
    reminders = {*limit.reminders_of(running)}
    if deadline["estimated"] and book.letter_announced is not None:
        reminders.add(book.letter_announced.starting(running.opened).lapses_at)
    return {**deadline, "reminders": [to_builtins(each) for each in sorted(reminders) if each <= running.closes]}


def _lettered(part: Document, name: str, books: Books) -> Document:
    """What began with a letter, and the civil day that the letter bears by this `name`, None while it is not known."""
    deadline, here, day = part["deadline"], part["code"] != "held-elsewhere", None
    found = _origin_of(deadline, books)
    if found is not None and (here or not deadline["estimated"]):
        zone = time_zone(getattr(found[1].duration, "zone", PARIS))
        day = _running(deadline).opened.astimezone(zone).date().isoformat()
    deadline = {**_reminded(deadline, books), "estimated": deadline["estimated"] and not here}
    return {**part, "deadline": deadline, name: day}


def _origin_of(deadline: Document, books: Books) -> tuple[Rulebook, TimeLimit] | None:
    """What set a time limit: most events do not say under which rulebook, but it has its rule and its days."""
    running = _running(deadline)
    found = [(book, limit) for book in books for limit in book.limits.values() if limit.rule == deadline["rule"]]
    same = (one for one in found if one[1].duration.starting(running.opened).closes == running.closes)
    return next(same, found[0] if found else None)


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
    """What was asked stood among the fields of the opening, and a part of it in the messages to the company.

    Of the form, a message tells what it told then. Who the applicant is, a message that does not know the requester
    does not say either, though its form has one.
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
