"""The Python blocks of the documentation and the examples in docstrings are tests too."""

from __future__ import annotations

from doctest import ELLIPSIS, NORMALIZE_WHITESPACE

import pytest
from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.integration.pytest import SybilItem
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the blocks of a page in the page's order, whatever order was drawn for the tests.

    A block uses the names of those before it; `--dist=loadfile` keeps a page on one worker.
    """
    blocks = (item for item in items if isinstance(item, SybilItem))
    in_order = iter(sorted(blocks, key=lambda block: (str(block.path), block.example.start)))
    items[:] = [next(in_order) if isinstance(item, SybilItem) else item for item in items]
