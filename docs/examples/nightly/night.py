"""One night of a firm: what is played, what the clock decides, what is found, as the program `nightly.py` runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from coming import coming
from console import file_of_diligence, told
from history import Player, open_space
from options import Options
from portfolio import Wrong, read_portfolio
from report import Firm, Night, faults, lapses, to_do
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rows import BadRow, BadRowError, raised
from store import FutureNightError, Store
from words import DEFAULT, LANGUAGES, SaidError, explained, said

from teleprocedures import Case, Sweep, rejudge
from teleprocedures.wording import Wording, diligence

OFF: Final = timedelta(minutes=15)
"""How far the clocks of those who work on one database may be apart before it is a mistake."""


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
    recorded, decided, to_come = 0, 0, 0
    sweep, rejected = Sweep(at=at), list[BadRow]()
    shown = TextColumn("{task.description}"), BarColumn()
    with Progress(*shown, console=console, transient=True, disable=not console.is_terminal) as progress:
        try:
            space, taken = open_space(store, given.firm.form, at=at, source=given.csv.name)
        except BadRowError as error:  # nothing can be played; what the clock decides and the report need no space
            wrong.append(Wrong(0, "(store)", error.row))
        else:
            recorded = taken
            events += taken
            player = Player(store=store, space=space, until=at, now=store.now(), source=given.csv.name)
            for entry in progress.track([*book.held, *entries], description=said(wording, "progress.played")):
                decisions = player.play(entry)
                recorded += len(decisions)
                events += sum(len(decision.events) for decision in decisions)
            wrong += player.refused
            to_come = player.to_come
        due = store.due(at)
        task = progress.add_task(said(wording, "progress.swept"), total=due or 1, completed=0 if due else 1)
        for batch in store.sweep(sweep, reject=rejected.append):
            decided += len(batch)
            events += sum(len(decision.events) for decision in batch)
            progress.advance(task, len(batch))
    cases, lapsed, unsent = store.cases(), store.recorded_at(at), store.unsent()
    histories = store.check_histories() if given.verify else store.check_events()
    journal = store.journal() if given.judge else None
    judged = None if journal is None else rejudge(journal)
    unjudged = () if journal is None else journal.rejected
    by_others, left = max(0, store.count_events() - events), store.undecided(at)
    names = {str(held.organisation): held.company for held in book.held}
    names |= {str(entry.form.organisation): entry.company for entry in entries}

    def told_of(some: Sequence[Case], untold: Sequence[BadRow] = ()) -> tuple[Night, str]:
        firm = Firm.of(some, at, names)
        rows = [*untold, *rejected, *cases.rejected, *histories, *unjudged, *unsent.rejected]
        found = sorted([*wrong, *in_the_store(rows, wrong)], key=lambda it: it.line)
        done = Night(
            at=at,
            name=given.firm.name if given.is_theirs else "",
            file=given.csv.name,
            requests=len(entries) + len(book.held),
            taken_over=len(book.held),
            closed=sum(case.is_closed for case in some),
            firm=firm,
            lapsed=lapses(firm, lapsed),
            to_do=to_do(firm),
            coming=[coming(firm.portfolio, tax, given.leads, at=at, name=firm.company) for tax in given.taxes],
            leads=given.leads,
            wrong=faults(found, book.headings, dict(enumerate(words_of(it.why) for it in found))),
            unread=book.unread,
            judged=judged,
            is_theirs=given.is_theirs,
            messages=len(unsent),
            to_come=to_come,
            recorded=recorded,
            decided=decided,
            by_others=by_others,
            left=left,
            ahead=ahead,
            is_well=not found and not judged and (ahead is None or ahead - at <= OFF),
        )
        return done, told(console, done, wording, everything=given.everything)

    wrong_cases = {row.id for row in (*rejected, *histories) if row.table == "cases"}
    true = [case for case in cases if case.id not in wrong_cases]
    try:
        return told_of(true)
    except Exception:
        # All is recorded by now. Whatever a case raises in the report, it is told without it.
        untold = list(failing(true, told_of))
        if not untold:
            raise
        out = {row.id for row in untold}
        return told_of([case for case in true if case.id not in out], untold)


def diligences(console: Console, given: Options, store: Store, wording: Wording) -> str:
    """The files of diligence that are asked for, of what is stored."""
    if not given.companies:
        return ""
    events, messages, sent = store.journal(), store.messages(), store.sent()
    found = (diligence(events, messages, of=company, sent=sent, words=wording) for company in given.companies)
    return "".join(file_of_diligence(console, it, wording) for it in found)


def failing(cases: Sequence[Case], tell: Callable[[Sequence[Case]], object]) -> Iterator[BadRow]:
    """The rows of the cases of which each, by itself, raises something when it is told; halves are tried of halves."""
    try:
        tell(cases)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are told
        if len(cases) == 1:
            yield raised("cases", cases[0].id, error)
        else:
            half = len(cases) // 2
            for some in (cases[:half], cases[half:]):
                yield from failing(some, tell)


def words_of(why: object) -> str:
    """Why, as far as two mistakes are the same."""
    return str(why) if isinstance(why, BadRow) else explained(LANGUAGES[DEFAULT], why)


def in_the_store(found: Iterable[BadRow], told: Iterable[Wrong]) -> list[Wrong]:
    """The bad rows of the store that are not told yet, each once."""
    rows = {(it.why.table, it.why.id) for it in told if isinstance(it.why, BadRow)}
    first: dict[tuple[str, str], BadRow] = {}
    for row in found:
        first.setdefault((row.table, row.id), row)
    return [Wrong(0, "(store)", row) for key, row in first.items() if key not in rows]


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
