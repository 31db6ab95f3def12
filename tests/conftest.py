"""What all tests share: where the project is, and how hard Hypothesis tries."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A machine under load is no bug: what is slow is measured by the benchmarks, never by a test's time limit.
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("dev"), max_examples=200, derandomize=True, print_blob=True)
# Thousands of runs, each of them the same: what kills a mutant once kills it always.
settings.register_profile(
    "mutants", parent=settings.get_profile("dev"), max_examples=30, derandomize=True, database=None
)
settings.register_profile("patient", parent=settings.get_profile("dev"), max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(scope="session")
def project() -> Path:
    """The directory of the project, or of its copy without `src/` when the wheel is tested."""
    return Path(__file__).parent.parent
