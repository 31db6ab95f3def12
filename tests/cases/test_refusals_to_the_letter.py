"""Refusals and errors to the letter, where the words carry values: what is wrong, and what is expected."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from teleprocedures import (
    CATALOGUE,
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationCode,
    Adhesion,
    AdhesionForm,
    BankAccount,
    CivilDays,
    Deadline,
    EmailAddress,
    Hours,
    InvalidFormError,
    InvalidValueError,
    Mandate,
    MandateReference,
    MandateRefusedError,
    OutOfOrderError,
    PaymentRefusedError,
    Problem,
    Rule,
    ScryptHasher,
    Service,
    Space,
    TransitionRefusedError,
    check_payment,
)
from teleprocedures.core import UNSAID
from teleprocedures.deadlines import months_later
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.values import organisation

AT = datetime(2024, 3, 1, 9, tzinfo=UTC)
IBAN = "FR7630006000011234567890189"
SPACE = Space.create(space_form(), id="space-1", hasher=PlainHasher(), at=AT).case.activate(HELD_ELSEWHERE, at=AT).case


def requested(*services: str, **form: Any) -> Adhesion:
    """A request from the active space."""
    asked = adhesion_form(services=services, bank_accounts=[IBAN], company_email="a@example.fr", **form)
    return Adhesion.request(SPACE, asked, id="adhesion-1", at=AT).case


def test_problems_are_counted() -> None:
    """One problem, two problems."""
    one, two = Problem("email", "missing"), Problem("password", "missing")

    assert "form F has 1 problem: email: missing" == str(InvalidFormError("F", [one]))
    assert "form F has 2 problems: email: missing; password: missing" == str(InvalidFormError("F", [one, two]))


def test_a_state_says_what_it_allows() -> None:
    """The refusal lists the other verbs of the state, or says that there is none; it is its own argument too."""
    linked = requested("messagerie")
    with pytest.raises(TransitionRefusedError) as waits:
        linked.record_letter(date(2024, 3, 1), at=AT)
    with pytest.raises(TransitionRefusedError) as over:
        SPACE.lapse(at=AT)

    expected = "expected one of: validate, confirm_company_email, remind, lapse"
    assert f"'record_letter' is not possible while the adhesion is 'awaiting_email'; {expected}" == waits.value.message
    assert (waits.value.message,) == waits.value.args
    assert "'lapse' is not possible while the space is 'active'; nothing is possible any more" == over.value.message


@pytest.mark.rule("2.11", "3.4")
def test_a_request_that_waits_says_what_it_waits_for() -> None:
    """A renewal that comes too early is told what the request allows in its present stage."""
    told = []
    for request in (requested("messagerie"), requested("payer-cfe")):
        with pytest.raises(TransitionRefusedError) as early:
            request.renew(SPACE, id="adhesion-2", at=AT)
        told.append((early.value.state, early.value.allowed))

    assert [
        ("awaiting_email", ("validate", "confirm_company_email", "remind", "lapse")),
        ("awaiting_code", ("record_letter", "activate", "remind", "lapse")),
    ] == told


def test_what_is_no_form_and_no_service_is_named() -> None:
    """A form of another kind, and a service that the rulebook does not have."""
    small = attrs.evolve(EXPERT_2024_04_03, version="small", catalogue=type(CATALOGUE)(tuple(CATALOGUE.values())[:2]))
    with pytest.raises(InvalidValueError) as form:
        Adhesion.request(SPACE, "form", id="a", at=AT)  # type: ignore[arg-type] # the point of the test
    with pytest.raises(InvalidValueError) as service:
        Adhesion.request(SPACE, adhesion_form(), id="a", at=AT, rulebook=small)

    assert "str is not a form: expected an AdhesionForm" == str(form.value)
    assert (
        "service 'consulter-avis-tf' is not in the catalogue of Rulebook('small'):"
        " expected one of messagerie, payer-tva"
    ) == str(service.value)


def test_values_at_their_edges() -> None:
    """A mailbox of two letters shows one, a bad reference is shown, and the calendar's last year is reached."""
    with pytest.raises(InvalidValueError, match="'A//B'"):
        MandateReference("A//B")

    assert "a***@example.fr" == EmailAddress("ab@example.fr").masked
    assert date(9999, 12, 31) == months_later(date(9998, 12, 31), 12)
    with pytest.raises(OverflowError, match="year 10000 is past 9999"):
        months_later(date(9999, 12, 31), 12)


def test_days_ahead_are_those_of_the_zone() -> None:
    """Where the zone's day is not that of UTC, days ahead of the safe day are counted in the zone."""
    unit = CivilDays(10, "America/New_York")
    deadline = unit.starting(date(2024, 3, 1))

    # The safe day is 10 March, which ends on the 11th in UTC; two days ahead begins 8 March 00:00 there, 05:00 in UTC.
    assert datetime(2024, 3, 8, 5, tzinfo=UTC) == unit.ahead(deadline, 2)


@pytest.mark.rule("2.16", "A8")
def test_a_mandate_that_cannot_be_says_why() -> None:
    """No signatory was named; the request has lapsed; other accounts have their mandate."""
    request = requested("payer-tva", "payer-is")
    mandate = Mandate.issue(request, IBAN, id="mandate-1", reference="RUM-1", at=AT).case
    late = AT + timedelta(days=90)
    with pytest.raises(MandateRefusedError) as signed:
        mandate.sign("Jeanne Martin", at=AT)
    with pytest.raises(MandateRefusedError) as lapsed:
        Mandate.issue(request, IBAN, id="mandate-2", reference="RUM-2", at=late)

    assert "Applicant.REPRESENTATIVE, for nobody said at the issue who that is" in signed.value.message
    assert signed.value.message.endswith("who that is")
    assert "the request has lapsed: expected the one that renews it" == lapsed.value.message


def test_a_deadline_is_not_estimated_unless_it_is_said() -> None:
    """A limit started without a word on it is known for sure, in hours and in days."""
    assert not Hours(48).starting(AT).estimated
    assert not CivilDays(60).starting(AT).estimated


def test_a_count_of_many_digits_is_not_written_out() -> None:
    """A count that cannot be used is shown, unless it has more digits than anybody would read."""
    with pytest.raises(
        InvalidValueError, match=r"^count of many digits cannot be used; expected a whole number from 1"
    ):
        Hours(10**5000)
    with pytest.raises(InvalidValueError, match=r"^count 2000000 cannot be used; expected a whole number from 1"):
        Hours(2_000_000)


def test_a_deadline_of_another_zone_is_shown_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is expected is the same instant in UTC, not what the machine's own clocks read."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    closes = AT.astimezone(ZoneInfo("Europe/Paris"))
    try:
        with pytest.raises(InvalidValueError) as refused:
            Deadline(opened=AT, safe_until=AT, closes=closes)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert "closes 2024-03-01T10:00:00+01:00 is not in UTC; expected 2024-03-01T09:00:00+00:00" == str(refused.value)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (10_000_000, "10000000"),
        (10_000_001, "of many digits"),
        (-10_000_000, "-10000000"),
        (10**7 * 11, "of many digits"),
    ],
)
def test_a_count_is_shown_up_to_ten_millions(count: int, shown: str) -> None:
    """A count of up to ten times the largest one is shown."""
    with pytest.raises(InvalidValueError, match=f"^count {shown} cannot be used"):
        Hours(count)


def test_an_instant_out_of_order_says_after_what() -> None:
    """A verb before the last event of its case says when that was."""
    with pytest.raises(OutOfOrderError) as early:
        SPACE.lapse(at=AT - timedelta(microseconds=1))

    assert (
        "2024-03-01T08:59:59.999999+00:00 is before the last event of the space:"
        " expected 2024-03-01T09:00:00+00:00 or later"
    ) == early.value.message


@pytest.mark.rule("2.7", "2.13")
def test_all_services_that_need_something_are_named() -> None:
    """Two services that need the company's address, and two that need its bank details."""
    own = [Service(code=code, title="…", needs_company_email=True) for code in ("rescrit", "courrier")]
    with pytest.raises(InvalidFormError) as unaddressed:
        AdhesionForm(organisation="552 100 554", services=own)
    with pytest.raises(InvalidFormError) as unpaid:
        adhesion_form(services=["payer-tva", "payer-cfe"])

    assert ["missing: rescrit, courrier needs the company's e-mail address"] == [
        problem.message for problem in unaddressed.value.problems
    ]
    assert ["missing: payer-tva, payer-cfe needs the company's bank details, such as an IBAN"] == [
        problem.message for problem in unpaid.value.problems
    ]


def test_what_is_not_said_is_named() -> None:
    """A verb that leaves something unsaid names all that must be given."""
    with pytest.raises(InvalidValueError) as unsaid:
        requested("payer-cfe").activate(UNSAID, space=SPACE, at=AT)  # type: ignore[arg-type] # the point of the test

    assert "code, space must be given" == str(unsaid.value)


def test_what_is_no_organisation_and_no_space_is_told_by_its_type() -> None:
    """A number is no organisation, and a form is no space."""
    with pytest.raises(InvalidValueError) as number:
        organisation(552100554)  # type: ignore[arg-type] # the point of the test
    with pytest.raises(InvalidValueError) as form:
        Adhesion.request(space_form(), adhesion_form(), id="a", at=AT)  # type: ignore[arg-type] # the same

    assert "not an organisation: int is not text; expected a SIREN or a file number" == str(number.value)
    assert "SpaceForm is not a space: expected a Space" == str(form.value)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ab c@d.fr", "the email address contains invalid characters before the @-sign"),
        ("ab@d", "the part after the @-sign is not valid, it should have a period"),
        ("ab@d@e.fr", "the part after the @-sign contains invalid characters"),
        ("a..b@d.fr", "an email address cannot have two periods in a row"),
        (f"a@{'b' * 64}.fr", "after the @-sign, periods cannot be separated by so many characters"),
        ("ab\n c@d.fr", "the email address contains invalid characters before the @-sign"),
    ],
)
def test_why_an_address_is_refused(address: str, why: str) -> None:
    """The reason is told in the library's sentence, without what it may quote of the address."""
    with pytest.raises(InvalidValueError) as refused:
        EmailAddress(address)

    assert f" is refused, {why}; expected " in str(refused.value)


def test_values_at_the_limits_of_their_length() -> None:
    """The longest stored address, the shortest IBAN, and the longest code are not taken for others."""
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.fr"
    with pytest.raises(InvalidValueError, match="text of 64 characters has another character"):
        ActivationCode("A" * 63 + "_")
    with pytest.raises(InvalidValueError, match="text of 65 characters is too long"):
        ActivationCode("A" * 65)

    assert 254 == len(longest)
    assert longest == EmailAddress.from_canonical(longest).address
    assert "NO93 **** 7947" == BankAccount("NO93 8601 1117 947").masked


def test_scrypt_may_use_less_than_two_gigabytes() -> None:
    """A cost that needs 2 GiB to the byte is refused, and one that needs a little less is not."""
    with pytest.raises(InvalidValueError) as costly:
        ScryptHasher(cost=2**20, block_size=8, parallelism=1_047_550)

    assert 1_047_549 == ScryptHasher(cost=2**20, block_size=8, parallelism=1_047_549).parallelism
    assert str(costly.value).endswith(
        "expected whole numbers from 1 on, a cost that is a power of two from 2 on,"
        " and less than 2 GiB of memory (128 * cost * block_size bytes)"
    )


@pytest.mark.rule("2.16", "A8")
def test_nobody_is_nobodys_name() -> None:
    """Where no representative is known, no name stands for that; the mandates that an account has are all named."""
    request = requested("payer-tva")
    mandates = [Mandate.issue(request, IBAN, id=f"mandate-{n}", reference=f"RUM-{n}", at=AT).case for n in (1, 2)]
    with pytest.raises(MandateRefusedError, match="None cannot sign"):
        mandates[0].sign("None", at=AT)
    with pytest.raises(MandateRefusedError, match="has a mandate already, RUM-1, RUM-2: expected"):
        Mandate.issue(request, IBAN, id="mandate-3", reference="RUM-3", at=AT, mandates=mandates)


@pytest.mark.rule("3.5")
def test_a_remedy_has_all_its_steps() -> None:
    """A payment refused while the letter is awaited says what the company, then the user, must do."""
    request = requested("payer-cfe", applicant="third_party")
    with pytest.raises(PaymentRefusedError) as refused:
        check_payment(request, "payer-cfe", IBAN, at=AT)

    assert " (rule 3.2); user: enter the code of the letter" in refused.value.remedy


def test_a_rule_leaves_others_to_compare() -> None:
    """A rule says nothing of what is neither a rule nor an id, which may compare itself with it."""

    class Cited:
        """What compares with rules, and with nothing else."""

        __hash__ = None  # type: ignore[assignment] # no key of anything

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Rule)

    rule = EXPERT_2024_04_03.rule("1.9")

    assert rule == Cited()
    assert rule != 19


@pytest.mark.parametrize(
    ("id", "shown"), [("a b", "'a b'"), ("", "''"), (7, "7"), ("FR76 3000 6000 0112 3456 7890 189", "'FR76 **** 0189'")]
)
def test_what_is_no_id_is_shown(id: object, shown: str) -> None:
    """An id that cannot be is told as it is, unless it is an IBAN."""
    with pytest.raises(InvalidValueError) as refused:
        Adhesion.request(SPACE, adhesion_form(), id=id, at=AT)  # type: ignore[arg-type] # the point of the test

    expected = "a case's id is a text of 1 to 200 printable characters without a space, not"
    assert f"{expected} {shown}" == str(refused.value)
