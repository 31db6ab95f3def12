"""Where the programs of the examples stand; imported, it lets the tests import them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

EXAMPLES: Final = Path(__file__).parents[2] / "docs" / "examples"
FOLDERS: Final = [
    EXAMPLES / name
    for name in (
        "nightly",
        "store",
        "shared",
        "cluster",
        "durable",
        "in_memory",
        "delegation",
        "bench",
        "wall_clock",
        "vectors",
        "postgresql",
        "",
        "../playground",
    )
]
sys.path[:0] = map(str, FOLDERS)


def environment() -> dict[str, str]:
    """The environment of a process that imports the examples too."""
    paths = [*map(str, FOLDERS), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
