"""What may stand once among live cases: however many open the same mandate at once, there is one (A8)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest

pytest.importorskip("sqlalchemy", reason="the store of the examples is tested with SQLAlchemy only")

from setting import DAY, START, active, asked
from store import Store

from teleprocedures import ConflictError, FixedClock, Mandate, Sweep, withdraw
from teleprocedures.wording import FRENCH

IBAN, OTHER = "FR76 3000 6000 0112 3456 7890 189", "FR76 1027 8541 9153 1475 3117 71"
FORM = {"services": ["payer-tva"], "bank_accounts": [IBAN]}
AT_ONCE = 6


def issued(id_, request=None, at=DAY):
    """A mandate for the account of a request."""
    request = request or asked(**FORM).case
    return Mandate.issue(request, IBAN, id=id_, reference=f"RUM-{id_}", at=at)


def held(id_, *, at=DAY, **known):
    """A mandate that is taken over."""
    known = {"registered": date(2025, 2, 3)} | known
    return Mandate.take_over(
        active(),
        organisation="552100554",
        account=IBAN,
        id=id_,
        seen=date(2026, 3, 3),
        source="la banque",
        at=at,
        **known,
    )


@pytest.mark.rule("A8")
def test_a_second_mandate_of_an_account_is_refused(store):
    """With the library's own error, which has its words; nothing of it is recorded, nor of what came with it."""
    store.record(issued("one"))
    other = asked("other", **FORM)
    with pytest.raises(ConflictError) as refused:
        store.record(other, issued("two"))

    assert ("conflict.claim", "two") == (refused.value.code, refused.value.facts["case_id"])
    assert "le dossier two demande ce qui existe déjà\xa0: one" in FRENCH.refusal(refused.value).lower()
    assert (None, None) == (store.get("two"), store.get("other"))
    assert "one" == store.get("one").id


@pytest.mark.rule("A8", "A19")
def test_one_that_is_taken_over_claims_its_account_too(store):
    """Whichever comes first."""
    store.record(held("one"))
    with pytest.raises(ConflictError):
        store.record(issued("two"))


@pytest.mark.rule("A8", "A21")
def test_a_closed_mandate_gives_its_account_back(store):
    """Closed as a mistake, it leaves room for the right one."""
    first = issued("one")
    store.record(first)
    store.record(first.case.close("mistake", at=DAY))
    store.record(issued("two"))

    assert {"one", "two"} == {case.id for case in store.cases()}


@pytest.mark.rule("A8", "A21")
def test_a_mandate_that_is_brought_back_claims_its_account_again(store):
    """It is refused, by a reopening or a withdrawal, while another has the account, which is named."""
    first, second = issued("one"), issued("two")
    closed = first.case.close("mistake", at=DAY)
    reopened = closed.case.reopen(at=DAY)
    withdrawn = withdraw((*first.events, *closed.events), 2, reason="it was right", at=DAY)
    store.record(first)
    store.record(closed)
    store.record(second)
    for decision in (reopened, withdrawn):
        with pytest.raises(ConflictError) as refused:
            store.record(decision)
        assert {"case_id": "one", "holder": "two"} == dict(refused.value.facts)
    store.record(second.case.close("mistake", at=DAY))
    store.record(withdrawn)
    # Told again, and taken back again: what it has still is no conflict with itself.
    store.record(withdrawn.case.close("mistake", at=DAY), withdrawn.case.close("mistake", at=DAY).case.reopen(at=DAY))

    with pytest.raises(ConflictError):
        store.record(issued("three"))


@pytest.mark.rule("A8", "A15", "F1")
def test_a_collection_told_late_claims_what_is_free_and_is_recorded_anyway(stores):
    """What the bank collected, it had a mandate for: whether its account is free by then, or has another mandate."""
    store = stores(clock=FixedClock(DAY + timedelta(days=3000)))
    first = held("one", last_collected=date(2025, 2, 10))
    lapsed = first.case.lapse(at=first.case.deadline.lapses_at)
    late = {"at": date(2026, 3, 3), "recorded_at": first.case.deadline.lapses_at + timedelta(days=9)}
    store.record(first)
    store.record(lapsed)
    store.record(lapsed.case.record_collection(**late))
    with pytest.raises(ConflictError):
        store.record(held("two"))
    again = store.get("one")
    closed = again.close("mistake", at=late["recorded_at"])
    store.record(closed)
    store.record(held("two"))
    # Of a closed case, facts are still taken (A21), and it claims nothing.
    store.record(closed.case.record_collection(**late | {"at": date(2026, 4, 3)}))

    assert [False, False] == [store.get(id_).has_lapsed for id_ in ("one", "two")]


@pytest.mark.rule("A8", "F1")
def test_a_lapsed_mandate_gives_its_account_back(stores):
    """By the night's sweep, in the same transaction."""
    store = stores(clock=FixedClock(DAY + timedelta(days=3000)))
    first = held("one", last_collected=date(2025, 2, 10))
    store.record(first)
    ended = first.case.due_at
    night = first.case.deadline.lapses_at
    while ended < night:  # reminders come first
        decided = [decision for batch in store.sweep(Sweep(at=ended)) for decision in batch]
        assert decided
        ended = store.get("one").due_at or night
    list(store.sweep(Sweep(at=night)))
    store.record(held("two"))

    assert store.get("one").has_lapsed
    assert not store.get("two").has_lapsed


@pytest.mark.rule("A8")
def test_rivals_never_open_two(database):
    """Six at once, each with an id of its own, twenty times over: one is recorded, and the others are told why."""
    store = Store(database)
    store.create()
    rounds = 20
    start = Barrier(AT_ONCE)
    requests = [asked(f"request-{number}", **FORM).case for number in range(rounds)]

    def rival(place):
        mine, told = Store(database), []
        for number, request in enumerate(requests):
            start.wait()
            decision = Mandate.issue(request, IBAN, id=f"{number}-{place}", reference=f"R{number}-{place}", at=DAY)
            try:
                mine.settle(lambda decision=decision: [decision])
            except ConflictError as error:
                told.append(error.code)
            start.wait()
            if place == 0:
                for case in store.cases():
                    if not case.is_closed:
                        store.change(case.id, lambda it: it.close("repeated", at=DAY))
            start.wait()
        mine.close()
        return told

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = [code for found in pool.map(rival, range(AT_ONCE)) for code in found]
    opened = sorted(case.id.partition("-")[0] for case in store.cases())
    store.close()

    assert sorted(map(str, range(rounds))) == opened
    assert ["conflict.claim"] * (rounds * (AT_ONCE - 1)) == told


def test_kinds_that_claim_nothing_cost_nothing(store):
    """A request leaves no row behind, and START is as good as any day."""
    store.record(asked(at=START))
    with store.engine.connect() as connection:
        assert [] == connection.exec_driver_sql("SELECT * FROM claims").fetchall()
