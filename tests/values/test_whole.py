"""No value is half-built, by whatever road it is made: msgspec, attrs, pickles, copies."""

import copy
import json
import pickle
import sys

import attrs
import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import teleprocedures as tp
from teleprocedures.errors import InvalidValueError
from teleprocedures.values import Digest
from tests.builders import FRENCH_IBAN, each, failure

IBAN = FRENCH_IBAN.replace(" ", "")
CONTACT = {"phone": "0123456789", "street": "1 rue Neuve", "postal_code": "75 002", "city": "Paris"}
MADE = [
    (tp.Siren, {"number": "552 008 443"}, {"number": "552008444"}, "siren.check_digit"),
    (tp.FileNumber, {"number": " TF17"}, {"number": "TF-17"}, "file_number.malformed"),
    (tp.EmailAddress, {"address": "a@EXAMPLE.fr"}, {"address": "a@example"}, "email.no_period"),
    (tp.PersonName, {"name": "Le  Goff"}, {"name": "42"}, "name.no_letter"),
    (tp.BankAccount, {"iban": FRENCH_IBAN}, {"iban": IBAN[:-1] + "8"}, "iban.check_digits"),
    (tp.BankAccount, {"iban": FRENCH_IBAN, "bic": "agrifrpp"}, {"bic": "AGRI"}, "bic.malformed"),
    (tp.CreditorIdentifier, {"identifier": "FR72 ZZZ 123456"}, {"identifier": "FR73ZZZ123456"}, "check_digits"),
    (tp.MandateReference, {"reference": " R1"}, {"reference": "R//1"}, "mandate_reference.slash"),
    (tp.ContactDetails, CONTACT, {"phone": "12"}, "phone.unknown"),
    (tp.ContactDetails, CONTACT, {"postal_code": "7500"}, "postal_code.malformed"),
    (tp.ActivationCode, {"text": "ab-12"}, {"text": "ab_12"}, "activation_code.malformed"),
    (tp.LinkToken, {"text": " AB12"}, {"text": "A B"}, "link_token.malformed"),
    (Digest, {"value": b"0" * 32}, {"value": b"0"}, "digest.malformed"),
    (tp.Secret, {"text": "correct horse"}, {"text": None}, "secret.wrong_type"),
    (tp.Service, {"code": "payer-x", "title": "Payer"}, {"code": "payer-\0x"}, "service.malformed"),
    (tp.Service, {"code": "payer-x", "title": "Payer"}, {"title": " "}, "service.title_malformed"),
]


def by_msgspec(value, changed):
    """The value that msgspec makes of its fields, some of them changed."""
    kind = type(value)
    aliases = {str(field.alias): field.name for field in attrs.fields(kind)}
    fields = {field.name: getattr(value, field.name) for field in attrs.fields(kind)}
    changed = {aliases[alias]: text for alias, text in changed.items()}
    try:
        return msgspec.convert(fields | changed, kind)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, InvalidValueError):
            raise error.__cause__ from None
        raise


def by_pickle(value, changed):
    """The value of a pickle in which some of the fields are changed."""
    read, (kind, fields) = value.__reduce__()
    again, known = pickle.loads(pickle.dumps((read, fields)))
    return again(kind, known | changed)


ROADS = [by_msgspec, lambda value, changed: attrs.evolve(value, **changed), by_pickle]
if sys.version_info >= (3, 13):
    ROADS.append(lambda value, changed: copy.replace(value, **changed))
NAMES = ["msgspec", "evolve", "pickle", "replace"][: len(ROADS)]
roads = each("road", *ROADS, ids=NAMES)
kinds = each("kind typed wrong code", *MADE, ids=lambda it: it if isinstance(it, str) else "")


@roads
@kinds
def test_a_value_is_made_whole_or_not_at_all(road, kind, typed, wrong, code):
    """By each road the same value comes out, and what the class refuses is refused, with its code."""
    value = kind(**typed)

    assert value == road(value, {})
    if road is by_pickle:
        of_classes = {tp.Secret: "secret.wrong_type", Digest: "digest.malformed", tp.Service: code}
        stored = of_classes.get(kind, "stored.malformed")
        assert stored == failure(road, value, dict.fromkeys(wrong, None if kind is tp.Secret else "\n")).code
    elif (kind, road) == (tp.Secret, by_msgspec):
        with pytest.raises(msgspec.ValidationError, match=r"^Expected `str`, got `null` - at `\$\._text`$"):
            road(value, wrong)
    else:
        assert failure(road, value, wrong).code.endswith(code)


@kinds
def test_what_is_typed_is_made_canonical(kind, typed, wrong, code):
    """msgspec, `attrs.evolve` and `copy.replace` read what people type, as the class does."""
    value = kind(**typed)

    for road in set(ROADS) - {by_pickle}:
        assert value == road(value, typed)
    for same in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert (value, type(value), repr(value)) == (same, type(same), repr(same))


@each("kind", *dict.fromkeys(kind for kind, *_ in MADE), ids=str)
def test_no_state_is_set(kind):
    """A pickle cannot set the fields of a value, as those of attrs classes do."""
    state = {field.name: "bad" for field in attrs.fields(kind)}
    value = kind.__new__(kind)

    assert not hasattr(value, "__setstate__")
    with pytest.raises((AttributeError, TypeError)):
        pickle.loads(pickle.dumps(_Crafted(kind, (None, state))))


class _Crafted:
    """Pickled as an object of a kind with a state."""

    def __init__(self, kind, state):
        self.made = (kind.__new__, (kind,), state)

    def __reduce__(self):
        return self.made


@attrs.frozen
class Client:
    """A host's own class, as people write it."""

    siren: tp.Siren
    email: tp.EmailAddress | None = None


@each(
    "path document",
    ("$.siren", {"siren": {"number": "bad"}}),
    ("$.email", {"siren": {"number": "552 008 443"}, "email": {"address": "jeanne.martin@"}}),
)
def test_a_class_of_a_host(path, document):
    """A client whose SIREN or address is none is not decoded, and the error says where and shows no address."""
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(json.dumps(document).encode(), type=Client)

    assert str(caught.value).endswith(f" - at `{path}`")
    assert "jeanne" not in str(caught.value)
    assert Client(tp.Siren("552008443")) == msgspec.json.decode(b'{"siren":{"number":"552 008 443"}}', type=Client)


LETTERS = "0123456789 .@-_/?'aéxyFRGBZX٣\N{EN DASH}"
TEXTS = st.text(LETTERS) | st.sampled_from([text for _, *both, _ in MADE for it in both for text in it.values()])


@roads
@given(row=st.sampled_from(MADE), text=TEXTS)
@example(row=MADE[0], text="552 008 443")
@example(row=MADE[4], text="FR1420041010050500013M02606")
def test_whatever_text_a_field_has(road, row, text):
    """Whatever takes the place of a field, a value that comes out is one that its class makes or reads back itself."""
    kind, typed, wrong, _ = row
    again = getattr(kind, "from_canonical", kind) if road is by_pickle else kind
    try:
        value = road(kind(**typed), dict.fromkeys(wrong, text))
    except (InvalidValueError, msgspec.ValidationError):
        return

    assert value == again(**{str(field.alias): getattr(value, field.name) for field in attrs.fields(kind)})
