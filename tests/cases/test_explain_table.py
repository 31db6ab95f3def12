"""What each question stands for and looks at, and the order in which each opening asks: written out, compared whole."""

from datetime import UTC, date, datetime
from itertools import combinations

import pytest

from teleprocedures import HELD_ELSEWHERE, Adhesion, AdhesionForm, Mandate, Space, explain, explain_payment
from teleprocedures.cases import LIFECYCLES, OPENINGS, RENEWAL_QUESTIONS, WITHDRAWAL_QUESTIONS
from teleprocedures.core import ANYWHERE, ASKED_FIRST, rules_of
from teleprocedures.portfolio import PAYMENT_QUESTIONS
from teleprocedures.testing import space_form

GUARDS = (
    ("is_not_to_come", "A14", "happened=given.at told=given.recorded_at"),
    ("told_in_order", "A14", "told=given.recorded_at recorded_at"),
    ("is_in_the_table", "state", "state=given.case"),
    ("follows_its_fact", "A14", "happened=given.at follows=given.follows"),
    ("is_followed", "A21", "closed=is_closed"),
    ("account_is_new", "A17 2.13", "given.account accounts"),
    ("can_lapse", "F1", "idle.closes"),
    ("code_still_works", "past A15", "time_limit.estimated time_limit.closes"),
    ("entered_elsewhere", "A23", "held_elsewhere"),
    ("from_the_space_that_asked", "3.3 1.12", "given_space=given.space.id state=given.space space_id"),
    ("held_elsewhere", "A15", "held_elsewhere"),
    ("in_time", "past", "time_limit.closes"),
    ("is_another_rulebook", "", "rulebook=rulebook.version new_rulebook=given.rulebook.version"),
    ("is_closed", "A21", "closed=is_closed"),
    ("is_followed", "A21", "closed=is_closed"),
    ("letter_can_bear", "A3", "given.edited told=given.recorded_at earliest"),
    ("letter_counts", "past A3", "held_elsewhere time_limit.estimated time_limit.closes"),
    ("letter_runs_again", "A15", "given.edited told=given.recorded_at"),
    ("opens_the_services", "3.3", ""),
    ("opens_the_space", "1.8", ""),
    ("pays", "2.13", "services"),
    ("reminder_is_due", "limit", "time_limit.closes due_at"),
    ("signed_by_the_representative", "2.16", "given.signatory legal_representative"),
    ("time_is_up", "limit", "time_limit.closes"),
    ("token_opens", "2.8", ""),
    ("used_in_time", "F1 A15", "happened=given.at told=given.recorded_at idle.closes"),
    ("without_messaging", "2.5 2.7", "services"),
)
"""Each guard: its rules, and what it looks at."""
QUESTIONS = (
    ("space.create", "is_not_to_come", "A14", "happened=at told=recorded_at"),
    ("adhesion.request", "space_is_active", "1.12", "state=space"),
    ("adhesion.request", "is_not_to_come", "A14", "happened=at told=recorded_at"),
    ("adhesion.request", "follows_its_fact", "A14 1.12", "happened=at follows"),
    ("adhesion.request", "renews_another", "A16", "renews"),
    ("adhesion.request", "services_are_known", "2.4", "form.services rulebook=rulebook.version"),
    ("mandate.issue", "is_not_to_come", "A14", "happened=at told=recorded_at"),
    ("mandate.issue", "follows_its_fact", "A14", "happened=at follows"),
    ("mandate.issue", "request_is_live", "2.11 3.4", "state=adhesion closes=runs_until"),
    ("mandate.issue", "needs_a_mandate", "2.14", "adhesion.services"),
    ("mandate.issue", "account_is_declared", "2.13", "account adhesion.accounts"),
    (
        "mandate.issue",
        "has_no_other_mandate",
        "A8",
        "account state=mandate closed=mandate.is_closed closes=mandate.time_limit.closes",
    ),
    ("space.take_over", "is_not_to_come", "A14", "happened=at told=recorded_at"),
    ("space.take_over", "days_are_possible", "A19", "seen"),
    ("adhesion.take_over", "space_is_active", "1.12", "state=space"),
    ("adhesion.take_over", "is_not_to_come", "A14", "happened=at told=recorded_at"),
    ("adhesion.take_over", "services_are_chosen", "2.4", "services"),
    ("adhesion.take_over", "file_number_opens_them", "2.3", "organisation services"),
    ("adhesion.take_over", "services_are_known", "2.4", "services rulebook=rulebook.version"),
    ("adhesion.take_over", "days_are_possible", "A19", "seen since requested letter"),
    ("adhesion.take_over", "held_or_awaited", "A19", "since requested letter under_way"),
    ("mandate.take_over", "space_is_active", "1.12", "state=space"),
    ("mandate.take_over", "is_not_to_come", "A14", "happened=at told=recorded_at"),
    ("mandate.take_over", "days_are_possible", "A19", "seen registered last_collected"),
    (
        "mandate.take_over",
        "has_no_other_mandate",
        "A8",
        "account state=mandate closed=mandate.is_closed closes=mandate.time_limit.closes",
    ),
    ("pay", "service_pays", "2.13", "service service.pays"),
    ("pay", "service_is_held", "3.5", "state=request since closed=request.is_closed pay_day=at"),
    ("pay", "account_is_declared", "2.13 A17", "account accounts"),
    (
        "pay",
        "mandate_is_registered",
        "2.14 2.18 2.20",
        (
            "service.needs_mandate state=mandate closed=mandate.is_closed registered"
            " seen=mandate.origin.seen closes=mandate.time_limit.closes pay_day=at"
        ),
    ),
    ("withdraw", "is_no_opening", "A20", "event=fact.kind fact.version"),
    ("withdraw", "somebody_told_it", "A20", "event=fact.kind fact.version"),
    ("withdraw", "is_no_withdrawal", "A20", "event=fact.kind fact.version"),
    ("withdraw", "stands", "A20", "withdrawn_by"),
    ("withdraw", "is_not_to_come", "A14", "happened=at told=recorded_at"),
    ("withdraw", "follows_its_fact", "A14", "happened=at fact_told=fact.recorded_at"),
    ("withdraw", "told_in_order", "A14", "told=recorded_at case.recorded_at"),
    ("withdraw", "nothing_relies_on_it", "A20", "later"),
    ("renew", "is_of_the_company", "A16", "organisation asks_for=form.organisation"),
    ("renew", "form_is_complete", "2.7 2.13", "services=asked accounts"),
    ("renew", "renews_another", "A16", "renews"),
    ("renew", "services_are_known", "2.4", "form.services rulebook=rulebook.version"),
)
"""Each question of an opening, a payment, a withdrawal or a renewal, in order: its rules, and what it looks at."""


def test_each_guard_stands_for_its_rules_and_looks_at_what_it_judges():
    """The whole table, the questions that are asked first in their order."""
    tables = LIFECYCLES.values()
    guards = {guard for table in tables for row in table.rows for guard in row.guards}
    guards |= {
        it.function for table in tables for verb in ANYWHERE for it in table.turns(table.initial, verb)[0].guards
    }
    every = (*ASKED_FIRST, *sorted(guards, key=lambda guard: guard.__name__))

    assert GUARDS == tuple(
        (it.__name__, " ".join(rules_of(it)), " ".join((*vars(it)["__looks_at__"], *vars(it)["__shows__"])))
        for it in every
    )


def test_each_question_stands_for_its_rules_and_looks_at_what_is_judged():
    """The whole table, in the order in which they are asked."""
    asked = {f"{kind.kind}.{verb}": questions for (kind, verb), questions in OPENINGS.items()}
    asked |= {"pay": PAYMENT_QUESTIONS, "withdraw": WITHDRAWAL_QUESTIONS, "renew": RENEWAL_QUESTIONS}

    assert QUESTIONS == tuple(
        (name, it.name, " ".join(it.rules), " ".join(it.looks_at))
        for name, questions in asked.items()
        for it in questions
    )


def at(*when):
    """An instant of 2025."""
    return datetime(2025, *when, tzinfo=UTC)


IBAN = "FR7630006000011234567890189"
SPACE = Space.take_over(
    id="s",
    email="c@d.fr",
    first_name="C",
    last_name="D",
    organisation="552100554",
    seen=date(2025, 1, 3),
    source="x",
    at=at(1, 6, 9),
).case
FORM = AdhesionForm(organisation="732829320", services=["payer-tva"], bank_accounts=[IBAN])
LIVE = Adhesion.request(SPACE, FORM, id="l", at=at(2, 1)).case
HELD = LIVE.activate(HELD_ELSEWHERE, space=SPACE, at=at(2, 9)).case


def looked(told, question):
    """What a question looked at."""
    (found,) = (it.looked_at for it in told.asked if it.question == question)
    return found


@pytest.mark.rule("2.13", "A16")
def test_a_renewal_is_explained_as_it_is_judged():
    """A form that lacks an account refuses it, and one that has it does not."""
    of_old = Adhesion.take_over(
        SPACE,
        organisation="732829320",
        services=["payer-tva"],
        under_way=True,
        id="a",
        seen=date(2025, 1, 3),
        source="x",
        at=at(1, 6, 10),
    ).case
    refused = explain(of_old, "renew", space=SPACE, at=at(1, 8))

    assert "form.refused" == refused.refusal.code
    assert ["form_is_complete"] == [it.question for it in refused.asked if it.answer == "no"]
    assert None is explain(of_old, "renew", space=SPACE, form=FORM, at=at(1, 8)).refusal
    assert {"not_asked"} == {it.answer for it in explain(of_old, "renew", at=at(1, 8)).asked[-4:]}


@pytest.mark.rule("3.5", "A14")
def test_only_what_is_followed_is_shown():
    """No request without the service; the request that an account follows, and not what came later."""
    told = explain(HELD, "declare_account", account=IBAN, at=at(2, 3), recorded_at=at(3, 1))

    assert None is looked(explain_payment(HELD, "payer-cfe", IBAN, at=at(3, 1)), "service_is_held")["state"]
    assert {"happened": at(2, 3), "follows": at(2, 1)} == looked(told, "follows_its_fact")


@pytest.mark.rule("A19", "A21")
def test_a_closed_request_and_an_unknown_registration_are_said():
    """What is closed says so, and nobody said when the bank had the mandate."""
    closed = HELD.close("client_left", at=at(3, 1)).case
    mandate = Mandate.take_over(
        SPACE, organisation="732829320", account=IBAN, id="m", seen=date(2025, 2, 2), source="x", at=at(3, 1)
    ).case

    assert looked(explain_payment(closed, "payer-tva", IBAN, at=at(3, 2)), "service_is_held")["closed"]
    of_old = looked(explain_payment(HELD, "payer-tva", IBAN, [mandate], at=at(3, 2)), "mandate_is_registered")
    assert (None, date(2025, 2, 2)) == (of_old["registered"], of_old["seen"])


@pytest.mark.rule("1.12", "2.13", "A8", "A14", "A16")
def test_of_two_faults_the_first_question_refuses():
    """The listed question that comes first is the one that says no, and its refusal is that of the verb."""
    mandate = Mandate.issue(LIVE, IBAN, id="m", reference="AB", at=at(2, 2)).case
    lapsed = (
        Space.create(space_form(), id="b", password_hash="p", answer_hash="q", at=at(1, 6, 9))
        .case.lapse(at=at(1, 9))
        .case
    )
    to_come = {"at": at(3, 1, 1), "recorded_at": at(3, 1)}
    faults = {
        (Adhesion, "request"): {
            "space_is_active": {"space": lapsed},
            "is_not_to_come": to_come,
            "renews_another": {"renews": "explained"},
        },
        (Mandate, "issue"): {
            "is_not_to_come": to_come,
            "account_is_declared": {"account": "BE68539007547034"},
            "has_no_other_mandate": {"mandates": [mandate]},
        },
    }
    given = {
        (Adhesion, "request"): {"space": SPACE, "form": FORM, "at": at(3, 1)},
        (Mandate, "issue"): {"adhesion": LIVE, "account": IBAN, "at": at(3, 1)},
    }

    for opening, each in faults.items():
        for first, second in combinations(each, 2):
            told = explain(*opening, **given[opening] | each[second] | each[first])
            assert [first] == [it.question for it in told.asked if it.answer == "no"]
