"""Workers that tell what nobody's clock decides, killed at each write: taken over, withdrawn, closed, reopened, moved.

    python tell_worker.py DATABASE

For each thing to tell, one worker after another dies at its first write, its second one, and so on, its commit among
them, until one lives. After each death all of that thing is in the database, or nothing of it. It says how many died of
each.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
from schema import CLAIMS
from sqlalchemy import event, select
from store import Store

from teleprocedures import EXPERT_2024_04_03, Adhesion, Mandate, Reason, Space, close_company, replay, withdraw
from teleprocedures.testing import space_form

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SEEN, SOURCE = date(2026, 3, 1), "the portal's list"
COMPANY, IBAN = "552100554", "FR7630006000011234567890189"
RULEBOOKS = (EXPERT_2024_04_03, attrs.evolve(EXPERT_2024_04_03, version="another"))


def space(store: Store) -> list[Any]:
    """The space is followed from now on."""
    form = space_form()
    fields = {name: getattr(form, name) for name in ("email", "first_name", "last_name", "organisation")}
    known = store.get("space") is not None
    return [] if known else [Space.take_over(id="space", seen=SEEN, source=SOURCE, at=NOON, **fields)]


def held(store: Store) -> list[Any]:
    """What it holds for a company: its services, and the mandate of an account."""
    if store.get("mandate") is not None:
        return []
    known = {"organisation": COMPANY, "seen": SEEN, "source": SOURCE, "at": NOON}
    services = {"services": ["payer-tva"], "bank_accounts": [IBAN]}
    return [
        Adhesion.take_over(store.get("space"), id="services", **services, **known),
        Mandate.take_over(store.get("space"), id="mandate", account=IBAN, **known),
    ]


def collected(store: Store) -> list[Any]:
    """The mandate has collected, which is told by mistake."""
    mandate = store.get("mandate")
    return [] if mandate.version > 1 else [mandate.record_collection(at=NOON + timedelta(hours=1))]


def withdrawn(store: Store) -> list[Any]:
    """That is withdrawn."""
    events = store.events("mandate")
    return [] if len(events) > 2 else [withdraw(events, 2, reason="another client's", at=NOON + timedelta(hours=2))]


def closed(store: Store) -> list[Any]:
    """The company leaves: all that it has is closed."""
    return list(close_company(store.cases(), COMPANY, Reason.CLIENT_LEFT, at=NOON + timedelta(hours=3)))


def reopened(store: Store) -> list[Any]:
    """Its mandate is followed again."""
    mandate = store.get("mandate")
    return [mandate.reopen(at=NOON + timedelta(hours=4))] if mandate.is_closed else []


def moved(store: Store) -> list[Any]:
    """It is under another rulebook from now on."""
    mandate, (_, another) = store.get("mandate"), RULEBOOKS
    known = mandate.rulebook == another
    return [] if known else [mandate.change_rulebook(another, at=NOON + timedelta(hours=5))]


TELLS: dict[Callable[[Store], list[Any]], list[int]] = {
    space: [1, 0, 0],
    held: [1, 1, 1],
    collected: [1, 1, 2],
    withdrawn: [1, 1, 3],
    closed: [1, 2, 4],
    reopened: [1, 2, 5],
    moved: [1, 2, 6],
}
"""What is told in turn, and how many events the space, the services and the mandate have then."""


def tell(place: str, what: Callable[[Store], list[Any]], dies: int) -> None:
    """Record it, or die at this write."""
    store, left = Store(place, rulebooks=RULEBOOKS), [dies]

    def write(*given: Any) -> None:
        statement = given[2] if len(given) > 2 else "COMMIT"
        if statement.startswith(("INSERT", "UPDATE", "DELETE", "COMMIT")):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.engine, "before_cursor_execute", write)
    event.listen(store.engine, "commit", write)
    store.settle(lambda: what(store))


def died(place: str, what: Callable[[Store], list[Any]], dies: int) -> bool:
    """Whether a process of its own that tells it dies at this write."""
    child = os.fork()
    if not child:
        tell(place, what, dies)
        os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


def found(place: str) -> list[int]:
    """How many events each case has; each is what they make of it, and the claim stands while it is followed."""
    with closing(Store(place, rulebooks=RULEBOOKS)) as store:
        histories = [store.events(name) for name in ("space", "services", "mandate")]
        mandate = store.get("mandate")
        with store.engine.connect() as connection:
            claims = connection.execute(select(CLAIMS.c.claim)).scalars().all()
        assert all(replay(events) == store.get(events[0].case_id) for events in histories if events)
        assert [*(() if mandate is None else mandate.claims)] == [*claims]
        return [len(events) for events in histories]


def main() -> None:
    """Tell everything, and say how many died of each."""
    (_, place), before, deaths = sys.argv, [0, 0, 0], []
    for what, after in TELLS.items():
        dead = 0
        while died(place, what, dead + 1):
            dead += 1
            # What died at its commit may have been heard by the server, and may not.
            assert found(place) in (before, after)
        assert after == found(place)
        deaths.append(dead)
        before = after
    print(*deaths)


if __name__ == "__main__":
    main()
