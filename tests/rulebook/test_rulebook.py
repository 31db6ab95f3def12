"""The dated rulebook, and another one that a host makes in a few lines."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from teleprocedures.cases import Adhesion
from teleprocedures.deadlines import CivilDays, CivilMonths, Hours
from teleprocedures.errors import DeadlinePassedError, InvalidFormError, InvalidValueError, Rule
from teleprocedures.forms import AdhesionForm
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, RULES, Rulebook, Service, TimeLimit, in_force
from teleprocedures.testing import adhesion_form
from teleprocedures.values import LinkToken, Siren
from tests.builders import opened, paris

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
EXPERT = EXPERT_2024_04_03

SIMPLIFIED = attrs.evolve(
    EXPERT,
    version="simplified-2025",
    title="Simplified mode",
    in_force_from=date(2025, 1, 1),
    link_use=attrs.evolve(EXPERT.link_use, duration=Hours(72)),
)


def with_messaging() -> AdhesionForm:
    """A request that waits for the company's link."""
    return adhesion_form(services=["messagerie"], company_email="compta@boulangerie.fr")


@pytest.mark.rule("1.9", "1.10", "2.9", "2.11", "3.1", "3.4", "F1", "F2")
@pytest.mark.parametrize(
    ("limit", "rule", "past", "duration", "reminders"),
    [
        (EXPERT.space_activation, "1.9", "1.10", Hours(48), (24,)),
        (EXPERT.link_use, "2.9", "2.11", Hours(48), (24,)),
        (EXPERT.services_activation, "3.1", "3.4", CivilDays(60, "Europe/Paris"), (15, 5, 1)),
        (EXPERT.mandate_use, "F1", "F1", CivilMonths(36, "Europe/Paris"), (90, 30)),
    ],
)
def test_the_limits_of_expert_mode(
    limit: TimeLimit, rule: str, past: str, duration: object, reminders: tuple[int, ...]
) -> None:
    """Each time limit is data: how long, under which rule, what follows under which rule, and when to remind."""
    assert (rule, past) == (limit.rule, limit.past)
    assert duration == limit.duration
    assert reminders == limit.reminders
    assert limit in EXPERT.limits.values()


def test_the_rulebook_is_dated() -> None:
    """The rulebook has a version, a title and a first day, the catalogue, and the creditor that mandates bear."""
    assert "expert-2024-04-03" == EXPERT.version
    assert "Expert mode, as published on 2024-04-03" == EXPERT.title
    assert date(2024, 4, 3) == EXPERT.in_force_from
    assert CATALOGUE is EXPERT.catalogue
    assert RULES == EXPERT.rules
    assert CivilDays(14, "Europe/Paris") == EXPERT.letter_announced
    assert "FR46ZZZ005002" == str(EXPERT.creditor)
    assert "Direction générale des Finances publiques" == EXPERT.creditor_name
    assert "Rulebook('expert-2024-04-03')" == repr(EXPERT)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_rule_is_found_by_its_id(rule: Rule) -> None:
    """The rulebook has every rule of the procedure, worded with its own time limits."""
    found = EXPERT.rule(rule.id)

    assert (rule, rule.line, rule.source, rule.sheet) == (found, found.line, found.source, found.sheet)
    assert EXPERT.limits
    assert {"link_use": (48, "hours")}.items() <= found.limits.items()


@pytest.mark.parametrize("id", ["1.13", "", "a1", None])
def test_an_unknown_rule_is_refused(id: object) -> None:
    """A rule that does not exist is an error that names the rulebook and the id."""
    with pytest.raises(InvalidValueError) as caught:
        EXPERT.rule(id)

    assert f"rulebook 'expert-2024-04-03' has no rule {id!r}" == str(caught.value)


# --- Another rulebook -------------------------------------------------------------------------------------------------


@pytest.mark.rule("2.9", "2.11")
def test_a_second_rulebook_in_a_few_lines() -> None:
    """Under a rulebook whose link works for 72 hours, the 72nd is in time and one microsecond more is not."""
    space, token = opened(at=AT), LinkToken("token-1")
    request = Adhesion.request(space, with_messaging(), id="a-1", at=AT, token=token, rulebook=SIMPLIFIED).case
    last = AT + timedelta(hours=72)

    assert last == request.deadline.closes
    assert "2.9" == request.deadline.rule
    assert "validated" == request.confirm_company_email(token, at=last).case.state
    with pytest.raises(DeadlinePassedError) as caught:
        request.confirm_company_email(token, at=last + timedelta(microseconds=1))
    assert "2.11" == caught.value.rule
    assert last == caught.value.closes


def test_a_case_keeps_its_rulebook() -> None:
    """A case made under one rulebook keeps its deadlines when another comes into force; a renewal takes the new one."""
    space, form = opened(at=AT), with_messaging()
    old = Adhesion.request(space, form, id="a-1", at=AT).case
    new = Adhesion.request(space, form, id="a-2", at=AT, rulebook=SIMPLIFIED).case
    lapsed = old.lapse(at=AT + timedelta(hours=49)).case
    renewed = lapsed.renew(space, id="a-3", at=AT + timedelta(hours=50), rulebook=SIMPLIFIED).case

    assert (EXPERT, SIMPLIFIED, SIMPLIFIED) == (old.rulebook, new.rulebook, renewed.rulebook)
    assert AT + timedelta(hours=48) == old.deadline.closes
    assert AT + timedelta(hours=72) == new.deadline.closes
    assert EXPERT == lapsed.rulebook
    assert AT + timedelta(hours=50 + 72) == renewed.deadline.closes


def test_a_rulebook_with_a_larger_catalogue() -> None:
    """A host's service can be requested under its own rulebook, and is refused under another."""
    own = Service(code="declarer-tva", title="Déclarer la TVA")
    book = attrs.evolve(EXPERT, version="host-1", catalogue=CATALOGUE.extended(own))
    form = adhesion_form(services=[own])
    request = Adhesion.request(opened(at=AT), form, id="a-1", at=AT, rulebook=book).case

    assert (own,) == request.services
    with pytest.raises(InvalidValueError, match=r"'declarer-tva' is not in the catalogue of Rulebook\('expert-2024"):
        Adhesion.request(opened(at=AT), form, id="a-1", at=AT)
    with pytest.raises(InvalidFormError, match=r"services\[0\]: unknown service 'declarer-tva'"):
        AdhesionForm.from_mapping({"organisation": Siren("552100554"), "services": ["declarer-tva"]})


def test_a_rulebook_may_leave_out_mandates_and_letters() -> None:
    """Without a time limit for idle mandates or an announced letter, there is no such limit."""
    book = attrs.evolve(EXPERT, mandate_use=None, letter_announced=None)

    assert (book.space_activation, book.link_use, book.services_activation) == tuple(book.limits.values())
    assert book != EXPERT


def test_a_rulebook_has_a_hosts_own_limits_beside_those_of_the_procedure() -> None:
    """All of them by name, in the titles of rules too; one that has the name of a shipped one is refused."""
    own = TimeLimit(rule="1.9", past="1.10", duration=Hours(36))
    title = Rule("D1", "a colleague accepts within {delegation}, not {link_use}", "our firm")
    given = {"delegation": own}
    book = attrs.evolve(EXPERT, own_limits=given, rules=(*RULES, title))
    given.clear()

    assert {**EXPERT.limits, "delegation": own} == book.limits
    assert ["space_activation", "link_use", "services_activation", "mandate_use", "delegation"] == list(book.limits)
    assert "a colleague accepts within 36 hours, not 48 hours" == book.rule("D1").title
    assert own == attrs.evolve(book, version="later").limits["delegation"] != book.limits["link_use"]
    assert book != EXPERT
    with pytest.raises(TypeError):
        book.limits["delegation"] = own  # type: ignore[index]
    with pytest.raises(InvalidValueError, match=r"^link_use is of the procedure: expected another name") as caught:
        attrs.evolve(EXPERT, own_limits={"link_use": own})
    assert ("rulebook.taken_limits", ("link_use",)) == (caught.value.code, caught.value.facts["value"])
    with pytest.raises(InvalidValueError, match="no rule '9\\.9'"):
        attrs.evolve(EXPERT, own_limits={"delegation": attrs.evolve(own, past="9.9")})


def test_a_rulebook_may_reword_and_add_rules() -> None:
    """A host's own words for a rule, and its own rules, are what time limits, refusals and steps then cite."""
    said = Rule("2.9", "one has {link_use} to use the link", "impots.gouv.fr, « Le mode simplifié »")
    past = Rule("2.11", "too late after {link_use}", "the same")
    more = Rule("H1", "the firm asks again one week before a tax is due", "the firm")
    rules = [{"2.9": said, "2.11": past}.get(rule.id, rule) for rule in RULES]
    book = attrs.evolve(SIMPLIFIED, rules=[*rules, more])
    space, token = opened(at=AT), LinkToken("token-1")
    request = Adhesion.request(space, with_messaging(), id="a-1", at=AT, token=token, rulebook=book).case
    late = AT + timedelta(hours=72, microseconds=1)

    assert "one has 72 hours to use the link" == book.rule("2.9").title
    assert (more.title, more.source) == (book.rule("H1").title, book.rule("H1").source)
    assert isinstance(book.rules, tuple)
    assert request.deadline is not None
    assert "one has 72 hours to use the link" == request.deadline.rule.title
    assert ["one has 72 hours to use the link"] == [step.rule.title for step in request.next_steps(at=AT)]
    assert "too late after 72 hours" == request.refusal("confirm_company_email", at=late).rule.title
    (notice,) = request.lapse(at=late).messages
    assert "too late after 72 hours" == notice.rule.title


# --- Which rulebook is in force ---------------------------------------------------------------------------------------


def test_the_rulebook_in_force_is_the_last_to_have_come() -> None:
    """Of several rulebooks, the last one to have come into force by that day in Paris is taken, in whatever order."""
    books = [SIMPLIFIED, EXPERT]
    first = paris("2025-01-01T00:00")

    for given in (books, books[::-1], iter(books)):
        assert SIMPLIFIED is in_force(given, first)
    # Whatever they are called.
    for version in ("a-later-one", "z-later-one"):
        assert version == in_force([attrs.evolve(SIMPLIFIED, version=version), EXPERT], first).version
        assert EXPERT is in_force([attrs.evolve(SIMPLIFIED, version=version), EXPERT], first - timedelta(days=1))
    assert EXPERT is in_force(books, first - timedelta(microseconds=1))
    assert EXPERT is in_force(books, paris("2024-04-03T00:00"))


def test_one_rulebook_alone_is_in_force() -> None:
    """Given one rulebook, there is none to take instead: it is in force whatever its day."""
    early = datetime(2020, 1, 1, tzinfo=UTC)

    assert EXPERT is in_force(EXPERT, early)
    assert EXPERT is in_force([EXPERT], early)


def test_before_the_first_rulebook_none_is_in_force() -> None:
    """Before all of several, or given none, the error says from when there is one."""
    with pytest.raises(InvalidValueError) as early:
        in_force([SIMPLIFIED, EXPERT], paris("2024-04-02T23:59"))
    with pytest.raises(InvalidValueError) as none:
        in_force([], AT)
    with pytest.raises(InvalidValueError, match="naive"):
        in_force([SIMPLIFIED, EXPERT], datetime(2024, 5, 2))

    assert {"rulebook.none_in_force"} == {early.value.code, none.value.code}
    assert ["2024-04-02", AT.date().isoformat()] == [error.value.facts["day"] for error in (early, none)]
    assert ["2024-04-03", "2025-01-01"] == [str(day) for day in early.value.facts["expected"]]  # type: ignore[union-attr]


def test_a_rulebook_is_a_value() -> None:
    """Rulebooks are compared by what they say, and come out of pickle as they went in."""
    again = pickle.loads(pickle.dumps(SIMPLIFIED))

    assert SIMPLIFIED == again
    assert hash(SIMPLIFIED) == hash(again)
    assert EXPERT != SIMPLIFIED
    assert "2.9" == again.rule("2.9")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        again.version = "other"


# --- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": " "}, "a rulebook's version is a text such as '2024-04-03', not ' '"),
        ({"version": None}, "a rulebook's version is a text such as '2024-04-03', not None"),
        (
            {"rules": [rule for rule in RULES if rule not in {"1.9", "A3"}]},
            "rulebook 'expert-2024-04-03' has each rule of the procedure once, but 1.9, A3 missing",
        ),
        (
            {"rules": [*RULES, Rule("1.9", "twice")]},
            "rulebook 'expert-2024-04-03' has each rule of the procedure once, but 1.9 more than once",
        ),
        (
            {"link_use": attrs.evolve(EXPERT.link_use, rule=Rule("X1", "of nowhere"))},
            "rulebook 'expert-2024-04-03' has no rule 'X1'",
        ),
        (
            {"mandate_use": attrs.evolve(EXPERT.mandate_use, past=Rule("X2", "of nowhere"))},
            "rulebook 'expert-2024-04-03' has no rule 'X2'",
        ),
        (
            {"services_activation": attrs.evolve(EXPERT.services_activation, duration=Hours(1440), reminders=())},
            "the code of a letter counts from a day (A3), not in Hours(count=1440): expected CivilDays or CivilMonths",
        ),
    ],
)
def test_a_rulebook_that_does_not_hold_is_refused(changes: dict[str, object], message: str) -> None:
    """A rulebook without a version, with rules missing or twice, or with limits that cite nothing, is not built."""
    with pytest.raises(InvalidValueError) as caught:
        attrs.evolve(EXPERT, **changes)

    assert message == str(caught.value)


@pytest.mark.parametrize("reminder", [0, -1, 1.5, "24", True, None])
def test_a_reminder_is_a_whole_number(reminder: object) -> None:
    """A reminder counts whole hours or days, one at least."""
    with pytest.raises(InvalidValueError) as caught:
        attrs.evolve(EXPERT.link_use, reminders=[24, reminder])

    assert f"a reminder is a whole number of hours or days, 1 or more, not {reminder!r}" == str(caught.value)


def test_a_limit_in_hours_starts_at_an_instant() -> None:
    """Hours count from an instant: a day alone is refused, and so is a naive datetime."""
    for day in (date(2026, 1, 5), datetime(2026, 1, 5, 9)):
        with pytest.raises(InvalidValueError, match=r"opened .* expected an aware"):
            EXPERT.starting(EXPERT.link_use, day)


def test_a_deadline_names_its_rule() -> None:
    """The deadline of a limit bears the limit's rule, as the rulebook words it, and its reminders."""
    deadline = EXPERT.starting(EXPERT.services_activation, date(2024, 3, 1))

    assert deadline.rule is EXPERT.rule("3.1")
    assert not deadline.estimated
    assert EXPERT.services_activation.reminders_of(deadline) == deadline.reminders
    assert 3 == len(deadline.reminders)


def test_a_time_limit_cites_rules_by_their_ids() -> None:
    """A limit keeps the ids of its rules, given as such or as rules, so that a rewording is found everywhere."""
    limit = attrs.evolve(EXPERT.link_use, rule=Rule("2.9", "in other words"))

    assert "2.9" == limit.rule
    assert str is type(limit.rule)
    assert limit == EXPERT.link_use


def test_reminders_come_soonest_first() -> None:
    """Reminders of a limit in hours come so many hours before its end; those before its start are left out."""
    limit = attrs.evolve(EXPERT.link_use, reminders=(1, 24, 48, 72, 47))
    deadline = EXPERT.starting(limit, AT)

    assert tuple(AT + timedelta(hours=48 - hours) for hours in (47, 24, 1)) == deadline.reminders


def test_reminders_in_days_come_ahead_of_the_safe_day() -> None:
    """Reminders of a limit in days come at the start of the day so many days ahead of the safe one, in its zone."""
    deadline = EXPERT.starting(EXPERT.services_activation, date(2024, 3, 1))

    # The safe day is 2024-04-29: 15, 5 and 1 days ahead, at midnight in Paris.
    assert (
        datetime(2024, 4, 13, 22, tzinfo=UTC),
        datetime(2024, 4, 23, 22, tzinfo=UTC),
        datetime(2024, 4, 27, 22, tzinfo=UTC),
    ) == deadline.reminders


def test_nothing_is_taken_from_the_caller() -> None:
    """Lists given to a rulebook or a limit are copied: changing them afterwards changes nothing."""
    rules, reminders = list(RULES), [24]
    limit = attrs.evolve(EXPERT.link_use, reminders=reminders)
    book = Rulebook(
        **{
            field.alias: getattr(EXPERT, field.name)
            for field in attrs.fields(Rulebook)
            if field.init and field.name != "rules"
        }
        | {"rules": rules}
    )
    rules.clear()
    reminders.append(0)

    assert (24,) == limit.reminders
    assert RULES == book.rules
