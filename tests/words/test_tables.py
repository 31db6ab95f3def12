"""The two tables say the same things in the same order, and are loaded by whoever prints something first."""

import re
import subprocess
import sys

from teleprocedures.words import ENGLISH_WORDS, ERROR_CODES, FRENCH_WORDS, placeholders


def test_the_tables_stand_side_by_side():
    """The same keys in the same order with the same facts, errors first; French has the rules besides."""
    english, french = ENGLISH_WORDS.words, FRENCH_WORDS.words

    assert list(english) == [key for key in french if key in english]
    assert all(key.startswith("rule.") for key in french if key not in english)
    assert ERROR_CODES == set(list(english)[: len(ERROR_CODES)])
    assert [] == [key for key in english if set(placeholders(english[key])) != set(placeholders(french[key]))]


def test_what_derives_and_what_is_known_are_told_apart():
    """A name with a dash is one that messages and events derive: no other words have any."""
    dashed = {key for key, text in ENGLISH_WORDS.words.items() if any("-" in name for name in placeholders(text))}

    assert set() == {key for key in dashed if not re.fullmatch(r"message\..*\.(subject|body)|fact\..*", key)}


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


def test_whoever_decides_loads_no_words():
    """Not by importing the library, nor by a decision, a next step or a refusal: by printing one."""
    run = subprocess.run([sys.executable, "-c", PRINTS], check=True, capture_output=True, text=True)

    assert run.stdout.startswith("too late on Sunday 3 March 2024 at 10:30:00.000001 in Paris")
