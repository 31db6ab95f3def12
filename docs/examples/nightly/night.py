"""One night of a firm: what is played, what the clock decides, what is found, as the program `nightly.py` runs it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, TypeVar

import attrs
from coming import coming
from console import file_of_diligence, told
from history import Player, open_space
from options import Options
from portfolio import Book, Wrong, read_portfolio
from report import OFF, Firm, Night, faults, lapses, to_do, unfollowed
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rows import BadRow, BadRowError, raised
from store import FutureNightError, Store
from words import DEFAULT, LANGUAGES, SaidError, explained, said

from teleprocedures import Applicant, Case, Decision, Event, Organisation, Sweep, rejudge
from teleprocedures.wording import Wording, diligence

Some = TypeVar("Some")
Told = TypeVar("Told")


@attrs.define
class Made:
    """How many events and messages the decisions of this job made."""

    events: int = 0
    messages: int = 0

    def add(self, decisions: Iterable[Decision[Any]]) -> None:
        """Count those of some more decisions."""
        for decision in decisions:
            self.events += len(decision.events)
            self.messages += len(decision.messages)


class EarlierNightError(SaidError):
    """The night is earlier than what the store has seen, up to `latest`: nothing was decided."""

    def __init__(self, latest: datetime) -> None:
        super().__init__("night.before", latest=latest)


def night(console: Console, given: Options, store: Store, wording: Wording) -> tuple[Night, str]:
    """One night, as of now unless an earlier instant is given, and its report; a terminal shows how it gets on.

    Raises what makes it impossible: `UnreadableError`, what `as_of` raises, and what SQLAlchemy raises.
    """
    book = read_portfolio(given.csv)
    entries, wrong = book.entries, book.wrong
    store.create()
    at, ahead = as_of(store, given.at)
    events = store.count_events()
    recorded, decided, to_come, made = 0, 0, 0, Made()
    sweep, rejected = Sweep(at=at), list[BadRow]()
    shown = TextColumn("{task.description}"), BarColumn()
    with Progress(*shown, console=console, transient=True, disable=not console.is_terminal) as progress:
        try:
            space, taken = open_space(store, given.firm.form, at=at, source=given.csv.name)
        except BadRowError as error:  # nothing can be played; what the clock decides and the report need no space
            # No row is played: all that is new in the file waits.
            wrong.append(Wrong(0, "(store)", error.row, error.row.id, is_lost=True))
        else:
            recorded = taken
            events += taken
            player = Player(
                store=store,
                space=space,
                until=at,
                now=store.now(),
                source=given.csv.name,
                left_out=book.left_out,
            )
            for entry in progress.track([*book.held, *entries], description=said(wording, "progress.played")):
                decisions = player.play(entry)
                recorded += len(decisions)
                made.add(decisions)
            wrong += player.refused
            to_come = player.to_come
        due = store.due(at)
        task = progress.add_task(said(wording, "progress.swept"), total=due or 1, completed=0 if due else 1)
        for batch in store.sweep(sweep, reject=rejected.append):
            decided += len(batch)
            made.add(batch)
            progress.advance(task, len(batch))
    cases, lapsed, unsent = store.cases(), store.recorded_at(at), store.unsent()
    histories = store.check_histories() if given.verify else store.check_events()
    journal = store.journal() if given.judge else None
    judged, unjudged = (None, ()) if journal is None else guarded(journal, rejudge)
    by_others, left = max(0, store.count_events() - events - made.events), store.undecided(at)
    names = names_of(book)

    def told_of(some: Sequence[Case], untold: Sequence[BadRow] = ()) -> tuple[Night, str]:
        firm = Firm.of(some, at, names)
        rows = [*untold, *rejected, *cases.rejected, *histories, *unsent.rejected]
        rows += () if journal is None else (*journal.rejected, *unjudged)
        found = sorted([*wrong, *in_the_store(rows, wrong, names)], key=lambda it: it.line)
        taxes = [
            coming(firm.portfolio, tax, given.leads, at=at, name=firm.company, left_out=book.left_out)
            for tax in given.taxes
        ]
        tonight, before = lapses(firm, lapsed)
        done = Night(
            at=at,
            name=given.firm.name if given.is_theirs else "",
            file=given.csv.name,
            rows=book.rows,
            requests=len({it.line for it in (*entries, *book.held)} - {it.line for it in found if it.is_lost}),
            taken_over=len(book.held),
            closed=sum(case.is_closed for case in some),
            firm=firm,
            lapsed=tonight,
            unchecked=before,
            to_do=to_do(firm, taxes, [*tonight, *before]),
            coming=taxes,
            leads=given.leads,
            unfollowed=unfollowed((it for it in found if it.is_lost), book.headings, words_of),
            wrong=faults((it for it in found if not it.is_lost), book.headings, words_of),
            unread=book.unread,
            assumed=assumed(book),
            judged=judged,
            is_theirs=given.is_theirs,
            messages=len(unsent),
            new_messages=made.messages,
            to_come=to_come,
            recorded=recorded,
            decided=decided,
            by_others=by_others,
            left=left,
            ahead=ahead,
            is_wrong=bool(found) or bool(judged) or (ahead is not None and ahead - at > OFF),
        )
        return done, told(console, done, wording, everything=given.everything)

    wrong_cases = {row.id for row in (*rejected, *histories) if row.table == "cases"}
    true = [case for case in cases if case.id not in wrong_cases]
    try:
        return told_of(true)
    except Exception:
        # All is recorded by now. Whatever a case raises in the report, it is told without it.
        untold = list(failing(true, told_of, by=attrgetter("id")))
        if not untold:
            raise
        out = {row.id for row in untold}
        return told_of([case for case in true if case.id not in out], untold)


def names_of(book: Book) -> dict[str, str]:
    """The names of companies by number, as far as the file has them."""
    names = {str(held.organisation): held.company for held in book.held if held.company}
    return names | {str(entry.form.organisation): entry.company for entry in book.entries if entry.company}


def diligences(
    console: Console, given: Options, store: Store, wording: Wording, done: Night
) -> tuple[str, Sequence[BadRow]]:
    """The files of diligence that are asked for, of what is stored; what is assumed is said to be.

    The cases whose histories raise something are not in them: they are told at the end, and given too.
    """
    if not given.companies:
        return "", ()
    events, messages, sent = store.journal(), store.messages(), store.sent()

    def words(company: Organisation) -> Wording:
        lines = done.assumed.get(str(company))
        if not lines:
            return wording
        return wording.with_words({f"asker.{Applicant.THIRD_PARTY}": said(wording, "asker.assumed", lines=lines)})

    def files(some: Sequence[Event]) -> str:
        found = (diligence(some, messages, of=it, sent=sent, words=words(it)) for it in given.companies)
        return "".join(file_of_diligence(console, it, wording) for it in found)

    text, untold = guarded(events, files)
    return text + "".join(f"\n{row.said(wording)}\n" for row in untold), untold


def assumed(book: Book) -> dict[str, list[str]]:
    """The lines of each company of whose requests the file does not say who made them, by its number."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for entry in book.entries:
        if entry.is_assumed:
            found[str(entry.form.organisation)].append(str(entry.line))
    return dict(found)


def guarded(events: Sequence[Event], tell: Callable[[Sequence[Event]], Told]) -> tuple[Told, Sequence[BadRow]]:
    """What is told of the events without the histories that raise something by themselves, and the rows of those."""
    try:
        return tell(events), ()
    except Exception:
        histories = [list(history) for _, history in groupby(events, attrgetter("case_id"))]
        untold = list(
            failing(histories, lambda some: tell([*chain.from_iterable(some)]), by=lambda history: history[0].case_id)
        )
        if not untold:
            raise
        out = {row.id for row in untold}
        return tell([event for event in events if event.case_id not in out]), untold


def failing(
    some: Sequence[Some], tell: Callable[[Sequence[Some]], object], by: Callable[[Some], str]
) -> Iterator[BadRow]:
    """The rows of the cases of which each, by itself, raises something when it is told; halves are tried of halves.

    The id of the case is what `by` says.
    """
    try:
        tell(some)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are told
        if len(some) == 1:
            yield raised("cases", by(some[0]), error)
        else:
            half = len(some) // 2
            for part in (some[:half], some[half:]):
                yield from failing(part, tell, by)


def words_of(why: object) -> str:
    """Why, as far as two mistakes are the same."""
    return str(why) if isinstance(why, BadRow) else explained(LANGUAGES[DEFAULT], why)


def in_the_store(found: Iterable[BadRow], told: Iterable[Wrong], names: Mapping[str, str]) -> list[Wrong]:
    """The bad rows of the store that are not told yet, each once; of a case that cannot be read nothing is followed."""
    rows = {(it.why.table, it.why.id) for it in told if isinstance(it.why, BadRow)}
    first: dict[tuple[str, str], BadRow] = {}
    for row in found:
        first.setdefault((row.table, row.id), row)
    return [
        Wrong(0, "(store)", row, names.get(row.id.partition("-")[0], row.id), is_lost=row.table == "cases")
        for key, row in first.items()
        if key not in rows
    ]


def as_of(store: Store, at: datetime | None) -> tuple[datetime, datetime | None]:
    """The instant of the night by the store's clock, and the latest event's where that clock has not come to it.

    Raises `FutureNightError` for a night that has not come, `EarlierNightError` for one before what the store has seen.
    """
    now = store.now()
    if at is not None and at > now + OFF:
        raise FutureNightError(at, now)
    at = now if at is None else min(at, now)
    latest = store.last_recorded_at()
    if latest is None or latest <= at:
        return at, None
    if latest <= now and latest - at > OFF:
        raise EarlierNightError(latest)
    return at, latest if latest > now else None
