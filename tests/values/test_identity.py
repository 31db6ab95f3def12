"""Who people and organisations are: SIREN, file number, e-mail address, names."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from itertools import combinations
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import luhn

from teleprocedures.errors import InvalidValueError
from teleprocedures.values import EmailAddress, FileNumber, PersonName, Siren, organisation

Value = Siren | FileNumber | EmailAddress | PersonName
anything = st.text(st.characters(exclude_categories=())) | st.text("0123456789 .@-aé٣\N{FULLWIDTH DIGIT ONE}<\"'()")
kinds = pytest.mark.parametrize("kind", [Siren, FileNumber, EmailAddress, PersonName])


@st.composite
def sirens(draw: st.DrawFn) -> str:
    """Nine digits that pass Luhn's check, not all zeros."""
    digits = f"{draw(st.integers(1, 10**8 - 1)):08}"
    return digits + luhn.calc_check_digit(digits)


@pytest.mark.rule("1.4", "2.2")
@pytest.mark.parametrize(
    "text",
    [
        "552008443",
        "552 008 443",
        " 552.008.443\n",
        "552\N{NO-BREAK SPACE}008\N{NARROW NO-BREAK SPACE}443",
        "5 5 2 0 0 8 4 4 3",
    ],
)
def test_siren_reads_what_people_type(text: str) -> None:
    """Spaces and dots are dropped from a SIREN."""
    siren = Siren(text)

    assert "552008443" == siren.number
    assert "552008443" == str(siren)
    assert "Siren('552008443')" == repr(siren)
    assert "552\u00a0008\u00a0443" == siren.grouped


@pytest.mark.rule("1.4", "2.2", "A13")
@pytest.mark.parametrize(
    ("what", "why", "text"),
    [
        ("check_digit", "fails its check digit", "552 008 444"),
        ("length", "has 8 digits", "55200844"),
        ("length", "has 10 digits", "5520084433"),
        ("zeros", "is all zeros", "000 000 000"),
        ("mistyped", "has the letter O, I or l in the place of a digit", "55200844O"),
        ("mistyped", "has the letter O, I or l in the place of a digit", "5520O844l"),
        ("mistyped", "has the letter O, I or l in the place of a digit", "I52 008 443"),
        ("siret", "is a SIRET, of which the first nine digits, 552008443, are the SIREN", "552 008 443 01234"),
        ("vat_number", "is a French VAT number, of which the last nine digits, 552008443,", "FR40552008443"),
        ("vat_number", "is a French VAT number, of which the last nine digits, 552008443,", "fr 4a 552 008 443"),
        ("malformed", "has something else than digits", "55200844o"),
        ("malformed", "has something else than digits", "-552008443"),
        ("malformed", "has something else than digits", "552-008-443"),
        ("malformed", "has something else than digits", "FR552008443"),
        ("malformed", "has something else than digits", "FRO1552008443"),
        ("malformed", "has something else than digits", "".join(chr(ord(digit) + 0xFEE0) for digit in "552008443")),
        ("malformed", "has something else than digits", "55200844\N{SUPERSCRIPT THREE}"),
        ("malformed", "has something else than digits", "552\N{MIDDLE DOT}008443"),
    ],
)
def test_siren_refuses(what: str, why: str, text: str) -> None:
    """A SIREN that nobody was given is refused, with what is wrong, the text, and what is expected."""
    with pytest.raises(InvalidValueError) as caught:
        Siren(text)

    assert f"siren.{what}" == caught.value.code
    assert text == caught.value.facts["value"]
    assert str(caught.value).startswith(f"not a SIREN: '{text}' {why}")
    assert str(caught.value).endswith("; expected nine digits, such as 552 008 443")


@pytest.mark.parametrize(
    ("what", "text"),
    [("missing", ""), ("missing", " . "), ("too_long", "5" * 1_001), ("malformed", "552008443\x00"), ("wrong_type", 5)],
)
def test_siren_refuses_what_is_hardly_text(what: str, text: str) -> None:
    """Nothing, too much, and a control character are no SIREN."""
    with pytest.raises(InvalidValueError, match=r"^not a SIREN: ") as caught:
        Siren(text)

    assert f"siren.{what}" == caught.value.code


@given(sirens(), st.integers(0, 8), st.integers(1, 9))
def test_siren_catches_one_wrong_digit(number: str, place: int, shift: int) -> None:
    """One digit mistyped is always caught, in what people type and in what was stored."""
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    assert number == Siren(number).number
    assert Siren(number) == Siren.from_canonical(number)
    for build in (Siren, Siren.from_canonical):
        with pytest.raises(InvalidValueError):
            build(wrong)


@given(st.text("0123456789", min_size=9, max_size=9))
def test_siren_agrees_with_its_stored_form(digits: str) -> None:
    """Nine digits are a stored SIREN exactly when they are a SIREN."""
    assert accepts(Siren, digits) == accepts(Siren.from_canonical, digits)


def accepts(build: Callable[[str], Value], text: str) -> bool:
    """Whether a value can be built from the text."""
    try:
        build(text)
    except InvalidValueError:
        return False
    return True


@pytest.mark.rule("A13", "1.4", "2.3")
@pytest.mark.parametrize(
    ("number", "written", "text"),
    [
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
    ],
)
def test_file_number_is_kept_as_typed(number: str, written: str, text: str) -> None:
    """A file number is 1 to 32 ASCII letters and digits, whose capitals count; text keeps its kind."""
    assert number == FileNumber(text).number
    assert written == str(FileNumber(text))
    assert f"FileNumber({number!r})" == repr(FileNumber(text))


@pytest.mark.rule("A13")
@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("missing", ""),
        ("missing", "  "),
        ("missing", "file: "),
        ("too_long", "x" * 33),
        ("malformed", "TF 17"),
        ("malformed", "TF-17"),
        ("malformed", "TF17é"),
        ("malformed", "file:file:1"),
        ("malformed", "TF\N{FULLWIDTH DIGIT ONE}"),
        ("malformed", "TF\x0017"),
        ("wrong_type", 17),
    ],
)
def test_file_number_refuses(what: str, text: str) -> None:
    """Nothing else than 1 to 32 ASCII letters and digits is a file number."""
    with pytest.raises(InvalidValueError, match=r"expected 1 to 32 letters \(A to Z\) and digits") as caught:
        FileNumber(text)

    assert f"file_number.{what}" == caught.value.code


@pytest.mark.rule("1.4", "2.2", "2.3", "A13")
@pytest.mark.parametrize(
    ("expected", "given"),
    [
        (Siren("552008443"), "552 008 443"),
        (Siren("552008443"), "552.008.443"),
        (Siren("552008443"), Siren("552008443")),
        (FileNumber("TF2024A17"), " TF2024A17 "),
        (FileNumber("TF2024A17"), "file:TF2024A17"),
        (FileNumber("552008443"), "file:552008443"),
        (FileNumber("55200844o"), "55200844o"),
        (FileNumber("5520O844"), "5520O844"),
        (FileNumber("FR552008443"), "FR552008443"),
        (FileNumber("123"), FileNumber("123")),
    ],
)
def test_organisation_tells_a_siren_from_a_file_number(expected: Value, given: str | Siren | FileNumber) -> None:
    """Digits only are a SIREN, other text is a file number, values are themselves."""
    assert expected == organisation(given)


@pytest.mark.rule("1.4", "2.2", "2.3", "A13")
@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("siren.length", "55200844"),
        ("siren.siret", "552 008 443 01234"),
        ("siren.check_digit", "552008444"),
        ("siren.mistyped", "55200844O"),
        ("siren.mistyped", "552 008 44l"),
        ("siren.mistyped", "I52008443"),
        ("siren.vat_number", "FR40552008443"),
        ("siren.vat_number", "FR 40 552 008 443"),
        ("siren.malformed", "\N{FULLWIDTH DIGIT ONE}" * 9),
        ("file_number.malformed", "AB-12"),
        ("file_number.malformed", "."),
        ("file_number.missing", "file:"),
        ("organisation.missing", ""),
        ("organisation.missing", " \N{NO-BREAK SPACE}"),
        ("organisation.too_long", "5" * 1_001),
        ("organisation.wrong_type", None),
        ("organisation.wrong_type", 552008443),
        pytest.param("organisation.wrong_type", 10**5_000, id="huge"),
    ],
)
def test_organisation_refuses(code: str, text: object) -> None:
    """A mistyped SIREN never passes for a file number."""
    with pytest.raises(InvalidValueError) as caught:
        organisation(text)  # type: ignore[arg-type]

    assert code == caught.value.code


def test_what_is_wrong_with_a_file_number_is_told() -> None:
    """Its length, or itself."""
    for text, facts in (("A" * 33, {"length": 33}), ("AB-12", {"value": "AB-12"})):
        with pytest.raises(InvalidValueError) as caught:
            organisation(text)

        assert facts == dict(caught.value.facts)


organisations = st.one_of(
    sirens().map(Siren),
    st.text(ascii_letters + digits, min_size=1, max_size=32).map(FileNumber),
    st.text("0123456789OIl", min_size=7, max_size=15).map(FileNumber),
    st.builds("{}{}{}".format, st.sampled_from(["FR", "fr"]), st.text("01AZ", min_size=2, max_size=2), sirens()).map(
        FileNumber
    ),
)


@pytest.mark.rule("A13")
@given(organisations)
def test_an_organisation_keeps_its_kind_through_text(value: Siren | FileNumber) -> None:
    """What is written of any organisation reads back as itself."""
    assert value == organisation(str(value))
    assert value == type(value)(str(value))


@given(anything)
def test_any_text_is_an_organisation_or_an_invalid_value(text: str) -> None:
    """Whatever is typed, there is an organisation, which keeps its kind, or InvalidValueError."""
    try:
        value = organisation(text)
    except InvalidValueError:
        return

    assert value == organisation(str(value))


@pytest.mark.rule("1.1")
@pytest.mark.parametrize(
    ("address", "masked", "text"),
    [
        ("contact@example.fr", "c***@example.fr", " contact@example.fr\n"),
        ("Contact@example.com", "C***@example.com", "Contact@EXAMPLE.com"),
        ("a@example.fr", "***@example.fr", "a@example.fr"),
        ("zoé@exämple.fr", "z***@exämple.fr", "zoe\N{COMBINING ACUTE ACCENT}@exämple.fr"),
        ("x+tax@sub.example.fr", "x***@sub.example.fr", "x+tax@sub.example.fr"),
    ],
)
def test_email_address_is_normalised_and_masked(address: str, masked: str, text: str) -> None:
    """An address is kept whole, its domain in lower case, and shows masked."""
    value = EmailAddress(text)

    assert address == value.address
    assert address == str(value)
    assert masked == value.masked
    assert f"EmailAddress({masked!r})" == repr(value)


@pytest.mark.rule("1.1")
@pytest.mark.parametrize(
    ("what", "shown", "text"),
    [
        ("no_at_sign", "j***", "jeanne"),
        ("no_at_sign", "j***", "jeanne\N{FULLWIDTH COMMERCIAL AT}example.fr"),
        ("no_local_part", "***@example.fr", "@example.fr"),
        ("no_domain", "j***@", "jeanne@"),
        ("no_local_part", "***@", "@"),
        ("no_period", "j***@example", "jeanne@example"),
        ("reserved", "j***@localhost.test", "jeanne@localhost.test"),
        ("reserved", "j***@localhost", "jeanne@localhost"),
        ("local_part", "j***@example.fr", "je anne@example.fr"),
        ("local_part", "j***@example.fr", "jeanne@martin@example.fr"),
        ("local_part", "j***@example.fr", "jeanne..martin@example.fr"),
        ("local_part", "j***@example.fr", "j" + "x" * 250 + "@example.fr"),
        ("local_part", "j***@example.fr", "jea\ud800nne@example.fr"),
        ("domain", "J***@example.fr>", "Jeanne <jeanne@example.fr>"),
        ("domain", "j***@[192.0.2.1]", "jeanne@[192.0.2.1]"),
        ("domain", "j***@exa mple.fr", "jeanne@exa mple.fr"),
    ],
)
def test_email_address_refuses(what: str, shown: str, text: str) -> None:
    """A badly formed address is refused, masked, with what is wrong and what is expected."""
    with pytest.raises(InvalidValueError) as caught:
        EmailAddress(text)

    assert (f"email.{what}", {"value": shown}) == (caught.value.code, caught.value.facts)
    assert str(caught.value).startswith(f"not an e-mail address: '{shown}' ")
    assert str(caught.value).endswith("; expected one such as contact@example.fr")
    assert caught.value.__context__ is None


@pytest.mark.parametrize(("what", "text"), [("missing", ""), ("too_long", "x" * 1_001), ("wrong_type", None)])
def test_email_address_refuses_what_is_hardly_text(what: str, text: str) -> None:
    """Nothing, too much and no text are no address."""
    with pytest.raises(InvalidValueError, match=r"^not an e-mail address: ") as caught:
        EmailAddress(text)

    assert f"email.{what}" == caught.value.code


def test_an_iban_in_the_place_of_an_address_is_masked() -> None:
    """Whatever side of the sign it stands on, it is not shown."""
    for text in ("FR7630006000011234567890189", "jeanne@FR76-3000-6000-0112-3456-7890-189"):
        with pytest.raises(InvalidValueError) as caught:
            EmailAddress(text)

        assert "11234567890" not in str(caught.value).replace("-", "")


@pytest.mark.rule("1.1")
@given(st.emails())
def test_email_address_shows_no_local_part(text: str) -> None:
    """Whatever the address, its local part appears in no `repr` and in no error."""
    local = text.rpartition("@")[0]
    assume(set(local) != {"*"})
    try:
        shown = repr(EmailAddress(text))
    except InvalidValueError as error:
        shown = str(error)

    assert f"{local}@" not in shown


@pytest.mark.rule("1.3")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Le Goff", "  Le \N{NO-BREAK SPACE} Goff\n"),
        ("O'Neill-d'Été 3e", "O'Neill-d'Éte\N{COMBINING ACUTE ACCENT} 3e"),
        ("李", "李"),
        ("x" * 100, "x" * 100),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
    ],
)
def test_person_name_is_normalised(name: str, text: str) -> None:
    """A name keeps its accents and capitals, and loses its useless spaces."""
    assert name == PersonName(text).name
    assert name == str(PersonName(text))
    assert f"PersonName({name!r})" == repr(PersonName(text))


@pytest.mark.rule("1.3")
@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("missing", ""),
        ("missing", "\t \N{NO-BREAK SPACE}"),
        ("no_letter", "42"),
        ("no_letter", "-"),
        ("no_letter", "4\N{HANGUL FILLER}"),
        ("too_long", "x" * 101),
        ("not_printable", "Mar\x07tin"),
        ("not_printable", "Mar\N{ZERO WIDTH SPACE}tin"),
        ("invisible", "\N{HANGUL FILLER}"),
        ("invisible", "\N{ZERO WIDTH NON-JOINER}\N{HALFWIDTH HANGUL FILLER}"),
        ("wrong_type", None),
    ],
)
def test_person_name_refuses(what: str, text: str) -> None:
    """A name has a letter that can be seen, at most 100 characters, and none that cannot be printed."""
    with pytest.raises(InvalidValueError, match=r"^not a name: .*; expected 1 to 100 characters, of which") as caught:
        PersonName(text)

    assert f"name.{what}" == caught.value.code


@pytest.mark.rule("2.16")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Marie Le Goff", "MARIE  LE GOFF"),
        ("Jeanne O'Neill", "Jeanne O\N{RIGHT SINGLE QUOTATION MARK}Neill"),
        ("Jeanne O'Neill", "Jeanne O\N{MODIFIER LETTER APOSTROPHE}Neill"),
        ("Jean-Pierre", "Jean\N{HYPHEN}Pierre"),
        ("Jean-Pierre", "Jean\N{NON-BREAKING HYPHEN}Pierre"),
        ("Jean-Pierre", "Jean\N{EN DASH}Pierre"),
        ("Jean-Pierre", "Jean\N{FULLWIDTH HYPHEN-MINUS}Pierre"),
        ("Jean-Pierre", "Jean\N{SMALL EM DASH}Pierre"),
        ("Strauß", "STRAUSS"),
        ("Féval", "Fe\N{COMBINING ACUTE ACCENT}val"),
        ("Fiona", "\N{LATIN SMALL LIGATURE FI}ona"),
        ("Martin", "Mar\N{ZERO WIDTH JOINER}tin\N{VARIATION SELECTOR-16}"),
    ],
)
def test_a_name_is_the_same_however_it_is_typed(one: str, other: str) -> None:
    """Capitals, typographic apostrophes and hyphens, spaces and what nobody sees do not make another name."""
    assert PersonName(one).same_as(PersonName(other))
    assert PersonName(other).same_as(PersonName(one))


@pytest.mark.rule("2.16")
@pytest.mark.parametrize(
    ("one", "other"),
    [("Jean-Pierre", "Jean Pierre"), ("Féval", "Feval"), ("O'Neill", "ONeill"), ("Martin", "Martine")],
)
def test_another_name_is_another(one: str, other: str) -> None:
    """Accents, a space in the place of a hyphen, a letter more make another name."""
    assert not PersonName(one).same_as(PersonName(other))


def test_letters_of_a_name_are_told_apart() -> None:
    """No letter is another one, nor an apostrophe, nor a hyphen."""
    for letters in (ascii_lowercase, ascii_uppercase):
        names = [PersonName(f"a{letter}") for letter in f"{letters}'-"]
        assert [] == [(one, other) for one, other in combinations(names, 2) if one.same_as(other)]


@given(st.text(max_size=100).filter(lambda text: accepts(PersonName, text)))
def test_a_name_is_the_same_as_itself(text: str) -> None:
    """Whatever the name, it is the same in capitals, and as what it is stored as."""
    name = PersonName(text)

    assert name.same_as(PersonName.from_canonical(str(name)))
    capitals = text.upper().replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    if accepts(PersonName, capitals) and capitals.casefold() == text.casefold():
        assert name.same_as(PersonName(capitals))


@kinds
@pytest.mark.parametrize("value", [None, 552008443, b"552008443", ["552008443"]])
def test_other_types_are_invalid_values(kind: type[Value], value: object) -> None:
    """What is not text is an invalid value, when typed and when stored, and never a TypeError."""
    for build in (kind, kind.from_canonical):
        with pytest.raises(InvalidValueError):
            build(value)  # type: ignore[arg-type]


@kinds
@given(text=anything)
def test_any_text_is_a_value_or_an_invalid_value(kind: type[Value], text: str) -> None:
    """Whatever is typed, there is a value or InvalidValueError; a value reads back from its text as itself."""
    try:
        value = kind(text)
    except InvalidValueError:
        return

    assert value == kind(str(value))
    assert value == kind.from_canonical(getattr(value, attrs.fields(kind)[0].name))


@kinds
@given(text=anything)
def test_any_stored_text_is_a_value_or_an_invalid_value(kind: type[Value], text: str) -> None:
    """Whatever was stored, there is a value with that very text or InvalidValueError."""
    try:
        value = kind.from_canonical(text)
    except InvalidValueError:
        return

    assert text == getattr(value, attrs.fields(kind)[0].name)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Siren, "552 008 443"),
        (Siren, "552008444"),
        (Siren, "000000000"),
        (Siren, "552008443\n"),
        (FileNumber, "TF 17"),
        (FileNumber, ""),
        (EmailAddress, "jeanne"),
        (EmailAddress, "je anne@example.fr"),
        (EmailAddress, "a@b@example.fr"),
        (EmailAddress, "x" * 250 + "@x.fr"),
        (PersonName, ""),
        (PersonName, " Martin"),
        (PersonName, "Le  Goff"),
        (PersonName, "x" * 101),
    ],
)
def test_stored_text_is_in_canonical_form(kind: type[Value], text: str) -> None:
    """Only what a value could have written reads back, and the error does not show the rest."""
    with pytest.raises(InvalidValueError, match=rf"not the stored form of .*; expected what {kind.__name__} keeps$"):
        kind.from_canonical(text)


@pytest.mark.parametrize(
    ("same", "other", "differs"),
    [
        (Siren("552 008 443"), Siren.from_canonical("552008443"), Siren("404833048")),
        (FileNumber("TF17"), FileNumber.from_canonical("TF17"), FileNumber("tf17")),
        (EmailAddress("a@EXAMPLE.fr"), EmailAddress.from_canonical("a@example.fr"), EmailAddress("b@example.fr")),
        (PersonName("Le  Goff"), PersonName.from_canonical("Le Goff"), PersonName("Goff")),
    ],
)
def test_values_are_equal_by_content_and_immutable(same: Value, other: Value, differs: Value) -> None:
    """Values with the same content are equal, hash alike, survive pickling, and cannot change."""
    field = attrs.fields(type(same))[0].name

    assert same == other
    assert hash(same) == hash(other)
    assert same == pickle.loads(pickle.dumps(other))
    assert same != differs
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(same, field, "x")


def test_siren_is_not_a_file_number() -> None:
    """The same digits as a SIREN and as a file number are two different organisations."""
    assert Siren("552008443") != FileNumber("552008443")
