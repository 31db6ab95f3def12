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


@pytest.mark.parametrize(
    "costs", ["m=4194305,t=1,p=1", "m=8,t=524289,p=1", "m=4294967295,t=4294967295,p=1", "m=8192,t=1,p=65"]
)
def test_a_stored_hash_of_absurd_cost_is_refused(costs: str) -> None:
    """Nobody waits for it, and no memory is asked for: the error says what it would cost, and what may be."""
    hashed = HASH.replace("m=8,t=1,p=1", costs)
    memory, passes, lanes = (int(part[2:]) for part in costs.split(","))

    for asked in (lambda: QUICK.verify("secret", hashed), lambda: QUICK.needs_rehash(hashed)):
        with pytest.raises(InvalidValueError) as caught:
            asked()
        assert "argon2_hash.too_costly" == caught.value.code
        assert {"memory": memory, "passes": passes, "lanes": lanes, "most": 2**22, "most_lanes": 64} == dict(
            caught.value.facts
        )


@pytest.mark.parametrize("costs", ["m=4194304,t=1,p=1", "m=8,t=524288,p=1", "m=8192,t=1,p=64"])
def test_the_last_costs_below_the_ceiling_are_in(costs: str) -> None:
    """What costs as much as may be is not refused."""
    assert not QUICK.needs_rehash(HASH.replace("m=8,t=1,p=1", costs))


def test_a_hasher_of_absurd_cost_is_not_built() -> None:
    """What it wrote, nobody would read."""
    with pytest.raises(InvalidValueError, match="2097153 KiB"):
        Argon2Hasher(argon2.PasswordHasher(memory_cost=2**21 + 1, time_cost=2))
    with pytest.raises(InvalidValueError, match="65 lanes"):
        Argon2Hasher(argon2.PasswordHasher(memory_cost=2**10, time_cost=1, parallelism=65))


@pytest.mark.parametrize(
    ("weaker", "form"),
    [
        (False, "$argon2id$v=19$m=16,t=2,p=1$"),
        (False, "$argon2id$v=19$m=32,t=2,p=1$"),
        (False, "$argon2id$v=19$m=16,t=3,p=1$"),
        (False, "$argon2id$v=19$m=16,t=2,p=2$"),
        (False, "$argon2id$v=19$m=32,t=1,p=1$"),
        (True, "$argon2id$v=19$m=15,t=2,p=1$"),
        (True, "$argon2id$v=19$m=16,t=1,p=1$"),
        # As much work, in less memory; then another variant, and another version.
        (True, "$argon2id$v=19$m=8,t=4,p=1$"),
        (True, "$argon2i$v=19$m=16,t=2,p=1$"),
        (True, "$argon2id$v=16$m=16,t=2,p=1$"),
    ],
)
def test_a_weak_hash_is_told(weaker: bool, form: str) -> None:  # noqa: FBT001 - what is expected
    """Less memory, less work in all, or another form than the hasher's own."""
    hasher = Argon2Hasher(argon2.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))

    assert weaker is hasher.needs_rehash(HASH.replace("$argon2id$v=19$m=8,t=1,p=1$", form))
    assert not hasher.needs_rehash(hasher.hash("secret"))


def test_what_is_no_hash_needs_none() -> None:
    """A text that no hasher made is neither weak nor strong."""
    with pytest.raises(InvalidValueError, match="not a hash that argon2 made"):
        QUICK.needs_rehash("secret")


def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without argon2-cffi, the hasher says which extra to install."""
    # How Python marks a module that cannot be imported.
    monkeypatch.setitem(sys.modules, "argon2", None)
    with pytest.raises(ImportError) as caught:
        Argon2Hasher()

    assert "argon2-cffi is not installed: expected 'pip install argon2-cffi' to have been run" == str(caught.value)
    assert "argon2" == caught.value.name


def test_the_module_imports_without_the_extra() -> None:
    """A host without argon2-cffi can import everything."""
    script = "import sys; sys.modules['argon2'] = None; from teleprocedures.shells import Argon2Hasher"

    assert 0 == subprocess.run([sys.executable, "-c", script], check=False).returncode


def test_half_a_surrogate_pair_can_be_hashed() -> None:
    """JSON lets half a surrogate pair through, which UTF-8 cannot say: it is hashed all the same, and verified."""
    assert QUICK.verify("\ud800", QUICK.hash("\ud800"))
    assert not QUICK.verify("\ud801", QUICK.hash("\ud800"))


@pytest.mark.parametrize("hashed", [None, 7, b"secret"])
def test_what_is_no_text_is_no_hash(hashed: object) -> None:
    """What a database gives in the place of a hash is refused as any other text that is none."""
    with pytest.raises(InvalidValueError, match="this is not a hash that"):
        QUICK.verify("secret", hashed)  # type: ignore[arg-type] # what the test is about
