"""Moving a case to another rulebook: a decision with an event, and never silent."""

from datetime import date, timedelta

import attrs
import pytest

from teleprocedures import Adhesion, MandateState, RulebookChanged, rejudge, replay, withdraw
from teleprocedures.codec import dumps, loads
from teleprocedures.deadlines import CivilMonths, Hours
from teleprocedures.errors import CodecError, OutOfOrderError
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, Catalogue
from tests.builders import (
    EMAILED,
    FOREVER,
    asked,
    each,
    failure,
    linked,
    mandate_in,
    mandate_taken_over,
    opened,
    paying,
)
from tests.instants import DAY, HOUR, START, TICK, end_of

OLD = EXPERT_2024_04_03
NEW = attrs.evolve(
    OLD,
    version="new",
    space_activation=attrs.evolve(OLD.space_activation, rule="1.8", duration=Hours(72)),
    catalogue=Catalogue(attrs.evolve(it, needs_mandate=False) for it in CATALOGUE.values()),
)


def test_a_case_is_moved_by_a_decision_with_an_event():
    """The case is under the other rulebook from then on, its time limit as it was set; its events make the same."""
    decision = asked()
    moved = decision.case.change_rulebook(NEW, at=START + HOUR)
    case, (event,) = moved.case, moved.events

    assert (RulebookChanged, NEW, 2, ()) == (type(event), event.rulebook, event.version, moved.messages)
    assert (NEW, decision.case.deadline, decision.case.state) == (case.rulebook, case.deadline, case.state)
    assert (OLD, "1.10") == (decision.case.rulebook, failure(case.activate, EMAILED, at=START + 2 * DAY + TICK).rule)
    assert "1.8" == failure(case.lapse, at=START + HOUR).rule
    assert case == replay((*decision.events, event))
    assert "active" == case.activate(EMAILED, at=START + 2 * DAY).case.state


def test_a_request_has_its_services_as_the_other_rulebook_has_them():
    """What a service asks for follows the rulebook, and so does whether a mandate can be issued."""
    case = paying().case
    moved = case.change_rulebook(NEW, at=case.since).case

    assert isinstance(moved, Adhesion)
    assert [True, False] == [it.services[0].needs_mandate for it in (case, moved)]
    assert moved.accounts == case.accounts
    assert moved.origin.form == case.origin.form


def test_a_moved_case_is_stored_and_read_under_its_rulebook():
    """The snapshot and the event name the other rulebook, with its fingerprint, and need it to be read."""
    decision = paying()
    moved = decision.case.change_rulebook(NEW, at=decision.case.since)
    books = (OLD, NEW)

    for record in (moved.case, *moved.events):
        assert NEW.pin.encode() in dumps(record)
        assert record == loads(dumps(record), rulebooks=books)
        with pytest.raises(CodecError, match="'new' is no version"):
            loads(dumps(record))
    assert () == rejudge((*decision.events, *moved.events))
    assert () == rejudge((*decision.events, *moved.events), rulebook=NEW)


@pytest.mark.rule("A14", "A20", "A21")
def test_a_move_is_told_late_and_withdrawn_like_any_fact():
    """It follows the opening only, is possible for a closed case, and can be taken back."""
    decision = linked()
    closed = decision.case.close("mistake", at=START + HOUR)
    moved = closed.case.change_rulebook(NEW, at=START, recorded_at=START + 2 * HOUR)
    history = (*decision.events, *closed.events, *moved.events)
    back = withdraw(history, 3, reason="too early", at=START + 3 * HOUR)

    assert (NEW, OLD) == (moved.case.rulebook, back.case.rulebook)
    assert OutOfOrderError is type(failure(decision.case.change_rulebook, NEW, at=START - TICK))


def test_a_move_that_cannot_be_is_refused():
    """To the same rulebook, to one without the time limit that was set, or without a service; to none at all."""
    mandate, request = mandate_in(MandateState.REGISTERED), linked().case
    unlimited = attrs.evolve(NEW, version="unlimited", mandate_use=None)
    bare = attrs.evolve(NEW, version="bare", catalogue=Catalogue(CATALOGUE.services[1:]))
    refused = [
        failure(mandate.change_rulebook, OLD, at=mandate.since),
        failure(mandate.change_rulebook, unlimited, at=mandate.since),
        failure(request.change_rulebook, bare, at=request.since),
        failure(request.change_rulebook, "new", at=request.since),
    ]

    assert ["rulebook.same", "rulebook.no_limit", "service.not_in_catalogue", "argument.wrong_type"] == [
        it.code for it in refused
    ]
    assert "rulebook 'unlimited' has no time limit mandate_use, which was set for the case" == str(refused[1])
    assert unlimited == opened().change_rulebook(unlimited, at=START + timedelta(days=1)).case.rulebook


def of_months(months):
    """A rulebook in which a mandate may be idle so long, reminded of five days before."""
    limit = attrs.evolve(OLD.mandate_use, duration=CivilMonths(months), reminders=(5,))
    return attrs.evolve(OLD, version=f"{months}-months", mandate_use=limit)


@pytest.mark.rule("A15", "A19", "F1")
@each(
    "months days safe last",
    (1, 1, "2025-02-06", "2028-01-03"),
    (12, 20, "2026-01-25", "2028-01-03"),
    (35, 27, "2028-01-01", "2028-01-03"),
    (35, 29, "2028-01-03", "2028-01-04"),
    (60, -1825, "2025-01-07", "2028-01-03"),
    (60, 0, "2030-01-05", "2030-01-06"),
)
def test_what_was_set_stays_and_what_is_told_counts_by_the_other_rulebook(months, days, safe, last):
    """A mandate taken over, moved, then collected: each end is the latest, of what was set and of what is told."""
    moved = mandate_taken_over().case.change_rulebook(of_months(months), at=START).case
    at = START + days * DAY
    idle = moved.record_collection(at=at, recorded_at=max(at, START)).case.idle

    assert (end_of(safe), end_of(last)) == (idle.safe_until, idle.closes)
    assert idle.estimated is (last == "2028-01-03")
    assert (3 if idle.estimated else 1) == len(idle.reminders)


@pytest.mark.rule("A15", "F1")
def test_collections_after_a_move_come_to_one_end_in_any_order():
    """The reminders that the opening set stay, and those of a use that counts no more go."""
    moved = mandate_taken_over().case.change_rulebook(of_months(12), at=START).case
    uses, told = (START + DAY, START + 20 * DAY), START + 30 * DAY

    def collected(*order):
        case = moved
        for use in order:
            case = case.record_collection(at=use, recorded_at=told).case
        return case.idle

    idle = collected(*uses)
    assert idle == collected(*reversed(uses))
    assert (end_of("2026-01-25"), end_of("2028-01-03"), 3) == (idle.safe_until, idle.closes, len(idle.reminders))


@pytest.mark.rule("F1", "A22")
def test_a_day_that_is_two_elsewhere_ends_no_earlier_than_a_known_use():
    """Of a mandate taken over, a use by its day where months have another zone leaves both ends the latest."""
    limit = attrs.evolve(OLD.mandate_use, duration=CivilMonths(36, "America/Cayenne"))
    book = attrs.evolve(OLD, version="cayenne", mandate_use=limit)
    known = mandate_taken_over(rulebook=book).case.record_collection(at=START + 10 * DAY - 8 * HOUR).case
    idle = known.record_collection(at=date(2025, 1, 16), recorded_at=START + 20 * DAY).case.idle

    assert "2028-01-15T02:59:59.999999+00:00" == idle.safe_until.isoformat()
    assert "2028-01-17T02:59:59.999999+00:00" == idle.closes.isoformat()


@pytest.mark.rule("F1")
def test_a_mandate_moved_to_a_rulebook_with_a_limit_has_one_from_its_next_collection():
    """Nothing was set, so nothing runs; it is stored and read all the same."""
    moved = mandate_taken_over(rulebook=FOREVER).case.change_rulebook(OLD, at=START).case
    collected = moved.record_collection(at=START).case

    assert (None, None) == (moved.idle, moved.due_at)
    assert moved == loads(dumps(moved))
    assert end_of("2028-01-06") == collected.deadline.closes
