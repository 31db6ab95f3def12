"""What all tests share: what Hypothesis draws, and that the examples of pages and docstrings are tests too.

DRAWS=same     the same draws everywhere, in the same order of tests: what is drawn if nothing is asked
DRAWS=random   other draws and another order each time
DRAWS=explore  the same, for long: `make explore`
DRAWS=mutants  few draws, always the same: what kills a mutant once kills it always
"""

from __future__ import annotations

import os
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from unittest import SkipTest
from weakref import WeakKeyDictionary

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from sybil import Document, Sybil
from sybil.document import PythonDocStringDocument
from sybil.integration.pytest import SybilItem
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

# --- What is drawn ----------------------------------------------------------------------------------------------------

DRAWS = os.environ.get("DRAWS") or "same"
LUCK = DRAWS in {"random", "explore"}

# A machine under load is no bug: what is slow is measured by the benchmarks, never by a test's time limit.
settings.register_profile(
    "random", max_examples=100, derandomize=False, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", settings.get_profile("random"), max_examples=10_000, print_blob=True)
settings.register_profile("same", settings.get_profile("random"), derandomize=True, database=None)
settings.register_profile("mutants", settings.get_profile("same"), max_examples=30)
settings.load_profile(DRAWS)

if not LUCK:
    # Hypothesis also draws constants that it reads in the modules imported so far: they depend on which tests came
    # before. No setting turns that off. Where the name is another, tests/project/test_draws.py fails and says so.
    providers._get_local_constants = lambda: providers._local_constants


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give pytest-randomly, where it is, a seed before it draws one."""
    if not LUCK and getattr(config.option, "randomly_seed", None) == "default":
        config.option.randomly_seed = 0


# --- Pages and docstrings ---------------------------------------------------------------------------------------------

FLAGS = ELLIPSIS | NORMALIZE_WHITESPACE

pages = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=FLAGS), SkipParser()],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
    excludes=["docs/_build/**"],
)
docstrings = Sybil(
    parsers=[DocTestParser(optionflags=FLAGS)],
    patterns=["src/*/*.py", "src/*/*/*.py", "src/*/*/*/*.py"],  # before Python 3.13, `**` is one level
    document_types={".py": PythonDocStringDocument},
)

pytest_collect_file = (pages + docstrings).pytest()

reached: WeakKeyDictionary[Document, int] = WeakKeyDictionary()
"""Up to where each page has been run."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the blocks of a page in the page's order, whatever the order of the tests."""
    blocks = (item for item in items if isinstance(item, SybilItem))
    in_order = iter(sorted(blocks, key=lambda block: (str(block.path), block.example.start)))
    items[:] = [next(in_order) if isinstance(item, SybilItem) else item for item in items]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Before a block of a page, run those before it that did not run: it uses their names.

    So a block can be asked for by its id, run again by `--lf`, or be given to another worker than the one before it.
    """
    if not isinstance(item, SybilItem):
        return
    page = item.example.document
    for example in page.examples():
        if reached.get(page, -1) < example.start < item.example.start:
            reached[page] = example.start
            try:
                example.evaluate()
            except SkipTest:
                continue
    reached[page] = item.example.start
