"""The two forms: what each field refuses, what the procedure refuses, and every problem at once."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.errors import InvalidFormError, InvalidValueError, Problem, RefusedError, RefusedFormError
from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.rulebook import CATALOGUE, Service
from teleprocedures.values import BankAccount, ContactDetails, EmailAddress, FileNumber, PersonName, Siren
from teleprocedures.words import ERROR_CODES

MESSAGING, PAY_VAT, PAY_CFE = CATALOGUE["messagerie"], CATALOGUE["payer-tva"], CATALOGUE["payer-cfe"]
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


def space_form(**changes: Any) -> SpaceForm:
    """A form of step 1 that is accepted, but for these changes."""
    return SpaceForm(**SPACE | {"contact": ContactDetails(**CONTACT)} | changes)


def adhesion_form(**changes: Any) -> AdhesionForm:
    """A form of step 2 that is accepted, but for these changes."""
    return AdhesionForm(**ADHESION | changes)


def found_in(form: type[SpaceForm | AdhesionForm], data: Any) -> tuple[Problem, ...]:
    """What is wrong with a mapping."""
    with pytest.raises(InvalidFormError) as caught:
        form.from_mapping(data)
    return caught.value.problems


def problems(form: type[SpaceForm | AdhesionForm], data: Any) -> list[tuple[str, str, str | None]]:
    """What is wrong with a mapping: the path, the code and the rule of each problem."""
    return [
        (problem.path, problem.code, None if problem.rule is None else problem.rule.id)
        for problem in found_in(form, data)
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
        "company_name": " Boulangerie  Martin ",
        "company_address": "3 place du Marché, 75019 Paris",
    }
    form = AdhesionForm(**typed)

    assert Siren("552100554") == form.organisation
    assert (MESSAGING, PAY_VAT) == form.services
    assert EmailAddress("compta@boulangerie.fr") == form.company_email
    assert (BankAccount(IBAN), BankAccount("DE89370400440532013000")) == form.bank_accounts
    assert "COBADEFFXXX" == form.bank_accounts[1].bic
    assert Applicant.THIRD_PARTY is form.applicant
    assert PersonName("Marie Le Goff") == form.legal_representative
    assert "Boulangerie Martin" == form.company_name
    assert "3 place du Marché, 75019 Paris" == form.company_address
    assert form == AdhesionForm.from_mapping(typed)
    assert form == AdhesionForm(**{field.name: getattr(form, field.name) for field in attrs.fields(AdhesionForm)})


def test_an_adhesion_form_asks_for_little() -> None:
    """Without them, there is no company e-mail, no account and no representative, and the company itself asks."""
    form = AdhesionForm.from_mapping(ADHESION)

    assert form.company_email is None
    assert () == form.bank_accounts
    assert Applicant.REPRESENTATIVE is form.applicant
    assert form.legal_representative is None
    assert form.company_name is None
    assert form.company_address is None


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\N{NO-BREAK SPACE}", None])
def test_blank_text_is_a_field_not_given(blank: str | None) -> None:
    """An empty cell of a file is no field: what is optional is left out, what is not is missing."""
    optional = [field.name for field in attrs.fields(AdhesionForm) if field.default is not attrs.NOTHING]
    given = dict.fromkeys(optional, blank)

    assert adhesion_form() == AdhesionForm.from_mapping(ADHESION | given) == adhesion_form(**given)
    assert "FR" == SpaceForm.from_mapping(SPACE | {"contact": CONTACT | {"country": blank}}).contact.country
    assert AdhesionForm.from_mapping(ADHESION | {"bank_accounts": [{"iban": IBAN, "bic": blank}]}).bank_accounts
    assert {("field.missing", "2.2"), ("field.missing", "2.4")} == {
        (code, rule) for _, code, rule in problems(AdhesionForm, dict.fromkeys(ADHESION, blank))
    }
    assert problems(SpaceForm, {}) == problems(SpaceForm, dict.fromkeys(SPACE, blank))
    assert ["contact.phone", "contact.street", "contact.postal_code", "contact.city"] == [
        path for path, _, _ in problems(SpaceForm, SPACE | {"contact": dict.fromkeys(CONTACT, blank)})
    ]


def test_a_half_built_form_has_a_repr() -> None:
    """A traceback that shows its locals shows a form whose fields are not set yet, too."""
    for form in (SpaceForm, AdhesionForm):
        assert f"<{form.__name__}, not built>" == repr(form.__new__(form))
    with pytest.raises(InvalidValueError) as caught:
        space_form(email="x", password="hunter2")

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "self = <SpaceForm, not built>" in "".join(shown.format())


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

BAD_SPACE = [
    ("1.1", "email", "camille@", "email.no_domain"),
    ("1.1", "email", 12, "email.wrong_type"),
    ("1.2", "password", "x" * 1001, "password.too_long"),
    ("1.2", "password", 12345678, "password.wrong_type"),
    ("1.3", "first_name", "\N{HANGUL FILLER}", "name.invisible"),
    ("1.3", "last_name", "42", "name.no_letter"),
    ("1.4", "organisation", "732829321", "siren.check_digit"),
    ("1.4", "organisation", "73282932O", "siren.mistyped"),
    ("1.4", "organisation", "73282932000074", "siren.siret"),
    ("1.4", "organisation", "FR44732829320", "siren.vat_number"),
    ("1.4", "organisation", "TF-1", "file_number.malformed"),
    ("1.4", "organisation", 732829320, "organisation.wrong_type"),
    ("1.5", "contact", "Paris", "contact.wrong_type"),
    ("1.6", "security_question", "?" * 201, "security_question.too_long"),
    ("1.6", "security_question", 3, "security_question.wrong_type"),
    ("1.6", "security_question", "?\ud800", "security_question.not_printable"),
    ("1.6", "security_question", "\N{HANGUL FILLER}", "security_question.invisible"),
    ("1.6", "security_answer", "x" * 1001, "security_answer.too_long"),
    ("1.6", "security_answer", b"Dupont", "security_answer.wrong_type"),
]
BAD_ADHESION = [
    ("2.2", "organisation", "55210055", "siren.length"),
    ("2.4", "services", "payer-tva", "list.wrong_type"),
    ("2.4", "services", 5, "list.wrong_type"),
    ("2.4", "services", {"payer-tva": True}, "list.wrong_type"),
    ("2.4", "services", ["payer-cfe"] * 101, "services.too_many"),
    ("2.7", "company_email", "compta", "email.no_at_sign"),
    ("2.13", "bank_accounts", IBAN, "list.wrong_type"),
    ("2.13", "bank_accounts", [IBAN] * 101, "bank_accounts.too_many"),
    ("3.2", "applicant", "accountant", "applicant.unknown"),
    ("3.2", "applicant", ["x"], "applicant.unknown"),
    ("3.2", "applicant", 3, "applicant.unknown"),
    ("2.16", "legal_representative", "!", "name.no_letter"),
    *(
        ("2.6", field, value, f"{field}.{what}")
        for field in ("company_name", "company_address")
        for value, what in (
            (3, "wrong_type"),
            ("x" * 201, "too_long"),
            ("\x1b]0;x\x07", "not_printable"),
            ("\N{HANGUL FILLER}", "invisible"),
        )
    ),
]


@pytest.mark.rule("1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "A13")
@pytest.mark.parametrize(("rule", "field", "value", "code"), BAD_SPACE)
def test_a_field_of_a_space_form_is_refused(rule: str, field: str, value: object, code: str) -> None:
    """A bad field is refused with its code; from a mapping, with its path and rule too."""
    with pytest.raises(InvalidValueError) as caught:
        space_form(**{field: value})
    (problem,) = found_in(SpaceForm, SPACE | {field: value})

    assert (field, code, rule) == (problem.path, problem.code, problem.rule)
    assert (caught.value.code, caught.value.facts) == (problem.code, problem.facts)
    assert str(caught.value) == problem.message


@pytest.mark.rule("2.2", "2.4", "2.6", "2.7", "2.13")
@pytest.mark.parametrize(("rule", "field", "value", "code"), BAD_ADHESION)
def test_a_field_of_an_adhesion_form_is_refused(rule: str, field: str, value: object, code: str) -> None:
    """A bad field is refused with its code; from a mapping, with its path and rule too."""
    with pytest.raises(InvalidValueError) as caught:
        adhesion_form(**{field: value})
    (problem,) = found_in(AdhesionForm, ADHESION | {field: value})

    assert (field, code, rule) == (problem.path, problem.code, problem.rule)
    assert (caught.value.code, caught.value.facts) == (problem.code, problem.facts)
    assert str(caught.value) == problem.message


@pytest.mark.rule("1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("email", "email.missing"),
        ("password", "password.missing"),
        ("first_name", "name.missing"),
        ("last_name", "name.missing"),
        ("organisation", "organisation.missing"),
        ("security_question", "security_question.missing"),
        ("security_answer", "security_answer.missing"),
    ],
)
def test_a_blank_field_of_a_form_built_by_hand_is_missing(field: str, code: str) -> None:
    """Where each field is given by name, a blank one that is required says which it is."""
    for blank in ("", " \n"):
        with pytest.raises(InvalidValueError) as caught:
            space_form(**{field: blank})

        assert code == caught.value.code


@pytest.mark.rule("2.13")
@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("FR7630006000011234567890188", "iban.check_digits"),
        ("", "iban.missing"),
        ({"bic": "AGRIFRPP"}, "bank_account.missing_iban"),
        ({"iban": " "}, "bank_account.missing_iban"),
        ({"iban": None}, "bank_account.missing_iban"),
        ({"iban": IBAN, "holder": "M. X"}, "bank_account.unknown_field"),
        ({"iban": IBAN, 10**5_000: "M. X"}, "bank_account.unknown_field"),
        ({"iban": IBAN, "bic": "X"}, "bic.malformed"),
        ({"iban": 12}, "iban.wrong_type"),
        (None, "iban.wrong_type"),
    ],
    ids=range(10),
)
def test_a_bad_account_is_refused(value: object, code: str) -> None:
    """An account is an IBAN, masked when it is wrong, or a mapping of an IBAN and perhaps a BIC; its place is told."""
    (problem,) = found_in(AdhesionForm, ADHESION | {"bank_accounts": [IBAN, value]})

    assert ("bank_accounts[1]", code, "2.13") == (problem.path, problem.code, problem.rule)
    assert str(problem).startswith("bank_accounts[1]: not a")
    assert "11234567890" not in str(problem)


@pytest.mark.rule("2.4")
def test_an_unknown_service_is_refused() -> None:
    """A service that the catalogue does not have is refused with its place, and with the codes that there are."""
    found = found_in(AdhesionForm, ADHESION | {"services": ["payer", "messagerie", 3]})

    assert [("services[0]", "service.unknown"), ("services[2]", "service.unknown")] == [
        (problem.path, problem.code) for problem in found
    ]
    assert "payer-tva, payer-ts, payer-is" in found[0].message


# --- From a mapping: every problem at once ----------------------------------------------------------------------------


@pytest.mark.rule("1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
def test_every_missing_field_is_told() -> None:
    """All of the fields of step 1 are required; each one missing is a problem that names its rule."""
    assert [
        ("email", "field.missing", "1.1"),
        ("password", "field.missing", "1.2"),
        ("first_name", "field.missing", "1.3"),
        ("last_name", "field.missing", "1.3"),
        ("organisation", "field.missing", "1.4"),
        ("contact", "field.missing", "1.5"),
        ("security_question", "field.missing", "1.6"),
        ("security_answer", "field.missing", "1.6"),
    ] == problems(SpaceForm, {})
    assert [("organisation", "field.missing", "2.2"), ("services", "field.missing", "2.4")] == problems(
        AdhesionForm, {}
    )


@pytest.mark.parametrize("data", [None, "text", b"bytes", 3, ["email"], [("email", "x")], object()])
def test_what_is_no_mapping_is_told(data: object) -> None:
    """Anything but a mapping is one problem, of the whole form."""
    (problem,) = found_in(SpaceForm, data)

    assert ("$", "fields.wrong_type", None) == (problem.path, problem.code, problem.rule)
    assert f"$: expected a mapping of fields, not {type(data).__name__}" == str(problem)


def test_unknown_fields_are_told() -> None:
    """A field that the form does not have, a typing error perhaps, is refused with its place and those that it has."""
    fields = tuple(field.name for field in attrs.fields(AdhesionForm))
    found = found_in(AdhesionForm, ADHESION | {"service": "payer-tva", 7: None})

    assert [
        ("service", "field.unknown", {"expected": fields, "place": 3}, None),
        ("7", "field.unknown", {"expected": fields, "place": 4}, None),
    ] == [(problem.path, problem.code, problem.facts, problem.rule) for problem in found]


@pytest.mark.parametrize(
    "name",
    [
        "FR76 3000 6000 0112 3456 7890 189",
        "iban-FR76-3000-6000-0112-3456-7890-189!",
        "hunter2",
        "correct horse",
        "motdepasse",
        "camille@cabinet-durand.fr",
        "\x1b]0;title\x07\x1b[2J",
        "line\nline",
        "\N{RIGHT-TO-LEFT OVERRIDE}txt",
        pytest.param("x" * 10**6, id="long"),
        pytest.param(10**5_000, id="huge"),
        b"hunter2",
        ("hunter2",),
    ],
)
def test_the_name_of_an_unknown_field_may_be_data(name: object) -> None:
    """A file without its headings has data for names: it is told by its first letter, on one line."""
    for data, path in ((SPACE | {name: 1}, ""), (SPACE | {"contact": CONTACT | {name: 1}}, "contact.")):
        with pytest.raises(InvalidFormError) as caught:
            SpaceForm.from_mapping(data)
        (problem,) = caught.value.problems
        shown = f"{caught.value} {caught.value!r} {problem!r}"

        assert "field.unknown" == problem.code
        assert problem.path.startswith(path)
        assert str(caught.value).isprintable()
        assert 600 > len(str(caught.value))
        assert "hunter2" not in shown
        if isinstance(name, str) and not (path and name == "motdepasse"):
            assert f"{path}{name[:1].encode('unicode_escape').decode()}***" == problem.path
            assert name not in shown


@pytest.mark.rule("2.13")
def test_a_shifted_column_tells_no_iban() -> None:
    """An IBAN in the wrong field of either form, however it is written, in lists and mappings too, is in no error."""
    whole = "FR7630006000011234567890189"
    for gap in (" ", "-", ".", "\N{NO-BREAK SPACE}", ""):
        iban = gap.join(whole[start : start + 4] for start in range(0, len(whole), 4))
        for typed in (iban, f"IBAN {iban}", f"{iban}-", iban.lower(), f"« {iban} »"):
            wrong: dict[type[SpaceForm | AdhesionForm], list[Any]] = {}
            for form, fields in ((AdhesionForm, attrs.fields(AdhesionForm)), (SpaceForm, attrs.fields(SpaceForm))):
                wrong[form] = [
                    *(
                        {field.name: given}
                        for field in fields
                        for given in (typed, [typed], {"iban": typed, "x": typed})
                    ),
                    {typed: "x"},
                ]
            wrong[SpaceForm] += [{"contact": {field.name: typed}} for field in attrs.fields(ContactDetails)]
            wrong[SpaceForm] += [{"contact": {typed: "x"}}]
            for form, rows in wrong.items():
                for row in rows:
                    with pytest.raises(InvalidFormError) as caught:
                        form.from_mapping(row | {"unknown": 1})
                    shown = f"{caught.value} {caught.value!r} {caught.value.facts} {caught.value.problems!r}"

                    assert whole[4:-4] not in "".join(c for c in shown if c.isalnum()).upper()


@pytest.mark.rule("1.5")
def test_problems_of_contact_details_have_their_own_paths() -> None:
    """Each field of the contact details has its own problems, the unknown and missing ones too."""
    contact = {"phone": "12", "postal_code": "7500", "country": "France", "fax": "01 23 45 67 89", "city": "\x00"}

    assert [
        ("contact.fax", "field.unknown", None),
        ("contact.phone", "phone.unknown", None),
        ("contact.street", "field.missing", None),
        ("contact.postal_code", "postal_code.malformed", None),
        ("contact.city", "city.not_printable", None),
        ("contact.country", "country.unknown", None),
    ] == problems(SpaceForm, SPACE | {"contact": contact})


def test_what_is_wrong_is_told_with_what_is_expected() -> None:
    """The value, cut and masked, and what may stand in its place."""
    for form, data, field, facts in (
        (AdhesionForm, ADHESION, {"applicant": "accountant"}, {"value": "'accountant'", "expected": tuple(Applicant)}),
        (AdhesionForm, ADHESION, {"applicant": ["x"]}, {"value": "list", "expected": tuple(Applicant)}),
        (SpaceForm, SPACE, {"last_name": "42"}, {"value": "42"}),
    ):
        assert [facts] == [dict(problem.facts) for problem in found_in(form, data | field)]


def test_services_that_are_not_given_are_missing() -> None:
    """A blank text, and nothing, are a field not given; the refusal asks for a service (2.4)."""
    for blank in ("", " \N{NO-BREAK SPACE}", None, ()):
        with pytest.raises(RefusedFormError) as caught:
            AdhesionForm(organisation="552 100 554", services=blank)  # type: ignore[arg-type] # the point of it
        assert [("services", "services.missing")] == [(it.path, it.code) for it in caught.value.problems]


@pytest.mark.rule("1.5")
@pytest.mark.parametrize("contact", ["Paris", 3, [CONTACT]])
def test_contact_details_that_are_no_mapping(contact: object) -> None:
    """Contact details are a mapping of fields, or the value itself."""
    assert [("contact", "contact.wrong_type", "1.5")] == problems(SpaceForm, SPACE | {"contact": contact})
    given = {name: value for name, value in SPACE.items() if name != "contact"}
    with pytest.raises(InvalidValueError) as caught:
        SpaceForm(**given, contact=contact)  # type: ignore[arg-type] # the point of it
    assert ("contact.wrong_type", {"type": type(contact).__name__}) == (caught.value.code, dict(caught.value.facts))


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
        ("colour", "field.unknown", None),
        ("organisation", "siren.check_digit", "2.2"),
        ("applicant", "applicant.unknown", "3.2"),
        ("company_email", "company_email.missing", "2.7"),
        ("bank_accounts", "bank_accounts.missing", "2.13"),
    ] == problems(AdhesionForm, data)


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


def test_lists_are_bounded() -> None:
    """A hundred services and a hundred accounts are read, and no more, of a list without an end neither."""
    services = [Service(code=f"s-{number}", title="") for number in range(100)]

    assert tuple(services) == adhesion_form(services=iter(services)).services
    assert 1 == len(adhesion_form(bank_accounts=[IBAN] * 100).bank_accounts)
    assert [
        ("services", "services.too_many", "2.4"),
        ("bank_accounts", "bank_accounts.too_many", "2.13"),
    ] == problems(AdhesionForm, ADHESION | {"services": repeat("payer-cfe"), "bank_accounts": repeat(IBAN)})
    assert {"most": 100} == found_in(AdhesionForm, ADHESION | {"services": ["x"] * 10**5})[0].facts


def test_errors_are_bounded() -> None:
    """Whatever is wrong with a row, a hundred problems of it are told, and then that there are more."""
    unknown = {f"field{number}": None for number in range(10**5)}
    for data in (unknown, ADHESION | {"services": ["x"] * 100, "bank_accounts": ["x"] * 100}):
        with pytest.raises(InvalidFormError) as caught:
            AdhesionForm.from_mapping(data)

        assert 101 == len(caught.value.problems)
        assert ("$", "problems.too_many", {"most": 100}) == (
            caught.value.problems[-1].path,
            caught.value.problems[-1].code,
            caught.value.problems[-1].facts,
        )
        assert 30_000 > len(str(caught.value))
    looked_at = 0

    class Row(dict[str, object]):
        def __iter__(self) -> Iterator[str]:
            nonlocal looked_at
            for name in super().__iter__():
                looked_at += 1
                yield name

    assert 101 == len(problems(AdhesionForm, Row(unknown)))
    assert 101 == looked_at
    contact = {f"field{number}": None for number in range(200)} | CONTACT
    assert 101 == len(problems(SpaceForm, SPACE | {"contact": contact}))


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
    assert [("services", "services.missing", {})] == [(p.path, p.code, p.facts) for p in error.problems]
    assert "services: empty: expected one service or more (rule 2.4:" in str(error)


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
    assert [("services", "services.not_allowed", {"services": (service.code,)})] == [
        (problem.path, problem.code, problem.facts) for problem in error.problems
    ]
    assert f"{service.code} cannot be requested with a file number: expected a SIREN" == error.problems[0].message


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
    assert [("company_email", "company_email.missing", {"services": ("messagerie",)})] == [
        (problem.path, problem.code, problem.facts) for problem in error.problems
    ]
    assert "missing: messagerie needs the company's e-mail address" == error.problems[0].message
    assert (MESSAGING,) == adhesion_form(services=["messagerie"], company_email="compta@boulangerie.fr").services


@pytest.mark.rule("2.13", "A9")
@pytest.mark.parametrize("service", [service for service in CATALOGUE.values() if service.pays])
def test_a_pay_service_needs_bank_details(service: Service) -> None:
    """Any Pay service, CFE and TF included, is refused without an account, and the refusal names it."""
    error = refused(services=[service])

    assert "2.13" == error.rule
    assert [("bank_accounts", "bank_accounts.missing", {"services": (service.code,)})] == [
        (problem.path, problem.code, problem.facts) for problem in error.problems
    ]
    assert f"missing: {service.code} needs the company's bank details, such as an IBAN" == error.problems[0].message
    assert (service,) == adhesion_form(services=[service], bank_accounts=[IBAN]).services


@pytest.mark.rule("2.3", "2.7", "2.13")
def test_all_refusals_are_told_at_once() -> None:
    """A form refused under several rules lists all of them; the error's rule is the first."""
    error = refused(organisation="TF2024A17", services=["messagerie", "payer-cfe"])

    assert "2.3" == error.rule
    assert ["2.3", "2.7", "2.13"] == [str(problem.rule) for problem in error.problems]
    assert [("messagerie", "payer-cfe"), ("messagerie",), ("payer-cfe",)] == [
        problem.facts["services"] for problem in error.problems
    ]
    assert "messagerie, payer-cfe cannot be requested with a file number" in str(error)


@pytest.mark.rule("2.13")
def test_each_refusal_names_every_service_that_it_is_about() -> None:
    """Of two services that pay and two that do not, the two that do, in the order in which they were chosen."""
    error = refused(services=["payer-cfe", "consulter-avis-tf", "payer-tva"])

    assert [("payer-cfe", "payer-tva")] == [problem.facts["services"] for problem in error.problems]


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
    names = st.sampled_from([*(field.name for field in attrs.fields(form)), "emial"])
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
    assert all(problem.code in ERROR_CODES for problem in listed)
    assert {problem.path.partition(".")[0].partition("[")[0] for problem in listed} <= reported
