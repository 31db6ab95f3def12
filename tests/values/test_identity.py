"""Who people and organisations are: SIREN, file number, e-mail address, names."""

from itertools import combinations
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import luhn

from teleprocedures import CATALOGUE
from teleprocedures.errors import InvalidValueError
from teleprocedures.values import CreditorIdentifier, EmailAddress, FileNumber, PersonName, Siren, organisation
from tests.builders import each, failure

SIREN = Siren("552008443")


@st.composite
def sirens(draw: st.DrawFn) -> str:
    """Nine digits that pass Luhn's check, not all zeros."""
    number = f"{draw(st.integers(1, 10**8 - 1)):08}"
    return number + luhn.calc_check_digit(number)


def accepts(build, text):
    """Whether a value can be built from the text."""
    try:
        build(text)
    except InvalidValueError:
        return False
    return True


# --- SIREN ------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("1.4", "2.2")
@each(
    "text",
    "552008443",
    "552 008 443",
    "552-008-443",
    "552\N{EN DASH}008 - 443",
    " 552.008.443\n",
    "552\u00a0008\u202f443",
    "5 5 2 0 0 8 4 4 3",
)
def test_siren_reads_what_people_type(text):
    """Spaces, dots and hyphens between digits are dropped from a SIREN."""
    siren = Siren(text)

    assert ("552008443", "552008443", "552\u00a0008\u00a0443") == (siren.number, str(siren), siren.grouped)
    assert "Siren('552008443')" == repr(siren)


FULL_WIDTH = "".join(chr(ord(digit) + 0xFEE0) for digit in "552008443")
NOT_DIGITS = [
    *("55200844o", "-552008443", "552--008443", "FR552008443", "FRO1552008443"),
    *(FULL_WIDTH, "55200844\N{SUPERSCRIPT THREE}", "552\N{MIDDLE DOT}008443"),
]


@pytest.mark.rule("1.4", "2.2", "A13")
@each(
    "what why texts",
    ("check_digit", "fails its check digit", ["552 008 444"]),
    ("length", "has 8 digits", ["55200844"]),
    ("length", "has 10 digits", ["5520084433"]),
    ("zeros", "is all zeros", ["000 000 000"]),
    ("mistyped", "has the letter O, I or l in the place of a digit", ["55200844O", "5520O844l", "I52 008 443"]),
    ("siret", "is a SIRET, of which the first nine digits, 552008443, are the SIREN", ["552 008 443 01234"]),
    (
        "vat_number",
        "is a French VAT number, of which the last nine digits, 552008443,",
        ["FR40552008443", "fr 4a 552 008 443"],
    ),
    ("monaco", "is a VAT number of Monaco, which has no SIREN in it", ["FR53000004605", "FR 53 000 004 605"]),
    ("malformed", "has something else than digits", NOT_DIGITS),
)
def test_siren_refuses(what, why, texts):
    """A SIREN that nobody was given is refused, with what is wrong, the text, and what is expected."""
    for text in texts:
        error = failure(Siren, text)

        assert (f"siren.{what}", text) == (error.code, error.facts["value"])
        assert str(error).startswith(f"not a SIREN: '{text}' {why}")
        assert str(error).endswith("; expected nine digits, such as 552 008 443")
    assert ["siren.malformed", "siren.missing"] == [failure(Siren, text).code for text in ("552008443\x00", " . ")]


@given(sirens(), st.integers(0, 8), st.integers(1, 9))
def test_siren_catches_one_wrong_digit(number, place, shift):
    """One digit mistyped is always caught, in what people type and in what was stored."""
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    assert number == Siren(number).number == Siren.from_canonical(number).number
    assert [False, False] == [accepts(build, wrong) for build in (Siren, Siren.from_canonical)]


# --- File number and organisation -------------------------------------------------------------------------------------


@pytest.mark.rule("A13", "1.4", "2.3")
@each(
    "number written text",
    ("A", "A", "A"),
    ("TF2024a17", "TF2024a17", " TF2024a17\n"),
    ("123", "file:123", "123"),
    ("123", "file:123", " file: 123"),
    ("TF17", "TF17", "file:TF17"),
    ("552008443", "file:552008443", "552008443"),
    ("55200844O", "file:55200844O", "55200844O"),
    ("FR40552008443", "file:FR40552008443", "FR40552008443"),
    ("x" * 32, "x" * 32, "x" * 32),
    ("1" * 32, f"file:{'1' * 32}", "1" * 32),
)
def test_file_number_is_kept_as_typed(number, written, text):
    """A file number is 1 to 32 ASCII letters and digits, whose capitals count; text keeps its kind."""
    value = FileNumber(text)

    assert (number, written, f"FileNumber({number!r})") == (value.number, str(value), repr(value))
    assert value == organisation(written)


@pytest.mark.rule("A13")
@each(
    "what texts",
    ("missing", ["", "file: "]),
    ("too_long", ["x" * 33]),
    ("malformed", ["TF 17", "TF-17", "TF17é", "file:file:1", "TF\N{FULLWIDTH DIGIT ONE}", "TF\x0017"]),
)
def test_file_number_refuses(what, texts):
    """Nothing else than 1 to 32 ASCII letters and digits is a file number."""
    for text in texts:
        error = failure(FileNumber, text)

        assert f"file_number.{what}" == error.code
        assert "expected 1 to 32 letters (A to Z) and digits" in str(error)


@pytest.mark.rule("1.4", "2.2", "2.3", "A13")
@each(
    "expected given",
    (SIREN, "552 008 443"),
    (SIREN, "552.008.443"),
    (SIREN, SIREN),
    (FileNumber("TF2024A17"), " TF2024A17 "),
    (FileNumber("TF2024A17"), "file:TF2024A17"),
    (FileNumber("552008443"), "file:552008443"),
    (FileNumber("55200844o"), "55200844o"),
    (FileNumber("5520O844"), "5520O844"),
    (FileNumber("FR552008443"), "FR552008443"),
    (FileNumber("123"), FileNumber("123")),
    # No accounts, though they begin like one.
    *((FileNumber(text), text) for text in ("FR40X", "SIRET", "AB12CD34EF", "x" * 32)),
)
def test_organisation_tells_a_siren_from_a_file_number(expected, given):
    """Digits only are a SIREN, other text is a file number, values are themselves; the same digits are two of them."""
    assert expected == organisation(given)
    assert SIREN != FileNumber("552008443")


@pytest.mark.rule("1.4", "2.2", "2.3", "A13")
@each(
    "code facts text",
    ("siren.length", {"value": "55200844", "length": 8}, "55200844"),
    ("siren.siret", {}, "552 008 443 01234"),
    ("siren.check_digit", {}, "552008444"),
    *(("siren.mistyped", {"value": text}, text) for text in ("55200844O", "552 008 44l", "I52008443")),
    *(("siren.vat_number", {"value": text}, text) for text in ("FR40552008443", "FR 40 552 008 443")),
    ("siren.monaco", {"value": "FR53 000 004 605"}, "FR53 000 004 605"),
    ("siren.check_digit", {}, "552-008-444"),
    ("siren.malformed", {}, "\N{FULLWIDTH DIGIT ONE}" * 9),
    ("file_number.malformed", {"value": "AB-12"}, "AB-12"),
    ("file_number.malformed", {"value": "."}, "."),
    ("file_number.malformed", {}, "SIRET 552 008 443 00012"),
    ("file_number.missing", {}, "file:"),
    ("file_number.too_long", {"length": 33}, "A" * 33),
    ("organisation.wrong_type", {"type": "int"}, 552008443),
)
def test_organisation_refuses(code, facts, text):
    """A mistyped SIREN never passes for a file number."""
    error = failure(organisation, text)

    assert code == error.code
    assert facts.items() <= error.facts.items()


VAT_NUMBERS = st.builds(
    "{}{}{}".format, st.sampled_from(["FR", "fr"]), st.sampled_from(["01", "0A", "Z1", "AZ"]), sirens()
)


@pytest.mark.rule("A13")
@given(
    sirens().map(Siren)
    | (st.text(ascii_letters + digits, min_size=1, max_size=32) | VAT_NUMBERS).map(FileNumber)
    | st.text("0123456789OIl", min_size=7, max_size=15).map(FileNumber)
)
def test_an_organisation_keeps_its_kind_through_text(value):
    """What is written of any organisation reads back as itself."""
    assert value == organisation(str(value)) == type(value)(str(value))


IBANS = [
    *("FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189", "fr76-3000-6000-0112-3456-7890-189"),
    *("IBAN FR76 3000 6000 0112 3456 7890 189", "iban:FR76 3000 6000 0112 3456 7890 189"),
    *("FR76 3000 6000 0112 3456 7890 188", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    *("NO93 8601 1117 947", "RIB 20041 01005 0500013M026 06", "20041010050500013M02606", "30006000011234567890189"),
]


@pytest.mark.rule("1.4", "2.2", "A13")
@each("text", *IBANS)
def test_an_account_is_no_company(text):
    """Typed where a company belongs, it is refused with the hint, and shown nowhere; who insists has a file number."""
    error = failure(organisation, text)

    assert ("organisation.account", {}) == (error.code, error.facts)
    assert (
        "not an organisation: text is like a bank account, which belongs elsewhere; expected a SIREN or a file number"
        == str(error)
    )
    if text.isalnum():
        number = FileNumber(text)

        assert f"file:{text}" == str(number)
        assert number == organisation(str(number)) == organisation(number)
        assert text.isdecimal() or text not in repr(number)


@each("kind", Siren, FileNumber, organisation, CreditorIdentifier, CATALOGUE.find)
def test_an_address_in_another_field_is_masked(kind):
    """Typed where a company, a creditor or a service belongs, an e-mail address is in no error and in no fact whole."""
    error = failure(kind, "jeanne.martin@acme.fr")

    assert "j***@acme.fr" == str(error.facts["value"]).strip("'")
    assert "'j***@acme.fr'" in str(error)


# --- E-mail address ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("1.1")
@each(
    "address masked text",
    ("contact@example.fr", "c***@example.fr", " contact@example.fr\n"),
    ("Contact@example.com", "C***@example.com", "Contact@EXAMPLE.com"),
    ("a@example.fr", "***@example.fr", "a@example.fr"),
    ("ab@example.fr", "a***@example.fr", "ab@example.fr"),
    ("zoé@exämple.fr", "z***@exämple.fr", "zoe\N{COMBINING ACUTE ACCENT}@exämple.fr"),
    ("x+tax@sub.example.fr", "x***@sub.example.fr", "x+tax@sub.example.fr"),
)
def test_email_address_is_normalised_and_masked(address, masked, text):
    """An address is kept whole, its domain in lower case, and shows masked."""
    value = EmailAddress(text)

    assert (address, address, masked) == (value.address, str(value), value.masked)
    assert f"EmailAddress({masked!r})" == repr(value)


@pytest.mark.rule("1.1")
@each(
    "what shown text",
    ("no_at_sign", "j***", "jeanne"),
    ("no_at_sign", "j***", "jeanne\N{FULLWIDTH COMMERCIAL AT}example.fr"),
    ("no_at_sign", "F***", "FR7630006000011234567890189"),
    ("no_local_part", "***@example.fr", "@example.fr"),
    ("no_domain", "j***@", "jeanne@"),
    ("no_local_part", "***@", "@"),
    ("no_period", "j***@example", "jeanne@example"),
    ("reserved", "j***@localhost.test", "jeanne@localhost.test"),
    ("reserved", "j***@localhost", "jeanne@localhost"),
    ("local_part", "j***@example.fr", "je anne@example.fr"),
    ("at_signs", "j***@***@example.fr", "jeanne@martin@example.fr"),
    ("at_signs", "***@***@***@example", "j@martin@jeanne@example"),
    ("local_part", "***@***@example.fr", '"@je anne"@example.fr'),
    ("local_part", "j***@example.fr", "jeanne..martin@example.fr"),
    ("local_part", "j***@example.fr", "j" + "x" * 250 + "@example.fr"),
    ("local_part", "j***@example.fr", "jea\ud800nne@example.fr"),
    ("domain", "J***@example.fr>", "Jeanne <jeanne@example.fr>"),
    ("domain", "j***@[192.0.2.1]", "jeanne@[192.0.2.1]"),
    ("domain", "j***@exa mple.fr", "jeanne@exa mple.fr"),
    ("no_period", "jFR7 **** 0189", "jeanne@FR76-3000-6000-0112-3456-7890-189"),
)
def test_email_address_refuses(what, shown, text):
    """A badly formed address is refused, masked in its facts and not shown, with what is expected; so is an IBAN."""
    error = failure(EmailAddress, text)

    assert (f"email.{what}", {"value": shown}) == (error.code, error.facts)
    assert str(error).startswith("not an e-mail address: text ")
    assert str(error).endswith("; expected one such as contact@example.fr")
    assert error.__context__ is None


@pytest.mark.rule("1.1")
@given(st.emails())
def test_email_address_shows_no_local_part(text):
    """Whatever the address, its local part appears in no `repr` and in no error."""
    local = text.rpartition("@")[0]
    assume(set(local) != {"*"})
    try:
        shown = repr(EmailAddress(text))
    except InvalidValueError as error:
        shown = str(error)

    assert f"{local}@" not in shown


# --- Names ------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("1.3")
@each(
    "name text",
    ("Le Goff", "  Le \N{NO-BREAK SPACE} Goff\n"),
    ("O'Neill-d'Été 3e", "O'Neill-d'Éte\N{COMBINING ACUTE ACCENT} 3e"),
    ("李", "李"),
    ("x" * 100, "x" * 100),
    ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
)
def test_person_name_is_normalised(name, text):
    """A name keeps its accents and capitals, and loses its useless spaces."""
    value = PersonName(text)

    assert (name, name, f"PersonName({name!r})") == (value.name, str(value), repr(value))


@pytest.mark.rule("1.3")
@each(
    "what texts",
    ("no_letter", ["42", "-", "4\N{HANGUL FILLER}"]),
    ("too_long", ["x" * 101]),
    ("not_printable", ["Mar\x07tin", "Mar\N{ZERO WIDTH SPACE}tin"]),
    ("invisible", ["\N{HANGUL FILLER}", "\N{ZERO WIDTH NON-JOINER}\N{HALFWIDTH HANGUL FILLER}"]),
)
def test_person_name_refuses(what, texts):
    """A name has a letter that can be seen, at most 100 characters, and none that cannot be printed."""
    for text in texts:
        error = failure(PersonName, text)

        assert f"name.{what}" == error.code
        assert str(error).startswith("not a name: ")
        assert "; expected 1 to 100 characters, of which" in str(error)


@pytest.mark.rule("2.16")
@each(
    "one others",
    ("Marie Le Goff", ["MARIE  LE GOFF"]),
    ("Jeanne O'Neill", ["Jeanne O\N{RIGHT SINGLE QUOTATION MARK}Neill", "Jeanne O\N{MODIFIER LETTER APOSTROPHE}Neill"]),
    ("Jean-Pierre", [f"Jean{dash}Pierre" for dash in "\u2010\u2011\u2013\uff0d\ufe58"]),
    ("Strauß", ["STRAUSS"]),
    ("Féval", ["Fe\N{COMBINING ACUTE ACCENT}val"]),
    ("Fiona", ["\N{LATIN SMALL LIGATURE FI}ona"]),
    ("Martin", ["Mar\N{ZERO WIDTH JOINER}tin\N{VARIATION SELECTOR-16}"]),
)
def test_a_name_is_the_same_however_it_is_typed(one, others):
    """Capitals, typographic apostrophes and hyphens, spaces and what nobody sees do not make another name."""
    for other in others:
        assert PersonName(one).same_as(PersonName(other))
        assert PersonName(other).same_as(PersonName(one))


@pytest.mark.rule("2.16")
def test_another_name_is_another():
    """Accents, a space in the place of a hyphen, a letter more or another, no apostrophe make another name."""
    pairs = [("Jean-Pierre", "Jean Pierre"), ("Féval", "Feval"), ("O'Neill", "ONeill"), ("Martin", "Martine")]
    for letters in (ascii_lowercase, ascii_uppercase):
        pairs += combinations([f"a{letter}" for letter in f"{letters}'-"], 2)

    assert [] == [(one, other) for one, other in pairs if PersonName(one).same_as(PersonName(other))]


@given(st.text(max_size=100).filter(lambda text: accepts(PersonName, text)))
def test_a_name_is_the_same_as_itself(text):
    """Whatever the name, it is the same in capitals, and as what it is stored as."""
    name = PersonName(text)

    assert name.same_as(PersonName.from_canonical(str(name)))
    capitals = text.upper().replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    if accepts(PersonName, capitals) and capitals.casefold() == text.casefold():
        assert name.same_as(PersonName(capitals))
