"""Bank accounts, creditor identifiers, mandate references."""

from __future__ import annotations

import pickle

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.eu import at_02

from teleprocedures.errors import InvalidValueError
from teleprocedures.values import SEPA_COUNTRIES, BankAccount, CreditorIdentifier, MandateReference

FRENCH = "FR7630006000011234567890189"
anything = st.text(st.characters(exclude_categories=())) | st.text(
    "FRGB0123456789 -/?ZI٣é\N{LATIN SMALL LETTER LONG S}"
)
references = pytest.mark.parametrize("kind", [CreditorIdentifier, MandateReference])

# The example of each country's register, or one made up with right check digits, and the BIC that its bank code gives.
ACCOUNTS = [
    ("FR7630006000011234567890189", "AGRIFRPPXXX"),
    ("FR1420041010050500013M02606", "PSSTFRPP"),
    ("AD1200012030200359100100", "BACAADADXXX"),
    ("AL47212110090000000235698741", None),
    ("BE68539007547034", None),
    ("CH9300762011623852957", None),
    ("DE89370400440532013000", "COBADEFFXXX"),
    ("ES9121000418450200051332", "CAIXESBB"),
    ("GB29NWBK60161331926819", "NWBKGB2LXXX"),
    ("GI75NWBK000000007099453", None),
    ("HU42117730161111101800000000", "OTPVHUHB"),
    ("IS140159260076545510730339", "NBIIISRE"),
    ("IT60X0542811101000000123456", "BLOPIT22"),
    ("LI21088100002324013AA", "BLFLLI2XXXX"),
    ("LU280019400644750000", "BCEELULL"),
    ("MC5811222000010123456789030", None),
    ("MD24AG000225100013104168", "AGRNMD2X"),
    ("ME25505000012345678951", None),
    ("MK07250120000058984", None),
    ("NL91ABNA0417164300", "ABNANL2A"),
    ("NO9386011117947", "DABANO22"),
    ("RS35260005601001611379", None),
    ("SE4550000000058398257466", "ESSESESS"),
    ("SM86U0322509800000000270100", None),
    ("VA59001123000012345678", None),
]


@pytest.mark.rule("2.13")
@pytest.mark.parametrize(("iban", "bic"), ACCOUNTS)
def test_account_of_the_sepa_zone(iban: str, bic: str | None) -> None:
    """An account of any SEPA country is taken; when a BIC is found, it is of the bank that the register knows."""
    account = BankAccount(iban)

    assert iban == account.iban
    # The register of banks changes: that a BIC is found, and for which bank, is what can be promised.
    assert (bic or "")[:4] == (account.bic or "")[:4] or bic is None
    assert account == BankAccount.from_canonical(iban, account.bic)


@pytest.mark.rule("2.13")
@pytest.mark.parametrize(
    "text",
    [
        "FR76 3000 6000 0112 3456 7890 189",
        "fr7630006000011234567890189",
        " FR76\N{NO-BREAK SPACE}3000 6000 0112 3456 7890\N{NARROW NO-BREAK SPACE}189\n",
    ],
)
def test_account_reads_what_people_type(text: str) -> None:
    """Spaces are dropped from an IBAN, and letters are capitals."""
    assert FRENCH == BankAccount(text).iban


@pytest.mark.rule("2.13")
@pytest.mark.parametrize(
    ("what", "shown", "why", "text"),
    [
        ("malformed", "****", "does not have two letters", "30006 00001 12"),
        ("malformed", "****", "does not have two letters", "FR76-3000-6000-0112-3456-7890-189é"),
        ("malformed", "****", "does not have two letters", FRENCH + "\N{FULLWIDTH DIGIT ONE}"),
        ("malformed", "FR76 **** -189", "does not have two letters", "FR76-3000-6000-0112-3456-7890-189"),
        ("malformed", "3000 **** 0189", "does not have two letters", "30006000011234567890189"),
        ("malformed", "FR76 **** 018\\x00", "does not have two letters", FRENCH[:-1] + "\x00"),
        ("check_digits", "FR76 **** 0188", "fails its check digits", "FR7630006000011234567890188"),
        ("check_digits", "FR67 **** 0189", "fails its check digits", "FR6730006000011234567890189"),
        (
            "national_check_digits",
            "FR06 **** 0188",
            "fails the check digits of its country (in France, the RIB key)",
            "FR0630006000011234567890188",
        ),
        ("length", "FR76 **** 9018", "does not have the length of an IBAN of FR", "FR763000600001123456789018"),
        ("structure", "FR76 **** 0189", "does not have the structure of an IBAN of FR", "FR76A0006000011234567890189"),
        ("not_sepa", "TR33 **** 1326", "is of TR, which is out of the SEPA zone", "TR330006100519786457841326"),
        ("not_sepa", "BR18 **** 93C1", "is of BR, which is out of the SEPA zone", "BR1800360305000010009795493C1"),
        ("not_sepa", "RE76 **** 0189", "is of RE, which is out of the SEPA zone", "RE7630006000011234567890189"),
        ("not_sepa", "ZZ76 **** 0189", "is of ZZ, which is out of the SEPA zone", "ZZ7630006000011234567890189"),
    ],
)
def test_account_refuses(what: str, shown: str, why: str, text: str) -> None:
    """A wrong IBAN is refused, masked, with what is wrong and what is expected."""
    with pytest.raises(InvalidValueError) as caught:
        BankAccount(text)

    assert (f"iban.{what}", shown) == (caught.value.code, caught.value.facts["value"])
    assert str(caught.value).startswith(f"not an IBAN: '{shown}' {why}")
    assert str(caught.value).endswith(
        "; expected one of a SEPA country, in France FR, two digits, then 23 letters and digits"
    )
    assert caught.value.__context__ is None


@pytest.mark.rule("2.13")
@pytest.mark.parametrize(("what", "text"), [("missing", " "), ("too_long", "F" * 1_001), ("wrong_type", None)])
def test_account_refuses_what_is_hardly_text(what: str, text: str) -> None:
    """Nothing, too much and no text are no IBAN, and no BIC, which may be left out."""
    with pytest.raises(InvalidValueError, match=r"^not an IBAN: ") as caught:
        BankAccount(text)

    assert f"iban.{what}" == caught.value.code
    with pytest.raises(InvalidValueError, match=r"^not a BIC: ") as caught:
        BankAccount(FRENCH, 12 if text is None else text)

    assert f"bic.{what}" == caught.value.code


@pytest.mark.rule("2.13", "2.14")
@pytest.mark.parametrize("digits", ["00", "01", "99"])
def test_check_digits_are_those_that_are_given(digits: str) -> None:
    """ISO 7064 writes 02 to 98: 00, 01 and 99 pass the same sum as 97, 98 and 02, and nobody was given them."""
    iban = passing_the_sum(f"DE{digits}37040044{{:010}}", start=4)
    creditor = passing_the_sum(f"FR{digits}ZZZ{{:06}}", start=7)

    for build, text in (
        (BankAccount, iban),
        (lambda stored: BankAccount.from_canonical(stored, None), iban),
        (CreditorIdentifier, creditor),
        (CreditorIdentifier.from_canonical, creditor),
    ):
        with pytest.raises(InvalidValueError):
            build(text)


def passing_the_sum(pattern: str, *, start: int) -> str:
    """The first text of this pattern, numbered, of which the sum of ISO 7064 from the place `start` on is right."""
    texts = map(pattern.format, range(1_000))
    return next(text for text in texts if 1 == int("".join(str(int(c, 36)) for c in text[start:] + text[:4])) % 97)


@pytest.mark.rule("2.13")
@pytest.mark.parametrize(("bic", "text"), [("AGRIFRPP", "agri fr pp"), ("BNPAFRPPXXX", "BNPAFRPPXXX")])
def test_bic_given_is_kept(bic: str, text: str) -> None:
    """The BIC that is given is kept in capitals, and not looked up."""
    assert bic == BankAccount(FRENCH, text).bic
    assert bic == BankAccount(FRENCH, bic=text).bic


@pytest.mark.parametrize(
    "text", ["AGRIFRP", "AGRIFRPPX", "AGRIZZPP", "AGR-FRPP", "AGRIFRPPéXX", "\N{LATIN SMALL LETTER LONG S}GRIFRPP"]
)
def test_bic_refuses(text: str) -> None:
    """A BIC has 8 or 11 letters and digits and the code of a country."""
    with pytest.raises(
        InvalidValueError, match=r"^not a BIC: .* has another length, .*; expected 8 or 11 letters"
    ) as caught:
        BankAccount(FRENCH, text)

    assert ("bic.malformed", text) == (caught.value.code, caught.value.facts["value"])


def test_same_iban_is_the_same_account() -> None:
    """An account declared without its BIC is the one that a payment names with it."""
    assert BankAccount(FRENCH, "AGRIFRPP") == BankAccount(FRENCH)
    assert hash(BankAccount(FRENCH, "AGRIFRPP")) == hash(BankAccount(FRENCH))
    assert BankAccount(FRENCH) != BankAccount("FR1420041010050500013M02606")


def test_sepa_countries_are_those_of_the_schemes() -> None:
    """The 41 countries of the schemes, and Gibraltar, whose IBANs have a code of their own."""
    assert 42 == len(SEPA_COUNTRIES)
    assert {"FR", "GB", "GI", "AL", "RS"} <= SEPA_COUNTRIES
    assert set() == SEPA_COUNTRIES & {"TR", "UA", "US", "FO", "GL", "RE", "GP", "NC", "JE", "GG", "IM"}


@given(st.integers(0, 10**21 - 1))
def test_account_never_shows(number: int) -> None:
    """Whatever the account, its IBAN is whole in no `repr` and no text."""
    bban = f"{number:021}"
    bban += f"{97 - (89 * int(bban[:5]) + 15 * int(bban[5:10]) + 3 * int(bban[10:])) % 97:02}"
    iban = f"FR{98 - int(bban + '152700') % 97:02}{bban}"
    account = BankAccount(iban)

    assert iban == account.iban
    for shown in (repr(account), str(account), f"{account}", account.masked):
        assert bban not in shown
        assert bban[:-4] not in shown
    assert f"{iban[:4]} **** {iban[-4:]}" == account.masked == str(account)
    assert f"BankAccount({account.masked!r}, bic={account.bic!r})" == repr(account)


@given(st.sampled_from([iban for iban, _ in ACCOUNTS]), st.integers(4, 14), st.sampled_from("0123456789"))
def test_wrong_account_never_shows(iban: str, place: int, digit: str) -> None:
    """One character mistyped is caught, and the IBAN is not in the error."""
    assume(iban[place] != digit)
    wrong = iban[:place] + digit + iban[place + 1 :]
    for build in (BankAccount, lambda text: BankAccount.from_canonical(text, None)):
        with pytest.raises(InvalidValueError) as caught:
            build(wrong)

        assert wrong not in str(caught.value)
        assert wrong[4:-4] not in str(caught.value)


@given(anything, st.none() | anything)
def test_any_text_is_an_account_or_an_invalid_value(text: str, bic: str | None) -> None:
    """Whatever is typed, there is an account or InvalidValueError."""
    for build in (BankAccount, BankAccount.from_canonical):
        for iban in (text, FRENCH):
            try:
                account = build(iban, bic)
            except InvalidValueError:
                continue

            assert account == BankAccount.from_canonical(account.iban, account.bic)


@pytest.mark.parametrize("value", [None, 12, b"FR76", [FRENCH]])
def test_account_of_another_type_is_an_invalid_value(value: object) -> None:
    """What is not text is an invalid value, when typed and when stored, and never a TypeError."""
    with pytest.raises(InvalidValueError, match="not an IBAN"):
        BankAccount(value)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError):
        BankAccount.from_canonical(value, None)  # type: ignore[arg-type]


def test_bic_of_another_type_is_an_invalid_value() -> None:
    """A BIC is text, or nothing."""
    with pytest.raises(InvalidValueError, match="not a BIC: int is not text"):
        BankAccount(FRENCH, 12)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="not the stored form of BankAccount"):
        BankAccount.from_canonical(FRENCH, 12)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("iban", "bic"),
    [
        ("FR76 3000 6000 0112 3456 7890 189", None),
        ("FR7630006000011234567890188", None),
        ("fr7630006000011234567890189", None),
        ("", None),
        (FRENCH, "agrifrpp"),
        (FRENCH, "AGRIFRPPX"),
        (FRENCH, ""),
    ],
)
def test_stored_account_is_in_canonical_form(iban: str, bic: str | None) -> None:
    """Only what an account could have written reads back, and the error shows nothing of it."""
    with pytest.raises(InvalidValueError, match=r"^not the stored form of .*; expected what BankAccount keeps$"):
        BankAccount.from_canonical(iban, bic)


def test_account_is_immutable() -> None:
    """An account cannot change, survives pickling with its BIC, and keeps what it was stored with."""
    account = BankAccount(FRENCH, "AGRIFRPP")

    assert "AGRIFRPP" == pickle.loads(pickle.dumps(account)).bic
    assert BankAccount.from_canonical(FRENCH, None).bic is None
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        account.iban = "x"  # type: ignore[misc]


@pytest.mark.rule("2.14")
@pytest.mark.parametrize(
    ("identifier", "text"),
    [
        ("FR72ZZZ123456", "FR72 ZZZ 123456"),
        ("FR72ZZZ123456", "fr72zzz123456"),
        ("FR72ABC123456", "FR72ABC123456"),
        ("DE98ZZZ09999999999", "DE98ZZZ09999999999"),
        ("ES23ZZZ47690558N", "ES 23 ZZZ 47690558N"),
    ],
)
def test_creditor_identifier(identifier: str, text: str) -> None:
    """A creditor identifier loses its spaces; the business code in its middle is free."""
    creditor = CreditorIdentifier(text)

    assert identifier == creditor.identifier
    assert identifier == str(creditor)
    assert f"CreditorIdentifier({identifier!r})" == repr(creditor)
    assert CreditorIdentifier.from_canonical(identifier) == creditor


@pytest.mark.rule("2.14")
@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("missing", ""),
        ("wrong_type", None),
        ("too_long", "F" * 1_001),
        ("malformed", "FR72ZZZ"),
        ("malformed", "FR72ZZZ123456é"),
        ("malformed", "FR72m ZZZ/123456"),
        ("malformed", "FR72ZZZ" + "1" * 29),
        ("check_digits", "FR73ZZZ123456"),
        ("check_digits", "FR72ZZZ123465"),
        ("length", "FR72ZZZ1234567"),
        ("length", "FR72ZZZ12345"),
        ("length", "DE98ZZZ0999999999"),
        ("not_sepa", "XX72ZZZ123456"),
        ("not_sepa", "US72ZZZ123456"),
        ("not_sepa", "RE72ZZZ123456"),
    ],
)
def test_creditor_identifier_refuses(what: str, text: str) -> None:
    """A creditor identifier with wrong check digits, another length or another country is refused."""
    with pytest.raises(InvalidValueError, match=r"^not a creditor identifier: ") as caught:
        CreditorIdentifier(text)

    assert f"creditor_identifier.{what}" == caught.value.code


def test_what_is_wrong_with_a_creditor_identifier_is_told_with_what_is_expected() -> None:
    """The value, its country, and the lengths that its country's identifiers have."""
    for text, code, facts in (
        ("US72 ZZZ 123456", "not_sepa", {"country": "US"}),
        ("FR72 ZZZ 12345", "length", {"country": "FR", "expected": (13,)}),
        ("BE72 ZZZ 12345", "length", {"country": "BE", "expected": (17, 20)}),
    ):
        with pytest.raises(InvalidValueError) as caught:
            CreditorIdentifier(text)

        assert (f"creditor_identifier.{code}", {"value": text, **facts}) == (
            caught.value.code,
            dict(caught.value.facts),
        )


@pytest.mark.rule("2.14")
@pytest.mark.parametrize(
    ("country", "lengths"),
    [
        *(("AT", (18,)), ("BE", (17, 20)), ("DE", (18,)), ("ES", (16,)), ("FI", (15,)), ("FR", (13,))),
        *(("IE", (13,)), ("IT", (23,)), ("LU", (26,)), ("NL", (19,)), ("PT", (13,)), ("MC", range(8, 36))),
    ],
)
def test_creditor_identifiers_have_the_length_of_their_country(country: str, lengths: tuple[int, ...]) -> None:
    """The overview of the payments council gives each a length; of a country that is not listed here, 8 to 35."""
    for length in range(8, 36):
        text = f"{country}00ZZZ{'1' * (length - 7)}"
        text = f"{country}{at_02.calc_check_digits(text)}{text[4:]}"
        if length in lengths:
            assert text == CreditorIdentifier(text).identifier
        else:
            with pytest.raises(InvalidValueError) as caught:
                CreditorIdentifier(text)
            assert "creditor_identifier.length" == caught.value.code
        # What was written by one version is read by the next, whatever the lists say then.
        assert text == CreditorIdentifier.from_canonical(text).identifier


@pytest.mark.parametrize("text", ["FR73ZZZ123456", "FR72 ZZZ 123456", "fr72zzz123456", ""])
def test_stored_creditor_identifier_is_in_canonical_form(text: str) -> None:
    """Only what a creditor identifier could have written reads back."""
    with pytest.raises(InvalidValueError, match=r"^not the stored form of CreditorIdentifier"):
        CreditorIdentifier.from_canonical(text)


@pytest.mark.rule("2.15")
@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("R", "R"),
        ("IMPOTS-2024/17", " IMPOTS-2024/17\n"),
        ("a/-?:().,'+ Z9", "a/-?:().,'+ Z9"),
        ("x" * 35, "x" * 35),
        ("A  B", "A  B"),
    ],
)
def test_mandate_reference(reference: str, text: str) -> None:
    """A mandate reference has 1 to 35 characters of the SEPA set, kept as they are."""
    value = MandateReference(text)

    assert reference == value.reference
    assert reference == str(value)
    assert f"MandateReference({reference!r})" == repr(value)
    assert MandateReference.from_canonical(reference) == value


@pytest.mark.rule("2.15")
@pytest.mark.parametrize(
    ("what", "why", "text"),
    [
        ("slash", "has a misplaced slash", "/A"),
        ("slash", "has a misplaced slash", "A/"),
        ("slash", "has a misplaced slash", "A//B"),
        ("slash", "has a misplaced slash", "/"),
        ("missing", "text is empty", ""),
        ("missing", "text is empty", "  "),
        ("too_long", "text of 36 characters is too long", "x" * 36),
        ("malformed", "has another character", "é"),
        ("malformed", "has another character", "A_B"),
        ("malformed", "has another character", "A\tB"),
        ("malformed", "has another character", "A\N{NO-BREAK SPACE}B"),
    ],
)
def test_mandate_reference_refuses(what: str, why: str, text: str) -> None:
    """Another character, or a slash where the schemes forbid it, is refused."""
    with pytest.raises(
        InvalidValueError, match=rf"^not a mandate reference: .*{why}; expected 1 to 35 characters"
    ) as caught:
        MandateReference(text)

    assert f"mandate_reference.{what}" == caught.value.code


@pytest.mark.parametrize("text", ["", " A", "A ", "/A", "A/", "A//B", "x" * 36, "A\n"])
def test_stored_mandate_reference_is_in_canonical_form(text: str) -> None:
    """Only what a mandate reference could have written reads back."""
    with pytest.raises(InvalidValueError, match=r"^not the stored form of MandateReference"):
        MandateReference.from_canonical(text)


@references
@given(text=anything)
def test_any_text_is_a_reference_or_an_invalid_value(
    kind: type[CreditorIdentifier | MandateReference], text: str
) -> None:
    """Whatever is typed, there is a value or InvalidValueError; a value reads back from its text as itself."""
    try:
        value = kind(text)
    except InvalidValueError:
        return

    assert value == kind(str(value)) == kind.from_canonical(str(value))


@references
@pytest.mark.parametrize("value", [None, 12, b"R1"])
def test_reference_of_another_type_is_an_invalid_value(
    kind: type[CreditorIdentifier | MandateReference], value: object
) -> None:
    """What is not text is an invalid value, when typed and when stored, and never a TypeError."""
    subject = {CreditorIdentifier: "creditor_identifier", MandateReference: "mandate_reference"}[kind]
    for build, code in ((kind, f"{subject}.wrong_type"), (kind.from_canonical, "stored.malformed")):
        with pytest.raises(InvalidValueError) as caught:
            build(value)  # type: ignore[arg-type]

        assert code == caught.value.code


@pytest.mark.parametrize(
    ("same", "differs"),
    [
        (CreditorIdentifier("FR72 ZZZ 123456"), CreditorIdentifier("DE98ZZZ09999999999")),
        (MandateReference("R1"), MandateReference("r1")),
    ],
)
def test_references_are_equal_by_content(
    same: CreditorIdentifier | MandateReference, differs: CreditorIdentifier | MandateReference
) -> None:
    """References with the same content are equal, hash alike and survive pickling."""
    other = type(same).from_canonical(str(same))

    assert same == other
    assert hash(same) == hash(other)
    assert same == pickle.loads(pickle.dumps(other))
    assert same != differs


def test_a_bad_creditor_identifier_is_shown() -> None:
    """A creditor's identifier is public: the error shows it, whatever is wrong with it."""
    for wrong in ("FR73 ZZZ 123456", "ZZZ 123456"):
        with pytest.raises(InvalidValueError, match=f"'{wrong}'"):
            CreditorIdentifier(wrong)
