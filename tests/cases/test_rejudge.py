"""A stored history asked again: what today's rules, or others, would not have let pass; and what reality said."""

from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given

from teleprocedures import HELD_ELSEWHERE, EmailAddress, Siren, forget, rejudge, withdraw
from teleprocedures.cases import Reality, Surprise, reality
from teleprocedures.deadlines import CivilDays, CivilMonths, Hours
from teleprocedures.errors import InvalidValueError
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, Catalogue
from teleprocedures.testing import Move, Play
from teleprocedures.testing._shipped import straight_on
from teleprocedures.testing.strategies import histories
from teleprocedures.wording import FRENCH
from tests.builders import asked, each, failure, linked, plain
from tests.instants import DAY, HOUR, START, TICK


def journal(*, held=False, steps=9, rulebook=None):
    """A play gone straight on, an hour apart, and its events in the order in which they were told."""
    play = Play(at=START, held=held, rulebook=rulebook)
    for move in straight_on()[:steps]:
        play.make(move)
        play.wait(HOUR)
    return play


def events_of(play):
    """The events of a play, each case's history in order."""
    return [event for history in play.events.values() for event in history]


def bent(play, name, version, **changes):
    """The events of a play, with one of them changed by hand."""
    return [
        attrs.evolve(event, **changes) if (event.case_id, event.version) == (name, version) else event
        for event in events_of(play)
    ]


@given(histories(longest=10))
def test_what_the_library_decided_it_would_decide_again(play):
    """No history that verbs made is found fault with, whatever happened in it."""
    assert () == rejudge(events_of(play))


@pytest.mark.parametrize("held", [False, True])
def test_a_history_of_every_kind_of_case_stands(held):
    """From the form of a space to a registered mandate, with a letter, an account, a collection and lapses."""
    play = journal(held=held)
    for move in (
        Move("declare_account", "adhesion-1"),
        Move("record_collection", "mandate-1"),
        Move("create_space", makes="space-2"),
    ):
        assert play.make(move).accepted
    play.wait(3 * DAY)
    assert play.make(Move("lapse", "space-2")).accepted

    assert () == rejudge(events_of(play))
    assert () == rejudge(reversed(list(events_of(journal(held=held, steps=1)))))


def test_a_bent_date_is_told():
    """A code entered after its end, a fact before the one it follows, a deadline that its opening does not give."""
    play = journal()
    origin = play.events["space-1"][0]
    late = bent(play, "space-1", 2, at=START + 49 * HOUR, recorded_at=START + 49 * HOUR)
    early = bent(play, "adhesion-1", 3, at=START + HOUR, recorded_at=START + 5 * HOUR)
    moved = bent(play, "space-1", 1, at=START - DAY, recorded_at=START - DAY)
    longer = bent(play, "space-1", 1, deadline=attrs.evolve(origin.deadline, closes=origin.deadline.closes + DAY))

    late, early, moved, longer = map(rejudge, (late, early, moved, longer))

    assert ("space-activated", "deadline.passed", "1.10") == told(late[0])
    assert ("services-activated", "order.before_fact", "A14") == told(early[0])
    assert [".deadline"] == [it.path for it in moved[0].differs]
    assert [(".deadline", origin.deadline.closes)] == [(it.path, it.expected.closes) for it in longer[0].differs]
    assert "space-requested, version 1 of space-1: today's rules make of it otherwise: the time limit" in str(longer[0])
    assert "space-activated, version 2 of space-1: too late on" in str(late[0])


def told(finding):
    """An event's kind with the code and the rule of the refusal."""
    return (finding.event.kind, finding.refusal.code, str(finding.refusal.rule))


def test_the_space_is_asked_where_the_journal_has_it():
    """A request from a space that was not active yet, and one of which the journal has no space."""
    play = journal(steps=5)
    early = bent(play, "adhesion-1", 1, at=START + TICK)

    assert ["order.before_fact"] == [it.refusal.code for it in rejudge(early) if it.refusal][:1]
    assert () == rejudge(play.events["adhesion-1"])


# --- What was there before (A19) --------------------------------------------------------------------------------------

LATER = date(2025, 1, 9)


def journal_of_old(*, day=None):
    """A space, services, a request and a mandate that were taken over, told at once or on a civil day."""
    play = Play(at=START, held=True)
    for move in (
        Move("take_over_space", makes="space-1"),
        Move("take_over_services", "space-1", "adhesion-1", given={"since": date(2016, 5, 2)}),
        Move(
            "take_over_request",
            "space-1",
            "adhesion-2",
            given={"requested": date(2024, 12, 20), "letter": date(2024, 12, 24)},
        ),
        Move(
            "take_over_mandate",
            "space-1",
            "mandate-1",
            given={"registered": date(2023, 1, 2), "last_collected": date(2024, 1, 2)},
        ),
    ):
        assert play.make(attrs.evolve(move, at=day)).accepted
        play.wait(HOUR)
    return play


@pytest.mark.rule("A19", "A22")
def test_what_was_taken_over_stands():
    """Told at once or by its day; without the space in the journal too, of which nothing is asked then."""
    for play in (journal_of_old(), journal_of_old(day=START.date())):
        assert () == rejudge(events_of(play))
        assert () == rejudge(play.events["adhesion-2"] + play.events["mandate-1"])


@pytest.mark.rule("1.12", "A8", "A19")
@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("space-1", {"seen": LATER}, "day.not_allowed"),
        ("adhesion-1", {"seen": LATER}, "day.not_allowed"),
        ("adhesion-1", {"since": LATER}, "day.not_allowed"),
        ("adhesion-2", {"requested": LATER}, "day.not_allowed"),
        ("adhesion-2", {"edited": date(2024, 12, 19)}, "day.not_allowed"),
        ("mandate-1", {"registered": date(2024, 1, 3)}, "day.not_allowed"),
        ("mandate-1", {"last_collected": LATER}, "day.not_allowed"),
    ],
)
def test_a_bent_day_of_what_was_there_is_told(name, changes, code):
    """A day that no taking over would let pass, of each kind."""
    (found,) = (it for it in rejudge(bent(journal_of_old(), name, 1, **changes)) if it.refusal is not None)

    assert (name, code) == (found.event.case_id, found.refusal.code)


@pytest.mark.rule("1.12", "A8", "A19")
def test_what_is_taken_over_is_judged_by_what_the_journal_has():
    """A second mandate of an account, services in a space that was not active yet, an end that nothing gives."""
    play, pending = journal_of_old(), journal(steps=1)
    first, old = play.events["mandate-1"][0], play.events["adhesion-2"][0]
    second = attrs.evolve(first, case_id="mandate-2", at=play.at, recorded_at=play.at)
    longer = attrs.evolve(old.deadline, closes=old.deadline.closes + DAY)

    (repeated,) = rejudge([*events_of(play), second])
    early = rejudge([*events_of(pending), *play.events["adhesion-1"]])
    (moved,) = rejudge(bent(play, "adhesion-2", 1, deadline=longer))

    assert ("mandate-taken-over", "mandate.repeated", "A8") == told(repeated)
    assert [("services-taken-over", "space.not_active", "1.12")] == [told(it) for it in early]
    assert [(".deadline", old.deadline.closes)] == [(it.path, it.expected.closes) for it in moved.differs]


@pytest.mark.rule("A19", "3.1")
def test_what_was_taken_over_is_rehearsed_with_its_own_time_limits():
    """Under thirty days, the code of an old letter was entered too late, and without its service nothing was held."""
    play = journal_of_old()
    play.at = START + 30 * DAY
    assert play.make(Move("activate", "adhesion-2")).accepted
    book = EXPERT_2024_04_03
    limit = attrs.evolve(book.services_activation, duration=CivilDays(30))
    shorter = attrs.evolve(book, version="shorter", services_activation=limit)
    without = Catalogue([it for it in CATALOGUE.services if it.code != "payer-cfe"])
    fewer = attrs.evolve(book, version="fewer", catalogue=without)

    assert () == rejudge(events_of(play))
    assert ["deadline.passed"] == [it.refusal.code for it in rejudge(events_of(play), rulebook=shorter)]
    assert {"service.not_in_catalogue"} == {it.refusal.code for it in rejudge(events_of(play), rulebook=fewer)}


def test_a_rehearsal_under_another_rulebook():
    """A shorter limit refuses the link that was used in time; a longer one refuses a lapse, and nothing follows it."""
    book = EXPERT_2024_04_03
    shorter = attrs.evolve(book, version="shorter", link_use=attrs.evolve(book.link_use, duration=Hours(1)))
    longer = attrs.evolve(
        book, version="longer", space_activation=attrs.evolve(book.space_activation, duration=Hours(60))
    )
    play = journal(steps=4)
    play.make(Move("create_space", makes="space-2"))
    play.wait(3 * DAY - TICK)
    play.make(Move("lapse", "space-2"))
    linked = Play(at=START)
    for move in straight_on()[:3]:
        linked.make(move)
    linked.wait(HOUR + TICK)
    linked.make(straight_on()[3])

    assert [("company-email-confirmed", "deadline.passed", "2.11")] == [
        *map(told, rejudge(events_of(linked), rulebook=shorter))
    ]
    assert () == rejudge(events_of(play), rulebook=longer)
    later = attrs.evolve(longer, space_activation=attrs.evolve(book.space_activation, duration=Hours(100)))
    assert [("space-lapsed", "deadline.not_reached", "1.9")] == [*map(told, rejudge(events_of(play), rulebook=later))]


def test_a_rehearsal_without_a_time_limit_keeps_what_was_set():
    """A rulebook that has no limit for a space gives none to count with: the one that was set stands (A2)."""
    rulebook = attrs.evolve(EXPERT_2024_04_03, version="without", space_activation=None)

    assert () == rejudge(events_of(journal(steps=2)), rulebook=rulebook)


def test_a_rehearsal_judges_forms_and_mandates():
    """A service that is gone, one that needs an e-mail address from now on, and one that needs no mandate any more."""
    play = journal()

    def without(**changes):
        services = [attrs.evolve(it, **changes) if it.code == "payer-tva" else it for it in CATALOGUE.values()]
        return attrs.evolve(EXPERT_2024_04_03, version="other", catalogue=Catalogue(services))

    gone = attrs.evolve(EXPERT_2024_04_03, version="gone", catalogue=Catalogue(CATALOGUE.services[:1]))

    assert ["service.not_in_catalogue"] == [it.refusal.code for it in rejudge(events_of(play), rulebook=gone)][:1]
    assert () == rejudge(events_of(play), rulebook=without(needs_mandate=True))


def test_another_event_than_the_stored_one_is_told():
    """A letter told after its sixty days are over is an overdue one, and not one that brings the request back."""
    play = journal(held=True, steps=4)
    play.wait(80 * DAY)
    play.make(Move("lapse", "adhesion-1"))
    play.make(Move("record_letter", "adhesion-1"))
    (judged,) = rejudge(bent(play, "adhesion-1", 4, recorded_at=play.at + 90 * DAY))

    assert [("", "letter-recorded", "overdue-letter-recorded")] == [
        (it.path, it.found, it.expected) for it in judged.differs
    ]
    assert "letter-recorded, version 4 of adhesion-1: today's rules make of it otherwise: the kind of fact" == str(
        judged
    )


def test_a_rehearsal_ends_where_the_history_is_of_another_case():
    """Under a longer limit nothing has lapsed, and a letter that confirms the lapse cannot follow."""
    book = EXPERT_2024_04_03
    longer = attrs.evolve(
        book, version="longer", services_activation=attrs.evolve(book.services_activation, duration=CivilDays(200))
    )
    play = journal(held=True, steps=4)
    first_day = play.at.date()
    play.wait(80 * DAY)
    play.make(Move("lapse", "adhesion-1"))
    assert play.make(Move("record_letter", "adhesion-1", given={"edited": first_day})).accepted
    assert play.make(Move("record_letter", "adhesion-1", given={"edited": first_day})).accepted

    # The lapse is nothing that the longer limit has, so the first letter is what cannot follow.
    assert [
        (3, "activation-lapsed", "deadline.not_reached"),
        (4, "overdue-letter-recorded", "event.cannot_follow"),
    ] == [(it.event.version, it.event.kind, it.refusal.code) for it in rejudge(events_of(play), rulebook=longer)]
    assert () == rejudge(events_of(play))


def test_renewals_and_mandates_are_judged_by_what_the_journal_has():
    """A renewal from a space that did not ask, and a mandate of which the journal has no request."""
    play = journal()
    for move in (
        Move("create_space", makes="space-2"),
        Move("activate", "space-2"),
        Move("request_adhesion", "space-2", "adhesion-2"),
    ):
        assert play.make(move).accepted
    (judged,) = rejudge(bent(play, "adhesion-2", 1, renews="adhesion-1"))
    renewed = journal(steps=3)
    renewed.make(Move("renew", "adhesion-1", "adhesion-2"))

    assert ("adhesion-requested", "transition.not_allowed", "3.5") == told(judged)
    assert () == rejudge(events_of(renewed))
    assert () == rejudge(play.events["mandate-1"])
    named = {"account_holder": "SCI du Fournil", "managing_office": "SIE Paris 6e"}
    assert () == rejudge(bent(play, "mandate-1", 1, **named))


def test_a_withdrawn_fact_is_not_judged():
    """What was withdrawn is history, and so is what fell with it (A20)."""
    play = journal(held=True, steps=5)
    history = play.events["adhesion-1"]
    play.wait(DAY)
    taken_back = withdraw(history, history[-1].version, reason="another request", at=play.at)

    assert () == rejudge((*play.events["space-1"], *history, *taken_back.events))


def test_what_is_no_history_is_refused():
    """Something that is no event, no rulebook, or begins with no opening."""
    assert InvalidValueError is type(failure(rejudge, [None]))
    assert InvalidValueError is type(failure(rejudge, [], rulebook="expert"))
    assert "history.no_opening" == failure(rejudge, journal().events["space-1"][1:]).code
    assert () == rejudge([])


# --- Openings go through their doors again ----------------------------------------------------------------------------


SEEN = START.date()


@pytest.mark.rule("A19")
def test_a_bent_deadline_of_what_was_taken_over_is_told():
    """Each part of a deadline that there is, of a request and of a mandate."""
    play = journal_of_old()
    for name in ("adhesion-2", "mandate-1"):
        deadline = play.events[name][0].deadline
        for changes in (
            {"closes": deadline.closes + HOUR},
            {"safe_until": deadline.safe_until - DAY},
            {"opened": deadline.opened - DAY},
            {"estimated": not deadline.estimated},
            {"reminders": ()},
        ):
            (judged,) = rejudge(bent(play, name, 1, deadline=attrs.evolve(deadline, **changes)))

            assert (name, [".deadline"]) == (judged.event.case_id, [it.path for it in judged.differs])


@pytest.mark.rule("A19", "F1")
def test_a_rehearsal_counts_the_months_of_an_old_mandate_anew():
    """Under one month, a collection twenty days after it was seen is no contradiction."""
    play, limit = journal_of_old(), EXPERT_2024_04_03.mandate_use
    play.wait(20 * DAY)
    assert play.make(Move("record_collection", "mandate-1")).accepted
    month = attrs.evolve(limit, duration=CivilMonths(1), reminders=())

    assert () == rejudge(events_of(play), rulebook=attrs.evolve(EXPERT_2024_04_03, version="month", mandate_use=month))


@pytest.mark.rule("A8", "A14", "2.15")
@each(
    "changes found",
    ({"at": START - 30 * DAY}, "order.before_fact"),
    ({"at": START - 30 * DAY, "recorded_at": START - 30 * DAY}, "order.before_fact"),
    ({"debtor": Siren("732829320")}, ".debtor"),
    ({"requester": EmailAddress("somebody@example.org")}, ".requester"),
    ({"creditor_name": "Somebody"}, ".creditor_name"),
    ({"debtor_name": "Somebody"}, ".debtor_name"),
)
def test_a_mandate_is_what_its_request_makes_it(changes, found):
    """Older than its request, of another company, for another user or creditor."""
    (judged, *_) = rejudge(bent(journal(), "mandate-1", 1, **changes))

    assert "mandate-1" == judged.event.case_id
    assert found in {judged.refusal and judged.refusal.code, *(it.path for it in judged.differs)}


def test_what_an_opening_has_of_its_space_is_compared():
    """The user's address and name; a name that an early release did not keep is missed by nobody."""
    play = journal(steps=5)
    other = bent(play, "adhesion-1", 1, requester=EmailAddress("somebody@example.org"))
    named = bent(play, "adhesion-1", 1, requester_name="Somebody")
    unlinked = bent(play, "adhesion-1", 1, token=None, deadline=None)
    creditor = [attrs.evolve(it, creditor_name="Somebody") for it in journal().events["mandate-1"][:1]]

    assert [".requester"] == [it.path for it in rejudge(other)[0].differs]
    assert [".requester_name"] == [it.path for it in rejudge(named)[0].differs]
    assert [".token", ".deadline"] == [it.path for it in rejudge(unlinked)[0].differs]
    assert [".creditor_name"] == [it.path for it in rejudge(creditor)[0].differs]
    assert () == rejudge(bent(play, "adhesion-1", 1, requester_name=None))


@pytest.mark.rule("A22")
def test_a_day_on_which_it_did_not_happen_is_told():
    """Of any event that has a day; the day of which it happened is right, also where the space is not there."""
    for name, version in (("space-1", 1), ("space-1", 2), ("adhesion-1", 1), ("mandate-1", 3)):
        (judged, *_) = rejudge(bent(journal(), name, version, day=date(2020, 1, 1)))

        assert (name, version) == (judged.event.case_id, judged.event.version)
        assert (".day", date(2020, 1, 1), SEEN) in [(it.path, it.found, it.expected) for it in judged.differs]
    play = Play(at=START, held=True)
    for move in straight_on()[:2]:
        play.make(move)
    play.wait(DAY)
    assert play.make(Move("request_adhesion", "space-1", "adhesion-1", at=SEEN)).accepted
    assert () == rejudge(events_of(play))
    assert () == rejudge(play.events["adhesion-1"])


@pytest.mark.rule("A14")
def test_the_telling_of_one_case_orders_no_other():
    """A request that was told before the activation of its space, or before all of it, is judged by what happened."""
    space = asked(code=HELD_ELSEWHERE)
    active = space.case.activate(HELD_ELSEWHERE, at=START + HOUR, recorded_at=START + 9 * HOUR)
    request, early = (linked(space=active.case, at=START + hours * HOUR).events for hours in (2, 1))
    early = [attrs.evolve(it, at=it.at - TICK) for it in early]
    unknown = [attrs.evolve(it, recorded_at=START + 9 * HOUR) for it in space.events]

    for history, code in ((space.events, "space.not_active"), (unknown, "order.before_fact")):
        assert () == rejudge((*history, *active.events, *request))
        assert [code] == [it.refusal.code for it in rejudge((*history, *active.events, *early))]


@pytest.mark.parametrize("names", [("space-1",), ("adhesion-1",), ("space-1", "adhesion-1"), ("mandate-1",)])
def test_what_was_forgotten_is_not_compared(names):
    """A journal in which some cases were forgotten, and others run, is found no fault with."""
    play = journal()
    kept = {name: play.events[name] for name in play.cases}
    for name in names:
        closed = play.cases[name].close("client_left", at=play.at)
        kept[name] = forget((*kept[name], *closed.events), key="a key of sixteen or more", at=play.at).events

    assert () == rejudge([event for history in kept.values() for event in history])


# --- Reality ----------------------------------------------------------------------------------------------------------


def followed(*moves):
    """The events of requests at the real portal: the link is used a day later, then these moves, days after it."""
    play = Play(at=START, held=True)
    for move in straight_on()[:3]:
        play.make(move)
    play.wait(DAY)
    play.make(straight_on()[3])
    for days, move in moves:
        play.wait(days * DAY)
        assert play.make(move).accepted
    return events_of(play)


@pytest.mark.rule("3.1", "A15", "F2")
def test_what_reality_did_is_counted():
    """A letter dated after the fourteenth day, a code taken after its estimated end, a lapse that a fact corrects."""
    late = followed((15, Move("record_letter", "adhesion-1")), (1, Move("activate", "adhesion-1")))
    # The code was told after the day on which it ended, and entered on it.
    entered = Move("activate", "adhesion-1", at=START + 75 * DAY)
    on_time = followed((14, Move("record_letter", "adhesion-1")), (63, entered))
    lapsed = followed((75, Move("lapse", "adhesion-1")), (1, Move("activate", "adhesion-1")))
    missed = followed((75, Move("lapse", "adhesion-1")))

    def counts(events):
        report = reality(events)
        return {it: (len(report.found[it]), report.looked_at[it]) for it in Surprise}

    assert {"letter_late": (1, 1), "code_after_its_end": (0, 1), "lapse_that_was_none": (0, 0)} == counts(late)
    assert {"letter_late": (0, 1), "code_after_its_end": (0, 1), "lapse_that_was_none": (0, 0)} == counts(on_time)
    assert {"letter_late": (0, 0), "code_after_its_end": (1, 1), "lapse_that_was_none": (1, 1)} == counts(lapsed)
    assert {"letter_late": (0, 0), "code_after_its_end": (0, 0), "lapse_that_was_none": (0, 1)} == counts(missed)
    ((event, beside),) = reality(late).found["letter_late"]
    assert ("letter-recorded", DAY) == (event.kind, beside)
    ((_, beside),) = reality(lapsed).found["code_after_its_end"]
    assert timedelta(0) < beside < 2 * DAY


def test_many_histories_are_counted_together():
    """The requests of a firm in one journal, each by its own id, in both languages."""
    one = followed((15, Move("record_letter", "adhesion-1")))
    other = [attrs.evolve(it, case_id=f"{it.case_id}-b") for it in followed((14, Move("record_letter", "adhesion-1")))]
    report = reality((*one, *other))

    assert (1, 2) == (len(report.found["letter_late"]), report.looked_at["letter_late"])
    assert "letters later than announced: 1 of 2 (rule F2)" == str(report).splitlines()[0]
    assert "courriers plus tardifs qu'annoncé : 1 sur 2 (règle F2)" == plain(report.render(FRENCH)).splitlines()[0]
    assert isinstance(report, Reality)


def test_where_codes_are_held_here_nothing_surprises():
    """Our own letters bear the day that we give them, and our lapses are final."""
    play = journal(steps=5)
    play.make(Move("create_space", makes="space-2"))
    play.wait(3 * DAY)
    play.make(Move("lapse", "space-2"))
    report = reality(events_of(play))

    assert [0, 1, 0] == [report.looked_at[it] for it in Surprise]
    assert not any(report.found.values())


def test_a_rulebook_that_announces_no_letter_is_surprised_by_none():
    """Where nobody said how soon a letter comes, none is late."""
    book = attrs.evolve(EXPERT_2024_04_03, version="unannounced", letter_announced=None)
    play = Play(at=START, held=True, rulebook=book)
    for move in straight_on()[:4]:
        play.make(move)
    play.wait(30 * DAY)
    play.make(Move("record_letter", "adhesion-1"))

    assert 0 == reality(events_of(play)).looked_at["letter_late"]


@pytest.mark.rule("A19", "A23")
def test_what_never_awaited_a_code_surprises_nobody():
    """Services that were held when they were taken over, and those whose link a code proved, with what follows."""
    play = Play(at=START, held=True)
    for move in (
        Move("take_over_space", makes="space-1"),
        Move("take_over_services", "space-1", "adhesion-1"),
        Move("close", "adhesion-1"),
    ):
        assert play.make(move).accepted
    linked = Play(at=START, held=True)
    for move in (*straight_on()[:3], Move("activate", "adhesion-1"), Move("close", "adhesion-1")):
        assert linked.make(move).accepted

    assert [0, 0, 0] == [reality(events_of(play)).looked_at[it] for it in Surprise]
    assert [0, 0, 0] == [reality(events_of(linked)).looked_at[it] for it in Surprise]
