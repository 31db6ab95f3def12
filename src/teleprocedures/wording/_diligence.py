"""The file of diligence of a company: what was asked, told and done, when, and under which rules.

A firm shows it when a client says that nobody told him. It is made of the events of the company's cases and of the
messages that they made, in the order in which things were told (A14). Each entry bears the digest of the one before it.
So an entry that is changed, taken out or put in later does not fit any more, and `first_changed` finds it.

How it works. Each case is replayed, event by event. An event says the rules that stand for it. What is presumed, and
until when a missed time limit ran, are read off the snapshots before and after it. A message belongs to the version
that made it, so it stands after that version's event. A decision only makes a message: that it left, and when, the host
has to say. Entries are plain texts, and a digest is that of their JSON, keys in order.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple, TypeAlias

import attrs

from teleprocedures.cases import ActivationReminded, Adhesion, Case, end_of_day, replay, snapshots, told_by
from teleprocedures.core import Event, FactWithdrawn, Lapse, Message, named_in
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.errors import Rule, check_kinds, shows_half_built
from teleprocedures.values import Organisation, organisation
from teleprocedures.wording._messages import renewals
from teleprocedures.wording._wording import FRENCH, Wording
from teleprocedures.words import in_paris

Cells: TypeAlias = Mapping[str, str | int | None]
NOTHING_BEFORE: Final = "0" * 64
"""What the first entry bears in the place of the digest of the one before."""


@shows_half_built
@attrs.frozen(kw_only=True)
class Diligence:
    """The file of diligence of one company: its `rows`, and its `text` to be printed.

    A row is plain texts, a number and None. It has its `number` from 1 on, the case by its id, and the `kind` of its
    event or message. Instants are UTC in ISO 8601, and days are civil days in Paris. What happened is `at` an instant,
    or on a `day` where only that is known, and was told at `told`. A message has to whom it goes, the instant at which
    it was `sent`, None where nobody said that it was, and the day `due` that it says. A lapse has the day `due` that
    was missed. The `rules` are those that stand for the fact, with commas, and the `sentence` says it all in words.
    `before` is the digest of the row before, and `digest` that of the row itself (SHA-256, in hexadecimal digits).
    """

    organisation: Organisation
    rows: tuple[Cells, ...]
    title: str
    standing: tuple[str, ...]

    @property
    def text(self) -> str:
        """The file to be read: a title, the entries with their digests, and where the cases stand."""
        entries = (f"{row['number']}. {row['sentence']}\n   SHA-256 {row['digest']}" for row in self.rows)
        parts = (self.title, "\n".join(entries), "\n".join(self.standing))
        return "\n\n".join(part for part in parts if part) + "\n"


def diligence(
    events: Iterable[Event],
    messages: Iterable[Message] = (),
    *,
    of: Organisation | str,
    on: date | None = None,
    sent: Mapping[str, datetime] | None = None,
    words: Wording = FRENCH,
) -> Diligence:
    """The file of diligence of a company, of all that is known or of what was known on a civil day in Paris.

    The `events` are those of any cases, each case's in order, and the `messages` those that they made. What is of other
    companies is left out, so a whole store can be given. The instant at which each message was sent stands in `sent`
    under its id: what is not there was not sent. Without it a message is only said to be ready. `words` are a
    language's.

    Raises `InvalidValueError` for what is no event, no message, no company and no civil day, for a naive instant, and
    what `replay` raises for events that make no snapshot.
    """
    company = organisation(of)
    until = None if on is None else end_of_day(on)
    made: defaultdict[tuple[str, int], list[Message]] = defaultdict(list)
    for message in check_kinds(messages, Message, what="message"):
        made[message.case_id, message.version].append(message)
    its_own = [history for history in _by_case(events) if replay(history[:1]).organisation == company]
    known = [history if on is None else told_by(history, on) for history in its_own]
    renewing: defaultdict[str, list[Case]] = defaultdict(list)
    for opening in (replay(history[:1]) for history in known if history):
        if isinstance(opening, Adhesion) and opening.origin.renews is not None:
            renewing[opening.origin.renews].append(opening)
    known = list(filter(None, known))
    file = _File(words, made, _until(sent, until), renewing, len(known) > 1)
    entries: list[_Entry] = []
    last: list[Case] = []
    for history in known:
        rows, case = file.entries(history)
        entries += rows
        last.append(case)
    entries.sort(key=lambda entry: (entry.told, entry.at))
    # A name is no fact of that day: whoever reads the file wants to know of whom it is.
    named = (replay(history).company_name for history in reversed(its_own))
    called = words.organisation(company, next((name for name in named if name is not None), None))
    key = "diligence.title" if on is None else "diligence.title_on"
    standing = tuple(file.standing(case, until or case.recorded_at) for case in last)
    return Diligence(
        organisation=company,
        rows=tuple(_chained(entries)),
        title=words.sentence(key, company=called, day=on),
        standing=standing or (words.sentence("diligence.nothing" if on is None else "diligence.nothing_on"),),
    )


def first_changed(rows: Iterable[Cells]) -> int | None:
    """The place of the first row, from 0 on, that is not as it was written; None where all of them are.

    A row does not fit if one of its texts was changed, or if it does not bear the digest of the one before it.
    """
    before = NOTHING_BEFORE
    for place, row in enumerate(rows):
        if row.get("before") != before or row.get("digest") != _digest(row):
            return place
        before = str(row["digest"])
    return None


class _Entry(NamedTuple):
    told: datetime
    at: datetime
    """When it happened, for what was told at one instant; within a case, never before what stands before it."""
    row: dict[str, str | int | None]


def _by_case(events: Iterable[Event]) -> Iterator[tuple[Event, ...]]:
    ordered = sorted(check_kinds(events, Event, what="event"), key=lambda event: (event.case_id, event.version))
    histories = [tuple(its_own) for _, its_own in groupby(ordered, key=attrgetter("case_id"))]
    return iter(sorted(histories, key=lambda history: (history[0].recorded_at, history[0].case_id)))


def _until(sent: Mapping[str, datetime] | None, until: datetime | None) -> dict[str, datetime] | None:
    """What had been sent by then, by the ids of messages; None where nobody says what was sent."""
    if sent is None:
        return None
    instants = {id: instant(at, "sent") for id, at in sent.items()}
    return {id: at for id, at in instants.items() if until is None or at <= until}


@attrs.frozen
class _File:
    """What entries are made with: the messages by their case and version, and what is known of all the cases."""

    words: Wording
    made: Mapping[tuple[str, int], Iterable[Message]]
    sent: Mapping[str, datetime] | None
    renewing: Mapping[str, Iterable[Case]]
    """The first snapshots of the requests that renew another one, by the id of that (A16)."""
    has_several: bool
    """Whether the company has several cases, so that a fact and a message have to say of which they are."""

    def entries(self, events: tuple[Event, ...]) -> tuple[list[_Entry], Case]:
        """The entries of one case in order, and its last snapshot."""
        found: list[_Entry] = []
        told, at = events[0].recorded_at, events[0].at
        known = snapshots(events)
        for event, before, case in zip(events, (None, *known), known, strict=False):
            # A fact can be told after a reminder though it bears an earlier telling: it keeps its place (A14).
            at = max(at, event.at) if event.recorded_at <= told else event.at
            told = max(told, event.recorded_at)
            withdrawn = events[event.withdrawn - 1] if isinstance(event, FactWithdrawn) else None
            found.append(_Entry(told, at, self.of_event(event, before, case, withdrawn)))
            messages = self.made.get((case.id, case.version), ())
            found += (_Entry(told, at, self.of_message(it, event, case)) for it in messages)
        return found, known[-1]

    def standing(self, case: Case, at: datetime) -> str:
        """What a case is at an instant: it is called by its day, its services and its account, nobody knows its id."""
        renewed = renewals(self.renewing.get(case.id, ())).get(case.id)
        status = self.words.status(case, at=at)
        if renewed is not None:
            status = self.words.sentence("diligence.renewed", status=status, day=renewed)
        return self.about("standing", case, status=status)

    def about(self, key: str, case: Case, **said: str) -> str:
        """A sentence of a case."""
        about = "_services" if case.services else "_account" if case.account else ""
        day = (in_paris(case.origin.at) or case.origin.at).date()
        facts = {"services": case.services, "account": case.account}
        return self.words.sentence(f"diligence.{key}{about}", day=day, **facts, **said)

    def of_event(
        self, event: Event, before: Case | None, case: Case, withdrawn: Event | None
    ) -> dict[str, str | int | None]:
        """The entry of an event, by the snapshots before and after it, and by the fact that it withdraws."""
        rules, missed = _rules(event, before, case), None if before is None else before.time_limit
        said = self.words.event(event, deadline=missed, withdrawn=withdrawn)
        if rules:
            said = self.words.sentence("diligence.event", event=said.removesuffix("."), rules=rules)
        if self.has_several and before is not None:
            said = self.about("of_case", case, event=said.removesuffix("."))
        return {
            "case_id": event.case_id,
            "version": event.version,
            "kind": event.kind,
            "at": None if event.day else event.at.isoformat(),
            "day": _day(event.at) if event.day is None else event.day.isoformat(),
            "told": event.recorded_at.isoformat(),
            "to": None,
            "sent": None,
            "due": _day(missed.closes) if missed is not None and isinstance(event, Lapse) else None,
            "rules": ", ".join(rules),
            "sentence": said,
        }

    def of_message(self, message: Message, event: Event, case: Case) -> dict[str, str | int | None]:
        """The entry of a message that this event made. A renewal that was known by then is said as the message does."""
        to = str(getattr(message, "to", ""))
        deadline: Deadline | None = getattr(message, "deadline", None)
        rule: Rule | None = getattr(message, "rule", None if deadline is None else deadline.rule)
        known = [it for it in self.renewing.get(message.case_id, ()) if it.recorded_at <= event.recorded_at]
        subject = self.words.message(message, cases=known).subject
        sent = None if self.sent is None else self.sent.get(message.id)
        key = "" if self.sent is None else "_unsent" if sent is None else "_sent"
        facts = {"at": event.recorded_at, "to": to, "subject": subject, "sent": sent}
        said = self.words.sentence(f"diligence.message{key}", **facts)
        if self.has_several:
            said = self.about("of_case", case, event=said.removesuffix("."))
        return {
            "case_id": message.case_id,
            "version": message.version,
            "kind": message.kind,
            "at": event.recorded_at.isoformat(),
            "day": _day(event.recorded_at),
            "told": event.recorded_at.isoformat(),
            "to": to,
            "sent": None if sent is None else sent.isoformat(),
            "due": None if deadline is None else _day(deadline.safe_until),
            "rules": None if rule is None else rule.id,
            "sentence": said,
        }


def _rules(event: Event, before: Case | None, case: Case) -> tuple[str, ...]:
    """The rules that stand for a fact, and the one by which a lapse is presumed, or was corrected."""
    unseen = isinstance(event, ActivationReminded) and case.time_limit is not None and case.time_limit.estimated
    rules = named_in(case, ("F2",) if unseen else event.rules)
    corrected = before is not None and before.has_lapsed and not case.has_lapsed
    presumed = isinstance(event, Lapse) and case.held_elsewhere
    return tuple(dict.fromkeys((*rules, "A15"))) if corrected or presumed else rules


def _day(at: datetime) -> str:
    return (in_paris(at) or at).date().isoformat()


def _chained(entries: Iterable[_Entry]) -> Iterator[Cells]:
    before = NOTHING_BEFORE
    for number, entry in enumerate(entries, start=1):
        row = {"number": number, **entry.row, "before": before}
        before = _digest(row)
        yield {**row, "digest": before}


def _digest(row: Cells) -> str:
    said = {name: value for name, value in row.items() if name != "digest"}
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=True, default=str).encode()).hexdigest()
