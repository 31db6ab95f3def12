"""The ready-made ports: the only module of the library that reads a clock or draws random numbers.

Nothing uses them by itself: a host hands them to `Portal`. What they import is imported when it is first used. OpenSSL
alone takes longer to load than most of the library, and whoever follows requests on the real portal draws and hashes
nothing.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

import attrs

from teleprocedures.deadlines import instant
from teleprocedures.errors import InvalidValueError, show, shows_half_built
from teleprocedures.values import (
    CODE_ALPHABET,
    HELD_ELSEWHERE,
    ActivationCode,
    Held,
    LinkToken,
    MandateReference,
    Secret,
    typed_secret,
)

CODE_LENGTH: Final = 20
"""Characters of a drawn code: 20 of an alphabet of 31 are 99 bits, and five groups of four to type."""

MOST_BLOCKS: Final = 2**23
"""What a hash may cost with scrypt, in blocks of 128 bytes over all passes: a stored one may say anything."""
MOST_MEMORY: Final = 0x7FFF_FFFF
"""What it may take at once, in bytes: the most that hashlib asks OpenSSL for."""

_HASH: Final = re.compile(r"scrypt\$(\d{1,20})\$(\d{1,20})\$(\d{1,20})\$([\w+/]+=*)\$([\w+/]+=*)", re.ASCII)


@attrs.frozen
class SystemClock:
    """Tells the machine's time in UTC."""

    def now(self) -> datetime:
        """The present instant (UTC)."""
        return datetime.now(UTC)


@shows_half_built
@attrs.frozen
class FixedClock:
    """Tells always the same instant, for a batch that decides everything as of one moment.

    Raises `InvalidValueError` for a naive datetime.
    """

    at: datetime = attrs.field(converter=instant)

    def now(self) -> datetime:
        """The instant it was given (UTC)."""
        return self.at


@attrs.frozen
class RandomCodes:
    """Draws codes, tokens, ids and mandate references from the system's secure random numbers.

    A code has 99 bits, in an alphabet that survives being typed from paper. A token has 256 bits.
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
    """For whoever follows requests that the real portal handles, whose codes are never here; ids are still drawn."""

    def activation_code(self) -> Held:
        """Always `HELD_ELSEWHERE`."""
        return HELD_ELSEWHERE

    def link_token(self) -> Held:
        """Always `HELD_ELSEWHERE`."""
        return HELD_ELSEWHERE


@shows_half_built
@attrs.frozen(kw_only=True)
class ScryptHasher:
    """Hashes with scrypt of the standard library, in 2**17 rounds of 8 blocks (128 MiB) unless said otherwise.

    That is what OWASP's cheat sheet on storing passwords asks for, and takes some tenths of a second. No hash may take
    more than 2**23 blocks in all (`cost * block_size * parallelism`). That is 8 times the default, and 1 GiB for any
    usual size of block. Secrets have 1,000 characters at most.

    Raises `InvalidValueError` for more blocks than that, and for more than 2 GiB of memory. Raises it for a cost that
    is not a power of two, for a number under 1, and for what scrypt cannot do.
    """

    cost: int = 2**17
    block_size: int = 8
    parallelism: int = 1

    def __attrs_post_init__(self) -> None:
        numbers = (self.cost, self.block_size, self.parallelism)
        whole = all(type(number) is int and number >= 1 for number in numbers)
        # RFC 7914: the cost is a power of two, under 2**16 for each block.
        runs = whole and self.cost > 1 and self.cost.bit_count() == 1 and self.cost.bit_length() <= 16 * self.block_size
        if not runs or _is_too_costly(*numbers):
            cost, block_size, parallelism = map(show, numbers)
            raise InvalidValueError(
                "scrypt_cost.not_allowed",
                cost=cost,
                block_size=block_size,
                parallelism=parallelism,
                most=MOST_BLOCKS,
            )

    def hash(self, secret: Secret | str) -> str:
        """A salted hash with its parameters: `scrypt$cost$blocks$parallelism$salt$digest`.

        Raises `InvalidValueError` for no text, and for one of more than 1,000 characters.
        """
        import secrets  # noqa: PLC0415

        secret = Secret.of(secret)
        secret = typed_secret("password", secret)
        salt = secrets.token_bytes(16)
        digest = _digest(self, secret, salt)
        return f"scrypt${self.cost}${self.block_size}${self.parallelism}${_text(salt)}${_text(digest)}"

    def verify(self, secret: Secret | str, hashed: str) -> bool:
        """Whether the secret was hashed so, in constant time and at the costs that the hash carries.

        Raises `InvalidValueError` for a text that is no such hash, and for one whose costs no hasher here would take.
        Raises what `hash` raises.
        """
        import hmac  # noqa: PLC0415

        secret = Secret.of(secret)
        secret = typed_secret("password", secret)
        made_by, salt, digest = _read(hashed)
        return hmac.compare_digest(digest, _digest(made_by, secret, salt))

    def needs_rehash(self, hashed: str) -> bool:
        """Whether a hash has less memory, or less work in all, than those that this hasher makes.

        Raises what `verify` raises.
        """
        made_by, _, _ = _read(hashed)
        return _blocks(made_by) < _blocks(self) or made_by.cost * made_by.block_size < self.cost * self.block_size


def _blocks(hasher: ScryptHasher) -> int:
    return hasher.cost * hasher.block_size * hasher.parallelism


def _memory(cost: int, block_size: int, parallelism: int) -> int:
    """What scrypt needs, in bytes, and a little more."""
    # Said to OpenSSL, whose own ceiling is lower than what a raised cost needs.
    return 128 * block_size * (cost + parallelism + 2) + 2**20


def _is_too_costly(cost: int, block_size: int, parallelism: int) -> bool:
    return cost * block_size * parallelism > MOST_BLOCKS or _memory(cost, block_size, parallelism) > MOST_MEMORY


def _digest(hasher: ScryptHasher, secret: Secret, salt: bytes) -> bytes:
    import hashlib  # noqa: PLC0415

    return hashlib.scrypt(
        # Half a surrogate pair, which JSON lets through, is no UTF-8.
        secret.reveal().encode(errors="surrogatepass"),
        salt=salt,
        n=hasher.cost,
        r=hasher.block_size,
        p=hasher.parallelism,
        maxmem=_memory(hasher.cost, hasher.block_size, hasher.parallelism),
        dklen=32,
    )


def _read(hashed: str) -> tuple[ScryptHasher, bytes, bytes]:
    """The hasher that made a hash, the salt and the digest."""
    import base64  # noqa: PLC0415

    match = _HASH.fullmatch(hashed) if isinstance(hashed, str) else None
    if match is None:
        raise InvalidValueError("scrypt_hash.malformed")
    cost, block_size, parallelism = (int(number) for number in match.groups()[:3])
    if _is_too_costly(cost, block_size, parallelism):
        raise InvalidValueError(
            "scrypt_hash.too_costly", cost=cost, block_size=block_size, parallelism=parallelism, most=MOST_BLOCKS
        )
    try:
        made_by = ScryptHasher(cost=cost, block_size=block_size, parallelism=parallelism)
        return made_by, base64.b64decode(match[4]), base64.b64decode(match[5])
    except ValueError:
        raise InvalidValueError("scrypt_hash.malformed") from None


def _text(data: bytes) -> str:
    import base64  # noqa: PLC0415

    return base64.b64encode(data).decode()
