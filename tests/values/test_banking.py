"""Bank accounts, creditor identifiers, mandate references."""

import pickle

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.eu import at_02

from teleprocedures.values import SEPA_COUNTRIES, BankAccount, CreditorIdentifier, MandateReference
from tests.builders import each, failure

FRENCH = "FR7630006000011234567890189"

# The example of each country's register, or one made up with right check digits, and the BIC that its bank code gives.
# The register of banks changes: that a BIC is found, and for which bank, is what can be promised.
ACCOUNTS = [
    *(("FR7630006000011234567890189", "AGRIFRPPXXX"), ("FR1420041010050500013M02606", "PSSTFRPP")),
    *(("AD1200012030200359100100", "BACAADADXXX"), ("AL47212110090000000235698741", None)),
    *(("BE68539007547034", None), ("CH9300762011623852957", None), ("DE89370400440532013000", "COBADEFFXXX")),
    *(("ES9121000418450200051332", "CAIXESBB"), ("GB29NWBK60161331926819", "NWBKGB2LXXX")),
    *(("GI75NWBK000000007099453", None), ("HU42117730161111101800000000", "OTPVHUHB")),
    *(("IS140159260076545510730339", "NBIIISRE"), ("IT60X0542811101000000123456", "BLOPIT22")),
    *(("LI21088100002324013AA", "BLFLLI2XXXX"), ("LU280019400644750000", "BCEELULL")),
    *(("MC5811222000010123456789030", None), ("MD24AG000225100013104168", "AGRNMD2X")),
    *(("ME25505000012345678951", None), ("MK07250120000058984", None), ("NL91ABNA0417164300", "ABNANL2A")),
    *(("NO9386011117947", "DABANO22"), ("RS35260005601001611379", None), ("SE4550000000058398257466", "ESSESESS")),
    *(("SM86U0322509800000000270100", None), ("VA59001123000012345678", None)),
]


# --- Accounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("2.13")
@each("iban bic", *ACCOUNTS)
def test_account_of_the_sepa_zone(iban, bic):
    """An account of any SEPA country is taken; when a BIC is found, it is of the bank that the register knows."""
    account = BankAccount(iban)

    assert iban == account.iban
    assert bic is None or bic[:4] == (account.bic or "")[:4]
    assert f"{iban[:4]} **** {iban[-4:]}" == account.masked == str(account) == f"{account}"
    assert f"BankAccount({account.masked!r}, bic={account.bic!r})" == repr(account)
    assert account == BankAccount.from_canonical(iban, account.bic)


@pytest.mark.rule("2.13")
@each("text", "FR76 3000 6000 0112 3456 7890 189", FRENCH.lower(), " FR76\u00a03000 6000 0112 3456 7890\u202f189\n")
def test_account_reads_what_people_type(text):
    """Spaces are dropped from an IBAN, and letters are capitals."""
    assert FRENCH == BankAccount(text).iban


@pytest.mark.rule("2.13")
@each(
    "what shown why text",
    (
        "malformed",
        "9999 9999 9999",
        "(A is a letter, 9 a digit, # anything else; 12 characters) does not have two letters",
        "30006 00001 12",
    ),
    (
        "malformed",
        "AA99 #999 9#99 99#9 999# 9999 #999 9#99…",
        "(A is a letter, 9 a digit, # anything else; 34 characters) does not have two letters",
        "FR76-3000-6000-0112-3456-7890-189é",
    ),
    (
        "malformed",
        "AA99 9999 9999 9999 9999 9999 999#",
        "(A is a letter, 9 a digit, # anything else; 28 characters) does not have two letters",
        FRENCH + "\N{FULLWIDTH DIGIT ONE}",
    ),
    (
        "malformed",
        "AA99 #999 9#99 99#9 999# 9999 #999 9#99…",
        "(A is a letter, 9 a digit, # anything else; 33 characters) does not have two letters",
        "FR76-3000-6000-0112-3456-7890-189",
    ),
    (
        "malformed",
        "9999 9999 9999 9999 9999 999",
        "(A is a letter, 9 a digit, # anything else; 23 characters) does not have two letters",
        "30006000011234567890189",
    ),
    (
        "malformed",
        "AA99 9999 9999 9999 9999 9999 99#",
        "(A is a letter, 9 a digit, # anything else; 27 characters) does not have two letters",
        FRENCH[:-1] + "\x00",
    ),
    ("check_digits", "FR76 **** 0188", "fails its check digits", "FR7630006000011234567890188"),
    ("check_digits", "FR67 **** 0189", "fails its check digits", "FR6730006000011234567890189"),
    (
        "national_check_digits",
        "FR06 **** 0188",
        "fails the check digits of its country (in France, the RIB key)",
        "FR0630006000011234567890188",
    ),
    (
        "length",
        "FR76 **** 9018",
        "has 26 characters, and not the length of an IBAN of FR",
        "FR763000600001123456789018",
    ),
    ("structure", "FR76 **** 0189", "does not have the structure of an IBAN of FR", "FR76A0006000011234567890189"),
    ("not_sepa", "TR33 **** 1326", "is of TR, which is out of the SEPA zone", "TR330006100519786457841326"),
    ("not_sepa", "BR18 **** 93C1", "is of BR, which is out of the SEPA zone", "BR1800360305000010009795493C1"),
    ("not_sepa", "RE76 **** 0189", "is of RE, which is out of the SEPA zone", "RE7630006000011234567890189"),
    ("not_sepa", "ZZ76 **** 0189", "is of ZZ, which is out of the SEPA zone", "ZZ7630006000011234567890189"),
)
def test_account_refuses(what, shown, why, text):
    """A wrong IBAN is refused, masked, with what is wrong and what is expected."""
    error = failure(BankAccount, text)

    assert (f"iban.{what}", shown) == (error.code, error.facts["value"])
    assert str(error).startswith(f"not an IBAN: '{shown}' {why}")
    assert str(error).endswith("; expected one of a SEPA country, in France FR, two digits, then 23 letters and digits")
    assert error.__context__ is None


@given(st.sampled_from([iban for iban, _ in ACCOUNTS]), st.integers(4, 14), st.sampled_from("0123456789"))
def test_wrong_account_never_shows(iban, place, digit):
    """One character mistyped is caught, and the IBAN is not in the error."""
    assume(iban[place] != digit)
    wrong = iban[:place] + digit + iban[place + 1 :]
    for build in (BankAccount, lambda text: BankAccount.from_canonical(text, None)):
        assert wrong[4:-4] not in str(failure(build, wrong))


@pytest.mark.rule("2.13", "2.14")
@each("digits", "00", "01", "99")
def test_check_digits_are_those_that_are_given(digits):
    """ISO 7064 writes 02 to 98: 00, 01 and 99 pass the same sum as 97, 98 and 02, and nobody was given them."""
    iban = passing_the_sum(f"DE{digits}37040044{{:010}}", start=4)
    creditor = passing_the_sum(f"FR{digits}ZZZ{{:06}}", start=7)

    assert "iban.check_digits" == failure(BankAccount, iban).code
    assert "stored.malformed" == failure(BankAccount.from_canonical, iban, None).code
    assert "creditor_identifier.check_digits" == failure(CreditorIdentifier, creditor).code
    assert "stored.malformed" == failure(CreditorIdentifier.from_canonical, creditor).code


def passing_the_sum(pattern, *, start):
    """The first text of this pattern, numbered, of which the sum of ISO 7064 from the place `start` on is right."""
    texts = map(pattern.format, range(1_000))
    return next(text for text in texts if 1 == int("".join(str(int(c, 36)) for c in text[start:] + text[:4])) % 97)


@pytest.mark.rule("2.13")
@each("bic text", ("AGRIFRPP", "agri fr pp"), ("BNPAFRPPXXX", "BNPAFRPPXXX"))
def test_bic_given_is_kept(bic, text):
    """The BIC that is given is kept in capitals, and not looked up; with it or without, it is the same account."""
    account = BankAccount(FRENCH, text)

    assert bic == account.bic == BankAccount(FRENCH, bic=text).bic == pickle.loads(pickle.dumps(account)).bic
    assert bic == BankAccount.from_canonical(FRENCH, bic).bic
    assert BankAccount.from_canonical(FRENCH, None).bic is None
    assert account == BankAccount(FRENCH)
    assert hash(account) == hash(BankAccount(FRENCH))


@each(
    "code text why",
    ("missing", " ", "text is empty"),
    ("too_long", "F" * 1_001, "text of 1001 characters is too long"),
    ("wrong_type", 12, "int is not text"),
    *(("malformed", text, "has another length, ") for text in ("AGRIFRP", "AGRIFRPPX", "AGRIZZPP", "AGR-FRPP")),
    *(("malformed", text, "has another length, ") for text in ("AGRIFRPPéXX", "\N{LATIN SMALL LETTER LONG S}GRIFRPP")),
)
def test_bic_refuses(code, text, why):
    """A BIC has 8 or 11 letters and digits and the code of a country."""
    error = failure(BankAccount, FRENCH, text)

    assert f"bic.{code}" == error.code
    assert code != "malformed" or text == error.facts["value"]
    assert str(error).startswith("not a BIC: ")
    assert why in str(error)
    assert "; expected 8 or 11 letters" in str(error)


def test_sepa_countries_are_those_of_the_schemes():
    """The 41 countries of the schemes, and Gibraltar, whose IBANs have a code of their own."""
    assert 42 == len(SEPA_COUNTRIES)
    assert {"FR", "GB", "GI", "AL", "RS"} <= SEPA_COUNTRIES
    assert set() == SEPA_COUNTRIES & {"TR", "UA", "US", "FO", "GL", "RE", "GP", "NC", "JE", "GG", "IM"}


# --- Creditor identifiers ---------------------------------------------------------------------------------------------


@pytest.mark.rule("2.14")
@each(
    "identifier text",
    ("FR72ZZZ123456", "FR72 ZZZ 123456"),
    ("FR72ZZZ123456", "fr72zzz123456"),
    ("FR72ABC123456", "FR72ABC123456"),
    ("DE98ZZZ09999999999", "DE98ZZZ09999999999"),
    ("ES23ZZZ47690558N", "ES 23 ZZZ 47690558N"),
)
def test_creditor_identifier(identifier, text):
    """A creditor identifier loses its spaces; the business code in its middle is free."""
    creditor = CreditorIdentifier(text)

    assert (identifier, identifier) == (creditor.identifier, str(creditor))
    assert f"CreditorIdentifier({identifier!r})" == repr(creditor)


@pytest.mark.rule("2.14")
@each(
    "what texts facts",
    ("malformed", ["FR72ZZZ", "ZZZ 123456", "FR72ZZZ123456é", "FR72m ZZZ/123456"], {}),
    ("malformed", ["FR72ZZZ" + "1" * 29], {"value": "FR72 **** 1111"}),
    ("check_digits", ["FR73 ZZZ 123456", "FR72ZZZ123465"], {}),
    ("length", ["FR72ZZZ1234567", "FR72 ZZZ 12345"], {"country": "FR", "expected": (13,)}),
    ("length", ["BE72 ZZZ 12345"], {"country": "BE", "expected": (17, 20)}),
    ("length", ["DE98 ZZZ 099"], {"country": "DE", "expected": (18,)}),
    ("not_sepa", ["XX72ZZZ123456"], {"country": "XX"}),
    ("not_sepa", ["US72ZZZ123456"], {"country": "US"}),
    ("not_sepa", ["RE72ZZZ123456"], {"country": "RE"}),
)
def test_creditor_identifier_refuses(what, texts, facts):
    """With wrong check digits, another length or another country it is refused, and shown: it is public."""
    for text in texts:
        error = failure(CreditorIdentifier, text)

        assert (f"creditor_identifier.{what}", {"value": text, **facts}) == (error.code, dict(error.facts))
        assert str(error).startswith(f"not a creditor identifier: '{error.facts['value']}'")


@pytest.mark.rule("2.14")
@each(
    "country lengths",
    *(("AT", [18]), ("BE", [17, 20]), ("DE", [18]), ("ES", [16]), ("FI", [15]), ("FR", [13]), ("IE", [13])),
    *(("IT", [23]), ("LU", [26]), ("NL", [19]), ("PT", [13]), ("MC", range(8, 36))),
)
def test_creditor_identifiers_have_the_length_of_their_country(country, lengths):
    """The overview of the payments council gives each a length; of a country that is not listed here, 8 to 35."""
    for length in range(8, 36):
        text = f"{country}00ZZZ{'1' * (length - 7)}"
        text = f"{country}{at_02.calc_check_digits(text)}{text[4:]}"
        if length in lengths:
            assert text == CreditorIdentifier(text).identifier
        else:
            assert "creditor_identifier.length" == failure(CreditorIdentifier, text).code
        # What was written by one version is read by the next, whatever the lists say then.
        assert text == CreditorIdentifier.from_canonical(text).identifier


# --- Mandate references -----------------------------------------------------------------------------------------------


@pytest.mark.rule("2.15")
@each(
    "reference text",
    ("R", "R"),
    ("IMPOTS-2024/17", " IMPOTS-2024/17\n"),
    ("a/-?:().,'+ Z9", "a/-?:().,'+ Z9"),
    ("x" * 35, "x" * 35),
    ("A  B", "A  B"),
)
def test_mandate_reference(reference, text):
    """A mandate reference has 1 to 35 characters of the SEPA set, kept as they are."""
    value = MandateReference(text)

    assert (reference, reference) == (value.reference, str(value))
    assert f"MandateReference({reference!r})" == repr(value)
    assert MandateReference.from_canonical(reference) == value


@pytest.mark.rule("2.15")
@each(
    "what why texts",
    ("slash", "'{}' has a misplaced slash", ["/A", "A/", "A//B", "/"]),
    ("missing", "text is empty", ["", "  "]),
    ("too_long", "text of 36 characters is too long", ["x" * 36]),
    ("malformed", "has another character", ["é", "A_B", "A\tB", "A\N{NO-BREAK SPACE}B"]),
    ("has_account", "a bank account in it", ["FR7630006000011234567890189", "FR76 3000 6000 0112 3456 7890 189"]),
)
def test_mandate_reference_refuses(what, why, texts):
    """Another character, or a slash where the schemes forbid it, is refused; a reference is no secret."""
    for text in texts:
        error = failure(MandateReference, text)

        assert f"mandate_reference.{what}" == error.code
        assert str(error).startswith("not a mandate reference: ")
        assert why.format(text) in str(error)
        assert "; expected 1 to 35 characters" in str(error)
        assert what != "slash" or text == error.facts["value"]
