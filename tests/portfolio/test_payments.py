"""Which payments pass: what each refusal says, and that accounts, companies and mandates are never mixed up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.cases._case import _OF_A_LETTER
from teleprocedures.portfolio._leads import _SPANS
from teleprocedures.portfolio._payments import _WHILE_POSTED
from teleprocedures.rulebook.catalogue import PAY_VAT
from teleprocedures.words import ENGLISH_WORDS
from tests import builders
from tests.builders import POSTED, linked, opened, paying

ONE = "FR7630006000011234567890189"
OTHER = "DE89370400440532013000"
COMPANY, OTHER_COMPANY = "552 100 554", "732 829 320"
B2B = ["payer-tva", "payer-ts", "payer-is", "payer-cvae", "payer-pas"]
AT = datetime(2024, 5, 2, 9, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SPACE = opened(at=AT)


def requested(*services: str, at: datetime = AT, **changes: Any) -> tp.Adhesion:
    """A request that waits for the code of its letter, with one account unless said otherwise."""
    return paying(*services, at=at, **{"space": SPACE, "id": "adhesion", "organisation": COMPANY, **changes}).case


def held(*services: str, at: datetime = AT, space: Any = SPACE, **changes: Any) -> tp.Adhesion:
    """A request whose services are held."""
    return requested(*services, at=at, space=space, **changes).activate(POSTED, space=space, at=at).case


def mandate(
    adhesion: tp.Adhesion, state: tp.MandateState, account: str = ONE, *, at: datetime = AT, id: str = "mandate"
) -> tp.Mandate:
    """The mandate of an account, in this state, all its steps taken at one instant."""
    return builders.mandate_in(state, adhesion, account, at=at, id=id)


def to_do(error: tp.PaymentRefusedError) -> list[tuple[str, str, str]]:
    """What a refusal says is to be done: by whom, what, under which rule."""
    return [(step.actor, step.action, str(step.rule)) for step in error.remedy]


REGISTERING = [
    (tp.Actor.LEGAL_REPRESENTATIVE, tp.Action.SIGN_MANDATE, "2.16"),
    (tp.Actor.USER, tp.Action.SEND_MANDATE, "2.17"),
    (tp.Actor.BANK, tp.Action.REGISTER_MANDATE, "2.19"),
    (tp.Actor.USER, tp.Action.CHECK_MANDATE, "2.19"),
]
ISSUING = [(tp.Actor.USER, tp.Action.ISSUE_MANDATE, "2.15"), *REGISTERING]


def refusal(*given: Any, at: datetime = AT) -> tp.PaymentRefusedError:
    """The refusal of a payment; its text says what to do, and no IBAN."""
    with pytest.raises(tp.PaymentRefusedError) as error:
        tp.check_payment(*given, at=at)
    assert isinstance(error.value.remedy, tuple)
    told = "; ".join(step.render(ENGLISH_WORDS, about=False) for step in error.value.remedy)
    assert str(error.value).endswith(f"; what to do: {told}" if told else ")")
    assert not {ONE[4:-4], OTHER[4:-4]} & set(str(error.value).split())
    assert ONE not in str(error.value) + repr(error.value)
    return error.value


@pytest.mark.rule("2.14", "2.18", "2.19", "2.20", "A8")
@pytest.mark.parametrize("service", B2B)
def test_a_registered_mandate_lets_payments_pass(service: str) -> None:
    """From the very instant of the registration; without one the service is held, and the whole way to pay is told."""
    adhesion = held(service)
    registered = mandate(adhesion, tp.MandateState.REGISTERED)
    tp.check_payment(adhesion, service, ONE, [registered], at=AT)
    tp.check_payment(adhesion, tp.CATALOGUE[service], tp.BankAccount(ONE), iter([registered]), at=AT)
    error = refusal(adhesion, service, ONE)
    assert ("2.20", ISSUING) == (error.rule, to_do(error))
    assert {("adhesion", tp.BankAccount(ONE), None)} == {(step.case_id, step.account, step.by) for step in error.remedy}
    assert error.remedy[0].render(ENGLISH_WORDS, about=False) in str(error)


@pytest.mark.rule("2.13", "2.15", "2.16", "2.17", "2.18", "2.19", "2.20", "3.5", "F1")
def test_each_refusal_has_its_code_its_facts_and_what_is_left_to_do() -> None:
    """What is wrong, and the values that it is about: IBANs masked, instants whole; then who has to do what."""
    both = held("payer-tva", "payer-cfe", bank_accounts=[ONE, OTHER])
    waiting = requested("payer-tva", "payer-cfe", bank_accounts=[ONE])
    later = mandate(both, tp.MandateState.SENT).register(at=AT + MICROSECOND).case
    # At that instant, nobody had issued it yet.
    not_yet = mandate(both, tp.MandateState.REGISTERED, at=AT + MICROSECOND)
    states = tp.MandateState
    about = {"service": "payer-tva", "account": "FR76 **** 0189"}
    unknown = {"account": "FR14 **** 2606", "expected": ("FR76 **** 0189", "DE89 **** 3000")}
    soon = about | {"mandate": "RUM-1", "state": "registered", "since": AT + MICROSECOND}
    nothing = {"service": "messagerie", "expected": "payer-tva"}

    def on_its_way(state: tp.MandateState) -> tuple[str, list[tp.Mandate]]:
        return "payer-tva", [mandate(both, state)]

    def of(state: str) -> dict[str, object]:
        return about | {"mandate": "RUM-1", "state": state, "since": AT}

    idle = of("lapsed") | {"idle_since": date(2024, 5, 2)}
    again = [(tp.Actor.USER, tp.Action.ISSUE_MANDATE_AGAIN, "F1"), *REGISTERING]
    declaring = [(tp.Actor.USER, tp.Action.DECLARE_ACCOUNT, "A17")]
    entering = [(tp.Actor.USER, tp.Action.ENTER_LETTER_CODE, "3.1")]
    for (service, mandates), which, account, rule, code, facts, left in (
        (("messagerie", []), both, ONE, "2.13", "not_a_payment", nothing, []),
        (("payer-cfe", []), both, "FR1420041010050500013M02606", "2.13", "account_unknown", unknown, declaring),
        (("payer-cfe", []), waiting, ONE, "3.5", "not_held", {"service": "payer-cfe"}, entering),
        (("payer-tva", []), both, ONE, "2.20", "no_mandate", about, ISSUING),
        (("payer-tva", [later]), both, ONE, "2.19", "mandate_later", soon, []),
        (("payer-tva", [not_yet]), both, ONE, "2.20", "no_mandate", about, ISSUING),
        (on_its_way(states.ISSUED), both, ONE, "2.20", "mandate_on_its_way", of("issued"), REGISTERING),
        (on_its_way(states.SIGNED), both, ONE, "2.20", "mandate_on_its_way", of("signed"), REGISTERING[1:]),
        (on_its_way(states.SENT), both, ONE, "2.20", "mandate_on_its_way", of("sent"), REGISTERING[2:]),
        (on_its_way(states.LAPSED), both, ONE, "F1", "mandate_lapsed", idle, again),
    ):
        error = refusal(which, service, account, mandates)
        assert (rule, f"payment.{code}", facts) == (error.rule, error.code, dict(error.facts))
        assert left == to_do(error)
        if code == "mandate_on_its_way":
            assert {"mandate"} == {step.case_id for step in error.remedy}
    tp.check_payment(both, "payer-tva", ONE, [later], at=AT + MICROSECOND)


@pytest.mark.rule("2.20", "F1")
def test_an_idle_mandate_pays_until_its_last_instant() -> None:
    """36 months later, to the microsecond, the payment passes; then not, whether the lapse is recorded or not."""
    adhesion = held()
    registered = mandate(adhesion, tp.MandateState.REGISTERED)
    assert registered.deadline is not None
    closes, lapses_at = registered.deadline.closes, registered.deadline.lapses_at
    tp.check_payment(adhesion, "payer-tva", ONE, [registered], at=closes)

    for over in (registered, registered.lapse(at=lapses_at).case):
        error = refusal(adhesion, "payer-tva", ONE, [over], at=lapses_at)
        assert "F1" == error.rule
        assert "payment.mandate_lapsed" == error.code
        assert [(tp.Actor.USER, tp.Action.ISSUE_MANDATE_AGAIN, "F1"), *REGISTERING] == to_do(error)
    kept = registered.record_collection(at=closes).case
    tp.check_payment(adhesion, "payer-tva", ONE, [kept], at=lapses_at)


@pytest.mark.rule("2.21", "A9")
@pytest.mark.parametrize("service", ["payer-cfe", "payer-tf"])
def test_cfe_and_tf_pass_without_a_mandate(service: str) -> None:
    """CFE and TF are payable from a declared account without a mandate, and not from another account."""
    adhesion = held(service)
    tp.check_payment(adhesion, service, ONE, at=AT)
    assert "2.13" == refusal(adhesion, service, OTHER).rule


@pytest.mark.rule("A10", "2.21")
@pytest.mark.parametrize("state", [None, *tp.MandateState])
def test_cfe_does_not_wait_for_the_mandate_of_tva(state: tp.MandateState | None) -> None:
    """A request with TVA and CFE is payable for CFE whatever becomes of its mandate."""
    adhesion = held("payer-tva", "payer-cfe")
    mandates = [] if state is None else [mandate(adhesion, state)]
    tp.check_payment(adhesion, "payer-cfe", ONE, mandates, at=AT)

    if state is not tp.MandateState.REGISTERED:
        refusal(adhesion, "payer-tva", ONE, mandates)


@pytest.mark.rule("A8")
def test_one_mandate_serves_all_taxes_of_its_account() -> None:
    """It is per account, not per tax; another account needs its own, and so does another company with the same one."""
    adhesion = held(*B2B, bank_accounts=[ONE, OTHER])
    mandates = [mandate(adhesion, tp.MandateState.REGISTERED)]
    foreign = mandate(held(organisation=OTHER_COMPANY), tp.MandateState.REGISTERED)
    for service in B2B:
        tp.check_payment(adhesion, service, ONE, mandates, at=AT)
        assert "2.20" == refusal(adhesion, service, OTHER, mandates).rule
        assert "2.20" == refusal(adhesion, service, ONE, [foreign]).rule


@pytest.mark.rule("2.13")
@pytest.mark.parametrize("service", ["payer-tva", "payer-cfe"])
def test_an_account_that_was_not_declared_does_not_pay(service: str) -> None:
    """Payments come from an account that was declared; the refusal says which ones are, and how to declare it."""
    adhesion = held(service)
    error = refusal(adhesion, service, OTHER)
    assert "2.13" == error.rule
    assert ("DE89 **** 3000", ("FR76 **** 0189",)) == (error.facts["account"], error.facts["expected"])
    declaring = [(tp.Actor.USER, tp.Action.DECLARE_ACCOUNT, "A17")]
    assert (declaring if service == "payer-cfe" else declaring + ISSUING) == to_do(error)


@pytest.mark.rule("A17", "2.13")
def test_an_account_that_another_request_declared_pays() -> None:
    """A payment may use any account that the company declared in that space: with another request, or later."""
    holds = held("payer-cfe")
    other = requested("payer-cfe", id="other", bank_accounts=[OTHER])
    assert other.deadline is not None
    lapsed = other.lapse(at=other.deadline.lapses_at).case
    later = holds.declare_account(OTHER, at=AT).case

    for requests in ([holds, other], [other, holds], (holds, lapsed), [later], later, iter([holds, other])):
        tp.check_payment(requests, "payer-cfe", OTHER, at=AT)
    assert "2.13" == refusal([holds], "payer-cfe", OTHER).rule


@pytest.mark.rule("A17")
def test_an_account_declared_in_another_space_does_not_pay() -> None:
    """A company may be followed from two spaces: an account counts in the space in which it was declared."""
    elsewhere = opened(at=AT, id="space-2")
    holds = held("payer-cfe")
    foreign = requested("payer-cfe", id="other", bank_accounts=[OTHER], space=elsewhere)
    error = refusal([holds, foreign], "payer-cfe", OTHER)
    assert "2.13" == error.rule
    assert ("FR76 **** 0189",) == error.facts["expected"]
    assert ["adhesion"] == [step.case_id for step in error.remedy]
    tp.check_payment(
        [holds, held("payer-cfe", id="other", bank_accounts=[OTHER], space=elsewhere)], "payer-cfe", OTHER, at=AT
    )


def test_a_payment_is_one_companys() -> None:
    """Requests of two companies, or none at all, are a bad value."""
    both = [held(), held(organisation=OTHER_COMPANY)]
    with pytest.raises(tp.InvalidValueError) as several:
        tp.check_payment(both, "payer-cfe", ONE, at=AT)
    with pytest.raises(tp.InvalidValueError) as nothing:
        tp.check_payment([], "payer-cfe", ONE, at=AT)
    assert ("payment.companies", ()) == (nothing.value.code, nothing.value.facts["value"])
    assert ("552100554", "732829320") == several.value.facts["value"]
    # Of a company of which only a mandate is known, that is said.
    company = tp.Portfolio([mandate(held(), tp.MandateState.REGISTERED)]).company("552100554")
    with pytest.raises(tp.InvalidValueError) as unknown:
        company.check_payment("payer-tva", ONE, at=AT)
    assert ("payment.no_request", "552100554") == (unknown.value.code, unknown.value.facts["company"])


@pytest.mark.rule("2.13")
def test_the_latest_request_says_what_the_services_are() -> None:
    """It is the rulebook of the last one that knows the service and the rules, whatever their order."""
    own = tp.Service(code="payer-casinos", title="…", pays=True)
    rules = (attrs.evolve(it, line="reworded") if it.id == "2.13" else it for it in tp.EXPERT_2024_04_03.rules)
    wider = attrs.evolve(
        tp.EXPERT_2024_04_03, version="wider", catalogue=tp.CATALOGUE.extended(own), rules=tuple(rules)
    )
    first, last = held("payer-cfe"), held(own, id="last", at=AT + MICROSECOND, rulebook=wider)  # type: ignore[arg-type]

    for requests in ([first, last], [last, first]):
        tp.check_payment(requests, "payer-casinos", ONE, at=AT + MICROSECOND)
        assert "reworded" == refusal(requests, "payer-casinos", OTHER, at=AT + MICROSECOND).rule.line


@pytest.mark.rule("0.2", "3.5")
def test_a_service_that_is_not_activated_does_not_pay() -> None:
    """Until the letter's code is entered nothing is payable: what to do next is said, also once it is too late."""
    adhesion = requested()
    assert adhesion.deadline is not None
    mandates = [mandate(adhesion, tp.MandateState.REGISTERED)]
    waits = refusal(adhesion, "payer-tva", ONE, mandates)
    over = refusal(adhesion, "payer-tva", ONE, mandates, at=adhesion.deadline.lapses_at)
    assert "3.5" == waits.rule == over.rule
    assert (adhesion.next_steps(at=AT)) == waits.remedy
    assert [(tp.Actor.USER, tp.Action.ENTER_LETTER_CODE, "3.1")] == to_do(waits)
    assert [
        (tp.Actor.USER, tp.Action.RENEW_ADHESION, "3.4"),
        (tp.Actor.USER, tp.Action.ENTER_LETTER_CODE, "3.1"),
    ] == to_do(over)


@pytest.mark.rule("0.2", "2.9", "3.2", "3.5")
def test_the_whole_way_to_a_payment_is_told() -> None:
    """From the company's link to the registered mandate, in order, with dates where a time limit runs."""
    request = linked("payer-tva", at=AT, space=SPACE, bank_accounts=[ONE], applicant="third_party").case
    limit = request.deadline
    letter = [
        (tp.Actor.USER, tp.Action.ASK_FOR_CODE, "3.2"),
        (tp.Actor.COMPANY, tp.Action.PASS_CODE_ON, "3.2"),
        (tp.Actor.USER, tp.Action.ENTER_LETTER_CODE, "3.1"),
    ]
    link, again = (tp.Actor.COMPANY, tp.Action.USE_LINK, "2.9"), (tp.Actor.USER, tp.Action.RENEW_ADHESION, "2.11")
    posted = request.confirm_company_email(builders.TOKEN, code=POSTED, at=AT).case
    waits = refusal(request, "payer-tva", ONE)
    assert limit.closes == waits.remedy[0].by
    assert [link, *letter, *ISSUING] == to_do(waits)
    assert [again, link, *letter, *ISSUING] == to_do(refusal(request, "payer-tva", ONE, at=limit.lapses_at))
    assert [*letter, *ISSUING] == to_do(refusal(posted, "payer-tva", ONE))
    # Another request of the company has Messaging; one for CFE alone will have no link.
    assert [(tp.Actor.USER, tp.Action.REQUEST_SERVICES, "2.12"), *letter] == to_do(refusal(posted, "payer-cfe", ONE))


@pytest.mark.rule("2.12", "2.13")
def test_the_way_to_a_host_s_own_service_may_go_by_the_company() -> None:
    """A service that is paid with and needs the company's address is asked for, then awaits the company's link."""
    own = tp.Service(code="payer-casinos", title="…", pays=True, needs_company_email=True)
    wider = attrs.evolve(tp.EXPERT_2024_04_03, version="wider", catalogue=tp.CATALOGUE.extended(own))
    assert [
        (tp.Actor.USER, tp.Action.REQUEST_SERVICES, "2.12"),
        (tp.Actor.COMPANY, tp.Action.USE_LINK, "2.9"),
        (tp.Actor.USER, tp.Action.ENTER_LETTER_CODE, "3.1"),
    ] == to_do(refusal(held("payer-cfe", rulebook=wider), "payer-casinos", ONE))


@pytest.mark.rule("3.5")
def test_the_request_to_go_on_with_is_the_last_one_that_can_be_gone_on_with() -> None:
    """One that holds the service, else one that waits, else one that lapsed; of several, the one made last."""
    long_ago = AT - timedelta(days=99)
    lapsed = requested("payer-cfe", id="old", at=long_ago, space=opened(at=long_ago))
    older = requested("payer-cfe", id="older", at=long_ago + MICROSECOND, space=opened(at=long_ago))
    waits, waits_too = requested("payer-cfe"), requested("payer-cfe", id="later", at=AT + MICROSECOND)
    holds, holds_too = (held("payer-cfe", id=id, at=AT + place * MICROSECOND) for place, id in ((2, "h-1"), (3, "h-2")))
    for requests, expected in (
        ([lapsed, waits], "adhesion"),
        ([lapsed, older], "older"),
        ([waits, waits_too], "later"),
        ([holds, waits], "h-1"),
        ([holds, holds_too, lapsed], "h-2"),
    ):
        for each in (requests, requests[::-1]):
            assert {expected} == {
                step.case_id for step in refusal(each, "payer-cfe", OTHER, at=AT + 9 * MICROSECOND).remedy
            }


@pytest.mark.rule("0.2", "3.5")
def test_a_service_is_held_from_its_activation_on() -> None:
    """At an instant before the activation the service was not held; there is nothing to do but to wait for it."""
    later = requested("payer-cfe").activate(POSTED, space=SPACE, at=AT + MICROSECOND).case
    error = refusal(later, "payer-cfe", ONE)
    assert ("3.5", ()) == (str(error.rule), error.remedy)
    tp.check_payment(later, "payer-cfe", ONE, at=AT + MICROSECOND)


@pytest.mark.rule("3.5")
def test_a_service_that_was_not_requested_does_not_pay() -> None:
    """A service of no request is to be requested; one is its code, whatever else it claims to be."""
    adhesion = held("payer-cfe")
    error = refusal(adhesion, PAY_VAT, ONE)
    asking = [(tp.Actor.USER, tp.Action.REQUEST_SERVICES, "2.12"), (tp.Actor.USER, tp.Action.ENTER_LETTER_CODE, "3.1")]
    assert [*asking, *ISSUING] == to_do(error)
    assert ("3.5", "payment.not_held", "payer-tva") == (error.rule, error.code, error.facts["service"])
    forged = tp.Service(code="payer-cfe", title="Forged", pays=True, needs_mandate=True)
    tp.check_payment(adhesion, forged, ONE, at=AT)


@pytest.mark.rule("2.13")
def test_where_nothing_pays_no_service_is_named() -> None:
    """The refusal names a service that pays, if the catalogue has any."""
    catalogue = type(tp.CATALOGUE)([tp.CATALOGUE["consulter-avis-tf"]])
    free = attrs.evolve(tp.EXPERT_2024_04_03, version="free", catalogue=catalogue)
    nothing = refusal(requested("consulter-avis-tf", rulebook=free), "consulter-avis-tf", ONE)
    assert {"service": "consulter-avis-tf", "expected": "none"} == dict(nothing.facts)


def test_bad_values_are_errors() -> None:
    """An unknown service, a wrong IBAN (masked) and a naive instant are errors."""
    adhesion = held()
    with pytest.raises(tp.InvalidValueError, match="unknown service"):
        tp.check_payment(adhesion, "payer-tout", ONE, at=AT)
    with pytest.raises(tp.InvalidValueError, match=r"FR76 \*\*\*\* 0188"):
        tp.check_payment(adhesion, "payer-tva", f"{ONE[:-1]}8", at=AT)
    with pytest.raises(tp.InvalidValueError, match="naive"):
        tp.check_payment(adhesion, "payer-tva", ONE, at=datetime(2024, 5, 2, 9))


@pytest.mark.rule("A8")
def test_the_order_of_mandates_says_nothing() -> None:
    """Of one account a registered one counts, else the one that has come furthest, else the last, in any order."""
    adhesion = held()
    registered = mandate(adhesion, tp.MandateState.REGISTERED, id="9")
    assert registered.deadline is not None
    over = registered.deadline.lapses_at
    lapsed = registered.lapse(at=over + timedelta(days=2)).case
    newer = mandate(adhesion, tp.MandateState.SENT, at=over, id="2")
    twin, other_twin = (mandate(adhesion, tp.MandateState.ISSUED, at=over, id=id) for id in ("3", "30"))
    latest = mandate(adhesion, tp.MandateState.ISSUED, at=over + timedelta(days=1), id="1")
    # Issued later, registered and over already: the older one on its way is the one to go on with.
    idle = mandate(adhesion, tp.MandateState.REGISTERED, at=AT + MICROSECOND, id="4")
    slow = mandate(adhesion, tp.MandateState.SENT, at=AT, id="5")
    assert idle.deadline is not None

    for mandates, expected, at in (
        ([registered, newer], registered, AT),
        ([lapsed, newer], newer, over + timedelta(days=2)),
        ([newer, twin], newer, over),
        ([newer, latest], newer, over + timedelta(days=2)),
        ([twin, other_twin], other_twin, over),
        ([twin, latest], latest, over + timedelta(days=2)),
        ([idle, slow], idle, idle.deadline.closes),
        ([idle, slow], slow, idle.deadline.lapses_at),
        ([idle.lapse(at=idle.deadline.lapses_at).case, slow], slow, AT),
        ([], None, over),
    ):
        for each in (mandates, mandates[::-1]):
            company = tp.Portfolio([adhesion, *each]).company(adhesion.organisation)
            assert expected == company.at(at).mandates.get(tp.BankAccount(ONE))


def test_each_step_of_a_remedy_says_what_it_is_about() -> None:
    """A step has its organisation, and the service to be held or the account to pay from: never both."""
    remedy = refusal(requested("payer-cfe"), "payer-tva", ONE).remedy
    about = [(str(it.organisation), [service.code for service in it.services], it.account) for it in remedy]
    assert [("552100554", ["payer-tva"], None)] * 2 + [("552100554", [], tp.BankAccount(ONE))] * 5 == about
    registered = mandate(held(), tp.MandateState.REGISTERED)
    again = refusal(held(), "payer-tva", ONE, [registered], at=registered.deadline.lapses_at).remedy
    declaring = refusal(held(), "payer-tva", OTHER).remedy
    for steps, account in ((again, ONE), (declaring, OTHER)):
        assert {((), tp.BankAccount(account))} == {(step.services, step.account) for step in steps}


# --- Lists beside the tables ------------------------------------------------------------------------------------------


def test_the_actions_of_a_letter_are_those_of_its_table() -> None:
    """An advice that is added where a code is awaited is one of the code's, and of the posting if it ends with that."""
    waiting = requested(code=tp.HELD_ELSEWHERE)
    seen = waiting.record_letter(AT.date(), at=AT).case
    advised, still = (
        {one.advice.action for days in range(30) for one in case.advised(AT + timedelta(days=days))}
        for case in (waiting, seen)
    )
    table = tp.LIFECYCLES["activation"]

    assert {one.action for state in table.running for one in table.advice(state)} == _OF_A_LETTER
    assert advised - still == _WHILE_POSTED


def test_each_lead_time_is_seen_between_two_events() -> None:
    """What a plan counts on is learned from histories, each of the lead times."""
    fields = {field.name for field in attrs.fields(tp.LeadTimes)} - {"observations"}

    assert fields == {name for name, *_ in _SPANS}, "say in _SPANS of portfolio/_leads.py between which events"
