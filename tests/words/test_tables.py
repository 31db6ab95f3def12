"""The two tables say the same things in the same order, and are loaded by whoever prints something first."""

from __future__ import annotations

import subprocess
import sys

from teleprocedures.words import ENGLISH_WORDS, ERROR_CODES, FRENCH_WORDS, placeholders


def test_the_tables_stand_side_by_side() -> None:
    """The same keys in the same order; French has the rules besides, whose English stands with them."""
    rules = [key for key in FRENCH_WORDS.words if key not in ENGLISH_WORDS.words]

    assert all(key.startswith("rule.") for key in rules)
    assert list(ENGLISH_WORDS.words) == [key for key in FRENCH_WORDS.words if key not in rules]


def test_the_placeholders_are_the_same() -> None:
    """Both languages say the same facts."""
    for key, template in ENGLISH_WORDS.words.items():
        assert set(placeholders(template)) == set(placeholders(FRENCH_WORDS.words[key])), key


def test_what_derives_and_what_is_known_are_told_apart() -> None:
    """A name with a dash is one that messages derive: no other words have any."""
    parts = (".subject", ".body")
    dashed = {key for key, text in ENGLISH_WORDS.words.items() if any("-" in name for name in placeholders(text))}

    assert {key for key in dashed if not (key.startswith("message.") and key.endswith(parts))} == set()


def test_the_codes_of_errors_come_first() -> None:
    """They are the first table of each language, and what people read besides is the second."""
    assert ERROR_CODES == set(list(ENGLISH_WORDS.words)[: len(ERROR_CODES)])


PRINTS = """
import sys
from datetime import UTC, datetime
from teleprocedures import ActivationCode, DeadlinePassedError, Space
from teleprocedures.testing import space_form
at = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
made = Space.create(space_form(), id="s-1", code=ActivationCode("A1"), password_hash="-", answer_hash="-", at=at)
assert made.case.next_steps(at=at)
refused = made.case.refusal("activate", at=made.case.deadline.lapses_at)
assert refused.code == "deadline.passed"
assert not [name for name in sys.modules if name.startswith(("teleprocedures.words", "teleprocedures.wording"))]
print(refused)
assert "teleprocedures.words" in sys.modules
assert "teleprocedures.wording" not in sys.modules
"""


def test_whoever_decides_loads_no_words() -> None:
    """Not by importing the library, nor by a decision, a next step or a refusal: by printing one."""
    run = subprocess.run([sys.executable, "-c", PRINTS], check=True, capture_output=True, text=True)

    assert run.stdout.startswith("too late on Sunday 3 March 2024 at 10:30:00.000001 in Paris")
