"""Contact details: phone numbers, countries, postal codes, addresses."""

from __future__ import annotations

import pickle

import attrs
import phonenumbers
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
        ("+33123456789", "01\N{NARROW NO-BREAK SPACE}23\N{THIN SPACE}45\N{NO-BREAK SPACE}67 89", "FR"),
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
    ("what", "message", "text", "country"),
    [
        ("missing", "text is empty", " ", "FR"),
        ("unknown", "'***' is not in use in FR", "3615", "FR"),
        ("unknown", "'***67' is not in use in FR", "01 23 45 67", "FR"),
        ("malformed", "'***ne' is no number", "telephone", "FR"),
        ("unknown", "'***89' is not in use in GB", "01 23 45 67 89", "GB"),
        ("unknown", "'***00' is not in use in FR", "+33 0 00 00 00 00", "FR"),
        ("unknown", "'***56' is not in use in RE", "12 34 56", "RE"),
        ("unknown", "'***45' is not in use in FR", "0263 99 23 45", "FR"),
        ("extension", "'***42' has an extension", "01 23 45 67 89 ext. 42", "FR"),
        ("extension", "'***42' has an extension", "0596 30 12 34 ext. 42", "FR"),
        ("too_long", "text of 1001 characters is too long", "1" * 1001, "FR"),
        ("wrong_type", "int is not text", 123456789, "FR"),
    ],
)
def test_phone_refuses(what: str, message: str, text: str, country: str) -> None:
    """A number that cannot be called is refused, masked to its last two characters."""
    with pytest.raises(InvalidValueError) as caught:
        read_phone(text, country=country)

    assert f"phone.{what}" == caught.value.code
    assert str(caught.value).startswith(f"not a phone number: {message}; expected a number of the country")
    assert caught.value.__context__ is None


def test_a_number_longer_than_e164_is_refused() -> None:
    """What is written must be readable: E.164 has 15 digits, and the library takes longer numbers of some countries."""
    for size in range(4, 18):
        for first in "1246789":
            for country in ("DE", "AT", "ID", "JP", "GB"):
                try:
                    phone = read_phone(first.ljust(size, "2"), country=country)
                except InvalidValueError:
                    continue

                assert len(phone) <= 16
                assert ContactDetails.from_canonical(**STORED | {"phone": phone})


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
        ("ß" * 16, "ß" * 16, "GB"),
        ("ﬁA", "ﬁa", "GB"),
    ],
)
def test_postal_code_follows_the_country(code: str, text: str, country: str) -> None:
    """A postal code has five digits in France and overseas, and its own form elsewhere."""
    assert code == read_postal_code(text, country=country)


@pytest.mark.rule("1.5")
@pytest.mark.parametrize(
    ("what", "why", "text", "country"),
    [
        ("malformed", "'7501' does not have five digits", "7501", "FR"),
        ("missing", "text is empty", "", "FR"),
        ("malformed", "'2A004' does not have five digits", "2A004", "FR"),
        ("malformed", "'750190' does not have five digits", "750190", "RE"),
        ("malformed", "does not have five digits", "\N{FULLWIDTH DIGIT ONE}" * 5, "FR"),
        ("malformed", "does not have five digits", "\N{HANGUL FILLER}", "FR"),
        ("missing", "text is empty", " ", "GB"),
        ("too_long", "text of 17 characters is too long", "x" * 17, "GB"),
        ("not_printable", "has a character that cannot be printed", "SW1A\x001AA", "GB"),
        ("invisible", "has only characters that nobody sees", "\N{HANGUL FILLER}", "GB"),
        ("wrong_type", "int is not text", 75019, "FR"),
    ],
)
def test_postal_code_refuses(what: str, why: str, text: str, country: str) -> None:
    """A postal code that its country cannot have is refused."""
    with pytest.raises(InvalidValueError, match=r"^not a postal code: .*; expected five digits in France") as caught:
        read_postal_code(text, country=country)

    assert f"postal_code.{what}" == caught.value.code
    assert why in str(caught.value)


def test_whatever_grows_in_capitals_is_read_back() -> None:
    """What can be written must be readable, though some letters become two or three in capitals."""
    growing = [chr(point) for point in range(0x110000) if len(chr(point).upper()) > 1]

    assert len(growing) > 100
    for character in growing:
        code = read_postal_code(character * 16, country="GB")

        assert code == read_postal_code(code, country="GB")
        assert code == ContactDetails.from_canonical(**STORED | {"postal_code": code, "country": "GB"}).postal_code


@pytest.mark.rule("1.5")
@pytest.mark.parametrize(("country", "text"), [("FR", "FR"), ("FR", " fr\n"), ("RE", "re"), ("DE", "De")])
def test_country_is_its_iso_code(country: str, text: str) -> None:
    """A country is its ISO 3166-1 alpha-2 code, in capitals or not."""
    assert country == read_country(text)


@pytest.mark.rule("1.5")
@pytest.mark.parametrize(
    ("what", "text"),
    [
        *(
            (("unknown", text))
            for text in (
                "F",
                "FRA",
                "ZZ",
                "France",
                "EU",
                "ﬀ",
                "ß",
                "ﬁ",
                "f\N{LATIN SMALL LETTER DOTLESS I}",
                "\N{LATIN SMALL LETTER LONG S}e",
                "\uff26\uff32",
            )
        ),
        ("missing", " "),
        ("wrong_type", None),
        ("too_long", "F" * 1_001),
    ],
)
def test_country_refuses(what: str, text: str) -> None:
    """What is not the code of a country, in ASCII letters, is refused, with what is expected."""
    with pytest.raises(InvalidValueError, match=r"not a country: .*; expected the two letters") as caught:
        read_country(text)

    assert f"country.{what}" == caught.value.code


@pytest.mark.rule("1.5")
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("phone.unknown", {"phone": "12"}),
        ("street.missing", {"street": " "}),
        ("street.too_long", {"street": "x" * 201}),
        ("street.not_printable", {"street": "a\N{RIGHT-TO-LEFT OVERRIDE}b"}),
        ("street.invisible", {"street": "\N{HANGUL FILLER}"}),
        ("street.wrong_type", {"street": None}),
        ("city.missing", {"city": ""}),
        ("city.too_long", {"city": "x" * 201}),
        ("city.not_printable", {"city": "Par\x00is"}),
        ("city.invisible", {"city": "\N{BRAILLE PATTERN BLANK}"}),
        ("city.wrong_type", {"city": b"Paris"}),
        ("postal_code.malformed", {"postal_code": "ABC"}),
        ("country.unknown", {"country": "XX"}),
        ("phone.unknown", {"country": "DE"}),
    ],
)
def test_contact_details_refuse(code: str, changes: dict[str, object]) -> None:
    """Each field of the contact details is checked, and the error says which one is wrong."""
    with pytest.raises(InvalidValueError) as caught:
        ContactDetails(**(GOOD | changes))

    assert code == caught.value.code
    assert str(caught.value).startswith("not a")
    assert code != "country.unknown" or {"value": "XX"} == dict(caught.value.facts)


@given(text=anything, country=st.sampled_from(["FR", "RE", "PM", "GB", "US", "IT"]))
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
        InvalidValueError, match=r"^not the stored form of ContactDetails; expected what ContactDetails keeps"
    ):
        ContactDetails.from_canonical(**(STORED | changes))


@pytest.mark.rule("1.5")
@pytest.mark.parametrize("country", ["FR", "BL", "GF", "GP", "MF", "MQ", "PM", "RE", "YT"])
@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("01 23 45 67 89", "+33123456789"),
        ("05 53 12 34 56", "+33553123456"),
        ("06 12 34 56 78", "+33612345678"),
        ("09 72 12 34 56", "+33972123456"),
        ("0262 21 12 34", "+262262211234"),
        ("0263 12 34 56", "+262263123456"),
        ("0269 61 12 34", "+262269611234"),
        ("0508 41 12 34", "+508411234"),
        ("0590 90 12 34", "+590590901234"),
        ("0594 25 40 00", "+594594254000"),
        ("0596 30 12 34", "+596596301234"),
        ("0639 69 12 34", "+262639691234"),
        ("0690 12 34 56", "+590690123456"),
        ("0691 23 45 67", "+590691234567"),
        ("0692 12 34 56", "+262692123456"),
        ("0693 00 12 34", "+262693001234"),
        ("0694 20 12 34", "+594694201234"),
        ("0696 20 12 34", "+596696201234"),
        ("0697 20 12 34", "+596697201234"),
        ("0708 41 23 45", "+508708412345"),
        ("0709 00 12 34", "+590709001234"),
        ("0709 30 12 34", "+594709301234"),
        ("0709 35 12 34", "+262709351234"),
        ("0976 22 12 34", "+262976221234"),
        ("+33 596 30 12 34", "+596596301234"),
        ("0033 596 30 12 34", "+596596301234"),
        ("+596 596 30 12 34", "+596596301234"),
        ("+33 800 12 34 56", "+33800123456"),
        ("+508 41 12 34", "+508411234"),
    ],
)
def test_one_dialling_plan(country: str, text: str, phone: str) -> None:
    """The first digits of a number say where it is, from the mainland and from each territory of the one plan."""
    assert phone == read_phone(text, country=country)
    assert phone == read_phone(phone, country=country)


@pytest.mark.rule("1.5")
@pytest.mark.parametrize("territory", ["GP", "GF", "MQ", "RE", "YT"])
def test_numbers_of_a_territory_are_the_same_from_the_mainland(territory: str) -> None:
    """What the numbering plan of a territory gives as an example is read so with any address of the one plan."""
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
        example = phonenumbers.example_number_for_type(territory, kind)
        typed = f"0{phonenumbers.national_significant_number(example)}"
        expected = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        for country in ("FR", "RE", territory):
            assert expected == read_phone(typed, country=country)


@pytest.mark.rule("1.5")
def test_free_numbers_are_those_of_the_address() -> None:
    """Numbers in 08 are each territory's own, and six digits are Saint-Pierre-et-Miquelon's."""
    assert "+33800123456" == read_phone("0800 12 34 56", country="FR")
    assert "+262800123456" == read_phone("0800 12 34 56", country="RE")
    assert "+508411234" == read_phone("41 12 34", country="PM")
    assert "+687251234" == read_phone("25 12 34", country="NC")


@pytest.mark.parametrize("country", ["FR", "BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"])
def test_postal_codes_of_all_of_france(country: str) -> None:
    """Overseas too, a postal code has five digits, with spaces in it or not, and nothing else."""
    assert "97400" == read_postal_code("97 400", country=country)
    with pytest.raises(InvalidValueError, match="not a postal code: '974' does not have five digits"):
        read_postal_code("974", country=country)
