"""Values and forms as fields of pydantic's models: read as typed, written as stored, refused with code and facts."""

import asyncio
import json
import subprocess
import sys
from functools import cache

import attrs
import httpx
import jsonschema
import pydantic
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

import teleprocedures as tp
from teleprocedures.codec import dump
from teleprocedures.contrib._kinds import KINDS
from teleprocedures.contrib.pydantic import hide_input, json_schema_of, worded
from teleprocedures.rulebook import Catalogue
from teleprocedures.testing import adhesion_form, space_form
from teleprocedures.values import Digest
from teleprocedures.wording import FRENCH
from teleprocedures.words import ENGLISH_WORDS, placeholders
from tests.builders import FRENCH_IBAN, each, requested
from tests.contrib.samples import IBAN, OTHER_IBAN, SIREN, TYPED, WRONG

CONTACT = {"phone": "01 23 45 67 89", "street": "12 rue des Lilas", "postal_code": "75 019", "city": "Paris"}
STORED_CONTACT = {**CONTACT, "phone": "+33123456789", "postal_code": "75019", "country": "FR"}
FORM = {"organisation": "552 008 443", "services": ["payer-tva", "messagerie"], "bank_accounts": [FRENCH_IBAN]}
SPACE = {
    "email": "camille@cabinet.fr",
    "password": "correct horse",
    "first_name": "Camille",
    "last_name": "Durand",
    "organisation": "552 008 443",
    "contact": CONTACT,
    "security_question": "Which school?",
    "security_answer": "Dupont et fils",
}


@cache
def model(kind):
    """A model with one field of this kind."""
    return pydantic.create_model("Model", it=(kind, ...))


def errors(kind, value, **how):
    """The errors of a model of which the one field is given this."""
    with pytest.raises(pydantic.ValidationError) as caught:
        model(kind).model_validate({"it": value}, **how)
    return caught.value


@each("kind typed value written", *TYPED, ids=str)
def test_a_value_is_a_field(kind, typed, value, written):
    """What is typed or written is read, and so is the value, which is written as the codec writes it."""
    read = model(kind).model_validate({"it": typed})
    stored = {"iban": IBAN, "bic": "AGRIFRPPXXX"} if kind is tp.BankAccount else written

    assert (value, type(value)) == (read.it, type(read.it))
    assert {"it": value} == read.model_dump()
    assert {"it": stored} == json.loads(read.model_dump_json()) == read.model_dump(mode="json")
    for again in (stored, written, value):
        assert read == model(kind).model_validate({"it": again})
    assert read == model(kind).model_validate_json(read.model_dump_json())
    assert {value: 1} == pydantic.TypeAdapter(dict[kind, int]).validate_python({value: 1})


def test_the_place_of_an_error_is_the_same_in_each_process():
    """In a union, pydantic says which type it is by its name, as it does of its own."""
    union = pydantic.TypeAdapter(tp.Siren | tp.EmailAddress | int)
    with pytest.raises(pydantic.ValidationError) as caught:
        union.validate_python("x")

    assert [("function-plain[Siren()]",), ("function-plain[EmailAddress()]",), ("int",)] == [
        error["loc"] for error in caught.value.errors()
    ]


@each("kind typed code shown", *WRONG, ids=str)
def test_what_is_wrong_has_its_code(kind, typed, code, shown):
    """An error has the code and the facts, shows what facts show, and is text that JSON takes, braces and all."""
    error = errors(kind, typed)
    (found,) = error.errors()

    assert (code, ("it",), shown) == (found["type"], ("it",), found["input"])
    with pytest.raises(tp.InvalidValueError) as own:
        KINDS[kind].read(typed)
    # What an error says, as a sentence that stands at its field.
    assert (f"{own.value}."[1:], True) == (found["msg"][1:], not found["msg"][0].islower())
    assert own.value.facts.keys() | {"message"} == found["ctx"].keys()
    for text in (json.dumps(error.errors()), error.json(), str(error), repr(error)):
        assert (typed == shown.strip("'")) is (typed in text)
    assert error.__context__ is None


def test_no_fact_is_called_like_the_sentence():
    """The sentence of an error is one of the facts that pydantic is given, so none of ours has its name."""
    assert "message" not in {name for text in ENGLISH_WORDS.words.values() for name in placeholders(text)}


def test_texts_with_braces_are_shown_as_typed():
    """A text that names a fact in braces is not filled in, in any language."""
    error = errors(tp.FileNumber, "{value}{message}")

    assert "'{value}{message}' has another character" in error.errors()[0]["msg"]
    assert "« {value}{message} »" in worded(error.errors(), FRENCH)[0]["msg"].replace("\N{NO-BREAK SPACE}", " ")


def test_french_words():
    """A context has French words at once, and `worded` later, without what was typed beside."""
    french = "La clé de contrôle de « 552 008 444 » est fausse. Vérifiez"
    at_once = errors(tp.Siren, "552 008 444", context={"wording": FRENCH}).errors()[0]["msg"]
    Both = pydantic.create_model("Both", siren=(tp.Siren, ...), account=(tp.BankAccount, ...))  # noqa: N806 - a class
    with pytest.raises(pydantic.ValidationError) as caught:
        Both.model_validate({"siren": "552 008 444", "name": FRENCH_IBAN})
    first, second = worded(caught.value.errors(), FRENCH)

    for text in (at_once, first["msg"]):
        assert text.replace("\N{NO-BREAK SPACE}", " ").startswith(french)
    assert {"type": "siren.check_digit", "loc": ("siren",), "ctx": {"value": "552 008 444"}} == {
        name: first[name] for name in first if name != "msg"
    }
    assert {"type": "missing", "loc": ("account",), "msg": "Field required"} == second


@each("value name", (12, "int"), (None, "NoneType"), (b"552008443", "bytes"), (["x"], "list"), (True, "bool"))
def test_what_is_no_text(value, name):
    """What is no text is refused by its type and not shown."""
    for kind in (tp.Siren, tp.Organisation, tp.EmailAddress, tp.BankAccount):
        (found,) = errors(kind, value).errors()

        assert found["type"].endswith(".wrong_type")
        assert ("***", name) == (found["input"], found["ctx"]["type"])


def test_a_service_of_a_host():
    """A context has the catalogue in which services are found, of fields and of forms."""
    own = tp.Service(code="payer-droits", title="Payer les droits", pays=True)
    context = {"catalogue": tp.CATALOGUE.extended(own)}
    form = {**FORM, "services": ["payer-droits"]}

    assert "service.unknown" == errors(tp.Service, "payer-droits").errors()[0]["type"]
    assert own == model(tp.Service).model_validate({"it": "payer-droits"}, context=context).it
    assert (own,) == model(tp.AdhesionForm).model_validate({"it": form}, context=context).it.services


# --- Contact details and forms ----------------------------------------------------------------------------------------


def test_contact_details():
    """Contact details are an object, read with every problem at its field and written as the codec writes them."""
    read = model(tp.ContactDetails).model_validate({"it": CONTACT})
    wrong = errors(tp.ContactDetails, {"phone": "01 23", "street": "12 rue des Lilas", "postal_code": "7", "x": 1})

    assert tp.ContactDetails(**CONTACT) == read.it
    assert {"it": STORED_CONTACT} == json.loads(read.model_dump_json())
    assert read == model(tp.ContactDetails).model_validate({"it": read.it})
    assert [
        ("it", "x", "field.unknown"),
        ("it", "phone", "phone.unknown"),
        ("it", "postal_code", "postal_code.malformed"),
        ("it", "city", "field.missing"),
    ] == [(*error["loc"], error["type"]) for error in wrong.errors()]
    assert "Lilas" not in str(wrong) + wrong.json()
    assert ("contact.wrong_type", ("it",)) == tuple(
        errors(tp.ContactDetails, 1).errors()[0][it] for it in ("type", "loc")
    )


def test_the_form_of_a_request():
    """A request's form is read from a mapping, and written as the codec writes it in the opening of a request."""
    read = model(tp.AdhesionForm).model_validate({"it": FORM | {"company_email": "contact@acme.fr"}})
    opening = requested(
        "payer-tva", "messagerie", organisation=SIREN, bank_accounts=[IBAN], company_email="contact@acme.fr"
    ).case.origin

    assert opening.form == attrs.evolve(read.it, applicant=opening.form.applicant)
    written = json.loads(read.model_dump_json())["it"]
    assert dump(opening)["form"] == written | {"applicant": str(opening.form.applicant)}
    for again in (read.it, written):
        assert read == model(tp.AdhesionForm).model_validate({"it": again})


@pytest.mark.rule("2.7", "2.13", "2.4")
def test_all_that_is_wrong_with_a_form():
    """Every problem stands at its field, with its place in a list and the rule that asks for it; no account shows."""
    given = {"organisation": "552008444", "services": ["payer-tva", "x"], "bank_accounts": [OTHER_IBAN, IBAN + "1"]}
    wrong = errors(tp.AdhesionForm, given).errors()
    refused = errors(tp.AdhesionForm, {"organisation": "552008443", "services": ["payer-tva", "messagerie"]}).errors()

    assert [
        (("it", "organisation"), "siren.check_digit"),
        (("it", "services", 1), "service.unknown"),
        (("it", "bank_accounts", 1), "iban.length"),
    ] == [(error["loc"], error["type"]) for error in wrong]
    assert [
        (("it", "company_email"), "2.7", ["messagerie"]),
        (("it", "bank_accounts"), "2.13", ["payer-tva"]),
    ] == [(error["loc"], error["ctx"]["rule"], error["ctx"]["services"]) for error in refused]
    assert IBAN not in json.dumps(wrong)
    assert (("it",), "fields.wrong_type") == tuple(
        errors(tp.AdhesionForm, "x").errors()[0][it] for it in ("loc", "type")
    )


@pytest.mark.rule("1.2", "1.6")
def test_the_form_of_a_space_is_written_without_its_secrets():
    """A password and an answer are read, and come out nowhere: neither in what is written nor in an error."""
    read = model(tp.SpaceForm).model_validate({"it": SPACE})
    wrong = errors(tp.SpaceForm, SPACE | {"email": "camille.durand", "correct horse": 1})
    secrets = ("correct horse", "Dupont", "camille.durand")

    assert "correct horse" == read.it.password.reveal()
    assert SPACE.keys() - {"password", "security_answer"} == json.loads(read.model_dump_json())["it"].keys()
    for text in (repr(read), str(read.model_dump()), read.model_dump_json(), str(wrong), wrong.json(), repr(wrong)):
        assert [] == [secret for secret in secrets if secret in text]
    assert {"field.unknown", "email.no_at_sign"} == {error["type"] for error in wrong.errors()}


def test_codes_are_given_and_never_written():
    """A code, a token and a secret are fields too; what was typed comes out nowhere. A digest is no field."""
    for kind, typed, code in (
        (tp.ActivationCode, "ab-12", "activation_code.malformed"),
        (tp.LinkToken, "t-1", "link_token.malformed"),
        (tp.Secret, "x", "secret.wrong_type"),
    ):
        read = model(kind).model_validate({"it": typed})
        wrong = errors(kind, 12 if kind is tp.Secret else "a b_*{}")

        assert kind(typed) == read.it == model(kind).model_validate({"it": kind(typed)}).it
        assert {"it": "***"} == json.loads(read.model_dump_json())
        assert [(code, "***")] == [(error["type"], error["input"]) for error in wrong.errors()]
        given, out = (model(kind).model_json_schema(mode=mode) for mode in ("validation", "serialization"))
        jsonschema.validate({"it": typed}, given)
        jsonschema.validate({"it": "***"}, out)
    with pytest.raises(TypeError, match="Digest is for storage, and no field of a model"):
        model(Digest)


class Sent(pydantic.BaseModel):
    """What a service takes."""

    siren: tp.Siren
    accounts: list[tp.BankAccount]


async def _taken(sent: Sent) -> None:
    """Take it."""
    del sent


def post(app, sent):
    """What an application answers to this."""

    async def answer():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            return await client.post("/", json=sent)

    return asyncio.run(answer())


@each("sent loc code", ({"accounts": [IBAN]}, ["body", "siren"], "missing"), (IBAN, ["body"], "model_attributes_type"))
def test_a_service_shows_nothing_of_what_was_sent(sent, loc, code):
    """FastAPI's own 422 has an account where a field beside it is missing; one line has it show none."""
    answers = []
    for line in (lambda _: None, hide_input, lambda app: hide_input(app, FRENCH)):
        app = FastAPI()
        line(app)
        app.post("/")(_taken)
        answers.append(post(app, sent))
    shown, hidden, french = answers

    assert [422] * 3 == [it.status_code for it in answers]
    assert IBAN in shown.text
    assert IBAN not in hidden.text + french.text
    assert [(loc, code)] == [(it["loc"], it["type"]) for it in hidden.json()["detail"]]
    wrong = post(app, {"siren": "552008444", "accounts": []}).json()["detail"]
    assert "clé de contrôle" in wrong[0]["msg"]


# --- JSON Schema ------------------------------------------------------------------------------------------------------


ALL = [*dict.fromkeys(kind for kind, *_ in TYPED), tp.ContactDetails, tp.AdhesionForm, tp.SpaceForm]


@each("kind typed value written", *TYPED, ids=str)
def test_the_schemas_of_a_value(kind, typed, value, written):
    """What people type passes the schema of what is given, and what is written that of what is written and given."""
    given, out = (model(kind).model_json_schema(mode=mode) for mode in ("validation", "serialization"))
    stored = json.loads(model(kind).model_validate({"it": typed}).model_dump_json())

    for schema, document in ((given, {"it": typed}), (given, stored), (out, stored), (given, {"it": written})):
        jsonschema.Draft202012Validator(schema).validate(document)
    assert '"pattern": "^[' not in json.dumps(given)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"it": ""}, given)
    if kind not in {tp.EmailAddress, tp.PersonName, tp.MandateReference, tp.Service}:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"it": typed + "é"}, out)


@each(
    "form given",
    (tp.ContactDetails, CONTACT),
    (tp.AdhesionForm, FORM | {"company_email": "a@b.fr", "legal_representative": None}),
    (tp.SpaceForm, SPACE),
    ids=str,
)
def test_the_schemas_of_a_form(form, given):
    """A form is an object with all its fields; those that are secret are given and not written."""
    read = model(form).model_validate({"it": given})
    validation, serialization = (model(form).model_json_schema(mode=mode) for mode in ("validation", "serialization"))
    written = {"it": json.loads(read.model_dump_json())["it"]}

    jsonschema.validate({"it": given}, validation)
    jsonschema.validate(written, serialization)
    fields = {field.name for field in attrs.fields(form)}
    assert fields == json_schema_of(form, "validation")["properties"].keys()
    assert fields - {"password", "security_answer"} == json_schema_of(form, "serialization")["properties"].keys()
    for wrong in ({**given, "x": 1}, dict(list(given.items())[1:])):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"it": wrong}, validation)


# --- What draws -------------------------------------------------------------------------------------------------------


class Client(pydantic.BaseModel):
    """A model as people write it; what Hypothesis draws for it comes from our own strategies, by registration."""

    siren: tp.Siren
    organisation: tp.Organisation
    email: tp.EmailAddress | None
    account: tp.BankAccount | None
    contact: tp.ContactDetails
    services: list[tp.Service]


def catalogue_of(services):
    """The shipped catalogue, with these services in the place of its own."""
    return Catalogue(({**tp.CATALOGUE} | {service.code: service for service in services}).values())


@given(client=st.from_type(Client))
def test_models_are_drawn_by_our_strategies(client):
    """Whatever model is drawn reads back equal from what it writes, its services from the shipped catalogue."""
    assert client == Client.model_validate_json(client.model_dump_json())


@given(form=st.from_type(tp.AdhesionForm))
def test_any_form_is_written_and_read(form):
    """Whatever form is drawn reads back equal from what is written of it, in its own catalogue."""
    context = {"catalogue": catalogue_of(form.services)}
    text = model(tp.AdhesionForm)(it=form).model_dump_json()

    assert form == model(tp.AdhesionForm).model_validate_json(text, context=context).it


# --- Around -----------------------------------------------------------------------------------------------------------


def test_a_class_of_a_host_is_read_as_its_base():
    """A subclass of a value is read as the value."""

    class Own(tp.Siren):
        """A host's own."""

    assert SIREN == model(Own).model_validate({"it": "552 008 443"}).it
    assert space_form().organisation == model(tp.Siren).model_validate({"it": space_form().organisation}).it
    assert adhesion_form() == model(tp.AdhesionForm).model_validate({"it": adhesion_form()}).it


def test_pydantic_is_imported_when_it_asks():
    """Whoever imports the library loads neither pydantic nor any other of these packages."""
    program = """
import sys, teleprocedures
teleprocedures.Siren("552008443"), teleprocedures.SpaceForm
print({"pydantic", "django", "sqlalchemy", "cattrs", "teleprocedures.contrib"} & set(sys.modules))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "set()" == run.stdout.strip()
