"""The desk: what writes decisions, one transaction each, and what reads cases back.

A decision says which version of its case it expects, and what its case claims. Whoever comes second finds another
version, or the claim taken: nothing of the decision is recorded, and `ConflictError` says so. `again` has it decided
once more, on the case as others made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db import IntegrityError, transaction

from firm.models import Case, Claim, Event, Message
from teleprocedures import (
    Adhesion,
    AnyCase,
    AnyEvent,
    AnyMessage,
    ConflictError,
    Decision,
    HeldElsewhere,
    Organisation,
    Portal,
    Portfolio,
    ScryptHasher,
    Space,
    SystemClock,
)
from teleprocedures.codec import dumps

Given = TypeVar("Given")
TRIES: Final = 20


class Desk:
    """A `Journal` for `Portal`."""

    def record(self, decision: Decision[AnyCase]) -> None:
        """Record a decision whole or not at all; raises `ConflictError`."""
        with transaction.atomic():
            write(decision)


class Outbox:
    """A `Notifier` for `Portal`: messages stand in the outbox already, and the command `send` sends them."""

    def notify(self, message: object) -> None:
        """Leave the message where it is."""


def portal() -> Portal:
    """The verbs, for requests whose codes the real portal holds."""
    return Portal(clock=SystemClock(), codes=HeldElsewhere(), hasher=ScryptHasher(), notifier=Outbox(), journal=Desk())


def write(decision: Decision[AnyCase]) -> None:
    """Write a case, its claims, its events and its messages, within the transaction of the caller."""
    case, expected = decision.case, decision.expects
    row = {
        "kind": case.kind,
        "organisation": None if isinstance(case, Space) else case.organisation,
        "version": case.version,
        "state": str(case.stage),
        "due_at": case.due_at,
        "document": dumps(case).decode(),
        "wrong": "",
    }
    if expected:
        is_written = bool(Case.objects.filter(id=case.id, version=expected).update(**row))
    else:
        is_written = _added(Case(id=case.id, **row))
    if not is_written:
        found = Case.objects.filter(id=case.id).values_list("version", flat=True).first() or 0
        raise ConflictError.version(case.id, expected=expected, found=found)
    held = set(Claim.objects.filter(case_id=case.id).values_list("claim", flat=True))
    Claim.objects.filter(claim__in=held.difference(case.claims)).delete()
    for claim in set(decision.claims) - held:
        # What happened is recorded whatever else is known: it claims what nobody has.
        if not _added(Claim(claim=claim, case_id=case.id)) and not decision.is_a_fact:
            holder = Claim.objects.filter(claim=claim).values_list("case_id", flat=True).first()
            raise ConflictError.claim(case.id, holder=holder)
    Event.objects.bulk_create(
        Event(
            case_id=case.id,
            version=event.version,
            kind=event.kind,
            at=event.at,
            recorded_at=event.recorded_at,
            document=dumps(event).decode(),
        )
        for event in decision.events
    )
    Message.objects.bulk_create(
        Message(id=it.id, case_id=case.id, kind=it.kind, document=dumps(it, secrets=True).decode())
        for it in decision.messages
    )


def _added(row: Case | Claim) -> bool:
    """Whether a row could be added, because nobody has added it before."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def met(begin: Callable[[], Adhesion]) -> Adhesion:
    """What a verb that opens a request with a key gives: the request, or the one that the same key made before."""
    try:
        return begin()
    except ConflictError as error:
        if error.code != "conflict.version" or error.facts["expected"]:
            raise
        made = Case.objects.get(id=error.facts["case_id"]).read()
    assert isinstance(made, Adhesion), made
    return made


def again(decide: Callable[[], Given]) -> Given:
    """What `decide` gives, which reads its cases itself: once more for as long as others are quicker."""
    for tried in range(1, TRIES + 1):
        try:
            return decide()
        except ConflictError as error:
            if error.code != "conflict.version" or tried == TRIES:
                raise
    raise AssertionError("the last try returns or raises")


# --- Reading ----------------------------------------------------------------------------------------------------------


def space() -> Space:
    """The firm's own space: taken over from the portal the first time, by whoever asks first."""
    key = "the firm"

    def found() -> Space:
        row = Case.objects.filter(kind="space").order_by("id").first()
        if row is None:
            seen = date.fromisoformat(settings.SPACE_SEEN)
            return portal().take_over_space(seen=seen, source="le cabinet", key=key, **settings.FIRM)
        case = row.read()
        assert isinstance(case, Space), row
        return case

    return again(found)


def cases(organisation: Organisation | None = None) -> list[AnyCase]:
    """All the cases that can be read, or those of a company and the space; one that cannot is marked, and left out."""
    rows = Case.objects.filter(wrong="").order_by("id")
    if organisation is not None:
        rows = rows.filter(organisation=organisation) | rows.filter(kind="space")
    return readable(rows)


def readable(rows: Iterable[Any]) -> list[Any]:
    """What rows have, without those that do not read: these are marked, or the cases of which they are the events.

    One document that is damaged is in nobody's way, on no page.
    """
    found = []
    for row in rows:
        try:
            found.append(row.read())
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others are shown
            why = f"{type(error).__name__} : {error}"
            wrong = (
                Case.objects.filter(id=row.case_id) if isinstance(row, Event) else type(row).objects.filter(id=row.pk)
            )
            wrong.filter(wrong="").update(wrong=why)
    return found


def portfolio() -> Portfolio:
    """The firm's clients."""
    return Portfolio(cases())


def messages(case_ids: Iterable[str]) -> list[AnyMessage]:
    """The messages about cases that are kept, sent or not."""
    rows = Message.objects.filter(case_id__in=list(case_ids)).exclude(document="").order_by("id")
    return readable(rows)


def sent(case_ids: Iterable[str]) -> dict[str, datetime]:
    """The instant at which each message about cases was sent, by id; those that wait are left out."""
    rows = Message.objects.filter(case_id__in=list(case_ids)).exclude(sent_at=None)
    return dict(rows.values_list("id", "sent_at"))


def history(case_ids: Iterable[str]) -> list[AnyEvent]:
    """The events of cases that can be read, each case's in order."""
    return readable(Event.objects.filter(case_id__in=list(case_ids)).order_by("case_id", "version"))
