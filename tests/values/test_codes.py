"""Codes, tokens, their digests, and those held elsewhere."""

from __future__ import annotations

import math
import pickle

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from teleprocedures.errors import InvalidValueError
from teleprocedures.values import CODE_ALPHABET, HELD_ELSEWHERE, ActivationCode, Digest, Held, LinkToken, opens, seal

Secret = ActivationCode | LinkToken
SALT = "space-1:activation"
anything = st.text(st.characters(exclude_categories=())) | st.text("0123456789 -_abcXYZé\N{EN DASH}")
kinds = pytest.mark.parametrize("kind", [ActivationCode, LinkToken])
codes = st.text(CODE_ALPHABET, min_size=1, max_size=64)


@pytest.mark.rule("A13")
@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("K7MQ2XW9", "k7mq-2xw9"),
        ("K7MQ2XW9", " K7MQ\N{NO-BREAK SPACE}2XW9\n"),
        ("K7MQ2XW9", "K7MQ\N{EN DASH}2XW9\N{NON-BREAKING HYPHEN}"),
        ("1", "1"),
        ("X" * 64, "x" * 64),
    ],
)
def test_activation_code_survives_being_typed(code: str, text: str) -> None:
    """Case, spaces and dashes do not count in a code."""
    assert code == ActivationCode(text).reveal()
    assert ActivationCode(code) == ActivationCode(text)


@pytest.mark.rule("A13")
@pytest.mark.parametrize(
    ("what", "why", "text"),
    [
        ("missing", "text is empty", ""),
        ("missing", "text is empty", " -\N{EM DASH}"),
        ("too_long", "text of 65 characters is too long", "x" * 65),
        ("too_long", "text of 1001 characters is too long", "x" * 1_001),
        ("malformed", "text of 4 characters has another character", "AB_C"),
        ("malformed", "text of 3 characters has another character", "ABé"),
        ("malformed", "text of 3 characters has another character", "AB\N{LATIN SMALL LETTER LONG S}"),
        ("malformed", "text of 3 characters has another character", "AB\N{LATIN SMALL LETTER DOTLESS I}"),
    ],
)
def test_activation_code_refuses(what: str, why: str, text: str) -> None:
    """A code has 1 to 64 ASCII letters and digits, and the error does not say which."""
    with pytest.raises(InvalidValueError) as caught:
        ActivationCode(text)

    assert f"activation_code.{what}" == caught.value.code
    assert f"not an activation code: {why}; expected 1 to 64 letters (A to Z) and digits, in groups or not" == str(
        caught.value
    )


@pytest.mark.rule("A13")
@pytest.mark.parametrize(("token", "text"), [("a-B_9", " a-B_9\n"), ("x", "x"), ("x" * 256, "x" * 256)])
def test_link_token_is_kept_as_it_is(token: str, text: str) -> None:
    """Every character of a token counts, but the spaces around it."""
    assert token == LinkToken(text).reveal()
    assert LinkToken("a-B_9") != LinkToken("a-b_9")


@pytest.mark.rule("A13")
@pytest.mark.parametrize(
    ("what", "why", "text"),
    [
        ("missing", "text is empty", " "),
        ("too_long", "text of 257 characters is too long", "x" * 257),
        ("malformed", "text of 3 characters has another character", "a b"),
        ("malformed", "text of 3 characters has another character", "a/b"),
        ("malformed", "text of 1 characters has another character", "é"),
    ],
)
def test_link_token_refuses(what: str, why: str, text: str) -> None:
    """A token has 1 to 256 characters that a link carries as they are."""
    with pytest.raises(InvalidValueError, match=rf"^not a link token: {why}; expected 1 to 256") as caught:
        LinkToken(text)

    assert f"link_token.{what}" == caught.value.code


@kinds
@given(code=st.text(CODE_ALPHABET, min_size=4, max_size=64))
def test_secrets_never_show(kind: type[Secret], code: str) -> None:
    """Neither a code, a token nor their digest appears in a `repr` or in a formatted text."""
    assume(code not in "DIGEST LINKTOKEN ACTIVATIONCODE")
    secret = kind(code)
    digest = Digest.of(secret, salt=SALT)

    assert code == secret.reveal()
    assert (f"{kind.__name__}('***')", "***", "***") == (repr(secret), str(secret), f"{secret}")
    assert ("Digest('***')", "***", "***") == (repr(digest), str(digest), f"{digest}")


@kinds
@given(code=st.text(CODE_ALPHABET, min_size=6, max_size=20), place=st.integers(0, 6), mark=st.sampled_from("_é*\x00"))
def test_errors_never_show_the_secret(kind: type[Secret], code: str, place: int, mark: str) -> None:
    """A mistyped code or token is in no error."""
    typed = code[:place] + mark + code[place:] + "!"
    for build in (kind, kind.from_canonical):
        with pytest.raises(InvalidValueError) as caught:
            build(typed)

        assert code not in str(caught.value)
        assert typed not in str(caught.value)


@kinds
@pytest.mark.parametrize("value", [None, 123456, b"123456", HELD_ELSEWHERE])
def test_other_types_are_invalid_values(kind: type[Secret], value: object) -> None:
    """What is not text is an invalid value, when typed and when stored, and never a TypeError."""
    subject = {ActivationCode: "activation_code", LinkToken: "link_token"}[kind]
    for build, code in ((kind, f"{subject}.wrong_type"), (kind.from_canonical, "stored.malformed")):
        with pytest.raises(InvalidValueError) as caught:
            build(value)  # type: ignore[arg-type]

        assert code == caught.value.code


@kinds
@given(text=anything)
def test_any_text_is_a_secret_or_an_invalid_value(kind: type[Secret], text: str) -> None:
    """Whatever is typed, there is a secret or InvalidValueError; a secret reads back from its text as itself."""
    try:
        secret = kind(text)
    except InvalidValueError:
        return

    assert secret == kind(secret.reveal())
    assert secret == kind.from_canonical(secret.reveal())


@pytest.mark.parametrize(("kind", "text"), [(ActivationCode, "ab"), (ActivationCode, "A-B"), (LinkToken, " ab")])
def test_stored_text_is_in_canonical_form(kind: type[Secret], text: str) -> None:
    """Only what `reveal` gives reads back."""
    with pytest.raises(InvalidValueError, match=rf"not the stored form of .*; expected what {kind.__name__} keeps"):
        kind.from_canonical(text)


@kinds
def test_secrets_are_equal_by_content_and_immutable(kind: type[Secret]) -> None:
    """Secrets with the same content are equal, hash alike, survive pickling, and cannot change."""
    secret = kind("AB12")

    assert kind.from_canonical("AB12") == secret
    assert hash(kind("AB12")) == hash(secret)
    assert secret == pickle.loads(pickle.dumps(secret))
    assert kind("AB13") != secret
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        secret._text = "CD34"  # type: ignore[misc]


def test_code_and_token_are_different_secrets() -> None:
    """The same characters as a code and as a token are neither equal nor of the same digest."""
    code, token = ActivationCode("AB12"), LinkToken("AB12")

    assert code != token
    assert Digest.of(code, salt=SALT) != Digest.of(token, salt=SALT)
    assert not Digest.of(code, salt=SALT).matches(token, salt=SALT)


@pytest.mark.rule("A13")
def test_alphabet_survives_being_typed_from_paper() -> None:
    """The alphabet of drawn codes has nothing that reads as something else, and 17 symbols carry 80 bits."""
    assert set() == set(CODE_ALPHABET) & set("0O1IL")
    assert CODE_ALPHABET == CODE_ALPHABET.upper()
    assert 31 == len(set(CODE_ALPHABET)) == len(CODE_ALPHABET)
    assert 80 <= 17 * math.log2(len(CODE_ALPHABET))


def test_digest_is_the_documented_one() -> None:
    """A digest kept by one version is the digest of the next: HMAC-SHA-256 of the kind and the secret."""
    assert (
        "57617b52cfbc9774839bd6a3f0bfb3a8c595ebb84c66027430c6c326ef67a81f"
        == Digest.of(ActivationCode("K7MQ2XW9"), salt=SALT).hex()
    )


@given(codes, codes, st.text(min_size=1), st.text(min_size=1))
def test_digest_matches_its_own_secret_and_salt_only(code: str, other: str, salt: str, elsewhere: str) -> None:
    """The same code under another case's salt, or another code under the same salt, does not match."""
    assume(code != other)
    assume(salt.rstrip("\0") != elsewhere.rstrip("\0"))
    digest = Digest.of(ActivationCode(code), salt=salt)

    assert digest.matches(ActivationCode(code.lower()), salt=salt)
    assert not digest.matches(ActivationCode(other), salt=salt)
    assert not digest.matches(ActivationCode(code), salt=elsewhere)


def test_a_digest_comes_back_from_its_text_and_a_token_never_shows() -> None:
    """What storage keeps is read back as the same digest; the text of a token is stars."""
    digest = Digest.of(ActivationCode("AB12"), salt=SALT)

    assert digest == Digest.from_hex(digest.hex())
    assert "***" == str(LinkToken("link_token-42"))


def test_digest_needs_a_salt() -> None:
    """A digest without a salt would be the same in all cases."""
    with pytest.raises(InvalidValueError, match=r"^not a salt: text is empty; expected some text") as missing:
        Digest.of(ActivationCode("AB12"), salt="")
    with pytest.raises(InvalidValueError, match=r"^not a salt: int is not text") as wrong:
        Digest.of(ActivationCode("AB12"), salt=1)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"^not a salt: text of 1001 characters is too long") as long:
        Digest.of(ActivationCode("AB12"), salt="x" * 1_001)

    assert ["salt.missing", "salt.wrong_type", "salt.too_long"] == [
        caught.value.code for caught in (missing, wrong, long)
    ]
    assert Digest.of(ActivationCode("AB12"), salt="\ud800").matches(ActivationCode("AB12"), salt="\ud800")


@given(st.binary(min_size=32, max_size=32))
def test_digest_reads_back(value: bytes) -> None:
    """A digest is stored as 64 hexadecimal digits, is equal by content, and survives pickling."""
    digest = Digest(value)

    assert value.hex() == digest.hex()
    assert digest == Digest.from_hex(digest.hex())
    assert hash(digest) == hash(Digest.from_hex(digest.hex()))
    assert digest == pickle.loads(pickle.dumps(digest))


@pytest.mark.parametrize("value", [b"", b"x" * 31, b"x" * 33, "x" * 32, None, bytearray(32)])
def test_digest_refuses_what_is_not_32_bytes(value: object) -> None:
    """A digest is 32 bytes, no more and no less."""
    with pytest.raises(InvalidValueError, match=rf"^not a digest: {type(value).__name__} is not 32 bytes") as caught:
        Digest(value)  # type: ignore[arg-type]

    assert ("digest.malformed", {"type": type(value).__name__}) == (caught.value.code, caught.value.facts)


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n", None, b"0" * 64])
def test_digest_refuses_what_it_never_wrote(text: object) -> None:
    """Stored digests are 64 lower-case hexadecimal digits."""
    with pytest.raises(InvalidValueError, match=r"^not the stored form of Digest; expected what Digest keeps"):
        Digest.from_hex(text)  # type: ignore[arg-type]


def test_held_elsewhere_is_alone_of_its_kind() -> None:
    """There is one way for a code to be elsewhere, and it survives pickling."""
    assert [HELD_ELSEWHERE] == list(Held)
    assert "HELD_ELSEWHERE" == repr(HELD_ELSEWHERE)
    assert HELD_ELSEWHERE is pickle.loads(pickle.dumps(HELD_ELSEWHERE))
    assert HELD_ELSEWHERE is seal(HELD_ELSEWHERE, salt=SALT)


CODE, TOKEN = ActivationCode("AB12CD"), LinkToken("AB12cd-_")


@pytest.mark.parametrize(
    ("answer", "sealed", "given"),
    [
        (True, CODE, CODE),
        (True, CODE, "ab12-cd"),
        (False, CODE, "ab12-ce"),
        (False, CODE, LinkToken("AB12CD")),
        (False, CODE, ""),
        (False, CODE, "é"),
        (False, CODE, "x" * 2_000),
        (False, CODE, HELD_ELSEWHERE),
        (True, TOKEN, TOKEN),
        (True, TOKEN, " AB12cd-_"),
        (False, TOKEN, "ab12cd-_"),
        (False, TOKEN, HELD_ELSEWHERE),
        (True, HELD_ELSEWHERE, HELD_ELSEWHERE),
        (False, HELD_ELSEWHERE, CODE),
        (False, HELD_ELSEWHERE, "ab12-cd"),
        (False, HELD_ELSEWHERE, "HELD_ELSEWHERE"),
    ],
)
def test_opens(*, answer: bool, sealed: Secret | Held, given: Secret | Held | str) -> None:
    """A code held here opens with itself, one held elsewhere with the statement that it was taken there."""
    assert answer is opens(seal(sealed, salt=SALT), given, salt=SALT)


def test_what_was_sealed_opens_in_its_own_case_only() -> None:
    """The same code under another salt opens nothing."""
    assert not opens(seal(CODE, salt=SALT), CODE, salt="space-2:activation")


@pytest.mark.parametrize("given", [None, 1234, b"AB12CD", ["AB12CD"]])
@pytest.mark.parametrize("sealed", [CODE, HELD_ELSEWHERE])
def test_opens_refuses_other_types(sealed: Secret | Held, given: object) -> None:
    """What is neither a code nor text is an error that names its type and not its content."""
    with pytest.raises(InvalidValueError) as caught:
        opens(seal(sealed, salt=SALT), given, salt=SALT)  # type: ignore[arg-type]

    assert "code.wrong_type" == caught.value.code
    assert (
        f"not a code: {type(given).__name__} is of another type; expected a code, a token, text or HELD_ELSEWHERE"
        == str(caught.value)
    )


@given(anything)
def test_opens_answers_any_text(text: str) -> None:
    """Whatever is typed, the answer is no, and no exception, but for the code itself."""
    normalised = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    assume(normalised != "AB12CD")

    assert not opens(seal(CODE, salt=SALT), text, salt=SALT)
