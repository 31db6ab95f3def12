"""The two forms: what each field refuses, what the procedure refuses, and every problem at once."""

import pickle
import traceback
from itertools import repeat

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.errors import InvalidFormError, RefusedError, RefusedFormError
from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.rulebook import CATALOGUE, Service
from teleprocedures.values import BankAccount, ContactDetails, EmailAddress, FileNumber, PersonName, Siren
from teleprocedures.words import ERROR_CODES
from tests.builders import FRENCH_IBAN as IBAN
from tests.builders import GERMAN_IBAN, each, failure

MESSAGING, PAY_VAT, PAY_CFE = CATALOGUE["messagerie"], CATALOGUE["payer-tva"], CATALOGUE["payer-cfe"]
FILLER = "\N{HANGUL FILLER}"
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
EMAIL = "compta@boulangerie.fr"
ALL = {"company_email": EMAIL, "bank_accounts": [IBAN]}


def space_form(**changes):
    """A form of step 1 that is accepted, but for these changes."""
    return SpaceForm(**SPACE | {"contact": ContactDetails(**CONTACT)} | changes)


def adhesion_form(**changes):
    """A form of step 2 that is accepted, but for these changes."""
    return AdhesionForm(**ADHESION | changes)


FORMS = ((SpaceForm, SPACE, space_form), (AdhesionForm, ADHESION, adhesion_form))


def found_in(form, data):
    """What is wrong with a mapping."""
    error = failure(form.from_mapping, data)
    assert isinstance(error, InvalidFormError)
    assert form.__name__ == error.form
    return error.problems


def problems(form, data):
    """What is wrong with a mapping: the path, the code and the rule of each problem."""
    return [(it.path, it.code, None if it.rule is None else it.rule.id) for it in found_in(form, data)]


# --- Forms that are accepted ------------------------------------------------------------------------------------------


@pytest.mark.rule("1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
def test_a_space_form_keeps_values():
    """What was typed becomes values; every character of a secret counts and none is shown; a mapping reads alike."""
    form = space_form()

    assert (EmailAddress("camille@cabinet-durand.fr"), Siren("732829320")) == (form.email, form.organisation)
    assert (PersonName("Camille"), PersonName("Durand")) == (form.first_name, form.last_name)
    assert FileNumber("TF2024A17") == space_form(organisation="TF2024A17").organisation
    assert "+33123456789" == form.contact.phone
    assert (" correct horse ", " Dupont ") == (form.password, form.security_answer)
    assert "the first client" == form.security_question
    assert not [it for it in ("correct", "Dupont", "camille@", "23456789", "rue de la Paix") if it in repr(form)]
    assert (form, hash(form)) == (SpaceForm.from_mapping(SPACE), hash(SpaceForm.from_mapping(SPACE)))


@pytest.mark.rule("2.2", "2.4")
def test_an_adhesion_form_keeps_values():
    """Codes become services, IBANs accounts, texts names; values pass through; the form reads alike from a mapping."""
    typed = {
        "organisation": "552 100 554",
        "services": ["messagerie", "payer-tva"],
        "company_email": EMAIL,
        "bank_accounts": [IBAN, {"iban": GERMAN_IBAN, "bic": "COBADEFFXXX"}],
        "applicant": "third_party",
        "legal_representative": "Marie Le Goff",
        "company_name": " Boulangerie  Martin ",
        "company_address": "3 place du Marché, 75019 Paris",
    }
    form = AdhesionForm(**typed)

    assert (Siren("552100554"), EmailAddress(EMAIL)) == (form.organisation, form.company_email)
    assert (MESSAGING, PAY_VAT) == form.services
    assert (BankAccount(IBAN), BankAccount(GERMAN_IBAN)) == form.bank_accounts
    assert "COBADEFFXXX" == form.bank_accounts[1].bic
    assert (Applicant.THIRD_PARTY, PersonName("Marie Le Goff")) == (form.applicant, form.legal_representative)
    assert ("Boulangerie Martin", "3 place du Marché, 75019 Paris") == (form.company_name, form.company_address)
    assert form == AdhesionForm.from_mapping(typed)
    assert form == AdhesionForm(**{field.name: getattr(form, field.name) for field in attrs.fields(AdhesionForm)})


def test_an_adhesion_form_asks_for_little():
    """Without them, there is no company e-mail, no account and no name, and the company itself asks."""
    form = AdhesionForm.from_mapping(ADHESION)

    assert (Applicant.REPRESENTATIVE, ()) == (form.applicant, form.bank_accounts)
    assert [None] * 4 == [form.company_email, form.legal_representative, form.company_name, form.company_address]


@each("blank", "", " ", "\t\n", "\N{NO-BREAK SPACE}", None)
def test_blank_text_is_a_field_not_given(blank):
    """An empty cell of a file is no field: what is optional is left out, what is not is missing."""
    optional = [field.name for field in attrs.fields(AdhesionForm) if field.default is not attrs.NOTHING]
    given = dict.fromkeys(optional, blank)

    assert adhesion_form() == AdhesionForm.from_mapping(ADHESION | given) == adhesion_form(**given)
    assert "FR" == SpaceForm.from_mapping(SPACE | {"contact": CONTACT | {"country": blank}}).contact.country
    assert AdhesionForm.from_mapping(ADHESION | {"bank_accounts": [{"iban": IBAN, "bic": blank}]}).bank_accounts
    assert [("organisation", "field.missing", "2.2"), ("services", "field.missing", "2.4")] == problems(
        AdhesionForm, dict.fromkeys(ADHESION, blank)
    )
    assert problems(SpaceForm, {}) == problems(SpaceForm, dict.fromkeys(SPACE, blank))
    assert ["contact.phone", "contact.street", "contact.postal_code", "contact.city"] == [
        path for path, _, _ in problems(SpaceForm, SPACE | {"contact": dict.fromkeys(CONTACT, blank)})
    ]
    assert blank == "\t\n" or "services.missing" == failure(adhesion_form, services=blank).problems[0].code


def test_a_half_built_form_has_a_repr():
    """A traceback that shows its locals shows a form whose fields are not set yet, too."""
    error = failure(space_form, email="x", password="hunter2")
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)

    assert "self = <SpaceForm, not built>" in "".join(shown.format())


def test_what_is_given_twice_counts_once():
    """It is there once, in the order of the first; a tuple, a set or a generator will do."""
    form = adhesion_form(services=["payer-cfe", PAY_VAT, "payer-cfe"], bank_accounts=[IBAN, BankAccount(IBAN)])

    assert ((PAY_CFE, PAY_VAT), (BankAccount(IBAN),)) == (form.services, form.bank_accounts)
    for services in (("payer-cfe",), {"payer-cfe"}, (code for code in ["payer-cfe"])):
        assert (PAY_CFE,) == adhesion_form(services=services, bank_accounts=[IBAN]).services


def test_a_form_is_a_value():
    """A form does not change once it is built, and comes out of pickle as it went in."""
    for form in (space_form(), adhesion_form()):
        assert form == pickle.loads(pickle.dumps(form))
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            form.organisation = Siren("552100554")


@pytest.mark.rule("2.12")
@each("service", *CATALOGUE.values(), ids=str)
def test_one_service_at_a_time_is_accepted(service):
    """Asking for all useful services at once is an advice, never a refusal."""
    assert (service,) == adhesion_form(services=[service], **ALL).services


# --- One field that is not well formed --------------------------------------------------------------------------------


@pytest.mark.rule("1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.2", "2.4", "2.6", "2.7", "2.13", "A13")
@each(
    "rule field code values",
    ("1.1", "email", "email.no_domain", ["camille@"]),
    ("1.1", "email", "email.wrong_type", [12]),
    ("1.2", "password", "password.too_long", ["x" * 1001]),
    ("1.2", "password", "password.wrong_type", [12345678]),
    ("1.3", "first_name", "name.invisible", [FILLER]),
    ("1.3", "last_name", "name.no_letter", ["42"]),
    ("1.4", "organisation", "siren.check_digit", ["732829321"]),
    ("1.4", "organisation", "siren.mistyped", ["73282932O"]),
    ("1.4", "organisation", "siren.siret", ["73282932000074"]),
    ("1.4", "organisation", "siren.vat_number", ["FR44732829320"]),
    ("1.4", "organisation", "file_number.malformed", ["TF-1"]),
    ("1.4", "organisation", "organisation.wrong_type", [732829320]),
    ("1.5", "contact", "contact.wrong_type", ["Paris", 3, [CONTACT]]),
    ("1.6", "security_question", "security_question.too_long", ["?" * 201]),
    ("1.6", "security_question", "security_question.wrong_type", [3]),
    ("1.6", "security_question", "security_question.not_printable", ["?\ud800"]),
    ("1.6", "security_question", "security_question.invisible", [FILLER]),
    ("1.6", "security_answer", "security_answer.too_long", ["x" * 1001]),
    ("1.6", "security_answer", "security_answer.wrong_type", [b"Dupont"]),
    ("2.2", "organisation", "siren.length", ["55210055"]),
    ("2.4", "services", "list.wrong_type", ["payer-tva", 5, {"payer-tva": True}]),
    ("2.4", "services", "services.too_many", [["payer-cfe"] * 101]),
    ("2.7", "company_email", "email.no_at_sign", ["compta"]),
    ("2.13", "bank_accounts", "list.wrong_type", [IBAN]),
    ("2.13", "bank_accounts", "bank_accounts.too_many", [[IBAN] * 101]),
    ("3.2", "applicant", "applicant.unknown", ["accountant", ["x"], 3]),
    ("2.16", "legal_representative", "name.no_letter", ["!"]),
    *(("2.6", it, f"{it}.wrong_type", [3]) for it in ("company_name", "company_address")),
    *(("2.6", it, f"{it}.too_long", ["x" * 201]) for it in ("company_name", "company_address")),
    *(("2.6", it, f"{it}.not_printable", ["\x1b]0;x\x07"]) for it in ("company_name", "company_address")),
    *(("2.6", it, f"{it}.invisible", [FILLER]) for it in ("company_name", "company_address")),
)
def test_a_field_is_refused(rule, field, code, values):
    """A bad field is refused with its code; from a mapping, with its path and rule too."""
    form, good, build = FORMS[rule > "2"]
    for value in values:
        error = failure(build, **{field: value})
        (problem,) = found_in(form, good | {field: value})

        assert (field, code, rule) == (problem.path, problem.code, problem.rule)
        assert (error.code, error.facts, str(error)) == (problem.code, problem.facts, problem.message)


@each(
    "field value facts",
    ("applicant", "accountant", {"value": "'accountant'", "expected": tuple(Applicant)}),
    ("applicant", ["x"], {"value": "list", "expected": tuple(Applicant)}),
    ("legal_representative", "42", {"value": "42"}),
)
def test_what_is_wrong_is_told_with_what_is_expected(field, value, facts):
    """The value, cut and masked, and what may stand in its place."""
    assert [facts] == [dict(problem.facts) for problem in found_in(AdhesionForm, ADHESION | {field: value})]


@pytest.mark.rule("1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
@each(
    "field rule subject",
    *(("email", "1.1", "email"), ("password", "1.2", "password"), ("first_name", "1.3", "name")),
    *(("last_name", "1.3", "name"), ("organisation", "1.4", "organisation"), ("contact", "1.5", None)),
    *((field, "1.6", field) for field in ("security_question", "security_answer")),
)
def test_every_missing_field_is_told(field, rule, subject):
    """All of the fields of step 1 are required, from a mapping and by hand; one that is missing names its rule."""
    assert (field, "field.missing", rule) == dict(zip(SPACE, problems(SpaceForm, {}), strict=True))[field]
    for blank in ("", " \n") if subject else ():
        assert f"{subject}.missing" == failure(space_form, **{field: blank}).code


@pytest.mark.rule("2.13")
@each(
    "code value",
    ("iban.check_digits", "FR7630006000011234567890188"),
    ("iban.missing", ""),
    *(("bank_account.missing_iban", value) for value in ({"bic": "AGRIFRPP"}, {"iban": " "}, {"iban": None})),
    *(("bank_account.unknown_field", {"iban": IBAN, name: "M. X"}) for name in ("holder", 10**5_000)),
    ("bic.malformed", {"iban": IBAN, "bic": "X"}),
    *(("iban.wrong_type", value) for value in ({"iban": 12}, None)),
    ids=range(10),
)
def test_a_bad_account_is_refused(code, value):
    """An account is an IBAN, masked when it is wrong, or a mapping of an IBAN and perhaps a BIC; its place is told."""
    (problem,) = found_in(AdhesionForm, ADHESION | {"bank_accounts": [IBAN, value]})

    assert ("bank_accounts[1]", code, "2.13") == (problem.path, problem.code, problem.rule)
    assert str(problem).startswith("bank_accounts[1]: not a")
    assert "11234567890" not in str(problem)


@pytest.mark.rule("2.4")
def test_an_unknown_service_is_refused():
    """A service that the catalogue does not have is refused with its place, and with the codes that there are."""
    found = found_in(AdhesionForm, ADHESION | {"services": ["payer", "messagerie", 3]})

    assert ["services[0]", "services[2]"] == [problem.path for problem in found]
    assert ["service.unknown"] * 2 == [problem.code for problem in found]
    assert "payer-tva, payer-ts, payer-is" in found[0].message


# --- From a mapping: every problem at once ----------------------------------------------------------------------------


@each("data", None, "text", b"bytes", 3, ["email"], [("email", "x")], object())
def test_what_is_no_mapping_is_told(data):
    """Anything but a mapping is one problem, of the whole form."""
    assert [("$", "fields.wrong_type", None)] == problems(SpaceForm, data)
    assert f"$: expected a mapping of fields, not {type(data).__name__}" == str(found_in(SpaceForm, data)[0])


def test_unknown_fields_are_told():
    """A field that the form does not have, a typing error perhaps, is refused with its place and those that it has."""
    facts = {"expected": tuple(field.name for field in attrs.fields(AdhesionForm))}
    found = found_in(AdhesionForm, ADHESION | {"service": "payer-tva", 7: None})

    assert [
        ("service", "field.unknown", facts | {"place": 3}, None),
        ("7", "field.unknown", facts | {"place": 4}, None),
    ] == [(problem.path, problem.code, problem.facts, problem.rule) for problem in found]


@each(
    "path name",
    *(("F***", IBAN), ("i***", "iban-FR76-3000-6000-0112-3456-7890-189!"), ("h***", "hunter2")),
    *(("c***", "correct horse"), ("c***", "camille@cabinet-durand.fr"), (r"\x1b***", "\x1b]0;title\x07\x1b[2J")),
    *(("l***", "line\nline"), (r"\u202e***", "\N{RIGHT-TO-LEFT OVERRIDE}txt"), ("x***", "x" * 10**6)),
    *(("a number of too many digits", 10**5_000), ("bytes", b"hunter2"), ("tuple", ("hunter2",))),
    ids=range(12),
)
def test_the_name_of_an_unknown_field_may_be_data(path, name):
    """A file without its headings has data for names: it is told by its first letter, on one line."""
    for data, prefix in ((SPACE | {name: 1}, ""), (SPACE | {"contact": CONTACT | {name: 1}}, "contact.")):
        error = failure(SpaceForm.from_mapping, data)
        (problem,) = error.problems

        assert (f"{prefix}{path}", "field.unknown") == (problem.path, problem.code)
        assert str(error).isprintable()
        assert 600 > len(str(error))
        assert not [it for it in (name, "hunter2") if isinstance(it, str) and it in f"{error} {error!r} {problem!r}"]
    assert "m***" == found_in(SpaceForm, SPACE | {"motdepasse": 1})[0].path


@pytest.mark.rule("2.13")
@each("gap", " ", "-", ".", "\N{NO-BREAK SPACE}", "")
def test_a_shifted_column_tells_no_iban(gap):
    """An IBAN in the wrong field of either form, however it is written, in lists and mappings too, is in no error."""
    whole = IBAN.replace(" ", "")
    iban = gap.join(whole[start : start + 4] for start in range(0, len(whole), 4))
    for typed in (iban, f"IBAN {iban}", f"{iban}-", iban.lower(), f"« {iban} »"):
        given = (typed, [typed], {"iban": typed, "x": typed})
        rows = [(form, {field: it}) for form, *_ in FORMS for field in attrs.fields_dict(form) for it in given]
        rows += [(SpaceForm, {"contact": {name: typed}}) for name in attrs.fields_dict(ContactDetails)]
        rows += [(SpaceForm, {"contact": {typed: "x"}}), *((form, {typed: "x"}) for form, *_ in FORMS)]
        for form, row in rows:
            error = failure(form.from_mapping, row | {"unknown": 1})
            shown = f"{error} {error!r} {error.facts} {error.problems!r}"

            assert whole[4:-4] not in "".join(c for c in shown if c.isalnum()).upper()


@pytest.mark.rule("1.5")
def test_contact_details_are_read_as_those_of_their_country():
    """Each field has its own problem; phone and postal code are judged by the country; a value passes as it is."""
    contact = {"phone": "12", "postal_code": "7500", "country": "France", "fax": "01 23 45 67 89", "city": "\x00"}
    belgian = CONTACT | {"phone": "02 513 89 40", "postal_code": "1000", "city": "Bruxelles", "country": "be"}

    assert [
        ("contact.fax", "field.unknown", None),
        ("contact.phone", "phone.unknown", None),
        ("contact.street", "field.missing", None),
        ("contact.postal_code", "postal_code.malformed", None),
        ("contact.city", "city.not_printable", None),
        ("contact.country", "country.unknown", None),
    ] == problems(SpaceForm, SPACE | {"contact": contact})
    assert "+3225138940" == SpaceForm.from_mapping(SPACE | {"contact": belgian}).contact.phone
    assert ContactDetails(**CONTACT) == SpaceForm.from_mapping(SPACE | {"contact": ContactDetails(**CONTACT)}).contact
    assert "contact.postal_code" == problems(SpaceForm, SPACE | {"contact": belgian | {"country": "FR"}})[-1][0]


BOTH = {"services": ["messagerie", "payer-tva"]}


@each(
    "expected data",
    (
        [
            ("colour", "field.unknown", None),
            ("organisation", "siren.check_digit", "2.2"),
            ("applicant", "applicant.unknown", "3.2"),
            ("company_email", "company_email.missing", "2.7"),
            ("bank_accounts", "bank_accounts.missing", "2.13"),
        ],
        BOTH | {"organisation": "552100555", "bank_accounts": [], "applicant": "me", "colour": "blue"},
    ),
    # A bad e-mail address or account is not said to be missing as well.
    (
        [("company_email", "email.no_at_sign", "2.7"), ("bank_accounts[0]", "iban.wrong_type", "2.13")],
        BOTH | {"organisation": "552100554", "company_email": "x", "bank_accounts": [1]},
    ),
)
def test_every_problem_is_told_at_once(expected, data):
    """What is wrong in many ways lists all of them, the procedure's refusals too, and is then no refusal."""
    assert expected == problems(AdhesionForm, data)
    assert not isinstance(failure(AdhesionForm.from_mapping, data), RefusedError)


def test_lists_are_bounded():
    """A hundred services and a hundred accounts are read, and no more, of a list without an end neither."""
    services = [Service(code=f"s-{number}", title="of our own") for number in range(100)]

    assert tuple(services) == adhesion_form(services=iter(services)).services
    assert 1 == len(adhesion_form(bank_accounts=[IBAN] * 100).bank_accounts)
    assert [("services", "services.too_many", "2.4"), ("bank_accounts", "bank_accounts.too_many", "2.13")] == problems(
        AdhesionForm, ADHESION | {"services": repeat("payer-cfe"), "bank_accounts": repeat(IBAN)}
    )
    assert {"most": 100} == found_in(AdhesionForm, ADHESION | {"services": ["x"] * 10**5})[0].facts


def test_errors_are_bounded():
    """Whatever is wrong with a row, a hundred problems of it are told, and then that there are more."""
    unknown = {f"field{number}": None for number in range(10**5)}
    for data in (unknown, ADHESION | {"services": ["x"] * 100, "bank_accounts": ["x"] * 100}):
        *told, last = found_in(AdhesionForm, data)

        assert (100, "$", "problems.too_many", {"most": 100}) == (len(told), last.path, last.code, last.facts)
        assert 30_000 > len(str(failure(AdhesionForm.from_mapping, data)))
    looked_at = []

    class Row(dict):
        def __iter__(self):
            return (looked_at.append(name) or name for name in super().__iter__())

    assert (101, 101) == (len(problems(AdhesionForm, Row(unknown))), len(looked_at))
    contact = {f"field{number}": None for number in range(200)} | CONTACT
    assert 101 == len(problems(SpaceForm, SPACE | {"contact": contact}))


# --- What the procedure refuses among well formed fields --------------------------------------------------------------


def refused(**changes):
    """The refusal of an adhesion form with these fields, the same from its fields and from a mapping."""
    direct, mapped = failure(adhesion_form, **changes), failure(AdhesionForm.from_mapping, ADHESION | changes)
    assert direct.problems == mapped.problems
    assert {RefusedFormError} == {type(direct), type(mapped)}
    return direct


def named(error):
    """The rule, the path, the code and the services of each problem."""
    return [(it.rule.id, it.path, it.code, it.facts.get("services", ())) for it in error.problems]


PAYING = [service.code for service in CATALOGUE.values() if service.pays]


@pytest.mark.rule("2.3", "2.4", "2.7", "2.13", "A7", "A9")
@each(
    "expected message changes",
    (("2.4", "services", "services.missing", ()), "empty: expected one service or more", {"services": []}),
    *(
        (
            ("2.3", "services", "services.not_allowed", (code,)),
            f"{code} cannot be requested with a file number: expected a SIREN",
            {"organisation": "TF2024A17", "services": ["consulter-avis-tf", code], **ALL},
        )
        for code in ("messagerie", *PAYING)
    ),
    (
        ("2.7", "company_email", "company_email.missing", ("messagerie",)),
        "missing: messagerie needs the company's e-mail address",
        {"services": ["messagerie"]},
    ),
    *(
        (
            ("2.13", "bank_accounts", "bank_accounts.missing", codes),
            f"missing: {', '.join(codes)} needs the company's bank details, such as an IBAN",
            {"services": [*codes[:1], "consulter-avis-tf", *codes[1:]]},
        )
        for codes in (*((code,) for code in PAYING), ("payer-cfe", "payer-tva"))
    ),
)
def test_what_the_procedure_refuses(expected, message, changes):
    """Each refusal names its rule and every service that it is about, in the order in which they were chosen."""
    error = refused(**changes)

    assert (expected[0], [expected]) == (error.rule, named(error))
    assert message == error.problems[0].message
    assert f"{expected[1]}: {message} (rule {expected[0]}:" in str(error)


@pytest.mark.rule("2.3", "A7")
def test_a_file_number_opens_property_tax_notices():
    """A file number stands for a SIREN to consult the notices of property taxes; a SIREN does as well."""
    assert FileNumber("TF2024A17") == adhesion_form(organisation="TF2024A17").organisation
    assert Siren("552100554") == adhesion_form().organisation


@pytest.mark.rule("2.3", "2.7", "2.13")
def test_all_refusals_are_told_at_once():
    """A form refused under several rules lists all of them; the error's rule is the first."""
    error = refused(organisation="TF2024A17", services=["messagerie", "payer-cfe"])

    assert "2.3" == error.rule
    assert [
        ("2.3", "services", "services.not_allowed", ("messagerie", "payer-cfe")),
        ("2.7", "company_email", "company_email.missing", ("messagerie",)),
        ("2.13", "bank_accounts", "bank_accounts.missing", ("payer-cfe",)),
    ] == named(error)


def test_a_hosts_own_services_are_read_from_a_mapping():
    """A catalogue with services of the host reads their codes; the rules apply to them by what they ask for."""
    tobacco = Service(code="payer-tabac", title="Payer les droits de tabac", pays=True)
    larger = CATALOGUE.extended(tobacco)
    data = ADHESION | {"services": ["payer-tabac"]}

    assert (tobacco,) == AdhesionForm.from_mapping(data | {"bank_accounts": [IBAN]}, catalogue=larger).services
    assert (tobacco,) == adhesion_form(services=[tobacco], bank_accounts=[IBAN]).services
    error = failure(AdhesionForm.from_mapping, data, catalogue=larger)
    assert [("2.13", "bank_accounts", "bank_accounts.missing", ("payer-tabac",))] == named(error)


# --- Whatever is given ------------------------------------------------------------------------------------------------

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["iban", "bic", "phone", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(FORMS), st.data())
def test_only_the_documented_error_comes_out(case, data):
    """Whatever the fields hold, a form is built or an `InvalidFormError` lists problems with paths."""
    form, good, _ = case
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
