"""Records of every kind, made by real decisions, and what is done to their documents, for the tests of the codec.

`documents-1.jsonl` to `documents-3.jsonl` are the records of what each schema was written like: never edited, only
read. Running this file writes the last one anew, for as long as schema 3 is not released.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any, get_args

import attrs

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    AnyCase,
    AnyEvent,
    AnyMessage,
    Applicant,
    CodecError,
    Decision,
    FileNumber,
    LinkToken,
    Service,
    withdraw,
)
from teleprocedures.codec import Record, dump, dumps, load, loads
from tests.builders import (
    EMAILED,
    FRENCH_IBAN,
    GERMAN_IBAN,
    POSTED,
    asked,
    issued,
    linked,
    mandate_taken_over,
    opened,
    paying,
    requested,
    services_taken_over,
    space_taken_over,
)
from tests.instants import DAY, HOUR, START

__all__ = ["dump", "dumps", "load", "loads"]

HERE = Path(__file__).parent
KINDS = tuple(kind.kind for union in (AnyCase, AnyEvent, AnyMessage) for kind in get_args(union))
"""The kinds that are shipped: tests of a host's own lifecycle register more."""

OTHER = Service(code="payer-autre", title="Payer autre chose", pays=True)
REMINDING = attrs.evolve(
    EXPERT_2024_04_03,
    version="reminding",
    mandate_use=attrs.evolve(EXPERT_2024_04_03.mandate_use, reminders=(30,)),
    catalogue=EXPERT_2024_04_03.catalogue.extended(OTHER),
)
IDLE = attrs.evolve(EXPERT_2024_04_03, version="idle", mandate_use=None)
BOOKS = (EXPERT_2024_04_03, REMINDING, IDLE)

TOKEN = LinkToken("Tok-EN_secret")
IBAN = FRENCH_IBAN.replace(" ", "")
SECRETS = (
    IBAN,
    EMAILED.reveal(),
    POSTED.reveal(),
    TOKEN.reveal(),
    "correct horse battery staple",
    "camille@cabinet-durand.fr",
    "+33123456789",
    "1 rue de la Paix",
)
COMPANY = {
    "company_email": "contact@acme.fr",
    "bank_accounts": [FRENCH_IBAN],
    "applicant": Applicant.THIRD_PARTY,
    "legal_representative": "Jeanne Martin",
    "company_name": "ACME",
    "company_address": "2 rue du Port, 33000 Bordeaux",
}


def walked() -> Iterator[Decision[Any]]:
    """Decisions that go through every state of every case, and every kind of event and of message."""
    pending = asked()
    reminded = pending.case.remind(at=START + 24 * HOUR)
    elsewhere = asked(id="space-2", code=HELD_ELSEWHERE, organisation="FILE42")
    missed = elsewhere.case.lapse(at=START + 3 * DAY)
    corrected = missed.case.activate(HELD_ELSEWHERE, at=START + HOUR, recorded_at=START + 4 * DAY)
    yield from (pending, reminded, reminded.case.activate(EMAILED, at=START + 25 * HOUR), elsewhere, missed, corrected)

    space = opened()
    waiting = linked("payer-tva", token=TOKEN, **COMPANY)
    nudged = waiting.case.remind(at=START + 24 * HOUR)
    ended = nudged.case.lapse(at=START + 3 * DAY)
    renewed = ended.case.renew(space, id="request-2", at=START + 4 * DAY, token=TOKEN, code=POSTED)
    confirmed = nudged.case.confirm_company_email(TOKEN, at=START + 25 * HOUR, code=POSTED)
    declared = confirmed.case.declare_account(GERMAN_IBAN, at=START + 2 * DAY)
    late = declared.case.remind(at=START + 50 * DAY)
    bearing = late.case.record_letter(date(2025, 1, 8), at=START + 51 * DAY)
    held = bearing.case.activate(POSTED, space=space, at=START + 52 * DAY)
    yield from (waiting, nudged, ended, renewed, confirmed, declared, late, bearing, held)
    yield bearing.case.lapse(at=START + 99 * DAY)

    followed = requested(code=HELD_ELSEWHERE, organisation=FileNumber("TF2024A17"))
    over = followed.case.lapse(at=START + 99 * DAY)
    yield from (followed, followed.case.remind(at=START + 15 * DAY), over)
    yield over.case.record_letter(date(2025, 1, 7), at=START + 100 * DAY)

    for rulebook in BOOKS:
        letter = paying("payer-tva", *([OTHER] if rulebook is REMINDING else []), rulebook=rulebook)
        first = issued(letter.case, account_holder="Holding ACME")
        named = first.case.name_representative("Jeanne Martin", at=START)
        signed = named.case.sign("Jeanne Martin", at=START)
        sent = signed.case.send(at=START, recorded_at=START + HOUR)
        registered = sent.case.register(at=START + HOUR)
        collected = registered.case.record_collection(at=START + 2 * HOUR)
        yield from (letter, first, named, signed, sent, registered, collected)
        if rulebook is not IDLE:
            due_at = collected.case.due_at
            assert due_at is not None
            yield collected.case.remind(at=due_at)
            idle = collected.case.lapse(at=START + 2000 * DAY)
            yield idle
            yield idle.case.record_collection(at=START + DAY, recorded_at=START + 2001 * DAY)

    unseen = linked("payer-tva", token=HELD_ELSEWHERE, code=HELD_ELSEWHERE, **COMPANY).case
    yield unseen.record_letter(date(2025, 1, 8), at=START + 5 * DAY)
    entered = unseen.activate(HELD_ELSEWHERE, space=space, at=date(2025, 1, 12))
    closed = entered.case.close("other", text="merged into another company", at=START + 9 * DAY)
    yield from (entered, closed, closed.case.reopen(at=date(2025, 1, 20)))
    yield from (space_taken_over(), services_taken_over(since=date(2016, 5, 2)), services_taken_over(under_way=True))
    yield mandate_taken_over(registered=date(2019, 3, 4))
    yield withdraw(
        (*asked().events, *pending.case.activate(EMAILED, at=START).events), 2, reason="typed twice", at=START
    )
    yield asked().case.change_rulebook(REMINDING, at=START)


DECISIONS = tuple(walked())
RECORDS: tuple[Record, ...] = tuple(
    record for decision in DECISIONS for record in (decision.case, *decision.events, *decision.messages)
)
DOCUMENTS = tuple(dumps(record, secrets=True) for record in RECORDS)


def one_of_each() -> list[bytes]:
    """The first document of each kind and state."""
    found: dict[tuple[object, ...], bytes] = {}
    for record, document in zip(RECORDS, DOCUMENTS, strict=True):
        states = (getattr(part, "state", None) for part in (record, getattr(record, "activation", None)))
        found.setdefault((record.kind, *states), document)
    return list(found.values())


def the(kind: str, stage: str | None = None) -> dict[str, Any]:
    """The data of the first record of this kind, at this stage."""
    for record, document in zip(RECORDS, DOCUMENTS, strict=True):
        if record.kind == kind and stage in {None, getattr(record, "stage", None)}:
            data: dict[str, Any] = json.loads(document)
            return data
    raise AssertionError(kind)


def steps_of(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every node inside this one."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, inner in inside:
        yield (*path, step)
        yield from steps_of(inner, (*path, step))


def changed(data: Any, path: tuple[str | int, ...], value: object, *, name: str | None = None) -> Any:
    """The same data with another value there, under another name if one is given; `...` takes it away.

    What does not lead there is not copied.
    """
    first, *rest = path
    data = copy.copy(data)
    if rest:
        data[first] = changed(data[first], tuple(rest), value, name=name)
    elif value is ...:
        del data[first]
    elif name is not None:
        data[name] = data.pop(first)
    else:
        data[first] = value
    return data


def read(reader: Callable[..., Record], given: object) -> Record | CodecError:
    """What the reader makes of this, or its error, which is always of one kind and carries nothing along."""
    try:
        record = reader(given, rulebooks=BOOKS)
    except CodecError as caught:
        error = caught
    else:
        assert record == loads(dumps(record, secrets=True), rulebooks=BOOKS)
        return record
    assert error.path.startswith("$")
    assert error.__context__ is None
    assert error.__cause__ is None
    return error


def titles_read_back() -> list[list[str]]:
    """The titles of a service that two rulebooks have under one code, read from a case and from its first event."""
    shipped = EXPERT_2024_04_03
    services = [attrs.evolve(service, title=f"{service.title} !") for service in shipped.catalogue.values()]
    books = (shipped, attrs.evolve(shipped, version="retitled", catalogue=type(shipped.catalogue)(services)))
    decisions = [paying(rulebook=book) for book in books]
    stored = [dumps(record) for decision in decisions for record in (decision.case, decision.events[0])]
    return [
        [
            attrgetter("origin.form" if place % 2 == 0 else "form")(loads(document, rulebooks=given)).services[0].title
            for place, document in enumerate(stored)
        ]
        for given in (books, books[::-1])
    ]


if __name__ == "__main__":
    (HERE / "documents-3.jsonl").write_bytes(b"".join(line + b"\n" for line in one_of_each()))
