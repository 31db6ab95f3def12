"""Where a company stands with a service, as it is written down."""

from __future__ import annotations

from teleprocedures import Standing


def test_a_standing_is_written_in_one_word() -> None:
    """A report of a host, and what reads it, know the four standings by these words."""
    assert ["held", "awaited", "lapsed", "never"] == list(Standing)
