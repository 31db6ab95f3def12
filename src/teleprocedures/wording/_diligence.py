"""The file of diligence of a company: what was asked, told and done, when, and under which rules.

A firm shows it when a client says that nobody told him. It is made of the events of the company's cases and of the
messages that they sent, in the order in which things were told (A14). Each entry bears the digest of the one before it.
So an entry that is changed, taken out or put in later does not fit any more, and `first_changed` finds it.

How it works. Each case is replayed, event by event: what an event is about, the rule of the state that it leads to and
what is presumed are read off the snapshots before and after it. A message belongs to the version that made it, so it
stands after that version's event. Entries are plain texts, and a digest is that of their JSON, keys in order.
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

from teleprocedures.cases import Case, end_of_day, replay, told_by
from teleprocedures.core import Event, FactWithdrawn, Message
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import check_kinds, shows_half_built
from teleprocedures.values import Organisation, organisation
from teleprocedures.wording._wording import FRENCH, Wording
from teleprocedures.words import in_paris

Row: TypeAlias = Mapping[str, str | int | None]
NOTHING_BEFORE: Final = "0" * 64
"""What the first entry bears in the place of the digest of the one before."""


@shows_half_built
@attrs.frozen(kw_only=True)
class Diligence:
    """The file of diligence of one company: its `rows`, and its `text` to be printed.

    A row is plain texts, a number and None. It has its `number` from 1 on, the case by its id, and the `kind` of its
    event or message. Instants are UTC in ISO 8601, and days are civil days in Paris. What happened is `at` an instant,
    or on a `day` where only that is known, and was told at `told`. A message has to whom it went, and the day `due`
    that it says. The `rules` are those that apply, with commas, and the `sentence` says it all in words. `before` is
    the digest of the row before, and `digest` that of the row itself (SHA-256, in hexadecimal digits).
    """

    organisation: Organisation
    rows: tuple[Row, ...]
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
    words: Wording = FRENCH,
) -> Diligence:
    """The file of diligence of a company, of all that is known or of what was known on a civil day in Paris.

    The `events` are those of any cases, each case's in order, and the `messages` those that were sent. What is of other
    companies is left out, so a whole store can be given. `words` are a language's.

    Raises `InvalidValueError` for what is no event, no message, no company and no civil day, and what `replay` raises
    for events that make no snapshot.
    """
    company = organisation(of)
    sent: defaultdict[tuple[str, int], list[Message]] = defaultdict(list)
    for message in check_kinds(messages, Message, what="message"):
        sent[message.case_id, message.version].append(message)
    entries: list[_Entry] = []
    last: list[Case] = []
    for history in _by_case(events):
        known = history if on is None else told_by(history, on)
        if known and replay(known[:1]).organisation == company:
            its_entries, case = _entries(known, sent, words)
            entries += its_entries
            last.append(case)
    # A stable sort: what was told at one instant keeps the order of its case.
    entries.sort(key=attrgetter("told"))
    name = next((case.company_name for case in reversed(last) if case.company_name is not None), None)
    called = words.organisation(company, name)
    title = (
        words.sentence("diligence.title", company=called)
        if on is None
        else words.sentence("diligence.title_on", company=called, day=on)
    )
    until = None if on is None else end_of_day(on)
    standing = tuple(_standing(case, until or case.recorded_at, words) for case in last)
    return Diligence(organisation=company, rows=tuple(_chained(entries)), title=title, standing=standing)


def first_changed(rows: Iterable[Row]) -> int | None:
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
    row: dict[str, str | int | None]


def _by_case(events: Iterable[Event]) -> Iterator[tuple[Event, ...]]:
    ordered = sorted(check_kinds(events, Event, what="event"), key=lambda event: (event.case_id, event.version))
    histories = [tuple(its_own) for _, its_own in groupby(ordered, key=attrgetter("case_id"))]
    return iter(sorted(histories, key=lambda history: (history[0].recorded_at, history[0].case_id)))


def _entries(
    events: tuple[Event, ...], sent: Mapping[tuple[str, int], Iterable[Message]], words: Wording
) -> tuple[list[_Entry], Case]:
    """The entries of one case in order, and its last snapshot."""
    found: list[_Entry] = []
    case: Case | None = None
    told = events[0].recorded_at
    for count, event in enumerate(events, start=1):
        before = case
        # What a fact that is withdrawn had changed, only the whole history knows (A20).
        case = replay(events[:count]) if case is None or isinstance(event, FactWithdrawn) else case.apply(event)
        # A fact can be told after a reminder though it bears an earlier telling: it keeps its place (A14).
        told = max(told, event.recorded_at)
        found.append(_Entry(told, _of_event(event, _rules(before, case), words)))
        found += (_Entry(told, _of_message(it, event, words)) for it in sent.get((case.id, case.version), ()))
    assert case is not None, "a case has one event at least"
    return found, case


def _rules(before: Case | None, case: Case) -> tuple[str, ...]:
    """What the state that the case is in cites, and the rule by which a lapse was corrected."""
    cites = case.table.cites(case.stage)
    corrected = before is not None and before.has_lapsed and not case.has_lapsed
    presumed = case.has_lapsed and case.held_elsewhere
    return (cites, "A15") if corrected or presumed else (cites,)


def _standing(case: Case, at: datetime, words: Wording) -> str:
    """What a case is at an instant: it is called by its day and its services, for nobody knows its id."""
    key = f"diligence.standing{'_services' if case.services else ''}"
    day = (in_paris(case.origin.at) or case.origin.at).date()
    return words.sentence(key, day=day, services=case.services, status=words.status(case, at=at))


def _of_event(event: Event, rules: tuple[str, ...], words: Wording) -> dict[str, str | int | None]:
    day = event.day
    sentence = words.sentence("diligence.event", event=words.event(event).removesuffix("."), rules=rules)
    return {
        "case_id": event.case_id,
        "version": event.version,
        "kind": event.kind,
        "at": None if day else event.at.isoformat(),
        "day": _day(event.at) if day is None else day.isoformat(),
        "told": event.recorded_at.isoformat(),
        "to": None,
        "due": None,
        "rules": ", ".join(rules),
        "sentence": sentence,
    }


def _of_message(message: Message, event: Event, words: Wording) -> dict[str, str | int | None]:
    to = str(getattr(message, "to", ""))
    deadline: Deadline | None = getattr(message, "deadline", None)
    subject = words.message(message).subject
    return {
        "case_id": message.case_id,
        "version": message.version,
        "kind": message.kind,
        "at": event.recorded_at.isoformat(),
        "day": _day(event.recorded_at),
        "told": event.recorded_at.isoformat(),
        "to": to,
        "due": None if deadline is None else _day(deadline.safe_until),
        "rules": None if deadline is None or deadline.rule is None else deadline.rule.id,
        "sentence": words.sentence("diligence.message", at=event.recorded_at, to=to, subject=subject),
    }


def _day(at: datetime) -> str:
    return (in_paris(at) or at).date().isoformat()


def _chained(entries: Iterable[_Entry]) -> Iterator[Row]:
    before = NOTHING_BEFORE
    for number, entry in enumerate(entries, start=1):
        row = {"number": number, **entry.row, "before": before}
        before = _digest(row)
        yield {**row, "digest": before}


def _digest(row: Row) -> str:
    said = {name: value for name, value in row.items() if name != "digest"}
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=True, default=str).encode()).hexdigest()
