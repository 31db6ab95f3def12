"""A password hasher with argon2 (RFC 9106) for hosts that have argon2-cffi, the extra `teleprocedures[argon2]`.

Nothing uses it by itself: a host hands it to `Portal`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from teleprocedures.errors import InvalidValueError, shows_half_built
from teleprocedures.values import Secret, typed_secret

if TYPE_CHECKING:
    from argon2 import Parameters, PasswordHasher

MOST_MEMORY: Final = 2**22
"""What a hash may cost with argon2, in KiB filled over all its passes: a stored one may say anything."""
MOST_LANES: Final = 64
"""How many threads a hash may take."""
_VERSION: Final = 0x13
"""The version of argon2 that RFC 9106 describes; before it came 0x10."""


def _argon2_cffi() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher  # noqa: PLC0415 - an extra: it may not be there
    except ImportError as error:
        message = "argon2-cffi is not installed: expected 'pip install argon2-cffi' to have been run"
        raise ImportError(message, name=error.name) from error
    return PasswordHasher()


@shows_half_built
@attrs.frozen
class Argon2Hasher:
    """Hashes with argon2id at the costs of argon2-cffi, by default the second recommendation of RFC 9106 (64 MiB).

    Takes another `argon2.PasswordHasher` for other costs. No hash may fill more than 4 GiB over all its passes
    (`memory_cost * time_cost`), which is twice the first recommendation. None may take more than 64 lanes.

    Raises `InvalidValueError` for a hasher that would. Raises `ImportError`, with what to install, when argon2-cffi is
    missing.
    """

    _hasher: PasswordHasher = attrs.field(factory=_argon2_cffi)

    def __attrs_post_init__(self) -> None:
        hasher = self._hasher
        _check_costs("argon2_cost.not_allowed", hasher.memory_cost, hasher.time_cost, hasher.parallelism)

    def hash(self, secret: Secret | str) -> str:
        """A salted hash with its parameters: `$argon2id$v=19$m=65536,t=3,p=4$salt$digest`.

        Raises `InvalidValueError` for no text, and for one of more than 1,000 characters.
        """
        secret = Secret.of(secret)
        secret = typed_secret("password", secret)
        return self._hasher.hash(_written(secret))

    def verify(self, secret: Secret | str, hashed: str) -> bool:
        """Whether the secret was hashed so, in constant time and at the costs that the hash carries.

        Raises `InvalidValueError` for a text that is no such hash, and for one whose costs no hasher here would take.
        Raises what `hash` raises.
        """
        from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError  # noqa: PLC0415 - the same

        secret = Secret.of(secret)
        secret = typed_secret("password", secret)
        _read(hashed)
        try:
            return self._hasher.verify(hashed, _written(secret))
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError, ValueError):
            pass
        # Raised out of the handler: the error of the other library, whose frames hold the secret, is not its context.
        raise InvalidValueError("argon2_hash.malformed")

    def needs_rehash(self, hashed: str) -> bool:
        """Whether a hash has less memory, less work in all, or another form than those that this hasher makes.

        Raises what `verify` raises.
        """
        made = _read(hashed)
        return (
            made.memory_cost < self._hasher.memory_cost
            or made.memory_cost * made.time_cost < self._hasher.memory_cost * self._hasher.time_cost
            or made.version < _VERSION
            or made.type is not self._hasher.type
        )


def _read(hashed: str) -> Parameters:
    """The costs that a hash carries, with its form."""
    from argon2 import extract_parameters  # noqa: PLC0415 - the same
    from argon2.exceptions import InvalidHashError  # noqa: PLC0415 - the same

    try:
        made = extract_parameters(hashed)
    except (InvalidHashError, ValueError, AttributeError, TypeError):
        # The last two for what is no text, such as a null of a database.
        raise InvalidValueError("argon2_hash.malformed") from None
    _check_costs("argon2_hash.too_costly", made.memory_cost, made.time_cost, made.parallelism)
    return made


def _check_costs(code: str, memory: int, passes: int, lanes: int) -> None:
    if memory * passes > MOST_MEMORY or lanes > MOST_LANES:
        raise InvalidValueError(
            code, memory=memory, passes=passes, lanes=lanes, most=MOST_MEMORY, most_lanes=MOST_LANES
        )


def _written(secret: Secret) -> bytes:
    # Half a surrogate pair, which JSON lets through, is no UTF-8.
    return secret.reveal().encode(errors="surrogatepass")
