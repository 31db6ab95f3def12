"""Why a verb is possible or is not: every question in its order, its answer, its rule, in both languages."""

from datetime import date, datetime
from functools import partial
from typing import Any

import attrs
import pytest

from teleprocedures import (
    Adhesion,
    InvalidValueError,
    Mandate,
    Siren,
    Space,
    explain,
    explain_payment,
    explain_withdrawal,
    withdraw,
)
from teleprocedures.cases import LIFECYCLES, OPENINGS, WITHDRAWAL_QUESTIONS, Case
from teleprocedures.core import ANYWHERE, ASKED_FIRST, Answer, Decision, rules_of, stands_for
from teleprocedures.core._explain import looked_at
from teleprocedures.errors import RefusedError
from teleprocedures.portfolio import PAYMENT_QUESTIONS
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03
from teleprocedures.testing import Move, Play, adhesion_form, space_form
from teleprocedures.testing._openers import arguments_of
from teleprocedures.testing._shipped import straight_on
from teleprocedures.wording import ENGLISH, FRENCH
from tests.builders import asked, each, failure, issued, opened, plain
from tests.instants import DAY, HOUR, START, TICK

IBAN, OTHER_IBAN = "FR7630006000011234567890189", "BE68539007547034"
UNKNOWN = attrs.evolve(CATALOGUE.services[0], code="payer-rien", title="Payer rien")
YES, NO, NOT_ASKED = Answer


def gone(steps, *, held=False):
    """A play gone straight on by so many moves, an hour apart."""
    play = Play(at=START, held=held)
    for move in straight_on()[:steps]:
        play.make(move)
        play.wait(HOUR)
    return play


def answers(explanation):
    """The questions with their answers and rules."""
    return [(it.question, it.answer, it.rules) for it in explanation.asked]


# --- The rules of guards ----------------------------------------------------------------------------------------------


def test_every_question_says_its_rules_and_is_worded():
    """Each guard of each table, and each question of an opening or a payment, with its words in both languages."""
    tables = LIFECYCLES.values()
    guards = {guard for it in tables for row in it.rows for guard in row.guards}
    guards |= {
        it.function for table in tables for verb in ANYWHERE for it in table.turns(table.initial, verb)[0].guards
    }
    every = {guard.__name__: rules_of(guard) for guard in guards}
    asked_of = (*OPENINGS.values(), PAYMENT_QUESTIONS, WITHDRAWAL_QUESTIONS)
    every |= {it.name: it.rules for questions in asked_of for it in questions}
    every |= {question.__name__: rules_of(question) for question in ASKED_FIRST}

    for question, rules in every.items():
        # Moving a case to another rulebook is a decision of ours, which no rule asks for.
        assert bool(rules) is (question != "is_another_rulebook"), question
        assert {*rules} <= {*EXPERT_2024_04_03._index, "past", "limit", "state"}
        for words in (ENGLISH, FRENCH):
            assert f"question.{question}" in words.words


def test_every_verb_that_is_explained_is_worded():
    """Those of the tables, those of every case, and what opens one or pays."""
    verbs = {(it.name, row.trigger) for it in LIFECYCLES.values() for row in it.rows}
    verbs |= {(it.name, verb) for it in LIFECYCLES.values() for verb in ANYWHERE}
    verbs |= {(kind.kind, verb) for kind, verb in OPENINGS} | {("payment", "pay"), ("case", "withdraw")}

    for of, verb in verbs:
        for words in (ENGLISH, FRENCH):
            assert f"verb.{of}.{verb}" in words.words or f"verb.{verb}" in words.words, verb


def test_a_guard_of_a_host_says_its_rules_too():
    """What nobody said stands for nothing; what is said is data of the function, which stays itself."""

    def plain_guard(case, at):
        return True

    @stands_for("A15", "F1", looks_at="due_at since")
    def guard(case, at):
        return True

    assert ((), ("A15", "F1")) == (rules_of(plain_guard), rules_of(guard))
    assert "guard" == guard.__name__


# --- Verbs of cases ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("3.1", "3.4", "A14")
def test_a_refusal_is_explained():
    """Too late: what was asked before says yes, what comes after is not asked, and the code is nowhere."""
    play = gone(4)
    told = explain(
        play.cases["adhesion-1"], "activate", at=START + 90 * DAY, code="K7MQ-2XW9", space=play.cases["space-1"]
    )

    assert [
        ("is_not_to_come", YES, ("A14",)),
        ("told_in_order", YES, ("A14",)),
        ("is_in_the_table", YES, ("3.1",)),
        ("follows_its_fact", YES, ("A14",)),
        ("code_still_works", NO, ("3.4",)),
        ("from_the_space_that_asked", NOT_ASKED, ("3.3", "1.12")),
        ("opens_the_services", NOT_ASKED, ("3.3",)),
    ] == answers(told)
    assert "deadline.passed" == told.refusal.code == told.asked[4].refusal.code
    assert {"closes": play.cases["adhesion-1"].deadline.closes, "estimated": False} == told.asked[4].looked_at
    assert "K7MQ" not in str(told) + repr(told)


def test_what_is_possible_is_explained_too():
    """Every question of the row that is taken says yes, and a row after it is not asked."""
    play = gone(4, held=True)
    play.wait(80 * DAY)
    play.make(Move("lapse", "adhesion-1"))
    play.wait(2 * DAY)
    # By when it is told, not by when it was seen: a letter may bear any day until then.
    told = explain(
        play.cases["adhesion-1"], "record_letter", at=play.at - DAY, recorded_at=play.at, edited=play.at.date()
    )

    assert told.refusal is None
    assert [
        ("held_elsewhere", YES),
        ("letter_can_bear", YES),
        ("letter_runs_again", YES),
        ("held_elsewhere", NOT_ASKED),
        ("letter_can_bear", NOT_ASKED),
    ] == [(it.question, it.answer) for it in told.asked[4:]]


def test_a_no_without_a_refusal_lets_the_next_row_try():
    """A letter whose own days are over too confirms the lapse: the first row says no, the second one yes."""
    play = gone(4, held=True)
    first_day = play.at.date()
    play.wait(80 * DAY)
    play.make(Move("lapse", "adhesion-1"))
    told = explain(play.cases["adhesion-1"], "record_letter", at=play.at, edited=first_day)

    assert [YES, YES, NO, YES, YES] == [it.answer for it in told.asked[4:]]
    assert told.refusal is None


@pytest.mark.rule("A14", "A21", "2.10")
def test_order_and_table_are_asked_first():
    """Told before the last telling, happened before its fact, closed, and what the state does not allow."""
    play = gone(4)
    adhesion, space = play.cases["adhesion-1"], play.cases["space-1"]
    closed = adhesion.close("mistake", at=play.at).case
    told = {
        "told_in_order": explain(adhesion, "activate", at=START, space=space),
        "follows_its_fact": explain(adhesion, "activate", at=START, recorded_at=play.at, space=space),
        "is_followed": explain(closed, "remind", at=play.at + 60 * DAY),
        "is_in_the_table": explain(adhesion, "confirm_company_email", at=play.at),
    }

    for question, explanation in told.items():
        assert [question] == [it.question for it in explanation.asked if it.answer is NO]
    assert "transition.not_allowed" == told["is_in_the_table"].refusal.code
    assert ("3.1",) == told["is_in_the_table"].asked[-1].rules


@pytest.mark.rule("A14")
def test_a_fact_that_is_to_come_is_refused_by_time_alone():
    """It is told before it happens: the first question says no, and nothing else is asked, as in the refusal."""
    play = gone(4)
    case, at = play.cases["adhesion-1"], play.at + DAY
    given = {"code": "K7MQ-2XW9", "space": play.cases["space-1"]}
    for day in (at, at.date() + DAY):
        told = explain(case, "activate", at=day, recorded_at=at - TICK, **given)

        assert [NO, *[NOT_ASKED] * 6] == [it.answer for it in told.asked]
        assert "order.future" == told.refusal.code == case.refusal("activate", at=day, recorded_at=at - TICK).code


@pytest.mark.rule("A22")
@each(
    "day answers code",
    (-1, [NO], "order.before_fact"),
    (0, [YES] * 4, None),
    (60, [YES] * 4, None),
    (61, [YES, NO], "deadline.passed"),
)
def test_a_civil_day_is_explained(day, answers, code):
    """At the first instant of it at which it is possible; a refusal says the day and no hour."""
    play = gone(4)
    case, at = play.cases["adhesion-1"], START.date() + day * DAY
    told = explain(case, "activate", at=at, recorded_at=START + 70 * DAY, space=play.cases["space-1"])
    asked = told.asked[3:4] if code == "order.before_fact" else told.asked[3:5] if code else told.asked[:4]

    assert answers == [it.answer for it in asked]
    assert code == (told.refusal and told.refusal.code)
    assert code is None or at == told.refusal.at


@pytest.mark.rule("A22")
def test_an_explanation_of_a_day_comes_to_what_the_verb_comes_to():
    """Of a letter, of a day that it cannot bear, of a verb that the state does not allow, of a case that is closed."""
    play = gone(4, held=True)
    case, day = play.cases["adhesion-1"], play.at.date() + DAY
    closed = case.close("mistake", at=play.at).case

    assert explain(case, "record_letter", at=day, edited=day).refusal is None
    assert "letter.not_allowed" == explain(case, "record_letter", at=day, edited=day + DAY).refusal.code
    assert "transition.not_allowed" == explain(case, "confirm_company_email", at=day).refusal.code
    assert "case.closed" == explain(closed, "close", at=day).refusal.code
    assert explain(Space, "create", at=day, form=space_form()).refusal is None


@pytest.mark.rule("A14", "A17", "A21")
def test_what_is_no_secret_is_looked_at():
    """The accounts that are declared, masked; whether the case is closed; the rulebook that it is under."""
    case, at = gone(4).cases["adhesion-1"], START + DAY
    declared = explain(case, "declare_account", at=at, account=IBAN)
    other = attrs.evolve(case.rulebook, version="other")

    assert {"account": "FR76 **** 0189", "accounts": tuple(map(str, case.accounts))} == looked(
        declared, "account_is_new"
    )
    assert {"closed": False} == looked(explain(case, "reopen", at=at), "is_closed")
    assert {"rulebook": "expert-2024-04-03", "new_rulebook": "other"} == looked(
        explain(case, "change_rulebook", at=at, rulebook=other), "is_another_rulebook"
    )


def test_what_is_left_out_is_not_asked():
    """A question about what is not given, here the code and the space, is not asked."""
    play = gone(4)
    told = explain(play.cases["adhesion-1"], "activate", at=play.at)

    assert [YES, NOT_ASKED, NOT_ASKED] == [it.answer for it in told.asked[4:]]
    assert told.refusal is None


@each("steps", *range(1, 10))
def test_an_explanation_comes_to_what_the_verb_comes_to(steps):
    """Of everything that can be tried at each place, the refusal explained is the refusal of the verb."""
    play = gone(steps)
    for move in play.moves():
        case = play.cases.get(move.case)
        if case is None or move.makes is not None or move.at is not None or move.verb == "withdraw":
            continue
        outcome = play.judge(move)
        takes = case.table.takes(move.verb) or arguments_of(type(case), move.verb)
        given = {name: value for name, value in play.arguments(move).items() if name in takes}
        told = explain(case, move.verb, at=play.at, **given)
        expected = None if isinstance(outcome, Decision) else (type(outcome), outcome.code, outcome.rule)

        assert expected == (
            None if told.refusal is None else (type(told.refusal), told.refusal.code, told.refusal.rule)
        )


def test_what_is_no_verb_is_refused():
    """A misspelt verb, a name that it does not take, a naive instant."""
    case = gone(1).cases["space-1"]

    with pytest.raises(ValueError, match="'activat' is no verb"):
        explain(case, "activat", at=START)
    with pytest.raises(TypeError, match="takes no 'kode'"):
        explain(case, "activate", at=START, kode="X")
    naive = datetime(2025, 1, 6)
    for told in (
        partial(explain, case, "activate"),
        partial(explain, Space, "create"),
        partial(explain_payment, [], "payer-tva", IBAN),
        partial(explain_withdrawal, [], 1),
    ):
        assert "instant.naive" == failure(told, at=naive).code
    with pytest.raises(ValueError, match=r"'activate' opens no case of Space: expected one of Space\.create, Adhesion"):
        explain(Space, "activate", at=START)


# --- Openings and payments --------------------------------------------------------------------------------------------


@pytest.mark.rule("1.12", "A14", "A16")
def test_an_opening_is_explained():
    """A request from a space that is not active, and one that is possible; a space that is asked for tomorrow."""
    form = adhesion_form()
    pending, active = gone(1).cases["space-1"], gone(2).cases["space-1"]
    refused = explain(Adhesion, "request", at=START + DAY, space=pending, form=form)
    possible = explain(Adhesion, "request", at=START + DAY, space=active, form=form)
    future = explain(Space, "create", at=START + DAY, recorded_at=START, form=space_form())
    itself = explain(Adhesion, "request", at=START + DAY, space=active, form=form, renews="explained")

    assert [
        ("space_is_active", NO, ("1.12",)),
        ("is_not_to_come", NOT_ASKED, ("A14",)),
        ("follows_its_fact", NOT_ASKED, ("A14", "1.12")),
        ("renews_another", NOT_ASKED, ("A16",)),
        ("services_are_known", NOT_ASKED, ("2.4",)),
    ] == answers(refused)
    assert [YES] * 5 == [it.answer for it in possible.asked]
    assert (None, "order.future") == (possible.refusal, future.refusal.code)
    assert [YES, YES, YES, NO, NOT_ASKED] == [it.answer for it in itself.asked]


@pytest.mark.rule("A8", "2.13", "2.14", "3.4")
def test_a_mandate_is_explained():
    """Each of its questions is answered with no in its turn."""
    play = gone(6)
    request, mandate, at = play.cases["adhesion-1"], play.cases["mandate-1"], play.at
    plain_request = gone(2)
    plain_request.make(Move("request_adhesion", "space-1", "adhesion-1"))
    given = {"adhesion": request, "account": IBAN, "at": at}
    told = {
        "request_is_live": explain(
            Mandate, "issue", **given | {"adhesion": gone(4).cases["adhesion-1"], "at": at + 90 * DAY}
        ),
        "needs_a_mandate": explain(Mandate, "issue", **given | {"adhesion": plain_request.cases["adhesion-1"]}),
        "account_is_declared": explain(Mandate, "issue", **given | {"account": OTHER_IBAN}),
        "has_no_other_mandate": explain(Mandate, "issue", **given, mandates=[mandate]),
        "is_well_formed": explain(Mandate, "issue", **given | {"account": "FR76"}),
    }

    for question, explanation in told.items():
        assert [question] == [it.question for it in explanation.asked if it.answer is NO]
    assert explain(Mandate, "issue", **given).refusal is None


TAKEN: dict[type[Case], dict[str, Any]] = {
    Space: {
        "email": "a@b.fr",
        "first_name": "Camille",
        "last_name": "Durand",
        "organisation": "732829320",
        "seen": START.date(),
        "at": START,
    },
    Adhesion: {
        "space": opened(),
        "organisation": "552100554",
        "services": ["payer-tva"],
        "seen": START.date(),
        "at": START,
    },
    Mandate: {"space": opened(), "organisation": "552100554", "account": IBAN, "seen": START.date(), "at": START},
}
"""What is known of each kind of case that is taken over."""


@pytest.mark.rule("1.12", "2.3", "2.4", "A8", "A14", "A19")
@pytest.mark.parametrize(
    ("kind", "questions"),
    [
        (Space, [("is_not_to_come", "A14"), ("days_are_possible", "A19")]),
        (
            Adhesion,
            [
                ("space_is_active", "1.12"),
                ("is_not_to_come", "A14"),
                ("services_are_chosen", "2.4"),
                ("file_number_opens_them", "2.3"),
                ("services_are_known", "2.4"),
                ("days_are_possible", "A19"),
                ("held_or_awaited", "A19"),
            ],
        ),
        (
            Mandate,
            [
                ("space_is_active", "1.12"),
                ("is_not_to_come", "A14"),
                ("days_are_possible", "A19"),
                ("has_no_other_mandate", "A8"),
            ],
        ),
    ],
)
def test_a_taking_over_is_explained(kind, questions):
    """What is possible answers each question with yes, under its rule, in this order."""
    told = explain(kind, "take_over", **TAKEN[kind])

    assert [(name, YES, (rule,)) for name, rule in questions] == answers(told)
    assert told.refusal is None


@pytest.mark.rule("1.12", "2.3", "2.4", "A8", "A14", "A19")
@pytest.mark.parametrize(
    ("kind", "question", "code", "changes"),
    [
        (Space, "is_well_formed", "email.no_at_sign", {"email": "camille"}),
        (Space, "is_not_to_come", "order.future", {"recorded_at": START - TICK}),
        (Space, "days_are_possible", "day.not_allowed", {"seen": (START + DAY).date()}),
        (Adhesion, "is_well_formed", "argument.wrong_type", {"under_way": 1}),
        (Adhesion, "space_is_active", "space.not_active", {"space": asked().case}),
        (Adhesion, "is_not_to_come", "order.future", {"recorded_at": START - TICK}),
        (Adhesion, "services_are_chosen", "form.refused", {"services": []}),
        (Adhesion, "file_number_opens_them", "form.refused", {"organisation": "TF2024A17"}),
        (Adhesion, "services_are_known", "service.not_in_catalogue", {"services": [UNKNOWN]}),
        (Adhesion, "days_are_possible", "day.not_allowed", {"seen": (START + DAY).date()}),
        (Adhesion, "days_are_possible", "day.not_allowed", {"since": (START + DAY).date()}),
        (Adhesion, "held_or_awaited", "taken_over.held_and_awaited", {"since": START.date(), "under_way": True}),
        (Mandate, "is_well_formed", "iban.check_digits", {"account": "FR7630006000011234567890188"}),
        (Mandate, "space_is_active", "space.not_active", {"space": asked().case}),
        (Mandate, "is_not_to_come", "order.future", {"recorded_at": START - TICK}),
        (Mandate, "days_are_possible", "day.not_allowed", {"registered": (START + DAY).date()}),
        (Mandate, "has_no_other_mandate", "mandate.repeated", {"mandates": [issued().case]}),
    ],
)
def test_each_refusal_of_a_taking_over_is_a_question(kind, question, code, changes):
    """It says no, those before it say yes, and those after it are not asked."""
    told = explain(kind, "take_over", **TAKEN[kind] | changes)
    place = [it.question for it in told.asked].index(question)
    after = len(told.asked) - place - 1

    assert [*[YES] * place, NO, *[NOT_ASKED] * after] == [it.answer for it in told.asked]
    assert code == told.refusal.code == told.asked[place].refusal.code
    for words in (ENGLISH, FRENCH):
        assert words.words[f"question.{question}"] in told.render(words)


@pytest.mark.rule("2.13", "2.20", "3.5")
def test_a_payment_is_explained():
    """Whether the service pays, is held, from a declared account, with a registered mandate."""
    play = gone(9)
    request, mandates, at = play.cases["adhesion-1"], [play.cases["mandate-1"]], play.at
    told = {
        "service_pays": explain_payment(request, "messagerie", IBAN, mandates, at=at),
        "service_is_held": explain_payment(request, "payer-cfe", IBAN, mandates, at=at),
        "account_is_declared": explain_payment(request, "payer-tva", OTHER_IBAN, mandates, at=at),
        "mandate_is_registered": explain_payment(request, "payer-tva", IBAN, [], at=at),
    }

    for question, explanation in told.items():
        assert [question] == [it.question for it in explanation.asked if it.answer is NO]
    assert [YES] * 4 == [it.answer for it in explain_payment(request, "payer-tva", IBAN, mandates, at=at).asked]
    assert isinstance(told["service_is_held"].refusal, RefusedError)


# --- What openings, payments and withdrawals look at ------------------------------------------------------------------


def everything_given():
    """Each opening with all that it can be given, a payment and a withdrawal, as they are explained."""
    play = gone(9)
    space, request, mandate = (play.cases[name] for name in ("space-1", "adhesion-1", "mandate-1"))
    at, form, of_mandate = play.at, adhesion_form(), {"mandates": iter([mandate])}
    given = {
        (Space, "create"): {"form": space_form()},
        (Adhesion, "request"): {"space": space, "form": form, "renews": "adhesion-0"},
        (Mandate, "issue"): {"adhesion": request, "account": IBAN, **of_mandate},
        (Space, "take_over"): TAKEN[Space],
        (Adhesion, "take_over"): TAKEN[Adhesion] | {"requested": START.date()},
        (Mandate, "take_over"): TAKEN[Mandate] | {"registered": date(2020, 3, 2), "mandates": iter([mandate])},
    }
    told = {opening: explain(*opening, **{"at": at} | given[opening]) for opening in OPENINGS}
    told["pay"] = explain_payment(iter([request]), "payer-tva", IBAN, iter([mandate]), at=at)
    told["withdraw"] = explain_withdrawal(iter(play.events["adhesion-1"]), 2, at=at)
    return told


@pytest.mark.parametrize("words", [ENGLISH, FRENCH], ids=["english", "french"])
def test_every_question_looks_at_what_was_given(words):
    """At something, which is there, and which both languages call by a name; no account is shown whole."""
    for opening, told in everything_given().items():
        for it in told.asked:
            if it.question != "stands":
                assert [value for value in it.looked_at.values() if value is not None], (opening, it.question)
            assert {f"looked.{name}" for name in it.looked_at} <= words.words.keys()
        assert IBAN not in repr(told) + told.render(words)


def looked(explanation, question):
    """What a question looked at."""
    (found,) = (it.looked_at for it in explanation.asked if it.question == question)
    return found


@pytest.mark.rule("1.12", "A16")
def test_a_space_that_is_not_active_is_looked_at():
    """Where it stands and since when; the request that it renews is None, since there is none."""
    refused = explain(Adhesion, "request", at=START + DAY, space=gone(1).cases["space-1"], form=adhesion_form())

    assert {"happened": START + DAY, "told": START + DAY} == looked(refused, "is_not_to_come")
    assert {"state": "space.pending"} == looked(refused, "space_is_active")
    assert {"renews": None} == looked(refused, "renews_another")
    assert {"services": adhesion_form().services, "rulebook": "expert-2024-04-03"} == looked(
        refused, "services_are_known"
    )


@pytest.mark.rule("A8", "2.13", "A14", "A17")
def test_a_mandate_that_is_there_is_looked_at():
    """The request and its accounts; the mandate of the account, of several the one that counts; none is None."""
    play = gone(9)
    request, mandate, at = play.cases["adhesion-1"], play.cases["mandate-1"], play.at
    closed = mandate.close("mistake", at=at).case
    told = explain(Mandate, "issue", adhesion=request, account=IBAN, mandates=[closed, mandate, closed], at=at)
    other = explain(Mandate, "issue", adhesion=request, account=OTHER_IBAN, mandates=[mandate], at=at)
    wrong = explain(Mandate, "issue", adhesion=IBAN, account="FR76", mandates=7, at=at)

    assert {"follows": START + 2 * HOUR, "happened": at} == looked(told, "follows_its_fact")
    assert {"state": "activation.active", "closes": None} == looked(told, "request_is_live")
    assert {"services": request.services} == looked(told, "needs_a_mandate")
    assert {"account": "FR76 **** 0189", "accounts": tuple(map(str, request.accounts))} == looked(
        told, "account_is_declared"
    )
    assert {
        "account": "FR76 **** 0189",
        "state": "mandate.registered",
        "closed": False,
        "closes": mandate.idle.closes,
    } == looked(told, "has_no_other_mandate")
    assert {"account": "BE68 **** 7034", "state": None, "closed": None, "closes": None} == looked(
        other, "has_no_other_mandate"
    )
    assert {None} == {value for it in wrong.asked[3:] for value in it.looked_at.values()}


@pytest.mark.rule("A19", "A22")
def test_a_taking_over_looks_at_what_is_known():
    """Days as they were given; a mandate on its way counts before one that is not; no hour that was not told."""
    told = explain(Adhesion, "take_over", **TAKEN[Adhesion] | {"services": "payer-tva", "requested": "yesterday"})
    under_way = Adhesion.take_over(**TAKEN[Adhesion] | {"id": "a", "source": "list", "requested": START.date()}).case
    of_mandate = explain(Mandate, "issue", adhesion=under_way, account=IBAN, at=START)
    unknown = Adhesion.take_over(**TAKEN[Adhesion] | {"id": "a", "source": "list", "under_way": True}).case
    mandate = explain(Mandate, "take_over", **TAKEN[Mandate] | {"mandates": [issued().case]})

    assert {"organisation": Siren("552100554"), "services": ("payer-tva",)} == looked(told, "file_number_opens_them")
    assert {"seen": START.date(), "since": None, "requested": None, "letter": None} == looked(told, "days_are_possible")
    assert {"since": None, "requested": None, "letter": None, "under_way": False} == looked(told, "held_or_awaited")
    assert START.date() == looked(of_mandate, "follows_its_fact")["follows"]
    assert (
        None
        is looked(explain(Mandate, "issue", adhesion=unknown, account=IBAN, at=START), "follows_its_fact")["follows"]
    )
    assert {"seen": START.date(), "registered": None, "last_collected": None} == looked(mandate, "days_are_possible")
    assert ("mandate.issued", None) == tuple(looked(mandate, "has_no_other_mandate")[it] for it in ("state", "closes"))
    assert {"state": "space.active"} == looked(told, "space_is_active")


@pytest.mark.rule("2.18", "2.20", "A19", "A22")
def test_a_payment_before_the_registration_is_looked_at():
    """The day of the payment and that of the registration; a mandate that is not there is None."""
    play = gone(9)
    request, mandate, at = play.cases["adhesion-1"], play.cases["mandate-1"], play.at
    early = explain_payment(request, "payer-tva", IBAN, [mandate], at=mandate.since - TICK)
    none = explain_payment(request, "payer-tva", IBAN, at=at)
    before = explain_payment(request, "payer-tva", IBAN, [mandate], at=START)
    of_old = Mandate.take_over(
        **TAKEN[Mandate] | {"organisation": request.organisation, "registered": date(2024, 3, 2)}, id="m", source="list"
    ).case
    of_day = explain_payment(request, "payer-tva", IBAN, [of_old], at=at)

    assert {"service": CATALOGUE["payer-tva"], "pays": True} == looked(early, "service_pays")
    assert {
        "state": "activation.active",
        "since": request.since,
        "closed": False,
        "pay_day": mandate.since - TICK,
    } == looked(early, "service_is_held")
    assert {"account": "FR76 **** 0189", "accounts": tuple(map(str, request.accounts))} == looked(
        early, "account_is_declared"
    )
    assert {
        "needs_mandate": True,
        "state": "mandate.registered",
        "closed": False,
        "registered": mandate.since,
        "seen": None,
        "closes": mandate.idle.closes,
        "pay_day": mandate.since - TICK,
    } == looked(early, "mandate_is_registered")
    assert "payment.mandate_later" == early.refusal.code
    assert {
        "needs_mandate": True,
        "state": None,
        "closed": None,
        "registered": None,
        "seen": None,
        "closes": None,
        "pay_day": at,
    } == looked(none, "mandate_is_registered")
    assert {"state": None, "since": None, "closed": None, "pay_day": START} == looked(before, "service_is_held")
    assert {"account": "FR76 **** 0189", "accounts": ()} == looked(before, "account_is_declared")
    assert date(2024, 3, 2) == looked(of_day, "mandate_is_registered")["registered"]
    assert {"service": None, "pays": None} == looked(explain_payment([], "payer-tva", IBAN, at=at), "service_pays")


# --- Withdrawals ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("A20", "A14")
def test_a_withdrawal_is_explained():
    """Its questions in the order in which `withdraw` asks them, each with what it looked at."""
    play = gone(9, held=True)
    events, at = play.events["adhesion-1"], play.at
    told = explain_withdrawal(events, 2, at=at)
    possible = explain_withdrawal(events, 3, at=at)

    assert [
        ("is_no_opening", YES, ("A20",)),
        ("somebody_told_it", YES, ("A20",)),
        ("is_no_withdrawal", YES, ("A20",)),
        ("stands", YES, ("A20",)),
        ("is_not_to_come", YES, ("A14",)),
        ("follows_its_fact", YES, ("A14",)),
        ("told_in_order", YES, ("A14",)),
        ("nothing_relies_on_it", NO, ("A20",)),
    ] == answers(told)
    assert {"event": "company-email-confirmed", "version": 2} == looked(told, "is_no_opening")
    assert {"withdrawn_by": None} == looked(told, "stands")
    assert {"happened": at, "fact_told": events[1].recorded_at} == looked(told, "follows_its_fact")
    assert {"told": at, "recorded_at": events[2].recorded_at} == looked(told, "told_in_order")
    assert {"later": (3,)} == looked(told, "nothing_relies_on_it")
    assert "withdrawal.relied_on" == told.refusal.code
    assert None is possible.refusal
    assert {"later": ()} == looked(possible, "nothing_relies_on_it")
    twice = explain_withdrawal((*events, *withdraw(events, 3, reason="a mistake", at=at).events), 3, at=at)
    assert {"withdrawn_by": 4} == looked(twice, "stands")
    assert ["stands"] == [it.question for it in twice.asked if it.answer is NO]
    assert str(told).startswith("withdraw a fact: refused, the event company-email-confirmed, ")
    assert (
        "- le fait n'ouvre pas le dossier : oui (règle A20) ; fait l'utilisation du lien de validation, numéro 2"
    ) == plain(told.render(FRENCH)).splitlines()[1]


@pytest.mark.rule("A20", "A14", "A22")
@each("steps held", *((steps, held) for steps in range(1, 10) for held in (False, True)))
def test_an_explanation_comes_to_what_the_withdrawal_comes_to(steps, held):
    """Of every version of whole histories with reminders, lapses and withdrawals, at instants and days around each."""
    play = gone(steps, held=held)
    for move in ("remind", "lapse"):
        play.wait(70 * DAY)
        for name in [*play.cases]:
            if isinstance(play.judge(Move(move, name)), Decision):
                play.make(Move(move, name))
    for events in play.events.values():
        check_withdrawals(events, play.at)
        last = [it for it in range(1, len(events) + 1) if explain_withdrawal(events, it, at=play.at).refusal is None]
        for version in last[-1:]:
            check_withdrawals((*events, *withdraw(events, version, reason="a mistake", at=play.at).events), play.at)


def check_withdrawals(events, now):
    """The refusal explained is the one that is raised, and nothing is refused without it."""
    told = {it.recorded_at for it in events}
    times = [(at, None) for at in (now, now.date(), *told, *(it - TICK for it in told))]
    times += [(now, now - TICK), (events[0].at.date(), now)]
    for version in (0, *range(1, len(events) + 2), True):
        for at, recorded_at in times:
            given = {"at": at, "recorded_at": recorded_at}
            try:
                expected = withdraw(events, version, reason="a mistake", **given) and None
            except (RefusedError, InvalidValueError) as refusal:
                expected = type(refusal), refusal.code, refusal.facts
            found = explain_withdrawal(events, version, **given).refusal

            assert expected == (found and (type(found), found.code, found.facts)), (version, given)


def test_what_is_no_withdrawal_says_what_it_is():
    """No events, a reason that is no text: the first question has the refusal, and none after it is asked."""
    events = gone(9, held=True).events["adhesion-1"]
    at = START + DAY

    for told, code in (
        (explain_withdrawal([], 1, at=at), "history.empty"),
        (explain_withdrawal(7, 1, at=at), "argument.wrong_type"),
        (explain_withdrawal(events, 3, at=at, reason=" "), "remark.missing"),
    ):
        assert ("is_well_formed", code) == (told.asked[0].question, told.refusal.code)
        assert {NOT_ASKED} == {it.answer for it in told.asked[1:]}


# --- Words ------------------------------------------------------------------------------------------------------------


def test_an_explanation_is_worded_in_both_languages():
    """The verdict, then a line for each question with what it looked at, its answer and its rule."""
    play = gone(4)
    told = explain(play.cases["adhesion-1"], "record_letter", at=play.at, edited=date(2025, 2, 1))

    assert (
        "report the day of the letter: possible\n"
        "- told once it had happened: yes (rule A14); happened Monday 6 January 2025 at 14:00 in Paris"
    ) == "\n".join(str(explain(play.cases["adhesion-1"], "record_letter", at=play.at)).splitlines()[:2])
    french = plain(told.render(FRENCH)).splitlines()
    assert "- l'état le permet : oui (règle 3.1) ; état en attente du code du courrier" == french[3]
    assert (
        "- la date du courrier compte encore : oui (règles 3.4, A3) ; détenu ailleurs non, estimé non, dernier"
        " instant utile" in french[5]
    )
    mal = explain(Mandate, "issue", adhesion=play.cases["adhesion-1"], account="FR76", at=play.at)
    assert "what is given is well formed: no" == str(mal.asked[0])


def test_what_is_not_there_yet_is_none():
    """A guard may look at a time limit that was never set: there is nothing to tell of it."""

    @stands_for("F1", looks_at="time_limit.closes state")
    def idle(case, at):
        return True

    mandate = issued().case

    assert {"closes": None, "state": mandate.state} == looked_at(idle, mandate, START, {})
    assert {} == looked_at(lambda case, at: True, mandate, START, {})
