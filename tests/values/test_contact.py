"""Contact details: phone numbers, countries, postal codes, addresses."""

from __future__ import annotations

import pickle

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.errors import InvalidValueError
from teleprocedures.values import ContactDetails, read_city, read_country, read_phone, read_postal_code, read_street

anything = st.text(st.characters(exclude_categories=())) | st.text("0123456789 .+-()x;aé٣\N{FULLWIDTH DIGIT ONE}")
GOOD = {"phone": "01 23 45 67 89", "street": "12 rue des Lilas", "postal_code": "75 019", "city": "Paris"}
STORED = {
    "phone": "+33123456789",
    "street": "12 rue des Lilas",
    "postal_code": "75019",
    "city": "Paris",
    "country": "FR",
}


@pytest.mark.rule("1.5")
def test_contact_details_are_normalised() -> None:
    """Contact details take what people type, in France unless said otherwise."""
    contact = ContactDetails(**GOOD)

    assert STORED == attrs.asdict(contact)


@pytest.mark.rule("1.5")
def test_contact_details_hide_what_is_personal() -> None:
    """Neither the phone number nor the street appears in a `repr`."""
    contact = ContactDetails(**GOOD)

    assert (
        "ContactDetails(phone='+33***89', street='***', postal_code='75019', city='Paris', country='FR')"
        == repr(contact)
        == str(contact)
    )


@pytest.mark.rule("1.5")
@pytest.mark.parametrize(
    ("phone", "text", "country"),
    [
        ("+33123456789", "01 23 45 67 89", "FR"),
        ("+33123456789", "01.23.45.67.89", "FR"),
        ("+33123456789", "+33 (0)1 23 45 67 89", "FR"),
        ("+33123456789", "0033 1 23 45 67 89", "FR"),
        ("+33612345678", "06 12 34 56 78", "FR"),
        ("+262262202020", "0262 20 20 20", "FR"),
        ("+262262202020", "0262 20 20 20", "RE"),
        ("+33123456789", "01 23 45 67 89", "RE"),
        ("+590590201234", "0590 20 12 34", "FR"),
        ("+442079460958", "020 7946 0958", "GB"),
        ("+442079460958", "+44 20 7946 0958", "FR"),
        ("+390612345678", "06 1234 5678", "IT"),
    ],
)
def test_phone_is_kept_in_e164(phone: str, text: str, country: str) -> None:
    """A number is read as in its country, overseas France being dialled as the mainland."""
    assert phone == read_phone(text, country=country)
    assert phone == read_phone(phone, country=country)


@pytest.mark.rule("1.5")
@pytest.mark.parametrize(
    ("message", "text", "country"),
    [
        ("'***' is not in use in FR", "", "FR"),
        ("'***' is not in use in FR", "3615", "FR"),
        ("'***67' is not in use in FR", "01 23 45 67", "FR"),
        ("'***ne' is not in use in FR", "telephone", "FR"),
        ("'***89' is not in use in GB", "01 23 45 67 89", "GB"),
        ("'***00' is not in use in FR", "+33 0 00 00 00 00", "FR"),
        ("'***42' has an extension", "01 23 45 67 89 ext. 42", "FR"),
        ("text of 1001 characters is too long", "1" * 1001, "FR"),
    ],
)
def test_phone_refuses(message: str, text: str, country: str) -> None:
    """A number that cannot be called is refused, masked to its last two characters."""
    with pytest.raises(InvalidValueError) as caught:
        read_phone(text, country=country)

    assert str(caught.value).startswith(f"not a phone number: {message}; expected a number of the country")
    assert caught.value.__context__ is None


@pytest.mark.rule("1.5")
@pytest.mark.parametrize(
    ("code", "text", "country"),
    [
        ("75019", "75 019", "FR"),
        ("75019", " 75019 ", "FR"),
        ("97400", "97400", "FR"),
        ("97400", "97400", "RE"),
        ("98800", "98800", "NC"),
        ("01000", "01000", "FR"),
        ("SW1A 1AA", "sw1a  1aa", "GB"),
        ("1000", "1000", "BE"),
        ("98000", "98000", "MC"),
        ("X" * 16, "x" * 16, "GB"),
    ],
)
def test_postal_code_follows_the_country(code: str, text: str, country: str) -> None:
    """A postal code has five digits in France and overseas, and its own form elsewhere."""
    assert code == read_postal_code(text, country=country)


@pytest.mark.rule("1.5")
@pytest.mark.parametrize(
    ("message", "text", "country"),
    [
        ("not a postal code of France: '7501' does not have five digits; expected five digits", "7501", "FR"),
        ("not a postal code of France: '' does not have five digits", "", "FR"),
        ("not a postal code of France: '2A004' does not have five digits", "2A004", "FR"),
        ("not a postal code of France: '750190'", "750190", "RE"),
        ("not a postal code of France", "\N{FULLWIDTH DIGIT ONE}" * 5, "FR"),
        ("not a postal code: text is empty; expected 1 to 16 characters", " ", "GB"),
        ("not a postal code: text of 17 characters is too long", "x" * 17, "GB"),
    ],
)
def test_postal_code_refuses(message: str, text: str, country: str) -> None:
    """A postal code that its country cannot have is refused."""
    with pytest.raises(InvalidValueError) as caught:
        read_postal_code(text, country=country)

    assert str(caught.value).startswith(message)


@pytest.mark.rule("1.5")
@pytest.mark.parametrize(("country", "text"), [("FR", "FR"), ("FR", " fr\n"), ("RE", "re"), ("DE", "De")])
def test_country_is_its_iso_code(country: str, text: str) -> None:
    """A country is its ISO 3166-1 alpha-2 code, in capitals or not."""
    assert country == read_country(text)


@pytest.mark.rule("1.5")
@pytest.mark.parametrize("text", ["", "F", "FRA", "ZZ", "France", "EU", "ﬀ"])
def test_country_refuses(text: str) -> None:
    """What is not the code of a country is refused, with what is expected."""
    with pytest.raises(InvalidValueError, match=r"not a country: .* is unknown; expected the two letters"):
        read_country(text)


@pytest.mark.rule("1.5")
@pytest.mark.parametrize(
    ("message", "changes"),
    [
        ("not a phone number: ", {"phone": "12"}),
        ("not a street: text is empty; expected 1 to 200 characters", {"street": " "}),
        ("not a street: text of 201 characters is too long", {"street": "x" * 201}),
        ("not a city: text is empty", {"city": ""}),
        ("not a city: text has a character that cannot be printed", {"city": "Par\x00is"}),
        ("not a postal code of France: ", {"postal_code": "ABC"}),
        ("not a country: ", {"country": "XX"}),
        ("not a phone number: '***89' is not in use in DE", {"country": "DE"}),
        ("not a phone number: int is not text", {"phone": 123456789}),
        ("not a street: NoneType is not text", {"street": None}),
        ("not a city: bytes is not text", {"city": b"Paris"}),
        ("not a postal code of France: int is not text", {"postal_code": 75019}),
        ("not a country: NoneType is not text", {"country": None}),
    ],
)
def test_contact_details_refuse(message: str, changes: dict[str, object]) -> None:
    """Each field of the contact details is checked, and the error says which one is wrong."""
    with pytest.raises(InvalidValueError) as caught:
        ContactDetails(**(GOOD | changes))

    assert str(caught.value).startswith(message)


@given(text=anything, country=st.sampled_from(["FR", "RE", "GB", "US", "IT"]))
def test_any_text_is_a_field_or_an_invalid_value(text: str, country: str) -> None:
    """Whatever is typed in a field, there is a text that reads back as itself or InvalidValueError."""
    readers = [
        lambda typed: read_phone(typed, country=country),
        lambda typed: read_postal_code(typed, country=country),
        read_country,
        read_street,
        read_city,
    ]
    for read in readers:
        try:
            kept = read(text)
        except InvalidValueError:
            continue

        assert kept == read(kept)


def test_contact_details_read_back() -> None:
    """Stored contact details are equal to those typed, hash alike, and survive pickling and `evolve`."""
    contact = ContactDetails(**GOOD)
    stored = ContactDetails.from_canonical(**STORED)

    assert contact == stored
    assert hash(contact) == hash(stored)
    assert contact == pickle.loads(pickle.dumps(stored))
    assert "Lyon" == attrs.evolve(stored, city="Lyon", postal_code="69001").city
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        contact.city = "Lyon"  # type: ignore[misc]


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "01 23 45 67 89"},
        {"phone": None},
        {"street": ""},
        {"street": "x" * 201},
        {"postal_code": "x" * 17},
        {"city": "Par\nis"},
        {"city": 12},
        {"country": "fr"},
    ],
)
def test_stored_contact_details_are_in_canonical_form(changes: dict[str, object]) -> None:
    """Only what contact details could have written reads back, and the error does not show the rest."""
    with pytest.raises(
        InvalidValueError, match=r"^not the stored form of contact details; expected what ContactDetails"
    ):
        ContactDetails.from_canonical(**(STORED | changes))


@pytest.mark.rule("1.5")
@pytest.mark.parametrize("country", ["FR", "GF", "GP", "MQ", "RE", "YT"])
@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("01 23 45 67 89", "+33123456789"),
        ("0594 25 40 00", "+594594254000"),
        ("0590 90 12 34", "+590590901234"),
        ("0262 21 12 34", "+262262211234"),
    ],
)
def test_one_dialling_plan(country: str, text: str, phone: str) -> None:
    """A number of ten digits is the same from the mainland and from each of the five overseas departments."""
    assert phone == read_phone(text, country=country)


@pytest.mark.parametrize("country", ["FR", "BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"])
def test_postal_codes_of_all_of_france(country: str) -> None:
    """Overseas too, a postal code has five digits, with spaces in it or not, and nothing else."""
    assert "97400" == read_postal_code("97 400", country=country)
    with pytest.raises(InvalidValueError, match="not a postal code of France"):
        read_postal_code("974", country=country)
