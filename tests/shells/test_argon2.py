"""The hasher of the extra `teleprocedures[argon2]`."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teleprocedures.errors import InvalidValueError
from teleprocedures.shells import Argon2Hasher

argon2 = pytest.importorskip("argon2", reason="argon2-cffi is an extra: `make test` installs it")
QUICK = Argon2Hasher(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
# Of "secret", with the same costs.
HASH = "$argon2id$v=19$m=8,t=1,p=1$2if029hh/sQUCf2ONq4jBA$/gYiWo3/mubv+X8S3IwsSMLCM8FXfAhVSC42emot0rs"


@pytest.mark.rule("1.2", "1.6")
def test_a_secret_is_kept_as_a_salted_hash() -> None:
    """The hash has its parameters and not the secret, is another each time, and verifies that secret only."""
    hasher = Argon2Hasher()
    first, second = hasher.hash("correct horse"), hasher.hash("correct horse")

    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert "horse" not in first
    assert hasher.verify("correct horse", first)
    assert not hasher.verify("correct horse ", second)


def test_costs_are_the_hosts_to_choose() -> None:
    """Another `PasswordHasher` sets other costs, and each hash carries its own."""
    assert HASH.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert Argon2Hasher().verify("secret", HASH)


@settings(max_examples=25)
@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_hashed(secret: str, other: str) -> None:
    """Every character counts, half a surrogate pair included."""
    hashed = QUICK.hash(secret)

    assert QUICK.verify(secret, hashed)
    assert (secret == other) is QUICK.verify(other, hashed)


@pytest.mark.parametrize(
    "hashed",
    ["", "secret", HASH[1:], HASH.replace("argon2id", "argon2x"), HASH[:-30], HASH + "é", HASH.replace("m=8", "m=0")],
)
def test_what_is_no_hash_is_an_error(hashed: str) -> None:
    """A text that no hasher made is neither right nor wrong: it is refused, and not shown."""
    with pytest.raises(InvalidValueError) as caught:
        QUICK.verify("secret", hashed)

    assert "this is not a hash that argon2 made: expected '$argon2id$v=19$m=…,t=…,p=…$salt$digest'" == str(caught.value)


def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without argon2-cffi, the hasher says which extra to install."""
    # How Python marks a module that cannot be imported.
    monkeypatch.setitem(sys.modules, "argon2", None)
    with pytest.raises(ImportError) as caught:
        Argon2Hasher()

    assert "argon2-cffi is not installed: expected 'pip install teleprocedures[argon2]' to have been run" == str(
        caught.value
    )
    assert "argon2" == caught.value.name


def test_the_module_imports_without_the_extra() -> None:
    """A host without argon2-cffi can import everything."""
    script = "import sys; sys.modules['argon2'] = None; from teleprocedures.shells import Argon2Hasher"

    assert 0 == subprocess.run([sys.executable, "-c", script], check=False).returncode


def test_half_a_surrogate_pair_can_be_hashed() -> None:
    """JSON lets half a surrogate pair through, which UTF-8 cannot say: it is hashed all the same, and verified."""
    assert QUICK.verify("\ud800", QUICK.hash("\ud800"))
    assert not QUICK.verify("\ud801", QUICK.hash("\ud800"))
