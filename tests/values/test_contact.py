"""Contact details: phone numbers, countries, postal codes, addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures.errors import InvalidValueError
from teleprocedures.values import ContactDetails, read_city, read_country, read_phone, read_postal_code, read_street
from tests.builders import each, failure

GOOD = {"phone": "01 23 45 67 89", "street": "12 rue des Lilas", "postal_code": "75 019", "city": "Paris"}
STORED = {
    "phone": "+33123456789",
    "street": "12 rue des Lilas",
    "postal_code": "75019",
    "city": "Paris",
    "country": "FR",
}
FRENCH = ("FR", "BL", "GF", "GP", "MF", "MQ", "PM", "RE", "YT")
FILLER = "\N{HANGUL FILLER}"


@pytest.mark.rule("1.5")
def test_contact_details_are_normalised_and_hide_what_is_personal():
    """They take what people type, in France unless said otherwise; neither the phone nor the street is shown."""
    shown = "ContactDetails(phone='+33***89', street='***', postal_code='75019', city='Paris', country='FR')"
    contact = ContactDetails(**GOOD)

    assert ContactDetails.from_canonical(**STORED) == contact
    assert shown == repr(contact) == str(contact)


# --- Phone numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("1.5")
@each(
    "phone text country",
    *(("+33123456789", text, "FR") for text in ("01.23.45.67.89", "+33 (0)1 23 45 67 89", "0033 1 23 45 67 89")),
    ("+33123456789", "01\N{NARROW NO-BREAK SPACE}23\N{THIN SPACE}45\N{NO-BREAK SPACE}67 89", "FR"),
    *(("+442079460958", "020 7946 0958", "GB"), ("+442079460958", "+44 20 7946 0958", "FR")),
    ("+390612345678", "06 1234 5678", "IT"),
    # Numbers in 08 are each territory's own, and six digits are Saint-Pierre-et-Miquelon's.
    *(("+33800123456", "0800 12 34 56", "FR"), ("+262800123456", "0800 12 34 56", "RE")),
    *(("+508411234", "41 12 34", "PM"), ("+687251234", "25 12 34", "NC")),
)
def test_phone_is_kept_in_e164(phone, text, country):
    """A number is read as in its country, however it is written."""
    assert phone == read_phone(text, country=country) == read_phone(phone, country=country)


@pytest.mark.rule("1.5")
@each("country", *FRENCH)
@each(
    "prefix texts",
    ("+33", ["01 23 45 67 89", "05 53 12 34 56", "06 12 34 56 78", "09 72 12 34 56"]),
    ("+262", ["0262 21 12 34", "0263 12 34 56", "0692 12 34 56", "0693 00 12 34"]),
    ("+262", ["0269 61 12 34", "0639 69 12 34", "0709 35 12 34", "0976 22 12 34"]),
    ("+508", ["0708 41 23 45"]),
    ("+590", ["0590 90 12 34", "0590 20 12 34", "0690 12 34 56", "0691 23 45 67", "0709 00 12 34"]),
    ("+594", ["0594 25 40 00", "0694 20 12 34", "0709 30 12 34"]),
    ("+596", ["0596 30 12 34", "0696 20 12 34", "0697 20 12 34"]),
)
def test_one_dialling_plan(country, prefix, texts):
    """The first digits of a number say where it is, from the mainland and from each territory of the one plan."""
    for text in texts:
        phone = prefix + text[1:].replace(" ", "")

        assert phone == read_phone(text, country=country) == read_phone(phone, country=country)
    for text in ("+33 596 30 12 34", "0033 596 30 12 34", "+596 596 30 12 34"):
        assert "+596596301234" == read_phone(text, country=country)
    assert "+33800123456" == read_phone("+33 800 12 34 56", country=country)
    assert "+508411234" == read_phone("+508 41 12 34", country=country) == read_phone("0508 41 12 34", country=country)


@pytest.mark.rule("1.5")
@each(
    "what message text country",
    ("missing", "text is empty", " ", "FR"),
    ("unknown", "'****' (4 digits) is not in use in FR", "3615", "FR"),
    ("unknown", "'01 ** ** 67' (8 digits) is not in use in FR", "01 23 45 67", "FR"),
    ("malformed", "'AAAAAAAAA' (A is a letter, 9 a digit, # anything else) is no number", "telephone", "FR"),
    ("unknown", "'01 ** ** ** 89' (10 digits) is not in use in GB", "01 23 45 67 89", "GB"),
    ("unknown", "'+33 * ** ** ** 00' (11 digits) is not in use in FR", "+33 0 00 00 00 00", "FR"),
    ("unknown", "'** ** **' (6 digits) is not in use in RE", "12 34 56", "RE"),
    ("unknown", "'02** ** ** 45' (10 digits) is not in use in FR", "0263 99 23 45", "FR"),
    # The library of phone numbers knows some that are longer than E.164 has, which could not be read back.
    ("unknown", "'22**********22' (14 digits) is not in use in DE", "22222222222222", "DE"),
    ("extension", "'01 ** ** ** ** ***. 42' has an extension", "01 23 45 67 89 ext. 42", "FR"),
    ("extension", "'05** ** ** ** ***. 42' has an extension", "0596 30 12 34 ext. 42", "FR"),
    ("too_long", "text of 1001 characters is too long", "1" * 1001, "FR"),
    ("wrong_type", "int is not text", 123456789, "FR"),
)
def test_phone_refuses(what, message, text, country):
    """A number that cannot be called is refused, with no more than two digits shown at each end."""
    error = failure(read_phone, text, country=country)

    assert f"phone.{what}" == error.code
    assert str(error).startswith(f"not a phone number: {message}; expected a number of the country")
    assert error.__context__ is None


# --- Postal codes and countries ---------------------------------------------------------------------------------------


@pytest.mark.rule("1.5")
@each(
    "code text country",
    ("75019", " 75019 ", "FR"),
    ("01000", "01000", "FR"),
    *(("97400", "97 400", country) for country in (*FRENCH, "NC", "PF", "WF")),
    *(("SW1A 1AA", "sw1a  1aa", "GB"), ("1000", "1000", "BE"), ("98000", "98000", "MC")),
    *(("X" * 16, "x" * 16, "GB"), ("ß" * 16, "ß" * 16, "GB"), ("ﬁA", "ﬁa", "GB")),
)
def test_postal_code_follows_the_country(code, text, country):
    """A postal code has five digits in France and overseas, and its own form elsewhere."""
    assert code == read_postal_code(text, country=country)


@pytest.mark.rule("1.5")
@each(
    "what why text country",
    *(("malformed", "'974' does not have five digits", "974", country) for country in (*FRENCH, "NC", "PF", "WF")),
    ("missing", "text is empty", "", "FR"),
    ("malformed", "'2A004' does not have five digits", "2A004", "FR"),
    ("malformed", "'750190' does not have five digits", "750190", "RE"),
    ("malformed", "does not have five digits", "\N{FULLWIDTH DIGIT ONE}" * 5, "FR"),
    ("malformed", "does not have five digits", FILLER, "FR"),
    ("missing", "text is empty", " ", "GB"),
    ("too_long", "text of 17 characters is too long", "x" * 17, "GB"),
    ("not_printable", "has a character that cannot be printed", "SW1A\x001AA", "GB"),
    ("invisible", "has only characters that nobody sees", FILLER, "GB"),
    ("wrong_type", "int is not text", 75019, "FR"),
)
def test_postal_code_refuses(what, why, text, country):
    """A postal code that its country cannot have is refused."""
    error = failure(read_postal_code, text, country=country)

    assert f"postal_code.{what}" == error.code
    assert str(error).startswith("not a postal code: ")
    assert f"{why}; expected five digits in France" in str(error)


def test_whatever_grows_in_capitals_is_read_back():
    """What can be written must be readable, though some letters become two or three in capitals."""
    growing = [chr(point) for point in range(0x110000) if len(chr(point).upper()) > 1]

    assert len(growing) > 100
    for character in growing:
        code = read_postal_code(character * 16, country="GB")

        assert code == read_postal_code(code, country="GB")
        assert code == ContactDetails.from_canonical(**STORED | {"postal_code": code, "country": "GB"}).postal_code


@pytest.mark.rule("1.5")
def test_country_is_its_iso_code():
    """A country is its ISO 3166-1 alpha-2 code, in capitals or not."""
    assert ["FR", "FR", "RE", "DE"] == [read_country(text) for text in ("FR", " fr\n", "re", "De")]


@pytest.mark.rule("1.5")
@each(
    "what texts",
    ("unknown", ["F", "FRA", "ZZ", "XX", "France", "EU", "ﬀ", "ß", "ﬁ", "f\u0131", "\u017fe", "\uff26\uff32"]),
    ("missing", [" "]),
    ("wrong_type", [None]),
    ("too_long", ["F" * 1_001]),
)
def test_country_refuses(what, texts):
    """What is not the code of a country, in ASCII letters, is refused, with what is expected."""
    for text in texts:
        error = failure(read_country, text)

        assert (f"country.{what}", text) == (error.code, error.facts.get("value", text))
        assert "not a country: " in str(error)
        assert "; expected the two letters" in str(error)


# --- All of them ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("1.5")
@each(
    "code field values",
    ("phone.unknown", "phone", ["12"]),
    ("phone.unknown", "country", ["DE"]),
    *((f"{field}.missing", field, ["", " "]) for field in ("street", "city")),
    *((f"{field}.too_long", field, ["x" * 201]) for field in ("street", "city")),
    *((f"{field}.not_printable", field, ["a\N{RIGHT-TO-LEFT OVERRIDE}b", "Par\x00is"]) for field in ("street", "city")),
    *((f"{field}.invisible", field, [FILLER, "\N{BRAILLE PATTERN BLANK}"]) for field in ("street", "city")),
    *((f"{field}.wrong_type", field, [None, b"Paris"]) for field in ("street", "city")),
    ("postal_code.malformed", "postal_code", ["ABC"]),
    ("country.unknown", "country", ["XX"]),
)
def test_contact_details_refuse(code, field, values):
    """Each field of the contact details is checked, and the error says which one is wrong."""
    for value in values:
        error = failure(ContactDetails, **GOOD | {field: value})

        assert code == error.code
        assert str(error).startswith("not a")


@given(
    text=st.text(st.characters(exclude_categories=())) | st.text("0123456789 .+-()x;aé٣\N{FULLWIDTH DIGIT ONE}"),
    country=st.sampled_from(["FR", "RE", "PM", "GB", "US", "IT"]),
)
def test_any_text_is_a_field_or_an_invalid_value(text, country):
    """Whatever is typed in a field, there is a text that reads back as itself or InvalidValueError."""
    of_a_country = [lambda typed, read=read: read(typed, country=country) for read in (read_phone, read_postal_code)]
    for read in (*of_a_country, read_country, read_street, read_city):
        try:
            kept = read(text)
        except InvalidValueError:
            continue

        assert kept == read(kept)


@each(
    "field values",
    ("phone", ["01 23 45 67 89", None]),
    ("street", ["", "x" * 201]),
    ("postal_code", ["x" * 17]),
    ("city", ["Par\nis", 12]),
    ("country", ["fr"]),
)
def test_stored_contact_details_are_in_canonical_form(field, values):
    """Only what contact details could have written reads back, and the error does not show the rest."""
    expected = "not the stored form of ContactDetails; expected what ContactDetails keeps"

    assert {expected} == {str(failure(ContactDetails.from_canonical, **STORED | {field: it})) for it in values}
