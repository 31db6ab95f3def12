"""The ready-made ports: the only module of the library that reads a clock or draws random numbers.

Nothing uses them by itself: a host hands them to `Portal`. What they import is imported when it is first used:
OpenSSL alone takes longer to load than most of the library, and who follows requests on the real portal draws and
hashes nothing.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

import attrs

from teleprocedures.deadlines import instant
from teleprocedures.errors import InvalidValueError
from teleprocedures.values import CODE_ALPHABET, HELD_ELSEWHERE, ActivationCode, Held, LinkToken, MandateReference

CODE_LENGTH: Final = 20
"""Characters of a drawn code: 20 of an alphabet of 31 are 99 bits, and five groups of four to type."""

_HASH: Final = re.compile(r"scrypt\$(\d{1,9})\$(\d{1,9})\$(\d{1,9})\$([\w+/]+=*)\$([\w+/]+=*)", re.ASCII)


@attrs.frozen
class SystemClock:
    """Tells the machine's time, in UTC."""

    def now(self) -> datetime:
        """The present instant (UTC)."""
        return datetime.now(UTC)


@attrs.frozen
class FixedClock:
    """Tells always the same instant: for a batch that decides everything as of one moment.

    Raises `InvalidValueError` for a naive datetime.
    """

    at: datetime = attrs.field(converter=instant)

    def now(self) -> datetime:
        """The instant it was given (UTC)."""
        return self.at


@attrs.frozen
class RandomCodes:
    """Draws codes, tokens, ids and mandate references from the system's secure random numbers.

    A code has 99 bits in an alphabet that survives being typed from paper; a token has 256 bits.
    """

    def activation_code(self) -> ActivationCode | Held:
        """A code of 20 characters without 0, O, 1, I or L."""
        import secrets  # noqa: PLC0415

        return ActivationCode("".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)))

    def link_token(self) -> LinkToken | Held:
        """A token of 43 characters that an address can carry."""
        import secrets  # noqa: PLC0415

        return LinkToken(secrets.token_urlsafe(32))

    def case_id(self) -> str:
        """A random UUID, as text."""
        import uuid  # noqa: PLC0415

        return str(uuid.uuid4())

    def mandate_reference(self) -> MandateReference:
        """A reference of 32 characters; a mandate's reference has 35 at most."""
        import uuid  # noqa: PLC0415

        return MandateReference(uuid.uuid4().hex.upper())


@attrs.frozen
class HeldElsewhere(RandomCodes):
    """For who follows requests that the real portal handles: codes exist, but never here. Ids are still drawn."""

    def activation_code(self) -> Held:
        """Always `HELD_ELSEWHERE`."""
        return HELD_ELSEWHERE

    def link_token(self) -> Held:
        """Always `HELD_ELSEWHERE`."""
        return HELD_ELSEWHERE


@attrs.frozen(kw_only=True)
class ScryptHasher:
    """Hashes with scrypt of the standard library (2**14 rounds of 8 blocks, 16 MiB, unless said otherwise).

    Raises `InvalidValueError` for a cost that is not a power of two, for a number under 1, and from 2 GiB of memory on.
    """

    cost: int = 2**14
    block_size: int = 8
    parallelism: int = 1

    def __attrs_post_init__(self) -> None:
        numbers = (self.cost, self.block_size, self.parallelism)
        whole = all(type(number) is int and number >= 1 for number in numbers)
        if not whole or self.cost == 1 or self.cost.bit_count() != 1 or self._ceiling >= 2**31:
            message = (
                f"scrypt cannot run with cost={self.cost!r:.80}, block_size={self.block_size!r:.80} and"
                f" parallelism={self.parallelism!r:.80}: expected whole numbers from 1 on, a cost that is a power of"
                " two from 2 on, and less than 2 GiB of memory (128 * cost * block_size bytes)"
            )
            raise InvalidValueError(message)

    def hash(self, secret: str) -> str:
        """A salted hash, with its parameters: `scrypt$cost$blocks$parallelism$salt$digest`."""
        import secrets  # noqa: PLC0415

        salt = secrets.token_bytes(16)
        digest = self._digest(secret, salt)
        return f"scrypt${self.cost}${self.block_size}${self.parallelism}${_text(salt)}${_text(digest)}"

    def verify(self, secret: str, hashed: str) -> bool:
        """Whether the secret was hashed so, in constant time; `InvalidValueError` for a text that is no such hash."""
        import base64  # noqa: PLC0415
        import hmac  # noqa: PLC0415

        match = _HASH.fullmatch(hashed)
        if match is None:
            raise _not_a_hash()
        cost, block_size, parallelism, salt, digest = match.groups()
        try:
            made_by = ScryptHasher(cost=int(cost), block_size=int(block_size), parallelism=int(parallelism))
            expected, found = base64.b64decode(digest), made_by._digest(secret, base64.b64decode(salt))
        except ValueError:
            raise _not_a_hash() from None
        return hmac.compare_digest(expected, found)

    @property
    def _ceiling(self) -> int:
        # What scrypt needs, in bytes, and a little more: OpenSSL's own ceiling is lower than that of a raised cost.
        return 128 * self.block_size * (self.cost + self.parallelism + 2) + 2**20

    def _digest(self, secret: str, salt: bytes) -> bytes:
        import hashlib  # noqa: PLC0415

        return hashlib.scrypt(
            # Half a surrogate pair, which JSON lets through, is no UTF-8.
            secret.encode(errors="surrogatepass"),
            salt=salt,
            n=self.cost,
            r=self.block_size,
            p=self.parallelism,
            maxmem=self._ceiling,
            dklen=32,
        )


def _not_a_hash() -> InvalidValueError:
    return InvalidValueError(
        "this is not a hash that ScryptHasher made: expected 'scrypt$cost$blocks$parallelism$salt$digest'"
    )


def _text(data: bytes) -> str:
    import base64  # noqa: PLC0415

    return base64.b64encode(data).decode()
