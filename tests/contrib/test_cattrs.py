"""Values and forms through cattrs: structured from what is typed, unstructured as the codec writes."""

import json

import attrs
import cattrs
import pytest
from cattrs.preconf.json import make_converter
from hypothesis import given
from hypothesis import strategies as st

import teleprocedures as tp
from teleprocedures.contrib.cattrs import configure
from teleprocedures.testing import adhesion_form, space_form
from tests.builders import FRENCH_IBAN, each
from tests.contrib.samples import IBAN, SIREN, TYPED, WRONG

CONTACT = {"phone": "01 23 45 67 89", "street": "12 rue des Lilas", "postal_code": "75 019", "city": "Paris"}
CONVERTERS = [cattrs.Converter, make_converter, lambda: cattrs.Converter(detailed_validation=False)]
converters = each("make", *CONVERTERS, ids=["dicts", "json", "plain"])


@attrs.frozen
class Client:
    """A host's own class, as people write it."""

    siren: tp.Siren
    firm: tp.Organisation
    other: tp.Organisation | None = None
    accounts: list[tp.BankAccount] = attrs.field(factory=list)
    services: list[tp.Service] = attrs.field(factory=list)
    contact: tp.ContactDetails | None = None


CLIENT = {
    "siren": "552 008 443",
    "firm": "404 833 048",
    "other": "TF17",
    "accounts": [FRENCH_IBAN],
    "services": ["payer-tva"],
    "contact": CONTACT,
}


@converters
@each("kind typed value written", *TYPED, ids=str)
def test_a_value_is_structured(make, kind, typed, value, written):
    """What is typed, what is written and the value give the value, which is written as the codec writes it."""
    converter = configure(make())
    stored = {"iban": IBAN, "bic": "AGRIFRPPXXX"} if kind is tp.BankAccount else written

    for it in (typed, stored, value):
        assert (value, type(value)) == ((read := converter.structure(it, kind)), type(read))
    assert stored == converter.unstructure(value, unstructure_as=kind)


@converters
@each("kind typed code shown", *WRONG, ids=str)
def test_what_is_wrong_is_refused(make, kind, typed, code, shown):
    """What cannot be a value is the library's own error, which cattrs may put into its own with the field."""
    with pytest.raises(tp.InvalidValueError) as caught:
        configure(make()).structure(typed, kind)

    assert code == caught.value.code


@converters
def test_a_class_of_a_host(make):
    """A class with values as fields is structured, written and read again; organisations keep their kinds."""
    converter = configure(make())
    client = converter.structure(CLIENT, Client)
    written = converter.unstructure(client)

    assert (SIREN, tp.FileNumber("TF17"), tp.ContactDetails(**CONTACT)) == (client.siren, client.other, client.contact)
    assert ("552008443", "siren:404833048", "file:TF17") == (written["siren"], written["firm"], written["other"])
    assert client == converter.structure(json.loads(json.dumps(written)), Client)
    bare = converter.structure({"siren": "552008443", "firm": "552008443", "other": None}, Client)
    assert (None, None) == (bare.other, converter.unstructure(bare)["other"])


def test_unions_of_both_kinds():
    """A union of both kinds is an organisation, with None or without; a tuple of them is not."""
    converter = configure(cattrs.Converter())
    either = tp.Siren | tp.FileNumber

    assert tp.FileNumber("TF17") == converter.structure("TF17", either)
    assert None is converter.structure(None, either | None)
    assert None is converter.unstructure(None, unstructure_as=either | None)
    assert SIREN == converter.structure("552 008 443", either | None)
    assert (SIREN, tp.FileNumber("1")) == converter.structure(["552 008 443", "1"], tuple[tp.Siren, tp.FileNumber])
    for kind in (either, tp.Organisation):
        with pytest.raises(tp.InvalidValueError, match="fails its check digit"):
            converter.structure("552 008 444", kind)


def test_where_something_is_wrong():
    """Cattrs tells the class and the field; what is wrong with contact details is told all at once."""
    wrong = CLIENT | {"siren": "552 008 444", "contact": {"phone": "1"}}
    with pytest.raises(cattrs.ClassValidationError) as caught:
        configure(cattrs.Converter()).structure(wrong, Client)
    siren, contact = caught.value.exceptions

    assert ("siren.check_digit", "siren") == (siren.code, siren.__notes__[0].name)
    assert {"phone", "street", "postal_code", "city"} == {problem.path for problem in contact.problems}


def test_forms_and_services_of_a_host():
    """Forms are read with every problem and written without their secrets; services are those of a catalogue."""
    own = tp.Service(code="payer-droits", title="Payer les droits", pays=True)
    converter = configure(cattrs.Converter(), catalogue=tp.CATALOGUE.extended(own))
    form = {"organisation": "552008443", "services": ["payer-droits"], "bank_accounts": [FRENCH_IBAN]}
    read = converter.structure(form, tp.AdhesionForm)

    assert (own,) == read.services
    assert read == converter.structure(converter.unstructure(read), tp.AdhesionForm)
    assert adhesion_form() == converter.structure(adhesion_form(), tp.AdhesionForm)
    assert {"password", "security_answer"} == {field.name for field in attrs.fields(tp.SpaceForm)} - {
        *converter.unstructure(space_form())
    }
    with pytest.raises(tp.RefusedFormError, match=r"2\.13"):
        converter.structure(form | {"bank_accounts": []}, tp.AdhesionForm)


@given(client=st.builds(Client, services=st.just([])))
def test_whatever_client_is_drawn_is_read_back(client):
    """A host's class is drawn by our strategies, by registration, and read back equal."""
    converter = configure(make_converter())

    assert client == converter.loads(converter.dumps(client), Client)
