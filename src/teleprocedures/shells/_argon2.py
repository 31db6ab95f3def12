"""A password hasher with argon2 (RFC 9106), for hosts that have argon2-cffi: the extra `teleprocedures[argon2]`.

Nothing uses it by itself: a host hands it to `Portal`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from teleprocedures.errors import InvalidValueError

if TYPE_CHECKING:
    from argon2 import PasswordHasher


def _argon2_cffi() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher  # noqa: PLC0415 - an extra: it may not be there
    except ImportError as error:
        message = "argon2-cffi is not installed: expected 'pip install teleprocedures[argon2]' to have been run"
        raise ImportError(message, name=error.name) from error
    return PasswordHasher()


@attrs.frozen
class Argon2Hasher:
    """Hashes with argon2id, as argon2-cffi is set: by default, the second recommendation of RFC 9106 (64 MiB).

    Takes another `argon2.PasswordHasher` for other costs. Raises `ImportError`, with what to install, when argon2-cffi
    is missing.
    """

    _hasher: PasswordHasher = attrs.field(factory=_argon2_cffi)

    def hash(self, secret: str) -> str:
        """A salted hash, with its parameters: `$argon2id$v=19$m=65536,t=3,p=4$salt$digest`."""
        return self._hasher.hash(_written(secret))

    def verify(self, secret: str, hashed: str) -> bool:
        """Whether the secret was hashed so, in constant time; `InvalidValueError` for a text that is no such hash."""
        from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError  # noqa: PLC0415 - the same

        try:
            return self._hasher.verify(hashed, _written(secret))
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError, ValueError):
            message = "this is not a hash that argon2 made: expected '$argon2id$v=19$m=…,t=…,p=…$salt$digest'"
            raise InvalidValueError(message) from None


def _written(secret: str) -> bytes:
    # Half a surrogate pair, which JSON lets through, is no UTF-8.
    return secret.encode(errors="surrogatepass")
