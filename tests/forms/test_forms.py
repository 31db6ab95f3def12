"""The two forms: what each field refuses, what the procedure refuses, and every problem at once."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.errors import InvalidFormError, InvalidValueError, RefusedError, RefusedFormError
from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.rulebook import CATALOGUE, MESSAGING, PAY_CFE, PAY_VAT, Service
from teleprocedures.testing import adhesion_form, space_form
from teleprocedures.values import BankAccount, ContactDetails, EmailAddress, FileNumber, PersonName, Siren

IBAN = "FR76 3000 6000 0112 3456 7890 189"
CONTACT = {"phone": "01 23 45 67 89", "street": "1 rue de la Paix", "postal_code": "75002", "city": "Paris"}
SPACE = {
    "email": "camille@cabinet-durand.fr",
    "password": " correct horse ",
    "first_name": "Camille",
    "last_name": "Durand",
    "organisation": "732 829 320",
    "contact": CONTACT,
    "security_question": " the first   client ",
    "security_answer": " Dupont ",
}
ADHESION = {"organisation": "552 100 554", "services": ["consulter-avis-tf"]}


def problems(form: type[SpaceForm | AdhesionForm], data: Any) -> list[tuple[str, str, str | None]]:
    """What is wrong with a mapping: the path, the text and the rule of each problem."""
    with pytest.raises(InvalidFormError) as caught:
        form.from_mapping(data)
    return [
        (problem.path, problem.message, None if problem.rule is None else problem.rule.id)
        for problem in caught.value.problems
    ]


# --- Forms that are accepted ------------------------------------------------------------------------------------------


@pytest.mark.rule("1.1", "1.3", "1.4", "1.5")
def test_a_space_form_keeps_values() -> None:
    """What was typed becomes values, and the form is read alike from its fields and from a mapping."""
    form = SpaceForm(**SPACE | {"contact": ContactDetails(**CONTACT)})

    assert EmailAddress("camille@cabinet-durand.fr") == form.email
    assert (PersonName("Camille"), PersonName("Durand")) == (form.first_name, form.last_name)
    assert Siren("732829320") == form.organisation
    assert "+33123456789" == form.contact.phone
    assert form == SpaceForm.from_mapping(SPACE)
    assert hash(form) == hash(SpaceForm.from_mapping(SPACE))


@pytest.mark.rule("1.2", "1.6")
def test_secrets_are_kept_as_typed_and_never_shown() -> None:
    """Every character of a password and of an answer counts; neither appears in the form's `repr`."""
    form = SpaceForm.from_mapping(SPACE)

    assert " correct horse " == form.password
    assert " Dupont " == form.security_answer
    assert "the first client" == form.security_question
    for secret in ("correct", "Dupont", "camille@", "23456789", "rue de la Paix"):
        assert secret not in repr(form)


@pytest.mark.rule("1.4")
def test_the_organisation_of_a_user_can_have_a_file_number() -> None:
    """The firm is known by its SIREN or by its file number."""
    assert FileNumber("TF2024A17") == space_form(organisation="TF2024A17").organisation


@pytest.mark.rule("2.2", "2.4")
def test_an_adhesion_form_keeps_values() -> None:
    """Codes become services, IBANs accounts, texts names; values pass through; the form reads alike from a mapping."""
    typed = {
        "organisation": "552 100 554",
        "services": ["messagerie", "payer-tva"],
        "company_email": "compta@boulangerie.fr",
        "bank_accounts": [IBAN, {"iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX"}],
        "applicant": "third_party",
        "legal_representative": "Marie Le Goff",
    }
    form = AdhesionForm(**typed)

    assert Siren("552100554") == form.organisation
    assert (MESSAGING, PAY_VAT) == form.services
    assert EmailAddress("compta@boulangerie.fr") == form.company_email
    assert (BankAccount(IBAN), BankAccount("DE89370400440532013000")) == form.bank_accounts
    assert "COBADEFFXXX" == form.bank_accounts[1].bic
    assert Applicant.THIRD_PARTY is form.applicant
    assert PersonName("Marie Le Goff") == form.legal_representative
    assert form == AdhesionForm.from_mapping(typed)
    assert form == AdhesionForm(**{field.name: getattr(form, field.name) for field in attrs.fields(AdhesionForm)})


def test_an_adhesion_form_asks_for_little() -> None:
    """Without them, there is no company e-mail, no account and no representative, and the company itself asks."""
    form = AdhesionForm.from_mapping(ADHESION)

    assert form.company_email is None
    assert () == form.bank_accounts
    assert Applicant.REPRESENTATIVE is form.applicant
    assert form.legal_representative is None


def test_what_is_given_twice_counts_once() -> None:
    """A service or an account named twice is there once, in the order of the first."""
    form = adhesion_form(services=["payer-cfe", PAY_VAT, "payer-cfe"], bank_accounts=[IBAN, BankAccount(IBAN)])

    assert (PAY_CFE, PAY_VAT) == form.services
    assert (BankAccount(IBAN),) == form.bank_accounts


def test_services_come_from_any_list() -> None:
    """A tuple, a set or a generator will do."""
    for services in (("payer-cfe",), {"payer-cfe"}, (code for code in ["payer-cfe"])):
        assert (PAY_CFE,) == adhesion_form(services=services, bank_accounts=[IBAN]).services


def test_a_form_is_frozen() -> None:
    """A form does not change once it is built."""
    for form in (space_form(), adhesion_form()):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            form.organisation = Siren("552100554")


def test_a_form_goes_between_processes() -> None:
    """A form comes out of pickle as it went in."""
    for form in (space_form(), adhesion_form()):
        assert form == pickle.loads(pickle.dumps(form))


@pytest.mark.rule("2.12")
def test_one_service_at_a_time_is_accepted() -> None:
    """Asking for all useful services at once is an advice, never a refusal."""
    for service in CATALOGUE.values():
        form = adhesion_form(services=[service], company_email="compta@boulangerie.fr", bank_accounts=[IBAN])

        assert (service,) == form.services


# --- One field that is not well formed --------------------------------------------------------------------------------

BLANKLESS = "1 to 1000 characters, not all of them blank"
BAD_SPACE = [
    ("1.1", "email", "camille@", "not an e-mail address: 'c***@' is refused, ", "one such as contact@example.fr"),
    ("1.1", "email", None, "not an e-mail address: NoneType is not text", "one such as contact@example.fr"),
    ("1.2", "password", "", "not a password: text is blank", BLANKLESS),
    ("1.2", "password", " \n", "not a password: text is blank", BLANKLESS),
    ("1.2", "password", "x" * 1001, "not a password: text of 1001 characters is too long", BLANKLESS),
    ("1.2", "password", 12345678, "not a password: int is not text", BLANKLESS),
    ("1.3", "first_name", " ", "not a name: text is empty", "1 to 100 characters, of which one letter at least"),
    ("1.3", "last_name", "42", "not a name: '42' has no letter", "1 to 100 characters, of which one letter at least"),
    (
        "1.4",
        "organisation",
        "732829321",
        "not a SIREN: '732829321' fails its check digit",
        "nine digits, such as 552 008",
    ),
    (
        "1.4",
        "organisation",
        "TF-1",
        "not a file number: 'TF-1' is empty, too long, or has another character",
        "1 to 32",
    ),
    ("1.4", "organisation", 732829320, "not an organisation: int is not text", "a SIREN or a file number"),
    ("1.5", "contact", "Paris", "not contact details: str is of another type", "a ContactDetails"),
    ("1.5", "contact", None, "not contact details: NoneType is of another type", "a ContactDetails"),
    ("1.6", "security_question", "", "not a trust question: text is empty", "1 to 200 characters"),
    (
        "1.6",
        "security_question",
        "?\ud800",
        "not a trust question: text has a character that cannot be printed",
        "1 to",
    ),
    ("1.6", "security_answer", "\t", "not an answer to the trust question: text is blank", BLANKLESS),
    ("1.6", "security_answer", b"Dupont", "not an answer to the trust question: bytes is not text", BLANKLESS),
]
BAD_ADHESION = [
    ("2.2", "organisation", "55210055", "not a SIREN: '55210055' has 8 digits", "expected nine digits"),
    ("2.4", "services", "payer-tva", "expected a list of values, not str", "expected a list"),
    ("2.4", "services", None, "expected a list of values, not NoneType", "expected a list"),
    ("2.4", "services", 5, "expected a list of values, not int", "expected a list"),
    ("2.4", "services", {"payer-tva": True}, "expected a list of values, not dict", "expected a list"),
    (
        "2.7",
        "company_email",
        "",
        "not an e-mail address: '***' is refused, ",
        "expected one such as contact@example.fr",
    ),
    ("2.13", "bank_accounts", IBAN, "expected a list of values, not str", "expected a list"),
    (
        "3.2",
        "applicant",
        "accountant",
        "unknown applicant 'accountant': expected",
        "one of representative, third_party",
    ),
    ("3.2", "applicant", ["x"], "unknown applicant ['x']: expected", "one of representative, third_party"),
    ("2.16", "legal_representative", "!", "not a name: '!' has no letter", "expected 1 to 100 characters"),
]


@pytest.mark.rule("1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
@pytest.mark.parametrize(("rule", "field", "value", "wrong", "expected"), BAD_SPACE)
def test_a_field_of_a_space_form_is_refused(rule: str, field: str, value: object, wrong: str, expected: str) -> None:
    """A bad field is refused with what is wrong and what is expected; from a mapping, with its path and rule too."""
    with pytest.raises(InvalidValueError) as caught:
        space_form(**{field: value})
    ((path, message, cited),) = problems(SpaceForm, SPACE | {field: value})

    assert (field, rule) == (path, cited)
    assert message == str(caught.value)
    assert message.startswith(wrong)
    assert expected in message


@pytest.mark.rule("2.2", "2.4", "2.7", "2.13")
@pytest.mark.parametrize(("rule", "field", "value", "wrong", "expected"), BAD_ADHESION)
def test_a_field_of_an_adhesion_form_is_refused(
    rule: str, field: str, value: object, wrong: str, expected: str
) -> None:
    """A bad field is refused with what is wrong and what is expected; from a mapping, with its path and rule too."""
    with pytest.raises(InvalidValueError) as caught:
        adhesion_form(**{field: value})
    ((path, message, cited),) = problems(AdhesionForm, ADHESION | {field: value})

    assert (field, rule) == (path, cited)
    assert message == str(caught.value)
    assert message.startswith(wrong)
    assert expected in message


@pytest.mark.rule("2.13")
@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("FR7630006000011234567890188", "not an IBAN: 'FR76 **** 0188' fails its check digits"),
        (
            {"bic": "AGRIFRPP"},
            "not a bank account: a mapping has no 'iban'; expected an IBAN, or a mapping with 'iban'",
        ),
        ({"iban": IBAN, "holder": "M. X"}, "not a bank account: a mapping has other fields; expected an IBAN, or"),
        ({"iban": IBAN, "bic": "X"}, "not a BIC: 'X' has another length, another character or an unknown country"),
        ({"iban": None}, "not an IBAN: NoneType is not text"),
        (None, "not an IBAN: NoneType is not text"),
    ],
)
def test_a_bad_account_is_refused(value: object, wrong: str) -> None:
    """An account is an IBAN, masked when it is wrong, or a mapping of an IBAN and perhaps a BIC; its place is told."""
    ((path, message, rule),) = problems(AdhesionForm, ADHESION | {"bank_accounts": [IBAN, value]})

    assert ("bank_accounts[1]", "2.13") == (path, rule)
    assert message.startswith(wrong)


@pytest.mark.rule("2.4")
def test_an_unknown_service_is_refused() -> None:
    """A service that the catalogue does not have is refused with its place, and with the codes that there are."""
    known = "messagerie, payer-tva, payer-ts, payer-is, payer-cvae, payer-pas, payer-cfe, payer-tf, consulter-avis-tf"

    assert [
        ("services[0]", f"unknown service 'payer': expected one of {known}", "2.4"),
        ("services[2]", f"unknown service 3: expected one of {known}", "2.4"),
    ] == problems(AdhesionForm, ADHESION | {"services": ["payer", "messagerie", 3]})


# --- From a mapping: every problem at once ----------------------------------------------------------------------------


@pytest.mark.rule("1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
def test_every_missing_field_is_told() -> None:
    """All of the fields of step 1 are required; each one missing is a problem that names its rule."""
    assert [
        ("email", "missing", "1.1"),
        ("password", "missing", "1.2"),
        ("first_name", "missing", "1.3"),
        ("last_name", "missing", "1.3"),
        ("organisation", "missing", "1.4"),
        ("contact", "missing", "1.5"),
        ("security_question", "missing", "1.6"),
        ("security_answer", "missing", "1.6"),
    ] == problems(SpaceForm, {})
    assert [("organisation", "missing", "2.2"), ("services", "missing", "2.4")] == problems(AdhesionForm, {})


@pytest.mark.parametrize("data", [None, "text", b"bytes", 3, ["email"], [("email", "x")], object()])
def test_what_is_no_mapping_is_told(data: object) -> None:
    """Anything but a mapping is one problem, of the whole form."""
    assert [("$", f"expected a mapping of fields, not {type(data).__name__}", None)] == problems(SpaceForm, data)


def test_unknown_fields_are_told() -> None:
    """A field that the form does not have, a typing error perhaps, is refused with those that it has."""
    fields = "organisation, services, company_email, bank_accounts, applicant, legal_representative"

    assert [
        ("service", f"unknown field: expected one of {fields}", None),
        ("7", f"unknown field: expected one of {fields}", None),
    ] == problems(AdhesionForm, ADHESION | {"service": "payer-tva", 7: None})


@pytest.mark.rule("1.5")
def test_problems_of_contact_details_have_their_own_paths() -> None:
    """Each field of the contact details has its own problems, the unknown and missing ones too."""
    contact = {"phone": "12", "postal_code": "7500", "country": "France", "fax": "01 23 45 67 89", "city": "\x00"}
    found = problems(SpaceForm, SPACE | {"contact": contact})

    assert [
        "contact.fax",
        "contact.phone",
        "contact.street",
        "contact.postal_code",
        "contact.city",
        "contact.country",
    ] == [path for path, _, _ in found]
    assert [
        "unknown field: expected one of phone, street, postal_code, city, country",
        "missing",
    ] == [message for path, message, _ in found if path in {"contact.fax", "contact.street"}]
    assert "not a country: 'France' is unknown; expected the two letters of its ISO 3166-1 code, such as FR" in {
        message for _, message, _ in found
    }


@pytest.mark.rule("1.5")
@pytest.mark.parametrize("contact", ["Paris", 3, None, [CONTACT]])
def test_contact_details_that_are_no_mapping(contact: object) -> None:
    """Contact details are a mapping of fields, or the value itself."""
    ((path, message, rule),) = problems(SpaceForm, SPACE | {"contact": contact})

    assert ("contact", "1.5") == (path, rule)
    assert message.startswith(f"not contact details: {type(contact).__name__} is of another type; expected ")


@pytest.mark.rule("1.5")
def test_contact_details_are_read_as_those_of_their_country() -> None:
    """A phone number and a postal code are judged by the country given; a `ContactDetails` passes as it is."""
    belgian = CONTACT | {"phone": "02 513 89 40", "postal_code": "1000", "city": "Bruxelles", "country": "be"}

    assert "+3225138940" == SpaceForm.from_mapping(SPACE | {"contact": belgian}).contact.phone
    assert ContactDetails(**CONTACT) == SpaceForm.from_mapping(SPACE | {"contact": ContactDetails(**CONTACT)}).contact
    assert "contact.postal_code" == problems(SpaceForm, SPACE | {"contact": belgian | {"country": "FR"}})[-1][0]


def test_every_problem_is_told_at_once() -> None:
    """A row that is wrong in many ways lists all of them, the procedure's own refusals among well formed fields too."""
    data = {
        "organisation": "552100555",
        "services": ["messagerie", "payer-tva"],
        "bank_accounts": [],
        "applicant": "me",
        "colour": "blue",
    }

    assert [
        ("colour", None),
        ("organisation", "2.2"),
        ("applicant", "3.2"),
        ("company_email", "2.7"),
        ("bank_accounts", "2.13"),
    ] == [(path, rule) for path, _, rule in problems(AdhesionForm, data)]


def test_a_field_that_was_not_read_is_told_once() -> None:
    """A bad e-mail address or account is not said to be missing as well."""
    data = {
        "organisation": "552100554",
        "services": ["messagerie", "payer-tva"],
        "company_email": "x",
        "bank_accounts": [1],
    }

    assert ["company_email", "bank_accounts[0]"] == [path for path, _, _ in problems(AdhesionForm, data)]


def test_a_form_that_mixes_bad_values_and_refusals_is_no_refusal() -> None:
    """Only a form whose fields are all well formed is refused under a rule; another is a bad value."""
    with pytest.raises(InvalidFormError) as caught:
        AdhesionForm.from_mapping({"organisation": "1", "services": ["messagerie"]})

    assert "AdhesionForm" == caught.value.form
    assert not isinstance(caught.value, RefusedError)


# --- What the procedure refuses among well formed fields --------------------------------------------------------------


def refused(**changes: Any) -> RefusedFormError:
    """The refusal of an adhesion form with these fields, the same from its fields and from a mapping."""
    with pytest.raises(RefusedFormError) as direct:
        adhesion_form(**changes)
    with pytest.raises(RefusedFormError) as mapped:
        AdhesionForm.from_mapping(ADHESION | changes)

    assert direct.value.problems == mapped.value.problems
    return direct.value


@pytest.mark.rule("2.4")
def test_an_empty_choice_is_refused() -> None:
    """A request names one service or more."""
    error = refused(services=[])

    assert "2.4" == error.rule
    assert [("services", "empty: expected one service or more")] == [(p.path, p.message) for p in error.problems]
    assert str(error).startswith(
        "form AdhesionForm has 1 problem: services: empty: expected one service or more (rule 2.4:"
    )


@pytest.mark.rule("2.3", "A7")
@pytest.mark.parametrize("service", [service for service in CATALOGUE.values() if service.code != "consulter-avis-tf"])
def test_a_file_number_opens_nothing_but_property_tax_notices(service: Service) -> None:
    """With a file number, any other service is refused, and the refusal names it."""
    error = refused(
        organisation="TF2024A17",
        services=["consulter-avis-tf", service],
        company_email="compta@boulangerie.fr",
        bank_accounts=[IBAN],
    )

    assert "2.3" == error.rule
    assert [("services", f"{service.code} cannot be requested with a file number: expected a SIREN")] == [
        (problem.path, problem.message) for problem in error.problems
    ]


@pytest.mark.rule("2.3", "A7")
def test_a_file_number_opens_property_tax_notices() -> None:
    """A file number stands for a SIREN to consult the notices of property taxes; a SIREN does as well."""
    assert FileNumber("TF2024A17") == adhesion_form(organisation="TF2024A17").organisation
    assert Siren("552100554") == adhesion_form().organisation


@pytest.mark.rule("2.7")
def test_messaging_needs_the_companys_email() -> None:
    """Messaging without the company's e-mail address is refused; with it, or without Messaging, it is not."""
    error = refused(services=["messagerie"])

    assert "2.7" == error.rule
    assert [("company_email", "missing: messagerie needs the company's e-mail address")] == [
        (problem.path, problem.message) for problem in error.problems
    ]
    assert (MESSAGING,) == adhesion_form(services=["messagerie"], company_email="compta@boulangerie.fr").services


@pytest.mark.rule("2.13", "A9")
@pytest.mark.parametrize("service", [service for service in CATALOGUE.values() if service.pays])
def test_a_pay_service_needs_bank_details(service: Service) -> None:
    """Any Pay service, CFE and TF included, is refused without an account, and the refusal names it."""
    error = refused(services=[service])

    assert "2.13" == error.rule
    assert [("bank_accounts", f"missing: {service.code} needs the company's bank details, such as an IBAN")] == [
        (problem.path, problem.message) for problem in error.problems
    ]
    assert (service,) == adhesion_form(services=[service], bank_accounts=[IBAN]).services


@pytest.mark.rule("2.3", "2.7", "2.13")
def test_all_refusals_are_told_at_once() -> None:
    """A form refused under several rules lists all of them; the error's rule is the first."""
    error = refused(organisation="TF2024A17", services=["messagerie", "payer-cfe"])

    assert "2.3" == error.rule
    assert ["2.3", "2.7", "2.13"] == [str(problem.rule) for problem in error.problems]
    assert "messagerie, payer-cfe cannot be requested with a file number" in str(error)


def test_a_hosts_own_services_are_read_from_a_mapping() -> None:
    """A catalogue with services of the host reads their codes; the rules apply to them by what they ask for."""
    tobacco = Service(code="payer-tabac", title="Payer les droits de tabac", pays=True)
    larger = CATALOGUE.extended(tobacco)
    data = ADHESION | {"services": ["payer-tabac"]}

    assert (tobacco,) == AdhesionForm.from_mapping(data | {"bank_accounts": [IBAN]}, catalogue=larger).services
    assert (tobacco,) == adhesion_form(services=[tobacco], bank_accounts=[IBAN]).services
    with pytest.raises(RefusedFormError, match=r"bank_accounts: missing: payer-tabac needs"):
        AdhesionForm.from_mapping(data, catalogue=larger)


# --- Whatever is given ------------------------------------------------------------------------------------------------

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["iban", "bic", "phone", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(
    st.sampled_from([(SpaceForm, SPACE), (AdhesionForm, ADHESION)]),
    st.data(),
)
def test_only_the_documented_error_comes_out(case: tuple[type[Any], Mapping[str, Any]], data: st.DataObject) -> None:
    """Whatever the fields hold, a form is built or an `InvalidFormError` lists problems with paths."""
    form, good = case
    names = st.sampled_from([*(field.name for field in attrs.fields(form)), "other"])
    bad = data.draw(st.dictionaries(names, anything, max_size=4))
    reported = {"company_email", "bank_accounts", "services", *bad}
    try:
        assert isinstance(form.from_mapping({**good, **bad}), form)
    except InvalidFormError as error:
        listed = error.problems
    else:
        return

    assert listed
    assert all(problem.path and problem.message for problem in listed)
    assert {problem.path.partition(".")[0].partition("[")[0] for problem in listed} <= reported
