"""Codes, tokens, their digests, and those held elsewhere."""

import math
import pickle

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from teleprocedures.values import (
    CODE_ALPHABET,
    HELD_ELSEWHERE,
    ActivationCode,
    Digest,
    Held,
    LinkToken,
    Secret,
    opens,
    salt_of,
    seal,
)
from tests.builders import asked, each, failure, opened, requested
from tests.instants import START

SALT = "space-1:activation"
DOTLESS, LONG_S = "\N{LATIN SMALL LETTER DOTLESS I}", "\N{LATIN SMALL LETTER LONG S}"
kinds = each("kind", ActivationCode, LinkToken)
codes = st.text(CODE_ALPHABET, min_size=1, max_size=64)


@pytest.mark.rule("A13")
@each(
    "kind kept text",
    (ActivationCode, "K7MQ2XW9", "k7mq-2xw9"),
    (ActivationCode, "K7MQ2XW9", " K7MQ\N{NO-BREAK SPACE}2XW9\n"),
    (ActivationCode, "K7MQ2XW9", "K7MQ\N{EN DASH}2XW9\N{NON-BREAKING HYPHEN}"),
    (ActivationCode, "1", "1"),
    (ActivationCode, "X" * 64, "x" * 64),
    (LinkToken, "a-B_9", " a-B_9\n"),
    (LinkToken, "x", "x"),
    (LinkToken, "x" * 256, "x" * 256),
)
def test_what_survives_being_typed(kind, kept, text):
    """Case, spaces and dashes do not count in a code; in a token every character but the spaces around it does."""
    value = kind(text)

    assert (kept, "***", f"{kind.__name__}('***')") == (value.reveal(), str(value), repr(value))


@pytest.mark.rule("A13")
@each(
    "kind what why text",
    (ActivationCode, "missing", "text is empty", ""),
    (ActivationCode, "missing", "text is empty", " -\N{EM DASH}"),
    (ActivationCode, "too_long", "text of 65 characters is too long", "x" * 65),
    (ActivationCode, "too_long", "text of 1001 characters is too long", "x" * 1_001),
    (ActivationCode, "malformed", "text of 64 characters has another character", "A" * 63 + "_"),
    (ActivationCode, "malformed", "text of 4 characters has another character", "AB_C"),
    (ActivationCode, "malformed", "text of 3 characters has another character", "ABé"),
    (ActivationCode, "malformed", "text of 3 characters has another character", f"AB{LONG_S}"),
    (ActivationCode, "malformed", "text of 3 characters has another character", f"AB{DOTLESS}"),
    (LinkToken, "missing", "text is empty", " "),
    (LinkToken, "too_long", "text of 257 characters is too long", "x" * 257),
    (LinkToken, "malformed", "text of 3 characters has another character", "a b"),
    (LinkToken, "malformed", "text of 3 characters has another character", "a/b"),
    (LinkToken, "malformed", "text of 1 characters has another character", "é"),
)
def test_what_is_no_code_or_token(kind, what, why, text):
    """1 to 64 ASCII letters and digits, or 1 to 256 that a link carries; the error tells how long, not what."""
    subject, name, expected = {
        ActivationCode: ("activation_code", "an activation code", "64 letters (A to Z) and digits, in groups or not"),
        LinkToken: ("link_token", "a link token", "256 letters (A to Z), digits, dashes and underscores"),
    }[kind]
    error = failure(kind, text)

    assert (f"{subject}.{what}", {} if what == "missing" else {"length": len(text)}) == (error.code, error.facts)
    assert f"not {name}: {why}; expected 1 to {expected}" == str(error)


@kinds
@given(code=st.text(CODE_ALPHABET, min_size=6, max_size=20), place=st.integers(0, 6), mark=st.sampled_from("_é*\x00"))
def test_secrets_never_show(kind, code, place, mark):
    """Neither a code, a token nor their digest appears in a `repr` or in a text; a mistyped one is in no error."""
    assume(code not in "DIGEST LINKTOKEN ACTIVATIONCODE")
    secret = kind(code)
    digest = Digest.of(secret, salt=SALT)
    typed = code[:place] + mark + code[place:] + "!"

    assert (f"{kind.__name__}('***')", "***", "***") == (repr(secret), str(secret), f"{secret}")
    assert ("Digest('***')", "***", "***") == (repr(digest), str(digest), f"{digest}")
    for build in (kind, kind.from_canonical):
        assert code not in str(failure(build, typed))


@pytest.mark.rule("A13")
def test_alphabet_survives_being_typed_from_paper():
    """The alphabet of drawn codes has nothing that reads as something else, and 17 symbols carry 80 bits."""
    assert set() == set(CODE_ALPHABET) & set("0O1IL")
    assert CODE_ALPHABET == CODE_ALPHABET.upper()
    assert 31 == len(set(CODE_ALPHABET)) == len(CODE_ALPHABET)
    assert 80 <= 17 * math.log2(len(CODE_ALPHABET))


# --- Digests ----------------------------------------------------------------------------------------------------------


def test_digest_is_the_documented_one():
    """HMAC-SHA-256 of the kind and the secret, for ever; a code and a token of the same characters have two."""
    code, token = ActivationCode("K7MQ2XW9"), LinkToken("K7MQ2XW9")
    digest = Digest.of(code, salt=SALT)

    assert ("***", "Digest('***')") == (str(digest), repr(digest))
    assert "57617b52cfbc9774839bd6a3f0bfb3a8c595ebb84c66027430c6c326ef67a81f" == digest.hex()
    assert digest == Digest.from_hex(digest.hex()) == pickle.loads(pickle.dumps(digest))
    assert hash(digest) == hash(Digest.from_hex(digest.hex()))
    assert code != token
    assert digest != Digest.of(token, salt=SALT)
    assert not digest.matches(token, salt=SALT)


@given(codes, codes, st.text(min_size=1), st.text(min_size=1))
def test_digest_matches_its_own_secret_and_salt_only(code, other, salt, elsewhere):
    """The same code under another case's salt, or another code under the same salt, does not match."""
    assume(code != other)
    assume(salt.rstrip("\0") != elsewhere.rstrip("\0"))
    digest = Digest.of(ActivationCode(code), salt=salt)

    assert digest.matches(ActivationCode(code.lower()), salt=salt)
    assert not digest.matches(ActivationCode(other), salt=salt)
    assert not digest.matches(ActivationCode(code), salt=elsewhere)


@each(
    "code why salt",
    ("salt.missing", "text is empty; expected some text", ""),
    ("salt.wrong_type", "int is not text", 1),
    ("salt.too_long", "text of 1001 characters is too long", "x" * 1_001),
)
def test_digest_needs_a_salt(code, why, salt):
    """A digest without a salt would be the same in all cases; any text will do, half a surrogate pair too."""
    error = failure(Digest.of, ActivationCode("AB12"), salt=salt)

    assert code == error.code
    assert str(error).startswith(f"not a salt: {why}")
    assert Digest.of(ActivationCode("AB12"), salt="\ud800").matches(ActivationCode("AB12"), salt="\ud800")


@each("value", b"", b"x" * 31, b"x" * 33, "x" * 32, None, bytearray(32))
def test_digest_refuses_what_is_not_32_bytes(value):
    """A digest is 32 bytes, no more and no less."""
    error = failure(Digest, value)

    assert ("digest.malformed", {"type": type(value).__name__}) == (error.code, error.facts)
    assert str(error).startswith(f"not a digest: {type(value).__name__} is not 32 bytes")


@each("text", "", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n", None, b"0" * 64)
def test_digest_refuses_what_it_never_wrote(text):
    """Stored digests are 64 lower-case hexadecimal digits."""
    assert "not the stored form of Digest; expected what Digest keeps" == str(failure(Digest.from_hex, text))


# --- What opens what --------------------------------------------------------------------------------------------------


def test_held_elsewhere_is_alone_of_its_kind():
    """There is one way for a code to be elsewhere, and it survives pickling."""
    assert [HELD_ELSEWHERE] == list(Held)
    assert "HELD_ELSEWHERE" == repr(HELD_ELSEWHERE)
    assert HELD_ELSEWHERE is pickle.loads(pickle.dumps(HELD_ELSEWHERE)) is seal(HELD_ELSEWHERE, salt=SALT)


CODE, TOKEN = ActivationCode("AB12CD"), LinkToken("AB12cd-_")


@pytest.mark.rule("1.8", "2.9")
@each(
    "sealed opening others",
    (
        CODE,
        [CODE, "ab12-cd", Secret("ab12-cd")],
        ["ab12-ce", LinkToken("AB12CD"), "", "é", "x" * 2_000, HELD_ELSEWHERE],
    ),
    (TOKEN, [TOKEN, " AB12cd-_", Secret("AB12cd-_")], ["ab12cd-_", ActivationCode("AB12cd"), HELD_ELSEWHERE]),
    (HELD_ELSEWHERE, [HELD_ELSEWHERE], [CODE, "ab12-cd", "HELD_ELSEWHERE"]),
)
def test_opens(sealed, opening, others):
    """A code held here opens with itself in its own case, one held elsewhere with the word that it was taken there."""
    kept = seal(sealed, salt=SALT)

    assert [it for it in (*opening, *others) if opens(kept, it, salt=SALT)] == opening
    if sealed is not HELD_ELSEWHERE:
        assert not opens(seal(sealed, salt=SALT), sealed, salt="space-2:activation")


@each("given", None, 1234, b"AB12CD", ["AB12CD"])
def test_opens_refuses_other_types(given):
    """What is neither a code nor text is an error that names its type and not its content."""
    expected = "is of another type; expected a code, a token, text or HELD_ELSEWHERE"
    for sealed in (CODE, HELD_ELSEWHERE):
        error = failure(opens, seal(sealed, salt=SALT), given, salt=SALT)

        assert ("code.wrong_type", f"not a code: {type(given).__name__} {expected}") == (error.code, str(error))
    assert f"not a code: str {expected}" == str(failure(seal, "K7MQ2XW9", salt=SALT))


@pytest.mark.rule("1.8", "3.3")
def test_a_code_is_sealed_for_what_it_is_for():
    """The same code of a space and of a request of the same id has two digests, and each opens its own."""
    code = ActivationCode("K7MQ2XW9")
    space, letter = (seal(code, salt=salt_of(what, "case-1")) for what in ("emailed_code", "letter_code"))
    request = requested(id="case-1", code=code).case

    assert (space, letter) == (asked(id="case-1", code=code).case.origin.code, request.activation.code)
    assert space != letter != seal(code, salt="case-1")
    assert "active" == request.activate("K7MQ-2XW9", space=opened(), at=START).case.stage


@given(st.text(st.characters(exclude_categories=())) | st.text("0123456789 -_abcXYZé\N{EN DASH}"))
def test_opens_answers_any_text(text):
    """Whatever is typed, the answer is no, and no exception, but for the code itself."""
    assume("AB12CD" != "".join(c for c in text.upper() if c.isascii() and c.isalnum()))

    assert not opens(seal(CODE, salt=SALT), text, salt=SALT)
