"""The dated rulebook, and another one that a host makes in a few lines."""

import pickle
import re
from datetime import UTC, date, datetime

import attrs
import pytest

from teleprocedures.deadlines import CivilDays, CivilMonths, Hours
from teleprocedures.errors import DeadlinePassedError, Rule
from teleprocedures.forms import AdhesionForm
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, RULES, Service, TimeLimit, in_force
from tests.builders import TOKEN, each, failure, linked, opened, requested
from tests.instants import HOUR, START, TICK, paris

EXPERT = EXPERT_2024_04_03
SIMPLIFIED = attrs.evolve(
    EXPERT,
    version="simplified-2025",
    title="Simplified mode",
    in_force_from=date(2025, 1, 1),
    link_use=attrs.evolve(EXPERT.link_use, duration=Hours(72)),
)


@pytest.mark.rule("1.9", "1.10", "2.9", "2.11", "3.1", "3.4", "F1", "F2")
def test_the_rulebook_of_expert_mode():
    """A version, a title, a first day, time limits with their rules and reminders, services, the creditor."""
    assert [
        ("space_activation", "1.9", "1.10", Hours(48), (24,)),
        ("link_use", "2.9", "2.11", Hours(48), (24,)),
        ("services_activation", "3.1", "3.4", CivilDays(60, "Europe/Paris"), (15, 5, 1)),
        ("mandate_use", "F1", "F1", CivilMonths(36, "Europe/Paris"), (90, 30)),
    ] == [(name, it.rule, it.past, it.duration, it.reminders) for name, it in EXPERT.limits.items()]
    assert all(limit is getattr(EXPERT, name) for name, limit in EXPERT.limits.items())
    assert CivilDays(14, "Europe/Paris") == EXPERT.letter_announced
    assert ("expert-2024-04-03", date(2024, 4, 3)) == (EXPERT.version, EXPERT.in_force_from)
    assert "Expert mode, as published on 2024-04-03" == EXPERT.title
    assert (CATALOGUE, RULES) == (EXPERT.catalogue, EXPERT.rules)
    assert "FR46ZZZ005002" == str(EXPERT.creditor)
    assert "Direction générale des Finances publiques" == EXPERT.creditor_name
    assert "Rulebook('expert-2024-04-03')" == repr(EXPERT)


def test_a_rule_is_found_by_its_id():
    """The rulebook has every rule of the procedure, with its own time limits; another is named in the error."""
    for rule in RULES:
        found = EXPERT.rule(rule.id)

        assert (rule, rule.line, rule.source, rule.sheet) == (found, found.line, found.source, found.sheet)
        assert {"link_use": (48, "hours")}.items() <= found.limits.items()
    for id in ("1.13", "", "a1", None):
        assert f"rulebook 'expert-2024-04-03' has no rule {id!r}" == str(failure(EXPERT.rule, id))


# --- Another rulebook -------------------------------------------------------------------------------------------------


@pytest.mark.rule("2.9", "2.11")
def test_a_case_keeps_its_rulebook():
    """Under 72 hours the 72nd is in time and a microsecond more is not; 48 stay 48; a renewal takes the new ones."""
    old, new = linked().case, linked(rulebook=SIMPLIFIED).case
    last = START + 72 * HOUR
    late = failure(new.confirm_company_email, TOKEN, at=last + TICK)
    lapsed = old.lapse(at=START + 49 * HOUR).case
    renewed = lapsed.renew(opened(), id="a-3", at=START + 50 * HOUR, rulebook=SIMPLIFIED).case

    assert "validated" == new.confirm_company_email(TOKEN, at=last).case.state
    assert (DeadlinePassedError, "2.11", last) == (type(late), late.rule, late.closes)
    assert [EXPERT, EXPERT, SIMPLIFIED, SIMPLIFIED] == [case.rulebook for case in (old, lapsed, new, renewed)]
    assert [START + hours * HOUR for hours in (48, 72, 122)] == [it.deadline.closes for it in (old, new, renewed)]
    assert "2.9" == new.deadline.rule


def test_a_rulebook_with_a_larger_catalogue():
    """A host's service can be requested under its own rulebook, and is refused under another."""
    own = Service(code="declarer-tva", title="Déclarer la TVA")
    book = attrs.evolve(EXPERT, version="host-1", catalogue=CATALOGUE.extended(own))
    typed = {"organisation": "552100554", "services": ["declarer-tva"]}

    assert (own,) == requested(own, rulebook=book).case.services
    assert "'declarer-tva' is not in the catalogue of rulebook 'expert-2024" in str(failure(requested, own))
    assert "services[0]: unknown service 'declarer-tva'" in str(failure(AdhesionForm.from_mapping, typed))


def test_a_rulebook_has_a_hosts_own_limits_beside_those_of_the_procedure():
    """All of them by name, in the titles of rules too; mandates and letters may have none; no name is taken twice."""
    own = TimeLimit(rule="1.9", past="1.10", duration=Hours(36))
    title = Rule("D1", "a colleague accepts within {delegation}, not {link_use}", "our firm")
    given = {"delegation": own}
    book = attrs.evolve(EXPERT, own_limits=given, rules=(*RULES, title))
    without = attrs.evolve(EXPERT, mandate_use=None, letter_announced=None)
    given.clear()

    assert ["space_activation", "link_use", "services_activation", "mandate_use", "delegation"] == list(book.limits)
    assert {**EXPERT.limits, "delegation": own} == book.limits
    assert (book.space_activation, book.link_use, book.services_activation) == tuple(without.limits.values())
    assert "a colleague accepts within 36 hours, not 48 hours" == book.rule("D1").title
    assert own == attrs.evolve(book, version="later").limits["delegation"] != book.limits["link_use"]
    assert EXPERT not in (book, without)
    with pytest.raises(TypeError):
        book.limits["delegation"] = own
    taken = failure(attrs.evolve, EXPERT, own_limits={"link_use": own})
    assert ("rulebook.taken_limits", ("link_use",)) == (taken.code, taken.facts["value"])
    assert str(taken).startswith("link_use is of the procedure: expected another name")
    nowhere = {"delegation": attrs.evolve(own, past="9.9")}
    assert "no rule '9.9'" in str(failure(attrs.evolve, EXPERT, own_limits=nowhere))


def test_a_rulebook_may_reword_and_add_rules():
    """A host's own words for a rule, and its own rules, are what time limits, refusals and steps then cite."""
    said = Rule("2.9", "one has {link_use} to use the link", "impots.gouv.fr, « Le mode simplifié »")
    past = Rule("2.11", "too late after {link_use}", "the same")
    more = Rule("H1", "the firm asks again one week before a tax is due", "the firm")
    rules = [{"2.9": said, "2.11": past}.get(rule.id, rule) for rule in RULES]
    book = attrs.evolve(SIMPLIFIED, rules=[*rules, more])
    request, late = linked(rulebook=book).case, START + 72 * HOUR + TICK
    (step,), (notice,) = request.next_steps(at=START), request.lapse(at=late).messages

    assert (more.title, more.source) == (book.rule("H1").title, book.rule("H1").source)
    assert isinstance(book.rules, tuple)
    assert {"one has 72 hours to use the link"} == {
        rule.title for rule in (book.rule("2.9"), request.deadline.rule, step.rule)
    }
    refused = request.refusal("confirm_company_email", at=late)
    assert ["too late after 72 hours"] * 2 == [refused.rule.title, notice.rule.title]


# --- Which rulebook is in force ---------------------------------------------------------------------------------------


def test_the_rulebook_in_force_is_the_last_to_have_come():
    """By that day in Paris, in whatever order they are given and whatever they are called; one alone always is."""
    first = paris("2025-01-01T00:00")
    for version in ("simplified-2025", "a-later-one", "z-later-one"):
        later = attrs.evolve(SIMPLIFIED, version=version)
        for books in ([later, EXPERT], [EXPERT, later]):
            instants = (first, first - TICK, paris("2024-04-03T00:00"))
            assert [later, EXPERT, EXPERT] == [in_force(iter(books), at) for at in instants]
    early = datetime(2020, 1, 1, tzinfo=UTC)

    assert EXPERT is in_force(EXPERT, early) is in_force([EXPERT], early)


@each(
    "books at code day expected",
    ([SIMPLIFIED, EXPERT], paris("2024-04-02T23:59"), "none_in_force", "2024-04-02", ["2024-04-03", "2025-01-01"]),
    ([], START, "none_in_force", "2025-01-06", []),
)
def test_before_the_first_rulebook_none_is_in_force(books, at, code, day, expected):
    """Before all of several, or given none, the error says from when there is one; a naive instant is none."""
    error = failure(in_force, books, at)

    assert (f"rulebook.{code}", day) == (error.code, error.facts["day"])
    assert expected == [str(it) for it in error.facts.get("expected") or ()]
    assert "naive" in str(failure(in_force, [SIMPLIFIED, EXPERT], datetime(2024, 5, 2)))


def test_a_rulebook_is_a_value():
    """Compared by what it says, pickled, frozen; lists that are given to it or to a limit are copied."""
    again = pickle.loads(pickle.dumps(SIMPLIFIED))
    rules, reminders = list(RULES), [24]
    limit, book = attrs.evolve(EXPERT.link_use, reminders=reminders), attrs.evolve(EXPERT, rules=rules)
    rules.clear()
    reminders.append(0)

    assert (SIMPLIFIED, hash(SIMPLIFIED), "2.9") == (again, hash(again), again.rule("2.9"))
    assert EXPERT != SIMPLIFIED
    assert ((24,), RULES) == (limit.reminders, book.rules)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        again.version = "other"


# --- What is refused --------------------------------------------------------------------------------------------------

NAMED = "rulebook 'expert-2024-04-03'"


@each(
    "message changes",
    *(
        (f"a rulebook's version is a text such as '2024-04-03', without #, not {it!r}", {"version": it})
        for it in (" ", None, "2024#1")
    ),
    *(
        (
            "a rulebook replaces contents by their fingerprints, each of 16 hexadecimal digits, not " + repr(it),
            {"replaces": ["0" * 16, it]},
        )
        for it in ("0" * 15, "A" * 16, None)
    ),
    (
        f"{NAMED} has each rule of the procedure once, but 1.9, A3 missing",
        {"rules": [rule for rule in RULES if rule not in {"1.9", "A3"}]},
    ),
    (
        f"{NAMED} has each rule of the procedure once, but 1.9 more than once",
        {"rules": [*RULES, Rule("1.9", "twice")]},
    ),
    (f"{NAMED} has no rule 'Z1'", {"link_use": attrs.evolve(EXPERT.link_use, rule=Rule("Z1", "of nowhere"))}),
    (
        f"{NAMED} has no rule 'Z2'",
        {"mandate_use": attrs.evolve(EXPERT.mandate_use, past=Rule("Z2", "of nowhere"))},
    ),
    (
        "the code of a letter counts from a day (A3), not in Hours(count=1440): expected CivilDays or CivilMonths",
        {"services_activation": attrs.evolve(EXPERT.services_activation, duration=Hours(1440), reminders=())},
    ),
)
def test_a_rulebook_that_does_not_hold_is_refused(message, changes):
    """A rulebook without a version, with rules missing or twice, or with limits that cite nothing, is not built."""
    assert message == str(failure(attrs.evolve, EXPERT, **changes))


@each("reminder", *(0, -1, 1.5, "24", True, None))
def test_a_reminder_is_a_whole_number(reminder):
    """A reminder counts whole hours or days, one at least."""
    assert f"a reminder is a whole number of hours or days, 1 or more, not {reminder!r}" == str(
        failure(attrs.evolve, EXPERT.link_use, reminders=[24, reminder])
    )


# --- Deadlines --------------------------------------------------------------------------------------------------------


def test_a_deadline_has_its_rule_and_its_reminders():
    """So many hours before the end, soonest first, none before the start; so many days ahead of the safe one."""
    hours = EXPERT.starting(attrs.evolve(EXPERT.link_use, reminders=(1, 24, 48, 72, 47)), START)
    days = EXPERT.starting(EXPERT.services_activation, date(2024, 3, 1))

    assert tuple(START + ahead * HOUR for ahead in (1, 24, 47)) == hours.reminders
    # The safe day is 2024-04-29: 15, 5 and 1 days ahead, at midnight in Paris.
    midnights = tuple(datetime(2024, 4, day, 22, tzinfo=UTC) for day in (13, 23, 27))
    assert midnights == days.reminders == EXPERT.services_activation.reminders_of(days)
    assert days.rule is EXPERT.rule("3.1")
    assert not days.estimated


def test_a_limit_in_hours_starts_at_an_instant_and_cites_ids():
    """A day alone and a naive datetime start none; a rule that is given is kept by its id, to be reworded."""
    limit = attrs.evolve(EXPERT.link_use, rule=Rule("2.9", "in other words"))

    for day in (date(2026, 1, 5), datetime(2026, 1, 5, 9)):
        assert re.search("^opened .* expected an aware", str(failure(EXPERT.starting, EXPERT.link_use, day)))
    assert ("2.9", str, EXPERT.link_use) == (limit.rule, type(limit.rule), limit)
