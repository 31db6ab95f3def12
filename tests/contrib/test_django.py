"""Values in Django's models, forms and admin, and in serializers of its REST framework."""

import json
import re

import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.migrations.writer import MigrationWriter
from django.test import Client as Browser
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import from_field, from_model
from rest_framework import serializers as rest
from rest_framework.utils.encoders import JSONEncoder

import teleprocedures as tp
from teleprocedures.contrib import django as own
from teleprocedures.contrib.rest_framework import ValueField
from tests.builders import FRENCH_IBAN, each, failure
from tests.contrib import django_host as host
from tests.contrib.samples import IBAN, OTHER_SIREN, SIREN, TYPED, WRONG

Client = host.Client
FIELDS = {
    tp.Siren: own.SirenField,
    tp.FileNumber: own.FileNumberField,
    tp.Organisation: own.OrganisationField,
    tp.EmailAddress: own.EmailAddressField,
    tp.PersonName: own.PersonNameField,
    tp.BankAccount: own.BankAccountField,
    tp.Service: own.ServiceField,
}
OF_MODELS = [row for row in TYPED if row[0] in FIELDS]
NOT_OF_MODELS = [row for row in WRONG if row[0] in FIELDS]
CLIENT = {"siren": "552 008 443", "firm": "TF17", "email": "a@B.fr", "account": FRENCH_IBAN, "service": "payer-tva"}


@pytest.fixture(scope="module", autouse=True)
def tables():
    """The tables are made once; each test is undone."""
    host.create_tables()


@pytest.fixture(autouse=True)
def _undone(tables):
    """What a test stores is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def spoken(text):
    """The text with plain spaces."""
    return str(text).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


# --- Models -----------------------------------------------------------------------------------------------------------


@each("kind typed value written", *OF_MODELS, ids=str)
def test_a_value_is_a_field_of_a_model(kind, typed, value, written):
    """What is typed is read; it is bound as its text, and that text is read back as the value."""
    field = FIELDS[kind]()

    for it in (typed, value, written):
        assert (value, written) == (field.clean(it, None), field.get_prep_value(it))
    assert (value, type(value)) == ((read := field.from_db_value(written, None, connection)), type(read))
    assert f"varchar({field.max_length})" == field.db_type(connection)
    assert len(written) <= field.max_length


@each("language said", ("fr", "numéro SIREN"), ("en", "Not a SIREN"), ("de", "Not a SIREN"))
def test_what_is_wrong_is_said_in_the_language_of_the_reader(language, said):
    """The same error is French for a French reader, whenever it was found, and English for others."""
    with pytest.raises(ValidationError) as caught:
        own.SirenField().clean("552 008 444%", None)
    with translation.override(language):
        (text,) = caught.value.messages

    assert ("siren.malformed", "552 008 444%") == (caught.value.code, caught.value.params["value"])
    assert said in spoken(text)
    assert "552 008 444%" in spoken(text)
    with translation.override(None):
        assert own.wording() is tp.wording.ENGLISH


@each("kind typed code shown", *NOT_OF_MODELS, ids=str)
def test_what_is_wrong_has_its_code(kind, typed, code, shown):
    """A field of a model and one of a form refuse with our code, and a query with our error; nothing shows it whole."""
    field = FIELDS[kind]()
    for clean in (lambda text: field.clean(text, None), field.formfield().clean):
        with pytest.raises(ValidationError) as caught:
            clean(typed)

        assert code == caught.value.code
        assert (typed == shown.strip("'")) is (typed in str(caught.value))
        assert caught.value.__context__ is None
    assert code == failure(field.get_prep_value, typed).code


def test_models_hold_values():
    """A model is stored from what is typed, found by it, and read as values; what is not there is None."""
    Client.objects.create(**CLIENT)
    Client.objects.create(siren=OTHER_SIREN, email="")
    first, second = Client.objects.order_by("id")

    assert (SIREN, tp.FileNumber("TF17"), "a@b.fr") == (first.siren, first.firm, str(first.email))
    assert (IBAN, "AGRIFRPPXXX", tp.catalogue.PAY_VAT) == (first.account.iban, first.account.bic, first.service)
    assert (OTHER_SIREN, None, None, None) == (second.siren, second.firm, second.email, second.account)
    for found in (
        Client.objects.filter(siren="552.008.443"),
        Client.objects.filter(siren__in=[SIREN]),
        Client.objects.filter(siren__startswith="5520"),
        Client.objects.filter(account=tp.BankAccount(IBAN)),
        Client.objects.filter(firm="TF17", service="payer-tva"),
        Client.objects.exclude(account=None),
    ):
        assert [first] == list(found)
    with pytest.raises(tp.InvalidValueError, match="fails its check digit"):
        Client.objects.filter(siren="552 008 444").exists()
    assert "FR76 **** 0189" in str(first.account) + repr(first.account)


def test_full_clean_reads_and_compares():
    """`full_clean` makes values of what was assigned, and finds the one that has the same SIREN."""
    client = Client(**CLIENT)
    client.full_clean()
    client.save()

    assert (SIREN, tp.BankAccount(IBAN)) == (client.siren, client.account)
    with pytest.raises(ValidationError) as caught:
        Client(siren="552.008.443", firm="552008444").full_clean()
    assert {"siren": ["unique"], "firm": ["siren.check_digit"]} == {
        name: [error.code for error in errors] for name, errors in caught.value.error_dict.items()
    }


def test_data_is_dumped_and_loaded():
    """Django's own serializers write the texts of columns, and read them."""
    client = Client.objects.create(**CLIENT)
    client.refresh_from_db()
    text = serializers.serialize("json", [client, Client(siren=OTHER_SIREN)])
    first, second = serializers.deserialize("json", text)

    assert {"firm": "file:TF17", "account": IBAN, "service": "payer-tva"}.items() <= json.loads(text)[0][
        "fields"
    ].items()
    assert (client.siren, client.account, client.firm) == (first.object.siren, first.object.account, first.object.firm)
    assert (OTHER_SIREN, None) == (second.object.siren, second.object.account)


@each("kind", *FIELDS, ids=str)
def test_migrations_write_fields_by_their_public_names(kind):
    """A migration has the public path of a field, what it was given, and no length of ours."""
    name = FIELDS[kind].__name__
    text, imports = MigrationWriter.serialize(FIELDS[kind](null=True, unique=True))

    assert f"teleprocedures.contrib.django.{name}(null=True, unique=True)" == text
    assert {"import teleprocedures.contrib.django"} == imports
    assert FIELDS[kind]().clone().max_length == FIELDS[kind]().max_length


# --- Forms and the admin ----------------------------------------------------------------------------------------------


def test_a_form_in_french_with_its_errors_at_their_fields():
    """Each error stands at its field, in French; what was typed is shown again, and nothing else of it."""
    given_ = {"siren": "552 008 444", "firm": "552008444", "email": "jeanne.martin@", "account": IBAN[:-1] + "8"}
    form = host.ClientForm(given_ | {"service": "payer-rien"})
    page = spoken(form.as_p())

    assert {
        "siren": ["siren.check_digit"],
        "firm": ["siren.check_digit"],
        "email": ["email.no_domain"],
        "account": ["iban.check_digits"],
        "service": ["service.unknown"],
    } == {name: [error.code for error in errors.as_data()] for name, errors in form.errors.items()}
    assert "La clé de contrôle de" in page
    assert 'value="552 008 444"' in page
    assert "jeanne.martin" not in spoken(form.errors)


def test_a_form_gives_values_and_shows_them_to_be_edited():
    """A form that is right gives values; one of a model that is stored shows what is read again as the same."""
    form = host.ClientForm(CLIENT)
    client = form.save()
    again = host.ClientForm(instance=Client.objects.get(pk=client.pk))
    shown = {name: again[name].value() for name in again.fields}
    unchanged = host.ClientForm({**shown, "siren": "552.008.443"}, instance=Client.objects.get(pk=client.pk))

    assert (SIREN, tp.BankAccount(IBAN)) == (client.siren, client.account)
    assert {"siren": "552008443", "firm": "TF17", "email": "a@b.fr", "account": IBAN, "service": "payer-tva"} == shown
    assert ([], True) == (unchanged.changed_data, unchanged.is_valid())
    assert 'type="email"' in str(again["email"])
    assert '<option value="payer-tva" selected>' in spoken(again["service"])


def test_a_form_of_no_model():
    """Nothing typed is None where nothing is required, and else Django's own error."""
    right, wrong = (host.PlainForm({"siren": siren, "account": " "}) for siren in (" 552008443 ", " "))

    assert ({"siren": SIREN, "account": None}, ["required"]) == (
        right.is_valid() and right.cleaned_data,
        [error.code for error in wrong.errors["siren"].as_data()],
    )
    assert 12 == own.typed(12)


def test_services_of_a_host():
    """A catalogue of a host is chosen from, stored and read; its services have their own labels."""
    service = tp.Service(code="payer-droits", title="Payer les droits")
    field = own.ServiceField(catalogue=tp.CATALOGUE.extended(service))
    widget = own.ValueFormField(tp.Service, widget=host.forms.TextInput).widget

    assert service == field.clean("payer-droits", None) == field.from_db_value("payer-droits", None, connection)
    assert ("payer-droits", "Payer les droits") == tuple(map(str, field.formfield().widget.choices[-1]))
    assert isinstance(widget, host.forms.TextInput)


def test_the_admin():
    """The admin lists masked accounts, searches, filters, refuses what is wrong in French, and stores what is right."""
    User.objects.create_superuser("root", password="x")
    browser = Browser()
    browser.login(username="root", password="x")
    wrong = browser.post("/admin/auth/client/add/", {"siren": "552 008 444"})
    right = browser.post("/admin/auth/client/add/", CLIENT)
    pages = [browser.get(f"/admin/auth/client/{query}") for query in ("", "?q=5520", "?service__exact=payer-tva")]

    assert "La clé de contrôle de" in spoken(wrong.content.decode())
    assert (302, [200, 200, 200]) == (right.status_code, [page.status_code for page in pages])
    for page in pages:
        assert "FR76 **** 0189" in page.content.decode()
        assert IBAN not in page.content.decode()
    assert 302 == browser.get("/admin/auth/client/?siren=bad").status_code
    change = browser.get(f"/admin/auth/client/{Client.objects.get().pk}/change/").content.decode()
    assert f'value="{IBAN}"' in change


# --- The REST framework -----------------------------------------------------------------------------------------------


class ClientSerializer(rest.ModelSerializer):
    """A serializer as people write it, for the model."""

    class Meta:
        """All of it."""

        model = Client
        fields = ("siren", "firm", "email", "account", "service")


class PlainSerializer(rest.Serializer):
    """A serializer of no model."""

    siren = ValueField(tp.Siren)
    account = ValueField(tp.BankAccount, required=False, allow_null=True)


@each("serializer", ClientSerializer, PlainSerializer, ids=str)
def test_a_serializer_reads_and_writes(serializer):
    """What is typed is read as values, and written as columns have them."""
    read = serializer(data=CLIENT)

    assert read.is_valid()
    assert (SIREN, tp.BankAccount(IBAN)) == (read.validated_data["siren"], read.validated_data["account"])
    written = json.loads(json.dumps(serializer(Client(**read.validated_data)).data, cls=JSONEncoder))
    assert ("552008443", IBAN) == (written["siren"], written["account"])
    bare = serializer(data={"siren": "552008443", "account": None})
    assert (True, None) == (bare.is_valid(), bare.validated_data["account"])


@each("serializer", ClientSerializer, PlainSerializer, ids=str)
def test_a_serializer_refuses(serializer):
    """What is wrong has our code and French words, and shows no account."""
    wrong = serializer(data={"siren": "552 008 444", "account": IBAN[:-1] + "8"})

    assert not wrong.is_valid()
    assert {"siren": "siren.check_digit", "account": "iban.check_digits"} == {
        name: error.code for name, (error,) in wrong.errors.items()
    }
    assert "La clé de contrôle de" in spoken(wrong.errors["siren"][0])
    assert IBAN[:-1] not in str(wrong.errors)


def test_another_kind():
    """A class that is no kind of value is refused when the field is made."""
    for make in (own.ValueFormField, ValueField):
        assert "argument.wrong_type" == failure(make, tp.ContactDetails).code


# --- What draws -------------------------------------------------------------------------------------------------------


@given(data=st.data(), kind=st.sampled_from([kind for kind in FIELDS if kind is not tp.Service]))
def test_whatever_is_stored_is_read_back(data, kind):
    """A value is read back equal from a column and from a form that shows it."""
    field, value = FIELDS[kind](), data.draw(st.from_type(kind))

    assert value == field.from_db_value(field.get_prep_value(value), None, connection)
    assert value == field.formfield().clean(own.typed(value))


own.register_strategies()


@given(client=from_model(Client))
def test_models_are_drawn_by_our_strategies(client):
    """A model is drawn and stored by our strategies, by registration, and reads back equal."""
    stored = Client.objects.get(pk=client.pk)

    assert [getattr(client, field.attname) for field in Client._meta.fields] == [
        getattr(stored, field.attname) for field in Client._meta.fields
    ]


def test_strategies_are_registered_for_each_field():
    """Each field of a model is drawn as its kind."""
    assert all(from_field(field()) is not None for field in FIELDS.values())


def test_what_the_page_shows(project):
    """The models and forms of the page are taken by Django as they stand there."""
    _, _, page = (project / "docs" / "contrib.md").read_text("utf-8").partition("\n## Django\n")
    names = {"__name__": __name__}
    for block in re.findall(r"^```py\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        exec(block, names)

    form = names["SearchForm"]({"siren": "552 008 443", "service": "payer-tva"})
    assert (True, {"siren": SIREN, "service": tp.catalogue.PAY_VAT}) == (form.is_valid(), form.cleaned_data)
    assert ["SIREN"] == [str(field.verbose_name) for field in names["Company"]._meta.fields if field.name == "siren"]
