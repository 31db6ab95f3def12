"""SEPA business-to-business mandates: who may have one, who signs, in which order, and when an idle one lapses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.cases import MANDATE
from tests import builders
from tests.builders import COMPANY_EMAIL, FRENCH_IBAN, POSTED, START, mandate_history, opened, paying, requested

ONE = "FR7630006000011234567890189"
OTHER = "DE89370400440532013000"
AT = datetime(2024, 5, 2, 9, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FOREVER = attrs.evolve(tp.EXPERT_2024_04_03, version="no-lapse", mandate_use=None)
LIMIT = tp.EXPERT_2024_04_03.mandate_use


def adhesion(*services: str, at: datetime = AT, **changes: Any) -> tp.Adhesion:
    """A request that waits for the code of its letter; to pay TVA from one account, unless said otherwise."""
    return paying(*services, at=at, id="adhesion", **changes).case


def issued(
    request: tp.Adhesion | None = None, account: str = ONE, at: datetime = AT, **changes: Any
) -> tp.Decision[tp.Mandate]:
    """The decision that issues a mandate."""
    return builders.issued(request or adhesion(at=at), account, at=at, **{"id": "mandate", **changes})


def walked(
    state: tp.MandateState, rulebook: tp.Rulebook = tp.EXPERT_2024_04_03, at: datetime = AT
) -> tuple[tp.Decision[tp.Mandate], ...]:
    """The decisions that lead a new mandate to this state, all at one instant but the lapse."""
    return mandate_history(state, adhesion(at=at, rulebook=rulebook), ONE, at=at, id="mandate")


def mandate(state: tp.MandateState, rulebook: tp.Rulebook = tp.EXPERT_2024_04_03, at: datetime = AT) -> tp.Mandate:
    """A mandate in this state."""
    return walked(state, rulebook, at)[-1].case


@pytest.mark.rule("2.14", "2.15")
def test_a_mandate_carries_what_its_printed_form_needs() -> None:
    """A mandate is issued with its reference, the rulebook's creditor, the debtor and the account, to be signed."""
    decision = issued(adhesion(legal_representative="Marie Le Goff"), reference=tp.MandateReference("RUM-1"))
    assert tp.MandateState.ISSUED is decision.case.state
    assert (None, None) == (decision.case.deadline, decision.case.due_at)
    assert () == decision.messages
    (event,) = decision.events
    assert isinstance(event, tp.MandateIssued)
    assert tp.MandateReference("RUM-1") == event.reference
    assert (tp.EXPERT_2024_04_03.creditor, tp.EXPERT_2024_04_03.creditor_name) == (event.creditor, event.creditor_name)
    assert tp.Siren("552100554") == event.debtor == decision.case.organisation
    assert tp.PersonName("Marie Le Goff") == event.legal_representative
    assert tp.BankAccount(ONE) == event.account == decision.case.account
    assert (None, None, None, None) == (
        event.debtor_name,
        event.debtor_address,
        event.account_holder,
        event.managing_office,
    )
    assert "adhesion" == event.adhesion_id


@pytest.mark.rule("2.15")
def test_a_mandate_carries_all_that_is_known_of_the_debtor() -> None:
    """The company's name and address are the request's; the holder and the office are said when it is issued."""
    request = adhesion(company_name="Boulangerie Martin", company_address="3 rue du Four, 75006 Paris")
    case = issued(request, account_holder="SCI du Fournil", managing_office="SIE Paris 6e").case
    document = case.document()
    assert ("Boulangerie Martin", "Boulangerie Martin") == (case.company_name, document.debtor_name)
    assert ("3 rue du Four, 75006 Paris", "SCI du Fournil", "SIE Paris 6e") == (
        document.debtor_address,
        document.account_holder,
        document.managing_office,
    )


@pytest.mark.rule("2.14", "2.15")
def test_the_creditor_is_that_of_the_requests_own_rulebook() -> None:
    """A request made under another rulebook has its mandates for the creditor of that one, in its printed form too."""
    creditor = tp.CreditorIdentifier("DE98ZZZ09999999999")
    own = attrs.evolve(tp.EXPERT_2024_04_03, version="own", creditor=creditor, creditor_name="Somebody")
    case = issued(adhesion(rulebook=own)).case
    assert (own, creditor, "Somebody") == (case.rulebook, case.origin.creditor, case.origin.creditor_name)
    assert (creditor, "Somebody") == (case.document().creditor, case.document().creditor_name)


@pytest.mark.rule("2.14")
def test_the_creditor_of_the_rulebook_passes_the_check_of_its_scheme() -> None:
    """The shipped creditor identifier has right check digits; one that has not makes no rulebook."""
    assert tp.CreditorIdentifier("FR46 ZZZ 005002") == tp.EXPERT_2024_04_03.creditor
    with pytest.raises(tp.InvalidValueError, match="fails its check digits"):
        tp.CreditorIdentifier("FR45ZZZ005002")


@pytest.mark.rule("2.14", "2.21")
@pytest.mark.parametrize("service", ["payer-cfe", "payer-tf"])
def test_no_mandate_without_a_service_that_needs_one(service: str) -> None:
    """CFE and TF are paid without a mandate, so a request for them cannot have one issued."""
    with pytest.raises(tp.MandateRefusedError, match=f"needs a mandate \\({service}\\)") as error:
        issued(adhesion(service))
    assert "2.14" == error.value.rule


@pytest.mark.rule("2.14", "A8")
@pytest.mark.parametrize("service", ["payer-tva", "payer-ts", "payer-is", "payer-cvae", "payer-pas"])
def test_each_tax_that_needs_a_mandate_opens_one(service: str) -> None:
    """TVA, TS, IS, CVAE and PAS each allow a mandate, before the services are activated as well as after."""
    waiting = adhesion(service)
    active = waiting.activate(POSTED, space=opened(at=AT), at=AT).case
    assert tp.MandateState.ISSUED is issued(waiting).case.state
    assert tp.MandateState.ISSUED is issued(active).case.state


@pytest.mark.rule("2.13")
def test_no_mandate_for_an_account_that_was_not_declared() -> None:
    """The account of a mandate is one that the request declared; the refusal masks the accounts."""
    with pytest.raises(tp.MandateRefusedError) as error:
        issued(adhesion(bank_accounts=[ONE]), OTHER)
    assert "2.13" == error.value.rule
    assert "the request does not declare DE89 **** 3000: expected one of FR76 **** 0189" == error.value.message


@pytest.mark.rule("2.11", "3.4")
def test_no_mandate_for_a_request_that_lapsed() -> None:
    """A request past its time limit has no mandate issued, whether its lapse is recorded yet or not."""
    waiting = adhesion()
    linked = adhesion("payer-tva", "messagerie", company_email=COMPANY_EMAIL)

    for request, rule in ((waiting, "3.4"), (linked, "2.11")):
        deadline = request.deadline
        assert deadline is not None
        issued(request, at=deadline.closes)
        for over in (request, request.lapse(at=deadline.lapses_at).case):
            with pytest.raises(tp.MandateRefusedError, match="the request has lapsed") as error:
                issued(over, at=deadline.lapses_at)
            assert rule == error.value.rule


@pytest.mark.rule("A8")
def test_one_mandate_for_each_account() -> None:
    """A second mandate of an account is refused while the first one counts, and other accounts have their own."""
    request = adhesion(bank_accounts=[ONE, OTHER])
    first = issued(request, ONE).case
    second = issued(request, OTHER, id="second", mandates=[first]).case
    assert (tp.BankAccount(ONE), tp.BankAccount(OTHER)) == (first.account, second.account)
    with pytest.raises(tp.MandateRefusedError, match=r"FR76 \*\*\*\* 0189 has a mandate already, RUM-1") as error:
        issued(request, ONE, mandates=[second, first])
    assert "A8" == error.value.rule


@pytest.mark.rule("A8", "F1")
def test_a_lapsed_mandate_makes_room_for_a_new_one() -> None:
    """Once the mandate of an account has lapsed, recorded or not, the account has a new one."""
    registered = mandate(tp.MandateState.REGISTERED)
    assert registered.deadline is not None
    later = adhesion(at=registered.deadline.closes)
    with pytest.raises(tp.MandateRefusedError):
        issued(later, at=registered.deadline.closes, mandates=[registered])
    assert issued(later, at=registered.deadline.lapses_at, mandates=[registered])


@pytest.mark.rule("2.15")
@pytest.mark.parametrize(
    ("changes", "account"),
    [
        ({"reference": "RUM//1"}, ONE),
        ({"reference": "X" * 36}, ONE),
        ({"id": ""}, ONE),
        ({"legal_representative": ""}, ONE),
        ({"at": datetime(2024, 5, 2, 9)}, ONE),
        ({}, "FR7630006000011234567890188"),
    ],
)
def test_bad_values_are_no_mandate(changes: dict[str, object], account: str) -> None:
    """A reference that is none, a blank id or name, a naive instant and a wrong IBAN are errors; the IBAN is masked."""
    with pytest.raises(tp.InvalidValueError) as error:
        tp.Mandate.issue(adhesion(), account, **{"id": "mandate", "reference": "RUM-1", "at": AT, **changes})
    assert account not in str(error.value)


def test_a_mandate_comes_after_its_request() -> None:
    """A mandate cannot be issued before the request, nor told before the last thing that was told of it."""
    with pytest.raises(tp.OutOfOrderError) as before:
        issued(adhesion(), at=AT - MICROSECOND)
    told_late = adhesion(recorded_at=AT + timedelta(days=9))
    with pytest.raises(tp.OutOfOrderError) as untold:
        issued(told_late, at=AT)
    assert ("order.before_fact", AT - MICROSECOND, AT) == (before.value.code, before.value.at, before.value.last)
    assert ("order.before_telling", AT + timedelta(days=9)) == (untold.value.code, untold.value.last)
    assert "A14" == before.value.rule == untold.value.rule
    assert tp.MandateState.ISSUED is issued(told_late, at=AT, recorded_at=AT + timedelta(days=9)).case.state


@pytest.mark.rule("2.15")
def test_a_mandate_prints_what_it_was_issued_with() -> None:
    """The printed form bears the mandate's reference, its creditor and debtor, its account, and who may sign."""
    case = issued(account_holder="SCI du Fournil", managing_office="SIE Paris 6e", legal_representative="Ann Roe").case

    expected = tp.MandateDocument(
        reference=tp.MandateReference("RUM-1"),
        creditor=tp.EXPERT_2024_04_03.creditor,
        creditor_name=tp.EXPERT_2024_04_03.creditor_name,
        debtor=tp.Siren("552100554"),
        debtor_name=case.origin.debtor_name,
        debtor_address=case.origin.debtor_address,
        account_holder="SCI du Fournil",
        managing_office="SIE Paris 6e",
        legal_representative=tp.PersonName("Ann Roe"),
        account=tp.BankAccount(ONE),
    )
    assert expected == case.document()


def test_an_account_may_be_given_as_typed_or_as_a_value() -> None:
    """Both are the same account, for a mandate and for whoever asks whether it was declared."""
    assert adhesion().declares(ONE)
    assert adhesion().declares(tp.BankAccount(ONE))
    assert issued(adhesion(), ONE) == issued(adhesion(), tp.BankAccount(ONE))  # type: ignore[arg-type] # a helper's


@pytest.mark.rule("2.16")
@pytest.mark.parametrize(
    ("adhesion_says", "host_says", "signatory", "known"),
    [
        (None, None, tp.Applicant.REPRESENTATIVE, None),
        (None, None, "representative", None),
        ("Marie Le Goff", None, tp.Applicant.REPRESENTATIVE, "Marie Le Goff"),
        ("Marie Le Goff", None, "Marie Le Goff", "Marie Le Goff"),
        ("Marie Le Goff", None, tp.PersonName("MARIE LE GOFF"), "Marie Le Goff"),
        (None, "Marie Le Goff", "Marie Le Goff", "Marie Le Goff"),
        (None, tp.PersonName("Marie Le Goff"), "Marie Le Goff", "Marie Le Goff"),
        ("Jean Petit", "Marie Le Goff", "Marie Le Goff", "Marie Le Goff"),
        # Typographic apostrophes and hyphens, as word processors write them, make no other name.
        ("Jean d'Arc", None, "Jean d\N{RIGHT SINGLE QUOTATION MARK}Arc", "Jean d'Arc"),
        (
            "Anne\N{NON-BREAKING HYPHEN}Marie d\N{RIGHT SINGLE QUOTATION MARK}Or",
            None,
            "anne-marie d'or",
            "Anne\N{NON-BREAKING HYPHEN}Marie d\N{RIGHT SINGLE QUOTATION MARK}Or",
        ),
        ("Anne-Marie Or", None, "Anne\N{HYPHEN}Marie Or", "Anne-Marie Or"),
    ],
)
def test_the_legal_representative_signs(
    adhesion_says: str | None, host_says: str | tp.PersonName | None, signatory: str, known: str | None
) -> None:
    """The company's legal representative signs, by that role or by the known name, which is kept as who signed."""
    case = issued(adhesion(legal_representative=adhesion_says), legal_representative=host_says).case
    decision = case.sign(signatory, at=AT)
    name = None if known is None else tp.PersonName(known)
    assert case.refusal("sign", at=AT, signatory=signatory) is None
    assert (tp.MandateSigned(case_id="mandate", version=2, at=AT, signatory=name),) == decision.events
    assert (tp.MandateState.SIGNED, name) == (decision.case.state, decision.case.signatory)


@pytest.mark.rule("2.16")
@pytest.mark.parametrize("known", [None, "Marie Le Goff"])
@pytest.mark.parametrize(
    "signatory", [tp.Applicant.THIRD_PARTY, "third_party", "Jean Petit", tp.PersonName("Jean Petit")]
)
def test_nobody_else_signs(known: str | None, signatory: tp.Applicant | tp.PersonName | str) -> None:
    """A third party never signs, nor does anybody whom nobody named; the refusal says who is expected."""
    case = issued(adhesion(legal_representative=known, applicant=tp.Applicant.THIRD_PARTY)).case
    with pytest.raises(tp.MandateRefusedError, match=known or r"Applicant\.REPRESENTATIVE") as error:
        case.sign(signatory, at=AT)

    named = signatory not in {tp.Applicant.THIRD_PARTY, "third_party"}
    assert ("signatory.unknown" if named and known is None else "signatory.not_allowed") == error.value.code
    assert ("2.16", str(signatory)) == (error.value.rule, error.value.facts["signatory"])
    assert issued(adhesion(legal_representative=known, applicant=tp.Applicant.THIRD_PARTY)).case == case
    refusal = case.refusal("sign", at=AT, signatory=signatory)
    assert str(error.value) == str(refusal)


@pytest.mark.rule("2.16")
def test_the_host_is_believed_over_the_request() -> None:
    """Representatives change: once the host names one, the one whom the request named signs no more."""
    case = issued(adhesion(legal_representative="Jean Petit"), legal_representative="Marie Le Goff").case
    assert case.refusal("sign", at=AT, signatory="Jean Petit") is not None


@pytest.mark.rule("2.16")
def test_a_representative_is_named_before_the_signature() -> None:
    """Who signs by a name that nobody said is told to have it said first; then that one signs, and nobody else."""
    case = issued().case
    with pytest.raises(tp.MandateRefusedError, match="Marie Le Goff cannot sign: nobody said yet") as error:
        case.sign("Marie Le Goff", at=AT)
    assert ("signatory.unknown", "2.16") == (error.value.code, str(error.value.rule))

    decision = case.name_representative("Marie Le Goff", at=AT)
    named = decision.case
    assert (tp.RepresentativeNamed(case_id="mandate", version=2, at=AT, name=tp.PersonName("Marie Le Goff")),) == (
        decision.events
    )
    assert (tp.MandateState.ISSUED, tp.PersonName("Marie Le Goff")) == (named.state, named.legal_representative)
    assert tp.PersonName("Marie Le Goff") == named.document().legal_representative
    assert tp.PersonName("Marie Le Goff") == named.sign("Marie Le Goff", at=AT).case.signatory
    assert named.refusal("sign", at=AT, signatory="Jean Petit") is not None


@pytest.mark.rule("2.16")
def test_a_representative_who_changes_is_no_dead_end() -> None:
    """Before the signature another representative can be named, as often as it takes; after it no more."""
    case = issued(adhesion(legal_representative="Jean Petit")).case
    changed = case.name_representative(tp.PersonName("Marie Le Goff"), at=AT + MICROSECOND).case
    again = changed.name_representative("Luc Bel", at=AT + MICROSECOND).case
    signed = again.sign(tp.Applicant.REPRESENTATIVE, at=AT + MICROSECOND).case
    assert changed.refusal("sign", at=AT + MICROSECOND, signatory="Jean Petit") is not None
    assert changed.refusal("sign", at=AT + MICROSECOND, signatory="Marie Le Goff") is None
    assert tp.PersonName("Luc Bel") == signed.signatory
    assert tp.PersonName("Jean Petit") == signed.origin.legal_representative
    with pytest.raises(tp.TransitionRefusedError) as late:
        signed.name_representative("Jean Petit", at=AT + MICROSECOND)
    assert ("2.17", ("send",)) == (str(late.value.rule), late.value.allowed)


@pytest.mark.parametrize("signatory", ["", 7, None])
def test_a_signatory_has_a_name(signatory: object) -> None:
    """What is no name cannot sign, nor be named."""
    with pytest.raises(tp.InvalidValueError):
        issued().case.sign(signatory, at=AT)  # type: ignore[arg-type]
    with pytest.raises(tp.InvalidValueError):
        issued().case.name_representative(signatory, at=AT)  # type: ignore[arg-type]


ALLOWED = {
    tp.MandateState.ISSUED: ("name_representative", "sign"),
    tp.MandateState.SIGNED: ("send",),
    tp.MandateState.SENT: ("register",),
    tp.MandateState.REGISTERED: ("lapse",),  # by then it has been idle for too long
    tp.MandateState.LAPSED: (),
}
GIVEN = {"sign": {"signatory": tp.Applicant.REPRESENTATIVE}, "name_representative": {"name": "Marie Le Goff"}}


@pytest.mark.rule("2.15", "2.16", "2.17", "2.19", "F1")
@pytest.mark.parametrize("trigger", MANDATE.verbs)
@pytest.mark.parametrize("state", tp.MandateState)
def test_steps_are_taken_in_order(state: tp.MandateState, trigger: str) -> None:
    """Each state and trigger is in the table, or refused: the refusal says what is possible, and nothing changed."""
    case, at = mandate(state), AT + timedelta(days=2000)
    if trigger in MANDATE.triggers(state):
        assert not isinstance(case.refusal(trigger, at=at), tp.TransitionRefusedError)
        return
    with pytest.raises(tp.TransitionRefusedError) as error:
        getattr(case, trigger)(**GIVEN.get(trigger, {}), at=at)
    assert ALLOWED[state] == error.value.allowed
    assert (state, trigger) == (error.value.state, error.value.trigger)
    assert mandate(state) == case
    assert str(error.value) == str(case.refusal(trigger, at=at))


@pytest.mark.rule("2.17", "2.19")
def test_a_refusal_says_what_comes_first() -> None:
    """A mandate that is not sent is not registered: the refusal names the state, what is allowed, and the rule."""
    refusal = mandate(tp.MandateState.SIGNED).refusal("register", at=AT)
    assert str(refusal).startswith("'register' is not possible while the mandate is 'signed'; expected: send ")
    assert isinstance(refusal, tp.RefusedError)
    assert "2.17" == refusal.rule


@pytest.mark.rule("2.15", "2.16", "2.17", "2.19", "F1")
def test_a_mandate_is_the_fold_of_its_events() -> None:
    """Each snapshot of a whole life is what its events replay to."""
    first, signed, sent, registered = (decision.case for decision in walked(tp.MandateState.REGISTERED))
    collected = registered.record_collection(at=AT + timedelta(days=400))
    assert collected.case.deadline is not None
    lapsed = collected.case.lapse(at=collected.case.deadline.lapses_at)
    decisions = (*walked(tp.MandateState.REGISTERED), collected, lapsed)
    events = [event for decision in decisions for event in decision.events]

    kinds = (
        tp.MandateIssued,
        tp.MandateSigned,
        tp.MandateSent,
        tp.MandateRegistered,
        tp.CollectionRecorded,
        tp.MandateLapsed,
    )
    assert list(kinds) == [type(event) for event in events]
    assert list(range(1, 7)) == [event.version for event in events]
    for count, case in enumerate((first, signed, sent, registered, collected.case, lapsed.case), start=1):
        assert tp.replay(events[:count]) == case
    with pytest.raises(tp.InvalidValueError, match="cannot follow"):
        tp.replay([events[0], attrs.evolve(events[2], version=2)])


@pytest.mark.rule("2.19", "F1")
@pytest.mark.parametrize(
    ("registered", "last"),
    [
        ("2024-05-02T09:00:00+00:00", "2027-05-02T21:59:59.999999+00:00"),
        # No 29 February three years later: article 641 rounds down.
        ("2024-02-29T12:00:00+00:00", "2027-02-28T22:59:59.999999+00:00"),
        ("2024-08-31T12:00:00+00:00", "2027-08-31T21:59:59.999999+00:00"),
        ("2025-02-28T12:00:00+00:00", "2028-02-28T22:59:59.999999+00:00"),
        # 30 April in Paris, and still 29 April in UTC.
        ("2024-04-29T22:00:00+00:00", "2027-04-30T21:59:59.999999+00:00"),
        ("2024-04-29T21:59:59.999999+00:00", "2027-04-29T21:59:59.999999+00:00"),
    ],
)
def test_an_idle_mandate_lapses_after_36_calendar_months(registered: str, last: str) -> None:
    """Idle, a mandate counts until the end, in Paris, of the day of the same number 36 months later, and no longer."""
    at, closes = datetime.fromisoformat(registered), datetime.fromisoformat(last)
    case = mandate(tp.MandateState.REGISTERED, at=at)
    assert at == case.registered_at
    assert case.deadline is not None
    assert closes == case.deadline.closes
    assert "F1" == case.deadline.rule
    assert (True, False) == (case.is_registered(closes), case.is_registered(closes + MICROSECOND))
    assert (False, True) == (case.is_over(closes), case.is_over(closes + MICROSECOND))
    assert not case.has_lapsed
    assert case.refusal("record_collection", at=closes) is None
    with pytest.raises(tp.DeadlineNotReachedError):
        case.lapse(at=closes)
    lapsed = case.tick(at=closes + MICROSECOND).case
    assert tp.MandateState.LAPSED is lapsed.state
    assert (None, None) == (lapsed.deadline, lapsed.due_at)
    assert not lapsed.is_registered(closes + MICROSECOND)
    assert (True, True) == (lapsed.has_lapsed, lapsed.is_over(at))


@pytest.mark.rule("F1")
@pytest.mark.parametrize(
    ("months", "registered", "last_day"),
    [(1, (2024, 1, 31), (2024, 2, 29)), (13, (2024, 1, 31), (2025, 2, 28)), (12, (2024, 2, 29), (2025, 2, 28))],
)
def test_the_idle_months_are_data(
    months: int, registered: tuple[int, int, int], last_day: tuple[int, int, int]
) -> None:
    """A rulebook with other months has them counted in the same way."""
    assert LIMIT is not None
    other = attrs.evolve(LIMIT, duration=tp.CivilMonths(months))
    rulebook = attrs.evolve(tp.EXPERT_2024_04_03, version="other", mandate_use=other)
    case = mandate(tp.MandateState.REGISTERED, rulebook, datetime(*registered, 12, tzinfo=UTC))
    assert case.deadline is not None
    assert datetime(*last_day, 22, 59, 59, 999999, tzinfo=UTC) == case.deadline.closes


@pytest.mark.rule("F1")
def test_a_collection_starts_the_months_again() -> None:
    """A collection at the last instant keeps the mandate for 36 months more, one microsecond later it is over."""
    case = mandate(tp.MandateState.REGISTERED)
    assert case.deadline is not None
    first = case.deadline
    collected = case.record_collection(at=first.closes).case
    assert tp.MandateState.REGISTERED is collected.state
    assert collected.deadline is not None
    assert datetime(2030, 5, 2, 21, 59, 59, 999999, tzinfo=UTC) == collected.deadline.closes
    assert AT == collected.registered_at
    assert collected.is_registered(first.lapses_at)
    with pytest.raises(tp.DeadlinePassedError) as error:
        case.record_collection(at=first.lapses_at)
    assert ("F1", first.closes) == (error.value.rule, error.value.closes)


@pytest.mark.rule("F1")
def test_without_the_time_limit_a_mandate_never_lapses() -> None:
    """The time limit can be left out of the rulebook: collections are recorded, and nothing lapses or reminds."""
    case = mandate(tp.MandateState.REGISTERED, FOREVER)
    century = AT + timedelta(days=36525)
    collected = case.record_collection(at=century).case
    assert (None, None) == (case.deadline, case.due_at)
    assert (None, None) == (collected.deadline, collected.due_at)
    assert collected.version == case.version + 1
    assert collected.is_registered(century)
    assert () == collected.next_steps(at=century)
    for trigger in ("lapse", "remind"):
        refusal = case.refusal(trigger, at=century)
        assert isinstance(refusal, tp.TransitionRefusedError)
    with pytest.raises(tp.TransitionRefusedError):
        case.tick(at=century)


@pytest.mark.rule("F1")
def test_the_shipped_rulebook_reminds_of_the_lapse() -> None:
    """The user is told to use the mandate 90 and 30 days before the safe day."""
    case = mandate(tp.MandateState.REGISTERED)
    assert case.due_at is not None
    assert case.deadline is not None
    assert datetime(2027, 1, 31, 23, tzinfo=UTC) - timedelta(days=1) == case.due_at
    assert () == case.next_steps(at=case.due_at - MICROSECOND)
    with pytest.raises(tp.DeadlineNotReachedError):
        case.remind(at=case.due_at - MICROSECOND)
    step = tp.NextStep(
        actor=tp.Actor.USER,
        action=tp.Action.USE_MANDATE,
        by=case.deadline.safe_until,
        closes=case.deadline.closes,
        rule=case.rulebook.rule("F1"),
        case_id="mandate",
        organisation=tp.Siren("552100554"),
        account=tp.BankAccount(ONE),
    )
    decision = case.tick(at=case.due_at)
    (email,) = decision.messages
    assert isinstance(email, tp.ReminderEmail)
    assert (step,) == email.steps == decision.case.next_steps(at=case.due_at)
    assert "camille@cabinet-durand.fr" == str(email.to)
    assert case.deadline == email.deadline == decision.case.deadline
    assert decision.case.due_at is not None
    assert timedelta(days=60) - timedelta(hours=1) == decision.case.due_at - case.due_at
    history = [event for each in walked(tp.MandateState.REGISTERED) for event in each.events]
    assert decision.case == tp.replay([*history, *decision.events])


@pytest.mark.rule("F1", "A15")
def test_the_months_run_from_the_latest_collection() -> None:
    """In whatever order collections are told, the last one counts; of two of one day, the one that is told last."""
    registered = mandate(tp.MandateState.REGISTERED)
    late = AT + timedelta(days=400)
    collected = registered.record_collection(at=late).case
    earlier = collected.record_collection(at=AT + timedelta(days=100), recorded_at=late).case
    again = collected.record_collection(at=late + timedelta(hours=1)).case
    assert (late, late, late + timedelta(hours=1)) == tuple(
        case.deadline.opened for case in (collected, earlier, again) if case.deadline is not None
    )
    assert collected.deadline == earlier.deadline


@pytest.mark.rule("F1", "A15")
def test_the_user_is_told_of_the_lapse_which_is_presumed() -> None:
    """A mandate that lapses is told to its user, as presumed: what it collected, the bank knows."""
    *_, decision = walked(tp.MandateState.LAPSED)
    (notice,) = decision.messages
    assert isinstance(notice, tp.LapseNotice)
    assert ("camille@cabinet-durand.fr", "F1", True) == (str(notice.to), str(notice.rule), notice.presumed)
    assert (tp.Siren("552100554"), decision.case.time_limit) == (notice.organisation, notice.deadline)
    assert tp.BankAccount(ONE) == notice.account
    assert (True, True) == (decision.case.is_presumed, decision.case.held_elsewhere)


@pytest.mark.rule("2.19", "2.20")
@pytest.mark.parametrize("state", tp.MandateState)
def test_registered_means_stated_by_then(state: tp.MandateState) -> None:
    """Before the statement no mandate is registered, from its instant on it is, until it lapses."""
    case = mandate(state)
    assert not case.is_registered(AT - MICROSECOND)
    assert (state is tp.MandateState.REGISTERED) is case.is_registered(AT)
    with pytest.raises(tp.InvalidValueError, match="naive"):
        case.is_registered(datetime(2024, 5, 2, 9))
    with pytest.raises(tp.InvalidValueError, match="naive"):
        case.is_over(datetime(2024, 5, 2, 9))


@pytest.mark.parametrize("state", tp.MandateState)
def test_verbs_follow_the_order_of_time(state: tp.MandateState) -> None:
    """No verb is told before the last thing that was told, nor takes a naive instant."""
    case = mandate(state)

    for trigger in MANDATE.triggers(state):
        assert isinstance(case.refusal(trigger, at=case.recorded_at - MICROSECOND), tp.OutOfOrderError)
        with pytest.raises(tp.InvalidValueError, match="naive"):
            case.refusal(trigger, at=datetime(2024, 5, 2, 9))


def test_an_iban_shows_in_no_repr() -> None:
    """The snapshot, its events and its document mask the IBAN."""
    decisions = walked(tp.MandateState.LAPSED)
    shown = repr(decisions) + str(decisions) + repr(decisions[-1].case.document())
    assert ONE not in shown
    assert ONE[4:-4] not in shown
    assert "FR76 **** 0189" in shown


@pytest.mark.rule("2.15")
@pytest.mark.parametrize("field", ["account_holder", "managing_office"])
def test_what_is_printed_stands_on_one_line(field: str) -> None:
    """The account's holder and the tax office are one line each, as long as a line of an address."""
    request = requested("payer-tva", bank_accounts=[FRENCH_IBAN]).case
    given = {"id": "mandate-1", "reference": "RUM-1", "at": START}
    held = tp.Mandate.issue(request, FRENCH_IBAN, **given, **{field: "  Holding   Martin "}).case
    assert "Holding Martin" == getattr(held.origin, field)
    for code, text in (("missing", " "), ("not_printable", "a\x1b[2J"), ("too_long", "a" * 201)):
        with pytest.raises(tp.InvalidValueError) as error:
            tp.Mandate.issue(request, FRENCH_IBAN, **given, **{field: text})
        assert f"{field}.{code}" == error.value.code
