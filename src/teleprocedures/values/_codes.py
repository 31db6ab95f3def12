"""Secrets that open something: activation codes and link tokens, and the digests that are all that is kept of them.

An activation code is typed from an e-mail or from paper (rules 1.8 and 3.3), so case, spaces and dashes do not count. A
link token is carried by a link (rule 2.9), so every character counts. No source says what either looks like (rule A13).
Neither ever shows. Only `reveal()` reads it, for whoever writes the message that carries it.

>>> from teleprocedures.values import HELD_ELSEWHERE, ActivationCode, Digest, opens, salt_of, seal
>>> code = ActivationCode("k7mq-2xw9 hd4t")
>>> code, str(code), code.reveal()
(ActivationCode('***'), '***', 'K7MQ2XW9HD4T')
>>> ActivationCode("k7mq_2xw")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not an activation code: text of 8 characters has another character; ...

A case keeps a salted digest, which is HMAC-SHA-256 keyed by the salt, and compares in constant time. The salt is what
the code is for and the case's id, so that the same code digests differently elsewhere.

>>> salt = salt_of("emailed_code", "space-1")
>>> sealed = seal(code, salt=salt)
>>> sealed
Digest('***')
>>> opens(sealed, "K7MQ 2XW9 HD4T", salt=salt), opens(sealed, code, salt=salt_of("letter_code", "space-1"))
(True, False)

A firm that follows its requests on the real portal never sees the code. It exists, but it is held elsewhere. All that
can be said is that the portal took it.

>>> sealed = seal(HELD_ELSEWHERE, salt=salt)
>>> opens(sealed, "K7MQ 2XW9 HD4T", salt=salt), opens(sealed, HELD_ELSEWHERE, salt=salt)
(False, True)
"""

from __future__ import annotations

import enum
import re
from math import log2
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final, Literal, Self, TypeAlias, TypeVar

import attrs

from teleprocedures.building import builder
from teleprocedures.errors import InvalidValueError, built, without_spaces
from teleprocedures.values._secret import Secret, keeps_secret, typed_secret
from teleprocedures.values._text import as_plain, plain, restore, typed, unlike
from teleprocedures.values._whole import whole

# What survives being typed from paper: no 0 or O, no 1, I or L. 31 symbols, so 17 of them carry more than 80 bits.
CODE_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

LONGEST_CODE: Final = 64
_CODE_SHAPE: Final = re.compile(rf"[A-Z0-9]{{1,{LONGEST_CODE}}}")
# A word processor turns a typed dash into one of these.
_NO_DASHES: Final = dict.fromkeys(map(ord, "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"))

LONGEST_TOKEN: Final = 256
_TOKEN_SHAPE: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_TOKEN}}}")

LEAST_BITS: Final = 40
"""What a code that is held here is worth at least: a digest of less could be tried out by whoever reads the store."""
_ALPHABETS: Final = (digits, ascii_lowercase, ascii_uppercase, "-_")

_DIGEST_SIZE: Final = 32
_DIGEST_SHAPE: Final = re.compile(r"[0-9a-f]{64}")


class Held(enum.Enum):
    """Where a code is when it is not here; `HELD_ELSEWHERE` is the only member."""

    HELD_ELSEWHERE = "held elsewhere"

    def __repr__(self) -> str:
        return self.name


HELD_ELSEWHERE: Final[Literal[Held.HELD_ELSEWHERE]] = Held.HELD_ELSEWHERE
"""The code exists, and somebody else checks it: the real portal."""


def _wrong_secret(subject: str, text: Secret, *, longest: int) -> InvalidValueError:
    if not len(text):
        return InvalidValueError(f"{subject}.missing")
    if len(text) > longest:
        return InvalidValueError(f"{subject}.too_long", length=len(text))
    return InvalidValueError(f"{subject}.malformed", length=len(text))


def _bare(text: Secret) -> Secret:
    return Secret(without_spaces(text.reveal()).translate(_NO_DASHES))


def _is_code(text: Secret) -> bool:
    # Capitals only once the text is known to be ASCII: `upper` makes ASCII letters of a few others.
    return text.reveal().isascii() and _CODE_SHAPE.fullmatch(text.reveal().upper()) is not None


def _normalised_code(text: Secret | str) -> str:
    code = _bare(typed_secret("activation_code", text))
    if not _is_code(code):
        raise _wrong_secret("activation_code", code, longest=LONGEST_CODE)
    return code.reveal().upper()


@whole
@keeps_secret("text")
@attrs.frozen(repr=False, weakref_slot=False)
class ActivationCode:
    """The code that activates a space or the services of a request (rules 1.8 and 3.3); it never shows.

    Capitals and small letters are the same, and spaces and dashes are dropped. Raises `InvalidValueError`, without the
    code, unless 1 to 64 ASCII letters and digits remain (rule A13).
    """

    _text: str = attrs.field(converter=_normalised_code)

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """Read what `reveal` gave back from storage, quickly.

        Raises `InvalidValueError`, without the text, if it is not a code.
        """
        return restore(cls, "_text", text, _CODE_SHAPE)

    def reveal(self) -> str:
        """Give the code in capitals and without separators, for the message that carries it."""
        return self._text

    def __str__(self) -> str:
        return "***"

    def __repr__(self) -> str:
        return "ActivationCode('***')"


def _stripped_token(text: Secret | str) -> str:
    token = Secret(typed_secret("link_token", text).reveal().strip())
    if not _TOKEN_SHAPE.fullmatch(token.reveal()):
        raise _wrong_secret("link_token", token, longest=LONGEST_TOKEN)
    return token.reveal()


@whole
@keeps_secret("text")
@attrs.frozen(repr=False, weakref_slot=False)
class LinkToken:
    """The token of the validation link sent to a company (rules 2.8 and 2.9); it never shows.

    Surrounding spaces are dropped. A token has 1 to 256 ASCII letters, digits, dashes and underscores, which a link
    carries as they are. Raises `InvalidValueError`, without the token, for any other text.
    """

    _text: str = attrs.field(converter=_stripped_token)

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """Read what `reveal` gave back from storage, quickly.

        Raises `InvalidValueError`, without the text, if it is not a token.
        """
        return restore(cls, "_text", text, _TOKEN_SHAPE)

    def reveal(self) -> str:
        """Give the token for the message that carries its link."""
        return self._text

    def __str__(self) -> str:
        return "***"

    def __repr__(self) -> str:
        return "LinkToken('***')"


def _digested(secret: ActivationCode | LinkToken, salt: str) -> bytes:
    if not typed("salt", salt):
        raise InvalidValueError("salt.missing")
    import hmac  # noqa: PLC0415 - OpenSSL is slow to load, and who only follows requests digests nothing

    # The kind of secret comes first, so that a code and a token with the same characters never open one another.
    kind = "ActivationCode" if isinstance(secret, ActivationCode) else "LinkToken"
    message = f"{kind}:{secret.reveal()}".encode()
    return hmac.digest(salt.encode(errors="surrogatepass"), message, "sha256")


def _thirty_two_bytes(value: bytes) -> bytes:
    if type(value) is not bytes or len(value) != _DIGEST_SIZE:
        raise InvalidValueError("digest.malformed", type=type(value).__name__)
    return value


@whole
@attrs.frozen(repr=False, weakref_slot=False)
class Digest:
    """What is kept of a code or a token: 32 bytes that say whether a given one is the same, and not what it is.

    Raises `InvalidValueError` unless it is built from 32 bytes.
    """

    _value: bytes = attrs.field(alias="value", converter=_thirty_two_bytes)

    @classmethod
    def of(cls, secret: ActivationCode | LinkToken, *, salt: str) -> Self:
        """Digest a code or a token with a `salt`, which is what the secret is for and the case's id.

        HMAC-SHA-256 is fast. It protects codes that nobody can try one by one, such as those drawn with 80 bits or
        more. Raises `InvalidValueError` for a salt that is empty or no text.
        """
        return cls(_digested(secret, salt))

    def matches(self, secret: ActivationCode | LinkToken, *, salt: str) -> bool:
        """Say in constant time whether this secret was digested with that salt.

        Raises `InvalidValueError` for a salt that is empty or no text.
        """
        from hmac import compare_digest  # noqa: PLC0415 - as in `_digested`

        return compare_digest(self._value, _digested(secret, salt))

    def hex(self) -> str:
        """Give the digest as 64 hexadecimal digits, for storage."""
        return self._value.hex()

    @classmethod
    def from_hex(cls, text: str) -> Digest:
        """Read a digest back from what `hex` gave.

        Raises `InvalidValueError` for anything else.
        """
        if isinstance(text, str) and _DIGEST_SHAPE.fullmatch(text):
            return _digest(bytes.fromhex(text))
        raise unlike(cls)

    def __str__(self) -> str:
        return "***"

    def __repr__(self) -> str:
        return "Digest('***')"


SealedCode: TypeAlias = Digest | Held
"""A code as a case keeps it: the digest of one held here, or `HELD_ELSEWHERE`."""


def salt_of(what: str, id: str) -> str:
    """Give the salt of a code of a case, from what the code is for (`"letter_code"`) and the case's id.

    No kind of code has a colon in its name, so that no two salts are alike.
    """
    # A member of an enumeration of texts is formatted by its name, and kept by its letters.
    return f"{what}:{plain(id)}"


def seal(secret: ActivationCode | LinkToken | Held, *, salt: str) -> SealedCode:
    """Give what a case keeps of a code: its digest with that salt, or `HELD_ELSEWHERE` as it is.

    Raises `InvalidValueError` for a salt that is empty or no text, and for what is no code.
    """
    if isinstance(secret, Held):
        return secret
    if not isinstance(secret, (ActivationCode, LinkToken)):
        raise InvalidValueError("code.wrong_type", type=type(secret).__name__)
    return Digest.of(built(secret), salt=salt)


def opens(sealed: SealedCode, given: ActivationCode | LinkToken | Held | Secret | str, *, salt: str) -> bool:
    """Say whether what is given opens what was sealed with that salt.

    A code held here must be given, as a value or as typed, and match. A code held elsewhere cannot be given, and only
    `HELD_ELSEWHERE` opens it. Text that can be neither a code nor a token opens nothing. Raises `InvalidValueError` for
    another type.
    """
    given = Secret.of(given)
    if not isinstance(given, (ActivationCode, LinkToken, Held, Secret)):
        raise InvalidValueError("code.wrong_type", type=type(given).__name__)
    if isinstance(sealed, Held) or isinstance(given, Held):
        return sealed is given
    secrets = _readings(given) if isinstance(given, Secret) else [given]
    return any(sealed.matches(secret, salt=salt) for secret in secrets)


def _readings(text: Secret) -> list[ActivationCode | LinkToken]:
    # What was sealed does not say whether it was a code or a token: the text is tried as both.
    secrets: list[ActivationCode | LinkToken] = []
    for kind in (ActivationCode, LinkToken):
        try:
            secrets.append(kind(text))
        except InvalidValueError:
            continue
    return secrets


SecretT = TypeVar("SecretT", ActivationCode, LinkToken)


def check_drawn(secret: SecretT, kind: type[SecretT]) -> SecretT:
    """Give a code or a token that was drawn, as one of its kind.

    What it is worth is counted by its length and the kinds of characters in it, as if it were drawn at random. Eight
    letters and digits are enough, or thirteen digits. Raises `InvalidValueError`, without the secret, for one of less
    than 40 bits.
    """
    made = as_plain(secret, kind)
    text = made.reveal()
    size = sum(len(alphabet) for alphabet in _ALPHABETS if any(character in alphabet for character in text))
    bits = int(len(text) * log2(size))
    if bits < LEAST_BITS:
        subject = "activation_code" if isinstance(secret, ActivationCode) else "link_token"
        raise InvalidValueError(f"{subject}.too_weak", bits=bits, least=LEAST_BITS)
    return made


_digest: Final = builder(Digest)
