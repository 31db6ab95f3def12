"""Prints the lowest version of every dependency that whoever installs the library gets: what `make lowest` tests with.

$ python tests/project/lowest.py
attrs==25.4
…
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent.parent


def lowest(project: Mapping[str, Any]) -> Iterator[str]:
    """Each dependency, those of the extras too, pinned to its lower bound; `ValueError` for one that has none."""
    extras = project.get("optional-dependencies", {})
    for requirement in (*project["dependencies"], *(line for lines in extras.values() for line in lines)):
        found = re.fullmatch(r"([\w.-]+)\s*>=\s*([\w.]+)\s*(;.*)?", requirement)
        if found is None:
            message = f"{requirement!r} has no lower bound alone: expected NAME>=VERSION"
            raise ValueError(message)
        name, version, marker = found.groups()
        yield f"{name}=={version}{marker or ''}"


def main() -> int:
    """Print them, one a line, each once."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    print("\n".join(dict.fromkeys(lowest(project))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
