"""What changes with another rulebook: as data, in days, and as the shortest history that one of the two refuses."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from teleprocedures import compare
from teleprocedures.deadlines import CivilDays, CivilMonths, Hours
from teleprocedures.errors import InvalidValueError, Rule
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, RULES, Catalogue, Service, TimeLimit
from teleprocedures.wording import ENGLISH, FRENCH
from tests.builders import each, failure
from tests.instants import paris

OLD = EXPERT_2024_04_03
DAY = timedelta(days=1)
REQUESTED = ("space.create", "space.activate", "adhesion.request")
HELD = (*REQUESTED, "activation.activate")
PAID = (*HELD, "mandate.issue", "mandate.sign", "mandate.send", "mandate.register", "payment.pay")


def limited(name, **changes):
    """The changes of a rulebook whose time limit of this name has these changed."""
    return {name: attrs.evolve(getattr(OLD, name), **changes)}


def serving(code, **changes):
    """The changes of a rulebook in which the service of this code has these changed."""
    services = (attrs.evolve(it, **changes) if it.code == code else it for it in CATALOGUE.values())
    return {"catalogue": Catalogue(services)}


@each(
    "changes verbs newer refusal",
    (limited("space_activation", duration=Hours(47)), ("space.create", "space.activate"), False, "deadline.passed"),
    (limited("link_use", duration=Hours(72)), (*REQUESTED, "adhesion.confirm_company_email"), True, "deadline.passed"),
    (limited("link_use", reminders=(12,)), (*REQUESTED, "adhesion.remind"), False, "reminder.not_due"),
    (
        limited("services_activation", duration=CivilDays(61)),
        (*REQUESTED, "activation.record_letter"),
        True,
        "deadline.passed",
    ),
    ({"letter_announced": CivilDays(20)}, (*REQUESTED, "activation.remind"), False, "reminder.not_due"),
    ({"letter_announced": None}, (*REQUESTED, "activation.remind"), False, "reminder.not_due"),
    (
        limited("mandate_use", duration=CivilMonths(35)),
        PAID,
        False,
        "payment.mandate_lapsed",
    ),
    ({"mandate_use": None}, PAID, True, "payment.mandate_lapsed"),
    (serving("payer-tva", needs_mandate=False), (*REQUESTED, "mandate.issue"), False, "mandate.not_needed"),
    (serving("payer-cfe", needs_mandate=True), (*REQUESTED, "mandate.issue"), True, "mandate.not_needed"),
    (serving("payer-cfe", pays=False), REQUESTED, True, "form.refused"),
    (serving("messagerie", needs_company_email=False), REQUESTED, True, "form.refused"),
    (serving("consulter-avis-tf", open_to_file_number=False), REQUESTED, False, "form.refused"),
    ({"catalogue": Catalogue(CATALOGUE.services[:-1])}, REQUESTED, False, "service.unknown"),
    ({"catalogue": CATALOGUE.extended(Service(code="own", title="Own"))}, REQUESTED, True, "service.unknown"),
)
def test_the_shortest_story_is_found(changes, verbs, newer, refusal):
    """Of each change, the steps to what one rulebook accepts and the other refuses; people's verbs before reminders."""
    first, *_ = compare(OLD, attrs.evolve(OLD, version="new", **changes)).stories

    assert (verbs, refusal) == (tuple(step.verb for step in first.steps), first.refusal.code)
    assert (verbs[-1], ("new", OLD.version)[:: 1 if newer else -1]) == (first.verb, (first.accepts, first.refuses))


def test_every_verb_has_its_story_and_those_of_the_clock_come_last():
    """Where mandates end later, a payment, a reminder and a lapse each part the two; a collection proves itself."""
    told = compare(OLD, attrs.evolve(OLD, version="new", **limited("mandate_use", duration=CivilMonths(37)))).stories

    assert [
        ("payment.pay", 9, "new"),
        ("mandate.remind", 8, OLD.version),
        ("mandate.lapse", 8, OLD.version),
    ] == [(story.verb, len(story.steps), story.accepts) for story in told]
    assert ("payer-tva",) == told[0].steps[-1].services


def test_an_estimate_parts_them_where_codes_are_held_elsewhere():
    """The day of the letter is not known there alone, and the story says so."""
    told = compare(OLD, attrs.evolve(OLD, version="new", letter_announced=CivilDays(15))).stories

    assert [("activation.remind", True), ("activation.lapse", True)] == [(it.verb, it.held_elsewhere) for it in told]


def test_what_only_reads_otherwise_has_no_story():
    """Titles, rules and the creditor change nothing that is accepted; they are told as data."""
    changes = {"title": "Other", "rules": (attrs.evolve(RULES[0], line="reworded"), *RULES[1:], Rule("H1", "own"))}
    told = compare(OLD, attrs.evolve(OLD, **changes))

    assert [
        (".title", OLD.title, "Other"),
        (".rules[0.1].line", RULES[0].line, "reworded"),
        (".rules[H1]", None, Rule("H1", "own")),
    ] == [attrs.astuple(change, recurse=False) for change in told.changes]
    assert ((), (), ("H1",), ()) == (told.stories, told.deadlines, told.rules_added, told.rules_gone)


def test_what_comes_goes_and_moves():
    """Services and rules by name; each deadline that moves, by how much; a limit that only one has moves by nothing."""
    start = datetime(2024, 12, 2, 11, tzinfo=UTC)
    own = {"delegation_use": TimeLimit(rule="2.9", past="2.11", duration=Hours(1))}
    new = attrs.evolve(
        OLD,
        version="new",
        catalogue=Catalogue((*CATALOGUE.services[1:], Service(code="own", title="Own"))),
        own_limits=own,
        mandate_use=None,
        **limited("link_use", duration=Hours(72)),
        **limited("services_activation", duration=CivilDays(59)),
    )
    told, back = compare(OLD, new, at=start), compare(new, OLD, at=start)

    assert [
        ("link_use", DAY),
        ("services_activation", -DAY),
        ("mandate_use", None),
        ("delegation_use", None),
        ("letter_announced", -DAY),
    ] == [(it.limit, it.by) for it in told.deadlines]
    assert [DAY * -1, DAY, None, None, DAY] == [
        {it.limit: it.by for it in back.deadlines}[moved.limit] for moved in told.deadlines
    ]
    assert paris("2024-12-04 12:00") == told.deadlines[0].old.closes
    assert (("own",), ("messagerie",)) == (told.services_added, told.services_gone)
    assert (("messagerie",), ("own",)) == (back.services_added, back.services_gone)
    assert {".own_limits[delegation_use]", ".link_use.duration.count", ".catalogue[own]", ".catalogue[messagerie]"} <= {
        it.path for it in told.changes
    }
    assert start == told.stories[0].steps[0].at


def test_another_order_is_told():
    """Documents of another order are refused, so it is a change; whatever comes or goes beside is no order."""
    services, rules = CATALOGUE.services, tuple(reversed(RULES))
    turned = attrs.evolve(OLD, catalogue=Catalogue(reversed(services)), rules=rules)
    codes, ids = tuple(it.code for it in services), tuple(it.id for it in RULES)

    assert OLD.fingerprint != turned.fingerprint
    assert [(".catalogue.order", codes, codes[::-1]), (".rules.order", ids, ids[::-1])] == [
        (it.path, it.old, it.new) for it in compare(OLD, turned).changes
    ]
    fewer = attrs.evolve(OLD, catalogue=Catalogue(services[1:]))
    assert [f".catalogue[{codes[0]}]"] == [it.path for it in compare(OLD, fewer).changes]


@each(
    "changes at start by",
    (limited("mandate_use", duration=CivilDays(1095)), "2024-04-03 12:00", "2025-03-29 12:00", -DAY),
    (
        limited("link_use", duration=CivilDays(2)),
        "2024-04-03 12:00",
        "2024-04-03 12:00",
        DAY / 2 - timedelta.resolution,
    ),
    (limited("mandate_use", duration=CivilDays(1095)), "9952-04-03 12:00", None, None),
)
def test_deadlines_are_compared_from_several_starts(changes, at, start, by):
    """36 months and 1,095 days part where a leap day lies between; the first start that shows it is told."""
    moved = compare(OLD, attrs.evolve(OLD, version="new", **changes), at=paris(at)).deadlines
    expected = [] if start is None else [(paris(start), by)]

    assert expected == [(it.start, it.by) for it in moved]


def test_the_same_rulebook_changes_nothing():
    """A rulebook compared with itself, and with one that reads it, has nothing to tell."""
    told = compare(OLD, attrs.evolve(OLD, replaces=(OLD.fingerprint,)))

    assert (((), (), ()), ((), ())) == (
        (told.changes, told.deadlines, told.stories),
        (told.services_added, told.rules_gone),
    )


def test_a_story_is_told_in_both_languages():
    """A step a line, on the first day of both rulebooks, with what is given, then who accepts, who refuses, and why."""
    new = attrs.evolve(OLD, version="new", in_force_from=date(2024, 6, 3), **serving("payer-cfe", pays=False))
    told = compare(OLD, new).stories
    form = told[0]
    pay = next(story for story in told if story.verb == "payment.pay")
    link = compare(OLD, attrs.evolve(OLD, version="new", **limited("link_use", duration=Hours(72)))).stories[0]

    assert (
        (
            "Monday 3 June 2024 at 12:00 in Paris: submit the form of a space\n"
            "Monday 3 June 2024 at 12:00 in Paris: activate the space\n"
            "Monday 3 June 2024 at 12:00 in Paris: request services"
            " ('Payer CFE (companies' property contribution)')\n"
            "new accepts that, expert-2024-04-03 refuses it: missing: payer-cfe needs the company's bank details, such"
            " as an IBAN"
        )
        == str(form)
        == ENGLISH.story(form)
    )
    assert "request services ('Messagerie (messaging)'), with the company's e-mail address\n" in str(link)
    last, end = FRENCH.story(pay).replace("\xa0", " ").splitlines()[-2:]
    assert "lundi 3 juin 2024 à 12 h : payer un impôt (« Payer CFE »)" == last
    assert form.steps[0].at == compare(new, OLD).stories[0].steps[0].at
    assert end.startswith("expert-2024-04-03 l'accepte, new le refuse : ")


@pytest.mark.parametrize("wrong", [(OLD, None), ("expert-2024-04-03", OLD)])
def test_what_is_no_rulebook_is_refused(wrong):
    """Both have to be rulebooks, and the instant to have its offset."""
    error = failure(compare, *wrong)

    assert (InvalidValueError, "argument.wrong_type") == (type(error), error.code)
    assert "instant.naive" == failure(compare, OLD, OLD, at=datetime(2024, 4, 3)).code
