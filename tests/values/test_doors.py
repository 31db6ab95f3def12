"""What enters is made plain, so that it equals what is stored; what belongs elsewhere is refused."""

from __future__ import annotations

import traceback
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import teleprocedures
from teleprocedures import values
from teleprocedures.codec import dumps, loads
from teleprocedures.errors import InvalidValueError
from teleprocedures.testing import adhesion_form, space_form
from teleprocedures.values import (
    ActivationCode,
    BankAccount,
    ContactDetails,
    CreditorIdentifier,
    EmailAddress,
    FileNumber,
    LinkToken,
    MandateReference,
    PersonName,
    Secret,
    Siren,
    organisation,
)
from tests.builders import FRENCH_IBAN, START, asked, issued, opened, requested


class Text(str):
    """A host's own text, as a database or a template engine gives it."""

    __slots__ = ()

    def __str__(self) -> str:
        return "something else"


TYPED: dict[type[Any], str] = {
    Siren: "552008443",
    FileNumber: "TF2024A17",
    EmailAddress: "jm@example.fr",
    PersonName: "Marie Le Goff",
    BankAccount: FRENCH_IBAN.replace(" ", ""),
    CreditorIdentifier: "FR72ZZZ123456",
    MandateReference: "RUM-1",
    ActivationCode: "K7MQ2XW9",
    LinkToken: "token-42",
    Secret: "correct horse",
}
kinds = pytest.mark.parametrize("kind", TYPED)


def texts_of(value: object) -> list[type]:
    """The types of the texts that a value keeps."""
    kept = [getattr(value, field.name) for field in attrs.fields(type(value))]
    return [type(it) for it in kept if isinstance(it, str)]


# --- Texts ------------------------------------------------------------------------------------------------------------


@kinds
def test_a_text_of_a_hosts_own_class_is_made_plain(kind: Any) -> None:
    """What is typed, and what is read back, is kept as plain text, and is the same value."""
    text = TYPED[kind]
    read = getattr(kind, "from_canonical", kind)
    given = (Text(text), Text("AGRIFRPPXXX")) if kind is BankAccount else (Text(text),)

    assert {str} == set(texts_of(kind(Text(text))))
    assert {str} == set(texts_of(read(*given)))
    assert kind(text) == kind(Text(text)) == read(*given)


def test_contact_details_are_made_plain() -> None:
    """Each of their fields, typed or read back."""
    typed = {
        "phone": "0123456789",
        "street": "1 rue de la Paix",
        "postal_code": "75002",
        "city": "Paris",
        "country": "FR",
    }
    stored = typed | {"phone": "+33123456789"}
    made = ContactDetails(**{name: Text(text) for name, text in typed.items()})
    read = ContactDetails.from_canonical(**{name: Text(text) for name, text in stored.items()})

    assert {str} == set(texts_of(made)) == set(texts_of(read))
    assert made == read


def test_ids_hashes_and_names_of_a_hosts_own_class_are_stored() -> None:
    """A space, a request and a mandate that are made of them read back equal."""
    space = asked(id=Text("space-1"), security_question=Text("Which?"), last_name=Text("Durand")).case
    hashed = teleprocedures.Space.create(
        space_form(), id="space-1", password_hash=Text("plain:a"), answer_hash=Text("plain:b"), at=START
    ).case
    request = requested(id=Text("request-1"), renews=Text("request-0"), company_name=Text("ACME")).case
    paying = requested("payer-tva", bank_accounts=[Text(FRENCH_IBAN)]).case
    mandate = issued(paying, Text(FRENCH_IBAN), id=Text("mandate-1"), account_holder=Text("Holding")).case

    for case in (space, hashed, request, mandate):
        assert case == loads(dumps(case))
        assert str is type(case.id)
    assert (str, str) == (type(hashed.origin.password_hash), type(hashed.origin.answer_hash))
    assert (str, str) == (type(request.origin.renews), type(request.origin.form.company_name))
    assert "space-1" == space.id


# --- Values -----------------------------------------------------------------------------------------------------------


def subclass(value: Any) -> Any:
    """The same value, of a host's own subclass."""
    kind = type("Own", (type(value),), {"__slots__": ()})
    own = kind.__new__(kind)
    for field in attrs.fields(type(value)):
        object.__setattr__(own, field.name, getattr(value, field.name))
    return own


def test_values_of_a_hosts_own_class_are_made_plain() -> None:
    """Forms keep plain values, which equal those that are read back."""
    space, adhesion = space_form(), adhesion_form(legal_representative="Anne Roy", company_email="a@example.fr")
    account = BankAccount(FRENCH_IBAN)
    own = {
        name: subclass(getattr(space, name)) for name in ("email", "first_name", "last_name", "organisation", "contact")
    }
    made = adhesion_form(
        organisation=subclass(adhesion.organisation),
        services=list(map(subclass, adhesion.services)),
        company_email=subclass(adhesion.company_email),
        legal_representative=subclass(adhesion.legal_representative),
        bank_accounts=[subclass(account)],
    )

    assert space == space_form(**own)
    assert adhesion_form(legal_representative="Anne Roy", company_email="a@example.fr", bank_accounts=[account]) == made
    assert FileNumber("TF17") == organisation(subclass(FileNumber("TF17")))
    assert FileNumber is type(organisation(subclass(FileNumber("TF17"))))


@pytest.mark.rule("1.8", "2.9")
@pytest.mark.parametrize("kind", [ActivationCode, LinkToken])
def test_a_code_of_a_hosts_own_class_opens(kind: Any) -> None:
    """What is sealed of a subclass is what is sealed of the code."""
    own, code = subclass(kind("K7MQ2XW9")), kind("K7MQ2XW9")

    assert values.seal(code, salt="s") == values.seal(own, salt="s")
    for it in (own, code, "K7MQ2XW9", Secret("K7MQ2XW9"), Text("K7MQ2XW9")):
        assert values.opens(values.seal(own, salt="s"), it, salt="s")
    with pytest.raises(InvalidValueError, match=r"^not a code: str is of another type"):
        values.seal("K7MQ2XW9", salt="s")  # type: ignore[arg-type] # the point of the test


@pytest.mark.rule("1.8", "3.3")
def test_a_code_is_sealed_for_what_it_is_for() -> None:
    """The same code of a space and of a request of the same id has two digests, and each opens its own."""
    code = ActivationCode("K7MQ2XW9")
    sealed = [values.seal(code, salt=values.salt_of(what, "case-1")) for what in ("emailed_code", "letter_code")]
    space = asked(id="case-1", code=code).case
    request = requested(id="case-1", code=code).case

    assert sealed == [space.origin.code, request.activation.code]  # type: ignore[union-attr] # it has one
    assert sealed[0] != sealed[1] != values.seal(code, salt="case-1")
    assert "active" == request.activate("K7MQ-2XW9", space=opened(), at=START).case.stage


# --- What belongs elsewhere -------------------------------------------------------------------------------------------

IBANS = [
    FRENCH_IBAN,
    FRENCH_IBAN.replace(" ", ""),
    FRENCH_IBAN.replace(" ", "-").lower(),
    f"IBAN {FRENCH_IBAN}",
    f"iban:{FRENCH_IBAN}",
    "FR76 3000 6000 0112 3456 7890 188",
    "DE89 3704 0044 0532 0130 00",
    "DE89370400440532013000",
    "NO93 8601 1117 947",
    "RIB 20041 01005 0500013M026 06",
    "20041010050500013M02606",
    "30006000011234567890189",
]


@pytest.mark.rule("1.4", "2.2", "A13")
@pytest.mark.parametrize("text", IBANS)
def test_an_account_is_no_company(text: str) -> None:
    """Typed where a company belongs, an account is refused with the hint, and is shown nowhere."""
    with pytest.raises(InvalidValueError) as caught:
        organisation(text)

    assert ("organisation.account", {}) == (caught.value.code, caught.value.facts)
    assert (
        "not an organisation: text is like a bank account, which belongs elsewhere; expected a SIREN or a file number"
        == str(caught.value)
    )


@pytest.mark.parametrize("text", ["552 008 443", "TF2024A17", "FR40X", "SIRET", "AB12CD34EF", "x" * 32])
def test_what_is_no_account_is_read_as_before(text: str) -> None:
    """A SIREN and a file number are no accounts."""
    assert text.replace(" ", "") == organisation(text).number


def test_a_siret_is_told_as_one() -> None:
    """With a word before it, a SIRET is no account either: it is told as what it is."""
    with pytest.raises(InvalidValueError) as caught:
        organisation("SIRET 552 008 443 00012")

    assert "file_number.malformed" == caught.value.code


@given(st.sampled_from(IBANS[1:2] + IBANS[7:8] + IBANS[10:]))
def test_a_file_number_that_looks_like_an_account_keeps_its_kind(text: str) -> None:
    """Whoever insists has it, as for what looks like a SIREN; its `repr` shows no IBAN."""
    number = FileNumber(text)

    assert f"file:{text}" == str(number)
    assert number == organisation(str(number)) == organisation(number)
    assert text.isdecimal() or text not in repr(number)


# --- Half built -------------------------------------------------------------------------------------------------------

BUILT = sorted(
    {
        kind
        for name in teleprocedures.__all__
        if isinstance(kind := getattr(teleprocedures, name), type)
        and attrs.has(kind)
        and kind.__module__.startswith("teleprocedures.")
    },
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", BUILT, ids=lambda kind: kind.__name__)
def test_what_is_half_built_says_so(kind: Any) -> None:
    """A value whose fields are not set, as a tool that collects local variables meets it, has a `repr`."""
    shown = repr(kind.__new__(kind))

    assert shown in {
        f"<{kind.__name__}, not built>",
        f"{kind.__name__}('***')",
        "SystemClock()",
        "RandomCodes()",
        "HeldElsewhere()",
    }


def test_a_value_that_could_not_be_built_is_shown_as_such() -> None:
    """So a traceback with its local variables shows it."""
    with pytest.raises(InvalidValueError) as caught:
        teleprocedures.Hours(0)

    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "self = Hours(count=0)" in "".join(frames.format())


@pytest.mark.parametrize(
    ("value", "code"),
    [(None, "hash.wrong_type"), ("", "hash.missing"), ("a\n", "hash.not_printable"), ("x" * 1_001, "hash.too_long")],
)
@pytest.mark.parametrize("name", ["password_hash", "answer_hash"])
def test_a_hash_is_text(name: str, value: Any, code: str) -> None:
    """A space is not made with a hash that could not be stored."""
    hashes = {"password_hash": "plain:a", "answer_hash": "plain:b", name: value}
    with pytest.raises(InvalidValueError) as caught:
        teleprocedures.Space.create(space_form(), id="space-1", at=START, **hashes)

    assert code == caught.value.code
