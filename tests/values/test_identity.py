"""Who people and organisations are: SIREN, file number, e-mail address, names."""

from __future__ import annotations

import pickle
from collections.abc import Callable

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


@pytest.mark.rule("1.4", "2.2")
@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("is empty", ""),
        ("is empty", " . "),
        ("fails its check digit", "552 008 444"),
        ("has 8 digits", "55200844"),
        ("has 10 digits", "5520084433"),
        ("has 14 digits", "552 008 443 01234"),
        ("is all zeros", "000 000 000"),
        ("has something else than digits", "55200844O"),
        ("has something else than digits", "-552008443"),
        ("has something else than digits", "552-008-443"),
        ("has something else than digits", "FR552008443"),
        ("has something else than digits", "".join(chr(ord(digit) + 0xFEE0) for digit in "552008443")),
        ("has something else than digits", "55200844\N{SUPERSCRIPT THREE}"),
        ("has something else than digits", "552008443\x00"),
        ("has something else than digits", "552\N{MIDDLE DOT}008443"),
    ],
)
def test_siren_refuses(why: str, text: str) -> None:
    """A SIREN that nobody was given is refused, with what is wrong, the text, and what is expected."""
    with pytest.raises(InvalidValueError) as caught:
        Siren(text)

    assert str(caught.value).startswith(f"not a SIREN: {text!r} {why}")
    assert str(caught.value).endswith("; expected nine digits, such as 552 008 443")


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
    ("number", "text"), [("A", "A"), ("TF2024a17", " TF2024a17\n"), ("123", "123"), ("x" * 32, "x" * 32)]
)
def test_file_number_is_kept_as_typed(number: str, text: str) -> None:
    """A file number is 1 to 32 ASCII letters and digits, whose capitals count."""
    assert number == FileNumber(text).number
    assert number == str(FileNumber(text))
    assert f"FileNumber({number!r})" == repr(FileNumber(text))


@pytest.mark.rule("A13")
@pytest.mark.parametrize(
    "text", ["", "  ", "x" * 33, "TF 17", "TF-17", "TF17é", "TF\N{FULLWIDTH DIGIT ONE}", "TF\x0017"]
)
def test_file_number_refuses(text: str) -> None:
    """Nothing else than 1 to 32 ASCII letters and digits is a file number."""
    with pytest.raises(InvalidValueError, match=r"expected 1 to 32 letters \(A to Z\) and digits"):
        FileNumber(text)


@pytest.mark.rule("1.4", "2.2", "2.3")
@pytest.mark.parametrize(
    ("expected", "given"),
    [
        (Siren("552008443"), "552 008 443"),
        (Siren("552008443"), "552.008.443"),
        (Siren("552008443"), Siren("552008443")),
        (FileNumber("TF2024A17"), " TF2024A17 "),
        (FileNumber("55200844O"), "55200844O"),
        (FileNumber("123"), FileNumber("123")),
    ],
)
def test_organisation_tells_a_siren_from_a_file_number(expected: Value, given: str | Siren | FileNumber) -> None:
    """Digits only are a SIREN, other text is a file number, values are themselves."""
    assert expected == organisation(given)


@pytest.mark.rule("1.4", "2.2", "2.3")
@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("not a SIREN", "55200844"),
        ("not a SIREN", "552 008 443 01234"),
        ("not a SIREN", "552008444"),
        ("not a SIREN", "\N{FULLWIDTH DIGIT ONE}" * 9),
        ("not a file number", ""),
        ("not a file number", "AB-12"),
        ("not an organisation", None),
        ("not an organisation", 552008443),
    ],
)
def test_organisation_refuses(message: str, text: object) -> None:
    """A mistyped SIREN never passes for a file number."""
    with pytest.raises(InvalidValueError, match=message):
        organisation(text)  # type: ignore[arg-type]


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
    ("shown", "why", "text"),
    [
        ("***", "must have an @-sign", ""),
        ("j***", "must have an @-sign", "jeanne"),
        ("j***", "full-width", "jeanne\N{FULLWIDTH COMMERCIAL AT}example.fr"),
        ("***@example.fr", "something before the @-sign", "@example.fr"),
        ("j***@", "something after the @-sign", "jeanne@"),
        ("j***@example", "should have a period", "jeanne@example"),
        ("j***@localhost.test", "special-use", "jeanne@localhost.test"),
        ("j***@example.fr", "invalid characters before the @-sign", "je anne@example.fr"),
        ("j***@example.fr", "is refused", "jeanne@martin@example.fr"),
        ("J***@example.fr>", "is refused", "Jeanne <jeanne@example.fr>"),
        ("j***@[192.0.2.1]", "bracketed IP address", "jeanne@[192.0.2.1]"),
        ("j***@example.fr", "two periods in a row", "jeanne..martin@example.fr"),
        ("j***@example.fr", "is too long", "j" + "x" * 250 + "@example.fr"),
        ("j***@example.fr", "unsafe", "jea\ud800nne@example.fr"),
    ],
)
def test_email_address_refuses(shown: str, why: str, text: str) -> None:
    """A badly formed address is refused, masked, with what is wrong and what is expected."""
    with pytest.raises(InvalidValueError) as caught:
        EmailAddress(text)

    assert str(caught.value).startswith(f"not an e-mail address: {shown!r} is refused, ")
    assert why in str(caught.value)
    assert str(caught.value).endswith("; expected one such as contact@example.fr")
    assert caught.value.__context__ is None


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
    ],
)
def test_person_name_is_normalised(name: str, text: str) -> None:
    """A name keeps its accents and capitals, and loses its useless spaces."""
    assert name == PersonName(text).name
    assert name == str(PersonName(text))
    assert f"PersonName({name!r})" == repr(PersonName(text))


@pytest.mark.rule("1.3")
@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("is empty", ""),
        ("is empty", "\t \N{NO-BREAK SPACE}"),
        ("has no letter", "42"),
        ("has no letter", "-"),
        ("of 101 characters is too long", "x" * 101),
        ("cannot be printed", "Mar\x07tin"),
        ("cannot be printed", "Mar\N{ZERO WIDTH SPACE}tin"),
    ],
)
def test_person_name_refuses(why: str, text: str) -> None:
    """A name has a letter, at most 100 characters, and none that cannot be printed."""
    with pytest.raises(InvalidValueError, match=why):
        PersonName(text)


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
    assert value == kind.from_canonical(str(value))


@kinds
@given(text=anything)
def test_any_stored_text_is_a_value_or_an_invalid_value(kind: type[Value], text: str) -> None:
    """Whatever was stored, there is a value with that very text or InvalidValueError."""
    try:
        value = kind.from_canonical(text)
    except InvalidValueError:
        return

    assert text == str(value)


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
