"""SEPA business-to-business mandates: who may have one, who signs, in which order, and when an idle one lapses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.cases._mandate import the_registration
from tests import builders
from tests.builders import COMPANY_EMAIL, FRENCH_IBAN, POSTED, mandate_in, opened, paying, requested
from tests.instants import START

ONE = "FR7630006000011234567890189"
OTHER = "DE89370400440532013000"
THIRD = "FR1420041010050500013M02606"
AT = datetime(2024, 5, 2, 9, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FOREVER = attrs.evolve(tp.EXPERT_2024_04_03, version="no-lapse", mandate_use=None)


def adhesion(*services: str, at: datetime = AT, **changes: Any) -> tp.Adhesion:
    """A request that waits for the code of its letter; to pay TVA from one account, unless said otherwise."""
    return paying(*services, at=at, id="adhesion", **changes).case


def issued(
    request: tp.Adhesion | None = None, account: str = ONE, at: datetime = AT, **changes: Any
) -> tp.Decision[tp.Mandate]:
    """The decision that issues a mandate."""
    return builders.issued(request or adhesion(at=at), account, at=at, **{"id": "mandate", **changes})


def mandate(state: tp.MandateState, rulebook: tp.Rulebook = tp.EXPERT_2024_04_03, at: datetime = AT) -> tp.Mandate:
    """A mandate in this state, all its steps at one instant but the lapse."""
    return mandate_in(state, adhesion(at=at, rulebook=rulebook), ONE, at=at, id="mandate")


@pytest.mark.rule("2.14", "2.15")
def test_a_mandate_carries_what_its_printed_form_needs() -> None:
    """Reference, creditor, debtor and account, all that the request says of the company, and what is said now."""
    named = {"company_name": "Boulangerie Martin", "company_address": "3 rue du Four, 75006 Paris"}
    request = adhesion(legal_representative="Marie Le Goff", **named)
    said = {"account_holder": "SCI du Fournil", "managing_office": "SIE Paris 6e"}
    decision = issued(request, **said)
    case, (event,) = decision.case, decision.events
    assert (tp.MandateState.ISSUED, None, None) == (case.state, case.deadline, case.due_at)
    assert ((), tp.MandateIssued, "adhesion") == (decision.messages, type(event), event.adhesion_id)  # type: ignore[attr-defined]
    assert (tp.Siren("552100554"), "Boulangerie Martin", tp.BankAccount(ONE)) == (
        case.organisation,
        case.company_name,
        case.account,
    )
    assert (
        tp.MandateDocument(
            reference=tp.MandateReference("RUM-1"),
            creditor=tp.CreditorIdentifier("FR46ZZZ005002"),
            creditor_name="Direction générale des Finances publiques",
            debtor=tp.Siren("552100554"),
            debtor_name="Boulangerie Martin",
            debtor_address="3 rue du Four, 75006 Paris",
            account_holder="SCI du Fournil",
            managing_office="SIE Paris 6e",
            legal_representative=tp.PersonName("Marie Le Goff"),
            account=tp.BankAccount(ONE),
        )
        == case.document()
    )
    assert decision == issued(request, tp.BankAccount(ONE), **said)  # type: ignore[arg-type] # a helper's
    bare = issued(reference=tp.MandateReference("RUM-1")).case.document()
    unknown = ("debtor_name", "debtor_address", "account_holder", "managing_office", "legal_representative")
    assert [None] * 5 == [getattr(bare, name) for name in unknown]
    # Nobody takes the company for the holder of its account.
    assert (None, None) == (issued(request).case.document().account_holder, issued(request).case.origin.managing_office)


@pytest.mark.rule("2.14", "2.15")
def test_the_creditor_is_that_of_the_requests_own_rulebook() -> None:
    """A request made under another rulebook has its mandates for the creditor of that one, in its printed form too."""
    creditor = tp.CreditorIdentifier("DE98ZZZ09999999999")
    own = attrs.evolve(tp.EXPERT_2024_04_03, version="own", creditor=creditor, creditor_name="Somebody")
    case = issued(adhesion(rulebook=own)).case
    assert (own, creditor, "Somebody") == (case.rulebook, case.origin.creditor, case.origin.creditor_name)
    assert (creditor, "Somebody") == (case.document().creditor, case.document().creditor_name)


@pytest.mark.rule("2.14", "A8")
@pytest.mark.parametrize("service", ["payer-tva", "payer-ts", "payer-is", "payer-cvae", "payer-pas"])
def test_each_tax_that_needs_a_mandate_opens_one(service: str) -> None:
    """TVA, TS, IS, CVAE and PAS each allow a mandate, before the services are activated as well as after."""
    waiting = adhesion(service)
    active = waiting.activate(POSTED, space=opened(at=AT), at=AT).case
    assert tp.MandateState.ISSUED is issued(waiting).case.state
    assert tp.MandateState.ISSUED is issued(active).case.state


@pytest.mark.rule("2.11", "2.13", "2.14", "2.21", "3.4", "A8")
def test_a_mandate_that_cannot_be_says_why() -> None:
    """The request is over, recorded or not, no service needs one, the account is another, or has one already."""
    request = adhesion("payer-tva", "payer-is")
    linked = adhesion("payer-tva", "messagerie", company_email=COMPANY_EMAIL)
    mandates = [issued(request, id=f"mandate-{n}", reference=f"RUM-{n}").case for n in (1, 2)]
    about = {"services": ("payer-tva", "payer-is"), "account": "FR76 **** 0189", "expected": ("FR76 **** 0189",)}
    late, over = request.deadline, linked.deadline
    assert late is not None
    assert over is not None
    assert issued(request, at=late.closes)
    assert issued(linked, at=over.closes)
    plain = {"services": ("payer-cfe", "payer-tf")}
    declared = {"account": "FR14 **** 2606", "expected": ("FR76 **** 0189", "DE89 **** 3000")}
    linked_too = {"services": ("payer-tva", "messagerie")}
    for account, which, at, code, rule, facts in (
        (ONE, request, late.lapses_at, "mandate.request_over", "3.4", {}),
        (ONE, request.lapse(at=late.lapses_at).case, late.lapses_at, "mandate.request_over", "3.4", {}),
        (ONE, linked, over.lapses_at, "mandate.request_over", "2.11", linked_too),
        (ONE, linked.lapse(at=over.lapses_at).case, over.lapses_at, "mandate.request_over", "2.11", linked_too),
        (ONE, adhesion("payer-cfe", "payer-tf"), AT, "mandate.not_needed", "2.14", plain),
        (OTHER, request, AT, "mandate.account_unknown", "2.13", {"account": "DE89 **** 3000"}),
        (THIRD, request.declare_account(OTHER, at=AT).case, AT, "mandate.account_unknown", "2.13", declared),
        (ONE, request, AT, "mandate.repeated", "A8", {"mandates": ("RUM-1", "RUM-2")}),
    ):
        known = mandates if code == "mandate.repeated" else ()
        with pytest.raises(tp.MandateRefusedError) as caught:
            issued(which, account, at=at, mandates=known)
        assert (code, rule) == (caught.value.code, caught.value.rule)
        assert about | {"mandates": ()} | facts == dict(caught.value.facts)


@pytest.mark.rule("A8", "F1")
def test_one_mandate_for_each_account() -> None:
    """A second one is refused while the first counts, to its last instant; other accounts have their own."""
    request = adhesion(bank_accounts=[ONE, OTHER])
    first = issued(request, ONE).case
    second = issued(request, OTHER, id="second", mandates=[first]).case
    assert (tp.BankAccount(ONE), tp.BankAccount(OTHER)) == (first.account, second.account)
    with pytest.raises(tp.MandateRefusedError, match=r"FR76 \*\*\*\* 0189 has a mandate already, RUM-1"):
        issued(request, ONE, mandates=[second, first])
    registered = mandate(tp.MandateState.REGISTERED)
    limit = registered.deadline
    assert limit is not None
    later = adhesion(at=limit.closes)
    with pytest.raises(tp.MandateRefusedError):
        issued(later, at=limit.closes, mandates=[registered])
    assert issued(later, at=limit.lapses_at, mandates=[registered])


@pytest.mark.rule("2.15")
@pytest.mark.parametrize(
    ("changes", "account"),
    [
        ({"reference": "RUM//1"}, ONE),
        ({"reference": "X" * 36}, ONE),
        ({"id": ""}, ONE),
        ({"legal_representative": ""}, ONE),
        ({"legal_representative": 5}, ONE),
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
    """A mandate cannot be issued before the request; when that was told orders nothing of it (A14)."""
    with pytest.raises(tp.OutOfOrderError) as before:
        issued(adhesion(), at=AT - MICROSECOND)
    told_late = adhesion(recorded_at=AT + timedelta(days=9))

    assert ("order.before_fact", AT - MICROSECOND, AT) == (before.value.code, before.value.at, before.value.last)
    assert "A14" == before.value.rule
    assert AT == issued(told_late, at=AT).case.recorded_at


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
    "signatory", [tp.Applicant.THIRD_PARTY, "third_party", "Jean Petit", tp.PersonName("Jean Petit"), "None"]
)
def test_nobody_else_signs(known: str | None, signatory: tp.Applicant | tp.PersonName | str) -> None:
    """A third party never signs, nor does anybody whom nobody named; the refusal says who is expected."""
    case = issued(adhesion(legal_representative=known, applicant=tp.Applicant.THIRD_PARTY)).case
    before = attrs.evolve(case)
    with pytest.raises(tp.MandateRefusedError, match=known or r"Applicant\.REPRESENTATIVE") as error:
        case.sign(signatory, at=AT)
    named = signatory not in {tp.Applicant.THIRD_PARTY, "third_party"}
    assert ("signatory.unknown" if named and known is None else "signatory.not_allowed") == error.value.code
    assert ("2.16", str(signatory)) == (error.value.rule, error.value.facts["signatory"])
    assert (before, str(error.value)) == (case, str(case.refusal("sign", at=AT, signatory=signatory)))


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
    """The host is believed over the request; before the signature another can be named, as often as it takes."""
    case = issued(adhesion(legal_representative="Jean Petit"), legal_representative="Anne Roy").case
    assert case.refusal("sign", at=AT, signatory="Jean Petit") is not None
    changed = case.name_representative(tp.PersonName("Marie Le Goff"), at=AT + MICROSECOND).case
    again = changed.name_representative("Luc Bel", at=AT + MICROSECOND).case
    signed = again.sign(tp.Applicant.REPRESENTATIVE, at=AT + MICROSECOND).case
    assert changed.refusal("sign", at=AT + MICROSECOND, signatory="Anne Roy") is not None
    assert changed.refusal("sign", at=AT + MICROSECOND, signatory="Marie Le Goff") is None
    assert (tp.PersonName("Luc Bel"), tp.PersonName("Anne Roy")) == (
        signed.signatory,
        signed.origin.legal_representative,
    )
    with pytest.raises(tp.TransitionRefusedError) as late:
        signed.name_representative("Jean Petit", at=AT + MICROSECOND)
    assert ("2.17", ("send",)) == (late.value.rule, late.value.allowed)


@pytest.mark.parametrize("signatory", ["", 7, None])
def test_a_signatory_has_a_name(signatory: object) -> None:
    """What is no name cannot sign, nor be named."""
    with pytest.raises(tp.InvalidValueError):
        issued().case.sign(signatory, at=AT)  # type: ignore[arg-type]
    with pytest.raises(tp.InvalidValueError):
        issued().case.name_representative(signatory, at=AT)  # type: ignore[arg-type]


@pytest.mark.rule("2.17", "2.19")
def test_a_refusal_says_what_comes_first() -> None:
    """A mandate that is not sent is not registered: the refusal names the state, what is allowed, and the rule."""
    refusal = mandate(tp.MandateState.SIGNED).refusal("register", at=AT)
    assert str(refusal).startswith("'register' is not possible while the mandate is 'signed'; expected: send ")
    assert isinstance(refusal, tp.RefusedError)
    assert "2.17" == refusal.rule


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
def test_a_collection_starts_the_months_again() -> None:
    """It keeps the mandate for 36 months more, whatever was known of earlier ones (A15); months are data."""
    case = mandate(tp.MandateState.REGISTERED)
    first = case.deadline
    assert first is not None
    collected = case.record_collection(at=first.closes).case
    assert (tp.MandateState.REGISTERED, AT) == (collected.state, collected.registered_at)
    assert datetime(2030, 5, 2, 21, 59, 59, 999999, tzinfo=UTC) == collected.deadline.closes  # type: ignore[union-attr]
    assert collected.is_registered(first.lapses_at)
    late = case.record_collection(at=first.lapses_at).case
    assert datetime(2030, 5, 3, 21, 59, 59, 999999, tzinfo=UTC) == late.deadline.closes  # type: ignore[union-attr]
    other = attrs.evolve(tp.EXPERT_2024_04_03.mandate_use, duration=tp.CivilMonths(13))  # type: ignore[type-var]
    book = attrs.evolve(tp.EXPERT_2024_04_03, version="other", mandate_use=other)
    short = mandate(tp.MandateState.REGISTERED, book, datetime(2024, 1, 31, 12, tzinfo=UTC)).deadline
    assert short is not None
    assert datetime(2025, 2, 28, 22, 59, 59, 999999, tzinfo=UTC) == short.closes


@pytest.mark.rule("F1", "A15")
def test_without_the_time_limit_a_mandate_never_lapses() -> None:
    """The time limit can be left out of the rulebook: collections are recorded, and nothing lapses or reminds."""
    case, century = mandate(tp.MandateState.REGISTERED, FOREVER), AT + timedelta(days=36525)
    collected = case.record_collection(at=century).case
    for each in (case, collected):
        assert (None, None, False, False) == (each.deadline, each.due_at, each.is_over(century), each.is_presumed)
        assert (True, ()) == (each.is_registered(century), each.next_steps(at=century))
    assert case.version + 1 == collected.version
    for trigger in ("lapse", "remind"):
        assert isinstance(case.refusal(trigger, at=century), tp.TransitionRefusedError)
    with pytest.raises(tp.TransitionRefusedError):
        case.tick(at=century)


@pytest.mark.rule("F1")
def test_the_shipped_rulebook_reminds_of_the_lapse() -> None:
    """The user is told to use the mandate 90 and 30 days before the safe day."""
    case = mandate(tp.MandateState.REGISTERED)
    limit, due = case.deadline, datetime(2027, 1, 30, 23, tzinfo=UTC)
    assert limit is not None
    assert (due, ()) == (case.due_at, case.next_steps(at=due - MICROSECOND))
    with pytest.raises(tp.DeadlineNotReachedError):
        case.remind(at=due - MICROSECOND)
    step = tp.NextStep(
        actor=tp.Actor.USER,
        action=tp.Action.USE_MANDATE,
        by=limit.safe_until,
        closes=limit.closes,
        rule=case.rulebook.rule("F1"),
        case_id="mandate",
        organisation=tp.Siren("552100554"),
        account=tp.BankAccount(ONE),
    )
    decision = case.tick(at=due)
    (email,) = decision.messages
    assert isinstance(email, tp.ReminderEmail)
    assert (step,) == email.steps == decision.case.next_steps(at=due)
    assert ("camille@cabinet-durand.fr", tp.BankAccount(ONE)) == (str(email.to), email.account)
    assert limit == email.deadline == decision.case.deadline
    assert datetime(2027, 3, 31, 22, tzinfo=UTC) == decision.case.due_at


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


@pytest.mark.rule("2.19", "F1")
def test_a_collection_is_taken_in_every_state_that_comes_after_the_registration() -> None:
    """The bank may tell of one at any time (A15): each such state has a row of it, which follows the registration.

    Write for a state that this names: `Row("record_collection", STATE, STATE, CollectionRecorded,
    after=the_registration)`.
    """
    table = tp.LIFECYCLES["mandate"]
    before = {row.source for row in table.path(table.initial, tp.MandateState.REGISTERED) or ()}
    taken = {row.source for row in table.rows if row.trigger == "record_collection" and row.after is the_registration}

    assert set(table.states) - before == taken
