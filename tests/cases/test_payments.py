"""Which payments pass: what each refusal says, and that accounts, companies and mandates are never mixed up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from teleprocedures.cases import Adhesion, Mandate, MandateState, Space, check_payment, mandate_for
from teleprocedures.core import Action
from teleprocedures.errors import (
    InvalidValueError,
    OutOfOrderError,
    PaymentRefusedError,
    RefusedError,
    RefusedFormError,
)
from teleprocedures.forms import Applicant
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, PAY_VAT, Rulebook, Service
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.values import ActivationCode, BankAccount

ONE = "FR7630006000011234567890189"
OTHER = "DE89370400440532013000"
COMPANY, OTHER_COMPANY = "552 100 554", "732 829 320"
B2B = ["payer-tva", "payer-ts", "payer-is", "payer-cvae", "payer-pas"]
AT = datetime(2024, 5, 2, 9, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PARIS = ZoneInfo("Europe/Paris")
CODE = ActivationCode("CODE")
SPACE = Space.create(space_form(), id="space", hasher=PlainHasher(), at=AT, code=CODE).case.activate(CODE, at=AT).case


def requested(*services: str, rulebook: Rulebook = EXPERT_2024_04_03, **changes: Any) -> Adhesion:
    """A request that waits for the code of its letter, with one account unless said otherwise."""
    fields = {"services": services or ["payer-tva"], "bank_accounts": [ONE], "organisation": COMPANY, **changes}
    return Adhesion.request(SPACE, adhesion_form(**fields), id="adhesion", at=AT, code=CODE, rulebook=rulebook).case


def held(*services: str, **changes: Any) -> Adhesion:
    """A request whose services are held."""
    return requested(*services, **changes).activate(CODE, space=SPACE, at=AT).case


def mandate(
    adhesion: Adhesion, state: MandateState, account: str = ONE, *, at: datetime = AT, id: str = "mandate"
) -> Mandate:
    """The mandate of an account, in this state, all its steps taken at one instant."""
    case = Mandate.issue(adhesion, account, id=id, reference="RUM-1", at=at).case
    for reached, verb in (
        (MandateState.SIGNED, lambda one: one.sign(Applicant.REPRESENTATIVE, at=at)),
        (MandateState.SENT, lambda one: one.send(at=at)),
        (MandateState.REGISTERED, lambda one: one.register(at=at)),
        (MandateState.LAPSED, lambda one: one.lapse(at=one.deadline.lapses_at)),
    ):
        if case.state is state:
            break
        case = verb(case).case
        assert reached is case.state
    return case


def refusal(*given: Any, at: datetime = AT) -> PaymentRefusedError:
    """The refusal of a payment; its text says what to do, and no IBAN."""
    with pytest.raises(PaymentRefusedError) as error:
        check_payment(*given, at=at)
    assert f"what to do: {error.value.remedy}" in str(error.value)
    assert not {ONE[4:-4], OTHER[4:-4]} & set(str(error.value).split())
    assert ONE not in str(error.value) + repr(error.value)
    return error.value


@pytest.mark.rule("2.18", "2.19")
@pytest.mark.parametrize("service", B2B)
def test_a_registered_mandate_lets_payments_pass(service: str) -> None:
    """Each tax that needs a mandate is payable from the very instant of the registration, by its code or its value."""
    adhesion = held(service)
    registered = mandate(adhesion, MandateState.REGISTERED)

    check_payment(adhesion, service, ONE, [registered], at=AT)
    check_payment(adhesion, CATALOGUE[service], BankAccount(ONE), iter([registered]), at=AT)


@pytest.mark.rule("2.14", "2.20")
@pytest.mark.parametrize("service", B2B)
def test_without_a_mandate_the_payment_is_rejected(service: str) -> None:
    """A tax that needs a mandate is not payable from an account without one: issue it."""
    error = refusal(held(service), service, ONE)

    assert "2.20" == error.rule
    assert error.message.startswith(
        f"{service} needs a registered mandate for the account FR76 **** 0189, and none was issued"
    )
    assert f"user: {Action.ISSUE_MANDATE}, before the first B2B payment from FR76 **** 0189 (rule 2.15)" == error.remedy


@pytest.mark.rule("2.15", "2.16", "2.17", "2.18", "2.19", "2.20")
@pytest.mark.parametrize(
    ("state", "cited", "remedy"),
    [
        (MandateState.ISSUED, "2.16", f"legal representative: {Action.SIGN_MANDATE}"),
        (MandateState.SIGNED, "2.17", f"user: {Action.SEND_MANDATE}"),
        (MandateState.SENT, "2.19", f"bank: {Action.REGISTER_MANDATE}"),
        (MandateState.SENT, "2.19", f"user: {Action.CHECK_MANDATE}"),
    ],
)
def test_before_the_registration_the_payment_is_rejected(state: MandateState, cited: str, remedy: str) -> None:
    """A mandate on its way is not enough: the refusal says its state, and who does what next."""
    adhesion = held()
    error = refusal(adhesion, "payer-tva", ONE, [mandate(adhesion, state)])

    assert "2.20" == error.rule
    assert f"RUM-1 is '{state}'" in error.message
    assert f"{remedy}, before the first B2B payment from FR76 **** 0189 (rule {cited})" in error.remedy


@pytest.mark.rule("2.19", "2.20")
def test_a_payment_before_the_statement_is_rejected() -> None:
    """One microsecond before the registration the payment is rejected, and the refusal says from when on it passes."""
    adhesion = held()
    later = mandate(adhesion, MandateState.REGISTERED, at=AT + MICROSECOND)
    error = refusal(adhesion, "payer-tva", ONE, [later])

    assert "2.19" == error.rule
    assert "pay from 2024-05-02T09:00:00.000001+00:00 on" == error.remedy
    check_payment(adhesion, "payer-tva", ONE, [later], at=AT + MICROSECOND)


@pytest.mark.rule("2.20", "F1")
def test_an_idle_mandate_pays_until_its_last_instant() -> None:
    """36 months later, to the microsecond, the payment passes; then not, whether the lapse is recorded or not."""
    adhesion = held()
    registered = mandate(adhesion, MandateState.REGISTERED)
    assert registered.deadline is not None
    closes, lapses_at = registered.deadline.closes, registered.deadline.lapses_at
    check_payment(adhesion, "payer-tva", ONE, [registered], at=closes)

    for over in (registered, registered.lapse(at=lapses_at).case):
        error = refusal(adhesion, "payer-tva", ONE, [over], at=lapses_at)
        assert "F1" == error.rule
        assert "RUM-1 is 'lapsed'" in error.message
        assert f"user: {Action.ISSUE_MANDATE_AGAIN}" in error.remedy
    kept = registered.record_collection(at=closes).case
    check_payment(adhesion, "payer-tva", ONE, [kept], at=lapses_at)


@pytest.mark.rule("2.21", "A9")
@pytest.mark.parametrize("service", ["payer-cfe", "payer-tf"])
def test_cfe_and_tf_pass_without_a_mandate(service: str) -> None:
    """CFE and TF are payable from a declared account without a mandate, and not from another account."""
    adhesion = held(service)
    check_payment(adhesion, service, ONE, at=AT)

    assert "2.13" == refusal(adhesion, service, OTHER).rule


@pytest.mark.rule("2.13", "A9")
@pytest.mark.parametrize("service", ["payer-cfe", "payer-tf", *B2B])
def test_paying_needs_bank_details(service: str) -> None:
    """Every service that pays asks for an account, those that need no mandate too."""
    with pytest.raises(RefusedFormError) as error:
        adhesion_form(services=[service])

    assert "2.13" == error.value.rule


@pytest.mark.rule("A10", "2.21")
@pytest.mark.parametrize("state", [None, *MandateState])
def test_cfe_does_not_wait_for_the_mandate_of_tva(state: MandateState | None) -> None:
    """A request with TVA and CFE is payable for CFE whatever becomes of its mandate."""
    adhesion = held("payer-tva", "payer-cfe")
    mandates = [] if state is None else [mandate(adhesion, state)]
    check_payment(adhesion, "payer-cfe", ONE, mandates, at=AT)

    if state is not MandateState.REGISTERED:
        refusal(adhesion, "payer-tva", ONE, mandates)


@pytest.mark.rule("A8")
def test_one_mandate_serves_all_taxes_of_its_account() -> None:
    """There is one mandate per account, not per tax; another account of the company needs its own."""
    adhesion = held(*B2B, bank_accounts=[ONE, OTHER])
    mandates = [mandate(adhesion, MandateState.REGISTERED)]

    for service in B2B:
        check_payment(adhesion, service, ONE, mandates, at=AT)
        assert "2.20" == refusal(adhesion, service, OTHER, mandates).rule


@pytest.mark.rule("A8")
def test_the_mandate_of_another_company_does_not_count() -> None:
    """A mandate is its company's: another company that declares the same account needs its own."""
    foreign = mandate(held(organisation=OTHER_COMPANY), MandateState.REGISTERED)

    assert "2.20" == refusal(held(), "payer-tva", ONE, [foreign]).rule


@pytest.mark.rule("A8")
def test_a_missing_mandate_blocks_nothing_but_the_payment() -> None:
    """The request is made and its services are activated without any mandate."""
    assert held().holds("payer-tva")


@pytest.mark.rule("2.13")
@pytest.mark.parametrize("service", ["payer-tva", "payer-cfe"])
def test_an_account_that_was_not_declared_does_not_pay(service: str) -> None:
    """Payments come from an account that the request declared; the refusal says which ones are."""
    adhesion = held(service)
    error = refusal(adhesion, service, OTHER)

    assert "2.13" == error.rule
    assert "pay from one that was (FR76 **** 0189), or make a request that declares it" == error.remedy


@pytest.mark.rule("0.2", "3.5")
def test_a_service_that_is_not_activated_does_not_pay() -> None:
    """Until the letter's code is entered nothing is payable: what to do next is said, also once it is too late."""
    adhesion = requested()
    assert adhesion.deadline is not None
    mandates = [mandate(adhesion, MandateState.REGISTERED)]
    waits = refusal(adhesion, "payer-tva", ONE, mandates)
    over = refusal(adhesion, "payer-tva", ONE, mandates, at=adhesion.deadline.lapses_at)

    assert "3.5" == waits.rule == over.rule
    assert f"user: {Action.ENTER_LETTER_CODE}" in waits.remedy
    assert f"user: {Action.RENEW_ADHESION} (rule 3.4)" == over.remedy


@pytest.mark.rule("3.5")
def test_a_service_that_was_not_requested_does_not_pay() -> None:
    """A service of another request, or one that only bears the same code, is not held."""
    adhesion = held("payer-cfe")
    forged = Service(code="payer-cfe", title="Forged", pays=True, needs_mandate=True)

    for service in (PAY_VAT, forged):
        error = refusal(adhesion, service, ONE)
        assert "3.5" == error.rule
        assert f"request {service} and activate it" == error.remedy
        assert str(error).startswith(f"{service} is not held: the request is for payer-cfe; what to do")


@pytest.mark.rule("2.13")
@pytest.mark.parametrize(
    ("services", "advice"), [(["messagerie", "payer-cfe"], "payer-cfe"), (["messagerie"], "payer-tva")]
)
def test_a_service_that_pays_nothing_does_not_pay(services: list[str], advice: str) -> None:
    """Messaging pays nothing; the refusal names a service that does."""
    adhesion = requested(*services, company_email="contact@example.fr")
    error = refusal(adhesion, "messagerie", ONE)

    assert "2.13" == error.rule
    assert f"choose a service that pays, such as {advice}" == error.remedy


def test_bad_values_are_errors() -> None:
    """An unknown service, a wrong IBAN (masked) and a naive instant are errors, and time does not go back."""
    adhesion = held()
    with pytest.raises(InvalidValueError, match="unknown service"):
        check_payment(adhesion, "payer-tout", ONE, at=AT)
    with pytest.raises(InvalidValueError, match=r"FR76 \*\*\*\* 0188"):
        check_payment(adhesion, "payer-tva", f"{ONE[:-1]}8", at=AT)
    with pytest.raises(InvalidValueError, match="naive"):
        check_payment(adhesion, "payer-tva", ONE, at=datetime(2024, 5, 2, 9))
    with pytest.raises(OutOfOrderError):
        check_payment(adhesion, "payer-tva", ONE, at=AT - MICROSECOND)


@pytest.mark.rule("A8")
def test_the_order_of_mandates_says_nothing() -> None:
    """Of several mandates of one account, a registered one counts, else the last issued, whatever their order."""
    adhesion = held()
    registered = mandate(adhesion, MandateState.REGISTERED, id="9")
    assert registered.deadline is not None
    over = registered.deadline.lapses_at
    lapsed = registered.lapse(at=over + timedelta(days=2)).case
    newer = mandate(adhesion, MandateState.SENT, at=over, id="2")
    twin = mandate(adhesion, MandateState.ISSUED, at=over, id="3")

    for mandates, expected, at in (
        ([registered, newer], registered, AT),
        ([lapsed, newer], newer, over + timedelta(days=2)),
        ([newer, twin], twin, over),
        ([], None, over),
    ):
        assert expected == mandate_for(adhesion, BankAccount(ONE), mandates, at=at)
        assert expected == mandate_for(adhesion, BankAccount(ONE), mandates[::-1], at=at)


ACCOUNTS = [ONE, OTHER, "BE68539007547034"]
COMPANIES = [COMPANY, OTHER_COMPANY]


def outcome(verb: Callable[[], Any]) -> Any:
    """What the verb answers, a refusal among others."""
    try:
        return verb()
    except RefusedError as error:
        return error


class Payments(RuleBasedStateMachine):
    """Two companies that share three accounts, and a model that knows only when each mandate was last useful."""

    def __init__(self) -> None:
        super().__init__()
        self.at = AT
        self.mandates: list[Mandate] = []
        self.useful: dict[str, datetime] = {}

    @initialize(rulebook=st.sampled_from(["shipped", "no lapse"]))
    def start(self, rulebook: str) -> None:
        """Both companies hold a tax of each kind, under the shipped rulebook or one where no mandate lapses."""
        self.lapses = rulebook == "shipped"
        rules = EXPERT_2024_04_03 if self.lapses else attrs.evolve(EXPERT_2024_04_03, version="no", mandate_use=None)
        self.adhesions = [
            held("payer-tva", "payer-is", "payer-cfe", organisation=company, bank_accounts=ACCOUNTS[:2], rulebook=rules)
            for company in COMPANIES
        ]

    def counts(self, company: str, account: str, at: datetime) -> bool:
        """Whether the model knows a mandate of this company and account that is registered and was useful of late."""
        for one in self.mandates:
            last = self.useful.get(one.id)
            mine = (str(one.organisation), one.account.iban) == (company.replace(" ", ""), account)
            if mine and last is not None and not (self.lapses and self.over(last, at)):
                return True
        return False

    @staticmethod
    def over(last: datetime, at: datetime) -> bool:
        """Whether the 36 months after this instant have passed, as another library counts them."""
        return at.astimezone(PARIS).date() > last.astimezone(PARIS).date() + relativedelta(months=36)

    @rule(who=st.sampled_from([0, 1]), account=st.sampled_from(ACCOUNTS))
    def issue(self, who: int, account: str) -> None:
        """A mandate is issued for a declared account, and refused for another one."""
        number = len(self.mandates)
        given = {"id": f"mandate-{number}", "reference": f"RUM-{number}", "at": self.at}
        answer = outcome(lambda: Mandate.issue(self.adhesions[who], account, **given))
        if isinstance(answer, RefusedError):
            assert account == ACCOUNTS[2]
            assert account[4:-4] not in str(answer) + repr(answer)
            return
        assert account in ACCOUNTS[:2]
        self.mandates.append(answer.case)

    @precondition(lambda self: self.mandates)
    @rule(data=st.data(), verb=st.sampled_from(["sign", "send", "register", "record_collection", "lapse"]))
    def act(self, data: st.DataObject, verb: str) -> None:
        """A verb is tried on one mandate, and changes that one only, or nothing."""
        place = data.draw(st.integers(0, len(self.mandates) - 1))
        before = self.mandates[place]
        signatory = data.draw(st.sampled_from(Applicant)) if verb == "sign" else None
        given = {} if signatory is None else {"signatory": signatory}
        answer = outcome(lambda: getattr(before, verb)(at=self.at, **given))
        if isinstance(answer, RefusedError):
            assert str(answer) == str(before.refusal(verb, at=self.at, **given))
            return
        assert signatory is not Applicant.THIRD_PARTY
        self.mandates[place] = answer.case
        if verb in {"register", "record_collection"}:
            self.useful[before.id] = self.at
        if verb == "lapse":
            assert self.lapses
            assert self.over(self.useful.pop(before.id), self.at)

    @precondition(lambda self: self.mandates)
    @rule(data=st.data())
    def proceed(self, data: st.DataObject) -> None:
        """One mandate goes to its registration, step by step, so that many histories have some."""
        place = data.draw(st.integers(0, len(self.mandates) - 1))
        case = self.mandates[place]
        for state, step in (
            (MandateState.ISSUED, lambda one: one.sign(Applicant.REPRESENTATIVE, at=self.at)),
            (MandateState.SIGNED, lambda one: one.send(at=self.at)),
            (MandateState.SENT, lambda one: one.register(at=self.at)),
        ):
            if case.state is state:
                case = step(case).case
                self.useful |= {case.id: self.at} if case.state is MandateState.REGISTERED else {}
        self.mandates[place] = case

    @rule(
        delta=st.timedeltas(timedelta(), timedelta(days=1500)) | st.sampled_from([MICROSECOND, timedelta(days=1096)]),
        edge=st.none() | st.sampled_from([timedelta(), MICROSECOND]),
    )
    def wait(self, delta: timedelta, edge: timedelta | None) -> None:
        """Time goes on, often to the last instant of a civil day in Paris, or to one microsecond after it."""
        if self.at.year > 2200:
            return
        self.at += delta
        if edge is not None:
            last = datetime.combine(self.at.astimezone(PARIS).date(), time.max, PARIS)
            self.at = last.astimezone(UTC) + edge

    @invariant()
    def a_payment_passes_only_if_that_mandate_is_registered(self) -> None:
        """A tax that needs a mandate passes if and only if the model knows one of that account that counts."""
        for adhesion, company in zip(getattr(self, "adhesions", []), COMPANIES, strict=False):
            for account in ACCOUNTS:
                declared = account in ACCOUNTS[:2]
                expected = declared and self.counts(company, account, self.at)
                assert expected is self.passes(adhesion, "payer-tva", account)
                assert expected is self.passes(adhesion, "payer-is", account)
                assert declared is self.passes(adhesion, "payer-cfe", account)

    def passes(self, adhesion: Adhesion, service: str, account: str) -> bool:
        """Whether the payment passes; a refusal says what to do, and masks the account."""
        answer = outcome(lambda: check_payment(adhesion, service, account, self.mandates, at=self.at))
        assert answer is None or isinstance(answer, PaymentRefusedError)
        assert answer is None or answer.remedy
        assert account[4:-4] not in str(answer) + repr(answer)
        return answer is None

    @invariant()
    def no_account_shows(self) -> None:
        """No mandate shows the IBAN of its account."""
        shown = repr(self.mandates)
        assert not [account for account in ACCOUNTS if account[4:-4] in shown]


TestPayments = pytest.mark.rule("2.18", "2.20", "A8", "F1")(Payments.TestCase)


@pytest.mark.rule("2.13", "2.19", "2.20", "3.5")
def test_each_refusal_is_told_to_the_letter() -> None:
    """The whole text of each refusal: what is wrong with the values, what to do, the rule and its title."""
    both = held("payer-tva", "payer-cfe", bank_accounts=[ONE, OTHER])
    waiting = requested("payer-tva", "payer-cfe", bank_accounts=[ONE])
    later = mandate(both, MandateState.REGISTERED, at=AT + MICROSECOND)
    told = [
        str(refusal(both, "messagerie", ONE)),
        str(refusal(both, "payer-is", ONE)),
        str(refusal(both, "payer-cfe", "FR1420041010050500013M02606")),
        str(refusal(waiting, "payer-cfe", ONE)).partition("; what to do")[0],
        str(refusal(both, "payer-tva", ONE, [later])),
    ]

    assert [
        (
            "messagerie pays nothing; what to do: choose a service that pays, such as payer-tva, payer-cfe"
            " (rule 2.13: a Pay service needs the company's bank details)"
        ),
        (
            "payer-is is not held: the request is for payer-tva, payer-cfe; what to do: request payer-is and activate"
            " it (rule 3.5: once activated, the services are held at once)"
        ),
        (
            "the account FR14 **** 2606 was not declared with the request; what to do: pay from one that was"
            " (FR76 **** 0189, DE89 **** 3000), or make a request that declares it"
            " (rule 2.13: a Pay service needs the company's bank details)"
        ),
        "payer-cfe is not held: the request is 'awaiting_code'",
        (
            "payer-tva needs a registered mandate for the account FR76 **** 0189, and RUM-1 is so only from"
            " 2024-05-02T09:00:00.000001+00:00 on; what to do: pay from 2024-05-02T09:00:00.000001+00:00 on"
            " (rule 2.19: one checks that the bank has registered the mandate before the first payment)"
        ),
    ] == told
