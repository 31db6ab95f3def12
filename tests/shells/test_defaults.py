"""The ready-made ports: clocks, code generators, and the hasher."""

from __future__ import annotations

import hmac
import math
import random
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teleprocedures.errors import InvalidValueError
from teleprocedures.shells import CODE_LENGTH, FixedClock, HeldElsewhere, RandomCodes, ScryptHasher, SystemClock
from teleprocedures.values import CODE_ALPHABET, HELD_ELSEWHERE, ActivationCode, LinkToken, opens, seal

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
QUICK = ScryptHasher(cost=2)
HASH = "scrypt$2$8$1$yc0izsEHgy7qQyMl7ruH4w==$T81r5qW3LrdNf37u1RGcZd5Uzze0pJFD7rRI9A8Z86M="  # of "secret"


# --- Clocks -----------------------------------------------------------------------------------------------------------


def test_the_system_clock_tells_the_time() -> None:
    """The machine's time, in UTC, at the instant it is asked."""
    before, now, after = datetime.now(UTC), SystemClock().now(), datetime.now(UTC)

    assert before <= now <= after
    assert UTC is now.tzinfo


def test_a_fixed_clock_stands_still() -> None:
    """The same instant always, in UTC, whatever offset it was given in."""
    clock = FixedClock(datetime(2026, 1, 5, 10, tzinfo=timezone(timedelta(hours=1))))

    assert AT == clock.now() == clock.now()
    assert UTC is clock.now().tzinfo
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        clock.at = AT


@pytest.mark.parametrize("at", [datetime(2026, 1, 5, 9), date(2026, 1, 5), "2026-01-05", None])
def test_a_fixed_clock_needs_an_aware_instant(at: object) -> None:
    """A naive datetime, a day or a text are refused."""
    with pytest.raises(InvalidValueError, match="expected an aware"):
        FixedClock(at)


# --- Codes ------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("A13")
def test_a_drawn_code_survives_paper() -> None:
    """A code has 80 bits or more, in an alphabet without 0 and O, 1, I and L, and reads the same when it is typed."""
    drawn = [RandomCodes().activation_code() for _ in range(300)]
    texts = [code.reveal() for code in drawn]

    assert not set("01OIL") & set(CODE_ALPHABET)
    assert CODE_LENGTH * math.log2(len(CODE_ALPHABET)) >= 80
    assert {CODE_LENGTH} == {len(text) for text in texts}
    # 6,000 characters: the odds that one of 31 never comes are one in 10**84.
    assert set(CODE_ALPHABET) == set("".join(texts))
    assert 300 == len(set(texts))
    assert drawn == [ActivationCode("-".join(re.findall("....", text)).lower()) for text in texts]


@pytest.mark.rule("A13")
def test_a_drawn_token_fits_in_a_link() -> None:
    """A token has 256 bits in characters that an address carries as they are."""
    tokens = {RandomCodes().link_token().reveal() for _ in range(100)}

    assert 100 == len(tokens)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_ids_and_references_are_drawn_once() -> None:
    """Ids are UUIDs; a mandate's reference has 35 characters at most; no two are the same."""
    codes = RandomCodes()
    ids = {codes.case_id() for _ in range(100)}
    references = {str(codes.mandate_reference()) for _ in range(100)}

    assert 100 == len(ids) == len(references)
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", id) for id in ids)
    assert all(re.fullmatch(r"[0-9A-F]{32}", reference) for reference in references)


def test_codes_held_elsewhere() -> None:
    """For who follows requests of the real portal, there is no code and no token here; ids are still drawn."""
    codes = HeldElsewhere()

    assert HELD_ELSEWHERE is codes.activation_code()
    assert HELD_ELSEWHERE is codes.link_token()
    assert codes.case_id() != codes.case_id()
    assert codes.mandate_reference() != codes.mandate_reference()


def test_what_is_drawn_is_a_value() -> None:
    """Codes and tokens come as values that never show."""
    assert isinstance(RandomCodes().activation_code(), ActivationCode)
    assert isinstance(RandomCodes().link_token(), LinkToken)
    assert "ActivationCode('***')" == repr(RandomCodes().activation_code())


# --- The hasher -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("1.2", "1.6")
def test_a_secret_is_kept_as_a_salted_hash() -> None:
    """The hash has its parameters and not the secret, is another each time, and verifies that secret only."""
    hasher = ScryptHasher()
    first, second = hasher.hash("correct horse"), hasher.hash("correct horse")

    assert re.fullmatch(r"scrypt\$131072\$8\$1\$[\w+/]{22}==\$[\w+/]{43}=", first)
    assert first != second
    assert "horse" not in first
    assert hasher.verify("correct horse", first)
    assert hasher.verify("correct horse", second)
    assert not hasher.verify("correct horse ", first)


def test_other_costs_verify_each_others_hashes() -> None:
    """A hash carries its own costs: raising them later leaves the old hashes good."""
    dearer = ScryptHasher(cost=2**15, block_size=9, parallelism=2).hash("secret")

    assert dearer.startswith("scrypt$32768$9$2$")
    assert QUICK.verify("secret", dearer)
    assert ScryptHasher().verify("secret", HASH)


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_hashed(secret: str, other: str) -> None:
    """Every character counts, half a surrogate pair included."""
    hashed = QUICK.hash(secret)

    assert QUICK.verify(secret, hashed)
    assert (secret == other) is QUICK.verify(other, hashed)


@pytest.mark.parametrize(
    "hashed",
    [
        "",
        "secret",
        HASH[1:],
        HASH + "$",
        HASH.replace("scrypt", "argon2"),
        HASH.replace("$2$", "$3$", 1),
        HASH.replace("$2$", "$0$", 1),
        HASH.replace("$2$8$", "$2$0$"),
        HASH.replace("$2$8$", "$2$-8$"),
        HASH.replace("$2$8$", "$65536$1$"),
        HASH.replace("$2$8$", f"${'9' * 5000}$8$"),
        HASH.replace("$2$8$1$", "$2$8$1$é"),
        HASH.removesuffix("="),
        "$".join([*HASH.split("$")[:5], ""]),
        "$".join([*HASH.split("$")[:4], "A", "A"]),
    ],
)
def test_what_is_no_hash_is_an_error(hashed: str) -> None:
    """A text that no hasher made is neither right nor wrong: it is refused, and not shown."""
    with pytest.raises(InvalidValueError) as caught:
        QUICK.verify("secret", hashed)

    message = "this is not a hash that ScryptHasher made: expected 'scrypt$cost$blocks$parallelism$salt$digest'"
    assert message == str(caught.value)


@pytest.mark.parametrize(
    "costs", ["2$8388608$1", "8388608$2$1", "2$8$1048576", "524288$8$4", "1073741824$8$1", "9" * 20 + "$8$1"]
)
def test_a_stored_hash_of_absurd_cost_is_refused(costs: str) -> None:
    """Nobody waits for it, and no memory is asked for: the error says what it would cost, and what may be."""
    hashed = HASH.replace("$2$8$1$", f"${costs}$")
    cost, block_size, parallelism = costs.split("$")

    for asked in (lambda: QUICK.verify("secret", hashed), lambda: QUICK.needs_rehash(hashed)):
        with pytest.raises(InvalidValueError) as caught:
            asked()
        assert "scrypt_hash.too_costly" == caught.value.code
        assert f"cost={cost}, block_size={block_size} and parallelism={parallelism}: expected 8388608" in str(
            caught.value
        )


@pytest.mark.parametrize(
    ("cost", "block_size", "parallelism", "more"),
    [
        (2**19, 16, 1, {"block_size": 17}),
        (2**20, 8, 1, {"cost": 2**21}),
        (2, 8, 2**19, {"parallelism": 2**19 + 1}),
        (2, 1, 2**22, {"parallelism": 2**22 + 1}),
        (2, 3_353_804, 1, {"block_size": 3_353_805}),  # 2 GiB at once
    ],
)
def test_the_ceiling_is_a_boundary(cost: int, block_size: int, parallelism: int, more: dict[str, int]) -> None:
    """The last costs below it are built and read, the next ones are neither."""
    last = {"cost": cost, "block_size": block_size, "parallelism": parallelism}
    first = last | more

    assert last == attrs.asdict(ScryptHasher(**last))
    assert not ScryptHasher(**last).needs_rehash(
        HASH.replace("$2$8$1$", "${cost}${block_size}${parallelism}$".format(**last))
    )
    with pytest.raises(InvalidValueError) as built:
        ScryptHasher(**first)
    with pytest.raises(InvalidValueError) as read:
        QUICK.verify("secret", HASH.replace("$2$8$1$", "${cost}${block_size}${parallelism}$".format(**first)))
    assert ("scrypt_cost.not_allowed", "scrypt_hash.too_costly") == (built.value.code, read.value.code)
    assert first | {"most": 2**23} == dict(read.value.facts)


def test_a_cost_is_bounded_by_the_size_of_a_block() -> None:
    """A cost is under 2**16 for each block (RFC 7914)."""
    assert 2**15 == ScryptHasher(cost=2**15, block_size=1).cost
    with pytest.raises(InvalidValueError) as built:
        ScryptHasher(cost=2**16, block_size=1)
    assert {"cost": "65536", "block_size": "1", "parallelism": "1", "most": 2**23} == dict(built.value.facts)


A_LOOK = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (900 * 2**20,) * 2)
from teleprocedures.errors import InvalidValueError
from teleprocedures.shells import ScryptHasher

quick, hashed = ScryptHasher(cost=2), {HASH!r}
dearest = hashed.replace("$2$8$1$", "$1048576$8$1$")
print(quick.needs_rehash(dearest))
for tried in (hashed.replace("$2$8$1$", "$2097152$8$1$"), dearest):
    try:
        print(quick.verify("secret", tried))
    except InvalidValueError as refused:
        print(refused.code)
    except (MemoryError, ValueError):
        print("no memory")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
def test_a_look_at_a_hash_takes_none_of_its_memory() -> None:
    """What the dearest hash takes a gigabyte to verify, and one beyond the ceiling more, is told by its text alone.

    Here a process has less than that.
    """
    looked = subprocess.run([sys.executable, "-c", A_LOOK], capture_output=True, text=True, check=False)

    assert ["False", "scrypt_hash.too_costly", "no memory"] == looked.stdout.splitlines(), looked.stderr


def test_the_dearest_hasher_reads_what_it_writes() -> None:
    """What may be built may be verified: the ceiling is one and the same, and the last cost below it is in."""
    dearest = ScryptHasher(cost=2**20)

    assert not ScryptHasher().needs_rehash(HASH.replace("$2$8$1$", "$1048576$8$1$"))
    assert not dearest.needs_rehash(HASH.replace("$2$8$1$", "$1048576$8$1$"))


@pytest.mark.parametrize(
    ("weaker", "costs"),
    [
        (False, "32$8$2"),
        (False, "64$8$2"),
        (False, "32$16$2"),
        (False, "32$8$3"),
        (True, "16$8$2"),
        (True, "32$4$2"),
        (True, "32$8$1"),
        # As much work, in less memory.
        (True, "16$8$4"),
    ],
)
def test_a_weak_hash_is_told(weaker: bool, costs: str) -> None:  # noqa: FBT001 - what is expected
    """Less memory, or less work in all, than the hasher's own."""
    hasher = ScryptHasher(cost=32, block_size=8, parallelism=2)

    assert weaker is hasher.needs_rehash(HASH.replace("$2$8$1$", f"${costs}$"))
    assert not hasher.needs_rehash(hasher.hash("secret"))


def test_what_is_no_hash_needs_none() -> None:
    """A text that no hasher made is neither weak nor strong."""
    with pytest.raises(InvalidValueError, match="not a hash that ScryptHasher made"):
        QUICK.needs_rehash("secret")


# --- What an attacker cannot use --------------------------------------------------------------------------------------


def test_nothing_secret_can_be_foretold() -> None:
    """Whoever knows the state of Python's own generator knows nothing of what is drawn."""
    state = random.getstate()
    codes, hasher = RandomCodes(), ScryptHasher(cost=2)
    draws: list[Callable[[], object]] = [
        lambda: codes.activation_code().reveal(),
        lambda: codes.link_token().reveal(),
        codes.case_id,
        codes.mandate_reference,
        lambda: hasher.hash("secret"),
    ]
    try:
        for draw in draws:
            random.seed(4711)
            first = draw()
            random.seed(4711)
            assert first != draw()
    finally:
        random.setstate(state)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, bytes]]:
    """What the standard library's constant-time comparison was asked for, from now on; it goes on answering."""
    asked: list[tuple[bytes, bytes]] = []
    compare = hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        asked.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    return asked


@pytest.mark.parametrize("secret", ["secret", "another"])
def test_hashes_are_compared_in_constant_time(compared: list[tuple[bytes, bytes]], secret: str) -> None:
    """By the comparison of the standard library that was made for it, right or wrong, whole digests."""
    right = QUICK.verify(secret, HASH)

    ((kept, made),) = compared
    assert (32, 32) == (len(kept), len(made))
    assert right is (kept == made)


@pytest.mark.parametrize("secret", [ActivationCode("K7MQ2XW9"), LinkToken("token-1")])
def test_codes_and_tokens_are_compared_in_constant_time(
    compared: list[tuple[bytes, bytes]], secret: ActivationCode | LinkToken
) -> None:
    """By the same comparison, whole digests, whether the one given is right or wrong."""
    sealed = seal(secret, salt="space-1")

    assert opens(sealed, secret, salt="space-1")
    assert not opens(sealed, type(secret)("WRONG"), salt="space-1")
    assert [True, False] == [kept == made for kept, made in compared]
    assert {32} == {len(digest) for pair in compared for digest in pair}


def test_a_shorter_digest_is_wrong() -> None:
    """A digest that was cut verifies nothing."""
    *head, _ = HASH.split("$")

    assert not QUICK.verify("secret", "$".join([*head, "AAAA"]))


@pytest.mark.parametrize(
    "costs",
    [
        {"cost": 0},
        {"cost": 1},
        {"cost": 3},
        {"cost": -2},
        {"cost": 2.0},
        {"cost": True},
        {"cost": "16384"},
        {"cost": 2**21},
        {"block_size": 0},
        {"block_size": None},
        {"parallelism": 0},
        {"parallelism": 2**22},
        {"cost": 2**16, "block_size": 1},
    ],
)
def test_costs_that_cannot_run_are_refused(costs: dict[str, object]) -> None:
    """A hasher that could not hash is not built, and the error says what it takes."""
    with pytest.raises(InvalidValueError) as caught:
        ScryptHasher(**costs)

    assert [] == [name for name, value in costs.items() if f"{name}={value!r}" not in str(caught.value)]
    assert str(caught.value).startswith("scrypt cannot run with cost=")
    assert "expected whole numbers from 1 on, a cost that is a power of two from 2 on" in str(caught.value)


def test_half_a_surrogate_pair_can_be_hashed() -> None:
    """JSON lets half a surrogate pair through, which UTF-8 cannot say: it is hashed all the same, and verified."""
    assert QUICK.verify("\ud800", QUICK.hash("\ud800"))
    assert not QUICK.verify("\ud801", QUICK.hash("\ud800"))


@pytest.mark.parametrize("hashed", [None, 7, b"secret"])
def test_what_is_no_text_is_no_hash(hashed: object) -> None:
    """What a database gives in the place of a hash is refused as any other text that is none."""
    with pytest.raises(InvalidValueError, match="this is not a hash that"):
        QUICK.verify("secret", hashed)  # type: ignore[arg-type] # what the test is about
