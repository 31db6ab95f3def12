"""What all tests share: where the project is."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def project() -> Path:
    """The directory of the project, or of its copy without `src/` when the wheel is tested."""
    return Path(__file__).parent.parent
